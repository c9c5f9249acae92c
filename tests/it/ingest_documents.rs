//! One little form, as each kind of document holds it, gives the same cells and the same merges.

use std::io::{Cursor, Write};

use gouji::grid::{CellRef, Entry, Sheet};
use gouji::ingest::{Format, Limits, Source, read};

/// What every document below says: a heading, a table with a label over two rows and one over two columns.
const CELLS: [(&str, &str); 9] = [
    ("A1", "一、主动公开"),
    ("A2", "信息内容"),
    ("B2", "本年件数"),
    ("B3", "制发"),
    ("C3", "现行有效"),
    ("A4", "规章"),
    ("B4", "12"),
    ("C4", "-0.5"),
    ("A5", "无。"),
];
const MERGES: [&str; 2] = ["A2:A3", "B2:C2"];

fn sheet(name: &str, bytes: &[u8], format: Format) -> Sheet {
    let mut read = read(&Source { name, bytes }, &Limits::default()).expect(name);
    assert_eq!(read.format, format, "{name}");
    assert_eq!(read.book.sheets.len(), 1, "{name}");
    read.book.sheets.remove(0)
}

fn assert_cells(sheet: &Sheet, name: &str) {
    let cells: Vec<(String, String)> =
        sheet.cells.iter().map(|(at, c)| (at.to_string(), c.entry.raw().unwrap_or_default())).collect();
    let expected: Vec<_> = CELLS.iter().map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect();
    assert_eq!(cells, expected, "{name}");
    for at in [CellRef::new(3, 1), CellRef::new(3, 2)] {
        let entry = sheet.cell(at).map(|c| &c.entry);
        assert!(matches!(entry, Some(Entry::Number(_))), "{name} {at}: {entry:?}");
    }
}

fn assert_merges(sheet: &Sheet, name: &str) {
    let mut merges: Vec<_> = sheet.merges.iter().map(ToString::to_string).collect();
    merges.sort();
    assert_eq!(merges, MERGES, "{name}");
}

fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const HTML: &str = "<html><head><title>年报</title></head><body><h2>一、主动公开</h2><table>\
    <tr><td rowspan=2>信息内容</td><td colspan=2>本年件数</td></tr><tr><td>制发</td><td>现行有效</td></tr>\
    <tr><td>规章</td><td>12</td><td>-0.5</td></tr></table><p>无。</p></body></html>";

#[test]
fn a_page_whatever_its_name_and_encoding() {
    let gbk = encoding_rs::GB18030.encode(HTML).0.into_owned();
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(HTML.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for (name, bytes) in [("年报.html", HTML.as_bytes().to_vec()), ("年报.xls", gbk), ("年报.xls", wide)]
    {
        let sheet = sheet(name, &bytes, Format::Html);
        assert_eq!(sheet.name, "年报");
        assert_cells(&sheet, name);
        assert_merges(&sheet, name);
    }
}

#[test]
fn a_word_document() {
    let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let tc = |properties: &str, text: &str| format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text));
    let rows = [
        tc("<w:vMerge w:val=\"restart\"/>", "信息内容") + &tc("<w:gridSpan w:val=\"2\"/>", "本年件数"),
        tc("<w:vMerge/>", "") + &tc("", "制发") + &tc("", "现行有效"),
        tc("", "规章") + &tc("", "12") + &tc("", "-0.5"),
    ];
    let rows: String = rows.iter().map(|r| format!("<w:tr>{r}</w:tr>")).collect();
    let body = format!("{}<w:tbl>{rows}</w:tbl>{}", p("一、主动公开"), p("无。"));
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!("<w:document xmlns:w=\"{main}\"><w:body>{body}</w:body></w:document>");
    let relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
        <Relationship Id=\"rId1\" Target=\"word/document.xml\" Type=\"http://schemas.openxmlformats.org/\
        officeDocument/2006/relationships/officeDocument\"/></Relationships>";
    let bytes = zip(&[("_rels/.rels", relations), ("word/document.xml", &document)]);
    let sheet = sheet("年报.xlsx", &bytes, Format::Docx);
    assert_cells(&sheet, "docx");
    assert_merges(&sheet, "docx");
}

#[test]
fn an_xml_spreadsheet() {
    let cell = |attributes: &str, kind: &str, text: &str| {
        format!("<Cell {attributes}><Data ss:Type=\"{kind}\">{text}</Data></Cell>")
    };
    let rows = [
        cell("", "String", "一、主动公开"),
        cell("ss:MergeDown=\"1\"", "String", "信息内容")
            + &cell("ss:MergeAcross=\"1\"", "String", "本年件数"),
        cell("ss:Index=\"2\"", "String", "制发") + &cell("", "String", "现行有效"),
        cell("", "String", "规章") + &cell("", "Number", "12") + &cell("", "Number", "-0.5"),
        cell("", "String", "无。"),
    ];
    let rows: String = rows.iter().map(|r| format!("<Row>{r}</Row>")).collect();
    let namespace = "urn:schemas-microsoft-com:office:spreadsheet";
    let xml = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"{namespace}\" xmlns:ss=\"{namespace}\">\
         <Worksheet ss:Name=\"表\"><Table>{rows}</Table></Worksheet></Workbook>"
    );
    let sheet = sheet("年报.xls", xml.as_bytes(), Format::Xml);
    assert_cells(&sheet, "xml");
    assert_merges(&sheet, "xml");
}

#[test]
fn an_opendocument_spreadsheet() {
    let text = |spans: &str, text: &str| {
        format!("<t:table-cell {spans} o:value-type=\"string\"><x:p>{text}</x:p></t:table-cell>")
    };
    let number =
        |n: &str| format!("<t:table-cell o:value-type=\"float\" o:value=\"{n}\"><x:p>*</x:p></t:table-cell>");
    let covered = "<t:covered-table-cell/>";
    let rows = [
        text("", "一、主动公开"),
        text("t:number-rows-spanned=\"2\"", "信息内容")
            + &text("t:number-columns-spanned=\"2\"", "本年件数")
            + covered,
        covered.to_owned() + &text("", "制发") + &text("", "现行有效"),
        text("", "规章") + &number("12") + &number("-0.5"),
        text("", "无。"),
    ];
    let rows: String = rows.iter().map(|r| format!("<t:table-row>{r}</t:table-row>")).collect();
    let content = format!(
        "<o:document-content xmlns:o=\"o\" xmlns:t=\"t\" xmlns:x=\"x\"><o:body><o:spreadsheet>\
         <t:table t:name=\"表\">{rows}</t:table></o:spreadsheet></o:body></o:document-content>"
    );
    let bytes =
        zip(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)]);
    let sheet = sheet("年报.ods", &bytes, Format::Ods);
    assert_cells(&sheet, "ods");
    assert_merges(&sheet, "ods");
}

#[test]
fn values_with_something_between_them() {
    let rows = [
        vec!["一、主动公开", "", ""],
        vec!["信息内容", "本年件数", ""],
        vec!["", "制发", "现行有效"],
        vec!["规章", "12", "-0.5"],
        vec!["无。", "", ""],
    ];
    for (name, delimiter, format) in [
        ("年报.csv", ",", Format::Csv),
        ("年报.csv", ";", Format::Csv),
        ("年报.xls", "\t", Format::Tsv),
        ("年报.txt", "\t", Format::Text),
    ] {
        let text: String = rows.iter().map(|r| r.join(delimiter) + "\r\n").collect();
        let gbk = encoding_rs::GB18030.encode(&text).0.into_owned();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.into_bytes(), gbk, marked] {
            assert_cells(&sheet(name, &bytes, format), name);
        }
    }
}
