//! A draft written down as a definition.

use super::propose::{Across, Part, Proposal, is_rate};
use super::sheet::is_unit;
use super::{Draft, DraftBlock, DraftLine};
use crate::grid::label;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::OnceLock;

/// Gives every line an id that is unique in its table: words where its labels have them, else its place.
pub(super) fn name_lines(draft: &mut Draft) {
    let mut rows = BTreeSet::new();
    let mut cols = BTreeSet::new();
    for block in &mut draft.blocks {
        for (lines, taken, letter) in [(&mut block.rows, &mut rows, 'r'), (&mut block.cols, &mut cols, 'c')] {
            let leaves: Vec<String> = lines.iter().map(|l| word(l.path.last())).collect();
            for (line, leaf) in lines.iter_mut().zip(&leaves) {
                let alike = leaves.iter().filter(|l| *l == leaf).count() > 1;
                let groups = line.path.iter().rev().skip(1).map(|l| word(Some(l))).filter(|w| !w.is_empty());
                let id = if leaf.is_empty() {
                    String::new()
                } else if alike {
                    groups.take(2).fold(leaf.clone(), |id, group| format!("{group}.{id}"))
                } else {
                    leaf.clone()
                };
                line.id = free_id(&id, letter, taken);
            }
        }
    }
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
fn word(label: Option<&String>) -> String {
    static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let words = WORDS
        .get_or_init(|| toml::from_str(include_str!("../../../templates/words.toml")).unwrap_or_default());
    let text = label.map_or("", String::as_str);
    let bare = label::normalise(text).text;
    let bare = bare.strip_prefix("其中").filter(|t| !t.is_empty()).unwrap_or(&bare);
    let bare = bare.split(['（', '(', '：', ':']).find(|t| !t.is_empty()).unwrap_or_default();
    if let Some(known) = words.get(bare) {
        return known.clone();
    }
    let raw = text.to_lowercase();
    let ascii = raw.is_ascii() && raw.contains(|c: char| c.is_ascii_alphabetic());
    let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let word: String = if ascii { raw.chars().map(letters).collect() } else { String::new() };
    let mut parts =
        word.split('_').filter(|w| !w.is_empty()).skip_while(|w| w.starts_with(|c: char| c.is_ascii_digit()));
    let few: Vec<&str> = parts.by_ref().take(6).collect();
    few.join("_")
}

/// The definition of all drafts.
pub(super) fn definition(drafts: &[Draft], across: &[Across], id: &str) -> String {
    // What is left to fill in is no part of a title.
    let plain = |t: &String| t.replace(['＿', '_'], "").replace("（单位）", "");
    let heading = drafts.iter().find_map(|d| d.titles.first()).map(plain).unwrap_or_default();
    let heading = heading.trim_start_matches('年').to_owned();
    let mut out = String::from(
        "# 由空白表起草，请逐条核对：标题、依据、代号、数字类别，以及提出的勾稽关系（不对的删去）。\n\
         # Drafted from a workbook: check titles, authority, ids, kinds, and strike relations that do not hold.\n\n",
    );
    let title = if heading.is_empty() { id } else { &heading };
    let _ = writeln!(out, "id = {}\nstatus = \"draft\"", quoted(id));
    let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(title), quoted(id));
    let _ = writeln!(out, "authority = \"（请填写依据）\"");
    for (i, draft) in drafts.iter().enumerate() {
        table(&mut out, draft, &format!("t{}", i + 1));
    }
    let mut code = 0;
    for (i, draft) in drafts.iter().enumerate() {
        for proposal in &draft.proposals {
            code += 1;
            relation(&mut out, draft, proposal, &format!("t{}", i + 1), code);
        }
    }
    for Across { holds, cell } in across {
        code += 1;
        let _ = writeln!(out, "\n# 由 {cell} 的公式提出，请核对 · proposed");
        let _ = writeln!(out, "[[relation]]\ncode = \"R{code:03}\"\nplace = {}", quoted(cell));
        let _ = writeln!(out, "holds = {}", quoted(holds));
        let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(holds), quoted(holds));
    }
    out
}

