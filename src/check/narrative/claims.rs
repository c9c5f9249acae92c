//! What sentences claim: a number (or "none") of a term, with the doubt there is about its scope.
//!
//! A claim is dropped rather than guessed: a number that may count something else is no claim.

use super::flow::Flow;
use super::numerals::{Number, numbers};
use super::scope::{self, Doubt};
use super::text::Report;
use super::words::{Words, any, residue};
use crate::form::narrative::Narrative;
use rust_decimal::Decimal;
use std::ops::Range;

/// A number that a sentence states.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    /// What it counts; several terms share one number as their sum.
    pub(super) terms: Vec<usize>,
    /// How many.
    pub(super) value: Decimal,
    /// How sure it is that the table counts the same.
    pub(super) doubt: Doubt,
    /// Index of the paragraph.
    pub(super) paragraph: usize,
    /// Index of the sentence in it.
    pub(super) sentence: usize,
    /// The number, or the word for none, in the paragraph.
    pub(super) bytes: Range<usize>,
    /// Index of its flow in the sentence, and where its number ends there.
    pub(super) flow: usize,
    pub(super) end: usize,
}

/// Whose report of which year it is, as far as known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) words: &'a Words,
    pub(super) narrative: &'a Narrative,
    pub(super) office: Option<&'a str>,
    pub(super) year: Option<i32>,
}

/// A term's word in a flow.
#[derive(Debug, Clone)]
struct Mention {
    term: usize,
    range: Range<usize>,
    live: bool,
}

/// The claims of a report, in order.
pub(super) fn claims(report: &Report, context: &Context) -> Vec<Claim> {
    let mut out = Vec::new();
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let whole: String = sentence.flows.iter().map(|f| f.text(0..f.chars.len())).collect();
            for (f, flow) in sentence.flows.iter().enumerate() {
                let reader = Reader { context, flow, sentence: &whole, paragraph: &paragraph.text };
                for found in reader.claims() {
                    out.push(Claim {
                        terms: found.terms,
                        value: found.value,
                        doubt: found.doubt,
                        paragraph: p,
                        sentence: i,
                        bytes: flow.span(found.range.clone()),
                        flow: f,
                        end: found.range.end,
                    });
                }
            }
        }
    }
    out
}

struct Found {
    terms: Vec<usize>,
    value: Decimal,
    doubt: Doubt,
    range: Range<usize>,
}

struct Reader<'a> {
    context: &'a Context<'a>,
    flow: &'a Flow,
    sentence: &'a str,
    paragraph: &'a str,
}

