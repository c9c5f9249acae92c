//! XOR obfuscation, method 1 ([MS-OFFCRYPTO] 2.3.7): what Excel 95 and its compatibles write.

use std::ops::Range;

use super::super::bytes::u16_at;
use super::Password;
use encoding_rs::GBK;

/// Bytes of a password that count.
const LONGEST: usize = 15;
/// What fills up a password.
const FILL: [u8; 16] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0, 0xBE, 0x0F, 0, 0xBF, 0x0F, 0, 0];

/// The lock: two numbers that a password must give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Xor {
    key: u16,
    verifier: u16,
}

/// What masks a stream, 16 bytes over and over.
pub(super) struct Array([u8; 16]);

impl Xor {
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        Some(Self { key: u16_at(data, 0)?, verifier: u16_at(data, 2)? })
    }

    /// The mask; none where the password is wrong.
    pub(super) fn array(self, password: &Password) -> Option<Array> {
        let spellings = [bytes(password), GBK.encode(&password.0).0.into_owned()];
        let fits = |p: &Vec<u8>| key(p) == self.key && verifier(p) == self.verifier;
        let password = spellings.into_iter().map(cut).find(fits)?;
        let filled = password.iter().chain(&FILL).copied();
        let [low, high] = self.key.to_le_bytes();
        let mut array = [0; 16];
        for ((i, to), byte) in array.iter_mut().enumerate().zip(filled) {
            *to = (byte ^ if i % 2 == 0 { low } else { high }).rotate_right(1);
        }
        Some(Array(array))
    }
}

impl Array {
    /// Takes the mask off the masked bytes of a record; where the mask begins depends on their place and on the
    /// length of all its data.
    pub(super) fn unmask(&self, masked: Range<usize>, len: usize, out: &mut [u8]) {
        let mask = self.0.iter().cycle().skip((masked.start + len) % self.0.len());
        let data = out.get_mut(masked).unwrap_or_default();
        for (byte, mask) in data.iter_mut().zip(mask) {
            *byte = (*byte ^ mask).rotate_left(3);
        }
    }
}

fn cut(mut password: Vec<u8>) -> Vec<u8> {
    password.truncate(LONGEST);
    password
}

/// One byte for each of its UTF-16 units: the lower one, unless that is zero.
fn bytes(password: &Password) -> Vec<u8> {
    let byte = |unit: u16| {
        let [low, high] = unit.to_le_bytes();
        if low == 0 { high } else { low }
    };
    password.0.encode_utf16().map(byte).collect()
}

/// The specification's tables are what this shift register gives.
fn key(password: &[u8]) -> u16 {
    let turned = |n: u16| {
        let n = n.rotate_left(1);
        if n & 1 == 1 { n ^ 0x1020 } else { n }
    };
    let (mut key, mut base, mut end) = (0, 0x8000, 0xFFFF);
    for byte in password.iter().rev() {
        for bit in 0..8 {
            (base, end) = (turned(base), turned(end));
            if (byte & 0x7F) >> bit & 1 == 1 {
                key ^= base;
            }
        }
    }
    key ^ end
}

fn verifier(password: &[u8]) -> u16 {
    let turned = |n: u16| (n << 1) & 0x7FFF | n >> 14 & 1;
    let parts = password.iter().rev().copied().map(u16::from);
    let sum = parts.fold(0, |sum, byte| turned(sum) ^ byte);
    turned(sum) ^ password.len() as u16 ^ 0xCE4B
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that Excel stores with its own password.
    #[test]
    fn a_password_gives_its_two_numbers() {
        let own = Password::new("VelvetSweatshop");
        assert_eq!(verifier(&bytes(&own)), 0x9A0A);
        assert_eq!(key(b""), 0xFFFF);
    }
}
