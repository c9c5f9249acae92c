//! What an office and gouji have said to each other: explanations of warnings, and earlier findings.
//!
//! A finding is recognised by a fingerprint of its rule, its fields and their values, so that a changed number
//! asks again. Against an earlier audit it is recognised by rule and fields alone. Where all this is kept in a
//! workbook is known to [`super::own`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::own::short_digest;
use crate::finding::{Finding, Outcome, Severity, State, Status, Text, plural};
use crate::grid::amount;

/// A finding as an earlier audit stored it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// Number of its row on the sheet of results, from 1.
    pub row: usize,
    /// The finding's [`fingerprint`].
    pub fingerprint: String,
    /// The rule's code.
    pub code: String,
    /// Its severity.
    pub severity: Severity,
    /// Row, column or group.
    pub place: String,
    /// The fields concerned.
    pub fields: Vec<String>,
    /// What was said, in Chinese and English.
    pub message: (String, String),
}

impl Earlier {
    pub(super) fn of(row: usize, finding: &Finding, outcome: &Outcome) -> Self {
        Self {
            row,
            fingerprint: fingerprint(finding, outcome),
            code: finding.code.clone(),
            severity: finding.severity,
            place: finding.place.clone(),
            fields: finding.fields.clone(),
            message: (finding.message.zh.clone(), finding.message.en.clone()),
        }
    }

    fn key(&self) -> Key<'_> {
        (&self.code, &self.place, &self.fields)
    }

    /// As a finding again, to be shown as corrected.
    fn finding(&self) -> Finding {
        let message = Text::new(self.message.0.clone(), self.message.1.clone());
        Finding::new(&self.code, self.severity, self.place.clone(), message)
            .at(self.fields.clone(), Vec::new())
    }
}

type Key<'a> = (&'a str, &'a str, &'a [String]);

fn key(finding: &Finding) -> Key<'_> {
    (&finding.code, &finding.place, &finding.fields)
}

/// What tells a finding from any other: rule, place, fields and the values that stand in them.
pub fn fingerprint(finding: &Finding, outcome: &Outcome) -> String {
    let mut said = vec![finding.code.clone(), finding.place.clone()];
    for field in &finding.fields {
        said.push(field.clone());
        let value = outcome.fields.get(field);
        let number = value.and_then(|v| v.value).map(amount::show);
        said.push(number.or_else(|| value.and_then(|v| v.raw.clone())).unwrap_or_default());
    }
    said.extend([finding.expected, finding.actual].map(|n| n.map(amount::show).unwrap_or_default()));
    for relation in &finding.relations {
        said.extend([relation.code.clone(), relation.place.clone()]);
        said.extend([amount::show(relation.expected), amount::show(relation.actual)]);
    }
    if finding.fields.is_empty() {
        said.push(finding.message.zh.clone());
        said.extend(finding.cells.iter().map(ToString::to_string));
    }
    short_digest(said)
}

/// Takes the office's explanations to heart: an explained warning is confirmed, an error never is.
pub fn confirm(outcome: &mut Outcome, explanations: &BTreeMap<String, String>) {
    if explanations.is_empty() {
        return;
    }
    let reasons: Vec<Option<String>> = outcome
        .findings
        .iter()
        .map(|f| explanations.get(&fingerprint(f, outcome)).filter(|r| !r.trim().is_empty()).cloned())
        .collect();
    for (finding, reason) in outcome.findings.iter_mut().zip(reasons) {
        match finding.severity {
            Severity::Warning => finding.confirmed = reason.or(finding.confirmed.take()),
            Severity::Error => finding.explained = reason,
            Severity::Info => {}
        }
    }
    let open = |f: &Finding| f.severity > Severity::Info && f.confirmed.is_none();
    if outcome.status == Status::Findings && !outcome.findings.iter().any(open) {
        outcome.status = Status::Clean;
    }
}

/// What to tell of errors that the office has explained: an explanation does not do away with them.
pub fn in_vain(outcome: &Outcome, explanations: &BTreeMap<String, String>) -> Option<Text> {
    let told = |f: &&Finding| {
        f.severity == Severity::Error
            && !explanations.is_empty()
            && explanations.contains_key(&fingerprint(f, outcome))
    };
    let places = |f: &Finding| f.cells.first().map_or_else(|| f.code.clone(), ToString::to_string);
    let places: Vec<String> = outcome.findings.iter().filter(told).map(places).collect();
    (!places.is_empty()).then(|| {
        let n = places.len();
        Text::new(
            format!("{n} 处错误写了说明（{}）：错误不能用说明确认，须改正", places.join("、")),
            format!(
                "{} explained ({}): an error must be corrected, not explained",
                plural(n, "error"),
                places.join(", ")
            ),
        )
    })
}

/// Compares with an earlier audit of the same submission: each finding is new or remains, and what is gone was
/// corrected.
pub fn compare(outcome: &mut Outcome, earlier: &[Earlier]) {
    let before: BTreeSet<Key<'_>> = earlier.iter().map(Earlier::key).collect();
    for finding in &mut outcome.findings {
        let known = before.contains(&key(finding));
        finding.state = Some(if known { State::Remaining } else { State::New });
    }
    let now: BTreeSet<Key<'_>> = outcome.findings.iter().map(key).collect();
    outcome.fixed = earlier.iter().filter(|e| !now.contains(&e.key())).map(Earlier::finding).collect();
}

/// The findings of an outcome as an earlier audit would have stored them.
pub fn stored(outcome: &Outcome) -> Vec<Earlier> {
    outcome.findings.iter().zip(1..).map(|(f, row)| Earlier::of(row, f, outcome)).collect()
}
