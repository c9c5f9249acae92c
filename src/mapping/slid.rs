//! Numbers that may have slid along a table: some stand in a line that is none of the form's, and a line of the form
//! near them has none.
//!
//! Nothing says then which of the numbers between are whose, and none of them is read.

use super::bands::{self, Band, Match};
use super::doubtful::fills;
use super::found::Key;
use super::lexicon::BlockWords;
use super::pool::Cell;
use super::rows::{self, Region};
use super::sight::Sight;
use super::totals;
use super::view::{Item, View};
use super::vocabulary::vocabulary;
use crate::grid::Sheet;
use std::collections::{BTreeMap, BTreeSet};

/// How far before the cells of a block its labels stand at least.
const LABELS: usize = 3;
/// How far beside the cells of a block numbers are looked for that may be its own.
const REACH: usize = 2;

/// A place of a view: row and column.
type Place = (usize, usize);

/// What stands at one place along a table.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mark {
    /// A number in a line of the form.
    Filled,
    /// A line of the form without a number.
    Blank,
    /// A number in a line without a name, or beside the heading of a group.
    Loose,
    /// A line of something else.
    Other,
}

impl Mark {
    fn own(has_number: bool) -> Self {
        if has_number { Self::Filled } else { Self::Blank }
    }
}

/// What a band has that may have slid.
#[derive(Debug, Default)]
pub(super) struct Slid {
    /// Its rows.
    pub(super) rows: BTreeSet<usize>,
    /// Cells of its other rows.
    pub(super) cells: BTreeSet<Place>,
    /// What shows it.
    pub(super) sign: Option<Sign>,
}

/// Where a number stands in no line of the form, and where one of its lines has none.
pub(super) type Sign = (Place, Place);

/// A band with its part of a view.
#[derive(Clone, Copy)]
pub(super) struct Part<'a, 's> {
    pub(super) view: &'a View,
    pub(super) sight: &'a Sight<'s>,
    pub(super) sheet: &'a Sheet,
    pub(super) words: &'a BlockWords,
    pub(super) band: &'a Band,
    pub(super) region: Region,
}

impl Part<'_, '_> {
    /// The rows and cells below a band that may have slid; `named` are its rows of the form, in their order.
    pub(super) fn of_rows(&self, named: &[usize]) -> Slid {
        let ((from, to), first) = (self.region.rows, self.band.span().0);
        let is_named = |row: &usize| named.binary_search(row).is_ok();
        let is_loose = |row: usize| !is_named(&row) && rows::has_values(self.view, self.band, row);
        let in_header = |m: &Match| (self.below(m)..from).any(|row| self.has(row, m.at));
        let mut slid = Slid::default();
        if (from..to).any(is_loose) || self.band.cols.iter().any(in_header) {
            let rows: BTreeMap<usize, Mark> =
                (from..to).filter_map(|row| Some((row, self.row(row, named)?))).collect();
            let of_rows = Found::along(from..to, |row| rows.get(&row).copied());
            slid.sign =
                of_rows.sign.map(|(loose, blank)| ((loose, self.first_number(loose)), (blank, first)));
            slid.rows = of_rows.places;
            for m in &self.band.cols {
                let mark = |row: usize| self.cell((row, m.at), rows.get(&row).copied(), is_named(&row));
                let of_cells = Found::along(self.below(m)..to, mark);
                let sign = of_cells.sign.map(|(loose, blank)| ((loose, m.at), (blank, m.at)));
                slid.sign = slid.sign.or(sign);
                let cells = of_cells.places.into_iter().filter(|r| !slid.rows.contains(r));
                slid.cells.extend(cells.map(|row| (row, m.at)));
            }
        }
        let (cells, sign) = self.moved_right(named);
        slid.cells.extend(cells);
        slid.sign = slid.sign.or(sign);
        slid
    }

    /// The first column in which a row has a number.
    fn first_number(&self, row: usize) -> usize {
        let (first, last) = self.band.span();
        (first..=last).find(|col| self.has(row, *col)).unwrap_or(first)
    }

    /// The row below the label of a column.
    fn below(&self, m: &Match) -> usize {
        let row = self.band.label_row(self.view, m);
        self.view.item(row, m.at).map_or(self.region.rows.0, |i| i.rows.1 + 1).min(self.region.rows.0)
    }

