//! What the words of a report count: terms with their fields, sections, and wholes with their parts.
//!
//! Only the vocabulary that belongs to one form; words of the language itself (no, about, of which) are
//! `check::narrative`'s own.

use super::condition::Condition;
use super::formula;
use super::model::{FieldIx, Form};
use super::phrase::Phrase;
use super::problem::{Problems, did_you_mean};
use super::scope::Place;
use super::source::{RawNarrative, RawTerm, Word};
use crate::finding::Text;

/// The vocabulary of a form's narrative; empty where a form has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrative {
    /// A word that stands in each section's heading, first section first.
    pub sections: Vec<String>,
    /// Number of the section that says what the problems were, from 1.
    pub problems: Option<usize>,
    /// Number of the section for anything else.
    pub others: Option<usize>,
    /// What sentences count.
    pub terms: Vec<Term>,
    /// Terms that add up to others.
    pub wholes: Vec<Whole>,
    /// Fields that speak of a processing fee where one of them is not 0.
    pub fees: Vec<FieldIx>,
}

/// Something that sentences count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Its id; `where` of a finding.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Phrases that name it.
    pub words: Vec<Phrase>,
    /// Words of which one must stand near it; none needed if empty.
    pub near: Vec<String>,
    /// Words of which one must stand in the same sentence; none needed if empty.
    pub beside: Vec<String>,
    /// Whether it counts only in a clause that names no other term.
    pub alone: bool,
    /// What it counts.
    pub kind: Counts,
    /// What it may mean, each a sum of fields.
    pub readings: Vec<Vec<FieldIx>>,
}

/// What a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counts {
    /// A kind of result: 予以公开.
    #[default]
    Results,
    /// What an office does: 收到.
    Acts,
    /// An amount in 万元.
    Money,
    /// Cases by a word that may count something else: a number that differs is only asked about.
    Unsure,
}

impl Counts {
    fn of(word: &str) -> Self {
        match word {
            "act" => Self::Acts,
            "money" => Self::Money,
            "ask" => Self::Unsure,
            _ => Self::Results,
        }
    }
}

/// Terms that add up to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Index of the whole in [`Narrative::terms`].
    pub whole: usize,
    /// Indices of its parts.
    pub parts: Vec<usize>,
    /// Whether parts belong to it only in its own sentence, with no other such whole between.
    pub apart: bool,
}

/// Resolves the vocabulary of a definition against its form.
pub(super) fn narrative(raw: &RawNarrative, form: &Form, problems: &mut Problems) -> Narrative {
    let terms: Vec<Term> = raw.terms.iter().map(|t| term(t, form, problems)).collect();
    let mut index = |word: &Word| {
        let found = terms.iter().position(|t| t.id == word.text);
        if found.is_none() {
            let message =
                Text::new(format!("没有名为“{}”的词条", word.text), format!("unknown term `{}`", word.text));
            problems.add(word.at, message, did_you_mean(&word.text, terms.iter().map(|t| t.id.as_str())));
        }
        found
    };
    let mut wholes = Vec::new();
    for w in &raw.wholes {
        let parts: Vec<usize> = w.parts.iter().filter_map(&mut index).collect();
        wholes.extend(index(&w.whole).map(|whole| Whole { whole, parts, apart: w.apart }));
    }
    let fees = raw.fees.iter().flat_map(|w| sum(w, form, problems)).collect();
    let problem_section = raw.problems.as_ref().and_then(|w| section(raw, w, problems));
    let others = raw.others.as_ref().and_then(|w| section(raw, w, problems));
    let sections = raw.sections.iter().map(|w| w.text.clone()).collect();
    Narrative { sections, problems: problem_section, others, terms, wholes, fees }
}

/// The number of a section by its word.
fn section(raw: &RawNarrative, word: &Word, problems: &mut Problems) -> Option<usize> {
    let found = raw.sections.iter().position(|w| w.text == word.text);
    if found.is_none() {
        let message =
            Text::new(format!("没有“{}”这一部分", word.text), format!("unknown section `{}`", word.text));
        problems.add(
            word.at,
            message,
            did_you_mean(&word.text, raw.sections.iter().map(|w| w.text.as_str())),
        );
    }
    found.map(|i| i + 1)
}

fn term(raw: &RawTerm, form: &Form, problems: &mut Problems) -> Term {
    let texts = |words: &[Word]| words.iter().map(|w| w.text.clone()).collect();
    Term {
        id: raw.id.text.clone(),
        title: raw.title.clone(),
        words: raw.words.iter().filter_map(|w| phrase(w, problems)).collect(),
        near: texts(&raw.near),
        beside: texts(&raw.beside),
        alone: raw.alone,
        kind: raw.kind.as_ref().map(|w| Counts::of(&w.text)).unwrap_or_default(),
        readings: raw.readings.iter().map(|w| sum(w, form, problems)).collect(),
    }
}

fn phrase(word: &Word, problems: &mut Problems) -> Option<Phrase> {
    let read = Phrase::parse(&word.text);
    if read.is_none() {
        let message = Text::new(
            format!("“{}”的括号不成对，或里面是空的", word.text),
            format!("the brackets of `{}` do not match, or nothing is in it", word.text),
        );
        problems.add(word.at, message, Text::default());
    }
    read
}

/// A reading as written, `t3.new.total + t3.carried_over.total`, as fields.
fn sum(word: &Word, form: &Form, problems: &mut Problems) -> Vec<FieldIx> {
    let place = Place::whole(form, String::new());
    match formula::condition(&format!("{} = 0", word.text), &place) {
        Ok(Condition::Compare(left, ..)) => left.terms.iter().map(|t| t.field).collect(),
        Ok(_) => {
            let message = Text::new("应为字段之和", "expected a sum of fields");
            problems.add(word.at, message, Text::default());
            Vec::new()
        }
        Err((message, hint)) => {
            problems.add(word.at, message, hint);
            Vec::new()
        }
    }
}
