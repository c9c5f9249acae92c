//! Labels that come again and again along a row, as the columns of a table do under each of its groups.
//!
//! Where each repetition begins and ends is seen from the labels alone; nothing here knows a form or decides.

use super::sight::Sight;
use super::view::{Item, View};
use std::collections::BTreeSet;

/// Labels of the shortest row in which something is repeated.
const FEWEST: usize = 4;
/// Labels of the longest repetition.
const LONGEST: usize = 24;
/// Rows above in which a label may stand under which a cell is blank.
const ABOVE: usize = 2;

/// The same labels several times beside each other.
#[derive(Debug)]
pub(super) struct Repeated {
    /// Per repetition its labels, from left to right: row, column, label.
    pub(super) parts: Vec<Vec<(usize, usize, usize)>>,
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
    let found = in_row(view, sight, row, ABOVE);
    if found.is_empty() { in_row(view, sight, row, 0) } else { found }
}

/// What is repeated in a row, by the labels that stand or reach there and in so many rows above.
pub(super) fn in_row(view: &View, sight: &Sight, row: usize, above: usize) -> Vec<Repeated> {
    if view.row(row).iter().filter(|i| i.label().is_some()).nth(FEWEST / 2 - 1).is_none() {
        return Vec::new();
    }
    let labels = lowest(view, row, above);
    let names: Vec<usize> = labels.iter().map(|(.., label)| sight.name(*label)).collect();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut found = Vec::new();
    for width in 2..=LONGEST.min(names.len() / 2) {
        for (from, len) in stretches(&names, width) {
            let range = from..from + len + width;
            let part = names.get(from..from + width).unwrap_or_default();
            let different = part.iter().collect::<BTreeSet<_>>().len() == width;
            if len % width != 0 || !different || range.clone().any(|i| taken.contains(&i)) {
                continue;
            }
            taken.extend(range.clone());
            let parts = labels.get(range).unwrap_or_default().chunks(width).map(<[_]>::to_vec).collect();
            found.push(Repeated { parts });
        }
    }
    found
}

/// Where names, each of which comes again after so many, stand together; how many they are, `width` at least.
fn stretches(names: &[usize], width: usize) -> Vec<(usize, usize)> {
    let again: Vec<bool> = names.iter().zip(names.iter().skip(width)).map(|(a, b)| a == b).collect();
    let mut from = 0;
    let mut found = Vec::new();
    for stretch in again.chunk_by(|a, b| a == b) {
        if stretch.first() == Some(&true) && stretch.len() >= width {
            found.push((from, stretch.len()));
        }
        from += stretch.len();
    }
    found
}

/// Per column the lowest label down to a row, as far up as may be: row, column, label.
fn lowest(view: &View, row: usize, above: usize) -> Vec<(usize, usize, usize)> {
    let label = |col: usize| {
        let mut rows = (row.saturating_sub(above)..=row).rev();
        let item = rows.find_map(|r| view.covering(r, col))?;
        Some((item.rows.0, item.cols.0, item.label().filter(|_| item.cols.0 == col)?))
    };
    (0..view.width()).filter_map(label).collect()
}
