//! Headings within the rows of a table: texts merged over its full width, and in a blank form labels that head what
//! follows by their words.

use super::{Labels, Range32, RowKind, is_to_fill_in, is_unit};
use crate::form::learn::words::{self, words};
use crate::grid::label;
use std::collections::BTreeSet;

/// Characters of the longest heading.
const LONGEST: usize = 60;

impl Labels {
    /// Whether all that stands in a row is one text in one cell at the right edge, above a header that begins at the left
    /// edge: the number of the form (会事业01表) or a unit, and no column's label.
    pub(super) fn is_aside(&self, row: u32) -> bool {
        let one = |r: u32| match self.beginning_in(r).as_slice() {
            [(range, _)] => Some(range.first.col).filter(|col| *col > self.left && range.last.col == *col),
            _ => None,
        };
        let covered = |r: u32| self.in_row(r).len() > 1;
        let further = |r: &u32| self.entries.contains(r) || self.in_row(*r).is_empty() || one(*r).is_some();
        let begins_left = |r: u32| {
            self.label(r, self.left)
                .and_then(|i| self.texts.get(i))
                .is_some_and(|(range, _)| range.first.row == r)
        };
        let next = (row + 1..=self.bottom).find(|r| !further(r));
        let heads = |r: u32| {
            begins_left(r) && self.label(r, self.right).is_some() && covered(r) && !self.numbers.contains(&r)
        };
        one(row).is_some() && !covered(row) && !self.has_figures(row) && next.is_some_and(heads)
    }

    /// Whether a text over the full width heads rows of the same table: right above a row of it, and no remark.
    pub(super) fn heads_section(&self, row: u32) -> bool {
        let labels = self.in_row(row);
        let [only] = labels.as_slice() else { return false };
        let text = self.text(*only);
        let is_remark = words::begins(&text, &words().notes)
            || words::is_footnote(&text)
            || words::is_known_entry(&text)
            || words::is_continued(&text)
            || is_unit(&text)
            || is_to_fill_in(&text)
            || text.chars().count() > LONGEST;
        let stands_here = self.texts.get(*only).is_some_and(|(r, _)| r.first.row == row && r.last.row == row);
        stands_here
            && !is_remark
            && self.kind(row + 1, false) == RowKind::Body
            && !self.entries.contains(&(row + 1))
    }

    /// The rows of a body in which texts over the full width stand.
    pub(super) fn wide(&self, rows: &Range32) -> BTreeSet<u32> {
        rows.clone().filter(|r| self.kind(*r, false) == RowKind::Title).collect()
    }

    /// These with texts over the full width in the column of the other rows' labels alone.
    pub(super) fn with_narrow(&self, rows: &Range32) -> Self {
        let wide = self.wide(rows);
        let is_text = |c: &u32| rows.clone().any(|r| !wide.contains(&r) && self.label(r, *c).is_some());
        let own = (self.left..=self.right).find(is_text).unwrap_or(self.left);
        let mut out = self.clone();
        out.at.retain(|(row, col), _| !wide.contains(row) || *col == own);
        for (range, _) in out.texts.iter_mut().filter(|(r, _)| wide.contains(&r.first.row)) {
            (range.first.col, range.last.col) = (own, own);
        }
        out
    }

    /// Whether the label of a blank form's row heads what follows, by its words: it ends with a colon, or a total of its
    /// name stands below (HIGHWAYS, then TOTAL HIGHWAYS).
    pub(super) fn heads_by_words(&self, row: u32, rows: &Range32) -> bool {
        let labels = self.in_row(row);
        let [only] = labels.as_slice() else { return false };
        let text = self.text(*only);
        if words::is_known_entry(&text) || words::is_of_which(&text) || row + 1 >= rows.end {
            return false;
        }
        let own = label::normalise(&text).text;
        let totals = |below: &str| {
            let without = words()
                .total_begins
                .iter()
                .find_map(|w| below.to_lowercase().strip_prefix(w.as_str()).map(str::to_owned));
            let plain = label::normalise(
                without.as_deref().unwrap_or(below).split(['（', '(']).next().unwrap_or_default(),
            )
            .text;
            let ends =
                words().total_ends.iter().any(|end| plain.strip_suffix(end.as_str()) == Some(own.as_str()));
            without.is_some() && plain == own || ends
        };
        let is_total_of_it = |r: u32| self.in_row(r).iter().any(|i| totals(&self.text(*i)));
        !own.is_empty() && (text.ends_with(['：', ':']) || (row + 2..rows.end).any(is_total_of_it))
    }
}
