//! OLE compound files ([MS-CFB]): streams by name, chains followed once and never in a circle.

use std::collections::BTreeMap;

use super::bytes::{u8_at, u16_at, u32_at, utf16};

/// Sector numbers from here on are marks, not sectors.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
/// Sectors of the FAT that the header itself names.
const HEADER_FAT: usize = 109;

/// A compound file's directory and how its sectors hang together.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    mini_sector: usize,
    /// Streams shorter than this live in the mini stream.
    cutoff: u32,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    /// First sector and length by name in lower case.
    streams: BTreeMap<String, (u32, u32)>,
}

impl<'a> Compound<'a> {
    /// Opens a file; `None` where its structure does not hold together.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = |at, most| u16_at(bytes, at).filter(|s| *s <= most).map(|s| 1usize << s);
        let mut file = Self {
            bytes,
            sector: shift(30, 16)?.max(128),
            mini_sector: shift(32, 12)?.max(8),
            cutoff: u32_at(bytes, 56)?,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            streams: BTreeMap::new(),
        };
        file.fat = file.read_fat()?;
        file.mini_fat = words(&file.chain(u32_at(bytes, 60)?, usize::MAX).unwrap_or_default());
        let directory = file.chain(u32_at(bytes, 48)?, usize::MAX)?;
        for entry in directory.chunks_exact(128) {
            let (kind, start, len) = (u8_at(entry, 66)?, u32_at(entry, 116)?, u32_at(entry, 120)?);
            let name = usize::from(u16_at(entry, 64)?.min(64)).saturating_sub(2);
            let name = utf16(entry.get(..name)?).to_lowercase();
            match kind {
                5 => file.mini = file.chain(start, len as usize).unwrap_or_default(),
                2 => drop(file.streams.entry(name).or_insert((start, len))),
                _ => {}
            }
        }
        Some(file)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.streams.contains_key(&name.to_lowercase())
    }

    /// A stream's bytes; `None` where it is missing or its chain is broken.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let &(start, len) = self.streams.get(&name.to_lowercase())?;
        if len >= self.cutoff {
            return self.chain(start, len as usize);
        }
        follow(&self.mini_fat, start, len as usize, self.mini_sector, |n| {
            let at = n.checked_mul(self.mini_sector)?;
            self.mini.get(at..(at + self.mini_sector).min(self.mini.len()))
        })
    }

    fn sector_at(&self, n: usize) -> Option<&'a [u8]> {
        let at = n.checked_add(1)?.checked_mul(self.sector)?;
        let end = at.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(at..end)
    }

    fn chain(&self, start: u32, len: usize) -> Option<Vec<u8>> {
        follow(&self.fat, start, len, self.sector, |n| self.sector_at(n))
    }

    fn read_fat(&self) -> Option<Vec<u32>> {
        let most = self.bytes.len() / self.sector + 1;
        let mut sectors: Vec<u32> = (0..HEADER_FAT).map_while(|i| u32_at(self.bytes, 76 + i * 4)).collect();
        let mut next = u32_at(self.bytes, 68)?;
        for _ in 0..most {
            if next >= LAST_SECTOR {
                break;
            }
            let mut more = words(self.sector_at(next as usize)?);
            next = more.pop()?;
            sectors.extend(more);
        }
        let mut fat = Vec::new();
        for sector in sectors.into_iter().filter(|s| *s < LAST_SECTOR).take(most) {
            fat.extend(words(self.sector_at(sector as usize)?));
        }
        Some(fat)
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    (0..bytes.len() / 4).filter_map(|i| u32_at(bytes, i * 4)).collect()
}

/// The bytes along a chain, at most `len`; none where it comes to a sector twice, for it runs in a circle.
fn follow<'s>(
    table: &[u32],
    start: u32,
    len: usize,
    unit: usize,
    sector: impl Fn(usize) -> Option<&'s [u8]>,
) -> Option<Vec<u8>> {
    let (mut out, mut next, mut seen) = (Vec::new(), start, vec![false; table.len()]);
    while next < LAST_SECTOR && out.len() < len {
        if std::mem::replace(seen.get_mut(next as usize)?, true) {
            return None;
        }
        out.extend_from_slice(sector(next as usize)?.get(..).filter(|s| s.len() <= unit)?);
        next = *table.get(next as usize)?;
    }
    out.truncate(len);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_in_a_circle_is_broken_and_not_endless() {
        let sector = |_| Some([1u8, 2].as_slice());
        assert_eq!(follow(&[1, 0], 0, usize::MAX, 2, sector), None);
        assert_eq!(follow(&[1, 0], 0, 5, 2, sector), None, "however short the stream is said to be");
        assert_eq!(follow(&[1, u32::MAX], 0, 3, 2, sector), Some(vec![1, 2, 1]));
        assert!(Compound::open(&[0xD0; 600]).is_none());
    }
}
