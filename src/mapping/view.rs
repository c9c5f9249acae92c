//! A sheet as mapping looks at it: labels and values with their extents, rows and columns without gaps.
//!
//! Rows and columns in which nothing begins are dropped (spacers, the second half of cells that are two
//! columns wide by merging), so that neighbours are neighbours. A view can lie on its side, so that a form
//! with its headers down and its rows across is read by the same code. Nothing here knows a form.

use super::label::{Reduced, reduce};
use super::numbering;
use super::vocabulary::vocabulary;
use crate::grid::{Cell, CellRef, Entry, Sheet, number};
use std::collections::{BTreeSet, HashMap};

/// Characters beyond which a text is a sentence and no label.
const LONGEST_LABEL: usize = 90;
/// Rows that a merged label is followed down; the tallest of a form is 22.
const TALLEST_LABEL: usize = 200;

/// What a cell is, before anything is known of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text that may be a label; index into [`View::labels`].
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

/// A sheet without gaps, upright or on its side.
#[derive(Debug, Default)]
pub(super) struct View {
    /// Whether the sheet's columns are this view's rows.
    pub(super) on_its_side: bool,
    /// Cells that show something, row by row.
    pub(super) items: Vec<Item>,
    /// The different labels.
    pub(super) labels: Vec<Reduced>,
    /// Per row: where its items begin in [`View::items`]; one entry more than rows.
    starts: Vec<usize>,
    /// Per row: items of rows above that reach down into it.
    hanging: Vec<Vec<usize>>,
    /// The workbook's row (or column) of each row of the view.
    row_of: Vec<u32>,
    /// The workbook's column (or row) of each column of the view.
    col_of: Vec<u32>,
    /// Per column: whether a wholly blank column stood before it.
    gap_before: Vec<bool>,
    /// Labels that hold a whole path of rows: its steps, outermost first.
    steps: HashMap<usize, Vec<usize>>,
}

