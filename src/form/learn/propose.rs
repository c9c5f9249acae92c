//! Relations that a workbook suggests: by its formulas, by words such as 总计 and 其中, by a sentence such as
//! "第一项加第二项之和，等于第三项加第四项之和", by numbers of lines ("3=1+2"), and by its filled samples.

use super::computed::{self, Page};
use super::equal::{self, Verdict};
use super::outline::{ends_with_total, is_deducted, is_share, level, names_total, netted, outermost};
use super::samples::Numbers;
use super::words::{self, is_of_which, words};
use super::{Counts, Draft, DraftBlock, DraftLine};
use super::{emit, notes, stated};
use crate::grid::{Sheet, label};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::slice::from_ref;

/// A relation to be accepted or struck by the form's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    /// Whether it speaks of columns, for each row; else of rows, for each column.
    pub(super) across: bool,
    /// The side of the parts, in the form's order.
    pub(super) left: Vec<Part>,
    /// `=`, `<=` or `<`.
    pub(super) op: &'static str,
    /// The side of the total.
    pub(super) right: Vec<Part>,
    /// Where it holds, if not everywhere.
    pub(super) condition: Option<String>,
    /// Lines whose numbers are rounded.
    pub(super) rounded: Vec<Rounded>,
    /// Where it comes from, as a comment.
    pub(super) source: String,
    /// Whether the form itself says it, in words or by a formula.
    pub(super) stated: bool,
    /// Lines beside the parts that a total leaves out, by id.
    pub(super) left_out: Vec<String>,
    /// Whether it is no more than a guess, to be put in force by the form's owner.
    pub(super) unsure: bool,
    /// The rows (or columns) that it holds for, by id, where that is not all of them.
    pub(super) only: Option<Vec<String>>,
}

/// A line whose numbers are rounded, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rounded {
    pub(super) is_column: bool,
    pub(super) id: String,
    pub(super) unit: Decimal,
    /// Whether they may be negative.
    pub(super) signed: bool,
    /// Whether they are shares of a whole.
    pub(super) share: bool,
}

impl Rounded {
    pub(super) fn new(is_column: bool, id: &str, unit: Decimal) -> Self {
        Self { is_column, id: id.to_owned(), unit, signed: false, share: false }
    }
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
            rounded: Vec::new(),
            source: String::new(),
            stated: false,
            left_out: Vec::new(),
            unsure: false,
            only: None,
        }
    }
}

impl Proposal {
    pub(super) fn sum(across: bool, parts: &[String], total: &[String], source: String) -> Self {
        Self { across, left: Part::all(parts), right: Part::all(total), source, ..Self::default() }
    }

    fn leaving_out<'a>(self, lines: impl IntoIterator<Item = &'a DraftLine>) -> Self {
        Self { left_out: lines.into_iter().map(|l| l.id.clone()).collect(), ..self }
    }
}

