//! Gouji's own sheets in a marked workbook that an office has saved as another format (xls, ods, html): no package is
//! there to be undone, so they are taken out of what was read.

use super::record::{self, RECORD_SHEET, Record};
use super::same::is_own;
use crate::grid::{CellRef, Sheet, Workbook};

/// What stood on gouji's own sheets.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// What gouji did to the workbook.
    pub record: Record,
    /// The texts of the first of its sheets for people, row by row.
    pub texts: Vec<(CellRef, String)>,
}

/// Takes gouji's own sheets out of a workbook as it was read; nothing where it has no record.
pub fn take_out(book: &mut Workbook) -> Option<Taken> {
    let records = book.sheets.iter().filter(|s| s.name.starts_with(RECORD_SHEET));
    let record = records.map(texts).find_map(|all| record::of_texts(&all))?;
    let is_named = |sheet: &Sheet| {
        let name = &sheet.name;
        name.starts_with(RECORD_SHEET) || (record.sheets.contains(name) && is_own(sheet))
    };
    let (own, kept): (Vec<Sheet>, Vec<Sheet>) =
        std::mem::take(&mut book.sheets).into_iter().partition(is_named);
    book.sheets = kept;
    let gone = |sheet: &String| own.iter().any(|s| s.name == *sheet);
    book.notes.retain(|note| !gone(&note.sheet));
    let first = own.iter().find(|s| record.sheets.first() == Some(&s.name));
    Some(Taken { texts: first.map(texts).unwrap_or_default(), record })
}

fn texts(sheet: &Sheet) -> Vec<(CellRef, String)> {
    sheet.cells.iter().filter_map(|(at, cell)| Some((*at, cell.entry.raw()?))).collect()
}
