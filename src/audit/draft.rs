//! A draft of a form's definition from the bytes of a workbook.

use super::Options;
use crate::finding::{Failure, FailureKind, Finding, Severity, Text, plural};
use crate::form::{self, Content, Drafted, Form};
use crate::grid::Workbook;
use crate::ingest::Source;
use crate::mapping::{self, Reading};
use rust_decimal::Decimal;

/// Drafts a definition with this id from a blank or filled workbook, or from several filled ones of one form.
///
/// The first tells the form; with more than one, equalities that hold on all of them are proposed.
///
/// # Errors
///
/// A file cannot be read, no table was found in the first, or another holds little of the first one's tables.
pub fn draft(files: &[Source], id: &str, options: &Options) -> Result<Drafted, Failure> {
    let read = |s: &Source| super::read(s.name, s.bytes, options).map(|r| r.book);
    let books = files.iter().map(read).collect::<Result<Vec<Workbook>, Failure>>()?;
    let empty = Workbook::default();
    let first = books.first().unwrap_or(&empty);
    let no_table = || Failure { kind: FailureKind::NoForm, message: form::no_table(first) };
    let alone = form::learn(first, id, &[]).ok_or_else(no_table)?;
    let Ok(form) = form::load(&alone.text, id) else { return Ok(alone) };
    let mut samples = Vec::new();
    for (source, book) in files.iter().zip(&books) {
        let mapping = mapping::map(book, &form);
        let is_first = samples.is_empty();
        if mapping.located() * 2 < form.fields.len() && !is_first {
            return Err(another_form(source.name));
        }
        let filled = mapping::fill(book, &form, &mapping);
        samples.push(filled.readings.iter().map(content).collect());
    }
    form::learn(first, id, &samples).ok_or_else(no_table)
}

/// Findings of one sample that are named.
const MOST_NAMED: usize = 5;

/// What an audit of the samples by the definition that was drafted from them says.
pub fn own_samples(files: &[Source], form: Form) -> Text {
    let cells = form.printed().count();
    let options = Options { forms: vec![form].into(), ..Options::default() };
    let mut lines = vec![Text::new("用它审核样表：", "the samples, audited with it:")];
    for source in files {
        lines.extend(told_of(source, &options, cells));
    }
    if lines.iter().any(|l| l.zh.starts_with("  ! ")) {
        lines.push(Text::new(
            "  这些要么是样表填错，要么是关系不成立（在定义里删去那一条）",
            "  either the sample is wrong there, or the relation does not hold: strike it from the definition",
        ));
    }
    let joined = |of: fn(&Text) -> &str| lines.iter().map(of).collect::<Vec<_>>().join("\n");
    Text::new(joined(|l| &l.zh), joined(|l| &l.en))
}

/// What an audit says of one sample, a line each; `cells` are those of the form, all of which are to be read.
fn told_of(source: &Source, options: &Options, cells: usize) -> Vec<Text> {
    let outcome = super::audit(source.name, source.bytes, options).outcome;
    let found: Vec<&Finding> = outcome.findings.iter().filter(|f| f.severity > Severity::Info).collect();
    // What a blank form computes comes out as 0.
    let values: Vec<_> = outcome.fields.values().map(|f| f.value).collect();
    let is_blank = values.contains(&None) && values.iter().flatten().all(Decimal::is_zero);
    let unread = cells.saturating_sub(outcome.fields.len());
    let said = if let Some(failure) = &outcome.failure {
        failure.message.clone()
    } else if unread > 0 && found.is_empty() {
        Text::new(
            format!("{cells} 格中有 {unread} 格没有读到"),
            format!("{unread} of {cells} cells were not read"),
        )
    } else if is_blank {
        Text::new("空白，没有数可审", "blank, nothing to audit")
    } else if found.is_empty() {
        Text::new("没有问题", "clean")
    } else {
        Text::new(format!("{} 处问题", found.len()), plural(found.len(), "finding"))
    };
    let name = source.name;
    let mut lines = vec![Text::new(format!("  {name}：{}", said.zh), format!("  {name}: {}", said.en))];
    for finding in found.iter().take(if is_blank { 0 } else { MOST_NAMED }) {
        let at = finding.cells.first().map(|c| format!("{c} ")).unwrap_or_default();
        let line = |text: &str| format!("  ! {} {at}{text}", finding.code);
        lines.push(Text::new(line(&finding.message.zh), line(&finding.message.en)));
    }
    let more = found.len().saturating_sub(MOST_NAMED);
    if more > 0 && !is_blank {
        lines.push(Text::new(format!("    另有 {more} 处"), format!("    and {more} more")));
    }
    lines
}

