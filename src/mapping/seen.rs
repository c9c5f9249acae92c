//! Labels of the form that stand on a sheet although their numbers were not read: where, and what was in the way.
//!
//! Asked only where a table or a line is missing; it decides nothing.

use super::found::Axis;
use super::lexicon::{BlockWords, NO_TERM};
use super::sight::Sight;
use super::similarity::How;
use super::view::{Item, View};
use crate::grid::CellRef;
use std::collections::BTreeSet;

/// Different labels of a table that make it seen.
const LEAST: usize = 3;
/// Labels of which it is asked what is in their way; a form has a hundred.
const MOST: usize = 500;
/// How far above a number its heading is looked for.
const HEADER_ABOVE: usize = 60;

/// Labels of the form whose numbers were not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Sheet and cell of the first label.
    pub at: (usize, CellRef),
    /// How many there are.
    pub count: usize,
    /// What was in the way of most.
    pub why: Why,
}

/// Why a label's number was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The table's title stands alone.
    NoLabels,
    /// No number stands right of a row's label.
    NoNumber,
    /// No number stands below a column's label.
    NoNumberBelow,
    /// Numbers stand left of a row's label.
    NumberLeft,
    /// Numbers stand above a column's label.
    NumberAbove,
    /// A word that is none of the form's stands between label and number.
    Divided(CellRef),
    /// Another label of the form stands in the same row, behind the number.
    Shared(CellRef),
    /// What stands above the number is no column of the form.
    Heading(CellRef),
    /// Nothing stands above the number.
    NoHeading,
    /// It is not certain which number belongs to which field.
    Unclear,
}

/// A sheet on which labels are looked for.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    /// Index of the sheet.
    pub(super) sheet: usize,
    /// The sheet, upright.
    pub(super) view: &'a View,
    pub(super) sight: &'a Sight<'a>,
}

/// A label found, with the term that it is.
struct Found<'a> {
    item: &'a Item,
    term: usize,
    why: Why,
}

/// A table of which nothing was read, on the sheet that shows most of its labels.
pub(super) fn table(scenes: &[Scene], table: usize) -> Option<Seen> {
    let on = |scene: &Scene| {
        let (own, others): (Vec<&BlockWords>, Vec<&BlockWords>) =
            scene.sight.lexicon.blocks.iter().partition(|b| b.table == table);
        let shared: BTreeSet<usize> = others.into_iter().flat_map(leaves).collect();
        let telling = |words: &BlockWords| leaves(words).filter(|t| !shared.contains(t)).collect();
        let is_telling = |i: &Item| i.label().is_none_or(|l| scene.one_of(l, &shared).is_none());
        let found: Vec<Found> =
            own.iter().flat_map(|words| scene.found(words, &telling(words), is_telling)).collect();
        let different = own.iter().flat_map(|words| telling(words)).collect::<BTreeSet<usize>>().len();
        scene.summed_up(&found).filter(|seen| seen.count >= LEAST.min(different))
    };
    most(scenes.iter().filter_map(on)).or_else(|| scenes.iter().find_map(|scene| scene.title(table)))
}

/// Lines of a block that were not read, on the sheet that shows most of them; `taken` are the labels of others.
pub(super) fn lines(
    scenes: &[Scene],
    (block, axis): (usize, Axis),
    lines: &[usize],
    taken: &BTreeSet<(usize, CellRef)>,
) -> Option<Seen> {
    let on = |scene: &Scene| {
        let words = scene.sight.lexicon.blocks.get(block)?;
        let all = if axis == Axis::Row { &words.rows } else { &words.cols };
        let terms = lines.iter().filter_map(|l| all.get(*l)).map(|l| l.leaf).collect();
        let is_free = |item: &Item| scene.is_free(item, axis, taken);
        scene.summed_up(&scene.found(words, &terms, is_free))
    };
    most(scenes.iter().filter_map(on))
}

/// The first of those with most labels.
fn most(seen: impl Iterator<Item = Seen>) -> Option<Seen> {
    seen.reduce(|best, next| if next.count > best.count { next } else { best })
}

/// The labels of a block's lines.
fn leaves(words: &BlockWords) -> impl Iterator<Item = usize> {
    words.rows.iter().chain(&words.cols).map(|l| l.leaf).filter(|t| *t != NO_TERM)
}

impl<'a> Scene<'a> {
    /// The title of a table.
    fn title(&self, table: usize) -> Option<Seen> {
        let is_title = |i: &&Item| i.label().is_some_and(|l| self.sight.title(l) == Some(table));
        let item = self.view.items.iter().find(is_title)?;
        let at = self.view.address(item.rows.0, item.cols.0)?;
        Some(Seen { at: (self.sheet, at), count: 1, why: Why::NoLabels })
    }

    /// The term of some that a label is in so many words.
    fn one_of(&self, label: usize, terms: &BTreeSet<usize>) -> Option<usize> {
        let sure = |t: &&usize| self.sight.likeness(label, **t).is_some_and(|l| l.how < How::Near);
        terms.iter().find(sure).copied()
    }

