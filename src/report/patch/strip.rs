//! Taking gouji's marks and sheets out of a workbook again.
//!
//! While nobody else has written the file, the reverse splices in it give back every byte. After another
//! program has saved it, the record's sheet tells which fills and comments were gouji's: each marked cell gets
//! back the fill that it had, whatever numbers formats have by now; all else stays as that program left it.

use std::collections::BTreeMap;

use super::comments::RULE;
use super::error::{PatchError, PatchWarning};
use super::package::Package;
use super::record::{self, CommentKind, MarkRecord, Record};
use super::same::says_the_same;
use super::sheet::Sheet;
use super::splice::Splices;
use super::styles::Styles;
use super::workbook::{self, OWN_NAME, Workbook};
use super::xml::{Doc, Node};
use super::{content_types, rels, vml};
use crate::grid::CellRef;

/// The workbook without what gouji put in; none if there is nothing of it, or if what the file says of itself would
/// change a cell of the office's.
pub(super) fn own(input: &[u8]) -> Result<Option<Vec<u8>>, PatchError> {
    Ok(taken_out(input)?.filter(|clean| says_the_same(input, clean)))
}

fn taken_out(input: &[u8]) -> Result<Option<Vec<u8>>, PatchError> {
    let mut package = Package::open(input)?;
    if !record::may_stand_in(&mut package) {
        return Ok(None);
    }
    if record::undo_exactly(&mut package)? {
        return package.finish().map(Some);
    }
    let book = Workbook::open(&mut package)?;
    let Some((sheet, record)) = record::find(&mut package, &book)? else { return Ok(None) };
    restore_marks(&mut package, &book, &record)?;
    let mut doomed = own_sheets(&book, &record);
    doomed.push(sheet.name);
    remove_sheets(&mut package, &book, &doomed)?;
    let gone = rels::remove(&mut package, &book.part, |r| r.kind == "customXml" && is_undo(&r.target))?;
    remove_parts(&mut package, gone.iter().map(|r| r.target.as_str()))?;
    package.finish().map(Some)
}

fn is_undo(target: &str) -> bool {
    target.to_lowercase().starts_with("customxml/gouji")
}

/// Names that gouji's own sheets have by now.
pub(super) fn own_sheets(book: &Workbook, record: &Record) -> Vec<String> {
    let followed = book.names.iter().filter(|(name, _)| name.starts_with(OWN_NAME));
    let mut names: Vec<String> = followed
        .filter_map(|(_, formula)| {
            let (sheet, _) = formula.trim_start_matches(['=', '$']).rsplit_once('!')?;
            let bare = sheet.strip_prefix('\'').and_then(|s| s.strip_suffix('\'')).unwrap_or(sheet);
            Some(bare.replace("''", "'"))
        })
        .collect();
    if names.is_empty() {
        names.clone_from(&record.sheets);
    }
    names.retain(|name| book.sheets.iter().any(|s| s.name == *name));
    names
}

fn restore_marks(package: &mut Package<'_>, book: &Workbook, record: &Record) -> Result<(), PatchError> {
    let mut by_sheet: BTreeMap<&str, Vec<&MarkRecord>> = BTreeMap::new();
    for mark in &record.marks {
        by_sheet.entry(&mark.sheet).or_default().push(mark);
    }
    let mut styles = Styles::open(package, book)?;
    for (name, marks) in by_sheet {
        let Some(sheet) = book.sheet(name).filter(|s| package.has(&s.part)) else { continue };
        restore_fills(package, &sheet.part, &marks, &mut styles)?;
        restore_comments(package, &sheet.part, &marks)?;
    }
    styles.flush(package)
}

fn restore_fills(
    package: &mut Package<'_>,
    part: &str,
    marks: &[&MarkRecord],
    styles: &mut Styles,
) -> Result<(), PatchError> {
    let text = package.text(part)?;
    let sheet = Sheet::parse(part, &text)?;
    let mut splices = Splices::default();
    for mark in marks {
        let Ok(at) = mark.cell.parse::<CellRef>() else { continue };
        let Some((row, cells)) = sheet.row(at.row)? else { continue };
        let Some(cell) = cells.get(at.col) else { continue };
        if mark.created && cell.open_end == cell.close {
            splices.delete(row.start + cell.start..row.start + cell.end);
            continue;
        }
        if mark.fill.is_empty() {
            continue;
        }
        let style = styles.refilled(cells.style(cell).unwrap_or(0), &mark.fill)?;
        cells.set_style(cell, row.start, style, &mut splices);
    }
    package.splice(part, splices)
}