fn content(reading: &Reading) -> Content {
    match reading.value {
        Some(number) => Content::Number(number),
        None if reading.is_absent && reading.raw.is_some() => Content::Mark,
        None if reading.place.is_some() && !reading.is_unknown() => Content::Blank,
        None => Content::Unknown,
    }
}

fn another_form(name: &str) -> Failure {
    Failure {
        kind: FailureKind::NoForm,
        message: Text::new(
            format!("{name} 与第一份样表不像同一种表：多数行列没有对上。请先只用一份起草，看列出的疑点"),
            format!(
                "{name} does not look like the form of the first sample: most of its lines were not found; draft from one of them alone first and see what it lists"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::trial;
    use crate::form::{FieldIx, Status, builtin, load};
    use crate::report::blank::blank;
    use rust_xlsxwriter::{Format, Workbook, Worksheet};

    fn learnt(bytes: &[u8]) -> Form {
        let files = [Source { name: "blank.xlsx", bytes }];
        let text = draft(&files, "learnt", &Options::default()).unwrap().text;
        load(&text, "learnt.toml").unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    /// Label paths, and both sides of each relation.
    type Shape = (Vec<Vec<String>>, Vec<(Vec<usize>, Vec<usize>)>);

    /// Every label path of a form, and its relations by where their fields stand among the others.
    fn shape(form: &Form) -> Shape {
        let standing: Vec<FieldIx> = form.printed().collect();
        let blocks = form.tables.iter().flat_map(|t| &t.blocks);
        let lines = blocks.flat_map(|b| b.rows.iter().chain(&b.cols)).filter(|l| l.replaces.is_empty());
        let paths = lines.map(|l| l.path.iter().map(|l| l.text.clone()).collect()).collect();
        let places = |side: &[FieldIx]| {
            side.iter().map(|f| standing.iter().position(|s| s == f).unwrap()).collect::<Vec<usize>>()
        };
        let relations = form.relations.iter().filter(|r| !r.variant);
        let mut relations: Vec<_> =
            relations.map(|r| r.plain().unwrap()).map(|(a, b)| (places(&a), places(&b))).collect();
        relations.sort();
        (paths, relations)
    }

    #[test]
    fn our_own_forms_are_learnt_from_their_blank_workbooks() {
        for form in builtin().iter().filter(|f| f.status == Status::Active) {
            let learnt = learnt(&blank(form).unwrap());
            assert_eq!(shape(&learnt), shape(form), "{}", form.id);
        }
    }

    fn write(page: &mut Worksheet, rows: &[&[&str]]) {
        for (r, row) in (0u32..).zip(rows) {
            for (c, text) in (0u16..).zip(*row).filter(|(_, t)| !t.is_empty()) {
                match text.strip_prefix('=') {
                    Some(formula) => page.write_formula(r, c, formula).unwrap(),
                    None => page.write_string(r, c, *text).unwrap(),
                };
            }
        }
    }

    /// An English return with group headers that are not merged, two label columns and its own sums.
    fn council_return() -> Vec<u8> {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        page.set_name("Homelessness").unwrap();
        page.merge_range(0, 0, 0, 6, "Homelessness decisions", &Format::new()).unwrap();
        write(
            page,
            &[
                &[],
                &["Duty", "Household", "Decisions", "", "", "Spending (unit: £)", "Total decisions"],
                &["", "", "Accepted", "Refused", "Withdrawn", "", ""],
                &["Prevention", "Single", "", "", "", "", "=SUM(C4:E4)"],
                &["", "Family", "", "", "", "", "=SUM(C5:E5)"],
                &["Relief", "Single", "", "", "", "", "=SUM(C6:E6)"],
                &["", "Family", "", "", "", "", "=C7+D7+E7"],
                &["Total", "", "=SUM(C4:C7)", "=SUM(D4:D7)", "=SUM(E4:E7)", "=SUM(F4:F7)", "=SUM(C8:E8)"],
            ],
        );
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_foreign_return_is_learnt_with_its_sums() {
        let form = learnt(&council_return());
        let block = &form.tables[0].blocks[0];
        let paths = |lines: &[crate::form::Line]| -> Vec<String> {
            let texts = |l: &crate::form::Line| l.path.iter().map(|p| p.text.clone()).collect::<Vec<_>>();
            lines.iter().map(|l| texts(l).join(" / ")).collect()
        };
        assert_eq!(
            paths(&block.rows),
            ["Prevention / Single", "Prevention / Family", "Relief / Single", "Relief / Family", "Total"]
        );
        assert_eq!(
            paths(&block.cols),
            [
                "Decisions / Accepted",
                "Decisions / Refused",
                "Decisions / Withdrawn",
                "Spending (unit: £)",
                "Total decisions"
            ]
        );
        assert_eq!(form.relations.len(), 5 + 5, "{:#?}", form.rules);
        let trial = trial(&form, 1).unwrap();
        assert!(trial.complaints.is_empty(), "{:#?}", trial.complaints);
    }

    /// A yearbook's table: blanks to fill in above, a serial column, totals before their parts, a note below.
    #[test]
    fn an_outline_with_totals_first_is_learnt_by_its_list_marks() {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        write(
            page,
            &[
                &["财政收支情况表"],
                &["编制单位：", "", "", "单位：万元"],
                &["项目", "行次", "本年数", "上年数"],
                &["一、收入合计"],
                &["1.税收收入"],
                &["其中：增值税"],
                &["2.非税收入"],
                &["二、支出"],
                &["注：本表由财政部门填报。"],
            ],
        );
        let bytes = book.save_to_buffer().unwrap();
        let text = draft(&[Source { name: "收支.xlsx", bytes: &bytes }], "budget", &Options::default())
            .unwrap()
            .text;
        let form = load(&text, "budget.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
        let block = &form.tables[0].blocks[0];
        assert_eq!(form.tables[0].title, "财政收支情况表");
        assert_eq!((block.rows.len(), block.cols.len()), (5, 2), "{text}");
        assert!(form.fields.iter().all(|f| f.unit == Some(crate::form::Unit::TenThousandYuan)));
        assert_eq!(
            form.rules.iter().map(|r| r.formula.as_str()).collect::<Vec<_>>(),
            ["tax + non_tax = shou_ru_he_ji", "vat <= tax"]
        );
    }

    /// The layout of 定西市政府信息公开情况统计报表 (a municipal regulation of 2006) with notes added: what is filled in
    /// above and below, columns that describe the rows, a row that numbers the columns, remarks at the right.
    fn reporting_form(numbers: &[[i32; 3]]) -> Vec<u8> {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        page.set_name("公开01表").unwrap();
        page.merge_range(0, 0, 0, 6, "政府信息公开情况统计报表", &Format::new()).unwrap();
        write(
            page,
            &[
                &[],
                &["表    号：公开01表", "", "", "制定机关：市政府办公室"],
                &["单位名称：", "", "20  年", "", "计量单位：条、人次"],
                &["指标名称", "计量单位", "代码", "本期实际", "本年累计", "上年累计", "备注"],
                &["甲", "乙", "丙", "", "", "", ""],
                &["依申请公开信息目录数", "条", "09"],
                &["申请总数", "条", "10"],
                &["其中：1.当面申请数", "条", "11"],
                &["2.传真申请数", "条", "12"],
                &["3.电子邮件申请数", "条", "13"],
                &["网站访问量", "人次", "14"],
                &["单位负责人：", "", "填表人：", "报出日期：20  年  月  日"],
                &["说明：1.审核关系：10=11+12+13；09≥10。2.第2列≥第1列。"],
            ],
        );
        for (c, n) in (3..).zip([1, 2, 3]) {
            page.write_number(4, c, n).unwrap();
        }
        for (r, row) in (5..).zip(numbers) {
            for (c, n) in (3..).zip(row) {
                page.write_number(r, c, *n).unwrap();
            }
        }
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_reporting_form_is_learnt_with_codes_units_and_its_printed_relations() {
        let text = draft(
            &[Source { name: "blank.xlsx", bytes: &reporting_form(&[]) }],
            "disclosure",
            &Options::default(),
        )
        .unwrap()
        .text;
        let form = load(&text, "disclosure.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
        let block = &form.tables[0].blocks[0];
        assert_eq!(form.tables[0].title, "政府信息公开情况统计报表");
        assert_eq!(form.authority, "市政府办公室");
        assert_eq!((block.rows.len(), block.cols.len()), (6, 3), "{text}");
        assert!(block.rows.iter().all(|r| r.path.len() == 1), "{text}");
        assert!(form.fields.iter().all(|f| f.kind == crate::form::Kind::Count), "{text}");
        assert_eq!(
            form.rules.iter().map(|r| (r.scope.as_str(), r.formula.as_str())).collect::<Vec<_>>(),
            [
                ("each column of t1", "sum of r11 to r13 = r10"),
                ("each column of t1", "r10 <= r09"),
                ("each row of t1", "c01 <= c02"),
                ("each column of t1", "r11 <= r10"),
            ],
            "{text}"
        );
        let trial = trial(&form, 1).unwrap();
        assert!(trial.complaints.is_empty(), "{:#?}", trial.complaints);
        let filled = reporting_form(&[[9, 9, 9], [6, 6, 6], [1, 1, 1], [2, 2, 2], [3, 3, 3], [70, 70, 70]]);
        let read = crate::ingest::read(
            &Source { name: "a.xlsx", bytes: &filled },
            &crate::ingest::Limits::default(),
        )
        .unwrap();
        assert_eq!(mapping::map(&read.book, &form).located(), form.fields.len());
    }

    #[test]
    fn what_a_form_prints_outlives_a_sample_that_breaks_it() {
        let right = [[9, 19, 9], [6, 16, 7], [1, 2, 4], [2, 4, 2], [3, 10, 1], [70, 90, 5]];
        let mut wrong = right;
        wrong[1][0] = 8; // 10 = 11 + 12 + 13 is broken in one place
        let books = [reporting_form(&right), reporting_form(&wrong), reporting_form(&right)];
        let files: Vec<Source> = books.iter().map(|b| Source { name: "filled.xlsx", bytes: b }).collect();
        let text = draft(&files, "disclosure", &Options::default()).unwrap().text;
        assert!(text.contains("但样表 9 处中有 1 处不成立"), "{text}");
        assert!(text.contains("holds = \"sum of r11 to r13 = r10\""), "{text}");
    }

    /// A share of a total in another row, an amount in two units, a cell that nobody fills in.
    fn shares(k: i32) -> Vec<u8> {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        let header: &[&str] = &["Type", "Dwellings", "% of dwellings", "Grant (£)", "Grant (£000)"];
        write(page, &[&["Housing return"], &[], header]);
        let rows = [("Houses", 310 + 7 * k), ("Flats", 120 + 11 * k), ("Other", 45 + k)];
        let total: i32 = rows.iter().map(|r| r.1).sum();
        let all = rows.into_iter().chain([("Total dwellings", total), ("Empty homes", 12 + k)]);
        for (r, (name, n)) in (3..).zip(all) {
            page.write_string(r, 0, name).unwrap();
            page.write_number(r, 1, n).unwrap();
            if name != "Empty homes" {
                page.write_number(r, 2, (f64::from(n) / f64::from(total) * 1000.0).round() / 10.0).unwrap();
            }
            page.write_number(r, 3, n * 1234).unwrap();
            page.write_number(r, 4, (f64::from(n) * 1234.0 / 100.0).round() / 10.0).unwrap();
        }
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn shares_conversions_and_totals_are_found_in_samples() {
        let books = [shares(1), shares(2), shares(5)];
        let files: Vec<Source> = books.iter().map(|b| Source { name: "filled.xlsx", bytes: b }).collect();
        let text = draft(&files, "housing", &Options::default()).unwrap().text;
        let form = load(&text, "housing.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
        let rules: Vec<&str> = form.rules.iter().map(|r| r.formula.as_str()).collect();
        for expected in [
            "sum of houses to other = total_dwellings",
            "grant_2 * 1000 = grant",
            "dwellings * 100 = of_dwellings * t1.total_dwellings.dwellings",
        ] {
            assert!(rules.contains(&expected), "{expected} is not among {rules:#?}\n{text}");
        }
        let share = form.rules.iter().find(|r| r.formula.contains("of_dwellings")).unwrap();
        assert_eq!(share.scope, "each row of t1 except empty_homes");
        for (f, file) in books.iter().zip(&files) {
            let book = crate::ingest::read(file, &crate::ingest::Limits::default()).unwrap().book;
            assert_eq!(mapping::map(&book, &form).located(), form.fields.len(), "{}", f.len());
        }
    }
}
