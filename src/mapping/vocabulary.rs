//! The words by which submissions are read (`templates/reading.toml`).

use std::sync::OnceLock;

/// Lists of words, as the file has them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vocabulary {
    pub(super) reports: Vec<String>,
    pub(super) report_titles: Vec<String>,
    pub(super) office_keys: Vec<String>,
    pub(super) year_keys: Vec<String>,
    pub(super) day_keys: Vec<String>,
    pub(super) title_ends: Vec<String>,
    pub(super) of_periods: String,
    pub(super) office_ends: Vec<String>,
    pub(super) vague_ends: Vec<String>,
    pub(super) own_ends: Vec<String>,
    pub(super) no_office: Vec<String>,
    pub(super) parts_of_year: Vec<String>,
    pub(super) of_which: Vec<String>,
    pub(super) drafts: Vec<String>,
    pub(super) finals: Vec<String>,
    pub(super) sums_of_sheets: Vec<String>,
    pub(super) wholes: Vec<String>,
    pub(super) versions_behind: Vec<String>,
    pub(super) versions_before: Vec<String>,
    pub(super) captions_below: Vec<String>,
    pub(super) current: Vec<String>,
    pub(super) previous: Vec<String>,
    pub(super) derived: Vec<String>,
    pub(super) period_ends: Vec<String>,
    pub(super) sums: Vec<String>,
    pub(super) running: Vec<String>,
    pub(super) shares: Vec<String>,
    pub(super) fillers: Vec<String>,
    pub(super) remarks: Vec<String>,
    pub(super) column_numbers: Vec<String>,
}

/// The words, read once.
pub(super) fn vocabulary() -> &'static Vocabulary {
    static WORDS: OnceLock<Vocabulary> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(include_str!("../../templates/reading.toml")).unwrap_or_default())
}

impl Vocabulary {
    /// Whether a word for this year, another or a comparison begins so.
    pub(super) fn may_begin_a_period(&self, c: char) -> bool {
        [&self.current, &self.previous, &self.derived].into_iter().flatten().any(|w| w.starts_with(c))
    }
}

/// Whether a text holds one of these words.
pub(super) fn has(text: &str, words: &[String]) -> bool {
    words.iter().any(|w| text.contains(w.as_str()))
}

#[cfg(test)]
mod tests {
    use super::Vocabulary;

    #[test]
    fn the_words_can_be_read() {
        let words = toml::from_str::<Vocabulary>(include_str!("../../templates/reading.toml"));
        assert!(words.is_ok_and(|w| !w.office_ends.is_empty()));
    }
}
