//! The words by which a draft is made (`templates/drafting.toml`).

use crate::grid::label;
use rust_decimal::Decimal;
use std::sync::OnceLock;

/// Lists of words, as the file has them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) asides: Vec<String>,
    pub(super) continued: Vec<String>,
    pub(super) continued_ends: Vec<String>,
    pub(super) serial: Vec<String>,
    pub(super) units: Vec<String>,
    pub(super) years: Vec<String>,
    pub(super) remarks: Vec<String>,
    pub(super) marks: Vec<String>,
    pub(super) column_numbers: Vec<String>,
    pub(super) totals: Vec<String>,
    pub(super) totals_begin: Vec<String>,
    pub(super) rests: Vec<String>,
    pub(super) subtotals: Vec<String>,
    pub(super) total_ends: Vec<String>,
    pub(super) grand_ends: Vec<String>,
    pub(super) total_begins: Vec<String>,
    pub(super) classes_begin: Vec<String>,
    pub(super) classes_end: Vec<String>,
    pub(super) of_which: Vec<String>,
    pub(super) deductions: Vec<String>,
    pub(super) nets: Vec<String>,
    pub(super) loose_units: Vec<String>,
    pub(super) thresholds: Vec<String>,
    pub(super) rates: Vec<String>,
    pub(super) counted: Vec<String>,
    pub(super) measured: Vec<String>,
    pub(super) money: Vec<String>,
    pub(super) signed: Vec<String>,
    pub(super) signed_ends: Vec<String>,
    pub(super) conversions: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) relations: Vec<String>,
    pub(super) comparisons: Vec<(String, String)>,
    pub(super) duties: Vec<String>,
    pub(super) sums: Vec<String>,
    pub(super) differences: Vec<String>,
    pub(super) authority: Vec<String>,
    pub(super) entries: Vec<String>,
}

/// The words, read once.
pub(super) fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(include_str!("../../../templates/drafting.toml")).unwrap_or_default())
}

/// Whether a label says just one of these words.
pub(super) fn is(text: &str, list: &[String]) -> bool {
    let own = label::normalise(text).text;
    list.contains(&own)
}

/// Whether a text holds one of these words; Latin ones as whole words, for "doctorate" holds no rate.
pub(super) fn has(text: &str, list: &[String]) -> bool {
    let text = text.to_lowercase();
    list.iter().any(|w| text.match_indices(w.as_str()).any(|(at, _)| is_whole(&text, at, w)))
}

/// Whether a text begins with one of these words.
pub(super) fn begins(text: &str, list: &[String]) -> bool {
    let text = text.to_lowercase();
    list.iter().any(|w| text.starts_with(w.as_str()) && is_whole(&text, 0, w))
}

/// Whether a label ends with one of these words, or begins with one in Latin letters.
pub(super) fn ends(text: &str, list: &[String]) -> bool {
    let own = label::normalise(text).text;
    list.iter().any(|w| own.ends_with(w.as_str())) || begins(text, list)
}

