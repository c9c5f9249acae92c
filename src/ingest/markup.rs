//! XML as the readers of documents need it: elements open and close, text stands between.
//!
//! quick-xml tokenizes and checks that tags match; this bounds the depth, resolves references and turns every
//! fault into a failure for the user. Names are local names: prefixes are the writer's choice.

use super::failure;
use super::limits::Limits;
use super::xml::{number, push_reference};
use crate::finding::Failure;
use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use std::borrow::Cow;
use std::ops::Range;

/// A piece of a document.
pub(super) enum Piece<'a> {
    /// An element opens; one that closes itself is followed by its close.
    Open(BytesStart<'a>),
    /// An element closes.
    Close(BytesEnd<'a>),
    /// Text between tags, a piece of it at a time.
    Text(Cow<'a, str>),
}

/// A document, read piece by piece.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    depth: usize,
    deepest: usize,
    at: Range<usize>,
}

impl<'a> Xml<'a> {
    /// A document from its text; `part` names it in failures.
    pub(super) fn new(part: &'a str, text: &'a str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, part, depth: 0, deepest: limits.depth, at: 0..0 }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'a>>, Failure> {
        loop {
            let from = self.position();
            let event = self.reader.read_event().map_err(|e| failure::xml(self.part, &e))?;
            self.at = from..self.position();
            let piece = match event {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > self.deepest {
                        return Err(failure::too_large("嵌套过深", "nested too deeply"));
                    }
                    Piece::Open(tag)
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close(tag)
                }
                Event::Text(text) => Piece::Text(text.xml10_content()),
                Event::CData(text) => Piece::Text(text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let mut text = String::new();
                    push_reference(&mut text, &reference);
                    Piece::Text(text.into())
                }
                Event::Eof if self.depth > 0 => return Err(failure::damaged(self.part)),
                Event::Eof => return Ok(None),
                _ => continue,
            };
            return Ok(Some(piece));
        }
    }

    /// Bytes of the piece read last.
    pub(super) fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Passes over the rest of the element that has just opened.
    pub(super) fn skip(&mut self) -> Result<(), Failure> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// A count given by an attribute, within 1 and `most`; 1 where there is none.
pub(super) fn count(tag: &BytesStart<'_>, name: &str, most: u32) -> u32 {
    number(tag, name).unwrap_or(1).clamp(1, most.max(1))
}

#[cfg(test)]
mod tests {
    use super::super::xml::attr;
    use super::*;

    fn text_of(xml: &str) -> Result<String, Failure> {
        let limits = Limits { depth: 3, ..Limits::default() };
        let (mut xml, mut out) = (Xml::new("x", xml, &limits), String::new());
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Text(t) => out.push_str(&t),
                Piece::Open(tag) if tag.local_name().as_ref() == "no" => xml.skip()?,
                Piece::Open(tag) => out.push_str(&attr(&tag, "v").unwrap_or_default()),
                Piece::Close(_) => out.push('/'),
            }
        }
        Ok(out)
    }

    #[test]
    fn references_are_resolved_and_faults_are_failures() {
        let xml = "<a p:v='&lt;1'>&#20844;&amp;<![CDATA[<开>]]>&x;<p:no><b>2</b></p:no><c/></a>";
        assert_eq!(text_of(xml).unwrap(), "<1公&<开>&x;//");
        for broken in ["<a><b></a>", "<a><b>", "<a><b><c><d/></c></b></a>"] {
            assert!(text_of(broken).is_err(), "{broken}");
        }
    }
}
