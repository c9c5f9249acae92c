//! What a summary needs to know of one submission: its result as JSON line, read back into a small form.
//!
//! New results and those kept from an earlier run come in through the same door, so that both give the same
//! summaries.

use crate::finding::Severity;
use crate::form::Form;
use crate::grid::number::is_placeholder;
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Deserialize;

/// One submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its path below the folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Id of its form.
    pub form: Option<String>,
    /// Its office's name.
    pub office: Option<String>,
    /// The year reported on.
    pub year: Option<i32>,
    /// `clean`, `findings`, `unmapped` or `unreadable`.
    pub status: String,
    /// Why it could not be audited.
    pub error: Option<String>,
    /// One value a field of its form, in the form's order; empty without a form.
    pub values: Box<[Held]>,
    /// What is wrong with it.
    pub findings: Vec<Item>,
    /// Corrections that could be made: the field, and by how much it would change.
    pub corrections: Vec<(String, Decimal)>,
    /// Marked copy, below the output folder.
    pub annotated: Option<String>,
    /// Corrected copy, below the output folder.
    pub corrected: Option<String>,
    /// When the file was last changed, in seconds.
    pub modified: i64,
    /// Whether it is the sum of others, and no office's own.
    pub aggregate: bool,
    /// Whether it is a copy marked by gouji that its office has edited since.
    pub edited: bool,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Held {
    /// The field was not located.
    #[default]
    Absent,
    /// Nothing, or a mark for nothing.
    Blank,
    /// Something that is no number.
    Unreadable,
    /// A number.
    Number(Decimal),
}

/// A finding, as far as lists of findings show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where: cells, separated by commas.
    pub cells: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// The office's own explanation.
    pub confirmed: Option<String>,
}

impl Entry {
    /// Reads a result that [`crate::report::json::line`] wrote; `None` where it did not.
    pub fn read(line: &str, forms: &[Form]) -> Option<Self> {
        let raw: Raw = serde_json::from_str(line).ok()?;
        let form = raw.form.as_deref().and_then(|id| forms.iter().find(|f| f.id == id));
        let values = form.map(|f| f.fields.iter().map(|field| held(raw.fields.get(&field.id))).collect());
        Some(Self {
            file: raw.file,
            sha256: raw.sha256,
            form: raw.form,
            office: raw.office,
            year: raw.year,
            status: raw.status,
            error: raw.error.map(|e| e.message),
            values: values.unwrap_or_default(),
            findings: raw.findings.into_iter().map(RawFinding::item).collect(),
            corrections: raw.repair.changes.iter().filter_map(RawChange::by).collect(),
            annotated: None,
            corrected: None,
            modified: 0,
            aggregate: false,
            edited: false,
        })
    }

    /// Whether it holds a form's numbers.
    pub fn is_submission(&self) -> bool {
        !self.values.is_empty()
    }

    /// How many findings of a severity stand open.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity && f.confirmed.is_none()).count()
    }

    /// The office's name, else the file's.
    pub fn name(&self) -> &str {
        self.office.as_deref().unwrap_or_else(|| {
            let last = self.file.rsplit('/').next().unwrap_or(&self.file);
            last.split('.').next().unwrap_or(last)
        })
    }

    /// Whether every number that it holds is 0 and at least one stands: nothing to report, and reported so.
    pub fn is_nil(&self) -> bool {
        let mut numbers = self.values.iter().filter_map(Held::number).peekable();
        numbers.peek().is_some() && numbers.all(|n| n.is_zero())
    }
}

impl Held {
    /// The number, where one stands.
    pub fn number(&self) -> Option<Decimal> {
        if let Self::Number(n) = self { Some(*n) } else { None }
    }
}

fn held(field: Option<&RawField>) -> Held {
    let Some(field) = field else { return Held::Absent };
    let number = field.value.as_ref().and_then(|n| crate::grid::amount::from_text(&n.to_string()));
    match (number, &field.raw) {
        (Some(n), _) => Held::Number(n),
        (None, None) => Held::Blank,
        (None, Some(raw)) if is_placeholder(raw) => Held::Blank,
        (None, Some(_)) => Held::Unreadable,
    }
}

#[derive(Deserialize)]
struct Raw {
    file: String,
    sha256: String,
    form: Option<String>,
    office: Option<String>,
    year: Option<i32>,
    status: String,
    error: Option<RawError>,
    fields: IndexMap<String, RawField>,
    findings: Vec<RawFinding>,
    repair: RawRepair,
}

#[derive(Deserialize)]
struct RawError {
    message: String,
}

#[derive(Deserialize)]
struct RawField {
    raw: Option<String>,
    value: Option<serde_json::Number>,
}

#[derive(Deserialize)]
struct RawRepair {
    changes: Vec<RawChange>,
}

#[derive(Deserialize)]
struct RawChange {
    field: String,
    from: Option<serde_json::Number>,
    to: Option<serde_json::Number>,
}

impl RawChange {
    fn by(&self) -> Option<(String, Decimal)> {
        let number = |n: &serde_json::Number| crate::grid::amount::from_text(&n.to_string());
        let from = self.from.as_ref().and_then(number).unwrap_or_default();
        Some((self.field.clone(), number(self.to.as_ref()?)?.checked_sub(from)?))
    }
}

#[derive(Deserialize)]
struct RawFinding {
    code: String,
    severity: Severity,
    cells: Vec<String>,
    message: String,
    #[serde(default)]
    advice: String,
    #[serde(default)]
    confirmed: Option<String>,
}

impl RawFinding {
    fn item(self) -> Item {
        Item {
            code: self.code,
            severity: self.severity,
            cells: self.cells.join("，"),
            message: self.message,
            advice: self.advice,
            confirmed: self.confirmed,
        }
    }
}
