//! Parts of a zip package: their names, as the Open Packaging Conventions (ECMA-376-2) have them, and their content
//! where it is small; readers and writers of packages share both.

use std::cell::RefCell;
use std::io::Read;

use flate2::{Crc, Decompress, FlushDecompress, Status};
use zip::CompressionMethod;
use zip::read::ZipFile;

thread_local! {
    /// One for all small parts, for it is larger than most of them.
    static INFLATE: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// The content of a part smaller than so many bytes, unpacked in one step; none where anything about it is unusual:
/// it is then for the reader of streams, which tells what.
pub(crate) fn unpacked<R: Read>(package: &[u8], part: &ZipFile<'_, R>, most: usize) -> Option<Vec<u8>> {
    let size = usize::try_from(part.size()).ok().filter(|size| *size < most)?;
    if part.compression() != CompressionMethod::Deflated || part.encrypted() {
        return None;
    }
    let (from, packed) =
        (usize::try_from(part.data_start()?).ok()?, usize::try_from(part.compressed_size()).ok()?);
    let packed = package.get(from..from.checked_add(packed)?)?;
    let mut bytes = Vec::with_capacity(size + 1);
    let ended = INFLATE.with_borrow_mut(|state| {
        state.reset(false);
        state.decompress_vec(packed, &mut bytes, FlushDecompress::Finish).ok()
    });
    let mut crc = Crc::new();
    crc.update(&bytes);
    (ended == Some(Status::StreamEnd) && bytes.len() == size && crc.sum() == part.crc32()).then_some(bytes)
}

/// The name by which a part is known: `\` as `/`, no leading slash, lower case.
pub(crate) fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// The name of the part that holds `part`'s relationships; `""` is the package itself.
pub(crate) fn rels_of(part: &str) -> String {
    let part = part.replace('\\', "/");
    match part.rsplit_once('/') {
        Some((dir, name)) => format!("{dir}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The part that `target` names, seen from `part`.
pub(crate) fn resolve(part: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let part = part.replace('\\', "/");
    let mut path: Vec<&str> = Vec::new();
    if !target.starts_with('/') {
        path.extend(part.split('/'));
        path.pop();
    }
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_resolve_from_the_part_that_names_them() {
        assert_eq!(resolve("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl/worksheets/sheet1.xml", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolve("xl/workbook.xml", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("xl\\workbook.xml", "worksheets\\a.xml"), "xl/worksheets/a.xml");
        assert_eq!(resolve("", "xl/workbook.xml"), "xl/workbook.xml");
        assert_eq!(rels_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
        assert_eq!(rels_of(""), "_rels/.rels");
    }

    #[test]
    fn targets_are_found_relative_absolute_and_with_backslashes() {
        let found = |part, target| key(&resolve(part, target));
        assert_eq!(found("xl/workbook.xml", "worksheets/Sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(found("xl/workbook.xml", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(found("xl/workbook.xml", "..\\xl\\a.xml"), "xl/a.xml");
        assert_eq!(found("", "xl/workbook.xml"), "xl/workbook.xml");
    }
}
