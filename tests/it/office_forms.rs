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
    assert!(text.contains("holds = \"sum of cai_kuang_ye to sdschgyy = total\""), "{text}");
    assert!(
        text.contains("path = [\"企业单位数（个）\", \"#亏损企业\"], kind = \"count\", unit = \"个\""),
        "{text}"
    );
    let outcome = audited(&text, &yearbook(3, 0));
    assert_eq!((outcome.status, outcome.fields.len(), outcome.year), (Status::Clean, 18, Some(2024)));
    let last = &outcome.fields["t1.sdschgyy.total"];
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
    assert!(
        text.contains("for = \"each column of t1 except zeng_jian_e\"\nholds = \"vat <= tax\""),
        "{text}"
    );
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

#[test]
fn an_office_stands_behind_a_key_or_in_the_cell_beside_one() {
    let form = |head: &str| {
        workbook(&format!(
            "{head}\nYear ending 31 March|2024\nDuty|Accepted|Refused|Total\nPrevention|2|2|4\nRelief|4|5|9\nTotal|6|7|13"
        ))
    };
    let text = drafted(&[form("Council:|Eastvale Council")]);
    for key in ["Council:", "Authority name:", "Local authority name:", "Name of authority"] {
        let outcome = audited(&text, &form(&format!("{key}|Northfield District Council")));
        assert_eq!(outcome.office.as_deref(), Some("Northfield District Council"), "{key}");
        assert_eq!(outcome.year, Some(2024), "{key}");
    }
}

/// A survey with shares as printed: rounded to one decimal, so that they add up to a hundred but for that.
fn survey(k: i32, slip: i32) -> Vec<u8> {
    let tenths = |n: i32, all: i32| (n * 1000 + all / 2) / all;
    let shown = |tenths: i32| format!("{}.{}", tenths / 10, tenths % 10);
    let row = |name: &str, counts: [i32; 4], slip: i32| {
        let all: i32 = counts.iter().sum();
        let [good, fair, poor, bad] = counts.map(|n| tenths(n, all));
        let content = tenths(counts[0] + counts[1], all);
        let shares = [good, fair, poor + slip, bad, content].map(shown).join("|");
        format!("\n{name}|{all}|{shares}")
    };
    workbook(&format!(
        "2024年满意度调查结果（单位：人、%）\n项目|人数|很满意|满意|一般|不满意|满意率{}{}{}{}",
        row("治安", [311 + k, 212, 97 + 3 * k, 13], slip),
        row("交通", [101, 333 - k, 71, 29 + k], 0),
        row("环境", [77 + k, 410, 123, 57], 0),
        row("教育", [233, 144 + 5 * k, 39, 8 + k], 0),
    ))
}

#[test]
fn shares_as_printed_add_up_to_a_hundred_but_for_their_rounding() {
    let text = drafted(&[survey(1, 0), survey(2, 0), survey(7, 0)]);
    assert!(text.contains("holds = \"sum of hen_man_yi to bu_man_yi = 100\""), "{text}");
    assert!(text.contains("holds = \"hen_man_yi + man_yi = man_yi_lv\""), "{text}");
    assert!(
        text.contains("path = [\"一般\"], kind = \"amount\", roll_up = \"none\", rounded = 0.1"),
        "{text}"
    );
    assert_eq!(audited(&text, &survey(11, 0)).status, Status::Clean);
    let wrong = audited(&text, &survey(11, 30));
    assert_eq!(wrong.findings.len(), 1, "{:#?}", wrong.findings);
    assert!(wrong.findings[0].cells.iter().any(|c| c.to_string() == "Sheet1!E3"), "{:#?}", wrong.findings);
}

