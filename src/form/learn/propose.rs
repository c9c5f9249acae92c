//! Relations that a workbook suggests: by its formulas, by words such as 总计 and 其中, by a sentence such as
//! "第一项加第二项之和，等于第三项加第四项之和", by numbers of lines ("3=1+2"), and by its filled samples.

use super::equal;
use super::samples::Numbers;
use super::{Draft, DraftBlock, DraftLine};
use crate::grid::{CellRef, Sheet, Workbook, formula, label};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::slice::from_ref;

/// A relation to be accepted or struck by the form's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    /// Whether it speaks of columns, for each row; else of rows, for each column.
    pub(super) across: bool,
    /// The side of the parts, in the form's order.
    pub(super) left: Vec<Part>,
    /// `=` or `<=`.
    pub(super) op: &'static str,
    /// The side of the total.
    pub(super) right: Vec<Part>,
    /// Where it holds, if not everywhere.
    pub(super) condition: Option<String>,
    /// A line whose numbers are rounded, and to what.
    pub(super) rounded: Option<(String, Decimal)>,
    /// Where it comes from, as a comment.
    pub(super) source: String,
}

/// A line within a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) factor: Decimal,
    pub(super) id: String,
    /// Another line that it is multiplied by.
    pub(super) by: Option<String>,
}

impl Part {
    pub(super) fn of(id: &str) -> Self {
        Self { factor: Decimal::ONE, id: id.to_owned(), by: None }
    }

    fn all(ids: &[String]) -> Vec<Self> {
        ids.iter().map(|id| Self::of(id)).collect()
    }
}

impl Default for Proposal {
    fn default() -> Self {
        Self {
            across: false,
            left: Vec::new(),
            op: "=",
            right: Vec::new(),
            condition: None,
            rounded: None,
            source: String::new(),
        }
    }
}

impl Proposal {
    fn sum(across: bool, parts: &[String], total: &[String], source: String) -> Self {
        Self { across, left: Part::all(parts), right: Part::all(total), source, ..Self::default() }
    }
}

