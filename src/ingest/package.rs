//! The door to zip packages: parts by name, unpacked within bounds, decoded to UTF-8, with their relations.
//!
//! Names are compared as OPC does: no case, `/` for `\`, no leading slash. A part that stands twice with different
//! content is not read, for programs differ in which of the two they show.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;

use quick_xml::events::Event;
use zip::ZipArchive;

use super::bytes::{u16_at, u32_at};
use super::failure;
use super::limits::{Limits, RATIO_FLOOR};
pub(super) use super::part::key;
use super::part::{rels_of, resolve, unpacked};
use super::xml::{Events, Part, SMALL, attr, decode, local};
use crate::finding::Failure;

/// Bytes that a streamed part is read in at most.
const CHUNK: usize = 1 << 16;

/// An opened package.
pub(super) struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    index: BTreeMap<String, usize>,
    /// Parts that stand more than once with different content.
    ambiguous: BTreeSet<String>,
    /// Bytes that may still be unpacked.
    budget: Rc<Cell<u64>>,
    limits: Limits,
}

/// A relation of a part to another.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) id: String,
    /// Last step of its type: `worksheet`, `sharedStrings` …
    pub(super) kind: String,
    /// The part meant, by its key.
    pub(super) target: String,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Failure> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| failure::broken("压缩包无法打开", "its zip package cannot be opened"))?;
        if archive.len() > limits.entries {
            return Err(failure::too_large("文件部件过多", "too many parts"));
        }
        let mut index = BTreeMap::new();
        for i in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(i) {
                index.entry(key(&name)).or_insert(i);
            }
        }
        let ambiguous = repeated(bytes, archive.central_directory_start(), limits);
        let budget = Rc::new(Cell::new(limits.inflated_bytes));
        Ok(Self { bytes, archive, index, ambiguous, budget, limits: limits.clone() })
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.index.contains_key(&key(part))
    }

    /// Keys of all parts, in order of name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    /// The entry of a part; `None` where it is missing.
    fn entry(&self, part: &str) -> Result<Option<usize>, Failure> {
        let part_key = key(part);
        if self.ambiguous.contains(&part_key) {
            return Err(failure::broken(&format!("{part} 有两份"), &format!("{part} stands twice")));
        }
        Ok(self.index.get(&part_key).copied())
    }

    fn open_part(&mut self, i: usize, part: &str) -> Result<Bounded<impl Read + use<'_, 'a>>, Failure> {
        let file = self.archive.by_index(i).map_err(|e| match e {
            zip::result::ZipError::InvalidPassword | zip::result::ZipError::UnsupportedArchive(_) => {
                failure::encrypted()
            }
            _ => failure::damaged(part),
        })?;
        let own = (file.compressed_size().saturating_mul(self.limits.ratio)).max(RATIO_FLOOR);
        let size = file.size();
        Ok(Bounded { inner: file, size, own, budget: Rc::clone(&self.budget) })
    }

    /// A part of XML in UTF-8; `None` where it is missing.
    pub(super) fn part(&mut self, part: &str) -> Result<Option<Part<'_>>, Failure> {
        let (most, small) = (self.limits.part_bytes, SMALL.min(self.limits.tag_bytes));
        let Some(i) = self.entry(part)? else { return Ok(None) };
        if let Some(bytes) = self.at_once(i, small).filter(|bytes| is_utf8(bytes)) {
            return Ok(Some(Part::Whole(bytes)));
        }
        let mut reader = self.open_part(i, part)?;
        let mut head = Vec::with_capacity(usize::try_from(reader.size).map_or(small, |size| small.min(size)));
        let read = reader.by_ref().take(small as u64).read_to_end(&mut head);
        let is_whole = read.map_err(|e| io_failure(part, &e))? < small;
        let utf8 = is_utf8(&head);
        if is_whole && utf8 {
            return Ok(Some(Part::Whole(head)));
        }
        let rest = Cursor::new(head).chain(BufReader::with_capacity(CHUNK, reader));
        Ok(Some(Part::Stream(if utf8 {
            Box::new(rest)
        } else {
            Box::new(Cursor::new(decode(&whole(rest, part, most)?).into_bytes()))
        })))
    }

    /// An entry smaller than so many bytes, unpacked in one step; none where anything about it is unusual: it is then
    /// read as a stream, which tells what.
    fn at_once(&mut self, i: usize, small: usize) -> Option<Vec<u8>> {
        let file = self.archive.by_index_raw(i).ok()?;
        let left = self.budget.get().checked_sub(file.size())?;
        let bytes = unpacked(self.bytes, &file, small)?;
        self.budget.set(left);
        Some(bytes)
    }

    /// The bytes of a part that is no text.
    pub(super) fn binary(&mut self, part: &str) -> Result<Option<Vec<u8>>, Failure> {
        let most = self.limits.part_bytes;
        let Some(i) = self.entry(part)? else { return Ok(None) };
        whole(self.open_part(i, part)?, part, most).map(Some)
    }

    /// The bytes of a part of XML, in UTF-8.
    pub(super) fn bytes(&mut self, part: &str) -> Result<Option<Vec<u8>>, Failure> {
        let most = self.limits.part_bytes;
        let read = |unpacked: Part<'_>| match unpacked {
            Part::Whole(bytes) if bytes.len() as u64 > most => Err(failure::unpacked_too_large()),
            Part::Whole(bytes) => Ok(bytes),
            Part::Stream(stream) => whole(stream, part, most),
        };
        self.part(part)?.map(read).transpose()
    }

    /// Relations of a part (of the package itself for ""), none where it has none.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Failure> {
        let rels = rels_of(part);
        let limits = self.limits.clone();
        let Some(mut xml) = self.part(&rels)? else { return Ok(Vec::new()) };
        let (mut events, mut found) = (Events::new(&rels, &mut xml, &limits), Vec::new());
        while let Some(event) = events.next()? {
            let (Event::Start(e) | Event::Empty(e)) = event else { continue };
            if local(e.name().as_ref()) != "Relationship" {
                continue;
            }
            if found.len() >= limits.entries {
                return Err(failure::too_large("文件部件过多", "too many relations between parts"));
            }
            // What lies outside the package is never followed.
            let outside = attr(&e, "TargetMode").is_some_and(|m| m.eq_ignore_ascii_case("external"));
            let kind = attr(&e, "Type").unwrap_or_default();
            let target = attr(&e, "Target").unwrap_or_default();
            found.push(Relation {
                id: attr(&e, "Id").unwrap_or_default().into_owned(),
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                target: if outside { String::new() } else { key(&resolve(part, &target)) },
            });
        }
        Ok(found)
    }
}

