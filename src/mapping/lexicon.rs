//! The words of a form, prepared for looking labels up: every label once, blocks as lines of word numbers.

use super::known::{AllKnown, Terms};
use super::label::{self, Reduced};
use super::similarity::{How, Likeness, Term};
use super::twins::{self, Sayings};
use super::vocabulary::{has, vocabulary};
use crate::form::{Form, Label, Line};
use crate::grid::label::{chinese_digit, is_space, normalise};
use foldhash::{HashMap, HashSet};

/// Marks that part the steps of a path written into one cell.
pub(super) const HARD_CUTS: &str = "/／\\|｜>＞→»—–－-_:：;；·\n";
/// Marks that part them where these do not: the form's own words may hold them.
pub(super) const LIST_CUTS: &str = "，,、";

/// Marks and spaces that may part them, if the others do not.
pub(super) const SOFT_CUTS: &str = "/／\\|｜>＞→»—–－-_:：;；·\n()（）[]【】〔〕";

/// Characters of the longest text that is searched for words without marks between.
const LONGEST_PATH: usize = 90;

/// Characters of the shortest label that can be a path ("规章/件数").
pub(super) const SHORTEST_PATH: usize = 5;

/// All words of a form.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// The different labels of the form.
    pub(super) terms: Vec<Term>,
    /// The form's blocks, table by table.
    pub(super) blocks: Vec<BlockWords>,
    /// Per block, those with mostly the same labels.
    pub(super) rivals: Vec<Vec<usize>>,
    /// The terms whose own words or aliases a text is.
    exact: HashMap<String, Vec<(usize, Likeness)>>,
    by_char: HashMap<char, Vec<usize>>,
    /// The words over a block and in its corner, which name no line.
    over_blocks: HashSet<String>,
    /// Per term, the least depth at which it is a group.
    depths: Vec<Option<usize>>,
    /// Per title of a table, its words.
    titles: Vec<Vec<char>>,
    /// Where its labels are numbers.
    pub(super) numbered: Numbered,
    /// What has been found out of the labels that many submissions show.
    pub(super) known: AllKnown,
}

/// Whether a form heads columns or names rows by numbers, such as years.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered {
    pub(super) rows: bool,
    pub(super) columns: bool,
}

impl Numbered {
    fn of(terms: &[Term], blocks: &[BlockWords]) -> Self {
        let is_number =
            |t: usize| terms.get(t).is_some_and(|t| t.text.text.bytes().all(|b| b.is_ascii_digit()));
        let any = |sets: fn(&BlockWords) -> [&TermSet; 2]| {
            blocks.iter().flat_map(sets).flat_map(TermSet::iter).any(is_number)
        };
        Self {
            rows: any(|b| [&b.row_leaves, &b.row_groups]),
            columns: any(|b| [&b.col_leaves, &b.col_groups]),
        }
    }
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
    /// The leaves of its rows.
    pub(super) row_leaves: TermSet,
    /// The groups of its rows.
    pub(super) row_groups: TermSet,
    /// The leaves of its columns.
    pub(super) col_leaves: TermSet,
    /// The groups of its columns.
    pub(super) col_groups: TermSet,
    /// All its words.
    pub(super) all: TermSet,
    /// What tells it from others of the same labels.
    pub(super) sayings: Sayings,
}

impl BlockWords {
    fn new(
        (table, block): (usize, usize),
        rows: Vec<LineWords>,
        cols: Vec<LineWords>,
        sayings: Sayings,
    ) -> Self {
        let leaves = |lines: &[LineWords]| TermSet::new(lines.iter().map(|l| l.leaf));
        let groups = |lines: &[LineWords]| TermSet::new(lines.iter().flat_map(|l| l.groups.iter().copied()));
        let (row_leaves, col_leaves) = (leaves(&rows), leaves(&cols));
        let (row_groups, col_groups) = (groups(&rows), groups(&cols));
        let all = [&row_leaves, &row_groups, &col_leaves, &col_groups].into_iter().flat_map(|s| s.0.iter());
        let all = TermSet::new(all.copied());
        Self { table, block, rows, cols, row_leaves, row_groups, col_leaves, col_groups, all, sayings }
    }

    /// Whether its rows have no label.
    pub(super) fn is_nameless(&self) -> bool {
        self.rows.iter().all(|r| r.leaf == NO_TERM)
    }
}

/// Some terms, in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TermSet(Vec<usize>);

impl TermSet {
    fn new(terms: impl Iterator<Item = usize>) -> Self {
        let mut terms: Vec<usize> = terms.filter(|t| *t != NO_TERM).collect();
        terms.sort_unstable();
        terms.dedup();
        Self(terms)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().copied()
    }

