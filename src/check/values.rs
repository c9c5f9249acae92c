//! What stands in single cells: blanks, text numbers, what is no number, signs, fractions, formulas (V rules).
//!
//! One cause is one finding: faults that come in blocks (blanks, text numbers) are told a block or a table, a total
//! that is odd because its parts are is told with them, and a cell of which another finding tells is left out.

use super::Submission;
use super::naming::listed_fields;
use super::odd;
use crate::finding::{Certainty, Change, Finding, Fix, Severity, Text, plural};
use crate::form::FieldIx;
use crate::grid::amount;
use crate::mapping::{Quirk, Reading};
use std::collections::{BTreeMap, BTreeSet};

/// The V findings of a submission, by code, in the form's order, but for cells of which another finding has `told`.
pub fn values(s: Submission, told: &BTreeSet<FieldIx>) -> Vec<Finding> {
    let s = Untold { s, told };
    let mut findings = blanks(s);
    findings.extend(by_table(s, "V002", |_, r| odd::is_text(r)));
    findings.extend(no_numbers(s));
    findings.extend(with_totals(s, "V004", |ix, r| odd::is_negative(s.s, ix, r), negative_text));
    findings.extend(with_totals(s, "V005", |ix, r| odd::is_fraction(s.s, ix, r), fraction_text));
    findings.extend(each(s, "V006", |_, r| odd::is_error(r), error_text));
    findings.extend(by_table(s, "V007", |_, r| odd::is_stale(r)));
    findings.extend(by_table(s, "V008", |ix, r| odd::is_placeholder(s.s, ix, r)));
    findings.extend(each(s, "V009", |_, r| odd::is_in_yuan(r), yuan_text));
    findings
}

/// A submission with the fields that are not to be told.
#[derive(Clone, Copy)]
struct Untold<'a> {
    s: Submission<'a>,
    told: &'a BTreeSet<FieldIx>,
}

impl<'a> Untold<'a> {
    fn fields(self) -> impl Iterator<Item = (FieldIx, &'a Reading)> {
        located(self.s).filter(move |(ix, _)| !self.told.contains(ix))
    }
}

fn located(s: Submission<'_>) -> impl Iterator<Item = (FieldIx, &Reading)> {
    (0..).map(FieldIx).zip(&s.filled.readings).filter(|(_, r)| r.place.is_some())
}

/// Whether all but nothing of a form is filled in: then nothing that it lacks is told of single cells. A form without
/// any number, but for what its formulas make of none, is no nil return, whatever its definition says of blanks.
pub fn is_all_but_blank(s: Submission) -> bool {
    let empty = |r: &Reading| r.is_blank() || r.is_formula && r.value.is_none_or(|v| v.is_zero());
    if located(s).any(|(_, r)| r.is_blank()) && located(s).all(|(_, r)| empty(r)) {
        return true;
    }
    let blank = located(s).filter(|(ix, r)| odd::is_missing(s, *ix, r)).count();
    blank > 0 && blank * 20 >= located(s).count() * 19
}

/// Says of a cell that cannot be read what the relations leave it to be.
pub fn impute(findings: &mut [Finding], change: &Change) {
    let of_cell = |f: &&mut Finding| f.fields.as_slice() == [change.field.as_str()] && f.fix.is_none();
    let Some(finding) = findings.iter_mut().find(of_cell) else { return };
    let (to, sure) = (amount::show(change.to), change.certainty == Certainty::Proved);
    let (zh, en) = if sure { ("", "") } else { ("很可能", "very likely ") };
    finding.message.zh.extend([format!("；由勾稽关系推出，{zh}应为 {to}")]);
    finding.message.en.extend([format!("; by the relations it should {en}be {to}")]);
    finding.fix = Some(Fix { field: change.field.clone(), to: change.to });
    let (zh, en) = if sure { ("", "") } else { ("请核对后", "check, then ") };
    let cell = change.cell.cell;
    finding.advice = Text::new(
        format!("{zh}把 {cell} 改为 {to}（{}）", change.why.zh),
        format!("{en}change {cell} to {to} ({})", change.why.en),
    );
}

/// Blank cells, a finding a run of neighbours; an error where a whole form is blank.
fn blanks(Untold { s, told }: Untold) -> Vec<Finding> {
    let missing = located(s).filter(|(ix, r)| odd::is_missing(s, *ix, r));
    let mut blank: Vec<FieldIx> = missing.map(|(ix, _)| ix).collect();
    if is_all_but_blank(s) {
        if blank.is_empty() {
            blank = located(s).filter(|(_, r)| r.is_blank()).map(|(ix, _)| ix).collect();
        }
        return vec![blank_form(s, &blank)];
    }
    let mut groups: BTreeMap<(usize, usize, usize), Vec<FieldIx>> = BTreeMap::new();
    for ix in blank.into_iter().filter(|ix| !told.contains(ix)) {
        groups.entry(block_of(s, ix)).or_default().push(ix);
    }
    groups.into_values().map(|fields| blank_block(s, &fields)).collect()
}

