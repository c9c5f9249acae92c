//! Percentages by their number formats: whole lines of them, and cells among counts.

use super::DraftBlock;
use crate::grid::{CellRef, Entry, Sheet, shown};
use std::collections::{BTreeMap, BTreeSet};

/// Cells of percentages among other numbers: of these rows in these columns, by their places in the block.
pub(super) type Cells = (Vec<usize>, Vec<usize>);

/// How the numbers of a line are formatted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    #[default]
    Plain,
    /// All of them as percentages.
    Percent,
}

/// Marks the lines of a block of which every number is formatted as a percentage, and gathers the cells of others.
pub(super) fn mark(block: &mut DraftBlock, sheet: &Sheet, formats: &[String]) {
    let filled = |row: usize, col: usize| {
        let at = CellRef::new(block.rows.get(row)?.at, block.cols.get(col)?.at);
        let cell = sheet.cell(at).filter(|c| matches!(c.entry, Entry::Number(_)))?;
        Some(formats.get(usize::from(cell.format)).is_some_and(|f| shown::is_percent(f)))
    };
    let (height, width) = (block.rows.len(), block.cols.len());
    let all: BTreeMap<(usize, usize), bool> = (0..height)
        .flat_map(|r| (0..width).map(move |c| (r, c)))
        .filter_map(|(r, c)| Some(((r, c), filled(r, c)?)))
        .collect();
    let of_line = |is: &dyn Fn(&(usize, usize)) -> bool| {
        let mut own = all.iter().filter(|(at, _)| is(at)).map(|(_, percent)| *percent).peekable();
        own.peek().is_some() && own.all(|percent| percent)
    };
    let cols: BTreeSet<usize> = (0..width).filter(|c| of_line(&|at| at.1 == *c)).collect();
    let rows: BTreeSet<usize> = (0..height).filter(|r| of_line(&|at| at.0 == *r)).collect();
    let mut by_col: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for ((row, col), _) in all.iter().filter(|(_, percent)| **percent) {
        if !cols.contains(col) && !rows.contains(row) {
            by_col.entry(*col).or_default().push(*row);
        }
    }
    let mut cells: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (col, rows) in by_col {
        cells.entry(rows).or_default().push(col);
    }
    block.percentages = cells.into_iter().collect();
    for (lines, percent) in [(&mut block.rows, rows), (&mut block.cols, cols)] {
        for line in percent.into_iter().collect::<Vec<_>>() {
            if let Some(line) = lines.get_mut(line) {
                line.shown = Shown::Percent;
            }
        }
    }
}
