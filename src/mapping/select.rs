//! Sheets joined into one filled form, and the choice between forms.
//!
//! Per block one sheet is read first (`choice`); another visible sheet adds the fields that the first lacks (a
//! table split in two); a hidden one is read only where no visible one holds the block.

use super::choice::Order;
use super::forms::Forms;
use super::found::{Axis, Key, Layout};
use super::identity::{Evidence, Identity};
use super::known::Seated;
use super::layout;
use super::lexicon::Lexicon;
use super::scope::Scope;
use super::seen::Seen;
use super::sight::Sight;
use super::similarity::How;
use super::stray::Stray;
use super::view::{Labels, View};
use crate::form::{Field, FieldIx, Form};
use crate::grid::{CellRef, Sheet, Workbook};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A workbook read as a form.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    /// Per field of the form: its cell, if it was located.
    pub places: Vec<Option<Placed>>,
    /// The rows and columns that were recognised, in the form's order.
    pub lines: Vec<Line>,
    /// What is odd about the form's structure in this workbook.
    pub issues: Vec<Issue>,
    /// The year that the numbers are of, and where that is said; `None` where nothing tells it.
    pub year: Option<Evidence<i32>>,
}

/// The cell of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Index of the sheet.
    pub sheet: usize,
    /// The cell, top-left of its merge.
    pub at: CellRef,
    /// How its row and column were recognised (the weaker of both).
    pub how: How,
    /// The smaller margin of its row and column, in thousandths, at most 1000.
    pub margin: u16,
}

/// A row or column of the form that was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Table and block of the form.
    pub block: (usize, usize),
    /// Row or column.
    pub axis: Axis,
    /// Index in the block.
    pub line: usize,
    /// Sheet and cell of its label.
    pub label: (usize, CellRef),
    /// How it was recognised.
    pub how: How,
    /// Its margin in thousandths.
    pub margin: u16,
}

/// A field that stands once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copy {
    /// The field.
    pub field: FieldIx,
    /// Where it stands first.
    pub read: (usize, CellRef),
    /// Where it stands again.
    pub again: (usize, CellRef),
}

/// What is odd about the structure of a form in a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue {
    /// No field of a table was located; its labels, if they stand somewhere, and why what stands there is none of it.
    TableMissing(usize, Option<Seen>, Option<Refused>),
    /// Lines of a block that were not found, though the table is there: table, block, axis, lines, and those of
    /// their labels that stand somewhere.
    LinesMissing(usize, usize, Axis, Vec<usize>, Option<Seen>),
    /// A row whose values could not be brought under their columns: table, block, line.
    RowUnplaced(usize, usize, usize),
    /// Numbers of a block may have slid: table, block, sheet, where one stands in no line of the form, and a cell of the
    /// form that has none.
    Slid(usize, usize, usize, CellRef, CellRef),
    /// A line with numbers that is on no form: sheet and label cell, and what it is.
    Stranger(usize, CellRef, Stray),
    /// Lines with numbers in several places, of which none was read: table, block, lines, sheet, label cells.
    Several(usize, usize, Vec<(Axis, usize)>, usize, Vec<CellRef>),
    /// Lines stand in another order than the form's: table, block, axis.
    OutOfOrder(usize, usize, Axis),
    /// A sheet that was read is hidden.
    HiddenSheet(usize),
    /// A sheet holds the form and was not read.
    NotRead(usize, Unread),
    /// A part of a sheet that was read holds a table and was not read: where that part is named.
    PartNotRead(usize, CellRef, Unread),
    /// Fields in hidden rows or columns of a sheet.
    HiddenLines(usize, Vec<FieldIx>),
    /// Fields that stand twice with different numbers.
    Twice(Vec<Copy>, Chosen),
    /// Fields that stand twice with different numbers, none of which was read, and all that were not for that.
    Undecided(Vec<Copy>, Vec<FieldIx>),
    /// Fields of a sheet of sums that its parts do not add up to, the sheets of the parts, and their sum for the first.
    PartsDiffer(Vec<FieldIx>, Vec<usize>, Decimal),
    /// A table of which nothing says which of the form's with the same labels it is: its sheet, where it begins, and the
    /// tables.
    Untold(usize, CellRef, Vec<usize>),
    /// Values that lie under a merged cell, where nobody sees them.
    UnderMerge(usize, Vec<CellRef>),
    /// The form has one row where its version has several: table, block, the row.
    Variant(usize, usize, usize),
}

