//! The self-check of a form's rules: relations that follow from others, fields that they force to 0, checks that
//! are always or never met.
//!
//! What is found is told to the owner of the form; a redundant relation is no fault, for it still helps to locate
//! an error.

use super::condition::{Condition, Op, Sum};
use super::linear::{Added, ONE, Row, System};
use super::model::{FieldIx, Form, Relation};
use crate::finding::Text;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that are named where more are concerned.
const FEW_FIELDS: usize = 6;

/// What the self-check has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// This relation follows from those (indexes in [`Form::relations`]).
    Redundant(usize, Vec<usize>),
    /// No numbers satisfy this relation together with those.
    Contradiction(usize, Vec<usize>),
    /// No numbers satisfy all relations together.
    Impossible,
    /// These relations together allow nothing but 0 in these fields.
    OnlyZero(Vec<FieldIx>, Vec<usize>),
    /// The relations together leave a field this one number.
    Only(FieldIx, Decimal),
    /// This inequality follows from the other relations.
    Implied(usize),
    /// This relation holds whatever is filled in.
    NeverBinding(usize),
    /// This check (index in [`Form::checks`]) can never be met.
    NeverMet(usize),
    /// This check is met whatever is filled in.
    AlwaysMet(usize),
}

/// Examines the equations and the single rules of a form; those of the mixed form are left out. What inequalities
/// say together is seen by `repair::rules::examine`, which starts from this.
pub fn review(form: &Form) -> Vec<Remark> {
    let mut system = System::default();
    let mut remarks = Vec::new();
    let binding = |r: &Relation| r.condition.is_none() && form.in_use(r);
    let equations = form.relations.iter().enumerate().filter(|(_, r)| !r.variant && r.is_equation());
    for (i, relation) in equations.filter(|(_, r)| binding(r)) {
        match system.add(i, relation) {
            Added::Follows(from) => remarks.push(Remark::Redundant(i, from)),
            Added::Contradicts(others) => remarks.push(Remark::Contradiction(i, others)),
            Added::New => {}
            Added::TooLarge => return remarks,
        }
    }
    remarks.extend(only_zero(&system, form).map(|(fields, by)| Remark::OnlyZero(fields, by)));
    for (i, relation) in form.relations.iter().enumerate().filter(|(_, r)| !r.variant && binding(r)) {
        if !relation.is_equation() && holds_anyway(form, relation) {
            remarks.push(Remark::NeverBinding(i));
        }
        if let Some(condition) = &relation.condition
            && outlook(form, condition) == Some(false)
        {
            remarks.push(Remark::NeverBinding(i));
        }
    }
    for (i, check) in form.checks.iter().enumerate() {
        match outlook(form, &check.when) {
            Some(false) => remarks.push(Remark::NeverMet(i)),
            Some(true) => remarks.push(Remark::AlwaysMet(i)),
            None => {}
        }
    }
    remarks
}

impl Remark {
    /// Whether it is only said for completeness: an equation that follows from others still helps to locate, and an
    /// inequality says what the form prints.
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::Redundant(..) | Self::Implied(_))
    }

    /// The code of the rule whose line it speaks of, where the same is often said of many of its lines.
    pub fn rule<'a>(&self, form: &'a Form) -> Option<&'a str> {
        match self {
            Self::Redundant(i, _) | Self::Implied(i) | Self::NeverBinding(i) => {
                form.relations.get(*i).map(|r| r.code.as_str())
            }
            _ => None,
        }
    }

    /// The remark for people.
    pub fn text(&self, form: &Form) -> Text {
        let check =
            |i: &usize| form.checks.get(*i).map_or(String::new(), |c| format!("{} {}", c.code, c.place));
        match self {
            Self::Redundant(i, from) => {
                let from = named(form, from);
                Text::new(
                    format!("{} 可由其他关系推出：{from}", relation_name(form, *i)),
                    format!("{} follows from: {from}", relation_name(form, *i)),
                )
            }
            Self::Contradiction(i, others) => {
                let others = named(form, others);
                Text::new(
                    format!("{} 与这些关系矛盾，没有数能同时满足：{others}", relation_name(form, *i)),
                    format!("{} contradicts: {others}; no numbers satisfy them all", relation_name(form, *i)),
                )
            }
            Self::Impossible => {
                Text::new("没有数能同时满足全部关系", "no numbers satisfy all relations together")
            }
            Self::Only(field, value) => {
                let id = form.field(*field).map_or("", |f| f.id.as_str());
                Text::new(format!("{id} 只能是 {value}"), format!("{id} can only be {value}"))
            }
            Self::Implied(i) => Text::new(
                format!("{} 可由其他关系推出，留着不碍事", relation_name(form, *i)),
                format!("{} follows from the others", relation_name(form, *i)),
            ),
            Self::NeverBinding(i) => Text::new(
                format!("{} 不论填什么都成立，不起作用", relation_name(form, *i)),
                format!("{} holds whatever is filled in", relation_name(form, *i)),
            ),
            Self::OnlyZero(fields, by) => {
                let ids: Vec<&str> =
                    fields.iter().filter_map(|f| Some(form.field(*f)?.id.as_str())).collect();
                let (few, by) = (ids.iter().take(FEW_FIELDS).copied().collect::<Vec<_>>(), named(form, by));
                let more = ids.len() - few.len();
                let and = |zh: String, en: String| if more > 0 { (zh, en) } else { Default::default() };
                let (zh, en) = and(format!(" 等 {} 个", ids.len()), format!(" and {more} more"));
                let few = few.join(", ");
                Text::new(
                    format!("关系互相矛盾：{by} 合在一起，下列字段只能为 0：{few}{zh}"),
                    format!("the relations contradict each other: {by} together leave only 0 for {few}{en}"),
                )
            }
            Self::NeverMet(i) => {
                Text::new(format!("{} 永远不会成立", check(i)), format!("{} can never be met", check(i)))
            }
            Self::AlwaysMet(i) => {
                Text::new(format!("{} 总是成立", check(i)), format!("{} is always met", check(i)))
            }
        }
    }
}

