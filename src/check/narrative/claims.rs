//! What sentences claim: a number (or "none") of a term, with the doubt there is about its scope.
//!
//! A claim is dropped rather than guessed: a number that may count something else is no claim.

use super::flow::Flow;
use super::mentions::{Around, Mention, mentions};
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
    /// Whether it only follows from the numbers before it: 均获维持.
    pub(super) follows: bool,
}

/// Whose report of which year it is, as far as known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) words: &'a Words,
    pub(super) narrative: &'a Narrative,
    pub(super) office: Option<&'a str>,
    pub(super) year: Option<i32>,
}

/// The claims of a report, in order.
pub(super) fn claims(report: &Report, context: &Context) -> Vec<Claim> {
    let mut out = Vec::new();
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let whole: String = sentence.flows.iter().map(|f| f.text(0..f.chars.len())).collect();
            for (f, flow) in sentence.flows.iter().enumerate() {
                let main = sentence.flows.first().filter(|_| flow.depth == 0);
                let before = main.zip(flow.host).map(|(main, host)| main.text(0..host)).unwrap_or_default();
                let (sentence, paragraph) = (whole.as_str(), paragraph.text.as_str());
                let reader = Reader { context, flow, before: &before, sentence, paragraph };
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
                        follows: found.follows,
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
    follows: bool,
}

impl Found {
    fn new(terms: Vec<usize>, value: Decimal, doubt: Doubt, range: Range<usize>) -> Self {
        Self { terms, value, doubt, range, follows: false }
    }
}

struct Reader<'a> {
    context: &'a Context<'a>,
    flow: &'a Flow,
    /// What stands in front of the flow, where it is a bracket.
    before: &'a str,
    sentence: &'a str,
    paragraph: &'a str,
}

