//! Values that could not be read, where the relations leave only one.
//!
//! Deductive imputation of a single cell: every relation that holds it and nothing else unknown must give the same
//! value, and one that the field may have.

use super::solver::{self, Linear, Op, Problem};
use super::typed::Typed;
use crate::check::Submission;
use crate::finding::{Certainty, Change, Text, plural};
use rust_decimal::Decimal;

/// Corrections of cells that cannot be read, with the values that the relations give them.
pub(super) fn determined(s: Submission) -> Vec<Change> {
    if !s.filled.readings.iter().any(|r| r.place.is_some() && r.is_unknown()) {
        return Vec::new();
    }
    let typed = Typed::with_unknown(s);
    let unknown = typed.problem.cells.iter().enumerate().filter(|(_, c)| c.value.is_none());
    unknown.filter_map(|(cell, _)| change(s, &typed, cell)).collect()
}

fn change(s: Submission, typed: &Typed, cell: usize) -> Option<Change> {
    let problem = &typed.problem;
    let telling: Vec<&Linear> = problem.relations.iter().filter(|r| tells(problem, r, cell)).collect();
    let mut values = telling.iter().map(|r| value(problem, r, cell));
    let to = values.next()??;
    if !values.all(|v| v == Some(to)) || !is_allowed(problem, cell, to) {
        return None;
    }
    let field = *typed.fields.get(cell)?;
    let is_formula = s.filled.reading(field).is_some_and(|r| r.is_formula);
    let limit = withstood(problem, cell);
    let proved = telling.len() > 1 && !is_formula && limit >= 2;
    let certainty = if proved { Certainty::Proved } else { Certainty::Likely };
    s.change(field, to, certainty, why(telling.len()))
}

/// Whether a relation holds a cell and no other that is unknown.
fn tells(problem: &Problem, relation: &Linear, cell: usize) -> bool {
    let known = |c: usize| problem.cells.get(c).is_some_and(|c| c.value.is_some());
    let equation = relation.op == Op::Eq;
    equation
        && relation.terms.iter().any(|t| t.0 == cell)
        && relation.terms.iter().all(|t| t.0 == cell || known(t.0))
}

/// The value of a cell with which a relation holds.
fn value(problem: &Problem, relation: &Linear, cell: usize) -> Option<Decimal> {
    let k = relation.terms.iter().find(|t| t.0 == cell)?.1;
    let others =
        relation.sum(|c| if c == cell { Some(Decimal::ZERO) } else { problem.cells.get(c)?.value })?;
    Some((-others).checked_div(k)?.normalize())
}

fn is_allowed(problem: &Problem, cell: usize, value: Decimal) -> bool {
    problem.cells.get(cell).is_some_and(|c| {
        c.lower.is_none_or(|l| value >= l)
            && c.upper.is_none_or(|u| value <= u)
            && (!c.integer || value.is_integer())
    })
}

/// How many cells besides may be wrong, at most, without giving the same value by accident.
fn withstood(problem: &Problem, cell: usize) -> u32 {
    let known = problem.relations.iter().filter(|r| tells(problem, r, cell) || is_known(problem, r));
    let known = Problem { cells: problem.cells.clone(), relations: known.cloned().collect() };
    let held = known.relations.iter().all(|r| {
        tells(&known, r, cell) || r.sum(|c| known.cells.get(c)?.value).is_some_and(|s| r.op.holds(s))
    });
    let distance = solver::distance(&known, cell, 6).unwrap_or(0);
    if held { distance.saturating_sub(2) } else { 0 }
}

fn is_known(problem: &Problem, relation: &Linear) -> bool {
    relation.terms.iter().all(|t| problem.cells.get(t.0).is_some_and(|c| c.value.is_some()))
}

fn why(relations: usize) -> Text {
    Text::new(
        format!("原内容无法识别；由 {relations} 条勾稽关系推出，只能是此数"),
        format!("what stands there cannot be read; {} leave no other number", plural(relations, "relation")),
    )
}
