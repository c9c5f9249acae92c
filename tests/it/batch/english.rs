//! A batch in English: what people read of it is English; sheets and files keep their names.

use super::{audited, batch, files, last_year, put};
use crate::forms::workbook;
use gouji::audit::batch::Batch;
use gouji::audit::{Options, Roster, Source};
use gouji::finding::Lang;
use gouji::form::load;
use gouji::report::summary::Choice;
use std::fs;
use std::path::Path;

const FORM: &str = r#"
id = "duty-2023"
title = { zh = "Homelessness return", en = "Homelessness return" }
authority = "the Act"
heading = "{office} Homelessness return {year}"
[[table]]
id = "t1"
name = "Return"
title = "Homelessness return"
[[table.block]]
fields = "t1.{row}.{col}"
rows = [{ id = "a", path = ["Prevention"] }, { id = "b", path = ["Relief"] }, { id = "t", path = ["Total"] }]
cols = [{ id = "n", path = ["Accepted"] }, { id = "s", path = ["Refused"] }, { id = "o", path = ["Other"] }]
[[relation]]
code = "R001"
for = "each column of t1"
holds = "a + b = t"
title = { zh = "Total = Prevention + Relief", en = "Total = Prevention + Relief" }
[[relation]]
code = "R002"
for = "each row of t1"
holds = "n + s = o"
title = { zh = "Other = Accepted + Refused", en = "Other = Accepted + Refused" }
[narrative]
[[narrative.term]]
id = "received"
title = { zh = "applications received", en = "applications received" }
words = ["received"]
is = ["t1.t.o"]
[[narrative.term]]
id = "accepted"
title = { zh = "accepted", en = "accepted" }
words = ["accepted"]
is = ["t1.t.n"]
[[narrative.term]]
id = "refused"
title = { zh = "refused", en = "refused" }
words = ["refused"]
is = ["t1.t.s"]
[[narrative.whole]]
whole = "received"
parts = ["accepted", "refused"]
"#;

/// Names of sheets and files, and what gouji calls itself: they stay Chinese.
const KEPT: [&str; 14] = [
    "审核结果",
    "审核",
    "更正",
    "总览",
    "汇总表",
    "汇总",
    "问题清单",
    "报送情况",
    "催报清单",
    "单位对比",
    "跨年对比",
    "勾稽",
    "宋体",
    "微软雅黑",
];

/// The lines of a text that have Chinese in them, but for what stays Chinese.
fn chinese(text: &str) -> Vec<String> {
    let rest = KEPT.iter().fold(text.to_owned(), |t, name| t.replace(name, ""));
    // What a marked copy keeps for the next round holds both languages.
    let is_chinese =
        |l: &&str| !l.contains("evidence") && l.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    rest.lines().filter(is_chinese).map(str::to_owned).collect()
}

fn returned(office: &str, year: i32, rows: [&str; 3]) -> Vec<u8> {
    let [a, b, t] = rows;
    let heading = format!("Local authority: {office}|Year: {year}");
    workbook(&format!("{heading}\n|Accepted|Refused|Other\nPrevention|{a}\nRelief|{b}\nTotal|{t}"))
}

