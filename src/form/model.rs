//! The model of a form once it is loaded and checked.

use super::condition::Condition;
use super::narrative::Narrative;
use crate::finding::{Severity, Text};
use crate::grid::label::{Normal, normalise};

/// A field of a form by number, in the form's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldIx(pub u32);

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its id, such as `xxgk-2021`.
    pub id: String,
    /// Whether it is in use.
    pub status: Status,
    /// Its name.
    pub title: Text,
    /// What is printed above the first table; `{office}` and `{year}` are left to fill in.
    pub heading: String,
    /// Words that stand in the titles of its submissions.
    pub words: Vec<String>,
    /// The notice that prescribes it.
    pub authority: String,
    /// First year of reports it is for.
    pub since: Option<i32>,
    /// Last year of reports it is for.
    pub until: Option<i32>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// Its fields, table by table, row by row.
    pub fields: Vec<Field>,
    /// Its rules of balance; each stands for the relations that name it.
    pub rules: Vec<Rule>,
    /// Its balance relations, in the form's order.
    pub relations: Vec<Relation>,
    /// Its other checks.
    pub checks: Vec<Check>,
    /// What the words of its reports count.
    pub narrative: Narrative,
}

/// Whether a form is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Being written.
    Draft,
    /// On trial.
    Beta,
    /// In use.
    Active,
    /// No longer to be used, and why.
    Withdrawn(String),
}

impl Form {
    /// A field by number.
    pub fn field(&self, ix: FieldIx) -> Option<&Field> {
        self.fields.get(ix.0 as usize)
    }

    /// The number of the field with this id.
    pub fn field_ix(&self, id: &str) -> Option<FieldIx> {
        self.fields.iter().position(|f| f.id == id).map(|i| FieldIx(i as u32))
    }

    /// The block that a field stands in.
    pub fn block_of(&self, field: &Field) -> Option<&Block> {
        self.tables.get(field.table)?.blocks.get(field.block)
    }

    /// Whether a field stands only in a mixed form: on a line that replaces others.
    pub fn is_variant(&self, ix: FieldIx) -> bool {
        let Some(field) = self.field(ix) else { return false };
        let Some(block) = self.block_of(field) else { return false };
        let replaces = |line: Option<&Line>| line.is_some_and(|l| !l.replaces.is_empty());
        replaces(block.rows.get(field.row)) || replaces(block.cols.get(field.col))
    }
}

/// A table of a form.
#[derive(Debug, Clone)]
pub struct Table {
    /// `t3`.
    pub id: String,
    /// 表三.
    pub name: String,
    /// 收到和处理政府信息公开申请情况.
    pub title: String,
    /// What is printed above it: 三、收到和处理政府信息公开申请情况.
    pub heading: String,
    /// Its blocks, from top to bottom.
    pub blocks: Vec<Block>,
}

/// Rows × columns of fields under one header.
#[derive(Debug, Clone)]
pub struct Block {
    /// The line printed above the header, if any (第二十条第（一）项).
    pub band: Option<Label>,
    /// The label in the corner of the header, if any.
    pub corner: Option<Label>,
    /// Its rows; a row without a label has an empty path.
    pub rows: Vec<Line>,
    /// Its columns.
    pub cols: Vec<Line>,
    /// Its fields, row by row.
    pub fields: Vec<FieldIx>,
}

/// A row or column.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its id within field ids.
    pub id: String,
    /// Its labels, outermost first.
    pub path: Vec<Label>,
    /// Ids of the lines that this one stands for in a mixed form.
    pub replaces: Vec<String>,
}

/// A label with the other words that offices use.
#[derive(Debug, Clone)]
pub struct Label {
    /// As the form prints it.
    pub text: String,
    /// Other words.
    pub aliases: Vec<String>,
    /// The same reduced to what they say, for comparing: first the label, then its aliases.
    pub words: Vec<Normal>,
}

impl Label {
    /// A label with its aliases.
    pub fn new(text: String, aliases: Vec<String>) -> Self {
        let words = std::iter::once(&text).chain(&aliases).map(|t| normalise(t)).collect();
        Self { text, aliases, words }
    }

    /// Whether these are the words that the form prints.
    pub fn is(&self, words: &Normal) -> bool {
        self.words.first().is_some_and(|own| own.text == words.text)
    }
}

/// What a field counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, not negative.
    Count,
    /// A whole number with a sign.
    SignedCount,
    /// A decimal amount, not negative.
    Money,
}

/// The unit printed on the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 件.
    Piece,
    /// 万元.
    TenThousandYuan,
    /// Any other, which is never converted.
    Other,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// `t3.granted.natural`.
    pub id: String,
    /// Index of its table.
    pub table: usize,
    /// Index of its block in the table.
    pub block: usize,
    /// Index of its row in the block.
    pub row: usize,
    /// Index of its column in the block.
    pub col: usize,
    /// What it counts.
    pub kind: Kind,
    /// Its unit.
    pub unit: Option<Unit>,
}

/// A rule of balance, as the definition states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its code.
    pub code: String,
    /// How bad it is when it does not hold.
    pub severity: Severity,
    /// What it says.
    pub title: Text,
    /// Where it is laid down.
    pub basis: String,
    /// For which lines it holds, as written: `each row of t3`.
    pub scope: String,
    /// The formula as written.
    pub formula: String,
}

/// A balance relation: the sum of the parts equals the sum of the total's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The rule's code.
    pub code: String,
    /// Row, column or group.
    pub place: String,
    /// The side of the parts.
    pub expected: Vec<FieldIx>,
    /// The side of the total.
    pub actual: Vec<FieldIx>,
    /// Index of its rule in [`Form::rules`].
    pub rule: usize,
    /// Whether it holds only in a mixed form, of which a line replaces others. Its fields are absent from any
    /// other submission, so that it is not evaluated there.
    pub variant: bool,
}

/// A check other than a balance relation: a condition that should not be met.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// Row, column or group.
    pub place: String,
    /// It is a finding where this holds.
    pub when: Condition,
    /// It is none where this holds.
    pub unless: Option<Condition>,
    /// Offices that it does not concern.
    pub exempt: Option<Exempt>,
    /// The fields to look at.
    pub fields: Vec<FieldIx>,
    /// What the rule says.
    pub title: Text,
    /// The finding's words; `{field id}` stands for that field's value.
    pub text: Text,
    /// Where it is laid down.
    pub basis: String,
    /// For which lines it holds, as written; empty where it speaks of whole ids.
    pub scope: String,
    /// The condition as written.
    pub formula: String,
}

/// Offices that a check does not concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exempt {
    /// Levels of office.
    pub levels: Vec<Level>,
    /// Offices and places by name, whatever their level.
    pub offices: Vec<String>,
    /// The severity where the level of an office is not certain; `None`: as for the others.
    pub unsure: Option<Severity>,
}

/// The level of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The State Council and its departments.
    State,
    /// A province, autonomous region or municipality under the State Council.
    Province,
    /// A city with districts, or an autonomous prefecture.
    Prefecture,
    /// A county, district or city without districts.
    County,
    /// A township, town or street.
    Township,
    /// A department of a local government.
    Department,
}
