//! What the browser page is told through its door, against what the program writes for the same bytes.

use gouji::audit::batch::{Batch, run};
use gouji::audit::{Delivery, Options, Roster, Stop, Task, process};
use gouji::finding::Lang;
use gouji::report::json;
use gouji::report::summary::Choice;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Asks through the door: the answer and its files.
fn ask(mut question: Value, files: &[&[u8]]) -> (Value, Vec<Vec<u8>>) {
    question["files"] = files.iter().map(|f| f.len()).collect();
    let text = question.to_string().into_bytes();
    let mut request = (text.len() as u32).to_le_bytes().to_vec();
    request.extend(text);
    request.extend(files.concat());
    let answer = gouji::web::answer(&request);
    let (len, rest) = answer.split_first_chunk::<4>().unwrap();
    let (text, mut rest) = rest.split_at(u32::from_le_bytes(*len) as usize);
    let answer: Value = serde_json::from_slice(text).unwrap();
    let mut given = Vec::new();
    for len in answer["files"].as_array().unwrap() {
        let (file, after) = rest.split_at(len.as_u64().unwrap() as usize);
        given.push(file.to_vec());
        rest = after;
    }
    assert!(rest.is_empty());
    (answer, given)
}

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|e| e == "xlsx")).collect();
    files.sort();
    files
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).unwrap()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// What the program makes of a file: its result as a line of JSON, and its copy.
fn by_program(path: &Path, task: Task, lang: Lang) -> (String, Vec<u8>, String) {
    let out = tempfile::tempdir().unwrap();
    let delivery = Delivery {
        task,
        write: true,
        out_dir: Some(out.path().to_owned()),
        force: false,
        allow_clear: false,
        since: None,
        show_mapping: false,
        lasting: false,
        lang,
    };
    let done = process(path, &Options::default(), &delivery);
    let copy = done.written.first().unwrap();
    (json::line(&done.outcome, lang).unwrap(), fs::read(copy).unwrap(), name_of(copy))
}

const FIX: Task = Task::Correct { clean: false, blanks: false, likely: false };

#[test]
fn a_file_gives_the_same_result_and_copies_as_the_program() {
    for path in samples() {
        let (name, bytes) = (name_of(&path), fs::read(&path).unwrap());
        for (lang, said) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let (line, marked, marked_name) = by_program(&path, Task::Annotate, lang);
            let (_, corrected, corrected_name) = by_program(&path, FIX, lang);
            let (answer, files) = ask(json!({ "do": "audit", "shown": name, "lang": said }), &[&bytes]);
            assert_eq!(String::from_utf8_lossy(&files[0]), line, "{name}");
            assert_eq!(
                (&answer["annotated"], &answer["corrected"]),
                (&json!(marked_name), &json!(corrected_name))
            );
            for (what, copy) in [("annotated", marked), ("corrected", corrected)] {
                let (_, files) = ask(json!({ "do": what, "shown": name, "lang": said }), &[&bytes]);
                assert!(files[0] == copy, "{what} {name}");
            }
        }
    }
}

#[test]
fn every_cell_of_a_finding_is_drawn_with_its_field() {
    for path in samples() {
        let (name, bytes) = (name_of(&path), fs::read(&path).unwrap());
        let (_, files) = ask(json!({ "do": "audit", "shown": name }), &[&bytes]);
        let result: Value = serde_json::from_slice(&files[0]).unwrap();
        let (drawn, _) = ask(json!({ "do": "draw", "shown": name }), &[&bytes]);
        let mut fields: BTreeMap<String, Option<String>> = BTreeMap::new();
        for sheet in drawn["sheets"].as_array().unwrap() {
            for cell in sheet["rows"].as_array().unwrap().iter().flat_map(|r| r["cells"].as_array().unwrap())
            {
                let at = format!("{}!{}", sheet["name"].as_str().unwrap(), cell["at"].as_str().unwrap());
                let field = cell["field"][0].as_str().map(str::to_owned);
                assert!(fields.insert(at.clone(), field).is_none(), "{at} is drawn once");
            }
        }
        for (id, field) in result["fields"].as_object().unwrap() {
            assert_eq!(fields[field["cell"].as_str().unwrap()].as_ref(), Some(id), "{name}");
        }
        for cell in result["findings"].as_array().unwrap().iter().flat_map(|f| f["cells"].as_array().unwrap())
        {
            assert!(fields.contains_key(cell.as_str().unwrap()), "{name} {cell}");
        }
    }
}

