//! The report's own title within its text, 现发布《某局2023年政府信息公开工作年度报告》, and sentences that open with a
//! year as the report's own: of another year or another office (N401).

use super::claims::Context;
use super::judge;
use super::scope::is_abridged;
use super::sections::{compares, warning};
use super::text::{Paragraph, Report};
use super::words::any;
use crate::check::office;
use crate::finding::{Finding, Text};
use crate::form::Level;
use std::ops::Range;

/// Titles and openings of another year, and titles of another office, with paragraph and sentence.
pub(super) fn titles(report: &Report, context: &Context) -> Vec<(usize, usize, Finding)> {
    let mut out = Vec::new();
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let text = paragraph.text.get(sentence.bytes.clone()).unwrap_or_default();
            let fault = title(text, context).or_else(|| opening(paragraph, text, context));
            let Some((at, said)) = fault else { continue };
            let at = sentence.bytes.start + at.start..sentence.bytes.start + at.end;
            let quote = judge::quote(report, p, i, std::slice::from_ref(&at));
            let message =
                Text::new(format!("正文“{quote}”：{}", said.zh), format!("the text “{quote}” {}", said.en));
            let advice = Text::new("请核对年份和单位名称", "check the year and the office's name");
            let words = report.words(p, &[at]);
            out.push((p, i, warning("N401", report, Some(p), message, advice).saying(words)));
        }
    }
    out
}

/// What is wrong with the report's own title, where the sentence publishes it.
fn title(text: &str, context: &Context) -> Option<(Range<usize>, Text)> {
    let (at, year) = dated_title(text, context)?;
    let lead = text.get(..at).unwrap_or_default();
    // The name in front of the year runs back to a bracket or to the verb.
    let verbs = context.words.publishes.iter().chain(&context.words.compiles);
    let from = verbs.filter_map(|w| lead.rfind(w.as_str()).map(|i| i + w.len()));
    let from = from.chain(lead.rfind('《').map(|i| i + '《'.len_utf8())).max().unwrap_or(0);
    let name = lead.get(from..).unwrap_or_default();
    if context.year.is_some_and(|own| own != year) {
        let own = context.year.unwrap_or_default();
        return Some((at..at + 4 + '年'.len_utf8(), other_year(own)));
    }
    // Townships are `offices`'s.
    let office = context.office.filter(|o| office::standing(o).level != Some(Level::Township))?;
    is_another(name, office, context).then(|| (from..at, other_office(office)))
}

/// Where the year of the title stands, and the year: 2023年(度)政府信息公开工作年度报告.
fn dated_title(text: &str, context: &Context) -> Option<(usize, i32)> {
    const LONGEST: usize = 14;
    let words = context.words;
    // Last year's report was published this year: only words of the present, or the period told, mean this one.
    let publishes = any(&words.publishes, text) || any(&words.compiles, text) && text.contains("1月1日");
    let refers = any(&context.words.last_year, text) || any(&context.words.compared, text);
    let mut years = text.match_indices('年').filter_map(|(end, _)| {
        let at = end.checked_sub(4)?;
        let year: i32 = text.get(at..end)?.parse().ok()?;
        let behind = text.get(end..)?.trim_start_matches('年').trim_start_matches('度');
        let to = behind.find("报告")?;
        let title = behind.get(..to)?;
        let plain = context.words.topic.iter().any(|w| title.starts_with(w.as_str()))
            || title.starts_with("政府信息");
        (plain && title.chars().count() <= LONGEST && title.ends_with("年度")).then_some((at, year))
    });
    let (first, None) = (years.next()?, years.next()) else { return None };
    (publishes && !refers).then_some(first)
}

/// A year that opens a sentence about the office's own work, and is not the report's.
fn opening(paragraph: &Paragraph, text: &str, context: &Context) -> Option<(Range<usize>, Text)> {
    let words = context.words;
    let own = context.year?;
    let text_of = text.trim_start();
    let skipped = text.len() - text_of.len();
    let year: i32 = text_of.get(..4)?.parse().ok()?;
    let rest = text_of.get(4..)?.strip_prefix('年')?;
    let rest = rest.trim_start_matches('度').trim_start_matches(['，', ',', ' ']);
    let (subject, _) =
        words.opens.iter().filter_map(|w| rest.split_once(w.as_str())).min_by_key(|(s, _)| s.len())?;
    let problems = context.narrative.problems == Some(paragraph.section);
    let compares = compares(context, text) || any(&words.this_year, text) || text.contains(&own.to_string());
    let past = (year == own - 1 || year == own - 2) && !text.contains('将');
    let ours = is_own(subject, context);
    (past && ours && !problems && !compares)
        .then(|| (skipped..skipped + 4 + '年'.len_utf8(), other_year(own)))
}

/// Whether the subject of a sentence is the office itself: 我局, or its name, short or long.
fn is_own(subject: &str, context: &Context) -> bool {
    let words = context.words;
    let called = words.own.iter().any(|w| subject.starts_with(w.as_str())) && subject.chars().count() <= 4;
    let named = subject.chars().count() >= 3
        && context.office.is_some_and(|office| is_abridged(subject, office) || is_abridged(office, subject));
    called || named
}

/// Whether a name is another office's: of the same kind, with no place or topic in common with the report's own.
fn is_another(name: &str, office: &str, context: &Context) -> bool {
    let plain = name.chars().count() >= 4 && name.chars().all(char::is_alphabetic);
    let kind =
        context.words.office_ends.iter().filter(|e| name.ends_with(e.as_str())).max_by_key(|e| e.len());
    let first: String = office.chars().take(2).collect();
    let begins: String = name.chars().take(2).collect();
    let vague = name.chars().next().is_some_and(|c| context.words.regions.contains(c))
        || begins.chars().any(|c| context.words.vague.contains(c) || context.words.regions.contains(c));
    plain
        && kind.is_some_and(|e| office.ends_with(e.as_str()))
        && !name.contains(&first)
        && !office.contains(&begins)
        && !vague
        && !is_abridged(name, office)
        && !is_abridged(office, name)
}

fn other_year(own: i32) -> Text {
    Text::new(format!("年份与报告年度 {own} 不同"), format!("speaks of another year than {own}"))
}

fn other_office(own: &str) -> Text {
    Text::new(
        format!("像是别的单位的文字，本报告是{own}的"),
        format!("seems to be another office's; this report is of {own}"),
    )
}
