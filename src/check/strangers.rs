//! Rows that are none of the form's and that sums count all the same.
//!
//! A sum that is off by exactly what stands in such a row of its block, in every column, is not off for a wrong number:
//! the row was counted into it. The relations of such sums are told with the row, and accuse no cell of the form.

use super::relations::{Broken, failing, sides};
use super::unread::{LABEL, excerpt};
use super::{Submission, written_out};
use crate::finding::{Finding, Severity, Text};
use crate::form::FieldIx;
use crate::grid::{CellRef, number};
use crate::mapping::{Issue, Stray};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Columns, at least, in which a row has the number that a sum is off by; in one alone it may be chance.
const LEAST: usize = 2;

/// The label of a row: its sheet and cell.
type Label = (usize, CellRef);

/// Rows of a block that are none of the form's, with the relations of the sums that count them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub(super) rows: Vec<Label>,
    /// The relations that do not hold for it.
    pub relations: Vec<Broken>,
    /// Totals that are too large by it.
    totals: Vec<FieldIx>,
}

/// A total of a column, with where it stands and how much it has more than its parts.
struct Total {
    relation: usize,
    field: FieldIx,
    sheet: usize,
    col: u32,
    more: Decimal,
}

/// Rows that are none of the form's and that sums count.
pub fn counted(s: Submission) -> Vec<Counted> {
    let strangers: Vec<Label> = s.mapping.issues.iter().filter_map(label).collect();
    if strangers.is_empty() {
        return Vec::new();
    }
    let broken = failing(s);
    let mut found: IndexMap<Vec<Label>, Counted> = IndexMap::new();
    for ((_, table, block, _), totals) in lines(s) {
        let own: Vec<&Broken> =
            broken.iter().filter(|b| totals.iter().any(|t| t.relation == b.relation)).collect();
        let inside: Vec<Label> =
            strangers.iter().copied().filter(|label| is_inside(s, (table, block), *label)).collect();
        let Some(rows) = (!own.is_empty()).then(|| explaining(s, &totals, &inside)).flatten() else {
            continue;
        };
        let empty = Counted { rows: rows.clone(), relations: Vec::new(), totals: Vec::new() };
        let counted = found.entry(rows).or_insert(empty);
        counted.relations.extend(own);
        counted.totals.extend(totals.iter().filter(|t| !t.more.is_zero()).map(|t| t.field));
    }
    found.into_values().collect()
}

fn label(issue: &Issue) -> Option<Label> {
    if let Issue::Stranger(sheet, at, Stray::Row) = issue { Some((*sheet, *at)) } else { None }
}

/// The totals down the columns of blocks, by rule and row.
fn lines(s: Submission) -> BTreeMap<(usize, usize, usize, usize), Vec<Total>> {
    let mut lines: BTreeMap<_, Vec<Total>> = BTreeMap::new();
    for (relation, r) in s.form.relations.iter().enumerate() {
        let (Some((parts, total)), Some(sides)) = (r.plain(), sides(s, r)) else { continue };
        let ([field], Some(more)) = (total.as_slice(), sides.actual.checked_sub(sides.expected)) else {
            continue;
        };
        let at = |f: FieldIx| s.filled.reading(f)?.place;
        let (Some(f), Some(place)) = (s.form.field(*field), at(*field)) else { continue };
        let along = |p: &FieldIx| {
            at(*p).is_some_and(|p| {
                p.sheet == place.sheet && p.at.col == place.at.col && p.at.row != place.at.row
            })
        };
        if parts.iter().all(along) {
            let total = Total { relation, field: *field, sheet: place.sheet, col: place.at.col, more };
            lines.entry((r.rule, f.table, f.block, f.row)).or_default().push(total);
        }
    }
    lines
}

/// Whether a row stands between rows of a block.
fn is_inside(s: Submission, block: (usize, usize), (sheet, at): Label) -> bool {
    let fields = s.form.fields.iter().zip(&s.filled.readings);
    let own = fields.filter(|(f, _)| (f.table, f.block) == block).filter_map(|(_, r)| r.place);
    let rows: Vec<u32> = own.filter(|p| p.sheet == sheet).map(|p| p.at.row).collect();
    rows.iter().any(|r| *r < at.row) && rows.iter().any(|r| *r > at.row)
}

/// The row, or all rows together, whose numbers are what the totals have more than their parts.
fn explaining(s: Submission, totals: &[Total], rows: &[Label]) -> Option<Vec<Label>> {
    let number = |total: &Total, (sheet, at): &Label| {
        let cell = s.book.sheets.get(*sheet).filter(|_| *sheet == total.sheet)?;
        match cell.cell(CellRef::new(at.row, total.col)).and_then(|c| c.entry.raw()) {
            Some(text) => number::read(&text).map(|t| t.value),
            None => Some(Decimal::ZERO),
        }
    };
    let explains = |rows: &[Label]| {
        let sum = |t: &Total| rows.iter().try_fold(Decimal::ZERO, |all, r| all.checked_add(number(t, r)?));
        totals.iter().all(|t| sum(t) == Some(t.more))
    };
    let off = totals.iter().filter(|t| !t.more.is_zero()).count();
    let alone = rows.iter().map(std::slice::from_ref).find(|row| explains(row));
    let found = alone.or_else(|| Some(rows).filter(|rows| explains(rows)));
    found.filter(|_| off >= LEAST).map(<[Label]>::to_vec)
}

/// The finding about rows too many that sums count.
pub(super) fn told(s: Submission, counted: &Counted) -> Option<Finding> {
    let relations: Vec<_> = counted.relations.iter().filter_map(|b| written_out(s, b)).collect();
    let first = relations.first()?;
    let labels = counted.rows.iter().map(|row| excerpt(s, *row, LABEL));
    let quoted: Vec<String> = labels.map(|label| format!("“{}”", label.trim())).collect();
    let total = s.names().line_of(counted.totals.get(..1)?);
    let name = s.names().row_name(*counted.totals.first()?);
    let (rows, n) = (quoted.join("、"), counted.totals.len());
    let text = Text::new(
        format!(
            "{rows}不是规定格式中的行，其中的数字没有读取；多出的行被加进了合计：“{name}”等 {n} 格比各项之和多出的，正是它的数"
        ),
        format!(
            "{rows}: no row of the form, and its numbers were not read; yet it is counted into {n} totals ({})",
            total.en
        ),
    );
    let severity = counted.relations.iter().filter_map(|b| s.form.relations.get(b.relation));
    let severity = severity.filter_map(|r| super::severity(s, r)).max().unwrap_or(Severity::Error);
    let mut finding = Finding::new(&first.code, severity, first.place.clone(), text);
    finding.also = vec!["S003".to_owned()];
    (finding.expected, finding.actual) = (Some(first.expected), Some(first.actual));
    finding.relations = relations;
    let places = counted.rows.iter().filter_map(|(sheet, at)| s.place(*sheet, *at)).collect();
    Some(finding.at(Vec::new(), places).advising(Text::new(
        "把它的数并入规定的行，或从合计中减去，再删去这一行",
        "count its numbers in a row of the form, or take them out of the totals, and remove the row",
    )))
}