/// All proposals for a sheet's table, each once; those that samples contradict are left out.
pub(super) fn propose(draft: &Draft, sheet: &Sheet, numbers: &[Numbers]) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for (block, numbers) in draft.blocks.iter().zip(numbers) {
        let found = by_formula(block, sheet)
            .into_iter()
            .chain(by_word(&block.cols, true))
            .chain(by_word(&block.rows, false))
            .chain(by_outline(&block.rows))
            .chain(by_sentence(draft, block))
            .chain(by_number(&block.cols, true))
            .chain(by_number(&block.rows, false))
            .chain(by_share(&block.cols, true))
            .chain(by_share(&block.rows, false))
            .filter(|p| !equal::is_refuted(block, numbers, p));
        let mut own: Vec<Proposal> = Vec::new();
        for proposal in found {
            let same = |p: &&mut Proposal| {
                (p.across, p.op, &p.left, &p.right)
                    == (proposal.across, proposal.op, &proposal.left, &proposal.right)
            };
            match own.iter_mut().find(same) {
                Some(known) => known.source = format!("{}；{}", known.source, proposal.source),
                None => own.push(proposal),
            }
        }
        own.extend(equal::equalities(block, numbers, &own));
        for proposal in own {
            if !out.contains(&proposal) {
                out.push(proposal);
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

/// Whether a line is part of another line beside it, or a rate: it adds nothing to a total.
fn is_share(line: &DraftLine) -> bool {
    line.path.iter().any(|l| is_of_which(l)) || line.path.last().is_some_and(|l| is_rate(l))
}

fn is_of_which(text: &str) -> bool {
    text.starts_with(['#', '＃']) || text.starts_with("其中") || text.to_lowercase().starts_with("of which")
}

/// Whether a label names a rate, a share or a mean.
pub(super) fn is_rate(text: &str) -> bool {
    let text = text.to_lowercase();
    let words =
        ["率", "比重", "占比", "比例", "性别比", "平均", "人均", "同比", "环比", "percent", "rate", "ratio"];
    text.ends_with(['%', '％'])
        || text.contains("(%)")
        || text.contains("（%）")
        || words.iter().any(|w| text.contains(w))
}

/// "其中：增值税" behind "税收收入": a part is not larger than the whole.
fn by_share(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some((leaf, group)) = line.path.split_last() else { continue };
        if !is_of_which(leaf) {
            continue;
        }
        let whole = |l: &&DraftLine| l.path.starts_with(group) && !is_share(l);
        if let Some(whole) = lines.iter().take(i).rev().find(whole) {
            let source = format!("由标签“{leaf}”提出");
            let sum = Proposal::sum(across, from_ref(&line.id), from_ref(&whole.id), source);
            out.push(Proposal { op: "<=", ..sum });
        }
    }
    out
}

/// "3=1+2" in a header, "(lines 1-2-3)" or "（1行+2行）" in a row's label: lines by their numbers.
fn by_number(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let numbered: Vec<(u32, &DraftLine)> = lines
        .iter()
        .zip(1..)
        .filter_map(|(l, ordinal)| {
            let printed = l.number.or_else(|| own_number(l.path.last()?));
            Some((printed.or(across.then_some(ordinal))?, l))
        })
        .collect();
    let id = |n: u32| numbered.iter().find(|(m, _)| *m == n).map(|(_, l)| l.id.as_str());
    let mut out = Vec::new();
    for (number, line) in &numbered {
        let Some(text) = line.path.last() else { continue };
        let Some(terms) = sum_of_numbers(text, *number) else { continue };
        let part = |(sign, n): &(i64, u32)| {
            Some(Part { factor: Decimal::from(*sign), ..Part::of(id(*n).filter(|i| *i != line.id)?) })
        };
        let Some(left) = terms.iter().map(part).collect::<Option<Vec<Part>>>() else { continue };
        let source = format!("由标签“{text}”中的算式提出");
        out.push(Proposal { across, left, right: vec![Part::of(&line.id)], source, ..Proposal::default() });
    }
    out
}

/// The number that a label begins with: "4. Number of chargeable dwellings", "4=1+2".
fn own_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text.get(digits.len()..)?;
    digits.parse().ok().filter(|_| rest.is_empty() || rest.starts_with(['.', '=', '、', '．', ' ', '＝']))
}

/// The sum of line numbers that a label states for itself: at least two numbers, joined by signs, behind `=` or in
/// brackets.
fn sum_of_numbers(text: &str, own: u32) -> Option<Vec<(i64, u32)>> {
    let plain: String = text.chars().map(label::fold_width).collect::<String>().to_lowercase();
    let stated = plain.split_once('=').map(|(_, t)| t.to_owned());
    let bracketed = || plain.split(['(', ')']).skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let candidates = stated.into_iter().chain(bracketed());
    candidates
        .into_iter()
        .find_map(|c| signed_numbers(&c).filter(|t| t.len() > 1 && t.iter().all(|n| n.1 != own)))
}

/// "1+2", "lines 1-2-3", "第1行+第2行" as signed numbers; `None` where anything else stands there.
fn signed_numbers(text: &str) -> Option<Vec<(i64, u32)>> {
    let mut bare = text.to_owned();
    for word in ["lines", "line", "cols", "col", "第", "行", "列", "栏", "项", "[", "]", "(", ")"] {
        bare = bare.replace(word, "");
    }
    let bare: String = bare.chars().filter(|c| !c.is_whitespace() && *c != '=').collect();
    let mut out = Vec::new();
    let mut sign = 1;
    let mut digits = String::new();
    for c in bare.chars().chain(['+']) {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '-' | '−' => {
                out.push((sign, digits.parse().ok()?));
                digits.clear();
                sign = if c == '+' { 1 } else { -1 };
            }
            _ => return None,
        }
    }
    Some(out)
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
            out.push(Proposal::sum(across, &parts, from_ref(&line.id), source));
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
            out.push(Proposal::sum(false, &parts, from_ref(&line.id), source));
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
    Some(Proposal::sum(false, &side(left)?, &side(right)?, source))
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

/// Whether along a row, which lines are added and subtracted, and which holds the formula.
type Computed = (bool, Vec<(usize, bool)>, usize);

/// Sums and differences that the workbook itself computes, where at least two lines compute them alike or there is
/// one line.
fn by_formula(block: &DraftBlock, sheet: &Sheet) -> Vec<Proposal> {
    let mut seen: BTreeMap<Computed, usize> = BTreeMap::new();
    for (r, row) in block.rows.iter().enumerate() {
        for (c, col) in block.cols.iter().enumerate() {
            let Some(cells) = computed(sheet, CellRef::new(row.at, col.at)) else { continue };
            let in_row = cells.iter().all(|(a, _)| a.row == row.at);
            let index = |lines: &[DraftLine], at: u32| lines.iter().position(|l| l.at == at);
            let place = |(a, negative): &(CellRef, bool)| {
                let line = if in_row { index(&block.cols, a.col) } else { index(&block.rows, a.row) };
                line.filter(|_| in_row || a.col == col.at).map(|l| (l, *negative))
            };
            let parts: Option<Vec<(usize, bool)>> = cells.iter().map(place).collect();
            if let Some(parts) = parts.filter(|p| p.len() > 1) {
                *seen.entry((in_row, parts, if in_row { c } else { r })).or_default() += 1;
            }
        }
    }
    let proposal = |((across, parts, total), support): (Computed, usize)| {
        let lines = if across { &block.cols } else { &block.rows };
        let of = if across { block.rows.len() } else { block.cols.len() };
        let part = |(i, negative): &(usize, bool)| {
            let factor = if *negative { -Decimal::ONE } else { Decimal::ONE };
            lines.get(*i).map(|l| Part { factor, ..Part::of(&l.id) })
        };
        let source = format!("由表内公式提出，{of} 处中有 {support} 处");
        let left = parts.iter().filter_map(part).collect();
        let right = vec![part(&(total, false))?];
        (support > 1 || of == 1).then(|| Proposal { across, left, right, source, ..Proposal::default() })
    };
    seen.into_iter().filter_map(proposal).collect()
}

/// The cells of a formula on its own sheet that it adds up and subtracts, if it does nothing else.
fn computed(sheet: &Sheet, at: CellRef) -> Option<Vec<(CellRef, bool)>> {
    let sum = formula::parse(sheet.cell(at)?.formula.as_deref()?)?;
    let plain = sum.constant.is_zero() && sum.terms.iter().all(|t| t.sheet.is_none());
    plain.then(|| sum.terms.iter().map(|t| (t.cell, t.negative)).collect())
}

/// A number that a workbook computes from other tables, written with whole field ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Across {
    pub(super) holds: String,
    /// Where it stands.
    pub(super) cell: String,
}

