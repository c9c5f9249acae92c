//! Checks of category and sense that a form's definition states: conditions that should not be met (C rules).

use super::Submission;
use crate::finding::{Finding, Text, rule};
use crate::form::{Check, Condition, Op};

/// The findings of a form's own checks, in the definition's order.
pub fn categories(s: Submission) -> Vec<Finding> {
    s.form.checks.iter().filter_map(|check| judge(s, check)).collect()
}

fn judge(s: Submission, check: &Check) -> Option<Finding> {
    let in_force = check.life.in_force(s.year());
    if !in_force || !s.is_met(&check.when) || check.unless.as_ref().is_some_and(|c| s.may_be_met(c)) {
        return None;
    }
    let severity = check.life.severity(s.concerns(check.exempt.as_ref(), check.severity)?);
    let text = Text::new(s.with_values(&check.text.zh), s.with_values(&check.text.en));
    let (fields, cells) = s.spots(&check.fields);
    let mut finding = Finding::new(&check.code, severity, check.place.clone(), text).at(fields, cells);
    finding = finding.advising(advice(check));
    if let Condition::Compare(left, Op::Differs, right) = &check.when {
        finding.expected = s.total(right).map(|t| t.sum);
        finding.actual = s.total(left).map(|t| t.sum);
    }
    Some(finding)
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