/// The block that a blank belongs to: table and block, and within a block of one row the group of columns.
fn block_of(s: Submission, ix: FieldIx) -> (usize, usize, usize) {
    let Some(field) = s.form.fields.get(ix.0 as usize) else { return (0, 0, 0) };
    let block = s.form.tables.get(field.table).and_then(|t| t.blocks.get(field.block));
    let one_row = block.filter(|b| b.rows.len() == 1);
    let group = one_row.and_then(|b| {
        let own = b.cols.get(field.col)?;
        let head = own.path.split_last()?.1;
        b.cols.iter().position(|c| c.path.split_last().is_some_and(|(_, h)| same(h, head)))
    });
    (field.table, field.block, group.unwrap_or(0))
}

fn same(a: &[crate::form::Label], b: &[crate::form::Label]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.text == y.text)
}

fn blank_form(s: Submission, blank: &[FieldIx]) -> Finding {
    let n = blank.len();
    let text = Text::new(
        format!("整张表几乎没有填写：{n} 个单元格为空。没有数据也应填 0，空表不能视为“零报告”"),
        format!(
            "the form is all but blank ({} empty); with nothing to report, 0 must be entered",
            plural(n, "cell")
        ),
    );
    let (ids, cells) = s.spots(blank);
    Finding::new("V001", Severity::Error, "form", text).at(ids, cells).advising(Text::new(
        "请填报单位确认：没有就填 0，有就补填",
        "ask the office to confirm, then enter 0 or the numbers",
    ))
}

fn blank_block(s: Submission, fields: &[FieldIx]) -> Finding {
    let names = s.names();
    let n = fields.len();
    let named = listed_fields(names, fields);
    let whole = whole_group(s, fields);
    let text = match &whole {
        Some(group) => Text::new(
            format!("{group} {n} 个单元格全部为空，应填 0 或实数"),
            format!("{group}: all {n} cells are blank; enter 0 or the numbers"),
        ),
        None if n == 1 => Text::new(
            format!("{}为空，应填 0 或实数", named.zh),
            format!("{} is blank; enter 0 or the number", named.en),
        ),
        None => Text::new(
            format!("{} {n} 个单元格为空，应填 0 或实数：{}", names.table_of(first(fields)), named.zh),
            format!(
                "{}: {} blank; enter 0 or the numbers: {}",
                names.table_of(first(fields)),
                plural(n, "cell"),
                named.en
            ),
        ),
    };
    let place = s
        .form
        .fields
        .get(first(fields).0 as usize)
        .map(|f| place_of(s, f.table, f.block))
        .unwrap_or_default();
    let (ids, cells) = s.spots(fields);
    let advice = if whole.is_some() {
        Text::new(
            "整块空白，请填报单位确认：没有就填 0，有就补填",
            "all of it is blank: ask the office to confirm, then enter 0 or the numbers",
        )
    } else {
        Text::new("核实：没有就填 0，有就补填", "check: enter 0 if there is none, else the number")
    };
    Finding::new("V001", Severity::Warning, place, text).at(ids, cells).advising(advice)
}

fn first(fields: &[FieldIx]) -> FieldIx {
    fields.first().copied().unwrap_or(FieldIx(0))
}

fn place_of(s: Submission, table: usize, _block: usize) -> String {
    s.form.tables.get(table).map(|t| t.id.clone()).unwrap_or_default()
}

/// The name of a group of columns all of whose cells are blank: "表四 行政复议".
pub(super) fn whole_group(s: Submission, fields: &[FieldIx]) -> Option<String> {
    let field = s.form.fields.get(first(fields).0 as usize)?;
    let table = s.form.tables.get(field.table)?;
    let block = table.blocks.get(field.block)?;
    let all = block.fields.iter().filter(|f| block_of(s, **f) == block_of(s, first(fields))).count();
    if all != fields.len() || fields.len() < 2 {
        return None;
    }
    let head = block.cols.get(field.col)?.path.split_last()?.1.last().map(|l| l.text.clone());
    Some(match head.filter(|_| block.rows.len() == 1) {
        Some(group) => format!("{} {group}", table.name),
        None => table.name.clone(),
    })
}

