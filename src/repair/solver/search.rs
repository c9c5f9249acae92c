//! The branch and bound itself.

use super::row::{Mask, Row, Support};
use super::scale::{Scaled, Whole};
use super::{Limits, Overflow, Range, Solution, Solutions, Status};
use rust_decimal::Decimal;
use std::rc::Rc;

/// Inequalities that elimination may leave; beyond, the search is given up.
const MAX_ROWS: usize = 4000;

/// A set of cells free to change, and what is left of the relations for the others.
#[derive(Debug, Clone)]
struct Node {
    equalities: Vec<Rc<Row>>,
    inequalities: Vec<Rc<Row>>,
    /// Freed cells with the equality that gives their change, in the order of freeing.
    pivots: Vec<(usize, Rc<Row>)>,
    /// Freed cells that no equality determines.
    loose: Vec<usize>,
    chosen: Vec<usize>,
    weight: u64,
    /// Cells that may still be freed.
    allowed: Mask,
    /// Whether a relation without any cell is left that fails.
    dead: bool,
}

struct Search<'a> {
    whole: &'a Whole,
    limits: Limits,
    lightest: u64,
    heaviest: u64,
    nodes: u64,
    /// The weight that this round may reach.
    bound: u64,
    /// The least weight that this round had to leave out.
    next: u64,
    found: Vec<Solution>,
    found_weight: u64,
    first_only: bool,
}

enum Stop {
    Limit,
    Overflow,
    Found,
}

impl From<Overflow> for Stop {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// What broken relations call for.
enum Outlook {
    /// There is none.
    Holds,
    /// One of these cells must change.
    Branch(Mask),
}

pub(super) fn run(whole: &Whole, limits: Limits) -> Solutions {
    let mut search = Search::new(whole, limits);
    let status = search.all_rounds(u64::MAX);
    let nodes = search.nodes;
    let without = |status| Solutions { status, weight: 0, all: Vec::new(), nodes };
    match status {
        Ok(true) => {
            search.found.sort_by(|a, b| a.cells.cmp(&b.cells));
            let (weight, all) = (search.found_weight, search.found);
            Solutions { status: Status::Solved, weight, all, nodes }
        }
        Ok(false) => without(Status::Infeasible),
        Err(_) => without(Status::GaveUp),
    }
}

/// How many cells a repair needs at least.
pub(super) enum Fewest {
    Are(u32),
    More,
    Never,
}

pub(super) fn fewest(whole: &Whole, most: u32) -> Fewest {
    let mut search = Search::new(whole, Limits::default());
    search.first_only = true;
    match search.all_rounds(u64::from(most)) {
        Err(Stop::Found) => Fewest::Are(search.found_weight as u32),
        Ok(_) if search.next == u64::MAX => Fewest::Never,
        Ok(_) => Fewest::More,
        Err(_) => Fewest::Are(0), // nothing can be promised
    }
}

/// Whether the cells that are unknown have values with which all relations hold.
pub(super) fn feasible(whole: &Whole) -> Result<bool, Overflow> {
    let mut node = Node::root(whole);
    for (cell, _) in whole.cells.iter().enumerate().filter(|(_, c)| c.unknown) {
        node = node.freed(cell, whole)?;
    }
    Ok(!node.dead && node.violated().next().is_none())
}

pub(super) fn range(whole: &Whole, free: &[usize], cell: usize) -> Option<Range> {
    let mut node = Node::root(whole);
    let unknown = whole.cells.iter().enumerate().filter(|(_, c)| c.unknown).map(|(i, _)| i);
    let mut others: Vec<usize> = free.iter().copied().chain(unknown).filter(|c| *c != cell).collect();
    others.sort_unstable();
    others.dedup();
    for other in others {
        node = node.freed(other, whole).ok()?;
    }
    let own = whole.cells.get(cell)?;
    let mut least: Option<Decimal> = own.lower.and_then(|l| whole.amount(l));
    let mut greatest: Option<Decimal> = own.upper.and_then(|u| whole.amount(u));
    let holds_it = |r: &&Rc<Row>| r.mask.has(cell);
    let limit = |row: &Row| whole.amount(own.value)?.checked_add(change(whole, row, cell)?);
    for row in node.equalities.iter().filter(holds_it) {
        let value = limit(row)?;
        least = Some(least.map_or(value, |l| l.max(value)));
        greatest = Some(greatest.map_or(value, |g| g.min(value)));
    }
    for row in node.inequalities.iter().filter(holds_it) {
        let value = limit(row)?;
        if row.coefficient(cell) > 0 {
            greatest = Some(greatest.map_or(value, |g| g.min(value)));
        } else {
            least = Some(least.map_or(value, |l| l.max(value)));
        }
    }
    let broken = node.violated().any(|r| !r.mask.has(cell));
    let crossed = least.zip(greatest).is_some_and(|(l, g)| l > g);
    (!node.dead && !broken && !crossed).then_some(Range { least, greatest })
}

/// The change of a cell that makes a row zero while the others keep their numbers.
fn change(whole: &Whole, row: &Row, cell: usize) -> Option<Decimal> {
    let k = i128::from(row.coefficient(cell));
    let (quotient, rest) = (-row.value / k, -row.value % k);
    match rest {
        0 => whole.amount(quotient),
        _ => whole.amount(-row.value)?.checked_div(Decimal::from_i128_with_scale(k, 0)),
    }
}

impl Node {
    fn root(whole: &Whole) -> Self {
        let mut allowed = Mask::empty(whole.cells.len());
        for (i, _) in whole.cells.iter().enumerate().filter(|(_, c)| !c.frozen && !c.unknown) {
            allowed.insert(i);
        }
        let rows = |rows: &[Row]| rows.iter().map(|r| Rc::new(r.clone())).collect();
        let mut node = Self {
            equalities: rows(&whole.equalities),
            inequalities: rows(&whole.inequalities),
            pivots: Vec::new(),
            loose: Vec::new(),
            chosen: Vec::new(),
            weight: 0,
            allowed,
            dead: false,
        };
        node.tidy();
        node
    }

