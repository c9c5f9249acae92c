//! Oddities of worksheets, each on a package of its own.

use std::io::Write;

use super::super::{Format, Limits, Source, read};
use crate::finding::FailureKind;
use crate::grid::{CellRef, Entry, NoteKind, Visibility, Workbook, amount};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn package(sheet: &[u8], strings: &str) -> Vec<u8> {
    package_with(r#"Id="r1""#, sheet, strings)
}

/// A package in which this names the relation of its sheet.
fn package_with(id: &str, sheet: &[u8], strings: &str) -> Vec<u8> {
    let rels = format!(
        r#"<Relationships xmlns="r"><Relationship {id} Type="{REL}/worksheet" Target="/xl\worksheets/a.xml"/><Relationship Id="r2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    let book = format!(
        r#"<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="表三" state="veryHidden" sheetId="1" r:id="r1"/></sheets></workbook>"#
    );
    let root = format!(
        r#"<Relationships xmlns="r"><Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    zip(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
        ("xl\\worksheets\\a.xml", sheet),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

fn book(sheet: &str, strings: &str) -> Workbook {
    let bytes = package(sheet.as_bytes(), strings);
    read(&Source { name: "a.xls", bytes: &bytes }, &Limits::default()).unwrap().book
}

fn shown(book: &Workbook) -> Vec<String> {
    let cells = &book.sheets[0].cells;
    cells
        .iter()
        .map(|(at, c)| {
            let value = match &c.entry {
                Entry::Blank => String::new(),
                Entry::Number(n) => amount::show(*n),
                Entry::Text(t) => format!("'{t}"),
                Entry::Bool(b) => b.to_string(),
                Entry::Error(e) => format!("!{e}"),
            };
            c.formula.as_ref().map_or(format!("{at} {value}"), |f| format!("{at} {value} ={f}"))
        })
        .collect()
}

#[test]
fn values_of_every_kind_are_kept_as_entered() {
    let sheet = r#"<x:worksheet xmlns:x="m"><x:sheetData><x:row>
        <x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>-1</x:v></x:c><x:c t="s"><x:v>9</x:v></x:c>
        <x:c><x:v><![CDATA[7]]></x:v></x:c><x:c><x:v>4<!-- -->5</x:v></x:c><x:c><x:v>1e309</x:v></x:c>
        <x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c><x:c t="str"><x:v>a&amp;&#98;</x:v></x:c>
        <x:c t="inlineStr"><x:is><x:r><x:t>总</x:t></x:r><x:rPh><x:t>zong</x:t></x:rPh><x:r><x:t>计</x:t></x:r></x:is></x:c>
        <x:c><x:v>8.4000000000000004</x:v></x:c><x:c t="inlineStr"><x:v>1.0</x:v><x:is><x:t>1.</x:t></x:is></x:c><x:c s="1"/><x:c><x:f>B1+1</x:f></x:c>
        </x:row></x:sheetData></x:worksheet>"#;
    let strings =
        r#"<sst count="4000000000"><si><r><t>自然</t></r><r><t>人</t></r><rPh><t>x</t></rPh></si></sst>"#;
    let book = book(sheet, strings);
    let expected = [
        "A1 '自然人",
        "B1 '-1",
        "C1 '9",
        "D1 7",
        "E1 45",
        "F1 '1e309",
        "G1 true",
        "H1 !#REF!",
        "I1 'a&b",
        "J1 '总计",
        "K1 8.4",
        "L1 '1.",
        "N1  =B1+1",
    ];
    assert_eq!(shown(&book), expected);
    let noted: Vec<_> = book.notes.iter().map(|n| (n.cell.to_string(), n.kind)).collect();
    assert_eq!(
        noted,
        [
            ("B1".into(), NoteKind::Malformed),
            ("C1".into(), NoteKind::Malformed),
            ("F1".into(), NoteKind::Malformed)
        ]
    );
    assert_eq!(book.sheets[0].visibility, Visibility::Hidden);
}

#[test]
fn shared_formulas_are_expanded_even_before_their_master() {
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="C1"><f t="shared" si="0"/><v>1</v></c></row>
        <row r="2"><c r="C2"><f t="shared" si="0" ref="C1:C3">SUM(A2:B2)</f><v>2</v></c></row>
        <row r="3"><c r="C3"><f t="shared" si="0"/></c></row></sheetData></worksheet>"#;
    assert_eq!(shown(&book(sheet, "<sst/>")), ["C1 1 =SUM(A1:B1)", "C2 2 =SUM(A2:B2)", "C3  =SUM(A3:B3)"]);
}

#[test]
fn a_cell_that_stands_twice_is_noted_and_the_last_is_read() {
    let sheet = r#"<worksheet><sheetData><row r="5"><c r="B5"><v>1</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>
        <row r="5"><c r="B5"><v>2</v></c></row></sheetData></worksheet>"#;
    let book = book(sheet, "<sst/>");
    assert_eq!(shown(&book), ["A2 3", "B5 2"]);
    assert_eq!(book.notes[0].kind, NoteKind::StandsTwice);
}

#[test]
fn merges_hidden_rows_and_columns_are_read_and_malformed_ones_skipped() {
    let sheet = r#"<worksheet><cols><col min="2" max="3" width="0" customWidth="1"/><col min="5" max="5" width="12.5" hidden="1"/></cols>
        <sheetData><row r="2" hidden="1"/><row r="3" hidden="true"><c r="A3"><v>1</v></c></row></sheetData>
        <mergeCells count="9"><mergeCell ref="A1:B2"/><mergeCell ref="oops"/><mergeCell/><mergeCell ref="D4:C3"/></mergeCells></worksheet>"#;
    let book = book(sheet, "<sst/>");
    let sheet = &book.sheets[0];
    let merges: Vec<_> = sheet.merges.iter().map(ToString::to_string).collect();
    assert_eq!(merges, ["A1:B2", "C3:D4"]);
    assert_eq!(sheet.hidden_rows, [(1, 2)]);
    assert_eq!(sheet.hidden_cols, [(1, 2), (4, 4)]);
    assert_eq!(sheet.widths, [(1, 2, 0.0), (4, 4, 12.5)]);
}

#[test]
fn utf_16_parts_and_far_cells_are_read_by_what_is_there() {
    let xml = "<worksheet><sheetData><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData></worksheet>";
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(xml.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let bytes = package(&utf16, "<sst/>");
    let read = read(&Source { name: "", bytes: &bytes }, &Limits::default()).unwrap();
    assert_eq!(read.format, Format::Xlsx);
    assert_eq!(read.book.sheets[0].cells[0].0, CellRef::new(1_048_575, 16_383));
}

#[test]
fn broken_and_endless_sheets_are_refused() {
    let kind = |sheet: &str, limits: &Limits| {
        let bytes = package(sheet.as_bytes(), "<sst/>");
        read(&Source { name: "", bytes: &bytes }, limits).map(|r| r.format).map_err(|f| f.kind)
    };
    let limits = Limits::default();
    assert_eq!(kind("<worksheet><sheetData><row><c><v>1", &limits), Err(FailureKind::Damaged));
    assert_eq!(kind(&"<a>".repeat(300), &limits), Err(FailureKind::Damaged));
    let few = Limits { cells: 1, ..Limits::default() };
    let two = "<worksheet><sheetData><row><c><v>1</v></c><c><v>1</v></c></row></sheetData></worksheet>";
    assert_eq!(kind(two, &few), Err(FailureKind::TooLarge));
    let short = Limits { inflated_bytes: 2_000, ..Limits::default() };
    assert_eq!(kind(&format!("<a>{}</a>", "x".repeat(5_000)), &short), Err(FailureKind::TooLarge));
}

#[test]
fn a_sheet_whose_relation_cannot_be_read_is_damage_and_no_guess() {
    // Found by fuzzing: a marked copy has a sheet more, so that a sheet found by its number was another one there.
    for id in [r#"Id=16384"r1""#, r#"Id="r9""#] {
        let bytes = package_with(id, b"<worksheet><sheetData/></worksheet>", "<sst/>");
        let failure = read(&Source { name: "a.xlsx", bytes: &bytes }, &Limits::default()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Damaged, "{id}");
    }
}
