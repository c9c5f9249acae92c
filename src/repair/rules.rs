//! Rules judged by themselves: whether they can be met at all, which add nothing, which fix a value.
//!
//! The form's own review sees equations through; what inequalities say together is asked of the solver here.

use super::solver::{self, Cell, Linear, Op, Problem};
use crate::form::{Field, FieldIx, Form, Op as Comparison, Relation, Remark, Sum, review};
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

/// The whole self-check of a form's rules: its own review, and what its inequalities say together with the rest:
/// that nothing satisfies them all, which follow from others, which fields they leave one number.
pub fn examine(form: &Form) -> Vec<Remark> {
    let mut remarks = review(form);
    for remark in together(form) {
        let said = match &remark {
            Remark::Implied(i) => remarks.contains(&Remark::NeverBinding(*i)),
            Remark::Only(field, _) => {
                remarks.iter().any(|r| matches!(r, Remark::OnlyZero(fields) if fields.contains(field)))
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
    let redundant = redundant(&problem);
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
