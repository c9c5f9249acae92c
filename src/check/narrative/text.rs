//! The text of a report: its paragraphs, each with its place and the section that it stands in.
//!
//! Comes from a workbook's or document's rows with one text; the cells of the form's tables are none of it.

use super::flow::{Sentence, sentences};
use crate::check::Submission;
use crate::finding::{Place, Words};
use crate::form::Form;
use crate::grid::label::{fold_width, is_space, normalise};
use crate::grid::{Entry, Sheet, Visibility, Workbook};
use std::ops::Range;

/// A report's text.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its paragraphs, in order.
    pub(super) paragraphs: Vec<Paragraph>,
    /// Whether it stands in the audited workbook itself, so that places of it are cells of that workbook.
    pub(super) own: bool,
}

/// A paragraph.
#[derive(Debug, Clone)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) place: Option<Place>,
    /// Where its text begins in that of its place.
    pub(super) offset: usize,
    /// Number of its section, from 1; 0 in front of the first.
    pub(super) section: usize,
    /// Whether it is the section's heading (its text is then what stands behind the heading's words).
    pub(super) heading: bool,
    pub(super) sentences: Vec<Sentence>,
}

impl Report {
    /// The text of a file given beside the workbook.
    pub fn of_file(book: &Workbook, form: &Form) -> Self {
        let rows = book.sheets.iter().flat_map(|s| rows(s, &[]));
        Self::new(rows.map(|(place, text)| (Some(place), text)), form, false)
    }

    /// The text around the tables of the workbook that is audited.
    pub fn of_submission(s: Submission) -> Self {
        let visible =
            s.book.sheets.iter().enumerate().filter(|(_, sheet)| sheet.visibility == Visibility::Visible);
        let rows = visible.flat_map(|(i, sheet)| rows(sheet, &table_rows(s, i)));
        let prose = rows.filter(|(_, text)| is_prose(text, s.form));
        Self::new(prose.map(|(place, text)| (Some(place), text)), s.form, true)
    }

    /// A text by itself, a paragraph a line.
    pub fn of_text(text: &str, form: &Form) -> Self {
        Self::new(text.lines().map(|l| (None, l.to_owned())), form, false)
    }

    fn new(texts: impl Iterator<Item = (Option<Place>, String)>, form: &Form, own: bool) -> Self {
        let (mut section, mut paragraphs) = (0, Vec::new());
        for (place, text) in texts {
            for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
                let (heading, rest) = match heading(line, section, form) {
                    Some((number, rest)) => {
                        section = number;
                        (true, rest)
                    }
                    None => (false, line),
                };
                let sentences = sentences(rest);
                let (place, offset) = (place.clone(), offset(&text, rest));
                paragraphs.push(Paragraph {
                    text: rest.to_owned(),
                    place,
                    offset,
                    section,
                    heading,
                    sentences,
                });
            }
        }
        Self { paragraphs, own }
    }

    /// The words at these bytes of a paragraph, from the first to the last.
    pub(super) fn words(&self, paragraph: usize, marks: &[Range<usize>]) -> Option<Words> {
        let p = self.paragraphs.get(paragraph)?;
        let from = marks.iter().map(|m| m.start).min().unwrap_or_default();
        let to = marks.iter().map(|m| m.end).max().unwrap_or_default();
        Some(Words { place: p.place.clone()?, bytes: p.offset + from..p.offset + to })
    }

    /// Whether nothing is there to read.
    pub fn is_empty(&self) -> bool {
        self.paragraphs.iter().all(|p| p.sentences.is_empty())
    }

    /// Whether a section has a heading.
    pub(super) fn has_section(&self, number: usize) -> bool {
        self.paragraphs.iter().any(|p| p.section == number && p.heading)
    }

    /// The paragraph in which a section says something, else its heading.
    pub(super) fn place_of(&self, number: usize) -> Option<usize> {
        let of_section = |says: bool| {
            let is = move |p: &Paragraph| p.section == number && (!says || !p.sentences.is_empty());
            self.paragraphs.iter().position(is)
        };
        of_section(true).or_else(|| of_section(false))
    }

    /// The words of a section, without spaces.
    pub(super) fn section(&self, number: usize) -> String {
        let parts = self.paragraphs.iter().filter(|p| p.section == number);
        parts.flat_map(|p| p.text.chars()).map(fold_width).filter(|c| !is_space(*c)).collect()
    }
}