impl Reader<'_> {
    fn claims(&self) -> Vec<Found> {
        let mut numbers = numbers(&self.flow.chars, self.context.words);
        numbers.retain(|n| self.may_count(n));
        let mut out = Vec::new();
        for clause in clauses(&self.flow.chars, &numbers) {
            let around = Around { flow: self.flow, sentence: self.sentence, paragraph: self.paragraph };
            let mentions = mentions(self.context, around, &clause);
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

    /// The doubt about a term at a place of a clause.
    fn doubt(&self, clause: &Range<usize>, at: usize) -> Doubt {
        let clause_of = |text: &str| text.rsplit([',', ';']).next().unwrap_or_default().to_owned();
        let spoken = scope::Spoken {
            lead: self.before.to_owned() + &self.flow.text(0..at),
            clause_lead: clause_of(self.before) + &self.flow.text(clause.start..at),
            clause: self.flow.text(clause.clone()),
            sentence: self.sentence,
        };
        scope::doubt(self.context, &spoken)
    }

    /// Whether a number is no date, article or share.
    fn may_count(&self, number: &Number) -> bool {
        let next = self.flow.chars.get(number.range.end);
        let dated = next.is_some_and(|c| matches!(c, '年' | '月' | '日' | '号' | '-' | '/'));
        number.unit != "?" && number.unit != "%" && !(number.unit.is_empty() && dated)
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
        if !fits
            || number.rough
            || group.iter().any(|m| !m.live)
            || any(&words.change, &lead)
            || lead.ends_with(['多', '少'])
        {
            return Vec::new();
        }
        let mut doubt = self.doubt(clause, first);
        let cut = self
            .flow
            .cuts
            .iter()
            .any(|c| gap.start < *c && *c <= gap.end || *c == gap.start && gap.start < gap.end);
        let acts = group.iter().any(|m| term(m).is_some_and(|t| t.act));
        let led = self.flow.text(clause.start..first);
        let off = acts && self.off_topic(clause, &between, &led);
        if cut || residue(words, &between) > 1 || self.narrowed(&behind, acts) || off {
            doubt = Doubt::Unclear;
        }
        if acts && led.ends_with("其中") {
            doubt = Doubt::Unclear;
        }
        let value = if money { number.value / Decimal::from(10_000) } else { number.value };
        let both = first_to_last(group).is_some_and(|r| self.flow.text(r).contains(['并', '和']))
            && acts
            && !between.contains('共');
        let each = number.value.is_zero() || between.contains(['均', '各', '都']) || acts;
        let found = |terms: Vec<usize>| Found::new(terms, value, doubt, number.range.clone());
        let terms: Vec<usize> = group.iter().map(|m| m.term).collect();
        if group.len() > 1
            && each
            && !both
            && !number.value.is_zero()
            && !between.contains(['均', '各', '都'])
        {
            doubt = Doubt::Unclear;
            return terms
                .into_iter()
                .map(|t| Found::new(vec![t], value, doubt, number.range.clone()))
                .collect();
        }
        if each { terms.into_iter().map(|t| found(vec![t])).collect() } else { vec![found(terms)] }
    }

    /// A number without a measure word counts only where nothing else can be meant: "为0，", "：3。"
    fn bare(&self, number: &Number, between: &str) -> bool {
        let end = self.flow.chars.get(number.range.end).copied();
        end.is_none_or(|c| matches!(c, ',' | ';' | '、')) && between.ends_with(['为', '是', ':', '共', '计'])
    }

    /// Whether an act is one on something else: "商品房预售许可受理申请38件", "受理仲裁申请1356件，办结1340件".
    fn off_topic(&self, clause: &Range<usize>, between: &str, lead: &str) -> bool {
        let words = self.context.words;
        if any(&words.disclosure, &self.flow.text(clause.clone())) {
            return false;
        }
        if any(&words.disclosure, self.sentence) {
            return any(&words.refused, self.sentence);
        }
        let whole = self.flow.text(0..self.flow.chars.len());
        let asked = words.application.as_str();
        let object = whole.split_once(asked).map(|(before, _)| before).unwrap_or_default();
        let about = object.rsplit([',', ';']).next().unwrap_or_default();
        scope::subject(self.context, lead) > 2
            || any(&words.off_topic, &whole)
            || residue(words, between) > 1
            || whole.contains(asked) && scope::matter(self.context, about) > 2
    }

    /// Whether what stands behind the number makes it another number: "3件中的2件", "件次的信访".
    fn narrowed(&self, behind: &Range<usize>, acts: bool) -> bool {
        let clause = self.flow.text(behind.clone());
        let object = clause.split([',', ';', '、']).next().unwrap_or_default();
        acts && !object.is_empty()
            && residue(self.context.words, object) > 4
            && !object.contains(self.context.words.application.as_str())
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
        let doubt = self.doubt(clause, last.range.start);
        for m in self.group(&every) {
            let range = last.range.end..clause.end;
            out.push(Found::new(vec![m.term], Decimal::ZERO, doubt, range));
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
        let (Some(first), Some(last)) = (mentions.first(), mentions.last()) else { return };
        let negation = words.negation.iter().flat_map(|w| self.flow.find_all(w));
        let before = negation.filter(|r| clause.start <= r.start && r.end <= first.range.start);
        let Some(no) = before.max_by_key(|r| (r.end, r.len())) else { return };
        let lead = scope::without_office(self.context, &self.flow.text(no.end..first.range.start));
        let plain = residue(words, &lead) == 0
            && residue(words, &self.flow.text(last.range.end..clause.end)) <= 1
            && !any(&words.qualified, &self.flow.text(clause.clone()));
        let taken = numbers.iter().any(|n| !n.value.is_zero());
        // "未因答复不当引起复议" denies the fault and not the answer.
        let same = mentions.iter().all(|m| m.term == first.term);
        let together = same
            || self.adjacent(mentions)
            || self.group(&mentions.iter().collect::<Vec<_>>()).len() == mentions.len();
        if !plain || taken || !together || !mentions.iter().all(|m| self.denies(m, clause, no.start)) {
            return;
        }
        let doubt = self.doubt(clause, no.start);
        let range = no.start..last.range.end;
        out.extend(mentions.iter().map(|m| Found::new(vec![m.term], Decimal::ZERO, doubt, range.clone())));
    }

    /// Whether results stand one directly behind the other: "无提起行政复议诉讼情况".
    fn adjacent(&self, mentions: &[Mention]) -> bool {
        let act = |m: &Mention| self.context.narrative.terms.get(m.term).is_some_and(|t| t.act);
        let touch = mentions.windows(2).all(|w| matches!(w, [a, b] if a.range.end == b.range.start));
        touch && !mentions.iter().any(act)
    }

    /// Whether a denial speaks of what the table counts. "没有发生行政复议" without any matter denies those about
    /// disclosure too; an act needs its matter.
    fn denies(&self, mention: &Mention, clause: &Range<usize>, from: usize) -> bool {
        let act = self.context.narrative.terms.get(mention.term).is_some_and(|t| t.act);
        mention.live || !act && scope::subject(self.context, &self.flow.text(clause.start..from)) == 0
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
            out.push(Found { follows: true, ..Found::new(vec![term], sum, *doubt, place) });
        }
    }
}

/// From the first word of a group to its last.
fn first_to_last(group: &[&Mention]) -> Option<Range<usize>> {
    Some(group.first()?.range.end..group.last()?.range.start).filter(|r| r.start <= r.end)
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
