//! Labels as offices write them, reduced to what they say.
//!
//! "（一）　予以公开", "(1) 予以公开" and "予以\n公開" are one label: width, spaces, punctuation, list marks,
//! traditional characters and an inserted year carry no meaning. What remains is compared by `mapping`.

use std::sync::OnceLock;

/// Traditional characters each before its simplified one, in order; none that simplified texts use as well.
const TRADITIONAL: &str = include_str!("traditional.txt");

use std::borrow::Cow;
use std::ops::RangeInclusive;

/// Two ways of writing one word, each before the usual one.
const SPELLINGS: [(&str, &str); 1] = [("其它", "其他")];

/// A label reduced to what it says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Normal {
    /// The words, without spaces, punctuation, list mark and inserted year.
    pub text: String,
    /// The ordinal of the list mark in front: 3 for "（三）", "3." or "③".
    pub mark: Option<u32>,
}

/// Whether a character is white space in any width, or takes no room at all.
pub fn is_space(c: char) -> bool {
    !is_ideograph(c)
        && (c.is_whitespace()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}'))
}

/// Whether a character is one of those that most labels consist of.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// Folds full-width forms and brackets to their plain counterparts.
pub fn fold_width(c: char) -> char {
    match c {
        _ if is_ideograph(c) => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '【' | '〔' | '〈' | '《' | '「' => '(',
        '】' | '〕' | '〉' | '》' | '」' => ')',
        _ => c,
    }
}

/// The simplified form of a traditional character; any other character itself.
pub fn simplify(c: char) -> char {
    static SIMPLE: OnceLock<Vec<char>> = OnceLock::new();
    let Some(index) = (c as u32).checked_sub('\u{4e00}' as u32) else { return c };
    let simple = SIMPLE.get_or_init(|| {
        let mut simple: Vec<char> = ('\u{4e00}'..='\u{9fff}').collect();
        let mut all = TRADITIONAL.chars().filter(|c| !c.is_whitespace());
        while let (Some(traditional), Some(plain)) = (all.next(), all.next()) {
            let index = (traditional as usize).checked_sub('\u{4e00}' as usize);
            if let Some(slot) = index.and_then(|i| simple.get_mut(i)) {
                *slot = plain;
            }
        }
        simple
    });
    simple.get(index as usize).copied().unwrap_or(c)
}

/// A text without differences of width, spaces and traditional characters.
pub fn folded(text: &str) -> impl Iterator<Item = char> + Clone {
    text.chars().filter_map(|c| {
        if is_ideograph(c) {
            return Some(simplify(c));
        }
        let folded = fold_width(c);
        (!is_space(folded)).then_some(folded)
    })
}

/// A folded text with years in figures: 二〇二三年 is 2023年.
pub fn with_years_in_figures(text: String) -> String {
    if !text.contains(ZEROS) {
        return text;
    }
    let mut chars: Vec<char> = text.chars().collect();
    years_to_figures(&mut chars);
    chars.into_iter().collect()
}

/// Ways of writing the zero of a year.
const ZEROS: [char; 4] = ['〇', '○', '零', '\u{25ef}'];

fn years_to_figures(chars: &mut [char]) {
    let figure = |c: char| match c {
        _ if ZEROS.contains(&c) => Some('0'),
        _ => chinese_digit(c).filter(|d| *d < 10).and_then(|d| char::from_digit(d, 10)),
    };
    for at in 0..chars.len() {
        let Some([digits @ .., '年']) = chars.get_mut(at..at + YEAR + 1) else { continue };
        let figures: Vec<char> = digits.iter().filter_map(|c| figure(*c)).collect();
        if let Ok(figures) = <[char; YEAR]>::try_from(figures) {
            digits.copy_from_slice(&figures);
        }
    }
}

