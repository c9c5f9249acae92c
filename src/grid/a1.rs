//! Cell addresses and ranges in A1 notation (ECMA-376 part 1, 18.18.62 ST_Ref).
//!
//! Rows and columns count from zero here; A1 text counts from one. Whole-row and whole-column
//! references are not addresses of cells and do not parse.

use std::fmt;
use std::iter::successors;
use std::str::FromStr;

/// Rows on a sheet of the largest format that gouji reads (xlsx: 1,048,576).
pub const MAX_ROWS: u32 = 1 << 20;
/// Columns on such a sheet (xlsx: 16,384, the last is XFD).
pub const MAX_COLS: u32 = 1 << 14;

/// The address of one cell, ordered row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellRef {
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub col: u32,
}

/// A rectangle of cells, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// Top-left cell.
    pub first: CellRef,
    /// Bottom-right cell.
    pub last: CellRef,
}

/// Text that is no A1 address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a cell address such as D4, but found {0:?}")]
pub struct ParseA1Error(pub String);

impl CellRef {
    /// The cell at `row` and `col`, both from 0.
    pub const fn new(row: u32, col: u32) -> Self {
        Self { row, col }
    }
}

impl Range {
    /// The range between two corners, given in any order.
    pub fn new(a: CellRef, b: CellRef) -> Self {
        Self {
            first: CellRef::new(a.row.min(b.row), a.col.min(b.col)),
            last: CellRef::new(a.row.max(b.row), a.col.max(b.col)),
        }
    }

    /// The range that holds one cell.
    pub fn single(cell: CellRef) -> Self {
        Self { first: cell, last: cell }
    }

    /// Whether `cell` lies within.
    pub fn contains(&self, cell: CellRef) -> bool {
        (self.first.row..=self.last.row).contains(&cell.row)
            && (self.first.col..=self.last.col).contains(&cell.col)
    }

    /// Whether the two ranges share a cell.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first.row <= other.last.row
            && other.first.row <= self.last.row
            && self.first.col <= other.last.col
            && other.first.col <= self.last.col
    }

    /// How many rows it is tall.
    pub fn height(&self) -> u32 {
        self.last.row - self.first.row + 1
    }

    /// How many columns it is wide.
    pub fn width(&self) -> u32 {
        self.last.col - self.first.col + 1
    }
}

/// The letters of a column: 0 is A, 26 is AA.
pub fn column_name(col: u32) -> String {
    let last_first: Vec<u8> = letters(col).collect();
    last_first.into_iter().rev().map(char::from).collect()
}

/// The letters of a column from the last to the first.
fn letters(col: u32) -> impl Iterator<Item = u8> {
    let before = |n: &u32| Some((n - 1) / 26).filter(|n| *n > 0);
    successors(Some(col.saturating_add(1)), before).map(|n| b'A' + ((n - 1) % 26) as u8)
}

impl fmt::Display for CellRef {
    /// By hand from the end: a file has hundreds of addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = successors(Some(self.row.saturating_add(1)), |n| Some(n / 10).filter(|n| *n > 0));
        let digits = number.map(|n| b'0' + (n % 10) as u8);
        let (mut text, mut len) = ([0; 20], 0);
        for (slot, byte) in text.iter_mut().rev().zip(digits.chain(letters(self.col))) {
            *slot = byte;
            len += 1;
        }
        let text = text.get(text.len() - len..).unwrap_or_default();
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}:{}", self.first, self.last)
        }
    }
}

impl FromStr for CellRef {
    type Err = ParseA1Error;

    /// Reads `D4` or `$D$4`, within the bounds of the largest sheet.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_cell(text).ok_or_else(|| ParseA1Error(text.chars().take(40).collect()))
    }
}

impl FromStr for Range {
    type Err = ParseA1Error;

    /// Reads `B2:D4`, or `B2` as the range of one cell.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((a, b)) => Ok(Self::new(a.parse()?, b.parse()?)),
            None => Ok(Self::single(text.parse()?)),
        }
    }
}

fn parse_cell(text: &str) -> Option<CellRef> {
    let text = text.strip_prefix('$').unwrap_or(text);
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at_checked(letters)?;
    let digits = digits.strip_prefix('$').unwrap_or(digits);
    if letters.is_empty() || letters.len() > 3 || digits.is_empty() || digits.len() > 7 {
        return None;
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let col = letters.bytes().fold(0, |n, b| n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = digits.parse().ok()?;
    ((1..=MAX_ROWS).contains(&row) && col <= MAX_COLS).then(|| CellRef::new(row - 1, col - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back_as_written() {
        for (text, row, col) in
            [("A1", 0, 0), ("Z9", 8, 25), ("AA10", 9, 26), ("XFD1048576", 1_048_575, 16_383)]
        {
            let cell: CellRef = text.parse().unwrap();
            assert_eq!((cell.row, cell.col), (row, col));
            assert_eq!(cell.to_string(), text);
        }
        assert_eq!("$B$2".parse(), Ok(CellRef::new(1, 1)));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A1B", "A-1", "Ａ1"] {
            assert!(text.parse::<CellRef>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_has_its_corners_in_order() {
        let range: Range = "D4:B2".parse().unwrap();
        assert_eq!(range.to_string(), "B2:D4");
        assert_eq!((range.height(), range.width()), (3, 3));
        assert!(range.contains(CellRef::new(2, 2)) && !range.contains(CellRef::new(4, 2)));
    }
}