fn table(out: &mut String, draft: &Draft, id: &str) {
    let titles: Vec<&String> =
        draft.titles.iter().filter(|t| !is_unit(t) && !t.ends_with(['：', ':'])).collect();
    let title = titles.last().map_or(draft.name.as_str(), |t| t.as_str());
    let _ = writeln!(out, "\n[[table]]\nid = \"{id}\"\nname = {}", quoted(&draft.name));
    let _ = writeln!(out, "title = {}\nheading = {}", quoted(title), quoted(title));
    if let Some(unit) = draft.titles.iter().find_map(|t| unit_of(t)) {
        let _ = writeln!(out, "kind = \"{}\"\nunit = {}", kind_of_unit(&unit), quoted(&unit));
    }
    for block in &draft.blocks {
        write_block(out, block, id);
    }
}

fn write_block(out: &mut String, block: &DraftBlock, table: &str) {
    out.push_str("\n[[table.block]]\n");
    if block.has_blanks {
        out.push_str(
            "blank = \"zero\" # 样表中有空白：空白就是 0，应填 0 的删去此行 · samples leave cells blank\n",
        );
    }
    for (key, text) in [("band", &block.band), ("corner", &block.corner)] {
        if let Some(text) = text {
            let _ = writeln!(out, "{key} = {}", quoted(text));
        }
    }
    let _ = writeln!(out, "fields = \"{table}.{{row}}.{{col}}\"");
    for (key, lines) in [("rows", &block.rows), ("cols", &block.cols)] {
        let _ = writeln!(out, "{key} = [");
        for line in lines {
            let path: Vec<String> = line.path.iter().map(|l| quoted(l)).collect();
            let measure = measure(line);
            let _ =
                writeln!(out, "  {{ id = {}, path = [{}]{measure} }},", quoted(&line.id), path.join(", "));
        }
        out.push_str("]\n");
    }
}

/// Kind, unit and rounding of a line, as its label and the samples tell.
fn measure(line: &DraftLine) -> String {
    let text = line.path.last().map_or("", String::as_str);
    let unit = unit_of(text);
    let has = |words: &[&str]| words.iter().any(|w| text.to_lowercase().contains(w));
    let by_unit = unit.as_deref().map(kind_of_unit) == Some("amount");
    let money = has(&["金额", "amount", "£", "$"]);
    let decimals = line.fractional || by_unit || money || is_rate(text);
    let signed = line.negative || has(&["增减", "增/减", "增长", "change", "adjustment"]);
    let kind = match (signed, decimals) {
        (false, false) => None,
        (true, false) => Some("signed"),
        (false, true) => Some("amount"),
        (true, true) => Some("signed amount"),
    };
    let mut out = String::new();
    if let Some(kind) = kind.or(unit.as_ref().map(|_| "count")) {
        let _ = write!(out, ", kind = \"{kind}\"");
    }
    if let Some(unit) = unit {
        let _ = write!(out, ", unit = {}", quoted(&unit));
    }
    if let Some(rounded) = line.rounded {
        let _ = write!(out, ", rounded = {rounded}");
    }
    out
}

/// The unit after "单位：" or "unit:".
fn unit_of(text: &str) -> Option<String> {
    let after =
        ["单位：", "单位:", "unit:", "Unit:"].iter().find_map(|key| text.split_once(key)).map(|(_, a)| a)?;
    let unit: String = after.chars().take_while(|c| !matches!(c, '）' | ')' | '，' | ',' | '、')).collect();
    let unit = unit.trim().to_owned();
    (!unit.is_empty() && unit.chars().count() <= 8).then_some(unit)
}

fn kind_of_unit(unit: &str) -> &'static str {
    let counted = ["件", "个", "人", "户", "家", "项", "次", "宗", "起", "份", "台", "辆", "所"];
    if counted.contains(&unit) { "count" } else { "amount" }
}

