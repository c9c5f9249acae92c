//! One view of one sheet, mapped: bands found, rows named, every field given its cell.

use super::bands::{self, Band, Match};
use super::captions;
use super::copies;
use super::doubtful;
use super::found::{Axis, FoundLine, Header, Layout, Spot};
use super::heads;
use super::joined;
use super::lexicon::{BlockWords, LineWords};
use super::period;
use super::regions::{self, overlap};
use super::rows::{self, LabelledRow, Region};
use super::select::Unread;
use super::sight::Sight;
use super::similarity::How;
use super::slid::{self, Slid};
use super::spread;
use super::stray::{self, Stranger, Stray};
use super::totals;
use super::twins::{self, Untold};
use super::view::{Item, Texts, View};
use crate::grid::{CellRef, Sheet};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Different words of the form that a sheet must show to be looked at further.
const LEAST_WORDS: usize = 4;
/// Columns that a sheet may have; one of more rows has no form on its side.
const MOST_COLUMNS: usize = 16_384;
/// Rows below a header in which numbers must be looked at before the one below it is taken as left blank.
const NEAR_ROWS: usize = 4;
/// Rows that must stand again for a table to stand twice; one alone is a row too many.
const LEAST_COPIED: usize = 2;
/// Rows with a number in every column that make a part of a table without a header.
const LEAST_CONTINUED: usize = 2;

/// A band with the part of the view that is its own.
struct Place<'a> {
    band: &'a Band,
    region: Region,
}

/// Maps one sheet by its view; where several numbers claim the same fields, by what is not hidden, if that settles it.
pub(super) fn map(sheet: &Sheet, view: &View, texts: Texts, sight: &mut Sight) -> Layout {
    let layout = look(sheet, view, texts, sight);
    if layout.doubtful.is_empty() && layout.slid.is_empty() {
        return layout;
    }
    let mut shown = view.clone();
    let Some(first) = shown.leave_out_hidden(sheet) else { return layout };
    let mut again = look(sheet, &shown, texts, sight);
    if again.spots.len() <= layout.spots.len() {
        return layout;
    }
    again.left_out.push((first, Unread::HiddenLines));
    again
}

/// Looks at one sheet upright; where numbers are left, for what it lacks on its side, and for what both lack by all
/// labels of each cell.
fn look(sheet: &Sheet, view: &View, texts: Texts, sight: &mut Sight) -> Layout {
    let mut view = view.clone();
    let (mut side, on_its_side) = (OnceCell::new(), || View::on_its_side(sheet, texts));
    let of_rows = captions::of_rows(&mut view, sight, sheet, || side.get_or_init(on_its_side).clone());
    let (mut view, mut earlier) = prepared(view, sheet, sight);
    earlier.extend(of_rows);
    if !sight.shows(&view, LEAST_WORDS) {
        return Layout::default();
    }
    let lexicon = sight.lexicon;
    let mut layout = settled(&mut view, sight, sheet);
    if !layout.is_whole(lexicon) {
        let all_placed = !layout.spots.is_empty() && !layout.leaves_numbers(&view, sheet);
        if !all_placed && view.height() <= MOST_COLUMNS && bands::may_stand_on_their_side(&view, sight) {
            let mut side = side.take().unwrap_or_else(on_its_side);
            side.leave_out(&view);
            period::leave_out_sections(&mut side, &view, sight);
            let (mut side, _) = prepared(side, sheet, sight);
            layout.take_better(settled(&mut side, sight, sheet), lexicon.blocks.len());
        }
        if !layout.is_whole(lexicon) {
            layout.pooled((&view, sight, sheet), all_placed);
        }
    }
    layout.drop_named_strangers();
    layout.shown = true;
    layout.title(&view, sight);
    let earlier = earlier.first().and_then(|&(row, col)| view.address(row, col));
    layout.left_out.extend(earlier.map(|at| (at, Unread::EarlierYear)));
    layout.left_out.sort_unstable();
    layout.left_out.dedup();
    layout
}

