//! Captions that are the same below every heading, or beside every row's label, and of which one counts (件数 | 占比,
//! 合计 | 网上 | 当面, 上年 | 本年): what stands under the others is not looked at.
//!
//! Which one counts is for `totals` to say; where it says nothing, all stay, and are told as doubtful.

use super::period::{Mark, Period, Region};
use super::repeated::{self, Repeated};
use super::sight::Sight;
use super::spread;
use super::totals;
use super::view::{Item, Kind, View};
use crate::grid::Sheet;

/// Rows below captions that are looked at for numbers, and times that the same caption names rows.
const MOST_ROWS: usize = 200;
/// How often a word for a total, a period or a share stands in a column where rows are captioned.
const LEAST_ROWS: usize = 4;

/// Settles captions of columns; gives where an earlier year is written.
pub(super) fn of_columns(view: &mut View, sight: &Sight, sheet: &Sheet) -> Vec<(usize, usize)> {
    let mut told = Vec::new();
    for row in 0..view.height() {
        for repeated in repeated::in_row(view, sight, row) {
            let Some(counts) = counting(view, sight, sheet, (row, &repeated)) else { continue };
            let region = region(row, &repeated, counts, sight);
            told.extend(region.told());
            region.clear_below(view, sight, view.height());
            region.move_headers(view);
            for (row, col, _) in repeated.parts.into_iter().flatten() {
                view.set(row, col, Kind::Prose);
            }
        }
    }
    told
}

/// Settles captions of rows, as those of columns on the sheet's side; gives where an earlier year is written.
pub(super) fn of_rows(
    view: &mut View,
    sight: &Sight,
    sheet: &Sheet,
    side: impl FnOnce() -> View,
) -> Vec<(usize, usize)> {
    if !may_caption_rows(view, sight) {
        return Vec::new();
    }
    let mut side = side();
    let before = side.items.clone();
    spread::settle(&mut side, sight);
    let told = of_columns(&mut side, sight, sheet);
    let places = told.into_iter().filter_map(|(row, col)| view.place(side.address(row, col)?));
    let told = places.collect();
    view.follow(&side, &before);
    told
}

/// Whether a column repeats words of captions, and labels that they may caption stand to the left of it.
fn may_caption_rows(view: &View, sight: &Sight) -> bool {
    let labels = view.items.iter().filter_map(|i| Some((i.cols.0, i.label()?)));
    let mut may_count: Vec<(usize, usize)> =
        labels.filter(|(_, label)| totals::may_count(sight.text(*label))).collect();
    may_count.sort_unstable();
    let is_often = |same: &&[(usize, usize)]| (LEAST_ROWS..=MOST_ROWS).contains(&same.len());
    let last = may_count.chunk_by(|a, b| a == b).filter(is_often).filter_map(<[_]>::first).next_back();
    last.is_some_and(|(col, _)| view.items.iter().any(|i| i.label().is_some() && i.cols.0 < *col))
}

/// Which label of each repetition counts, if they are captions and it is the same one in all.
fn counting(view: &View, sight: &Sight, sheet: &Sheet, (row, repeated): (usize, &Repeated)) -> Option<usize> {
    let words = repeated.parts.first()?.iter().filter(|(.., label)| sight.certain(*label)).count();
    if words > 1 {
        return None; // columns of a form
    }
    let (first, last) = repeated.span();
    let has_values = |r: &usize| view.within(*r, first..last + 1).iter().any(Item::is_value);
    let below = row + 1..view.height().min(row + 1 + MOST_ROWS);
    let rows: Vec<usize> = below.skip_while(|r| !has_values(r)).take_while(has_values).collect();
    let of_part = |part: &Vec<(usize, usize, usize)>| {
        let cols = part.first()?.1..=part.last()?.1;
        let at = totals::column((view, sight, sheet), row, cols, &rows)?;
        part.iter().position(|(_, col, _)| *col == at)
    };
    let chosen: Vec<usize> = repeated.parts.iter().filter_map(of_part).collect();
    let one = chosen.first().copied()?;
    (chosen.len() * 2 > repeated.parts.len() && chosen.iter().all(|c| *c == one)).then_some(one)
}

/// The columns of the captions that count, and of the others.
fn region(row: usize, repeated: &Repeated, counts: usize, sight: &Sight) -> Region {
    let mark = |(_, col, label): &(usize, usize, usize)| {
        let period = sight.period(*label).map_or(Period::Derived, |(period, _)| period);
        Mark { period, cols: (*col, *col), title: false }
    };
    let marks = |counting: bool| {
        let of_part = move |part: &Vec<(usize, usize, usize)>| {
            let wanted = part.iter().enumerate().filter(move |(i, _)| (*i == counts) == counting);
            wanted.map(|(_, label)| mark(label)).collect::<Vec<Mark>>()
        };
        repeated.parts.iter().flat_map(of_part).collect::<Vec<Mark>>()
    };
    Region { row, kept: marks(true), dropped: marks(false) }
}
