//! What people call the places of a form: "表三“（一）予以公开”行“自然人”列".

use super::Submission;
use crate::finding::{Certainty, Change, Place, Text};
use crate::form::{Block, Field, FieldIx, Form, Line, Table};
use crate::mapping::Axis;
use rust_decimal::Decimal;
use std::borrow::Cow;

/// Names of fields and lines of one form.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The form.
    pub form: &'a Form,
}

impl Names<'_> {
    /// A field as people would say it: its row and its column, each by as many labels as tell it from the others.
    pub fn field(&self, ix: FieldIx) -> Text {
        let table = self.table_of(ix);
        let row = Some(self.row_name(ix)).filter(|row| !row.is_empty());
        let col = self.col_with(ix, 1 + usize::from(row.is_none()));
        match (row, col) {
            (Some(row), Some(col)) => Text::new(
                format!("{table}“{row}”行“{col}”列"),
                format!("{table}, row “{row}”, column “{col}”"),
            ),
            (None, Some(col)) => Text::new(format!("{table}“{col}”"), format!("{table}, “{col}”")),
            _ => Text::new(table, table),
        }
    }

    /// The table of a field.
    pub fn table_of(&self, ix: FieldIx) -> &str {
        let field = self.form.fields.get(ix.0 as usize);
        field.and_then(|f| self.form.tables.get(f.table)).map_or("", |t| t.name.as_str())
    }

    /// The row of a field, by as many of its labels as no other row has.
    pub fn row_name(&self, ix: FieldIx) -> String {
        let row = block_of(self.form, ix)
            .and_then(|(field, b)| Some(told_apart(b.rows.get(field.row)?, &b.rows, 1)));
        row.unwrap_or_default()
    }

    /// The column of a field, by as many of its labels as no other column has.
    pub fn col_name(&self, ix: FieldIx) -> String {
        self.col_with(ix, 1).unwrap_or_default()
    }

    fn col_with(self, ix: FieldIx, least: usize) -> Option<String> {
        block_of(self.form, ix)
            .and_then(|(field, b)| Some(told_apart(b.cols.get(field.col)?, &b.cols, least)))
    }

    /// The row or column that some fields stand in: "表三“总计”列".
    pub fn line_of(&self, fields: &[FieldIx]) -> Text {
        let at = |f: &FieldIx| self.form.field(*f).map(|f| (f.table, f.block, f.row, f.col));
        let Some(&first) = fields.first() else { return Text::default() };
        let table = self.table_of(first);
        if fields.iter().all(|f| at(f).map(|a| (a.0, a.1, a.2)) == at(&first).map(|a| (a.0, a.1, a.2))) {
            let name = self.row_name(first);
            Text::new(format!("{table}“{name}”行"), format!("{table}, row “{name}”,"))
        } else {
            let name = self.col_name(first);
            Text::new(format!("{table}“{name}”列"), format!("{table}, column “{name}”,"))
        }
    }

    /// The column of a field, by its innermost label.
    pub fn col_leaf(&self, ix: FieldIx) -> String {
        self.lines_of(ix).and_then(|(_, col)| col).map(leaf).unwrap_or_default()
    }

    /// The group of columns that a field stands in.
    pub fn group_name(&self, ix: FieldIx) -> String {
        let group = self.lines_of(ix).and_then(|(_, col)| col).and_then(|c| c.path.iter().nth_back(1));
        group.map(|l| short(&l.text).into_owned()).unwrap_or_default()
    }

    /// How many rows the block of a field has.
    pub fn rows(&self, ix: FieldIx) -> usize {
        let field = self.form.fields.get(ix.0 as usize);
        let block = field.and_then(|f| self.form.tables.get(f.table)?.blocks.get(f.block));
        block.map_or(0, |b| b.rows.len())
    }

    fn lines_of(&self, ix: FieldIx) -> Option<(Option<&Line>, Option<&Line>)> {
        let field = self.form.fields.get(ix.0 as usize)?;
        let block = self.form.tables.get(field.table)?.blocks.get(field.block)?;
        Some((block.rows.get(field.row), block.cols.get(field.col)))
    }

    /// A line of a block.
    pub fn line(&self, table: usize, block: usize, axis: Axis, line: usize) -> String {
        let block = self.form.tables.get(table).and_then(|t| t.blocks.get(block));
        let lines = block.map_or(&[][..], |b| if axis == Axis::Row { &b.rows } else { &b.cols });
        lines.get(line).map(|l| told_apart(l, lines, 2)).unwrap_or_default()
    }

    /// The table's name.
    pub fn table(&self, table: usize) -> Text {
        let named =
            |t: &Table| Text::new(format!("{}（{}）", t.name, t.title), format!("{} ({})", t.name, t.title));
        self.form.tables.get(table).map(named).unwrap_or_default()
    }
}

/// A field with the block that it stands in.
fn block_of(form: &Form, ix: FieldIx) -> Option<(&Field, &Block)> {
    let field = form.field(ix)?;
    Some((field, form.block_of(field)?))
}

/// The innermost label of a line, shortened at its first bracketed remark.
fn leaf(line: &Line) -> String {
    line.path.last().map(|l| short(&l.text).into_owned()).unwrap_or_default()
}

