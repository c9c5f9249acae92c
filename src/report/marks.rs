//! Findings as marks on cells: a colour by severity and a comment that a clerk understands.
//!
//! A comment says what is wrong, what stands there and what should, the relation with its numbers, and what to
//! do; the rule's code comes last. Where one cell was located, only that cell is marked.

use super::patch::Mark;
use super::sheet::Fill;
use super::text::{certainty_name, entered, original, severity_name};
use crate::finding::{BrokenRelation, Certainty, Change, Finding, Lang, Outcome, Place, Severity, rule};
use crate::grid::amount;
use std::collections::BTreeMap;

/// Alternatives that a comment lists; there may be dozens.
const SHOWN: usize = 3;
/// Cells of one fault that are each told all of it; of more, the first has the whole comment.
const TOLD: usize = 8;

/// One mark for each finding and cell; `patch` joins those of one cell.
pub(super) fn marks(outcome: &Outcome, lang: Lang) -> Vec<Mark> {
    let mut out = Vec::new();
    for finding in &outcome.findings {
        let fill = fill(finding);
        for (place, comment) in comments(finding, finding.cells.iter(), outcome, lang) {
            out.push(Mark { sheet: place.sheet.clone(), cell: place.cell, fill, comment });
        }
    }
    out
}

/// What a finding says at each of these cells of its own. Of a fault that many cells share (numbers held as text) the
/// first of each sheet has the whole comment, and the others a line that leads to it.
pub(super) fn comments<'f>(
    finding: &'f Finding,
    places: impl Iterator<Item = &'f Place>,
    outcome: &Outcome,
    lang: Lang,
) -> Vec<(&'f Place, String)> {
    let is_shared = finding.cells.len() > TOLD && finding.relations.is_empty() && finding.confirmed.is_none();
    let mut told: BTreeMap<&str, String> = BTreeMap::new();
    let tell = |place: &'f Place| {
        let again = told.get(place.sheet.as_str()).filter(|_| proposals(place, outcome, lang).is_empty());
        let said = again.cloned().unwrap_or_else(|| comment(finding, place, outcome, lang));
        if is_shared && !told.contains_key(place.sheet.as_str()) {
            told.extend(see(finding, place, lang).map(|line| (place.sheet.as_str(), line)));
        }
        (place, said)
    };
    places.map(tell).collect()
}

/// Leads from one of a finding's cells to the one that has the whole comment; none of a form's own rule, which has no
/// name to call it by.
fn see(finding: &Finding, first: &Place, lang: Lang) -> Option<String> {
    let (grade, cell) = (severity_name(finding.severity, lang), first.cell);
    let title = rule(&finding.code)?.title.get(lang);
    let codes = codes(finding, lang);
    Some(match lang {
        Lang::Zh => format!("【{grade}】{title}，详见 {cell} 的批注\n（{codes}）"),
        Lang::En => format!("[{grade}] {title}: see the comment at {cell}\n({codes})"),
    })
}

/// The colour of a finding's cells; one that the office has explained only informs.
pub(super) fn fill(finding: &Finding) -> Fill {
    match finding.confirmed {
        Some(_) => Fill::Info,
        None => finding.severity.into(),
    }
}

/// What a finding says at one of its cells.
pub(super) fn comment(finding: &Finding, place: &Place, outcome: &Outcome, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let grade = severity_name(finding.severity, lang);
    let message = finding.message.get(lang);
    let mut lines = vec![if zh { format!("【{grade}】{message}") } else { format!("[{grade}] {message}") }];
    let known = message.contains("应为") || message.contains("should be");
    lines.extend(sides(finding, place, outcome, lang).filter(|_| !known));
    // Of a fault of many cells, each cell's comment has the relations that see it.
    let of_cell = |r: &&BrokenRelation| finding.cells.len() == 1 || r.cells.contains(place);
    let sums = finding.relations.iter().filter(of_cell).map(|r| r.sums.get(lang));
    lines.extend(sums.filter(|s| !message.contains(s)).map(|s| format!("· {s}")));
    let proposals = proposals(place, outcome, lang);
    let advice = finding.advice.get(lang);
    let why = |c: &&Change| c.cell == *place && !c.why.is_empty() && advice.contains(c.why.get(lang));
    let proposed = outcome.repair.changes.iter().any(|c| why(&c));
    let said = proposed || message.contains(advice) || proposals.iter().any(|p| p.contains(advice));
    lines.extend(proposals);
    if !said {
        lines.push(if zh { format!("建议：{advice}") } else { format!("To do: {advice}") });
    }
    if let Some(reason) = &finding.confirmed {
        lines.push(if zh { format!("单位已说明：{reason}") } else { format!("Explained: {reason}") });
    }
    let codes = codes(finding, lang);
    lines.push(if zh { format!("（{codes}）") } else { format!("({codes})") });
    lines.join("\n")
}

