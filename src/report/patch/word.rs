//! Comments in a Word document (ECMA-376 part 1, 17.13.4): the part that holds them, and the marks around words.
//!
//! Runs are split where a comment begins or ends within one; every other byte of the text stays. gouji's own
//! comments are known by their author, should another program have written the file since.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::error::{PatchError, PatchWarning};
use super::package::Package;
use super::same::says_the_same;
use super::splice::Splices;
use super::strip::drop_signature;
use super::xml::{Dialect, Doc, Node, escape, insert_child};
use super::{Patched, content_types, record, rels};

/// Author of gouji's comments.
const AUTHOR: &str = "勾稽";

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it speaks of.
    pub on: Anchor,
    /// Its text, a paragraph a line.
    pub text: String,
}

/// What a comment speaks of, by bytes of the document's main part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// Words: from within one run's text to within the same or another's.
    Words(Range<usize>),
    /// The first paragraph of the element that opens here, or of that which holds this place.
    Paragraph(usize),
}

/// A document with comments; what an earlier run put in is replaced. `plan` is given the text of the main part.
///
/// # Errors
/// When the package or a part that must change cannot be read.
pub fn comment(input: &[u8], plan: impl FnOnce(&str) -> Vec<Note>) -> Result<Patched, PatchError> {
    let clean = own(input)?;
    let mut package = Package::open(clean.as_deref().unwrap_or(input))?;
    let mut warnings: Vec<PatchWarning> = Vec::new();
    drop_signature(&mut package, &mut warnings)?;
    package.set_base();
    let main = main_part(&mut package)?;
    let text = package.text(&main)?;
    let notes = plan(&text);
    let doc = Doc::parse(&main, &text)?;
    let first = next_id(&mut package, &main, &doc)?;
    let ids: Vec<(usize, &Note)> = (first..).zip(&notes).collect();
    package.splice(&main, anchored(&doc, &ids))?;
    let space = doc.namespace(doc.root()?).unwrap_or_default().into_owned();
    let dialect = if space.starts_with("http://purl") { Dialect::Strict } else { Dialect::Transitional };
    write_comments(&mut package, &main, &space, dialect, &ids)?;
    let undo = record::undo_name(&package);
    content_types::add(&mut package, &[(undo.clone(), content_types::types::XML)])?;
    rels::add(&mut package, &main, dialect, &[("customXml", &undo)])?;
    record::write_undo(&mut package, &undo)?;
    Ok(Patched { bytes: package.finish()?, warnings })
}

/// Whether a document has comments of gouji's and nobody has written it since; none if it has none.
pub fn untouched(input: &[u8]) -> Option<bool> {
    let mut package = Package::open(input).ok()?;
    main_part(&mut package).ok().filter(|m| m.to_lowercase().starts_with("word/"))?;
    if record::undo_exactly(&mut package).ok()? {
        return Some(true);
    }
    own(input).ok()?.map(|_| false)
}

/// The document without gouji's comments; none if it has none, or if what the file says of itself would change
/// other words.
pub(super) fn own(input: &[u8]) -> Result<Option<Vec<u8>>, PatchError> {
    Ok(taken_out(input)?.filter(|clean| says_the_same(input, clean)))
}

fn taken_out(input: &[u8]) -> Result<Option<Vec<u8>>, PatchError> {
    let mut package = Package::open(input)?;
    if record::undo_exactly(&mut package)? {
        return package.finish().map(Some);
    }
    let main = main_part(&mut package)?;
    let Some(comments) = comments_part(&mut package, &main)? else { return Ok(None) };
    let text = package.text(&comments)?;
    let doc = Doc::parse(&comments, &text)?;
    let mut gone: BTreeSet<String> = BTreeSet::new();
    let mut splices = Splices::default();
    for (_, node) in
        doc.all("comment").filter(|(_, n)| attribute(&doc, n, "author").as_deref() == Some(AUTHOR))
    {
        gone.extend(attribute(&doc, node, "id"));
        splices.delete(node.start..node.end);
    }
    if gone.is_empty() {
        return Ok(None);
    }
    package.splice(&comments, splices)?;
    let text = package.text(&main)?;
    let doc = Doc::parse(&main, &text)?;
    let mut splices = Splices::default();
    for node in &doc.nodes {
        let marks = matches!(doc.local(node), "commentRangeStart" | "commentRangeEnd" | "commentReference");
        if marks && attribute(&doc, node, "id").is_some_and(|id| gone.contains(&id)) {
            let whole = if doc.local(node) == "commentReference" { run_of(&doc, node) } else { node };
            splices.delete(whole.start..whole.end);
        }
    }
    package.splice(&main, splices)?;
    package.finish().map(Some)
}

