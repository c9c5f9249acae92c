//! 汇总.xlsx: overview with a chart, the roll-up in the official layout, all findings, who has reported, who has to
//! be reminded, offices side by side, and this year beside the last.

use super::{Archive, Overview, sheets};
use crate::form::Form;
use crate::grid::Workbook as Book;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use std::io::Write;

/// The sheet of the roll-up: laid out as the official form, and all that is read where the workbook is audited.
pub const ROLL_UP: &str = "汇总表";
/// The other sheets; together they tell the workbook from an office's.
pub(super) const OVERVIEW: &str = "总览";
pub(super) const FINDINGS: &str = "问题清单";
pub(super) const REPORTING: &str = "报送情况";
pub(super) const REMINDERS: &str = "催报清单";
pub(super) const OFFICES: &str = "单位对比";
pub(super) const YEARS: &str = "跨年对比";

/// So many submissions fit into memory with ease; the sheets of more are spooled.
const MANY: usize = 1_000;

/// Writes the summary workbook of a batch.
///
/// Sheets that grow with the number of offices are spooled to temporary files where there are many, so that memory
/// does not grow with them. A browser, which has no files, makes the same workbook of as many as it can hold, and of
/// fewer the same bytes.
///
/// # Errors
/// When a sheet cannot be made or the file not be written.
pub fn workbook<W: Write + Send>(
    overview: &Overview,
    archive: &dyn Archive,
    forms: &[Form],
    out: W,
) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same submissions give the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = DocProperties::new().set_title(overview.heading()).set_author("勾稽");
    book.set_properties(&title.set_creation_datetime(&made));
    let form = overview.form.as_deref().and_then(|id| forms.iter().find(|f| f.id == id));
    sheets::overview(book.add_worksheet().set_name(OVERVIEW)?, overview, archive, form)?;
    if let Some(form) = form {
        sheets::roll_up(book.add_worksheet().set_name(ROLL_UP)?, overview, form)?;
    }
    let many = overview.entries.len() > MANY;
    sheets::findings(growing(&mut book, FINDINGS, many)?, overview, archive)?;
    sheets::reporting(growing(&mut book, REPORTING, many)?, overview)?;
    if overview.is_second_round() {
        sheets::reminders(growing(&mut book, REMINDERS, many)?, overview, archive)?;
    }
    if let Some(form) = form {
        sheets::offices(growing(&mut book, OFFICES, many)?, overview, archive, form)?;
        if overview.both_years > 0 {
            sheets::years(growing(&mut book, YEARS, many)?, overview, archive, form)?;
        }
    }
    book.save_to_writer(out)
}

/// A sheet that grows with the number of offices; spooled, its rows go to a temporary file as they are written.
#[cfg(not(target_arch = "wasm32"))]
fn growing<'b>(book: &'b mut Workbook, name: &str, many: bool) -> Result<&'b mut Worksheet, XlsxError> {
    let sheet = if many { book.add_worksheet_with_constant_memory()? } else { book.add_worksheet() };
    sheet.set_name(name)
}

/// In a browser there are no files.
#[cfg(target_arch = "wasm32")]
fn growing<'b>(book: &'b mut Workbook, name: &str, _: bool) -> Result<&'b mut Worksheet, XlsxError> {
    book.add_worksheet().set_name(name)
}

/// Whether a workbook is a summary that gouji wrote.
pub fn is_summary(book: &Book) -> bool {
    let has = |name: &str| book.sheets.iter().any(|s| s.name == name);
    [OVERVIEW, ROLL_UP, FINDINGS, REPORTING].into_iter().all(has)
}
