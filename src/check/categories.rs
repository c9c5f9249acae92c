//! Checks of category and sense that a form's definition states: conditions that should not be met (C rules).

use super::Submission;
use super::office::{self, Standing};
use crate::finding::{Finding, Severity, Text};
use crate::form::{Check, Condition, Exempt, FieldIx, LAST_YEAR, Op, Sum};
use crate::grid::amount;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The numbers of last year's submission of the same office, by field id; `None` for a blank. Its form may be
/// another: what counts is that a field has the same id.
pub type LastYear = BTreeMap<String, Option<Decimal>>;

/// The findings of a form's own checks, in the definition's order.
pub fn categories(s: Submission, before: Option<&LastYear>) -> Vec<Finding> {
    let years = Years { s, before };
    s.form.checks.iter().filter_map(|check| judge(years, check)).collect()
}

/// A submission, and the year before where that is at hand.
#[derive(Clone, Copy)]
struct Years<'a> {
    s: Submission<'a>,
    before: Option<&'a LastYear>,
}

fn judge(years: Years, check: &Check) -> Option<Finding> {
    let s = years.s;
    let met = |c: &Condition| holds(c, years);
    if !met(&check.when) || check.unless.as_ref().is_some_and(met) {
        return None;
    }
    let severity = match &check.exempt {
        None => check.severity,
        Some(exempt) => concerned(s, check, exempt)?,
    };
    let text = Text::new(with_values(years, &check.text.zh), with_values(years, &check.text.en));
    let (fields, cells) = s.spots(&check.fields);
    let advice = Text::new(format!("依据：{}", check.basis), format!("basis: {}", check.basis));
    let mut finding =
        Finding::new(&check.code, severity, check.place.clone(), text).at(fields, cells).advising(advice);
    if let Condition::Compare(left, Op::Differs, right) = &check.when {
        finding.expected = total(right, years).map(|t| t.sum);
        finding.actual = total(left, years).map(|t| t.sum);
    }
    Some(finding)
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
fn holds(condition: &Condition, years: Years) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|p| holds(p, years)),
        Condition::Any(parts) => parts.iter().any(|p| holds(p, years)),
        Condition::Compare(left, op, right) => {
            let (Some(left), Some(right)) = (total(left, years), total(right, years)) else { return false };
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
fn total(sum: &Sum, years: Years) -> Option<Total> {
    let mut out = Total { sum: sum.constant, blanks: false };
    for term in &sum.terms {
        let value = if term.last_year { years.last(term.field)? } else { years.this(term.field)? };
        out.blanks |= value.is_none();
        out.sum = out.sum.checked_add(value.unwrap_or_default().checked_mul(term.factor)?)?;
    }
    Some(out)
}

#[allow(clippy::option_option, reason = "unknown, blank and a number are three things")]
impl Years<'_> {
    /// The number of a field: `Some(None)` for a blank, `None` where nothing is known.
    fn this(self, field: FieldIx) -> Option<Option<Decimal>> {
        self.s.filled.amount(field)?;
        Some(self.s.filled.reading(field)?.value)
    }

    /// The same of the year before.
    fn last(self, field: FieldIx) -> Option<Option<Decimal>> {
        self.before?.get(&self.s.form.field(field)?.id).copied()
    }
}

/// A text with `{field id}` replaced by the field's value, `{last year's field id}` by last year's.
fn with_values(years: Years, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let Some((id, after)) = tail.split_once('}') else { break };
        let value = match id.strip_prefix(LAST_YEAR) {
            Some(id) => years.s.form.field_ix(id).and_then(|ix| years.last(ix)),
            None => years.s.form.field_ix(id).and_then(|ix| years.this(ix)),
        };
        let value = value.map(|v| amount::show(v.unwrap_or_default()));
        out.push_str(value.as_deref().unwrap_or("？"));
        rest = after;
    }
    out.push_str(rest);
    out
}
