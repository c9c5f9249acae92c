//! Claims against the tables: what agrees, what differs, and the sentence that says so.

use super::claims::{Claim, Context};
use super::scope::Doubt;
use super::text::Report;
use crate::check::Submission;
use crate::finding::{Finding, Place, Severity, Text};
use crate::form::FieldIx;
use crate::form::narrative::Counts;
use crate::form::phrase::Phrase;
use crate::grid::amount;
use crate::grid::label::{fold_width, is_space};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::ops::Range;

/// One meaning of a claim with its number in the tables.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) fields: Vec<FieldIx>,
    pub(super) value: Decimal,
}

/// What the tables say to each meaning that the terms may have; `None` where one of them cannot be read.
pub(super) fn readings(s: Submission, terms: &[usize]) -> Option<Vec<Reading>> {
    let mut sums = vec![Reading { fields: Vec::new(), value: Decimal::ZERO }];
    for term in terms {
        let term = s.form.narrative.terms.get(*term)?;
        let mut next = Vec::new();
        for fields in &term.readings {
            // A line that stands only in the other kind of form says nothing.
            if fields.iter().any(|f| s.filled.reading(*f).is_none_or(|r| r.place.is_none())) {
                continue;
            }
            let value = fields.iter().map(|f| value(s, *f, 0)).sum::<Option<Decimal>>()?;
            next.extend(sums.iter().map(|sum| Reading {
                fields: sum.fields.iter().chain(fields).copied().collect(),
                value: sum.value + value,
            }));
        }
        sums = next;
    }
    (!sums.is_empty() && !sums.iter().any(|r| r.fields.is_empty())).then_some(sums)
}

/// A field's number; a blank total is the sum of its parts, any other blank is 0.
fn value(s: Submission, field: FieldIx, depth: u32) -> Option<Decimal> {
    let reading = s.filled.reading(field)?;
    if reading.value.is_some() || depth > 2 {
        return reading.value.or(Some(Decimal::ZERO));
    }
    if reading.is_unknown() {
        return None;
    }
    let plain = s.form.relations.iter().filter(|r| !r.variant).filter_map(crate::form::Relation::plain);
    let totals = plain.filter(|(_, total)| total.as_slice() == [field]);
    let sums = totals
        .filter_map(|(parts, _)| parts.iter().map(|f| value(s, *f, depth + 1)).sum::<Option<Decimal>>());
    Some(sums.max().unwrap_or_default())
}

/// Whether anything at all was filled in the tables of these fields.
fn is_filled(s: Submission, fields: &[FieldIx]) -> bool {
    let table = |f: FieldIx| s.form.field(f).map(|f| f.table);
    let tables: Vec<Option<usize>> = fields.iter().map(|f| table(*f)).collect();
    let all = s.form.fields.iter().zip(&s.filled.readings);
    all.filter(|(f, _)| tables.contains(&Some(f.table))).any(|(_, r)| r.value.is_some())
}

/// What became of a claim.
pub(super) enum Verdict {
    /// The table says the same.
    Agreed(Text),
    /// It does not; with what the tables say.
    Differs(Box<Finding>, Text),
    /// Nothing can be said.
    Silent,
}

/// A number of the text that is told to differ from the tables.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Blamed {
    pub(super) paragraph: usize,
    pub(super) bytes: Range<usize>,
}

