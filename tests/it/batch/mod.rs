//! A district's folder: offices in several kinds of places, one twice, one missing, one broken.

mod areas;
mod copies;
mod english;
mod resent;
mod rounds;
mod standing;
#[cfg(unix)]
mod stopped;
mod sums;
mod years;

use gouji::audit::batch::{Batch, Report, last_year, run};
use gouji::audit::{Options, Roster, Stop};
use gouji::finding::Lang;
use gouji::form::{FieldIx, Form, by_id};
use gouji::report::blank::{Contents, fill};
use gouji::report::summary::{Choice, Role, State};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

type Numbers = BTreeMap<FieldIx, Decimal>;

fn form() -> &'static Form {
    by_id("xxgk-2021").unwrap()
}

/// Numbers on which every relation holds; `n` tells offices apart.
fn numbers(n: u32) -> Numbers {
    form().honest().into_iter().map(|(f, v)| (f, v * Decimal::from(n))).collect()
}

fn set(numbers: &mut Numbers, id: &str, value: i64) {
    numbers.insert(form().field_ix(id).unwrap(), Decimal::from(value));
}

fn workbook(office: &str, year: i32, values: Numbers) -> Vec<u8> {
    fill(
        form(),
        &Contents { office: Some(office.to_owned()), year: Some(year), values, ..Contents::default() },
    )
    .unwrap()
}

pub(crate) fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn zip(members: &[(&[u8], Vec<u8>)]) -> Vec<u8> {
    // The zip crate writes names in UTF-8 only; names of equal length are put in their place afterwards.
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stand_in = |i: usize, name: &[u8]| format!("{i:~>width$}", width = name.len());
    for (i, (name, bytes)) in members.iter().enumerate() {
        writer.start_file(stand_in(i, name), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    for (i, (name, _)) in members.iter().enumerate() {
        let old = stand_in(i, name).into_bytes();
        let places: Vec<usize> =
            (0..bytes.len() - old.len()).filter(|at| bytes[*at..].starts_with(&old)).collect();
        for at in places {
            bytes[at..at + old.len()].copy_from_slice(name);
        }
    }
    bytes
}

/// The folder, and what its sum must be.
fn district(root: &Path) -> Numbers {
    let folder = root.join("报送");
    let mut sum = Numbers::new();
    let mut add = |values: &Numbers| {
        for (field, value) in values {
            *sum.entry(*field).or_default() += *value;
        }
    };
    let mut wrong = numbers(1);
    set(&mut wrong, "t4.review.total", 90);
    for (path, office, values) in [
        ("石碁镇.xlsx", "石碁镇人民政府", wrong),
        ("街道/大石.xlsx", "番禺区大石街道办事处", numbers(2)),
        ("南村镇2023.xlsx", "南村镇人民政府", numbers(4)),
    ] {
        add(&values);
        put(&folder.join(path), &workbook(office, 2023, values));
    }
    put(&folder.join("旧/南村镇2023.xlsx"), &workbook("南村镇", 2023, numbers(3)));
    let old = fs::File::options().write(true).open(folder.join("旧/南村镇2023.xlsx")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000)).unwrap();
    let gbk = encoding_rs::GBK.encode("../../化龙镇.xlsx").0.into_owned();
    let sent = zip(&[(&gbk, workbook("化龙镇人民政府", 2023, numbers(5)))]);
    put(&folder.join("转发.zip"), &sent);
    put(&folder.join("东涌镇.xlsx"), b"PK\x03\x04 torn");
    put(&folder.join("~$石碁镇.xlsx"), b"lock");
    put(&folder.join(".hidden.xlsx"), b"hidden");
    let roster = "单位,级别,上级,别名\n石碁镇,乡镇,番禺区,\n大石街道,街道,番禺区,\n南村镇人民政府,乡镇,番禺区,\n\
                  东涌镇,乡镇,番禺区,\n沙湾镇,乡镇,番禺区,\n";
    put(&root.join("名单.csv"), roster.as_bytes());
    sum
}

pub(crate) fn batch(root: &Path) -> Batch {
    Batch {
        inputs: vec![root.join("报送")],
        listed: Vec::new(),
        out: Some(root.join("结果")),
        skip: Vec::new(),
        aggregate: None,
        choice: Choice::default(),
        options: with_roster(root),
        jobs: 2,
        stop: Stop::default(),
        fresh: false,
        force: false,
        allow_clear: false,
        lang: Lang::Zh,
    }
}

fn with_roster(root: &Path) -> Options {
    let options = Options::default();
    let roster = Roster::read(&root.join("名单.csv"), &options).ok();
    Options { roster, ..options }
}

pub(crate) fn audited(batch: &Batch) -> Report {
    run(batch, &mut |_| {}, &mut |_| {}).expect("a batch")
}

pub(crate) fn results(root: &Path) -> Vec<Value> {
    let text = fs::read_to_string(root.join("结果/results.jsonl")).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() { found.extend(files(&entry.path())) } else { found.push(entry.path()) }
    }
    found.sort();
    found
}

