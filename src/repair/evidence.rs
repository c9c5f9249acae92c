//! What people are known to do, seen in a change: evidence that ranks equal repairs and is told in words.
//!
//! It never proves a repair: that is what the relations do.

use super::moved::Moved;
use super::typo::Slip;
use crate::finding::Text;
use crate::grid::amount;
use rust_decimal::Decimal;

/// What explains a wrong number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// A slip of the hand.
    Slip(Slip),
    /// It stands in a wrong cell.
    Moved(Moved),
    /// It is last year's.
    LastYear,
    /// A total that nobody filled in.
    OpenTotal(Slip),
    /// A total that was not summed up again; it may be a digit mistyped as well.
    StaleTotal(Option<Slip>),
}

/// What is known of a cell beside its number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// Whether it is the total of a relation that does not hold.
    pub(super) is_total: bool,
    /// What stood there last year.
    pub(super) last_year: Option<Decimal>,
    /// Whether what is off is no more than rounding explains.
    pub(super) is_rounding: bool,
}

impl Evidence {
    /// What turned `honest` into `entered`, if it is anything that people are known for.
    pub(super) fn of(entered: Option<Decimal>, honest: Decimal, known: Known) -> Option<Self> {
        let copied = known.last_year.is_some_and(|v| !v.is_zero() && Some(v) == entered && v != honest);
        match Slip::between(entered, honest) {
            Some(slip @ (Slip::Blank | Slip::LeftZero)) if known.is_total => Some(Self::OpenTotal(slip)),
            _ if known.is_rounding => Some(Self::Slip(Slip::Rounded)),
            Some(slip @ (Slip::Sign | Slip::Unit(_))) => Some(Self::Slip(slip)),
            _ if copied => Some(Self::LastYear),
            slip @ (None | Some(Slip::Mistyped)) if known.is_total => Some(Self::StaleTotal(slip)),
            slip => slip.map(Self::Slip),
        }
    }

    /// How much it speaks for a repair, from 0 to 9.
    pub(super) fn strength(self, entered: Option<Decimal>, honest: Decimal) -> u32 {
        match self {
            Self::Slip(slip) => slip.strength(entered, honest),
            Self::Moved(moved) => moved.strength(),
            // short numbers stay the same from year to year by chance
            Self::LastYear if entered.is_some_and(|e| amount::show(e.abs()).len() > 1) => 7,
            Self::LastYear => 3,
            Self::OpenTotal(_) => 7,
            Self::StaleTotal(slip) => slip.map_or(1, |s| s.strength(entered, honest)),
        }
    }

    /// In words: what happened.
    pub(super) fn text(self) -> Text {
        let (zh, en) = match self {
            Self::Slip(slip) => return slip.text(),
            Self::Moved(moved) => return moved.text(),
            Self::LastYear => ("与上年同一格的数相同，像是照抄了上年的数", "last year's number was copied"),
            Self::OpenTotal(Slip::Blank) => ("总计漏填", "the total was left blank"),
            Self::OpenTotal(_) => ("总计没有更新，应有数却填了 0", "the total was not updated: left at 0"),
            Self::StaleTotal(None) => ("总计没有随各项更新", "the total was not updated with its parts"),
            Self::StaleTotal(Some(_)) => (
                "总计没有随各项更新，或录错一位数字",
                "the total was not updated with its parts, or a digit was mistyped",
            ),
        };
        Text::new(zh, en)
    }
}

/// What excludes other explanations.
pub(super) fn because(limit: Option<u32>, size: u32) -> Text {
    match limit {
        Some(limit) => Text::new(
            format!("只改这一格，全部勾稽关系即成立；只要填错的不超过 {limit} 格，必是此格"),
            format!(
                "changing this cell alone makes every relation hold; proved unless more than {limit} cells are wrong"
            ),
        ),
        None if size == 1 => {
            Text::new("只改这一格，全部勾稽关系即成立", "changing this cell alone makes every relation hold")
        }
        None => Text::new(
            format!("至少要改 {size} 格，勾稽关系才能全部成立，而这样改的只有这一种"),
            format!("the only way to make every relation hold by changing as few as {size} cells"),
        ),
    }
}

/// Why a value is not known exactly.
pub(super) fn between((least, greatest): (Decimal, Decimal)) -> Text {
    let (least, greatest) = (amount::show(least), amount::show(greatest));
    Text::new(
        format!("只改这一格，全部勾稽关系即成立；因数字经过舍入，只知道应在 {least} 与 {greatest} 之间"),
        format!(
            "changing this cell alone makes every relation hold; as numbers are rounded, it lies between {least} and {greatest}"
        ),
    )
}

/// That a repair is the likeliest of several.
pub(super) fn likeliest_of(n: usize) -> Text {
    Text::new(
        format!("改同样多的格，共有 {n} 种改法，这种最像是填报差错"),
        format!("of {n} repairs of the same size the one that looks like a slip"),
    )
}

/// That a repair is not the only one.
pub(super) fn one_of(n: usize) -> Text {
    Text::new(
        format!("改同样多的格，共有 {n} 种改法，这是其中一种"),
        format!("one of {n} repairs of the same size"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entered: i64, honest: i64, known: Known) -> Option<Evidence> {
        Evidence::of(Some(entered.into()), honest.into(), known)
    }

    #[test]
    fn last_year_counts_where_no_better_reason_is_seen() {
        let last_year = |n: i64| Known { last_year: Some(n.into()), ..Known::default() };
        assert_eq!(of(57, 2300, last_year(57)), Some(Evidence::LastYear));
        assert_eq!(of(57, 2300, last_year(58)), None);
        assert_eq!(of(-57, 57, last_year(-57)), Some(Evidence::Slip(Slip::Sign)));
        assert_eq!(of(0, 12, last_year(0)), Some(Evidence::Slip(Slip::LeftZero)));
    }

    #[test]
    fn totals_are_left_open_or_stale() {
        let total = Known { is_total: true, ..Known::default() };
        assert_eq!(of(138, 140, total), Some(Evidence::StaleTotal(None)));
        assert_eq!(of(0, 140, total), Some(Evidence::OpenTotal(Slip::LeftZero)));
        assert_eq!(Evidence::of(None, 140.into(), total), Some(Evidence::OpenTotal(Slip::Blank)));
        assert_eq!(of(104, 140, total), Some(Evidence::Slip(Slip::Swapped)));
    }
}
