//! Word documents (ECMA-376 part 1, 17): the text and tables of the body, in order, on one sheet.
//!
//! What a reader of the printed page would see: deletions not yet accepted, hidden text and field codes are
//! left out, insertions stay. Headers, footnotes, comments and automatic numbers are not read.

use super::blocks::{Builder, TableCell};
use super::failure;
use super::limits::Limits;
use super::markup::{Piece, Xml, count};
use super::package::Package;
use super::xml::attr;
use crate::finding::Failure;
use crate::grid::Workbook;
use crate::grid::a1::MAX_COLS;
use quick_xml::events::BytesStart;
use std::ops::Range;

/// Reads a document, of which `main` is the main part.
pub(super) fn read(package: &mut Package<'_>, main: &str, limits: &Limits) -> Result<Workbook, Failure> {
    let part = package.bytes(main)?.ok_or_else(|| failure::damaged(main))?;
    let text = String::from_utf8(part).map_err(|_| failure::damaged(main))?;
    body(&text, limits, false)?.finish("正文", limits)
}

/// The document being built; `traced` to know where each cell comes from.
pub(super) fn body(text: &str, limits: &Limits, traced: bool) -> Result<Builder, Failure> {
    let mut xml = Xml::new("document.xml", text, limits);
    let mut body = Body::new(limits);
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(tag) => {
                let at = xml.at();
                if body.open(&tag, traced.then_some(at)) {
                    xml.skip()?;
                }
            }
            Piece::Close(tag) => body.close(tag.local_name().as_ref()),
            Piece::Text(text) if body.in_text && !body.hidden => {
                body.builder.paragraph().push_str(&text);
                if traced {
                    body.builder.comes_from(text.len(), xml.at());
                }
            }
            Piece::Text(_) => {}
        }
        if body.builder.is_full() {
            break;
        }
    }
    Ok(body.builder)
}

/// What is known where the document is being read.
struct Body {
    builder: Builder,
    /// Within `w:t`, the only element whose characters are text.
    in_text: bool,
    /// Within a run that is hidden.
    hidden: bool,
    in_row_properties: bool,
}

impl Body {
    fn new(limits: &Limits) -> Self {
        Self { builder: Builder::new(limits), in_text: false, hidden: false, in_row_properties: false }
    }

    /// An element opens; tells whether its content is to be passed over.
    fn open(&mut self, tag: &BytesStart<'_>, at: Option<Range<usize>>) -> bool {
        match tag.local_name().as_ref() {
            "tbl" => self.builder.open_table(),
            "tr" => self.builder.open_row(false),
            "tc" => {
                self.builder.open_cell(TableCell::default());
                if let (Some(at), Some(cell)) = (at, self.builder.cell()) {
                    cell.opens = at.start;
                }
            }
            "trPr" => self.in_row_properties = true,
            "gridBefore" => self.builder.indent_row(count(tag, "val", MAX_COLS)),
            "gridSpan" => {
                if let Some(cell) = self.builder.cell() {
                    cell.cols = count(tag, "val", MAX_COLS);
                }
            }
            "vMerge" => {
                let continues = attr(tag, "val").is_none_or(|v| v == "continue");
                if let Some(cell) = self.builder.cell() {
                    cell.continues = continues;
                }
            }
            "del" if self.in_row_properties => self.builder.drop_row(),
            "t" => self.in_text = true,
            "vanish" => self.hidden = attr(tag, "val").is_none_or(|v| v != "0" && v != "false"),
            "tab" | "ptab" => self.character('\t', at),
            "br" | "cr" => self.character('\n', at),
            "noBreakHyphen" => self.character('-', at),
            // What the page shows already stands in `mc:Choice`; a moved text stands where it moved to.
            "pPr" | "tblPr" | "sdtPr" | "sectPr" | "del" | "moveFrom" | "Fallback" => return true,
            _ => {}
        }
        false
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.builder.end_paragraph(),
            "tc" => self.builder.close_cell(),
            "tr" => self.builder.close_row(),
            "tbl" => self.builder.close_table(),
            "trPr" => self.in_row_properties = false,
            "t" => self.in_text = false,
            "r" => self.hidden = false,
            _ => {}
        }
    }

    fn character(&mut self, c: char, at: Option<Range<usize>>) {
        if !self.hidden {
            self.builder.paragraph().push(c);
            if let Some(at) = at {
                self.builder.comes_from(1, at.end..at.end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    fn sheet(inner: &str) -> String {
        let xml = format!("<w:document xmlns:w='w'><w:body>{inner}</w:body></w:document>");
        let limits = Limits::default();
        shown(&body(&xml, &limits, false).unwrap().finish("正文", &limits).unwrap().sheets[0])
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    fn tc(properties: &str, inner: &str) -> String {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>")
    }

    #[test]
    fn paragraphs_and_tables_stand_in_order_with_their_merges() {
        let rows = [
            tc("<w:vMerge w:val='restart'/>", &p("项目")) + &tc("<w:gridSpan w:val='2'/>", &p("数量")),
            tc("<w:vMerge/>", "<w:p/>") + &tc("", &p("甲")) + &tc("", &p("乙")),
            tc("", &p("规章")) + &tc("", &p("1")) + &tc("", &(p("2") + &p("件"))),
        ];
        let table: String = rows.iter().map(|r| format!("<w:tr>{r}</w:tr>")).collect();
        assert_eq!(
            sheet(&format!("{}<w:tbl>{table}</w:tbl>{}", p("一、主动公开"), p("无。"))),
            "A1=一、主动公开\nA2=项目\nB2=数量\nB3=甲\nC3=乙\nA4=规章\nB4#1\nC4=2\n件\nA5=无。\nA2:A3\nB2:C2"
        );
    }

    #[test]
    fn what_the_page_does_not_show_is_not_read() {
        let runs = "<w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>\
            <w:moveFrom><w:r><w:t>8</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>5</w:t></w:r></w:ins>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>\
            <w:r><w:tab/><w:t>件</w:t></w:r>";
        assert_eq!(sheet(&format!("<w:p>{runs}</w:p>")), "A1=共5\t件");
        let deleted = format!("<w:tr><w:trPr><w:del/></w:trPr>{}</w:tr>", tc("", &p("旧")));
        let kept = format!("<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{}</w:tr>", tc("", &p("新")));
        assert_eq!(sheet(&format!("<w:tbl>{deleted}{kept}</w:tbl>")), "B1=新");
    }
}
