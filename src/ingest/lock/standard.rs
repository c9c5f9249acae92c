//! Standard encryption ([MS-OFFCRYPTO] 2.3.4.5–9): what Excel 2007 and LibreOffice write.

use super::super::bytes::{array, u32_at};
use super::super::failure;
use super::primitives::{Aes, Hash};
use super::{Password, contents, unknown};
use crate::finding::Failure;

/// Turns that the format fixes.
const SPINS: u32 = 50_000;

/// The lock of a package.
#[derive(Debug, Clone)]
pub(super) struct Standard {
    key_bytes: usize,
    salt: [u8; 16],
    verifier: [u8; 16],
    verifier_hash: [u8; 32],
}

impl Standard {
    /// Reads a stream EncryptionInfo.
    pub(super) fn read(info: &[u8]) -> Result<Self, Failure> {
        let header = Header::read(info, 4).ok_or_else(|| failure::damaged("EncryptionInfo"))?;
        let key_bytes = match header.algorithm {
            0x660E => 16,
            0x660F => 24,
            0x6610 => 32,
            0 if header.key_bits >= 128 => header.key_bits as usize / 8,
            other => return Err(unknown(&format!("{other:#06x}"))),
        };
        let read = || {
            let at = header.verifier;
            let (salt, verifier) = (array(info, at + 4)?, array(info, at + 20)?);
            Some(Self { key_bytes, salt, verifier, verifier_hash: array(info, at + 40)? })
        };
        read().ok_or_else(|| failure::damaged("EncryptionInfo"))
    }

    /// The package; none where the password is wrong.
    pub(super) fn open(&self, package: &[u8], password: &Password) -> Result<Option<Vec<u8>>, Failure> {
        let key = self.key(password);
        let aes = Aes::new(&key).ok_or_else(|| failure::damaged("EncryptionInfo"))?;
        let expected = Hash::Sha1.of(&[&aes.ecb(&self.verifier)]);
        if !aes.ecb(&self.verifier_hash).starts_with(&expected) {
            return Ok(None);
        }
        let (body, length) = contents(package)?;
        let mut out = aes.ecb(body);
        if out.len() < length {
            return Err(failure::damaged("EncryptedPackage"));
        }
        out.truncate(length);
        Ok(Some(out))
    }

    fn key(&self, password: &Password) -> Vec<u8> {
        let spun = Hash::Sha1.spun(&self.salt, &password.utf16(), SPINS);
        let last = Hash::Sha1.of(&[&spun, &[0; 4]]);
        let half = |fill: u8| {
            let mut block = [fill; 64];
            block.iter_mut().zip(&last).for_each(|(b, h)| *b ^= h);
            Hash::Sha1.of(&[&block])
        };
        let mut key = half(0x36);
        key.extend(half(0x5C));
        key.truncate(self.key_bytes);
        key
    }
}

/// What CryptoAPI's headers say ([MS-OFFCRYPTO] 2.3.2); .xls has them too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) algorithm: u32,
    pub(super) key_bits: u32,
    /// Where the verifier begins.
    pub(super) verifier: usize,
}

impl Header {
    /// Reads a header whose flags stand at `at`.
    pub(super) fn read(info: &[u8], at: usize) -> Option<Self> {
        let (size, begin) = (u32_at(info, at + 4)? as usize, at + 8);
        Some(Self {
            algorithm: u32_at(info, begin + 8)?,
            key_bits: u32_at(info, begin + 16)?,
            verifier: begin.checked_add(size).filter(|v| *v <= info.len())?,
        })
    }
}