#[test]
fn rows_and_columns_add_up_to_a_whole_table() {
    let (drawn, _) = ask(json!({ "do": "draw", "shown": "石碁镇2022.xlsx" }), &[&sample("石碁镇2022.xlsx")]);
    for sheet in drawn["sheets"].as_array().unwrap() {
        let (rows, width) = (sheet["rows"].as_array().unwrap(), sheet["cols"].as_array().unwrap().len());
        let mut filled = vec![0usize; rows.len()];
        for (r, row) in rows.iter().enumerate() {
            for cell in row["cells"].as_array().unwrap() {
                let span = |key: &str| cell[key].as_u64().unwrap_or(1) as usize;
                for line in &mut filled[r..r + span("rows")] {
                    *line += span("cols");
                }
            }
        }
        assert!(filled.iter().all(|n| *n == width), "{filled:?} of {width}");
    }
}

/// Proposals of an answer as values to adopt.
fn adopted(steps: &Value) -> Value {
    let steps = steps.as_array().unwrap().iter();
    steps.map(|s| json!({ "field": s["field"], "to": s["to"], "proposed": true })).collect()
}

#[test]
fn adopting_every_proposal_gives_what_fix_gives_and_leaves_no_proposal() {
    let mut adopting = 0;
    for path in samples() {
        let (name, bytes) = (name_of(&path), fs::read(&path).unwrap());
        let (before, _) = ask(json!({ "do": "audit", "shown": name }), &[&bytes]);
        let values = adopted(&before["proposals"]);
        if values == json!([]) {
            continue;
        }
        adopting += 1;
        let question = |what: &str| json!({ "do": what, "shown": name, "adopted": values });
        let (after, _) = ask(question("audit"), &[&bytes]);
        assert_eq!(after["proposals"], json!([]), "{name}");
        assert_eq!(after["decided"].as_array().unwrap().len(), values.as_array().unwrap().len(), "{name}");
        let (_, files) = ask(question("corrected"), &[&bytes]);
        assert!(files[0] == by_program(&path, FIX, Lang::Zh).1, "{name}");
    }
    assert!(adopting >= 3);
}

#[test]
fn a_proved_correction_makes_the_file_clean_and_its_cell_shows_the_new_number() {
    let (name, bytes) = ("数字打错一位.xlsx", sample("数字打错一位.xlsx"));
    let (before, _) = ask(json!({ "do": "audit", "shown": name }), &[&bytes]);
    let values = adopted(&before["proposals"]);
    let (_, files) = ask(json!({ "do": "audit", "shown": name, "adopted": values }), &[&bytes]);
    let result: Value = serde_json::from_slice(&files[0]).unwrap();
    assert_eq!(result["status"], "clean");
    assert_eq!(result["fields"]["t3.granted.natural"]["value"], 41);
}

#[test]
fn ones_own_number_is_checked_again_and_stands_in_the_corrected_copy_as_decided_by_hand() {
    let (name, bytes) = ("数字打错一位.xlsx", sample("数字打错一位.xlsx"));
    let own = |to: &str| json!([{ "field": "t3.granted.natural", "to": to }]);
    let audited = |values: Value| -> Value {
        let (_, files) = ask(json!({ "do": "audit", "shown": name, "adopted": values }), &[&bytes]);
        serde_json::from_slice(&files[0]).unwrap()
    };
    assert_eq!(audited(own("41"))["status"], "clean");
    let wrong = audited(own("40"));
    assert_eq!(wrong["status"], "findings");
    assert_eq!(wrong["repair"]["changes"][0]["from"], 40);
    let (answer, files) = ask(json!({ "do": "corrected", "shown": name, "adopted": own("40") }), &[&bytes]);
    assert_eq!(answer["name"], "数字打错一位.更正.xlsx");
    let copy = &files[0];
    let (_, files) = ask(json!({ "do": "audit", "shown": "数字打错一位.更正.xlsx" }), &[copy]);
    let result: Value = serde_json::from_slice(&files[0]).unwrap();
    assert_eq!(result["fields"]["t3.granted.natural"]["value"], 40);
    assert_eq!(result["status"], "findings", "the copy holds the number decided on, right or wrong");
}

