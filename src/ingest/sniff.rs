//! Recognises a file by its content; the name is no evidence.

use super::package::Package;
use crate::finding::Failure;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A zip package.
    Zip,
    /// An OLE compound file.
    Ole,
    /// The stream of an Excel 5–2003 workbook without its container.
    Biff,
    /// A BIFF stream of Excel 2–4.
    BareBiff,
    /// Something that people send and gouji does not read.
    Foreign(Foreign),
    /// Text of some kind.
    Text,
    /// Nothing known.
    Unknown,
}

/// Kinds of file with a sentence of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    Pdf,
    Picture,
    Archive,
    Rtf,
    Word,
    Slides,
    /// A page with its pictures in one file.
    WebArchive,
}

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
const FOREIGN: [(&[u8], Foreign); 18] = [
    (b"%PDF", Foreign::Pdf),
    (b"\x89PNG", Foreign::Picture),
    (b"\xFF\xD8\xFF", Foreign::Picture),
    (b"GIF8", Foreign::Picture),
    (b"II*\0", Foreign::Picture),
    (b"MM\0*", Foreign::Picture),
    (b"RIFF", Foreign::Picture),
    (b"BM", Foreign::Picture),
    (b"Rar!", Foreign::Archive),
    (b"7z\xBC\xAF", Foreign::Archive),
    (b"\x1F\x8B", Foreign::Archive),
    (b"BZh", Foreign::Archive),
    (b"\xFD7zXZ", Foreign::Archive),
    (b"{\\rtf", Foreign::Rtf),
    (b"OFD\0", Foreign::Pdf),
    (b"\xEF\xBB\xBF%PDF", Foreign::Pdf),
    (b"MIME-Version:", Foreign::WebArchive),
    (b"From: <Saved by", Foreign::WebArchive),
];

/// Whether the bytes are an OLE compound file.
pub(super) fn is_ole(bytes: &[u8]) -> bool {
    bytes.starts_with(OLE)
}

/// What kind of container the bytes are.
pub(super) fn container(bytes: &[u8]) -> Container {
    if is_ole(bytes) {
        return Container::Ole;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Container::Zip;
    }
    let foreign = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((magic, kind)) = foreign
        // Two letters may begin a text as well.
        && (magic.len() > 2 || !is_text(bytes))
    {
        return Container::Foreign(*kind);
    }
    match bytes {
        // Photographs of telephones.
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Container::Foreign(Foreign::Picture),
        _ if bytes.trim_ascii_start().starts_with(b"%PDF-") => Container::Foreign(Foreign::Pdf),
        // Excel 5 and later; without a container it comes out of a lock, or from simple exporters.
        [0x09, 0x08, _, _, 0x00, 0x05 | 0x06, ..] => Container::Biff,
        [0x09, 0x00 | 0x02 | 0x04 | 0x08, ..] if !is_text(bytes) => Container::BareBiff,
        _ if is_text(bytes) => Container::Text,
        _ => Container::Unknown,
    }
}

/// Whether bytes look like text: no control characters but white space, or UTF-16 by its mark.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    if matches!(bytes, [b'<', 0, ..] | [0, b'<', ..]) {
        return true;
    }
    let head = bytes.get(..4096.min(bytes.len())).unwrap_or_default();
    let odd = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    !head.is_empty() && odd * 200 <= head.len() && !head.contains(&0)
}

/// Whether text is a page: its first element is one of HTML's, after comments and declarations.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let head = super::xml::decode(bytes.get(..8192.min(bytes.len())).unwrap_or_default()).to_lowercase();
    let mut rest = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_start();
    }
    if rest.starts_with("<?xml") {
        rest = rest.split_once("?>").map_or("", |(_, after)| after).trim_start();
    }
    let element = rest.strip_prefix('<').unwrap_or_default();
    let end = element.find(|c: char| !c.is_ascii_alphanumeric() && c != '!').unwrap_or(element.len());
    let (name, after) = element.split_at_checked(end).unwrap_or_default();
    match name {
        "!doctype" => after.trim_start().starts_with("html"),
        "html" | "head" | "body" | "meta" | "title" | "table" | "div" | "p" | "style" | "script"
        | "center" | "link" | "span" | "font" | "h1" | "h2" | "form" | "base" | "tr" => true,
        _ => false,
    }
}

/// What a zip package holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inside {
    /// The key of the workbook part.
    Xlsx(String),
    Xlsb(String),
    Ods,
    Docx(String),
    Foreign(Foreign),
    /// A zip of files, no document.
    Files,
}

/// What a package is, by its main part.
///
/// # Errors
///
/// Its list of main parts is damaged or stands twice: programs would differ in what they open.
pub(super) fn inside(package: &mut Package<'_>) -> Result<Inside, Failure> {
    let relations = package.relations("")?;
    let main = relations.iter().find(|r| r.kind == "officeDocument" && package.has(&r.target));
    let named = main.map(|r| r.target.clone());
    let fallback = || {
        let known = ["workbook.xml", "workbook.bin", "word/document.xml", "ppt/presentation.xml"];
        let found = package.names().find(|n| known.iter().any(|k| n.ends_with(k)));
        found.map(str::to_owned)
    };
    let main = named.or_else(fallback);
    #[allow(clippy::case_sensitive_file_extension_comparisons, reason = "keys are in lower case")]
    Ok(match main {
        Some(part) if part.ends_with(".bin") => Inside::Xlsb(part),
        Some(part) if part.contains("word/") || part.ends_with("document.xml") => Inside::Docx(part),
        Some(part) if part.contains("ppt/") => Inside::Foreign(Foreign::Slides),
        Some(part) => Inside::Xlsx(part),
        None if package.has("content.xml") || package.has("encrypted-package") => Inside::Ods,
        None if package.has("ofd.xml") => Inside::Foreign(Foreign::Pdf),
        None => Inside::Files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_told_by_its_first_element() {
        for page in [
            "<table border=1>",
            "\u{feff}\n<!-- a --><HTML>",
            "<?xml version='1.0'?>\n<!DOCTYPE html>",
            "<meta",
        ] {
            assert!(is_html(page.as_bytes()), "{page}");
        }
        for other in ["<?xml version='1.0'?><Workbook>", "<5件,1", "规章,<table>", ""] {
            assert!(!is_html(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn content_decides_and_not_the_name() {
        assert_eq!(container(b"%PDF-1.7"), Container::Foreign(Foreign::Pdf));
        assert_eq!(container(b"\r\n%PDF-1.7"), Container::Foreign(Foreign::Pdf));
        assert_eq!(container(b"\0\0\0\x18ftypheic"), Container::Foreign(Foreign::Picture));
        assert_eq!(container(b"MIME-Version: 1.0\r\n"), Container::Foreign(Foreign::WebArchive));
        assert_eq!(container(b"\x09\x08\x10\0\0\x06\x05\0"), Container::Biff);
        assert_eq!(container("BMW,1\n".as_bytes()), Container::Text);
        assert_eq!(container("规章,1,2\n".as_bytes()), Container::Text);
        assert_eq!(container(b"\xFF\xFEa\0"), Container::Text);
        assert_eq!(container(&[0, 1, 2, 3]), Container::Unknown);
        assert_eq!(container(b""), Container::Unknown);
    }
}
