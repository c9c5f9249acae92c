//! What is wrong with a submission, as data: severities, places, findings and the registry of codes.
//!
//! Not for finding faults (that is `check`) or showing them (that is `report`).

mod outcome;
mod registry;
mod severity;
mod text;

pub use outcome::{
    Certainty, Change, Choice, Compared, Failure, FailureKind, FieldValue, Outcome, Repair, RepairStatus,
    Status, Tally,
};
pub use registry::{Family, RuleInfo, registry, rule};
pub use severity::Severity;
pub use text::{Lang, Text, plural};

use crate::grid::CellRef;
use rust_decimal::Decimal;

/// A cell of the workbook by sheet and address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The sheet's name.
    pub sheet: String,
    /// The cell.
    pub cell: CellRef,
}

impl std::fmt::Display for Place {
    /// `sheet!A1`, as the JSON contract writes cells.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}!{}", self.sheet, self.cell)
    }
}

/// Words of the report's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The cell that holds them, in the workbook that the text was read as.
    pub place: Place,
    /// Their bytes in the cell's text; empty for the paragraph as a whole.
    pub bytes: std::ops::Range<usize>,
}

/// A relation that does not hold, with its two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRelation {
    /// The rule's code.
    pub code: String,
    /// The row, column or group it speaks of.
    pub place: String,
    /// The side of the parts.
    pub expected: Decimal,
    /// The side of the total.
    pub actual: Decimal,
    /// The relation written out with its numbers: "3 + 0 + 1 = 4，表中为 5".
    pub sums: Text,
    /// The cells of the relation.
    pub cells: Vec<Place>,
}

impl BrokenRelation {
    /// What it is known by among those of other submissions.
    pub fn mark(&self) -> String {
        format!("{} {}", self.code, self.place)
    }
}

/// A value that would mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The field to change.
    pub field: String,
    /// The value it should have.
    pub to: Decimal,
}

/// The ways to mend a fault, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ways {
    /// What all of them have in common; empty if nothing.
    pub always: Text,
    /// What each of them changes besides.
    pub lines: Vec<Text>,
}

/// One fault: one cause, one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// Row, column or group that the rule speaks of (`where` in JSON).
    pub place: String,
    /// The fields concerned, in the form's order.
    pub fields: Vec<String>,
    /// The cells to look at.
    pub cells: Vec<Place>,
    /// The words of the report's text that it speaks of.
    pub words: Option<Words>,
    /// Expected side of a relation, or value.
    pub expected: Option<Decimal>,
    /// Actual side of a relation, or value.
    pub actual: Option<Decimal>,
    /// A sentence that a clerk understands.
    pub message: Text,
    /// What to do, in a few words; empty where the message says it.
    pub advice: Text,
    /// The value that would mend it, where that is known.
    pub fix: Option<Fix>,
    /// Every broken relation that this fault accounts for.
    pub relations: Vec<BrokenRelation>,
    /// Codes of further rules that its cells break by the same fault.
    pub also: Vec<String>,
    /// Every way to mend it, where the message does not tell them all.
    pub ways: Ways,
    /// The office's own explanation of a warning.
    pub confirmed: Option<String>,
    /// What the office says of an error, which stands nonetheless.
    pub explained: Option<String>,
    /// Against an earlier audit of the same submission, where one is given.
    pub state: Option<State>,
}

/// How a finding stands against an earlier audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was not there.
    New,
    /// It was there and still is.
    Remaining,
}

impl Finding {
    /// A finding without numbers.
    pub fn new(code: &str, severity: Severity, place: impl Into<String>, message: Text) -> Self {
        Self {
            code: code.to_owned(),
            severity,
            place: place.into(),
            fields: Vec::new(),
            cells: Vec::new(),
            words: None,
            expected: None,
            actual: None,
            message,
            advice: Text::default(),
            fix: None,
            relations: Vec::new(),
            also: Vec::new(),
            ways: Ways::default(),
            confirmed: None,
            explained: None,
            state: None,
        }
    }

    /// Its code, and those of further rules that its cells break by the same fault.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.code).chain(&self.also).map(String::as_str)
    }

    /// The same finding at these cells.
    #[must_use]
    pub fn at(mut self, fields: Vec<String>, cells: Vec<Place>) -> Self {
        self.fields = fields;
        self.cells = cells;
        self
    }

    /// The same finding with the words that it speaks of.
    #[must_use]
    pub fn saying(mut self, words: Option<Words>) -> Self {
        self.words = words;
        self
    }

    /// The same finding with what to do about it.
    #[must_use]
    pub fn advising(mut self, advice: Text) -> Self {
        self.advice = advice;
        self
    }
}
