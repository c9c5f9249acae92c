//! The corrected workbook: the office's own file with corrections made and marked, and the sheet 更正记录 first.
//!
//! Which corrections are right is decided in `repair`; here they are only made. What is not certain is marked,
//! not made, and so is whatever fault remains. A cell with a formula is never overwritten: the typed cells it
//! adds up are what can be wrong; a number typed over a formula gives way to it. Correcting a corrected workbook restates what was corrected and changes
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::annotate::{self, Context, WriteError, Written};
use super::blank::{self, Contents};
use super::corrections::{Corrections, verdict};
use super::marks;
use super::own::{self, CHANGE, DIGEST, SOURCE};
use super::patch::{self, Edit, Mark, NewValue, Patch, Record};
use super::sheet::Fill;
use super::text::{certainty_name, original};
use crate::check::Submission;
use crate::finding::{Certainty, Change, Choice, Finding, Lang, Outcome, Place, Severity, Text};
use crate::form::FieldIx;
use crate::grid::{Cell, Entry, Workbook, amount, formula, shown};
use crate::mapping::FieldSum;
use crate::repair::blank_fills;
use crate::repair::restore;

/// Which corrections to make.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Whether blocks that are blank as a whole are filled with 0 too.
    pub blanks: bool,
    /// Whether changes that are only likely are made too.
    pub likely: bool,
    /// What somebody has decided: all that is made; the outcome is then that of the workbook with it.
    pub decided: Option<&'a [Change]>,
}

/// A corrected workbook, and what was done in it.
#[derive(Debug, Clone)]
pub struct Corrected {
    /// The workbook.
    pub written: Written,
    /// Changes that were made, earlier ones included.
    pub made: Vec<Change>,
    /// What was not made, cause by cause, for somebody to choose.
    pub left: Vec<Choice>,
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
    let past = past(input, context.submission.book);
    write((input, can_patch), past, outcome, wanted, context)
}

/// What an earlier run made in a workbook, and what it made it from.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Its corrections that still stand.
    pub made: Vec<Change>,
    /// SHA-256 and name of the file that was corrected first.
    pub source: Option<String>,
}

/// What an earlier run has left in a workbook; `book` is what it holds without gouji's own sheets.
pub fn past(input: &[u8], book: &Workbook) -> Past {
    let record = patch::record(input).ok().flatten();
    Past {
        made: record.as_ref().map(|r| earlier(r, book)).unwrap_or_default(),
        source: record.as_ref().and_then(|r| own::source(r, book)),
    }
}

fn write(
    (input, can_patch): (&[u8], bool),
    past: Past,
    outcome: &Outcome,
    wanted: Wanted<'_>,
    context: &Context<'_>,
) -> Result<Corrected, WriteError> {
    let (fresh, left) = sorted_out(outcome, wanted, context.submission);
    let mut made = past.made;
    made.retain(|old| fresh.iter().all(|new| new.cell != old.cell));
    made.extend(fresh.iter().cloned());
    let (edits, after) = edits(context.submission, &fresh);
    for change in made.iter_mut().filter(|c| c.formula.is_some()) {
        if let Some(Entry::Number(value)) = cell(&after, &change.cell).map(|c| &c.entry) {
            change.to = *value; // with whatever else was corrected
        }
    }
    let source = past.source.unwrap_or_else(|| own::named(outcome));
    let mut evidence = vec![(DIGEST.to_owned(), own::digest(&after)), (SOURCE.to_owned(), source.clone())];
    let json = made.iter().filter_map(|c| serde_json::to_string(&Stored::from(c)).ok());
    evidence.extend(json.map(|json| (CHANGE.to_owned(), json)));
    let mended = if wanted.decided.is_some() { &[][..] } else { &made };
    let marks = all_marks(outcome, &made, mended, &left, Some(&after), context.lang);
    let remaining = remaining(outcome, mended);
    let original = annotate::original(input, can_patch);
    let written = annotate::write(original, context, outcome, |typeset| {
        let after = Some(&after);
        let record = Corrections {
            outcome,
            context,
            source: &source,
            made: &made,
            left: &left,
            after,
            remaining,
            typeset,
        };
        Patch {
            marks: marks.clone(),
            edits: edits.clone(),
            sheets: vec![record.sheet()],
            evidence: evidence.clone(),
            ..Patch::default()
        }
    })?;
    let written = Written { verdict: Some(verdict(made.len(), remaining)), ..written };
    Ok(Corrected { written, made, left })
}

/// The changes that are made where nothing was decided: what is sure enough, and zeros for blanks.
pub fn wanted_changes(outcome: &Outcome, wanted: Wanted<'_>, s: Submission<'_>) -> Vec<Change> {
    sorted_out(outcome, wanted, s).0
}

