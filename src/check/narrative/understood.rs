//! Whether a clause is understood: a number is held against the table only where the vocabulary and words that narrow
//! nothing explain all that leads to it. "以行政执法案卷为由不予公开61件" counts one reason, "委属医院收到申请37件" another
//! office's, "税收违法举报受理3件" another matter: a word that is not known may say any of these.

use super::claims::{Context, Reader};
use super::mentions::Mention;
use super::scope;
use super::words::{any, replaced, without};
use crate::form::narrative::Counts;
use std::ops::Range;

/// As much may be left over, for what no list holds.
const SPARE: usize = 1;

impl Reader<'_> {
    /// Whether all that leads to a number is explained; `lead` runs from the number in front to the terms.
    pub(super) fn is_understood(&self, lead: &Range<usize>, group: &[&Mention], gap: &Range<usize>) -> bool {
        let said = self.flow.text(lead.clone());
        let acts = group.iter().any(|m| self.kind(m.term) == Some(Counts::Acts));
        // "教育考试费等行政事业性收费", "因不掌握等原因无法提供": what is named is an example.
        let example = said.contains('等') && !acts;
        let explained = self.explains(&said) && !self.narrows(lead, group);
        // "10件未到答复期限" says what they are not.
        let denied = gap.start >= lead.end && any(&self.context.words.negation, &self.flow.text(gap.clone()));
        (example || explained)
            && !denied
            && !self.names_others(&said)
            && unexplained(self.context, &self.plain(&self.flow.text(gap.clone()))) == 0
    }

    /// Whether anything but dates stands in front of the act that a clause begins with.
    pub(super) fn has_subject(&self, clause: &Range<usize>, first: &Mention) -> bool {
        let said = self.flow.text(clause.start..first.range.start.max(clause.start));
        if self.kind(first.term) != Some(Counts::Acts) {
            return false;
        }
        let own = any(&self.context.words.own, &said);
        own || unexplained(self.context, &said) > SPARE || scope::behind_office(self.context, &said) != said
    }

    /// Whether the first words of a clause name a subject that is not known: 委属医院收到….
    pub(super) fn is_foreign(&self, clause: &Range<usize>, first: usize) -> bool {
        let said = self.flow.text(clause.start..first.max(clause.start));
        let led = self.context.words.leads.iter().any(|w| said.starts_with(w.as_str()));
        !led && (self.names_others(&said) || !self.explains(&said))
    }

    /// Whether others act in a text: 公安系统, but not the 申请系统 that applications come in by.
    fn names_others(&self, said: &str) -> bool {
        let words = self.context.words;
        any(&words.foreign, &without(&words.on_topic, said.to_owned()))
    }

    /// Whether nothing in a text is unknown, but for ways of applying and what the office's own name says.
    fn explains(&self, text: &str) -> bool {
        let unknown = |text: &str| unexplained(self.context, text);
        unknown(text) <= SPARE || unknown(&self.plain(text)) <= SPARE
    }

    /// Whether a stretch holds a term.
    pub(super) fn names(&self, stretch: &Range<usize>) -> bool {
        let chars: Vec<char> = self.flow.text(stretch.clone()).chars().collect();
        self.context.phrases.iter().flatten().any(|p| !p.find_all(&chars).is_empty())
    }

    /// Whether another result in front makes the number one of its cases: of "维持原答复的被诉2件" both.
    fn narrows(&self, lead: &Range<usize>, group: &[&Mention]) -> bool {
        let (Some(last), true) =
            (group.last(), group.iter().all(|m| self.kind(m.term) == Some(Counts::Results)))
        else {
            return false;
        };
        let others = self.context.narrative.terms.iter().zip(self.context.phrases).enumerate();
        let others = others.filter(|(i, (t, _))| {
            let here = t.beside.is_empty() || any(&t.beside, self.sentence);
            let of_results = t.kind == Counts::Results && !t.readings.is_empty();
            here && of_results && *i != last.term && !self.holds(*i, last.term)
        });
        let own = |r: &Range<usize>| group.iter().any(|m| m.range.start < r.end && r.start < m.range.end);
        let mut found =
            others.flat_map(|(_, (_, phrases))| phrases.iter().flat_map(|p| p.find_all(&self.flow.chars)));
        found.any(|r| lead.start <= r.start && r.end <= lead.end && !own(&r))
    }

    /// Whether a term counts all that another does and more, or is told by the same words.
    fn holds(&self, whole: usize, part: usize) -> bool {
        let terms = &self.context.narrative.terms;
        let (Some(whole_term), Some(part_term)) = (terms.get(whole), terms.get(part)) else { return false };
        let wholes = &self.context.narrative.wholes;
        whole_term.id == part_term.id
            || wholes.iter().any(|w| w.whole == whole && w.parts.contains(&part))
            || part_term.readings.iter().all(|p| {
                whole_term.readings.iter().any(|w| w.len() > p.len() && p.iter().all(|f| w.contains(f)))
            })
    }

    fn kind(&self, term: usize) -> Option<Counts> {
        self.context.narrative.terms.get(term).map(|t| t.kind)
    }
}

/// How many characters of a text neither a term nor the office's name nor a neutral word explains.
pub(super) fn unexplained(context: &Context, text: &str) -> usize {
    let mut chars: Vec<char> = scope::behind_office(context, text).chars().collect();
    let phrases = context.phrases.iter().flatten();
    let held: Vec<Range<usize>> = phrases.flat_map(|p| p.find_all(&chars)).collect();
    for i in held.into_iter().flatten() {
        chars.get_mut(i).into_iter().for_each(|c| *c = ' ');
    }
    let text: String = chars.into_iter().collect();
    let rest = replaced(&context.words.neutral, " ", text);
    let plain = |c: &char| c.is_alphabetic() && !context.words.dates.contains(*c);
    rest.chars().filter(plain).count()
}
