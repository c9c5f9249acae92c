//! XML parts: a bounded run of events, attributes by local name, text with references, decoding.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::failure;
use super::limits::Limits;
use crate::finding::Failure;

/// Bytes up to which a part is unpacked before it is read, which is quicker than reading it as it comes.
pub(super) const SMALL: usize = 1 << 20;

/// A part of XML in UTF-8.
pub(super) enum Part<'z> {
    /// A small one, unpacked: no more than [`SMALL`], nor than a tag may have.
    Whole(Vec<u8>),
    /// One that is unpacked while it is read.
    Stream(Box<dyn BufRead + 'z>),
}

/// The events of a part, within bounds on depth and on the size of each.
///
/// Entities are never declared and nothing outside the part is ever opened: quick-xml only tokenizes.
pub(super) struct Events<'p> {
    tokens: Tokens<'p>,
    part: &'p str,
    depth: usize,
    deepest: usize,
    roots: usize,
}

enum Tokens<'p> {
    Whole(Reader<&'p [u8]>),
    Stream { reader: Reader<Metered<&'p mut dyn BufRead>>, since_event: Rc<Cell<usize>>, buffer: Vec<u8> },
}

impl<'p> Tokens<'p> {
    fn of(part: &'p mut Part<'_>, limits: &Limits) -> Self {
        match part {
            Part::Whole(bytes) => Self::Whole(Reader::from_reader(bytes.as_slice())),
            Part::Stream(stream) => {
                let since_event = Rc::new(Cell::new(0));
                let inner: &mut dyn BufRead = &mut **stream;
                let used = Rc::clone(&since_event);
                let reader = Reader::from_reader(Metered { inner, used, most: limits.tag_bytes });
                Self::Stream { reader, since_event, buffer: Vec::with_capacity(1024) }
            }
        }
    }

    fn next(&mut self) -> quick_xml::Result<Event<'_>> {
        match self {
            Self::Whole(reader) => reader.read_event(),
            Self::Stream { reader, since_event, buffer } => {
                buffer.clear();
                since_event.set(0);
                reader.read_event_into(buffer)
            }
        }
    }
}

impl<'p> Events<'p> {
    /// The events of a part; `name` names it in failures.
    pub(super) fn new(name: &'p str, part: &'p mut Part<'_>, limits: &Limits) -> Self {
        let tokens = Tokens::of(part, limits);
        Self { tokens, part: name, depth: 0, deepest: limits.depth, roots: 0 }
    }

    /// The next event; none at the end, which is where every element is closed.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, Failure> {
        let event = self.tokens.next().map_err(|e| failure::xml(self.part, &e))?;
        let outside = self.depth == 0;
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if outside => return Ok(None),
            Event::Eof => return Err(failure::damaged(self.part)),
            _ => {}
        }
        self.roots += usize::from(outside && matches!(event, Event::Start(_) | Event::Empty(_)));
        if self.depth > self.deepest || self.roots > 1 {
            return Err(failure::damaged(self.part));
        }
        Ok(Some(event))
    }
}

/// Stops a reader that takes too much for a single event.
struct Metered<R> {
    inner: R,
    used: Rc<Cell<usize>>,
    most: usize,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used.get() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.used.set(self.used.get().saturating_add(n));
        self.inner.consume(n);
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    match name.bytes().position(|b| b == b':') {
        Some(colon) => name.get(colon + 1..).unwrap_or_default(),
        None => name,
    }
}

/// The value of an attribute by its local name, references resolved.
pub(super) fn attr<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let (_, value) = attributes(element).find(|(key, _)| local(key) == name)?;
    Some(unescape(value))
}

