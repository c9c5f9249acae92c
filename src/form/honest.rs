//! Numbers on which every relation of a form holds: what its round trip is filled with.

use super::linear::{Added, Row, System};
use super::model::{FieldIx, Form, Kind};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How often a total that came out negative is mended before zeros are taken.
const ROUNDS: usize = 1000;

impl Form {
    /// Small whole numbers, none negative, on which every relation holds; 0 in fields without a relation, and
    /// throughout where no others are found. The same form gives the same numbers.
    pub fn honest(&self) -> BTreeMap<FieldIx, Decimal> {
        let fields: Vec<usize> =
            (0..self.fields.len()).filter(|f| !self.is_variant(FieldIx(*f as u32))).collect();
        let values = self.balanced().unwrap_or_default();
        let value = |f: usize| Decimal::from(values.get(&f).copied().unwrap_or(0));
        fields.into_iter().map(|f| (FieldIx(f as u32), value(f))).collect()
    }

    /// Numbers for the fields that are in a relation.
    fn balanced(&self) -> Option<BTreeMap<usize, i64>> {
        let mut system = System::default();
        for (i, relation) in self.relations.iter().enumerate().filter(|(_, r)| !r.variant) {
            if matches!(system.add(i, relation), Added::TooLarge) {
                return None;
            }
        }
        let equations: Vec<(usize, &Row)> = system.equations().collect();
        let mut values = free_values(&equations);
        for _ in 0..ROUNDS {
            let totals = equations.iter().map(|(pivot, row)| Some((*pivot, solve(*pivot, row, &values)?)));
            let totals = totals.collect::<Option<Vec<(usize, i64)>>>()?;
            let Some((pivot, lacking)) = totals.iter().find(|(f, v)| *v < 0 && !self.is_signed(*f)).copied()
            else {
                values.extend(totals);
                return Some(values);
            };
            let row = equations.iter().find(|(p, _)| *p == pivot).map(|(_, row)| *row)?;
            raise(pivot, row, -lacking, &mut values)?;
        }
        None
    }

    fn is_signed(&self, field: usize) -> bool {
        self.fields.get(field).is_some_and(|f| f.kind == Kind::SignedCount)
    }
}

/// Different small numbers for the fields that no equation determines, multiples of every pivot.
fn free_values(equations: &[(usize, &Row)]) -> BTreeMap<usize, i64> {
    let pivot_of = |(pivot, row): &(usize, &Row)| row.get(pivot).map_or(1, |k| k.abs());
    let scale = equations.iter().map(pivot_of).filter(|k| *k > 1).product::<i128>();
    let scale = i64::try_from(scale).unwrap_or(1).max(1);
    let pivots: Vec<usize> = equations.iter().map(|(p, _)| *p).collect();
    let free = equations.iter().flat_map(|(_, row)| row.keys()).filter(|f| !pivots.contains(f));
    free.map(|f| (*f, (i64::from(*f as u32) * 7 + 3) % 10 * scale)).collect()
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
    let helps = |(f, k): &(&usize, &i128)| **f != pivot && k.signum() == -sign;
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
            let sum = |side: &[FieldIx]| side.iter().map(|f| honest[f]).sum::<Decimal>();
            for r in form.relations.iter().filter(|r| !r.variant) {
                assert_eq!(sum(&r.expected), sum(&r.actual), "{} {} {}", form.id, r.code, r.place);
            }
            assert!(honest.values().all(|v| *v >= Decimal::ZERO), "{}", form.id);
            assert!(honest.values().filter(|v| !v.is_zero()).count() > 100, "{}", form.id);
        }
    }
}
