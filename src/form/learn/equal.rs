//! Equalities that hold on every filled sample: totals of neighbours, pairs that add up, rates of two numbers.
//!
//! What follows from equalities already proposed is not said again. A coincidence is possible with few samples;
//! therefore each proposal tells how many numbers support it, and its owner decides. Of a single sample only what
//! its digits put beyond chance is proposed.

use super::outline::{is_share, names_total};
use super::percent::Shown;
use super::propose::{Part, Proposal, Rounded};
use super::samples::{Numbers, Sample};
use super::{Draft, DraftBlock, DraftLine, words};
use crate::form::linear::{Added, Row, System};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Places, at least, where an equality must say something.
pub(super) const SUPPORT: usize = 4;
/// Digits, in all, of the different totals of a single sample that are no chance.
const DIGITS: usize = 14;
/// So few lines are no table of totals.
const FEWEST: usize = 3;
/// Steps of its rounding that a number must have to tell of a conversion.
const TELLING: u32 = 20;
/// Lines beyond which pairs are not tried.
pub(super) const MOST_LINES: usize = 60;
/// Lines beyond which only those that are called totals are tried as such.
const MOST_TOTALS: usize = 300;

/// Sums and rates of one block that hold on all samples, beside what is known.
pub(super) fn equalities(block: &DraftBlock, numbers: &Numbers, known: &[Proposal]) -> Vec<Proposal> {
    let mut out = Vec::new();
    for across in [true, false] {
        let lines = if across { &block.cols } else { &block.rows };
        let mut search = Search::new(lines, numbers, across);
        known.iter().filter(|p| p.across == across).for_each(|p| search.know(p));
        search.pairs();
        search.runs();
        search.both_sides();
        search.conversions();
        search.rates();
        search.hundreds();
        search.leave_out_sums_of_rates();
        out.extend(search.found);
    }
    out
}

/// How a proposal stands against samples.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    pub(super) places: usize,
    /// Places where it does not hold.
    pub(super) broken: usize,
    /// Rows (or columns) where it holds but for the rounding of their numbers, and what those are rounded to.
    pub(super) rounded: BTreeMap<usize, Decimal>,
}

/// Holds a proposal against samples.
pub(super) fn verdict(block: &DraftBlock, numbers: &Numbers, p: &Proposal) -> Verdict {
    verdict_where(block, numbers, p, &|_| true)
}

/// The same in some places only.
fn verdict_where(
    block: &DraftBlock,
    numbers: &Numbers,
    p: &Proposal,
    counts: &dyn Fn((&Sample, usize)) -> bool,
) -> Verdict {
    let lines = if p.across { &block.cols } else { &block.rows };
    let series = numbers.series(p.across);
    let found = |part: &Part| (part.factor, lines.iter().position(|l| l.id == part.id));
    let (left, right): (Vec<_>, Vec<_>) =
        (p.left.iter().map(found).collect(), p.right.iter().map(found).collect());
    let at = |line: Option<usize>, place: usize| series.get(line?)?.get(place).copied();
    let value = |side: &[(Decimal, Option<usize>)], place: usize| {
        let of = |(factor, line): &(Decimal, Option<usize>)| factor.checked_mul(at(*line, place)?);
        side.iter().map(of).try_fold(Decimal::ZERO, |sum, x| sum.checked_add(x?))
    };
    let places = numbers.places(p.across);
    let others = if p.across { &block.rows } else { &block.cols };
    let holds_for =
        |line: usize| p.only.as_ref().is_none_or(|ids| others.get(line).is_some_and(|l| ids.contains(&l.id)));
    let of_its_own = places.iter().enumerate().filter(|(_, place)| holds_for(place.1) && counts(**place));
    let mut out = Verdict { places: of_its_own.clone().count(), ..Verdict::default() };
    for (i, (_, line)) in of_its_own {
        let Some((parts, total)) = value(&left, i).zip(value(&right, i)) else { continue };
        if parts == total && p.op != "<" || p.op != "=" && parts < total {
            continue;
        }
        let scale = left.iter().chain(&right).filter_map(|(_, line)| at(*line, i)).map(|n| n.scale()).max();
        let unit = Decimal::new(1, scale.unwrap_or(0));
        let slack = unit * Decimal::from(p.left.len() + p.right.len()) / Decimal::TWO;
        if scale.is_some_and(|s| s > 0) && (parts - total).abs() <= slack {
            out.rounded.entry(*line).and_modify(|u| *u = unit.max(*u)).or_insert(unit);
        } else {
            out.broken += 1;
        }
    }
    out
}

