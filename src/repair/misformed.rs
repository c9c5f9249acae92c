//! Totals whose formulas add up the wrong cells: a range that ends a row too soon, or one of another column.
//!
//! Such a formula is wrong whatever is typed, and no typed cell is suspected for it: it is set right first, and only
//! what then does not hold is looked into further. Formulas that were filled along a line with the same mistake are
//! one cause.

use super::diagnose::Cause;
use super::formulas::{self, Formulas};
use super::restore;
use crate::check::{self, Broken, Submission};
use crate::finding::{Certainty, Change, Text};
use crate::form::{FieldIx, Relation};
use crate::grid::formula;
use crate::mapping::{FieldSum, Filled, Quirk};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Cells that a sentence names of those that a formula leaves out or should not add.
const NAMED: usize = 3;

/// A total, and the relation that says what it should add up.
type Total = (FieldIx, usize);

/// How a formula refers to cells, seen from its own: by rows, columns and factors.
type Shape = Vec<(i64, i64, i64)>;

/// What is wrong for one reason.
struct Group {
    /// The totals that have the wrong number for it.
    totals: Vec<FieldIx>,
    changes: Vec<Change>,
}

/// The formulas of a submission that are wrong, and its numbers with them set right.
pub(super) struct Misformed {
    groups: Vec<Group>,
    /// What stands in the cells once they are right.
    pub(super) filled: Filled,
}

impl Misformed {
    /// Numbers held as text, which SUM does not count, where that breaks a relation; `None` if there are none.
    pub(super) fn uncounted(s: Submission, broken: &[Broken]) -> Option<Self> {
        let mut group = Group { totals: Vec::new(), changes: Vec::new() };
        let mut fields: Vec<FieldIx> = Vec::new();
        for (total, reading) in (0..).map(FieldIx).zip(&s.filled.readings) {
            let Some(sum) = &reading.formula else { continue };
            let off = s.filled.sum(sum).zip(reading.value).map(|(honest, shown)| honest - shown);
            let is_text = |f: &FieldIx| {
                s.filled
                    .reading(*f)
                    .is_some_and(|r| r.quirks.iter().any(|q| matches!(q, Quirk::TextNumber(_))))
            };
            let texts: Vec<&(FieldIx, i64)> = sum.terms.iter().filter(|t| is_text(&t.0)).collect();
            let not_counted = texts.iter().map(|(f, k)| Some(s.filled.amount(*f)? * Decimal::from(*k))).sum();
            if off.is_some_and(|off| !off.is_zero()) && off == not_counted {
                group.totals.push(total);
                fields.extend(texts.iter().map(|t| t.0));
            }
        }
        let in_broken = |f: &FieldIx| {
            let mut relations = broken.iter().filter_map(|b| s.form.relations.get(b.relation));
            relations.any(|r| r.fields().contains(f))
        };
        if !group.totals.iter().any(in_broken) {
            return None;
        }
        let mut filled = s.filled.clone();
        let formulas = formulas::candidates(s).map(|c| c.0).chain(group.totals.iter().copied());
        filled.recompute(&formulas.collect::<Vec<_>>());
        fields.sort_unstable();
        fields.dedup();
        group.changes = fields.iter().filter_map(|f| into_number(s, *f)).collect();
        Some(Self { groups: vec![group], filled })
    }

