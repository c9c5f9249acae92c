//! What the targets share: packages written flat, so that mutations reach the parts and not the compression.
//!
//! A flat package is a run of entries: the byte 0x1F, a name, a line feed, the content. Anything that does not
//! begin with 0x1F is a file as it is.

use std::borrow::Cow;
use std::io::{Cursor, Write};

use gouji::ingest::Limits;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What begins an entry.
const ENTRY: u8 = 0x1F;

/// The file that an input stands for.
pub fn file(data: &[u8]) -> Cow<'_, [u8]> {
    if data.first() != Some(&ENTRY) {
        return Cow::Borrowed(data);
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for entry in data.split(|b| *b == ENTRY).skip(1) {
        let cut = entry.iter().position(|b| *b == b'\n').unwrap_or(entry.len());
        let (name, content) = entry.split_at(cut);
        // A name that stands twice is refused by the writer; gouji meets it in tests/hostile.py.
        if out.start_file(String::from_utf8_lossy(name), options).is_ok() {
            out.write_all(content.get(1..).unwrap_or_default()).expect("memory");
        }
    }
    Cow::Owned(out.finish().expect("a package in memory").into_inner())
}

/// Bounds small enough that a run stays in memory and within seconds, and large enough to be met.
pub fn limits() -> Limits {
    Limits { inflated_bytes: 8 << 20, cells: 100_000, merges: 10_000, ..Limits::default() }
}
