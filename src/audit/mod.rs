//! The only place where the stages are joined: bytes in, one [`Outcome`] out, with what writers need beside it.
//!
//! `judge` turns a filled form into findings, `output` names and writes files. Nothing is printed here.

pub mod batch;
mod draft;
mod each;
pub mod embed;
mod files;
mod fix;
mod judge;
mod narrative;
mod offices;
pub mod output;
mod prior;
mod roster;
mod submission;
mod trial;

pub use draft::{draft, own_samples};
pub use each::{Stop, each};
pub use files::{Delivery, Done, Task, process, process_nth};
pub use fix::{clean, fix};
pub use narrative::{Narrative, narrative_file};
pub use prior::Prior;
pub use roster::Roster;
pub use submission::{Adopted, Copy, Submission};
pub use trial::{PLANTED, Trial, trial, trial_told};

pub use crate::ingest::Password;

use crate::check::{self, LastYear};
use crate::finding::{Failure, FailureKind, FieldValue, Finding, Outcome, Severity, Status, Text};
use crate::form::{Form, Status as FormStatus};
use crate::grid::{Workbook, amount};
pub use crate::ingest::Source;
use crate::ingest::{self, Format, Limits, Read, Unlocked};
use crate::mapping::{self, Filled, Forms, Identity, Mapping};
use crate::report::own::{self, Own, hex};
use crate::report::patch::{self, word};
use crate::report::summary;
use crate::report::unedited::{Kind, Unedited};
use indexmap::IndexMap;
use judge::Judged;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What an audit may be told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Forms that a submission may be; the one that it holds most of is taken.
    pub forms: Forms,
    /// Bounds of what is read.
    pub limits: Limits,
    /// The password of files that have one.
    pub password: Option<Password>,
    /// The report's text, where it is in a file of its own.
    pub narrative: Option<Narrative>,
    /// Codes, or beginnings of codes, of the rules to check; all if empty.
    pub select: Vec<String>,
    /// Codes, or beginnings of codes, of rules not to check.
    pub ignore: Vec<String>,
    /// Last year's submissions.
    pub prior: Option<Prior>,
    /// The offices that have to report.
    pub roster: Option<Roster>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            forms: Forms::builtin(),
            limits: Limits::default(),
            password: None,
            narrative: None,
            select: Vec::new(),
            ignore: Vec::new(),
            prior: None,
            roster: None,
        }
    }
}

impl Options {
    /// Sets the bound on what is read that `NAME=N` names.
    ///
    /// # Errors
    /// Says which bounds there are.
    pub fn raise(&mut self, wanted: &str) -> Result<(), Text> {
        let parsed = wanted.split_once('=').and_then(|(name, n)| Some((name.trim(), n.trim().parse().ok()?)));
        if parsed.is_some_and(|(name, n)| self.limits.set(name, n)) {
            return Ok(());
        }
        let known: Vec<String> = self.limits.named().iter().map(|(name, n)| format!("{name}={n}")).collect();
        Err(Text::new(
            format!("没有这样的上限“{wanted}”，应为 名称=数字。现在的上限：{}", known.join("、")),
            format!("no bound {wanted:?}: expected NAME=N; they are now {}", known.join(", ")),
        ))
    }

    /// Whether a rule is checked.
    pub fn selects(&self, code: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|c| !c.is_empty() && code.starts_with(c.as_str()));
        (self.select.is_empty() || named(&self.select)) && !named(&self.ignore)
    }
}

/// One file audited.
#[derive(Debug)]
pub struct Audit<'f> {
    /// The result.
    pub outcome: Outcome,
    /// What was read, where the file holds a form.
    pub content: Option<Content<'f>>,
}

