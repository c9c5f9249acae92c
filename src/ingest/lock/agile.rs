//! Agile encryption ([MS-OFFCRYPTO] 2.3.4.10–15): what Excel 2010 and later, WPS and others write.
//!
//! An XML says how a password becomes a key, that key opens the real one, and the package is decrypted in segments
//! and compared with its signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::failure;
use super::super::limits::Limits;
use super::super::xml::{attr, number};
use super::primitives::{Aes, BLOCK, Hash, fitted};
use super::{Password, contents, unknown};
use crate::finding::Failure;

/// Bytes that are decrypted with one beginning.
const SEGMENT: usize = 4096;
/// What tells the keys of one password apart, by their use.
const VERIFIER_INPUT: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const VERIFIER_VALUE: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const KEY_VALUE: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];
const SIGNATURE_KEY: [u8; 8] = [0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6];
const SIGNATURE: [u8; 8] = [0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33];

/// How one thing is encrypted.
#[derive(Debug, Clone)]
struct Scheme {
    hash: Hash,
    key_bytes: usize,
    hash_bytes: usize,
    salt: Vec<u8>,
}

/// The lock of a package.
#[derive(Debug, Clone, Default)]
pub(super) struct Agile {
    data: Option<Scheme>,
    password: Option<Scheme>,
    spins: u32,
    verifier_input: Vec<u8>,
    verifier_value: Vec<u8>,
    key: Vec<u8>,
    /// The key of the signature and the signature, both encrypted.
    signature: Option<(Vec<u8>, Vec<u8>)>,
}

impl Agile {
    /// Reads a stream EncryptionInfo.
    pub(super) fn read(info: &[u8], limits: &Limits) -> Result<Self, Failure> {
        let damaged = || failure::damaged("EncryptionInfo");
        let mut reader = Reader::from_reader(info.get(8..).unwrap_or_default());
        let mut lock = Self::default();
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer).map_err(|_| damaged())? {
                Event::Start(e) | Event::Empty(e) => lock.element(&e, limits)?,
                Event::End(e) if e.local_name().as_ref() == "encryption" => break,
                Event::Eof => break,
                _ => {}
            }
            buffer.clear();
        }
        match (&lock.data, &lock.password) {
            (Some(_), Some(_)) => Ok(lock),
            (Some(_), None) => Err(failure::unknown_lock("只凭证书打开", "by certificate only")),
            _ => Err(damaged()),
        }
    }

    fn element(&mut self, e: &BytesStart<'_>, limits: &Limits) -> Result<(), Failure> {
        match e.local_name().as_ref() {
            "keyData" => self.data = Some(scheme(e)?),
            "dataIntegrity" => {
                self.signature = Some((binary(e, "encryptedHmacKey")?, binary(e, "encryptedHmacValue")?));
            }
            // Only the key that a password opens has turns; others stand beside it for certificates.
            "encryptedKey" if attr(e, "spinCount").is_some() && self.password.is_none() => {
                self.spins = number(e, "spinCount").filter(|n| *n <= limits.spins).ok_or_else(|| {
                    failure::too_slow_lock(&attr(e, "spinCount").unwrap_or_default(), limits.spins)
                })?;
                self.password = Some(scheme(e)?);
                self.verifier_input = binary(e, "encryptedVerifierHashInput")?;
                self.verifier_value = binary(e, "encryptedVerifierHashValue")?;
                self.key = binary(e, "encryptedKeyValue")?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The package; none where the password is wrong.
    pub(super) fn open(&self, package: &[u8], password: &Password) -> Result<Option<Vec<u8>>, Failure> {
        let damaged = || failure::damaged("EncryptionInfo");
        let (Some(data), Some(by)) = (&self.data, &self.password) else { return Err(damaged()) };
        let spun = by.hash.spun(&by.salt, &password.utf16(), self.spins);
        let opened = |value: &[u8], block: [u8; 8]| {
            let key = fitted(by.hash.of(&[&spun, &block]), by.key_bytes);
            decrypted(&key, &fitted(by.salt.clone(), BLOCK), value).ok_or_else(damaged)
        };
        let input = opened(&self.verifier_input, VERIFIER_INPUT)?;
        let value = opened(&self.verifier_value, VERIFIER_VALUE)?;
        let input = input.get(..by.salt.len()).ok_or_else(damaged)?;
        if value.get(..by.hash_bytes) != Some(by.hash.of(&[input]).as_slice()) {
            return Ok(None);
        }
        let mut key = opened(&self.key, KEY_VALUE)?;
        if key.len() < data.key_bytes {
            return Err(damaged());
        }
        key.truncate(data.key_bytes);
        self.is_signed(data, &key, package)?;
        segments(data, &key, package).map(Some)
    }

    /// Whether the package is as it was when it was locked; one without a signature is taken as it is.
    fn is_signed(&self, data: &Scheme, key: &[u8], package: &[u8]) -> Result<(), Failure> {
        let Some((signing, signature)) = &self.signature else { return Ok(()) };
        let opened = |value: &[u8], block: [u8; 8]| {
            let start = fitted(data.hash.of(&[&data.salt, &block]), BLOCK);
            let plain = decrypted(key, &start, value)?;
            Some(plain.get(..data.hash_bytes)?.to_vec())
        };
        let signed = opened(signing, SIGNATURE_KEY)
            .zip(opened(signature, SIGNATURE))
            .is_some_and(|(signing, signature)| data.hash.signs(&signing, package, &signature));
        if signed { Ok(()) } else { Err(failure::damaged("EncryptedPackage")) }
    }
}

/// The package, segment by segment.
fn segments(data: &Scheme, key: &[u8], package: &[u8]) -> Result<Vec<u8>, Failure> {
    let (body, length) = contents(package)?;
    let aes = Aes::new(key).ok_or_else(|| failure::damaged("EncryptionInfo"))?;
    let mut out = Vec::with_capacity(body.len());
    for (i, segment) in (0u32..).zip(body.chunks(SEGMENT)) {
        let start = fitted(data.hash.of(&[&data.salt, &i.to_le_bytes()]), BLOCK);
        aes.cbc(&start, segment, &mut out);
    }
    if out.len() < length {
        return Err(failure::damaged("EncryptedPackage"));
    }
    out.truncate(length);
    Ok(out)
}

fn decrypted(key: &[u8], start: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    Aes::new(key)?.cbc(start, value, &mut out);
    Some(out)
}

fn scheme(e: &BytesStart<'_>) -> Result<Scheme, Failure> {
    let named = |name| attr(e, name).unwrap_or_default();
    let (cipher, chaining, hash) =
        (named("cipherAlgorithm"), named("cipherChaining"), named("hashAlgorithm"));
    if cipher != "AES" || chaining != "ChainingModeCBC" {
        return Err(unknown(&format!("{cipher} {chaining}")));
    }
    let bits = number(e, "keyBits").filter(|b| matches!(b, 128 | 192 | 256));
    Ok(Scheme {
        hash: Hash::named(&hash).ok_or_else(|| unknown(&hash))?,
        key_bytes: bits.ok_or_else(|| unknown(&format!("AES {}", named("keyBits"))))? as usize / 8,
        hash_bytes: number(e, "hashSize").ok_or_else(|| failure::damaged("EncryptionInfo"))? as usize,
        salt: binary(e, "saltValue")?,
    })
}

fn binary(e: &BytesStart<'_>, name: &str) -> Result<Vec<u8>, Failure> {
    let text = attr(e, name).unwrap_or_default();
    let plain: String = text.split_whitespace().collect();
    STANDARD.decode(plain).map_err(|_| failure::damaged("EncryptionInfo"))
}
