//! The comments part of a sheet: adding gouji's text, beside the office's where the cell has a comment.
//!
//! A cell with a thread (a discussion of newer Excel) can hold no comment besides; it is named, not changed.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::error::PatchError;
use super::package::Package;
use super::sheet::Sheet;
use super::splice::Splices;
use super::vml::{self, Boxes};
use super::xml::{Dialect, Doc, Node, escape, insert_child};
use super::{content_types, rels};
use crate::grid::CellRef;
use crate::report::markup::shown;

/// First line of gouji's own comments.
pub(super) const OWN_HEAD: &str = "勾稽：";
/// Line between the office's comment and gouji's text.
pub(super) const RULE: &str = "———— 勾稽 ————";

/// What became of the comments of a sheet.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// Relationship of a drawing that was made and that the sheet must name.
    pub(super) drawing: Option<String>,
    /// Cells that hold a thread.
    pub(super) threaded: BTreeSet<CellRef>,
    /// Cells where the text was put below the office's.
    pub(super) joined: BTreeSet<CellRef>,
    /// Whether comments could not be added, for the drawing does not parse.
    pub(super) refused: bool,
}

/// Adds a comment to each cell of `texts`.
pub(super) fn add(
    package: &mut Package<'_>,
    dialect: Dialect,
    sheet: &Sheet<'_>,
    texts: &BTreeMap<CellRef, String>,
    author: &str,
) -> Result<Added, PatchError> {
    let part = sheet.doc.part;
    let related = rels::read(package, part)?;
    let mut added = Added { threaded: threads(package, &related)?, ..Added::default() };
    let texts = texts.iter().filter(|(cell, text)| !text.is_empty() && !added.threaded.contains(cell));
    let texts: Boxes<'_> = texts.map(|(cell, text)| (*cell, Cow::from(text))).collect();
    let drawing = match sheet.legacy_drawing() {
        Some(id) => related.iter().find(|r| r.id == id).map(|r| r.target.clone()).filter(|d| package.has(d)),
        None => None,
    };
    if texts.is_empty() {
        return Ok(added);
    }
    if let Some(drawing) = &drawing {
        let text = package.text(drawing);
        if text.is_err() || text.is_ok_and(|t| Doc::parse_to(drawing, &t, 0).is_err()) {
            added.refused = true;
            return Ok(added);
        }
    }
    let old = related.iter().find(|r| r.kind == "comments" && package.has(&r.target));
    let mut boxes = texts.clone();
    match old {
        Some(rel) => {
            let all = extend(package, &rel.target, &texts, author, &mut added)?;
            boxes.retain(|cell, _| !added.joined.contains(cell));
            if drawing.is_none() {
                boxes = all;
            }
        }
        None => create(package, dialect, part, &texts, author)?,
    }
    match (&drawing, sheet.legacy_drawing()) {
        (Some(drawing), _) if !boxes.is_empty() => vml::extend(package, drawing, sheet, &boxes)?,
        (None, None) => added.drawing = Some(new_drawing(package, dialect, sheet, &boxes)?),
        (None, Some(_)) => added.refused = true,
        _ => {}
    }
    Ok(added)
}

/// Cells of a sheet that hold threads.
fn threads(package: &mut Package<'_>, related: &[rels::Rel]) -> Result<BTreeSet<CellRef>, PatchError> {
    let mut cells = BTreeSet::new();
    for rel in related.iter().filter(|r| r.kind == "threadedComment") {
        if !package.has(&rel.target) {
            continue;
        }
        let text = package.text(&rel.target)?;
        let doc = Doc::parse(&rel.target, &text)?;
        cells.extend(doc.nodes.iter().filter_map(|n| doc.value(n, "ref")?.parse::<CellRef>().ok()));
    }
    Ok(cells)
}

fn new_drawing(
    package: &mut Package<'_>,
    dialect: Dialect,
    sheet: &Sheet<'_>,
    boxes: &Boxes<'_>,
) -> Result<String, PatchError> {
    let text = vml::new_drawing(package, sheet, boxes);
    let name = package.free_name("xl/drawings/vmlDrawing", ".vml");
    package.create(&name, text);
    content_types::add(package, &[(name.clone(), content_types::types::VML)])?;
    let ids = rels::add(package, sheet.doc.part, dialect, &[("vmlDrawing", &name)])?;
    Ok(ids.into_iter().next().unwrap_or_default())
}

