//! The door to zip packages: parts by name, unpacked within bounds, decoded to UTF-8, with their relations.
//!
//! Names are compared as OPC does: no case, `/` for `\`, no leading slash.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::rc::Rc;

use quick_xml::events::Event;
use zip::ZipArchive;

use super::failure;
use super::limits::Limits;
use super::xml::{attr, decode};
use crate::finding::Failure;

/// Bytes that a streamed part is read in at most.
const CHUNK: usize = 1 << 16;

/// An opened package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    index: BTreeMap<String, usize>,
    /// Bytes that may still be unpacked.
    budget: Rc<Cell<u64>>,
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

/// The name by which a part is known here.
pub(super) fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Failure> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| failure::damaged("压缩包无法打开"))?;
        if archive.len() > limits.entries {
            return Err(failure::too_large("文件部件过多", "too many parts"));
        }
        let mut index = BTreeMap::new();
        for i in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(i) {
                index.entry(key(&name)).or_insert(i);
            }
        }
        Ok(Self { archive, index, budget: Rc::new(Cell::new(limits.inflated_bytes)) })
    }

    pub(super) fn has(&self, part: &str) -> bool {
        self.index.contains_key(&key(part))
    }

    /// Keys of all parts, in order of name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    fn open_part(&mut self, part: &str) -> Result<Option<impl BufRead + use<'_, 'a>>, Failure> {
        let Some(&i) = self.index.get(&key(part)) else { return Ok(None) };
        let file = self.archive.by_index(i).map_err(|e| match e {
            zip::result::ZipError::InvalidPassword | zip::result::ZipError::UnsupportedArchive(_) => {
                failure::encrypted()
            }
            _ => failure::damaged(part),
        })?;
        // A buffer larger than the part would only have to be cleared.
        let chunk = usize::try_from(file.size()).unwrap_or(CHUNK).clamp(1, CHUNK - 1) + 1;
        let bounded = Bounded { inner: file, budget: Rc::clone(&self.budget) };
        Ok(Some(BufReader::with_capacity(chunk, bounded)))
    }

    /// A part as a stream of UTF-8; `None` where it is missing.
    pub(super) fn stream(&mut self, part: &str) -> Result<Option<Box<dyn BufRead + '_>>, Failure> {
        let Some(mut reader) = self.open_part(part)? else { return Ok(None) };
        let head = reader.fill_buf().map_err(|e| io_failure(part, &e))?;
        if is_utf8(head) {
            return Ok(Some(Box::new(reader)));
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|e| io_failure(part, &e))?;
        Ok(Some(Box::new(Cursor::new(decode(&bytes).into_bytes()))))
    }

    /// The bytes of a part that is no text.
    pub(super) fn binary(&mut self, part: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(mut reader) = self.open_part(part)? else { return Ok(None) };
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|e| io_failure(part, &e))?;
        Ok(Some(bytes))
    }

    /// The bytes of a part of XML, in UTF-8.
    pub(super) fn bytes(&mut self, part: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(mut stream) = self.stream(part)? else { return Ok(None) };
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map_err(|e| io_failure(part, &e))?;
        Ok(Some(bytes))
    }

    /// Relations of a part (of the package itself for ""), none where it has none.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Failure> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let rels = format!("{folder}/_rels/{name}.rels");
        let Some(bytes) = self.bytes(&rels)? else { return Ok(Vec::new()) };
        let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
        let (mut found, mut buf) = (Vec::new(), Vec::new());
        loop {
            match reader.read_event_into(&mut buf).map_err(|e| failure::xml(&rels, &e))? {
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "Relationship" => {
                    let kind = attr(&e, "Type").unwrap_or_default();
                    let target = attr(&e, "Target").unwrap_or_default();
                    found.push(Relation {
                        id: attr(&e, "Id").unwrap_or_default().into_owned(),
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: resolve(folder, &target),
                    });
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
            buf.clear();
        }
    }
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

/// The part that a relation's target means, seen from a folder.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "" | "." => {}
            step => steps.push(step),
        }
    }
    steps.retain(|s| !s.is_empty());
    key(&steps.join("/"))
}

/// Counts what is unpacked and stops at the bound.
struct Bounded<R> {
    inner: R,
    budget: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        match self.budget.get().checked_sub(n as u64) {
            Some(left) => self.budget.set(left),
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_relative_absolute_and_with_backslashes() {
        assert_eq!(resolve("xl", "worksheets/Sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(resolve("xl", "..\\xl\\a.xml"), "xl/a.xml");
        assert_eq!(resolve("", "xl/workbook.xml"), "xl/workbook.xml");
    }
}
