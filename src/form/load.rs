//! Text of a definition -> checked form; all mistakes are reported together.

use super::model::{
    Blank, Block, Comparable, Field, FieldIx, Form, Kind, Label, Life, Line, Status, Table, Unit,
};
use super::narrative::{self, Narrative};
use super::problem::{FormErrors, Problems, did_you_mean};
use super::rules;
use super::source::{self, RawBlock, RawForm, RawLife, RawLine, RawMeasure, RawTable, Word};
use crate::finding::Text;
use std::collections::{BTreeMap, BTreeSet};

/// Loads a definition; `name` stands in front of each mistake.
///
/// # Errors
///
/// Every mistake of the definition, in the order of the text.
pub fn load(text: &str, name: &str) -> Result<Form, FormErrors> {
    let mut problems = Problems::default();
    let raw = source::read(text, &mut problems);
    let mut form = Loader::new(&raw, &mut problems).form();
    rules::add(&raw, &mut form, &mut problems);
    rates(&mut form);
    form.narrative = narrative::narrative(&raw.narrative, &form, &mut problems);
    form.comparable = comparable(&raw, &form, &mut problems);
    if problems.is_empty() { Ok(form) } else { Err(problems.located(name, text)) }
}

/// A number that a relation multiplies by its base is a rate, and does not add up unless the form says so.
fn rates(form: &mut Form) {
    let rounded = |f: FieldIx| form.field(f).is_some_and(|f| f.rounded.is_some());
    let rate = |t: &super::condition::Term| {
        t.by.map(|base| if rounded(base) && !rounded(t.field) { base } else { t.field })
    };
    let rates: Vec<FieldIx> = form.relations.iter().flat_map(|r| r.terms().filter_map(rate)).collect();
    for rate in rates {
        if let Some(field) = form.fields.get_mut(rate.0 as usize) {
            field.adds_up.get_or_insert(false);
        }
    }
}

/// Fields that another version of the form counts under another name.
fn comparable(raw: &RawForm, form: &Form, problems: &mut Problems) -> Vec<Comparable> {
    let mut found = Vec::new();
    for same in &raw.comparable {
        let Some(field) = form.field_ix(&same.field.text) else {
            let id = &same.field.text;
            let message = Text::new(format!("没有名为“{id}”的格"), format!("unknown field `{id}`"));
            let hint = did_you_mean(id, form.fields.iter().map(|f| f.id.as_str()));
            problems.add(same.field.at, message, hint);
            continue;
        };
        found.push(Comparable { field, form: same.form.text.clone(), was: same.was.text.clone() });
    }
    found
}

struct Loader<'a> {
    raw: &'a RawForm,
    problems: &'a mut Problems,
    aliases: BTreeMap<&'a str, Vec<String>>,
    fields: Vec<Field>,
    /// Ids of the fields so far.
    ids: BTreeSet<String>,
}

impl<'a> Loader<'a> {
    fn new(raw: &'a RawForm, problems: &'a mut Problems) -> Self {
        let words = |w: &[Word]| w.iter().map(|w| w.text.clone()).collect();
        let aliases = raw.aliases.iter().map(|(l, w)| (l.text.as_str(), words(w))).collect();
        Self { raw, problems, aliases, fields: Vec::new(), ids: BTreeSet::new() }
    }

    fn form(mut self) -> Form {
        let raw = self.raw;
        let ids: Vec<&Word> = raw.tables.iter().map(|t| &t.id).collect();
        self.unique(&ids, "表", "table");
        let tables = raw.tables.iter().enumerate().map(|(i, t)| self.table(i, t)).collect();
        self.unused_aliases();
        let Life { status, since, until } = life(&raw.life, self.problems);
        Form {
            id: raw.id.text.clone(),
            status,
            title: raw.title.clone(),
            heading: raw.heading.as_ref().map_or_else(|| raw.title.zh.clone(), |w| w.text.clone()),
            words: raw.words.iter().map(|w| w.text.clone()).collect(),
            authority: raw.authority.text.clone(),
            since,
            until,
            tables,
            fields: self.fields,
            rules: Vec::new(),
            relations: Vec::new(),
            checks: Vec::new(),
            narrative: Narrative::default(),
            comparable: Vec::new(),
        }
    }

