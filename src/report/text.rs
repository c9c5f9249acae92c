//! Outcomes as lines for a terminal: what is wrong, where, what it should be and why.
//!
//! Colour is the caller's choice; widths count Chinese characters as two columns.

use crate::finding::{Certainty, Change, Finding, Lang, Outcome, Severity, State, Status};
use crate::grid::amount;
use crate::mapping::{Axis, How, MatchedLine};
use crate::report::markup::is_obeyed;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// Columns that a line of text may take before it is wrapped.
const WIDTH: usize = 100;
/// Columns before the text of a finding.
const INDENT: usize = 8;

/// How to write for a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Language of the text.
    pub lang: Lang,
    /// Whether to colour severities (ANSI escapes).
    pub colour: bool,
}

/// One file's outcome, ending in a line break.
pub fn outcome(outcome: &Outcome, style: Style) -> String {
    let mut out = head(outcome, style);
    if let Some(failure) = &outcome.failure {
        paragraph(&mut out, failure.message.get(style.lang), 2);
        return out;
    }
    for finding in &outcome.findings {
        push_finding(&mut out, finding, style);
    }
    if !outcome.agreed.is_empty() {
        let said =
            if style.lang == Lang::Zh { "正文与表格相符" } else { "the text agrees with the tables" };
        let _ = writeln!(out, "\n  {said}");
        for text in &outcome.agreed {
            paragraph(&mut out, text.get(style.lang), INDENT);
        }
    }
    if !outcome.fixed.is_empty() {
        let said = if style.lang == Lang::Zh { "已改正" } else { "corrected since" };
        let _ = writeln!(out, "\n  {said}");
        for finding in &outcome.fixed {
            paragraph(&mut out, finding.message.get(style.lang), INDENT);
        }
    }
    out
}

/// The file, whose it is, and the verdict.
fn head(outcome: &Outcome, style: Style) -> String {
    let zh = style.lang == Lang::Zh;
    let mut who: Vec<String> = Vec::new();
    who.extend(outcome.office.clone());
    who.extend(outcome.year.map(|y| if zh { format!("{y}年") } else { y.to_string() }));
    who.extend(outcome.form.clone());
    let mut out = visible(&outcome.file);
    if !who.is_empty() {
        let _ = write!(out, "  {}", visible(&who.join("  ")));
    }
    out.push('\n');
    let _ = writeln!(out, "  {}", verdict(outcome, style));
    if let Some(since) = since(outcome, style.lang) {
        let _ = writeln!(out, "  {since}");
    }
    if let Some(prior) = &outcome.prior {
        let said = visible(prior.get(style.lang));
        let _ = if zh {
            writeln!(out, "  与上年对照：{said}的报表")
        } else {
            writeln!(out, "  compared with last year's return: {said}")
        };
    }
    if let Some(narrative) = &outcome.narrative {
        let _ = writeln!(out, "  {}{}", if zh { "正文取自 " } else { "text from " }, visible(narrative));
    }
    out
}

/// The verdict in one line.
pub fn verdict(outcome: &Outcome, style: Style) -> String {
    let zh = style.lang == Lang::Zh;
    let tally = outcome.tally();
    let (worst, text) = match outcome.status {
        Status::Unreadable => (Severity::Error, if zh { "无法读取" } else { "cannot be read" }.to_owned()),
        Status::Unmapped => (Severity::Error, if zh { "没有找到报表" } else { "no form found" }.to_owned()),
        Status::Clean => (Severity::Info, passed(outcome, style.lang)),
        Status::Findings => {
            let worst = if tally.errors > 0 { Severity::Error } else { Severity::Warning };
            let (e, w, i) = (tally.errors, tally.warnings, tally.infos);
            let text = if zh {
                format!("错误 {e} 处，警告 {w} 处，提示 {i} 条")
            } else {
                format!("{}, {}, {}", counted(e, "error"), counted(w, "warning"), counted(i, "note"))
            };
            (worst, text)
        }
    };
    paint(&text, if outcome.status == Status::Clean { None } else { Some(worst) }, style)
}

/// That a return passed, and what was told all the same.
fn passed(outcome: &Outcome, lang: Lang) -> String {
    let explained = outcome.findings.iter().filter(|f| f.confirmed.is_some()).count();
    let notes = outcome.tally().infos;
    let mut told = Vec::new();
    if explained > 0 {
        told.push(match lang {
            Lang::Zh => format!("{explained} 处警告，单位已说明"),
            Lang::En => format!("{} explained by the office", counted(explained, "warning")),
        });
    }
    if notes > 0 {
        told.push(if lang == Lang::Zh { format!("{notes} 条提示") } else { counted(notes, "note") });
    }
    match (lang, told.is_empty()) {
        (Lang::Zh, true) => "通过：没有发现问题".to_owned(),
        (Lang::En, true) => "passed: nothing found".to_owned(),
        (Lang::Zh, false) => format!("通过：{}", told.join("；")),
        (Lang::En, false) => format!("passed: {}", told.join("; ")),
    }
}

