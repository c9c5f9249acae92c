//! Header bands: where the column labels of a block stand together, and which column is which.
//!
//! 其他 and 总计 are rows as well as columns, so a column label counts only where several different ones of
//! the same block stand in a few neighbouring rows. A repeated header is one more band of its block.

use super::assign::assign;
use super::lexicon::{BlockWords, LineWords};
use super::sight::Sight;
use super::similarity::How;
use super::view::{Item, View};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Points that a column or row must lead by to be taken when its words are not exact.
pub(super) const LEAST_MARGIN: i64 = 60;

/// Fewest different labels of a band that its rows confirm.
const FEWEST: usize = 2;
/// Different rows of a block that confirm a band of few columns.
const NAMED_ROWS: usize = 4;
/// How far below a header they are looked for.
const ROWS_BELOW: usize = 80;

/// Headers of one block that are looked at on a sheet; a form broken over pages repeats its own a dozen times.
const MOST_BANDS: usize = 256;

/// One header block found on a sheet.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// Index of the block in [`super::lexicon::Lexicon::blocks`].
    pub(super) block: usize,
    /// First and last row of the header.
    pub(super) rows: (usize, usize),
    /// The columns that were recognised.
    pub(super) cols: Vec<Match>,
    /// Columns with a header label that is no column of the block.
    pub(super) strangers: Vec<usize>,
    /// Whether it is not known how far its headings go.
    pub(super) is_vague: bool,
}

/// One line (row or column) of the form, found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    /// Index of the line in its block.
    pub(super) line: usize,
    /// The view's column (or row).
    pub(super) at: usize,
    /// The label, as [`super::view::Labels`] counts.
    pub(super) label: usize,
    /// How it was recognised.
    pub(super) how: How,
    /// What the assignment loses without it.
    pub(super) margin: i64,
}

impl Band {
    /// The first and last column of values.
    pub(super) fn span(&self) -> (usize, usize) {
        let cols = || self.cols.iter().map(|c| c.at).chain(self.strangers.iter().copied());
        (cols().min().unwrap_or(0), cols().max().unwrap_or(0))
    }

    /// The row in which the label of one of its columns stands.
    pub(super) fn label_row(&self, view: &View, column: &Match) -> usize {
        let has = |row: &usize| view.item(*row, column.at).is_some_and(|i| i.label() == Some(column.label));
        // a heading over several columns, of which not the first is taken
        let covers = |row: &usize| view.covering(*row, column.at).and_then(Item::label) == Some(column.label);
        let rows = || (self.rows.0..=self.rows.1).rev();
        rows().find(has).or_else(|| rows().find(covers)).unwrap_or(self.rows.1)
    }

    /// The lowest label that begins over a column, and its row.
    pub(super) fn label_over(&self, view: &View, col: usize) -> Option<(usize, usize)> {
        (self.rows.0..=self.rows.1).rev().find_map(|row| Some((row, view.item(row, col)?.label()?)))
    }

    /// The view's column of a line of the form.
    pub(super) fn col(&self, line: usize) -> Option<&Match> {
        self.cols.iter().find(|c| c.line == line)
    }
}

/// All bands of a block on a view with these labels, from top to bottom.
pub(super) fn find(
    view: &View,
    labels: &[usize],
    sight: &Sight,
    words: &BlockWords,
    block: usize,
) -> Vec<Band> {
    let candidates = candidates(view, labels, sight, words);
    let named = OnceCell::new();
    let named = || named.get_or_init(|| named_rows(view, sight, words)).as_slice();
    let depth = words.cols.iter().map(|c| c.groups.len() + 1).max().unwrap_or(1);
    let (mut bands, mut rest) = (Vec::new(), candidates.as_slice());
    while let Some(row) = rest.first().map(|c| c.row).filter(|_| bands.len() < MOST_BANDS) {
        let until = |end: usize| rest.split_at(rest.partition_point(|c| c.row < end));
        let clusters = enough(view, sight, words, until(row + depth).0, &named);
        let mut next = row + 1;
        let fuller =
            |columns: usize| fuller_below(view, sight, words, (until(next).1, row, depth), &named) > columns;
        let begins_lower = !clusters.is_empty() && fuller(clusters.iter().map(Vec::len).sum());
        if !clusters.is_empty() && !begins_lower {
            let first = top(view, sight, words, row, depth);
            for columns in clusters.into_iter().take(MOST_BANDS - bands.len()) {
                let band = band(view, sight, words, block, first, &columns);
                next = next.max(band.rows.1 + 1);
                bands.push(band);
            }
        }
        rest = until(next).1;
    }
    bands.retain(|b| !b.cols.is_empty() || b.is_vague);
    bands
}

