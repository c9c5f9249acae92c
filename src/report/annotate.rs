//! The annotated workbook: the office's own file with its faults marked, and the sheet 审核结果 first.
//!
//! An xlsx package is patched; any other format is copied into xlsx first. Annotating an annotated workbook
//! replaces gouji's marks and nothing else.

use std::collections::BTreeMap;

use super::copy::Copy;
use super::patch::{self, Mark, Original, Patch, PatchError, Patched};
use super::results::Results;
use super::sheet::{Content, NewSheet};
use super::{conversation, marks, own};
use crate::check::Submission;
use crate::finding::{Lang, Outcome, Text};
use crate::grid::Workbook;

/// Cells of a workbook that is typeset anew; the writer holds them all.
const MOST_TYPESET: usize = 500_000;

/// What the writers of workbooks need beside the outcome.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The submission as read, without gouji's own sheets.
    pub submission: Submission<'a>,
    /// Language of what people read.
    pub lang: Lang,
    /// What the office has written into 说明, by fingerprint.
    pub explanations: &'a BTreeMap<String, String>,
}

/// A workbook to hand back.
#[derive(Debug, Clone)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether it is the office's own file patched, and so of its kind; else a copy in xlsx.
    pub patched: bool,
    /// What could not be kept or done.
    pub warnings: Vec<Text>,
    /// Of a corrected workbook, how much was corrected and how much is left to decide.
    pub verdict: Option<Text>,
}

/// Why no workbook could be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The copy could not be marked.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The workbook has more cells than a copy in memory can have.
    #[error("expected at most {most} cells to typeset, but found {found}")]
    TooLarge {
        /// Cells of the workbook.
        found: usize,
        /// The most that are typeset.
        most: usize,
    },
    /// The official workbook that was filled in cannot be read again.
    #[error("expected to read the filled template, but it cannot be read")]
    Unread,
    /// The copy could not be made.
    #[error("cannot typeset the workbook")]
    Typeset(#[from] rust_xlsxwriter::XlsxError),
}

/// The office's workbook with its faults marked; `can_patch` says that `input` is an xlsx package.
///
/// # Errors
/// When neither the office's file can be patched nor a copy of it be made.
pub fn annotate(
    input: &[u8],
    can_patch: bool,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<Written, WriteError> {
    let findings = conversation::stored(outcome);
    let json = findings.iter().filter_map(|f| serde_json::to_string(f).ok());
    let mut evidence: Vec<_> = json.map(|json| (own::FINDING.to_owned(), json)).collect();
    evidence.push((own::DIGEST.to_owned(), own::digest(context.submission.book)));
    evidence.push((own::SAID.to_owned(), own::said(context.explanations, &findings)));
    write(original(input, can_patch), context, outcome, |typeset| {
        let results = Results {
            submission: context.submission,
            outcome,
            lang: context.lang,
            explanations: context.explanations,
            typeset,
        };
        Patch {
            marks: marks::marks(outcome, context.lang),
            sheets: vec![results.sheet()],
            evidence: evidence.clone(),
            ..Patch::default()
        }
    })
}

/// The office's file, opened where it can be patched.
pub(super) fn original(input: &[u8], can_patch: bool) -> Option<Result<Original<'_>, PatchError>> {
    can_patch.then(|| Original::open(input))
}

/// Patches the original, or a copy of it where it cannot be patched; the plan is told the format of the original
/// if a copy is made, and names sheets as the original does.
pub(super) fn write(
    original: Option<Result<Original<'_>, PatchError>>,
    context: &Context<'_>,
    outcome: &Outcome,
    plan: impl Fn(Option<&str>) -> Patch,
) -> Result<Written, WriteError> {
    let format = outcome.format.as_deref().unwrap_or("未知");
    let mut warnings = Vec::new();
    if let Some(original) = original {
        let patched = original.and_then(|mut original| {
            let left = Left::of(&mut original, context.submission.book);
            let plan = plan(left.typeset.as_deref());
            original.apply(&labelled(plan, left, outcome))
        });
        match patched {
            Ok(done) => return Ok(written(done, true, warnings)),
            Err(error) => warnings.push(Text::new(
                format!("无法在原文件上直接标注，已另行排版（{error}）"),
                format!("the file could not be marked in place and was typeset anew ({error})"),
            )),
        }
    }
    let found = context.submission.book.sheets.iter().map(|s| s.cells.len()).sum();
    if found > MOST_TYPESET {
        return Err(WriteError::TooLarge { found, most: MOST_TYPESET });
    }
    let copy = Copy::of(context.submission.book)?;
    let left = Left { typeset: Some(format.to_owned()), source: None };
    let mut patch = labelled(plan(Some(format)), left, outcome);
    rename(&mut patch, &copy, context.submission.book);
    let done = patch::apply(&copy.bytes, &patch)?;
    Ok(written(done, false, warnings))
}

/// What a copy of gouji's says of the file that it was made from.
#[derive(Default)]
struct Left {
    /// Its format, where it could not be patched.
    typeset: Option<String>,
    /// Its SHA-256 and name.
    source: Option<String>,
}

impl Left {
    fn of(original: &mut Original<'_>, book: &Workbook) -> Self {
        let Some(record) = original.record().ok().flatten() else { return Self::default() };
        let typeset = own::evidence(&record, own::TYPESET).next().map(str::to_owned);
        Self { typeset, source: own::source(&record, book) }
    }
}

fn labelled(mut patch: Patch, left: Left, outcome: &Outcome) -> Patch {
    patch.evidence.extend(patch.sheets.first().map(own::written_on));
    patch.evidence.extend(left.typeset.map(|format| (own::TYPESET.to_owned(), format)));
    if patch.evidence.iter().all(|(name, _)| name != own::SOURCE) {
        let source = left.source.unwrap_or_else(|| own::named(outcome));
        patch.evidence.push((own::SOURCE.to_owned(), source));
    }
    patch
}

pub(super) fn written(done: Patched, patched: bool, mut warnings: Vec<Text>) -> Written {
    warnings.extend(done.warnings.iter().map(patch::PatchWarning::text));
    Written { bytes: done.bytes, patched, warnings, verdict: None }
}

/// Calls sheets as the copy does, and leaves out what stands on none.
fn rename(patch: &mut Patch, copy: &Copy, book: &Workbook) {
    let known = |sheet: &str| book.sheets.iter().any(|s| s.name == sheet);
    patch.marks.retain(|m: &Mark| known(&m.sheet));
    for mark in &mut patch.marks {
        mark.sheet = copy.name(&mark.sheet).to_owned();
    }
    for edit in &mut patch.edits {
        edit.sheet = copy.name(&edit.sheet).to_owned();
    }
    for sheet in &mut patch.sheets {
        relink(sheet, copy);
    }
}

fn relink(sheet: &mut NewSheet, copy: &Copy) {
    for cell in sheet.rows.iter_mut().flat_map(|r| &mut r.cells) {
        if let Content::Link { sheet, .. } = &mut cell.content {
            *sheet = copy.name(sheet).to_owned();
        }
    }
}
