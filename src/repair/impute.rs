//! Deductive imputation: unknown values that the relations leave only one choice for.
//!
//! T. de Waal, J. Pannekoek, S. Scholtus, *Handbook of Statistical Data Editing and Imputation* (2011), ch. 9.2.

use super::solver::{self, Problem};
use rust_decimal::Decimal;

/// The unknown cells of a problem that have exactly one possible value, with it.
pub fn determined(problem: &Problem) -> Vec<(usize, Decimal)> {
    let unknown = problem.cells.iter().enumerate().filter(|(_, c)| c.value.is_none());
    unknown.filter_map(|(cell, _)| Some((cell, only(problem, cell)?))).collect()
}

/// The one value that relations leave a cell, if they do.
pub(super) fn only(problem: &Problem, cell: usize) -> Option<Decimal> {
    let range = solver::range(problem, &[], cell)?;
    let whole = problem.cells.get(cell)?.integer;
    let least = range.least.map(|l| if whole { l.ceil() } else { l })?;
    let greatest = range.greatest.map(|g| if whole { g.floor() } else { g })?;
    (least == greatest).then_some(least.normalize())
}
