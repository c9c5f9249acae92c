//! A zip package made in one piece of memory: entries of another package are copied as they stand, new ones deflated.
//!
//! The compressor is the thread's own and keeps its tables from entry to entry and from file to file; setting them up
//! costs more than deflating a small part. The same content gives the same bytes on every system. Packages of 4 GiB
//! and more (zip64) are not made: no input is so long.

use std::cell::RefCell;
use std::io;
use std::ops::Range;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Fixed part of a header in the central directory, and where it holds the entry's place.
const CENTRAL_LEN: usize = 46;
const OFFSET_AT: usize = 42;
/// Version 2.0, which knows deflate; made on Unix, so that the package does not name the system it was made on.
const VERSION: u16 = 20;
const MADE_BY: u16 = 3 << 8 | VERSION;
/// A plain file that its owner may write and all may read.
const ATTRIBUTES: u32 = 0o100_644 << 16;
const DEFLATED: u16 = 8;
/// Flags: a descriptor follows the data; the name is UTF-8.
const DESCRIBED: u16 = 1 << 3;
const UTF_8: u16 = 1 << 11;
/// 1980-01-01, as time and date.
const EPOCH: [u8; 4] = [0, 0, 0x21, 0];

thread_local! {
    /// Level 1: the parts are small and are written once, the reader waits for them.
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
}

/// A package being made.
#[derive(Default)]
pub(super) struct Packing {
    out: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

/// Where an entry stands in the package that it is copied from.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its local header.
    pub(super) local: usize,
    /// Its packed content.
    pub(super) data: Range<usize>,
    /// Its header in the central directory.
    pub(super) central: usize,
}

impl Packing {
    /// With room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// An entry of another package, byte for byte.
    pub(super) fn copy(&mut self, from: &[u8], place: &Place) -> io::Result<()> {
        let header = central_header(from, place)?;
        let end = place.data.end + descriptor_len(from, header, place.data.end);
        let record = from.get(place.local..end).ok_or_else(damaged)?;
        let at = self.begin()?;
        self.out.extend_from_slice(record);
        let (before, after) = header.split_at_checked(OFFSET_AT).ok_or_else(damaged)?;
        self.directory.extend_from_slice(before);
        self.directory.extend_from_slice(&at.to_le_bytes());
        self.directory.extend_from_slice(after.get(4..).ok_or_else(damaged)?);
        Ok(())
    }

    /// An entry of another package with new content, under its name and its date.
    pub(super) fn replace(&mut self, from: &[u8], place: &Place, content: &[u8]) -> io::Result<()> {
        let header = central_header(from, place)?;
        let name = header.get(CENTRAL_LEN..CENTRAL_LEN + usize::from(u16_at(header, 28)));
        let when = header.get(12..).and_then(|h| h.first_chunk::<4>()).ok_or_else(damaged)?;
        self.put(name.ok_or_else(damaged)?, u16_at(header, 8) & UTF_8, *when, content)
    }

    /// A new entry, dated 1980-01-01.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = if name.is_ascii() { 0 } else { UTF_8 };
        self.put(name.as_bytes(), flags, EPOCH, content)
    }

    fn put(&mut self, name: &[u8], flags: u16, when: [u8; 4], content: &[u8]) -> io::Result<()> {
        let at = self.begin()?;
        let mut crc = Crc::new();
        crc.update(content);
        let header_len = LOCAL.len() + 26 + name.len();
        self.out.resize(self.out.len() + header_len, 0);
        let data = self.out.len();
        deflate(content, &mut self.out)?;
        let (packed, size) = (length(self.out.len() - data)?, length(content.len())?);
        let name_len = u16::try_from(name.len()).map_err(|_| damaged())?;
        let mut common = Vec::with_capacity(26);
        for field in [VERSION, flags, DEFLATED] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        common.extend_from_slice(&when);
        for field in [crc.sum(), packed, size, u32::from(name_len)] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        let header = [LOCAL, &common, name].concat();
        let place = self.out.get_mut(data - header_len..data).filter(|p| p.len() == header.len());
        place.ok_or_else(damaged)?.copy_from_slice(&header);
        // No extra field in either header; here also no comment, the first disk, no attributes of text.
        self.directory.extend_from_slice(CENTRAL);
        self.directory.extend_from_slice(&MADE_BY.to_le_bytes());
        self.directory.extend_from_slice(&common);
        self.directory.extend_from_slice(&[0; 6]);
        self.directory.extend_from_slice(&ATTRIBUTES.to_le_bytes());
        self.directory.extend_from_slice(&at.to_le_bytes());
        self.directory.extend_from_slice(name);
        Ok(())
    }

    /// Counts one entry more and gives its place.
    fn begin(&mut self) -> io::Result<u32> {
        self.entries = self.entries.checked_add(1).ok_or_else(too_large)?;
        length(self.out.len())
    }

    /// The package.
    pub(super) fn finish(mut self) -> io::Result<Vec<u8>> {
        let (at, len) = (length(self.out.len())?, length(self.directory.len())?);
        self.out.append(&mut self.directory);
        self.out.extend_from_slice(END);
        for field in [0, 0, self.entries, self.entries] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [len, at] {
            self.out.extend_from_slice(&field.to_le_bytes());
        }
        self.out.extend_from_slice(&[0; 2]);
        Ok(self.out)
    }
}

