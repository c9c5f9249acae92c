//! Parts within the text that do not add up to their whole (N303).
//!
//! Three arrangements: results of a known whole anywhere in one paragraph, a list behind 其中, and a list in
//! brackets. Fewer parts than there are prove nothing unless the list says that it is complete.

use super::claims::{Claim, Context};
use super::flow::{Flow, Sentence};
use super::judge::{self, Blamed};
use super::numerals::{Number, numbers};
use super::scope::Doubt;
use super::text::Report;
use super::understood::unexplained;
use super::words::{any, without};
use crate::check::Submission;
use crate::finding::{Finding, Severity, Text};
use crate::form::FieldIx;
use crate::form::narrative::Whole;
use crate::grid::amount;
use rust_decimal::Decimal;
use std::ops::Range;

/// Faults of sums, each sentence's once.
///
/// A number that is told to differ from the tables and makes the difference here too is not told again.
pub(super) fn sums(
    s: Submission,
    report: &Report,
    context: &Context,
    claims: &[Claim],
    blamed: &[Blamed],
) -> Vec<Finding> {
    let mut out: Vec<(usize, usize, Fault)> = Vec::new();
    for paragraph in 0..report.paragraphs.len() {
        for whole in &context.narrative.wholes {
            out.extend(of_terms(s, context, claims, paragraph, whole));
        }
    }
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let told = out.iter().any(|(q, j, _)| (*q, *j) == (p, i));
            let before = i.checked_sub(1).and_then(|j| paragraph.sentences.get(j));
            let here: Vec<&Claim> =
                claims.iter().filter(|c| (c.paragraph, c.sentence, c.flow) == (p, i, 0)).collect();
            let claimed: Vec<usize> = here.iter().map(|c| c.end).collect();
            let found = || {
                listed(context, sentence, before, &claimed)
                    .or_else(|| totalled(s, context, sentence.flows.first()?, &here))
                    .or_else(|| by_office(sentence.flows.first()?, &here))
            };
            if !told && let Some(fault) = found() {
                out.push((p, i, fault));
            }
        }
    }
    out.retain(|(p, _, fault)| !fault.is_told(*p, blamed));
    out.iter().map(|(p, i, fault)| fault.finding(report, *p, *i)).collect()
}

/// A whole with parts that do not make it.
struct Fault {
    whole: Decimal,
    parts: Vec<Decimal>,
    marks: Vec<Range<usize>>,
}

impl Fault {
    /// Whether one of its numbers is told to differ from the tables: what follows from that is no second fault. Of
    /// several, the sum is evidence by itself.
    fn is_told(&self, paragraph: usize, blamed: &[Blamed]) -> bool {
        let meets = |b: &Blamed| self.marks.iter().any(|m| m.start < b.bytes.end && b.bytes.start < m.end);
        blamed.iter().filter(|b| b.paragraph == paragraph && meets(b)).count() == 1
    }

    fn finding(&self, report: &Report, paragraph: usize, sentence: usize) -> Finding {
        let mut marks = self.marks.clone();
        marks.sort_by_key(|m| m.start);
        let quote = judge::quote(report, paragraph, sentence, &marks);
        let parts: Vec<String> = self.parts.iter().map(|p| amount::show(*p)).collect();
        let sum: Decimal = self.parts.iter().sum();
        let (parts, sum, whole) = (parts.join(" + "), amount::show(sum), amount::show(self.whole));
        let message = Text::new(
            format!("正文“{quote}”各部分之和不等于总数：{parts} = {sum}，总数为 {whole}"),
            format!(
                "the text “{quote}” gives parts that do not add up: {parts} = {sum}, but the whole is {whole}"
            ),
        );
        let cells = judge::quoted_at(report, paragraph).into_iter().collect();
        Finding::new("N303", Severity::Warning, "text", message)
            .at(Vec::new(), cells)
            .saying(report.words(paragraph, &marks))
            .advising(Text::new("请核对正文中的这些数", "compare these numbers with the records"))
    }
}

