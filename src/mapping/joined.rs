//! Labels that were written over two cells made one again, and labels that hold a whole path taken apart.
//!
//! Only where what results is the form's own words (or an alias), and what stands there is not.

use super::label::reduce;
use super::lexicon::Lexicon;
use super::view::{Item, Kind, View};

/// Parts that one label may be written in.
const PARTS: usize = 4;

/// Joins the parts of split labels in a view.
pub(super) fn join(view: &mut View, lexicon: &Lexicon) {
    let heads: Vec<usize> = (0..view.items.len()).filter(|i| is_head(view, lexicon, *i)).collect();
    for head in heads {
        let found = below(view, lexicon, head).or_else(|| beside(view, lexicon, head));
        let Some((parts, text)) = found else { continue };
        let bearer = bearer(view, head, &parts);
        let label = view.intern(&text);
        for part in std::iter::once(head).chain(parts) {
            let kind = if part == bearer { Kind::Label(label) } else { Kind::Prose };
            if let Some(item) = view.items.get_mut(part) {
                item.kind = kind;
            }
        }
    }
}

/// Notes the steps of labels such as "（三）不予公开—1.属于国家秘密".
pub(super) fn part(view: &mut View, lexicon: &Lexicon) {
    for label in 0..view.labels.len() {
        if lexicon.certain(view.text(label)) {
            continue;
        }
        if let Some(steps) = lexicon.steps(view.raw(label)) {
            let steps = steps.iter().map(|s| view.intern(s)).collect();
            view.set_steps(label, steps);
        }
    }
}

/// Whether a label may be the first part of one of the form's: it has words that one begins with.
fn is_head(view: &View, lexicon: &Lexicon, index: usize) -> bool {
    let label = view.items.get(index).and_then(Item::label);
    label.is_some_and(|l| lexicon.begins(&view.text(l).text) && !lexicon.certain(view.text(l)))
}

type Parts = (Vec<usize>, String);

/// The following labels of the same column that complete a label.
fn below(view: &View, lexicon: &Lexicon, head: usize) -> Option<Parts> {
    let first = *view.items.get(head)?;
    let next = |row: usize| view.position(row, first.cols.0);
    complete(view, lexicon, head, |step, last| next(last.rows.1 + 1).filter(|_| step > 0))
}

/// The following labels of the same row that complete a label.
fn beside(view: &View, lexicon: &Lexicon, head: usize) -> Option<Parts> {
    let first = *view.items.get(head)?;
    complete(view, lexicon, head, |_, last| view.position(first.rows.0, last.cols.1 + 1))
}

fn complete(
    view: &View,
    lexicon: &Lexicon,
    head: usize,
    next: impl Fn(usize, &Item) -> Option<usize>,
) -> Option<Parts> {
    let mut last = *view.items.get(head)?;
    let mut text = view.raw(last.label()?).to_owned();
    let mut parts = Vec::new();
    for step in 1..PARTS {
        let index = next(step, &last)?;
        last = *view.items.get(index)?;
        text.push_str(view.raw(last.label()?));
        parts.push(index);
        let reduced = reduce(&text);
        if lexicon.certain(&reduced) {
            return Some((parts, text));
        }
        if !lexicon.begins(&reduced.text) {
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
