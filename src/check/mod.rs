//! A filled form judged: values, structure, categories and balance relations become findings.
//!
//! Not for saying which cell is wrong where a relation is broken: that is `repair`, and `audit` joins both.

mod balance;
mod categories;
mod conditions;
mod naming;
pub mod narrative;
mod odd;
mod office;
mod relations;
mod renamed;
mod strangers;
mod structure;
mod unread;
mod values;
mod years;

pub use balance::{own_words, written_out};
pub use categories::categories;
pub use conditions::LastYear;
pub use naming::Names;
pub use odd::{Odd, oddities};
pub use office::{Standing, level_named, standing};
pub use relations::{Broken, Sides, applies, broken, severity, sides};
pub use strangers::counted;
pub use structure::structure;
pub use values::{impute, is_all_but_blank, values};
pub use years::{Jump, jump, unchanged, years};

use crate::form::Form;
use crate::grid::Workbook;
use crate::mapping::{Filled, Identity, Mapping};

/// Everything that checks look at.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// The workbook as read.
    pub book: &'a Workbook,
    /// The form it was mapped to.
    pub form: &'a Form,
    /// Where its fields stand.
    pub mapping: &'a Mapping,
    /// What stands there.
    pub filled: &'a Filled,
    /// Whose it is, of which year.
    pub identity: &'a Identity,
    /// The office's numbers of the year before, where they are at hand.
    pub before: Option<&'a LastYear>,
}
