//! Which year a batch reports on: what the user says, else the one after last year's reports, else the newest that more
//! than a few reports are of.

use std::collections::BTreeMap;

/// One in so many reports makes a year that is no slip: in January the new year is easily written for the old one.
const ONE_IN: usize = 4;

/// The year of a batch, by the years of its reports; `last` is the year of the reports that it is compared with.
pub(super) fn year(years: impl Iterator<Item = i32>, asked: Option<i32>, last: Option<i32>) -> Option<i32> {
    let mut counts: BTreeMap<i32, usize> = BTreeMap::new();
    for year in years {
        *counts.entry(year).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let after = last.map(|year| year + 1).filter(|year| counts.contains_key(year));
    let newest = || counts.iter().rev().find(|(_, n)| **n * ONE_IN >= all).map(|(year, _)| *year);
    let most = || counts.iter().max_by_key(|(year, n)| (**n, **year)).map(|(year, _)| *year);
    asked.or(after).or_else(newest).or_else(most)
}

#[cfg(test)]
mod tests {
    use super::year;

    #[test]
    fn the_newest_year_counts_that_is_no_slip() {
        let of = |counts: &[(i32, usize)]| -> Vec<i32> {
            counts.iter().flat_map(|(year, n)| std::iter::repeat_n(*year, *n)).collect()
        };
        for (counts, asked, last, due) in [
            (&[(2022, 3), (2023, 2)][..], None, None, Some(2023)),
            (&[(2022, 10), (2023, 4)], None, None, Some(2023)),
            (&[(2023, 15), (2024, 1)], None, None, Some(2023)),
            (&[(2022, 30), (2023, 2)], None, Some(2022), Some(2023)),
            (&[(2022, 3)], None, Some(2022), Some(2022)),
            (&[(2022, 1), (2023, 9)], Some(2022), None, Some(2022)),
            (&[], None, Some(2022), None),
        ] {
            assert_eq!(year(of(counts).into_iter(), asked, last), due, "{counts:?}");
        }
    }
}
