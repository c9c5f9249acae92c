//! Numbers in running text: Arabic in either width, with separators, in Chinese numerals, with 万 and 亿.

use super::words::Words;
use rust_decimal::Decimal;
use std::ops::Range;

/// A number in a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Its value; amounts in 元.
    pub(super) value: Decimal,
    /// What stands behind it: a measure word, 元, %, 倍; empty if nothing known does.
    pub(super) unit: String,
    /// Number and unit.
    pub(super) range: Range<usize>,
    /// Digits printed behind the point.
    pub(super) decimals: u32,
    /// What one more in its last printed digit adds where it may be rounded: 100 in 18.23万; 0 in 3件 and 3万元.
    pub(super) step: Decimal,
    /// Whether it is only about so much.
    pub(super) rough: bool,
}

impl Number {
    /// Whether it is printed in 万 or 亿 with a point, so that it need not be exact.
    pub(super) fn is_rounded(&self) -> bool {
        self.decimals > 0 && self.step > Decimal::ONE
    }
}

/// The numbers of a flow, in order.
pub(super) fn numbers(chars: &[char], words: &Words) -> Vec<Number> {
    let mut out: Vec<Number> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match number_at(chars, i, words) {
            Some(n) => {
                i = n.range.end.max(i + 1);
                out.push(n);
            }
            None => i += 1,
        }
    }
    out
}

fn number_at(chars: &[char], from: usize, words: &Words) -> Option<Number> {
    let before = from.checked_sub(1).and_then(|i| chars.get(i)).copied();
    let rest = chars.get(from..)?;
    let (value, len, decimals, chinese) = if rest.first()?.is_ascii_digit() {
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.' || c == '第') {
            // Inside a longer token: it is passed over as a whole.
            let len = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
            return Some(unknown(from..from + len));
        }
        let (value, len, decimals) = arabic(rest)?;
        (value, len, decimals, false)
    } else {
        if before.is_some_and(|c| "第每之前后同统唯逐任另专其".contains(c)) {
            return None;
        }
        let (value, len) = chinese(rest)?;
        (value, len, 0, true)
    };
    let (scale, scaled) = scale(chars.get(from + len..)?);
    let mut end = from + len + scaled;
    let mut rough = before_is(chars, from, &words.rough_before);
    if let Some(mark) = starts(chars.get(end..)?, &words.rough_after) {
        rough = true;
        end += mark;
        let (_, again) = self::scale(chars.get(end..)?);
        end += again;
    }
    let (unit, unit_len) = unit(chars.get(end..)?, words);
    // 无一起: not a single one.
    if chinese && value == Decimal::ONE && before_is(chars, from, &words.negation) {
        return None;
    }
    if chinese && (unit.is_empty() || unit == "个" || unit == "项" || unit == "次") {
        return None;
    }
    end += unit_len;
    // "比44件多8件" is more by so many, "44件多" about so many.
    let about = starts(chars.get(end..)?, &words.rough_after);
    rough |= about.is_some_and(|n| !chars.get(end + n).is_some_and(char::is_ascii_digit));
    let rounded = decimals > 0 || unit != "元" && scale > Decimal::ONE;
    let step = if rounded { Decimal::new(1, decimals).checked_mul(scale)? } else { Decimal::ZERO };
    Some(Number { value: value.checked_mul(scale)?, unit, range: from..end, decimals, step, rough })
}

impl Number {
    /// A word in a number's place.
    pub(super) fn at(range: Range<usize>) -> Self {
        unknown(range)
    }
}

fn unknown(range: Range<usize>) -> Number {
    Number {
        value: Decimal::ZERO,
        unit: "?".to_owned(),
        range,
        decimals: 0,
        step: Decimal::ZERO,
        rough: true,
    }
}

/// Digits with separators of thousands and one point.
fn arabic(chars: &[char]) -> Option<(Decimal, usize, u32)> {
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let (mut text, mut i, mut decimals) = (String::new(), 0, None);
    while let Some(&c) = chars.get(i) {
        let groups = digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4);
        match c {
            '0'..='9' => {
                text.push(c);
                decimals = decimals.map(|d: u32| d + 1);
            }
            ',' if decimals.is_none() && groups && text.len() <= 12 && i > 0 => {}
            '.' if decimals.is_none() && digit(i + 1) => {
                text.push('.');
                decimals = Some(0);
            }
            _ => break,
        }
        i += 1;
    }
    if text.len() > 15 {
        return None;
    }
    Some((text.parse().ok()?, i, decimals.unwrap_or(0)))
}