/// All of a part's bytes, if there are not too many to hold.
fn whole(reader: impl Read, part: &str, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    reader.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| io_failure(part, &e))?;
    if bytes.len() as u64 > most { Err(failure::unpacked_too_large()) } else { Ok(bytes) }
}

/// Keys of entries that the central directory lists again with another content.
fn repeated(bytes: &[u8], directory: u64, limits: &Limits) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut ambiguous = BTreeSet::new();
    let mut at = usize::try_from(directory).unwrap_or(usize::MAX);
    // Names that stand twice are fewer in the index than here.
    for _ in 0..limits.entries.saturating_mul(4) {
        let header = at.checked_add(46).and_then(|name| Some((bytes.get(at..name)?, name)));
        let Some((header, name)) = header.filter(|(h, _)| h.starts_with(b"PK\x01\x02")) else { break };
        let length = |at| usize::from(u16_at(header, at).unwrap_or(0));
        let raw = bytes.get(name..name + length(28)).unwrap_or_default();
        let content = (u32_at(header, 16).unwrap_or(0), u32_at(header, 24).unwrap_or(0));
        let part = key(&String::from_utf8_lossy(raw));
        if seen.get(&part).is_some_and(|first| *first != content) {
            ambiguous.insert(part);
        } else {
            seen.insert(part, content);
        }
        at = name + length(28) + length(30) + length(32);
    }
    ambiguous
}

fn io_failure(part: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::FileTooLarge {
        failure::unpacked_too_large()
    } else {
        failure::damaged(part)
    }
}

/// Whether a part begins as UTF-8 XML does: no UTF-16, no other declared encoding.
fn is_utf8(head: &[u8]) -> bool {
    if head.starts_with(&[0xFE, 0xFF])
        || head.starts_with(&[0xFF, 0xFE])
        || head.iter().take(4).any(|b| *b == 0)
    {
        return false;
    }
    let declaration: &[u8] = head.split(|b| *b == b'>').next().unwrap_or_default();
    let declaration =
        String::from_utf8_lossy(declaration.get(..200.min(declaration.len())).unwrap_or_default())
            .to_lowercase();
    !declaration.contains("<?xml")
        || !declaration.contains("encoding")
        || declaration.contains("utf-8")
        || declaration.contains("utf-16")
        || declaration.contains("utf8")
}

/// Counts what is unpacked and stops at the bound.
struct Bounded<R> {
    inner: R,
    /// Bytes that it says it unpacks to.
    size: u64,
    /// Bytes that this part may still unpack to, by its packed size.
    own: u64,
    budget: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        let over = || io::Error::from(io::ErrorKind::FileTooLarge);
        self.own = self.own.checked_sub(n as u64).ok_or_else(over)?;
        self.budget.set(self.budget.get().checked_sub(n as u64).ok_or_else(over)?);
        Ok(n)
    }
}
