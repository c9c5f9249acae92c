//! A submission's tables as a page draws them: rows of boxes with their addresses, spans, texts and fields.
//!
//! Only sheets that hold a field or a finding are drawn, and of each the part around them. A text alone in its row
//! runs over the row, as office programs show it. What is wrong is not said here: findings name cells by address.

use crate::check::Submission;
use crate::finding::Outcome;
use crate::form::FieldIx;
use crate::grid::{Cell, CellRef, Entry, Range, Sheet, amount};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows and columns drawn around what matters; a sheet of notes may have thousands.
const AROUND: u32 = 12;
/// Columns drawn of a sheet at most.
const MOST_COLS: u32 = 64;
/// Rows drawn of a sheet at most.
const MOST_ROWS: u32 = 400;
/// Characters of a text that runs over its row.
const LONG: usize = 8;

/// One sheet.
#[derive(Debug, Serialize)]
pub struct Drawing {
    /// Its name.
    name: String,
    /// Names of the columns drawn, each with its width in characters where the file states it.
    cols: Vec<(String, Option<f64>)>,
    /// The rows drawn.
    rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Serialize)]
struct Row {
    /// Its number as office programs show it.
    n: u32,
    /// Whether the office has hidden it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    hidden: bool,
    cells: Vec<Boxed>,
}

/// One cell, or a merged range of them.
#[derive(Debug, Serialize)]
struct Boxed {
    /// Address of the first cell, such as `D4`.
    at: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "is_one")]
    cols: u32,
    #[serde(skip_serializing_if = "is_one")]
    rows: u32,
    /// Id and name of the field that stands here.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<(String, String)>,
    /// The formula without `=`.
    #[serde(skip_serializing_if = "Option::is_none")]
    formula: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    number: bool,
    /// Whether it lies within a table of the form, and so has borders.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inside: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_one(n: &u32) -> bool {
    *n == 1
}

/// The sheets of a submission that matter.
pub fn drawings(s: Submission<'_>, outcome: &Outcome) -> Vec<Drawing> {
    let sheets = s.book.sheets.iter().enumerate();
    sheets.filter_map(|(i, sheet)| Drawer::new(s, outcome, i, sheet).map(|d| d.draw())).collect()
}

struct Drawer<'a> {
    s: Submission<'a>,
    sheet: &'a Sheet,
    fields: BTreeMap<CellRef, FieldIx>,
    /// What the form's tables cover, headers included.
    tables: Vec<Range>,
    /// What is drawn.
    part: Range,
    merges: BTreeMap<CellRef, Range>,
}

impl<'a> Drawer<'a> {
    fn new(s: Submission<'a>, outcome: &Outcome, index: usize, sheet: &'a Sheet) -> Option<Self> {
        let placed = (0..).map(FieldIx).zip(&s.filled.readings);
        let fields: BTreeMap<CellRef, FieldIx> =
            placed.filter_map(|(ix, r)| r.place.filter(|p| p.sheet == index).map(|p| (p.at, ix))).collect();
        let found = outcome.findings.iter().flat_map(|f| &f.cells).filter(|p| p.sheet == sheet.name);
        let mut matters: Vec<CellRef> = found.map(|p| p.cell).collect();
        matters.extend(fields.keys().copied());
        let tables = tables(s, index, &fields);
        matters.extend(tables.iter().flat_map(|t| [t.first, t.last]));
        let part = part(sheet, &matters)?;
        let merges = sheet.merges.iter().filter(|m| m.overlaps(&part)).map(|m| (m.first, *m)).collect();
        Some(Self { s, sheet, fields, tables, part, merges })
    }

    fn draw(&self) -> Drawing {
        let Range { first, last } = self.part;
        let width =
            |col: u32| self.sheet.widths.iter().find(|(a, b, _)| (*a..=*b).contains(&col)).map(|(.., w)| *w);
        let cols = (first.col..=last.col).map(|c| (crate::grid::a1::column_name(c), width(c))).collect();
        let mut covered = BTreeSet::new();
        let rows = (first.row..=last.row).map(|row| self.row(row, &mut covered)).collect();
        Drawing { name: self.sheet.name.clone(), cols, rows }
    }

    fn row(&self, row: u32, covered: &mut BTreeSet<CellRef>) -> Row {
        let Range { first, last } = self.part;
        let mut cells = Vec::new();
        let mut col = first.col;
        while col <= last.col {
            let at = CellRef::new(row, col);
            if covered.contains(&at) {
                col += 1;
                continue;
            }
            let (cols, rows) = self.span(at);
            for r in row..row + rows {
                covered.extend((col..col + cols).map(|c| CellRef::new(r, c)).filter(|_| cols * rows > 1));
            }
            cells.push(self.boxed(at, cols, rows));
            col += cols;
        }
        Row { n: row + 1, hidden: self.sheet.row_hidden(row), cells }
    }