/// An entry's header in the central directory: its fixed part, name, extra field and comment.
fn central_header<'a>(from: &'a [u8], place: &Place) -> io::Result<&'a [u8]> {
    let header = from.get(place.central..).filter(|h| h.starts_with(CENTRAL)).ok_or_else(damaged)?;
    let more: usize = [28, 30, 32].iter().map(|at| usize::from(u16_at(header, *at))).sum();
    header.get(..CENTRAL_LEN + more).ok_or_else(damaged)
}

/// Length of what follows an entry's data and tells its sizes, where its writer did not know them before.
fn descriptor_len(from: &[u8], header: &[u8], end: usize) -> usize {
    if u16_at(header, 8) & DESCRIBED == 0 {
        return 0;
    }
    let found = from.get(end..).unwrap_or_default();
    let (signature, rest) =
        found.strip_prefix(DESCRIPTOR).map_or((0, found), |rest| (DESCRIPTOR.len(), rest));
    let (crc, sizes) = (header.get(16..20).unwrap_or_default(), header.get(20..28).unwrap_or_default());
    match rest.strip_prefix(crc) {
        Some(rest) if rest.starts_with(sizes) => signature + 12,
        // Then its sizes have eight bytes each.
        Some(_) => signature + 20,
        None => 0,
    }
}

fn deflate(content: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    DEFLATE.with_borrow_mut(|state| {
        state.reset();
        out.reserve(content.len() / 2 + 64);
        loop {
            let done = usize::try_from(state.total_in()).map_err(|_| too_large())?;
            let rest = content.get(done..).unwrap_or_default();
            match state.compress_vec(rest, out, FlushCompress::Finish)? {
                Status::StreamEnd => return Ok(()),
                Status::Ok | Status::BufError => out.reserve(out.len().max(64)),
            }
        }
    })
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|b| b.first_chunk::<2>()).map_or(0, |b| u16::from_le_bytes(*b))
}

fn length(len: usize) -> io::Result<u32> {
    u32::try_from(len).ok().filter(|n| *n < u32::MAX).ok_or_else(too_large)
}

fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn too_large() -> io::Error {
    io::Error::from(io::ErrorKind::FileTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read, Write};
    use zip::write::SimpleFileOptions;
    use zip::{ZipArchive, ZipWriter};

    fn places(bytes: &[u8]) -> Vec<Place> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let place = |i: usize| {
            let entry = archive.by_index_raw(i).unwrap();
            let start = entry.data_start().unwrap() as usize;
            Place {
                local: entry.header_start() as usize,
                data: start..start + entry.compressed_size() as usize,
                central: entry.central_header_start() as usize,
            }
        };
        (0..2).map(place).collect()
    }

    fn texts(bytes: &[u8]) -> Vec<(String, String)> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = |i: usize| {
            let (mut entry, mut text) = (archive.by_index(i).unwrap(), String::new());
            entry.read_to_string(&mut text).unwrap();
            (entry.name().unwrap().into_owned(), text)
        };
        (0..archive_len(bytes)).map(&mut text).collect()
    }

    fn archive_len(bytes: &[u8]) -> usize {
        ZipArchive::new(Cursor::new(bytes)).unwrap().len()
    }

    /// Two entries as a program writes them that cannot go back: sizes stand after the data, in four or eight bytes.
    fn streamed(large: bool) -> Vec<u8> {
        let mut zip = ZipWriter::new_stream(Vec::new());
        for name in ["a.xml", "表.xml"] {
            zip.start_file(name, SimpleFileOptions::default().large_file(large)).unwrap();
            zip.write_all(name.repeat(100).as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn entries_are_copied_replaced_and_added() {
        for input in [streamed(false), streamed(true)] {
            let places = places(&input);
            assert_eq!(u16_at(&input, 6) & DESCRIBED, DESCRIBED, "a descriptor");
            let mut out = Packing::default();
            out.copy(&input, &places[0]).unwrap();
            out.replace(&input, &places[1], "新".as_bytes()).unwrap();
            out.add("b.xml", b"").unwrap();
            let bytes = out.finish().unwrap();
            let expected =
                [("a.xml", "a.xml".repeat(100)), ("表.xml", "新".to_owned()), ("b.xml", String::new())];
            assert_eq!(texts(&bytes), expected.map(|(name, text)| (name.to_owned(), text)));
            // The copy is whole: what comes after it begins where the input's next entry began.
            assert_eq!(bytes[..places[1].local], input[..places[1].local]);
        }
    }

    #[test]
    fn a_place_outside_the_package_is_an_error() {
        let input = streamed(false);
        let mut place = places(&input)[0].clone();
        place.data.end = input.len() + 1;
        assert!(Packing::default().copy(&input, &place).is_err());
        place.central = 3;
        assert!(Packing::default().replace(&input, &place, b"x").is_err());
    }
}
