//! What is said about broken relations of the form: which cell, what value, how sure, one cause one finding.

use crate::solver::Draw;
use gouji::check::{self, Submission};
use gouji::finding::{Certainty, Change, RepairStatus};
use gouji::form::{self, FieldIx, Form};
use gouji::grid::{CellRef, Sheet, Workbook};
use gouji::mapping::{FieldSum, Filled, How, Identity, Mapping, Placed, Reading};
use gouji::repair::{self, Diagnosis};
use rust_decimal::Decimal;

/// A filled form without a workbook behind it.
pub(crate) struct Return {
    book: Workbook,
    pub(crate) form: &'static Form,
    mapping: Mapping,
    pub(crate) filled: Filled,
    identity: Identity,
    /// Last year's numbers.
    pub(crate) before: Option<check::LastYear>,
}

pub(crate) const COLS: [&str; 7] =
    ["natural", "enterprise", "research", "ngo", "legal_service", "other_org", "total"];

impl Return {
    /// Every printed field 0.
    pub(crate) fn zero() -> Self {
        Self::zero_of(form::by_id("xxgk-2021").unwrap())
    }

    /// Every printed field of a form 0.
    pub(crate) fn zero_of(form: &'static Form) -> Self {
        let place = |i: u32| Placed { sheet: 0, at: CellRef::new(i, 0), how: How::Exact, margin: 1000 };
        let readings = (0..form.fields.len() as u32).map(|i| {
            if form.is_variant(FieldIx(i)) {
                return Reading::default();
            }
            Reading {
                place: Some(place(i)),
                raw: Some("0".into()),
                value: Some(Decimal::ZERO),
                ..Reading::default()
            }
        });
        let filled = Filled { readings: readings.collect() };
        let places = filled.readings.iter().map(|r| r.place).collect();
        let mapping = Mapping { places, ..Mapping::default() };
        let book = Workbook {
            sheets: vec![Sheet { name: "表".into(), ..Sheet::default() }],
            ..Workbook::default()
        };
        Self { book, form, mapping, filled, identity: Identity::default(), before: None }
    }

    /// Honest numbers of a busy office.
    pub(crate) fn honest(draw: &mut Draw) -> Self {
        let mut r = Self::zero();
        let rows = r.rows();
        for col in &COLS[..6] {
            let mut total = 0;
            for row in &rows {
                if !["new", "carried_over", "total", "carried_forward"].contains(&row.as_str()) {
                    let n = if draw.below(3) > 0 { 0 } else { draw.below(40) as i64 };
                    total += n;
                    r.set(&format!("t3.{row}.{col}"), n);
                }
            }
            let (over, forward) = (draw.below(5).min(total as usize) as i64, draw.below(6) as i64);
            r.set(&format!("t3.total.{col}"), total);
            r.set(&format!("t3.carried_over.{col}"), over);
            r.set(&format!("t3.carried_forward.{col}"), forward);
            r.set(&format!("t3.new.{col}"), total + forward - over);
        }
        for row in &rows {
            let sum = COLS[..6].iter().map(|c| r.get(&format!("t3.{row}.{c}"))).sum();
            r.set(&format!("t3.{row}.total"), sum);
        }
        r
    }

    pub(crate) fn rows(&self) -> Vec<String> {
        let printed = (0u32..).zip(&self.form.fields).filter(|(i, _)| !self.form.is_variant(FieldIx(*i)));
        let ids = printed
            .filter_map(|(_, f)| f.id.strip_prefix("t3.")?.strip_suffix(".natural").map(str::to_owned));
        ids.collect()
    }

    pub(crate) fn at(&mut self, id: &str) -> &mut Reading {
        let ix = self.form.field_ix(id).unwrap_or_else(|| panic!("{id}"));
        &mut self.filled.readings[ix.0 as usize]
    }

    pub(crate) fn get(&self, id: &str) -> i64 {
        let ix = self.form.field_ix(id).unwrap_or_else(|| panic!("{id}"));
        self.filled.amount(ix).unwrap().try_into().unwrap()
    }

    fn known(&self, id: &str) -> i64 {
        let amount = self.form.field_ix(id).and_then(|ix| self.filled.amount(ix)).unwrap_or_default();
        amount.try_into().unwrap()
    }

