//! Headers that slid: heads that stand over other columns than the numbers which they head, as where the cells before
//! them were lost.
//!
//! Heads and the numbers of each row are two runs. A header is read as one whose cells are merged: each of its rows from
//! left to right, below the groups of the row above. Where its heads stand over labels or over each other, and are as many
//! as the numbers behind each label, they go with these in their order. Where they are not as many, nothing below them is
//! read. This looks at sheets of which not everything could be read, and at no others.

use super::lexicon::{BlockWords, LineWords};
use super::sight::Sight;
use super::similarity::How;
use super::view::{Item, Move, View};
use std::collections::BTreeSet;

/// Rows with a number for each head that show where the numbers stand.
const FULL_ROWS: usize = 4;
/// The same where the rows are groups of the columns, or one row has no name.
const FEW_FULL_ROWS: usize = 2;
/// Fewest heads of a header.
const FEWEST: usize = 3;

/// A heading: where it stands, and the columns of the form that it heads.
#[derive(Debug, Clone)]
struct Head {
    at: (usize, usize),
    label: usize,
    lines: Vec<usize>,
}

/// A part of a header that is read, from left to right.
#[derive(Debug, Clone)]
enum Slot {
    /// A column of the form.
    Leaf(Head),
    /// Columns of which the heads stand in a row below.
    Open(Vec<usize>),
}

/// A header, as far as it is known.
#[derive(Debug, Clone)]
struct Header {
    slots: Vec<Slot>,
    groups: Vec<Head>,
    /// The row below it.
    end: usize,
}

/// What heads stand over.
enum Over {
    /// Their own numbers.
    Own,
    /// Other columns than those of the numbers to which they belong.
    Slid(Body),
    /// Other columns than their own, which are not known.
    Unclear,
}

/// The numbers below a header.
struct Body {
    /// The columns in which those of a row stand that lost nothing.
    cols: Vec<usize>,
    /// Whether those of all rows stand there.
    is_even: bool,
    /// Rows that have fewer numbers than there are heads.
    partial: Vec<usize>,
}

/// Brings heads that slid over the numbers below them; whether any were, and the blocks whose heads slid and belong to no
/// numbers for certain.
pub(super) fn settle(view: &mut View, sight: &Sight) -> (bool, BTreeSet<usize>) {
    let (mut moved, mut broken) = (false, BTreeSet::new());
    for (block, words) in sight.lexicon.blocks.iter().enumerate() {
        let mut row = 0;
        while row < view.height() {
            let run = first_run(view, sight, words, row);
            let Some(run) = run else {
                row += 1;
                continue;
            };
            let Some(header) = Header::read(view, sight, words, (row, run)) else {
                if is_broken((view, sight, words), (row, run)) {
                    broken.insert(block);
                }
                row += 1;
                continue;
            };
            row = header.end;
            match header.over((view, sight, words), run) {
                Over::Slid(body) if header.put(view, &body) => moved = true,
                Over::Slid(_) | Over::Unclear => drop(broken.insert(block)),
                Over::Own => {}
            }
        }
    }
    (moved, broken)
}

/// Whether heads that were not all read stand over each other, or over the labels of the rows below.
fn is_broken((view, sight, words): (&View, &Sight, &BlockWords), (row, run): (usize, usize)) -> bool {
    let has_values = |row: &usize| of_run(view, *row, run).any(Item::is_value);
    let header = || (row..view.height()).take_while(|row| !has_values(row));
    let leaf = |i: &&Item| i.cols.0 == i.cols.1 && i.label().is_some_and(|l| is_leaf(sight, words, l));
    let leaves: Vec<&Item> = header().flat_map(|row| of_run(view, row, run).filter(leaf)).collect();
    let different: BTreeSet<usize> = leaves.iter().filter_map(|i| i.label()).map(|l| sight.name(l)).collect();
    if different.len() * 2 < words.col_leaves.len() || different.len() < FEWEST {
        return false;
    }
    let stands_over = |a: &Item, b: &Item| {
        a.cols == b.cols
            && a.rows.1 < b.rows.0
            && a.label().map(|l| sight.name(l)) != b.label().map(|l| sight.name(l))
    };
    let first = leaves.iter().map(|i| i.cols.0).min().unwrap_or(run);
    let end = header().last().unwrap_or(row) + 1;
    let rows = rows_below((view, sight, words), (end, run));
    let over_labels = rows.iter().filter(|(_, label, _)| label.is_some_and(|col| col >= first)).count();
    rows.len() >= FEW_FULL_ROWS
        && (over_labels * 2 > rows.len() || leaves.iter().any(|a| leaves.iter().any(|b| stands_over(a, b))))
}

