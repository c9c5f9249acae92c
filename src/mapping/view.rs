//! A sheet as mapping looks at it: labels and values with their extents, rows and columns without gaps.
//!
//! Rows and columns in which nothing begins are dropped (spacers, the second half of cells that are two
//! columns wide by merging), so that neighbours are neighbours. A view can lie on its side, so that a form
//! with its headers down and its rows across is read by the same code. Nothing here knows a form.

use super::known::{MOST_LABELS, Seated};
use super::label::{Reduced, reduce};
use super::numbering;
use super::vocabulary::vocabulary;
use crate::grid::{self, Cell, CellRef, Entry, Sheet, Workbook, number};
use foldhash::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of the longest text that counts a line: （123）.
const LONGEST_COUNT: usize = 16;
/// Rows that a merged label is followed down; the tallest of a form is 22.
pub(super) const TALLEST_LABEL: usize = 200;

/// What a cell is, before anything is known of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text that may be a label; index into [`Labels::list`].
    Label(usize),
    /// A number, a number held as text, or an error value.
    Number,
    /// A mark that stands for nothing (/, -, 无).
    Placeholder,
    /// A text too long for a label.
    Prose,
    /// What belongs to an earlier year.
    Past,
}

/// One cell that shows something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// First and last row of the view that it covers.
    pub(super) rows: (usize, usize),
    /// First and last column of the view that it covers.
    pub(super) cols: (usize, usize),
    /// What it is.
    pub(super) kind: Kind,
}

impl Item {
    /// Whether a number or a mark for nothing stands here.
    pub(super) fn is_value(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Placeholder)
    }

    /// The label's index, if this may be one.
    pub(super) fn label(&self) -> Option<usize> {
        match self.kind {
            Kind::Label(id) => Some(id),
            _ => None,
        }
    }
}

/// Where a heading begins, row and column, and the columns that it is to cover.
pub(super) type Move = ((usize, usize), (usize, usize));

/// A sheet without gaps, upright or on its side.
#[derive(Debug, Default, Clone)]
pub(super) struct View {
    /// Whether the sheet's columns are this view's rows.
    pub(super) on_its_side: bool,
    /// Cells that show something, row by row.
    pub(super) items: Vec<Item>,
    /// Per row: where its items begin in [`View::items`]; one entry more than rows.
    starts: Vec<usize>,
    /// Per row: items of rows above that reach down into it.
    hanging: Vec<Vec<usize>>,
    /// The workbook's row (or column) of each row of the view.
    row_of: Vec<u32>,
    /// The workbook's column (or row) of each column of the view.
    col_of: Vec<u32>,
    /// Per column: the first of its neighbours on the left without a wholly blank column between.
    run_start: Vec<usize>,
    /// Labels that hold a whole path of rows: its steps, outermost first.
    steps: HashMap<usize, Vec<usize>>,
    /// Rows and their columns in which headings cover what they head, so that none goes on over blank cells.
    closed: Vec<(usize, (usize, usize))>,
    /// Where headings that were moved stand: per place the column.
    moved: BTreeMap<(usize, usize), usize>,
    /// Rows with fewer numbers than there are heads over them, of which nothing says which lack one.
    partial: BTreeSet<usize>,
}

/// The rows that say that they number the columns, by their labels (甲 乙 丙, 栏次) and by counting from 1; such
/// labels are none.
fn take_counting_words(
    items: &mut [Item],
    labels: &[Arc<Reduced>],
    numbers: &[Option<u32>],
) -> BTreeSet<usize> {
    let words = &vocabulary().column_numbers;
    let mut counting = BTreeSet::new();
    let mut from = 0;
    for line in items.chunk_by_mut(|a, b| a.rows.0 == b.rows.0) {
        let numbers = numbers.get(from..).unwrap_or_default();
        from += line.len();
        let mut next = 1;
        let counts = |(item, number): (&Item, &Option<u32>)| match item.label().and_then(|l| labels.get(l)) {
            Some(label) if !item.is_value() => words.contains(&label.text),
            _ => {
                next += 1;
                *number == Some(next - 1)
            }
        };
        let says = line.first().is_some_and(|i| i.label().is_some());
        if says && line.iter().zip(numbers).all(counts) {
            counting.extend(line.first().map(|i| i.rows.0));
            line.iter_mut().filter(|i| i.label().is_some()).for_each(|i| i.kind = Kind::Prose);
        }
    }
    counting
}

struct Raw {
    rows: (u32, u32),
    cols: (u32, u32),
    kind: Kind,
    number: Option<u32>,
}

