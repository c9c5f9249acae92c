//! What an office gets back: its workbook marked or corrected, the sheet of results, and the conversation about
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::Reader;
use gouji::check::{self, Submission};
use gouji::finding::{
    Certainty, Change, FieldValue, Finding, Fix, Lang, Outcome, Repair, RepairStatus, Severity, Status, Text,
};
use gouji::form::{self, Form};
use gouji::grid::{Entry, Workbook, amount};
use gouji::ingest::{Limits, Source};
use gouji::mapping::{self, Filled, Identity, Mapping};
use gouji::report::annotate::{Context, annotate};
use gouji::report::conversation::{compare, confirm, fingerprint, in_vain, stored};
use gouji::report::correct::{Wanted, correct};
use gouji::report::{own, patch};

use crate::package::{Book, broken, disturbed, order, parts};

/// A submission read and judged, as an audit would.
struct Case {
    bytes: Vec<u8>,
    book: Workbook,
    form: &'static Form,
    mapping: Mapping,
    filled: Filled,
    identity: Identity,
}

impl Case {
    fn sample(name: &str) -> Self {
        Self::of(std::fs::read(format!("samples/{name}.xlsx")).expect("a sample"))
    }

    fn of(bytes: Vec<u8>) -> Self {
        let book = read(&patch::strip(&bytes).unwrap().0);
        let form = form::by_id("xxgk-2021").unwrap();
        let identity = mapping::identity::identify(&book, "");
        let mapping = mapping::map(&book, form);
        let filled = mapping::fill(&book, form, &mapping);
        Self { bytes, book, form, mapping, filled, identity }
    }

    fn submission(&self) -> Submission<'_> {
        Submission {
            book: &self.book,
            form: self.form,
            mapping: &self.mapping,
            filled: &self.filled,
            identity: &self.identity,
            before: None,
        }
    }

    /// Broken relations as one finding at the one cell that all of them share; values and structure beside it.
    fn outcome(&self) -> Outcome {
        let s = self.submission();
        let relations: Vec<_> =
            check::broken(self.submission()).iter().filter_map(|b| check::written_out(s, b)).collect();
        let mut findings = check::values(s, &BTreeSet::new());
        findings.extend(check::structure(s));
        let mut repair = Repair::default();
        if let Some(first) = relations.first() {
            let message = Text::new("有勾稽关系不成立", "relations do not hold");
            let mut finding = Finding::new(&first.code, Severity::Error, first.place.clone(), message);
            finding.relations.clone_from(&relations);
            let shared = |cell: &&gouji::finding::Place| relations.iter().all(|r| r.cells.contains(cell));
            let cell = first.cells.iter().find(shared).expect("one cell in all").clone();
            let fields: BTreeMap<_, _> =
                self.form.fields.iter().zip(0u32..).map(|(f, i)| (f.id.clone(), form::FieldIx(i))).collect();
            let (field, ix) = fields.iter().find(|(_, ix)| s.cell(**ix).as_ref() == Some(&cell)).unwrap();
            let now = self.filled.amount(*ix).unwrap();
            let off = first.actual - first.expected;
            let is_part = self.form.relations.iter().any(|r| {
                r.code == first.code
                    && r.place == first.place
                    && r.expected.terms.iter().any(|t| t.field == *ix)
            });
            let to = if is_part { now + off } else { now - off };
            finding.fix = Some(Fix { field: field.clone(), to });
            finding = finding.at(vec![field.clone()], vec![cell.clone()]);
            findings.insert(0, finding);
            let why = Text::new("两位数字写颠倒了", "two digits swapped");
            let from = Some(now);
            let (certainty, text) = (Certainty::Proved, None);
            let change = Change { field: field.clone(), cell, from, text, to, formula: None, certainty, why };
            repair = Repair {
                status: RepairStatus::Unique,
                changes: vec![change],
                certainty: Some(Certainty::Proved),
                choices: Vec::new(),
            };
        }
        let fields = self.form.fields.iter().zip(&self.filled.readings).filter_map(|(f, r)| {
            let cell = s.place(r.place?.sheet, r.place?.at)?;
            Some((f.id.clone(), FieldValue { cell, raw: r.raw.clone(), value: r.value }))
        });
        let open = findings.iter().any(|f: &Finding| f.severity > Severity::Info);
        Outcome {
            file: "某镇.xlsx".to_owned(),
            sha256: "00".to_owned(),
            format: Some("xlsx".to_owned()),
            form: Some(self.form.id.clone()),
            office: self.identity.office.as_ref().map(|o| o.value.clone()),
            year: self.identity.year.as_ref().map(|y| y.value),
            status: if open { Status::Findings } else { Status::Clean },
            failure: None,
            fields: fields.collect(),
            findings,
            repair,
            fixed: Vec::new(),
            agreed: Vec::new(),
            narrative: None,
            prior: None,
            compared: None,
        }
    }

    fn annotated(&self) -> Vec<u8> {
        self.annotated_as(&self.outcome(), &BTreeMap::new())
    }

    fn annotated_as(&self, outcome: &Outcome, explanations: &BTreeMap<String, String>) -> Vec<u8> {
        let context = Context { submission: self.submission(), lang: Lang::Zh, explanations };
        let done = annotate(&self.bytes, true, outcome, &context).unwrap();
        assert!(done.patched && done.warnings.is_empty());
        assert_eq!(broken(&done.bytes), Vec::<String>::new());
        done.bytes
    }

    fn corrected(&self) -> Vec<u8> {
        let explanations = BTreeMap::new();
        let context = Context { submission: self.submission(), lang: Lang::Zh, explanations: &explanations };
        let done = correct(&self.bytes, true, &self.outcome(), Wanted::default(), &context).unwrap();
        assert_eq!(broken(&done.written.bytes), Vec::<String>::new());
        done.written.bytes
    }

    fn own(&self) -> own::Own {
        own::own_output(&self.bytes, &self.book).expect("gouji's own")
    }
}

