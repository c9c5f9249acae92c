//! Any xlsx in gives a valid xlsx or an error: it opens, holds what it held, and marking again changes nothing.
#![no_main]

use std::collections::BTreeMap;

use gouji::audit::{Options, audit};
use gouji::finding::Lang;
use gouji::grid::{CellRef, Sheet};
use gouji::ingest::{Source, read};
use gouji::report::annotate::{Context, annotate};
use gouji::report::patch::{Mark, Patch, apply, strip};
use gouji::report::sheet::{Content, Fill, NewCell, NewSheet, Row, StyleKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let bytes = gouji_fuzz::file(data);
    let options = Options { limits: gouji_fuzz::limits(), ..Options::default() };
    let source = Source { name: "表.xlsx", bytes: &bytes };
    let Ok(before) = read(&source, &options.limits) else { return };
    if !before.format.can_patch() {
        return;
    }
    if let Some(sheet) = before.book.sheets.first() {
        held(&bytes, &marked(sheet), &before.book.sheets);
    }
    let done = audit("表.xlsx", &bytes, &options);
    if let Some(content) = &done.content {
        let explanations = BTreeMap::new();
        let context =
            Context { submission: content.submission(), lang: Lang::Zh, explanations: &explanations };
        if let Ok(written) = annotate(&bytes, true, &done.outcome, &context) {
            opens(&written.bytes);
        }
    }
});

fn marked(sheet: &Sheet) -> Patch {
    let first = sheet.cells.get(sheet.cells.len() / 2).map_or(CellRef::new(0, 0), |(at, _)| *at);
    let mark =
        |cell, fill| Mark {
            sheet: sheet.name.clone(), cell, fill, comment: "应为 4，实为 3".to_owned()
        };
    let marks = vec![mark(first, Fill::Error), mark(CellRef::new(2, 2), Fill::Info)];
    let title = NewCell { col: 0, content: Content::Text("审核结果".to_owned()), style: StyleKind::Title };
    let rows = vec![Row { height: None, cells: vec![title] }];
    let sheets = vec![NewSheet { name: "审核结果".to_owned(), rows, ..NewSheet::default() }];
    Patch { marks, sheets, ..Patch::default() }
}

fn opens(bytes: &[u8]) -> Vec<Sheet> {
    let source = Source { name: "表.xlsx", bytes };
    read(&source, &gouji::ingest::Limits::default()).expect("what was written can be read").book.sheets
}

fn held(bytes: &[u8], patch: &Patch, before: &[Sheet]) {
    let Ok(done) = apply(bytes, patch) else { return };
    let after = opens(&done.bytes);
    for sheet in before {
        let same = after.iter().filter(|s| s.name == sheet.name).any(|s| {
            let own = |s: &Sheet| s.cells.iter().map(|(at, c)| (*at, c.entry.clone())).collect::<Vec<_>>();
            own(s) == own(sheet) && s.merges == sheet.merges
        });
        assert!(same, "cells and merges of {:?} are as they were", sheet.name);
    }
    let again = apply(&done.bytes, patch).expect("a marked workbook can be marked again");
    assert!(again.bytes == done.bytes, "marking again changes nothing");
    let (clean, ours) = strip(&done.bytes).expect("the marks can be taken out");
    assert!(ours && opens(&clean).len() == before.len());
}
