//! How well a form's relations protect each of its cells, for people and for programs.

use crate::finding::{Lang, Text, plural};
use crate::form::{Addition, Block, FieldIx, Form, Grade, Line, Proposal, Protection, Remark, Table, review};
use crate::repair::rules;
use serde::Serialize;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Columns of a row's label.
const LABEL: usize = 40;
/// Columns of a mark.
const MARK: usize = 5;

/// The protection of a form as text: a summary, and a mark for each cell.
pub fn text(form: &Form, lang: Lang) -> String {
    let protection = form.protection();
    let mut out = String::new();
    let _ = writeln!(out, "{}  {}", form.id, form.title.get(lang));
    let _ = writeln!(out, "{}", summary(form, &protection).get(lang));
    let _ = writeln!(out, "{}", legend().get(lang));
    out += &picture(form, &protection);
    for (t, table) in form.tables.iter().enumerate() {
        let _ = writeln!(out, "\n{} {}", table.name, table.title);
        let of_table = |p: &&Protection| form.field(p.field).is_some_and(|f| f.table == t);
        let grades: Vec<&Protection> = protection.iter().filter(of_table).collect();
        let _ = writeln!(out, "{}", counts(&grades).get(lang));
        for block in &table.blocks {
            grid(&mut out, table, block, &protection, lang);
        }
    }
    for lines in [proposals(form, lang), remarks(form, lang)] {
        if !lines.is_empty() {
            let _ = write!(out, "\n{}", lines.concat());
        }
    }
    out
}

/// The form in small: a sign for each cell, where it stands.
fn picture(form: &Form, protection: &[Protection]) -> String {
    let mut out = String::new();
    let sign = |field: Option<&FieldIx>| {
        let found = field.and_then(|f| protection.iter().find(|p| p.field == *f));
        found.map_or("", |p| match p.grade {
            Grade::Located => "●",
            Grade::Detected => "○",
            Grade::Unseen => "·",
        })
    };
    for table in &form.tables {
        let mut margin = table.name.clone();
        for block in &table.blocks {
            let width = block.cols.len();
            for (r, _) in printed_rows(block) {
                let signs: String = (0..width).map(|c| sign(block.fields.get(r * width + c))).collect();
                let _ =
                    writeln!(out, "  {margin}{}  {signs}", " ".repeat(6usize.saturating_sub(margin.width())));
                margin.clear();
            }
        }
    }
    format!("\n{out}")
}

fn printed_rows(block: &Block) -> impl Iterator<Item = (usize, &Line)> {
    block.rows.iter().enumerate().filter(|(_, l)| l.replaces.is_empty())
}

/// Which added relations would protect what is not located, a line each.
fn proposals(form: &Form, lang: Lang) -> Vec<String> {
    let line = |p: &Proposal| {
        let table = form.tables.get(p.table).map_or("", |t| t.name.as_str());
        let [located, detected, unseen] = p.counts;
        let added = added(&p.addition, lang);
        match lang {
            Lang::Zh => {
                format!("  {table}：{added} → 能定位 {located}，只能发现 {detected}，不能发现 {unseen}\n")
            }
            Lang::En => {
                format!("  {table}: {added} → located {located}, detected {detected}, unseen {unseen}\n")
            }
        }
    };
    let lines: Vec<String> = form.proposals().iter().map(line).collect();
    if lines.is_empty() {
        return lines;
    }
    let head =
        lang.pick("增加哪些关系能保护不能定位的格：", "Relations that would protect what is not located:");
    std::iter::once(format!("{head}\n")).chain(lines).collect()
}

fn added(addition: &Addition, lang: Lang) -> String {
    match (addition, lang) {
        (Addition::LastYear(codes), Lang::Zh) => {
            format!("与上年报表核对（{}，上年数可靠时）", codes.join("、"))
        }
        (Addition::LastYear(codes), Lang::En) => {
            format!("checked against last year's report ({}, if that is right)", codes.join(", "))
        }
        (Addition::SameColumns(n), Lang::Zh) => format!("同名各栏加一个合计（{n} 个合计数）"),
        (Addition::SameColumns(n), Lang::En) => format!("a total for columns of the same name ({n} totals)"),
        (Addition::Rows(n), Lang::Zh) => format!("每行加一个合计（{n} 个合计数）"),
        (Addition::Rows(n), Lang::En) => format!("a total for each row ({n} totals)"),
        (Addition::CheckSum, Lang::Zh) => "全表加一个校验合计".to_owned(),
        (Addition::CheckSum, Lang::En) => "one check sum for the whole table".to_owned(),
        (Addition::All(all), _) => {
            let all: Vec<String> = all.iter().map(|a| added(a, lang)).collect();
            all.join(lang.pick("，并且", ", and "))
        }
    }
}

