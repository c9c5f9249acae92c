//! Rules judged by themselves: whether they can be met at all, which add nothing, which fix a value.
//!
//! The form's own review sees equations through; what inequalities say together is asked of the solver here.

use super::solver::{self, Cell, Linear, Op, Problem};
use crate::form::{Field, FieldIx, Form, Op as Comparison, Relation, Remark, Sum, review};
use rust_decimal::Decimal;
use std::collections::{BTreeSet, VecDeque};

/// Relations that a larger form is judged by at a time: of those around one, the nearest; what takes no more than
/// its closest is seen sooner.
const NEAREST: usize = 48;
const CLOSEST: usize = 8;
/// The same for a cell, of which there are many more.
const NEAREST_OF_CELL: usize = 16;

/// For each relation, whether the others already say it; those found to add nothing are left out for the next.
pub fn redundant(problem: &Problem) -> Vec<bool> {
    redundant_of(problem, |_| true)
}

/// The same, asked only of some relations. In a large problem only the nearest of the others are looked at, so that
/// the work grows with the number of relations and not with its square; what follows from them follows from all.
fn redundant_of(problem: &Problem, asked: impl Fn(&Linear) -> bool) -> Vec<bool> {
    let mut kept: Vec<bool> = vec![true; problem.relations.len()];
    let around = Around::new(problem);
    for (i, relation) in problem.relations.iter().enumerate().filter(|(_, r)| asked(r)) {
        let follows = |most: usize| {
            let near = around.relations(relation.terms.iter().map(|t| t.0), most);
            let rest = near.into_iter().filter(|j| *j != i && kept.get(*j) == Some(&true));
            let others: Vec<Linear> = rest.filter_map(|j| problem.relations.get(j)).cloned().collect();
            opposites(relation.op).iter().all(|op| !is_possible(problem, &others, relation, *op))
        };
        let implied = follows(CLOSEST) || follows(NEAREST);
        if let Some(slot) = kept.get_mut(i) {
            *slot = !implied;
        }
    }
    kept.into_iter().map(|k| !k).collect()
}

/// Whether some numbers satisfy these relations and another one turned round.
fn is_possible(problem: &Problem, others: &[Linear], turned: &Linear, op: Op) -> bool {
    let turned = Linear { op, ..turned.clone() };
    let relations = others.iter().cloned().chain([turned]).collect();
    let part = Problem { cells: problem.cells.clone(), relations };
    solver::is_feasible(&concerned(&part).1) != Some(false)
}

/// The relations of a problem by their cells.
struct Around<'a> {
    problem: &'a Problem,
    of_cell: Vec<Vec<usize>>,
}

impl<'a> Around<'a> {
    fn new(problem: &'a Problem) -> Self {
        let mut of_cell = vec![Vec::new(); problem.cells.len()];
        for (i, relation) in problem.relations.iter().enumerate() {
            for (cell, _) in &relation.terms {
                if let Some(own) = of_cell.get_mut(*cell) {
                    own.push(i);
                }
            }
        }
        Self { problem, of_cell }
    }

    /// The relations nearest to some cells, from one to the next by the cells they share, in the problem's order.
    fn relations(&self, cells: impl Iterator<Item = usize>, most: usize) -> Vec<usize> {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut waiting: VecDeque<usize> = cells.collect();
        while let Some(cell) = waiting.pop_front() {
            if !seen.insert(cell) {
                continue;
            }
            for relation in self.of_cell.get(cell).into_iter().flatten() {
                if found.len() >= most {
                    return found.into_iter().collect();
                }
                if found.insert(*relation) {
                    let terms = self.problem.relations.get(*relation).into_iter().flat_map(|r| &r.terms);
                    waiting.extend(terms.map(|t| t.0));
                }
            }
        }
        found.into_iter().collect()
    }
}

