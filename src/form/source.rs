//! A definition as written: its keys and texts with their places, not yet understood.
//!
//! Checked against `language` with toml's own spans rather than through serde, which stops at the first mistake; an
//! unknown key is a mistake everywhere.

use super::language::{FORM, Holds, Section};
use super::model::Marks;
use super::problem::{Problems, did_you_mean};
use crate::finding::Text;
use rust_decimal::Decimal;
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
    pub(super) life: RawLife,
    pub(super) title: Text,
    pub(super) authority: Word,
    pub(super) heading: Option<Word>,
    pub(super) words: Vec<Word>,
    pub(super) measure: RawMeasure,
    pub(super) aliases: Vec<(Word, Vec<Word>)>,
    pub(super) tables: Vec<RawTable>,
    pub(super) relations: Vec<RawRelation>,
    pub(super) checks: Vec<RawCheck>,
    pub(super) narrative: RawNarrative,
    pub(super) comparable: Vec<RawComparable>,
}

#[derive(Debug)]
pub(super) struct RawComparable {
    pub(super) field: Word,
    pub(super) form: Word,
    pub(super) was: Word,
}

/// Status and years of a form or rule.
#[derive(Debug, Default)]
pub(super) struct RawLife {
    pub(super) status: Option<Word>,
    pub(super) reason: Option<Word>,
    pub(super) since: Option<i32>,
    pub(super) until: Option<i32>,
    pub(super) at: usize,
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
    pub(super) kind: Option<Word>,
    pub(super) readings: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct RawWhole {
    pub(super) whole: Word,
    pub(super) parts: Vec<Word>,
    pub(super) apart: bool,
}

#[derive(Debug)]
pub(super) struct RawTable {
    pub(super) id: Word,
    pub(super) name: Word,
    pub(super) title: Word,
    pub(super) heading: Option<Word>,
    pub(super) measure: RawMeasure,
    pub(super) blocks: Vec<RawBlock>,
}

/// What numbers are and how they are written, where a table, block or line says so.
#[derive(Debug, Clone, Default)]
pub(super) struct RawMeasure {
    pub(super) kind: Option<Word>,
    pub(super) unit: Option<Word>,
    pub(super) blank: Option<Word>,
    pub(super) marks: Marks,
    pub(super) rounded: Option<Decimal>,
    pub(super) roll_up: Option<Word>,
}

impl RawMeasure {
    /// What this one leaves open is as the outer one says.
    pub(super) fn within(&self, outer: &Self) -> Self {
        Self {
            kind: self.kind.clone().or_else(|| outer.kind.clone()),
            unit: self.unit.clone().or_else(|| outer.unit.clone()),
            blank: self.blank.clone().or_else(|| outer.blank.clone()),
            marks: self.marks.within(&outer.marks),
            rounded: self.rounded.or(outer.rounded),
            roll_up: self.roll_up.clone().or_else(|| outer.roll_up.clone()),
        }
    }
}

#[derive(Debug)]
pub(super) struct RawBlock {
    pub(super) beside: bool,
    pub(super) band: Option<Word>,
    pub(super) corner: Option<Word>,
    pub(super) fields: Word,
    pub(super) measure: RawMeasure,
    pub(super) cells: Vec<RawCells>,
    pub(super) unfilled: Vec<Word>,
    pub(super) rows: Vec<RawLine>,
    pub(super) cols: Vec<RawLine>,
}

/// Cells that are unlike the others of their lines: in these rows and these columns, all where none are named.
#[derive(Debug)]
pub(super) struct RawCells {
    pub(super) rows: Vec<Word>,
    pub(super) cols: Vec<Word>,
    pub(super) measure: RawMeasure,
}

impl RawCells {
    /// Whether the cell of a row and a column is one of them.
    pub(super) fn holds(&self, row: &Word, col: &Word) -> bool {
        let among = |words: &[Word], id: &Word| words.is_empty() || words.iter().any(|w| w.text == id.text);
        among(&self.rows, row) && among(&self.cols, col)
    }
}

#[derive(Debug)]
pub(super) struct RawLine {
    pub(super) id: Word,
    pub(super) path: Vec<Word>,
    pub(super) measure: RawMeasure,
    pub(super) replaces: Vec<Word>,
}

/// What relations and checks have in common.
#[derive(Debug)]
pub(super) struct RawRule {
    pub(super) code: Word,
    pub(super) severity: Option<Word>,
    pub(super) life: RawLife,
    pub(super) scope: Option<Word>,
    pub(super) place: Option<Word>,
    pub(super) title: Text,
    pub(super) text: Option<Text>,
    pub(super) text_at: usize,
    pub(super) basis: Word,
    pub(super) exempt: Option<RawExempt>,
}

#[derive(Debug)]
pub(super) struct RawRelation {
    pub(super) rule: RawRule,
    pub(super) condition: Option<Word>,
    pub(super) holds: Word,
    pub(super) tolerance: Option<Decimal>,
}

#[derive(Debug)]
pub(super) struct RawCheck {
    pub(super) rule: RawRule,
    pub(super) when: Word,
    pub(super) unless: Option<Word>,
    pub(super) fields: Vec<Word>,
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
    check(root.get_ref(), 0, &FORM, problems);
    form(Table { table: root.get_ref(), at: 0 })
}

/// Holds a table against its section: unknown keys, missing keys, values of another type, words that are none of
/// those known.
fn check(table: &DeTable, at: usize, section: &Section, problems: &mut Problems) {
    let name = section.text();
    let known = || section.keys.iter().map(|k| k.name);
    for key in table.keys().filter(|k| !known().any(|name| name == k.get_ref().as_ref())) {
        let word = key.get_ref();
        let message = Text::new(
            format!("{}中没有“{word}”这一项", name.zh),
            format!("unknown key `{word}` in a {}", name.en),
        );
        problems.add(key.span().start, message, did_you_mean(word, known()));
    }
    for key in section.keys {
        let Some(value) = table.get(key.name) else {
            if key.needed {
                let message = Text::new(
                    format!("{}缺少“{}”", name.zh, key.name),
                    format!("expected `{}` in a {}, but it is missing", key.name, name.en),
                );
                problems.add(at, message, Text::new(key.means.0, key.means.1));
            }
            continue;
        };
        check_value(value.get_ref(), value.span().start, key.name, key.holds, problems);
    }
}

fn check_value(value: &DeValue, at: usize, key: &str, holds: Holds, problems: &mut Problems) {
    if !fits(value, holds) {
        let (zh, en) = holds.expected();
        let found = value.type_str();
        let message = Text::new(
            format!("“{key}”应为{zh}，实为 {found}"),
            format!("expected {en} in `{key}`, but found {found}"),
        );
        problems.add(at, message, Text::default());
        return;
    }
    let mut one_of = |word: &str, at: usize, known: &[&str]| {
        if !known.contains(&word) {
            let message = Text::new(format!("“{key}”不能是“{word}”"), format!("unknown {key} `{word}`"));
            problems.add(at, message, did_you_mean(word, known.iter().copied()));
        }
    };
    match holds {
        Holds::OneOf(known) => one_of(value.as_str().unwrap_or_default(), at, known),
        Holds::SomeOf(known) => {
            for word in value.as_array().into_iter().flatten() {
                one_of(word.get_ref().as_str().unwrap_or_default(), word.span().start, known);
            }
        }
        Holds::One(section) => {
            if let Some(table) = value.as_table() {
                check(table, at, section, problems);
            }
        }
        Holds::Each(section) => {
            for item in value.as_array().into_iter().flatten() {
                if let Some(table) = item.get_ref().as_table() {
                    check(table, item.span().start, section, problems);
                }
            }
        }
        _ => {}
    }
}

fn fits(value: &DeValue, holds: Holds) -> bool {
    let is_words = |v: &DeValue| v.as_array().is_some_and(|a| a.iter().all(|w| w.get_ref().is_str()));
    match holds {
        Holds::Word | Holds::OneOf(_) => value.is_str(),
        Holds::Words | Holds::SomeOf(_) => is_words(value),
        Holds::Year => year(value).is_some(),
        Holds::Number => number(value).is_some_and(|n| n >= Decimal::ZERO),
        Holds::Flag => value.is_bool(),
        Holds::One(_) => value.is_table(),
        Holds::Each(_) => value.as_array().is_some_and(|a| a.iter().all(|v| v.get_ref().is_table())),
        Holds::Lists => value.as_table().is_some_and(|t| t.values().all(|v| is_words(v.get_ref()))),
    }
}

fn year(value: &DeValue) -> Option<i32> {
    value.as_integer()?.as_str().parse().ok()
}

/// A number as it is written, exactly.
fn number(value: &DeValue) -> Option<Decimal> {
    let text = value.as_float().map(toml::de::DeFloat::as_str);
    text.or_else(|| value.as_integer().map(toml::de::DeInteger::as_str))?.parse().ok()
}

fn form(t: Table) -> RawForm {
    RawForm {
        id: t.need("id"),
        life: life(t),
        title: t.text("title").unwrap_or_default(),
        authority: t.need("authority"),
        heading: t.word("heading"),
        words: t.words("words"),
        measure: RawMeasure { marks: marks(t), ..RawMeasure::default() },
        aliases: t.aliases(),
        tables: t.each("table", table),
        relations: t.each("relation", relation),
        checks: t.each("check", raw_check),
        narrative: t.one("narrative").map(narrative).unwrap_or_default(),
        comparable: t.each("comparable", |t| RawComparable {
            field: t.need("field"),
            form: t.need("form"),
            was: t.need("was"),
        }),
    }
}

fn life(t: Table) -> RawLife {
    let year = |key| t.table.get(key).and_then(|v| year(v.get_ref()));
    let (status, reason) = (t.word("status"), t.word("reason"));
    RawLife { status, reason, since: year("since"), until: year("until"), at: t.at }
}

fn narrative(t: Table) -> RawNarrative {
    RawNarrative {
        sections: t.words("sections"),
        problems: t.word("problems"),
        others: t.word("others"),
        terms: t.each("term", term),
        wholes: t.each("whole", |t| RawWhole {
            whole: t.need("whole"),
            parts: t.words("parts"),
            apart: t.flag("apart"),
        }),
        fees: t.words("fees"),
    }
}

fn term(t: Table) -> RawTerm {
    RawTerm {
        id: t.need("id"),
        title: t.text("title").unwrap_or_default(),
        words: t.words("words"),
        near: t.words("near"),
        beside: t.words("beside"),
        alone: t.flag("alone"),
        kind: t.word("kind"),
        readings: t.words("is"),
    }
}

fn table(t: Table) -> RawTable {
    RawTable {
        id: t.need("id"),
        name: t.need("name"),
        title: t.need("title"),
        heading: t.word("heading"),
        measure: measure(t),
        blocks: t.each("block", block),
    }
}

fn measure(t: Table) -> RawMeasure {
    RawMeasure {
        kind: t.word("kind"),
        unit: t.word("unit"),
        blank: t.word("blank"),
        marks: marks(t),
        rounded: t.number("rounded"),
        roll_up: t.word("roll_up"),
    }
}

fn marks(t: Table) -> Marks {
    let Some(t) = t.one("marks") else { return Marks::default() };
    let texts = |key: &str| t.words(key).into_iter().map(|w| w.text).collect::<Vec<String>>();
    Marks::new(&texts("zero"), &texts("unknown"))
}

fn block(t: Table) -> RawBlock {
    RawBlock {
        beside: t.flag("beside"),
        band: t.word("band"),
        corner: t.word("corner"),
        fields: t.need("fields"),
        measure: measure(t),
        cells: t.each("cells", |t| RawCells {
            rows: t.words("rows"),
            cols: t.words("cols"),
            measure: measure(t),
        }),
        unfilled: t.words("unfilled"),
        rows: t.each("rows", line),
        cols: t.each("cols", line),
    }
}

fn line(t: Table) -> RawLine {
    RawLine { id: t.need("id"), path: t.words("path"), measure: measure(t), replaces: t.words("replaces") }
}

fn rule(t: Table) -> RawRule {
    let exempt = t.one("exempt").map(|t| RawExempt {
        levels: t.words("levels"),
        offices: t.words("offices"),
        unsure: t.word("unsure"),
    });
    RawRule {
        code: t.need("code"),
        severity: t.word("severity"),
        life: life(t),
        scope: t.word("for"),
        place: t.word("place"),
        title: t.text("title").unwrap_or_default(),
        text: t.text("text"),
        text_at: t.table.get("text").map_or(t.at, |v| v.span().start),
        basis: t.need("basis"),
        exempt,
    }
}

fn relation(t: Table) -> RawRelation {
    RawRelation {
        rule: rule(t),
        condition: t.word("if"),
        holds: t.need("holds"),
        tolerance: t.number("tolerance"),
    }
}

fn raw_check(t: Table) -> RawCheck {
    RawCheck { rule: rule(t), when: t.need("when"), unless: t.word("unless"), fields: t.words("fields") }
}

/// A TOML table while it is read; what is wrong with it has been told.
#[derive(Clone, Copy)]
struct Table<'a, 'i> {
    table: &'a DeTable<'i>,
    at: usize,
}

impl<'a, 'i> Table<'a, 'i> {
    fn word(self, key: &str) -> Option<Word> {
        let value = self.table.get(key)?;
        Some(Word { text: value.get_ref().as_str()?.to_owned(), at: value.span().start })
    }

