//! Forms that a newcomer brings: what is drafted from the blank accuses no honest copy and finds what is wrong.

use crate::forms::{sheets, workbook};
use crate::statistics::{audited, learnt};
use gouji::audit::{Trial, trial};
use gouji::finding::{Outcome, RepairStatus, Severity, Status};
use gouji::form::{Form, Kind};

/// The draft from a blank grid.
fn of_blank(grid: &str) -> Form {
    learnt(&[workbook(grid)]).1
}

/// A round trip without complaints.
fn round_trip(form: &Form) -> Trial {
    let trial = trial(form, 1).unwrap();
    assert!(trial.complaints.is_empty(), "{:#?}", trial.complaints);
    trial
}

fn is_clean(outcome: &Outcome, cells: usize) {
    assert_eq!(outcome.status, Status::Clean, "{:?} {:#?}", outcome.failure, outcome.findings);
    assert_eq!(outcome.fields.len(), cells);
}

/// The one cell that is wrong, and what it should be.
fn located(outcome: &Outcome) -> String {
    assert_eq!(outcome.repair.status, RepairStatus::Unique, "{:#?}", outcome.findings);
    outcome.repair.changes.iter().map(|c| format!("{} {}", c.cell, c.to)).collect::<Vec<_>>().join(" ")
}

const NUMBERS: &str = "Table 4.1 Households by tenure|<|<|<\nArea:|||Number\n\nTenure|One person|Couples|All households\n\
    Owned|||\nRented|||\nAll households|||\nCompleted by:";
const SHARES: &str = "Table 4.2 Households by tenure: per cent of all households|<|<|<\nArea:|||Per cent\n\n\
    Tenure|One person|Couples|All households\nOwned|||\nRented|||\nAll households|||\nCompleted by:";

fn filled(blank: &str, rows: [&str; 3]) -> String {
    ["Owned", "Rented", "All households"]
        .into_iter()
        .zip(rows)
        .fold(blank.replace("Area:", "Area: Northfield"), |out, (label, row)| {
            out.replace(&format!("\n{label}|||"), &format!("\n{label}|{row}"))
        })
}

fn numbers() -> String {
    filled(NUMBERS, ["310|702|1012", "268|555|823", "578|1257|1835"])
}

fn shares() -> String {
    filled(SHARES, ["16.9|38.3|55.1", "14.6|30.2|44.9", "31.5|68.5|100"])
}

#[test]
fn numbers_on_one_sheet_and_percentages_of_the_same_labels_on_the_next_are_read() {
    let (drafted, form) = learnt(&[sheets(&[("Table 4.1", NUMBERS), ("Table 4.2", SHARES)])]);
    let tables: Vec<&str> = form.tables.iter().map(|t| t.title.as_str()).collect();
    assert_eq!(
        tables,
        ["Table 4.1 Households by tenure", "Table 4.2 Households by tenure: per cent of all households"]
    );
    let units: Vec<Option<&str>> = form.tables.iter().map(|t| t.blocks[0].unit.as_deref()).collect();
    assert_eq!(units, [Some("Number"), Some("Per cent")], "{}", drafted.text);
    round_trip(&form);
    let book = |numbers: &str| sheets(&[("Table 4.1", numbers), ("Table 4.2", &shares())]);
    is_clean(&audited(&form, &book(&numbers())), 18);
    let wrong = audited(&form, &book(&numbers().replace("310|702", "310|772")));
    assert_eq!(located(&wrong), "Table 4.1!C5 702");
    assert_eq!(wrong.fields["t2.owned.couples"].cell.to_string(), "Table 4.2!C5");
}

#[test]
fn a_sheets_name_a_title_or_a_unit_alone_tells_tables_of_the_same_labels_apart() {
    let (_, form) = learnt(&[sheets(&[("Table 4.1", NUMBERS), ("Table 4.2", SHARES)])]);
    let untitled = |grid: &str| grid.split_once('\n').unwrap().1.to_owned();
    let unmarked = |grid: &str| untitled(grid).replace("|Number", "|").replace("|Per cent", "|");
    let by_title = sheets(&[("a", &shares()), ("b", &numbers())]);
    let by_unit = sheets(&[("a", &untitled(&shares())), ("b", &untitled(&numbers()))]);
    let by_name = sheets(&[("Table 4.2", &unmarked(&shares())), ("Table 4.1", &unmarked(&numbers()))]);
    for book in [by_title, by_unit, by_name] {
        let outcome = audited(&form, &book);
        is_clean(&outcome, 18);
        assert_eq!(outcome.fields["t1.owned.couples"].raw.as_deref(), Some("702"));
    }
}

