//! Rows below a header band: their label paths, and which row of the form each one is.
//!
//! The leaf is the rightmost label that starts in the row; group labels are carried down from the rows above,
//! by merge or by fill. Rows are assigned one-to-one by points; the form's order only breaks ties, for offices
//! change rows about and leave rows out.

use super::assign::assign;
use super::bands::{Band, LEAST_MARGIN, Match, order_cost};
use super::doubtful;
use super::lexicon::{BlockWords, LineWords, NO_TERM};
use super::sight::Sight;
use super::similarity::How;
use super::view::{Item, View};
use std::ops::Range;

/// Columns to the right of a band's first value column in which a label that slid is still looked for.
const SLID: usize = 2;

/// A row below a band with the labels that name it.
#[derive(Debug, Clone)]
pub(super) struct LabelledRow {
    /// Index of the band above it.
    pub(super) band: usize,
    /// The view's row of its numbers.
    pub(super) row: usize,
    /// The row in which its label begins.
    pub(super) label_row: usize,
    /// Its own label.
    pub(super) leaf: usize,
    /// The column in which that label starts.
    pub(super) leaf_col: usize,
    /// Labels of the groups it stands in, outermost first.
    pub(super) groups: Vec<usize>,
    /// Whether it shows values.
    pub(super) filled: bool,
}

/// The part of a view that belongs to one band: its rows and its label columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    /// First and one past the last row below the header.
    pub(super) rows: (usize, usize),
    /// First label column; the last is the one before the first value column.
    pub(super) left: usize,
}

/// The labelled rows of a band, from top to bottom.
pub(super) fn labelled(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    id: usize,
    band: &Band,
    region: Region,
) -> Vec<LabelledRow> {
    let first_value = band.span().0;
    let mut carried: Vec<(usize, usize)> = Vec::new();
    let mut rows = Vec::new();
    for row in region.rows.0..region.rows.1 {
        let mut labels = labels(view, row, region.left..first_value);
        let slid = slid_labels(view, sight, words, row, first_value);
        let own = slid.last().copied().or_else(|| leaf(sight, words, &labels));
        let is_slid = !slid.is_empty();
        labels.extend(slid);
        let is_own = |l: &(usize, usize)| own == Some(*l);
        // A row's label that slid before its group ends no group.
        let is_group = |l: usize| is_group(sight, words, l);
        let behind = own.is_some_and(|(col, _)| labels.iter().any(|&(c, l)| c > col && is_group(l)));
        for l in labels.iter().filter(|l| !(behind && is_own(l))) {
            let depth = if is_slid { depth(sight, words, l.1) } else { None };
            let is_like = |other: usize| depth.is_some() && self::depth(sight, words, other) == depth;
            carried.retain(|(c, other)| *c < l.0 && !is_like(*other));
        }
        let Some((leaf_col, leaf)) = own else { continue };
        if sight.is_beside(leaf, words) {
            continue; // a row under the same header that stands in another block of the form
        }
        if sight.is_elsewhere(leaf, words) {
            break; // another table, of which the header was not recognised
        }
        let before = |c: usize| behind || c < leaf_col;
        carried.extend(labels.iter().copied().filter(|l| !is_own(l) && before(l.0)));
        carried.sort_unstable();
        carried.dedup();
        let mut groups: Vec<usize> = carried.iter().filter(|(c, _)| before(*c)).map(|(_, l)| *l).collect();
        let (last, steps) = view.steps(leaf).and_then(<[usize]>::split_last).unwrap_or((&leaf, &[]));
        groups.extend(steps);
        let filled = has_values_near(view, band, row);
        rows.push(LabelledRow { band: id, row, label_row: row, leaf: *last, leaf_col, groups, filled });
        if !behind {
            carried.push((leaf_col, leaf));
        }
    }
    to_numbers_below(view, band, region, &mut rows);
    rows
}

/// Where most labels stand in rows of their own, each above a row of numbers that has none, that is their row.
fn to_numbers_below(view: &View, band: &Band, region: Region, rows: &mut [LabelledRow]) {
    let is_above = |row: &LabelledRow| {
        let next = row.row + 1;
        let mut before = view.within(next, region.left..band.span().0).iter();
        let is_nameless = before.all(|i| i.label().is_none());
        let is_in = next < region.rows.1;
        is_in && is_nameless && !has_values(view, band, row.row) && doubtful::fills(view, band, next)
    };
    let above: Vec<bool> = rows.iter().map(is_above).collect();
    if above.iter().filter(|above| **above).count() * 2 > above.len() {
        for (row, _) in rows.iter_mut().zip(above).filter(|(_, above)| *above) {
            (row.row, row.filled) = (row.row + 1, true);
        }
    }
}

