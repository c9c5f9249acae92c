//! Corrections by a human error alone, for where too much is wrong to search: typing, signs, swapped cells.
//!
//! Scholtus' typing errors (2009; see `typo`), a reversed sign among them. What two errors explain equally well is
//! left alone, and nothing is corrected that would break a relation which holds. What remains is the solver's.

use super::solver::{Linear, Op, Problem};
use super::typo::Slip;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Cells and the values they should have.
pub type Values = BTreeMap<usize, Decimal>;

fn value(problem: &Problem, changes: &Values, cell: usize) -> Option<Decimal> {
    changes.get(&cell).copied().or_else(|| problem.cells.get(cell)?.value)
}

fn holds(problem: &Problem, changes: &Values, relation: &Linear) -> bool {
    relation.sum(|c| value(problem, changes, c)).is_none_or(|s| relation.op.holds(s))
}

/// A typing error that could be.
struct Candidate {
    cell: usize,
    honest: Decimal,
    /// Broken equalities that it mends, and how many it is in.
    mended: Vec<usize>,
    suspect_of: usize,
}

/// Typing errors in broken equalities that break nothing which holds. Of those that would mend the same relation,
/// the one that mends most counts, then the one whose cell is in most broken relations; of equals none.
pub fn typing_errors(problem: &Problem) -> Values {
    let none = Values::new();
    let broken = |r: &Linear| r.op == Op::Eq && !holds(problem, &none, r);
    let of = |cell: usize| problem.relations.iter().enumerate().filter(move |(_, r)| has(r, cell));
    let mut candidates: Vec<Candidate> = Vec::new();
    for relation in problem.relations.iter().filter(|r| broken(r)) {
        for (cell, _) in &relation.terms {
            let Some(honest) = solved(problem, relation, *cell) else { continue };
            let change = Values::from([(*cell, honest)]);
            let harmless = of(*cell).all(|(_, r)| r.op != Op::Eq || broken(r) || holds(problem, &change, r));
            let known = candidates.iter().any(|c| c.cell == *cell && c.honest == honest);
            if harmless && !known && is_typing(problem, *cell, honest) {
                let own = || of(*cell).filter(|(_, r)| broken(r));
                let mended = own().filter(|(_, r)| holds(problem, &change, r)).map(|(i, _)| i).collect();
                candidates.push(Candidate { cell: *cell, honest, mended, suspect_of: own().count() });
            }
        }
    }
    let rank = |c: &Candidate| (c.mended.len(), c.suspect_of);
    let rivals = |c: &Candidate, o: &Candidate| {
        (c.cell, c.honest) != (o.cell, o.honest)
            && rank(o) >= rank(c)
            && (o.cell == c.cell || o.mended.iter().any(|r| c.mended.contains(r)))
    };
    let allowed = |c: &Candidate| {
        let change = Values::from([(c.cell, c.honest)]);
        of(c.cell).all(|(_, r)| r.op == Op::Eq || holds(problem, &change, r))
    };
    let best = |c: &&Candidate| !candidates.iter().any(|o| rivals(c, o)) && allowed(c);
    candidates.iter().filter(best).map(|c| (c.cell, c.honest)).collect()
}

fn has(relation: &Linear, cell: usize) -> bool {
    relation.terms.iter().any(|t| t.0 == cell)
}

/// The value of a cell with which a relation holds.
fn solved(problem: &Problem, relation: &Linear, cell: usize) -> Option<Decimal> {
    let k = relation.terms.iter().find(|t| t.0 == cell)?.1;
    let own = problem.cells.get(cell).filter(|c| !c.frozen)?.value?;
    let sum = relation.sum(|c| value(problem, &Values::new(), c))?;
    own.checked_sub(sum.checked_div(k)?).map(|d| d.normalize())
}

fn is_typing(problem: &Problem, cell: usize, honest: Decimal) -> bool {
    let entered = problem.cells.get(cell).and_then(|c| c.value);
    Slip::between(entered, honest).is_some_and(Slip::is_typing)
}

/// The pairs of cells that, exchanged, mend every broken relation that they touch and break none; where two pairs
/// would mend the same relation, neither.
pub fn swapped(problem: &Problem, pairs: &[(usize, usize)]) -> Values {
    let none = Values::new();
    let exchanged = |(a, b): &(usize, usize)| {
        let (x, y) = (value(problem, &none, *a)?, value(problem, &none, *b)?);
        let change = Values::from([(*a, y), (*b, x)]);
        let touched = || problem.relations.iter().enumerate().filter(|(_, r)| has(r, *a) || has(r, *b));
        let mended: Vec<usize> =
            touched().filter(|(_, r)| !holds(problem, &none, r)).map(|(i, _)| i).collect();
        let all = touched().all(|(_, r)| holds(problem, &change, r));
        (x != y && !mended.is_empty() && all).then_some((mended, change))
    };
    let found: Vec<(Vec<usize>, Values)> = pairs.iter().filter_map(exchanged).collect();
    let rival = |i: usize, mended: &[usize]| {
        found.iter().enumerate().any(|(j, (other, _))| i != j && other.iter().any(|r| mended.contains(r)))
    };
    let alone = found.iter().enumerate().filter(|(i, (mended, _))| !rival(*i, mended));
    alone.flat_map(|(_, (_, change))| change.clone()).collect()
}