    pub(crate) fn set(&mut self, id: &str, value: i64) {
        let reading = self.at(id);
        reading.value = Some(value.into());
        reading.raw = Some(value.to_string());
    }

    pub(crate) fn clear(&mut self, id: &str) {
        let reading = self.at(id);
        (reading.value, reading.raw) = (None, None);
    }

    /// Turns the 总计 column of table 3 into formulas.
    pub(crate) fn sum_totals(&mut self) {
        for row in self.rows() {
            let ix = |c: &&str| self.form.field_ix(&format!("t3.{row}.{c}")).unwrap();
            let terms: Vec<(FieldIx, i64)> = COLS[..6].iter().map(|c| (ix(c), 1)).collect();
            let sum = COLS[..6].iter().map(|c| self.known(&format!("t3.{row}.{c}"))).sum();
            let id = format!("t3.{row}.total");
            self.set(&id, sum);
            self.at(&id).is_formula = true;
            self.at(&id).formula = Some(FieldSum { constant: Decimal::ZERO, terms });
        }
    }

    pub(crate) fn submission(&self) -> Submission<'_> {
        Submission {
            book: &self.book,
            form: self.form,
            mapping: &self.mapping,
            filled: &self.filled,
            identity: &self.identity,
            before: self.before.as_ref(),
        }
    }

    /// The diagnosis, with what must hold of every one.
    pub(crate) fn diagnosed(&self) -> Diagnosis {
        let broken = check::broken(self.submission());
        let diagnosis = repair::diagnose(self.submission(), &broken);
        let mut explained: Vec<usize> = diagnosis.causes.iter().flat_map(|c| c.relations.clone()).collect();
        explained.sort_unstable();
        assert_eq!(
            explained,
            broken.iter().map(|b| b.relation).collect::<Vec<_>>(),
            "each relation in one cause"
        );
        assert!(diagnosis.causes.iter().all(|c| !c.relations.is_empty()));
        if diagnosis.causes.iter().all(|c| !c.changes.is_empty()) {
            let all: Vec<&Change> = diagnosis.causes.iter().flat_map(|c| &c.changes).collect();
            assert!(self.mended(&all).is_empty(), "a correction leaves a relation broken: {all:?}");
        }
        assert!(diagnosis.causes.iter().flat_map(|c| &c.changes).all(|c| !c.to.is_sign_negative()));
        diagnosis
    }

    /// Relations broken after changes; formulas follow.
    fn mended(&self, changes: &[&Change]) -> Vec<check::Broken> {
        let mut filled = Filled { readings: self.filled.readings.clone() };
        for change in changes {
            let ix = self.form.field_ix(&change.field).unwrap();
            assert_eq!(filled.readings[ix.0 as usize].value, change.from);
            filled.readings[ix.0 as usize].value = Some(change.to);
        }
        for i in 0..filled.readings.len() {
            if let Some(sum) = filled.readings[i].formula.clone() {
                let value = |f: &FieldIx| filled.amount(*f).unwrap_or_default();
                let total = sum.terms.iter().map(|(f, k)| value(f) * Decimal::from(*k)).sum::<Decimal>();
                filled.readings[i].value = Some(total + sum.constant);
            }
        }
        check::broken(Submission { filled: &filled, ..self.submission() })
    }
}

pub(crate) fn told(diagnosis: &Diagnosis) -> Vec<(String, Decimal, Certainty)> {
    let changes = diagnosis.causes.iter().flat_map(|c| &c.changes);
    changes.map(|c| (c.field.clone(), c.to, c.certainty)).collect()
}

fn one_wrong_cell_is_proved(rounds: usize) {
    let mut draw = Draw::new(11);
    let rows = Return::zero().rows();
    let mut honest = Return::honest(&mut draw);
    for round in 0..rounds {
        if round % 50 == 0 {
            honest = Return::honest(&mut draw);
        }
        let id = format!("t3.{}.{}", rows[draw.below(rows.len())], COLS[draw.below(7)]);
        let (old, new) = (honest.get(&id), draw.below(60) as i64 - 3);
        if old == new {
            continue;
        }
        honest.set(&id, new);
        let expected = vec![(id.clone(), Decimal::from(old), Certainty::Proved)];
        assert_eq!(told(&honest.diagnosed()), expected, "{id}: {old} entered as {new}");
        honest.set(&id, old);
    }
}

