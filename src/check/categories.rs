//! Checks of category and sense that a form's definition states: conditions that should not be met (C rules).

use super::{Submission, values};
use crate::finding::{Finding, Text, rule};
use crate::form::{Check, Condition, FieldIx, Op, Relation};
use rust_decimal::Decimal;

/// The findings of a form's own checks, in the definition's order.
pub fn categories(s: Submission) -> Vec<Finding> {
    let found: Vec<Finding> = s.form.checks.iter().filter_map(|check| judge(s, check)).collect();
    let follows: Vec<bool> = found.iter().map(|finding| follows(s, finding, &found)).collect();
    found.into_iter().zip(follows).filter(|(_, follows)| !follows).map(|(finding, _)| finding).collect()
}

/// Whether a total is off by just as much as its parts are, of which the same is told: then nothing is wrong with it.
fn follows(s: Submission, finding: &Finding, all: &[Finding]) -> bool {
    let off = |f: &Finding| f.actual?.checked_sub(f.expected?);
    let [total] = finding.fields.as_slice() else { return false };
    let Some(ix) = s.form.field_ix(total) else { return false };
    let is_total =
        |r: &&Relation| r.op == Op::Equal && matches!(r.actual.terms.as_slice(), [t] if t.field == ix);
    s.form.relations.iter().filter(is_total).any(|relation| {
        let told = relation.expected.terms.iter().filter_map(|term| {
            let id = s.id(term.field);
            all.iter().find(|f| f.code == finding.code && f.fields.as_slice() == [id.clone()])
        });
        let parts: Option<Decimal> = told.map(off).try_fold(Decimal::ZERO, |sum, by| sum.checked_add(by?));
        parts.is_some_and(|parts| !parts.is_zero() && off(finding) == Some(parts))
    })
}

fn judge(s: Submission, check: &Check) -> Option<Finding> {
    let in_force = check.life.in_force(s.year());
    if !in_force || !s.is_met(&check.when) || check.unless.as_ref().is_some_and(|c| s.may_be_met(c)) {
        return None;
    }
    let severity = check.life.severity(s.concerns(check.exempt.as_ref(), check.severity)?);
    let mut text = Text::new(s.with_values(&check.text.zh), s.with_values(&check.text.en));
    if let Some(blank) = unless_blank(s, check) {
        text.zh.push_str(&blank.zh);
        text.en.push_str(&blank.en);
    }
    let (fields, cells) = s.spots(&check.fields);
    let mut finding = Finding::new(&check.code, severity, check.place.clone(), text).at(fields, cells);
    finding = finding.advising(advice(check));
    if let Condition::Compare(left, Op::Differs, right) = &check.when {
        finding.expected = s.total(right).map(|t| t.sum);
        finding.actual = s.total(left).map(|t| t.sum);
    }
    Some(finding)
}

/// That nothing stands where something would excuse what was found: it may have been left out.
fn unless_blank(s: Submission, check: &Check) -> Option<Text> {
    let mut fields = this_year(check.unless.as_ref()?);
    fields.retain(|f| s.this_year(*f).is_some());
    let is_blank = !fields.is_empty() && fields.iter().all(|f| s.this_year(*f) == Some(None));
    let name = values::whole_group(s, &fields).filter(|_| is_blank)?;
    let n = fields.len();
    Some(Text::new(
        format!("（{name} {n} 格全部空白，没有填数）"),
        format!(" ({name}: all {n} cells are blank)"),
    ))
}

/// The fields of a condition, but for those of last year.
fn this_year(condition: &Condition) -> Vec<FieldIx> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(this_year).collect(),
        Condition::Compare(left, _, right) => {
            let terms = left.terms.iter().chain(&right.terms);
            terms.filter(|t| !t.last_year).map(|t| t.field).collect()
        }
    }
}

/// What to do, as the rule's page says, and what it rests on.
fn advice(check: &Check) -> Text {
    let todo = rule(&check.code).map(|rule| rule.fix.clone()).unwrap_or_default();
    let basis = &check.basis;
    match (todo.is_empty(), basis.is_empty()) {
        (_, true) => todo,
        (true, false) => Text::new(format!("依据：{basis}"), format!("basis: {basis}")),
        (false, false) => Text::new(
            format!("{}（依据：{basis}）", todo.zh.trim_end_matches('。')),
            format!("{} (basis: {basis})", todo.en.trim_end_matches('.')),
        ),
    }
}
