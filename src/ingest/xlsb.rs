//! Excel's binary workbook ([MS-XLSB]): records of the sheet parts, read one after the other.
//!
//! Formulas are known to be there, not what they say: their cached values stand. Not through a general reader,
//! for those give no merges, and allocate what a sheet declares.

use super::bytes::{array, f64_at, u8_at, u16_at, u32_at, utf16};
use super::formats::{Formats, builtin_format};
use super::package::Package;
use super::room::Room;
use super::settle::{Notes, hide};
use super::{failure, limits::Limits};
use crate::finding::Failure;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};
use crate::grid::{Cell, CellRef, Entry, NoteKind, Range, Sheet, Visibility, Workbook, amount};
use rust_decimal::Decimal;

/// Reads a workbook from its package; `main` is the key of its workbook part.
pub(super) fn read(package: &mut Package<'_>, main: &str, limits: &Limits) -> Result<Workbook, Failure> {
    let relations = package.relations(main)?;
    let target = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
    let book = package.binary(main)?.ok_or_else(|| failure::damaged(main))?;
    let mut sheets = Vec::new();
    // BrtBundleSh.
    for (_, data) in Records(&book).filter(|(kind, _)| *kind == 156) {
        if sheets.len() >= limits.sheets {
            return Err(failure::too_many_sheets());
        }
        let Some((id, name)) = text(data, 8).and_then(|(id, next)| Some((id, text(data, next)?.0))) else {
            return Err(failure::damaged(main));
        };
        let part = relations.iter().find(|r| r.id == id && r.kind == "worksheet").map(|r| r.target.clone());
        let hidden = u32_at(data, 0) != Some(0);
        sheets.extend(part.map(|part| (name, hidden, part)));
    }
    let mut bytes_of = |kind: &str| match target(kind) {
        Some(part) => package.binary(&part).map(Option::unwrap_or_default),
        None => Ok(Vec::new()),
    };
    let strings = shared_texts(&bytes_of("sharedStrings")?, limits)?;
    let formats = number_formats(&bytes_of("styles")?);
    let (mut notes, mut room, mut found) = (Notes::new(limits), Room::new(limits), Vec::new());
    for (name, hidden, part) in sheets {
        let bytes = package.binary(&part)?.ok_or_else(|| failure::damaged(&part))?;
        let visibility = if hidden { Visibility::Hidden } else { Visibility::Visible };
        let sheet = Sheet { name, visibility, ..Sheet::default() };
        let mut state = State {
            sheet,
            notes: &mut notes,
            room: &mut room,
            full: None,
            strings: &strings,
            formats: &formats,
            row: 0,
        };
        state.records(&bytes, limits)?;
        let mut sheet = state.sheet;
        notes.settle(&mut sheet);
        found.push(sheet);
    }
    Ok(Workbook { sheets: found, formats: formats.codes, notes: notes.into_inner() })
}

/// Records of a part: type in one or two bytes, length in up to four, seven bits each.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, rest) = variable(self.0, 2)?;
        let (len, rest) = variable(rest, 4)?;
        let (data, rest) = rest.split_at_checked(len as usize)?;
        self.0 = rest;
        Some((u16::try_from(kind).ok()?, data))
    }
}

/// A number of which each byte but the last has its high bit set. A type keeps that bit's place empty.
fn variable(bytes: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let mut value = 0u32;
    for (i, byte) in bytes.iter().enumerate().take(most) {
        value |= u32::from(byte & 0x7F) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(i + 1..)?));
        }
    }
    Some((value, bytes.get(most..)?))
}

/// A text with its length before it, and where it ends.
fn text(data: &[u8], at: usize) -> Option<(String, usize)> {
    let end = (u32_at(data, at)? as usize).checked_mul(2)?.checked_add(at + 4)?;
    Some((utf16(data.get(at + 4..end)?), end))
}

/// BrtSSTItem: flags, then the text; runs and phonetic guides follow and are not read.
fn shared_texts(bytes: &[u8], limits: &Limits) -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    for (_, data) in Records(bytes).filter(|(kind, _)| *kind == 19) {
        if texts.len() >= limits.strings {
            return Err(failure::too_many_strings());
        }
        texts.push(text(data, 1).map(|(text, _)| text).unwrap_or_default());
    }
    Ok(texts)
}

/// The number format of each cell style (BrtXF after BrtBeginCellXFs), by its own code (BrtFmt) or a known one.
fn number_formats(bytes: &[u8]) -> Formats {
    let (mut own, mut formats) = (std::collections::BTreeMap::new(), Formats::default());
    let mut in_cell_styles = false;
    for (kind, data) in Records(bytes) {
        match kind {
            44 => drop(u16_at(data, 0).zip(text(data, 2)).map(|(id, (code, _))| own.insert(id, code))),
            617 => in_cell_styles = true,
            618 => in_cell_styles = false,
            47 if in_cell_styles => {
                let id = u16_at(data, 2).unwrap_or(0);
                formats.style(own.get(&id).map_or_else(|| builtin_format(u32::from(id)), String::as_str));
            }
            _ => {}
        }
    }
    formats
}

struct State<'a> {
    sheet: Sheet,
    notes: &'a mut Notes,
    room: &'a mut Room,
    /// What went beyond a bound within a record.
    full: Option<Failure>,
    strings: &'a [String],
    formats: &'a Formats,
    row: u32,
}