    fn table(&mut self, index: usize, raw: &RawTable) -> Table {
        let blocks = raw.blocks.iter().enumerate().map(|(b, block)| self.block(index, b, raw, block));
        Table {
            id: raw.id.text.clone(),
            name: raw.name.text.clone(),
            title: raw.title.text.clone(),
            heading: raw
                .heading
                .as_ref()
                .map_or_else(|| format!("{} {}", raw.name.text, raw.title.text), |w| w.text.clone()),
            blocks: blocks.collect(),
        }
    }

    fn block(&mut self, table: usize, block: usize, t: &RawTable, raw: &RawBlock) -> Block {
        self.lines(&raw.rows, ("行", "row"), raw.fields.at);
        self.lines(&raw.cols, ("列", "column"), raw.fields.at);
        self.cells(raw);
        let outer = raw.measure.within(&t.measure.within(&self.raw.measure));
        let mut fields = Vec::new();
        for (r, row) in raw.rows.iter().enumerate() {
            for (c, col) in raw.cols.iter().enumerate() {
                let mut of_lines = col.measure.within(&row.measure.within(&outer));
                of_lines.kind = crossed(&row.measure, &col.measure).or(of_lines.kind);
                let own = raw.cells.iter().filter(|cells| cells.holds(&row.id, &col.id));
                let measure = own.fold(of_lines, |m, cells| cells.measure.within(&m));
                let id = raw.fields.text.replace("{row}", &row.id.text).replace("{col}", &col.id.text);
                self.no_twin(&id, raw.fields.at);
                fields.push(FieldIx(self.fields.len() as u32));
                self.fields.push(field(id, (table, block), (r, c), &measure));
            }
        }
        self.unfilled(&raw.unfilled, &fields);
        Block {
            beside: raw.beside && block > 0,
            band: raw.band.as_ref().map(|w| self.label(w)),
            corner: raw.corner.as_ref().map(|w| self.label(w)),
            unit: outer.unit.as_ref().map(|w| w.text.clone()),
            rows: raw.rows.iter().map(|l| self.line(l)).collect(),
            cols: raw.cols.iter().map(|l| self.line(l)).collect(),
            fields,
        }
    }

    /// The rows and columns that cells of their own kind are named by are the block's.
    fn cells(&mut self, raw: &RawBlock) {
        let (rows, cols) = (("行", "row"), ("列", "column"));
        for cells in &raw.cells {
            for (named, lines, what) in [(&cells.rows, &raw.rows, rows), (&cells.cols, &raw.cols, cols)] {
                let known: Vec<&str> = lines.iter().map(|l| l.id.text.as_str()).collect();
                for word in named.iter().filter(|w| !known.contains(&w.text.as_str())) {
                    self.unknown(word, what, &known);
                }
            }
        }
    }

    /// Cells of a block that nobody fills in: a blank there is no number.
    fn unfilled(&mut self, ids: &[Word], own: &[FieldIx]) {
        for word in ids {
            let of_block = |f: &&mut Field| f.id == word.text;
            let first = own.first().map_or(0, |f| f.0 as usize);
            match self.fields.iter_mut().skip(first).find(of_block) {
                Some(field) => field.blank = Blank::Unknown,
                None => {
                    let known: Vec<String> = self.fields.iter().skip(first).map(|f| f.id.clone()).collect();
                    let known: Vec<&str> = known.iter().map(String::as_str).collect();
                    self.unknown(word, ("格", "field"), &known);
                }
            }
        }
    }