impl View {
    /// The view of a sheet, upright.
    pub(super) fn upright(sheet: &Sheet, texts: Texts) -> Self {
        Self::build(sheet, texts, false)
    }

    /// The view of a sheet on its side: its columns are rows.
    pub(super) fn on_its_side(sheet: &Sheet, texts: Texts) -> Self {
        Self::build(sheet, texts, true)
    }

    fn build(sheet: &Sheet, texts: Texts, on_its_side: bool) -> Self {
        let mut raw = raw_items(sheet, texts.kinds, on_its_side);
        raw.sort_by_key(|i| (i.rows.0, i.cols.0));
        let mut row_of: Vec<u32> = raw.iter().map(|i| i.rows.0).collect();
        row_of.dedup();
        let mut col_of: Vec<u32> = raw.iter().map(|i| i.cols.0).collect();
        col_of.sort_unstable();
        col_of.dedup();
        let item =
            |i: &Raw| Item { rows: extent(&row_of, i.rows), cols: extent(&col_of, i.cols), kind: i.kind };
        let mut items: Vec<Item> = raw.iter().map(item).collect();
        let run_start = runs(&raw, &items, &col_of);
        let numbers: Vec<Option<u32>> = raw.iter().map(|r| r.number).collect();
        let counting = take_counting_words(&mut items, texts.labels, &numbers);
        numbering::mark(&mut items, &numbers, &counting);
        let mut view = Self { on_its_side, items, row_of, col_of, run_start, ..Self::default() };
        view.index();
        view
    }

    /// Orders the items, and notes where each row begins and what reaches into it.
    fn index(&mut self) {
        self.items.sort_by_key(|i| (i.rows.0, i.cols.0));
        let items = &self.items;
        self.starts = (0..=self.row_of.len()).map(|r| items.partition_point(|i| i.rows.0 < r)).collect();
        self.hanging = hanging(items, self.row_of.len());
    }

    /// Makes something else of the item that begins at a place.
    pub(super) fn set(&mut self, row: usize, col: usize, kind: Kind) {
        if let Some(item) = self.position(row, col).and_then(|at| self.items.get_mut(at)) {
            item.kind = kind;
        }
    }

    /// Makes of its items what was made of those of the same sheet on its side; labels that there begin in other columns
    /// begin in other rows here.
    pub(super) fn follow(&mut self, side: &View, before: &[Item]) {
        for (new, old) in side.items.iter().zip(before) {
            if (new.kind, new.cols) == (old.kind, old.cols) {
                continue;
            }
            let place = |item: &Item| self.place(side.address(item.rows.0, item.cols.0)?);
            let (Some((row, col)), Some((begins, _))) = (place(old), place(new)) else { continue };
            let found = self.items.iter_mut().find(|i| (i.rows.0, i.cols.0) == (row, col));
            if let Some(item) = found {
                item.kind = new.kind;
                item.rows = (begins, item.rows.1.max(begins));
            }
        }
        self.index();
    }

    /// The different labels that stand here, in their order.
    pub(super) fn labels(&self) -> Vec<usize> {
        let labels = || self.items.iter().filter_map(Item::label);
        let mut stands = vec![false; labels().max().map_or(0, |most| most + 1)];
        for label in labels() {
            if let Some(stands) = stands.get_mut(label) {
                *stands = true;
            }
        }
        stands.iter().enumerate().filter(|(_, stands)| **stands).map(|(label, _)| label).collect()
    }

    /// Notes the steps of the path that a label holds.
    pub(super) fn set_steps(&mut self, label: usize, steps: Vec<usize>) {
        self.steps.insert(label, steps);
    }

    /// The steps of the path that a label holds, if it holds one.
    pub(super) fn steps(&self, label: usize) -> Option<&[usize]> {
        self.steps.get(&label).map(Vec::as_slice)
    }

    /// How many rows show something.
    pub(super) fn height(&self) -> usize {
        self.row_of.len()
    }

    /// How many columns show something.
    pub(super) fn width(&self) -> usize {
        self.col_of.len()
    }

    /// The items that begin in a row, from left to right.
    pub(super) fn row(&self, row: usize) -> &[Item] {
        let (Some(&from), Some(&to)) = (self.starts.get(row), self.starts.get(row + 1)) else { return &[] };
        self.items.get(from..to).unwrap_or(&[])
    }

    /// The items that begin in a row from one column up to before another.
    pub(super) fn within(&self, row: usize, cols: Range<usize>) -> &[Item] {
        let items = self.row(row);
        let at = |col: usize| items.partition_point(|i| i.cols.0 < col);
        items.get(at(cols.start)..at(cols.end)).unwrap_or(&[])
    }