/// Parts of a known whole in one paragraph: 答复805件 … 予以公开…不予公开…
fn of_terms(
    s: Submission,
    context: &Context,
    claims: &[Claim],
    paragraph: usize,
    whole: &Whole,
) -> Option<(usize, usize, Fault)> {
    let here: Vec<&Claim> =
        claims.iter().filter(|c| c.paragraph == paragraph && !matches!(c.doubt, Doubt::Year(_))).collect();
    let mut wholes = here.iter().filter(|c| c.terms == [whole.whole] && c.doubt <= Doubt::Scope);
    let (total, None) = (wholes.next()?, wholes.next()) else { return None };
    let parts: Vec<&&Claim> = here
        .iter()
        .filter(|c| {
            c.terms.iter().all(|t| whole.parts.contains(t))
                && (c.sentence, c.bytes.start) > (total.sentence, total.bytes.start)
        })
        .collect();
    let mut covered: Vec<usize> = parts.iter().flat_map(|c| c.terms.iter().copied()).collect();
    covered.sort_unstable();
    let once = covered.windows(2).all(|w| w.first() != w.last());
    let sum: Decimal = parts.iter().map(|c| c.value).sum();
    let complete = !whole.apart && whole.parts.iter().all(|p| covered.contains(p));
    if whole.apart && !is_apart(context, &here, total, &parts) {
        return None;
    }
    if parts.len() < 2 || !once || parts.iter().any(|c| c.doubt > Doubt::Scope) {
        return None;
    }
    // 收到 may leave out what was carried over, which its results hold.
    let mut extra = carried(s, context, whole.whole);
    extra.extend(here.iter().filter(|c| is_carried(context, whole.whole, &c.terms)).map(|c| c.value));
    let fits = extra.iter().any(|e| sum == total.value + *e);
    let most = extra.iter().max().map_or(total.value, |e| total.value + *e);
    if fits || !(complete || sum > most) {
        return None;
    }
    let sentence = parts.first()?.sentence;
    let marks =
        parts.iter().chain([&total]).filter(|c| c.sentence == sentence).map(|c| c.bytes.clone()).collect();
    let fault = Fault { whole: total.value, parts: parts.iter().map(|c| c.value).collect(), marks };
    Some((paragraph, sentence, fault))
}

/// Whether parts stand in their whole's sentence, with no whole of the same parts between: 复议…，诉讼…，维持….
fn is_apart(context: &Context, here: &[&Claim], total: &Claim, parts: &[&&Claim]) -> bool {
    let rivals: Vec<usize> = context.narrative.wholes.iter().filter(|w| w.apart).map(|w| w.whole).collect();
    let last = parts.iter().map(|c| c.bytes.end).max().unwrap_or_default();
    let between = |c: &&&Claim| c.bytes.start > total.bytes.start && c.bytes.end < last;
    let rival = here.iter().filter(|c| c.sentence == total.sentence).filter(between);
    parts.iter().all(|c| c.sentence == total.sentence)
        && !rival.into_iter().any(|c| c.terms.iter().any(|t| rivals.contains(t)))
}

/// By how much the readings of a term may differ in the tables.
fn carried(s: Submission, context: &Context, term: usize) -> Vec<Decimal> {
    let narrow = context.narrative.terms.get(term).map_or(0, |t| t.readings.len());
    let readings = judge::readings(s, &[term]).filter(|_| narrow > 1).unwrap_or_default();
    let least = readings.iter().map(|r| r.value).min().unwrap_or_default();
    let mut extra: Vec<Decimal> = readings.iter().map(|r| r.value - least).collect();
    extra.push(Decimal::ZERO);
    extra
}

/// Whether a term is what a wider reading of the whole holds besides: 上年结转, of 收到.
fn is_carried(context: &Context, whole: usize, terms: &[usize]) -> bool {
    let readings =
        |t: usize| context.narrative.terms.get(t).map(|t| t.readings.as_slice()).unwrap_or_default();
    let [term] = terms else { return false };
    let more = readings(*term).first().filter(|r| !r.is_empty());
    let wider = |more: &Vec<FieldIx>| {
        readings(whole)
            .iter()
            .any(|r| readings(whole).iter().any(|w| w.len() > r.len() && *w == [r.as_slice(), more].concat()))
    };
    more.is_some_and(wider)
}

