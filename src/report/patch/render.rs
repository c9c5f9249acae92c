//! A [`NewSheet`] as a worksheet part of its own, with inline strings, so that no shared part changes for it.

use super::styles::Styles;
use super::workbook::{NewName, quoted};
use super::xml::{Dialect, escape};
use crate::grid::a1::column_name;
use crate::grid::{CellRef, Range};
use crate::report::markup::shown;
use crate::report::sheet::{Content, NewCell, NewSheet};

/// Characters that a cell can hold.
const LONGEST: usize = 32_767;

/// The part's text; the sheet is the selected one if `active`.
pub(super) fn worksheet(sheet: &NewSheet, active: bool, dialect: Dialect, styles: &mut Styles) -> String {
    let (main, rel) = (dialect.main(), dialect.rel());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{main}\" \
         xmlns:r=\"{rel}\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><dimension ref=\"{}\"/>",
        used(sheet)
    );
    out.push_str(&view(sheet, active));
    out.push_str("<sheetFormatPr defaultRowHeight=\"15\"/>");
    if !sheet.widths.is_empty() {
        let cols: String = sheet.widths.iter().zip(1..).map(|(w, n)| column(*w, n)).collect();
        put!(out, "<cols>{cols}</cols>");
    }
    out.push_str("<sheetData>");
    for (row, n) in sheet.rows.iter().zip(0u32..) {
        let height = row.height.map(|h| format!(" ht=\"{h}\" customHeight=\"1\"")).unwrap_or_default();
        put!(out, "<row r=\"{}\"{height}>", n + 1);
        for cell in &row.cells {
            let style = styles.kind(cell.style);
            one_cell(&mut out, cell, n, style);
        }
        out.push_str("</row>");
    }
    out.push_str("</sheetData>");
    out.push_str(&tail(sheet));
    out.push_str("</worksheet>");
    out
}

fn column(width: f64, n: usize) -> String {
    format!("<col min=\"{n}\" max=\"{n}\" width=\"{width}\" customWidth=\"1\"/>")
}

fn used(sheet: &NewSheet) -> Range {
    let rows = (sheet.rows.len() as u32).saturating_sub(1);
    let cols = sheet.rows.iter().flat_map(|r| &r.cells).map(|c| c.col).max().unwrap_or(0);
    Range::new(CellRef::new(0, 0), CellRef::new(rows, cols))
}

fn view(sheet: &NewSheet, active: bool) -> String {
    let selected = if active { " tabSelected=\"1\"" } else { "" };
    let open = format!("<sheetViews><sheetView showGridLines=\"0\"{selected} workbookViewId=\"0\"");
    if sheet.freeze_rows == 0 {
        return format!("{open}/></sheetViews>");
    }
    let n = sheet.freeze_rows;
    format!(
        "{open}><pane ySplit=\"{n}\" topLeftCell=\"A{}\" activePane=\"bottomLeft\" state=\"frozen\"/>\
         <selection pane=\"bottomLeft\"/></sheetView></sheetViews>",
        n + 1
    )
}

fn one_cell(out: &mut String, cell: &NewCell, row: u32, style: usize) {
    let at = CellRef::new(row, cell.col);
    match &cell.content {
        Content::Number(text) if is_number(text) => {
            put!(out, "<c r=\"{at}\" s=\"{style}\"><v>{text}</v></c>");
        }
        Content::Blank => {
            put!(out, "<c r=\"{at}\" s=\"{style}\"/>");
        }
        Content::Text(text) | Content::Number(text) | Content::Link { text, .. } => {
            inline(out, at, style, &shown(text));
        }
    }
}

/// A cell with text that is not in the shared strings.
pub(super) fn inline(out: &mut String, at: CellRef, style: usize, text: &str) {
    let cut = if text.len() > LONGEST { text.char_indices().nth(LONGEST) } else { None };
    let end = cut.map_or(text.len(), |(end, _)| end);
    let text = escape(text.get(..end).unwrap_or_default());
    put!(
        out,
        "<c r=\"{at}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
    );
}

/// Whether a text is a number as a cell's value holds it.
pub(super) fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

fn tail(sheet: &NewSheet) -> String {
    let mut out = String::new();
    if let Some(range) = sheet.autofilter {
        put!(out, "<autoFilter ref=\"{range}\"/>");
    }
    if !sheet.merges.is_empty() {
        let items: String = sheet.merges.iter().map(|m| format!("<mergeCell ref=\"{m}\"/>")).collect();
        put!(out, "<mergeCells count=\"{}\">{items}</mergeCells>", sheet.merges.len());
    }
    let links: String = links(sheet).collect();
    if !links.is_empty() {
        put!(out, "<hyperlinks>{links}</hyperlinks>");
    }
    let way = if sheet.landscape { "landscape" } else { "portrait" };
    put!(
        out,
        "<printOptions horizontalCentered=\"1\"/><pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" \
             bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/><pageSetup paperSize=\"9\" orientation=\"{way}\" \
             fitToHeight=\"0\"/><headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>"
    );
    out
}

fn links(sheet: &NewSheet) -> impl Iterator<Item = String> {
    sheet.rows.iter().zip(0u32..).flat_map(|(row, n)| {
        row.cells.iter().filter_map(move |cell| match &cell.content {
            Content::Link { sheet, cell: to, text } => Some(format!(
                "<hyperlink ref=\"{}\" location=\"{}\" display=\"{}\"/>",
                CellRef::new(n, cell.col),
                escape(&format!("{}!{to}", quoted(sheet))),
                escape(&shown(text))
            )),
            _ => None,
        })
    })
}

/// Defined names that a sheet at position `at` needs: its filter and the rows printed on each page.
pub(super) fn names(sheet: &NewSheet, name: &str, at: usize) -> Vec<NewName> {
    let mut out = Vec::new();
    let sheet_name = quoted(name);
    if let Some(range) = sheet.autofilter {
        let corner = |c: CellRef| format!("${}${}", column_name(c.col), c.row + 1);
        out.push(NewName {
            name: "_xlnm._FilterDatabase".to_owned(),
            local: Some(at),
            hidden: true,
            formula: format!("{sheet_name}!{}:{}", corner(range.first), corner(range.last)),
        });
    }
    if let Some((first, last)) = sheet.repeat_rows {
        out.push(NewName {
            name: "_xlnm.Print_Titles".to_owned(),
            local: Some(at),
            hidden: false,
            formula: format!("{sheet_name}!${}:${}", first + 1, last + 1),
        });
    }
    out
}
