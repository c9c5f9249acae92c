//! Sheets filled cell by cell from a document, counted against the limits as they grow.
//!
//! Formats that have no types (csv, html, docx, text) get theirs here: a plain number is a number, the
//! rest is text as entered. Not for workbooks, whose cells say what they are.

use super::failure;
use super::limits::Limits;
use super::room::Room;
use super::settle::Notes;
use crate::finding::Failure;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};
use crate::grid::{Cell, CellRef, Entry, Range, Sheet, Workbook, amount, label};

/// Digits beyond which a number would not stay as entered.
const DIGITS: usize = 15;

/// A workbook being filled.
pub(super) struct Collector<'a> {
    limits: &'a Limits,
    room: Room,
    done: Vec<Sheet>,
    open: Sheet,
    notes: Notes,
}

impl<'a> Collector<'a> {
    /// Begins with one sheet of this name.
    pub(super) fn new(name: &str, limits: &'a Limits) -> Self {
        let open = Sheet { name: name.into(), ..Sheet::default() };
        Self { limits, room: Room::new(limits), done: Vec::new(), open, notes: Notes::new(limits) }
    }

    /// The sheet being filled, for what is not counted.
    pub(super) fn sheet(&mut self) -> &mut Sheet {
        &mut self.open
    }

    /// Puts a cell at a place.
    pub(super) fn put(&mut self, at: CellRef, cell: Cell) -> Result<(), Failure> {
        within_bounds(at)?;
        self.room.take(&cell)?;
        self.open.cells.push((at, cell));
        Ok(())
    }

    /// Puts a text, or the number that it is, at a place; blanks leave no cell.
    pub(super) fn write(&mut self, at: CellRef, text: &str) -> Result<(), Failure> {
        self.room.check(text.len())?;
        match entry(text) {
            Some(entry) => self.put(at, Cell { entry, formula: None, format: 0 }),
            None => Ok(()),
        }
    }

    /// Merges `rows` by `cols` cells from `at` on; a single cell is no merge.
    pub(super) fn merge(&mut self, at: CellRef, rows: u32, cols: u32) -> Result<(), Failure> {
        if rows <= 1 && cols <= 1 {
            return Ok(());
        }
        if self.open.merges.len() >= self.limits.merges {
            return Err(failure::too_many_merges());
        }
        within_bounds(at)?;
        let row = at.row.saturating_add(rows.max(1) - 1).min(MAX_ROWS - 1);
        let col = at.col.saturating_add(cols.max(1) - 1).min(MAX_COLS - 1);
        self.open.merges.push(Range::new(at, CellRef::new(row, col)));
        Ok(())
    }

    /// Closes the sheet and begins the next one.
    pub(super) fn next_sheet(&mut self, name: &str) -> Result<(), Failure> {
        if self.done.len() + 1 >= self.limits.sheets {
            return Err(failure::too_many_sheets());
        }
        let next = Sheet { name: name.into(), ..Sheet::default() };
        let mut filled = std::mem::replace(&mut self.open, next);
        self.notes.settle(&mut filled);
        self.done.push(filled);
        Ok(())
    }

    /// The workbook.
    pub(super) fn finish(mut self) -> Workbook {
        self.notes.settle(&mut self.open);
        self.done.push(self.open);
        Workbook { sheets: self.done, formats: vec!["General".into()], notes: self.notes.into_inner() }
    }
}

/// Refuses a place outside the largest sheet.
fn within_bounds(at: CellRef) -> Result<(), Failure> {
    if at.row >= MAX_ROWS || at.col >= MAX_COLS {
        return Err(failure::too_large("行或列过多", "too many rows or columns"));
    }
    Ok(())
}

/// What an untyped text is: nothing, a number, or text as entered.
///
/// Numbers with leading zeros or more digits than a spreadsheet keeps are codes, and stay text.
pub(super) fn entry(text: &str) -> Option<Entry> {
    let bare = text.trim_matches(label::is_space);
    if bare.is_empty() {
        return None;
    }
    // marks that turn the direction of writing show other digits than they stand before
    let turned = text.contains(|c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    let number = (!turned && is_plain_number(bare)).then(|| amount::from_text(bare)).flatten();
    Some(number.map_or_else(|| Entry::Text(text.into()), Entry::Number))
}

/// A sign, digits and one decimal point, and nothing else.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let code = whole.len() > 1 && whole.starts_with('0');
    let kept = digits.bytes().filter(u8::is_ascii_digit).count() - usize::from(whole == "0");
    plain(whole) && fraction.is_none_or(plain) && !code && kept <= DIGITS
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A sheet as lines `A1=text`, `A1#12` for a number, then `A1:B2` for each merge.
    pub(in crate::ingest) fn shown(sheet: &Sheet) -> String {
        let cells = sheet.cells.iter().map(|(at, cell)| {
            let mark = if matches!(cell.entry, Entry::Number(_)) { '#' } else { '=' };
            let formula = cell.formula.as_ref().map(|f| format!(" {{{f}}}")).unwrap_or_default();
            format!("{at}{mark}{}{formula}", cell.entry.raw().unwrap_or_default())
        });
        let merges = sheet.merges.iter().map(ToString::to_string);
        cells.chain(merges).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn plain_numbers_are_numbers_and_the_rest_is_as_entered() {
        for (text, number) in [("12", "12"), (" -0.50 ", "-0.5"), ("+3", "3"), ("0", "0"), ("0.25", "0.25")] {
            assert_eq!(entry(text).and_then(|e| e.raw()).as_deref(), Some(number), "{text}");
            assert!(matches!(entry(text), Some(Entry::Number(_))), "{text}");
        }
        for text in ["1,234", "１２", "1e5", "007", "12件", "1.", ".5", "-", "1101051949123100", "1 2"] {
            assert_eq!(entry(text), Some(Entry::Text(text.into())), "{text}");
        }
        assert_eq!(entry(" \u{a0}\u{3000}"), None);
    }

    #[test]
    fn what_outgrows_the_limits_is_refused() {
        let limits = Limits { cells: 1, merges: 1, text_bytes: 3, ..Limits::default() };
        let mut book = Collector::new("a", &limits);
        assert!(book.write(CellRef::new(0, 0), "abcd").is_err());
        assert!(book.write(CellRef::new(0, MAX_COLS), "a").is_err());
        assert!(book.write(CellRef::new(0, 0), "a").is_ok());
        assert!(book.write(CellRef::new(0, 1), "a").is_err());
        assert!(book.merge(CellRef::new(0, 0), 1, 2).is_ok());
        assert!(book.merge(CellRef::new(2, 0), 1, 2).is_err());
    }
}
