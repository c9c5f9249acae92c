//! Which numbers are summed, and the district's own table beside the sum.

use super::*;

fn sum_of(root: &Path, id: &str) -> Option<Decimal> {
    let bytes = fs::read(root.join("结果/汇总.xlsx")).unwrap();
    let outcome = gouji::audit::audit("汇总.xlsx", &bytes, &Options::default()).outcome;
    outcome.fields.get(id).and_then(|f| f.value)
}

fn findings(root: &Path, file: &str, code: &str) -> Vec<Value> {
    let results = results(root);
    let own = results.iter().find(|r| r["file"] == file).unwrap();
    own["findings"].as_array().unwrap().iter().filter(|f| f["code"] == code).cloned().collect()
}

#[test]
fn the_districts_own_table_is_compared_with_the_sum_of_its_members() {
    let root = tempfile::tempdir().unwrap();
    let mut sum = district(root.path());
    let wrong = form().field_ix("t2.penalty.decisions").unwrap();
    let right = sum[&wrong];
    sum.insert(wrong, right + Decimal::from(3));
    put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, sum.clone()));
    let all = audited(&batch(root.path())).overview;
    assert_eq!(all.used().count(), 3, "an aggregate is no member");
    let results = results(root.path());
    let own = results.iter().find(|r| r["file"] == "番禺区汇总.xlsx").unwrap();
    let found: Vec<&Value> =
        own["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "X901").collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["where"], "t2.penalty.decisions");
    let (expected, actual) = (found[0]["expected"].as_i64(), found[0]["actual"].as_i64());
    assert_eq!(actual.unwrap() - expected.unwrap(), 3);
    assert!(!found[0]["cells"].as_array().unwrap().is_empty());
}

/// Two townships: one with an error that is located, one with an error that is not.
fn two_townships(root: &Path) {
    let (mut located, mut unsure) = (numbers(1), numbers(1));
    let natural = form().field_ix("t3.granted.natural").unwrap();
    let entered = located[&natural] + Decimal::from(30);
    located.insert(natural, entered);
    set(&mut unsure, "t4.review.total", 90);
    put(&root.join("报送/石碁镇.xlsx"), &workbook("石碁镇人民政府", 2023, located));
    put(&root.join("报送/沙湾镇.xlsx"), &workbook("沙湾镇人民政府", 2023, unsure));
    put(&root.join("报送/大石街道.xlsx"), &workbook("大石街道办事处", 2023, numbers(1)));
}

#[test]
fn corrected_numbers_are_summed_where_that_is_asked_for() {
    let root = tempfile::tempdir().unwrap();
    two_townships(root.path());
    let honest = numbers(3)[&form().field_ix("t3.granted.natural").unwrap()];
    audited(&batch(root.path()));
    assert_eq!(sum_of(root.path(), "t3.granted.natural"), Some(honest + Decimal::from(30)), "as entered");
    let mut corrected = batch(root.path());
    corrected.choice.corrected = true;
    audited(&corrected);
    assert_eq!(sum_of(root.path(), "t3.granted.natural"), Some(honest));
}

#[test]
fn unproved_submissions_are_left_out_where_that_is_asked_for() {
    let root = tempfile::tempdir().unwrap();
    two_townships(root.path());
    let mut proved = batch(root.path());
    proved.choice = Choice { corrected: true, proved_only: true, ..Choice::default() };
    let all = audited(&proved).overview;
    let left_out: Vec<&str> = all
        .entries
        .iter()
        .zip(&all.roles)
        .filter(|(_, r)| **r == Role::Unproved)
        .map(|(e, _)| e.file.as_str())
        .collect();
    assert_eq!(left_out, ["沙湾镇.xlsx"]);
    let verdict = all.verdict().zh;
    assert!(
        verdict.contains("2 家有错误") && verdict.contains("1 家勾稽不平"),
        "it has errors still: {verdict}"
    );
    let two = numbers(2)[&form().field_ix("t3.granted.natural").unwrap()];
    assert_eq!(sum_of(root.path(), "t3.granted.natural"), Some(two));
}

