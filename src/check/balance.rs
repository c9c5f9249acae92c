//! A broken relation written out for people: its terms by name, with their numbers.

use super::naming::Names;
use super::{Broken, Sides, Submission};
use crate::finding::{BrokenRelation, Lang, Place, Text, plural};
use crate::form::{FieldIx, Op, Relation, Sum, Term};
use crate::grid::amount;
use rust_decimal::Decimal;

/// Terms that are named one by one; the others are added up.
const NAMED: usize = 8;

/// A broken relation with its place, numbers and cells.
pub fn written_out(s: Submission, broken: &Broken) -> Option<BrokenRelation> {
    let relation = s.form.relations.get(broken.relation)?;
    let cells: Vec<Place> = relation.fields().into_iter().filter_map(|f| s.cell(f)).collect();
    Some(BrokenRelation {
        code: relation.code.clone(),
        place: relation.place.clone(),
        expected: broken.sides.expected,
        actual: broken.sides.actual,
        sums: sums(s, relation, broken.sides),
        cells,
    })
}

/// The words of a broken relation where the form has its own.
pub fn own_words(s: Submission, relation: &Relation) -> Option<Text> {
    let text = &relation.text;
    (!text.is_empty()).then(|| Text::new(s.with_values(&text.zh), s.with_values(&text.en)))
}

/// "表三“自然人”列：（一）予以公开 2 + 2.重复申请 1 = 3，而（七）总计为 4，相差 1".
fn sums(s: Submission, relation: &Relation, sides: Sides) -> Text {
    let names = s.names();
    let scope = Scope::of(names, relation);
    let left = side(s, &scope, &relation.expected, sides.expected);
    let right = side(s, &scope, &relation.actual, sides.actual);
    let place = scope.name(names, relation);
    let off = amount::show((sides.expected - sides.actual).abs());
    let should = compared(relation.op);
    let mut text = Text::new(
        format!("{}：{}，{}{}，相差 {off}", place.zh, left.zh, should.zh, right.zh),
        format!("{}: {}, {} {}, off by {off}", place.en, left.en, should.en, right.en),
    );
    if !sides.slack.is_zero() {
        let slack = amount::show(sides.slack);
        text.zh.extend(["（允许相差 ", &slack, "）"]);
        text.en.extend([" (", &slack, " is allowed)"]);
    }
    text
}

/// What stands between the two sides of a relation that does not hold.
fn compared(op: Op) -> Text {
    match op {
        Op::Equal | Op::Differs => Text::new("而", "but"),
        Op::AtMost => Text::new("应不大于：", "which should not exceed:"),
        Op::Less => Text::new("应小于：", "which should be less than:"),
        Op::AtLeast => Text::new("应不小于：", "which should not be less than:"),
        Op::Greater => Text::new("应大于：", "which should be more than:"),
    }
}

/// One side with its terms and its sum; zeros go without saying.
fn side(s: Submission, scope: &Scope, side: &Sum, sum: Decimal) -> Text {
    let total = amount::show(sum);
    if side.terms.is_empty() {
        return Text::new(format!("应为 {total}"), format!("should be {total}"));
    }
    if let [only] = side.terms.as_slice()
        && side.plain().is_some()
    {
        let name = |lang| term_name(s, scope, only, lang);
        return Text::new(format!("{}为 {total}", name(Lang::Zh)), format!("{} is {total}", name(Lang::En)));
    }
    let value = |t: &Term| {
        let alone = Sum { terms: vec![*t], constant: Decimal::ZERO };
        s.total(&alone).map_or(Decimal::ZERO, |t| t.sum)
    };
    let terms: Vec<(&Term, Decimal)> =
        side.terms.iter().map(|t| (t, value(t))).filter(|(_, v)| !v.is_zero()).collect();
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (term, _) in terms.iter().take(NAMED) {
        zh.push(written_term(s, scope, term, Lang::Zh));
        en.push(written_term(s, scope, term, Lang::En));
    }
    if terms.len() > NAMED {
        let n = terms.len() - NAMED;
        let rest = amount::show(terms.iter().skip(NAMED).map(|(_, v)| *v).sum());
        zh.push(format!("其余 {n} 项 {rest}"));
        en.push(format!("{} {rest}", plural(n, "other")));
    }
    if !side.constant.is_zero() {
        zh.push(amount::show(side.constant));
        en.push(amount::show(side.constant));
    }
    let simple = side.plain().is_some();
    match zh.len() {
        0 => {
            let all = |lang| -> Vec<String> {
                side.terms.iter().take(3).map(|t| term_name(s, scope, t, lang)).collect()
            };
            let more = if side.terms.len() > 3 { ("等", " …") } else { ("", "") };
            Text::new(
                format!("{}{}均为 0", all(Lang::Zh).join("、"), more.0),
                format!("{}{} are all 0", all(Lang::En).join(", "), more.1),
            )
        }
        1 if simple => Text::new(zh.concat(), en.concat()),
        _ => Text::new(format!("{} = {total}", joined(&zh)), format!("{} = {total}", joined(&en))),
    }
}

