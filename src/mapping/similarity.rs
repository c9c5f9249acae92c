//! How alike a label is to the words of the form: exact, by alias, near, or not at all.
//!
//! Points run from 0 to 1000. They order candidates; they do not say what is right, for similar labels
//! stand for different things (予以公开, 不予公开). Certainty comes from the margin of the assignment
//! (see `assign`) and from geometry.

use crate::grid::label::Normal;

/// How a label was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// The form's own words, but for width, spaces, marks and an inserted year.
    Exact,
    /// Other words that the form's definition knows.
    Alias,
    /// Words close to the form's: a typing slip, a word left out.
    Near,
    /// By its place between two recognised neighbours.
    Position,
}

/// The likeness of a label and a word of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Likeness {
    /// 1000 for the same words.
    pub points: i32,
    /// How it was recognised.
    pub how: How,
}

/// Points of an alias; near matches stay below.
const ALIAS: i32 = 960;
/// The share of the longer label, in thousandths, that two labels must have in common.
const COMMON: i32 = 700;
/// The share of the shorter label that an abbreviation must keep, in thousandths.
const KEPT: i32 = 900;
/// The share of the form's words that an abbreviation must keep: a long sentence may shrink to a third.
const ABBREVIATED: i32 = 300;
/// The share of a longer label that the form's words must fill: a title that mentions a row is not the row.
const EXTENDED: i32 = 500;
/// Labels so short that only the form's own words and aliases count.
const SHORT: usize = 3;

/// A word of the form with its aliases, reduced.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// As the form prints it.
    pub text: Normal,
    own: Vec<char>,
    aliases: Vec<Vec<char>>,
}

impl Term {
    /// A term from the form's words.
    pub(super) fn new(text: Normal, aliases: &[Normal]) -> Self {
        let mut term = Self { own: text.text.chars().collect(), text, aliases: Vec::new() };
        term.add_aliases(aliases);
        term
    }

    /// Adds other words for the same label, which the form may print at several places.
    pub(super) fn add_aliases(&mut self, aliases: &[Normal]) {
        for alias in aliases.iter().map(|a| a.text.chars().collect::<Vec<char>>()) {
            if alias != self.own && !self.aliases.contains(&alias) {
                self.aliases.push(alias);
            }
        }
    }

    /// The characters of its words and of its aliases, each once.
    pub(super) fn characters(&self) -> Vec<char> {
        let mut all: Vec<char> = self.own.iter().chain(self.aliases.iter().flatten()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The texts that are this term, and how: its own words and its aliases.
    pub(super) fn own_words(&self) -> impl Iterator<Item = (String, Likeness)> {
        let text = |chars: &Vec<char>| chars.iter().collect::<String>();
        let own = (text(&self.own), Likeness { points: 1000, how: How::Exact });
        let aliases = self.aliases.iter().filter(|a| **a != self.own);
        let alias = Likeness { points: ALIAS, how: How::Alias };
        std::iter::once(own).chain(aliases.map(move |a| (text(a), alias)))
    }

    /// How alike a label is to this term, by slips or words left out; its own words are not looked for here.
    /// `shared` of the label's characters stand in this term or its aliases.
    pub(super) fn likeness(&self, label: &[char], shared: usize) -> Option<Likeness> {
        let own = near(&self.own, label, shared);
        let alias = self.aliases.iter().map(|a| near(a, label, shared) - 30).max().unwrap_or(0);
        let points = own.max(alias);
        (points > 0).then_some(Likeness { points, how: How::Near })
    }
}

/// Points of two labels that differ by slips or by words left out; 0 where they are too far apart, for which
/// it often is enough to know that they have no more than `shared` characters in common.
fn near(term: &[char], label: &[char], shared: usize) -> i32 {
    let (short, long) = if term.len() <= label.len() { (term, label) } else { (label, term) };
    if short.len() <= SHORT || differ_in_digits(short, long) {
        return 0;
    }
    let least = if label.len() < term.len() { ABBREVIATED } else { EXTENDED };
    let points = |common: usize| {
        let (of_long, of_short) = (share(common, long.len()), share(common, short.len()));
        match of_long {
            COMMON.. => of_long * 9 / 10,
            _ if of_short >= KEPT && of_long >= least => 500 + of_long / 4,
            _ => 0,
        }
    };
    if points(shared.min(short.len())) == 0 { 0 } else { points(common_subsequence(short, long)) }
}

/// Whether both hold figures, and not the same: FY2016 and FY2017, 逾期60天以上 and 逾期90天以上.
fn differ_in_digits(one: &[char], other: &[char]) -> bool {
    let digits = |chars: &[char]| chars.iter().copied().filter(char::is_ascii_digit).collect::<String>();
    let has = |chars: &[char]| chars.iter().any(char::is_ascii_digit);
    has(one) && has(other) && digits(one) != digits(other)
}

/// What two labels have in common, in thousandths of the longer one.
pub(super) fn resemblance(a: &str, b: &str) -> i32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    share(common_subsequence(&a, &b), a.len().max(b.len()))
}

fn share(part: usize, whole: usize) -> i32 {
    (part * 1000).checked_div(whole).unwrap_or(0) as i32
}

/// The length of the longest common subsequence (Hunt & Szymanski 1977 name the problem; labels are short).
fn common_subsequence(a: &[char], b: &[char]) -> usize {
    let mut best = vec![0usize; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        let mut left = 0;
        for (y, cell) in b.iter().zip(best.iter_mut().skip(1)) {
            let above = *cell;
            *cell = if x == y { diagonal + 1 } else { above.max(left) };
            diagonal = above;
            left = *cell;
        }
    }
    best.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::label::normalise;

    fn points(term: &str, label: &str) -> i32 {
        let term = Term::new(normalise(term), &[]);
        let label: Vec<char> = normalise(label).text.chars().collect();
        term.likeness(&label, label.len()).map_or(0, |l| l.points)
    }

    #[test]
    fn slips_and_abbreviations_are_near() {
        for (term, label) in [
            ("（一）予以公开", "（一）予已公开"),
            ("7.属于行政执法案卷", "7.属于行政执法卷宗"),
            ("复议后起诉", "复议后诉讼"),
            ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"),
            ("5.要求行政机关确认或重新出具已获取信息", "5.要求确认或重新出具已获取信息"),
        ] {
            let p = points(term, label);
            assert!((500..960).contains(&p), "{term} {label} {p}");
        }
    }

    #[test]
    fn other_rows_are_not_near() {
        for (term, label) in [
            ("2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "2.申请人撤回申请"),
            ("总计", "小计"),
            ("（一）予以公开", "（二）部分公开"),
            ("自然人", "自然"),
        ] {
            assert_eq!(points(term, label), 0, "{term} {label}");
        }
    }
}