/// The different labels that start in a row's label columns; equal neighbours are one merged label.
fn labels(view: &View, row: usize, cols: Range<usize>) -> Vec<(usize, usize)> {
    let mut labels: Vec<(usize, usize)> = Vec::new();
    for item in view.within(row, cols) {
        let Some(label) = item.label() else { continue };
        if labels.last().is_none_or(|(_, l)| *l != label) {
            labels.push((item.cols.0, label));
        }
    }
    labels
}

/// The rightmost label; a short one behind it that names no row (件), or one in Latin letters, is passed over, and so is a group's label
/// that comes behind a row's, as where a row slid to the left.
fn leaf(sight: &Sight, words: &BlockWords, labels: &[(usize, usize)]) -> Option<(usize, usize)> {
    let names_row = |l: usize| sight.is_among(l, &words.row_leaves);
    let short = |l: usize| is_short(sight, l);
    let row = labels.iter().rposition(|&(_, l)| names_row(l));
    let worth = labels.iter().rposition(|&(_, l)| names_row(l) || !short(l));
    let heads = |w: usize| {
        let (&(_, g), before) = labels.get(w).zip(labels.get(..w))?;
        let of = |l: usize| {
            let mut rows = words.rows.iter().filter(|r| sight.likeness(l, r.leaf).is_some());
            rows.any(|r| r.groups.iter().any(|own| sight.likeness(g, *own).is_some()))
        };
        before.iter().rposition(|&(_, l)| of(l))
    };
    let behind = |w: usize| labels.get(w).is_some_and(|&(_, l)| is_group(sight, words, l) && !names_row(l));
    let worth = worth.and_then(heads).or(worth.filter(|w| !behind(*w))).or(row).or(worth);
    worth.and_then(|i| labels.get(i)).or(labels.last()).copied()
}

/// Whether a label is like a group of a block's rows.
pub(super) fn is_group(sight: &Sight, words: &BlockWords, label: usize) -> bool {
    sight.is_among(label, &words.row_groups)
}

/// How many groups stand over one in the form.
fn depth(sight: &Sight, words: &BlockWords, group: usize) -> Option<usize> {
    let is_it = |term: &usize| sight.likeness(group, *term).is_some();
    words.rows.iter().find_map(|r| r.groups.iter().position(is_it))
}

/// The labels of a row up to its own that slid to the right, into the value columns; none where its own is not there.
fn slid_labels(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    row: usize,
    first_value: usize,
) -> Vec<(usize, usize)> {
    let items = view.within(row, first_value..first_value + SLID + 1);
    let end = items.iter().find(|i| i.is_value()).map_or(first_value + SLID + 1, |i| i.cols.0);
    let mut labels = labels(view, row, first_value..end);
    let own = labels.iter().rposition(|(_, l)| sight.is_among(*l, &words.row_leaves));
    labels.truncate(own.map_or(0, |own| own + 1));
    labels
}

/// Which row of the form each labelled row is. `at` of a match counts in `rows`.
pub(super) fn match_rows(sight: &Sight, words: &BlockWords, rows: &[LabelledRow]) -> Vec<Match> {
    let points: Vec<Vec<i64>> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            if row.groups.iter().any(|g| sight.is_foreign(*g, words)) {
                return vec![0; words.rows.len()];
            }
            let named = |g: &usize| row.groups.iter().any(|l| sight.likeness(*l, *g).is_some());
            let groups: Vec<usize> = words.row_groups.iter().filter(named).collect();
            (0..words.rows.len()).map(|j| row_points(sight, words, row, &groups, (i, j))).collect()
        })
        .collect();
    let mut matches: Vec<Match> = assign(&points, words.rows.len())
        .into_iter()
        .filter_map(|p| {
            let (row, line) = (rows.get(p.found)?, words.rows.get(p.line)?);
            let how = sight.likeness(row.leaf, line.leaf)?.how;
            Some(Match { line: p.line, at: p.found, label: row.leaf, how, margin: p.margin })
        })
        .filter(|m| m.how < How::Near || m.margin >= LEAST_MARGIN)
        .collect();
    settle_by_place(sight, words, rows, &mut matches);
    matches
}

