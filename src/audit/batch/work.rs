//! One item of a batch: read, audited, its copies written below the output folder.

use super::aggregate;
use super::cache::{Cache, Line};
use super::copies::Copies;
use super::members::Pool;
use super::walk::{Item, Place};
use super::{Batch, Streamed, carried, zipped};
use crate::audit::files::{bytes_of, internal_fault, is_untouched};
use crate::audit::fix::fix;
use crate::audit::narrative::{self, Narrative};
use crate::audit::output::{self, OutputKind, cannot_make};
use crate::audit::{Audit, Content, Options, audit_unlocked, hex, unlock};
use crate::finding::{Certainty, Compared, Failure, Lang, Outcome, Severity, Status, Text, plural};
use crate::ingest::Unlocked;
use crate::mapping::Identity;
use crate::mapping::identity::{self, Evidence};
use crate::report::annotate::{Context, Written, annotate};
use crate::report::correct::Wanted;
use crate::report::own::Own;
use crate::report::summary::{Archive, Details, Entry, Held};
use crate::report::unedited::Unedited;
use crate::report::{conversation, json};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What became of an item.
#[derive(Debug)]
pub(super) enum Made {
    /// gouji's own output, as gouji left it: no submission.
    Own(Unedited),
    /// Nothing has changed since an earlier run.
    Kept,
    /// Audited now.
    New(Box<New>),
}

/// An item audited now.
#[derive(Debug, Default)]
pub(super) struct New {
    /// Key over all that the result depends on.
    pub(super) key: String,
    /// What is kept of it.
    pub(super) line: Line,
    /// The submission in small.
    pub(super) entry: Entry,
    /// Copies written.
    pub(super) copies: Copies,
    /// What could not be done.
    pub(super) problems: Vec<Text>,
}

/// What items are audited with, beside their bytes.
#[derive(Clone, Copy)]
pub(super) struct With<'a> {
    /// The batch.
    pub(super) batch: &'a Batch,
    /// Results of earlier runs, and those of this one.
    pub(super) cache: &'a Cache,
    /// A digest of everything beside an item's bytes that its result depends on.
    pub(super) settings: &'a str,
    /// For an aggregate, whoever may be its members.
    pub(super) pool: Option<&'a Pool>,
}

/// Audits an item and writes its copies; a fault of ours becomes its reason.
pub(super) fn work(item: &Item, with: With) -> Made {
    let guarded = catch_unwind(AssertUnwindSafe(|| one(item, with)));
    // Without a key it is tried again next time.
    guarded.unwrap_or_else(|_| failed_as(item, with, internal_fault()))
}

fn failed_as(item: &Item, with: With, failure: Failure) -> Made {
    made(item, with, String::new(), &unreadable(item, failure), None, New::default())
}

/// The result of an item whose bytes cannot be had, or on which we failed.
fn unreadable(item: &Item, failure: Failure) -> Outcome {
    let mut outcome = Outcome::failed(&item.shown, String::new(), Status::Unreadable, failure);
    outcome.office = office_of(item);
    outcome
}

/// Whose an item is where it does not say so itself.
fn office_of(item: &Item) -> Option<String> {
    item.office.clone().or_else(|| office_of_path(&item.shown))
}

fn one(item: &Item, with: With) -> Made {
    let With { batch, cache, settings, pool } = with;
    let bytes = match bytes(item, &batch.options) {
        Ok(bytes) => bytes,
        Err(failure) => return failed_as(item, with, failure),
    };
    let unlocked = unlock(&bytes, &batch.options);
    let key = key(item, &bytes, &unlocked, settings);
    if cache.has(&item.shown, &key) && copies_stand(item, batch, cache) {
        return Made::Kept;
    }
    let (mut outcome, content) = audited(item, &bytes, unlocked, &batch.options);
    let own = content.as_ref().and_then(|c| c.own(&bytes));
    if let Some(own) = content.as_ref().and_then(|c| c.unedited(&item.shown, &bytes, own.as_ref())) {
        return Made::Own(own);
    }
    let clear = content.as_ref().map_or(bytes.as_slice(), |c| c.bytes(&bytes));
    let edited = own.as_ref().is_some_and(Own::is_returned);
    let mut new = New { copies: Copies { edited, ..Copies::default() }, ..New::default() };
    let explanations = own.map(|o| o.explanations).unwrap_or_default();
    if let Some(content) = &content {
        if let Some(pool) = pool {
            compare(&mut outcome, pool, (content, cache), &batch.options);
        }
        new.copies.withheld = content.secret && !batch.allow_clear;
        conversation::confirm(&mut outcome, &explanations);
        if let Some(out) = batch.out.as_ref().filter(|_| !new.copies.withheld) {
            let context =
                Context { submission: content.submission(), lang: batch.lang, explanations: &explanations };
            let writer = Writer { item, batch, out, bytes: clear, content, outcome: &outcome };
            new.problems.extend(writer.annotated(&context, &mut new.copies).err());
            new.problems.extend(writer.corrected(&context, &mut new.copies).err());
            new.problems.extend(writer.documents(&mut new.copies).err());
        }
    }
    let key = if new.problems.is_empty() { key } else { String::new() };
    made(item, with, key, &outcome, content.as_ref(), new)
}