fn restore_comments(package: &mut Package<'_>, sheet: &str, marks: &[&MarkRecord]) -> Result<(), PatchError> {
    let related = rels::read(package, sheet)?;
    let Some(part) = related.iter().find(|r| r.kind == "comments" && package.has(&r.target)) else {
        return Ok(());
    };
    let source = package.text(&part.target)?;
    let doc = Doc::parse(&part.target, &source)?;
    let kind = |cell: CellRef| {
        marks.iter().find(|m| m.cell.parse() == Ok(cell)).map_or(CommentKind::None, |m| m.comment)
    };
    let mut splices = Splices::default();
    let mut gone = Vec::new();
    let mut kept = 0;
    for (at, node) in doc.all("comment") {
        let Some(cell) = doc.value(node, "ref").and_then(|v| v.parse::<CellRef>().ok()) else { continue };
        match kind(cell) {
            CommentKind::Own => {
                splices.delete(node.start..node.end);
                gone.push(cell);
            }
            CommentKind::Joined => {
                cut(&doc, at, node, &mut splices);
                kept += 1;
            }
            CommentKind::None => kept += 1,
        }
    }
    package.splice(&part.target, splices)?;
    let boxes = restore_boxes(package, &related, &gone)?;
    if kept == 0 && boxes == 0 && !gone.is_empty() {
        drop_comments(package, sheet)?;
    }
    Ok(())
}

/// Cuts a comment off where gouji's text begins.
fn cut(doc: &Doc<'_>, at: usize, comment: &Node, splices: &mut Splices) {
    let texts = doc.nodes.iter().skip(at).filter(|n| n.end <= comment.end && doc.local(n) == "t");
    let mut found = false;
    for node in texts {
        let text = doc.text.get(node.open_end..node.close).unwrap_or_default();
        if found {
            splices.delete(node.open_end..node.close);
        } else if let Some(offset) = text.find(RULE) {
            found = true;
            let before = text.get(..offset).unwrap_or_default();
            let before = before.trim_end_matches("&#10;").trim_end_matches('\n').trim_end_matches('\r');
            splices.delete(node.open_end + before.len()..node.close);
        }
    }
}

/// Takes away the boxes of comments that went; says how many shapes are left.
fn restore_boxes(
    package: &mut Package<'_>,
    related: &[rels::Rel],
    gone: &[CellRef],
) -> Result<usize, PatchError> {
    let mut kept = 0;
    for rel in related.iter().filter(|r| r.kind == "vmlDrawing") {
        if !package.has(&rel.target) {
            continue;
        }
        let text = package.text(&rel.target)?;
        let Ok(doc) = Doc::parse(&rel.target, &text) else { return Ok(1) };
        let mut splices = Splices::default();
        kept += vml::without(&doc, gone, &mut splices);
        package.splice(&rel.target, splices)?;
    }
    Ok(kept)
}

/// Drops a sheet's comments and their drawing, when none is left in either.
fn drop_comments(package: &mut Package<'_>, sheet: &str) -> Result<(), PatchError> {
    let text = package.text(sheet)?;
    let doc = Doc::parse_to(sheet, &text, 1)?;
    let mut splices = Splices::default();
    let drawing = doc.child(0, "legacyDrawing").map(|(_, n)| n);
    let id = drawing.and_then(|n| doc.rel_id(n)).unwrap_or_default().into_owned();
    if let Some(node) = drawing {
        splices.delete(node.start..node.end);
    }
    package.splice(sheet, splices)?;
    let gone = rels::remove(package, sheet, |r| r.kind == "comments" || r.id == id)?;
    remove_parts(package, gone.iter().map(|r| r.target.as_str()))
}

fn remove_sheets(package: &mut Package<'_>, book: &Workbook, names: &[String]) -> Result<(), PatchError> {
    let doomed: Vec<usize> =
        book.sheets.iter().enumerate().filter(|(_, s)| names.contains(&s.name)).map(|(i, _)| i).collect();
    if doomed.len() == book.sheets.len() {
        return Ok(());
    }
    workbook::remove_sheets(package, book, &doomed)?;
    let parts: Vec<&str> =
        doomed.iter().filter_map(|i| book.sheets.get(*i)).map(|s| s.part.as_str()).collect();
    rels::remove(package, &book.part, |r| parts.iter().any(|p| rels::same(p, &r.target)))?;
    remove_parts(package, parts.into_iter())
}

fn remove_parts<'p>(
    package: &mut Package<'_>,
    parts: impl Iterator<Item = &'p str>,
) -> Result<(), PatchError> {
    for part in parts {
        package.remove(part);
        package.remove(&rels::rels_of(part));
        content_types::remove(package, |name| rels::same(name, part))?;
    }
    Ok(())
}

/// Drops the package's digital signature, if it has one.
pub(super) fn drop_signature(
    package: &mut Package<'_>,
    warnings: &mut Vec<PatchWarning>,
) -> Result<(), PatchError> {
    let origins = rels::remove(package, "", |r| r.kind == "origin")?;
    for origin in &origins {
        let mut parts = vec![origin.target.clone()];
        let signatures = rels::read(package, &origin.target)?;
        for signature in &signatures {
            parts.extend(rels::read(package, &signature.target)?.into_iter().map(|r| r.target));
            parts.push(signature.target.clone());
        }
        remove_parts(package, parts.iter().map(String::as_str))?;
        warnings.push(PatchWarning::SignatureDropped);
    }
    Ok(())
}
