//! Numbers as people type them into cells: full width, thousands separators, units, signs in words.
//!
//! Says what a text means and what was unusual about it; whether that is a fault is for `check`.

use super::{amount, label};
use rust_decimal::Decimal;

/// A text read as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The number, with its sign.
    pub value: Decimal,
    /// What stands behind the number: 件, 万元, 元, %; empty if nothing does.
    pub unit: String,
}

/// What may stand behind a number: measure words, money, per cent.
const UNITS: [&str; 24] = [
    "", "件", "条", "个", "宗", "起", "次", "人", "份", "项", "笔", "家", "例", "部", "件次", "人次",
    "人/次", "元", "圆", "万元", "亿元", "万", "亿", "%",
];

/// Whether a text stands for "nothing here": /, -, —, 无.
pub fn is_placeholder(text: &str) -> bool {
    let mut marks = 0;
    for c in text.chars().map(label::fold_width).filter(|c| !label::is_space(*c)) {
        match c {
            '/' | '\\' | '-' | '—' | '–' | '―' | '─' | '－' | '−' | '一' | '*' | '…' | '.' | '~' =>
            {
                marks += 1;
            }
            '无' | '未' | '空' if marks == 0 => marks += 9,
            _ => return false,
        }
    }
    (1..=9).contains(&marks)
}

/// Reads a text as a number with at most a short unit behind it.
pub fn read(text: &str) -> Option<Typed> {
    let is_digit = |c: char| matches!(c, '0'..='9' | '０'..='９');
    let last = text.chars().rev().map(plain_char).find(|c| !label::is_space(*c) && *c != '.')?;
    let may_end = last.is_ascii_digit() || UNITS.iter().any(|unit| unit.ends_with(last));
    if text.len() > 120 || !may_end || !text.contains(is_digit) {
        return None;
    }
    let plain: String = text.chars().map(plain_char).filter(|c| !label::is_space(*c)).collect();
    let (negative, rest) = sign(&plain);
    let rest = rest.strip_prefix(['¥', '￥', '约', '共']).unwrap_or(rest);
    let len = rest.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
    let (digits, unit) = rest.split_at_checked(len)?;
    let value = amount::from_text(&without_separators(digits)?)?;
    let unit = unit.trim_end_matches(['.', '。']);
    let known = UNITS.contains(&unit);
    known.then(|| Typed { value: if negative { -value } else { value }, unit: unit.to_owned() })
}

/// A sign in front, as a mark or in words (the 2019 form's 本年增/减: "+19", "-417", "减4").
fn sign(text: &str) -> (bool, &str) {
    for (mark, negative) in [
        ("+", false),
        ("-", true),
        ("增加", false),
        ("减少", true),
        ("增", false),
        ("减", true),
        ("负", true),
    ] {
        if let Some(rest) = text.strip_prefix(mark) {
            return (negative, rest);
        }
    }
    (false, text)
}

/// Full-width digits and the many dashes as their plain counterparts.
fn plain_char(c: char) -> char {
    match label::fold_width(c) {
        '−' | '–' | '—' | '﹣' => '-',
        '，' | '、' | '﹐' => ',',
        '。' => '.',
        c => c,
    }
}

/// Digits without thousands separators; `None` where commas stand at places that group nothing.
fn without_separators(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.contains([',', '.']) || whole.is_empty() || digits.ends_with(['.', ',']) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let regular = !grouped || ((1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3));
    regular.then(|| digits.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        read(text).map(|t| format!("{}|{}", amount::show(t.value), t.unit))
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("12", "12|"),
            (" １２ ", "12|"),
            ("1,234", "1234|"),
            ("３件", "3|件"),
            ("52.15万元", "52.15|万元"),
            ("251000元", "251000|元"),
            ("+19", "19|"),
            ("减4", "-4|"),
            ("－417", "-417|"),
            ("1，234，567", "1234567|"),
            ("12.50%", "12.5|%"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_only_holds_a_number_is_no_number() {
        for text in [
            "",
            "无",
            "1,23",
            "3.其他",
            "3.",
            "3件2件",
            "2022年1月",
            "三件",
            "020-34567890",
            "见说明3",
            "1.2.3",
            "1e5",
            "NaN",
            "12（含上年结转）",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn placeholders_are_told_from_words() {
        for text in ["/", "-", "—", "——", " 无 ", "／", "--", "－"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["", "0", "无正当理由", "一、", "其他", "1-2"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
