//! Rows and columns that number the others (列次, 行次, 序号): 1, 2, 3 … are no values of the form.

use super::view::{Item, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers in a row that make a numbering: more than three, which a small table may hold by chance.
const LEAST_IN_ROW: usize = 5;
/// Numbers in a column that make one; a column of a form repeats itself or skips long before.
const LEAST_IN_COLUMN: usize = 6;

/// Takes numberings out of the values. `numbers` holds the whole number of each item, if it is one; `announced`
/// tells rows that say they number the columns (甲 乙 1 2 3, 栏次 1 2 3).
pub(super) fn mark(items: &mut [Item], numbers: &[Option<u32>], announced: &BTreeSet<usize>) {
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut cols: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, item) in items.iter().enumerate().filter(|(_, i)| i.is_value() || i.kind != Kind::Prose) {
        if numbers.get(i).is_some_and(Option::is_some) || item.is_value() {
            rows.entry(item.rows.0).or_default().push(i);
            cols.entry(item.cols.0).or_default().push(i);
        }
    }
    let counts = |line: &[usize], least: usize| {
        let values: Vec<Option<u32>> = line.iter().map(|i| numbers.get(*i).copied().flatten()).collect();
        longest_count(&values).is_some_and(|n| n >= least)
    };
    let marked: Vec<usize> = rows
        .iter()
        .filter(|(row, l)| counts(l, if announced.contains(*row) { 1 } else { LEAST_IN_ROW }))
        .map(|(_, l)| l)
        .chain(cols.values().filter(|l| counts(l, LEAST_IN_COLUMN)))
        .flatten()
        .copied()
        .collect();
    for i in marked {
        if let Some(item) = items.get_mut(i) {
            item.kind = Kind::Prose;
        }
    }
}

/// The longest of the counts (1, 2, 3 …) that a line consists of, if it consists of counts alone: a numbering
/// begins again with the next table.
fn longest_count(values: &[Option<u32>]) -> Option<usize> {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for value in values {
        let value = (*value)?;
        run = match last {
            Some(l) if value == l + 1 => run + 1,
            _ if value <= 1 => 1,
            _ => return None,
        };
        last = Some(value);
        longest = longest.max(run);
    }
    Some(longest)
}
