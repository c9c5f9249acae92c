//! Reads xlsx, xlsm, xltx and xltm (ECMA-376, transitional and strict) by their parts, one pass a sheet.
//!
//! Names of elements are compared without their prefix. Not for writing: `report::patch` has its own, exact
//! view of the parts.

mod shared;
mod sheet;
mod strings;
mod styles;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
mod workbook;

use super::failure;
use super::format::Format;
use super::limits::Limits;
use super::package::Package;
use super::room::Room;
use super::settle::Notes;
use crate::finding::Failure;
use crate::grid::{Sheet, Workbook};

/// Reads a workbook from its package; `main` is the key of its workbook part.
pub(super) fn read(
    package: &mut Package<'_>,
    main: &str,
    limits: &Limits,
) -> Result<(Workbook, Format), Failure> {
    let format = workbook::format(package, main, limits)?;
    let parts = workbook::read(package, main, limits)?;
    let strings = strings::read(package, parts.strings.as_deref(), limits)?;
    let formats = styles::read(package, parts.styles.as_deref(), limits)?;
    let (mut notes, mut room) = (Notes::new(limits), Room::new(limits));
    let mut sheets = Vec::new();
    for entry in parts.sheets {
        let mut sheet = Sheet { name: entry.name, visibility: entry.visibility, ..Sheet::default() };
        let Some(xml) = package.part(&entry.part)? else {
            return Err(failure::damaged(&entry.part));
        };
        let context = sheet::Context { strings: &strings, formats: &formats, limits };
        sheet::read(xml, &entry.part, &context, &mut room, &mut sheet, &mut notes)?;
        notes.settle(&mut sheet);
        sheets.push(sheet);
    }
    let book = Workbook { sheets, formats: formats.codes, notes: notes.into_inner() };
    Ok((book, format))
}