/// "各部门收到611件，各县区收到988件，全市共收到1499件": the parts of a whole are no more than it.
fn by_office(flow: &Flow, here: &[&Claim]) -> Option<Fault> {
    let (whole, parts) = here.split_last()?;
    let before = parts.last()?.end;
    let all = flow.text(before..whole.end).contains("共");
    let of_others = |c: &&Claim| c.doubt == Doubt::Scope && c.terms == whole.terms;
    let values: Vec<Decimal> = parts.iter().map(|c| c.value).collect();
    let differs = parts.len() > 1 && values.iter().sum::<Decimal>() > whole.value;
    let marks = here.iter().map(|c| c.bytes.clone()).collect();
    (all && differs && whole.doubt <= Doubt::Scope && parts.iter().all(of_others)).then_some(Fault {
        whole: whole.value,
        parts: values,
        marks,
    })
}

/// A list in one sentence: behind 其中, or in brackets; `claimed` is where numbers of the tables end.
fn listed(
    context: &Context,
    sentence: &Sentence,
    before: Option<&Sentence>,
    claimed: &[usize],
) -> Option<Fault> {
    let inside = sentence.flows.iter().find_map(|flow| of_which(context, flow, claimed));
    let across = || of_the_sentence_before(context, sentence.flows.first()?, before?.flows.first()?);
    inside.or_else(across).or_else(|| bracketed(context, sentence))
}

/// "主动公开977条。其中包括政府文件11条、…其他信息390条": a list of the only number of its kind in the sentence before.
fn of_the_sentence_before(context: &Context, flow: &Flow, before: &Flow) -> Option<Fault> {
    let from = flow.find_all("其中").into_iter().next().filter(|r| r.start == 0)?;
    let all = numbers(&flow.chars, context.words);
    let unit = &all.first()?.unit;
    let earlier = numbers(&before.chars, context.words);
    let mut same = earlier.iter().filter(|n| n.unit == *unit && context.words.counts.contains(unit));
    let (whole, None) = (same.next()?, same.next()) else { return None };
    let parts = parts(flow, &all, from.end..flow.chars.len(), whole)?;
    let list = flow.text(from.end..flow.chars.len());
    let sum: Decimal = parts.iter().map(|n| n.value).sum();
    let last = parts.iter().rev().nth(1).map_or(from.end, |n| n.range.end);
    let rest = flow.text(last..flow.chars.len());
    let complete = is_rest(context, rest.trim_start_matches([',', '、', '和']));
    let one_each = list.split([';']).all(|p| p.matches(unit.as_str()).count() == 1);
    let mixed = any(&context.words.not_a_part, &list) || list.contains(';') && !one_each;
    let slip = parts.len() > 3 && is_slip(whole, &parts);
    let differs = parts.len() > 2 && (sum > whole.value || (complete || slip) && sum != whole.value);
    (differs && !mixed).then(|| Fault {
        whole: whole.value,
        parts: parts.iter().map(|n| n.value).collect(),
        marks: parts.iter().map(|n| flow.span(n.range.clone())).collect(),
    })
}