/// A sheet whose table has no header of its own, read under the header of the sheet before; no fields where the
/// rows or the columns do not agree with it.
pub(super) fn continued(sheet: &Sheet, view: &View, sight: &mut Sight, header: &Header) -> Layout {
    let (view, _) = prepared(view.clone(), sheet, sight);
    let cols = header.cols.iter().map(|(col, m)| Some(Match { at: view.col_at(*col)?, ..*m })).collect();
    let (Some(cols), Some(words)) = (cols, sight.lexicon.blocks.get(header.block)) else {
        return Layout::default();
    };
    // no row of this sheet is its header
    let band = Band { block: header.block, rows: (1, 0), cols, strangers: Vec::new(), is_vague: false };
    let region = Region { rows: (0, view.height()), left: 0 };
    let labelled = rows::labelled(&view, sight, words, 0, &band, region);
    let matches = rows::match_rows(sight, words, &labelled);
    let full = |row: usize| band.cols.iter().all(|c| view.item(row, c.at).is_some_and(Item::is_value));
    let sure =
        matches.iter().filter(|m| m.how < How::Near && labelled.get(m.at).is_some_and(|r| full(r.row)));
    let mut builder = Builder { view: &view, sheet, layout: Layout::default(), named: BTreeSet::new() };
    if sure.count() < LEAST_CONTINUED {
        return builder.layout;
    }
    let usual = usual_leaf_cols(words, &labelled, &matches);
    for m in &matches {
        let Some(row) = labelled.get(m.at) else { continue };
        builder.line(header.block, Axis::Row, m, row.label_row, row.leaf_col);
        let depth = words.rows.get(m.line).map_or(0, |r| r.groups.len());
        builder.row_fields(
            sight,
            header.block,
            m,
            row,
            (&band, region),
            usual.get(&depth).copied().unwrap_or(row.leaf_col),
        );
    }
    builder.layout
}

/// A view with split labels joined and without what belongs to earlier years; where these were written.
fn prepared(mut view: View, sheet: &Sheet, sight: &mut Sight) -> (View, Vec<(usize, usize)>) {
    period::name_years(&mut view, sheet, sight);
    spread::settle(&mut view, sight);
    let mut earlier = period::drop_earlier(&mut view, sight);
    earlier.extend(captions::of_columns(&mut view, sight, sheet));
    joined::join(&mut view, sight);
    joined::part(&mut view, sight);
    (view, earlier)
}

/// The blocks that one view holds; where not all could be read, with heads that slid brought over their numbers.
fn settled(view: &mut View, sight: &Sight, sheet: &Sheet) -> Layout {
    let mut layout = tables(view, sight, sheet);
    if layout.is_sound(sight.lexicon) {
        return layout;
    }
    let (moved, broken) = heads::settle(view, sight);
    if moved {
        let left_out = std::mem::take(&mut layout.left_out);
        layout = tables(view, sight, sheet);
        layout.left_out.extend(left_out);
    }
    layout.refuse(&broken);
    layout
}

/// The blocks that one view holds under header bands.
fn tables(view: &mut View, sight: &Sight, sheet: &Sheet) -> Layout {
    let lexicon = sight.lexicon;
    let Headers { mut bands, vague, untold } = headers(view, sight, sheet);
    let left_out = copies::leave_out(view, sight, &bands);
    if !left_out.is_empty() {
        bands = headers(view, sight, sheet).bands;
    }
    let view = &*view;
    let regions = regions::regions(view, sight, &bands);
    let doubtful = doubtful::take_out((view, sight, sheet), &mut bands, &regions);
    let places: Vec<Place> = bands.iter().zip(regions).map(|(band, region)| Place { band, region }).collect();
    let layout = Layout { vague, untold, ..Layout::default() };
    let mut builder = Builder { view, sheet, layout, named: BTreeSet::new() };
    for (block, line, place) in doubtful {
        builder.doubtful(block, Axis::Col, line, place);
    }
    let rows_of = |(block, words)| BlockRows::of((view, sight), (block, words), &places);
    let blocks: Vec<BlockRows> = lexicon.blocks.iter().enumerate().map(rows_of).collect();
    let slid = builder.slid(sight, &places, &blocks);
    for rows in &blocks {
        builder.block(sight, rows, &places, &slid);
    }
    let unnamed: Vec<LabelledRow> = blocks.into_iter().flat_map(|b| b.labelled).collect();
    builder.strangers(sight, &unnamed, &places);
    if !view.on_its_side {
        builder.layout.headers = bands.iter().filter_map(|b| header(view, b)).collect();
        builder.layout.said = bands.iter().filter_map(|b| copies::said(view, sight, b)).collect();
    }
    builder.layout.left_out = left_out
        .into_iter()
        .filter_map(|((row, col), why)| Some((view.address(row, col)?, why.into())))
        .collect();
    builder.layout
}

