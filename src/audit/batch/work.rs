//! One item of a batch: read, audited, its copies written below the output folder.

use super::aggregate::{self, Members};
use super::cache::Cache;
use super::walk::{Item, Place};
use super::{Batch, zipped};
use crate::audit::files::{bytes_of, internal_fault, is_untouched};
use crate::audit::output::{self, OutputKind};
use crate::audit::{Audit, Content, Options, audit_unlocked, hex, unlock};
use crate::finding::{Certainty, Failure, Finding, Outcome, Severity, Status, Text};
use crate::ingest::Unlocked;
use crate::mapping::identity;
use crate::report::annotate::{Context, annotate};
use crate::report::correct::{Wanted, correct};
use crate::report::{conversation, json, own};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Copies written for an item, by their paths below the output folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Copies {
    /// The marked workbook.
    pub(super) annotated: Option<String>,
    /// The corrected workbook.
    pub(super) corrected: Option<String>,
    /// Whether copies were withheld, since the item has a password and they would not.
    #[serde(default)]
    pub(super) withheld: bool,
    /// Whether the item is a marked workbook that its office has edited since.
    pub(super) edited: bool,
}

/// What became of an item.
#[derive(Debug)]
pub(super) enum Made {
    /// gouji's own output, as gouji left it: no submission.
    Own,
    /// Nothing has changed since an earlier run.
    Kept,
    /// Audited now.
    New {
        /// Key over all that the result depends on.
        key: String,
        /// The result as JSON.
        line: String,
        /// Copies written.
        copies: Copies,
        /// What could not be done.
        problems: Vec<Text>,
    },
}

/// Audits an item and writes its copies; a fault of ours becomes its reason.
pub(super) fn work(
    item: &Item,
    batch: &Batch,
    cache: &Cache,
    settings: &str,
    members: Option<&Members>,
) -> Made {
    let guarded = catch_unwind(AssertUnwindSafe(|| one(item, batch, cache, settings, members)));
    guarded.unwrap_or_else(|_| {
        let failure = internal_fault();
        let outcome = Outcome::failed(&item.shown, String::new(), Status::Unreadable, failure);
        // Without a key it is tried again next time.
        new(String::new(), &outcome, Copies::default(), batch, Vec::new())
    })
}

fn one(item: &Item, batch: &Batch, cache: &Cache, settings: &str, members: Option<&Members>) -> Made {
    let bytes = match bytes(item, &batch.options) {
        Ok(bytes) => bytes,
        Err(failure) => {
            let outcome = Outcome::failed(&item.shown, String::new(), Status::Unreadable, failure);
            return new(String::new(), &outcome, Copies::default(), batch, Vec::new());
        }
    };
    let unlocked = unlock(&bytes, &batch.options);
    let key = key(item, &bytes, &unlocked, settings);
    if cache.has(&item.shown, &key) && copies_stand(item, batch, cache) {
        return Made::Kept;
    }
    let is_own = unlocked.as_ref().is_ok_and(|u| own::earlier(&u.bytes).is_some());
    if is_own && unlocked.as_ref().is_ok_and(|u| is_untouched(&u.bytes, &batch.options)) {
        return Made::Own;
    }
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let Audit { mut outcome, content } = audit_unlocked(name, &bytes, unlocked, &batch.options);
    item.shown.clone_into(&mut outcome.file);
    let mut copies = Copies { edited: is_own, ..Copies::default() };
    let mut problems = Vec::new();
    if let Some(content) = content {
        if outcome.office.is_none() {
            outcome.office = office_of_folders(&item.shown);
        }
        if let Some(members) = members {
            compare(&mut outcome, members.findings(&content), &batch.options);
        }
        let bytes = content.bytes(&bytes);
        copies.withheld = content.secret && !batch.allow_clear;
        let explanations = own::explanations(bytes);
        conversation::confirm(&mut outcome, &explanations);
        if let Some(out) = batch.out.as_ref().filter(|_| !copies.withheld) {
            let context =
                Context { submission: content.submission(), lang: batch.lang, explanations: &explanations };
            let writer = Writer { item, batch, out, bytes, content: &content, outcome: &outcome };
            problems.extend(writer.annotated(&context, &mut copies).err());
            problems.extend(writer.corrected(&context, &mut copies).err());
        }
    }
    let key = if problems.is_empty() { key } else { String::new() };
    new(key, &outcome, copies, batch, problems)
}

fn new(key: String, outcome: &Outcome, copies: Copies, batch: &Batch, mut problems: Vec<Text>) -> Made {
    let line = json::line(outcome, batch.lang).unwrap_or_else(|error| {
        problems.push(Text::new(error.to_string(), error.to_string()));
        String::new()
    });
    Made::New { key, line, copies, problems }
}

