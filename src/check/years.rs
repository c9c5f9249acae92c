//! Numbers that are an order of magnitude away from last year's, or a slip between 元 and 万元 (V009, V010).

use super::Submission;
use super::naming::listed_texts;
use crate::finding::{Finding, Severity, Text, plural, rule};
use crate::form::{FieldIx, Kind};
use crate::grid::amount;
use crate::mapping::Quirk;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A number below this in both years jumps without meaning anything.
const SMALL: i64 = 100;
/// An order of magnitude.
const TENFOLD: i64 = 10;
/// How many 元 are one 万元.
const UNIT: i64 = 10_000;
/// About ten thousand times: nearer to it than to a thousand or a hundred thousand times (10³·⁵ and 10⁴·⁵).
const ABOUT_TEN_THOUSAND: std::ops::RangeInclusive<i64> = 3162..=31_622;

/// A number that is far from last year's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// Last year's number.
    pub before: Decimal,
    /// This year's.
    pub now: Decimal,
    /// How many times the smaller goes into the larger, without fraction; none where that is 0.
    pub times: Option<Decimal>,
}

/// The jump between two years' numbers, if it is one.
pub fn jump(before: Decimal, now: Decimal) -> Option<Jump> {
    let (small, large) = if before < now { (before, now) } else { (now, before) };
    let jump = |times| Jump { before, now, times };
    let is_large = large >= Decimal::from(SMALL);
    if small.is_zero() {
        return is_large.then(|| jump(None));
    }
    if small < Decimal::ZERO {
        return None;
    }
    // A wrong unit makes a small number of a small one too, and exactly.
    let is_slip = || small.checked_mul(Decimal::from(UNIT)) == Some(large);
    let times = large.checked_div(small)?.trunc();
    ((is_large || is_slip()) && times >= Decimal::from(TENFOLD)).then(|| jump(Some(times)))
}

impl Jump {
    /// Whether it is about ten thousand times, as by a wrong unit.
    pub fn is_unit_slip(&self) -> bool {
        let about = Decimal::from(*ABOUT_TEN_THOUSAND.start())..=Decimal::from(*ABOUT_TEN_THOUSAND.end());
        self.times.is_some_and(|times| about.contains(&times))
    }

    /// How it is told.
    pub fn said(&self) -> Text {
        let Text { zh, en } = self.said_plainly();
        if self.is_unit_slip() {
            return Text::new(format!("{zh}，疑似单位用错（元与万元）"), format!("{en}: a wrong unit?"));
        }
        Text::new(zh, en)
    }

    fn said_plainly(&self) -> Text {
        let grew = self.now > self.before;
        let Some(times) = self.times.map(amount::show) else {
            let (zh, en) = if grew { ("上年为 0", "last year 0") } else { ("本年为 0", "this year 0") };
            return Text::new(zh, en);
        };
        if grew {
            return Text::new(format!("约为上年的 {times} 倍"), format!("about {times} times last year's"));
        }
        Text::new(format!("约为上年的 1/{times}"), format!("about 1/{times} of last year's"))
    }
}

/// A form whose different numbers have so many digits together is not the same as last year's by chance.
const TELLING: usize = 6;

/// Numbers that are last year's one and all: what the years' findings say beside that follows from it.
pub fn unchanged(s: Submission, findings: &mut Vec<Finding>) {
    let Some(count) = s.before.and_then(|_| same_numbers(s)) else { return };
    let text = Text::new(
        format!("全部 {count} 个数都与上年报表的相同，疑似报的是上年的表"),
        format!("all of {count} numbers are last year's: is it last year's return?"),
    );
    let mut found = Finding::new("X101", Severity::Warning, "year", text);
    let (across, others): (Vec<Finding>, Vec<Finding>) =
        findings.drain(..).partition(|f| f.code.starts_with('X') && f.code != "X101");
    for finding in across {
        found.severity = found.severity.max(finding.severity);
        if !found.also.contains(&finding.code) {
            found.also.push(finding.code);
        }
    }
    let advice = rule("X101").map(|rule| rule.fix.clone()).unwrap_or_default();
    findings.extend(others);
    findings.push(found.advising(advice));
}

/// How many numbers there are, if each is last year's.
fn same_numbers(s: Submission) -> Option<usize> {
    let mut count = 0;
    let mut different = BTreeSet::new();
    for (ix, reading) in (0..).map(FieldIx).zip(&s.filled.readings) {
        let Some(now) = reading.place.and(reading.value) else { continue };
        if s.last_year(ix)? != Some(now) {
            return None;
        }
        count += 1;
        different.insert(now.normalize());
    }
    let digits: usize = different.iter().map(|n| n.to_string().len()).sum();
    (digits >= TELLING).then_some(count)
}