/// What a district may send: good and bad, twice, torn, late, of another year, nobody's, with a table of its own.
fn sent(root: &Path) {
    let right = ["12|13|25", "20|21|41", "32|34|66"];
    for (path, office, year, rows) in [
        ("Northfield.xlsx", "Northfield Council", 2023, right),
        ("Northfield v2.xlsx", "Northfield Council", 2023, ["12|13|25", "20|20|40", "32|33|65"]),
        ("Southmere.xlsx", "Southmere Council", 2023, ["12|13|25", "20|n/a|", "39|34|66"]),
        ("Westport.xlsx", "Westport Council", 2023, ["12|13|25", "20|21|41", "39|34|66"]),
        ("Upton.xlsx", "Upton Council", 2023, ["12|-13|-1", "20|21|41", "50|60|66"]),
        ("Nilham.xlsx", "Nilham Council", 2023, ["0|0|0", "0|0|0", "0|0|0"]),
        ("Lateby.xlsx", "Lateby Council", 2022, right),
        ("Outland.xlsx", "Outland Council", 2023, ["512|13|525", "20|21|41", "532|34|566"]),
        ("District 汇总.xlsx", "District", 2023, ["1|2|3", "4|5|9", "5|7|12"]),
    ] {
        put(&root.join("报送").join(path), &returned(office, year, rows));
    }
    let bare = "|Accepted|Refused|Other\nPrevention|1|2|3\nRelief|4|5|9\nTotal|5|7|12";
    put(&root.join("报送/17.xlsx"), &workbook(bare));
    put(&root.join("报送/Eastwick.xlsx"), b"PK\x03\x04 torn");
    put(
        &root.join("上年/Northfield.xlsx"),
        &returned("Northfield Council", 2022, ["1|1|2", "2|1|3", "3|2|5"]),
    );
    let roster = "单位,级别,上级,期限,联系人,电话\nNorthfield Council,,,,,\nSouthmere Council,,,31 May,A. Smith,1\n\
                  Westport Council,,,,,\nUpton Council,,,,,\nNilham Council,,,,,\nLateby Council,,,,,\nEastwick,,,,,\n\
                  Absent Council,,,,,\n";
    put(&root.join("名单.csv"), roster.as_bytes());
}

/// The parts of a zip that hold texts for people, one element a line.
fn parts(path: &Path) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let kinds = ["sheet", "comments", "drawing", "chart", "Strings", "document", "core"];
    let mut texts = String::new();
    for i in 0..archive.len() {
        let part = archive.by_index(i).unwrap();
        if kinds.iter().any(|kind| part.name().unwrap().contains(kind)) {
            texts += &std::io::read_to_string(part).unwrap().replace('<', "\n<");
        }
    }
    texts
}

#[test]
fn what_people_read_of_a_batch_in_english_is_english() {
    let root = tempfile::tempdir().unwrap();
    sent(root.path());
    let mut options = Options { forms: vec![load(FORM, "duty.toml").unwrap()].into(), ..Options::default() };
    options.roster = Roster::read(&root.path().join("名单.csv"), &options).ok();
    options.prior =
        Some(last_year(&root.path().join("上年"), &options, (1, &gouji::audit::Stop::default())).unwrap());
    let choice = Choice { corrected: true, proved_only: true, ..Choice::default() };
    let batch = Batch { options, lang: Lang::En, choice, ..batch(root.path()) };
    audited(&batch);
    let late = returned("Absent Council", 2023, ["1|1|2", "1|1|2", "1|1|1"]);
    put(&root.path().join("报送/Absent.xlsx"), &late);
    fs::remove_file(root.path().join("报送/Westport.xlsx")).unwrap();
    audited(&batch);
    let out = root.path().join("结果");
    let bytes = fs::read(out.join("汇总.xlsx")).unwrap();
    let summary = gouji::read_workbook(&Source { name: "a.xlsx", bytes: &bytes }, &gouji::Limits::default());
    let sheets: Vec<String> = summary.unwrap().book.sheets.into_iter().map(|s| s.name).collect();
    assert_eq!(sheets.len(), 7, "{sheets:?}");
    for path in files(&out) {
        let name = path.strip_prefix(&out).unwrap().display().to_string();
        if name.starts_with('.') {
            continue; // gouji's own notes for the next run
        }
        let text = match path.extension().and_then(|e| e.to_str()) {
            Some("xlsx" | "docx") => parts(&path),
            Some("jsonl") => continue,
            _ => fs::read_to_string(&path).unwrap(),
        };
        assert!(chinese(&text).is_empty(), "{name}: {:#?}", chinese(&text));
    }
}
