//! Reading, mapping and checking beside the bare reader on the same bytes, in one run: `cargo bench`.
//!
//! Quote the ratio of `read_mapped_checked` and of `whole_audit` to `calamine_streams`, never a time alone.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::Reader;
use gouji::audit::{Options, audit};
use gouji::check::{self, Submission, narrative};
use gouji::ingest::{Limits, Source, read};
use gouji::mapping;
use rust_xlsxwriter::{Format, Workbook as XlsxWorkbook, Worksheet, XlsxError};

const SAMPLES: [&str; 3] = ["石碁镇2022", "宿迁市2024", "数字打错一位"];
/// The form alone, the form on the last of fifty sheets, the form in a corner of a sheet of 200,000 cells.
const SIZES: [&str; 3] = ["plain", "fifty_sheets", "large_sheet"];

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn bytes_of(name: &str) -> Vec<u8> {
    let path = format!("{}/samples/{name}.xlsx", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).unwrap_or_default()
}

fn source(bytes: &[u8]) -> Source<'_> {
    Source { name: "样例.xlsx", bytes }
}

/// A sample's sheets written again.
fn copy(book: &mut XlsxWorkbook) -> Result<(), XlsxError> {
    let bytes = bytes_of(SAMPLES[0]);
    let Ok(read) = read(&source(&bytes), &Limits::default()) else { return Ok(()) };
    for sheet in read.book.sheets {
        let out = book.add_worksheet();
        out.set_name(&sheet.name)?;
        for m in sheet.merges {
            let (first, last) = (m.first.col as u16, m.last.col as u16);
            out.merge_range(m.first.row, first, m.last.row, last, "", &Format::new())?;
        }
        for (at, cell) in sheet.cells {
            let (col, text) = (at.col as u16, cell.entry.raw().unwrap_or_default());
            match text.parse::<f64>() {
                Ok(number) => out.write_number(at.row, col, number)?,
                Err(_) => out.write_string(at.row, col, text)?,
            };
        }
    }
    Ok(())
}

/// Rows of a register: a number, a word of the form, a name, a date.
fn register(sheet: &mut Worksheet, rows: u32, from: u16) -> Result<(), XlsxError> {
    let words = ["自然人", "予以公开", "商业企业", "其他", "总计", "重复申请"];
    for r in 0..rows {
        sheet.write_number(r, from, r)?;
        sheet.write_string(r, from + 1, words.get(r as usize % words.len()).copied().unwrap_or_default())?;
        sheet.write_string(r, from + 2, format!("申请人{}", r % 977))?;
        sheet.write_string(r, from + 3, format!("2022-{:02}-{:02}", r % 12 + 1, r % 28 + 1))?;
    }
    Ok(())
}

fn sized(size: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = XlsxWorkbook::new();
    match size {
        "fifty_sheets" => {
            for n in 1..50 {
                let sheet = book.add_worksheet();
                sheet.set_name(format!("台账{n}"))?;
                register(sheet, 60, 0)?;
            }
            copy(&mut book)?;
        }
        "large_sheet" => {
            copy(&mut book)?;
            register(book.worksheet_from_index(0)?, 50_000, 20)?;
        }
        _ => copy(&mut book)?,
    }
    book.save_to_buffer()
}

/// Ingest and mapping apart: mapping is to cost no more than reading.
#[divan::bench(args = SIZES)]
fn ingest_of_size(bencher: divan::Bencher, size: &str) {
    let bytes = sized(size).unwrap_or_default();
    bencher.bench_local(|| read(&source(&bytes), &Limits::default()).map(|r| r.book.sheets.len()).ok());
}

#[divan::bench(args = SIZES)]
fn mapping_of_size(bencher: divan::Bencher, size: &str) {
    let bytes = sized(size).unwrap_or_default();
    let Ok(read) = read(&source(&bytes), &Limits::default()) else { return };
    let forms = mapping::Forms::builtin();
    bencher.bench_local(|| {
        mapping::best(&read.book, &forms, &mapping::Identity::default()).map(|(_, m)| m.located())
    });
}

/// The bare reader: every cell of every sheet, streamed.
#[divan::bench(args = SAMPLES)]
fn calamine_streams(bencher: divan::Bencher, name: &str) {
    let bytes = bytes_of(name);
    bencher.bench_local(|| {
        let Ok(mut book) = calamine::Xlsx::new(Cursor::new(bytes.as_slice())) else { return 0 };
        let mut cells = 0;
        for sheet in book.sheet_names() {
            let Ok(mut reader) = book.worksheet_cells_reader(&sheet) else { continue };
            while let Ok(Some(cell)) = reader.next_cell() {
                divan::black_box(cell.get_value());
                cells += 1;
            }
        }
        cells
    });
}

#[divan::bench(args = SAMPLES)]
fn ingest_alone(bencher: divan::Bencher, name: &str) {
    let bytes = bytes_of(name);
    bencher.bench_local(|| read(&source(&bytes), &Limits::default()).map(|r| r.book.sheets.len()).ok());
}

#[divan::bench(args = SAMPLES)]
fn mapping_alone(bencher: divan::Bencher, name: &str) {
    let bytes = bytes_of(name);
    let Ok(read) = read(&source(&bytes), &Limits::default()) else { return };
    let forms = mapping::Forms::builtin();
    bencher.bench_local(|| {
        mapping::best(&read.book, &forms, &mapping::Identity::default()).map(|(_, m)| m.located())
    });
}

/// Read, mapped to the best of all forms, and every rule of one file checked, without looking for causes.
#[divan::bench(args = SAMPLES)]
fn read_mapped_checked(bencher: divan::Bencher, name: &str) {
    let bytes = bytes_of(name);
    let forms = mapping::Forms::builtin();
    bencher.bench_local(|| {
        let book = &read(&source(&bytes), &Limits::default()).ok()?.book;
        let identity = &mapping::identity::identify(book, name);
        let (form, mapping) = &mapping::best(book, &forms, identity)?;
        let filled = &mapping::fill(book, form, mapping);
        let s = Submission { book, form, mapping, filled, identity, before: None };
        let text = narrative::Report::of_submission(s);
        let none = narrative::Prior { tables: None, text: None };
        let findings =
            [check::values(s, &BTreeSet::new()), check::structure(s), check::categories(s), check::years(s)];
        let told = narrative::narrative(s, &text, none).findings.len();
        Some(check::broken(s).len() + told + findings.iter().map(Vec::len).sum::<usize>())
    });
}

/// The same with the causes found and all of it put into words: what `gouji audit` does to a file.
#[divan::bench(args = SAMPLES)]
fn whole_audit(bencher: divan::Bencher, name: &str) {
    let bytes = bytes_of(name);
    let options = Options::default();
    bencher.bench_local(|| audit("样例.xlsx", &bytes, &options).outcome.findings.len());
}
