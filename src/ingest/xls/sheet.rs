//! The records of one worksheet: cells, merges, hidden rows and columns, widths.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::bytes::{array, f64_at, u8_at, u16_at, u32_at};
use super::super::formats::Formats;
use super::super::room::Room;
use super::super::settle::{Notes, hide};
use super::super::{failure, limits::Limits};
use super::formula::{self, Sheets};
use super::records::{Record, Records, Texts};
use crate::finding::Failure;
use crate::grid::{Cell, CellRef, Entry, NoteKind, Range, Sheet, amount};

/// What cells refer to.
pub(super) struct Context<'a> {
    pub(super) texts: Texts,
    pub(super) strings: &'a [String],
    pub(super) formats: &'a Formats,
    pub(super) sheets: &'a Sheets,
    pub(super) limits: &'a Limits,
}

struct State<'a, 'c> {
    context: &'c Context<'c>,
    room: &'a mut Room,
    /// What went beyond a bound within a record.
    full: Option<Failure>,
    sheet: &'a mut Sheet,
    notes: &'a mut Notes,
    /// Tokens of shared and array formulas by their first cell.
    shared: BTreeMap<CellRef, Vec<u8>>,
    /// Cells that take part in one, by their index among the sheet's cells.
    members: Vec<(usize, CellRef)>,
    /// The formula cell whose text comes in a record of its own.
    awaits_text: Option<usize>,
}

/// Reads from the sheet's first record to its last; gives the bytes read.
pub(super) fn read(
    stream: &[u8],
    at: usize,
    context: &Context<'_>,
    room: &mut Room,
    sheet: &mut Sheet,
    notes: &mut Notes,
) -> Result<usize, Failure> {
    let mut records = Records::from(stream, at);
    let mut state = State {
        context,
        room,
        full: None,
        sheet,
        notes,
        shared: BTreeMap::new(),
        members: Vec::new(),
        awaits_text: None,
    };
    // Charts on a sheet are streams within its stream.
    let mut depth = 0usize;
    while let Some(record) = records.next() {
        match record.kind {
            0x0809 => depth += 1,
            0x000A if depth <= 1 => {
                state.expand()?;
                return Ok(records.at - at);
            }
            0x000A => depth -= 1,
            _ if depth == 1 => {
                // A record that is too short says nothing.
                let _ = state.record(&record);
                if let Some(full) = state.full.take() {
                    return Err(full);
                }
                if state.sheet.merges.len() > context.limits.merges {
                    return Err(failure::too_many_merges());
                }
            }
            _ if depth == 0 => break,
            _ => {}
        }
    }
    Err(failure::damaged(&state.sheet.name))
}