/// The rows that say that they number the columns, by their labels (甲 乙 丙, 栏次) and by counting from 1; such
/// labels are none.
fn take_counting_words(items: &mut [Item], labels: &[Reduced], numbers: &[Option<u32>]) -> BTreeSet<usize> {
    // per row: whether it may be one, and the number that comes next
    let mut rows: HashMap<usize, (bool, u32)> = HashMap::new();
    for (item, number) in items.iter().zip(numbers) {
        let label = item.label().and_then(|l| labels.get(l));
        let says = label.is_some_and(|l| vocabulary().column_numbers.contains(&l.text));
        let (may, next) = rows.entry(item.rows.0).or_insert((says, 1));
        if item.is_value() || label.is_none() {
            *may &= *number == Some(*next);
            *next += 1;
        } else {
            *may &= says;
        }
    }
    let counting: BTreeSet<usize> =
        rows.into_iter().filter(|(_, (may, _))| *may).map(|(row, _)| row).collect();
    for item in items.iter_mut().filter(|i| i.label().is_some() && counting.contains(&i.rows.0)) {
        item.kind = Kind::Prose;
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
    pub(super) fn upright(sheet: &Sheet) -> Self {
        Self::build(sheet, false)
    }

    /// The view of a sheet on its side: its columns are rows.
    pub(super) fn on_its_side(sheet: &Sheet) -> Self {
        Self::build(sheet, true)
    }

    fn build(sheet: &Sheet, on_its_side: bool) -> Self {
        let mut labels = Interner::default();
        let mut raw = raw_items(sheet, on_its_side, &mut labels);
        raw.sort_by_key(|i| (i.rows.0, i.cols.0));
        let mut row_of: Vec<u32> = raw.iter().map(|i| i.rows.0).collect();
        row_of.dedup();
        let mut col_of: Vec<u32> = raw.iter().map(|i| i.cols.0).collect();
        col_of.sort_unstable();
        col_of.dedup();
        let gap_before = gaps(&raw, &col_of);
        let items: Vec<Item> = raw
            .iter()
            .map(|i| Item { rows: extent(&row_of, i.rows), cols: extent(&col_of, i.cols), kind: i.kind })
            .collect();
        let mut items = items;
        let numbers: Vec<Option<u32>> = raw.iter().map(|r| r.number).collect();
        let counting = take_counting_words(&mut items, &labels.list, &numbers);
        numbering::mark(&mut items, &numbers, &counting);
        let starts = (0..=row_of.len()).map(|r| items.partition_point(|i| i.rows.0 < r)).collect();
        let hanging = hanging(&items, row_of.len());
        Self {
            on_its_side,
            items,
            labels: labels.list,
            starts,
            hanging,
            row_of,
            col_of,
            gap_before,
            steps: HashMap::new(),
        }
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

    /// The same, to be changed; they must stay in order.
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

    /// Adds a label that stands in no single cell.
    pub(super) fn intern(&mut self, text: &str) -> usize {
        self.labels.push(reduce(text));
        self.labels.len() - 1
    }

    /// The item that covers a place, by beginning there or by its merge.
    pub(super) fn covering(&self, row: usize, col: usize) -> Option<&Item> {
        let within = |i: &&Item| (i.cols.0..=i.cols.1).contains(&col);
        let items = self.row(row);
        let here =
            items.get(..items.partition_point(|i| i.cols.0 <= col)).and_then(<[Item]>::last).filter(within);
        here.or_else(|| self.hanging.get(row)?.iter().filter_map(|&i| self.items.get(i)).find(within))
    }

    /// Whether a wholly blank column stood before this one.
    pub(super) fn gap_before(&self, col: usize) -> bool {
        self.gap_before.get(col).copied().unwrap_or(false)
    }

    /// The workbook's address of a place in the view.
    pub(super) fn address(&self, row: usize, col: usize) -> Option<CellRef> {
        let (&r, &c) = (self.row_of.get(row)?, self.col_of.get(col)?);
        Some(if self.on_its_side { CellRef::new(c, r) } else { CellRef::new(r, c) })
    }

    /// Leaves out what belongs to an earlier year in another view of the same sheet.
    pub(super) fn leave_out(&mut self, other: &View) {
        let out = other.items.iter().filter(|i| i.kind == Kind::Past);
        let out: BTreeSet<CellRef> = out.filter_map(|i| other.address(i.rows.0, i.cols.0)).collect();
        let at: Vec<Option<CellRef>> = self.items.iter().map(|i| self.address(i.rows.0, i.cols.0)).collect();
        for (item, at) in self.items.iter_mut().zip(at) {
            if at.is_some_and(|at| out.contains(&at)) {
                item.kind = Kind::Past;
            }
        }
    }

    /// The view's column of a column of the workbook, if something stands in it.
    pub(super) fn col_at(&self, col: u32) -> Option<usize> {
        self.col_of.binary_search(&col).ok()
    }

    /// A label as it stands in its cell.
    pub(super) fn raw(&self, label: usize) -> &str {
        &self.text(label).raw
    }

    /// The label at an index.
    pub(super) fn text(&self, label: usize) -> &Reduced {
        static NONE: Reduced = Reduced::none();
        self.labels.get(label).unwrap_or(&NONE)
    }
}

fn raw_items(sheet: &Sheet, on_its_side: bool, labels: &mut Interner) -> Vec<Raw> {
    let extents: HashMap<CellRef, CellRef> = sheet.merges.iter().map(|m| (m.first, m.last)).collect();
    let covered = Covered::new(sheet);
    let turn = |a: u32, b: u32| if on_its_side { (b, a) } else { (a, b) };
    let shown = sheet.cells.iter().filter(|(at, cell)| {
        let blank = cell.entry.is_blank() && cell.formula.is_none();
        !blank && !covered.hides(*at)
    });
    shown
        .map(|&(at, ref cell)| {
            let last = extents.get(&at).copied().unwrap_or(at);
            let (r1, c1) = turn(at.row, at.col);
            let (r2, c2) = turn(last.row, last.col);
            Raw {
                rows: (r1, r2),
                cols: (c1, c2),
                kind: kind(&cell.entry, labels),
                number: small_number(cell),
            }
        })
        .collect()
}

fn kind(entry: &Entry, labels: &mut Interner) -> Kind {
    match entry {
        Entry::Blank | Entry::Number(_) | Entry::Bool(_) | Entry::Error(_) => Kind::Number,
        Entry::Text(text) if number::is_placeholder(text) => Kind::Placeholder,
        Entry::Text(text) if number::read(text).is_some() => Kind::Number,
        Entry::Text(text) if text.chars().count() > LONGEST_LABEL => Kind::Prose,
        Entry::Text(text) => Kind::Label(labels.intern(text)),
    }
}

/// A whole number that was typed, and that may count lines.
fn small_number(cell: &Cell) -> Option<u32> {
    if cell.formula.is_some() {
        return None;
    }
    match &cell.entry {
        Entry::Number(n) if n.is_integer() => {
            u32::try_from(n.mantissa().checked_div(10i128.checked_pow(n.scale())?)?).ok()
        }
        Entry::Text(t) => t.trim_matches(['(', ')', '（', '）', ' ']).parse().ok(),
        _ => None,
    }
}

/// Labels by number: the same text is reduced and looked up once.
#[derive(Default)]
struct Interner {
    ids: HashMap<Box<str>, usize>,
    list: Vec<Reduced>,
}

impl Interner {
    fn intern(&mut self, text: &str) -> usize {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = self.list.len();
        self.list.push(reduce(text));
        self.ids.insert(text.into(), id);
        id
    }
}

/// Which cells lie under a merge without being its first.
struct Covered<'a> {
    merges: Vec<&'a crate::grid::Range>,
    tallest: u32,
}

impl<'a> Covered<'a> {
    fn new(sheet: &'a Sheet) -> Self {
        let mut merges: Vec<_> = sheet.merges.iter().collect();
        merges.sort_by_key(|m| m.first);
        let tallest = merges.iter().map(|m| m.height()).max().unwrap_or(0);
        Self { merges, tallest }
    }

    fn hides(&self, at: CellRef) -> bool {
        let from = at.row.saturating_sub(self.tallest);
        let to = self.merges.partition_point(|m| m.first.row <= at.row);
        let from = self.merges.partition_point(|m| m.first.row < from);
        self.merges.get(from..to).unwrap_or_default().iter().any(|m| m.contains(at) && m.first != at)
    }
}

/// The first and last kept line within an extent of the workbook.
fn extent(kept: &[u32], (first, last): (u32, u32)) -> (usize, usize) {
    let from = kept.partition_point(|&k| k < first);
    let to = kept.partition_point(|&k| k <= last);
    (from, to.saturating_sub(1).max(from))
}

/// Per kept column, whether a column before it is blank and under no merge.
fn gaps(raw: &[Raw], col_of: &[u32]) -> Vec<bool> {
    let mut reach: Vec<(u32, u32)> = raw.iter().map(|i| i.cols).collect();
    reach.sort_unstable();
    let mut gaps = Vec::with_capacity(col_of.len());
    let (mut next, mut covered_to) = (0, None);
    for &col in col_of {
        gaps.push(covered_to.is_some_and(|to: u32| to + 1 < col));
        while let Some(&(_, last)) = reach.get(next).filter(|(first, _)| *first <= col) {
            covered_to = Some(covered_to.map_or(last, |to: u32| to.max(last)));
            next += 1;
        }
    }
    gaps
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