    fn need(self, key: &str) -> Word {
        self.word(key).unwrap_or_default()
    }

    fn number(self, key: &str) -> Option<Decimal> {
        number(self.table.get(key)?.get_ref())
    }

    fn flag(self, key: &str) -> bool {
        self.table.get(key).and_then(|v| v.get_ref().as_bool()).unwrap_or(false)
    }

    fn words(self, key: &str) -> Vec<Word> {
        let list = self.table.get(key).and_then(|v| v.get_ref().as_array());
        let word = |w: &toml::Spanned<DeValue>| {
            Some(Word { text: w.get_ref().as_str()?.to_owned(), at: w.span().start })
        };
        list.into_iter().flatten().filter_map(word).collect()
    }

    fn text(self, key: &str) -> Option<Text> {
        let text = self.one(key)?;
        Some(Text { zh: text.need("zh").text, en: text.need("en").text })
    }

    fn one(self, key: &str) -> Option<Self> {
        let value = self.table.get(key)?;
        Some(Self { table: value.get_ref().as_table()?, at: value.span().start })
    }

    fn each<T>(self, key: &str, read: impl Fn(Table<'a, 'i>) -> T) -> Vec<T> {
        let items = self.table.get(key).and_then(|v| v.get_ref().as_array());
        let of = |item: &'a toml::Spanned<DeValue<'i>>| {
            Some(read(Table { table: item.get_ref().as_table()?, at: item.span().start }))
        };
        items.into_iter().flatten().filter_map(of).collect()
    }

    fn aliases(self) -> Vec<(Word, Vec<Word>)> {
        let Some(aliases) = self.one("aliases") else { return Vec::new() };
        let word = |k: &toml::Spanned<toml::de::DeString>| Word {
            text: k.get_ref().to_string(),
            at: k.span().start,
        };
        let keys = aliases.table.keys();
        let mut out: Vec<(Word, Vec<Word>)> = keys.map(|k| (word(k), aliases.words(k.get_ref()))).collect();
        out.sort_by_key(|(label, _)| label.at);
        out
    }
}
