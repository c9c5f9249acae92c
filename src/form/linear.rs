//! Relations as a system of linear equations, kept in reduced form by exact elimination over the integers.
//!
//! Fraction-free Gauss–Jordan; each row is divided by its common factor, so that numbers stay small. The last field
//! of a relation, a total as a rule, is the one that it determines.

use super::model::Relation;
use std::collections::BTreeMap;

/// Coefficients by field or relation number, without zeros.
pub(super) type Row = BTreeMap<usize, i128>;

/// Relations in reduced form, each with the relations that it was made of.
#[derive(Debug, Default)]
pub(super) struct System {
    rows: Vec<(usize, Row, Row)>,
}

pub(super) enum Added {
    /// It says something new.
    New,
    /// It follows from these earlier relations.
    Follows(Vec<usize>),
    /// The numbers grew beyond 128 bits.
    TooLarge,
}

impl System {
    /// Adds a relation, or tells of which earlier ones it is made.
    pub(super) fn add(&mut self, index: usize, relation: &Relation) -> Added {
        let mut row: Row = relation.expected.iter().map(|f| (f.0 as usize, 1)).collect();
        row.extend(relation.actual.iter().map(|f| (f.0 as usize, -1)));
        let mut made_of = Row::from([(index, 1)]);
        for (pivot, other, other_of) in &self.rows {
            if eliminate(*pivot, &mut row, &mut made_of, other, other_of).is_none() {
                return Added::TooLarge;
            }
        }
        let Some(pivot) = row.keys().next_back().copied() else {
            return Added::Follows(made_of.into_keys().filter(|i| *i != index).collect());
        };
        for (_, other, other_of) in &mut self.rows {
            if eliminate(pivot, other, other_of, &row, &made_of).is_none() {
                return Added::TooLarge;
            }
        }
        self.rows.push((pivot, row, made_of));
        Added::New
    }

    /// Each independent equation: the field that it determines, and the coefficients that sum to zero.
    pub(super) fn equations(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.rows.iter().map(|(pivot, row, _)| (*pivot, row))
    }
}

/// Takes the pivot out of a row by subtracting another; `None` where the numbers grow too large.
fn eliminate(pivot: usize, row: &mut Row, made_of: &mut Row, other: &Row, other_of: &Row) -> Option<()> {
    let Some(k) = row.get(&pivot).copied() else { return Some(()) };
    let p = other.get(&pivot).copied()?;
    subtract(row, p, other, k)?;
    subtract(made_of, p, other_of, k)?;
    let common = row.values().chain(made_of.values()).fold(0, |g, k| gcd(g, k.abs()));
    for k in row.values_mut().chain(made_of.values_mut()) {
        *k /= common.max(1);
    }
    Some(())
}

/// row := p · row − k · other.
fn subtract(row: &mut Row, p: i128, other: &Row, k: i128) -> Option<()> {
    for value in row.values_mut() {
        *value = value.checked_mul(p)?;
    }
    for (at, value) in other {
        let entry = row.entry(*at).or_default();
        *entry = entry.checked_sub(value.checked_mul(k)?)?;
    }
    row.retain(|_, v| *v != 0);
    Some(())
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