impl State<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Option<()> {
        let data = record.data;
        match record.kind {
            0x0203 => {
                let number = f64_at(data, 6)?;
                self.number(data, 0, amount::from_f64(number), number.to_string())?;
            }
            0x027E => self.packed(data, u16_at(data, 2)?, 4)?,
            0x00BD => {
                let count = data.len().saturating_sub(6) / 6;
                for i in 0..count {
                    let col = u16_at(data, 2)?.checked_add(u16::try_from(i).ok()?)?;
                    self.packed(data, col, 4 + i * 6)?;
                }
            }
            0x00FD => self.shared_text(data)?,
            0x0204 | 0x00D6 => {
                let text = self.context.texts.read(data, 6, true)?;
                self.push(data, 0, text_entry(text), None)?;
            }
            0x0205 => {
                let value = u8_at(data, 6)?;
                let entry = if u8_at(data, 7)? == 0 { Entry::Bool(value != 0) } else { error(value) };
                self.push(data, 0, entry, None)?;
            }
            0x0006 | 0x0206 | 0x0406 => self.formula(data)?,
            0x0207 => {
                let text = self.context.texts.read(data, 0, true)?;
                let index = self.awaits_text.take()?;
                self.full = self.room.text(&text).err();
                self.sheet.cells.get_mut(index)?.1.entry = Entry::Text(text.into());
            }
            0x04BC => self.keep_shared(data, 8)?,
            0x0221 => self.keep_shared(data, 12)?,
            0x0208 => {
                let row = u32::from(u16_at(data, 0)?);
                if u16_at(data, 12)? & 0x20 != 0 {
                    hide(&mut self.sheet.hidden_rows, row, row);
                }
            }
            0x007D => self.columns(data)?,
            0x00E5 => self.merges(data)?,
            _ => {}
        }
        Some(())
    }

    /// A cell whose address and style stand at the record's start; `shift` columns to the right of it.
    fn push(&mut self, data: &[u8], shift: u16, entry: Entry, formula: Option<Box<str>>) -> Option<()> {
        let col = u16_at(data, 2)?.checked_add(shift)?;
        let at = CellRef::new(u32::from(u16_at(data, 0)?), u32::from(col));
        self.push_at(at, u16_at(data, 4)?, entry, formula);
        Some(())
    }

    fn push_at(&mut self, at: CellRef, style: u16, entry: Entry, formula: Option<Box<str>>) {
        if entry == Entry::Blank && formula.is_none() {
            return;
        }
        // These sheets have 256 columns.
        if at.col > 255 {
            self.notes.add(&self.sheet.name, at, NoteKind::Malformed);
            return;
        }
        let cell = Cell { entry, formula, format: self.context.formats.of(usize::from(style)) };
        match self.room.take(&cell) {
            Ok(()) => self.sheet.cells.push((at, cell)),
            Err(full) => self.full = Some(full),
        }
    }

    fn number(&mut self, data: &[u8], shift: u16, value: Option<Decimal>, text: String) -> Option<()> {
        self.push(data, shift, number_entry(value, text), None)
    }

    /// A number in 30 bits ([MS-XLS] 2.5.217 RkNumber), with its style before it.
    fn packed(&mut self, data: &[u8], col: u16, at: usize) -> Option<()> {
        let (style, packed) = (u16_at(data, at)?, u32_at(data, at + 2)?);
        let value = super::super::xlsb::packed(packed);
        let cell = CellRef::new(u32::from(u16_at(data, 0)?), u32::from(col));
        self.push_at(cell, style, number_entry(value, packed.to_string()), None);
        Some(())
    }

    fn shared_text(&mut self, data: &[u8]) -> Option<()> {
        let index = u32_at(data, 6)?;
        let entry = match self.context.strings.get(index as usize) {
            Some(text) => text_entry(text.clone()),
            None => {
                let at = CellRef::new(u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?));
                self.notes.add(&self.sheet.name, at, NoteKind::Malformed);
                Entry::Text(index.to_string().into())
            }
        };
        self.push(data, 0, entry, None)
    }

    fn formula(&mut self, data: &[u8]) -> Option<()> {
        let at = CellRef::new(u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?));
        let value: [u8; 8] = array(data, 6)?;
        self.awaits_text = None;
        let entry = match value {
            [0, _, _, _, _, _, 0xFF, 0xFF] => {
                self.awaits_text = Some(self.sheet.cells.len());
                Entry::Text("".into())
            }
            [1, _, b, _, _, _, 0xFF, 0xFF] => Entry::Bool(b != 0),
            [2, _, e, _, _, _, 0xFF, 0xFF] => error(e),
            [3, _, _, _, _, _, 0xFF, 0xFF] => Entry::Text("".into()),
            _ => {
                let number = f64::from_le_bytes(value);
                number_entry(amount::from_f64(number), number.to_string())
            }
        };
        let tokens = data.get(22..).unwrap_or_default();
        let tokens = tokens.get(..usize::from(u16_at(data, 20)?).min(tokens.len())).unwrap_or_default();
        let text = if let ([1, ..], Some(row), Some(col)) = (tokens, u16_at(tokens, 1), u16_at(tokens, 3)) {
            self.members.push((self.sheet.cells.len(), CellRef::new(u32::from(row), u32::from(col))));
            None
        } else {
            formula::text(tokens, at, self.context.sheets, self.context.texts)
        };
        self.push(data, 0, entry, Some(text.unwrap_or_default().into()))
    }

    fn keep_shared(&mut self, data: &[u8], length_at: usize) -> Option<()> {
        let first = CellRef::new(u32::from(u16_at(data, 0)?), u32::from(u8_at(data, 4)?));
        let len = usize::from(u16_at(data, length_at)?);
        let tokens = data.get(length_at + 2..)?;
        self.shared.insert(first, tokens.get(..len.min(tokens.len()))?.to_vec());
        Some(())
    }

    /// Gives the cells of shared formulas their own text.
    fn expand(&mut self) -> Result<(), Failure> {
        for (index, first) in std::mem::take(&mut self.members) {
            if let (Some(tokens), Some((at, cell))) =
                (self.shared.get(&first), self.sheet.cells.get_mut(index))
                && let Some(text) = formula::text(tokens, *at, self.context.sheets, self.context.texts)
            {
                self.room.text(&text)?;
                cell.formula = Some(text.into());
            }
        }
        Ok(())
    }

    fn columns(&mut self, data: &[u8]) -> Option<()> {
        let (first, last) = (u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?.min(255)));
        if first > last || self.sheet.widths.len() > 256 {
            return None;
        }
        let width = u16_at(data, 4)?;
        self.sheet.widths.push((first, last, f64::from(width) / 256.0));
        if u16_at(data, 8)? & 1 == 1 || width == 0 {
            hide(&mut self.sheet.hidden_cols, first, last);
        }
        Some(())
    }

    /// Merged ranges, as many as the record has bytes for.
    fn merges(&mut self, data: &[u8]) -> Option<()> {
        for range in data.get(2..)?.chunks_exact(8) {
            let n = |at| u16_at(range, at).map(u32::from);
            let merge = Range::new(CellRef::new(n(0)?, n(4)?), CellRef::new(n(2)?, n(6)?));
            if merge.first != merge.last {
                self.sheet.merges.push(merge);
            }
        }
        Some(())
    }
}

fn number_entry(value: Option<Decimal>, text: String) -> Entry {
    value.map_or_else(|| Entry::Text(text.into()), Entry::Number)
}

fn text_entry(text: String) -> Entry {
    if text.is_empty() { Entry::Blank } else { Entry::Text(text.into()) }
}

fn error(code: u8) -> Entry {
    Entry::Error(super::super::xlsb::error(code).into())
}
