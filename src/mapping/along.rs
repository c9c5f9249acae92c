//! What may have moved along a line of a table: a column, or its rows as a whole.
//!
//! Some numbers stand where the form has none, and some of its own places have none. Between a number too many and the
//! blank that it may have left nothing says which number is whose.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// How far numbers are looked for that moved all alike.
const FARTHEST: i64 = 3;

/// What stands at one place along a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mark {
    /// A number in a line of the form.
    Filled,
    /// A line of the form without a number.
    Blank,
    /// A number in a line without a name, or beside the heading of a group.
    Loose,
    /// A line of something else.
    Other,
}

impl Mark {
    /// A line of the form.
    pub(super) fn own(has_number: bool) -> Self {
        if has_number { Self::Filled } else { Self::Blank }
    }

    fn is_own(self) -> bool {
        matches!(self, Self::Filled | Self::Blank)
    }
}

/// A place of a view, its line in the workbook, and what stands there.
type Marked = (usize, u32, Mark);

/// What may have slid along a line.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The places, with those of numbers too many.
    pub(super) places: BTreeSet<usize>,
    /// One of these, and a blank that it may have left.
    pub(super) sign: Option<(usize, usize)>,
}

impl Found {
    /// What may have slid one way or the other.
    pub(super) fn along(marks: impl Iterator<Item = Marked>) -> Self {
        let mut marks: Vec<Marked> = marks.collect();
        let mut found = Self::default();
        if marks.iter().all(|m| m.2 != Mark::Loose) {
            return found;
        }
        found.add_back(&marks);
        marks.reverse();
        found.add_back(&marks);
        found.add_alike(&marks);
        found
    }

    /// Adds the places of numbers that may all have moved as far: from one too many to a blank, and every number too many
    /// between stands as far from a line of the form. Of several ways for one number that is likeliest by which most of
    /// the others moved as well.
    fn add_alike(&mut self, marks: &[Marked]) {
        let lines = marks.iter().map(|(place, line, mark)| (i64::from(*line), (*place, *mark)));
        let lines = Lines(lines.collect());
        let loose: Vec<i64> = marks.iter().filter(|m| m.2 == Mark::Loose).map(|m| i64::from(m.1)).collect();
        let ways =
            |at: &i64| (-FARTHEST..=FARTHEST).filter(|by| *by != 0).map(|by| (*at, by)).collect::<Vec<_>>();
        let ways = loose.iter().flat_map(ways);
        let moved: Vec<(i64, i64, Moved)> =
            ways.filter_map(|(at, by)| Some((at, by, lines.moved(at, by)?))).collect();
        let as_far = |by: i64| moved.iter().filter(|(_, other, _)| *other == by).count();
        for (at, by, way) in &moved {
            let others = moved.iter().filter(|(other, to, _)| other == at && to.signum() == by.signum());
            if others.map(|(_, other, _)| as_far(*other)).max() > Some(as_far(*by)) {
                continue;
            }
            let place = |line: i64| lines.0.get(&line).map(|(place, _)| *place);
            self.places.extend(lines.0.range(way.lines.clone()).map(|(_, (place, _))| *place));
            self.sign = self.sign.or(place(*at).zip(place(way.blank)));
        }
    }

    /// Adds the places from which numbers may have slid back: from one too many up to the blank that they left.
    fn add_back(&mut self, marks: &[Marked]) {
        let (mut loose, mut from) = (Vec::new(), 0);
        for run in marks.chunk_by(|a, b| a.2.is_own() && b.2.is_own()) {
            match run.first().map(|m| m.2) {
                Some(Mark::Loose) => loose.push(from),
                Some(Mark::Other) => loose.clear(),
                _ => {
                    if let Some((end, blanks)) = left_blank(run, loose.len()) {
                        let taken = loose.split_off(loose.len().saturating_sub(blanks));
                        let first = taken.first().copied().unwrap_or(from);
                        let moved = marks.get(first..=from + end).unwrap_or_default();
                        self.places.extend(moved.iter().map(|m| m.0));
                        let sign = moved.first().zip(moved.last()).map(|(a, b)| (a.0, b.0));
                        self.sign = self.sign.or(sign);
                    }
                }
            }
            from += run.len();
        }
    }
}

/// The last of the blanks that numbers left in a run of lines, and how many they are; `loose` is how many numbers
/// stand too many before it.
fn left_blank(run: &[Marked], loose: usize) -> Option<(usize, usize)> {
    let is_blank = |m: &Marked| m.2 == Mark::Blank;
    let mut from = 0;
    let mut stretches = Vec::new();
    for stretch in run.chunk_by(|a, b| is_blank(a) == is_blank(b)) {
        from += stretch.len();
        if stretch.first().is_some_and(is_blank) {
            stretches.push((from - 1, stretch.len()));
        }
    }
    match stretches.as_slice() {
        _ if loose == 0 => None,
        [(_, blanks)] if *blanks == run.len() && loose != *blanks => None, // only the groups have numbers
        [only] => Some(*only),
        [.., last] if last.0 + 1 == run.len() => Some(*last),
        [first, ..] if first.0 + 1 == first.1 => Some((0, 1)),
        _ => None,
    }
}

/// What stands in the lines of a workbook, with the place of each.
struct Lines(BTreeMap<i64, (usize, Mark)>);

/// Lines of which all numbers may have moved as far.
struct Moved {
    /// The blank that one of them left.
    blank: i64,
    /// The first and last of the lines.
    lines: RangeInclusive<i64>,
}

impl Lines {
    fn mark(&self, line: i64) -> Option<Mark> {
        self.0.get(&line).map(|(_, mark)| *mark)
    }

    /// What moved, if a number too many did by so many lines.
    fn moved(&self, loose: i64, by: i64) -> Option<Moved> {
        let is_own = |line: i64| self.mark(line).is_some_and(Mark::is_own);
        let has_number = |line: i64| matches!(self.mark(line), Some(Mark::Filled | Mark::Loose));
        let mut blank = loose - by;
        while self.mark(blank)? == Mark::Filled {
            blank -= by;
        }
        let step = by.signum();
        let mut inside = (1..=(loose - blank) * step).map(|n| (n, blank + n * step));
        if self.mark(blank)? != Mark::Blank || inside.any(|(n, line)| self.stays(line, by, n)) {
            return None;
        }
        let (mut end, mut next) = (loose, loose + step);
        while (next - end).abs() <= by.abs() && (!has_number(next) || is_own(next - by)) {
            end = if has_number(next) { next } else { end };
            next += step;
        }
        Some(Moved { blank, lines: blank.min(end)..=blank.max(end) })
    }

    /// Whether what a line holds shows that its neighbours did not all move by so many lines, if it is the `nth` behind
    /// the blank that they left.
    fn stays(&self, line: i64, by: i64, nth: i64) -> bool {
        let from = self.mark(line - by);
        match self.mark(line) {
            Some(Mark::Loose) => !from.is_some_and(Mark::is_own),
            Some(Mark::Other) => nth >= by.abs() && from.is_some_and(Mark::is_own),
            _ => false,
        }
    }
}