/// Where the columns begin, up to the next blank one, in which the first head of a row stands.
fn first_run(view: &View, sight: &Sight, words: &BlockWords, row: usize) -> Option<usize> {
    let heads = |i: &&Item| i.label().is_some_and(|l| is_head(sight, words, l));
    view.row(row).iter().find(heads).map(|i| view.run_start(i.cols.0))
}

/// Whether a label is surely a word of the block's header.
fn is_head(sight: &Sight, words: &BlockWords, label: usize) -> bool {
    let is_sure = |(_, l): (usize, super::similarity::Likeness)| l.how < How::Near;
    sight.among(label, &words.col_leaves).chain(sight.among(label, &words.col_groups)).any(is_sure)
        && sight.title(label).is_none()
}

/// Whether a label is surely a term.
fn is(sight: &Sight, label: usize, term: usize) -> bool {
    sight.likeness(label, term).is_some_and(|l| l.how < How::Near)
}

/// The items of a row in the columns up to the next blank one.
fn of_run(view: &View, row: usize, run: usize) -> impl Iterator<Item = &Item> {
    view.row(row).iter().filter(move |i| view.run_start(i.cols.0) == run)
}

impl Header {
    /// The header that begins in a row, if all its columns are the form's, each once.
    fn read(view: &View, sight: &Sight, words: &BlockWords, (row, run): (usize, usize)) -> Option<Self> {
        let all = (0..words.cols.len()).collect();
        let of_all = Self { slots: vec![Slot::Open(all)], groups: Vec::new(), end: row };
        // where the groups are rows, each head stands once for all of them
        let once = |line: &usize| {
            let leaf = |line: usize| words.cols.get(line).map(|c| c.leaf);
            (0..*line).all(|before| leaf(before) != leaf(*line))
        };
        let once: Vec<usize> = (0..words.cols.len()).filter(once).collect();
        let of_one = Self { slots: vec![Slot::Open(once)], groups: Vec::new(), end: row };
        let mut ways = [(&of_all, true), (&of_all, false), (&of_one, false)]
            .into_iter()
            .take(if words.is_nameless() { 3 } else { 2 });
        ways.find_map(|(begun, filled)| begun.clone().down((view, sight, words), run, filled))
    }

    /// Goes down the rows until the head of each column was read; `filled`, if a head that stands again below itself is a
    /// merge that was filled out.
    fn down(
        mut self,
        (view, sight, words): (&View, &Sight, &BlockWords),
        run: usize,
        filled: bool,
    ) -> Option<Self> {
        let is_open = |s: &Slot| matches!(s, Slot::Open(_));
        while self.slots.iter().any(is_open) {
            let items = || of_run(view, self.end, run);
            if self.end >= view.height() || items().any(Item::is_value) {
                return None;
            }
            let is_again = |(col, label): &(usize, usize)| {
                filled && self.heads().any(|h| (h.at.1, h.label) == (*col, *label))
            };
            let heads = items().filter_map(|i| Some((i.cols.0, i.label()?)));
            let heads: Vec<(usize, usize)> = heads.filter(|head| !is_again(head)).collect();
            self.row(sight, words, &heads)?;
        }
        let leaves = self.heads().count();
        (leaves >= FEWEST).then_some(self)
    }