/// The official workbook with the numbers of a submission, and the cells of its fields.
///
/// # Errors
/// When the workbook cannot be written.
pub fn template(s: Submission<'_>, outcome: &Outcome) -> Result<(Vec<u8>, Cells), WriteError> {
    let mut contents = Contents { office: outcome.office.clone(), year: outcome.year, ..Contents::default() };
    for (ix, reading) in (0..).map(FieldIx).zip(&s.filled.readings) {
        match (reading.value, &reading.raw) {
            (Some(value), _) => drop(contents.values.insert(ix, value)),
            (None, Some(raw)) => drop(contents.texts.insert(ix, raw.clone())),
            (None, None) => {}
        }
    }
    let id = |ix: FieldIx| s.form.field(ix).map(|f| f.id.clone());
    let places = blank::places(s.form, &contents);
    let sums =
        (0..).map(FieldIx).zip(&s.filled.readings).filter_map(|(ix, r)| Some((ix, r.formula.as_ref()?)));
    contents.formulas =
        sums.filter_map(|(ix, sum)| Some((ix, formula_of(sum, places.get(&ix)?, &places)?))).collect();
    let cells = places.into_iter().filter_map(|(ix, place)| Some((id(ix)?, place))).collect();
    Ok((blank::fill(s.form, &contents)?, cells))
}

/// The formula that adds up the same fields in the template; none where one of them does not stand there.
fn formula_of(sum: &FieldSum, own: &Place, places: &BTreeMap<FieldIx, Place>) -> Option<String> {
    let mut text = if sum.constant.is_zero() { String::new() } else { amount::show(sum.constant) };
    for (field, factor) in &sum.terms {
        let place = places.get(field).filter(|p| p.sheet == own.sheet)?;
        let sign = if *factor < 0 { "-" } else { "+" };
        let times = if factor.abs() == 1 { String::new() } else { format!("{}*", factor.abs()) };
        text.extend([sign, &times, &place.cell.to_string()]);
    }
    Some(text.trim_start_matches('+').to_owned()).filter(|t| !t.is_empty())
}

/// Cells by the ids of their fields.
pub type Cells = BTreeMap<String, Place>;

/// The official workbook as [`template`] made it, with the corrections that are in it marked, instead of the office's
/// own. `outcome` and `context` are the template's; `past` has what was corrected, by field.
///
/// # Errors
/// When the workbook cannot be written.
pub fn clean(
    template: &[u8],
    cells: &Cells,
    past: Past,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<Corrected, WriteError> {
    let there = |c: Change| Some(Change { cell: cells.get(&c.field)?.clone(), ..c });
    let past = Past { made: past.made.into_iter().filter_map(there).collect(), ..past };
    let wanted = Wanted { decided: Some(&[]), ..Wanted::default() };
    let made = write((template, true), past, outcome, wanted, context)?;
    Ok(Corrected { written: Written { patched: false, ..made.written }, ..made })
}

/// Changes to make, and what to leave to somebody's judgement, cause by cause.
fn sorted_out(outcome: &Outcome, wanted: Wanted<'_>, s: Submission<'_>) -> (Vec<Change>, Vec<Choice>) {
    let sure = |c: &Change| {
        wanted.decided.is_none()
            && (c.certainty == Certainty::Proved || (wanted.likely && c.certainty == Certainty::Likely))
    };
    let typed =
        |c: &Change| c.formula.is_some() || cell(s.book, &c.cell).is_none_or(|cell| cell.formula.is_none());
    let (sure, unsure): (Vec<&Change>, Vec<&Change>) =
        outcome.repair.changes.iter().partition(|c| sure(c) && typed(c));
    let mut made: Vec<Change> = sure.into_iter().cloned().collect();
    let fills = match wanted.decided {
        Some(decided) => decided.to_vec(),
        None => blank_fills(s, &made, wanted.blanks),
    };
    let filled = fills.iter().filter(|c| typed(c));
    let new: Vec<Change> = filled.filter(|c| made.iter().all(|m| m.cell != c.cell)).cloned().collect();
    made.extend(new);
    let is_made = |c: &Change| made.iter().any(|m| m.cell == c.cell);
    let open = |choice: &&Choice| !choice.ways().flatten().any(is_made);
    let mut left: Vec<Choice> = outcome.repair.choices.iter().filter(open).cloned().collect();
    let known = |c: &Change| left.iter().any(|l| l.changes.contains(c));
    let lone: Vec<&Change> = unsure.into_iter().filter(|c| !is_made(c) && !known(c)).collect();
    left.extend(lone.into_iter().map(|c| Choice { changes: vec![c.clone()], others: Vec::new() }));
    (made, left)
}

fn cell<'b>(book: &'b Workbook, place: &Place) -> Option<&'b Cell> {
    book.sheets.iter().find(|s| s.name == place.sheet)?.cell(place.cell)
}

/// Corrections that an earlier run made in this workbook and that still stand.
fn earlier(record: &Record, book: &Workbook) -> Vec<Change> {
    let stored = own::evidence(record, CHANGE).filter_map(|json| serde_json::from_str::<Stored>(json).ok());
    let stands = |c: &Change| cell(book, &c.cell).is_some_and(|cell| cell.entry == Entry::Number(c.to));
    stored.filter_map(Stored::change).filter(stands).collect()
}

