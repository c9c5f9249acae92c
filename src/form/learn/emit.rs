//! A draft written down as a definition.

use super::percent::Shown;
use super::propose::{Part, Proposal};
use super::sheet::{is_to_fill_in, is_unit, unit_after};
use super::whole::Whole;
use super::words::{self, is_rate, kind_of_unit, words};
use super::{Draft, DraftBlock, DraftLine, stated};
use crate::grid::label;
use indexmap::IndexSet;
use rust_decimal::Decimal;
use std::fmt::Write;

/// Characters of the longest key before a colon above a table (综合机关名称：), and of a unit.
const LONGEST_KEY: usize = 8;

/// The definition of all drafts.
pub(super) fn definition(drafts: &[Draft], wholes: &[Whole], id: &str) -> String {
    // What is left to fill in is no part of a title.
    let plain = |t: &str| t.replace(['＿', '_'], "").replace("（单位）", "");
    let heading = drafts.iter().find_map(|d| titles(d).next()).map(|t| plain(bare(t))).unwrap_or_default();
    let heading = heading.trim_start_matches('年').to_owned();
    let mut out = String::from(
        "# 由空白表起草，请逐条核对：标题、依据、代号、数字类别，以及提出的勾稽关系（不对的删去）。\n\
         # Drafted from a workbook: check titles, authority, ids, kinds, and strike relations that do not hold.\n\n",
    );
    let title = if heading.is_empty() { id } else { &heading };
    let _ = writeln!(out, "id = {}\nstatus = \"draft\"", quoted(id));
    let english = if title.is_ascii() { title } else { id };
    let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(title), quoted(english));
    let _ = writeln!(out, "authority = {}", quoted(&authority(drafts)));
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
    for Whole { scope, holds, condition, title, source } in wholes {
        code += 1;
        let (key, scope) = match scope {
            Ok(scope) => ("for", scope),
            Err(place) => ("place", place),
        };
        let _ = writeln!(out, "\n# {source}，请核对 · please check");
        let _ = writeln!(out, "[[relation]]\ncode = \"R{code:03}\"\n{key} = {}", quoted(scope));
        if let Some(condition) = condition {
            let _ = writeln!(out, "if = {}", quoted(condition));
        }
        let _ = writeln!(out, "holds = {}", quoted(holds));
        let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(title), quoted(holds));
    }
    out
}

/// What names a table: no unit, no blanks to fill in, no number of the form.
fn titles(draft: &Draft) -> impl DoubleEndedIterator<Item = &String> {
    let names = |t: &&String| {
        let key = t.split_once(['：', ':']).map(|(key, _)| key);
        let is_entry = key.is_some_and(|k| {
            let short = !k.is_ascii() && label::normalise(k).text.chars().count() <= LONGEST_KEY;
            short || words::begins(k.trim(), &words().entries)
        });
        let bracketed = t.starts_with(['(', '（']) && t.ends_with([')', '）']);
        !words::is_continued(t)
            && !is_unit(t)
            && words::lone_unit(t).is_none()
            && !is_to_fill_in(t)
            && !is_entry
            && !bracketed
    };
    draft.titles.iter().filter(names)
}

/// A title without the period before it and the unit behind it, which are those of one copy: 2024年第1季度…（单位：人）.
fn bare(title: &str) -> &str {
    let without_unit = title
        .strip_suffix(['）', ')'])
        .and_then(|t| t.rsplit_once(['（', '(']))
        .filter(|(head, inner)| !head.is_empty() && unit_after(inner).is_some())
        .map_or(title, |(head, _)| head.trim_end());
    words::behind_period(without_unit)
}

/// Who prescribes the form, where it is printed: "制定机关：国家统计局", "文号：…".
fn authority(drafts: &[Draft]) -> String {
    let said = drafts.iter().flat_map(|d| &d.titles).filter_map(|t| {
        let (key, value) = t.split_once(['：', ':'])?;
        let value = value.trim();
        (words::is(key, &words().authority) && !is_to_fill_in(t)).then_some(value)
    });
    let said: Vec<&str> = said.collect();
    if said.is_empty() { "（请填写依据 · who prescribes it）".to_owned() } else { said.join(" ") }
}

