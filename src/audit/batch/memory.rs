//! A batch without a disk, for the browser page: the same items, results and summaries as [`super::run`]'s, from
//! bytes and into bytes. The caller keeps what the steps give between them.

use super::deliver::each_notice;
use super::members::Pool;
use super::tables::is_aggregate;
use super::texts::{self, Whose};
use super::walk::{self, Item, Place};
use super::{copies, offices, versions, work, zipped};
use crate::audit::output::OutputError;
use crate::audit::prior::Shelf;
use crate::audit::{Content, Options, Prior, Submission, unlock};
use crate::finding::{Failure, Lang, Outcome, Text};
use crate::report::summary::{self, Choice, Details, Entry, Overview};
use crate::report::unedited::Unedited;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;

pub use super::copies::ASIDE;

/// A file that may be a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its path below the folder.
    pub shown: String,
    /// When it was last changed, in seconds.
    pub modified: i64,
}

/// A file that is audited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which of the candidates it is.
    pub index: usize,
    /// Its path, unlike all others.
    pub shown: String,
    /// The path that its copies are named after.
    pub copy: String,
    /// Whether it is the sum of the others.
    pub aggregate: bool,
}

/// One result, as a step before has given it.
#[derive(Debug, Clone, Default)]
pub struct Kept<'a> {
    /// The submission in small, from [`small`].
    pub small: &'a str,
    /// Path of the marked copy.
    pub annotated: Option<String>,
    /// Path of the corrected copy.
    pub corrected: Option<String>,
    /// Whether the file is a marked copy that its office has edited since.
    pub edited: bool,
    /// When the file was last changed, in seconds.
    pub modified: i64,
    /// Whether it is the sum of the others.
    pub aggregate: bool,
}

/// Everything that speaks of all submissions.
#[derive(Debug)]
pub struct Summaries {
    /// All submissions together.
    pub overview: Overview,
    /// The files by their paths: 汇总.xlsx, report.html, findings.csv, and the notices to offices.
    pub files: Vec<(String, Vec<u8>)>,
}

#[derive(Deserialize, Serialize)]
struct Small {
    entry: Entry,
    details: Details,
}

/// Which candidates are audited, in their order.
pub fn plan(candidates: &[Candidate]) -> Vec<Planned> {
    let wanted = candidates.iter().enumerate().filter(|(_, c)| walk::is_wanted(&c.shown));
    // Where an item's bytes are is known to the caller; the number in its stead leads back to the candidate.
    let items = wanted.map(|(i, c)| Item {
        place: Place::Member(PathBuf::new(), vec![i]),
        modified: c.modified,
        ..item(&c.shown, &c.shown)
    });
    let planned = |item: Item| {
        let aggregate = is_aggregate(&item);
        let Place::Member(_, place) = item.place else { return None };
        let index = *place.first()?;
        Some(Planned { index, shown: item.shown, copy: item.copy, aggregate })
    };
    walk::in_order(items.collect()).into_iter().filter_map(planned).collect()
}

fn item(shown: &str, copy: &str) -> Item {
    Item { shown: shown.to_owned(), copy: copy.to_owned(), ..Item::default() }
}

/// The files of a zip, each with where it is: its number, then that in the zip that this member is, and so on.
///
/// # Errors
/// Why it cannot be opened.
pub fn members(zip: &[u8], options: &Options) -> Result<Vec<(Vec<usize>, Candidate)>, Failure> {
    let members = zipped::members_of(Cursor::new(zip), &options.limits)?;
    let candidate = |m: zipped::Member| (m.place, Candidate { shown: m.name, modified: m.modified });
    Ok(members.into_iter().map(candidate).collect())
}

/// The bytes of one file of a zip.
///
/// # Errors
/// Why it cannot be read.
pub fn member(zip: &[u8], place: &[usize], options: &Options) -> Result<Vec<u8>, Failure> {
    zipped::bytes_of(Cursor::new(zip), place, &options.limits)
}

/// Audits one of many, whose folders may say whose it is.
pub(in crate::audit) fn audited<'f>(
    shown: &str,
    bytes: &[u8],
    options: &'f Options,
) -> (Outcome, Option<Content<'f>>) {
    work::audited(&item(shown, shown), bytes, unlock(bytes, options), options)
}

/// What a file is that holds no form.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Formless {
    /// A report's text.
    Text(Whose),
    /// gouji's own copy of one, as gouji left it.
    Own(Unedited),
    /// Neither.
    Other,
}

/// What a file is that was found to hold no form.
pub fn formless(shown: &str, bytes: &[u8], options: &Options) -> Formless {
    let item = item(shown, shown);
    if !texts::is_text(&item) {
        return Formless::Other;
    }
    match texts::text_in(&item, bytes, options) {
        texts::Text::Report(whose, _) => Formless::Text(whose),
        texts::Text::Own(copy) => Formless::Own(copy),
        texts::Text::Other => Formless::Other,
    }
}

/// A file as its audit has shown it.
#[derive(Debug, Deserialize)]
pub struct Audited {
    /// Its path.
    pub shown: String,
    /// Its office.
    pub office: Option<String>,
    /// Its year.
    pub year: Option<i32>,
    /// Whose its text is, where it holds no form and is one.
    pub text: Option<Whose>,
}