    /// Lines of one axis: at least one, ids once, replaced lines known.
    fn lines(&mut self, lines: &[RawLine], what: (&str, &str), at: usize) {
        let ids: Vec<&Word> = lines.iter().map(|l| &l.id).collect();
        if ids.is_empty() {
            let message =
                Text::new(format!("区块没有{}", what.0), format!("expected at least one {}", what.1));
            self.problems.add(at, message, Text::default());
        }
        self.unique(&ids, what.0, what.1);
        let known: Vec<&str> = ids.iter().map(|w| w.text.as_str()).collect();
        for replaced in lines.iter().flat_map(|l| &l.replaces) {
            if !known.contains(&replaced.text.as_str()) {
                self.unknown(replaced, what, &known);
            }
        }
    }

    fn no_twin(&mut self, id: &str, at: usize) {
        if !self.ids.insert(id.to_owned()) {
            let message = Text::new(format!("字段“{id}”出现两次"), format!("field `{id}` is defined twice"));
            let hint = Text::new("在 fields 中用 {row} 和 {col} 区分", "tell them apart by {row} and {col}");
            self.problems.add(at, message, hint);
        }
    }

    fn unique(&mut self, ids: &[&Word], zh: &str, en: &str) {
        for (i, word) in ids.iter().enumerate() {
            if ids.iter().take(i).any(|w| w.text == word.text) {
                let message = Text::new(
                    format!("{zh}的 id “{}”重复", word.text),
                    format!("{en} id `{}` is used twice", word.text),
                );
                self.problems.add(word.at, message, Text::default());
            }
        }
    }

    fn unknown(&mut self, word: &Word, what: (&str, &str), known: &[&str]) {
        let message = Text::new(
            format!("未知的{}“{}”", what.0, word.text),
            format!("unknown {} `{}`", what.1, word.text),
        );
        self.problems.add(word.at, message, did_you_mean(&word.text, known.iter().copied()));
    }

    fn label(&self, word: &Word) -> Label {
        let aliases = self.aliases.get(word.text.as_str()).cloned().unwrap_or_default();
        Label::new(word.text.clone(), aliases)
    }

    fn line(&self, raw: &RawLine) -> Line {
        Line {
            id: raw.id.text.clone(),
            path: raw.path.iter().map(|w| self.label(w)).collect(),
            replaces: raw.replaces.iter().map(|w| w.text.clone()).collect(),
        }
    }

    /// Other words for a label that the form does not have are a slip of the writer.
    fn unused_aliases(&mut self) {
        let raw = self.raw;
        let blocks = || raw.tables.iter().flat_map(|t| &t.blocks);
        let lines = blocks().flat_map(|b| b.rows.iter().chain(&b.cols)).flat_map(|l| &l.path);
        let around = blocks().flat_map(|b| b.band.iter().chain(&b.corner));
        let labels: Vec<&str> = lines.chain(around).map(|w| w.text.as_str()).collect();
        for (label, _) in &raw.aliases {
            if !labels.contains(&label.text.as_str()) {
                self.unknown(label, ("标签", "label"), &labels);
            }
        }
    }
}

/// Units of shares, which do not add up over offices.
const PARTS_OF_A_HUNDRED: [&str; 4] = ["%", "％", "‰", "百分点"];

/// The kind of a cell whose row and column both have one: it may be negative, or have decimals, if either may.
fn crossed(row: &RawMeasure, col: &RawMeasure) -> Option<Word> {
    let (row, col) = (row.kind.as_ref()?, col.kind.as_ref()?);
    let has = |word: &str| [row, col].iter().any(|k| k.text.split_whitespace().any(|w| w == word));
    let kind = match (has("signed"), has("amount")) {
        (true, true) => "signed amount",
        (true, false) => "signed",
        (false, true) => "amount",
        (false, false) => return None,
    };
    Some(Word { text: kind.to_owned(), ..col.clone() })
}

