//! Last year's submissions, to compare this year's with: found by office and year.
//!
//! Of each only a line of text is kept, so that a folder of thousands fits into memory.

use super::offices::{Names, is_elsewhere};
use super::roster::Roster;
use super::{Content, Narrative, Options, hex, open, unlock};
use crate::check::{LastYear, narrative};
use crate::finding::Text;
use crate::form::{FieldIx, Form};
use crate::grid::amount;
use crate::mapping::Identity;
use crate::mapping::identity::identify;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Last year's submissions.
#[derive(Debug, Clone, Default)]
pub struct Prior {
    reports: Vec<Report>,
    shelf: Shelf,
    /// A digest over all reports.
    digest: Sha256,
}

/// Whose reports of last year are, by their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    years: Vec<Option<i32>>,
    /// Names of offices as they stand in the reports.
    offices: Vec<Option<String>>,
    /// Reduced names of offices, with the numbers of their reports.
    names: Names,
    /// Whether it is one file that the user has named, whosever it is.
    single: bool,
}

/// A submission of last year.
#[derive(Debug, Clone)]
pub(super) struct Report {
    office: Option<String>,
    year: Option<i32>,
    /// Id of its form.
    form: String,
    /// Its numbers, one a line with the field's id; a blank has none.
    values: Box<str>,
    /// The text around its tables.
    text: narrative::Report,
}