/// "8778条，其中网站5434条、微信1919条、其他1425条", or the same list behind a colon.
fn of_which(context: &Context, flow: &Flow, claimed: &[usize]) -> Option<Fault> {
    let all = numbers(&flow.chars, context.words);
    let counted = |n: &&Number| context.words.counts.contains(&n.unit);
    let marks = context.words.parts.iter().map(|w| flow.find_all(w)).find(|m| !m.is_empty());
    // Numbers of the tables are compared with these.
    let free = |from: usize| !claimed.iter().any(|end| *end > from);
    let among = || among(context, flow).filter(|m| free(m.start)).map(|m| vec![m]);
    let marks = marks.or_else(among);
    let mut marks = marks.unwrap_or_else(|| by_kind(context, flow)).into_iter();
    let (whole, from) = match (marks.next(), marks.next()) {
        (Some(at), None) => (all.iter().filter(counted).rfind(|n| n.range.end <= at.start)?, at),
        (None, _) => {
            let whole = all.iter().find(|n| flow.chars.get(n.range.end) == Some(&':')).filter(counted)?;
            (whole, whole.range.end..whole.range.end + 1)
        }
        _ => return None,
    };
    let between = flow.text(whole.range.end..from.start);
    let stop = list_end(flow, &all, from.end);
    let parts = parts(flow, &all, from.end..stop, whole)?;
    let list = flow.text(from.end..stop);
    // A list by two classifications, or one that goes on to what was done with them, is no partition.
    let sum: Decimal = parts.iter().map(|n| n.value).sum();
    // Parts beyond their whole are too many whatever stands between.
    let beyond = sum > whole.value;
    let mixed = any(&context.words.not_a_part, &each_by(context, flow, &parts, &list))
        || !beyond && unexplained(context, &between) > 0;
    let last = parts.iter().rev().nth(1).map_or(from.end, |n| n.range.end);
    let tail = flow.text(last..stop);
    // What stands behind a semicolon may be further parts.
    let goes_on = all.iter().any(|n| n.range.start > stop && n.unit == whole.unit);
    let complete = !goes_on && is_rest(context, tail.trim_start_matches([',', '、', '和']));
    // Two or three kinds of results may be named for themselves; a list that ends with 其他 names all.
    let ends = tail.trim_start_matches([',', '、', '和']).starts_with("其");
    let settled = any(&context.words.settled, &flow.text(0..whole.range.start));
    let handled = settled && (parts.len() > 3 || ends);
    let earlier = all.iter().filter(|n| n.unit == whole.unit && n.range.end <= whole.range.end);
    let earlier: Vec<Decimal> = earlier.map(|n| n.value).collect();
    let most = sum <= running(&earlier).into_iter().max().unwrap_or_default() && sum > whole.value;
    let made = made_before(flow, &parts, whole);
    let fits = running(&earlier).contains(&sum) || earlier.contains(&sum) || most || made;
    let slip = free(from.end) && !goes_on && is_slip(whole, &parts);
    if mixed || parts.len() < 2 && !beyond || fits || !(beyond || complete || handled || slip) {
        return None;
    }
    Some(fault(flow, whole, &parts))
}

/// A list without the act that its first part names already: 其中通过系统收到11件，信箱收到2件.
fn each_by(context: &Context, flow: &Flow, parts: &[&Number], list: &str) -> String {
    let first = parts.first().map(|n| flow.text(0..n.range.start)).unwrap_or_default();
    let first = first.rsplit("其中").next().unwrap_or_default();
    let acts = context.words.receives.iter().filter(|act| first.ends_with(act.as_str()));
    without(acts, list.to_owned())
}

/// Clauses that say by what the list behind them is arranged: 按申请事项分.
fn by_kind(context: &Context, flow: &Flow) -> Vec<Range<usize>> {
    let cuts = flow.chars.iter().enumerate().filter(|(_, c)| matches!(c, ',' | ';' | ':')).map(|(i, _)| i);
    let mut from = 0;
    let mut found = Vec::new();
    for cut in cuts {
        let said = flow.text(from..cut);
        let is = |(a, b): &(String, String)| said.starts_with(a.as_str()) && said.ends_with(b.as_str());
        let plain = !said.contains(|c: char| c.is_ascii_digit());
        if plain && context.words.by_kind.iter().any(is) {
            found.push(from..cut + 1);
        }
        from = cut + 1;
    }
    found
}

/// "收到的58件申请中，": the mark of a list, behind the number of all that it lists.
fn among(context: &Context, flow: &Flow) -> Option<Range<usize>> {
    let end = flow.find_all("中,").into_iter().next()?.start + 1;
    let from = (0..end).rev().find(|i| matches!(flow.chars.get(*i), Some(',' | ';')));
    let clause = from.map_or(0, |i| i + 1)..end;
    let counts = numbers(&flow.chars, context.words).into_iter();
    let mut counts =
        counts.filter(|n| clause.contains(&n.range.start) && context.words.counts.contains(&n.unit));
    let (whole, None) = (counts.next()?, counts.next()) else { return None };
    let between = flow.text(whole.range.end..clause.end);
    let plain = between.strip_suffix('中').filter(|b| unexplained(context, b) == 0);
    plain.map(|_| whole.range.end..clause.end + 1)
}

