//! 汇总.xlsx: overview with a chart, the roll-up in the official layout, all findings, who has reported, and
//! offices side by side.

use super::{Overview, sheets};
use crate::form::Form;
use crate::grid::Workbook as Book;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// The sheet of the roll-up: laid out as the official form, and all that is read where the workbook is audited.
pub const ROLL_UP: &str = "汇总表";
/// The other sheets; together they tell the workbook from an office's.
pub(super) const OVERVIEW: &str = "总览";
pub(super) const FINDINGS: &str = "问题清单";
pub(super) const REPORTING: &str = "报送情况";
pub(super) const OFFICES: &str = "单位对比";

/// The summary workbook of a batch.
///
/// # Errors
/// When a sheet cannot be made.
pub fn workbook(overview: &Overview, forms: &[Form]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same submissions give the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = DocProperties::new().set_title("政府信息公开工作年度报告汇总").set_author("勾稽");
    book.set_properties(&title.set_creation_datetime(&made));
    let form = overview.form.as_deref().and_then(|id| forms.iter().find(|f| f.id == id));
    sheets::overview(book.add_worksheet().set_name(OVERVIEW)?, overview, form)?;
    if let Some(form) = form {
        sheets::roll_up(book.add_worksheet().set_name(ROLL_UP)?, overview, form)?;
    }
    sheets::findings(book.add_worksheet().set_name(FINDINGS)?, overview)?;
    sheets::reporting(book.add_worksheet().set_name(REPORTING)?, overview)?;
    if let Some(form) = form {
        sheets::offices(book.add_worksheet().set_name(OFFICES)?, overview, form)?;
    }
    book.save_to_buffer()
}

/// Whether a workbook is a summary that gouji wrote.
pub fn is_summary(book: &Book) -> bool {
    let has = |name: &str| book.sheets.iter().any(|s| s.name == name);
    [OVERVIEW, ROLL_UP, FINDINGS, REPORTING].into_iter().all(has)
}
