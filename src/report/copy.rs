//! An office's workbook as a plain copy in xlsx, for formats that cannot be patched; marks are then put on the
//! copy as on any other workbook.
//!
//! Sheets of documents and text files may have names that xlsx does not allow: they get the nearest allowed
//! one, and [`Copy::name`] says which.

use std::collections::BTreeMap;

use rust_xlsxwriter::XlsxError;
use unicode_width::UnicodeWidthStr;

use super::own::seen;
use super::typeset::{self, OfficeCell, OfficeSheet, OfficeValue};
use crate::grid::{Cell, Entry, Range, Sheet, Visibility, Workbook, amount, formula};

/// Longest text that a cell of xlsx holds.
const LONGEST: usize = 32_767;
/// Columns of a copy are at least and at most so many characters wide.
const NARROWEST: usize = 9;
const WIDEST: usize = 40;

/// A plain copy.
pub(super) struct Copy {
    pub(super) bytes: Vec<u8>,
    /// Names of the copy's sheets by those of the original.
    names: BTreeMap<String, String>,
}

impl Copy {
    pub(super) fn of(book: &Workbook) -> Result<Self, XlsxError> {
        let mut names = BTreeMap::new();
        let mut sheets = Vec::new();
        for sheet in &book.sheets {
            let name = free_name(&sheet.name, &names);
            names.insert(sheet.name.clone(), name.clone());
            sheets.push(office_sheet(book, sheet, name));
        }
        if sheets.iter().all(|s| s.hidden)
            && let Some(first) = sheets.first_mut()
        {
            first.hidden = false;
        }
        Ok(Self { bytes: typeset::write(&sheets)?, names })
    }

    /// What a sheet of the original is called in the copy.
    pub(super) fn name<'n>(&'n self, sheet: &'n str) -> &'n str {
        self.names.get(sheet).map_or(sheet, String::as_str)
    }
}

/// An allowed name that no other sheet has.
fn free_name(wanted: &str, taken: &BTreeMap<String, String>) -> String {
    let clean: String = wanted.chars().filter(|c| !"[]:*?/\\".contains(*c) && !c.is_control()).collect();
    let clean = clean.trim_matches('\'').trim();
    let base = if clean.is_empty() || clean.eq_ignore_ascii_case("history") { "表" } else { clean };
    let is_free = |name: &str| taken.values().all(|t| t.to_lowercase() != name.to_lowercase());
    let cut = |units: usize| {
        let mut used = 0;
        let fits = |c: &char| {
            used += c.len_utf16();
            used <= units
        };
        base.chars().take_while(fits).collect::<String>()
    };
    let numbered = (2..u32::MAX).map(|n| format!("{} ({n})", cut(24)));
    std::iter::once(cut(31)).chain(numbered).find(|n| is_free(n)).unwrap_or_default()
}

fn office_sheet(book: &Workbook, sheet: &Sheet, name: String) -> OfficeSheet {
    let seen = seen(sheet);
    let cells = seen.map(|(at, cell)| (*at, office_cell(book, cell))).collect();
    let widths = if sheet.widths.is_empty() { fitting(sheet) } else { stated(sheet) };
    let hidden = sheet.visibility == Visibility::Hidden;
    OfficeSheet { name, cells, merges: apart(&sheet.merges), widths, hidden }
}

fn stated(sheet: &Sheet) -> BTreeMap<u32, f64> {
    let columns = |first: u32, last: u32| first..=last.min(first.saturating_add(255));
    let widths = sheet.widths.iter();
    widths
        .flat_map(|&(first, last, w)| columns(first, last).map(move |col| (col, w.clamp(0.0, 255.0))))
        .collect()
}

/// Widths that show what stands in each column, where the format states none; texts wrap at some point.
fn fitting(sheet: &Sheet) -> BTreeMap<u32, f64> {
    let mut widths: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, cell) in &sheet.cells {
        let wide = sheet.merges.iter().any(|m| m.contains(*at) && m.width() > 1);
        let text = if wide { None } else { cell.entry.raw() };
        let needed = text.iter().flat_map(|t| t.lines()).map(|l| l.width_cjk() + 2).max().unwrap_or(0);
        let width = widths.entry(at.col).or_insert(NARROWEST);
        *width = (*width).max(needed.min(WIDEST));
    }
    widths.into_iter().map(|(col, width)| (col, f64::from(width as u32))).collect()
}

/// Merges that do not lie on one another; a damaged file may have such.
fn apart(merges: &[Range]) -> Vec<Range> {
    let mut kept: Vec<Range> = Vec::new();
    for merge in merges.iter().filter(|m| m.first != m.last) {
        if kept.iter().all(|k| !k.overlaps(merge)) {
            kept.push(*merge);
        }
    }
    kept
}

fn office_cell(book: &Workbook, cell: &Cell) -> OfficeCell {
    let value = match (&cell.formula, &cell.entry) {
        // Only formulas that surely parse: a program refuses a workbook for one that does not.
        (Some(text), Entry::Number(n)) if formula::parse(text).is_some() => {
            OfficeValue::Formula { text: text.to_string(), cached: amount::show(*n) }
        }
        (_, Entry::Number(n)) => OfficeValue::Number(amount::show(*n)),
        (_, entry) => match entry.raw() {
            Some(text) => OfficeValue::Text(shortened(&text)),
            None => OfficeValue::Blank,
        },
    };
    let format = book.formats.get(usize::from(cell.format)).filter(|f| !f.eq_ignore_ascii_case("general"));
    OfficeCell { value, format: format.cloned() }
}

fn shortened(text: &str) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.len_utf16();
        used <= LONGEST
    };
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_xlsx_refuses_are_mended() {
        let mut taken = BTreeMap::new();
        for (name, expected) in [("a/b", "ab"), ("AB", "AB (2)"), ("", "表"), ("'x'", "x")] {
            let free = free_name(name, &taken);
            assert_eq!(free, expected);
            taken.insert(name.to_owned(), free);
        }
        assert_eq!(free_name(&"长".repeat(40), &taken).chars().count(), 31);
    }

    #[test]
    fn merges_on_top_of_one_another_are_left_out() {
        let merges: Vec<Range> =
            ["A1:B2", "B2:C3", "D1", "D4:E4"].iter().map(|m| m.parse().unwrap()).collect();
        assert_eq!(apart(&merges), vec!["A1:B2".parse().unwrap(), "D4:E4".parse().unwrap()]);
    }
}
