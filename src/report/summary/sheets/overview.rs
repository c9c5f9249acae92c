//! 总览: how many have reported, how their forms stand, which rules break most, what the sum lacks, and a chart.

use super::{cell, cut, head, plain, title};
use crate::check::Names;
use crate::form::{FieldIx, Form};
use crate::report::summary::workbook::OVERVIEW;
use crate::report::summary::{Overview, Role, State};
use rust_xlsxwriter::{Chart, ChartType, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Rules shown in the chart.
const CHARTED: usize = 12;

/// Writes the sheet.
pub(in crate::report::summary) fn overview(
    page: &mut Worksheet,
    all: &Overview,
    form: Option<&Form>,
) -> Result<(), XlsxError> {
    for (width, col) in [64.0, 11.0, 11.0, 60.0].into_iter().zip(0u16..) {
        page.set_column_width(col, width)?;
    }
    let year = all.year.map_or(String::new(), |y| format!("{y}年"));
    page.write_string_with_format(0, 0, format!("{year}政府信息公开工作年度报告审核汇总"), &title())?;
    page.write_string_with_format(1, 0, all.verdict(), &plain())?;
    let row = counts(page, 3, all)?;
    let row = rules(page, row + 1, all)?;
    if let Some(form) = form {
        lacking(page, row + 1, all, form)?;
    }
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn counts(page: &mut Worksheet, top: u32, all: &Overview) -> Result<u32, XlsxError> {
    let files = |status: &str| all.entries.iter().filter(|e| e.status == status).count();
    let role = |r: Role| all.roles.iter().filter(|x| **x == r).count();
    let nil = all.used().filter(|(_, e)| e.is_nil()).count();
    let mut lines = vec![
        ("文件", all.entries.len()),
        ("　没有问题", files("clean")),
        ("　有错误或警告", files("findings")),
        ("　没有找到报表", files("unmapped")),
        ("　无法读取", files("unreadable")),
        ("计入汇总的报表", role(Role::Used)),
        ("　其中零报告（全部为 0）", nil),
        ("未计入：同一单位有较新的", role(Role::Older)),
        ("未计入：年度不同", role(Role::OtherYear)),
        ("未计入：格式不同", role(Role::OtherForm)),
    ];
    let states = [State::Reported, State::Twice, State::Missing, State::Unlisted];
    if all.has_roster {
        lines.extend(states.map(|s| (s.word(), all.count(s))));
    }
    page.write_string_with_format(top, 0, "情况", &head())?;
    page.write_string_with_format(top, 1, "数量", &head())?;
    let mut row = top + 1;
    for (name, n) in lines {
        page.write_string_with_format(row, 0, name, &cell())?;
        page.write_number_with_format(row, 1, n as u32, &cell())?;
        row += 1;
    }
    Ok(row)
}

/// Rules by how many submissions break them, with a chart beside.
fn rules(page: &mut Worksheet, top: u32, all: &Overview) -> Result<u32, XlsxError> {
    let mut by_rule: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for entry in &all.entries {
        let mut codes: Vec<&str> = entry.findings.iter().map(|f| f.code.as_str()).collect();
        for code in &codes {
            by_rule.entry(code).or_default().0 += 1;
        }
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            by_rule.entry(code).or_default().1 += 1;
        }
    }
    let mut rules: Vec<_> = by_rule.into_iter().collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    for (text, col) in ["规则", "问题数", "涉及文件"].into_iter().zip(0u16..) {
        page.write_string_with_format(top, col, text, &head())?;
    }
    let mut row = top + 1;
    for (code, (findings, files)) in &rules {
        page.write_string_with_format(row, 0, *code, &cell())?;
        page.write_number_with_format(row, 1, *findings as u32, &cell())?;
        page.write_number_with_format(row, 2, *files as u32, &cell())?;
        row += 1;
    }
    if rules.is_empty() {
        page.write_string_with_format(row, 0, "没有发现问题", &cell())?;
        return Ok(row + 1);
    }
    let last = top + rules.len().min(CHARTED) as u32;
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_name("涉及文件").set_categories((OVERVIEW, top + 1, 0, last, 0)).set_values((
        OVERVIEW,
        top + 1,
        2,
        last,
        2,
    ));
    chart.title().set_name("各规则涉及的文件数");
    chart.legend().set_hidden();
    page.insert_chart(3, 3, &chart)?;
    Ok(row)
}

/// Fields that the sum lacks numbers of: blank, unreadable or missing, said and not taken for 0.
fn lacking(page: &mut Worksheet, top: u32, all: &Overview, form: &Form) -> Result<(), XlsxError> {
    let names = Names { form };
    let mut row = top;
    if !all.coarse.is_empty() {
        let lines: std::collections::BTreeSet<String> =
            all.coarse.iter().map(|f| names.row_name(*f)).collect();
        let lines: Vec<String> = lines.into_iter().collect();
        let text = format!("有单位把“{}”合为一行填报，汇总表也按一行汇总。", lines.join("、"));
        page.write_string_with_format(row, 0, text, &plain())?;
        row += 1;
    }
    let fields = (0..all.sums.len() as u32).map(FieldIx);
    let absent_variant = |f: &FieldIx| form.is_variant(*f) && !all.coarse.contains(f);
    let lacking: Vec<FieldIx> =
        fields.filter(|f| !absent_variant(f) && all.sum(*f).is_some_and(|s| s.lacking() > 0)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    for (text, col) in
        ["汇总表中未计入的格", "计入家数", "未计入家数", "未计入的单位"].into_iter().zip(0u16..)
    {
        page.write_string_with_format(row, col, text, &head())?;
    }
    for field in lacking {
        row += 1;
        let Some(sum) = all.sum(field) else { continue };
        let offices: Vec<String> = all
            .used()
            .filter(|(_, e)| e.values.get(field.0 as usize).copied().unwrap_or_default().number().is_none())
            .map(|(i, e)| all.office_of(i).map_or(e.name(), |o| o.name.as_str()).to_owned())
            .take(50)
            .collect();
        page.write_string_with_format(row, 0, names.field(field), &cell())?;
        page.write_number_with_format(row, 1, sum.numbers as u32, &cell())?;
        page.write_number_with_format(row, 2, sum.lacking() as u32, &cell())?;
        page.write_string_with_format(row, 3, cut(&offices.join("、")), &cell())?;
    }
    Ok(())
}