#[test]
fn one_wrong_cell_of_table_3_is_located_with_its_value_and_proved() {
    one_wrong_cell_is_proved(300);
}

#[test]
#[ignore = "takes long without --release"]
fn ten_thousand_wrong_cells_are_located_with_their_values_and_proved() {
    one_wrong_cell_is_proved(10_000);
}

fn two_wrong_cells_are_not_proved(rounds: usize) {
    let mut draw = Draw::new(12);
    let rows = Return::zero().rows();
    for _ in 0..rounds {
        let mut r = Return::honest(&mut draw);
        let mut wrong = Vec::new();
        while wrong.len() < 2 {
            let id = format!("t3.{}.{}", rows[draw.below(rows.len())], COLS[draw.below(7)]);
            if wrong.contains(&id) {
                continue;
            }
            let value = r.get(&id) + 1 + draw.below(4) as i64;
            r.set(&id, value);
            wrong.push(id);
        }
        let diagnosis = r.diagnosed();
        assert!(!diagnosis.causes.is_empty(), "{wrong:?}");
        assert!(
            diagnosis.causes.iter().all(|c| c.certainty != Certainty::Proved),
            "{wrong:?}: {diagnosis:?}"
        );
    }
}

#[test]
fn two_wrong_cells_are_never_proved_at_one() {
    two_wrong_cells_are_not_proved(60);
}

#[test]
#[ignore = "takes long without --release"]
fn of_five_thousand_pairs_of_wrong_cells_none_is_proved_at_one() {
    two_wrong_cells_are_not_proved(5000);
}

#[test]
fn a_slip_that_a_formula_carries_along_is_not_proved() {
    let mut draw = Draw::new(13);
    let mut r = Return::honest(&mut draw);
    let old = r.get("t3.granted.natural");
    r.set("t3.granted.natural", old + 2);
    r.sum_totals();
    let diagnosis = r.diagnosed();
    assert!(!check::broken(r.submission()).is_empty());
    assert!(diagnosis.causes.iter().all(|c| c.certainty > Certainty::Proved), "{diagnosis:?}");
    assert!(told(&diagnosis).iter().all(|(id, ..)| !id.ends_with(".total")), "a formula is not typed");
}

#[test]
fn a_formula_that_leaves_a_cell_out_is_itself_what_is_wrong() {
    let mut r = Return::honest(&mut Draw::new(14));
    r.sum_totals();
    let row = r.rows().into_iter().find(|row| r.get(&format!("t3.{row}.natural")) > 0).unwrap();
    let (part, id) = (r.get(&format!("t3.{row}.natural")), format!("t3.{row}.total"));
    let honest = r.get(&id);
    let own = r.form.field_ix(&format!("t3.{row}.natural")).unwrap();
    r.set(&id, honest - part);
    r.at(&id).formula.as_mut().unwrap().terms.retain(|(f, _)| *f != own);
    let broken = check::broken(r.submission());
    let diagnosis = repair::diagnose(r.submission(), &broken);
    assert_eq!(told(&diagnosis), vec![(id, Decimal::from(honest), diagnosis.causes[0].certainty)]);
}

#[test]
fn a_group_of_table_4_is_seen_to_be_wrong_but_not_where() {
    let mut r = Return::zero();
    r.set("t4.review.upheld", 3);
    r.set("t4.review.pending", 2);
    r.set("t4.review.total", 7);
    let diagnosis = r.diagnosed();
    let [cause] = diagnosis.causes.as_slice() else { panic!("{diagnosis:?}") };
    assert_eq!((cause.certainty, cause.changes.len()), (Certainty::Detected, 0));
    assert!(cause.alternatives.len() >= 4);
    assert_eq!(repair::summary(&diagnosis).status, RepairStatus::Ambiguous);
}

#[test]
fn a_total_left_at_0_is_likely_what_is_wrong() {
    let mut r = Return::zero();
    r.set("t4.review.upheld", 13);
    r.set("t4.review.pending", 12);
    let diagnosis = r.diagnosed();
    assert_eq!(told(&diagnosis), vec![("t4.review.total".into(), Decimal::from(25), Certainty::Likely)]);
    assert!(diagnosis.causes[0].changes[0].why.zh.contains("填了 0"));
}

