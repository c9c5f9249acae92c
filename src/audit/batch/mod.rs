//! All submissions below a folder: each audited by itself, then looked at together.
//!
//! `walk` finds the items (`zipped` those in zips), `work` does one, `cache` keeps what is done from run to run,
//! `offices` tells whose they are and which of several counts. What comes of all of them together is written by
//! [`crate::report::summary`]. Memory holds of each file only what the summaries need.

mod aggregate;
mod cache;
pub mod memory;
mod offices;
mod roster;
mod walk;
mod work;
mod zipped;

use super::{Options, Prior, output};
use crate::finding::{Lang, Text};
use crate::report::summary::{self, Entry, Overview};
use aggregate::Members;
use cache::Cache;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use work::Made;

/// What a batch is to do.
#[derive(Debug)]
pub struct Batch {
    /// Folders, and files, to look through.
    pub inputs: Vec<PathBuf>,
    /// Folder of everything that is written; nothing is written if none.
    pub out: Option<PathBuf>,
    /// Paths below the inputs that are no submissions: last year's folder, lists.
    pub skip: Vec<PathBuf>,
    /// A table that is the sum of the others.
    pub aggregate: Option<PathBuf>,
    /// The list of offices that have to report.
    pub roster: Option<PathBuf>,
    /// How each file is audited.
    pub options: Options,
    /// Files audited at once.
    pub jobs: usize,
    /// Whether results of an earlier run are done again.
    pub fresh: bool,
    /// Whether existing files of another's are replaced.
    pub force: bool,
    /// Whether copies without a password are written of files that have one.
    pub allow_clear: bool,
    /// Language of what people read.
    pub lang: Lang,
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

/// What came of a batch.
#[derive(Debug)]
pub struct Report {
    /// All submissions together.
    pub overview: Overview,
    /// Files that an earlier run had done already.
    pub kept: usize,
    /// Files with a password, of which no copies were written.
    pub withheld: usize,
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
    let roster = batch.roster.as_deref().map(|path| roster::read(path, &batch.options)).transpose()?;
    let mut skip = batch.skip.clone();
    skip.extend(batch.out.iter().chain(&batch.roster).chain(&batch.aggregate).cloned());
    let (sums, items) = items(batch, &skip);
    let out_failed = |e: &std::io::Error| {
        let path = batch.out.clone().unwrap_or_default();
        Text::new(
            format!("无法写入输出文件夹 {}：{e}", path.display()),
            format!("cannot write the output folder {}: {e}", path.display()),
        )
    };
    let mut cache = Cache::open(batch.out.as_deref(), batch.fresh).map_err(|e| out_failed(&e))?;
    let mut gathered = Gathered { total: items.len() + sums.len(), ..Gathered::default() };
    audit_all(batch, &items, &mut cache, &mut gathered, progress, None)?;
    let forms = &batch.options.forms;
    let mut overview = offices::overview(std::mem::take(&mut gathered.entries), roster.as_deref(), forms);
    if !sums.is_empty() {
        compare(batch, &sums, &overview, &mut cache, &mut gathered, progress)?;
        gathered.entries.append(&mut overview.entries);
        gathered.entries.sort_by(|a, b| a.file.cmp(&b.file));
        overview = offices::overview(std::mem::take(&mut gathered.entries), roster.as_deref(), forms);
    }
    let Gathered { kept, withheld, mut problems, .. } = gathered;
    let mut written = Vec::new();
    for entry in &overview.entries {
        if let Some(kept) = cache.read(&entry.file) {
            line(&kept.line);
        }
    }
    if let Some(out) = &batch.out {
        sweep(out, &mut cache, &overview);
        match summaries(batch, out, &overview, &mut cache) {
            Ok(paths) => written = paths,
            Err(problem) => problems.push(problem),
        }
    }
    cache.finish().map_err(|e| out_failed(&e))?;
    Ok(Report { overview, kept, withheld, written, problems })
}

/// Reads last year's submissions: a file, or a folder of them.
///
/// # Errors
/// When nothing there holds a form.
pub fn last_year(path: &Path, options: &Options, jobs: usize) -> Result<Prior, Text> {
    let none = || {
        Text::new(
            format!("上年数据 {} 中没有找到报表", path.display()),
            format!("no submission of last year is found in {}", path.display()),
        )
    };
    let items = walk::items(&[path.to_owned()], &[], &options.limits);
    let mut prior = Prior::default();
    let mut names = items.iter();
    super::each(
        &items,
        jobs,
        |item| work::bytes(item, options).ok().map(|bytes| Prior::read(&item.shown, &bytes, options)),
        |report| {
            let Some(item) = names.next() else { return };
            prior.add(report.flatten(), work::office_of_folders(&item.shown));
        },
    );
    if path.is_file() {
        prior.whosever();
    }
    if prior.is_empty() { Err(none()) } else { Ok(prior) }
}

/// The tables that are sums of others, and the others.
fn items(batch: &Batch, skip: &[PathBuf]) -> (Vec<walk::Item>, Vec<walk::Item>) {
    let limits = &batch.options.limits;
    let mut items = walk::items(&batch.inputs, skip, limits);
    let named = batch.aggregate.iter().flat_map(|path| walk::items(std::slice::from_ref(path), &[], limits));
    items.extend(named.map(|item| walk::Item { aggregate: true, ..item }));
    items.into_iter().partition(aggregate::is_aggregate)
}

/// Audits the sums, each against its members.
fn compare(
    batch: &Batch,
    sums: &[walk::Item],
    all: &Overview,
    cache: &mut Cache,
    gathered: &mut Gathered,
    progress: &mut dyn FnMut(Step<'_>),
) -> Result<(), Text> {
    let form = batch.options.forms.iter().find(|f| Some(&f.id) == all.form.as_ref());
    let ids: Vec<String> = form.map(|f| f.fields.iter().map(|f| f.id.clone()).collect()).unwrap_or_default();
    for item in sums {
        let members = Members::of(item, all, &ids);
        audit_all(batch, std::slice::from_ref(item), cache, gathered, progress, Some(&members))?;
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
    findings: usize,
    problems: Vec<Text>,
}

fn audit_all(
    batch: &Batch,
    items: &[walk::Item],
    cache: &mut Cache,
    gathered: &mut Gathered,
    progress: &mut dyn FnMut(Step<'_>),
    members: Option<&Members>,
) -> Result<(), Text> {
    let settings = settings(batch) + &members.map(Members::fingerprint).unwrap_or_default();
    let shared = std::sync::RwLock::new(cache);
    let mut broken = None;
    let mut names = items.iter();
    super::each(
        items,
        batch.jobs,
        |item| {
            let cache = shared.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            work::work(item, batch, &cache, &settings, members)
        },
        |made| {
            let Some(item) = names.next() else { return };
            let mut cache = shared.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Err(error) = gathered.take(item, made, members.is_some(), &mut cache, &batch.options) {
                broken.get_or_insert(error);
            }
            let Gathered { done, findings, total, .. } = *gathered;
            progress(Step { name: &item.shown, done, total, findings });
        },
    );
    broken.map_or(Ok(()), |e| {
        Err(Text::new(format!("无法保存结果：{e}"), format!("results cannot be kept: {e}")))
    })
}

impl Gathered {
    fn take(
        &mut self,
        item: &walk::Item,
        made: Made,
        aggregate: bool,
        cache: &mut Cache,
        options: &Options,
    ) -> std::io::Result<()> {
        self.done += 1;
        match made {
            Made::Own => return Ok(()),
            Made::Kept => self.kept += 1,
            Made::New { key, line, copies, problems } => {
                self.problems.extend(problems);
                cache.put(&item.shown, &key, copies, line)?;
            }
        }
        let Some(kept) = cache.read(&item.shown) else { return Ok(()) };
        self.withheld += usize::from(kept.copies.withheld);
        if let Some(mut entry) = Entry::read(&kept.line, &options.forms) {
            entry.annotated = kept.copies.annotated;
            entry.corrected = kept.copies.corrected;
            entry.edited = kept.copies.edited;
            entry.aggregate = aggregate;
            entry.modified = item.modified;
            let open =
                |f: &&summary::Item| f.severity > crate::finding::Severity::Info && f.confirmed.is_none();
            self.findings += entry.findings.iter().filter(open).count();
            self.entries.push(entry);
        }
        Ok(())
    }
}

/// A digest of everything beside a file's bytes that its result depends on.
fn settings(batch: &Batch) -> String {
    let options = &batch.options;
    let mut text = String::new();
    let _ = write!(text, "{}|{:?}|{}", env!("CARGO_PKG_VERSION"), batch.lang, batch.out.is_some());
    let _ = write!(text, "|{}", batch.allow_clear);
    let _ = write!(text, "|{:?}|{:?}", options.prior, options.narrative);
    let _ = write!(text, "|{:?}|{:?}", options.select, options.ignore);
    for form in &options.forms {
        let _ = write!(text, "|{form:?}");
    }
    super::hex(&Sha256::digest(text.as_bytes()))
}

/// Takes away the copies of files that are no longer there.
fn sweep(out: &Path, cache: &mut Cache, overview: &Overview) {
    let there: std::collections::BTreeSet<&str> = overview.entries.iter().map(|e| e.file.as_str()).collect();
    for gone in cache.retain(|file| there.contains(file)) {
        for path in gone.annotated.iter().chain(&gone.corrected) {
            let taken = overview.entries.iter().flat_map(|e| e.annotated.iter().chain(&e.corrected));
            if taken.clone().all(|p| p != path) {
                let _ = std::fs::remove_file(out.join(path));
            }
        }
    }
}

/// Puts the summary in its place; another's file, or one that somebody has worked in, is kept unless forced.
fn put_summary(path: &Path, bytes: &[u8], force: bool, cache: &mut Cache) -> Result<(), Text> {
    let digest = |bytes: &[u8]| super::hex(&Sha256::digest(bytes));
    if let Ok(standing) = std::fs::read(path) {
        let known = cache.summaries();
        // A journal that was lost tells nothing; then what the file looks like has to do.
        let is_ours = if known.is_empty() {
            looks_like_ours(&standing)
        } else {
            known.contains(&digest(&standing).as_str())
        };
        if !force && !is_ours {
            return Err(output::OutputError::Foreign(path.to_owned()).text());
        }
    }
    let kept = cache.note_summary(&digest(bytes));
    kept.map_err(|source| output::OutputError::Io { path: path.to_owned(), source }.text())?;
    output::write_whole(path, bytes).map_err(|e| e.text())
}

fn looks_like_ours(bytes: &[u8]) -> bool {
    let options = Options::default();
    let source = crate::ingest::Source { name: "", bytes };
    crate::ingest::read(&source, &options.limits).is_ok_and(|read| summary::is_summary(&read.book))
}

/// Writes what speaks of all submissions.
fn summaries(
    batch: &Batch,
    out: &Path,
    overview: &Overview,
    cache: &mut Cache,
) -> Result<Vec<PathBuf>, Text> {
    let results = out.join("results.jsonl");
    output::write_whole_with(&results, |file| {
        for entry in &overview.entries {
            if let Some(kept) = cache.read(&entry.file) {
                writeln!(file, "{}", kept.line)?;
            }
        }
        Ok(())
    })
    .map_err(|e| e.text())?;
    let findings = out.join("findings.csv");
    output::write_whole_with(&findings, |file| summary::findings_csv(overview, file))
        .map_err(|e| e.text())?;
    let book = out.join("汇总.xlsx");
    let bytes = summary::workbook(overview, &batch.options.forms)
        .map_err(|e| Text::new(format!("无法生成汇总表：{e}"), format!("the summary cannot be made: {e}")))?;
    put_summary(&book, &bytes, batch.force, cache)?;
    let page = out.join("report.html");
    output::write_whole_with(&page, |file| summary::page(overview, file)).map_err(|e| e.text())?;
    Ok(vec![book, page, results, findings])
}
