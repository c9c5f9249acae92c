//! Ids of rows and columns: readable, the same for the same label, unique in a table.

use super::{Draft, DraftLine, words};
use crate::grid::label;
use pinyin::ToPinyin;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Syllables of a label that is spelt out; of a longer one there are the first letters of so many.
const MOST_SYLLABLES: usize = 6;
const MOST_INITIALS: usize = 16;
/// Groups that tell lines of one label apart in their ids.
const MOST_GROUPS: usize = 2;

/// Gives every line an id that is unique in its table: words where its labels have them, else its place. A column
/// that stands on several sides of a table has one id.
pub(super) fn name_lines(draft: &mut Draft) {
    let mut rows = BTreeSet::new();
    let mut cols = BTreeSet::new();
    let mut side: Vec<DraftLine> = Vec::new();
    for block in &mut draft.blocks {
        name(&mut block.rows, 'r', &mut rows);
        if !block.beside {
            side.clear();
        }
        let known = |col: &DraftLine| side.iter().find(|c| c.path == col.path).map(|c| c.id.clone());
        let ids: Vec<Option<String>> = block.cols.iter().map(known).collect();
        let mut others: Vec<DraftLine> = Vec::new();
        others.extend(block.cols.iter().zip(&ids).filter(|(_, id)| id.is_none()).map(|(c, _)| c.clone()));
        name(&mut others, 'c', &mut cols);
        let mut new = others.iter().map(|c| c.id.clone());
        for (col, id) in block.cols.iter_mut().zip(ids) {
            col.id = id.or_else(|| new.next()).unwrap_or_default();
        }
        side.extend(others);
    }
}

fn name(lines: &mut [DraftLine], letter: char, taken: &mut BTreeSet<String>) {
    let leaves: Vec<String> = lines.iter().map(|l| leaf_word(l, letter)).collect();
    for (line, leaf) in lines.iter_mut().zip(&leaves) {
        let alike = !leaf.is_empty() && leaves.iter().filter(|l| *l == leaf).count() > 1;
        let groups = line.path.iter().rev().skip(1).map(|l| spoken(l)).filter(|w| !w.is_empty());
        let few = groups.take(if alike { MOST_GROUPS } else { 0 });
        let id = few.fold(leaf.clone(), |id, group| format!("{group}.{id}"));
        line.id = free_id(&id, letter, taken);
    }
}

/// A word for a line: of its own label, else its printed number, else how its label is spoken.
fn leaf_word(line: &DraftLine, letter: char) -> String {
    let Some(leaf) = line.path.last() else { return String::new() };
    let known = Some(word(leaf)).filter(|w| !w.is_empty());
    known.or_else(|| line.number.map(|n| format!("{letter}{n:02}"))).unwrap_or_else(|| spelt(leaf))
}

/// A word for a label, translated or as it is spoken.
fn spoken(label: &str) -> String {
    Some(word(label)).filter(|w| !w.is_empty()).unwrap_or_else(|| spelt(label))
}

fn free_id(word: &str, letter: char, taken: &mut BTreeSet<String>) -> String {
    let numbered = |n: usize| if word.is_empty() { format!("{letter}{n}") } else { format!("{word}_{n}") };
    let plain = (!word.is_empty()).then(|| word.to_owned());
    let first = if word.is_empty() { taken.len() + 1 } else { 2 };
    let id = plain
        .into_iter()
        .chain((first..=first + taken.len() + 1).map(numbered))
        .find(|id| !taken.contains(id))
        .unwrap_or_default();
    taken.insert(id.clone());
    id
}

/// A word for a label: common ones translated (templates/words.toml), Latin letters kept.
fn word(label: &str) -> String {
    let text = outside_brackets(label);
    if let Some(known) = translations().get(&bare(text)) {
        return known.clone();
    }
    let raw = text.to_lowercase();
    let year = label::year(label).map(|y| format!("y{y}"));
    let ascii = raw.is_ascii() && raw.contains(|c: char| c.is_ascii_alphabetic());
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let word: String = if ascii { raw.chars().map(letters).collect() } else { String::new() };
    let mut parts =
        word.split('_').filter(|w| !w.is_empty()).skip_while(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    let few: Vec<&str> = parts.by_ref().take(6).collect();
    let named = Some(few.join("_")).filter(|w| !w.is_empty());
    named.or(year).or_else(|| numeral(&raw)).unwrap_or_default()
}

/// The translations of common words.
fn translations() -> &'static BTreeMap<String, String> {
    static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(include_str!("../../../templates/words.toml")).unwrap_or_default())
}

/// What a label says without its list mark, be it 一、 or 1.1.a, and without 其中 before it.
fn bare(text: &str) -> String {
    let mark = text.trim_start().split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '．')).next();
    let is_marked = mark.is_some_and(|m| m.contains(['.', '．']));
    let own = label::normalise(if is_marked { words::without_mark(text) } else { text }).text;
    own.strip_prefix("其中").filter(|t| !t.is_empty()).unwrap_or(&own).to_owned()
}

/// A label without the remark in brackets behind it: 面积（亩）.
fn outside_brackets(label: &str) -> &str {
    let end = label.trim_end();
    let before = end.strip_suffix(['）', ')']).and_then(|t| t.rfind(['（', '(']).and_then(|at| t.get(..at)));
    before.filter(|t| !t.trim().is_empty()).unwrap_or(label)
}

/// A Chinese label by how it is spoken: 营业收入 is ying_ye_shou_ru; of a long one each syllable's first letter.
fn spelt(label: &str) -> String {
    let text = bare(outside_brackets(label));
    let mut parts: Vec<(String, bool)> = Vec::new();
    for c in text.chars() {
        if let Some(syllable) = c.to_pinyin() {
            parts.push((syllable.plain().replace('ü', "v"), true));
        } else if c.is_ascii_alphanumeric() {
            match parts.last_mut() {
                Some((run, false)) => run.push(c),
                _ => parts.push((c.to_string(), false)),
            }
        }
    }
    let whole = parts.len() <= MOST_SYLLABLES;
    let short = |(part, is_syllable): &(String, bool)| {
        if *is_syllable { part.chars().take(1).collect() } else { part.clone() }
    };
    let out = if whole {
        parts.into_iter().map(|(part, _)| part).collect::<Vec<String>>().join("_")
    } else {
        parts.iter().take(MOST_INITIALS).map(short).collect::<String>()
    };
    if out.starts_with(|c: char| c.is_ascii_digit()) { format!("n{out}") } else { out }
}

/// A word for a label of figures: y2012_13 for "2012-13", n15_19 for "15-19".
fn numeral(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    let first = parts.first().filter(|_| text.is_ascii())?;
    Some(format!("{}{}", if label::year(first).is_some() { 'y' } else { 'n' }, parts.join("_")))
}
