//! The words of a form, prepared for looking labels up: every label once, blocks as lines of word numbers.

use super::label::{self, Reduced};
use super::similarity::{How, Likeness, Term, resemblance};
use super::view::View;
use crate::form::{Form, Label, Line};
use crate::grid::label::{is_space, normalise};
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

/// Points below which a damaged label is not even settled by its place.
const RESEMBLES: i32 = 400;

/// Marks that part the steps of a path written into one cell.
const HARD_CUTS: &str = "/／\\|｜>＞→»—–－-_:：;；\n";
/// Marks and spaces that may part them, if the others do not.
const SOFT_CUTS: &str = "/／\\|｜>＞→»—–－-_:：;；\n()（）[]【】〔〕·";

/// Different labels of a sheet for which likeness is measured; a form with all its notes has a few hundred. Of
/// those beyond only the form's own words count, so that work stays bounded.
const MOST_LABELS: usize = 20_000;

/// Characters of the shortest label that can be a path ("规章/件数").
const SHORTEST_PATH: usize = 5;

/// All words of a form.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// The different labels of the form.
    pub(super) terms: Vec<Term>,
    /// The form's blocks, table by table.
    pub(super) blocks: Vec<BlockWords>,
    /// The terms whose own words or aliases a text is.
    exact: HashMap<String, Vec<(usize, Likeness)>>,
    by_char: HashMap<char, Vec<usize>>,
    /// Per term, the least depth at which it is a group.
    depths: Vec<Option<usize>>,
    /// Per title of a table, its words.
    titles: Vec<Vec<char>>,
}

/// The words of one block.
#[derive(Debug)]
pub(super) struct BlockWords {
    /// Index of the table in the form.
    pub(super) table: usize,
    /// Index of the block in its table.
    pub(super) block: usize,
    /// Its rows.
    pub(super) rows: Vec<LineWords>,
    /// Its columns.
    pub(super) cols: Vec<LineWords>,
}

impl BlockWords {
    /// Whether a term is a word of this block.
    pub(super) fn speaks(&self, term: usize) -> bool {
        self.rows.iter().chain(&self.cols).any(|l| l.leaf == term || l.groups.contains(&term))
    }
}

/// The words of one row or column.
#[derive(Debug, Clone)]
pub(super) struct LineWords {
    /// Groups above the leaf, outermost first.
    pub(super) groups: Vec<usize>,
    /// The line's own label; [`NO_TERM`] where it has none.
    pub(super) leaf: usize,
    /// Whether it may stand for other lines, and so is missing from most submissions.
    pub(super) replaces: bool,
}

/// The leaf of a line without a label (the one row of table 4).
pub(super) const NO_TERM: usize = usize::MAX;

impl Lexicon {
    /// The words of a form.
    pub(super) fn new(form: &Form) -> Self {
        let mut terms = Terms::default();
        let mut blocks = Vec::new();
        for (table, t) in form.tables.iter().enumerate() {
            for (block, b) in t.blocks.iter().enumerate() {
                let rows = b.rows.iter().map(|l| terms.line(l)).collect();
                let cols = b.cols.iter().map(|l| terms.line(l)).collect();
                blocks.push(BlockWords { table, block, rows, cols });
            }
        }
        let mut by_char: HashMap<char, Vec<usize>> = HashMap::new();
        for (id, term) in terms.list.iter().enumerate() {
            for c in term.characters() {
                by_char.entry(c).or_default().push(id);
            }
        }
        let mut exact: HashMap<String, Vec<(usize, Likeness)>> = HashMap::new();
        for (id, term) in terms.list.iter().enumerate() {
            for (text, likeness) in term.own_words() {
                exact.entry(text).or_default().push((id, likeness));
            }
        }
        let depths = (0..terms.list.len()).map(|t| group_depth(&blocks, t)).collect();
        let titles = form.tables.iter().map(|t| normalise(&t.title).text.chars().collect()).collect();
        Self { terms: terms.list, blocks, exact, by_char, depths, titles }
    }

