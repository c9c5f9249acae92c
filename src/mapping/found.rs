//! What one sheet holds of a form, gathered from the ways of looking at it.

use super::bands::Match;
use super::layout::anchor;
use super::lexicon::{Lexicon, LineWords};
use super::period;
use super::pool::{self, Pooled};
use super::scope::Scope;
use super::select::Unread;
use super::sight::Sight;
use super::similarity::How;
use super::slid;
use super::stray::{Stranger, Stray};
use super::twins::Untold;
use super::view::View;
use crate::grid::{CellRef, Sheet};
use std::collections::{BTreeMap, BTreeSet};

/// Where a line of a block was found.
#[derive(Debug, Clone)]
pub(super) struct FoundLine {
    /// Index of the block in the lexicon.
    pub block: usize,
    /// Row or column of the form.
    pub axis: Axis,
    /// Index of the line in its block.
    pub line: usize,
    /// The label's cell.
    pub at: CellRef,
    /// How it was recognised.
    pub how: How,
    /// What the assignment would lose without it, at most 1000.
    pub margin: i64,
}

/// Rows or columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// Rows of the form.
    Row,
    /// Columns of the form.
    Col,
}

/// Where a field's number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// The cell, the top-left one of a merge.
    pub at: CellRef,
    /// The weaker of the two ways in which its row and column were recognised.
    pub how: How,
    /// The smaller of their margins.
    pub margin: i64,
}

/// What one view of a sheet holds of a form.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Per field of a block: (block, row, column) and its cell.
    pub spots: Spots,
    /// The lines that were recognised.
    pub lines: Vec<FoundLine>,
    /// Lines with numbers that are on no form.
    pub strangers: Vec<Stranger>,
    /// Further copies of a field: (block, row, column) and their cells.
    pub copies: Vec<(Key, CellRef)>,
    /// Rows whose values moved and could not be placed: block and row of the form.
    pub unplaced: Vec<(usize, usize)>,
    /// Fields of rows that were read whose numbers may be others'.
    pub held: Vec<Key>,
    /// Per block where a number stands in no line of the form and where one of its lines has none, so that numbers may
    /// have slid.
    pub slid: BTreeMap<usize, (CellRef, CellRef)>,
    /// Lines with numbers in several places, of which none was read: block, axis, line, the label's cell.
    pub doubtful: Vec<(usize, Axis, usize, CellRef)>,
    /// Blocks of which it is not known how far their headings go.
    pub vague: BTreeSet<usize>,
    /// Where it is not said which of several tables of the same labels one is.
    pub untold: Vec<Untold>,
    /// Where that is written for which numbers were left out.
    pub left_out: Vec<(CellRef, Unread)>,
    /// What captions and titles say of the numbers of a block.
    pub said: BTreeMap<usize, Said>,
    /// Headers of tables that stand upright, for a part of a table that has none.
    pub headers: Vec<Header>,
    /// Whether the sheet shows words of the form at all.
    pub shown: bool,
}

/// What is said of the numbers of a block.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// Of which year they are, and whether they are all of it.
    pub scope: Scope,
    /// Whose they are.
    pub office: Option<String>,
    /// Where.
    pub at: CellRef,
}

/// The value columns of a table as the workbook counts them.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// Index of the block in the lexicon.
    pub block: usize,
    /// Per line of the form: its column, and how it was recognised.
    pub cols: Vec<(u32, Match)>,
}

/// Block, row and column of a field, as the lexicon counts them.
pub(super) type Key = (usize, usize, usize);

/// The cells of fields, in the order of their keys.
#[derive(Debug, Default)]
pub(super) struct Spots(Vec<(Key, Spot)>);