fn read(bytes: &[u8]) -> Workbook {
    let source = Source { name: "某镇.xlsx", bytes };
    gouji::ingest::read(&source, &Limits::default()).expect("a workbook").book
}

/// The office's sheet of results as rows of text, from calamine.
fn results(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut source = calamine::Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = source.worksheet_range(&source.sheet_names()[0].clone()).unwrap();
    range.rows().map(|r| r.iter().map(ToString::to_string).collect()).collect()
}

/// The package with one text of one part exchanged, as an edit in an office program would leave it.
fn changed(bytes: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let all = parts(bytes);
    let mut book = Book(order(bytes).into_iter().map(|n| (n.clone(), all[&n].clone())).collect());
    book.change(part, from, to);
    book.bytes()
}

/// The part of gouji's first sheet.
fn own_part(bytes: &[u8], words: &str) -> String {
    let holds = |t: &Vec<u8>| String::from_utf8_lossy(t).contains(words);
    parts(bytes).into_iter().find(|(n, t)| n.contains("worksheets/sheet") && holds(t)).expect("a sheet").0
}

#[test]
fn the_results_stand_first_and_say_what_is_wrong_where() {
    let case = Case::sample("数字打错一位");
    let bytes = case.annotated();
    assert_eq!(disturbed(&case.bytes, &bytes), Vec::<String>::new());
    let rows = results(&bytes);
    let outcome = case.outcome();
    assert!(rows[0][0].contains(outcome.office.as_deref().unwrap()));
    assert!(rows[1][0].contains("不通过"), "{:?}", rows[1]);
    let head = rows.iter().position(|r| r[0] == "序号").unwrap();
    let row = &rows[head + 1];
    let change = &outcome.repair.changes[0];
    assert_eq!(row[1], "错误");
    assert_eq!(row[3], change.cell.to_string());
    assert_eq!(row[5..7], [amount::show(change.to), amount::show(change.from.unwrap())]);
    assert!(row[7].contains("可以确定"));
    for relation in &outcome.findings[0].relations {
        assert!(row[4].contains(&relation.sums.zh));
    }
}

