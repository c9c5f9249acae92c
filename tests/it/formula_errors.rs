//! A formula that does not give what it should is itself what is wrong, and no honest number is blamed for it; a line
//! of totals that nobody summed up again is one finding.

use crate::corrections::{Accept, fixed, read, workbook};
use crate::repair::{COLS, Return};
use crate::solver::Draw;
use gouji::audit::{Options, audit};
use gouji::finding::{Certainty, Finding, Outcome};
use gouji::grid::{Entry, formula};
use gouji::report::patch::{self, Edit, NewValue, Patch};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const LAST: &str = "other.other";

fn outcome(bytes: &[u8]) -> Outcome {
    audit("某镇.xlsx", bytes, &Options::default()).outcome
}

/// The only finding.
fn only(outcome: &Outcome) -> &Finding {
    let [finding] = outcome.findings.as_slice() else { panic!("{:#?}", outcome.findings) };
    finding
}

/// An office with 4 in every column of the last row of results.
fn office() -> Return {
    let mut r = Return::honest(&mut Draw::new(5));
    for col in &COLS[..6] {
        let by = 4 - r.get(&format!("t3.{LAST}.{col}"));
        for row in [LAST, "total", "new"] {
            for col in [*col, "total"] {
                let id = format!("t3.{row}.{col}");
                r.set(&id, r.get(&id) + by);
            }
        }
    }
    r
}

/// The workbook of a return with formulas in the cells of some fields, each the sum over two others' range.
fn with_sums(r: &Return, sums: &[(String, String, String)]) -> Vec<u8> {
    let bytes = workbook(r);
    let (cells, book) = (outcome(&bytes).fields, read(&bytes));
    let edit = |(at, first, last): &(String, String, String)| {
        let cell = |id: &String| cells[id].cell.clone();
        let text = format!("SUM({}:{})", cell(first).cell, cell(last).cell);
        let sheet = book.sheets.iter().find(|s| s.name == cell(at).sheet).unwrap();
        let cached = formula::evaluate(&book, sheet, &text).unwrap().to_string();
        Edit { sheet: cell(at).sheet, cell: cell(at).cell, value: NewValue::Formula { text, cached } }
    };
    let patch = Patch { edits: sums.iter().map(edit).collect(), ..Patch::default() };
    patch::apply(&bytes, &patch).unwrap().bytes
}

/// Every total of table 3 as a formula, those of some columns without the last row of results.
fn short(r: &mut Return, columns: &[&str]) -> Vec<u8> {
    for col in columns {
        for id in [format!("t3.total.{col}"), "t3.total.total".to_owned()] {
            r.set(&id, r.get(&id) - 4);
        }
    }
    let sum = |at: String, first: String, last: String| (at, first, last);
    let mut sums: Vec<_> = r
        .rows()
        .iter()
        .map(|row| sum(format!("t3.{row}.total"), format!("t3.{row}.natural"), format!("t3.{row}.other_org")))
        .collect();
    sums.extend(COLS[..6].iter().map(|col| {
        let last = if columns.contains(col) { "other.unpaid_fee" } else { LAST };
        sum(format!("t3.total.{col}"), format!("t3.granted.{col}"), format!("t3.{last}.{col}"))
    }));
    with_sums(r, &sums)
}

fn formula_at(bytes: &[u8], o: &Outcome, id: &str) -> (Option<String>, Entry) {
    let at = &o.fields[id].cell;
    let book = read(bytes);
    let cell = book.sheets.iter().find(|s| s.name == at.sheet).unwrap().cell(at.cell).unwrap().clone();
    (cell.formula.map(String::from), cell.entry)
}

#[test]
fn a_sum_that_ends_a_row_too_soon_is_what_is_wrong_and_is_set_right() {
    let mut r = office();
    let honest = r.get("t3.total.natural");
    let bytes = short(&mut r, &["natural"]);
    let (o, copy) = fixed(&bytes, Accept::default());
    let finding = only(&o);
    let at = |id: &str| o.fields[id].cell.cell.to_string();
    assert_eq!(finding.fields, ["t3.total.natural"]);
    let left_out = format!("漏加 {}", at(&format!("t3.{LAST}.natural")));
    assert!(finding.message.zh.contains(&left_out), "{}", finding.message.zh);
    let right = format!("SUM({}:{})", at("t3.granted.natural"), at(&format!("t3.{LAST}.natural")));
    assert!(finding.advice.zh.contains(&format!("公式改为 ={right}")), "{}", finding.advice.zh);
    assert_eq!(o.repair.certainty, Some(Certainty::Proved));
    let found = formula_at(&copy, &o, "t3.total.natural");
    assert_eq!(found, (Some(right), Entry::Number(Decimal::from(honest))));
    assert_eq!(outcome(&copy).findings, []);
    assert!(fixed(&copy, Accept::default()).1 == copy, "correcting it again changes nothing");
}

#[test]
fn formulas_filled_along_a_row_with_the_same_mistake_are_one_finding() {
    let mut r = office();
    let bytes = short(&mut r, &COLS[..6]);
    let (o, copy) = fixed(&bytes, Accept::default());
    assert_eq!(only(&o).fields.len(), 6);
    assert!(only(&o).message.zh.contains("错得一样"), "{}", only(&o).message.zh);
    assert_eq!(outcome(&copy).findings, []);
}

