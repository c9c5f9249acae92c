//! How much may still be read: cells, and the text in them, counted over the whole workbook.

use super::failure;
use super::limits::Limits;
use crate::finding::Failure;
use crate::grid::{Cell, Entry};

/// What is left of the bounds on cells and their text.
#[derive(Debug, Clone)]
pub(super) struct Room {
    cells: usize,
    text: u64,
    longest: usize,
}

impl Room {
    pub(super) const fn new(limits: &Limits) -> Self {
        Self { cells: limits.cells, text: limits.total_text_bytes, longest: limits.text_bytes }
    }

    /// Takes the room of a cell that is about to be kept.
    pub(super) fn take(&mut self, cell: &Cell) -> Result<(), Failure> {
        self.cells = self.cells.checked_sub(1).ok_or_else(failure::too_many_cells)?;
        let (Entry::Text(text) | Entry::Error(text)) = &cell.entry else {
            return cell.formula.as_deref().map_or(Ok(()), |formula| self.text(formula));
        };
        self.text(text)?;
        cell.formula.as_deref().map_or(Ok(()), |formula| self.text(formula))
    }

    /// Takes the room of a text that a cell is about to get.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.check(text.len())?;
        let left = self.text.checked_sub(text.len() as u64);
        self.text = left.ok_or_else(failure::unpacked_too_large)?;
        Ok(())
    }

    /// Refuses a text of so many bytes where no cell may hold it.
    pub(super) fn check(&self, bytes: usize) -> Result<(), Failure> {
        if bytes > self.longest { Err(failure::text_too_long()) } else { Ok(()) }
    }
}
