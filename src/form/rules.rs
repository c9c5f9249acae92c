//! Relations and checks of a definition, written out for every line that they hold for.

use super::condition::{Condition, LAST_YEAR, Sum, Term};
use super::formula::{self, Scope};
use super::load::life;
use super::model::{Check, Exempt, FieldIx, Form, Level, Relation, Rule};
use super::problem::Problems;
use super::scope::{Place, places};
use super::source::{RawCheck, RawExempt, RawForm, RawRelation, RawRule, Word};
use crate::finding::{Severity, Text};

/// Adds the rules of a definition to its form.
pub(super) fn add(raw: &RawForm, form: &mut Form, problems: &mut Problems) {
    let mut rules = Vec::new();
    let mut relations = Vec::new();
    let mut checks = Vec::new();
    for r in &raw.relations {
        relations.extend(expand_relation(r, rules.len(), form, problems));
        let rule = &r.rule;
        rules.push(Rule {
            code: rule.code.text.clone(),
            severity: severity(rule.severity.as_ref()),
            life: life(&rule.life, problems),
            exempt: rule.exempt.as_ref().map(read_exempt),
            title: rule.title.clone(),
            basis: rule.basis.text.clone(),
            scope: rule.scope.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
            formula: r.holds.text.clone(),
        });
    }
    for c in &raw.checks {
        checks.extend(expand_check(c, form, problems));
    }
    form.rules = rules;
    form.relations = relations;
    form.checks = checks;
}

fn expand_relation(r: &RawRelation, index: usize, form: &Form, problems: &mut Problems) -> Vec<Relation> {
    let mut out = Vec::new();
    let rule = &r.rule;
    for place in scope_places(rule, &r.holds, form, problems) {
        let (expected, op, actual) = match formula::comparison(&r.holds.text, &place) {
            Ok(sides) => sides,
            Err((message, hint)) => {
                problems.add(r.holds.at, message, hint);
                break;
            }
        };
        let terms: Vec<Term> = expected.terms.iter().chain(&actual.terms).copied().collect();
        if let Some(twice) = repeated(&terms) {
            let id = form.field(twice).map_or("", |f| f.id.as_str());
            let message = Text::new(
                format!("字段“{id}”在公式中出现两次"),
                format!("field `{id}` stands twice in the formula"),
            );
            problems.add(r.holds.at, message, Text::new("每个字段只能出现一次", "name each field once"));
            break;
        }
        let condition = match &r.condition {
            Some(word) => read_condition(word, &place, problems),
            None => None,
        };
        let variant = terms.iter().any(|t| form.is_variant(t.field));
        let relation = Relation {
            code: rule.code.text.clone(),
            place: place.id.clone(),
            expected,
            op,
            actual,
            tolerance: r.tolerance.unwrap_or_default(),
            condition,
            text: filled_in(rule.text.as_ref(), rule.text_at, &place, problems),
            rule: index,
            variant,
        };
        let mixed = mixed(&relation, form);
        out.push(relation);
        out.extend(mixed);
    }
    out
}

/// A field that stands twice in the sums of a relation, of the same year.
fn repeated(terms: &[Term]) -> Option<FieldIx> {
    let key = |t: &Term| (t.field, t.by, t.last_year);
    let earlier = |(i, t): &(usize, &Term)| terms.iter().take(*i).any(|e| key(e) == key(t));
    terms.iter().enumerate().find(earlier).map(|(_, t)| t.field)
}

/// The relation of a mixed form: the lines that a line replaces are taken out, that line is put in.
fn mixed(relation: &Relation, form: &Form) -> Vec<Relation> {
    let variants = (0..form.fields.len() as u32).map(FieldIx).filter(|f| form.is_variant(*f));
    let with = |stands: FieldIx| {
        let gone = replaced_fields(form, stands);
        let has_all = |side: &Sum| gone.iter().all(|g| side.terms.iter().any(|t| t.field == *g));
        let mut new = Relation { variant: true, ..relation.clone() };
        let side = if has_all(&new.expected) { &mut new.expected } else { &mut new.actual };
        if gone.is_empty() || !has_all(side) {
            return None;
        }
        let first = side.terms.iter().position(|t| gone.contains(&t.field))?;
        let term = Term { field: stands, ..*side.terms.get(first)? };
        side.terms.retain(|t| !gone.contains(&t.field));
        side.terms.insert(first, term);
        Some(new)
    };
    variants.filter_map(with).collect()
}

/// The fields that a field of a replacing line stands for.
fn replaced_fields(form: &Form, stands: FieldIx) -> Vec<FieldIx> {
    let Some(field) = form.field(stands) else { return Vec::new() };
    let Some(block) = form.block_of(field) else { return Vec::new() };
    let ids = |line: Option<&super::model::Line>| line.map(|l| l.replaces.clone()).unwrap_or_default();
    let (rows, cols) = (ids(block.rows.get(field.row)), ids(block.cols.get(field.col)));
    let same_block = |f: &&FieldIx| {
        form.field(**f).is_some_and(|g| {
            let row = block.rows.get(g.row).is_some_and(|l| rows.contains(&l.id));
            let col = block.cols.get(g.col).is_some_and(|l| cols.contains(&l.id));
            (row && g.col == field.col) || (col && g.row == field.row)
        })
    };
    block.fields.iter().filter(same_block).copied().collect()
}