#[test]
fn the_sum_is_audited_like_any_submission_and_is_exact() {
    let root = tempfile::tempdir().unwrap();
    let sum = district(root.path());
    audited(&batch(root.path()));
    let bytes = fs::read(root.path().join("结果/汇总.xlsx")).unwrap();
    let outcome = gouji::audit::audit("汇总.xlsx", &bytes, &Options::default()).outcome;
    for (field, value) in sum {
        let id = &form().field(field).unwrap().id;
        assert_eq!(outcome.fields[id].value, Some(value), "{id}");
    }
    let cells: Vec<String> = outcome.fields.values().map(|f| f.cell.sheet.clone()).collect();
    assert!(cells.iter().all(|s| s == "汇总表"), "only the roll-up is read");
}

#[test]
fn every_office_is_reported_missing_twice_or_unlisted() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    let all = audited(&batch(root.path())).overview;
    let state = |name: &str| all.offices.iter().find(|o| o.name.contains(name)).map(|o| o.state);
    assert_eq!(state("石碁镇"), Some(State::Reported));
    assert_eq!(state("大石街道"), Some(State::Reported));
    assert_eq!(state("南村镇"), Some(State::Twice));
    assert_eq!(state("东涌镇"), Some(State::Rejected), "it has sent a file, and nobody can read it");
    assert_eq!(state("沙湾镇"), Some(State::Missing));
    assert_eq!(state("化龙镇"), Some(State::Unlisted));
    let twice = all.offices.iter().find(|o| o.state == State::Twice).unwrap();
    let used = twice.files.first().map(|i| all.entries[*i].file.as_str());
    assert_eq!(used, Some("南村镇2023.xlsx"), "the newest counts");
    assert!(twice.differences[0].contains("→"), "{:?}", twice.differences);
}

#[test]
fn last_years_report_is_no_second_version_of_this_years() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    let earlier = workbook("石碁镇人民政府", 2022, numbers(7));
    put(&root.path().join("报送/上年/石碁镇2022.xlsx"), &earlier);
    let all = audited(&batch(root.path())).overview;
    let office = all.offices.iter().find(|o| o.name.contains("石碁镇")).unwrap();
    assert_eq!((office.files.len(), office.state), (2, State::Reported));
    assert!(office.differences.is_empty(), "{:?}", office.differences);
}

#[test]
fn a_zip_in_a_zip_is_looked_into() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let of = |office: &str| workbook(office, 2023, numbers(1));
    let gbk = encoding_rs::GBK.encode("沙湾镇.xlsx").0.into_owned();
    let inner = zip(&[(&gbk, of("沙湾镇")), ("新造镇.xlsx".as_bytes(), of("新造镇"))]);
    let torn = ("化龙镇.zip".as_bytes(), inner[..inner.len() - 30].to_vec());
    let outer = zip(&[("东片.zip".as_bytes(), inner), ("石碁镇.xlsx".as_bytes(), of("石碁镇")), torn]);
    put(&root.join("报送/各镇.zip"), &outer);
    let report = audited(&batch(root));
    let found: Vec<(&str, bool)> =
        report.overview.entries.iter().map(|e| (e.file.as_str(), e.is_submission())).collect();
    let expected = [
        ("各镇.zip/东片.zip/新造镇.xlsx", true),
        ("各镇.zip/东片.zip/沙湾镇.xlsx", true),
        ("各镇.zip/化龙镇.zip", false),
        ("各镇.zip/石碁镇.xlsx", true),
    ];
    assert_eq!(found, expected);
    assert!(root.join("结果/annotated/各镇.zip/东片.zip/沙湾镇.审核.xlsx").is_file());
}

#[test]
fn a_scan_is_no_second_version_and_a_note_is_no_office() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(&root.join("报送/石碁镇.xlsx"), &workbook("石碁镇人民政府", 2023, numbers(1)));
    put(&root.join("报送/石碁镇（盖章扫描件）.pdf"), b"%PDF-1.4");
    put(&root.join("报送/沙湾镇扫描件.pdf"), b"%PDF-1.4");
    put(&root.join("报送/说明.txt"), "请各单位按时报送".as_bytes());
    let report = audited(&batch(root));
    let stands = |o: &gouji::report::summary::Office| (o.name.clone(), o.state, o.files.len());
    let offices: Vec<_> = report.overview.offices.iter().map(stands).collect();
    let expected = [
        ("说明".to_owned(), State::Nobody, 1),
        ("沙湾镇".to_owned(), State::Rejected, 1),
        ("石碁镇人民政府".to_owned(), State::Reported, 2),
    ];
    assert_eq!(offices, expected);
    assert!(!report.overview.rounds.contains_key("说明"), "nobody is reminded of it");
    let told: Vec<_> = files(&root.join("结果/问题告知单"));
    assert_eq!(told, [root.join("结果/问题告知单/沙湾镇_问题告知单.docx")], "a scan is told, a note is not");
}

