//! Of several copies of a table on a sheet the one that the words above or below them speak for.
//!
//! The others are taken out of the view, so that nothing else is read from them. Where the words decide nothing, all
//! stay: what differs is then told and not read (`undecided`).

use super::bands::Band;
use super::found::{Layout, Said};
use super::lexicon::BlockWords;
use super::period::Period;
use super::regions::{self, overlap};
use super::rows::{self, Region};
use super::scope::{Evidence, Scope, left_over};
use super::select::Unread;
use super::sight::Sight;
use super::view::{Item, Kind, View};
use super::vocabulary::{has, vocabulary};
use std::cell::OnceCell;
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
    let stands_twice = |b: &Band| bands.iter().filter(|o| o.block == b.block).nth(1).is_some();
    if !bands.iter().any(stands_twice) {
        return Vec::new();
    }
    let mut told = Vec::new();
    let mut areas = Vec::new();
    let mut left = BTreeSet::new();
    let earlier = regions::of_earlier_years(view, sight, bands);
    let is_earlier = |i: &usize| earlier.iter().any(|(e, _)| e == i);
    let sections = if view.on_its_side { Vec::new() } else { sections(view, sight, bands) };
    let regions = OnceCell::new();
    let regions = || regions.get_or_init(|| regions::regions(view, sight, bands));
    let mut leave = |i: usize, at: Option<Place>, why: Evidence| {
        let (Some(band), Some(region)) = (bands.get(i), regions().get(i)) else { return };
        let own: Vec<&Band> = bands.iter().filter(|b| b.block == band.block).collect();
        told.push((at.unwrap_or((band.rows.0, band.span().0)), why));
        left.insert(i);
        areas.push((band.rows.0, region.rows.1, columns(view, band, &own)));
    };
    for (i, at) in &earlier {
        leave(*i, Some(*at), Evidence::Year);
    }
    let blocks: BTreeSet<usize> = bands.iter().filter(|_| !view.on_its_side).map(|b| b.block).collect();
    for block in blocks {
        let is_own = |i: &usize| bands.get(*i).is_some_and(|b| b.block == block) && !is_earlier(i);
        let own: Vec<usize> = (0..bands.len()).filter(is_own).collect();
        let Some(words) = sight.lexicon.blocks.get(block).filter(|_| own.len() > 1) else { continue };
        let mut captions =
            captions(view, sight, words, &own.iter().filter_map(|i| bands.get(*i)).collect::<Vec<_>>());
        for (caption, i) in captions.iter_mut().zip(&own).filter(|(c, _)| c.scope.period.is_none()) {
            if let Some(section) = sections.iter().find(|s| s.bands.contains(i)) {
                caption.scope.period = Some(section.period);
                caption.at = caption.at.or(Some(section.at));
            }
        }
        let scopes: Vec<Scope> = captions.iter().map(|c| c.scope.clone()).collect();
        let mut out = left_over(&scopes, sight.reported, true);
        // a year over one copy says nothing of one beside or below it over which none stands
        for (out, scope) in out.iter_mut().zip(&scopes) {
            *out = out.filter(|why| *why != Evidence::Year || scope.period.is_some());
        }
        let site = |i: &usize| Some((bands.get(*i)?, *regions().get(*i)?));
        let kept: Vec<usize> = own.iter().zip(&out).filter(|(_, o)| o.is_none()).map(|(i, _)| *i).collect();
        for ((i, why), caption) in own.iter().zip(&out).zip(&captions) {
            let rivals =
                |k: &usize| site(i).zip(site(k)).is_some_and(|(a, b)| are_copies(view, sight, words, a, b));
            if let Some(why) = why.filter(|_| kept.iter().any(rivals)) {
                leave(*i, caption.at, why);
            }
        }
    }
    for section in sections.iter().filter(|s| s.bands.iter().any(|b| left.contains(b))) {
        let again = section.titled_again(view, sight).into_iter();
        areas.extend(again.map(|(from, to)| (from, to, section.cols)));
    }
    for (from, to, cols) in areas {
        clear(view, from..to, cols);
    }
    told
}

/// A heading that says another year than the report's, with what stands below it down to the next that says a time.
struct Section {
    at: Place,
    period: Period,
    /// The first row that is no longer its own.
    end: usize,
    cols: (usize, usize),
    /// Its tables that stand once more elsewhere.
    bands: Vec<usize>,
}

