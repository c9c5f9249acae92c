//! Checks of category and sense that a form's definition states: conditions that should not be met (C rules).

use super::Submission;
use super::office::{self, Standing};
use crate::finding::{Finding, Severity, Text};
use crate::form::{Check, Condition, Exempt, Op, Sum};
use crate::grid::amount;
use crate::mapping::Filled;
use rust_decimal::Decimal;

/// The findings of a form's own checks, in the definition's order.
pub fn categories(s: Submission) -> Vec<Finding> {
    s.form.checks.iter().filter_map(|check| judge(s, check)).collect()
}

fn judge(s: Submission, check: &Check) -> Option<Finding> {
    let met = |c: &Condition| holds(c, s.filled);
    if !met(&check.when) || check.unless.as_ref().is_some_and(met) {
        return None;
    }
    let severity = match &check.exempt {
        None => check.severity,
        Some(exempt) => concerned(s, check, exempt)?,
    };
    let text = Text::new(with_values(s, &check.text.zh), with_values(s, &check.text.en));
    let (fields, cells) = s.spots(&check.fields);
    let advice = Text::new(format!("依据：{}", check.basis), format!("basis: {}", check.basis));
    Some(Finding::new(&check.code, severity, check.place.clone(), text).at(fields, cells).advising(advice))
}

/// How bad it is for this office; `None` where it is exempt.
fn concerned(s: Submission, check: &Check, exempt: &Exempt) -> Option<Severity> {
    let name = s.identity.office.as_ref().map_or("", |o| o.value.as_str());
    let Standing { level, seat } = office::standing(name);
    let named = exempt.offices.iter().any(|o| seat.ends_with(o.as_str()));
    match level {
        _ if named => None,
        Some(level) if exempt.levels.contains(&level) => None,
        Some(_) => Some(check.severity),
        None => Some(exempt.unsure.unwrap_or(check.severity)),
    }
}

/// Whether a condition is met for certain.
fn holds(condition: &Condition, filled: &Filled) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|p| holds(p, filled)),
        Condition::Any(parts) => parts.iter().any(|p| holds(p, filled)),
        Condition::Compare(left, op, right) => {
            let (Some(left), Some(right)) = (total(left, filled), total(right, filled)) else { return false };
            let certain = match op {
                Op::Greater | Op::AtLeast => !right.blanks,
                Op::Less | Op::AtMost => !left.blanks,
                Op::Equal | Op::Differs => !left.blanks && !right.blanks,
            };
            certain && op.holds(left.sum, right.sum)
        }
    }
}

/// A sum with what it lacks.
struct Total {
    sum: Decimal,
    /// Whether a blank was counted as 0.
    blanks: bool,
}

/// The value of a sum; `None` where a field of it is absent or unreadable, or last year's is not at hand.
fn total(sum: &Sum, filled: &Filled) -> Option<Total> {
    let mut out = Total { sum: sum.constant, blanks: false };
    for term in &sum.terms {
        if term.last_year {
            return None;
        }
        let value = filled.amount(term.field)?;
        out.blanks |= filled.reading(term.field).is_some_and(|r| r.value.is_none());
        out.sum = out.sum.checked_add(value.checked_mul(term.factor)?)?;
    }
    Some(out)
}

/// A text with `{field id}` replaced by the field's value.
fn with_values(s: Submission, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let Some((id, after)) = tail.split_once('}') else { break };
        let value = s.form.field_ix(id).and_then(|ix| s.filled.amount(ix)).map(amount::show);
        out.push_str(value.as_deref().unwrap_or("？"));
        rest = after;
    }
    out.push_str(rest);
    out
}