    /// What a row is.
    fn row(&self, row: usize, named: &[usize]) -> Option<Mark> {
        let first = self.band.span().0;
        if named.binary_search(&row).is_ok() {
            // a row that slid to the left has a number there; line numbers are none
            let before = |row: &usize| first.checked_sub(1).is_some_and(|col| self.has(*row, col));
            let is_counted = || named.iter().filter(|r| before(r)).count() * 2 > named.len();
            let has = rows::has_values(self.view, self.band, row);
            if !has && self.band.cols.iter().any(|m| self.shows(row, m.at)) {
                return Some(Mark::Other); // words stand where its numbers belong
            }
            return Some(Mark::own(has || before(&row) && !is_counted()));
        }
        let filled = fills(self.view, self.band, row);
        if self.is_nameless((row, first)) {
            return filled.then_some(Mark::Loose);
        }
        let mut labels = self.view.within(row, self.region.left..first).iter().filter_map(Item::label);
        if !labels.any(|l| rows::is_group(self.sight, self.words, l)) {
            return Some(if filled { Mark::Filled } else { Mark::Other }); // a row too many is one of the table
        }
        let has = rows::has_values(self.view, self.band, row);
        Some(if has && !self.is_sum(row, named) { Mark::Loose } else { Mark::Other })
    }

    /// What a cell of a column is.
    fn cell(&self, (row, col): Place, of_row: Option<Mark>, is_named: bool) -> Option<Mark> {
        let has = self.has(row, col);
        if is_named {
            return (has || of_row == Some(Mark::Filled)).then_some(Mark::own(self.shows(row, col)));
        }
        let is_open = row < self.region.rows.0 || self.is_nameless((row, col)) && self.view.adjoins(row);
        match of_row {
            Some(mark) => Some(if has { mark } else { Mark::Other }),
            None => (has && is_open).then_some(Mark::Loose),
        }
    }

    /// Whether the numbers beside a heading are the sums of its rows.
    fn is_sum(&self, row: usize, named: &[usize]) -> bool {
        let below = named.get(named.partition_point(|r| *r < row)..).unwrap_or_default();
        let own = below.iter().zip(row + 1..).take_while(|(r, next)| **r == *next).map(|(r, _)| *r);
        let own: Vec<usize> = own.collect();
        let parts = |col: usize| own.iter().map(|r| (*r, col)).collect::<Vec<_>>();
        let sums = self.band.cols.iter().map(|m| ((row, m.at), parts(m.at)));
        totals::is_confirmed(self.view, self.sheet, sums)
    }

    /// Whether anything stands in a cell, be it a word.
    fn shows(&self, row: usize, col: usize) -> bool {
        self.view.item(row, col).is_some()
    }

    fn has(&self, row: usize, col: usize) -> bool {
        self.view.item(row, col).is_some_and(Item::is_value)
    }

    /// The cells of columns that may have moved to the right together: beyond the last column stand numbers without a
    /// heading, and every row that has one lacks that of the same column.
    fn moved_right(&self, named: &[usize]) -> (BTreeSet<Place>, Option<Sign>) {
        let (first, last) = self.band.span();
        let is_open = |col: &usize| !self.view.gap_before(*col) && self.heading(*col).is_none();
        // a few numbers under 备注 are remarks
        let least = |col: usize| if self.label_over(col).is_some() { named.len() / 2 + 1 } else { 1 };
        let beyond = (last + 1..self.view.width()).take_while(is_open);
        let moved = |row: &usize, beyond: usize| self.has(*row, beyond);
        let beyond: Vec<usize> = beyond
            .filter(|col| named.iter().filter(|r| moved(r, *col)).take(least(*col)).count() == least(*col))
            .collect();
        if beyond.is_empty() {
            return Default::default();
        }
        let rows: Vec<usize> =
            named.iter().copied().filter(|r| beyond.iter().any(|col| moved(r, *col))).collect();
        let is_own = |col: &usize| self.band.cols.iter().any(|m| m.at == *col);
        let cols: Vec<usize> = (first..=last).filter(is_own).collect();
        let is_blank = |col: &&usize| rows.iter().all(|r| !self.shows(*r, **col));
        let blank: Vec<usize> = cols.iter().filter(is_blank).copied().collect();
        let from = blank.first().copied().filter(|_| blank.len() == beyond.len()).unwrap_or(usize::MAX);
        let moved = cols.iter().copied().filter(|col| *col >= from);
        let cells: BTreeSet<Place> = moved.flat_map(|col| rows.iter().map(move |row| (*row, col))).collect();
        let sign = cells.first().copied().zip(beyond.first()).map(|(blank, col)| ((blank.0, *col), blank));
        (cells, sign)
    }

    /// Whether no label stands before a place in its row, and none reaches into the row.
    fn is_nameless(&self, (row, col): Place) -> bool {
        let (left, first) = (self.region.left, self.band.span().0);
        self.view.within(row, left..col).iter().all(|i| i.label().is_none())
            && (left..first).next_back().is_none_or(|col| self.view.covering(row, col).is_none())
    }

