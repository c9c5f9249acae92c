//! The result for one file: what was read, what is wrong with it, what would mend it.

use super::{Finding, Place, Severity, Text};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// At most infos and confirmed warnings.
    Clean,
    /// At least one error or warning.
    Findings,
    /// No form's table was found in it.
    Unmapped,
    /// It could not be opened.
    Unreadable,
}

/// Why a file could not be audited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Kind of failure.
    pub kind: FailureKind,
    /// What happened and what to do.
    pub message: Text,
}

/// Kinds of failure, as the JSON contract names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Protected by a password.
    Encrypted,
    /// Of a known kind, but broken.
    Damaged,
    /// No workbook, document or text at all.
    NotAWorkbook,
    /// Beyond the limits.
    TooLarge,
    /// A kind of file that gouji does not read.
    Unsupported,
    /// The system would not give the file.
    Io,
    /// Readable, but without any form's table.
    NoForm,
}

/// How sure a correction is; the later, the less sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Somebody has decided so.
    Chosen,
    /// Unique, and any other explanation needs more wrong cells than `Change::limit` allows.
    Proved,
    /// Several repairs, one explained by a human error.
    Likely,
    /// Several repairs, none better than the others.
    Ambiguous,
    /// A relation is broken and no cell of it can be singled out.
    Detected,
    /// The search was given up.
    NotLocalised,
}

/// One cell to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub field: String,
    /// Its cell.
    pub cell: Place,
    /// The number entered; `None` for a blank.
    pub from: Option<Decimal>,
    /// What was entered where that is no number or says more: `35（其中网上8）`, `约30次`, `#REF!`, a date.
    pub text: Option<String>,
    /// The number that it should be.
    pub to: Decimal,
    /// The formula (without `=`) that gives it, where it is the cell's formula that is wrong.
    pub formula: Option<String>,
    /// How sure that is.
    pub certainty: Certainty,
    /// Why: the human error that explains it, and what excludes others.
    pub why: Text,
}

/// Whether broken relations could be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RepairStatus {
    /// Nothing to repair.
    #[default]
    None,
    /// One smallest repair.
    Unique,
    /// Several smallest repairs.
    Ambiguous,
    /// No change of typed cells makes all relations hold.
    Infeasible,
}

/// Corrections of a whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repair {
    /// Whether one was found.
    pub status: RepairStatus,
    /// The changes that `gouji fix` would make by default, or the likely ones.
    pub changes: Vec<Change>,
    /// The weakest certainty among the causes; `None` where nothing is to repair.
    pub certainty: Option<Certainty>,
    /// The same cause by cause, with every other smallest repair.
    pub choices: Vec<Choice>,
}

/// What would do away with one cause: one of several sets of changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// The set that is proved or likely; empty where none stands out.
    pub changes: Vec<Change>,
    /// Every other set.
    pub others: Vec<Vec<Change>>,
}

impl Choice {
    /// All sets of changes, the likely one first.
    pub fn ways(&self) -> impl Iterator<Item = &Vec<Change>> {
        std::iter::once(&self.changes).filter(|w| !w.is_empty()).chain(&self.others)
    }
}

impl Repair {
    /// Every repair that is neither proved nor likely, each a set of changes.
    pub fn alternatives(&self) -> impl Iterator<Item = &Vec<Change>> {
        self.choices.iter().flat_map(|c| &c.others)
    }
}

/// A field that was located.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue {
    /// Its cell, top-left of its merge.
    pub cell: Place,
    /// The cell's text as entered.
    pub raw: Option<String>,
    /// The number in the field's unit.
    pub value: Option<Decimal>,
}

/// How many findings of each severity; confirmed ones are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Infos.
    pub infos: usize,
}

/// How the sum of others compares with their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// How many cells were compared.
    pub cells: usize,
    /// In how many ways it differs.
    pub differ: usize,
}

/// Everything known about one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The file's name as given.
    pub file: String,
    /// SHA-256 of its bytes in hexadecimal; empty where they could not be had.
    pub sha256: String,
    /// What kind of file it is by its content: `xlsx`, `xls`, `html` …
    pub format: Option<String>,
    /// Id of the form recognised.
    pub form: Option<String>,
    /// The office's name.
    pub office: Option<String>,
    /// The year reported on.
    pub year: Option<i32>,
    /// What became of the file.
    pub status: Status,
    /// Why it could not be audited.
    pub failure: Option<Failure>,
    /// Fields located, in the form's order.
    pub fields: IndexMap<String, FieldValue>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What would mend it.
    pub repair: Repair,
    /// With an earlier audit given: what has been corrected since.
    pub fixed: Vec<Finding>,
    /// What the report's text says and the tables say as well.
    pub agreed: Vec<Text>,
    /// The file that the text came from, where it is another than this one.
    pub narrative: Option<String>,
    /// Whose report of last year it was compared with, where it was.
    pub prior: Option<Text>,
    /// Of the sum of others: how it compares with their sum, where that could be done.
    pub compared: Option<Compared>,
}

impl Outcome {
    /// The outcome of a file that could not be audited.
    pub fn failed(file: impl Into<String>, sha256: String, status: Status, failure: Failure) -> Self {
        Self {
            file: file.into(),
            sha256,
            format: None,
            form: None,
            office: None,
            year: None,
            status,
            failure: Some(failure),
            fields: IndexMap::new(),
            findings: Vec::new(),
            repair: Repair::default(),
            fixed: Vec::new(),
            agreed: Vec::new(),
            narrative: None,
            prior: None,
            compared: None,
        }
    }

    /// Findings counted by severity.
    pub fn tally(&self) -> Tally {
        let count =
            |s: Severity| self.findings.iter().filter(|f| f.severity == s && f.confirmed.is_none()).count();
        Tally {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
        }
    }
}