/// How many columns a header has that begins in one of the next rows, before the first with a number below it: a heading above
/// it may be called as one of its columns (合计 over the whole of a table).
fn fuller_below<'n>(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    (below, row, depth): (&[Candidate], usize, usize),
    named: &impl Fn() -> &'n [Named],
) -> usize {
    let Some(first) = below.first().map(|c| c.row).filter(|first| *first < row + depth) else { return 0 };
    let near = below.split_at(below.partition_point(|c| c.row < first + depth)).0.iter().map(|c| c.col);
    let (Some(left), Some(right)) = (near.clone().min(), near.max()) else { return 0 };
    // what stands beside may have its numbers in the same rows
    let is_header = |row: &usize| !view.within(*row, left..right + 1).iter().any(Item::is_value);
    let header = (first..first + depth).take_while(is_header).count();
    let window = below.split_at(below.partition_point(|c| c.row < first + header)).0;
    enough(view, sight, words, window, named).iter().map(Vec::len).sum()
}

/// A cell that reads like the leaf of a column.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    row: usize,
    bottom: usize,
    col: usize,
    label: usize,
    term: usize,
    /// Whether it is merged over several columns.
    wide: bool,
}

/// The candidates, row by row.
fn candidates(view: &View, labels: &[usize], sight: &Sight, words: &BlockWords) -> Vec<Candidate> {
    let mut found = Vec::new();
    let best = |label: &usize| {
        let best = sight.among(*label, &words.col_leaves).map(|(term, l)| (l.points, term)).max();
        Some((*label, best?.1))
    };
    let leaves: Vec<(usize, usize)> = labels.iter().filter_map(best).collect();
    for (i, item) in view.items.iter().enumerate() {
        let Some(label) = item.label() else { continue };
        let Some(term) = leaf_of(&leaves, label) else { continue };
        let before = i.checked_sub(1).and_then(|b| view.items.get(b));
        if before
            .is_some_and(|b| b.rows.0 == item.rows.0 && b.cols.1 + 1 == item.cols.0 && b.kind == item.kind)
            || labels_a_row(view, item, view.items.get(i + 1))
        {
            continue;
        }
        let (row, bottom) = item.rows;
        let wide = item.cols.1 > item.cols.0;
        found.push(Candidate { row, bottom, col: item.cols.0, label, term, wide });
    }
    found
}

/// The term of a label, of labels in order.
fn leaf_of(leaves: &[(usize, usize)], label: usize) -> Option<usize> {
    let at = leaves.binary_search_by_key(&label, |(label, _)| *label).ok()?;
    leaves.get(at).map(|(_, term)| *term)
}

/// Whether a number stands right beside a label and none right below: then it names a row.
fn labels_a_row(view: &View, item: &Item, next: Option<&Item>) -> bool {
    let heads = view.item(item.rows.1 + 1, item.cols.0).is_some_and(Item::is_value);
    !heads
        && next.is_some_and(|n| {
            n.rows.0 == item.rows.0
                && n.is_value()
                && n.cols.0 == item.cols.1 + 1
                && !view.gap_before(n.cols.0)
        })
}

