//! Cells of a district's own table that are off together: a number that is off takes the totals along that are summed up
//! from it, and the relations of the form hold nonetheless. That is one fault and not as many as cells.

use super::aggregate::Gap;
use super::suspects::{Suspect, Suspects};
use crate::form::{FieldIx, Form, Op, Relation};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Cells that are off together, by their fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// Those that are no totals of others that are off.
    pub(super) own: Vec<FieldIx>,
    /// The totals.
    pub(super) totals: Vec<FieldIx>,
    /// Whether it is of several such that one office is behind.
    pub(super) of_one: bool,
    /// Whether relations of the form do not hold by what the cells are off.
    pub(super) breaks: bool,
}

impl Group {
    pub(super) fn has(&self, field: FieldIx) -> bool {
        self.own.contains(&field) || self.totals.contains(&field)
    }
}

/// The same with those as one of which one office is known to be behind.
pub(super) fn by_office(groups: Vec<Group>, suspects: &Suspects) -> Vec<Group> {
    let mut merged: Vec<(Option<Suspect>, Group)> = Vec::new();
    for group in groups {
        let sure = group.own.first().and_then(|field| suspects.sure(*field));
        let known = merged.iter_mut().find(|(office, _)| office.is_some() && *office == sure);
        match known {
            Some((_, one)) => {
                one.own.extend(group.own);
                one.totals.extend(group.totals);
                one.of_one = true;
                one.breaks |= group.breaks;
            }
            None => merged.push((sure, group)),
        }
    }
    merged.into_iter().map(|(_, group)| group).collect()
}

/// The gaps in groups, in the form's order; `compared` are the fields of which it is known whether they are off.
pub(super) fn groups(gaps: &[Gap], compared: &[FieldIx], form: &Form) -> Vec<Group> {
    let off: BTreeMap<FieldIx, Decimal> = gaps.iter().map(|g| (g.field, g.by())).collect();
    let mut named: BTreeMap<FieldIx, FieldIx> = off.keys().map(|f| (*f, *f)).collect();
    let mut totals = Vec::new();
    let mut broken: Vec<FieldIx> = Vec::new();
    for relation in &form.relations {
        let Some(linked) = together(relation, &off, compared) else {
            broken.extend(breaks(relation, &off, compared));
            continue;
        };
        let names: Vec<FieldIx> = linked.iter().filter_map(|f| named.get(f).copied()).collect();
        let Some(least) = names.iter().min().copied() else { continue };
        named.values_mut().filter(|n| names.contains(n)).for_each(|n| *n = least);
        if let [total] = relation.actual.terms.as_slice() {
            totals.push(total.field);
        }
    }
    let mut groups: BTreeMap<FieldIx, Group> = BTreeMap::new();
    for (field, name) in named {
        let group = groups.entry(name).or_default();
        if totals.contains(&field) {
            group.totals.push(field);
        } else {
            group.own.push(field);
        }
        group.breaks |= broken.contains(&field);
    }
    groups.into_values().collect()
}

/// The fields of a relation that are off, two at least, if it holds by what they are off.
fn together(
    relation: &Relation,
    off: &BTreeMap<FieldIx, Decimal>,
    compared: &[FieldIx],
) -> Option<Vec<FieldIx>> {
    let linked = those_off(relation, off, compared);
    (linked.len() > 1 && holds(relation, off)?).then_some(linked)
}

/// The fields of a relation that are off, if it does not hold by what they are off.
fn breaks(relation: &Relation, off: &BTreeMap<FieldIx, Decimal>, compared: &[FieldIx]) -> Vec<FieldIx> {
    if holds(relation, off) == Some(false) { those_off(relation, off, compared) } else { Vec::new() }
}

/// The fields of a linear relation that are off, where all of them are compared.
fn those_off(relation: &Relation, off: &BTreeMap<FieldIx, Decimal>, compared: &[FieldIx]) -> Vec<FieldIx> {
    let is_linear = relation.op == Op::Equal && relation.terms().all(|t| t.by.is_none() && !t.last_year);
    let fields = relation.fields();
    if !is_linear || !fields.iter().all(|f| compared.contains(f)) {
        return Vec::new();
    }
    fields.into_iter().filter(|f| off.contains_key(f)).collect()
}

/// Whether both sides of a relation are off by the same.
fn holds(relation: &Relation, off: &BTreeMap<FieldIx, Decimal>) -> Option<bool> {
    let moved = |terms: &[crate::form::Term]| {
        let by = |t: &crate::form::Term| {
            off.get(&t.field).map_or(Some(Decimal::ZERO), |by| by.checked_mul(t.factor))
        };
        terms.iter().try_fold(Decimal::ZERO, |sum, t| sum.checked_add(by(t)?))
    };
    Some(moved(&relation.expected.terms)? == moved(&relation.actual.terms)?)
}
