//! What a draft's owner should look at: what was seen on the sheet and is not in the draft, and lines without labels.

use super::emit::{Measure, measure_of_table};
use super::sheet::MOST_ROWS;
use super::{Draft, DraftBlock, DraftLine, carried, notes, whole, words};
use crate::finding::{Text, plural};
use crate::grid::{CellRef, Entry, Sheet, Workbook, a1, number};
use std::collections::BTreeMap;

/// Places that are named; of more, how many there are.
const FEW: usize = 5;

/// Everything that is doubtful about drafts of a workbook, a line each.
pub(super) fn doubts(drafts: &[Draft], book: &Workbook, left_out: &[String]) -> Vec<Text> {
    let mut out = Vec::new();
    out.extend(without_numbers(left_out));
    for draft in drafts {
        let sheet = book.sheets.iter().find(|s| s.name == draft.name);
        for block in &draft.blocks {
            out.extend(sheet.and_then(|s| texts(draft, block, s)));
            out.extend(sheet.into_iter().flat_map(|s| strays(draft, block, s)));
            out.extend(headings(draft, block));
            out.extend(unlabelled(block, &draft.name));
        }
        out.extend(units(draft));
        out.extend(sheet.and_then(|s| cut_off(draft, s)));
    }
    out.extend(unread(drafts));
    out.extend(counted(drafts));
    out.extend(unused(drafts, book));
    out.extend(guesses(drafts));
    out
}

/// Sheets that were not read as tables.
fn without_numbers(sheets: &[String]) -> Option<Text> {
    let (more_zh, more_en) = more(sheets.len());
    let few: Vec<&str> = sheets.iter().take(FEW).map(String::as_str).collect();
    (!sheets.is_empty()).then(|| {
        Text::new(
            format!("没有数、没有当作表的工作表：{}{more_zh}；要是表，请在样表里填上数", few.join("、")),
            format!(
                "sheets without numbers, not read as tables: {}{more_en}; if one is a table, fill in its numbers",
                few.join(", ")
            ),
        )
    })
}

/// Rows of a sheet beyond those that are read.
fn cut_off(draft: &Draft, sheet: &Sheet) -> Option<Text> {
    let (at, most) = (sheet.cells.last()?.0, MOST_ROWS);
    let (name, _) = carried::home(&draft.carried, &draft.name, at);
    (at.row >= most).then(|| {
        Text::new(
            format!(
                "{name} 的行太多，只起草了前 {most} 行，后面的行不在定义里：请按工作表或按各有合计的部分拆成几份，每份一个定义"
            ),
            format!(
                "{name} has too many rows: the draft holds the first {most}; split it by sheets, or by parts with totals of their own, into a definition each"
            ),
        )
    })
}

/// Columns whose unit nothing tells, below a list of units for the whole table.
fn units(draft: &Draft) -> Option<Text> {
    let Measure { kind, units, .. } = measure_of_table(draft).filter(|m| !m.is_one)?;
    let bare = draft.blocks.iter().flat_map(|b| &b.cols).filter(|l| l.measured_in().is_none());
    let ids: Vec<&str> = bare.map(|l| l.id.as_str()).collect();
    let (more_zh, more_en) = more(ids.len());
    let few = || ids.iter().take(FEW).copied().collect::<Vec<_>>();
    let zh = if kind == "count" { "整数（count）" } else { "可带小数（amount）" };
    (!ids.is_empty()).then(|| {
        Text::new(
            format!("“单位：{units}”管整张表，这些列自己没有写单位，当作{zh}：{}{more_zh}；不是的在列上写 kind", few().join("、")),
            format!(
                "“{units}” are the units of a whole table; columns without one of their own are taken for {kind}: {}{more_en}; else give them a kind",
                few().join(", ")
            ),
        )
    })
}

/// Rows that were read as headings of others.
fn headings(draft: &Draft, block: &DraftBlock) -> Option<Text> {
    let cells: Vec<CellRef> = block.headings.iter().map(|row| CellRef::new(*row, block.left)).collect();
    let places = named(draft, &cells)?;
    Some(Text::new(
        format!("当作小标题、没有数要填的行：{}；要填数的，请在样表里填上数", places.zh),
        format!(
            "rows read as headings, with nothing to fill in: {}; if one holds numbers, fill them in",
            places.en
        ),
    ))
}

