//! Which sheet a block is read from, by what names, titles and captions say of its numbers (`scope`).
//!
//! What is said to be another year's, a draft, a part or another office's is never read in place of what is missing.
//! Where nothing is said for one of several copies, what they differ in is not read.

use super::found::Said;
use super::identity;
use super::period::Period;
use super::scope::{Evidence, Scope, Share, Standing, is_part_of_year, left_over};
use super::select::{Chosen, Copy, Issue, Joiner, Refused, Unread};
use crate::form::FieldIx;
use crate::grid::{CellRef, Sheet, Visibility};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Copies that agree in so many numbers for each in which they differ are the same table, somewhere changed.
pub(super) const AGREEING: usize = 3;

/// What the report is taken to be: the sheet that holds most of it, its year and its office.
#[derive(Debug, Clone, Default)]
pub(super) struct Report {
    sheet: usize,
    pub(super) year: Option<i32>,
    /// Whether the year is said of the whole workbook.
    pub(super) is_of_all: bool,
    /// Whether the year follows only from 本年 beside an older one.
    pub(super) is_inferred: bool,
    office: Option<String>,
    /// Sheets that hold as good a report, of different offices.
    contested: Vec<usize>,
}

/// The sheets that hold a block, the one that is read first in front, with what speaks against the others.
pub(super) type Order = Vec<(usize, Option<Evidence>)>;

