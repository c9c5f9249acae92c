//! Growth that does not compute (N303): over the number beside it, or over last year's tables.

use super::claims::{Claim, Context};
use super::judge;
use super::numerals::{Number, numbers};
use super::scope::{self, Doubt, years};
use super::shares::{Spot, computes, lead, percent_of, shown};
use super::understood::unexplained;
use super::words::{any, without};
use crate::check::{LastYear, Submission};
use crate::finding::Finding;
use crate::form::FieldIx;
use crate::grid::amount;
use rust_decimal::Decimal;

/// "3646件，同比增长1.05%": over the number that the sentence gives, else over last year's tables.
pub(super) fn growth(
    s: Submission,
    prior: Option<&LastYear>,
    spot: &Spot,
    context: &Context,
    claims: &[&Claim],
    percent: &Number,
) -> Option<Finding> {
    let clause = spot.flow.text(lead(spot.flow, percent));
    // "是上年的2.4倍" is no growth, but this year's number over last year's.
    if percent.unit == "倍" && clause.ends_with('的') {
        let (now, base) = beside(spot, context, percent, Decimal::ONE)?;
        return multiple(spot, percent, now, base);
    }
    let sign = sign(context, &clause)?;
    let over = || over_tables(s, prior?, spot, context, claims, percent, sign);
    match beside(spot, context, percent, sign) {
        // Over last year's tables it may be right where a number beside it is wrong.
        Some((now, base)) => {
            wrong(spot, percent, now, base, sign, "").filter(|_| over().is_none_or(|t| !t.computes(percent)))
        }
        None => over()?.told(spot, percent),
    }
}

/// "15件，比上年增加3件": over last year's tables.
pub(super) fn change(
    s: Submission,
    prior: Option<&LastYear>,
    spot: &Spot,
    context: &Context,
    claims: &[&Claim],
    number: &Number,
) -> Option<Finding> {
    let near: Vec<char> = spot.flow.text(lead(spot.flow, number)).chars().rev().take(3).collect();
    let near: String = near.into_iter().rev().collect();
    let sign = match near.chars().next_back() {
        Some('多') => Decimal::ONE,
        Some('少') => -Decimal::ONE,
        // "上升到53件" is no change.
        Some('到' | '至') => return None,
        _ => sign(context, &near)?,
    };
    match beside(spot, context, number, sign) {
        Some((now, base)) => wrong(spot, number, now, base, sign, ""),
        None => over_tables(s, prior?, spot, context, claims, number, sign)?.told(spot, number),
    }
}

/// "收到9件，与上年持平": over last year's tables.
pub(super) fn level(
    s: Submission,
    prior: Option<&LastYear>,
    spot: &Spot,
    context: &Context,
    claims: &[&Claim],
) -> Option<Finding> {
    let (at, prior) = (spot.flow.find_all(&context.words.level).into_iter().next()?, prior?);
    let place = Number::at(at);
    let told = over_tables(s, prior, spot, context, claims, &place, Decimal::ONE)?;
    let near = spot.flow.text(lead(spot.flow, &place)).ends_with(context.words.nearly.as_str());
    let (now, base) = told.pairs.first().filter(|_| !near && told.agrees)?;
    if told.pairs.iter().any(|(now, base)| now == base) {
        return None;
    }
    let (a, b) = (amount::show(*now), amount::show(*base));
    let said = (
        format!("与上年不一样多：本年 {a}，上年表中 {b}"),
        format!("says as many as last year, but {a} this year and {b} in last year's tables"),
    );
    Some(spot.finding(&place, &said))
}

/// How many times last year's number this year's is.
fn multiple(spot: &Spot, times: &Number, now: Decimal, base: Decimal) -> Option<Finding> {
    if computes(now, base, times) {
        return None;
    }
    let (a, b, ratio) =
        (amount::show(now), amount::show(base), shown(now.checked_div(base)?, times.decimals));
    let said = (
        format!("倍数不对：{a} ÷ {b} = {ratio}（上年为 {b}）"),
        format!("gives a multiple that does not compute: {a} / {b} = {ratio} (last year: {b})"),
    );
    Some(spot.finding(times, &said))
}

/// Whether a change, in per cent or in cases, is this much of last year's number.
fn is_change(by: Decimal, base: Decimal, number: &Number) -> bool {
    if is_ratio(number) { computes(by, base, number) } else { by == number.value }
}

