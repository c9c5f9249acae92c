//! All submissions below a folder: each audited by itself, then looked at together.
//!
//! `walk` finds the items (`zipped` those in zips), `work` does one, `cache` keeps what is done from run to run,
//! `due` tells the year, `copies` where marked and corrected workbooks stand, `whose` tells whose they are, `offices` which of several counts
//! (`versions`: which is newest), `deliver` writes what comes of all of them together,
//! made by [`crate::report::summary`]. `stream` does one after another with nothing kept. Memory holds of each file
//! only a few words.

mod aggregate;
mod cache;
mod carried;
mod copies;
mod deliver;
mod due;
mod linked;
mod members;
pub mod memory;
mod off;
mod offices;
mod parts;
mod slips;
mod stream;
mod suspects;
mod tables;
mod texts;
mod versions;
mod walk;
mod whole;
mod whose;
mod work;
mod zipped;

pub use stream::{Streamed, stream};

use super::{Options, Prior, Roster, Stop};
use crate::finding::{Lang, Severity, Text};
use crate::report::summary::{Choice, Entry, Overview};
use crate::report::unedited::Unedited;
use cache::Cache;
use members::Pool;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use tables::Table;
use work::{Made, With};

/// What a batch is to do.
#[derive(Debug)]
pub struct Batch {
    /// Folders, and files, to look through.
    pub inputs: Vec<PathBuf>,
    /// Files to audit beside those, in place of looking for them.
    pub listed: Vec<Listed>,
    /// Folder of everything that is written; nothing is written if none.
    pub out: Option<PathBuf>,
    /// Paths below the inputs that are no submissions: last year's folder, lists.
    pub skip: Vec<PathBuf>,
    /// A table that is the sum of the others.
    pub aggregate: Option<PathBuf>,
    /// Which numbers are summed.
    pub choice: Choice,
    /// How each file is audited.
    pub options: Options,
    /// Files audited at once.
    pub jobs: usize,
    /// Whether the run is to end early.
    pub stop: Stop,
    /// Whether results of an earlier run are done again.
    pub fresh: bool,
    /// Whether existing files of another's are replaced.
    pub force: bool,
    /// Whether copies without a password are written of files that have one.
    pub allow_clear: bool,
    /// Language of what people read.
    pub lang: Lang,
}

/// A file that a list names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The file.
    pub path: PathBuf,
    /// Whose it is, where the list says so.
    pub office: Option<String>,
}

impl Listed {
    /// A line of a list: a path, or a path, a tab and the office; nothing where it is blank.
    pub fn line(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['\r', '\n']);
        let (path, office) = line.split_once('\t').map_or((line, None), |(p, o)| (p, Some(o.trim())));
        let office = office.filter(|o| !o.is_empty()).map(str::to_owned);
        (!path.trim().is_empty()).then(|| Self { path: PathBuf::from(path), office })
    }
}

/// How far a batch has come.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The file just done.
    pub name: &'a str,
    /// Files done.
    pub done: usize,
    /// All files.
    pub total: usize,
    /// Errors and warnings found so far.
    pub findings: usize,
}

/// How far a batch came that was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Files done, in this run or an earlier one; their results are kept in the output folder.
    pub done: usize,
    /// All files.
    pub total: usize,
}

/// What came of a batch.
#[derive(Debug, Default)]
pub struct Report {
    /// Where it was stopped: then nothing is said of all together, and no summary is written.
    pub stopped: Option<Stopped>,
    /// All submissions together.
    pub overview: Overview,
    /// Files that an earlier run had done already.
    pub kept: usize,
    /// Files with a password, of which no copies were written.
    pub withheld: usize,
    /// gouji's own copies on which no office has worked: no submissions.
    pub own: Vec<Unedited>,
    /// What a list names and is no submission, and why.
    pub skipped: Vec<Text>,
    /// Copies of files that are no longer there, or were sent anew, left since somebody has worked in them.
    pub left: Vec<String>,
    /// Files written for the whole batch.
    pub written: Vec<PathBuf>,
    /// What could not be done.
    pub problems: Vec<Text>,
}