/// What the self-check of a form's rules has to say, a line each.
///
/// Of a rule that says the same of many lines, the first few are told, and of how many.
pub fn remarks(form: &Form, lang: Lang) -> Vec<String> {
    const FEW: usize = 3;
    let all = rules::examine(form);
    // what helps to locate is not told rule by rule
    let helps = |r: &Remark| matches!(r, Remark::Redundant(..));
    let rule = |r: &Remark| r.rule(form).map(|code| if helps(r) { String::new() } else { code.to_owned() });
    let kind = |r: &Remark| Some((rule(r)?, std::mem::discriminant(r)));
    let mut out = Vec::new();
    let mut told: Vec<(String, std::mem::Discriminant<Remark>)> = Vec::new();
    for remark in &all {
        let Some(own) = kind(remark) else {
            out.push(line(remark, form, lang));
            continue;
        };
        let before = told.iter().filter(|k| **k == own).count();
        if before < FEW {
            out.push(line(remark, form, lang));
        } else if before == FEW {
            let more = all.iter().filter(|r| kind(r).as_ref() == Some(&own)).count() - FEW;
            let code = if own.0.is_empty() { String::new() } else { own.0.clone() + " " };
            out.push(match lang {
                Lang::Zh => format!("  {code}另有 {more} 处也是这样\n"),
                Lang::En => format!("  {code}and {more} more alike\n"),
            });
        }
        told.push(own);
    }
    out
}

fn line(remark: &Remark, form: &Form, lang: Lang) -> String {
    let mark = if remark.is_harmless() { "·" } else { "!" };
    format!("{mark} {}\n", remark.text(form).get(lang))
}

/// What is wrong with a definition that somebody uses, in short; `None` where nothing is. What takes long to find
/// out, and what is only worth knowing, is said by `gouji template check` alone.
pub fn in_short(form: &Form) -> Option<Text> {
    const FEW: usize = 5;
    let all = review(form);
    let faults: Vec<&Remark> = all.iter().filter(|r| !r.is_harmless()).collect();
    if faults.is_empty() {
        return None;
    }
    let text = |lang: Lang| {
        let lines = faults.iter().take(FEW).map(|f| format!("\n  {}", line(f, form, lang).trim_end()));
        let more = if faults.len() > FEW { "\n  …" } else { "" };
        lines.collect::<String>() + more
    };
    Some(Text::new(
        format!("定义 {} 自查（详见 gouji template check）{}", form.id, text(Lang::Zh)),
        format!("self-check of {} (see gouji template check){}", form.id, text(Lang::En)),
    ))
}

fn summary(form: &Form, protection: &[Protection]) -> Text {
    let relations = form.relations.iter().filter(|r| !r.variant).count();
    let counts = counts(&protection.iter().collect::<Vec<_>>());
    Text::new(
        format!("数字 {} 个，勾稽关系 {relations} 条。{}", protection.len(), counts.zh),
        format!("{}, {}; {}", plural(protection.len(), "field"), plural(relations, "relation"), counts.en),
    )
}

fn legend() -> Text {
    Text::new(
        "● 一处填错能定位并算出正确值　○ 只能发现，不能定位　- 没有关系，不能发现；数字为所在的关系条数。\n\
         按关系算出，是填错任意数时的保证；舍入、不等式和条件遇到小的错未必看得出，实际植入错误的结果见 gouji template check",
        "● one wrong value is located and determined  ○ detected, not located  - unseen; the number of relations.\n\
         By the relations alone; what rounding and inequalities let pass, errors planted by gouji template check show",
    )
}

fn counts(protection: &[&Protection]) -> Text {
    let of = |grade: Grade| protection.iter().filter(|p| p.grade == grade).count();
    let (located, detected, unseen) = (of(Grade::Located), of(Grade::Detected), of(Grade::Unseen));
    Text::new(
        format!("能定位 {located}，只能发现 {detected}，不能发现 {unseen}"),
        format!("located {located}, detected {detected}, unseen {unseen}"),
    )
}

