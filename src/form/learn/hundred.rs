//! Shares that add up to a hundred, or to one, but for their rounding, and those that are the sum of some of them.

use super::equal::{MOST_LINES, SUPPORT, Search};
use super::propose::{Part, Proposal, Rounded};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::ops::Range;

/// What shares add up to.
const WHOLES: [Decimal; 2] = [Decimal::ONE_HUNDRED, Decimal::ONE];
/// Decimals of a share as it is printed.
const DECIMALS: std::ops::RangeInclusive<u32> = 1..=4;

impl Search<'_> {
    /// Neighbours that are the shares of one whole.
    pub(super) fn hundreds(&mut self) {
        let n = if self.lines.len() > MOST_LINES { 0 } else { self.lines.len() };
        let mut from = 0;
        while from < n {
            let longest = (from + 2..=n).rev().find_map(|to| Some((to, self.whole_of(&(from..to))?)));
            let Some((to, whole)) = longest else {
                from += 1;
                continue;
            };
            self.propose_rounded(&(from..to), Part::of(&whole.to_string()), None);
            self.sums_of_shares(&(from..to));
            from = to;
        }
    }

    /// What lines add up to everywhere, as shares do.
    fn whole_of(&self, run: &Range<usize>) -> Option<Decimal> {
        let fits = |whole: &Decimal| self.is_around(run, &|_| Some(*whole), run.len());
        WHOLES.into_iter().find(fits).filter(|_| run.clone().all(|l| self.is_share(l)))
    }

    /// Lines that are, but for the rounding, the sum of some of the shares: 满意率 = 非常满意 + 比较满意.
    fn sums_of_shares(&mut self, shares: &Range<usize>) {
        let may = |l: &usize| !shares.contains(l) && self.is_share(*l);
        let others: Vec<usize> = (0..self.lines.len()).filter(may).collect();
        for total in others {
            let parts = shares.clone().flat_map(|a| (a + 2..=shares.end).map(move |b| a..b));
            let number = |place: usize| self.of(total).get(place).copied();
            let found = parts
                .filter(|run| run.len() < shares.len())
                .find(|run| self.is_around(run, &number, run.len() + 1));
            let id = self.lines.get(total).map(|l| l.id.clone());
            if let Some((run, id)) = found.zip(id) {
                self.propose_rounded(&run, Part::of(&id), Some(&id));
            }
        }
    }

    /// Whether the sum of a run is a number everywhere, as far as the rounding of so many numbers allows.
    fn is_around(
        &self,
        run: &Range<usize>,
        number: &dyn Fn(usize) -> Option<Decimal>,
        rounded: usize,
    ) -> bool {
        let places = self.series.first().map_or(0, Vec::len);
        let slack = self.unit(run) * Decimal::from(rounded) / Decimal::TWO;
        let mut told: BTreeSet<Vec<Decimal>> = BTreeSet::new();
        for place in 0..places {
            let parts: Vec<Decimal> = run.clone().filter_map(|l| self.of(l).get(place).copied()).collect();
            if parts.iter().all(Decimal::is_zero) {
                continue;
            }
            let sum = parts.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
            let off = sum.zip(number(place)).and_then(|(sum, number)| sum.checked_sub(number));
            if off.is_none_or(|off| off.abs() > slack) {
                return false;
            }
            told.insert(parts);
        }
        told.len() >= SUPPORT
    }

    /// Whether a line has as many decimals as a share.
    fn is_share(&self, line: usize) -> bool {
        self.scale(line).is_some_and(|scale| DECIMALS.contains(&scale))
    }

    /// The decimals of a line as it is printed, where it has numbers.
    fn scale(&self, line: usize) -> Option<u32> {
        self.of(line).iter().filter(|n| !n.is_zero()).map(Decimal::scale).max()
    }

    /// What the numbers of a run are rounded to.
    fn unit(&self, run: &Range<usize>) -> Decimal {
        Decimal::new(1, run.clone().filter_map(|l| self.scale(l)).max().unwrap_or(0))
    }

    fn propose_rounded(&mut self, run: &Range<usize>, right: Part, total: Option<&str>) {
        let ids: Vec<String> =
            self.lines.get(run.clone()).unwrap_or_default().iter().map(|l| l.id.clone()).collect();
        let said = |p: &Proposal| p.right == [right.clone()] && p.left.iter().map(|q| &q.id).eq(&ids);
        if self.found.iter().any(said) {
            return;
        }
        let unit = self.unit(run);
        let places = self.series.first().map_or(0, Vec::len);
        let shares = ids.iter().map(String::as_str).chain(total);
        let rounded =
            shares.map(|id| Rounded { share: true, ..Rounded::new(self.across, id, unit) }).collect();
        self.found.push(Proposal {
            across: self.across,
            left: ids.iter().map(|id| Part::of(id)).collect(),
            right: vec![right],
            rounded,
            source: self.supported(places),
            ..Proposal::default()
        });
    }
}
