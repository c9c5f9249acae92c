//! What a summary needs to know of one submission.
//!
//! [`Entry`] is small and stays in memory; [`Details`] (its numbers and findings) are put on an [`Archive`] and
//! read again one at a time, so that memory does not grow with what thousands of submissions hold.

use super::gaps;
use crate::finding::{
    BrokenRelation, Certainty, Change, Compared, FailureKind, Finding, Lang, Outcome, Severity,
};
use crate::form::{Blank, Field, Form};
use crate::grid::amount;
use crate::grid::number::is_placeholder;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One submission.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Entry {
    /// Its path below the folder.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Id of its form.
    pub form: Option<String>,
    /// Its office's name.
    pub office: Option<String>,
    /// The year reported on.
    pub year: Option<i32>,
    /// `clean`, `findings`, `unmapped` or `unreadable`.
    pub status: String,
    /// Why it could not be audited.
    pub error: Option<String>,
    /// How often it breaks which rule; confirmed findings are not counted.
    pub broken: Vec<Broken>,
    /// What numbers it holds.
    pub numbers: Numbers,
    /// Whether sums of it do not balance and no correction of them is proved.
    pub unproved: bool,
    /// Of the sum of others: how it compares with their sum, where that could be done.
    #[serde(default)]
    pub compared: Option<Compared>,
    /// Whether it has a password that is not known.
    #[serde(default)]
    pub locked: bool,
    /// Marked copy, below the output folder.
    #[serde(skip)]
    pub annotated: Option<String>,
    /// Corrected copy, below the output folder.
    #[serde(skip)]
    pub corrected: Option<String>,
    /// Word documents with comments, below the output folder.
    #[serde(skip)]
    pub documents: Vec<String>,
    /// When the file was last changed, in seconds.
    #[serde(skip)]
    pub modified: i64,
    /// Whether it is the sum of others, and no office's own.
    #[serde(skip)]
    pub aggregate: bool,
    /// Whether it is a copy marked by gouji that its office has edited since.
    #[serde(skip)]
    pub edited: bool,
    /// Whether its copies were written just now, so that nobody can have worked in them.
    #[serde(skip)]
    pub made_now: bool,
}

/// What numbers a submission holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Numbers {
    /// None, since it holds no form.
    #[default]
    NoForm,
    /// None, though it holds a form.
    Empty,
    /// Nothing but zeros, and nothing left out: nothing to report, and reported so.
    Nil,
    /// A form's.
    Some,
}

/// How often a submission breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// How often.
    pub times: usize,
}

/// What a submission holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// One value a field of its form, in the form's order; empty without a form.
    #[serde(with = "texts")]
    pub values: Vec<Held>,
    /// Last year's numbers of the same fields, where they are at hand.
    #[serde(with = "texts", default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Held>,
    /// What is wrong with it.
    pub findings: Vec<Item>,
    /// Corrections that could be made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// A correction that could be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The field, by its number in the form.
    pub field: usize,
    /// By how much it would change.
    pub by: Decimal,
    /// Whether it is proved.
    pub proved: bool,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Held {
    /// The field was not located.
    #[default]
    Absent,
    /// Nothing.
    Blank,
    /// A mark for nothing: 无, —.
    Mark,
    /// Something that is no number.
    Unreadable,
    /// A number.
    Number(Decimal),
}

/// A finding, as far as lists of findings show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The rule's code.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// Row, column or group.
    pub place: String,
    /// Where: cells, separated by commas.
    pub cells: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub advice: String,
    /// The office's own explanation, with which it no longer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
    /// What the office says of an error, which stands nonetheless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<String>,
    /// The relations that it breaks, by their codes and places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<String>,
    /// The same with their numbers, where the message does not tell them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sums: Vec<String>,
}

/// Where the details of submissions are read again.
pub trait Archive: Sync {
    /// What the submission of this path holds; nothing where that is lost.
    fn details(&self, file: &str) -> Details;
}

impl Archive for BTreeMap<String, Details> {
    fn details(&self, file: &str) -> Details {
        self.get(file).cloned().unwrap_or_default()
    }
}