impl Joiner<'_> {
    /// What is said of the numbers of each sheet, by its name and titles.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let scope = |(i, sheet): (usize, &Sheet)| {
            let mut scope = Scope::of(&sheet.name);
            // 去年 stays last year's, whatever year its title names
            let is_previous = |p: &Period| *p == Period::Previous;
            let named = || identity::year_of_sheet(sheet).map(Period::Year);
            let by_day = || self.year_by_day(i).map(|e| Period::Year(e.value));
            scope.period = scope.period.filter(is_previous).or_else(named).or(scope.period).or_else(by_day);
            scope.is_said = scope.period.is_some();
            scope
        };
        let several = self.sheets.iter().filter(|l| !l.spots.is_empty()).nth(1).is_some();
        let sheets = self.book.sheets.iter().enumerate();
        sheets.map(|s| if several { scope(s) } else { Scope::default() }).collect()
    }

    /// The sheets that hold tables of the form, visible ones if there are any.
    pub(super) fn holding(&self) -> Vec<usize> {
        let holds = |s: &usize| self.sheets.get(*s).is_some_and(|l| !l.spots.is_empty());
        let mut sheets: Vec<usize> = (0..self.sheets.len()).filter(holds).collect();
        if sheets.iter().any(|s| !self.is_hidden(*s)) {
            sheets.retain(|s| !self.is_hidden(*s));
        }
        sheets
    }

    /// The report that the workbook holds.
    pub(super) fn report(&self) -> Report {
        let sheets = self.holding();
        let count = |s: usize| self.sheets.get(s).map_or(0, |l| l.spots.len());
        let newest = self.newest_whole(&sheets);
        let most = sheets.iter().map(|s| count(*s)).max().unwrap_or(0);
        let scope = |s: &usize| {
            let scope = self.scopes.get(*s).cloned().unwrap_or_default();
            scope.of_sum(count(*s) == most)
        };
        let scopes: Vec<Scope> = sheets.iter().map(scope).collect();
        let years = self.years_said();
        let reported = self.sight.reported.filter(|y| years.is_empty() || years.contains(y));
        let reported = newest.map(|y| y.value).or(reported);
        let is_of_all = newest.is_none_or(|y| y.of_all);
        let out = left_over(&scopes, reported, is_of_all);
        let left: Vec<usize> =
            sheets.iter().zip(&out).filter(|(_, out)| out.is_none()).map(|(s, _)| *s).collect();
        let sheet = left.iter().copied().max_by_key(|s| (count(*s), Reverse(*s))).unwrap_or_default();
        let main = self.said_of_most(sheet);
        let period = main.and_then(|s| s.scope.period).or_else(|| self.scopes.get(sheet)?.period);
        let year = match period {
            Some(Period::Year(year)) if newest.is_none() => Some(year),
            _ => reported,
        };
        let office = main.and_then(|s| s.office.clone());
        let others = |s: &usize| {
            let own = self.said_of_most(*s).and_then(|s| s.office.as_ref());
            own.zip(office.as_ref()).is_some_and(|(own, office)| identity::are_others(office, own))
        };
        let mut contested: Vec<usize> = left.iter().copied().filter(others).collect();
        contested.retain(|s| count(*s) * 2 > count(sheet));
        contested.extend((!contested.is_empty()).then_some(sheet));
        let is_inferred = newest.is_some_and(|y| y.is_inferred);
        Report { sheet, year, is_of_all, is_inferred, office, contested }
    }

    /// What is said of the block of which a sheet holds most.
    fn said_of_most(&self, sheet: usize) -> Option<&Said> {
        let layout = self.sheets.get(sheet)?;
        let most = layout.spots.blocks().max_by_key(|b| (layout.count(*b), Reverse(*b)))?;
        layout.said.get(&most)
    }

    /// The years that are said of anything that could be read.
    fn years_said(&self) -> BTreeSet<i32> {
        let of_sheets = self.sheets.iter().zip(&self.scopes).filter(|(l, _)| !l.spots.is_empty());
        let captions = self.sheets.iter().flat_map(|l| l.said.values().map(|s| &s.scope));
        let periods = of_sheets.map(|(_, scope)| scope).chain(captions).filter_map(|s| s.period);
        periods.filter_map(|p| if let Period::Year(year) = p { Some(year) } else { None }).collect()
    }

    /// What is said of a block's numbers on a sheet.
    pub(super) fn scope(&self, block: usize, sheet: usize) -> Scope {
        let mut scope = self.scopes.get(sheet).cloned().unwrap_or_default();
        let said = self.sheets.get(sheet).and_then(|l| l.said.get(&block));
        if let Some(said) = said.map(|s| &s.scope) {
            if said.is_said && scope.period != Some(Period::Previous) {
                (scope.period, scope.is_said) = (said.period, true);
            }
            scope.standing = if said.standing == Standing::Draft { Standing::Draft } else { scope.standing };
            scope.share = if said.share == Share::Part { Share::Part } else { scope.share };
        }
        scope
    }

    /// Why a block on a sheet is none of the report's, whatever else is there.
    fn refused(&self, block: usize, sheet: usize, report: &Report) -> Option<Unread> {
        let (scope, main) =
            (self.scope(block, sheet), self.scopes.get(report.sheet).cloned().unwrap_or_default());
        let older = scope.version.zip(main.version).is_some_and(|(own, latest)| own < latest);
        // what is hidden and names a year adds nothing to what says none
        let is_hidden_copy = self.is_hidden(sheet) && !self.is_hidden(report.sheet) && report.year.is_none();
        if scope.is_of_another_year(report.year)
            || is_hidden_copy && matches!(scope.period, Some(Period::Year(_)))
        {
            Some(Unread::EarlierYear)
        } else if scope.standing == Standing::Draft && main.standing > Standing::Draft {
            Some(Unread::Draft)
        } else if scope.share == Share::Part && main.share > Share::Part && self.is_yearly() {
            Some(Unread::PartOfYear)
        } else if older {
            Some(Unread::Older)
        } else {
            self.is_anothers(block, sheet, report).then_some(Unread::Office)
        }
    }

    /// Whether the form is one of whole years: its heading has a year, and no part of one.
    pub(super) fn is_yearly(&self) -> bool {
        let heading = &self.form.heading;
        heading.contains("{year}") && !is_part_of_year(heading)
    }

    /// Whether a block is by its title another office's, or by its sheet's name that of a larger area.
    fn is_anothers(&self, block: usize, sheet: usize, report: &Report) -> bool {
        let Some(office) = &report.office else { return false };
        let own = self.sheets.get(sheet).and_then(|l| l.said.get(&block)).and_then(|s| s.office.as_ref());
        let named = self.book.sheets.get(sheet).map(|s| s.name.as_str()).unwrap_or_default();
        if report.contested.contains(&sheet) {
            return report.contested.iter().any(|s| self.count(block, *s) == 0);
        }
        // what a sheet of sums adds up is its parts
        let is_part = self.is_sum(report.sheet) && self.count(block, report.sheet) > 0;
        let others = !is_part && own.is_some_and(|own| identity::are_others(office, own));
        others || own.is_none() && sheet != report.sheet && identity::is_larger_area(named, office)
    }

    /// The sheets that hold a block and may be read, and why others may not.
    pub(super) fn reading_order(&self, block: usize, report: &Report) -> (Order, Vec<Refused>) {
        let holds = (0..self.sheets.len()).filter(|s| self.count(block, *s) > 0);
        let refused = |s: usize| {
            let at = self.sheets.get(s).and_then(|l| l.said.get(&block)).filter(|s| s.scope.is_said);
            Some(Refused { sheet: s, at: at.map(|s| s.at), why: self.refused(block, s, report)? })
        };
        let (sheets, refused): (Vec<usize>, Vec<Option<Refused>>) = holds.map(|s| (s, refused(s))).unzip();
        let mut left: Vec<usize> =
            sheets.iter().zip(&refused).filter(|(_, r)| r.is_none()).map(|(s, _)| *s).collect();
        left.sort_by_key(|s| self.is_hidden(*s));
        let visible = left.iter().filter(|s| !self.is_hidden(**s)).count();
        let weighed = left.get(..if visible > 0 { visible } else { left.len() }).unwrap_or_default();
        let most = weighed.iter().map(|s| self.count(block, *s)).max().unwrap_or(0);
        let scope = |s: &usize| {
            let scope = self.scope(block, *s);
            scope.of_sum(self.count(block, *s) == most)
        };
        let scopes: Vec<Scope> = weighed.iter().map(scope).collect();
        let mut out = left_over(&scopes, report.year, report.is_of_all);
        out.resize(left.len(), None);
        let mut order: Order = left.into_iter().zip(out).collect();
        order.sort_by_key(|&(s, out)| {
            let shows = !self.is_blank(block, s);
            (self.is_hidden(s), out.is_some(), Reverse((out, shows, self.count(block, s))), s)
        });
        (order, refused.into_iter().flatten().collect())
    }

    /// Why a sheet is not read beside the one that is read first.
    pub(super) fn unread(&self, block: usize, (sheet, out): (usize, Option<Evidence>)) -> Option<Unread> {
        let scope = self.scope(block, sheet);
        match out {
            _ if self.is_hidden(sheet) => Some(Unread::Hidden),
            Some(Evidence::Year) => scope.period.map(|_| Unread::EarlierYear),
            Some(Evidence::Part) => Some(Unread::PartOfYear),
            Some(Evidence::Final) => (scope.standing == Standing::Draft).then_some(Unread::Draft),
            Some(Evidence::Version) => Some(Unread::Older),
            Some(Evidence::Whole) | None => None,
        }
    }

    /// Whether none of a block's cells on a sheet shows anything, as in a copy of the blank form.
    pub(super) fn is_blank(&self, block: usize, sheet: usize) -> bool {
        let Some(layout) = self.sheets.get(sheet) else { return true };
        !layout.of_block(block).any(|(_, spot)| self.shows((sheet, spot.at)))
    }

    /// Whether anything stands in a cell.
    fn shows(&self, (sheet, at): (usize, CellRef)) -> bool {
        let cell = self.book.sheets.get(sheet).and_then(|s| s.cell(at));
        cell.is_some_and(|c| !c.entry.is_blank() || c.formula.is_some())
    }

    fn count(&self, block: usize, sheet: usize) -> usize {
        self.sheets.get(sheet).map_or(0, |l| l.count(block))
    }

    /// What spoke for the copy that was read, if anything did.
    fn chosen(&self, block: usize, copy: &Copy, report: &Report) -> Option<Chosen> {
        let (read, other) = (copy.read.0, copy.again.0);
        let (own, others) = (self.scope(block, read), self.scope(block, other));
        if read == other {
            None
        } else if report.is_of_all && own.period.is_some() && others.period.is_none() {
            Some(Chosen::Dated)
        } else if own.share == Share::Whole && others.share < Share::Whole {
            Some(Chosen::Sum)
        } else if own.standing > others.standing {
            Some(Chosen::Final)
        } else {
            (self.count(block, read) > self.count(block, other)).then_some(Chosen::Fuller)
        }
    }

    /// Copies with other numbers than the cell that was read; where nothing spoke for that one, it is not read.
    pub(super) fn tell_copies(&mut self, copies: Vec<Copy>, report: &Report) {
        // what another field was read from is no copy, nor is a blank cell
        let taken: BTreeSet<(usize, CellRef)> =
            self.mapping.places.iter().flatten().map(|p| (p.sheet, p.at)).collect();
        let copies =
            copies.into_iter().filter(|c| !taken.contains(&c.again) && self.shows(c.again)).collect();
        let copies = self.take_parts(copies);
        let mut decided: Vec<Copy> = Vec::new();
        let mut undecided: BTreeMap<usize, Vec<Copy>> = BTreeMap::new();
        let mut why = None;
        for copy in &copies {
            let Some(block) = self.block_of(copy.field.0 as usize) else { continue };
            match self.chosen(block, copy, report) {
                Some(chosen) if self.differs(copy) => {
                    why = why.or(Some(chosen));
                    decided.push(*copy);
                }
                Some(_) => {}
                None => undecided.entry(block).or_default().push(*copy),
            }
        }
        if let Some(why) = why {
            self.mapping.issues.push(Issue::Twice(decided, why));
        }
        let (mut different, mut lost) = (Vec::new(), BTreeSet::new());
        let is_table = |block: &usize, copies: &[Copy]| {
            let words = self.lexicon.blocks.get(*block);
            words.is_some_and(|w| !w.is_nameless() || copies.len() * 2 >= w.cols.len())
        };
        for (block, copies) in undecided.into_iter().filter(|(block, copies)| is_table(block, copies)) {
            let (differ, agree): (Vec<Copy>, Vec<Copy>) = copies.into_iter().partition(|c| self.differs(c));
            let telling = agree.iter().filter(|c| !self.value(c.read.0, c.read.1).is_zero()).count();
            let is_same_table = telling >= differ.len() * AGREEING;
            let of_block = |f: &usize| self.block_of(*f) == Some(block);
            lost.extend(differ.iter().map(|c| c.field));
            if !is_same_table {
                lost.extend((0..self.form.fields.len()).filter(of_block).map(|f| FieldIx(f as u32)));
            }
            different.extend(differ);
        }
        if different.is_empty() {
            return;
        }
        let read = |ix: &FieldIx| self.mapping.places.get(ix.0 as usize).is_some_and(Option::is_some);
        let lost: Vec<FieldIx> = lost.into_iter().filter(read).collect();
        for ix in &lost {
            if let Some(place) = self.mapping.places.get_mut(ix.0 as usize) {
                *place = None;
            }
        }
        self.mapping.issues.push(Issue::Undecided(different, lost));
    }

    fn differs(&self, copy: &Copy) -> bool {
        self.value(copy.read.0, copy.read.1) != self.value(copy.again.0, copy.again.1)
    }

    pub(super) fn is_hidden(&self, sheet: usize) -> bool {
        self.book.sheets.get(sheet).is_some_and(|s| s.visibility == Visibility::Hidden)
    }

    pub(super) fn is_sum(&self, sheet: usize) -> bool {
        self.scopes.get(sheet).is_some_and(|s| s.share == Share::Whole)
    }
}
