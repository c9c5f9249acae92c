//! The model of a form once it is loaded and checked.

use super::condition::{Condition, Op, Sum, Term};
use super::narrative::Narrative;
use crate::finding::{Severity, Text};
use crate::grid::label::{Normal, folded, normalise};
use rust_decimal::Decimal;

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
    /// Fields that another version of the form counts under another name.
    pub comparable: Vec<Comparable>,
}

/// A field that counts the same as one of another version of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparable {
    /// The field.
    pub field: FieldIx,
    /// Id of the other form.
    pub form: String,
    /// Id of the field there.
    pub was: String,
}

/// Whether a form or a rule is in use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Status {
    /// Being written: a rule is not checked.
    Draft,
    /// On trial: what a rule finds is an info.
    Beta,
    /// In use.
    #[default]
    Active,
    /// No longer to be used, and why.
    Withdrawn(String),
}

/// When a rule is in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    /// Whether it is in use.
    pub status: Status,
    /// First year of reports.
    pub since: Option<i32>,
    /// Last year of reports.
    pub until: Option<i32>,
}

impl Life {
    /// Whether it is in force for reports of this year; where the year is not known it is.
    pub fn in_force(&self, year: Option<i32>) -> bool {
        let in_use = matches!(self.status, Status::Active | Status::Beta);
        let within = |y: i32| self.since.is_none_or(|s| s <= y) && self.until.is_none_or(|u| y <= u);
        in_use && year.is_none_or(within)
    }

    /// How bad a finding of the rule is, given how bad it is once in use.
    pub fn severity(&self, in_use: Severity) -> Severity {
        if self.status == Status::Beta { Severity::Info } else { in_use }
    }
}

impl Form {
    /// A field by number.
    pub fn field(&self, ix: FieldIx) -> Option<&Field> {
        self.fields.get(ix.0 as usize)
    }

    /// What its submissions call themselves: its heading without office and year.
    pub fn report(&self) -> String {
        let year = self.heading.replace("{office}", "").replace("{year}年", "").replace("{year}", "");
        let bare = year.trim();
        if bare.is_empty() { self.title.zh.clone() } else { bare.to_owned() }
    }

    /// The number of the field with this id.
    pub fn field_ix(&self, id: &str) -> Option<FieldIx> {
        self.fields.iter().position(|f| f.id == id).map(|i| FieldIx(i as u32))
    }

    /// Whether a relation's rule is in use, in any year.
    pub fn in_use(&self, relation: &Relation) -> bool {
        self.rules.get(relation.rule).is_some_and(|r| matches!(r.life.status, Status::Active | Status::Beta))
    }

    /// The block that a field stands in.
    pub fn block_of(&self, field: &Field) -> Option<&Block> {
        self.tables.get(field.table)?.blocks.get(field.block)
    }

    /// The fields of the form as it is printed: without those that stand only in a mixed one.
    pub fn printed(&self) -> impl Iterator<Item = FieldIx> {
        (0..self.fields.len() as u32).map(FieldIx).filter(|f| !self.is_variant(*f))
    }

    /// Whether a field stands only in a mixed form: on a line that replaces others.
    pub fn is_variant(&self, ix: FieldIx) -> bool {
        let Some(field) = self.field(ix) else { return false };
        let Some(block) = self.block_of(field) else { return false };
        let replaces = |line: Option<&Line>| line.is_some_and(|l| !l.replaces.is_empty());
        replaces(block.rows.get(field.row)) || replaces(block.cols.get(field.col))
    }

    /// The fields that a field of a mixed form stands for.
    pub fn replaced(&self, ix: FieldIx) -> Vec<FieldIx> {
        let Some(field) = self.field(ix) else { return Vec::new() };
        let Some(block) = self.block_of(field) else { return Vec::new() };
        let (row, col) = (block.rows.get(field.row), block.cols.get(field.col));
        let is_part = |f: &&FieldIx| {
            let Some(other) = self.field(**f) else { return false };
            let by_row =
                row.is_some_and(|r| block.rows.get(other.row).is_some_and(|o| r.replaces.contains(&o.id)));
            let by_col =
                col.is_some_and(|c| block.cols.get(other.col).is_some_and(|o| c.replaces.contains(&o.id)));
            (by_row && other.col == field.col) || (by_col && other.row == field.row)
        };
        block.fields.iter().filter(is_part).copied().collect()
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
    /// Its blocks, from top to bottom, and from left to right where they stand beside each other.
    pub blocks: Vec<Block>,
}

/// Rows × columns of fields under one header.
#[derive(Debug, Clone)]
pub struct Block {
    /// Whether it stands to the right of the block before, with rows of its own.
    pub beside: bool,
    /// The line printed above the header, if any (第二十条第（一）项).
    pub band: Option<Label>,
    /// The label in the corner of the header, if any.
    pub corner: Option<Label>,
    /// The unit that is printed for all of it, if any.
    pub unit: Option<String>,
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
    /// A decimal amount with a sign.
    SignedMoney,
}

impl Kind {
    /// Whether negative numbers are in order.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::SignedCount | Self::SignedMoney)
    }

