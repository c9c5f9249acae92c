//! The program as a user runs it: outputs, exit statuses, refusals.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use crate::batch::retyped;
use crate::package::parts;
use tempfile::TempDir;

fn gouji(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gouji"))
        .args(args)
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder with copies of samples.
fn folder_with(names: &[&str]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for name in names {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
        std::fs::copy(sample, folder.path().join(name)).expect("a copy");
    }
    folder
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("JSON and nothing else")
}

#[test]
fn an_audit_writes_the_marked_workbook_beside_and_leaves_the_input_alone() {
    let folder = folder_with(&["数字打错一位.xlsx"]);
    let input = folder.path().join("数字打错一位.xlsx");
    let before = std::fs::read(&input).unwrap();
    let output = gouji(&["audit", "数字打错一位.xlsx"], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("应为 41，实为 14"), "{}", said(&output));
    assert_eq!(std::fs::read(&input).unwrap(), before);
    let first = std::fs::read(folder.path().join("数字打错一位.审核.xlsx")).expect("the marked workbook");
    let changed =
        || std::fs::metadata(folder.path().join("数字打错一位.审核.xlsx")).unwrap().modified().unwrap();
    let before = changed();
    let again = gouji(&["audit", "数字打错一位.xlsx"], folder.path());
    assert_eq!(again.status.code(), Some(1), "an own output stands in nobody's way: {}", said(&again));
    assert_eq!(changed(), before, "the same again touches nothing");
    assert_eq!(std::fs::read(folder.path().join("数字打错一位.审核.xlsx")).unwrap(), first, "byte for byte");
}

#[test]
fn two_files_of_one_name_have_an_output_each() {
    let folder = folder_with(&[]);
    for (quarter, sample) in [("q1", "数字打错一位.xlsx"), ("q2", "总计没有更新.xlsx")] {
        std::fs::create_dir(folder.path().join(quarter)).unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(sample);
        std::fs::copy(sample, folder.path().join(quarter).join("年报.xlsx")).unwrap();
    }
    for (verb, word) in [("audit", "审核"), ("fix", "更正")] {
        let read = |out: &str, name: &str| std::fs::read(folder.path().join(out).join(name)).expect(name);
        for jobs in ["1", "4"] {
            let output =
                gouji(&[verb, "--jobs", jobs, "-o", "out", "q1/年报.xlsx", "q2/年报.xlsx"], folder.path());
            let named = format!("另写为 out/年报（2）.{word}.xlsx");
            assert!(said(&output).contains(&named), "{}", said(&output));
        }
        for (quarter, name) in [("q1", "年报"), ("q2", "年报（2）")] {
            gouji(&[verb, "-o", quarter, &format!("{quarter}/年报.xlsx")], folder.path());
            let alone = read(quarter, &format!("年报.{word}.xlsx"));
            assert!(read("out", &format!("{name}.{word}.xlsx")) == alone, "{verb} {quarter}");
        }
    }
    let twice = gouji(&["audit", "-o", "twice", "q1/年报.xlsx", "./q1/年报.xlsx"], folder.path());
    assert_eq!(std::fs::read_dir(folder.path().join("twice")).unwrap().count(), 1, "{}", said(&twice));
}

#[test]
fn a_corrected_workbook_audits_clean_and_correcting_it_changes_nothing() {
    let folder = folder_with(&["数字打错一位.xlsx", "总计没有更新.xlsx"]);
    let output = gouji(&["fix", "数字打错一位.xlsx", "总计没有更新.xlsx"], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(said(&output).matches("\n  已更正 1 处\n").count(), 2, "{}", said(&output));
    for name in ["数字打错一位.更正.xlsx", "总计没有更新.更正.xlsx"] {
        let audited = gouji(&["audit", "--no-write", "--format", "json", name], folder.path());
        assert_eq!(audited.status.code(), Some(0), "{}", said(&audited));
        assert_eq!(json(&audited)[0]["status"], "clean");
        let again = gouji(&["fix", "-o", "again", name], folder.path());
        assert_eq!(again.status.code(), Some(0), "{}", said(&again));
        let read = |path: &Path| std::fs::read(folder.path().join(path)).unwrap();
        assert!(read(Path::new(name)) == read(&Path::new("again").join(name)), "{name} differs");
    }
}

#[test]
fn files_that_cannot_be_audited_say_why_and_the_others_are_done() {
    let folder = folder_with(&["石碁镇2022.xlsx"]);
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let sample = std::fs::read(folder.path().join("石碁镇2022.xlsx")).unwrap();
    put("损坏.xlsx", &sample[..sample.len() / 2]);
    put("其实是文字.xlsx", "这里没有表格，只是一段话。".as_bytes());
    put("扫描件.pdf", b"%PDF-1.7 ...");
    put("空.xlsx", b"");
    put("没有报表.xlsx", &other_workbook());
    put("加密.xlsx", &encrypted());
    let names = [
        "损坏.xlsx",
        "其实是文字.xlsx",
        "扫描件.pdf",
        "空.xlsx",
        "没有报表.xlsx",
        "加密.xlsx",
        "不存在.xlsx",
    ];
    let expected = [
        ("unreadable", "damaged"),
        ("unmapped", "no_form"),
        ("unreadable", "unsupported"),
        ("unreadable", "not_a_workbook"),
        ("unmapped", "no_form"),
        ("unreadable", "encrypted"),
        ("unreadable", "io"),
    ];
    let mut args = vec!["audit", "--format", "json"];
    args.extend(names);
    args.push("石碁镇2022.xlsx");
    let output = gouji(&args, folder.path());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let results = json(&output);
    for (i, (status, kind)) in expected.into_iter().enumerate() {
        let result = &results[i];
        assert_eq!(result["file"], names[i]);
        let allowed =
            if names[i] == "其实是文字.xlsx" { vec!["no_form", "not_a_workbook"] } else { vec![kind] };
        assert!(allowed.contains(&result["error"]["kind"].as_str().unwrap()), "{result}");
        assert!(names[i] == "其实是文字.xlsx" || result["status"] == status, "{result}");
        assert!(!result["error"]["message"].as_str().unwrap().is_empty());
    }
    assert_eq!(results[names.len()]["status"], "findings");
    assert!(folder.path().join("石碁镇2022.审核.xlsx").exists(), "the others are still done");
    assert_eq!(results[names.len()]["written"], serde_json::json!(["石碁镇2022.审核.xlsx"]));
    assert!(!folder.path().join("损坏.审核.xlsx").exists());
}

#[test]
fn an_output_of_somebody_else_is_kept() {
    let folder = folder_with(&["石碁镇2022.xlsx"]);
    let target = folder.path().join("石碁镇2022.审核.xlsx");
    std::fs::write(&target, b"mine").unwrap();
    let output = gouji(&["audit", "石碁镇2022.xlsx"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("已存在"), "{}", said(&output));
    assert_eq!(std::fs::read(&target).unwrap(), b"mine");
    let forced = gouji(&["audit", "--force", "石碁镇2022.xlsx"], folder.path());
    assert_eq!(forced.status.code(), Some(0), "{}", said(&forced));
    assert_ne!(std::fs::read(&target).unwrap(), b"mine");
}

#[test]
fn rules_are_chosen_before_findings_are_grouped() {
    let folder = folder_with(&["数字打错一位.xlsx"]);
    let codes = |extra: &[&str]| -> Vec<String> {
        let mut args = vec!["audit", "--no-write", "--format", "json", "数字打错一位.xlsx"];
        args.extend(extra);
        let findings = json(&gouji(&args, folder.path()))[0]["findings"].clone();
        let relations =
            findings.as_array().unwrap().iter().flat_map(|f| f["relations"].as_array().unwrap().clone());
        relations.map(|r| r["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&[]), ["A301", "A302"]);
    assert_eq!(codes(&["--select", "A302"]), ["A302"]);
    assert_eq!(codes(&["--ignore", "A302"]), ["A301"]);
    let unknown = gouji(&["audit", "--no-write", "--select", "BOGUS", "数字打错一位.xlsx"], folder.path());
    assert_eq!(unknown.status.code(), Some(2), "nothing checked is not passed: {}", said(&unknown));
}

#[test]
fn json_numbers_are_exact_and_keys_are_the_contracts() {
    let folder = folder_with(&["收费写成元.xlsx"]);
    let output = gouji(&["audit", "--no-write", "--format", "jsonl", "收费写成元.xlsx"], folder.path());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1);
    assert!(
        text.contains(r#""t2.fees.amount":{"cell":"年报表格!B17","raw":"251000元","value":25.1}"#),
        "{text}"
    );
    let start = r#"{"file":"收费写成元.xlsx","sha256":""#;
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn rules_of_ones_own_that_contradict_each_other_or_never_bind_are_named_when_they_are_used() {
    let folder = folder_with(&["数字打错一位.xlsx"]);
    let own = include_str!("../../templates/xxgk-2021.toml").to_owned()
        + "\n[[relation]]\ncode = \"R001\"\nplace = \"x\"\nholds = \"t4.review.total = t4.review.upheld\"\n\
           title = { zh = \"甲\", en = \"a\" }\n\
           [[check]]\ncode = \"C999\"\nseverity = \"info\"\nplace = \"x\"\nwhen = \"t3.new.total < 0\"\n\
           title = { zh = \"甲\", en = \"a\" }\ntext = { zh = \"甲\", en = \"a\" }\n";
    std::fs::write(folder.path().join("own.toml"), own).unwrap();
    let audit = |form: &str, more: &[&str]| {
        let args = ["audit", "--no-write", "--format", "json", "--form", form, "数字打错一位.xlsx"];
        let output = gouji(&[&args, more].concat(), folder.path());
        assert!(output.stdout.starts_with(b"["), "{}", said(&output));
        String::from_utf8(output.stderr).unwrap()
    };
    let remarks = audit("own.toml", &[]);
    assert!(remarks.contains("C999 x 永远不会成立"), "{remarks}");
    assert!(
        remarks.contains("只能为 0：t4.review.corrected, t4.review.other, t4.review.pending"),
        "{remarks}"
    );
    assert!(!remarks.contains("可由其他关系推出"), "what is no mistake belongs to the check: {remarks}");
    assert!(audit("own.toml", &["--lang", "en"]).contains("C999 x can never be met"));
    assert_eq!(audit("own.toml", &["-q"]), "");
    assert_eq!(audit("xxgk-2021", &[]), "");
}

#[test]
fn wrong_usage_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    for args in [&["audit"][..], &["audit", "--format", "yaml", "x"], &["rules", "Q999"], &[]] {
        let output = gouji(args, folder.path());
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(!said(&output).is_empty());
    }
}

/// A workbook of another kind.
#[test]
fn a_form_with_no_number_where_it_belongs_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, label) in ["自然人", "商业企业", "科研机构", "予以公开", "总计"].iter().enumerate()
    {
        sheet.write_number(row as u32, 0, 3).unwrap();
        sheet.write_string(row as u32, 1, *label).unwrap();
    }
    std::fs::write(folder.path().join("右标题.xlsx"), book.save_to_buffer().unwrap()).unwrap();
    let output = gouji(&["audit", "右标题.xlsx"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    let told = said(&output).replace(['\n', ' '], "");
    assert!(told.contains("“自然人”等4处") && told.contains("左边") && told.contains("单独占一格"), "{told}");
}

fn other_workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, name) in ["姓名", "张三", "李四"].iter().enumerate() {
        sheet.write_string(u32::try_from(row).unwrap(), 0, *name).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// The head of a compound file with the streams of an encrypted package (MS-OFFCRYPTO 2.3.4).
fn encrypted() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/encrypted.xlsx")).unwrap_or_else(
        |_| {
            let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
            bytes.resize(1024, 0);
            for name in ["EncryptedPackage", "EncryptionInfo"] {
                for unit in name.encode_utf16() {
                    bytes.write_all(&unit.to_le_bytes()).unwrap();
                }
                bytes.resize(bytes.len() + 512, 0);
            }
            bytes
        },
    )
}

#[test]
fn a_likely_correction_reads_as_likely_and_names_its_rivals() {
    let folder = folder_with(&["填错一列.xlsx"]);
    let output = said(&gouji(&["audit", "填错一列.xlsx"], folder.path())).replace("\n        ", "");
    let english = said(&gouji(&["audit", "--lang", "en", "--no-write", "填错一列.xlsx"], folder.path()))
        .replace("\n        ", "");
    let marked = std::fs::read(folder.path().join("填错一列.审核.xlsx")).unwrap();
    let comments = parts(&marked).into_iter().find(|(n, _)| n.contains("comments")).unwrap().1;
    let comments = String::from_utf8(comments).unwrap();
    for told in [&output, &comments] {
        assert!(told.contains("很可能应为 8，实为 5"), "{told}");
        assert!(told.contains("改同样多的格，还有 2 种改法：D25 由 32 改为 35"), "{told}");
    }
    assert!(english.contains("should very likely be 8"), "{english}");
}

/// Types another number over that of a cell, as an office would that corrects it.
fn corrected_by_hand(path: &Path, cell: &str, from: &str, to: &str) {
    let bytes = std::fs::read(path).unwrap();
    let texts = parts(&bytes).into_values().filter_map(|part| String::from_utf8(part).ok());
    let (open, value) = (format!("<c r=\"{cell}\""), format!("<v>{from}</v>"));
    let old =
        texts.flat_map(|t| t.split(&open).skip(1).map(str::to_owned).collect::<Vec<_>>()).find_map(|rest| {
            let (before, _) = rest.split_once(&value).filter(|(before, _)| before.len() < 20)?;
            Some(format!("{open}{before}{value}"))
        });
    let old = old.expect("the cell with its number");
    let new = old.replace(&value, &format!("<v>{to}</v>"));
    std::fs::write(path, retyped(&bytes, &old, &new)).unwrap();
}

#[test]
fn a_marked_copy_that_the_office_has_worked_in_gets_its_next_round_beside_it() {
    let folder = folder_with(&["数字打错一位.xlsx"]);
    let (first, second) = ("数字打错一位.审核.xlsx", "数字打错一位.审核.2.xlsx");
    gouji(&["audit", "数字打错一位.xlsx"], folder.path());
    let again = gouji(&["audit", first], folder.path());
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
    assert!(!folder.path().join(second).exists(), "nothing has changed: {}", said(&again));
    corrected_by_hand(&folder.path().join(first), "D25", "14", "41");
    let worked = std::fs::read(folder.path().join(first)).unwrap();
    let output = gouji(&["audit", first], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("与上次相比：已改正 1 处，仍存在 0 处，新出现 0 处"), "{}", said(&output));
    assert_eq!(std::fs::read(folder.path().join(first)).unwrap(), worked, "the input is kept");
    assert!(folder.path().join(second).exists());
    corrected_by_hand(&folder.path().join(second), "D25", "41", "14");
    let dropped = gouji(&["--no-open", second], folder.path());
    assert_eq!(dropped.status.code(), Some(1), "{}", said(&dropped));
    assert!(folder.path().join("数字打错一位.审核.3.xlsx").exists(), "{}", said(&dropped));
    let elsewhere = gouji(&["audit", "-o", "别处", second], folder.path());
    assert!(folder.path().join("别处").join(first).exists(), "{}", said(&elsewhere));
}

#[test]
fn an_earlier_audit_is_compared_finding_by_finding_and_must_be_of_the_same_return() {
    let folder = folder_with(&["数字打错一位.xlsx", "总计没有更新.xlsx", "石碁镇2022.xlsx"]);
    std::fs::write(folder.path().join("旧.xlsx"), "不是表格").unwrap();
    let with = |since: &str, file: &str| {
        let output = gouji(&["audit", "--no-write", "--since", since, file], folder.path());
        (output.status.code(), said(&output))
    };
    let (code, text) = with("旧.xlsx", "数字打错一位.xlsx");
    assert!(code == Some(2) && text.contains("旧.xlsx"), "{text}");
    let (code, text) = with("石碁镇2022.xlsx", "数字打错一位.xlsx");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("石碁镇") && text.contains("2022") && text.contains("南村镇"), "{text}");
    let (code, text) = with("数字打错一位.xlsx", "数字打错一位.xlsx");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("已改正 0 处，仍存在 1 处，新出现 0 处"), "{text}");
    assert!(text.contains("年报表格!D25  仍存在"), "{text}");
}

#[test]
fn last_years_return_of_another_office_or_year_is_told() {
    let folder = folder_with(&["数字打错一位.xlsx", "石碁镇2022.xlsx"]);
    let prior =
        |name: &str, file: &str| said(&gouji(&["audit", "--no-write", "--prior", name, file], folder.path()));
    let other = prior("石碁镇2022.xlsx", "数字打错一位.xlsx");
    assert!(other.contains("石碁镇") && other.contains("请确认"), "{other}");
    let same_year = prior("石碁镇2022.xlsx", "石碁镇2022.xlsx");
    assert!(same_year.contains("没有与上年对照") && same_year.contains("2021 年"), "{same_year}");
}

#[test]
fn what_an_office_noted_anywhere_on_the_sheet_of_results_is_not_overwritten() {
    let folder = folder_with(&["数字打错一位.xlsx"]);
    for (command, name) in [("audit", "数字打错一位.审核.xlsx"), ("fix", "数字打错一位.更正.xlsx")]
    {
        let path = folder.path().join(name);
        gouji(&[command, "数字打错一位.xlsx"], folder.path());
        let noted = retyped(&std::fs::read(&path).unwrap(), "工具：勾稽", "工具：已与科室核对 勾稽");
        std::fs::write(&path, &noted).unwrap();
        let output = gouji(&[command, "数字打错一位.xlsx"], folder.path());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("已被人改过，没有覆盖"), "{}", said(&output));
        assert_eq!(std::fs::read(&path).unwrap(), noted);
    }
    let second = gouji(&["audit", "数字打错一位.审核.xlsx"], folder.path());
    assert!(folder.path().join("数字打错一位.审核.2.xlsx").exists(), "{}", said(&second));
}

#[test]
fn a_marked_copy_without_change_and_a_return_without_fault_are_said_to_be_so() {
    let folder = folder_with(&["数字打错一位.xlsx", "宿迁市2024.xlsx"]);
    gouji(&["audit", "数字打错一位.xlsx"], folder.path());
    let kept = said(&gouji(&["audit", "数字打错一位.审核.xlsx"], folder.path()));
    assert!(kept.contains("没有另写文件") && !kept.contains("已写出"), "{kept}");
    let dropped = said(&gouji(&["--no-open", "数字打错一位.审核.xlsx"], folder.path()));
    assert!(dropped.contains("没有变化") && !dropped.contains("已写出"), "{dropped}");
    let fixed = said(&gouji(&["fix", "宿迁市2024.xlsx"], folder.path()));
    assert!(fixed.contains("没有可更正的"), "{fixed}");
}

#[test]
fn a_folder_given_to_audit_is_told_the_command_for_folders() {
    let folder = folder_with(&[]);
    std::fs::create_dir(folder.path().join("报送")).unwrap();
    let output = gouji(&["audit", "报送"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("gouji batch 报送"), "{}", said(&output));
}

#[test]
fn what_last_year_was_compared_with_is_said() {
    let folder = folder_with(&["宿迁市2023.xlsx", "宿迁市2024.xlsx"]);
    let args = ["audit", "--prior", "宿迁市2023.xlsx", "宿迁市2024.xlsx"];
    let output = said(&gouji(&args, folder.path()));
    assert!(output.contains("与上年对照：") && output.contains("2023 年的报表"), "{output}");
    let alone = said(&gouji(&["audit", "--no-write", "宿迁市2024.xlsx"], folder.path()));
    assert!(!alone.contains("与上年对照"), "{alone}");
}

#[test]
fn advice_says_what_to_do_and_then_what_it_rests_on() {
    let folder = folder_with(&["乡镇填了规章.xlsx"]);
    let output = said(&gouji(&["audit", "--no-write", "乡镇填了规章.xlsx"], folder.path()));
    let flat = output.replace("\n        ", "");
    assert!(
        flat.contains("建议：没有规章制定权的，这一行填 0") && flat.contains("（依据：《中华"),
        "{output}"
    );
}

#[test]
fn what_cannot_be_audited_says_what_to_do_in_the_readers_language() {
    let folder = folder_with(&["数字打错一位.xlsx"]);
    std::fs::write(folder.path().join("空.xlsx"), "").unwrap();
    std::fs::write(folder.path().join("坏.xlsx"), b"PK\x03\x04garbage").unwrap();
    std::fs::create_dir(folder.path().join("没有报表")).unwrap();
    let english = said(&gouji(&["audit", "--lang", "en", "空.xlsx", "坏.xlsx"], folder.path()));
    let words = english.replace("空.xlsx", "").replace("坏.xlsx", "");
    assert!(words.is_ascii(), "{words}");
    assert!(words.contains("save the form again"), "{words}");
    let empty = gouji(&["batch", "没有报表", "--out", "结果"], folder.path());
    assert!(said(&empty).contains("没有找到可以审核的文件"), "{}", said(&empty));
    assert_eq!(empty.status.code(), Some(2), "nothing was audited");
    let quiet = said(&gouji(&["audit", "-q", "空.xlsx"], folder.path()));
    assert!(quiet.contains("空.xlsx  ") && quiet.contains('：'), "a reason in a word too: {quiet}");
    let prior = gouji(&["audit", "--no-write", "--prior", "去年.xlsx", "数字打错一位.xlsx"], folder.path());
    assert!(said(&prior).contains("去年.xlsx：找不到这个文件"), "{}", said(&prior));
    assert_eq!(prior.status.code(), Some(2));
    let one = said(&gouji(&["audit", "--lang", "en", "--no-write", "数字打错一位.xlsx"], folder.path()));
    assert!(one.contains("1 error, 0 warnings"), "{one}");
}
