//! 问题清单: every finding of every submission, worst first, to be filtered, each with a link to the marked workbook.

use super::{cell, cut, fit, heads};
use crate::finding::Severity;
use crate::report::summary::{Archive, Entry, Item, Overview};
use crate::report::text::severity_name;
use rust_xlsxwriter::{Color, Format, FormatUnderline, Formula, Url, Worksheet, XlsxError};

const COLUMNS: [(&str, f64); 8] = [
    ("单位", 20.0),
    ("级别", 6.0),
    ("规则", 6.5),
    ("位置", 15.0),
    ("问题", 48.0),
    ("处理建议", 34.0),
    ("单位的说明", 12.0),
    ("标注好的工作簿", 26.0),
];
/// The column of links.
const LINK: u16 = 7;
/// Rows of which the writer may hold something until the end: their height and their link. Below them a link is a
/// formula, which is written as it comes, and the height is left to the program that opens the sheet.
const HELD: u32 = 5_000;
/// Characters of a text in a formula.
const LONGEST_LITERAL: usize = 255;
/// Rows that a sheet may have.
const MOST_ROWS: u32 = 1_048_000;

/// Writes the sheet.
pub(in crate::report::summary) fn findings(
    page: &mut Worksheet,
    all: &Overview,
    archive: &dyn Archive,
) -> Result<(), XlsxError> {
    heads(page, 0, &COLUMNS, all)?;
    let mut list = List { all, page, row: 1, cell: cell(), link_look: link(), looks: looks() };
    for i in all.worst_first() {
        let Some(entry) = all.entries.get(i) else { continue };
        let file = all.unused(i, all.lang).map_or(entry.file.clone(), |why| format!("{}　{why}", entry.file));
        list.entry(&Sent { office: all.name_of(i), file, entry }, &archive.details(&entry.file).findings)?;
    }
    let last = list.row.max(2) - 1;
    page.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn link() -> Format {
    cell().set_font_color(0x05_63C1).set_underline(FormatUnderline::Single)
}

fn looks() -> [(Severity, Format); 3] {
    let of = |colour: u32| cell().set_background_color(Color::RGB(colour));
    [(Severity::Error, of(0xFF_C7CE)), (Severity::Warning, of(0xFF_EB9C)), (Severity::Info, of(0xDD_EBF7))]
}

struct List<'a> {
    all: &'a Overview,
    page: &'a mut Worksheet,
    row: u32,
    cell: Format,
    link_look: Format,
    looks: [(Severity, Format); 3],
}

/// A submission as the list names it.
struct Sent<'a> {
    office: &'a str,
    /// Its path, and why it does not count.
    file: String,
    entry: &'a Entry,
}