/// A line by its innermost labels: so many at least, and more until no other line has the same.
fn told_apart(line: &Line, lines: &[Line], least: usize) -> String {
    fn labels(line: &Line) -> Vec<Cow<'_, str>> {
        line.path.iter().map(|l| short(&l.text)).collect()
    }
    let own = labels(line);
    let first = |l: &Line| l.path.last().and_then(|l| l.text.chars().next());
    let has_leaf =
        |l: &Line| first(l) == first(line) && l.path.last().map(|l| short(&l.text)).as_ref() == own.last();
    let alike = |l: &&Line| l.id != line.id && l.replaces.is_empty() && has_leaf(l);
    let others: Vec<Vec<Cow<'_, str>>> = lines.iter().filter(alike).map(labels).collect();
    let inner = |depth: usize| own.get(own.len().saturating_sub(depth)..).unwrap_or_default();
    let tells = |depth: &usize| others.iter().all(|o| !o.ends_with(inner(*depth)));
    let depth = (least..own.len()).find(tells).unwrap_or(own.len());
    inner(depth).join(" / ")
}

/// A label without the remark in brackets at its end; long ones are cut where a clause ends.
fn short(text: &str) -> Cow<'_, str> {
    let cut = text.char_indices().find(|&(i, c)| i > 0 && c == '（').map(|(i, _)| i);
    let text = cut.filter(|i| *i > 6).and_then(|i| text.get(..i)).unwrap_or(text);
    match text.split_once('、') {
        Some((head, _)) if head.chars().count() > 8 => Cow::Owned(format!("{head}…")),
        _ => Cow::Borrowed(text),
    }
}

impl Submission<'_> {
    /// The names of this submission's form.
    pub fn names(&self) -> Names<'_> {
        Names { form: self.form }
    }

    /// The id of a field.
    pub fn id(&self, ix: FieldIx) -> String {
        self.form.fields.get(ix.0 as usize).map(|f| f.id.clone()).unwrap_or_default()
    }

    /// The formula (without `=`) that stands in a field's cell.
    pub fn formula(&self, ix: FieldIx) -> Option<&str> {
        let place = self.filled.reading(ix)?.place?;
        self.book.sheets.get(place.sheet)?.cell(place.at)?.formula.as_deref()
    }

    /// The cell of a field, if it was located.
    pub fn cell(&self, ix: FieldIx) -> Option<Place> {
        let placed = self.filled.reading(ix)?.place?;
        self.place(placed.sheet, placed.at)
    }

    /// What was entered in a field where that is no number, or more than one (约30次).
    pub fn entered_text(&self, ix: FieldIx) -> Option<String> {
        let reading = self.filled.reading(ix)?;
        let raw = reading.raw.as_ref().filter(|raw| !raw.trim().is_empty())?;
        let says_more = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-' | ' ');
        (reading.value.is_none() || raw.contains(says_more)).then(|| raw.clone())
    }

    /// A change of what stands in a field's cell to a number; none where the field has no cell.
    pub fn change(&self, ix: FieldIx, to: Decimal, certainty: Certainty, why: Text) -> Option<Change> {
        let (field, cell, text) = (self.id(ix), self.cell(ix)?, self.entered_text(ix));
        let from = self.filled.reading(ix).and_then(|r| r.value);
        Some(Change { field, cell, from, text, to, formula: None, certainty, why })
    }

    /// A cell of a sheet.
    pub fn place(&self, sheet: usize, cell: crate::grid::CellRef) -> Option<Place> {
        self.book.sheets.get(sheet).map(|s| Place { sheet: s.name.clone(), cell })
    }

    /// Ids and cells of fields, for a finding.
    pub fn spots(&self, fields: &[FieldIx]) -> (Vec<String>, Vec<Place>) {
        (fields.iter().map(|f| self.id(*f)).collect(), fields.iter().filter_map(|f| self.cell(*f)).collect())
    }
}

/// Of a list, so many are named.
const SHOWN: usize = 3;

/// The first few of fields, with how many there are in all.
pub(super) fn listed_fields(names: Names, fields: &[FieldIx]) -> Text {
    let texts: Vec<Text> = fields.iter().take(SHOWN).map(|f| names.field(*f)).collect();
    listed_texts(&texts, fields.len())
}

/// The first few of `n` texts, with how many there are in all.
pub(super) fn listed_texts(texts: &[Text], n: usize) -> Text {
    first_of(Text::join(texts.iter().take(SHOWN), "、", ", "), n)
}

/// The first few of a list, with how many there are in all.
pub(super) fn listed(names: &[String]) -> Text {
    let shown = names.get(..SHOWN.min(names.len())).unwrap_or_default();
    first_of(Text::new(shown.join("、"), shown.join(", ")), names.len())
}

/// The first few of some rows or columns, with how many there are in all: “甲”、“乙”、“丙”等 5 行.
pub(super) fn listed_lines(names: &[String], axis: Axis) -> Text {
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    let (zh, en) = if axis == Axis::Row { ("行", "row") } else { ("列", "column") };
    let shown = quoted.get(..SHOWN.min(quoted.len())).unwrap_or_default();
    let (n, listed) = (quoted.len(), listed(&quoted));
    let zh =
        if n > SHOWN { format!("{}等 {n} {zh}", shown.join("、")) } else { format!("{}{zh}", listed.zh) };
    Text::new(zh, format!("{en} {}", listed.en))
}

/// These of `n` names.
fn first_of(shown: Text, n: usize) -> Text {
    if n <= SHOWN {
        return shown;
    }
    let Text { zh, en } = shown;
    Text::new(format!("{zh}等 {n} 处"), format!("{en} and others, {n} in all"))
}