/// The meanings that belong to the one kind of case that the sentence names in front: "行政复议9件，其中维持5件" is no
/// suit's result. All of them where it names none, or both kinds.
fn of_kind(
    s: Submission,
    report: &Report,
    context: &Context,
    claim: &Claim,
    all: Vec<Reading>,
) -> Vec<Reading> {
    let lead = lead(report, claim);
    let all = match kinds(s, context, claim, &all, &lead) {
        Some(groups) => {
            let mut own: Vec<Reading> =
                all.into_iter().filter(|r| r.fields.iter().all(|f| groups.contains(f))).collect();
            // None at all is none of any kind named.
            let most = own.iter().map(|r| r.fields.len()).max().unwrap_or_default();
            own.retain(|r| !claim.value.is_zero() || r.fields.len() == most);
            own
        }
        None => all,
    };
    let named = |term: usize| {
        context.phrases.get(term).is_some_and(|p| p.iter().any(|p| !p.find_all(&lead).is_empty()))
    };
    let kinds = context.narrative.wholes.iter().filter(|w| w.apart && named(w.whole));
    let mut kinds = kinds.filter(|w| claim.terms.iter().all(|t| w.parts.contains(t)));
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return all };
    let totals: Vec<FieldIx> =
        readings(s, &[kind.whole]).into_iter().flatten().flat_map(|r| r.fields).collect();
    let plain = s.form.relations.iter().filter_map(crate::form::Relation::plain);
    let of = plain.filter(|(_, total)| total.iter().all(|t| totals.contains(t)));
    let parts: Vec<FieldIx> = of.flat_map(|(parts, _)| parts).collect();
    let own = all.iter().filter(|r| r.fields.iter().all(|f| parts.contains(f)));
    let mut own: Vec<Reading> = own.cloned().collect();
    // None at all is none of either group of suits.
    let most = own.iter().map(|r| r.fields.len()).max().unwrap_or_default();
    own.retain(|r| !claim.value.is_zero() || r.fields.len() == most);
    if own.is_empty() { all } else { own }
}

/// The cells of results that the kinds of cases named in front have. Where a result was counted before the last kind,
/// what follows belongs to that alone: 复议6件，维持4件；复议后起诉2件，1件维持.
fn kinds(
    s: Submission,
    context: &Context,
    claim: &Claim,
    all: &[Reading],
    lead: &[char],
) -> Option<Vec<FieldIx>> {
    let results: Vec<FieldIx> = all.iter().flat_map(|r| r.fields.clone()).collect();
    let plain = || s.form.relations.iter().filter_map(crate::form::Relation::plain);
    let groups = |fields: &[FieldIx]| -> Vec<FieldIx> {
        let of = plain().filter(|(_, total)| total.len() == 1 && total.iter().all(|t| fields.contains(t)));
        of.flat_map(|(parts, _)| parts).filter(|f| results.contains(f)).collect()
    };
    let terms = context.narrative.terms.iter().zip(context.phrases).enumerate();
    let places = |phrases: &Vec<Cow<Phrase>>| -> Vec<std::ops::Range<usize>> {
        phrases.iter().flat_map(|p| p.find_all(lead)).collect()
    };
    let mut named: Vec<(std::ops::Range<usize>, Vec<FieldIx>)> = Vec::new();
    let mut counted: Vec<usize> = Vec::new();
    let is_result = |t: usize| context.narrative.wholes.iter().any(|w| w.apart && w.parts.contains(&t));
    for (i, (term, phrases)) in terms {
        if is_result(i) {
            counted.extend(places(phrases).iter().map(|r| r.start));
            continue;
        }
        let [fields] = term.readings.as_slice() else { continue };
        let cells = groups(fields);
        if !cells.is_empty() {
            named.extend(places(phrases).into_iter().map(|r| (r, cells.clone())));
        }
    }
    // Of words that overlap the longest counts: 复议后起诉 names no review.
    let longest = |r: &std::ops::Range<usize>| {
        !named.iter().any(|(o, _)| o.start < r.end && r.start < o.end && o.len() > r.len())
    };
    let mut kept: Vec<&(std::ops::Range<usize>, Vec<FieldIx>)> =
        named.iter().filter(|(r, _)| longest(r)).collect();
    kept.sort_by_key(|(r, _)| r.start);
    let (last, _) = kept.last()?;
    let since = counted.iter().filter(|c| **c < last.start).max().copied().filter(|_| !claim.follows);
    let run = kept.iter().filter(|(r, _)| since.is_none_or(|at| r.start > at));
    let run: Vec<FieldIx> = run.flat_map(|(_, cells)| cells.clone()).collect();
    (!run.is_empty() && all.iter().any(|r| r.fields.iter().all(|f| run.contains(f)))).then_some(run)
}