/// A field by where it stands; words that are none of the language's have been told.
fn field(id: String, (table, block): (usize, usize), (row, col): (usize, usize), m: &RawMeasure) -> Field {
    let word = |w: &Option<Word>| w.as_ref().map(|w| w.text.clone()).unwrap_or_default();
    let kind = match word(&m.kind).as_str() {
        "signed" => Kind::SignedCount,
        "amount" => Kind::Money,
        "signed amount" => Kind::SignedMoney,
        _ => Kind::Count,
    };
    let unit = m.unit.as_ref().map(|w| match w.text.as_str() {
        "件" => Unit::Piece,
        "万元" => Unit::TenThousandYuan,
        _ => Unit::Other,
    });
    let blank = match word(&m.blank).as_str() {
        "zero" => Blank::Zero,
        "unknown" => Blank::Unknown,
        _ => Blank::Fault,
    };
    let rounded = m.rounded.filter(|r| !r.is_zero());
    let adds_up = match word(&m.roll_up).as_str() {
        "sum" => Some(true),
        "none" => Some(false),
        _ => PARTS_OF_A_HUNDRED.contains(&word(&m.unit).as_str()).then_some(false),
    };
    let marks = m.marks.clone();
    Field { id, table, block, row, col, kind, unit, blank, marks, rounded, adds_up }
}

