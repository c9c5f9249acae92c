//! Tables with the same row and column labels (numbers on one sheet, percentages on the next) told apart by what the
//! form says beside the labels: the line over the header, the title, the sheet's name, the unit.
//!
//! What stands above a header and the name of its sheet are compared with these. Where they speak for none, or for several,
//! nothing is read there: a number under another table's field would be worse than none.

use super::bands::Band;
use super::lexicon::{BlockWords, TermSet};
use super::sight::Sight;
use super::similarity::resemblance;
use super::view::View;
use crate::form::{Block, Table};
use crate::grid::label::{folded, normalise};
use crate::grid::{CellRef, Entry, Range, Sheet};
use std::collections::BTreeSet;

/// What a text must have in common with the form's words to speak for a table, in thousandths, and more than with those of
/// its rivals.
const ALIKE: i32 = 700;
const LEAD: i32 = 60;
/// The likeness of the same words, and of words that are the same to the letter.
const SAME: i32 = 1000;
const TO_THE_LETTER: i32 = 1001;

/// What the form says of a block beside its labels, kind by kind: the line over its header, its title, the name of its
/// sheet, its unit.
#[derive(Debug, Clone, Default)]
pub(super) struct Sayings([Vec<String>; 4]);

/// The kinds of [`Sayings`] that are compared with something else than any text above the header.
const SHEET: usize = 2;
const UNIT: usize = 3;

impl Sayings {
    pub(super) fn of(table: &Table, block: &Block) -> Self {
        let titles = vec![table.title.clone(), table.heading.clone()];
        let band = block.band.as_ref().map_or_else(|| titles.clone(), |l| vec![l.text.clone()]);
        Self([band, titles, vec![table.name.clone()], block.unit.iter().cloned().collect()])
    }
}

/// Per block, those with mostly the same rows and columns.
pub(super) fn rivals(blocks: &[BlockWords]) -> Vec<Vec<usize>> {
    let alike = |a: &TermSet, b: &TermSet| {
        let common = a.iter().filter(|t| b.contains(*t)).count();
        a == b || common > 1 && common * 2 >= a.len().max(b.len())
    };
    let of = |(i, own): (usize, &BlockWords)| {
        let is = |(j, other): &(usize, &BlockWords)| {
            i != *j
                && alike(&own.row_leaves, &other.row_leaves)
                && alike(&own.col_leaves, &other.col_leaves)
                && (!own.is_nameless() || are_twins(own, other))
        };
        blocks.iter().enumerate().filter(is).map(|(j, _)| j).collect()
    };
    blocks.iter().enumerate().map(of).collect()
}

/// Whether two blocks have the very same labels.
fn are_twins(one: &BlockWords, other: &BlockWords) -> bool {
    (&one.rows, &one.cols) == (&other.rows, &other.cols)
}

/// A table of which it is not said which of several it is: where it stands, and the blocks that it may be.
pub(super) type Untold = (CellRef, Vec<usize>);

/// Of bands of blocks with the same labels in one place those of the block that is meant there; and where that is not said.
pub(super) fn told_apart(
    view: &View,
    sheet: &Sheet,
    sight: &Sight,
    bands: Vec<Band>,
) -> (Vec<Band>, Vec<Untold>) {
    let lexicon = sight.lexicon;
    if lexicon.rivals.iter().all(Vec::is_empty) {
        return (bands, Vec::new());
    }
    let places: Vec<Option<Range>> = bands.iter().map(|b| place(view, b)).collect();
    let mut untold: Vec<Untold> = Vec::new();
    let mut keep = Vec::new();
    for (band, own) in bands.iter().zip(&places) {
        let here = |at: &Range| own.is_some_and(|own| meet(own, *at));
        let is_rival = |b: &Band| lexicon.rivals.get(band.block).is_some_and(|r| r.contains(&b.block));
        let others = bands.iter().zip(&places).filter(|(b, at)| is_rival(b) && at.as_ref().is_some_and(here));
        let mut blocks: BTreeSet<usize> = others.map(|(b, _)| b.block).collect();
        let Some(at) = own.filter(|_| !blocks.is_empty()) else {
            keep.push(true);
            continue;
        };
        blocks.insert(band.block);
        let blocks: Vec<usize> = blocks.into_iter().collect();
        let words = |i: &usize| lexicon.blocks.get(*i);
        let is_twin = |i: &usize| words(i).zip(words(&band.block)).is_some_and(|(a, b)| are_twins(a, b));
        let meant = meant(sight, &blocks, sheet, &above(sheet, at, &places));
        let is_untold = meant.is_none() && blocks.iter().filter(|i| is_twin(i)).count() > 1;
        keep.push(!is_untold && meant.is_none_or(|block| block == band.block));
        if is_untold && !untold.iter().any(|(first, known)| *first == at.first && *known == blocks) {
            untold.push((at.first, blocks));
        }
    }
    (bands.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(band, _)| band).collect(), untold)
}