/// Whether a list would make its whole if two neighbouring digits of one number were exchanged: no part is missing,
/// a number was mistyped.
fn is_slip(whole: &Number, parts: &[&Number]) -> bool {
    let sum: Decimal = parts.iter().map(|n| n.value).sum();
    let of_whole = judge::exchanged(whole.value).any(|w| w == sum);
    of_whole || parts.iter().any(|n| judge::exchanged(n.value).any(|v| sum - n.value + v == whole.value))
}

/// Whether the parts up to 其他 make the whole, so that what stands behind is of another kind: 网站268条，其他292条，
/// 规范性文件1条.
fn made_before(flow: &Flow, parts: &[&Number], whole: &Number) -> bool {
    let mut sum = Decimal::ZERO;
    parts.iter().any(|n| {
        sum += n.value;
        let label = flow.text(0..n.range.start);
        let label = label.rsplit([',', '、', ';']).next().unwrap_or_default();
        sum == whole.value && (label.starts_with("其他") || label.starts_with("其它"))
    })
}

/// The sums of the last one, two, … of these numbers: 收到91件，上年结转4件，其中… may list all 95.
fn running(values: &[Decimal]) -> Vec<Decimal> {
    let mut sum = Decimal::ZERO;
    let add = |v: &Decimal| {
        sum += *v;
        sum
    };
    values.iter().rev().map(add).collect()
}

/// Where a list ends: at a semicolon, or at a clause without a number behind those with one.
fn list_end(flow: &Flow, all: &[Number], from: usize) -> usize {
    let (mut clause, mut listed) = (from, false);
    // Where semicolons part the items, as in 动态48条；公告5条；其他3条, they do not end the list.
    let first = all.iter().find(|n| n.range.start >= from).and_then(|n| flow.chars.get(n.range.end));
    let items = first == Some(&';');
    for i in from..flow.chars.len() {
        match flow.chars.get(i) {
            Some(';') if !items => return i,
            Some(',' | ';') if !all.iter().any(|n| n.range.contains(&i)) => {
                let counts = all.iter().any(|n| (clause..i).contains(&n.range.start));
                if listed && !counts {
                    return clause.saturating_sub(1);
                }
                (clause, listed) = (i + 1, listed || counts);
            }
            _ => {}
        }
    }
    let counts = all.iter().any(|n| n.range.start >= clause);
    if listed && !counts { clause.saturating_sub(1) } else { flow.chars.len() }
}

/// "征地类48件、规划类21件、其他类22件，合计91件": a list with its sum behind it.
///
/// A sum that differs from the tables already is no second fault.
fn totalled(s: Submission, context: &Context, flow: &Flow, claims: &[&Claim]) -> Option<Fault> {
    let words = context.words;
    let all = numbers(&flow.chars, words);
    let whole = all.iter().find(|n| is_sum(context, flow, n)).filter(|n| words.counts.contains(&n.unit))?;
    let agrees = |c: &Claim| judge::readings(s, &c.terms).is_some_and(|r| r.iter().any(|r| c.is(r.value)));
    if claims.iter().any(|c| c.end == whole.range.end && !agrees(c)) {
        return None;
    }
    let opens = |i: &usize| matches!(flow.chars.get(*i), Some(';' | ':'));
    let from = (0..whole.range.start).rev().find(opens).map_or(0, |i| i + 1);
    // The same number in front, "24件申请，…共24件", is the whole once more.
    let again = all.iter().find(|n| n.value == whole.value && n.range.end < whole.range.start);
    let marks = flow.find_all("其中").into_iter().map(|r| r.end).chain(again.map(|n| n.range.end));
    let from = marks.filter(|e| *e < whole.range.start).fold(from, usize::max);
    let parts = parts(flow, &all, from..whole.range.start, whole)?;
    let values: Vec<Decimal> = parts.iter().map(|n| n.value).collect();
    let list = flow.text(from..whole.range.start);
    let mixed = any(&words.settled, &list) || ["分别", "较", "同比"].iter().any(|w| list.contains(w));
    let fits = running(&values).contains(&whole.value);
    (parts.len() > 1 && !mixed && !fits).then(|| fault(flow, whole, &parts))
}