impl List<'_> {
    fn entry(&mut self, sent: &Sent, findings: &[Item]) -> Result<(), XlsxError> {
        if let Some(error) = &sent.entry.error {
            let failed = Item {
                code: String::new(),
                severity: Severity::Error,
                place: String::new(),
                cells: String::new(),
                message: error.clone(),
                advice: String::new(),
                confirmed: None,
                explained: None,
                relations: Vec::new(),
                sums: Vec::new(),
            };
            self.line(sent, &failed, self.all.word("无法审核"))?;
        }
        let mut order: Vec<&Item> = findings.iter().collect();
        order.sort_by_key(|f| std::cmp::Reverse(f.severity));
        for finding in order {
            self.line(sent, finding, severity_name(finding.severity, self.all.lang))?;
        }
        Ok(())
    }

    fn line(&mut self, sent: &Sent, item: &Item, grade: &str) -> Result<(), XlsxError> {
        if self.row >= MOST_ROWS {
            return Ok(());
        }
        let look = self.looks.iter().find(|(s, _)| *s == item.severity).map_or(&self.cell, |(_, f)| f);
        let (page, row) = (&mut *self.page, self.row);
        let (cells, said) = (item.at(self.all.lang), item.said().unwrap_or(""));
        let texts = [sent.office, grade, &item.code, &cells, &item.message, &item.advice, said, &sent.file];
        let widths = COLUMNS.iter().map(|(_, width)| *width);
        if row <= HELD {
            fit(page, row, &texts.into_iter().zip(widths).collect::<Vec<_>>())?;
        }
        page.write_string_with_format(row, 0, cut(sent.office), &self.cell)?;
        page.write_string_with_format(row, 1, grade, look)?;
        page.write_string_with_format(row, 2, &item.code, &self.cell)?;
        page.write_string_with_format(row, 3, cut(&cells), &self.cell)?;
        page.write_string_with_format(row, 4, cut(&item.message), &self.cell)?;
        page.write_string_with_format(row, 5, cut(&item.advice), &self.cell)?;
        page.write_string_with_format(row, 6, cut(said), &self.cell)?;
        self.link(sent)?;
        self.row += 1;
        Ok(())
    }

    /// The marked workbook; where there is none, or its path is one that no link can hold, the file itself by name.
    fn link(&mut self, sent: &Sent) -> Result<(), XlsxError> {
        let shown = cut(&sent.file);
        if let Some(path) = sent.entry.annotated.as_ref().filter(|p| !p.contains('#')) {
            let done = if self.row <= HELD {
                let url = Url::new(format!("file:///{path}")).set_text(&shown);
                self.page.write_url_with_format(self.row, LINK, url, &self.link_look).is_ok()
            } else if let Some(formula) = hyperlink(path, &shown) {
                self.page.write_formula_with_format(self.row, LINK, formula, &self.link_look)?;
                true
            } else {
                false
            };
            if done {
                return Ok(());
            }
        }
        self.page.write_string_with_format(self.row, LINK, shown, &self.cell)?;
        Ok(())
    }
}

/// A link as a formula, unless it is longer than a formula's texts may be.
fn hyperlink(path: &str, shown: &str) -> Option<Formula> {
    let literal = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let fits = |text: &str| text.encode_utf16().count() <= LONGEST_LITERAL;
    let formula = || Formula::new(format!("HYPERLINK({},{})", literal(path), literal(shown)));
    (fits(path) && fits(shown)).then(|| formula().set_result(shown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Limits, Source, read};
    use crate::report::summary::Details;
    use std::collections::BTreeMap;

    #[test]
    fn every_finding_has_its_link_however_many_there_are() {
        let finding = Item {
            code: "A303".to_owned(),
            severity: Severity::Error,
            place: String::new(),
            cells: String::new(),
            message: "不平".to_owned(),
            advice: String::new(),
            confirmed: None,
            explained: None,
            relations: Vec::new(),
            sums: Vec::new(),
        };
        let details = Details { findings: vec![finding; HELD as usize + 1], ..Details::default() };
        let annotated = Some("annotated/甲\"乡.审核.xlsx".to_owned());
        let entry = Entry { file: "甲\"乡.xlsx".to_owned(), annotated, ..Entry::default() };
        let archive = BTreeMap::from([(entry.file.clone(), details)]);
        let all = Overview { entries: vec![entry], ..Overview::default() };
        let mut book = rust_xlsxwriter::Workbook::new();
        findings(book.add_worksheet_with_constant_memory().unwrap(), &all, &archive).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let read = read(&Source { name: "", bytes: &bytes }, &Limits::default()).unwrap();
        let sheet = read.book.sheets.first().unwrap();
        let formulas: Vec<&str> = sheet.cells.iter().filter_map(|(_, c)| c.formula.as_deref()).collect();
        assert_eq!(formulas, ["HYPERLINK(\"annotated/甲\"\"乡.审核.xlsx\",\"甲\"\"乡.xlsx\")"]);
        let last = sheet.cells.iter().rfind(|(at, _)| at.col == u32::from(LINK));
        assert_eq!(last.map(|(at, _)| at.row), Some(HELD + 1));
    }
}
