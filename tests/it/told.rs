//! What people are told where a table stands oddly: which sheet was read and why, what was seen and not taken.

use super::layouts::{parse, workbook};
use gouji::audit::{Options, audit};
use gouji::finding::{Lang, Outcome, Severity};

/// The form on one sheet; each number says which field it is.
const FORM: &str = include_str!("layouts/one_sheet.txt");

/// What a workbook drawn as text gives; its numbers balance nowhere.
fn outcome(text: &str) -> Outcome {
    outcome_of("表.xlsx", text)
}

fn outcome_of(name: &str, text: &str) -> Outcome {
    let select = vec!["S".to_owned(), "V".to_owned()];
    audit(name, &workbook(&parse(text)), &Options { select, ..Default::default() }).outcome
}

/// Code and message of each finding.
fn told(outcome: &Outcome) -> Vec<String> {
    outcome.findings.iter().map(|f| format!("{} {}", f.code, f.message.get(Lang::Zh))).collect()
}

/// The form on a sheet of another name, its first number changed.
fn copy(name: &str, first: &str) -> String {
    FORM.replace("[年报表格]", &format!("[{name}]")).replace("20101", first)
}

#[test]
fn of_two_sheets_that_differ_both_are_named_with_a_cell_and_why_one_was_read() {
    for (one, other, read, why) in [
        ("石碁镇", "石碁镇（定稿）", "石碁镇（定稿）", "名称说明它是定稿"),
        ("镇本级", "全镇合计", "全镇合计", "名称说明它是各部分的合计"),
    ] {
        let second = copy(other, "12").replace("石碁镇人民政府2022年", "石碁镇人民政府");
        let outcome = outcome(&format!("{}\n{second}", copy(one, "11").replace("石碁镇人民政府2022年", "")));
        let told = told(&outcome);
        let [first] = told.iter().filter(|t| t.starts_with("S008")).collect::<Vec<_>>()[..] else {
            panic!("{told:?}")
        };
        let place = outcome.fields.get("t2.rules.made").map(|f| f.cell.to_string());
        assert_eq!(place.as_deref(), Some(format!("{read}!B6").as_str()), "{told:?}");
        for part in
            [one, other, &format!("{one}!B6 是 11"), &format!("{other}!B6 是 12"), "1 处数字不同", why]
        {
            assert!(first.contains(part), "{part}: {first}");
        }
    }
}

#[test]
fn of_two_sheets_the_one_is_read_that_its_name_speaks_for() {
    for (not_read, read) in [
        ("1-6月", "1-12月"),
        ("截至6月底", "截至12月底"),
        ("上半年", "2022年"),
        ("上会稿", "印发稿"),
        ("旧", "新"),
        ("第一次报送", "第二次报送"),
        ("v1", "v2"),
        ("测试数据", "正式数据"),
        ("2023年预填", "2022年"),
        ("上年", "本年"),
    ] {
        for order in [[not_read, read], [read, not_read]] {
            let first = |name: &str| if name == read { "12" } else { "11" };
            let sheets = order.map(|n| copy(n, first(n)).replace("石碁镇人民政府2022年", "石碁镇人民政府"));
            let outcome = outcome(&sheets.join("\n"));
            let place = outcome.fields.get("t2.rules.made").map(|f| f.cell.to_string());
            assert_eq!(place.as_deref(), Some(format!("{read}!B6").as_str()), "{order:?}");
            let told = told(&outcome);
            assert!(
                told.iter().any(|t| t.starts_with("S007") && t.contains(not_read)),
                "{order:?}: {told:?}"
            );
        }
    }
}

#[test]
fn beside_sheets_of_the_year_before_those_without_a_year_are_of_the_year_on_the_cover() {
    let last = copy("2022年", "11");
    let own = copy("报表", "12").replace("石碁镇人民政府2022年", "");
    let cover = "[封面]\n石碁镇人民政府2023年政府信息公开工作年度报告";
    for sheets in [[cover, &last, &own], [cover, &own, &last]] {
        let outcome = outcome(&sheets.join("\n"));
        let place = outcome.fields.get("t2.rules.made").map(|f| f.cell.to_string());
        assert_eq!(place.as_deref(), Some("报表!B6"), "{:?}", told(&outcome));
        assert_eq!(outcome.fields.len(), 200);
    }
}

/// The form on one sheet without a year, below what stands in front of its title.
fn undated(first: &str, head: &str) -> String {
    let own = copy("报表", first).replace("石碁镇人民政府2022年", "");
    own.replacen("[报表]\n", &format!("[报表]\n{head}"), 1)
}

