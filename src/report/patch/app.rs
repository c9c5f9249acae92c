//! `docProps/app.xml`: the list of sheet names that file managers show.
//!
//! Programs write it anew and none relies on it; it is kept true where it has the usual shape, else left alone.

use super::error::PatchError;
use super::package::Package;
use super::rels;
use super::splice::Splices;
use super::xml::{Doc, escape};

/// Puts names before and after those of `before` sheets.
pub(super) fn add(
    package: &mut Package<'_>,
    sheets: usize,
    first: &[String],
    last: &[String],
) -> Result<(), PatchError> {
    let Some(part) = part(package)? else { return Ok(()) };
    let text = package.text(&part)?;
    let Ok(doc) = Doc::parse(&part, &text) else { return Ok(()) };
    let mut splices = Splices::default();
    if titles(&doc, sheets, first, last, &mut splices).is_some() {
        package.splice(&part, splices)?;
    }
    Ok(())
}

fn part(package: &mut Package<'_>) -> Result<Option<String>, PatchError> {
    let top = rels::read(package, "")?;
    let part = top.into_iter().find(|r| r.kind == "extended-properties").map(|r| r.target);
    Ok(part.filter(|p| package.has(p)))
}

fn titles(
    doc: &Doc<'_>,
    sheets: usize,
    first: &[String],
    last: &[String],
    splices: &mut Splices,
) -> Option<()> {
    let (pairs_at, _) = doc.child(0, "HeadingPairs")?;
    let (pairs_at, _) = doc.children(pairs_at).next()?;
    let counts = doc.nodes.iter().enumerate().skip(pairs_at).filter(|(_, n)| doc.local(n) == "i4");
    let (_, count) = counts.into_iter().next()?;
    if doc.inner_text(count).trim().parse() != Ok(sheets) {
        return None;
    }
    let (titles_at, _) = doc.child(0, "TitlesOfParts")?;
    let (vector_at, vector) = doc.children(titles_at).next()?;
    let names: Vec<_> = doc.children(vector_at).map(|(_, n)| n).collect();
    let (head, tail) = (names.first()?, names.get(sheets.checked_sub(1)?)?);
    let size = doc.attr(vector, "size")?;
    let p = doc.prefix(head);
    let items = |names: &[String]| -> String {
        names.iter().map(|n| format!("<{p}lpstr>{}</{p}lpstr>", escape(n))).collect()
    };
    let more = first.len() + last.len();
    splices.replace(count.open_end..count.close, (sheets + more).to_string());
    splices.replace(size.at, (names.len() + more).to_string());
    splices.insert(head.start, items(first));
    splices.insert(tail.end, items(last));
    Some(())
}
