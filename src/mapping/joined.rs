//! Labels that were written over two cells made one again, and labels that hold a whole path taken apart.
//!
//! Only where what results is the form's own words (or an alias), and what stands there is not.

use super::label::reduce;
use super::sight::Sight;
use super::view::{Item, Kind, View};
use std::collections::BTreeSet;

/// Parts that one label may be written in.
const PARTS: usize = 4;

/// Joins the parts of split labels in a view.
pub(super) fn join(view: &mut View, sight: &mut Sight) {
    let begin: BTreeSet<usize> = view.labels().into_iter().filter(|l| may_begin(*l, sight)).collect();
    let is_head = |item: &Item| item.label().is_some_and(|l| begin.contains(&l));
    let heads: Vec<usize> =
        view.items.iter().enumerate().filter(|(_, i)| is_head(i)).map(|(i, _)| i).collect();
    for head in heads {
        let found = below(view, sight, head).or_else(|| beside(view, sight, head));
        let Some((parts, text)) = found else { continue };
        let bearer = bearer(view, head, &parts);
        let label = sight.intern(&text);
        for part in std::iter::once(head).chain(parts) {
            let kind = if part == bearer { Kind::Label(label) } else { Kind::Prose };
            if let Some(item) = view.items.get_mut(part) {
                item.kind = kind;
            }
        }
    }
}

/// Notes the steps of labels such as "（三）不予公开—1.属于国家秘密".
pub(super) fn part(view: &mut View, sight: &mut Sight) {
    for label in view.labels() {
        if sight.certain(label) {
            continue;
        }
        if let Some(steps) = sight.steps(label).map(<[String]>::to_vec) {
            let steps = steps.iter().map(|s| sight.intern(s)).collect();
            view.set_steps(label, steps);
        }
    }
}

/// Whether a label may be the first part of one of the form's: it has words that one begins with.
fn may_begin(label: usize, sight: &Sight) -> bool {
    !sight.is_own(label) && sight.begins(label)
}

type Parts = (Vec<usize>, String);

/// The following labels of the same column that complete a label.
fn below(view: &View, sight: &Sight, head: usize) -> Option<Parts> {
    let first = *view.items.get(head)?;
    let next = |row: usize| view.position(row, first.cols.0);
    complete(view, sight, head, |step, last| next(last.rows.1 + 1).filter(|_| step > 0))
}

/// The following labels of the same row that complete a label.
fn beside(view: &View, sight: &Sight, head: usize) -> Option<Parts> {
    let first = *view.items.get(head)?;
    complete(view, sight, head, |_, last| view.position(first.rows.0, last.cols.1 + 1))
}

fn complete(
    view: &View,
    sight: &Sight,
    head: usize,
    next: impl Fn(usize, &Item) -> Option<usize>,
) -> Option<Parts> {
    let mut last = *view.items.get(head)?;
    // What is the form's even so, but for a bracket left open, goes on to the bracket's end alone.
    let certain = sight.certain(last.label()?);
    let mut text = sight.raw(last.label()?).to_owned();
    let mut parts = Vec::new();
    for step in 1..PARTS {
        let index = next(step, &last)?;
        last = *view.items.get(index)?;
        text.push_str(sight.raw(last.label()?));
        parts.push(index);
        let reduced = reduce(&text);
        let is_whole =
            sight.lexicon.own(&reduced.text).is_some() || !certain && sight.lexicon.certain(&reduced);
        if is_whole {
            return Some((parts, text));
        }
        if !sight.lexicon.begins(&reduced.text) {
            return None;
        }
    }
    None
}

/// The part in whose row the numbers stand; the first where all or none has numbers.
fn bearer(view: &View, head: usize, parts: &[usize]) -> usize {
    let has_values =
        |i: &usize| view.items.get(*i).is_some_and(|item| view.row(item.rows.0).iter().any(Item::is_value));
    std::iter::once(&head).chain(parts).copied().find(|i| has_values(i)).unwrap_or(head)
}
