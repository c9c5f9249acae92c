//! What is wrong with a definition, each mistake with its place and a hint.

use crate::finding::{Lang, Text};

/// A mistake in a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: Text,
    /// What to do about it; empty where the message says it.
    pub hint: Text,
}

/// All mistakes of one definition, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormErrors {
    /// The definition's name, as the caller gave it.
    pub name: String,
    /// The mistakes; never empty.
    pub problems: Vec<Problem>,
}

impl FormErrors {
    /// One or two lines a mistake: `name:line:column: message`, and the hint.
    pub fn render(&self, lang: Lang) -> String {
        let label = if lang == Lang::Zh { "提示：" } else { "hint: " };
        let mut lines = Vec::new();
        for p in &self.problems {
            lines.push(format!("{}:{}:{}: {}\n", self.name, p.line, p.column, p.message.get(lang)));
            if !p.hint.is_empty() {
                lines.push(format!("  {label}{}\n", p.hint.get(lang)));
            }
        }
        lines.concat()
    }
}

impl std::fmt::Display for FormErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.render(Lang::En).trim_end())
    }
}

impl std::error::Error for FormErrors {}

/// Mistakes while they are collected, by their offset in the text.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<(usize, Text, Text)>);

impl Problems {
    /// Notes a mistake at a byte offset.
    pub(super) fn add(&mut self, at: usize, message: Text, hint: Text) {
        self.0.push((at, message, hint));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mistakes in the order of the text, each once.
    pub(super) fn located(mut self, name: &str, text: &str) -> FormErrors {
        self.0.sort_by_key(|(at, ..)| *at);
        self.0.dedup();
        let problems = self.0.into_iter().map(|(at, message, hint)| {
            let before = text.get(..at).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |i| i + 1);
            let column = before.get(line_start..).map_or(0, |l| l.chars().count()) + 1;
            Problem { line: before.matches('\n').count() + 1, column, message, hint }
        });
        FormErrors { name: name.to_owned(), problems: problems.collect() }
    }
}

/// "did you mean …?" for the known word nearest to an unknown one; all known words where none is near.
pub(super) fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Text {
    const LISTED: usize = 12;
    let known: Vec<&str> = known.collect();
    let best = known.iter().map(|k| (distance(word, k), *k)).min();
    match best {
        Some((d, near)) if d <= 1 + word.chars().count() / 3 => {
            Text::new(format!("是否为“{near}”？"), format!("did you mean `{near}`?"))
        }
        Some(_) if known.len() <= LISTED => {
            Text::new(format!("可用：{}", known.join("、")), format!("known here: {}", known.join(", ")))
        }
        _ => Text::default(),
    }
}

/// Levenshtein distance (Wagner & Fischer 1974).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, up), corner) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or(0);
            next.push((up + 1).min(left + 1).min(corner + usize::from(x != *y)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
