//! The report's words against its tables (N301, N302), against themselves (N303), its year and office (N401),
//! last year's text (N402), and sections that say nothing (N501, N601).
//!
//! `text` gives paragraphs and sections, `flow` sentences, `numerals` numbers, `claims` what they count (`counted`) or
//! deny (`denied`), `scope` whether the table counts the same, `understood` whether every word that leads to a number is
//! known, `judge` compares. Not a grammar: what is unclear is no claim, since a false accusation costs more than a
//! fault not seen.

mod claims;
mod counted;
mod denied;
mod flow;
mod growth;
mod judge;
mod mentions;
mod numerals;
mod offices;
mod rates;
mod scope;
mod sections;
mod shares;
mod sums;
mod text;
mod titles;
mod understood;
mod words;

pub use text::Report;

use super::{LastYear, Submission};
use crate::finding::{Finding, Text};
use crate::form::phrase::Phrase;
use claims::{Context, claims};
use judge::{Blamed, Verdict};
use std::borrow::Cow;

/// What was compared.
#[derive(Debug, Clone, Default)]
pub struct Heard {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What was compared and agrees, in the text's order.
    pub agreed: Vec<Text>,
}

/// Last year's report, as far as it is at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prior<'a> {
    /// Its tables.
    pub tables: Option<&'a LastYear>,
    /// Its text.
    pub text: Option<&'a Report>,
}

/// Compares a report's text with the tables of a submission.
///
/// Growth is compared with the tables of last year where `prior` gives them.
pub fn narrative(s: Submission, report: &Report, prior: Prior) -> Heard {
    let mut heard = Heard::default();
    let Some(words) = words::words().filter(|_| !report.is_empty()) else { return heard };
    let office = s.identity.office.as_ref().map(|o| o.value.as_str());
    let year = s.identity.year.as_ref().map(|y| y.value);
    let terms = s.form.narrative.terms.iter();
    let phrases: Vec<Vec<Cow<Phrase>>> =
        terms.map(|t| t.words.iter().map(|p| p.in_year(year)).collect()).collect();
    let context = Context { words, narrative: &s.form.narrative, phrases: &phrases, office, year };
    let mut claims = claims(report, &context);
    judge::settle(s, &mut claims);
    judge::parts(s, &mut claims);
    let mut doubted: Option<(usize, usize)> = None;
    let mut blamed: Vec<Blamed> = Vec::new();
    for claim in &claims {
        let here = Some((claim.paragraph, claim.sentence));
        // What follows from a number that is wrong already is no second fault.
        if claim.follows && doubted == here {
            continue;
        }
        match judge::judge(s, report, &context, claim) {
            Verdict::Agreed(text) => heard.agreed.push(text),
            Verdict::Differs(finding, written) => {
                doubted = here;
                let words = Blamed { paragraph: claim.paragraph, bytes: claim.bytes.clone() };
                let again = blamed.last() == Some(&words);
                match heard.findings.last_mut().filter(|f| again && f.code == finding.code) {
                    Some(earlier) => judge::join(earlier, *finding, &written),
                    None => {
                        heard.findings.push(*finding);
                        blamed.push(words);
                    }
                }
            }
            Verdict::Silent => {}
        }
    }
    heard.findings.extend(sums::sums(s, report, &context, &claims, &blamed));
    heard.findings.extend(shares::shares(s, prior.tables, report, &context, &claims, &blamed));
    heard.findings.extend(sections::other_years(report, &context, &claims));
    heard.findings.extend(offices::other_offices(report, &context));
    heard.findings.extend(prior.text.and_then(|text| sections::last_years_text(report, text)));
    heard.findings.extend(sections::problems(report, &context));
    heard.findings.extend(sections::fees(s, report, &context));
    heard.agreed.dedup();
    heard
}