/// Relations that are written down without being in force.
fn guesses(drafts: &[Draft]) -> Option<Text> {
    let n = drafts.iter().flat_map(|d| &d.proposals).filter(|p| p.unsure).count();
    (n > 0).then(|| {
        Text::new(
            format!("有 {n} 条关系只是猜想，写成 status = \"draft\"，没有启用；成立就删去那一行"),
            format!(
                "guesses with status = \"draft\", not in force: {}; delete that line where it holds",
                plural(n, "relation")
            ),
        )
    })
}

/// The cells of a sheet on the rows of a block, behind its labels; whether each is one of its fields.
fn cells<'a>(
    block: &'a DraftBlock,
    sheet: &'a Sheet,
) -> impl Iterator<Item = (bool, CellRef, &'a crate::grid::Cell)> {
    let rows = block.rows.first().map_or(0, |l| l.at)..=block.rows.last().map_or(0, |l| l.at);
    let is_line = |lines: &[DraftLine], at: u32| lines.iter().any(|l| l.at == at);
    let own = sheet.cells.iter().filter(move |(at, _)| rows.contains(&at.row) && at.col >= block.first_value);
    let is_own = |col: u32| block.until.is_none_or(|end| col < end) && !block.describing.contains(&col);
    let own = own.filter(move |(at, _)| is_own(at.col));
    own.map(move |(at, cell)| (is_line(&block.rows, at.row) && is_line(&block.cols, at.col), *at, cell))
}

/// Texts that stand in cells of numbers.
fn texts(draft: &Draft, block: &DraftBlock, sheet: &Sheet) -> Option<Text> {
    let is_text = |cell: &crate::grid::Cell| match &cell.entry {
        Entry::Text(t) => {
            !cell.entry.is_blank()
                && number::read(t).is_none()
                && !number::is_placeholder(t)
                && !words::is_mark(t)
        }
        _ => false,
    };
    let found: Vec<CellRef> =
        cells(block, sheet).filter(|(field, _, c)| *field && is_text(c)).map(|(_, at, _)| at).collect();
    let fills = |l: &&DraftLine| found.iter().filter(|at| at.col == l.at).count() == block.rows.len();
    if let Some(stub) = block.cols.iter().find(fills).filter(|_| block.rows.len() > 1) {
        return Some(two_sided(&named(draft, &[*found.iter().find(|at| at.col == stub.at)?])?));
    }
    let places = named(draft, &found)?;
    Some(Text::new(
        format!("数字格里有文字：{}；不是要填的内容就从样表里删去", places.zh),
        format!(
            "texts stand in number cells: {}; delete from the sample what is not to be filled in",
            places.en
        ),
    ))
}

/// A column of texts alone, which names rows of its own.
fn two_sided(first: &Text) -> Text {
    Text::new(
        format!(
            "{} 起的一列全是文字，像是右半边的行标题，但两边的表头没有相同的字，没有当作左右对照的表：请把两边的表头写成一样（如都是“项目”“金额”），再起草",
            first.zh
        ),
        format!(
            "the column from {} down holds texts alone, like labels of a right half, but the headers of both halves have no word in common, so that it was not read as a table of two sides: head both alike (Item, Amount) and draft again",
            first.en
        ),
    )
}

/// Numbers and formulas on a block's rows that are in no field, column by column.
fn strays(draft: &Draft, block: &DraftBlock, sheet: &Sheet) -> Vec<Text> {
    let is_figure =
        |cell: &crate::grid::Cell| cell.formula.is_some() || matches!(cell.entry, Entry::Number(_));
    let mut by_column: BTreeMap<u32, Vec<CellRef>> = BTreeMap::new();
    for (_, at, _) in cells(block, sheet).filter(|(field, _, cell)| !field && is_figure(cell)) {
        by_column.entry(at.col).or_default().push(at);
    }
    let text = |(col, found): (u32, Vec<CellRef>)| {
        let places = named(draft, &found)?;
        let col = a1::column_name(col);
        Some(Text::new(
            format!("{col} 列有数或公式，但没有读成表的一栏或一行：{}", places.zh),
            format!(
                "column {col} holds numbers or formulas that are in no row or column of the form: {}",
                places.en
            ),
        ))
    };
    by_column.into_iter().filter_map(text).collect()
}

