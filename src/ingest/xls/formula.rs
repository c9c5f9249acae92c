//! BIFF8 formula tokens ([MS-XLS] 2.2.2) as the text that was typed, for formulas that add and subtract.
//!
//! A formula with anything else (functions of fixed arity, names, other workbooks) has no text here; its cached
//! value stands.

use super::super::bytes::{f64_at, u8_at, u16_at};
use super::records::Texts;
use crate::grid::{CellRef, amount};

/// Functions by number, with any count of arguments.
const FUNCTIONS: [(u16, &str); 8] =
    [(0, "COUNT"), (1, "IF"), (4, "SUM"), (5, "AVERAGE"), (6, "MIN"), (7, "MAX"), (36, "AND"), (37, "OR")];
const BINARY: [&str; 15] = ["+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":"];
/// Operands and nested calls that one formula may hold.
const MAX_STACK: usize = 4_096;
/// Characters of a formula (as in xlsx).
const MAX_TEXT: usize = 8_192;

/// What references between sheets mean.
pub(super) struct Sheets {
    /// Sheet names as formulas write them, by index of the reference table; `None` for other workbooks.
    pub(super) by_reference: Vec<Option<String>>,
}

/// The text of a formula in `cell`; `shared` where its references are offsets from the cell.
pub(super) fn text(tokens: &[u8], cell: CellRef, sheets: &Sheets, texts: Texts) -> Option<String> {
    if !texts.biff8 {
        return None;
    }
    let mut reader = Reader { tokens, at: 0, stack: Vec::new(), cell, sheets, texts };
    while reader.at < tokens.len() {
        reader.step()?;
        let long = reader.stack.last().is_some_and(|s| s.len() > MAX_TEXT);
        if long || reader.stack.len() > MAX_STACK {
            return None;
        }
    }
    let text = reader.stack.pop()?;
    reader.stack.is_empty().then_some(text)
}

struct Reader<'a> {
    tokens: &'a [u8],
    at: usize,
    stack: Vec<String>,
    cell: CellRef,
    sheets: &'a Sheets,
    texts: Texts,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        self.at += 1;
        u8_at(self.tokens, self.at - 1)
    }

    fn word(&mut self) -> Option<u16> {
        self.at += 2;
        u16_at(self.tokens, self.at - 2)
    }

    fn step(&mut self) -> Option<()> {
        let token = self.byte()?;
        // Above 0x20 two bits say how an operand is to be taken; the rest is the token.
        let base = if token < 0x20 { token } else { (token & 0x1F) | 0x20 };
        let text = match base {
            0x03..=0x11 => {
                let (right, left) = (self.stack.pop()?, self.stack.pop()?);
                format!("{left}{}{right}", BINARY.get(usize::from(base - 3))?)
            }
            0x12 => format!("+{}", self.stack.pop()?),
            0x13 => format!("-{}", self.stack.pop()?),
            0x14 => format!("{}%", self.stack.pop()?),
            0x15 => format!("({})", self.stack.pop()?),
            0x16 => String::new(),
            0x17 => self.string()?,
            0x19 => return self.attribute(),
            0x1D => if self.byte()? == 0 { "FALSE" } else { "TRUE" }.to_owned(),
            0x1E => self.word()?.to_string(),
            0x1F => {
                self.at += 8;
                amount::show(amount::from_f64(f64_at(self.tokens, self.at - 8)?)?)
            }
            0x22 => return self.call(),
            0x24 => self.reference(false)?,
            0x2C => self.reference(true)?,
            0x25 => self.area(false)?,
            0x2D => self.area(true)?,
            0x3A => self.sheet()? + &self.reference(false)?,
            0x3B => self.sheet()? + &self.area(false)?,
            _ => return None,
        };
        self.stack.push(text);
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        let text = self.texts.read(self.tokens, self.at, false)?;
        let wide = u8_at(self.tokens, self.at + 1)? & 1 == 1;
        let len = usize::from(u8_at(self.tokens, self.at)?);
        self.at += 2 + if wide { len * 2 } else { len };
        Some(format!("\"{}\"", text.replace('"', "\"\"")))
    }

    /// Hints for the calculation; one of them is the plain SUM of one argument.
    fn attribute(&mut self) -> Option<()> {
        let (flags, data) = (self.byte()?, self.word()?);
        if flags & 0x04 != 0 {
            self.at += (usize::from(data) + 1) * 2;
        }
        if flags & 0x10 != 0 {
            let argument = self.stack.pop()?;
            self.stack.push(format!("SUM({argument})"));
        }
        Some(())
    }

    fn call(&mut self) -> Option<()> {
        let (count, function) = (usize::from(self.byte()? & 0x7F), self.word()? & 0x7FFF);
        let (_, name) = FUNCTIONS.iter().find(|(n, _)| *n == function)?;
        let arguments = self.stack.split_off(self.stack.len().checked_sub(count)?);
        self.stack.push(format!("{name}({})", arguments.join(",")));
        Some(())
    }

    fn reference(&mut self, offsets: bool) -> Option<String> {
        let (row, col) = (self.word()?, self.word()?);
        Some(self.address(row, col, offsets))
    }

    fn area(&mut self, offsets: bool) -> Option<String> {
        let (first, last) = (self.word()?, self.word()?);
        let (left, right) = (self.word()?, self.word()?);
        let (a, b) = (self.address(first, left, offsets), self.address(last, right, offsets));
        Some(format!("{a}:{b}"))
    }

    /// An address with its marks; offsets wrap around the sheet's edges, as the format says.
    fn address(&self, row: u16, col: u16, offsets: bool) -> String {
        let (row_relative, col_relative) = (col & 0x8000 != 0, col & 0x4000 != 0);
        let own = |n: u32, bits: u32| n & ((1 << bits) - 1);
        let row = if offsets && row_relative {
            own(self.cell.row.wrapping_add(u32::from(row)), 16)
        } else {
            u32::from(row)
        };
        let col = u32::from(col & 0xFF);
        let col = if offsets && col_relative { own(self.cell.col.wrapping_add(col), 8) } else { col };
        let mark = |relative: bool| if relative { "" } else { "$" };
        let name = crate::grid::a1::column_name(col);
        format!("{}{name}{}{}", mark(col_relative), mark(row_relative), row + 1)
    }

    fn sheet(&mut self) -> Option<String> {
        let index = usize::from(self.word()?);
        let name = self.sheets.by_reference.get(index)?.as_ref()?;
        Some(format!("'{}'!", name.replace('\'', "''")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tokens: &[u8]) -> Option<String> {
        let sheets = Sheets { by_reference: vec![Some("表三".to_owned())] };
        let texts = Texts { biff8: true, encoding: encoding_rs::GBK };
        text(tokens, CellRef::new(9, 2), &sheets, texts)
    }

    #[test]
    fn sums_are_written_as_typed() {
        let sum = [0x25, 1, 0, 4, 0, 2, 0xC0, 2, 0xC0, 0x19, 0x10, 0, 0, 0x44, 0, 0, 0, 0, 0x04];
        assert_eq!(read(&sum).as_deref(), Some("SUM(C2:C5)-$A$1"));
        assert_eq!(read(&[0x4C, 0xFF, 0xFF, 0xFF, 0xC0]).as_deref(), Some("B9"));
        assert_eq!(read(&[0x5A, 0, 0, 3, 0, 1, 0xC0]).as_deref(), Some("'表三'!B4"));
        assert_eq!(read(&[0x1E, 5]), None);
        assert_eq!(read(&[0x41, 0, 0]), None);
    }
}
