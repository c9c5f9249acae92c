//! How the rows of a table lie within each other: below headings, in sections between blank rows, indented, and
//! before or behind the total of their own.

use super::propose::{is_subtotal, is_total};
use super::words::{self, is_of_which, is_rate, words};
use super::{Counts, DraftBlock, DraftLine};
use crate::grid::label;
use std::collections::BTreeSet;

/// Takes headings out of a block's rows and notes which rows stand below them; `filled` tells rows with figures and
/// `first` the first row below the header.
///
/// A heading is a row without a figure in a table of figures, right above one that has some, that begins the table,
/// or stands below a blank row or a total, above rows that are indented, or ends with a colon.
pub(super) fn set_sections(block: &mut DraftBlock, wide: &BTreeSet<u32>, filled: &dyn Fn(u32) -> bool) {
    let rows = &block.rows;
    let with_figures = rows.iter().filter(|l| filled(l.at)).count();
    let is_filled = with_figures * 2 >= rows.len() && with_figures > 0;
    let heads = |i: usize, line: &DraftLine| {
        let Some(next) = rows.get(i + 1) else { return false };
        if wide.contains(&line.at) {
            return true;
        }
        if !filled(next.at) {
            return false;
        }
        let before = i.checked_sub(1).and_then(|p| rows.get(p));
        let apart = before.is_none_or(|b| b.at + 1 < line.at || names_total(b));
        let colon = line.path.last().is_some_and(|t| t.ends_with(['：', ':']));
        !filled(line.at) && !names_total(line) && (apart || colon || next.depth > line.depth)
    };
    let headings: BTreeSet<u32> = if is_filled || !wide.is_empty() {
        rows.iter().enumerate().filter(|(i, l)| heads(*i, l)).map(|(_, l)| l.at).collect()
    } else {
        BTreeSet::new()
    };
    let mut out = sectioned(std::mem::take(&mut block.rows), &headings);
    for line in &mut out {
        line.path.splice(0..0, line.heading.clone());
    }
    align_parts(&mut out);
    mark_parts(&mut out);
    mark_netted(&mut out);
    block.headings = headings.into_iter().collect();
    block.rows = out;
}

/// Parts below 其中：甲 are mostly set below the name, behind 其中：, and not within it.
fn align_parts(rows: &mut [DraftLine]) {
    let is_part = |l: &DraftLine| l.path.last().is_some_and(|t| is_of_which(t));
    for i in 1..rows.len() {
        let (before, from) = rows.split_at_mut(i);
        if let (Some(first), Some(next)) = (before.last_mut(), from.first())
            && is_part(first)
            && !is_part(next)
            && next.depth > first.depth
        {
            first.depth = next.depth;
        }
    }
}

/// Notes the rows that go on with the parts that 其中 begins: 其中：增值税, then 企业所得税, where these are indented as
/// the whole is not, or bear no list mark beside a whole that bears one.
fn mark_parts(rows: &mut [DraftLine]) {
    let mut whole: Option<(u32, bool)> = None;
    let mut is_within = false;
    for line in rows {
        let Some(leaf) = line.path.last() else { continue };
        let is_marked = level(leaf).is_some();
        if is_of_which(leaf) {
            is_within = true;
            continue;
        }
        let belongs = whole.is_some_and(|(depth, marked)| line.depth > depth || marked && !is_marked);
        is_within &= belongs && !names_total(line);
        if is_within {
            line.counts = Counts::Within;
        } else {
            whole = Some((line.depth, is_marked));
        }
    }
}

/// Notes what a net amount is made of: 固定资产原值, 减：累计折旧, then 固定资产净值.
fn mark_netted(rows: &mut [DraftLine]) {
    for (whole, net) in netted(rows) {
        rows.iter_mut().take(net).skip(whole).for_each(|l| l.counts = Counts::Netted);
    }
}

/// Amounts from which something is deducted, each with the net amount behind, by their places.
pub(super) fn netted(rows: &[DraftLine]) -> Vec<(usize, usize)> {
    let of = |first: usize| {
        let whole = first.checked_sub(1).filter(|w| rows.get(*w).is_some_and(|l| !is_deducted(l)))?;
        let net = (first..rows.len()).find(|i| rows.get(*i).is_some_and(|l| !is_deducted(l)))?;
        let groups = |i: usize| rows.get(i).and_then(|l| l.path.split_last()).map(|(_, groups)| groups);
        let names_net = words::ends(rows.get(net)?.path.last()?, &words().nets);
        (names_net && groups(whole) == groups(net)).then_some((whole, net))
    };
    (0..rows.len()).filter(|i| rows.get(*i).is_some_and(is_deducted)).filter_map(of).collect()
}

