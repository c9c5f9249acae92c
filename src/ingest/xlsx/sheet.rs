//! One worksheet, in one pass over its XML: cells, merges, hidden rows and columns, widths.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::super::formats::Formats;
use super::super::room::Room;
use super::super::settle::{Notes, hide};
use super::super::xml::{
    Events, Part, attr, attributes, flag, is_true, local, push_reference, unescape_xstring,
};
use super::super::{failure, limits::Limits};
use super::shared;
use crate::finding::Failure;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};
use crate::grid::{Cell, CellRef, Entry, NoteKind, Sheet, amount};

/// What a sheet's cells refer to.
pub(super) struct Context<'a> {
    pub(super) strings: &'a [Box<str>],
    pub(super) formats: &'a Formats,
    pub(super) limits: &'a Limits,
}

/// Where text that comes next belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Nowhere,
    Value,
    Formula,
    Inline,
}

/// How a cell says that its value is to be read (`t`).
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Number,
    Shared,
    Inline,
    /// `str`, `d`, and whatever no standard knows.
    Plain,
    Bool,
    Error,
}

/// The cell being read; its buffers are used again for the next.
#[allow(clippy::struct_excessive_bools, reason = "what has been seen of the cell so far")]
#[derive(Default)]
struct Pending {
    at: CellRef0,
    open: bool,
    kind: Kind,
    style: usize,
    has_value: bool,
    has_inline: bool,
    formula: Option<Formula>,
    malformed: bool,
    value: String,
    formula_text: String,
}

type CellRef0 = (u32, u32);

/// Cells without content, such as formatted ones, that may stand for each that a workbook may have.
const EMPTY_FOR_ONE: usize = 4;

/// What the opening tag of a formula says.
#[derive(Clone, Copy)]
enum Formula {
    Own,
    Shared(u32),
    /// A data table's: the cell has a value and no formula of its own.
    Table,
}

struct State<'a, 'c> {
    context: &'c Context<'c>,
    room: &'a mut Room,
    sheet: &'a mut Sheet,
    notes: &'a mut Notes,
    cell: Pending,
    text: Text,
    phonetic: usize,
    /// Row and column that a row or cell without `r` takes.
    next: (u32, u32),
    masters: BTreeMap<u32, (CellRef0, Box<str>)>,
    /// Cells whose shared formula has not come yet, as indices into the sheet's.
    orphans: Vec<(u32, usize)>,
    /// Cells so far, with or without content.
    seen: usize,
}

/// Reads a worksheet's XML into `sheet`; cells stand in the file's order.
pub(super) fn read(
    mut xml: Part<'_>,
    part: &str,
    context: &Context<'_>,
    room: &mut Room,
    sheet: &mut Sheet,
    notes: &mut Notes,
) -> Result<(), Failure> {
    let mut events = Events::new(part, &mut xml, context.limits);
    let mut state = State {
        context,
        room,
        sheet,
        notes,
        cell: Pending::default(),
        text: Text::Nowhere,
        phonetic: 0,
        next: (0, 0),
        masters: BTreeMap::new(),
        orphans: Vec::new(),
        seen: 0,
    };
    while let Some(event) = events.next()? {
        match event {
            Event::Start(e) => state.open(&e, part)?,
            Event::Empty(e) => {
                state.open(&e, part)?;
                state.close(local(e.name().as_ref()))?;
            }
            Event::End(e) => state.close(local(e.name().as_ref()))?,
            Event::Text(t) if state.text != Text::Nowhere => state.push(&t.xml10_content())?,
            Event::CData(t) if state.text != Text::Nowhere => state.push(&t.xml10_content())?,
            Event::GeneralRef(r) if state.text != Text::Nowhere => push_reference(state.buffer(), &r),
            _ => {}
        }
    }
    state.adopt_orphans()
}

impl State<'_, '_> {
    fn buffer(&mut self) -> &mut String {
        if self.text == Text::Formula { &mut self.cell.formula_text } else { &mut self.cell.value }
    }

    fn push(&mut self, text: &str) -> Result<(), Failure> {
        let buffer = self.buffer();
        buffer.push_str(text);
        let len = buffer.len();
        self.room.check(len)
    }

