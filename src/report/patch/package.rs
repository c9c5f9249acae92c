//! The zip package: parts by name, changed ones in memory, all others copied raw.
//!
//! Part names are compared as OPC does (no case, `/` for `\`, no leading slash); entries keep the name, the
//! order and, where nothing changed, the very bytes that they came with. New entries are dated 1980-01-01, so
//! that the same input gives the same bytes.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::rc::Rc;

use zip::ZipArchive;

use super::error::PatchError;
use super::splice::{Splices, Undo};
use super::xml::{Doc, insert_child};
pub(super) use crate::ingest::part::key;
use crate::ingest::part::unpacked;
use crate::report::packing::{Packing, Place};

/// No part is unpacked beyond this many bytes: it is held whole, with the places of all its elements.
const LIMIT: u64 = crate::ingest::PART_BYTES;
/// Bytes up to which a part is unpacked in one step.
const AT_ONCE: usize = 1 << 24;
/// Bytes up to which that is done though only its beginning is asked for.
const SMALL: usize = 1 << 16;
/// How far into a part [`Package::head`] looks at least.
const HEAD: u64 = 1 << 13;

/// A package being changed.
pub(super) struct Package<'a> {
    bytes: &'a [u8],
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Normalised name to entry number.
    index: BTreeMap<String, usize>,
    /// Parts read, as text.
    texts: BTreeMap<String, Rc<str>>,
    changed: BTreeMap<String, Rc<str>>,
    /// New parts in the order in which they came.
    created: Vec<String>,
    removed: Vec<String>,
    /// Reverse splices by part, oldest layer first.
    undo: BTreeMap<String, Vec<Vec<Undo>>>,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, PatchError> {
        let archive = ZipArchive::new(Cursor::new(bytes))?;
        let mut index = BTreeMap::new();
        for i in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(i) {
                index.entry(key(&name)).or_insert(i);
            }
        }
        Ok(Self {
            bytes,
            archive,
            index,
            texts: BTreeMap::new(),
            changed: BTreeMap::new(),
            created: Vec::new(),
            removed: Vec::new(),
            undo: BTreeMap::new(),
        })
    }

    pub(super) fn has(&self, part: &str) -> bool {
        let part = key(part);
        !self.removed.contains(&part) && (self.index.contains_key(&part) || self.changed.contains_key(&part))
    }

    /// Keys of all parts, in no order that matters.
    pub(super) fn parts(&self) -> Vec<String> {
        let old = self.index.keys().filter(|k| !self.created.contains(k));
        old.chain(&self.created).filter(|k| !self.removed.contains(k)).cloned().collect()
    }

    /// The part's text as it stands now.
    pub(super) fn text(&mut self, part: &str) -> Result<Rc<str>, PatchError> {
        let part_key = key(part);
        if let Some(text) = self.changed.get(&part_key).or_else(|| self.texts.get(&part_key)) {
            return Ok(Rc::clone(text));
        }
        let bytes = self.unpack(&part_key, LIMIT, true)?;
        let text: Rc<str> = decode(part, bytes)?.into();
        self.texts.insert(part_key, Rc::clone(&text));
        Ok(text)
    }

    /// The beginning of a part, for a cheap look.
    pub(super) fn head(&mut self, part: &str) -> Result<String, PatchError> {
        let part_key = key(part);
        if let Some(text) = self.changed.get(&part_key).or_else(|| self.texts.get(&part_key)) {
            return Ok(text.to_string());
        }
        let bytes = self.unpack(&part_key, HEAD, false)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn unpack(&mut self, part: &str, limit: u64, whole: bool) -> Result<Vec<u8>, PatchError> {
        let missing = || PatchError::MissingPart { part: part.to_owned() };
        let i = self.index.get(part).copied().filter(|_| self.has(part)).ok_or_else(missing)?;
        // A reader of streams costs more to set up than a small part to unpack.
        let most = if whole { AT_ONCE } else { SMALL };
        if let Some(bytes) = unpacked(self.bytes, &self.archive.by_index_raw(i)?, most) {
            return Ok(bytes);
        }
        let file = self.archive.by_index(i)?;
        let mut bytes = Vec::with_capacity(file.size().min(limit).min(1 << 24) as usize);
        file.take(limit + u64::from(whole)).read_to_end(&mut bytes)?;
        if whole && bytes.len() as u64 > limit {
            return Err(PatchError::TooLarge { part: part.to_owned(), limit });
        }
        Ok(bytes)
    }

    /// Changes a part by splices, keeping the way back. The result must parse.
    pub(super) fn splice(&mut self, part: &str, splices: Splices) -> Result<(), PatchError> {
        if splices.is_empty() {
            return Ok(());
        }
        let text = self.text(part)?;
        let (new, undo) = splices.apply(part, &text)?;
        let part = key(part);
        self.undo.entry(part.clone()).or_default().push(undo);
        self.changed.insert(part, new.into());
        Ok(())
    }

    /// Opens a root element that closes itself, so that children can be put into it.
    pub(super) fn open_root(&mut self, part: &str) -> Result<(), PatchError> {
        let text = self.text(part)?;
        if !text.trim_end().ends_with("/>") {
            return Ok(());
        }
        let doc = Doc::parse_to(part, &text, 0)?;
        let root = doc.root()?;
        let mut splices = Splices::default();
        if root.closed {
            let (range, opened) = insert_child(&doc, root, root.close, "");
            splices.replace(range, opened);
        }
        self.splice(part, splices)
    }

    /// Puts a text in the place of a part that is there.
    pub(super) fn replace(&mut self, part: &str, text: String) {
        self.changed.insert(key(part), text.into());
    }

    /// Adds a part; its name must be free.
    pub(super) fn create(&mut self, part: &str, text: String) {
        self.removed.retain(|name| *name != key(part));
        self.created.push(part.to_owned());
        self.changed.insert(key(part), text.into());
    }

    pub(super) fn remove(&mut self, part: &str) {
        let part = key(part);
        self.changed.remove(&part);
        if !self.removed.contains(&part) {
            self.removed.push(part);
        }
    }

    /// A free name `before` + number + `after`, counting from 1.
    pub(super) fn free_name(&self, before: &str, after: &str) -> String {
        self.free_name_but(before, after, |_| false)
    }

    /// The same, none that is taken otherwise, such as by a relation to a part that is not there.
    pub(super) fn free_name_but(&self, before: &str, after: &str, taken: impl Fn(&str) -> bool) -> String {
        let is_free = |name: &String| !self.index.contains_key(&key(name)) && !self.has(name) && !taken(name);
        (1..=u32::MAX).map(|n| format!("{before}{n}{after}")).find(is_free).unwrap_or_default()
    }

    /// What was done so far is the base that undoing leads back to.
    pub(super) fn set_base(&mut self) {
        self.undo.clear();
    }

    /// Parts spliced since the base, with the layers that lead back.
    pub(super) fn undo(&self) -> &BTreeMap<String, Vec<Vec<Undo>>> {
        &self.undo
    }

    /// Names of the parts created.
    pub(super) fn created(&self) -> &[String] {
        &self.created
    }

    /// Parses every part that was the office's and is changed, so that nothing broken is written; of those that are
    /// gouji's own from their first byte that is shown where gouji is tested.
    pub(super) fn verify(&self) -> Result<(), PatchError> {
        let is_own = |part: &String| self.created.iter().any(|name| key(name) == *part);
        for (part, text) in self.changed.iter().filter(|(part, _)| cfg!(debug_assertions) || !is_own(part)) {
            if let Err(PatchError::Malformed { offset, .. }) = Doc::parse_to(part, text, 0) {
                return Err(PatchError::Broken { part: part.clone(), offset });
            }
        }
        Ok(())
    }

    /// The package with its changes.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, PatchError> {
        self.verify()?;
        let mut out = Packing::with_capacity(self.bytes.len() * 2);
        for i in 0..self.archive.len() {
            let part =
                self.archive.name_for_index(i).and_then(Result::ok).map_or_else(String::new, |n| key(&n));
            if self.removed.contains(&part) {
                continue;
            }
            let place = self.place(i)?;
            match self.changed.get(&part) {
                Some(text) if self.index.get(&part) == Some(&i) => {
                    out.replace(self.bytes, &place, text.as_bytes())?;
                }
                _ => out.copy(self.bytes, &place)?,
            }
        }
        for name in &self.created {
            if let Some(text) = self.changed.get(&key(name)) {
                out.add(name, text.as_bytes())?;
            }
        }
        Ok(out.finish()?)
    }

    /// Where an entry stands in the input.
    fn place(&mut self, i: usize) -> Result<Place, PatchError> {
        let at = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let entry = self.archive.by_index_raw(i)?;
        let start = at(entry.data_start().unwrap_or(u64::MAX));
        let data = start..start.saturating_add(at(entry.compressed_size()));
        Ok(Place { local: at(entry.header_start()), data, central: at(entry.central_header_start()) })
    }
}

fn decode(part: &str, bytes: Vec<u8>) -> Result<String, PatchError> {
    let fault = |found| PatchError::Encoding { part: part.to_owned(), found };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.get(1) == Some(&0) {
        return Err(fault("utf-16"));
    }
    String::from_utf8(bytes).map_err(|_| fault("bytes that are no utf-8"))
}
