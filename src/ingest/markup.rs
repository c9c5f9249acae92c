//! XML as the readers of documents need it: elements open and close, text stands between.
//!
//! quick-xml tokenizes and checks that tags match; this bounds the depth, resolves references and turns every
//! fault into a failure for the user. Names are local names: prefixes are the writer's choice.

use super::damaged;
use super::limits::{Limits, beyond};
use crate::finding::Failure;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use std::borrow::Cow;

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
    depth: usize,
    deepest: usize,
}

impl<'a> Xml<'a> {
    /// A document from its text.
    pub(super) fn new(text: &'a str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0, deepest: limits.xml_depth }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'a>>, Failure> {
        loop {
            let piece = match self.reader.read_event().map_err(|e| damaged(format!("xml: {e}")))? {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > self.deepest {
                        return Err(beyond("XML 嵌套太深", "the XML is nested too deeply"));
                    }
                    Piece::Open(tag)
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close(tag)
                }
                Event::Text(text) => Piece::Text(text.xml10_content()),
                Event::CData(text) => Piece::Text(text.xml10_content()),
                Event::GeneralRef(name) => {
                    let c = name.resolve_char_ref().map_err(|e| damaged(format!("xml: {e}")))?;
                    match c {
                        Some(c) => Piece::Text(c.to_string().into()),
                        // Entities of a document type are not expanded: none of these formats has them.
                        None => Piece::Text(resolve_predefined_entity(&name).unwrap_or_default().into()),
                    }
                }
                Event::Eof if self.depth > 0 => return Err(damaged("xml: ends early")),
                Event::Eof => return Ok(None),
                _ => continue,
            };
            return Ok(Some(piece));
        }
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

/// The value of an attribute by its local name, whatever its prefix.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let found = all.with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    let value = quick_xml::escape::unescape(&found.value);
    Some(value.map_or_else(|_| found.value.to_string(), Cow::into_owned))
}

/// A count given by an attribute, within 1 and `most`; 1 where there is none.
pub(super) fn count(tag: &BytesStart<'_>, name: &str, most: u32) -> u32 {
    let count = attribute(tag, name).and_then(|v| v.trim().parse::<u64>().ok()).unwrap_or(1);
    u32::try_from(count).unwrap_or(u32::MAX).clamp(1, most.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(xml: &str) -> Result<String, Failure> {
        let limits = Limits { xml_depth: 3, ..Limits::default() };
        let (mut xml, mut out) = (Xml::new(xml, &limits), String::new());
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Text(t) => out.push_str(&t),
                Piece::Open(tag) if tag.local_name().as_ref() == "no" => xml.skip()?,
                Piece::Open(tag) => out.push_str(&attribute(&tag, "v").unwrap_or_default()),
                Piece::Close(_) => out.push('/'),
            }
        }
        Ok(out)
    }

    #[test]
    fn references_are_resolved_and_faults_are_failures() {
        let xml = "<a p:v='&lt;1'>&#20844;&amp;<![CDATA[<开>]]>&x;<p:no><b>2</b></p:no><c/></a>";
        assert_eq!(text_of(xml).unwrap(), "<1公&<开>//");
        for broken in ["<a><b></a>", "<a><b>", "<a><b><c><d/></c></b></a>", "<a>&#0;</a>"] {
            assert!(text_of(broken).is_err(), "{broken}");
        }
    }
}
