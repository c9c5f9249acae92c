//! Sheets that are the parts of another: the one that is read says by its name that it is their sum.
//!
//! Where it is not, that is told once. Which sheet is read was decided before.

use super::select::{Copy, Issue, Joiner};
use crate::form::FieldIx;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Fewest sheets that are parts of another; a single one is a copy.
const LEAST: usize = 2;

/// A field on the sum and on the parts.
struct Added {
    copies: Vec<Copy>,
    sum: Decimal,
    read: Decimal,
}

impl Joiner<'_> {
    /// Takes the fields of parts out of the copies; those that do not add up to what was read are told.
    pub(super) fn take_parts(&mut self, copies: Vec<Copy>) -> Vec<Copy> {
        let (of_parts, others): (Vec<Copy>, Vec<Copy>) = copies.iter().partition(|c| self.is_of_part(c));
        let sheets: BTreeSet<usize> = of_parts.iter().map(|c| c.again.0).collect();
        let mut by_field: BTreeMap<FieldIx, Vec<Copy>> = BTreeMap::new();
        for copy in of_parts {
            by_field.entry(copy.field).or_default().push(copy);
        }
        let added: Vec<Added> = by_field.into_values().filter_map(|c| self.added(c)).collect();
        let unequal: Vec<Added> = added.into_iter().filter(|a| a.sum != a.read).collect();
        if sheets.len() < LEAST {
            return copies;
        }
        if let Some(first) = unequal.first() {
            let fields = unequal.iter().filter_map(|a| a.copies.first()).map(|c| c.field).collect();
            self.mapping.issues.push(Issue::PartsDiffer(fields, sheets.into_iter().collect(), first.sum));
        }
        others
    }

    /// Whether a field was read from a sum, and this is another sheet that is none.
    fn is_of_part(&self, copy: &Copy) -> bool {
        let read = self.mapping.places.get(copy.field.0 as usize).copied().flatten();
        read.is_some_and(|p| self.is_sum(p.sheet) && p.sheet != copy.again.0) && !self.is_sum(copy.again.0)
    }

    fn added(&self, copies: Vec<Copy>) -> Option<Added> {
        let place = self.mapping.places.get(copies.first()?.field.0 as usize).copied().flatten()?;
        let parts = copies.iter().map(|c| self.value(c.again.0, c.again.1));
        let sum = parts.reduce(|a, b| a.checked_add(b).unwrap_or(Decimal::MAX))?;
        Some(Added { copies, sum, read: self.value(place.sheet, place.at) })
    }
}
