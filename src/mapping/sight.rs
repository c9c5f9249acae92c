//! The labels of a workbook as the words of a form see them.
//!
//! What a label may be is found out when it is first asked for, once for all sheets that show it.

use super::known::{Known, MOST_LABELS, Terms};
use super::label::{Reduced, reduce};
use super::lexicon::{BlockWords, HARD_CUTS, LIST_CUTS, Lexicon, SHORTEST_PATH, SOFT_CUTS, TermSet};
use super::period::Period;
use super::scope::Scope;
use super::similarity::{How, Likeness, resemblance};
use super::view::{Labels, View};
use super::vocabulary::vocabulary;
use crate::grid::label::is_space;
use std::collections::BTreeSet;

/// Points below which a damaged label is not even settled by its place.
const RESEMBLES: i32 = 400;

/// What the labels of a workbook may be.
pub(super) struct Sight<'a> {
    pub(super) lexicon: &'a Lexicon,
    /// The year of the report, where titles or names say it.
    pub(super) reported: Option<i32>,
    labels: &'a Labels,
    /// Labels that stand in no single cell.
    added: Vec<Reduced>,
    /// What has been found out of each label that has a seat.
    shared: Vec<Option<&'a Known>>,
    /// What has been found out of each label that has none.
    own: Vec<Known>,
}

impl<'a> Sight<'a> {
    /// The labels of a workbook, of which nothing is known yet.
    pub(super) fn new(lexicon: &'a Lexicon, labels: &'a Labels, reported: Option<i32>) -> Self {
        let shared = labels.list.iter().map(|l| lexicon.known.at(l.seat?)).collect();
        let own = labels.list.iter().map(|_| Known::default()).collect();
        Self { lexicon, reported, labels, added: Vec::new(), shared, own }
    }

    /// Adds a label that stands in no single cell.
    pub(super) fn intern(&mut self, text: &str) -> usize {
        self.added.push(reduce(text));
        self.own.push(Known::default());
        self.own.len() - 1
    }

    /// A label.
    pub(super) fn text(&self, label: usize) -> &Reduced {
        static NONE: Reduced = Reduced::none();
        let added = || self.added.get(label.checked_sub(self.labels.list.len())?);
        self.labels.list.get(label).map(|l| &**l).or_else(added).unwrap_or(&NONE)
    }

    /// A label as it stands in its cell.
    pub(super) fn raw(&self, label: usize) -> &str {
        &self.text(label).raw
    }

    fn known(&self, label: usize) -> Option<&Known> {
        self.shared.get(label).copied().flatten().or_else(|| self.own.get(label))
    }

    fn terms(&self, label: usize) -> &[(usize, Likeness)] {
        let read = || self.lexicon.reading(self.text(label), label < MOST_LABELS);
        self.known(label).map_or(&[], |known| known.terms.get_or_init(read))
    }

    /// Whether a label is the form's own words or an alias of them.
    pub(super) fn certain(&self, label: usize) -> bool {
        let certain = || self.lexicon.certain(self.text(label));
        self.known(label).is_some_and(|known| *known.certain.get_or_init(certain))
    }

    /// Whether a label is, without leaving anything away, the form's own words or an alias of them.
    pub(super) fn is_own(&self, label: usize) -> bool {
        self.certain(label) && self.lexicon.own(&self.text(label).text).is_some()
    }

    /// What a label says of time, and whether it is a title that says more.
    pub(super) fn period(&self, label: usize) -> Option<(Period, bool)> {
        let of_row = |(term, _): &(usize, Likeness)| {
            let mark = self.text(label).mark;
            mark.is_some() && mark == self.mark(*term)
        };
        // a row of the form, or a path of its words, is no title
        let is_line = || {
            self.title(label).is_none()
                && (self.terms(label).iter().any(of_row) || self.parts(label).len() > 1)
        };
        self.text(label).period().filter(|(_, is_title)| !*is_title || !is_line())
    }

    /// What a label says of numbers that it heads.
    pub(super) fn scope(&self, label: usize) -> &Scope {
        self.text(label).scope()
    }

    /// A number that labels of the same words share: of the form's word that a label is, else of its own.
    pub(super) fn name(&self, label: usize) -> usize {
        self.terms(label).first().map_or(usize::MAX - label, |(term, _)| *term)
    }

