//! A workbook and a form's definition joined: which cell holds which field.
//!
//! One method for every arrangement. A sheet is looked at without its gaps, upright and on its side
//! (`view`). Header *bands* are found where several different column labels of a block stand together
//! (`bands`); rows below them are named by their label paths (`rows`); both are assigned to the form's lines
//! one-to-one (`assign`), by likeness of words (`similarity`) with the form's order breaking ties only. Values
//! that slid sideways are moved back by geometry (`rows::shift`). Then the sheets are joined (`select`).
//!
//! A number is never put under a field by guess: a line whose margin is too small stays unplaced and is told.
//! Not for judging values (`check`); whether relations balance never decides a mapping.

mod assign;
mod bands;
mod filled;
mod forms;
mod found;
pub mod identity;
mod joined;
mod label;
mod layout;
mod lexicon;
mod matched;
mod numbering;
mod pool;
mod rows;
mod select;
mod similarity;
mod view;

pub use filled::{FieldSum, Filled, Quirk, Reading, fill};
pub use forms::Forms;
pub use identity::Identity;
pub use layout::Axis;
pub use matched::{FoundLabel, MatchedLine, matched};
pub use select::{Copy, Issue, Line, Mapping, Placed, best, map};
pub use similarity::How;