#[test]
fn a_wrong_number_beside_a_wrong_formula_is_a_finding_of_its_own() {
    let mut r = office();
    r.set("t3.carried_forward.ngo", r.get("t3.carried_forward.ngo") + 11);
    r.set("t3.carried_forward.total", r.get("t3.carried_forward.total") + 11);
    let o = outcome(&short(&mut r, &["natural"]));
    assert_eq!(o.findings.len(), 2, "{:#?}", o.findings);
    assert!(o.findings.iter().any(|f| f.fields == ["t3.total.natural"] && f.message.zh.contains("漏加")));
    assert!(o.repair.changes.iter().all(|c| c.field == "t3.total.natural"));
}

#[test]
fn a_number_held_as_text_that_a_sum_does_not_count_becomes_a_number() {
    let mut r = office();
    let id = format!("t3.{LAST}.natural");
    let bytes = short(&mut r, &[]);
    let cell = outcome(&bytes).fields[&id].cell.cell;
    let text = as_text(&bytes, &cell.to_string());
    let (o, copy) = fixed(&text, Accept::default());
    let arithmetic: Vec<&Finding> = o.findings.iter().filter(|f| f.code.starts_with('A')).collect();
    let [finding] = arithmetic.as_slice() else { panic!("{:#?}", o.findings) };
    assert_eq!(
        (finding.fields.as_slice(), finding.also.as_slice()),
        (&[id.clone()][..], &["V002".to_owned()][..])
    );
    assert!(finding.message.zh.contains("文本格式，求和公式没有把它加进去"), "{}", finding.message.zh);
    assert_eq!(formula_at(&copy, &o, &id), (None, Entry::Number(Decimal::from(4))));
    assert_eq!(outcome(&copy).findings, []);
}

/// The workbook with the number in a cell of table 3's sheet held as text.
fn as_text(bytes: &[u8], cell: &str) -> Vec<u8> {
    let parts: BTreeMap<String, Vec<u8>> = crate::package::parts(bytes).into_iter().collect();
    let head = format!("<c r=\"{cell}\"");
    let texts = parts.values().filter_map(|p| String::from_utf8(p.clone()).ok());
    let own = texts
        .filter_map(|t| Some(t.split_once(&head)?.1.split_once("</c>")?.0.to_owned()))
        .find(|c| c.ends_with("<v>4</v>"))
        .expect("the cell");
    let styled = own.strip_suffix("><v>4</v>").expect("a plain number");
    let new = format!("{head}{styled} t=\"inlineStr\"><is><t>4</t></is></c>");
    crate::batch::retyped(bytes, &format!("{head}{own}</c>"), &new)
}

/// A return of which some totals are another's.
fn stale(ids: impl Fn(&Return) -> Vec<String>) -> (Outcome, usize) {
    let (mut r, other) = (office(), Return::honest(&mut Draw::new(99)));
    let mut wrong = 0;
    for id in ids(&r) {
        wrong += usize::from(r.get(&id) != other.get(&id));
        r.set(&id, other.get(&id));
    }
    (outcome(&workbook(&r)), wrong)
}

#[test]
fn a_row_or_a_column_of_totals_that_was_not_updated_is_one_finding() {
    let (row, wrong) = stale(|_| COLS.iter().map(|c| format!("t3.total.{c}")).collect());
    assert_eq!((only(&row).fields.len(), row.repair.certainty), (wrong, Some(Certainty::Likely)));
    assert!(
        only(&row).message.zh.starts_with("表三“（七）总计”行没有随各项更新"),
        "{}",
        only(&row).message.zh
    );
    let (col, wrong) = stale(|r| r.rows().iter().map(|row| format!("t3.{row}.total")).collect());
    assert_eq!((only(&col).fields.len(), col.repair.certainty), (wrong, Some(Certainty::Likely)));
    let said = &only(&col).message.zh;
    assert!(
        said.starts_with("表三“总计”列没有随各项更新") && said.contains("如果表三“总计”列没有错"),
        "{said}"
    );
    let honest = office();
    for change in row.repair.changes.iter().chain(&col.repair.changes) {
        assert_eq!(change.to, Decimal::from(honest.get(&change.field)), "{}", change.field);
    }
}

#[test]
fn two_numbers_exchanged_across_rows_and_columns_are_one_finding() {
    let mut given = office();
    let (here, there) = (format!("t3.{LAST}.natural"), "t3.granted.ngo".to_owned());
    let (four, busy) = (given.get(&here), given.get(&there) + 29);
    for id in
        ["t3.granted.ngo", "t3.granted.total", "t3.total.ngo", "t3.total.total", "t3.new.ngo", "t3.new.total"]
    {
        given.set(id, given.get(id) + 29);
    }
    given.set(&here, busy);
    given.set(&there, four);
    let found = outcome(&workbook(&given));
    assert_eq!(only(&found).fields.len(), 2);
    assert!(only(&found).message.zh.starts_with("两格的数填反"), "{}", only(&found).message.zh);
}
