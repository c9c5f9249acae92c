//! Rules judged by themselves: whether they can be met at all, which add nothing, which fix a value.

use super::solver::{self, Cell, Linear, Op, Problem};
use rust_decimal::Decimal;

/// For each relation, whether the others already say it; those found to add nothing are left out for the next.
pub fn redundant(problem: &Problem) -> Vec<bool> {
    let mut kept: Vec<bool> = vec![true; problem.relations.len()];
    for (i, relation) in problem.relations.iter().enumerate() {
        let others = || {
            let rest = problem.relations.iter().zip(&kept).enumerate();
            rest.filter(move |(j, (_, keep))| *j != i && **keep).map(|(_, (r, _))| r.clone())
        };
        let impossible = |op: Op| {
            let relations = others().chain([Linear { op, ..relation.clone() }]).collect();
            solver::is_feasible(&Problem { cells: problem.cells.clone(), relations }) == Some(false)
        };
        let implied = opposites(relation.op).iter().all(|op| impossible(*op));
        if let Some(slot) = kept.get_mut(i) {
            *slot = !implied;
        }
    }
    kept.into_iter().map(|k| !k).collect()
}

/// What it means that a relation does not hold.
fn opposites(op: Op) -> &'static [Op] {
    match op {
        Op::Eq => &[Op::Lt, Op::Gt],
        Op::Le => &[Op::Gt],
        Op::Lt => &[Op::Ge],
        Op::Ge => &[Op::Lt],
        Op::Gt => &[Op::Le],
    }
}

/// Cells that the relations alone leave one value, with it.
pub fn fixed(problem: &Problem) -> Vec<(usize, Decimal)> {
    let unknown = |c: &Cell| Cell { value: None, ..c.clone() };
    let cells = problem.cells.iter().map(unknown).collect();
    super::impute::determined(&Problem { cells, relations: problem.relations.clone() })
}