    pub(super) fn contains(&self, term: usize) -> bool {
        self.0.binary_search(&term).is_ok()
    }
}

/// The words of one row or column.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let mut terms = Collected::default();
        let mut blocks = Vec::new();
        for (table, t) in form.tables.iter().enumerate() {
            for (block, b) in t.blocks.iter().enumerate() {
                let rows = b.rows.iter().map(|l| terms.line(l)).collect();
                let cols = b.cols.iter().map(|l| terms.line(l)).collect();
                blocks.push(BlockWords::new((table, block), rows, cols, Sayings::of(t, b)));
            }
        }
        let mut by_char: HashMap<char, Vec<usize>> = HashMap::default();
        for (id, term) in terms.list.iter().enumerate() {
            for c in term.characters() {
                by_char.entry(c).or_default().push(id);
            }
        }
        let mut exact: HashMap<String, Vec<(usize, Likeness)>> = HashMap::default();
        for (id, term) in terms.list.iter().enumerate() {
            for (text, likeness) in term.own_words() {
                exact.entry(text).or_default().push((id, likeness));
            }
        }
        let words = form.tables.iter().flat_map(|t| &t.blocks).flat_map(|b| b.band.iter().chain(&b.corner));
        let over_blocks = words.flat_map(|l| &l.words).map(|w| w.text.clone());
        let over_blocks = over_blocks.filter(|text| !exact.contains_key(text)).collect();
        let depths = (0..terms.list.len()).map(|t| group_depth(&blocks, t)).collect();
        let titles = form.tables.iter().map(|t| normalise(&t.title).text.chars().collect()).collect();
        let numbered = Numbered::of(&terms.list, &blocks);
        let rivals = twins::rivals(&blocks);
        Self {
            terms: terms.list,
            blocks,
            rivals,
            exact,
            by_char,
            over_blocks,
            depths,
            titles,
            numbered,
            known: AllKnown::default(),
        }
    }

    /// The table whose title a label is.
    pub(super) fn title(&self, label: &Reduced) -> Option<usize> {
        let is = |title: &Vec<char>, text: &str| !title.is_empty() && title.iter().copied().eq(text.chars());
        let titled = |text: &str| self.titles.iter().position(|t| is(t, text));
        // What remains of a word of the form says nothing more.
        let bare = if self.exact.contains_key(&label.text) { &[] } else { label.bare() };
        titled(&label.text).or_else(|| bare.iter().find_map(|b| titled(b)))
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

    /// The terms that are exactly a text.
    pub(super) fn own(&self, text: &str) -> Option<&[(usize, Likeness)]> {
        self.exact.get(text).map(Vec::as_slice)
    }

    /// The labels of a block's rows that are numbers, in its order.
    pub(super) fn numbers_of_rows(&self, block: &BlockWords) -> Vec<&str> {
        let texts = block.rows.iter().filter_map(|r| self.terms.get(r.leaf)).map(|t| t.text.text.as_str());
        texts.filter(|t| t.bytes().all(|b| b.is_ascii_digit())).collect()
    }

    /// The least depth at which a term is a group.
    pub(super) fn depth(&self, term: usize) -> Option<usize> {
        self.depths.get(term).copied().flatten()
    }

    /// Whether a text stands over a block or in its corner, and names no line.
    pub(super) fn is_over_a_block(&self, text: &str) -> bool {
        self.over_blocks.contains(text)
    }

    /// The steps of a path written into one text, if all of them are the form's own words.
    pub(super) fn steps(&self, label: &Reduced) -> Option<Vec<String>> {
        let raw = label.raw.as_str();
        // A date has cuts as well, and no words.
        if raw.chars().count() < SHORTEST_PATH || !label.text.contains(char::is_alphabetic) {
            return None;
        }
        let cut = |cuts: &str, spaces: bool| {
            let pieces = raw.split(|c: char| cuts.contains(c) || (spaces && is_space(c)));
            let pieces: Vec<String> = pieces.filter(|p| !p.trim().is_empty()).map(str::to_owned).collect();
            let over = |p: &String| self.is_over_a_block(&label::reduce(p).text);
            let sure = pieces.iter().all(|p| over(p) || self.certain(&label::reduce(p)));
            let is_path = sure && pieces.len() >= 2;
            let steps: Vec<String> = pieces.into_iter().filter(|p| !over(p)).collect();
            (is_path && !steps.is_empty()).then_some(steps)
        };
        cut(HARD_CUTS, false).or_else(|| cut(HARD_CUTS, true))
    }

    /// The parts of a text in which words of the form follow each other without a mark, if they are a path: the leaf of a
    /// column and of a row that has one, and groups of both.
    pub(super) fn glued(&self, text: &str) -> Option<Vec<Terms>> {
        let parts: Vec<&Terms> = self.pieces(text)?.into_iter().filter_map(|p| self.exact.get(p)).collect();
        let names = |part: &Terms, term: usize| part.iter().any(|(t, _)| *t == term);
        let holds = |leaf: usize| leaf == NO_TERM || parts.iter().any(|part| names(part, leaf));
        let is_path = |row: &LineWords, col: &LineWords| {
            let of_line = |part: &&Terms, line: &LineWords| {
                names(part, line.leaf) || line.groups.iter().any(|g| names(part, *g))
            };
            parts.iter().all(|part| of_line(part, row) || of_line(part, col))
        };
        let in_block = |b: &BlockWords| {
            let mut cols = b.cols.iter().filter(|c| holds(c.leaf));
            cols.any(|col| b.rows.iter().any(|row| holds(row.leaf) && is_path(row, col)))
        };
        (parts.len() >= 2 && self.blocks.iter().any(in_block)).then(|| parts.into_iter().cloned().collect())
    }

    /// The fewest of the form's words that make up a text, but for list marks and words that say nothing more.
    fn pieces<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
        if ends.len() > LONGEST_PATH {
            return None;
        }
        // per end of a piece, where it begins and how many there are up to it
        let mut best: Vec<Option<(usize, usize)>> = vec![None; ends.len()];
        if let Some(first) = best.first_mut() {
            *first = Some((0, 0));
        }
        let piece = |from: usize, to: usize| text.get(*ends.get(from)?..*ends.get(to)?);
        for to in 1..ends.len() {
            let from = |from: usize| {
                let (_, count) = best.get(from).copied().flatten()?;
                let piece = piece(from, to)?;
                let is_word = self.exact.contains_key(piece) && to - from > 1;
                let is_filler = || {
                    is_mark(piece)
                        || self.is_over_a_block(piece)
                        || vocabulary().fillers.iter().any(|f| f == piece)
                };
                (is_word || is_filler()).then_some((count + 1, from))
            };
            let found = (0..to).filter_map(from).min().map(|(count, from)| (from, count));
            if let Some(at) = best.get_mut(to) {
                *at = found;
            }
        }
        let mut pieces = Vec::new();
        let mut to = ends.len() - 1;
        while to > 0 {
            let (from, _) = best.get(to).copied().flatten()?;
            pieces.push(piece(from, to)?);
            to = from;
        }
        pieces.reverse();
        Some(pieces)
    }

    /// The terms a label is alike; failing that, those of the label without what was added to it in brackets
    /// or in another script.
    pub(super) fn reading(&self, label: &Reduced, near: bool) -> Terms {
        if let Some(own) = self.own(&label.text) {
            return own.to_vec(); // near to no other
        }
        let bare = label.bare().iter().filter_map(|b| self.exact.get(b)).flatten();
        let bare: Vec<_> = bare.map(|(t, _)| (*t, Likeness { points: 960, how: How::Alias })).collect();
        let mut terms = if bare.is_empty() && near { self.near(&label.text) } else { bare };
        terms.retain(|(t, _)| {
            self.terms.get(*t).is_some_and(|t| !is_of_another_period(&label.text, &t.text.text))
        });
        terms
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

/// Whether a piece is the mark of a list: a numeral.
fn is_mark(piece: &str) -> bool {
    let mut chars = piece.chars();
    let is = |c: char| c.is_ascii_digit() || chinese_digit(c).is_some() || c == '十';
    chars.next().is_some_and(is) && chars.next().is_none()
}

/// Whether a label speaks of an earlier period than a term that it is alike: 上年处理决定数量, 本年处理决定数量.
fn is_of_another_period(label: &str, term: &str) -> bool {
    let earlier = |text: &str| has(text, &vocabulary().previous);
    earlier(label) && !earlier(term)
}

fn group_depth(blocks: &[BlockWords], term: usize) -> Option<usize> {
    let lines = blocks.iter().flat_map(|b| b.rows.iter().chain(&b.cols));
    lines.filter_map(|l| l.groups.iter().position(|g| *g == term)).min()
}

/// The different labels of a form, while they are collected.
#[derive(Default)]
struct Collected {
    ids: HashMap<String, usize>,
    list: Vec<Term>,
}

impl Collected {
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
