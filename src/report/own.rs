//! What gouji keeps in its outputs for the next run: which findings it showed, what it corrected, and a digest
//! of the office's cells as it left them.
//!
//! It is stored as evidence in the record that [`super::patch`] writes; the office's own words stand on the
//! sheet of results, in the column 说明.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::conversation::Earlier;
use super::patch::{self, Record, Taken};
use super::results;
use super::sheet::{Content, NewCell, NewSheet, StyleKind};
use crate::finding::Outcome;
use crate::grid::{Cell, CellRef, Entry, Range, Sheet, Workbook, amount};

/// Evidence: a finding that was shown, as JSON.
pub(super) const FINDING: &str = "finding";
/// Evidence: a correction that was made, as JSON.
pub(super) const CHANGE: &str = "change";
/// The file that its office has sent, before gouji wrote anything into it: its SHA-256, a space, its name.
pub(super) const SOURCE: &str = "source";
/// Evidence: the digest of the office's cells.
pub(super) const DIGEST: &str = "digest";
/// Evidence: the digest of what the office had written into 说明 by then.
pub(super) const SAID: &str = "said";
/// Evidence: the digest of what stands on gouji's own sheet, but for what is asked of the office.
pub(super) const SHEET: &str = "sheet";
/// Evidence: the format of a file that could not be patched.
pub(super) const TYPESET: &str = "typeset";

/// What stands before the cell for what an office says of the corrections.
pub(super) const OPINION: [&str; 2] = ["单位意见", "Agreed"];

/// Words of answers (`templates/answers.toml`).
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    /// Phrases that refuse wherever they stand.
    refuses: Vec<String>,
    /// Words that refuse only as a whole answer, or a clause of one.
    refusals: Vec<String>,
    agrees: Vec<String>,
}

/// Whether an office's words about corrections refuse them.
fn refuses(words: &str) -> bool {
    static ANSWERS: OnceLock<Answers> = OnceLock::new();
    let answers = ANSWERS
        .get_or_init(|| toml::from_str(include_str!("../../templates/answers.toml")).unwrap_or_default());
    let mut words = words.to_lowercase().replace('’', "'");
    for agrees in &answers.agrees {
        words = words.replace(agrees.as_str(), "");
    }
    // a word in letters is one by itself, and not a part of another
    let is_of_word = |c: char| c.is_alphanumeric() || c == '\'';
    let plain: String = words.chars().map(|c| if is_of_word(c) { c } else { ' ' }).collect();
    let plain = format!(" {plain} ");
    let is_in = |refuses: &String| {
        let word = if refuses.is_ascii() { format!(" {refuses} ") } else { refuses.clone() };
        plain.contains(&word)
    };
    let mut clauses = words.split(|c: char| !is_of_word(c) && !c.is_whitespace()).map(str::trim);
    clauses.any(|clause| answers.refusals.iter().any(|refusal| refusal == clause))
        || answers.refuses.iter().any(is_in)
}

/// What an output of gouji's tells about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Own {
    /// Whether the office's cells are no longer as gouji left them.
    pub edited: bool,
    /// Whether what the office says in 说明 is not what it said before.
    pub answered: bool,
    /// Whether something else was written on gouji's own sheet, where nothing is asked.
    pub noted: bool,
    /// Whether corrections were made in it.
    pub corrected: bool,
    /// What the office wrote into 说明, by fingerprint.
    pub explanations: BTreeMap<String, String>,
    /// What the office wrote under 单位意见 of a corrected copy.
    pub opinion: Option<String>,
    /// The findings that it shows.
    pub findings: Vec<Earlier>,
    /// The file that it was made from: its SHA-256, a space, its name.
    pub source: Option<String>,
}

impl Own {
    /// Whether an office has worked on it and sent it back, so that it is a submission.
    pub fn is_returned(&self) -> bool {
        self.edited || self.answered || self.noted
    }

    /// The words by which the office refuses the corrections of a copy in which it has corrected nothing itself.
    pub fn refusal(&self) -> Option<&str> {
        self.opinion.as_deref().filter(|words| !self.edited && refuses(words))
    }