/// 万, 亿 and 千 behind a number.
fn scale(chars: &[char]) -> (Decimal, usize) {
    match chars.first() {
        Some('万') => (Decimal::from(10_000), 1),
        Some('亿') => (Decimal::from(100_000_000), 1),
        Some('千') => (Decimal::from(1_000), 1),
        _ => (Decimal::ONE, 0),
    }
}

/// A Chinese numeral below 10⁸: 三, 十二, 一百零五, 两千三百, 二〇.
fn chinese(chars: &[char]) -> Option<(Decimal, usize)> {
    let (mut total, mut section, mut digit, mut len) = (0_u64, 0_u64, None, 0);
    for &c in chars {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '万' => 10_000,
            c => {
                let Some(d) = chinese_digit(c) else { break };
                if digit.is_some_and(|d: u64| d > 0) {
                    return None;
                }
                digit = Some(d);
                len += 1;
                continue;
            }
        };
        if unit == 10_000 {
            total = (section + digit.unwrap_or(0)).checked_mul(unit)?;
            section = 0;
        } else {
            section += digit.unwrap_or(u64::from(unit == 10)).checked_mul(unit)?;
        }
        digit = None;
        len += 1;
    }
    (len > 0 && len <= 12).then(|| (Decimal::from(total + section + digit.unwrap_or(0)), len))
}

fn chinese_digit(c: char) -> Option<u64> {
    match c {
        '零' | '〇' => Some(0),
        '两' => Some(2),
        c => "一二三四五六七八九".chars().position(|d| d == c).map(|i| i as u64 + 1),
    }
}

fn unit(chars: &[char], words: &Words) -> (String, usize) {
    if matches!(chars.first(), Some('元' | '%' | '倍')) {
        return (chars.iter().take(1).collect(), 1);
    }
    let found = words.counts.iter().find(|u| starts(chars, std::slice::from_ref(*u)).is_some());
    found.map_or_else(Default::default, |u| (u.clone(), u.chars().count()))
}

/// The length of the first of these words that stands at the front.
fn starts(chars: &[char], list: &[String]) -> Option<usize> {
    let is_front = |w: &&String| w.chars().enumerate().all(|(i, c)| chars.get(i) == Some(&c));
    list.iter().find(is_front).map(|w| w.chars().count())
}

fn before_is(chars: &[char], from: usize, list: &[String]) -> bool {
    list.iter().any(|w| {
        let len = w.chars().count();
        from.checked_sub(len)
            .is_some_and(|i| starts(chars.get(i..).unwrap_or_default(), std::slice::from_ref(w)).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;
    use crate::grid::label::fold_width;

    #[test]
    fn numbers_are_read_as_reports_write_them() {
        let cases = [
            ("共3件", "3件"),
            ("共１２件", "12件"),
            ("共1,573,179件", "1573179件"),
            ("共三件、十二件和一百零五件", "3件 12件 105件"),
            ("公开信息1.2万条", "12000.0条"),
            ("两件", "2件"),
            ("二十余件", "20件~"),
            ("约300条", "300条~"),
            ("收费2.5万元", "25000.0元"),
            ("第20条、第三方", "0?~"),
            ("占33.9%", "33.9%"),
            ("一是加强，二是规范", ""),
            ("零件", "0件"),
            ("无一起，没有一件", ""),
            ("增长1.4倍", "1.4倍"),
            ("比44件多8件，收到44件多", "44件 8件 44件~"),
            ("3,500件", "3500件"),
            ("5件,2000件", "5件 2000件"),
        ];
        for (text, expected) in cases {
            let chars: Vec<char> = text.chars().map(fold_width).collect();
            let read: Vec<String> = numbers(&chars, words().unwrap())
                .iter()
                .map(|n| format!("{}{}{}", n.value, n.unit, if n.rough { "~" } else { "" }))
                .collect();
            assert_eq!(read.join(" "), expected, "{text}");
        }
    }
}
