//! Which of several lines of numbers under one heading is their total (网上, 信函, 小计).
//!
//! Its word says so, and every other line has a word of its own that is neither a total nor a period. The numbers may
//! refuse it: where it is not the sum of the others in most places, none is taken. They never choose. Beside shares,
//! comparisons and parts the number itself counts, and of several years the latest.

use super::label::Reduced;
use super::period::Period;
use super::scope;
use super::sight::Sight;
use super::view::{Item, View};
use super::vocabulary::{has, vocabulary};
use crate::grid::{Entry, Sheet, number};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// A place of a view: row and column.
type Place = (usize, usize);

/// The column that counts of those beside it, by the captions in one row: the total of the others, the number of which
/// they are shares, this year's.
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
    let (at, sum_of) = counts(sight, &labels?)?;
    let total = *cols.get(at)?;
    let parts = |row: usize| sum_of.iter().filter_map(|i| Some((row, *cols.get(*i)?))).collect::<Vec<_>>();
    let lines = rows.iter().map(|r| ((*r, total), parts(*r)));
    (sum_of.is_empty() || is_confirmed(view, sheet, lines)).then_some(total)
}

/// The row that counts of those above or below it, by the last label before the columns.
pub(super) fn row(
    (view, sight, sheet): (&View, &Sight, &Sheet),
    rows: std::ops::Range<usize>,
    cols: &[usize],
) -> Option<usize> {
    let first = *cols.iter().min()?;
    let label = |r: usize| view.within(r, view.run_start(first)..first).iter().rev().find_map(Item::label);
    let labels: Option<Vec<usize>> = rows.clone().map(label).collect();
    let (at, sum_of) = counts(sight, &labels?)?;
    let total = rows.start + at;
    let parts = |col: usize| sum_of.iter().map(|i| (rows.start + i, col)).collect::<Vec<_>>();
    let lines = cols.iter().map(|c| ((total, *c), parts(*c)));
    (sum_of.is_empty() || is_confirmed(view, sheet, lines)).then_some(total)
}

/// Whether a label may be one of several of which one counts.
pub(super) fn may_count(label: &Reduced) -> bool {
    label.says_total() || label.is_aside() || label.period().is_some_and(|(_, title)| !title)
}

/// Whether a label is a share, a comparison or a part of the number beside it.
pub(super) fn is_aside(label: &Reduced) -> bool {
    let is_share = has(&label.text, &vocabulary().shares) || label.raw.contains(['%', '％']);
    let of_which = || vocabulary().of_which.iter().any(|w| label.text.starts_with(w.as_str()));
    is_share || of_which() || label.period().is_some_and(|(p, _)| p == Period::Derived)
}

/// Whether a label is a word for a total.
pub(super) fn is_total(label: &Reduced) -> bool {
    let is = |words: &String| vocabulary().sums.contains(words);
    is(&label.text) || label.bare().iter().any(is)
}

/// Which of some labels is that of the numbers that count, and of which others they must be the sum: the only one that
/// is neither a share, a comparison nor a part (件数, 占比, 较上年增减, 其中：网上), the total of the rest, or this year's.
fn counts(sight: &Sight, labels: &[usize]) -> Option<(usize, Vec<usize>)> {
    let rest: Vec<usize> =
        (0..labels.len()).filter(|i| labels.get(*i).is_some_and(|l| !sight.text(*l).is_aside())).collect();
    let of_rest: Vec<usize> = rest.iter().filter_map(|i| labels.get(*i)).copied().collect();
    if labels.len() < 2 {
        return None;
    }
    if let ([only], [label]) = (rest.as_slice(), of_rest.as_slice()) {
        let is_part = scope::is_part_of_year(&sight.text(*label).text);
        let is_this_years = sight.period(*label).is_none_or(|(p, _)| p == Period::Current);
        return (is_this_years && !is_part).then_some((*only, Vec::new()));
    }
    let is_running = |l: &usize| has(&sight.text(*l).text, &vocabulary().running);
    if let Some(at) = by_words(sight, &of_rest).filter(|_| rest.len() > 2 || !of_rest.iter().any(is_running))
    {
        let total = *rest.get(at)?;
        return Some((total, rest.into_iter().filter(|i| *i != total).collect()));
    }
    Some((*rest.get(latest(sight, &of_rest)?)?, Vec::new()))
}

/// Which of some labels names the latest period, if each names one of its own.
fn latest(sight: &Sight, labels: &[usize]) -> Option<usize> {
    let periods: Option<Vec<Period>> =
        labels.iter().map(|l| sight.period(*l).filter(|(_, title)| !title).map(|(p, _)| p)).collect();
    let periods = periods?;
    let different: BTreeSet<Period> = periods.iter().copied().collect();
    let last = different.last()?;
    (different.len() == periods.len()).then(|| periods.iter().position(|p| p == last))?
}

/// Which of some labels is the only one that says total, if the others say neither that nor a period.
fn by_words(sight: &Sight, labels: &[usize]) -> Option<usize> {
    let mut totals = labels.iter().enumerate().filter(|(_, l)| sight.text(**l).says_total());
    let (Some((at, _)), None) = (totals.next(), totals.next()) else { return None };
    (labels.len() > 1 && !labels.iter().any(|l| sight.period(*l).is_some())).then_some(at)
}

/// Whether totals are the sums of their parts, or no less than the one part, in more places than they are not.
pub(super) fn is_confirmed(
    view: &View,
    sheet: &Sheet,
    lines: impl Iterator<Item = (Place, Vec<Place>)>,
) -> bool {
    let value = |at: &Place| value(view, sheet, *at);
    let (mut holds, mut fails) = (0, 0);
    for (total, parts) in lines {
        let alone = parts.len() == 1;
        let parts: Vec<Decimal> = parts.iter().filter_map(value).collect();
        let Some(total) = value(&total).filter(|_| !parts.is_empty()) else { continue };
        let sum = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
        let adds_up = if alone { sum.is_some_and(|sum| sum <= total) } else { sum == Some(total) };
        *if adds_up { &mut holds } else { &mut fails } += 1;
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