#[test]
fn neighbours_exchanged_are_one_cause_and_told_in_words() {
    let mut r = Return::honest(&mut Draw::new(15));
    let balanced = |r: &mut Return, id: &str, n: i64| {
        let [_, row, _] = id.split('.').collect::<Vec<_>>()[..] else { panic!("{id}") };
        let by = n - r.get(id);
        for id in [
            id,
            &format!("t3.{row}.total"),
            "t3.total.natural",
            "t3.total.total",
            "t3.new.natural",
            "t3.new.total",
        ] {
            r.set(id, r.get(id) + by);
        }
    };
    balanced(&mut r, "t3.granted.natural", 31);
    balanced(&mut r, "t3.partial.natural", 12);
    assert!(check::broken(r.submission()).is_empty());
    r.set("t3.granted.natural", 12);
    r.set("t3.partial.natural", 31);
    let diagnosis = r.diagnosed();
    let [cause] = diagnosis.causes.as_slice() else { panic!("{diagnosis:?}") };
    assert_eq!(cause.certainty, Certainty::Likely, "{cause:?}");
    assert_eq!(cause.changes.len(), 2);
    assert!(cause.changes.iter().all(|c| c.why.zh.contains("相邻两格的数填反")));
    assert!(!cause.alternatives.is_empty(), "other columns would do as well");
}

#[test]
fn wrong_cells_of_different_rows_and_columns_are_causes_of_their_own() {
    let mut r = Return::honest(&mut Draw::new(16));
    let (x, y) = (r.get("t3.granted.natural"), r.get("t3.carried_forward.ngo"));
    r.set("t3.granted.natural", x + 30);
    r.set("t3.carried_forward.ngo", y + 11);
    let diagnosis = r.diagnosed();
    assert_eq!(diagnosis.causes.len(), 2);
    assert_eq!(
        told(&diagnosis),
        vec![
            ("t3.granted.natural".into(), Decimal::from(x), Certainty::Likely),
            ("t3.carried_forward.ngo".into(), Decimal::from(y), Certainty::Likely)
        ]
    );
}

#[test]
fn blanks_are_filled_where_relations_hold_with_0_and_nowhere_else() {
    let mut r = Return::zero();
    r.clear("t3.granted.natural");
    let table_2: Vec<String> =
        r.form.fields.iter().map(|f| f.id.clone()).filter(|f| f.starts_with("t2.")).collect();
    for id in &table_2 {
        r.clear(id);
    }
    for col in ["upheld", "corrected", "other", "pending", "total"] {
        r.clear(&format!("t4.review.{col}"));
    }
    let filled = |whole: bool| -> Vec<String> {
        repair::blank_fills(r.submission(), &[], whole).into_iter().map(|c| c.field).collect()
    };
    assert_eq!(filled(false), ["t3.granted.natural"]);
    assert_eq!(filled(true).len(), 6, "the blank group of table 4 too, once the office accepts it");
}

#[test]
fn what_cannot_be_read_is_told_by_its_relations() {
    let mut r = Return::honest(&mut Draw::new(17));
    r.set("t4.review.upheld", 2);
    r.set("t4.review.total", 2);
    let unreadable = |r: &mut Return, id: &str| {
        r.clear(id);
        r.at(id).raw = Some("若干".into());
        r.at(id).quirks = vec![gouji::mapping::Quirk::NotANumber];
    };
    let honest = r.get("t3.granted.natural");
    unreadable(&mut r, "t3.granted.natural");
    unreadable(&mut r, "t4.review.total");
    let repair = repair::summary(&r.diagnosed());
    let told: Vec<_> = repair.changes.iter().map(|c| (c.field.as_str(), c.to, c.certainty)).collect();
    assert_eq!(
        told,
        [
            ("t3.granted.natural", Decimal::from(honest), Certainty::Proved),
            ("t4.review.total", Decimal::TWO, Certainty::Likely)
        ]
    );
    r.sum_totals(); // a formula leaves out what it cannot read, and its column no longer balances
    let diagnosis = {
        let row: Vec<FieldIx> =
            COLS[..6].iter().map(|c| r.form.field_ix(&format!("t3.granted.{c}")).unwrap()).collect();
        assert_eq!(row.iter().filter(|f| r.filled.amount(**f).is_none()).count(), 1);
        r.diagnosed()
    };
    let repair = repair::summary(&diagnosis);
    assert!(repair.changes.iter().any(|c| c.field == "t3.granted.natural" && c.to == Decimal::from(honest)));
}