#[test]
fn findings_are_listed_worst_first_and_old_versions_last() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let wrong = |totals: &[&str]| {
        let mut values = numbers(1);
        for id in totals {
            set(&mut values, id, 90);
        }
        workbook("石碁镇", 2023, values)
    };
    put(&root.join("报送/a石碁镇.xlsx"), &wrong(&["t4.review.total", "t4.direct_suit.total"]));
    let old = fs::File::options().write(true).open(root.join("报送/a石碁镇.xlsx")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000)).unwrap();
    put(&root.join("报送/b石碁镇.xlsx"), &wrong(&["t4.review.total"]));
    let mut worse = numbers(2);
    set(&mut worse, "t4.review.total", 90);
    set(&mut worse, "t4.direct_suit.total", 90);
    put(&root.join("报送/沙湾镇.xlsx"), &workbook("沙湾镇", 2023, worse));
    put(&root.join("报送/新造镇.xlsx"), b"PK\x03\x04 torn");
    audited(&batch(root));
    let rows = rounds::rows(&root.join("结果/汇总.xlsx"), "问题清单");
    let mut listed: Vec<&str> = rows.iter().skip(1).map(|r| r[7].as_str()).collect();
    listed.dedup();
    let expected = [
        "新造镇.xlsx　未采用（无法读取）",
        "沙湾镇.xlsx",
        "b石碁镇.xlsx",
        "a石碁镇.xlsx　未采用（有较新的）",
    ];
    assert_eq!(listed, expected);
}

#[test]
fn a_broken_file_stops_nothing_and_nothing_leaves_the_output() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    audited(&batch(root.path()));
    let results = results(root.path());
    let of: Vec<(&str, &str)> =
        results.iter().map(|r| (r["file"].as_str().unwrap(), r["status"].as_str().unwrap())).collect();
    assert!(of.contains(&("东涌镇.xlsx", "unreadable")), "{of:?}");
    assert!(of.contains(&("石碁镇.xlsx", "findings")), "{of:?}");
    let order: Vec<&str> = of.iter().map(|(f, _)| *f).collect();
    assert!(order.is_sorted() && order.len() == 6, "{order:?}");
    let out = root.path().join("结果");
    assert!(out.join("annotated/转发.zip/化龙镇.审核.xlsx").is_file(), "{:?}", files(&out));
    assert!(out.join("annotated/街道/大石.审核.xlsx").is_file());
    let csv = fs::read(out.join("findings.csv")).unwrap();
    assert!(csv.starts_with("\u{feff}单位,".as_bytes()));
    let mut outside = files(root.path());
    outside.retain(|p| !p.starts_with(&out) && !p.starts_with(root.path().join("报送")));
    assert_eq!(outside, [root.path().join("名单.csv")]);
}

#[test]
fn a_second_run_does_only_what_is_new_and_gives_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    let (out, changed) = (root.path().join("结果"), root.path().join("报送/街道/大石.xlsx"));
    let first = audited(&batch(root.path()));
    assert_eq!(first.kept, 0);
    let before: Vec<Vec<u8>> = files(&out).iter().map(|f| fs::read(f).unwrap()).collect();
    let again = audited(&batch(root.path()));
    assert_eq!(again.kept, 6);
    let after: Vec<Vec<u8>> = files(&out).iter().map(|f| fs::read(f).unwrap()).collect();
    assert!(before == after, "nothing has changed");
    fs::write(&changed, workbook("番禺区大石街道办事处", 2023, numbers(7))).unwrap();
    assert_eq!(audited(&batch(root.path())).kept, 5);
    let mut fresh = batch(root.path());
    fresh.fresh = true;
    let anew = audited(&fresh);
    assert!(anew.kept == 0 && anew.problems.is_empty(), "{:?}", anew.problems);
    fs::remove_file(&changed).unwrap();
    audited(&batch(root.path()));
    assert!(!out.join("annotated/街道/大石.审核.xlsx").exists(), "the copy goes with its file");
}

#[test]
fn a_summary_that_somebody_has_worked_in_is_kept() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    let book = root.path().join("结果/汇总.xlsx");
    put(&book, b"the clerk's own");
    let report = audited(&batch(root.path()));
    assert!(report.problems.iter().any(|p| p.zh.contains("汇总.xlsx")), "{:?}", report.problems);
    assert_eq!(fs::read(&book).unwrap(), b"the clerk's own");
    let mut forced = batch(root.path());
    forced.force = true;
    assert!(audited(&forced).problems.is_empty());
    assert!(fs::read(&book).unwrap().starts_with(b"PK"));
}

