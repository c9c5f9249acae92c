//! Forms that a submission may be, each with its words prepared once for all submissions.

use super::known::Seated;
use super::lexicon::Lexicon;
use super::view::Labels;
use crate::form::{self, Form, Label};
use crate::grid::Workbook;
use foldhash::HashMap;
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
    /// Per form, how many labels its rows and columns have.
    leaves: Vec<usize>,
    /// Per word of such a label: the forms that have it and which of their labels it is.
    standing: HashMap<String, Vec<(usize, usize)>>,
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

    /// Per form, whether fewer than a quarter of its labels stand in a workbook: which forms it may hold at all can be
    /// told without mapping it.
    pub(super) fn lacking(&self, labels: &Labels) -> Vec<bool> {
        let standing = labels.list.iter().filter_map(|l| self.0.standing.get(&l.text)).flatten();
        let mut standing: Vec<(usize, usize)> = standing.copied().collect();
        standing.sort_unstable();
        standing.dedup();
        let mut counts = vec![0; self.len()];
        for (form, _) in standing {
            if let Some(count) = counts.get_mut(form) {
                *count += 1;
            }
        }
        counts.iter().zip(&self.0.leaves).map(|(count, leaves)| *count < leaves.div_ceil(4)).collect()
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
        let counts = forms.iter().map(|f| leaves(f).count()).collect();
        let mut standing: HashMap<String, Vec<(usize, usize)>> = HashMap::default();
        for (index, form) in forms.iter().enumerate() {
            for (leaf, label) in leaves(form).enumerate() {
                for word in &label.words {
                    standing.entry(word.text.clone()).or_default().push((index, leaf));
                }
            }
        }
        Self(Arc::new(Inner { forms, lexicons, sizes, leaves: counts, standing, seated }))
    }
}

/// The labels of a form's rows and columns, without their groups.
fn leaves(form: &Form) -> impl Iterator<Item = &Label> {
    let blocks = form.tables.iter().flat_map(|t| &t.blocks);
    blocks.flat_map(|b| b.rows.iter().chain(&b.cols)).filter_map(|l| l.path.last())
}

impl Deref for Forms {
    type Target = [Form];

    fn deref(&self) -> &[Form] {
        &self.0.forms
    }
}
