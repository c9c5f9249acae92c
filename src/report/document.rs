//! The annotated Word document: the office's own file with comments at the words and the table cells that are
//! wrong. Everything else in it stays as it was.

use super::annotate::{WriteError, Written, written};
use super::marks;
use super::patch::word::{self, Anchor, Note};
use crate::finding::{Finding, Lang, Outcome, Place, Words};
use crate::grid::CellRef;
use crate::ingest::{Limits, Origin, Stretch, origins};
use std::collections::BTreeMap;
use std::ops::Range;

/// What of an outcome a document is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// What is said of words: the document holds the report's text.
    pub words: bool,
    /// What is said of cells: the document holds the tables.
    pub cells: bool,
}

/// The document with comments where its outcome finds fault; none where it finds none in it.
///
/// # Errors
/// When the document cannot be patched.
pub fn annotate(
    input: &[u8],
    outcome: &Outcome,
    shown: Shown,
    lang: Lang,
    limits: &Limits,
) -> Result<Written, WriteError> {
    let done = word::comment(input, |main| {
        let origins = origins(main, limits).unwrap_or_default();
        let by_cell = origins.iter().map(|o| (o.cell, o)).collect();
        notes(outcome, shown, lang, &by_cell)
    })?;
    Ok(written(done, true, Vec::new()))
}

/// Comments in the order of the document.
fn notes(outcome: &Outcome, shown: Shown, lang: Lang, origins: &BTreeMap<CellRef, &Origin>) -> Vec<Note> {
    let mut out: Vec<(usize, Note)> = Vec::new();
    let mut cells: BTreeMap<CellRef, Vec<String>> = BTreeMap::new();
    for finding in &outcome.findings {
        let words = finding.words.as_ref().filter(|_| shown.words);
        if let Some((words, origin)) = words.and_then(|w| Some((w, origins.get(&w.place.cell)?))) {
            let on = anchor(words, origin);
            let text = marks::comment(finding, &words.place, outcome, lang);
            out.push((place_of(&on), Note { on, text }));
        }
        if shown.cells {
            for (place, said) in marks::comments(finding, own_cells(finding, words), outcome, lang) {
                cells.entry(place.cell).or_default().push(said);
            }
        }
    }
    for (cell, said) in cells {
        let Some(origin) = origins.get(&cell) else { continue };
        let on = Anchor::Paragraph(first(origin));
        out.push((place_of(&on), Note { on, text: said.join("\n") }));
    }
    out.sort_by_key(|(at, _)| *at);
    out.into_iter().map(|(_, note)| note).collect()
}

/// The cells of a finding, without that of the words themselves.
fn own_cells<'f>(finding: &'f Finding, words: Option<&'f Words>) -> impl Iterator<Item = &'f Place> {
    finding.cells.iter().filter(move |c| words.is_none_or(|w| w.place != **c))
}

fn place_of(anchor: &Anchor) -> usize {
    match anchor {
        Anchor::Words(at) => at.start,
        Anchor::Paragraph(at) => *at,
    }
}

/// Where a cell's content begins in the file.
fn first(origin: &Origin) -> usize {
    let words = origin.stretches.iter().find(|s| !s.source.is_empty()).map(|s| s.source.start);
    if origin.opens > 0 { origin.opens } else { words.unwrap_or_default() }
}

/// Where words stand in the file; the whole paragraph where there are none, or none that can be told.
fn anchor(words: &Words, origin: &Origin) -> Anchor {
    let whole = || Anchor::Paragraph(first(origin));
    let Range { start, end } = words.bytes.clone();
    let real = || origin.stretches.iter().filter(|s| !s.source.is_empty());
    let from = real().find(|s| start < s.at + s.len);
    let to = real().rfind(|s| s.at < end);
    match (from, to) {
        (Some(from), Some(to)) if start < end && from.at <= to.at => {
            let at = source(from, start.max(from.at), false)..source(to, end.min(to.at + to.len), true);
            if at.start < at.end { Anchor::Words(at) } else { whole() }
        }
        _ => whole(),
    }
}

/// A byte of a stretch in the file; of a reference that reads as one character, its beginning or its end.
fn source(stretch: &Stretch, at: usize, is_end: bool) -> usize {
    if stretch.source.len() == stretch.len {
        stretch.source.start + (at - stretch.at)
    } else if is_end {
        stretch.source.end
    } else {
        stretch.source.start
    }
}