#[test]
fn blanks_and_missing_cells_are_no_zeros() {
    let root = tempfile::tempdir().unwrap();
    let mut blank = numbers(1);
    blank.remove(&form().field_ix("t2.licence.decisions").unwrap());
    put(&root.path().join("报送/石碁镇.xlsx"), &workbook("石碁镇人民政府", 2023, blank));
    put(&root.path().join("报送/沙湾镇.xlsx"), &workbook("沙湾镇人民政府", 2023, numbers(1)));
    let all = audited(&batch(root.path())).overview;
    let sum = all.sum(form().field_ix("t2.licence.decisions").unwrap()).unwrap();
    assert_eq!((sum.numbers, sum.blanks, sum.lacking()), (1, 1, 1));
}

#[test]
fn offices_that_explain_a_gap_are_named() {
    let root = tempfile::tempdir().unwrap();
    two_townships(root.path());
    put(&root.path().join("报送/化龙镇.xlsx"), &workbook("化龙镇人民政府", 2023, numbers(7)));
    let honest = numbers(3);
    let own: Numbers = honest.into_iter().collect();
    put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
    audited(&batch(root.path()));
    let gaps = findings(root.path(), "番禺区汇总.xlsx", "X901");
    let left_out = gaps[0]["message"].as_str().unwrap();
    assert!(left_out.contains("漏加了化龙镇"), "{left_out}");
    assert_eq!(gaps.len(), 3, "what is left is two cells that the townships have wrong: {gaps:#?}");
    fs::remove_file(root.path().join("报送/化龙镇.xlsx")).unwrap();
    audited(&batch(root.path()));
    let gaps = findings(root.path(), "番禺区汇总.xlsx", "X901");
    let located: Vec<&Value> = gaps.iter().filter(|f| f["where"] == "t3.granted.natural").collect();
    let advice = located[0]["advice"].as_str().unwrap();
    assert!(advice.contains("石碁镇") && advice.contains("更正这一格后"), "{advice}");
}

