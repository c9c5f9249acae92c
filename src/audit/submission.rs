//! One submission in memory, for a door without a disk: audited, decided upon, its copies made.
//!
//! What comes of it is byte for byte what `files` and `batch` write. Decisions are values that somebody has adopted;
//! the relations are checked again with them, and the corrected copy then holds them and no others.

use super::batch::memory;
use super::files::{Task, make};
use super::fix::changed;
use super::output::{self, OutputKind, cannot_make};
use super::{Audit, Content, Options, audit, narrative};
use crate::finding::{Certainty, Change, Lang, Outcome, Text};
use crate::report::annotate::{Context, Written, annotate};
use crate::report::conversation;
use crate::report::correct::{self, Wanted};
use crate::report::own::Own;
use crate::report::unedited::Unedited;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::Path;

/// A value that somebody has adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Id of the field.
    pub field: String,
    /// The value, in the field's unit.
    pub to: Decimal,
    /// Whether it was proposed, at the latest after other values were adopted; else it is the user's own.
    pub proposed: bool,
}

/// A submission that somebody works on.
#[derive(Debug)]
pub struct Submission<'a> {
    /// The path that its copies are named after.
    copy: &'a str,
    bytes: &'a [u8],
    options: &'a Options,
    lang: Lang,
    audit: Audit<'a>,
    /// What gouji left in the file before.
    own: Option<Own>,
    /// Whether it is one of many.
    many: bool,
    /// Whether copies without a password are made of a file that has one.
    allow_clear: bool,
    /// What was decided, and how the submission then stands.
    decided: Option<(Vec<Change>, Audit<'a>)>,
}

/// A copy to hand back.
#[derive(Debug)]
pub struct Copy {
    /// Its name.
    pub name: String,
    /// The workbook.
    pub bytes: Vec<u8>,
    /// What could not be kept.
    pub warnings: Vec<Text>,
}

impl<'a> Submission<'a> {
    /// Audits a file's bytes; `name` is its name without folders.
    pub fn new(name: &'a str, bytes: &'a [u8], options: &'a Options, lang: Lang) -> Self {
        Self::of(name, bytes, options, lang, audit(name, bytes, options))
    }

    /// Audits one of many, found at a path whose folders may say whose it is; its copies are named after `copy`.
    pub fn one_of_many(
        (shown, copy): (&'a str, &'a str),
        bytes: &'a [u8],
        options: &'a Options,
        lang: Lang,
    ) -> Self {
        let (outcome, content) = memory::audited(shown, bytes, options);
        let name = shown.rsplit('/').next().unwrap_or(shown);
        let one = Self::of(name, bytes, options, lang, Audit { outcome, content });
        Self { copy, many: true, ..one }
    }

    fn of(name: &'a str, bytes: &'a [u8], options: &'a Options, lang: Lang, mut audit: Audit<'a>) -> Self {
        let own = audit.content.as_ref().and_then(|c| c.own(bytes));
        conversation::confirm(&mut audit.outcome, explanations(own.as_ref()));
        Self { copy: name, bytes, options, lang, audit, own, many: false, allow_clear: false, decided: None }
    }

    /// What it is where it is gouji's own copy as gouji left it, and so no submission among many.
    pub fn unedited(&self) -> Option<Unedited> {
        self.audit.content.as_ref()?.unedited(&self.audit.outcome.file, self.bytes, self.own.as_ref())
    }

    /// Whether it is gouji's own copy, and its office has edited it since.
    pub fn is_edited(&self) -> bool {
        self.own.as_ref().is_some_and(Own::is_returned)
    }

    /// Whether its file has a password that only some people know, so that no copies are made unless allowed.
    pub fn is_secret(&self) -> bool {
        self.audit.content.as_ref().is_some_and(|content| content.secret)
    }

    /// Allows copies without the password that the file has.
    pub fn allow_clear(&mut self) {
        self.allow_clear = true;
    }

    /// Decides on values and checks again; fields that are not there, or hold formulas, stay as they are.
    pub fn decide(&mut self, adopted: &[Adopted]) {
        let changes = self.changes(adopted);
        self.decided = None;
        if changes.is_empty() {
            return;
        }
        let Some(content) = &self.audit.content else { return };
        let told = (self.options, self.options.narrative.as_ref());
        let after = changed(content, &self.audit.outcome, &changes, told, explanations(self.own.as_ref()));
        self.decided = Some((changes, after));
    }

