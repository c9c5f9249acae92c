//! What speaks of all submissions together: written whole, and only where it differs from what stands there.

use super::Batch;
use super::cache::Cache;
use super::zipped::safe;
use crate::audit::output::{self, OutputError, Pending};
use crate::audit::{Options, hex};
use crate::finding::Text;
use crate::report::summary::{self, Archive, Overview, Rounds};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of notices to offices.
const NOTICES: &str = "问题告知单";
/// What offices have sent in earlier runs; hidden, since it is of no use to people.
const ROUNDS: &str = ".gouji-rounds.json";

/// Writes everything, and gives the files that people open.
pub(super) fn deliver(
    batch: &Batch,
    out: &Path,
    overview: &mut Overview,
    cache: &Cache,
) -> Result<Vec<PathBuf>, Text> {
    let said = |e: OutputError| e.text();
    overview.advance(rounds(out), cache);
    let [book, page, results, findings] =
        ["汇总.xlsx", "report.html", "results.jsonl", "findings.csv"].map(|name| out.join(name));
    let mut pending = Pending::create(&book).map_err(said)?;
    let (all, archive, forms) = (&*overview, cache, &batch.options.forms);
    let lists = || {
        output::write_whole_with(&results, |file| {
            all.entries.iter().filter_map(|e| archive.result(e)).try_for_each(|line| writeln!(file, "{line}"))
        })?;
        output::write_whole_with(&findings, |file| summary::findings_csv(all, archive, file))?;
        notices(out, all, archive)
    };
    let pages = || output::write_whole_with(&page, |file| summary::page(all, archive, forms, file));
    let mut workbook = || summary::workbook(all, archive, forms, std::io::BufWriter::new(pending.file()));
    let (lists, pages, workbook) = if batch.jobs > 1 {
        std::thread::scope(|scope| {
            let (lists, pages) = (scope.spawn(lists), scope.spawn(pages));
            let workbook = workbook();
            (joined(lists), joined(pages), workbook)
        })
    } else {
        (lists(), pages(), workbook())
    };
    lists.map_err(said)?;
    pages.map_err(said)?;
    workbook
        .map_err(|e| Text::new(format!("无法生成汇总表：{e}"), format!("the summary cannot be made: {e}")))?;
    put_summary(pending, batch.force, cache)?;
    remember(out, &overview.rounds).map_err(said)?;
    let notices = out.join(NOTICES);
    let any = std::fs::read_dir(&notices).is_ok_and(|mut found| found.next().is_some());
    Ok([book, page, results, findings].into_iter().chain(any.then_some(notices)).collect())
}

fn joined<T>(handle: std::thread::ScopedJoinHandle<'_, Result<T, OutputError>>) -> Result<T, OutputError> {
    // A panic in a thread goes on in this one.
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Puts the summary in its place; another's file, or one that somebody has worked in, is kept unless forced.
fn put_summary(mut pending: Pending, force: bool, cache: &Cache) -> Result<(), Text> {
    let failed = |path: &Path, source| OutputError::Io { path: path.to_owned(), source }.text();
    let path = pending.path().to_owned();
    let made = digest(&mut pending.read().map_err(|e| failed(&path, e))?).map_err(|e| failed(&path, e))?;
    if let Ok(mut standing) = std::fs::File::open(&path) {
        let known = cache.summaries();
        let stands = digest(&mut standing).map_err(|e| failed(&path, e))?;
        // A journal that was lost tells nothing; then what the file looks like has to do.
        let is_ours = if known.is_empty() { looks_like_ours(&path) } else { known.contains(&stands) };
        if !force && !is_ours {
            return Err(OutputError::Foreign(path).text());
        }
    }
    cache.note_summary(&made).map_err(|e| failed(&path, e))?;
    pending.commit().map_err(|e| e.text())
}

fn digest(file: &mut dyn Read) -> std::io::Result<String> {
    let (mut hash, mut part) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(part.get(..n).unwrap_or_default()),
        }
    }
}

fn looks_like_ours(path: &Path) -> bool {
    let options = Options::default();
    let Ok(bytes) = std::fs::read(path) else { return false };
    let source = crate::ingest::Source { name: "", bytes: &bytes };
    crate::ingest::read(&source, &options.limits).is_ok_and(|read| summary::is_summary(&read.book))
}

/// What offices have sent in earlier runs.
fn rounds(out: &Path) -> BTreeMap<String, Rounds> {
    let text = std::fs::read(out.join(ROUNDS)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Keeps what they have sent for the next run, an office a line.
fn remember(out: &Path, rounds: &BTreeMap<String, Rounds>) -> Result<(), OutputError> {
    output::write_whole_with(&out.join(ROUNDS), |file| {
        let mut separator = "{\n";
        for (office, rounds) in rounds {
            let (office, rounds) = (serde_json::to_string(office)?, serde_json::to_string(rounds)?);
            write!(file, "{separator}{office}:{rounds}")?;
            separator = ",\n";
        }
        file.write_all(if rounds.is_empty() { b"{}\n" } else { b"\n}\n" })
    })
}

/// Writes a notice for each office with errors, and takes those away that no longer hold.
fn notices(out: &Path, all: &Overview, archive: &Cache) -> Result<(), OutputError> {
    let folder = out.join(NOTICES);
    let mut kept = BTreeSet::new();
    each_notice(all, archive, &mut |path, bytes| {
        output::write_whole(&out.join(&path), &bytes)?;
        kept.extend(path.rsplit('/').next().map(str::to_owned));
        Ok(())
    })?;
    let standing = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    for file in standing {
        let name = file.file_name().to_string_lossy().into_owned();
        // Only what is named as a notice is taken for one.
        if name.ends_with(ENDING) && !kept.contains(&name) {
            let _ = std::fs::remove_file(file.path());
        }
    }
    Ok(())
}

/// Makes a notice for each office with errors, with its path below the output folder.
pub(super) fn each_notice(
    all: &Overview,
    archive: &dyn Archive,
    take: &mut dyn FnMut(String, Vec<u8>) -> Result<(), OutputError>,
) -> Result<(), OutputError> {
    let mut taken = BTreeSet::new();
    for (n, office) in all.offices.iter().enumerate() {
        let Some(made) = summary::notice(all, n, archive) else { continue };
        let name = unique(&office.name, &taken);
        let path = format!("{NOTICES}/{name}");
        let failed = |source| OutputError::Io { path: PathBuf::from(&path), source };
        let bytes = made.map_err(failed)?;
        take(path, bytes)?;
        taken.insert(name);
    }
    Ok(())
}

/// How the names of notices end.
const ENDING: &str = "_问题告知单.docx";

/// A file name for an office that no other has.
fn unique(office: &str, taken: &BTreeSet<String>) -> String {
    let plain = safe(&office.replace(['/', '\\'], "_"));
    let short: String = plain.chars().take(60).collect();
    let plain = if short.is_empty() { "未知单位".to_owned() } else { short };
    let mut name = format!("{plain}{ENDING}");
    let mut n = 2;
    while taken.contains(&name) {
        name = format!("{plain}（{n}）{ENDING}");
        n += 1;
    }
    name
}
