//! SpreadsheetML 2003, the single XML file that Excel 2003 and many systems write, often named .xls.
//!
//! Formulas stand in R1C1 and are translated (`r1c1`). Styles are not read.
//! After Microsoft's XML Spreadsheet Reference (2002).

use super::collect::Collector;
use super::failure;
use super::limits::Limits;
use super::markup::{Piece, Xml};
use super::r1c1::in_a1;
use super::settle::hide;
use super::xml::{attr, decode, flag, is_true, number};
use crate::finding::Failure;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};
use crate::grid::{Cell, CellRef, Entry, Visibility, Workbook, amount};
use quick_xml::events::BytesStart;

/// The namespace that tells these files from other XML.
const NAMESPACE: &[u8] = b"urn:schemas-microsoft-com:office:spreadsheet";
/// Bytes in which it has to be named.
const HEAD: usize = 8_192;

/// Whether a text is such a workbook.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    let head = decode(bytes.get(..HEAD.min(bytes.len())).unwrap_or_default());
    let begins = head.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    begins && head.as_bytes().windows(NAMESPACE.len()).any(|w| w == NAMESPACE)
}

/// Reads a workbook.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let text = decode(bytes);
    let mut xml = Xml::new("xml", &text, limits);
    let mut reader =
        Reader { book: None, limits, at: Place::default(), data: None, formula: None, visible: None };
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => {
                if reader.open(&tag)? {
                    xml.skip()?;
                }
            }
            Piece::Close(tag) => reader.close(tag.local_name().as_ref())?,
            Piece::Text(text) => reader.text(&text),
        }
    }
    Ok(reader.book.ok_or_else(|| failure::damaged("xml"))?.finish())
}

/// Where the next row, column and cell stand if they do not say so.
#[derive(Default)]
struct Place {
    row: u32,
    next_row: u32,
    next_col: u32,
    next_column: u32,
    /// The cell that is open.
    cell: Option<CellRef>,
}

struct Reader<'a> {
    /// There from the first sheet on.
    book: Option<Collector<'a>>,
    limits: &'a Limits,
    at: Place,
    /// Type and text of the value being read.
    data: Option<(String, String)>,
    /// The formula of the open cell, until it is put.
    formula: Option<Box<str>>,
    /// The text of `Visible` being read.
    visible: Option<String>,
}

