//! A corrected workbook as it stands: corrected, then audited and marked once more.
//!
//! What remains to be said may depend on numbers that were corrected, so the copy says what is true of it, not of
//! the file that it was made from. A third time would change nothing.

use super::{Content, Options, audit};
use crate::finding::Outcome;
use crate::report::annotate::{Context, WriteError, Written};
use crate::report::conversation;
use crate::report::correct::{Wanted, correct};

/// Corrects a submission; `bytes` are those that it was read from.
///
/// # Errors
/// When no copy can be made.
pub fn fix(
    bytes: &[u8],
    content: &Content,
    outcome: &Outcome,
    wanted: Wanted,
    options: &Options,
    context: &Context,
) -> Result<Written, WriteError> {
    let first = correct(bytes, content.read.format.can_patch(), outcome, wanted, context)?.written;
    let mut again = audit(&outcome.file, &first.bytes, options);
    let Some(content) = again.content else { return Ok(first) };
    conversation::confirm(&mut again.outcome, context.explanations);
    let context = Context { submission: content.submission(), ..*context };
    let second = correct(&first.bytes, true, &again.outcome, wanted, &context)?.written;
    Ok(Written { bytes: second.bytes, ..first })
}