    /// The columns of which the number in the only row of a block, which has no name, may have slid.
    pub(super) fn of_columns(&self, row: usize) -> Slid {
        let (first, last) = self.band.span();
        let end = (last + 1..self.view.width()).find(|col| self.view.gap_before(*col));
        let is_own = |col: usize| self.band.cols.iter().any(|m| m.at == col);
        let mark = |col: usize| match (is_own(col), self.has(row, col)) {
            (true, _) => Some(Mark::own(self.shows(row, col))),
            (false, true) => Some(self.column_of_none(col)),
            (false, false) => None,
        };
        let cols = self.view.run_start(first)..end.unwrap_or(self.view.width());
        let found = Found::along(cols, mark);
        let mut slid = Slid {
            cells: found.places.iter().filter(|col| is_own(**col)).map(|col| (row, *col)).collect(),
            sign: found.sign.map(|(loose, blank)| ((row, loose), (row, blank))),
            ..Slid::default()
        };
        let near = self.band.rows.1.max(row.saturating_sub(1))..(row + 2).min(self.view.height());
        let beside = |near: usize, col: usize| {
            let is_loose = self.has(near, col) && self.is_nameless((near, col));
            if near == row { Some(Mark::own(self.shows(row, col))) } else { is_loose.then_some(Mark::Loose) }
        };
        for col in (first..=last).filter(|col| is_own(*col)) {
            if let Some((loose, blank)) = Found::along(near.clone(), |r| beside(r, col)).sign {
                slid.cells.insert((row, col));
                slid.sign = slid.sign.or(Some(((loose, col), (blank, col))));
            }
        }
        slid
    }

    /// What a column with a number is that is none of the form's.
    fn column_of_none(&self, col: usize) -> Mark {
        let is_group = |l: usize| bands::is_group(self.sight, self.words, l);
        if self.heading(col).is_none_or(is_group) { Mark::Loose } else { Mark::Other }
    }

    /// The label that begins over a column, if it says what numbers stand there.
    fn heading(&self, col: usize) -> Option<usize> {
        let is_remark = |l: &usize| vocabulary().remarks.contains(&self.sight.text(*l).text);
        self.label_over(col).filter(|l| !is_remark(l))
    }

    /// The label that begins over a column.
    fn label_over(&self, col: usize) -> Option<usize> {
        (self.band.rows.0..=self.band.rows.1).rev().find_map(|r| self.view.item(r, col)?.label())
    }
}

/// The lines of a block's cells that were named one by one, as far as these show them.
struct Lines {
    /// Rows and columns that hold a cell.
    rows: BTreeSet<usize>,
    cols: BTreeSet<usize>,
    /// The first column in which labels of rows stand, and the first row in which those of columns do.
    left: usize,
    top: usize,
}

impl Lines {
    fn of(cells: &[&Cell]) -> Self {
        let rows: BTreeSet<usize> = cells.iter().map(|c| c.at.0).collect();
        let cols: BTreeSet<usize> = cells.iter().map(|c| c.at.1).collect();
        let labels = || cells.iter().flat_map(|c| [(c.at, c.row_label), (c.at, c.col_label)]);
        let left = labels().filter(|(at, label)| label.0 >= at.0).map(|(_, label)| label.1).min();
        let top = labels().filter(|(at, label)| label.0 < at.0).map(|(_, label)| label.0).min();
        let before = |lines: &BTreeSet<usize>| lines.first().map_or(0, |first| first.saturating_sub(LABELS));
        Self { left: left.unwrap_or(before(&cols)), top: top.unwrap_or(before(&rows)), rows, cols }
    }

    /// What a cell is in its column.
    fn down(&self, (view, sight): (&View, &Sight), (row, col): Place) -> Option<Mark> {
        let labels = || view.within(row, self.left..col).iter().filter(|i| i.label().is_some());
        if self.rows.contains(&row) || labels().any(|i| is_word(sight, i)) {
            return Some(Mark::own(view.item(row, col).is_some()));
        }
        let has = view.item(row, col).is_some_and(Item::is_value);
        (has && labels().next().is_none() && view.adjoins(row)).then_some(Mark::Loose)
    }

    /// What a cell is in its row.
    fn across(&self, (view, sight): (&View, &Sight), (row, col): Place) -> Option<Mark> {
        let first = self.rows.first().copied().unwrap_or(row);
        let above = (self.top..first).filter_map(|r| view.item(r, col));
        let mut labels = above.filter(|i| i.label().is_some()).peekable();
        let is_nameless = labels.peek().is_none();
        if self.cols.contains(&col) || labels.any(|i| is_word(sight, i)) {
            return Some(Mark::own(view.item(row, col).is_some()));
        }
        let has = view.item(row, col).is_some_and(Item::is_value);
        (has && is_nameless).then_some(Mark::Loose)
    }
}

