//! Of several copies of a table on a sheet the one that the words above or below them speak for.
//!
//! The others are taken out of the view, so that nothing else is read from them. Where the words decide nothing, all
//! stay: what differs is then told and not read (`undecided`).

use super::bands::Band;
use super::found::{Layout, Said};
use super::lexicon::BlockWords;
use super::regions::{self, overlap};
use super::rows::{self, Region};
use super::scope::{Evidence, Scope, left_over};
use super::select::Unread;
use super::sight::Sight;
use super::view::{Item, Kind, View};
use super::vocabulary::{has, vocabulary};
use std::collections::BTreeSet;

/// Rows that two tables must have in common to be copies of one.
const LEAST_ROWS: usize = 2;
/// Characters of the longest caption that is surely one.
const LONGEST_FIRM: usize = 30;
/// What stands in sentences.
const SENTENCE: [char; 5] = ['，', '。', '；', ',', ';'];

/// A place of a view: row and column.
type Place = (usize, usize);

/// What stands above or below a table, and where that is said first.
#[derive(Debug, Clone, Default)]
pub(super) struct Caption {
    pub(super) scope: Scope,
    /// The same of what is no sentence and stands alone in its row: this holds of a table without a rival as well.
    pub(super) firm: Scope,
    pub(super) at: Option<Place>,
    /// Whether it says that it is of what stands above it.
    is_below: bool,
}

/// A table that was left out: where its caption stands, and what spoke against it.
pub(super) type LeftOut = (Place, Evidence);

/// Takes tables out of a view of which the captions say that another copy is the report's own.
pub(super) fn leave_out(view: &mut View, sight: &Sight, bands: &[Band]) -> Vec<LeftOut> {
    let mut told = Vec::new();
    let mut areas = Vec::new();
    let blocks: BTreeSet<usize> = bands.iter().map(|b| b.block).collect();
    for block in blocks {
        let own: Vec<&Band> = bands.iter().filter(|b| b.block == block).collect();
        let Some(words) = sight.lexicon.blocks.get(block).filter(|_| own.len() > 1) else { continue };
        let captions = captions(view, sight, words, &own);
        let scopes: Vec<Scope> = captions.iter().map(|c| c.scope.clone()).collect();
        let mut out = left_over(&scopes, sight.reported);
        // a year over one copy says nothing of one beside or below it over which none stands
        for (out, scope) in out.iter_mut().zip(&scopes) {
            *out = out.filter(|why| *why != Evidence::Year || scope.period.is_some());
        }
        if out.iter().all(Option::is_none) {
            continue;
        }
        let regions = regions::regions(view, sight, bands);
        let own_regions: Vec<Region> =
            bands.iter().zip(&regions).filter(|(b, _)| b.block == block).map(|(_, r)| *r).collect();
        let kept: Vec<usize> = (0..own.len()).filter(|i| out.get(*i) == Some(&None)).collect();
        let site = |i: usize| Some((*own.get(i)?, *own_regions.get(i)?));
        for (i, why) in out.iter().enumerate().filter_map(|(i, why)| Some((i, (*why)?))) {
            let rivals =
                |k: &usize| site(i).zip(site(*k)).is_some_and(|(a, b)| are_copies(view, sight, words, a, b));
            let (Some((band, region)), true) = (site(i), kept.iter().any(rivals)) else { continue };
            let at = captions.get(i).and_then(|c| c.at);
            told.push((at.unwrap_or((band.rows.0, band.span().0)), why));
            areas.push((band.rows.0, region.rows.1, columns(view, band, &own)));
        }
    }
    for (from, to, cols) in areas {
        clear(view, from..to, cols);
    }
    told
}

