//! Reading a form and a large sheet, beside calamine streaming the same bytes: the ratio is what matters.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::io::Cursor;

use calamine::Reader;
use gouji::ingest::{Limits, Source, read};

fn main() {
    divan::main();
}

/// A workbook of so many rows, ten columns each, text in the first and numbers in the others.
fn workbook(rows: u32) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..rows {
        sheet.write_string(row, 0, format!("（{row}）其他处理")).unwrap();
        for col in 1..10 {
            sheet.write_number(row, col, f64::from(row * 7 + u32::from(col))).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[divan::bench(args = [40, 20_000])]
fn gouji_reads(bencher: divan::Bencher<'_, '_>, rows: u32) {
    let bytes = workbook(rows);
    let limits = Limits::default();
    bencher.bench(|| read(&Source { name: "", bytes: &bytes, password: None }, &limits).unwrap());
}

#[divan::bench(args = [40, 20_000])]
fn calamine_streams(bencher: divan::Bencher<'_, '_>, rows: u32) {
    let bytes = workbook(rows);
    bencher.bench(|| {
        let mut book = calamine::Xlsx::new(Cursor::new(&bytes)).unwrap();
        let mut cells = 0;
        for name in book.sheet_names() {
            let mut reader = book.worksheet_cells_reader(&name).unwrap();
            while reader.next_cell().unwrap().is_some() {
                cells += 1;
            }
        }
        cells
    });
}