/// Whether no letter goes on with a word that stands here, but for the s of a plural.
fn is_whole(text: &str, at: usize, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let (before, rest) =
        (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
    let behind = rest.strip_prefix('s').unwrap_or(rest);
    let goes_on = letter(word.chars().next_back()) && letter(behind.chars().next());
    !(letter(word.chars().next()) && letter(before.chars().next_back()) || goes_on)
}

/// Whether a label names a rate, a share or a mean. "At 25%" names none.
pub(super) fn is_rate(text: &str) -> bool {
    let percent = text.char_indices().any(|(at, c)| {
        let before = text.get(..at).and_then(|t| t.trim_end().chars().next_back());
        matches!(c, '%' | '％') && !before.is_some_and(|c| c.is_ascii_digit())
    });
    percent || has(text, &words().rates)
}

/// Whether a label is a part of the line before it, with a list mark or without: "1.a其中：…".
pub(super) fn is_of_which(text: &str) -> bool {
    let list = &words().of_which;
    begins(text, list) || begins(without_mark(text), list)
}

/// Whether a heading classifies what is counted: 按性别分, "By age". 按时办结 does not.
pub(super) fn classifies(text: &str) -> bool {
    let text = text.to_lowercase();
    let ends = text.is_ascii() || words().classes_end.iter().any(|w| text.ends_with(w.as_str()));
    ends && words().classes_begin.iter().any(|w| text.starts_with(w.as_str()))
}

/// A label without the figures, signs and the one letter of its list mark.
pub(super) fn without_mark(text: &str) -> &str {
    let signs = |c: char| c.is_ascii_digit() || c.is_whitespace() || ".．、()（）-".contains(c);
    let bare = text.trim_start_matches(signs);
    let mut rest = bare.chars();
    let letter = bare.len() < text.len() && rest.next().is_some_and(|c| c.is_ascii_lowercase());
    let alone = !rest.as_str().starts_with(|c: char| c.is_ascii_alphabetic());
    if letter && alone { rest.as_str().trim_start_matches(signs) } else { bare }
}

/// Characters of the longest key before a colon beside a table (综合机关名称：).
const LONGEST_KEY: usize = 8;
/// Words of the longest key in Latin letters.
const MOST_KEY_WORDS: usize = 4;

/// Whether a text is "key：value" or "key：", as an office fills it in; "其中：男" is not.
pub(super) fn is_entry(text: &str) -> bool {
    let Some((key, _)) = text.split_once(['：', ':']) else { return is_known_entry(text) };
    let short = if key.is_ascii() {
        key.split_whitespace().count() <= MOST_KEY_WORDS
    } else {
        label::normalise(key).text.chars().count() <= LONGEST_KEY
    };
    short && !key.trim().is_empty() && !key.contains(['（', '(']) && !is_of_which(text)
}

/// Whether a text begins with a word for what an office fills in beside a table: "填表人", "报表日期：2020年3月".
pub(super) fn is_known_entry(text: &str) -> bool {
    let key = text.split(['：', ':']).next().unwrap_or_default();
    let first = key.split_whitespace().next().unwrap_or_default();
    let list = &words().entries;
    if text.contains(['：', ':']) { begins(key.trim(), list) } else { list.iter().any(|w| w == first) }
}

/// Whether a text begins with the mark of a footnote: "(a)", "①", "*".
pub(super) fn is_footnote(text: &str) -> bool {
    let text = text.trim_start();
    let inner = text.trim_start_matches(['（', '(']);
    let mark = inner.split([')', '）']).next().unwrap_or_default();
    let one = mark.len() < inner.len()
        && mark.len() == 1
        && mark.starts_with(|c: char| c.is_ascii_lowercase())
        && inner.len() < text.len();
    one || text.starts_with(['*', '†', '①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨'])
}

/// Whether a title says that a table is carried on: 续表, "Table 3 (continued)".
pub(super) fn is_continued(text: &str) -> bool {
    let text = text.to_lowercase();
    words().continued.iter().any(|w| text.contains(w.as_str()))
}

/// Whether a sheet's name says that it carries on another: 6-4续, 表3（续2）.
pub(super) fn is_continued_name(name: &str) -> bool {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || ")）".contains(c));
    is_continued(name) || words().continued_ends.iter().any(|w| bare.ends_with(w.as_str()))
}