impl Entry {
    /// A result, in small.
    pub fn new(outcome: &Outcome, details: &Details, form: Option<&Form>, lang: Lang) -> Self {
        let mut broken: Vec<Broken> = Vec::new();
        for item in details.findings.iter().filter(|f| f.confirmed.is_none()) {
            match broken.iter_mut().find(|b| b.code == item.code && b.severity == item.severity) {
                Some(known) => known.times += 1,
                None => broken.push(Broken { code: item.code.clone(), severity: item.severity, times: 1 }),
            }
        }
        // Blanks that are 0 by the form's definition are no report of zeros by themselves.
        let entered = outcome.fields.values().any(|f| f.value.is_some());
        let mut numbers = details.values.iter().filter_map(Held::number);
        let is_whole = || form.is_some_and(|form| gaps::is_whole(form, details));
        let kind = match entered {
            _ if details.values.is_empty() => Numbers::NoForm,
            false => Numbers::Empty,
            true if numbers.all(|n| n.is_zero()) && is_whole() => Numbers::Nil,
            true => Numbers::Some,
        };
        Self {
            file: outcome.file.clone(),
            sha256: outcome.sha256.clone(),
            form: outcome.form.clone(),
            office: outcome.office.clone(),
            year: outcome.year,
            status: crate::report::json::status(outcome.status).to_owned(),
            error: outcome.failure.as_ref().map(|f| f.message.get(lang).to_owned()),
            broken,
            numbers: kind,
            unproved: outcome.repair.certainty.is_some_and(|c| c > Certainty::Proved),
            compared: outcome.compared,
            locked: outcome.failure.as_ref().is_some_and(|f| f.kind == FailureKind::Encrypted),
            ..Self::default()
        }
    }

    /// Its copies, by their paths below the output folder.
    pub fn copies(&self) -> impl Iterator<Item = &String> {
        self.annotated.iter().chain(&self.corrected).chain(&self.documents)
    }

    /// The same, to be changed.
    pub fn copies_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.annotated.iter_mut().chain(&mut self.corrected).chain(&mut self.documents)
    }

    /// Whether it holds a form's numbers.
    pub fn is_submission(&self) -> bool {
        self.numbers != Numbers::NoForm
    }

    /// How many findings of a severity stand open.
    pub fn count(&self, severity: Severity) -> usize {
        self.broken.iter().filter(|b| b.severity == severity).map(|b| b.times).sum()
    }

    /// The office's name, else the file's.
    pub fn name(&self) -> &str {
        self.office.as_deref().unwrap_or_else(|| {
            let last = self.file.rsplit('/').next().unwrap_or(&self.file);
            last.split('.').next().unwrap_or(last)
        })
    }

    /// Whether it holds a form, and no number was entered.
    pub fn is_empty(&self) -> bool {
        self.numbers == Numbers::Empty
    }

    /// Whether it is whole and every number that it holds is 0.
    pub fn is_nil(&self) -> bool {
        self.numbers == Numbers::Nil
    }
}

impl Details {
    /// What a result holds, in the words of a language.
    pub fn new(outcome: &Outcome, form: Option<&Form>, lang: Lang) -> Self {
        let values = form.map(|f| f.fields.iter().map(|field| held(outcome, field)).collect());
        let correction = |c: &Change| {
            let field = form?.field_ix(&c.field)?.0 as usize;
            let by = c.to.checked_sub(c.from.unwrap_or_default())?;
            Some(Correction { field, by, proved: c.certainty == Certainty::Proved })
        };
        let alternatives = outcome.repair.alternatives().flatten();
        let mut corrections: Vec<Correction> =
            outcome.repair.changes.iter().chain(alternatives).filter_map(correction).collect();
        corrections.dedup();
        Self {
            values: values.unwrap_or_default(),
            before: Vec::new(),
            findings: outcome.findings.iter().map(|f| item(f, lang)).collect(),
            corrections,
        }
    }

    /// What a field holds; with its proved correction made where that is wanted.
    pub fn value(&self, field: usize, corrected: bool) -> Held {
        let held = self.values.get(field).copied().unwrap_or_default();
        if !corrected {
            return held;
        }
        let correction = self.corrections.iter().find(|c| c.proved && c.field == field);
        let mended = correction.and_then(|c| held.number().unwrap_or_default().checked_add(c.by));
        mended.map_or(held, Held::Number)
    }
}

