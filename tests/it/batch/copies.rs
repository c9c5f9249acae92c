//! What stands in the output folder of files that something newer has taken the place of, or that are gone.

use super::*;
use std::time::{Duration, SystemTime};

const ASIDE: &str = "较早报送（未采用）";

/// An office's report with one error whose correction is proved.
fn wrong() -> Vec<u8> {
    let mut wrong = numbers(1);
    set(&mut wrong, "t3.new.natural", 900);
    workbook("石碁镇", 2023, wrong)
}

pub(super) fn sent(root: &Path, name: &str, bytes: &[u8], day: u64) {
    let path = root.join("报送").join(name);
    put(&path, bytes);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400);
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
}

/// The workbooks below the output folder.
fn standing(root: &Path) -> Vec<String> {
    let out = root.join("结果");
    let copies = ["annotated", "corrected"].into_iter().map(|f| out.join(f)).filter(|f| f.is_dir());
    let found = copies.flat_map(|folder| files(&folder));
    found.map(|f| f.strip_prefix(&out).unwrap().to_string_lossy().replace('\\', "/")).collect()
}

#[test]
fn copies_of_what_a_newer_file_has_taken_the_place_of_stand_aside() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    sent(root, "石碁镇.xlsx", &wrong(), 10);
    audited(&batch(root));
    assert_eq!(standing(root), ["annotated/石碁镇.审核.xlsx", "corrected/石碁镇.更正.xlsx"]);

    sent(root, "东片/石碁镇再报.xlsx", &workbook("石碁镇", 2023, numbers(1)), 20);
    let second = audited(&batch(root));
    let aside =
        [format!("annotated/{ASIDE}/石碁镇.审核.xlsx"), format!("corrected/{ASIDE}/石碁镇.更正.xlsx")];
    assert_eq!(standing(root), ["annotated/东片/石碁镇再报.审核.xlsx", &aside[0], &aside[1]]);
    assert!(second.problems.is_empty() && second.left.is_empty());
    let listed = rounds::rows(&root.join("结果/汇总.xlsx"), "问题清单");
    assert!(listed[1][7].contains("未采用"), "its errors are listed, and that it does not count: {listed:?}");
    let page = fs::read_to_string(root.join("结果/report.html")).unwrap();
    assert!(!page.contains("./annotated/%E7%9F%B3"), "links follow the copies");
    let written = |file: &str| {
        let all = results(root);
        all.iter().find(|r| r["file"] == file).unwrap()["written"].clone()
    };
    assert_eq!(written("石碁镇.xlsx"), serde_json::json!(aside));
    assert_eq!(written("东片/石碁镇再报.xlsx"), serde_json::json!(["annotated/东片/石碁镇再报.审核.xlsx"]));
    assert_eq!(audited(&batch(root)).kept, 2, "looking again touches nothing");

    fs::remove_file(root.join("报送/东片/石碁镇再报.xlsx")).unwrap();
    assert_eq!(audited(&batch(root)).kept, 1);
    assert_eq!(
        standing(root),
        ["annotated/石碁镇.审核.xlsx", "corrected/石碁镇.更正.xlsx"],
        "it counts again"
    );
    assert!(!root.join("结果/annotated/东片").exists(), "nor does an empty folder stay");
}

#[test]
fn a_copy_that_somebody_has_worked_in_stays_and_is_told() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    sent(root, "石碁镇.xlsx", &wrong(), 10);
    audited(&batch(root));
    let copy = root.join("结果/corrected/石碁镇.更正.xlsx");
    let worked = retyped(&fs::read(&copy).unwrap(), "<v>90", "<v>91");
    fs::write(&copy, worked).unwrap();
    fs::remove_file(root.join("报送/石碁镇.xlsx")).unwrap();
    sent(root, "沙湾镇.xlsx", &workbook("沙湾镇", 2023, numbers(1)), 10);
    let report = audited(&batch(root));
    assert_eq!(report.left, ["corrected/石碁镇.更正.xlsx"]);
    assert_eq!(standing(root), ["annotated/沙湾镇.审核.xlsx", "corrected/石碁镇.更正.xlsx"]);
}