/// The sentence up to a claim and with it, plain: 没有行政复议被纠正.
fn lead(report: &Report, claim: &Claim) -> Vec<char> {
    let paragraph = report.paragraphs.get(claim.paragraph);
    let from = paragraph.and_then(|p| p.sentences.get(claim.sentence)).map_or(0, |s| s.bytes.start);
    let text = paragraph.and_then(|p| p.text.get(from..claim.bytes.end)).unwrap_or_default();
    text.chars().map(fold_width).filter(|c| !is_space(*c)).collect()
}

/// Compares a claim with the tables.
pub(super) fn judge(s: Submission, report: &Report, context: &Context, claim: &Claim) -> Verdict {
    if matches!(claim.doubt, Doubt::Year(_)) {
        return Verdict::Silent;
    }
    let Some(all) = readings(s, &claim.terms) else { return Verdict::Silent };
    let readings = of_kind(s, report, context, claim, all);
    if let Some(same) = readings.iter().find(|r| claim.is(r.value)) {
        return Verdict::Agreed(agreed(s, context, claim, same));
    }
    let Some(first) = readings.first().filter(|r| is_filled(s, &r.fields)) else { return Verdict::Silent };
    // Digits exchanged are evidence by themselves.
    let slip = || {
        claim.doubt == Doubt::Unknown && readings.iter().any(|r| exchanged(r.value).any(|v| v == claim.value))
    };
    if claim.doubt > Doubt::Scope && !slip() {
        return Verdict::Silent;
    }
    let none = claim.value.is_zero() || readings.iter().all(|r| r.value.is_zero());
    let code = if none { "N302" } else { "N301" };
    let severity = if claim.doubt == Doubt::Scope { Severity::Info } else { Severity::Error };
    let place = claim.terms.iter().filter_map(|t| context.narrative.terms.get(*t)).map(|t| t.id.as_str());
    let place = place.collect::<Vec<_>>().join("+");
    // More meanings than these are not worth reading.
    let written: Vec<Text> = readings.iter().take(3).map(|r| written(s, r)).collect();
    let written = Text::join(written.iter(), "；或 ", "; or ");
    let message = differs(report, claim, &written);
    let (fields, mut cells) = s.spots(&first.fields);
    cells.extend(quoted_at(report, claim.paragraph));
    let finding = Finding::new(code, severity, place, message).at(fields, cells).advising(advice(claim));
    let words = report.words(claim.paragraph, std::slice::from_ref(&claim.bytes));
    let finding = finding.saying(words);
    Verdict::Differs(Box::new(finding), written)
}

/// Numbers that count a part, since they make a number of the table together with another of their sentence: 办结116件，
/// 另办结上年结转11件 makes what was handled, and 收到195件，当年办结188件，结转7件 what was received.
pub(super) fn parts(s: Submission, claims: &mut [Claim]) {
    let narrative = &s.form.narrative;
    let acts = |t: &usize| narrative.terms.get(*t).is_some_and(|t| t.kind == Counts::Acts);
    let holds = |c: &Claim, value: Decimal| {
        readings(s, &c.terms).is_some_and(|all| all.iter().any(|r| r.value == value))
    };
    let part = |whole: &Claim, c: &Claim| {
        let mut wholes = narrative.wholes.iter().filter(|w| !w.apart && whole.terms == [w.whole]);
        wholes.any(|w| c.terms.iter().all(|t| w.parts.contains(t)))
    };
    let made = |c: &Claim| {
        let here = || claims.iter().filter(|o| (o.paragraph, o.sentence) == (c.paragraph, c.sentence));
        let in_none =
            |o: &Claim| !narrative.wholes.iter().any(|w| o.terms.iter().any(|t| w.parts.contains(t)));
        // 收到 may hold what was carried over by itself.
        let held = |o: &Claim| {
            let fields = |c: &Claim| -> Vec<Vec<FieldIx>> {
                readings(s, &c.terms).into_iter().flatten().map(|r| r.fields).collect()
            };
            fields(c).iter().any(|r| fields(o).iter().flatten().all(|f| r.contains(f)))
        };
        let makes = |o: &Claim| {
            let sum = c.value + o.value;
            in_none(o) && holds(c, sum) && !held(o)
                || !part(c, o) && here().any(|w| part(w, o) && holds(w, sum))
        };
        let mut beside = here().filter(|o| !o.terms.iter().any(acts) && !o.value.is_zero());
        c.terms.iter().all(acts) && !holds(c, c.value) && beside.any(|o| makes(o) && holds(o, o.value))
    };
    let made: Vec<bool> = claims.iter().map(made).collect();
    for (claim, _) in claims.iter_mut().zip(made).filter(|(_, made)| *made) {
        claim.doubt = claim.doubt.max(Doubt::Unclear);
    }
}

