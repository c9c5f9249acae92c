//! xlsb through calamine, within bounds; a panic in it is a damaged file.

use super::failure;
use super::limits::Limits;
use crate::finding::Failure;
use crate::grid::{Cell, CellRef, Entry, Sheet, Visibility, Workbook, amount};
use calamine::{Data, Reader, SheetVisible};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Reads a binary workbook.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let guarded = catch_unwind(AssertUnwindSafe(|| xlsb(bytes, limits)));
    guarded.unwrap_or_else(|_| Err(failure::damaged("xlsb")))
}

fn fault(error: &impl std::fmt::Display) -> Failure {
    let text = error.to_string();
    let locked = ["password", "encrypt"].iter().any(|w| text.to_lowercase().contains(w));
    if locked { failure::encrypted() } else { failure::damaged(&text) }
}

fn xlsb(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let mut book = calamine::Xlsb::new(Cursor::new(bytes)).map_err(|e| fault(&e))?;
    let mut out = empty();
    for meta in worksheets(&book) {
        let mut sheet = sheet_of(&meta);
        let mut cells = book.worksheet_cells_reader(&meta.name).map_err(|e| fault(&e))?;
        while let Some(cell) = cells.next_cell().map_err(|e| fault(&e))? {
            let (row, col) = cell.get_position();
            push(&mut sheet, CellRef::new(row, col), &cell.get_value().clone().into(), limits)?;
        }
        drop(cells);
        if let Ok(formulas) = book.worksheet_formula(&meta.name) {
            put_formulas(&formulas, &mut sheet);
        }
        out.sheets.push(sheet);
    }
    Ok(out)
}

fn empty() -> Workbook {
    Workbook { formats: vec!["General".to_owned()], ..Workbook::default() }
}

fn worksheets<'a, R: Reader<Cursor<&'a [u8]>>>(book: &R) -> Vec<calamine::Sheet> {
    let sheets = book.sheets_metadata().iter();
    sheets.filter(|m| m.typ == calamine::SheetType::WorkSheet).cloned().collect()
}

fn sheet_of(meta: &calamine::Sheet) -> Sheet {
    let visible = meta.visible == SheetVisible::Visible;
    let visibility = if visible { Visibility::Visible } else { Visibility::Hidden };
    Sheet { name: meta.name.clone(), visibility, ..Sheet::default() }
}

fn push(sheet: &mut Sheet, at: CellRef, value: &Data, limits: &Limits) -> Result<(), Failure> {
    let entry = match value {
        Data::Empty => return Ok(()),
        Data::Int(n) => Entry::Number((*n).into()),
        Data::Float(n) => {
            amount::from_f64(*n).map_or_else(|| Entry::Text(n.to_string().into()), Entry::Number)
        }
        Data::String(text) => Entry::Text(text.as_str().into()),
        Data::Bool(b) => Entry::Bool(*b),
        Data::Error(e) => Entry::Error(e.to_string().into()),
        // A date where a count belongs is told as such; how it is written does not matter.
        other => Entry::Text(other.to_string().into()),
    };
    sheet.cells.push((at, Cell { entry, formula: None, format: 0 }));
    if sheet.cells.len() > limits.cells {
        return Err(failure::too_many_cells());
    }
    Ok(())
}

/// Formulas beside the values already read; one without a value is a blank cell with a formula.
fn put_formulas(formulas: &calamine::Range<String>, sheet: &mut Sheet) {
    let Some((top, left)) = formulas.start() else { return };
    sheet.sort();
    let mut alone = Vec::new();
    for (row, col, text) in formulas.used_cells().filter(|(_, _, t)| !t.is_empty()) {
        let at = CellRef::new(top + row as u32, left + col as u32);
        let formula: Box<str> = text.trim_start_matches('=').into();
        match sheet.cells.binary_search_by_key(&at, |(r, _)| *r) {
            Ok(i) => {
                if let Some((_, cell)) = sheet.cells.get_mut(i) {
                    cell.formula = Some(formula);
                }
            }
            Err(_) => alone.push((at, Cell { entry: Entry::Blank, formula: Some(formula), format: 0 })),
        }
    }
    sheet.cells.extend(alone);
    sheet.sort();
}
