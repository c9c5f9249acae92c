//! Tables of several sides (项目 | 金额 | 项目 | 金额): each side has its own list of rows under its own columns.

use super::{Labels, Range32};
use crate::form::learn::words::{self, words};
use crate::grid::label;
use std::collections::BTreeSet;

/// Of so many rows with a text, one at least has one in the column that names the rows of a side.
const NAMED: usize = 2;
/// Rows, at least, that a side names.
const FEWEST: usize = 2;

impl Labels {
    /// The columns in which the sides of a table begin, where it has more than one: a column that names rows by words
    /// of its own stands right of columns of numbers and left of others, and is headed as they are.
    pub(super) fn sides(&self, head: &Range32, rows: &Range32) -> Vec<u32> {
        let repeated: Vec<u32> = self.repeated(rows).collect();
        let is_naming = |col: &u32| !repeated.contains(col) && self.names_rows(head, rows, *col);
        let naming: Vec<u32> = (self.left..=self.right).filter(is_naming).collect();
        let is_value =
            |col: u32| self.leaf(head, col).is_some() && rows.clone().all(|r| self.label(r, col).is_none());
        let has_values = |cols: Range32| cols.into_iter().any(is_value);
        let mut starts = vec![self.left];
        for (i, col) in naming.iter().copied().enumerate() {
            let next = naming
                .get(i + 1..)
                .unwrap_or_default()
                .iter()
                .copied()
                .find(|next| has_values(col + 1..*next));
            let last = starts.last().copied().unwrap_or(self.left);
            if has_values(last..col) && has_values(col + 1..next.unwrap_or(self.right + 1)) {
                starts.push(self.with_serial(head, last, col));
            }
        }
        let ends = starts.iter().skip(1).copied().chain([self.right + 1]);
        let leaves =
            |cols: Range32| -> BTreeSet<String> { cols.filter_map(|c| self.leaf(head, c)).collect() };
        let all: Vec<BTreeSet<String>> =
            starts.iter().zip(ends).map(|(from, to)| leaves(*from..to)).collect();
        let alike = all.first().is_some_and(|first| all.iter().all(|side| !side.is_disjoint(first)));
        if alike { starts } else { vec![self.left] }
    }

    /// One side of a table by its columns, as if nothing else stood on the sheet.
    pub(super) fn side(&self, cols: &Range32) -> Self {
        let within = |at: &(u32, u32)| cols.contains(&at.1);
        let cells = |all: &BTreeSet<(u32, u32)>| all.iter().copied().filter(within).collect();
        let figures: BTreeSet<(u32, u32)> = cells(&self.figures);
        Self {
            at: self.at.iter().filter(|(at, _)| within(at)).map(|(at, i)| (*at, *i)).collect(),
            whole: self.whole.iter().filter(|(at, _)| within(at)).map(|(at, n)| (*at, *n)).collect(),
            numbers: figures.iter().map(|(row, _)| *row).collect(),
            computed: cells(&self.computed),
            figures,
            left: cols.start,
            right: cols.end - 1,
            ..self.clone()
        }
    }

    /// Whether the texts of a column name rows: under a header, without numbers, each its own.
    fn names_rows(&self, head: &Range32, rows: &Range32, col: u32) -> bool {
        let texts: Vec<String> =
            rows.clone().filter_map(|r| self.label(r, col)).map(|i| self.text(i)).collect();
        let distinct: BTreeSet<&String> = texts.iter().collect();
        let filled = rows.clone().filter(|r| !self.in_row(*r).is_empty()).count();
        let has_figures = rows.clone().any(|r| self.figures.contains(&(r, col)));
        let says = texts.len() * NAMED >= filled && texts.len() >= FEWEST && distinct.len() == texts.len();
        self.leaf(head, col).is_some() && !has_figures && says && !texts.iter().all(|t| words::is_unit(t))
    }

    /// The column of line numbers before the names of a side is the side's.
    fn with_serial(&self, head: &Range32, last: u32, col: u32) -> u32 {
        let before = col.checked_sub(1).filter(|before| *before > last);
        let is_serial = |c: &u32| self.leaf(head, *c).is_some_and(|t| words().serial.contains(&t));
        before.filter(is_serial).filter(|before| self.is_own_serial(head, last..*before)).unwrap_or(col)
    }

    /// Whether the side before has a column of line numbers of its own in front, so that one behind is none of its.
    fn is_own_serial(&self, head: &Range32, cols: Range32) -> bool {
        self.leaf(head, cols.start).is_some_and(|t| words().serial.contains(&t))
    }

    /// The innermost label of a column's header, without what is no word of it.
    fn leaf(&self, head: &Range32, col: u32) -> Option<String> {
        let own = head.clone().rev().find_map(|r| self.label(r, col))?;
        Some(label::normalise(&self.text(own)).text)
    }
}
