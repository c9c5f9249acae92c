//! What sentences claim: a number (or "none") of a term, with the doubt there is about its scope.
//!
//! A claim is dropped rather than guessed: a number that may count something else is no claim.

use super::flow::Flow;
use super::mentions::{Around, mentions};
use super::numerals::{Number, numbers};
use super::scope::{self, Doubt};
use super::text::{Paragraph, Report, is_title};
use super::words::{Words, any, without};
use crate::form::narrative::{Counts, Narrative};
use crate::form::phrase::Phrase;
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::ops::Range;

/// A number that a sentence states.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    /// What it counts; several terms share one number as their sum.
    pub(super) terms: Vec<usize>,
    /// How many, and how near to it the table's number must be to be the same, rounded.
    pub(super) value: Decimal,
    pub(super) step: Decimal,
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
    /// Whether its word alone leaves open what it counts: 行政处罚32件.
    pub(super) asked: bool,
}

impl Claim {
    /// Whether this is a number of the table, rounded as the text rounds it.
    pub(super) fn is(&self, value: Decimal) -> bool {
        value == self.value || (value - self.value).abs() < self.step
    }
}

/// Whose report of which year it is, as far as known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) words: &'a Words,
    pub(super) narrative: &'a Narrative,
    /// The phrases of each term, in the report's year.
    pub(super) phrases: &'a [Vec<Cow<'a, Phrase>>],
    pub(super) office: Option<&'a str>,
    pub(super) year: Option<i32>,
}

/// The claims of a report, in order.
pub(super) fn claims(report: &Report, context: &Context) -> Vec<Claim> {
    let mut out = Vec::new();
    let mut title: Option<&Paragraph> = None;
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        let above = title.filter(|t| t.section == paragraph.section).map_or("", |t| &t.text);
        let around = above.to_owned() + &paragraph.text;
        title = if is_title(&paragraph.text) { Some(paragraph) } else { title };
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let whole: String = sentence.flows.iter().map(|f| f.text(0..f.chars.len())).collect();
            for (f, flow) in sentence.flows.iter().enumerate() {
                let main = sentence.flows.first().filter(|_| flow.depth == 0);
                let before = main.zip(flow.host).map(|(main, host)| main.text(0..host)).unwrap_or_default();
                let (sentence, paragraph) = (whole.as_str(), around.as_str());
                let reader = Reader { context, flow, before: &before, sentence, paragraph };
                for found in reader.claims() {
                    out.push(Claim {
                        terms: found.terms,
                        value: found.value,
                        step: found.step,
                        doubt: found.doubt,
                        paragraph: p,
                        sentence: i,
                        bytes: flow.span(found.range.clone()),
                        flow: f,
                        end: found.range.end,
                        follows: found.follows,
                        asked: found.asked,
                    });
                }
            }
        }
    }
    out
}

/// A claim in its flow.
pub(super) struct Found {
    pub(super) terms: Vec<usize>,
    pub(super) value: Decimal,
    pub(super) step: Decimal,
    pub(super) doubt: Doubt,
    pub(super) range: Range<usize>,
    pub(super) follows: bool,
    pub(super) asked: bool,
}

impl Found {
    pub(super) fn new(terms: Vec<usize>, value: Decimal, doubt: Doubt, range: Range<usize>) -> Self {
        Self { terms, value, step: Decimal::ZERO, doubt, range, follows: false, asked: false }
    }
}

/// Reads the claims of one flow; how is `counted`'s and `denied`'s.
pub(super) struct Reader<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) flow: &'a Flow,
    /// What stands in front of the flow, where it is a bracket.
    pub(super) before: &'a str,
    pub(super) sentence: &'a str,
    paragraph: &'a str,
}

