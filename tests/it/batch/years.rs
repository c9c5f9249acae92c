//! This year's submissions against last year's of the same offices.

use super::*;

/// Findings of a code in the first result.
fn found(root: &Path, code: &str) -> Vec<Value> {
    let result = results(root).remove(0);
    result["findings"].as_array().unwrap().iter().filter(|f| f["code"] == code).cloned().collect()
}

/// A batch of one office with these numbers in two years.
fn two_years(now: Numbers, before: &[u8]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    put(&root.path().join("报送/石碁镇.xlsx"), &workbook("石碁镇人民政府", 2023, now));
    put(&root.path().join("上年/石碁镇.xlsx"), before);
    let mut batch = batch(root.path());
    batch.options.prior =
        Some(last_year(&root.path().join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    audited(&batch);
    root
}

#[test]
fn last_years_carry_over_and_stock_are_compared_by_office() {
    let root = tempfile::tempdir().unwrap();
    let (now, before) = (root.path().join("报送"), root.path().join("上年"));
    let mut old = numbers(1);
    let mut new = numbers(1);
    set(&mut old, "t3.carried_forward.natural", 7);
    set(&mut new, "t3.carried_over.natural", 5);
    set(&mut old, "t2.normative.in_force", 30);
    for (id, value) in [("made", 2), ("repealed", 1), ("in_force", 28)] {
        set(&mut new, &format!("t2.normative.{id}"), value);
    }
    put(&now.join("石碁镇.xlsx"), &workbook("石碁镇人民政府", 2023, new));
    put(&before.join("去年/番禺区石碁镇.xlsx"), &workbook("番禺区石碁镇", 2022, old));
    put(&before.join("大石街道.xlsx"), &workbook("大石街道", 2022, numbers(9)));
    let mut batch = batch(root.path());
    batch.options.prior = Some(last_year(&before, &batch.options, (1, &Stop::default())).unwrap());
    audited(&batch);
    let result = results(root.path()).remove(0);
    let findings = result["findings"].as_array().unwrap();
    let of = |code: &str| -> Vec<&Value> { findings.iter().filter(|f| f["code"] == code).collect() };
    let carried = of("X301").into_iter().find(|f| f["where"] == "natural").expect("X301");
    assert_eq!((&carried["expected"], &carried["actual"]), (&Value::from(7), &Value::from(5)));
    let message = carried["message"].as_str().unwrap();
    assert!(message.contains("上年报告的结转下年度为 7 件"), "{message}");
    let stock = of("X201");
    assert_eq!((&stock[0]["expected"], &stock[0]["actual"]), (&Value::from(31), &Value::from(28)));
}

#[test]
fn a_unit_slip_and_jumps_are_pointed_out() {
    let (mut old, mut new) = (numbers(1), numbers(1));
    set(&mut old, "t2.fees.amount", 25);
    set(&mut new, "t2.fees.amount", 251_000);
    set(&mut old, "t2.penalty.decisions", 312);
    set(&mut new, "t2.penalty.decisions", 3120);
    let root = two_years(new, &workbook("石碁镇", 2022, old));
    let slip = found(root.path(), "V009");
    assert_eq!(slip.len(), 1, "{slip:#?}");
    assert_eq!((&slip[0]["severity"], &slip[0]["where"]), (&"warning".into(), &"t2.fees.amount".into()));
    let jumps = found(root.path(), "V010");
    assert_eq!((jumps.len(), &jumps[0]["severity"]), (1, &"info".into()), "{jumps:#?}");
    assert!(jumps[0]["message"].as_str().unwrap().contains("312 → 3120"));
}

#[test]
fn the_years_stand_side_by_side_with_real_charts() {
    let root = two_years(numbers(2), &workbook("石碁镇", 2022, numbers(1)));
    let bytes = fs::read(root.path().join("结果/汇总.xlsx")).unwrap();
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let charts = (0..book.len())
        .filter(|i| book.name_for_index(*i).unwrap().unwrap().contains("charts/chart"))
        .count();
    assert!(charts >= 2, "totals and offices");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut book.by_name("xl/workbook.xml").unwrap(), &mut text).unwrap();
    assert!(text.contains("跨年对比"));
}

#[test]
fn the_form_of_2019_is_compared_where_it_counts_the_same() {
    let older = by_id("xxgk-2019").unwrap();
    let mut values: Numbers = older.honest();
    let mut set_old = |id: &str, n: i64| {
        values.insert(older.field_ix(id).unwrap(), Decimal::from(n));
    };
    set_old("t3.carried_forward.natural", 7);
    set_old("t2.normative.created", 200);
    let contents = Contents {
        office: Some("石碁镇人民政府".to_owned()),
        year: Some(2022),
        values,
        ..Contents::default()
    };
    let mut new = numbers(1);
    set(&mut new, "t3.carried_over.natural", 5);
    set(&mut new, "t2.normative.made", 2);
    let root = two_years(new, &fill(older, &contents).unwrap());
    let carried = found(root.path(), "X301");
    assert!(carried.iter().any(|f| f["where"] == "natural" && f["expected"] == 7), "{carried:#?}");
    assert!(found(root.path(), "X201").is_empty(), "the older form has no stock in force");
    let jumps = found(root.path(), "V010");
    assert!(jumps.iter().any(|f| f["message"].as_str().unwrap().contains("200 → 2")), "{jumps:#?}");
}

#[test]
fn items_of_the_form_of_2019_follow_from_the_year_before() {
    let older = by_id("xxgk-2019").unwrap();
    let write = |year: i32, prior: i64, change: i64| {
        let mut values: Numbers = older.honest();
        values.insert(older.field_ix("t2.licence.prior").unwrap(), Decimal::from(prior));
        values.insert(older.field_ix("t2.licence.change").unwrap(), Decimal::from(change));
        let contents =
            Contents {
                office: Some("石碁镇".to_owned()), year: Some(year), values, ..Contents::default()
            };
        fill(older, &contents).unwrap()
    };
    let root = tempfile::tempdir().unwrap();
    put(&root.path().join("报送/石碁镇.xlsx"), &write(2020, 50, 0));
    put(&root.path().join("上年/石碁镇.xlsx"), &write(2019, 40, 7));
    let mut batch = batch(root.path());
    batch.options.prior =
        Some(last_year(&root.path().join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    audited(&batch);
    let stock = found(root.path(), "X201");
    assert_eq!(stock.iter().filter(|f| f["where"] == "licence").count(), 1, "{stock:#?}");
    let licence = stock.iter().find(|f| f["where"] == "licence").unwrap();
    assert_eq!((&licence["expected"], &licence["actual"]), (&Value::from(47), &Value::from(50)));
}

#[test]
fn a_roster_says_which_names_are_one_office() {
    let (mut old, mut new) = (numbers(1), numbers(1));
    set(&mut old, "t3.carried_forward.natural", 7);
    set(&mut new, "t3.carried_over.natural", 5);
    let root = tempfile::tempdir().unwrap();
    put(&root.path().join("名单.csv"), "单位,别名\n石碁镇,石基镇\n".as_bytes());
    put(&root.path().join("报送/石碁镇.xlsx"), &workbook("石碁镇人民政府", 2023, new));
    put(&root.path().join("上年/旧名.xlsx"), &workbook("石基镇", 2022, old));
    let mut batch = batch(root.path());
    batch.options.prior =
        Some(last_year(&root.path().join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    audited(&batch);
    assert!(found(root.path(), "X301").iter().any(|f| f["where"] == "natural"));
}

#[test]
fn of_several_reports_of_last_year_the_one_that_was_final_counts() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let (now, before, draft) = (numbers(1), numbers(1), numbers(2));
    let carried = |of: &Numbers, id: &str| of[&form().field_ix(id).unwrap()];
    assert_ne!(carried(&now, "t3.carried_over.total"), carried(&draft, "t3.carried_forward.total"));
    put(&root.join("报送/石碁镇.xlsx"), &workbook("石碁镇", 2023, now));
    put(&root.join("上年/石碁镇定稿.xlsx"), &workbook("石碁镇", 2022, before));
    let mut batch = batch(root);
    let found = |batch: &Batch| {
        audited(batch);
        let result = results(root).remove(0);
        let findings = result["findings"].as_array().unwrap().clone();
        findings.iter().filter(|f| f["code"] == "X301").map(|f| f["message"].to_string()).collect::<Vec<_>>()
    };
    batch.options.prior = Some(last_year(&root.join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    let with_final_alone = found(&batch);
    put(&root.join("上年/石碁镇（初稿）.xlsx"), &workbook("石碁镇", 2022, draft.clone()));
    put(&root.join("上年/终/石碁镇.xlsx"), &workbook("石碁镇", 2022, draft));
    batch.options.prior = Some(last_year(&root.join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    assert_eq!(
        found(&batch),
        with_final_alone,
        "neither a draft nor a file that says nothing comes before it"
    );
}

#[test]
fn last_years_numbers_under_a_new_title_are_one_finding() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(&root.join("上年/石碁镇2022.xlsx"), &workbook("石碁镇", 2022, numbers(7)));
    put(&root.join("报送/石碁镇2023.xlsx"), &workbook("石碁镇", 2023, numbers(7)));
    let mut with = batch(root);
    with.options.prior = last_year(&root.join("上年"), &with.options, (1, &Stop::default())).ok();
    audited(&with);
    let own = &results(root)[0];
    let codes: Vec<&str> =
        own["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["X101"], "what follows from it is no other finding");
}

#[test]
fn two_years_are_compared_over_the_offices_that_filled_a_cell_in_both() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let field = form().field_ix("t3.new.natural").unwrap();
    for (n, office) in [(1, "石碁镇"), (2, "沙湾镇")] {
        let mut now = numbers(n);
        if n == 2 {
            now.remove(&field);
        }
        put(&root.join(format!("报送/{office}.xlsx")), &workbook(office, 2023, now));
        put(&root.join(format!("上年/{office}.xlsx")), &workbook(office, 2022, numbers(n)));
    }
    let mut batch = batch(root);
    batch.options.prior = Some(last_year(&root.join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    let all = audited(&batch).overview;
    let [was, is] = [&all.before, &all.since].map(|sums| sums[field.0 as usize]);
    assert_eq!((was.value, was.numbers), (is.value, 1), "the one that left it blank is in neither");
    let total = form().field_ix("t3.carried_over.natural").unwrap();
    assert_eq!(all.before[total.0 as usize].numbers, 2);
}

#[test]
fn last_years_reports_of_a_wrong_year_are_told() {
    let root = two_years(numbers(1), &workbook("石碁镇", 2021, numbers(1)));
    let mut batch = batch(root.path());
    batch.options.prior =
        Some(last_year(&root.path().join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    let doubts: Vec<String> = audited(&batch).overview.doubts().into_iter().map(|t| t.zh).collect();
    assert!(
        doubts.iter().any(|d| d.contains("上年报表是 2021 年的") && d.contains("请给 2022 年的")),
        "{doubts:?}"
    );
}
