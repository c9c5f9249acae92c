//! What is said of all submissions of a batch together: the summary workbook, the list of findings.
//!
//! [`Entry`] is what is kept of one submission in memory, [`Details`] what is read again from an [`Archive`],
//! [`Overview`] what they are together; each sheet of the workbook has a module. Which submission counts for which
//! office is decided in `audit::batch`.

mod csv;
mod docx;
mod entry;
mod gaps;
mod indicators;
mod notice;
mod overview;
mod page;
mod remarks;
mod rounds;
mod sheets;
mod standing;
pub mod sums;
mod workbook;

pub use csv::findings_csv;
pub use entry::{Archive, Broken, Correction, Details, Entry, Held, Item};
pub use notice::notice;
pub use overview::{Choice, GaveWay, Misnamed, Office, Overview, Role, State};
pub use page::page;
pub use rounds::{Answer, Reminder, Round, Rounds};
pub use standing::{ByWorst, Grade, OfRule};
pub use sums::Sum;
pub use workbook::{ROLL_UP, is_summary, workbook};
