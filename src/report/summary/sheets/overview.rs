//! 总览: how many have reported, how their forms stand, which rules break most, which offices lack numbers in the
//! sum, and a chart.

use super::{cell, cut, fit, head, number, on_paper, plain, title};
use crate::check::Names;
use crate::finding::Text;
use crate::form::{FieldIx, Form};
use crate::grid::amount;
use crate::report::summary::gaps::gaps;
use crate::report::summary::workbook::OVERVIEW;
use crate::report::summary::{Archive, Held, OfRule, Overview, Role, State};
use rust_xlsxwriter::{Chart, ChartType, Worksheet, XlsxError};

/// Rules shown in the chart.
const CHARTED: usize = 12;
/// Offices whose lacking numbers are told.
const TOLD: usize = 500;
const WIDTHS: [f64; 4] = [34.0, 10.0, 10.0, 80.0];
/// The row in which the chart begins, and how high a row is.
const CHART_TOP: u32 = 3;
const ROW_PIXELS: u32 = 20;
/// The last column, of texts; the chart stands over it.
const LAST: u16 = 3;

/// Writes the sheet.
pub(in crate::report::summary) fn overview(
    page: &mut Worksheet,
    all: &Overview,
    archive: &dyn Archive,
    form: Option<&Form>,
) -> Result<(), XlsxError> {
    for (width, col) in WIDTHS.into_iter().zip(0u16..) {
        page.set_column_width(col, width)?;
    }
    page.write_string_with_format(0, 0, all.heading(), &title())?;
    line(page, 1, all.verdict().get(all.lang))?;
    let row = counts(page, 3, all)?;
    let row = rules(page, row + 1, all)?;
    let row = doubts(page, row, all)?;
    if let Some(form) = form {
        lacking(page, row + 1, all, archive, form)?;
    }
    on_paper(page, all);
    Ok(())
}

/// A sentence over all columns.
fn line(page: &mut Worksheet, row: u32, text: &str) -> Result<(), XlsxError> {
    page.merge_range(row, 0, row, LAST, &cut(text), &plain().set_text_wrap())?;
    fit(page, row, &[(text, WIDTHS.iter().sum())])
}

fn counts(page: &mut Worksheet, top: u32, all: &Overview) -> Result<u32, XlsxError> {
    let files = |status: &str| all.entries.iter().filter(|e| e.status == status).count();
    let role = |r: Role| all.roles.iter().filter(|x| **x == r).count();
    let of_state = |i: usize, s: State| all.office_of(i).is_some_and(|o| o.state == s);
    let unlisted = all.used().filter(|(i, _)| of_state(*i, State::Unlisted)).count();
    let nil = all.used().filter(|(_, e)| e.is_nil()).count();
    let mut lines = vec![
        ("文件数", all.entries.len()),
        ("　没有问题", files("clean")),
        ("　有错误或警告", files("findings")),
        ("　没有找到报表", files("unmapped")),
        ("　无法读取", files("unreadable")),
        ("计入汇总的报表", role(Role::Used)),
        ("　其中零报告（全部为 0）", nil),
    ];
    if unlisted > 0 {
        lines.push(("　其中名单外的单位", unlisted));
    }
    if all.unknown() > 0 {
        lines.push(("　其中认不出单位的", all.unknown()));
    }
    lines.extend([
        ("未计入：同一单位有较新的", role(Role::Older)),
        ("未计入：年度不同", role(Role::OtherYear)),
        ("未计入：格式不同", role(Role::OtherForm)),
    ]);
    let seldom = [
        ("未计入：标题与文件名的单位不同", role(Role::Doubtful)),
        ("未计入：名单外", role(Role::Unlisted)),
        ("未计入：认不出单位", role(Role::Nobodys)),
    ];
    lines.extend(seldom.into_iter().filter(|(_, n)| *n > 0));
    if all.choice.proved_only {
        lines.push(("未计入：勾稽不平，不能确定错在哪里", role(Role::Unproved)));
    }
    if all.has_roster {
        lines.extend(all.states(all.lang));
    }
    page.write_string_with_format(top, 0, all.word("情况"), &head())?;
    page.write_string_with_format(top, 1, all.word("数量"), &head())?;
    let mut row = top + 1;
    for (name, n) in lines {
        page.write_string_with_format(row, 0, all.word(name), &cell())?;
        page.write_number_with_format(row, 1, n as u32, &number())?;
        row += 1;
    }
    Ok(row)
}

/// Rules by how many offices break them, with a chart beside.
fn rules(page: &mut Worksheet, top: u32, all: &Overview) -> Result<u32, XlsxError> {
    let rules = all.by_rule();
    for (text, col) in
        ["规则", "问题数", "涉及单位", "说明（只计采用的报表，单位已说明的警告不计）"].into_iter().zip(0u16..)
    {
        page.write_string_with_format(top, col, all.word(text), &head())?;
    }
    let mut row = top + 1;
    for OfRule { code, findings, offices } in rules.iter().copied() {
        let title = all.rule_title(code);
        page.write_string_with_format(row, 0, code, &cell())?;
        page.write_number_with_format(row, 1, findings as u32, &number())?;
        page.write_number_with_format(row, 2, offices as u32, &number())?;
        page.write_string_with_format(row, LAST, title, &cell())?;
        row += 1;
    }
    if rules.is_empty() {
        page.write_string_with_format(row, 0, all.word("没有发现问题"), &cell())?;
        return Ok(row + 1);
    }
    let last = top + rules.len().min(CHARTED) as u32;
    let mut chart = Chart::new(ChartType::Column);
    let series =
        chart.add_series().set_name(all.word("涉及单位")).set_categories((OVERVIEW, top + 1, 0, last, 0));
    series.set_values((OVERVIEW, top + 1, 2, last, 2));
    chart.title().set_name(all.word("各规则涉及的单位数"));
    chart.legend().set_hidden();
    // It ends above the table that it shows.
    chart.set_width(560).set_height(top.saturating_sub(CHART_TOP + 1) * ROW_PIXELS);
    page.insert_chart(CHART_TOP, LAST, &chart)?;
    Ok(row)
}

