//! Labels that many submissions show, found out once for all of them.
//!
//! The workbooks of one form share most of their labels. The first thousands of different ones get a seat: they
//! are reduced once, and what they are to a form is kept with its words. The others are looked at per workbook.
//! What is kept follows from a label's text and the form alone, so that no result depends on what was read before.

use super::label::Reduced;
use super::similarity::Likeness;
use crate::form::{Form, Marks};
use crate::grid::label::normalise;
use foldhash::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// Seats for labels; a form with all the ways in which hundreds of offices write it has several hundred.
const SEATS: usize = 2048;

/// Different labels of a workbook for which likeness is measured; a form with all its notes has a few hundred. Of
/// those beyond only the form's own words count, so that work stays bounded, and none has a seat.
pub(super) const MOST_LABELS: usize = 20_000;

/// Characters beyond which a text is a sentence and no label, unless a form has it.
const LONGEST_LABEL: usize = 90;

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
pub(super) struct Seated {
    labels: RwLock<HashMap<Box<str>, Arc<Reduced>>>,
    /// The forms' own labels that are longer than a label is as a rule, reduced to what they say.
    long: Vec<String>,
    /// The forms' marks in place of numbers.
    marks: Marks,
}

impl Seated {
    /// Nobody's seats yet, for labels of these forms.
    pub(super) fn of(forms: &[Form]) -> Self {
        let long = forms.iter().flat_map(long_labels).map(str::to_owned).collect();
        let fields = forms.iter().flat_map(|f| &f.fields);
        let marks = fields.fold(Marks::default(), |all, f| all.within(&f.marks));
        Self { labels: RwLock::default(), long, marks }
    }

    /// Whether a text stands in place of a number on one of the forms.
    pub(super) fn is_mark(&self, text: &str) -> bool {
        self.marks.meaning(text).is_some()
    }

    /// Whether a text is a sentence: too long for a label, and not at least in its first half a long one of the forms'.
    pub(super) fn is_prose(&self, text: &str) -> bool {
        if text.chars().count() <= LONGEST_LABEL {
            return false;
        }
        let own = if self.long.is_empty() { String::new() } else { normalise(text).text };
        let alike = |long: &str| own.chars().zip(long.chars()).take_while(|(a, b)| a == b).count();
        !self.long.iter().any(|long| alike(long) * 2 >= long.chars().count())
    }

    /// Labels found by a function that is given those seated so far; the new ones among them get seats.
    pub(super) fn share(
        &self,
        find: impl FnOnce(&HashMap<Box<str>, Arc<Reduced>>) -> Vec<Arc<Reduced>>,
    ) -> Vec<Arc<Reduced>> {
        let seated = self.labels.read().unwrap_or_else(PoisonError::into_inner);
        let mut labels = find(&seated);
        let is_full = seated.len() >= SEATS;
        drop(seated);
        if !is_full && labels.iter().take(MOST_LABELS).any(|l| l.seat.is_none()) {
            self.seat(&mut labels);
        }
        labels
    }

    fn seat(&self, labels: &mut [Arc<Reduced>]) {
        let mut seated = self.labels.write().unwrap_or_else(PoisonError::into_inner);
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

/// The labels of a form that are longer than a label is as a rule.
fn long_labels(form: &Form) -> impl Iterator<Item = &str> {
    let blocks = form.tables.iter().flat_map(|t| &t.blocks);
    let labels = blocks.flat_map(|b| b.rows.iter().chain(&b.cols)).flat_map(|l| &l.path);
    let words = labels.flat_map(|l| &l.words).map(|w| w.text.as_str());
    words.filter(|t| t.len() > LONGEST_LABEL / 2 && t.chars().count() * 2 > LONGEST_LABEL)
}
