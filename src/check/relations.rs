//! Balance relations, evaluated exactly.
//!
//! A blank counts as 0. A relation of which a field was not located or cannot be read is not evaluated: the
//! finding about that field says so.

use crate::form::{FieldIx, Form, Relation};
use crate::mapping::Filled;
use rust_decimal::Decimal;

/// A relation that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Index in [`Form::relations`].
    pub relation: usize,
    /// The side of the parts.
    pub expected: Decimal,
    /// The side of the total.
    pub actual: Decimal,
}

/// The relations that a filled form breaks, in the form's order.
pub fn broken(form: &Form, filled: &Filled) -> Vec<Broken> {
    let evaluated = form.relations.iter().enumerate().filter_map(|(i, r)| {
        let (expected, actual) = sides(r, filled)?;
        Some(Broken { relation: i, expected, actual })
    });
    evaluated.filter(|b| b.expected != b.actual).collect()
}

/// Both sides of a relation; `None` where a field of it is absent or unknown.
pub fn sides(relation: &Relation, filled: &Filled) -> Option<(Decimal, Decimal)> {
    let sum = |fields: &[FieldIx]| {
        fields.iter().try_fold(Decimal::ZERO, |total, f| total.checked_add(filled.amount(*f)?))
    };
    Some((sum(&relation.expected)?, sum(&relation.actual)?))
}