fn table(out: &mut String, draft: &Draft, id: &str) {
    let title = titles(draft).next_back().map_or(draft.name.as_str(), |t| bare(t));
    let _ = writeln!(out, "\n[[table]]\nid = \"{id}\"\nname = {}", quoted(&draft.name));
    let _ = writeln!(out, "title = {}\nheading = {}", quoted(title), quoted(title));
    if let Some(Measure { kind, units, is_one }) = measure_of_table(draft) {
        let _ = if is_one {
            writeln!(out, "kind = \"{kind}\"\nunit = {}", quoted(units))
        } else {
            writeln!(out, "kind = \"{kind}\" # {units}")
        };
    }
    for block in &draft.blocks {
        let of_table = measure_of_table(draft).is_some_and(|m| m.kind == "amount");
        let of_block = block.band.as_deref().and_then(unit_of).map(|unit| kind_of_unit(unit) == "amount");
        write_block(out, block, id, block.has_decimals() || of_block.unwrap_or(of_table));
    }
}

/// What the numbers of a whole table are said to be: "单位：件", "单位：家、次、万元".
pub(super) struct Measure<'a> {
    pub(super) kind: &'static str,
    pub(super) units: &'a str,
    /// Whether it is one known unit, and no list.
    pub(super) is_one: bool,
}

/// The measure above a table. Of a list, the lines without a unit of their own are counts if most of its units are.
pub(super) fn measure_of_table(draft: &Draft) -> Option<Measure<'_>> {
    let mut said: Vec<&str> = draft.titles.iter().filter_map(|t| unit_after(t)).collect();
    if said.is_empty() {
        said.extend(draft.titles.iter().rev().find_map(|t| words::lone_unit(t)));
    }
    if said.is_empty() {
        said.extend(titles(draft).next_back().and_then(|t| unit_of(t)));
    }
    let (units, others) = said.split_first().filter(|(unit, _)| !unit.is_empty())?;
    let is_one = others.is_empty() && (words::lone_unit(units).is_some() || kind_of_unit(units) == "count");
    let each: Vec<&str> = units.split(['、', '，', ',', '/', '／', '；', ';']).map(str::trim).collect();
    let counted = each.iter().filter(|unit| kind_of_unit(unit) == "count").count();
    let kind = if counted * 2 > each.len() { "count" } else { "amount" };
    Some(Measure { kind, units, is_one })
}

/// The unit of all numbers of a block: in the line over its header, else that of its table.
pub(super) fn unit_of_block<'a>(draft: &'a Draft, block: &'a DraftBlock) -> Option<&'a str> {
    let own = block.band.as_deref().and_then(unit_of);
    own.or_else(|| measure_of_table(draft).filter(|m| m.is_one).map(|m| m.units))
}

fn write_block(out: &mut String, block: &DraftBlock, table: &str, has_decimals: bool) {
    out.push_str("\n[[table.block]]\n");
    if block.beside {
        out.push_str("beside = true # 并排在前一个区块的右边 · to the right of the block before\n");
    }
    if block.has_blanks {
        out.push_str(
            "blank = \"zero\" # 样表中有空白：空白就是 0，应填 0 的删去此行 · samples leave cells blank\n",
        );
    }
    if !block.marks.is_empty() {
        let marks: Vec<String> = block.marks.iter().map(|m| quoted(m)).collect();
        let (means, said) = if block.marks_are_zero {
            ("zero", "合计里当作 0；没有数的改为 unknown · 0 in its sums; unknown if there is no number")
        } else {
            ("unknown", "没有数，有关的关系不判断；就是 0 的改为 zero · no number is known; zero if it is 0")
        };
        let _ = writeln!(out, "marks = {{ {means} = [{}] }} # {said}", marks.join(", "));
    }
    match block.band.as_deref().and_then(unit_of) {
        Some(unit) => {
            let kind = if has_decimals { "amount" } else { kind_of_unit(unit) };
            let _ = writeln!(out, "kind = \"{kind}\"\nunit = {}", quoted(unit));
        }
        None if block.has_decimals() => {
            out.push_str("kind = \"amount\" # 样表中有小数 · samples have decimals\n");
        }
        None => {}
    }
    for (key, text) in [("band", &block.band), ("corner", &block.corner)] {
        if let Some(text) = text {
            let _ = writeln!(out, "{key} = {}", quoted(text));
        }
    }
    let _ = writeln!(out, "fields = \"{table}.{{row}}.{{col}}\"");
    unfilled(out, block, table);
    percentages(out, block);
    for (key, lines) in [("rows", &block.rows), ("cols", &block.cols)] {
        let _ = writeln!(out, "{key} = [");
        for line in lines {
            let path: Vec<String> = line.path.iter().map(|l| quoted(l)).collect();
            let measure = measure(line, has_decimals);
            let holed =
                if line.holed { " # 样表都空着，不查空白 · blank on all samples" } else { "" };
            let _ = writeln!(
                out,
                "  {{ id = {}, path = [{}]{measure} }},{holed}",
                quoted(&line.id),
                path.join(", ")
            );
        }
        out.push_str("]\n");
    }
}