/// A report of last year.
#[derive(Debug, Serialize, Deserialize)]
pub struct Last {
    /// Its path.
    shown: String,
    /// Its office.
    office: Option<String>,
    /// Its year.
    year: Option<i32>,
    /// Whether it has the form's tables.
    numbers: bool,
    /// Whether it has a text.
    text: bool,
}

/// What a file of last year holds; nothing where it is no report.
pub fn last(shown: &str, bytes: &[u8], options: &Options) -> Option<Last> {
    let report = Prior::read(shown, bytes, options)?;
    let (office, year) = report.whose();
    let office = office.map(str::to_owned).or_else(|| work::office_of_folders(shown));
    let shown = shown.to_owned();
    Some(Last { shown, office, year, numbers: report.has_numbers(), text: report.has_text() })
}

/// The text that lies beside each file, by its number.
pub fn texts_beside(items: &[Audited]) -> Vec<Option<usize>> {
    let known = |audited: &Audited| texts::Known {
        item: item(&audited.shown, &audited.shown),
        text: audited.text.clone(),
        office: audited.office.clone(),
        year: audited.year,
    };
    texts::beside(&items.iter().map(known).collect::<Vec<_>>())
}

/// The reports of last year that each file is compared with, by their numbers: of its numbers, and of its text.
/// One file that was named is the same office's, whosever it says it is.
pub fn last_year_of(items: &[Audited], last: &[Last], named: bool, options: &Options) -> Vec<Vec<usize>> {
    let roster = options.roster.as_ref();
    let mut shelf = Shelf::default();
    let mut order: Vec<&Last> = last.iter().collect();
    order.sort_by(|a, b| versions::by_names(&a.shown, &b.shown));
    for report in &order {
        shelf.add(report.office.as_deref(), report.year, roster);
    }
    if named {
        shelf.whosever();
    }
    let of = |item: &Audited| {
        let find = |may: &dyn Fn(&Last) -> bool| {
            let may = |n: usize| order.get(n).is_some_and(|r| may(r));
            let found = order.get(shelf.find((item.office.as_deref(), item.year), roster, &may)?)?;
            last.iter().position(|r| r.shown == found.shown)
        };
        let mut found: Vec<usize> = find(&|r| r.numbers).into_iter().chain(find(&|r| r.text)).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    items.iter().map(of).collect()
}

/// A submission in small, for [`summaries`].
///
/// # Errors
/// When serialising fails, which only memory can cause.
pub fn small(submission: &Submission, lang: Lang) -> serde_json::Result<String> {
    let outcome = submission.outcome();
    let (entry, details) = work::small(&outcome, submission.content(), lang);
    serde_json::to_string(&Small { entry, details })
}

/// Compares a submission that is the sum of the others with them.
pub fn compare(submission: &mut Submission, shown: &str, members: &[Kept], options: &Options) {
    let (all, archive) = together(members, options);
    let pool = Pool::of(&item(shown, shown), &all, &archive, &[]);
    submission.each(|outcome, content| work::compare(outcome, &pool, (content, &archive), options));
}

/// All submissions together, `own` being what is none; the roster is that of the options.
///
/// # Errors
/// When the workbook or a notice cannot be made.
pub fn summaries(kept: &[Kept], own: &[Unedited], options: &Options) -> Result<Summaries, Text> {
    let (mut overview, archive) = together(kept, options);
    offices::put_unanswered(own, &mut overview, options.roster.as_ref());
    overview.advance(BTreeMap::new(), &archive);
    let (all, forms) = (&overview, &options.forms);
    let failed = |e: &dyn std::fmt::Display| {
        Text::new(format!("无法生成汇总表：{e}"), format!("the summary cannot be made: {e}"))
    };
    let (mut workbook, mut page, mut findings) = (Cursor::new(Vec::new()), Vec::new(), Vec::new());
    summary::workbook(all, &archive, forms, &mut workbook).map_err(|e| failed(&e))?;
    summary::page(all, &archive, forms, &mut page).map_err(|e| failed(&e))?;
    summary::findings_csv(all, &archive, &mut findings).map_err(|e| failed(&e))?;
    let mut files = vec![
        ("汇总.xlsx".to_owned(), workbook.into_inner()),
        ("report.html".to_owned(), page),
        ("findings.csv".to_owned(), findings),
    ];
    each_notice(all, &archive, &mut |path, bytes| {
        files.push((path, bytes));
        Ok(())
    })
    .map_err(|e: OutputError| e.text())?;
    Ok(Summaries { overview, files })
}

fn together(kept: &[Kept], options: &Options) -> (Overview, BTreeMap<String, Details>) {
    let (mut entries, mut archive) = (Vec::new(), BTreeMap::new());
    for kept in kept {
        let Ok(Small { mut entry, details }) = serde_json::from_str(kept.small) else { continue };
        entry.annotated.clone_from(&kept.annotated);
        entry.corrected.clone_from(&kept.corrected);
        (entry.edited, entry.modified, entry.aggregate) = (kept.edited, kept.modified, kept.aggregate);
        archive.insert(entry.file.clone(), details);
        entries.push(entry);
    }
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    let mut overview = offices::overview(entries, options, (Choice::default(), Lang::Zh), &archive);
    copies::foresee(&mut overview);
    (overview, archive)
}
