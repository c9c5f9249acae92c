//! Forms of the kinds that offices use, as a newcomer has them: drafted from filled copies, and one with an error audited.

use crate::forms::{sheets, workbook};
use gouji::audit::{self, Options, Source, draft};
use gouji::finding::{Outcome, Status};
use gouji::form::load;

fn drafted(books: &[Vec<u8>]) -> String {
    let sources: Vec<Source> = books.iter().map(|bytes| Source { name: "form.xlsx", bytes }).collect();
    draft(&sources, "learnt", &Options::default()).unwrap().text
}

fn audited(text: &str, book: &[u8]) -> Outcome {
    let form = load(text, "learnt.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
    audit::audit("a.xlsx", book, &Options { forms: vec![form].into(), ..Options::default() }).outcome
}

/// A yearbook's table over two sheets: the total on the first counts the lines of the second.
fn yearbook(k: i32, slip: i32) -> Vec<u8> {
    let own = [311 + k, 207 + 3 * k, 53 * k + 400, 29 * k + 77, 641 - k];
    let lines = own.map(|n| (n, n / 3, 7 * n + k));
    let total = lines.iter().fold((0, 0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1, sum.2 + n.2));
    let head = "行业|企业单位数（个）|<|总产值\n^|合计|#亏损企业|^";
    let row = |name: &str, n: (i32, i32, i32)| format!("\n{name}|{}|{}|{}", n.0, n.1, n.2);
    let [mut mining, textiles, paper, drugs, water] = lines;
    mining.0 += slip;
    let first = [("总　计", total), ("采矿业", mining), ("纺织业", textiles), ("造纸业", paper)];
    let second = [("医药制造业", drugs), ("水的生产和供应业", water)];
    let [first, second] =
        [&first[..], &second[..]].map(|all| all.iter().map(|(n, v)| row(n, *v)).collect::<String>());
    sheets(&[
        ("6-4", &format!("6-4  工业企业主要指标（按行业分）\n2024年|||单位：万元\n{head}{first}")),
        ("6-4续", &format!("6-4  续表\n2024年|||单位：万元\n{head}{second}")),
    ])
}

#[test]
fn a_total_runs_over_a_table_that_is_carried_on_on_the_next_sheet() {
    let text = drafted(&[yearbook(1, 0), yearbook(2, 0), yearbook(5, 0)]);
    assert_eq!(text.matches("[[table]]").count(), 1, "{text}");
    assert!(text.contains("holds = \"sum of r2 to r6 = total\""), "{text}");
    assert!(
        text.contains("path = [\"企业单位数（个）\", \"#亏损企业\"], kind = \"count\", unit = \"个\""),
        "{text}"
    );
    let outcome = audited(&text, &yearbook(3, 0));
    assert_eq!((outcome.status, outcome.fields.len(), outcome.year), (Status::Clean, 18, Some(2024)));
    let last = &outcome.fields["t1.r6.total"];
    assert_eq!(last.cell.to_string(), "6-4续!B6");
    let wrong = audited(&text, &yearbook(3, 90));
    assert_eq!(wrong.findings.len(), 1, "{:#?}", wrong.findings);
}

#[test]
fn two_tables_on_two_sheets_stay_two() {
    let table = |title: &str| format!("{title}\n行业|合计|国有\n总计|3|2\n采矿业|1|1\n纺织业|2|1");
    let (one, other) = (table("表一 单位数"), table("表二 从业人员"));
    let text = drafted(&[sheets(&[("表一", &one), ("表二", &other)])]);
    assert_eq!(text.matches("[[table]]").count(), 2, "{text}");
}

/// A monthly report with this month, the months so far and the change on last year.
fn monthly(k: i32, slip: i32) -> Vec<u8> {
    let row = |name: &str, code: i32, now: i32, so_far: i32, before: i32| {
        format!("\n{name}|{code}|{now}|{so_far}|{before}|{}", so_far - before)
    };
    let (vat, others, fees) = (100 * k, 40 + k, 77 - k);
    let all = [(vat, 610 * k, 990), (others, 250 + k, 301), (fees, 404 - k, 380 + slip)];
    let sum =
        |of: &[usize]| of.iter().fold((0, 0, 0), |s, i| (s.0 + all[*i].0, s.1 + all[*i].1, s.2 + all[*i].2));
    let (tax, total) = (sum(&[0, 1]), sum(&[0, 1, 2]));
    let line = |name: &str, code: i32, n: (i32, i32, i32)| row(name, code, n.0, n.1, n.2);
    let body = line("一、收入", 1, total)
        + &line("（一）税收收入", 2, tax)
        + &line("其中：增值税", 3, all[0])
        + &line("（二）非税收入", 4, all[2]);
    workbook(&format!(
        "财政收入月报表\n填报单位：甲县财政局|||2024年6月||单位：万元\n项目|行次|本月数|累计数|上年同期|增减额{body}"
    ))
}

#[test]
fn a_part_may_change_by_more_than_its_whole() {
    let text = drafted(&[monthly(1, 0), monthly(2, 0), monthly(4, 0)]);
    assert!(text.contains("for = \"each column of t1 except c4\"\nholds = \"vat <= tax\""), "{text}");
    let outcome = audited(&text, &monthly(1, 0));
    assert_eq!((outcome.status, outcome.year), (Status::Clean, Some(2024)), "{:#?}", outcome.findings);
    assert_eq!(outcome.office.as_deref(), Some("甲县财政局"));
}

#[test]
fn a_form_of_quarters_is_read_in_every_quarter() {
    let form = |quarter: u32, n: i32| {
        workbook(&format!(
            "2024年第{quarter}季度新增就业情况统计表（单位：人）\n指标|合计|男|女\n单位就业|{}|{n}|5\n个体经营|9|4|5\n总计|{}|{}|10",
            n + 5,
            n + 14,
            n + 4
        ))
    };
    let text = drafted(&[form(1, 31), form(2, 47)]);
    assert!(text.contains("title = { zh = \"新增就业情况统计表\""), "{text}");
    for (quarter, n) in [(3, 8), (4, 62)] {
        let outcome = audited(&text, &form(quarter, n));
        assert_eq!((outcome.status, outcome.year), (Status::Clean, Some(2024)), "{text}");
        assert_eq!(outcome.fields.len(), 9);
    }
}

#[test]
fn an_office_with_an_english_name_is_called_as_it_is_written() {
    let form = |rest: &str| {
        workbook(&format!(
            "Local authority:|Northfield District Council\nYear ending 31 March|2024\nDuty|Accepted|Refused|Total\n{rest}"
        ))
    };
    let text = drafted(&[form("Prevention|1|2|3\nRelief|4|5|9\nTotal|5|7|12")]);
    let outcome = audited(&text, &form("Prevention|2|2|4\nRelief|4|5|9\nTotal|6|7|13"));
    assert_eq!(outcome.office.as_deref(), Some("Northfield District Council"));
    assert_eq!((outcome.year, outcome.status), (Some(2024), Status::Clean), "{:#?}", outcome.findings);
}
