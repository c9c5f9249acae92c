//! OpenDocument spreadsheets (ODF 1.3 part 3, 9.1 and 19): `content.xml`, cell by cell.
//!
//! Repeated cells and rows count only where they hold something. Sums are translated to A1 so that they can be
//! recomputed; other formulas are kept for what they are. Styles tell no more than which sheets are hidden.

use super::collect::Collector;
use super::failure;
use super::limits::Limits;
use super::markup::{Piece, Xml, count};
use super::package::Package;
use super::settle::hide;
use super::xml::attr;
use crate::finding::Failure;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};
use crate::grid::{Cell, CellRef, Entry, Visibility, Workbook, amount};
use quick_xml::events::BytesStart;
use std::collections::BTreeSet;

/// Reads a workbook.
pub(super) fn read(package: &mut Package<'_>, limits: &Limits) -> Result<Workbook, Failure> {
    let manifest = package.bytes("META-INF/manifest.xml")?.unwrap_or_default();
    // Since ODF 1.4 the whole package is one encrypted part.
    if String::from_utf8_lossy(&manifest).contains("encryption-data") || package.has("encrypted-package") {
        return Err(failure::unknown_lock("OpenDocument", "OpenDocument"));
    }
    let part = package.bytes("content.xml")?.ok_or_else(|| failure::damaged("content.xml"))?;
    content(&String::from_utf8(part).map_err(|_| failure::damaged("content.xml"))?, limits)
}

fn content(text: &str, limits: &Limits) -> Result<Workbook, Failure> {
    let mut xml = Xml::new("content.xml", text, limits);
    let mut reader = Reader::new(limits);
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => {
                if reader.open(&tag)? {
                    xml.skip()?;
                }
            }
            Piece::Close(tag) => reader.close(tag.local_name().as_ref())?,
            Piece::Text(text) if reader.in_paragraph => reader.push(&text)?,
            Piece::Text(_) => {}
        }
    }
    Ok(reader.book.ok_or_else(|| failure::damaged("content.xml"))?.finish())
}

/// A cell being read.
struct Open {
    repeated: u32,
    entry: Option<Entry>,
    formula: Option<Box<str>>,
    text: String,
    paragraphs: u32,
    rows: u32,
    cols: u32,
    /// Covered by a merge: nothing of it is shown.
    covered: bool,
}