/// Whether a change is told in per cent or as a multiple.
fn is_ratio(number: &Number) -> bool {
    matches!(number.unit.as_str(), "%" | "倍")
}

/// Whether something grew or declined.
fn sign(context: &Context, text: &str) -> Option<Decimal> {
    if any(&context.words.growth, text) {
        return Some(Decimal::ONE);
    }
    any(&context.words.decline, text).then_some(-Decimal::ONE)
}

/// A number of cases in front of a percentage.
struct Count {
    value: Decimal,
    unit: String,
    /// Whether it is last year's.
    last: bool,
    /// Whether it is by how many it changed.
    change: bool,
}

/// The number of this year and that of last year, where a sentence gives both, or one and the difference.
fn beside(spot: &Spot, context: &Context, percent: &Number, sign: Decimal) -> Option<(Decimal, Decimal)> {
    let words = context.words;
    let clause = spot.flow.text(lead(spot.flow, percent));
    let mut foreign = clause.replace(|c: char| c.is_ascii_digit() || "年度月的了".contains(c), "");
    for list in [&words.growth, &words.decline, &words.compared, &words.last_year] {
        foreign = without(list, foreign);
    }
    let counts = counts(spot, context, percent)?;
    let unit = &counts.last()?.unit;
    let same = || counts.iter().filter(|c| c.unit == *unit);
    let only = |pick: &dyn Fn(&Count) -> bool| {
        let mut values = same().filter(|c| pick(c)).map(|c| c.value);
        values.next().filter(|_| values.next().is_none())
    };
    let now = only(&|c| !c.last && !c.change)?;
    let base = match (only(&|c| c.last), only(&|c| c.change)) {
        (Some(last), _) => last,
        (None, Some(change)) if !same().any(|c| c.last) => now - change * sign,
        _ => return None,
    };
    let inline = clause.contains(['(', '件', '起', '宗', '条']);
    (inline || unexplained(context, &foreign) <= 1)
        .then_some((now, base))
        .filter(|(_, base)| *base > Decimal::ZERO)
}

