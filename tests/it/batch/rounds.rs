//! Offices told of their errors, and what they have done when they have sent again.

use super::*;
use gouji::report::summary::Answer;

fn answer_of(report: &Report, office: &str) -> Option<Answer> {
    report.overview.rounds.get(office).expect(office).answer()
}

pub(super) fn notice(root: &Path, office: &str) -> Option<String> {
    let bytes = fs::read(root.join(format!("结果/问题告知单/{office}_问题告知单.docx"))).ok()?;
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut book.by_name("word/document.xml").unwrap(), &mut text).unwrap();
    Some(text)
}

fn first_round(root: &Path) {
    let mut wrong = numbers(1);
    set(&mut wrong, "t4.review.total", 90);
    for office in ["石碁镇", "沙湾镇", "南村镇"] {
        put(&root.join(format!("报送/{office}.xlsx")), &workbook(office, 2023, wrong.clone()));
    }
    put(&root.join("报送/新造镇.xlsx"), &workbook("新造镇", 2023, numbers(1)));
    let roster = "单位,期限,联系人,电话\n化龙镇,,,\n南村镇,,,\n石碁镇,2024年2月15日,黄小明,020-3456\n沙湾镇,,,\n\
                  新造镇,,,\n";
    put(&root.join("名单.csv"), roster.as_bytes());
}

#[test]
fn an_office_with_errors_gets_a_notice_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    first_round(root.path());
    audited(&batch(root.path()));
    let told = notice(root.path(), "石碁镇").expect("a notice");
    for part in ["问题告知单", "石碁镇", "2024年2月15日", "黄小明 020-3456", "表四", "1 处错误"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_eq!(notice(root.path(), "新造镇"), None, "nothing is wrong with it");
    put(&root.path().join("报送/石碁镇.xlsx"), &workbook("石碁镇", 2023, numbers(1)));
    audited(&batch(root.path()));
    assert_eq!(notice(root.path(), "石碁镇"), None, "the notice goes with its errors");
}

#[test]
fn on_the_second_round_it_is_said_who_has_corrected() {
    let root = tempfile::tempdir().unwrap();
    first_round(root.path());
    let first = audited(&batch(root.path()));
    assert!(!first.overview.is_second_round());
    assert_eq!(answer_of(&first, "石碁镇"), Some(Answer::Silent));
    assert_eq!(answer_of(&first, "化龙镇"), Some(Answer::StillMissing));
    put(&root.path().join("报送/石碁镇.xlsx"), &workbook("石碁镇", 2023, numbers(1)));
    let mut other = numbers(1);
    set(&mut other, "t4.direct_suit.total", 80);
    put(&root.path().join("报送/南村镇.xlsx"), &workbook("南村镇", 2023, other));
    let second = audited(&batch(root.path()));
    assert!(second.overview.is_second_round());
    assert_eq!(answer_of(&second, "石碁镇"), Some(Answer::Corrected));
    assert_eq!(answer_of(&second, "沙湾镇"), Some(Answer::Silent));
    assert_eq!(answer_of(&second, "南村镇"), Some(Answer::New));
    assert_eq!(answer_of(&second, "新造镇"), None);
    let rows = rows(&root.path().join("结果/汇总.xlsx"), "催报清单");
    let order: Vec<&str> = rows.iter().skip(1).map(|r| r[0].as_str()).collect();
    assert_eq!(order, ["化龙镇", "南村镇", "石碁镇", "沙湾镇"], "the roster's order");
    assert!(rows[2][9].contains("表四"), "what is new stands in the list: {rows:?}");
    let before = fs::read(root.path().join("结果/汇总.xlsx")).unwrap();
    audited(&batch(root.path()));
    assert!(before == fs::read(root.path().join("结果/汇总.xlsx")).unwrap(), "looking again changes nothing");
}

