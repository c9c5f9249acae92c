//! The sheets of the summary workbook, one function each, and their common looks.

mod findings;
mod offices;
mod overview;
mod reminders;
mod reporting;
mod roll_up;
mod years;

pub(super) use findings::findings;
pub(super) use offices::offices;
pub(super) use overview::overview;
pub(super) use reminders::reminders;
pub(super) use reporting::reporting;
pub(super) use roll_up::roll_up;
pub(super) use years::years;

use super::Overview;
use crate::report::markup::shown;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};
use unicode_width::UnicodeWidthStr;

const FONT: &str = "微软雅黑";
/// Characters that a cell may hold.
const LONGEST_TEXT: usize = 32_000;

fn plain() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10.5).set_align(FormatAlign::VerticalCenter)
}

fn cell() -> Format {
    plain().set_border(FormatBorder::Thin).set_border_color(0xBF_BFBF).set_text_wrap()
}

/// A number among texts: in the middle, so that it does not touch the next column.
fn number() -> Format {
    cell().set_align(FormatAlign::Center)
}

fn head() -> Format {
    cell().set_bold().set_background_color(0xD9_E2F3).set_align(FormatAlign::Center)
}

fn title() -> Format {
    plain().set_bold().set_font_size(16.0)
}

/// A text of a file that fits a cell and says nothing but what is seen.
fn cut(text: &str) -> String {
    let kept: String = text.chars().take(LONGEST_TEXT).collect();
    let shown = shown(&kept).into_owned();
    if kept.len() < text.len() { shown + "…" } else { shown }
}

/// Height of a line of text, and of the tallest row that the format allows.
const LINE: f64 = 15.0;
const TALLEST: f64 = 409.0;

/// Makes a row as high as its longest text needs: not every program does so by itself.
fn fit(page: &mut Worksheet, row: u32, cells: &[(&str, f64)]) -> Result<(), XlsxError> {
    let lines = cells.iter().map(|(text, width)| lines(text, *width)).max().unwrap_or(1);
    let height = f64::from(lines.clamp(1, 40)) * LINE + 3.0;
    page.set_row_height(row, height.min(TALLEST))?;
    Ok(())
}

/// The same by the texts of some columns of a list.
fn fit_in(
    page: &mut Worksheet,
    row: u32,
    columns: &[(&str, f64)],
    texts: &[(usize, &str)],
) -> Result<(), XlsxError> {
    let cells = texts.iter().filter_map(|(col, text)| Some((*text, columns.get(*col)?.1)));
    fit(page, row, &cells.collect::<Vec<_>>())
}

/// Lines that a text takes in a column; Chinese text breaks anywhere, but not in the middle of a character.
fn lines(text: &str, width: f64) -> u32 {
    let room = (width * 0.92 - 1.0).max(2.0) as usize;
    text.lines().map(|line| line.width().div_ceil(room).max(1) as u32).sum()
}

/// Writes the heads of a list with its column widths, and keeps them in view and in print.
fn heads(page: &mut Worksheet, row: u32, columns: &[(&str, f64)], all: &Overview) -> Result<(), XlsxError> {
    for ((name, width), col) in columns.iter().zip(0u16..) {
        page.write_string_with_format(row, col, all.word(name), &head())?;
        page.set_column_width(col, *width)?;
    }
    page.set_freeze_panes(row + 1, 0)?.set_repeat_rows(row, row)?;
    on_paper(page, all);
    Ok(())
}

/// How a sheet is printed: on A4 across, as wide as the page, each page with what it is of and its number.
fn on_paper(page: &mut Worksheet, all: &Overview) {
    const SIDE: f64 = 0.4;
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    let of = shown(&all.reports()).replace('&', "&&");
    page.set_margins(SIDE, SIDE, 0.7, 0.6, 0.35, 0.3);
    // a space parts the size from a year, which would be taken into it
    page.set_header(format!("&L&10 {of}　&A")).set_footer("&C&9&P / &N");
}
