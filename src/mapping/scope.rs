//! What words say of the numbers they head: of which year, for how much of it, of whom, and whether they are final.
//!
//! The same words say the same in the name of a sheet, a caption, a title or a heading. Of several copies of a table
//! the one is read that this evidence leaves over; where it leaves several, none is taken for its place.

use super::period::{Period, period, year_of};
use super::vocabulary::{has, vocabulary};
use crate::grid::label::{chinese_digit, folded};

/// Characters of the longest text that is a caption.
const LONGEST: usize = 60;
/// The last month of a year.
const LAST_MONTH: u32 = 12;

/// What words say of the numbers they head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    /// A year, 上年 or 本年.
    pub(super) period: Option<Period>,
    /// Whether the period is said by itself, and not only named within a sentence.
    pub(super) is_said: bool,
    /// How far they are final.
    pub(super) standing: Standing,
    /// How much of what is counted.
    pub(super) share: Share,
    /// The number of a version.
    pub(super) version: Option<u32>,
}

/// Whether numbers are final; the greater counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// A draft or an example.
    Draft,
    #[default]
    Unsaid,
    Final,
}

/// How much of what is counted; the greater counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Share {
    /// A part of the year, or of what is counted (其中).
    Part,
    #[default]
    Unsaid,
    /// The whole of several parts.
    Whole,
}

/// What speaks for one copy of a table and against another, the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    Final,
    Year,
    Part,
    Whole,
    Version,
}

impl Scope {
    /// What a text says.
    pub(super) fn of(text: &str) -> Self {
        if text.chars().count() > LONGEST {
            return Self::default();
        }
        let words = vocabulary();
        let pieces: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .map(|p| folded(p).collect())
            .filter(|p: &String| !p.is_empty())
            .collect();
        let whole: String = folded(text).collect();
        let (period, is_said) = time(&pieces);
        let says = |words: &[String]| words.iter().any(|w| says(&whole, &pieces, w));
        let begins =
            |words: &[String]| pieces.iter().any(|p| words.iter().any(|w| p.starts_with(w.as_str())));
        let compares = || pieces.iter().any(|p| matches!(self::period(p), Some((Period::Derived, _))));
        let is_sum = || pieces.iter().any(|p| words.sums.contains(p));
        let standing = if says(&words.drafts) {
            Standing::Draft
        } else if says(&words.finals) {
            Standing::Final
        } else {
            Standing::Unsaid
        };
        let share = if is_part_of_year(&whole) || begins(&words.of_which) || compares() {
            Share::Part
        } else if says(&words.sums_of_sheets) || is_sum() || begins(&words.wholes) {
            Share::Whole
        } else {
            Share::Unsaid
        };
        Self { period, is_said, standing, share, version: pieces.iter().find_map(|p| version(p)) }
    }

    /// Whether the words say nothing of this.
    pub(super) fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what a text further away says: a draft and a part hold wherever they are said, else what is said nearer.
    pub(super) fn add(&mut self, further: &Self) {
        if self.period.is_none() {
            (self.period, self.is_said) = (further.period, further.is_said);
        }
        if further.standing == Standing::Draft || self.standing == Standing::Unsaid {
            self.standing = further.standing;
        }
        if further.share == Share::Part || self.share == Share::Unsaid {
            self.share = further.share;
        }
        self.version = self.version.or(further.version);
    }

    /// The same, where a sum counts only if it holds all that its parts do.
    pub(super) fn of_sum(mut self, holds_all: bool) -> Self {
        if self.share == Share::Whole && !holds_all {
            self.share = Share::Unsaid;
        }
        self
    }

    /// The year meant, where 本年 is this one.
    fn year(&self, current: i32) -> Option<i32> {
        match self.period? {
            Period::Year(year) => Some(year),
            Period::Current => Some(current),
            Period::Previous => Some(current - 1),
            Period::Derived => None,
        }
    }

    /// Whether the words say, by themselves, another year than a report's.
    pub(super) fn is_of_another_year(&self, reported: Option<i32>) -> bool {
        let other = |r| self.year(r).is_some_and(|y| y != r);
        self.is_said && reported.map_or(self.period == Some(Period::Previous), other)
    }
}

/// Whether a word stands in a text; a word of one character must be a piece of it.
fn says(text: &str, pieces: &[String], word: &String) -> bool {
    if word.chars().count() > 1 { text.contains(word.as_str()) } else { pieces.contains(word) }
}

/// The period that pieces of a text speak of, and whether one of them says nothing else.
fn time(pieces: &[String]) -> (Option<Period>, bool) {
    let bare = |p: &String| period(p).filter(|(p, title)| !title && *p > Period::Derived).map(|(p, _)| p);
    let bare: Vec<Period> = pieces.iter().filter_map(bare).collect();
    let mut named: Vec<i32> = pieces.iter().filter_map(|p| year_of(p)).collect();
    named.dedup();
    match named.as_slice() {
        [year] => (Some(Period::Year(*year)), bare.contains(&Period::Year(*year))),
        [] => (bare.first().copied(), !bare.is_empty()),
        _ => (None, false),
    }
}

