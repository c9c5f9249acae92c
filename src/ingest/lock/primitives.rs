//! Digests and ciphers as the formats use them: chosen by name, keys cut and filled, blocks of 16 bytes.

use aes::cipher::{Block, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Bytes of a block of AES.
pub(super) const BLOCK: usize = 16;
/// What a digest is filled up with where a key is longer.
const FILL: u8 = 0x36;

/// Digests that the formats know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "SHA1" | "SHA-1" => Some(Self::Sha1),
            "SHA256" | "SHA-256" => Some(Self::Sha256),
            "SHA384" | "SHA-384" => Some(Self::Sha384),
            "SHA512" | "SHA-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The digest of parts one after another.
    pub(super) fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha1 => digest::<Sha1>(parts),
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha384 => digest::<Sha384>(parts),
            Self::Sha512 => digest::<Sha512>(parts),
        }
    }

    /// A password's digest, digested again `spins` times together with the number of the turn.
    pub(super) fn spun(self, salt: &[u8], password: &[u8], spins: u32) -> Vec<u8> {
        match self {
            Self::Sha1 => spun::<Sha1>(salt, password, spins),
            Self::Sha256 => spun::<Sha256>(salt, password, spins),
            Self::Sha384 => spun::<Sha384>(salt, password, spins),
            Self::Sha512 => spun::<Sha512>(salt, password, spins),
        }
    }

    /// Whether `expected` is the signature of `data` by this key.
    pub(super) fn signs(self, key: &[u8], data: &[u8], expected: &[u8]) -> bool {
        match self {
            Self::Sha1 => signs::<Hmac<Sha1>>(key, data, expected),
            Self::Sha256 => signs::<Hmac<Sha256>>(key, data, expected),
            Self::Sha384 => signs::<Hmac<Sha384>>(key, data, expected),
            Self::Sha512 => signs::<Hmac<Sha512>>(key, data, expected),
        }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().to_vec()
}

fn spun<D: Digest>(salt: &[u8], password: &[u8], spins: u32) -> Vec<u8> {
    let mut last = D::new().chain_update(salt).chain_update(password).finalize();
    for turn in 0..spins {
        last = D::new().chain_update(turn.to_le_bytes()).chain_update(&last).finalize();
    }
    last.to_vec()
}

fn signs<M: Mac + KeyInit>(key: &[u8], data: &[u8], expected: &[u8]) -> bool {
    // Any length of key is allowed.
    <M as KeyInit>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(data).verify_slice(expected).is_ok())
}

/// A digest cut or filled to a length.
pub(super) fn fitted(mut digest: Vec<u8>, len: usize) -> Vec<u8> {
    digest.resize(len, FILL);
    digest
}

/// AES with a key of any of its three lengths.
pub(super) enum Aes {
    Short(Aes128),
    Middle(Aes192),
    Long(Aes256),
}

impl Aes {
    /// None where the key is of no length that AES knows.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Self::Short),
            24 => Aes192::new_from_slice(key).ok().map(Self::Middle),
            32 => Aes256::new_from_slice(key).ok().map(Self::Long),
            _ => None,
        }
    }

    fn block(&self, block: &mut [u8; BLOCK]) {
        let mut inner = Block::<Aes128>::from(*block);
        match self {
            Self::Short(aes) => aes.decrypt_block(&mut inner),
            Self::Middle(aes) => aes.decrypt_block(&mut inner),
            Self::Long(aes) => aes.decrypt_block(&mut inner),
        }
        *block = inner.into();
    }

    /// Decrypts block by block (ECB); what is no whole block at the end is left out.
    pub(super) fn ecb(&self, data: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(data.len());
        for chunk in data.as_chunks::<BLOCK>().0 {
            let mut block = *chunk;
            self.block(&mut block);
            out.extend_from_slice(&block);
        }
        out
    }

    /// Decrypts blocks that were each mixed with the one before (CBC), the first with `start`, into `out`.
    pub(super) fn cbc(&self, start: &[u8], data: &[u8], out: &mut Vec<u8>) {
        let mut before = start.first_chunk().copied().unwrap_or_default();
        for chunk in data.as_chunks::<BLOCK>().0 {
            let mut block: [u8; BLOCK] = *chunk;
            self.block(&mut block);
            out.extend(block.iter().zip(before).map(|(a, b)| a ^ b));
            before = *chunk;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
    }

    /// NIST SP 800-38A, F.1.2 and F.2.2.
    #[test]
    fn blocks_are_decrypted_as_the_standard_says() {
        let aes = Aes::new(&bytes("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
        let plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let ecb = bytes("3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf");
        assert_eq!(aes.ecb(&ecb), plain);
        let cbc = bytes("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
        let mut out = Vec::new();
        aes.cbc(&bytes("000102030405060708090a0b0c0d0e0f"), &cbc, &mut out);
        assert_eq!(out, plain);
        assert!(Aes::new(b"short").is_none());
    }

    /// RFC 4231, test case 2.
    #[test]
    fn signatures_are_checked() {
        let signed = bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(Hash::Sha256.signs(b"Jefe", b"what do ya want for nothing?", &signed));
        assert!(!Hash::Sha256.signs(b"Jefe", b"what do ya want for nothing!", &signed));
    }
}