/// Whether a number is said to be a sum, with nothing in front that says of what: 合计, 三个平台共计.
fn is_sum(context: &Context, flow: &Flow, number: &Number) -> bool {
    let words = context.words;
    let at = |i: &usize| matches!(flow.chars.get(*i), Some(',' | ';' | '、'));
    let from = (0..number.range.start).rev().find(at).map_or(0, |i| i + 1);
    let said = flow.text(from..number.range.start);
    let sums = words.sums.iter().map(String::as_str).chain(["共"]);
    let rest = sums.filter_map(|w| said.strip_suffix(w)).min_by_key(|rest| rest.len());
    rest.is_some_and(|rest| {
        let rest = without(&words.classes, rest.to_owned());
        let rest = rest.trim_matches(|c: char| c.is_ascii_digit() || "两三四五六七八九十几各".contains(c));
        from > 0 && rest.is_empty()
    })
}

/// Whether a part is what is left: "其他1425条", "其他类信息10条", and not "其他文件102条".
fn is_rest(context: &Context, part: &str) -> bool {
    let behind = part.strip_prefix("其他").or_else(|| part.strip_prefix("其它"));
    behind.is_some_and(|b| {
        b.starts_with(|c: char| c.is_ascii_digit())
            || context.words.rest.iter().any(|w| b.starts_with(w.as_str()))
    })
}

/// "3607件（市政府349件、市各有关部门933件、…）": a list in brackets right behind its whole.
fn bracketed(context: &Context, sentence: &Sentence) -> Option<Fault> {
    let main = sentence.flows.first()?;
    let all = numbers(&main.chars, context.words);
    for inner in sentence.flows.iter().filter(|f| f.depth == 0 && f.host.is_some()) {
        let Some(whole) =
            all.iter().find(|n| Some(n.range.end) == inner.host && !n.rough && !n.unit.is_empty())
        else {
            continue;
        };
        let text = inner.text(0..inner.chars.len());
        if any(&context.words.not_a_part, &text) || text.contains(['含', '另']) {
            continue;
        }
        let some = text.contains("其中");
        let numbers = numbers(&inner.chars, context.words);
        let Some(parts) = parts(inner, &numbers, 0..inner.chars.len(), whole) else { continue };
        let sum: Decimal = parts.iter().map(|n| n.value).sum();
        if parts.len() >= 3 && sum != whole.value && !some || parts.len() > 1 && some && sum > whole.value {
            let mut fault = fault(inner, whole, &parts);
            if let Some(mark) = fault.marks.first_mut() {
                *mark = main.span(whole.range.clone());
            }
            return Some(fault);
        }
    }
    None
}

/// The numbers of a list in the whole's unit; `None` where one is rough, or is the whole again.
fn parts<'n>(
    flow: &Flow,
    all: &'n [Number],
    within: Range<usize>,
    whole: &Number,
) -> Option<Vec<&'n Number>> {
    let inside = all.iter().filter(|n| within.start <= n.range.start && n.range.end <= within.end);
    let parts: Vec<&Number> = inside.filter(|n| n.unit == whole.unit).collect();
    let unsure = whole.rough
        || parts.iter().any(|n| n.rough || n.is_rounded() || n.value == whole.value && !n.value.is_zero());
    let apart = parts
        .iter()
        .all(|n| flow.chars.get(n.range.end).is_none_or(|c| ",;、和及为是0123456789".contains(*c)));
    (!unsure && apart).then_some(parts)
}

fn fault(flow: &Flow, whole: &Number, parts: &[&Number]) -> Fault {
    let marks =
        std::iter::once(whole).chain(parts.iter().copied()).map(|n| flow.span(n.range.clone())).collect();
    Fault { whole: whole.value, parts: parts.iter().map(|n| n.value).collect(), marks }
}