#[test]
fn one_of_several_explanations_can_be_chosen() {
    let (name, bytes) = ("结转漏填.xlsx", sample("结转漏填.xlsx"));
    let (before, _) = ask(json!({ "do": "audit", "shown": name }), &[&bytes]);
    let choices = before["choices"].as_array().unwrap();
    assert!(choices.len() > 1);
    for choice in choices {
        let values = adopted(choice);
        let (after, files) = ask(json!({ "do": "audit", "shown": name, "adopted": values }), &[&bytes]);
        let result: Value = serde_json::from_slice(&files[0]).unwrap();
        assert_eq!(after["choices"], json!([]), "{choice}");
        assert_eq!(result["summary"]["errors"], 0, "{choice}");
    }
}

/// A district's folder: two levels, a zip, a broken file, what is no submission, and a copy of gouji's own.
fn district(folder: &Path) {
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    for path in samples().iter().take(6) {
        put(&name_of(path), &fs::read(path).unwrap());
    }
    put("街道/数字打错一位.xlsx", &sample("数字打错一位.xlsx"));
    put(
        "街道/数字打错一位.审核.xlsx",
        &by_program(&folder.join("街道/数字打错一位.xlsx"), Task::Annotate, Lang::Zh).1,
    );
    put("街道/坏了.xlsx", b"PK\x03\x04 cut short");
    put("街道/说明.log", b"nothing");
    put("~$宿迁市2023.xlsx", b"lock");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("镇/石碁镇2022.xlsx", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, &sample("石碁镇2022.xlsx")).unwrap();
    put("报送.zip", &zip.finish().unwrap().into_inner());
    put("汇总.xlsx", &sample("宿迁市2024.xlsx"));
}

/// Every file below a folder by its path.
fn below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let shown = entry.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(shown, fs::read(&entry).unwrap());
            }
        }
    }
    found
}

/// One file as the page holds it.
struct Held {
    shown: String,
    bytes: Vec<u8>,
    modified: u64,
}

/// What the page's worker has of a folder: files, and the members of zips.
fn held(folder: &Path) -> Vec<Held> {
    let mut all = Vec::new();
    for (shown, bytes) in below(folder) {
        let changed = fs::metadata(folder.join(&shown)).unwrap().modified().unwrap();
        let modified = changed.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        if !shown.ends_with(".zip") {
            all.push(Held { shown, bytes, modified });
            continue;
        }
        let (answer, _) = ask(json!({ "do": "members" }), &[&bytes]);
        for member in answer["members"].as_array().unwrap() {
            let (_, mut files) = ask(json!({ "do": "member", "place": member[0] }), &[&bytes]);
            let shown = format!("{shown}/{}", member[1].as_str().unwrap());
            all.push(Held { shown, bytes: files.remove(0), modified: member[2].as_u64().unwrap() });
        }
    }
    all
}

/// One file as the page has audited it.
struct Done<'h> {
    file: &'h Held,
    /// As it was planned.
    plan: &'h Value,
    /// The files that lie beside it, and their names.
    beside: (Value, Vec<&'h [u8]>),
    audit: Value,
    line: Vec<u8>,
    small: Vec<u8>,
}

impl<'h> Done<'h> {
    /// Audits a file; an aggregate against the others.
    fn new((file, plan): (&'h Held, &'h Value), beside: (Value, Vec<&'h [u8]>), members: &[Vec<u8>]) -> Self {
        let mut done = Self { file, plan, beside, audit: Value::Null, line: Vec::new(), small: Vec::new() };
        let (audit, mut files) = done.ask("audit", members);
        done.audit = audit;
        done.small = files.remove(1);
        done.line = files.remove(0);
        done
    }

    fn ask(&self, what: &str, members: &[Vec<u8>]) -> (Value, Vec<Vec<u8>>) {
        let mut parts: Vec<&[u8]> = vec![&self.file.bytes];
        if self.plan[3] == true {
            parts.extend(members.iter().map(Vec::as_slice));
        }
        parts.extend(&self.beside.1);
        let question = json!({ "do": what, "shown": self.plan[1], "copy": self.plan[2],
            "aggregate": self.plan[3], "in_batch": true, "beside": self.beside.0 });
        ask(question, &parts)
    }
}

/// What the page was given beside the files.
#[derive(Default)]
struct Given<'h> {
    roster: Option<(&'h str, &'h [u8])>,
    last: &'h [Held],
}

