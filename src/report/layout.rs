//! Building blocks for rows of gouji's own sheets: cells in short form, and heights that fit wrapped text.
//!
//! Programs that open a workbook do not all fit rows to wrapped text by themselves, so heights are stated.

use unicode_width::UnicodeWidthChar;

use super::sheet::{Content, NewCell, NewSheet, Row, StyleKind};
use crate::grid::{CellRef, Range};

/// Points that a line of 11-point text takes.
pub(super) const LINE: f64 = 15.0;
/// Points above and below the text of a row.
pub(super) const PADDING: f64 = 5.0;
/// The tallest row that the format allows, in points.
pub(super) const TALLEST: f64 = 409.0;

/// A cell with text.
pub(super) fn text(col: u32, style: StyleKind, text: impl Into<String>) -> NewCell {
    NewCell { col, content: Content::Text(text.into()), style }
}

/// A row of a table, as high as its longest text needs.
pub(super) fn table_row(cells: Vec<NewCell>, widths: &[f64]) -> Row {
    let lines = cells.iter().map(|c| cell_lines(c, widths)).max().unwrap_or(1).max(1);
    Row { height: Some((f64::from(lines) * LINE + PADDING).min(TALLEST)), cells }
}

fn cell_lines(cell: &NewCell, widths: &[f64]) -> u32 {
    let text = match &cell.content {
        Content::Text(text) | Content::Link { text, .. } => text,
        Content::Blank | Content::Number(_) => return 1,
    };
    lines(text, room(widths, cell.col))
}

/// A little less than a column's width, for the letters of a proportional font and the cell's margins.
pub(super) fn room(widths: &[f64], col: u32) -> f64 {
    widths.get(col as usize).copied().unwrap_or(9.0) - 1.0
}

/// A text in a column whose list gives way where no row could be tall enough for it all; `more` says how
/// many of its lines are left out.
pub(super) fn fitted(
    head: &str,
    list: &[String],
    tail: &str,
    room: f64,
    more: impl Fn(usize) -> String,
) -> String {
    let most = ((TALLEST - PADDING) / LINE) as u32;
    let with = |shown: usize| {
        let rest = (shown < list.len()).then(|| more(list.len() - shown));
        let shown = list.iter().take(shown).map(String::as_str);
        let parts = [head].into_iter().chain(shown).chain(rest.as_deref()).chain([tail]);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let fits = |text: &String| lines(text, room) <= most;
    (0..=list.len()).rev().map(with).find(fits).unwrap_or_else(|| with(0))
}

/// Lines that a text takes at `room` columns.
pub(super) fn lines(text: &str, room: f64) -> u32 {
    text.lines().map(|line| wrapped(line, room)).sum()
}

/// Lines that a text takes at `room` columns; a Chinese character is two columns wide.
fn wrapped(line: &str, room: f64) -> u32 {
    let (mut lines, mut used) = (1, 0.0);
    for width in line.chars().map(|c| f64::from(c.width_cjk().unwrap_or(0) as u32)) {
        if used > 0.0 && used + width > room {
            lines += 1;
            used = 0.0;
        }
        used += width;
    }
    lines
}

/// Adds a line that runs over the sheet's whole width; wrapped where it is longer.
pub(super) fn banner(sheet: &mut NewSheet, style: StyleKind, words: impl Into<String>) {
    let row = sheet.rows.len() as u32;
    let last = (sheet.widths.len() as u32).saturating_sub(1);
    let words = words.into();
    let room = sheet.widths.iter().sum::<f64>() * 11.0 / style.look().size;
    let lines = lines(&words, room - 2.0).max(1);
    let height = (f64::from(lines) * style.look().size * 1.4 + PADDING).min(TALLEST);
    let mut cells = vec![text(0, style, words)];
    cells.extend((1..=last).map(|col| NewCell { col, content: Content::Blank, style }));
    sheet.rows.push(Row { height: Some(height), cells });
    if last > 0 {
        sheet.merges.push(Range::new(CellRef::new(row, 0), CellRef::new(row, last)));
    }
}

/// Adds an empty row.
pub(super) fn gap(sheet: &mut NewSheet) {
    sheet.rows.push(Row::default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_text_takes_two_columns_a_character() {
        assert_eq!(wrapped("总计应为三", 10.0), 1);
        assert_eq!(wrapped("总计应为三件", 10.0), 2);
        assert_eq!(wrapped("", 10.0), 1);
    }
}