fn relation(out: &mut String, draft: &Draft, p: &Proposal, table: &str, code: usize) {
    let lines: Vec<&DraftLine> =
        draft.blocks.iter().flat_map(|b| if p.across { &b.cols } else { &b.rows }).collect();
    let rates = draft.blocks.iter().flat_map(|b| if p.across { &b.rows } else { &b.cols });
    let rates: Vec<&str> =
        rates.filter(|l| l.path.last().is_some_and(|t| is_rate(t))).map(|l| l.id.as_str()).collect();
    let except = if rates.is_empty() { String::new() } else { format!(" except {}", rates.join(", ")) };
    let axis = if p.across { "row" } else { "column" };
    let holds = format!("{} {} {}", sum(&p.left, &lines), p.op, sum(&p.right, &lines));
    let op = if p.op == "<=" { "≥" } else { p.op };
    let title = format!("{} {op} {}", in_words(&p.right, &lines), in_words(&p.left, &lines));
    let _ = writeln!(out, "\n# {}，请核对 · proposed", p.source);
    let _ = writeln!(out, "[[relation]]\ncode = \"R{code:03}\"\nfor = \"each {axis} of {table}{except}\"");
    if let Some(condition) = &p.condition {
        let _ = writeln!(out, "if = {}", quoted(condition));
    }
    let _ = writeln!(out, "holds = {}", quoted(&holds));
    let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(&title), quoted(&holds));
}

/// A side in the words of the form; many parts by how many there are.
fn in_words(side: &[Part], lines: &[&DraftLine]) -> String {
    if side.len() > 6 {
        let name = |p: Option<&Part>| p.map(|p| label_of(&p.id, lines)).unwrap_or_default();
        return format!("{}至{}等 {} 项之和", name(side.first()), name(side.last()), side.len());
    }
    let mut out = String::new();
    for (i, part) in side.iter().enumerate() {
        let minus = part.factor.is_sign_negative();
        out += match (i, minus) {
            (0, false) => "",
            (0, true) => "−",
            (_, false) => " + ",
            (_, true) => " − ",
        };
        out += &label_of(&part.id, lines);
        if let Some(by) = &part.by {
            out.extend([" × ", &label_of(by, lines)]);
        }
        if part.factor.abs() != Decimal::ONE {
            out.extend([" × ", &part.factor.abs().to_string()]);
        }
    }
    out
}

/// A line's innermost label, with its groups where another line has the same.
fn label_of(id: &str, lines: &[&DraftLine]) -> String {
    let Some(line) = lines.iter().find(|l| l.id == id) else { return id.to_owned() };
    let Some(leaf) = line.path.last() else { return id.to_owned() };
    let alike = lines.iter().filter(|l| l.path.last() == Some(leaf)).count();
    if alike > 1 { line.path.join("/") } else { leaf.clone() }
}

/// Ids added up; three or more neighbours are a range.
fn sum(side: &[Part], lines: &[&DraftLine]) -> String {
    let position = |p: &Part| lines.iter().position(|l| l.id == p.id);
    let plain = |p: &Part| p.factor == Decimal::ONE && p.by.is_none();
    let mut out = String::new();
    let mut rest = side;
    while let Some((first, _)) = rest.split_first() {
        let start = position(first).filter(|_| plain(first));
        let follows = |(i, p): &(usize, &Part)| start.is_some_and(|s| plain(p) && position(p) == Some(s + i));
        let run = rest.iter().enumerate().take_while(follows).count().max(1);
        let (together, after) = rest.split_at(run);
        let (terms, many) = match together {
            [a, .., b] if together.len() > 2 => (vec![format!("sum of {} to {}", a.id, b.id)], true),
            _ => (together.iter().map(term).collect(), false),
        };
        for term in terms {
            match (out.is_empty(), term.strip_prefix('-').filter(|_| !many)) {
                (true, _) => out += &term,
                (false, Some(positive)) => out.extend([" - ", positive]),
                (false, None) => out.extend([" + ", &term]),
            }
        }
        rest = after;
    }
    out
}

/// `a`, `-a`, `a * 100`, `rate * base`.
fn term(p: &Part) -> String {
    let sign = if p.factor.is_sign_negative() { "-" } else { "" };
    match (&p.by, p.factor.abs()) {
        (Some(by), _) => format!("{sign}{} * {by}", p.id),
        (None, factor) if factor == Decimal::ONE => format!("{sign}{}", p.id),
        (None, factor) => format!("{sign}{} * {factor}", p.id),
    }
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
