//! Lines whose numbers stand in several places, such as two columns of numbers under one heading: none is read,
//! for nothing says which are the report's own.

use super::bands::{Band, Match};
use super::lexicon::{BlockWords, NO_TERM};
use super::regions::overlap;
use super::rows::{self, LabelledRow, Region};
use super::sight::Sight;
use super::view::{Item, View};

/// A place of a view: row and column.
type Place = (usize, usize);

/// Takes doubtful columns out of bands; gives the block and line of each, and where its label stands.
pub(super) fn take_out(
    view: &View,
    sight: &Sight,
    bands: &mut [Band],
    regions: &[Region],
) -> Vec<(usize, usize, Place)> {
    let beside = beside(view, sight, bands, regions);
    let mut told = Vec::new();
    for ((band, region), beside) in bands.iter_mut().zip(regions).zip(beside) {
        let doubtful = |m: &Match| several_columns(view, band, *region, m);
        let mut out: Vec<Match> = band.cols.iter().filter(|m| beside || doubtful(m)).copied().collect();
        if out.len() * 2 > band.cols.len() {
            out.clone_from(&band.cols); // they are made alike
        }
        told.extend(out.iter().map(|m| (band.block, m.line, (band.label_row(view, m), m.at))));
        band.cols.retain(|m| !out.iter().any(|o| o.at == m.at));
        band.strangers.extend(out.iter().map(|m| m.at));
    }
    told
}

/// Per band, whether another with the same columns stands beside it and their rows are named once.
fn beside(view: &View, sight: &Sight, bands: &[Band], regions: &[Region]) -> Vec<bool> {
    let named = |(band, region): (&Band, &Region)| {
        let words = sight.lexicon.blocks.get(band.block)?;
        Some(!is_nameless(words) && !rows::labelled(view, sight, words, 0, band, *region).is_empty())
    };
    let rival = |one: &Band, other: &Band| {
        let shares_a_line = one.cols.iter().any(|c| other.col(c.line).is_some());
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

/// Whether the rows of a block have no label.
fn is_nameless(words: &BlockWords) -> bool {
    words.rows.iter().all(|r| r.leaf == NO_TERM)
}

/// Whether a heading has several columns of numbers below it.
fn several_columns(view: &View, band: &Band, region: Region, column: &Match) -> bool {
    let row = band.label_row(view, column);
    let Some(item) = view.item(row, column.at) else { return false };
    let last = band.span().1;
    // without merges a heading goes on where captions below it do
    let captioned = |col: usize| view.item(item.rows.1 + 1, col).is_some_and(|i| i.label().is_some());
    let goes_on = |col: &usize| {
        let open = view.covering(row, *col).is_none() && !view.gap_before(*col) && *col <= last;
        open && captioned(column.at) && captioned(*col)
    };
    let end = (item.cols.1 + 1..view.width()).take_while(goes_on).last().unwrap_or(item.cols.1);
    if end == column.at {
        return false;
    }
    let numbers = |row: usize| view.within(row, column.at..end + 1).iter().filter(|i| i.is_value()).count();
    let (mut one, mut several) = (0, 0);
    for row in region.rows.0..region.rows.1 {
        match numbers(row) {
            0 => {}
            1 => one += 1,
            _ => several += 1,
        }
    }
    several > 0 && several >= one
}

/// Whether the label of a row spans several rows of numbers, of which no other has a label.
pub(super) fn several_rows(
    view: &View,
    band: &Band,
    row: &LabelledRow,
    is_labelled: impl Fn(usize) -> bool,
) -> bool {
    let last = view.item(row.row, row.leaf_col).map_or(row.row, |i| i.rows.1);
    let mut others = row.row + 1..=last;
    rows::has_values(view, band, row.row) && others.any(|r| !is_labelled(r) && fills(view, band, r))
}

/// Whether a row has numbers in half of a band's columns and more.
pub(super) fn fills(view: &View, band: &Band, row: usize) -> bool {
    let filled = band.cols.iter().filter(|c| view.item(row, c.at).is_some_and(Item::is_value)).count();
    filled > 0 && filled * 2 >= band.cols.len()
}
