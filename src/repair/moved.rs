//! Numbers that stand in the wrong cells: two exchanged, or a stretch of a line moved by one.
//!
//! A stretch that moved is one cause of many wrong cells. It is tried as such: every stretch of every line put back
//! by one cell; what mends all the broken relations that it touches, and breaks none, is what happened.

use super::cause::Way;
use super::solver::{Op, Problem};
use crate::finding::Text;
use crate::form::Field;
use rust_decimal::Decimal;

/// Cells, at least, whose numbers a stretch that moved puts wrong; fewer look like it by chance.
pub(super) const SHORTEST: usize = 3;

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
    /// Two cells of different rows and columns exchanged.
    Crossed,
    /// Several cells of a line moved by one.
    Shifted,
    /// A wrong number that was counted into a total.
    Carried,
    /// What belongs in one cell was counted in another.
    Misplaced,
}

impl Moved {
    /// What happened to two cells, if it is this that explains both.
    pub(super) fn of(spots: &[Spot]) -> Option<Self> {
        let [a, b] = spots else { return None };
        let (x, y) = (a.field, b.field);
        if (x.table, x.block) != (y.table, y.block) || a.from != b.to || b.from != a.to {
            return None;
        }
        Some(match (x.row.abs_diff(y.row), x.col.abs_diff(y.col)) {
            (0, 1) | (1, 0) => Self::Neighbours,
            (0, _) | (_, 0) => Self::Exchanged,
            _ => Self::Crossed,
        })
    }

    /// How much it speaks for a repair, on the scale of a typing error.
    pub(super) fn strength(self) -> u32 {
        match self {
            Self::Neighbours => 8,
            Self::Exchanged => 5,
            Self::Shifted => 9,
            Self::Crossed => 4,
            Self::Carried | Self::Misplaced => 0,
        }
    }

    /// In words.
    pub(super) fn text(self) -> Text {
        match self {
            Self::Neighbours => Text::new("相邻两格的数填反", "two neighbouring cells were exchanged"),
            Self::Exchanged | Self::Crossed => Text::new("两格的数填反", "two cells were exchanged"),
            Self::Shifted => Text::new("一段数整体错位一格", "a stretch of numbers moved by one cell"),
            Self::Carried => Text::new(
                "合计是按错了的数加出来的，两格差得一样多",
                "the total was added up with the wrong number: both are off by as much",
            ),
            Self::Misplaced => Text::new(
                "一格多、一格少，差得一样多，像是记错了格",
                "one is too much by what the other lacks, as if counted in the wrong cell",
            ),
        }
    }
}

/// Which of the other changes belongs to a first one because together they are a move.
pub(super) fn partner(
    first: &Way,
    others: &[(usize, Way)],
    moved: impl Fn(&Way) -> Option<Moved>,
) -> Option<usize> {
    let pair = |w: &Way| moved(&first.iter().chain(w).copied().collect()).is_some();
    others.iter().find(|(_, w)| pair(w)).map(|(i, _)| *i)
}

/// The stretch that moved, as the numbers that put it back: of several that would do, the one that mends most;
/// none where two mend as many.
pub(super) fn stretch(problem: &Problem, lines: &[Vec<usize>]) -> Option<Way> {
    let tables = Tables::of(problem);
    // It mends a relation for each of its cells at least.
    if tables.broken.iter().filter(|b| **b).count() < SHORTEST {
        return None;
    }
    let mut found: Vec<(usize, Way)> = Vec::new();
    for line in lines.iter().filter(|l| l.iter().filter(|c| tables.is_suspect(**c)).count() >= SHORTEST) {
        for line in [line.clone(), line.iter().rev().copied().collect()] {
            for first in 0..line.len() {
                tables.put_back(line.get(first..).unwrap_or_default(), &mut found);
            }
        }
    }
    let most = found.iter().map(|f| f.0).max()?;
    let mut best = found.into_iter().filter(|f| f.0 == most);
    match (best.next(), best.next()) {
        (Some((_, only)), None) => Some(only),
        _ => None,
    }
}

