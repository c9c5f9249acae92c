//! Results as bytes: the office's own workbook with its marks, re-typeset copies of formats that cannot be
//! patched.
//!
//! [`sheet`] is the model of a sheet that gouji adds, and [`patch`] writes it into an xlsx package together with
//! marks and edits; other formats are first copied into xlsx (`copy`, `typeset`), so that there is one way to
//! mark. Nothing here decides what is wrong with a submission.

pub mod annotate;
pub mod blank;
pub mod conversation;
mod copy;
pub mod correct;
mod corrections;
pub mod document;
pub mod drawing;
pub mod explain;
pub mod json;
mod layout;
mod marks;
mod markup;
pub mod own;
mod packing;
pub mod patch;
mod results;
pub mod sheet;
pub mod summary;
pub mod text;
mod typeset;
pub mod unedited;
mod ways;
