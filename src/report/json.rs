//! Outcomes as JSON, field by field as the command-line contract lays them out.
//!
//! Amounts are exact JSON numbers. Keys keep the contract's order, so the same input gives the same bytes.

use crate::finding::{
    BrokenRelation, Certainty, Change, FailureKind, Finding, Lang, Outcome, Place, Repair, RepairStatus,
    State, Status,
};
use crate::mapping::{Axis, How, MatchedLine};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::path::PathBuf;

/// The outcome as one JSON object on one line.
///
/// # Errors
/// When serialising fails, which only memory can cause.
pub fn line(outcome: &Outcome, lang: Lang) -> Result<String, serde_json::Error> {
    serde_json::to_string(&object(outcome, lang))
}

/// The same with how the headers were read, under `mapping`, and with the files written, under `written`.
///
/// # Errors
/// When serialising fails, which only memory can cause.
pub fn line_with(
    outcome: &Outcome,
    mapping: Option<&[MatchedLine]>,
    written: &[PathBuf],
    lang: Lang,
) -> Result<String, serde_json::Error> {
    let mapping = mapping.map(|lines| lines.iter().map(header).collect());
    let written = written.iter().map(|path| path.to_string_lossy()).collect();
    serde_json::to_string(&Object { written, mapping, ..object(outcome, lang) })
}

/// A line with the files written of it added, which are known only later.
///
/// # Errors
/// When serialising fails, which only memory can cause.
pub fn with_written(mut line: String, written: &[&String]) -> Result<String, serde_json::Error> {
    if !written.is_empty() && line.pop() == Some('}') {
        line.push_str(",\"written\":");
        line.push_str(&serde_json::to_string(written)?);
        line.push('}');
    }
    Ok(line)
}

/// Several outcomes as one indented JSON array.
///
/// # Errors
/// When serialising fails, which only memory can cause.
pub fn array(outcomes: &[Outcome], lang: Lang) -> Result<String, serde_json::Error> {
    let objects: Vec<Object> = outcomes.iter().map(|o| object(o, lang)).collect();
    serde_json::to_string_pretty(&objects)
}

#[derive(Serialize)]
struct Object<'a> {
    file: &'a str,
    sha256: &'a str,
    format: Option<&'a str>,
    form: Option<&'a str>,
    office: Option<&'a str>,
    year: Option<i32>,
    status: &'static str,
    error: Option<Error<'a>>,
    #[serde(serialize_with = "as_map")]
    fields: Vec<(&'a str, Field<'a>)>,
    findings: Vec<Item<'a>>,
    repair: Mending<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    narrative: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prior: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agreed: Vec<&'a str>,
    summary: Summary,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    written: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<Vec<Header<'a>>>,
}

/// A line of the form and the header taken for it; no cell where it stayed unplaced.
#[derive(Serialize)]
struct Header<'a> {
    table: &'a str,
    axis: &'static str,
    path: &'a [String],
    cell: Option<&'a str>,
    label: Option<&'a str>,
    how: Option<How>,
    confidence: Option<serde_json::Number>,
}

#[derive(Serialize)]
struct Error<'a> {
    kind: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct Field<'a> {
    cell: String,
    raw: Option<&'a str>,
    value: Option<serde_json::Number>,
}

#[derive(Serialize)]
struct Item<'a> {
    code: &'a str,
    severity: crate::finding::Severity,
    #[serde(rename = "where")]
    place: &'a str,
    fields: &'a [String],
    cells: Vec<String>,
    expected: Option<serde_json::Number>,
    actual: Option<serde_json::Number>,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    advice: &'a str,
    fix: Option<Fix<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relations: Vec<Relation<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    also: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    field: &'a str,
    to: Option<serde_json::Number>,
}

#[derive(Serialize)]
struct Relation<'a> {
    code: &'a str,
    #[serde(rename = "where")]
    place: &'a str,
    expected: Option<serde_json::Number>,
    actual: Option<serde_json::Number>,
}

#[derive(Serialize)]
struct Mending<'a> {
    status: &'static str,
    changes: Vec<ChangeItem<'a>>,
    certainty: Option<&'static str>,
    alternatives: Vec<Vec<ChangeItem<'a>>>,
}

#[derive(Serialize)]
struct ChangeItem<'a> {
    field: &'a str,
    cell: String,
    from: Option<serde_json::Number>,
    /// The text as entered, where it holds no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    to: Option<serde_json::Number>,
    /// The formula that the cell should hold, where its own is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    formula: Option<&'a str>,
    certainty: &'static str,
    why: &'a str,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
}

