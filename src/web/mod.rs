//! The browser page and the door through which its worker calls the library.
//!
//! A request is JSON and files, the answer likewise (`parcel`), so that `door` knows nothing of either. Nothing
//! is kept between calls: after a fault the worker starts a new instance and has lost nothing.

mod batch;
mod beside;
#[cfg(target_arch = "wasm32")]
mod door;
mod file;
mod parcel;

use crate::audit::Options;
use crate::finding::Lang;
use parcel::{Answer, Request};
use serde::Deserialize;
use std::sync::LazyLock;

static OPTIONS: LazyLock<Options> = LazyLock::new(Options::default);

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Question {
    /// The result of a file as a line of JSON, its proposals and the names of its copies.
    Audit(file::File),
    /// The tables of a file, to be drawn.
    Draw(file::File),
    /// The result of a file as text.
    Text(file::File),
    /// The marked workbook.
    Annotated(file::File),
    /// The corrected workbook.
    Corrected(file::File),
    /// The Word documents with comments.
    Documents(file::File),
    /// Which files of many are audited.
    Plan(batch::Plan),
    /// The files of a zip.
    Members,
    /// The bytes of one file of a zip.
    Member { place: Vec<usize> },
    /// What a file of last year holds.
    Last(batch::Last),
    /// Which texts and which reports of last year lie beside which files.
    Beside(batch::Lying),
    /// What is said of all files together.
    Summary(batch::Summary),
}

/// Answers a request.
pub fn answer(request: &[u8]) -> Vec<u8> {
    let answered = parcel::open(request).and_then(|request| match ask(&request.question, &request) {
        Ok(answer) => Ok(answer),
        Err(failed) => Answer::of(&serde_json::json!({ "failed": failed })).map_err(|e| e.to_string()),
    });
    let answer = answered.or_else(|fault| {
        Answer::of(&serde_json::json!({ "failed": { "zh": fault, "en": fault } })).map_err(|e| e.to_string())
    });
    answer.map(Answer::bytes).unwrap_or_default()
}

/// Why something could not be done, in both languages.
#[derive(Debug, serde::Serialize)]
struct Failed {
    zh: String,
    en: String,
}

impl From<crate::finding::Text> for Failed {
    fn from(text: crate::finding::Text) -> Self {
        Self { zh: text.get(Lang::Zh).to_owned(), en: text.get(Lang::En).to_owned() }
    }
}

impl From<serde_json::Error> for Failed {
    fn from(error: serde_json::Error) -> Self {
        Self { zh: error.to_string(), en: error.to_string() }
    }
}

fn ask(question: &Question, request: &Request) -> Result<Answer, Failed> {
    match question {
        Question::Audit(file) => file.audit(request),
        Question::Draw(file) => file.draw(request),
        Question::Text(file) => file.text(request),
        Question::Annotated(file) => file.annotated(request),
        Question::Corrected(file) => file.corrected(request),
        Question::Documents(file) => file.documents(request),
        Question::Last(last) => last.last(request),
        Question::Beside(lying) => lying.beside(request),
        Question::Plan(plan) => plan.plan(),
        Question::Members => batch::members(request),
        Question::Member { place } => batch::member(place, request),
        Question::Summary(summary) => summary.summary(request),
    }
}

/// The language asked for.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tongue {
    #[default]
    Zh,
    En,
}

impl From<Tongue> for Lang {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Zh => Self::Zh,
            Tongue::En => Self::En,
        }
    }
}