fn sections(view: &View, sight: &Sight, bands: &[Band]) -> Vec<Section> {
    let reach = |b: &Band| (view.run_start(b.span().0), b.span().1);
    let heading = |b: &Band| {
        let caption = above(view, sight, b, reach(b));
        Some((caption.at?, caption.firm.period?, reach(b)))
    };
    let heads: Vec<(Place, Period, (usize, usize))> = bands.iter().filter_map(heading).collect();
    let head_of = |b: &Band| {
        let over = heads.iter().filter(|(at, _, cols)| at.0 < b.rows.0 && overlap(*cols, b.span()));
        over.max_by_key(|(at, ..)| at.0).map(|(at, ..)| *at)
    };
    let is_another = |period: Period| match period {
        Period::Year(year) => sight.reported.is_some_and(|reported| year != reported),
        _ => period == Period::Previous,
    };
    let section = |&(at, period, cols): &(Place, Period, (usize, usize))| {
        let is_in = |b: &Band| head_of(b) == Some(at);
        let is_outside = |block: usize| bands.iter().any(|o| o.block == block && !is_in(o));
        let own = bands.iter().enumerate().filter(|(_, b)| is_in(b));
        let cols = own.clone().map(|(_, b)| reach(b)).fold(cols, |a, b| (a.0.min(b.0), a.1.max(b.1)));
        let next = bands.iter().filter(|b| !is_in(b) && b.rows.0 > at.0).map(|b| reach(b).0);
        let last = next.filter(|col| *col > cols.1).min().unwrap_or(view.width()) - 1;
        let below = heads.iter().filter(|(next, _, c)| next.0 > at.0 && overlap(*c, cols));
        let end = below.map(|(next, ..)| next.0).min().unwrap_or(view.height());
        let bands = own.filter(|(_, b)| is_outside(b.block)).map(|(i, _)| i).collect();
        Section { at, period, end, cols: (cols.0, last), bands }
    };
    let mut sections: Vec<Section> = heads.iter().filter(|(_, p, _)| is_another(*p)).map(section).collect();
    sections.sort_by_key(|s| s.at);
    sections.dedup_by_key(|s| s.at);
    sections
}

impl Section {
    /// The rows below titles of tables that stand outside as well.
    fn titled_again(&self, view: &View, sight: &Sight) -> Vec<(usize, usize)> {
        let titles = |inside: bool| {
            let title = |i: &Item| Some((i.rows.0, i.cols, sight.title(i.label()?)?));
            let all: Vec<_> = view.items.iter().filter_map(title).collect();
            let is_in = |row: usize, cols| (self.at.0..self.end).contains(&row) && overlap(cols, self.cols);
            let of_side = all.into_iter().filter(move |(row, cols, _)| is_in(*row, *cols) == inside);
            of_side.map(|(row, _, table)| (row, table)).collect::<Vec<(usize, usize)>>()
        };
        let (own, others) = (titles(true), titles(false));
        let ends = own.iter().skip(1).map(|(row, _)| *row).chain([self.end]);
        let parts = own.iter().zip(ends).filter(|((_, table), _)| others.iter().any(|(_, o)| o == table));
        parts.map(|((row, _), end)| (*row, end)).collect()
    }
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
            let label = i.label().filter(|l| !names_a_row(i) && !sight.names_a_row(*l))?;
            let at = (i.rows.0, i.cols);
            if let Some(table) = sight.title(label) {
                return Some((at, Some(table), Some(Period::Year(sight.dated(label)?)), &None));
            }
            let office = sight.text(label).reporter()?;
            let year = sight.period(label).filter(|(_, title)| *title).map(|(period, _)| period);
            (year.is_some() || office.is_some()).then_some((at, None, year, office))
        };
        let titles: Vec<_> = view.items.iter().filter_map(title).collect();
        let blocks: Vec<usize> = self.spots.blocks().filter(|_| !titles.is_empty()).collect();
        for block in blocks {
            let cells = self.of_block(block).map(|(_, spot)| spot.at);
            let Some((row, col)) = cells.min().map(|at| view.nearest(at)) else { continue };
            let reach = (view.run_start(col), col);
            let table = sight.lexicon.blocks.get(block).map(|w| w.table);
            let above = || titles.iter().rev().filter(|(at, ..)| at.0 < row && overlap(at.1, reach));
            let of_table = above().find(|(_, of, ..)| of.is_some() && *of == table);
            let of_all = above().find(|(_, of, ..)| of.is_none());
            for (at, _, year, office) in of_table.into_iter().chain(of_all) {
                let Some(at) = view.address(at.0, at.1.0) else { continue };
                let own =
                    self.said.entry(block).or_insert(Said { scope: Scope::default(), office: None, at });
                own.office = own.office.take().or_else(|| (*office).clone());
                if own.scope.period.is_none() {
                    (own.scope.period, own.scope.is_said) = (*year, year.is_some());
                }
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
            let said = &said_by(sight, label);
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

/// What a label says of the numbers below it; a table's title with a year in it says that they are of that year.
fn said_by(sight: &Sight, label: usize) -> Scope {
    let said = sight.scope(label).clone();
    match sight.dated(label).filter(|_| sight.title(label).is_some()) {
        Some(year) => Scope { period: Some(Period::Year(year)), is_said: true, ..said },
        None => said,
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
    common >= LEAST_ROWS.min(words.rows.len()) && common * 2 >= one.len().min(other.len())
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