/// The columns of a window of rows, lowest label first in each, where they are enough for a band.
///
/// Two copies of a table side by side make two clusters.
fn enough<'n>(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    window: &[Candidate],
    named: &impl Fn() -> &'n [Named],
) -> Vec<Vec<Candidate>> {
    let needed = Needed::of(words);
    let other_columns = window.iter().filter(|c| window.first().is_some_and(|f| f.col != c.col)).count();
    if other_columns + 1 < FEWEST.min(needed.columns) {
        return Vec::new();
    }
    let mut lowest: BTreeMap<usize, Candidate> = BTreeMap::new();
    let wide: Vec<&Candidate> = window.iter().filter(|c| c.wide).collect();
    for c in window.iter().filter(|c| !is_total_under(view, sight, words, &wide, c)) {
        lowest.entry(c.col).and_modify(|l| *l = if c.row >= l.row { *c } else { *l }).or_insert(*c);
    }
    let columns = without_others(view, sight, words, lowest.into_values().collect());
    let met = |c: &Vec<Candidate>| needed.met(c) || few_but_named(view, c, named);
    let mut clusters: Vec<Vec<Candidate>> = Vec::new();
    for cluster in split_copies(&columns, words, &needed) {
        let before = clusters.last_mut().filter(|b| !met(&cluster) && adjoins(view, b, &cluster));
        match before {
            // One label too many is a rival within the table: 合计 of some columns beside 总计.
            Some(before) => before.extend(cluster),
            None => clusters.push(cluster),
        }
    }
    clusters.into_iter().filter(met).collect()
}

/// Whether a label is the total of the columns under a heading that is a column, and no column of the form below it:
/// then the heading is the column.
fn is_total_under(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    wide: &[&Candidate],
    label: &Candidate,
) -> bool {
    let covers = |h: &Candidate| view.item(h.row, h.col).is_some_and(|i| label.col <= i.cols.1);
    let is_over = |h: &&&Candidate| h.row < label.row && h.col <= label.col && covers(h);
    let of_form =
        |h: &Candidate| words.cols.iter().any(|c| c.leaf == label.term && c.groups.contains(&h.term));
    sight.text(label.label).says_total() && wide.iter().filter(is_over).any(|h| !of_form(h))
}

/// Whether no blank column stands between two clusters.
fn adjoins(view: &View, before: &[Candidate], cluster: &[Candidate]) -> bool {
    let (Some(last), Some(first)) = (before.last(), cluster.first()) else { return false };
    view.run_start(first.col) <= last.col
}

/// Candidates without those behind a blank column that stand among headers of something else.
fn without_others(view: &View, sight: &Sight, words: &BlockWords, columns: Vec<Candidate>) -> Vec<Candidate> {
    let run = |c: &Candidate| view.run_start(c.col);
    let runs: Vec<&[Candidate]> = columns.chunk_by(|a, b| run(a) == run(b)).collect();
    let different = |r: &&[Candidate]| r.iter().map(|c| c.term).collect::<BTreeSet<usize>>().len();
    let most = runs.iter().map(different).max().unwrap_or(0);
    let main = runs.iter().position(|r| different(r) == most).unwrap_or(0);
    let (Some(top), Some(bottom)) =
        (columns.iter().map(|c| c.row).min(), columns.iter().map(|c| c.bottom).max())
    else {
        return columns;
    };
    let is_other = |item: &&Item| item.label().is_some_and(|l| !sight.is_among(l, &words.all));
    let others = |cols: std::ops::Range<usize>| {
        (top..=bottom).flat_map(|row| view.within(row, cols.clone())).filter(is_other).count()
    };
    let own = |(i, run_of): &(usize, &&[Candidate])| {
        let (Some(first), Some(last)) = (run_of.first(), run_of.last()) else { return false };
        *i <= main || others(run(first)..last.col) < run_of.len()
    };
    runs.iter().enumerate().filter(own).flat_map(|(_, r)| r.iter().copied()).collect()
}

/// Whether columns too few for a band by themselves have rows of the block below, as in a part of a table.
fn few_but_named<'n>(view: &View, columns: &[Candidate], named: &impl Fn() -> &'n [Named]) -> bool {
    let different: BTreeSet<usize> = columns.iter().map(|c| c.term).collect();
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return false };
    if different.len() < FEWEST {
        return false;
    }
    let top = columns.iter().map(|c| c.bottom).max().unwrap_or(first.row) + 1;
    let rows = named();
    let at = |row: usize| rows.partition_point(|n| n.row < row);
    let below = rows.get(at(top)..at(top + ROWS_BELOW)).unwrap_or_default();
    let before: Vec<&Named> = below.iter().filter(|n| n.col < first.col).collect();
    let last_of_row = before.chunk_by(|a, b| a.row == b.row).filter_map(<[_]>::last);
    let valued = |n: &&&Named| view.within(n.row, first.col..last.col + 1).iter().any(Item::is_value);
    last_of_row.filter(valued).map(|n| n.term).collect::<BTreeSet<usize>>().len() >= NAMED_ROWS
}

