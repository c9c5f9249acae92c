//! Files audited one by one or several at once: read, audited, and the copies written that were asked for.

use super::fix::{clean as clean_copy, fix};
use super::output::{self, OutputError, OutputKind};
use super::prior;
use super::{Audit, Content, Options, audit, audit_unlocked, narrative, unavailable, unlock};
use crate::finding::{Failure, FailureKind, Lang, Outcome, Status, Text};
use crate::ingest::{self, Source};
use crate::mapping::{self, MatchedLine};
use crate::report::annotate::{Context, Written, annotate};
use crate::report::conversation::{self, Earlier};
use crate::report::correct::Wanted;
use crate::report::{own, patch};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What to make of each file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The workbook with its faults marked.
    Annotate,
    /// The workbook with corrections made.
    Correct {
        /// Into the official template instead of the office's workbook.
        clean: bool,
        /// Wholly blank blocks are filled with 0 too.
        blanks: bool,
        /// Corrections that are only likely are made too.
        likely: bool,
    },
}

impl Task {
    /// The kind of copy that it makes.
    pub const fn output(self) -> OutputKind {
        match self {
            Self::Annotate => OutputKind::Annotated,
            Self::Correct { .. } => OutputKind::Corrected,
        }
    }
}

/// What is written, where.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Delivery {
    /// What to make.
    pub task: Task,
    /// Whether anything is written.
    pub write: bool,
    /// Folder of the outputs; beside each input if none.
    pub out_dir: Option<PathBuf>,
    /// Whether an existing file of another's is replaced.
    pub force: bool,
    /// Whether copies without a password are written of files that have one.
    pub allow_clear: bool,
    /// An earlier audit of the same submission.
    pub since: Option<PathBuf>,
    /// Language of what people read.
    pub lang: Lang,
    /// Whether to tell how the headers were read.
    pub show_mapping: bool,
    /// Whether each copy is on disk before it takes its place; else the run as a whole is for the caller to sync.
    pub lasting: bool,
}

/// One file done.
#[derive(Debug)]
pub struct Done {
    /// The result.
    pub outcome: Outcome,
    /// How its headers were read, where that was asked for.
    pub mapping: Vec<MatchedLine>,
    /// Files written.
    pub written: Vec<PathBuf>,
    /// The input, where it is a marked copy in which nothing has changed, so that nothing was written.
    pub kept: Option<PathBuf>,
    /// Of a corrected copy, how much was corrected and how much is left.
    pub verdict: Option<Text>,
    /// What could not be done.
    pub problems: Vec<Text>,
    /// What could not be kept.
    pub warnings: Vec<Text>,
}

