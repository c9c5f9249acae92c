//! The formula that belongs in a cell where a number was typed over it.
//!
//! Where the totals beside it are formulas that add up their parts, this one was a formula too. It is the nearest of
//! theirs, copied to its place, and only if it then adds up exactly the parts that the form gives this total.

use crate::check::Submission;
use crate::form::{FieldIx, Relation};
use crate::grid::{CellRef, formula};
use crate::mapping::Placed;
use std::collections::BTreeSet;

/// A total's place and those of its parts.
struct Total {
    at: Placed,
    parts: BTreeSet<CellRef>,
}

/// The formula (without `=`) that adds up the parts of a relation in its total: as the cells beside it do, else in
/// ranges; `None` where its parts do not stand on one sheet.
pub(super) fn of_total(s: Submission, relation: &Relation) -> Option<String> {
    restored(s, relation).or_else(|| Some(sum_of(&total(s, relation)?.parts)))
}

/// A sum over cells, neighbours as ranges.
fn sum_of(cells: &BTreeSet<CellRef>) -> String {
    let mut runs: Vec<(CellRef, CellRef)> = Vec::new();
    for cell in cells {
        let follows = |first: &CellRef, last: &CellRef| {
            let down = first.col == cell.col && last.col == cell.col && last.row + 1 == cell.row;
            let along = first.row == cell.row && last.row == cell.row && last.col + 1 == cell.col;
            down || along
        };
        match runs.iter_mut().find(|(first, last)| follows(first, last)) {
            Some((_, last)) => *last = *cell,
            None => runs.push((*cell, *cell)),
        }
    }
    let range = |(first, last): &(CellRef, CellRef)| {
        if first == last { first.to_string() } else { format!("{first}:{last}") }
    };
    format!("SUM({})", runs.iter().map(range).collect::<Vec<_>>().join(","))
}

/// The formula (without `=`) that a field's cell should hold, if the cells beside it hold theirs.
pub fn formula(s: Submission, field: &str) -> Option<String> {
    let field = s.form.field_ix(field)?;
    let mut own = s.form.relations.iter().filter(|r| is_total(r, field));
    own.find_map(|r| restored(s, r))
}

fn is_total(relation: &Relation, field: FieldIx) -> bool {
    relation.plain().is_some_and(|(parts, total)| total == [field] && parts.len() > 1)
}

fn restored(s: Submission, relation: &Relation) -> Option<String> {
    let own = total(s, relation)?;
    let alike = s.form.relations.iter().filter(|r| r.rule == relation.rule && *r != relation);
    let others: Vec<Total> =
        alike.filter_map(|r| total(s, r)).filter(|t| t.at.sheet == own.at.sheet).collect();
    let with_formula: Vec<(&Total, &str)> = others
        .iter()
        .filter_map(|t| Some((t, text_at(s, t.at)?)))
        .filter(|(t, text)| adds_up(text, &t.parts))
        .collect();
    if with_formula.len() < 2 || with_formula.len() * 2 < others.len() {
        return None;
    }
    let distance = |t: &Total| t.at.at.row.abs_diff(own.at.at.row) + t.at.at.col.abs_diff(own.at.at.col);
    let (nearest, text) = with_formula.into_iter().min_by_key(|(t, _)| distance(t))?;
    let by = |to: u32, from: u32| i64::from(to) - i64::from(from);
    let (from, to) = (nearest.at.at, own.at.at);
    let text = formula::copied(text, by(to.row, from.row), by(to.col, from.col))?;
    adds_up(&text, &own.parts).then_some(text)
}

/// The total of a relation, if it and all its parts stand on one sheet.
fn total(s: Submission, relation: &Relation) -> Option<Total> {
    let (parts, total) = relation.plain()?;
    let [total] = total.as_slice() else { return None };
    let place = |f: FieldIx| s.filled.reading(f)?.place;
    let at = place(total.to_owned())?;
    let cells = parts.into_iter().map(|f| place(f).filter(|p| p.sheet == at.sheet).map(|p| p.at));
    Some(Total { at, parts: cells.collect::<Option<_>>()? })
}

fn text_at(s: Submission<'_>, place: Placed) -> Option<&str> {
    s.book.sheets.get(place.sheet)?.cell(place.at)?.formula.as_deref()
}

/// Whether a formula adds up exactly these cells of its own sheet.
fn adds_up(text: &str, parts: &BTreeSet<CellRef>) -> bool {
    formula::parse(text).is_some_and(|sum| {
        let plain = sum.terms.iter().all(|t| t.sheet.is_none() && !t.negative);
        let cells: BTreeSet<CellRef> = sum.terms.iter().map(|t| t.cell).collect();
        plain && sum.constant.is_zero() && cells.len() == sum.terms.len() && cells == *parts
    })
}
