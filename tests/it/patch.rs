//! What marking must leave alone and what it must write: one small package for each case, built here.
//!
//! Every case goes through [`held`], which marks it and checks what must always hold; then it looks at what is
//! its own.

use std::collections::BTreeMap;

use gouji::grid::CellRef;
use gouji::report::patch::{
    CommentKind, Edit, Mark, NewValue, Patch, PatchError, PatchWarning, apply, record, strip,
};
use gouji::report::sheet::{Content, Fill, NewCell, NewSheet, Row, StyleKind};

use crate::package::{Book, broken, disturbed, order, parts, values};

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn mark(cell: &str) -> Mark {
    Mark {
        sheet: "表一".to_owned(),
        cell: cell.parse().unwrap(),
        fill: Fill::Error,
        comment: "应为 4，实为 3".to_owned(),
    }
}

fn patch(cells: &[&str]) -> Patch {
    let title =
        NewCell { col: 0, content: Content::Text("审核结果".to_owned()), style: StyleKind::Title };
    let link =
        Content::Link { sheet: "表一".to_owned(), cell: CellRef::new(1, 1), text: "表一!B2".to_owned() };
    let link = NewCell { col: 0, content: link, style: StyleKind::Link };
    let rows = vec![Row { height: None, cells: vec![title] }, Row { height: None, cells: vec![link] }];
    let sheet = NewSheet {
        name: "审核结果".to_owned(),
        rows,
        autofilter: "A1:A2".parse().ok(),
        ..NewSheet::default()
    };
    Patch {
        marks: cells.iter().map(|c| mark(c)).collect(),
        sheets: vec![sheet],
        evidence: vec![("sha256".to_owned(), "00".to_owned())],
        ..Patch::default()
    }
}

/// Marks a book and checks what must always hold; gives the parts of the result as text, and the warnings.
fn held_with(book: &Book, patch: &Patch) -> (BTreeMap<String, String>, Vec<PatchWarning>) {
    let input = book.bytes();
    let done = apply(&input, patch).unwrap();
    assert_eq!(disturbed(&input, &done.bytes), Vec::<String>::new());
    assert_eq!(broken(&done.bytes), Vec::<String>::new());
    assert!(order(&done.bytes).starts_with(&order(&input)));
    if let Some(before) = values(&input) {
        let after = values(&done.bytes).expect("a workbook");
        for (sheet, cells) in before {
            assert_eq!(after.get(&sheet), Some(&cells), "{sheet}");
        }
    }
    assert!(apply(&input, patch).unwrap().bytes == done.bytes, "same input, same bytes");
    assert!(apply(&done.bytes, patch).unwrap().bytes == done.bytes, "twice is once");
    let (stripped, found) = strip(&done.bytes).unwrap();
    assert!(found);
    assert_eq!(texts(&stripped), texts(&input));
    (texts(&done.bytes), done.warnings)
}

fn held(book: &Book, cells: &[&str]) -> BTreeMap<String, String> {
    held_with(book, &patch(cells)).0
}

fn texts(bytes: &[u8]) -> BTreeMap<String, String> {
    parts(bytes).into_iter().map(|(n, t)| (n, String::from_utf8_lossy(&t).into_owned())).collect()
}

/// The worksheet element's content of 表一.
fn sheet(parts: &BTreeMap<String, String>) -> &str {
    parts[SHEET].split_once('>').unwrap().1.trim_end_matches("</worksheet>")
}

fn data(rows: &str) -> Book {
    Book::new(&format!("<sheetData>{rows}</sheetData>"))
}

