//! Percentages that do not compute (N303): shares of a number beside them; growth is `growth`'s.
//!
//! Rounding is taken as printed: 34.1 % stands for anything from 34.05 to 34.15.

use super::claims::{Claim, Context};
use super::flow::Flow;
use super::growth::{change, growth, level};
use super::judge::{self, Blamed};
use super::numerals::{Number, numbers};
use super::rates::rate;
use super::scope::Doubt;
use super::text::Report;
use super::words::{any, residue, without};
use crate::check::{LastYear, Submission};
use crate::finding::{Finding, Severity, Text};
use crate::grid::amount;
use rust_decimal::Decimal;
use std::ops::Range;

/// Where a percentage stands.
pub(super) struct Spot<'a> {
    report: &'a Report,
    pub(super) paragraph: usize,
    pub(super) sentence: usize,
    pub(super) flow: &'a Flow,
    /// All flows of the sentence.
    pub(super) flows: Vec<&'a Flow>,
    /// The claims of the paragraph.
    pub(super) paragraph_claims: Vec<&'a Claim>,
    /// Numbers told to differ from the tables.
    blamed: &'a [Blamed],
}

/// Percentages that do not compute.
pub(super) fn shares(
    s: Submission,
    prior: Option<&LastYear>,
    report: &Report,
    context: &Context,
    claims: &[Claim],
    blamed: &[Blamed],
) -> Vec<Finding> {
    let mut out = Vec::new();
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            for (f, flow) in sentence.flows.iter().enumerate() {
                let flows = sentence.flows.iter().collect();
                let paragraph_claims = claims.iter().filter(|c| c.paragraph == p).collect();
                let spot = Spot { report, paragraph: p, sentence: i, flow, flows, paragraph_claims, blamed };
                let own: Vec<&Claim> =
                    claims.iter().filter(|c| (c.paragraph, c.sentence, c.flow) == (p, i, f)).collect();
                let all = numbers(&flow.chars, context.words);
                for percent in all.iter().filter(|n| n.unit == "%" && !n.rough) {
                    let rate = rate(s, &spot, context, claims, percent);
                    let told = rate.is_some();
                    out.extend(rate);
                    if !told {
                        out.extend(share(s, &spot, context, claims, &all, percent));
                        out.extend(growth(s, prior, &spot, context, &own, percent));
                    }
                }
                out.extend(respective(&spot, context, claims, &all));
                out.extend(level(s, prior, &spot, context, &own));
                for times in all.iter().filter(|n| n.unit == "倍" && !n.rough) {
                    out.extend(growth(s, prior, &spot, context, &own, times));
                }
                for n in all.iter().filter(|n| context.words.cases.contains(&n.unit) && !n.rough) {
                    out.extend(change(s, prior, &spot, context, &own, n));
                }
            }
        }
    }
    out
}

/// The clause in front of a percentage.
pub(super) fn lead(flow: &Flow, percent: &Number) -> Range<usize> {
    let from = (0..percent.range.start).rev().find(|i| matches!(flow.chars.get(*i), Some(',' | ';')));
    from.map_or(0, |i| i + 1)..percent.range.start
}

/// "不予公开35件，占4.34%": of any whole named before it, in the text or the tables.
fn share(
    s: Submission,
    spot: &Spot,
    context: &Context,
    claims: &[Claim],
    all: &[Number],
    percent: &Number,
) -> Option<Finding> {
    let words = context.words;
    let clause = spot.flow.text(lead(spot.flow, percent));
    let rest =
        words.share.iter().find_map(|w| clause.find(w.as_str()).and_then(|i| clause.get(i + w.len()..)))?;
    let own = all.iter().any(|n| n.unit != "%" && lead(spot.flow, percent).contains(&n.range.start));
    let said = clause.strip_suffix(rest).unwrap_or_default();
    let said = without(&words.share, said.to_owned());
    if !own && residue(words, &said) > 0 {
        return None;
    }
    let of_all = words.of_all.iter().chain(&words.settled);
    let of_all = without(of_all, rest.to_owned());
    if residue(words, &of_all) > 0 {
        return None;
    }
    let counted = |n: &&Number| words.counts.contains(&n.unit) && n.range.end <= percent.range.start;
    let part = all.iter().rfind(counted).filter(|n| !n.rough)?;
    // "部分公开67，占4.61%": what it is a share of has no measure word.
    if all.iter().any(|n| n.unit.is_empty() && (part.range.end..percent.range.start).contains(&n.range.start))
    {
        return None;
    }
    let parts = shared_parts(all, percent, part);
    // "…69件、…24件，合计占44.5%" speaks of both.
    let together = any(&words.sums, &said) || said.ends_with('共');
    let part_value = parts.last().copied().filter(|_| together).unwrap_or(part.value);
    let mut wholes = wholes_before(spot, context, claims, all, percent, part);
    if wholes.is_empty() {
        wholes = of_the_sentence_before(spot, context, part);
    }
    if wholes.is_empty() {
        wholes = of_tables(s, context, named_at(claims, spot, part)?);
    }
    if wholes.is_empty() {
        return None;
    }
    let terms = context.narrative.wholes.iter().map(|w| w.whole);
    wholes.extend(terms.filter_map(|t| judge::readings(s, &[t])).flatten().map(|r| r.value));
    wholes.retain(|w| !w.is_zero());
    let fits = |p: &Decimal| wholes.iter().any(|w| w >= p && computes(*p, *w, percent));
    if parts.iter().any(fits) || meant(s, spot, claims, part).iter().any(fits) {
        return None;
    }
    let whole = wholes.iter().find(|w| **w >= part_value)?;
    spot.wrong_ratio(percent, part_value, *whole)
}

