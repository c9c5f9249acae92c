//! What an aggregate's own relations say beside its comparison with its members.
//!
//! A sum of numbers that do not balance does not balance: where the table agrees with what was entered, its imbalance is
//! its members', and none of its cells is wrong for that. Where it differs from the sum, that tells the cell, and what
//! does not balance for it is the same fault.

use super::aggregate::{CODE, Members, NAMED};
use crate::audit::Content;
use crate::check::{self, Submission};
use crate::finding::{
    BrokenRelation, Certainty, Change, Choice, Finding, Lang, Outcome, Repair, RepairStatus, Severity,
    Status, Text, plural,
};
use crate::form::{FieldIx, Relation};
use crate::report::summary::{Archive, Held, Item};
use std::collections::BTreeSet;

/// Why a relation of an aggregate is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Its members' numbers do not balance there.
    Members,
    /// The table differs from the sum, as the finding of this number tells.
    Gap(usize),
}

/// Takes out of an aggregate's own findings what is another's fault, and puts what it is in the place of them: `found` is
/// what the comparison has found.
pub(super) fn settle(
    outcome: &mut Outcome,
    mut found: Vec<Finding>,
    members: &Members,
    (content, archive): (&Content, &dyn Archive),
) {
    found.retain(|gap| !is_told(outcome, gap));
    let own = content.submission();
    let (filled, compared) = members.in_place_of(content);
    let summed = Summed { own, sum: Submission { filled: &filled, ..own }, compared };
    let mut carried: Vec<(usize, BrokenRelation)> = Vec::new();
    let mut removed = Vec::new();
    outcome.findings.retain_mut(|finding| {
        let whys = finding.relations.iter().map(|r| Some((summed.relation(r)?, summed.why(r, &found)?)));
        let whys: Option<Vec<(usize, Why)>> = whys.collect();
        let Some(whys) = whys.filter(|w| !w.is_empty() && !finding.also.iter().any(|c| c == CODE)) else {
            return true;
        };
        for ((at, why), relation) in whys.into_iter().zip(finding.relations.drain(..)) {
            match why {
                Why::Members => carried.push((at, relation)),
                Why::Gap(n) => found.get_mut(n).into_iter().for_each(|f| f.relations.push(relation.clone())),
            }
        }
        removed.push(std::mem::take(&mut finding.fields));
        false
    });
    withdraw(&mut outcome.repair, &removed);
    carried.sort_by_key(|(at, _)| *at);
    found.extend(told(carried, members, own, archive));
    put(outcome, found);
}

/// Puts errors after an aggregate's own, and hints last.
pub(super) fn put(outcome: &mut Outcome, found: Vec<Finding>) {
    let (found, hints): (Vec<Finding>, Vec<Finding>) =
        found.into_iter().partition(|f| f.severity == Severity::Error);
    if !found.is_empty() {
        outcome.status = Status::Findings;
    }
    let errors = outcome.findings.iter().take_while(|f| f.severity == Severity::Error).count();
    outcome.findings.splice(errors..errors, found);
    outcome.findings.extend(hints);
}

/// Whether one cell that differs from the sum is what its own relations have proved wrong, and mended to that sum: then
/// it is one finding. What is only likely among its members' errors is told by the sum.
fn is_told(outcome: &mut Outcome, found: &Finding) -> bool {
    let [field] = found.fields.as_slice() else { return false };
    let is_proved = |c: &Change| c.field == *field && c.certainty == Certainty::Proved;
    if !outcome.repair.changes.iter().any(is_proved) {
        return false;
    }
    let same = |f: &&mut Finding| {
        f.fix.as_ref().is_some_and(|fix| fix.field == *field && Some(fix.to) == found.expected)
    };
    let Some(own) = outcome.findings.iter_mut().find(same) else { return false };
    own.also.push(found.code.clone());
    own.message.zh.push_str("；也与各单位之和不符");
    own.message.en.push_str("; it differs from the members' sum as well");
    true
}

/// An aggregate, and the same with the sum of its members in its cells.
struct Summed<'a> {
    own: Submission<'a>,
    sum: Submission<'a>,
    compared: Vec<FieldIx>,
}

impl Summed<'_> {
    /// The number of a relation in the form.
    fn relation(&self, broken: &BrokenRelation) -> Option<usize> {
        let is_it = |r: &Relation| {
            r.code == broken.code
                && r.place == broken.place
                && check::sides(self.own, r)
                    .is_some_and(|s| (s.expected, s.actual) == (broken.expected, broken.actual))
        };
        self.own.form.relations.iter().position(is_it)
    }

    /// Why it is broken, where that is another's fault, or the comparison's to tell.
    fn why(&self, broken: &BrokenRelation, found: &[Finding]) -> Option<Why> {
        let relation = self.own.form.relations.get(self.relation(broken)?)?;
        let fields = relation.fields();
        if check::sides(self.sum, relation)?.hold(relation.op) {
            let is_of =
                |f: &Finding| fields.iter().any(|ix| f.fields.iter().any(|id| *id == self.own.id(*ix)));
            // Of several findings the one that speaks of the fewest cells says the most.
            let of_it = found.iter().enumerate().filter(|(_, f)| f.severity == Severity::Error && is_of(f));
            return of_it.min_by_key(|(_, f)| f.fields.len()).map(|(n, _)| Why::Gap(n));
        }
        fields.iter().all(|f| self.compared.contains(f)).then_some(Why::Members)
    }
}