/// All proposals for a sheet's table, each once. What labels alone suggest is left out where samples contradict it;
/// what the form says itself stays, with how often they do.
pub(super) fn propose(draft: &Draft, sheet: &Sheet, numbers: &[Numbers]) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    for (block, numbers) in draft.blocks.iter().zip(numbers) {
        let found = computed::by_formula(block, Page { draft, sheet })
            .into_iter()
            .chain(by_word(&block.cols, true))
            .chain(by_word(&block.rows, false))
            .chain(by_group(&block.cols, true))
            .chain(by_group(&block.rows, false))
            .chain(by_total_before(&block.cols, true))
            .chain(by_total_before(&block.rows, false))
            .chain(by_outline(&block.rows))
            .chain(by_indent(&block.rows))
            .chain(by_deduction(&block.rows))
            .chain(by_groups(&block.rows))
            .chain(stated::by_sentence(draft, block))
            .chain(notes::by_statement(draft, block, numbers))
            .chain(stated::by_number(&block.cols, true))
            .chain(stated::by_number(&block.rows, false))
            .chain(by_share(&block.cols, &block.rows, true))
            .chain(by_share(&block.rows, &block.cols, false))
            .collect::<Vec<Proposal>>();
        let is_percent = emit::unit_of_block(draft, block).is_some_and(words::is_percent);
        let rounded = |p: Proposal| if is_percent { of_percentages(p, numbers) } else { p };
        let found = found.iter().filter(|p| !is_computed_otherwise(p, &found)).cloned().map(rounded);
        let mut own: Vec<Proposal> = Vec::new();
        let shorter =
            |p: Proposal| doubted(block, numbers, p.clone()).or_else(|| with_more_parts(block, numbers, &p));
        for proposal in found.filter_map(shorter) {
            let same = |p: &&mut Proposal| {
                (p.across, p.op, &p.left, &p.right)
                    == (proposal.across, proposal.op, &proposal.left, &proposal.right)
            };
            match own.iter_mut().find(same) {
                Some(known) => {
                    known.source = format!("{}；{}", known.source, proposal.source);
                    known.left_out.extend(proposal.left_out);
                    known.unsure &= proposal.unsure;
                    known.only = known.only.take().or(proposal.only);
                }
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

/// A sum of percentages, which are rounded each by itself: only samples can tell whether, and how far, it holds.
fn of_percentages(p: Proposal, numbers: &Numbers) -> Proposal {
    if p.op != "=" || p.only.is_some() || numbers.books() > 0 {
        return p;
    }
    let source = format!(
        "{}；百分比各自舍入，加起来可能差一点：启用时写上 rounded = 0.1 (percentages are rounded each by itself: \
         write what they are rounded to where you put it in force)",
        p.source
    );
    Proposal { source, unsure: true, ..p }
}

/// Whether labels suggest a total that the workbook's own formulas make of something else.
fn is_computed_otherwise(p: &Proposal, all: &[Proposal]) -> bool {
    let of_total = |q: &&Proposal| {
        (q.only.is_some() || q.stated) && (q.across, q.op, &q.right) == (p.across, p.op, &p.right)
    };
    let mut formulas = all.iter().filter(of_total).peekable();
    !p.stated && formulas.peek().is_some() && formulas.all(|q| q.left != p.left)
}

/// Samples may hold errors: one in ten places, at the most, for what is guessed.
const FAULTS: usize = 10;
/// Wholes with parts, and lines behind 其中, that are tried for what belongs to it.
const MOST_WHOLES: usize = 3;
const MOST_PARTS: usize = 6;

/// A proposal with what samples say against it; `None` where that is too much.
fn doubted(block: &DraftBlock, numbers: &Numbers, p: Proposal) -> Option<Proposal> {
    let Verdict { broken, places, rounded } = equal::verdict(block, numbers, &p);
    let lines = if p.across { &block.rows } else { &block.cols };
    let note = |(line, unit): (&usize, &Decimal)| Some(Rounded::new(!p.across, &lines.get(*line)?.id, *unit));
    let rounded = p.rounded.iter().cloned().chain(rounded.iter().filter_map(note)).collect();
    if broken > 0 && !p.stated && broken * FAULTS > places {
        return None;
    }
    let but = if broken > 0 {
        format!("，但样表 {places} 处中有 {broken} 处不成立 (but broken in {broken} of {places} places)")
    } else {
        String::new()
    };
    // samples on which it holds say more than a label, and what holds nowhere was not read rightly
    let is_nowhere = p.only.is_none() && places > 0 && broken == places;
    let unsure = is_nowhere || p.unsure && (broken > 0 || places == 0);
    Some(Proposal { source: format!("{}{but}", p.source), rounded, unsure, ..p })
}

/// A sum that does not hold on the samples, without the lines behind 其中 that the samples show to be parts as well:
/// 其中：教育, then 医疗 and 社保 of the same whole.
fn with_more_parts(block: &DraftBlock, numbers: &Numbers, p: &Proposal) -> Option<Proposal> {
    let rows = &block.rows;
    let begins: Vec<usize> =
        (0..rows.len()).filter(|i| rows.get(*i).is_some_and(|l| p.left_out.contains(&l.id))).collect();
    if p.across || p.stated || begins.is_empty() || begins.len() > MOST_WHOLES {
        return None;
    }
    let is_part = |i: usize| rows.get(i).is_some_and(|l| p.left.iter().any(|q| q.id == l.id));
    let mut ways: Vec<Vec<usize>> = vec![Vec::new()];
    for first in begins {
        let run = (first + 1..rows.len()).take_while(|i| is_part(*i)).take(MOST_PARTS);
        let longer: Vec<usize> = run.collect();
        let with = |way: &Vec<usize>| {
            let each =
                (0..=longer.len()).map(|n| [way.as_slice(), longer.get(..n).unwrap_or_default()].concat());
            each.collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(with).collect();
    }
    ways.sort_by_key(Vec::len);
    let without = |way: &Vec<usize>| {
        let ids: Vec<&str> = way.iter().filter_map(|i| Some(rows.get(*i)?.id.as_str())).collect();
        let left: Vec<Part> = p.left.iter().filter(|q| !ids.contains(&q.id.as_str())).cloned().collect();
        let mut left_out = p.left_out.clone();
        left_out.extend(ids.iter().map(|id| (*id).to_owned()));
        let source = format!("{}，其中项按样表的数认定 (what is part of which by the samples)", p.source);
        (left.len() > 1).then(|| Proposal { left, source, left_out, ..p.clone() })
    };
    let holds = |p: &Proposal| {
        let Verdict { places, broken, .. } = equal::verdict(block, numbers, p);
        broken == 0 && places >= equal::SUPPORT
    };
    ways.iter().skip(1).filter_map(without).find(holds).and_then(|p| doubted(block, numbers, p))
}

/// Whether a label names the total of its neighbours.
pub(super) fn is_total(text: &str) -> bool {
    let is_rest = || words::begins(text, &words().rests);
    words::is(text, &words().totals) || words::begins(text, &words().totals_begin) && !is_rest()
}

/// Whether a label names the total of its own group only.
pub(super) fn is_subtotal(text: &str) -> bool {
    words::is(text, &words().subtotals)
}

/// "其中：增值税" behind "税收收入": a part is not larger than the whole, where neither can be negative.
fn by_share(lines: &[DraftLine], others: &[DraftLine], across: bool) -> Vec<Proposal> {
    let mut out = Vec::new();
    let adds_up = |l: &&DraftLine| !l.is_signed() && !l.path.last().is_some_and(|t| words::is_rate(t));
    let signed: Vec<&str> = others.iter().filter(|l| l.is_signed()).map(|l| l.id.as_str()).collect();
    let only = || others.iter().filter(adds_up).map(|l| l.id.clone()).collect::<Vec<String>>();
    let but = if signed.is_empty() {
        String::new()
    } else {
        format!("，可能为负的不适用 (not where numbers may be negative)：{}", signed.join("、"))
    };
    for (i, line) in lines.iter().enumerate() {
        let Some((leaf, group)) = line.path.split_last() else { continue };
        if !(is_of_which(leaf) || line.counts == Counts::Within) || line.is_signed() {
            continue;
        }
        let whole = |l: &&DraftLine| l.path.starts_with(group) && !is_share(l);
        if let Some(whole) = lines.iter().take(i).rev().find(whole).filter(|w| !w.is_signed()) {
            let source = format!("由标签“{leaf}”提出 (by the label){but}");
            let sum = Proposal::sum(across, from_ref(&line.id), from_ref(&whole.id), source);
            let only = (!signed.is_empty()).then(only);
            out.push(Proposal { op: "<=", only, ..sum });
        }
    }
    out
}

/// A total and its siblings: a group counts by its own total, or else by all its lines.
fn by_word(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let mut out = Vec::new();
    for line in lines {
        let Some((leaf, prefix)) = line.path.split_last() else { continue };
        if !is_total(leaf) && (prefix.is_empty() || !is_subtotal(leaf)) {
            continue;
        }
        let classes = classes(lines, prefix, &line.id);
        let unsure = !classes.is_empty();
        let all = || vec![same_unit(lines, line, members(lines, prefix, &line.id))];
        for parts in if unsure { classes } else { all() }.into_iter().filter(|parts| parts.len() > 1) {
            let source = format!("由标签“{leaf}”提出 (by the label)");
            let inside = lines.iter().filter(|l| l.path.len() > prefix.len() && l.path.starts_with(prefix));
            let sum = Proposal::sum(across, &parts, from_ref(&line.id), source);
            out.push(Proposal { unsure, ..sum.leaving_out(inside.filter(|l| is_share(l))) });
        }
    }
    out
}

/// The lines of each group that classifies the same whole anew: 按性别分 beside 按户籍分.
fn classes(lines: &[DraftLine], prefix: &[String], without: &str) -> Vec<Vec<String>> {
    let inside = lines.iter().filter(|l| l.path.starts_with(prefix) && l.path.len() > prefix.len() + 1);
    let mut groups: Vec<&String> = inside.filter_map(|l| l.path.get(prefix.len())).collect();
    groups.dedup();
    let classified = groups.into_iter().filter(|group| words::classifies(group));
    classified
        .map(|group| members(lines, &[prefix, from_ref(group)].concat(), without))
        .filter(|parts| parts.len() > 1)
        .collect()
}

/// Of a total's parts those in its own unit, where two at least are: 补贴金额（万元） is no part of the persons beside it.
fn same_unit(lines: &[DraftLine], total: &DraftLine, parts: Vec<String>) -> Vec<String> {
    let unit = total.measured_in();
    let is_own = |id: &&String| lines.iter().any(|l| l.id == **id && l.measured_in() == unit);
    let own: Vec<String> = parts.iter().filter(is_own).cloned().collect();
    if own.len() > 1 { own } else { parts }
}

/// A group 合计 of 男 and 女 beside groups of 男 and 女: each of its lines is the total of those with its label.
fn by_group(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let mut out = Vec::new();
    for line in lines.iter().filter(|l| !is_share(l)) {
        let Some(depth) = (0..line.path.len()).find(|d| line.path.get(*d).is_some_and(|t| is_total(t)))
        else {
            continue;
        };
        let (Some(prefix), Some(own @ [leaf, ..])) = (line.path.get(..depth), line.path.get(depth + 1..))
        else {
            continue;
        };
        let beside = |l: &&DraftLine| l.path.starts_with(prefix) && l.path.get(depth) != line.path.get(depth);
        let groups: BTreeSet<&str> =
            lines.iter().filter(beside).filter_map(|l| l.path.get(depth).map(String::as_str)).collect();
        let same = |rest: &[String]| {
            let total = |t: &str| is_total(t) || is_subtotal(t);
            rest == own || own.len() == 1 && matches!(rest, [t] if total(t) && total(leaf))
        };
        let alike = |l: &&DraftLine| l.path.get(depth + 1..).is_some_and(same);
        let parts: Vec<String> = lines.iter().filter(beside).filter(alike).map(|l| l.id.clone()).collect();
        if parts.len() > 1 && parts.len() == groups.len() {
            let source = format!("由标签“{}”提出 (by the label)", line.path.join("/"));
            out.push(Proposal::sum(across, &parts, from_ref(&line.id), source));
        }
    }
    out
}

/// "Total dwellings" below "Houses", "Flats" …, or "North (Total)" and 小计 below theirs: the lines before it in its
/// group, since the last total or the last heading; of 收入总计 all before it, 本年收入合计 with what stands behind that.
fn by_total_before(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let total = |l: &DraftLine| {
        let plain = l.path.len() == 1 || l.heading.is_some();
        let of_rows =
            |t: &str| !across && plain && (is_subtotal(t) || ends_with_total(t) || ends_unmarked(t));
        let names = |t: &String| !is_total(t) && (words::begins(t, &words().total_begins) || of_rows(t));
        l.path.last().is_some_and(names)
    };
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate().filter(|(_, l)| total(l)) {
        let Some((leaf, group)) = line.path.split_last() else { continue };
        let before = lines.get(..i).unwrap_or_default();
        let in_group = |l: &&DraftLine| l.path.starts_with(group);
        if ends_unmarked(leaf) && before.iter().find(in_group).is_some_and(total) {
            continue; // here totals stand above their parts
        }
        let is_grand =
            !across && has_end(leaf, &words().grand_ends) && before.iter().filter(in_group).any(total);
        let (shares, parts): (Vec<&DraftLine>, Vec<String>) =
            if let Some(parts) = of_sections(before, line).filter(|_| !across) {
                (Vec::new(), parts)
            } else if is_grand {
                let shares = before.iter().filter(in_group).filter(|l| is_share(l)).collect();
                (shares, members(before, group, &line.id))
            } else {
                let same_part = |l: &&DraftLine| line.heading.is_none() || l.section == line.section;
                let own = before.iter().rev().take_while(|l| !total(l) && same_part(l));
                let inside = own.filter(|l| l.path.len() == line.path.len() && l.path.starts_with(group));
                let (mut shares, mut parts): (Vec<&DraftLine>, Vec<&DraftLine>) =
                    inside.partition(|l| is_share(l));
                parts.reverse();
                shares.reverse();
                (shares, outermost(&parts).into_iter().map(|l| l.id.clone()).collect())
            };
        if parts.len() > 1 {
            let source = format!("由标签“{leaf}”提出 (by the label)");
            let sum = Proposal::sum(across, &parts, from_ref(&line.id), source);
            out.push(sum.leaving_out(shares));
        }
    }
    out
}

/// What a total outside of all sections adds up, where sections with totals stand before it: these, what stands by itself
/// since the last such total, and that total. 资产总计 = 流动资产合计 + 非流动资产合计 + 受托代理资产.
fn of_sections(before: &[DraftLine], line: &DraftLine) -> Option<Vec<String>> {
    let is_outside = |l: &DraftLine| l.heading.is_none() && l.path.len() == 1;
    let last = before.iter().rposition(|l| is_outside(l) && names_total(l));
    let since = before.get(last.map_or(0, |at| at + 1)..).unwrap_or_default();
    let has_total = |l: &DraftLine| l.heading.is_some() && names_total(l);
    if !is_outside(line) || !since.iter().any(has_total) {
        return None;
    }
    let own = last.and_then(|at| before.get(at)).map(|l| l.id.clone());
    Some(own.into_iter().chain(members(since, &[], &line.id)).collect())
}

/// Whether a label ends with one of these words.
fn has_end(text: &str, list: &[String]) -> bool {
    let label = label::normalise(text).text;
    list.iter().any(|w| label.ends_with(w.as_str()))
}

/// "本年收入合计": a total by its end, and not the head of an outline by its list mark.
fn ends_unmarked(text: &str) -> bool {
    has_end(text, &words().total_ends) && level(text).is_none()
}

/// "一、收入合计" above "1.税收收入" and "2.非税收入": a total before its parts, told by the list marks.
fn by_outline(rows: &[DraftLine]) -> Vec<Proposal> {
    let leaf = |l: &DraftLine| l.path.last().cloned().unwrap_or_default();
    let levels: Vec<Option<u8>> = rows.iter().map(|l| level(&leaf(l))).collect();
    let mut out = Vec::new();
    for (i, line) in rows.iter().enumerate() {
        let Some(own) = levels.get(i).copied().flatten() else { continue };
        if !has_end(&leaf(line), &words().total_ends) || line.path.len() > 1 {
            continue;
        }
        let below = || rows.iter().zip(&levels).skip(i + 1).take_while(|(_, l)| l.is_none_or(|l| l > own));
        let Some(child) = below().find_map(|(_, l)| *l) else { continue };
        let children = below().filter(|(_, at)| **at == Some(child)).map(|(l, _)| l);
        let (shares, parts): (Vec<_>, Vec<_>) = children.partition(|l| is_share(l));
        let parts: Vec<String> = parts.into_iter().map(|l| l.id.clone()).collect();
        if parts.len() > 1 {
            let source = format!("由标签“{}”和编号提出 (by list marks)", leaf(line));
            let sum = Proposal::sum(false, &parts, from_ref(&line.id), source);
            out.push(sum.leaving_out(shares));
        }
    }
    out
}

/// "Sciences" above "Physics" and "Chemistry" that are indented: a total before its parts.
fn by_indent(rows: &[DraftLine]) -> Vec<Proposal> {
    let mut out = Vec::new();
    for (i, line) in rows.iter().enumerate() {
        let Some((leaf, group)) = line.path.split_last() else { continue };
        let inside = |l: &&DraftLine| {
            l.depth > line.depth && l.path.len() == line.path.len() && l.path.starts_with(group)
        };
        let below: Vec<&DraftLine> = rows.iter().skip(i + 1).take_while(inside).collect();
        let Some(depth) = below.first().map(|l| l.depth) else { continue };
        let children = below.iter().filter(|l| l.depth == depth).copied();
        let (shares, parts): (Vec<_>, Vec<_>) = children.partition(|l| is_share(l));
        let is_odd = below.iter().any(|l| l.depth < depth)
            || parts.iter().any(|l| l.path.last().is_some_and(|t| is_total(t)));
        if parts.len() > 1 && !is_odd {
            let unsure = overlap(&parts);
            let parts: Vec<String> = parts.into_iter().map(|l| l.id.clone()).collect();
            let source = format!("由“{leaf}”下面各行的缩进提出 (by indentation)");
            let sum = Proposal::sum(false, &parts, from_ref(&line.id), source);
            out.push(Proposal { unsure, ..sum.leaving_out(shares) });
        }
    }
    out
}

/// 固定资产净值 = 固定资产原值 − 减：累计折旧.
fn by_deduction(rows: &[DraftLine]) -> Vec<Proposal> {
    let of = |(whole, net): (usize, usize)| {
        let total = rows.get(net)?;
        let part = |l: &DraftLine| Part {
            factor: if is_deducted(l) { -Decimal::ONE } else { Decimal::ONE },
            ..Part::of(&l.id)
        };
        let left = rows.get(whole..net)?.iter().map(part).collect();
        let leaf = total.path.last()?;
        let source = format!("由“减：”和标签“{leaf}”提出 (by what is deducted)");
        Some(Proposal { left, right: vec![Part::of(&total.id)], source, ..Proposal::default() })
    };
    netted(rows).into_iter().filter_map(of).collect()
}

/// Whether lines may count the same twice: 逾期60天以上 and 逾期90天以上.
fn overlap(lines: &[&DraftLine]) -> bool {
    let with = |word: &String| {
        let list = std::slice::from_ref(word);
        lines.iter().filter(|l| l.path.last().is_some_and(|t| words::has(t, list))).count()
    };
    words().thresholds.iter().any(|word| with(word) > 1)
}

/// "贷款余额合计" above the groups "按五级分类" and "按担保方式": each of them may make up the total, or a part of it.
fn by_groups(rows: &[DraftLine]) -> Vec<Proposal> {
    let mut out = Vec::new();
    for (i, line) in rows.iter().enumerate() {
        let Some((leaf, group)) = line.path.split_last() else { continue };
        if !has_end(leaf, &words().total_ends) {
            continue;
        }
        let depth = group.len();
        let inside = |l: &&DraftLine| l.path.len() == depth + 2 && l.path.starts_with(group);
        let below: Vec<&DraftLine> = rows.iter().skip(i + 1).take_while(inside).collect();
        for own in below.chunk_by(|a, b| a.path.get(depth) == b.path.get(depth)) {
            let name = own.first().and_then(|l| l.path.get(depth)).cloned().unwrap_or_default();
            let (shares, parts): (Vec<&DraftLine>, Vec<_>) = own.iter().copied().partition(|l| is_share(l));
            let parts: Vec<String> = parts.into_iter().map(|l| l.id.clone()).collect();
            if parts.len() > 1 {
                let source = format!("由“{leaf}”和下面的“{name}”猜想 (a guess)");
                let sum = Proposal::sum(false, &parts, from_ref(&line.id), source);
                out.push(Proposal { unsure: true, ..sum.leaving_out(shares) });
            }
        }
    }
    out
}

/// The lines below a group, each child group by its total where it has one.
fn members(lines: &[DraftLine], prefix: &[String], without: &str) -> Vec<String> {
    let inside = |l: &&DraftLine| {
        l.path.len() > prefix.len() && l.path.starts_with(prefix) && l.id != without && !is_share(l)
    };
    let children: Vec<&DraftLine> = lines.iter().filter(inside).collect();
    let is_flat = children.iter().all(|l| l.path.len() == prefix.len() + 1);
    let children = if is_flat { outermost(&children) } else { children };
    let mut out: Vec<String> = Vec::new();
    let depth = prefix.len();
    let mut rest = children.as_slice();
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|l| l.path.get(depth) == first.path.get(depth)).count();
        let (group, after) = rest.split_at(same.max(1).min(rest.len()));
        rest = after;
        let own = |l: &&&DraftLine| {
            let total = |t: &String| is_total(t) || is_subtotal(t) || l.heading.is_some() && names_total(l);
            l.path.len() == depth + 2 && l.path.last().is_some_and(total)
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