    /// The items of a row, to be changed; they must stay in order.
    pub(super) fn row_mut(&mut self, row: usize) -> &mut [Item] {
        let (Some(&from), Some(&to)) = (self.starts.get(row), self.starts.get(row + 1)) else {
            return &mut [];
        };
        self.items.get_mut(from..to).unwrap_or_default()
    }

    /// The item that begins at a place.
    pub(super) fn item(&self, row: usize, col: usize) -> Option<&Item> {
        let items = self.row(row);
        items.binary_search_by_key(&col, |i| i.cols.0).ok().and_then(|i| items.get(i))
    }

    /// The index in [`View::items`] of the item that begins at a place.
    pub(super) fn position(&self, row: usize, col: usize) -> Option<usize> {
        let from = *self.starts.get(row)?;
        let i = self.row(row).binary_search_by_key(&col, |i| i.cols.0).ok()?;
        Some(from + i)
    }

    /// The item that covers a place, by beginning there or by its merge.
    pub(super) fn covering(&self, row: usize, col: usize) -> Option<&Item> {
        let within = |i: &&Item| (i.cols.0..=i.cols.1).contains(&col);
        let items = self.row(row);
        let here =
            items.get(..items.partition_point(|i| i.cols.0 <= col)).and_then(<[Item]>::last).filter(within);
        here.or_else(|| self.hanging.get(row)?.iter().filter_map(|&i| self.items.get(i)).find(within))
    }

    /// The items that begin in a row, then those that reach into it from above.
    pub(super) fn reaching(&self, row: usize) -> impl Iterator<Item = &Item> {
        let hanging = self.hanging.get(row).into_iter().flatten().filter_map(|i| self.items.get(*i));
        self.row(row).iter().chain(hanging)
    }

    /// Lets labels of a row, which begin in these columns, cover others, and none in a span any more than these.
    pub(super) fn widen(&mut self, row: usize, labels: &[(usize, (usize, usize))], span: (usize, usize)) {
        for (begins, cols) in labels {
            if let Some(item) = self.position(row, *begins).and_then(|at| self.items.get_mut(at)) {
                item.cols = *cols;
            }
        }
        self.closed.push((row, span));
    }

    /// Moves headings, each from the place in which it begins over other columns of its row.
    pub(super) fn move_heads(&mut self, moves: &[Move]) {
        let of = |(from, cols): &Move| Some((self.position(from.0, from.1)?, *cols));
        let places: Vec<(usize, (usize, usize))> = moves.iter().filter_map(of).collect();
        for (at, cols) in places {
            if let Some(item) = self.items.get_mut(at) {
                self.moved.insert((item.rows.0, cols.0), item.cols.0);
                item.cols = cols;
            }
        }
        self.index();
    }

    /// Notes rows that are not to be read, for they lack numbers.
    pub(super) fn set_partial(&mut self, rows: &[usize]) {
        self.partial.extend(rows);
    }

    /// Whether a row lacks a number, and nothing says which.
    pub(super) fn is_partial(&self, row: usize) -> bool {
        self.partial.contains(&row)
    }

    /// Whether no label to the left goes on over a blank cell.
    pub(super) fn is_closed(&self, row: usize, col: usize) -> bool {
        self.closed.iter().any(|(r, cols)| *r == row && (cols.0..=cols.1).contains(&col))
    }

    /// Whether a wholly blank column stood before this one.
    pub(super) fn gap_before(&self, col: usize) -> bool {
        col > 0 && self.run_start.get(col) == Some(&col)
    }

    /// The first column from which a column is reached without a wholly blank one between.
    pub(super) fn run_start(&self, col: usize) -> usize {
        self.run_start.get(col).copied().unwrap_or(col)
    }

    /// The workbook's address of a place in the view.
    pub(super) fn address(&self, row: usize, col: usize) -> Option<CellRef> {
        let col = self.moved.get(&(row, col)).copied().unwrap_or(col);
        let (&r, &c) = (self.row_of.get(row)?, self.col_of.get(col)?);
        Some(if self.on_its_side { CellRef::new(c, r) } else { CellRef::new(r, c) })
    }

    /// The workbook's row (or column) of a row of the view.
    pub(super) fn line(&self, row: usize) -> Option<u32> {
        self.row_of.get(row).copied()
    }

    /// The workbook's column (or row) of a column of the view.
    pub(super) fn line_across(&self, col: usize) -> Option<u32> {
        self.col_of.get(col).copied()
    }