/// "减：累计折旧", "Less: depreciation".
pub(super) fn is_deducted(line: &DraftLine) -> bool {
    line.path.last().is_some_and(|t| words::begins(t.trim(), &words().deductions))
}

/// The depth of a list mark: 一、 then （一） then 1. then （1）.
pub(super) fn level(text: &str) -> Option<u8> {
    label::normalise(text).mark?;
    let open = text.starts_with(['（', '(']);
    let digit = text.trim_start_matches(['（', '(']).starts_with(|c: char| c.is_ascii_digit());
    Some(match (digit, open) {
        (false, false) => 1,
        (false, true) => 2,
        (true, false) => 3,
        (true, true) => 4,
    })
}

/// Rows without headings, each with its section and the heading above it.
fn sectioned(rows: Vec<DraftLine>, headings: &BTreeSet<u32>) -> Vec<DraftLine> {
    let mut out: Vec<DraftLine> = Vec::new();
    let (mut section, mut heading, mut before): (u32, Option<String>, Option<u32>) = (0, None, None);
    for mut line in rows {
        let gap = before.is_some_and(|at| line.at > at + 1);
        before = Some(line.at);
        if headings.contains(&line.at) {
            heading = line.path.last().cloned();
            section += 1;
            continue;
        }
        let closed = out.last().is_some_and(|l| l.section == section && names_total(l));
        let ended = out.last().is_some_and(|l| l.section == section && is_total_of(l, heading.as_deref()));
        if gap || ended || closed && names_total(&line) {
            heading = None;
            section += 1;
        }
        line.section = section;
        line.heading.clone_from(&heading);
        out.push(line);
    }
    out
}

/// Whether a total is called as the heading of its section: 流动资产合计 below 流动资产：.
fn is_total_of(line: &DraftLine, heading: Option<&str>) -> bool {
    let heading = heading.map(|h| label::normalise(h).text).filter(|h| !h.is_empty());
    let own = line.path.last().map(|t| label::normalise(t).text).unwrap_or_default();
    names_total(line) && heading.is_some_and(|h| own.contains(&h))
}

/// Whether a label is a total of its neighbours by any word: 合计, 小计, 收入合计, "Total dwellings", "North (Total)".
pub(super) fn names_total(line: &DraftLine) -> bool {
    let Some(text) = line.path.last() else { return false };
    let label = label::normalise(text).text;
    is_total(text)
        || is_subtotal(text)
        || words::begins(text, &words().total_begins)
        || words().total_ends.iter().any(|w| label.ends_with(w.as_str()))
        || ends_with_total(text)
}

/// "North (Total)", "Adult total": a total that a group's last row names.
pub(super) fn ends_with_total(text: &str) -> bool {
    let word = text.trim_end_matches([')', '）', ' ']).rsplit([' ', '(', '（']).next().unwrap_or_default();
    word.len() < text.len() && is_total(word)
}

/// Whether a line is part of another line beside it, or a rate: it adds nothing to a total.
pub(super) fn is_share(line: &DraftLine) -> bool {
    line.counts != Counts::Alone
        || line.path.iter().any(|l| is_of_which(l))
        || line.path.last().is_some_and(|l| is_rate(l))
}

/// Of lines beside each other those that count once in their total: not what is indented below another, and not the
/// parts of a subtotal, which stand behind it where the first of all is one, else before it.
pub(super) fn outermost<'a>(lines: &[&'a DraftLine]) -> Vec<&'a DraftLine> {
    let mut top = Vec::new();
    for line in lines {
        if top.last().is_none_or(|last: &&DraftLine| line.depth <= last.depth) {
            top.push(*line);
        }
    }
    if top.first().is_some_and(|l| names_total(l)) {
        let heads: Vec<&DraftLine> = top.iter().copied().filter(|l| names_total(l)).collect();
        return if heads.len() > 1 { heads } else { top };
    }
    let mut out: Vec<&DraftLine> = Vec::new();
    for line in top {
        if names_total(line) {
            let own = |l: &DraftLine| names_total(l) || apart(l, line);
            let kept = out.iter().rposition(|l| own(l)).map_or(0, |at| at + 1);
            // a subtotal of one line, or of none, is a line like others
            if out.len() > kept + 1 {
                out.truncate(kept);
            }
        }
        out.push(line);
    }
    out
}

/// Whether a line stands in another section than a total.
fn apart(line: &DraftLine, total: &DraftLine) -> bool {
    line.section != total.section && total.heading.is_some()
}