#[test]
fn a_blank_form_with_growth_by_formulas_is_learnt_and_not_accused() {
    let row =
        |name: &str, n: u32| format!("\n{name}|{n}|||=C{r}-D{r}|=ROUND((C{r}-D{r})/D{r}*100,2)", r = n + 2);
    let blank = format!(
        "预算执行表\n项目|行次|决算数|上年数|增减额|增减%{}{}",
        row("教育支出", 1),
        row("科技支出", 2)
    );
    let bytes = workbook(&blank);
    let source = Source { name: "blank.xlsx", bytes: &bytes };
    let drafted = draft(&[source], "learnt", &Options::default()).unwrap();
    let text = &drafted.text;
    assert!(text.contains("holds = \"jue_suan_shu * 100 - last_year * 100 = change * last_year\""), "{text}");
    assert!(!drafted.doubts.iter().any(|d| d.zh.contains("公式没有用上")), "{:#?}", drafted.doubts);
    let form = load(text, "learnt.toml").unwrap();
    let told = audit::own_samples(&[Source { name: "blank.xlsx", bytes: &bytes }], form);
    assert!(told.zh.contains("空白，没有数可审"), "{}", told.zh);
}

#[test]
fn a_row_without_a_code_in_a_blank_form_is_a_heading() {
    let blank = "Code|Household|Prevention|Relief\nE1|Single\nE2|Family\nE3|Total (E1 + E2)\n|By age\nA1|16 to 24\nA2|25 and over\nA3|Total, all ages";
    let text = drafted(&[workbook(blank)]);
    assert!(
        text.contains("path = [\"By age\", \"25 and over\"]") && !text.contains("path = [\"By age\"]"),
        "{text}"
    );
    assert!(text.contains("= total_all_ages"), "{text}");
}

#[test]
fn a_table_of_hundreds_of_rows_has_its_total_and_one_of_thousands_is_told_to_be_split() {
    use std::fmt::Write;
    let form = |rows: u32| {
        let mut grid = String::from("各村户数统计表\n村名|户数|人口");
        let mut sums = [0, 0];
        for n in 1..=rows {
            let (homes, people) = (50 + n % 97, 300 + n * 7 % 311);
            sums = [sums[0] + homes, sums[1] + people];
            write!(grid, "\n第{n}村|{homes}|{people}").unwrap();
        }
        workbook(&format!("{grid}\n合计|{}|{}", sums[0], sums[1]))
    };
    let text = drafted(&[form(320)]);
    assert!(text.contains("holds = \"sum of di_1_cun to di_320_cun = total\""), "the total of all rows");
    let book =
        gouji::read_workbook(&Source { name: "a.xlsx", bytes: &form(2100) }, &gouji::Limits::default());
    let drafted = gouji::form::learn(&book.unwrap().book, "long", &[]).unwrap();
    let told = drafted.doubts.iter().filter(|d| d.zh.contains("只起草了前 2000 行")).count();
    assert_eq!(told, 1, "{:#?}", drafted.doubts);
}

#[test]
fn each_classification_of_a_whole_adds_up_by_itself() {
    let head = "新增就业表（单位：人、万元）\n指标|合计|按性别分|<|按户籍分|<|补贴金额（万元）\n^|^|男|女|本地|外地|^";
    let text = drafted(&[workbook(&format!("{head}\n单位就业\n个体经营\n灵活就业"))]);
    let guesses = text.matches("status = \"draft\" # ").count();
    assert!(text.contains("holds = \"male + female = total\"") && guesses == 2, "{text}");
    assert!(!text.contains("to wai_di = total"), "{text}");
    let filled = |k: i32| {
        let row =
            |name: &str, n: i32| format!("\n{name}|{n}|{}|{k}|{}|{}|{}.5", n - k, n - 3 * k, 3 * k, 7 * n);
        workbook(&format!(
            "{head}{}{}{}",
            row("单位就业", 311 + k),
            row("个体经营", 97),
            row("灵活就业", 204 - k)
        ))
    };
    let text = drafted(&[filled(5), filled(11), filled(2)]);
    assert!(
        text.contains("holds = \"ben_di + wai_di = total\"") && !text.contains("status = \"draft\" # "),
        "{text}"
    );
    assert_eq!(audited(&text, &filled(8)).status, Status::Clean);
}