/// "予以公开6件、部分公开2件，分别占75%、25%": as many shares as parts of the whole in front, in their order.
fn respective(spot: &Spot, context: &Context, claims: &[Claim], all: &[Number]) -> Option<Finding> {
    let words = context.words;
    let mark = words.share.iter().flat_map(|w| spot.flow.find_all(&format!("分别{w}"))).next()?;
    let shares: Vec<&Number> =
        all.iter().filter(|n| n.range.start >= mark.end).take_while(|n| n.unit == "%").collect();
    let counted: Vec<&Number> =
        all.iter().filter(|n| n.range.end <= mark.start && words.counts.contains(&n.unit)).collect();
    let parts = counted.get(counted.len().checked_sub(shares.len())?..)?;
    let first = parts.first()?;
    let wholes = wholes_before(spot, context, claims, all, first, first);
    let unsure = parts.iter().chain(&shares).any(|n| n.rough) || shares.len() < 2;
    let faults = |whole: &Decimal| -> Vec<(&Number, Decimal)> {
        let pairs = parts.iter().zip(&shares).filter(|(p, share)| !computes(p.value, *whole, share));
        pairs.map(|(p, share)| (*share, p.value)).collect()
    };
    // The whole over which most of them compute.
    let whole = wholes.iter().filter(|w| !w.is_zero()).min_by_key(|w| faults(w).len()).filter(|_| !unsure)?;
    let wrong = faults(whole);
    let (share, part) = wrong.first().filter(|_| wrong.len() < shares.len())?;
    spot.wrong_ratio(share, *part, *whole)
}

/// What a share may be of: each number since the percentage before, and the sums of the last ones, all of them last.
fn shared_parts(all: &[Number], percent: &Number, part: &Number) -> Vec<Decimal> {
    let before = all.iter().rfind(|n| n.unit == "%" && n.range.end <= percent.range.start);
    let from = before.map_or(0, |n| n.range.end);
    let near = all.iter().filter(|n| n.unit == part.unit && n.range.start >= from && !n.rough);
    let values: Vec<Decimal> = near.filter(|n| n.range.end <= percent.range.start).map(|n| n.value).collect();
    let mut sum = Decimal::ZERO;
    let mut out = values.clone();
    out.extend(values.iter().rev().map(|v| {
        sum += *v;
        sum
    }));
    out
}

/// The wholes that the text names in front of a share, the likeliest first.
fn wholes_before(
    spot: &Spot,
    context: &Context,
    claims: &[Claim],
    all: &[Number],
    percent: &Number,
    part: &Number,
) -> Vec<Decimal> {
    let words = context.words;
    let whole_terms = || context.narrative.wholes.iter().map(|w| w.whole);
    let named = claims.iter().filter(|c| {
        c.paragraph == spot.paragraph && (c.sentence, c.bytes.start) < (spot.sentence, spot.bytes(part).start)
    });
    let mut wholes: Vec<Decimal> =
        named.filter(|c| whole_terms().any(|t| c.terms == [t])).map(|c| c.value).collect();
    // The whole named last is the likeliest.
    wholes.reverse();
    // A number with a share of its own is a part too.
    let shared = |n: &Number| {
        let next = all.iter().find(|m| m.range.start >= n.range.end);
        next.is_some_and(|m| m.unit == "%" && any(&words.share, &spot.flow.text(n.range.end..m.range.start)))
    };
    let counted = |n: &&Number| words.counts.contains(&n.unit) && n.range.end <= percent.range.start;
    let larger =
        all.iter().filter(counted).filter(|n| n.unit == part.unit && n.value > part.value && !shared(n));
    wholes.extend(larger.map(|n| n.value));
    wholes
}