/// Where one row may stand for all of a group, a row that is called as the last of them (其他), alone and not under the
/// group's heading, is the one for all if it bears the group's list mark (（六）其他); without any mark it is neither for
/// certain and is left out. The lines left out.
pub(super) fn settle_lone_parts(
    sight: &Sight,
    words: &BlockWords,
    rows: &[LabelledRow],
    matches: &mut Vec<Match>,
) -> Vec<usize> {
    let mut unsure = Vec::new();
    for (whole, line) in words.rows.iter().enumerate().filter(|(_, l)| l.replaces) {
        let is_part = |m: &Match| words.rows.get(m.line).is_some_and(|l| l.groups.last() == Some(&line.leaf));
        let mut parts = matches.iter().enumerate().filter(|(_, m)| is_part(m));
        let (Some((at, part)), None) = (parts.next(), parts.next()) else { continue };
        let mark = sight.text(part.label).mark;
        let is_own = mark.is_some() && mark == words.rows.get(part.line).and_then(|l| sight.mark(l.leaf));
        let is_under = |row: &LabelledRow| row.groups.iter().any(|g| sight.likeness(*g, line.leaf).is_some());
        if is_own || matches.iter().any(|m| m.line == whole) || rows.get(part.at).is_some_and(is_under) {
            continue;
        }
        if mark.is_some() && mark == sight.mark(line.leaf) {
            if let Some(part) = matches.get_mut(at) {
                part.line = whole;
            }
        } else {
            unsure.push(matches.remove(at).line);
        }
    }
    unsure
}

/// Points of a row for one line of the form; `groups` are those that the labels over it name.
fn row_points(
    sight: &Sight,
    words: &BlockWords,
    row: &LabelledRow,
    groups: &[usize],
    (found, line): (usize, usize),
) -> i64 {
    let Some(own) = words.rows.get(line).filter(|l| l.leaf != NO_TERM) else { return 0 };
    let Some(likeness) = sight.likeness(row.leaf, own.leaf) else { return 0 };
    let matched = own.groups.iter().filter(|g| groups.contains(g)).count() as i64;
    let of_another = groups.iter().any(|g| !own.groups.contains(g));
    let marks = (sight.text(row.leaf).mark, sight.mark(own.leaf));
    // what the form calls a column as well names a row only within its own group, or, by its list mark, beside the groups
    let is_beside = || marks.0.is_some() && marks.0 == marks.1 && stands_beside(words, own, groups);
    if of_another && words.col_leaves.contains(own.leaf) && !is_beside() {
        return 0;
    }
    let mark = match marks {
        (Some(a), Some(b)) if a == b => 30,
        (Some(_), Some(_)) => -20,
        _ => 0,
    };
    let conflict = if of_another { 300 } else { 0 };
    // of a heading and a row below it that say the same, the row with numbers is the form's
    let filled = if row.filled { 25 } else { 0 };
    (i64::from(likeness.points) + 20 + 100 * matched + mark + filled - conflict - order_cost(found, line))
        .max(0)
}

/// Whether a line is none of the rows of some groups but stands beside these: （七）总计 after （六）其他处理.
fn stands_beside(words: &BlockWords, own: &LineWords, groups: &[usize]) -> bool {
    let others = || groups.iter().filter(|g| !own.groups.contains(g));
    let mut rows = words.rows.iter().filter(|r| r.groups.iter().any(|g| others().any(|other| other == g)));
    rows.all(|r| r.groups.len() > own.groups.len())
}

/// Takes a row whose label is badly damaged by its place: alone between two neighbours of the form.
fn settle_by_place(sight: &Sight, words: &BlockWords, rows: &[LabelledRow], matches: &mut Vec<Match>) {
    for line in 0..words.rows.len() {
        let find = |l: usize| matches.iter().find(|m| m.line == l);
        let (Some(before), Some(after), None) =
            (line.checked_sub(1).and_then(find), find(line + 1), find(line))
        else {
            continue;
        };
        let at = before.at + 1;
        let (Some(row), Some(own), true) = (rows.get(at), words.rows.get(line), after.at == at + 1) else {
            continue;
        };
        if sight.resembles(row.leaf, own.leaf) {
            matches.push(Match { line, at, label: row.leaf, how: How::Position, margin: 400 });
        }
    }
    matches.sort_by_key(|m| m.line);
}

