//! A draft of a definition from a blank (or filled) workbook: tables, header trees, kinds, proposed relations.
//!
//! A draft is for its owner to read, mend and check; whatever was guessed is said beside it. What a submission
//! holds is found by `mapping`, not here.

mod emit;
mod propose;
mod sheet;

use crate::grid::{Visibility, Workbook};
use propose::Proposal;

/// A table as read from a sheet.
#[derive(Debug, Default)]
struct Draft {
    /// The sheet's name.
    name: String,
    /// What stands above the first header.
    titles: Vec<String>,
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
}

/// A row or column: its labels and where it stands on the sheet.
#[derive(Debug, Clone)]
struct DraftLine {
    id: String,
    path: Vec<String>,
    at: u32,
}

/// Drafts a definition from the visible sheets of a workbook; `None` where no table was found in it.
pub fn learn(book: &Workbook, id: &str) -> Option<String> {
    let mut drafts = Vec::new();
    for sheet in book.sheets.iter().filter(|s| s.visibility == Visibility::Visible) {
        let mut draft = sheet::read(sheet);
        if draft.blocks.is_empty() {
            continue;
        }
        emit::name_lines(&mut draft);
        draft.proposals = propose::propose(&draft, sheet);
        drafts.push(draft);
    }
    (!drafts.is_empty()).then(|| emit::definition(&drafts, id))
}