impl Reader<'_> {
    fn claims(&self) -> Vec<Found> {
        let mut numbers = numbers(&self.flow.chars, self.context.words);
        numbers.retain(|n| self.may_count(n));
        let mut out = Vec::new();
        for clause in clauses(&self.flow.chars, &numbers) {
            let mentions = self.mentions(&clause);
            let text = self.flow.text(clause.clone());
            if any(&self.context.words.off_topic, &text) {
                continue;
            }
            let within: Vec<&Number> = numbers.iter().filter(|n| clause.contains(&n.range.start)).collect();
            self.counted(&clause, &mentions, &within, &mut out);
            self.all_none(&clause, &mentions, &within, &mut out);
            self.negated(&clause, &mentions, &within, &mut out);
        }
        self.all_upheld(&mut out);
        out
    }

    /// Whether a number is no date, article or share.
    fn may_count(&self, number: &Number) -> bool {
        let next = self.flow.chars.get(number.range.end);
        let dated = next.is_some_and(|c| matches!(c, '年' | '月' | '日' | '号' | '-' | '/'));
        number.unit != "?" && number.unit != "%" && !(number.unit.is_empty() && dated)
    }

    /// Words of terms in a clause, the longest where they overlap.
    fn mentions(&self, clause: &Range<usize>) -> Vec<Mention> {
        let terms = self.context.narrative.terms.iter().enumerate();
        let parties: Vec<Range<usize>> =
            self.context.words.parties.iter().flat_map(|w| self.flow.find_all(w)).collect();
        let mut all: Vec<Mention> = terms
            .flat_map(|(term, t)| {
                let live = t.near.is_empty() || self.near(term, clause);
                t.words.iter().flat_map(move |w| {
                    self.flow.find_all(w).into_iter().map(move |range| Mention { term, range, live })
                })
            })
            .filter(|m| clause.start <= m.range.start && m.range.end <= clause.end)
            .filter(|m| !parties.iter().any(|p| p.start < m.range.end && m.range.start < p.end))
            .collect();
        all.sort_by_key(|m| (m.range.start, std::cmp::Reverse(m.range.end)));
        let mut kept: Vec<Mention> = Vec::new();
        for m in all {
            match kept.last() {
                Some(last) if m.range.start < last.range.end => {
                    // Of two that overlap the longer says more: 不予公开 within 不予以公开.
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

    /// Whether a word that the term needs stands near: in the clause, the sentence or the paragraph.
    fn near(&self, term: usize, clause: &Range<usize>) -> bool {
        let Some(term) = self.context.narrative.terms.get(term) else { return false };
        any(&term.near, &self.flow.text(clause.clone()))
            || any(&term.near, self.sentence)
            || any(&term.near, self.paragraph)
    }

    /// Numbers with the term in front of them, or else behind.
    fn counted(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
        out: &mut Vec<Found>,
    ) {
        let mut from = clause.start;
        for (i, number) in numbers.iter().enumerate() {
            let stop = numbers.get(i + 1).map_or(clause.end, |n| n.range.start);
            let in_front: Vec<&Mention> = mentions
                .iter()
                .filter(|m| m.range.start >= from && m.range.end <= number.range.start)
                .collect();
            from = number.range.end;
            if let Some(last) = in_front.last() {
                let gap = last.range.end..number.range.start;
                let group = self.group(&in_front);
                out.extend(self.claim(clause, &group, gap, number, from..stop));
            } else if let Some(m) = mentions.iter().find(|m| m.range.start >= from && m.range.end <= stop) {
                let gap = from..m.range.start;
                if !self.flow.text(gap.clone()).contains('、') {
                    from = m.range.end;
                    out.extend(self.claim(clause, &[m], gap, number, m.range.end..stop));
                }
            }
        }
    }

    /// The terms that share a number: those joined to the last one by 和 and the like.
    fn group<'m>(&self, in_front: &[&'m Mention]) -> Vec<&'m Mention> {
        let mut group: Vec<&Mention> = Vec::new();
        for m in in_front.iter().rev() {
            let joined = group.last().is_none_or(|next: &&Mention| {
                let between = self.flow.text(m.range.end..next.range.start);
                any(&self.context.words.joints, &between) && residue(self.context.words, &between) == 0
            });
            if !joined {
                break;
            }
            group.push(m);
        }
        group.reverse();
        group
    }

    fn claim(
        &self,
        clause: &Range<usize>,
        group: &[&Mention],
        gap: Range<usize>,
        number: &Number,
        behind: Range<usize>,
    ) -> Vec<Found> {
        let words = self.context.words;
        let term = |m: &&Mention| self.context.narrative.terms.get(m.term);
        let first = group.first().map_or(clause.start, |m| m.range.start);
        let between = self.flow.text(gap.clone());
        let money = group.iter().all(|m| term(m).is_some_and(|t| t.money));
        let fits = if money {
            number.unit == "元"
        } else {
            words.counts.contains(&number.unit) || (number.unit.is_empty() && self.bare(number, &between))
        };
        let lead = self.flow.text(clause.start..number.range.start);
        if !fits || number.rough || group.iter().any(|m| !m.live) || any(&words.change, &lead) {
            return Vec::new();
        }
        let mut doubt = scope::doubt(self.context, self.flow, clause, first, self.sentence);
        let cut = self
            .flow
            .cuts
            .iter()
            .any(|c| gap.start < *c && *c <= gap.end || *c == gap.start && gap.start < gap.end);
        let acts = group.iter().any(|m| term(m).is_some_and(|t| t.act));
        if cut || residue(words, &between) > 1 || self.narrowed(&behind, acts) {
            doubt = Doubt::Unclear;
        }
        if acts && self.flow.text(clause.start..first).ends_with("其中") {
            doubt = Doubt::Unclear;
        }
        let value = if money { number.value / Decimal::from(10_000) } else { number.value };
        let each = number.value.is_zero() || between.contains(['均', '各', '都']) || acts;
        let found = |terms: Vec<usize>| Found { terms, value, doubt, range: number.range.clone() };
        let terms: Vec<usize> = group.iter().map(|m| m.term).collect();
        if group.len() > 1 && each && !number.value.is_zero() && !between.contains(['均', '各', '都']) {
            doubt = Doubt::Unclear;
            return terms
                .into_iter()
                .map(|t| Found { terms: vec![t], value, doubt, range: number.range.clone() })
                .collect();
        }
        if each { terms.into_iter().map(|t| found(vec![t])).collect() } else { vec![found(terms)] }
    }

    /// A number without a measure word counts only where nothing else can be meant: "为0，", "：3。"
    fn bare(&self, number: &Number, between: &str) -> bool {
        let end = self.flow.chars.get(number.range.end).copied();
        end.is_none_or(|c| matches!(c, ',' | ';' | '、')) && between.ends_with(['为', '是', ':', '共', '计'])
    }

    /// Whether what stands behind the number makes it another number: "3件中的2件", "件次的信访".
    fn narrowed(&self, behind: &Range<usize>, acts: bool) -> bool {
        let clause = self.flow.text(behind.clone());
        let object = clause.split([',', ';', '、']).next().unwrap_or_default();
        acts && !object.is_empty() && residue(self.context.words, object) > 4 && !object.contains("申请")
    }

    /// "行政复议、行政诉讼均为零", "行政复议：无".
    fn all_none(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
        out: &mut Vec<Found>,
    ) {
        let Some(last) = mentions.last().filter(|m| m.live) else { return };
        let tail = self.flow.text(last.range.end..clause.end);
        let none = [
            "均为零",
            "都为零",
            "为零",
            "均为无",
            "均无",
            "为无",
            ":无",
            "情况无",
            "零发生",
            "零",
            "案件零",
            "案件均为零",
        ];
        if !numbers.is_empty() || !none.contains(&tail.as_str()) {
            return;
        }
        let every: Vec<&Mention> = mentions.iter().collect();
        let doubt = scope::doubt(self.context, self.flow, clause, last.range.start, self.sentence);
        for m in self.group(&every) {
            let range = last.range.end..clause.end;
            out.push(Found { terms: vec![m.term], value: Decimal::ZERO, doubt, range });
        }
    }

    /// "没有发生行政复议和行政诉讼案件": no such thing as the terms behind, up to the clause's end.
    fn negated(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
        out: &mut Vec<Found>,
    ) {
        let words = self.context.words;
        let Some(first) = mentions.first() else { return };
        let negation = words.negation.iter().flat_map(|w| self.flow.find_all(w));
        let before = negation.filter(|r| clause.start <= r.start && r.end <= first.range.start);
        let Some(no) = before.max_by_key(|r| (r.end, r.len())) else { return };
        let behind = mentions.last().map_or(clause.end, |m| m.range.end)..clause.end;
        let text = self.flow.text(clause.clone());
        let lead = self.flow.text(no.end..first.range.start);
        let plain = residue(words, &lead) == 0 && residue(words, &self.flow.text(behind)) <= 1;
        let taken = numbers.iter().any(|n| !n.value.is_zero());
        if !plain || taken || any(&words.qualified, &text) || !mentions.iter().all(|m| m.live) {
            return;
        }
        let doubt = scope::doubt(self.context, self.flow, clause, no.start, self.sentence);
        let chain: Vec<&Mention> = mentions.iter().collect();
        let joined = self.group(&chain);
        let all = joined.len() == mentions.len();
        let range = no.start..mentions.last().map_or(no.end, |m| m.range.end);
        let terms = mentions.iter().filter(|m| all || m.range.start == first.range.start);
        out.extend(terms.map(|m| Found {
            terms: vec![m.term],
            value: Decimal::ZERO,
            doubt,
            range: range.clone(),
        }));
    }

    /// "行政复议7件，诉讼9件，均获维持": what was just counted has that result altogether.
    fn all_upheld(&self, out: &mut Vec<Found>) {
        let text = self.flow.text(0..self.flow.chars.len());
        let results = self.context.narrative.terms.iter().enumerate();
        let all = results.flat_map(|(i, t)| t.words.iter().map(move |w| (i, w)));
        let marked = all.filter(|(_, w)| w.starts_with(['均', '全']) && text.contains(w.as_str()));
        let Some((term, word)) = marked.max_by_key(|(_, w)| w.len()) else { return };
        let Some(place) = self.flow.find_all(word).into_iter().next() else { return };
        let cases: Vec<(Decimal, Doubt)> = out
            .iter()
            .filter(|f| f.range.end <= place.start && f.doubt != Doubt::Unclear)
            .map(|f| (f.value, f.doubt))
            .collect();
        let sum: Decimal = cases.iter().map(|(v, _)| *v).sum();
        if let Some((_, doubt)) = cases.first().filter(|_| !sum.is_zero()) {
            out.push(Found { terms: vec![term], value: sum, doubt: *doubt, range: place });
        }
    }
}

/// The clauses of a flow, cut where a comma is no separator of thousands.
fn clauses(chars: &[char], numbers: &[Number]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    for (i, c) in chars.iter().enumerate() {
        let in_number = numbers.iter().any(|n| n.range.contains(&i));
        if matches!(c, ',' | ';') && !in_number {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..chars.len());
    out
}