/// Formulas that take their numbers from other tables.
pub(super) fn across_sheets(drafts: &[Draft], book: &Workbook) -> Vec<Across> {
    let mut out = Vec::new();
    for (i, draft) in drafts.iter().enumerate() {
        let Some(sheet) = book.sheets.iter().find(|s| s.name == draft.name) else { continue };
        for (row, col) in draft.blocks.iter().flat_map(places) {
            let at = CellRef::new(row.at, col.at);
            let text = sheet.cell(at).and_then(|c| c.formula.as_deref());
            let Some(sum) = text.and_then(formula::parse).filter(|s| s.constant.is_zero()) else { continue };
            if sum.terms.iter().all(|t| t.sheet.is_none()) {
                continue;
            }
            let term = |t: &formula::Term| {
                let name = t.sheet.as_deref().unwrap_or(&draft.name);
                let id = field_at(drafts, name, t.cell)?;
                Some(if t.negative { format!("- {id}") } else { format!("+ {id}") })
            };
            let Some(terms) = sum.terms.iter().map(term).collect::<Option<Vec<_>>>() else { continue };
            let left = terms.join(" ");
            let left = left.strip_prefix("+ ").unwrap_or(&left);
            let own = format!("t{}.{}.{}", i + 1, row.id, col.id);
            out.push(Across { holds: format!("{left} = {own}"), cell: format!("{}!{at}", draft.name) });
        }
    }
    out
}

fn places(block: &DraftBlock) -> Vec<(&DraftLine, &DraftLine)> {
    block.rows.iter().flat_map(|r| block.cols.iter().map(move |c| (r, c))).collect()
}

fn field_at(drafts: &[Draft], sheet: &str, cell: CellRef) -> Option<String> {
    let (i, draft) = drafts.iter().enumerate().find(|(_, d)| d.name.eq_ignore_ascii_case(sheet))?;
    let all = draft.blocks.iter().flat_map(places);
    let (row, col) = all.into_iter().find(|(r, c)| (r.at, c.at) == (cell.row, cell.col))?;
    Some(format!("t{}.{}.{}", i + 1, row.id, col.id))
}
