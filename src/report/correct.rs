//! The corrected workbook: the office's own file with corrections made and marked, and the sheet 更正记录 first.
//!
//! Which corrections are right is decided in `repair`; here they are only made. What is not certain is marked,
//! not made, and so is whatever fault remains. A cell with a formula is never overwritten: the typed cells it
//! adds up are what can be wrong. Correcting a corrected workbook restates what was corrected and changes
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::annotate::{self, Context, WriteError, Written, write};
use super::blank::{self, Contents};
use super::corrections::Corrections;
use super::marks;
use super::own::{self, CHANGE, DIGEST};
use super::patch::{self, Edit, Mark, NewValue, Patch};
use super::sheet::Fill;
use super::text::{certainty_name, entered};
use crate::finding::{Certainty, Change, Finding, Lang, Outcome, Place, Severity, Text};
use crate::form::FieldIx;
use crate::grid::{Cell, Entry, Workbook, amount, formula};
use crate::ingest::{self, Limits, Source};

/// Which corrections to make.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Blanks to fill, beside the repair's own changes.
    pub fills: &'a [Change],
    /// Whether changes that are only likely are made too.
    pub likely: bool,
    /// Whether somebody has decided: `fills` are all that is made, and the outcome is that of the workbook with them.
    pub decided: bool,
}

/// A corrected workbook, and what was done in it.
#[derive(Debug, Clone)]
pub struct Corrected {
    /// The workbook.
    pub written: Written,
    /// Changes that were made, earlier ones included.
    pub made: Vec<Change>,
    /// Changes that were not made, each to be looked at by somebody.
    pub left: Vec<Change>,
}

/// The office's workbook with every wanted correction made; `can_patch` says that `input` is an xlsx package.
///
/// # Errors
/// When neither the office's file can be patched nor a copy of it be made.
pub fn correct(
    input: &[u8],
    can_patch: bool,
    outcome: &Outcome,
    wanted: Wanted<'_>,
    context: &Context<'_>,
) -> Result<Corrected, WriteError> {
    let book = context.submission.book;
    let (fresh, left) = sorted_out(outcome, wanted, book);
    let mut made = if can_patch { earlier(input, book) } else { Vec::new() };
    made.retain(|old| fresh.iter().all(|new| new.cell != old.cell));
    made.extend(fresh.iter().cloned());
    let (edits, after) = edits(book, &fresh);
    let mut evidence = vec![(DIGEST.to_owned(), own::digest(&after))];
    let json = made.iter().filter_map(|c| serde_json::to_string(&Stored::from(c)).ok());
    evidence.extend(json.map(|json| (CHANGE.to_owned(), json)));
    let mended = if wanted.decided { &[][..] } else { &made };
    let marks = all_marks(outcome, &made, mended, &left, context.lang);
    let remaining = remaining(outcome, mended);
    let written = write(input, can_patch, context, outcome, |typeset| {
        let record = Corrections { outcome, context, made: &made, left: &left, remaining, typeset };
        Patch {
            marks: marks.clone(),
            edits: edits.clone(),
            sheets: vec![record.sheet()],
            evidence: evidence.clone(),
            ..Patch::default()
        }
    })?;
    Ok(Corrected { written, made, left })
}

/// The official workbook filled with the corrected numbers, instead of the office's own.
///
/// # Errors
/// When the workbook cannot be written.
pub fn clean(outcome: &Outcome, wanted: Wanted<'_>, context: &Context<'_>) -> Result<Corrected, WriteError> {
    let s = context.submission;
    let (made, left) = sorted_out(outcome, wanted, s.book);
    let mut contents = Contents { office: outcome.office.clone(), year: outcome.year, ..Contents::default() };
    let read = (0..).map(FieldIx).zip(&s.filled.readings);
    contents.values.extend(read.filter_map(|(ix, r)| Some((ix, r.value?))));
    contents.values.extend(made.iter().filter_map(|c| Some((s.form.field_ix(&c.field)?, c.to))));
    let bytes = blank::fill(s.form, &contents)?;
    let cells: BTreeMap<&str, Place> = blank::places(s.form, &contents)
        .into_iter()
        .filter_map(|(ix, place)| Some((s.form.field(ix)?.id.as_str(), place)))
        .collect();
    let there =
        |changes: &[Change]| changes.iter().filter_map(|c| move_change(c, &cells)).collect::<Vec<_>>();
    let (made, left) = (there(&made), there(&left));
    let moved = moved(outcome, &cells);
    let remaining = remaining(&moved, &made);
    let record = Corrections { outcome: &moved, context, made: &made, left: &left, remaining, typeset: None };
    let source = Source { name: "", bytes: &bytes };
    let digest = ingest::read(&source, &Limits::default()).map(|read| own::digest(&read.book));
    let patch = Patch {
        marks: all_marks(&moved, &made, &made, &left, context.lang),
        sheets: vec![record.sheet()],
        evidence: digest.map(|d| (DIGEST.to_owned(), d)).into_iter().collect(),
        ..Patch::default()
    };
    let done = patch::apply(&bytes, &patch)?;
    Ok(Corrected { written: annotate::written(done, false, Vec::new()), made, left })
}

