//! Whether a sentence speaks of what the table counts: this office, this year, all of it.

use super::claims::Context;
use super::flow::Flow;
use super::words::any;
use std::ops::Range;

/// How sure it is that a number of the text is a number of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// They should be the same.
    None,
    /// The number may belong to another office or a wider circle.
    Scope,
    /// Too unclear to say anything where they differ.
    Unclear,
    /// It is said of another year.
    Year(i32),
}

/// The doubt about a claim whose term stands at `term` in a clause.
pub(super) fn doubt(
    context: &Context,
    flow: &Flow,
    clause: &Range<usize>,
    term: usize,
    sentence: &str,
) -> Doubt {
    let words = context.words;
    let lead = flow.text(0..term);
    if let Some(year) = year_of(&lead, context) {
        return Doubt::Year(year);
    }
    let clause_lead = flow.text(clause.start..term);
    let text = flow.text(clause.clone());
    let part = any(&words.partial, &text) && !text.contains("等");
    if part || any(&words.period, &lead) || any(&words.last_year, &clause_lead) {
        return Doubt::Unclear;
    }
    if any(&words.other_scope, sentence) || other_office(context, &clause_lead) {
        return Doubt::Scope;
    }
    Doubt::None
}

/// Another year that a sentence starts with.
fn year_of(lead: &str, context: &Context) -> Option<i32> {
    let own = context.year?;
    let years = years(lead);
    let last = years.last().copied()?;
    (last != own).then_some(last)
}

/// Years written with 年 behind them.
pub(super) fn years(text: &str) -> Vec<i32> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    for (i, c) in chars.iter().enumerate() {
        let Some(from) = i.checked_sub(4).filter(|_| *c == '年') else { continue };
        let digits: String = chars.get(from..i).unwrap_or_default().iter().collect();
        let longer = from.checked_sub(1).and_then(|j| chars.get(j)).is_some_and(char::is_ascii_digit);
        out.extend(digits.parse::<i32>().ok().filter(|y| !longer && (2008..2100).contains(y)));
    }
    out
}

/// Whether the last office named in front of a term is another than the report's.
fn other_office(context: &Context, lead: &str) -> bool {
    let lead = context.words.topic.iter().fold(lead.to_owned(), |lead, t| lead.replace(t.as_str(), " "));
    let found = context
        .words
        .office_ends
        .iter()
        .filter_map(|end| lead.rfind(end.as_str()).map(|i| (i + end.len(), end)));
    let Some((end, word)) = found.max_by_key(|(i, w)| (*i, w.len())) else { return false };
    let Some(name) = lead.get(..end - word.len()) else { return false };
    let own_word = context.words.own.iter().any(|w| name.ends_with(w.as_str()));
    let bare = name.chars().next_back().is_none_or(|c| !c.is_alphabetic());
    if own_word || (bare && word.chars().count() == 1) {
        return false;
    }
    // "县发展和改革局" in 沭阳县发展和改革局's report: the last two characters of the name tell.
    let tail: String = name.chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
    let called = format!("{tail}{word}");
    // A township's report says 镇政府 of itself; what a county's says of 县政府 may leave its departments out.
    let township = called.ends_with("镇政府") || called.ends_with("乡政府");
    let formal = called.replace("政府", "人民政府");
    !context.office.is_some_and(|office| office.contains(&called) || township && office.contains(&formal))
}
