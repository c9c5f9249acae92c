//! What people do wrong is told in words: copied, moved, not updated, in the wrong unit, rounded, mistyped.

use crate::forms::workbook;
use crate::repair::{COLS, Return, told};
use crate::solver::Draw;
use crate::statistics::{audited, learnt};
use gouji::finding::Certainty;
use gouji::repair::Cause;
use rust_decimal::Decimal;

/// The only cause, with its words.
fn only_cause(r: &Return) -> Cause {
    let diagnosis = r.diagnosed();
    let [cause] = diagnosis.causes.as_slice() else { panic!("{diagnosis:?}") };
    cause.clone()
}

/// Honest numbers, with these in a column of table 3 and everything that counts them changed with them.
fn with_column(seed: u64, col: &str, numbers: &[(&str, i64)]) -> Return {
    let mut r = Return::honest(&mut Draw::new(seed));
    for (row, n) in numbers {
        let by = n - r.get(&format!("t3.{row}.{col}"));
        let row = format!("t3.{row}");
        for id in [
            format!("{row}.{col}"),
            format!("{row}.total"),
            format!("t3.total.{col}"),
            "t3.total.total".to_owned(),
            format!("t3.new.{col}"),
            "t3.new.total".to_owned(),
        ] {
            r.set(&id, r.get(&id) + by);
        }
    }
    r
}

#[test]
fn last_years_number_is_seen_to_be_copied() {
    let mut r = with_column(21, "natural", &[("granted", 31)]);
    r.set("t3.granted.natural", 5700);
    assert!(!only_cause(&r).changes[0].why.zh.contains("上年"));
    r.before = Some([("t3.granted.natural".to_owned(), Some(Decimal::from(5700)))].into());
    let cause = only_cause(&r);
    assert!(cause.changes[0].why.zh.contains("照抄了上年的数"), "{cause:?}");
    assert!(cause.changes[0].why.en.contains("last year's number"), "{cause:?}");
}

#[test]
fn last_years_number_tells_which_cell_of_table_4_is_wrong() {
    let mut r = Return::zero();
    r.set("t4.review.upheld", 47);
    r.set("t4.review.pending", 12);
    r.set("t4.review.total", 25);
    assert_eq!(only_cause(&r).certainty, Certainty::Detected);
    r.before = Some([("t4.review.upheld".to_owned(), Some(Decimal::from(47)))].into());
    let diagnosis = r.diagnosed();
    assert_eq!(told(&diagnosis), [("t4.review.upheld".into(), Decimal::from(13), Certainty::Likely)]);
}

#[test]
fn a_total_that_was_not_updated_is_called_so() {
    let mut r = with_column(22, "natural", &[("granted", 31)]);
    let honest = r.get("t3.total.total");
    for (entered, words) in [
        (honest - 2, "总计没有随各项更新"),
        (honest - 200, "总计没有随各项更新"),
        (0, "总计没有更新，应有数却填了 0"),
    ] {
        r.set("t3.total.total", entered);
        let cause = only_cause(&r);
        assert_eq!(cause.changes[0].to, Decimal::from(honest));
        assert!(cause.changes[0].why.zh.contains(words), "{entered}: {cause:?}");
    }
    r.clear("t3.total.total");
    assert!(only_cause(&r).changes[0].why.zh.contains("总计漏填"));
}

#[test]
fn a_total_of_table_4_left_blank_is_likely_what_is_wrong() {
    let mut r = Return::zero();
    r.set("t4.review.upheld", 3);
    r.set("t4.review.pending", 2);
    r.clear("t4.review.total");
    let cause = only_cause(&r);
    assert_eq!((cause.certainty, cause.changes[0].to), (Certainty::Likely, Decimal::from(5)));
    assert!(cause.changes[0].why.zh.contains("总计漏填"));
}

const BLOCK: [(&str, i64); 6] = [
    ("granted", 24),
    ("partial", 13),
    ("deny.state_secret", 8),
    ("deny.law_forbids", 5),
    ("deny.safety", 17),
    ("deny.third_party", 0),
];

