//! Labels that many submissions show, found out once for all of them.
//!
//! The workbooks of one form share most of their labels. The first thousands of different ones get a seat: they
//! are reduced once, and what they are to a form is kept with its words. The others are looked at per workbook.
//! What is kept follows from a label's text and the form alone, so that no result depends on what was read before.

use super::label::Reduced;
use super::similarity::Likeness;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Seats for labels; a form with all the ways in which hundreds of offices write it has several hundred.
const SEATS: usize = 2048;

/// Different labels of a workbook for which likeness is measured; a form with all its notes has a few hundred. Of
/// those beyond only the form's own words count, so that work stays bounded, and none has a seat.
pub(super) const MOST_LABELS: usize = 20_000;

/// The terms that a label is alike.
pub(super) type Terms = Vec<(usize, Likeness)>;

/// What was found out of one label, as the words of one form see it.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) terms: OnceLock<Terms>,
    pub(super) title: OnceLock<Option<usize>>,
    pub(super) certain: OnceLock<bool>,
    pub(super) begins: OnceLock<bool>,
    pub(super) steps: OnceLock<Option<Vec<String>>>,
    /// The terms of each part of a label that may hold a whole path.
    pub(super) parts: OnceLock<Vec<Terms>>,
}

/// What was found out of the labels that have a seat.
#[derive(Debug)]
pub(super) struct AllKnown(Box<[OnceLock<Box<Known>>]>);

impl Default for AllKnown {
    fn default() -> Self {
        Self((0..SEATS).map(|_| OnceLock::new()).collect())
    }
}

impl AllKnown {
    /// What is known of the label on a seat.
    pub(super) fn at(&self, seat: usize) -> Option<&Known> {
        self.0.get(seat).map(|known| &**known.get_or_init(Box::default))
    }
}

/// The labels that have a seat.
#[derive(Debug, Default)]
pub(super) struct Seated(RwLock<HashMap<Box<str>, Arc<Reduced>>>);

impl Seated {
    /// Labels found by a function that is given those seated so far; the new ones among them get seats.
    pub(super) fn share(
        &self,
        find: impl FnOnce(&HashMap<Box<str>, Arc<Reduced>>) -> Vec<Arc<Reduced>>,
    ) -> Vec<Arc<Reduced>> {
        let seated = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut labels = find(&seated);
        let is_full = seated.len() >= SEATS;
        drop(seated);
        if !is_full && labels.iter().take(MOST_LABELS).any(|l| l.seat.is_none()) {
            self.seat(&mut labels);
        }
        labels
    }

    fn seat(&self, labels: &mut [Arc<Reduced>]) {
        let mut seated = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for label in labels.iter_mut().take(MOST_LABELS).filter(|l| l.seat.is_none()) {
            if let Some(known) = seated.get(label.raw.as_str()) {
                *label = Arc::clone(known);
            } else if let (true, Some(own)) = (seated.len() < SEATS, Arc::get_mut(label)) {
                own.seat = Some(seated.len());
                seated.insert(label.raw.as_str().into(), Arc::clone(label));
            }
        }
    }
}
