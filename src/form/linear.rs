//! Relations as a system of linear equations, kept in reduced form by exact elimination over the integers.
//!
//! Fraction-free Gauss–Jordan; each row is divided by its common factor, so that numbers stay small. A relation
//! determines its total, as a rule.

use super::model::Relation;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Coefficients by field or relation number, without zeros; the constant stands at [`ONE`].
pub(super) type Row = BTreeMap<usize, i128>;

/// Stands for the number 1 among the fields; before all of them, so that no row is solved for it.
pub(super) const ONE: usize = 0;

/// Where a field stands in a row.
pub(super) fn column(field: super::FieldIx) -> usize {
    field.0 as usize + 1
}

/// The coefficients of an equation's difference of sides, as whole numbers; `None` where they grow too large.
pub(super) fn coefficients(relation: &Relation) -> Option<Row> {
    let sides = [(Decimal::ONE, &relation.expected), (-Decimal::ONE, &relation.actual)];
    let mut exact: BTreeMap<usize, Decimal> = BTreeMap::new();
    for (sign, sum) in sides {
        *exact.entry(ONE).or_default() += sign * sum.constant;
        for term in &sum.terms {
            let entry = exact.entry(column(term.field)).or_default();
            *entry = entry.checked_add(sign * term.factor)?;
        }
    }
    let places = exact.values().map(|d| d.normalize().scale()).max().unwrap_or(0);
    let whole = |d: Decimal| {
        let d = d.normalize();
        d.mantissa().checked_mul(10i128.checked_pow(places - d.scale())?)
    };
    let row = exact.into_iter().map(|(at, d)| Some((at, whole(d)?))).collect::<Option<Row>>()?;
    Some(row.into_iter().filter(|(_, k)| *k != 0).collect())
}

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
    /// No numbers satisfy it together with these earlier relations.
    Contradicts(Vec<usize>),
    /// The numbers grew beyond 128 bits.
    TooLarge,
}

impl System {
    /// Adds a relation, or tells of which earlier ones it is made.
    pub(super) fn add(&mut self, index: usize, relation: &Relation) -> Added {
        let total = relation.actual.terms.last().map(|t| column(t.field));
        coefficients(relation).map_or(Added::TooLarge, |row| self.add_row(index, row, total))
    }

    /// Adds an equation by its coefficients; solved for `total` if that is in it, else for its last field.
    pub(super) fn add_row(&mut self, index: usize, mut row: Row, total: Option<usize>) -> Added {
        let mut made_of = Row::from([(index, 1)]);
        for (pivot, other, other_of) in &self.rows {
            if eliminate(*pivot, &mut row, &mut made_of, other, other_of).is_none() {
                return Added::TooLarge;
            }
        }
        let others = || made_of.keys().copied().filter(|i| *i != index).collect();
        let pivot = match row.keys().next_back().copied() {
            None => return Added::Follows(others()),
            Some(ONE) => return Added::Contradicts(others()),
            Some(last) => total.filter(|t| row.contains_key(t)).unwrap_or(last),
        };
        for (_, other, other_of) in &mut self.rows {
            if eliminate(pivot, other, other_of, &row, &made_of).is_none() {
                return Added::TooLarge;
            }
        }
        self.rows.push((pivot, row, made_of));
        Added::New
    }

    /// Each independent equation with the relations that it was made of.
    pub(super) fn derived(&self) -> impl Iterator<Item = (&Row, &Row)> {
        self.rows.iter().map(|(_, row, made_of)| (row, made_of))
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
