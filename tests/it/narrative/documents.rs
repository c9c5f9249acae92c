//! The report's text as a Word document: comments at the words themselves, all else as it was; a document that
//! holds the tables too gets them at the cells; in a batch the text beside a workbook is found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;

use gouji::audit::{self, Delivery, Options, Stop, Task};
use gouji::finding::Lang;
use gouji::grid::{CellRef, Sheet};
use zip::write::SimpleFileOptions;

use super::Office;
use crate::package::parts;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn zipped(parts: &[(&str, String)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A document with this body; `comments` are an office's own.
fn docx(body: &str, comments: Option<&str>) -> Vec<u8> {
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    let rels = "http://schemas.openxmlformats.org/package/2006/relationships";
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let comment_type = comments.map_or(String::new(), |_| {
        format!("<Override PartName='/word/comments.xml' ContentType='{word}.comments+xml'/>")
    });
    let comment_rel = comments.map_or(String::new(), |_| {
        format!("<Relationship Id='rId1' Type='{REL}/comments' Target='comments.xml'/>")
    });
    let mut all = vec![
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns='{types}'><Default Extension='rels' ContentType='application/vnd.openxmlformats-\
                 package.relationships+xml'/><Default Extension='xml' ContentType='application/xml'/><Override \
                 PartName='/word/document.xml' ContentType='{word}.document.main+xml'/>{comment_type}</Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns='{rels}'><Relationship Id='rId1' Type='{REL}/officeDocument' \
                 Target='word/document.xml'/></Relationships>"
            ),
        ),
        ("word/document.xml", format!("<w:document xmlns:w='{W}'><w:body>{body}</w:body></w:document>")),
        (
            "word/_rels/document.xml.rels",
            format!("<Relationships xmlns='{rels}'>{comment_rel}</Relationships>"),
        ),
        ("word/settings.xml", format!("<w:settings xmlns:w='{W}'/>")),
    ];
    if let Some(items) = comments {
        all.push(("word/comments.xml", format!("<w:comments xmlns:w='{W}'>{items}</w:comments>")));
    }
    zipped(&all)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A paragraph whose runs are cut every so many characters, each with a format of its own.
fn paragraph(text: &str, every: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let run = |(i, part): (usize, &[char])| {
        let text = escaped(&part.iter().collect::<String>());
        format!("<w:r><w:rPr><w:sz w:val='{}'/></w:rPr><w:t>{text}</w:t></w:r>", 24 + i)
    };
    let runs: String = chars.chunks(every).enumerate().map(run).collect();
    format!("<w:p><w:pPr><w:jc w:val='left'/></w:pPr>{runs}</w:p>")
}

fn prose(text: &str, every: usize) -> String {
    text.lines().map(|l| paragraph(l, every)).collect()
}

/// The tables of a sheet as a document's table, merges included.
fn table(sheet: &Sheet) -> String {
    let last =
        sheet.cells.iter().map(|(at, _)| *at).fold((0, 0), |(r, c), at| (r.max(at.row), c.max(at.col)));
    let mut out = "<w:tbl>".to_owned();
    for row in 0..=last.0 {
        out += "<w:tr>";
        let mut col = 0;
        while col <= last.1 {
            let at = CellRef::new(row, col);
            let merge = sheet.merges.iter().find(|m| {
                (m.first.row..=m.last.row).contains(&row) && (m.first.col..=m.last.col).contains(&col)
            });
            let (wide, tall, first) = merge.map_or((1, false, true), |m| {
                (m.last.col - m.first.col + 1, m.last.row > m.first.row, m.first.row == row)
            });
            let down = match (tall, first) {
                (true, true) => "<w:vMerge w:val='restart'/>",
                (true, false) => "<w:vMerge/>",
                _ => "",
            };
            let text = sheet.cell(at).and_then(|c| c.entry.raw()).unwrap_or_default();
            let _ = write!(
                out,
                "<w:tc><w:tcPr><w:gridSpan w:val='{wide}'/>{down}</w:tcPr>{}</w:tc>",
                if text.is_empty() { "<w:p/>".to_owned() } else { paragraph(&text, 99) }
            );
            col += wide;
        }
        out += "</w:tr>";
    }
    out + "</w:tbl>"
}

/// The words that each comment stands around, with the last line of the comment: its code.
fn comments(bytes: &[u8]) -> Vec<(String, String)> {
    let parts = parts(bytes);
    let text = |name: &str| String::from_utf8(parts.get(name).cloned().unwrap_or_default()).unwrap();
    let (main, items) = (text("word/document.xml"), text("word/comments.xml"));
    let plain =
        |xml: &str| -> String { xml.split('<').filter_map(|t| t.split_once('>')).map(|(_, t)| t).collect() };
    let mut out = Vec::new();
    for item in items.split("<w:comment ").skip(1) {
        let id = item.split(['"', '\'']).nth(1).unwrap();
        let said = plain(item.rsplit("<w:p>").next().unwrap());
        let between = main.split_once(&format!("<w:commentRangeStart w:id=\"{id}\"/>"));
        let words =
            between.and_then(|(_, rest)| rest.split_once(&format!("<w:commentRangeEnd w:id=\"{id}\"/>")));
        let reference = main.matches(&format!("<w:commentReference w:id=\"{id}\"/>")).count();
        assert_eq!(reference, usize::from(words.is_some()), "{id}");
        out.push((words.map(|(w, _)| plain(&format!("<x>{w}"))).unwrap_or_default(), said));
    }
    out
}

fn delivery(folder: Option<&Path>) -> Delivery {
    Delivery {
        task: Task::Annotate,
        write: true,
        out_dir: folder.map(Path::to_owned),
        force: false,
        since: None,
        lang: Lang::Zh,
        show_mapping: false,
        lasting: false,
        allow_clear: false,
    }
}

/// A workbook of an office on disk.
fn workbook(office: &Office, values: &[(&str, i64)], path: &Path) {
    std::fs::write(path, office.workbook(values)).unwrap();
}

const TEXT: &str = "石碁镇人民政府2022年政府信息公开工作年度报告\n一、总体情况\n全年共收到政府信息公开申请13件，办结12件 & 答复12件。\
没有发生因政府信息公开引起的行政复议。\n五、存在的主要问题及改进情况\n无。";

fn office() -> Office {
    Office::new("xxgk-2021", Some("石碁镇人民政府"), 2022, &[])
}

const VALUES: [(&str, i64); 6] = [
    ("t3.new.total", 12),
    ("t3.new.natural", 12),
    ("t3.other.other.total", 12),
    ("t3.total.total", 12),
    ("t4.review.total", 1),
    ("t4.review.upheld", 1),
];

/// What is to be said of the text beside these tables.
fn expected() -> Vec<(String, String)> {
    let said =
        [("13件", "（N301）"), ("没有发生因政府信息公开引起的行政复议", "（N302）"), ("无。", "（N501）")];
    said.iter().map(|(w, c)| ((*w).to_owned(), (*c).to_owned())).collect()
}

#[test]
fn a_text_in_word_gets_comments_at_the_words_and_nothing_else_changes() {
    let folder = tempfile::tempdir().unwrap();
    let (book, text) = (folder.path().join("石碁镇2022.xlsx"), folder.path().join("正文.docx"));
    workbook(&office(), &VALUES, &book);
    for (every, old) in
        [(1, None), (5, Some("<w:comment w:id='7' w:author='张三'><w:p/></w:comment>")), (99, None)]
    {
        let before = docx(&prose(TEXT, every), old);
        std::fs::write(&text, &before).unwrap();
        let mut options = Options::default();
        options.narrative = Some(audit::narrative_file(&text, &options).unwrap());
        let done = audit::process(&book, &options, &delivery(None));
        assert!(done.problems.is_empty(), "{:?}", done.problems);
        let copy = folder.path().join("正文.审核.docx");
        assert!(done.written.contains(&copy), "{:?}", done.written);
        let after = std::fs::read(&copy).unwrap();
        let found: Vec<_> = comments(&after).into_iter().filter(|(w, _)| !w.is_empty()).collect();
        assert_eq!(found, expected(), "runs of {every}");
        if old.is_some() {
            let kept = parts(&after)["word/comments.xml"].clone();
            assert!(String::from_utf8(kept).unwrap().contains("张三"));
        }
        let allowed =
            ["word/document.xml", "word/comments.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"];
        for (name, bytes) in parts(&before) {
            let same = parts(&after).get(&name) == Some(&bytes);
            assert!(same || allowed.contains(&name.as_str()), "{name}");
        }
        let plain =
            |b: &[u8]| comments_free(&String::from_utf8(parts(b)["word/document.xml"].clone()).unwrap());
        assert_eq!(plain(&after), plain(&before), "the words stay");

        // Once more from its own copy: the same.
        std::fs::write(&text, &after).unwrap();
        options.narrative = Some(audit::narrative_file(&text, &options).unwrap());
        let again = audit::process(&book, &options, &delivery(None));
        assert!(again.problems.is_empty(), "{:?}", again.problems);
        assert_eq!(std::fs::read(&copy).unwrap(), after, "runs of {every}");

        // And after Word has saved it, which drops what it does not know.
        let saved: Vec<(String, String)> = parts(&after)
            .into_iter()
            .filter(|(n, _)| !n.starts_with("customXml"))
            .map(|(n, b)| (n, String::from_utf8(b).unwrap()))
            .collect();
        let saved: Vec<(&str, String)> = saved.iter().map(|(n, t)| (n.as_str(), t.clone())).collect();
        std::fs::write(&text, zipped(&saved)).unwrap();
        options.narrative = Some(audit::narrative_file(&text, &options).unwrap());
        std::fs::remove_file(&copy).unwrap();
        audit::process(&book, &options, &delivery(None));
        let found: Vec<_> =
            comments(&std::fs::read(&copy).unwrap()).into_iter().filter(|(w, _)| !w.is_empty()).collect();
        assert_eq!(found, expected(), "runs of {every}, saved by another program");
        std::fs::remove_file(&copy).unwrap();
    }
}

/// The characters of a main part.
fn comments_free(xml: &str) -> String {
    xml.split('<').filter_map(|t| t.split_once('>')).map(|(_, t)| t).collect()
}

#[test]
fn a_copy_that_somebody_has_worked_in_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (book, text) = (folder.path().join("石碁镇2022.xlsx"), folder.path().join("正文.docx"));
    workbook(&office(), &VALUES, &book);
    std::fs::write(&text, docx(&prose(TEXT, 9), None)).unwrap();
    std::fs::write(folder.path().join("正文.审核.docx"), docx(&prose("别人的文件。", 9), None)).unwrap();
    let mut options = Options::default();
    options.narrative = Some(audit::narrative_file(&text, &options).unwrap());
    let done = audit::process(&book, &options, &delivery(None));
    assert_eq!(done.problems.len(), 1, "{:?}", done.problems);
}

