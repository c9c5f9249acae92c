//! Questions about one file.

use super::parcel::{Answer, Request};
use super::{Failed, OPTIONS, Tongue};
use crate::audit::batch::memory;
use crate::audit::{Adopted, Copy, Submission};
use crate::finding::{Change, Lang};
use crate::report::text::{self, Style, certainty_name};
use crate::report::{drawing, json};
use serde::{Deserialize, Serialize};

/// A file, and what was decided about it.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    /// Its path below the folder that was dropped.
    shown: String,
    #[serde(default)]
    lang: Tongue,
    /// The path that its copies are named after, where it is one of many.
    copy: Option<String>,
    /// The values adopted.
    #[serde(default)]
    adopted: Vec<Value>,
    /// Whether the corrected copy is a batch's.
    #[serde(default)]
    in_batch: bool,
    /// Whether it is the sum of the others, whose results come after it.
    #[serde(default)]
    aggregate: bool,
}

#[derive(Debug, Deserialize)]
struct Value {
    field: String,
    to: String,
    #[serde(default)]
    proposed: bool,
}

#[derive(Serialize)]
struct Audited {
    /// gouji's own marked copy, untouched: no submission.
    own: bool,
    edited: bool,
    annotated: Option<String>,
    corrected: Option<String>,
    /// Whether a batch makes a corrected copy.
    fixable: bool,
    /// What is certain, what is likely, and sets of changes one of which must be right.
    proposals: Vec<Step>,
    likely: Vec<Step>,
    choices: Vec<Vec<Step>>,
    decided: Vec<Step>,
}

/// A change as the page shows it.
#[derive(Serialize)]
struct Step {
    field: String,
    name: String,
    cell: String,
    from: Option<String>,
    to: String,
    sure: &'static str,
    why: String,
}

impl File {
    /// The submission, with what was decided.
    fn submission<'a>(&'a self, request: &Request<'a>) -> Submission<'a> {
        let name = self.shown.rsplit('/').next().unwrap_or(&self.shown);
        let mut submission = Submission::new(name, request.file(), &OPTIONS, self.lang.into());
        if let Some(copy) = &self.copy {
            submission.found_at(&self.shown, copy);
        }
        let adopted = |v: &Value| {
            Some(Adopted { field: v.field.clone(), to: v.to.parse().ok()?, proposed: v.proposed })
        };
        let adopted: Vec<Adopted> = self.adopted.iter().filter_map(adopted).collect();
        submission.decide(&adopted);
        if self.aggregate {
            let lines = request.files.iter().skip(1).filter_map(|f| std::str::from_utf8(f).ok());
            let members: Vec<memory::Kept> =
                lines.map(|line| memory::Kept { line, ..memory::Kept::default() }).collect();
            memory::compare(&mut submission, &self.shown, &members, &OPTIONS);
        }
        submission
    }

    pub(super) fn audit(&self, request: &Request) -> Result<Answer, Failed> {
        let (own, edited) = memory::own_copy(request.file(), &OPTIONS);
        let submission = self.submission(request);
        let outcome = submission.outcome();
        let step = |change: &Change| self.step(change, &submission);
        let (annotated, corrected) = submission.copy_names().unzip();
        let audited = Audited {
            own: own && !edited,
            edited,
            annotated,
            corrected,
            fixable: submission.is_fixable(),
            proposals: submission.open_proposals().iter().map(step).collect(),
            likely: submission.likely().iter().map(step).collect(),
            choices: submission.choices().iter().map(|set| set.iter().map(step).collect()).collect(),
            decided: submission.decided().iter().map(step).collect(),
        };
        let line = json::line(&outcome, self.lang.into())?;
        Ok(Answer::of(&audited)?.with(line.into_bytes()))
    }

    fn step(&self, change: &Change, submission: &Submission) -> Step {
        let lang: Lang = self.lang.into();
        let field = submission.content().and_then(|c| Some((c, c.form.field_ix(&change.field)?)));
        Step {
            field: change.field.clone(),
            name: field.map(|(c, ix)| c.submission().names().field(ix)).unwrap_or_default(),
            cell: change.cell.to_string(),
            from: change.from.map(crate::grid::amount::show),
            to: crate::grid::amount::show(change.to),
            sure: certainty_name(change.certainty, lang),
            why: change.why.get(lang).to_owned(),
        }
    }

    pub(super) fn draw(&self, request: &Request) -> Result<Answer, Failed> {
        let submission = self.submission(request);
        let outcome = submission.outcome();
        let drawn = submission.content().map(|c| drawing::drawings(c.submission(), &outcome));
        Ok(Answer::of(&serde_json::json!({ "sheets": drawn.unwrap_or_default() }))?)
    }

    pub(super) fn text(&self, request: &Request) -> Result<Answer, Failed> {
        let outcome = self.submission(request).outcome();
        let style = Style { lang: self.lang.into(), colour: false };
        Ok(Answer::of(&serde_json::json!({ "text": text::outcome(&outcome, style) }))?)
    }

    pub(super) fn annotated(&self, request: &Request) -> Result<Answer, Failed> {
        copy(self.submission(request).annotated()?)
    }

    pub(super) fn corrected(&self, request: &Request) -> Result<Answer, Failed> {
        let submission = self.submission(request);
        // A batch corrects only where something is proved, unless somebody has decided.
        let copy_of = if self.in_batch { submission.corrected_in_batch() } else { submission.corrected() };
        copy(copy_of?)
    }
}

fn copy(made: Option<Copy>) -> Result<Answer, Failed> {
    let Some(made) = made else { return Ok(Answer::of(&serde_json::json!({ "name": null }))?) };
    let warnings: Vec<Failed> = made.warnings.into_iter().map(Failed::from).collect();
    let answer = Answer::of(&serde_json::json!({ "name": made.name, "warnings": warnings }))?;
    Ok(answer.with(made.bytes))
}