/// Reduces a label.
pub fn normalise(text: &str) -> Normal {
    let mut chars = Vec::with_capacity(text.len());
    chars.extend(folded(text));
    if chars.iter().any(|c| ZEROS.contains(c)) {
        years_to_figures(&mut chars);
    }
    let (mark, rest) = strip_mark(&chars);
    let rest = lone_year(rest).map_or_else(|| without_year(rest), Cow::Borrowed);
    let mut text = String::with_capacity(rest.len() * 3);
    for &c in rest.iter() {
        match c {
            '\u{4e00}'..='\u{9fff}' => text.push(c),
            _ if c.is_alphanumeric() => text.extend(c.to_lowercase()),
            _ => {}
        }
    }
    if text.len() == 1 && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        text.extend(rest.iter().filter(|c| matches!(c, '+' | '-' | '*'))); // bands such as A, A- and A*
    }
    for (other, usual) in SPELLINGS {
        if text.contains(other) {
            text = text.replace(other, usual);
        }
    }
    Normal { text, mark }
}

/// Splits a list mark off the front: 一、 （一） (1) 1. 1、 ① 第一项 are marks, a bare number is not.
fn strip_mark(chars: &[char]) -> (Option<u32>, &[char]) {
    let none = (None, chars);
    let Some((&first, _)) = chars.split_first() else { return none };
    if let circled @ 1..=20 = (first as u32).wrapping_sub('①' as u32).wrapping_add(1) {
        return (Some(circled), chars.get(1..).unwrap_or_default());
    }
    let open = usize::from(first == '(');
    let body = chars.get(open..).unwrap_or_default();
    let (number, used) = ordinal(body);
    let Some(number) = number else { return none };
    let rest = body.get(used..).unwrap_or_default();
    match rest.split_first() {
        Some((')', rest)) => (Some(number), rest.strip_prefix(&['、']).unwrap_or(rest)),
        Some(('、' | '.' | ',' | '，' | '．' | '·', rest)) if open == 0 && !starts_with_digit(rest) => {
            (Some(number), rest)
        }
        _ => none,
    }
}

fn starts_with_digit(chars: &[char]) -> bool {
    chars.first().is_some_and(char::is_ascii_digit)
}

/// A small ordinal in Arabic or Chinese digits, and how many characters it takes.
pub fn ordinal(chars: &[char]) -> (Option<u32>, usize) {
    let arabic = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    if (1..=2).contains(&arabic) {
        let digits: String = chars.iter().take(arabic).collect();
        return (digits.parse().ok(), arabic);
    }
    let chinese = chars.iter().take_while(|c| chinese_digit(**c).is_some()).count();
    let digits: Vec<u32> = chars.iter().take(chinese).filter_map(|c| chinese_digit(*c)).collect();
    let value = match digits.as_slice() {
        [d] => Some(*d),
        [10, d] if *d < 10 => Some(10 + d),
        [d, 10] if *d < 10 => Some(d * 10),
        _ => None,
    };
    (value, chinese)
}

/// The value of a Chinese digit, 十 as 10.
pub fn chinese_digit(c: char) -> Option<u32> {
    match c {
        '〇' => Some(0),
        '一' => Some(1),
        '二' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        '十' => Some(10),
        _ => None,
    }
}

/// Digits of a year.
const YEAR: usize = 4;
/// Years that a column of figures may be of.
const YEARS: RangeInclusive<i32> = 1900..=2100;

/// The year that is all a label says: "2017", "2017年", "（2017）", "2015 *".
pub fn year(text: &str) -> Option<i32> {
    number(lone_year(&folded(text).collect::<Vec<char>>())?)
}

/// The digits of a year with nothing around it but brackets, 年, 年度 and the mark of a footnote.
fn lone_year(chars: &[char]) -> Option<&[char]> {
    let chars = chars.strip_prefix(&['(']).unwrap_or(chars);
    let (digits, rest) = chars.split_at_checked(YEAR)?;
    let closes = |c: &char| ")年度*#".contains(*c) || !c.is_ascii() && !c.is_alphanumeric();
    let is_year =
        digits.iter().all(char::is_ascii_digit) && number(digits).is_some_and(|y| YEARS.contains(&y));
    (is_year && rest.iter().all(closes)).then_some(digits)
}

