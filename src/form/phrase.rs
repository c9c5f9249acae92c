//! Phrases of a form's vocabulary: `结转(至|到|)(下年|{下年}年)(继续办理|)` stands for every way of reading it.
//!
//! Each bracket holds alternatives, an empty one included; `{上年}` and `{下年}` are the years around the report's.

use crate::grid::label::fold_width;
use std::borrow::Cow;
use std::ops::Range;

/// A phrase with its alternatives, folded to plain width.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrase {
    parts: Vec<Vec<String>>,
    /// Every character that a reading can begin with.
    starts: Vec<char>,
}

impl Phrase {
    /// Reads a phrase as a definition writes it; `None` if its brackets do not match.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((plain, open)) = rest.split_once('(') {
            let (inside, behind) = open.split_once(')')?;
            if inside.contains('(') || plain.contains(')') {
                return None;
            }
            parts.push(vec![fold(plain)]);
            parts.push(inside.split('|').map(fold).collect());
            rest = behind;
        }
        if rest.contains(')') {
            return None;
        }
        parts.push(vec![fold(rest)]);
        parts.retain(|p| p.iter().any(|w| !w.is_empty()));
        (!parts.is_empty()).then(|| Self::new(parts))
    }

    /// The phrase in a report of this year; alternatives with a year are none where it is not known.
    #[must_use]
    pub fn in_year(&self, year: Option<i32>) -> Cow<'_, Self> {
        if !self.parts.iter().flatten().any(|word| word.contains('{')) {
            return Cow::Borrowed(self);
        }
        let dated = |word: &String| -> Option<String> {
            if !word.contains('{') {
                return Some(word.clone());
            }
            let year = year?;
            Some(word.replace("{上年}", &(year - 1).to_string()).replace("{下年}", &(year + 1).to_string()))
        };
        Cow::Owned(Self::new(self.parts.iter().map(|p| p.iter().filter_map(dated).collect()).collect()))
    }

    fn new(parts: Vec<Vec<String>>) -> Self {
        let mut starts = Vec::new();
        for part in &parts {
            starts.extend(part.iter().filter_map(|w| w.chars().next()));
            if !part.iter().any(String::is_empty) {
                break;
            }
        }
        Self { parts, starts }
    }

    /// Where it stands in a text, the longest reading at each place.
    pub fn find_all(&self, chars: &[char]) -> Vec<Range<usize>> {
        let begins = (0..chars.len()).filter(|i| chars.get(*i).is_some_and(|c| self.starts.contains(c)));
        let at = begins.filter_map(|i| longest(&self.parts, chars.get(i..)?).map(|n| i..i + n));
        at.filter(|r| !r.is_empty()).collect()
    }
}

/// The length of the longest reading of these parts at the front of a text.
fn longest(parts: &[Vec<String>], text: &[char]) -> Option<usize> {
    let Some((first, rest)) = parts.split_first() else { return Some(0) };
    let readings = first.iter().filter_map(|word| {
        let n = begins(text, word)?;
        Some(n + longest(rest, text.get(n..)?)?)
    });
    readings.max()
}

/// The length of a word that a text begins with.
fn begins(text: &[char], word: &str) -> Option<usize> {
    let mut n = 0;
    for c in word.chars() {
        if text.get(n) != Some(&c) {
            return None;
        }
        n += 1;
    }
    Some(n)
}

fn fold(text: &str) -> String {
    text.chars().map(fold_width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_in_its_longest_reading() {
        let cases = [
            ("收到", "共收到3件，收到", "收到 收到"),
            ("结转(至|到|)(下年|下年度)(继续办理|)", "1件结转下年继续办理", "结转下年继续办理"),
            ("结转(至|到|)(下年|下年度)(继续办理|)", "结转到下年度2件", "结转到下年度"),
            ("(新|)制发(|并公开)", "新制发1件，制发并公开2件", "新制发 制发 制发并公开"),
            ("结转{下年}年", "结转2024年3件，结转2023年", "结转2024年"),
        ];
        for (phrase, text, expected) in cases {
            let chars: Vec<char> = text.chars().map(fold_width).collect();
            let phrase = Phrase::parse(phrase).unwrap();
            let found = phrase.in_year(Some(2023)).find_all(&chars);
            let words: Vec<String> = found.into_iter().map(|r| chars[r].iter().collect()).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_phrase_without_a_known_year_has_no_reading_with_one() {
        let phrase = Phrase::parse("结转(下年|{下年}年)").unwrap();
        let found = |text: &str| phrase.in_year(None).find_all(&text.chars().collect::<Vec<_>>()).len();
        assert_eq!((found("结转下年"), found("结转2024年")), (1, 0));
    }

    #[test]
    fn brackets_that_do_not_match_are_refused() {
        for text in ["结转(至", "结转)至", "结转(至(到)|)", ""] {
            assert_eq!(Phrase::parse(text), None, "{text}");
        }
    }
}
