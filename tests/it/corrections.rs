//! What `gouji fix` gives back: corrections that leave nothing broken, made once, formulas put back, blanks filled
//! only where that is certain, choices that can be read.

use crate::batch::retyped;
use crate::repair::{COLS, Return};
use crate::solver::Draw;
use gouji::audit::{Options, audit, clean, fix};
use gouji::finding::{Lang, Outcome};
use gouji::form::FieldIx;
use gouji::grid::{Entry, Sheet, Workbook, formula};
use gouji::ingest::{Limits, Source};
use gouji::report::annotate::Context;
use gouji::report::blank::{Contents, fill};
use gouji::report::correct::Wanted;
use gouji::report::patch::{self, Edit, NewValue, Patch};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// The official workbook with the numbers of a return; what is blank there stays blank.
pub(crate) fn workbook(r: &Return) -> Vec<u8> {
    workbook_of(r, 2023)
}

/// The same of a year.
pub(crate) fn workbook_of(r: &Return, year: i32) -> Vec<u8> {
    let mut contents =
        Contents { office: Some("某镇人民政府".into()), year: Some(year), ..Contents::default() };
    let read = (0u32..).map(FieldIx).zip(&r.filled.readings);
    contents.values.extend(read.filter_map(|(ix, r)| Some((ix, r.value?))));
    fill(r.form, &contents).unwrap()
}

/// The same with these fields' cells as formulas, each the sum of its row.
fn with_row_sums(bytes: &[u8], rows: &[String]) -> Vec<u8> {
    let outcome = audit("某镇.xlsx", bytes, &Options::default()).outcome;
    let cells = |row: &str, col: &str| outcome.fields[&format!("t3.{row}.{col}")].cell.clone();
    let book = read(bytes);
    let sum = |row: &String| {
        let (first, last) = (cells(row, "natural"), cells(row, "other_org"));
        let (sheet, text) = (first.sheet, format!("SUM({}:{})", first.cell, last.cell));
        let page = book.sheets.iter().find(|s| s.name == sheet).unwrap();
        let cached = formula::evaluate(&book, page, &text).unwrap().to_string();
        Edit { sheet, cell: cells(row, "total").cell, value: NewValue::Formula { text, cached } }
    };
    let patch = Patch { edits: rows.iter().map(sum).collect(), ..Patch::default() };
    patch::apply(bytes, &patch).unwrap().bytes
}

pub(crate) fn read(bytes: &[u8]) -> Workbook {
    gouji::ingest::read(&Source { name: "某镇.xlsx", bytes }, &Limits::default()).unwrap().book
}

#[derive(Default, Clone, Copy)]
pub(crate) struct Accept {
    pub(crate) likely: bool,
    pub(crate) blanks: bool,
    pub(crate) clean: bool,
}

/// The outcome of a workbook, and what fixing it gives.
pub(crate) fn fixed(bytes: &[u8], accept: Accept) -> (Outcome, Vec<u8>) {
    let options = Options::default();
    let audited = audit("某镇.xlsx", bytes, &options);
    let content = audited.content.expect("a form");
    let explanations = BTreeMap::new();
    let context = Context { submission: content.submission(), lang: Lang::Zh, explanations: &explanations };
    let wanted = Wanted { blanks: accept.blanks, likely: accept.likely, decided: None };
    let outcome = &audited.outcome;
    let make = if accept.clean { clean } else { fix };
    let done = make(bytes, &content, outcome, wanted, (&options, None), &context).unwrap();
    (audited.outcome, done.bytes)
}

fn broken(outcome: &Outcome) -> BTreeSet<(String, String)> {
    let relations = outcome.findings.iter().flat_map(|f| &f.relations);
    relations.map(|r| (r.code.clone(), r.place.clone())).collect()
}

pub(crate) fn record(bytes: &[u8]) -> Sheet {
    let book = gouji::ingest::read(&Source { name: "某镇.xlsx", bytes }, &Limits::default()).unwrap().book;
    book.sheets.into_iter().find(|s| s.name == "更正记录").expect("更正记录")
}

pub(crate) fn words(sheet: &Sheet) -> String {
    let text = |e: &Entry| match e {
        Entry::Text(t) => t.to_string(),
        Entry::Number(n) => n.to_string(),
        _ => String::new(),
    };
    sheet.cells.iter().map(|(_, c)| text(&c.entry)).collect::<Vec<_>>().join("\n")
}

