//! Every bound on what a file may make us do, in one place.
//!
//! The defaults pass a form of 50 MB and keep a file within 1 GiB of memory. Memory follows what is there, never
//! what a file declares; these bounds stop what is there from being endless. Each can be raised by its name
//! (`--limit cells=8000000`).

/// Bounds that reading keeps to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Bytes that all parts read from a package may unpack to.
    pub inflated_bytes: u64,
    /// Bytes of a part that is held whole: binary sheets, documents, parts that are spliced.
    pub part_bytes: u64,
    /// How many times its packed size a part of more than `RATIO_FLOOR` bytes may unpack to.
    pub ratio: u64,
    /// Entries of a package.
    pub entries: usize,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Cells that hold something, over all sheets.
    pub cells: usize,
    /// Paragraphs, rows and cells of a document or page.
    pub blocks: usize,
    /// Merged ranges of a sheet.
    pub merges: usize,
    /// Shared strings, as many as are there.
    pub strings: usize,
    /// Bytes of text in one cell.
    pub text_bytes: usize,
    /// Bytes of text in all cells: few shared strings make much of little.
    pub total_text_bytes: u64,
    /// XML or HTML elements, one inside the next.
    pub depth: usize,
    /// Turns of the digest that a password is worth; offices' programs write 100 000.
    pub spins: u32,
    /// Bytes of one tag with its attributes, one comment, or one run of text in XML.
    pub tag_bytes: usize,
    /// Oddities noted; further ones are not listed.
    pub notes: usize,
}

/// Bytes of a part that is held whole, unless more is allowed.
pub const PART_BYTES: u64 = 128 << 20;
/// Parts below this size are small whatever they unpack from.
pub(super) const RATIO_FLOOR: u64 = 64 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            inflated_bytes: 512 << 20,
            part_bytes: PART_BYTES,
            ratio: 250,
            entries: 20_000,
            sheets: 1_000,
            cells: 4_000_000,
            blocks: 1_000_000,
            merges: 500_000,
            strings: 2_000_000,
            text_bytes: 1 << 20,
            total_text_bytes: 128 << 20,
            depth: 256,
            spins: 1_000_000,
            tag_bytes: 8 << 20,
            notes: 1_000,
        }
    }
}

impl Limits {
    /// The names of all bounds with what they are now, as the option takes them.
    pub fn named(&self) -> [(&'static str, u64); 16] {
        [
            ("file-bytes", self.file_bytes),
            ("inflated-bytes", self.inflated_bytes),
            ("part-bytes", self.part_bytes),
            ("ratio", self.ratio),
            ("entries", self.entries as u64),
            ("sheets", self.sheets as u64),
            ("cells", self.cells as u64),
            ("blocks", self.blocks as u64),
            ("merges", self.merges as u64),
            ("strings", self.strings as u64),
            ("text-bytes", self.text_bytes as u64),
            ("total-text-bytes", self.total_text_bytes),
            ("depth", self.depth as u64),
            ("spins", u64::from(self.spins)),
            ("tag-bytes", self.tag_bytes as u64),
            ("notes", self.notes as u64),
        ]
    }

    /// Sets a bound by its name; `false` where there is none of that name.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        let size = usize::try_from(value).unwrap_or(usize::MAX);
        match name {
            "file-bytes" => self.file_bytes = value,
            "inflated-bytes" => self.inflated_bytes = value,
            "part-bytes" => self.part_bytes = value,
            "ratio" => self.ratio = value,
            "entries" => self.entries = size,
            "sheets" => self.sheets = size,
            "cells" => self.cells = size,
            "blocks" => self.blocks = size,
            "merges" => self.merges = size,
            "strings" => self.strings = size,
            "text-bytes" => self.text_bytes = size,
            "total-text-bytes" => self.total_text_bytes = value,
            "depth" => self.depth = size,
            "spins" => self.spins = u32::try_from(value).unwrap_or(u32::MAX),
            "tag-bytes" => self.tag_bytes = size,
            "notes" => self.notes = size,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_is_set_by_its_name() {
        let mut limits = Limits::default();
        for (i, (name, _)) in Limits::default().named().into_iter().enumerate() {
            assert!(limits.set(name, i as u64 + 7), "{name}");
        }
        let values: Vec<u64> = limits.named().iter().map(|(_, v)| *v).collect();
        assert_eq!(values, (7..23).collect::<Vec<_>>());
        assert!(!limits.set("room", 1));
    }
}