/// Whether a label is a word of the form.
fn is_word(sight: &Sight, item: &Item) -> bool {
    item.label().is_some_and(|l| sight.certain(l))
}

/// Of fields that were named cell by cell those of which the numbers may have slid, and per block what shows it.
pub(super) fn of_cells(
    (view, sight): (&View, &Sight),
    cells: &BTreeMap<Key, Cell>,
) -> (BTreeSet<Key>, BTreeMap<usize, Sign>) {
    let (mut places, mut signs) = (BTreeSet::new(), BTreeMap::new());
    let blocks: BTreeSet<usize> = cells.keys().map(|k| k.0).collect();
    for block in blocks {
        let own: Vec<&Cell> = cells.iter().filter(|(k, _)| k.0 == block).map(|(_, c)| c).collect();
        let lines = Lines::of(&own);
        let (Some(top), Some(bottom)) = (lines.rows.first(), lines.rows.last()) else { continue };
        let (Some(left), Some(right)) = (lines.cols.first(), lines.cols.last()) else { continue };
        let rows = || top.saturating_sub(REACH)..(bottom + 1 + REACH).min(view.height());
        let cols = || left.saturating_sub(REACH)..(right + 1 + REACH).min(view.width());
        let mut add = |found: Found, place: &dyn Fn(usize) -> Place| {
            places.extend(found.places.into_iter().map(place));
            if let Some((loose, blank)) = found.sign {
                signs.entry(block).or_insert((place(loose), place(blank)));
            }
        };
        for &col in &lines.cols {
            let found = Found::along(rows(), |row| lines.down((view, sight), (row, col)));
            add(found, &|row| (row, col));
        }
        for &row in &lines.rows {
            let found = Found::along(cols(), |col| lines.across((view, sight), (row, col)));
            add(found, &|col| (row, col));
        }
    }
    (cells.iter().filter(|(_, cell)| places.contains(&cell.at)).map(|(key, _)| *key).collect(), signs)
}

/// What may have slid along a line.
#[derive(Debug, Default)]
struct Found {
    /// The places, with those of numbers too many.
    places: BTreeSet<usize>,
    /// One of these, and a blank that it may have left.
    sign: Option<(usize, usize)>,
}

impl Found {
    /// What may have slid one way or the other.
    fn along(places: std::ops::Range<usize>, mark: impl Fn(usize) -> Option<Mark>) -> Self {
        let mut marks: Vec<(usize, Mark)> = places.filter_map(|at| Some((at, mark(at)?))).collect();
        let mut found = Self::default();
        found.add_back(&marks);
        marks.reverse();
        found.add_back(&marks);
        found
    }

    /// Adds the places from which numbers may have slid back: from one too many up to the blank that they left.
    fn add_back(&mut self, marks: &[(usize, Mark)]) {
        let is_own = |m: Mark| matches!(m, Mark::Filled | Mark::Blank);
        let (mut loose, mut from) = (Vec::new(), 0);
        for run in marks.chunk_by(|a, b| is_own(a.1) && is_own(b.1)) {
            match run.first().map(|m| m.1) {
                Some(Mark::Loose) => loose.push(from),
                Some(Mark::Other) => loose.clear(),
                _ => {
                    if let Some((end, blanks)) = left_blank(run, loose.len()) {
                        let taken = loose.split_off(loose.len().saturating_sub(blanks));
                        let first = taken.first().copied().unwrap_or(from);
                        let moved = marks.get(first..=from + end).unwrap_or_default();
                        self.places.extend(moved.iter().map(|m| m.0));
                        let sign = moved.first().zip(moved.last()).map(|(a, b)| (a.0, b.0));
                        self.sign = self.sign.or(sign);
                    }
                }
            }
            from += run.len();
        }
    }
}

/// The last of the blanks that numbers left in a run of lines, and how many they are; `loose` is how many numbers
/// stand too many before it.
fn left_blank(run: &[(usize, Mark)], loose: usize) -> Option<(usize, usize)> {
    let is_blank = |m: &(usize, Mark)| m.1 == Mark::Blank;
    let mut from = 0;
    let mut stretches = Vec::new();
    for stretch in run.chunk_by(|a, b| is_blank(a) == is_blank(b)) {
        from += stretch.len();
        if stretch.first().is_some_and(is_blank) {
            stretches.push((from - 1, stretch.len()));
        }
    }
    match stretches.as_slice() {
        _ if loose == 0 => None,
        [(_, blanks)] if *blanks == run.len() && loose != *blanks => None, // only the groups have numbers
        [only] => Some(*only),
        [.., last] if last.0 + 1 == run.len() => Some(*last),
        [first, ..] if first.0 + 1 == first.1 => Some((0, 1)),
        _ => None,
    }
}