/// One of the errors that people make.
fn spoil(r: &mut Return, draw: &mut Draw) {
    let rows = r.rows();
    let (row, next) = {
        let at = draw.below(rows.len() - 1);
        (rows[at].clone(), rows[at + 1].clone())
    };
    let col = COLS[draw.below(7)];
    let id = format!("t3.{row}.{col}");
    let honest = r.get(&id);
    match draw.below(7) {
        0 => r.set(&id, honest + 1 + draw.below(30) as i64),
        1 => r.clear(&id),
        2 => r.set(&id, -honest - 1),
        3 => r.set(&id, honest * 10 + 3),
        4 => r.set("t3.total.total", 0),
        5 => {
            let other = format!("t3.{next}.{col}");
            let theirs = r.get(&other);
            r.set(&id, theirs);
            r.set(&other, honest);
        }
        _ => {
            for part in ["upheld", "corrected", "other", "pending", "total"] {
                r.clear(&format!("t4.review.{part}"));
            }
        }
    }
}

fn corrections_hold(rounds: u64) {
    for seed in 0..rounds {
        let mut draw = Draw::new(300 + seed);
        let mut r = Return::honest(&mut draw);
        for _ in 0..=draw.below(3) {
            spoil(&mut r, &mut draw);
        }
        let mut bytes = workbook(&r);
        if draw.below(3) == 0 {
            let rows: Vec<String> = r.rows().into_iter().filter(|_| draw.below(4) > 0).collect();
            bytes = with_row_sums(&bytes, &rows);
        }
        let accept = Accept { likely: draw.below(2) == 0, blanks: draw.below(2) == 0, clean: false };
        let (before, once) = fixed(&bytes, accept);
        let (after, twice) = fixed(&once, accept);
        let new: Vec<_> = broken(&after).difference(&broken(&before)).cloned().collect();
        assert!(new.is_empty(), "seed {seed}: a correction breaks {new:?}");
        let (old, new) = (words(&record(&once)), words(&record(&twice)));
        assert_eq!(old, new, "seed {seed}: correcting the corrected file changes what is said");
        for ((name, old), (_, new)) in
            crate::package::parts(&once).into_iter().zip(crate::package::parts(&twice))
        {
            let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
            let tail = |part: &[u8]| {
                let from = same.saturating_sub(150);
                String::from_utf8_lossy(&part[from..part.len().min(same + 300)]).into_owned()
            };
            assert!(old == new, "seed {seed}: {name} changes from\n{}\nto\n{}", tail(&old), tail(&new));
        }
        assert!(once == twice, "seed {seed}: correcting the corrected file changes it");
    }
}

#[test]
fn correcting_the_corrected_file_changes_nothing_and_nothing_new_is_broken() {
    corrections_hold(12);
}

#[test]
#[ignore = "takes long without --release"]
fn many_corrected_files_stay_as_they_are() {
    corrections_hold(400);
}

#[test]
fn a_number_typed_over_a_formula_gives_way_to_the_formula() {
    let mut r = Return::honest(&mut Draw::new(41));
    let row = r.rows()[5].clone();
    let id = format!("t3.{row}.total");
    let honest = r.get(&id);
    r.set(&id, honest + 4);
    let others: Vec<String> = r.rows().into_iter().filter(|o| *o != row).collect();
    let bytes = with_row_sums(&workbook(&r), &others);
    let (outcome, once) = fixed(&bytes, Accept { likely: true, ..Accept::default() });
    let cell = outcome.repair.changes.iter().find(|c| c.field == id).expect("located").cell.clone();
    let book = read(&once);
    let found = book.sheets.iter().find(|s| s.name == cell.sheet).unwrap().cell(cell.cell).unwrap();
    let line = cell.cell.row + 1;
    let expected = format!("SUM(D{line}:I{line})");
    assert_eq!(found.formula.as_deref(), Some(expected.as_str()));
    assert_eq!(found.entry, Entry::Number(Decimal::from(honest)));
    assert!(words(&record(&once)).contains("已更正，恢复公式"));
    let (after, twice) = fixed(&once, Accept { likely: true, ..Accept::default() });
    assert!(broken(&after).is_empty() && once == twice);
    // no formulas beside it: the number stays a number
    let (_, plain) = fixed(&workbook(&r), Accept::default());
    let book = read(&plain);
    let found = book.sheets.iter().find(|s| s.name == cell.sheet).unwrap().cell(cell.cell).unwrap();
    assert!(found.formula.is_none() && found.entry == Entry::Number(Decimal::from(honest)));
}

