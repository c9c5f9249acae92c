//! Which added relations would protect the fields of a table that are not located yet.
//!
//! Each proposal is tried: its relations are added, with the totals that they need as cells of their own, and every
//! field is graded again. Only what helps is proposed.

use super::condition::{Condition, Op, Sum};
use super::model::{FieldIx, Form};
use super::protection::{Grade, Signature, grades};
use std::collections::BTreeMap;

/// Relations that could be added to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    /// Checks against last year's report as relations, by code.
    LastYear(Vec<String>),
    /// A total of the columns that have the same label; how many totals.
    SameColumns(usize),
    /// A total of each row; how many totals.
    Rows(usize),
    /// One sum of all numbers of the table.
    CheckSum,
    /// Several of these together.
    All(Vec<Addition>),
}

/// An addition, and how the fields of its table are protected with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Index of the table.
    pub table: usize,
    /// What is added.
    pub addition: Addition,
    /// Fields that are located, detected and unseen then.
    pub counts: [usize; 3],
}

/// A relation to add: its fields with their coefficients, and whether it has a total as a cell of its own.
struct Added {
    terms: Vec<(FieldIx, i128)>,
    with_total: bool,
}

impl Form {
    /// What would protect the fields of each table that are not located yet.
    pub fn proposals(&self) -> Vec<Proposal> {
        (0..self.tables.len()).flat_map(|table| self.proposals_for(table)).collect()
    }

    fn proposals_for(&self, table: usize) -> Vec<Proposal> {
        let now = self.counts(table, &[]);
        let candidates =
            [self.with_last_year(table), self.same_columns(table), self.rows(table), self.check_sum(table)];
        let mut helpful: Vec<(Addition, Vec<Added>, [usize; 3])> = Vec::new();
        for (addition, relations) in candidates.into_iter().flatten() {
            let counts = self.counts(table, &relations.iter().collect::<Vec<_>>());
            if is_better(counts, now) {
                helpful.push((addition, relations, counts));
            }
        }
        let mut out: Vec<Proposal> = helpful
            .iter()
            .map(|(addition, _, counts)| Proposal { table, addition: addition.clone(), counts: *counts })
            .collect();
        out.extend(self.together(table, &helpful));
        out
    }

    /// Two or more of them, where that is better than each alone; as few as reach as much.
    fn together(&self, table: usize, helpful: &[(Addition, Vec<Added>, [usize; 3])]) -> Option<Proposal> {
        let sets = (1u32..1 << helpful.len()).filter(|set| set.count_ones() > 1);
        let tried = sets.map(|set| {
            let chosen =
                || helpful.iter().enumerate().filter(move |(i, _)| set >> i & 1 == 1).map(|(_, h)| h);
            let relations: Vec<&Added> = chosen().flat_map(|h| &h.1).collect();
            let counts = self.counts(table, &relations);
            let addition = Addition::All(chosen().map(|h| h.0.clone()).collect());
            (counts, std::cmp::Reverse(set.count_ones()), std::cmp::Reverse(set), addition)
        });
        let best = tried.max_by_key(|(counts, few, first, _)| ([counts[0], counts[1]], *few, *first))?;
        let better = helpful.iter().all(|h| is_better(best.0, h.2));
        better.then_some(Proposal { table, addition: best.3, counts: best.0 })
    }

    /// How the fields of a table are protected with some relations added.
    fn counts(&self, table: usize, added: &[&Added]) -> [usize; 3] {
        let mut signatures: Vec<(Option<FieldIx>, Signature)> =
            self.printed().map(|f| (Some(f), self.signature(f))).collect();
        for (index, relation) in (self.relations.len()..).zip(added) {
            for (field, signature) in &mut signatures {
                let own = relation.terms.iter().find(|t| Some(t.0) == *field);
                signature.extend(own.map(|t| (index, t.1)));
            }
            if relation.with_total {
                signatures.push((None, vec![(index, -1)]));
            }
        }
        let all: Vec<&Signature> = signatures.iter().map(|s| &s.1).collect();
        let mut counts = [0; 3];
        for ((field, _), grade) in signatures.iter().zip(grades(&all)) {
            if field.and_then(|f| self.field(f)).is_some_and(|f| f.table == table) {
                let [located, detected, unseen] = &mut counts;
                *match grade {
                    Grade::Located => located,
                    Grade::Detected => detected,
                    Grade::Unseen => unseen,
                } += 1;
            }
        }
        counts
    }

    fn fields_of(&self, table: usize) -> Vec<FieldIx> {
        self.printed().filter(|f| self.field(*f).is_some_and(|f| f.table == table)).collect()
    }