/// Audits an item's bytes; whose it is may be told by the list it came in, by its folders or by the roster.
pub(super) fn audited<'f>(
    item: &Item,
    bytes: &[u8],
    unlocked: Result<Unlocked<'_>, Failure>,
    options: &'f Options,
) -> (Outcome, Option<Content<'f>>) {
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let settle = |identity: &mut Identity| {
        let given = item.office.clone();
        let guessed = || {
            let roster = options.roster.as_ref();
            let listed = roster.and_then(|r| r.name(r.find_in_path(&item.shown)?)).map(str::to_owned);
            listed.or_else(|| office_of_folders(&item.shown))
        };
        let value = given.or_else(|| if identity.office.is_none() { guessed() } else { None });
        if let Some(value) = value {
            identity.office = Some(Evidence { value, source: item.shown.clone() });
        }
    };
    let narrative = item.narrative(options);
    let Audit { mut outcome, content } = audit_unlocked(name, bytes, unlocked, options, narrative, &settle);
    item.shown.clone_into(&mut outcome.file);
    if outcome.office.is_none() {
        outcome.office = office_of(item);
    }
    (outcome, content)
}

/// The result of an item as JSON, nothing kept and nothing written; else why it is no submission.
pub(super) fn result(item: &Item, options: &Options, lang: Lang) -> Streamed {
    let guarded = catch_unwind(AssertUnwindSafe(|| {
        let bytes = match bytes(item, options) {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(unreadable(item, failure)),
        };
        let (outcome, content) = audited(item, &bytes, unlock(&bytes, options), options);
        let own = content.as_ref().and_then(|c| c.unedited(&item.shown, &bytes, c.own(&bytes).as_ref()));
        own.map_or(Ok(outcome), Err)
    }));
    match guarded.unwrap_or_else(|_| Ok(unreadable(item, internal_fault()))) {
        Ok(outcome) => Streamed::Result(json::line(&outcome, lang).unwrap_or_default(), Box::new(outcome)),
        Err(own) => Streamed::Skipped(own.told()),
    }
}

fn made(
    item: &Item,
    with: With,
    key: String,
    outcome: &Outcome,
    content: Option<&Content>,
    mut new: New,
) -> Made {
    let lang = with.batch.lang;
    let (entry, details) = small(outcome, content, lang);
    new.entry = entry;
    let line = json::line(outcome, lang)
        .and_then(|json| Line::new((&item.shown, &key), &new.copies, &new.entry, &details, &json));
    match line {
        Ok(line) => new.line = line,
        Err(error) => new.problems.push(Text::new(error.to_string(), error.to_string())),
    }
    new.key = key;
    Made::New(Box::new(new))
}

/// What the summaries need of a result.
pub(super) fn small(outcome: &Outcome, content: Option<&Content>, lang: Lang) -> (Entry, Details) {
    let mut details = Details::new(outcome, content.map(|c| c.form), lang);
    if let Some((content, before)) = content.and_then(|c| Some((c, c.before.as_ref()?))) {
        let held = |id: &String| match before.get(id) {
            None => Held::Absent,
            Some(None) => Held::Blank,
            Some(Some(n)) => Held::Number(*n),
        };
        details.before = content.form.fields.iter().map(|f| held(&f.id)).collect();
    }
    (Entry::new(outcome, &details, content.map(|c| c.form), lang), details)
}