fn relation_name(form: &Form, index: usize) -> String {
    form.relations.get(index).map_or(String::new(), |r| format!("{} {}", r.code, r.place))
}

/// A few relations by name, many by how many there are of each code, of the first few codes.
fn named(form: &Form, relations: &[usize]) -> String {
    const FEW: usize = 4;
    if relations.len() <= FEW {
        return relations.iter().map(|i| relation_name(form, *i)).collect::<Vec<_>>().join(", ");
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for relation in relations.iter().filter_map(|i| form.relations.get(*i)) {
        *counts.entry(&relation.code).or_default() += 1;
    }
    let few = counts.iter().take(FEW).map(|(code, n)| format!("{code} × {n}"));
    let more = (counts.len() > FEW).then(|| format!("… ({})", relations.len()));
    few.chain(more).collect::<Vec<_>>().join(", ")
}

/// Fields that stand in a sum of zero with one sign only, and the relations that such sums are made of.
fn only_zero(system: &System, form: &Form) -> Option<(Vec<FieldIx>, Vec<usize>)> {
    let signed = |f: usize| form.fields.get(f.wrapping_sub(1)).is_some_and(|f| f.kind.is_signed());
    let forced = |row: &Row| {
        let one_sign = row.values().all(|k| *k > 0) || row.values().all(|k| *k < 0);
        one_sign && !row.contains_key(&ONE) && !row.keys().any(|f| signed(*f))
    };
    let (mut fields, mut by) = (BTreeSet::new(), BTreeSet::new());
    for (row, made_of) in system.derived().filter(|(row, _)| forced(row)) {
        fields.extend(row.keys().map(|f| FieldIx(f.saturating_sub(1) as u32)));
        by.extend(made_of.keys().copied());
    }
    (!fields.is_empty()).then(|| (fields.into_iter().collect(), by.into_iter().collect()))
}

/// Whether a condition is met whatever is filled in (true) or never (false), where that can be said.
fn outlook(form: &Form, condition: &Condition) -> Option<bool> {
    let of = |parts: &[Condition]| parts.iter().map(|p| outlook(form, p)).collect::<Vec<_>>();
    match condition {
        Condition::All(parts) => match of(parts).as_slice() {
            all if all.contains(&Some(false)) => Some(false),
            all if all.iter().all(|o| *o == Some(true)) => Some(true),
            _ => None,
        },
        Condition::Any(parts) => match of(parts).as_slice() {
            all if all.contains(&Some(true)) => Some(true),
            all if all.iter().all(|o| *o == Some(false)) => Some(false),
            _ => None,
        },
        Condition::Compare(left, op, right) => compare(*op, bounds(form, left, right)),
    }
}

/// Least and greatest value of left − right, over numbers that are not negative unless signed.
fn bounds(form: &Form, left: &Sum, right: &Sum) -> (Option<Decimal>, Option<Decimal>) {
    let mut factors: BTreeMap<(FieldIx, Option<FieldIx>, bool), Decimal> = BTreeMap::new();
    for (sign, sum) in [(Decimal::ONE, left), (-Decimal::ONE, right)] {
        for t in &sum.terms {
            *factors.entry((t.field, t.by, t.last_year)).or_default() += sign * t.factor;
        }
    }
    factors.retain(|_, k| !k.is_zero());
    let signed = |f: FieldIx| form.field(f).is_some_and(|f| f.kind.is_signed());
    let constant = left.constant - right.constant;
    let any_signed = factors.keys().any(|(f, by, _)| signed(*f) || by.is_some_and(signed));
    let least = !any_signed && factors.values().all(|k| *k > Decimal::ZERO);
    let most = !any_signed && factors.values().all(|k| *k < Decimal::ZERO);
    (least.then_some(constant), most.then_some(constant))
}

/// Whether a relation says nothing: what it compares cannot be otherwise.
fn holds_anyway(form: &Form, r: &Relation) -> bool {
    compare(r.op, bounds(form, &r.expected, &r.actual)) == Some(true)
}

fn compare(op: Op, (least, most): (Option<Decimal>, Option<Decimal>)) -> Option<bool> {
    let zero = Decimal::ZERO;
    let above = least.map(|l| (l > zero, l >= zero));
    let below = most.map(|m| (m < zero, m <= zero));
    let is = |side: Option<(bool, bool)>, strict: bool| side.is_some_and(|(s, w)| if strict { s } else { w });
    let (always, never) = match op {
        Op::Greater => (is(above, true), is(below, false)),
        Op::AtLeast => (is(above, false), is(below, true)),
        Op::Less => (is(below, true), is(above, false)),
        Op::AtMost => (is(below, false), is(above, true)),
        Op::Equal => (is(above, false) && is(below, false), is(above, true) || is(below, true)),
        Op::Differs => (is(above, true) || is(below, true), is(above, false) && is(below, false)),
    };
    match (always, never) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{builtin, by_id, small};

    fn remarks(rules: &str) -> Vec<String> {
        let form = small(rules);
        review(&form).iter().map(|r| r.text(&form).en).collect()
    }

    fn relation(place: &str, holds: &str) -> String {
        format!(
            "[[relation]]\ncode = \"R001\"\nplace = \"{place}\"\nholds = \"{holds}\"\n\
             title = {{ zh = \"甲\", en = \"a\" }}\n"
        )
    }

    fn check(when: &str) -> String {
        format!(
            "[[check]]\ncode = \"C001\"\nseverity = \"info\"\nplace = \"x\"\nwhen = \"{when}\"\n\
             title = {{ zh = \"甲\", en = \"a\" }}\ntext = {{ zh = \"甲\", en = \"a\" }}\n"
        )
    }

    #[test]
    fn what_follows_from_others_is_named_with_them() {
        let rules = relation("one", "a = b") + &relation("two", "b = c") + &relation("three", "a = c");
        assert_eq!(remarks(&rules), ["R001 three follows from: R001 one, R001 two"]);
    }

    #[test]
    fn relations_that_leave_only_zero_contradict_each_other() {
        let rules = relation("one", "a + b = c") + &relation("two", "c = a");
        assert_eq!(
            remarks(&rules),
            ["the relations contradict each other: R001 one, R001 two together leave only 0 for b"]
        );
    }

    #[test]
    fn checks_that_cannot_or_must_be_met_are_named() {
        assert_eq!(remarks(&check("a + b < 0")), ["C001 x can never be met"]);
        assert_eq!(remarks(&check("a < a")), ["C001 x can never be met"]);
        assert_eq!(remarks(&check("a + 1 > 0 or b > c")), ["C001 x is always met"]);
        assert!(remarks(&check("a > b and b * 2 >= c")).is_empty());
    }

    #[test]
    fn the_total_column_of_table_three_follows_from_the_others() {
        let form = by_id("xxgk-2021").unwrap();
        let found: Vec<String> = review(form)
            .iter()
            .filter_map(|r| match r {
                Remark::Redundant(i, from) => {
                    let r = &form.relations[*i];
                    Some(format!("{} {} from {}", r.code, r.place, from.len()))
                }
                _ => None,
            })
            .collect();
        // 21 result rows and their total by A301, six columns by A302; four rows and six columns by A303.
        assert_eq!(found, ["A302 total from 28", "A303 total from 10"]);
    }

    #[test]
    fn the_rules_of_our_own_forms_contradict_nothing() {
        for form in builtin() {
            for remark in review(form) {
                assert!(matches!(remark, Remark::Redundant(..)), "{}: {}", form.id, remark.text(form).en);
            }
        }
    }
}