/// What a batch of the page holds at its end, by path, as the page makes it step by step.
fn by_page(files: &[Held], given: &Given) -> BTreeMap<String, Vec<u8>> {
    let items: Vec<_> = files.iter().map(|h| (&h.shown, h.modified)).collect();
    let (plan, _) = ask(json!({ "do": "plan", "items": items }), &[]);
    let planned = plan["items"].as_array().unwrap();
    let (name, roster) = given.roster.unzip();
    let file = |plan: &Value| &files[plan[0].as_u64().unwrap() as usize];
    let alone = || (json!({ "roster": name }), roster.into_iter().collect::<Vec<_>>());
    let first: Vec<Done> = planned.iter().map(|plan| Done::new((file(plan), plan), alone(), &[])).collect();
    let own =
        |d: &Done| [&d.audit["own"], &d.audit["formless"]["own"]].into_iter().find(|o| !o.is_null()).cloned();
    let copies: Vec<Value> = first.iter().filter_map(own).collect();
    let first: Vec<Done> = first.into_iter().filter(|d| own(d).is_none()).collect();

    let report =
        |held: &Held| ask(json!({ "do": "last", "shown": held.shown }), &[&held.bytes]).0["last"].clone();
    let reports: Vec<(&Held, Value)> =
        given.last.iter().map(|h| (h, report(h))).filter(|r| !r.1.is_null()).collect();
    let audited = |done: &Done| {
        let result: Value = serde_json::from_slice(&done.line).unwrap();
        json!({ "shown": done.plan[1], "office": result["office"], "year": result["year"],
            "text": done.audit["formless"]["text"] })
    };
    let question = json!({ "do": "beside", "named": false, "items": first.iter().map(audited).collect::<Vec<_>>(),
        "last": reports.iter().map(|r| &r.1).collect::<Vec<_>>(), "beside": { "roster": name } });
    let (lying, _) = ask(question, &roster.into_iter().collect::<Vec<_>>());
    let number = |n: &Value| n.as_u64().unwrap() as usize;
    let taken: Vec<usize> =
        lying["texts"].as_array().unwrap().iter().filter(|t| !t.is_null()).map(number).collect();

    let mut done: Vec<Done> = Vec::new();
    for sums in [false, true] {
        let members: Vec<Vec<u8>> = done.iter().map(|d| d.small.clone()).collect();
        for (n, d) in first.iter().enumerate().filter(|(n, d)| d.plan[3] == sums && !taken.contains(n)) {
            let last: Vec<&(&Held, Value)> =
                lying["last"][n].as_array().unwrap().iter().map(|r| &reports[number(r)]).collect();
            let text = lying["texts"].get(n).filter(|t| !t.is_null()).map(|t| &first[number(t)]);
            let names = json!({ "roster": name, "narrative": text.map(|t| &t.plan[2]),
                "last": last.iter().map(|r| &r.0.shown).collect::<Vec<_>>() });
            let mut parts: Vec<&[u8]> = last.iter().map(|r| r.0.bytes.as_slice()).collect();
            parts.extend(text.map(|t| t.file.bytes.as_slice()));
            parts.extend(roster);
            done.push(Done::new((d.file, d.plan), (names, parts), &members));
        }
    }
    handed_out(done, &copies, given)
}