/// The same with each number changed.
fn other_numbers(text: &str) -> String {
    let cell = |c: &str| c.parse::<u32>().map_or(c.to_owned(), |n| (n + 7).to_string());
    let line = |l: &str| l.split(" | ").map(cell).collect::<Vec<String>>().join(" | ");
    text.lines().map(|l| format!("{}\n", line(l))).collect()
}

/// The sheet that the first number was read from.
fn sheet_read(outcome: &Outcome) -> Option<String> {
    outcome.fields.get("t2.rules.made").map(|f| f.cell.to_string().split('!').next().unwrap().to_owned())
}

#[test]
fn beside_a_sheet_of_the_year_before_the_year_may_be_said_anywhere() {
    let last = copy("2022年", "11");
    for (name, head) in [
        ("石碁镇2023年度报表.xlsx", ""),
        ("石碁镇二〇二三年年报.xlsx", ""),
        ("表.xlsx", "填报单位：石碁镇人民政府    2023年度\n"),
        ("表.xlsx", "填报单位：石碁镇人民政府 | 报告年度：2023年\n"),
        ("表.xlsx", "报告年度 | 2023\n"),
        ("表.xlsx", "填报单位：石碁镇人民政府 | 填报日期：2024年1月10日\n"),
    ] {
        for sheets in [[&last, &undated("12", head)], [&undated("12", head), &last]] {
            let outcome = outcome_of(name, &sheets.map(String::as_str).join("\n"));
            let read = sheet_read(&outcome);
            assert_eq!(read.as_deref(), Some("报表"), "{name} {head}: {:?}", told(&outcome));
            assert_eq!((outcome.year, outcome.fields.len()), (Some(2023), 200), "{name} {head}");
        }
    }
    let titled = undated("12", "").replace("二、主动公开", "2023年主动公开");
    let outcome = outcome(&format!("{titled}\n{last}"));
    assert_eq!((sheet_read(&outcome).as_deref(), outcome.year), (Some("报表"), Some(2023)));
}

#[test]
fn a_table_whose_title_says_the_year_is_the_report_beside_all_tables_of_the_year_before() {
    let own = undated("12", "").replace("二、主动公开", "2023年主动公开");
    let own = &own[..own.find("三、收到").unwrap()];
    let last = other_numbers(&copy("2022年", "11"));
    for sheets in [[own, &last], [&last, own]] {
        let outcome = outcome(&sheets.join("\n"));
        assert_eq!((outcome.fields.len(), outcome.year), (10, Some(2023)), "{:?}", told(&outcome));
        assert_eq!(sheet_read(&outcome).as_deref(), Some("报表"));
    }
}

#[test]
fn beside_a_dated_sheet_one_that_nothing_dates_is_not_read_and_neither_is_the_dated_one() {
    let last = other_numbers(&copy("2022年", "11"));
    let both = format!("{}\n{last}", undated("12", ""));
    let unknown = outcome(&both);
    assert_eq!((unknown.fields.len(), unknown.year), (0, None), "{:?}", told(&unknown));
    assert!(told(&unknown).iter().any(|t| t.starts_with("S008")), "{:?}", told(&unknown));
    let named = outcome(&both.replace("[报表]", "[本年]"));
    assert_eq!(sheet_read(&named).as_deref(), Some("本年"), "{:?}", told(&named));
    let of_2022 = outcome_of("石碁镇2022年报表.xlsx", &both);
    assert_eq!(sheet_read(&of_2022).as_deref(), Some("2022年"), "{:?}", told(&of_2022));
    assert!(told(&of_2022).iter().any(|t| t.starts_with("S008") && t.contains("只有它写明了年份")));
}

#[test]
fn a_table_that_a_report_lacks_is_not_taken_from_a_hidden_sheet_of_a_named_year() {
    let own: String = FORM[..FORM.find("四、政府").unwrap()].replace("石碁镇人民政府2022年", "");
    let hidden =
        copy("表2022", "11").replace("[表2022]", "[表2022] hidden").replace("石碁镇人民政府2022年", "");
    let outcome = outcome(&format!("{own}\n{hidden}"));
    assert_eq!(outcome.fields.len(), 185, "{:?}", told(&outcome));
    assert!(
        told(&outcome).iter().any(|t| t.starts_with("S001") && t.contains("表2022")),
        "{:?}",
        told(&outcome)
    );
}

