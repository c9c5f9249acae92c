//! Encryption of .xls and .et ([MS-XLS] 2.2.10): records keep their heads, their data is masked byte by byte.
//!
//! What comes out is the workbook's stream without its container, with the record that names the lock made void.

use super::super::bytes::u16_at;
use super::super::cfb::Compound;
use super::super::failure;
use super::rc4::Rc4;
use super::xor::Xor;
use super::{Password, unknown};
use crate::finding::Failure;

const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
const END: u16 = 0x000A;
/// Records that are never masked: BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead.
const CLEAR: [u16; 7] = [0x0809, FILE_PASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138];
/// Records before the lock's that are looked at.
const HEAD: usize = 64;

/// The lock of a workbook of Excel 97–2003, and the stream behind it.
pub(super) struct Binary {
    mask: Mask,
    stream: Vec<u8>,
}

enum Mask {
    Xor(Xor),
    Rc4(Rc4),
}

impl Binary {
    /// The lock of a compound file; none where it has none.
    pub(super) fn of(file: &Compound<'_>) -> Result<Option<Self>, Failure> {
        let name = ["Workbook", "Book"].into_iter().find(|n| file.has(n));
        let Some(stream) = name.and_then(|n| file.stream(n)) else { return Ok(None) };
        let Some(mask) = file_pass(&stream).map(mask).transpose()? else { return Ok(None) };
        Ok(Some(Self { mask, stream }))
    }

    /// The stream with everything in clear; none where the password is wrong.
    pub(super) fn open(&self, password: &Password) -> Option<Vec<u8>> {
        let mut out = self.stream.clone();
        match &self.mask {
            Mask::Xor(lock) => {
                let array = lock.array(password)?;
                for record in records(&self.stream) {
                    array.unmask(record.masked..record.at + 4 + record.len, record.len, &mut out);
                }
            }
            Mask::Rc4(lock) => {
                let key = lock.key(password)?;
                key.unmask(&mut out);
                restore(&self.stream, &mut out);
            }
        }
        for record in records(&self.stream).filter(|r| r.kind == FILE_PASS) {
            out.get_mut(record.at..record.at + 2)?.fill(0);
        }
        Some(out)
    }
}

/// Where a record stands in its stream.
struct Spot {
    kind: u16,
    at: usize,
    len: usize,
    /// Where its masked bytes begin; behind its end if it has none.
    masked: usize,
}

/// The records of a stream, as far as it holds together.
fn records(stream: &[u8]) -> impl Iterator<Item = Spot> {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        let (kind, len) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
        let begin = at + 4;
        let masked = match kind {
            BOUND_SHEET => begin + len.min(4),
            kind if CLEAR.contains(&kind) => begin + len,
            _ => begin,
        };
        let spot = Spot { kind, at, len, masked };
        at = begin + len;
        (at <= stream.len()).then_some(spot)
    })
}

/// Puts back what was never masked.
fn restore(stream: &[u8], out: &mut [u8]) {
    for record in records(stream) {
        let clear = record.at..record.masked;
        if let (Some(to), Some(from)) = (out.get_mut(clear.clone()), stream.get(clear)) {
            to.copy_from_slice(from);
        }
    }
}

/// The record that names the lock.
fn file_pass(stream: &[u8]) -> Option<&[u8]> {
    let mut head = records(stream).take(HEAD).take_while(|r| !matches!(r.kind, END | BOUND_SHEET));
    let record = head.find(|r| r.kind == FILE_PASS)?;
    stream.get(record.at + 4..record.at + 4 + record.len)
}

fn mask(data: &[u8]) -> Result<Mask, Failure> {
    let damaged = || failure::damaged("FilePass");
    // Before Excel 97 the two numbers of XOR stand alone.
    if data.len() == 4 {
        return Xor::read(data).map(Mask::Xor).ok_or_else(damaged);
    }
    let version = (u16_at(data, 0), u16_at(data, 2), u16_at(data, 4));
    match version {
        (Some(0), ..) => Xor::read(data.get(2..).unwrap_or_default()).map(Mask::Xor).ok_or_else(damaged),
        (Some(1), Some(1), _) => Rc4::read(data).map(Mask::Rc4).ok_or_else(damaged),
        (Some(1), Some(2..=4), Some(2)) => {
            Rc4::read_crypto_api(data).map(Mask::Rc4).ok_or_else(|| unknown("CryptoAPI"))
        }
        (Some(kind), Some(major), _) => Err(unknown(&format!("{kind}.{major}"))),
        _ => Err(damaged()),
    }
}