/// Why a sheet that holds the form was not read beside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// It is hidden.
    Hidden,
    /// It is of an earlier year.
    EarlierYear,
    /// It is of a part of the year.
    PartOfYear,
    /// It is, by its name, a draft or an example.
    Draft,
    /// It is one of the parts of another.
    Component,
    /// It is an older version.
    Older,
    /// It is another office's, or a larger area's.
    Office,
    /// It is not known which year the report is of, and whether this is of that year.
    Undated,
    /// It stands in hidden rows or columns of the sheet.
    HiddenLines,
}

/// What stands where a table is missing, and why it was not read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Index of the sheet.
    pub sheet: usize,
    /// Where its caption or title says so; else the sheet's name does.
    pub at: Option<CellRef>,
    /// Why it was not read.
    pub why: Unread,
}

/// Why one of several copies was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Its sheet names a year, the other's does not.
    Dated,
    /// Its sheet's name says that it is the sum of the others.
    Sum,
    /// Its sheet's name says that it is final.
    Final,
    /// It holds more of the form.
    Fuller,
}

impl Mapping {
    /// How many fields were located.
    pub fn located(&self) -> usize {
        self.places.iter().flatten().count()
    }
}

/// The form that a workbook holds most of, with its mapping; `None` where no form's table is found.
///
/// Between forms that fit alike the one in force in the year that is said is taken, else the latest.
pub fn best<'f>(book: &Workbook, forms: &'f Forms, identity: &Identity) -> Option<(&'f Form, Mapping)> {
    let year = identity.year.as_ref().map(|y| y.value);
    let in_force =
        |f: &Form| year.is_some_and(|y| f.since.is_none_or(|s| s <= y) && f.until.is_none_or(|u| y <= u));
    let labels = forms.labels(book);
    let views = upright(book, &labels);
    let lacking = forms.lacking(&labels).into_iter().zip(forms.iter().enumerate());
    let mut order: Vec<(bool, usize, &Form)> = lacking.map(|(lacks, (i, f))| (lacks, i, f)).collect();
    order.sort_by_key(|(lacks, _, f)| (*lacks, std::cmp::Reverse((in_force(f), f.since))));
    let mut best: Option<(bool, &Form, Mapping)> = None;
    let mut so_far = i64::MIN;
    for (lacks, index, _) in order {
        let is_hopeless = lacks && best.as_ref().is_some_and(|(best_lacks, ..)| !best_lacks);
        // no fit of a form can be better than with all its fields
        if forms.size(index) as i64 <= so_far || is_hopeless {
            continue;
        }
        let Some((form, lexicon)) = forms.words(index) else { continue };
        let mapping = map_with((book, &labels, &views), form, lexicon, identity);
        let fit = fit(form, &mapping);
        // a form of which nothing can be read, for all slid, is read as no other
        if fit > so_far && (fit > 0 || mapping.located() > 0) {
            (best, so_far) = (Some((lacks, form, mapping)), fit);
        }
    }
    // a form of which several copies stand there was found, though none of them is read
    let stands_twice = |m: &Mapping| m.issues.iter().any(|i| matches!(i, Issue::Undecided(..)));
    best.map(|(_, form, mapping)| (form, mapping)).filter(|(_, m)| m.located() > 0 || stands_twice(m))
}

/// Fields of which row and column were found, less the lines that a table of the form lacks: a foreign version lacks
/// some. Numbers that were not read because they may have slid speak for no other form.
fn fit(form: &Form, mapping: &Mapping) -> i64 {
    let missing: usize = mapping
        .issues
        .iter()
        .map(|i| match i {
            Issue::LinesMissing(_, _, _, lines, _) => lines.len(),
            Issue::Variant(..) => 1,
            _ => 0,
        })
        .sum();
    let is_found = |f: &Field| {
        let is = |axis, line| {
            let key = ((f.table, f.block), axis, line);
            mapping.lines.binary_search_by_key(&key, |l| (l.block, l.axis, l.line)).is_ok()
        };
        let row = || form.tables.get(f.table)?.blocks.get(f.block)?.rows.get(f.row);
        is(Axis::Col, f.col) && (is(Axis::Row, f.row) || row().is_some_and(|r| r.path.is_empty()))
    };
    let fields = form.fields.iter().zip(&mapping.places);
    fields.filter(|(f, place)| place.is_some() || is_found(f)).count() as i64 - 3 * missing as i64
}

