//! Human errors: how an honest number becomes the one entered.
//!
//! S. Scholtus, "Algorithms for correcting sign errors and rounding errors in business survey data" (JOS 27, 2011)
//! and "Automatic correction of simple typing errors in numerical data with balance edits" (Statistics
//! Netherlands, 2009): a typing error is one step of Damerau and Levenshtein between the digits. Such evidence
//! ranks repairs that the relations leave equal; it never proves one.

use super::rounding;
use crate::finding::Text;
use crate::grid::amount;
use rust_decimal::Decimal;

/// A human error that turns one number into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// Two digits next to each other changed places.
    Swapped,
    /// A digit was left out.
    Dropped,
    /// A digit too many.
    Added,
    /// One digit is another.
    Mistyped,
    /// The sign.
    Sign,
    /// A factor of a thousand or ten thousand: 元 for 万元 and the like.
    Unit(i64),
    /// Nothing was entered.
    Blank,
    /// Left at 0.
    LeftZero,
    /// Rounded.
    Rounded,
}

impl Slip {
    /// What turned `honest` into `entered`; `None` for no error that people are known for.
    pub fn between(entered: Option<Decimal>, honest: Decimal) -> Option<Self> {
        let Some(entered) = entered else { return Some(Self::Blank) };
        if entered == honest {
            return None;
        }
        if entered == -honest {
            return Some(Self::Sign);
        }
        if entered.is_zero() {
            return Some(Self::LeftZero);
        }
        if let Some(factor) = factor(entered, honest) {
            return Some(Self::Unit(factor));
        }
        if entered.is_sign_negative() != honest.is_sign_negative() {
            return None;
        }
        if is_rounded(entered.normalize(), honest.normalize()) {
            return Some(Self::Rounded);
        }
        typing(&amount::show(entered.abs()), &amount::show(honest.abs()))
    }

    /// How much it speaks for a repair, from 0 to 9; short numbers are like each other by chance.
    pub fn strength(self, entered: Option<Decimal>, honest: Decimal) -> u32 {
        let len = |d: Decimal| amount::show(d.abs()).len();
        let longest = entered.map_or(0, len).max(len(honest));
        match self {
            Self::Unit(_) => 9,
            Self::Sign | Self::Swapped => 8,
            Self::Blank => 6,
            Self::LeftZero if longest >= 2 => 6,
            Self::Dropped | Self::Added if longest >= 3 => 6,
            Self::Rounded | Self::Dropped | Self::Added => 4,
            Self::Mistyped if longest >= 3 => 4,
            Self::LeftZero => 3,
            Self::Mistyped if longest == 2 => 2,
            Self::Mistyped => 0,
        }
    }

    /// Whether it is a slip of the keyboard.
    pub fn is_typing(self) -> bool {
        matches!(self, Self::Swapped | Self::Dropped | Self::Added | Self::Mistyped | Self::Sign)
    }

    /// In words: what happened.
    pub fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Swapped => ("相邻两位数字颠倒", "two digits changed places"),
            Self::Dropped => ("少录一位数字", "a digit was left out"),
            Self::Added => ("多录一位数字", "a digit too many"),
            Self::Mistyped => ("一位数字录错", "one digit mistyped"),
            Self::Sign => ("正负号相反", "the sign is reversed"),
            Self::Unit(factor) => {
                return Text::new(
                    format!("相差 {factor} 倍，像是单位弄错（如元与万元）"),
                    format!("off by a factor of {factor}: a wrong unit, such as 元 for 万元"),
                );
            }
            Self::Blank => ("漏填", "left blank"),
            Self::LeftZero => ("应有数却填了 0", "left at 0"),
            Self::Rounded => ("小数取舍不一致", "rounded differently"),
        };
        Text::new(zh, en)
    }
}

/// 1000 or 10000, where one number is that many times the other.
fn factor(a: Decimal, b: Decimal) -> Option<i64> {
    [1000i64, 10_000].into_iter().find(|f| {
        let times = |x: Decimal, y: Decimal| !x.is_zero() && x.checked_mul(Decimal::from(*f)) == Some(y);
        times(a, b) || times(b, a)
    })
}

/// Whether one number is the other with fewer decimals, rounded or cut off.
fn is_rounded(a: Decimal, b: Decimal) -> bool {
    let (short, long) = if a.scale() < b.scale() { (a, b) } else { (b, a) };
    let cut = rounding::excess_digits(long, short.scale());
    cut.is_some_and(|(kept, _)| kept == short || amount::round(long, short.scale()) == short)
}

/// The one step of typing between two numbers.
fn typing(entered: &str, honest: &str) -> Option<Slip> {
    if damerau_levenshtein(entered, honest) != 1 {
        return None;
    }
    Some(match entered.len().cmp(&honest.len()) {
        std::cmp::Ordering::Less => Slip::Dropped,
        std::cmp::Ordering::Greater => Slip::Added,
        std::cmp::Ordering::Equal => {
            let differing = entered.bytes().zip(honest.bytes()).filter(|(a, b)| a != b).count();
            if differing == 2 { Slip::Swapped } else { Slip::Mistyped }
        }
    })
}

/// Steps of inserting, deleting, replacing a character or swapping two neighbours that turn one text into another
/// (optimal string alignment; F. J. Damerau, CACM 7 (1964)).
pub fn damerau_levenshtein(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let at = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best =
                (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let crossed = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if crossed {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(entered: i64, honest: i64) -> Option<Slip> {
        Slip::between(Some(entered.into()), honest.into())
    }

    #[test]
    fn what_people_do_is_told_from_what_they_do_not() {
        assert_eq!(slip(3057, 3075), Some(Slip::Swapped));
        assert_eq!(slip(1469, 14069), Some(Slip::Dropped));
        assert_eq!(slip(19979, 1979), Some(Slip::Added));
        assert_eq!(slip(128, 123), Some(Slip::Mistyped));
        assert_eq!(slip(-1, 1), Some(Slip::Sign));
        assert_eq!(slip(251_000, 251), Some(Slip::Unit(1000)));
        assert_eq!(slip(0, 411), Some(Slip::LeftZero));
        assert_eq!(slip(57, 2300), None);
        assert_eq!(Slip::between(None, 3.into()), Some(Slip::Blank));
        let amounts = |a: &str, b: &str| Slip::between(a.parse().ok(), b.parse().unwrap());
        assert_eq!(amounts("12.3", "12.347"), Some(Slip::Rounded));
        assert_eq!(amounts("13", "12.7"), Some(Slip::Rounded));
        assert_eq!(amounts("12.9", "12.347"), None);
    }
}