#[test]
fn a_heading_of_another_year_holds_for_all_tables_below_that_stand_once_more() {
    let tables = &FORM[FORM.find("二、主动").unwrap()..];
    let last = other_numbers(tables);
    for heading in ["附：上年数据", "附：2021年对照表", "去年数据（参考）"] {
        let outcome = outcome(&format!("{FORM}\n\n{heading}\n{last}"));
        assert_eq!(outcome.fields.len(), 200, "{heading}: {:?}", told(&outcome));
        let lowest = outcome.fields.values().map(|f| f.cell.cell.row).max();
        assert!(lowest < Some(FORM.lines().count() as u32), "{heading}");
        assert!(told(&outcome).iter().any(|t| t.starts_with("S007") && t.contains(heading)), "{heading}");
    }
}

#[test]
fn a_year_over_a_copy_beside_a_table_does_not_make_it_the_reports() {
    let text = include_str!("layouts/last_year_beside_under_one_cell.txt");
    for caption in ["2022年数", "2022年"] {
        let drawn = text.replace("上年数", caption).replace("石碁镇人民政府2022年", "石碁镇人民政府");
        let outcome = outcome(&drawn);
        let of_copy =
            outcome.fields.iter().filter(|(id, f)| id.starts_with("t3.") && f.cell.cell.col > 9).count();
        assert_eq!(of_copy, 0, "{caption}: {:?}", told(&outcome));
        assert!(told(&outcome).iter().any(|t| t.starts_with("S008")), "{caption}: {:?}", told(&outcome));
    }
}

#[test]
fn a_missing_table_is_not_taken_from_a_hidden_sheet_that_is_called_last_years() {
    let end = FORM.find("三、收到").unwrap();
    let own = FORM[..end].replace("石碁镇人民政府2022年", "");
    let last = copy("去年", "11").replace("[去年]", "[去年] hidden");
    let outcome = outcome(&format!("{own}\n{last}"));
    let of_last = outcome.fields.values().filter(|f| f.cell.to_string().contains("去年")).count();
    assert_eq!((of_last, outcome.fields.len()), (0, 10), "{:?}", told(&outcome));
}

#[test]
fn one_row_for_all_other_handling_is_known_by_its_list_mark_and_without_one_it_is_told() {
    let is_part = |l: &&str| l.contains("1.申请人无正当理由逾期") || l.contains("2.申请人逾期未按");
    let rest: Vec<&str> = FORM.lines().filter(|l| !is_part(l)).collect();
    for (label, read) in [("（六）其他", true), ("其他", false)] {
        let form = rest.join("\n").replace("^ | ^ | 3.其他", &format!("^ | {label} | <"));
        let outcome = outcome(&form);
        assert!(!outcome.fields.contains_key("t3.other.other.natural"), "{label}");
        assert_eq!(outcome.fields.contains_key("t3.other.natural"), read, "{label}: {:?}", told(&outcome));
        let is_told = told(&outcome).iter().any(|t| t.starts_with("S002") || t.starts_with("S003"));
        assert_eq!(is_told, !read, "{label}: {:?}", told(&outcome));
    }
}

#[test]
fn of_two_sheets_that_nothing_speaks_for_only_that_is_read_in_which_they_agree() {
    let changed = outcome(&format!("{}\n{}", copy("甲", "11"), copy("乙", "12")));
    assert!(!changed.fields.contains_key("t2.rules.made"), "one of them is wrong, and nothing says which");
    assert_eq!(changed.fields.len(), 199);
    let said = "同一张表在工作表“甲”、“乙”中各有一份，1 处数字不同";
    let is_told =
        |t: &&String| t.starts_with("S008") && t.contains(said) && t.contains("没有写明哪一份是应报的");
    assert_eq!(told(&changed).iter().filter(is_told).count(), 1, "{:?}", told(&changed));
    assert_eq!(told(&changed).iter().filter(|t| t.starts_with("S00")).count(), 1, "{:?}", told(&changed));

    let another = FORM.replace("[年报表格]", "[乙]").replace(" | 4", " | 5").replace("40101", "50101");
    let other = outcome(&format!("{}\n{another}", copy("甲", "20101")));
    assert!(!other.fields.keys().any(|f| f.starts_with("t4")), "table 4 is another, in every number");
    assert_eq!(other.fields.len(), 185);
}

