//! Any folder of real workbooks: each is marked on three cells and held to what the patch promises.
//!
//! `GOUJI_CORPUS=DIR cargo test --test it corpus -- --ignored --nocapture`; with GOUJI_CORPUS_OUT the marked
//! files are written there, for other programs to open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use calamine::Reader;
use gouji::grid::CellRef;
use gouji::ingest::{Limits, Source, read};
use gouji::report::patch::{Mark, Patch, RECORD_SHEET, apply, strip};
use gouji::report::sheet::{Content, Fill, NewCell, NewSheet, Row, StyleKind};

use crate::package::{broken, disturbed, order, parts, values};

fn result_sheet(office: &str) -> NewSheet {
    let cell = |col, content, style| NewCell { col, content, style };
    let text = |t: &str| Content::Text(t.to_owned());
    let link = Content::Link { sheet: office.to_owned(), cell: CellRef::new(2, 2), text: "C3".to_owned() };
    let rows = vec![
        Row { height: Some(28.0), cells: vec![cell(0, text("审核结果"), StyleKind::Title)] },
        Row {
            height: None,
            cells: vec![cell(0, text("序号"), StyleKind::Heading), cell(1, text("位置"), StyleKind::Heading)],
        },
        Row {
            height: None,
            cells: vec![
                cell(0, Content::Number("1".to_owned()), StyleKind::Centre),
                cell(1, link, StyleKind::Link),
            ],
        },
    ];
    NewSheet {
        name: "审核结果".to_owned(),
        widths: vec![8.0, 24.0],
        rows,
        autofilter: "A2:B3".parse().ok(),
        freeze_rows: 2,
        landscape: true,
        repeat_rows: Some((1, 1)),
        ..NewSheet::default()
    }
}

/// Three cells of the first worksheet: one that has a value where there is one, one near, one beyond.
pub(crate) fn three_marks(sheet: &str, cells: &[String]) -> Patch {
    let place = |text: &String| -> Option<CellRef> {
        let (row, col) = text.split_once(')')?.0.strip_prefix('(')?.split_once(", ")?;
        Some(CellRef::new(row.parse().ok()?, col.parse().ok()?))
    };
    let first = cells.get(cells.len() / 2).and_then(place).unwrap_or(CellRef::new(0, 0));
    let places = [first, CellRef::new(2, 2), CellRef::new(first.row + 7, first.col + 3)];
    let fills = [Fill::Error, Fill::Warning, Fill::Info];
    let mark = |(cell, fill)| Mark {
        sheet: sheet.to_owned(),
        cell,
        fill,
        comment: "总计应等于各项之和：应为 4，实为 3。\n建议改为 4（可以确定）。".to_owned(),
    };
    let evidence = vec![("sha256".to_owned(), "…".to_owned())];
    let marks = places.into_iter().zip(fills).map(mark).collect();
    Patch { marks, sheets: vec![result_sheet(sheet)], evidence, ..Patch::default() }
}

/// What is wrong with one marked file, if anything.
fn faults(input: &[u8], patch: &Patch, before: &BTreeMap<String, Vec<String>>, output: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let signed = order(input).iter().any(|n| n.starts_with("_xmlsignatures"));
    let disturbed: Vec<String> =
        disturbed(input, output).into_iter().filter(|n| !n.starts_with("_xmlsignatures")).collect();
    if !disturbed.is_empty() {
        out.push(format!("disturbed {disturbed:?}"));
    }
    let kept: Vec<String> = order(output).into_iter().take(order(input).len()).collect();
    if kept != order(input) && !signed {
        out.push("entries in another order".to_owned());
    }
    let fresh: Vec<String> = broken(output).into_iter().filter(|n| !broken(input).contains(n)).collect();
    if !fresh.is_empty() {
        out.push(format!("does not parse: {fresh:?}"));
    }
    match values(output) {
        None => out.push("calamine cannot open it".to_owned()),
        Some(after) => {
            for (sheet, cells) in before {
                if after.get(sheet) != Some(cells) {
                    out.push(format!("values of {sheet} differ"));
                }
            }
            let own =
                after.keys().filter(|n| n.starts_with("审核结果") || n.starts_with(RECORD_SHEET)).count();
            if after.len() != before.len() + 2 || own < 2 {
                out.push("sheets missing".to_owned());
            }
        }
    }
    match apply(output, patch) {
        Ok(again) if again.bytes == output => {}
        Ok(_) => out.push("applying twice differs".to_owned()),
        Err(e) => out.push(format!("applying twice fails: {e}")),
    }
    match strip(output) {
        Ok((stripped, true)) if signed || parts(&stripped) == parts(input) => {}
        Ok((stripped, _)) => {
            let (a, b) = (parts(&stripped), parts(input));
            let names: Vec<_> = b.iter().filter(|(n, t)| a.get(*n) != Some(*t)).map(|(n, _)| n).collect();
            out.push(format!("stripping leaves {names:?}"));
        }
        Err(e) => out.push(format!("stripping fails: {e}")),
    }
    out
}

#[test]
#[ignore = "needs a folder of real workbooks in GOUJI_CORPUS"]
fn corpus() {
    let dir = std::env::var_os("GOUJI_CORPUS").map(PathBuf::from).expect("GOUJI_CORPUS names a folder");
    let out = std::env::var_os("GOUJI_CORPUS_OUT").map(PathBuf::from);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(dir).expect("a folder").map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failed = Vec::new();
    let mut time = Duration::ZERO;
    for path in &files {
        let input = std::fs::read(path).expect("a readable file");
        let (kind, spent, faults) = one(path, &input, out.as_deref());
        time += spent;
        *counts.entry(kind).or_default() += 1;
        failed.extend(faults.into_iter().map(|f| format!("{}: {f}", path.display())));
    }
    println!("{} files: {counts:?}; {:.2} s in apply", files.len(), time.as_secs_f64());
    for fault in &failed {
        println!("{fault}");
    }
    assert!(failed.is_empty(), "{} faults", failed.len());
}

fn one(file: &Path, input: &[u8], out: Option<&Path>) -> (&'static str, Duration, Vec<String>) {
    if read(&Source { name: "表.xlsx", bytes: input }, &Limits::default()).is_err() {
        return ("gouji refuses to read", Duration::ZERO, vec![]);
    }
    let Some(before) = values(input) else {
        return ("calamine cannot open the original", Duration::ZERO, vec![]);
    };
    let book = calamine::Xlsx::new(std::io::Cursor::new(input)).expect("opened before");
    let sheets = book.sheets_metadata().to_vec();
    let Some(sheet) = sheets.iter().find(|s| s.typ == calamine::SheetType::WorkSheet) else {
        return ("without worksheets", Duration::ZERO, vec![]);
    };
    let patch = three_marks(&sheet.name, &before[&sheet.name]);
    let start = Instant::now();
    let result = apply(input, &patch);
    let spent = start.elapsed();
    match result {
        Err(e) => {
            println!("refused {}: {e}", file.display());
            ("refused", spent, vec![])
        }
        Ok(done) => {
            if let Some(out) = out {
                std::fs::write(out.join(file.file_name().unwrap()), &done.bytes).expect("a writable folder");
            }
            let faults = faults(input, &patch, &before, &done.bytes);
            (if faults.is_empty() { "held" } else { "faulty" }, spent, faults)
        }
    }
}