pub(super) fn bytes(item: &Item, options: &Options) -> Result<Vec<u8>, Failure> {
    match &item.place {
        Place::File(path) => bytes_of(path, options).map_err(|o| o.failure.unwrap_or_else(internal_fault)),
        Place::Member(path, index) => zipped::bytes(path, *index, &options.limits),
        Place::Nowhere(failure) => Err(failure.clone()),
    }
}

/// A key over all that an item's result and copies depend on: not the password, which could be guessed from it,
/// but what it opens.
fn key(item: &Item, bytes: &[u8], unlocked: &Result<Unlocked<'_>, Failure>, settings: &str) -> String {
    let lock = match unlocked {
        Ok(unlocked) if unlocked.secret => "secret",
        Ok(_) => "",
        Err(failure) => &failure.message.zh,
    };
    let mut hash = Sha256::new();
    for part in [settings.as_bytes(), item.copy.as_bytes(), lock.as_bytes(), bytes] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Whether the copies of an earlier run are still where they were put.
fn copies_stand(item: &Item, batch: &Batch, cache: &Cache) -> bool {
    let Some(out) = &batch.out else { return true };
    let Some(kept) = cache.read(&item.shown) else { return false };
    let mut paths = kept.copies.annotated.iter().chain(&kept.copies.corrected);
    paths.all(|p| out.join(p).is_file())
}

/// Adds what comparing with its members has found to an aggregate's own findings.
pub(super) fn compare(outcome: &mut Outcome, found: Vec<Finding>, options: &Options) {
    if found.is_empty() || !options.selects(aggregate::CODE) {
        return;
    }
    outcome.status = Status::Findings;
    let errors = outcome.findings.iter().take_while(|f| f.severity == Severity::Error).count();
    outcome.findings.splice(errors..errors, found);
}

/// The office that the folders of an item are named after, innermost first.
pub(super) fn office_of_folders(shown: &str) -> Option<String> {
    let (folders, _) = shown.rsplit_once('/')?;
    let book = crate::grid::Workbook::default();
    let named = |folder: &str| {
        let stem = folder.strip_suffix(".zip").unwrap_or(folder);
        identity::identify(&book, stem).office.map(|o| o.value)
    };
    folders.rsplit('/').find_map(named)
}

/// Writes the copies of one item.
struct Writer<'a> {
    item: &'a Item,
    batch: &'a Batch,
    out: &'a Path,
    bytes: &'a [u8],
    content: &'a Content<'a>,
    outcome: &'a Outcome,
}

impl Writer<'_> {
    fn annotated(&self, context: &Context, copies: &mut Copies) -> Result<(), Text> {
        let made = annotate(self.bytes, self.can_patch(), self.outcome, context).map_err(|e| failed(&e))?;
        copies.annotated = Some(self.put("annotated", OutputKind::Annotated, &made.bytes)?);
        Ok(())
    }

    /// A corrected copy only where there is something to correct.
    fn corrected(&self, context: &Context, copies: &mut Copies) -> Result<(), Text> {
        let sure = |c: &crate::finding::Change| c.certainty == Certainty::Proved;
        if !self.outcome.repair.changes.iter().any(sure) {
            return Ok(());
        }
        let wanted = Wanted::default();
        let made =
            correct(self.bytes, self.can_patch(), self.outcome, wanted, context).map_err(|e| failed(&e))?;
        copies.corrected = Some(self.put("corrected", OutputKind::Corrected, &made.written.bytes)?);
        Ok(())
    }

    fn can_patch(&self) -> bool {
        self.content.read.format.can_patch()
    }

    /// Puts a copy in its place below the output folder and gives its path there.
    fn put(&self, folder: &str, kind: OutputKind, bytes: &[u8]) -> Result<String, Text> {
        let format = self.content.read.format;
        let extension = if format.can_patch() { format.as_str() } else { "xlsx" };
        let below = output::path_for(Path::new(&self.item.copy), kind, extension, None);
        let below = Path::new(folder).join(below);
        let target: PathBuf = self.out.join(&below);
        let refused = |e: output::OutputError| e.text();
        match std::fs::read(&target) {
            // The same bytes again touch nothing.
            Ok(old) if old == bytes => return Ok(slashed(&below)),
            Ok(old) if !self.batch.force && !is_untouched(&old, &self.batch.options) => {
                return Err(refused(output::OutputError::Foreign(target)));
            }
            _ => {}
        }
        output::write_whole(&target, bytes).map_err(refused)?;
        Ok(slashed(&below))
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn failed(error: &dyn std::fmt::Display) -> Text {
    Text::new(format!("无法写出结果文件：{error}"), format!("the copy cannot be made: {error}"))
}
