//! Where the body of a table ends: what follows a blank row, and remarks below it.

use super::{Labels, RowKind};
use crate::form::learn::words;

/// Characters of a label that is not long in any table.
const SHORT: usize = 20;

impl Labels {
    /// The row after a body. Blank rows above it belong to it, and within it what figures follow; in a form without
    /// figures also what goes on after a blank row and looks like a row.
    pub(super) fn end_of_body(&self, head: u32) -> u32 {
        let mut end = head;
        let mut next = head;
        while next <= self.bottom {
            match self.kind(next, false) {
                RowKind::Body if next == end || end == head || self.has_figures(next) => end = next + 1,
                RowKind::Body if next == end + 1 && self.heads_section(end) => end = next + 1,
                RowKind::Body | RowKind::Empty => {}
                RowKind::Title if next == end && self.heads_section(next) => {}
                _ => break,
            }
            next += 1;
        }
        if (head..end).any(|r| self.has_figures(r)) {
            return self.without_notes(head, end);
        }
        while let Some(further) = self.goes_on(head, end) {
            end = further;
        }
        end
    }

    /// The end of a body of numbers without the remarks that stand right below it.
    fn without_notes(&self, head: u32, mut end: u32) -> u32 {
        let longest = (head..end).filter(|r| self.has_figures(*r)).map(|r| self.length(r)).max();
        while end > head && !self.has_figures(end - 1) && self.is_note(end - 1, longest.unwrap_or(0)) {
            end -= 1;
        }
        end
    }

    /// The end of a body without figures that goes on below a blank row: further rows with labels no longer than
    /// those before, and no header under them.
    fn goes_on(&self, head: u32, end: u32) -> Option<u32> {
        let first = (end..=self.bottom).find(|r| self.kind(*r, false) != RowKind::Empty)?;
        let body = |r: &u32| self.kind(*r, false) == RowKind::Body;
        let last = (first..=self.bottom).take_while(body).last()?;
        let under = (last + 1..=self.bottom).map(|r| self.kind(r, false)).find(|k| *k != RowKind::Empty);
        let longest = (head..end).map(|r| self.length(r)).max().unwrap_or(0);
        let is_row = |r: u32| self.length(r) <= longest && !self.is_note(r, longest);
        let goes_on = under != Some(RowKind::Header) && (first..=last).all(is_row);
        goes_on.then_some(last + 1)
    }

    /// Characters of the first text of a row.
    fn length(&self, row: u32) -> usize {
        self.in_row(row).first().map_or(0, |i| self.text(*i).chars().count())
    }

    /// Whether a row is a remark below a table: a lone text with a footnote's mark, or much longer than any label.
    fn is_note(&self, row: u32, longest: usize) -> bool {
        let labels = self.in_row(row);
        let [only] = labels.as_slice() else { return false };
        let text = self.text(*only);
        words::is_footnote(&text) || text.chars().count() > longest.max(SHORT) * 2
    }
}