#[test]
fn a_corrected_copy_goes_once_its_office_has_sent_a_right_one() {
    for fresh in [false, true] {
        let root = tempfile::tempdir().unwrap();
        first_round(root.path());
        let mut wrong = numbers(1);
        set(&mut wrong, "t3.new.natural", 900);
        for office in ["石碁镇", "沙湾镇", "南村镇"] {
            let file = root.path().join(format!("报送/{office}.xlsx"));
            put(&file, &workbook(office, 2023, wrong.clone()));
        }
        audited(&batch(root.path()));
        let corrected = |office: &str| root.path().join(format!("结果/corrected/{office}.更正.xlsx"));
        assert!(corrected("石碁镇").exists() && corrected("南村镇").exists());
        put(&root.path().join("报送/石碁镇.xlsx"), &workbook("石碁镇", 2023, numbers(1)));
        put(&root.path().join("报送/南村镇.xlsx"), &workbook("南村镇", 2023, numbers(1)));
        // Somebody works on in this one.
        let number = wrong[&form().field_ix("t3.new.total").unwrap()];
        let (old, new) = (format!("<v>{number}</v>"), format!("<v>{number}1</v>"));
        let worked = retyped(&fs::read(corrected("南村镇")).unwrap(), &old, &new);
        fs::write(corrected("南村镇"), worked).unwrap();
        audited(&Batch { fresh, ..batch(root.path()) });
        assert!(!corrected("石碁镇").exists(), "nothing is to be corrected any more");
        assert!(corrected("南村镇").exists(), "what somebody has worked in is not taken away");
        assert!(corrected("沙湾镇").exists(), "its errors stand");
        assert!(root.path().join("结果/annotated/石碁镇.审核.xlsx").exists());
    }
}

#[test]
fn an_office_whose_file_went_away_has_corrected_nothing() {
    let root = tempfile::tempdir().unwrap();
    first_round(root.path());
    audited(&batch(root.path()));
    let sent = fs::read(root.path().join("报送/石碁镇.xlsx")).unwrap();
    fs::remove_file(root.path().join("报送/石碁镇.xlsx")).unwrap();
    let second = audited(&batch(root.path()));
    assert_eq!(answer_of(&second, "石碁镇"), Some(Answer::Gone));
    let listed = rows(&root.path().join("结果/汇总.xlsx"), "催报清单");
    let row = listed.iter().find(|r| r[0] == "石碁镇").unwrap();
    assert_eq!(row[4..8], ["报送的文件不见了", "0", "1", "0"], "nothing was corrected: {row:?}");
    assert!(row[8].contains("请找回放好，或请单位重新报送"), "{row:?}");
    put(&root.path().join("报送/石碁镇.xlsx"), &sent);
    let third = audited(&batch(root.path()));
    assert_eq!(answer_of(&third, "石碁镇"), Some(Answer::Silent), "the same file is no new round");
}

#[test]
fn an_office_of_which_only_a_copy_is_there_is_told_what_to_do() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    first_round(root);
    audited(&batch(root));
    fs::remove_file(root.join("报送/石碁镇.xlsx")).unwrap();
    fs::copy(root.join("结果/annotated/石碁镇.审核.xlsx"), root.join("报送/石碁镇再报.xlsx")).unwrap();
    audited(&batch(root));
    let of = |sheet: &str| {
        let rows = rows(&root.join("结果/汇总.xlsx"), sheet);
        rows.into_iter().find(|r| r[0] == "石碁镇").unwrap()
    };
    let (reminded, reported) = (of("催报清单"), of("报送情况"));
    let todo = "没有人改过的审核表，不算报送：请单位改好或写了说明再交";
    assert_eq!(reminded[4], "交来的副本不算报送");
    assert!(reminded[8].contains(todo), "{reminded:?}");
    assert!(reported[3] == "缺报" && reported[8].contains(todo), "{reported:?}");
}

#[test]
fn what_is_wrong_with_the_first_report_of_an_office_is_new() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    first_round(root);
    audited(&batch(root));
    let mut wrong = numbers(1);
    set(&mut wrong, "t4.review.total", 90);
    put(&root.join("报送/化龙镇.xlsx"), &workbook("化龙镇", 2023, wrong));
    let second = audited(&batch(root));
    assert_eq!(answer_of(&second, "化龙镇"), Some(Answer::First));
    let rows = rows(&root.join("结果/汇总.xlsx"), "催报清单");
    let row = rows.iter().find(|r| r[0] == "化龙镇").unwrap();
    assert_eq!(row[4..8], ["首次报送，有错误", "0", "0", "1"], "{row:?}");
    assert!(row[8].is_empty() && row[9].contains("表四"), "{row:?}");
}

#[test]
fn what_is_to_be_done_about_a_proved_correction_names_cell_and_number() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    first_round(root);
    let mut wrong = numbers(1);
    let field = form().field_ix("t3.new.natural").unwrap();
    let right = wrong[&field];
    set(&mut wrong, "t3.new.natural", 900);
    put(&root.join("报送/石碁镇.xlsx"), &workbook("石碁镇", 2023, wrong));
    audited(&batch(root));
    let result = results(root).into_iter().find(|r| r["file"] == "石碁镇.xlsx").unwrap();
    let cell =
        result["fields"]["t3.new.natural"]["cell"].as_str().unwrap().rsplit('!').next().unwrap().to_owned();
    let todo = format!("把 {cell} 由 900 改为 {right}");
    let listed = rows(&root.join("结果/汇总.xlsx"), "问题清单");
    assert!(listed.iter().any(|r| r[5].contains(&todo)), "{todo}: {listed:?}");
    assert!(fs::read_to_string(root.join("结果/findings.csv")).unwrap().contains(&todo));
    assert!(notice(root, "石碁镇").unwrap().contains(&todo));
}

