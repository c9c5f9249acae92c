//! Last year's submissions, to compare this year's with: found by office and year.

use super::offices::{named, reduced};
use super::{Content, Options, open, unlock};
use crate::check::{LastYear, narrative};
use crate::mapping::Identity;

/// Last year's submissions.
#[derive(Debug, Clone, Default)]
pub struct Prior {
    reports: Vec<Report>,
    /// Reduced names of offices, with the numbers of their reports.
    names: Vec<(String, usize)>,
    /// Whether it is one file that the user has named, whosever it is.
    single: bool,
}

/// A submission of last year.
#[derive(Debug, Clone)]
pub(super) struct Report {
    office: Option<String>,
    year: Option<i32>,
    values: LastYear,
    /// The text around its tables.
    text: narrative::Report,
}

impl Prior {
    /// The report in a file's bytes; `path` counts by its last name.
    pub(super) fn read(path: &str, bytes: &[u8], options: &Options) -> Option<Report> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let content = open(name, unlock(bytes, options).ok()?, options).ok()?;
        let office = content.identity.office.as_ref().map(|o| o.value.clone());
        let year = content.identity.year.as_ref().map(|y| y.value);
        let text = narrative::Report::of_submission(content.submission());
        Some(Report { office, year, values: values(&content), text })
    }

    /// Takes in a report; `office` is what its folders say where it does not say itself.
    pub(super) fn add(&mut self, report: Option<Report>, office: Option<String>) {
        let Some(report) = report else { return };
        let name = report.office.clone().or(office);
        self.names.extend(name.map(|name| (reduced(&name), self.reports.len())));
        self.reports.push(report);
    }

    /// It is one file that the user has named: it is of the same office, whatever its name.
    pub(super) fn whosever(&mut self) {
        self.single = true;
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// The numbers that an office reported the year before; of several files of one office the last counts.
    pub(super) fn of(&self, identity: &Identity) -> Option<&LastYear> {
        self.find(identity).map(|r| &r.values)
    }

    /// The text of that report.
    pub(super) fn text_of(&self, identity: &Identity) -> Option<&narrative::Report> {
        self.find(identity).map(|r| &r.text)
    }

    fn find(&self, identity: &Identity) -> Option<&Report> {
        let this = identity.year.as_ref().map(|y| y.value);
        let is_before = |r: &&Report| match (this, r.year) {
            (Some(this), Some(year)) => year + 1 == this,
            _ => true,
        };
        if self.single {
            return self.reports.iter().rev().find(is_before);
        }
        let key = reduced(&identity.office.as_ref()?.value);
        let all = self.names.iter().rev().map(|(name, n)| (name.as_str(), *n));
        let of_year = all.filter(|(_, n)| self.reports.get(*n).as_ref().is_some_and(is_before));
        named(of_year, &key).and_then(|n| self.reports.get(n))
    }
}

/// The numbers of a submission by field id; what cannot be read is left out.
fn values(content: &Content) -> LastYear {
    let fields = content.form.fields.iter().zip(&content.filled.readings);
    let known = fields.filter(|(_, r)| r.place.is_some() && !r.is_unknown());
    known.map(|(field, reading)| (field.id.clone(), reading.value)).collect()
}