    /// How many columns and rows a box spans, within what is drawn.
    fn span(&self, at: CellRef) -> (u32, u32) {
        if let Some(merge) = self.merges.get(&at) {
            let last =
                CellRef::new(merge.last.row.min(self.part.last.row), merge.last.col.min(self.part.last.col));
            return (last.col - at.col + 1, last.row - at.row + 1);
        }
        (if self.is_alone(at) { self.part.last.col - at.col + 1 } else { 1 }, 1)
    }

    /// Whether a longer text stands alone in its row.
    fn is_alone(&self, at: CellRef) -> bool {
        let is_long = |c: &Cell| matches!(&c.entry, Entry::Text(t) if t.chars().count() > LONG);
        let mut others = self.sheet.row(at.row).iter().filter(|(r, c)| *r != at && !c.entry.is_blank());
        let merged = self.sheet.merges.iter().any(|m| (m.first.row..=m.last.row).contains(&at.row));
        !merged && others.next().is_none() && self.sheet.cell(at).is_some_and(is_long)
    }

    fn boxed(&self, at: CellRef, cols: u32, rows: u32) -> Boxed {
        let cell = self.sheet.cell(at);
        let field = self.fields.get(&at).and_then(|ix| {
            let field = self.s.form.field(*ix)?;
            Some((field.id.clone(), self.s.names().field(*ix).zh))
        });
        let value = self.fields.get(&at).and_then(|ix| self.s.filled.reading(*ix)).filter(|r| r.is_formula);
        let text = value.and_then(|r| r.value).map(amount::show);
        Boxed {
            at: at.to_string(),
            text: text.or_else(|| cell.and_then(|c| c.entry.raw())).unwrap_or_default(),
            cols,
            rows,
            number: cell.is_some_and(|c| matches!(c.entry, Entry::Number(_))) || field.is_some(),
            formula: cell.and_then(|c| c.formula.as_deref()).map(str::to_owned),
            inside: self.tables.iter().any(|t| t.contains(at)),
            field,
        }
    }
}

/// What each block of the form covers on a sheet: its labels and its fields.
fn tables(s: Submission<'_>, sheet: usize, fields: &BTreeMap<CellRef, FieldIx>) -> Vec<Range> {
    let mut corners: BTreeMap<(usize, usize), Vec<CellRef>> = BTreeMap::new();
    for line in s.mapping.lines.iter().filter(|l| l.label.0 == sheet) {
        corners.entry(line.block).or_default().push(line.label.1);
    }
    for (t, table) in s.form.tables.iter().enumerate() {
        for (b, block) in table.blocks.iter().enumerate() {
            let own = fields.iter().filter(|(_, ix)| block.fields.contains(ix)).map(|(at, _)| *at);
            let own: Vec<CellRef> = own.collect();
            if !own.is_empty() {
                corners.entry((t, b)).or_default().extend(own);
            }
        }
    }
    let merges = s.book.sheets.get(sheet).map_or(&[][..], |s| &s.merges);
    corners.values().filter_map(|cells| around(cells)).map(|range| whole(range, merges)).collect()
}

/// A range with all of the merged ranges that reach into it: header cells above the form's labels.
fn whole(mut range: Range, merges: &[Range]) -> Range {
    while let Some(merge) = merges.iter().find(|m| m.overlaps(&range) && !within(m, &range)) {
        let corners = [range.first, range.last, merge.first, merge.last];
        range = around(&corners).unwrap_or(range);
    }
    range
}

fn within(inner: &Range, outer: &Range) -> bool {
    outer.contains(inner.first) && outer.contains(inner.last)
}

fn around(cells: &[CellRef]) -> Option<Range> {
    let (rows, cols) = (cells.iter().map(|c| c.row), cells.iter().map(|c| c.col));
    let first = CellRef::new(rows.clone().min()?, cols.clone().min()?);
    Some(Range { first, last: CellRef::new(rows.max()?, cols.max()?) })
}

/// The part of a sheet to draw: what matters and what stands around it.
fn part(sheet: &Sheet, matters: &[CellRef]) -> Option<Range> {
    let near = around(matters)?;
    let filled: Vec<CellRef> = sheet
        .cells
        .iter()
        .filter(|(at, cell)| {
            let in_rows = at.row + AROUND >= near.first.row && at.row <= near.last.row + AROUND;
            let in_cols = at.col + AROUND >= near.first.col && at.col <= near.last.col + AROUND;
            in_rows && in_cols && !cell.entry.is_blank()
        })
        .map(|(at, _)| *at)
        .chain([near.first, near.last])
        .collect();
    let all = around(&filled)?;
    let last = CellRef::new(
        all.last.row.min(all.first.row + MOST_ROWS - 1),
        all.last.col.min(all.first.col + MOST_COLS - 1),
    );
    Some(Range { first: all.first, last })
}
