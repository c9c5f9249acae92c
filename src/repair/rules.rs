//! Rules judged by themselves: whether they can be met at all, which add nothing, which fix a value.
//!
//! The form's own review sees equations through; what inequalities say together is asked of the solver here.

use super::solver::{self, Cell, Linear, Op, Problem};
use crate::finding::Text;
use crate::form::{FieldIx, Form, Op as Comparison, Relation, Sum};
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

/// What the relations of a form with inequalities say together: that nothing satisfies them all, which add nothing
/// to the others, which fields they leave one number.
pub fn examine(form: &Form) -> Vec<Text> {
    let plain = |r: &&Relation| {
        !r.variant
            && form.in_use(r)
            && r.condition.is_none()
            && r.is_linear()
            && !r.terms().any(|t| t.last_year)
    };
    let (relations, lines): (Vec<&Relation>, Vec<Linear>) =
        form.relations.iter().filter(plain).filter_map(|r| Some((r, linear(r)?))).unzip();
    if relations.iter().all(|r| r.op == Comparison::Equal) {
        return Vec::new();
    }
    let cell = |f: &crate::form::Field| Cell {
        value: None,
        integer: f.kind.is_whole(),
        lower: (!f.kind.is_signed()).then_some(Decimal::ZERO),
        ..Cell::number(None)
    };
    let problem = Problem { cells: form.fields.iter().map(cell).collect(), relations: lines };
    if solver::is_feasible(&problem) == Some(false) {
        return vec![Text::new("没有数能同时满足全部关系", "no numbers satisfy all relations together")];
    }
    let name = |r: &Relation| format!("{} {}", r.code, r.place);
    let idle =
        relations.iter().zip(redundant(&problem)).filter(|(r, idle)| *idle && r.op != Comparison::Equal);
    let mut said: Vec<Text> = idle
        .map(|(r, _)| {
            Text::new(
                format!("{} 可由其他关系推出，不起作用", name(r)),
                format!("{} follows from the others", name(r)),
            )
        })
        .collect();
    said.extend(fixed(&problem).into_iter().filter_map(|(i, value)| {
        let id = &form.field(FieldIx(i as u32))?.id;
        Some(Text::new(format!("{id} 只能是 {value}"), format!("{id} can only be {value}")))
    }));
    said
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
        examine(&small(&relations)).into_iter().map(|t| t.en).collect()
    }

    #[test]
    fn what_inequalities_say_together_is_named() {
        assert_eq!(said(&["a ≤ b", "b ≤ c", "a ≤ c"]), ["R002 x follows from the others"]);
        assert_eq!(said(&["a < b", "b < a"]), ["no numbers satisfy all relations together"]);
        assert_eq!(said(&["a + b ≤ c", "c ≤ a"]), ["b can only be 0"]);
        assert!(said(&["a ≤ b"]).is_empty());
        assert!(examine(by_id("xxgk-2021").unwrap()).is_empty());
    }
}