    /// Those that break a relation, and their likes; `None` if there are none.
    pub(super) fn of(s: Submission, broken: &[Broken]) -> Option<Self> {
        let candidates: Vec<(FieldIx, &FieldSum)> = formulas::candidates(s).collect();
        if candidates.is_empty() {
            return None;
        }
        let relations = s.form.relations.iter().enumerate();
        let evaluated: Vec<(usize, &Relation)> =
            relations.filter(|(_, r)| r.is_linear() && check::sides(s, r).is_some()).collect();
        let trusted = Formulas::trusted(s, &evaluated);
        let mut alike: BTreeMap<(usize, Shape), Vec<Total>> = BTreeMap::new();
        for (field, sum) in
            candidates.iter().filter(|(f, sum)| !trusted.trusts(*f) && is_of_fields(s, *f, sum))
        {
            let Some((index, rule)) = total_of(&evaluated, *field, sum) else { continue };
            alike.entry((rule, shape(s, *field, sum))).or_default().push((*field, index));
        }
        let is_broken = |t: &Total| broken.iter().any(|b| b.relation == t.1);
        let alike: Vec<Vec<Total>> = alike.into_values().filter(|g| g.iter().any(is_broken)).collect();
        if alike.is_empty() {
            return None;
        }
        let mut filled = s.filled.clone();
        for (field, relation) in alike.iter().flatten() {
            let parts = s.form.relations.get(*relation)?.plain()?.0;
            let terms = parts.into_iter().map(|f| (f, 1)).collect();
            filled.readings.get_mut(field.0 as usize)?.formula =
                Some(FieldSum { constant: Decimal::ZERO, terms });
        }
        filled.recompute(&candidates.iter().map(|c| c.0).collect::<Vec<_>>());
        let group = |totals: Vec<Total>| Group {
            changes: totals.iter().filter_map(|t| into_formula(s, &filled, *t)).collect(),
            totals: totals.into_iter().map(|t| t.0).collect(),
        };
        Some(Self { groups: alike.into_iter().map(group).collect(), filled })
    }

    /// A cause a group; `still` are the broken relations that do not hold with the formulas set right, `new` says
    /// whether others do not hold then either.
    pub(super) fn causes(&self, s: Submission, broken: &[Broken], still: &[Broken], new: bool) -> Vec<Cause> {
        let gone = broken.iter().map(|b| b.relation).filter(|r| still.iter().all(|b| b.relation != *r));
        let mut relations: Vec<Vec<usize>> = vec![Vec::new(); self.groups.len()];
        for index in gone {
            let fields = s.form.relations.get(index).map(Relation::fields).unwrap_or_default();
            let own = |g: &Group| {
                let plain = s.form.relations.get(index).and_then(Relation::plain);
                plain.is_some_and(|(_, total)| total.iter().all(|t| g.totals.contains(t)))
            };
            let touched = |g: &Group| g.totals.iter().any(|t| fields.contains(t));
            let at = self.groups.iter().position(own).or_else(|| self.groups.iter().position(touched));
            relations.get_mut(at.unwrap_or(0)).into_iter().for_each(|r| r.push(index));
        }
        let certainty = if new || still.iter().any(|b| self.moves(s, b.relation)) {
            Certainty::Likely
        } else {
            Certainty::Proved
        };
        let causes = self.groups.iter().zip(relations);
        causes
            .map(|(group, relations)| Cause {
                changes: group.changes.iter().map(|c| Change { certainty, ..c.clone() }).collect(),
                ..Cause::unexplained(relations, certainty)
            })
            .collect()
    }

    /// Whether setting the formulas right changes a number of a relation.
    fn moves(&self, s: Submission, relation: usize) -> bool {
        let fields = s.form.relations.get(relation).map(Relation::fields).unwrap_or_default();
        fields.iter().any(|f| s.filled.amount(*f) != self.filled.amount(*f))
    }
}

/// The change that puts the right formula into a total.
fn into_formula(s: Submission, right: &Filled, (field, relation): Total) -> Option<Change> {
    let relation = s.form.relations.get(relation)?;
    let formula = restore::of_total(s, relation);
    let mut why = difference(s, field, relation)?;
    if let Some(text) = &formula {
        why.zh.extend(["，应为 =", text]);
        why.en.extend(["; it should be =", text]);
    }
    Some(Change { formula, ..s.change(field, right.amount(field)?, Certainty::Likely, why)? })
}

/// The change that makes a number of what is held as text.
fn into_number(s: Submission, field: FieldIx) -> Option<Change> {
    let reading = s.filled.reading(field)?;
    let why = Text::new(
        "数字是文本格式，求和公式没有把它加进去",
        "held as text, which the formula of the total does not count",
    );
    Some(Change { text: reading.raw.clone(), ..s.change(field, reading.value?, Certainty::Likely, why)? })
}

