//! Which of several lines of numbers under one heading is their total (网上, 信函, 小计).
//!
//! Its word says so, and every other line has a word of its own that is neither a total nor a period. The numbers may
//! refuse it: where it is not the sum of the others in most places, none is taken. They never choose.

use super::sight::Sight;
use super::view::{Item, View};
use super::vocabulary::{has, vocabulary};
use crate::grid::{Entry, Sheet, number};
use rust_decimal::Decimal;

/// A place of a view: row and column.
type Place = (usize, usize);

/// The column that is the total of those beside it, or the number of which they are shares, by the captions in one row.
pub(super) fn column(
    (view, sight, sheet): (&View, &Sight, &Sheet),
    captions: usize,
    cols: std::ops::RangeInclusive<usize>,
    rows: &[usize],
) -> Option<usize> {
    let valued = |col: &usize| rows.iter().any(|r| view.item(*r, *col).is_some_and(Item::is_value));
    let cols: Vec<usize> = cols.filter(valued).collect();
    let labels: Option<Vec<usize>> =
        cols.iter().map(|c| view.item(captions, *c).and_then(Item::label)).collect();
    let labels = labels?;
    if let Some(at) = beside_shares(sight, &labels) {
        return cols.get(at).copied();
    }
    let total = *cols.get(by_words(sight, &labels)?)?;
    let parts = |row: usize| cols.iter().filter(|c| **c != total).map(|c| (row, *c)).collect::<Vec<_>>();
    let lines = rows.iter().map(|r| ((*r, total), parts(*r)));
    is_confirmed(view, sheet, lines).then_some(total)
}

/// The row that is the total of those above or below it, by the last label before the columns.
pub(super) fn row(
    (view, sight, sheet): (&View, &Sight, &Sheet),
    rows: std::ops::Range<usize>,
    cols: &[usize],
) -> Option<usize> {
    let first = *cols.iter().min()?;
    let label = |r: usize| view.within(r, view.run_start(first)..first).iter().rev().find_map(Item::label);
    let labels: Option<Vec<usize>> = rows.clone().map(label).collect();
    let total = rows.start + by_words(sight, &labels?)?;
    let parts = |col: usize| rows.clone().filter(|r| *r != total).map(|r| (r, col)).collect::<Vec<_>>();
    let lines = cols.iter().map(|c| ((total, *c), parts(*c)));
    is_confirmed(view, sheet, lines).then_some(total)
}

/// Which of some labels is the only one that says total, if the others say neither that nor a period.
fn by_words(sight: &Sight, labels: &[usize]) -> Option<usize> {
    let mut totals = labels.iter().enumerate().filter(|(_, l)| says_total(sight, **l));
    let (Some((at, _)), None) = (totals.next(), totals.next()) else { return None };
    (labels.len() > 1 && !labels.iter().any(|l| sight.period(*l).is_some())).then_some(at)
}

/// Which of some labels is the only one that is no share of a whole (件数 beside 占比).
fn beside_shares(sight: &Sight, labels: &[usize]) -> Option<usize> {
    let is_share = |l: usize| has(&sight.text(l).text, &vocabulary().shares);
    let mut others = labels.iter().enumerate().filter(|(_, l)| !is_share(**l));
    let (Some((at, label)), None) = (others.next(), others.next()) else { return None };
    (labels.len() > 1 && sight.period(*label).is_none()).then_some(at)
}

pub(super) fn says_total(sight: &Sight, label: usize) -> bool {
    let text = sight.text(label);
    let is = |words: &String| vocabulary().sums.contains(words);
    is(&text.text) || text.bare().iter().any(is)
}

/// Whether totals are the sums of their parts in more places than they are not.
fn is_confirmed(view: &View, sheet: &Sheet, lines: impl Iterator<Item = (Place, Vec<Place>)>) -> bool {
    let value = |at: &Place| value(view, sheet, *at);
    let (mut holds, mut fails) = (0, 0);
    for (total, parts) in lines {
        let parts: Vec<Decimal> = parts.iter().filter_map(value).collect();
        let Some(total) = value(&total).filter(|_| !parts.is_empty()) else { continue };
        let sum = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
        *if sum == Some(total) { &mut holds } else { &mut fails } += 1;
    }
    holds > fails
}

/// The number at a place; a mark for nothing is 0.
fn value(view: &View, sheet: &Sheet, (row, col): Place) -> Option<Decimal> {
    if !view.item(row, col)?.is_value() {
        return None;
    }
    match &sheet.cell(view.address(row, col)?)?.entry {
        Entry::Number(value) => Some(*value),
        Entry::Text(text) if number::is_placeholder(text) => Some(Decimal::ZERO),
        Entry::Text(text) => number::read(text).map(|typed| typed.value),
        _ => None,
    }
}