    /// Checks and relations with last year's numbers, which count as known.
    fn with_last_year(&self, table: usize) -> Option<(Addition, Vec<Added>)> {
        let checks = self.checks.iter().filter_map(|c| match &c.when {
            Condition::Compare(left, Op::Differs, right) => Some((&c.code, left, right)),
            _ => None,
        });
        let relations = self.relations.iter().filter(|r| !r.variant && r.op == Op::Equal);
        let all = checks.chain(relations.map(|r| (&r.code, &r.expected, &r.actual)));
        let mut codes: Vec<String> = Vec::new();
        let mut added = Vec::new();
        for (code, left, right) in all {
            let Some(terms) = this_year(left, right) else { continue };
            let inside = |(f, _): &(FieldIx, i128)| self.field(*f).is_some_and(|f| f.table == table);
            if !terms.is_empty() && terms.iter().all(inside) {
                if !codes.contains(code) {
                    codes.push(code.clone());
                }
                added.push(Added { terms, with_total: false });
            }
        }
        (!added.is_empty()).then_some((Addition::LastYear(codes), added))
    }

    /// A total for all columns of a table that have the same label.
    fn same_columns(&self, table: usize) -> Option<(Addition, Vec<Added>)> {
        let mut by_label: BTreeMap<&str, Vec<(FieldIx, i128)>> = BTreeMap::new();
        for ix in self.fields_of(table) {
            let label = self.field(ix).and_then(|f| Some((f, self.block_of(f)?)));
            let label = label.and_then(|(f, block)| block.cols.get(f.col)?.path.last());
            by_label.entry(label.map_or("", |l| l.text.as_str())).or_default().push((ix, 1));
        }
        let sums = by_label.into_values().filter(|terms| terms.len() > 1);
        let added: Vec<Added> = sums.map(|terms| Added { terms, with_total: true }).collect();
        (!added.is_empty()).then_some((Addition::SameColumns(added.len()), added))
    }

    /// A total for each row of the blocks that have several.
    fn rows(&self, table: usize) -> Option<(Addition, Vec<Added>)> {
        let mut by_row: BTreeMap<(usize, usize), Vec<(FieldIx, i128)>> = BTreeMap::new();
        for ix in self.fields_of(table) {
            let Some(field) = self.field(ix) else { continue };
            if self.block_of(field).is_some_and(|b| b.rows.len() > 1) {
                by_row.entry((field.block, field.row)).or_default().push((ix, 1));
            }
        }
        let sums = by_row.into_values().filter(|terms| terms.len() > 1);
        let added: Vec<Added> = sums.map(|terms| Added { terms, with_total: true }).collect();
        (!added.is_empty()).then_some((Addition::Rows(added.len()), added))
    }

    fn check_sum(&self, table: usize) -> Option<(Addition, Vec<Added>)> {
        let terms: Vec<(FieldIx, i128)> = self.fields_of(table).into_iter().map(|f| (f, 1)).collect();
        (terms.len() > 1).then(|| (Addition::CheckSum, vec![Added { terms, with_total: true }]))
    }
}

/// More fields located, or as many and fewer unseen.
fn is_better(new: [usize; 3], old: [usize; 3]) -> bool {
    let ([located, _, unseen], [was_located, _, was_unseen]) = (new, old);
    (located, was_unseen) > (was_located, unseen) && located >= was_located && unseen <= was_unseen
}

/// This year's fields of an equation that has last year's in it too, with whole coefficients.
fn this_year(left: &Sum, right: &Sum) -> Option<Vec<(FieldIx, i128)>> {
    let terms = || left.terms.iter().map(|t| (t, 1)).chain(right.terms.iter().map(|t| (t, -1)));
    if !terms().any(|(t, _)| t.last_year) || terms().any(|(t, _)| t.by.is_some()) {
        return None;
    }
    let own = terms().filter(|(t, _)| !t.last_year);
    own.map(|(t, sign)| {
        Some((t.field, sign * i128::try_from(t.factor).ok().filter(|_| t.factor.is_integer())?))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::by_id;

    #[test]
    fn a_row_of_totals_would_locate_every_cell_of_table_four() {
        let form = by_id("xxgk-2021").unwrap();
        let (t2, t3, t4) = (0, 1, 2);
        let proposals = form.proposals();
        let of = |table: usize| proposals.iter().filter(|p| p.table == table).collect::<Vec<_>>();
        assert!(of(t3).is_empty(), "all of it is located");
        let sums = of(t4).into_iter().find(|p| p.addition == Addition::SameColumns(5)).unwrap();
        assert_eq!(sums.counts, [15, 0, 0]);
        let of_two = of(t2);
        let last_year = of_two.iter().find(|p| matches!(p.addition, Addition::LastYear(_))).unwrap();
        assert_eq!(
            (last_year.counts, &last_year.addition),
            ([0, 6, 4], &Addition::LastYear(vec!["X201".into()]))
        );
        let check_sum = of_two.iter().find(|p| p.addition == Addition::CheckSum).unwrap();
        assert_eq!(check_sum.counts, [0, 10, 0]);
        let all = of_two.iter().find(|p| matches!(p.addition, Addition::All(_))).unwrap();
        assert!(all.counts[0] >= 6 && all.counts[2] == 0, "{all:?}");
    }
}