/// A block as a grid of marks, its columns numbered and named above.
fn grid(out: &mut String, table: &Table, block: &Block, protection: &[Protection], lang: Lang) {
    let width = block.cols.len();
    let names = block.cols.iter().enumerate().filter_map(|(i, c)| {
        let path: Vec<&str> = c.path.iter().rev().take(2).rev().map(|l| l.text.as_str()).collect();
        (!path.is_empty()).then(|| format!("{} {}", i + 1, path.join("/")))
    });
    let names: Vec<String> = names.collect();
    let _ = writeln!(out, "  {}{}", lang.pick("列：", "columns: "), names.join(lang.pick("，", ", ")));
    let mut head = " ".repeat(LABEL + 2);
    for i in 1..=width {
        let _ = write!(head, "{i:<MARK$}");
    }
    let _ = writeln!(out, "{}", head.trim_end());
    let mark = |field: Option<&FieldIx>| {
        let found = field.and_then(|f| protection.iter().find(|p| p.field == *f));
        found.map_or(String::new(), |p| match p.grade {
            Grade::Located => format!("●{}", p.relations.len()),
            Grade::Detected => format!("○{}", p.relations.len()),
            Grade::Unseen => "-".to_owned(),
        })
    };
    for (r, row) in printed_rows(block) {
        let marks: Vec<String> = (0..width).map(|c| mark(block.fields.get(r * width + c))).collect();
        let label = if row.path.is_empty() { table.name.clone() } else { clipped(row) };
        let _ = write!(out, "  {label}{}", " ".repeat(LABEL.saturating_sub(label.width())));
        for m in &marks {
            let _ = write!(out, "{m}{}", " ".repeat(MARK.saturating_sub(m.width())));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
}

/// A row's label, cut to its column.
fn clipped(row: &Line) -> String {
    let text = row.path.last().map_or("", |l| l.text.as_str());
    if text.width() < LABEL {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if out.width() + 4 > LABEL {
            break;
        }
        out.push(c);
    }
    out + "…"
}

#[derive(Serialize)]
struct JsonField<'a> {
    field: &'a str,
    grade: &'static str,
    relations: Vec<JsonRelation<'a>>,
    confused_with: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonRelation<'a> {
    code: &'a str,
    #[serde(rename = "where")]
    place: &'a str,
}

/// The protection of a form as JSON, one object a field: an array, or one object a line.
pub fn json(form: &Form, lines: bool) -> serde_json::Result<String> {
    let id = |f: &FieldIx| form.field(*f).map_or("", |f| f.id.as_str());
    let relation =
        |i: &usize| form.relations.get(*i).map(|r| JsonRelation { code: &r.code, place: &r.place });
    let protection = form.protection();
    let field = |p: &Protection| JsonField {
        field: form.field(p.field).map_or("", |f| f.id.as_str()),
        grade: match p.grade {
            Grade::Located => "located",
            Grade::Detected => "detected",
            Grade::Unseen => "unseen",
        },
        relations: p.relations.iter().filter_map(relation).collect(),
        confused_with: p.confused.iter().map(id).collect(),
    };
    let fields: Vec<JsonField> = protection.iter().map(field).collect();
    if lines {
        let lines = fields.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
        return Ok(lines.join("\n"));
    }
    serde_json::to_string_pretty(&fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::by_id;

    #[test]
    fn every_cell_has_its_mark() {
        let text = text(by_id("xxgk-2021").unwrap(), Lang::Zh);
        assert!(text.contains("数字 200 个，勾稽关系 42 条。能定位 175，只能发现 15，不能发现 10"), "{text}");
        let row = text.lines().find(|l| l.contains("（一）予以公开")).unwrap();
        assert_eq!(row.matches("●2").count(), 7, "{row}");
        let total = text.lines().find(|l| l.contains("（七）总计")).unwrap();
        assert_eq!(total.matches("●3").count(), 7, "{total}");
        let json = json(by_id("xxgk-2021").unwrap(), false).unwrap();
        assert_eq!(json.matches("\"grade\": \"located\"").count(), 175);
    }

    #[test]
    fn a_small_picture_and_what_would_protect_the_rest() {
        let form = by_id("xxgk-2021").unwrap();
        let zh = text(form, Lang::Zh);
        assert_eq!(
            zh.lines().filter(|l| l.trim_start_matches([' ', '表', '三']) == "●●●●●●●").count(),
            25,
            "{zh}"
        );
        assert!(zh.contains("  表四    ○○○○○○○○○○○○○○○"), "{zh}");
        assert!(zh.contains("表四：同名各栏加一个合计（5 个合计数） → 能定位 15，只能发现 0"), "{zh}");
        assert!(zh.contains("表二：全表加一个校验合计 → 能定位 0，只能发现 10，不能发现 0"), "{zh}");
        let en = text(form, Lang::En);
        assert!(
            en.contains("a total for columns of the same name (5 totals) → located 15, detected 0"),
            "{en}"
        );
    }
}
