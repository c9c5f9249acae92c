//! All smallest repairs of a part -> groups of cells that are wrong for one reason.
//!
//! What is common to all repairs stands alone, cell by cell; the rest falls into groups that vary independently.
//! Where they do not, they are one group: their causes cannot be told apart.

use super::solver::{Problem, Solution};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Cells and the values they should have.
pub(super) type Way = Vec<(usize, Decimal)>;

/// Changes that go together, in one or more ways.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) options: Vec<Way>,
    /// Broken relations of the form that it accounts for.
    pub(super) relations: Vec<usize>,
}

impl Group {
    pub(super) fn new(options: Vec<Way>) -> Self {
        Self { options, relations: Vec::new() }
    }

    /// Whether a cell is changed by any of its options.
    pub(super) fn holds(&self, cell: usize) -> bool {
        self.options.iter().flatten().any(|(c, _)| *c == cell)
    }

    /// Takes another group in: every option of one with every option of the other.
    pub(super) fn absorb(&mut self, other: Self) {
        let both = |a: &Way, b: &Way| {
            let mut both: Way = a.iter().chain(b).copied().collect();
            both.sort_unstable_by_key(|p| p.0);
            both
        };
        self.options =
            self.options.iter().flat_map(|a| other.options.iter().map(move |b| both(a, b))).collect();
        self.relations.extend(other.relations);
        self.relations.sort_unstable();
    }
}

/// The cells of a solution with the values that it has for them.
pub(super) fn way_of(solution: &Solution) -> Way {
    solution.cells.iter().zip(&solution.values).filter_map(|(c, v)| Some((*c, (*v)?))).collect()
}

/// Groups of changes, in the order of their first cells.
pub(super) fn groups(problem: &Problem, solutions: &[Solution]) -> Vec<Group> {
    let options: Vec<Way> = solutions.iter().map(way_of).collect();
    let common: Vec<(usize, Decimal)> = match options.split_first() {
        Some((first, rest)) => first.iter().filter(|p| rest.iter().all(|o| o.contains(p))).copied().collect(),
        None => Vec::new(),
    };
    let mut groups: Vec<Group> = common.iter().map(|p| Group::new(vec![vec![*p]])).collect();
    let varying: Vec<Way> =
        options.iter().map(|o| o.iter().filter(|p| !common.contains(p)).copied().collect()).collect();
    if varying.iter().any(|o| !o.is_empty()) {
        groups.extend(independent(problem, &varying));
    }
    groups.sort_by_key(|g| g.options.iter().flatten().map(|p| p.0).min());
    groups
}

/// Splits what varies into groups without a relation in common, if all their combinations are repairs.
fn independent(problem: &Problem, varying: &[Way]) -> Vec<Group> {
    let cells: BTreeSet<usize> = varying.iter().flatten().map(|p| p.0).collect();
    let mut group_of: BTreeMap<usize, usize> = cells.iter().map(|c| (*c, *c)).collect();
    for relation in &problem.relations {
        let own: Vec<usize> = relation.terms.iter().filter_map(|(c, _)| group_of.get(c).copied()).collect();
        if let Some(least) = own.iter().min().copied() {
            group_of.values_mut().filter(|g| own.contains(g)).for_each(|g| *g = least);
        }
    }
    let names: BTreeSet<usize> = group_of.values().copied().collect();
    let projected = |name: usize| -> BTreeSet<Way> {
        let inside = |p: &&(usize, Decimal)| group_of.get(&p.0) == Some(&name);
        varying.iter().map(|o| o.iter().filter(inside).copied().collect()).collect()
    };
    let parts: Vec<BTreeSet<Way>> = names.into_iter().map(projected).collect();
    let combinations = parts.iter().try_fold(1usize, |n, p| n.checked_mul(p.len()));
    if combinations == Some(varying.len()) {
        parts.into_iter().map(|p| Group::new(p.into_iter().collect())).collect()
    } else {
        vec![Group::new(varying.to_vec())]
    }
}