#[test]
fn where_nothing_says_which_of_two_tables_it_is_that_is_said_and_nothing_read() {
    let (_, form) = learnt(&[sheets(&[("Table 4.1", NUMBERS), ("Table 4.2", SHARES)])]);
    let bare = |grid: &str| grid.split_once("\n\n").unwrap().1.to_owned();
    let outcome = audited(&form, &sheets(&[("a", &bare(&numbers())), ("b", &bare(&shares()))]));
    assert_eq!(outcome.status, Status::Unmapped);
    let message = outcome.failure.unwrap().message;
    assert!(message.en.contains("do not say"), "{}", message.en);
    assert!(!message.en.contains("keep the one"), "{}", message.en);
    // one of them is known
    let outcome = audited(&form, &sheets(&[("Table 4.1", &numbers()), ("b", &bare(&shares()))]));
    let told: Vec<&str> = outcome.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(told, ["S001"], "{:#?}", outcome.findings);
    assert!(outcome.findings[0].message.en.contains("Table 4.2"), "{}", outcome.findings[0].message.en);
    assert_eq!(outcome.fields.len(), 9);
}

#[test]
fn two_tables_of_the_same_labels_on_one_sheet_are_told_apart_by_their_titles() {
    let blank = "表1 各地区人口（人）\n\n地区|男|女|合计\n东区|||\n西区|||\n合计|||\n\n\
                 表2 各地区人口构成（%）\n\n地区|男|女|合计\n东区|||\n西区|||\n合计|||";
    let form = of_blank(blank);
    assert!(form.fields.iter().take(9).all(|f| f.kind == Kind::Count));
    assert!(form.fields.iter().skip(9).all(|f| f.kind == Kind::Money));
    round_trip(&form);
    let honest = "表1 各地区人口（人）\n\n地区|男|女|合计\n东区|100|110|210\n西区|300|290|590\n合计|400|400|800\n\n\
                  表2 各地区人口构成（%）\n\n地区|男|女|合计\n东区|12.5|13.8|26.3\n西区|37.5|36.3|73.8\n合计|50|50|100";
    is_clean(&audited(&form, &workbook(honest)), 18);
    let wrong = audited(&form, &workbook(&honest.replace("100|110|210", "100|170|210")));
    assert_eq!(located(&wrong), "Sheet1!C4 110");
}

#[test]
fn a_form_that_cannot_be_read_back_is_no_clean_one() {
    let block = |n: u32| {
        format!(
            "[[table.block]]\nfields = \"t1.{{row}}.{{col}}{n}\"\n\
             rows = [{{ id = \"a\", path = [\"North\"] }}, {{ id = \"b\", path = [\"South\"] }}]\n\
             cols = [{{ id = \"men\", path = [\"Men\"] }}, {{ id = \"women\", path = [\"Women\"] }}]\n"
        )
    };
    let text = format!(
        "id = \"twice\"\nstatus = \"draft\"\ntitle = {{ zh = \"a\", en = \"a\" }}\nauthority = \"a\"\n\
         [[table]]\nid = \"t1\"\nname = \"T\"\ntitle = \"People\"\n{}{}",
        block(1),
        block(2)
    );
    let form = gouji::form::load(&text, "t.toml").unwrap();
    let complaints = trial(&form, 5).unwrap().complaints;
    assert!(complaints.iter().any(|f| f.message.en.contains("not read back")), "{complaints:#?}");
}

