//! Forms that a submission may be, each with its words prepared once for all submissions.

use super::known::Seated;
use super::lexicon::Lexicon;
use super::view::Labels;
use crate::form::{self, Form};
use crate::grid::Workbook;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

/// Some forms; a slice of them to whoever does not map.
#[derive(Debug, Clone, Default)]
pub struct Forms(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    forms: Vec<Form>,
    /// Per form; made when it is first looked for.
    lexicons: Vec<OnceLock<Lexicon>>,
    /// Per form, how many fields it has, without those of lines that stand only in a mixed form.
    sizes: Vec<usize>,
    /// The labels that many submissions show.
    seated: Seated,
}

impl Forms {
    /// The forms that come with gouji.
    pub fn builtin() -> Self {
        static FORMS: OnceLock<Forms> = OnceLock::new();
        FORMS.get_or_init(|| form::builtin().to_vec().into()).clone()
    }

    /// The labels of a workbook.
    pub(super) fn labels(&self, book: &Workbook) -> Labels {
        Labels::of(book, &self.0.seated)
    }

    /// How many fields a form of these has, by its place, without those of lines that stand only in a mixed form.
    pub(super) fn size(&self, index: usize) -> usize {
        self.0.sizes.get(index).copied().unwrap_or_default()
    }

    /// The words of a form of these, by its place.
    pub(super) fn words(&self, index: usize) -> Option<(&Form, &Lexicon)> {
        let (form, words) = (self.0.forms.get(index)?, self.0.lexicons.get(index)?);
        Some((form, words.get_or_init(|| Lexicon::new(form))))
    }
}

impl From<Vec<Form>> for Forms {
    fn from(forms: Vec<Form>) -> Self {
        let lexicons = forms.iter().map(|_| OnceLock::new()).collect();
        let sizes = forms.iter().map(|f| f.printed().count()).collect();
        let seated = Seated::of(&forms);
        Self(Arc::new(Inner { forms, lexicons, sizes, seated }))
    }
}

impl Deref for Forms {
    type Target = [Form];

    fn deref(&self) -> &[Form] {
        &self.0.forms
    }
}