/// What a district's table over the two townships says, which has their sum as they sent it but for `change`.
fn over_wrong_townships(root: &Path, change: &dyn Fn(&mut Numbers)) -> (Value, Report) {
    two_townships(root);
    let mut own = numbers(3);
    let natural = form().field_ix("t3.granted.natural").unwrap();
    *own.get_mut(&natural).unwrap() += Decimal::from(30);
    let review = form().field_ix("t4.review.total").unwrap();
    own.insert(review, numbers(2)[&review] + Decimal::from(90));
    change(&mut own);
    put(&root.join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
    let report = audited(&batch(root));
    (results(root).into_iter().find(|r| r["file"] == "番禺区汇总.xlsx").unwrap(), report)
}

#[test]
fn a_table_that_sums_up_rightly_what_does_not_balance_is_not_accused() {
    let root = tempfile::tempdir().unwrap();
    let (own, report) = over_wrong_townships(root.path(), &|_| {});
    let found = own["findings"].as_array().unwrap();
    assert_eq!(found.len(), 1, "one finding: {found:#?}");
    assert_eq!(found[0]["cells"].as_array().unwrap().len(), 0, "no cell of the table is wrong: {found:#?}");
    let said = found[0]["message"].as_str().unwrap();
    for part in ["不是汇总时加错", "石碁镇人民政府（", "沙湾镇人民政府（", "条勾稽关系不平"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let relations = found[0]["relations"].as_array().unwrap();
    assert!(relations.iter().any(|r| r["code"] == "A401") && relations.len() > 1, "{relations:#?}");
    assert_eq!(own["repair"]["status"], "none");
    assert!(
        !root.path().join("结果/corrected/番禺区汇总.更正.xlsx").exists(),
        "nothing in it is to be corrected"
    );
    let verdict = report.overview.verdict().zh;
    assert!(verdict.contains("与各单位之和相符") && verdict.contains("但有 1 处错误"), "{verdict}");
}

#[test]
fn a_cell_of_the_table_that_is_off_is_one_finding_with_what_does_not_balance_for_it() {
    let root = tempfile::tempdir().unwrap();
    let off = |own: &mut Numbers| {
        let total = form().field_ix("t4.direct_suit.total").unwrap();
        *own.get_mut(&total).unwrap() -= Decimal::TWO;
    };
    let (own, _) = over_wrong_townships(root.path(), &off);
    let found = own["findings"].as_array().unwrap();
    let said = messages(found);
    assert_eq!(found.len(), 2, "{said:#?}");
    let gap = found.iter().find(|f| f["code"] == "X901").unwrap();
    assert_eq!(
        (&gap["where"], gap["relations"][0]["where"].as_str()),
        (&"t4.direct_suit.total".into(), Some("direct_suit"))
    );
    let members = found.iter().find(|f| f["code"] != "X901").unwrap();
    assert!(members["message"].as_str().unwrap().contains("所加的单位的数本身不平"), "{said:#?}");
    let off = |own: &mut Numbers| {
        let new = form().field_ix("t3.new.enterprise").unwrap();
        *own.get_mut(&new).unwrap() += Decimal::from(9);
    };
    let root = tempfile::tempdir().unwrap();
    let (own, _) = over_wrong_townships(root.path(), &off);
    let found = own["findings"].as_array().unwrap();
    let told = found.iter().find(|f| f["fields"] == serde_json::json!(["t3.new.enterprise"])).unwrap();
    assert_eq!((found.len(), told["relations"].as_array().unwrap().len()), (2, 2), "{found:#?}");
}

/// The X901 findings of a district's table over four townships, whose numbers are 1, 2, 4 and 11 times the same.
fn compared(root: &Path, own: Numbers) -> Vec<Value> {
    for (name, n) in [("石碁镇", 1), ("沙湾镇", 2), ("南村镇", 4), ("化龙镇", 11)] {
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(&format!("{name}人民政府"), 2023, numbers(n)));
    }
    put(&root.join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
    audited(&batch(root));
    findings(root, "番禺区汇总.xlsx", "X901")
}

fn messages(gaps: &[Value]) -> Vec<&str> {
    gaps.iter().map(|f| f["message"].as_str().unwrap()).collect()
}

#[test]
fn an_office_left_out_or_counted_twice_is_one_finding() {
    let cases: [(u32, &[&str]); 5] = [
        (18, &[]),
        (16, &["漏加了沙湾镇"]),
        (20, &["沙湾镇人民政府加了两次"]),
        (3, &["漏加了化龙镇", "漏加了南村镇"]),
        (22, &["南村镇人民政府加了两次"]),
    ];
    for (n, expected) in cases {
        let root = tempfile::tempdir().unwrap();
        let gaps = compared(root.path(), numbers(n));
        let said = messages(&gaps);
        assert_eq!(said.len(), expected.len(), "{n}: {said:#?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.contains(expected), "{said}");
        }
        assert!(gaps.iter().all(|f| f["cells"].as_array().unwrap().len() > 20), "{gaps:#?}");
    }
}

#[test]
fn an_office_is_blamed_only_where_that_explains_what_it_moves() {
    let root = tempfile::tempdir().unwrap();
    // Every cell of its own by its own amount, as with last year's numbers of an office.
    let mut own = numbers(18);
    for (i, (_, value)) in own.iter_mut().enumerate() {
        *value += Decimal::from(if i % 3 == 0 { -11 } else { i as i64 % 7 + 30 });
    }
    let gaps = compared(root.path(), own);
    assert!(messages(&gaps).iter().all(|m| !m.contains("它有数的")), "{gaps:#?}");
}

/// What is advised where a district's table is off by `by` in one cell, in which its townships have these numbers.
fn advised(by: i64) -> String {
    let root = tempfile::tempdir().unwrap();
    let cell = "t2.penalty.decisions";
    let members = [("石碁镇", 3), ("沙湾镇", 120), ("南村镇", 1237), ("化龙镇", 40)];
    for (name, number) in members {
        let mut values = numbers(1);
        set(&mut values, cell, number);
        put(&root.path().join(format!("报送/{name}.xlsx")), &workbook(name, 2023, values));
    }
    let mut own = numbers(4);
    set(&mut own, cell, members.iter().map(|(_, n)| n).sum::<i64>() + by);
    put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
    audited(&batch(root.path()));
    let gaps = findings(root.path(), "番禺区汇总.xlsx", "X901");
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    gaps[0]["advice"].as_str().unwrap().to_owned()
}

#[test]
fn an_office_whose_number_is_the_gap_of_one_cell_is_named_only_where_that_is_hardly_chance() {
    let said = advised(-1237);
    assert!(said.contains("差额正好是南村镇的数，疑似漏加"), "{said}");
    for (by, office) in [(-3, "石碁镇"), (3, "石碁镇"), (-40, "化龙镇")] {
        let said = advised(by);
        assert!(said.contains(office) && said.contains("也可能是巧合") && !said.contains("疑似"), "{said}");
    }
    assert!(advised(-7).contains("请核实是漏报"), "nobody's number");
}

#[test]
fn a_districts_table_of_another_year_is_told_and_not_compared() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2022, numbers(18)));
    audited(&batch(root.path()));
    let gaps = findings(root.path(), "番禺区汇总.xlsx", "X901");
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert!(messages(&gaps)[0].contains("2022 年") && messages(&gaps)[0].contains("没有与各单位之和核对"));
}