#[test]
fn a_torn_journal_is_read_as_far_as_it_is_whole() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    audited(&batch(root.path()));
    let out = root.path().join("结果");
    let whole: Vec<Vec<u8>> = files(&out).iter().map(|f| fs::read(f).unwrap()).collect();
    let journal = out.join(".gouji-results.jsonl");
    let bytes = fs::read(&journal).unwrap();
    fs::write(&journal, &bytes[..bytes.len() / 2]).unwrap();
    let report = audited(&batch(root.path()));
    assert!(report.kept < 6);
    let again: Vec<Vec<u8>> = files(&out).iter().map(|f| fs::read(f).unwrap()).collect();
    assert!(whole == again, "the run is completed to the same bytes");
}

#[test]
fn an_output_that_its_office_has_edited_is_a_newer_submission() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    audited(&batch(root.path()));
    let marked = root.path().join("结果/annotated/石碁镇.审核.xlsx");
    let copy = root.path().join("报送/石碁镇.审核.xlsx");
    fs::copy(&marked, &copy).unwrap();
    assert_eq!(audited(&batch(root.path())).overview.entries.len(), 6, "unedited, it is no submission");
    fs::write(&copy, retyped(&fs::read(&marked).unwrap(), "<v>90</v>", "<v>77</v>")).unwrap();
    let all = audited(&batch(root.path())).overview;
    let office = all.offices.iter().find(|o| o.name.contains("石碁镇")).unwrap();
    let files: Vec<&str> = office.files.iter().map(|i| all.entries[*i].file.as_str()).collect();
    assert_eq!(files, ["石碁镇.审核.xlsx", "石碁镇.xlsx"], "the edited one counts");
    assert!(office.differences[0].contains("90 → 77"), "{:?}", office.differences);
}

#[test]
fn a_marked_copy_with_an_answer_is_a_submission() {
    let root = tempfile::tempdir().unwrap();
    let (sent, out) = (root.path().join("报送"), root.path().join("结果"));
    fs::create_dir(&sent).unwrap();
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/用横线代替零.xlsx");
    fs::copy(sample, sent.join("南村镇.xlsx")).unwrap();
    audited(&batch(root.path()));
    let marked = fs::read(out.join("annotated/南村镇.审核.xlsx")).unwrap();
    fs::remove_file(sent.join("南村镇.xlsx")).unwrap();
    let back = sent.join("南村镇报送.xlsx");
    fs::write(&back, &marked).unwrap();
    assert_eq!(audited(&batch(root.path())).overview.entries.len(), 0, "as gouji left it");
    let answer = "\"preserve\">经核实无误</t>";
    fs::write(&back, retyped(&marked, "\"preserve\"></t>", answer)).unwrap();
    let all = audited(&batch(root.path())).overview;
    let files: Vec<&str> = all.entries.iter().map(|e| e.file.as_str()).collect();
    assert_eq!(files, ["南村镇报送.xlsx"]);
    let again = fs::read(out.join("annotated/南村镇报送.审核.xlsx")).unwrap();
    fs::write(&back, &again).unwrap();
    assert_eq!(audited(&batch(root.path())).overview.entries.len(), 0, "marked again, with the answer kept");
}

/// A workbook with a number typed over, or given another format, as an office would.
pub(crate) fn retyped(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut input = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut output = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..input.len() {
        let mut part = input.by_index(i).unwrap();
        let (name, mut bytes) = (part.name().unwrap().to_string(), Vec::new());
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        if name.starts_with("xl/worksheets/sheet") || name == "xl/styles.xml" {
            bytes = String::from_utf8(bytes).unwrap().replace(from, to).into_bytes();
        }
        output.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        output.write_all(&bytes).unwrap();
    }
    output.finish().unwrap().into_inner()
}

#[test]
fn the_page_needs_nothing_else_and_runs_only_its_own_script() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    let hostile = "<img src=x onerror=alert(1)>镇";
    put(&root.path().join("报送/坏.xlsx"), &workbook(hostile, 2023, numbers(1)));
    audited(&batch(root.path()));
    let page = fs::read_to_string(root.path().join("结果/report.html")).unwrap();
    assert!(!page.contains("<img"), "a name stays a name");
    assert!(!page.contains("http:") && !page.contains("https:"), "no network");
    assert!(page.contains("default-src 'none'") && page.contains("script-src 'sha256-"));
    assert!(page.contains("石碁镇") && page.contains("缺报") && page.contains("沙湾镇"));
}
