//! A district's own table that is off from the sum of its members in so many cells that it has hardly as many causes: what
//! is said of all of them together.

use super::aggregate::{Gap, few};
use crate::finding::Text;

/// The direction in which a table is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    More,
    Less,
    Both,
}

impl Side {
    pub(super) fn of(self, gap: &Gap) -> bool {
        match self {
            Self::More => gap.own > gap.value,
            Self::Less => gap.own < gap.value,
            Self::Both => true,
        }
    }
}

/// In how many cells a table is more or less than the sum, and of which offices of the roster nothing counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Off<'a> {
    pub(super) more: usize,
    pub(super) less: usize,
    pub(super) missing: &'a [String],
}

impl Off<'_> {
    /// What is said of `n` cells that are off in one direction, or in both, and what to do.
    pub(super) fn said(self, side: Side, n: usize) -> (Text, Text) {
        let Self { more, less, .. } = self;
        let (missing, names) = (self.missing.len(), few(self.missing));
        let none = |other: usize, zh: &str, en: &str| match other {
            0 => Text::new(format!("，没有一格{zh}"), format!(" and none {en}")),
            _ => Text::default(),
        };
        match side {
            Side::Both => self.in_both(n),
            Side::More if missing > 0 => (
                Text::new(
                    format!(
                        "有 {n} 格汇总表的数多于各单位之和，而名单上有 {missing} 家缺报或未采用（{}），可能就是这几家的数",
                        names.zh
                    ),
                    format!(
                        "{n} cells hold more than the members' sum, and of {missing} offices of the roster nothing \
                         counts ({}): their numbers may be the difference",
                        names.en
                    ),
                ),
                Text::new(
                    "请先收齐这几家的报表，再核对汇总表",
                    "collect the returns of these offices first, then compare again",
                ),
            ),
            Side::More => {
                let none = none(less, "少于", "less");
                (
                    Text::new(
                        format!("有 {n} 格汇总表的数多于各单位之和{}，可能有单位的报表没有放进来", none.zh),
                        format!(
                            "{n} cells hold more than the members' sum{}: a return may be missing here",
                            none.en
                        ),
                    ),
                    Text::new(
                        "请核对还缺哪几家的报表（用 --roster 给出单位名单），再核对汇总表",
                        "see whose return is missing (--roster names all offices), then compare again",
                    ),
                )
            }
            Side::Less => {
                let none = none(more, "多于", "more");
                (
                    Text::new(
                        format!("有 {n} 格汇总表的数少于各单位之和{}，可能漏加了不止一家", none.zh),
                        format!(
                            "{n} cells hold less than the members' sum{}: several may be left out",
                            none.en
                        ),
                    ),
                    Text::new(
                        "请核对漏加了哪几家，或有单位是后来才报的，再重新汇总",
                        "see who was left out or has reported since, and sum up again",
                    ),
                )
            }
        }
    }

    /// What is said of `n` cells that are off in both directions, and what to do.
    fn in_both(self, n: usize) -> (Text, Text) {
        let (missing, names) = (self.missing.len(), few(self.missing));
        let first = if missing > 0 {
            Text::new(
                format!("请先收齐名单上缺报或未采用的 {missing} 家（{}）", names.zh),
                format!(
                    "collect first the returns of the {missing} offices of which nothing counts ({})",
                    names.en
                ),
            )
        } else {
            Text::new(
                "请用 --roster 给出单位名单，看缺哪几家、多哪几家",
                "name all offices by --roster, which tells who is missing or too many",
            )
        };
        (
            Text::new(
                format!(
                    "有 {n} 格汇总表的数与各单位之和不同，有多有少：汇总表加的和这里的不是同一批单位，有的没有放进来，\
                     有的没有加进去"
                ),
                format!(
                    "{n} cells differ from the members' sum, some more and some less: the offices added there are not \
                     those that are here"
                ),
            ),
            Text::new(
                format!("{}，再核对汇总表加了哪几家", first.zh),
                format!("{}, then see which offices were added", first.en),
            ),
        )
    }
}