    /// Lets something else be said of it, as it was sent and as it is decided.
    pub(super) fn each(&mut self, say: impl Fn(&mut Outcome, &Content)) {
        let audits = [Some(&mut self.audit), self.decided.as_mut().map(|(_, audit)| audit)];
        for audit in audits.into_iter().flatten() {
            if let Some(content) = &audit.content {
                say(&mut audit.outcome, content);
            }
        }
    }

    /// The names of the copies: marked, and corrected.
    pub fn copy_names(&self) -> Option<(String, String)> {
        let content = self.copied()?;
        let name = |kind| self.copy_name(kind, content, content.read.format.can_patch());
        Some((name(OutputKind::Annotated), name(OutputKind::Corrected)))
    }

    /// The result, with what was decided; as the command line would print it.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.now().outcome.clone();
        if let Some(findings) = self.own.as_ref().and_then(Own::before_editing).filter(|_| !self.many) {
            conversation::compare(&mut outcome, findings);
        }
        outcome
    }

    /// The submission as it stands, with what was decided.
    pub fn content(&self) -> Option<&Content<'a>> {
        self.now().content.as_ref()
    }

    /// What was decided.
    pub fn decided(&self) -> &[Change] {
        self.decided.as_ref().map_or(&[], |(changes, _)| changes)
    }

    /// The corrections that `gouji fix` would make by default to the submission as it was sent.
    pub fn proposals(&self) -> Vec<Change> {
        proposals(&self.audit)
    }

    /// The corrections that are still proposed after what was decided.
    pub fn open_proposals(&self) -> Vec<Change> {
        proposals(self.now())
    }

    /// Corrections that are likely and no more, after what was decided.
    pub fn likely(&self) -> Vec<Change> {
        let changes = self.now().outcome.repair.changes.iter();
        changes.filter(|c| c.certainty != Certainty::Proved).cloned().collect()
    }

    /// Repairs among which somebody must choose, after what was decided: each a set of changes.
    pub fn choices(&self) -> Vec<Vec<Change>> {
        self.now().outcome.repair.alternatives().cloned().collect()
    }

    /// Whether something can be corrected without anybody's judgement.
    pub fn is_fixable(&self) -> bool {
        self.audit.outcome.repair.changes.iter().any(|c| c.certainty == Certainty::Proved)
    }

    /// The marked workbook.
    ///
    /// # Errors
    /// When the copy cannot be made; `None` where there is no form to mark.
    pub fn annotated(&self) -> Result<Option<Copy>, Text> {
        let Some(content) = self.copied() else { return Ok(None) };
        let context = self.context(content);
        let can_patch = content.read.format.can_patch();
        let made = annotate(content.bytes(self.bytes), can_patch, &self.audit.outcome, &context);
        let made = made.map_err(|e| cannot_make(&e))?;
        Ok(Some(self.copy(OutputKind::Annotated, content, made)))
    }

    /// The corrected workbook: with what was decided, else with what `gouji fix` corrects.
    ///
    /// # Errors
    /// When the copy cannot be made; `None` where there is no form to correct.
    pub fn corrected(&self) -> Result<Option<Copy>, Text> {
        let Some(content) = self.copied() else { return Ok(None) };
        let context = self.context(content);
        let written = match &self.decided {
            Some((changes, after)) if *changes != self.proposals() => {
                let wanted = Wanted { decided: Some(changes), ..Wanted::default() };
                let can_patch = content.read.format.can_patch();
                correct::correct(content.bytes(self.bytes), can_patch, &after.outcome, wanted, &context)
                    .map_err(|e| cannot_make(&e))?
                    .written
            }
            _ => {
                let task = Task::Correct { clean: false, blanks: false, likely: false };
                make(content.bytes(self.bytes), content, &self.audit.outcome, (task, self.options), &context)?
            }
        };
        Ok(Some(self.copy(OutputKind::Corrected, content, written)))
    }

    /// The corrected workbook as a batch makes it: only where something is proved, unless somebody has decided.
    ///
    /// # Errors
    /// When the copy cannot be made.
    pub fn corrected_in_batch(&self) -> Result<Option<Copy>, Text> {
        let Some(content) = self.copied().filter(|_| self.decided.is_none()) else {
            return self.corrected();
        };
        if !self.is_fixable() {
            return Ok(None);
        }
        let outcome = &self.audit.outcome;
        let context = self.context(content);
        let bytes = content.bytes(self.bytes);
        let told = (self.options, self.options.narrative.as_ref());
        let made = super::fix(bytes, content, outcome, Wanted::default(), told, &context);
        Ok(Some(self.copy(OutputKind::Corrected, content, made.map_err(|e| cannot_make(&e))?)))
    }

    /// The names of the Word documents with comments.
    pub fn document_names(&self) -> Vec<String> {
        let narrative = self.options.narrative.as_ref();
        let names = self.copied().map(|content| narrative::commented_names(self.copy, content, narrative));
        names.into_iter().flatten().map(|path| slashed(&path)).collect()
    }

    /// The Word documents that it was read from, with comments.
    ///
    /// # Errors
    /// When a copy cannot be made.
    pub fn documents(&self) -> Result<Vec<Copy>, Text> {
        let Some(content) = self.copied() else { return Ok(Vec::new()) };
        let (bytes, narrative) = (content.bytes(self.bytes), self.options.narrative.as_ref());
        let (outcome, limits) = (&self.audit.outcome, &self.options.limits);
        let made = narrative::commented(self.copy, bytes, content, narrative, outcome, limits, self.lang)?;
        let copies = self.document_names().into_iter().zip(made);
        Ok(copies.map(|(name, made)| Copy { name, bytes: made.bytes, warnings: made.warnings }).collect())
    }

    /// What copies are made of: nothing that only some people may open, unless that was allowed.
    fn copied(&self) -> Option<&Content<'a>> {
        self.audit.content.as_ref().filter(|content| !content.secret || self.allow_clear)
    }

    fn now(&self) -> &Audit<'a> {
        self.decided.as_ref().map_or(&self.audit, |(_, audit)| audit)
    }

    fn context<'c>(&'c self, content: &'c Content<'a>) -> Context<'c> {
        Context {
            submission: content.submission(),
            lang: self.lang,
            explanations: explanations(self.own.as_ref()),
        }
    }

    fn copy(&self, kind: OutputKind, content: &Content, made: Written) -> Copy {
        let name = self.copy_name(kind, content, made.patched);
        Copy { name, bytes: made.bytes, warnings: made.warnings }
    }

    fn copy_name(&self, kind: OutputKind, content: &Content, patched: bool) -> String {
        let path = output::path_for(Path::new(self.copy), kind, content.extension(patched), None);
        slashed(&path)
    }

    /// The changes that adopted values make, in the order of the proposals, others after them.
    fn changes(&self, adopted: &[Adopted]) -> Vec<Change> {
        let Some(content) = &self.audit.content else { return Vec::new() };
        let is = |c: &Change| adopted.iter().any(|a| a.field == c.field && a.to == c.to);
        let mut made: Vec<Change> = self.proposals().into_iter().filter(is).collect();
        let repair = &self.audit.outcome.repair;
        let choices = || repair.changes.iter().chain(repair.alternatives().flatten());
        for value in adopted {
            if made.iter().any(|c| c.field == value.field) {
                continue;
            }
            let known = choices().find(|c| c.field == value.field && c.to == value.to);
            made.extend(known.cloned().map(chosen).or_else(|| own_value(content, value)));
        }
        made.retain(|c| {
            c.formula.is_some() || !is_formula(content, c) && (c.from != Some(c.to) || c.text.is_some())
        });
        made
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// What the office wrote into 说明 of a file that gouji had marked.
fn explanations(own: Option<&Own>) -> &BTreeMap<String, String> {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    own.map_or(&NONE, |own| &own.explanations)
}

/// One of several ways, chosen by somebody.
fn chosen(change: Change) -> Change {
    Change { certainty: Certainty::Chosen, ..change }
}

/// A value that nobody but the user has proposed.
fn own_value(content: &Content, value: &Adopted) -> Option<Change> {
    let s = content.submission();
    let ix = content.form.field_ix(&value.field)?;
    let why = if value.proposed {
        Text::new("其他格改正后，按勾稽关系得出", "follows from the relations once other cells were mended")
    } else {
        Text::new("由审核人核对后填写", "entered by the reviewer after checking")
    };
    s.change(ix, value.to, Certainty::Chosen, why)
}

/// What is proved, and zeros for blanks, of cells that are typed.
fn proposals(audit: &Audit) -> Vec<Change> {
    let Some(content) = &audit.content else { return Vec::new() };
    correct::wanted_changes(&audit.outcome, Wanted::default(), content.submission())
}

fn is_formula(content: &Content, change: &Change) -> bool {
    let ix = content.form.field_ix(&change.field);
    ix.and_then(|ix| content.filled.reading(ix)).is_some_and(|r| r.is_formula)
}