#[test]
fn only_the_located_cell_is_marked_and_its_comment_says_all() {
    let case = Case::sample("数字打错一位");
    let outcome = case.outcome();
    let bytes = case.annotated();
    let record = patch::record(&bytes).unwrap().unwrap();
    let change = &outcome.repair.changes[0];
    let marked: Vec<&str> = record.marks.iter().map(|m| m.cell.as_str()).collect();
    assert!(marked.contains(&change.cell.cell.to_string().as_str()));
    let cells = outcome.findings.iter().flat_map(|f| &f.cells);
    assert_eq!(marked.len(), cells.collect::<std::collections::BTreeSet<_>>().len());
    let comments = parts(&bytes).into_iter().find(|(n, _)| n.contains("comments")).unwrap().1;
    let comments = String::from_utf8(comments).unwrap();
    let (to, from) = (amount::show(change.to), amount::show(change.from.unwrap()));
    assert!(comments.contains(&format!("应为 {to}，实为 {from}")));
    assert!(comments.contains("可以确定") && comments.contains("两位数字写颠倒了"));
}

#[test]
fn annotating_twice_is_annotating_once() {
    for name in ["数字打错一位", "留了空白", "石碁镇2022", "用横线代替零"] {
        let once = Case::sample(name).annotated();
        assert!(Case::of(once.clone()).annotated() == once, "{name}");
    }
}

