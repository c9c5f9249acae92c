//! RC4 ([MS-OFFCRYPTO] 2.3.5, 2.3.6): what Excel 97–2003, WPS and LibreOffice write into .xls.
//!
//! A new key is taken for each 1024 bytes of the stream; CryptoAPI differs in how the key is made.

use md5::Md5;
use rc4::{KeyInit, StreamCipher};
use sha2::Digest;

use super::super::bytes::{array, u32_at};
use super::Password;
use super::primitives::Hash;
use super::standard::Header;

/// Bytes of the stream that one key masks.
const BLOCK: usize = 1024;

/// The lock of a stream.
#[derive(Debug, Clone)]
pub(super) struct Rc4 {
    salt: [u8; 16],
    verifier: [u8; 16],
    verifier_hash: Vec<u8>,
    /// Bits of CryptoAPI's keys; none for the older kind.
    key_bits: Option<u32>,
}

/// What the keys of all blocks are made from.
pub(super) struct Key {
    base: Vec<u8>,
    key_bits: Option<u32>,
}

impl Rc4 {
    /// Reads a record FilePass of the older kind.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let verifier_hash = array::<16>(data, 38)?.to_vec();
        Some(Self { salt: array(data, 6)?, verifier: array(data, 22)?, verifier_hash, key_bits: None })
    }

    /// Reads a record FilePass of CryptoAPI; none where it names another cipher.
    pub(super) fn read_crypto_api(data: &[u8]) -> Option<Self> {
        let header = Header::read(data, 6).filter(|h| h.algorithm == 0x6801)?;
        let at = header.verifier;
        let key_bits = if header.key_bits == 0 { 40 } else { header.key_bits };
        let hash_bytes = u32_at(data, at + 36)?;
        if !matches!(key_bits, 40..=128) || hash_bytes != 20 {
            return None;
        }
        Some(Self {
            salt: array(data, at + 4)?,
            verifier: array(data, at + 20)?,
            verifier_hash: array::<20>(data, at + 40)?.to_vec(),
            key_bits: Some(key_bits),
        })
    }

    /// What opens the stream; none where the password is wrong.
    pub(super) fn key(&self, password: &Password) -> Option<Key> {
        let password = password.utf16();
        let base = match self.key_bits {
            Some(_) => Hash::Sha1.of(&[&self.salt, &password]),
            None => {
                let short = Md5::digest(&password);
                let mixed: Vec<u8> =
                    (0..16).flat_map(|_| short.iter().take(5).chain(&self.salt)).copied().collect();
                Md5::digest(&mixed).iter().take(5).copied().collect()
            }
        };
        let key = Key { base, key_bits: self.key_bits };
        let mut stored = [self.verifier.as_slice(), &self.verifier_hash].concat();
        key.block(0, &mut stored);
        let (verifier, hash) = stored.split_at_checked(self.verifier.len())?;
        let expected = match self.key_bits {
            Some(_) => Hash::Sha1.of(&[verifier]),
            None => Md5::digest(verifier).to_vec(),
        };
        (hash == expected).then_some(key)
    }
}

impl Key {
    /// Takes the mask off a whole stream.
    pub(super) fn unmask(&self, stream: &mut [u8]) {
        for (number, block) in (0u32..).zip(stream.chunks_mut(BLOCK)) {
            self.block(number, block);
        }
    }

    fn block(&self, number: u32, data: &mut [u8]) {
        let key = match self.key_bits {
            None => Md5::digest([self.base.as_slice(), &number.to_le_bytes()].concat()).to_vec(),
            Some(bits) => {
                let mut key = Hash::Sha1.of(&[&self.base, &number.to_le_bytes()]);
                key.truncate(bits as usize / 8);
                // Keys of 40 bits are filled up with zeros.
                key.resize(key.len().max(if bits == 40 { 16 } else { 0 }), 0);
                key
            }
        };
        if let Ok(mut cipher) = rc4::Rc4::new_from_slice(&key) {
            cipher.apply_keystream(data);
        }
    }
}
