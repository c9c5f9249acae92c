//! The workbook part: which sheets there are, where their parts lie, what kind of file it is.

use quick_xml::events::Event;

use super::super::package::{Package, Relation};
use super::super::xml::attr;
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
    let sheets = entries(package, main, &relations)?;
    if sheets.len() > limits.sheets {
        return Err(failure::too_large("工作表过多", "too many sheets"));
    }
    Ok(Parts { sheets, strings: one("sharedStrings"), styles: one("styles") })
}

fn entries(package: &mut Package<'_>, main: &str, relations: &[Relation]) -> Result<Vec<Entry>, Failure> {
    let bytes = package.bytes(main)?.ok_or_else(|| failure::damaged(main))?;
    let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
    let (mut found, mut buf) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event_into(&mut buf).map_err(|e| failure::xml(main, &e))? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "sheet" => {
                let id = attr(&e, "id").unwrap_or_default();
                let relation = relations.iter().find(|r| r.id == *id);
                let number = found.len() + 1;
                // A workbook without relations numbers its sheets as every program does.
                let part = match relation {
                    Some(r) if r.kind.eq_ignore_ascii_case("worksheet") => Some(r.target.clone()),
                    Some(_) => None,
                    None => Some(format!("xl/worksheets/sheet{number}.xml")),
                };
                if let Some(part) = part.filter(|p| package.has(p)) {
                    let hidden = attr(&e, "state").is_some_and(|s| s == "hidden" || s == "veryHidden");
                    found.push(Entry {
                        name: attr(&e, "name").unwrap_or_default().into_owned(),
                        visibility: if hidden { Visibility::Hidden } else { Visibility::Visible },
                        part,
                    });
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
        buf.clear();
    }
}

/// The kind of file by the content type of its workbook part; what is not declared is xlsx.
pub(super) fn format(package: &mut Package<'_>, main: &str) -> Result<Format, Failure> {
    let Some(bytes) = package.bytes("[Content_Types].xml")? else { return Ok(Format::Xlsx) };
    let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
    let mut buf = Vec::new();
    loop {
        match reader.read_event_into(&mut buf).map_err(|e| failure::xml("[Content_Types].xml", &e))? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "Override" => {
                let name = attr(&e, "PartName").unwrap_or_default();
                if super::super::package::key(&name) == main {
                    return Ok(by_content_type(&attr(&e, "ContentType").unwrap_or_default()));
                }
            }
            Event::Eof => return Ok(Format::Xlsx),
            _ => {}
        }
        buf.clear();
    }
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