fn item(finding: &Finding, lang: Lang) -> Item {
    let cells: Vec<String> = finding.cells.iter().map(ToString::to_string).collect();
    let message = finding.message.get(lang);
    let sums = finding.relations.iter().map(|r| r.sums.get(lang)).filter(|sum| !message.contains(sum));
    let sums = sums.map(str::to_owned).collect();
    Item {
        code: finding.code.clone(),
        severity: finding.severity,
        place: finding.place.clone(),
        cells: cells.join("，"),
        message: message.to_owned(),
        advice: finding.advice.get(lang).to_owned(),
        confirmed: finding.confirmed.clone(),
        explained: finding.explained.clone(),
        relations: finding.relations.iter().map(BrokenRelation::mark).collect(),
        sums,
    }
}

impl Item {
    /// Its first cells, and how many there are.
    pub fn at(&self, lang: Lang) -> String {
        const SHOWN: usize = 6;
        let all: Vec<&str> = self.cells.split('，').collect();
        let mut sheet = None;
        let shown = all.iter().take(SHOWN).map(|cell| {
            // The sheet is named once for cells of it in a row.
            let (of, address) = cell.rsplit_once('!').map_or((None, *cell), |(of, at)| (Some(of), at));
            let is_same = of.is_some() && of == sheet;
            sheet = of;
            if is_same { address } else { *cell }
        });
        let shown = shown.collect::<Vec<_>>().join(lang.pick("、", ", "));
        match (all.len(), lang) {
            (..=SHOWN, _) => shown,
            (n, Lang::Zh) => format!("{shown} 等 {n} 格"),
            (n, Lang::En) => format!("{shown} and others, {n} cells"),
        }
    }

    /// What the office says of it.
    pub fn said(&self) -> Option<&str> {
        self.confirmed.as_deref().or(self.explained.as_deref())
    }

    /// What it is known again by: its rule and its place.
    pub fn mark(&self) -> String {
        let at = if self.place.is_empty() { &self.cells } else { &self.place };
        format!("{} {at}", self.code)
    }
}

impl Held {
    /// The number, where one stands.
    pub fn number(&self) -> Option<Decimal> {
        if let Self::Number(n) = self { Some(*n) } else { None }
    }
}

fn held(outcome: &Outcome, field: &Field) -> Held {
    let Some(value) = outcome.fields.get(&field.id) else { return Held::Absent };
    match (value.value, &value.raw) {
        (Some(n), _) => Held::Number(n),
        (None, raw) => match raw.as_ref().is_none_or(|raw| is_placeholder(raw)) {
            true if field.blank == Blank::Zero => Held::Number(Decimal::ZERO),
            true if raw.as_ref().is_some_and(|raw| !raw.trim().is_empty()) => Held::Mark,
            true => Held::Blank,
            false => Held::Unreadable,
        },
    }
}

/// Values as one text, since there are hundreds in a submission: numbers, `` blank, `/` a mark, `?` unreadable, `-` absent.
mod texts {
    use super::{Held, amount};
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Write;

    pub(super) fn serialize<S: Serializer>(values: &[Held], to: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(values.len() * 3);
        for held in values {
            // Writing to a string cannot fail.
            let _ = match held {
                Held::Number(n) => write!(text, "{n},"),
                Held::Blank => write!(text, ","),
                Held::Mark => write!(text, "/,"),
                Held::Unreadable => write!(text, "?,"),
                Held::Absent => write!(text, "-,"),
            };
        }
        to.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Held>, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let held = |t: &str| match t {
            "" => Held::Blank,
            "/" => Held::Mark,
            "?" => Held::Unreadable,
            "-" => Held::Absent,
            number => amount::from_text(number).map_or(Held::Unreadable, Held::Number),
        };
        let Some(all) = text.strip_suffix(',') else { return Ok(Vec::new()) };
        Ok(all.split(',').map(held).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_come_back_as_they_were_put_away() {
        let details = Details {
            values: vec![
                Held::Number(Decimal::new(84, 1)),
                Held::Blank,
                Held::Absent,
                Held::Unreadable,
                Held::Number(Decimal::from(-3)),
                Held::Mark,
            ],
            corrections: vec![Correction { field: 4, by: Decimal::from(6), proved: true }],
            ..Details::default()
        };
        let text = serde_json::to_string(&details).unwrap();
        assert_eq!(serde_json::from_str::<Details>(&text).unwrap(), details, "{text}");
        assert_eq!(details.value(4, false), Held::Number(Decimal::from(-3)));
        assert_eq!(details.value(4, true), Held::Number(Decimal::from(3)));
        let empty = serde_json::to_string(&Details::default()).unwrap();
        assert_eq!(serde_json::from_str::<Details>(&empty).unwrap(), Details::default());
    }
}