/// A blank form of inspections: three levels of headers, units for the whole table, relations below it.
fn inspections(notes: &str) -> Vec<u8> {
    workbook(&format!(
        "安全检查统计表|<|<|<|<|<|<|<|<\n\
        |||||||单位：家、次、项、万元\n\
        行业|<|应检企业数|检查企业数|<|<|检查次数|隐患（项）|<|<|行政处罚\n\
        ^|^|^|合计|其中|<|^|发现|已整改|未整改|金额（万元）\n\
        ^|^|^|^|重点企业|一般企业|^|^|^|^|^\n\
        一、工矿商贸|小计\n\
        ^|1.矿山\n\
        ^|2.危化品\n\
        二、交通运输|小计\n\
        ^|1.道路\n\
        ^|2.水上\n\
        三、其他|<\n\
        总数|<\n\
        {notes}|<|<|<|<|<|<|<|<"
    ))
}

fn learnt_from(book: &[u8]) -> (Vec<String>, Vec<String>, String) {
    let sources = [Source { name: "form.xlsx", bytes: book }];
    let drafted = draft(&sources, "inspections", &Options::default()).unwrap();
    let form = load(&drafted.text, "inspections.toml").unwrap_or_else(|e| panic!("{e}\n{}", drafted.text));
    let rules = form.rules.iter().map(|r| r.formula.clone()).collect();
    (rules, drafted.doubts.iter().map(|d| d.zh.clone()).collect(), drafted.text)
}

#[test]
fn relations_below_a_form_are_read_by_labels_of_two_levels_and_by_list_marks() {
    let book = inspections(
        "勾稽关系：1.检查企业数合计=重点企业+一般企业；2.发现隐患=已整改+未整改；3.检查企业数≤应检企业数；\
        4.总数行=一+二+三；5.检查次数应不小于检查企业数合计；6.隐患未整改不超过隐患发现。",
    );
    let (rules, doubts, text) = learnt_from(&book);
    for expected in [
        "zhong_dian_qi_ye + yi_ban_qi_ye = total",
        "yi_zheng_gai + wei_zheng_gai = fa_xian",
        "total <= ying_jian_qi_ye_shu",
        "gong_kuang_shang_mao.subtotal + jiao_tong_yun_shu.subtotal + other = total",
        "total <= jian_cha_ci_shu",
        "wei_zheng_gai <= fa_xian",
    ] {
        assert!(rules.iter().any(|r| r == expected), "{expected} is not among {rules:#?}\n{text}");
    }
    assert!(text.contains("由说明“4.总数行=一+二+三”提出"), "{text}");
    assert!(!doubts.iter().any(|d| d.contains("没有读成关系")), "{doubts:#?}");
}

#[test]
fn columns_by_number_are_counted_where_the_form_numbers_none_and_that_is_a_guess() {
    let (rules, doubts, text) = learnt_from(&inspections("审核关系：第2列=第3列+第4列；第1列>第2列"));
    assert!(
        rules.iter().any(|r| r == "zhong_dian_qi_ye + yi_ban_qi_ye = total")
            && rules.iter().any(|r| r == "total < ying_jian_qi_ye_shu"),
        "{text}"
    );
    assert!(doubts.iter().any(|d| d.contains("从第一个数字列、数字行数起的")), "{doubts:#?}");
    assert!(doubts.iter().any(|d| d.contains("有 2 条关系只是猜想")), "{doubts:#?}");
}

#[test]
fn a_printed_relation_that_is_not_understood_is_told_in_its_words() {
    let book = inspections(
        "勾稽关系：1.已整改率=已整改÷发现；2.若金额大于0，则检查次数大于0；3.一般企业为其余各项之和；4.第4行为小计",
    );
    let (_, doubts, _) = learnt_from(&book);
    for said in [
        "1.已整改率=已整改÷发现",
        "2.若金额大于0",
        "则检查次数大于0",
        "3.一般企业为其余各项之和",
        "4.第4行为小计",
    ] {
        let told =
            doubts.iter().any(|d| d.contains(&format!("{said}”没有读成关系")) && d.contains("[[relation]]"));
        assert!(told, "{said} is not among {doubts:#?}");
    }
}

