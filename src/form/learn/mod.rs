//! A draft of a definition from a blank or filled workbook: tables, header trees, kinds, proposed relations.
//!
//! A draft is for its owner to read, mend and check; whatever was guessed is said beside it. What a submission
//! holds is found by `mapping`, not here: filled samples come as numbers by field.

mod doubts;
mod emit;
mod equal;
mod outline;
mod propose;
mod samples;
mod sheet;
mod stated;
mod whole;
mod words;

use crate::finding::Text;
use crate::grid::{Sheet, Visibility, Workbook};
use propose::Proposal;
use samples::Samples;
pub use samples::{Content, Sample};

/// A table as read from a sheet.
#[derive(Debug, Default)]
struct Draft {
    /// The sheet's name.
    name: String,
    /// What stands above the first header.
    titles: Vec<String>,
    /// Everything that stands above, between and below its tables.
    notes: Vec<String>,
    blocks: Vec<DraftBlock>,
    proposals: Vec<Proposal>,
}

/// Rows and columns under one header.
#[derive(Debug, Default)]
struct DraftBlock {
    band: Option<String>,
    corner: Option<String>,
    rows: Vec<DraftLine>,
    cols: Vec<DraftLine>,
    /// Whether samples leave cells blank in it.
    has_blanks: bool,
    /// Cells, by row and column, that every sample leaves blank on lines that have numbers.
    unfilled: Vec<(usize, usize)>,
    /// The first column, and the first behind the rows' labels.
    left: u32,
    first_value: u32,
    /// Columns that number the rows, give their units or repeat their labels.
    describing: Vec<u32>,
    /// Rows of the sheet that head others and hold no numbers.
    headings: Vec<u32>,
    /// How many numbers stand in it, formulas aside.
    figures: usize,
}

/// A row or column: its labels, where it stands on the sheet, and what samples show of its numbers.
#[derive(Debug, Clone, Default)]
struct DraftLine {
    id: String,
    path: Vec<String>,
    at: u32,
    /// How far its own label is indented.
    depth: u32,
    /// The run of rows that it stands in, between headings or blank rows.
    section: u32,
    /// The heading above it.
    heading: Option<String>,
    /// The number printed for it in a column or row of numbers (行次, 栏次).
    number: Option<u32>,
    /// The unit printed for it in a column of units.
    unit: Option<String>,
    /// Whether samples have decimals in it.
    fractional: bool,
    /// Whether samples have negative numbers in it.
    negative: bool,
    /// Whether every sample leaves all of it blank.
    holed: bool,
    /// What its numbers are rounded to, where a rate tells.
    rounded: Option<rust_decimal::Decimal>,
}

/// A draft and what its owner should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// The definition.
    pub text: String,
    /// What was seen and is not in it, and what in it is doubtful.
    pub doubts: Vec<Text>,
}

/// Drafts a definition from the visible sheets of a workbook; `None` where no table was found in it.
///
/// Samples are filled workbooks of the same form, each as the numbers of the fields that a draft without samples
/// has: equalities that hold on all of them are proposed, and proposals that they contradict are left out.
pub fn learn(book: &Workbook, id: &str, samples: &[Sample]) -> Option<Drafted> {
    let (read, left_out) = tables(book);
    let mut drafts = Vec::new();
    let mut filled = Vec::new();
    let mut samples = Samples::new(samples);
    for (mut draft, sheet) in read {
        emit::name_lines(&mut draft);
        let numbers: Vec<_> = draft.blocks.iter().map(|b| samples.next_block(b)).collect();
        for (block, numbers) in draft.blocks.iter_mut().zip(&numbers) {
            numbers.describe(block);
        }
        draft.proposals = propose::propose(&draft, sheet, &numbers);
        equal::mark_rounded(&mut draft);
        drafts.push(draft);
        filled.push(numbers);
    }
    let mut wholes = whole::across_sheets(&drafts, book);
    wholes.extend(whole::ratios(&mut drafts, book));
    wholes.extend(whole::shares(&mut drafts, &filled, &wholes));
    (!drafts.is_empty()).then(|| Drafted {
        text: emit::definition(&drafts, &wholes, id),
        doubts: doubts::doubts(&drafts, book, &left_out),
    })
}

/// The tables of the visible sheets, and the sheets that hold none although they look like it: of a workbook with
/// numbers those without any, such as its contents and notes, and sheets that say so by their name.
fn tables(book: &Workbook) -> (Vec<(Draft, &Sheet)>, Vec<String>) {
    let visible = book.sheets.iter().filter(|s| s.visibility == Visibility::Visible);
    let mut all: Vec<(Draft, &Sheet)> = visible.map(|s| (sheet::read(s), s)).collect();
    all.retain(|(draft, _)| !draft.blocks.is_empty());
    let figures = |draft: &Draft| draft.blocks.iter().map(|b| b.figures).sum::<usize>();
    let any = all.iter().any(|(draft, _)| figures(draft) > 0);
    let aside = |draft: &Draft| any && figures(draft) == 0 || words::is(&draft.name, &words::words().asides);
    let left_out: Vec<String> = all.iter().filter(|(d, _)| aside(d)).map(|(d, _)| d.name.clone()).collect();
    if left_out.len() < all.len() {
        all.retain(|(draft, _)| !aside(draft));
    }
    (all, left_out)
}