#[test]
fn a_report_of_nobody_knows_whom_is_not_summed_and_said_to_be() {
    let root = tempfile::tempdir().unwrap();
    first_round(root.path());
    let unnamed = Contents { year: Some(2023), values: numbers(1), ..Contents::default() };
    put(&root.path().join("报送/新建工作表.xlsx"), &fill(form(), &unnamed).unwrap());
    let all = audited(&batch(root.path())).overview;
    let office = all.offices.iter().find(|o| o.name.contains("新建工作表")).unwrap();
    assert_eq!((office.name.as_str(), office.state), ("认不出单位（新建工作表）", State::Nobody));
    assert_eq!(all.count(State::Unlisted), 0);
    let verdict = all.verdict().zh;
    assert!(verdict.contains("采用 4 家") && verdict.contains("认不出单位 1 份没有计入"), "{verdict}");
    assert!(all.rounds.keys().all(|name| !name.contains("新建工作表")), "nobody is reminded of it");
    let said = rows(&root.path().join("结果/汇总.xlsx"), "总览");
    assert!(said.iter().any(|r| r[0].trim() == "未计入：认不出单位" && r[1] == "1"), "{said:?}");
}

#[test]
fn what_an_office_says_of_an_error_is_told_wherever_the_error_is() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    first_round(root);
    audited(&batch(root));
    let marked = fs::read(root.join("结果/annotated/石碁镇.审核.xlsx")).unwrap();
    let answer = "\"preserve\">台账如此</t>";
    fs::write(root.join("报送/石碁镇.审核.xlsx"), retyped(&marked, "\"preserve\"></t>", answer)).unwrap();
    let second = audited(&batch(root));
    assert_eq!(answer_of(&second, "石碁镇"), Some(Answer::Explained));
    let listed = rows(&root.join("结果/汇总.xlsx"), "问题清单");
    let row = listed.iter().find(|r| r[0] == "石碁镇" && r[1] == "错误").unwrap();
    assert_eq!(row[6], "台账如此", "{row:?}");
    let reminded = rows(&root.join("结果/汇总.xlsx"), "催报清单");
    let row = reminded.iter().find(|r| r[0] == "石碁镇").unwrap();
    assert!(row[4] == "已作说明，待核实" && row[8].contains("台账如此"), "{row:?}");
    assert!(notice(root, "石碁镇").unwrap().contains("你单位说明：台账如此"));
    let page = fs::read_to_string(root.join("结果/report.html")).unwrap();
    assert!(page.contains("<h2>催报清单</h2>") && page.contains("已作说明，待核实"));
}

/// The texts of a sheet, row by row.
pub(super) fn rows(book: &Path, sheet: &str) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book = calamine::open_workbook_auto(book).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(|r| r.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn what_was_sent_anew_and_changes_nothing_is_told_as_such() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    first_round(root);
    audited(&batch(root));
    let sent = |office: &str| root.join(format!("报送/{office}.xlsx"));
    fs::copy(sent("石碁镇"), root.join("报送/石碁镇再报.xlsx")).unwrap();
    put(&root.join("报送/沙湾镇再报.xlsx"), &workbook("沙湾镇", 2022, numbers(1)));
    fs::copy(root.join("结果/annotated/南村镇.审核.xlsx"), root.join("报送/南村镇再报.xlsx")).unwrap();
    for _ in 0..2 {
        audited(&batch(root));
        let listed = rows(&root.join("结果/汇总.xlsx"), "催报清单");
        let of = |office: &str| listed.iter().find(|r| r[0] == office).unwrap().clone();
        assert_eq!(of("石碁镇")[4], "重报的没有改动");
        let year = of("沙湾镇");
        assert!(year[4] == "重报的未采用" && year[8].contains("是 2022 年的"), "{year:?}");
        let copy = of("南村镇");
        assert!(copy[4] == "未重新报送" && copy[8].contains("没有人改过的审核表"), "{copy:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_has_corrected_nothing() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    first_round(root);
    audited(&batch(root));
    put(&root.join("报送/石碁镇.xlsx"), b"PK\x03\x04 torn");
    audited(&batch(root));
    let listed = rows(&root.join("结果/汇总.xlsx"), "催报清单");
    let row = listed.iter().find(|r| r[0] == "石碁镇").unwrap();
    assert_eq!(row[4..8], ["报了而未采用", "0", "0", "1"], "{row:?}");
}
