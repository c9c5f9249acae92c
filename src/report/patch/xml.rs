//! A part's elements with their byte offsets: enough of XML to know where to splice.
//!
//! `tags` is the tokenizer and checks that tags match; this index adds namespaces, parents and the ranges
//! of tags. It holds no text and never writes a document: `splice` does, from the offsets found here.

use std::borrow::Cow;
use std::ops::Range;

use super::error::PatchError;
use super::tags::{Kind, Tags};
pub(super) use crate::report::markup::escape;

/// SpreadsheetML, in its transitional and strict forms.
const MAIN: [&str; 2] = [
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
];
/// References from a part to its relationships, in both forms.
pub(super) const REL: [&str; 2] = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
];

/// Which of the standard's two sets of namespaces a workbook is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// What nearly every program writes.
    Transitional,
    /// ISO/IEC 29500 strict.
    Strict,
}

impl Dialect {
    /// The namespace of SpreadsheetML.
    pub(super) const fn main(self) -> &'static str {
        match self {
            Self::Transitional => MAIN[0],
            Self::Strict => MAIN[1],
        }
    }

    /// The namespace of references to relationships, which is also the start of their types.
    pub(super) const fn rel(self) -> &'static str {
        match self {
            Self::Transitional => REL[0],
            Self::Strict => REL[1],
        }
    }
}

/// One element.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// From `<` to after the last `>`.
    pub(super) start: usize,
    pub(super) end: usize,
    /// After the `>` of the opening tag.
    pub(super) open_end: usize,
    /// At the `</` of the closing tag; equals `open_end` where the element closes itself.
    pub(super) close: usize,
    pub(super) parent: usize,
    name_end: u32,
    prefix_len: u16,
    depth: u16,
    pub(super) closed: bool,
}

impl Node {
    /// Where the opening tag takes a further attribute.
    pub(super) fn attr_slot(&self) -> usize {
        self.start + 1 + self.name_end as usize
    }
}

/// The elements of a part, in document order; the first is the root.
#[derive(Debug)]
pub(super) struct Doc<'a> {
    pub(super) part: &'a str,
    pub(super) text: &'a str,
    pub(super) nodes: Vec<Node>,
}

impl<'a> Doc<'a> {
    /// All elements of a part.
    pub(super) fn parse(part: &'a str, text: &'a str) -> Result<Self, PatchError> {
        Self::parse_to(part, text, u16::MAX)
    }

    /// The elements down to `depth` (the root is 0); deeper ones are read and checked but not kept.
    pub(super) fn parse_to(part: &'a str, text: &'a str, depth: u16) -> Result<Self, PatchError> {
        let mut doc = Self { part, text, nodes: Vec::new() };
        doc.scan(depth).map_err(|offset| PatchError::Malformed { part: part.to_owned(), offset })?;
        if doc.nodes.is_empty() {
            return Err(PatchError::Malformed { part: part.to_owned(), offset: 0 });
        }
        Ok(doc)
    }

    fn scan(&mut self, keep: u16) -> Result<(), usize> {
        let mut tags = Tags::of(self.text);
        let mut open: Vec<usize> = Vec::new();
        while let Some((kind, Range { start, end })) = tags.next()? {
            let depth = tags.depth() - usize::from(kind == Kind::Open);
            let depth = u16::try_from(depth).map_err(|_| start)?;
            if kind != Kind::End && depth == 0 && !self.nodes.is_empty() {
                // A second root: no program opens such a part.
                return Err(start);
            }
            if depth > keep {
                continue;
            }
            let parent = open.last().copied();
            match kind {
                Kind::Open => open.push(self.push(start, end, depth, parent, false)),
                Kind::Empty => {
                    self.push(start, end, depth, parent, true);
                }
                Kind::End => {
                    if let Some(node) = open.pop().and_then(|i| self.nodes.get_mut(i)) {
                        node.close = start;
                        node.end = end;
                    }
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, start: usize, end: usize, depth: u16, parent: Option<usize>, closed: bool) -> usize {
        let tag = self.text.get(start + 1..end).unwrap_or("");
        let len = tag.bytes().take_while(|b| !b.is_ascii_whitespace() && *b != b'/' && *b != b'>').count();
        let prefix = tag.get(..len).and_then(|name| name.find(':')).unwrap_or(0);
        self.nodes.push(Node {
            start,
            end,
            open_end: end,
            close: end,
            parent: parent.unwrap_or(usize::MAX),
            name_end: len as u32,
            prefix_len: prefix as u16,
            depth,
            closed,
        });
        self.nodes.len() - 1
    }

    /// The qualified name, as written.
    pub(super) fn name(&self, node: &Node) -> &'a str {
        self.text.get(node.start + 1..node.start + 1 + node.name_end as usize).unwrap_or("")
    }

    /// The name without its prefix.
    pub(super) fn local(&self, node: &Node) -> &'a str {
        let name = self.name(node);
        name.split_once(':').map_or(name, |(_, local)| local)
    }

    /// The prefix with its colon, or nothing: what a sibling's name starts with.
    pub(super) fn prefix(&self, node: &Node) -> &'a str {
        match node.prefix_len {
            0 => "",
            n => self.name(node).get(..=usize::from(n)).unwrap_or(""),
        }
    }