/// The workbook with these changes made and the formulas over them computed anew.
pub fn changed(s: Submission<'_>, changes: &[Change]) -> Workbook {
    let (edits, mut after) = edits(s, changes);
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

/// The edits that make the changes, with formulas over them computed anew; and the workbook as it then is. A formula
/// that a number was typed over is put back, if it then gives the corrected number.
fn edits(s: Submission<'_>, changes: &[Change]) -> (Vec<Edit>, Workbook) {
    let mut after = s.book.clone();
    for change in changes {
        put(&mut after, &change.cell, change.to, change.formula.clone());
    }
    let mut edits = Vec::new();
    for change in changes {
        let gives = |after: &Workbook, text: &str| {
            let sheet = after.sheets.iter().find(|s| s.name == change.cell.sheet)?;
            formula::evaluate(after, sheet, text)
        };
        let value = match &change.formula {
            Some(text) => (gives(&after, text).unwrap_or(change.to), Some(text.clone())),
            None => {
                let typed_over = restore::formula(s, &change.field);
                (change.to, typed_over.filter(|text| gives(&after, text) == Some(change.to)))
            }
        };
        put(&mut after, &change.cell, value.0, value.1.clone());
        let number = amount::show(value.0);
        let value = match value.1 {
            Some(text) => NewValue::Formula { text, cached: number },
            None => NewValue::Number(number),
        };
        edits.push(edit(&change.cell, value));
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

/// Puts a number into a cell, with the formula that gives it.
fn put(book: &mut Workbook, place: &Place, to: Decimal, formula: Option<String>) {
    let Some(sheet) = book.sheets.iter_mut().find(|s| s.name == place.sheet) else { return };
    // A date or a percentage becomes a plain number, as it does in the file.
    let is_plain = |format: &u16| book.formats.get(usize::from(*format)).is_none_or(|f| shown::is_plain(f));
    let format = sheet.cell(place.cell).map(|c| c.format).filter(is_plain).unwrap_or(0);
    // The later of two cells at one address stays.
    sheet.cells.push((
        place.cell,
        Cell { entry: Entry::Number(to), formula: formula.map(String::into_boxed_str), format },
    ));
    sheet.sort();
}

fn edit(place: &Place, value: NewValue) -> Edit {
    Edit { sheet: place.sheet.clone(), cell: place.cell, value }
}

/// Green where something was corrected; the colour of its fault where something is left to do.
fn all_marks(
    outcome: &Outcome,
    made: &[Change],
    mended: &[Change],
    left: &[Choice],
    after: Option<&Workbook>,
    lang: Lang,
) -> Vec<Mark> {
    let mark =
        |place: &Place, fill, comment| Mark { sheet: place.sheet.clone(), cell: place.cell, fill, comment };
    let mut out: Vec<Mark> =
        made.iter().map(|c| mark(&c.cell, Fill::Corrected, corrected(c, after, lang))).collect();
    let done: BTreeSet<&Place> = mended.iter().map(|c| &c.cell).collect();
    let open: Vec<&Finding> = open(outcome, &done).collect();
    let doubtful = left.iter().flat_map(Choice::ways).flatten().map(|c| &c.cell);
    let doubtful: BTreeSet<&Place> = doubtful.filter(|p| !done.contains(p)).collect();
    for place in &doubtful {
        if !open.iter().any(|f| f.cells.contains(place)) {
            out.push(mark(place, Fill::Warning, marks::proposals(place, outcome, lang).join("\n")));
        }
    }
    for finding in open {
        let places = finding.cells.iter().filter(|p| !done.contains(p));
        for (place, comment) in marks::comments(finding, places, outcome, lang) {
            let fill = if doubtful.contains(place) { Fill::Warning } else { marks::fill(finding) };
            out.push(mark(place, fill, comment));
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

/// The formula that was put back where a change was made: no other cell with a formula is ever changed.
pub(super) fn put_back<'b>(after: Option<&'b Workbook>, change: &Change) -> Option<&'b str> {
    cell(after?, &change.cell)?.formula.as_deref()
}

fn corrected(change: &Change, after: Option<&Workbook>, lang: Lang) -> String {
    let (from, to) = (original(change, lang), amount::show(change.to));
    let sure = certainty_name(change.certainty, lang);
    let mut lines = vec![match lang {
        Lang::Zh => format!("原值 {from}，已更正为 {to}"),
        Lang::En => format!("was {from}, corrected to {to}"),
    }];
    if let Some(text) = put_back(after, change) {
        lines.push(match lang {
            Lang::Zh if change.formula.is_some() => format!("公式已改为 ={text}"),
            Lang::En if change.formula.is_some() => format!("the formula was changed to ={text}"),
            Lang::Zh => format!("这一列（行）的总计是公式，已恢复公式 ={text}"),
            Lang::En => format!("the totals beside are formulas; the formula is put back: ={text}"),
        });
    }
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    formula: Option<String>,
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
            text: change.text.clone(),
            to: amount::show(change.to),
            formula: change.formula.clone(),
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
            text: self.text,
            to: number(&self.to)?,
            formula: self.formula,
            certainty: match (self.chosen, self.proved) {
                (true, _) => Certainty::Chosen,
                (_, true) => Certainty::Proved,
                _ => Certainty::Likely,
            },
            why: Text::new(self.why.0, self.why.1),
        })
    }
}
