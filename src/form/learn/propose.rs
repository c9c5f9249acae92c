//! Relations that a blank workbook suggests: by its formulas, by words such as 总计, by a sentence such as
//! "第一项加第二项之和，等于第三项加第四项之和".

use super::{Draft, DraftBlock, DraftLine};
use crate::grid::{CellRef, Sheet, formula, label};
use std::collections::BTreeMap;

/// A relation to be accepted or struck by the form's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    /// Whether it adds columns, for each row; else rows, for each column.
    pub(super) across: bool,
    /// Ids of the parts, in the form's order.
    pub(super) parts: Vec<String>,
    /// Ids on the side of the total.
    pub(super) total: Vec<String>,
    /// Where it comes from, as a comment.
    pub(super) source: String,
}

/// All proposals for a sheet's table, each once.
pub(super) fn propose(draft: &Draft, sheet: &Sheet) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for block in &draft.blocks {
        let found = by_formula(block, sheet)
            .into_iter()
            .chain(by_word(&block.cols, true))
            .chain(by_word(&block.rows, false))
            .chain(by_outline(&block.rows))
            .chain(by_sentence(draft, block));
        for proposal in found {
            let same = |p: &&mut Proposal| {
                (p.across, &p.parts, &p.total) == (proposal.across, &proposal.parts, &proposal.total)
            };
            match out.iter_mut().find(same) {
                Some(known) => known.source = format!("{}；{}", known.source, proposal.source),
                None => out.push(proposal),
            }
        }
    }
    out
}

/// Whether a label names the total of its neighbours.
fn is_total(text: &str) -> bool {
    let words = label::normalise(text).text;
    matches!(words.as_str(), "总计" | "合计" | "总数" | "total" | "totals" | "grandtotal")
}

/// Whether a label names the total of its own group only.
fn is_subtotal(text: &str) -> bool {
    matches!(label::normalise(text).text.as_str(), "小计" | "subtotal")
}

/// Whether a line is part of another line beside it.
fn is_share(line: &DraftLine) -> bool {
    line.path.iter().any(|l| {
        l.starts_with(['#', '＃']) || l.starts_with("其中") || l.to_lowercase().starts_with("of which")
    })
}

/// A total and its siblings: a group counts by its own total, or else by all its lines.
fn by_word(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let mut out = Vec::new();
    for line in lines {
        let Some((leaf, prefix)) = line.path.split_last() else { continue };
        if !is_total(leaf) && (prefix.is_empty() || !is_subtotal(leaf)) {
            continue;
        }
        let parts = members(lines, prefix, &line.id);
        if parts.len() > 1 {
            let source = format!("由标签“{leaf}”提出");
            out.push(Proposal { across, parts, total: vec![line.id.clone()], source });
        }
    }
    out
}

/// "一、收入合计" above "1.税收收入" and "2.非税收入": a total before its parts, told by the list marks.
fn by_outline(rows: &[DraftLine]) -> Vec<Proposal> {
    let leaf = |l: &DraftLine| l.path.last().cloned().unwrap_or_default();
    let levels: Vec<Option<u8>> = rows.iter().map(|l| level(&leaf(l))).collect();
    let mut out = Vec::new();
    for (i, line) in rows.iter().enumerate() {
        let words = label::normalise(&leaf(line)).text;
        let Some(own) = levels.get(i).copied().flatten() else { continue };
        if !["合计", "总计", "小计"].iter().any(|w| words.ends_with(w)) || line.path.len() > 1 {
            continue;
        }
        let below = || rows.iter().zip(&levels).skip(i + 1).take_while(|(_, l)| l.is_none_or(|l| l > own));
        let Some(child) = below().find_map(|(_, l)| *l) else { continue };
        let parts: Vec<String> = below()
            .filter(|(l, at)| **at == Some(child) && !is_share(l))
            .map(|(l, _)| l.id.clone())
            .collect();
        if parts.len() > 1 {
            let source = format!("由标签“{}”和编号提出", leaf(line));
            out.push(Proposal { across: false, parts, total: vec![line.id.clone()], source });
        }
    }
    out
}

