//! What is said of all submissions of a batch together: the summary workbook, the list of findings.
//!
//! [`Entry`] is what is kept of one submission, [`Overview`] what they are together; each sheet of the workbook
//! has a module. Which submission counts for which office is decided in `audit::batch`.

mod csv;
mod entry;
mod overview;
mod page;
mod sheets;
mod workbook;

pub use csv::findings_csv;
pub use entry::{Entry, Held, Item};
pub use overview::{Office, Overview, Role, State, Sum};
pub use page::page;
pub use workbook::{ROLL_UP, is_summary, workbook};