pub(super) fn bytes(item: &Item, options: &Options) -> Result<Vec<u8>, Failure> {
    match &item.place {
        Place::File(path) => bytes_of(path, options).map_err(|o| o.failure.unwrap_or_else(internal_fault)),
        Place::Member(path, place) => zipped::bytes(path, place, &options.limits),
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
    let text = item.narrative.as_ref().map(|n| format!("{}{}", n.file, n.sha256)).unwrap_or_default();
    for part in [settings.as_bytes(), item.copy.as_bytes(), text.as_bytes(), lock.as_bytes(), bytes] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Whether the copies of an earlier run are still where they were put.
fn copies_stand(item: &Item, batch: &Batch, cache: &Cache) -> bool {
    let Some(out) = &batch.out else { return true };
    cache.read(&item.shown).is_some_and(|kept| kept.copies.stand(out))
}

/// Adds what comparing with its members has found to an aggregate's own findings.
pub(super) fn compare(
    outcome: &mut Outcome,
    pool: &Pool,
    (content, archive): (&Content, &dyn Archive),
    options: &Options,
) {
    if !options.selects(aggregate::CODE) {
        return;
    }
    let members = pool.members(&outcome.file, content, archive);
    let (found, compared) = members.findings(content, archive);
    let Some(cells) = compared else { return carried::put(outcome, found) };
    let differ = found.iter().filter(|f| f.severity == Severity::Error).count();
    outcome.compared = Some(Compared { cells, differ });
    if found.is_empty() {
        let count = members.count();
        outcome.agreed.push(Text::new(
            format!("与 {count} 家单位之和逐格核对，{cells} 格全部相符"),
            format!("compared with the sum of {}: all of {cells} cells agree", plural(count, "member")),
        ));
    }
    carried::settle(outcome, found, &members, (content, archive));
}

/// The office that a file that cannot be read is named after, else its folders.
fn office_of_path(shown: &str) -> Option<String> {
    let name = shown.rsplit('/').next().unwrap_or(shown);
    named(output::source_stem(name)).or_else(|| office_of_folders(shown))
}

/// The office that the folders of an item are named after, innermost first.
pub(super) fn office_of_folders(shown: &str) -> Option<String> {
    let (folders, _) = shown.rsplit_once('/')?;
    folders.rsplit('/').find_map(|folder| named(folder.strip_suffix(".zip").unwrap_or(folder)))
}

/// The office that a name speaks of.
pub(super) fn named(stem: &str) -> Option<String> {
    identity::identify(&crate::grid::Workbook::default(), stem).office.map(|o| o.value)
}

impl Item {
    /// The report's text that is compared with its tables.
    fn narrative<'i>(&'i self, options: &'i Options) -> Option<&'i Narrative> {
        self.narrative.as_deref().or(options.narrative.as_ref())
    }
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
        let made =
            annotate(self.bytes, self.can_patch(), self.outcome, context).map_err(|e| cannot_make(&e))?;
        copies.annotated = Some(self.put("annotated", OutputKind::Annotated, &made)?);
        Ok(())
    }

    /// A corrected copy only where there is something to correct.
    fn corrected(&self, context: &Context, copies: &mut Copies) -> Result<(), Text> {
        let sure = |c: &crate::finding::Change| c.certainty == Certainty::Proved;
        if !self.outcome.repair.changes.iter().any(sure) {
            return Ok(());
        }
        let options = &self.batch.options;
        let told = (options, self.item.narrative(options));
        let made = fix(self.bytes, self.content, self.outcome, Wanted::default(), told, context)
            .map_err(|e| cannot_make(&e))?;
        copies.corrected = Some(self.put("corrected", OutputKind::Corrected, &made)?);
        Ok(())
    }

    /// The Word documents that it was read from, with comments.
    fn documents(&self, copies: &mut Copies) -> Result<(), Text> {
        let Self { item, batch, .. } = *self;
        let (options, lang) = (&batch.options, batch.lang);
        let narrative = item.narrative(options);
        let made = narrative::commented(
            &item.copy,
            self.bytes,
            self.content,
            narrative,
            self.outcome,
            &options.limits,
            lang,
        )?;
        for document in made {
            let name = output::document_path_for(Path::new(&document.of), None);
            copies.documents.push(self.put_at(&Path::new("annotated").join(name), &document.bytes)?);
        }
        Ok(())
    }

    fn can_patch(&self) -> bool {
        self.content.read.format.can_patch()
    }

    /// Puts a copy in its place below the output folder and gives its path there.
    fn put(&self, folder: &str, kind: OutputKind, made: &Written) -> Result<String, Text> {
        let extension = self.content.extension(made.patched);
        let below = output::path_for(Path::new(&self.item.copy), kind, extension, None);
        self.put_at(&Path::new(folder).join(below), &made.bytes)
    }

    fn put_at(&self, below: &Path, bytes: &[u8]) -> Result<String, Text> {
        let target: PathBuf = self.out.join(below);
        let refused = |e: output::OutputError| e.text();
        match std::fs::read(&target) {
            // The same bytes again touch nothing.
            Ok(old) if old == bytes => return Ok(slashed(below)),
            Ok(old) if !self.batch.force && !is_untouched(&old, &self.batch.options) => {
                return Err(refused(output::OutputError::Foreign(target)));
            }
            _ => {}
        }
        output::write_whole(&target, bytes).map_err(refused)?;
        Ok(slashed(below))
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
