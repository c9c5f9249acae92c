//! Whether a sentence speaks of what the table counts: this office, this year, all of it.

use super::claims::Context;
use super::words::{any, replaced, residue, without};
use crate::form::narrative::Counts;

/// How sure it is that a number of the text is a number of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// They should be the same.
    None,
    /// The number may belong to another office or a wider circle.
    Scope,
    /// A word beside it is not known and may say anything.
    Unknown,
    /// Too unclear to say anything where they differ.
    Unclear,
    /// It is said of another year.
    Year(i32),
}

/// What stands around a claim's term.
#[derive(Debug)]
pub(super) struct Spoken<'a> {
    /// The sentence up to the term.
    pub(super) lead: String,
    /// The same without what has a year of its own: 2023年结转.
    pub(super) undated: String,
    /// The clause up to the term.
    pub(super) clause_lead: String,
    pub(super) clause: String,
    pub(super) sentence: &'a str,
}

/// The doubt about a claim.
pub(super) fn doubt(context: &Context, spoken: &Spoken) -> Doubt {
    let (words, Spoken { lead, clause_lead, .. }) = (context.words, spoken);
    // Applications are counted by each for itself, documents are issued in the government's name.
    let documents = !spoken.sentence.contains(words.application.as_str());
    let own_name = |text: &str| if documents { without_own_name(context, text) } else { text.to_owned() };
    let clause_lead = &own_name(clause_lead);
    // Since another year is more than one.
    if years(lead).iter().any(|y| context.year != Some(*y) && lead.contains(&format!("{y}年以来"))) {
        return Doubt::Unclear;
    }
    if let Some(year) = year_of(&spoken.undated, context) {
        return Doubt::Year(year);
    }
    let clause = without(&words.on_topic, spoken.clause.clone());
    let part = any(&words.partial, &clause) && !clause.contains("等");
    let unclear = any(&words.helped, clause_lead)
        || years(clause_lead).iter().any(|y| context.year.is_some_and(|own| own != *y))
            && !any(&words.compared, clause_lead)
        || any(&words.last_year, clause_lead)
        || years_at(lead).iter().any(|(_, before)| before.is_some_and(|c| "—–-~".contains(c)))
        || any(&words.period, &whole_years(context, lead));
    if part || unclear {
        return Doubt::Unclear;
    }
    let wider = any(&words.other_scope, &own_name(spoken.sentence))
        || any(&words.other_base, lead)
        || is_wider(context, clause_lead);
    if wider || other_office(context, clause_lead) { Doubt::Scope } else { Doubt::None }
}

/// A text without "以市政府或市政府办公室名义", no other circle in the report of the government or its office.
fn without_own_name(context: &Context, text: &str) -> String {
    let words = context.words;
    let seat = |name: &str| words.government.iter().any(|g| name.contains(g.as_str()));
    let own = context.office.is_some_and(seat) && !text.contains("代表");
    let Some((lead, rest)) = text.split_once("名义").filter(|_| own) else { return text.to_owned() };
    match lead.rsplit_once('以') {
        Some((before, name)) if seat(name) => before.to_owned() + rest,
        _ => text.to_owned(),
    }
}

/// Another year that a sentence starts with; one that it only compares with counts for nothing.
fn year_of(lead: &str, context: &Context) -> Option<i32> {
    let own = context.year?;
    let spoken =
        years_at(lead).into_iter().filter(|(_, before)| !before.is_some_and(|c| "比较与同".contains(c)));
    let last = spoken.map(|(year, _)| year).next_back()?;
    (last != own).then_some(last)
}

/// A text without "截至12月31日" and the like, which end a whole year.
fn whole_years(context: &Context, text: &str) -> String {
    let own = context.year.map(|y| format!("{y}年")).unwrap_or_default();
    let so_far = format!("{own}以来");
    let text = if own.is_empty() { text.to_owned() } else { text.replace(&so_far, "").replace(&own, "") };
    without(&context.words.year_end, text)
}

/// How much of what leads to a term names a subject of its own, besides dates and offices.
pub(super) fn subject(context: &Context, lead: &str) -> usize {
    let ends = context.words.office_ends.iter().filter_map(|e| lead.rfind(e.as_str()).map(|i| i + e.len()));
    let rest = ends.max().and_then(|end| lead.get(end..)).unwrap_or(lead);
    let rest = without(&context.words.year_end, rest.to_owned());
    let own = without(&context.words.own, rest);
    let plain: String =
        own.chars().filter(|c| !c.is_ascii_digit() && !context.words.dates_and_places.contains(*c)).collect();
    residue(context.words, &plain)
}

/// How much of a clause up to the word 申请 names a matter: "劳动人事争议仲裁" of "受理劳动人事争议仲裁申请".
pub(super) fn matter(context: &Context, about: &str) -> usize {
    let chars: Vec<char> = about.chars().collect();
    let terms = context.narrative.terms.iter().zip(context.phrases);
    let acts = terms.filter(|(t, _)| t.kind == Counts::Acts).flat_map(|(_, phrases)| phrases);
    let Some(act) = acts.flat_map(|p| p.find_all(&chars)).max_by_key(|r| r.end) else {
        return subject(context, about);
    };
    let front: String = chars.iter().take(act.start).collect();
    let behind: String = chars.iter().skip(act.end).collect();
    subject(context, &front).max(subject(context, &behind))
}