    /// The first element.
    pub(super) fn root(&self) -> Result<&Node, PatchError> {
        self.nodes.first().ok_or(PatchError::Malformed { part: self.part.to_owned(), offset: 0 })
    }

    /// Elements directly below the one at `parent` that share its namespace prefix, or any of them.
    pub(super) fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Node)> {
        let (depth, end) = self.nodes.get(parent).map_or((0, 0), |n| (n.depth, n.end));
        self.nodes
            .iter()
            .enumerate()
            .skip(parent + 1)
            .take_while(move |(_, n)| n.start < end)
            .filter(move |(_, n)| n.depth == depth + 1)
    }

    /// The first child of `parent` with this local name in the parent's own namespace.
    pub(super) fn child(&self, parent: usize, local: &str) -> Option<(usize, &Node)> {
        let space = self.nodes.get(parent).and_then(|n| self.namespace(n));
        self.children(parent).find(|(_, n)| self.local(n) == local && self.namespace(n) == space)
    }

    /// All elements with this local name, wherever they stand.
    pub(super) fn all(&self, local: &str) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes.iter().enumerate().filter(move |(_, n)| self.local(n) == local)
    }

    /// The namespace that a node's prefix is bound to.
    pub(super) fn namespace(&self, node: &Node) -> Option<Cow<'a, str>> {
        let prefix = self.prefix(node).trim_end_matches(':');
        let mut at = Some(node);
        while let Some(n) = at {
            for attr in self.attrs(n) {
                let bound = match attr.name.strip_prefix("xmlns") {
                    Some("") => "",
                    Some(rest) => rest.strip_prefix(':').unwrap_or("\0"),
                    None => continue,
                };
                if bound == prefix {
                    return Some(attr.value());
                }
            }
            at = self.nodes.get(n.parent);
        }
        None
    }

    /// The prefix (with colon) that the root binds to one of `spaces`.
    pub(super) fn prefix_of(&self, spaces: &[&str]) -> Option<String> {
        let root = self.nodes.first()?;
        let attr = self
            .attrs(root)
            .find(|a| a.name.starts_with("xmlns:") && spaces.contains(&a.value().as_ref()))?;
        Some(format!("{}:", attr.name.strip_prefix("xmlns:")?))
    }

    /// Attributes of a node's opening tag.
    pub(super) fn attrs(&self, node: &Node) -> Attrs<'a> {
        let at = node.start + 1 + node.name_end as usize;
        Attrs { text: self.text.get(..node.open_end).unwrap_or(""), at }
    }

    /// The attribute of this name, prefix included.
    pub(super) fn attr(&self, node: &Node, name: &str) -> Option<Attr<'a>> {
        self.attrs(node).find(|a| a.name == name)
    }

    /// Its value, entities resolved.
    pub(super) fn value(&self, node: &Node, name: &str) -> Option<Cow<'a, str>> {
        self.attr(node, name).map(|a| a.value())
    }

    /// The attribute of this local name whose prefix is bound to a relationships namespace.
    pub(super) fn rel_id(&self, node: &Node) -> Option<Cow<'a, str>> {
        self.attrs(node).find(|a| a.name.ends_with(":id") && !a.name.starts_with("xmlns")).map(|a| a.value())
    }

    /// The node's own text, tags included.
    pub(super) fn source(&self, node: &Node) -> &'a str {
        self.text.get(node.start..node.end).unwrap_or("")
    }

    /// All character data below a node.
    pub(super) fn inner_text(&self, node: &Node) -> String {
        let mut out = String::new();
        let mut rest = self.text.get(node.open_end..node.close).unwrap_or("");
        while let Some(open) = rest.find('<') {
            out.push_str(&unescape(rest.get(..open).unwrap_or("")));
            let tail = rest.get(open..).unwrap_or("");
            if let Some(data) = tail.strip_prefix("<![CDATA[") {
                let (data, after) = data.split_once("]]>").unwrap_or((data, ""));
                out.push_str(data);
                rest = after;
            } else {
                rest = tail.split_once('>').map_or("", |(_, after)| after);
            }
        }
        out.push_str(&unescape(rest));
        out
    }
}

