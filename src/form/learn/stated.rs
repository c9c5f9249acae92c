//! Relations that a form states by the numbers of its lines: "第一项加第二项之和，等于…" and "3=1+2" in a label.

use super::propose::{Part, Proposal, is_total};
use super::{Draft, DraftBlock, DraftLine};
use crate::grid::label;
use rust_decimal::Decimal;

/// Words around the number of a line.
pub(super) const LINE_WORDS: [&str; 5] = ["lines", "line", "rows", "row", "行"];
/// Words around the number of a column.
pub(super) const COLUMN_WORDS: [&str; 6] = ["columns", "column", "cols", "col", "列", "栏"];
/// "3=1+2" in a header, "(lines 1-2-3)" or "（1行+2行）" in a row's label: lines by their numbers.
pub(super) fn by_number(lines: &[DraftLine], across: bool) -> Vec<Proposal> {
    let numbered: Vec<(u32, &DraftLine)> = lines
        .iter()
        .zip(1..)
        .filter_map(|(l, ordinal)| {
            let printed = l.number.or_else(|| own_number(l.path.last()?));
            Some((printed.or(across.then_some(ordinal))?, l))
        })
        .collect();
    let id = |n: u32| numbered.iter().find(|(m, _)| *m == n).map(|(_, l)| l.id.as_str());
    let mut out = Vec::new();
    for (number, line) in &numbered {
        let Some(text) = line.stated.as_ref().or(line.path.last()) else { continue };
        let printed: Vec<u32> = numbered.iter().map(|(n, _)| *n).collect();
        let Some(terms) = sum_of_numbers(text, *number).or_else(|| sum_of_lines(text, *number, &printed))
        else {
            continue;
        };
        let part = |(sign, n): &(i64, u32)| {
            Some(Part { factor: Decimal::from(*sign), ..Part::of(id(*n).filter(|i| *i != line.id)?) })
        };
        let Some(left) = terms.iter().map(part).collect::<Option<Vec<Part>>>() else { continue };
        let source = format!("由标签“{text}”中的算式提出 (by the sum in it)");
        out.push(Proposal {
            across,
            left,
            right: vec![Part::of(&line.id)],
            source,
            stated: true,
            ..Proposal::default()
        });
    }
    out
}

/// "TOTAL … (lines 10 to 13)", "(lines 19, 29 and 39)", "（第1行至第4行）": the lines that a label says it adds up.
fn sum_of_lines(text: &str, own: u32, printed: &[u32]) -> Option<Vec<(i64, u32)>> {
    let plain: String = text.chars().map(label::fold_width).collect::<String>().to_lowercase();
    let inner =
        plain.split(['(', ')']).skip(1).step_by(2).find(|t| LINE_WORDS.iter().any(|w| t.contains(w)))?;
    let mut bare = inner.to_owned();
    for word in LINE_WORDS.iter().chain(&["第", "sum of", "total of"]) {
        bare = bare.replace(word, " ");
    }
    let bare = bare.replace(" and ", ",").replace(['和', '、', '及', '&'], ",");
    let mut out: Vec<u32> = Vec::new();
    for piece in bare.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        match piece.split_once("to").or_else(|| piece.split_once('至')) {
            Some((from, to)) => {
                let range = from.trim().parse::<u32>().ok()?..=to.trim().parse::<u32>().ok()?;
                out.extend(printed.iter().filter(|n| range.contains(n)));
            }
            None => out.push(piece.parse().ok()?),
        }
    }
    (out.len() > 1 && !out.contains(&own)).then(|| out.into_iter().map(|n| (1, n)).collect())
}

/// The number of a column in a text that says no more than it and how it is computed: "(1)", "(3 = 1 + 2)", "7=3-6".
pub(super) fn number_of_column(text: &str) -> Option<u32> {
    let plain: String = text.chars().map(label::fold_width).filter(|c| !c.is_whitespace()).collect();
    let is_bracketed = plain.starts_with('(') && plain.ends_with(')');
    let bare = plain.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(&plain);
    let (number, sum) = bare.split_once('=').map_or((bare, None), |(n, sum)| (n, Some(sum)));
    let is_sum = sum.is_none_or(|s| signed_numbers(s).is_some());
    number.parse().ok().filter(|_| is_sum && (is_bracketed || sum.is_some()))
}

