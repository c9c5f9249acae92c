//! Offices that send twice, and offices that send another's numbers.

use super::*;

fn office<'r>(report: &'r Report, name: &str) -> &'r gouji::report::summary::Office {
    report.overview.offices.iter().find(|o| o.name.contains(name)).unwrap()
}

/// The row of an office on 报送情况.
fn row(root: &Path, name: &str) -> Vec<String> {
    let rows = rounds::rows(&root.join("结果/汇总.xlsx"), "报送情况");
    rows.into_iter().find(|r| r[0].contains(name)).unwrap()
}

#[test]
fn what_the_names_say_counts_before_the_time_of_the_file_and_what_contradicts_is_told() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    copies::sent(root, "石碁镇（第二次报送）.xlsx", &workbook("石碁镇", 2023, numbers(2)), 10);
    copies::sent(root, "石碁镇.xlsx", &workbook("石碁镇", 2023, numbers(1)), 20);
    copies::sent(root, "沙湾镇0120.xlsx", &workbook("沙湾镇", 2023, numbers(3)), 20);
    copies::sent(root, "沙湾镇0115.xlsx", &workbook("沙湾镇", 2023, numbers(4)), 10);
    copies::sent(root, "甲/南村镇.xlsx", &workbook("南村镇", 2023, numbers(5)), 10);
    copies::sent(root, "乙/南村镇.xlsx", &workbook("南村镇", 2023, numbers(6)), 10);
    let report = audited(&batch(root));
    assert_eq!(row(root, "石碁镇")[5], "石碁镇（第二次报送）.xlsx");
    let said = &row(root, "石碁镇")[8];
    assert!(said.contains("写着“第二次”") && said.contains("但这一份的修改时间较晚，请确认"), "{said}");
    let said = &row(root, "沙湾镇")[8];
    assert!(said.contains("写着“0120”") && !said.contains("请确认"), "{said}");
    let doubts: Vec<String> = report.overview.doubts().into_iter().map(|t| t.zh).collect();
    assert_eq!(doubts.len(), 2, "{doubts:#?}");
    assert!(doubts[0].contains("南村镇") && doubts[0].contains("看不出哪一份较新"), "{doubts:#?}");
    fs::rename(root.join("报送/乙/南村镇.xlsx"), root.join("报送/乙/南村镇最终版.xlsx")).unwrap();
    audited(&batch(root));
    assert_eq!(row(root, "南村镇")[5], "乙/南村镇最终版.xlsx", "as the doubt says how to have the other one");
    let first = rounds::rows(&root.join("结果/汇总.xlsx"), "总览");
    assert!(first.iter().any(|r| r[0].starts_with("石碁镇：采用 石碁镇（第二次报送）.xlsx")), "{first:#?}");
}

#[test]
fn two_files_with_the_same_numbers_leave_nothing_to_confirm() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    copies::sent(root, "石碁镇.xlsx", &workbook("石碁镇", 2023, numbers(2)), 10);
    copies::sent(root, "转来/石碁镇 - 副本.xlsx", &workbook("石碁镇", 2023, numbers(2)), 20);
    copies::sent(root, "沙湾镇.xlsx", &workbook("沙湾镇", 2023, numbers(3)), 10);
    copies::sent(root, "沙湾镇1.xlsx", &workbook("沙湾镇人民政府", 2023, numbers(3)), 10);
    let report = audited(&batch(root));
    assert!(report.overview.doubts().is_empty(), "{:?}", report.overview.doubts());
    assert_eq!(row(root, "石碁镇")[5], "石碁镇.xlsx", "a copy is no newer than what it was copied from");
    assert!(office(&report, "沙湾镇").differences[0].contains("相同"));
}

#[test]
fn an_office_that_sends_the_numbers_of_another_is_told_with_it() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let mut same = numbers(12);
    set(&mut same, "t4.review.total", 9000);
    copies::sent(root, "石碁镇.xlsx", &workbook("石碁镇", 2023, same.clone()), 10);
    copies::sent(root, "沙湾镇.xlsx", &workbook("沙湾镇", 2023, same), 10);
    copies::sent(root, "南村镇.xlsx", &workbook("南村镇", 2023, numbers(13)), 10);
    // Nothing, or one application, is the same by chance.
    let mut one: Numbers = numbers(1).into_keys().map(|f| (f, Decimal::ZERO)).collect();
    for id in ["t3.new.natural", "t3.new.total", "t3.granted.natural", "t3.granted.total", "t3.total.natural"]
    {
        set(&mut one, id, 1);
    }
    for office in ["新造镇", "化龙镇"] {
        copies::sent(root, &format!("{office}.xlsx"), &workbook(office, 2023, one.clone()), 10);
    }
    put(&root.join("名单.csv"), "单位\n石碁镇\n沙湾镇\n南村镇\n新造镇\n化龙镇\n".as_bytes());
    let all = audited(&batch(root)).overview;
    let doubts: Vec<String> = all.doubts().into_iter().map(|t| t.zh).collect();
    assert_eq!(doubts.len(), 1, "{doubts:#?}");
    assert!(doubts[0].contains("沙湾镇") && doubts[0].contains("石碁镇") && doubts[0].contains("完全相同"));
    assert!(row(root, "沙湾镇")[8].contains("全部数字与石碁镇的完全相同"), "{:?}", row(root, "沙湾镇"));
    assert!(doubts[0].contains("都计入了汇总"), "{doubts:#?}");
    assert!(all.verdict().zh.contains("2 家的数字与别家完全相同"), "{}", all.verdict().zh);
    let mut proved = batch(root);
    proved.choice.proved_only = true;
    let doubts = audited(&proved).overview.doubts();
    assert!(
        doubts.len() == 1 && !doubts[0].zh.contains("都计入了汇总"),
        "what is not summed is told too: {doubts:#?}"
    );
}
