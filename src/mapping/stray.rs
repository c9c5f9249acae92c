//! Lines with numbers that are on no form, beside those that are.

use super::bands::Band;
use super::sight::Sight;
use super::view::{Item, Kind, View};
use crate::grid::CellRef;

/// What a line with numbers is that is on no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stray {
    /// A row.
    Row,
    /// The row of a group's heading, which the form leaves blank.
    Heading,
    /// A column.
    Column,
}

/// A line with numbers that is on no form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stranger {
    /// The block near.
    pub block: usize,
    /// Whether the sheet lay on its side.
    pub side: bool,
    /// The label's cell.
    pub at: CellRef,
    /// What it is.
    pub stray: Stray,
}

/// The labels of columns with numbers that stand among those of a band, or right behind them, and are none of the form's;
/// `rows` are those below the band that are. A sum of others, a share or a part of one, and remarks are nothing more.
pub(super) fn columns((view, sight): (&View, &Sight), band: &Band, rows: &[usize]) -> Vec<(usize, usize)> {
    let words = sight.lexicon.blocks.get(band.block);
    if words.is_none_or(|w| band.cols.len() < w.cols.len()) {
        return Vec::new(); // it may be one of those that are missing, called otherwise
    }
    let first = band.cols.iter().map(|m| m.at).min().unwrap_or(view.width());
    let is_own = |col: &usize| band.cols.iter().any(|m| m.at == *col);
    let above = |col: usize| (0..=band.rows.1).filter_map(move |row| view.item(row, col)?.label());
    let label = |col: usize| {
        let (row, label) = band.label_over(view, col)?;
        (!above(col).any(|l| sight.is_remark(l))).then_some(((row, col), label))
    };
    let is_strange = |label: usize| {
        let text = sight.text(label);
        let is_known = sight.certain(label) || words.is_none_or(|w| sight.is_among(label, &w.all));
        !is_known && !text.says_total() && !text.is_aside() && sight.period(label).is_none()
    };
    let is_number = |row: &&usize, col: usize| view.item(**row, col).is_some_and(|i| i.kind == Kind::Number);
    let has_numbers = |col: usize| {
        let shown = rows.iter().filter(|r| view.item(**r, col).is_some_and(Item::is_value)).count();
        shown * 2 > rows.len() && rows.iter().any(|r| is_number(&r, col))
    };
    let beside = (first + 1..view.width()).take_while(|col| !view.gap_before(*col));
    let labelled = beside.filter(|col| !is_own(col) && has_numbers(*col)).filter_map(label);
    labelled.filter(|(_, label)| is_strange(*label)).map(|(place, _)| place).collect()
}