/// A label that is surely one of a block's rows.
struct Named {
    row: usize,
    col: usize,
    term: usize,
}

/// The labels of a view that are, row by row.
fn named_rows(view: &View, sight: &Sight, words: &BlockWords) -> Vec<Named> {
    let named = |i: &Item| {
        let (term, _) = sight.among(i.label()?, &words.row_leaves).find(|(_, l)| l.how < How::Near)?;
        Some(Named { row: i.rows.0, col: i.cols.0, term })
    };
    view.items.iter().filter_map(named).collect()
}

/// Whether a view laid on its side may have a band with rows: words of the form stand in two of its columns at least, or
/// enough of those of a block that has no row labels. Registers of one column that has such words are many.
pub(super) fn may_stand_on_their_side(view: &View, sight: &Sight) -> bool {
    let is_known = |item: &&Item| item.label().is_some_and(|l| sight.may_be_known(l));
    let mut cols = view.items.iter().filter(is_known).map(|item| item.cols.0);
    let Some(first) = cols.next() else { return false };
    let labels = OnceCell::new();
    let labels = || labels.get_or_init(|| view.labels()).iter();
    let leaves = |words: &BlockWords| {
        let terms = labels().flat_map(|l| sight.among(*l, &words.col_leaves));
        terms.map(|(term, _)| term).collect::<BTreeSet<usize>>().len()
    };
    let may = |words: &BlockWords| words.is_nameless() && leaves(words) >= Needed::of(words).different;
    cols.any(|col| col != first) || sight.lexicon.blocks.iter().any(may)
}

/// How many labels make a band of a block.
struct Needed {
    different: usize,
    columns: usize,
}

impl Needed {
    fn of(words: &BlockWords) -> Self {
        Self { different: words.col_leaves.len().div_ceil(2), columns: words.cols.len().div_ceil(3) }
    }

    fn met(&self, columns: &[Candidate]) -> bool {
        let different = || columns.iter().map(|c| c.term).collect::<BTreeSet<usize>>().len();
        columns.len() >= self.columns && different() >= self.different
    }
}

/// Splits columns where a label comes again that the form has fewer times: the table stands twice.
fn split_copies(columns: &[Candidate], words: &BlockWords, needed: &Needed) -> Vec<Vec<Candidate>> {
    let allowed = |term: usize| words.cols.iter().filter(|c| c.leaf == term).count();
    let mut clusters: Vec<Vec<Candidate>> = vec![Vec::new()];
    // how often each label stands in the last cluster
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    for c in columns {
        let Some(cluster) = clusters.last_mut() else { continue };
        let again = times.get(&c.term).is_some_and(|n| *n >= allowed(c.term));
        if again && cluster.len() >= needed.columns && times.len() >= needed.different {
            clusters.push(vec![*c]);
            times.clear();
        } else {
            cluster.push(*c);
        }
        *times.entry(c.term).or_default() += 1;
    }
    clusters
}

/// The first row of a header: rows above the leaves that hold its group labels and no number.
fn top(view: &View, sight: &Sight, words: &BlockWords, row: usize, depth: usize) -> usize {
    let mut first = row;
    while row - first + 1 < depth {
        let Some(above) = first.checked_sub(1) else { break };
        let items = view.row(above);
        // a table's title is no group, however like one it reads
        let mut labels = items.iter().filter_map(Item::label).filter(|l| sight.title(*l).is_none());
        let named = labels.any(|l| is_group(sight, words, l));
        if !named || items.iter().any(Item::is_value) {
            break;
        }
        first = above;
    }
    first
}

