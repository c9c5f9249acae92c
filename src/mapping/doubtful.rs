//! Lines whose numbers stand in several places, such as two columns of numbers under one heading: none is read,
//! for nothing says which are the report's own; unless one is by its word the total of the others (`totals`).

use super::bands::{Band, Match};
use super::regions::overlap;
use super::rows::{self, LabelledRow, Region};
use super::sight::Sight;
use super::similarity::How;
use super::totals;
use super::view::{Item, View};
use crate::grid::Sheet;

/// A place of a view: row and column.
type Place = (usize, usize);

/// Columns that must have moved alike.
const ALIKE: usize = 2;

/// What stands under a heading.
#[derive(Clone, Copy, PartialEq)]
enum Under {
    One,
    Several,
    /// Several columns, of which one is the total of the others.
    Total(usize),
    /// Nothing in its first column, and numbers in another alone.
    Moved(usize),
}

/// Takes doubtful columns out of bands, and moves those to where their numbers stand; gives the block and line of each, and where its label stands.
pub(super) fn take_out(
    (view, sight, sheet): (&View, &Sight, &Sheet),
    bands: &mut [Band],
    regions: &[Region],
) -> Vec<(usize, usize, Place)> {
    let beside = beside(view, sight, bands, regions);
    let mut told = Vec::new();
    for ((band, region), beside) in bands.iter_mut().zip(regions).zip(beside) {
        let under =
            |m: &Match| if beside { Under::Several } else { under((view, sight, sheet), band, *region, m) };
        let mut under: Vec<Under> = band.cols.iter().map(under).collect();
        settle_moved(view, band, &mut under);
        let several = under.iter().filter(|u| **u == Under::Several).count();
        let all = several * 2 > under.len(); // they are made alike
        let is_out = |(_, under): &(Match, Under)| all || *under == Under::Several;
        let (out, kept): (Vec<_>, Vec<_>) = band.cols.drain(..).zip(under).partition(is_out);
        told.extend(out.iter().map(|(m, _)| (band.block, m.line, (band.label_row(view, m), m.at))));
        band.strangers.extend(out.iter().map(|(m, _)| m.at));
        for (column, under) in kept {
            let (Under::Total(at) | Under::Moved(at)) = under else {
                band.cols.push(column);
                continue;
            };
            band.strangers.push(column.at);
            band.strangers.retain(|c| *c != at);
            band.cols.push(Match { at, ..column });
        }
    }
    told
}

/// Per band, whether another with the same columns stands beside it and their rows are named once.
fn beside(view: &View, sight: &Sight, bands: &[Band], regions: &[Region]) -> Vec<bool> {
    let named = |(band, region): (&Band, &Region)| {
        let words = sight.lexicon.blocks.get(band.block)?;
        Some(!words.is_nameless() && !rows::labelled(view, sight, words, 0, band, *region).is_empty())
    };
    let rival = |one: &Band, other: &Band| {
        // the form's own words leave no doubt beside words that are near to them
        let shares =
            |c: &Match| other.col(c.line).is_some_and(|o| c.how.max(How::Alias) >= o.how.max(How::Alias));
        let shares_a_line = one.cols.iter().any(shares);
        one.block == other.block
            && overlap(one.rows, other.rows)
            && one.span() != other.span()
            && shares_a_line
    };
    let has_rival: Vec<bool> = bands.iter().map(|b| bands.iter().any(|o| rival(b, o))).collect();
    if !has_rival.contains(&true) {
        return has_rival;
    }
    let named: Vec<bool> = bands.iter().zip(regions).map(|b| named(b).unwrap_or(false)).collect();
    let all_named = |b: &Band| bands.iter().zip(&named).filter(|(o, _)| rival(b, o)).all(|(_, named)| *named);
    let doubtful = |((band, rival), own): ((&Band, &bool), &bool)| *rival && !(*own && all_named(band));
    bands.iter().zip(&has_rival).zip(&named).map(doubtful).collect()
}

/// Numbers that stand beside the first column of their heading are its own where its merge reaches over them, or where
/// those of most columns moved as far; else nothing says whose they are.
fn settle_moved(view: &View, band: &Band, under: &mut [Under]) {
    let by = |(column, under): (&Match, &Under)| match under {
        Under::Moved(at) => at.checked_sub(column.at),
        _ => None,
    };
    let moved: Vec<Option<usize>> = band.cols.iter().zip(under.iter()).map(by).collect();
    for ((column, under), own) in band.cols.iter().zip(under.iter_mut()).zip(&moved) {
        let Under::Moved(at) = *under else { continue };
        let alike = moved.iter().filter(|by| *by == own).count();
        let heading = view.item(band.label_row(view, column), column.at);
        if heading.is_none_or(|h| h.cols.1 < at) && (alike < ALIKE || alike * 2 <= moved.len()) {
            *under = Under::Several;
        }
    }
}

