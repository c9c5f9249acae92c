//! The ways to mend what a sentence cannot tell in full, one a row, on gouji's own sheets: 可能的改法.

use super::layout::{self, LINE, PADDING, TALLEST, banner, gap, text};
use super::sheet::{Content, NewCell, NewSheet, Row, StyleKind};
use crate::finding::{Finding, Lang, Ways};
use crate::grid::{CellRef, Range};

/// Adds the ways of every finding that has more than its sentence tells, below the table of findings.
pub(super) fn of_findings(sheet: &mut NewSheet, findings: &[Finding], lang: Lang) {
    let many = findings.iter().zip(1..).filter(|(f, _)| !f.ways.lines.is_empty());
    for (finding, number) in many {
        gap(sheet);
        let n = finding.ways.lines.len();
        banner(
            sheet,
            StyleKind::Heading,
            match lang {
                Lang::Zh => format!("第 {number} 条可能的改法：共 {n} 种，只选一种；同一行的各格一起改"),
                Lang::En => {
                    format!("Ways to mend no. {number}: {n}, choose one; cells of one row change together")
                }
            },
        );
        rows(sheet, &finding.ways, number, lang);
    }
}

/// What all ways have in common, then a row a way, numbered "3-1", "3-2"; the words run over the other columns.
pub(super) fn rows(sheet: &mut NewSheet, ways: &Ways, number: usize, lang: Lang) {
    let last = (sheet.widths.len() as u32).saturating_sub(1);
    let room: f64 = sheet.widths.iter().skip(1).sum();
    if !ways.always.is_empty() {
        banner(sheet, StyleKind::Body, ways.always.get(lang));
    }
    for (way, n) in ways.lines.iter().zip(1..) {
        let row = sheet.rows.len() as u32;
        let words = way.get(lang);
        let lines = layout::lines(words, room - 2.0).max(1);
        let mut cells =
            vec![text(0, StyleKind::Centre, format!("{number}-{n}")), text(1, StyleKind::Body, words)];
        cells.extend((2..=last).map(|col| NewCell { col, content: Content::Blank, style: StyleKind::Body }));
        sheet.rows.push(Row { height: Some((f64::from(lines) * LINE + PADDING).min(TALLEST)), cells });
        sheet.merges.push(Range::new(CellRef::new(row, 1), CellRef::new(row, last)));
    }
}
