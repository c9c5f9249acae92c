//! Tables that are carried on below on the next sheet (续表): read as if they stood below on the first, since their
//! totals run across.

use super::{Draft, sheet, words};
use crate::grid::{Cell, CellRef, Range, Sheet, Visibility, Workbook, formula};
use std::borrow::Cow;

/// Rows between a table and the part that is put below it.
const GAP: u32 = 2;

/// A sheet that was put below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carried {
    /// The sheet that it was put below.
    onto: String,
    /// Its own name.
    name: String,
    /// The row in which it begins there.
    from: u32,
}

/// The workbook with each sheet that carries on the table of the one before put below that one.
pub(super) fn joined(book: &Workbook) -> (Cow<'_, Workbook>, Vec<Carried>) {
    let mut out = Cow::Borrowed(book);
    let mut carried = Vec::new();
    let mut i = 1;
    while let (Some(one), Some(next)) = (out.sheets.get(i - 1), out.sheets.get(i)) {
        if let Some((longer, part)) = together(one, next) {
            let sheets = &mut out.to_mut().sheets;
            sheets.remove(i);
            sheets.splice(i - 1..i, [longer]);
            carried.push(part);
        } else {
            i += 1;
        }
    }
    (out, carried)
}

/// A sheet with the next one below it, where that says that it carries on its table, with other rows.
fn together(one: &Sheet, next: &Sheet) -> Option<(Sheet, Carried)> {
    if one.visibility != Visibility::Visible || next.visibility != Visibility::Visible {
        return None;
    }
    let part = sheet::read(next);
    let named = words::is_continued_name(&next.name);
    if part.blocks.is_empty() || !named && !part.titles.iter().any(|t| words::is_continued(t)) {
        return None;
    }
    let rows = |draft: &Draft| draft.blocks.iter().map(|b| b.rows.len()).sum::<usize>();
    let first = sheet::read(one);
    let from = one.cells.last().map_or(0, |(at, _)| at.row) + GAP;
    let longer = below(one, next, from)?;
    let whole = sheet::read(&longer);
    let goes_on = whole.blocks.len() == first.blocks.len() && rows(&whole) == rows(&first) + rows(&part);
    let carried = Carried { onto: one.name.clone(), name: next.name.clone(), from };
    goes_on.then_some((longer, carried))
}

/// A sheet with the cells of another from a row on, but for the titles of that.
fn below(one: &Sheet, next: &Sheet, from: u32) -> Option<Sheet> {
    let mut out = one.clone();
    let moved = |at: CellRef| Some(CellRef::new(at.row.checked_add(from)?, at.col));
    for (at, cell) in &next.cells {
        let text = cell.formula.as_deref();
        let formula = text.and_then(|f| formula::copied(f, i64::from(from), 0)).map(String::into_boxed_str);
        out.cells.push((moved(*at)?, Cell { formula, ..cell.clone() }));
    }
    for merge in &next.merges {
        out.merges.push(Range { first: moved(merge.first)?, last: moved(merge.last)? });
    }
    for (at, depth) in &next.indents {
        out.indents.push((moved(*at)?, *depth));
    }
    Some(out)
}

/// Where a cell of a sheet stands in the workbook as it was given: the sheet's name and the cell.
pub(super) fn home<'c>(carried: &'c [Carried], sheet: &'c str, at: CellRef) -> (&'c str, CellRef) {
    let parts = carried.iter().filter(|c| c.onto == sheet && c.from <= at.row);
    match parts.max_by_key(|c| c.from) {
        Some(part) => (&part.name, CellRef::new(at.row - part.from, at.col)),
        None => (sheet, at),
    }
}

/// The reverse: where a cell of the workbook as it was given stands now.
pub(super) fn now<'c>(carried: &'c [Carried], sheet: &'c str, at: CellRef) -> (&'c str, CellRef) {
    match carried.iter().find(|c| c.name.eq_ignore_ascii_case(sheet)) {
        Some(part) => (&part.onto, CellRef::new(at.row.saturating_add(part.from), at.col)),
        None => (sheet, at),
    }
}
