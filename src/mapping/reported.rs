//! Which year the report is of, by everything that says a year: the file's name and sheets without a table (a cover)
//! speak of the whole workbook, titles and names of their sheet, captions of their table.
//!
//! It is the newest year that a sheet is of, or of which a whole report stands there: every table that any year is said
//! of stands under that year or under none. What says another year is then that year's. Where only some sheets say the year and others
//! that say none hold the same tables with other numbers, nothing tells which of them is the report.

use super::choice::{Order, Report};
use super::identity::{self, Evidence};
use super::period::Period;
use super::scope::Standing;
use super::select::{Joiner, Refused, Unread};
use crate::grid::CellRef;
use std::collections::{BTreeMap, BTreeSet};

/// The year of a report.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Year {
    /// The year itself.
    pub(super) value: i32,
    /// Whether it is said of the workbook, and not only of some sheets in it.
    pub(super) of_all: bool,
    /// Whether it is not said but follows from 本年 beside an older year.
    pub(super) is_inferred: bool,
}

impl Joiner<'_> {
    /// The newest year of which these sheets hold a whole report.
    pub(super) fn newest_whole(&self, sheets: &[usize]) -> Option<Year> {
        let said = self.periods(sheets);
        let of_all = self.years_of_all();
        let strong: BTreeSet<i32> =
            self.years_of_covers().chain(identity::year_with_word(&self.reported.file)).collect();
        let is_whole = |year: i32| {
            let dated = said.iter().filter(|(_, p)| matches!(p, Some(Period::Year(_))));
            let dated: BTreeSet<usize> = dated.map(|(block, _)| *block).collect();
            let may_be = |p: &Option<Period>| {
                matches!(p, None | Some(Period::Current)) || *p == Some(Period::Year(year))
            };
            let own: BTreeSet<usize> =
                said.iter().filter(|(_, p)| may_be(p)).map(|(block, _)| *block).collect();
            // what is said of all is also of those beside which the others are tables once more
            let is_once_more = strong.contains(&year) && own.is_subset(&dated);
            !own.is_empty() && (dated.is_subset(&own) || is_once_more)
        };
        let named: BTreeSet<i32> = said.iter().filter_map(|(_, p)| year_of(*p)).collect();
        // a day is easily left from the year before: it speaks only against a year that is said
        let days = sheets.iter().filter(|_| !named.is_empty()).filter_map(|s| self.year_by_day(*s));
        let by_day: Vec<i32> = days.map(|e| e.value).collect();
        let is_current = said.iter().any(|(_, p)| *p == Some(Period::Current));
        let next = named.last().filter(|_| is_current && of_all.is_empty()).map(|year| year + 1);
        if let Some(value) = self.sight.reported.filter(|_| named.is_empty()) {
            return Some(Year { value, of_all: true, is_inferred: false });
        }
        let file = identity::year_of_name(&self.reported.file).filter(|y| named.contains(y));
        let mut years: Vec<i32> = named.iter().chain(&of_all).copied().chain(by_day).chain(next).collect();
        years.sort_unstable_by_key(|y| (Some(*y) != file, std::cmp::Reverse(*y)));
        let value = years.into_iter().find(|y| self.names_a_sheet(sheets, *y) || is_whole(*y))?;
        let is_inferred = Some(value) == next && !named.contains(&value);
        Some(Year { value, of_all: of_all.contains(&value) || is_inferred, is_inferred })
    }

    /// Whether one of some sheets is of a year by all that says one on it, and shows numbers.
    fn names_a_sheet(&self, sheets: &[usize], year: i32) -> bool {
        let is_of_year = |s: &&usize| {
            let said = self.periods(std::slice::from_ref(*s));
            let years: BTreeSet<i32> = said.iter().filter_map(|(_, p)| year_of(*p)).collect();
            years.len() == 1 && years.contains(&year)
        };
        let shows = |s: &usize| {
            let mut blocks = self.sheets.get(*s).into_iter().flat_map(|l| l.spots.blocks());
            blocks.any(|block| !self.is_blank(block, *s))
        };
        sheets.iter().filter(is_of_year).any(shows)
    }

    /// What is said of the time of each table on some sheets that are no drafts.
    fn periods(&self, sheets: &[usize]) -> Vec<(usize, Option<Period>)> {
        let of_sheet = |s: &usize| {
            let blocks = self.sheets.get(*s).map(|l| l.spots.blocks().collect::<Vec<usize>>());
            let said = |b: usize| (b, self.scope(b, *s));
            blocks.unwrap_or_default().into_iter().map(said).collect::<Vec<_>>()
        };
        let said = sheets.iter().flat_map(of_sheet);
        said.filter(|(_, s)| s.standing > Standing::Draft).map(|(b, s)| (b, s.period)).collect()
    }

    /// The years that the file's name and sheets without a table speak of.
    fn years_of_all(&self) -> BTreeSet<i32> {
        self.years_of_covers().chain(identity::year_of_name(&self.reported.file)).collect()
    }

    fn years_of_covers(&self) -> impl Iterator<Item = i32> {
        let is_cover =
            |s: &usize| self.sheets.get(*s).is_some_and(|l| l.spots.is_empty()) && !self.is_hidden(*s);
        let covers = (0..self.sheets.len()).filter(is_cover).filter_map(|s| self.book.sheets.get(s));
        covers.filter_map(identity::year_of_sheet)
    }

    /// The year that the day of filling in on a sheet speaks for.
    pub(super) fn year_by_day(&self, sheet: usize) -> Option<Evidence<i32>> {
        let book = self.book.sheets.get(sheet).filter(|_| self.is_yearly())?;
        let (value, at) = identity::year_by_day(book)?;
        Some(Evidence { value, source: format!("{}!{at}", book.name) })
    }

    /// The year of what is read, with where it is said; none where nothing tells it.
    pub(super) fn year_told(&self, report: &Report, unsure: bool) -> Option<Evidence<i32>> {
        let sheets = self.holding();
        let value = report.year.filter(|_| !unsure && !report.is_inferred)?;
        let captions = sheets.iter().filter_map(|s| Some((*s, self.sheets.get(*s)?)));
        let said = captions.flat_map(|(s, l)| l.said.values().map(move |said| (s, said)));
        let at = said
            .filter(|(_, said)| said.scope.period == Some(Period::Year(value)))
            .map(|(s, said)| (s, said.at));
        let source = |(s, at): (usize, CellRef)| self.book.sheets.get(s).map(|b| format!("{}!{at}", b.name));
        let of_titles =
            self.reported.year.iter().chain(&self.reported.other_years).find(|e| e.value == value);
        let of_caption = || at.min().and_then(source).map(|source| Evidence { value, source });
        // a day is easily left from the year before: alone it tells nothing
        let is_said = self.reported.year.is_some() || !self.reported.other_years.is_empty();
        let of_day = || sheets.iter().filter_map(|s| self.year_by_day(*s)).find(|e| e.value == value);
        of_titles.cloned().or_else(of_caption).or_else(|| of_day().filter(|_| is_said))
    }

    /// Whether some of what may be read says the year and some does not, with other numbers in the same tables.
    pub(super) fn is_unsure(&self, orders: &[(Order, Vec<Refused>)], report: &Report) -> bool {
        let rivals = |(block, (order, _)): (usize, &(Order, Vec<Refused>))| {
            let (dated, silent) = self.parties(block, order);
            dated.iter().any(|d| silent.iter().any(|s| self.differ(block, *d, *s)))
        };
        report.year.is_some() && !report.is_of_all && orders.iter().enumerate().any(rivals)
    }

    /// The sheets that may be read for a block: those that say a year, and those that do not.
    fn parties(&self, block: usize, order: &Order) -> (Vec<usize>, Vec<usize>) {
        let left =
            order.iter().filter(|(s, out)| out.is_none() && !self.is_hidden(*s) && !self.is_blank(block, *s));
        left.map(|(s, _)| *s).partition(|s| self.scope(block, *s).period.is_some())
    }

    /// Whether two sheets hold as much of a block with other numbers.
    fn differ(&self, block: usize, one: usize, other: usize) -> bool {
        let cells = |s: usize| -> BTreeMap<_, CellRef> {
            self.sheets
                .get(s)
                .into_iter()
                .flat_map(|l| l.of_block(block))
                .map(|(key, spot)| (key, spot.at))
                .collect()
        };
        let (own, others) = (cells(one), cells(other));
        let both: Vec<(CellRef, CellRef)> =
            own.iter().filter_map(|(key, at)| Some((*at, *others.get(key)?))).collect();
        let different = both.iter().filter(|(a, b)| self.value(one, *a) != self.value(other, *b)).count();
        both.len() * 2 > own.len().max(others.len())
            && different * super::choice::AGREEING > both.len() - different
    }

    /// Why nothing of a block is read where it is not known which sheets are the report: it stands on one kind alone.
    pub(super) fn of_one_kind(&self, block: usize, order: &Order) -> Vec<Refused> {
        let (dated, silent) = self.parties(block, order);
        let is_one = dated.is_empty() != silent.is_empty();
        let refused = |sheet: &usize| Refused { sheet: *sheet, at: None, why: Unread::Undated };
        order.iter().map(|(s, _)| s).filter(|_| is_one).map(refused).collect()
    }
}

fn year_of(period: Option<Period>) -> Option<i32> {
    if let Some(Period::Year(year)) = period { Some(year) } else { None }
}