impl Reader<'_> {
    /// An element opens; tells whether its content is to be passed over.
    fn open(&mut self, tag: &BytesStart<'_>) -> Result<bool, Failure> {
        match tag.local_name().as_ref() {
            "Worksheet" => self.sheet(&attr(tag, "Name").unwrap_or_default())?,
            "Column" => self.column(tag),
            "Row" => self.row(tag),
            "Cell" => self.cell(tag)?,
            "Data" => {
                let kind = attr(tag, "Type").unwrap_or_default().into_owned();
                self.data = self.at.cell.map(|_| (kind, String::new()));
            }
            "Visible" => self.visible = Some(String::new()),
            // Comments have a `Data` of their own.
            "Comment" | "PhoneticText" | "Styles" | "DocumentProperties" => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        match name {
            "Data" => self.value()?,
            "Cell" => self.end_of_cell()?,
            "Visible" => {
                let hidden = self.visible.take().is_some_and(|v| v.trim() != "SheetVisible");
                if let Some(book) = self.book.as_mut().filter(|_| hidden) {
                    book.sheet().visibility = Visibility::Hidden;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let data = self.data.as_mut().map(|(_, data)| data);
        if let Some(open) = data.or(self.visible.as_mut()) {
            open.push_str(text);
        }
    }

    fn sheet(&mut self, name: &str) -> Result<(), Failure> {
        self.at = Place::default();
        match &mut self.book {
            Some(book) => book.next_sheet(name),
            None => {
                self.book = Some(Collector::new(name, self.limits));
                Ok(())
            }
        }
    }

    fn column(&mut self, tag: &BytesStart<'_>) {
        let (first, last) = indexed(tag, self.at.next_column, MAX_COLS);
        self.at.next_column = last + 1;
        if let Some(book) = self.book.as_mut().filter(|_| flag(tag, "Hidden")) {
            hide(&mut book.sheet().hidden_cols, first, last);
        }
    }

    fn row(&mut self, tag: &BytesStart<'_>) {
        let (first, last) = indexed(tag, self.at.next_row, MAX_ROWS);
        (self.at.row, self.at.next_row, self.at.next_col) = (first, last + 1, 0);
        if let Some(book) = self.book.as_mut().filter(|_| flag(tag, "Hidden")) {
            hide(&mut book.sheet().hidden_rows, first, last);
        }
    }

    fn cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Failure> {
        let (col, _) = indexed(tag, self.at.next_col, MAX_COLS);
        let at = CellRef::new(self.at.row, col);
        let across = number(tag, "MergeAcross").unwrap_or(0).min(MAX_COLS);
        let down = number(tag, "MergeDown").unwrap_or(0).min(MAX_ROWS);
        self.at.next_col = col + across + 1;
        self.at.cell = Some(at);
        self.formula = attr(tag, "Formula").map(|f| in_a1(&f, at).into());
        self.book.as_mut().map_or(Ok(()), |book| book.merge(at, down + 1, across + 1))
    }

    fn value(&mut self) -> Result<(), Failure> {
        let Some((kind, text)) = self.data.take() else { return Ok(()) };
        let (Some(at), Some(book)) = (self.at.cell, self.book.as_mut()) else { return Ok(()) };
        if text.is_empty() {
            return Ok(());
        }
        if text.len() > self.limits.text_bytes {
            return Err(failure::text_too_long());
        }
        book.put(at, Cell { entry: entry(&kind, &text), formula: self.formula.take(), format: 0 })
    }

    /// A formula without a value is put all the same.
    fn end_of_cell(&mut self) -> Result<(), Failure> {
        let (at, formula) = (self.at.cell.take(), self.formula.take());
        match (at, formula, self.book.as_mut()) {
            (Some(at), Some(formula), Some(book)) => {
                book.put(at, Cell { entry: Entry::Blank, formula: Some(formula), format: 0 })
            }
            _ => Ok(()),
        }
    }
}

/// First and last index of an element that may name its first and repeat itself, from 0 and within a bound.
fn indexed(tag: &BytesStart<'_>, next: u32, bound: u32) -> (u32, u32) {
    let first = number(tag, "Index").map_or(next, |i| i.saturating_sub(1)).min(bound);
    (first, first + number(tag, "Span").unwrap_or(0).min(bound - first))
}

/// A value of a declared type; what does not parse as such is text.
fn entry(kind: &str, text: &str) -> Entry {
    let parsed = match kind {
        "Number" => amount::from_text(text).map(Entry::Number),
        "Boolean" => Some(Entry::Bool(is_true(text))),
        "Error" => Some(Entry::Error(text.into())),
        // A day without a time is shown as the day.
        "DateTime" => text.split_once("T00:00:00").map(|(day, _)| Entry::Text(day.into())),
        _ => None,
    };
    parsed.unwrap_or_else(|| Entry::Text(text.into()))
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    fn book(sheets: &str) -> Workbook {
        let xml = format!(
            "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook \
             xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
             xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{sheets}</Workbook>"
        );
        assert!(is_workbook(xml.as_bytes()));
        read(xml.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn places_merges_and_types_are_read() {
        let book = book(
            "<Worksheet ss:Name='表一'><Table><Column ss:Index='2' ss:Hidden='1' ss:Span='1'/>\
             <Row><Cell ss:MergeDown='1'><Data ss:Type='String'>项目</Data></Cell><Cell ss:MergeAcross='1'>\
             <Data ss:Type='String'>数&#10;量</Data></Cell><Cell><Data ss:Type='String'>注</Data></Cell></Row>\
             <Row ss:Hidden='1'><Cell ss:Index='2'><Data ss:Type='Number'>8.4000000000000004</Data></Cell></Row>\
             <Row ss:Index='5'><Cell ss:Formula='=R[-1]C'><Data ss:Type='Error'>#REF!</Data></Cell><Cell/><Cell>\
             <Data ss:Type='Boolean'>1</Data><Comment><Data ss:Type='String'>批注</Data></Comment></Cell>\
             <Cell><ss:Data ss:Type='String' xmlns='h'>共<B>3</B>件</ss:Data></Cell></Row></Table></Worksheet>\
             <Worksheet ss:Name='表二'><Table/><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>\
             </Worksheet>",
        );
        let sheet = &book.sheets[0];
        assert_eq!(
            shown(sheet),
            "A1=项目\nB1=数\n量\nD1=注\nB2#8.4\nA5=#REF! {A4}\nC5=TRUE\nD5=共3件\nA1:A2\nB1:C1"
        );
        assert_eq!((&sheet.hidden_cols[..], &sheet.hidden_rows[..]), (&[(1, 2)][..], &[(1, 1)][..]));
        assert_eq!((book.sheets[1].name.as_str(), book.sheets[1].visibility), ("表二", Visibility::Hidden));
    }

    #[test]
    fn absurd_places_are_refused_and_not_reserved() {
        let rows = "<Worksheet ss:Name='a'><Table><Row ss:Index='4294967295' ss:Span='9'><Cell \
                    ss:MergeAcross='4294967295' ss:MergeDown='9'/><Cell><Data ss:Type='Number'>1</Data></Cell>\
                    </Row></Table></Worksheet>";
        let xml = format!("<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>{rows}</Workbook>");
        assert!(read(xml.as_bytes(), &Limits::default()).is_err());
    }
}
