//! The copies of an audited workbook as bytes, for programs that embed gouji: no file is touched.

use super::files::{Task, make};
use super::{Audit, Content, Options};
use crate::finding::{Lang, Text};
use crate::report::annotate::Context;
use std::collections::BTreeMap;

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.en)]
pub struct CopyError(pub Text);

/// The office's own workbook with its faults marked; `None` where the file holds no form.
///
/// # Errors
///
/// The workbook can neither be patched nor copied.
pub fn annotate(audited: &Audit, bytes: &[u8], lang: Lang) -> Result<Option<Vec<u8>>, CopyError> {
    copy(audited, bytes, Task::Annotate, lang)
}

/// The office's own workbook with every proved correction made and marked; `None` where the file holds no form.
///
/// # Errors
///
/// The workbook can neither be patched nor copied.
pub fn repair(audited: &Audit, bytes: &[u8], lang: Lang) -> Result<Option<Vec<u8>>, CopyError> {
    copy(audited, bytes, Task::Correct { clean: false, blanks: false, likely: false }, lang)
}

fn copy(audited: &Audit, bytes: &[u8], task: Task, lang: Lang) -> Result<Option<Vec<u8>>, CopyError> {
    let Some(content) = &audited.content else { return Ok(None) };
    let clear = Content::bytes(content, bytes);
    let explanations = BTreeMap::new();
    let context = Context { submission: content.submission(), lang, explanations: &explanations };
    let made =
        make(clear, content, &audited.outcome, (task, &Options::default()), &context).map_err(CopyError)?;
    Ok(Some(made.bytes))
}