    /// Whether the numbers must be whole.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Count | Self::SignedCount)
    }
}

/// What a blank means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blank {
    /// A number is missing: 0 should have been entered.
    #[default]
    Fault,
    /// It is 0.
    Zero,
    /// There is no number.
    Unknown,
}

/// Marks that are in order where a number belongs, and what each of them means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(Vec<(String, Blank)>);

impl Marks {
    /// Marks that are 0 and marks for no number.
    pub fn new(zero: &[String], unknown: &[String]) -> Self {
        let of = |marks: &[String], means: Blank| {
            marks.iter().map(move |m| (plain_mark(m), means)).collect::<Vec<_>>()
        };
        let mut all = of(zero, Blank::Zero);
        all.extend(of(unknown, Blank::Unknown));
        Self(all)
    }

    /// These, and of the outer ones those that these do not name.
    #[must_use]
    pub fn within(&self, outer: &Self) -> Self {
        let further = outer.0.iter().filter(|(m, _)| self.0.iter().all(|(own, _)| own != m));
        Self(self.0.iter().chain(further).cloned().collect())
    }

    /// What a text means, if it is one of them.
    pub fn meaning(&self, text: &str) -> Option<Blank> {
        if self.0.is_empty() {
            return None;
        }
        let plain = plain_mark(text);
        self.0.iter().find(|(mark, _)| *mark == plain).map(|(_, means)| *means)
    }
}

/// A mark without differences of width, spaces and letters.
fn plain_mark(text: &str) -> String {
    folded(text).flat_map(char::to_lowercase).collect()
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
    /// What a blank means.
    pub blank: Blank,
    /// Marks that are in order in place of a number.
    pub marks: Marks,
    /// What its numbers are rounded to, if they are.
    pub rounded: Option<Decimal>,
    /// Whether it adds up over offices, which rates and means do not; where that is not known, it does.
    pub adds_up: Option<bool>,
}

impl Field {
    /// Whether it is a rate, a share or a mean, which does not add up over offices.
    pub fn is_rate(&self) -> bool {
        self.adds_up == Some(false)
    }
}

/// What stands in a sum over offices in place of a rate.
pub const NOT_ADDED: &str = "不汇总";

/// A rule of balance, as the definition states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its code.
    pub code: String,
    /// How bad it is when it does not hold.
    pub severity: Severity,
    /// When it is in force.
    pub life: Life,
    /// Offices that it does not concern.
    pub exempt: Option<Exempt>,
    /// What it says.
    pub title: Text,
    /// Where it is laid down.
    pub basis: String,
    /// For which lines it holds, as written: `each row of t3`.
    pub scope: String,
    /// The formula as written.
    pub formula: String,
}

/// A balance relation: as a rule, the sum of the parts equals the total.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The rule's code.
    pub code: String,
    /// Row, column or group.
    pub place: String,
    /// The side of the parts.
    pub expected: Sum,
    /// How the sides compare.
    pub op: Op,
    /// The side of the total.
    pub actual: Sum,
    /// How far off it may be, besides what the rounding of its numbers allows.
    pub tolerance: Decimal,
    /// It holds only where this is met.
    pub condition: Option<Condition>,
    /// The finding's words, where the form has its own; `{field id}` stands for that field's value.
    pub text: Text,
    /// Index of its rule in [`Form::rules`].
    pub rule: usize,
    /// Whether it holds only in a mixed form, of which a line replaces others. Its fields are absent from any
    /// other submission, so that it is not evaluated there.
    pub variant: bool,
}

impl Relation {
    /// The terms of both sides.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.expected.terms.iter().chain(&self.actual.terms)
    }

    /// This year's fields of both sides, each once.
    pub fn fields(&self) -> Vec<FieldIx> {
        let mut out = Vec::new();
        for field in self.terms().filter(|t| !t.last_year).flat_map(|t| [Some(t.field), t.by]).flatten() {
            if !out.contains(&field) {
                out.push(field);
            }
        }
        out
    }

    /// Parts and totals of a relation that says no more than that they add up to the same.
    pub fn plain(&self) -> Option<(Vec<FieldIx>, Vec<FieldIx>)> {
        let simple = self.op == Op::Equal && self.tolerance.is_zero() && self.condition.is_none();
        Some((self.expected.plain()?, self.actual.plain()?)).filter(|_| simple)
    }

    /// Whether it compares weighted sums of this year's and last year's numbers, without products of fields.
    pub fn is_linear(&self) -> bool {
        self.terms().all(|t| t.by.is_none())
    }

    /// Whether it is one equation of this year's numbers alone.
    pub fn is_equation(&self) -> bool {
        self.op == Op::Equal && self.is_linear() && !self.terms().any(|t| t.last_year)
    }
}

/// A check other than a balance relation: a condition that should not be met.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// When it is in force.
    pub life: Life,
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
