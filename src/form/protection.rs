//! How well a form's relations protect each of its fields against one wrong value.
//!
//! A wrong value breaks exactly the relations that hold its field, each by the error's size with the sign of its
//! side. Where no other field would break the same relations in the same proportion, the field is located; two
//! such fields can only be told to be wrong together (Fellegi and Holt 1976; in coding terms, equal columns of
//! the check matrix).

use super::condition::Op;
use super::linear::{coefficients, column};
use super::model::{FieldIx, Form, Relation};

/// What becomes of a wrong value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nothing shows it.
    Unseen,
    /// It is seen that something is wrong, not where.
    Detected,
    /// The cell is known, and its value.
    Located,
}

/// How a field is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// The field.
    pub field: FieldIx,
    /// Indexes of the relations that hold it, in [`Form::relations`].
    pub relations: Vec<usize>,
    /// What becomes of a wrong value in it.
    pub grade: Grade,
    /// The fields that a wrong value in it cannot be told from.
    pub confused: Vec<FieldIx>,
}

/// The relations that a field is in, with what an error of 1 in it adds to the difference of their sides.
pub(super) type Signature = Vec<(usize, i128)>;

impl Form {
    /// How each field is protected, in the form's order; those of a mixed form are left out.
    pub fn protection(&self) -> Vec<Protection> {
        let fields: Vec<(FieldIx, Signature)> = (0..self.fields.len() as u32)
            .map(FieldIx)
            .filter(|f| !self.is_variant(*f))
            .map(|f| (f, self.signature(f)))
            .collect();
        let protect = |(field, signature): &(FieldIx, Signature)| {
            let alike = |(g, s): &&(FieldIx, Signature)| g != field && in_proportion(signature, s);
            let confused: Vec<FieldIx> = if signature.is_empty() {
                Vec::new()
            } else {
                fields.iter().filter(alike).map(|(g, _)| *g).collect()
            };
            let grade = grade(signature, !confused.is_empty());
            let relations = signature.iter().map(|(r, _)| *r).collect();
            Protection { field: *field, relations, grade, confused }
        };
        fields.iter().map(protect).collect()
    }

    /// Only relations that every wrong value breaks count: equations of this year's numbers. One that multiplies
    /// fields tells none of them from the others.
    pub(super) fn signature(&self, field: FieldIx) -> Signature {
        let relations = self.relations.iter().enumerate().filter(|(_, r)| !r.variant && self.in_use(r));
        relations.filter_map(|(i, r)| Some((i, weight(r, field)?))).collect()
    }
}

fn weight(relation: &Relation, field: FieldIx) -> Option<i128> {
    if relation.is_equation() {
        return coefficients(relation)?.get(&column(field)).copied();
    }
    let sees = relation.op == Op::Equal && !relation.terms().any(|t| t.last_year);
    (sees && relation.fields().contains(&field)).then_some(1)
}

fn grade(signature: &Signature, is_confused: bool) -> Grade {
    match (signature.is_empty(), is_confused) {
        (true, _) => Grade::Unseen,
        (false, false) => Grade::Located,
        (false, true) => Grade::Detected,
    }
}

/// The grade of each of some cells by their signatures.
pub(super) fn grades(all: &[&Signature]) -> Vec<Grade> {
    let alike =
        |i: usize, own: &Signature| all.iter().enumerate().any(|(j, s)| i != j && in_proportion(own, s));
    all.iter().enumerate().map(|(i, own)| grade(own, alike(i, own))).collect()
}

/// Whether errors in two fields break the same relations in the same proportion.
fn in_proportion(a: &Signature, b: &Signature) -> bool {
    let Some(((_, p), (_, q))) = a.first().zip(b.first()) else { return false };
    let alike = |(x, y): (&(usize, i128), &(usize, i128))| x.0 == y.0 && x.1 * q == y.1 * p;
    a.len() == b.len() && a.iter().zip(b).all(alike)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::by_id;

    #[test]
    fn table_three_locates_table_four_detects_table_two_sees_nothing() {
        let form = by_id("xxgk-2021").unwrap();
        let of = |table: &str, grade: Grade| {
            let id = |p: &&Protection| form.field(p.field).unwrap().id.starts_with(table);
            form.protection().iter().filter(id).filter(|p| p.grade == grade).count()
        };
        assert_eq!(of("t2.", Grade::Unseen), 10);
        assert_eq!(of("t3.", Grade::Located), 175);
        assert_eq!(of("t4.", Grade::Detected), 15);
        assert_eq!(form.protection().len(), 200);
    }

    #[test]
    fn totals_of_results_lie_in_three_relations() {
        let form = by_id("xxgk-2021").unwrap();
        let protection = form.protection();
        let of = |id: &str| protection.iter().find(|p| form.field(p.field).unwrap().id == id).unwrap();
        assert_eq!(of("t3.granted.natural").relations.len(), 2);
        assert_eq!(of("t3.total.natural").relations.len(), 3);
        assert_eq!(of("t4.review.total").confused.len(), 4);
    }
}