/// One finding a table for faults of form, not of number.
fn by_table(all: Untold, code: &str, is: impl Fn(FieldIx, &Reading) -> bool) -> Vec<Finding> {
    let s = all.s;
    let mut tables: BTreeMap<usize, Vec<FieldIx>> = BTreeMap::new();
    for (ix, _) in all.fields().filter(|(f, r)| is(*f, r)) {
        let table = s.form.fields.get(ix.0 as usize).map_or(0, |f| f.table);
        tables.entry(table).or_default().push(ix);
    }
    tables.into_iter().map(|(table, fields)| grouped(s, code, table, &fields)).collect()
}

fn grouped(s: Submission, code: &str, table: usize, fields: &[FieldIx]) -> Finding {
    let names = s.names();
    let raw = s.filled.reading(first(fields)).and_then(|r| r.raw.clone()).unwrap_or_default();
    let (n, at) = (fields.len(), listed_fields(names, fields));
    let (text, advice) = match code {
        "V002" => (
            Text::new(
                format!("{} 个数字是文本格式（如“{raw}”），已按数字读取：{}", n, at.zh),
                format!(
                    "{} held as text (such as {raw:?}) and read as {}: {}",
                    plural(n, "number"),
                    if n == 1 { "a number" } else { "numbers" },
                    at.en
                ),
            ),
            Text::new("改为纯数字，去掉单位、空格和全角", "enter plain numbers"),
        ),
        "V007" => (
            Text::new(
                format!(
                    "{n} 个公式没有保存结果，或保存的结果已过期，已重新计算（算不出的不作数）：{}",
                    at.zh
                ),
                format!(
                    "{} without a cached value or with a stale one; sums were recomputed: {}",
                    plural(n, "formula"),
                    at.en
                ),
            ),
            Text::new("在 Excel 中打开、重新计算并保存", "open in Excel, recalculate and save"),
        ),
        _ => (
            Text::new(
                format!("{n} 个单元格用“{raw}”代替 0：{}", at.zh),
                format!("{raw:?} where 0 belongs, in {}: {}", plural(n, "cell"), at.en),
            ),
            Text::new("改填 0", "enter 0"),
        ),
    };
    let (ids, cells) = s.spots(fields);
    Finding::new(code, Severity::Warning, place_of(s, table, 0), text).at(ids, cells).advising(advice)
}

/// One finding a cell.
fn each(
    all: Untold,
    code: &str,
    is: impl Fn(FieldIx, &Reading) -> bool,
    text: impl Fn(&Text, &Reading) -> (Text, Text),
) -> Vec<Finding> {
    let s = all.s;
    let severity = if code == "V009" { Severity::Warning } else { Severity::Error };
    all.fields()
        .filter(|(ix, r)| is(*ix, r))
        .map(|(ix, r)| {
            let (text, advice) = text(&s.names().field(ix), r);
            let (ids, cells) = s.spots(&[ix]);
            let mut finding = Finding::new(code, severity, s.id(ix), text).at(ids, cells).advising(advice);
            finding.actual = r.value;
            finding
        })
        .collect()
}

/// One finding a cell, but a total that is so because parts of its are is told with them.
fn with_totals(
    all: Untold,
    code: &str,
    is: impl Fn(FieldIx, &Reading) -> bool,
    text: impl Fn(&Text, &Reading) -> (Text, Text),
) -> Vec<Finding> {
    let s = all.s;
    let odd: Vec<FieldIx> = located(s).filter(|(ix, r)| is(*ix, r)).map(|(ix, _)| ix).collect();
    let over = odd::totals_over(s, &odd);
    let follows = |ix: FieldIx| over.iter().any(|(total, _)| *total == ix);
    let mut findings = each(all, code, |ix, r| is(ix, r) && !follows(ix), text);
    for finding in &mut findings {
        let totals = totals_of(s, finding, &over);
        if totals.is_empty() {
            continue;
        }
        let (ids, cells) = s.spots(&totals);
        let n = totals.len();
        finding.message.zh.extend([format!("，由它相加得出的 {n} 个总计也因此不对")]);
        finding.message.en.extend([format!("; {n} totals over it are wrong for that")]);
        finding.fields.extend(ids);
        finding.cells.extend(cells);
    }
    findings
}

/// The totals over the cell of a finding, and those over them.
fn totals_of(s: Submission, finding: &Finding, over: &[(FieldIx, Vec<FieldIx>)]) -> Vec<FieldIx> {
    let mut reached: Vec<FieldIx> = finding.fields.iter().filter_map(|f| s.form.field_ix(f)).collect();
    let own = reached.len();
    let mut at = 0;
    while let Some(part) = reached.get(at).copied() {
        let more = over.iter().filter(|(_, parts)| parts.contains(&part)).map(|(total, _)| *total);
        let more: Vec<FieldIx> = more.filter(|total| !reached.contains(total)).collect();
        reached.extend(more);
        at += 1;
    }
    reached.split_off(own)
}