/// Whether a paragraph is a heading of its own, such as （二）依申请公开情况: short, numbered, without a full stop.
pub(super) fn is_title(text: &str) -> bool {
    let numbered = text.starts_with(['(', '（', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    numbered && text.chars().count() <= 20 && !text.contains(['。', '，', ',', '；'])
}

/// Where a part of a text begins in it.
fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// Rows with one text and nothing else.
fn rows(sheet: &Sheet, tables: &[(u32, u32)]) -> Vec<(Place, String)> {
    let mut out = Vec::new();
    let mut cells = sheet.cells.iter().filter(|(_, c)| !c.entry.is_blank()).peekable();
    while let Some((at, cell)) = cells.next() {
        let mut alone = true;
        while cells.peek().is_some_and(|(next, _)| next.row == at.row) {
            cells.next();
            alone = false;
        }
        let in_table = tables.iter().any(|(a, b)| (*a..=*b).contains(&at.row));
        if let (Entry::Text(text), true, false) = (&cell.entry, alone, in_table) {
            out.push((Place { sheet: sheet.name.clone(), cell: *at }, text.to_string()));
        }
    }
    out
}

/// Rows that the tables of the form take up on a sheet.
fn table_rows(s: Submission, sheet: usize) -> Vec<(u32, u32)> {
    let mut spans: Vec<(usize, u32, u32)> = Vec::new();
    for (field, reading) in s.form.fields.iter().zip(&s.filled.readings) {
        let Some(row) = reading.place.filter(|p| p.sheet == sheet).map(|p| p.at.row) else { continue };
        let key = field.table * 1000 + field.block;
        match spans.iter_mut().find(|(k, ..)| *k == key) {
            Some((_, from, to)) => (*from, *to) = (row.min(*from), row.max(*to)),
            None => spans.push((key, row, row)),
        }
    }
    spans.into_iter().map(|(_, a, b)| (a, b)).collect()
}

/// Whether a row's text is prose or a section's heading, rather than a band or header of a table.
fn is_prose(text: &str, form: &Form) -> bool {
    let plain = plain(text);
    let length = plain.chars().count();
    let has_point = || length >= 8 && plain.contains(['。', ',', ';']);
    let is_heading = || (0..form.narrative.sections.len()).any(|s| heading(text, s, form).is_some());
    let short_answer = length <= 12;
    (short_answer || has_point() || is_heading()) && !is_printed(text, form)
}

/// Whether a text is a label of the form.
fn is_printed(text: &str, form: &Form) -> bool {
    let words = normalise(text);
    let mut blocks = form.tables.iter().flat_map(|t| &t.blocks);
    blocks.any(|b| {
        let lines = b.rows.iter().chain(&b.cols).flat_map(|l| &l.path);
        b.corner.iter().chain(&b.band).chain(lines).any(|l| l.is(&words))
    })
}

fn plain(text: &str) -> String {
    text.chars().map(fold_width).filter(|c| !is_space(*c)).collect()
}

/// A section's heading: its number, and what stands in the same paragraph behind it.
fn heading<'a>(line: &'a str, current: usize, form: &Form) -> Option<(usize, &'a str)> {
    let line = line.trim_start();
    let number = "一二三四五六七八九".chars().position(|d| line.starts_with(d))? + 1;
    let mark = line.chars().nth(1)?;
    if !matches!(mark, '、' | '.' | '．' | ',' | '，' | '：' | ' ') || number <= current {
        return None;
    }
    let word = form.narrative.sections.get(number - 1)?;
    let start =
        line.find(word.as_str()).filter(|i| line.get(..*i).is_some_and(|t| t.chars().count() <= 18))?;
    let after = start + word.len();
    let tail = line.get(after..)?;
    let ends = tail.char_indices().find(|(_, c)| "。，；：: \u{3000}\t".contains(*c));
    let end = match ends {
        Some((i, c)) if tail.get(..i).is_some_and(|t| t.chars().count() <= 18) => after + i + c.len_utf8(),
        None if tail.chars().count() <= 18 => line.len(),
        _ => after + title_end(tail),
    };
    Some((number, run_in(line, after, end)))
}

/// A heading without any mark at its end: "六、其他需要报告的事项无".
fn run_in(line: &str, after: usize, end: usize) -> &str {
    let title = line.get(after..end).unwrap_or_default();
    let rest = line.get(end..).unwrap_or_default();
    if !rest.trim().is_empty() {
        return rest;
    }
    line.get(after + title_end(title)..).unwrap_or_default().trim_start_matches(['。', '：', ':', ' '])
}

/// Where the words of a title end.
fn title_end(text: &str) -> usize {
    let ends = ["情况", "事项", "措施"].iter().filter_map(|w| text.rfind(w).map(|i| i + w.len()));
    ends.filter(|i| text.get(..*i).is_some_and(|t| t.chars().count() <= 18)).max().unwrap_or(text.len())
}
