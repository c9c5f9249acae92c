//! Columns that describe the rows and are not filled in: line numbers, units, labels that stand once more.

use super::{Labels, Range32};
use crate::form::learn::words::{self, words};
use crate::grid::label;
use std::collections::{BTreeMap, BTreeSet};

/// Of so many labels of a column that stand in a row, so many are those of another column where it repeats that.
const ALIKE: (usize, usize) = (3, 4);

/// What a column that holds nothing to fill in says of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It numbers them.
    Serial,
    /// It gives their units.
    Unit,
    /// It repeats their labels beside the numbers, as a table on two pages does.
    Repeat,
}

impl Labels {
    /// The columns that describe the rows: by their header, or since they repeat the labels.
    pub(super) fn describing(&self, head: Range32, rows: &Range32) -> BTreeMap<u32, Role> {
        let role = |col: u32| {
            let header = head.clone().rev().find_map(|r| self.label(r, col)).map(|i| self.text(i));
            let Some(header) = header else {
                return self.numbers_labels(rows, col).then_some((col, Role::Serial));
            };
            let mut texts = rows.clone().filter_map(|r| self.label(r, col)).map(|i| self.text(i)).peekable();
            if words::is(&header, &words().units) && texts.peek().is_some() {
                return texts.all(|t| words::is_unit(&t)).then_some((col, Role::Unit));
            }
            let is_serial = words::is(&header, &words().serial) && self.counts_rows(&head, rows, col);
            is_serial.then_some((col, Role::Serial))
        };
        let mut out: BTreeMap<u32, Role> = (self.left..=self.right).filter_map(role).collect();
        out.extend(self.repeated(rows).map(|col| (col, Role::Repeat)));
        out
    }

    /// Whether the first column, without a header, numbers the labels right of it: its numbers rise and nothing else
    /// stands in it.
    fn numbers_labels(&self, rows: &Range32, col: u32) -> bool {
        let number = |r: u32| self.whole.get(&(r, col)).copied();
        let numbers: Vec<u32> = rows.clone().filter_map(number).collect();
        let beside = rows.clone().filter(|r| number(*r).is_some());
        let is_plain = rows.clone().all(|r| {
            number(r).is_some() || self.label(r, col).is_none() && !self.figures.contains(&(r, col))
        });
        col == self.left
            && numbers.len() > 1
            && numbers.windows(2).all(|w| matches!(w, [a, b] if a < b))
            && beside.clone().all(|r| self.label(r, col + 1).is_some())
            && is_plain
    }

    /// Whether a column headed "no." or 代码 numbers the rows: it is the only one, in no group of columns, and its
    /// numbers rise.
    fn counts_rows(&self, head: &Range32, rows: &Range32, col: u32) -> bool {
        let own = |c: u32| head.clone().rev().find_map(|r| self.label(r, c)).map(|i| self.text(i));
        let alone = (self.left..=self.right).all(|c| c == col || own(c) != own(col));
        let above = head.clone().find_map(|r| self.label(r, col)).and_then(|i| self.texts.get(i));
        let in_group = above.is_some_and(|(r, _)| r.last.col > col && r.first.col > self.left);
        let numbers: Vec<u32> = rows.clone().filter_map(|r| self.whole.get(&(r, col)).copied()).collect();
        alone && !in_group && numbers.windows(2).all(|w| matches!(w, [a, b] if a < b))
    }

    /// Columns in which the labels of a column further left stand once more, row by row: labels that tell rows apart,
    /// and not N/A in each.
    pub(super) fn repeated<'a>(&'a self, rows: &Range32) -> impl Iterator<Item = u32> + use<'a> {
        let labels = |col: u32| -> BTreeMap<u32, usize> {
            rows.clone().filter_map(|r| Some((r, self.label(r, col)?))).collect()
        };
        let columns: Vec<(u32, BTreeMap<u32, usize>)> =
            (self.left..=self.right).map(|c| (c, labels(c))).filter(|(_, own)| own.len() > 1).collect();
        let says = |i: &usize| label::normalise(&self.text(*i)).text;
        let repeats = |own: &BTreeMap<u32, usize>, first: &BTreeMap<u32, usize>| {
            let same =
                |(row, i): &(&u32, &usize)| first.get(row).is_some_and(|j| j != *i && says(j) == says(i));
            let distinct: BTreeSet<String> = own.values().map(says).collect();
            own.iter().filter(same).count() * ALIKE.1 >= own.len() * ALIKE.0
                && distinct.len() * ALIKE.1 >= own.len() * ALIKE.0
        };
        let found = columns
            .iter()
            .enumerate()
            .filter(|(n, (_, own))| columns.iter().take(*n).any(|(_, first)| repeats(own, first)));
        found.map(|(_, (col, _))| *col).collect::<Vec<_>>().into_iter()
    }
}