#[test]
fn a_subtotal_within_a_group_that_has_one_too_is_found() {
    let header = "机构|卫生技术人员|<|<|<|<|合计\n^|小计|医师|<|<|护士|^\n^|^|小计|执业|助理|^|^\n";
    let form = of_blank(&format!("{header}医院||||||\n其他||||||"));
    assert_eq!(form.fields.len(), 12);
    round_trip(&form);
    let honest = format!("{header}医院|30|18|10|8|12|30\n其他|9|5|4|1|4|9");
    is_clean(&audited(&form, &workbook(&honest)), 12);
    let wrong = audited(&form, &workbook(&honest.replace("30|18|10|8|12", "30|18|10|8|72")));
    assert_eq!(wrong.findings.iter().filter(|f| f.severity == Severity::Error).count(), 1);
}

#[test]
fn the_number_of_a_form_above_its_unit_takes_neither_its_unit_nor_its_title() {
    let blank = "资 产 表|<|<\n||会事业01表\n编制单位：||单位：元\n项目|期末余额|年初余额\n货币资金||\n存货||\n资产总计||";
    let form = of_blank(blank);
    assert_eq!((form.tables[0].title.as_str(), form.fields.len()), ("资产表", 6));
    assert!(form.fields.iter().all(|f| f.kind == Kind::Money));
    let honest = blank.replace("货币资金||", "货币资金|10.25|3.5").replace("存货||", "存货|1.1|2");
    is_clean(&audited(&form, &workbook(&honest.replace("总计||", "总计|11.35|5.5"))), 6);
}

#[test]
fn a_row_that_may_be_negative_has_decimals_where_its_table_has() {
    let form = of_blank("利润表\n编制单位：|单位：元\n项目|本年\n收入|\n支出|\n利润|");
    let kinds: Vec<Kind> = form.fields.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [Kind::Money, Kind::Money, Kind::SignedMoney]);
    let (_, form) =
        learnt(&[workbook("项目|本年|上年\n收入|3.5|2.25\n支出|1.5|2.5\n结转|2|0\n余下|0.25|4.75")]);
    assert!(form.fields.iter().all(|f| !f.kind.is_whole()), "samples with decimals are no counts");
}

/// The formulas that are in force, and those that are guesses.
fn in_force(text: &str) -> (Vec<String>, Vec<String>) {
    let form = gouji::form::load(text, "t.toml").unwrap();
    let is_draft = |r: &&gouji::form::Rule| r.life.status == gouji::form::Status::Draft;
    let (drafts, active): (Vec<_>, Vec<_>) = form.rules.iter().partition(is_draft);
    let formulas = |rules: Vec<&gouji::form::Rule>| rules.iter().map(|r| r.formula.clone()).collect();
    (formulas(active), formulas(drafts))
}

fn formulas(grid: &str) -> Vec<String> {
    in_force(&learnt(&[workbook(grid)]).0.text).0
}

#[test]
fn sections_over_the_full_width_and_a_column_of_line_numbers_without_a_header_are_read() {
    let blank = "Return RO2|<|<|<|<\nLocal authority:||||£ thousand\n\n||Spend|Income|Net\n^|^|(1)|(2)|(3 = 1 - 2)\n\
                 HIGHWAYS|<|<|<|<\n10|Roads|||\n11|Lighting|||\n19|TOTAL HIGHWAYS (lines 10 to 11)|||\n\
                 PARKING|<|<|<|<\n21|On street|||\n22|Off street|||\n23|of which: parks|||\n29|TOTAL PARKING (lines 21 and 22)|||\n\
                 50|TOTAL ALL SERVICES (lines 19 and 29)|||";
    let (drafted, form) = learnt(&[workbook(blank)]);
    assert_eq!(form.fields.len(), 24, "{}", drafted.text);
    assert_eq!(
        in_force(&drafted.text).0,
        [
            "roads + lighting = total_highways",
            "on_street + off_street = total_parking",
            "total_highways + total_parking = total_all_services",
            "spend - income = net",
            "of_which_parks <= off_street",
        ],
        "{}",
        drafted.text
    );
    // a net amount may be negative, and a part of it larger than the whole
    let net = form.fields.iter().find(|f| f.id == "t1.roads.net").unwrap();
    assert_eq!(net.kind, Kind::SignedMoney);
    assert!(
        form.rules.iter().any(|r| r.scope.contains("except net") || r.scope.contains("only spend, income"))
    );
    round_trip(&form);
    let rows =
        ["Roads|9|4|5", "Lighting|3|1|2", "(lines 10 to 11)|12|5|7", "On street|4|9|-5", "Off street|5|3|2"];
    let rows = rows.iter().chain(&[
        "of which: parks|3|0|3",
        "(lines 21 and 22)|9|12|-3",
        "(lines 19 and 29)|21|17|4",
    ]);
    let filled = rows.fold(blank.replace("authority:", "authority: Midsomer"), |out, row| {
        let label = row.split('|').next().unwrap();
        out.replace(&format!("{label}|||"), row)
    });
    is_clean(&audited(&form, &workbook(&filled)), 24);
}