    /// Reads one row of the header: its labels fill the groups of the row above from left to right.
    fn row(&mut self, sight: &Sight, words: &BlockWords, labels: &[(usize, usize)]) -> Option<()> {
        let mut filled: Vec<Slot> = Vec::new();
        let mut slots = std::mem::take(&mut self.slots).into_iter().peekable();
        let (mut rest, mut is_within, mut begun, mut strays) = (Vec::new(), false, false, 0);
        let mut before = None;
        for (col, label) in labels {
            if before == Some(*label) && !is_leaf(sight, words, *label) {
                continue; // a merge that was filled out
            }
            before = Some(*label);
            while rest.is_empty() {
                match slots.next() {
                    Some(Slot::Open(lines)) => (rest, is_within) = (lines, false),
                    Some(leaf) => filled.push(leaf),
                    None => break,
                }
            }
            let taken = taken(sight, words, &rest, *label);
            if taken.is_empty() {
                strays += usize::from(begun);
                continue;
            }
            if strays > 0 {
                return None; // something else stands between
            }
            (is_within, begun) = (true, true);
            rest.retain(|line| !taken.contains(line));
            let head = Head { at: (self.end, *col), label: *label, lines: taken };
            if is_leaf(sight, words, *label) {
                filled.push(Slot::Leaf(head));
            } else {
                filled.push(Slot::Open(head.lines.clone()));
                self.groups.push(head);
            }
        }
        if !rest.is_empty() {
            if is_within {
                return None;
            }
            filled.push(Slot::Open(rest));
        }
        self.slots = filled.into_iter().chain(slots).collect();
        self.end += 1;
        Some(())
    }

    /// The heads of its columns, from left to right as the numbers below them are.
    fn heads(&self) -> impl Iterator<Item = &Head> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Leaf(head) => Some(head),
            Slot::Open(_) => None,
        })
    }

    /// Whether its heads slid, and the numbers to which they belong.
    fn over(&self, (view, sight, words): (&View, &Sight, &BlockWords), run: usize) -> Over {
        let cols: Vec<usize> = self.heads().map(|h| h.at.1).collect();
        let are_over_each_other = cols.iter().collect::<BTreeSet<_>>().len() < cols.len();
        let first = cols.iter().min().copied().unwrap_or(run);
        let rows = rows_below((view, sight, words), (self.end, run));
        let over_labels = rows.iter().filter(|(_, label, _)| label.is_some_and(|col| col >= first)).count();
        if !are_over_each_other && over_labels * 2 <= rows.len() {
            return Over::Own;
        }
        Body::of(words, rows, cols.len()).map_or(Over::Unclear, Over::Slid)
    }

    /// Moves the heads over the numbers, if nothing else stands there.
    fn put(&self, view: &mut View, body: &Body) -> bool {
        let order: Vec<usize> = self.heads().flat_map(|h| h.lines.iter().copied()).collect();
        let over = |head: &Head| {
            let at = |line: &usize| order.iter().position(|o| o == line).and_then(|i| body.cols.get(i));
            let cols: Vec<usize> = head.lines.iter().filter_map(at).copied().collect();
            Some((head.at, (*cols.iter().min()?, *cols.iter().max()?)))
        };
        let moves: Vec<Move> = self.groups.iter().chain(self.heads()).filter_map(over).collect();
        let (first, last) = (body.cols.first().copied().unwrap_or(0), body.cols.last().copied().unwrap_or(0));
        let is_free = |(at, _): &Move| {
            let mut others = view.within(at.0, first..last + 1).iter();
            others.all(|i| moves.iter().any(|(from, _)| *from == (i.rows.0, i.cols.0)))
        };
        if !moves.iter().all(is_free) {
            return false;
        }
        view.move_heads(&moves);
        if !body.is_even {
            view.set_partial(&body.partial);
        }
        true
    }
}

/// Whether a label heads one column rather than a group of them.
fn is_leaf(sight: &Sight, words: &BlockWords, label: usize) -> bool {
    words.col_leaves.iter().any(|term| is(sight, label, term))
}

