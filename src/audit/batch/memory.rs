//! A batch without a disk, for the browser page: the same items, results and summaries as [`super::run`]'s, from
//! bytes and into bytes. The caller keeps the results between the steps.

use super::aggregate::{Members, is_aggregate};
use super::walk::{self, Item, Place};
use super::{offices, roster, work, zipped};
use crate::audit::files::is_untouched;
use crate::audit::{Options, Submission};
use crate::finding::{Failure, Text};
use crate::report::own;
use crate::report::summary::{self, Entry, Overview};
use std::io::Cursor;
use std::path::PathBuf;

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
    /// The path that its copies are named after.
    pub copy: String,
    /// Whether it is the sum of the others.
    pub aggregate: bool,
}

/// One result, as a step before has given it.
#[derive(Debug, Clone, Default)]
pub struct Kept<'a> {
    /// The result as JSON.
    pub line: &'a str,
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
    /// 汇总.xlsx.
    pub workbook: Vec<u8>,
    /// report.html.
    pub page: Vec<u8>,
    /// findings.csv.
    pub findings: Vec<u8>,
}

/// Which candidates are audited, in their order.
pub fn plan(candidates: &[Candidate]) -> Vec<Planned> {
    let wanted = candidates.iter().enumerate().filter(|(_, c)| walk::is_wanted(&c.shown));
    // Where an item's bytes are is known to the caller; the number in its stead leads back to the candidate.
    let items = wanted.map(|(i, c)| Item {
        shown: c.shown.clone(),
        copy: c.shown.clone(),
        place: Place::Member(PathBuf::new(), i),
        modified: c.modified,
        aggregate: false,
    });
    let planned = |item: Item| {
        let aggregate = is_aggregate(&item);
        let Place::Member(_, index) = item.place else { return None };
        Some(Planned { index, copy: item.copy, aggregate })
    };
    walk::ordered(items.collect()).into_iter().filter_map(planned).collect()
}

/// The files of a zip.
///
/// # Errors
/// Why it cannot be opened.
pub fn members(zip: &[u8], options: &Options) -> Result<Vec<(usize, Candidate)>, Failure> {
    let members = zipped::members_of(Cursor::new(zip), &options.limits)?;
    let candidate = |m: zipped::Member| (m.index, Candidate { shown: m.name, modified: m.modified });
    Ok(members.into_iter().map(candidate).collect())
}

/// The bytes of one file of a zip.
///
/// # Errors
/// Why it cannot be read.
pub fn member(zip: &[u8], index: usize, options: &Options) -> Result<Vec<u8>, Failure> {
    zipped::bytes_of(Cursor::new(zip), index, &options.limits)
}

/// Whether a file is gouji's own marked copy, and whether an office has edited it since.
pub fn own_copy(bytes: &[u8], options: &Options) -> (bool, bool) {
    let own = own::earlier(bytes).is_some();
    (own, own && !is_untouched(bytes, options))
}

/// The office that the folders of a path are named after.
pub fn office_of_folders(shown: &str) -> Option<String> {
    work::office_of_folders(shown)
}

/// Compares a submission that is the sum of the others with them.
pub fn compare(submission: &mut Submission, shown: &str, members: &[Kept], options: &Options) {
    let all = overview(members, None, options);
    let form = options.forms.iter().find(|f| Some(&f.id) == all.form.as_ref());
    let ids: Vec<String> = form.iter().flat_map(|f| &f.fields).map(|f| f.id.clone()).collect();
    let place = Place::Member(PathBuf::new(), 0);
    let shown = shown.to_owned();
    let item = Item { copy: shown.clone(), shown, place, modified: 0, aggregate: false };
    let members = Members::of(&item, &all, &ids);
    submission.each(|outcome, content| work::compare(outcome, members.findings(content), options));
}

/// All submissions together.
///
/// # Errors
/// When the roster cannot be used or the workbook not be made.
pub fn summaries(kept: &[Kept], list: Option<(&str, &[u8])>, options: &Options) -> Result<Summaries, Text> {
    let listed = list.map(|(name, bytes)| {
        roster::read_bytes(name, bytes, options).map_err(|why| roster::unusable(&name, &why))
    });
    let overview = overview(kept, listed.transpose()?.as_deref(), options);
    let failed = |e: &dyn std::fmt::Display| {
        Text::new(format!("无法生成汇总表：{e}"), format!("the summary cannot be made: {e}"))
    };
    let workbook = summary::workbook(&overview, &options.forms).map_err(|e| failed(&e))?;
    let (mut page, mut findings) = (Vec::new(), Vec::new());
    summary::page(&overview, &mut page).map_err(|e| failed(&e))?;
    summary::findings_csv(&overview, &mut findings).map_err(|e| failed(&e))?;
    Ok(Summaries { overview, workbook, page, findings })
}

fn overview(kept: &[Kept], list: Option<&[roster::Listed]>, options: &Options) -> Overview {
    let entry = |kept: &Kept| {
        let mut entry = Entry::read(kept.line, &options.forms)?;
        entry.annotated.clone_from(&kept.annotated);
        entry.corrected.clone_from(&kept.corrected);
        (entry.edited, entry.modified, entry.aggregate) = (kept.edited, kept.modified, kept.aggregate);
        Some(entry)
    };
    let mut entries: Vec<Entry> = kept.iter().filter_map(entry).collect();
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    offices::overview(entries, list, &options.forms)
}