/// In how many places with marks for no number a proposal holds where these are 0, and in how many it does not.
pub(super) fn with_marks(block: &DraftBlock, numbers: &Numbers, p: &Proposal) -> (usize, usize) {
    let lines = if p.across { &block.cols } else { &block.rows };
    let of = |part: &Part| lines.iter().position(|l| l.id == part.id);
    let own: Vec<usize> = p.left.iter().chain(&p.right).filter_map(of).collect();
    let marked = |place: (&Sample, usize)| own.iter().any(|l| numbers.is_marked(p.across, *l, place));
    let Verdict { places, broken, .. } = verdict_where(block, numbers, p, &marked);
    (places - broken, broken)
}

/// Notes on lines what their numbers are rounded to, where a relation told.
pub(super) fn mark_rounded(draft: &mut Draft) {
    let rounded: Vec<Rounded> = draft.proposals.iter().flat_map(|p| p.rounded.iter().cloned()).collect();
    for Rounded { is_column, id, unit, signed, share } in rounded {
        for block in &mut draft.blocks {
            let lines = if is_column { &mut block.cols } else { &mut block.rows };
            lines.iter_mut().filter(|l| l.id == id).for_each(|l| {
                l.rounded = Some(unit);
                l.negative |= signed;
                if share {
                    l.shown = Shown::Percent;
                }
            });
        }
    }
}

/// A number in two units.
struct Conversion {
    times: Decimal,
    /// What the number in the larger unit is rounded to, where the two do not agree exactly.
    rounded: Option<Decimal>,
}

/// Shares are so many times a part by its whole.
const TIMES: [u32; 5] = [1, 100, 1000, 10_000, 100_000];

/// A rate of two lines: `times` the part, or what the part has grown, by the base.
struct Ratio {
    part: usize,
    base: usize,
    times: Decimal,
    growth: bool,
}

pub(super) struct Search<'a> {
    pub(super) lines: &'a [DraftLine],
    pub(super) across: bool,
    pub(super) series: Vec<Vec<Decimal>>,
    books: usize,
    /// What is said already, so that nothing is said twice.
    said: System,
    /// Lines that a total of them is known of.
    parts: BTreeSet<usize>,
    pub(super) found: Vec<Proposal>,
}

