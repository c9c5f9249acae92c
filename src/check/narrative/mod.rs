//! The report's words against its tables (N301, N302), against themselves (N303), its year and office (N401),
//! last year's text (N402), and sections that say nothing (N501, N601).
//!
//! `text` gives paragraphs and sections, `flow` sentences, `numerals` numbers, `claims` what they count, `scope`
//! whether the table counts the same, `judge` compares. Not a grammar: what is unclear is no claim, since a false
//! accusation costs more than a fault not seen.

mod claims;
mod flow;
mod judge;
mod numerals;
mod scope;
mod text;
mod words;

pub use text::Report;

use super::Submission;
use crate::finding::{Finding, Text};
use claims::{Context, claims};
use judge::Verdict;

/// What was compared.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What was compared and agrees, in the text's order.
    pub agreed: Vec<Text>,
}

/// Compares a report's text with the tables of a submission.
pub fn narrative(s: Submission, report: &Report) -> Heard {
    let mut heard = Heard::default();
    let Some(words) = words::words() else { return heard };
    let office = s.identity.office.as_ref().map(|o| o.value.as_str());
    let year = s.identity.year.as_ref().map(|y| y.value);
    let context = Context { words, narrative: &s.form.narrative, office, year };
    let claims = claims(report, &context);
    for claim in &claims {
        match judge::judge(s, report, &context, claim) {
            Verdict::Agreed(text) => heard.agreed.push(text),
            Verdict::Differs(finding) => heard.findings.push(*finding),
            Verdict::Silent => {}
        }
    }
    heard.agreed.dedup();
    heard
}
