//! Plain values of a workbook, without I/O: addresses, cells, merged ranges, exact amounts, labels.
//!
//! Not for bytes of any file format (that is `ingest`) or for the form's meaning (`form`, `mapping`).

pub mod a1;
pub mod amount;
pub mod formula;
pub mod label;
pub mod number;
pub mod ratio;
pub mod sheet;
pub mod shown;

pub use a1::{CellRef, Range};
pub use sheet::{Cell, Entry, Note, NoteKind, Sheet, Visibility, Workbook};