/// The run around a reference, where it holds nothing else; else the reference itself.
fn run_of<'d>(doc: &'d Doc<'_>, node: &'d Node) -> &'d Node {
    let Some(run) = doc.nodes.get(node.parent).filter(|p| doc.local(p) == "r") else { return node };
    let other = doc.children(node.parent).any(|(_, n)| n.start != node.start && doc.local(n) != "rPr");
    if other { node } else { run }
}

fn main_part(package: &mut Package<'_>) -> Result<String, PatchError> {
    let missing = || PatchError::MissingPart { part: "word/document.xml".to_owned() };
    let top = rels::read(package, "")?;
    top.into_iter().find(|r| r.kind == "officeDocument").map(|r| r.target).ok_or_else(missing)
}

fn comments_part(package: &mut Package<'_>, main: &str) -> Result<Option<String>, PatchError> {
    let related = rels::read(package, main)?;
    Ok(related.into_iter().find(|r| r.kind == "comments" && package.has(&r.target)).map(|r| r.target))
}

/// An attribute by its local name: documents write `w:id`.
fn attribute(doc: &Doc<'_>, node: &Node, name: &str) -> Option<String> {
    let is = |a: &str| a == name || a.split_once(':').is_some_and(|(_, local)| local == name);
    doc.attrs(node).find(|a| is(a.name)).map(|a| a.value().into_owned())
}

/// The first number that no comment has.
fn next_id(package: &mut Package<'_>, main: &str, doc: &Doc<'_>) -> Result<usize, PatchError> {
    let number = |doc: &Doc<'_>, n: &Node| attribute(doc, n, "id").and_then(|id| id.parse::<usize>().ok());
    let marks = doc.nodes.iter().filter(|n| doc.local(n).starts_with("comment"));
    let mut most = marks.filter_map(|n| number(doc, n)).max();
    if let Some(part) = comments_part(package, main)? {
        let text = package.text(&part)?;
        let comments = Doc::parse(&part, &text)?;
        most = most.max(comments.all("comment").filter_map(|(_, n)| number(&comments, n)).max());
    }
    Ok(most.map_or(0, |id| id + 1))
}

/// What begins and ends at a place of the text.
#[derive(Default)]
struct Cut {
    ends: Vec<usize>,
    starts: Vec<usize>,
}

/// The marks of all comments, put around their words.
fn anchored(doc: &Doc<'_>, notes: &[(usize, &Note)]) -> Splices {
    let mut splices = Splices::default();
    let mut cuts: BTreeMap<usize, Cut> = BTreeMap::new();
    let mut paragraphs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (id, note) in notes {
        match &note.on {
            Anchor::Words(at) if run_at(doc, at.start).is_some() && run_at(doc, at.end).is_some() => {
                cuts.entry(at.start).or_default().starts.push(*id);
                cuts.entry(at.end).or_default().ends.push(*id);
            }
            Anchor::Words(Range { start, .. }) | Anchor::Paragraph(start) => {
                if let Some(p) = paragraph_at(doc, *start) {
                    paragraphs.entry(p).or_default().push(*id);
                }
            }
        }
    }
    for (at, cut) in &cuts {
        split(doc, *at, cut, &mut splices);
    }
    for (p, ids) in &paragraphs {
        around(doc, *p, ids, &mut splices);
    }
    splices
}

/// The text element that holds a place, and its run.
fn run_at<'d>(doc: &'d Doc<'_>, at: usize) -> Option<(&'d Node, &'d Node)> {
    let text = doc
        .nodes
        .iter()
        .find(|n| doc.local(n) == "t" && (n.open_end..=n.close).contains(&at) && !n.closed)?;
    let run = doc.nodes.get(text.parent).filter(|n| doc.local(n) == "r")?;
    Some((text, run))
}

/// The first paragraph of the element that opens at a place, else the innermost that holds it.
fn paragraph_at(doc: &Doc<'_>, at: usize) -> Option<usize> {
    let is = |n: &Node| doc.local(n) == "p";
    let opened = doc.nodes.iter().find(|n| n.start == at);
    let within =
        opened.and_then(|e| doc.nodes.iter().position(|n| is(n) && e.start <= n.start && n.end <= e.end));
    within.or_else(|| doc.nodes.iter().rposition(|n| is(n) && n.start <= at && at <= n.end))
}

