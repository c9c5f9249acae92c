//! The definition that .github/FORMS.md shows with every feature: each line of it holds what it says.

use crate::forms::sheets;
use gouji::audit::{self, Options, trial};
use gouji::finding::{Finding, Outcome, Severity, Status};
use gouji::form::{Form, load};

/// The second definition of the page.
fn full() -> String {
    let page = include_str!("../../.github/FORMS.md");
    let example = page.split("```toml\n").nth(2).and_then(|rest| rest.split("```").next()).unwrap();
    example.to_owned()
}

fn form(text: &str) -> Form {
    load(text, "FORMS.md").unwrap_or_else(|e| panic!("{e}"))
}

const HOLDINGS: &str = "项目|市馆|县馆|总计|占比（%）\n图书|600|300|900|90.0\n期刊|100||100|10.0\n\
    藏书合计|700|300|1000|100.0\n比上年增减|-20|50|30|";
const MONEY: &str =
    "收入|金额|支出|金额\n财政拨款|80.5|工资|60\n其他收入|9.5|购书|30.2\n收入合计|90|支出合计|90.2";

/// A filled copy with one slip, audited by the definition.
fn of(office: &str, definition: &str, slip: (&str, &str)) -> Outcome {
    let title = format!("{office}2024年公共图书馆年报\n");
    let with = |text: &str| title.clone() + &text.replace(slip.0, slip.1);
    let book = sheets(&[("表一", &with(HOLDINGS)), ("表二", &with(MONEY))]);
    let options = Options { forms: vec![form(definition)].into(), ..Options::default() };
    audit::audit("a.xlsx", &book, &options).outcome
}

/// What is found of a slip.
fn found(from: &str, to: &str) -> Vec<Finding> {
    of("某市图书馆", &full(), (from, to)).findings
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| f.code.as_str()).collect()
}

#[test]
fn honest_numbers_pass_and_so_does_the_round_trip() {
    let honest = of("某市图书馆", &full(), ("\u{0}", ""));
    assert_eq!((honest.status, honest.findings.len()), (Status::Clean, 0), "{:#?}", honest.findings);
    let trial = trial(&form(&full()), 1).unwrap();
    assert!(trial.complaints.is_empty(), "{:#?}", trial.complaints);
}

#[test]
fn each_relation_of_the_page_has_its_finding() {
    for (from, to, code) in [
        ("图书|600", "图书|609", "R001"),
        ("|900|90.0", "|900|80.0", "R003"),
        (
            "工资|60\n其他收入|9.5|购书|30.2\n收入合计|90|支出合计|90.2",
            "工资|60\n其他收入|9.5|购书|37\n收入合计|90|支出合计|97",
            "R004",
        ),
        ("其他收入|9.5", "其他收入|9.9", "R005"),
        ("购书|30.2", "购书|0", "R006"),
        ("购书|30.2", "购书|5.9", "R101"),
    ] {
        let findings = found(from, to);
        let told = findings
            .iter()
            .flat_map(|f| f.relations.iter().map(|r| r.code.as_str()).chain([f.code.as_str()]));
        assert!(told.collect::<Vec<_>>().contains(&code), "{from} -> {to}: {findings:#?}");
    }
}

#[test]
fn within_its_tolerance_and_its_rounding_nothing_is_said() {
    assert_eq!(codes(&found("|支出合计|90.2", "|支出合计|90.5")), [""; 0]);
    assert_eq!(codes(&found("图书|600|300|900|90.0", "图书|600|300|900|90.04")), [""; 0]);
}

#[test]
fn severity_words_and_exemption_are_the_definitions() {
    let slip = ("藏书合计|700|", "藏书合计|709|");
    let apart = full().replace(
        "each row of t1 except change\"\nholds = \"city",
        "each row of t1 only books\"\nholds = \"city",
    );
    let findings = of("某市图书馆", &apart, slip).findings;
    assert_eq!((codes(&findings), findings[0].severity), (vec!["R002"], Severity::Warning), "{findings:#?}");
    assert!(
        findings[0].message.zh.contains("市馆：图书和期刊加起来不是藏书合计"),
        "{:#?}",
        findings[0].message
    );
    assert_eq!(of("青山县石岭镇人民政府", &apart, slip).findings, [], "a township is exempt");
}

#[test]
fn blanks_marks_and_kinds_are_the_definitions() {
    assert_eq!(codes(&found("期刊|100||", "期刊|100|…|")), [""; 0], "a mark for no number");
    assert_eq!(
        codes(&found("比上年增减|-20|50|", "比上年增减|-20||")),
        ["V001"],
        "a blank that is none by the definition"
    );
    let negative = found("图书|600|300", "图书|-600|1500");
    assert!(
        negative.iter().any(|f| f.code == "V004" || f.also.contains(&"V004".to_owned())),
        "{negative:#?}"
    );
    assert_eq!(codes(&found("比上年增减|-20|50", "比上年增减|-20.5|50.5"))[..1], ["V005"]);
    assert_eq!(codes(&found("|总计|", "|合计数|")), [""; 0], "an alias");
}

#[test]
fn years_and_status_say_what_is_checked() {
    let many = ("图书|600|300|900|90.0\n期刊|100||100|10.0", "图书|100|300|400|40.0\n期刊|600||600|60.0");
    let findings = found(many.0, many.1);
    assert_eq!(codes(&findings), ["R008"], "on trial, and no more than that");
    assert_eq!(findings[0].severity, Severity::Info);
    let no_book = (
        "图书|600|300|900|90.0\n期刊|100||100|10.0\n藏书合计|700|300|1000",
        "图书|0|300|300|100.0\n期刊|0||0|0.0\n藏书合计|0|300|300",
    );
    assert!(!codes(&found(no_book.0, no_book.1)).contains(&"R009"), "not before 2030");
    let now = full().replace("since = 2030", "since = 2024");
    assert!(codes(&of("某市图书馆", &now, no_book).findings).contains(&"R009"));
    for (status, code) in [
        ("status = \"draft\"\n", "R010"),
        ("status = \"withdrawn\"\nreason = \"2024年起不再要求\"\n", "R011"),
    ] {
        let honest = ("\u{0}", "");
        assert!(full().contains(status));
        let in_use = of("某市图书馆", &full().replace(status, ""), honest).findings;
        assert!(codes(&in_use).contains(&code), "{in_use:#?}");
    }
}

#[test]
fn a_mistake_has_its_line_its_column_and_a_hint() {
    let text = full().replace("beside = true", "besides = true");
    let error = load(&text, "图书馆.toml").expect_err("a mistake").render(gouji::finding::Lang::En);
    let line = text.lines().position(|l| l.starts_with("besides")).unwrap() + 1;
    assert!(error.starts_with(&format!("图书馆.toml:{line}:1: unknown key `besides`")), "{error}");
    assert!(error.contains("hint: did you mean `beside`"), "{error}");
}