fn band(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    block: usize,
    top: usize,
    columns: &[Candidate],
) -> Band {
    let left = columns.iter().map(|c| c.col).min().unwrap_or(0);
    let bottom = columns.iter().map(|c| c.row).max().unwrap_or(top);
    let begins = begins_before(view, sight, words, (top, bottom), left);
    let headings: Vec<Vec<&Item>> = columns.iter().map(|c| headings_above(view, top, c, begins)).collect();
    let groups_of = |above: &Vec<&Item>| -> Vec<usize> {
        let named = |g: &usize| above.iter().filter_map(|h| h.label()).any(|l| sight.names(l, *g));
        words.col_groups.iter().filter(named).collect()
    };
    let groups: Vec<Vec<usize>> = headings.iter().map(groups_of).collect();
    let below: Vec<(&Candidate, &Vec<usize>)> = columns.iter().zip(&groups).collect();
    let is_lone = |c: &Candidate, groups: &Vec<usize>| {
        below.iter().filter(|(o, own)| o.term == c.term && *own == groups).count() == 1
    };
    let mut points: Vec<Vec<i64>> = below
        .iter()
        .enumerate()
        .map(|(i, (c, groups))| {
            let found = (c.label, groups.as_slice(), is_lone(c, groups));
            let line = |j| line_points(sight, words, j, found) - order_cost(i, j);
            (0..words.cols.len()).map(line).collect()
        })
        .collect();
    let is_vague = begins_late(view, words, columns, &headings, &points);
    if is_vague {
        let carried = |(c, above): &(&Candidate, &Vec<&Item>)| above.iter().any(|h| h.cols.1 < c.col);
        let of = columns.iter().zip(&headings).map(|c| carried(&c));
        points.iter_mut().zip(of).filter(|(_, carried)| *carried).for_each(|(p, _)| p.fill(0));
    }
    let mut cols: Vec<Match> = assign(&points, words.cols.len())
        .into_iter()
        .filter_map(|p| {
            let (c, line) = (columns.get(p.found)?, words.cols.get(p.line)?);
            let how = sight.likeness(c.label, line.leaf)?.how;
            Some(Match { line: p.line, at: c.col, label: c.label, how, margin: p.margin })
        })
        .collect();
    cols.retain(|m| m.how < How::Near || m.margin >= LEAST_MARGIN);
    let first = cols.iter().map(|m| m.at).min().unwrap_or(left);
    let taken = columns.iter().filter(|c| cols.iter().any(|m| m.at == c.col));
    let rows = (top, taken.map(|c| c.bottom).max().unwrap_or(top));
    // A label behind a blank column belongs to the table beside this one.
    let beside = (left + 1..=first).any(|c| view.gap_before(c));
    let strangers = strangers(view, rows, if beside { first } else { left }, &cols);
    let mut band = Band { block, rows, cols, strangers, is_vague };
    settle_by_place(view, sight, words, &mut band);
    band
}

/// Between lines that fit equally well the form's own order decides, by a little.
pub(super) fn order_cost(found: usize, line: usize) -> i64 {
    i64::from(found.abs_diff(line) as u32).min(20)
}

/// Points of a label below the labels of these groups for one line of the form; 0 where it cannot be that line. One that
/// stands alone below just the groups of its line is none of a group within these: 小计 beside 医师（小计 …）.
fn line_points(
    sight: &Sight,
    words: &BlockWords,
    line: usize,
    (label, groups, is_lone): (usize, &[usize], bool),
) -> i64 {
    let Some(own) = words.cols.get(line) else { return 0 };
    let Some(likeness) = sight.likeness(label, own.leaf) else { return 0 };
    let matched = own.groups.iter().filter(|g| groups.contains(g)).count();
    let rivals = words.cols.iter().filter(|o| o.leaf == own.leaf && !std::ptr::eq(*o, own));
    let is_deeper = |rival: &LineWords| {
        is_lone && rival.groups.len() > own.groups.len() && own.groups.iter().all(|g| groups.contains(g))
    };
    let told_apart = |rival: &LineWords| {
        is_deeper(rival) || own.groups.iter().any(|g| !rival.groups.contains(g) && groups.contains(g))
    };
    let of_another = groups.iter().any(|g| !own.groups.contains(g));
    let mut rivals = rivals;
    if of_another || !rivals.all(told_apart) {
        return 0;
    }
    i64::from(likeness.points) + 40 + 150 * matched as i64
}