    /// Whether it may give way to a newer one: what is written into 说明 is carried over, nothing else is.
    pub fn may_be_replaced(&self) -> bool {
        !self.edited && !self.noted
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
    let texts = patch::own_texts(bytes).unwrap_or_default();
    Some(own_of(&record, &texts, book))
}

/// The same of a marked workbook that was saved as another format, from what was taken out of it.
pub fn own_taken(taken: &Taken, book: &Workbook) -> Own {
    own_of(&taken.record, &taken.texts, book)
}

fn own_of(record: &Record, texts: &[(CellRef, String)], book: &Workbook) -> Own {
    let left = evidence(record, DIGEST).next();
    let findings = findings(record);
    let Told { explanations, opinion, words } = told(texts, &findings);
    let noted = evidence(record, SHEET).next().is_some_and(|left| left != said_on(words));
    let before = evidence(record, SAID).next().map_or_else(|| said(&BTreeMap::new(), &[]), str::to_owned);
    let edited = left != Some(digest(book).as_str());
    let answered = said(&explanations, &findings) != before;
    let corrected = evidence(record, CHANGE).next().is_some();
    let source = evidence(record, SOURCE).next().map(str::to_owned);
    Own { edited, answered, noted, corrected, explanations, opinion, findings, source }
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
        Ok(Some(record)) => {
            let texts = patch::own_texts(bytes).unwrap_or_default();
            told(&texts, &findings(&record)).explanations
        }
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

/// The file that an output was made from, where nobody has changed the office's cells since.
pub(super) fn source(record: &Record, book: &Workbook) -> Option<String> {
    let untouched = evidence(record, DIGEST).next() == Some(digest(book).as_str());
    evidence(record, SOURCE).next().filter(|_| untouched).map(str::to_owned)
}

/// How a file is named as the source of an output.
pub fn named(outcome: &Outcome) -> String {
    format!("{} {}", outcome.sha256, outcome.file)
}

fn findings(record: &Record) -> Vec<Earlier> {
    evidence(record, FINDING).filter_map(|json| serde_json::from_str(json).ok()).collect()
}

/// What stands on the first of gouji's sheets.
struct Told {
    /// Explanations by fingerprint: a row is known by its number, wherever sorting has put it.
    explanations: BTreeMap<String, String>,
    /// What stands beside 单位意见.
    opinion: Option<String>,
    /// All other texts.
    words: Vec<String>,
}

fn told(texts: &[(CellRef, String)], findings: &[Earlier]) -> Told {
    let by_row: BTreeMap<usize, &str> = findings.iter().map(|f| (f.row, f.fingerprint.as_str())).collect();
    let numbers = texts.iter().filter(|(cell, _)| cell.col == results::NUMBER);
    let rows: BTreeMap<u32, &str> = numbers
        .filter_map(|(cell, text)| Some((cell.row, *by_row.get(&text.trim().parse().ok()?)?)))
        .collect();
    let asked = texts.iter().find(|(cell, text)| cell.col == 0 && OPINION.contains(&text.trim()));
    let beside = |(label, _): &(CellRef, String)| {
        let mut texts = texts.iter().filter(|(cell, text)| cell.row == label.row && !text.trim().is_empty());
        texts.find(|(cell, _)| cell.col > label.col).map(|(_, text)| text.trim().to_owned())
    };
    let mut told = Told { explanations: BTreeMap::new(), opinion: asked.and_then(beside), words: Vec::new() };
    for (cell, text) in texts {
        match rows.get(&cell.row).filter(|_| cell.col == results::EXPLANATION) {
            Some(_) if text.trim().is_empty() => {}
            Some(of) => drop(told.explanations.insert((*of).to_owned(), text.trim().to_owned())),
            None => told.words.push(text.clone()),
        }
    }
    told
}

/// A digest of texts in whatever order, for rows can be sorted; programs do not agree on the spaces that they keep.
fn said_on(texts: impl IntoIterator<Item = String>) -> String {
    let plain = |mut text: String| {
        text.retain(|c| !c.is_whitespace());
        text
    };
    let mut texts: Vec<String> = texts.into_iter().map(plain).filter(|t| !t.is_empty()).collect();
    texts.sort_unstable();
    short_digest(texts)
}

/// The evidence of what gouji writes on a sheet of its own.
pub(super) fn written_on(sheet: &NewSheet) -> (String, String) {
    let cells = sheet.rows.iter().flat_map(|r| &r.cells).filter(|c| c.style != StyleKind::Input);
    let text = |cell: &NewCell| match &cell.content {
        Content::Blank => String::new(),
        Content::Text(text) | Content::Number(text) | Content::Link { text, .. } => text.clone(),
    };
    (SHEET.to_owned(), said_on(cells.map(text)))
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
        std::iter::once(sheet.name.clone()).chain(seen(sheet).filter_map(|(at, cell)| words(at, cell)))
    }))
}

/// The cells that a reader sees: not those that lie under a merge.
pub(super) fn seen(sheet: &Sheet) -> impl Iterator<Item = &(CellRef, Cell)> {
    let mut merges: Vec<&Range> = sheet.merges.iter().collect();
    merges.sort_by_key(|m| std::cmp::Reverse(m.first.row));
    // Cells come row by row; those merges are looked at that reach their row.
    let (mut row, mut here): (Option<u32>, Vec<&Range>) = (None, Vec::new());
    sheet.cells.iter().filter(move |(at, _)| {
        if row != Some(at.row) {
            row = Some(at.row);
            here.extend(std::iter::from_fn(|| merges.pop_if(|m| m.first.row <= at.row)));
            here.retain(|m| m.last.row >= at.row);
        }
        !here.iter().any(|m| m.contains(*at) && m.first != *at)
    })
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

#[cfg(test)]
mod tests {
    use super::refuses;

    #[test]
    fn an_answer_refuses_only_where_it_says_so() {
        for words in [
            "不同意",
            "不同意，以原表为准",
            "否",
            "有异议，D12 以台账为准",
            "更正的数不对",
            "No",
            "no.",
            "No, D12 is 5",
            "We do not agree",
            "the corrections are wrong",
        ] {
            assert!(refuses(words), "{words}");
        }
        for words in [
            "同意",
            "没有异议",
            "同意，没有误差",
            "同意。是否需要再报纸质件？",
            "此表不对外公开，同意更正",
            "Agreed",
            "No further comments",
            "no objection",
            "Nothing wrong with that",
            "noted",
        ] {
            assert!(!refuses(words), "{words}");
        }
    }
}