/// Numbers of cases of the sentence in front of a percentage, those in brackets included; none where one is rough.
fn counts(spot: &Spot, context: &Context, percent: &Number) -> Option<Vec<Count>> {
    let words = context.words;
    let before = spot.flow.text(0..percent.range.start);
    if before.contains('%') {
        return None;
    }
    let mut found: Vec<(usize, Count)> = Vec::new();
    for flow in &spot.flows {
        let (host, own) = match flow.host {
            _ if std::ptr::eq(*flow, spot.flow) => (None, true),
            Some(host) if host <= percent.range.start => (Some(host), false),
            _ => continue,
        };
        let mut end = 0;
        for n in numbers(&flow.chars, words).iter().filter(|n| words.counts.contains(&n.unit)) {
            if own && n.range.end > percent.range.start {
                continue;
            }
            if n.rough {
                return None;
            }
            let at = host.unwrap_or(n.range.start);
            let end = std::mem::replace(&mut end, n.range.end);
            let inside = flow.text(0..n.range.start);
            let led = match host {
                Some(_) if !years(&inside).is_empty() || any(&words.last_year, &inside) => inside,
                Some(host) => spot.flow.text(lead_of(spot, host)..host),
                None => flow.text(lead_of(spot, n.range.start).max(end)..n.range.start),
            };
            // 上年结转5件 is no number of last year's.
            let led = without_terms(context, &led);
            let last =
                any(&words.last_year, &led) || years(&led).last().copied() == context.year.map(|y| y - 1);
            let near: String = led.chars().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect();
            let change = host.is_none() && sign(context, &near).is_some()
                || any(&words.change, &near)
                || near.ends_with(['多', '少']);
            let change = change && !near.ends_with(['到', '至']);
            found.push((at, Count { value: n.value, unit: n.unit.clone(), last: last && !change, change }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    Some(found.into_iter().map(|(_, c)| c).collect())
}

/// A text without the words of the form's terms.
fn without_terms(context: &Context, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let held: Vec<_> = context.phrases.iter().flatten().flat_map(|p| p.find_all(&chars)).collect();
    for i in held.into_iter().flatten() {
        chars.get_mut(i).into_iter().for_each(|c| *c = ' ');
    }
    chars.into_iter().collect()
}

/// Where the clause around a place of the flow begins.
fn lead_of(spot: &Spot, at: usize) -> usize {
    let from = (0..at).rev().find(|i| matches!(spot.flow.chars.get(*i), Some(',' | ';')));
    from.map_or(0, |i| i + 1)
}

/// This year's number over last year's tables.
struct OverTables {
    sign: Decimal,
    /// This year's number and last year's in each meaning of the term, the likeliest first.
    pairs: Vec<(Decimal, Decimal)>,
    /// Whether this year's number is its table's.
    agrees: bool,
}

impl OverTables {
    /// Whether a change computes in one of the meanings.
    fn computes(&self, number: &Number) -> bool {
        let grown = |(now, base): &(Decimal, Decimal)| {
            now.checked_sub(*base).is_some_and(|d| is_change(d * self.sign, *base, number))
        };
        self.pairs.iter().any(grown)
    }

    /// What is wrong, if it computes in no meaning.
    fn told(&self, spot: &Spot, number: &Number) -> Option<Finding> {
        let (now, base) = self.pairs.first().filter(|_| !self.computes(number))?;
        wrong(spot, number, *now, *base, self.sign, "上年表中")
    }
}

/// Over the same meaning of the term in last year's tables.
fn over_tables(
    s: Submission,
    prior: &LastYear,
    spot: &Spot,
    context: &Context,
    claims: &[&Claim],
    percent: &Number,
    sign: Decimal,
) -> Option<OverTables> {
    let clause = spot.flow.text(lead(spot.flow, percent));
    let last = context.year.map(|y| format!("{}年", y - 1)).unwrap_or_default();
    let led = spot.flow.text(0..percent.range.start);
    let led = led.rsplit(';').next().unwrap_or_default();
    // "分别下降20.3%和28%" tells them in the order of what was named before.
    if !any(&context.words.compared, led) || clause.contains("分别") {
        return None;
    }
    let claim = match volume(spot, context, &clause.replacen(&last, "", 1)) {
        Some(Volume::Counted(claim)) => Some(claim),
        Some(Volume::Named(term)) => return pairs(s, prior, &[term], None, sign),
        None => near(spot, context, claims, percent, &last),
    };
    let claim = claim.filter(|c| c.doubt == Doubt::None)?;
    pairs(s, prior, &claim.terms, Some(claim), sign)
}

/// This year's numbers, of the text or else of the tables, with last year's.
fn pairs(
    s: Submission,
    prior: &LastYear,
    terms: &[usize],
    claim: Option<&Claim>,
    sign: Decimal,
) -> Option<OverTables> {
    let (now, before) = (judge::readings(s, terms)?, earlier(s, prior, terms));
    let both = now.iter().zip(&before).filter_map(|(now, base)| Some((now.value, (*base)?)));
    let mut pairs: Vec<(Decimal, Decimal)> = both.filter(|(_, base)| !base.is_zero()).collect();
    // The meaning in which this year's number agrees with the table, if there is one.
    let meaning = claim.and_then(|c| pairs.iter().position(|(now, _)| c.is(*now)));
    if let Some(claim) = claim {
        let value = meaning.and_then(|i| pairs.get(i)).map_or(claim.value, |(now, _)| *now);
        for (now, _) in &mut pairs {
            *now = value;
        }
    }
    pairs.rotate_left(meaning.unwrap_or(0));
    (!pairs.is_empty()).then_some(OverTables { sign, pairs, agrees: claim.is_none() || meaning.is_some() })
}

/// The claim in front of a percentage with no other number between; of one in brackets, that in front of them.
fn near<'c>(
    spot: &Spot<'c>,
    context: &Context,
    claims: &[&'c Claim],
    percent: &Number,
    last: &str,
) -> Option<&'c Claim> {
    let own = claims.iter().rfind(|c| c.end <= percent.range.start).copied();
    let (claim, between) = match own {
        Some(claim) => (claim, spot.flow.text(claim.end..percent.range.start)),
        None => {
            let host = spot.flow.host.filter(|_| spot.flow.depth == 0)?;
            let claim = spot
                .paragraph_claims
                .iter()
                .rfind(|c| (c.sentence, c.flow) == (spot.sentence, 0) && c.end <= host)?;
            let main = spot.flows.first()?;
            (*claim, main.text(claim.end..host) + &spot.flow.text(0..percent.range.start))
        }
    };
    let between = between.replacen(last, "", 1);
    // "比上年减少101件，下降6.3%" is told twice.
    let again = between.rsplit_once(',').filter(|(change, _)| sign(context, change).is_some());
    let between = again.map_or(between.as_str(), |(_, rest)| rest);
    let counts = between.contains(|c: char| c.is_ascii_digit() || c == ';');
    (!counts && !any(&context.words.partial, between)).then_some(claim)
}

/// The number of applications, as what grew.
enum Volume<'c> {
    /// The paragraph counted them.
    Counted(&'c Claim),
    /// It only names them, by this term.
    Named(usize),
}

/// The applications, where a clause says that it is their number that grew: 申请量同比上升.
fn volume<'c>(spot: &Spot<'c>, context: &Context, clause: &str) -> Option<Volume<'c>> {
    let words = context.words;
    let at = words.volume.iter().filter_map(|w| clause.find(w.as_str()).map(|i| (i, i + w.len())));
    let (from, to) = at.min_by_key(|(from, to)| (*from, std::cmp::Reverse(*to)))?;
    let plain = clause.get(..from).is_some_and(|lead| unexplained(context, lead) == 0);
    let rest = clause.get(to..).filter(|_| plain)?;
    let lists = words.growth.iter().chain(&words.decline).chain(&words.compared).chain(&words.last_year);
    let rest = without(lists, rest.to_owned());
    let received = context.narrative.terms.iter().position(|t| t.id == words.volume_of);
    let is_whole = |term: usize| context.narrative.wholes.iter().any(|w| w.whole == term);
    let of_new = |c: &&&Claim| received.is_some_and(|term| c.terms == [term] && is_whole(term));
    if unexplained(context, &rest) > 1 {
        return None;
    }
    let mut told = spot.paragraph_claims.iter().filter(|c| c.sentence <= spot.sentence).filter(of_new);
    let sentence = spot.flow.text(0..spot.flow.chars.len());
    match (told.next(), told.next()) {
        (Some(claim), None) => Some(Volume::Counted(claim)),
        (None, _) => {
            // Those of disclosure, and not 行政许可申请数量.
            let spoken = any(&words.disclosure, spot.paragraph_text()) && !any(&words.off_topic, &sentence);
            let plain = spoken && scope::subject(context, clause.get(..from)?) == 0;
            received.filter(|_| plain).map(Volume::Named)
        }
        _ => None,
    }
}

/// What is wrong with a growth, if it does not compute.
fn wrong(
    spot: &Spot,
    percent: &Number,
    now: Decimal,
    base: Decimal,
    sign: Decimal,
    source: &str,
) -> Option<Finding> {
    let by = (now - base) * sign;
    if is_change(by, base, percent) {
        return None;
    }
    let (a, b) = (amount::show(now), amount::show(base));
    let source = if source.is_empty() { "上年" } else { source };
    let (left, right) = if sign.is_sign_positive() { (&a, &b) } else { (&b, &a) };
    if !is_ratio(percent) {
        let by = amount::show(by);
        let said = (
            format!("增减数不对：{left} − {right} = {by}（{source}为 {b}）"),
            format!("gives a change that does not compute: {left} - {right} = {by} (last year: {b})"),
        );
        return Some(spot.finding(percent, &said));
    }
    let times = percent.unit == "倍";
    let exact = if times { by.checked_div(base)? } else { percent_of(by, base)? };
    let (ratio, unit) = (shown(exact, percent.decimals), if times { "倍" } else { "%" });
    let said = (
        format!("增减幅度不对：({left} − {right}) ÷ {b} = {ratio}{unit}（{source}为 {b}）"),
        format!(
            "gives a growth that does not compute: ({left} - {right}) / {b} = {ratio}{unit} (last year: {b})"
        ),
    );
    Some(spot.finding(percent, &said))
}

/// Last year's number for each meaning of one term; `None` where it cannot be told.
fn earlier(s: Submission, prior: &LastYear, terms: &[usize]) -> Vec<Option<Decimal>> {
    let [term] = terms else { return Vec::new() };
    let readings = s.form.narrative.terms.get(*term).map(|t| t.readings.as_slice()).unwrap_or_default();
    let located = |f: &FieldIx| s.filled.reading(*f).is_some_and(|r| r.place.is_some());
    let value = |f: &FieldIx| prior.get(&s.id(*f)).copied().flatten();
    let evaluated = readings.iter().filter(|fields| fields.iter().all(located));
    evaluated.map(|fields| fields.iter().map(value).sum()).collect()
}
