//! Texts of reports that lie beside the workbooks of a batch: Word documents, pages and plain texts without tables.
//!
//! A text belongs to a workbook of the same folder with the same name, else of the same office, else to the only
//! one there is. It is then read as that workbook's narrative and is no submission; a text that belongs to none
//! stays an item, and is told to hold no form.

use super::walk::{Item, Place};
use super::work::{bytes, office_of_folders};
use crate::audit::narrative::Narrative;
use crate::audit::offices::reduced;
use crate::audit::{Options, open, output, unlock};
use crate::grid::Workbook;
use crate::mapping::identity::identify;
use crate::report::patch::word;
use crate::report::unedited::{Kind, Unedited};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Kinds of file that hold a report's text.
const TEXTS: [&str; 4] = ["docx", "html", "htm", "txt"];

/// How a text belongs to a workbook; the later, the closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Alone,
    Office,
    Name,
}

/// Whose a file is, as far as that is known.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Whose {
    stem: String,
    office: Option<String>,
    year: Option<i32>,
}

/// Gives each workbook the text that lies beside it, and takes that from the items; gives texts that are gouji's own
/// copies as gouji left them, which are taken out too.
pub(super) fn attach(items: &mut Vec<Item>, options: &Options) -> Vec<Unedited> {
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut own = Vec::new();
    for (texts, books) in folders(items.iter()) {
        attach_in_folder(items, &texts, &books, options, (&mut taken, &mut own));
    }
    let mut n = 0;
    items.retain(|_| {
        n += 1;
        !taken.contains(&(n - 1))
    });
    own
}

/// An item of which it is known whether it is a report's text, and whose.
pub(super) struct Known {
    pub(super) item: Item,
    /// Whose its text is, where it is one.
    pub(super) text: Option<Whose>,
    /// What its workbook says of itself.
    pub(super) office: Option<String>,
    pub(super) year: Option<i32>,
}

/// The text that lies beside each workbook: the same as [`attach`] finds, of items that are known.
pub(super) fn beside(known: &[Known]) -> Vec<Option<usize>> {
    let mut beside = vec![None; known.len()];
    for (texts, books) in folders(known.iter().map(|k| &k.item)) {
        let whose = |i: &usize| Some((*i, known.get(*i)?.text.clone()?));
        let found: Vec<(usize, Whose)> = texts.iter().filter_map(whose).collect();
        let alone = found.len() == 1 && books.len() == 1;
        for b in books {
            let (Some(book), Some(place)) = (known.get(b), beside.get_mut(b)) else { continue };
            let content = |whose: Whose| Whose {
                office: book.office.as_deref().map(reduced),
                year: book.year,
                ..whose
            };
            *place = closest(&book.item, &found, alone, &content);
        }
    }
    beside
}

/// The texts and the workbooks of each folder that has both.
fn folders<'i>(items: impl IntoIterator<Item = &'i Item>) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut folders: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (i, item) in items.into_iter().enumerate() {
        let (texts, books) = folders.entry(folder(&item.shown).to_owned()).or_default();
        if is_text(item) { texts.push(i) } else { books.push(i) }
    }
    folders.into_values().filter(|(texts, books)| !texts.is_empty() && !books.is_empty()).collect()
}