/// What jumps between the years: amounts by a unit one by one, counts a table at a time.
pub fn years(s: Submission) -> Vec<Finding> {
    if s.before.is_none() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut counts: BTreeMap<usize, Vec<(FieldIx, Jump)>> = BTreeMap::new();
    for (field, ix) in s.form.fields.iter().zip((0..).map(FieldIx)) {
        let Some(reading) = s.filled.reading(ix).filter(|r| r.place.is_some()) else { continue };
        let last = s.last_year(ix).flatten();
        let Some(jump) = last.zip(reading.value).and_then(|(a, b)| jump(a, b)) else { continue };
        let told = reading.quirks.contains(&Quirk::ConvertedFromYuan);
        if field.kind == Kind::Money && jump.is_unit_slip() {
            findings.extend((!told).then(|| slip(s, ix, &jump)));
        } else {
            counts.entry(field.table).or_default().push((ix, jump));
        }
    }
    findings.extend(counts.values().map(|jumps| far(s, jumps)));
    findings
}

/// A fee that is about ten thousand times last year's, or a ten-thousandth.
fn slip(s: Submission, ix: FieldIx, jump: &Jump) -> Finding {
    let Text { zh, en } = s.names().field(ix);
    let (now, before) = (amount::show(jump.now), amount::show(jump.before));
    let (why_zh, why_en) = if jump.now > jump.before {
        ("疑似把元填成了万元", "元 entered where 万元 belong?")
    } else {
        ("疑似已是万元又除以了一万", "万元 divided by ten thousand once more?")
    };
    let said = jump.said_plainly();
    let text = Text::new(
        format!("{zh}为 {now}，{}（上年 {before}），{why_zh}", said.zh),
        format!("{en} is {now}, {} ({before}): {why_en}", said.en),
    );
    let (fields, cells) = s.spots(&[ix]);
    let mut finding = Finding::new("V009", Severity::Warning, s.id(ix), text).at(fields, cells);
    finding.actual = Some(jump.now);
    finding.advising(Text::new(
        "核对单位：表上是万元；确为该数的请说明",
        "check the unit: the form asks for 万元; say so if it is right",
    ))
}

/// Numbers of one table that are ten times last year's, or a tenth.
fn far(s: Submission, jumps: &[(FieldIx, Jump)]) -> Finding {
    let names = s.names();
    let shown = |(ix, jump): &(FieldIx, Jump)| {
        let (now, before) = (amount::show(jump.now), amount::show(jump.before));
        let Text { zh, en } = names.field(*ix);
        Text::new(format!("{zh} {before} → {now}"), format!("{en} {before} → {now}"))
    };
    let said = listed_texts(&jumps.iter().map(shown).collect::<Vec<_>>(), jumps.len());
    let n = jumps.len();
    let text = Text::new(
        format!("{n} 个数与上年相差十倍以上：{}", said.zh),
        format!("{} ten times last year's or a tenth: {}", plural(n, "number"), said.en),
    );
    let fields: Vec<FieldIx> = jumps.iter().map(|(ix, _)| *ix).collect();
    let (ids, cells) = s.spots(&fields);
    let table = fields.first().and_then(|ix| s.form.field(*ix)).and_then(|f| s.form.tables.get(f.table));
    let place = table.map(|t| t.id.clone()).unwrap_or_default();
    Finding::new("V010", Severity::Info, place, text)
        .at(ids, cells)
        .advising(Text::new("核对有没有填错格、多打一位", "see whether a digit or a cell slipped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_order_of_magnitude_is_a_jump() {
        let said = |a: &str, b: &str| jump(a.parse().unwrap(), b.parse().unwrap()).map(|j| j.said().zh);
        assert_eq!(said("10", "99"), None);
        assert_eq!(said("3", "40"), None, "small numbers jump easily");
        assert_eq!(said("0", "99"), None);
        assert_eq!(said("0", "4000").as_deref(), Some("上年为 0"));
        assert_eq!(said("251", "0").as_deref(), Some("本年为 0"));
        assert!(said("12.5", "0.00125").unwrap().contains("元与万元"));
        assert_eq!(said("12.5", "0.0125"), None);
        assert_eq!(said("12", "125").as_deref(), Some("约为上年的 10 倍"));
        assert_eq!(said("1250", "12").as_deref(), Some("约为上年的 1/104"));
        assert!(said("25.1", "251000").unwrap().contains("元与万元"));
        assert!(!said("25.1", "25100").unwrap().contains("元与万元"));
    }
}