    /// Whether nothing is left out between a row and the one before or the one behind it.
    pub(super) fn adjoins(&self, row: usize) -> bool {
        let next =
            |before: Option<u32>, behind: Option<u32>| before.zip(behind).is_some_and(|(a, b)| a + 1 == b);
        let before = row.checked_sub(1).and_then(|row| self.line(row));
        next(before, self.line(row)) || next(self.line(row), self.line(row + 1))
    }

    /// Leaves out what stands in hidden rows and columns; where the first of it does.
    pub(super) fn leave_out_hidden(&mut self, sheet: &Sheet) -> Option<CellRef> {
        self.put_aside(|at| sheet.row_hidden(at.row) || sheet.col_hidden(at.col))
    }

    /// Leaves out what begins in some cells; where the first of it does.
    pub(super) fn put_aside(&mut self, is_out: impl Fn(CellRef) -> bool) -> Option<CellRef> {
        let at: Vec<Option<CellRef>> = self.items.iter().map(|i| self.address(i.rows.0, i.cols.0)).collect();
        let mut first = None;
        for (item, at) in self.items.iter_mut().zip(at) {
            if let Some(at) = at.filter(|at| is_out(*at)) {
                item.kind = Kind::Past;
                first = first.or(Some(at));
            }
        }
        first
    }

    /// Leaves out what belongs to an earlier year in another view of the same sheet.
    pub(super) fn leave_out(&mut self, other: &View) {
        let out = other.items.iter().filter(|i| i.kind == Kind::Past);
        let out: BTreeSet<CellRef> = out.filter_map(|i| other.address(i.rows.0, i.cols.0)).collect();
        self.put_aside(|at| out.contains(&at));
    }

    /// Row and column of the view of an address at which something begins.
    pub(super) fn place(&self, at: CellRef) -> Option<(usize, usize)> {
        let (row, col) = if self.on_its_side { (at.col, at.row) } else { (at.row, at.col) };
        Some((self.row_of.binary_search(&row).ok()?, self.col_at(col)?))
    }

    /// Row and column of the view of an address, or the next ones.
    pub(super) fn nearest(&self, at: CellRef) -> (usize, usize) {
        let (row, col) = if self.on_its_side { (at.col, at.row) } else { (at.row, at.col) };
        (self.row_of.partition_point(|r| *r < row), self.col_of.partition_point(|c| *c < col))
    }

    /// The view's column of a column of the workbook, if something stands in it.
    pub(super) fn col_at(&self, col: u32) -> Option<usize> {
        self.col_of.binary_search(&col).ok()
    }
}

fn raw_items(sheet: &Sheet, kinds: &[Kind], on_its_side: bool) -> Vec<Raw> {
    let mut merges = Merges::new(sheet);
    let turn = |a: u32, b: u32| if on_its_side { (b, a) } else { (a, b) };
    let mut items = Vec::with_capacity(sheet.cells.len());
    for ((at, cell), kind) in sheet.cells.iter().zip(kinds) {
        let blank = cell.entry.is_blank() && cell.formula.is_none();
        let Some(last) = merges.last_of(*at).filter(|_| !blank) else { continue };
        let (r1, c1) = turn(at.row, at.col);
        let (r2, c2) = turn(last.row, last.col);
        items.push(Raw { rows: (r1, r2), cols: (c1, c2), kind: *kind, number: small_number(cell) });
    }
    items
}

/// A whole number that was typed, and that may count lines.
fn small_number(cell: &Cell) -> Option<u32> {
    if cell.formula.is_some() {
        return None;
    }
    match &cell.entry {
        Entry::Number(n) if n.is_integer() => u32::try_from(n.trunc().mantissa()).ok(),
        Entry::Text(t) if t.len() <= LONGEST_COUNT => {
            t.trim_matches(['(', ')', '（', '）', ' ']).parse().ok()
        }
        _ => None,
    }
}

/// The different texts of a workbook: what each is, and those that may be labels reduced.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// Per sheet and cell, as [`Sheet::cells`] has them: what it is.
    kinds: Vec<Vec<Kind>>,
    /// The labels, by their number.
    pub(super) list: Vec<Arc<Reduced>>,
}

impl Labels {
    /// The texts of all sheets.
    pub(super) fn of(book: &Workbook, shared: &Seated) -> Self {
        let mut kinds = Vec::with_capacity(book.sheets.len());
        let list = shared.share(|seated| {
            let (mut list, mut seen): (Vec<Arc<Reduced>>, HashMap<&str, Kind>) = Default::default();
            for sheet in &book.sheets {
                let of_sheet = sheet.cells.iter().map(|(_, cell)| match &cell.entry {
                    Entry::Text(text) => *seen.entry(text).or_insert_with(|| match seated.get(&**text) {
                        Some(label) if list.len() < MOST_LABELS => listed(&mut list, Arc::clone(label)),
                        _ => kind_of(text, shared, &mut list),
                    }),
                    Entry::Blank | Entry::Number(_) | Entry::Bool(_) | Entry::Error(_) => Kind::Number,
                });
                kinds.push(of_sheet.collect());
            }
            list
        });
        Self { kinds, list }
    }

