//! An office's workbook as a plain copy in xlsx, for formats that cannot be patched; marks are then put on the
//! copy as on any other workbook.
//!
//! Sheets of documents and text files may have names that xlsx does not allow: they get the nearest allowed
//! one, and [`Copy::name`] says which.

use std::collections::BTreeMap;

use rust_xlsxwriter::XlsxError;

use super::own::is_unseen;
use super::typeset::{self, OfficeCell, OfficeSheet, OfficeValue};
use crate::grid::{Cell, Entry, Range, Sheet, Visibility, Workbook, amount, formula};

/// Longest text that a cell of xlsx holds.
const LONGEST: usize = 32_767;

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
        Ok(Self { bytes: typeset::write(&[], &sheets, &[])?, names })
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
    let seen = sheet.cells.iter().filter(|(at, _)| !is_unseen(sheet, *at));
    let cells = seen.map(|(at, cell)| (*at, office_cell(book, cell))).collect();
    let mut widths = BTreeMap::new();
    for &(first, last, width) in &sheet.widths {
        widths
            .extend((first..=last.min(first.saturating_add(255))).map(|col| (col, width.clamp(0.0, 255.0))));
    }
    let hidden = sheet.visibility == Visibility::Hidden;
    OfficeSheet { name, cells, merges: apart(&sheet.merges), widths, hidden }
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