#[test]
fn headings_of_a_blank_form_are_told_by_their_colon_or_by_a_total_of_their_name() {
    let blank = "资产负债表|<|<\n编制单位：||单位：元\n项目|期末余额|年初余额\n流动资产：||\n货币资金||\n存货||\n流动资产合计||\n\
                 非流动资产：||\n长期投资||\n设备原值||\n减：累计折旧||\n设备净值||\n非流动资产合计||\n受托代理资产||\n资产总计||";
    assert_eq!(of_blank(blank).fields.len(), 20);
    assert_eq!(
        formulas(blank),
        [
            "huo_bi_zi_jin + cun_huo = liu_dong_zi_chan_he_ji",
            "zhang_qi_tou_zi + she_bei_jing_zhi = fldzchj",
            "liu_dong_zi_chan_he_ji + fldzchj + shou_tuo_dai_li_zi_chan = zi_chan_zong_ji",
            "she_bei_yuan_zhi - jian_lei_ji_zhe_jiu = she_bei_jing_zhi",
        ]
    );
    let english = "Service|Spend|Income\nHIGHWAYS||\nRoads||\nLighting||\nTOTAL HIGHWAYS||\nPARKING||\nOn street||\nOff street||\n\
                   TOTAL PARKING||\nTOTAL ALL SERVICES||";
    assert_eq!(
        formulas(english),
        [
            "roads + lighting = total_highways",
            "on_street + off_street = total_parking",
            "total_highways + total_parking = total_all_services",
        ]
    );
}

#[test]
fn bare_numbers_name_columns_where_rows_are_numbered_otherwise() {
    let blank = "机构|代码|职工合计|医师|护士\n甲|乙|1|2|3\n总计|01|||\n医院|02|||\n其他|03|||\n审核关系：(1) 1=2+3\n(2) 01行=02行+03行";
    let text = learnt(&[workbook(blank)]).0.text;
    let (mut active, drafts) = in_force(&text);
    active.sort();
    assert_eq!(
        (active, drafts.len()),
        (vec!["c02 + c03 = c01".to_owned(), "r02 + other = total".to_owned()], 0),
        "{text}"
    );
}

#[test]
fn a_printed_relation_that_no_sample_keeps_is_read_the_other_way_or_is_not_in_force() {
    let grid = |note: &str| {
        format!(
            "机构|行次|合计|男|女\n甲|乙|1|2|3\n甲院|1|30|10|20\n乙院|2|70|33|37\n丙院|3|16|11|5\n审核关系：{note}"
        )
    };
    let (active, _) = in_force(&learnt(&[workbook(&grid("1=2+3"))]).0.text);
    assert_eq!(active.len(), 1, "{active:?}");
    assert!(!active[0].contains("r0"), "{active:?}");
    let (active, drafts) = in_force(&learnt(&[workbook(&grid("第1列=第2列-第3列"))]).0.text);
    assert!(active.iter().all(|f| !f.contains('-')), "{active:?}");
    assert_eq!(drafts.len(), 1, "{drafts:?}");
}

#[test]
fn parts_aligned_below_the_name_of_the_first_are_no_parts_of_that() {
    let blank = "机构|机构数|人员数\n总计||\n一、医院||\n    其中：综合医院||\n          中医医院||\n          专科医院||\n二、门诊部（所）||";
    let (drafted, form) = learnt(&[workbook(blank)]);
    assert!(
        form.rules.iter().all(|r| !r.formula.contains("zong_he_yi_yuan") || r.formula.contains("<=")),
        "{}",
        drafted.text
    );
    assert!(!drafted.text.contains("unit = \"所\""), "{}", drafted.text);
}