fn as_map<S: Serializer>(fields: &[(&str, Field<'_>)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(fields.iter().map(|(id, field)| (id, field)))
}

fn object(outcome: &Outcome, lang: Lang) -> Object<'_> {
    let tally = outcome.tally();
    let failure = outcome.failure.as_ref();
    Object {
        file: &outcome.file,
        sha256: &outcome.sha256,
        format: outcome.format.as_deref(),
        form: outcome.form.as_deref(),
        office: outcome.office.as_deref(),
        year: outcome.year,
        status: status(outcome.status),
        error: failure.map(|f| Error { kind: failure_kind(f.kind), message: f.message.get(lang) }),
        fields: outcome.fields.iter().map(|(id, f)| (id.as_str(), field(f))).collect(),
        findings: outcome.findings.iter().map(|f| item(f, lang)).collect(),
        repair: mending(&outcome.repair, lang),
        fixed: outcome.fixed.iter().map(|f| item(f, lang)).collect(),
        narrative: outcome.narrative.as_deref(),
        prior: outcome.prior.as_ref().map(|p| p.get(lang)),
        agreed: outcome.agreed.iter().map(|a| a.get(lang)).collect(),
        summary: Summary { errors: tally.errors, warnings: tally.warnings, infos: tally.infos },
        written: Vec::new(),
        mapping: None,
    }
}

fn header(line: &MatchedLine) -> Header<'_> {
    let found = line.found.as_ref();
    Header {
        table: &line.table,
        axis: if line.axis == Axis::Row { "row" } else { "column" },
        path: &line.path,
        cell: found.map(|f| f.cell.as_str()),
        label: found.map(|f| f.text.as_str()),
        how: found.map(|f| f.how),
        confidence: found.and_then(|f| number(Decimal::new(f.margin.into(), 3))),
    }
}

fn field(value: &crate::finding::FieldValue) -> Field<'_> {
    Field { cell: value.cell.to_string(), raw: value.raw.as_deref(), value: value.value.and_then(number) }
}

fn item(finding: &Finding, lang: Lang) -> Item<'_> {
    Item {
        code: &finding.code,
        severity: finding.severity,
        place: &finding.place,
        fields: &finding.fields,
        cells: finding.cells.iter().map(Place::to_string).collect(),
        expected: finding.expected.and_then(number),
        actual: finding.actual.and_then(number),
        message: finding.message.get(lang),
        advice: finding.advice.get(lang),
        fix: finding.fix.as_ref().map(|f| Fix { field: &f.field, to: number(f.to) }),
        relations: finding.relations.iter().map(relation).collect(),
        also: &finding.also,
        confirmed: finding.confirmed.as_deref(),
        explained: finding.explained.as_deref(),
        state: finding.state.map(|s| match s {
            State::New => "new",
            State::Remaining => "remaining",
        }),
    }
}

fn relation(broken: &BrokenRelation) -> Relation<'_> {
    Relation {
        code: &broken.code,
        place: &broken.place,
        expected: number(broken.expected),
        actual: number(broken.actual),
    }
}

fn mending(repair: &Repair, lang: Lang) -> Mending<'_> {
    Mending {
        status: match repair.status {
            RepairStatus::None => "none",
            RepairStatus::Unique => "unique",
            RepairStatus::Ambiguous => "ambiguous",
            RepairStatus::Infeasible => "infeasible",
        },
        changes: repair.changes.iter().map(|c| change(c, lang)).collect(),
        certainty: repair.certainty.map(certainty),
        alternatives: repair.alternatives().map(|a| a.iter().map(|c| change(c, lang)).collect()).collect(),
    }
}

fn change(change: &Change, lang: Lang) -> ChangeItem<'_> {
    ChangeItem {
        field: &change.field,
        cell: change.cell.to_string(),
        from: change.from.and_then(number),
        raw: change.text.as_deref(),
        to: number(change.to),
        formula: change.formula.as_deref(),
        certainty: certainty(change.certainty),
        why: change.why.get(lang),
    }
}

/// A certainty by its name in the contract.
fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Chosen => "chosen",
        Certainty::Proved => "proved",
        Certainty::Likely => "likely",
        Certainty::Ambiguous => "ambiguous",
        Certainty::Detected => "detected",
        Certainty::NotLocalised => "not_localised",
    }
}

pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Clean => "clean",
        Status::Findings => "findings",
        Status::Unmapped => "unmapped",
        Status::Unreadable => "unreadable",
    }
}

fn failure_kind(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Encrypted => "encrypted",
        FailureKind::Damaged => "damaged",
        FailureKind::NotAWorkbook => "not_a_workbook",
        FailureKind::TooLarge => "too_large",
        FailureKind::Unsupported => "unsupported",
        FailureKind::Io => "io",
        FailureKind::NoForm => "no_form",
    }
}

/// An amount as a JSON number with every digit.
fn number(value: Decimal) -> Option<serde_json::Number> {
    if let (0, Ok(whole)) = (value.scale(), i64::try_from(value)) {
        return Some(whole.into());
    }
    crate::grid::amount::show(value).parse().ok()
}
