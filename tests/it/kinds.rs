//! The whole form in every kind of file that offices send, read field by field.

use crate::batch::retyped;
use crate::layouts::{Sheet, faults, parse, shown, workbook};
use std::io::{Cursor, Write};

const FORM: &str = include_str!("layouts/one_sheet.txt");

fn html(sheet: &Sheet) -> String {
    let mut rows = vec![String::new(); sheet.rows.len()];
    for ((r, c), (down, right), cell) in sheet.cells() {
        let spans = format!("rowspan=\"{}\" colspan=\"{}\"", down - r + 1, right - c + 1);
        rows[r] += &format!("<td {spans}>{}</td>", shown(cell));
    }
    rows.iter().map(|r| format!("<tr>{r}</tr>\n")).collect()
}

fn page(body: &str) -> String {
    format!("<html><head><meta charset=\"utf-8\"><title>年报</title></head><body>{body}</body></html>")
}

/// A published report: prose around the tables.
fn report(sheet: &Sheet) -> String {
    page(&format!(
        "<div><h1>2022年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>全年公开信息600条，收到申请3件。</p>\
         <table>{}</table><p>五、存在的主要问题及改进情况</p><p>公开总计不够及时，其他方面尚可。</p></div>",
        html(sheet)
    ))
}

fn lines(sheet: &Sheet, parted: &str) -> String {
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
    let cell = |row: &Vec<String>, c: usize| match row.get(c).map(String::as_str) {
        None | Some("<" | "^") => String::new(),
        Some(text) if text.contains(parted) || text.contains('"') => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.to_owned(),
    };
    let line = |row: &Vec<String>| (0..width).map(|c| cell(row, c)).collect::<Vec<_>>().join(parted);
    sheet.rows.iter().map(|r| line(r) + "\r\n").collect()
}

fn xml(sheet: &Sheet) -> String {
    let mut rows = vec![String::new(); sheet.rows.len()];
    for ((r, c), (down, right), cell) in sheet.cells() {
        let kind = if cell.parse::<f64>().is_ok() { "Number" } else { "String" };
        rows[r] += &format!(
            "<Cell ss:Index=\"{}\" ss:MergeDown=\"{}\" ss:MergeAcross=\"{}\"><Data ss:Type=\"{kind}\">{}</Data></Cell>",
            c + 1,
            down - r,
            right - c,
            shown(cell)
        );
    }
    let rows: String = rows.iter().map(|r| format!("<Row>{r}</Row>")).collect();
    let namespace = "urn:schemas-microsoft-com:office:spreadsheet";
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"{namespace}\" \
         xmlns:ss=\"{namespace}\"><Worksheet ss:Name=\"年报\"><Table>{rows}</Table></Worksheet></Workbook>"
    )
}

fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The tables inside a report in Word: merged down by restart and continue, across by span.
fn docx(sheet: &Sheet) -> Vec<u8> {
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let width = sheet.rows.iter().map(Vec::len).max().unwrap_or(0);
    let merges: Vec<_> = sheet.cells().collect();
    let mut table = String::new();
    for row in 0..sheet.rows.len() {
        table += "<w:tr>";
        let mut col = 0;
        while col < width {
            let over = merges.iter().find(|(first, last, _)| {
                (first.0..=last.0).contains(&row) && (first.1..=last.1).contains(&col)
            });
            let (span, merge, text) = match over {
                Some((first, last, cell)) if first.0 == row => {
                    let merge = if last.0 > row { "<w:vMerge w:val=\"restart\"/>" } else { "" };
                    (last.1 - first.1 + 1, merge, shown(cell))
                }
                Some((first, last, _)) => (last.1 - first.1 + 1, "<w:vMerge/>", String::new()),
                None => (1, "", String::new()),
            };
            let properties = format!("<w:tcPr><w:gridSpan w:val=\"{span}\"/>{merge}</w:tcPr>");
            table += &format!("<w:tc>{properties}{}</w:tc>", paragraph(&text));
            col += span;
        }
        table += "</w:tr>";
    }
    let body = paragraph("2022年政府信息公开工作年度报告")
        + &paragraph("一、总体情况")
        + &paragraph("全年收到申请3件，总计公开600条。")
        + &format!("<w:tbl>{table}</w:tbl>")
        + &paragraph("五、存在的主要问题及改进情况");
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!("<w:document xmlns:w=\"{main}\"><w:body>{body}</w:body></w:document>");
    let relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"rId1\" Target=\"word/document.xml\" Type=\"http://schemas.openxmlformats.org/\
        officeDocument/2006/relationships/officeDocument\"/></Relationships>";
    zip(&[("_rels/.rels", relations), ("word/document.xml", &document)])
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/kinds").join(name);
    std::fs::read(path).expect(name)
}

/// The fixture was written by `tests/fixtures/kinds.py`; a second reader must find the same in it.
#[test]
fn another_reader_agrees_about_the_binary_workbook() {
    use calamine::{DataType, Reader};
    let mut book = calamine::Xlsb::new(Cursor::new(fixture("form.xlsb"))).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let source = gouji::ingest::Source { name: "form.xlsb", bytes: &fixture("form.xlsb") };
    let read = gouji::ingest::read(&source, &gouji::ingest::Limits::default()).unwrap().book;
    for (at, cell) in &read.sheets[0].cells {
        let other = range.get_value((at.row, at.col)).and_then(DataType::as_string).unwrap_or_default();
        assert_eq!(cell.entry.raw().unwrap_or_default(), other, "{at}");
    }
}

