//! Relations and checks of a definition, written out for every line that they hold for.

use super::condition::{Condition, LAST_YEAR};
use super::formula::{self, Scope};
use super::model::{Check, Exempt, FieldIx, Form, Level, Relation, Rule};
use super::problem::{Problems, did_you_mean};
use super::scope::{Place, places};
use super::source::{RawCheck, RawExempt, RawForm, RawRelation, Word};
use crate::finding::{Severity, Text};

/// Adds the rules of a definition to its form.
pub(super) fn add(raw: &RawForm, form: &mut Form, problems: &mut Problems) {
    let mut rules = Vec::new();
    let mut relations = Vec::new();
    let mut checks = Vec::new();
    for r in &raw.relations {
        relations.extend(expand_relation(r, rules.len(), form, problems));
        rules.push(Rule {
            code: r.code.text.clone(),
            severity: r.severity.as_ref().map_or(Severity::Error, |w| severity(w, problems)),
            title: r.title.clone(),
            basis: r.basis.text.clone(),
            scope: r.scope.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
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

fn expand_relation(r: &RawRelation, rule: usize, form: &Form, problems: &mut Problems) -> Vec<Relation> {
    let mut out = Vec::new();
    for place in scope_places(r.scope.as_ref(), r.place.as_ref(), &r.holds, form, problems) {
        let (expected, actual) = match formula::equation(&r.holds.text, &place) {
            Ok(sides) => sides,
            Err((message, hint)) => {
                problems.add(r.holds.at, message, hint);
                break;
            }
        };
        if let Some(twice) = repeated(&expected, &actual) {
            let id = form.field(twice).map_or("", |f| f.id.as_str());
            let message = Text::new(
                format!("字段“{id}”在等式中出现两次"),
                format!("field `{id}` stands twice in the equation"),
            );
            let hint = Text::new("每个字段只能出现一次", "name each field once");
            problems.add(r.holds.at, message, hint);
            break;
        }
        let code = r.code.text.clone();
        let variant = expected.iter().chain(&actual).any(|f| form.is_variant(*f));
        let relation = Relation { code, place: place.id.clone(), expected, actual, rule, variant };
        let mixed = mixed(&relation, form);
        out.push(relation);
        out.extend(mixed);
    }
    out
}

fn repeated(expected: &[FieldIx], actual: &[FieldIx]) -> Option<FieldIx> {
    let all: Vec<FieldIx> = expected.iter().chain(actual).copied().collect();
    all.iter().enumerate().find(|(i, f)| all.iter().take(*i).any(|g| g == *f)).map(|(_, f)| *f)
}

/// The relation of a mixed form: the lines that a line replaces are taken out, that line is put in.
fn mixed(relation: &Relation, form: &Form) -> Vec<Relation> {
    let variants = (0..form.fields.len() as u32).map(FieldIx).filter(|f| form.is_variant(*f));
    let replace = |side: &[FieldIx], stands: FieldIx, gone: &[FieldIx]| -> Option<Vec<FieldIx>> {
        let first = side.iter().position(|f| gone.contains(f))?;
        let mut new: Vec<FieldIx> = side.iter().filter(|f| !gone.contains(f)).copied().collect();
        new.insert(first, stands);
        Some(new)
    };
    let with = |stands: FieldIx| {
        let gone = replaced_fields(form, stands);
        let all_on = |side: &[FieldIx]| !gone.is_empty() && gone.iter().all(|g| side.contains(g));
        let mut new = Relation { variant: true, ..relation.clone() };
        if all_on(&relation.expected) {
            new.expected = replace(&relation.expected, stands, &gone)?;
        } else if all_on(&relation.actual) {
            new.actual = replace(&relation.actual, stands, &gone)?;
        } else {
            return None;
        }
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
    let severity = severity(&c.severity, problems);
    let exempt = c.exempt.as_ref().map(|e| read_exempt(e, problems));
    let mut out = Vec::new();
    for place in scope_places(c.scope.as_ref(), c.place.as_ref(), &c.when, form, problems) {
        let Some(when) = read_condition(&c.when, &place, problems) else { break };
        let unless = c.unless.as_ref().and_then(|u| read_condition(u, &place, problems));
        out.push(Check {
            code: c.code.text.clone(),
            severity,
            place: place.id.clone(),
            fields: check_fields(c, &when, &place, problems),
            when,
            unless,
            exempt: exempt.clone(),
            title: c.title.clone(),
            text: Text {
                zh: fill_in(&c.text.zh, c.text_at, &place, problems),
                en: fill_in(&c.text.en, c.text_at, &place, problems),
            },
            basis: c.basis.text.clone(),
            scope: c.scope.as_ref().map(|w| w.text.clone()).unwrap_or_default(),
            formula: c.when.text.clone(),
        });
    }
    out
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
        let mut fields: Vec<FieldIx> =
            when.terms().iter().filter(|t| !t.last_year).map(|t| t.field).collect();
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
    scope: Option<&Word>,
    place: Option<&Word>,
    formula: &Word,
    form: &'a Form,
    problems: &mut Problems,
) -> Vec<Place<'a>> {
    let Some(scope) = scope else {
        let id = place.map(|w| w.text.clone()).unwrap_or_default();
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

fn severity(word: &Word, problems: &mut Problems) -> Severity {
    match word.text.as_str() {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "info" => Severity::Info,
        other => {
            let message = Text::new(format!("未知的等级“{other}”"), format!("unknown severity `{other}`"));
            problems.add(word.at, message, did_you_mean(other, ["error", "warning", "info"].into_iter()));
            Severity::Error
        }
    }
}

const LEVELS: [(&str, Level); 6] = [
    ("state", Level::State),
    ("province", Level::Province),
    ("prefecture", Level::Prefecture),
    ("county", Level::County),
    ("township", Level::Township),
    ("department", Level::Department),
];

fn read_exempt(raw: &RawExempt, problems: &mut Problems) -> Exempt {
    let mut levels = Vec::new();
    for word in &raw.levels {
        if let Some((_, level)) = LEVELS.iter().find(|(name, _)| *name == word.text) {
            levels.push(*level);
        } else {
            let message =
                Text::new(format!("未知的层级“{}”", word.text), format!("unknown level `{}`", word.text));
            problems.add(word.at, message, did_you_mean(&word.text, LEVELS.iter().map(|(n, _)| *n)));
        }
    }
    let offices = raw.offices.iter().map(|w| w.text.clone()).collect();
    Exempt { levels, offices, unsure: raw.unsure.as_ref().map(|w| severity(w, problems)) }
}