#[test]
fn a_missing_table_is_not_taken_from_a_sheet_that_says_it_is_none_of_the_reports() {
    let at = FORM.find("四、政府信息公开行政复议").expect("table 4");
    let (rest, four) = FORM.split_at(at);
    for (name, title, why) in [
        ("2021年", "", "别的年份"),
        ("去年数据", "", "别的年份"),
        ("填报示例", "", "示例"),
        ("上半年", "", "一部分"),
        ("番禺区", "南村镇人民政府2022年政府信息公开工作年度报告", "别的单位"),
        ("全区汇总", "", "更大范围"),
        ("附表", "石碁镇人民政府2021年政府信息公开工作年度报告", "别的年份"),
    ] {
        for hidden in ["", " hidden"] {
            let outcome = outcome(&format!("{rest}\n[{name}]{hidden}\n{title}\n{four}"));
            assert!(!outcome.fields.keys().any(|f| f.starts_with("t4")), "{name}");
            assert_eq!(outcome.fields.len(), 185, "{name}");
            let told = told(&outcome);
            let said = |t: &String| t.starts_with("S001") && t.contains(name) && t.contains(why);
            assert!(told.iter().any(said), "{name}: {told:?}");
        }
    }
    let annex = outcome(&format!("{rest}\n附：上年度（2021年）情况\n{four}"));
    assert!(!annex.fields.keys().any(|f| f.starts_with("t4")));
    assert!(
        told(&annex).iter().any(|t| t.starts_with("S001") && t.contains("附：上年度")),
        "{:?}",
        told(&annex)
    );
    let later = outcome(&format!("{rest}\n[附表]\n{four}"));
    assert_eq!(later.fields.len(), 200, "a sheet that says nothing carries the report on");
}

#[test]
fn of_one_sheet_below_titles_of_two_years_nothing_is_taken_from_the_earlier() {
    let without = &FORM[..FORM.find("四、政府信息公开行政复议").expect("table 4")];
    let earlier = FORM.replace("[年报表格]", "").replace("2022年", "2021年");
    let below = without.replace("[年报表格]", "");
    for text in [format!("{without}\n{earlier}"), format!("[年报表格]\n{earlier}\n{below}")] {
        let outcome = outcome(&text);
        assert!(!outcome.fields.keys().any(|f| f.starts_with("t4")), "{:?}", told(&outcome));
        assert_eq!(outcome.fields.len(), 185);
        assert!(
            told(&outcome).iter().any(|t| t.starts_with("S001") && t.contains("2021年")),
            "{:?}",
            told(&outcome)
        );
    }
}

#[test]
fn a_draft_or_an_example_is_not_read_where_the_report_stands() {
    for name in ["初稿", "填报示例", "样表", "1月备份"] {
        let example = copy(name, "11").replace("石碁镇", "××镇");
        let outcome = outcome(&format!("{example}\n{}", copy("报表", "12")));
        assert_eq!(outcome.office.as_deref(), Some("石碁镇人民政府"), "{name}");
        let place = outcome.fields.get("t2.rules.made").map(|f| f.cell.to_string());
        assert_eq!(place.as_deref(), Some("报表!B6"), "{name}");
        let told = told(&outcome);
        assert!(told.iter().any(|t| t.starts_with("S007") && t.contains(name)), "{told:?}");
        assert!(!told.iter().any(|t| t.starts_with("S008") || t.starts_with("S010")), "{told:?}");
    }
    let alone = outcome(&copy("填报模板", "11"));
    assert!(alone.fields.contains_key("t2.rules.made") && told(&alone).is_empty(), "{:?}", told(&alone));
}

#[test]
fn a_copy_of_the_blank_form_is_not_read_where_it_is_filled_in() {
    let without = |line: &str| {
        let cells = line.split(" | ").map(|c| if c.parse::<u32>().is_ok() { "" } else { c });
        cells.collect::<Vec<_>>().join(" | ")
    };
    let blank = FORM.lines().map(without).collect::<Vec<_>>().join("\n").replace("年报表格", "空表");
    for text in [format!("{blank}\n{FORM}"), format!("{FORM}\n{blank}")] {
        let outcome = outcome(&text);
        let place = outcome.fields.get("t2.rules.made").map(|f| f.cell.to_string());
        assert_eq!(place.as_deref(), Some("年报表格!B6"));
        assert!(told(&outcome).is_empty(), "{:?}", told(&outcome));
    }
}

#[test]
fn rows_too_many_called_as_a_row_of_another_group_are_no_second_table() {
    let more = "^ | ^ | 4.其他 | 9 | 8 | 7 | 6 | 5 | 4 | 3\n";
    let (mut text, mut added) = (String::new(), 0);
    for line in FORM.lines() {
        text += &format!("{line}\n");
        if line.contains("3.补正后") || line.contains("8.属于行政查询") {
            text += more;
            added += 1;
        }
    }
    assert_eq!(added, 2);
    let outcome = outcome(&text);
    let told = told(&outcome);
    assert_eq!(told.iter().filter(|t| t.starts_with("S003 “4.其他”共 2 行")).count(), 1, "{told:?}");
    assert!(!told.iter().any(|t| t.starts_with("S008")), "{told:?}");
    assert_eq!(outcome.fields.len(), 200);
}

