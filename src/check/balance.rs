//! A broken relation written out for people: its terms by name, with their numbers.

use super::naming::Names;
use super::{Broken, Submission};
use crate::finding::{BrokenRelation, Place, Text};
use crate::form::{FieldIx, Relation};
use crate::grid::amount;
use rust_decimal::Decimal;

/// Terms that are named one by one; the others are added up.
const NAMED: usize = 8;

/// A broken relation with its place, numbers and cells.
pub fn written_out(s: Submission, broken: &Broken) -> Option<BrokenRelation> {
    let relation = s.form.relations.get(broken.relation)?;
    let fields = || relation.expected.iter().chain(&relation.actual);
    let cells: Vec<Place> = fields().filter_map(|f| s.cell(*f)).collect();
    Some(BrokenRelation {
        code: relation.code.clone(),
        place: relation.place.clone(),
        expected: broken.expected,
        actual: broken.actual,
        sums: sums(s, relation, broken),
        cells,
    })
}

/// "表三“自然人”列：（一）予以公开 2 + 2.重复申请 1 = 3，而（七）总计为 4".
fn sums(s: Submission, relation: &Relation, broken: &Broken) -> Text {
    let names = s.names();
    let scope = Scope::of(names, relation);
    let left = side(s, &scope, &relation.expected, broken.expected);
    let right = side(s, &scope, &relation.actual, broken.actual);
    let place = scope.name(names, relation);
    Text::new(
        format!(
            "{place}：{}，而{}，相差 {}",
            left.zh,
            right.zh,
            amount::show((broken.expected - broken.actual).abs())
        ),
        format!(
            "{place}: {}, but {}, off by {}",
            left.en,
            right.en,
            amount::show((broken.expected - broken.actual).abs())
        ),
    )
}

/// One side with its terms and its sum; zeros go without saying.
fn side(s: Submission, scope: &Scope, fields: &[FieldIx], sum: Decimal) -> Text {
    let names = s.names();
    let term = |f: &FieldIx| (scope.term(names, *f), s.filled.amount(*f).unwrap_or_default());
    if let [only] = fields {
        let (name, value) = term(only);
        return Text::new(
            format!("{name}为 {}", amount::show(value)),
            format!("{name} is {}", amount::show(value)),
        );
    }
    let terms: Vec<(String, Decimal)> = fields.iter().map(term).filter(|(_, v)| !v.is_zero()).collect();
    let mut shown: Vec<String> =
        terms.iter().take(NAMED).map(|(name, v)| format!("{name} {}", amount::show(*v))).collect();
    let rest: Decimal = terms.iter().skip(NAMED).map(|(_, v)| *v).sum();
    let (mut zh, mut en) = (shown.clone(), std::mem::take(&mut shown));
    if terms.len() > NAMED {
        let n = terms.len() - NAMED;
        zh.push(format!("其余 {n} 项 {}", amount::show(rest)));
        en.push(format!("{n} others {}", amount::show(rest)));
    }
    let total = amount::show(sum);
    match terms.len() {
        0 => {
            let all: Vec<String> = fields.iter().take(3).map(|f| scope.term(names, *f)).collect();
            let more = if fields.len() > 3 { "等" } else { "" };
            Text::new(format!("{}{more}均为 0", all.join("、")), format!("{} … are all 0", all.join(", ")))
        }
        1 => Text::new(zh.concat(), en.concat()),
        _ => Text::new(format!("{} = {total}", zh.join(" + ")), format!("{} = {total}", en.join(" + "))),
    }
}

/// What the terms of a relation have in common: then only the rest of their names is said.
enum Scope {
    /// One row: terms are columns.
    Row(FieldIx),
    /// One column: terms are rows.
    Column(FieldIx),
    /// One row and one group of columns.
    Group(FieldIx),
    /// Nothing.
    Apart,
}

impl Scope {
    fn of(names: Names, relation: &Relation) -> Self {
        let fields: Vec<_> = relation
            .expected
            .iter()
            .chain(&relation.actual)
            .filter_map(|ix| Some((*ix, names.form.fields.get(ix.0 as usize)?)))
            .collect();
        let Some(&(first, head)) = fields.first() else { return Self::Apart };
        let block = (head.table, head.block);
        if !fields.iter().all(|(_, f)| (f.table, f.block) == block) {
            return Self::Apart;
        }
        if fields.iter().all(|(_, f)| f.row == head.row) {
            let single = names.rows(first) == 1;
            return if single { Self::Group(first) } else { Self::Row(first) };
        }
        if fields.iter().all(|(_, f)| f.col == head.col) { Self::Column(first) } else { Self::Apart }
    }

    fn name(&self, names: Names, relation: &Relation) -> String {
        match self {
            Self::Row(f) => format!("{}“{}”行", names.table_of(*f), names.row_name(*f)),
            Self::Column(f) => format!("{}“{}”列", names.table_of(*f), names.col_name(*f)),
            Self::Group(f) => format!("{}“{}”", names.table_of(*f), names.group_name(*f)),
            Self::Apart => relation.expected.first().map_or("", |f| names.table_of(*f)).to_owned(),
        }
    }

    fn term(&self, names: Names, ix: FieldIx) -> String {
        match self {
            Self::Row(_) | Self::Group(_) => names.col_leaf(ix),
            Self::Column(_) => names.row_name(ix),
            Self::Apart => names.field(ix),
        }
    }
}
