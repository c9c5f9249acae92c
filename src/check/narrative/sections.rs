//! What sections say by themselves: another year (N401; another office is `offices`'s), last year's text (N402), an empty
//! section of problems (N501), fees that were charged and not reported (N601).

use super::claims::{Claim, Context};
use super::judge;
use super::scope::{Doubt, years};
use super::text::{Paragraph, Report};
use super::words::{any, without};
use crate::check::Submission;
use crate::finding::{Finding, Severity, Text};
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) fn warning(
    code: &str,
    report: &Report,
    paragraph: Option<usize>,
    message: Text,
    advice: Text,
) -> Finding {
    let cells = paragraph.and_then(|p| judge::quoted_at(report, p)).into_iter().collect();
    let words = paragraph.and_then(|p| report.words(p, &[]));
    Finding::new(code, Severity::Warning, "text", message)
        .at(Vec::new(), cells)
        .saying(words)
        .advising(advice)
}

/// The section of problems is there, and says nothing.
pub(super) fn problems(report: &Report, context: &Context) -> Option<Finding> {
    let number = context.narrative.problems?;
    let place = report.place_of(number);
    let title = context.narrative.sections.get(number - 1)?;
    if !report.has_section(number) {
        return None;
    }
    let said = bare(&report.section(number));
    let count = said.chars().count();
    let plain = without(&context.words.adjectives, said.clone());
    let token = context.words.token.iter().any(|t| plain == *t || count <= 15 && plain.ends_with(t.as_str()));
    let (zh, en) = match said.as_str() {
        "" => ("是空的".to_owned(), "is empty".to_owned()),
        _ if token || count <= 5 => (format!("只写了“{said}”"), format!("says only “{said}”")),
        _ => return None,
    };
    let message =
        Text::new(format!("第{number}部分（{title}）{zh}"), format!("section {number} ({title}) {en}"));
    let advice =
        Text::new("请写明本年的问题和改进措施", "say what the problems were and what is done about them");
    Some(warning("N501", report, place, message, advice))
}

/// Fees were charged, by the text or a row of the form, and the last section says that there is nothing to report.
pub(super) fn fees(s: Submission, report: &Report, context: &Context) -> Option<Finding> {
    let (words, number) = (context.words, context.narrative.others?);
    let last = bare(&report.section(number));
    // "本机关无其他需要报告的事项" says no more than 无.
    let denies = |w: &String| last.contains(w.as_str());
    let wordy = last.chars().count() <= 25
        && words.negation.iter().any(denies)
        && any(&words.to_report, &last)
        && !any(&words.fee, &last)
        && !last.contains(|c: char| c.is_ascii_digit());
    let denied = words.none.contains(&last) || wordy || any(&words.no_fee, &last);
    if !report.has_section(number) || !denied {
        return None;
    }
    let place = report.place_of(number);
    let charged =
        report.paragraphs.iter().enumerate().filter(|(_, p)| p.section != number).find_map(|(i, p)| {
            p.sentences.iter().enumerate().find_map(|(j, sentence)| {
                let flow = sentence.flows.first()?;
                let text = flow.text(0..flow.chars.len());
                let amounts = super::numerals::numbers(&flow.chars, words);
                let amount = amounts.iter().find(|n| n.unit == "元" && !n.value.is_zero())?;
                any(&words.fee, &text).then(|| judge::quote(report, i, j, &[flow.span(amount.range.clone())]))
            })
        });
    let advice = Text::new(
        "请在该部分写明收费通知的件数和金额、实际收取的金额",
        "report the notices and the amounts there",
    );
    if let Some(quote) = charged {
        let message = Text::new(
            format!("正文“{quote}”，第{number}部分却写“{last}”"),
            format!("the text “{quote}”, yet section {number} says “{last}”"),
        );
        return Some(warning("N601", report, place, message, advice));
    }
    let fields = &context.narrative.fees;
    let sent = fields.iter().find(|f| s.filled.amount(**f).is_some_and(|v| !v.is_zero()))?;
    let Text { zh, en } = s.names().field(*sent);
    let message = Text::new(
        format!("{zh}不为 0，说明发出过信息处理费收费通知，第{number}部分却写“{last}”"),
        format!("{en} is not 0, so that fees were asked for, yet section {number} says “{last}”"),
    );
    let mut finding = warning("N601", report, place, message, advice);
    let (ids, mut cells) = s.spots(&[*sent]);
    finding.fields = ids;
    cells.append(&mut finding.cells);
    finding.cells = cells;
    Some(finding)
}

