//! Plain text of a report: every line a row, tabs its cells.
//!
//! This is what a table copied out of a page or a word processor leaves. Text between the tables stays, one
//! row a paragraph. Not for csv, where quotes and other delimiters have a meaning.

use super::collect::Collector;
use super::limits::Limits;
use crate::finding::Failure;
use crate::grid::{CellRef, Workbook};

/// Reads a text.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Workbook, Failure> {
    let mut book = Collector::new("正文", limits);
    for (row, line) in (0..).zip(text.lines()) {
        for (col, cell) in (0..).zip(line.split('\t')) {
            book.write(CellRef::new(row, col), cell.trim_matches('\u{c}'))?;
        }
    }
    Ok(book.finish())
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    #[test]
    fn lines_are_rows_and_tabs_part_cells() {
        let text = "二、主动公开，情况 2022\n\n信息内容\t数量\t\r\n规章 \t0\t-1.5";
        let book = read(text, &Limits::default()).unwrap();
        assert_eq!(
            shown(&book.sheets[0]),
            "A1=二、主动公开，情况 2022\nA3=信息内容\nB3=数量\nA4=规章 \nB4#0\nC4#-1.5"
        );
    }
}