/// Rows and columns without a label; the one row of a table of columns needs none.
fn unlabelled(block: &DraftBlock, sheet: &str) -> Vec<Text> {
    let bare = |lines: &[DraftLine]| -> Vec<String> {
        lines.iter().filter(|l| l.path.is_empty()).map(|l| l.id.clone()).collect()
    };
    let rows = if block.rows.len() > 1 { bare(&block.rows) } else { Vec::new() };
    let mut out = Vec::new();
    for (ids, zh, en) in [(rows, "行", "rows"), (bare(&block.cols), "列", "columns")] {
        if !ids.is_empty() {
            let ids = ids.join(", ");
            out.push(Text::new(
                format!("{sheet} 有没有标签的{zh}（path = []），审核时认不出来：{ids}"),
                format!("{sheet} has {en} without a label (path = []), which no audit can find: {ids}"),
            ));
        }
    }
    out
}

/// Relations that the form prints and that could not be read, in its own words, and how to write one.
fn unread(drafts: &[Draft]) -> Vec<Text> {
    let told = |(table, draft): (usize, &Draft)| {
        let t = format!("t{}", table + 1);
        let of = move |said: &str| {
            Text::new(
                format!(
                    "表上写的“{said}”没有读成关系；是勾稽关系就自己写一段：[[relation]]、code = \"R901\"、for = \"each row of {t}\"（列与列之间；行与行之间写 each column of {t}）、holds = \"甲的代号 + 乙的代号 = 丙的代号\"（≤ 写 <=），代号是 rows、cols 里的 id"
                ),
                format!(
                    "“{said}” on the form was not read as a relation; if it is one, write [[relation]] with code = \"R901\", for = \"each row of {t}\" (between columns; each column of {t} between rows) and holds = \"a + b = c\", with the ids of rows or cols"
                ),
            )
        };
        notes::unread(draft).into_iter().map(of).collect::<Vec<Text>>()
    };
    drafts.iter().enumerate().flat_map(told).collect()
}

/// Relations of which the lines were counted, as the form numbers none.
fn counted(drafts: &[Draft]) -> Option<Text> {
    let n = drafts.iter().flat_map(|d| &d.proposals).filter(|p| notes::is_counted(p)).count();
    (n > 0).then(|| {
        Text::new(
            format!("表上写“第几列”“第几行”的关系有 {n} 条，表上没有栏次、行次，是从第一个数字列、数字行数起的；请核对数得对不对"),
            format!("lines named by numbers that the form does not print, in {}: they were counted from the first line of numbers; see whether that is meant", plural(n, "relation")),
        )
    })
}

/// Formulas that no relation comes of.
fn unused(drafts: &[Draft], book: &Workbook) -> Option<Text> {
    let all = whole::unused(drafts, book);
    let few: Vec<String> = all.iter().take(FEW).map(|(cell, text)| format!("{cell} ={text}")).collect();
    let (more_zh, more_en) = more(all.len());
    (!all.is_empty()).then(|| {
        Text::new(
            format!("有公式没有用上，关系请自己写：{}{more_zh}", few.join("、")),
            format!("formulas of which no relation was made; write it yourself: {}{more_en}", few.join(", ")),
        )
    })
}

/// A few cells by name, many by how many there are; `None` where there are none.
fn named(draft: &Draft, cells: &[CellRef]) -> Option<Text> {
    let mut few: Vec<String> = Vec::new();
    let mut before = None;
    for at in cells.iter().take(FEW) {
        let (sheet, at) = carried::home(&draft.carried, &draft.name, *at);
        few.push(if before == Some(sheet) { at.to_string() } else { format!("{sheet}!{at}") });
        before = Some(sheet);
    }
    let (zh, en) = more(cells.len());
    (!cells.is_empty())
        .then(|| Text::new(format!("{}{zh}", few.join("、")), format!("{}{en}", few.join(", "))))
}

fn more(all: usize) -> (String, String) {
    if all > FEW {
        (format!(" 等 {all} 处"), format!(" and {} more", all - FEW))
    } else {
        Default::default()
    }
}
