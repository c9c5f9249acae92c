//! What a clerk reads about each sample, and what a script gets.

use std::path::{Path, PathBuf};

use gouji::audit::{Options, audit};
use gouji::finding::{Lang, Outcome};
use gouji::report::text::{self, Style};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// The outcome of a sample.
fn outcome_of(name: &str) -> Outcome {
    let file = format!("{name}.xlsx");
    let bytes = std::fs::read(samples().join(&file)).expect("a sample");
    audit(&file, &bytes, &Options::default()).outcome
}

fn read_as_text(name: &str, lang: Lang) -> String {
    text::outcome(&outcome_of(name), Style { lang, colour: false })
}

/// One snapshot a sample, named by its fault.
#[test]
fn every_sample_reads_well() {
    let mut names: Vec<String> = std::fs::read_dir(samples())
        .expect("samples")
        .filter_map(|e| e.ok()?.file_name().to_str()?.strip_suffix(".xlsx").map(str::to_owned))
        .filter(|n| !n.contains(".审核") && !n.contains(".更正"))
        .collect();
    names.sort();
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        insta::with_settings!({ snapshot_suffix => name.clone(), prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("sample", read_as_text(&name, Lang::Zh));
        });
    }
}

#[test]
fn english_says_the_same() {
    insta::assert_snapshot!(read_as_text("数字打错一位", Lang::En));
}

/// 石碁镇's review block is blank: exactly that is found.
#[test]
fn shiqi_has_one_blank_block_and_nothing_else() {
    let outcome = outcome_of("石碁镇2022");
    let codes: Vec<&str> = outcome.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["V001"]);
    assert_eq!(outcome.findings[0].cells.len(), 5);
    assert_eq!((outcome.office.as_deref(), outcome.year), (Some("广州市番禺区石碁镇人民政府"), Some(2022)));
}

/// 宿迁's reports balance, and a city with districts may make rules.
#[test]
fn honest_reports_of_a_city_pass() {
    for name in ["宿迁市2023", "宿迁市2024"] {
        assert!(outcome_of(name).findings.is_empty(), "{name}: {:?}", outcome_of(name).findings);
    }
}

#[test]
fn the_same_file_gives_the_same_words() {
    let bytes = std::fs::read(samples().join("填错一列.xlsx")).expect("a sample");
    let options = Options::default();
    let once = audit("填错一列.xlsx", &bytes, &options);
    let again = audit("填错一列.xlsx", &bytes, &options);
    assert_eq!(once.outcome, again.outcome);
}
