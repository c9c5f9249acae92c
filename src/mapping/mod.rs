//! A workbook and a form's definition joined: which cell holds which field.
//!
//! One method for every arrangement (`.github/MAPPING.md` says it at length). A sheet is looked at without its
//! gaps, upright and on its side (`view`), without what earlier years say (`period`), split labels joined and
//! paths taken apart (`joined`). Labels are compared with the form's words (`lexicon`, `similarity`). Header
//! bands are found where several column labels of a block stand together (`bands`), rows below are named by
//! their label paths and moved back where they slid (`rows`), and both are assigned to the form's lines
//! one-to-one (`assign`), its order breaking ties only; what these do not reach is named by all labels of a
//! cell (`pool`). Then the sheets are joined (`select`).
//!
//! Confidence is a line's margin: what the best assignment loses without that pair. A number is never put under
//! a field by guess: a line whose margin is too small stays unplaced and is told. Not for judging values
//! (`check`); whether relations balance never decides a mapping.

mod along;
mod assign;
mod bands;
mod captions;
mod choice;
mod copies;
pub mod dated;
mod doubtful;
mod filled;
mod forms;
mod found;
mod heads;
pub mod identity;
mod joined;
mod known;
mod label;
mod layout;
mod lexicon;
mod matched;
mod numbering;
mod parts;
mod period;
mod pool;
mod regions;
mod repeated;
mod reported;
mod rows;
mod scope;
mod seen;
mod select;
mod sight;
mod similarity;
mod slid;
mod spread;
mod stray;
mod told;
mod totals;
mod twins;
mod view;
mod vocabulary;

pub use filled::{FieldSum, Filled, Quirk, Reading, fill};
pub use forms::Forms;
pub use found::Axis;
pub use identity::Identity;
pub use matched::{FoundLabel, MatchedLine, matched};
pub use seen::{Seen, Why};
pub use select::{
    Chosen, Copy, Issue, Line, Mapping, Placed, Refused, Unread, best, closest, map, words_seen,
};
pub use similarity::How;
pub use stray::Stray;