/// Whether columns for want of a heading are none of the form's, and a heading that is no merge begins right of them
/// over others: then it was typed over the middle of its own, and how far any such goes is not known.
fn begins_late(
    view: &View,
    words: &BlockWords,
    columns: &[Candidate],
    headings: &[Vec<&Item>],
    points: &[Vec<i64>],
) -> bool {
    let is_placed = |of: usize| points.get(of).is_some_and(|p| p.iter().any(|p| *p > 0));
    // a label too many may be another's: the total of all groups before them
    let times = |of: &Candidate| columns.iter().filter(|c| c.term == of.term).count();
    let of_form = |of: &Candidate| words.cols.iter().filter(|c| c.leaf == of.term).count();
    let is_without = |(i, c): &(usize, &Candidate)| !is_placed(*i) && times(c) <= of_form(c);
    let without = || columns.iter().enumerate().filter(is_without).map(|(_, c)| c.col);
    let late = |(i, c): (usize, &Candidate)| {
        let above = headings.get(i).into_iter().flatten().filter(|h| h.cols.1 < c.col);
        let begins = |from: usize, h: &Item| from < h.cols.0 && view.run_start(h.cols.0) <= from;
        is_placed(i) && above.into_iter().any(|h| without().any(|from| begins(from, h)))
    };
    columns.iter().enumerate().any(late)
}

/// Whether a label is a group of a block's columns, or a step of its path is.
pub(super) fn is_group(sight: &Sight, words: &BlockWords, label: usize) -> bool {
    words.col_groups.iter().any(|g| sight.names(label, g))
}

/// Where the headings of a band begin whose first column is `left`: before it, where a group's own stands right there.
fn begins_before(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    (top, bottom): (usize, usize),
    left: usize,
) -> usize {
    let before = left.checked_sub(1).filter(|_| !view.gap_before(left));
    let heads = |row: usize, col: usize| {
        view.item(row, col).and_then(Item::label).is_some_and(|l| is_group(sight, words, l))
    };
    before.filter(|col| (top..bottom).any(|row| heads(row, *col))).unwrap_or(left)
}

/// The labels above a column, by merge or else the nearest to the left.
fn headings_above<'v>(view: &'v View, top: usize, candidate: &Candidate, left: usize) -> Vec<&'v Item> {
    let over = |row| heading_over(view, row, candidate.col, left).filter(|i| i.label().is_some());
    (top..candidate.row).filter_map(over).collect()
}

fn heading_over(view: &View, row: usize, col: usize, left: usize) -> Option<&Item> {
    match view.covering(row, col) {
        Some(item) => Some(item),
        None if view.is_closed(row, col) => None,
        None => view.within(row, left..col).last(),
    }
}

/// Columns within or right beside the band whose header is none of the block's.
fn strangers(view: &View, rows: (usize, usize), left: usize, cols: &[Match]) -> Vec<usize> {
    let right = cols.iter().map(|c| c.at).max().unwrap_or(left);
    (left..=right)
        .filter(|c| !cols.iter().any(|m| m.at == *c))
        .filter(|&c| (rows.0..=rows.1).any(|r| view.item(r, c).is_some_and(|i| i.cols.0 == i.cols.1)))
        .collect()
}

/// Takes a column whose label is badly damaged by its place: alone between two neighbours of the form.
fn settle_by_place(view: &View, sight: &Sight, words: &BlockWords, band: &mut Band) {
    for line in 0..words.cols.len() {
        if band.col(line).is_some() {
            continue;
        }
        let before = line.checked_sub(1).and_then(|l| band.col(l)).map(|m| m.at);
        let after = band.col(line + 1).map(|m| m.at);
        let (Some(before), Some(after)) = (before, after) else { continue };
        if after != before + 2 {
            continue;
        }
        let item = (band.rows.0..=band.rows.1).rev().find_map(|r| view.item(r, before + 1));
        let Some((item, label)) = item.and_then(|i| Some((i, i.label()?))) else { continue };
        let above = (band.rows.0..item.rows.0).filter_map(|r| heading_over(view, r, before + 1, 0)?.label());
        let of_another = |l: &LineWords| {
            let mut others = words.col_groups.iter().filter(|g| !l.groups.contains(g));
            others.any(|g| above.clone().any(|label| sight.names(label, g)))
        };
        if words.cols.get(line).is_some_and(|l| sight.resembles(label, l.leaf) && !of_another(l)) {
            band.strangers.retain(|c| *c != before + 1);
            band.cols.push(Match { line, at: before + 1, label, how: How::Position, margin: 400 });
        }
    }
    band.cols.sort_by_key(|m| m.line);
}