/// "1 error", "2 errors".
pub fn counted(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// How a finding stands to the earlier audit.
pub(super) fn state_name(state: State, lang: Lang) -> &'static str {
    match (state, lang) {
        (State::New, Lang::Zh) => "新出现",
        (State::Remaining, Lang::Zh) => "仍存在",
        (State::New, Lang::En) => "new",
        (State::Remaining, Lang::En) => "remaining",
    }
}

/// "与上次相比：已改正 2 处，仍存在 1 处，新出现 0 处", where there was an earlier audit.
fn since(outcome: &Outcome, lang: Lang) -> Option<String> {
    let with = |state| outcome.findings.iter().filter(|f| f.state == Some(state)).count();
    let (fixed, left, new) = (outcome.fixed.len(), with(State::Remaining), with(State::New));
    (fixed + left + new > 0).then(|| match lang {
        Lang::Zh => format!("与上次相比：已改正 {fixed} 处，仍存在 {left} 处，新出现 {new} 处"),
        Lang::En => format!("since the earlier audit: {fixed} corrected, {left} remaining, {new} new"),
    })
}

fn push_finding(out: &mut String, finding: &Finding, style: Style) {
    let zh = style.lang == Lang::Zh;
    let grade = paint(severity_name(finding.severity, style.lang), Some(finding.severity), style);
    let cells: Vec<String> = finding.cells.iter().take(4).map(ToString::to_string).collect();
    let more = finding.cells.len().saturating_sub(cells.len());
    let mut place = visible(&cells.join(if zh { "、" } else { ", " }));
    if more > 0 {
        let _ = write!(
            place,
            "{}",
            if zh { format!(" 等 {} 格", finding.cells.len()) } else { format!(" and {more} more") }
        );
    }
    let state = finding.state.map(|s| format!("  {}", state_name(s, style.lang))).unwrap_or_default();
    let codes = finding.codes().collect::<Vec<_>>().join(style.lang.pick("、", ", "));
    let _ = writeln!(out, "\n  {grade}  {codes}  {place}{state}");
    paragraph(out, finding.message.get(style.lang), INDENT);
    for relation in &finding.relations {
        paragraph(out, &format!("· {}", relation.sums.get(style.lang)), INDENT);
    }
    push_ways(out, finding, style.lang);
    if !finding.advice.is_empty() {
        let head = if zh { "建议：" } else { "to do: " };
        paragraph(out, &format!("{head}{}", finding.advice.get(style.lang)), INDENT);
    }
    if let Some(reason) = &finding.confirmed {
        let head = if zh { "单位已说明：" } else { "explained by the office: " };
        paragraph(out, &format!("{head}{reason}"), INDENT);
    }
}

/// Every way to mend a finding, a line each, where its sentence does not tell them all.
fn push_ways(out: &mut String, finding: &Finding, lang: Lang) {
    let n = finding.ways.lines.len();
    if n == 0 {
        return;
    }
    let head = match lang {
        Lang::Zh => format!("可能的改法（{n} 种，只选一种；同一行的各格一起改）："),
        Lang::En => format!("ways to mend it ({n}, choose one; cells of one line change together):"),
    };
    paragraph(out, &head, INDENT);
    let always = &finding.ways.always;
    if !always.is_empty() {
        paragraph(out, always.get(lang), INDENT + 2);
    }
    for (way, i) in finding.ways.lines.iter().zip(1..) {
        paragraph(out, &format!("{i}. {}", way.get(lang)), INDENT + 2);
    }
}

/// A severity in words.
pub fn severity_name(severity: Severity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (Severity::Error, Lang::Zh) => "错误",
        (Severity::Warning, Lang::Zh) => "警告",
        (Severity::Info, Lang::Zh) => "提示",
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::En) => "warning",
        (Severity::Info, Lang::En) => "note",
    }
}

/// How sure a correction is, in words.
pub fn certainty_name(certainty: Certainty, lang: Lang) -> &'static str {
    match (certainty, lang) {
        (Certainty::Chosen, Lang::Zh) => "人工确定",
        (Certainty::Proved, Lang::Zh) => "可以确定",
        (Certainty::Likely, Lang::Zh) => "很可能",
        (Certainty::Ambiguous, Lang::Zh) => "有几种可能",
        (Certainty::Detected, Lang::Zh) => "只知道有错，不能确定是哪一格",
        (Certainty::NotLocalised, Lang::Zh) => "不能确定错在哪些格",
        (Certainty::Chosen, Lang::En) => "decided by hand",
        (Certainty::Proved, Lang::En) => "proved",
        (Certainty::Likely, Lang::En) => "likely",
        (Certainty::Ambiguous, Lang::En) => "ambiguous",
        (Certainty::Detected, Lang::En) => "detected, not located",
        (Certainty::NotLocalised, Lang::En) => "not localised",
    }
}

