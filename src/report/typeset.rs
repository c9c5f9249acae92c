//! A new workbook that shows what an office's file of another format holds: values, formulas, number formats,
//! merges, widths and hidden sheets as far as its format told, with thin borders so that tables read as tables.
//!
//! It knows nothing of marks: those are put on the copy by [`super::patch`], as on any other workbook.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use super::layout::{LINE, TALLEST, lines};
use super::sheet::FONT;
use crate::grid::{CellRef, Range};

/// Width of a column that none is stated for, in characters.
const USUAL_WIDTH: f64 = 8.43;

/// A sheet of the office's, as far as its format told.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct OfficeSheet {
    /// Name on the tab.
    pub(super) name: String,
    /// Cells that hold something.
    pub(super) cells: BTreeMap<CellRef, OfficeCell>,
    /// Merged ranges, none on another.
    pub(super) merges: Vec<Range>,
    /// Column widths in characters.
    pub(super) widths: BTreeMap<u32, f64>,
    /// Whether it is hidden.
    pub(super) hidden: bool,
}

/// A cell of the office's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OfficeCell {
    /// What it holds.
    pub(super) value: OfficeValue,
    /// Its number format as a pattern, where known.
    pub(super) format: Option<String>,
}

/// What a cell of the office's holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum OfficeValue {
    /// Nothing.
    #[default]
    Blank,
    /// Text.
    Text(String),
    /// A number, as its exact decimal text.
    Number(String),
    /// A formula without its `=`, and what it gave.
    Formula {
        /// The formula.
        text: String,
        /// What it gave.
        cached: String,
    },
}

/// The workbook as bytes of an xlsx file.
///
/// # Errors
/// When a sheet breaks a rule of the format, such as two of one name.
pub(super) fn write(office: &[OfficeSheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same input gives the same bytes.
    let when = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_author("勾稽").set_creation_datetime(&when));
    for sheet in office {
        write_sheet(book.add_worksheet(), sheet)?;
    }
    book.save_to_buffer()
}

/// What lies unseen below a merge is left out.
fn write_sheet(page: &mut Worksheet, sheet: &OfficeSheet) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?.set_hidden(sheet.hidden);
    page.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    for (col, width) in &sheet.widths {
        page.set_column_width(*col as u16, *width)?;
    }
    let blank = OfficeCell::default();
    for range in sheet.merges.iter().filter(|m| m.first != m.last) {
        let cell = sheet.cells.get(&range.first).unwrap_or(&blank);
        let (first, last) = (range.first, range.last);
        let format = look(cell).set_align(FormatAlign::Center);
        page.merge_range(first.row, first.col as u16, last.row, last.col as u16, "", &format)?;
        write_value(page, range.first, cell, &format)?;
    }
    let merged = |at: CellRef| sheet.merges.iter().any(|m| m.first != m.last && m.contains(at));
    for (at, cell) in sheet.cells.iter().filter(|(at, _)| !merged(**at)) {
        write_value(page, *at, cell, &look(cell))?;
    }
    for (row, lines) in tall_rows(sheet, merged) {
        page.set_row_height(row, (f64::from(lines) * LINE).min(TALLEST))?;
    }
    Ok(())
}

/// Rows in which a text wraps, with their lines.
fn tall_rows(sheet: &OfficeSheet, merged: impl Fn(CellRef) -> bool) -> BTreeMap<u32, u32> {
    let mut rows: BTreeMap<u32, u32> = BTreeMap::new();
    for (at, cell) in sheet.cells.iter().filter(|(at, _)| !merged(**at)) {
        let OfficeValue::Text(text) = &cell.value else { continue };
        let lines = lines(text, sheet.widths.get(&at.col).copied().unwrap_or(USUAL_WIDTH) - 1.0);
        let row = rows.entry(at.row).or_default();
        *row = (*row).max(lines);
    }
    rows.retain(|_, lines| *lines > 1);
    rows
}

fn look(cell: &OfficeCell) -> Format {
    let plain = Format::new().set_font_name(FONT).set_border(FormatBorder::Thin).set_text_wrap();
    let format = plain.set_align(FormatAlign::VerticalCenter);
    match &cell.format {
        Some(pattern) => format.set_num_format(pattern),
        None => format,
    }
}

fn write_value(
    page: &mut Worksheet,
    at: CellRef,
    cell: &OfficeCell,
    format: &Format,
) -> Result<(), XlsxError> {
    let (row, col) = (at.row, at.col as u16);
    match &cell.value {
        OfficeValue::Blank => page.write_blank(row, col, format)?,
        OfficeValue::Text(text) => page.write_string_with_format(row, col, text, format)?,
        OfficeValue::Number(text) => match text.parse::<f64>() {
            Ok(number) => page.write_number_with_format(row, col, number, format)?,
            Err(_) => page.write_string_with_format(row, col, text, format)?,
        },
        OfficeValue::Formula { text, cached } => {
            page.write_formula_with_format(row, col, Formula::new(text).set_result(cached), format)?
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let mut sheet = OfficeSheet { name: "表三".to_owned(), ..OfficeSheet::default() };
        let cell = |value| OfficeCell { value, format: None };
        sheet.cells.insert(CellRef::new(3, 3), cell(OfficeValue::Number("3".to_owned())));
        sheet.cells.insert(CellRef::new(0, 0), cell(OfficeValue::Text("总计".to_owned())));
        sheet.merges.push("A1:C2".parse().unwrap());
        let write = || write(std::slice::from_ref(&sheet)).unwrap();
        assert_eq!(write(), write());
    }
}