/// The number that a label begins with: "4. Number of chargeable dwellings", "4=1+2".
fn own_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text.get(digits.len()..)?;
    digits.parse().ok().filter(|_| rest.is_empty() || rest.starts_with(['.', '=', '、', '．', ' ', '＝']))
}

/// The sum of line numbers that a label states for itself: at least two numbers, joined by signs, behind `=` or in
/// brackets.
fn sum_of_numbers(text: &str, own: u32) -> Option<Vec<(i64, u32)>> {
    let plain: String = text.chars().map(label::fold_width).collect::<String>().to_lowercase();
    let stated = plain.split_once('=').map(|(_, t)| t.to_owned());
    let bracketed = || plain.split(['(', ')']).skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let candidates = stated.into_iter().chain(bracketed());
    candidates
        .into_iter()
        .find_map(|c| signed_numbers(&c).filter(|t| t.len() > 1 && t.iter().all(|n| n.1 != own)))
}

/// Whether a label says that it is a difference of lines by their numbers: "Net expenditure (7 = 3 - 6)".
pub(super) fn is_difference(text: &str) -> bool {
    let own = number_of_column(text).or_else(|| own_number(text)).unwrap_or(0);
    sum_of_numbers(text, own).is_some_and(|terms| terms.iter().any(|(sign, _)| *sign < 0))
}

/// "1+2", "lines 1-2-3", "第1行+第2行" as signed numbers; `None` where anything else stands there.
fn signed_numbers(text: &str) -> Option<Vec<(i64, u32)>> {
    let mut bare = text.to_owned();
    for word in LINE_WORDS.iter().chain(&COLUMN_WORDS).chain(&["第", "项", "[", "]", "(", ")"]) {
        bare = bare.replace(word, "");
    }
    let bare: String = bare.chars().filter(|c| !c.is_whitespace() && *c != '=').collect();
    let mut out = Vec::new();
    let mut sign = 1;
    let mut digits = String::new();
    for c in bare.chars().chain(['+']) {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '-' | '−' => {
                out.push((sign, digits.parse().ok()?));
                digits.clear();
                sign = if c == '+' { 1 } else { -1 };
            }
            _ => return None,
        }
    }
    Some(out)
}

/// "第一项加第二项之和，等于第三项加第四项之和" over the numbered top rows.
pub(super) fn by_sentence(draft: &Draft, block: &DraftBlock) -> Option<Proposal> {
    let texts = draft.titles.iter().chain(&block.band).chain(&block.corner);
    let (left, right) = texts.filter_map(|t| t.split_once("等于")).find(|(l, _)| l.contains('第'))?;
    let side = |text: &str| -> Option<Vec<String>> {
        let items: Vec<u32> = ordinals(text);
        let ids = items.iter().map(|n| numbered(&block.rows, *n)).collect::<Option<Vec<_>>>()?;
        (!ids.is_empty()).then_some(ids)
    };
    let source = "由表上的文字“…等于…”提出 (by the sentence)".to_owned();
    Some(Proposal { stated: true, ..Proposal::sum(false, &side(left)?, &side(right)?, source) })
}

/// The numbers of "第一项", "第2项".
fn ordinals(text: &str) -> Vec<u32> {
    let items = text.split('第').skip(1).filter_map(|t| t.split_once('项'));
    let number = |(n, _): (&str, &str)| label::normalise(&format!("（{n}）x")).mark;
    items.filter_map(number).collect()
}

/// The row with this list mark at the top, or the total of the rows below it.
fn numbered(rows: &[DraftLine], mark: u32) -> Option<String> {
    let marked = |l: &&DraftLine| l.path.first().is_some_and(|t| label::normalise(t).mark == Some(mark));
    let lines: Vec<&DraftLine> = rows.iter().filter(marked).collect();
    let total = |l: &&&DraftLine| l.path.len() == 2 && l.path.last().is_some_and(|t| is_total(t));
    let line = if let [only] = lines.as_slice() { Some(*only) } else { lines.iter().find(total).copied() };
    line.map(|l| l.id.clone())
}