#[test]
fn a_stretch_of_a_column_that_moved_by_one_row_is_one_cause() {
    let rows = Return::zero().rows();
    let numbers: Vec<(&str, i64)> =
        rows.iter().skip(2).zip(BLOCK).map(|(row, (_, n))| (row.as_str(), n)).collect();
    for (col, down) in [("natural", true), ("enterprise", false)] {
        let honest = with_column(23, col, &numbers);
        let mut r = with_column(23, col, &numbers);
        let ids: Vec<String> = numbers.iter().map(|(row, _)| format!("t3.{row}.{col}")).collect();
        if down {
            r.set(&ids[0], 0);
            for i in 1..ids.len() {
                r.set(&ids[i], honest.get(&ids[i - 1]));
            }
        } else {
            for i in 0..ids.len() - 1 {
                r.set(&ids[i], honest.get(&ids[i + 1]));
            }
            let last = honest.get(&ids[0]) + honest.get(&ids[5]);
            r.set(&ids[5], last);
        }
        let cause = only_cause(&r);
        assert_eq!(cause.certainty, Certainty::Likely);
        assert!(cause.changes.iter().all(|c| c.why.zh.contains("一段数整体错位一格")), "{cause:?}");
        for change in &cause.changes {
            assert_eq!(change.to, Decimal::from(honest.get(&change.field)), "{}", change.field);
        }
        assert!(cause.changes.len() >= 5, "{cause:?}");
        // and another slip elsewhere is a cause of its own, likely at best
        let far = "t3.carried_forward.ngo";
        r.set(far, r.get(far) + 11);
        let diagnosis = r.diagnosed();
        assert_eq!(diagnosis.causes.len(), 2, "{diagnosis:?}");
        assert!(diagnosis.causes.iter().all(|c| c.certainty == Certainty::Likely));
    }
}

#[test]
fn a_row_that_moved_by_one_column_is_one_cause() {
    let mut r = Return::honest(&mut Draw::new(24));
    for (col, n) in COLS.iter().zip([19, 7, 3, 11, 2]) {
        let row = r.get(&format!("t3.granted.{col}"));
        for id in ["granted", "total", "new"] {
            let id = format!("t3.{id}.{col}");
            r.set(&id, r.get(&id) + n - row);
        }
        for id in ["t3.granted.total", "t3.total.total", "t3.new.total"] {
            r.set(id, r.get(id) + n - row);
        }
    }
    let honest: Vec<i64> = COLS.iter().map(|c| r.get(&format!("t3.granted.{c}"))).collect();
    r.set("t3.granted.natural", 0);
    for i in 1..6 {
        r.set(&format!("t3.granted.{}", COLS[i]), honest[i - 1]);
    }
    let cause = only_cause(&r);
    assert!(cause.changes.iter().all(|c| c.why.zh.contains("一段数整体错位一格")), "{cause:?}");
    for change in &cause.changes {
        let col = COLS.iter().position(|c| change.field.ends_with(c)).unwrap();
        assert_eq!(change.to, Decimal::from(honest[col]));
    }
}

#[test]
fn a_wrong_unit_is_told_by_its_factor() {
    let mut r = with_column(25, "natural", &[("granted", 12)]);
    r.set("t3.granted.natural", 120_000);
    let cause = only_cause(&r);
    assert_eq!(cause.certainty, Certainty::Proved);
    assert!(cause.changes[0].why.zh.contains("相差 10000 倍，像是单位弄错"), "{cause:?}");
}

const AMOUNTS: &str = r#"
id = "amounts"
title = { zh = "金额表", en = "amounts" }
authority = "none"
[[table]]
id = "t1"
name = "表一"
title = "收支"
[[table.block]]
fields = "{col}"
rows = [{ id = "only", path = [] }]
cols = [
    { id = "a", path = ["甲"], kind = "amount" },
    { id = "b", path = ["乙"], kind = "amount" },
    { id = "total", path = ["总计"], kind = "amount" },
]
[[relation]]
code = "R001"
place = "only"
holds = "a + b = total"
title = { zh = "甲加乙等于总计", en = "a and b make the total" }
"#;

#[test]
fn what_rounding_explains_is_called_rounding_and_no_more() {
    let form = Box::leak(Box::new(gouji::form::load(AMOUNTS, "amounts.toml").unwrap()));
    let mut r = Return::zero_of(form);
    let fill = |r: &mut Return, numbers: [&str; 3]| {
        for (id, n) in ["a", "b", "total"].iter().zip(numbers) {
            r.at(id).value = Some(n.parse().unwrap());
        }
    };
    fill(&mut r, ["12.35", "4.15", "16.51"]);
    let cause = only_cause(&r);
    assert!(cause.hint.zh.contains("四舍五入"), "{cause:?}");
    assert!(cause.changes.is_empty() && !cause.alternatives.is_empty());
    fill(&mut r, ["12.35", "4.15", "17.51"]);
    assert!(only_cause(&r).hint.is_empty());
}