/// The depth of a list mark: 一、 then （一） then 1. then （1）.
fn level(text: &str) -> Option<u8> {
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

/// The lines below a group, each child group by its total where it has one.
fn members(lines: &[DraftLine], prefix: &[String], without: &str) -> Vec<String> {
    let inside = |l: &&DraftLine| {
        l.path.len() > prefix.len() && l.path.starts_with(prefix) && l.id != without && !is_share(l)
    };
    let children: Vec<&DraftLine> = lines.iter().filter(inside).collect();
    let mut out: Vec<String> = Vec::new();
    let depth = prefix.len();
    let mut rest = children.as_slice();
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|l| l.path.get(depth) == first.path.get(depth)).count();
        let (group, after) = rest.split_at(same.max(1).min(rest.len()));
        rest = after;
        let own = |l: &&&DraftLine| {
            l.path.len() == depth + 2 && l.path.last().is_some_and(|t| is_total(t) || is_subtotal(t))
        };
        match group.iter().find(own) {
            Some(total) => out.push(total.id.clone()),
            None if group.iter().all(|l| l.path.len() == depth + 1) => {
                let parts = group.iter().filter(|l| !l.path.last().is_some_and(|t| is_total(t)));
                out.extend(parts.map(|l| l.id.clone()));
            }
            None => {
                let whole = prefix.iter().chain(first.path.get(depth)).cloned().collect::<Vec<_>>();
                out.extend(members(lines, &whole, without));
            }
        }
    }
    out
}

/// "第一项加第二项之和，等于第三项加第四项之和" over the numbered top rows.
fn by_sentence(draft: &Draft, block: &DraftBlock) -> Option<Proposal> {
    let texts = draft.titles.iter().chain(&block.band).chain(&block.corner);
    let (left, right) = texts.filter_map(|t| t.split_once("等于")).find(|(l, _)| l.contains('第'))?;
    let side = |text: &str| -> Option<Vec<String>> {
        let items: Vec<u32> = ordinals(text);
        let ids = items.iter().map(|n| numbered(&block.rows, *n)).collect::<Option<Vec<_>>>()?;
        (!ids.is_empty()).then_some(ids)
    };
    let source = "由表上的文字“…等于…”提出".to_owned();
    Some(Proposal { across: false, parts: side(left)?, total: side(right)?, source })
}

/// The numbers of "第一项", "第2项".
fn ordinals(text: &str) -> Vec<u32> {
    let items = text.split('第').skip(1).filter_map(|t| t.split_once('项'));
    let number = |(n, _): (&str, &str)| label::normalise(&format!("（{n}）x")).mark;
    items.filter_map(number).collect()
}

/// The row with this list mark at the top, or the total of the rows below it.
fn numbered(rows: &[DraftLine], mark: u32) -> Option<String> {
    let marked = |l: &&DraftLine| l.path.first().is_some_and(|t| label::normalise(t).mark == Some(mark));
    let lines: Vec<&DraftLine> = rows.iter().filter(marked).collect();
    let total = |l: &&&DraftLine| l.path.len() == 2 && l.path.last().is_some_and(|t| is_total(t));
    let line = if let [only] = lines.as_slice() { Some(*only) } else { lines.iter().find(total).copied() };
    line.map(|l| l.id.clone())
}

/// Sums that the workbook itself computes, where at least two lines compute them alike or there is one line.
fn by_formula(block: &DraftBlock, sheet: &Sheet) -> Vec<Proposal> {
    let mut seen: BTreeMap<(bool, Vec<usize>, usize), usize> = BTreeMap::new();
    for (r, row) in block.rows.iter().enumerate() {
        for (c, col) in block.cols.iter().enumerate() {
            let Some(text) = sheet.cell(CellRef::new(row.at, col.at)).and_then(|c| c.formula.as_deref())
            else {
                continue;
            };
            let Some(cells) = plain_sum(text) else { continue };
            let in_row = cells.iter().all(|a| a.row == row.at);
            let index = |lines: &[DraftLine], at: u32| lines.iter().position(|l| l.at == at);
            let parts: Option<Vec<usize>> = if in_row {
                cells.iter().map(|a| index(&block.cols, a.col)).collect()
            } else {
                let own = |a: &&CellRef| a.col == col.at;
                cells.iter().map(|a| Some(a).filter(own).and_then(|a| index(&block.rows, a.row))).collect()
            };
            if let Some(parts) = parts.filter(|p| p.len() > 1) {
                *seen.entry((in_row, parts, if in_row { c } else { r })).or_default() += 1;
            }
        }
    }
    let proposal = |((across, parts, total), support): ((bool, Vec<usize>, usize), usize)| {
        let lines = if across { &block.cols } else { &block.rows };
        let of = if across { block.rows.len() } else { block.cols.len() };
        let id = |i: &usize| lines.get(*i).map(|l| l.id.clone());
        let source = format!("由表内公式提出，{of} 处中有 {support} 处");
        let parts = parts.iter().filter_map(id).collect();
        (support > 1 || of == 1)
            .then(|| Some(Proposal { across, parts, total: vec![id(&total)?], source }))?
    };
    seen.into_iter().filter_map(proposal).collect()
}

/// The cells that a formula adds up, if it does nothing else.
fn plain_sum(text: &str) -> Option<Vec<CellRef>> {
    let sum = formula::parse(text)?;
    let plain = sum.constant.is_zero() && sum.terms.iter().all(|t| !t.negative && t.sheet.is_none());
    plain.then(|| sum.terms.iter().map(|t| t.cell).collect())
}