/// The cells that a problem's relations hold, and the problem of them alone.
fn concerned(problem: &Problem) -> (Vec<usize>, Problem) {
    let cells: BTreeSet<usize> = problem.relations.iter().flat_map(|r| r.terms.iter().map(|t| t.0)).collect();
    let cells: Vec<usize> = cells.into_iter().collect();
    let part = solver::restrict(problem, &cells);
    (cells, part)
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

/// Cells that the relations alone leave one value, with it; in a large problem, the relations nearest to each.
pub fn fixed(problem: &Problem) -> Vec<(usize, Decimal)> {
    let unknown = |c: &Cell| Cell { value: None, ..c.clone() };
    let cells = problem.cells.iter().map(unknown).collect();
    let problem = Problem { cells, relations: problem.relations.clone() };
    if problem.relations.len() <= NEAREST {
        return super::impute::determined(&problem);
    }
    let around = Around::new(&problem);
    let only = |cell: usize| {
        let near = around.relations(std::iter::once(cell), NEAREST_OF_CELL);
        let relations = near.iter().filter_map(|r| problem.relations.get(*r)).cloned().collect();
        let (cells, part) = concerned(&Problem { cells: problem.cells.clone(), relations });
        Some((cell, super::impute::only(&part, cells.binary_search(&cell).ok()?)?))
    };
    (0..problem.cells.len()).filter_map(only).collect()
}

/// The whole self-check of a form's rules: its own review, and what its inequalities say together with the rest:
/// that nothing satisfies them all, which follow from others, which fields they leave one number.
pub fn examine(form: &Form) -> Vec<Remark> {
    let mut remarks = review(form);
    for remark in together(form) {
        let said = match &remark {
            Remark::Implied(i) => remarks.contains(&Remark::NeverBinding(*i)),
            Remark::Only(field, _) => {
                remarks.iter().any(|r| matches!(r, Remark::OnlyZero(fields, _) if fields.contains(field)))
            }
            _ => false,
        };
        if !said {
            remarks.push(remark);
        }
    }
    remarks
}

fn together(form: &Form) -> Vec<Remark> {
    let plain = |r: &Relation| {
        !r.variant
            && form.in_use(r)
            && r.condition.is_none()
            && r.is_linear()
            && !r.terms().any(|t| t.last_year)
    };
    let lines = form.relations.iter().enumerate().filter(|(_, r)| plain(r));
    let (relations, lines): (Vec<(usize, &Relation)>, Vec<Linear>) =
        lines.filter_map(|(i, r)| Some(((i, r), linear(r)?))).unzip();
    if relations.iter().all(|(_, r)| r.op == Comparison::Equal) {
        return Vec::new();
    }
    let cell = |f: &Field| Cell {
        value: None,
        integer: f.kind.is_whole(),
        lower: (!f.kind.is_signed()).then_some(Decimal::ZERO),
        ..Cell::number(None)
    };
    let problem = Problem { cells: form.fields.iter().map(cell).collect(), relations: lines };
    if solver::is_feasible(&problem) == Some(false) {
        return vec![Remark::Impossible];
    }
    let redundant = redundant_of(&problem, |r| r.op != Op::Eq);
    let idle = relations.iter().zip(redundant).filter(|((_, r), idle)| *idle && r.op != Comparison::Equal);
    let only = fixed(&problem).into_iter().map(|(i, value)| Remark::Only(FieldIx(i as u32), value));
    idle.map(|((i, _), _)| Remark::Implied(*i)).chain(only).collect()
}

/// A relation as one line; `None` where it is only that two sides differ.
fn linear(relation: &Relation) -> Option<Linear> {
    let op = match relation.op {
        Comparison::Equal => Op::Eq,
        Comparison::AtMost => Op::Le,
        Comparison::Less => Op::Lt,
        Comparison::AtLeast => Op::Ge,
        Comparison::Greater => Op::Gt,
        Comparison::Differs => return None,
    };
    let side = |sum: &Sum, sign: Decimal| -> Vec<(usize, Decimal)> {
        sum.terms.iter().map(|t| (t.field.0 as usize, t.factor * sign)).collect()
    };
    let terms = [side(&relation.expected, Decimal::ONE), side(&relation.actual, -Decimal::ONE)].concat();
    Some(Linear { terms, constant: relation.expected.constant - relation.actual.constant, op })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{by_id, small};

    fn said(holds: &[&str]) -> Vec<String> {
        let relations: String = holds
            .iter()
            .enumerate()
            .map(|(i, h)| {
                format!(
                    "[[relation]]\ncode = \"R00{i}\"\nplace = \"x\"\nholds = \"{h}\"\n\
                     title = {{ zh = \"甲\", en = \"a\" }}\n"
                )
            })
            .collect();
        let form = small(&relations);
        examine(&form).iter().map(|r| r.text(&form).en).collect()
    }

    #[test]
    fn what_inequalities_say_together_is_named() {
        assert_eq!(said(&["a ≤ b", "b ≤ c", "a ≤ c"]), ["R002 x follows from the others"]);
        assert_eq!(said(&["a < b", "b < a"]), ["no numbers satisfy all relations together"]);
        assert_eq!(said(&["a + b ≤ c", "c ≤ a"]), ["b can only be 0"]);
        assert!(said(&["a ≤ b"]).is_empty());
        assert!(examine(by_id("xxgk-2021").unwrap()).iter().all(Remark::is_harmless));
    }
}