#[test]
#[ignore = "takes long without --release"]
fn where_too_much_is_wrong_slips_of_the_hand_are_still_told() {
    let mut draw = Draw::new(26);
    let mut r = with_column(27, "natural", &[("granted", 3075)]);
    for row in r.rows().iter().skip(6).step_by(2).take(9) {
        for col in ["research", "ngo"] {
            let id = format!("t3.{row}.{col}");
            r.set(&id, r.get(&id) + 100 + draw.below(900) as i64);
        }
    }
    r.set("t3.granted.natural", 3057);
    let diagnosis = r.diagnosed();
    assert!(diagnosis.causes.iter().all(|c| c.certainty > Certainty::Proved));
    assert!(diagnosis.causes.iter().any(|c| c.certainty == Certainty::NotLocalised), "the rest is too much");
    let change = diagnosis.causes.iter().flat_map(|c| &c.changes).find(|c| c.field == "t3.granted.natural");
    let change = change.expect("the slip");
    assert_eq!((change.to, change.certainty), (Decimal::from(3075), Certainty::Likely));
    assert!(change.why.zh.contains("相邻两位数字颠倒"));
}

/// An office of which a row of （三）不予公开 has numbers in four columns, with the cells of that row.
fn with_row() -> (Return, Vec<(String, i64)>) {
    let mut r = Return::zero();
    let row = [("natural", 24), ("enterprise", 13), ("ngo", 8), ("total", 45)];
    let granted = [("natural", 31), ("enterprise", 2), ("ngo", 0), ("total", 33)];
    for ((col, n), (_, other)) in row.iter().zip(granted) {
        r.set(&format!("t3.denied.law_forbidden.{col}"), *n);
        r.set(&format!("t3.granted.{col}"), other);
        r.set(&format!("t3.total.{col}"), n + other);
        r.set(&format!("t3.new.{col}"), n + other);
    }
    (r, row.map(|(col, n)| (format!("t3.denied.law_forbidden.{col}"), n)).to_vec())
}

fn clear_row(r: &mut Return, row: &str) {
    for col in COLS {
        r.clear(&format!("t3.{row}.{col}"));
    }
}

#[test]
fn a_row_left_blank_that_the_totals_count_is_what_is_wrong_and_not_the_totals() {
    let (mut r, numbers) = with_row();
    clear_row(&mut r, "denied.law_forbidden");
    let cause = only_cause(&r);
    let changes: Vec<(String, i64)> =
        cause.changes.iter().map(|c| (c.field.clone(), c.to.try_into().unwrap())).collect();
    assert_eq!((changes, cause.certainty), (numbers, Certainty::Likely));
    assert!(cause.what.zh.ends_with("行漏填") && cause.alternatives.is_empty(), "{cause:?}");
    // where the total alone is off as well, it is the same: nothing else says what it should be
    for col in COLS {
        let (new, over) = (format!("t3.new.{col}"), format!("t3.carried_over.{col}"));
        r.at(&new).place = None;
        r.at(&over).place = None;
    }
    let cause = only_cause(&r);
    assert!(cause.changes.iter().all(|c| c.field.starts_with("t3.denied.law_forbidden.")), "{cause:?}");
}

#[test]
fn of_two_rows_left_blank_either_may_be_what_the_totals_count() {
    let (mut r, _) = with_row();
    clear_row(&mut r, "denied.law_forbidden");
    clear_row(&mut r, "denied.security_stability");
    let cause = only_cause(&r);
    assert_eq!((cause.certainty, cause.changes.len()), (Certainty::Ambiguous, 0));
    let row = |way: &Vec<gouji::finding::Change>| way[0].field.rsplit_once('.').unwrap().0.to_owned();
    let rows: Vec<String> = cause.alternatives.iter().map(row).collect();
    assert_eq!(rows, ["t3.denied.law_forbidden", "t3.denied.security_stability"]);
    let of_a_row = |way: &Vec<gouji::finding::Change>| way.iter().all(|c| c.field.starts_with(&row(way)));
    assert!(cause.alternatives.iter().all(of_a_row));
}

#[test]
fn cells_of_a_row_that_are_off_by_different_numbers_are_not_said_to_be_off_by_as_much() {
    let (mut r, numbers) = with_row();
    for (id, _) in &numbers {
        r.clear(id);
    }
    r.set("t3.denied.law_forbidden.enterprise", 0);
    let said: Vec<String> = r.diagnosed().causes.iter().map(|c| c.what.zh.clone()).collect();
    assert!(said.iter().all(|what| !what.contains("差得一样多")), "{said:?}");
}