fn folder(shown: &str) -> &str {
    shown.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file is of a kind that holds a report's text.
pub(super) fn is_text(item: &Item) -> bool {
    let ext = item.shown.rsplit_once('.').map(|(_, ext)| ext.to_lowercase()).unwrap_or_default();
    TEXTS.contains(&ext.as_str()) && !matches!(item.place, Place::Nowhere(_))
}

fn attach_in_folder(
    items: &mut [Item],
    texts: &[usize],
    books: &[usize],
    options: &Options,
    (taken, own): (&mut BTreeSet<usize>, &mut Vec<Unedited>),
) {
    let mut found: Vec<(usize, Whose)> = Vec::new();
    let mut narratives: BTreeMap<usize, Arc<Narrative>> = BTreeMap::new();
    for i in texts {
        match items.get(*i).map(|item| text(item, options)) {
            Some(Text::Report(whose, narrative)) => {
                found.push((*i, whose));
                narratives.insert(*i, narrative);
            }
            Some(Text::Own(copy)) => {
                own.push(copy);
                taken.insert(*i);
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return;
    }
    let alone = found.len() == 1 && books.len() == 1;
    for b in books {
        let Some(book) = items.get_mut(*b) else { continue };
        let content = |whose: Whose| by_content(book, whose, options);
        if let Some(i) = closest(book, &found, alone, &content) {
            book.narrative = narratives.get(&i).cloned();
            taken.insert(i);
        }
    }
}

/// The text that belongs closest to a workbook; its content is asked whose it is where its name does not say.
fn closest(
    book: &Item,
    found: &[(usize, Whose)],
    alone: bool,
    content: &dyn Fn(Whose) -> Whose,
) -> Option<usize> {
    let mut whose = by_name(book);
    let named = |w: &Whose| found.iter().any(|(_, t)| tie(w, t, alone) == Some(Tie::Name));
    if !named(&whose) && whose.office.is_none() {
        whose = content(whose);
    }
    let ties = found.iter().filter_map(|(i, t)| Some((tie(&whose, t, alone)?, *i)));
    ties.max().map(|(_, i)| i)
}

/// What a file of text is.
pub(super) enum Text {
    /// A report's text.
    Report(Whose, Arc<Narrative>),
    /// gouji's own copy of one, as gouji left it.
    Own(Unedited),
    /// A submission, or nothing that can be read.
    Other,
}

fn text(item: &Item, options: &Options) -> Text {
    bytes(item, options).map_or(Text::Other, |bytes| text_in(item, &bytes, options))
}

/// What a file is that may be a text, by its bytes.
pub(super) fn text_in(item: &Item, bytes: &[u8], options: &Options) -> Text {
    if word::untouched(bytes) == Some(true) {
        let (file, office) = (item.shown.clone(), by_name(item).office);
        return Text::Own(Unedited { file, office, source: None, kind: Kind::Document, refusal: None });
    }
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let Ok(unlocked) = unlock(bytes, options) else { return Text::Other };
    if open(name, unlocked, options).is_ok() {
        return Text::Other;
    }
    match Narrative::read(&item.copy, bytes, options) {
        Ok(narrative) => {
            let whose = known(&narrative.book, stem(&item.shown));
            Text::Report(whose, Arc::new(narrative))
        }
        Err(_) => Text::Other,
    }
}

/// The last name of a path without its extension and gouji's word in it.
fn stem(shown: &str) -> String {
    let name = shown.rsplit('/').next().unwrap_or(shown);
    let stem = output::stem(name);
    let stem = if stem == name { name.rsplit_once('.').map_or(name, |(base, _)| base) } else { stem };
    stem.split_whitespace().collect()
}

fn known(book: &Workbook, stem: String) -> Whose {
    let identity = identify(book, &stem);
    let office = identity.office.map(|o| reduced(&o.value));
    Whose { stem, office, year: identity.year.map(|y| y.value) }
}

fn by_name(item: &Item) -> Whose {
    let whose = known(&Workbook::default(), stem(&item.shown));
    let office = item.office.as_ref().map(|o| reduced(o)).or(whose.office);
    Whose { office: office.or_else(|| office_of_folders(&item.shown).map(|o| reduced(&o))), ..whose }
}

fn by_content(item: &Item, whose: Whose, options: &Options) -> Whose {
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let read = bytes(item, options).and_then(|bytes| crate::audit::read(name, &bytes, options));
    read.map_or(whose.clone(), |read| known(&read.book, whose.stem))
}

fn tie(book: &Whose, text: &Whose, alone: bool) -> Option<Tie> {
    let differ = |a: Option<i32>, b: Option<i32>| a.zip(b).is_some_and(|(a, b)| a != b);
    if differ(book.year, text.year) {
        return None;
    }
    let (a, b) = (&book.stem, &text.stem);
    if a == b
        || a.chars().count() >= 3 && b.starts_with(a.as_str())
        || b.chars().count() >= 3 && a.starts_with(b.as_str())
    {
        return Some(Tie::Name);
    }
    match (&book.office, &text.office) {
        (Some(a), Some(b)) if a == b || a.ends_with(b.as_str()) || b.ends_with(a.as_str()) => {
            Some(Tie::Office)
        }
        (Some(_), Some(_)) => None,
        _ => alone.then_some(Tie::Alone),
    }
}