/// A number entered, or what stands for none.
pub fn entered(value: Option<rust_decimal::Decimal>, lang: Lang) -> String {
    value.map_or_else(|| if lang == Lang::Zh { "空" } else { "blank" }.to_owned(), amount::show)
}

/// What a change is from: the text entered, `“35（其中网上8）”`, else the number, else what stands for none.
pub fn original(change: &Change, lang: Lang) -> String {
    const MOST: usize = 200;
    match (&change.text, change.from) {
        (Some(text), _) => {
            let head: String = text.trim().chars().take(MOST).collect();
            let rest = if head.len() < text.trim().len() { "…" } else { "" };
            match lang {
                Lang::Zh => format!("“{head}{rest}”"),
                Lang::En => format!("\"{head}{rest}\""),
            }
        }
        (None, from) => entered(from, lang),
    }
}

/// How each header was read, a line each; what stayed unplaced is said.
pub fn mapping(lines: &[MatchedLine], style: Style) -> String {
    let zh = style.lang == Lang::Zh;
    let mut out = format!("\n  {}\n", if zh { "标题对应" } else { "headers" });
    for line in lines {
        let axis = match (line.axis, zh) {
            (Axis::Row, true) => "行",
            (Axis::Col, true) => "列",
            (Axis::Row, false) => "row",
            (Axis::Col, false) => "column",
        };
        let _ = write!(out, "    {} {axis}  {}  ", line.table, line.path.join(" / "));
        let _ = match &line.found {
            None => writeln!(out, "✗ {}", if zh { "没有对应" } else { "unplaced" }),
            Some(found) => writeln!(
                out,
                "← {} “{}”  {}  {}.{:03}",
                visible(&found.cell),
                visible(&found.text),
                how_name(found.how, style.lang),
                found.margin / 1000,
                found.margin % 1000
            ),
        };
    }
    out
}

fn how_name(how: How, lang: Lang) -> &'static str {
    match (how, lang) {
        (How::Exact, Lang::Zh) => "原文",
        (How::Alias, Lang::Zh) => "别名",
        (How::Near, Lang::Zh) => "相近",
        (How::Position, Lang::Zh) => "按位置",
        (How::Exact, Lang::En) => "exact",
        (How::Alias, Lang::En) => "alias",
        (How::Near, Lang::En) => "near",
        (How::Position, Lang::En) => "by position",
    }
}

/// One line for a file written.
pub fn written(path: &std::path::Path, style: Style) -> String {
    let head = if style.lang == Lang::Zh { "已写出" } else { "written" };
    line(&format!("{head}  {}", visible(&path.display().to_string())))
}

/// One line for a marked copy that is its own result.
pub fn kept(path: &std::path::Path, style: Style) -> String {
    let path = visible(&path.display().to_string());
    line(&match style.lang {
        Lang::Zh => format!("{path} 与上次标注时相同，没有另写文件"),
        Lang::En => format!("{path} is as it was marked: nothing was written"),
    })
}

/// A line below what is said of a file.
pub fn line(text: &str) -> String {
    format!("  {text}\n")
}

fn paint(text: &str, severity: Option<Severity>, style: Style) -> String {
    if !style.colour {
        return text.to_owned();
    }
    let code = match severity {
        Some(Severity::Error) => "31;1",
        Some(Severity::Warning) => "33;1",
        Some(Severity::Info) => "36",
        None => "32;1",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// Text with control characters and direction marks shown instead of obeyed.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_obeyed(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A paragraph wrapped at [`WIDTH`], each line indented.
fn paragraph(out: &mut String, text: &str, indent: usize) {
    for line in wrap(&visible(text), WIDTH - indent) {
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

/// Lines of at most `width` columns; breaks at spaces within Latin text, anywhere within Chinese.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for token in tokens(text) {
        let size: usize = token.chars().filter_map(UnicodeWidthChar::width).sum();
        let clings =
            token.starts_with(['，', '。', '；', '：', '、', '）', '”', '？', '！', ',', '.', ')', ';', ':']);
        if used + size > width && used > 0 && !clings {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut().filter(|_| used > 0 || token.trim() == token) {
            line.push_str(&token);
            used += size;
        }
    }
    lines
}

/// Runs of narrow characters stay together; each wide character stands alone.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        let narrow = c.width().unwrap_or(0) <= 1 && c != ' ';
        match tokens.last_mut().filter(|_| narrow && open) {
            Some(last) => last.push(c),
            None => tokens.push(c.to_string()),
        }
        open = narrow;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_takes_two_columns_and_no_line_begins_with_a_comma() {
        assert_eq!(wrap("一二三四，五六", 8), ["一二三四，", "五六"]);
        assert_eq!(wrap("ab cd 表三 D4 应为", 9), ["ab cd 表", "三 D4 应", "为"]);
    }

    #[test]
    fn escapes_in_a_files_text_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
    }
}
