//! TEMPORARY stand-in, to be replaced by the layer that is being written; take yours in a conflict.
#![allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
use crate::finding::*;
use crate::grid::*;
use calamine::{Data, Reader, open_workbook_auto_from_rs};
#[derive(Debug, Clone)]
pub struct Limits {
    pub file_bytes: u64,
}
impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 50 << 20 }
    }
}
pub struct Source<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
    pub password: Option<&'a str>,
}
#[derive(Debug)]
pub struct Read {
    pub book: Workbook,
    pub format: Format,
}
#[derive(Debug, Clone, Copy)]
pub enum Format {
    Xlsx,
}
impl Format {
    pub fn as_str(self) -> &'static str {
        "xlsx"
    }
    pub fn can_patch(self) -> bool {
        true
    }
}
pub fn too_large(_: u64, _: &Limits) -> Failure {
    Failure { kind: FailureKind::TooLarge, message: Text::new("", "") }
}
pub fn read(source: &Source, _: &Limits) -> Result<Read, Failure> {
    let mut book = Workbook { formats: vec!["General".into()], ..Default::default() };
    let mut wb = open_workbook_auto_from_rs(std::io::Cursor::new(source.bytes.to_vec())).map_err(|e| {
        Failure { kind: FailureKind::Damaged, message: Text::new(e.to_string(), e.to_string()) }
    })?;
    for n in wb.sheet_names() {
        let mut s = Sheet { name: n.clone(), ..Default::default() };
        let Ok(r) = wb.worksheet_range(&n) else { continue };
        let (r0, c0) = r.start().unwrap_or((0, 0));
        for (i, j, d) in r.used_cells() {
            let entry = match d {
                Data::Int(i) => Entry::Number((*i).into()),
                Data::Float(f) => Entry::Number(amount::from_f64(*f).unwrap_or_default()),
                Data::String(s) => Entry::Text(s.as_str().into()),
                _ => continue,
            };
            s.cells
                .push((CellRef::new(r0 + i as u32, c0 + j as u32), Cell { entry, formula: None, format: 0 }));
        }
        if let calamine::Sheets::Xlsx(x) = &mut wb {
            for d in x.worksheet_merge_cells(&n).transpose().ok().flatten().unwrap_or_default() {
                s.merges.push(Range::new(CellRef::new(d.start.0, d.start.1), CellRef::new(d.end.0, d.end.1)));
            }
        }
        s.sort();
        book.sheets.push(s);
    }
    Ok(Read { book, format: Format::Xlsx })
}
