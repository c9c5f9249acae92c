//! One wrong cell is one finding that says everything about it, and of several ways to mend it every one can be read.

use crate::batch::retyped;
use crate::corrections::{Accept, fixed, read, record, words, workbook};
use crate::package::parts;
use crate::repair::Return;
use crate::solver::Draw;
use gouji::audit::{Options, audit};
use gouji::finding::{Choice, Lang, Outcome};
use gouji::grid::Sheet;
use gouji::report::annotate::{Context, annotate};
use gouji::report::text::{self, Style};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

const CELL: &str = "t3.partial.natural";

/// A busy office with 37 in a cell of table 3 and in all that counts it.
fn office() -> Return {
    let mut r = Return::honest(&mut Draw::new(61));
    let by = 37 - r.get(CELL);
    for id in
        [CELL, "t3.partial.total", "t3.total.natural", "t3.total.total", "t3.new.natural", "t3.new.total"]
    {
        r.set(id, r.get(id) + by);
    }
    r
}

fn outcome(bytes: &[u8]) -> Outcome {
    audit("某镇.xlsx", bytes, &Options::default()).outcome
}

/// The workbook with a text where the number of [`CELL`] stands.
fn with_text(r: &Return, text: &str) -> Vec<u8> {
    let bytes = workbook(r);
    let cell = outcome(&bytes).fields[CELL].cell.cell;
    let head = format!("<c r=\"{cell}\"");
    let all = parts(&bytes);
    let sheets = all.iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet"));
    let texts = sheets.map(|(_, part)| String::from_utf8(part.clone()).unwrap());
    let own = texts.filter_map(|t| Some(t.split_once(&head)?.1.split_once("</c>")?.0.to_owned()));
    let own = own.into_iter().find(|c| c.ends_with("<v>37</v>")).expect("the cell");
    let new = format!("{head} t=\"inlineStr\"><is><t>{text}</t></is></c>");
    retyped(&bytes, &format!("{head}{own}</c>"), &new)
}

/// The only finding: its codes, what it says, what would mend it.
fn only(bytes: &[u8]) -> (Vec<String>, String, Option<Decimal>, usize) {
    let outcome = outcome(bytes);
    let [finding] = outcome.findings.as_slice() else { panic!("{:#?}", outcome.findings) };
    assert_eq!(finding.cells, [outcome.fields[CELL].cell.clone()]);
    let codes = finding.codes().map(str::to_owned).collect();
    (codes, finding.message.zh.clone(), finding.fix.as_ref().map(|f| f.to), finding.relations.len())
}

