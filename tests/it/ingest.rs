//! One form in each kind of file reads as the same grid; what is written is read back; what is no workbook is told.

use gouji::finding::FailureKind;
use gouji::grid::{CellRef, Entry, Sheet, Visibility, Workbook, amount};
use gouji::ingest::{Format, Limits, Source, read};
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ingest").join(name);
    std::fs::read(path).expect("a fixture")
}

fn book(name: &str, bytes: &[u8]) -> (Workbook, Format) {
    let read = read(&Source { name, bytes }, &Limits::default()).expect("a readable file");
    (read.book, read.format)
}

fn kind(name: &str, bytes: &[u8]) -> FailureKind {
    read(&Source { name, bytes }, &Limits::default()).expect_err("a refusal").kind
}

/// A sheet as text: its cells with formulas, merges, what is hidden.
fn shown(sheet: &Sheet) -> String {
    let mut out = format!("[{}] {:?}\n", sheet.name, sheet.visibility);
    for (at, cell) in &sheet.cells {
        let value = cell.entry.raw().unwrap_or_default();
        let formula = cell.formula.as_ref().map_or(String::new(), |f| format!(" ={}", f.replace('\'', "")));
        out += &format!("{at} {value:?}{formula}\n");
    }
    let mut merges = sheet.merges.clone();
    merges.sort_by_key(|m| m.first);
    let merges: Vec<_> = merges.iter().map(ToString::to_string).collect();
    out + &format!("merges {} hidden {:?} {:?}\n", merges.join(" "), sheet.hidden_rows, sheet.hidden_cols)
}

#[test]
fn the_same_form_reads_alike_from_xlsx_xls_and_ods() {
    let (xlsx, format) = book("form", &fixture("form.xlsx"));
    assert_eq!(format, Format::Xlsx);
    let expected: String = xlsx.sheets.iter().map(shown).collect();
    insta::assert_snapshot!(expected);
    for (name, format) in [("form.xls", Format::Xls), ("form.ods", Format::Ods)] {
        let (other, found) = book(name, &fixture(name));
        assert_eq!(found, format);
        assert_eq!(other.sheets.iter().map(shown).collect::<String>(), expected, "{name}");
    }
    assert_eq!(book("a.et", &fixture("form.xls")).1, Format::Et);
}

#[test]
fn number_formats_of_xls_and_xlsx_are_known() {
    for name in ["form.xlsx", "form.xls"] {
        let (book, _) = book(name, &fixture(name));
        let cell = book.sheets[1].cell(CellRef::new(1, 2)).expect("the rate");
        assert_eq!(book.formats[usize::from(cell.format)], "0.0%", "{name}");
    }
}

#[test]
fn an_xls_cut_off_anywhere_is_damaged_or_read_and_never_a_crash() {
    let bytes = fixture("form.xls");
    for end in (0..bytes.len()).step_by(61) {
        let _ = read(&Source { name: "", bytes: &bytes[..end] }, &Limits::default());
    }
}

#[test]
fn an_xls_with_any_byte_changed_never_crashes() {
    let bytes = fixture("form.xls");
    for at in 0..bytes.len() {
        let mut hostile = bytes.clone();
        hostile[at] ^= 0xFF;
        let _ = read(&Source { name: "", bytes: &hostile }, &Limits::default());
    }
}

#[test]
fn what_is_no_workbook_is_told_with_what_to_do() {
    assert_eq!(kind("表.xlsx", b"%PDF-1.4"), FailureKind::Unsupported);
    assert_eq!(kind("表.xlsx", b"Rar!\x1a\x07"), FailureKind::Unsupported);
    assert_eq!(kind("表.xlsx", b"PK\x03\x04 cut off"), FailureKind::Damaged);
    assert_eq!(kind("表.xlsx", &[0, 1, 2, 3, 4]), FailureKind::NotAWorkbook);
    let pdf = read(&Source { name: "", bytes: b"%PDF" }, &Limits::default()).expect_err("PDF");
    assert!(pdf.message.zh.contains("另存为"), "{}", pdf.message.zh);
    let bounds = Limits { file_bytes: 10, ..Limits::default() };
    let big = read(&Source { name: "", bytes: &[b'a'; 11] }, &bounds).expect_err("too large");
    assert_eq!(big.kind, FailureKind::TooLarge);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_written_workbook_is_read_back(
        cells in proptest::collection::btree_map(
            (0u32..60, 0u16..20),
            prop_oneof![
                (-1_000_000_000i64..1_000_000_000, 0u32..5).prop_map(|(n, s)| Err(rust_decimal::Decimal::new(n, s))),
                "[ -~一二三总计（）\n]{1,12}".prop_map(Ok),
            ],
            0..60,
        ),
        hidden in any::<bool>(),
    ) {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        workbook.add_worksheet().set_name("首").expect("a name");
        let sheet = workbook.add_worksheet();
        sheet.set_name("表三").expect("a name").set_hidden(hidden);
        for (&(row, col), value) in &cells {
            match value {
                Ok(text) => sheet.write_string(row, col, text).expect("a cell"),
                Err(number) => {
                    let number: f64 = number.to_string().parse().expect("a number");
                    sheet.write_number(row, col, number).expect("a cell")
                }
            };
        }
        let bytes = workbook.save_to_buffer().expect("a workbook");
        let (book, _) = book("", &bytes);
        prop_assert_eq!(book.sheets[1].visibility == Visibility::Hidden, hidden);
        let found: Vec<_> = book.sheets[1].cells.iter().map(|(at, c)| (*at, c.entry.clone())).collect();
        let expected: Vec<_> = cells.iter().map(|(&(row, col), value)| {
            let entry = match value {
                Ok(text) => Entry::Text(text.as_str().into()),
                Err(number) => Entry::Number(amount::from_text(&number.to_string()).expect("a number")),
            };
            (CellRef::new(row, u32::from(col)), entry)
        }).collect();
        prop_assert_eq!(found, expected);
    }
}
