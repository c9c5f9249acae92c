//! Ctrl-C in a run of many files: what is done is kept, one sentence says so, and the next run goes on from there.

use super::*;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const FILES: usize = 400;

fn gouji(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gouji"));
    command.args(args).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the program, sends it a signal once `begun` says so, and waits for its end.
fn stopped(mut command: Command, signal: &str, begun: impl Fn() -> bool) -> Output {
    let child = command.spawn().unwrap();
    let limit = Instant::now() + Duration::from_secs(60);
    while !begun() && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let one = workbook("石碁镇", 2023, numbers(1));
    (0..FILES).for_each(|n| put(&root.path().join(format!("报送/{n:03}.xlsx")), &one));
    root
}

#[test]
fn a_batch_that_is_stopped_says_how_far_it_came_and_goes_on_from_there() {
    for signal in ["-INT", "-TERM"] {
        let root = folder();
        let out = root.path().join("结果");
        let command = gouji(root.path(), &["batch", "报送", "--out", "结果", "--jobs", "2"]);
        let begun = || fs::metadata(out.join(".gouji-results.jsonl")).is_ok_and(|journal| journal.len() > 0);
        let output = stopped(command, signal, begun);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(130), "{said}");
        let told: Vec<&str> = said.lines().filter(|l| l.contains("已停止")).collect();
        assert!(told.len() == 1 && told[0].contains(&format!("{FILES} 份文件审完了")), "{said}");
        let number = told[0].split("审完了 ").nth(1).and_then(|rest| rest.split(' ').next());
        let done: usize = number.and_then(|n| n.parse().ok()).unwrap();
        assert!(done > 0 && done < FILES, "{said}");
        let copies = files(&out.join("annotated"));
        assert_eq!(copies.len(), done, "whole copies of what is done, and nothing else");
        assert!(copies.iter().all(|c| c.extension().is_some_and(|e| e == "xlsx")), "{copies:?}");
        assert!(!out.join("汇总.xlsx").exists(), "a sum of a part would be taken for the whole");
        let again = gouji(root.path(), &["batch", "报送", "--out", "结果"]).output().unwrap();
        let said = String::from_utf8_lossy(&again.stdout).into_owned();
        assert!(said.contains(&format!("（{done} 份与上次相同）")), "{said}");
        assert!(out.join("汇总.xlsx").exists());
    }
}

#[test]
fn files_done_one_after_another_stop_between_two() {
    let root = folder();
    let names: Vec<String> = (0..FILES).map(|n| format!("报送/{n:03}.xlsx")).collect();
    let args: Vec<&str> =
        ["audit", "--jobs", "1"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let begun = || root.path().join("报送/000.审核.xlsx").exists();
    let output = stopped(gouji(root.path(), &args), "-INT", begun);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(130) && said.contains("已停止"), "{said}");
    let left: Vec<PathBuf> = files(&root.path().join("报送"));
    assert!(left.iter().all(|f| f.extension().is_some_and(|e| e == "xlsx")), "{left:?}");
}
