//! Conditions and sums over a submission's numbers, this year's and last year's.

use super::Submission;
use super::office::{self, Standing};
use crate::finding::Severity;
use crate::form::{Blank, Condition, Exempt, FieldIx, LAST_YEAR, Level, Op, Relation, Sum, Term};
use crate::grid::amount;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The numbers of last year's submission of the same office, by field id; `None` for a blank. Its form may be
/// another: what counts is that a field has the same id.
pub type LastYear = BTreeMap<String, Option<Decimal>>;

/// A sum with what it lacks.
pub(super) struct Total {
    pub(super) sum: Decimal,
    /// Whether a blank was counted as 0.
    pub(super) blanks: bool,
    /// How far off it may be because its numbers are rounded.
    pub(super) slack: Decimal,
}

#[allow(clippy::option_option, reason = "unknown, blank and a number are three things")]
impl Submission<'_> {
    /// The number of a field: `Some(None)` for a blank, `None` where nothing is known.
    pub fn this_year(&self, field: FieldIx) -> Option<Option<Decimal>> {
        self.filled.amount(field)?;
        let value = self.filled.reading(field)?.value;
        let zero = self.form.field(field).is_some_and(|f| f.blank == Blank::Zero);
        Some(value.or(zero.then_some(Decimal::ZERO)))
    }

    /// The same of the year before.
    pub fn last_year(&self, field: FieldIx) -> Option<Option<Decimal>> {
        self.before?.get(&self.form.field(field)?.id).copied()
    }

    /// The value of a sum; `None` where a field of it is absent or unreadable, or last year's is not at hand.
    pub(super) fn total(&self, sum: &Sum) -> Option<Total> {
        let mut out = Total { sum: sum.constant, blanks: false, slack: Decimal::ZERO };
        for term in &sum.terms {
            self.add(term, &mut out)?;
        }
        Some(out)
    }

    fn add(&self, term: &Term, out: &mut Total) -> Option<()> {
        let (mut value, mut slack) = (term.factor, Decimal::ZERO);
        for (field, last_year) in [(Some(term.field), term.last_year), (term.by, false)] {
            let Some(field) = field else { continue };
            let number = if last_year { self.last_year(field)? } else { self.this_year(field)? };
            out.blanks |= number.is_none();
            let (x, off) = (number.unwrap_or_default(), self.half_unit(field));
            if !off.is_zero() || !slack.is_zero() {
                // (v ± s)(x ± o) is v·x, off by at most |v|·o + s·|x| + s·o
                let by_slack = slack.checked_mul(x.abs().checked_add(off)?)?;
                slack = value.abs().checked_mul(off)?.checked_add(by_slack)?;
            }
            value = if value == Decimal::ONE { x } else { value.checked_mul(x)? };
        }
        out.sum = out.sum.checked_add(value)?;
        if !slack.is_zero() {
            out.slack = out.slack.checked_add(slack)?;
        }
        Some(())
    }

    /// How far off a linear relation may be, whatever stands in its cells.
    pub fn slack(&self, relation: &Relation) -> Option<Decimal> {
        let of = |t: &Term| t.factor.abs().checked_mul(self.half_unit(t.field));
        relation.terms().try_fold(relation.tolerance, |all, t| all.checked_add(of(t)?))
    }

    /// How far a field's number may be from what was rounded.
    fn half_unit(&self, field: FieldIx) -> Decimal {
        let unit = self.form.field(field).and_then(|f| f.rounded);
        unit.map_or(Decimal::ZERO, |unit| unit / Decimal::TWO)
    }

    /// Whether a condition is met for certain.
    pub(super) fn is_met(&self, condition: &Condition) -> bool {
        self.holds(condition, false)
    }

    /// Whether a condition may be met for all that is known: a number that could not be read may be any.
    pub(super) fn may_be_met(&self, condition: &Condition) -> bool {
        self.holds(condition, true)
    }

    /// Whether a condition holds, where a comparison of numbers that could not be read is taken for `unread`.
    fn holds(&self, condition: &Condition, unread: bool) -> bool {
        let is_unread = |t: &Term| !t.last_year && self.this_year(t.field).is_none();
        match condition {
            Condition::All(parts) => parts.iter().all(|p| self.holds(p, unread)),
            Condition::Any(parts) => parts.iter().any(|p| self.holds(p, unread)),
            Condition::Compare(left, _, right) if left.terms.iter().chain(&right.terms).any(is_unread) => {
                unread
            }
            Condition::Compare(left, op, right) => {
                let (Some(left), Some(right)) = (self.total(left), self.total(right)) else { return false };
                let certain = match op {
                    Op::Greater | Op::AtLeast => !right.blanks,
                    Op::Less | Op::AtMost => !left.blanks,
                    Op::Equal | Op::Differs => !left.blanks && !right.blanks,
                };
                certain && op.holds(left.sum, right.sum)
            }
        }
    }

    /// How bad a finding of a rule is for this office; `None` where it is exempt.
    pub(super) fn concerns(&self, exempt: Option<&Exempt>, severity: Severity) -> Option<Severity> {
        let Some(exempt) = exempt else { return Some(severity) };
        let name = self.identity.office.as_ref().map_or("", |o| o.value.as_str());
        let Standing { level, seat } = office::standing(name);
        let named = exempt.offices.iter().any(|o| seat.ends_with(o.as_str()));
        match settled(level, self.identity.listed) {
            _ if named => None,
            Some(level) if exempt.levels.contains(&level) => None,
            Some(_) => Some(severity),
            None => Some(exempt.unsure.unwrap_or(severity)),
        }
    }

    /// The year that the submission reports on.
    pub(super) fn year(&self) -> Option<i32> {
        self.identity.year.as_ref().map(|y| y.value)
    }

    /// A text with `{field id}` replaced by the field's value, `{last year's field id}` by last year's.
    pub(super) fn with_values(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once('{') {
            out.push_str(head);
            let Some((id, after)) = tail.split_once('}') else { break };
            let value = match id.strip_prefix(LAST_YEAR) {
                Some(id) => self.form.field_ix(id).and_then(|ix| self.last_year(ix)),
                None => self.form.field_ix(id).and_then(|ix| self.this_year(ix)),
            };
            let value = value.map(|v| amount::show(v.unwrap_or_default()));
            out.push_str(value.as_deref().unwrap_or("？"));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The level by name and roster. A roster's 市级 may be the rank of a department, and the office of a government is
/// called a department by some: there the name counts.
fn settled(named: Option<Level>, listed: Option<Level>) -> Option<Level> {
    match (named, listed) {
        (_, Some(Level::State)) => listed,
        (Some(Level::Department), _) | (Some(_), Some(Level::Department)) => named,
        _ => listed.or(named),
    }
}