/// The form of which most words stand in a workbook, with its mapping, be it without a field.
pub fn closest<'f>(book: &Workbook, forms: &'f Forms) -> Option<(&'f Form, Mapping)> {
    let labels = forms.labels(book);
    let certain = |index: usize| {
        let words = forms.words(index);
        words.map_or(0, |(_, lexicon)| labels.list.iter().filter(|l| lexicon.certain(l)).count())
    };
    let most = (0..forms.len()).max_by_key(|i| (certain(*i), std::cmp::Reverse(*i)))?;
    let (form, lexicon) = forms.words(most)?;
    Some((form, map_with((book, &labels, &upright(book, &labels)), form, lexicon, &Identity::default())))
}

/// The labels of a workbook that are surely words of a form, of the form that has most of them.
pub fn words_seen(book: &Workbook, forms: &Forms) -> Vec<String> {
    let labels = forms.labels(book);
    let seen = |index: usize| -> Vec<String> {
        let Some((_, lexicon)) = forms.words(index) else { return Vec::new() };
        labels.list.iter().filter(|l| lexicon.certain(l)).map(|l| l.raw.trim().to_owned()).collect()
    };
    (0..forms.len()).map(seen).max_by_key(Vec::len).unwrap_or_default()
}

/// Maps a workbook to one form.
pub fn map(book: &Workbook, form: &Form) -> Mapping {
    let labels = Labels::of(book, &Seated::of(std::slice::from_ref(form)));
    map_with((book, &labels, &upright(book, &labels)), form, &Lexicon::new(form), &Identity::default())
}

fn upright(book: &Workbook, labels: &Labels) -> Vec<View> {
    book.sheets.iter().enumerate().map(|(i, s)| View::upright(s, labels.of_sheet(i))).collect()
}

fn map_with(
    (book, labels, views): (&Workbook, &Labels, &[View]),
    form: &Form,
    lexicon: &Lexicon,
    reported: &Identity,
) -> Mapping {
    let mut sight = Sight::new(lexicon, labels, reported.year.as_ref().map(|y| y.value));
    let seen = || book.sheets.iter().zip(views);
    let map = |(i, (sheet, view))| layout::map(sheet, view, labels.of_sheet(i), &mut sight);
    let mut sheets: Vec<Layout> = seen().enumerate().map(map).collect();
    continue_tables(seen(), &mut sight, &mut sheets);
    let mut joiner = Joiner {
        book,
        form,
        lexicon,
        sheets: &sheets,
        views,
        sight: &sight,
        reported,
        scopes: Vec::new(),
        mapping: Mapping::default(),
    };
    joiner.mapping.places = vec![None; form.fields.len()];
    joiner.join();
    joiner.mapping
}

/// Reads sheets that carry a table on without repeating its header.
fn continue_tables<'a>(
    seen: impl Iterator<Item = (&'a Sheet, &'a View)>,
    sight: &mut Sight,
    sheets: &mut [Layout],
) {
    let lexicon = sight.lexicon;
    for (i, (sheet, view)) in seen.enumerate().skip(1) {
        let Some((before, [layout, ..])) = sheets.split_at_mut_checked(i) else { continue };
        let Some(last) = before.iter().rev().find(|l| !l.headers.is_empty()).filter(|_| layout.shown) else {
            continue;
        };
        for header in &last.headers {
            let own = layout.headers.iter().any(|h| h.block == header.block);
            if own || last.has_whole(lexicon, header.block) {
                continue;
            }
            let part = layout::continued(sheet, view, sight, header);
            if part.spots.iter().all(|(k, _)| !last.spots.has(*k)) {
                layout.take_better(part, lexicon.blocks.len());
            }
        }
    }
}

pub(super) struct Joiner<'a> {
    pub(super) book: &'a Workbook,
    pub(super) form: &'a Form,
    pub(super) lexicon: &'a Lexicon,
    pub(super) sheets: &'a [Layout],
    pub(super) views: &'a [View],
    pub(super) sight: &'a Sight<'a>,
    /// What titles and names say of year and office.
    pub(super) reported: &'a Identity,
    /// What is said of each sheet's numbers.
    pub(super) scopes: Vec<Scope>,
    pub(super) mapping: Mapping,
}

