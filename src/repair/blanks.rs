//! Blanks that may be filled: where relations cover them and hold with 0.
//!
//! Never where no relation covers a cell, never a block that is blank as a whole: that is no nil return.

use super::typed::Typed;
use crate::check::{self, Submission};
use crate::finding::{Certainty, Change, Text};
use crate::form::{Blank, FieldIx};
use crate::mapping::Filled;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Zeros for blank cells of relations that hold once some corrections are made; with `whole_blocks` also where all of
/// a block is blank.
pub fn blank_fills(s: Submission, made: &[Change], whole_blocks: bool) -> Vec<Change> {
    let filled = corrected(s, made);
    let s = Submission { filled: &filled, ..s };
    let typed = Typed::of(s);
    let broken: Vec<usize> = check::broken(s).iter().map(|b| b.relation).collect();
    let sound = |field: FieldIx| {
        let Some(cell) = typed.cell_of(field) else { return false };
        let mut own = typed
            .problem
            .relations
            .iter()
            .zip(&typed.relations)
            .filter(|(r, _)| r.terms.iter().any(|t| t.0 == cell))
            .peekable();
        own.peek().is_some() && own.all(|(_, i)| !broken.contains(i))
    };
    let filled_blocks = filled_blocks(s);
    let fields = (0..s.form.fields.len() as u32).map(FieldIx);
    let wanted = fields.filter(|f| {
        let blank = s.filled.reading(*f).is_some_and(|r| r.place.is_some() && r.is_blank());
        // where the form counts a blank as 0, nothing is missing
        let missing = s.form.field(*f).is_some_and(|f| f.blank == Blank::Fault);
        missing && blank && sound(*f) && (whole_blocks || has_numbers(s, *f, &filled_blocks))
    });
    wanted.filter_map(|f| zero(s, f)).collect()
}

/// What stands in the cells once corrections are made; formulas follow.
fn corrected(s: Submission, made: &[Change]) -> Filled {
    let mut filled: Filled = s.filled.clone();
    for change in made {
        let ix = s.form.field_ix(&change.field);
        if let Some(reading) = ix.and_then(|ix| filled.readings.get_mut(ix.0 as usize)) {
            reading.value = Some(change.to);
            reading.quirks.clear();
        }
    }
    let formulas: Vec<FieldIx> =
        (0..).map(FieldIx).zip(&filled.readings).filter(|(_, r)| r.formula.is_some()).map(|p| p.0).collect();
    filled.recompute(&formulas);
    filled
}

fn zero(s: Submission, field: FieldIx) -> Option<Change> {
    let why = Text::new(
        "空白按 0 计，所在的勾稽关系均成立",
        "counted as 0, with which every relation of the cell holds",
    );
    s.change(field, Decimal::ZERO, Certainty::Proved, why)
}

/// The block and, within a block of one row, the group of columns that a field stands in.
type Place = (usize, usize, String);

fn block(s: Submission, field: FieldIx) -> Option<Place> {
    let f = s.form.field(field)?;
    let group = if s.names().rows(field) == 1 { s.names().group_name(field) } else { String::new() };
    Some((f.table, f.block, group))
}

/// Blocks in which a number stands.
fn filled_blocks(s: Submission) -> BTreeMap<Place, usize> {
    let mut filled = BTreeMap::new();
    for field in (0..s.form.fields.len() as u32).map(FieldIx) {
        let entered = s.filled.reading(field).is_some_and(|r| r.place.is_some() && !r.is_blank());
        if let Some(place) = block(s, field).filter(|_| entered) {
            *filled.entry(place).or_default() += 1;
        }
    }
    filled
}

fn has_numbers(s: Submission, field: FieldIx, filled: &BTreeMap<Place, usize>) -> bool {
    block(s, field).is_some_and(|place| filled.contains_key(&place))
}
