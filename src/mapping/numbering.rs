//! Rows and columns that number the others (列次, 行次, 序号): 1, 2, 3 … are no values of the form.

use super::view::{Item, Kind};
use std::collections::BTreeSet;

/// Numbers in a row that make a numbering: more than three, which a small table may hold by chance.
const LEAST_IN_ROW: usize = 5;
/// Numbers in a column that make one; a column of a form repeats itself or skips long before.
const LEAST_IN_COLUMN: usize = 6;
/// The number at most that a column goes on from where a table is carried over from another sheet.
const MOST_BEFORE: u32 = 99;

/// Takes numberings out of the values. `numbers` holds the whole number of each item, if it is one; `announced`
/// tells rows that say they number the columns (甲 乙 1 2 3, 栏次 1 2 3).
pub(super) fn mark(items: &mut [Item], numbers: &[Option<u32>], announced: &BTreeSet<usize>) {
    let may_count = |(i, item): &(usize, &Item)| {
        item.kind != Kind::Prose && (item.is_value() || numbers.get(*i).is_some_and(Option::is_some))
    };
    // (line, item) in the order of lines.
    let along_rows: Vec<(usize, usize)> =
        items.iter().enumerate().filter(may_count).map(|(i, item)| (item.rows.0, i)).collect();
    let mut along_cols: Vec<(usize, usize)> =
        along_rows.iter().filter_map(|&(_, i)| Some((items.get(i)?.cols.0, i))).collect();
    along_cols.sort_unstable();
    let in_row = |row: usize| if announced.contains(&row) { 1 } else { LEAST_IN_ROW };
    let lines = along_rows.chunk_by(|a, b| a.0 == b.0).map(|l| (l, in_row(l.first().map_or(0, |p| p.0)), 1));
    let along_cols = along_cols.chunk_by(|a, b| a.0 == b.0).map(|l| (l, LEAST_IN_COLUMN, MOST_BEFORE + 1));
    let mut counted = Vec::new();
    for (line, least, first) in lines.chain(along_cols).filter(|(line, least, _)| line.len() >= *least) {
        let counts = |line: &[(usize, usize)]| {
            let values = line.iter().map(|(_, i)| numbers.get(*i).copied().flatten());
            longest_count(values, first).is_some_and(|n| n >= least)
        };
        if counts(line) {
            // Where another table's numbers stand below a numbering, 0 and 1 begin a count again and again.
            let begins_once = |part: &&[(usize, usize)]| {
                let mut values = part.iter().map(|(_, i)| numbers.get(*i).copied().flatten());
                values.clone().next() != Some(Some(0))
                    && longest_count(&mut values, u32::MAX) == Some(part.len())
            };
            let parts = line.chunk_by(|a, b| follows(items, a.1, b.1) || adjoin(items, a.1, b.1));
            counted.extend(parts.filter(begins_once).flatten().copied());
        } else {
            // A table beside another has a line of its own in the same row.
            counted.extend(
                line.chunk_by(|a, b| adjoin(items, a.1, b.1)).filter(|part| counts(part)).flatten().copied(),
            );
        }
    }
    for (_, i) in counted {
        if let Some(item) = items.get_mut(i) {
            item.kind = Kind::Prose;
        }
    }
}

/// Whether nothing is left free between two items of a column.
fn follows(items: &[Item], one: usize, other: usize) -> bool {
    let (Some(one), Some(other)) = (items.get(one), items.get(other)) else { return false };
    one.cols.0 == other.cols.0 && one.rows.1 + 1 == other.rows.0
}

/// Whether nothing is left free between two items of a row; items of a column never adjoin.
fn adjoin(items: &[Item], one: usize, other: usize) -> bool {
    let (Some(one), Some(other)) = (items.get(one), items.get(other)) else { return false };
    one.rows.0 == other.rows.0 && one.cols.1 + 1 == other.cols.0
}

/// The longest of the counts (1, 2, 3 …) that a line consists of, if it consists of counts alone: a numbering
/// begins again with the next table. The first one begins at most with `first`.
fn longest_count(values: impl Iterator<Item = Option<u32>>, first: u32) -> Option<usize> {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for value in values {
        let value = value?;
        run = match last {
            Some(l) if value == l + 1 => run + 1,
            None if value <= first => 1,
            _ if value <= 1 => 1,
            _ => return None,
        };
        last = Some(value);
        longest = longest.max(run);
    }
    Some(longest)
}