impl Prior {
    /// The report in a file's bytes; `path` counts by its last name.
    pub(super) fn read(path: &str, bytes: &[u8], options: &Options) -> Option<Report> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let Ok(content) = open(name, unlock(bytes, options).ok()?, options) else {
            return Self::text_alone(path, bytes, options);
        };
        let office = content.identity.office.as_ref().map(|o| o.value.clone());
        let year = content.identity.year.as_ref().map(|y| y.value);
        let text = narrative::Report::of_submission(content.submission());
        let (form, values) = (content.form.id.clone(), values(&content).into_boxed_str());
        Some(Report { office, year, form, values, text })
    }

    /// A report of which only the text is at hand.
    fn text_alone(path: &str, bytes: &[u8], options: &Options) -> Option<Report> {
        let read = Narrative::read(path, bytes, options).ok()?;
        let stem = read.name().rsplit_once('.').map_or(read.name(), |(stem, _)| stem);
        let identity = identify(&read.book, stem);
        let text = narrative::Report::of_file(&read.book, options.forms.first()?);
        let (office, year) = (identity.office.map(|o| o.value), identity.year.map(|y| y.value));
        (!text.is_empty()).then(|| Report { office, year, form: String::new(), values: "".into(), text })
    }

    /// One report or several that are known to be the office's own.
    pub(crate) fn known(reports: &[(&str, &[u8])], options: &Options) -> Self {
        let mut prior = Self::default();
        for (path, bytes) in reports {
            prior.add(Self::read(path, bytes, options), None, None);
        }
        prior.whosever();
        prior
    }

    /// Takes in a report; `office` is what its folders say where it does not say itself.
    pub(super) fn add(&mut self, report: Option<Report>, office: Option<String>, roster: Option<&Roster>) {
        let Some(report) = report else { return };
        let name = report.office.clone().or(office);
        self.digest.update(format!("{name:?}{report:?}"));
        self.shelf.add(name.as_deref(), report.year, roster);
        self.reports.push(report);
    }

    /// It is one file that the user has named: it is of the same office, whatever its name.
    pub(super) fn whosever(&mut self) {
        self.shelf.whosever();
    }

    /// What to tell of last year's report where a submission is not compared with it, or with another office's.
    pub(super) fn doubt(&self, identity: &Identity, roster: Option<&Roster>) -> Option<Text> {
        let office = identity.office.as_ref().map(|o| o.value.clone());
        let year = identity.year.as_ref().map(|y| y.value);
        let due = (office.clone(), year.map(|y| y - 1));
        let found = self.of(identity, roster).map(Report::whose).or_else(|| {
            let text = self.find(identity, roster, &Report::has_text);
            text.map(Report::whose)
        });
        let shown = |(office, year): (Option<&str>, Option<i32>)| who(&(office.map(str::to_owned), year));
        match (found, self.reports.last()) {
            (None, Some(only)) if self.shelf.single => {
                let (was, due) = (shown(only.whose()), who(&due));
                Some(Text::new(
                    format!("没有与上年对照：--prior 的报表是 {}的，应当用 {}的", was.zh, due.zh),
                    format!("not compared with last year: --prior is of {}, needed is {}", was.en, due.en),
                ))
            }
            (None, _) => {
                let due = who(&due);
                Some(Text::new(
                    format!("没有与上年对照：--prior 里没有 {}的报表", due.zh),
                    format!("not compared with last year: --prior has no return of {}", due.en),
                ))
            }
            (Some((Some(was), _)), _)
                if office.as_deref().is_some_and(|now| key(now, roster) != key(was, roster)) =>
            {
                let now = office.unwrap_or_default();
                Some(Text::new(
                    format!("--prior 的报表写的是 {was}，本文件是 {now}；已当作同一单位对照，请确认"),
                    format!("--prior is of {was}, this file of {now}; compared as one office: confirm it"),
                ))
            }
            _ => None,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// The year that most of them are of.
    pub(super) fn year(&self) -> Option<i32> {
        let mut counts = std::collections::BTreeMap::new();
        for year in self.reports.iter().filter_map(|r| r.year) {
            *counts.entry(year).or_insert(0usize) += 1;
        }
        counts.into_iter().max_by_key(|(year, n)| (*n, *year)).map(|(year, _)| year)
    }

    /// A digest over all reports.
    pub(super) fn fingerprint(&self) -> String {
        format!("{}{}", self.shelf.single, hex(&self.digest.clone().finalize()))
    }

    /// The report of an office for the year before; of several files of one office the last counts.
    pub(super) fn of(&self, identity: &Identity, roster: Option<&Roster>) -> Option<&Report> {
        self.find(identity, roster, &Report::has_numbers)
    }

    /// The text of that report, which may be in another file.
    pub(super) fn text_of(&self, identity: &Identity, roster: Option<&Roster>) -> Option<&narrative::Report> {
        self.find(identity, roster, &Report::has_text).map(|r| &r.text)
    }

    fn find(
        &self,
        identity: &Identity,
        roster: Option<&Roster>,
        may: &dyn Fn(&Report) -> bool,
    ) -> Option<&Report> {
        let office = identity.office.as_ref().map(|o| o.value.as_str());
        let year = identity.year.as_ref().map(|y| y.value);
        let may = |n: usize| self.reports.get(n).is_some_and(may);
        self.shelf.find((office, year), roster, &may).and_then(|n| self.reports.get(n))
    }
}

impl Shelf {
    /// Takes in the next report.
    pub(super) fn add(&mut self, office: Option<&str>, year: Option<i32>, roster: Option<&Roster>) {
        if let Some(name) = office {
            self.names.insert(&key(name, roster), self.years.len());
        }
        self.years.push(year);
        self.offices.push(office.map(str::to_owned));
    }

    /// They are of the same office, whatever its name.
    pub(super) fn whosever(&mut self) {
        self.single = true;
    }

    /// The last report of an office for the year before, among those that `may` be.
    pub(super) fn find(
        &self,
        (office, this): (Option<&str>, Option<i32>),
        roster: Option<&Roster>,
        may: &dyn Fn(usize) -> bool,
    ) -> Option<usize> {
        let is_before = |year: &Option<i32>| this.zip(*year).is_none_or(|(this, year)| year + 1 == this);
        let may = |n: usize| self.years.get(n).is_some_and(is_before) && may(n);
        if self.single {
            return (0..self.years.len()).rev().find(|n| may(*n));
        }
        let office = office?;
        let is_elsewhere = |n: usize| {
            let other = self.offices.get(n).and_then(Option::as_deref);
            other.is_some_and(|other| is_elsewhere(office, other))
        };
        self.names.find(&key(office, roster), &|n, _| may(n) && !is_elsewhere(n))
    }
}

impl Report {
    /// The office that it names, and its year.
    pub(super) fn whose(&self) -> (Option<&str>, Option<i32>) {
        (self.office.as_deref(), self.year)
    }

    /// Whose it is and of which year, in words.
    pub(super) fn said(&self) -> Text {
        who(&(self.office.clone(), self.year))
    }

    /// Whether it has the form's tables.
    pub(super) fn has_numbers(&self) -> bool {
        !self.form.is_empty()
    }

    /// Whether it has a text.
    pub(super) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// The numbers by the ids of a form, which may be another version: the same id counts the same, and so does
    /// what the form's definition says to be comparable.
    pub(super) fn values(&self, form: &Form) -> LastYear {
        let mut values = LastYear::new();
        for line in self.values.lines() {
            if let Some((id, number)) = line.split_once(' ') {
                values.insert(id.to_owned(), amount::from_text(number));
            }
        }
        for same in form.comparable.iter().filter(|c| c.form == self.form) {
            if let (Some(field), Some(value)) = (form.field(same.field), values.get(&same.was).copied()) {
                values.insert(field.id.clone(), value);
            }
        }
        values
    }
}

/// An office with its year, as far as known.
fn who((office, year): &(Option<String>, Option<i32>)) -> Text {
    let (zh, en) = (office.as_deref().unwrap_or("某单位"), office.as_deref().unwrap_or("an office"));
    match year {
        Some(year) => Text::new(format!("{zh} {year} 年"), format!("{en} of {year}")),
        None => Text::new(zh, en),
    }
}

/// Whose two returns are, where they are not of one office and year.
pub(super) fn unlike(
    options: &Options,
    before: &(Option<String>, Option<i32>),
    now: &(Option<String>, Option<i32>),
) -> Option<Text> {
    let roster = options.roster.as_ref();
    let offices = before.0.as_deref().zip(now.0.as_deref());
    let other = offices.is_some_and(|(a, b)| key(a, roster) != key(b, roster));
    let apart = before.1.zip(now.1).is_some_and(|(a, b)| a != b);
    let (was, is) = (who(before), who(now));
    (other || apart).then(|| {
        Text::new(
            format!("它是 {}的，本文件是 {}的，不是同一份报表", was.zh, is.zh),
            format!("it is of {}, this file of {}: not one return", was.en, is.en),
        )
    })
}

fn key(name: &str, roster: Option<&Roster>) -> String {
    roster.map_or_else(|| super::offices::reduced(name), |r| r.reduced(name))
}

/// The numbers of a submission by field id; what cannot be read is left out. A line that stands for several in
/// another version of the form has their sum.
fn values(content: &Content) -> String {
    let form = content.form;
    let known = |ix: FieldIx| {
        let reading = content.filled.reading(ix).filter(|r| r.place.is_some() && !r.is_unknown())?;
        Some(reading.value)
    };
    let mut out = String::new();
    for (ix, field) in (0..).map(FieldIx).zip(&form.fields) {
        let value = known(ix).or_else(|| form.is_variant(ix).then(|| whole(form, ix, &known)).flatten());
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{} {}", field.id, value.map(amount::show).unwrap_or_default());
        }
    }
    out
}

/// The sum of the fields that one of a mixed form stands for, where all of them are known.
#[allow(clippy::option_option, reason = "unknown, blank and a number are three things")]
fn whole(
    form: &Form,
    ix: FieldIx,
    known: &dyn Fn(FieldIx) -> Option<Option<Decimal>>,
) -> Option<Option<Decimal>> {
    let parts: Vec<Option<Decimal>> = form.replaced(ix).into_iter().map(known).collect::<Option<_>>()?;
    let numbers: Vec<Decimal> = parts.into_iter().flatten().collect();
    if numbers.is_empty() {
        return Some(None);
    }
    numbers.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add).map(Some)
}
