//! Numbers that stand in the wrong cells: two exchanged, or a stretch of a line moved by one.

use super::cause::Way;
use crate::finding::Text;
use crate::form::Field;
use rust_decimal::Decimal;

/// A cell with the number entered and the one that it should have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) field: &'a Field,
    pub(super) from: Decimal,
    pub(super) to: Decimal,
}

/// How numbers moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// Two neighbours exchanged.
    Neighbours,
    /// Two cells of one line exchanged.
    Exchanged,
    /// Several cells of a line moved by one.
    Shifted,
}

impl Moved {
    /// What happened to these cells, if it is this that explains all of them.
    pub(super) fn of(spots: &[Spot]) -> Option<Self> {
        let head = spots.first()?.field;
        let block = |f: &Field| (f.table, f.block);
        if spots.iter().any(|s| block(s.field) != block(head)) {
            return None;
        }
        let along: Vec<usize> = if spots.iter().all(|s| s.field.row == head.row) {
            spots.iter().map(|s| s.field.col).collect()
        } else if spots.iter().all(|s| s.field.col == head.col) {
            spots.iter().map(|s| s.field.row).collect()
        } else {
            return None;
        };
        if let [a, b] = spots {
            let exchanged = a.from == b.to && b.from == a.to;
            let near = matches!(along.as_slice(), [x, y] if x.abs_diff(*y) == 1);
            return exchanged.then_some(if near { Self::Neighbours } else { Self::Exchanged });
        }
        let mut line: Vec<(usize, &Spot)> = along.into_iter().zip(spots).collect();
        line.sort_by_key(|l| l.0);
        is_shift(&line).then_some(Self::Shifted)
    }

    /// How much it speaks for a repair, on the scale of a typing error.
    pub(super) fn strength(self) -> u32 {
        match self {
            Self::Neighbours => 8,
            Self::Exchanged => 5,
            Self::Shifted => 9,
        }
    }

    /// In words.
    pub(super) fn text(self) -> Text {
        match self {
            Self::Neighbours => Text::new("相邻两格的数填反", "two neighbouring cells were exchanged"),
            Self::Exchanged => Text::new("两格的数填反", "two cells were exchanged"),
            Self::Shifted => Text::new("一段数整体错位一格", "a stretch of numbers moved by one cell"),
        }
    }
}

/// Whether each cell of a stretch, but for its end, should have what its neighbour on one side has.
fn is_shift(line: &[(usize, &Spot)]) -> bool {
    if line.len() < 3 {
        return false;
    }
    let pairs = || line.windows(2).filter_map(|w| if let [a, b] = w { Some((a, b)) } else { None });
    let close = pairs().all(|(a, b)| b.0 == a.0 + 1);
    let back = pairs().all(|(a, b)| a.1.to == b.1.from);
    let forth = pairs().all(|(a, b)| b.1.to == a.1.from);
    close && (back || forth)
}

/// Which of the other changes belong to a first one because together they are a move; all, or one.
pub(super) fn partners(
    first: &Way,
    others: &[(usize, Way)],
    moved: impl Fn(&Way) -> Option<Moved>,
) -> Vec<usize> {
    let all: Way = first.iter().chain(others.iter().flat_map(|(_, w)| w)).copied().collect();
    if others.len() > 1 && moved(&all).is_some() {
        return others.iter().map(|(i, _)| *i).collect();
    }
    let pair = |w: &Way| moved(&first.iter().chain(w).copied().collect()).is_some();
    others.iter().find(|(_, w)| pair(w)).map(|(i, _)| vec![*i]).unwrap_or_default()
}
