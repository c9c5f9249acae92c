//! The relations of a submission over the cells that people typed.
//!
//! A cell that a recomputed formula fills is not typed: where the formula can be trusted (`formulas`), it is replaced
//! by the cells it adds up, and a relation that then says nothing vanishes. Relations of which a field is absent or unreadable
//! are left out, and so are those that multiply fields: what they say is no sum. One that may be off, because its
//! numbers are rounded, is two bounds.

use super::cause::Way;
use super::formulas::{Combination, Formulas};
use super::solver::{Cell, Linear, Op, Problem};
use crate::check::{self, Submission};
use crate::form::{FieldIx, Kind, Op as Comparison, Relation, Term};
use crate::mapping::{Quirk, Reading};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// What changing a cell costs: fewer cells always cost less, then the more suspect ones.
mod weight {
    pub(super) const BLANK: u32 = 990;
    pub(super) const ODD: u32 = 995;
    /// Also of a cell with a formula that is no sum of the form's cells: what it is linked to may be as wrong.
    pub(super) const TYPED: u32 = 1000;
}

/// A submission's relations as a problem of cells.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) problem: Problem,
    /// The field of each cell of the problem.
    pub(super) fields: Vec<FieldIx>,
    /// The relation of the form behind each relation of the problem.
    pub(super) relations: Vec<usize>,
}

/// A relation over typed fields.
struct Expanded {
    relation: usize,
    terms: BTreeMap<FieldIx, Decimal>,
    constant: Decimal,
    /// How its sum relates to zero.
    bounds: Vec<(Op, Decimal)>,
}

impl Typed {
    /// The problem of a submission, of the relations that can be evaluated.
    pub(super) fn of(s: Submission) -> Self {
        Self::over(s, |r| check::sides(s, r).is_some())
    }

    /// The same with relations of which a cell cannot be read; such cells have no value.
    pub(super) fn with_unknown(s: Submission) -> Self {
        let located = |f: FieldIx| s.filled.reading(f).is_some_and(|r| r.place.is_some() && !r.is_absent);
        let known = |t: &Term| !t.last_year || s.last_year(t.field).is_some();
        Self::over(s, |r| check::applies(s, r) && r.fields().into_iter().all(located) && r.terms().all(known))
    }

    fn over(s: Submission, includes: impl Fn(&Relation) -> bool) -> Self {
        let relations = s.form.relations.iter().enumerate().filter(|(_, r)| r.is_linear());
        let counted = check::counted(s);
        let explained = |i: usize| counted.iter().any(|c| c.relations.iter().any(|b| b.relation == i));
        let evaluated: Vec<(usize, &Relation)> =
            relations.filter(|(i, r)| includes(r) && !explained(*i)).collect();
        let formulas = Formulas::trusted(s, &evaluated);
        let expanded: Vec<Expanded> = evaluated
            .iter()
            .filter_map(|(i, r)| expand(s, *i, r, &formulas))
            .filter(|e| !e.terms.is_empty())
            .collect();
        let fields: BTreeSet<FieldIx> = expanded.iter().flat_map(|e| e.terms.keys().copied()).collect();
        let fields: Vec<FieldIx> = fields.into_iter().collect();
        let mut typed = Self { fields, ..Self::default() };
        for e in &expanded {
            let term = |(f, k): (&FieldIx, &Decimal)| Some((typed.cell_of(*f)?, *k));
            let terms: Vec<(usize, Decimal)> = e.terms.iter().filter_map(term).collect();
            for (op, bound) in &e.bounds {
                let constant = e.constant - bound;
                typed.problem.relations.push(Linear { terms: terms.clone(), constant, op: *op });
                typed.relations.push(e.relation);
            }
        }
        let broken = typed.in_broken(s);
        typed.problem.cells = typed.fields.iter().map(|f| cell(s, *f, broken.contains(f))).collect();
        typed
    }

    /// The cell of a field.
    pub(super) fn cell_of(&self, field: FieldIx) -> Option<usize> {
        self.fields.binary_search(&field).ok()
    }

    /// Takes numbers for what stands in their cells.
    pub(super) fn settle(&mut self, way: Option<&Way>) {
        for (cell, to) in way.into_iter().flatten() {
            if let Some(cell) = self.problem.cells.get_mut(*cell) {
                (cell.value, cell.frozen) = (Some(*to), true);
            }
        }
    }

    /// Fields of relations that do not hold.
    fn in_broken(&self, s: Submission) -> BTreeSet<FieldIx> {
        let amount = |cell: usize| self.fields.get(cell).and_then(|f| s.filled.amount(*f));
        let fails = |r: &&Linear| r.sum(amount).is_some_and(|sum| !r.op.holds(sum));
        let broken = self.problem.relations.iter().filter(fails);
        broken.flat_map(|r| &r.terms).filter_map(|(c, _)| self.fields.get(*c).copied()).collect()
    }
}

/// A relation over typed fields.
fn expand(s: Submission, index: usize, relation: &Relation, formulas: &Formulas) -> Option<Expanded> {
    let Combination { terms, constant } = formulas.relation(s, relation)?;
    Some(Expanded { relation: index, terms, constant, bounds: bounds(s, relation)? })
}

/// What the difference of a relation's sides must satisfy.
fn bounds(s: Submission, relation: &Relation) -> Option<Vec<(Op, Decimal)>> {
    let slack = s.slack(relation)?;
    Some(match relation.op {
        Comparison::Equal | Comparison::Differs if slack.is_zero() => vec![(Op::Eq, slack)],
        Comparison::Equal | Comparison::Differs => vec![(Op::Le, slack), (Op::Ge, -slack)],
        Comparison::Less => vec![(Op::Lt, slack)],
        Comparison::AtMost => vec![(Op::Le, slack)],
        Comparison::Greater => vec![(Op::Gt, -slack)],
        Comparison::AtLeast => vec![(Op::Ge, -slack)],
    })
}

fn cell(s: Submission, field: FieldIx, in_broken: bool) -> Cell {
    let kind = s.form.field(field).map_or(Kind::Count, |f| f.kind);
    let value = s.filled.amount(field);
    let reading = s.filled.reading(field);
    // what breaks its domain but no relation is a finding of its own, no reason to change others
    let signed = kind.is_signed() || (!in_broken && value.is_some_and(|v| v.is_sign_negative()));
    let whole = kind.is_whole() && (in_broken || value.is_none_or(|v| v.is_integer()));
    Cell {
        value,
        integer: whole,
        lower: (!signed).then_some(Decimal::ZERO),
        upper: None,
        weight: reading.map_or(weight::TYPED, suspicion),
        frozen: false,
    }
}

fn suspicion(reading: &Reading) -> u32 {
    if reading.value.is_none() {
        weight::BLANK
    } else if reading.quirks.iter().any(|q| matches!(q, Quirk::TextNumber(_) | Quirk::ConvertedFromYuan)) {
        weight::ODD
    } else {
        weight::TYPED
    }
}
