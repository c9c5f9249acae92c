//! Compound files (MS-CFB), as far as to tell what they hold: the names of their directory entries.

/// What a compound file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A workbook of Excel 5 to 2003.
    Workbook,
    /// An Office document under a password (MS-OFFCRYPTO 2.3.4).
    EncryptedPackage,
    /// A Word or WPS document.
    Document,
    /// A presentation.
    Slides,
    /// Anything else.
    Unknown,
}

/// Bytes of a directory entry (MS-CFB 2.6.1); every sector begins on a multiple of it.
const ENTRY: usize = 128;

/// What a compound file holds, by the names of its streams; they are looked for in every place where a directory
/// entry may stand, so that a damaged chain of sectors does not matter.
pub(super) fn holds(bytes: &[u8]) -> Holds {
    let mut found = Holds::Unknown;
    for entry in bytes.chunks_exact(ENTRY).skip(4) {
        let kind = match name(entry).as_deref() {
            Some("EncryptedPackage" | "EncryptionInfo") => return Holds::EncryptedPackage,
            Some("Workbook" | "Book") => Holds::Workbook,
            Some("WordDocument") => Holds::Document,
            Some("PowerPoint Document") => Holds::Slides,
            _ => continue,
        };
        if found == Holds::Unknown {
            found = kind;
        }
    }
    found
}

/// The name of a directory entry: UTF-16 of at most 31 characters, its length in bytes at offset 64.
fn name(entry: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([*entry.get(64)?, *entry.get(65)?]));
    // A stream or a storage, named.
    if !(4..=64).contains(&length) || !matches!(entry.get(66), Some(1 | 2)) {
        return None;
    }
    let units = entry.get(..length - 2)?.chunks_exact(2).map(|pair| match pair {
        [a, b] => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    char::decode_utf16(units).collect::<Result<String, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_with(stream: &str) -> Vec<u8> {
        let mut bytes = vec![0; 1024];
        let units: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let at = 512 + ENTRY;
        bytes[at..at + units.len()].copy_from_slice(&units);
        bytes[at + 64] = u8::try_from(units.len() + 2).unwrap();
        bytes[at + 66] = 2;
        bytes
    }

    #[test]
    fn streams_tell_what_a_compound_file_holds() {
        assert_eq!(holds(&file_with("Workbook")), Holds::Workbook);
        assert_eq!(holds(&file_with("EncryptedPackage")), Holds::EncryptedPackage);
        assert_eq!(holds(&file_with("WordDocument")), Holds::Document);
        assert_eq!(holds(&file_with("Pictures")), Holds::Unknown);
        assert_eq!(holds(&[]), Holds::Unknown);
    }
}