/// The only number of its kind in the sentence before: 主动公开572条。在主动公开的信息中，机构职能类10条，占1.7%.
fn of_the_sentence_before(spot: &Spot, context: &Context, part: &Number) -> Vec<Decimal> {
    let paragraph = spot.report.paragraphs.get(spot.paragraph);
    let before = spot.sentence.checked_sub(1).and_then(|i| paragraph?.sentences.get(i)?.flows.first());
    let all = before.map(|flow| numbers(&flow.chars, context.words)).unwrap_or_default();
    let mut same = all.iter().filter(|n| n.unit == part.unit);
    match (same.next(), same.next()) {
        (Some(n), None) if !n.rough && n.value > part.value => vec![n.value],
        _ => Vec::new(),
    }
}

/// What the tables have for a number that is told to differ from them: a share of that is no second fault.
fn meant(s: Submission, spot: &Spot, claims: &[Claim], part: &Number) -> Vec<Decimal> {
    let words = Blamed { paragraph: spot.paragraph, bytes: spot.bytes(part) };
    let claim = named_at(claims, spot, part).filter(|_| spot.blamed.contains(&words));
    let readings = claim.and_then(|c| judge::readings(s, &c.terms)).unwrap_or_default();
    readings.iter().map(|r| r.value).collect()
}

/// The claim that a number of a sentence makes.
fn named_at<'c>(claims: &'c [Claim], spot: &Spot, number: &Number) -> Option<&'c Claim> {
    let bytes = spot.bytes(number);
    claims.iter().find(|c| (c.paragraph, c.sentence) == (spot.paragraph, spot.sentence) && c.bytes == bytes)
}

/// The wholes, in the tables, of a number that agrees with them: 予以公开40件，占45%, where no whole is named.
fn of_tables(s: Submission, context: &Context, part: &Claim) -> Vec<Decimal> {
    let agrees = |t: usize| judge::readings(s, &[t]).is_some_and(|r| r.iter().any(|r| part.is(r.value)));
    let [term] = part.terms.as_slice() else { return Vec::new() };
    if part.doubt != Doubt::None || !agrees(*term) {
        return Vec::new();
    }
    let of = context.narrative.wholes.iter().filter(|w| !w.apart && w.parts.contains(term));
    of.filter_map(|w| judge::readings(s, &[w.whole])).flatten().map(|r| r.value).collect()
}

pub(super) fn percent_of(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}

/// Whether a percentage, or a multiple, is this part of this whole, rounded as printed.
pub(super) fn computes(part: Decimal, whole: Decimal, percent: &Number) -> bool {
    let scale = if percent.unit == "倍" { Decimal::ONE_HUNDRED } else { Decimal::ONE };
    let (value, half) = (percent.value * scale, Decimal::new(5, percent.decimals + 1) * scale);
    percent_of(part, whole).is_some_and(|exact| (exact - value).abs() <= half)
}

/// One digit more than printed where the rounding would hide the difference.
pub(super) fn shown(value: Decimal, decimals: u32) -> String {
    amount::show(amount::round(value, decimals.max(2)))
}

impl Spot<'_> {
    pub(super) fn paragraph_text(&self) -> &str {
        self.report.paragraphs.get(self.paragraph).map_or("", |p| &p.text)
    }

    fn bytes(&self, number: &Number) -> Range<usize> {
        self.flow.span(number.range.clone())
    }

    /// A percentage that is not this part of this whole.
    pub(super) fn wrong_ratio(&self, percent: &Number, part: Decimal, whole: Decimal) -> Option<Finding> {
        let (a, b) = (amount::show(part), amount::show(whole));
        let ratio = shown(percent_of(part, whole)?, percent.decimals);
        let said = (
            format!("百分比不对：{a} ÷ {b} = {ratio}%"),
            format!("has a percentage that does not compute: {a} / {b} = {ratio}%"),
        );
        Some(self.finding(percent, &said))
    }

    pub(super) fn finding(&self, percent: &Number, said: &(String, String)) -> Finding {
        let quote = judge::quote(self.report, self.paragraph, self.sentence, &[self.bytes(percent)]);
        let message = Text::new(format!("正文“{quote}”{}", said.0), format!("the text “{quote}” {}", said.1));
        let cells = judge::quoted_at(self.report, self.paragraph).into_iter().collect();
        Finding::new("N303", Severity::Warning, "text", message)
            .at(Vec::new(), cells)
            .saying(self.report.words(self.paragraph, &[self.bytes(percent)]))
            .advising(Text::new("请重新计算", "compute it again"))
    }
}