/// The cells that a band covers.
fn place(view: &View, band: &Band) -> Option<Range> {
    let (first, last) = band.span();
    Some(Range { first: view.address(band.rows.0, first)?, last: view.address(band.rows.1, last)? })
}

fn meet(a: Range, b: Range) -> bool {
    let rows = a.first.row <= b.last.row && b.first.row <= a.last.row;
    rows && a.first.col <= b.last.col && b.first.col <= a.last.col
}

/// The texts above a header, up to the header above it; where others stand beside it, those in its own columns.
fn above(sheet: &Sheet, own: Range, places: &[Option<Range>]) -> Vec<String> {
    let others = || places.iter().flatten();
    let from = others().filter(|o| o.last.row < own.first.row).map(|o| o.last.row + 1).max().unwrap_or(0);
    let beside = |o: &&Range| o.first.row <= own.last.row && own.first.row <= o.last.row && !meet(own, **o);
    let left = others().filter(beside).filter(|o| o.last.col < own.first.col).map(|o| o.last.col + 1).max();
    let right = others().filter(beside).filter(|o| o.first.col > own.last.col).map(|o| o.first.col).min();
    let (left, right) = (left.unwrap_or(0), right.unwrap_or(u32::MAX));
    let is_above = |at: &CellRef| (from..own.first.row).contains(&at.row) && (left..right).contains(&at.col);
    let texts = sheet.cells.iter().filter(|(at, _)| is_above(at)).filter_map(|(_, cell)| match &cell.entry {
        Entry::Text(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// The block that all speak for which speak at all.
fn meant(sight: &Sight, blocks: &[usize], sheet: &Sheet, above: &[String]) -> Option<usize> {
    let name = [sheet.name.clone()];
    let units: Vec<String> = above.iter().map(|t| behind_key(t)).collect();
    let for_kind = |kind: usize| {
        let said: &[String] = match kind {
            SHEET => &name,
            UNIT => &units,
            _ => above,
        };
        let of = |block: &usize| {
            let words = sight.lexicon.blocks.get(*block).and_then(|b| b.sayings.0.get(kind));
            let pairs =
                words.into_iter().flatten().flat_map(|word| said.iter().map(move |text| (word, text)));
            let points = |(word, text): (&String, &String)| {
                if kind == UNIT { exact(word, text) } else { likeness(word, text) }
            };
            pairs.map(points).max().unwrap_or(0)
        };
        foremost(blocks.iter().map(|block| (of(block), *block)).collect())
    };
    let votes: BTreeSet<usize> = (0..=UNIT).filter_map(for_kind).collect();
    votes.first().copied().filter(|_| votes.len() == 1)
}

/// What stands behind "单位：", else the whole text.
fn behind_key(text: &str) -> String {
    let bare = text.trim().trim_matches(['(', ')', '（', '）']);
    bare.rsplit_once([':', '：']).map_or(bare, |(_, unit)| unit).to_owned()
}

fn plain(text: &str) -> String {
    folded(text).flat_map(char::to_lowercase).collect()
}

fn exact(word: &str, text: &str) -> i32 {
    if plain(word) == plain(text) { TO_THE_LETTER } else { 0 }
}

fn likeness(word: &str, text: &str) -> i32 {
    let (own, other) = (normalise(word).text, normalise(text).text);
    if own.is_empty() || other.is_empty() { 0 } else { exact(word, text).max(resemblance(&own, &other)) }
}

/// The block that leads the others: by the same words, else by far.
fn foremost(mut points: Vec<(i32, usize)>) -> Option<usize> {
    points.sort_unstable_by_key(|(points, block)| (std::cmp::Reverse(*points), *block));
    let [(most, block), (second, _), ..] = points.as_slice() else { return None };
    let leads = *most >= SAME && most > second || *most >= ALIKE && most - second >= LEAD;
    leads.then_some(*block)
}
