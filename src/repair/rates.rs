//! Rates that their base numbers give. A relation that multiplies fields is no sum, so the search does not know it;
//! where the base numbers lie in relations that hold, the rate is what its relation says, and is set right first.

use super::diagnose::Cause;
use super::typed::Typed;
use crate::check::{self, Submission};
use crate::finding::{Certainty, Text};
use crate::form::{FieldIx, Op, Relation};
use crate::grid::amount;
use rust_decimal::Decimal;

/// A rate with the value that its relation gives it.
struct Rate {
    field: FieldIx,
    to: Decimal,
}

/// The causes that are wrong rates: with their values every relation that they stand in holds. The values are put
/// into the problem, where they stay.
pub(super) fn wrong(s: Submission, typed: &mut Typed, open: &[usize]) -> Vec<Cause> {
    let mut rates: Vec<Rate> = open.iter().filter_map(|r| rate(s, typed, *r, open)).collect();
    while !rates.is_empty() {
        let before = rates.len();
        let filled = s.filled.with(rates.iter().map(|rate| (rate.field, rate.to)));
        let after = Submission { filled: &filled, ..s };
        rates.retain(|rate| of_field(s, rate.field).all(|(_, r)| holds(after, r)));
        if rates.len() == before {
            break;
        }
    }
    let mut causes: Vec<Cause> = Vec::new();
    for rate in &rates {
        let told = |i: &usize| causes.iter().any(|c| c.relations.contains(i));
        let own = of_field(s, rate.field).map(|p| p.0).filter(|i| open.contains(i) && !told(i));
        let relations: Vec<usize> = own.collect();
        let why = Text::new(
            "其他各数都在平衡的关系里，由它们算出的就是此数",
            "the other numbers lie in relations that hold; they give this one",
        );
        let Some(change) = s.change(rate.field, rate.to, Certainty::Likely, why) else { continue };
        causes.push(Cause { changes: vec![change], ..Cause::unexplained(relations, Certainty::Likely) });
        typed.settle(typed.cell_of(rate.field).map(|cell| vec![(cell, rate.to)]).as_ref());
    }
    causes
}

/// The one field of a broken relation that is wrong, if the others cannot be.
fn rate(s: Submission, typed: &Typed, index: usize, open: &[usize]) -> Option<Rate> {
    let r = s.form.relations.get(index).filter(|r| r.op == Op::Equal && !r.is_linear())?;
    let fields = r.fields();
    let firm = |f: &FieldIx| is_firm(s, *f, open) && !mends(s, r, *f);
    let doubtful: Vec<FieldIx> = fields.into_iter().filter(|f| !firm(f)).collect();
    let [field] = doubtful.as_slice() else { return None };
    let in_sums = of_field(s, *field).any(|(_, r)| r.is_linear());
    (!in_sums || typed.cell_of(*field).is_some()).then_some(())?;
    let unit = s.form.field(*field)?.rounded?;
    Some(Rate { field: *field, to: amount::round_to(solved(s, r, *field)?, unit)? })
}

/// Whether a field lies in sums that hold, and in none that does not.
fn is_firm(s: Submission, field: FieldIx, open: &[usize]) -> bool {
    let sums = || of_field(s, field).filter(|(_, r)| r.is_linear() && check::applies(s, r));
    sums().any(|(_, r)| r.op == Op::Equal) && !sums().any(|(i, _)| open.contains(&i))
}

/// Whether another value of a field would do for all relations that it stands in.
fn mends(s: Submission, relation: &Relation, field: FieldIx) -> bool {
    let kind = s.form.field(field).map(|f| f.rounded.or(f.kind.is_whole().then_some(Decimal::ONE)));
    let Some(exact) = solved(s, relation, field) else { return false };
    let to = kind.flatten().map_or(Some(exact), |unit| amount::round_to(exact, unit));
    let Some(to) = to else { return false };
    let filled = s.filled.with([(field, to)]);
    let after = Submission { filled: &filled, ..s };
    of_field(s, field).all(|(_, r)| holds(after, r))
}

/// The relations that a field stands in.
fn of_field(s: Submission<'_>, field: FieldIx) -> impl Iterator<Item = (usize, &Relation)> {
    s.form.relations.iter().enumerate().filter(move |(_, r)| r.fields().contains(&field))
}

/// Whether a relation holds; one that does not apply is no obstacle.
pub(super) fn holds(s: Submission, relation: &Relation) -> bool {
    check::sides(s, relation).is_none_or(|sides| sides.hold(relation.op))
}

/// The value of a field with which a relation holds exactly.
fn solved(s: Submission, relation: &Relation, field: FieldIx) -> Option<Decimal> {
    let at = |to: Decimal| {
        let filled = s.filled.with([(field, to)]);
        let sides = check::sides(Submission { filled: &filled, ..s }, relation)?;
        sides.expected.checked_sub(sides.actual)
    };
    let nothing = at(Decimal::ZERO)?;
    let slope = at(Decimal::ONE)?.checked_sub(nothing)?;
    (-nothing).checked_div(slope)
}
