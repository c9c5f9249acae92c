//! Workbooks with a password: opened with it, refused without it, never copied in clear by accident.
//!
//! The files are made by `tests/fixtures/locked/make.py` from one sample, so that each must be audited like it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const CHINESE: &str = "年报𠮷祥2024";
const PLAIN: &str = "Gouji-2024";
const FILES: [(&str, &str); 5] = [
    ("agile.xlsx", CHINESE),
    ("libreoffice.xlsx", CHINESE),
    ("libreoffice.xls", PLAIN),
    ("cryptoapi.xls", CHINESE),
    ("xor.xls", PLAIN),
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/locked").join(name)
}

fn folder_with(names: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for name in names {
        std::fs::copy(fixture(name), folder.path().join(name)).unwrap();
    }
    folder
}

fn gouji(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gouji"))
        .args(args)
        .current_dir(folder)
        .env_remove("GOUJI_PASSWORD")
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("JSON and nothing else")
}

/// Names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn each_kind_of_lock_opens_with_its_password_and_is_audited_like_the_open_file() {
    let folder = folder_with(&FILES.map(|(name, _)| name));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/数字打错一位.xlsx");
    let open =
        json(&gouji(&["audit", "--no-write", "--format", "json", sample.to_str().unwrap()], folder.path()));
    for (name, password) in FILES {
        let args = ["audit", "--no-write", "--format", "json", "--password", password, name];
        let output = gouji(&args, folder.path());
        assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
        let result = &json(&output)[0];
        for part in ["fields", "findings", "repair", "office", "year", "summary", "status"] {
            assert_eq!(result[part], open[0][part], "{name}: {part}");
        }
        let bytes = std::fs::read(fixture(name)).unwrap();
        let sha256 = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
        let hex: String = sha256.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(result["sha256"], hex, "the evidence is of the file that was sent");
    }
}

#[test]
fn without_the_password_and_with_a_wrong_one_the_reason_is_told() {
    let folder = folder_with(&FILES.map(|(name, _)| name));
    for (name, password) in FILES {
        let cut = &password[..password.len() - 1];
        for (wrong, word) in [(None, "去掉密码"), (Some(cut), "密码不对"), (Some("gouji-2024"), "密码不对")]
        {
            let mut args = vec!["audit", "--format", "json", name];
            args.extend(wrong.iter().flat_map(|w| ["--password", w]));
            let output = gouji(&args, folder.path());
            assert_eq!(output.status.code(), Some(2), "{name} {wrong:?}: {}", said(&output));
            let error = json(&output)[0]["error"].clone();
            assert_eq!(error["kind"], "encrypted", "{name} {wrong:?}");
            assert!(error["message"].as_str().unwrap().contains(word), "{name} {wrong:?}: {error}");
        }
    }
    assert_eq!(names(folder.path()).len(), FILES.len(), "nothing is written");
}

#[test]
fn the_password_may_stand_in_the_environment_and_help_does_not_show_it() {
    let folder = folder_with(&["agile.xlsx"]);
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gouji"));
        command.args(args).current_dir(folder.path()).env("GOUJI_PASSWORD", CHINESE).output().unwrap()
    };
    assert_eq!(run(&["audit", "--no-write", "agile.xlsx"]).status.code(), Some(1));
    let help = said(&run(&["audit", "--help"]));
    assert!(help.contains("GOUJI_PASSWORD") && !help.contains(CHINESE), "{help}");
}