/// Terms with plus signs, or the minus signs that they bring.
fn joined(terms: &[String]) -> String {
    let mut out = String::new();
    for (i, term) in terms.iter().enumerate() {
        match term.strip_prefix('-') {
            Some(rest) if i > 0 => out.extend([" − ", rest]),
            _ if i > 0 => out.extend([" + ", term]),
            _ => out.push_str(term),
        }
    }
    out
}

/// "自然人 3", "-25%折扣 351 × 0.25", "性别比 105.12 × 女 4521485".
fn written_term(s: Submission, scope: &Scope, term: &Term, lang: Lang) -> String {
    let number = |f: FieldIx, last: bool| {
        let value = if last { s.last_year(f) } else { s.this_year(f) };
        amount::show(value.flatten().unwrap_or_default())
    };
    let mut out = format!("{} {}", term_name(s, scope, term, lang), number(term.field, term.last_year));
    if let Some(by) = term.by {
        out.extend([" × ", &scope.term(s.names(), by, lang), " ", &number(by, false)]);
    }
    if term.factor.abs() != Decimal::ONE {
        out.extend([" × ", &amount::show(term.factor.abs())]);
    }
    if term.factor < Decimal::ZERO { format!("-{out}") } else { out }
}

fn term_name(s: Submission, scope: &Scope, term: &Term, lang: Lang) -> String {
    let name = scope.term(s.names(), term.field, lang);
    if term.last_year { format!("{}{name}", lang.pick("上年", "last year's ")) } else { name }
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
        let fields = relation.terms().flat_map(|t| [Some(t.field), t.by]).flatten();
        let fields: Vec<_> =
            fields.filter_map(|ix| Some((ix, names.form.fields.get(ix.0 as usize)?))).collect();
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

    fn name(&self, names: Names, relation: &Relation) -> Text {
        let both =
            |table: &str, zh: String, en: String| Text::new(format!("{table}{zh}"), format!("{table}{en}"));
        match self {
            Self::Row(f) => {
                let name = names.row_name(*f);
                both(names.table_of(*f), format!("“{name}”行"), format!(", row “{name}”"))
            }
            Self::Column(f) => {
                let name = names.col_name(*f);
                both(names.table_of(*f), format!("“{name}”列"), format!(", column “{name}”"))
            }
            Self::Group(f) => {
                let name = names.group_name(*f);
                both(names.table_of(*f), format!("“{name}”"), format!(", “{name}”"))
            }
            Self::Apart => {
                let table = relation.terms().next().map_or("", |t| names.table_of(t.field));
                Text::new(table, table)
            }
        }
    }

    fn term(&self, names: Names, ix: FieldIx, lang: Lang) -> String {
        match self {
            Self::Row(_) => names.col_name(ix),
            Self::Group(_) => names.col_leaf(ix),
            Self::Column(_) => names.row_name(ix),
            Self::Apart => names.field(ix).get(lang).to_owned(),
        }
    }
}