/// Whether a text speaks of a part of the year only: 上半年, 一季度, 3月, 1-11月; 1-12月 is all of it.
pub(super) fn is_part_of_year(text: &str) -> bool {
    let months: Vec<&str> = text.split('月').collect();
    let before = months.iter().rev().skip(1).zip(months.iter().rev());
    let months = before.filter(|(_, after)| !after.starts_with(|c: char| c.is_ascii_digit()));
    let mut months = months.filter_map(|(before, _)| month(before));
    let is_part = |(number, from): (u32, &str)| {
        number != LAST_MONTH || from.is_empty() || from.ends_with(|c: char| c.is_numeric() || c == '年')
    };
    months.next().is_some_and(is_part) || has(text, &vocabulary().parts_of_year)
}

/// The number that a text ends in, and what stands before it.
fn month(text: &str) -> Option<(u32, &str)> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '十' || chinese_digit(c).is_some();
    let from = text.trim_end_matches(is_digit);
    Some((count(text.get(from.len()..)?)?, from))
}

/// A small number in figures or in Chinese numerals up to 十二.
fn count(text: &str) -> Option<u32> {
    let digit = |t: &str| t.chars().next().filter(|_| t.chars().count() == 1).and_then(chinese_digit);
    match text.split_once('十') {
        Some(("", "")) => Some(10),
        Some(("", units)) => Some(10 + digit(units)?),
        _ => text.parse().ok().filter(|n| *n < 100).or_else(|| digit(text)),
    }
}

/// The number of a version: 第二稿, 二次报送, v2.
fn version(text: &str) -> Option<u32> {
    let behind = |mark: &String| {
        let number: String =
            text.strip_prefix(mark.as_str())?.chars().take_while(char::is_ascii_digit).collect();
        count(&number)
    };
    let before = |mark: &String| text.split_once(mark.as_str()).and_then(|(head, _)| Some(month(head)?.0));
    let words = vocabulary();
    words.versions_before.iter().find_map(behind).or_else(|| words.versions_behind.iter().find_map(before))
}

/// Which of several copies of a table are left when everything that is said of them is weighed, and what decided last
/// against each of the others. Unless the year is known of them `all`, what says none may be of it as well.
pub(super) fn left_over(scopes: &[Scope], reported: Option<i32>, all: bool) -> Vec<Option<Evidence>> {
    let mut out = vec![None; scopes.len()];
    let current = reported.unwrap_or_else(|| this_year(scopes));
    let silent = i64::from(!all && reported.is_some());
    for evidence in [Evidence::Final, Evidence::Year, Evidence::Part, Evidence::Whole, Evidence::Version] {
        let left: Vec<usize> = (0..scopes.len()).filter(|i| out.get(*i) == Some(&None)).collect();
        let rank = |i: &usize| scopes.get(*i).map_or(0, |s| rank(s, evidence, (current, silent)));
        let best = left.iter().map(rank).max();
        let comparable = evidence != Evidence::Version || left.iter().all(|i| rank(i) > 0);
        for i in left.iter().filter(|i| comparable && Some(rank(i)) < best) {
            if let Some(out) = out.get_mut(*i) {
                *out = Some(evidence);
            }
        }
    }
    out
}

/// How much a scope has of what is wanted.
fn rank(scope: &Scope, evidence: Evidence, (current, silent): (i32, i64)) -> i64 {
    match evidence {
        Evidence::Final => scope.standing as i64,
        Evidence::Year => match scope.year(current) {
            Some(year) if year == current => 1,
            Some(year) => i64::from(year) - i64::from(i32::MAX),
            None => silent,
        },
        Evidence::Part => i64::from(scope.share > Share::Part),
        Evidence::Whole => i64::from(scope.share == Share::Whole),
        Evidence::Version => scope.version.map_or(0, i64::from),
    }
}

/// The year of a report that does not say it: the latest that is named, or one after where 本年 stands beside it.
fn this_year(scopes: &[Scope]) -> i32 {
    let named = scopes.iter().filter_map(|s| match s.period {
        Some(Period::Year(year)) => Some(year),
        _ => None,
    });
    let latest = named.max().unwrap_or_default();
    latest + i32::from(scopes.iter().any(|s| s.period == Some(Period::Current)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_part_of_the_year_unless_the_months_are_all() {
        for (text, is_part) in [
            ("上半年", true),
            ("3月", true),
            ("1-6月", true),
            ("1—11月", true),
            ("2024年12月", true),
            ("截至6月底", true),
            ("1-12月", false),
            ("一至十二月", false),
            ("截至12月底", false),
            ("2024年12月31日", false),
            ("全年", false),
        ] {
            assert_eq!(is_part_of_year(text), is_part, "{text}");
        }
    }

    #[test]
    fn words_say_what_numbers_they_head() {
        let said = |text: &str| {
            let Scope { period, standing, share, version, .. } = Scope::of(text);
            (period, standing, share, version)
        };
        let none = (None, Standing::Unsaid, Share::Unsaid, None);
        for (text, expected) in [
            ("表3-1  2023年收到和处理政府信息公开申请情况", (Some(Period::Year(2023)), none.1, none.2, None)),
            (
                "四、政府信息公开行政复议、行政诉讼情况（上年度）",
                (Some(Period::Previous), none.1, none.2, None),
            ),
            ("第二稿", (None, none.1, none.2, Some(2))),
            ("v3", (None, none.1, none.2, Some(3))),
            ("旧", (None, Standing::Draft, none.2, None)),
            ("旧州镇", none),
            ("印发稿", (None, Standing::Final, none.2, None)),
            ("其中：涉企申请", (None, none.1, Share::Part, None)),
            ("全部申请", (None, none.1, Share::Whole, None)),
            ("三、收到和处理政府信息公开申请情况", none),
            ("二、上年结转政府信息公开申请数量", none),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
