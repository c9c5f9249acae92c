//! Questions about many files.

use super::beside::Beside;
use super::parcel::{Answer, Request};
use super::{Failed, OPTIONS, Tongue};
use crate::audit::batch::memory::{self, Candidate, Kept, Summaries};
use crate::finding::{Lang, Severity};
use crate::report::summary::{Entry, Overview, Role, State};
use crate::report::unedited::Unedited;
use serde::{Deserialize, Serialize};

/// Which of these are audited?
#[derive(Debug, Deserialize)]
pub(super) struct Plan {
    items: Vec<(String, i64)>,
}

impl Plan {
    pub(super) fn plan(&self) -> Result<Answer, Failed> {
        let candidate =
            |(shown, modified): &(String, i64)| Candidate { shown: shown.clone(), modified: *modified };
        let candidates: Vec<Candidate> = self.items.iter().map(candidate).collect();
        let planned = memory::plan(&candidates);
        let items: Vec<_> = planned.iter().map(|p| (p.index, &p.shown, &p.copy, p.aggregate)).collect();
        Ok(Answer::of(&serde_json::json!({ "items": items }))?)
    }
}

/// The files of a zip.
pub(super) fn members(request: &Request) -> Result<Answer, Failed> {
    let members = memory::members(request.file(), &OPTIONS).map_err(|f| f.message)?;
    let members: Vec<_> = members.iter().map(|(place, c)| (place, &c.shown, c.modified)).collect();
    Ok(Answer::of(&serde_json::json!({ "members": members }))?)
}

/// One file of a zip.
pub(super) fn member(place: &[usize], request: &Request) -> Result<Answer, Failed> {
    let bytes = memory::member(request.file(), place, &OPTIONS).map_err(|f| f.message)?;
    Ok(Answer::of(&serde_json::json!({}))?.with(bytes))
}

/// A file of last year's reports.
#[derive(Debug, Deserialize)]
pub(super) struct Last {
    /// Its path.
    shown: String,
    #[serde(default)]
    beside: Beside,
}

impl Last {
    pub(super) fn last(&self, request: &Request) -> Result<Answer, Failed> {
        let last = memory::last(&self.shown, request.file(), &*self.beside.options(request)?);
        Ok(Answer::of(&serde_json::json!({ "last": last }))?)
    }
}

/// Files as their audits have shown them, and what may lie beside them.
#[derive(Debug, Deserialize)]
pub(super) struct Lying {
    items: Vec<memory::Audited>,
    last: Vec<memory::Last>,
    /// Whether last year's is one file that the user has named.
    named: bool,
    #[serde(default)]
    beside: Beside,
}

impl Lying {
    pub(super) fn beside(&self, request: &Request) -> Result<Answer, Failed> {
        let options = self.beside.options(request)?;
        let texts = memory::texts_beside(&self.items);
        let last = memory::last_year_of(&self.items, &self.last, self.named, &options);
        Ok(Answer::of(&serde_json::json!({ "texts": texts, "last": last }))?)
    }
}

/// What all of them are together; their results are the files, in the order of `items`.
#[derive(Debug, Deserialize)]
pub(super) struct Summary {
    items: Vec<Item>,
    /// gouji's own copies, untouched, as their audits have told.
    #[serde(default)]
    own: Vec<Unedited>,
    #[serde(default)]
    lang: Tongue,
    #[serde(default)]
    beside: Beside,
}

#[derive(Debug, Deserialize)]
struct Item {
    annotated: Option<String>,
    corrected: Option<String>,
    edited: bool,
    modified: i64,
    aggregate: bool,
}

#[derive(Serialize)]
struct Office<'a> {
    name: &'a str,
    state: &'static str,
    missing: bool,
    files: Vec<File<'a>>,
    differences: &'a [String],
}

#[derive(Serialize)]
struct File<'a> {
    shown: &'a str,
    status: &'a str,
    role: String,
    /// The folder that its copies go to, below that of their kind, where a newer file counts.
    aside: Option<&'static str>,
    errors: usize,
    warnings: usize,
}

impl Summary {
    pub(super) fn summary(&self, request: &Request) -> Result<Answer, Failed> {
        let (options, lang) = (self.beside.options(request)?, Lang::from(self.lang));
        let smalls = self.beside.asked(request).iter().map(|f| std::str::from_utf8(f).unwrap_or_default());
        let kept = self.items.iter().zip(smalls).map(|(item, small)| Kept {
            small,
            annotated: item.annotated.clone(),
            corrected: item.corrected.clone(),
            edited: item.edited,
            modified: item.modified,
            aggregate: item.aggregate,
        });
        let kept: Vec<Kept> = kept.collect();
        let Summaries { overview, files } = memory::summaries(&kept, &self.own, &options)?;
        let said = serde_json::json!({
            "verdict": overview.verdict().get(lang),
            "year": overview.year,
            "roster": overview.has_roster,
            "offices": offices(&overview, lang),
            "names": files.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        });
        Ok(files.into_iter().fold(Answer::of(&said)?, |answer, (_, bytes)| answer.with(bytes)))
    }
}

fn offices(all: &Overview, lang: Lang) -> Vec<Office<'_>> {
    let file = |i: &usize| {
        let (entry, role): (&Entry, &Role) = (all.entries.get(*i)?, all.roles.get(*i)?);
        Some(File {
            shown: &entry.file,
            status: &entry.status,
            role: all.unused(*i, lang).unwrap_or_else(|| role.word(lang).to_owned()),
            aside: (*role == Role::Older).then_some(memory::ASIDE),
            errors: entry.count(Severity::Error),
            warnings: entry.count(Severity::Warning),
        })
    };
    all.offices
        .iter()
        .map(|o| Office {
            name: &o.name,
            state: o.state.word(lang),
            missing: matches!(o.state, State::Missing | State::Rejected),
            files: o.files.iter().filter_map(file).collect(),
            differences: &o.differences,
        })
        .collect()
}
