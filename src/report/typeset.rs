//! A new workbook for submissions that cannot be patched (xls, xlsb, ods, csv, html, text): the office's cells
//! typeset again with their marks, after the sheets that gouji adds.
//!
//! What [`crate::report::patch`] does to the office's own file, this shows in a copy: the same fills, the same
//! comments, the same first sheets. Of the office's looks it has number formats, widths and merges; every cell
//! gets a thin border, so that tables read as tables.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, Formula, Note,
    Workbook, Worksheet, XlsxError,
};

use crate::grid::{CellRef, Range};
use crate::report::patch::Mark;
use crate::report::sheet::{BORDER, Content, FONT, Fill, NewCell, NewSheet, StyleKind};

/// A sheet of the office's, as far as its format told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OfficeSheet {
    /// Name on the tab.
    pub name: String,
    /// Cells that hold something.
    pub cells: BTreeMap<CellRef, OfficeCell>,
    /// Merged ranges.
    pub merges: Vec<Range>,
    /// Column widths in characters, where known.
    pub widths: BTreeMap<u32, f64>,
    /// Whether it is hidden.
    pub hidden: bool,
}

/// A cell of the office's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfficeCell {
    /// What it holds.
    pub value: OfficeValue,
    /// Its number format as a pattern, where known.
    pub format: Option<String>,
}

/// What a cell of the office's holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OfficeValue {
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
pub fn write(sheets: &[NewSheet], office: &[OfficeSheet], marks: &[Mark]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same input gives the same bytes.
    let when = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_author("勾稽").set_creation_datetime(&when));
    for (i, sheet) in sheets.iter().enumerate() {
        let page = book.add_worksheet();
        write_new(page, sheet)?;
        if i == 0 {
            page.set_active(true);
        }
    }
    for sheet in office {
        let marks: Vec<&Mark> = marks.iter().filter(|m| m.sheet == sheet.name).collect();
        write_office(book.add_worksheet(), sheet, &marks)?;
    }
    book.save_to_buffer()
}

fn write_new(page: &mut Worksheet, sheet: &NewSheet) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?;
    page.set_screen_gridlines(false).set_paper_size(9).set_print_fit_to_pages(1, 0);
    page.set_print_center_horizontally(true).set_footer("&C&P / &N");
    if sheet.landscape {
        page.set_landscape();
    }
    for (col, width) in sheet.widths.iter().enumerate() {
        page.set_column_width(col as u16, *width)?;
    }
    for range in &sheet.merges {
        let (first, last) = (range.first, range.last);
        page.merge_range(first.row, first.col as u16, last.row, last.col as u16, "", &Format::new())?;
    }
    for (n, row) in (0u32..).zip(&sheet.rows) {
        if let Some(height) = row.height {
            page.set_row_height(n, height)?;
        }
        for cell in &row.cells {
            write_cell(page, n, cell)?;
        }
    }
    if let Some(range) = sheet.autofilter {
        page.autofilter(range.first.row, range.first.col as u16, range.last.row, range.last.col as u16)?;
    }
    if sheet.freeze_rows > 0 {
        page.set_freeze_panes(sheet.freeze_rows, 0)?;
    }
    if let Some((first, last)) = sheet.repeat_rows {
        page.set_repeat_rows(first, last)?;
    }
    Ok(())
}

fn write_cell(page: &mut Worksheet, row: u32, cell: &NewCell) -> Result<(), XlsxError> {
    let format = format_of(cell.style);
    let col = cell.col as u16;
    match &cell.content {
        Content::Blank => page.write_blank(row, col, &format)?,
        Content::Text(text) => page.write_string_with_format(row, col, text, &format)?,
        Content::Number(text) => match text.parse::<f64>() {
            Ok(number) => page.write_number_with_format(row, col, number, &format)?,
            Err(_) => page.write_string_with_format(row, col, text, &format)?,
        },
        Content::Link { sheet, cell: to, text } => {
            let url = format!("internal:'{}'!{to}", sheet.replace('\'', "''"));
            page.write_url_with_options(row, col, url.as_str(), text, "", Some(&format))?
        }
    };
    Ok(())
}