/// Whether a formula adds up fields, and no cells beside them.
fn is_of_fields(s: Submission, field: FieldIx, sum: &FieldSum) -> bool {
    let written = s.formula(field).and_then(formula::parse).map_or(sum.constant, |own| own.constant);
    sum.constant == written
}

/// The relation that a field is the total of, and its rule: where it is of several, the one whose parts its formula
/// comes closest to.
fn total_of(evaluated: &[(usize, &Relation)], field: FieldIx, sum: &FieldSum) -> Option<(usize, usize)> {
    let totals = evaluated.iter().filter_map(|(i, r)| {
        let (parts, total) = r.plain()?;
        (total == [field] && parts.len() > 1).then_some(((*i, r.rule), parts))
    });
    let shared = |parts: &[FieldIx]| sum.terms.iter().filter(|(f, _)| parts.contains(f)).count();
    totals.rev().max_by_key(|(_, parts)| shared(parts)).map(|t| t.0)
}

fn shape(s: Submission, own: FieldIx, sum: &FieldSum) -> Shape {
    let at = |f: FieldIx| s.form.field(f).map_or((0, 0), |f| (f.row as i64, f.col as i64));
    let (row, col) = at(own);
    let seen = |(f, k): &(FieldIx, i64)| (at(*f).0 - row, at(*f).1 - col, *k);
    let mut shape: Shape = sum.terms.iter().map(seen).collect();
    shape.sort_unstable();
    shape
}

/// "公式 =SUM(D24:D43) 漏加 D44".
fn difference(s: Submission, field: FieldIx, relation: &Relation) -> Option<Text> {
    let sum = s.filled.reading(field)?.formula.as_ref()?;
    let parts = relation.plain()?.0;
    let count = |f: FieldIx| sum.terms.iter().filter(|t| t.0 == f).map(|t| t.1).sum::<i64>();
    let left_out: Vec<FieldIx> = parts.iter().copied().filter(|f| count(*f) == 0).collect();
    let own: Vec<FieldIx> = parts.iter().copied().filter(|f| !matches!(count(*f), 0 | 1)).collect();
    let mut others: Vec<FieldIx> = sum.terms.iter().map(|t| t.0).filter(|f| !parts.contains(f)).collect();
    others.dedup();
    let mut out = match s.formula(field) {
        Some(text) => Text::new(format!("公式 ={text} "), format!("the formula ={text} ")),
        None => Text::new("公式", "the formula "),
    };
    let said = [
        (left_out, "漏加 ", "leaves out "),
        (others, "多加了 ", "takes in "),
        (own, "没有正好加一次 ", "does not count once "),
    ];
    let said: Vec<Text> = said
        .into_iter()
        .filter(|(cells, ..)| !cells.is_empty())
        .map(|(cells, zh, en)| {
            let cells = named(s, &cells);
            Text::new(format!("{zh}{}", cells.zh), format!("{en}{}", cells.en))
        })
        .chain((!sum.constant.is_zero()).then(|| Text::new("另加了一个数", "adds a number of its own")))
        .collect();
    out.zh += &said.iter().map(|t| t.zh.as_str()).collect::<Vec<_>>().join("，");
    out.en += &said.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join(", ");
    Some(out)
}

/// "D40、D41、D42 等 5 格".
fn named(s: Submission, fields: &[FieldIx]) -> Text {
    let cells: Vec<String> = fields.iter().filter_map(|f| Some(s.cell(*f)?.cell.to_string())).collect();
    let shown = cells.get(..NAMED.min(cells.len())).unwrap_or_default();
    let (zh, en) = (shown.join("、"), shown.join(", "));
    match cells.len() {
        n if n > NAMED => Text::new(format!("{zh} 等 {n} 格"), format!("{en} … ({n} cells)")),
        _ => Text::new(zh, en),
    }
}