#[test]
fn blanks_are_filled_where_certain_and_a_blank_block_only_when_accepted() {
    let mut r = Return::honest(&mut Draw::new(42));
    let zero = r.rows().iter().map(|row| format!("t3.{row}.research")).find(|id| r.get(id) == 0).unwrap();
    let rows = r.rows();
    let known = rows.iter().map(|row| format!("t3.{row}.natural")).find(|id| r.get(id) > 0).unwrap();
    let honest = r.get(&known);
    r.clear(&zero);
    r.clear(&known);
    for id in ["t2.licence.decisions", "t2.rules.made"] {
        r.clear(id);
    }
    for part in ["upheld", "corrected", "other", "pending", "total"] {
        r.clear(&format!("t4.review.{part}"));
    }
    let bytes = workbook(&r);
    let values = |bytes: &[u8]| {
        let outcome = audit("某镇.xlsx", bytes, &Options::default()).outcome;
        move |id: &str| outcome.fields[id].value
    };
    let (_, once) = fixed(&bytes, Accept::default());
    let value = values(&once);
    assert_eq!(value(&zero), Some(Decimal::ZERO), "0, with which its relations hold");
    assert_eq!(value(&known), Some(Decimal::from(honest)), "its only possible value");
    for id in ["t2.licence.decisions", "t2.rules.made", "t4.review.upheld", "t4.review.total"] {
        assert_eq!(value(id), None, "{id}");
    }
    let (_, all) = fixed(&bytes, Accept { blanks: true, ..Accept::default() });
    let value = values(&all);
    assert_eq!(value("t4.review.total"), Some(Decimal::ZERO));
    assert_eq!(value("t2.licence.decisions"), None, "never table 2");
}

#[test]
fn what_must_be_chosen_stands_together_with_a_number_for_each_way() {
    let mut r = Return::honest(&mut Draw::new(43));
    r.set("t4.review.upheld", 3);
    r.set("t4.review.pending", 2);
    r.set("t4.review.total", 7);
    let over = r.get("t3.carried_over.natural");
    r.set("t3.carried_over.natural", over + 4);
    r.set("t3.carried_over.total", r.get("t3.carried_over.total") + 4);
    for accept in [Accept::default(), Accept { clean: true, ..Accept::default() }] {
        let (outcome, bytes) = fixed(&workbook(&r), accept);
        assert_eq!(outcome.repair.choices.len(), 2, "{:?}", outcome.repair);
        let said = words(&record(&bytes));
        for needed in ["第 1 处：", "第 2 处：", "种改法，只选一种", "1-1", "2-1", "2-2", "未改，请核实"]
        {
            assert!(said.contains(needed), "{needed}: {said}");
        }
    }
}

#[test]
fn what_was_corrected_into_the_official_template_is_corrected_for_good() {
    for seed in 0..12 {
        let draw = &mut Draw::new(700 + seed);
        let mut r = Return::honest(draw);
        spoil(&mut r, draw);
        spoil(&mut r, draw);
        let rows = r.rows();
        let bytes =
            if seed % 2 == 0 { workbook(&r) } else { with_row_sums(&workbook(&r), &rows[2..rows.len() - 2]) };
        for likely in [false, true] {
            let accept = Accept { likely, clean: true, ..Accept::default() };
            let (before, once) = fixed(&bytes, accept);
            let (after, twice) = fixed(&once, accept);
            assert!(once == twice, "seed {seed}, likely {likely}");
            assert!(
                broken(&after).is_subset(&broken(&before)),
                "seed {seed}, likely {likely}: nothing is broken anew"
            );
        }
    }
}

