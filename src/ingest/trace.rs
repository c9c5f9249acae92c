//! Where in its file the words of a document stand, for whoever writes beside them.

use super::docx;
use super::limits::Limits;
use crate::finding::Failure;
use crate::grid::CellRef;
use std::ops::Range;

/// Where a cell of a document's sheet comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The cell.
    pub cell: CellRef,
    /// Where the table's cell opens in the file; 0 for a paragraph outside of tables.
    pub opens: usize,
    /// The stretches of its text, in order.
    pub stretches: Vec<Stretch>,
}

/// A stretch of text that stands in one piece in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Its first byte in the text.
    pub at: usize,
    /// Its length in bytes.
    pub len: usize,
    /// Its bytes in the file, references not resolved.
    pub source: Range<usize>,
}

/// Where the cells of a Word document's sheet stand in the text of its main part.
///
/// # Errors
/// When the part cannot be read.
pub fn origins(main_part: &str, limits: &Limits) -> Result<Vec<Origin>, Failure> {
    docx::body(main_part, limits, true)?.origins(limits)
}

/// The text of a paragraph as it is written, with where it comes from.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) stretches: Vec<Stretch>,
}

impl Paragraph {
    /// Notes that the last bytes of the text come from here.
    pub(super) fn comes_from(&mut self, len: usize, source: Range<usize>) {
        let at = self.text.len().saturating_sub(len);
        self.stretches.push(Stretch { at, len, source });
    }
}

/// The paragraphs of a cell as one origin, joined by line breaks.
pub(super) fn joined<'p>(cell: CellRef, opens: usize, parts: impl Iterator<Item = &'p Paragraph>) -> Origin {
    let mut origin = Origin { cell, opens, stretches: Vec::new() };
    let mut from = 0;
    for part in parts {
        origin.stretches.extend(part.stretches.iter().map(|s| Stretch { at: s.at + from, ..s.clone() }));
        from += part.text.len() + 1;
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_stand_in_the_file() {
        let xml = "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>共收到</w:t></w:r><w:r><w:tab/><w:t>3&amp;件</w:t>\
                   </w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p><w:p><w:r>\
                   <w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";
        let found = origins(xml, &Limits::default()).unwrap();
        let shown: Vec<String> = found
            .iter()
            .map(|o| {
                let parts = o.stretches.iter().map(|s| format!("{}:{}", s.at, &xml[s.source.clone()]));
                let opens = &xml[o.opens..][..if o.opens > 0 { 6 } else { 0 }];
                format!("{} {opens} {}", o.cell, parts.collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(shown, ["A1  0:共收到 9: 10:3 11:&amp; 12:件", "A2 <w:tc> ", "B2 <w:tc> 0:甲 4:乙"]);
    }
}
