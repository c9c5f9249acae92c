//! Excel 97–2003 (.xls) and WPS (.et): BIFF8 and BIFF5 streams in a compound file ([MS-XLS]).
//!
//! Read here and not by a general reader, which allocates what a sheet declares, and knows no hidden rows.
//! What was cut off or does not parse is left out or reported, never guessed.

mod formula;
mod records;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, GBK};

use super::bytes::{u8_at, u16_at, u32_at};
use super::cfb::Compound;
use super::formats::{Formats, builtin_format};
use super::room::Room;
use super::settle::Notes;
use super::sniff::Foreign;
use super::{failure, limits::Limits};
use crate::finding::Failure;
use crate::grid::{Sheet, Visibility, Workbook};
use formula::Sheets;
use records::{Records, Texts, shared_texts};

/// Reads a compound file; says what it is where it is no workbook.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let file = Compound::open(bytes).ok_or_else(|| failure::damaged("OLE"))?;
    if file.has("EncryptedPackage") {
        return Err(failure::encrypted());
    }
    if file.has("WordDocument") || file.has("PerfectOffice_MAIN") {
        return Err(super::foreign(Foreign::Word));
    }
    if file.has("PowerPoint Document") {
        return Err(super::foreign(Foreign::Slides));
    }
    let name = ["Workbook", "Book"].into_iter().find(|n| file.has(n));
    let name = name.ok_or_else(failure::not_a_workbook)?;
    let stream = file.stream(name).ok_or_else(|| failure::damaged(name))?;
    workbook(&stream, limits)
}

/// What the globals of a workbook say.
struct Globals {
    texts: Texts,
    sheets: Vec<Entry>,
    strings: Vec<String>,
    formats: BTreeMap<u16, String>,
    /// Number format of each cell style.
    styles: Vec<u16>,
    /// Whether each workbook referred to is this one.
    own_books: Vec<bool>,
    /// Workbook and sheet of each reference between sheets.
    references: Vec<(u16, u16)>,
}

struct Entry {
    name: String,
    at: usize,
    visibility: Visibility,
    is_worksheet: bool,
}

/// Reads the records of a workbook's stream.
pub(super) fn workbook(stream: &[u8], limits: &Limits) -> Result<Workbook, Failure> {
    let globals = globals(stream, limits)?;
    let formats = globals.number_formats();
    let references = globals.named_references();
    let context = sheet::Context {
        texts: globals.texts,
        strings: &globals.strings,
        formats: &formats,
        sheets: &references,
        limits,
    };
    let (mut sheets, mut begun) = (Vec::new(), BTreeSet::new());
    let (mut notes, mut room) = (Notes::new(limits), Room::new(limits));
    // Sheets that overlap in the stream are read no further than this.
    let mut work = stream.len().saturating_mul(2);
    for entry in globals.sheets.iter().filter(|e| e.is_worksheet) {
        if !begun.insert(entry.at) {
            return Err(failure::damaged(&entry.name));
        }
        let mut sheet = Sheet { name: entry.name.clone(), visibility: entry.visibility, ..Sheet::default() };
        let read = sheet::read(stream, entry.at, &context, &mut room, &mut sheet, &mut notes)?;
        work = work.checked_sub(read).ok_or_else(|| failure::damaged(&entry.name))?;
        notes.settle(&mut sheet);
        sheets.push(sheet);
    }
    Ok(Workbook { sheets, formats: formats.codes, notes: notes.into_inner() })
}

fn globals(stream: &[u8], limits: &Limits) -> Result<Globals, Failure> {
    let damaged = || failure::damaged("Workbook");
    let mut records = Records::from(stream, 0);
    let first = records.next().filter(|r| r.kind == 0x0809).ok_or_else(damaged)?;
    let biff8 = u16_at(first.data, 0) == Some(0x0600);
    let mut globals = Globals {
        texts: Texts { biff8, encoding: GBK },
        sheets: Vec::new(),
        strings: Vec::new(),
        formats: BTreeMap::new(),
        styles: Vec::new(),
        own_books: Vec::new(),
        references: Vec::new(),
    };
    while let Some(record) = records.next() {
        match record.kind {
            0x002F => return Err(failure::encrypted()),
            0x000A => return Ok(globals),
            0x00FC => {
                let texts = shared_texts(record.data, records.continued(), limits.strings);
                globals.strings = texts.ok_or_else(failure::too_many_strings)?;
            }
            0x0085 if globals.sheets.len() >= limits.sheets => return Err(failure::too_many_sheets()),
            // A record that is too short says nothing.
            kind => drop(globals.record(kind, record.data)),
        }
    }
    Err(damaged())
}

impl Globals {
    fn record(&mut self, kind: u16, data: &[u8]) -> Option<()> {
        match kind {
            0x0042 => self.texts.encoding = code_page(u16_at(data, 0)?),
            0x0085 => {
                let hidden = u8_at(data, 4)? & 3 != 0;
                self.sheets.push(Entry {
                    name: self.texts.read(data, 6, false)?,
                    at: u32_at(data, 0)? as usize,
                    visibility: if hidden { Visibility::Hidden } else { Visibility::Visible },
                    is_worksheet: u8_at(data, 5)? == 0,
                });
            }
            0x041E => {
                let code = self.texts.read(data, 2, self.texts.biff8)?;
                self.formats.insert(u16_at(data, 0)?, code);
            }
            0x00E0 => self.styles.push(u16_at(data, 2)?),
            0x01AE => self.own_books.push(u16_at(data, 2)? == 0x0401),
            0x0017 if self.texts.biff8 => {
                let pairs = data.get(2..)?.chunks_exact(6);
                self.references.extend(pairs.filter_map(|x| Some((u16_at(x, 0)?, u16_at(x, 2)?))));
            }
            _ => {}
        }
        Some(())
    }

    fn number_formats(&self) -> Formats {
        let mut formats = Formats::default();
        for id in &self.styles {
            let own = self.formats.get(id).map(String::as_str);
            formats.style(own.unwrap_or_else(|| builtin_format(u32::from(*id))));
        }
        formats
    }

    fn named_references(&self) -> Sheets {
        let name = |(book, sheet): &(u16, u16)| {
            let own = self.own_books.get(usize::from(*book)).copied().unwrap_or(false);
            self.sheets.get(usize::from(*sheet)).filter(|_| own).map(|s| s.name.clone())
        };
        Sheets { by_reference: self.references.iter().map(name).collect() }
    }
}

fn code_page(number: u16) -> &'static Encoding {
    match number {
        950 => encoding_rs::BIG5,
        932 => encoding_rs::SHIFT_JIS,
        949 => encoding_rs::EUC_KR,
        1250..=1258 => Encoding::for_label(format!("windows-{number}").as_bytes()).unwrap_or(GBK),
        _ => GBK,
    }
}