/// Status and years of a form or rule.
pub(super) fn life(raw: &RawLife, problems: &mut Problems) -> Life {
    if let (Some(since), Some(until)) = (raw.since, raw.until)
        && since > until
    {
        problems.add(
            raw.at,
            Text::new("适用起始年晚于终止年", "`since` is later than `until`"),
            Text::default(),
        );
    }
    let status = match raw.status.as_ref().map(|w| w.text.as_str()) {
        Some("draft") => Status::Draft,
        Some("beta") => Status::Beta,
        Some("withdrawn") => {
            if raw.reason.is_none() {
                let at = raw.status.as_ref().map_or(raw.at, |w| w.at);
                let message = Text::new("停用的需说明原因", "expected a `reason` for what is withdrawn");
                problems.add(at, message, Text::new("加上 reason = \"…\"", "add reason = \"…\""));
            }
            Status::Withdrawn(raw.reason.as_ref().map(|w| w.text.clone()).unwrap_or_default())
        }
        _ => Status::Active,
    };
    Life { status, since: raw.since, until: raw.until }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Lang;

    const SMALL: &str = r#"
id = "small"
title = { zh = "小表", en = "a small form" }
authority = "none"

[[table]]
id = "t1"
name = "表一"
title = "收支"

[[table.block]]
fields = "t1.{row}.{col}"
rows = [{ id = "in", path = ["收入"] }, { id = "out", path = ["支出"] }]
cols = [
  { id = "a", path = ["甲"] },
  { id = "b", path = ["乙"] },
  { id = "total", path = ["合计"] },
]

[[relation]]
code = "R001"
for = "each row of t1"
holds = "sum of a to b = total"
title = { zh = "合计 = 甲 + 乙", en = "total = a + b" }
"#;

    /// The mistakes of the small form with one part of it changed.
    fn mistakes(changes: &[(&str, &str)]) -> String {
        let mut text = SMALL.to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        load(&text, "small.toml").expect_err("a mistake").render(Lang::En)
    }

    #[test]
    fn the_small_form_loads() {
        let form = load(SMALL, "small.toml").unwrap();
        let ids: Vec<&str> = form.fields.iter().map(|f| f.id.as_str()).collect();
        assert_eq!(ids, ["t1.in.a", "t1.in.b", "t1.in.total", "t1.out.a", "t1.out.b", "t1.out.total"]);
        assert_eq!(form.relations.len(), 2);
    }

    #[test]
    fn all_mistakes_are_told_together_each_with_its_place() {
        let text = mistakes(&[
            ("authority = \"none\"", "autority = \"none\""),
            ("id = \"out\"", "id = \"in\""),
            ("path = [\"乙\"]", "path = \"乙\", kind = \"amont\""),
            ("sum of a to b = total", "a + c = total"),
        ]);
        insta::assert_snapshot!(text, @r"
        small.toml:1:1: expected `authority` in a definition, but it is missing
          hint: the notice that prescribes it
        small.toml:4:1: unknown key `autority` in a definition
          hint: did you mean `authority`?
        small.toml:12:10: field `t1.in.a` is defined twice
          hint: tell them apart by {row} and {col}
        small.toml:12:10: field `t1.in.b` is defined twice
          hint: tell them apart by {row} and {col}
        small.toml:12:10: field `t1.in.total` is defined twice
          hint: tell them apart by {row} and {col}
        small.toml:13:46: row id `in` is used twice
        small.toml:16:22: expected a list of strings in `path`, but found string
        small.toml:16:34: unknown kind `amont`
          hint: did you mean `amount`?
        small.toml:23:9: unknown name `c`
          hint: did you mean `a`?
        ");
    }

    #[test]
    fn a_formula_is_told_what_it_lacks() {
        let formula = |f: &str| mistakes(&[("sum of a to b = total", f)]);
        insta::assert_snapshot!(formula("a + b + total = total"), @r"
        small.toml:23:9: field `t1.in.total` stands twice in the formula
          hint: name each field once
        ");
        insta::assert_snapshot!(formula("sum of b to a = total"), @"small.toml:23:9: expected `b` to stand before `a` on one line");
        insta::assert_snapshot!(formula("a + b"), @"small.toml:23:9: expected a comparison such as `=` or `>`, but found `the end`");
        insta::assert_snapshot!(formula("a > total or b > total"), @r"
        small.toml:23:9: expected one equation or inequality, but found another condition
          hint: write: sum of the parts = total
        ");
        insta::assert_snapshot!(formula("a & b = total"), @"small.toml:23:9: expected a name, number or sign, but found `&`");
        insta::assert_snapshot!(formula("last year's a * b = total"), @"small.toml:23:9: expected a number or a name, but found `b`");
    }

    #[test]
    fn words_that_are_none_of_the_language_are_told_which_there_are() {
        let text = mistakes(&[
            (
                "code = \"R001\"",
                "code = \"R001\"\nseverity = \"fatal\"\nstatus = \"withdrawn\"\ntolerance = \"1\"",
            ),
            ("title = \"收支\"", "title = \"收支\"\nblank = \"nothing\"\nrounded = -1"),
        ]);
        insta::assert_snapshot!(text, @r#"
        small.toml:10:9: unknown blank `nothing`
          hint: known here: fault, zero, unknown
        small.toml:11:11: expected a number in `rounded`, but found integer
        small.toml:24:12: unknown severity `fatal`
          hint: known here: error, warning, info
        small.toml:25:10: expected a `reason` for what is withdrawn
          hint: add reason = "…"
        small.toml:26:13: expected a number in `tolerance`, but found string
        "#);
    }

    #[test]
    fn a_relation_may_subtract_weigh_compare_and_look_back() {
        let formula = |f: &str| {
            let text = SMALL.replace("sum of a to b = total", f);
            load(&text, "small.toml").unwrap_or_else(|e| panic!("{e}"))
        };
        assert!(formula("total - a = b").relations[0].is_equation());
        assert!(formula("total * 0.25 + a = 100").relations[0].is_equation());
        assert!(formula("a <= total").relations[0].plain().is_none());
        assert!(!formula("a = last year's total").relations[0].is_equation());
        assert!(!formula("a * b = total * 100").relations[0].is_linear());
    }

    #[test]
    fn a_scope_that_is_none_is_told_what_there_is() {
        let text = mistakes(&[("each row of t1", "every row of t1")]);
        insta::assert_snapshot!(text, @r"
        small.toml:22:7: expected a scope, but found `every row of t1`
          hint: known: each row of TABLE, each column of TABLE, each column group of TABLE, … except ID, ID to ID, … only ID, ID to ID
        ");
        let text = mistakes(&[("each row of t1", "each row of t2")]);
        insta::assert_snapshot!(text, @r"
        small.toml:22:7: unknown table `t2`
          hint: did you mean `t1`?
        ");
    }

    #[test]
    fn broken_toml_is_told_with_its_place() {
        let text = mistakes(&[("id = \"small\"", "id = \"small")]);
        assert!(text.starts_with("small.toml:2:"), "{text}");
    }
}