#[test]
fn a_wrong_number_that_is_odd_by_itself_has_one_finding() {
    let typed = |value: Option<Decimal>| {
        let mut r = office();
        let reading = r.at(CELL);
        (reading.value, reading.raw) = (value, value.map(|v| v.to_string()));
        workbook(&r)
    };
    let r = office();
    for (bytes, code, said) in [
        (typed(Some(Decimal::from(-3))), "V004", "实为 -3（负数）"),
        (typed(Some(Decimal::new(375, 1))), "V005", "实为 37.5（件数应为整数）"),
        (typed(None), "V001", "实为空白"),
        (with_text(&r, "73件"), "V002", "实为 73（写成文本“73件”）"),
        (with_text(&r, "/"), "V008", "实为“/”（用符号代替数字）"),
    ] {
        let (codes, message, to, relations) = only(&bytes);
        assert_eq!(codes, ["A301", code], "{message}");
        assert!(message.contains("应为 37") && message.contains(said), "{message}");
        assert_eq!((to, relations), (Some(Decimal::from(37)), 2), "{message}");
        let (_, once) = fixed(&bytes, Accept::default());
        assert!(outcome(&once).findings.is_empty(), "mended at once: {:?}", outcome(&once).findings);
        assert!(fixed(&once, Accept::default()).1 == once, "and for good");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_the_number_that_the_relations_leave() {
    for text in ["三十七", "37.x"] {
        let (codes, message, to, _) = only(&with_text(&office(), text));
        assert_eq!((codes, to), (vec!["V003".to_owned()], Some(Decimal::from(37))));
        assert!(message.contains("不是数字") && message.contains("应为 37"), "{message}");
    }
}

#[test]
fn a_rule_that_is_left_out_is_not_spoken_of() {
    let mut r = office();
    r.set(CELL, -3);
    let options = Options { ignore: vec!["V004".into()], ..Options::default() };
    let outcome = audit("某镇.xlsx", &workbook(&r), &options).outcome;
    assert!(outcome.findings[0].also.is_empty() && !outcome.findings[0].message.zh.contains("负数"));
    let options = Options { select: vec!["V".into()], ..Options::default() };
    let outcome = audit("某镇.xlsx", &workbook(&r), &options).outcome;
    assert_eq!(outcome.findings[0].code, "V004", "by itself where no relation is asked for");
}

#[test]
fn a_total_is_negative_because_a_part_of_it_is() {
    let mut r = Return::zero();
    for id in ["t3.granted.natural", "t3.granted.total", "t3.total.natural", "t3.total.total"] {
        r.set(id, -2);
    }
    for id in ["t3.new.natural", "t3.new.total"] {
        r.set(id, -2);
    }
    let findings = outcome(&workbook(&r)).findings;
    let cells: Vec<usize> = findings.iter().map(|f| f.cells.len()).collect();
    assert_eq!(cells, [2, 4], "new with its total, granted with three: {findings:#?}");
}

/// An office of which two columns break, so that a row of several may be wrong.
fn many_ways() -> (Outcome, Vec<u8>) {
    let candidates = (0..200).map(|seed| {
        let mut r = Return::honest(&mut Draw::new(seed));
        r.set("t3.partial.natural", r.get("t3.partial.natural") + 1);
        r.set("t3.partial.ngo", r.get("t3.partial.ngo") - 1);
        let bytes = workbook(&r);
        (outcome(&bytes), bytes)
    });
    let many = |o: &Outcome| o.repair.changes.is_empty() && o.repair.alternatives().count() > 6;
    candidates.into_iter().find(|(o, _)| many(o) && o.repair.choices.len() == 1).expect("many ways")
}

/// Whether each way stands in a line of its own.
fn lists_all(lines: &[String], choice: &Choice) -> bool {
    choice.ways().all(|way| {
        let all = |line: &&String| {
            way.iter().all(|c| {
                let step = format!("{} 由 {} 改为 {}", c.cell.cell, c.from.unwrap_or_default(), c.to);
                line.contains(&step)
            })
        };
        lines.iter().any(|line| all(&line))
    })
}

fn lines_of(sheet: &Sheet) -> Vec<String> {
    words(sheet).lines().map(str::to_owned).collect()
}

/// The sheet of results in the marked workbook.
fn results_of(name: &str, bytes: &[u8], outcome: &Outcome) -> Sheet {
    let options = Options::default();
    let content = audit(name, bytes, &options).content.unwrap();
    let explanations = BTreeMap::new();
    let context = Context { submission: content.submission(), lang: Lang::Zh, explanations: &explanations };
    let marked = annotate(bytes, true, outcome, &context).unwrap().bytes;
    read(&marked).sheets.into_iter().find(|s| s.name == "审核结果").unwrap()
}

#[test]
fn a_finding_of_many_relations_is_no_taller_than_a_row_can_be() {
    let name = "上海市政府办公厅2019.xlsx";
    let bytes = std::fs::read(format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let outcome = audit(name, &bytes, &Options::default()).outcome;
    let stale = &outcome.findings[0];
    assert!(stale.relations.len() > 10, "{stale:#?}");
    let results = results_of(name, &bytes, &outcome);
    let texts: Vec<String> = results.cells.iter().filter_map(|(_, c)| c.entry.raw()).collect();
    let told = texts.iter().find(|t| t.starts_with(stale.message.zh.as_str())).unwrap();
    assert!(told.contains("条勾稽关系不成立，原因相同"), "{told}");
    // Excel shows 409 points: 27 lines of 15, each of 41 columns here.
    let width = |line: &str| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let lines: usize = told.lines().map(|l| width(l).div_ceil(41)).sum();
    assert!(lines <= 27, "{lines} lines: {told}");
}

#[test]
fn every_way_to_mend_can_be_read_in_the_terminal_and_in_both_workbooks() {
    let (outcome, bytes) = many_ways();
    let choice = &outcome.repair.choices[0];
    let n = choice.ways().count();
    let told = text::outcome(&outcome, Style { lang: Lang::Zh, colour: false });
    assert!(told.contains(&format!("有 {n} 种可能")) && told.contains("例如"), "{told}");
    let flat: String = told.lines().map(|l| l.trim().to_owned() + " ").collect();
    let listed: Vec<String> = flat.split(". ").map(str::to_owned).collect();
    assert!(lists_all(&listed, choice), "{told}");

    let results = results_of("某镇.xlsx", &bytes, &outcome);
    assert!(lists_all(&lines_of(&results), choice), "{}", words(&results));
    assert!(words(&results).contains(&format!("第 1 条可能的改法：共 {n} 种，只选一种")));

    let (_, corrected) = fixed(&bytes, Accept::default());
    if n > 12 {
        assert!(lists_all(&lines_of(&record(&corrected)), choice), "{}", words(&record(&corrected)));
    }
    assert!(words(&record(&corrected)).contains(&format!("1-{n}")), "the last way has its number");
}

#[test]
fn a_word_that_fills_many_cells_is_told_once_a_table() {
    use calamine::Reader;
    let bytes = workbook(&office());
    let at = outcome(&bytes);
    let filled = ["t4.review.upheld", "t4.review.corrected", "t4.review.other", "t4.review.pending", CELL];
    let cells: Vec<_> = filled.iter().map(|id| at.fields[*id].cell.clone()).collect();
    let mut book = calamine::open_workbook_auto_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).unwrap();
        let (top, left) = range.start().unwrap();
        for (r, row) in (top..).zip(range.rows()) {
            let shown = (left..).zip(row).map(|(c, cell)| {
                let is = cells.iter().any(|at| at.sheet == name && (at.cell.row, at.cell.col) == (r, c));
                if is { "有".to_owned() } else { cell.to_string() }
            });
            text += &format!("{}\n", shown.collect::<Vec<_>>().join("\t").replace(['\r', '"'], ""));
        }
        text += "\n";
    }
    let outcome = audit("某镇.txt", text.as_bytes(), &Options::default()).outcome;
    let words: Vec<_> = outcome.findings.iter().filter(|f| f.codes().any(|c| c == "V003")).collect();
    let told: Vec<(usize, &str)> = words.iter().map(|f| (f.cells.len(), f.message.zh.as_str())).collect();
    assert!(told.iter().any(|(n, m)| *n == 4 && m.contains("4 个单元格填的是“有”")), "{told:?}");
    assert_eq!(told.len(), 2, "the one of table 3 is told by itself: {told:?}");
}
