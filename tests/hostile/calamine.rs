//! What calamine alone makes of a file, to compare with: `calamine_reads FILE CELL` prints the cell's value of the
//! first sheet, reading every sheet through, by streaming where calamine streams.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what it reads is all that it says")]

use std::io::Cursor;
use std::process::ExitCode;

use calamine::{Data, DataRef, Reader, Sheets, open_workbook_auto_from_rs};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(path), Some(cell)) = (arguments.next(), arguments.next()) else { return ExitCode::from(2) };
    let Ok(bytes) = std::fs::read(path) else { return ExitCode::from(2) };
    match value(bytes, &cell.to_string_lossy()) {
        Ok(value) => {
            println!("{value}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The value at an address of the first sheet; every cell of every sheet is read.
fn value(bytes: Vec<u8>, cell: &str) -> Result<String, String> {
    let at = cell.parse::<gouji::grid::CellRef>().map_err(|e| e.to_string())?;
    let at = (at.row, at.col);
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let mut found = None;
    for (i, sheet) in book.sheet_names().into_iter().enumerate() {
        let here = one(&mut book, &sheet, at)?;
        if i == 0 {
            found = here;
        }
    }
    Ok(found.unwrap_or_default())
}

fn one(book: &mut Sheets<Cursor<Vec<u8>>>, sheet: &str, at: (u32, u32)) -> Result<Option<String>, String> {
    let mut found = None;
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| e.to_string())?;
            while let Some(cell) = cells.next_cell().map_err(|e| e.to_string())? {
                if cell.get_position() == at {
                    found = Some(shown(&cell.get_value().clone().into()));
                }
            }
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| e.to_string())?;
            while let Some(cell) = cells.next_cell().map_err(|e| e.to_string())? {
                if cell.get_position() == at {
                    let value: DataRef<'_> = cell.get_value().clone();
                    found = Some(shown(&value.into()));
                }
            }
        }
        _ => {
            let range = book.worksheet_range(sheet).map_err(|e| e.to_string())?;
            found = range.get_value(at).map(shown);
        }
    }
    Ok(found)
}

fn shown(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        other => other.to_string(),
    }
}