/// Words that leave open what they count are no question where another beside them agrees with the table: of
/// "行政处罚5217件、行政许可18432件" both count decisions if one does.
pub(super) fn settle(s: Submission, claims: &mut [Claim]) {
    let unsure = |t: &usize| s.form.narrative.terms.get(*t).is_some_and(|t| t.kind == Counts::Unsure);
    let none = |c: &Claim| c.value.is_zero() && c.doubt == Doubt::None && c.terms.iter().all(unsure);
    let agrees = |c: &Claim| readings(s, &c.terms).is_some_and(|r| r.iter().any(|r| c.is(r.value)));
    let sure: Vec<(usize, usize, usize)> = claims
        .iter()
        .filter(|c| (c.asked || none(c)) && agrees(c))
        .map(|c| (c.paragraph, c.sentence, c.flow))
        .collect();
    let beside = |c: &&mut Claim| c.asked && sure.contains(&(c.paragraph, c.sentence, c.flow));
    claims.iter_mut().filter(beside).for_each(|c| c.doubt = Doubt::None);
}

fn advice(claim: &Claim) -> Text {
    if claim.doubt == Doubt::Scope {
        return Text::new(
            "两处的统计范围可能不同，请确认；如范围相同，请改为一致",
            "the two may count different circles: confirm it, or make them agree",
        );
    }
    Text::new("请核对台账，把正文或表格改为一致", "compare with the records, and mend the text or the table")
}

/// Where the text stands, if it is a cell of the audited workbook.
pub(super) fn quoted_at(report: &Report, paragraph: usize) -> Option<Place> {
    report.own.then(|| report.paragraphs.get(paragraph)?.place.clone()).flatten()
}

/// The sentence with marks around a stretch, shortened where it is long.
pub(super) fn quote(
    report: &Report,
    paragraph: usize,
    sentence: usize,
    marks: &[std::ops::Range<usize>],
) -> String {
    const AROUND: usize = 48;
    let Some(p) = report.paragraphs.get(paragraph) else { return String::new() };
    let Some(whole) = p.sentences.get(sentence).map(|s| s.bytes.clone()) else { return String::new() };
    let from = marks.iter().map(|m| m.start).min().unwrap_or(whole.start);
    let to = marks.iter().map(|m| m.end).max().unwrap_or(whole.end);
    let lead = p.text.get(whole.start..from).unwrap_or_default().trim_start();
    let tail = p.text.get(to..whole.end).unwrap_or_default().trim_end().trim_end_matches('。');
    let mut out = String::new();
    let skip = lead.chars().count().saturating_sub(AROUND);
    if skip > 0 {
        out.push('…');
    }
    out.extend(lead.chars().skip(skip));
    let mut at = from;
    for mark in marks {
        out += p.text.get(at..mark.start).unwrap_or_default();
        out.push('【');
        out += p.text.get(mark.clone()).unwrap_or_default().trim();
        out.push('】');
        at = mark.end;
    }
    out.extend(tail.chars().take(AROUND));
    if tail.chars().count() > AROUND {
        out.push('…');
    }
    out
}

/// "正文…【2件】…，表三…为 3".
fn differs(report: &Report, claim: &Claim, written: &Text) -> Text {
    let quote = quote(report, claim.paragraph, claim.sentence, std::slice::from_ref(&claim.bytes));
    let said = amount::show(claim.value);
    let asked = claim.doubt == Doubt::Scope;
    let (zh_verb, en_verb) = if asked {
        ("与表格不同（范围可能不同）", "may speak of another circle than the table")
    } else {
        ("与表格不一致", "differs from the table")
    };
    Text::new(
        format!("正文“{quote}”{zh_verb}：正文为 {said}，{}", written.zh),
        format!("the text “{quote}” {en_verb}: the text says {said}; {}", written.en),
    )
}

