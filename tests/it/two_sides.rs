//! Tables of two sides, each with rows of its own: income beside expenditure, assets beside liabilities.

use crate::forms::workbook;
use crate::statistics::{audited, learnt, rules};
use gouji::audit::trial;
use gouji::finding::{Outcome, Status};
use gouji::form::{Form, Grade};

/// A grid with the numbers of `numbers` in place of its `#`, in order.
fn filled(grid: &str, numbers: &[i64]) -> String {
    let mut parts = grid.split('#');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(numbers).fold(first, |out, (part, n)| format!("{out}{n}{part}"))
}

/// The form drafted from a blank grid: it passes its round trip, and no error that is planted is missed.
fn drafted(grid: &str) -> Form {
    let (drafted, form) = learnt(&[workbook(&grid.replace('#', ""))]);
    let trial = trial(&form, 1).unwrap();
    assert!(trial.complaints.is_empty(), "{:#?}\n{}", trial.complaints, drafted.text);
    assert!(trial.planted.iter().all(|(_, grade)| *grade != Grade::Unseen), "{:?}", trial.planted);
    let strays: Vec<&str> = drafted.doubts.iter().map(|d| d.zh.as_str()).collect();
    assert!(strays.iter().all(|d| !d.contains("没有读成")), "{strays:#?}");
    form
}

fn audit(form: &Form, grid: &str, numbers: &[i64]) -> Outcome {
    audited(form, &workbook(&filled(grid, numbers)))
}

/// The only finding's cells and number that is right.
fn corrected(outcome: &Outcome) -> Vec<String> {
    assert_eq!(outcome.findings.len(), 1, "{:#?}", outcome.findings);
    outcome.repair.changes.iter().map(|c| format!("{} {}", c.cell, c.to)).collect()
}

const BALANCE: &str = "2023年资产负债表|<|<|<|<|<|<|<\n编制单位：甲市财政局|||||||单位：元\n\
    资产|行次|期末余额|年初余额|负债和净资产|行次|期末余额|年初余额\n\
    流动资产：||||流动负债：\n\
    货币资金|1|#|#|短期借款|21|#|#\n\
    存货|2|#|#|应付账款|22|#|#\n\
    流动资产合计|3|#|#|流动负债合计|23|#|#\n\
    非流动资产：||||净资产：\n\
    固定资产|4|#|#|累计盈余|24|#|#\n\
    无形资产|5|#|#|专用基金|25|#|#\n\
    非流动资产合计|6|#|#|净资产合计|26|#|#\n\
    资产总计|7|#|#|负债和净资产总计|27|#|#";

#[test]
fn a_balance_sheet_is_learnt_from_its_blank_and_audited() {
    let form = drafted(BALANCE);
    assert_eq!(
        rules(&form),
        [
            "r01 + r02 = r03",
            "r04 + r05 = r06",
            "r03 + r06 = r07",
            "r21 + r22 = r23",
            "r24 + r25 = r26",
            "r23 + r26 = r27",
            "r07 = r27"
        ]
    );
    // rows as the grid has them: both sides of one row, left then right
    let mut numbers = honest();
    let clean = audit(&form, BALANCE, &numbers);
    assert_eq!((clean.status, clean.fields.len()), (Status::Clean, 28), "{:#?}", clean.findings);
    assert_eq!(clean.fields["t1.r22.closing_balance"].cell.to_string(), "Sheet1!G6");
    numbers[6] += 90;
    assert_eq!(corrected(&audit(&form, BALANCE, &numbers)), ["Sheet1!G6 120"]);
}

/// An honest balance sheet, row by row over both sides.
fn honest() -> Vec<i64> {
    vec![
        310, 290, 450, 417, 207, 199, 120, 95, 517, 489, 570, 512, 1900, 1750, 1600, 1544, 240, 233, 487,
        416, 2140, 1983, 2087, 1960, 2657, 2472, 2657, 2472,
    ]
}