#[test]
fn a_document_with_its_tables_gets_comments_at_words_and_cells() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("石碁镇2022.docx");
    let bytes = office().workbook(&VALUES);
    let source = gouji::ingest::Source { name: "a.xlsx", bytes: &bytes };
    let read = gouji::ingest::read(&source, &gouji::ingest::Limits::default()).unwrap();
    let tables: String = read.book.sheets.iter().map(table).collect::<Vec<_>>().join("<w:p/>");
    let (above, below) = TEXT.split_at(TEXT.find("五、").unwrap());
    let body = format!("{}{tables}{}", prose(above, 6), prose(below, 6));
    std::fs::write(&path, docx(&body, None)).unwrap();
    let done = audit::process(&path, &Options::default(), &delivery(None));
    assert!(done.problems.is_empty(), "{:?}", done.problems);
    let names: Vec<String> =
        done.written.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["石碁镇2022.docx.审核.xlsx", "石碁镇2022.审核.docx"]);
    let found = comments(&std::fs::read(folder.path().join("石碁镇2022.审核.docx")).unwrap());
    for one in expected() {
        assert!(found.contains(&one), "{one:?} in {found:?}");
    }
    // The number in the table that differs from the text, and the row and column that do not add up.
    let at_cells: BTreeMap<&str, usize> = found.iter().fold(BTreeMap::new(), |mut sum, (words, _)| {
        *sum.entry(words.as_str()).or_default() += 1;
        sum
    });
    assert!(at_cells.contains_key("12") && at_cells.contains_key("1"), "{found:?}");
    let cell = |id: &str| done.outcome.fields[id].cell.cell;
    assert!(done.outcome.findings.iter().any(|f| f.cells.iter().any(|c| c.cell == cell("t3.new.total"))));
}