    /// Drops relations without cells; one of them that fails closes the node.
    fn tidy(&mut self) {
        let dead = self.equalities.iter().any(|r| r.terms.is_empty() && r.value != 0)
            || self.inequalities.iter().any(|r| r.terms.is_empty() && r.is_exceeded());
        self.dead |= dead;
        self.equalities.retain(|r| !r.terms.is_empty());
        self.inequalities.retain(|r| !r.terms.is_empty());
    }

    fn violated(&self) -> impl Iterator<Item = &Rc<Row>> {
        let broken = self.equalities.iter().filter(|r| r.value != 0);
        broken.chain(self.inequalities.iter().filter(|r| r.is_exceeded()))
    }

    /// This node with a cell set free.
    fn freed(&self, cell: usize, whole: &Whole) -> Result<Self, Overflow> {
        let limits = whole.cells.get(cell).map(|c| bounds(whole, c, cell)).unwrap_or_default();
        let holds = |r: &Rc<Row>| r.mask.has(cell);
        let pivot = self
            .equalities
            .iter()
            .enumerate()
            .filter(|(_, r)| holds(r))
            .min_by_key(|(i, r)| (r.terms.len(), *i));
        let mut node = Self { equalities: Vec::new(), inequalities: Vec::new(), ..self.clone_sets() };
        if let Some((at, pivot)) = pivot {
            let out = |r: &Rc<Row>| -> Result<Rc<Row>, Overflow> {
                if holds(r) { Ok(Rc::new(r.without(cell, pivot)?)) } else { Ok(Rc::clone(r)) }
            };
            let others = self.equalities.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, r)| r);
            node.equalities = others.map(out).collect::<Result<_, _>>()?;
            node.inequalities = self.inequalities.iter().chain(&limits).map(out).collect::<Result<_, _>>()?;
            node.pivots.push((cell, Rc::clone(pivot)));
        } else {
            node.equalities.clone_from(&self.equalities);
            node.inequalities = without_loose(self.inequalities.iter().chain(&limits), cell)?;
            node.loose.push(cell);
        }
        node.tidy();
        if node.inequalities.len() > MAX_ROWS {
            return Err(Overflow);
        }
        Ok(node)
    }

    fn clone_sets(&self) -> Self {
        Self {
            equalities: Vec::new(),
            inequalities: Vec::new(),
            pivots: self.pivots.clone(),
            loose: self.loose.clone(),
            chosen: self.chosen.clone(),
            weight: self.weight,
            allowed: self.allowed.clone(),
            dead: self.dead,
        }
    }

    /// The change of every freed cell that the relations determine, as rows that hold that cell alone.
    fn determined(&self) -> Result<Vec<(usize, Row)>, Overflow> {
        let mut solved: Vec<(usize, Row)> = Vec::new();
        for (cell, pivot) in self.pivots.iter().rev() {
            let mut row = Row::clone(pivot);
            for (later, its) in &solved {
                if row.mask.has(*later) {
                    row = row.without(*later, its)?;
                }
            }
            // cells that keep their numbers change by nothing
            row.terms.retain(|t| t.0 as usize == *cell || self.loose.contains(&(t.0 as usize)));
            solved.push((*cell, Row::new(self.cells(), row.terms, row.value, false)));
        }
        Ok(solved)
    }

    fn cells(&self) -> usize {
        self.allowed.bits()
    }
}