impl Reader<'_> {
    fn claims(&self) -> Vec<Found> {
        let mut numbers = numbers(&self.flow.chars, self.context.words);
        numbers.retain(|n| self.may_count(n));
        let (mut out, mut foreign, mut of_some) = (Vec::new(), false, false);
        for clause in clauses(&self.flow.chars, &numbers, self.context.words) {
            let around = Around { flow: self.flow, sentence: self.sentence, paragraph: self.paragraph };
            let mentions = mentions(self.context, around, &clause);
            let words = self.context.words;
            let text = without(&words.on_topic, self.flow.text(clause.clone()));
            if any(&words.off_topic, &text) || any(&words.unrelated, self.sentence) {
                continue;
            }
            let within: Vec<&Number> = numbers.iter().filter(|n| clause.contains(&n.range.start)).collect();
            let from = out.len();
            if let Some(first) = mentions.first().filter(|m| self.has_subject(&clause, m)) {
                foreign = self.is_foreign(&clause, first.range.start);
            }
            self.counted(&clause, &mentions, &within, &mut out);
            self.all_none(&clause, &mentions, &within, &mut out);
            if !self.zero(&clause, &mentions, &mut out) {
                self.negated(&clause, &mentions, &within, &mut out);
            }
            if mentions.is_empty() {
                out.extend(self.summed(&clause, &numbers, &out));
            }
            self.same_subject(&clause, &mut out, from);
            of_some = self.of_some(&clause, &mut out, from, of_some);
            if foreign {
                let claimed = out.iter_mut().skip(from).filter(|f| !f.value.is_zero());
                claimed.for_each(|f| f.doubt = f.doubt.max(Doubt::Unclear));
            }
        }
        self.all_upheld(&mut out);
        out
    }

    /// Whether what follows is about one kind of applicants: "受理自然人申请54件，已办结50件". Such clauses leave it
    /// open, until one names the applications again.
    fn of_some(&self, clause: &Range<usize>, out: &mut [Found], from: usize, before: bool) -> bool {
        let words = self.context.words;
        let said = without(&words.parties, self.flow.text(clause.clone()));
        let (counted, here) = out.split_at_mut(from.min(out.len()));
        if said.contains(words.application.as_str()) || any(&words.disclosure, &said) {
            let led = said.split(words.application.as_str()).next().unwrap_or_default();
            let plain = counted.is_empty() && !said.contains("其中");
            return plain && here.len() == 1 && any(&words.applicants, led);
        }
        let before = before || said.starts_with("其中") && self.counts_parts(counted);
        if before {
            for f in here {
                f.doubt = f.doubt.max(Doubt::Unclear);
            }
        }
        before
    }

    /// Whether only a part of the applications was counted, such as 上年结转11件, whose results follow behind 其中.
    fn counts_parts(&self, counted: &[Found]) -> bool {
        let wholes = &self.context.narrative.wholes;
        let is_part = |t: &usize| {
            let terms = &self.context.narrative.terms;
            let acts = terms.get(*t).is_some_and(|t| t.kind == Counts::Acts);
            !acts && !wholes.iter().any(|w| w.whole == *t || w.parts.contains(t))
        };
        !counted.is_empty() && counted.iter().all(|f| f.terms.iter().all(is_part))
    }

    /// "全省新收8.6万件，办结8.5万件": a clause without a subject has that of the clause in front.
    fn same_subject(&self, clause: &Range<usize>, out: &mut [Found], from: usize) {
        let (before, here) = out.split_at_mut(from.min(out.len()));
        let unsure =
            |t: &usize| self.context.narrative.terms.get(*t).is_some_and(|t| t.kind == Counts::Unsure);
        let wider = before.last().is_some_and(|f| f.doubt == Doubt::Scope && !f.terms.iter().any(unsure));
        if !wider {
            return;
        }
        // 本年 and 全年 are no subjects.
        let words = self.context.words;
        if !any(&words.own, &without(&words.filler, self.flow.text(clause.clone()))) {
            for f in here {
                f.doubt = f.doubt.max(Doubt::Scope);
            }
        }
    }

    /// The doubt about a term at a place of a clause.
    pub(super) fn doubt(&self, clause: &Range<usize>, at: usize) -> Doubt {
        let clause_of = |text: &str| text.rsplit([',', ';']).next().unwrap_or_default().to_owned();
        let spoken = scope::Spoken {
            lead: self.before.to_owned() + &self.flow.text(0..at),
            undated: self.before.to_owned() + &self.undated(at),
            clause_lead: clause_of(self.before) + &self.flow.text(clause.start..at),
            clause: self.flow.text(clause.clone()),
            sentence: self.sentence,
        };
        scope::doubt(self.context, &spoken)
    }

    /// The flow up to a place, without phrases that hold a year.
    fn undated(&self, end: usize) -> String {
        if !self.flow.chars.get(..end).is_some_and(|c| c.contains(&'年')) {
            return self.flow.text(0..end);
        }
        let phrases = self.context.phrases.iter().flatten();
        let held: Vec<Range<usize>> = phrases
            .flat_map(|p| p.find_all(&self.flow.chars))
            .filter(|r| self.flow.text(r.clone()).contains('年'))
            .collect();
        let free = (0..end).filter(|i| !held.iter().any(|r| r.contains(i)));
        free.filter_map(|i| self.flow.chars.get(i)).collect()
    }

    /// Whether a number is no date, article or share.
    fn may_count(&self, number: &Number) -> bool {
        let next = self.flow.chars.get(number.range.end);
        let dated = next.is_some_and(|c| matches!(c, '年' | '月' | '日' | '号' | '-' | '/'));
        number.unit != "?"
            && !matches!(number.unit.as_str(), "%" | "倍")
            && !(number.unit.is_empty() && dated)
    }

    /// "行政复议7件，诉讼9件，均获维持": what was just counted has that result altogether.
    fn all_upheld(&self, out: &mut Vec<Found>) {
        let results = self.context.phrases.iter().enumerate();
        let all = results.flat_map(|(i, t)| t.iter().map(move |p| (i, p)));
        let found = all.flat_map(|(i, p)| p.find_all(&self.flow.chars).into_iter().map(move |r| (i, r)));
        let counted = |at: usize| self.flow.chars.get(at).is_some_and(char::is_ascii_digit);
        let marked = found
            .filter(|(_, r)| matches!(self.flow.chars.get(r.start), Some('均' | '全')) && !counted(r.end));
        let Some((term, place)) = marked.max_by_key(|(_, r)| (r.len(), std::cmp::Reverse(r.start))) else {
            return;
        };
        let cases: Vec<(Decimal, Doubt)> = out
            .iter()
            .filter(|f| f.range.end <= place.start && f.doubt <= Doubt::Scope)
            .map(|f| (f.value, f.doubt))
            .collect();
        let sum: Decimal = cases.iter().map(|(v, _)| *v).sum();
        if let Some((_, doubt)) = cases.first().filter(|_| !sum.is_zero()) {
            out.push(Found { follows: true, ..Found::new(vec![term], sum, *doubt, place) });
        }
    }
}

/// The clauses of a flow, cut where a comma is no separator of thousands, and where a row of numbers ends with a denial:
/// 行政强制3185件、无行政事业性收费.
fn clauses(chars: &[char], numbers: &[Number], words: &Words) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    for (i, c) in chars.iter().enumerate() {
        let in_number = numbers.iter().any(|n| n.range.contains(&i));
        let denial = *c == '、' && numbers.iter().any(|n| n.range.end == i) && is_denial(chars, i + 1, words);
        if denial || matches!(c, ',' | ';') && !in_number {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..chars.len());
    out
}

/// Whether an item of a row begins with a word for none, and counts nothing.
fn is_denial(chars: &[char], from: usize, words: &Words) -> bool {
    let item = chars.get(from..).unwrap_or_default().split(|c| matches!(c, ',' | ';' | '、')).next();
    let item: String = item.unwrap_or_default().iter().collect();
    words.negation.iter().any(|w| item.starts_with(w.as_str()))
        && !item.contains(|c: char| c.is_ascii_digit())
}