    /// The year that a label names.
    pub(super) fn dated(&self, label: usize) -> Option<i32> {
        self.text(label).year()
    }

    /// Whether two labels are alike the same term.
    pub(super) fn share_a_term(&self, one: usize, other: usize) -> bool {
        self.terms(one).iter().any(|(term, _)| self.likeness(other, *term).is_some())
    }

    /// Whether a word of the form goes on where a label ends.
    pub(super) fn begins(&self, label: usize) -> bool {
        let begins = || self.lexicon.begins(&self.text(label).text);
        self.known(label).is_some_and(|known| *known.begins.get_or_init(begins))
    }

    /// The steps of the path that a label holds, if it holds one.
    pub(super) fn steps(&self, label: usize) -> Option<&[String]> {
        let steps = || self.lexicon.steps(self.text(label));
        self.known(label).and_then(|known| known.steps.get_or_init(steps).as_deref())
    }

    /// How alike a label is to a term, if at all.
    pub(super) fn likeness(&self, label: usize, term: usize) -> Option<Likeness> {
        self.terms(label).iter().find(|(t, _)| *t == term).map(|(_, l)| *l)
    }

    /// The terms of a set that a label is alike, and how much.
    pub(super) fn among<'s>(
        &'s self,
        label: usize,
        set: &'s TermSet,
    ) -> impl Iterator<Item = (usize, Likeness)> {
        self.terms(label).iter().copied().filter(|(t, _)| set.contains(*t))
    }

    /// Whether a label, or a part of it, is like any word of the form.
    pub(super) fn may_be_known(&self, label: usize) -> bool {
        let is_path = || self.raw(label).chars().count() >= SHORTEST_PATH;
        !self.terms(label).is_empty() || is_path() && self.parts(label).iter().any(|terms| !terms.is_empty())
    }

    /// Whether a label heads what offices write beside the numbers: 备注.
    pub(super) fn is_remark(&self, label: usize) -> bool {
        vocabulary().remarks.contains(&self.text(label).text)
    }

    /// Whether a label is like a term of a set.
    pub(super) fn is_among(&self, label: usize, set: &TermSet) -> bool {
        self.among(label, set).next().is_some()
    }

    /// The table whose title a label is.
    pub(super) fn title(&self, label: usize) -> Option<usize> {
        let title = || self.lexicon.title(self.text(label));
        self.known(label).and_then(|known| *known.title.get_or_init(title))
    }

    /// Whether a label is like a row of the form, and no table's title.
    pub(super) fn names_a_row(&self, label: usize) -> bool {
        let is_row = |b: &BlockWords| self.is_among(label, &b.row_leaves);
        self.title(label).is_none() && self.lexicon.blocks.iter().any(is_row)
    }

    /// Whether a label is surely a group of the form, but none of a block's words.
    pub(super) fn is_foreign(&self, label: usize, words: &BlockWords) -> bool {
        self.elsewhere(label, words).any(|term| self.lexicon.depth(term).is_some())
    }

    /// Whether a label is surely a word of the form, but like none of a block's.
    pub(super) fn is_elsewhere(&self, label: usize, words: &BlockWords) -> bool {
        self.elsewhere(label, words).next().is_some()
    }

    /// Whether a label is surely a row of another block of the same table with the same columns, but none of a block's words.
    pub(super) fn is_beside(&self, label: usize, words: &BlockWords) -> bool {
        let alike = |b: &BlockWords| b.table == words.table && b.col_leaves == words.col_leaves;
        let blocks = || self.lexicon.blocks.iter().filter(|b| alike(b));
        self.elsewhere(label, words).any(|term| blocks().any(|b| b.row_leaves.contains(term)))
    }

    /// The terms that a label surely is, where it is like none of a block's.
    fn elsewhere(&self, label: usize, words: &BlockWords) -> impl Iterator<Item = usize> {
        let terms = if self.is_among(label, &words.all) { &[] } else { self.terms(label) };
        terms.iter().filter(|(_, l)| l.how < How::Near).map(|(term, _)| *term)
    }

    /// Whether a view shows so many different words of the form, in cells of their own or as steps of paths.
    pub(super) fn shows(&self, view: &View, least: usize) -> bool {
        let labels = view.labels();
        let mut terms: BTreeSet<usize> = BTreeSet::new();
        for label in &labels {
            terms.extend(self.terms(*label).iter().map(|(t, _)| *t));
            if terms.len() >= least {
                return true;
            }
        }
        for label in labels.into_iter().filter(|l| self.raw(*l).chars().count() >= SHORTEST_PATH) {
            terms.extend(self.parts(label).iter().flat_map(|terms| terms.iter()).map(|(t, _)| *t));
            if terms.len() >= least {
                return true;
            }
        }
        false
    }

    /// The parts of a label that may hold a whole path; one part where it is a label of the form itself.
    pub(super) fn parts(&self, label: usize) -> &[Terms] {
        self.known(label).map_or(&[], |known| known.parts.get_or_init(|| self.split(label)))
    }

    fn split(&self, label: usize) -> Vec<Terms> {
        if let Some(own) = self.lexicon.own(&self.text(label).text) {
            return vec![own.to_vec()];
        }
        let glued = || self.lexicon.glued(&self.text(label).text).filter(|_| !self.certain(label));
        let cut = |cuts| self.cut(label, cuts);
        cut(HARD_CUTS).or_else(glued).or_else(|| cut(LIST_CUTS)).or_else(|| cut(SOFT_CUTS)).unwrap_or_else(
            || {
                let whole = self.terms(label);
                if whole.is_empty() { Vec::new() } else { vec![whole.to_vec()] }
            },
        )
    }

    /// The parts of a label between some marks, if several are like words of the form or stand over a block.
    fn cut(&self, label: usize, cuts: &str) -> Option<Vec<Terms>> {
        let raw = self.raw(label);
        let is_cut = |c: char| cuts.contains(c) || (cuts == SOFT_CUTS && is_space(c));
        if !raw.contains(is_cut) {
            return None;
        }
        let pieces =
            if cuts == LIST_CUTS { self.listed(raw) } else { raw.split(is_cut).map(reduce).collect() };
        let read = pieces.iter().map(|p| self.lexicon.reading(p, label < MOST_LABELS));
        let read: Vec<Terms> = read.filter(|m| !m.is_empty()).collect();
        let over = || pieces.iter().any(|p| self.lexicon.is_over_a_block(&p.text));
        (read.len() > 1 || read.len() == 1 && over()).then_some(read)
    }

    /// The parts of a text between commas, where the form's own words hold none.
    fn listed(&self, text: &str) -> Vec<Reduced> {
        let ends =
            text.char_indices().filter(|(_, c)| LIST_CUTS.contains(*c)).map(|(i, c)| (i, i + c.len_utf8()));
        let ends: Vec<(usize, usize)> = ends.chain([(text.len(), text.len())]).collect();
        let (mut pieces, mut from, mut next) = (Vec::new(), 0, 0);
        while next < ends.len() {
            let piece = |end: usize| Some((end, reduce(text.get(from..ends.get(end)?.0)?)));
            let longest =
                (next..ends.len()).rev().filter_map(piece).find(|(_, p)| self.lexicon.own(&p.text).is_some());
            let Some((end, found)) = longest.or_else(|| piece(next)) else { break };
            pieces.push(found);
            from = ends.get(end).map_or(text.len(), |e| e.1);
            next = end + 1;
        }
        pieces
    }

    /// Whether a label that matched nothing still shows traces of a term.
    pub(super) fn resembles(&self, label: usize, term: usize) -> bool {
        let Some(term) = self.lexicon.terms.get(term) else { return false };
        self.terms(label).is_empty() && resemblance(&self.text(label).text, &term.text.text) >= RESEMBLES
    }

    /// Whether a label is like a term, or a step of the path that it holds is.
    pub(super) fn names(&self, label: usize, term: usize) -> bool {
        let step = || self.parts(label).iter().flat_map(|terms| terms.iter()).any(|(t, _)| *t == term);
        self.likeness(label, term).is_some() || step()
    }

    /// The ordinal of a term's list mark.
    pub(super) fn mark(&self, term: usize) -> Option<u32> {
        self.lexicon.terms.get(term).and_then(|t| t.text.mark)
    }
}