/// One attribute as it stands in the text.
#[derive(Debug, Clone)]
pub(super) struct Attr<'a> {
    pub(super) name: &'a str,
    raw: &'a str,
    /// The value's bytes, quotes excluded.
    pub(super) at: Range<usize>,
    /// The whole attribute with the space before it.
    pub(super) whole: Range<usize>,
}

impl<'a> Attr<'a> {
    pub(super) fn value(&self) -> Cow<'a, str> {
        unescape(self.raw)
    }
}

/// Attributes of one tag, in order; stops at the first that is malformed.
pub(super) struct Attrs<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Attrs<'a> {
    type Item = Attr<'a>;

    fn next(&mut self) -> Option<Attr<'a>> {
        let text = self.text;
        let find = |from: usize, is: &dyn Fn(u8) -> bool| {
            Some(from + text.as_bytes().get(from..)?.iter().position(|b| is(*b))?)
        };
        let name_at = find(self.at, &|b| !b.is_ascii_whitespace())?;
        let eq = find(name_at, &|b| b == b'=' || b == b'>')?;
        let name = text.get(name_at..eq)?.trim_end();
        let quote_at = find(eq + 1, &|b| b == b'"' || b == b'\'')?;
        let quote = *text.as_bytes().get(quote_at)?;
        let end = find(quote_at + 1, &|b| b == quote)?;
        let whole = self.at..end + 1;
        self.at = end + 1;
        Some(Attr { name, raw: text.get(quote_at + 1..end)?, at: quote_at + 1..end, whole })
    }
}

/// Entities resolved; text with an unknown one stays as written.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

/// Where a child named `local` belongs among the children of `parent`, given the schema's `order`: after the
/// last child that may stand before it.
pub(super) fn slot(doc: &Doc<'_>, parent: usize, local: &str, order: &[&str]) -> usize {
    let rank = order.iter().position(|name| *name == local).unwrap_or(order.len());
    let before = |name: &str| order.iter().position(|n| *n == name).is_some_and(|r| r <= rank);
    let last = doc.children(parent).filter(|(_, n)| before(branch(doc, n))).map(|(_, n)| n.end).last();
    last.unwrap_or_else(|| doc.nodes.get(parent).map_or(0, |n| n.open_end))
}

/// The local name of a node; of `mc:AlternateContent`, that of the element which it stands for.
fn branch<'a>(doc: &Doc<'a>, node: &Node) -> &'a str {
    let local = doc.local(node);
    if local != "AlternateContent" {
        return local;
    }
    let inner =
        doc.nodes.iter().find(|n| n.start > node.start && n.end < node.end && n.depth == node.depth + 2);
    inner.map_or(local, |n| doc.local(n))
}

/// Splices that put `child` into the element at `parent`, which may close itself.
pub(super) fn insert_child(doc: &Doc<'_>, parent: &Node, at: usize, child: &str) -> (Range<usize>, String) {
    if !parent.closed {
        return (at..at, child.to_owned());
    }
    let slash = doc.text.get(..parent.end).and_then(|t| t.rfind('/')).unwrap_or(parent.end);
    (slash..parent.end, format!(">{child}</{}>", doc.name(parent)))
}