    /// The first cells that may, and that hold, in so many words, one of some terms.
    fn found(
        &self,
        words: &BlockWords,
        terms: &BTreeSet<usize>,
        may: impl Fn(&Item) -> bool,
    ) -> Vec<Found<'a>> {
        let found = |item: &'a Item| {
            let term = self.one_of(item.label()?, terms).filter(|_| may(item))?;
            Some(Found { item, term, why: self.why(words, item) })
        };
        self.view.items.iter().filter_map(found).take(MOST).collect()
    }

    /// Whether a label may be that of a line that is missing: no other line's, and with a list mark no column's.
    fn is_free(&self, item: &Item, axis: Axis, taken: &BTreeSet<(usize, CellRef)>) -> bool {
        let at = self.view.address(item.rows.0, item.cols.0).map(|at| (self.sheet, at));
        let marked = item.label().is_some_and(|l| self.sight.text(l).mark.is_some());
        !(marked && axis == Axis::Col) && at.is_some_and(|at| !taken.contains(&at))
    }

    fn summed_up(&self, found: &[Found]) -> Option<Seen> {
        let first = found.first()?;
        let often = |why: Why| {
            let kind = std::mem::discriminant(&why);
            found.iter().filter(|f| std::mem::discriminant(&f.why) == kind).count()
        };
        let why = found.iter().map(|f| f.why).rev().max_by_key(|w| often(*w))?;
        let at = self.view.address(first.item.rows.0, first.item.cols.0)?;
        let count = found.iter().map(|f| f.term).collect::<BTreeSet<usize>>().len();
        Some(Seen { at: (self.sheet, at), count, why })
    }

    /// What is in the way of a label's number: to its right, or below it where nothing stands to the right.
    fn why(&self, words: &BlockWords, item: &Item) -> Why {
        let of_row = |l: usize| self.sight.is_among(l, &words.row_leaves);
        let heads = item.label().is_some_and(|l| self.sight.is_among(l, &words.col_leaves));
        let next = self.view.within(item.rows.0, item.cols.1 + 1..self.view.width());
        let before_number = next.iter().position(Item::is_value);
        let is_row = next.first().is_some_and(Item::is_value) || !heads || item.label().is_some_and(of_row);
        match before_number {
            Some(at) if is_row => self.beside(words, item, next, at),
            None if is_row && !heads => self.without_number(item),
            _ => self.below(words, item),
        }
    }

    /// Whether an item is a word of a block.
    fn is_own(&self, words: &BlockWords, item: &Item) -> bool {
        item.label().is_some_and(|l| self.sight.is_among(l, &words.all))
    }

    /// A number stands to the right of a label.
    fn beside(&self, words: &BlockWords, item: &Item, next: &[Item], at: usize) -> Why {
        let own = |i: &Item| self.is_own(words, i);
        let (between, rest) = next.split_at_checked(at).unwrap_or_default();
        if let Some(word) = between.iter().find(|i| i.label().is_some() && !own(i)) {
            return self.cell(word, Why::Divided);
        }
        let of_form = |i: &Item| i.label().is_some_and(|l| self.sight.certain(l));
        let another = |i: &&Item| of_form(i) && i.label() != item.label();
        if let Some(other) = rest.iter().chain(between).find(another) {
            return self.cell(other, Why::Shared);
        }
        let Some(number) = rest.first() else { return Why::Unclear };
        match self.heading(number) {
            None => Why::NoHeading,
            Some(heading) if !own(heading) => self.cell(heading, Why::Heading),
            Some(_) => Why::Unclear,
        }
    }

    /// The nearest label above a number, up to a table's title.
    fn heading(&self, number: &Item) -> Option<&'a Item> {
        let is_title = |i: &Item| i.label().is_some_and(|l| self.sight.title(l).is_some());
        let rows = (number.rows.0.saturating_sub(HEADER_ABOVE)..number.rows.0).rev();
        let mut rows = rows.take_while(|row| !self.view.row(*row).iter().any(is_title));
        rows.find_map(|row| self.view.covering(row, number.cols.0).filter(|i| i.label().is_some()))
    }

    fn without_number(&self, item: &Item) -> Why {
        let before = self.view.within(item.rows.0, 0..item.cols.0);
        if before.iter().any(Item::is_value) { Why::NumberLeft } else { Why::NoNumber }
    }

    /// What stands below a column's label.
    fn below(&self, words: &BlockWords, item: &Item) -> Why {
        let near = item.rows.1 + 1..(item.rows.1 + 4).min(self.view.height());
        let below: Vec<&Item> = near.filter_map(|row| self.view.item(row, item.cols.0)).collect();
        let own = |i: &Item| self.is_own(words, i);
        let above = item.rows.0.checked_sub(1).and_then(|row| self.view.item(row, item.cols.0));
        match below.first() {
            Some(i) if i.is_value() => Why::Unclear,
            Some(i) if i.label().is_some() && !own(i) && below.iter().any(|i| i.is_value()) => {
                self.cell(i, Why::Divided)
            }
            _ if above.is_some_and(Item::is_value) => Why::NumberAbove,
            _ if below.iter().any(|i| i.is_value()) => Why::Unclear,
            _ if self.without_number(item) == Why::NumberLeft => Why::NumberLeft,
            _ => Why::NoNumberBelow,
        }
    }

    fn cell(&self, item: &Item, why: impl Fn(CellRef) -> Why) -> Why {
        self.view.address(item.rows.0, item.cols.0).map_or(Why::Unclear, why)
    }
}