/// What is to be looked at before the sum is used.
fn doubts(page: &mut Worksheet, top: u32, all: &Overview) -> Result<u32, XlsxError> {
    let doubts = all.doubts();
    if doubts.is_empty() {
        return Ok(top);
    }
    let mut row = top + 1;
    page.write_string_with_format(row, 0, all.word("用汇总表之前请先核实"), &head())?;
    for doubt in doubts.iter().take(TOLD) {
        row += 1;
        page.merge_range(row, 0, row, LAST, &cut(doubt.get(all.lang)), &cell())?;
        fit(page, row, &[(doubt.get(all.lang), WIDTHS.iter().sum())])?;
    }
    Ok(row + 1)
}

/// Numbers that the sum lacks, by office: blank, unreadable or missing, said and not taken for 0.
fn lacking(
    page: &mut Worksheet,
    top: u32,
    all: &Overview,
    archive: &dyn Archive,
    form: &Form,
) -> Result<(), XlsxError> {
    let mut row = top;
    for text in how_summed(all, archive, form) {
        line(page, row, &text)?;
        row += 1;
    }
    let (mut offices, mut count) = (Vec::new(), 0);
    for (i, entry) in all.used() {
        let gaps = gaps(form, &archive.details(&entry.file), all.lang);
        if gaps.count > 0 {
            count += 1;
            if count <= TOLD {
                offices.push((i, gaps));
            }
        }
    }
    let said = match count {
        0 => Text::new(
            "汇总表每一格都有采用的全部单位的数。",
            "Every cell of the sum has the numbers of all offices that count.",
        ),
        n => Text::new(
            format!("{n} 家单位有缺数，没有按 0 计入汇总表（汇总表每一格的批注写明合计了几家）："),
            format!(
                "Offices that lack numbers: {n}. A number that is lacking does not count as 0 (each cell of the sum says how many are in it):"
            ),
        ),
    };
    line(page, row, said.get(all.lang))?;
    if offices.is_empty() {
        return Ok(());
    }
    row += 1;
    page.write_string_with_format(row, 0, all.word("单位"), &head())?;
    page.write_string_with_format(row, 1, all.word("缺几格"), &head())?;
    page.merge_range(row, 2, row, LAST, all.word("缺的格"), &head())?;
    for (i, gaps) in &offices {
        row += 1;
        page.write_string_with_format(row, 0, cut(all.name_of(*i)), &cell())?;
        page.write_number_with_format(row, 1, gaps.count as u32, &number())?;
        page.merge_range(row, 2, row, LAST, &cut(&gaps.said), &cell())?;
        fit(page, row, &[(all.name_of(*i), 34.0), (&gaps.said, 90.0)])?;
    }
    if count > TOLD {
        let rest = count - TOLD;
        let rest = Text::new(
            format!("另有 {rest} 家，见“单位对比”中的空白格。"),
            format!("More: {rest}, see the blank cells of 单位对比."),
        );
        line(page, row + 1, rest.get(all.lang))?;
    }
    Ok(())
}

/// What has to be known of the sum beside its numbers.
fn how_summed(all: &Overview, archive: &dyn Archive, form: &Form) -> Vec<String> {
    let names = Names { form };
    let (colon, comma) = (all.lang.pick("：", ": "), all.lang.pick("；", "; "));
    let mut said = Vec::new();
    if !all.coarse.is_empty() {
        let lines: std::collections::BTreeSet<String> =
            all.coarse.iter().map(|f: &FieldIx| names.row_name(*f)).collect();
        let lines: Vec<String> = lines.into_iter().collect();
        let (zh, en) = (lines.join("、"), lines.join(", "));
        let text = Text::new(
            format!("有单位把“{zh}”合为一行填报，汇总表也按一行汇总。"),
            format!("Some offices report {en} as one line, and so does the sum."),
        );
        said.push(text.get(all.lang).to_owned());
    }
    if all.choice.corrected {
        said.push(all.word("汇总表采用更正后的数：能确定的错误已按更正值计入：").to_owned());
        said.extend(all.used_by_office().filter_map(|(i, entry)| {
            let details = archive.details(&entry.file);
            let made = details.corrections.iter().filter(|c| c.proved);
            let made: Vec<String> = made
                .map(|c| {
                    let value = |corrected| match details.value(c.field, corrected) {
                        Held::Number(n) => amount::show(n),
                        _ => all.word("空白").to_owned(),
                    };
                    let name = names.field(FieldIx(c.field as u32));
                    format!("{} {} → {}", name.get(all.lang), value(false), value(true))
                })
                .collect();
            (!made.is_empty()).then(|| format!("　{}{colon}{}", all.name_of(i), made.join(comma)))
        }));
    }
    if all.choice.proved_only {
        said.push(all.word("勾稽不平而不能确定错在哪里的单位没有计入汇总表。").to_owned());
    }
    said
}