#[test]
fn every_kind_of_file_is_read_field_by_field() {
    let sheets = parse(FORM);
    let sheet = &sheets[0];
    let table = page(&format!("<table>{}</table>", html(sheet)));
    let (comma, tab, semicolon) = (lines(sheet, ","), lines(sheet, "\t"), lines(sheet, ";"));
    let bom = |text: &str| [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    let xlsx = workbook(&sheets);
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("表.xlsx", xlsx),
        ("表.xls", table.clone().into_bytes()),
        ("表.xls", gbk(&table.replace("utf-8", "gbk"))),
        ("年报.html", report(sheet).into_bytes()),
        ("年报.htm", gbk(&report(sheet).replace("utf-8", "gb2312"))),
        ("表.xml", xml(sheet).into_bytes()),
        ("表.xls", xml(sheet).into_bytes()),
        ("年报.docx", docx(sheet)),
        ("年报.txt", tab.clone().into_bytes()),
        ("年报.txt", gbk(&tab)),
    ];
    for text in [&comma, &tab, &semicolon] {
        let name = if *text == tab { "表.tsv" } else { "表.csv" };
        files.extend([(name, text.clone().into_bytes()), (name, bom(text)), (name, gbk(text))]);
    }
    for name in ["form.xls", "form.ods", "form.xlsm", "form.xlsb"] {
        files.push((name, fixture(name)));
    }
    files.push(("form.et", fixture("form.xls")));
    let wrong: String = files
        .iter()
        .enumerate()
        .flat_map(|(i, (name, bytes))| {
            faults(name, bytes, FORM).into_iter().map(move |f| format!("{i} {name}: {f}\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong}");
}

/// A workbook as another program saves it as XML: every sheet, hidden ones too, without colours and comments.
fn saved_as_xml(bytes: &[u8]) -> String {
    use gouji::grid::{Entry, Sheet};
    let source = gouji::ingest::Source { name: "表.xlsx", bytes };
    let book = gouji::ingest::read(&source, &gouji::ingest::Limits::default()).unwrap().book;
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "&#10;");
    let cell = |sheet: &Sheet, at: gouji::grid::CellRef, entry: &Entry| {
        let kind = if matches!(entry, Entry::Number(_)) { "Number" } else { "String" };
        let merge = sheet.merges.iter().find(|m| m.first == at);
        let (down, across) = merge.map_or((0, 0), |m| (m.last.row - at.row, m.last.col - at.col));
        format!(
            "<Row ss:Index=\"{}\"><Cell ss:Index=\"{}\" ss:MergeDown=\"{down}\" ss:MergeAcross=\"{across}\">\
             <Data ss:Type=\"{kind}\">{}</Data></Cell></Row>",
            at.row + 1,
            at.col + 1,
            plain(&entry.raw().unwrap_or_default())
        )
    };
    let sheets: String = book
        .sheets
        .iter()
        .map(|s| {
            let rows: String = s.cells.iter().map(|(at, c)| cell(s, *at, &c.entry)).collect();
            format!("<Worksheet ss:Name=\"{}\"><Table>{rows}</Table></Worksheet>", s.name)
        })
        .collect();
    let namespace = "urn:schemas-microsoft-com:office:spreadsheet";
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook xmlns=\"{namespace}\" \
         xmlns:ss=\"{namespace}\">{sheets}</Workbook>"
    )
}

#[test]
fn a_marked_copy_saved_as_another_format_is_audited_without_goujis_own_sheets() {
    use gouji::{Lang, Options, annotate, audit};
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/数字打错一位.xlsx");
    let (options, bytes) = (Options::default(), std::fs::read(sample).unwrap());
    let first = audit("乙镇.xlsx", &bytes, &options);
    let marked = annotate(&first, &bytes, Lang::Zh).unwrap().unwrap();
    let answered = retyped(&marked, "\"preserve\"></t>", "\"preserve\">经核实无误</t>");
    let answered = saved_as_xml(&answered);
    assert!(answered.contains("审核结果") && answered.contains("_gouji"), "gouji's sheets are in it");
    let back = answered.into_bytes();
    let second = audit("乙镇.审核.xls", &back, &options);
    let told = |outcome: &gouji::finding::Outcome| -> Vec<(String, String)> {
        outcome.findings.iter().map(|f| (f.code.clone(), f.message.zh.clone())).collect()
    };
    assert_eq!(told(&second.outcome), told(&first.outcome));
    let left = second.content.as_ref().and_then(|c| c.left.clone()).expect("what gouji left");
    assert!(left.explanations.values().any(|said| said == "经核实无误"), "{left:?}");
    assert!(left.is_returned() && !left.edited, "the office has answered and changed no number: {left:?}");
    let again = annotate(&second, &back, Lang::Zh).unwrap().expect("a copy");
    let third = audit("乙镇.审核.xlsx", &again, &options);
    assert_eq!(told(&third.outcome), told(&first.outcome));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("乙镇.审核.xls"), &back).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gouji"))
        .args(["audit", "乙镇.审核.xls"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("乙镇.审核.2.xlsx").exists(), "{}", String::from_utf8_lossy(&output.stdout));
}