#[test]
fn what_is_left_of_an_office_left_out_beside_one_that_is_missing_is_one_finding() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for (name, n) in [("石碁镇", 1), ("沙湾镇", 2), ("化龙镇", 113)] {
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(n)));
    }
    // One that has not reported has more than 化龙镇 in table 3, and nothing elsewhere.
    let of_table_3 = |f: &FieldIx| form().field(*f).unwrap().id.starts_with("t3.");
    let own = numbers(203).into_iter().filter(|(f, _)| of_table_3(f));
    let own = own.chain(numbers(3).into_iter().filter(|(f, _)| !of_table_3(f))).collect();
    put(&root.join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
    put(&root.join("名单.csv"), "单位\n石碁镇\n沙湾镇\n化龙镇\n南村镇\n".as_bytes());
    audited(&batch(root));
    let gaps = findings(root, "番禺区汇总.xlsx", "X901");
    let said = messages(&gaps);
    assert_eq!(said.len(), 2, "{gaps:#?}");
    let left_out = gaps.iter().find(|g| g["where"] != "missing").unwrap();
    assert!(left_out["message"].as_str().unwrap().contains("也差在这一家"), "{left_out:#?}");
    assert!(left_out["advice"].as_str().unwrap().contains("化龙镇的数，疑似漏加"), "{left_out:#?}");
}

#[test]
fn a_table_that_takes_corrected_numbers_for_those_sent_or_the_reverse_is_one_finding() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let (honest, mut sent) = (numbers(7), numbers(7));
    for (name, n, id) in [
        ("石碁镇", 1, "t3.granted.natural"),
        ("沙湾镇", 2, "t3.new.natural"),
        ("南村镇", 4, "t3.partial.enterprise"),
    ] {
        let mut own = numbers(n);
        let field = form().field_ix(id).unwrap();
        *own.get_mut(&field).unwrap() += Decimal::from(40);
        *sent.get_mut(&field).unwrap() += Decimal::from(40);
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(name, 2023, own));
    }
    for (table, corrected, said) in
        [(honest, false, "加的是各单位更正后的数"), (sent, true, "加的是各单位更正前的数")]
    {
        put(&root.join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, table));
        audited(&Batch { choice: Choice { corrected, ..Choice::default() }, ..batch(root) });
        let gaps = findings(root, "番禺区汇总.xlsx", "X901");
        let told = messages(&gaps);
        assert!(told.len() == 1 && told[0].contains(said) && told[0].contains("3 格"), "{told:#?}");
    }
}

#[test]
fn a_number_that_is_off_with_the_totals_summed_up_from_it_is_one_finding() {
    let root = tempfile::tempdir().unwrap();
    let mut own = numbers(18);
    for id in ["t3.granted", "t3.total", "t3.new"]
        .iter()
        .flat_map(|r| [format!("{r}.natural"), format!("{r}.total")])
    {
        *own.get_mut(&form().field_ix(&id).unwrap()).unwrap() += Decimal::from(7);
    }
    let gaps = compared(root.path(), own);
    let said = messages(&gaps);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("相差 7") && said[0].contains("这 5 格随之不同"), "{said:#?}");
    assert_eq!(gaps[0]["cells"].as_array().unwrap().len(), 6, "{gaps:#?}");
}

#[test]
fn a_table_of_other_offices_than_are_here_is_one_finding() {
    let root = tempfile::tempdir().unwrap();
    // Of what stands in table 3 less than all have together, of the rest more, and no one's numbers are the difference.
    let of_table_3 = |f: &FieldIx| form().field(*f).unwrap().id.starts_with("t3.");
    let own = numbers(10).into_iter().filter(|(f, _)| of_table_3(f));
    let own = own.chain(numbers(40).into_iter().filter(|(f, _)| !of_table_3(f))).collect();
    let gaps = compared(root.path(), own);
    let said = messages(&gaps);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("不是同一批单位"), "{said:#?}");
}

#[test]
fn a_cell_copied_wrong_beside_an_office_left_out_is_told_apart() {
    let root = tempfile::tempdir().unwrap();
    let mut own = numbers(16);
    let cell = form().field_ix("t2.penalty.decisions").unwrap();
    let right = own[&cell];
    own.insert(cell, right + Decimal::from(90));
    let gaps = compared(root.path(), own);
    let said = messages(&gaps);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("漏加了沙湾镇") && said[1].contains("相差 90"), "{said:#?}");
}