/// How many columns a row's values stand to the right of where the header says (negative: to the left).
///
/// A row that lost or got cells shows it: its numbers stand among the labels of the others and fit under the header
/// when moved back, or its label moved along. Numbers under a heading of their own, or beside the columns in other
/// rows as well, are somebody else's, whatever cell of the row is blank. `None` where both may be.
pub(super) fn shift(
    view: &View,
    band: &Band,
    rows: (usize, usize),
    row: &LabelledRow,
    usual_leaf_col: usize,
) -> Option<isize> {
    let moved = row.leaf_col as isize - usual_leaf_col as isize;
    let (first, last) = band.span();
    let from = (row.leaf_col + 1).max((first + 1).saturating_sub(3));
    let values: Vec<usize> = view
        .within(row.row, from..last + SLID + 1)
        .iter()
        .filter(|i| i.is_value())
        .map(|i| i.cols.0)
        .collect();
    let is_known = |col: usize| band.cols.iter().any(|c| c.at == col) || band.strangers.contains(&col);
    let fits = |s: isize| {
        let lands = |v: &usize| v.checked_add_signed(-s).is_some_and(is_known);
        let allowed = first.checked_add_signed(s).is_some_and(|c| c > row.leaf_col);
        allowed && values.iter().filter(|v| s > 0 || **v <= last).all(lands)
    };
    let others = |col: &usize| is_others(view, band, rows, row.row, *col);
    let (left, right): (Vec<usize>, Vec<usize>) =
        values.iter().filter(|v| !(first..=last).contains(*v)).partition(|v| **v < first);
    let fitting: Vec<isize> = if left.is_empty() { 1..=3 } else { -3..=-1 }.filter(|s| fits(*s)).collect();
    let stay = (first > row.leaf_col).then_some(0);
    let next_to_label = (row.leaf_col + 1) as isize - first as isize;
    let back = match fitting.as_slice() {
        // a label in the columns of values says how far they moved
        [only] => (stay.is_some() || [moved, next_to_label].contains(only)).then_some(*only),
        several => {
            let is_sure = stay.is_some() || moved == next_to_label;
            (is_sure && several.contains(&moved)).then_some(moved)
        }
    };
    if !left.is_empty() {
        let headed = left.iter().all(|c| is_headed(view, band, *c));
        return if headed || fitting.is_empty() { left.iter().all(others).then_some(0) } else { back };
    }
    match moved {
        _ if values.is_empty() => stay,
        _ if stay.is_none() && is_full(view, band, row.row, next_to_label) => Some(next_to_label),
        1.. if stay.is_none() || !fits(0) => back,
        1.. => stay.filter(|_| fitting.is_empty()),
        0 => stay.filter(|_| right.is_empty() || fitting.is_empty() || right.iter().all(others)),
        _ => stay.filter(|_| !(-3..0).any(fits)),
    }
}

/// Whether a row moved by `shift` has a number for every column of the header, and none more beside these.
fn is_full(view: &View, band: &Band, row: usize, shift: isize) -> bool {
    let has = |col: usize| {
        let col = col.checked_add_signed(shift);
        col.and_then(|col| view.item(row, col)).is_some_and(Item::is_value)
    };
    band.cols.iter().all(|c| has(c.at)) && !has(band.span().1 + 1)
}

/// Whether a column beside a row's own has numbers that are not this row's: under a heading, beside a row that is
/// filled, or in most rows on the left.
fn is_others(view: &View, band: &Band, rows: (usize, usize), row: usize, col: usize) -> bool {
    let has = |r: &usize| view.item(*r, col).is_some_and(Item::is_value);
    let counted = || (rows.0..rows.1).filter(|r| *r != row && has_values(view, band, *r));
    let (first, last) = band.span();
    if col > last {
        let starts = |r: usize| view.item(r, first).is_some_and(Item::is_value);
        return is_headed(view, band, col) || counted().filter(has).any(starts);
    }
    counted().filter(has).count() * 2 >= counted().count()
}

/// Whether a label of its own stands over a column, and not the one to its left filled on.
fn is_headed(view: &View, band: &Band, col: usize) -> bool {
    let label = |r: usize, c: usize| view.item(r, c).and_then(Item::label);
    let own =
        |r: usize| label(r, col).is_some_and(|l| col.checked_sub(1).and_then(|c| label(r, c)) != Some(l));
    (band.rows.0..=band.rows.1).any(own)
}

/// Whether a word stands where a row's values would have moved away from: then they did not move, but the row is
/// divided, and which of its numbers counts is not known.
pub(super) fn is_divided(view: &View, sight: &Sight, band: &Band, row: &LabelledRow, shift: isize) -> bool {
    let (first, _) = band.span();
    let from = first.max(row.leaf_col + 1);
    let words = |i: &Item| i.label().is_some_and(|l| !is_short(sight, l));
    shift > 0 && view.within(row.row, from..first.saturating_add_signed(shift)).iter().any(words)
}

/// Whether a label is too short to name a row (件), or is in Latin letters.
fn is_short(sight: &Sight, label: usize) -> bool {
    let text = &sight.text(label).text;
    text.chars().count() <= 2 || text.is_ascii()
}

/// Whether the row shows a value in the band's columns.
pub(super) fn has_values(view: &View, band: &Band, row: usize) -> bool {
    let (first, last) = band.span();
    view.within(row, first..last + 1).iter().any(Item::is_value)
}

/// Whether the row shows a value in the band's columns or right before them, as where a row slid.
pub(super) fn has_values_near(view: &View, band: &Band, row: usize) -> bool {
    let (first, last) = band.span();
    view.within(row, first.saturating_sub(1)..last + 1).iter().any(Item::is_value)
}
