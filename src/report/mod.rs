//! Results as bytes: the office's own workbook with its marks, re-typeset copies of formats that cannot be
//! patched.
//!
//! [`sheet`] is the model of a sheet that gouji adds; [`patch`] writes it into an xlsx package and
//! [`typeset`] into a new workbook, so that both routes show the same thing. Nothing here decides what is
//! wrong with a submission.

pub mod annotate;
pub mod blank;
pub mod conversation;
mod copy;
pub mod correct;
mod corrections;
pub mod explain;
pub mod json;
mod layout;
mod marks;
pub mod own;
pub mod patch;
mod results;
pub mod sheet;
pub mod summary;
pub mod text;
pub mod typeset;