#[test]
fn a_table_that_took_the_numbers_of_an_office_before_it_corrected_them_is_one_finding() {
    let root = tempfile::tempdir().unwrap();
    let before = workbook("石碁镇人民政府", 2023, numbers(3));
    let path = root.path().join("报送/旧/石碁镇.xlsx");
    put(&path, &before);
    let old = fs::File::options().write(true).open(&path).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000)).unwrap();
    drop(old);
    let gaps = compared(root.path(), numbers(20));
    let said = messages(&gaps);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("较早报送") && said[0].contains("石碁镇"), "{said:#?}");
}

#[test]
fn the_level_on_the_roster_counts() {
    let root = tempfile::tempdir().unwrap();
    let mut rules = numbers(1);
    set(&mut rules, "t2.rules.made", 2);
    put(&root.path().join("报送/a.xlsx"), &workbook("昆山市人民政府", 2023, rules));
    put(&root.path().join("名单.csv"), "单位\n昆山市人民政府\n".as_bytes());
    audited(&batch(root.path()));
    assert_eq!(findings(root.path(), "a.xlsx", "C201")[0]["severity"], "warning", "the name does not tell");
    put(&root.path().join("名单.csv"), "单位,级别\n昆山市人民政府,县级市\n".as_bytes());
    audited(&batch(root.path()));
    assert_eq!(findings(root.path(), "a.xlsx", "C201")[0]["severity"], "error");
    put(&root.path().join("名单.csv"), "单位,级别\n昆山市人民政府,地级市\n".as_bytes());
    audited(&batch(root.path()));
    assert!(findings(root.path(), "a.xlsx", "C201").is_empty());
}

/// The X901 findings of a district's table over three townships, whose numbers are 3, 10 and 21 times the same this year
/// and were 5, 41 and 90 times last year.
fn compared_with_prior(root: &Path, own: u32) -> Vec<Value> {
    for (name, now, before) in [("石碁镇", 3, 5), ("沙湾镇", 10, 41), ("南村镇", 21, 90)] {
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(now)));
        put(&root.join(format!("上年/{name}.xlsx")), &workbook(name, 2022, numbers(before)));
    }
    put(&root.join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, numbers(own)));
    let mut batch = batch(root);
    batch.options.prior = Some(last_year(&root.join("上年"), &batch.options, (1, &Stop::default())).unwrap());
    audited(&batch);
    findings(root, "番禺区汇总.xlsx", "X901")
}

#[test]
fn a_table_that_took_last_years_numbers_is_one_finding() {
    let cases: [(u32, &[&str]); 4] = [
        (34, &[]),
        (65, &["用的是沙湾镇上年的数"]),
        (136, &["用的是各单位上年的数"]),
        (26, &["漏加了沙湾镇", "用的是石碁镇上年的数"]),
    ];
    for (own, expected) in cases {
        let root = tempfile::tempdir().unwrap();
        let gaps = compared_with_prior(root.path(), own);
        let mut said = messages(&gaps);
        said.sort_by_key(|m| expected.iter().position(|e| m.contains(e)));
        assert_eq!(said.len(), expected.len(), "{own}: {said:#?}");
        assert!(said.iter().zip(expected).all(|(s, e)| s.contains(e)), "{said:#?}");
    }
}

/// What is told of a district's table over three townships that hold 3, 10 and 21 times the same, with these numbers
/// in the place of its own.
fn told_with(changed: &[(&str, i64)]) -> Vec<Value> {
    let root = tempfile::tempdir().unwrap();
    let mut own = numbers(34);
    for (id, value) in changed {
        set(&mut own, id, *value);
    }
    for (name, n) in [("石碁镇", 3), ("沙湾镇", 10), ("南村镇", 21)] {
        put(&root.path().join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(n)));
    }
    put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
    audited(&batch(root.path()));
    findings(root.path(), "番禺区汇总.xlsx", "X901")
}

/// What the numbers of a field come to in the table of [`told_with`].
fn right(id: &str) -> i64 {
    numbers(34)[&form().field_ix(id).unwrap()].try_into().unwrap()
}

