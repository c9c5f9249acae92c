//! Tables of parts of a district, and whose numbers are added up in them.

use super::*;

/// Eight townships of two areas, all in one folder, with the tables of both areas and of the district.
fn areas(root: &Path, roster: &str) -> BTreeMap<&'static str, Numbers> {
    let names = [["石碁镇", "沙湾镇", "南村镇", "化龙镇"], ["新造镇", "东涌镇", "榄核镇", "大岗镇"]];
    let mut sums: BTreeMap<&str, Numbers> = BTreeMap::new();
    let mut list = String::from("单位,上级\n");
    for (area, names) in ["东片区", "西片区"].into_iter().zip(names) {
        for (i, name) in names.iter().enumerate() {
            let values = numbers(if area == "东片区" { [3, 10, 21, 45] } else { [4, 95, 7, 200] }[i]);
            for sum in [area, "番禺区"] {
                for (field, value) in &values {
                    *sums.entry(sum).or_default().entry(*field).or_default() += *value;
                }
            }
            list += &format!("{name},{area}管理委员会\n");
            put(&root.join(format!("报送/{name}.xlsx")), &workbook(&format!("{name}人民政府"), 2023, values));
        }
    }
    if !roster.is_empty() {
        put(&root.join("名单.csv"), format!("{list}{roster}").as_bytes());
    }
    for (sum, values) in &sums {
        table(root, sum, values.clone());
    }
    sums
}

fn table(root: &Path, sum: &str, values: Numbers) {
    let title =
        if sum == "番禺区" { "番禺区人民政府".to_owned() } else { format!("{sum}管理委员会") };
    put(&root.join(format!("报送/{sum}汇总.xlsx")), &workbook(&title, 2023, values));
}

fn told(root: &Path, sum: &str) -> Vec<Value> {
    let results = results(root);
    let own = results.iter().find(|r| r["file"] == format!("{sum}汇总.xlsx")).unwrap();
    own["findings"].as_array().unwrap().iter().filter(|f| f["code"] == "X901").cloned().collect()
}

#[test]
fn tables_of_areas_are_compared_with_the_offices_under_them() {
    // By the roster with and without the bodies on it, and by nothing but the numbers.
    for roster in ["番禺区民政局,番禺区\n", "东片区管理委员会,番禺区\n西片区管理委员会,番禺区\n", ""]
    {
        let root = tempfile::tempdir().unwrap();
        areas(root.path(), roster);
        let all = audited(&batch(root.path())).overview;
        for sum in ["东片区", "西片区", "番禺区"] {
            assert!(told(root.path(), sum).is_empty(), "{roster}: {:#?}", told(root.path(), sum));
            let agrees = format!("“{sum}汇总.xlsx”与各单位之和相符");
            assert!(all.verdict().zh.contains(&agrees), "{}", all.verdict().zh);
        }
    }
}

#[test]
fn an_area_whose_table_is_there_has_reported() {
    let root = tempfile::tempdir().unwrap();
    areas(root.path(), "东片区管理委员会,番禺区\n西片区管理委员会,番禺区\n大石街道,西片区管理委员会\n");
    let all = audited(&batch(root.path())).overview;
    let state = |name: &str| all.offices.iter().find(|o| o.name.contains(name)).map(|o| o.state);
    assert_eq!(state("东片区"), Some(State::Reported));
    assert_eq!(state("大石街道"), Some(State::Missing));
    fs::remove_file(root.path().join("报送/东片区汇总.xlsx")).unwrap();
    let all = audited(&batch(root.path())).overview;
    assert!(all.offices.iter().any(|o| o.name.contains("东片区") && o.state == State::Missing));
}

#[test]
fn an_error_in_the_table_of_an_area_is_told_there_and_no_other_areas_office_is_named() {
    for roster in ["番禺区民政局,番禺区\n", ""] {
        let root = tempfile::tempdir().unwrap();
        let sums = areas(root.path(), roster);
        let mut wrong = sums["东片区"].clone();
        let cell = form().field_ix("t2.penalty.decisions").unwrap();
        *wrong.get_mut(&cell).unwrap() += Decimal::from(7);
        table(root.path(), "东片区", wrong);
        audited(&batch(root.path()));
        let gaps = told(root.path(), "东片区");
        assert_eq!(gaps.len(), 1, "{roster}: {gaps:#?}");
        assert_eq!(gaps[0]["where"], "t2.penalty.decisions");
        let said = gaps[0].to_string();
        for name in ["新造镇", "东涌镇", "榄核镇", "大岗镇"] {
            assert!(!said.contains(name), "{said}");
        }
        assert!(told(root.path(), "西片区").is_empty() && told(root.path(), "番禺区").is_empty());
    }
}

#[test]
fn an_office_under_another_body_is_no_member() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for (name, n) in [("石碁镇", 3), ("沙湾镇", 10), ("南村镇", 21), ("番禺区税务局", 40)] {
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(n)));
    }
    let list = "单位,上级\n石碁镇,番禺区\n沙湾镇,番禺区\n南村镇,番禺区\n番禺区税务局,广州市税务局\n";
    put(&root.join("名单.csv"), list.as_bytes());
    table(root, "番禺区", numbers(34));
    audited(&batch(root));
    assert!(told(root, "番禺区").is_empty(), "{:#?}", told(root, "番禺区"));
    table(root, "番禺区", numbers(24));
    audited(&batch(root));
    let gaps = told(root, "番禺区");
    assert!(gaps.len() == 1 && gaps[0]["message"].as_str().unwrap().contains("漏加了沙湾镇"), "{gaps:#?}");
}

#[test]
fn of_two_versions_of_a_table_the_newest_is_judged() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for (name, n) in [("石碁镇", 3), ("沙湾镇", 10), ("南村镇", 21)] {
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(n)));
    }
    for (file, n) in [("番禺区汇总", 24), ("番禺区汇总（最终版）", 34)] {
        put(&root.join(format!("报送/{file}.xlsx")), &workbook("番禺区人民政府", 2023, numbers(n)));
    }
    let all = audited(&batch(root)).overview;
    let verdict = all.verdict().zh;
    assert!(verdict.contains("“番禺区汇总（最终版）.xlsx”与各单位之和相符"), "{verdict}");
    assert!(!verdict.contains("“番禺区汇总.xlsx”"), "{verdict}");
    assert!(told(root, "番禺区").is_empty());
    let old = all.entries.iter().position(|e| e.file == "番禺区汇总.xlsx").unwrap();
    assert_eq!(all.roles[old], Role::Older);
}

#[test]
fn who_of_the_roster_is_missing_from_a_table_is_named() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for (name, n) in [("石碁镇", 3), ("沙湾镇", 10)] {
        put(&root.join(format!("报送/{name}.xlsx")), &workbook(name, 2023, numbers(n)));
    }
    put(&root.join("名单.csv"), "单位\n石碁镇\n沙湾镇\n南村镇\n".as_bytes());
    table(root, "番禺区", numbers(34));
    audited(&batch(root));
    let gaps = told(root, "番禺区");
    assert!(gaps[0]["message"].as_str().unwrap().contains("缺报或未采用（南村镇）"), "{gaps:#?}");
}
