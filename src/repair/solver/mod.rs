//! Error localisation: the lightest sets of cells whose change makes all linear relations hold.
//!
//! The principle is that of I. P. Fellegi and D. Holt, "A systematic approach to automatic edit and imputation",
//! JASA 71 (1976): change as little as possible, and so that every edit rule can be satisfied. The search is a
//! branch and bound that eliminates the cells it sets free (T. de Waal and R. Quere, JOS 19 (2003)): equalities by
//! a pivot, inequalities by Fourier and Motzkin. A relation that is broken although it holds only cells that keep
//! their numbers is a proof that one of them must change; that is what branches. Broken relations without a cell
//! in common bound the weight that is still needed, and where nothing is to spare, the cells that may change.
//!
//! Whole numbers throughout: decimals are scaled, an overflow gives the search up. Knows no form and no texts.

mod row;
mod scale;
mod search;

use rust_decimal::Decimal;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The number entered; `None` for one that is unknown, which changes at no cost.
    pub value: Option<Decimal>,
    /// Whether it must be whole.
    pub integer: bool,
    /// The least number allowed.
    pub lower: Option<Decimal>,
    /// The greatest number allowed.
    pub upper: Option<Decimal>,
    /// What it costs to change it, at least 1.
    pub weight: u32,
    /// Whether it must keep its number.
    pub frozen: bool,
}

impl Cell {
    /// A whole number, not negative, of weight 1.
    pub fn count(value: Decimal) -> Self {
        let zero = Some(Decimal::ZERO);
        Self { value: Some(value), integer: true, lower: zero, upper: None, weight: 1, frozen: false }
    }

    /// Any number, of weight 1.
    pub fn number(value: Option<Decimal>) -> Self {
        Self { value, integer: false, lower: None, upper: None, weight: 1, frozen: false }
    }
}

/// How a sum relates to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// It is zero.
    Eq,
    /// It is zero or less.
    Le,
    /// It is less than zero.
    Lt,
    /// It is zero or more.
    Ge,
    /// It is more than zero.
    Gt,
}

impl Op {
    /// Whether a sum stands so to zero.
    pub fn holds(self, sum: Decimal) -> bool {
        let zero = Decimal::ZERO;
        match self {
            Self::Eq => sum == zero,
            Self::Le => sum <= zero,
            Self::Lt => sum < zero,
            Self::Ge => sum >= zero,
            Self::Gt => sum > zero,
        }
    }
}

/// A linear relation: the sum of its terms and its constant relates to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linear {
    /// Cells with their coefficients.
    pub terms: Vec<(usize, Decimal)>,
    /// What is added to them.
    pub constant: Decimal,
    /// How the sum relates to zero.
    pub op: Op,
}

impl Linear {
    /// The sum; `None` where a cell is unknown or the sum is beyond exact numbers.
    pub fn sum(&self, value: impl Fn(usize) -> Option<Decimal>) -> Option<Decimal> {
        self.terms
            .iter()
            .try_fold(self.constant, |sum, (cell, k)| sum.checked_add(k.checked_mul(value(*cell)?)?))
    }
}

/// Cells and the relations between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The cells.
    pub cells: Vec<Cell>,
    /// The relations.
    pub relations: Vec<Linear>,
}

/// When to give up: counted in steps, not in time, so that results stay the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sets of cells looked at.
    pub nodes: u64,
    /// Solutions kept.
    pub solutions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 150_000, solutions: 1024 }
    }
}

/// What became of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Every lightest set of cells was found.
    Solved,
    /// No change of cells makes all relations hold.
    Infeasible,
    /// A limit was met; nothing is known.
    GaveUp,
}

/// One lightest set of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// The cells to change, unknown ones not included.
    pub cells: Vec<usize>,
    /// Their values; `None` where the relations leave more than one.
    pub values: Vec<Option<Decimal>>,
}

/// All lightest sets of cells of a problem, or of a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solutions {
    /// Whether they were found.
    pub status: Status,
    /// The weight of each of them.
    pub weight: u64,
    /// The sets, in the order of their cells.
    pub all: Vec<Solution>,
    /// Sets of cells looked at.
    pub nodes: u64,
}

/// Numbers grew beyond what is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overflow;

/// The cell that stands for all that a cell is joined to.
fn find(leader: &[usize], mut i: usize) -> usize {
    while let Some(&up) = leader.get(i).filter(|up| **up != i) {
        i = up;
    }
    i
}

/// Parts of a problem that have no relation in common: the cells of each, in order.
pub fn parts(problem: &Problem) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..problem.cells.len()).collect();
    for relation in &problem.relations {
        let mut cells = relation.terms.iter().map(|t| t.0);
        let Some(first) = cells.next() else { continue };
        for other in cells {
            let (a, b) = (find(&leader, first), find(&leader, other));
            if let Some(slot) = leader.get_mut(a.max(b)) {
                *slot = a.min(b);
            }
        }
    }
    let mut parts: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for cell in 0..problem.cells.len() {
        parts.entry(find(&leader, cell)).or_default().push(cell);
    }
    parts.into_values().collect()
}