#[test]
fn below_a_list_of_units_a_column_without_its_own_is_a_count_and_that_is_told() {
    let (_, doubts, text) = learnt_from(&inspections("说明：无"));
    assert!(text.contains("kind = \"count\" # 家、次、项、万元"), "{text}");
    assert!(
        text.contains("path = [\"行政处罚\", \"金额（万元）\"], kind = \"amount\", unit = \"万元\""),
        "{text}"
    );
    let told = |d: &String| {
        d.contains("“单位：家、次、项、万元”管整张表")
            && d.contains("ying_jian_qi_ye_shu、total、zhong_dian_qi_ye")
    };
    assert!(doubts.iter().any(told), "{doubts:#?}");
}

#[test]
fn lines_behind_of_which_are_parts_too_where_indents_list_marks_or_numbers_say_so() {
    let indented = "收支表\n项目|甲|乙\n财政拨款\n  其中：教育\n        医疗\n        社保\n事业收入\n合计";
    let marked = "收支表\n项目|甲|乙\n1.财政拨款\n其中：教育\n医疗\n社保\n2.事业收入\n合计";
    for grid in [indented, marked] {
        let text = drafted(&[workbook(grid)]);
        assert!(text.contains("holds = \"cai_zheng_bo_kuan + shi_ye_shou_ru = total\""), "{text}");
        for part in ["jiao_yu", "yi_liao", "she_bao"] {
            assert!(text.contains(&format!("holds = \"{part} <= cai_zheng_bo_kuan\"")), "{part}: {text}");
        }
    }
    // without either, filled copies tell
    let filled = |k: i32| {
        let row = |name: &str, n: i32| format!("\n{name}|{}|{}", n, n * 3 + k);
        let (whole, own) = (510 + 7 * k, 88 * k);
        let grid = [("财政拨款", whole), ("其中：教育", 100 + k), ("医疗", 207), ("事业收入", own)];
        let body: String = grid.iter().map(|(name, n)| row(name, *n)).collect();
        workbook(&format!("收支表\n项目|甲|乙{body}\n合计|{}|{}", whole + own, (whole + own) * 3 + 2 * k))
    };
    let text = drafted(&[filled(1), filled(2), filled(5)]);
    assert!(text.contains("holds = \"cai_zheng_bo_kuan + shi_ye_shou_ru = total\""), "{text}");
    assert!(!text.contains("yi_liao + shi_ye_shou_ru"), "{text}");
}

#[test]
fn a_formula_over_a_sheet_that_is_carried_on_is_one_relation_of_the_table() {
    let first =
        "6-4  主要指标\n行业|单位数|职工数\n总计|='6-4续'!B3+B4|='6-4续'!C3+C4\n采矿业|31|207\n纺织业|7|9";
    let second = "6-4  续表\n行业|单位数|职工数\n医药业|12|88\n供水业|5|6";
    let book = sheets(&[
        ("6-4", &first.replace("+B4", "+B4+B5+'6-4续'!B4").replace("+C4", "+C4+C5+'6-4续'!C4")),
        ("6-4续", second),
    ]);
    let text = drafted(&[book]);
    assert_eq!(text.matches("[[relation]]").count(), 1, "{text}");
    assert!(text.contains("for = \"each column of t1\""), "{text}");
}

#[test]
fn bracketed_numbers_in_printed_relations_are_columns_where_rows_are_numbered_01() {
    let grid = "在校学生情况表\n指标名称|代码|合计|小学|初中\n甲|乙|1|2|3\n在校生|01\n女生|02\n男生|03\n\
                说明：审核关系：(1)=(2)+(3)；01=02+03；(3)≤(1)。";
    let (_, doubts, text) = learnt_from(&workbook(grid));
    assert!(text.contains("for = \"each row of t1\"\nholds = \"c02 + c03 = total\""), "{text}");
    assert!(text.contains("for = \"each column of t1\"\nholds = \"r02 + r03 = r01\""), "{text}");
    assert!(doubts.iter().all(|d| !d.contains("没有读成关系")), "{doubts:#?}");
}
