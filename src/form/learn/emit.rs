//! A draft written down as a definition.

use super::propose::Proposal;
use super::sheet::is_unit;
use super::{Draft, DraftBlock, DraftLine};
use crate::grid::label;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Gives every line an id that is unique in its table: a word where the label has one, else a number.
pub(super) fn name_lines(draft: &mut Draft) {
    let mut rows = BTreeSet::new();
    let mut cols = BTreeSet::new();
    for block in &mut draft.blocks {
        for (lines, taken, letter) in [(&mut block.rows, &mut rows, 'r'), (&mut block.cols, &mut cols, 'c')] {
            for line in lines {
                line.id = free_id(&word(line), letter, taken);
            }
        }
    }
}

fn free_id(word: &str, letter: char, taken: &mut BTreeSet<String>) -> String {
    let numbered = |n: usize| if word.is_empty() { format!("{letter}{n}") } else { format!("{word}{n}") };
    let plain = (!word.is_empty()).then(|| word.to_owned());
    let id = plain
        .into_iter()
        .chain((1..=taken.len() + 1).map(numbered))
        .find(|id| !taken.contains(id))
        .unwrap_or_default();
    taken.insert(id.clone());
    id
}

/// A word for a label: common ones translated, Latin letters kept.
fn word(line: &DraftLine) -> String {
    let leaf = label::normalise(line.path.last().map_or("", String::as_str)).text;
    match leaf.as_str() {
        "总计" | "合计" => "total".to_owned(),
        "小计" => "subtotal".to_owned(),
        "其他" => "other".to_owned(),
        _ => {
            let raw = line.path.last().map_or("", String::as_str).to_lowercase();
            let ascii = raw.is_ascii() && raw.starts_with(|c: char| c.is_ascii_alphabetic());
            let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
            let word: String = if ascii { raw.chars().map(letters).collect() } else { String::new() };
            word.split('_').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("_")
        }
    }
}

/// The definition of all drafts.
pub(super) fn definition(drafts: &[Draft], id: &str) -> String {
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

/// Kind and unit that a line's own label tells.
fn measure(line: &DraftLine) -> String {
    let text = line.path.last().map_or("", String::as_str);
    if let Some(unit) = unit_of(text) {
        return format!(", kind = \"{}\", unit = {}", kind_of_unit(&unit), quoted(&unit));
    }
    let has = |words: &[&str]| words.iter().any(|w| text.to_lowercase().contains(w));
    if has(&["增减", "增/减", "增长", "change"]) {
        return ", kind = \"signed\"".to_owned();
    }
    if has(&["金额", "%", "比重", "比率", "率", "amount", "rate", "£", "$", "percent"]) {
        return ", kind = \"amount\"".to_owned();
    }
    String::new()
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
    let label = |id: &String| {
        let line = lines.iter().find(|l| l.id == *id);
        line.and_then(|l| l.path.last()).map_or_else(|| id.clone(), Clone::clone)
    };
    let names = |ids: &[String]| ids.iter().map(label).collect::<Vec<_>>().join(" + ");
    let axis = if p.across { "row" } else { "column" };
    let holds = format!("{} = {}", sum(&p.parts, &lines), sum(&p.total, &lines));
    let title = if p.parts.len() > 6 {
        format!("{} = {} 项之和", names(&p.total), p.parts.len())
    } else {
        format!("{} = {}", names(&p.total), names(&p.parts))
    };
    let _ = writeln!(out, "\n# {}，请核对 · proposed", p.source);
    let _ = writeln!(out, "[[relation]]\ncode = \"R{code:03}\"\nfor = \"each {axis} of {table}\"");
    let _ = writeln!(out, "holds = {}", quoted(&holds));
    let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(&title), quoted(&holds));
}

/// Ids added up; three or more neighbours are a range.
fn sum(ids: &[String], lines: &[&DraftLine]) -> String {
    let position = |id: &String| lines.iter().position(|l| l.id == *id);
    let mut terms: Vec<String> = Vec::new();
    let mut rest = ids;
    while let Some((first, _)) = rest.split_first() {
        let start = position(first);
        let run = rest
            .iter()
            .enumerate()
            .take_while(|(i, id)| start.is_some_and(|s| position(id) == Some(s + i)))
            .count()
            .max(1);
        let (together, after) = rest.split_at(run);
        match together {
            [a, .., b] if together.len() > 2 => terms.push(format!("sum of {a} to {b}")),
            _ => terms.extend(together.iter().cloned()),
        }
        rest = after;
    }
    terms.join(" + ")
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