impl Done {
    fn failed(outcome: Outcome) -> Self {
        Self {
            outcome,
            mapping: Vec::new(),
            written: Vec::new(),
            kept: None,
            verdict: None,
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// An audit has done its work without the copy; a correction is nothing but the copy.
    fn refuse_clear_copy(&mut self, task: Task) {
        let text = Text::new(
            format!(
                "{}：原文件有密码，没有写出不带密码的副本；确实需要请加 --allow-clear",
                self.outcome.file
            ),
            format!(
                "{}: it has a password, so no copy without one is written; --allow-clear allows it",
                self.outcome.file
            ),
        );
        match task {
            Task::Annotate => self.warnings.push(text),
            Task::Correct { .. } => self.problems.push(text),
        }
    }
}

/// Audits one file and writes what was asked for; a fault of ours becomes that file's reason.
pub fn process(path: &Path, options: &Options, delivery: &Delivery) -> Done {
    process_nth((path, 1), options, delivery)
}

/// The same for a file with its number among those of a run whose copies would have one name, see
/// [`output::namesakes`].
pub fn process_nth((path, nth): (&Path, u32), options: &Options, delivery: &Delivery) -> Done {
    let guarded = catch_unwind(AssertUnwindSafe(|| one((path, nth), options, delivery)));
    guarded.unwrap_or_else(|_| {
        let failure = internal_fault();
        Done::failed(Outcome::failed(name_of(path), String::new(), Status::Unreadable, failure))
    })
}

/// What is said of a file on which we failed.
pub(super) fn internal_fault() -> Failure {
    let message = Text::new(
        "处理这个文件时程序内部出错。其他文件不受影响；请把文件发给勾稽的维护者",
        "an internal fault occurred on this file; others are not affected; please report it",
    );
    Failure { kind: FailureKind::Damaged, message }
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The bytes of a file, unless it is longer than any file that is read.
#[allow(clippy::result_large_err, reason = "once a file, and the file's whole result")]
pub(super) fn bytes_of(path: &Path, options: &Options) -> Result<Vec<u8>, Outcome> {
    let name = name_of(path);
    let io = |e: std::io::Error| unavailable(&name, &e);
    let meta = std::fs::metadata(path).map_err(io)?;
    if meta.is_dir() {
        let failure = Failure { kind: FailureKind::Io, message: is_folder(path) };
        return Err(Outcome::failed(&name, String::new(), Status::Unreadable, failure));
    }
    if meta.len() > options.limits.file_bytes {
        let failure = crate::ingest::too_large(meta.len(), &options.limits);
        return Err(Outcome::failed(&name, String::new(), Status::Unreadable, failure));
    }
    std::fs::read(path).map_err(io)
}

/// What to do with a folder where a file is asked for.
fn is_folder(path: &Path) -> Text {
    let shown = path.display();
    Text::new(
        format!("这是文件夹，不是文件。审核整个文件夹请用：gouji batch {shown} --out 结果"),
        format!("this is a folder, not a file; for all that is in it use gouji batch {shown} --out RESULTS"),
    )
}

fn one((path, nth): (&Path, u32), options: &Options, delivery: &Delivery) -> Done {
    let bytes = match bytes_of(path, options) {
        Ok(bytes) => bytes,
        Err(outcome) => return Done::failed(outcome),
    };
    let Audit { outcome, content } = audit(&name_of(path), &bytes, options);
    let mut done = Done::failed(outcome);
    let Some(content) = content else { return done };
    let doubt = |p: &super::Prior| p.doubt(&content.identity, options.roster.as_ref());
    done.warnings.extend(options.prior.as_ref().and_then(doubt));
    let bytes = content.bytes(&bytes);
    let write = delivery.write && (!content.secret || delivery.allow_clear);
    if delivery.write && !write {
        done.refuse_clear_copy(delivery.task);
    }
    if delivery.show_mapping {
        done.mapping = mapping::matched(&content.read.book, content.form, &content.mapping);
    }
    let target = target((path, nth), &content, delivery, options);
    let standing = if write { std::fs::read(&target).ok() } else { None };
    let mut explanations = standing.as_deref().map(own::explanations).unwrap_or_default();
    let own = content.own(bytes);
    // One that was saved as another format is given back as a workbook again.
    let is_book = content.read.format.can_patch();
    let stands = write && is_book && stands(path, &target, own.as_ref(), options, delivery);
    let own = own.unwrap_or_default();
    explanations.extend(own.explanations.clone());
    done.warnings.extend(conversation::in_vain(&done.outcome, &explanations));
    conversation::confirm(&mut done.outcome, &explanations);
    if let Some(since) = &delivery.since {
        match earlier(since, &done.outcome, options) {
            Ok(findings) => conversation::compare(&mut done.outcome, &findings),
            Err(problem) => done.problems.push(problem),
        }
    }
    // Told in words alone: the copy must not change when it is made again from itself.
    let inside = own.before_editing().filter(|_| delivery.since.is_none());
    let tell = |done: &mut Done| {
        if let Some(findings) = inside {
            conversation::compare(&mut done.outcome, findings);
        }
    };
    if !write || stands {
        done.kept = stands.then(|| path.to_owned());
        tell(&mut done);
        return done;
    }
    let context =
        Context { submission: content.submission(), lang: delivery.lang, explanations: &explanations };
    let written = make(bytes, &content, &done.outcome, (delivery.task, options), &context).and_then(|made| {
        done.warnings.extend(made.warnings);
        done.verdict = made.verdict;
        // A file that could not be patched after all becomes a copy in xlsx, whatever kind it is of.
        let target = if made.patched { target } else { target.with_extension("xlsx") };
        let standing = if made.patched { standing } else { std::fs::read(&target).ok() };
        put((path, &target), &made.bytes, standing.as_deref(), (options, delivery)).map(|()| target)
    });
    match written {
        Ok(target) => {
            done.warnings.extend(namesake((path, nth), &target));
            done.written.push(target);
        }
        Err(problem) => {
            done.verdict = None;
            done.problems.push(problem);
        }
    }
    tell(&mut done);
    if delivery.task == Task::Annotate {
        write_documents((path, nth), bytes, &content, options, delivery, &mut done);
    }
    done
}

/// What is said where another file of the run has taken the name that a copy would have had.
fn namesake((path, nth): (&Path, u32), target: &Path) -> Option<Text> {
    let (path, target) = (path.display(), target.display());
    (nth > 1).then(|| {
        Text::new(
            format!("{path}：同一次处理的文件中有同名的，这一份的结果另写为 {target}"),
            format!("{path}: another file of this run has the same name; its own copy is {target}"),
        )
    })
}

/// Writes the Word documents among the inputs with comments, beside each.
fn write_documents(
    (path, nth): (&Path, u32),
    bytes: &[u8],
    content: &Content,
    options: &Options,
    delivery: &Delivery,
    done: &mut Done,
) {
    let (file, narrative) = (path.to_string_lossy(), options.narrative.as_ref());
    let made =
        narrative::commented(&file, bytes, content, narrative, &done.outcome, &options.limits, delivery.lang);
    for document in made.unwrap_or_else(|problem| {
        done.problems.push(problem);
        Vec::new()
    }) {
        let of = Path::new(&document.of);
        let target = output::document_path_for(of, delivery.out_dir.as_deref());
        let target = if of == path { output::nth(&target, nth) } else { target };
        let standing = std::fs::read(&target).ok();
        done.warnings.extend(document.warnings);
        match put((of, &target), &document.bytes, standing.as_deref(), (options, delivery)) {
            Ok(()) => done.written.push(target),
            Err(problem) => done.problems.push(problem),
        }
    }
}

/// Where the copy goes; it keeps the kind of its input where that can be patched. A marked copy that is audited again
/// is kept, and the next round goes beside it.
fn target((path, nth): (&Path, u32), content: &Content, delivery: &Delivery, options: &Options) -> PathBuf {
    let kind = delivery.task.output();
    let format = content.read.format;
    let own = format.can_patch() && !matches!(delivery.task, Task::Correct { clean: true, .. });
    let first = output::path_for(path, kind, content.extension(own), delivery.out_dir.as_deref());
    let first = output::nth(&first, nth);
    if kind == OutputKind::Corrected || output::round(&name_of(path)) == 0 || !output::beside(&first, path) {
        return first;
    }
    if delivery.force {
        return path.to_owned();
    }
    let is_free = |path: &Path| std::fs::read(path).map_or(true, |old| is_untouched(&old, options));
    output::next_round(path, &first, is_free)
}

/// Whether a marked copy is its own result: nobody has changed anything in it, and it is compared with nothing new.
fn stands(
    path: &Path,
    target: &Path,
    own: Option<&own::Own>,
    options: &Options,
    delivery: &Delivery,
) -> bool {
    let later = delivery.task == Task::Annotate && target != path && output::round(&name_of(path)) > 0;
    let alone = options.prior.is_none() && options.narrative.is_none() && !delivery.force;
    later && alone && output::beside(target, path) && own.is_some_and(|own| !own.is_returned())
}

/// The copy that was asked for.
pub(super) fn make(
    bytes: &[u8],
    content: &Content,
    outcome: &Outcome,
    (task, options): (Task, &Options),
    context: &Context,
) -> Result<Written, Text> {
    let can_patch = content.read.format.can_patch();
    let made = match task {
        Task::Annotate => annotate(bytes, can_patch, outcome, context),
        Task::Correct { likely, blanks, clean } => {
            let wanted = Wanted { blanks, likely, decided: None };
            let told = (options, options.narrative.as_ref());
            let make = if clean { clean_copy } else { fix };
            make(bytes, content, outcome, wanted, told, context)
        }
    };
    made.map_err(|error| output::cannot_make(&error))
}

/// Puts a copy in its place; a file of another's, or the input itself, is kept unless forced.
fn put(
    (input, target): (&Path, &Path),
    bytes: &[u8],
    standing: Option<&[u8]>,
    (options, delivery): (&Options, &Delivery),
) -> Result<(), Text> {
    let refused = |e: OutputError| e.text();
    if !delivery.force && output::same_file(input, target) {
        return Err(refused(OutputError::IsInput(target.to_owned())));
    }
    // The same bytes again touch nothing.
    if standing == Some(bytes) {
        return Ok(());
    }
    if !delivery.force && standing.is_some_and(|old| !is_untouched(old, options)) {
        return Err(refused(OutputError::Foreign(target.to_owned())));
    }
    let write = if delivery.lasting { output::write_lasting } else { output::write_whole };
    write(target, bytes).map_err(refused)
}

/// Whether gouji wrote a file and nobody has worked in it since, but for 说明, which is carried over.
pub(super) fn is_untouched(bytes: &[u8], options: &Options) -> bool {
    if let Some(untouched) = patch::word::untouched(bytes) {
        return untouched;
    }
    let Ok((clean, true)) = patch::strip(bytes) else { return false };
    let source = Source { name: "", bytes: &clean };
    let read = ingest::read(&source, &options.limits);
    read.ok().and_then(|r| own::own_output(bytes, &r.book)).is_some_and(|own| own.may_be_replaced())
}

/// The findings of an earlier audit of the same return: those stored in a marked workbook, else those that auditing it
/// gives.
fn earlier(path: &Path, now: &Outcome, options: &Options) -> Result<Vec<Earlier>, Text> {
    let named = |why: &Text| {
        let shown = path.display();
        Text::new(
            format!("无法与 --since 的 {shown} 对照：{}", why.zh),
            format!("cannot compare with --since {shown}: {}", why.en),
        )
    };
    let failed = |o: Outcome| named(&o.failure.map(|f| f.message).unwrap_or_default());
    let bytes = bytes_of(path, options).map_err(failed)?;
    let unlocked = unlock(&bytes, options);
    let stored = unlocked.as_ref().ok().and_then(|u| own::earlier(&u.bytes));
    let before = audit_unlocked(&name_of(path), &bytes, unlocked, options, None, &|_| {}).outcome;
    if before.failure.is_some() {
        return Err(failed(before));
    }
    let whose = |o: &Outcome| (o.office.clone(), o.year);
    if let Some(other) = prior::unlike(options, &whose(&before), &whose(now)) {
        return Err(named(&other));
    }
    Ok(stored.unwrap_or_else(|| conversation::stored(&before)))
}
