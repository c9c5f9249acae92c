//! The styles part: which number format each cell style has, and how far it indents.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::super::formats::{Formats, builtin_format};
use super::super::limits::Limits;
use super::super::package::Package;
use super::super::xml::{Events, attr, local, number};
use crate::finding::Failure;

/// Reads the cell styles; a missing part leaves everything `General`.
pub(super) fn read(
    package: &mut Package<'_>,
    part: Option<&str>,
    limits: &Limits,
) -> Result<Formats, Failure> {
    let mut formats = Formats::default();
    let Some(part) = part else { return Ok(formats) };
    let Some(mut xml) = package.part(part)? else { return Ok(formats) };
    let mut events = Events::new(part, &mut xml, limits);
    let (mut own, mut in_cell_xfs) = (BTreeMap::new(), false);
    while let Some(event) = events.next()? {
        match event {
            Event::Start(e) | Event::Empty(e) => match local(e.name().as_ref()) {
                "numFmt" if u16::try_from(own.len()).is_ok() => {
                    if let (Some(id), Some(code)) = (number(&e, "numFmtId"), attr(&e, "formatCode")) {
                        own.entry(id).or_insert_with(|| code.into_owned());
                    }
                }
                "cellXfs" => in_cell_xfs = true,
                "xf" if in_cell_xfs => {
                    let id = number(&e, "numFmtId").unwrap_or(0);
                    formats.style(own.get(&id).map_or_else(|| builtin_format(id), String::as_str));
                }
                "alignment" if in_cell_xfs => {
                    let steps = number(&e, "indent").unwrap_or(0);
                    formats.indent(u8::try_from(steps).unwrap_or(u8::MAX));
                }
                _ => {}
            },
            Event::End(e) if local(e.name().as_ref()) == "cellXfs" => in_cell_xfs = false,
            _ => {}
        }
    }
    Ok(formats)
}
