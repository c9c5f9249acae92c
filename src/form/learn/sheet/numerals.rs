//! Numbers that are labels: years over columns, years beside rows, and what counts the rows where nothing else
//! names them (ages).

use super::{MOST_COLS, MOST_ROWS};
use crate::form::learn::words::{self, words};
use crate::grid::{Cell, CellRef, Entry, Sheet, label, number};
use std::collections::{BTreeMap, BTreeSet};

/// A cell by row and column.
type At = (u32, u32);

/// What of a sheet tells numbers that are labels.
struct Numerals {
    /// Typed whole numbers, as numbers or as text.
    whole: BTreeMap<At, i64>,
    /// All numbers, formulas and marks for nothing.
    figures: BTreeSet<At>,
    texts: BTreeMap<At, String>,
}

/// The cells of numbers that are labels.
pub(super) fn labels(sheet: &Sheet) -> BTreeSet<(u32, u32)> {
    let numerals = Numerals::of(sheet);
    let rows: BTreeSet<u32> = numerals.whole.keys().map(|at| at.0).collect();
    let cols: BTreeSet<u32> = numerals.whole.keys().map(|at| at.1).collect();
    let mut out = BTreeSet::new();
    for row in rows {
        out.extend(numerals.heading(row));
    }
    for col in cols {
        out.extend(numerals.naming(col, &out));
    }
    out
}

impl Numerals {
    fn of(sheet: &Sheet) -> Self {
        let mut out = Self { whole: BTreeMap::new(), figures: BTreeSet::new(), texts: BTreeMap::new() };
        for (at, cell) in sheet.cells.iter().filter(|(at, _)| at.row < MOST_ROWS && at.col < MOST_COLS) {
            out.take(*at, cell);
        }
        out
    }

    fn take(&mut self, at: CellRef, cell: &Cell) {
        let at = (at.row, at.col);
        let text = cell.entry.raw().unwrap_or_default();
        let is_figure = match &cell.entry {
            Entry::Text(t) => {
                let is_mark = number::is_placeholder(t) || words::is_mark(t);
                is_mark || label::year(t).is_some() || number::read(t).is_some()
            }
            _ => true,
        };
        if cell.entry.is_blank() && cell.formula.is_none() {
            return;
        }
        if !is_figure {
            self.texts.insert(at, text);
            return;
        }
        self.figures.insert(at);
        let whole = label::year(&text).map(i64::from).or_else(|| text.trim().parse().ok());
        self.whole.extend(whole.filter(|_| cell.formula.is_none()).map(|n| (at, n)));
    }

    fn figures_in(&self, row: u32) -> impl Iterator<Item = At> {
        self.figures.range((row, 0)..(row + 1, 0)).copied()
    }

    /// The cells of a row of years over columns: they rise, fall or repeat, nothing but years stands there, and the
    /// row is no row of numbers like that above it.
    fn heading(&self, row: u32) -> Vec<At> {
        let cells: Vec<At> = self.figures_in(row).collect();
        let years: Option<Vec<i64>> = cells.iter().map(|at| self.year(*at)).collect();
        let Some(years) = years.filter(|y| !y.is_empty()) else { return Vec::new() };
        let Some(first) = cells.first().map(|at| at.1) else { return Vec::new() };
        let over = |cell: &&At| cells.iter().any(|at| at.1 == cell.1);
        let above = row.checked_sub(1);
        let below_figures =
            above.is_some_and(|r| self.figures_in(r).any(|at| over(&&at) && self.year(at).is_none()));
        let beside = |r: u32| self.texts.range((r, first)..(r + 1, 0)).map(|(at, _)| *at);
        let named = self.texts.range((row, 0)..(row, first)).next().is_some();
        let headed = above.is_some_and(|r| beside(r).any(|at| over(&&at)));
        // texts over figures head their columns, and so the years beside them
        let heads = beside(row).any(|(_, col)| self.figures.contains(&(row + 1, col)));
        let is_header = is_run(&years) && !(named && headed) || heads && !headed;
        if is_header && !below_figures { cells } else { Vec::new() }
    }

    /// The cells of a column that names rows: of years under such a heading, or the first column of a table, whose
    /// numbers rise from row to row with nothing else to name these.
    fn naming(&self, col: u32, taken: &BTreeSet<At>) -> Vec<At> {
        let own: Vec<At> =
            self.figures.iter().filter(|at| at.1 == col && !taken.contains(at)).copied().collect();
        let Some((first, _)) = own.first() else { return Vec::new() };
        let header = (0..*first).rev().find_map(|r| self.texts.get(&(r, col)));
        let is_year = own.iter().all(|at| self.year(*at).is_some());
        let says_year = header.is_some_and(|t| words::is(t, &words().years));
        let alone = |at: &At| self.texts.range((at.0, 0)..*at).next().is_none();
        let leads =
            |at: &At| self.figures_in(at.0).next() == Some(*at) && self.figures_in(at.0).nth(1).is_some();
        let numbers: Option<Vec<i64>> = own.iter().map(|at| self.whole.get(at).copied()).collect();
        let Some(numbers) = numbers.filter(|n| n.len() > 1) else { return Vec::new() };
        let rises = numbers.windows(2).all(|w| matches!(w, [a, b] if a < b));
        let falls = numbers.windows(2).all(|w| matches!(w, [a, b] if a > b));
        let leading = own.iter().all(leads);
        let counts = (rises || falls && is_year) && own.iter().all(alone);
        if leading && (says_year && is_year || counts) { own } else { Vec::new() }
    }

    fn year(&self, at: At) -> Option<i64> {
        self.whole.get(&at).copied().filter(|n| label::year(&n.to_string()).is_some())
    }
}

/// Whether years follow each other upward or downward, or the same several times over.
fn is_run(years: &[i64]) -> bool {
    let rises = |part: &[i64]| part.windows(2).all(|w| matches!(w, [a, b] if a < b));
    let falls = |part: &[i64]| part.windows(2).all(|w| matches!(w, [a, b] if a > b));
    let again = years.iter().skip(1).position(|y| Some(y) == years.first()).map_or(years.len(), |i| i + 1);
    let part = years.get(..again).unwrap_or_default();
    let repeats = years.iter().zip(part.iter().cycle()).all(|(a, b)| a == b);
    part.len() > 1 && repeats && (rises(part) || falls(part))
}
