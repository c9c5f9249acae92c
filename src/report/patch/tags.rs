//! The tags of a part with their byte offsets, and whether each element ends where it should.
//!
//! A part is scanned when it is read and again when it has changed, and only tags matter then: comments, character
//! data and instructions are passed over as a whole, attributes are looked at by whoever wants them. What is accepted
//! here, quick-xml accepts too and sees the same tags; a test holds it.

use std::ops::Range;

use memchr::memchr;

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Opens an element.
    Open,
    /// Is an element by itself.
    Empty,
    /// Ends an element.
    End,
}

/// A tag, from `<` to after `>`.
pub(super) type Tag = (Kind, Range<usize>);

/// The tags of a text, in order.
pub(super) struct Tags<'a> {
    text: &'a [u8],
    at: usize,
    /// Names of the elements that are open.
    open: Vec<&'a [u8]>,
}

impl<'a> Tags<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: if text.starts_with('\u{feff}') { 3 } else { 0 }, open: Vec::new() }
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next tag, or none at the end; where it is not well formed, the place.
    pub(super) fn next(&mut self) -> Result<Option<Tag>, usize> {
        loop {
            let start = self.at + text_len(self.rest(self.at)).ok_or(self.at)?;
            let rest = self.rest(start);
            let len = match rest.get(1) {
                None if rest.is_empty() && self.open.is_empty() => return Ok(None),
                None => None,
                Some(b'?') => instruction(rest),
                Some(b'!') => passed_over(rest),
                Some(b'/') => memchr(b'>', rest).map(|at| at + 1),
                Some(_) => tag_len(rest),
            };
            self.at = start + len.ok_or(start)?;
            match rest.get(1) {
                Some(b'?' | b'!') => {}
                Some(b'/') => return self.end(start).map(Some),
                _ => return self.begin(start).map(Some),
            }
        }
    }

    fn rest(&self, at: usize) -> &'a [u8] {
        self.text.get(at..).unwrap_or_default()
    }

    fn begin(&mut self, start: usize) -> Result<Tag, usize> {
        let tag = self.text.get(start + 1..self.at - 1).unwrap_or_default();
        let name_len = tag.iter().take_while(|b| !is_space(**b)).count();
        let name = tag.get(..name_len).filter(|name| !name.is_empty()).ok_or(start)?;
        if tag.last() == Some(&b'/') {
            return Ok((Kind::Empty, start..self.at));
        }
        self.open.push(name);
        Ok((Kind::Open, start..self.at))
    }

    fn end(&mut self, start: usize) -> Result<Tag, usize> {
        let name = self.text.get(start + 2..self.at - 1).unwrap_or_default();
        let space = name.iter().rev().take_while(|b| is_space(**b)).count();
        self.open.pop().filter(|open| Some(*open) == name.get(..name.len() - space)).ok_or(start)?;
        Ok((Kind::End, start..self.at))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// How far it is to after the first `end` that stands at `from` or later.
fn after(text: &[u8], from: usize, end: &[u8]) -> Option<usize> {
    let found = text.get(from..)?.windows(end.len()).position(|w| w == end)?;
    Some(from + found + end.len())
}

/// Length of the text before the next tag; none where a reference in it has no end.
fn text_len(text: &[u8]) -> Option<usize> {
    if text.first() == Some(&b'<') {
        return Some(0);
    }
    let text = text.get(..memchr(b'<', text).unwrap_or(text.len()))?;
    let ends = |reference: &[u8]| reference.contains(&b';');
    (memchr(b'&', text).is_none() || text.split(|b| *b == b'&').skip(1).all(ends)).then_some(text.len())
}

/// Length of an opening tag: `>` within quotes does not end it.
fn tag_len(text: &[u8]) -> Option<usize> {
    let mut end = 0;
    loop {
        end += memchr(b'>', text.get(end..)?)? + 1;
        let tag = text.get(..end)?;
        let is_odd = tag.iter().fold(false, |odd, byte| odd ^ (*byte == b'"'));
        // Nearly every program writes nothing but double quotes.
        if !is_odd && memchr(b'\'', tag).is_none() || !ends_in_quotes(tag) {
            return Some(end);
        }
    }
}

/// Whether a quoted value is open at the end of a tag.
fn ends_in_quotes(tag: &[u8]) -> bool {
    let open = tag.iter().fold(None, |open, byte| match (open, byte) {
        (None, b'"' | b'\'') => Some(*byte),
        (Some(quote), byte) if quote == *byte => None,
        _ => open,
    });
    open.is_some()
}

/// Length of an instruction, which begins with its name.
fn instruction(text: &[u8]) -> Option<usize> {
    let first = *text.get(2)?;
    if is_space(first) || matches!(first, b'?' | b'>') { None } else { after(text, 2, b"?>") }
}

/// Length of a comment, of character data, or of a document type; no office's file has declarations of its own.
fn passed_over(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"<!--") {
        return after(text, 4, b"-->");
    }
    if text.starts_with(b"<![CDATA[") {
        return after(text, 9, b"]]>");
    }
    let len = after(text, 2, b">")?;
    let plain = text.get(..len)?.iter().all(|b| !matches!(b, b'[' | b'"' | b'\''));
    let is_type = text.get(..9)?.eq_ignore_ascii_case(b"<!doctype") && is_space(*text.get(9)?);
    (plain && is_type).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    fn ours(text: &str) -> Option<Vec<Tag>> {
        let (mut tags, mut found) = (Tags::of(text), Vec::new());
        while let Some(tag) = tags.next().ok()? {
            found.push(tag);
        }
        Some(found)
    }

    fn theirs(text: &str) -> Option<Vec<Tag>> {
        let (mut reader, mut found, mut depth) = (Reader::from_str(text), Vec::new(), 0);
        loop {
            let start = reader.buffer_position() as usize;
            let kind = match reader.read_event().ok()? {
                Event::Start(_) => Kind::Open,
                Event::Empty(_) => Kind::Empty,
                Event::End(_) => Kind::End,
                Event::Eof => return (depth == 0).then_some(found),
                _ => continue,
            };
            depth += match kind {
                Kind::Open => 1,
                Kind::Empty => 0,
                Kind::End => -1,
            };
            found.push((kind, start..reader.buffer_position() as usize));
        }
    }

    #[test]
    fn well_formed_texts_have_their_tags() {
        for text in [
            "<?xml version=\"1.0\"?>\n<!-- <x> --><a b='>' c=\"'/>\"><b/>表 &amp; <![CDATA[<y>&]]></a >",
            "<a><a></a><b>&#10;</b\n></a>\n<?end?>",
            "<!DOCTYPE html><p:a xmlns:p=\"u\"/>",
            "<a b=\"1\" / >表</a>",
        ] {
            assert_eq!(ours(text), theirs(text), "{text}");
            assert!(ours(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_broken_is_refused() {
        for text in [
            "<a>",
            "</a>",
            "<a></b>",
            "<a",
            "<a b='>",
            "<a>&amp</a>",
            "<!-- ",
            "<a><b></a></b>",
            "<a><>",
            "<a/<a></a>",
            "<?x",
        ] {
            assert_eq!(ours(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_accepted_quick_xml_accepts_too(pieces in prop::collection::vec(prop::sample::select(vec![
            "<", ">", "/", "</", "/>", "<a", "<a>", "</a>", "<b ", "</b>", "x='", "\"", "'", "=", "<!--", "-->", "--", "-",
            "<![CDATA[", "]]>", "<?", "?>", "?", "<!DOCTYPE a", "[", "]", "&", ";", "&amp;", " ", "\n", "表", "<!", "!", "a",
        ]), 0..14)) {
            let text = pieces.concat();
            if let Some(tags) = ours(&text) {
                prop_assert_eq!(theirs(&text), Some(tags), "{}", text);
            }
        }
    }
}
