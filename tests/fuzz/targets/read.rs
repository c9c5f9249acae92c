//! Any bytes are read or refused; what was read keeps its promises.
#![no_main]

use gouji::grid::a1::{MAX_COLS, MAX_ROWS};
use gouji::ingest::{Source, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (bytes, limits) = (gouji_fuzz::file(data), gouji_fuzz::limits());
    for name in ["表.xlsx", "表.txt"] {
        let Ok(read) = read(&Source { name, bytes: &bytes }, &limits) else { continue };
        let cells: usize = read.book.sheets.iter().map(|s| s.cells.len()).sum();
        assert!(cells <= limits.cells && read.book.sheets.len() <= limits.sheets);
        for sheet in &read.book.sheets {
            assert!(sheet.cells.is_sorted_by(|a, b| a.0 < b.0), "cells in order, none twice");
            assert!(sheet.cells.iter().all(|(at, _)| at.row < MAX_ROWS && at.col < MAX_COLS));
            assert!(sheet.merges.len() <= limits.merges);
            assert!(sheet.cells.iter().all(|(_, c)| usize::from(c.format) < read.book.formats.len()));
        }
    }
});