#[test]
fn marks_go_when_the_office_has_corrected_all() {
    let case = Case::sample("数字打错一位");
    let marked = case.annotated();
    let change = &case.outcome().repair.changes[0];
    let (cell, from, to) = (change.cell.cell, amount::show(change.from.unwrap()), amount::show(change.to));
    let part = own_part(&case.bytes, &format!("r=\"{cell}\""));
    let xml = String::from_utf8(parts(&marked)[&part].clone()).unwrap();
    let at = xml.find(&format!("r=\"{cell}\"")).unwrap();
    let value = &xml[at..at + xml[at..].find("</c>").unwrap()];
    let edited = changed(&marked, &part, value, &value.replace(&format!("<v>{from}<"), &format!("<v>{to}<")));
    let mended = Case::of(edited);
    assert!(mended.own().edited);
    let mut outcome = mended.outcome();
    compare(&mut outcome, mended.own().before_editing().unwrap());
    assert_eq!(outcome.fixed[0].message, case.outcome().findings[0].message);
    assert!(outcome.findings.iter().all(|f| f.relations.is_empty()));
    let again = mended.annotated();
    let record = patch::record(&again).unwrap().unwrap();
    assert!(record.marks.iter().all(|m| m.cell != cell.to_string()));
    let style = |bytes: &[u8]| {
        let xml = String::from_utf8(parts(bytes)[&part].clone()).unwrap();
        let at = xml.find(&format!("r=\"{cell}\"")).unwrap();
        xml[at..].split("s=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let look = |bytes: &[u8]| {
        let styles = String::from_utf8(parts(bytes)["xl/styles.xml"].clone()).unwrap();
        let xfs = styles.split("<cellXfs").nth(1).unwrap();
        let nth: usize = style(bytes).parse().unwrap();
        xfs.split("<xf ")
            .nth(nth + 1)
            .unwrap()
            .split("fillId=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(look(&again), look(&case.bytes));
}

#[test]
fn an_explained_warning_is_confirmed_until_a_number_changes() {
    let case = Case::sample("用横线代替零");
    let outcome = case.outcome();
    let marked = case.annotated();
    let fresh = Case::of(marked.clone());
    assert!(!fresh.own().edited && fresh.own().explanations.is_empty());
    assert_eq!(fresh.own().findings, stored(&outcome));
    let warning = outcome.findings.iter().position(|f| f.severity == Severity::Warning).unwrap();
    let rows = results(&marked);
    let row = rows.iter().position(|r| r[0] == (warning + 1).to_string()).unwrap() + 1;
    let part = own_part(&marked, "审核依据");
    let xml = String::from_utf8(parts(&marked)[&part].clone()).unwrap();
    let start = xml.find(&format!("<c r=\"I{row}\"")).unwrap();
    let cell = xml[start..start + xml[start..].find("</c>").unwrap()].to_owned();
    let said = cell.replace("\"preserve\"></t>", "\"preserve\">经核实无误：确无此项</t>");
    assert_ne!(cell, said);
    let told = Case::of(changed(&marked, &part, &cell, &said));
    assert!(!told.own().edited && told.own().answered, "an answer is no edit");
    let explanations = own::explanations(&told.bytes);
    let print = fingerprint(&outcome.findings[warning], &outcome);
    assert_eq!(explanations, BTreeMap::from([(print, "经核实无误：确无此项".to_owned())]));
    let mut next = told.outcome();
    confirm(&mut next, &explanations);
    assert_eq!(next.findings[warning].confirmed.as_deref(), Some("经核实无误：确无此项"));
    assert_eq!(next.tally().warnings + 1, outcome.tally().warnings);
    let shown = results(&told.annotated_as(&next, &explanations));
    assert_eq!(shown[row - 1][8], "经核实无误：确无此项");
    assert!(shown[row - 1][1].contains("已说明"));
    next.findings.retain(|f| f.confirmed.is_some());
    confirm(&mut next, &explanations);
    let verdict =
        |lang| gouji::report::text::verdict(&next, gouji::report::text::Style { lang, colour: false });
    assert_eq!(
        verdict(Lang::Zh),
        "通过：1 处警告，单位已说明",
        "it passed, and not because nothing was found"
    );
    assert_eq!(verdict(Lang::En), "passed: 1 warning explained by the office");
    let mut other = told.outcome();
    let field = other.findings[warning].fields[0].clone();
    other.fields[&field].raw = Some("7".to_owned());
    confirm(&mut other, &explanations);
    assert_eq!(other.findings[warning].confirmed, None, "a changed number asks again");
}

#[test]
fn errors_cannot_be_explained_away() {
    let mut outcome = Case::sample("数字打错一位").outcome();
    let reasons = outcome.findings.iter().map(|f| (fingerprint(f, &outcome), "就是这样".to_owned()));
    let reasons: BTreeMap<_, _> = reasons.collect();
    assert_eq!(in_vain(&outcome, &BTreeMap::new()), None);
    let told = in_vain(&outcome, &reasons).expect("it is told").zh;
    assert!(told.contains("错误不能用说明确认") && told.contains("年报表格!D25"), "{told}");
    confirm(&mut outcome, &reasons);
    assert_eq!(outcome.findings[0].confirmed, None);
    assert_eq!(outcome.status, Status::Findings);
}

#[test]
fn against_an_earlier_audit_findings_are_new_remaining_or_corrected() {
    use gouji::finding::State;
    let old = Case::sample("数字打错一位").outcome();
    let mut same = old.clone();
    compare(&mut same, &stored(&old));
    assert!(same.findings.iter().all(|f| f.state == Some(State::Remaining)) && same.fixed.is_empty());
    let mut mended = old.clone();
    mended.findings.remove(0);
    mended.findings.push(Finding::new("V001", Severity::Warning, "x", Text::new("空白", "blank")));
    compare(&mut mended, &stored(&old));
    assert_eq!(mended.findings.last().unwrap().state, Some(State::New));
    assert_eq!(mended.fixed[0].message, old.findings[0].message);
}

#[test]
fn correcting_makes_the_change_keeps_the_old_value_and_is_done_once() {
    let case = Case::sample("数字打错一位");
    let change = case.outcome().repair.changes[0].clone();
    let bytes = case.corrected();
    assert_eq!(disturbed(&case.bytes, &bytes), Vec::<String>::new());
    let after = Case::of(bytes.clone());
    assert!(!after.own().edited);
    let cell = after.book.sheets.iter().find(|s| s.name == change.cell.sheet).unwrap().cell(change.cell.cell);
    assert_eq!(cell.unwrap().entry, Entry::Number(change.to));
    assert!(check::broken(after.submission()).is_empty());
    let rows = results(&bytes);
    let head = rows.iter().position(|r| r[0] == "序号").unwrap();
    let row = &rows[head + 1];
    assert_eq!(row[1], change.cell.to_string());
    assert_eq!(row[3..5], [amount::show(change.from.unwrap()), amount::show(change.to)]);
    assert_eq!(row[6..8], ["可以确定", "已更正"]);
    let comments = parts(&bytes).into_iter().find(|(n, _)| n.contains("comments")).unwrap().1;
    let was = format!("原值 {}，已更正为 {}", amount::show(change.from.unwrap()), amount::show(change.to));
    assert!(String::from_utf8(comments).unwrap().contains(&was));
    assert!(after.corrected() == bytes, "correcting the corrected file changes nothing");
}

#[test]
fn what_is_only_likely_is_marked_and_made_when_asked() {
    let case = Case::sample("数字打错一位");
    let mut outcome = case.outcome();
    outcome.repair.changes[0].certainty = Certainty::Likely;
    let change = outcome.repair.changes[0].clone();
    let none = BTreeMap::new();
    let context = Context { submission: case.submission(), lang: Lang::Zh, explanations: &none };
    let value = |bytes: &[u8]| {
        let book = read(bytes);
        book.sheets
            .iter()
            .find(|s| s.name == change.cell.sheet)
            .unwrap()
            .cell(change.cell.cell)
            .cloned()
            .unwrap()
    };
    let kept = correct(&case.bytes, true, &outcome, Wanted::default(), &context).unwrap();
    assert_eq!((kept.made.len(), kept.left.len()), (0, 1));
    assert_eq!(value(&kept.written.bytes).entry, Entry::Number(change.from.unwrap()));
    let made =
        correct(&case.bytes, true, &outcome, Wanted { likely: true, ..Wanted::default() }, &context).unwrap();
    assert_eq!((made.made.len(), made.left.len()), (1, 0));
    assert_eq!(value(&made.written.bytes).entry, Entry::Number(change.to));
}

#[test]
fn a_format_that_cannot_be_patched_is_typeset_anew_and_says_so() {
    let case = Case::sample("石碁镇2022");
    let mut outcome = case.outcome();
    outcome.format = Some("xls".to_owned());
    let none = BTreeMap::new();
    let context = Context { submission: case.submission(), lang: Lang::Zh, explanations: &none };
    let done = annotate(b"not a package", false, &outcome, &context).unwrap();
    assert!(!done.patched);
    let told = results(&done.bytes).concat().concat();
    assert!(told.contains("xls 格式") && told.contains("重新排版"));
    let copy = Case::of(done.bytes.clone());
    assert!(!copy.own().edited);
    assert_eq!(check::broken(copy.submission()), check::broken(case.submission()));
    assert!(copy.annotated_as(&outcome, &none) == done.bytes, "and annotating the copy again is the same");
}

#[test]
fn english_is_spoken_where_it_is_asked_for() {
    let case = Case::sample("数字打错一位");
    let none = BTreeMap::new();
    let context = Context { submission: case.submission(), lang: Lang::En, explanations: &none };
    let done = annotate(&case.bytes, true, &case.outcome(), &context).unwrap();
    let rows = results(&done.bytes);
    assert!(rows[1][0].starts_with("Not passed"));
    assert!(rows.iter().any(|r| r[0] == "No." && r[8] == "Explanation"));
    assert!(patch::record(&done.bytes).unwrap().unwrap().sheets == ["审核结果"]);
}

#[test]
fn the_official_template_is_filled_with_the_corrected_numbers() {
    let case = Case::sample("数字打错一位");
    let none = BTreeMap::new();
    let context = Context { submission: case.submission(), lang: Lang::Zh, explanations: &none };
    let options = gouji::audit::Options::default();
    let audited = gouji::audit::audit("某镇.xlsx", &case.bytes, &options);
    let (outcome, content) = (audited.outcome, audited.content.unwrap());
    let told = (&options, None);
    let done =
        gouji::audit::clean(&case.bytes, &content, &outcome, Wanted::default(), told, &context).unwrap();
    assert_eq!(broken(&done.bytes), Vec::<String>::new());
    let change = outcome.repair.changes[0].clone();
    let rows = results(&done.bytes);
    let row = rows.iter().position(|r| r[0] == "序号").unwrap() + 1;
    let copied = gouji::audit::audit("某镇.xlsx", &done.bytes, &options).outcome;
    let cell = copied.fields[&change.field].cell.to_string();
    assert_eq!(rows[row][1], cell, "the link leads to the template's cell");
    let copy = Case::of(done.bytes);
    assert!(!copy.own().edited);
    assert!(check::broken(copy.submission()).is_empty());
    for (field, (new, old)) in
        case.form.fields.iter().zip(copy.filled.readings.iter().zip(&case.filled.readings))
    {
        let expected = if field.id == change.field { Some(change.to) } else { old.value };
        assert_eq!(new.value, expected, "{}", field.id);
    }
}
