//! Reading, mapping and checking beside the bare reader on the same bytes, in one run: `cargo bench`.
//!
//! Quote the ratio of `whole_audit` to `calamine_streams`, never a time alone.

use std::io::Cursor;

use calamine::Reader;
use gouji::audit::{Options, audit};
use gouji::ingest::{Limits, Source, read};
use gouji::mapping;

const SAMPLES: [&str; 3] = ["石碁镇2022", "宿迁市2024", "数字打错一位"];

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
    bencher.bench_local(|| mapping::best(&read.book, &forms, None).map(|(_, m)| m.located()));
}

/// Read, mapped to the best of all forms, checked, causes found.
#[divan::bench(args = SAMPLES)]
fn whole_audit(bencher: divan::Bencher, name: &str) {
    let bytes = bytes_of(name);
    let options = Options::default();
    bencher.bench_local(|| audit("样例.xlsx", &bytes, &options).outcome.findings.len());
}
