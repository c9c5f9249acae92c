//! Why a district's own table differs from the sum of its members as a whole: offices left out, counted twice, or by
//! another version of their report, last year's included.
//!
//! Such a cause moves every cell in which the office has a number. Those causes are taken that leave the fewest cells
//! open; each is one finding, however many cells it moves.

use super::aggregate::Cause;
use crate::finding::Text;
use rust_decimal::Decimal;

/// So many cells that a cause explains are no chance.
const TELLING: usize = 3;
/// Among so many causes pairs are sought.
const PAIRED: usize = 1200;

/// What a cause would add to each cell that is compared.
#[derive(Debug)]
pub(super) struct Shift<'a> {
    pub(super) cause: Cause,
    /// The office.
    pub(super) name: &'a str,
    pub(super) by: Vec<Decimal>,
}

impl Shift<'_> {
    /// How many cells it explains at least, beyond those that it would leave open.
    fn least(&self) -> usize {
        if self.cause.needs_more() { TELLING } else { 2 }
    }
}

/// The causes of these differences, and what of them is left.
pub(super) fn explain<'s, 'a>(
    shifts: &'s [Shift<'a>],
    gaps: Vec<Decimal>,
) -> (Vec<&'s Shift<'a>>, Vec<Decimal>) {
    let mut found: Vec<&Shift> = Vec::new();
    let mut left = gaps.clone();
    loop {
        let next = next(shifts, &left);
        if next.is_empty() {
            return if settles(&found, &left) { (found, left) } else { (Vec::new(), gaps) };
        }
        for shift in &next {
            left = without(&left, shift);
        }
        found.extend(next);
    }
}

/// Whether causes leave at most one in so many of the cells that they move open: others were moved by something else,
/// and then so may these have been.
fn settles(found: &[&Shift], left: &[Decimal]) -> bool {
    const ONE_IN: usize = 4;
    let moved = |cell: usize| found.iter().any(|s| s.by.get(cell).is_some_and(|by| !by.is_zero()));
    let moved: Vec<&Decimal> =
        left.iter().enumerate().filter(|(i, _)| moved(*i)).map(|(_, left)| left).collect();
    moved.iter().filter(|left| !left.is_zero()).count() * ONE_IN <= moved.len()
}

/// The cause, or the two together, after which the fewest findings remain to be told.
fn next<'s, 'a>(shifts: &'s [Shift<'a>], left: &[Decimal]) -> Vec<&'s Shift<'a>> {
    let open = left.iter().filter(|by| !by.is_zero()).count();
    let ranked = |s: &'s Shift<'a>, most: usize| Some((differing(left, s, most)?, s));
    let telling = |(rest, s): &(usize, &Shift)| rest + s.least() <= open;
    let single = shifts
        .iter()
        .filter_map(|s| ranked(s, open))
        .filter(telling)
        .min_by_key(|(rest, s)| (*rest, s.cause));
    let rest = single.map_or(open, |(rest, _)| rest);
    // A pair must explain most of what is open, and more than one that explains it alone.
    let most = rest.checked_sub(TELLING).map(|most| most.min(open / 2));
    match most.and_then(|most| pair(shifts, left, most)) {
        Some(pair) => pair.to_vec(),
        None => single.map(|(_, s)| s).into_iter().collect(),
    }
}

/// The two causes that leave the fewest cells open, `most` at most.
fn pair<'s, 'a>(shifts: &'s [Shift<'a>], left: &[Decimal], mut most: usize) -> Option<[&'s Shift<'a>; 2]> {
    let mut best = None;
    if shifts.len() > PAIRED {
        return None;
    }
    for (i, first) in shifts.iter().enumerate() {
        let left = without(left, first);
        for second in shifts.iter().skip(i + 1).filter(|s| s.name != first.name) {
            if let Some(rest) = differing(&left, second, most) {
                best = Some([first, second]);
                let Some(fewer) = rest.checked_sub(1) else { return best };
                most = fewer;
            }
        }
    }
    best
}

/// How many cells are open after a cause, if not more than `most`.
fn differing(left: &[Decimal], shift: &Shift, most: usize) -> Option<usize> {
    let open = left.iter().zip(&shift.by).filter(|(a, b)| a != b).take(most + 1).count();
    (open <= most).then_some(open)
}

