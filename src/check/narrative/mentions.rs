//! Where the words of a form's terms stand in a clause.

use super::claims::Context;
use super::flow::Flow;
use super::understood::unexplained;
use super::words::any;
use crate::form::FieldIx;
use crate::form::narrative::{Counts, Term};
use std::ops::Range;

/// A term's word in a flow.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) term: usize,
    pub(super) range: Range<usize>,
    /// Whether a word that the term needs stands near it.
    pub(super) live: bool,
}

/// A clause with what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) flow: &'a Flow,
    pub(super) sentence: &'a str,
    pub(super) paragraph: &'a str,
}

/// Words of terms in a clause, the longest where they overlap.
pub(super) fn mentions(context: &Context, around: Around, clause: &Range<usize>) -> Vec<Mention> {
    let flow = around.flow;
    let parties: Vec<Range<usize>> = context.words.parties.iter().flat_map(|w| flow.find_all(w)).collect();
    let front = flow.text(0..clause.end);
    let behind = flow.text(clause.end..flow.chars.len());
    // "行政应诉56件，其中信息公开类5件": what the word stands with is only a part.
    let of_part = |near: &[String]| behind.contains("其中") && any(near, &behind) && !any(near, &front);
    let mut all = Vec::new();
    for (term, t) in context.narrative.terms.iter().enumerate() {
        if !t.beside.is_empty() && !any(&t.beside, around.sentence) {
            continue;
        }
        let spoken = any(&t.near, around.sentence) || any(&t.near, around.paragraph);
        let live = t.near.is_empty() || spoken && (t.kind == Counts::Acts || !of_part(&t.near));
        for phrase in context.phrases.get(term).into_iter().flatten() {
            all.extend(phrase.find_all(&flow.chars).into_iter().map(|range| Mention { term, range, live }));
        }
    }
    all.retain(|m| clause.start <= m.range.start && m.range.end <= clause.end);
    all.retain(|m| !parties.iter().any(|p| p.start < m.range.end && m.range.start < p.end));
    let mut kept = longest(all);
    told_once(context, flow, &mut kept);
    without_company(context, flow, &mut kept);
    kept
}

/// Drops words that count only where they stand alone: "现行有效规范性文件5件、废止1件" are two items, while the 、 of
/// 公民、法人 parts nothing.
fn without_company(context: &Context, flow: &Flow, kept: &mut Vec<Mention>) {
    let counted = |i: usize| i > 1 && flow.chars.get(i - 2).is_some_and(char::is_ascii_digit);
    let item = |m: &Mention| {
        flow.find_all("、").iter().filter(|r| r.end <= m.range.start && counted(r.start)).count()
    };
    let items: Vec<usize> = kept.iter().map(item).collect();
    let single = |m: &Mention| items.iter().filter(|i| **i == item(m)).count() == 1;
    kept.retain(|m| single(m) || !context.narrative.terms.get(m.term).is_some_and(|t| t.alone));
}

/// Of two words for one number: "因本机关不掌握相关政府信息无法提供15件" counts the reason, and "予以公开答复40件" the result.
fn told_once(context: &Context, flow: &Flow, kept: &mut Vec<Mention>) {
    let terms = &context.narrative.terms;
    let within = |a: &Term, b: &Term| {
        let holds = |r: &Vec<FieldIx>| {
            b.readings.iter().any(|w| w.len() > r.len() && r.iter().all(|f| w.contains(f)))
        };
        !a.readings.is_empty() && a.readings.iter().all(holds)
    };
    let mut out: Vec<Mention> = Vec::new();
    for m in kept.drain(..) {
        let between = |l: &Mention| flow.text(l.range.end..m.range.start.max(l.range.end));
        let plain =
            |text: &str| !text.contains(['、', ':', '及', '和', '等']) && unexplained(context, text) == 0;
        let pair = out.last_mut().filter(|l| plain(&between(l)));
        let touches = pair.as_ref().is_some_and(|l| l.range.end == m.range.start);
        let both = pair.as_ref().and_then(|l| terms.get(l.term)).zip(terms.get(m.term));
        let again = |(a, b): (&Term, &Term)| {
            within(a, b) || touches && a.kind == Counts::Results && b.kind == Counts::Acts
        };
        match pair {
            Some(last) if both.is_some_and(again) => last.range.end = m.range.end,
            _ => out.push(m),
        }
    }
    *kept = out;
}

/// Of two that overlap the longer says more: 不予公开 within 不予以公开.
fn longest(mut all: Vec<Mention>) -> Vec<Mention> {
    all.sort_by_key(|m| (m.range.start, std::cmp::Reverse(m.range.end)));
    let mut kept: Vec<Mention> = Vec::new();
    for m in all {
        match kept.last() {
            Some(last) if m.range.start < last.range.end => {
                if m.range.len() > last.range.len() {
                    kept.pop();
                    kept.push(m);
                }
            }
            _ => kept.push(m),
        }
    }
    kept
}
