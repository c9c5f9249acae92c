//! Numbers that may have slid along a table: some stand in a line that is none of the form's, and a line of the form
//! near them has none.
//!
//! Nothing says then which of the numbers between are whose, and none of them is read.

use super::along::{Found, Mark};
use super::bands::{self, Band, Match};
use super::doubtful::fills;
use super::found::Key;
use super::lexicon::BlockWords;
use super::pool::Cell;
use super::regions::overlap;
use super::rows::{self, Region};
use super::sight::Sight;
use super::totals;
use super::view::{Item, View};
use crate::grid::Sheet;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How far before the cells of a block its labels stand at least.
const LABELS: usize = 3;
/// How far beside the cells of a block numbers are looked for that may be its own.
const REACH: usize = 2;

/// A place of a view: row and column.
type Place = (usize, usize);

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

/// What may have slid down or up some rows.
fn down(view: &View, rows: Range<usize>, mark: impl Fn(usize) -> Option<Mark>) -> Found {
    Found::along(rows.filter_map(|row| Some((row, view.line(row)?, mark(row)?))))
}

/// What may have slid along some columns.
fn across(view: &View, cols: Range<usize>, mark: impl Fn(usize) -> Option<Mark>) -> Found {
    Found::along(cols.filter_map(|col| Some((col, view.line_across(col)?, mark(col)?))))
}

/// A band with its rows that are the form's, in their order.
pub(super) type Named<'a, 's> = (Part<'a, 's>, Vec<usize>);

/// What the bands of a table have that may have slid, which stand below each other; from one into another as well.
pub(super) fn of_table(bands: &[Named]) -> Vec<Slid> {
    let mut slid: Vec<Slid> = bands.iter().map(|(part, named)| part.moved_right(named)).collect();
    if !bands.iter().any(|(part, named)| part.has_loose(named)) {
        return slid;
    }
    let heading = |i: usize| bands.get(i + 1).and_then(|(next, _)| next.band.rows.0.checked_sub(1));
    let rows = |(i, (part, named)): (usize, &Named)| part.rows(named, heading(i));
    let rows: Vec<BTreeMap<usize, Mark>> = bands.iter().enumerate().map(rows).collect();
    let headers = bands.iter().map(|(part, _)| (part.band.rows.1, Mark::Other));
    let marks: BTreeMap<usize, Mark> = headers.chain(rows.iter().flatten().map(|(r, m)| (*r, *m))).collect();
    let (Some((first, _)), Some((last, _))) = (marks.first_key_value(), marks.last_key_value()) else {
        return slid;
    };
    let Some(view) = bands.first().map(|(part, _)| part.view) else { return slid };
    let found = down(view, *first..last + 1, |row| marks.get(&row).copied());
    for (((part, named), rows), slid) in bands.iter().zip(&rows).zip(&mut slid) {
        let (from, to) = part.region.rows;
        slid.rows = found.places.range(from..to).copied().collect();
        if !slid.rows.is_empty() {
            let first = part.band.span().0;
            let sign = found.sign.map(|(loose, blank)| ((loose, part.first_number(loose)), (blank, first)));
            slid.sign = sign.or(slid.sign);
        }
        part.of_cells(named, rows, slid);
    }
    slid
}

impl Part<'_, '_> {
    /// Whether the next band is one of the same table below it, under the same columns.
    pub(super) fn goes_on_in(&self, next: &Self) -> bool {
        self.words.table == next.words.table
            && overlap(self.band.span(), next.band.span())
            && self.region.rows.1 <= next.region.rows.0
    }

    /// Whether numbers stand below the band in no row of the form, or within its header.
    fn has_loose(&self, named: &[usize]) -> bool {
        let (from, to) = self.region.rows;
        let is_loose =
            |row: usize| named.binary_search(&row).is_err() && rows::has_values(self.view, self.band, row);
        let in_header = |m: &Match| (self.below(m)..from).any(|row| self.has(row, m.at));
        (from..to).any(is_loose) || self.band.cols.iter().any(in_header)
    }

    /// What its rows are; `heading` is that of a header below.
    fn rows(&self, named: &[usize], heading: Option<usize>) -> BTreeMap<usize, Mark> {
        let (from, to) = self.region.rows;
        let mark = |row: usize| match self.row(row, named)? {
            Mark::Filled if Some(row) == heading && named.binary_search(&row).is_err() => Some(Mark::Loose),
            mark => Some(mark),
        };
        (from..to).filter_map(|row| Some((row, mark(row)?))).collect()
    }