#[test]
fn numbers_in_each_others_cells_are_told_as_that_with_their_right_values_and_nobody_is_named() {
    let [a, b] = ["t3.granted.total", "t3.new.total"];
    let [x, y] = [a, b].map(right);
    assert_ne!(x, y);
    let gaps = told_with(&[(a, y), (b, x)]);
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    let said = format!("{}{}", gaps[0]["message"], gaps[0]["advice"]);
    assert!(said.contains("填反了") && !said.contains("仍然成立"), "{said}");
    for should in [format!("应为 {x}，实为 {y}"), format!("应为 {y}，实为 {x}")] {
        assert!(said.contains(&should), "{said}");
    }
    for name in ["石碁镇", "沙湾镇", "南村镇"] {
        assert!(!said.contains(name), "{said}");
    }
    assert!(!gaps[0]["relations"].as_array().unwrap().is_empty(), "its rows do not add up: {gaps:#?}");
}

#[test]
fn two_rows_in_each_others_place_are_one_finding() {
    let cols = ["natural", "enterprise", "research", "total"];
    let cells: Vec<[String; 2]> =
        cols.iter().map(|c| [format!("t3.granted.{c}"), format!("t3.partial.{c}")]).collect();
    let changed: Vec<(&str, i64)> =
        cells.iter().flat_map(|[a, b]| [(a.as_str(), right(b)), (b.as_str(), right(a))]).collect();
    let gaps = told_with(&changed);
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert!(messages(&gaps)[0].contains("对数填反了"), "{gaps:#?}");
}

#[test]
fn a_sum_rounded_to_fewer_decimals_is_a_hint() {
    let cell = "t2.fees.amount";
    let exact = form().field_ix(cell).unwrap();
    for (own, expected) in [("222.82", "info"), ("222.8", "info"), ("222.81", "error"), ("222", "error")] {
        let root = tempfile::tempdir().unwrap();
        for (name, amount) in [("石碁镇", "100.41"), ("沙湾镇", "122.41099")] {
            let mut values = numbers(1);
            values.insert(exact, amount.parse().unwrap());
            put(&root.path().join(format!("报送/{name}.xlsx")), &workbook(name, 2023, values));
        }
        let mut table = numbers(2);
        table.insert(exact, own.parse().unwrap());
        put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, table));
        let verdict = audited(&batch(root.path())).overview.verdict().zh;
        let gaps = findings(root.path(), "番禺区汇总.xlsx", "X901");
        assert_eq!(gaps.len(), 1, "{own}: {gaps:#?}");
        assert_eq!(gaps[0]["severity"], expected, "{own}: {gaps:#?}");
        assert_eq!(verdict.contains("与各单位之和相符"), expected == "info", "{verdict}");
    }
}

#[test]
fn a_member_with_an_error_in_the_cell_is_named_and_no_other_also_where_corrected_numbers_are_summed() {
    for choice in [
        Choice::default(),
        Choice { corrected: true, ..Choice::default() },
        Choice { corrected: true, proved_only: true, ..Choice::default() },
    ] {
        let root = tempfile::tempdir().unwrap();
        let mut own = Numbers::new();
        for (i, name) in ["石碁镇", "沙湾镇", "南村镇", "化龙镇", "新造镇", "东涌镇"].iter().enumerate()
        {
            let mut values = numbers(1);
            // Others have just the number that the table is less.
            set(&mut values, "t4.review.total", 1);
            set(&mut values, "t4.review.upheld", 1);
            for id in ["corrected", "other", "pending"] {
                set(&mut values, &format!("t4.review.{id}"), 0);
            }
            for (field, value) in &values {
                *own.entry(*field).or_default() += *value;
            }
            if i == 3 {
                set(&mut values, "t4.review.total", 2);
            }
            put(&root.path().join(format!("报送/{name}.xlsx")), &workbook(name, 2023, values));
        }
        put(&root.path().join("报送/番禺区汇总.xlsx"), &workbook("番禺区人民政府", 2023, own));
        audited(&Batch { choice, ..batch(root.path()) });
        let gaps = findings(root.path(), "番禺区汇总.xlsx", "X901");
        assert_eq!(gaps.len(), 1, "{gaps:#?}");
        let said = format!("{}{}", gaps[0]["message"], gaps[0]["advice"]);
        assert!(said.contains("化龙镇"), "{choice:?}: {said}");
        for name in ["石碁镇", "沙湾镇", "南村镇", "新造镇", "东涌镇"] {
            assert!(!said.contains(name), "{choice:?}: {said}");
        }
    }
}