/// The header bands of a view.
struct Headers {
    bands: Vec<Band>,
    /// Blocks of which it is not known how far their headings go.
    vague: BTreeSet<usize>,
    /// Where it is not said which of several tables one is.
    untold: Vec<Untold>,
}

fn headers(view: &View, sight: &Sight, sheet: &Sheet) -> Headers {
    let (labels, blocks) = (view.labels(), sight.lexicon.blocks.iter().enumerate());
    let bands: Vec<Band> =
        blocks.flat_map(|(i, words)| bands::find(view, &labels, sight, words, i)).collect();
    let vague = bands.iter().filter(|b| b.is_vague).map(|b| b.block).collect();
    let bands = bands.into_iter().filter(|b| !b.cols.is_empty()).collect();
    let (bands, untold) = twins::told_apart(view, sheet, sight, bands);
    Headers { bands: regions::of_own_rows(view, sight, bands), vague, untold }
}

/// The columns of a band as the workbook counts them.
fn header(view: &View, band: &Band) -> Option<Header> {
    let cols = band.cols.iter().map(|m| Some((view.address(band.rows.1, m.at)?.col, *m)));
    Some(Header { block: band.block, cols: cols.collect::<Option<_>>()? })
}

/// The top-left cell of the merge that covers an address.
pub(super) fn anchor(sheet: &Sheet, at: CellRef) -> CellRef {
    sheet.merges.iter().find(|m| m.contains(at)).map_or(at, |m| m.first)
}

/// The rows below the bands of a block.
struct BlockRows<'a> {
    block: usize,
    words: &'a BlockWords,
    labelled: Vec<LabelledRow>,
    matches: Vec<Match>,
    /// Lines of which it is not sure that a row is theirs.
    unsure: Vec<usize>,
}

impl<'a> BlockRows<'a> {
    fn of((view, sight): (&View, &Sight), (block, words): (usize, &'a BlockWords), places: &[Place]) -> Self {
        let own = places.iter().enumerate().filter(|(_, p)| p.band.block == block);
        let rows = own.flat_map(|(id, p)| rows::labelled(view, sight, words, id, p.band, p.region));
        let labelled: Vec<LabelledRow> = rows.collect();
        let mut matches =
            if words.is_nameless() { Vec::new() } else { rows::match_rows(sight, words, &labelled) };
        let unsure = rows::settle_lone_parts(sight, words, &labelled, &mut matches);
        Self { block, words, labelled, matches, unsure }
    }

    /// The rows of a band that are the form's, in their order.
    fn named(&self, band: usize) -> Vec<usize> {
        // a row that stands for others is their heading where these are there
        let line = |m: &Match| self.words.rows.get(m.line);
        let is_heading = |m: &Match| {
            let own = line(m).filter(|l| l.replaces);
            own.is_some_and(|own| self.matches.iter().filter_map(line).any(|l| l.groups.contains(&own.leaf)))
        };
        let rows = self.matches.iter().filter(|m| !is_heading(m)).filter_map(|m| self.labelled.get(m.at));
        let rows: BTreeSet<usize> = rows.filter(|row| row.band == band).map(|row| row.row).collect();
        rows.into_iter().collect()
    }
}

struct Builder<'a> {
    view: &'a View,
    sheet: &'a Sheet,
    layout: Layout,
    /// Rows of the view that are rows of the form.
    named: BTreeSet<usize>,
}