/// What is said of each band of a block; stands below them where the first has nothing above and the last below.
fn captions(view: &View, sight: &Sight, words: &BlockWords, own: &[&Band]) -> Vec<Caption> {
    let above: Vec<Caption> = own.iter().map(|b| above(view, sight, b, columns(view, b, own))).collect();
    let stacked = own.windows(2).all(|w| matches!(w, [a, b] if a.rows.1 < b.rows.0));
    let Some(last) = own.last().filter(|_| stacked) else { return above };
    let mut below: Vec<Caption> = above.iter().skip(1).cloned().collect();
    below.push(under(view, sight, words, last));
    let silent = |c: &Caption| c.scope.is_silent();
    let all_below = above.first().is_some_and(silent) && !below.iter().any(silent);
    if all_below || below.iter().any(|c| c.is_below) { below } else { above }
}

/// The columns that are a band's own: those of its row labels too, where it has its own beside another band, up to what is
/// the next one's; what stands left of all is of all.
fn columns(view: &View, band: &Band, own: &[&Band]) -> (usize, usize) {
    let beside = own.iter().filter(|o| overlap(o.rows, band.rows) && o.span() != band.span());
    let beside: Vec<(usize, usize)> = beside.map(|o| o.span()).collect();
    let (first, last) = band.span();
    if beside.is_empty() {
        return (view.run_start(first), last);
    }
    let names_rows = |cols: std::ops::Range<usize>| {
        let is_named = |row: &usize| view.within(*row, cols.clone()).iter().any(|i| i.label().is_some());
        (band.rows.1 + 1..view.height()).filter(is_named).take(LEAST_ROWS).count() == LEAST_ROWS
    };
    let before = beside.iter().map(|b| b.1 + 1).filter(|end| *end < first).max();
    let next = beside.iter().map(|b| b.0).filter(|c| *c > last).min();
    let own_end = |next: usize| if names_rows(last + 1..next) { last } else { next - 1 };
    (before.filter(|end| names_rows(*end..first)).unwrap_or(first), next.map_or(last, own_end))
}

/// What is said of a band's block, if anything is.
pub(super) fn said(view: &View, sight: &Sight, band: &Band) -> Option<(usize, Said)> {
    let (first, last) = band.span();
    let caption = above(view, sight, band, (view.run_start(first), last));
    let (row, col) = caption.at.filter(|_| !caption.firm.is_silent())?;
    let at = view.address(row, col)?;
    Some((band.block, Said { scope: caption.firm, office: None, at }))
}

impl Layout {
    /// What titles further up say of the blocks: a year that no caption says, and the office.
    pub(super) fn title(&mut self, view: &View, sight: &Sight) {
        let names_a_row = |i: &Item| {
            let mut behind = view.within(i.rows.0, i.cols.1 + 1..view.width()).iter();
            behind.next().is_some_and(|next| next.is_value() && !view.gap_before(next.cols.0))
        };
        let title = |i: &Item| {
            let label = i.label().filter(|_| !names_a_row(i))?;
            let office = sight.text(label).reporter().filter(|_| sight.title(label).is_none())?;
            let year = sight.period(label).filter(|(_, title)| *title).map(|(period, _)| period);
            (year.is_some() || office.is_some()).then_some((i.rows.0, i.cols, year, office))
        };
        let titles: Vec<_> = view.items.iter().filter_map(title).collect();
        let blocks: Vec<usize> = self.spots.blocks().filter(|_| !titles.is_empty()).collect();
        for block in blocks {
            let cells = self.of_block(block).map(|(_, spot)| spot.at);
            let Some((row, col)) = cells.min().map(|at| view.nearest(at)) else { continue };
            let reach = (view.run_start(col), col);
            let Some(title) = titles.iter().rev().find(|t| t.0 < row && overlap(t.1, reach)) else {
                continue;
            };
            let Some(at) = view.address(title.0, title.1.0) else { continue };
            let own = self.said.entry(block).or_insert(Said { scope: Scope::default(), office: None, at });
            own.office.clone_from(title.3);
            if own.scope.period.is_none() {
                (own.scope.period, own.scope.is_said) = (title.2, title.2.is_some());
            }
        }
    }
}