    fn open(&mut self, e: &BytesStart<'_>, part: &str) -> Result<(), Failure> {
        match local(e.name().as_ref()) {
            "c" if self.cell.open => return Err(failure::damaged(part)),
            "c" => self.open_cell(e)?,
            // A cell that holds both a value and a text of its own is what its kind says.
            "v" if self.cell.open && self.cell.kind != Kind::Inline => {
                self.cell.malformed |= self.cell.has_value || self.cell.has_inline;
                self.cell.has_value = true;
                self.text = Text::Value;
            }
            "is" if self.cell.open => self.cell.malformed |= self.cell.has_inline,
            "t" if self.cell.open && self.phonetic == 0 && !self.cell.has_value => {
                self.cell.has_inline = true;
                self.text = Text::Inline;
            }
            "f" if self.cell.open => self.open_formula(e),
            "rPh" => self.phonetic += 1,
            "row" => self.open_row(e)?,
            "col" => self.column(e),
            "mergeCell" => self.merge(e)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        match name {
            "v" | "t" | "f" => self.text = Text::Nowhere,
            "rPh" => self.phonetic = self.phonetic.saturating_sub(1),
            "c" if self.cell.open => return self.close_cell(),
            "row" => self.next = (self.next.0.saturating_add(1), 0),
            _ => {}
        }
        Ok(())
    }

    fn open_row(&mut self, e: &BytesStart<'_>) -> Result<(), Failure> {
        let (mut row, mut hidden) = (self.next.0, false);
        for (name, value) in attributes(e) {
            match name {
                "r" => match value.trim().parse::<u32>() {
                    Ok(r) if (1..=MAX_ROWS).contains(&r) => row = r - 1,
                    _ => {}
                },
                "hidden" => hidden |= is_true(value),
                "ht" => hidden |= value.parse::<f64>() == Ok(0.0),
                _ => {}
            }
        }
        if row >= MAX_ROWS {
            return Err(failure::too_large("行或列过多", "too many rows or columns"));
        }
        self.next = (row, 0);
        if hidden {
            hide(&mut self.sheet.hidden_rows, row, row);
        }
        Ok(())
    }

    fn open_cell(&mut self, e: &BytesStart<'_>) -> Result<(), Failure> {
        // cells without content take no room, but time
        self.seen += 1;
        if self.seen / EMPTY_FOR_ONE > self.context.limits.cells {
            return Err(failure::too_large("单元格过多", "too many cells"));
        }
        let cell = &mut self.cell;
        cell.value.clear();
        cell.formula_text.clear();
        (cell.open, cell.kind, cell.style, cell.formula) = (true, Kind::Number, 0, None);
        (cell.has_value, cell.has_inline, cell.malformed) = (false, false, false);
        cell.at = self.next;
        for (name, value) in attributes(e) {
            match name {
                "r" => match position(value) {
                    Some(at) => cell.at = at,
                    None => cell.malformed = true,
                },
                "s" => cell.style = value.parse().unwrap_or(0),
                "t" => {
                    cell.kind = match value {
                        "s" => Kind::Shared,
                        "n" => Kind::Number,
                        "str" | "d" => Kind::Plain,
                        "inlineStr" => Kind::Inline,
                        "b" => Kind::Bool,
                        "e" => Kind::Error,
                        _ => {
                            cell.malformed = true;
                            Kind::Plain
                        }
                    }
                }
                _ => {}
            }
        }
        self.next.1 = cell.at.1.saturating_add(1);
        Ok(())
    }

    fn open_formula(&mut self, e: &BytesStart<'_>) {
        self.text = Text::Formula;
        let kind = attr(e, "t");
        self.cell.formula = Some(match kind.as_deref() {
            Some("shared") => {
                attr(e, "si").and_then(|si| si.parse().ok()).map_or(Formula::Own, Formula::Shared)
            }
            Some("dataTable") => Formula::Table,
            _ => Formula::Own,
        });
    }

    fn close_cell(&mut self) -> Result<(), Failure> {
        self.cell.open = false;
        self.text = Text::Nowhere;
        let (entry, good) = self.entry();
        let formula = self.formula();
        if entry == Entry::Blank && formula.is_none() {
            return Ok(());
        }
        let (row, col) = self.cell.at;
        if row >= MAX_ROWS || col >= MAX_COLS {
            return Err(failure::too_large("行或列过多", "too many rows or columns"));
        }
        let at = CellRef::new(row, col);
        if !good || self.cell.malformed {
            self.notes.add(&self.sheet.name, at, NoteKind::Malformed);
        }
        let cell = Cell { entry, formula, format: self.context.formats.of(self.cell.style) };
        self.room.take(&cell)?;
        if let (Entry::Text(_), Some(steps)) = (&cell.entry, self.context.formats.indent_of(self.cell.style))
        {
            self.sheet.indents.push((at, steps));
        }
        self.sheet.cells.push((at, cell));
        Ok(())
    }

    /// The cell's value, and whether it read as its kind says.
    fn entry(&mut self) -> (Entry, bool) {
        let cell = &mut self.cell;
        let kind = if cell.has_inline && !cell.has_value { Kind::Inline } else { cell.kind };
        if cell.value.is_empty() {
            return match kind {
                // An empty text that a formula gives is a text; without one it is nothing.
                Kind::Plain if cell.formula.is_some() && cell.has_value => (Entry::Text("".into()), true),
                _ => (Entry::Blank, true),
            };
        }
        match kind {
            Kind::Number => match amount::from_text(&cell.value) {
                Some(number) => (Entry::Number(number), true),
                None if cell.value.trim().is_empty() => (Entry::Blank, true),
                None => (Entry::Text(cell.value.as_str().into()), false),
            },
            Kind::Shared => {
                let index = cell.value.trim().parse::<usize>().ok();
                match index.and_then(|i| self.context.strings.get(i)) {
                    Some(text) if text.is_empty() => (Entry::Blank, true),
                    Some(text) => (Entry::Text(text.clone()), true),
                    None => (Entry::Text(cell.value.as_str().into()), false),
                }
            }
            Kind::Inline | Kind::Plain => {
                (Entry::Text(unescape_xstring(std::mem::take(&mut cell.value)).into_boxed_str()), true)
            }
            Kind::Bool => match cell.value.trim() {
                "1" | "true" | "TRUE" => (Entry::Bool(true), true),
                "0" | "false" | "FALSE" => (Entry::Bool(false), true),
                _ => (Entry::Text(cell.value.as_str().into()), false),
            },
            Kind::Error => (Entry::Error(cell.value.trim().into()), true),
        }
    }

    /// The cell's formula, shared ones moved to where it stands.
    fn formula(&mut self) -> Option<Box<str>> {
        let text = self.cell.formula_text.trim();
        match self.cell.formula? {
            Formula::Table => None,
            Formula::Own => Some(text.into()),
            Formula::Shared(si) if !text.is_empty() => {
                self.masters.entry(si).or_insert_with(|| (self.cell.at, text.into()));
                Some(text.into())
            }
            Formula::Shared(si) => match self.masters.get(&si) {
                Some((from, master)) => Some(moved(master, *from, self.cell.at)),
                None => {
                    self.orphans.push((si, self.sheet.cells.len()));
                    Some("".into())
                }
            },
        }
    }

    /// Gives their formulas to cells that stand before the one that holds it.
    fn adopt_orphans(&mut self) -> Result<(), Failure> {
        for (si, index) in std::mem::take(&mut self.orphans) {
            if let (Some((from, master)), Some((at, cell))) =
                (self.masters.get(&si), self.sheet.cells.get_mut(index))
                && cell.formula.as_deref() == Some("")
            {
                let text = moved(master, *from, (at.row, at.col));
                self.room.text(&text)?;
                cell.formula = Some(text);
            }
        }
        Ok(())
    }

    fn column(&mut self, e: &BytesStart<'_>) {
        let bound = |name| attr(e, name).and_then(|v| v.parse::<u32>().ok());
        let (Some(first), Some(last)) = (bound("min"), bound("max")) else { return };
        let (Some(first), Some(last)) = (first.checked_sub(1), last.checked_sub(1)) else { return };
        let last = last.min(MAX_COLS - 1);
        if first > last || self.sheet.widths.len() > MAX_COLS as usize {
            return;
        }
        let width = attr(e, "width").and_then(|w| w.parse::<f64>().ok()).filter(|w| w.is_finite());
        if let Some(width) = width {
            self.sheet.widths.push((first, last, width));
        }
        if flag(e, "hidden") || width == Some(0.0) {
            hide(&mut self.sheet.hidden_cols, first, last);
        }
    }

    /// A merged range; a reference that does not parse merges nothing.
    fn merge(&mut self, e: &BytesStart<'_>) -> Result<(), Failure> {
        if let Some(range) = attr(e, "ref").and_then(|r| r.parse::<crate::grid::Range>().ok())
            && range.first != range.last
        {
            if self.sheet.merges.len() >= self.context.limits.merges {
                return Err(failure::too_many_merges());
            }
            self.sheet.merges.push(range);
        }
        Ok(())
    }
}

fn moved(master: &str, from: CellRef0, to: CellRef0) -> Box<str> {
    let delta = |a: u32, b: u32| i64::from(b) - i64::from(a);
    shared::moved(master, delta(from.0, to.0), delta(from.1, to.1)).into_boxed_str()
}

/// Row and column of a cell's address, quickly.
fn position(text: &str) -> Option<CellRef0> {
    text.trim().parse::<CellRef>().ok().map(|at| (at.row, at.col))
}