    /// What each label of a view may be.
    pub(super) fn look(&self, view: &View) -> Sight<'_> {
        let titles = view.labels.iter().map(|l| self.title(l)).collect();
        let near = |i: usize| i < MOST_LABELS;
        let matches: Vec<_> = view.labels.iter().enumerate().map(|(i, l)| self.reading(l, near(i))).collect();
        let parts = vec![OnceCell::new(); matches.len()];
        Sight { lexicon: self, matches, titles, parts }
    }

    /// The table whose title a label is.
    fn title(&self, label: &Reduced) -> Option<usize> {
        let is = |title: &Vec<char>, text: &str| !title.is_empty() && title.iter().copied().eq(text.chars());
        let titled = |text: &str| self.titles.iter().position(|t| is(t, text));
        // What remains of a word of the form says nothing more.
        let bare = if self.exact.contains_key(&label.text) { &[] } else { label.bare() };
        titled(&label.text).or_else(|| bare.iter().find_map(|b| titled(b)))
    }

    /// Whether a label is the title of a table.
    pub(super) fn is_title(&self, label: &Reduced) -> bool {
        self.title(label).is_some()
    }

    /// Whether a word of the form goes on where a text ends.
    pub(super) fn begins(&self, text: &str) -> bool {
        !text.is_empty()
            && self.terms.iter().any(|t| t.text.text.len() > text.len() && t.text.text.starts_with(text))
    }

    /// Whether a label is the form's own words or an alias of them.
    pub(super) fn certain(&self, label: &Reduced) -> bool {
        self.exact.contains_key(&label.text) || label.bare().iter().any(|t| self.exact.contains_key(t))
    }

    /// The steps of a path written into one text, if all of them are the form's own words.
    pub(super) fn steps(&self, raw: &str) -> Option<Vec<String>> {
        if raw.chars().count() < SHORTEST_PATH {
            return None;
        }
        let cut = |cuts: &str, spaces: bool| {
            let pieces = raw.split(|c: char| cuts.contains(c) || (spaces && is_space(c)));
            let pieces: Vec<String> = pieces.filter(|p| !p.trim().is_empty()).map(str::to_owned).collect();
            let sure = pieces.len() >= 2 && pieces.iter().all(|p| self.certain(&label::reduce(p)));
            sure.then_some(pieces)
        };
        cut(HARD_CUTS, false).or_else(|| cut(HARD_CUTS, true))
    }

    /// The terms a label is alike; failing that, those of the label without what was added to it in brackets
    /// or in another script.
    fn reading(&self, label: &Reduced, near: bool) -> Vec<(usize, Likeness)> {
        if let Some(own) = self.exact.get(&label.text) {
            return own.clone(); // near to no other
        }
        let bare = label.bare().iter().filter_map(|b| self.exact.get(b)).flatten();
        let bare: Vec<_> = bare.map(|(t, _)| (*t, Likeness { points: 960, how: How::Alias })).collect();
        if bare.is_empty() && near { self.near(&label.text) } else { bare }
    }

    /// The terms a label is near to.
    fn near(&self, text: &str) -> Vec<(usize, Likeness)> {
        let label: Vec<char> = text.chars().collect();
        let mut shared = vec![0usize; self.terms.len()];
        for c in &label {
            for &term in self.by_char.get(c).into_iter().flatten() {
                if let Some(n) = shared.get_mut(term) {
                    *n += 1;
                }
            }
        }
        let worth = shared.iter().enumerate().filter(|(_, n)| **n * 2 >= label.len().min(6));
        worth.filter_map(|(id, n)| Some((id, self.terms.get(id)?.likeness(&label, *n)?))).collect()
    }
}

/// What the labels of one view may be.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    lexicon: &'a Lexicon,
    matches: Vec<Vec<(usize, Likeness)>>,
    titles: Vec<Option<usize>>,
    /// Per label, what [`Sight::parts`] once gave.
    parts: Vec<OnceCell<Parts>>,
}

/// Parts of a label, each with the terms it is alike.
type Parts = Vec<Vec<(usize, Likeness)>>;

