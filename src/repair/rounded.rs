//! Values that the relations leave a little room for, because numbers are rounded.

use super::solver::{self, Linear, Op, Problem, Range, Solution};
use crate::grid::amount;
use rust_decimal::Decimal;

/// A solution with a value for every cell that lies in a relation with two bounds: the middle, rounded to the cell's
/// unit. Cells that only have a limit on one side stay without.
pub(super) fn settled(
    problem: &Problem,
    solution: &Solution,
    unit: &dyn Fn(usize) -> Option<Decimal>,
) -> Solution {
    let mut out = solution.clone();
    if solution.values.iter().all(Option::is_some) {
        return out;
    }
    let mut current = problem.clone();
    for (i, cell) in solution.cells.iter().copied().enumerate() {
        let open: Vec<usize> = solution.cells.iter().skip(i + 1).copied().collect();
        let known = solution.values.get(i).copied().flatten();
        let value = known.or_else(|| {
            let range = solver::range(&current, &open, cell).filter(|_| is_between(problem, cell))?;
            within(range, unit(cell))
        });
        let (Some(slot), Some(cell)) = (out.values.get_mut(i), current.cells.get_mut(cell)) else { continue };
        *slot = value;
        cell.value = value.or(cell.value);
    }
    let value = |c: usize| current.cells.get(c)?.value;
    let holds = |r: &Linear| r.sum(value).is_some_and(|sum| r.op.holds(sum));
    if current.relations.iter().all(holds) { out } else { solution.clone() }
}

/// What a cell may hold while the others of a solution may change.
pub(super) fn room(problem: &Problem, others: &[usize], cell: usize) -> Option<(Decimal, Decimal)> {
    if problem.relations.iter().all(|r| r.op == Op::Eq) {
        return None;
    }
    let range = solver::range(problem, others, cell)?;
    range.least.zip(range.greatest).filter(|(l, g)| l < g)
}

/// Whether a relation bounds a cell from both sides.
fn is_between(problem: &Problem, cell: usize) -> bool {
    let bounds = |op: Op| problem.relations.iter().any(|r| r.op == op && r.terms.iter().any(|t| t.0 == cell));
    bounds(Op::Le) && bounds(Op::Ge)
}

/// The middle of a range, rounded to a unit, if that lies within.
fn within(range: Range, unit: Option<Decimal>) -> Option<Decimal> {
    let (least, greatest) = range.least.zip(range.greatest)?;
    let middle = least.checked_add(greatest)?.checked_div(Decimal::TWO)?;
    let Some(unit) = unit else { return Some(middle.normalize()) };
    let value = amount::round_to(middle, unit)?;
    (least <= value && value <= greatest).then_some(value)
}