#[test]
fn an_existing_cell_keeps_all_but_its_fill() {
    let parts = held(&data(r#"<row r="2" spans="1:2"><c r="B2" s="1" t="n"><v>3</v></c></row>"#), &["B2"]);
    assert!(sheet(&parts).starts_with(
        r#"<sheetData><row r="2" spans="1:2"><c r="B2" s="3" t="n"><v>3</v></c></row></sheetData><legacyDrawing r:id="#
    ));
    let styles = &parts["xl/styles.xml"];
    assert!(styles.contains(
        r#"<xf numFmtId="2" fontId="1" fillId="2" borderId="0" applyFont="1"><alignment wrapText="1"/></xf>"#
    ) || styles.contains(r#"numFmtId="2" fontId="1" fillId="2" borderId="0" applyFont="1"><alignment wrapText="1"/>"#));
    assert!(styles.contains(r#"applyFill="1""#));
    assert!(styles.contains("FFFFC7CE"));
}

#[test]
fn no_sheet_data() {
    let parts = held(&data(""), &["B2"]);
    assert!(sheet(&parts).contains(r#"<sheetData><row r="2"><c r="B2" s="3"/></row></sheetData>"#));
}

#[test]
fn self_closing_sheet_data() {
    let book = Book::new(
        r#"<dimension ref="A1"/><sheetData/><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/>"#,
    );
    let parts = held(&book, &["B2", "C5"]);
    let sheet = sheet(&parts);
    assert!(sheet.starts_with(
        r#"<dimension ref="B2:C5"/><sheetData><row r="2"><c r="B2" s="3"/></row><row r="5"><c r="C5" s="3"/></row></sheetData><pageMargins"#
    ), "{sheet}");
    assert!(sheet.contains(r#"footer="1"/><legacyDrawing "#));
}

#[test]
fn roots_that_close_themselves() {
    let mut book = data("");
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    book.put("xl/styles.xml", &format!("<styleSheet xmlns=\"{main}\"/>"));
    book.put(SHEET, &format!("<worksheet xmlns=\"{main}\" />\n"));
    let parts = held(&book, &["B2"]);
    assert!(parts["xl/styles.xml"].ends_with("</styleSheet>"));
    assert!(parts[SHEET].contains("<sheetData><row r=\"2\">"), "{}", parts[SHEET]);
}

#[test]
fn self_closing_rows_and_cells() {
    let parts = held(
        &data(r#"<row r="2" ht="20"/><row r="3"><c r="A3" s="1"/><c r="C3"/></row>"#),
        &["B2", "A3", "C3"],
    );
    assert!(sheet(&parts).starts_with(
        r#"<sheetData><row r="2" ht="20"><c r="B2" s="4"/></row><row r="3"><c r="A3" s="3"/><c s="4" r="C3"/></row>"#
    ) || sheet(&parts).starts_with(
        r#"<sheetData><row r="2" ht="20"><c r="B2" s="3"/></row><row r="3"><c r="A3" s="4"/><c s="3" r="C3"/></row>"#
    ), "{}", sheet(&parts));
}

#[test]
fn no_addresses() {
    let book = data("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row>");
    let parts = held(&book, &["B2", "D1"]);
    assert!(sheet(&parts).starts_with(
        r#"<sheetData><row><c><v>1</v></c><c><v>2</v></c><c r="D1" s="3"/></row><row><c><v>3</v></c><c s="3"><v>4</v></c></row>"#
    ), "{}", sheet(&parts));
}

#[test]
fn missing_cells_take_the_format_of_row_or_column() {
    let book = Book::new(
        r#"<dimension ref="A1:C3"/><cols><col min="2" max="2" style="1" width="9"/></cols><sheetData><row r="1" spans="1:3" s="2" customFormat="1"><c r="A1"/><c r="C1"/></row><row r="3"><c r="A3"/></row></sheetData>"#,
    );
    let parts = held(&book, &["B1", "B2", "E3"]);
    let sheet = sheet(&parts);
    assert!(sheet.contains(r#"<dimension ref="A1:E3"/>"#));
    assert!(
        sheet.contains(r#"<c r="A1"/><c r="B1" s="3"/><c r="C1"/></row><row r="2"><c r="B2" s="4"/></row>"#),
        "{sheet}"
    );
    assert!(sheet.contains(r#"<row r="3"><c r="A3"/><c r="E3" s="5"/></row>"#), "{sheet}");
    let styles = &parts["xl/styles.xml"];
    assert!(styles.contains(r#"numFmtId="9" fontId="0" fillId="2""#), "row style copied");
    assert!(styles.contains(r#"numFmtId="2" fontId="1" fillId="2""#), "column style copied");
}

#[test]
fn spans_and_dimension_stay_true() {
    let book =
        Book::new(r#"<dimension ref="B2"/><sheetData><row r="2" spans="2:2"><c r="B2"/></row></sheetData>"#);
    let parts = held(&book, &["D2"]);
    assert!(sheet(&parts).starts_with(r#"<dimension ref="B2:D2"/><sheetData><row r="2" spans="2:4">"#));
}

#[test]
fn a_merge_is_filled_as_a_whole() {
    let book = Book::new(
        r#"<sheetData><row r="1"><c r="A1" s="1"/><c r="B1" s="2"/></row></sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>"#,
    );
    let parts = held(&book, &["B2"]);
    let sheet = sheet(&parts);
    assert!(
        sheet.contains(
            r#"<c r="A1" s="3"/><c r="B1" s="4"/></row><row r="2"><c r="A2" s="5"/><c r="B2" s="5"/></row>"#
        ),
        "{sheet}"
    );
    assert!(
        parts["xl/comments1.xml"].contains(r#"ref="A1""#),
        "the comment stands on the merge's first cell"
    );
}

fn with_comment(book: &mut Book, comment: &str) {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    book.put("xl/comments1.xml", &format!(
        "<comments xmlns=\"{main}\"><authors><author>张三</author></authors><commentList>{comment}</commentList></comments>"
    ));
    book.put("xl/drawings/vmlDrawing1.vml", "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout><v:shapetype id=\"_x0000_t202\"/><v:shape id=\"_x0000_s1030\" type=\"#_x0000_t202\"><x:ClientData ObjectType=\"Note\"><x:Row>1</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>");
    book.relate(
        SHEET,
        &[("rId1", "comments", "../comments1.xml"), ("rId2", "vmlDrawing", "../drawings/vmlDrawing1.vml")],
    );
    book.change("[Content_Types].xml", "</Types>", "<Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/><Override PartName=\"/xl/comments1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml\"/></Types>");
    book.change(SHEET, "</worksheet>", "<legacyDrawing r:id=\"rId2\"/><tableParts count=\"0\"/></worksheet>");
}

#[test]
fn a_comment_on_the_same_cell_keeps_its_text() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    with_comment(&mut book, r#"<comment ref="B2" authorId="0"><text><t>已核</t></text></comment>"#);
    let parts = held(&book, &["B2"]);
    let comments = &parts["xl/comments1.xml"];
    assert!(comments.contains("<text><r><t>已核</t></r><r>"), "{comments}");
    assert!(comments.contains("应为 4，实为 3") && !comments.contains("<author>勾稽"));
    assert_eq!(parts["xl/drawings/vmlDrawing1.vml"].matches("<v:shape ").count(), 1);
    let done = apply(&book.bytes(), &patch(&["B2"])).unwrap();
    let record = record(&done.bytes).unwrap().unwrap();
    assert_eq!(record.marks[0].comment, CommentKind::Joined);
    assert_eq!(record.evidence, [("sha256".to_owned(), "00".to_owned())]);
    assert_eq!(record.sheets, ["审核结果"]);
}

#[test]
fn comments_elsewhere_and_shape_numbers() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    with_comment(&mut book, r#"<comment ref="B2" authorId="0"><text><r><t>已核</t></r></text></comment>"#);
    let parts = held(&book, &["C3"]);
    assert!(parts["xl/comments1.xml"].contains("<author>张三</author><author>勾稽</author>"));
    assert!(parts["xl/comments1.xml"].contains(r#"<comment ref="C3" authorId="1">"#));
    assert!(parts["xl/drawings/vmlDrawing1.vml"].contains(r#"id="_x0000_s1031""#));
}

#[test]
fn a_new_drawing_takes_a_block_of_its_own() {
    let mut book = data("");
    book.put(
        "xl/drawings/vmlDrawing7.vml",
        "<xml xmlns:o=\"o\" xmlns:v=\"v\"><o:idmap v:ext=\"edit\" data=\"1,4\"/></xml>",
    );
    let parts = held(&book, &["B2"]);
    let vml = &parts["xl/drawings/vmlDrawing1.vml"];
    assert!(vml.contains(r#"data="5""#) && vml.contains("_x0000_s5121"), "{vml}");
    assert!(vml.contains("visibility:hidden"));
}

#[test]
fn threads_are_left_alone() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    with_comment(
        &mut book,
        r#"<comment ref="B2" authorId="0"><text><t>[Threaded comment]</t></text></comment>"#,
    );
    book.put("xl/threadedComments/threadedComment1.xml", "<ThreadedComments><threadedComment ref=\"B2\" id=\"{1}\"><text>问</text></threadedComment></ThreadedComments>");
    book.change("xl/worksheets/_rels/sheet1.xml.rels", "</Relationships>", "<Relationship Id=\"rId9\" Type=\"http://schemas.microsoft.com/office/2017/10/relationships/threadedComment\" Target=\"../threadedComments/threadedComment1.xml\"/></Relationships>");
    let before = texts(&book.bytes());
    let (parts, warnings) = held_with(&book, &patch(&["B2"]));
    assert_eq!(parts["xl/comments1.xml"], before["xl/comments1.xml"]);
    assert_eq!(warnings, [PatchWarning::Threaded { sheet: "表一".to_owned(), cell: CellRef::new(1, 1) }]);
    assert!(sheet(&parts).contains(r#"<c s="3" r="B2">"#));
}

#[test]
fn utf_8_with_a_byte_order_mark() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    for (_, text) in &mut book.0 {
        text.splice(0..0, [0xef, 0xbb, 0xbf]);
    }
    let parts = held(&book, &["B2"]);
    assert!(parts[SHEET].starts_with("\u{feff}<worksheet"));
}

#[test]
fn utf_16_is_refused() {
    let mut book = data("");
    let entry = book.0.iter_mut().find(|(n, _)| n == SHEET).unwrap();
    let text = String::from_utf8(entry.1.clone()).unwrap();
    entry.1 = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let error = apply(&book.bytes(), &patch(&["B2"])).unwrap_err();
    assert!(matches!(error, PatchError::Encoding { found: "utf-16", .. }), "{error}");
}

/// Puts a prefix before every element of an entry.
fn prefixed(book: &mut Book, name: &str, prefix: &str) {
    let (_, text) = book.0.iter_mut().find(|(n, _)| n == name).unwrap();
    let old = String::from_utf8(text.clone()).unwrap();
    let new = old
        .replace("</", "\u{1}")
        .replace('<', &format!("<{prefix}:"))
        .replace('\u{1}', &format!("</{prefix}:"));
    *text = new.replace("xmlns=", &format!("xmlns:{prefix}=")).into();
}

#[test]
fn prefixed_namespaces_in_every_part() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    let names: Vec<String> = book.0.iter().map(|(n, _)| n.clone()).collect();
    for name in names {
        prefixed(&mut book, &name, "x");
    }
    let parts = held(&book, &["B2", "D9"]);
    assert!(parts[SHEET].contains(r#"<x:c s="3" r="B2"><x:v>3</x:v></x:c>"#), "{}", parts[SHEET]);
    assert!(parts[SHEET].contains(r#"<x:row r="9"><x:c r="D9" s="3"/></x:row>"#));
    assert!(parts[SHEET].contains("<x:legacyDrawing r:id="));
    assert!(parts["xl/workbook.xml"].contains("<x:sheet name=\"审核结果\""));
    assert!(parts["xl/styles.xml"].contains("<x:fgColor rgb=\"FFFFC7CE\"/>"));
    assert!(parts["[Content_Types].xml"].contains("<x:Override PartName=\"/xl/comments1.xml\""));
    assert!(parts["xl/_rels/workbook.xml.rels"].contains("<x:Relationship Id=\"rIdGj1\""));
}

#[test]
fn any_prefix_for_relationships() {
    let mut book = data("");
    book.change("xl/workbook.xml", "xmlns:r=", "xmlns:rr=").change("xl/workbook.xml", "r:id=", "rr:id=");
    book.change(
        SHEET,
        " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"",
        "",
    );
    let parts = held(&book, &["B2"]);
    assert!(
        parts["xl/workbook.xml"].contains(r#"sheetId="6" rr:id="rIdGj1"/>"#),
        "{}",
        parts["xl/workbook.xml"]
    );
    assert!(parts[SHEET].contains(
        "<legacyDrawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id="
    ));
}

#[test]
fn absolute_targets_and_backslashes() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    book.change("xl/_rels/workbook.xml.rels", "\"worksheets/sheet1.xml", "\"/xl/worksheets/sheet1.xml");
    held(&book, &["B2"]);
    for (name, _) in &mut book.0 {
        *name = name.replace('/', "\\");
    }
    let parts = held(&book, &["B2"]);
    assert!(parts["xl\\worksheets\\sheet1.xml"].contains(r#"<c s="3" r="B2">"#));
}

#[test]
fn no_styles() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    book.0.retain(|(n, _)| n != "xl/styles.xml");
    book.change("[Content_Types].xml", "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>", "");
    book.put(
        "xl/_rels/workbook.xml.rels",
        &crate::package::rels(&[
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "worksheet", "worksheets/sheet2.xml"),
        ]),
    );
    let parts = held(&book, &["B2"]);
    let styles = &parts["xl/styles.xml"];
    let place = |name: &str| styles.find(name).unwrap_or_else(|| panic!("{name} in {styles}"));
    assert!(place("<fonts") < place("<fills") && place("<borders") < place("<cellStyleXfs"));
    assert!(place("<cellStyleXfs") < place("<cellXfs"));
    assert!(sheet(&parts).contains(r#"<c s="1" r="B2">"#));
}

#[test]
fn strict() {
    let mut book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    for (_, text) in &mut book.0 {
        let old = String::from_utf8(text.clone()).unwrap();
        let new = old.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        );
        *text = new
            .replace(
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            .into();
    }
    let parts = held(&book, &["B2"]);
    assert!(parts["xl/comments1.xml"].contains("http://purl.oclc.org/ooxml/spreadsheetml/main"));
    assert!(!parts.values().any(|text| text.contains("openxmlformats.org/spreadsheetml/2006")));
    assert!(parts["xl/_rels/workbook.xml.rels"].contains("http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet\" Target=\"/xl/worksheets/sheet3.xml"));
}

#[test]
fn shared_formulas_tables_sparklines_and_the_rest_of_a_sheet() {
    let tail = r#"<sheetProtection sheet="1" password="CC1A"/><autoFilter ref="A1:B2"/><conditionalFormatting sqref="A1"><cfRule type="expression" dxfId="0" priority="1"><formula>A1&gt;0</formula></cfRule></conditionalFormatting><dataValidations count="1"><dataValidation type="whole" sqref="B2"><formula1>0</formula1></dataValidation></dataValidations><drawing r:id="rId1"/>"#;
    let ext = r#"<tableParts count="1"><tablePart r:id="rId2"/></tableParts><extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><s:sparklineGroups xmlns:s="urn:s"/></ext></extLst>"#;
    let rows = r#"<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1+1</f><v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row></sheetData>"#;
    let mut book = Book::new(&format!("{rows}{tail}{ext}"));
    book.relate(
        SHEET,
        &[("rId1", "drawing", "../drawings/drawing1.xml"), ("rId2", "table", "../tables/table1.xml")],
    );
    book.put("xl/drawings/drawing1.xml", "<d/>")
        .put("xl/tables/table1.xml", "<t/>")
        .put("xl/media/image1.png", "\u{1}png");
    book.put("xl/charts/chart1.xml", "<c/>").put("xl/pivotCache/pivotCacheDefinition1.xml", "<p/>");
    let parts = held(&book, &["A1"]);
    assert!(
        sheet(&parts).contains(&format!(r#"{tail}<legacyDrawing r:id="rIdGj2"/>{ext}"#)),
        "{}",
        sheet(&parts)
    );
    assert!(sheet(&parts).contains(r#"<f t="shared" ref="A1:A2" si="0">B1+1</f>"#));
}

#[test]
fn a_sheet_put_first_shifts_positions() {
    let mut book = data("");
    book.change("xl/workbook.xml", "</sheets>", r#"</sheets><definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">表一!$A$1</definedName><definedName name="n">1</definedName><definedName name="_xlnm.Print_Area" localSheetId="1">表二!$A$1</definedName></definedNames><calcPr/>"#);
    book.change("xl/workbook.xml", "<bookViews>", r#"<workbookProtection lockStructure="1"/><bookViews>"#);
    book.change("xl/workbook.xml", "name=\"表一\"", "name=\"表一\" state=\"hidden\"");
    let parts = held(&book, &["B2"]);
    let text = &parts["xl/workbook.xml"];
    assert!(text.contains(r#"localSheetId="1">表一"#) && text.contains(r#"localSheetId="2">表二"#), "{text}");
    assert!(text.contains(r#"firstSheet="0" activeTab="0""#));
    assert!(text.contains(r#"<sheets><sheet name="审核结果" sheetId="6" r:id="rIdGj1"/><sheet name="表一" state="hidden" sheetId="1""#), "{text}");
    assert!(text.contains(r#"name="_gouji" sheetId="7" state="veryHidden""#));
    assert!(text.contains(
        r#"<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'审核结果'!$A$1:$A$2"#
    ));
    assert!(text.contains("<workbookProtection lockStructure=\"1\"/>"));
    assert!(parts["xl/worksheets/sheet2.xml"].contains(r#"tabSelected="0""#));
    assert!(parts["xl/worksheets/sheet3.xml"].contains(r#"tabSelected="1""#));
}

#[test]
fn a_name_that_the_office_has_gets_a_number() {
    let mut book = data("");
    book.change("xl/workbook.xml", "name=\"表二\"", "name=\"审核结果\"");
    let parts = held(&book, &["B2"]);
    assert!(parts["xl/workbook.xml"].contains("<sheets><sheet name=\"审核结果 (2)\""));
}

#[test]
fn macros_and_templates_keep_their_kind() {
    let plain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
    for kind in [
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
        "application/vnd.ms-excel.template.macroEnabled.main+xml",
    ] {
        let mut book = data("");
        book.put("xl/vbaProject.bin", "\u{1}vba").change("[Content_Types].xml", plain, kind);
        let parts = held(&book, &["B2"]);
        assert!(parts["[Content_Types].xml"].contains(kind), "{kind}");
    }
}

#[test]
fn a_signature_is_dropped_with_a_warning() {
    let mut book = data("");
    let origin = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin";
    book.put(
        "_rels/.rels",
        &crate::package::rels(&[
            ("rId1", "officeDocument", "xl/workbook.xml"),
            ("rId2", origin, "_xmlsignatures/origin.sigs"),
        ]),
    );
    book.put("_xmlsignatures/origin.sigs", "");
    book.relate("_xmlsignatures/origin.sigs", &[("rId1", "signature", "sig1.xml")]);
    book.put("_xmlsignatures/sig1.xml", "<Signature/>");
    let done = apply(&book.bytes(), &patch(&["B2"])).unwrap();
    assert_eq!(done.warnings, [PatchWarning::SignatureDropped]);
    assert!(!order(&done.bytes).iter().any(|n| n.contains("xmlsignatures")));
    assert!(!texts(&done.bytes)["_rels/.rels"].contains("signature"));
}

fn edited(book: &Book, edits: &[(&str, NewValue)]) -> (BTreeMap<String, String>, Vec<PatchWarning>) {
    let edit = |(cell, value): &(&str, NewValue)| Edit {
        sheet: "表一".to_owned(),
        cell: cell.parse().unwrap(),
        value: value.clone(),
    };
    let patch = Patch { edits: edits.iter().map(edit).collect(), ..patch(&["B2"]) };
    let done = apply(&book.bytes(), &patch).unwrap();
    assert_eq!(broken(&done.bytes), Vec::<String>::new());
    (texts(&done.bytes), done.warnings)
}

#[test]
fn a_number_takes_the_place_of_what_was_there() {
    let mut book = data(
        r#"<row r="2"><c r="A2" s="1" t="s"><v>0</v></c><c r="B2" s="1"><f>A2+1</f><v>3</v></c><c r="D2"/></row>"#,
    );
    book.put("xl/calcChain.xml", "<calcChain/>");
    book.change("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship Id=\"rId8\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain\" Target=\"calcChain.xml\"/></Relationships>");
    book.change(
        "[Content_Types].xml",
        "</Types>",
        "<Override PartName=\"/xl/calcChain.xml\" ContentType=\"x/y\"/></Types>",
    );
    let number = |n: &str| NewValue::Number(n.to_owned());
    let (parts, _) = edited(
        &book,
        &[("A2", number("12")), ("B2", number("4.10")), ("C2", number("5")), ("D2", number("6"))],
    );
    assert!(sheet(&parts).starts_with(
        r#"<sheetData><row r="2"><c r="A2" s="1"><v>12</v></c><c r="B2" s="3"><v>4.10</v></c><c r="C2"><v>5</v></c><c r="D2"><v>6</v></c></row></sheetData>"#
    ), "{}", sheet(&parts));
    assert!(!parts.contains_key("xl/calcChain.xml"));
    assert!(
        !parts["[Content_Types].xml"].contains("calcChain")
            && !parts["xl/_rels/workbook.xml.rels"].contains("calcChain")
    );
    assert!(
        parts["xl/workbook.xml"].contains("</sheets>")
            && parts["xl/workbook.xml"].contains(r#"<calcPr fullCalcOnLoad="1"/>"#)
    );
}

#[test]
fn formulas_are_kept_set_or_left_alone() {
    let book = data(
        r#"<row r="2"><c r="A2" t="str"><f>B2</f><v>x</v></c><c r="B2"><v>3</v></c><c r="C2"><f t="shared" ref="C2:C3" si="0">B2</f><v>1</v></c></row><row r="3"><c r="C3"><f t="shared" si="0"/><v>1</v></c></row>"#,
    );
    let (parts, warnings) = edited(
        &book,
        &[
            ("A2", NewValue::Cached("4".to_owned())),
            ("B2", NewValue::Formula { text: "1<2".to_owned(), cached: "1".to_owned() }),
            ("C2", NewValue::Number("9".to_owned())),
        ],
    );
    assert!(
        sheet(&parts).contains(r#"<c r="A2"><f>B2</f><v>4</v></c><c s="3" r="B2"><f>1&lt;2</f><v>1</v></c>"#),
        "{}",
        sheet(&parts)
    );
    assert_eq!(warnings, [PatchWarning::NotEdited { sheet: "表一".to_owned(), cell: CellRef::new(1, 2) }]);
    // with all that rest on it, the head goes too
    let both = ["C2", "C3"].map(|c| (c, NewValue::Formula { text: "A1".to_owned(), cached: "7".to_owned() }));
    let (parts, warnings) = edited(&book, &both);
    assert!(warnings.is_empty() && !sheet(&parts).contains("shared"), "{}", sheet(&parts));
}

#[test]
fn a_corrected_value_stays_when_marks_go() {
    let book = data(r#"<row r="2"><c r="B2"><v>3</v></c></row>"#);
    let edit =
        Edit {
            sheet: "表一".to_owned(), cell: CellRef::new(1, 1), value: NewValue::Number("4".to_owned())
        };
    let done = apply(&book.bytes(), &Patch { edits: vec![edit], ..patch(&["B2"]) }).unwrap();
    let (stripped, _) = strip(&done.bytes).unwrap();
    assert_eq!(sheet(&texts(&stripped)), r#"<sheetData><row r="2"><c r="B2"><v>4</v></c></row></sheetData>"#);
}

/// What another program does when it saves: the part that leads back exactly is gone.
fn resaved(bytes: &[u8]) -> Vec<u8> {
    let mut book = Book(Vec::new());
    for name in order(bytes).into_iter().filter(|n| !n.starts_with("customXml/")) {
        let text = parts(bytes).remove(&name).unwrap();
        book.0.push((name, text));
    }
    book.change("[Content_Types].xml", "</Types>", "<!-- saved --></Types>");
    book.bytes()
}

#[test]
fn after_another_program_saved_it_fills_and_comments_go_all_the_same() {
    let mut book = data(r#"<row r="2"><c r="B2" s="1"><v>3</v></c><c r="C2" s="2"><v>4</v></c></row>"#);
    with_comment(&mut book, r#"<comment ref="B2" authorId="0"><text><r><t>已核</t></r></text></comment>"#);
    let patch = patch(&["B2", "C2", "E9"]);
    let done = apply(&book.bytes(), &patch).unwrap();
    let saved = resaved(&done.bytes);
    let (stripped, found) = strip(&saved).unwrap();
    assert!(found);
    let parts = texts(&stripped);
    assert!(!parts["xl/comments1.xml"].contains("应为") && parts["xl/comments1.xml"].contains("已核"));
    assert!(!parts["xl/workbook.xml"].contains("审核结果") && !parts["xl/workbook.xml"].contains("_gouji"));
    assert_eq!(parts["xl/drawings/vmlDrawing1.vml"].matches("<v:shape ").count(), 1);
    assert!(!sheet(&parts).contains("E9"), "{}", sheet(&parts));
    assert_eq!(values(&stripped), values(&book.bytes()));
    let again = apply(&saved, &patch).unwrap();
    assert!(apply(&again.bytes, &patch).unwrap().bytes == again.bytes);
    let sheets = values(&again.bytes).unwrap().into_keys().collect::<Vec<_>>();
    assert_eq!(sheets, ["_gouji", "审核结果", "表一", "表二"]);
}

#[test]
fn a_sheet_that_is_not_there_is_an_error() {
    let mut patch = patch(&["B2"]);
    patch.marks[0].sheet = "表九".to_owned();
    assert!(matches!(apply(&data("").bytes(), &patch), Err(PatchError::NoSuchSheet { .. })));
    assert!(matches!(apply(b"PK", &patch), Err(PatchError::Zip(_))));
}

#[test]
fn a_sheet_whose_part_is_lost_does_not_come_to_be_one_of_goujis() {
    let mut book = data("<sheetData><row r=\"2\"><c r=\"B2\"><v>3</v></c></row></sheetData>");
    book.0.retain(|(name, _)| name != "xl/worksheets/sheet2.xml");
    let marked = apply(&book.bytes(), &patch(&["B2"])).unwrap();
    let parts = parts(&marked.bytes);
    assert!(!parts.contains_key("xl/worksheets/sheet2.xml"));
    assert!(parts.contains_key("xl/worksheets/sheet3.xml"));
}

/// The package with one part's text changed.
fn with_part(bytes: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    use std::io::{Cursor, Write};
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (part, text) in parts(bytes) {
        let text = if part == name { change(std::str::from_utf8(&text).unwrap()).into_bytes() } else { text };
        out.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&text).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// What leads back stands in the file, where anybody may write: it is not believed where it would change a number.
#[test]
fn a_forged_way_back_changes_no_number() {
    let input = Book::new("<sheetData><row r=\"2\"><c r=\"B2\"><v>3</v></c></row></sheetData>").bytes();
    let marked = apply(&input, &patch(&["B2"])).unwrap().bytes;
    assert!(strip(&marked).unwrap().1, "the true record is followed");
    let all = parts(&marked);
    let undo = all.keys().find(|p| p.starts_with("customXml/gouji")).expect("the way back").clone();
    let sheet = std::str::from_utf8(&all[SHEET]).unwrap();
    let wrong = sheet.replacen("<v>3</v>", "<v>4</v>", 1);
    assert_ne!(sheet, wrong, "a number to forge");
    let forged = with_part(&marked, &undo, |text| {
        let start = text.find('{').unwrap();
        let end = text.rfind('}').unwrap() + 1;
        let mut record: serde_json::Value = serde_json::from_str(&text[start..end]).unwrap();
        let layers = &mut record["parts"][SHEET.to_lowercase()][1];
        assert!(layers.is_array(), "{text}");
        *layers = serde_json::json!([[[0, sheet.len(), wrong]]]);
        let json = record.to_string().replace('<', "\\u003c").replace('>', "\\u003e");
        format!("{}{json}{}", &text[..start], &text[end..])
    });
    let (clean, changed) = strip(&forged).unwrap();
    assert!(!changed && clean == forged, "a forged record was followed");
    let again = apply(&forged, &patch(&["B2"])).unwrap().bytes;
    assert_eq!(values(&again).unwrap()["表一"], values(&input).unwrap()["表一"]);
}

/// A name that says a sheet of the office's is gouji's takes it away from nobody.
#[test]
fn a_forged_name_removes_no_sheet() {
    let input = Book::new("<sheetData><row r=\"2\"><c r=\"B2\"><v>3</v></c></row></sheetData>").bytes();
    let marked = apply(&input, &patch(&["B2"])).unwrap().bytes;
    let disturbed = with_part(&marked, "xl/workbook.xml", |text| {
        text.replacen(
            "</definedNames>",
            "<definedName name=\"_gouji.9\">表一!$A$1</definedName></definedNames>",
            1,
        )
    });
    // another program has saved it since, so that names and not bytes lead back
    let disturbed = with_part(&disturbed, SHEET, |text| text.replacen("<sheetData>", "<sheetData >", 1));
    assert!(!strip(&disturbed).unwrap().1);
    assert!(values(&disturbed).unwrap().contains_key("表一"));
}