/// Audits everything below the inputs, tells `progress` after each file, and writes the summaries.
///
/// # Errors
/// When the output folder cannot be written, or the roster not be read. What concerns one file only is a problem
/// in the report.
pub fn run(
    batch: &Batch,
    progress: &mut dyn FnMut(Step<'_>),
    line: &mut dyn FnMut(&str),
) -> Result<Report, Text> {
    let mut skip = batch.skip.clone();
    skip.extend(batch.out.iter().chain(&batch.aggregate).cloned());
    let Found { sums, items, documents, skipped } = found(batch, &skip);
    let cache = Cache::open(batch.out.as_deref(), batch.fresh).map_err(|e| out_failed(batch, e))?;
    if let Some(out) = &batch.out {
        super::output::sweep_unfinished(out);
    }
    let settings = settings(batch);
    let mut gathered = Gathered { total: items.len() + sums.len(), own: documents, ..Gathered::default() };
    audit_all(batch, &items, &cache, &mut gathered, progress, (&settings, None))?;
    if let Some(report) = gathered.stopped(batch) {
        return Ok(report);
    }
    let mut overview = together(batch, std::mem::take(&mut gathered.entries), &cache);
    if !sums.is_empty() {
        compare(batch, &sums, &overview, &cache, &mut gathered, progress, &settings)?;
        if let Some(report) = gathered.stopped(batch) {
            return Ok(report);
        }
        gathered.entries.append(&mut overview.entries);
        gathered.entries.sort_by(|a, b| a.file.cmp(&b.file));
        overview = together(batch, std::mem::take(&mut gathered.entries), &cache);
    }
    let Gathered { kept, withheld, mut own, mut problems, .. } = gathered;
    own.sort_by(|a, b| a.file.cmp(&b.file));
    offices::put_unanswered(&own, &mut overview, batch.options.roster.as_ref());
    let (mut written, mut left) = (Vec::new(), Vec::new());
    if let Some(out) = &batch.out {
        left = copies::sweep(out, &cache, &overview, &batch.options);
        copies::arrange(out, &mut overview, &batch.options);
    }
    for entry in &overview.entries {
        if let Some(result) = cache.result(entry) {
            line(&result);
        }
    }
    if let Some(out) = &batch.out {
        match deliver::deliver(batch, out, &mut overview, &cache) {
            Ok(paths) => written = paths,
            Err(problem) => problems.push(problem),
        }
    }
    cache.finish().map_err(|e| out_failed(batch, e))?;
    if let Some(out) = batch.out.as_ref().filter(|_| kept < overview.entries.len()) {
        super::output::sync([out.as_path()]);
    }
    Ok(Report { stopped: None, overview, kept, withheld, own, skipped, left, written, problems })
}

fn out_failed(batch: &Batch, source: std::io::Error) -> Text {
    super::output::OutputError::Io { path: batch.out.clone().unwrap_or_default(), source }.text()
}

fn together(batch: &Batch, entries: Vec<Entry>, cache: &Cache) -> Overview {
    offices::overview(entries, &batch.options, (batch.choice, batch.lang), cache)
}

/// Reads last year's submissions: a file, or a folder of them.
///
/// # Errors
/// When nothing there holds a form.
pub fn last_year(path: &Path, options: &Options, (jobs, stop): (usize, &Stop)) -> Result<Prior, Text> {
    let none = || {
        Text::new(
            format!("上年数据 {} 中没有找到报表", path.display()),
            format!("no submission of last year is found in {}", path.display()),
        )
    };
    std::fs::metadata(path).map_err(|error| {
        let why = super::unavailable("", &error).failure.map(|f| f.message).unwrap_or_default();
        Text::new(
            format!("读不到上年数据 {}：{}", path.display(), why.zh),
            format!("last year's {} cannot be read: {}", path.display(), why.en),
        )
    })?;
    let mut items = walk::items(&[path.to_owned()], &[], &options.limits);
    // Of several reports of one office the last counts.
    items.sort_by(|a, b| versions::by_names(&a.shown, &b.shown));
    let mut prior = Prior::default();
    let mut names = items.iter();
    super::each(
        &items,
        (jobs, stop),
        |item| work::bytes(item, options).ok().map(|bytes| Prior::read(&item.shown, &bytes, options)),
        |report| {
            let Some(item) = names.next() else { return };
            let office = item.office.clone().or_else(|| work::office_of_folders(&item.shown));
            prior.add(report.flatten(), office, options.roster.as_ref());
        },
    );
    if path.is_file() {
        prior.whosever();
    }
    if prior.is_empty() && !stop.is_asked() { Err(none()) } else { Ok(prior) }
}

/// What there is to audit, and what not.
struct Found {
    /// The tables that are sums of others.
    sums: Vec<walk::Item>,
    /// The others.
    items: Vec<walk::Item>,
    /// Texts with comments as gouji wrote them.
    documents: Vec<Unedited>,
    /// What a list names and is no submission, and why.
    skipped: Vec<Text>,
}

fn found(batch: &Batch, skip: &[PathBuf]) -> Found {
    let limits = &batch.options.limits;
    let mut items = walk::items(&batch.inputs, skip, limits);
    let (listed, skipped) = walk::listed(&batch.listed, limits);
    items.extend(listed);
    let mut documents = Vec::new();
    if batch.options.narrative.is_none() {
        documents = texts::attach(&mut items, &batch.options);
    }
    let named = batch.aggregate.iter().flat_map(|path| walk::items(std::slice::from_ref(path), &[], limits));
    items.extend(named.map(|item| walk::Item { aggregate: true, ..item }));
    let (sums, items) = items.into_iter().partition(tables::is_aggregate);
    Found { sums, items, documents, skipped }
}

/// Audits the sums, each against its members; one that has given way to a newer one only by itself.
fn compare(
    batch: &Batch,
    sums: &[walk::Item],
    all: &Overview,
    cache: &Cache,
    gathered: &mut Gathered,
    progress: &mut dyn FnMut(Step<'_>),
    settings: &str,
) -> Result<(), Text> {
    let read = |item| Table::read(item, &batch.options);
    let tables: Vec<Table> = if sums.len() > 1 { sums.iter().filter_map(read).collect() } else { Vec::new() };
    let older = tables::superseded(tables.iter().map(|t| &t.entry).enumerate());
    let (older, tables): (Vec<_>, Vec<_>) =
        tables.into_iter().enumerate().partition(|(i, _)| older.contains(i));
    for item in sums {
        let is_it = |(_, table): &&(usize, Table)| table.entry.file == item.shown;
        let others: Vec<Table> = tables.iter().filter(|t| !is_it(t)).map(|(_, t)| t.clone()).collect();
        let pool = Pool::of(item, all, cache, &others);
        let pool = Some(&pool).filter(|_| !older.iter().any(|t| is_it(&t)));
        let settings = format!("{settings}{}", pool.map(Pool::fingerprint).unwrap_or_default());
        let item = std::slice::from_ref(item);
        audit_all(batch, item, cache, gathered, progress, (&settings, pool))?;
    }
    Ok(())
}

#[derive(Default)]
struct Gathered {
    total: usize,
    entries: Vec<Entry>,
    done: usize,
    kept: usize,
    withheld: usize,
    own: Vec<Unedited>,
    findings: usize,
    problems: Vec<Text>,
}

fn audit_all(
    batch: &Batch,
    items: &[walk::Item],
    cache: &Cache,
    gathered: &mut Gathered,
    progress: &mut dyn FnMut(Step<'_>),
    (settings, pool): (&str, Option<&Pool>),
) -> Result<(), Text> {
    let mut broken = None;
    let mut names = items.iter();
    super::each(
        items,
        (batch.jobs, &batch.stop),
        |item| work::work(item, With { batch, cache, settings, pool }),
        |made| {
            let Some(item) = names.next() else { return };
            if let Err(error) = gathered.take(item, made, cache) {
                broken.get_or_insert(error);
            }
            let Gathered { done, findings, total, .. } = *gathered;
            progress(Step { name: &item.shown, done, total, findings });
        },
    );
    broken.map_or(Ok(()), |e| Err(out_failed(batch, e)))
}

impl Gathered {
    /// What is told of a run that was stopped before it was through.
    fn stopped(&mut self, batch: &Batch) -> Option<Report> {
        let Self { done, total, .. } = *self;
        let early = batch.stop.is_asked() && done < total;
        let problems = std::mem::take(&mut self.problems);
        early.then(|| Report { stopped: Some(Stopped { done, total }), problems, ..Report::default() })
    }

    fn take(&mut self, item: &walk::Item, made: Made, cache: &Cache) -> std::io::Result<()> {
        self.done += 1;
        let made_now = matches!(made, Made::New(_));
        let (mut entry, copies) = match made {
            Made::Own(own) => {
                self.own.push(own);
                return Ok(());
            }
            Made::Kept => {
                self.kept += 1;
                let Some(kept) = cache.read(&item.shown) else { return Ok(()) };
                (kept.entry, kept.copies)
            }
            Made::New(new) => {
                self.problems.extend(new.problems);
                cache.put(&item.shown, &new.key, &new.line)?;
                (new.entry, new.copies)
            }
        };
        self.withheld += usize::from(copies.withheld);
        entry.annotated = copies.annotated;
        entry.corrected = copies.corrected;
        entry.documents = copies.documents;
        entry.edited = copies.edited;
        entry.aggregate = tables::is_aggregate(item);
        entry.made_now = made_now;
        entry.modified = item.modified;
        self.findings += entry.count(Severity::Error) + entry.count(Severity::Warning);
        self.entries.push(entry);
        Ok(())
    }
}

/// A digest of everything beside a file's bytes that its result depends on.
fn settings(batch: &Batch) -> String {
    let options = &batch.options;
    let mut text = String::new();
    let _ = write!(text, "{}|{:?}|{}", env!("CARGO_PKG_VERSION"), batch.lang, batch.out.is_some());
    let _ = write!(text, "|{}", batch.allow_clear);
    let _ = write!(
        text,
        "|{:?}|{:?}",
        options.prior.as_ref().map(Prior::fingerprint),
        options.narrative.as_ref().map(|n| &n.sha256)
    );
    let _ = write!(text, "|{:?}", options.roster.as_ref().map(Roster::fingerprint));
    let _ = write!(text, "|{:?}|{:?}", options.select, options.ignore);
    for form in options.forms.iter() {
        let _ = write!(text, "|{form:?}");
    }
    super::hex(&Sha256::digest(text.as_bytes()))
}