#[test]
fn no_likely_correction_is_made_that_is_right_only_together_with_another() {
    let mut together = 0;
    for seed in 0..60 {
        let draw = &mut Draw::new(900 + seed);
        let mut r = Return::honest(draw);
        for _ in 0..2 {
            let row = r.rows()[2 + draw.below(18)].clone();
            let (a, b, by) = (COLS[draw.below(6)], COLS[draw.below(6)], 1 + draw.below(3) as i64);
            r.set(&format!("t3.{row}.{a}"), r.get(&format!("t3.{row}.{a}")) + by);
            r.set(&format!("t3.{row}.{b}"), (r.get(&format!("t3.{row}.{b}")) - by).max(0));
        }
        let bytes = workbook(&r);
        let (before, once) = fixed(&bytes, Accept { likely: true, ..Accept::default() });
        let after = audit("某镇.xlsx", &once, &Options::default()).outcome;
        assert!(broken(&after).is_subset(&broken(&before)), "seed {seed}");
        together += usize::from(before.repair.choices.len() > 1);
    }
    assert!(together > 5, "{together} returns with several causes");
}

/// The sample with this in place of the number at 表三 (一) 自然人, which its totals leave no choice about.
fn with_entry(cell: &str) -> Vec<u8> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/数字打错一位.xlsx");
    let bytes = std::fs::read(sample).unwrap();
    let date =
        "<xf numFmtId=\"14\" fontId=\"2\" fillId=\"0\" borderId=\"1\" xfId=\"0\" applyNumberFormat=\"1\"/>";
    let bytes = retyped(&bytes, "</cellXfs>", &format!("{date}{}</cellXfs>", date.replace("14", "9")));
    retyped(&bytes, "<c r=\"D25\" s=\"2\"><v>14</v></c>", cell)
}

#[test]
fn what_the_office_had_entered_is_told_and_the_corrected_copy_holds_a_plain_number() {
    let text = |text: &str| format!("<c r=\"D25\" s=\"2\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let cases = [
        (text("41（其中网上8）"), "41（其中网上8）"),
        (text("30+11"), "30+11"),
        ("<c r=\"D25\" s=\"2\" t=\"e\"><v>#REF!</v></c>".to_owned(), "#REF!"),
        ("<c r=\"D25\" s=\"3\"><v>44990</v></c>".to_owned(), "2023-03-05"),
        ("<c r=\"D25\" s=\"4\"><v>0.41</v></c>".to_owned(), "41%"),
    ];
    for (cell, entered) in cases {
        let (outcome, copy) = fixed(&with_entry(&cell), Accept::default());
        let message = outcome.findings[0].message.zh.clone();
        assert!(
            message.contains(&format!("“{entered}”")) || message.contains(&format!("显示 {entered}")),
            "{message}"
        );
        let json = gouji::report::json::line(&outcome, Lang::Zh).unwrap();
        assert!(json.contains(&format!("\"from\":null,\"raw\":\"{entered}\",\"to\":41")), "{json}");
        let told = words(&record(&copy));
        assert!(told.contains(&format!("“{entered}”")) && !told.contains("空"), "{told}");
        let comments =
            crate::package::parts(&copy).into_iter().find(|(name, _)| name.starts_with("xl/comments"));
        let comments = String::from_utf8(comments.unwrap().1).unwrap();
        assert!(comments.contains(&format!("原值 “{entered}”，已更正为 41")), "{comments}");
        let audited = audit("某镇.更正.xlsx", &copy, &Options::default()).outcome;
        assert_eq!(audited.findings, [], "{entered}: the corrected copy is right");
        let (_, again) = fixed(&copy, Accept::default());
        assert!(again == copy, "{entered}: correcting it again changes nothing");
    }
}

#[test]
fn of_a_number_with_words_the_words_are_kept_where_it_is_corrected() {
    let cell = "<c r=\"D25\" s=\"2\" t=\"inlineStr\"><is><t>14件</t></is></c>";
    let (outcome, copy) = fixed(&with_entry(cell), Accept::default());
    let json = gouji::report::json::line(&outcome, Lang::Zh).unwrap();
    assert!(json.contains("\"from\":14,\"raw\":\"14件\",\"to\":41"), "{json}");
    let told = words(&record(&copy));
    assert!(told.contains("“14件”"), "{told}");
    let comments = crate::package::parts(&copy).into_iter().find(|(name, _)| name.starts_with("xl/comments"));
    let comments = String::from_utf8(comments.unwrap().1).unwrap();
    assert!(comments.contains("原值 “14件”，已更正为 41"), "{comments}");
}
