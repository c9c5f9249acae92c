//! What a reader settles on its own, noted; the last steps that every sheet goes through.

use super::limits::Limits;
use crate::grid::{CellRef, Note, NoteKind, Sheet};

/// Notes so far, within their bound.
pub(super) struct Notes {
    list: Vec<Note>,
    room: usize,
}

impl Notes {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { list: Vec::new(), room: limits.notes }
    }

    pub(super) fn add(&mut self, sheet: &str, cell: CellRef, kind: NoteKind) {
        if self.list.len() < self.room {
            self.list.push(Note { sheet: sheet.to_owned(), cell, kind });
        }
    }

    /// Puts cells in order; notes addresses that stand twice with different content.
    pub(super) fn settle(&mut self, sheet: &mut Sheet) {
        if sheet.cells.is_sorted_by(|a, b| a.0 < b.0) {
            return;
        }
        sheet.cells.sort_by_key(|(at, _)| *at);
        for pair in sheet.cells.windows(2) {
            if let [(a, one), (b, other)] = pair
                && a == b
                && (one.entry != other.entry || one.formula != other.formula)
            {
                self.add(&sheet.name, *a, NoteKind::StandsTwice);
            }
        }
        sheet.sort();
    }

    pub(super) fn into_inner(self) -> Vec<Note> {
        self.list
    }
}

/// Appends a row or column to hidden runs, joined to the last one where they touch.
pub(super) fn hide(runs: &mut Vec<(u32, u32)>, first: u32, last: u32) {
    match runs.last_mut() {
        Some(run) if run.1.checked_add(1) == Some(first) => run.1 = last,
        _ => runs.push((first, last)),
    }
}