/// A submission as read and mapped.
#[derive(Debug, Clone)]
pub struct Content<'f> {
    /// The workbook.
    pub read: Read,
    /// What it was read from, where the file's own bytes have a password.
    clear: Option<Vec<u8>>,
    /// Whether only some people know that password, so that no clear copy may lie about.
    pub secret: bool,
    /// Its form.
    pub form: &'f Form,
    /// Where the form's fields stand.
    pub mapping: Mapping,
    /// What stands there.
    pub filled: Filled,
    /// Whose it is, of which year.
    pub identity: Identity,
    /// Whether the file carries gouji's own marks, which are no part of what is read.
    pub marked: bool,
    /// What gouji left in it, where an office has saved a marked copy as another format.
    pub left: Option<Own>,
    /// The office's numbers of the year before, where they are at hand.
    pub before: Option<LastYear>,
}

/// Audits one file's bytes; `name` is its name without folders.
pub fn audit<'f>(name: &str, bytes: &[u8], options: &'f Options) -> Audit<'f> {
    audit_unlocked(name, bytes, unlock(bytes, options), options, options.narrative.as_ref(), &|_| {})
}

/// Audits one file of which the password has been tried; `settle` may know better whose it is.
fn audit_unlocked<'f>(
    name: &str,
    bytes: &[u8],
    unlocked: Result<Unlocked<'_>, Failure>,
    options: &'f Options,
    narrative: Option<&Narrative>,
    settle: &dyn Fn(&mut Identity),
) -> Audit<'f> {
    let sha256 = hex(&Sha256::digest(bytes));
    let opened = unlocked.map_err(|failure| Unopened { status: Status::Unreadable, failure, format: None });
    match opened.and_then(|unlocked| open(name, unlocked, options)) {
        Ok(mut content) => {
            settle(&mut content.identity);
            let (roster, identity) = (options.roster.as_ref(), &mut content.identity);
            if let (Some(roster), Some(office)) = (roster, &identity.office) {
                identity.listed = roster.level(&office.value);
                identity.other_offices.retain(|other| !roster.is_same(&office.value, &other.value));
            }
            let last = options.prior.as_ref().and_then(|prior| prior.of(identity, roster));
            content.before = last.map(|report| report.values(content.form));
            let compared = last.map(prior::Report::said);
            let judged = judge::judge(&content, options, narrative);
            let mut outcome = outcome(name, sha256, &content, judged);
            outcome.narrative = narrative.map(|n| n.name().to_owned());
            outcome.prior = compared;
            Audit { outcome, content: Some(content) }
        }
        Err(Unopened { status, failure, format }) => {
            let mut outcome = Outcome::failed(name, sha256, status, failure);
            outcome.format = format.map(|f| f.as_str().to_owned());
            Audit { outcome, content: None }
        }
    }
}

/// The bytes of a file without its password.
fn unlock<'a>(bytes: &'a [u8], options: &Options) -> Result<Unlocked<'a>, Failure> {
    ingest::unlock(bytes, options.password.as_ref(), &options.limits)
}

/// Reads a file that is no submission: a list, a report's text.
fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Read, Failure> {
    let unlocked = unlock(bytes, options)?;
    ingest::read(&Source { name, bytes: &unlocked.bytes }, &options.limits)
}

/// Why a file holds nothing to audit.
struct Unopened {
    status: Status,
    failure: Failure,
    format: Option<Format>,
}

/// Reads one file and finds its form in it.
fn open<'f>(name: &str, unlocked: Unlocked<'_>, options: &'f Options) -> Result<Content<'f>, Unopened> {
    let unreadable = |failure| Unopened { status: Status::Unreadable, failure, format: None };
    let read_bytes =
        |bytes: &[u8]| ingest::read(&Source { name, bytes }, &options.limits).map_err(unreadable);
    let mut read = read_bytes(&unlocked.bytes)?;
    let marked = patch::is_marked(&read.book);
    if marked && let Ok((clean, true)) = patch::strip(&unlocked.bytes) {
        read = read_bytes(&clean)?;
    }
    let taken = if read.format.can_patch() { None } else { patch::take_out(&mut read.book) };
    let left = taken.map(|taken| own::own_taken(&taken, &read.book));
    if summary::is_summary(&read.book) {
        read.book.sheets.retain(|s| s.name == summary::ROLL_UP);
    }
    let mut identity = mapping::identity::identify(&read.book, output::source_stem(name));
    let Some((form, mapping)) = mapping::best(&read.book, &options.forms, &identity) else {
        let failure = no_form(&options.forms, &read.book, &identity);
        return Err(Unopened { status: Status::Unmapped, failure, format: Some(read.format) });
    };
    let is_unsaid = identity.year.is_none();
    identity.settle(mapping.year.clone());
    if is_unsaid && identity.year.is_none() {
        identity.year = mapping::dated::year_above(&read.book);
    }
    if identity.office.is_none() {
        identity.office = mapping::dated::office_above(&read.book);
    }
    let filled = mapping::fill(&read.book, form, &mapping);
    let clear = match unlocked.bytes {
        Cow::Owned(clear) => Some(clear),
        Cow::Borrowed(_) => None,
    };
    Ok(Content {
        read,
        clear,
        secret: unlocked.secret,
        form,
        mapping,
        filled,
        identity,
        marked,
        left,
        before: None,
    })
}