/// Of some columns those that a label heads; none where it may head one or another.
fn taken(sight: &Sight, words: &BlockWords, lines: &[usize], label: usize) -> Vec<usize> {
    let line = |l: &usize| words.cols.get(*l);
    let leaf = |l: &LineWords| is(sight, label, l.leaf);
    let leaves: Vec<usize> = lines.iter().filter(|l| line(l).is_some_and(leaf)).copied().collect();
    match leaves.as_slice() {
        [_] => return leaves,
        [_, _, ..] => return Vec::new(),
        [] => {}
    }
    let in_group = |l: &LineWords| l.groups.iter().any(|g| is(sight, label, *g));
    lines.iter().filter(|l| line(l).is_some_and(in_group)).copied().collect()
}

/// A row of numbers: the column of its last label, and those of the numbers behind it.
type Numbers = (usize, Option<usize>, Vec<usize>);

/// The rows of numbers below a header, up to the next one.
fn rows_below(
    (view, sight, words): (&View, &Sight, &BlockWords),
    (from, run): (usize, usize),
) -> Vec<Numbers> {
    let ends = |row: &usize| {
        let labels = || of_run(view, *row, run).filter_map(Item::label);
        let has_values = of_run(view, *row, run).any(Item::is_value);
        labels().any(|l| sight.title(l).is_some())
            || !has_values && labels().filter(|l| is_leaf(sight, words, *l)).count() >= FEWEST
    };
    (from..view.height())
        .take_while(|row| !ends(row))
        .filter_map(|row| numbers((view, sight, words), (row, run)))
        .filter(|(_, label, _)| words.is_nameless() || label.is_some())
        .collect()
}

/// The numbers of a row up to the next word, behind words of the block.
fn numbers(
    (view, sight, words): (&View, &Sight, &BlockWords),
    (row, run): (usize, usize),
) -> Option<Numbers> {
    let items: Vec<&Item> = of_run(view, row, run).collect();
    let is_own = |l: usize| {
        let mut terms = sight.parts(l).iter().flat_map(|terms| terms.iter());
        sight.is_among(l, &words.all) || terms.any(|(term, _)| words.all.contains(*term))
    };
    let names = |i: &&Item| i.label().is_some_and(is_own);
    // a number before the first word counts the row
    let named = items.iter().position(names).unwrap_or(0);
    let first = named + items.get(named..)?.iter().position(|i| i.is_value())?;
    let (labels, rest) = items.split_at(first);
    let label = labels.iter().copied().rev().find(names).map(|i| i.cols.0);
    let cols = rest.iter().take_while(|i| i.is_value()).map(|i| i.cols.0).collect();
    Some((row, label, cols))
}

impl Body {
    /// The numbers of rows below so many heads; `None` where they are not as many.
    fn of(words: &BlockWords, rows: Vec<Numbers>, heads: usize) -> Option<Self> {
        if rows.iter().any(|(_, _, cols)| cols.len() > heads) {
            return None;
        }
        let (full, partial): (Vec<Numbers>, Vec<Numbers>) =
            rows.into_iter().partition(|r| r.2.len() == heads);
        let named = full.iter().filter(|(_, label, _)| label.is_some()).count();
        let least = match (words.is_nameless(), named) {
            (true, 0) => 1,
            (true, _) => FEW_FULL_ROWS,
            (false, _) => FULL_ROWS.min(words.rows.len()),
        };
        let cols = full.iter().map(|r| r.2.clone()).max_by_key(|cols| cols.first().copied())?;
        let is_even = full.iter().all(|r| r.2 == cols);
        let reach =
            |cols: &[usize]| cols.last().zip(cols.first()).map_or(0, |(last, first)| last - first + 1);
        if full.len() < least || !is_even && full.iter().any(|r| reach(&r.2) != heads) {
            return None;
        }
        // where only cells within a row are blank, its ends say which
        let partial = partial.iter().filter(|r| reach(&r.2) != heads).map(|r| r.0).collect();
        Some(Self { cols, is_even, partial })
    }
}