/// Takes the repairs of findings that are no longer there, given by their fields, out of an aggregate's.
fn withdraw(repair: &mut Repair, removed: &[Vec<String>]) {
    let is_of = |choice: &Choice, fields: &[String]| {
        let ways: Vec<_> = if choice.changes.is_empty() {
            choice.others.iter().flatten().collect()
        } else {
            choice.changes.iter().collect()
        };
        ways.iter().all(|c| fields.contains(&c.field))
    };
    let (gone, kept): (Vec<Choice>, Vec<Choice>) =
        std::mem::take(&mut repair.choices).into_iter().partition(|c| removed.iter().any(|f| is_of(c, f)));
    repair.changes.retain(|change| !gone.iter().any(|c| c.changes.contains(change)));
    repair.choices = kept;
    if removed.is_empty() {
        return;
    }
    let open = |c: &Choice| c.changes.is_empty().then_some(Certainty::Ambiguous);
    let sure = repair.changes.iter().map(|c| c.certainty);
    repair.certainty = sure.chain(repair.choices.iter().filter_map(open)).max();
    repair.status = match repair.certainty {
        None => RepairStatus::None,
        Some(_) if repair.choices.iter().all(|c| c.others.is_empty()) => RepairStatus::Unique,
        Some(_) => RepairStatus::Ambiguous,
    };
}

/// What does not balance in an aggregate since its members' numbers do not: one finding, that accuses none of its cells.
fn told(
    carried: Vec<(usize, BrokenRelation)>,
    members: &Members,
    own: Submission,
    archive: &dyn Archive,
) -> Option<Finding> {
    let first = &carried.first()?.1;
    let marks: Vec<String> = carried.iter().map(|(_, r)| r.mark()).collect();
    let relations = carried.iter().filter_map(|(at, _)| own.form.relations.get(*at));
    let fields: BTreeSet<FieldIx> = relations.flat_map(Relation::fields).collect();
    let mut behind = Vec::new();
    for member in &members.each {
        let details = archive.details(&member.file);
        let of_it = details.findings.iter().filter(|item| item.relations.iter().any(|r| marks.contains(r)));
        let items: Vec<&Item> = of_it.collect();
        let is_unread = |f: &FieldIx| details.values.get(f.0 as usize) == Some(&Held::Unreadable);
        if !items.is_empty() || fields.iter().any(is_unread) {
            let cells =
                |lang| items.iter().map(|i| i.at(lang)).filter(|at| !at.is_empty()).collect::<Vec<_>>();
            behind.push((&member.name, cells(Lang::Zh).join("、"), cells(Lang::En).join(", ")));
        }
    }
    let (k, names) = (carried.len(), listed(&behind));
    let text = Text::new(
        format!("汇总表有 {k} 条勾稽关系不平，不是汇总时加错，是所加的单位的数本身不平{}", names.zh),
        format!(
            "the aggregate does not balance in {}, not for it adds up wrongly but for its members' numbers do not{}",
            plural(k, "place"),
            names.en
        ),
    );
    let advice = Text::new(
        "汇总表的这些格不用改：请这些单位更正后重新报送，再汇总",
        "leave these cells of the aggregate: have those offices correct and send again, then sum up again",
    );
    let mut finding = Finding::new(&first.code, Severity::Error, first.place.clone(), text).advising(advice);
    (finding.expected, finding.actual) = (Some(first.expected), Some(first.actual));
    finding.relations = carried.into_iter().map(|(_, relation)| relation).collect();
    Some(finding)
}

/// Offices with their cells, the first of many: "：石碁镇人民政府（表三!D12）、沙湾镇人民政府（表四!E5）".
fn listed(behind: &[(&String, String, String)]) -> Text {
    let n = behind.len();
    let shown = behind.get(..n.min(NAMED)).unwrap_or_default();
    let one = |name: &str, cells: &str, [open, close]: [&str; 2]| match cells {
        "" => name.to_owned(),
        _ => format!("{name}{open}{cells}{close}"),
    };
    let zh: Vec<String> = shown.iter().map(|(name, zh, _)| one(name, zh, ["（", "）"])).collect();
    let en: Vec<String> = shown.iter().map(|(name, _, en)| one(name, en, [" (", ")"])).collect();
    match n {
        0 => Text::default(),
        _ if n > NAMED => Text::new(
            format!("：{}等 {n} 家", zh.join("、")),
            format!(": {} and {} more", en.join(", "), n - NAMED),
        ),
        _ => Text::new(format!("：{}", zh.join("、")), format!(": {}", en.join(", "))),
    }
}