/// Adds what another table says to a finding about the same words: "未发生复议、诉讼" is one fault.
pub(super) fn join(finding: &mut Finding, more: Finding, written: &Text) {
    let Text { zh, en } = &finding.message;
    finding.message = Text::new(format!("{zh}；{}", written.zh), format!("{en}; {}", written.en));
    finding.place = format!("{}+{}", finding.place, more.place);
    finding.fields.extend(more.fields);
    let new = |cell: &Place| !finding.cells.contains(cell);
    let cells: Vec<Place> = more.cells.into_iter().filter(new).collect();
    finding.cells.extend(cells);
}

/// The fields of a reading with their numbers: 表三“…”行“总计”列为 3.
pub(super) fn written(s: Submission, reading: &Reading) -> Text {
    let names = s.names();
    let total = amount::show(reading.value);
    match reading.fields.as_slice() {
        [one] => {
            let Text { zh, en } = names.field(*one);
            Text::new(format!("{zh}为 {total}"), format!("{en} is {total}"))
        }
        [first, .., last] if reading.fields.len() > 3 => {
            let same_row = several_same(s, &reading.fields, |f| f.row);
            let same_col = several_same(s, &reading.fields, |f| f.col);
            let (Text { zh, en }, n) = (names.field(*first), reading.fields.len());
            let (zh_to, en_to) = match (same_row, same_col) {
                (true, _) => {
                    (format!("至“{0}”列", names.col_leaf(*last)), format!("to “{0}”", names.col_leaf(*last)))
                }
                (_, true) => {
                    (format!("至“{0}”行", names.row_name(*last)), format!("to “{0}”", names.row_name(*last)))
                }
                _ => (format!("等 {n} 格"), format!("and others, {n} cells,")),
            };
            Text::new(format!("{zh}{zh_to}合计为 {total}"), format!("{en} {en_to} add up to {total}"))
        }
        several => {
            let each: Vec<Text> = several.iter().map(|f| names.field(*f)).collect();
            let Text { zh, en } = Text::join(each.iter(), "与", " and ");
            let numbers: Vec<String> =
                several.iter().map(|f| amount::show(value(s, *f, 0).unwrap_or_default())).collect();
            let sum = format!("{} = {total}", numbers.join(" + "));
            Text::new(format!("{zh}合计为 {sum}"), format!("{en} add up to {sum}"))
        }
    }
}

/// Whether fields share a row or column of the form.
fn several_same(s: Submission, fields: &[FieldIx], line: impl Fn(&crate::form::Field) -> usize) -> bool {
    let mut lines = fields.iter().filter_map(|f| s.form.field(*f)).map(line);
    lines.next().is_some_and(|first| lines.all(|l| l == first))
}

fn agreed(s: Submission, context: &Context, claim: &Claim, reading: &Reading) -> Text {
    let terms = || claim.terms.iter().filter_map(|t| context.narrative.terms.get(*t));
    let zh: Vec<&str> = terms().map(|t| t.title.zh.as_str()).collect();
    let en: Vec<&str> = terms().map(|t| t.title.en.as_str()).collect();
    let said = amount::show(claim.value);
    let written = written(s, reading);
    let space = if written.zh.ends_with(|c: char| c.is_ascii_digit()) { " " } else { "" };
    Text::new(
        format!("{} {said}：正文与{}{space}相符", zh.join("和"), written.zh),
        format!("{} {said}: the text agrees with the table: {}", en.join(" and "), written.en),
    )
}

/// A whole number with two neighbouring digits exchanged, in every way.
pub(super) fn exchanged(value: Decimal) -> impl Iterator<Item = Decimal> {
    let digits: Vec<char> = value.normalize().to_string().chars().collect();
    let whole = digits.iter().all(char::is_ascii_digit);
    (1..digits.len()).filter_map(move |i| {
        let mut other = digits.clone();
        other.swap(i - 1, i);
        let plain = whole && other != digits && other.first() != Some(&'0');
        plain.then(|| other.iter().collect::<String>().parse().ok()).flatten()
    })
}