fn codes(finding: &Finding, lang: Lang) -> String {
    finding.codes().collect::<Vec<_>>().join(lang.pick("、", ", "))
}

/// 应为 and 实为 of a cell, where both are known.
fn sides(finding: &Finding, place: &Place, outcome: &Outcome, lang: Lang) -> Option<String> {
    let (expected, actual) = expected_and_actual(finding, outcome, lang)?;
    if finding.cells.len() != 1 || finding.cells.first() != Some(place) {
        return None;
    }
    Some(match lang {
        Lang::Zh => format!("应为 {expected}，实为 {actual}"),
        Lang::En => format!("should be {expected}, is {actual}"),
    })
}

/// What a finding says should stand and what stands: of the located cell if there is one, else of the
/// relation, unless it is of several cells.
pub(super) fn expected_and_actual(
    finding: &Finding,
    outcome: &Outcome,
    lang: Lang,
) -> Option<(String, String)> {
    if let Some(fix) = &finding.fix {
        let known = outcome.fields.get(&fix.field);
        let raw = known.and_then(|v| v.raw.clone()).filter(|_| known.is_some_and(|v| v.value.is_none()));
        let actual = raw.unwrap_or_else(|| entered(known.and_then(|v| v.value), lang));
        return Some((amount::show(fix.to), actual));
    }
    // Of several cells one may be wrong, of none nothing is: the sentence tells, and not one pair of numbers.
    if !finding.relations.is_empty() && finding.cells.len() != 1 {
        return None;
    }
    Some((amount::show(finding.expected?), amount::show(finding.actual?)))
}

/// What would mend this cell, and how sure that is.
pub(super) fn proposals(place: &Place, outcome: &Outcome, lang: Lang) -> Vec<String> {
    let change = outcome.repair.changes.iter().find(|c| c.cell == *place);
    let mut lines: Vec<String> = change.map(|c| proposal(c, lang)).into_iter().collect();
    let others = outcome.repair.alternatives().filter(|set| set.iter().any(|c| c.cell == *place));
    let others: Vec<&Vec<Change>> = others.collect();
    for set in others.iter().take(SHOWN) {
        let all: Vec<String> = set.iter().map(|c| step(c, lang)).collect();
        lines.push(match lang {
            Lang::Zh => format!("可能的改法：{}", all.join("，")),
            Lang::En => format!("One way to mend it: {}", all.join(", ")),
        });
    }
    if others.len() > SHOWN {
        let n = others.len();
        lines.push(match lang {
            Lang::Zh => format!("涉及本格的改法共 {n} 种，全部列在第一张表里"),
            Lang::En => format!("{n} ways in all concern this cell; the first sheet lists them"),
        });
    }
    lines
}

fn proposal(change: &Change, lang: Lang) -> String {
    let to = amount::show(change.to);
    let sure = certainty_name(change.certainty, lang);
    let why = change.why.get(lang);
    let likely = change.certainty == Certainty::Likely;
    if change.from == Some(change.to) && change.formula.is_none() {
        return match lang {
            Lang::Zh => format!("建议把文本改为数字 {to}（{sure}：{why}）"),
            Lang::En => format!("Make the text the number {to} ({sure}: {why})"),
        };
    }
    match (&change.formula, lang) {
        (Some(formula), Lang::Zh) => return format!("建议把公式改为 ={formula}（{sure}：{why}）"),
        (Some(formula), Lang::En) => return format!("Change the formula to ={formula} ({sure}: {why})"),
        (None, _) => {}
    }
    match lang {
        Lang::Zh if likely && !why.is_empty() => format!("建议核对后改为 {to}（{sure}：{why}）"),
        Lang::Zh if why.is_empty() => format!("建议改为 {to}（{sure}）"),
        Lang::Zh => format!("建议改为 {to}（{sure}：{why}）"),
        Lang::En if likely && !why.is_empty() => format!("Check, then change to {to} ({sure}: {why})"),
        Lang::En if why.is_empty() => format!("Change to {to} ({sure})"),
        Lang::En => format!("Change to {to} ({sure}: {why})"),
    }
}

/// One step of a repair in a few words.
pub(super) fn step(change: &Change, lang: Lang) -> String {
    let (cell, to) = (&change.cell, amount::show(change.to));
    let from = original(change, lang);
    match (&change.formula, lang) {
        (Some(formula), Lang::Zh) => format!("{cell} 的公式改为 ={formula}"),
        (Some(formula), Lang::En) => format!("the formula of {cell} to ={formula}"),
        (None, Lang::Zh) => format!("{cell} 由 {from} 改为 {to}"),
        (None, Lang::En) => format!("{cell} from {from} to {to}"),
    }
}

/// The style of a table cell that names a severity.
pub(super) fn severity_style(severity: Severity) -> super::sheet::StyleKind {
    use super::sheet::StyleKind;
    match severity {
        Severity::Error => StyleKind::Error,
        Severity::Warning => StyleKind::Warning,
        Severity::Info => StyleKind::Info,
    }
}