fn start(p: &str, id: usize) -> String {
    format!("<{p}commentRangeStart {p}id=\"{id}\"/>")
}

fn end(p: &str, id: usize) -> String {
    format!("<{p}commentRangeEnd {p}id=\"{id}\"/><{p}r><{p}commentReference {p}id=\"{id}\"/></{p}r>")
}

/// Puts marks into a run, between two of its characters or beside it.
fn split(doc: &Doc<'_>, at: usize, cut: &Cut, splices: &mut Splices) {
    let Some((text, run)) = run_at(doc, at) else { return };
    let p = doc.prefix(run);
    let marks: String =
        cut.ends.iter().map(|id| end(p, *id)).chain(cut.starts.iter().map(|id| start(p, *id))).collect();
    let parent = doc.nodes.iter().position(|n| n.start == run.start).unwrap_or_default();
    let content = || doc.children(parent).filter(|(_, n)| doc.local(n) != "rPr");
    let is_first = content().next().is_some_and(|(_, n)| n.start == text.start);
    let is_last = content().last().is_some_and(|(_, n)| n.start == text.start);
    if at == text.open_end && is_first {
        splices.insert(run.start, marks);
    } else if at == text.close && is_last {
        splices.insert(run.end, marks);
    } else {
        let format = doc.child(parent, "rPr").map_or("", |(_, n)| doc.source(n));
        let t = doc.name(text);
        let r = doc.name(run);
        splices.insert(at, format!("</{t}></{r}>{marks}<{r}>{format}<{t} xml:space=\"preserve\">"));
        if doc.attr(text, "xml:space").is_none() && !splices.has(text.attr_slot()) {
            splices.insert(text.attr_slot(), " xml:space=\"preserve\"");
        }
    }
}

/// Puts marks around all that a paragraph holds.
fn around(doc: &Doc<'_>, at: usize, ids: &[usize], splices: &mut Splices) {
    let Some(paragraph) = doc.nodes.get(at) else { return };
    let p = doc.prefix(paragraph);
    let starts: String = ids.iter().map(|id| start(p, *id)).collect();
    let ends: String = ids.iter().map(|id| end(p, *id)).collect();
    if paragraph.closed {
        let (range, text) = insert_child(doc, paragraph, paragraph.close, &format!("{starts}{ends}"));
        splices.replace(range, text);
        return;
    }
    let from = doc.child(at, "pPr").map_or(paragraph.open_end, |(_, n)| n.end);
    splices.insert(from, starts);
    splices.insert(paragraph.close, ends);
}

/// Adds the comments' texts to the part that holds them, which is made where there is none.
fn write_comments(
    package: &mut Package<'_>,
    main: &str,
    space: &str,
    dialect: Dialect,
    notes: &[(usize, &Note)],
) -> Result<(), PatchError> {
    let items = |p: &str| notes.iter().map(|(id, note)| item(p, *id, &note.text)).collect::<String>();
    if let Some(part) = comments_part(package, main)? {
        package.open_root(&part)?;
        let text = package.text(&part)?;
        let doc = Doc::parse_to(&part, &text, 1)?;
        let root = doc.root()?;
        let (range, new) = insert_child(&doc, root, root.close, &items(doc.prefix(root)));
        let mut splices = Splices::default();
        splices.replace(range, new);
        return package.splice(&part, splices);
    }
    let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let usual = format!("{folder}/comments.xml");
    let name =
        if package.has(&usual) { package.free_name(&format!("{folder}/comments"), ".xml") } else { usual };
    let text = format!("{head}\n<w:comments xmlns:w=\"{}\">{}</w:comments>", escape(space), items("w:"));
    package.create(&name, text);
    content_types::add(package, &[(name.clone(), content_types::types::WORD_COMMENTS)])?;
    rels::add(package, main, dialect, &[("comments", &name)])?;
    Ok(())
}

fn item(p: &str, id: usize, text: &str) -> String {
    let line = |line: &str| {
        format!("<{p}p><{p}r><{p}t xml:space=\"preserve\">{}</{p}t></{p}r></{p}p>", escape(line))
    };
    let lines: String = text.lines().map(line).collect();
    format!("<{p}comment {p}id=\"{id}\" {p}author=\"{AUTHOR}\" {p}initials=\"{AUTHOR}\">{lines}</{p}comment>")
}