impl Spots {
    /// Where a field stands, or would be in the order.
    fn find(&self, key: Key) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if *last < key => Err(self.0.len()), // fields are mostly found in their order
            _ => self.0.binary_search_by_key(&key, |(key, _)| *key),
        }
    }

    fn get(&self, key: Key) -> Option<&Spot> {
        self.find(key).ok().and_then(|at| self.0.get(at)).map(|(_, spot)| spot)
    }

    /// Adds a field that is not known yet.
    fn insert(&mut self, key: Key, spot: Spot) {
        if let Err(at) = self.find(key) {
            self.0.insert(at, (key, spot));
        }
    }

    /// Takes a field out.
    pub(super) fn remove(&mut self, key: Key) {
        self.0.retain(|(other, _)| *other != key);
    }

    /// Whether a field has a cell.
    pub(super) fn has(&self, key: Key) -> bool {
        self.get(key).is_some()
    }

    /// The fields of a block with their cells.
    pub(super) fn of_block(&self, block: usize) -> &[(Key, Spot)] {
        let from = self.0.partition_point(|(key, _)| key.0 < block);
        let rest = self.0.get(from..).unwrap_or_default();
        rest.get(..rest.partition_point(|(key, _)| key.0 == block)).unwrap_or_default()
    }

    /// The blocks of which there are any.
    pub(super) fn blocks(&self) -> impl Iterator<Item = usize> {
        self.0.chunk_by(|a, b| a.0.0 == b.0.0).filter_map(|block| Some(block.first()?.0.0))
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Key, Spot)> {
        self.0.iter()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Layout {
    /// Records a line, once.
    pub(super) fn line(&mut self, found: FoundLine) {
        let same = |l: &FoundLine| (l.block, l.axis, l.line) == (found.block, found.axis, found.line);
        if !self.lines.iter().any(same) {
            self.lines.push(found);
        }
    }

    /// Notes what shows that numbers of a block may have slid.
    pub(super) fn slid_by(&mut self, block: usize, view: &View, sign: Option<slid::Sign>) {
        let at = |(row, col): Place| view.address(row, col);
        if let Some(sign) = sign.and_then(|(loose, blank)| at(loose).zip(at(blank))) {
            self.slid.entry(block).or_insert(sign);
        }
    }

    /// Records a field's cell; the first one is read, others are copies.
    pub(super) fn put(&mut self, field: Key, spot: Spot) {
        match self.spots.get(field) {
            None => self.spots.insert(field, spot),
            Some(known) if known.at != spot.at => self.copies.push((field, spot.at)),
            Some(_) => {}
        }
    }

    /// Whether every field was found, but for those of lines that may stand for others.
    pub(super) fn is_whole(&self, lexicon: &Lexicon) -> bool {
        (0..lexicon.blocks.len()).all(|b| self.has_whole(lexicon, b))
    }

    /// Whether every field was found, and none is in doubt.
    pub(super) fn is_sound(&self, lexicon: &Lexicon) -> bool {
        self.is_whole(lexicon) && self.unplaced.is_empty() && self.slid.is_empty()
    }

    /// Reads nothing of some blocks.
    pub(super) fn refuse(&mut self, blocks: &BTreeSet<usize>) {
        if !blocks.is_empty() {
            self.keep(|block| !blocks.contains(&block));
            self.vague.extend(blocks);
        }
    }

    /// The same of one block.
    pub(super) fn has_whole(&self, lexicon: &Lexicon, block: usize) -> bool {
        let Some(words) = lexicon.blocks.get(block) else { return true };
        let rows = words.rows.iter().filter(|r| !r.replaces).count();
        self.count(block) >= rows * words.cols.len()
    }

    /// The cells of a block's fields.
    pub(super) fn of_block(&self, block: usize) -> impl Iterator<Item = (Key, Spot)> {
        self.spots.of_block(block).iter().copied()
    }

    /// How many of a block's fields were found.
    pub(super) fn count(&self, block: usize) -> usize {
        self.spots.of_block(block).len()
    }

    /// Takes those blocks from another way of looking that it shows more of.
    pub(super) fn take_better(&mut self, mut other: Layout, blocks: usize) {
        // What one way of looking saw to be doubtful is not certain for another that did not see it.
        let refused = |layout: &Layout, block: usize| {
            let cols = layout.lines.iter().filter(|l| (l.block, l.axis) == (block, Axis::Col)).count();
            let held = layout.held.iter().filter(|(b, ..)| *b == block).count();
            layout.unplaced.iter().filter(|(b, _)| *b == block).count() * cols + held
        };
        let seen = |layout: &Layout, block: usize| layout.count(block) + refused(layout, block);
        let holds = |b: usize| if other.slid.contains_key(&b) { seen(&other, b) } else { other.count(b) };
        let better: BTreeSet<usize> = (0..blocks).filter(|b| holds(*b) > seen(self, *b)).collect();
        self.keep(|block| !better.contains(&block));
        other.keep(|block| better.contains(&block));
        other.spots.iter().for_each(|(key, spot)| self.spots.insert(*key, *spot));
        self.lines.extend(other.lines);
        self.copies.extend(other.copies);
        self.unplaced.extend(other.unplaced);
        self.held.extend(other.held);
        self.slid.extend(other.slid);
        self.strangers.extend(other.strangers);
        self.doubtful.extend(other.doubtful);
        self.vague.extend(other.vague);
        self.left_out.extend(other.left_out);
        self.said.extend(other.said);
        self.untold.extend(other.untold);
    }

    fn keep(&mut self, wanted: impl Fn(usize) -> bool) {
        self.spots.0.retain(|(k, _)| wanted(k.0));
        self.lines.retain(|l| wanted(l.block));
        self.copies.retain(|(k, _)| wanted(k.0));
        self.unplaced.retain(|(b, _)| wanted(*b));
        self.held.retain(|(b, ..)| wanted(*b));
        self.slid.retain(|b, _| wanted(*b));
        self.strangers.retain(|s| wanted(s.block));
        self.doubtful.retain(|(b, ..)| wanted(*b));
        self.said.retain(|b, _| wanted(*b));
    }

    /// Adds fields that lie on lines which bands and rows did not find, unless all numbers are known to have theirs.
    pub(super) fn pooled(&mut self, (view, sight, sheet): (&View, &Sight, &Sheet), all_placed: bool) {
        // Where all numbers have their fields, no labels are needed.
        let left = !all_placed && self.leaves_numbers(view, sheet);
        let pooled = if left { pool::find(view, sight, sheet) } else { Pooled::default() };
        self.add(pooled, view, sight, sheet);
    }

    fn add(&mut self, pooled: Pooled, view: &View, sight: &Sight, sheet: &Sheet) {
        for (block, sign) in &pooled.slid {
            self.slid_by(*block, view, Some(*sign));
        }
        let lines: BTreeSet<(usize, Axis, usize)> =
            self.lines.iter().map(|l| (l.block, l.axis, l.line)).collect();
        let doubtful: BTreeSet<(usize, Axis, usize)> =
            self.doubtful.iter().map(|(b, axis, line, _)| (*b, *axis, *line)).collect();
        let taken = self.taken();
        let settled = |&(b, r, c): &Key| {
            lines.contains(&(b, Axis::Row, r)) && lines.contains(&(b, Axis::Col, c))
                || self.unplaced.contains(&(b, r))
                || self.held.contains(&(b, r, c))
                || self.vague.contains(&b)
                || doubtful.contains(&(b, Axis::Row, r))
                || doubtful.contains(&(b, Axis::Col, c))
        };
        let years = period::years(view, sight);
        let written = |(row, col): (usize, usize)| period::above(&years, row, (view.run_start(col), col));
        let found: Vec<(Key, pool::Cell)> = pooled.cells.into_iter().chain(pooled.copies).collect();
        let placed = self.spots.iter().filter_map(|(_, s)| view.place(s.at));
        let latest = found.iter().map(|(_, c)| c.at).chain(placed).filter_map(written).map(|w| w.year).max();
        let earlier = |cell: &pool::Cell| written(cell.at).filter(|w| Some(w.year) < latest);
        let told = found.iter().find_map(|(_, cell)| earlier(cell));
        let told = told.and_then(|w| view.address(w.at.0, w.at.1));
        let found: Vec<(Key, pool::Cell)> =
            found.into_iter().filter(|(key, cell)| !settled(key) && earlier(cell).is_none()).collect();
        self.left_out.extend(told.map(|at| (at, Unread::EarlierYear)));
        for ((block, row, col), cell) in found {
            let Some(at) = view.address(cell.at.0, cell.at.1).map(|a| anchor(sheet, a)) else { continue };
            if taken.contains(&at) {
                continue;
            }
            let margin = cell.margin.min(1000);
            self.put((block, row, col), Spot { at, how: cell.how, margin });
            for (axis, line, label) in [(Axis::Row, row, cell.row_label), (Axis::Col, col, cell.col_label)] {
                if let Some(at) = view.address(label.0, label.1) {
                    self.line(FoundLine { block, axis, line, at, how: cell.how, margin });
                }
            }
        }
        (0..sight.lexicon.blocks.len()).for_each(|block| self.crossed(block, view, sight.lexicon));
    }

    /// Whether a sheet has numbers without a field.
    pub(super) fn leaves_numbers(&self, view: &View, sheet: &Sheet) -> bool {
        let taken = self.taken();
        let items = (0..view.height()).flat_map(|row| view.row(row));
        let addresses = items.filter(|i| i.is_value()).map(|i| view.address(i.rows.0, i.cols.0));
        addresses.flatten().any(|at| !taken.contains(&at) && !taken.contains(&anchor(sheet, at)))
    }

    /// The cells that have a field.
    fn taken(&self) -> BTreeSet<CellRef> {
        self.spots.iter().map(|(_, s)| s.at).collect()
    }

    /// Blank cells of a block without row labels whose groups and columns cross: where the others of its group stand in
    /// one line, and the others of its column in another.
    fn crossed(&mut self, block: usize, view: &View, lexicon: &Lexicon) {
        let Some(words) = lexicon.blocks.get(block).filter(|w| w.is_nameless()) else { return };
        let placed = self.of_block(block).filter_map(|(key, spot)| Some((key.2, view.place(spot.at)?, spot)));
        let placed: Vec<(usize, Place, Spot)> = placed.collect();
        for (line, own) in words.cols.iter().enumerate() {
            let others = |alike: fn(&LineWords, &LineWords) -> bool| {
                let is = |c: &usize| words.cols.get(*c).is_some_and(|o| alike(o, own));
                placed.iter().filter(|(c, ..)| is(c)).map(|(_, at, _)| *at).collect::<Vec<Place>>()
            };
            let group = others(|a, b| a.groups == b.groups);
            let column = others(|a, b| a.leaf == b.leaf);
            let at = crossing(&group, &column)
                .or_else(|| Some(turned(crossing(&turn(&group), &turn(&column))?)))
                .filter(|(row, col)| view.covering(*row, *col).is_none());
            let Some(at) = at.and_then(|(row, col)| view.address(row, col)) else { continue };
            let known = self.spots.has((block, 0, line));
            let like = placed.iter().find(|(c, ..)| words.cols.get(*c).is_some_and(|o| o.leaf == own.leaf));
            let Some((sibling, _, spot)) = like.filter(|_| !known) else { continue };
            let label = self.lines.iter().find(|l| (l.block, l.axis, l.line) == (block, Axis::Col, *sibling));
            if let Some(label) = label.cloned() {
                self.put((block, 0, line), Spot { at, ..*spot });
                self.line(FoundLine { line, ..label });
            }
        }
    }

    /// A line from which a field was read after all is none too many.
    pub(super) fn drop_named_strangers(&mut self) {
        if self.strangers.is_empty() {
            return;
        }
        let rows: BTreeSet<u32> = self.spots.iter().map(|(_, s)| s.at.row).collect();
        let cols: BTreeSet<u32> = self.spots.iter().map(|(_, s)| s.at.col).collect();
        let spots = &self.spots;
        let is_read = |s: &Stranger| match (s.stray, s.side) {
            (Stray::Column, false) => spots.of_block(s.block).iter().any(|(_, spot)| spot.at.col == s.at.col),
            (Stray::Column, true) => spots.of_block(s.block).iter().any(|(_, spot)| spot.at.row == s.at.row),
            (_, false) => rows.contains(&s.at.row),
            (_, true) => cols.contains(&s.at.col),
        };
        self.strangers.retain(|s| !is_read(s));
    }
}

/// A place of a view: row and column.
type Place = (usize, usize);

/// Where the row of a group and the column of others, which stand in other rows, cross.
fn crossing(group: &[Place], column: &[Place]) -> Option<Place> {
    let (&(row, _), &(_, col)) = (group.first()?, column.first()?);
    let in_line = group.iter().all(|at| at.0 == row) && column.iter().all(|at| at.1 == col && at.0 != row);
    (in_line && group.len() > 1).then_some((row, col))
}

fn turn(places: &[Place]) -> Vec<Place> {
    places.iter().copied().map(turned).collect()
}

fn turned((row, col): Place) -> Place {
    (col, row)
}
