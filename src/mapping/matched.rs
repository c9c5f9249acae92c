//! How the headers of a workbook were read, line by line, for those who want to see it.

use super::{Axis, How, Mapping};
use crate::form::{Form, Line};
use crate::grid::{Entry, Workbook};

/// A row or column of a form, and the header that was taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedLine {
    /// Id of its table.
    pub table: String,
    /// Row or column.
    pub axis: Axis,
    /// Its labels on the form, outermost first.
    pub path: Vec<String>,
    /// What was taken for it; `None` where nothing was certain enough.
    pub found: Option<FoundLabel>,
}

/// A header of the workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundLabel {
    /// `sheet!A1`.
    pub cell: String,
    /// Its text as entered.
    pub text: String,
    /// How it was recognised.
    pub how: How,
    /// By how many thousandths the best assignment leads the next.
    pub margin: u16,
}

/// Every labelled line of a form's located tables with its header, in the form's order.
pub fn matched(book: &Workbook, form: &Form, mapping: &Mapping) -> Vec<MatchedLine> {
    let mut out = Vec::new();
    for (t, table) in form.tables.iter().enumerate() {
        for (b, block) in table.blocks.iter().enumerate() {
            for (axis, lines) in [(Axis::Col, &block.cols), (Axis::Row, &block.rows)] {
                let labelled = lines.iter().enumerate().filter(|(_, l)| !l.path.is_empty());
                out.extend(labelled.filter_map(|(i, line)| {
                    let found =
                        mapping.lines.iter().find(|l| l.block == (t, b) && l.axis == axis && l.line == i);
                    let found = found.and_then(|l| label(book, l));
                    // A line that stands only in a mixed form is missing from no other.
                    (found.is_some() || line.replaces.is_empty()).then(|| MatchedLine {
                        table: table.id.clone(),
                        axis,
                        path: path(line),
                        found,
                    })
                }));
            }
        }
    }
    out
}

fn path(line: &Line) -> Vec<String> {
    line.path.iter().map(|l| l.text.clone()).collect()
}

fn label(book: &Workbook, line: &super::Line) -> Option<FoundLabel> {
    let sheet = book.sheets.get(line.label.0)?;
    let text = sheet.cell(line.label.1).map(|c| &c.entry).and_then(Entry::raw).unwrap_or_default();
    let cell = format!("{}!{}", sheet.name, line.label.1);
    Some(FoundLabel { cell, text, how: line.how, margin: line.margin })
}
