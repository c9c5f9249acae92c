//! The model of a form once it is loaded and checked.

use crate::finding::{Severity, Text};

/// A field of a form by number, in the form's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldIx(pub u32);

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// Its id, such as `xxgk-2021`.
    pub id: String,
    /// Its name.
    pub title: Text,
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
    /// Its balance relations, in the form's order.
    pub relations: Vec<Relation>,
    /// Its other checks.
    pub checks: Vec<Check>,
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

/// A balance relation: the sum of the parts equals the sum of the total's side.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The rule's code.
    pub code: String,
    /// Row, column or group.
    pub place: String,
    /// The side of the parts.
    pub expected: Vec<FieldIx>,
    /// The side of the total.
    pub actual: Vec<FieldIx>,
}

/// A check other than a balance relation.
#[derive(Debug, Clone)]
pub struct Check {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
}