/// The outcome of a file that the system would not give.
pub fn unavailable(name: &str, error: &std::io::Error) -> Outcome {
    Outcome::failed(name, String::new(), Status::Unreadable, io_failure(error))
}

/// Why the system would not give a file, and what to do.
fn io_failure(error: &std::io::Error) -> Failure {
    use std::io::ErrorKind as Kind;
    let message = match error.kind() {
        Kind::NotFound => Text::new("找不到这个文件，请检查文件名和路径", "no such file"),
        _ if output::is_in_use(error) => Text::new(
            "文件正被另一个程序（例如 Excel 或 WPS）打开，请关闭后重试",
            "another program, such as Excel, has the file open; close it",
        ),
        Kind::PermissionDenied => Text::new(
            "没有读取权限，或文件被别的程序占用，请关闭后重试",
            "no permission, or another program holds the file",
        ),
        Kind::IsADirectory => Text::new("这里要的是文件，给的是文件夹", "this is a folder, not a file"),
        _ => Text::new(
            format!("无法读取，系统报告“{error}”。请检查磁盘或网络后重试"),
            format!("cannot be read: {error}"),
        ),
    };
    Failure { kind: FailureKind::Io, message }
}

/// Words of a form, at least, that show that a file was meant to hold it.
const MEANT: usize = 4;

/// Why no form was found, if these words of one were seen.
fn no_form(forms: &Forms, book: &Workbook, identity: &Identity) -> Failure {
    let seen = mapping::words_seen(book, forms);
    if let (MEANT.., [first, second, ..]) = (seen.len(), seen.as_slice()) {
        if let Some(message) = why_unread(forms, book, identity) {
            return Failure { kind: FailureKind::NoForm, message };
        }
        let n = seen.len();
        let message = Text::new(
            format!(
                "文件里有报表的文字（“{first}”、“{second}”等 {n} 处），但没有认出它们的数字：每个数字要单独占一格，\
                 写在行标题的右边、列标题的下面。请改好后重新报送"
            ),
            format!(
                "the file has words of the form ({first:?}, {second:?}, … {n} in all), but no numbers of theirs: each \
                 number needs a cell of its own, right of its row's label and below its column's"
            ),
        );
        return Failure { kind: FailureKind::NoForm, message };
    }
    let in_use = || forms.iter().filter(|f| forms.len() == 1 || f.status == FormStatus::Active);
    let names: Vec<&str> = in_use().map(|f| f.title.zh.as_str()).collect();
    let english: Vec<&str> = in_use().map(|f| f.title.en.as_str()).collect();
    let message = Text::new(
        format!("文件可以打开，但其中没有找到报表（{}）。请确认报送的是含有表格的文件", names.join("、")),
        format!("the file opens but holds no known form ({})", english.join(", ")),
    );
    Failure { kind: FailureKind::NoForm, message }
}

