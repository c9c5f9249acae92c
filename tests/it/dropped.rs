//! What a drop onto the program's icon does: one line said, the result opened, the input alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with samples, and beside it a program that notes what it is asked to open.
struct Desk {
    root: TempDir,
}

impl Desk {
    fn with(names: &[&str]) -> Self {
        let root = TempDir::new().unwrap();
        let folder = root.path().join("报送");
        std::fs::create_dir(&folder).unwrap();
        for name in names {
            let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name);
            std::fs::copy(sample, folder.join(name)).unwrap();
        }
        let desk = Self { root };
        desk.opener();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Stands in for the desktop's own program.
    fn opener(&self) {
        let tools = self.path("tools");
        std::fs::create_dir(&tools).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let script = tools.join("xdg-open");
            let noted = self.path("opened");
            std::fs::write(&script, format!("#!/bin/sh\nprintf '%s' \"$1\" > '{}'\n", noted.display()))
                .unwrap();
            std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    fn drop(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gouji"))
            .args(args)
            .current_dir(self.root.path())
            .env("PATH", self.path("tools"))
            .env_remove("WSL_DISTRO_NAME")
            .output()
            .expect("the program runs")
    }

    /// What was asked to be opened, waited for a little: the other program runs on its own.
    fn opened(&self) -> Option<String> {
        for _ in 0..100 {
            match std::fs::read_to_string(self.path("opened")) {
                Ok(path) if !path.is_empty() => return Some(path),
                _ => std::thread::sleep(std::time::Duration::from_millis(50)),
            }
        }
        None
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn one_file_is_audited_and_its_marked_workbook_opened() {
    let desk = Desk::with(&["数字打错一位.xlsx"]);
    let output = desk.drop(&["报送/数字打错一位.xlsx"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = stdout(&output);
    assert_eq!(
        said,
        "数字打错一位.xlsx：错误 1 处，警告 0 处，提示 0 条。已打开 报送/数字打错一位.审核.xlsx\n"
    );
    assert!(desk.path("报送/数字打错一位.审核.xlsx").is_file());
    assert_eq!(desk.opened().as_deref(), Some("报送/数字打错一位.审核.xlsx"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_or_several_files_are_a_batch_beside_it_and_the_summary_is_opened() {
    for args in [&["报送"][..], &["报送/石碁镇2022.xlsx", "报送/数字打错一位.xlsx"]] {
        let desk = Desk::with(&["石碁镇2022.xlsx", "数字打错一位.xlsx"]);
        let output = desk.drop(args);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let said = stdout(&output);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("共 2 份文件") && said.contains("已打开"), "{said}");
        assert!(desk.path("报送-审核/annotated").is_dir());
        let opened = PathBuf::from(desk.opened().expect("the summary is opened"));
        assert_eq!(opened.canonicalize().unwrap(), desk.path("报送-审核/汇总.xlsx").canonicalize().unwrap());
    }
}

#[test]
fn a_zip_is_a_batch_beside_the_zip() {
    let desk = Desk::with(&["石碁镇2022.xlsx"]);
    let file = std::fs::File::create(desk.path("各镇.zip")).unwrap();
    let mut zip = zip::ZipWriter::new(file);
    zip.start_file("石碁镇2022.xlsx", zip::write::SimpleFileOptions::default()).unwrap();
    let sample = std::fs::read(desk.path("报送/石碁镇2022.xlsx")).unwrap();
    std::io::Write::write_all(&mut zip, &sample).unwrap();
    zip.finish().unwrap();
    let output = desk.drop(&["--no-open", "各镇.zip"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(desk.path("各镇-审核/汇总.xlsx").is_file(), "{}", stdout(&output));
}

#[test]
fn nothing_is_opened_unless_it_may_be() {
    let desk = Desk::with(&["数字打错一位.xlsx"]);
    let output = desk.drop(&["报送/数字打错一位.xlsx", "--no-open"]);
    assert!(stdout(&output).contains("已写出 报送/数字打错一位.审核.xlsx"), "{}", stdout(&output));
    let output = desk.drop(&["--format", "jsonl", "报送/数字打错一位.xlsx"]);
    let line: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON and nothing else");
    assert_eq!(line["status"], "findings");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!desk.path("opened").exists());
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_opened_is_still_written_and_said() {
    let desk = Desk::with(&["石碁镇2022.xlsx"]);
    std::fs::remove_file(desk.path("tools/xdg-open")).unwrap();
    let output = desk.drop(&["报送/石碁镇2022.xlsx"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("请自行打开 报送/石碁镇2022.审核.xlsx"), "{}", stdout(&output));
}

#[test]
fn a_file_that_cannot_be_audited_says_why_in_the_same_line() {
    let desk = Desk::with(&[]);
    std::fs::write(desk.path("扫描件.pdf"), b"%PDF-1.7").unwrap();
    let output = desk.drop(&["扫描件.pdf"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stdout(&output);
    assert!(said.starts_with("扫描件.pdf：无法读取。") && said.lines().count() == 1, "{said}");
    let nothing = desk.drop(&[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(stderr(&nothing).contains("拖到程序的图标上"), "{}", stderr(&nothing));
}