/// The copies of all, and what is made of all together.
fn handed_out(mut done: Vec<Done>, unedited: &[Value], given: &Given) -> BTreeMap<String, Vec<u8>> {
    let (mut copies, mut items) = (Vec::new(), Vec::new());
    let members: Vec<Vec<u8>> = done.iter().filter(|d| d.plan[3] == false).map(|d| d.small.clone()).collect();
    done.sort_by(|a, b| a.plan[1].as_str().cmp(&b.plan[1].as_str()));
    for d in &done {
        let mut kept =
            json!({ "edited": d.audit["edited"], "modified": d.file.modified, "aggregate": d.plan[3] });
        let mut own = Vec::new();
        for kind in ["annotated", "corrected"] {
            let (answer, mut copies) = d.ask(kind, &members);
            if let Some(name) = answer["name"].as_str() {
                kept[kind] = json!(format!("{kind}/{name}"));
                own.push((format!("{kind}/{name}"), copies.remove(0)));
            }
        }
        let (answer, documents) = d.ask("documents", &members);
        assert_eq!(answer["names"], d.audit["documents"]);
        let names = answer["names"].as_array().unwrap().iter();
        own.extend(names.zip(documents).map(|(n, d)| (format!("annotated/{}", n.as_str().unwrap()), d)));
        copies.push(own);
        items.push(kept);
    }
    let mut parts: Vec<&[u8]> = done.iter().map(|d| d.small.as_slice()).collect();
    parts.extend(given.roster.map(|r| r.1));
    let beside = json!({ "roster": given.roster.map(|r| r.0) });
    let (answer, files) =
        ask(json!({ "do": "summary", "items": items, "own": unedited, "beside": beside }), &parts);
    let names = answer["names"].as_array().unwrap().iter();
    let mut made: BTreeMap<String, Vec<u8>> =
        names.zip(files).map(|(n, f)| (n.as_str().unwrap().to_owned(), f)).collect();
    let offices = answer["offices"].as_array().unwrap().iter();
    let sent: Vec<&Value> = offices.flat_map(|o| o["files"].as_array().unwrap()).collect();
    let mut lines = Vec::new();
    for (d, own) in done.iter().zip(copies) {
        let file = sent.iter().find(|f| f["shown"] == d.plan[1]);
        let aside = file.and_then(|f| f["aside"].as_str());
        let place = |path: String| aside.map_or(path.clone(), |a| path.replacen('/', &format!("/{a}/"), 1));
        let own: Vec<(String, Vec<u8>)> = own.into_iter().map(|(path, bytes)| (place(path), bytes)).collect();
        lines.extend(&d.line);
        if !own.is_empty() {
            lines.pop();
            let paths: Vec<&String> = own.iter().map(|(path, _)| path).collect();
            lines.extend(format!(",\"written\":{}}}", json!(paths)).into_bytes());
        }
        lines.push(b'\n');
        made.extend(own);
    }
    made.insert("results.jsonl".to_owned(), lines);
    made
}

/// What a batch of the program writes, by path.
fn by_program_batch(folder: &Path, out: &Path, options: Options) -> BTreeMap<String, Vec<u8>> {
    let batch = Batch {
        inputs: vec![folder.to_owned()],
        listed: Vec::new(),
        out: Some(out.to_owned()),
        skip: Vec::new(),
        aggregate: None,
        choice: Choice::default(),
        options,
        jobs: 1,
        stop: Stop::default(),
        fresh: false,
        force: false,
        allow_clear: false,
        lang: Lang::Zh,
    };
    run(&batch, &mut |_| {}, &mut |_| {}).unwrap();
    let mut written = below(out);
    written.retain(|name, _| !name.starts_with('.'));
    written
}

fn assert_same(page: &BTreeMap<String, Vec<u8>>, program: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(page.keys().collect::<Vec<_>>(), program.keys().collect::<Vec<_>>());
    for (name, bytes) in program {
        assert!(page[name] == *bytes, "{name}");
    }
}

#[test]
fn a_folder_gives_the_same_files_as_a_batch_of_the_program() {
    let root = tempfile::tempdir().unwrap();
    let (folder, out) = (root.path().join("报送"), root.path().join("结果"));
    fs::create_dir_all(&folder).unwrap();
    district(&folder);
    // Copies as gouji wrote them: one beside its original, one in place of it under another name.
    let corrected =
        |shown: &str| ask(json!({ "do": "corrected", "shown": shown }), &[&sample(shown)]).1.remove(0);
    fs::write(folder.join("宿迁市.更正.xlsx"), corrected("宿迁市2024.xlsx")).unwrap();
    fs::write(folder.join("某局重报.xlsx"), corrected("数字打错一位.xlsx")).unwrap();
    let roster = root.path().join("名单.csv");
    fs::write(&roster, "单位,别名\n宿迁市,\n南村镇人民政府,南村镇\n某某局,\n").unwrap();
    let list = Roster::read(&roster, &Options::default()).unwrap();
    let program = by_program_batch(&folder, &out, Options { roster: Some(list), ..Options::default() });
    let list = fs::read(&roster).unwrap();
    let given = Given { roster: Some(("名单.csv", &list)), ..Given::default() };
    assert_same(&by_page(&held(&folder), &given), &program);
}

