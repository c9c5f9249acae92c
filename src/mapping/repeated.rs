//! Labels that come again and again along a row, as the columns of a table do under each of its groups.
//!
//! Where each repetition begins and ends is seen from the labels alone; nothing here knows a form or decides.

use super::sight::Sight;
use super::view::{Item, View};
use std::collections::BTreeSet;

/// Labels of the shortest row in which something is repeated.
const FEWEST: usize = 4;
/// Labels of the longest row in which one is looked for; no form has as many columns.
const MOST: usize = 1000;
/// Labels of the longest repetition.
const LONGEST: usize = 24;
/// Rows above in which a label may stand under which a cell is blank.
const ABOVE: usize = 2;

/// A label of a view: row, column, label.
type Place = (usize, usize, usize);

/// The same labels several times beside each other.
#[derive(Debug)]
pub(super) struct Repeated {
    /// Per repetition its labels, from left to right.
    pub(super) parts: Vec<Vec<Place>>,
}

impl Repeated {
    /// The first and last column of a repetition: it goes on up to the next one.
    pub(super) fn extent(&self, part: usize) -> Option<(usize, usize)> {
        let first = |part: usize| Some(self.parts.get(part)?.first()?.1);
        let last = self.parts.get(part)?.last()?.1;
        Some((first(part)?, first(part + 1).map_or(last, |next| next - 1)))
    }

    /// The first and last column of all of them.
    pub(super) fn span(&self) -> (usize, usize) {
        let columns = || self.parts.iter().flatten().map(|(_, col, _)| *col);
        (columns().min().unwrap_or(0), columns().max().unwrap_or(0))
    }

    /// Whether one of the labels begins in some columns.
    pub(super) fn is_over_one(&self, (first, last): (usize, usize)) -> bool {
        self.parts.iter().flatten().any(|(_, col, _)| (first..=last).contains(col))
    }

    /// Whether an item is one of the labels.
    pub(super) fn has(&self, item: &Item) -> bool {
        self.parts.iter().flatten().any(|(row, col, _)| (*row, *col) == (item.rows.0, item.cols.0))
    }
}

/// What is repeated in a row, where a cell is blank by the labels above it, else by those of the row alone.
pub(super) fn along(view: &View, sight: &Sight, row: usize) -> Vec<Repeated> {
    if !may_repeat(view, row) {
        return Vec::new();
    }
    let mut labels = lowest(view, row, ABOVE);
    let found = among(sight, &labels);
    if found.is_empty() && labels.iter().any(|l| l.bottom < row) {
        labels.retain(|l| l.bottom >= row);
        return among(sight, &labels);
    }
    found
}

/// What is repeated in a row, by the labels that stand or reach there.
pub(super) fn in_row(view: &View, sight: &Sight, row: usize) -> Vec<Repeated> {
    if may_repeat(view, row) { among(sight, &lowest(view, row, 0)) } else { Vec::new() }
}

/// Whether labels enough for a repetition may stand in a row, and not more than in any form's.
fn may_repeat(view: &View, row: usize) -> bool {
    let items = view.row(row);
    let values = items.iter().filter(|i| i.is_value()).count();
    let labels = items.iter().filter(|i| i.label().is_some()).count();
    view.width().saturating_sub(values) >= FEWEST && (FEWEST / 2..=MOST).contains(&labels)
}

/// What is repeated among labels that stand beside each other.
fn among(sight: &Sight, labels: &[Lowest]) -> Vec<Repeated> {
    let names: Vec<usize> = labels.iter().map(|l| sight.name(l.place.2)).collect();
    let mut taken = vec![false; names.len()];
    let mut found = Vec::new();
    for width in 2..=LONGEST.min(names.len() / 2) {
        for (from, len) in stretches(&names, width) {
            let range = from..from + len + width;
            let part = names.get(from..from + width).unwrap_or_default();
            let different = part.iter().collect::<BTreeSet<_>>().len() == width;
            let Some(is_taken) = taken.get_mut(range.clone()) else { continue };
            if len % width != 0 || !different || is_taken.contains(&true) {
                continue;
            }
            is_taken.fill(true);
            let places: Vec<Place> = labels.get(range).into_iter().flatten().map(|l| l.place).collect();
            found.push(Repeated { parts: places.chunks(width).map(<[_]>::to_vec).collect() });
        }
    }
    found
}

/// Where names, each of which comes again after so many, stand together; how many they are, `width` at least.
fn stretches(names: &[usize], width: usize) -> Vec<(usize, usize)> {
    let again = names.iter().zip(names.iter().skip(width)).map(|(a, b)| a == b);
    let (mut found, mut run) = (Vec::new(), 0);
    for (i, again) in again.chain(std::iter::once(false)).enumerate() {
        if again {
            run += 1;
            continue;
        }
        if run >= width {
            found.push((i - run, run));
        }
        run = 0;
    }
    found
}

/// A label that is the lowest in its column.
struct Lowest {
    place: Place,
    /// The last row that it covers.
    bottom: usize,
}

/// Per column the lowest label down to a row, as far up as may be.
fn lowest(view: &View, row: usize, above: usize) -> Vec<Lowest> {
    let mut is_covered = vec![false; view.width()];
    let mut labels = Vec::new();
    for item in (row.saturating_sub(above)..=row).rev().flat_map(|r| view.reaching(r)) {
        let cols = is_covered.get_mut(item.cols.0..=item.cols.1).unwrap_or_default();
        let is_lowest = cols.first() == Some(&false);
        cols.fill(true);
        let label = item.label().filter(|_| is_lowest);
        let place = |label| (item.rows.0, item.cols.0, label);
        labels.extend(label.map(|label| Lowest { place: place(label), bottom: item.rows.1 }));
    }
    labels.sort_unstable_by_key(|l| l.place.1);
    labels
}
