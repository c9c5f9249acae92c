//! Numbers on which every relation of a form holds: what its round trip is filled with.

use super::condition::{Condition, Op, Sum, Term};
use super::linear::{Added, ONE, Row, System, column};
use super::model::{FieldIx, Form, Relation};
use crate::finding::Severity;
use crate::grid::amount;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// How often a total that came out negative is mended before zeros are taken.
const ROUNDS: usize = 1000;
/// How many sets of numbers are tried where inequalities do not hold on the first.
const TRIES: i64 = 20;

/// Numbers by where fields stand in a row.
type Values = BTreeMap<usize, Decimal>;

impl Form {
    /// Small numbers, none negative, on which every relation holds; 0 in fields without a relation, and throughout
    /// where no others are found. The same form gives the same numbers.
    pub fn honest(&self) -> BTreeMap<FieldIx, Decimal> {
        let fields = || self.printed();
        let mut best: Option<(usize, Values)> = None;
        for values in (0..TRIES).filter_map(|seed| self.sensible(seed)) {
            let idle = self.idle(&values);
            if best.as_ref().is_none_or(|(least, _)| idle < *least) {
                best = Some((idle, values));
            }
            if best.as_ref().is_some_and(|(idle, _)| *idle == 0) {
                break;
            }
        }
        let mut values = best.map(|b| b.1).unwrap_or_default();
        let mut out = BTreeMap::new();
        for field in fields() {
            out.insert(field, values.remove(&column(field)).unwrap_or_default());
        }
        out
    }

    /// How many relations say nothing of these numbers, because their conditions are not met.
    fn idle(&self, values: &Values) -> usize {
        let conditions = self.relations.iter().filter(|r| !r.variant).filter_map(|r| r.condition.as_ref());
        conditions.filter(|c| !met(c, values)).count()
    }

    /// Numbers that break no relation and meet no check: where they would meet one, its fields are 0.
    fn sensible(&self, seed: i64) -> Option<Values> {
        let mut zeros: BTreeSet<usize> = BTreeSet::new();
        loop {
            let values = self.balanced(seed, &zeros)?;
            let before = zeros.len();
            for check in self.checks.iter().filter(|c| c.severity > Severity::Info) {
                let this_year = !check.when.terms().iter().any(|t| t.last_year);
                if this_year
                    && met(&check.when, &values)
                    && !check.unless.as_ref().is_some_and(|u| met(u, &values))
                {
                    let smaller = check.when.terms().into_iter().map(|t| t.field);
                    let fields =
                        if check.fields.is_empty() { smaller.collect() } else { check.fields.clone() };
                    zeros.extend(fields.into_iter().map(column));
                }
            }
            if zeros.len() == before {
                return Some(values);
            }
        }
    }

    /// Numbers for the fields that are in a relation, 0 in some; `None` where some do not hold.
    fn balanced(&self, seed: i64, zeros: &BTreeSet<usize>) -> Option<Values> {
        let standing = || self.relations.iter().filter(|r| !r.variant && self.in_use(r));
        let rates = self.summed_rates();
        let leads = |r: &Relation| r.is_equation() && !r.fields().iter().any(|f| rates.contains(f));
        let mut system = System::default();
        for (i, relation) in standing().enumerate().filter(|(_, r)| leads(r)) {
            if matches!(system.add(i, relation), Added::TooLarge) {
                return None;
            }
        }
        let equations: Vec<(usize, &Row)> = system.equations().collect();
        let mut values = self.solved(&equations, seed, zeros)?;
        let mut firm: BTreeSet<usize> = equations.iter().flat_map(|(_, row)| row.keys().copied()).collect();
        let mut others: Vec<&Relation> =
            standing().filter(|r| !leads(r) && !r.terms().any(|t| t.last_year)).collect();
        others.sort_by_key(|r| r.is_equation()); // rates, then what they add up to
        for relation in others {
            let applies = relation.condition.as_ref().is_none_or(|c| met(c, &values));
            if !applies || holds(relation, &values) {
                continue;
            }
            if let Some(settled) = self.settle(relation, &firm, &mut values).filter(|f| rates.contains(f)) {
                firm.insert(column(settled));
            }
            if !holds(relation, &values) && relation.op != Op::Equal {
                return None;
            }
        }
        Some(values)
    }

    fn solved(&self, equations: &[(usize, &Row)], seed: i64, zeros: &BTreeSet<usize>) -> Option<Values> {
        let mut values = free_values(equations, seed);
        values.iter_mut().filter(|(f, _)| zeros.contains(f)).for_each(|(_, v)| *v = 0);
        for _ in 0..ROUNDS {
            let totals = equations.iter().map(|(pivot, row)| Some((*pivot, solve(*pivot, row, &values)?)));
            let totals = totals.collect::<Option<Vec<(usize, i64)>>>()?;
            let Some((pivot, lacking)) = totals.iter().find(|(f, v)| *v < 0 && !self.is_signed(*f)).copied()
            else {
                values.extend(totals);
                values.remove(&ONE);
                return Some(values.into_iter().map(|(f, v)| (f, Decimal::from(v))).collect());
            };
            let row = equations.iter().find(|(p, _)| *p == pivot).map(|(_, row)| *row)?;
            raise(pivot, row, -lacking, &mut values)?;
        }
        None
    }

    /// Rates of which every base number and the rate itself stand in sums: the bases lead, and as rounded rates
    /// add up only roughly, their sums are no equations to solve.
    fn summed_rates(&self) -> BTreeSet<FieldIx> {
        let used = || self.relations.iter().filter(|r| !r.variant && self.in_use(r));
        let sums = used().filter(|r| r.is_equation());
        let summed: BTreeSet<FieldIx> = sums.flat_map(Relation::fields).collect();
        let is_rounded = |f: &FieldIx| self.field(*f).is_some_and(|f| f.rounded.is_some());
        let products = used().filter(|r| r.op == Op::Equal && !r.is_linear());
        let fields =
            products.map(Relation::fields).filter(|fields| fields.iter().all(|f| summed.contains(f)));
        fields.filter_map(|fields| fields.into_iter().rev().find(is_rounded)).collect()
    }