impl DraftLine {
    /// Its unit: in a column of units, in its label, or in the label of its group.
    pub(super) fn measured_in(&self) -> Option<String> {
        let (leaf, groups) = self.path.split_last()?;
        let own =
            self.unit.clone().or_else(|| unit_of(leaf).map(str::to_owned)).or_else(|| self.counted_in());
        own.or_else(|| groups.iter().rev().find_map(|label| unit_of(label)).map(str::to_owned))
    }

    /// Whether its numbers may be negative, by its label or as samples show.
    pub(super) fn is_signed(&self) -> bool {
        let text = self.path.last().map_or("", String::as_str);
        let label = label::normalise(text).text;
        let is_counted = self.measured_in().as_deref().map(kind_of_unit) == Some("count");
        let says_it = words::has(text, &words().signed)
            || words().signed_ends.iter().any(|w| label.ends_with(w.as_str()));
        let is_difference = || self.stated.as_deref().or(Some(text)).is_some_and(stated::is_difference);
        self.negative || says_it && !is_counted || is_difference()
    }

    /// The unit that the end of a label tells, in a table of amounts: 有贷款余额的户数.
    fn counted_in(&self) -> Option<String> {
        let label = label::normalise(self.path.last()?).text;
        let units = words().counted.iter().filter(|u| !u.is_ascii());
        units.filter(|u| label.ends_with(&format!("{u}数"))).max_by_key(|u| u.len()).cloned()
    }
}

/// Cells that no sample fills in, where their lines have other numbers.
fn unfilled(out: &mut String, block: &DraftBlock, table: &str) {
    let id = |(r, c): &(usize, usize)| {
        let (row, col) = block.rows.get(*r).zip(block.cols.get(*c))?;
        Some(quoted(&format!("{table}.{}.{}", row.id, col.id)))
    };
    let ids: Vec<String> = block.unfilled.iter().filter_map(id).collect();
    if !ids.is_empty() {
        out.push_str(
            "# 样表都空着的格，不查空白；应填的删去 · blank on all samples: no blank is a fault there\n",
        );
        let _ = writeln!(out, "unfilled = [{}]", ids.join(", "));
    }
}

/// Cells of percentages among other numbers.
fn percentages(out: &mut String, block: &DraftBlock) {
    if block.percentages.is_empty() {
        return;
    }
    out.push_str(
        "# 数字里的百分比（按单元格格式） · percentages among other numbers, by their formats\ncells = [\n",
    );
    let ids = |at: &[usize], lines: &[DraftLine]| {
        at.iter().filter_map(|i| Some(quoted(&lines.get(*i)?.id))).collect::<Vec<_>>().join(", ")
    };
    for (rows, cols) in &block.percentages {
        let (rows, cols) = (ids(rows, &block.rows), ids(cols, &block.cols));
        let _ =
            writeln!(out, "  {{ rows = [{rows}], cols = [{cols}], kind = \"amount\", roll_up = \"none\" }},");
    }
    out.push_str("]\n");
}

/// Kind, unit and rounding of a line, as its label and the samples tell; what it says takes the place of what its block
/// says, so that where numbers of that have decimals they have them here too.
fn measure(line: &DraftLine, has_decimals: bool) -> String {
    let text = line.path.last().map_or("", String::as_str);
    let unit = line.measured_in();
    let by_unit = unit.as_deref().map(kind_of_unit) == Some("amount");
    let is_percent = line.shown == Shown::Percent;
    let decimals =
        line.fractional || is_percent || by_unit || words::has(text, &words().money) || is_rate(text);
    let signed = line.is_signed();
    let is_counted = unit.is_some() && !by_unit;
    let decimals = decimals || signed && has_decimals && !is_counted;
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
    if is_rate(text) || is_percent {
        out += ", roll_up = \"none\"";
    }
    if line.holed {
        out += ", blank = \"unknown\"";
    }
    if let Some(rounded) = line.rounded {
        let _ = write!(out, ", rounded = {rounded}");
    }
    out
}

/// The unit that a label gives: "收费金额（单位：万元）", "面积（亩）", "Expenditure (£000)".
fn unit_of(text: &str) -> Option<&str> {
    let inner = text.rsplit_once(['（', '('])?.1.trim().trim_end_matches(['）', ')']).trim();
    if let Some(unit) = unit_after(inner) {
        let is_one =
            !unit.is_empty() && unit.chars().count() <= LONGEST_KEY && !unit.contains(['，', '、', ',']);
        return is_one.then_some(unit);
    }
    let is_name = words().loose_units.iter().any(|u| u == inner) && !text.contains(&format!("数（{inner}"));
    (words::is_unit(inner) && !is_name || inner.starts_with(['£', '$', '€'])).then_some(inner)
}