impl State<'_> {
    fn records(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), Failure> {
        let mut ended = false;
        for (kind, data) in Records(bytes) {
            // A record that is too short says nothing.
            let _ = self.record(kind, data);
            // BrtEndSheet.
            ended |= kind == 130;
            if let Some(full) = self.full.take() {
                return Err(full);
            }
            if self.sheet.merges.len() > limits.merges {
                return Err(failure::too_many_merges());
            }
        }
        if ended { Ok(()) } else { Err(failure::damaged(&self.sheet.name)) }
    }

    fn record(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        match kind {
            // BrtRowHdr.
            0 => {
                self.row = u32_at(data, 0)?;
                if u8_at(data, 11)? & 0x10 != 0 {
                    hide(&mut self.sheet.hidden_rows, self.row, self.row);
                }
            }
            1..=11 => self.cell(kind, data)?,
            // BrtShortCells and rich texts within the sheet.
            62 => {
                let (text, _) = text(data, 9)?;
                self.push(data, Entry::Text(text.into()), false)?;
            }
            // BrtColInfo.
            60 => {
                let (first, last) = (u32_at(data, 0)?, u32_at(data, 4)?.min(MAX_COLS - 1));
                if first <= last && self.sheet.widths.len() < MAX_COLS as usize {
                    let width = u32_at(data, 8)?;
                    self.sheet.widths.push((first, last, f64::from(width) / 256.0));
                    if u16_at(data, 16)? & 1 == 1 || width == 0 {
                        hide(&mut self.sheet.hidden_cols, first, last);
                    }
                }
            }
            // BrtMergeCell.
            176 => {
                let n = |at| u32_at(data, at).filter(|n| *n < MAX_ROWS);
                let range = Range::new(CellRef::new(n(0)?, n(8)?), CellRef::new(n(4)?, n(12)?));
                if range.first != range.last && range.last.col < MAX_COLS {
                    self.sheet.merges.push(range);
                }
            }
            _ => {}
        }
        Some(())
    }

    /// A cell: its column, its style, its value by the record's type.
    fn cell(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        let entry = match kind {
            2 => number(packed(u32_at(data, 8)?), u32_at(data, 8)?.to_string()),
            3 | 11 => Entry::Error(error(u8_at(data, 8)?).into()),
            4 | 10 => Entry::Bool(u8_at(data, 8)? != 0),
            5 | 9 => {
                let value = f64_at(data, 8)?;
                number(amount::from_f64(value), value.to_string())
            }
            6 | 8 => Entry::Text(text(data, 8)?.0.into()),
            7 => {
                let index = u32_at(data, 8)?;
                match self.strings.get(index as usize) {
                    Some(text) if text.is_empty() => return Some(()),
                    Some(text) => Entry::Text(text.as_str().into()),
                    None => {
                        let at = CellRef::new(self.row, u32_at(data, 0)?);
                        self.notes.add(&self.sheet.name, at, NoteKind::Malformed);
                        Entry::Text(index.to_string().into())
                    }
                }
            }
            _ => return Some(()),
        };
        self.push(data, entry, kind >= 8)
    }

    fn push(&mut self, data: &[u8], entry: Entry, is_formula: bool) -> Option<()> {
        let col = u32_at(data, 0).filter(|c| *c < MAX_COLS)?;
        let style = u32::from_le_bytes(array(data, 4)?) & 0x00FF_FFFF;
        let formula = is_formula.then(|| "".into());
        let cell = Cell { entry, formula, format: self.formats.of(style as usize) };
        if self.row < MAX_ROWS {
            match self.room.take(&cell) {
                Ok(()) => self.sheet.cells.push((CellRef::new(self.row, col), cell)),
                Err(full) => self.full = Some(full),
            }
        }
        Some(())
    }
}

/// A number in 30 bits ([MS-XLSB] 2.5.123 RkNumber).
pub(super) fn packed(packed: u32) -> Option<Decimal> {
    let hundredths = packed & 1 == 1;
    if packed & 2 == 2 {
        let whole = i64::from(packed.cast_signed() >> 2);
        return Some(Decimal::new(whole, if hundredths { 2 } else { 0 }).normalize());
    }
    let number = f64::from_bits(u64::from(packed & !3) << 32);
    amount::from_f64(if hundredths { number / 100.0 } else { number })
}

fn number(value: Option<Decimal>, text: String) -> Entry {
    value.map_or_else(|| Entry::Text(text.into()), Entry::Number)
}

/// Error values by their codes ([MS-XLS] 2.5.10 BErr, the same here).
pub(super) fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_end_where_their_bytes_do() {
        let bytes = [0xB0, 0x01, 2, 9, 8, 0, 200, 1];
        assert_eq!(Records(&bytes).collect::<Vec<_>>(), [(176, [9u8, 8].as_slice())]);
        assert_eq!(Records(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).count(), 0);
    }

    #[test]
    fn packed_numbers_are_exact() {
        assert_eq!(
            packed(((-1234i32) << 2).cast_unsigned() | 3).map(amount::show).as_deref(),
            Some("-12.34")
        );
        assert_eq!(packed(0x3FF0_0000).map(amount::show).as_deref(), Some("1"));
    }
}