impl Joiner<'_> {
    fn join(&mut self) {
        self.scopes = self.scopes();
        let report = self.report();
        let mut unread: BTreeSet<(Unread, usize)> = BTreeSet::new();
        let mut used: BTreeSet<usize> = BTreeSet::new();
        let mut refused: Vec<(usize, Refused)> = Vec::new();
        let mut copies = Vec::new();
        let mut orders: Vec<(Order, Vec<Refused>)> =
            (0..self.lexicon.blocks.len()).map(|block| self.reading_order(block, &report)).collect();
        let unsure = self.is_unsure(&orders, &report);
        self.mapping.year = self.year_told(&report, unsure);
        for (block, (order, others)) in orders.iter_mut().enumerate().filter(|_| unsure) {
            others.extend(self.of_one_kind(block, order));
            order.retain(|(s, _)| others.iter().all(|r| r.sheet != *s));
        }
        for (block, (order, others)) in orders.into_iter().enumerate() {
            refused.extend(others.into_iter().map(|r| (block, r)));
            let Some(&(first, _)) = order.first() else {
                self.take_unplaced(block);
                continue;
            };
            for &(sheet, out) in &order {
                if sheet != first {
                    if let Some(why) = self.unread(block, (sheet, out)) {
                        unread.insert((why, sheet));
                        continue;
                    }
                    // A copy of the blank form, or another statistic with some of the form's words.
                    let blank = self.is_blank(block, sheet) && !self.is_blank(block, first);
                    if blank || self.speaks_of_else(block, sheet) {
                        continue;
                    }
                }
                used.insert(sheet);
                self.take(block, sheet, &mut copies);
            }
        }
        self.drop_shared_cells();
        self.drop_replaced_rows();
        let refused = self.missing(refused, &mut unread);
        self.tell_sheets(&used, &unread);
        self.tell_copies(copies, &report);
        self.tell_several();
        self.tell_untold();
        self.tell_structure(&refused);
    }

    /// Of tables that were not read at all, why not; for others that is told of the sheet.
    fn missing(
        &self,
        refused: Vec<(usize, Refused)>,
        unread: &mut BTreeSet<(Unread, usize)>,
    ) -> BTreeMap<usize, Refused> {
        let mut missing = BTreeMap::new();
        for (block, why) in refused {
            let table = self.lexicon.blocks.get(block).map_or(0, |w| w.table);
            let is_read = |f: usize| self.mapping.places.get(f).is_some_and(Option::is_some);
            let of_table = |f: &usize| self.form.fields.get(*f).is_some_and(|f| f.table == table);
            if (0..self.form.fields.len()).filter(of_table).any(is_read) {
                unread.insert((why.why, why.sheet));
            } else {
                missing.entry(table).or_insert(why);
            }
        }
        unread.retain(|(_, sheet)| !missing.values().any(|m: &Refused| m.at.is_none() && m.sheet == *sheet));
        missing
    }

    /// Whether a sheet shows a few fields again of a block that was read, and not the block a second time.
    fn speaks_of_else(&self, block: usize, sheet: usize) -> bool {
        let spots = self.sheets.get(sheet).map_or(&[][..], |l| l.spots.of_block(block));
        let read = |key: Key| {
            self.field(key).and_then(|ix| self.mapping.places.get(ix.0 as usize)).is_some_and(Option::is_some)
        };
        let again = spots.iter().filter(|(key, _)| read(*key)).count();
        let all =
            (0..self.form.fields.len()).filter(|i| self.mapping.places.get(*i).is_some_and(Option::is_some));
        again > 0
            && again * 2 >= spots.len()
            && again * 2 < all.filter(|i| self.block_of(*i) == Some(block)).count()
    }

    pub(super) fn block_of(&self, field: usize) -> Option<usize> {
        let field = self.form.fields.get(field)?;
        self.lexicon.blocks.iter().position(|w| (w.table, w.block) == (field.table, field.block))
    }

    fn field(&self, (block, row, col): Key) -> Option<FieldIx> {
        let words = self.lexicon.blocks.get(block)?;
        let block = self.form.tables.get(words.table)?.blocks.get(words.block)?;
        block.fields.get(row * block.cols.len() + col).copied()
    }

    fn take(&mut self, block: usize, sheet: usize, copies: &mut Vec<Copy>) {
        let Some(layout) = self.sheets.get(sheet) else { return };
        for (key, spot) in layout.of_block(block) {
            let Some(ix) = self.field(key) else { continue };
            let Some(place) = self.mapping.places.get_mut(ix.0 as usize) else { continue };
            if let Some(read) = place {
                copies.push(Copy { field: ix, read: (read.sheet, read.at), again: (sheet, spot.at) });
            } else {
                let margin = spot.margin.clamp(0, 1000) as u16;
                *place = Some(Placed { sheet, at: spot.at, how: spot.how, margin });
            }
        }
        let again = layout.copies.iter().filter(|(k, _)| k.0 == block);
        let again = again.filter_map(|(k, at)| {
            let field = self.field(*k)?;
            let read = self.mapping.places.get(field.0 as usize).copied().flatten()?;
            Some(Copy { field, read: (read.sheet, read.at), again: (sheet, *at) })
        });
        copies.extend(again.collect::<Vec<Copy>>());
        self.take_lines(block, sheet, layout);
    }

    /// The lines of a block of which no number was read because they may have slid.
    fn take_unplaced(&mut self, block: usize) {
        let mut sheets = self.sheets.iter().enumerate().filter(|(s, _)| !self.is_hidden(*s));
        if let Some((sheet, layout)) = sheets.find(|(_, l)| l.slid.contains_key(&block)) {
            self.take_lines(block, sheet, layout);
        }
    }

    fn take_lines(&mut self, block: usize, sheet: usize, layout: &Layout) {
        let Some(words) = self.lexicon.blocks.get(block) else { return };
        for l in layout.lines.iter().filter(|l| l.block == block) {
            let line = Line {
                block: (words.table, words.block),
                axis: l.axis,
                line: l.line,
                label: (sheet, l.at),
                how: l.how,
                margin: l.margin.clamp(0, 1000) as u16,
            };
            let known = |o: &Line| (o.block, o.axis, o.line) == (line.block, line.axis, line.line);
            if !self.mapping.lines.iter().any(known) {
                self.mapping.lines.push(line);
            }
        }
        if let Some(&(loose, blank)) = layout.slid.get(&block) {
            self.mapping.issues.push(Issue::Slid(words.table, words.block, sheet, loose, blank));
        }
        for &(_, row) in layout.unplaced.iter().filter(|(b, _)| *b == block) {
            self.mapping.issues.push(Issue::RowUnplaced(words.table, words.block, row));
        }
    }

    /// Two fields on one cell cannot both be right: neither is read.
    fn drop_shared_cells(&mut self) {
        let places = self.mapping.places.iter().flatten();
        let mut cells: Vec<(usize, CellRef)> = places.map(|p| (p.sheet, p.at)).collect();
        cells.sort_unstable();
        let shared: BTreeSet<(usize, CellRef)> =
            cells.windows(2).filter(|w| w.first() == w.last()).flatten().copied().collect();
        for place in &mut self.mapping.places {
            if place.is_some_and(|p| shared.contains(&(p.sheet, p.at))) {
                *place = None;
            }
        }
    }

    /// Of a row and the rows that it may stand for, only those are read that the office has.
    fn drop_replaced_rows(&mut self) {
        for (t, table) in self.form.tables.iter().enumerate() {
            for (b, block) in table.blocks.iter().enumerate() {
                for (r, row) in block.rows.iter().enumerate().filter(|(_, r)| !r.replaces.is_empty()) {
                    let parts: Vec<usize> = (0..block.rows.len())
                        .filter(|i| block.rows.get(*i).is_some_and(|p| row.replaces.contains(&p.id)))
                        .collect();
                    let found = |r: usize, m: &Mapping| {
                        m.lines.iter().any(|l| l.block == (t, b) && l.axis == Axis::Row && l.line == r)
                    };
                    let parts_found = parts.iter().any(|p| found(*p, &self.mapping));
                    if parts_found {
                        self.forget_row(t, b, r);
                    } else if found(r, &self.mapping) {
                        self.mapping.issues.push(Issue::Variant(t, b, r));
                    }
                }
            }
        }
    }

    fn forget_row(&mut self, table: usize, block: usize, row: usize) {
        let Some(b) = self.form.tables.get(table).and_then(|t| t.blocks.get(block)) else { return };
        let width = b.cols.len();
        for ix in b.fields.get(row * width..(row + 1) * width).unwrap_or_default() {
            if let Some(place) = self.mapping.places.get_mut(ix.0 as usize) {
                *place = None;
            }
        }
        self.mapping.issues.retain(|i| *i != Issue::RowUnplaced(table, block, row));
        let is_row = |l: &Line| l.block == (table, block) && l.axis == Axis::Row && l.line == row;
        self.mapping.lines.retain(|l| !is_row(l));
    }
}