/// A text without the year, quarter, months or half of a year that it begins with.
pub(super) fn behind_period(text: &str) -> &str {
    let is_number = |c: char| c.is_ascii_digit() || label::chinese_digit(c).is_some() || c == '十';
    let dated = text.split_once('年').filter(|(year, _)| label::year(year).is_some());
    let Some((_, rest)) = dated else { return text };
    let rest = rest.strip_prefix('度').unwrap_or(rest);
    let quarter = || {
        let rest = rest.strip_prefix('第').unwrap_or(rest).trim_start_matches(is_number);
        rest.strip_prefix("季度")
    };
    let months = || {
        let to = rest.trim_start_matches(|c| is_number(c) || "-—－~～至到".contains(c));
        let behind = to.strip_prefix('月').filter(|_| to.len() < rest.len())?;
        Some(behind.strip_prefix('份').unwrap_or(behind))
    };
    let half = || rest.strip_prefix("上半年").or_else(|| rest.strip_prefix("下半年"));
    let rest = quarter().or_else(months).or_else(half).unwrap_or(rest);
    if rest.is_empty() { text } else { rest }
}

/// Whether a text is a mark in place of a number: N/A, …, x.
pub(super) fn is_mark(text: &str) -> bool {
    let plain: String = label::folded(text).flat_map(char::to_lowercase).collect();
    words().marks.contains(&plain)
}

/// Whether a text is a unit that is known.
pub(super) fn is_unit(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    [&words().counted, &words().measured].into_iter().flatten().any(|u| *u == text)
}

/// Words of the longest sum of money that is a unit: "£ million, current".
const MOST_UNIT_WORDS: usize = 3;

/// A text above a table that is no more than a unit: "Per cent", "£ thousand", "（人）".
pub(super) fn lone_unit(text: &str) -> Option<&str> {
    let bare = text.trim().trim_matches(['（', '）', '(', ')']).trim();
    let is_money = bare.starts_with(['£', '$', '€', '¥']);
    let is_short = bare.split_whitespace().count() <= MOST_UNIT_WORDS;
    (is_unit(bare) || is_money && is_short && !bare.contains(|c: char| c.is_ascii_punctuation() && c != '$'))
        .then_some(bare)
}

/// The kind of what is measured in a unit.
pub(super) fn kind_of_unit(unit: &str) -> &'static str {
    let unit = unit.to_lowercase();
    if words().counted.contains(&unit) { "count" } else { "amount" }
}

/// Whether a unit is that of shares and percentages, which are rounded each by itself.
pub(super) fn is_percent(unit: &str) -> bool {
    unit.contains(['%', '％', '‰']) || has(unit, &words().rates)
}

/// Conversions of units.
pub(super) fn conversions() -> impl Iterator<Item = Decimal> {
    words().conversions.iter().filter_map(|n| n.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_can_be_read() {
        let list = toml::from_str::<Words>(include_str!("../../../templates/drafting.toml"));
        assert!(list.is_ok_and(|w| !w.totals.is_empty()));
        assert_eq!(conversions().count(), words().conversions.len());
    }

    #[test]
    fn titles_are_told_from_the_period_before_them() {
        for (title, bare) in [
            ("2024年第1季度就业统计表", "就业统计表"),
            ("2024年度部门决算表", "部门决算表"),
            ("2024年1-6月财政收支表", "财政收支表"),
            ("2024年上半年收支表", "收支表"),
            ("2024年月报", "月报"),
            ("2024年", "2024年"),
            ("十年来主要指标", "十年来主要指标"),
        ] {
            assert_eq!(behind_period(title), bare, "{title}");
        }
    }

    #[test]
    fn latin_words_count_where_they_stand_alone() {
        assert!(!has("Foreign exchange", &words().signed) && has("Change on year", &words().signed));
        assert!(begins("Notes: see below", &words().notes) && !begins("Notebooks", &words().notes));
    }

    #[test]
    fn rates_are_told_by_words_and_signs() {
        for (text, rate) in [
            ("% of all stock", true),
            ("性别比（女=100）", true),
            ("比重（%）", true),
            ("No. of Discounts at 25%", false),
            ("合计", false),
            ("Doctorate recipients", false),
            ("Public administration", false),
            ("Operations", false),
            ("Exchange rates", true),
            ("Pupil-teacher ratio", true),
        ] {
            assert_eq!(is_rate(text), rate, "{text}");
        }
    }
}
