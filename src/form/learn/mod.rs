//! A draft of a definition from a blank or filled workbook: tables, header trees, kinds, proposed relations.
//!
//! A draft is for its owner to read, mend and check; whatever was guessed is said beside it. What a submission
//! holds is found by `mapping`, not here: filled samples come as numbers by field.

mod carried;
mod computed;
mod doubts;
mod emit;
mod equal;
mod hundred;
mod ids;
mod notes;
mod outline;
mod percent;
mod propose;
mod samples;
mod sheet;
mod sides;
mod stated;
mod whole;
mod words;

use crate::finding::{Text, plural};
use crate::grid::{Entry, Sheet, Visibility, Workbook};
use carried::Carried;
use propose::Proposal;
pub use samples::{Content, Sample};
use samples::{Numbers, Samples};

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
    /// Sheets that were put below others, as the tables of those are carried on there.
    carried: Vec<Carried>,
    proposals: Vec<Proposal>,
}

/// Rows and columns under one header.
#[derive(Debug, Clone, Default)]
struct DraftBlock {
    /// Whether it stands to the right of the block before.
    beside: bool,
    /// The first column of the block beside it, if there is one.
    until: Option<u32>,
    band: Option<String>,
    corner: Option<String>,
    rows: Vec<DraftLine>,
    cols: Vec<DraftLine>,
    /// Whether samples leave cells blank in it.
    has_blanks: bool,
    /// Where samples have decimals in it.
    decimals: Decimals,
    /// Cells of percentages among other numbers.
    percentages: Vec<percent::Cells>,
    /// Marks that stand in its cells in place of numbers, and whether its sums count them as 0.
    marks: Vec<String>,
    marks_are_zero: bool,
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

/// Where samples have decimals in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Decimals {
    /// In single lines, if at all.
    #[default]
    InLines,
    /// In most of its rows and columns.
    Throughout,
}

impl DraftBlock {
    fn has_decimals(&self) -> bool {
        self.decimals == Decimals::Throughout
    }
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
    counts: Counts,
    /// The number printed for it in a column or row of numbers (行次, 栏次).
    number: Option<u32>,
    /// How that is written: 01.
    code: Option<String>,
    /// What a row that numbers the columns says of it: (3 = 1 + 2).
    stated: Option<String>,
    /// The unit printed for it in a column of units.
    unit: Option<String>,
    /// How the sample shows its numbers.
    shown: percent::Shown,
    /// Whether samples have decimals in it.
    fractional: bool,
    /// Whether samples have negative numbers in it.
    negative: bool,
    /// Whether every sample leaves all of it blank.
    holed: bool,
    /// What its numbers are rounded to, where a rate tells.
    rounded: Option<rust_decimal::Decimal>,
}

/// How a line counts beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Counts {
    /// By itself.
    #[default]
    Alone,
    /// Within the whole of which 其中 names the first part.
    Within,
    /// In a net amount below, or deducted for that: 原值, 减：累计折旧.
    Netted,
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
    let (book, carried) = carried::joined(book);
    let (read, left_out) = tables(&book);
    let mut drafts = Vec::new();
    let mut filled = Vec::new();
    let mut samples = Samples::new(samples);
    for (mut draft, sheet) in read {
        ids::name_lines(&mut draft);
        draft.carried.clone_from(&carried);
        let mut numbers: Vec<_> = draft.blocks.iter().map(|b| samples.next_block(b)).collect();
        for (block, numbers) in draft.blocks.iter_mut().zip(&numbers) {
            percent::mark(block, sheet, &book.formats);
            numbers.describe(block);
        }
        draft.proposals = propose::propose(&draft, sheet, &numbers);
        if settle_marks(&mut draft, sheet, &mut numbers) {
            draft.proposals = propose::propose(&draft, sheet, &numbers);
        }
        equal::mark_rounded(&mut draft);
        drafts.push(draft);
        filled.push(numbers);
    }
    let mut wholes = sides::totals(&drafts, &filled);
    wholes.extend(whole::across_tables(&drafts, &book));
    wholes.extend(whole::ratios(&mut drafts, &book));
    wholes.extend(whole::shares(&mut drafts, &filled, &wholes));
    (!drafts.is_empty()).then(|| Drafted {
        text: emit::definition(&drafts, &wholes, id),
        doubts: doubts::doubts(&drafts, &book, &left_out),
    })
}

/// Notes the marks for no number that stand in the cells of a draft. They are 0 where its sums hold with that and never
/// break; else nothing is known of them, and the samples are to be looked at again.
fn settle_marks(draft: &mut Draft, sheet: &Sheet, numbers: &mut [Numbers]) -> bool {
    for block in &mut draft.blocks {
        block.marks = marks_in(block, sheet);
    }
    let mut again = false;
    let sums = draft.proposals.iter().filter(|p| p.op == "=");
    for (block, numbers) in draft.blocks.iter_mut().zip(numbers) {
        let told = sums.clone().map(|p| equal::with_marks(block, numbers, p));
        let (holds, broken) = told.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        block.marks_are_zero = holds > 0 && broken == 0;
        numbers.marks_are_zero = block.marks_are_zero;
        again |= !block.marks.is_empty() && !block.marks_are_zero;
    }
    again
}

/// The marks that stand in the cells of a block, each once.
fn marks_in(block: &DraftBlock, sheet: &Sheet) -> Vec<String> {
    let is_line = |lines: &[DraftLine], at: u32| lines.iter().any(|l| l.at == at);
    let mut out: Vec<String> = Vec::new();
    for (at, cell) in &sheet.cells {
        let Entry::Text(text) = &cell.entry else { continue };
        let text = text.trim();
        let is_new = words::is_mark(text) && !out.iter().any(|m| m == text);
        if is_new && is_line(&block.cols, at.col) && is_line(&block.rows, at.row) {
            out.push(text.to_owned());
        }
    }
    out
}

/// Sheets that are described where no table was found.
const MOST_SEEN: usize = 3;

/// What is looked for in a workbook and what was seen instead, where [`learn`] finds no table.
pub fn no_table(book: &Workbook) -> Text {
    let visible = || book.sheets.iter().filter(|s| s.visibility == Visibility::Visible);
    let seen: Vec<Text> = visible().take(MOST_SEEN).map(sheet::seen).collect();
    let joined = |of: fn(&Text) -> &str, comma: &str| seen.iter().map(of).collect::<Vec<_>>().join(comma);
    let hidden = book.sheets.len() - visible().count();
    let (zh, en) = match hidden {
        0 => Default::default(),
        n => (
            format!("；隐藏的工作表 {n} 张没有看"),
            format!("; not looked at: {}", plural(n, "hidden sheet")),
        ),
    };
    Text::new(
        format!(
            "没有找到表格。要找的是：一行表头（文字或年份，一直到最右一栏），下面各行左边是行标题、右边是数字格。看到的是：{}{zh}",
            joined(|t| &t.zh, "；")
        ),
        format!(
            "no table was found. Looked for: a header row (texts or years, up to the last column) above rows with a              label on the left and cells for numbers on the right. Seen: {}{en}",
            joined(|t| &t.en, "; ")
        ),
    )
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
