//! Questions about one file.

use super::beside::Beside;
use super::parcel::{Answer, Request};
use super::{Failed, Tongue};
use crate::audit::batch::memory::{self, Formless};
use crate::audit::{Adopted, Copy, Submission};
use crate::finding::{Change, Lang, Outcome, Status};
use crate::ingest::is_locked;
use crate::report::text::{self, Style, certainty_name};
use crate::report::unedited::Unedited;
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
    /// Whether copies without a password are made of a file that has one.
    #[serde(default)]
    allow_clear: bool,
    /// What it is audited with.
    #[serde(default)]
    beside: Beside,
}

#[derive(Debug, Deserialize)]
struct Value {
    field: String,
    to: String,
    #[serde(default)]
    proposed: bool,
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
struct Audited {
    /// gouji's own copy, untouched: no submission.
    own: Option<Unedited>,
    edited: bool,
    /// Whether a password would open it, and whether it took one.
    locked: bool,
    secret: bool,
    annotated: Option<String>,
    corrected: Option<String>,
    documents: Vec<String>,
    /// What it is where it holds no form.
    formless: Option<Formless>,
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
    /// Does something with the submission, as it was decided about.
    fn with<T>(
        &self,
        request: &Request,
        work: impl FnOnce(&Submission) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let options = self.beside.options(request)?;
        let lang = self.lang.into();
        let mut submission = match &self.copy {
            Some(copy) => Submission::one_of_many((&self.shown, copy), request.file(), &options, lang),
            None => Submission::new(&self.shown, request.file(), &options, lang),
        };
        let adopted = |v: &Value| {
            Some(Adopted { field: v.field.clone(), to: v.to.parse().ok()?, proposed: v.proposed })
        };
        let adopted: Vec<Adopted> = self.adopted.iter().filter_map(adopted).collect();
        if self.allow_clear {
            submission.allow_clear();
        }
        submission.decide(&adopted);
        if self.aggregate {
            let smalls = self.beside.asked(request).iter().skip(1);
            let smalls = smalls.filter_map(|f| std::str::from_utf8(f).ok());
            let members: Vec<memory::Kept> =
                smalls.map(|small| memory::Kept { small, ..memory::Kept::default() }).collect();
            memory::compare(&mut submission, &self.shown, &members, &options);
        }
        work(&submission)
    }

    pub(super) fn audit(&self, request: &Request) -> Result<Answer, Failed> {
        self.with(request, |submission| self.audited(submission, request))
    }

    fn audited(&self, submission: &Submission, request: &Request) -> Result<Answer, Failed> {
        let outcome = submission.outcome();
        let step = |change: &Change| self.step(change, submission);
        let (annotated, corrected) = submission.copy_names().unzip();
        let audited = Audited {
            own: submission.unedited(),
            edited: submission.is_edited(),
            locked: outcome.failure.as_ref().is_some_and(is_locked),
            secret: submission.is_secret(),
            annotated,
            corrected,
            documents: submission.document_names(),
            formless: self.formless(&outcome, request)?,
            fixable: submission.is_fixable(),
            proposals: submission.open_proposals().iter().map(step).collect(),
            likely: submission.likely().iter().map(step).collect(),
            choices: submission.choices().iter().map(|set| set.iter().map(step).collect()).collect(),
            decided: submission.decided().iter().map(step).collect(),
        };
        let line = json::line(&outcome, self.lang.into())?;
        let small = memory::small(submission, self.lang.into())?;
        Ok(Answer::of(&audited)?.with(line.into_bytes()).with(small.into_bytes()))
    }

    fn formless(&self, outcome: &Outcome, request: &Request) -> Result<Option<Formless>, Failed> {
        if outcome.status != Status::Unmapped {
            return Ok(None);
        }
        Ok(Some(memory::formless(&self.shown, request.file(), &*self.beside.options(request)?)))
    }

    fn step(&self, change: &Change, submission: &Submission) -> Step {
        let lang: Lang = self.lang.into();
        let field = submission.content().and_then(|c| Some((c, c.form.field_ix(&change.field)?)));
        Step {
            field: change.field.clone(),
            name: field
                .map(|(c, ix)| c.submission().names().field(ix).get(lang).to_owned())
                .unwrap_or_default(),
            cell: change.cell.to_string(),
            from: change.text.clone().or_else(|| change.from.map(crate::grid::amount::show)),
            to: crate::grid::amount::show(change.to),
            sure: certainty_name(change.certainty, lang),
            why: change.why.get(lang).to_owned(),
        }
    }

    pub(super) fn draw(&self, request: &Request) -> Result<Answer, Failed> {
        self.with(request, |submission| {
            let outcome = submission.outcome();
            let drawn = submission.content().map(|c| drawing::drawings(c.submission(), &outcome));
            Ok(Answer::of(&serde_json::json!({ "sheets": drawn.unwrap_or_default() }))?)
        })
    }

    pub(super) fn text(&self, request: &Request) -> Result<Answer, Failed> {
        let style = Style { lang: self.lang.into(), colour: false };
        self.with(request, |submission| {
            let text = text::outcome(&submission.outcome(), style);
            Ok(Answer::of(&serde_json::json!({ "text": text }))?)
        })
    }

    pub(super) fn annotated(&self, request: &Request) -> Result<Answer, Failed> {
        self.with(request, |submission| copy(submission.annotated()?))
    }

    pub(super) fn corrected(&self, request: &Request) -> Result<Answer, Failed> {
        // A batch corrects only where something is proved, unless somebody has decided.
        self.with(request, |submission| {
            copy(if self.in_batch { submission.corrected_in_batch()? } else { submission.corrected()? })
        })
    }

    pub(super) fn documents(&self, request: &Request) -> Result<Answer, Failed> {
        self.with(request, |submission| {
            let made = submission.documents()?;
            let names: Vec<&String> = made.iter().map(|copy| &copy.name).collect();
            let answer = Answer::of(&serde_json::json!({ "names": names }))?;
            Ok(made.into_iter().fold(answer, |answer, copy| answer.with(copy.bytes)))
        })
    }
}

fn copy(made: Option<Copy>) -> Result<Answer, Failed> {
    let Some(made) = made else { return Ok(Answer::of(&serde_json::json!({ "name": null }))?) };
    let warnings: Vec<Failed> = made.warnings.into_iter().map(Failed::from).collect();
    let answer = Answer::of(&serde_json::json!({ "name": made.name, "warnings": warnings }))?;
    Ok(answer.with(made.bytes))
}