fn create(
    package: &mut Package<'_>,
    dialect: Dialect,
    sheet: &str,
    texts: &Boxes<'_>,
    author: &str,
) -> Result<(), PatchError> {
    let main = dialect.main();
    let items = items("", 0, texts.iter());
    let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
    let text = format!(
        "{head}\n<comments xmlns=\"{main}\"><authors><author>{}</author></authors>\
         <commentList>{items}</commentList></comments>",
        escape(author)
    );
    let name = package.free_name("xl/comments", ".xml");
    package.create(&name, text);
    content_types::add(package, &[(name.clone(), content_types::types::COMMENTS)])?;
    rels::add(package, sheet, dialect, &[("comments", &name)])?;
    Ok(())
}

/// Adds to a comments part; gives the text of every comment that is then there.
fn extend<'t>(
    package: &mut Package<'_>,
    part: &str,
    texts: &Boxes<'t>,
    author: &str,
    added: &mut Added,
) -> Result<Boxes<'t>, PatchError> {
    let source = package.text(part)?;
    let doc = Doc::parse(part, &source)?;
    let missing = |element| PatchError::MissingElement { part: part.to_owned(), element };
    let (list_at, list) = doc.child(0, "commentList").ok_or_else(|| missing("commentList"))?;
    let (authors_at, authors) = doc.child(0, "authors").ok_or_else(|| missing("authors"))?;
    let p = doc.prefix(list);
    let mut splices = Splices::default();
    let mut all = texts.clone();
    for (at, node) in doc.children(list_at) {
        let Some(cell) = doc.value(node, "ref").and_then(|v| v.parse::<CellRef>().ok()) else { continue };
        match texts.get(&cell) {
            Some(text) if !added.joined.contains(&cell) => {
                join(&doc, at, node, p, text, &mut splices);
                added.joined.insert(cell);
            }
            Some(_) => {}
            None => {
                all.insert(cell, doc.inner_text(node).into());
            }
        }
    }
    let fresh: Vec<_> = texts.iter().filter(|(cell, _)| !added.joined.contains(cell)).collect();
    if !fresh.is_empty() {
        let count = doc.children(authors_at).count();
        let known = doc.children(authors_at).position(|(_, n)| doc.inner_text(n) == author);
        if known.is_none() {
            let item = format!("<{p}author>{}</{p}author>", escape(author));
            let (range, text) = insert_child(&doc, authors, authors.close, &item);
            splices.replace(range, text);
        }
        let id = known.unwrap_or(count);
        let items = items(p, id, fresh.iter().copied());
        let (range, text) = insert_child(&doc, list, list.close, &items);
        splices.replace(range, text);
    }
    package.splice(part, splices)?;
    Ok(all)
}

/// Comments as elements; many cells of a sheet may say the same.
fn items<'t>(p: &str, author: usize, texts: impl Iterator<Item = (&'t CellRef, &'t Cow<'t, str>)>) -> String {
    let mut out = String::with_capacity(texts.size_hint().0 * 1024);
    let mut known: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for (cell, text) in texts {
        put!(out, "<{p}comment ref=\"{cell}\" authorId=\"{author}\">");
        if let Some(same) = known.get(text.as_ref()) {
            out.extend_from_within(same.clone());
            continue;
        }
        let start = out.len();
        put!(out, "<{p}text>");
        run(&mut out, p, &format!("{OWN_HEAD}\n"), true);
        run(&mut out, p, text, false);
        put!(out, "</{p}text></{p}comment>");
        known.insert(text, start..out.len());
    }
    out
}

fn run(out: &mut String, p: &str, text: &str, bold: bool) {
    put!(out, "<{p}r><{p}rPr>");
    if bold {
        put!(out, "<{p}b/>");
    }
    put!(
        out,
        "<{p}sz val=\"9\"/><{p}color indexed=\"81\"/><{p}rFont val=\"宋体\"/><{p}charset val=\"134\"/></{p}rPr>\
         <{p}t xml:space=\"preserve\">{}</{p}t></{p}r>",
        escape(&shown(text))
    );
}

/// Puts gouji's text below what the office wrote in the comment at `at`.
fn join(doc: &Doc<'_>, at: usize, comment: &Node, p: &str, text: &str, splices: &mut Splices) {
    let mut runs = String::new();
    run(&mut runs, p, &format!("\n{RULE}\n{text}"), false);
    let Some((text_at, node)) = doc.child(at, "text") else {
        let (range, new) =
            insert_child(doc, comment, comment.open_end, &format!("<{p}text>{runs}</{p}text>"));
        splices.replace(range, new);
        return;
    };
    if let Some((_, plain)) = doc.child(text_at, "t") {
        splices.insert(plain.start, format!("<{p}r>"));
        splices.insert(plain.end, format!("</{p}r>"));
    }
    let last =
        doc.children(text_at).filter(|(_, n)| matches!(doc.local(n), "t" | "r")).map(|(_, n)| n.end).last();
    let (range, new) = insert_child(doc, node, last.unwrap_or(node.open_end), &runs);
    splices.replace(range, new);
}
