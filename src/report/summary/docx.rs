//! A plain Word document, for A4: paragraphs and tables, nothing more.
//!
//! Only the parts that Word needs are written, with a fixed date, so that the same text gives the same bytes.

use crate::report::packing::Packing;
use crate::report::text::visible;
use std::fmt::Write as _;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;
/// A4 upright, margins of 2.5 and 2.2 cm; lengths are in twentieths of a point.
const FOOT: &str = r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1247" w:bottom="1417" w:left="1247" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>"#;
/// Width of the text.
const WIDTH: u32 = 9412;

/// How a paragraph looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    /// The heading of the document.
    Title,
    /// A heading within it.
    Head,
    /// The heading of a column.
    Column,
    /// Text.
    Body,
    /// Text in a table.
    Cell,
    /// Where it is signed and dated, at the right.
    Signature,
}

/// A document being written.
#[derive(Debug, Default)]
pub(super) struct Document {
    body: String,
}

impl Document {
    /// A paragraph.
    pub(super) fn paragraph(&mut self, look: Look, text: &str) {
        paragraph(&mut self.body, look, text);
    }

    /// A table; `shares` are the columns' widths in hundredths of the page's. Where `heads`, the first row stands
    /// again on each page.
    pub(super) fn table(&mut self, shares: &[u32], rows: &[Vec<String>], heads: bool) {
        let widths: Vec<u32> = shares.iter().map(|s| WIDTH * s / 100).collect();
        let edge =
            |side: &str| format!(r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>"#);
        let edges: String = ["top", "left", "bottom", "right", "insideH", "insideV"].map(edge).concat();
        let grid: String = widths.iter().map(|w| format!(r#"<w:gridCol w:w="{w}"/>"#)).collect();
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            self.body,
            r#"<w:tbl><w:tblPr><w:tblW w:w="{WIDTH}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"#
        );
        for (row, is_first) in rows.iter().zip(std::iter::once(true).chain(std::iter::repeat(false))) {
            let is_head = heads && is_first;
            self.body.push_str(if is_head {
                "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
            } else {
                "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            });
            for ((text, width), col) in row.iter().zip(&widths).zip(0..) {
                let is_label = is_head || (!heads && col % 2 == 0);
                let shade =
                    if is_label { r#"<w:shd w:val="clear" w:color="auto" w:fill="E7ECF4"/>"# } else { "" };
                let _ = write!(
                    self.body,
                    r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>"#
                );
                paragraph(&mut self.body, if is_head { Look::Column } else { Look::Cell }, text);
                self.body.push_str("</w:tc>");
            }
            self.body.push_str("</w:tr>");
        }
        self.body.push_str("</w:tbl>");
    }

    /// The file's bytes.
    pub(super) fn finish(self) -> std::io::Result<Vec<u8>> {
        let document = format!("{HEAD}{}{FOOT}", self.body);
        let mut package = Packing::default();
        for (name, text) in
            [("[Content_Types].xml", TYPES), ("_rels/.rels", RELS), ("word/document.xml", &document)]
        {
            package.add(name, text.as_bytes())?;
        }
        package.finish()
    }
}

fn paragraph(out: &mut String, look: Look, text: &str) {
    let (place, spacing, size, bold) = match look {
        Look::Title => ("center", r#"w:before="0" w:after="240""#, 36, true),
        Look::Head => ("left", r#"w:before="120" w:after="60""#, 24, true),
        Look::Body => ("left", r#"w:before="80" w:after="80" w:line="360" w:lineRule="auto""#, 24, false),
        Look::Signature => ("right", r#"w:before="240" w:after="0""#, 24, false),
        Look::Column => ("center", r#"w:before="40" w:after="40""#, 21, true),
        Look::Cell => ("left", r#"w:before="40" w:after="40""#, 21, false),
    };
    let bold = if bold { "<w:b/>" } else { "" };
    let _ = write!(
        out,
        r#"<w:p><w:pPr><w:spacing {spacing}/><w:jc w:val="{place}"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体"/>{bold}<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#,
        escape(text)
    );
}

fn escape(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