fn number(digits: &[char]) -> Option<i32> {
    digits.iter().collect::<String>().parse().ok()
}

/// Drops a year put into a label: "本年（2023）制发件数", "2023年制发件数".
fn without_year(chars: &[char]) -> Cow<'_, [char]> {
    if !chars.iter().any(char::is_ascii_digit) {
        return Cow::Borrowed(chars);
    }
    let mut out = Vec::with_capacity(chars.len());
    let mut i = 0;
    while let Some(rest) = chars.get(i..).filter(|r| !r.is_empty()) {
        let skip = year_at(rest);
        if skip == 0 {
            out.extend(rest.first());
            i += 1;
        } else {
            i += skip;
        }
    }
    Cow::Owned(out)
}

/// How many characters of a year stand here: "(2023)", "(2023年)", "2023年度", "2023年"; 0 if none.
fn year_at(chars: &[char]) -> usize {
    let open = usize::from(chars.first() == Some(&'('));
    let body = chars.get(open..).unwrap_or_default();
    let digits = body.iter().take_while(|c| c.is_ascii_digit()).count();
    let is_year = digits == 4 && matches!(body, ['1', '9', ..] | ['2', '0', ..]);
    if !is_year {
        return 0;
    }
    let mut len = open + digits;
    for suffix in ['年', '度'] {
        len += usize::from(chars.get(len) == Some(&suffix));
    }
    match (open, chars.get(len)) {
        (1, Some(')')) => len + 1,
        (0, _) if len > digits => len,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norm(s: &str) -> (String, Option<u32>) {
        let n = normalise(s);
        (n.text, n.mark)
    }

    #[test]
    fn width_space_and_marks_carry_no_meaning() {
        for s in [
            "（三）不予公开",
            "(三) 不予公开",
            "三、不予\n公开",
            "3.不予公开",
            "③不予公开",
            "（3）不 予 公 开",
            "3、不予公开",
        ] {
            assert_eq!(norm(s), ("不予公开".into(), Some(3)), "{s}");
        }
        assert_eq!(norm("11.申请人"), ("申请人".into(), Some(11)));
        assert_eq!(norm("（十二）其他"), ("其他".into(), Some(12)));
    }

    #[test]
    fn words_that_begin_like_a_mark_stay() {
        assert_eq!(norm("第二十条第（一）项").0, "第二十条第一项");
        assert_eq!(norm("三级").0, "三级");
        assert_eq!(norm("3").0, "3");
        assert_eq!(norm("1.5"), ("15".into(), None));
    }

    #[test]
    fn traditional_characters_carry_no_meaning() {
        assert_eq!(norm("（七）總計").0, "总计");
        assert_eq!(norm("法人或其他組織／科研機構").0, "法人或其他组织科研机构");
        assert!(TRADITIONAL.lines().flat_map(str::chars).step_by(2).is_sorted());
        assert!(TRADITIONAL.lines().flat_map(str::chars).skip(1).step_by(2).all(|c| simplify(c) == c));
    }

    #[test]
    fn a_year_put_into_a_label_is_dropped() {
        for s in ["本年（2023）制发件数", "本年(2023年)制发件数", "本年2023年度制发件数"]
        {
            assert_eq!(norm(s).0, "本年制发件数", "{s}");
        }
    }

    #[test]
    fn a_year_alone_is_a_label() {
        for s in ["2023", "2023年", "（2023年）", "２０２３", "2023年度", " 2023 *"] {
            assert_eq!((norm(s).0, year(s)), ("2023".into(), Some(2023)), "{s}");
        }
        for s in ["20.23", "2,023", "12023", "2023年数", "1850", "2023-24"] {
            assert_eq!(year(s), None, "{s}");
        }
    }
}