#[test]
fn a_row_of_a_group_is_no_column_of_the_row_called_as_the_group() {
    let label = |line: &str| line.split(" | ").take(3).collect::<Vec<_>>().join(" | ");
    let sheet = |name: &str| {
        let from = FORM.find("一、本年新收").expect("table 3");
        let to = FORM.find("四、政府信息公开行政复议").expect("table 4");
        let rows: Vec<String> = FORM[from..to].lines().filter(|l| !l.is_empty()).map(label).collect();
        format!("[{name}]\n项目 | < | < | 件数\n{} | 5\n", rows.join(" | 5\n"))
    };
    let sheets = ["自然人", "商业企业", "其他", "总计"].map(sheet).concat();
    let outcome = outcome(&format!("{}{sheets}", &FORM[..FORM.find("三、收到和").expect("table 3")]));
    let of_three: Vec<_> = outcome.fields.keys().filter(|f| f.starts_with("t3")).collect();
    assert!(of_three.is_empty(), "{of_three:?}");
    assert!(
        told(&outcome).iter().any(|t| t.starts_with("S001") && t.contains("表三")),
        "{:?}",
        told(&outcome)
    );
}

#[test]
fn of_a_row_that_was_partly_read_the_columns_left_out_are_named() {
    let outcome = outcome(&FORM.replace("30602 | 30603 | 30604", "30602 | < | <"));
    assert!(outcome.fields.contains_key("t3.denied.law_forbidden.natural"));
    let told = told(&outcome);
    let row =
        "“（三）不予公开 / 2.其他法律行政法规禁止公开”行没有读全：“商业企业”、“科研机构”、“社会公益组织”";
    assert!(told.iter().any(|t| t.starts_with("S002") && t.contains(row)), "{told:?}");
}

/// The form with its table 3 drawn anew, line by line: titles and header as they are, each row from its three label
/// cells and its numbers.
fn with_table_3(header: &str, row: impl Fn(&[&str], &[&str]) -> String) -> String {
    let (from, rows) = (FORM.find("（本列数据").expect("a header"), FORM.find("一、本年新收").expect("rows"));
    let to = FORM.find("\n\n四、政府信息公开行政复议").expect("table 4");
    let cells = |line: &str| line.split(" | ").map(str::to_owned).collect::<Vec<_>>();
    let drawn = FORM[rows..to].lines().map(cells).map(|line| {
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        row(&line[..3], &line[3..])
    });
    format!("{}{header}\n{}{}", &FORM[..from], drawn.collect::<Vec<_>>().join("\n"), &FORM[to..])
}

const COLUMNS: &str = "自然人 | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | 总计";

#[test]
fn a_table_that_is_seen_and_not_read_is_told_with_what_is_in_the_way() {
    let left = with_table_3(COLUMNS, |labels, n| format!("{} | {}", n.join(" | "), labels.join(" | ")));
    let headless = with_table_3("", |labels, n| format!("{} | {}", labels.join(" | "), n.join(" | ")));
    let others = " |  |  | 东村 | 西村 | 南村 | 北村 | 中村 | 上村 | 下村";
    let villages = with_table_3(others, |labels, n| format!("{} | {}", labels.join(" | "), n.join(" | ")));
    for (text, why) in [
        (left, "数字写在标题的左边"),
        (headless, "数字上面没有列标题"),
        (villages, "数字上面是“东村”（D20），不是规定的列标题"),
    ] {
        let outcome = outcome(&text);
        assert!(!outcome.fields.keys().any(|f| f.starts_with("t3")), "{why}");
        let told = told(&outcome);
        let said = |t: &String| {
            t.starts_with("S00") && t.contains("表三") && t.contains(why) && t.contains("年报表格!")
        };
        assert!(told.iter().any(said), "{why}: {told:?}");
    }
}

#[test]
fn a_row_that_is_divided_or_shares_its_line_is_told() {
    let divided = "行政许可 | 执法队 | 3\n^ | 应急办 | 4";
    for (from, to, why) in [
        ("行政许可 | 20301 | < | <", divided, "“行政许可”（年报表格!A10）在表上，但又分成“执法队”（B10）"),
        (
            "信息内容 | 本年处理决定数量 | < | <\n行政处罚 | 20401 | < | <\n行政强制 | 20501 | < | <",
            "行政处罚 | 3 | 行政强制 | 4",
            "“本年处理决定数量”有不止一组数字",
        ),
    ] {
        assert!(FORM.contains(from), "{from}");
        let told = told(&outcome(&FORM.replace(from, to)));
        assert!(told.iter().any(|t| t.starts_with("S002") && t.contains(why)), "{why}: {told:?}");
    }
}