fn expand_check(c: &RawCheck, form: &Form, problems: &mut Problems) -> Vec<Check> {
    let rule = &c.rule;
    let life = life(&rule.life, problems);
    let mut out = Vec::new();
    for place in scope_places(rule, &c.when, form, problems) {
        let Some(when) = read_condition(&c.when, &place, problems) else { break };
        let unless = c.unless.as_ref().and_then(|u| read_condition(u, &place, problems));
        out.push(Check {
            code: rule.code.text.clone(),
            severity: severity(rule.severity.as_ref()),
            life: life.clone(),
            place: place.id.clone(),
            fields: check_fields(c, &when, &place, problems),
            when,
            unless,
            exempt: rule.exempt.as_ref().map(read_exempt),
            title: rule.title.clone(),
            text: filled_in(rule.text.as_ref(), rule.text_at, &place, problems),
            basis: rule.basis.text.clone(),
            scope: rule.scope.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
            formula: c.when.text.clone(),
        });
    }
    out
}

/// A text with its ids written out; empty where there is none.
fn filled_in(text: Option<&Text>, at: usize, place: &Place, problems: &mut Problems) -> Text {
    let Some(text) = text else { return Text::default() };
    Text { zh: fill_in(&text.zh, at, place, problems), en: fill_in(&text.en, at, place, problems) }
}

fn read_condition(word: &Word, place: &Place, problems: &mut Problems) -> Option<Condition> {
    match formula::condition(&word.text, place) {
        Ok(c) => Some(c),
        Err((message, hint)) => {
            problems.add(word.at, message, hint);
            None
        }
    }
}

/// The fields to look at: those named, or all of the condition.
fn check_fields(c: &RawCheck, when: &Condition, place: &Place, problems: &mut Problems) -> Vec<FieldIx> {
    if c.fields.is_empty() {
        let mut fields: Vec<FieldIx> = when
            .terms()
            .iter()
            .filter(|t| !t.last_year)
            .flat_map(|t| [Some(t.field), t.by])
            .flatten()
            .collect();
        fields.sort_unstable();
        fields.dedup();
        return fields;
    }
    let mut fields = Vec::new();
    for word in &c.fields {
        match place.field(&word.text) {
            Ok(f) => fields.push(f),
            Err((message, hint)) => problems.add(word.at, message, hint),
        }
    }
    fields
}

/// Writes out the ids in braces as whole field ids, and `{where}` as the line's label.
fn fill_in(text: &str, at: usize, place: &Place, problems: &mut Problems) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        let Some((id, tail)) = after.split_once('}') else {
            let message = Text::new("“{”没有配对的“}”", "expected `}` after `{`");
            problems.add(at, message, Text::default());
            return out;
        };
        rest = tail;
        if id == "where" {
            out += &place.label;
            continue;
        }
        let (year, id) = id.strip_prefix(LAST_YEAR).map_or(("", id), |id| (LAST_YEAR, id));
        match place.field(id) {
            Ok(ix) => out.extend(["{", year, place.form.field(ix).map_or("", |f| f.id.as_str()), "}"]),
            Err((message, hint)) => problems.add(at, message, hint),
        }
    }
    out + rest
}

fn scope_places<'a>(
    rule: &RawRule,
    formula: &Word,
    form: &'a Form,
    problems: &mut Problems,
) -> Vec<Place<'a>> {
    let Some(scope) = &rule.scope else {
        let id = rule.place.as_ref().map(|w| w.text.clone()).unwrap_or_default();
        return vec![Place::whole(form, id)];
    };
    match places(&scope.text, &formula.text, form) {
        Ok(places) => places,
        Err((message, hint)) => {
            problems.add(scope.at, message, hint);
            Vec::new()
        }
    }
}

/// How bad a rule says it is; words that are none of the language's have been told.
fn severity(word: Option<&Word>) -> Severity {
    match word.map(|w| w.text.as_str()) {
        Some("warning") => Severity::Warning,
        Some("info") => Severity::Info,
        _ => Severity::Error,
    }
}

fn level(word: &Word) -> Option<Level> {
    Some(match word.text.as_str() {
        "state" => Level::State,
        "province" => Level::Province,
        "prefecture" => Level::Prefecture,
        "county" => Level::County,
        "township" => Level::Township,
        "department" => Level::Department,
        _ => return None,
    })
}

fn read_exempt(raw: &RawExempt) -> Exempt {
    Exempt {
        levels: raw.levels.iter().filter_map(level).collect(),
        offices: raw.offices.iter().map(|w| w.text.clone()).collect(),
        unsure: raw.unsure.as_ref().map(|w| severity(Some(w))),
    }
}