/// A folder of a batch with two offices' workbooks and three texts, one of them of no office there.
fn district(root: &Path) {
    let folder = root.join("报送");
    std::fs::create_dir_all(folder.join("大石街道")).unwrap();
    let named = |name: &str| Office::new("xxgk-2021", Some(name), 2022, &[]);
    workbook(&named("石碁镇人民政府"), &VALUES, &folder.join("石碁镇2022.xlsx"));
    std::fs::write(folder.join("石碁镇报告.docx"), docx(&prose(TEXT, 8), None)).unwrap();
    workbook(&named("大石街道办事处"), &VALUES, &folder.join("大石街道/表.xlsx"));
    let page = "<html><meta charset=utf-8><p>2022年，我街道共收到政府信息公开申请11件。</p></html>";
    std::fs::write(folder.join("大石街道/报告.html"), page).unwrap();
    std::fs::write(
        folder.join("钟村街道报告.txt"),
        "钟村街道办事处2022年政府信息公开工作年度报告\n全年收到申请3件。",
    )
    .unwrap();
}

#[test]
fn in_a_batch_the_text_beside_a_workbook_is_its_own() {
    let root = tempfile::tempdir().unwrap();
    district(root.path());
    let mut batch = crate::batch::batch(root.path());
    batch.options = Options::default();
    let report = crate::batch::audited(&batch);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let results = crate::batch::results(root.path());
    let of = |file: &str| results.iter().find(|r| r["file"] == file).unwrap_or_else(|| panic!("{results:?}"));
    let codes = |file: &str| -> Vec<String> {
        let findings = of(file)["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|f| f["code"].as_str().unwrap().to_owned())
            .filter(|c| c.starts_with('N'))
            .collect()
    };
    assert_eq!(of("石碁镇2022.xlsx")["narrative"], "石碁镇报告.docx");
    assert_eq!(codes("石碁镇2022.xlsx"), ["N301", "N302", "N501"]);
    assert_eq!(of("大石街道/表.xlsx")["narrative"], "报告.html");
    assert_eq!(codes("大石街道/表.xlsx"), ["N301"]);
    assert_eq!(of("钟村街道报告.txt")["status"], "unmapped", "a text of no workbook's office");
    assert_eq!(results.len(), 3);
    let copy = root.path().join("结果/annotated/石碁镇报告.审核.docx");
    let found: Vec<_> =
        comments(&std::fs::read(&copy).unwrap()).into_iter().filter(|(w, _)| !w.is_empty()).collect();
    assert_eq!(found, expected());

    // A second run does nothing anew; a text that changed is read again.
    assert_eq!(crate::batch::audited(&batch).kept, 3);
    let corrected = TEXT.replace("13件", "12件");
    std::fs::write(root.path().join("报送/石碁镇报告.docx"), docx(&prose(&corrected, 8), None)).unwrap();
    let report = crate::batch::audited(&batch);
    assert_eq!((report.kept, report.problems.len()), (2, 0));
    let left = comments(&std::fs::read(&copy).unwrap()).into_iter().filter(|(w, _)| !w.is_empty()).count();
    assert_eq!(left, 2);
}

/// A year's report in sentences that could be of any year.
fn yearly(year: i32, problem: &str) -> String {
    let sentences = [
        "我镇认真贯彻落实政府信息公开条例，坚持以公开为常态、不公开为例外，扎实推进各项工作",
        "及时更新政府信息公开指南和目录，做好重点领域信息公开，保障群众的知情权、参与权和监督权",
        "规范依申请公开办理流程，严格把握答复时限，提高答复的质量，加强与申请人的沟通和解释",
        "加强政府网站和政务新媒体的管理，严格执行信息发布审核制度，确保发布的信息准确、及时、安全",
        "把政务公开工作纳入年度考核，定期开展自查和培训，进一步压实各部门的工作责任",
    ];
    let body: Vec<String> = sentences.iter().map(|s| format!("{year}年，{s}。")).collect();
    format!("一、总体情况\n{}\n五、存在的主要问题及改进情况\n{problem}", body.join("\n"))
}

#[test]
fn a_text_that_is_last_years_is_told_whatever_file_last_years_is_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    workbook(&office(), &VALUES, &path("石碁镇2022.xlsx"));
    let same = "公开的内容还不够丰富，工作人员的业务能力有待提高，将加强培训。";
    let other = "村务公开栏更新慢，征地拆迁类申请答复用时偏长，已设专人，并与国土所建立会商机制；群众反映看不懂预决算，\
                 改用图表解读，全年办了四场面对面的宣讲，收集意见二十多条，其中一半已经办好，其余列入明年计划。";
    let html = |text: &str| {
        let lines: String = text.lines().map(|l| format!("<p>{l}</p>")).collect();
        format!("<html><meta charset=utf-8>{lines}</html>")
    };
    std::fs::write(path("正文.docx"), docx(&prose(&yearly(2022, same), 20), None)).unwrap();
    std::fs::write(path("2021.docx"), docx(&prose(&yearly(2021, same), 7), None)).unwrap();
    std::fs::write(path("2021.html"), html(&yearly(2021, same))).unwrap();
    std::fs::write(path("2021.txt"), yearly(2021, same)).unwrap();
    std::fs::write(path("2021别的.txt"), yearly(2021, other)).unwrap();
    for (prior, told) in
        [("2021.docx", true), ("2021.html", true), ("2021.txt", true), ("2021别的.txt", false)]
    {
        let mut options = Options::default();
        options.narrative = Some(audit::narrative_file(&path("正文.docx"), &options).unwrap());
        options.prior = Some(audit::batch::last_year(&path(prior), &options, (1, &Stop::default())).unwrap());
        let done =
            audit::process(&path("石碁镇2022.xlsx"), &options, &Delivery { write: false, ..delivery(None) });
        let found = done.outcome.findings.iter().any(|f| f.code == "N402");
        assert_eq!(
            found,
            told,
            "{prior}: {:?}",
            done.outcome.findings.iter().map(|f| &f.message.zh).collect::<Vec<_>>()
        );
    }
}
