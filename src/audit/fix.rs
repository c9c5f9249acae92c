//! A submission as it stands with changes made: judged again, and its corrected copy.
//!
//! What remains to be said may depend on numbers that were corrected, so the copy says what is true of it, not of
//! the file that it was made from; and what is certain only then is corrected too.

use super::{Audit, Content, Narrative, Options, judge, outcome};
use crate::finding::{Change, Outcome, Place};
use crate::ingest::{self, Limits, Source};
use crate::mapping;
use crate::report::annotate::{Context, WriteError, Written};
use crate::report::conversation;
use crate::report::correct::{self, Wanted, correct};
use crate::report::own;
use std::collections::{BTreeMap, BTreeSet};

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
    let (made, after) = decided(content, outcome, wanted, (options, narrative), context);
    let wanted = Wanted { decided: Some(&made), ..wanted };
    let can_patch = content.read.format.can_patch();
    Ok(correct(bytes, can_patch, &after.outcome, wanted, context)?.written)
}

/// Corrects a submission into the official template; `bytes` are those that it was read from.
///
/// # Errors
/// When no copy can be made.
pub fn clean(
    bytes: &[u8],
    content: &Content,
    outcome: &Outcome,
    wanted: Wanted,
    (options, narrative): (&Options, Option<&Narrative>),
    context: &Context,
) -> Result<Written, WriteError> {
    let (made, after) = decided(content, outcome, wanted, (options, narrative), context);
    let corrected = after.content.as_ref().map_or_else(|| content.submission(), Content::submission);
    let (template, cells) = correct::template(corrected, outcome)?;
    let mut past = correct::past(bytes, &content.read.book);
    past.made.retain(|old| made.iter().all(|new| new.cell != old.cell));
    past.made.extend(made);
    past.source.get_or_insert_with(|| own::named(outcome));
    let copy = copied(&template, content)?;
    let judged = judge::judge(&copy, options, narrative);
    let mut found = super::outcome(&outcome.file, outcome.sha256.clone(), &copy, judged);
    found.office.clone_from(&outcome.office);
    conversation::confirm(&mut found, context.explanations);
    let context = Context { submission: copy.submission(), ..*context };
    Ok(correct::clean(&template, &cells, past, &found, &context)?.written)
}

/// A template as it would be read.
fn copied<'f>(template: &[u8], content: &Content<'f>) -> Result<Content<'f>, WriteError> {
    let read = ingest::read(&Source { name: "", bytes: template }, &Limits::default())
        .map_err(|_| WriteError::Unread)?;
    let mapping = mapping::map(&read.book, content.form);
    let filled = mapping::fill(&read.book, content.form, &mapping);
    Ok(Content { read, mapping, filled, marked: false, left: None, clear: None, ..content.clone() })
}

/// The changes to make, and the submission as it stands with them.
fn decided<'f>(
    content: &Content<'f>,
    outcome: &Outcome,
    wanted: Wanted,
    (options, narrative): (&Options, Option<&Narrative>),
    context: &Context,
) -> (Vec<Change>, Audit<'f>) {
    let with = |made: &[Change]| changed(content, outcome, made, (options, narrative), context.explanations);
    let before = broken(outcome);
    let mut made = correct::wanted_changes(outcome, wanted, content.submission());
    let (mut after, mut barred) = (with(&made), BTreeSet::new());
    let mut rounds = 1;
    loop {
        let harm = harmful(&made, outcome, &before, &after.outcome);
        if !harm.is_empty() {
            made.retain(|c| !harm.contains(&c.cell));
            barred.extend(harm);
            after = with(&made);
            continue;
        }
        let Some(content) = after.content.as_ref().filter(|_| rounds < ROUNDS) else { break };
        let mut more = correct::wanted_changes(&after.outcome, wanted, content.submission());
        more.retain(|c| !barred.contains(&c.cell));
        if !add(&mut made, more) {
            break;
        }
        after = with(&made);
        rounds += 1;
    }
    (made, after)
}

/// The broken relations of a submission: codes and places.
fn broken(outcome: &Outcome) -> BTreeSet<(&str, &str)> {
    let relations = outcome.findings.iter().flat_map(|f| &f.relations);
    relations.map(|r| (r.code.as_str(), r.place.as_str())).collect()
}

/// Cells whose changes break a relation that held before, as one of several does that are only right together; and
/// those that go with them.
fn harmful(
    made: &[Change],
    outcome: &Outcome,
    before: &BTreeSet<(&str, &str)>,
    after: &Outcome,
) -> BTreeSet<Place> {
    let relations = after.findings.iter().flat_map(|f| &f.relations);
    let new = relations.filter(|r| !before.contains(&(r.code.as_str(), r.place.as_str())));
    let cells: BTreeSet<&Place> = new.flat_map(|r| &r.cells).collect();
    let mut harm: BTreeSet<Place> =
        made.iter().map(|c| &c.cell).filter(|c| cells.contains(c)).cloned().collect();
    for choice in &outcome.repair.choices {
        if choice.changes.iter().any(|c| harm.contains(&c.cell)) {
            harm.extend(choice.changes.iter().map(|c| c.cell.clone()));
        }
    }
    harm
}

/// Adds changes that were found later, and tells whether there were any.
fn add(made: &mut Vec<Change>, more: Vec<Change>) -> bool {
    let any = !more.is_empty();
    for change in more {
        match made.iter_mut().find(|m| m.cell == change.cell) {
            // What the office has entered is what a change is from.
            Some(known) => *known = Change { from: known.from, text: known.text.take(), ..change },
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