fn without(left: &[Decimal], shift: &Shift) -> Vec<Decimal> {
    left.iter().zip(&shift.by).map(|(left, by)| left.saturating_sub(*by)).collect()
}

/// What is said of a cause that explains `cells` cells, and what to do.
pub(super) fn said(cause: Cause, names: &Text, cells: usize) -> (Text, Text) {
    let (zh, en) = (&names.zh, &names.en);
    let behind_zh = format!("它有数的 {cells} 格因此都对不上");
    let behind_en = format!("the {cells} cells in which it has a number are off by it");
    match cause {
        Cause::LeftOut => (
            Text::new(
                format!("汇总表漏加了{zh}：{behind_zh}"),
                format!("the aggregate lacks {en}: {behind_en}"),
            ),
            Text::new("请加上这一家，重新汇总", "add it and sum up again"),
        ),
        Cause::Twice => (
            Text::new(
                format!("汇总表把{zh}加了两次：{behind_zh}"),
                format!("the aggregate counts {en} twice: {behind_en}"),
            ),
            Text::new("请只加一次，重新汇总", "add it only once and sum up again"),
        ),
        Cause::Foreign => (
            Text::new(
                format!("汇总表多加了{zh}：{behind_zh}"),
                format!("the aggregate counts {en}, which is no member: {behind_en}"),
            ),
            Text::new(
                "这一家不在所属单位中，请去掉后重新汇总",
                "it is no member; leave it out and sum up again",
            ),
        ),
        _ => said_of_others(cause, names, cells),
    }
}

/// The same where other numbers of members were added up than those that count.
fn said_of_others(cause: Cause, Text { zh, en }: &Text, cells: usize) -> (Text, Text) {
    match cause {
        Cause::Older => (
            Text::new(
                format!("汇总表用的是{zh}较早报送的数：有 {cells} 格与后来报送的不同"),
                format!(
                    "the aggregate has older numbers of {en}: {cells} cells differ from those sent since"
                ),
            ),
            Text::new("请用最近报送的数重新汇总", "sum up again with the latest numbers"),
        ),
        Cause::LastYear => (
            Text::new(
                format!("汇总表用的是{zh}上年的数：有 {cells} 格与今年报送的不同"),
                format!(
                    "the aggregate has last year's numbers of {en}: {cells} cells differ from this year's"
                ),
            ),
            Text::new("请换成这一家今年报送的数，重新汇总", "take the numbers that it has sent this year"),
        ),
        Cause::AllLastYear => (
            Text::new(
                format!("汇总表用的是各单位上年的数：有 {cells} 格与今年报送的不同"),
                format!("the aggregate has last year's numbers of all members: {cells} cells differ"),
            ),
            Text::new("请用今年报送的数重新汇总", "sum up again with this year's numbers"),
        ),
        Cause::Uncorrected => (
            Text::new(
                format!("汇总表用的是{zh}更正前的数：有 {cells} 格与更正后的不同"),
                format!(
                    "the aggregate has the numbers of {en} before their correction: {cells} cells differ"
                ),
            ),
            Text::new("请用更正后的数重新汇总", "sum up again with the corrected numbers"),
        ),
        Cause::AllUncorrected => (
            Text::new(
                format!("汇总表加的是各单位更正前的数：有 {cells} 格与更正后的不同"),
                format!(
                    "the aggregate has the numbers of all members before their correction: {cells} cells differ"
                ),
            ),
            Text::new("请用更正后的数重新汇总", "sum up again with the corrected numbers"),
        ),
        Cause::AllCorrected => (
            Text::new(
                format!("汇总表加的是各单位更正后的数：有 {cells} 格与报送的不同"),
                format!(
                    "the aggregate has the numbers of all members as corrected: {cells} cells differ from those sent"
                ),
            ),
            Text::new(
                "请有错的单位把更正后的数重新报送（用 --use-corrected 可以按更正后的数核对）",
                "have the members send their corrected numbers (--use-corrected compares with those)",
            ),
        ),
        _ => (
            Text::new(
                format!("汇总表与{zh}更正后的数相符，与报送的不符，有 {cells} 格"),
                format!("the aggregate agrees with {en} corrected and not as sent, in {cells} cells"),
            ),
            Text::new("请这一家更正后重新报送", "have it send its corrected numbers"),
        ),
    }
}