/// The outcome as if its fields stood in these cells.
fn moved(outcome: &Outcome, cells: &BTreeMap<&str, Place>) -> Outcome {
    let all = |changes: &[Change]| changes.iter().filter_map(|c| move_change(c, cells)).collect::<Vec<_>>();
    let mut out = outcome.clone();
    for finding in &mut out.findings {
        finding.cells = finding.fields.iter().filter_map(|f| cells.get(f.as_str()).cloned()).collect();
    }
    out.repair.changes = all(&outcome.repair.changes);
    out.repair.alternatives = outcome.repair.alternatives.iter().map(|set| all(set)).collect();
    out
}

fn move_change(change: &Change, cells: &BTreeMap<&str, Place>) -> Option<Change> {
    let cell = cells.get(change.field.as_str())?.clone();
    Some(Change { cell, ..change.clone() })
}

/// Changes to make, and changes to leave to somebody's judgement.
fn sorted_out(outcome: &Outcome, wanted: Wanted<'_>, book: &Workbook) -> (Vec<Change>, Vec<Change>) {
    let sure = |c: &Change| {
        !wanted.decided
            && (c.certainty == Certainty::Proved || (wanted.likely && c.certainty == Certainty::Likely))
    };
    let typed = |c: &Change| cell(book, &c.cell).is_none_or(|cell| cell.formula.is_none());
    let (mut made, mut left) = (Vec::new(), Vec::new());
    for change in &outcome.repair.changes {
        if sure(change) && typed(change) { made.push(change.clone()) } else { left.push(change.clone()) }
    }
    let filled = wanted.fills.iter().filter(|c| typed(c));
    let new: Vec<Change> = filled.filter(|c| made.iter().all(|m| m.cell != c.cell)).cloned().collect();
    made.extend(new);
    let others = outcome.repair.alternatives.iter().flatten();
    for change in others.filter(|c| made.iter().all(|m| m.cell != c.cell)) {
        if !left.iter().any(|l| (&l.cell, l.to) == (&change.cell, change.to)) {
            left.push(change.clone());
        }
    }
    (made, left)
}

fn cell<'b>(book: &'b Workbook, place: &Place) -> Option<&'b Cell> {
    book.sheets.iter().find(|s| s.name == place.sheet)?.cell(place.cell)
}

/// Corrections that an earlier run made in this workbook and that still stand.
fn earlier(input: &[u8], book: &Workbook) -> Vec<Change> {
    let Ok(Some(record)) = patch::record(input) else { return Vec::new() };
    let stored = own::evidence(&record, CHANGE).filter_map(|json| serde_json::from_str::<Stored>(json).ok());
    let stands = |c: &Change| cell(book, &c.cell).is_some_and(|cell| cell.entry == Entry::Number(c.to));
    stored.filter_map(Stored::change).filter(stands).collect()
}

/// The workbook with these changes made and the formulas over them computed anew.
pub fn changed(book: &Workbook, changes: &[Change]) -> Workbook {
    let (edits, mut after) = edits(book, changes);
    for edit in edits {
        let NewValue::Cached(value) = edit.value else { continue };
        let sheet = after.sheets.iter_mut().find(|s| s.name == edit.sheet);
        let found = sheet.and_then(|s| s.cells.iter_mut().find(|(at, _)| *at == edit.cell));
        if let (Some((_, cell)), Some(number)) = (found, amount::from_text(&value)) {
            cell.entry = Entry::Number(number);
        }
    }
    after
}

/// The edits that make the changes, with formulas over them computed anew; and the workbook as it then is.
fn edits(book: &Workbook, changes: &[Change]) -> (Vec<Edit>, Workbook) {
    let mut after = book.clone();
    let mut edits = Vec::new();
    for change in changes {
        let Some(sheet) = after.sheets.iter_mut().find(|s| s.name == change.cell.sheet) else { continue };
        let at = change.cell.cell;
        let old = sheet.cell(at);
        let format = old.map_or(0, |c| c.format);
        // The later of two cells at one address stays.
        sheet.cells.push((at, Cell { entry: Entry::Number(change.to), formula: None, format }));
        sheet.sort();
        edits.push(edit(&change.cell, NewValue::Number(amount::show(change.to))));
    }
    if edits.is_empty() {
        return (edits, after);
    }
    for sheet in &after.sheets {
        for (at, cell) in &sheet.cells {
            let Some(text) = &cell.formula else { continue };
            let Some(value) = formula::evaluate(&after, sheet, text) else { continue };
            if cell.entry != Entry::Number(value) {
                let place = Place { sheet: sheet.name.clone(), cell: *at };
                edits.push(edit(&place, NewValue::Cached(amount::show(value))));
            }
        }
    }
    (edits, after)
}

