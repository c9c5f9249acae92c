//! The workbook part: which sheets there are, where their parts lie, what kind of file it is.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::super::package::{Package, Relation, key};
use super::super::xml::{Events, Part, attr, local};
use super::super::{failure, format::Format, limits::Limits};
use crate::finding::Failure;
use crate::grid::Visibility;

/// Where a workbook's parts lie.
pub(super) struct Parts {
    pub(super) sheets: Vec<Entry>,
    pub(super) strings: Option<String>,
    pub(super) styles: Option<String>,
}

/// A worksheet of the workbook.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) visibility: Visibility,
    pub(super) part: String,
}

/// The worksheets in their order; chart, dialog and macro sheets are left out.
pub(super) fn read(package: &mut Package<'_>, main: &str, limits: &Limits) -> Result<Parts, Failure> {
    let relations = package.relations(main)?;
    let one = |kind: &str| {
        let found = relations.iter().find(|r| r.kind.eq_ignore_ascii_case(kind));
        found.map(|r| r.target.clone())
    };
    let sheets = entries(package, main, &relations, limits)?;
    Ok(Parts { sheets, strings: one("sharedStrings"), styles: one("styles") })
}

fn entries(
    package: &mut Package<'_>,
    main: &str,
    relations: &[Relation],
    limits: &Limits,
) -> Result<Vec<Entry>, Failure> {
    let bytes = package.bytes(main)?.ok_or_else(|| failure::damaged(main))?;
    let by_id: BTreeMap<&str, &Relation> = relations.iter().rev().map(|r| (r.id.as_str(), r)).collect();
    let mut xml = Part::Whole(bytes);
    let (mut events, mut found) = (Events::new(main, &mut xml, limits), Vec::new());
    while let Some(event) = events.next()? {
        let (Event::Start(e) | Event::Empty(e)) = event else { continue };
        if local(e.name().as_ref()) != "sheet" {
            continue;
        }
        if found.len() >= limits.sheets {
            return Err(failure::too_many_sheets());
        }
        let id = attr(&e, "id").unwrap_or_default();
        // Which part an id without a relation means could only be guessed.
        let relation = by_id.get(&*id).ok_or_else(|| failure::damaged(main))?;
        let part = relation.kind.eq_ignore_ascii_case("worksheet").then(|| relation.target.clone());
        if let Some(part) = part.filter(|p| package.has(p)) {
            let hidden = attr(&e, "state").is_some_and(|s| s == "hidden" || s == "veryHidden");
            found.push(Entry {
                name: attr(&e, "name").unwrap_or_default().into_owned(),
                visibility: if hidden { Visibility::Hidden } else { Visibility::Visible },
                part,
            });
        }
    }
    Ok(found)
}

/// The kind of file by the content type of its workbook part; what is not declared is xlsx.
pub(super) fn format(package: &mut Package<'_>, main: &str, limits: &Limits) -> Result<Format, Failure> {
    const PART: &str = "[Content_Types].xml";
    let Some(mut xml) = package.part(PART)? else { return Ok(Format::Xlsx) };
    let (mut events, mut format) = (Events::new(PART, &mut xml, limits), Format::Xlsx);
    while let Some(event) = events.next()? {
        if let Event::Start(e) | Event::Empty(e) = event
            && local(e.name().as_ref()) == "Override"
            && key(&attr(&e, "PartName").unwrap_or_default()) == main
        {
            format = by_content_type(&attr(&e, "ContentType").unwrap_or_default());
        }
    }
    Ok(format)
}

fn by_content_type(content_type: &str) -> Format {
    let content_type = content_type.to_ascii_lowercase();
    match (content_type.contains("macroenabled"), content_type.contains("template")) {
        (false, false) => Format::Xlsx,
        (true, false) => Format::Xlsm,
        (false, true) => Format::Xltx,
        (true, true) => Format::Xltm,
    }
}
