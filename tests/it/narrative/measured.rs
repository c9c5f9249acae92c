//! How often what is found in a report's words is right, and how much of it is found, on sentences written before
//! they were measured. The table is printed (`cargo test --test it measured -- --nocapture`) and stands in the README.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gouji::check::LastYear;
use gouji::check::narrative::{Prior, narrative};
use gouji::finding::Severity;

use super::Office;

/// Files of sentences, oldest first, each written before it was measured and held to its bounds since.
const FILES: [&str; 30] = [
    "unseen-1",
    "unseen-2",
    "unseen-3",
    "unseen-4",
    "unseen-5",
    "unseen-6",
    "unseen-7",
    "unseen-8",
    "unseen-9",
    "unseen-10",
    "unseen-11",
    "unseen-12",
    "unseen-13",
    "unseen-14",
    "unseen-15",
    "unseen-16",
    "unseen-17",
    "unseen-18",
    "unseen-19",
    "unseen-20",
    "unseen-21",
    "unseen-22",
    "unseen-23",
    "unseen-24",
    "unseen-25",
    "unseen-29",
    "unseen-30",
    "unseen-31",
    "unseen-32",
    "variants",
];
/// The newest sentences, by somebody who had not seen the program: printed, and held to nothing until somebody has
/// mended by them and lists them above.
const BLIND: [&str; 3] = ["unseen-26", "unseen-27", "unseen-28"];

/// An office with its tables, and sentences of its report, one a line.
#[derive(serde::Deserialize)]
struct Told {
    name: String,
    year: i32,
    values: String,
    /// Numbers of last year's tables.
    #[serde(default)]
    before: String,
    says: String,
}

impl Told {
    fn office(&self, year: i32, values: &str) -> Office {
        let values: Vec<(&str, &str)> =
            values.split_whitespace().map(|v| v.split_once('=').unwrap()).collect();
        Office::new("xxgk-2021", Some(&self.name), year, &values)
    }
}

#[derive(serde::Deserialize)]
struct File {
    office: Vec<Told>,
}

/// A sentence with what is to be found in it.
#[derive(Debug, Default)]
struct Sentence {
    text: String,
    /// Codes with the words that they mark; `=` for what agrees, `?` for what may be asked.
    expected: Vec<(String, String)>,
}

impl Sentence {
    /// Reads `共收到[N301 3件]`.
    fn read(line: &str) -> Self {
        let mut out = Self::default();
        for (i, part) in line.split('[').enumerate() {
            let (marked, rest) = if i == 0 { ("", part) } else { part.split_once(']').expect("a closing ]") };
            if i > 0 {
                let (code, words) = marked.split_once(' ').unwrap_or((marked, ""));
                out.text += words;
                out.expected.push((code.to_owned(), words.to_owned()));
            }
            out.text += rest;
        }
        out.text = out.text.replace('｜', "\n");
        out
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

/// Scores by code, and what went wrong.
#[derive(Default)]
struct Table {
    scores: BTreeMap<String, Score>,
    sentences: usize,
    faults: Vec<String>,
}

impl Table {
    fn measure(&mut self, office: &Office, before: Option<&LastYear>, sentence: &Sentence) {
        self.sentences += 1;
        let prior = Prior { tables: before, text: None };
        let heard = narrative(office.submission(), &office.report(&sentence.text), prior);
        let mut found: Vec<(String, Severity, String, String)> = heard
            .findings
            .iter()
            .map(|f| (f.code.clone(), f.severity, marks(&f.message.zh), f.message.zh.clone()))
            .collect();
        let touches = |a: &str, b: &str| a.is_empty() || b.contains(a) || a.contains(b);
        for (code, words) in sentence.expected.iter().filter(|(code, _)| code.starts_with('N')) {
            let score = self.scores.entry(code.clone()).or_default();
            let hit = found.iter().position(|(c, severity, marks, _)| {
                c == code && *severity > Severity::Info && touches(words, marks)
            });
            if let Some(i) = hit {
                score.right += 1;
                found.remove(i);
            } else {
                score.missed += 1;
                self.faults.push(format!("missed {code} {words}: {}", sentence.text));
            }
        }
        let asked = |marks: &str| sentence.expected.iter().any(|(c, w)| c == "?" && touches(w, marks));
        for (code, severity, marks, message) in found {
            // "未发生复议、诉讼" is two faults at one place.
            let again = sentence.expected.iter().any(|(c, w)| *c == code && marks.starts_with(w.as_str()));
            if again || severity == Severity::Info && asked(&marks) {
                continue;
            }
            self.scores.entry(code.clone()).or_default().wrong += 1;
            self.faults.push(format!("wrong {code} {severity:?}: {message}"));
        }
        let due = sentence.expected.iter().filter(|(code, _)| code == "=").count();
        let agreed = heard.agreed.len().min(due);
        let score = self.scores.entry("相符".to_owned()).or_default();
        score.right += agreed;
        score.missed += due - agreed;
        if agreed < due {
            self.faults.push(format!("agreed {agreed} of {due}: {} {:?}", sentence.text, heard.agreed));
        }
    }

    fn total(&self) -> Score {
        let all = self.scores.iter().filter(|(code, _)| code.starts_with('N'));
        all.fold(Score::default(), |sum, (_, s)| Score {
            right: sum.right + s.right,
            wrong: sum.wrong + s.wrong,
            missed: sum.missed + s.missed,
        })
    }

    fn shown(&self) -> String {
        let mut out = format!("{} sentences\n", self.sentences);
        let total = self.total();
        for (code, s) in self.scores.iter().chain([(&"all N".to_owned(), &total)]) {
            let (precision, recall) = (percent(s.right, s.wrong), percent(s.right, s.missed));
            let _ = writeln!(
                out,
                "{code:6} right {:3}  wrong {:2}  missed {:2}  precision {precision:3} %  recall {recall:3} %",
                s.right, s.wrong, s.missed
            );
        }
        out
    }
}

fn percent(right: usize, other: usize) -> usize {
    (100 * right).checked_div(right + other).unwrap_or(100)
}

/// The words that a message marks.
fn marks(text: &str) -> String {
    let parts = text.split('【').skip(1).filter_map(|t| t.split('】').next());
    parts.collect::<Vec<_>>().join(" ")
}

/// The sentences of a file.
fn measured(name: &str) -> Table {
    let path = format!("{}/tests/it/narrative/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let file: File = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut table = Table::default();
    for told in file.office {
        let office = told.office(told.year, &told.values);
        let before = (!told.before.is_empty()).then(|| told.office(told.year - 1, &told.before).last_year());
        for line in told.says.lines().filter(|l| !l.is_empty()) {
            table.measure(&office, before.as_ref(), &Sentence::read(line));
        }
    }
    table
}

/// Prints a table, with what went wrong where `FAULTS` asks for it.
fn print(name: &str, table: &Table) {
    println!("{name}: {}", table.shown());
    if std::env::var_os("FAULTS").is_some() {
        println!("{}", table.faults.join("\n"));
    }
}

#[test]
fn measured_on_sentences_written_before() {
    let mut poor = Vec::new();
    for name in BLIND {
        print(name, &measured(name));
    }
    for name in FILES {
        let table = measured(name);
        print(name, &table);
        let Score { right, wrong, missed } = table.total();
        let (precision, recall) = (percent(right, wrong), percent(right, missed));
        if precision < 98 || recall < 90 {
            poor.push(format!("{name}: precision {precision} %, recall {recall} %"));
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}
