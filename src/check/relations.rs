//! Balance relations, evaluated exactly.
//!
//! A blank counts as 0 unless the form says otherwise. A relation of which a field was not located or cannot be read
//! is not evaluated (the finding about that field says so), nor is one that does not apply: in other years, to other
//! offices, or where its condition is not certainly met.

use super::{Submission, counted};
use crate::finding::Severity;
use crate::form::{Op, Relation};
use rust_decimal::Decimal;

/// A relation that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Index in [`crate::form::Form::relations`].
    pub relation: usize,
    /// Its sides.
    pub sides: Sides,
}

/// Both sides of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// The side of the parts.
    pub expected: Decimal,
    /// The side of the total.
    pub actual: Decimal,
    /// How far they may be off: the relation's tolerance, and what rounding allows.
    pub slack: Decimal,
}

impl Sides {
    /// Whether the sides compare as they should.
    pub fn hold(self, op: Op) -> bool {
        let (e, a, slack) = (self.expected, self.actual, self.slack);
        match op {
            Op::Equal => (e - a).abs() <= slack,
            Op::Differs => e != a,
            Op::Less => e < a + slack,
            Op::AtMost => e <= a + slack,
            Op::Greater => e > a - slack,
            Op::AtLeast => e >= a - slack,
        }
    }
}

/// The relations that a submission breaks, in the form's order; not those of sums that count a row too many.
pub fn broken(s: Submission) -> Vec<Broken> {
    let counted = counted(s);
    let told = |b: &Broken| counted.iter().any(|c| c.relations.contains(b));
    failing(s).into_iter().filter(|b| !told(b)).collect()
}

/// The relations that do not hold, in the form's order.
pub(super) fn failing(s: Submission) -> Vec<Broken> {
    let evaluated = s.form.relations.iter().enumerate().filter_map(|(i, r)| Some((i, r.op, sides(s, r)?)));
    let fails = evaluated.filter(|(_, op, sides)| !sides.hold(*op));
    fails.map(|(relation, _, sides)| Broken { relation, sides }).collect()
}

/// Both sides of a relation; `None` where it does not apply, or a field of it is absent or unknown.
pub fn sides(s: Submission, relation: &Relation) -> Option<Sides> {
    applies(s, relation).then_some(())?;
    let (expected, actual) = (s.total(&relation.expected)?, s.total(&relation.actual)?);
    let slack = expected.slack.checked_add(actual.slack)?.checked_add(relation.tolerance)?;
    Some(Sides { expected: expected.sum, actual: actual.sum, slack })
}

/// Whether a relation is to be judged: its rule is in force, concerns the office, and its condition is met.
pub fn applies(s: Submission, relation: &Relation) -> bool {
    severity(s, relation).is_some() && relation.condition.as_ref().is_none_or(|c| s.is_met(c))
}

/// How bad it is for this office that a relation does not hold; `None` where its rule does not concern it.
pub fn severity(s: Submission, relation: &Relation) -> Option<Severity> {
    let rule = s.form.rules.get(relation.rule)?;
    let severity = s.concerns(rule.exempt.as_ref(), rule.severity)?;
    rule.life.in_force(s.year()).then(|| rule.life.severity(severity))
}