fn raw(r: &Reading) -> &str {
    r.raw.as_deref().unwrap_or_default()
}

/// Enough of a text to be known by.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let head: String = text.chars().take(MOST).collect();
    if head.len() < text.len() { head + "…" } else { head }
}

fn not_a_number_text(name: &Text, r: &Reading) -> (Text, Text) {
    let Text { zh, en } = name;
    if r.quirks.contains(&Quirk::Damaged) {
        let text = Text::new(
            format!("{zh}在文件中的内容已损坏（“{}”），无法读取", shortened(raw(r))),
            format!("{en} is damaged in the file ({:?}) and cannot be read", shortened(raw(r))),
        );
        return (text, Text::new("在 Excel 中打开、重新填写并保存", "open in Excel, enter it anew and save"));
    }
    let what = match r.quirks.iter().find(|q| odd::hides_number(q)) {
        Some(Quirk::Date) => Text::new("是日期，不是数字", "is a date, not a number"),
        Some(Quirk::Percent) => Text::new("是百分比，不是件数", "is a percentage, not a count"),
        _ => Text::new("不是数字", "is not a number"),
    };
    let text = Text::new(
        format!("{zh}填的是“{}”，{}", shortened(raw(r)), what.zh),
        format!("{en} holds {:?}, which {}", shortened(raw(r)), what.en),
    );
    (text, Text::new("填阿拉伯数字", "enter a number"))
}

/// The same word in so many cells of a table is one finding.
const REPEATED: usize = 4;

/// What is no number, a finding a cell; a word that fills many cells of a table is told once.
fn no_numbers(all: Untold) -> Vec<Finding> {
    let s = all.s;
    let mut alike: BTreeMap<(usize, &str), Vec<FieldIx>> = BTreeMap::new();
    for (ix, r) in all.fields().filter(|(_, r)| odd::is_no_number(r) && !r.quirks.contains(&Quirk::Damaged)) {
        let table = s.form.field(ix).map_or(0, |f| f.table);
        alike.entry((table, raw(r).trim())).or_default().push(ix);
    }
    alike.retain(|_, fields| fields.len() >= REPEATED);
    let is_told = |ix: FieldIx| alike.values().any(|fields| fields.contains(&ix));
    let mut findings = each(all, "V003", |ix, r| odd::is_no_number(r) && !is_told(ix), not_a_number_text);
    findings.extend(alike.iter().map(|((table, word), fields)| {
        let (n, at) = (fields.len(), listed_fields(s.names(), fields));
        let text = Text::new(
            format!("{n} 个单元格填的是“{}”，不是数字：{}", shortened(word), at.zh),
            format!("{} hold {:?}, which is not a number: {}", plural(n, "cell"), shortened(word), at.en),
        );
        let (ids, cells) = s.spots(fields);
        let found = Finding::new("V003", Severity::Error, place_of(s, *table, 0), text).at(ids, cells);
        found.advising(Text::new("填阿拉伯数字，没有就填 0", "enter numbers, and 0 where there is none"))
    }));
    findings
}

fn negative_text(name: &Text, r: &Reading) -> (Text, Text) {
    let Text { zh, en } = name;
    let v = r.value.map(amount::show).unwrap_or_default();
    (
        Text::new(format!("{zh}为负数 {v}"), format!("{en} is negative: {v}")),
        Text::new("填不小于 0 的数", "enter 0 or more"),
    )
}

fn error_text(name: &Text, r: &Reading) -> (Text, Text) {
    let Text { zh, en } = name;
    let text = Text::new(
        format!("{zh}的公式出错，显示 {}", raw(r)),
        format!("the formula of {en} shows the error {}", raw(r)),
    );
    (text, Text::new("改正公式，或直接填数字", "mend the formula or type the number"))
}

fn yuan_text(name: &Text, r: &Reading) -> (Text, Text) {
    let Text { zh, en } = name;
    let v = r.value.map(amount::show).unwrap_or_default();
    let text = Text::new(
        format!("{zh}的单位是万元，填的是“{}”，已折算为 {v} 万元", raw(r)),
        format!("{en} is in units of 10,000 yuan but holds {:?}; read as {v}", raw(r)),
    );
    (text, Text::new(format!("改填 {v}"), format!("enter {v}")))
}

fn fraction_text(name: &Text, r: &Reading) -> (Text, Text) {
    let Text { zh, en } = name;
    let v = r.value.map(amount::show).unwrap_or_default();
    (
        Text::new(format!("{zh}为 {v}，件数应为整数"), format!("{en} is {v}, but a count must be whole")),
        Text::new("核对后改填整数", "check, then enter a whole number"),
    )
}
