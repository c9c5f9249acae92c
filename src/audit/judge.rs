//! A filled form judged: findings of every rule, broken relations grouped by their cause.

use super::{Content, Narrative, Options};
use crate::check::narrative::Report;
use crate::check::{self, Broken, Submission};
use crate::finding::{Certainty, Change, Finding, Fix, Place, Repair, Severity, Text, rule};
use crate::form::FieldIx;
use crate::repair::{self, Cause, Diagnosis};

/// What a submission was found to be.
pub(super) struct Judged {
    /// What is wrong, worst first.
    pub(super) findings: Vec<Finding>,
    /// What would mend it.
    pub(super) repair: Repair,
    /// What its text and its tables agree on.
    pub(super) agreed: Vec<Text>,
}

/// Judges a submission by every rule.
pub(super) fn judge(content: &Content, options: &Options, narrative: Option<&Narrative>) -> Judged {
    let s = content.submission();
    let mut broken = check::broken(s);
    broken.retain(|b| s.form.relations.get(b.relation).is_some_and(|r| options.selects(&r.code)));
    let diagnosis = repair::diagnose(s, &broken);
    let selects = |code: &str| options.selects(code);
    let causes = diagnosis.causes.iter();
    let mut findings: Vec<Finding> =
        causes.filter_map(|cause| arithmetic(s, &broken, cause, &selects)).collect();
    findings.extend(values(s, &diagnosis));
    findings.extend(check::structure(s));
    findings.extend(check::categories(s));
    findings.extend(check::years(s));
    check::unchanged(s, &mut findings);
    let last = options.prior.as_ref().and_then(|p| p.text_of(&content.identity, options.roster.as_ref()));
    let heard = check::narrative::narrative(
        s,
        &report(content, narrative),
        check::narrative::Prior { tables: s.before, text: last },
    );
    findings.extend(heard.findings);
    findings = findings.into_iter().filter_map(|f| under_selected(f, &selects)).collect();
    let order = |f: &Finding| f.cells.iter().map(|c| position(s, c)).min();
    findings.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| order(a).cmp(&order(b))).then_with(|| a.code.cmp(&b.code))
    });
    let repair = repair::summary(&diagnosis);
    Judged { findings, repair, agreed: heard.agreed }
}

/// A finding under its own code; where that is left out, under the next of its codes that is not.
fn under_selected(mut finding: Finding, selects: &dyn Fn(&str) -> bool) -> Option<Finding> {
    if !selects(&finding.code) {
        finding.also.retain(|code| selects(code));
        finding.code = finding.also.first()?.clone();
        finding.also.remove(0);
        finding.severity = rule(&finding.code)?.severity;
        finding.relations.clear();
    }
    Some(finding)
}

/// What single cells say by themselves: not of those that a repair changes, for these have their finding.
fn values(s: Submission, diagnosis: &Diagnosis) -> Vec<Finding> {
    let sure = diagnosis.causes.iter().flat_map(|cause| repair::sure_fields(s, cause));
    let mut findings = check::values(s, &sure.collect());
    for change in &diagnosis.imputed {
        check::impute(&mut findings, change);
    }
    findings
}

/// The report's text: that of the file given for it, else that around the tables.
fn report(content: &Content, narrative: Option<&Narrative>) -> Report {
    match narrative {
        Some(narrative) => Report::of_file(&narrative.book, content.form),
        None => Report::of_submission(content.submission()),
    }
}

/// Where a cell stands in reading order.
fn position(s: Submission, place: &Place) -> (usize, u32, u32) {
    let sheet = s.book.sheets.iter().position(|b| b.name == place.sheet).unwrap_or(usize::MAX);
    (sheet, place.cell.row, place.cell.col)
}

/// One cause as one finding; its code and sides are those of its first relation.
fn arithmetic(
    s: Submission,
    broken: &[Broken],
    cause: &Cause,
    selects: &dyn Fn(&str) -> bool,
) -> Option<Finding> {
    let of_cause = broken.iter().filter(|b| cause.relations.contains(&b.relation));
    let relations: Vec<_> = of_cause.filter_map(|b| check::written_out(s, b)).collect();
    let first = relations.first()?;
    let words = repair::words(s, cause, selects);
    let of_form = || cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
    let of_cells = words.also.iter().filter_map(|code| Some(rule(code)?.severity));
    let severity = of_form().filter_map(|r| check::severity(s, r)).chain(of_cells).max();
    let severity = severity.unwrap_or(Severity::Error);
    let mut finding = Finding::new(&first.code, severity, first.place.clone(), words.message);
    finding.also = words.also;
    finding.ways = words.ways;
    finding.expected = Some(first.expected);
    finding.actual = Some(first.actual);
    let suspects = suspects(s, cause);
    let (fields, cells) = s.spots(&suspects);
    finding = finding.at(fields, cells).advising(words.advice);
    if let [only] = cause.changes.as_slice() {
        finding.fix = Some(Fix { field: only.field.clone(), to: only.to });
    }
    finding.relations = relations;
    Some(finding)
}

/// The fields that a cause may lie in: those to change, those of its alternatives, else the relations' totals.
fn suspects(s: Submission, cause: &Cause) -> Vec<FieldIx> {
    let ix = |c: &Change| s.form.field_ix(&c.field);
    let mut fields: Vec<FieldIx> = cause.changes.iter().filter_map(ix).collect();
    if fields.is_empty() {
        fields = cause.alternatives.iter().flatten().filter_map(ix).collect();
    }
    if fields.is_empty() {
        let relations = || cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
        fields = if cause.certainty == Certainty::Detected {
            relations().flat_map(crate::form::Relation::fields).collect()
        } else {
            relations().flat_map(|r| r.actual.terms.iter().map(|t| t.field)).collect()
        };
    }
    fields.sort_unstable();
    fields.dedup();
    fields
}