/// The part of a problem that holds these cells.
pub fn restrict(problem: &Problem, cells: &[usize]) -> Problem {
    let place = |cell: usize| cells.binary_search(&cell).ok();
    let relations = problem.relations.iter().filter_map(|r| {
        let terms: Option<Vec<_>> = r.terms.iter().map(|(c, k)| Some((place(*c)?, *k))).collect();
        terms.map(|terms| Linear { terms, ..r.clone() })
    });
    Problem {
        cells: cells.iter().filter_map(|c| problem.cells.get(*c).cloned()).collect(),
        relations: relations.collect(),
    }
}

/// All lightest sets of cells of one connected problem.
pub fn solve_part(problem: &Problem, limits: Limits) -> Solutions {
    let gave_up = Solutions { status: Status::GaveUp, weight: 0, all: Vec::new(), nodes: 0 };
    match scale::scaled(problem) {
        Ok(scaled) => search::run(&scaled, limits),
        Err(Overflow) => gave_up,
    }
}

/// All lightest sets of cells of a problem: its parts solved one by one and put together.
pub fn solve(problem: &Problem, limits: Limits) -> Solutions {
    let empty = Solution { cells: Vec::new(), values: Vec::new() };
    let mut whole = Solutions { status: Status::Solved, weight: 0, all: vec![empty], nodes: 0 };
    for cells in parts(problem) {
        let part = solve_part(&restrict(problem, &cells), limits);
        whole.nodes += part.nodes;
        if part.status != Status::Solved || whole.all.len() * part.all.len() > limits.solutions {
            let status = if part.status == Status::Infeasible { part.status } else { Status::GaveUp };
            return Solutions { status, all: Vec::new(), ..whole };
        }
        whole.weight += part.weight;
        let joined = whole.all.iter().flat_map(|head| part.all.iter().map(|tail| join(head, tail, &cells)));
        whole.all = joined.collect();
    }
    whole
}

/// Two solutions of different parts as one, the cells of the second by their place in `cells`.
fn join(head: &Solution, tail: &Solution, cells: &[usize]) -> Solution {
    let moved = tail.cells.iter().filter_map(|c| cells.get(*c)).copied();
    let mut pairs: Vec<(usize, Option<Decimal>)> = head
        .cells
        .iter()
        .copied()
        .chain(moved)
        .zip(head.values.iter().chain(&tail.values).copied())
        .collect();
    pairs.sort_unstable_by_key(|p| p.0);
    Solution { cells: pairs.iter().map(|p| p.0).collect(), values: pairs.iter().map(|p| p.1).collect() }
}

/// The fewest cells that must change together with a cell, itself included, so that no equality notices.
///
/// That is the smallest support of a vector of the relations' kernel that is not zero at the cell; the least over
/// all cells is the minimum distance of the relations as a code. `None`: every change of the cell is noticed.
/// Gives at most `most`: cells beyond are not told apart.
pub fn distance(problem: &Problem, cell: usize, most: u32) -> Option<u32> {
    let one = |i: usize| if i == cell { Decimal::ONE } else { Decimal::ZERO };
    let cells = (0..problem.cells.len()).map(|i| Cell { frozen: i == cell, ..Cell::number(Some(one(i))) });
    let equalities = problem.relations.iter().filter(|r| r.op == Op::Eq);
    let relations = equalities.map(|r| Linear { constant: Decimal::ZERO, ..r.clone() }).collect();
    let shifted = Problem { cells: cells.collect(), relations };
    let found = search::fewest(&scale::scaled(&shifted).ok()?, most.saturating_sub(1));
    match found {
        search::Fewest::Are(others) => Some(others + 1),
        search::Fewest::More => Some(most),
        search::Fewest::Never => None,
    }
}

/// The values that a cell can take while all relations hold, other cells in `free` changing as they like.
pub fn range(problem: &Problem, free: &[usize], cell: usize) -> Option<Range> {
    search::range(&scale::scaled(problem).ok()?, free, cell)
}

/// The least and the greatest value of a cell; `None` where there is no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least value.
    pub least: Option<Decimal>,
    /// The greatest value.
    pub greatest: Option<Decimal>,
}

impl Range {
    /// The only value, if there is one.
    pub fn only(self) -> Option<Decimal> {
        self.least.filter(|_| self.least == self.greatest)
    }
}

/// Whether any values at all make every relation hold (whole numbers are not asked for).
pub fn is_feasible(problem: &Problem) -> Option<bool> {
    let unknown = |c: &Cell| Cell { value: None, frozen: false, ..c.clone() };
    let open =
        Problem { cells: problem.cells.iter().map(unknown).collect(), relations: problem.relations.clone() };
    search::feasible(&scale::scaled(&open).ok()?).ok()
}