fn edit(place: &Place, value: NewValue) -> Edit {
    Edit { sheet: place.sheet.clone(), cell: place.cell, value }
}

/// Green where something was corrected; the colour of its fault where something is left to do.
fn all_marks(
    outcome: &Outcome,
    made: &[Change],
    mended: &[Change],
    left: &[Change],
    lang: Lang,
) -> Vec<Mark> {
    let mark =
        |place: &Place, fill, comment| Mark { sheet: place.sheet.clone(), cell: place.cell, fill, comment };
    let mut out: Vec<Mark> =
        made.iter().map(|c| mark(&c.cell, Fill::Corrected, corrected(c, lang))).collect();
    let done: BTreeSet<&Place> = mended.iter().map(|c| &c.cell).collect();
    let open: Vec<&Finding> = open(outcome, &done).collect();
    let doubtful: BTreeSet<&Place> = left.iter().map(|c| &c.cell).filter(|p| !done.contains(p)).collect();
    for place in &doubtful {
        if !open.iter().any(|f| f.cells.contains(place)) {
            out.push(mark(place, Fill::Warning, marks::proposals(place, outcome, lang).join("\n")));
        }
    }
    for finding in open {
        for place in finding.cells.iter().filter(|p| !done.contains(p)) {
            let fill = if doubtful.contains(place) { Fill::Warning } else { marks::fill(finding) };
            out.push(mark(place, fill, marks::comment(finding, place, outcome, lang)));
        }
    }
    out
}

/// Findings that remain when these cells are corrected.
fn open<'a>(outcome: &'a Outcome, done: &'a BTreeSet<&Place>) -> impl Iterator<Item = &'a Finding> {
    outcome.findings.iter().filter(|f| !is_mended(f, done))
}

/// How many errors and unexplained warnings remain when these changes are made.
fn remaining(outcome: &Outcome, mended: &[Change]) -> usize {
    let done: BTreeSet<&Place> = mended.iter().map(|c| &c.cell).collect();
    open(outcome, &done).filter(|f| f.severity > Severity::Info && f.confirmed.is_none()).count()
}

/// Whether the changes made have done away with a finding: the located cell of broken relations was corrected,
/// or every cell that it speaks of.
fn is_mended(finding: &Finding, done: &BTreeSet<&Place>) -> bool {
    let corrected = |p: &Place| done.contains(p);
    if finding.relations.is_empty() {
        !finding.cells.is_empty() && finding.cells.iter().all(corrected)
    } else {
        finding.cells.iter().any(corrected)
    }
}

fn corrected(change: &Change, lang: Lang) -> String {
    let (from, to) = (entered(change.from, lang), amount::show(change.to));
    let sure = certainty_name(change.certainty, lang);
    let mut lines = vec![match lang {
        Lang::Zh => format!("原值 {from}，已更正为 {to}"),
        Lang::En => format!("was {from}, corrected to {to}"),
    }];
    let why = change.why.get(lang);
    if !why.is_empty() {
        lines.push(if lang == Lang::Zh { format!("理由：{why}") } else { format!("why: {why}") });
    }
    lines.push(if lang == Lang::Zh { format!("把握：{sure}") } else { format!("certainty: {sure}") });
    lines.join("\n")
}

/// A change as it is kept in the record.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    field: String,
    sheet: String,
    cell: String,
    from: Option<String>,
    to: String,
    proved: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    chosen: bool,
    why: (String, String),
}

impl From<&Change> for Stored {
    fn from(change: &Change) -> Self {
        Self {
            field: change.field.clone(),
            sheet: change.cell.sheet.clone(),
            cell: change.cell.cell.to_string(),
            from: change.from.map(amount::show),
            to: amount::show(change.to),
            proved: change.certainty == Certainty::Proved,
            chosen: change.certainty == Certainty::Chosen,
            why: (change.why.zh.clone(), change.why.en.clone()),
        }
    }
}

impl Stored {
    fn change(self) -> Option<Change> {
        let number = |text: &str| text.parse::<Decimal>().ok();
        Some(Change {
            field: self.field,
            cell: Place { sheet: self.sheet, cell: self.cell.parse().ok()? },
            from: self.from.as_deref().and_then(number),
            to: number(&self.to)?,
            certainty: match (self.chosen, self.proved) {
                (true, _) => Certainty::Chosen,
                (_, true) => Certainty::Proved,
                _ => Certainty::Likely,
            },
            why: Text::new(self.why.0, self.why.1),
        })
    }
}
