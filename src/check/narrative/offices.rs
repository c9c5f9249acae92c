//! Another office named as if the report were its own (N401): text that was copied and not adapted.
//!
//! Townships by their names anywhere; departments only where one opens a sentence as its subject and shares no
//! character with the report's own, since departments go by many short names.

use super::claims::Context;
use super::flow::Flow;
use super::judge;
use super::sections::warning;
use super::text::Report;
use super::words::any;
use crate::check::office;
use crate::finding::{Finding, Text};
use crate::form::Level;
use std::collections::BTreeSet;
use std::ops::Range;

/// Other offices of the report's kind that the text speaks for, each once.
pub(super) fn other_offices(report: &Report, context: &Context) -> Vec<Finding> {
    let Some(own) = context.office else { return Vec::new() };
    let level = office::standing(own).level;
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::new();
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let Some(flow) = sentence.flows.first() else { continue };
            let found = match level {
                Some(Level::Township) => townships(context, flow, own),
                Some(Level::Department) => department(context, flow, own).into_iter().collect(),
                _ => region(context, flow, own).into_iter().collect(),
            };
            for at in found.into_iter().filter(|at| told.insert(flow.text(at.clone()))) {
                let quote = judge::quote(report, p, i, &[flow.span(at.clone())]);
                let message = Text::new(
                    format!("正文“{quote}”：像是别的单位的文字，本报告是{own}的"),
                    format!("the text “{quote}” seems to be another office's; this report is of {own}"),
                );
                let advice = Text::new("请核对单位名称", "check the office's name");
                let words = report.words(p, &[flow.span(at)]);
                out.push(warning("N401", report, Some(p), message, advice).saying(words));
            }
        }
    }
    out
}

/// Townships that a sentence has as its subject: 沙湾镇人民政府认真….
fn townships(context: &Context, flow: &Flow, own: &str) -> Vec<Range<usize>> {
    let found = context.words.townships.iter().flat_map(|end| flow.find_all(end));
    let subjects = found.filter_map(|at| {
        let from = at.start.checked_sub(2)?;
        let name = flow.text(from..at.end);
        let in_front = from.checked_sub(1).and_then(|j| flow.chars.get(j));
        let leads = in_front.is_none_or(|c| matches!(c, ',' | ';' | ':' | '年' | '度' | '市' | '区' | '县'));
        let after = flow.text(at.end..(at.end + 4).min(flow.chars.len()));
        let acts = context.words.subject.iter().any(|w| after.starts_with(w.as_str()));
        let vague = name.chars().take(2).any(|c| context.words.vague.contains(c) || !c.is_alphabetic());
        (leads && acts && !vague && !own.contains(&name)).then_some(from..at.end)
    });
    subjects.collect()
}

/// The department that opens a sentence: 2023年，市水利局高度重视….
fn department(context: &Context, flow: &Flow, own: &str) -> Option<Range<usize>> {
    let words = context.words;
    let from = behind_date(flow)?;
    let ends = words.departments.iter().flat_map(|w| flow.find_all(w));
    let end = ends.filter(|r| r.end <= from + 14).map(|r| (r.start, r.end)).max_by_key(|(_, end)| *end)?;
    let name = flow.text(from..end.0);
    let topic = name.rsplit(|c| words.regions.contains(c)).next().unwrap_or_default();
    let behind = flow.text(end.1..flow.chars.len());
    let dated = behind.trim_start_matches(|c: char| c.is_ascii_digit() || "年度全共累计依法".contains(c));
    let opens = opens(context, &behind) || opens(context, dated) && any(&words.disclosure, &behind);
    let plain = topic.chars().count() > 1 && topic.chars().all(char::is_alphabetic);
    let bare = topic.chars().all(|c| words.common.contains(c));
    let ours = bare || any(&words.own, &name) || name.contains('各') || own.contains(&name);
    let first = |text: &str| text.chars().next().is_some_and(|c| words.vague.contains(c));
    let called =
        words.called_alike.iter().any(|pair| pair.iter().all(|w| name.contains(w) || own.contains(w)));
    let speaks = opens || any(&words.disclosure, &behind) && !behind.contains(words.we);
    if speaks && is_namesake(context, &flow.text(from..end.1), own) {
        return Some(from..end.1);
    }
    (opens
        && plain
        && !called
        && !topic.chars().any(|c| own.contains(c) && !words.common.contains(c))
        && !first(topic)
        && !ours)
        .then_some(from..end.1)
}

/// Where a sentence begins behind its date: 2023年，.
fn behind_date(flow: &Flow) -> Option<usize> {
    flow.chars.iter().position(|c| !c.is_ascii_digit() && !",年度".contains(*c))
}

/// Whether a text tells of an office's own work from its first word on.
fn opens(context: &Context, text: &str) -> bool {
    context.words.opens.iter().any(|w| text.starts_with(w.as_str()))
}

/// The government that opens a sentence: 2024年，乙县人民政府坚持….
fn region(context: &Context, flow: &Flow, own: &str) -> Option<Range<usize>> {
    let from = behind_date(flow)?;
    let to = flow.find_all("人民政府").into_iter().map(|at| at.end).find(|end| *end > from)?;
    (opens(context, &flow.text(to..flow.chars.len())) && is_namesake(context, &flow.text(from..to), own))
        .then_some(from..to)
}

/// Whether a name is another region's office of the same kind: 乙市财政局 in the report of 甲市财政局.
fn is_namesake(context: &Context, name: &str, own: &str) -> bool {
    let cut = |text: &str| {
        let at = text.find(|c: char| context.words.regions.contains(c))?;
        let kind = text.get(at..)?.to_owned();
        Some((text.get(..at)?.to_owned(), kind)).filter(|(region, kind)| {
            (2..=3).contains(&region.chars().count())
                && kind.chars().count() > 3
                && !any(&context.words.own, region)
        })
    };
    let (Some((region, kind)), Some((home, same))) = (cut(name), cut(own)) else { return false };
    kind == same && !region.ends_with(&home) && !home.ends_with(&region)
}