/// Fourier and Motzkin: a cell that no equality holds leaves the inequalities, each upper bound with each lower.
fn without_loose<'a>(rows: impl Iterator<Item = &'a Rc<Row>>, cell: usize) -> Result<Vec<Rc<Row>>, Overflow> {
    let (mut kept, mut above, mut below) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        match row.coefficient(cell) {
            0 => kept.push(Rc::clone(row)),
            k if k > 0 => above.push(row),
            _ => below.push(row),
        }
    }
    if above.len() * below.len() > MAX_ROWS {
        return Err(Overflow);
    }
    for (a, b) in above.iter().flat_map(|a| below.iter().map(move |b| (a, b))) {
        kept.push(Rc::new(a.against(cell, b)?));
    }
    Ok(kept)
}

/// The domain of a cell as inequalities of its change.
fn bounds(whole: &Whole, cell: &Scaled, at: usize) -> Vec<Rc<Row>> {
    let row =
        |sign: i64, value: i128| Rc::new(Row::new(whole.cells.len(), vec![(at as u32, sign)], value, false));
    let lower = cell.lower.map(|l| row(-1, l - cell.value));
    let upper = cell.upper.map(|u| row(1, cell.value - u));
    lower.into_iter().chain(upper).collect()
}

impl<'a> Search<'a> {
    fn new(whole: &'a Whole, limits: Limits) -> Self {
        let weights = || whole.cells.iter().filter(|c| !c.frozen && !c.unknown).map(|c| u64::from(c.weight));
        Self {
            whole,
            limits,
            lightest: weights().min().unwrap_or(1),
            heaviest: weights().max().unwrap_or(1),
            nodes: 0,
            bound: 0,
            next: u64::MAX,
            found: Vec::new(),
            found_weight: 0,
            first_only: false,
        }
    }

    /// Rounds of growing weight until one finds something; whether anything was found.
    fn all_rounds(&mut self, most: u64) -> Result<bool, Stop> {
        let Some(root) = self.start()? else { return Ok(false) };
        self.bound = root.weight;
        loop {
            self.next = u64::MAX;
            self.visit(&root)?;
            if !self.found.is_empty() {
                return Ok(true);
            }
            // nothing is left to try where no set was put off
            if self.next > most || self.next == u64::MAX {
                return Ok(false);
            }
            // sets of as many cells differ a little in weight: one round for all of them
            let spread = (self.heaviest - self.lightest).saturating_mul(self.next.div_ceil(self.lightest));
            self.bound = self.next.saturating_add(spread.min(self.lightest - 1));
        }
    }

    /// Unknown cells are free, and so is what breaks its own domain; `None` where that may not change.
    fn start(&self) -> Result<Option<Node>, Stop> {
        let mut node = Node::root(self.whole);
        for (i, cell) in self.whole.cells.iter().enumerate() {
            let forced = !cell.unknown && !cell.allows(cell.value);
            if forced && cell.frozen {
                return Ok(None);
            }
            if forced || cell.unknown {
                node = node.freed(i, self.whole)?;
                node.allowed.remove(i);
            }
            if forced {
                node.chosen.push(i);
                node.weight += u64::from(cell.weight);
            }
        }
        Ok(Some(node))
    }