/// A problem with the relations of each cell at hand, and which of them are broken.
pub(super) struct Tables<'a> {
    problem: &'a Problem,
    of_cell: Vec<Vec<usize>>,
    broken: Vec<bool>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(problem: &'a Problem) -> Self {
        let mut of_cell = vec![Vec::new(); problem.cells.len()];
        for (i, relation) in problem.relations.iter().enumerate() {
            for (cell, _) in &relation.terms {
                of_cell.get_mut(*cell).into_iter().for_each(|own| own.push(i));
            }
        }
        let fails = |r: &super::solver::Linear| {
            r.sum(|c| problem.cells.get(c)?.value).is_some_and(|s| !r.op.holds(s))
        };
        let broken = problem.relations.iter().map(fails).collect();
        Self { problem, of_cell, broken }
    }

    fn relations_of(&self, cell: usize) -> &[usize] {
        self.of_cell.get(cell).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_suspect(&self, cell: usize) -> bool {
        self.relations_of(cell).iter().any(|r| self.is_broken(*r))
    }

    fn is_broken(&self, relation: usize) -> bool {
        self.broken.get(relation) == Some(&true)
    }

    pub(super) fn entered(&self, cell: usize) -> Option<Decimal> {
        self.problem.cells.get(cell)?.value
    }

    /// Every stretch from the first of these cells on, put back by one cell: its numbers, and how many broken relations
    /// they mend. A cell within it that would change is under suspicion.
    fn put_back(&self, cells: &[usize], found: &mut Vec<(usize, Way)>) {
        let mut way = Way::new();
        for pair in cells.windows(2) {
            let [here, next] = pair else { continue };
            let (Some(from), Some(to)) = (self.entered(*here), self.entered(*next)) else { return };
            if from != to {
                if !self.is_suspect(*here) {
                    return;
                }
                way.push((*here, to));
            }
            let long_enough = way.len() + 1 >= SHORTEST;
            if let Some(back) = long_enough.then(|| self.ended(&way, *next)).flatten()
                && !found.contains(&back)
            {
                found.push(back);
            }
        }
    }

    /// A stretch with its last number as the relations of that cell have it; `None` where it does not mend all that it
    /// touches.
    fn ended(&self, way: &Way, last: usize) -> Option<(usize, Way)> {
        // Where fewer relations are broken than it has cells, it explains too little, whatever its last number is.
        let cells = way.iter().map(|(c, _)| *c).chain([last]);
        if self.touched(cells).iter().filter(|r| self.is_broken(**r)).count() < way.len() {
            return None;
        }
        let end = self.ending(last, way)?;
        let mut way = way.clone();
        if Some(end) != self.entered(last) {
            way.push((last, end));
        }
        let mended = self.mended(&way)?;
        way.sort_unstable_by_key(|p| p.0);
        (way.len() >= SHORTEST && mended >= way.len()).then_some((mended, way))
    }

    /// How many broken relations a way mends; `None` where one that it touches does not hold then.
    pub(super) fn mended(&self, way: &Way) -> Option<usize> {
        let touched = self.touched(way.iter().map(|(c, _)| *c));
        let holds = |r: &usize| {
            let relation = self.problem.relations.get(*r)?;
            relation.sum(|c| self.value(way, c)).map(|sum| relation.op.holds(sum))
        };
        let all = touched.iter().all(|r| holds(r) == Some(true));
        all.then(|| touched.iter().filter(|r| self.is_broken(**r)).count())
    }

    /// The broken relations that see any of the cells of a way.
    pub(super) fn broken_of(&self, way: &Way) -> Vec<usize> {
        let mut touched = self.touched(way.iter().map(|(c, _)| *c));
        touched.retain(|r| self.is_broken(*r));
        touched
    }

    /// The relations that see any of these cells, each once.
    fn touched(&self, cells: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut touched: Vec<usize> = cells.flat_map(|c| self.relations_of(c)).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    fn value(&self, way: &Way, cell: usize) -> Option<Decimal> {
        way.iter().find(|p| p.0 == cell).map(|p| p.1).or_else(|| self.entered(cell))
    }

    /// The number of a cell with which the first of its equations holds, if it may have it.
    fn ending(&self, cell: usize, way: &Way) -> Option<Decimal> {
        let equation = |r: &usize| self.problem.relations.get(*r).is_some_and(|r| r.op == Op::Eq);
        let first = self.relations_of(cell).iter().copied().find(equation)?;
        self.solved(first, cell, way)
    }

    /// The number of a cell with which a relation holds, if it may have it.
    pub(super) fn solved(&self, relation: usize, cell: usize, way: &Way) -> Option<Decimal> {
        let own = self.problem.cells.get(cell)?;
        let relation = self.problem.relations.get(relation)?;
        let k = relation.terms.iter().find(|t| t.0 == cell)?.1;
        let others = relation.sum(|c| if c == cell { Some(Decimal::ZERO) } else { self.value(way, c) })?;
        let value = (-others).checked_div(k)?.normalize();
        let allowed = own.lower.is_none_or(|l| value >= l) && (!own.integer || value.is_integer());
        allowed.then_some(value)
    }
}