#[test]
fn sides_below_headings_of_their_own_have_the_rows_that_stand_below_them() {
    let grid = "2024年收支预算总表|<|<|<\n部门名称：甲市教育局|||单位：万元\n收入|<|支出|<\n\
                项目|预算数|项目（按功能分类）|预算数\n\
                一、财政拨款收入|#|一、一般公共服务支出|#\n二、事业收入|#|二、公共安全支出|#\n\
                三、其他收入|#|三、教育支出|#\n||四、住房保障支出|#\n\
                本年收入合计|#|本年支出合计|#\n上年结转|#|结转下年|#\n收入总计|#|支出总计|#";
    let form = drafted(grid);
    let bands: Vec<&str> =
        form.tables[0].blocks.iter().filter_map(|b| Some(b.band.as_ref()?.text.as_str())).collect();
    assert_eq!(bands, ["收入", "支出"]);
    let numbers = [500, 31, 220, 7, 80, 690, 70, 800, 798, 19, 21, 819, 819];
    let clean = audit(&form, grid, &numbers);
    assert_eq!((clean.status, clean.fields.len()), (Status::Clean, 13), "{:#?}", clean.findings);
    assert_eq!(clean.office.as_deref(), Some("甲市教育局"));
    let mut wrong = numbers;
    wrong[10] = 12;
    assert_eq!(corrected(&audit(&form, grid, &wrong)), ["Sheet1!D10 21"]);
}

const ACCOUNTS: &str = "Statement of accounts 2023\n\nIncome|£|Expenditure|£\nGrants|#|Staff costs|#\n\
    Council tax|#|Premises|#\nFees and charges|#|Transport|#\n||Surplus|#\n\
    Total income|#|Total expenditure|#";
const PAID: [i64; 9] = [5100, 4200, 830, 2610, 470, 39, -449, 6400, 6400];

#[test]
fn an_english_account_of_two_sides_has_equal_totals() {
    let form = drafted(ACCOUNTS);
    assert_eq!(
        rules(&form),
        [
            "sum of grants to fees_and_charges = total_income",
            "sum of staff_costs to surplus = total_expenditure",
            "total_income = total_expenditure"
        ]
    );
    let clean = audit(&form, ACCOUNTS, &PAID);
    assert_eq!(clean.status, Status::Clean, "{:#?}", clean.findings);
    let mut wrong = PAID;
    wrong[3] = 2160;
    assert_eq!(corrected(&audit(&form, ACCOUNTS, &wrong)), ["Sheet1!D5 2610"]);
}

#[test]
fn filled_copies_of_a_table_of_two_sides_teach_the_same() {
    let copy = |k: i64| {
        let honest: Vec<i64> = [510, 420 + k, 83, 261, 47 + k, 400, 32, 640 + k, 740 + k].to_vec();
        let mut numbers = honest;
        numbers[7] = numbers[0] + numbers[2] + numbers[4];
        numbers[8] = numbers[1] + numbers[3] + numbers[5] + numbers[6];
        numbers[6] += numbers[7] - numbers[8];
        numbers[8] = numbers[7];
        workbook(&filled(ACCOUNTS, &numbers))
    };
    let (drafted, form) = learnt(&[copy(1), copy(20), copy(300)]);
    assert_eq!(form.tables[0].blocks.len(), 2, "{}", drafted.text);
    assert!(rules(&form).contains(&"total_income = total_expenditure"), "{}", drafted.text);
    assert!(drafted.text.contains("样表 3 处都成立"), "{}", drafted.text);
    assert_eq!(drafted.doubts, [], "{}", drafted.text);
}

#[test]
fn the_exported_blank_stands_side_by_side_again() {
    let form = drafted(ACCOUNTS);
    let bytes = gouji::report::blank::blank(&form).unwrap();
    let (again, relearnt) = learnt(&[bytes]);
    assert!(relearnt.tables[0].blocks[1].beside, "{}", again.text);
    assert_eq!(relearnt.fields.len(), form.fields.len(), "{}", again.text);
}

#[test]
fn a_second_column_of_labels_and_a_remark_make_no_second_side() {
    let (drafted, form) =
        learnt(&[workbook("类|款|数|说明\n甲|一|5|含补助\n乙|二|7|不含补助\n丙|三|8|含借款")]);
    assert_eq!(form.tables[0].blocks.len(), 1, "{}", drafted.text);
    let (drafted, form) = learnt(&[workbook("地区|人数|地区|户数\n甲|5|甲|3\n乙|7|乙|4\n丙|8|丙|6")]);
    assert_eq!(form.tables[0].blocks.len(), 1, "labels repeated: {}", drafted.text);
}
