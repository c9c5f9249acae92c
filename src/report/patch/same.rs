//! Whether taking gouji's marks out left the office's cells as they are.
//!
//! What leads back is written in the file itself, where anybody can write. Therefore it is believed only where
//! reading the workbook before and after gives the same cells on every sheet, and no sheet is gone that does not
//! call itself gouji's.

use super::record::RECORD_SHEET;
use crate::grid::{CellRef, Entry, Sheet, Workbook};
use crate::ingest::{self, Limits, Source};

/// Words of which one stands in the first cell of each of gouji's sheets.
const TITLES: [&str; 4] = ["审核结果", "audit result", "更正记录", "corrections"];

/// Whether both say the same but for gouji's own sheets; what cannot be read says nothing.
pub(super) fn says_the_same(marked: &[u8], clean: &[u8]) -> bool {
    let read = |bytes| {
        let source = Source { name: "", bytes };
        ingest::read(&source, &Limits::default()).ok().map(|r| r.book)
    };
    let (Some(marked), Some(clean)) = (read(marked), read(clean)) else { return false };
    let named = |book: &Workbook, name: &str| book.sheets.iter().position(|s| s.name == name);
    let kept = clean.sheets.iter().all(|sheet| {
        let before = named(&marked, &sheet.name).and_then(|i| marked.sheets.get(i));
        before.is_some_and(|before| before.visibility == sheet.visibility && cells(before).eq(cells(sheet)))
    });
    let mut gone = marked.sheets.iter().filter(|s| named(&clean, &s.name).is_none());
    kept && gone.all(is_own)
}

/// Cells that show or compute something.
fn cells(sheet: &Sheet) -> impl Iterator<Item = (CellRef, &Entry, Option<&str>)> {
    let all = sheet.cells.iter().map(|(at, c)| (*at, &c.entry, c.formula.as_deref()));
    all.filter(|(_, entry, formula)| !entry.is_blank() || formula.is_some())
}

pub(super) fn is_own(sheet: &Sheet) -> bool {
    let first = sheet.cells.iter().find_map(|(_, c)| match &c.entry {
        Entry::Text(text) if !c.entry.is_blank() => Some(text),
        _ => None,
    });
    sheet.name.starts_with(RECORD_SHEET) || first.is_some_and(|t| TITLES.iter().any(|w| t.contains(w)))
}
