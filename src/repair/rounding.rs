//! Rounding: sums that are off because each number was rounded on its own.
//!
//! S. Scholtus, "Algorithms for correcting sign errors and rounding errors in business survey data", JOS 27 (2011):
//! a few numbers change by a unit or two so that the sums hold again.

use super::solver::{self, Cell, Limits, Linear, Problem, Solution, Status};
use rust_decimal::Decimal;

/// The smallest set of cells that makes all relations hold while none changes by more than `most`; of equal sets
/// the first. `None` where there is no such set.
pub fn smallest(problem: &Problem, most: Decimal) -> Option<Solution> {
    let near = |cell: &Cell| {
        let Some(value) = cell.value else { return cell.clone() };
        let lower = Some(cell.lower.map_or(value - most, |l| l.max(value - most)));
        let upper = Some(cell.upper.map_or(value + most, |u| u.min(value + most)));
        Cell { lower, upper, ..cell.clone() }
    };
    let bounded =
        Problem { cells: problem.cells.iter().map(near).collect(), relations: problem.relations.clone() };
    let found = solver::solve(&bounded, Limits::default());
    if found.status != Status::Solved {
        return None;
    }
    found.all.into_iter().find(|s| s.values.iter().all(Option::is_some))
}

/// Whether all of some relations, each with decimals in it, are off by no more than rounding explains: with no
/// number changed by more than one unit of the coarsest last place they hold.
pub fn explains(problem: &Problem) -> bool {
    let cell = |i: &usize| problem.cells.get(*i).filter(|c| !c.integer);
    let amounts = |r: &Linear| r.terms.iter().filter_map(|t| cell(&t.0)?.value).collect::<Vec<_>>();
    let places = |r: &Linear| {
        let decimals =
            amounts(r).iter().map(|a| a.normalize().scale()).filter(|s| *s > 0).collect::<Vec<_>>();
        decimals.into_iter().min()
    };
    let coarsest = problem.relations.iter().map(places).collect::<Option<Vec<u32>>>();
    let Some(places) = coarsest.and_then(|all| all.into_iter().min()) else { return false };
    smallest(problem, Decimal::new(1, places)).is_some()
}

/// The digits of an amount that stand beyond `places` decimals: what is kept, and the excess; `None` without any.
pub fn excess_digits(value: Decimal, places: u32) -> Option<(Decimal, Decimal)> {
    let kept = value.trunc_with_scale(places);
    let excess = value.checked_sub(kept)?;
    (!excess.is_zero()).then(|| (kept.normalize(), excess.normalize()))
}

/// Parts changed so that they add up to a total, each in proportion to its size and against its weight, rounded to
/// `places` decimals so that the sum still holds (the basic method of Statistics Canada's Banff). `None` where no
/// part can give or take.
pub fn prorated(parts: &[(Decimal, u32)], total: Decimal, places: u32) -> Option<Vec<Decimal>> {
    let shares: Vec<Decimal> =
        parts.iter().map(|(x, w)| x.checked_div(Decimal::from(*w))).collect::<Option<_>>()?;
    let gap = total - parts.iter().map(|p| p.0).sum::<Decimal>();
    let all: Decimal = shares.iter().sum();
    let exact: Vec<Decimal> = parts
        .iter()
        .zip(&shares)
        .map(|((x, _), share)| x.checked_add(gap.checked_mul(*share)?.checked_div(all)?))
        .collect::<Option<_>>()?;
    let mut rounded: Vec<Decimal> = exact.iter().map(|x| crate::grid::amount::round(*x, places)).collect();
    let unit = Decimal::new(1, places);
    loop {
        let off = total.round_dp(places) - rounded.iter().sum::<Decimal>();
        if off.abs() < unit {
            return Some(rounded);
        }
        // the part whose rounding went furthest the wrong way gives or takes a unit
        let step = if off.is_sign_negative() { -unit } else { unit };
        let wrong = |(x, r): (&Decimal, &Decimal)| (*x - *r) * step;
        let at = exact
            .iter()
            .zip(&rounded)
            .map(wrong)
            .enumerate()
            .max_by_key(|(i, d)| (*d, std::cmp::Reverse(*i)))?
            .0;
        *rounded.get_mut(at)? += step;
    }
}
