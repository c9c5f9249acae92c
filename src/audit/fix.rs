//! A submission as it stands with changes made: judged again, and its corrected copy.
//!
//! What remains to be said may depend on numbers that were corrected, so the copy says what is true of it, not of
//! the file that it was made from; and what is certain only then is corrected too.

use super::{Audit, Content, Narrative, Options, judge, outcome};
use crate::finding::{Change, Outcome};
use crate::mapping;
use crate::report::annotate::{Context, WriteError, Written};
use crate::report::conversation;
use crate::report::correct::{self, Wanted, correct};
use std::collections::BTreeMap;

/// Rounds of corrections, each on what the last has left; the second mostly finds nothing.
const ROUNDS: usize = 4;

/// Corrects a submission; `bytes` are those that it was read from.
///
/// # Errors
/// When no copy can be made.
pub fn fix(
    bytes: &[u8],
    content: &Content,
    outcome: &Outcome,
    wanted: Wanted,
    (options, narrative): (&Options, Option<&Narrative>),
    context: &Context,
) -> Result<Written, WriteError> {
    let mut made = correct::wanted_changes(outcome, wanted, content.submission());
    let with = |made: &[Change]| changed(content, outcome, made, (options, narrative), context.explanations);
    let mut after = with(&made);
    for _ in 1..ROUNDS {
        let Some(content) = &after.content else { break };
        if !add(&mut made, correct::wanted_changes(&after.outcome, wanted, content.submission())) {
            break;
        }
        after = with(&made);
    }
    let wanted = Wanted { decided: Some(&made), ..wanted };
    let can_patch = content.read.format.can_patch();
    Ok(correct(bytes, can_patch, &after.outcome, wanted, context)?.written)
}

/// Adds changes that were found later, and tells whether there were any.
fn add(made: &mut Vec<Change>, more: Vec<Change>) -> bool {
    let any = !more.is_empty();
    for change in more {
        match made.iter_mut().find(|m| m.cell == change.cell) {
            // What the office has entered is what a change is from.
            Some(known) => *known = Change { from: known.from, ..change },
            None => made.push(change),
        }
    }
    any
}

/// A submission as it stands with changes made.
pub(super) fn changed<'f>(
    content: &Content<'f>,
    before: &Outcome,
    changes: &[Change],
    (options, narrative): (&Options, Option<&Narrative>),
    explanations: &BTreeMap<String, String>,
) -> Audit<'f> {
    let mut content = content.clone();
    content.read.book = correct::changed(content.submission(), changes);
    content.filled = mapping::fill(&content.read.book, content.form, &content.mapping);
    let judged = judge::judge(&content, options, narrative);
    let mut outcome = outcome(&before.file, before.sha256.clone(), &content, judged);
    outcome.office.clone_from(&before.office);
    conversation::confirm(&mut outcome, explanations);
    Audit { outcome, content: Some(content) }
}
