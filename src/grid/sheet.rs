//! Workbooks as grids: sheets, cells and merged ranges, whatever file they came from.
//!
//! Memory is proportional to the cells that hold something, never to their addresses.
//! Documents (docx, html, text) become sheets as well: a paragraph is a row with one text.

use super::{CellRef, Range};
use rust_decimal::Decimal;

/// A workbook or document, read.
#[derive(Debug, Clone, Default)]
pub struct Workbook {
    /// The sheets in their order.
    pub sheets: Vec<Sheet>,
    /// Number-format codes that [`Cell::format`] points into; 0 is `General`.
    pub formats: Vec<String>,
    /// What the reader had to settle on its own and the user should know.
    pub notes: Vec<Note>,
}

/// Something odd in a file that was read nevertheless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Name of the sheet.
    pub sheet: String,
    /// The cell concerned.
    pub cell: CellRef,
    /// What was odd.
    pub kind: NoteKind,
}

impl Note {
    /// Number of its sheet in the workbook.
    pub fn sheet_in(&self, book: &Workbook) -> Option<usize> {
        book.sheets.iter().position(|s| s.name == self.sheet)
    }
}

/// Kinds of oddity that a reader settles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// The cell stands twice in the file with different content; the last one is what office programs show.
    StandsTwice,
    /// The cell's content does not parse; it was kept as text.
    Malformed,
}

/// Whether a sheet can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Shown.
    #[default]
    Visible,
    /// Hidden, or hidden from the menu as well.
    Hidden,
}

/// One sheet.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether it can be seen.
    pub visibility: Visibility,
    /// Cells with something in them, ordered row by row; see [`Sheet::cell`].
    pub cells: Vec<(CellRef, Cell)>,
    /// Merged ranges, as the file lists them.
    pub merges: Vec<Range>,
    /// Hidden rows as (first, last), both included.
    pub hidden_rows: Vec<(u32, u32)>,
    /// Hidden columns as (first, last), both included.
    pub hidden_cols: Vec<(u32, u32)>,
    /// Column widths in characters as (first, last, width), where the file states them.
    pub widths: Vec<(u32, u32, f64)>,
    /// Texts that their cells indent, and how far, where the file states it.
    pub indents: Vec<(CellRef, u8)>,
}

/// One cell that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The value entered, or the cached value of a formula.
    pub entry: Entry,
    /// The formula's text without `=`, relative to this cell (shared formulas are expanded).
    pub formula: Option<Box<str>>,
    /// Index into [`Workbook::formats`].
    pub format: u16,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Nothing (a formula without a cached value).
    Blank,
    /// A number, exact to 15 significant digits.
    Number(Decimal),
    /// Text as entered; numbers beyond any count stay text.
    Text(Box<str>),
    /// TRUE or FALSE.
    Bool(bool),
    /// A formula's error value, such as `#REF!`.
    Error(Box<str>),
}

impl Entry {
    /// The cell's text as entered; `None` for a blank.
    pub fn raw(&self) -> Option<String> {
        match self {
            Self::Blank => None,
            Self::Number(n) => Some(super::amount::show(*n)),
            Self::Text(s) | Self::Error(s) => Some(s.to_string()),
            Self::Bool(b) => Some(if *b { "TRUE" } else { "FALSE" }.to_owned()),
        }
    }

    /// Whether nothing that a reader could see stands here.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(s) => s.chars().all(super::label::is_space),
            _ => false,
        }
    }
}

impl Sheet {
    /// The cell at an address, if it holds something.
    pub fn cell(&self, at: CellRef) -> Option<&Cell> {
        let i = self.cells.binary_search_by_key(&at, |(r, _)| *r).ok()?;
        self.cells.get(i).map(|(_, c)| c)
    }

    /// The cells of one row, in column order.
    pub fn row(&self, row: u32) -> &[(CellRef, Cell)] {
        let from = self.cells.partition_point(|(r, _)| r.row < row);
        let to = self.cells.partition_point(|(r, _)| r.row <= row);
        self.cells.get(from..to).unwrap_or(&[])
    }

    /// Puts the cells in order; where an address stands twice the later one stays.
    pub fn sort(&mut self) {
        if self.cells.is_sorted_by(|a, b| a.0 < b.0) {
            return;
        }
        self.cells.sort_by_key(|(r, _)| *r);
        self.cells.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
    }

    /// Whether a row is hidden.
    pub fn row_hidden(&self, row: u32) -> bool {
        self.hidden_rows.iter().any(|&(a, b)| (a..=b).contains(&row))
    }

    /// Whether a column is hidden.
    pub fn col_hidden(&self, col: u32) -> bool {
        self.hidden_cols.iter().any(|&(a, b)| (a..=b).contains(&col))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> Cell {
        Cell { entry: Entry::Text(s.into()), formula: None, format: 0 }
    }

    #[test]
    fn cells_out_of_order_are_found_and_the_later_of_two_stays() {
        let at = |r, c| CellRef::new(r, c);
        let cells = vec![(at(2, 0), text("b")), (at(0, 1), text("a")), (at(2, 0), text("c"))];
        let mut sheet = Sheet { cells, ..Sheet::default() };
        sheet.sort();
        assert_eq!(sheet.cells.len(), 2);
        assert_eq!(sheet.cell(at(2, 0)), Some(&text("c")));
        assert_eq!(sheet.row(0).len(), 1);
        assert_eq!(sheet.cell(at(1, 0)), None);
    }
}