/// Excel opens what it has locked with its own password without asking, and so does gouji; such a file is no secret.
#[test]
fn a_file_that_anyone_can_open_needs_no_password() {
    let folder = folder_with(&["excel-own.xlsx"]);
    let output = gouji(&["audit", "excel-own.xlsx"], folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(folder.path().join("excel-own.审核.xlsx").exists());
}

#[test]
fn no_clear_copy_of_a_locked_file_is_written_unless_allowed() {
    for (name, password) in [("agile.xlsx", CHINESE), ("libreoffice.xls", PLAIN)] {
        let folder = folder_with(&[name]);
        let run = |args: &[&str]| gouji(&[args, &["--password", password, name]].concat(), folder.path());
        let audited = run(&["audit"]);
        assert_eq!(audited.status.code(), Some(1), "{}", said(&audited));
        assert!(said(&audited).contains("应为 41，实为 14") && said(&audited).contains("--allow-clear"));
        for args in [&["fix"][..], &["fix", "--clean"]] {
            let fixed = run(args);
            assert_eq!(fixed.status.code(), Some(2), "the copy that was asked for is refused");
            assert!(said(&fixed).contains("--allow-clear"), "{}", said(&fixed));
        }
        assert_eq!(names(folder.path()), [name]);
        assert_eq!(run(&["audit", "--allow-clear"]).status.code(), Some(1));
        assert_eq!(run(&["fix", "--allow-clear"]).status.code(), Some(1));
        assert_eq!(names(folder.path()).len(), 3, "{:?}", names(folder.path()));
        let corrected = names(folder.path()).into_iter().find(|n| n.contains("更正")).unwrap();
        let clean = gouji(&["audit", "--no-write", &corrected], folder.path());
        assert_eq!(clean.status.code(), Some(0), "it has no password and no fault: {}", said(&clean));
    }
}

#[test]
fn a_batch_has_the_numbers_of_locked_files_and_no_clear_copy_of_them() {
    let folder = folder_with(&["agile.xlsx"]);
    let root = folder.path().join("报送");
    std::fs::create_dir(&root).unwrap();
    std::fs::rename(folder.path().join("agile.xlsx"), root.join("agile.xlsx")).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/石碁镇2022.xlsx");
    std::fs::copy(sample, root.join("石碁镇2022.xlsx")).unwrap();
    let out = folder.path().join("OUT");
    let run = |args: &[&str]| gouji(&[&["batch", "报送", "--out", "OUT"], args].concat(), folder.path());
    let statuses = || {
        let results = std::fs::read_to_string(out.join("results.jsonl")).unwrap();
        let line = |l: &str| serde_json::from_str::<serde_json::Value>(l).unwrap()["status"].clone();
        results.lines().map(line).collect::<Vec<_>>()
    };
    let copies = |folder: &str| names(&out.join("annotated")).iter().filter(|n| n.contains(folder)).count();
    assert_eq!(run(&[]).status.code(), Some(2), "one cannot be read");
    assert_eq!(statuses(), ["unreadable", "findings"]);
    assert_eq!(run(&["--password", "wrong"]).status.code(), Some(2));
    let output = run(&["--password", CHINESE]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("1 份文件有密码"), "{}", said(&output));
    assert_eq!(statuses(), ["findings", "findings"], "an earlier result without the password does not count");
    assert_eq!((copies("agile"), copies("石碁镇2022")), (0, 1));
    let again = run(&["--password", CHINESE]);
    assert!(
        said(&again).contains("1 份文件有密码") && said(&again).contains("2 份与上次相同"),
        "{}",
        said(&again)
    );
    assert_eq!(run(&["--password", CHINESE, "--allow-clear"]).status.code(), Some(1));
    assert_eq!(copies("agile"), 1);
    assert_eq!(run(&[]).status.code(), Some(2), "without the password it is closed again");
    assert_eq!(statuses(), ["unreadable", "findings"]);
}

/// A lock whose numbers are made to cost hours is refused before any work.
#[test]
fn hostile_locks_are_told_and_cost_nothing() {
    let folder = TempDir::new().unwrap();
    let bytes = std::fs::read(fixture("agile.xlsx")).unwrap();
    let found = |from: &[u8]| bytes.windows(from.len()).position(|w| w == from).expect("it stands there");
    let put = |name: &str, at: usize, new: &[u8]| {
        let mut changed = bytes.clone();
        changed[at..at + new.len()].copy_from_slice(new);
        std::fs::write(folder.path().join(name), changed).unwrap();
    };
    // A longer number takes its room from the attribute that follows.
    put(
        "more-turns.xlsx",
        found(b"spinCount=\"100000\" saltSize=\"16\""),
        b"spinCount=\"4000000000\" a=\"16   \"",
    );
    put("cipher.xlsx", found(b"\"AES\"") + 1, b"RC2");
    let began = std::time::Instant::now();
    for (name, kind) in [("more-turns.xlsx", "too_large"), ("cipher.xlsx", "encrypted")] {
        let output = gouji(&["audit", "--format", "json", "--password", CHINESE, name], folder.path());
        assert_eq!(output.status.code(), Some(2), "{name}: {}", said(&output));
        assert_eq!(json(&output)[0]["error"]["kind"], kind, "{name}: {}", said(&output));
    }
    assert!(began.elapsed().as_secs() < 5);
}

/// What was changed after it was locked is told, though the password is right.
#[test]
fn a_locked_file_that_was_changed_is_damaged() {
    let folder = TempDir::new().unwrap();
    let mut bytes = std::fs::read(fixture("agile.xlsx")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(folder.path().join("changed.xlsx"), bytes).unwrap();
    let output = gouji(&["audit", "--format", "json", "--password", CHINESE, "changed.xlsx"], folder.path());
    assert_eq!(json(&output)[0]["error"]["kind"], "damaged", "{}", said(&output));
}

#[test]
fn locks_that_are_only_recognised_say_what_to_do() {
    let folder = folder_with(&["libreoffice.ods"]);
    let output = gouji(&["audit", "--format", "json", "--password", PLAIN, "libreoffice.ods"], folder.path());
    let error = json(&output)[0]["error"].clone();
    assert_eq!(error["kind"], "encrypted");
    assert!(error["message"].as_str().unwrap().contains("去掉密码后另存为 .xlsx"), "{error}");
}
