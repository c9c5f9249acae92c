//! A definition as written: its keys and texts with their places, not yet understood.
//!
//! Reads with toml's own spans rather than through serde, which stops at the first mistake; an unknown key is a
//! mistake everywhere.

use super::problem::{Problems, did_you_mean};
use crate::finding::Text;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text and its place in the definition.
#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: usize,
}

#[derive(Debug, Default)]
pub(super) struct RawForm {
    pub(super) id: Word,
    pub(super) status: Option<Word>,
    pub(super) reason: Option<Word>,
    pub(super) title: Text,
    pub(super) authority: Word,
    pub(super) since: Option<i32>,
    pub(super) until: Option<i32>,
    pub(super) heading: Option<Word>,
    pub(super) words: Vec<Word>,
    pub(super) aliases: Vec<(Word, Vec<Word>)>,
    pub(super) tables: Vec<RawTable>,
    pub(super) relations: Vec<RawRelation>,
    pub(super) checks: Vec<RawCheck>,
    pub(super) narrative: RawNarrative,
}

#[derive(Debug, Default)]
pub(super) struct RawNarrative {
    pub(super) sections: Vec<Word>,
    pub(super) problems: Option<Word>,
    pub(super) others: Option<Word>,
    pub(super) terms: Vec<RawTerm>,
    pub(super) wholes: Vec<RawWhole>,
    pub(super) fees: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct RawTerm {
    pub(super) id: Word,
    pub(super) title: Text,
    pub(super) words: Vec<Word>,
    pub(super) near: Vec<Word>,
    pub(super) beside: Vec<Word>,
    pub(super) alone: bool,
    pub(super) act: bool,
    pub(super) money: bool,
    pub(super) readings: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct RawWhole {
    pub(super) whole: Word,
    pub(super) parts: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct RawTable {
    pub(super) id: Word,
    pub(super) name: Word,
    pub(super) title: Word,
    pub(super) heading: Option<Word>,
    pub(super) kind: Option<Word>,
    pub(super) unit: Option<Word>,
    pub(super) blocks: Vec<RawBlock>,
}

#[derive(Debug)]
pub(super) struct RawBlock {
    pub(super) band: Option<Word>,
    pub(super) corner: Option<Word>,
    pub(super) fields: Word,
    pub(super) kind: Option<Word>,
    pub(super) unit: Option<Word>,
    pub(super) rows: Vec<RawLine>,
    pub(super) cols: Vec<RawLine>,
}

#[derive(Debug)]
pub(super) struct RawLine {
    pub(super) id: Word,
    pub(super) path: Vec<Word>,
    pub(super) kind: Option<Word>,
    pub(super) unit: Option<Word>,
    pub(super) replaces: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct RawRelation {
    pub(super) code: Word,
    pub(super) severity: Option<Word>,
    pub(super) scope: Option<Word>,
    pub(super) place: Option<Word>,
    pub(super) holds: Word,
    pub(super) title: Text,
    pub(super) basis: Word,
}

#[derive(Debug)]
pub(super) struct RawCheck {
    pub(super) code: Word,
    pub(super) severity: Word,
    pub(super) scope: Option<Word>,
    pub(super) place: Option<Word>,
    pub(super) when: Word,
    pub(super) unless: Option<Word>,
    pub(super) fields: Vec<Word>,
    pub(super) title: Text,
    pub(super) text: Text,
    pub(super) text_at: usize,
    pub(super) basis: Word,
    pub(super) exempt: Option<RawExempt>,
}

#[derive(Debug)]
pub(super) struct RawExempt {
    pub(super) levels: Vec<Word>,
    pub(super) offices: Vec<Word>,
    pub(super) unsure: Option<Word>,
}

/// Reads a definition; what could be read stands beside the mistakes.
pub(super) fn read(text: &str, problems: &mut Problems) -> RawForm {
    let (root, errors) = DeTable::parse_recoverable(text);
    for e in errors {
        let at = e.span().map_or(0, |s| s.start);
        problems.add(at, Text::new(format!("TOML 语法错误：{}", e.message()), e.message()), Text::default());
    }
    let mut s = Section { table: root.get_ref(), at: 0, what: "definition", problems };
    s.allow(&[
        "id",
        "status",
        "reason",
        "title",
        "authority",
        "since",
        "until",
        "heading",
        "words",
        "aliases",
        "table",
        "relation",
        "check",
        "narrative",
    ]);
    RawForm {
        id: s.need("id"),
        status: s.word("status"),
        reason: s.word("reason"),
        title: s.need_text("title").0,
        authority: s.need("authority"),
        since: s.year("since"),
        until: s.year("until"),
        heading: s.word("heading"),
        words: s.words("words"),
        aliases: s.aliases(),
        tables: s.each("table", "table", raw_table),
        relations: s.each("relation", "relation", raw_relation),
        checks: s.each("check", "check", raw_check),
        narrative: s.one_as("narrative", "narrative", raw_narrative).unwrap_or_default(),
    }
}

fn raw_narrative(s: &mut Section) -> RawNarrative {
    s.allow(&["sections", "problems", "others", "term", "whole", "fees"]);
    RawNarrative {
        sections: s.words("sections"),
        problems: s.word("problems"),
        others: s.word("others"),
        terms: s.each("term", "term", raw_term),
        wholes: s.each("whole", "whole", |s| {
            s.allow(&["whole", "parts"]);
            RawWhole { whole: s.need("whole"), parts: s.words("parts") }
        }),
        fees: s.words("fees"),
    }
}

fn raw_term(s: &mut Section) -> RawTerm {
    s.allow(&["id", "title", "words", "near", "beside", "alone", "act", "money", "is"]);
    RawTerm {
        id: s.need("id"),
        title: s.need_text("title").0,
        words: s.words("words"),
        near: s.words("near"),
        beside: s.words("beside"),
        alone: s.flag("alone"),
        act: s.flag("act"),
        money: s.flag("money"),
        readings: s.words("is"),
    }
}

fn raw_table(s: &mut Section) -> RawTable {
    s.allow(&["id", "name", "title", "heading", "kind", "unit", "block"]);
    RawTable {
        id: s.need("id"),
        name: s.need("name"),
        title: s.need("title"),
        heading: s.word("heading"),
        kind: s.word("kind"),
        unit: s.word("unit"),
        blocks: s.each("block", "block", raw_block),
    }
}

fn raw_block(s: &mut Section) -> RawBlock {
    s.allow(&["band", "corner", "fields", "kind", "unit", "rows", "cols"]);
    RawBlock {
        band: s.word("band"),
        corner: s.word("corner"),
        fields: s.need("fields"),
        kind: s.word("kind"),
        unit: s.word("unit"),
        rows: s.each("rows", "row", raw_line),
        cols: s.each("cols", "column", raw_line),
    }
}

fn raw_line(s: &mut Section) -> RawLine {
    s.allow(&["id", "path", "kind", "unit", "replaces"]);
    RawLine {
        id: s.need("id"),
        path: s.words("path"),
        kind: s.word("kind"),
        unit: s.word("unit"),
        replaces: s.words("replaces"),
    }
}

fn raw_relation(s: &mut Section) -> RawRelation {
    s.allow(&["code", "severity", "for", "place", "holds", "title", "basis"]);
    RawRelation {
        code: s.need("code"),
        severity: s.word("severity"),
        scope: s.word("for"),
        place: s.word("place"),
        holds: s.need("holds"),
        title: s.need_text("title").0,
        basis: s.word("basis").unwrap_or_default(),
    }
}

fn raw_check(s: &mut Section) -> RawCheck {
    s.allow(&[
        "code", "severity", "for", "place", "when", "unless", "fields", "title", "text", "basis", "exempt",
    ]);
    let (text, text_at) = s.need_text("text");
    RawCheck {
        code: s.need("code"),
        severity: s.need("severity"),
        scope: s.word("for"),
        place: s.word("place"),
        when: s.need("when"),
        unless: s.word("unless"),
        fields: s.words("fields"),
        title: s.need_text("title").0,
        text,
        text_at,
        basis: s.word("basis").unwrap_or_default(),
        exempt: s.one("exempt", |s| {
            s.allow(&["levels", "offices", "unsure"]);
            RawExempt { levels: s.words("levels"), offices: s.words("offices"), unsure: s.word("unsure") }
        }),
    }
}

/// A TOML table while it is read.
struct Section<'a, 'i> {
    table: &'a DeTable<'i>,
    at: usize,
    what: &'static str,
    problems: &'a mut Problems,
}

impl<'i> Section<'_, 'i> {
    /// Notes every key that is not known here.
    fn allow(&mut self, known: &[&str]) {
        for key in self.table.keys().filter(|k| !known.contains(&k.get_ref().as_ref())) {
            let name = key.get_ref();
            let message = Text::new(
                format!("{}中没有“{name}”这一项", self.what_zh()),
                format!("unknown key `{name}` in a {}", self.what),
            );
            self.problems.add(key.span().start, message, did_you_mean(name, known.iter().copied()));
        }
    }

    fn what_zh(&self) -> &'static str {
        match self.what {
            "table" => "表",
            "block" => "区块",
            "row" => "行",
            "column" => "列",
            "relation" => "勾稽关系",
            "check" => "核查",
            "narrative" => "正文词汇",
            "term" => "词条",
            "whole" => "合计",
            "text" => "文字",
            _ => "定义",
        }
    }

    fn get(&self, key: &str) -> Option<&Spanned<DeValue<'i>>> {
        self.table.get(key)
    }

    /// The value of a key, noting a mistake where it is of another type.
    fn typed<T>(
        &mut self,
        key: &str,
        expected: (&str, &str),
        read: impl Fn(&DeValue) -> Option<T>,
    ) -> Option<(T, usize)> {
        let value = self.table.get(key)?;
        let at = value.span().start;
        let read = read(value.get_ref()).map(|v| (v, at));
        if read.is_none() {
            let found = value.get_ref().type_str();
            let message = Text::new(
                format!("“{key}”应为{}，实为 {found}", expected.0),
                format!("expected {} in `{key}`, but found {found}", expected.1),
            );
            self.problems.add(at, message, Text::default());
        }
        read
    }

    fn word(&mut self, key: &str) -> Option<Word> {
        let read = |v: &DeValue| v.as_str().map(str::to_owned);
        self.typed(key, ("文字", "a string"), read).map(|(text, at)| Word { text, at })
    }

    fn missing(&mut self, key: &str) {
        let message = Text::new(
            format!("{}缺少“{key}”", self.what_zh()),
            format!("expected `{key}` in a {}, but it is missing", self.what),
        );
        self.problems.add(self.at, message, Text::default());
    }

    fn need(&mut self, key: &str) -> Word {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.word(key).unwrap_or_default()
    }

    fn year(&mut self, key: &str) -> Option<i32> {
        self.typed(key, ("年份", "a year"), |v| v.as_integer()?.as_str().parse().ok()).map(|(y, _)| y)
    }

    fn flag(&mut self, key: &str) -> bool {
        self.typed(key, ("true 或 false", "true or false"), |v: &DeValue| v.as_bool()).is_some_and(|(b, _)| b)
    }

    fn words(&mut self, key: &str) -> Vec<Word> {
        let read = |v: &DeValue| {
            let words = v.as_array()?.iter();
            words
                .map(|w| Some(Word { text: w.get_ref().as_str()?.to_owned(), at: w.span().start }))
                .collect::<Option<Vec<Word>>>()
        };
        self.typed(key, ("文字列表", "a list of strings"), read).map(|(w, _)| w).unwrap_or_default()
    }

    /// A text in Chinese and English, and its place.
    fn need_text(&mut self, key: &str) -> (Text, usize) {
        if self.get(key).is_none() {
            self.missing(key);
        }
        let at = self.get(key).map_or(self.at, |v| v.span().start);
        let text = self.one_as(key, "text", |s| {
            s.allow(&["zh", "en"]);
            Text { zh: s.need("zh").text, en: s.need("en").text }
        });
        (text.unwrap_or_default(), at)
    }

    fn one<T>(&mut self, key: &str, read: impl Fn(&mut Section) -> T) -> Option<T> {
        self.one_as(key, self.what, read)
    }

    fn one_as<T>(&mut self, key: &str, what: &'static str, read: impl Fn(&mut Section) -> T) -> Option<T> {
        self.typed(key, ("表格 { … }", "a table { … }"), |v| v.is_table().then_some(()))?;
        let value = self.table.get(key)?;
        let table = value.get_ref().as_table()?;
        Some(read(&mut Section { table, at: value.span().start, what, problems: self.problems }))
    }

    fn each<T>(&mut self, key: &str, what: &'static str, read: impl Fn(&mut Section) -> T) -> Vec<T> {
        let is_list = |v: &DeValue| v.as_array()?.iter().all(|v| v.get_ref().is_table()).then_some(());
        if self.typed(key, ("表格的列表", "a list of tables"), is_list).is_none() {
            return Vec::new();
        }
        let items = self.table.get(key).and_then(|v| v.get_ref().as_array()).into_iter().flatten();
        let mut out = Vec::new();
        for item in items {
            if let Some(table) = item.get_ref().as_table() {
                out.push(read(&mut Section { table, at: item.span().start, what, problems: self.problems }));
            }
        }
        out
    }

    fn aliases(&mut self) -> Vec<(Word, Vec<Word>)> {
        let Some(table) = self.table.get("aliases").and_then(|v| v.get_ref().as_table()) else {
            return Vec::new();
        };
        let mut s = Section { table, at: self.at, what: "aliases", problems: self.problems };
        let mut out: Vec<(Word, Vec<Word>)> = table
            .keys()
            .map(|k| (Word { text: k.get_ref().to_string(), at: k.span().start }, s.words(k.get_ref())))
            .collect();
        out.sort_by_key(|(label, _)| label.at);
        out
    }
}
