//! Clauses that say that there was none of something: 没有发生行政复议, 行政诉讼均为零.

use super::claims::{Found, Reader};
use super::mentions::Mention;
use super::numerals::Number;
use super::scope;
use super::understood::unexplained;
use super::words::{any, residue, without};
use crate::form::narrative::Counts;
use rust_decimal::Decimal;
use std::ops::Range;

impl Reader<'_> {
    /// "行政复议、行政诉讼均为零", "行政复议：无".
    pub(super) fn all_none(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
        out: &mut Vec<Found>,
    ) {
        let Some(last) = mentions.last().filter(|m| m.live) else { return };
        let tail = self.flow.text(last.range.end..clause.end);
        let words = self.context.words;
        let said = without(&words.idle, tail);
        if !numbers.is_empty() || !words.none_behind.contains(&said) {
            return;
        }
        let every: Vec<&Mention> = mentions.iter().collect();
        let doubt = self.doubt(clause, last.range.start);
        for m in self.group(&every) {
            let range = last.range.end..clause.end;
            out.push(Found::new(vec![m.term], Decimal::ZERO, doubt, range));
        }
    }

    /// "零复议、零诉讼".
    pub(super) fn zero(&self, clause: &Range<usize>, mentions: &[Mention], out: &mut Vec<Found>) -> bool {
        let from = out.len();
        for m in mentions {
            let Some(zero) = m.range.start.checked_sub(1) else { continue };
            if self.flow.chars.get(zero) == Some(&'零') && self.denies(m, clause, zero) {
                let doubt = self.doubt(clause, zero);
                out.push(Found::new(vec![m.term], Decimal::ZERO, doubt, zero..m.range.end));
            }
        }
        out.len() > from
    }

    /// "没有发生行政复议和行政诉讼案件": no such thing as the terms behind, up to the clause's end.
    pub(super) fn negated(
        &self,
        clause: &Range<usize>,
        mentions: &[Mention],
        numbers: &[&Number],
        out: &mut Vec<Found>,
    ) {
        let words = self.context.words;
        // "行政复议方面：没有发生行政复议": what stands in front of the colon is the heading.
        let head =
            clause.clone().rev().find(|i| self.flow.chars.get(*i) == Some(&':')).unwrap_or(clause.start);
        let said = mentions.iter().position(|m| m.range.start >= head);
        let said = said.and_then(|at| mentions.get(at..)).unwrap_or(mentions);
        let said: Vec<Mention> = said.iter().map(|m| self.decisions(m)).collect();
        let (mentions, end) = self.outcome_alone(self.objects(&said), clause.end);
        let (Some(first), Some(last)) = (mentions.first(), mentions.last()) else { return };
        let negation = words.negation.iter().flat_map(|w| self.flow.find_all(w));
        let before = negation.filter(|r| clause.start <= r.start && r.end <= first.range.start);
        let Some(no) = before.max_by_key(|r| (r.end, r.len())) else { return };
        let lead = scope::without_office(self.context, &self.flow.text(no.end..first.range.start));
        let lead = without(&words.denied_too, lead);
        let lead = words.single.iter().find_map(|w| lead.strip_prefix(w.as_str())).unwrap_or(&lead);
        let explained =
            if self.is_outcome(last) { unexplained(self.context, lead) } else { residue(words, lead) };
        let plain = explained == 0
            && self.is_idle(&self.flow.text(last.range.end..end))
            && !any(&words.qualified, &self.besides(&(clause.start..end), mentions));
        let taken = numbers.iter().any(|n| !n.value.is_zero());
        // "未因答复不当引起复议" denies the fault and not the answer.
        let same = mentions.iter().all(|m| m.term == first.term);
        let together = same
            || self.adjacent(mentions)
            || mentions.windows(2).all(|w| matches!(w, [a, b] if self.in_a_row(a, b)));
        if !plain || taken || !together || !mentions.iter().all(|m| self.denies(m, clause, no.start)) {
            return;
        }
        let doubt = self.doubt(clause, no.start);
        let range = no.start..last.range.end;
        out.extend(mentions.iter().map(|m| Found::new(vec![m.term], Decimal::ZERO, doubt, range.clone())));
    }

    /// Whether what stands behind the things denied changes nothing: 情况, 诉求, 、投诉.
    fn is_idle(&self, tail: &str) -> bool {
        let words = self.context.words;
        let lists = words.denied_too.iter().chain(&words.idle);
        residue(words, &without(lists, tail.to_owned())) <= 1
    }

    /// Whether two things stand in one row: 行政许可、规章和行政强制. A slip such as 、提前行政诉讼 does not part them.
    fn in_a_row(&self, a: &Mention, b: &Mention) -> bool {
        let words = self.context.words;
        let between = self.flow.text(a.range.end..b.range.start.max(a.range.end));
        let plain = without(&words.denied_too, between.clone());
        let slip = if between.starts_with('、') && !self.is_act(b) { 2 } else { 0 };
        any(&words.joints, &between) && residue(words, &plain) <= slip
    }

    /// Of a row of things that begins with what became of cases, that alone: 复议被纠错、诉讼败诉.
    fn outcome_alone<'m>(&self, mentions: &'m [Mention], end: usize) -> (&'m [Mention], usize) {
        let first = mentions.first().filter(|m| self.is_outcome(m)).map(|m| m.range.end);
        match first.filter(|at| self.flow.chars.get(*at) == Some(&'、')) {
            Some(at) => (mentions.get(..1).unwrap_or_default(), at),
            None => (mentions, end),
        }
    }

    /// Where there are no 行政许可事项 there are no decisions either.
    fn decisions(&self, mention: &Mention) -> Mention {
        let terms = &self.context.narrative.terms;
        let empty = terms.get(mention.term).is_some_and(|t| t.readings.is_empty());
        let unsure = terms.iter().zip(self.context.phrases).enumerate();
        let mut inner =
            unsure.filter(|(_, (t, _))| empty && t.kind == Counts::Unsure).flat_map(|(term, (_, p))| {
                let found = p.iter().flat_map(|p| p.find_all(&self.flow.chars));
                found.map(move |range| Mention { term, range, live: true })
            });
        let begins = |m: &Mention| m.range.start == mention.range.start && m.range.end < mention.range.end;
        let found =
            inner.find(|m| begins(m) && self.is_idle(&self.flow.text(m.range.end..mention.range.end)));
        found.unwrap_or_else(|| mention.clone())
    }

    /// What is denied: of "未收到因政府信息公开引起的行政诉讼" the suit, and not what was received.
    fn objects<'m>(&self, mentions: &'m [Mention]) -> &'m [Mention] {
        let act = |m: &Mention| self.is_act(m);
        if let Some(at) = mentions.iter().position(|m| self.is_outcome(m)) {
            return mentions.get(at..).unwrap_or_default();
        }
        match mentions {
            [first, rest @ ..] if act(first) && !rest.is_empty() && !rest.iter().any(act) => {
                let between = rest.first().map(|m| self.flow.text(first.range.end..m.range.start));
                let plain = between
                    .is_some_and(|b| residue(self.context.words, &b) == 0 && !b.contains(['、', '和']));
                if plain { rest } else { mentions }
            }
            _ => mentions,
        }
    }

    /// Whether a term is what became of a case: 纠正, of reviews and suits.
    fn is_outcome(&self, mention: &Mention) -> bool {
        self.context.narrative.wholes.iter().any(|w| w.apart && w.parts.contains(&mention.term))
    }

    /// A clause without what is denied in it.
    fn besides(&self, clause: &Range<usize>, mentions: &[Mention]) -> String {
        let held = |i: &usize| mentions.iter().any(|m| m.range.contains(i));
        clause.clone().filter(|i| !held(i)).filter_map(|i| self.flow.chars.get(i)).collect()
    }

    fn is_act(&self, mention: &Mention) -> bool {
        self.context.narrative.terms.get(mention.term).is_some_and(|t| t.kind == Counts::Acts)
    }

    /// Whether results stand one directly behind the other: "无提起行政复议诉讼情况".
    fn adjacent(&self, mentions: &[Mention]) -> bool {
        let act = |m: &Mention| self.is_act(m);
        let touch = mentions.windows(2).all(|w| matches!(w, [a, b] if a.range.end == b.range.start));
        touch && !mentions.iter().any(act)
    }

    /// Whether a denial speaks of what the table counts. "没有发生行政复议" without any matter denies those about
    /// disclosure too; an act needs its matter.
    fn denies(&self, mention: &Mention, clause: &Range<usize>, from: usize) -> bool {
        mention.live
            || !self.is_act(mention) && scope::subject(self.context, &self.flow.text(clause.start..from)) == 0
    }
}
