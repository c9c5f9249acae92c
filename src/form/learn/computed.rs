//! Relations by the workbook's own formulas: sums and differences that it computes itself.

use super::carried;
use super::propose::{Part, Proposal};
use super::{Draft, DraftBlock, DraftLine};
use crate::grid::{CellRef, Sheet, formula};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A sheet and what was drafted from it.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) draft: &'a Draft,
    pub(super) sheet: &'a Sheet,
}

/// Whether along a row, which lines are added and subtracted, and which holds the formula.
type Computed = (bool, Vec<(usize, bool)>, usize);

/// Formulas that stand in one place only: of more than these, none says a rule.
const MOST_SINGLE: usize = 40;

/// Sums and differences that the workbook itself computes, each for the rows (or columns) that compute it so.
pub(super) fn by_formula(block: &DraftBlock, page: Page) -> Vec<Proposal> {
    let mut seen: BTreeMap<Computed, Vec<usize>> = BTreeMap::new();
    for (r, row) in block.rows.iter().enumerate() {
        for (c, col) in block.cols.iter().enumerate() {
            if let Some(computed) = sum_of_lines(block, page, CellRef::new(row.at, col.at)) {
                let place = if computed.0 { r } else { c };
                seen.entry(computed).or_default().push(place);
            }
        }
    }
    for (computed, places) in &mut seen {
        let crossed =
            (0..block.rows.len().max(block.cols.len())).filter(|p| follows(block, page, computed, *p));
        places.extend(crossed);
        places.sort_unstable();
    }
    let single = seen.values().filter(|places| places.len() == 1).count();
    let of = |across: bool| if across { block.rows.len() } else { block.cols.len() };
    let tells = |(across, ..): &Computed, places: &[usize]| {
        places.len() > 1 || of(*across) == 1 || single <= MOST_SINGLE
    };
    let seen = seen.into_iter().filter(|(computed, places)| tells(computed, places));
    seen.filter_map(|(computed, places)| computed_alike(block, &computed, &places)).collect()
}

/// Whether a sum holds in a place where its total and all its parts are computed the other way, each alike: in the
/// last cell of a row and a column of totals.
fn follows(block: &DraftBlock, page: Page, (across, parts, total): &Computed, place: usize) -> bool {
    let at = |line: usize| {
        let (row, col) = if *across { (place, line) } else { (line, place) };
        Some(CellRef::new(block.rows.get(row)?.at, block.cols.get(col)?.at))
    };
    let crossing = |line: usize| sum_of_lines(block, page, at(line)?).filter(|c| c.0 != *across);
    crossing(*total).is_some_and(|own| parts.iter().all(|(p, _)| crossing(*p).as_ref() == Some(&own)))
}

/// The sum of lines that a cell's formula makes; `None` where it makes anything else.
pub(super) fn sum_of_lines(block: &DraftBlock, page: Page, at: CellRef) -> Option<Computed> {
    let cells = computed(page, at)?;
    let in_row = cells.iter().all(|(a, _)| a.row == at.row);
    let index = |lines: &[DraftLine], at: u32| lines.iter().position(|l| l.at == at);
    let place = |(a, negative): &(CellRef, bool)| {
        let line = if in_row { index(&block.cols, a.col) } else { index(&block.rows, a.row) };
        line.filter(|_| in_row || a.col == at.col).map(|l| (l, *negative))
    };
    let parts: Vec<(usize, bool)> = cells.iter().map(place).collect::<Option<_>>()?;
    let own = if in_row { index(&block.cols, at.col)? } else { index(&block.rows, at.row)? };
    parts.iter().all(|(l, _)| *l != own).then_some((in_row, parts, own))
}

fn computed_alike(
    block: &DraftBlock,
    (across, parts, total): &Computed,
    places: &[usize],
) -> Option<Proposal> {
    let (lines, others) = if *across { (&block.cols, &block.rows) } else { (&block.rows, &block.cols) };
    let part = |(i, negative): &(usize, bool)| {
        let factor = if *negative { -Decimal::ONE } else { Decimal::ONE };
        lines.get(*i).map(|l| Part { factor, ..Part::of(&l.id) })
    };
    let only = places.iter().filter_map(|p| others.get(*p)).map(|l| l.id.clone()).collect();
    Some(Proposal {
        across: *across,
        left: parts.iter().filter_map(part).collect(),
        right: vec![part(&(*total, false))?],
        source: format!(
            "由表内公式提出，{0} 处中有 {1} 处 (by formulas, {1} of {0})",
            others.len(),
            places.len()
        ),
        stated: true,
        only: Some(only),
        ..Proposal::default()
    })
}

/// The cells of a formula on its own sheet that it adds up and subtracts, if it does nothing else.
fn computed(Page { draft, sheet }: Page, at: CellRef) -> Option<Vec<(CellRef, bool)>> {
    let sum = formula::parse(sheet.cell(at)?.formula.as_deref()?)?;
    let own = |t: &formula::Term| {
        let (name, cell) = carried::now(&draft.carried, t.sheet.as_deref().unwrap_or(&sheet.name), t.cell);
        name.eq_ignore_ascii_case(&sheet.name).then_some((cell, t.negative))
    };
    let cells = sum.terms.iter().map(own).collect::<Option<Vec<_>>>()?;
    sum.constant.is_zero().then_some(cells)
}
