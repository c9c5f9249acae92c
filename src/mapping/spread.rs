//! Headings that are not merged and were typed over the middle or the end of what they head.
//!
//! Where the labels below repeat, as the results of table 4 do under each of its groups, every repetition is under one
//! heading, wherever over it that was typed; elsewhere a heading goes on to the right.

use super::repeated::{self, Repeated};
use super::sight::Sight;
use super::view::{Item, View};
use std::collections::BTreeSet;

/// Rows of header above labels that repeat.
const HEADER_ROWS: usize = 6;

/// First and last column.
type Extent = (usize, usize);

/// Lets headings cover the labels that they are over; where it is not known how far a heading goes, it covers the
/// repetition that it stands over, and no other.
pub(super) fn settle(view: &mut View, sight: &Sight) {
    let rows = (0..view.height()).rev();
    let found: Vec<(usize, Repeated)> =
        rows.flat_map(|row| repeated::along(view, sight, row).into_iter().map(move |r| (row, r))).collect();
    for (is_known, (row, repeated)) in found.iter().map(|f| (true, f)).chain(found.iter().map(|f| (false, f)))
    {
        for above in (row.saturating_sub(HEADER_ROWS)..=*row).rev() {
            if !settle_row(view, sight, repeated, above, is_known) {
                break;
            }
        }
    }
}

/// Does so in one row, where it is known how far headings go or where it is not; whether more of the header may stand
/// above it.
fn settle_row(view: &mut View, sight: &Sight, repeated: &Repeated, row: usize, is_known: bool) -> bool {
    let (first, last) = repeated.span();
    let items = view.within(row, first..last + 1);
    let is_title = |i: &Item| i.label().is_some_and(|l| sight.title(l).is_some());
    if items.iter().any(|i| i.is_value() || is_title(i)) {
        return false;
    }
    let headings: Vec<Item> =
        items.iter().filter(|i| i.label().is_some() && !repeated.has(i)).copied().collect();
    let over = |item: &Item| {
        let ends = |part: &usize| repeated.extent(*part).is_some_and(|(_, last)| item.cols.0 <= last);
        (0..repeated.parts.len()).find(ends)
    };
    if headings.windows(2).any(|w| w.first().map(over) == w.last().map(over)) {
        return false; // not one a repetition
    }
    if headings.iter().any(|i| !repeated.is_over_one(i.cols)) {
        return true; // what stands before a repetition goes on to the right
    }
    let names: BTreeSet<usize> = headings.iter().filter_map(Item::label).map(|l| sight.name(l)).collect();
    if headings.len() < 2 || names.len() < headings.len() || view.is_closed(row, first) {
        return true;
    }
    let typed: Vec<usize> = headings.iter().filter(|i| i.cols.0 == i.cols.1).map(|i| i.cols.0).collect();
    let is_open = |extent: &Extent| {
        let stands = |i: &Item| i.cols.0 <= extent.1 && extent.0 <= i.cols.1;
        let mut labels = items.iter().filter(|i| i.label().is_some() && !typed.contains(&i.cols.0));
        !labels.any(stands)
    };
    let open: Vec<Extent> =
        (0..repeated.parts.len()).filter_map(|p| repeated.extent(p)).filter(is_open).collect();
    let own = || typed.iter().map(|col| open.iter().copied().find(|e| (e.0..=e.1).contains(col))).collect();
    // a group of the form may have none beside it in its row
    let of_form = headings.iter().filter_map(Item::label).all(|l| sight.certain(l));
    let extents = if is_known { extents(&typed, &open, of_form) } else { own() };
    let Some(extents) = extents else { return true };
    let settled: Vec<(usize, Extent)> =
        typed.iter().zip(extents).map(|(col, extent)| (*col, free_around(view, row, *col, extent))).collect();
    if settled.iter().any(|(col, cols)| *col != cols.0) {
        view.widen(row, &settled, (first, last));
    }
    true
}

/// How far headings go that are over repetitions: one over each, else all over the middle or the end of several.
fn extents(typed: &[usize], open: &[Extent], only_one: bool) -> Option<Vec<Extent>> {
    let holds = |(col, extent): (&usize, &Extent)| (extent.0..=extent.1).contains(col);
    if typed.len() == open.len() && typed.iter().zip(open).all(holds) {
        return Some(open.to_vec());
    }
    if only_one {
        return None;
    }
    let middle = |col: usize, (first, last): Extent| (2 * col).abs_diff(first + last) <= 1;
    let end = |col: usize, (_, last): Extent| col == last;
    several(typed, open, middle).or_else(|| several(typed, open, end))
}

/// Lets each heading go over as many repetitions as are needed for it to stand where it should over them.
fn several(typed: &[usize], open: &[Extent], fits: impl Fn(usize, Extent) -> bool) -> Option<Vec<Extent>> {
    let mut extents = Vec::new();
    let mut rest = open;
    for col in typed {
        let first = rest.first()?.0;
        let ends = rest.iter().position(|(_, last)| fits(*col, (first, *last)))?;
        extents.push((first, rest.get(ends)?.1));
        rest = rest.get(ends + 1..)?;
    }
    rest.is_empty().then_some(extents)
}

/// The columns around one, within an extent, in which nothing else stands in a row.
fn free_around(view: &View, row: usize, col: usize, (first, last): Extent) -> Extent {
    let free = |c: &usize| view.covering(row, *c).is_none();
    let from = (first..col).rev().take_while(free).last().unwrap_or(col);
    let to = (col + 1..=last).take_while(free).last().unwrap_or(col);
    (from, to)
}
