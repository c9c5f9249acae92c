//! Which part of a view is each band's own: the rows below it, up to where another table begins, and its label
//! columns.

use super::bands::Band;
use super::period::{self, Written};
use super::rows::Region;
use super::sight::Sight;
use super::view::{Item, View};

/// Rows below a header that show in which column they are named.
const NAMED_NEAR: usize = 8;

/// A first and a last row or column, both included.
type Extent = (usize, usize);

/// Where a band lies.
struct Site {
    rows: Extent,
    /// Its columns of values.
    span: Extent,
    /// These with what adjoins them on the left without a blank column between.
    reach: Extent,
    /// The row in which the next band below begins.
    end: usize,
}

/// The title of a table.
struct Title {
    row: usize,
    cols: Extent,
    table: usize,
}

/// The region of each band.
pub(super) fn regions(view: &View, sight: &Sight, bands: &[Band]) -> Vec<Region> {
    let titles = titles(view, sight);
    let sites = sites((view, sight), bands, &titles);
    let region = |(band, site): (&Band, &Site)| {
        let table = sight.lexicon.blocks.get(band.block).map(|b| b.table);
        let other = |t: &&Title| t.row > site.rows.1 && Some(t.table) != table && overlap(t.cols, site.reach);
        let title = titles.iter().find(other).map_or(site.end, |t| t.row.min(site.end));
        let beside = sites.iter().filter(|o| o.is_left_of(site));
        let left = beside.map(|o| o.span.1 + 1).max().unwrap_or(0);
        Region { rows: (site.rows.1 + 1, title.max(site.rows.1 + 1)), left }
    };
    bands.iter().zip(&sites).map(region).collect()
}

impl Site {
    fn is_left_of(&self, other: &Site) -> bool {
        self.span.1 < other.span.0 && self.rows.0 < other.end && other.rows.0 < self.end
    }
}

fn sites((view, sight): (&View, &Sight), bands: &[Band], titles: &[Title]) -> Vec<Site> {
    // a title over all tables hides the blank columns between them, but not a header beside
    let beside = |b: &Band| {
        let is_left = |o: &&Band| o.span().1 < b.span().0 && overlap(o.rows, b.rows);
        bands.iter().filter(is_left).map(|o| o.span().1 + 1).max().unwrap_or(0)
    };
    let own = |b: &Band| {
        let (first, last) = reach(view, b);
        let begins = if first < b.span().0 { begins((view, sight), b, titles) } else { None };
        (first.max(beside(b)).max(begins.unwrap_or(first)), last)
    };
    let mut sites: Vec<Site> = bands
        .iter()
        .map(|b| Site { rows: b.rows, span: b.span(), reach: own(b), end: view.height() })
        .collect();
    let below: Vec<(usize, Extent)> = sites.iter().map(|s| (s.rows.0, s.reach)).collect();
    for site in &mut sites {
        let next = below.iter().filter(|(row, reach)| *row > site.rows.1 && overlap(*reach, site.reach));
        site.end = next.map(|(row, _)| *row).min().unwrap_or(site.end);
    }
    sites
}

/// The column in which the title of a band's table begins, if its rows are named from there on, or its numbers begin there.
fn begins((view, sight): (&View, &Sight), band: &Band, titles: &[Title]) -> Option<usize> {
    let words = sight.lexicon.blocks.get(band.block)?;
    let (first, last) = band.span();
    let own = |t: &&Title| t.table == words.table && t.row <= band.rows.0 && t.cols.0 <= last;
    let begins = titles.iter().filter(own).max_by_key(|t| (t.row, std::cmp::Reverse(t.cols.0)))?.cols.0;
    let mut below = band.rows.1 + 1..view.height().min(band.rows.1 + 1 + NAMED_NEAR);
    let of_table = || sight.lexicon.blocks.iter().filter(|b| b.table == words.table);
    let names = |i: &Item| i.label().is_some_and(|l| of_table().any(|b| sight.is_among(l, &b.all)));
    let first_name = |row: usize| view.within(row, 0..first).iter().find(|i| names(i)).map(|i| i.cols.0);
    let is_it = match below.find_map(first_name) {
        _ if words.is_nameless() => begins >= first,
        named => named == Some(begins),
    };
    is_it.then_some(begins)
}

