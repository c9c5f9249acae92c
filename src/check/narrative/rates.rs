//! Rates that the vocabulary defines, of what a sentence or the tables count (N303): 办结率, 纠错率, 维持率.
//!
//! A rate has several bases, and any that computes will do: 办结率 is of what was received, or of that and what was
//! carried over.

use super::claims::{Claim, Context};
use super::judge;
use super::numerals::{Number, numbers};
use super::scope::Doubt;
use super::shares::{Spot, computes, lead};
use super::understood::unexplained;
use super::words::{Rate, any};
use crate::check::Submission;
use crate::finding::Finding;
use rust_decimal::Decimal;

/// "行政复议5件，维持3件，维持率80%".
pub(super) fn rate(
    s: Submission,
    spot: &Spot,
    context: &Context,
    claims: &[Claim],
    percent: &Number,
) -> Option<Finding> {
    let rate = named(spot, context, percent)?;
    let here: Vec<&Claim> =
        claims.iter().filter(|c| (c.paragraph, c.sentence) == (spot.paragraph, spot.sentence)).collect();
    let terms = Terms::of(context, rate);
    // The rate is one of disclosure only where the sentence counts what it is made of.
    let about = here.iter().rfind(|c| c.doubt == Doubt::None && c.terms.iter().all(|t| terms.holds(*t)))?;
    let counts: Vec<Decimal> = counts(spot, context);
    let parts = terms.parts(s, &here);
    let mut wholes = terms.wholes(s, &here);
    wholes.extend(counts.iter().filter(|n| **n >= about.value));
    let computes = |a: &Decimal| wholes.iter().any(|b| !b.is_zero() && computes(*a, *b, percent));
    if parts.iter().chain(&counts).any(computes) {
        return None;
    }
    let part = parts.first()?;
    let whole = wholes.iter().find(|b| *b >= part && !b.is_zero())?;
    spot.wrong_ratio(percent, *part, *whole)
}

/// The rate that a percentage gives, if nothing in front of its name narrows it: not 按时办结率.
fn named<'c>(spot: &Spot, context: &Context<'c>, percent: &Number) -> Option<&'c Rate> {
    let words = context.words;
    let clause = spot.flow.text(lead(spot.flow, percent));
    let said = clause.trim_end_matches(['为', '是', '达', '到', ':']);
    let (rate, before) = words.rate.iter().find_map(|r| {
        let rest = r.words.iter().filter_map(|w| said.strip_suffix(w.as_str()));
        rest.min_by_key(|rest| rest.len()).map(|rest| (r, rest))
    })?;
    (!any(&words.timely, before) && unexplained(context, before) == 0).then_some(rate)
}

/// Every number of cases in a sentence.
fn counts(spot: &Spot, context: &Context) -> Vec<Decimal> {
    let all = spot.flows.iter().flat_map(|f| numbers(&f.chars, context.words));
    all.filter(|n| context.words.counts.contains(&n.unit)).map(|n| n.value).collect()
}

/// What a rate is made of.
struct Terms {
    parts: Vec<Vec<usize>>,
    wholes: Vec<usize>,
}

impl Terms {
    fn of(context: &Context, rate: &Rate) -> Self {
        let index = |id: &String| context.narrative.terms.iter().position(|t| t.id == *id);
        let all = |ids: &Vec<String>| ids.iter().filter_map(index).collect();
        Self { parts: rate.part.iter().map(all).collect(), wholes: all(&rate.of) }
    }

    fn holds(&self, term: usize) -> bool {
        self.wholes.contains(&term) || self.parts.iter().flatten().any(|t| *t == term)
    }

    /// The parts as the sentence tells them, or else the tables.
    fn parts(&self, s: Submission, here: &[&Claim]) -> Vec<Decimal> {
        let sum = |p: &Vec<usize>| p.iter().map(|t| told(here, *t).next()).sum::<Option<Decimal>>();
        let said: Vec<Decimal> = self.parts.iter().filter_map(sum).collect();
        if said.is_empty() { self.parts.iter().flat_map(|p| of_tables(s, p)).collect() } else { said }
    }

    /// The wholes as the sentence and the tables tell them.
    fn wholes(&self, s: Submission, here: &[&Claim]) -> Vec<Decimal> {
        let said = self.wholes.iter().flat_map(|t| told(here, *t));
        said.chain(self.wholes.iter().flat_map(|t| of_tables(s, &[*t]))).collect()
    }
}

fn told<'c>(here: &'c [&Claim], term: usize) -> impl Iterator<Item = Decimal> + 'c {
    here.iter().filter(move |c| c.terms == [term]).map(|c| c.value)
}

fn of_tables(s: Submission, terms: &[usize]) -> Vec<Decimal> {
    judge::readings(s, terms).into_iter().flatten().map(|r| r.value).collect()
}
