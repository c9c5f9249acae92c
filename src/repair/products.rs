//! Relations that multiply fields, a rate times its base: they are no sums, so the search leaves them out.
//!
//! They still tell: of several repairs the one with which they hold is the likely one, and a repair that mends one
//! accounts for it. A rate that its base numbers give is set right before (`rates`).

use super::diagnose::Cause;
use super::rates;
use crate::check::Submission;
use crate::finding::{Certainty, Change, Text};
use crate::form::Relation;

/// Lets relations that multiply fields tell between repairs; those among `open` that stay unexplained are causes.
pub(super) fn consult(s: Submission, open: &[usize], causes: &mut Vec<Cause>) {
    let products: Vec<usize> =
        (0..s.form.relations.len()).filter(|r| relation(s, *r).is_some_and(|r| !r.is_linear())).collect();
    if products.is_empty() {
        return;
    }
    for at in 0..causes.len() {
        choose(s, &products, at, causes);
    }
    let mended: Vec<Change> = causes.iter().flat_map(|c| c.changes.iter().cloned()).collect();
    for &index in open.iter().filter(|i| products.contains(i)) {
        let Some(r) = relation(s, index) else { continue };
        let of_it = |c: &Change| r.fields().iter().any(|f| s.id(*f) == c.field);
        let host = causes.iter_mut().find(|c| c.changes.iter().any(of_it));
        match host.filter(|_| holds(s, r, &mended)) {
            Some(cause) => cause.relations.push(index),
            None => causes.push(Cause::unexplained(vec![index], Certainty::Detected)),
        }
    }
}

fn relation(s: Submission<'_>, index: usize) -> Option<&Relation> {
    s.form.relations.get(index)
}

/// Takes the one alternative of a cause with which every relation that multiplies its fields holds.
fn choose(s: Submission, products: &[usize], at: usize, causes: &mut [Cause]) {
    let Some(cause) = causes.get(at).filter(|c| c.changes.is_empty() && c.alternatives.len() > 1) else {
        return;
    };
    let others: Vec<Change> = causes.iter().flat_map(|c| c.changes.iter().cloned()).collect();
    let touched: Vec<&Relation> = products
        .iter()
        .filter_map(|i| relation(s, *i))
        .filter(|r| {
            let ids: Vec<String> = r.fields().iter().map(|f| s.id(*f)).collect();
            cause.alternatives.iter().flatten().any(|c| ids.contains(&c.field))
        })
        .collect();
    if touched.is_empty() {
        return;
    }
    let fits = |way: &Vec<Change>| {
        let all: Vec<Change> = others.iter().chain(way).cloned().collect();
        touched.iter().all(|r| holds(s, r, &all))
    };
    let fitting: Vec<usize> =
        cause.alternatives.iter().enumerate().filter(|(_, way)| fits(way)).map(|(i, _)| i).collect();
    let [only] = fitting.as_slice() else { return };
    let Some(cause) = causes.get_mut(at) else { return };
    let mut chosen = cause.alternatives.remove(*only);
    for change in &mut chosen {
        change.certainty = Certainty::Likely;
        change.why = Text::new(
            format!("{}；只有这样改，有关的比率才对得上", change.why.zh),
            format!("{}; the only one with which the rates agree", change.why.en),
        );
    }
    cause.changes = chosen;
    cause.certainty = Certainty::Likely;
}

/// Whether a relation holds once some cells are changed.
fn holds(s: Submission, relation: &Relation, changes: &[Change]) -> bool {
    let changed = changes.iter().filter_map(|c| Some((s.form.field_ix(&c.field)?, c.to)));
    rates::holds(Submission { filled: &s.filled.with(changed), ..s }, relation)
}