fn titles(view: &View, sight: &Sight) -> Vec<Title> {
    let title = |i: &Item| Some(Title { row: i.rows.0, cols: i.cols, table: sight.title(i.label()?)? });
    view.items.iter().filter_map(title).collect()
}

/// Of the same columns that stand beside each other below one header, each block keeps those beside its own rows: the
/// two sides of a table (收入 | 金额 | 支出 | 金额) are blocks with the same columns.
pub(super) fn of_own_rows(view: &View, sight: &Sight, bands: Vec<Band>) -> Vec<Band> {
    let has_rival = |b: &Band| {
        bands.iter().any(|o| o.block == b.block && overlap(o.rows, b.rows) && o.span() != b.span())
    };
    if !bands.iter().any(has_rival) {
        return bands;
    }
    let named: Vec<usize> =
        bands.iter().zip(regions(view, sight, &bands)).map(|(b, r)| rows_named(view, sight, b, r)).collect();
    let stands_with =
        |a: &Band, b: &Band| a.block != b.block && overlap(a.rows, b.rows) && a.span() == b.span();
    let is_beaten = |(band, own): (&Band, &usize)| {
        has_rival(band) && bands.iter().zip(&named).any(|(o, n)| stands_with(band, o) && n > own)
    };
    let beaten: Vec<bool> = bands.iter().zip(&named).map(is_beaten).collect();
    bands.into_iter().zip(beaten).filter(|(_, beaten)| !beaten).map(|(band, _)| band).collect()
}

/// How many rows below a band bear a label of its block.
fn rows_named(view: &View, sight: &Sight, band: &Band, region: Region) -> usize {
    let Some(words) = sight.lexicon.blocks.get(band.block) else { return 0 };
    let is_row = |i: &Item| i.label().is_some_and(|l| sight.is_among(l, &words.row_leaves));
    let named = |row: &usize| view.within(*row, region.left..band.span().0).iter().any(is_row);
    (region.rows.0..region.rows.1).filter(named).count()
}

/// Of bands of a block that stand below titles of different years those of the earlier ones, then the same of other
/// labels that name years; with the place of the year.
pub(super) fn of_earlier_years(view: &View, sight: &Sight, bands: &[Band]) -> Vec<(usize, (usize, usize))> {
    let written = period::years(view, sight);
    let titles: Vec<Written> = written.iter().filter(|w| w.title).copied().collect();
    let all: Vec<usize> = (0..bands.len()).collect();
    let mut earlier = of_earlier(view, &titles, bands, &all);
    let left: Vec<usize> = all.into_iter().filter(|i| earlier.iter().all(|(e, _)| e != i)).collect();
    earlier.extend(of_earlier(view, &written, bands, &left));
    earlier
}

fn of_earlier(
    view: &View,
    written: &[Written],
    bands: &[Band],
    among: &[usize],
) -> Vec<(usize, (usize, usize))> {
    let dated = |i: &usize| {
        let band = bands.get(*i)?;
        let above = period::above(written, band.rows.0, reach(view, band))?;
        Some((*i, band.block, above.year, above.at))
    };
    let years: Vec<(usize, usize, i32, (usize, usize))> = among.iter().filter_map(dated).collect();
    let is_later = |block: usize, year: i32| years.iter().any(|(_, b, y, _)| *b == block && *y > year);
    years.iter().filter(|(_, block, year, _)| is_later(*block, *year)).map(|(i, .., at)| (*i, *at)).collect()
}

/// The columns of a band with what adjoins them on the left without a blank column between.
fn reach(view: &View, band: &Band) -> Extent {
    let (first, last) = band.span();
    (view.run_start(first), last)
}

/// Whether two extents have a line in common.
pub(super) fn overlap(a: Extent, b: Extent) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}