/// The attributes of an element by name and value, references as they stand; they end where one is not well-formed.
pub(super) fn attributes<'a>(element: &'a BytesStart<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut rest = element.attributes_raw();
    std::iter::from_fn(move || {
        // Names and values are short: looked through byte by byte.
        let (name, value) = cut(rest, b'=')?;
        let value = value.trim_ascii_start();
        let quote = *value.as_bytes().first().filter(|b| matches!(b, b'"' | b'\''))?;
        let (value, after) = cut(value.get(1..)?, quote)?;
        rest = after;
        Some((name.trim_ascii(), value))
    })
}

/// An attribute read as a number.
pub(super) fn number(element: &BytesStart<'_>, name: &str) -> Option<u32> {
    attr(element, name)?.trim().parse().ok()
}

/// Whether an attribute says yes (`1`, `true`, `on`).
pub(super) fn flag(element: &BytesStart<'_>, name: &str) -> bool {
    attr(element, name).is_some_and(|v| is_true(&v))
}

/// `1`, `true` and `on` mean yes in office files.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on" | "TRUE" | "True")
}

/// What stands before and behind a byte of ASCII.
fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let end = text.bytes().position(|b| b == at)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn unescape(value: &str) -> Cow<'_, str> {
    let unescaped = || quick_xml::escape::unescape(value).ok();
    if value.contains('&') { unescaped().unwrap_or(Cow::Borrowed(value)) } else { Cow::Borrowed(value) }
}

/// Appends what a reference (`&amp;`, `&#10;`) stands for; an unknown one stays as written.
pub(super) fn push_reference(text: &mut String, reference: &BytesRef<'_>) {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => text.push(c),
        _ => match quick_xml::escape::resolve_predefined_entity(reference) {
            Some(s) => text.push_str(s),
            None => {
                text.push('&');
                text.push_str(reference);
                text.push(';');
            }
        },
    }
}

/// Text of a part by its byte-order mark, or else by the encoding that its XML declaration names.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match bytes {
        [b'<', 0, ..] => return encoding_rs::UTF_16LE.decode(bytes).0.into_owned(),
        [0, b'<', ..] => return encoding_rs::UTF_16BE.decode(bytes).0.into_owned(),
        _ => {}
    }
    let head = String::from_utf8_lossy(bytes.get(..200.min(bytes.len())).unwrap_or_default()).to_lowercase();
    let label = head
        .split_once("encoding")
        .map(|(_, rest)| rest.trim_start_matches([' ', '=', '"', '\'']))
        .and_then(|rest| rest.split(['"', '\'', ' ', '?']).next());
    let encoding = label.and_then(|l| encoding_rs::Encoding::for_label(l.as_bytes()));
    // An XML declaration that can be read byte by byte is not UTF-16, whatever it says.
    let encoding = encoding.filter(|e| e.is_ascii_compatible());
    encoding.unwrap_or(encoding_rs::UTF_8).decode(bytes).0.into_owned()
}

/// Text as SpreadsheetML escapes it: `_x000D_` is a character (ECMA-376 part 1, 22.9.2.19 ST_Xstring).
pub(super) fn unescape_xstring(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let code = tail.get(2..6).filter(|_| tail.as_bytes().get(6) == Some(&b'_'));
        let code = code.filter(|c| c.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|c| u32::from_str_radix(c, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                // Carriage returns of Windows line breaks are no text.
                if c != '\r' {
                    out.push(c);
                }
                rest = tail.get(7..).unwrap_or_default();
            }
            None => {
                out.push_str("_x");
                rest = tail.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_of_strings_are_read() {
        assert_eq!(unescape_xstring("a_x000D_\nb_x005F_c_x".into()), "a\nb_c_x");
    }

    #[test]
    fn utf_16_and_gbk_are_decoded() {
        assert_eq!(decode(b"\xFF\xFE<\0a\0"), "<a");
        assert_eq!(decode(b"<\0a\0"), "<a");
        let gbk = [b"<?xml version='1.0' encoding='GBK'?>".as_slice(), &[0xD7, 0xDC]].concat();
        assert!(decode(&gbk).ends_with('总'));
    }
}