/// Two groups of lines with their subtotals and a total, as a form of its own, and copies of it with these lines.
fn two_groups(lines: [[i32; 3]; 5]) -> String {
    let row =
        |name: &str, n: [i32; 3]| format!("\n{name}|{}|{}|{}|{}", n[0], n[1], n[2], n.iter().sum::<i32>());
    let add = |a: [i32; 3], b: [i32; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    let [farms, woods, mines, works, alone] = lines;
    let (land, industry) = (add(farms, woods), add(mines, works));
    [
        ("农业", farms),
        ("林业", woods),
        ("农林小计", land),
        ("采矿", mines),
        ("制造", works),
        ("工业小计", industry),
        ("总计", add(land, industry)),
        ("附：境外", alone),
    ]
    .iter()
    .fold("2023年行业表\n行业|甲区|乙区|丙区|合计".to_owned(), |grid, (name, n)| {
        grid + &row(name, *n)
    })
}

const GROUPS: [[i32; 3]; 5] = [[31, 72, 19], [8, 15, 44], [203, 97, 150], [61, 38, 77], [5, 12, 6]];

/// A definition of them with the relations of each group.
fn grouped() -> gouji::form::Form {
    let (drafted, _) = learnt(&[workbook(&two_groups(GROUPS))]);
    let (head, _) = drafted.text.split_once("\n[[relation]]").unwrap();
    let rule = |code: u8, each: &str, holds: &str| {
        format!(
            "\n[[relation]]\ncode = \"R00{code}\"\nfor = \"each {each} of t1\"\nholds = \"{holds}\"\ntitle = {{ zh = \"a\", en = \"a\" }}\n"
        )
    };
    let rules = rule(1, "row", "jia_qu + yi_qu + bing_qu = total")
        + &rule(2, "column", "nong_ye + lin_ye = nong_lin_xiao_ji")
        + &rule(3, "column", "cai_kuang + zhi_zao = gong_ye_xiao_ji")
        + &rule(4, "column", "nong_lin_xiao_ji + gong_ye_xiao_ji = total");
    gouji::form::load(&format!("{head}{rules}"), "groups.toml")
        .unwrap_or_else(|e| panic!("{e}\n{head}{rules}"))
}

/// A filled copy in which the numbers of two lines stand beside each other's label.
fn with_lines_exchanged(a: &str, b: &str) -> Vec<u8> {
    let grid = two_groups(GROUPS);
    let numbers = |name: &str| {
        let line = grid.lines().find(|l| l.starts_with(name)).unwrap();
        line.split_once('|').unwrap().1.to_owned()
    };
    let (of_a, of_b) = (numbers(a), numbers(b));
    workbook(
        &grid
            .replace(&format!("{a}|{of_a}"), &format!("{a}|{of_b}"))
            .replace(&format!("\n{b}|{of_b}"), &format!("\n{b}|{of_a}")),
    )
}

#[test]
fn two_whole_rows_that_were_exchanged_are_one_cause_and_told_as_such() {
    let form = grouped();
    assert_eq!(audited(&form, &workbook(&two_groups(GROUPS))).findings, []);
    let outcome = audited(&form, &with_lines_exchanged("林业", "采矿"));
    assert_eq!(outcome.findings.len(), 1, "{:#?}", outcome.findings);
    let told = &outcome.findings[0].message;
    assert!(told.zh.contains("“林业”、“采矿”两行的数整行填反"), "{}", told.zh);
    let changes = &outcome.repair.changes;
    assert_eq!(changes.len(), 8, "{changes:#?}");
    assert!(changes.iter().all(|c| c.certainty == Certainty::Likely));
    let first = changes.iter().find(|c| c.field == "t1.lin_ye.jia_qu").unwrap();
    assert_eq!((first.from, first.to), (Some(203.into()), 8.into()));
}

#[test]
fn rows_exchanged_with_one_that_no_sum_counts_are_told_beside_a_stale_subtotal() {
    let outcome = audited(&grouped(), &with_lines_exchanged("林业", "附：境外"));
    assert_eq!(outcome.findings.len(), 1, "{:#?}", outcome.findings);
    assert_eq!(outcome.repair.changes, [], "nothing is decided");
    let ways: Vec<usize> = outcome.repair.choices.iter().flat_map(|c| c.ways().map(Vec::len)).collect();
    assert!(ways.contains(&8), "{ways:?}");
    assert!(outcome.findings[0].message.zh.contains("也许是"), "{}", outcome.findings[0].message.zh);
}