impl From<Evidence> for Unread {
    fn from(against: Evidence) -> Self {
        match against {
            Evidence::Final => Self::Draft,
            Evidence::Year => Self::EarlierYear,
            Evidence::Part => Self::PartOfYear,
            Evidence::Whole => Self::Component,
            Evidence::Version => Self::Older,
        }
    }
}

/// What the labels above a band's columns say, up to the numbers of another table.
pub(super) fn above(view: &View, sight: &Sight, band: &Band, cols: (usize, usize)) -> Caption {
    let leaves = band.cols.iter().map(|m| band.label_row(view, m)).min().unwrap_or(band.rows.0);
    let mut caption = Caption::default();
    for row in (0..leaves).rev() {
        let ends = |i: &Item| i.is_value() || i.kind == Kind::Past;
        if view.within(row, cols.0..cols.1 + 1).iter().any(ends) {
            break;
        }
        caption.read(view, sight, row, cols);
    }
    caption
}

/// What the labels below a band's last numbers say, up to those of another table.
fn under(view: &View, sight: &Sight, words: &BlockWords, band: &Band) -> Caption {
    let mut caption = Caption::default();
    let (first, last) = band.span();
    let cols = (view.run_start(first), last);
    let has_value = |row: &usize| rows::has_values(view, band, *row);
    let after = (band.rows.1 + 1..view.height()).skip_while(|r| !has_value(r)).skip_while(has_value);
    for row in after {
        let items = view.within(row, cols.0..cols.1 + 1);
        let of_another = |i: &Item| {
            let title = i.label().and_then(|l| sight.title(l));
            i.is_value() || title.is_some_and(|t| t != words.table)
        };
        if items.iter().any(of_another) || items.iter().filter_map(Item::label).any(|l| sight.certain(l)) {
            break;
        }
        caption.read(view, sight, row, cols);
    }
    caption
}

impl Caption {
    fn read(&mut self, view: &View, sight: &Sight, row: usize, cols: (usize, usize)) {
        let labels = || view.row(row).iter().filter(|i| overlap(i.cols, cols) && i.label().is_some());
        let alone = labels().count() == 1;
        for item in labels() {
            let Some(label) = item.label() else { continue };
            let raw = sight.raw(label);
            let said = sight.scope(label);
            if said.is_silent() {
                continue;
            }
            self.scope.add(said);
            if alone && raw.chars().count() <= LONGEST_FIRM && !raw.contains(SENTENCE) {
                self.firm.add(said);
            }
            self.at = self.at.or(Some((item.rows.0, item.cols.0)));
            self.is_below |= has(raw, &vocabulary().captions_below);
        }
    }
}

/// Whether two bands of a block are of the same rows and columns.
fn are_copies(
    view: &View,
    sight: &Sight,
    words: &BlockWords,
    (one, own): (&Band, Region),
    (other, others): (&Band, Region),
) -> bool {
    let shared = one.cols.iter().filter(|c| other.col(c.line).is_some()).count();
    if shared * 2 < one.cols.len().min(other.cols.len()) {
        return false;
    }
    if words.is_nameless() || overlap(one.rows, other.rows) {
        return true;
    }
    let leaves = |band: &Band, region: Region| -> BTreeSet<usize> {
        rows::labelled(view, sight, words, 0, band, region).iter().map(|r| r.leaf).collect()
    };
    let (one, other) = (leaves(one, own), leaves(other, others));
    let common = one.intersection(&other).count();
    common >= LEAST_ROWS && common * 2 >= one.len().min(other.len())
}

/// Takes out what begins in some rows and columns, from the first of them to the last with a number.
fn clear(view: &mut View, rows: std::ops::Range<usize>, cols: (usize, usize)) {
    let inside = |i: &Item| (cols.0..=cols.1).contains(&i.cols.0);
    let last = rows.clone().rev().find(|r| view.row(*r).iter().any(|i| inside(i) && i.is_value()));
    for row in rows.start..last.map_or(rows.start, |r| r + 1) {
        for item in view.row_mut(row).iter_mut().filter(|i| inside(i)) {
            item.kind = Kind::Past;
        }
    }
}