#[test]
fn texts_beside_workbooks_and_last_years_reports_are_found_as_by_a_batch_of_the_program() {
    let root = tempfile::tempdir().unwrap();
    let (folder, last, out) = (root.path().join("报送"), root.path().join("上年"), root.path().join("结果"));
    let put = |path: PathBuf, bytes: &[u8]| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put(folder.join("宿迁市2024.xlsx"), &sample("宿迁市2024.xlsx"));
    put(folder.join("宿迁市报告.html"), "<p>2024年，共收到政府信息公开申请7777件。</p>".as_bytes());
    put(folder.join("镇/表.xlsx"), &sample("石碁镇2022.xlsx"));
    put(folder.join("镇/报告.txt"), "石碁镇2022年收到政府信息公开申请8888件。".as_bytes());
    put(folder.join("无关.txt"), "会议通知".as_bytes());
    // Last year's carried forward is not what is carried over now.
    let other = json!({ "do": "corrected", "shown": "宿迁市2023.xlsx",
        "adopted": [{ "field": "t3.carried_forward.natural", "to": "90" }] });
    put(last.join("市/宿迁市2023.xlsx"), &ask(other, &[&sample("宿迁市2023.xlsx")]).1[0]);
    put(last.join("别的.xlsx"), &sample("上海市政府办公厅2019.xlsx"));
    let mut options = Options::default();
    options.prior = Some(gouji::audit::batch::last_year(&last, &options, (1, &Stop::default())).unwrap());
    let program = by_program_batch(&folder, &out, options);
    let lines = String::from_utf8_lossy(&program["results.jsonl"]).into_owned();
    for told in ["7777", "8888", "X301"] {
        assert!(lines.contains(told), "{told}");
    }
    let last = held(&last);
    let page = by_page(&held(&folder), &Given { last: &last, ..Given::default() });
    assert_same(&page, &program);
}

#[test]
fn a_file_with_a_password_opens_with_it_and_gives_clear_copies_only_where_allowed() {
    let bytes =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/locked/agile.xlsx")).unwrap();
    let question = |password: Option<&str>, clear: bool| json!({ "do": "audit", "shown": "表.xlsx", "allow_clear": clear, "beside": { "password": password } });
    for (password, locked) in [(None, true), (Some("别的"), true), (Some("年报𠮷祥2024"), false)] {
        let (answer, _) = ask(question(password, false), &[&bytes]);
        assert_eq!((&answer["locked"], &answer["secret"]), (&json!(locked), &json!(!locked)));
        assert_eq!(answer["annotated"], Value::Null);
    }
    let (answer, _) = ask(question(Some("年报𠮷祥2024"), true), &[&bytes]);
    assert_eq!(answer["annotated"], "表.审核.xlsx");
    let mut made = question(Some("年报𠮷祥2024"), true);
    made["do"] = json!("annotated");
    assert!(ask(made, &[&bytes]).1[0].starts_with(b"PK"));
}

#[test]
fn what_cannot_be_done_is_said_in_both_languages() {
    let cases: [(Value, &[&[u8]]); 4] = [
        (json!({ "do": "members" }), &[b"no zip"]),
        (json!({ "do": "member", "place": [7] }), &[b"no zip"]),
        (json!({ "do": "summary", "items": [], "beside": { "roster": "名单.csv" } }), &[b"nothing,here\n"]),
        (json!({ "do": "dance" }), &[]),
    ];
    for (question, files) in cases {
        let (answer, _) = ask(question, files);
        for said in ["zh", "en"] {
            assert!(!answer["failed"][said].as_str().unwrap().is_empty(), "{answer}");
        }
    }
}

#[test]
fn no_request_whatever_makes_the_door_fall() {
    for request in [&b""[..], b"\x00", b"\xff\xff\xff\xff{}", b"\x02\x00\x00\x00{}", b"\x05\x00\x00\x00hello"]
    {
        let answer = gouji::web::answer(request);
        assert!(String::from_utf8_lossy(&answer).contains("failed"));
    }
}
