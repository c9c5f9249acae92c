//! What a file is audited with, as the user has given it: last year's reports, the report's text, a roster, a password.

use super::parcel::Request;
use super::{Failed, OPTIONS};
use crate::audit::{Narrative, Options, Password, Prior, Roster};
use crate::finding::Text;
use serde::Deserialize;
use std::borrow::Cow;

/// Names of files; the files themselves come last in the request, in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Beside {
    /// Last year's reports of the file's office.
    last: Vec<String>,
    /// The report's text.
    narrative: Option<String>,
    /// The offices that have to report.
    roster: Option<String>,
    /// The password of what has one.
    password: Option<String>,
}

impl Beside {
    /// The files that are asked about, and those that are given beside them.
    fn split<'r>(&self, request: &'r Request) -> (&'r [&'r [u8]], &'r [&'r [u8]]) {
        let given =
            self.last.len() + usize::from(self.narrative.is_some()) + usize::from(self.roster.is_some());
        request.files.split_at(request.files.len().saturating_sub(given))
    }

    /// The files that are asked about.
    pub(super) fn asked<'r>(&self, request: &'r Request) -> &'r [&'r [u8]] {
        self.split(request).0
    }

    /// The options of an audit.
    pub(super) fn options(&self, request: &Request) -> Result<Cow<'static, Options>, Failed> {
        let (_, given) = self.split(request);
        if given.is_empty() && self.password.is_none() {
            return Ok(Cow::Borrowed(&*OPTIONS));
        }
        let mut options =
            Options { password: self.password.as_deref().map(Password::new), ..OPTIONS.clone() };
        let (last, mut others) = given.split_at_checked(self.last.len()).unwrap_or_default();
        if !last.is_empty() {
            let reports: Vec<(&str, &[u8])> =
                self.last.iter().map(String::as_str).zip(last.iter().copied()).collect();
            options.prior = Some(Prior::known(&reports, &options));
        }
        let mut next = || others.split_off_first().copied().unwrap_or_default();
        if let Some(name) = &self.narrative {
            options.narrative = Some(Narrative::read(name, next(), &options).map_err(|f| f.message)?);
        }
        if let Some(name) = &self.roster {
            options.roster = Some(Roster::of(name, next(), &options).map_err(|why| unusable(name, &why))?);
        }
        Ok(Cow::Owned(options))
    }
}

fn unusable(roster: &str, why: &Text) -> Text {
    let (zh, en) = (format!("单位名单 {roster} 无法使用：{}", why.zh), &why.en);
    Text::new(zh, format!("the roster {roster} cannot be used: {en}"))
}
