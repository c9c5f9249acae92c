//! The list of offices that have to report: a table with a column 单位, in any kind of file that can be read.

use super::super::{Options, io_failure};
use crate::finding::Text;
use crate::grid::{Sheet, Workbook};
use crate::report::summary::Office;
use std::path::Path;

/// One office of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listed {
    name: String,
    level: String,
    parent: String,
    aliases: Vec<String>,
}

/// Words that head the columns.
const OFFICE: [&str; 7] = ["单位", "单位名称", "机关", "机关名称", "报送单位", "名称", "office"];
const LEVEL: [&str; 3] = ["级别", "层级", "level"];
const PARENT: [&str; 5] = ["上级", "上级单位", "主管单位", "所属", "parent"];
const ALIASES: [&str; 5] = ["别名", "简称", "曾用名", "其他名称", "aliases"];
/// Rows above the head: a title, a remark.
const ABOVE: u32 = 20;

impl Listed {
    /// Its name and other names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// As an office that has sent nothing yet.
    pub(super) fn office(&self) -> Office {
        let Self { name, level, parent, .. } = self.clone();
        Office { name, level, parent, listed: true, ..Office::default() }
    }
}

/// Reads the list from a file.
///
/// # Errors
/// When the file cannot be read or has no column of offices.
pub(super) fn read(path: &Path, options: &Options) -> Result<Vec<Listed>, Text> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = std::fs::read(path).map_err(|e| unusable(&path.display(), &io_failure(&e).message))?;
    read_bytes(&name, &bytes, options).map_err(|why| unusable(&path.display(), &why))
}

/// Reads the list from a file's bytes.
///
/// # Errors
/// Why it cannot be read, or that it has no column of offices.
pub(super) fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Result<Vec<Listed>, Text> {
    let read = crate::audit::read(name, bytes, options).map_err(|f| f.message)?;
    listed(&read.book).filter(|l| !l.is_empty()).ok_or_else(|| {
        Text::new("没有找到标题为“单位”的一列，或其中没有单位", "no column headed 单位, or nothing in it")
    })
}

/// That a list cannot be used, and why.
pub(super) fn unusable(name: &dyn std::fmt::Display, why: &Text) -> Text {
    Text::new(
        format!("单位名单 {name} 无法使用：{}", why.zh),
        format!("the roster {name} cannot be used: {}", why.en),
    )
}

fn listed(book: &Workbook) -> Option<Vec<Listed>> {
    book.sheets.iter().find_map(|sheet| {
        let (row, office) = (0..ABOVE).find_map(|row| Some((row, column(sheet, row, &OFFICE)?)))?;
        let (level, parent) = (column(sheet, row, &LEVEL), column(sheet, row, &PARENT));
        let aliases = column(sheet, row, &ALIASES);
        let last = sheet.cells.last().map_or(0, |(at, _)| at.row);
        let offices = (row + 1..=last).filter_map(|r| {
            let text = |col: Option<u32>| col.and_then(|c| text(sheet, r, c)).unwrap_or_default();
            let name = text(Some(office));
            let others = text(aliases);
            let others = others.split(['、', '，', ',', ';', '；', '|', '/']).map(str::trim);
            let aliases = others.filter(|a| !a.is_empty()).map(str::to_owned).collect();
            let listed = Listed { name, level: text(level), parent: text(parent), aliases };
            (!listed.name.is_empty()).then_some(listed)
        });
        Some(offices.collect())
    })
}

fn column(sheet: &Sheet, row: u32, words: &[&str]) -> Option<u32> {
    let heads = sheet.row(row).iter().filter_map(|(at, cell)| Some((at.col, cell.entry.raw()?)));
    let plain = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let heads: Vec<(u32, String)> = heads.map(|(col, text)| (col, plain(&text))).collect();
    words.iter().find_map(|w| heads.iter().find(|(_, t)| t == w).map(|(col, _)| *col))
}

fn text(sheet: &Sheet, row: u32, col: u32) -> Option<String> {
    let cell = sheet.cell(crate::grid::CellRef::new(row, col))?;
    cell.entry.raw().map(|t| t.trim().to_owned())
}