    /// The cells below a band that may have slid, but for `rows`.
    fn of_cells(&self, named: &[usize], rows: &BTreeMap<usize, Mark>, slid: &mut Slid) {
        for m in &self.band.cols {
            let is_named = |row: usize| named.binary_search(&row).is_ok();
            let mark = |row: usize| self.cell((row, m.at), rows.get(&row).copied(), is_named(row));
            let of_cells = down(self.view, self.below(m)..self.region.rows.1, mark);
            let sign = of_cells.sign.map(|(loose, blank)| ((loose, m.at), (blank, m.at)));
            slid.sign = slid.sign.or(sign);
            let cells = of_cells.places.into_iter().filter(|r| !slid.rows.contains(r));
            slid.cells.extend(cells.map(|row| (row, m.at)));
        }
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
        let labels = || self.view.within(row, self.region.left..first).iter().filter_map(Item::label);
        let names_row = |l: usize| self.sight.certain(l) && self.sight.is_among(l, &self.words.row_leaves);
        let is_group = |l: usize| rows::is_group(self.sight, self.words, l);
        if labels().any(|l| names_row(l) && !is_group(l)) {
            return Some(Mark::own(rows::has_values(self.view, self.band, row))); // a row that others stand for, as it seems
        }
        if !labels().any(is_group) {
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

    /// The cells of rows that may have moved to the right: numbers stand beyond the last column, and columns of the row
    /// have none.
    fn moved_right(&self, named: &[usize]) -> Slid {
        let last = self.band.span().1;
        let is_open = |col: &usize| !self.view.gap_before(*col) && self.heading(*col).is_none();
        let beyond: Vec<usize> = (last + 1..self.view.width()).take_while(is_open).collect();
        let mut own: Vec<usize> = self.band.cols.iter().map(|m| m.at).collect();
        own.sort_unstable();
        let moved = |row: &&usize| beyond.iter().any(|col| self.has(**row, *col));
        // of a row whose labels reach into the columns nothing is lacking before these end
        let begins = |row: usize| {
            let mut items = self.view.within(row, own.first().copied().unwrap_or(last)..last + 1).iter();
            items.by_ref().take_while(|i| !i.is_value()).last().map_or(0, |i| i.cols.0 + 1)
        };
        let is_blank = |row: usize, col: usize| col >= begins(row) && !self.shows(row, col);
        let blank = |row: usize| own.iter().copied().filter(|c| is_blank(row, *c)).collect::<Vec<_>>();
        let rows: Vec<(usize, Vec<usize>)> =
            named.iter().filter(moved).map(|row| (*row, blank(*row))).collect();
        let is_remark = beyond.first().is_some_and(|col| self.band.label_over(self.view, *col).is_some());
        // what stands beside rows that are filled is a column of its own
        if !is_remark && rows.iter().any(|(_, blank)| blank.is_empty()) {
            return Slid::default();
        }
        let mut slid = Slid::default();
        for (row, blank) in rows {
            let numbers: Vec<usize> = beyond.iter().copied().filter(|col| self.has(row, *col)).collect();
            let (Some(from), Some(to)) = (blank.first(), numbers.first()) else { continue };
            // a number under 备注 is a remark, but where it is all that a row lacks, or its total
            let is_lacking = blank.len() <= numbers.len() || blank.last() == own.last();
            if blank.len() < own.len() && (!is_remark || is_lacking) {
                slid.cells.extend(own.iter().filter(|col| *col >= from).map(|col| (row, *col)));
                slid.sign = slid.sign.or(Some(((row, *to), (row, *from))));
            }
        }
        slid
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
        let found = across(self.view, cols, mark);
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
            if let Some((loose, blank)) = down(self.view, near.clone(), |r| beside(r, col)).sign {
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
        let label = self.band.label_over(self.view, col).map(|(_, label)| label);
        label.filter(|l| !self.sight.is_remark(*l))
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
            let found = down(view, rows(), |row| lines.down((view, sight), (row, col)));
            add(found, &|row| (row, col));
        }
        for &row in &lines.rows {
            let found = across(view, cols(), |col| lines.across((view, sight), (row, col)));
            add(found, &|col| (row, col));
        }
    }
    (cells.iter().filter(|(_, cell)| places.contains(&cell.at)).map(|(key, _)| *key).collect(), signs)
}