/// A text without punctuation.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Sentences that speak of another year as if it were the report's.
pub(super) fn other_years(report: &Report, context: &Context, claims: &[Claim]) -> Vec<Finding> {
    let Some(own) = context.year else { return Vec::new() };
    let mut out = Vec::new();
    let mut told: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (p, paragraph) in report.paragraphs.iter().enumerate() {
        for (i, sentence) in paragraph.sentences.iter().enumerate() {
            let Some(flow) = sentence.flows.first() else { continue };
            let text = flow.text(0..flow.chars.len());
            let year = years(&text).into_iter().find(|y| *y != own);
            let stated =
                is_title(paragraph, &text, context) || text.contains("1月1日") && text.contains("12月31日");
            let planned =
                context.narrative.problems == Some(paragraph.section) && is_plan(&text, own, context);
            let wrong = if stated { year } else { planned.then_some(own) };
            let Some(year) = wrong.filter(|_| told.insert((p, i))) else { continue };
            let Some(at) = flow.find_all(&year.to_string()).into_iter().next() else { continue };
            out.push(wrong_year(report, p, i, flow.span(at), own, planned));
        }
    }
    for claim in claims {
        let Doubt::Year(year) = claim.doubt else { continue };
        let Some(paragraph) = report.paragraphs.get(claim.paragraph) else { continue };
        let own_too = claims.iter().any(|c| c.terms == claim.terms && !matches!(c.doubt, Doubt::Year(_)));
        let Some(sentence) = paragraph.sentences.get(claim.sentence) else { continue };
        let text = paragraph.text.get(sentence.bytes.clone()).unwrap_or_default();
        let now = any(&context.words.this_year, text) || years(text).contains(&own);
        let compares = compares(context, text) || now;
        // A year to come is one only where the sentence opens with it and plans nothing.
        let digits = year.to_string();
        let to_come = text.trim_start().starts_with(&digits) && !any(&context.words.plan, text);
        if !own_too && !compares && (year < own || to_come) && told.insert((claim.paragraph, claim.sentence))
        {
            let at = text.find(&digits).map_or(claim.bytes.clone(), |a| {
                sentence.bytes.start + a..sentence.bytes.start + a + digits.len()
            });
            out.push(wrong_year(report, claim.paragraph, claim.sentence, at, own, false));
        }
    }
    let more = super::titles::titles(report, context).into_iter();
    out.extend(more.filter(|(p, i, _)| told.insert((*p, *i))).map(|(.., finding)| finding));
    out
}

/// Whether a sentence sets this year beside another: 比上年增加3件, and not 上年结转3件.
pub(super) fn compares(context: &Context, text: &str) -> bool {
    let words = context.words;
    let plain = without(&words.lines_of_last_year, text.to_owned());
    any(&words.compared, &plain)
}

fn wrong_year(
    report: &Report,
    paragraph: usize,
    sentence: usize,
    at: Range<usize>,
    own: i32,
    planned: bool,
) -> Finding {
    let words = report.words(paragraph, std::slice::from_ref(&at));
    let quote = judge::quote(report, paragraph, sentence, &[at]);
    let message = if planned {
        Text::new(
            format!("正文“{quote}”：这是{own}年的报告，下一步的打算却写成{own}年"),
            format!("the text “{quote}” plans for {own} in the report of {own}"),
        )
    } else {
        Text::new(
            format!("正文“{quote}”：年份与报告年度 {own} 不同"),
            format!("the text “{quote}” speaks of another year than {own}"),
        )
    };
    let advice = Text::new("请核对年份；确为引用的，写明即可", "check the year");
    warning("N401", report, Some(paragraph), message, advice).saying(words)
}

fn is_title(paragraph: &Paragraph, text: &str, context: &Context) -> bool {
    let short = text.chars().count() <= 50 && !text.contains([',', ';']);
    paragraph.section == 0 && short && context.words.title.iter().all(|w| text.contains(w.as_str()))
}

/// "2023年我局加大…" among the next steps: the year directly before an intention, with no word of what was found.
fn is_plan(text: &str, own: i32, context: &Context) -> bool {
    let Some((_, rest)) = text.split_once(&format!("{own}年")) else { return false };
    let near: String = rest.chars().take(10).collect();
    any(&context.words.plan, &near) && !any(&context.words.past, text)
}

/// A text that is last year's but for its numbers.
pub(super) fn last_years_text(report: &Report, prior: &Report) -> Option<Finding> {
    const LEAST: usize = 200;
    let before: BTreeSet<String> = prior.paragraphs.iter().flat_map(without_numbers).collect();
    let now: Vec<String> = report.paragraphs.iter().flat_map(without_numbers).collect();
    let length = |texts: &mut dyn Iterator<Item = &String>| texts.map(|t| t.chars().count()).sum::<usize>();
    let all = length(&mut now.iter());
    let same = length(&mut now.iter().filter(|t| before.contains(*t)));
    if all < LEAST || same * 20 < all * 19 {
        return None;
    }
    let percent = same * 100 / all;
    let message = Text::new(
        format!("正文去掉数字后，{percent}% 与上年报告相同"),
        format!("without its numbers, {percent} % of the text is last year's"),
    );
    Some(warning(
        "N402",
        report,
        Some(0),
        message,
        Text::new("请按本年实际情况撰写", "write what this year brought"),
    ))
}

fn without_numbers(paragraph: &Paragraph) -> Vec<String> {
    let texts = paragraph.sentences.iter().filter_map(|s| s.flows.first());
    let plain = texts.map(|f| f.chars.iter().filter(|c| c.is_alphabetic()).collect::<String>());
    plain.filter(|t| t.chars().count() >= 8).collect()
}
