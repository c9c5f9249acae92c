//! What is odd about what stands in a single cell, whatever the relations say: the faults that V rules tell.
//!
//! A cell that a repair changes has one finding, that of the repair, and this is what it says of the cell beside.

use super::Submission;
use crate::finding::Text;
use crate::form::{Blank, FieldIx, Op};
use crate::mapping::{Quirk, Reading};
use rust_decimal::Decimal;

/// An odd thing about a cell: the code of its rule, and a few words that may stand in brackets; none where what
/// stands in the cell says it.
pub type Odd = (&'static str, Text);

/// Everything odd about a cell, by code.
pub fn oddities(s: Submission, ix: FieldIx) -> Vec<Odd> {
    let Some(r) = s.filled.reading(ix).filter(|r| r.place.is_some()) else { return Vec::new() };
    let mut odd = Vec::new();
    let mut add = |is: bool, code, zh: &str, en: &str| {
        if is {
            odd.push((code, Text::new(zh, en)));
        }
    };
    let raw = r.raw.as_deref().unwrap_or_default();
    add(is_missing(s, ix, r) && !super::is_all_but_blank(s), "V001", "", "");
    add(is_text(r), "V002", &format!("写成文本“{raw}”"), &format!("held as text, {raw:?}"));
    add(is_no_number(r), "V003", "不是数字", "not a number");
    add(is_negative(s, ix, r), "V004", "负数", "negative");
    add(is_fraction(s, ix, r), "V005", "件数应为整数", "a count must be whole");
    add(is_error(r), "V006", "公式出错", "the formula's error");
    add(is_stale(r), "V007", "公式没有结果或结果已过期", "a formula without a current result");
    add(is_placeholder(s, ix, r), "V008", "用符号代替数字", "a mark instead of a number");
    add(is_in_yuan(r), "V009", "按元填写，已折算成万元", "given in 元, read as 万元");
    odd
}

/// A blank where a number belongs.
pub(super) fn is_missing(s: Submission, ix: FieldIx, r: &Reading) -> bool {
    r.is_blank() && must_be_filled(s, ix)
}

/// A number held as text.
pub(super) fn is_text(r: &Reading) -> bool {
    r.quirks.iter().any(|q| matches!(q, Quirk::TextNumber(_)))
}

/// What cannot be read as a number.
pub(super) fn is_no_number(r: &Reading) -> bool {
    r.quirks.iter().any(hides_number)
}

/// The quirk for which a cell is no number.
pub(super) fn hides_number(q: &Quirk) -> bool {
    matches!(q, Quirk::NotANumber | Quirk::Damaged | Quirk::Date | Quirk::Percent)
}

/// A negative number where the form has none.
pub(super) fn is_negative(s: Submission, ix: FieldIx, r: &Reading) -> bool {
    r.value.is_some_and(|v| v < Decimal::ZERO) && s.form.field(ix).is_some_and(|f| !f.kind.is_signed())
}

/// A count that is not whole.
pub(super) fn is_fraction(s: Submission, ix: FieldIx, r: &Reading) -> bool {
    r.value.is_some_and(|v| !v.is_integer()) && s.form.field(ix).is_some_and(|f| f.kind.is_whole())
}

/// A formula's error value.
pub(super) fn is_error(r: &Reading) -> bool {
    r.quirks.contains(&Quirk::ErrorValue)
}

/// A formula without a current result.
pub(super) fn is_stale(r: &Reading) -> bool {
    r.quirks.iter().any(|q| matches!(q, Quirk::StaleFormula | Quirk::NoCachedValue))
}

/// A mark that stands for nothing.
pub(super) fn is_placeholder(s: Submission, ix: FieldIx, r: &Reading) -> bool {
    r.quirks.contains(&Quirk::Placeholder) && must_be_filled(s, ix)
}

/// An amount given in 元 where 万元 belongs.
pub(super) fn is_in_yuan(r: &Reading) -> bool {
    r.quirks.contains(&Quirk::ConvertedFromYuan)
}

/// Whether a blank, or a mark that stands for one, is a fault in a field.
fn must_be_filled(s: Submission, ix: FieldIx) -> bool {
    s.form.field(ix).is_none_or(|f| f.blank == Blank::Fault)
}

/// The totals that are odd because parts of theirs are: they add up, so that the parts are what is wrong.
pub(super) fn totals_over(s: Submission, odd: &[FieldIx]) -> Vec<(FieldIx, Vec<FieldIx>)> {
    if odd.is_empty() {
        return Vec::new();
    }
    let holds = |r: &crate::form::Relation| super::sides(s, r).is_some_and(|sides| sides.hold(r.op));
    let sums = s.form.relations.iter().filter(|r| r.op == Op::Equal).filter_map(|r| Some((r, r.plain()?)));
    let of_odd = |(r, (parts, total)): (&crate::form::Relation, (Vec<FieldIx>, Vec<FieldIx>))| {
        let [total] = total.as_slice() else { return None };
        let parts: Vec<FieldIx> = parts.into_iter().filter(|p| odd.contains(p)).collect();
        (odd.contains(total) && !parts.is_empty() && holds(r)).then_some((*total, parts))
    };
    sums.filter_map(of_odd).collect()
}
