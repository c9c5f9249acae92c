//! Which formulas of a submission can be trusted: those that make a relation true whatever is typed.
//!
//! A total that is the sum of its parts by its formula cannot be what is wrong. One that adds up other cells can, and
//! is never trusted because another formula carries its number along: each formula answers for itself.

use crate::check::Submission;
use crate::form::{FieldIx, Relation};
use crate::mapping::{FieldSum, Reading};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A weighted sum of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Combination {
    pub(super) terms: BTreeMap<FieldIx, Decimal>,
    pub(super) constant: Decimal,
}

impl Combination {
    fn is_nothing(&self) -> bool {
        self.terms.is_empty() && self.constant.is_zero()
    }

    fn add(&mut self, field: FieldIx, factor: Decimal) -> Option<()> {
        let own = self.terms.entry(field).or_default();
        *own = own.checked_add(factor)?;
        if own.is_zero() {
            self.terms.remove(&field);
        }
        Some(())
    }

    /// Puts what a formula adds up in place of its field.
    fn replace(&mut self, field: FieldIx, sum: &Self) -> Option<()> {
        let Some(k) = self.terms.remove(&field) else { return Some(()) };
        self.constant = self.constant.checked_add(sum.constant.checked_mul(k)?)?;
        sum.terms.iter().try_for_each(|(f, own)| self.add(*f, own.checked_mul(k)?))
    }

    fn of(sum: &FieldSum) -> Option<Self> {
        let mut out = Self { terms: BTreeMap::new(), constant: sum.constant };
        sum.terms.iter().try_for_each(|(f, k)| out.add(*f, Decimal::from(*k)))?;
        Some(out)
    }
}

/// Formulas that can be put in place of their cells, each as a sum of cells that none of them fills.
#[derive(Debug, Default)]
pub(super) struct Formulas(BTreeMap<FieldIx, Combination>);

impl Formulas {
    /// Those that make a relation true by themselves, given the others that do.
    pub(super) fn trusted(s: Submission, evaluated: &[(usize, &Relation)]) -> Self {
        let mut open: BTreeMap<FieldIx, Combination> =
            candidates(s).filter_map(|(field, sum)| Some((field, Combination::of(sum)?))).collect();
        let mut trusted = Self::default();
        while !open.is_empty() {
            let before = open.len();
            for (_, relation) in evaluated {
                let own = relation.fields().into_iter().find_map(|field| {
                    let sum = trusted.unfolded(open.get(&field)?)?;
                    trusted.is_made_true(s, relation, field, &sum).then_some((field, sum))
                });
                if let Some((field, sum)) = own {
                    open.remove(&field);
                    trusted.take(field, sum);
                }
            }
            if open.len() == before {
                break;
            }
        }
        trusted
    }

    /// Whether a relation that a field stands in always holds if the field is this sum.
    fn is_made_true(&self, s: Submission, relation: &Relation, field: FieldIx, sum: &Combination) -> bool {
        let mut over = self.relation(s, relation).filter(|o| o.terms.contains_key(&field));
        let makes = |o: &mut Combination| o.replace(field, sum).is_some() && o.is_nothing();
        !sum.terms.contains_key(&field) && over.as_mut().is_some_and(makes)
    }

    fn take(&mut self, field: FieldIx, sum: Combination) {
        self.0.retain(|_, other| other.replace(field, &sum).is_some());
        self.0.insert(field, sum);
    }

    fn unfolded(&self, sum: &Combination) -> Option<Combination> {
        let mut out = Combination { terms: BTreeMap::new(), constant: sum.constant };
        for (field, k) in &sum.terms {
            self.put(&mut out, *field, *k)?;
        }
        Some(out)
    }

    /// Adds a field, or what its formula adds up.
    fn put(&self, out: &mut Combination, field: FieldIx, k: Decimal) -> Option<()> {
        let Some(sum) = self.0.get(&field) else { return out.add(field, k) };
        out.constant = out.constant.checked_add(sum.constant.checked_mul(k)?)?;
        sum.terms.iter().try_for_each(|(f, own)| out.add(*f, own.checked_mul(k)?))
    }

    pub(super) fn trusts(&self, field: FieldIx) -> bool {
        self.0.contains_key(&field)
    }

    /// A relation over typed fields: parts counted, the total's side counted against them, last year's a constant.
    pub(super) fn relation(&self, s: Submission, relation: &Relation) -> Option<Combination> {
        let constant = relation.expected.constant.checked_sub(relation.actual.constant)?;
        let mut out = Combination { terms: BTreeMap::new(), constant };
        let plus = relation.expected.terms.iter().map(|t| (t, t.factor));
        for (term, k) in plus.chain(relation.actual.terms.iter().map(|t| (t, -t.factor))) {
            if term.last_year {
                let value = s.last_year(term.field)?.unwrap_or_default();
                out.constant = out.constant.checked_add(value.checked_mul(k)?)?;
            } else {
                self.put(&mut out, term.field, k)?;
            }
        }
        Some(out)
    }
}

/// Formulas that are what they add up, as it was read.
pub(super) fn candidates(s: Submission<'_>) -> impl Iterator<Item = (FieldIx, &FieldSum)> {
    let readings = (0..).map(FieldIx).zip(&s.filled.readings);
    readings.filter_map(move |(field, r)| {
        Some((field, r.formula.as_ref()?)).filter(|(f, sum)| adds_up(s, *f, r, sum))
    })
}

/// Whether a formula is the sum of fields as they were read (text within SUM counts nothing, for one), or of one
/// that cannot be read.
fn adds_up(s: Submission, field: FieldIx, reading: &Reading, sum: &FieldSum) -> bool {
    let total = s.filled.sum(sum);
    let own = sum.terms.iter().any(|(f, _)| *f == field);
    let unknown = sum.terms.iter().any(|(f, _)| s.filled.amount(*f).is_none());
    !own && !sum.terms.is_empty() && (unknown || (total.is_some() && total == reading.value))
}