/// What stands in a file and was not read, of each table, where this can be said.
fn why_unread(forms: &Forms, book: &Workbook, identity: &Identity) -> Option<Text> {
    let (form, mapping) = mapping::closest(book, forms)?;
    let filled = mapping::fill(book, form, &mapping);
    let submission =
        check::Submission { book, form, mapping: &mapping, filled: &filled, identity, before: None };
    let told = check::structure(submission)
        .into_iter()
        .filter(|f| !f.cells.is_empty() && f.severity == Severity::Error);
    let told: Vec<Finding> = told.collect();
    if told.is_empty() {
        return None;
    }
    let all = |of: fn(&Text) -> &str| told.iter().map(|f| of(&f.message)).collect::<Vec<_>>();
    // of several copies all but one have to go; else the numbers have to stand where they belong
    let place = Text::new(
        "每个数字要单独占一格，写在行标题的右边、列标题的下面，请改好后重新报送",
        "each number needs a cell of its own, right of its row's label and below its column's",
    );
    let advice = told.iter().find(|f| f.code == "S008").map_or(&place, |f| &f.advice);
    Some(Text::new(
        format!("文件里有报表，但一个数也没有读取：{}。{}", all(|t| &t.zh).join("；"), advice.zh),
        format!(
            "the file holds a form of which no number was read: {}; {}",
            all(|t| &t.en).join("; "),
            advice.en
        ),
    ))
}

fn outcome(name: &str, sha256: String, content: &Content, judged: Judged) -> Outcome {
    let submission = content.submission();
    let readings = content.form.fields.iter().zip(&content.filled.readings);
    let mut fields = IndexMap::with_capacity(content.form.fields.len());
    fields.extend(readings.filter_map(|(field, reading)| {
        let place = reading.place?;
        let cell = submission.place(place.sheet, place.at)?;
        let raw = reading.raw.clone().or_else(|| reading.value.map(amount::show));
        Some((field.id.clone(), FieldValue { cell, raw, value: reading.value }))
    }));
    let wrong = judged.findings.iter().any(|f| f.severity > Severity::Info && f.confirmed.is_none());
    Outcome {
        file: name.to_owned(),
        sha256,
        format: Some(content.read.format.as_str().to_owned()),
        form: Some(content.form.id.clone()),
        office: content.identity.office.as_ref().map(|o| o.value.clone()),
        year: content.identity.year.as_ref().map(|y| y.value),
        status: if wrong { Status::Findings } else { Status::Clean },
        failure: None,
        fields,
        findings: judged.findings,
        repair: judged.repair,
        fixed: Vec::new(),
        agreed: judged.agreed,
        narrative: None,
        prior: None,
        compared: None,
    }
}

impl Content<'_> {
    /// The bytes that were read: those of the file, or what its password protects.
    pub fn bytes<'a>(&'a self, file: &'a [u8]) -> &'a [u8] {
        self.clear.as_deref().unwrap_or(file)
    }

    /// How the name of a copy ends: as its own file's where that was patched.
    fn extension(&self, patched: bool) -> &'static str {
        if patched { self.read.format.as_str() } else { "xlsx" }
    }

    /// What gouji left in the file, where it carries gouji's own marks.
    fn own(&self, file: &[u8]) -> Option<Own> {
        let patched = || own::own_output(self.bytes(file), &self.read.book);
        if self.marked { self.left.clone().or_else(patched) } else { None }
    }

    /// The same where it is a copy on which nobody has worked since, so that it is no submission; `own` is what gouji
    /// left in it.
    fn unedited(&self, name: &str, file: &[u8], own: Option<&Own>) -> Option<Unedited> {
        let office = self.identity.office.as_ref().map(|o| &o.value);
        if let Some(own) = own {
            return Unedited::of(name, office, own);
        }
        let is_document = self.read.format == Format::Docx && word::untouched(self.bytes(file)) == Some(true);
        let (file, office) = (name.to_owned(), office.cloned());
        is_document.then_some(Unedited { file, office, source: None, kind: Kind::Document, refusal: None })
    }

    /// What checks look at.
    pub fn submission(&self) -> crate::check::Submission<'_> {
        crate::check::Submission {
            book: &self.read.book,
            form: self.form,
            mapping: &self.mapping,
            filled: &self.filled,
            identity: &self.identity,
            before: self.before.as_ref(),
        }
    }
}