/// A text without the name of the report's own office, long or short.
pub(super) fn without_office(context: &Context, text: &str) -> String {
    let Some(office) = context.office else { return text.to_owned() };
    let starts = office.char_indices().map(|(i, _)| i);
    let names = starts.filter_map(|i| office.get(i..)).take_while(|n| n.chars().count() >= 3);
    let found = names.filter(|n| text.contains(n)).max_by_key(|n| n.len());
    found.map_or_else(|| text.to_owned(), |name| text.replace(name, ""))
}

/// A text without the offices in it: the report's own, or another, of which a number is only asked.
pub(super) fn behind_office(context: &Context, text: &str) -> String {
    let text = without_units(context, &without_office(context, text));
    let ends = context.words.office_ends.iter().filter_map(|e| text.rfind(e.as_str()).map(|i| i + e.len()));
    ends.max().and_then(|end| text.get(end..)).map_or(text.clone(), str::to_owned)
}

/// A text without the units of an office that act for it: 综合行政执法队.
fn without_units(context: &Context, text: &str) -> String {
    replaced(&context.words.units, " ", text.to_owned())
}

/// "全县共受理": all of a county, in the report of one of its offices.
fn is_wider(context: &Context, lead: &str) -> bool {
    let Some(office) = context.office else { return false };
    let chars: Vec<char> = lead.chars().collect();
    let regions = chars.windows(2).filter(|w| w.first() == Some(&'全')).filter_map(|w| w.last());
    regions.filter(|c| context.words.regions.contains(**c)).any(|region| {
        let seat = context.words.government.iter().find_map(|end| office.strip_suffix(end.as_str()));
        !seat.unwrap_or(office).ends_with(*region)
    })
}

/// Years written with 年 behind them.
pub(super) fn years(text: &str) -> Vec<i32> {
    years_at(text).into_iter().map(|(year, _)| year).collect()
}

/// Years with the character in front of each.
fn years_at(text: &str) -> Vec<(i32, Option<char>)> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    for (i, c) in chars.iter().enumerate() {
        let Some(from) = i.checked_sub(4).filter(|_| *c == '年') else { continue };
        let digits: String = chars.get(from..i).unwrap_or_default().iter().collect();
        let before = from.checked_sub(1).and_then(|j| chars.get(j)).copied();
        let year = digits.parse::<i32>().ok().filter(|y| (2008..2100).contains(y));
        out.extend(year.filter(|_| !before.is_some_and(|c| c.is_ascii_digit())).map(|y| (y, before)));
    }
    out
}

/// Whether the last office named in front of a term is another than the report's.
fn other_office(context: &Context, lead: &str) -> bool {
    let lead = without_units(context, lead);
    let lead = replaced(&context.words.topic, " ", lead);
    let found = context
        .words
        .office_ends
        .iter()
        .filter_map(|end| lead.rfind(end.as_str()).map(|i| (i + end.len(), end)));
    let Some((end, word)) = found.max_by_key(|(i, w)| (*i, w.len())) else { return false };
    let Some(name) = lead.get(..end - word.len()) else { return false };
    let own_word = context.words.own.iter().any(|w| name.ends_with(w.as_str()));
    let bare = name.chars().next_back().is_none_or(|c| !c.is_alphabetic() || "年度月日内".contains(c));
    // 市局 in the report of a city's bureau is that bureau.
    let region = |text: &str| text.chars().rfind(|c| context.words.regions.contains(*c));
    let seat = name.chars().next_back().filter(|c| context.words.regions.contains(*c));
    let called = context.office.filter(|o| word.chars().count() == 1 && o.ends_with(word.as_str()));
    let own_seat = seat.is_some() && called.and_then(region) == seat;
    if own_word || bare || own_seat {
        return false;
    }
    // "县发展和改革局" in 沭阳县发展和改革局's report: the last two characters of the name tell.
    let tail: String = name.chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
    let called = format!("{tail}{word}");
    // A township's report says 镇政府 of itself; what a county's says of 县政府 may leave its departments out.
    let township = context.words.township_calls.iter().any(|w| called.ends_with(w.as_str()));
    let formal = called.replace("政府", "人民政府");
    // 市自然资源局 is 市自然资源和规划局 for short, and 市人社局 市人力资源和社会保障局.
    let short = |office: &str| {
        "局厅委".contains(word.as_str()) && is_abridged(&tail, office) && office.ends_with(word.as_str())
    };
    // A township's 办公室 is the township.
    let within =
        |office: &str| word == "办公室" && township_itself(context, office) && name.ends_with(office);
    // 市政府及政府办 is how 市人民政府办公室 speaks of itself.
    let seat = |office: &str| word == "政府办" && office.contains("政府办公");
    !context.office.is_some_and(|office| {
        seat(office)
            || within(office)
            || office.contains(&called)
            || township && office.contains(&formal)
            || short(office)
    })
}

/// Whether an office is a township's government.
fn township_itself(context: &Context, office: &str) -> bool {
    let plain = office.replace("人民政府", "政府");
    context.words.township_calls.iter().any(|w| plain.ends_with(w.as_str()))
}

/// Whether all characters of a short name stand in a long one, in their order.
pub(super) fn is_abridged(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().all(|c| rest.any(|o| o == c))
}