/// The form with one more column in table 3 before the totals, under a heading.
fn with_a_column(heading: &str) -> String {
    let more = |line: &str| {
        let mut cells: Vec<&str> = line.split(" | ").collect();
        let of_table_3 = cells.iter().any(|c| c.len() == 5 && c.starts_with('3'));
        match cells.iter().position(|c| *c == "总计") {
            Some(at) if line.contains("自然人") => cells.insert(at, heading),
            _ if of_table_3 => cells.insert(cells.len() - 1, "7"),
            _ => {}
        }
        cells.join(" | ")
    };
    FORM.lines().map(more).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_column_of_numbers_that_is_on_no_form_is_told_once_with_its_heading() {
    let strange = outcome(&with_a_column("电话咨询件数"));
    let of_columns: Vec<_> = strange.findings.iter().filter(|f| f.code == "S003").collect();
    let [only] = of_columns[..] else { panic!("{:?}", told(&strange)) };
    let said = only.message.get(Lang::Zh);
    assert_eq!(said, "“电话咨询件数”不是规定格式中的列，其中的数字没有读取");
    assert_eq!(only.cells.len(), 1);
    assert_eq!(strange.fields.len(), outcome(FORM).fields.len());
    for known in ["备注", "小计", "占比", "总计"] {
        let told = told(&outcome(&with_a_column(known)));
        assert!(!told.iter().any(|t| t.starts_with("S003")), "{known}: {told:?}");
    }
}

#[test]
fn numbers_that_may_have_slid_are_told_with_the_cells_that_show_it() {
    let up = include_str!("layouts/slid_up_into_headings.txt");
    let column = include_str!("layouts/slid_in_one_column.txt");
    let articles = include_str!("layouts/slid_down_over_articles.txt");
    let right = include_str!("layouts/slid_to_the_right.txt");
    for (text, lines, sign) in [
        (up, "等 11 行的数字可能错了位", "D10 的“30501”不在规定的行、列里，而 D18 空着"),
        (column, "“科研机构”列的数字可能错了位", "F30 的“32503”不在规定的行、列里，而 F5 空着"),
        (
            articles,
            "“行政规范性文件”、“行政许可”、“行政处罚”等 4 行的数字可能错了位",
            "B13 的“20501”不在规定的行、列里，而 B11 空着",
        ),
    ] {
        let told = told(&outcome(text));
        let [one] = told.iter().filter(|t| t.starts_with("S002")).collect::<Vec<_>>()[..] else {
            panic!("{told:?}")
        };
        assert!(one.contains(lines) && one.contains(sign), "{one}");
        assert!(!told.iter().any(|t| t.starts_with("S003") || t.starts_with("V001")), "{told:?}");
    }
    let told = told(&outcome(right));
    let four = |t: &String| t.starts_with("S001") && t.contains("表四") && t.contains("P5 的“40115”");
    assert!(told.iter().any(four), "{told:?}");
}

#[test]
fn a_blank_row_and_numbers_beside_that_are_none_of_the_table_do_not_take_its_numbers_away() {
    let row = "二、上年结转政府信息公开申请数量 | < | <";
    let numbers = " | 30201 | 30202 | 30203 | 30204 | 30205 | 30206 | 30207";
    let blank = FORM.replace(&format!("{row}{numbers}"), row);
    assert_ne!(blank, FORM);
    assert_eq!(outcome(&blank).fields.len(), 200, "a row left blank");
    let checked = blank.replace("30107\n", "30107 | 0\n").replace("30307\n", "30307 | 0\n");
    assert_eq!(outcome(&checked).fields.len(), 200, "a column of checks beside it");
    let last = "32507\n";
    let noted = blank.replace(last, &format!("{last} |  | 联系电话 | 84871234\n"));
    assert_ne!(noted, blank);
    assert_eq!(outcome(&noted).fields.len(), 200, "a telephone number below it");
}

#[test]
fn of_numbers_that_hidden_rows_hold_as_well_those_that_show_are_read() {
    let numbers = FORM.lines().find(|l| l.starts_with("40101")).expect("table 4's numbers");
    let old = "1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 1 | 2 | 3 | 4 | 5 | 6 (hidden)";
    let outcome = outcome(&FORM.replace(numbers, &format!("{old}\n{numbers}")));
    assert_eq!(outcome.fields.get("t4.review.upheld").and_then(|f| f.value), Some(40101.into()));
    let told = told(&outcome);
    assert!(told.iter().any(|t| t.starts_with("S007") && t.contains("隐藏的行或列")), "{told:?}");
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_table_of_which_only_the_title_is_recognised_is_not_said_to_be_missing() {
    let four = FORM.find("行政复议 | <").expect("table 4");
    let sentence = format!("{}行政复议：维持12件，纠正3件，共15件", &FORM[..four]);
    let title = told(&outcome(&sentence));
    let alone = |t: &String| t.starts_with("S001") && t.contains("它的标题") && !t.contains("没有找到");
    assert!(title.iter().any(alone), "{title:?}");
}

#[test]
fn two_offices_beside_each_other_are_told_though_nothing_is_read() {
    let text = with_table_3(&format!(" |  |  | {COLUMNS} | {COLUMNS}"), |labels, n| {
        format!("{} | {} | {}", labels.join(" | "), n.join(" | "), n.join(" | "))
    });
    let (from, to) = (text.find("三、收到和").expect("table 3"), text.find("\n\n四、").expect("table 4"));
    let outcome = outcome(&format!("[年报]\n | 甲镇 | 乙镇\n{}", &text[from..to]));
    let message = outcome.failure.expect("nothing is read").message;
    assert!(message.get(Lang::Zh).contains("有不止一组数字"), "{message:?}");
    assert!(message.get(Lang::En).contains("more than one set of numbers"), "{message:?}");
}

#[test]
fn what_could_not_be_read_is_not_taken_for_nothing() {
    let all = Options { select: vec!["C401".to_owned()], ..Options::default() };
    let told = |text: &str| -> Vec<String> {
        let outcome = audit("表.xlsx", &workbook(&parse(text)), &all).outcome;
        let coded = outcome.findings.iter().filter(|f| f.code == "C401");
        coded.map(|f| f.message.get(Lang::Zh).to_owned()).collect()
    };
    let numbers: Vec<String> = (1..=5).map(|n| format!("4010{n}")).collect();
    let none = numbers.iter().fold(FORM.to_owned(), |form, n| form.replace(n, "0"));
    assert_eq!(told(&none).len(), 1, "suits after review, and no review");
    let unread = numbers.iter().fold(FORM.to_owned(), |form, n| form.replace(n, "见附件"));
    assert!(told(&unread).is_empty(), "how many reviews there were is not known");
    let blank = numbers.iter().fold(FORM.to_owned(), |form, n| form.replace(n, ""));
    let said = told(&blank);
    assert!(said.len() == 1 && said[0].contains("行政复议 5 格全部空白，没有填数"), "{said:?}");
}

/// The fields of a workbook drawn as text whose number is another's on the form.
fn misread(text: &str) -> Vec<String> {
    let form = outcome(FORM).fields;
    let read = outcome(text).fields;
    let wrong = |id: &&String| read[*id].value.is_some_and(|v| form[*id].value != Some(v));
    read.keys().filter(wrong).map(|id| format!("{id} is {:?}", read[id].value)).collect()
}

#[test]
fn a_number_beside_a_row_with_a_blank_cell_is_not_taken_into_it() {
    let row = "行政规范性文件 | 20201 | 20202 | 20203";
    let t3 =
        "一、本年新收政府信息公开申请数量 | < | < | 30101 | 30102 | 30103 | 30104 | 30105 | 30106 | 30107";
    let head = "^ | ^ | ^ | 自然人 | 法人或其他组织 | < | < | < | < | 总计";
    assert!(FORM.contains(row) && FORM.contains(t3) && FORM.contains(head));
    let last_year = FORM
        .replace("现行有效件数\n", "现行有效件数 | 上年现行有效件数\n")
        .replace(row, "行政规范性文件 |  | 20202 | 20203 | 88");
    let remark = FORM
        .replace(head, &format!("{head} | 备注"))
        .replace(t3, &format!("{} | 12", t3.replace("30101", "")));
    let stray = FORM.replace(t3, &format!("{} | 12", t3.replace("30101", "")));
    let checked = stray.replace("30207\n", "30207 | 0\n").replace("30307\n", "30307 | 0\n");
    for (name, text) in [("last year", last_year), ("remark", remark), ("check", checked), ("stray", stray)] {
        assert_eq!(misread(&text), Vec::<String>::new(), "{name}");
    }
    let pairs = "[年报]\n主动公开政府信息情况\n指标 | 数量 | 指标 | 数量\n\
        规章本年制发件数 | 11 | 行政规范性文件现行有效件数 | 45\n行政规范性文件本年制发件数 | 7 | 行政许可处理决定数量 | 9";
    let read = outcome(pairs);
    assert!(
        read.fields.get("t2.normative.made").is_none_or(|f| f.value == Some(7.into())),
        "{:?}",
        read.fields
    );
}

#[test]
fn sheets_that_a_sheet_of_sums_adds_up_are_its_parts() {
    let title = |name: &str, office: &str, numbers: fn(u32) -> u32| {
        let sheet = copy(name, "20101").replace("石碁镇人民政府", office);
        let number = |cell: &str| match cell.parse::<u32>() {
            Ok(n) if n >= 20_000 => numbers(n).to_string(),
            _ => cell.to_owned(),
        };
        let row = |line: &str| line.split(" | ").map(number).collect::<Vec<_>>().join(" | ");
        sheet.lines().map(row).collect::<Vec<_>>().join("\n")
    };
    let parts = [title("东村", "东村村民委员会", |n| n), title("西村", "西村村民委员会", |n| n + 1)];
    let sum = title("全镇汇总", "石碁镇人民政府", |n| 2 * n + 1);
    let outcome = |sum: &str| outcome(&format!("{}\n{sum}", parts.join("\n")));
    let added = outcome(&sum);
    assert_eq!(added.office.as_deref(), Some("石碁镇人民政府"));
    assert_eq!(added.fields.get("t2.rules.made").map(|f| f.cell.to_string()).as_deref(), Some("全镇汇总!B6"));
    assert!(
        !told(&added).iter().any(|t| t.starts_with("S008") || t.starts_with("S010")),
        "{:?}",
        told(&added)
    );
    let wrong = told(&outcome(&sum.replace("40203", "40204")));
    let of_parts = "S008 工作表“全镇汇总”应是“东村”、“西村”之和，1 处不等";
    assert!(
        wrong.iter().any(|t| t.starts_with(of_parts) && t.contains("40204") && t.contains("40203")),
        "{wrong:?}"
    );
}

/// The form with 0 everywhere but in rows of table 3 that begin so, and with a row too many behind the last of （三）.
fn with_rows(rows: &[(&str, &str)], more: &str) -> String {
    let zero = |cell: &str| if cell.parse::<u32>().is_ok() { "0".to_owned() } else { cell.to_owned() };
    let line = |line: &str| {
        let label = |(label, _): &&(&str, &str)| line.contains(label);
        let mut cells: Vec<String> = line.split(" | ").map(zero).collect();
        if let Some((_, numbers)) = rows.iter().find(label) {
            cells.truncate(3);
            cells.push((*numbers).to_owned());
        }
        let after = if line.contains("8.属于行政查询") { more } else { "" };
        format!("{}\n{after}", cells.join(" | "))
    };
    FORM.lines().map(line).collect()
}

#[test]
fn a_row_too_many_that_the_total_counts_is_why_it_is_off_and_no_cell_is_accused() {
    let audited_by = |total: &str, more: &str, select: &[&str]| {
        let rows =
            [("一、本年新收", total), ("（一）予以公开", "1 | 0 | 0 | 0 | 0 | 0 | 1"), ("（七）总计", total)];
        let book = workbook(&parse(&with_rows(&rows, more)));
        audit(
            "某镇2022.xlsx",
            &book,
            &Options { select: select.iter().map(|s| (*s).to_owned()).collect(), ..Options::default() },
        )
        .outcome
    };
    let audited = |total: &str, more: &str| audited_by(total, more, &[]);
    let more = "^ | ^ | 9.属于商业秘密 | 5 | 3 | 0 | 0 | 0 | 0 | 8\n";
    let outcome = audited("6 | 3 | 0 | 0 | 0 | 0 | 9", more);
    let [only] = outcome.findings.as_slice() else { panic!("{:#?}", told(&outcome)) };
    assert_eq!((only.codes().collect::<Vec<_>>(), only.relations.len()), (vec!["A302", "S003"], 3));
    let said = only.message.get(Lang::Zh);
    assert!(said.starts_with("“9.属于商业秘密”不是") && said.contains("多出的行被加进了合计"), "{said}");
    let label = only.cells.iter().map(|c| c.cell.to_string()).collect::<Vec<_>>();
    assert!(label.len() == 1 && only.fields.is_empty() && outcome.repair.changes.is_empty(), "{label:?}");
    // without its sums it is a remark
    let [only] = &audited_by("6 | 3 | 0 | 0 | 0 | 0 | 9", more, &["S"]).findings[..] else { panic!("S003") };
    assert_eq!((only.code.as_str(), only.severity, only.relations.len()), ("S003", Severity::Warning, 0));
    // not counted it is one too, and where one column is off by another number it is no explanation
    let apart = audited("1 | 0 | 0 | 0 | 0 | 0 | 1", more);
    assert_eq!(apart.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["S003"]);
    let other = audited("6 | 4 | 0 | 0 | 0 | 0 | 10", more);
    assert!(other.findings.iter().any(|f| f.code == "S003"), "{:?}", told(&other));
    assert!(!told(&other).iter().any(|t| t.contains("多出的行")), "{:?}", told(&other));
}