fn relation(out: &mut String, draft: &Draft, p: &Proposal, table: &str, code: usize) {
    let lines: Vec<&DraftLine> =
        draft.blocks.iter().flat_map(|b| if p.across { &b.cols } else { &b.rows }).collect();
    let others: Vec<&DraftLine> =
        draft.blocks.iter().flat_map(|b| if p.across { &b.rows } else { &b.cols }).collect();
    let rate = |l: &&&DraftLine| p.only.is_none() && l.path.last().is_some_and(|t| is_rate(t));
    let rates: Vec<&DraftLine> = others.iter().filter(rate).copied().collect();
    // a column on several sides is one
    let ids: IndexSet<&str> = others.iter().map(|l| l.id.as_str()).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let holds_for = |id: &str| match &p.only {
        Some(only) => only.iter().any(|o| o == id),
        None => !rates.iter().any(|l| l.id == id),
    };
    let scope = scope(p.across, table, &ids, &holds_for);
    let holds = format!("{} {} {}", sum(&p.left, &lines), p.op, sum(&p.right, &lines));
    let op = match p.op {
        "<=" => "≥",
        "<" => ">",
        op => op,
    };
    let title = format!("{} {op} {}", in_words(&p.right, &lines), in_words(&p.left, &lines));
    let _ = writeln!(out, "\n# {}，请核对 · please check", p.source);
    left_out(out, p, &lines, &rates);
    let _ = writeln!(out, "[[relation]]\ncode = \"R{code:03}\"\nfor = {}", quoted(&scope));
    if p.unsure {
        out.push_str("status = \"draft\" # 只是猜想，没有启用；成立就删去此行 · a guess, not in force: delete this line if it holds\n");
    }
    if let Some(condition) = &p.condition {
        let _ = writeln!(out, "if = {}", quoted(condition));
    }
    let _ = writeln!(out, "holds = {}", quoted(&holds));
    let _ = writeln!(out, "title = {{ zh = {}, en = {} }}", quoted(&title), quoted(&holds));
}

/// `each row of t1`, but for some of its rows or for some only, whichever is shorter.
pub(super) fn scope(across: bool, table: &str, ids: &[&str], holds_for: &dyn Fn(&str) -> bool) -> String {
    let axis = if across { "row" } else { "column" };
    let listed = |keep: bool| -> Vec<String> {
        let runs = ids.chunk_by(|a, b| holds_for(a) == holds_for(b));
        runs.filter(|run| run.first().is_some_and(|id| holds_for(id) == keep)).flat_map(ranged).collect()
    };
    let (only, except) = (listed(true), listed(false));
    let covered = |keep: bool| ids.iter().filter(|id| holds_for(id) == keep).count();
    let (word, list) = if (only.len(), covered(true)) <= (except.len(), covered(false)) {
        ("only", only)
    } else {
        ("except", except)
    };
    if list.is_empty() {
        return format!("each {axis} of {table}");
    }
    format!("each {axis} of {table} {word} {}", list.join(", "))
}

/// Neighbouring lines by their ids: three or more as a range.
fn ranged(run: &[&str]) -> Vec<String> {
    match run {
        [first, _, .., last] => vec![format!("{first} to {last}")],
        few => few.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// Why lines beside a total's parts, and rates across it, are not in a relation: never in silence.
fn left_out(out: &mut String, p: &Proposal, lines: &[&DraftLine], rates: &[&DraftLine]) {
    let named = |ids: &[&str], all: &[&DraftLine]| {
        ids.iter().map(|id| format!("{id}（{}）", label_of(id, all))).collect::<Vec<_>>().join("、")
    };
    let is_rate_id = |id: &str| lines.iter().any(|l| l.id == id && l.path.last().is_some_and(|t| is_rate(t)));
    let (of_rate, of_part): (Vec<&str>, Vec<&str>) =
        p.left_out.iter().map(String::as_str).partition(|id| is_rate_id(id));
    let across: Vec<&str> = rates.iter().map(|l| l.id.as_str()).collect();
    for (ids, all, zh, en) in [
        (&of_rate, lines, "没有计入合计，名称像比率", "left out of the total, named like a rate"),
        (&of_part, lines, "没有计入合计，是其中项", "left out of the total, part of another line"),
        (&across, rates, "不适用，名称像比率", "not for what is named like a rate"),
    ] {
        if !ids.is_empty() {
            let _ = writeln!(out, "# {zh}：{} · {en}", named(ids, all));
        }
    }
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