/// Whether a heading has several columns of numbers below it.
fn under(
    (view, sight, sheet): (&View, &Sight, &Sheet),
    band: &Band,
    region: Region,
    column: &Match,
) -> Under {
    let row = band.label_row(view, column);
    let Some(item) = view.item(row, column.at) else { return Under::One };
    let end = end_of_heading(view, band, (row, column.at), item);
    let open = end.max(end_of_open(view, band, column));
    if open == column.at {
        return Under::One;
    }
    let end = end.max(end_in_group(view, (row, column.at), open));
    let rows = counted(view, sight, band, region);
    // what stands under a caption that is a column of the form itself is that column's
    let is_own = |col: usize| col == column.at || band.cols.iter().all(|m| m.at != col);
    let is_value = |row: usize, col: usize| is_own(col) && view.item(row, col).is_some_and(Item::is_value);
    if !rows.iter().any(|r| view.item(*r, column.at).is_some()) {
        let valued = |col: &usize| rows.iter().any(|r| is_value(*r, *col));
        let mut valued = (column.at + 1..=open).filter(valued);
        if let (Some(only), None) = (valued.next(), valued.next()) {
            return Under::Moved(only);
        }
    }
    let numbers = |row: &&usize| (column.at..=end).filter(|col| is_value(**row, *col)).count();
    let one = rows.iter().filter(|r| numbers(r) == 1).count();
    let several = rows.iter().filter(|r| numbers(r) > 1).count();
    if several == 0 || several < one {
        return Under::One;
    }
    let total = totals::column((view, sight, sheet), item.rows.1 + 1, column.at..=end, &rows);
    total.map_or(Under::Several, Under::Total)
}

/// The last column behind one over which nothing stands in the header.
fn end_of_open(view: &View, band: &Band, column: &Match) -> usize {
    let (first, last) = band.rows;
    let headed = |col: usize| (first..=last).any(|r| view.item(r, col).is_some());
    let open = |col: &usize| !headed(*col) && !view.gap_before(*col);
    (column.at + 1..view.width()).take_while(open).last().unwrap_or(column.at)
}

/// The last of the columns without a head behind one that are under the same merged heading of a group.
fn end_in_group(view: &View, (row, at): Place, open: usize) -> usize {
    let group = row.checked_sub(1).and_then(|above| view.covering(above, at));
    group.filter(|g| g.label().is_some() && g.rows.1 < row).map_or(at, |g| g.cols.1.clamp(at, open.max(at)))
}

/// The last column under a heading: of its merge; without one it goes on where captions below it do.
fn end_of_heading(view: &View, band: &Band, (row, at): Place, item: &Item) -> usize {
    // the last heading is as wide as the one before it, and the only one as wide as its captions
    let before = band.cols.iter().map(|m| m.at).filter(|c| *c < at).max();
    let last = match before {
        None if band.cols.len() == 1 => view.width(),
        _ => band.span().1.max(before.map_or(at, |b| at + (at - b) - 1)),
    };
    let captioned = |col: usize| view.item(item.rows.1 + 1, col).is_some_and(|i| i.label().is_some());
    let goes_on = |col: &usize| {
        let open = view.covering(row, *col).is_none() && !view.gap_before(*col) && *col <= last;
        let is_another = band.cols.iter().any(|m| m.at == *col);
        open && !is_another && captioned(at) && captioned(*col)
    };
    (item.cols.1 + 1..view.width()).take_while(goes_on).last().unwrap_or(item.cols.1)
}

/// The rows below a band that are of its block; all of them where none is.
fn counted(view: &View, sight: &Sight, band: &Band, region: Region) -> Vec<usize> {
    let rows = || region.rows.0..region.rows.1;
    let first = band.span().0;
    let words = sight.lexicon.blocks.get(band.block);
    let names = |l: usize| words.is_some_and(|w| sight.is_among(l, &w.row_leaves));
    let is_named =
        |row: &usize| view.within(*row, region.left..first).iter().filter_map(Item::label).any(names);
    let named: Vec<usize> = rows().filter(is_named).collect();
    if named.is_empty() { rows().collect() } else { named }
}

/// Whether the label of a row spans several rows of numbers, of which no other has a label.
pub(super) fn several_rows(
    view: &View,
    band: &Band,
    row: &LabelledRow,
    is_labelled: impl Fn(usize) -> bool,
) -> bool {
    let last = view.item(row.row, row.leaf_col).map_or(row.row, |i| i.rows.1);
    let own = usize::from(rows::has_values(view, band, row.row));
    let others = (row.row + 1..=last).filter(|r| !is_labelled(*r) && fills(view, band, *r));
    others.take(2).count() + own > 1
}

/// The row in which the numbers of a label stand that spans several: the only one that has any, where the first has none
/// and no label is in the others.
pub(super) fn row_of_numbers(view: &View, band: &Band, region: Region, row: &LabelledRow) -> usize {
    let last = view.item(row.row, row.leaf_col).map_or(row.row, |i| i.rows.1);
    let labelled = |r: usize| view.within(r, region.left..band.span().0).iter().any(|i| i.label().is_some());
    if rows::has_values_near(view, band, row.row) || (row.row + 1..=last).any(labelled) {
        return row.row;
    }
    let mut valued = (row.row + 1..=last).filter(|r| rows::has_values_near(view, band, *r));
    match (valued.next(), valued.next()) {
        (Some(only), None) => only,
        _ => row.row,
    }
}

/// Whether a row has numbers in half of a band's columns and more.
pub(super) fn fills(view: &View, band: &Band, row: usize) -> bool {
    let filled = band.cols.iter().filter(|c| view.item(row, c.at).is_some_and(Item::is_value)).count();
    filled > 0 && filled * 2 >= band.cols.len()
}