impl Builder<'_> {
    fn block(&mut self, sight: &Sight, rows: &BlockRows, places: &[Place], slid: &BTreeMap<usize, Slid>) {
        let BlockRows { block, words, labelled, matches, unsure } = rows;
        let block = *block;
        self.layout.unplaced.extend(unsure.iter().map(|line| (block, *line)));
        if words.is_nameless() {
            for place in places.iter().filter(|p| p.band.block == block) {
                self.columns(block, place.band);
                self.nameless_row((sight, words), block, place, places);
            }
            return;
        }
        let usual = usual_leaf_cols(words, labelled, matches);
        let is_own = |id: &usize| places.get(*id).is_some_and(|p| p.band.block == block);
        for (_, slid) in slid.iter().filter(|(id, _)| is_own(id)) {
            self.layout.slid_by(block, self.view, slid.sign);
            // a heading beside which numbers of its rows stand is no row too many
            self.named.extend(slid.rows.iter().chain(slid.cells.iter().map(|(row, _)| row)));
        }
        let mut used = BTreeSet::new();
        for m in matches {
            let Some(row) = labelled.get(m.at) else { continue };
            let Some(place) = places.get(row.band) else { continue };
            used.insert(row.band);
            self.named.insert(row.row);
            let is_row = |l: &LabelledRow| l.band == row.band && sight.is_among(l.leaf, &words.row_leaves);
            let is_labelled = |r: usize| labelled.iter().any(|l| l.row == r && is_row(l));
            if doubtful::several_rows(self.view, place.band, row, is_labelled) {
                self.doubtful(block, Axis::Row, m.line, (row.label_row, row.leaf_col));
                continue;
            }
            self.line(block, Axis::Row, m, row.label_row, row.leaf_col);
            let slid = slid.get(&row.band);
            if slid.is_some_and(|slid| slid.rows.contains(&row.row)) {
                self.layout.unplaced.push((block, m.line));
                continue;
            }
            let depth = words.rows.get(m.line).map_or(0, |r| r.groups.len());
            let usual = usual.get(&depth).copied().unwrap_or(row.leaf_col);
            let row = &LabelledRow {
                row: doubtful::row_of_numbers(self.view, place.band, place.region, row),
                ..row.clone()
            };
            self.row_fields(sight, block, m, row, (place.band, place.region), usual);
            let cells = slid.into_iter().flat_map(|s| s.cells.range((row.row, 0)..(row.row + 1, 0)));
            self.hold(block, m.line, place.band, cells.map(|(_, col)| *col));
        }
        for band in used.iter().filter_map(|id| places.get(*id)) {
            self.columns(block, band.band);
        }
        self.copies(sight, words, block, labelled, matches, places);
    }

    /// Per band, what may have slid.
    fn slid(&self, sight: &Sight, places: &[Place], blocks: &[BlockRows]) -> BTreeMap<usize, Slid> {
        let mut bands: Vec<(usize, slid::Named)> = Vec::new();
        for (id, place) in places.iter().enumerate() {
            let Some(rows) = blocks.get(place.band.block) else { continue };
            let named = rows.named(id);
            if !named.is_empty() {
                bands.push((id, (self.part(sight, rows.words, place), named)));
            }
        }
        bands.sort_by_key(|(_, (part, _))| (part.words.table, part.band.span().0, part.region.rows.0));
        let goes_on = |a: &(usize, slid::Named), b: &(usize, slid::Named)| a.1.0.goes_on_in(&b.1.0);
        let tables = bands.chunk_by(goes_on).flat_map(|table| {
            let (ids, parts): (Vec<usize>, Vec<slid::Named>) = table.iter().cloned().unzip();
            ids.into_iter().zip(slid::of_table(&parts))
        });
        tables.collect()
    }

    fn part<'p, 's>(
        &'p self,
        sight: &'p Sight<'s>,
        words: &'p BlockWords,
        place: &Place<'p>,
    ) -> slid::Part<'p, 's> {
        slid::Part {
            view: self.view,
            sight,
            sheet: self.sheet,
            words,
            band: place.band,
            region: place.region,
        }
    }

    /// Records a line that has numbers in several places.
    fn doubtful(&mut self, block: usize, axis: Axis, line: usize, (row, col): (usize, usize)) {
        let at = self.view.address(row, col).map(|a| anchor(self.sheet, a));
        self.layout.doubtful.extend(at.map(|at| (block, axis, line, at)));
    }

    /// Records the columns of a band.
    fn columns(&mut self, block: usize, band: &Band) {
        for m in &band.cols {
            self.line(block, Axis::Col, m, band.label_row(self.view, m), m.at);
        }
    }

    fn line(&mut self, block: usize, axis: Axis, m: &Match, row: usize, col: usize) {
        if let Some(at) = self.view.address(row, col).map(|a| anchor(self.sheet, a)) {
            let margin = m.margin.min(1000);
            self.layout.line(FoundLine { block, axis, line: m.line, at, how: m.how, margin });
        }
    }

    fn row_fields(
        &mut self,
        sight: &Sight,
        block: usize,
        m: &Match,
        row: &LabelledRow,
        (band, region): (&Band, Region),
        usual: usize,
    ) {
        let shift = rows::shift(self.view, band, region.rows, row, usual);
        let is_sure =
            |s: &isize| !rows::is_divided(self.view, sight, band, row, *s) && !self.view.is_partial(row.row);
        let Some(shift) = shift.filter(is_sure) else {
            self.layout.unplaced.push((block, m.line));
            return;
        };
        for col in &band.cols {
            let Some(at) = col.at.checked_add_signed(shift).and_then(|c| self.value_at(row.row, c)) else {
                continue;
            };
            let spot = Spot { at, how: m.how.max(col.how), margin: m.margin.min(col.margin) };
            self.layout.put((block, m.line, col.line), spot);
        }
    }

    /// Takes back the fields of a row in some columns, whose numbers may be others'.
    fn hold(&mut self, block: usize, row: usize, band: &Band, cols: impl Iterator<Item = usize>) {
        for col in cols.filter_map(|at| band.cols.iter().find(|c| c.at == at)) {
            self.layout.spots.remove((block, row, col.line));
            self.layout.held.push((block, row, col.line));
        }
    }

    /// The cell of a value: one in which something begins is the first of its merge.
    fn value_at(&self, row: usize, col: usize) -> Option<CellRef> {
        let at = self.view.address(row, col)?;
        Some(if self.view.item(row, col).is_some() { at } else { anchor(self.sheet, at) })
    }

    /// The row of a block whose rows have no label: the first below the header that shows values, else the next.
    fn nameless_row(
        &mut self,
        (sight, words): (&Sight, &BlockWords),
        block: usize,
        place: &Place,
        places: &[Place],
    ) {
        let band = place.band;
        let below = |o: &&Place| o.band.rows.0 > band.rows.1 && overlap(o.band.span(), band.span());
        let end = places.iter().filter(below).map(|o| o.band.rows.0).min().unwrap_or(self.view.height());
        let shown = (band.rows.1 + 1..end).find(|r| rows::has_values(self.view, band, *r));
        let below = |row: usize| (row..end).take_while(|r| doubtful::fills(self.view, band, *r)).count();
        let mut shown = shown;
        if let Some(row) = shown.filter(|row| row + 1 < end && doubtful::fills(self.view, band, row + 1)) {
            let cols: Vec<usize> = band.cols.iter().map(|c| c.at).collect();
            shown = totals::row((self.view, sight, self.sheet), row..row + below(row), &cols);
            if shown.is_none() {
                self.doubtful(block, Axis::Row, 0, (row, band.span().0)); // nothing names one of them
                return;
            }
        }
        let mut near = band.rows.1 + 1..band.rows.1 + 1 + NEAR_ROWS;
        if shown.is_none() && near.any(|r| rows::has_values(self.view, band, r)) {
            return; // numbers stand below, but another header claims them: nothing is guessed
        }
        for col in &band.cols {
            let at = match shown {
                Some(row) => self.value_at(row, col.at),
                None => self.view.address(band.rows.1, col.at).map(|a| anchor(self.sheet, self.below(a))),
            };
            let Some(at) = at else { continue };
            self.layout.put((block, 0, col.line), Spot { at, how: col.how, margin: col.margin });
        }
        if let Some(row) = shown {
            self.named.insert(row);
            let slid = self.part(sight, words, place).of_columns(row);
            self.hold(block, 0, band, slid.cells.iter().map(|(_, col)| *col));
            self.layout.slid_by(block, self.view, slid.sign);
        }
    }

    fn below(&self, at: CellRef) -> CellRef {
        if self.view.on_its_side {
            CellRef::new(at.row, at.col + 1)
        } else {
            CellRef::new(at.row + 1, at.col)
        }
    }

    /// Rows that carry the very words of a row that was already found: the table stands twice.
    fn copies(
        &mut self,
        sight: &Sight,
        words: &BlockWords,
        block: usize,
        labelled: &[LabelledRow],
        matches: &[Match],
        places: &[Place],
    ) {
        let mut again: Vec<(Match, &LabelledRow, &Place)> = Vec::new();
        for (i, row) in labelled.iter().enumerate().filter(|(i, _)| !matches.iter().any(|m| m.at == *i)) {
            if row.groups.iter().any(|g| sight.is_foreign(*g, words)) {
                continue;
            }
            let exact = |m: &&Match| {
                words
                    .rows
                    .get(m.line)
                    .and_then(|r| sight.likeness(row.leaf, r.leaf))
                    .is_some_and(|l| l.how < How::Near)
            };
            let own = |m: &&Match| words.rows.get(m.line).is_some_and(|r| is_in(sight, words, row, r));
            let Some(m) = matches.iter().filter(own).find(exact) else { continue };
            let Some(place) =
                places.get(row.band).filter(|p| rows::has_values_near(self.view, p.band, row.row))
            else {
                continue;
            };
            again.push((Match { at: i, ..*m }, row, place));
        }
        if again.len() < LEAST_COPIED.min(words.rows.len()) {
            return;
        }
        for (m, row, place) in again {
            self.columns(block, place.band); // it may be a part that has others
            self.named.insert(row.row);
            self.row_fields(sight, block, &m, row, (place.band, place.region), row.leaf_col);
        }
    }

    /// Labelled rows with numbers that no block of the form took.
    fn strangers(&mut self, sight: &Sight, labelled: &[LabelledRow], places: &[Place]) {
        let mut seen = BTreeSet::new();
        for row in labelled {
            let Some(place) = places.get(row.band) else { continue };
            let near_form = !self.layout.spots.of_block(place.band.block).is_empty();
            let counts = near_form && rows::has_values_near(self.view, place.band, row.row);
            if counts && !self.named.contains(&row.row) && seen.insert(row.row) {
                let at = self.view.address(row.label_row, row.leaf_col);
                let (block, side) = (place.band.block, self.view.on_its_side);
                let words = sight.lexicon.blocks.get(block);
                let is_group = words.is_some_and(|w| rows::is_group(sight, w, row.leaf));
                let stray = if is_group { Stray::Heading } else { Stray::Row };
                self.layout.strangers.extend(at.map(|at| Stranger { block, side, at, stray }));
            }
        }
        for place in places {
            self.strange_columns(sight, place);
        }
    }

    /// Columns with numbers that are none of a band's.
    fn strange_columns(&mut self, sight: &Sight, place: &Place) {
        let (block, side) = (place.band.block, self.view.on_its_side);
        if self.layout.spots.of_block(block).is_empty() {
            return;
        }
        let (from, to) = place.region.rows;
        let rows: Vec<usize> = self.named.range(from..to).copied().collect();
        let labels = stray::columns((self.view, sight), place.band, &rows).into_iter();
        let found = labels.filter_map(|(row, col)| self.view.address(row, col));
        for at in found {
            // blocks of the same columns have their headers in common
            if self.layout.strangers.iter().all(|s| s.at != at) {
                self.layout.strangers.push(Stranger { block, side, at, stray: Stray::Column });
            }
        }
    }
}

/// Whether no group of a labelled row is that of other rows than a row of the form: then it is not one more of it.
fn is_in(sight: &Sight, words: &BlockWords, row: &LabelledRow, line: &LineWords) -> bool {
    let is_group = |g: &usize| row.groups.iter().any(|l| sight.likeness(*l, *g).is_some());
    let mut others = words.rows.iter().flat_map(|r| &r.groups).filter(|g| !line.groups.contains(g));
    !others.any(is_group)
}

/// Per depth of label path, the column in which leaves usually start.
fn usual_leaf_cols(words: &BlockWords, rows: &[LabelledRow], matches: &[Match]) -> BTreeMap<usize, usize> {
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for m in matches {
        let (Some(row), Some(line)) = (rows.get(m.at), words.rows.get(m.line)) else { continue };
        *counts.entry((line.groups.len(), row.leaf_col)).or_default() += 1;
    }
    let mut usual: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for ((depth, col), n) in counts {
        let best = usual.entry(depth).or_insert((n, col));
        if n > best.0 {
            *best = (n, col);
        }
    }
    usual.into_iter().map(|(depth, (_, col))| (depth, col)).collect()
}