impl Sight<'_> {
    /// How alike a label of the view is to a term, if at all.
    pub(super) fn likeness(&self, label: usize, term: usize) -> Option<Likeness> {
        self.matches.get(label)?.iter().find(|(t, _)| *t == term).map(|(_, l)| *l)
    }

    /// Whether a label is a term's own words or an alias of them.
    pub(super) fn is_surely(&self, label: usize, term: usize) -> bool {
        self.likeness(label, term).is_some_and(|l| l.how < How::Near)
    }

    /// The table whose title a label is.
    pub(super) fn title(&self, label: usize) -> Option<usize> {
        self.titles.get(label).copied().flatten()
    }

    /// Whether a label is surely a group of the form, but none of a block's words.
    pub(super) fn is_foreign(&self, label: usize, words: &BlockWords) -> bool {
        let Some(terms) = self.matches.get(label) else { return false };
        let own = terms.iter().any(|(t, _)| words.speaks(*t));
        !own && terms.iter().any(|(t, l)| l.how < How::Near && self.depth(*t).is_some())
    }

    /// Whether a view shows so many different words of the form, in cells of their own or as steps of paths.
    pub(super) fn shows(&self, view: &View, least: usize) -> bool {
        let mut terms: BTreeSet<usize> = self.matches.iter().flatten().map(|(t, _)| *t).collect();
        for label in 0..view.labels.len() {
            if terms.len() >= least {
                return true;
            }
            if view.raw(label).chars().count() >= SHORTEST_PATH {
                terms.extend(self.parts(view, label).iter().flatten().map(|(t, _)| *t));
            }
        }
        terms.len() >= least
    }

    /// The blocks of the form.
    pub(super) fn blocks(&self) -> &[BlockWords] {
        &self.lexicon.blocks
    }

    /// The least depth at which a term is a group.
    pub(super) fn depth(&self, term: usize) -> Option<usize> {
        self.lexicon.depths.get(term).copied().flatten()
    }

    /// The parts of a label that may hold a whole path; one part where it is a label of the form itself.
    pub(super) fn parts(&self, view: &View, label: usize) -> &[Vec<(usize, Likeness)>] {
        self.parts.get(label).map_or(&[], |known| known.get_or_init(|| self.split(view, label)))
    }

    fn split(&self, view: &View, label: usize) -> Parts {
        let whole = self.matches.get(label).filter(|m| !m.is_empty());
        if let Some(own) = self.lexicon.exact.get(&view.text(label).text) {
            return vec![own.clone()];
        }
        let raw = view.raw(label);
        for cuts in [HARD_CUTS, SOFT_CUTS] {
            let is_cut = |c: char| cuts.contains(c) || (cuts == SOFT_CUTS && is_space(c));
            if !raw.contains(is_cut) {
                continue;
            }
            let read = raw
                .split(is_cut)
                .map(|p| self.lexicon.reading(&label::reduce(p), label < MOST_LABELS))
                .filter(|m| !m.is_empty());
            let read: Vec<_> = read.collect();
            if read.len() >= 2 {
                return read;
            }
        }
        whole.cloned().into_iter().collect()
    }

    /// Whether a label is like any term of the form.
    pub(super) fn knows(&self, label: usize) -> bool {
        self.matches.get(label).is_some_and(|m| !m.is_empty())
    }

    /// Whether a label that matched nothing still shows traces of a term.
    pub(super) fn resembles(&self, view: &View, label: usize, term: usize) -> bool {
        let Some(term) = self.lexicon.terms.get(term) else { return false };
        !self.knows(label) && resemblance(&view.text(label).text, &term.text.text) >= RESEMBLES
    }

    /// Whether a label is like a term, or a step of the path that it holds is.
    pub(super) fn names(&self, view: &View, label: usize, term: usize) -> bool {
        let step = || self.parts(view, label).iter().flatten().any(|(t, _)| *t == term);
        self.likeness(label, term).is_some() || step()
    }

    /// The ordinal of a term's list mark.
    pub(super) fn mark(&self, term: usize) -> Option<u32> {
        self.lexicon.terms.get(term).and_then(|t| t.text.mark)
    }
}

fn group_depth(blocks: &[BlockWords], term: usize) -> Option<usize> {
    let lines = blocks.iter().flat_map(|b| b.rows.iter().chain(&b.cols));
    lines.filter_map(|l| l.groups.iter().position(|g| *g == term)).min()
}

#[derive(Default)]
struct Terms {
    ids: HashMap<String, usize>,
    list: Vec<Term>,
}

impl Terms {
    fn line(&mut self, line: &Line) -> LineWords {
        let ids: Vec<usize> = line.path.iter().map(|l| self.id(l)).collect();
        let replaces = !line.replaces.is_empty();
        match ids.split_last() {
            Some((leaf, groups)) => LineWords { groups: groups.to_vec(), leaf: *leaf, replaces },
            None => LineWords { groups: Vec::new(), leaf: NO_TERM, replaces },
        }
    }

    fn id(&mut self, label: &Label) -> usize {
        let Some((own, aliases)) = label.words.split_first() else { return NO_TERM };
        if let Some(&id) = self.ids.get(&own.text) {
            if let Some(term) = self.list.get_mut(id) {
                term.add_aliases(aliases);
            }
            return id;
        }
        self.ids.insert(own.text.clone(), self.list.len());
        self.list.push(Term::new(own.clone(), aliases));
        self.list.len() - 1
    }
}
