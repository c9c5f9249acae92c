//! What gouji keeps in its outputs for the next run: which findings it showed, what it corrected, and a digest
//! of the office's cells as it left them.
//!
//! It is stored as evidence in the record that [`super::patch`] writes; the office's own words stand on the
//! sheet of results, in the column 说明.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::conversation::Earlier;
use super::patch::{self, Record};
use super::results;
use crate::grid::{Cell, CellRef, Entry, Sheet, Workbook, amount};

/// Evidence: a finding that was shown, as JSON.
pub(super) const FINDING: &str = "finding";
/// Evidence: a correction that was made, as JSON.
pub(super) const CHANGE: &str = "change";
/// The file that corrections were made in first: its SHA-256, a space, its name.
pub(super) const SOURCE: &str = "source";
/// Evidence: the digest of the office's cells.
pub(super) const DIGEST: &str = "digest";
/// Evidence: the digest of what the office had written into 说明 by then.
pub(super) const SAID: &str = "said";
/// Evidence: the format of a file that could not be patched.
pub(super) const TYPESET: &str = "typeset";

/// What an output of gouji's tells about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Own {
    /// Whether the office's cells are no longer as gouji left them.
    pub edited: bool,
    /// Whether what the office says in 说明 is not what it said before.
    pub answered: bool,
    /// What the office wrote into 说明, by fingerprint.
    pub explanations: BTreeMap<String, String>,
    /// The findings that it shows.
    pub findings: Vec<Earlier>,
}

impl Own {
    /// Whether an office has worked on it and sent it back, so that it is a submission.
    pub fn is_returned(&self) -> bool {
        self.edited || self.answered
    }

    /// The findings that it shows, if the office has edited it since: then some of them may be corrected.
    pub fn before_editing(&self) -> Option<&[Earlier]> {
        (self.edited && !self.findings.is_empty()).then_some(&self.findings)
    }
}

/// Reads what gouji left in a workbook; none if gouji did not write it. `book` is what the workbook holds
/// without gouji's own sheets.
pub fn own_output(bytes: &[u8], book: &Workbook) -> Option<Own> {
    let record = patch::record(bytes).ok().flatten()?;
    let left = evidence(&record, DIGEST).next();
    let (explanations, findings) = (told(bytes, &record), findings(&record));
    let before = evidence(&record, SAID).next().map_or_else(|| said(&BTreeMap::new(), &[]), str::to_owned);
    let edited = left != Some(digest(book).as_str());
    let answered = said(&explanations, &findings) != before;
    Some(Own { edited, answered, explanations, findings })
}

/// A digest of what is said about these findings.
pub(super) fn said(explanations: &BTreeMap<String, String>, findings: &[Earlier]) -> String {
    let shown = |of: &str| findings.iter().any(|f| f.fingerprint == of);
    let said = explanations.iter().filter(|(of, _)| shown(of));
    short_digest(said.flat_map(|(of, text)| [of.as_str(), text.trim()]))
}

/// What the office wrote into 说明 of a workbook that gouji marked, by fingerprint.
pub fn explanations(bytes: &[u8]) -> BTreeMap<String, String> {
    match patch::record(bytes) {
        Ok(Some(record)) => told(bytes, &record),
        _ => BTreeMap::new(),
    }
}

/// The findings that an earlier run showed in this workbook; none if gouji did not write it.
pub fn earlier(bytes: &[u8]) -> Option<Vec<Earlier>> {
    patch::record(bytes).ok().flatten().map(|record| findings(&record))
}

pub(super) fn evidence<'r>(record: &'r Record, name: &'r str) -> impl Iterator<Item = &'r str> {
    record.evidence.iter().filter(move |(k, _)| k == name).map(|(_, v)| v.as_str())
}

fn findings(record: &Record) -> Vec<Earlier> {
    evidence(record, FINDING).filter_map(|json| serde_json::from_str(json).ok()).collect()
}

/// Explanations on the first of gouji's sheets: a row is known by its number, wherever sorting has put it.
fn told(bytes: &[u8], record: &Record) -> BTreeMap<String, String> {
    let by_row: BTreeMap<usize, String> =
        findings(record).into_iter().map(|f| (f.row, f.fingerprint)).collect();
    let texts = patch::own_texts(bytes).unwrap_or_default();
    let mut rows: BTreeMap<u32, (Option<usize>, Option<String>)> = BTreeMap::new();
    for (cell, text) in texts {
        let row = rows.entry(cell.row).or_default();
        match cell.col {
            results::NUMBER => row.0 = text.trim().parse().ok(),
            results::EXPLANATION => row.1 = Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            _ => {}
        }
    }
    let said = rows.into_values().filter_map(|(number, text)| Some((by_row.get(&number?)?.clone(), text?)));
    said.collect()
}

/// A digest of what the office's cells say: numbers by value, texts without outer space, formulas by their
/// text, since their values follow. It survives saving by another program.
pub fn digest(book: &Workbook) -> String {
    let words = |at: &CellRef, cell: &Cell| {
        let words = match (&cell.formula, &cell.entry) {
            (Some(formula), _) => {
                let plain = formula.chars().filter(|c| !c.is_whitespace() && *c != '$');
                format!("={}", plain.collect::<String>().to_uppercase())
            }
            (None, Entry::Number(n)) => amount::show(*n),
            (None, entry) => entry.raw().unwrap_or_default().trim().replace("\r\n", "\n"),
        };
        (!words.is_empty()).then(|| format!("{at} {words}"))
    };
    short_digest(book.sheets.iter().flat_map(|sheet| {
        let seen = sheet.cells.iter().filter(|(at, _)| !is_unseen(sheet, *at));
        std::iter::once(sheet.name.clone()).chain(seen.filter_map(|(at, cell)| words(at, cell)))
    }))
}

/// Whether a cell lies under a merge, where no reader sees it.
pub(super) fn is_unseen(sheet: &Sheet, at: CellRef) -> bool {
    sheet.merges.iter().any(|m| m.contains(at) && m.first != at)
}

/// A digest of texts, told apart from one another; 16 hexadecimal digits.
pub(super) fn short_digest(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    // Hashing one long text costs less than hashing many short ones.
    let mut said = Vec::new();
    for text in texts {
        said.extend_from_slice(&(text.as_ref().len() as u64).to_le_bytes());
        said.extend_from_slice(text.as_ref().as_bytes());
    }
    hex(Sha256::digest(&said).get(..8).unwrap_or_default())
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(nibble + if nibble < 10 { b'0' } else { b'a' - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