struct Reader<'a> {
    limits: &'a Limits,
    /// There from the first sheet on.
    book: Option<Collector<'a>>,
    /// Styles of hidden sheets.
    hidden_styles: BTreeSet<String>,
    style: String,
    row: u32,
    row_repeated: u32,
    col: u32,
    column: u32,
    /// What the row holds and in which columns (from, before), until all of it is known.
    cells: Vec<(u32, u32, Cell)>,
    cell: Option<Open>,
    in_paragraph: bool,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            book: None,
            hidden_styles: BTreeSet::new(),
            style: String::new(),
            row: 0,
            row_repeated: 1,
            col: 0,
            column: 0,
            cells: Vec::new(),
            cell: None,
            in_paragraph: false,
        }
    }

    /// An element opens; tells whether its content is to be passed over.
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<bool, Failure> {
        match tag.local_name().as_ref() {
            "style" => self.style = attr(tag, "name").unwrap_or_default().into_owned(),
            "table-properties" if attr(tag, "display").is_some_and(|v| v == "false") => {
                self.hidden_styles.insert(self.style.clone());
            }
            "table" => self.sheet(tag)?,
            "table-column" => self.table_column(tag),
            "table-row" => self.table_row(tag),
            "table-cell" => self.table_cell(tag, false),
            "covered-table-cell" => self.table_cell(tag, true),
            "p" if self.cell.is_some() => {
                self.in_paragraph = true;
                let first = self.cell.as_mut().is_none_or(|c| std::mem::replace(&mut c.paragraphs, 1) == 0);
                self.push(if first { "" } else { "\n" })?;
            }
            "s" if self.in_paragraph => {
                let spaces = count(tag, "c", self.limits.text_bytes as u32);
                self.push(&" ".repeat(spaces as usize))?;
            }
            "tab" if self.in_paragraph => self.push("\t")?,
            "line-break" if self.in_paragraph => self.push("\n")?,
            "annotation" | "shapes" | "frame" | "custom-shape" | "tracked-changes" | "ruby-text"
            | "forms" => {
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        match name {
            "p" => self.in_paragraph = false,
            "table-cell" | "covered-table-cell" => self.end_cell()?,
            "table-row" => self.end_row()?,
            _ => {}
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Failure> {
        let Some(cell) = &mut self.cell else { return Ok(()) };
        if cell.text.len() + text.len() > self.limits.text_bytes {
            return Err(failure::text_too_long());
        }
        cell.text.push_str(text);
        Ok(())
    }

    fn sheet(&mut self, tag: &BytesStart<'_>) -> Result<(), Failure> {
        let name = attr(tag, "name").unwrap_or_default();
        (self.row, self.col, self.column) = (0, 0, 0);
        match &mut self.book {
            Some(book) => book.next_sheet(&name)?,
            None => self.book = Some(Collector::new(&name, self.limits)),
        }
        let hidden = attr(tag, "style-name").is_some_and(|s| self.hidden_styles.contains(&*s));
        if let Some(book) = self.book.as_mut().filter(|_| hidden) {
            book.sheet().visibility = Visibility::Hidden;
        }
        Ok(())
    }

    fn table_column(&mut self, tag: &BytesStart<'_>) {
        let first = self.column;
        self.column = (first + count(tag, "number-columns-repeated", MAX_COLS)).min(MAX_COLS);
        if let Some(book) = self.book.as_mut().filter(|_| is_hidden(tag) && self.column > first) {
            hide(&mut book.sheet().hidden_cols, first, self.column - 1);
        }
    }

    fn table_row(&mut self, tag: &BytesStart<'_>) {
        self.row_repeated = count(tag, "number-rows-repeated", MAX_ROWS);
        self.col = 0;
        self.cells.clear();
        if let Some(book) = self.book.as_mut().filter(|_| is_hidden(tag)) {
            let last = self.row.saturating_add(self.row_repeated - 1);
            hide(&mut book.sheet().hidden_rows, self.row, last);
        }
    }

    fn table_cell(&mut self, tag: &BytesStart<'_>, covered: bool) {
        self.cell = Some(Open {
            repeated: count(tag, "number-columns-repeated", MAX_COLS),
            entry: typed(tag),
            formula: attr(tag, "formula").map(|f| formula(&f).into()),
            text: String::new(),
            paragraphs: 0,
            rows: count(tag, "number-rows-spanned", MAX_ROWS),
            cols: count(tag, "number-columns-spanned", MAX_COLS),
            covered,
        });
    }

    fn end_cell(&mut self) -> Result<(), Failure> {
        let (Some(open), Some(book)) = (self.cell.take(), self.book.as_mut()) else { return Ok(()) };
        let first = self.col;
        self.col = first.saturating_add(open.repeated);
        // A value under a merge is not seen and stands in the file all the same.
        if !open.covered && (open.rows > 1 || open.cols > 1) {
            book.merge(CellRef::new(self.row, first), open.rows, open.cols)?;
        }
        let entry = match open.entry {
            Some(Entry::Text(text)) if text.is_empty() => Entry::Text(open.text.into()),
            Some(Entry::Error(_)) => Entry::Error(open.text.into()),
            Some(entry) => entry,
            None if open.text.is_empty() => Entry::Blank,
            None => Entry::Text(open.text.into()),
        };
        let empty = matches!(&entry, Entry::Blank) || matches!(&entry, Entry::Text(t) if t.is_empty());
        if empty && open.formula.is_none() {
            return Ok(());
        }
        let entry = if empty { Entry::Blank } else { entry };
        let cell = Cell { entry, formula: open.formula, format: 0 };
        self.cells.push((first, self.col, cell));
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Failure> {
        let first = self.row;
        self.row = first.saturating_add(self.row_repeated);
        let cells = std::mem::take(&mut self.cells);
        let Some(book) = self.book.as_mut().filter(|_| !cells.is_empty()) else { return Ok(()) };
        for row in first..self.row {
            for (from, before, cell) in &cells {
                for col in *from..*before {
                    book.put(CellRef::new(row, col), cell.clone())?;
                }
            }
        }
        Ok(())
    }
}

/// Whether a row or column is hidden, by hand or by a filter.
fn is_hidden(tag: &BytesStart<'_>) -> bool {
    attr(tag, "visibility").is_some_and(|v| v != "visible")
}

/// The value that a cell declares; an empty text or error is what the cell shows.
fn typed(tag: &BytesStart<'_>) -> Option<Entry> {
    // LibreOffice marks errors beside the standard's type, which is `string` for them.
    let mut all = tag.attributes();
    let mut types = all.with_checks(false).flatten().filter(|a| a.key.local_name().as_ref() == "value-type");
    if types.any(|a| a.value == "error") {
        return Some(Entry::Error("".into()));
    }
    match attr(tag, "value-type").as_deref() {
        Some("float" | "percentage" | "currency") => {
            let value = attr(tag, "value")?;
            Some(amount::from_text(&value).map_or_else(|| Entry::Text((&*value).into()), Entry::Number))
        }
        Some("boolean") => Some(Entry::Bool(attr(tag, "boolean-value")? == "true")),
        Some("string") => Some(Entry::Text((&*attr(tag, "string-value").unwrap_or_default()).into())),
        _ => None,
    }
}

/// An OpenFormula text as A1: `of:=SUM([.B2:.B9];[$表二.C3])` is `SUM(B2:B9,'表二'!C3)`.
fn formula(text: &str) -> String {
    let text = text.split_once(":=").map_or(text, |(_, formula)| formula);
    let mut rest = text.strip_prefix('=').unwrap_or(text);
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find(['[', '"', ';']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let close = match tail.as_bytes().first() {
            Some(b'[') => ']',
            Some(b'"') => '"',
            _ => {
                out.push(',');
                rest = tail.get(1..).unwrap_or_default();
                continue;
            }
        };
        let inner = tail.get(1..).unwrap_or_default();
        let Some((inner, after)) = inner.split_once(close) else {
            out.push_str(tail);
            return out;
        };
        if close == ']' {
            out.push_str(&reference(inner));
        } else {
            out.extend(["\"", inner, "\""]);
        }
        rest = after;
    }
    out + rest
}

/// A reference within brackets: `.B2:.B9`, `$表二.C3`, `'a.b'.C3`.
fn reference(text: &str) -> String {
    let cell = |part: &str| match part.rsplit_once('.') {
        Some(("", cell)) => (String::new(), cell.to_owned()),
        Some((sheet, cell)) => {
            let name = sheet.trim_start_matches('$');
            let name = name.strip_prefix('\'').and_then(|n| n.strip_suffix('\'')).unwrap_or(name);
            (format!("'{name}'!"), cell.to_owned())
        }
        None => (String::new(), part.to_owned()),
    };
    match text.rsplit_once(':') {
        Some((first, last)) => {
            let ((sheet, first), (_, last)) = (cell(first), cell(last));
            format!("{sheet}{first}:{last}")
        }
        None => {
            let (sheet, cell) = cell(text);
            sheet + &cell
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    fn book(inner: &str) -> Result<Workbook, Failure> {
        let xml = format!(
            "<office:document-content xmlns:office='o' xmlns:table='t' xmlns:text='x' xmlns:style='s' \
             xmlns:calcext='c'><office:automatic-styles><style:style style:name='ta2'><style:table-properties \
             table:display='false'/></style:style></office:automatic-styles><office:body><office:spreadsheet>\
             {inner}</office:spreadsheet></office:body></office:document-content>"
        );
        content(&xml, &Limits::default())
    }

    #[test]
    fn repeated_merged_and_hidden_cells_stand_where_they_are_shown() {
        let book = book(
            "<table:table table:name='表一'><table:table-column table:number-columns-repeated='2'/>\
             <table:table-column table:visibility='collapse'/>\
             <table:table-row><table:table-cell table:number-columns-spanned='2' table:number-rows-spanned='2' \
             office:value-type='string'><text:p>项<text:s text:c='2'/>目</text:p><text:p>名</text:p>\
             <office:annotation><text:p>批注</text:p></office:annotation></table:table-cell>\
             <table:covered-table-cell/><table:table-cell office:value-type='float' office:value='0'\
             table:number-columns-repeated='2'><text:p>-</text:p></table:table-cell>\
             <table:table-cell table:number-columns-repeated='16379'/></table:table-row>\
             <table:table-row table:number-rows-repeated='2' table:visibility='filter'><table:table-cell \
             table:number-columns-repeated='3'/><table:table-cell office:value-type='percentage' \
             office:value='0.28000000000000003'/></table:table-row>\
             <table:table-row table:number-rows-repeated='1048573'><table:table-cell \
             table:number-columns-repeated='16384'/></table:table-row></table:table>\
             <table:table table:name='表二' table:style-name='ta2'/>",
        )
        .unwrap();
        let sheet = &book.sheets[0];
        assert_eq!(shown(sheet), "A1=项  目\n名\nC1#0\nD1#0\nD2#0.28\nD3#0.28\nA1:B2");
        assert_eq!((&sheet.hidden_cols[..], &sheet.hidden_rows[..]), (&[(2, 2)][..], &[(1, 2)][..]));
        assert_eq!((book.sheets[1].name.as_str(), book.sheets[1].visibility), ("表二", Visibility::Hidden));
    }

    #[test]
    fn formulas_are_translated_and_errors_told() {
        let cell = |formula: &str, value: &str| {
            format!("<table:table-cell table:formula='{formula}' {value}</table:table-cell>")
        };
        let row = [
            cell(
                "of:=SUM([.B2:.B9];[$&apos;表 二&apos;.C3])-[.D$4]",
                "office:value-type='float' office:value='3'>",
            ),
            cell(
                "of:=[.A1]/0",
                "office:value-type='string' calcext:value-type='error'><text:p>#DIV/0!</text:p>",
            ),
            cell("of:=IF([.A1]&gt;1;\"a;b\";\"\")", "office:value-type='string'><text:p>a;b</text:p>"),
        ];
        let book = book(&format!(
            "<table:table table:name='a'><table:table-row>{}</table:table-row></table:table>",
            row.concat()
        ))
        .unwrap();
        assert_eq!(
            shown(&book.sheets[0]),
            "A1#3 {SUM(B2:B9,'表 二'!C3)-D$4}\nB1=#DIV/0! {A1/0}\nC1=a;b {IF(A1>1,\"a;b\",\"\")}"
        );
    }

    #[test]
    fn what_is_repeated_without_end_is_refused() {
        let rows = "<table:table><table:table-row table:number-rows-repeated='1048576'><table:table-cell \
                    table:number-columns-repeated='16384' office:value-type='float' office:value='1'/>\
                    </table:table-row></table:table>";
        assert!(book(rows).is_err());
    }
}