impl<'a> Search<'a> {
    fn new(lines: &'a [DraftLine], numbers: &Numbers, across: bool) -> Self {
        let (series, books) = (numbers.series(across), numbers.samples.len());
        Self {
            lines,
            across,
            series,
            books,
            said: System::default(),
            parts: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    fn know(&mut self, p: &Proposal) {
        let at = |id: &str| self.lines.iter().position(|l| l.id == id);
        let mut row = Row::new();
        for (sign, part) in p.left.iter().map(|q| (1, q)).chain(p.right.iter().map(|q| (-1, q))) {
            let Some(line) = at(&part.id).filter(|_| part.factor.abs() == Decimal::ONE && p.op == "=") else {
                return;
            };
            row.insert(line + 1, if part.factor.is_sign_negative() { -sign } else { sign });
        }
        if p.right.len() == 1 {
            self.parts.extend(p.left.iter().filter_map(|q| at(&q.id)));
        }
        self.said.add_row(0, row, None);
    }

    pub(super) fn of(&self, line: usize) -> &[Decimal] {
        self.series.get(line).map_or(&[], Vec::as_slice)
    }

    /// How many places have another number than 0 in a line.
    fn filled(&self, line: usize) -> usize {
        self.of(line).iter().filter(|n| !n.is_zero()).count()
    }

    fn is_counted(&self, line: usize) -> bool {
        self.filled(line) > 0
    }

    /// Totals of neighbouring lines, the longest run of each total first; then totals of these totals.
    fn runs(&mut self) {
        // 其中 is counted within the line before it
        let mut whole: Vec<usize> =
            (0..self.lines.len()).filter(|l| self.lines.get(*l).is_some_and(|l| !is_share(l))).collect();
        loop {
            let before = self.parts.len();
            self.runs_among(&whole);
            whole.retain(|l| !self.parts.contains(l));
            if self.parts.len() == before || whole.len() < FEWEST {
                break;
            }
        }
    }

    /// Totals of neighbours among these lines: sums up to one line less sums up to another.
    fn runs_among(&mut self, whole: &[usize]) {
        let is_named = |l: &usize| self.lines.get(*l).is_some_and(names_total);
        let few = whole.len() <= MOST_TOTALS;
        let totals: Vec<usize> = whole.iter().copied().filter(|l| few || is_named(l)).collect();
        for total in totals {
            let mut best: Vec<usize> = Vec::new();
            for part in whole.split(|l| *l == total) {
                let run = self.longest_run(part, total);
                if run.len() > best.len() {
                    best = run;
                }
            }
            if !best.is_empty() {
                self.propose(&best, &[total]);
            }
        }
    }

    /// The longest run of lines that adds up to another line everywhere; at least two of it hold numbers.
    fn longest_run(&self, lines: &[usize], total: usize) -> Vec<usize> {
        let mut sums = vec![vec![Decimal::ZERO; self.of(total).len()]];
        for line in lines {
            let last = sums.last().map_or(&[][..], Vec::as_slice);
            sums.push(last.iter().zip(self.of(*line)).map(|(s, x)| *s + *x).collect());
        }
        let mut ends: BTreeMap<&[Decimal], Vec<usize>> = BTreeMap::new();
        sums.iter().enumerate().for_each(|(end, sum)| ends.entry(sum).or_default().push(end));
        let mut best: &[usize] = &[];
        for (from, sum) in sums.iter().enumerate() {
            let wanted: Vec<Decimal> = sum.iter().zip(self.of(total)).map(|(s, t)| *s + *t).collect();
            for end in ends.get(wanted.as_slice()).into_iter().flatten().filter(|end| **end > from) {
                let run = lines.get(from..*end).unwrap_or_default();
                let counted = run.iter().filter(|l| self.is_counted(**l)).count();
                if counted > 1 && run.len() > best.len() {
                    best = run;
                }
            }
        }
        best.to_vec()
    }

    /// Two lines, wherever they stand, that add up to a third.
    fn pairs(&mut self) {
        let n = if self.lines.len() > MOST_LINES { 0 } else { self.lines.len() };
        for total in 0..n {
            for a in (0..n).filter(|a| *a != total) {
                for b in (a + 1..n).filter(|b| *b != total) {
                    let adds = self.sums(a, b).zip(self.of(total)).all(|(s, t)| s == *t);
                    if adds && self.is_counted(a) && self.is_counted(b) {
                        self.propose(&[a, b], &[total]);
                    }
                }
            }
        }
    }

    fn sums(&self, a: usize, b: usize) -> impl Iterator<Item = Decimal> + '_ {
        self.of(a).iter().zip(self.of(b)).map(|(x, y)| *x + *y)
    }

    /// Two lines that add up to the same as two others: what came and what went.
    fn both_sides(&mut self) {
        let n = if self.lines.len() > MOST_LINES || self.books < 2 { 0 } else { self.lines.len() };
        let mut by_sum: BTreeMap<Vec<Decimal>, Vec<(usize, usize)>> = BTreeMap::new();
        for a in (0..n).filter(|a| self.is_counted(*a)) {
            for b in (a + 1..n).filter(|b| self.is_counted(*b)) {
                by_sum.entry(self.sums(a, b).collect()).or_default().push((a, b));
            }
        }
        let mut matches: Vec<[usize; 4]> = Vec::new();
        for pairs in by_sum.values() {
            for (i, (a, b)) in pairs.iter().enumerate() {
                let apart =
                    pairs.iter().skip(i + 1).filter(|(c, d)| ![c, d].contains(&a) && ![c, d].contains(&b));
                matches.extend(apart.map(|(c, d)| [*a, *b, *c, *d]));
            }
        }
        matches.sort_unstable();
        for [a, b, c, d] in matches {
            self.propose(&[a, b], &[c, d]);
        }
    }

    /// Proposes a sum that is supported and does not follow from what is said.
    fn propose(&mut self, parts: &[usize], totals: &[usize]) {
        let support = totals.iter().map(|t| self.filled(*t)).max().unwrap_or(0);
        let sides = || parts.iter().map(|l| (*l, 1)).chain(totals.iter().map(|l| (*l, -1)));
        let row: Row = sides().map(|(l, k)| (l + 1, k)).collect();
        let chance = match self.books {
            1 => !totals.iter().any(|t| self.is_beyond_chance(*t)),
            _ => support < SUPPORT,
        };
        if chance || !matches!(self.said.add_row(0, row, None), Added::New) {
            return;
        }
        if totals.len() == 1 {
            self.parts.extend(parts);
        }
        let part = |l: &usize| self.lines.get(*l).map(|l| Part::of(&l.id));
        let proposal = Proposal {
            across: self.across,
            left: parts.iter().filter_map(part).collect(),
            right: totals.iter().filter_map(part).collect(),
            source: self.supported(support),
            ..Proposal::default()
        };
        self.found.push(proposal);
    }

    /// Whether a line of a single sample has so many digits that no other lines add up to it by chance.
    fn is_beyond_chance(&self, line: usize) -> bool {
        let different: BTreeSet<Decimal> =
            self.of(line).iter().filter(|n| !n.is_zero()).map(Decimal::abs).collect();
        let digits: usize = different.iter().map(|n| n.mantissa().to_string().len()).sum();
        different.len() > 1 && digits >= DIGITS
    }

    /// Shares of one whole add up to a hundred, but for their rounding: where each is a rate, that says nothing more.
    fn leave_out_sums_of_rates(&mut self) {
        let rates = self.found.iter().flat_map(|p| &p.right).filter(|q| q.by.is_some()).map(|q| q.id.clone());
        let rates: BTreeSet<String> = rates.collect();
        let of_rates = |p: &Proposal| {
            p.right.iter().all(|q| q.by.is_none()) && p.left.iter().any(|q| rates.contains(&q.id))
        };
        self.found.retain(|p| !of_rates(p));
    }

    pub(super) fn supported(&self, n: usize) -> String {
        format!(
            "在 {0} 份样表的 {n} 处全部成立 (holds in all {n} places of {0} filled workbooks)",
            self.books
        )
    }

    /// One line in two units: a line that is 10, 100, 1000, 10000 … times another, which may be rounded.
    fn conversions(&mut self) {
        let n = if self.lines.len() > MOST_LINES { 0 } else { self.lines.len() };
        for large in 0..n {
            for small in (0..n).filter(|l| *l != large) {
                let found = words::conversions().find_map(|k| self.converts(large, small, k));
                if let Some(conversion) = found {
                    self.propose_conversion(large, small, &conversion);
                }
            }
        }
    }

    /// Whether each number is `times` the other, as exactly as that is written.
    fn converts(&self, large: usize, small: usize, times: Decimal) -> Option<Conversion> {
        let scale = self.of(small).iter().map(|x| x.normalize().scale()).max().unwrap_or(0);
        let unit = Decimal::new(1, scale);
        let (mut exact, mut told) = (true, BTreeSet::new());
        for (a, b) in self.of(large).iter().zip(self.of(small)) {
            let off = (a - times.checked_mul(*b)?).abs();
            if off > times * unit / Decimal::TWO || (a.is_zero() != b.is_zero() && off.is_zero()) {
                return None;
            }
            exact &= off.is_zero();
            // a number that is all rounding tells nothing
            if b.abs() >= unit * Decimal::from(TELLING) {
                told.insert(*b);
            }
        }
        (told.len() >= SUPPORT).then_some(Conversion { times, rounded: (!exact).then_some(unit) })
    }

    fn propose_conversion(&mut self, large: usize, small: usize, conversion: &Conversion) {
        let id = |l: usize| self.lines.get(l).map(|l| l.id.clone()).unwrap_or_default();
        let proposal = Proposal {
            across: self.across,
            left: vec![Part { factor: conversion.times, ..Part::of(&id(small)) }],
            right: vec![Part::of(&id(large))],
            rounded: conversion
                .rounded
                .into_iter()
                .map(|u| Rounded::new(self.across, &id(small), u))
                .collect(),
            source: self.supported(self.filled(small)),
            ..Proposal::default()
        };
        self.found.push(proposal);
    }

    /// Rates: a line with decimals that is, rounded, 1, 100 or 1000 times one line by another.
    fn rates(&mut self) {
        let n = if self.lines.len() > MOST_LINES { 0 } else { self.lines.len() };
        let with_decimals = |l: &usize| self.of(*l).iter().any(|x| !x.is_integer());
        let rates: Vec<usize> = (0..n).filter(with_decimals).collect();
        for rate in rates {
            let places = self.of(rate).iter().map(|x| x.normalize().scale()).max().unwrap_or(0);
            let unit = Decimal::new(1, places);
            let others = || (0..n).filter(|l| *l != rate && self.is_counted(*l));
            let mut choices = others().flat_map(|a| others().filter(move |b| *b != a).map(move |b| (a, b)));
            let fits = |(part, base): &(usize, usize)| {
                let shares = TIMES.map(|k| (Decimal::from(k), false));
                let all = shares.into_iter().chain([(Decimal::ONE_HUNDRED, true)]);
                let mut ratios = all.map(|(times, growth)| Ratio { part: *part, base: *base, times, growth });
                ratios.find(|ratio| self.is_rate(rate, ratio, unit))
            };
            if let Some(ratio) = choices.find_map(|c| fits(&c)) {
                self.propose_rate(rate, &ratio, unit);
            }
        }
    }

    fn is_rate(&self, rate: usize, ratio: &Ratio, unit: Decimal) -> bool {
        let all = self.of(rate).iter().zip(self.of(ratio.part)).zip(self.of(ratio.base));
        let mut told = Vec::new();
        for ((r, x), y) in all.filter(|(_, y)| **y > Decimal::ZERO) {
            let part = if ratio.growth { *x - *y } else { *x };
            let off = r.checked_mul(*y).zip(part.checked_mul(ratio.times)).map(|(l, r)| (l - r).abs());
            if off.is_none_or(|off| off > y * unit / Decimal::TWO) {
                return false;
            }
            told.extend((!r.is_zero()).then_some(*r));
        }
        let different: BTreeSet<Decimal> = told.iter().copied().collect();
        told.len() >= SUPPORT && (self.books > 1 || different.len() >= SUPPORT)
    }

    fn propose_rate(&mut self, rate: usize, ratio: &Ratio, unit: Decimal) {
        let id = |l: usize| self.lines.get(l).map(|l| l.id.clone()).unwrap_or_default();
        let support = self.of(rate).iter().filter(|r| !r.is_zero()).count();
        let base = id(ratio.base);
        let product = Part { by: Some(base.clone()), ..Part::of(&id(rate)) };
        let mut left = vec![Part { factor: ratio.times, ..Part::of(&id(ratio.part)) }];
        if ratio.growth {
            left.push(Part { factor: -ratio.times, ..Part::of(&base) });
        }
        let rounded = Rounded { signed: ratio.growth, ..Rounded::new(self.across, &id(rate), unit) };
        let proposal = Proposal {
            across: self.across,
            left,
            right: vec![product],
            condition: Some(format!("{base} > 0")),
            rounded: vec![rounded],
            source: self.supported(support),
            ..Proposal::default()
        };
        self.found.push(proposal);
    }
}
