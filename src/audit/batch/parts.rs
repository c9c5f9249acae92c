//! Tables that are sums of parts of the offices, where nothing but the numbers tells of which.

use super::tables::Table;
use crate::form::FieldIx;
use crate::report::summary::{Details, Held};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Steps after which offices are no longer tried for a table.
const STEPS: usize = 20_000;

/// An office's numbers, field by field, and its number among the candidates.
pub(super) type Numbers = (usize, Vec<Decimal>);

/// The fields that a table has, with its numbers; a blank is 0.
fn own(details: &Details) -> Vec<(FieldIx, Decimal)> {
    let number = |(f, held): (usize, &Held)| match held {
        Held::Absent | Held::Unreadable => None,
        held => Some((FieldIx(f as u32), held.number().unwrap_or_default())),
    };
    details.values.iter().enumerate().filter_map(number).collect()
}

fn at(numbers: &[Decimal], field: FieldIx) -> Decimal {
    numbers.get(field.0 as usize).copied().unwrap_or_default()
}

/// The offices that other tables are exactly the sums of; those of tables of all offices are left out.
pub(super) fn taken(offices: &[Numbers], tables: &[Table]) -> BTreeSet<usize> {
    let mut taken = BTreeSet::new();
    for table in tables {
        let part = exactly(offices, &own(&table.details)).filter(|part| part.len() < offices.len());
        taken.extend(part.unwrap_or_default());
    }
    taken
}

/// Whether a table and others, each of a part, are all offices together in most cells.
pub(super) fn cover(offices: &[Numbers], table: &[(FieldIx, Decimal)], others: &[Table]) -> bool {
    let sum = |f: FieldIx| offices.iter().map(|(_, n)| at(n, f)).sum::<Decimal>();
    let cells: Vec<(FieldIx, Decimal, Decimal)> =
        table.iter().map(|(f, own)| (*f, *own, sum(*f))).filter(|(_, _, sum)| !sum.is_zero()).collect();
    let is_most = |n: usize| n * 4 >= cells.len() * 3;
    let of = |table: &Table, f: FieldIx| {
        table.details.values.get(f.0 as usize).and_then(Held::number).unwrap_or_default()
    };
    let is_part = |t: &&Table| !is_most(cells.iter().filter(|(f, _, sum)| of(t, *f) == *sum).count());
    let parts: Vec<&Table> = others.iter().filter(is_part).collect();
    let together = |f: FieldIx, own: Decimal| parts.iter().fold(own, |all, t| all.saturating_add(of(t, f)));
    !parts.is_empty() && is_most(cells.iter().filter(|(f, own, sum)| together(*f, *own) == *sum).count())
}

/// The offices that a table is exactly the sum of, where trying finds them.
fn exactly(offices: &[Numbers], table: &[(FieldIx, Decimal)]) -> Option<BTreeSet<usize>> {
    let row = |numbers: &[Decimal]| table.iter().map(|(f, _)| at(numbers, *f)).collect::<Vec<_>>();
    let mut rows: Vec<(usize, Vec<Decimal>)> = offices.iter().map(|(n, v)| (*n, row(v))).collect();
    // The largest first: they fit in the fewest tables.
    rows.sort_by_key(|(n, row)| (std::cmp::Reverse(row.iter().sum::<Decimal>()), *n));
    if rows.iter().flat_map(|(_, row)| row).any(Decimal::is_sign_negative) {
        return None;
    }
    let none = vec![Decimal::ZERO; table.len()];
    let mut behind = vec![none];
    for (_, row) in rows.iter().rev() {
        let last = behind.last().map(Vec::as_slice).unwrap_or_default();
        behind.push(last.iter().zip(row).map(|(a, b)| a.saturating_add(*b)).collect());
    }
    behind.reverse();
    let wanted: Vec<Decimal> = table.iter().map(|(_, own)| *own).collect();
    let (mut found, mut steps) = (Vec::new(), STEPS);
    let is_found = Search { rows: &rows, behind: &behind }.from(0, &wanted, &mut found, &mut steps);
    (is_found && !found.is_empty()).then(|| found.into_iter().collect())
}

/// Offices with their numbers in a table's cells, and what each and those behind it come to.
struct Search<'a> {
    rows: &'a [(usize, Vec<Decimal>)],
    behind: &'a [Vec<Decimal>],
}

impl Search<'_> {
    fn from(&self, at: usize, wanted: &[Decimal], found: &mut Vec<usize>, steps: &mut usize) -> bool {
        let Some((number, row)) = self.rows.get(at) else { return wanted.iter().all(Decimal::is_zero) };
        let most = self.behind.get(at).map(Vec::as_slice).unwrap_or_default();
        if *steps == 0 || wanted.iter().zip(most).any(|(w, most)| w > most) {
            return false;
        }
        *steps -= 1;
        if wanted.iter().zip(row).all(|(w, own)| own <= w) {
            let left: Vec<Decimal> = wanted.iter().zip(row).map(|(w, own)| w.saturating_sub(*own)).collect();
            found.push(*number);
            if self.from(at + 1, &left, found, steps) {
                return true;
            }
            found.pop();
        }
        self.from(at + 1, wanted, found, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offices_of_a_part_are_found_by_their_numbers() {
        let number = |n: i64| Decimal::from(n);
        let offices: Vec<Numbers> = [[3, 5], [7, 1], [4, 4], [9, 2]]
            .into_iter()
            .enumerate()
            .map(|(i, [a, b])| (i, vec![number(a), number(b)]))
            .collect();
        let part = |a: i64, b: i64| exactly(&offices, &[(FieldIx(0), number(a)), (FieldIx(1), number(b))]);
        assert_eq!(part(7, 9), Some([0, 2].into()));
        assert_eq!(part(23, 12), Some([0, 1, 2, 3].into()));
        assert_eq!(part(7, 8), None);
    }
}