    fn visit(&mut self, node: &Node) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(Stop::Limit);
        }
        if node.dead {
            return Ok(());
        }
        let broken: Vec<&Mask> = node.violated().map(|r| &r.mask).collect();
        let mut allowed = node.allowed.clone();
        let Some(outlook) = self.outlook(node.weight, &broken, &mut allowed) else { return Ok(()) };
        let candidates = match outlook {
            Outlook::Branch(cells) => cells,
            Outlook::Holds if self.record(node)? => return Ok(()),
            Outlook::Holds => node.allowed.clone(), // no whole numbers: any further cell might help
        };
        for cell in candidates.iter() {
            allowed.remove(cell);
            let weight = node.weight + self.weight(cell);
            if weight > self.bound {
                self.next = self.next.min(weight);
                continue;
            }
            // what is broken without the cell stays so when it is set free: seen before that is worked out
            let without: Vec<&Mask> = broken.iter().copied().filter(|row| !row.has(cell)).collect();
            let mut left = allowed.clone();
            if self.outlook(weight, &without, &mut left).is_none() {
                continue;
            }
            let mut child = node.freed(cell, self.whole)?;
            child.allowed = left;
            child.chosen.push(cell);
            child.weight = weight;
            self.visit(&child)?;
        }
        Ok(())
    }

    fn weight(&self, cell: usize) -> u64 {
        self.whole.cells.get(cell).map_or(1, |c| u64::from(c.weight))
    }

    /// Bounds from below what broken relations cost beyond the weight spent, and narrows the cells that may change.
    /// `None` where there is no repair within the bound.
    fn outlook(&mut self, spent: u64, broken: &[&Mask], allowed: &mut Mask) -> Option<Outlook> {
        let budget = self.bound - spent;
        for _ in 0..4 {
            let mut rows = broken.iter().map(|r| Support::new(r, allowed)).collect::<Option<Vec<_>>>()?;
            rows.sort_by_key(|r| r.size); // stable: ties in the relations' order
            let Some(narrowest) = rows.first().map(Support::cells) else { return Some(Outlook::Holds) };
            let mut narrowed = false;
            let packings = [self.packing(rows.iter()), self.packing(rows.iter().rev())];
            for packing in packings {
                if packing.weight > budget {
                    self.next = self.next.min(spent + packing.weight);
                    return None;
                }
                if budget - packing.weight < self.lightest && !packing.union.contains(allowed) {
                    self.next = self.next.min(spent + packing.weight + self.lightest);
                    allowed.intersect(&packing.union);
                    narrowed = true;
                }
            }
            if !narrowed {
                return Some(Outlook::Branch(narrowest));
            }
        }
        let rows = broken.iter().map(|r| r.and(allowed));
        rows.min_by_key(Mask::count).map(Outlook::Branch)
    }

    /// Broken relations without a cell in common, taken greedily: each needs a change of its own.
    fn packing<'m>(&self, rows: impl Iterator<Item = &'m Support<'m>>) -> Packing {
        let mut packing = Packing { weight: 0, union: Mask::empty(self.whole.cells.len()) };
        for row in rows.filter(|row| row.claims(&mut packing.union)) {
            packing.weight += if self.lightest == self.heaviest {
                self.lightest
            } else {
                row.cells().iter().map(|c| self.weight(c)).min().unwrap_or(0)
            };
        }
        packing
    }

    /// Keeps a set of cells; whether it has whole numbers where it must.
    fn record(&mut self, node: &Node) -> Result<bool, Stop> {
        let mut values: Vec<(usize, Option<Decimal>)> = Vec::new();
        let solved = node.determined()?;
        for &cell in &node.chosen {
            let alone = solved.iter().find(|(c, row)| *c == cell && row.terms.len() == 1);
            let value = match alone {
                Some((_, row)) => {
                    let Some(value) = self.value(cell, row) else { return Ok(false) };
                    Some(value)
                }
                None => range(self.whole, &node.chosen, cell).and_then(Range::only),
            };
            values.push((cell, value));
        }
        if self.first_only {
            self.found_weight = node.weight;
            return Err(Stop::Found);
        }
        if node.weight < self.bound {
            self.bound = node.weight;
            self.found.clear();
        }
        values.sort_unstable_by_key(|v| v.0);
        self.found_weight = node.weight;
        self.found.push(Solution {
            cells: values.iter().map(|v| v.0).collect(),
            values: values.iter().map(|v| v.1).collect(),
        });
        if self.found.len() > self.limits.solutions { Err(Stop::Limit) } else { Ok(true) }
    }

    /// The value that a row gives a cell; `None` where it must be whole and is not.
    fn value(&self, cell: usize, row: &Row) -> Option<Decimal> {
        let own = self.whole.cells.get(cell)?;
        let value = self.whole.amount(own.value)?.checked_add(change(self.whole, row, cell)?)?.normalize();
        (!own.integer || value.is_integer()).then_some(value)
    }
}

struct Packing {
    weight: u64,
    union: Mask,
}
