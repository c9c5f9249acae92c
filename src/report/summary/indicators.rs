//! The numbers that a summary shows of each office: what the form's own vocabulary names (收到的申请, 予以公开 …).
//!
//! The definition says which terms there are and which add up to which; the whole with most parts is what came in
//! and what became of it.

use super::entry::Held;
use crate::finding::Text;
use crate::form::{FieldIx, Form};
use rust_decimal::Decimal;

/// Something that a form counts, by name.
#[derive(Debug, Clone)]
pub(super) struct Indicator<'f> {
    /// What it is called.
    pub(super) name: &'f Text,
    /// What it may be read from, each a sum of fields; the first that stands on a form counts.
    readings: &'f [Vec<FieldIx>],
}

/// Every indicator of a form: first what came in and what became of it, and how many these are, then the others.
pub(super) fn indicators(form: &Form) -> (Vec<Indicator<'_>>, usize) {
    let mut found: Vec<Indicator> = Vec::new();
    if let Some((received, results)) = flow(form) {
        found.push(received);
        found.extend(results);
    }
    let first = found.len();
    for term in 0..form.narrative.terms.len() {
        let Some(next) = indicator(form, term) else { continue };
        if found.iter().all(|i| i.readings.first() != next.readings.first()) {
            found.push(next);
        }
    }
    (found, first)
}

/// What came in, and what became of it.
pub(super) fn flow(form: &Form) -> Option<(Indicator<'_>, Vec<Indicator<'_>>)> {
    let whole = form.narrative.wholes.iter().max_by_key(|w| w.parts.len())?;
    let parts = whole.parts.iter().filter_map(|p| indicator(form, *p)).collect();
    Some((indicator(form, whole.whole)?, parts))
}

fn indicator(form: &Form, term: usize) -> Option<Indicator<'_>> {
    let term = form.narrative.terms.get(term)?;
    let is_read = term.readings.first().is_some_and(|r| !r.is_empty());
    is_read.then_some(Indicator { name: &term.title, readings: &term.readings })
}

impl Indicator<'_> {
    /// Its number by the fields of a submission or sum; nothing where none of them holds a number.
    pub(super) fn value(&self, held: &dyn Fn(usize) -> Held) -> Option<Decimal> {
        self.readings.iter().find_map(|reading| {
            let fields: Vec<Held> = reading.iter().map(|f| held(f.0 as usize)).collect();
            if fields.contains(&Held::Absent) || fields.iter().all(|h| h.number().is_none()) {
                return None;
            }
            fields.iter().filter_map(Held::number).try_fold(Decimal::ZERO, Decimal::checked_add)
        })
    }
}