fn format_of(kind: StyleKind) -> Format {
    let look = kind.look();
    let mut format =
        Format::new().set_font_name(FONT).set_font_size(look.size).set_font_color(colour(look.colour));
    format = format.set_align(FormatAlign::VerticalCenter);
    if look.bold {
        format = format.set_bold();
    }
    if look.underline {
        format = format.set_underline(FormatUnderline::Single);
    }
    if let Some(fill) = look.fill {
        format = format.set_background_color(colour(fill));
    }
    if look.border {
        format = format.set_border(FormatBorder::Thin).set_border_color(colour(BORDER));
    }
    if look.centre {
        format = format.set_align(FormatAlign::Center);
    }
    if look.wrap { format.set_text_wrap() } else { format }
}

fn colour(rgb: &str) -> Color {
    Color::RGB(u32::from_str_radix(rgb, 16).unwrap_or(0))
}

/// A sheet of the office's; what lies unseen below a merge is left out.
fn write_office(page: &mut Worksheet, sheet: &OfficeSheet, marks: &[&Mark]) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?.set_hidden(sheet.hidden);
    for (col, width) in &sheet.widths {
        page.set_column_width(*col as u16, *width)?;
    }
    let area = |cell: CellRef| sheet.merges.iter().find(|m| m.contains(cell)).copied();
    let mut fills: BTreeMap<CellRef, Fill> = BTreeMap::new();
    let mut comments: BTreeMap<CellRef, String> = BTreeMap::new();
    for mark in marks {
        let at = area(mark.cell).map_or(mark.cell, |m| m.first);
        fills.entry(at).and_modify(|f| *f = mark.fill.max(*f)).or_insert(mark.fill);
        let text = comments.entry(at).or_default();
        *text = [text.as_str(), &mark.comment]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
    }
    let blank = OfficeCell::default();
    for range in sheet.merges.iter().filter(|m| m.first != m.last) {
        let cell = sheet.cells.get(&range.first).unwrap_or(&blank);
        let format = office_format(cell, fills.get(&range.first)).set_text_wrap();
        let (first, last) = (range.first, range.last);
        page.merge_range(first.row, first.col as u16, last.row, last.col as u16, "", &format)?;
        write_value(page, range.first, cell, &format)?;
    }
    let marked = fills.keys().filter(|c| !sheet.cells.contains_key(c)).map(|c| (c, &blank));
    let under = |at: &CellRef| area(*at).is_some_and(|m| m.first != m.last);
    for (at, cell) in sheet.cells.iter().chain(marked).filter(|(at, _)| !under(at)) {
        write_value(page, *at, cell, &office_format(cell, fills.get(at)))?;
    }
    for (at, text) in comments.iter().filter(|(_, text)| !text.is_empty()) {
        let note = Note::new(format!("勾稽：\n{text}")).set_author("勾稽").add_author_prefix(false);
        let lines = text.lines().map(|l| 1 + l.chars().count() / 26).sum::<usize>() as u32 + 1;
        let note =
            note.set_width(340).set_height((lines * 18 + 14).min(640)).set_font_name(FONT).set_font_size(9);
        page.insert_note(at.row, at.col as u16, &note)?;
    }
    Ok(())
}

fn office_format(cell: &OfficeCell, fill: Option<&Fill>) -> Format {
    let mut format = Format::new().set_font_name(FONT).set_border(FormatBorder::Thin);
    if let Some(pattern) = &cell.format {
        format = format.set_num_format(pattern);
    }
    if let Some(fill) = fill { format.set_background_color(colour(fill.rgb())) } else { format }
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

    fn office() -> OfficeSheet {
        let number = |n: &str| OfficeCell { value: OfficeValue::Number(n.to_owned()), format: None };
        let mut sheet = OfficeSheet { name: "表三".to_owned(), ..OfficeSheet::default() };
        sheet.cells.insert(CellRef::new(3, 3), number("3"));
        sheet.cells.insert(
            CellRef::new(0, 0),
            OfficeCell { value: OfficeValue::Text("总计".to_owned()), format: None },
        );
        sheet.merges.push("A1:C2".parse().unwrap());
        sheet
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let mark = Mark {
            sheet: "表三".to_owned(),
            cell: CellRef::new(3, 3),
            fill: Fill::Error,
            comment: "应为 4".to_owned(),
        };
        let first = NewSheet { name: "审核结果".to_owned(), ..NewSheet::default() };
        let write = || write(std::slice::from_ref(&first), &[office()], std::slice::from_ref(&mark)).unwrap();
        assert_eq!(write(), write());
    }
}
