//! Which numbers a submission lacks, in as few words as can be: whole tables, rows and columns are named as such.

use super::entry::{Details, Held};
use crate::check::Names;
use crate::finding::Lang;
use crate::form::{Blank, Block, FieldIx, Form};

/// Pieces that are told one by one.
const TOLD: usize = 8;
/// A column or row is named as a whole from so many cells on.
const WHOLE: usize = 3;

/// What a submission lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gaps {
    /// How many cells.
    pub(super) count: usize,
    /// Which: "空白：表四“行政复议”5 格；没有：表二整张表".
    pub(super) said: String,
}

/// What a submission lacks.
pub(super) fn gaps(form: &Form, details: &Details, lang: Lang) -> Gaps {
    let kinds = [
        (Held::Blank, lang.pick("空白：", "blank: ")),
        (Held::Mark, lang.pick("写的是“无”“—”一类，没有写 0：", "a mark for nothing and not 0: ")),
        (Held::Unreadable, lang.pick("不是数字：", "no number: ")),
        (Held::Absent, lang.pick("表中没有或没有认出：", "not on the sheet or not recognised: ")),
    ];
    let mut out = Gaps::default();
    let mut said = Vec::new();
    for (kind, word) in kinds {
        let lacking: Vec<FieldIx> = lacking(form, details, kind).collect();
        if lacking.is_empty() {
            continue;
        }
        out.count += lacking.len();
        said.push(format!("{word}{}", named(form, &lacking, lang)));
    }
    out.said = said.join(lang.pick("；", "; "));
    out
}

/// The fields in whose place a submission holds this, and should hold a number.
fn lacking(form: &Form, details: &Details, kind: Held) -> impl Iterator<Item = FieldIx> {
    (0..details.values.len() as u32)
        .map(FieldIx)
        .filter(move |f| held(details, *f) == kind && !is_replaced(form, details, *f))
        .filter(move |f| kind != Held::Blank || form.field(*f).is_none_or(|f| f.blank == Blank::Fault))
}

/// Whether nothing is lacking: each number is there, or a mark for nothing.
pub(super) fn is_whole(form: &Form, details: &Details) -> bool {
    [Held::Blank, Held::Unreadable, Held::Absent].iter().all(|k| lacking(form, details, *k).next().is_none())
}

fn held(details: &Details, field: FieldIx) -> Held {
    details.values.get(field.0 as usize).copied().unwrap_or_default()
}

/// Whether a field is absent by right: one line of a mixed form stands for several, or they for it.
fn is_replaced(form: &Form, details: &Details, field: FieldIx) -> bool {
    let stands = |f: FieldIx| held(details, f) != Held::Absent;
    if form.is_variant(field) {
        return !stands(field);
    }
    !stands(field)
        && (0..form.fields.len() as u32)
            .map(FieldIx)
            .any(|v| form.is_variant(v) && stands(v) && form.replaced(v).contains(&field))
}

fn named(form: &Form, lacking: &[FieldIx], lang: Lang) -> String {
    let mut pieces = Vec::new();
    for table in &form.tables {
        let printed = |f: &&FieldIx| !form.is_variant(**f);
        let all: Vec<&FieldIx> = table.blocks.iter().flat_map(|b| &b.fields).filter(printed).collect();
        let here = all.iter().filter(|f| lacking.contains(f)).count();
        if here == all.len() {
            pieces.push(format!("{}{}", table.name, lang.pick("整张表", " as a whole")));
        } else if here > 0 {
            table.blocks.iter().for_each(|b| block((form, lang), b, lacking, &mut pieces));
        }
    }
    let n = pieces.len();
    if n > TOLD {
        pieces.truncate(TOLD);
        let n = lacking.len();
        return match lang {
            Lang::Zh => format!("{}等 {n} 格", pieces.join("、")),
            Lang::En => format!("{} and others, {n} cells in all", pieces.join(", ")),
        };
    }
    pieces.join(lang.pick("、", ", "))
}

/// Names what is lacking of one block: rows, then columns or groups of columns, then single cells.
fn block((form, lang): (&Form, Lang), block: &Block, lacking: &[FieldIx], pieces: &mut Vec<String>) {
    let names = Names { form };
    let mut left: Vec<FieldIx> = block.fields.iter().filter(|f| lacking.contains(f)).copied().collect();
    let row = |f: FieldIx| form.field(f).map_or(0, |f| f.row);
    let col = |f: FieldIx| form.field(f).map_or(0, |f| f.col);
    let group = |f: FieldIx| names.group_name(f);
    let cells = lang.pick("格", "cells");
    if block.rows.len() > 1 {
        take_whole(
            block,
            &mut left,
            &row,
            |f| line_name(lang, names.table_of(f), &names.row_name(f), ("行", "row ")),
            pieces,
            cells,
        );
        take_whole(
            block,
            &mut left,
            &col,
            |f| line_name(lang, names.table_of(f), &names.col_name(f), ("列", "column ")),
            pieces,
            cells,
        );
    } else {
        take_whole(
            block,
            &mut left,
            &group,
            |f| line_name(lang, names.table_of(f), &group(f), ("", "")),
            pieces,
            cells,
        );
    }
    pieces.extend(left.into_iter().map(|f| names.field(f).get(lang).to_owned()));
}

/// A line of a table by its label: 表三“总计”行.
fn line_name(lang: Lang, table: &str, label: &str, (zh, en): (&str, &str)) -> String {
    match lang {
        Lang::Zh => format!("{table}“{label}”{zh}"),
        Lang::En => format!("{table}, {en}“{label}”:"),
    }
}

/// Takes out what is lacking as a whole: all cells of a line, if they are a few at least.
fn take_whole<K: PartialEq>(
    block: &Block,
    left: &mut Vec<FieldIx>,
    line: &dyn Fn(FieldIx) -> K,
    name: impl Fn(FieldIx) -> String,
    pieces: &mut Vec<String>,
    cells: &str,
) {
    let mut seen = 0;
    while let Some(&first) = left.get(seen) {
        let key = line(first);
        let whole = block.fields.iter().filter(|f| line(**f) == key).count();
        let here = left.iter().filter(|f| line(**f) == key).count();
        if here == whole && whole >= WHOLE {
            left.retain(|f| line(*f) != key);
            pieces.push(format!("{} {whole} {cells}", name(first)));
        } else {
            seen += 1;
        }
    }
}
