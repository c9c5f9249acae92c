//! Words of the language that reports are written in, as data (templates/narrative.toml).

use serde::Deserialize;
use std::sync::OnceLock;

/// The lists, each explained in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) application: String,
    pub(super) of_all: Vec<String>,
    pub(super) title: Vec<String>,
    pub(super) dates_and_places: String,
    pub(super) township_calls: Vec<String>,
    pub(super) negation: Vec<String>,
    pub(super) counts: Vec<String>,
    pub(super) filler: Vec<String>,
    /// Neutral words besides the fillers; loaded, these hold the fillers too.
    pub(super) neutral: Vec<String>,
    pub(super) dates: String,
    pub(super) foreign: Vec<String>,
    pub(super) leads: Vec<String>,
    pub(super) units: Vec<String>,
    pub(super) unrelated: Vec<String>,
    pub(super) classes: Vec<String>,
    pub(super) parts: Vec<String>,
    pub(super) by_kind: Vec<(String, String)>,
    pub(super) timely: Vec<String>,
    pub(super) single: Vec<String>,
    pub(super) none_behind: Vec<String>,
    pub(super) idle: Vec<String>,
    pub(super) this_year: Vec<String>,
    pub(super) rate: Vec<Rate>,
    pub(super) joints: Vec<String>,
    pub(super) denied_too: Vec<String>,
    pub(super) sums: Vec<String>,
    pub(super) by: Vec<String>,
    pub(super) channels: Vec<String>,
    pub(super) cases: Vec<String>,
    pub(super) published: Vec<String>,
    pub(super) rough_before: Vec<String>,
    pub(super) rough_after: Vec<String>,
    pub(super) off_topic: Vec<String>,
    pub(super) classified: Vec<String>,
    pub(super) on_topic: Vec<String>,
    pub(super) partial: Vec<String>,
    pub(super) period: Vec<String>,
    pub(super) year_end: Vec<String>,
    pub(super) disclosure: Vec<String>,
    pub(super) regions: String,
    pub(super) government: Vec<String>,
    pub(super) topic: Vec<String>,
    pub(super) receives: Vec<String>,
    pub(super) not_a_part: Vec<String>,
    pub(super) rest: Vec<String>,
    pub(super) settled: Vec<String>,
    pub(super) parties: Vec<String>,
    pub(super) applicants: Vec<String>,
    pub(super) volume: Vec<String>,
    /// The term that this is the number of.
    pub(super) volume_of: String,
    pub(super) publishes: Vec<String>,
    pub(super) compiles: Vec<String>,
    pub(super) qualified: Vec<String>,
    pub(super) refused: Vec<String>,
    pub(super) helped: Vec<String>,
    pub(super) other_base: Vec<String>,
    pub(super) other_scope: Vec<String>,
    pub(super) office_ends: Vec<String>,
    pub(super) we: char,
    pub(super) own: Vec<String>,
    pub(super) change: Vec<String>,
    pub(super) level: String,
    pub(super) nearly: String,
    pub(super) growth: Vec<String>,
    pub(super) decline: Vec<String>,
    pub(super) lines_of_last_year: Vec<String>,
    pub(super) compared: Vec<String>,
    pub(super) share: Vec<String>,
    pub(super) last_year: Vec<String>,
    pub(super) token: Vec<String>,
    pub(super) fee: Vec<String>,
    pub(super) none: Vec<String>,
    pub(super) no_fee: Vec<String>,
    pub(super) to_report: Vec<String>,
    pub(super) plan: Vec<String>,
    pub(super) past: Vec<String>,
    pub(super) townships: Vec<String>,
    pub(super) departments: Vec<String>,
    pub(super) opens: Vec<String>,
    pub(super) called_alike: Vec<Vec<String>>,
    pub(super) subject: Vec<String>,
    pub(super) vague: String,
    pub(super) common: String,
    pub(super) adjectives: Vec<String>,
}

/// A rate: which terms over which.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    pub(super) words: Vec<String>,
    /// Ids of terms that make up the part, in each of its meanings.
    pub(super) part: Vec<Vec<String>>,
    /// Ids of terms that may be the whole.
    pub(super) of: Vec<String>,
}

/// The lists; without them nothing is claimed.
pub(super) fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    WORDS
        .get_or_init(|| {
            let mut words: Words = toml::from_str(include_str!("../../../templates/narrative.toml")).ok()?;
            // The longest filler is taken first, so that what is left is the least.
            // Whoever asks is no other matter.
            words.filler.extend(words.parties.iter().cloned());
            words.filler.sort_by_key(|w| std::cmp::Reverse(w.len()));
            let known =
                [&words.filler, &words.own, &words.units, &words.channels, &words.negation, &words.counts];
            let known: Vec<String> = known.into_iter().flatten().cloned().collect();
            words.neutral.extend(known);
            words.units.sort_by_key(|w| std::cmp::Reverse(w.len()));
            words.neutral.sort_by_key(|w| std::cmp::Reverse(w.len()));
            Some(words)
        })
        .as_ref()
}

/// Whether one of these words stands in a text.
pub(super) fn any(list: &[String], text: &str) -> bool {
    list.iter().any(|w| text.contains(w.as_str()))
}

/// A text without these words.
pub(super) fn without<'w>(list: impl IntoIterator<Item = &'w String>, text: String) -> String {
    replaced(list, "", text)
}

/// A text with something else in the place of these words, one after the other.
pub(super) fn replaced<'w>(list: impl IntoIterator<Item = &'w String>, by: &str, text: String) -> String {
    let replace = |text: String, word: &String| {
        // Of long lists a short text has few.
        if text.contains(word.as_str()) { text.replace(word.as_str(), by) } else { text }
    };
    list.into_iter().fold(text, replace)
}

/// What is left of a text when the fillers are taken out.
pub(super) fn residue(words: &Words, text: &str) -> usize {
    let rest = replaced(&words.filler, "\u{0}", text.to_owned());
    rest.chars().filter(|c| *c != '\u{0}').count()
}