    /// The texts of one sheet.
    pub(super) fn of_sheet(&self, sheet: usize) -> Texts<'_> {
        Texts { kinds: self.kinds.get(sheet).map_or(&[], Vec::as_slice), labels: &self.list }
    }
}

fn kind_of(text: &str, shared: &Seated, list: &mut Vec<Arc<Reduced>>) -> Kind {
    if number::is_placeholder(text) || shared.is_mark(text) {
        Kind::Placeholder
    } else if number::read(text).is_some() {
        Kind::Number
    } else if shared.is_prose(text) {
        Kind::Prose
    } else {
        listed(list, Arc::new(reduce(text)))
    }
}

fn listed(list: &mut Vec<Arc<Reduced>>, label: Arc<Reduced>) -> Kind {
    list.push(label);
    Kind::Label(list.len() - 1)
}

/// The texts of one sheet.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    /// Per cell, what it is.
    kinds: &'a [Kind],
    /// The labels of the workbook.
    labels: &'a [Arc<Reduced>],
}

/// The merges of a sheet, asked cell by cell in the order of rows.
struct Merges<'a> {
    /// Those that begin further down, the next one last.
    waiting: Vec<&'a grid::Range>,
    /// Those that reach the row asked about.
    here: Vec<&'a grid::Range>,
    row: u32,
}

impl<'a> Merges<'a> {
    fn new(sheet: &'a Sheet) -> Self {
        let mut waiting: Vec<_> = sheet.merges.iter().collect();
        waiting.sort_by_key(|m| std::cmp::Reverse(m.first));
        Self { waiting, here: Vec::new(), row: 0 }
    }

    /// Where the cell ends; `None` where it lies under a merge without being its first.
    fn last_of(&mut self, at: CellRef) -> Option<CellRef> {
        if at.row != self.row {
            self.row = at.row;
            self.here.retain(|m| m.last.row >= at.row);
        }
        while let Some(next) = self.waiting.pop_if(|m| m.first.row <= at.row) {
            self.here.push(next);
        }
        let mut last = at;
        for merge in self.here.iter().filter(|m| m.contains(at)) {
            if merge.first != at {
                return None;
            }
            last = merge.last;
        }
        Some(last)
    }
}

/// The first and last kept line within an extent of the workbook.
fn extent(kept: &[u32], (first, last): (u32, u32)) -> (usize, usize) {
    let from = kept.partition_point(|&k| k < first);
    if kept.get(from).is_some_and(|k| *k >= last) {
        return (from, from);
    }
    let to = kept.partition_point(|&k| k <= last);
    (from, to.saturating_sub(1).max(from))
}

/// Per kept column, where its run begins: columns between which none is blank and under no merge.
fn runs(raw: &[Raw], items: &[Item], col_of: &[u32]) -> Vec<usize> {
    // how far to the right what begins in a column reaches
    let mut reach = col_of.to_vec();
    for (raw, item) in raw.iter().zip(items) {
        if let Some(reach) = reach.get_mut(item.cols.0) {
            *reach = raw.cols.1.max(*reach);
        }
    }
    let (mut covered_to, mut start) = (None, 0);
    let run = |(i, (&col, &reach)): (usize, (&u32, &u32))| {
        if covered_to.is_some_and(|to: u32| to + 1 < col) {
            start = i;
        }
        covered_to = covered_to.max(Some(reach));
        start
    };
    col_of.iter().zip(&reach).enumerate().map(run).collect()
}

/// Per row, the items of earlier rows that reach into it.
fn hanging(items: &[Item], height: usize) -> Vec<Vec<usize>> {
    let mut hanging = vec![Vec::new(); height];
    let mut budget = items.len().saturating_mul(8) + 100_000;
    for (id, item) in items.iter().enumerate().filter(|(_, i)| i.rows.1 > i.rows.0) {
        let last = item.rows.1.min(item.rows.0 + TALLEST_LABEL);
        for row in hanging.get_mut(item.rows.0 + 1..=last).unwrap_or_default() {
            if budget == 0 {
                return hanging;
            }
            budget -= 1;
            row.push(id);
        }
    }
    hanging
}