    /// Gives a field that is not firm the value with which a relation holds: a rate, as a rule. Tells which.
    fn settle(&self, relation: &Relation, firm: &BTreeSet<usize>, values: &mut Values) -> Option<FieldIx> {
        for field in relation.fields().into_iter().rev().filter(|f| !firm.contains(&column(*f))) {
            let before = values.remove(&column(field));
            let at = |x: Decimal, values: &mut Values| {
                values.insert(column(field), x);
                difference(relation, values)
            };
            let Some(nothing) = at(Decimal::ZERO, values) else { continue };
            let slope = at(Decimal::ONE, values).and_then(|one| one.checked_sub(nothing));
            let exact = slope.filter(|k| !k.is_zero()).and_then(|k| (-nothing).checked_div(k));
            let unit = self.field(field).and_then(|f| f.rounded);
            let signed = self.field(field).is_some_and(|f| f.kind.is_signed());
            let value = exact.filter(|x| signed || *x >= Decimal::ZERO).map(|x| rounded(x, unit));
            values.insert(column(field), value.or(before).unwrap_or_default());
            if value.is_some() {
                return Some(field);
            }
        }
        None
    }

    fn is_signed(&self, at: usize) -> bool {
        self.fields.get(at.wrapping_sub(1)).is_some_and(|f| f.kind.is_signed())
    }
}

/// A number rounded to a unit, half up.
fn rounded(x: Decimal, unit: Option<Decimal>) -> Decimal {
    let Some(unit) = unit else { return x.normalize() };
    amount::round_to(x, unit).unwrap_or_default()
}

fn total(sum: &Sum, values: &Values) -> Option<Decimal> {
    let of = |f: FieldIx| values.get(&column(f)).copied().unwrap_or_default();
    let term = |t: &Term| t.factor.checked_mul(of(t.field))?.checked_mul(t.by.map_or(Decimal::ONE, of));
    sum.terms.iter().try_fold(sum.constant, |all, t| all.checked_add(term(t)?))
}

fn difference(relation: &Relation, values: &Values) -> Option<Decimal> {
    total(&relation.expected, values)?.checked_sub(total(&relation.actual, values)?)
}

fn holds(relation: &Relation, values: &Values) -> bool {
    let sides = total(&relation.expected, values).zip(total(&relation.actual, values));
    sides.is_some_and(|(a, b)| relation.op.holds(a, b))
}

fn met(condition: &Condition, values: &Values) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|p| met(p, values)),
        Condition::Any(parts) => parts.iter().any(|p| met(p, values)),
        Condition::Compare(left, op, right) => {
            total(left, values).zip(total(right, values)).is_some_and(|(a, b)| op.holds(a, b))
        }
    }
}

/// Different small numbers for the fields that no equation determines, multiples of every pivot.
fn free_values(equations: &[(usize, &Row)], seed: i64) -> BTreeMap<usize, i64> {
    let pivots = equations.iter().map(|(pivot, row)| row.get(pivot).map_or(1, |k| k.unsigned_abs()));
    let scale = pivots.fold(1u128, |all, k| all / gcd(all, k).max(1) * k);
    let scale = i64::try_from(scale).unwrap_or(1).max(1);
    let solved: Vec<usize> = equations.iter().map(|(p, _)| *p).collect();
    let free = equations.iter().flat_map(|(_, row)| row.keys()).filter(|f| !solved.contains(f));
    let number = |f: usize| (((f as i64 - 1) * (7 + 2 * seed) + 3).rem_euclid(9) + 1) * scale;
    let mut values: BTreeMap<usize, i64> = free.map(|f| (*f, number(*f))).collect();
    values.insert(ONE, 1);
    values
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The value that an equation gives its field; `None` where it is not whole.
fn solve(pivot: usize, row: &Row, values: &BTreeMap<usize, i64>) -> Option<i64> {
    let sum = row.iter().filter(|(f, _)| **f != pivot).try_fold(0i128, |sum, (f, k)| {
        sum.checked_add(k.checked_mul(i128::from(values.get(f).copied()?))?)
    })?;
    let k = row.get(&pivot).copied()?;
    (sum % k == 0).then(|| i64::try_from(-sum / k).ok()).flatten()
}

/// Raises the first field that raises the pivot's value by what it lacks.
fn raise(pivot: usize, row: &Row, by: i64, values: &mut BTreeMap<usize, i64>) -> Option<()> {
    let sign = row.get(&pivot)?.signum();
    let helps = |(f, k): &(&usize, &i128)| **f != pivot && **f != ONE && k.signum() == -sign;
    let (field, _) = row.iter().find(helps)?;
    *values.entry(*field).or_default() += by;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::builtin;

    #[test]
    fn honest_numbers_balance_and_are_not_all_zero() {
        for form in builtin() {
            let honest = form.honest();
            let values: Values = honest.iter().map(|(f, v)| (column(*f), *v)).collect();
            for r in form.relations.iter().filter(|r| !r.variant && r.is_equation()) {
                assert!(holds(r, &values), "{} {} {}", form.id, r.code, r.place);
            }
            assert!(honest.values().all(|v| *v >= Decimal::ZERO), "{}", form.id);
            let filled = honest.values().filter(|v| !v.is_zero()).count();
            assert!(filled * 2 > honest.len(), "{}: {filled} of {}", form.id, honest.len());
        }
    }
}
