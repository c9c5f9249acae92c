//! Every bound on what a file may make us do, in one place.
//!
//! The defaults pass a form of 50 MB. Memory follows what is there, never what a file declares; these bounds
//! stop what is there from being endless.

/// Bounds that reading keeps to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Bytes that all parts read from a package may unpack to.
    pub inflated_bytes: u64,
    /// Entries of a package.
    pub entries: usize,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Cells that hold something, over all sheets.
    pub cells: usize,
    /// Merged ranges of a sheet.
    pub merges: usize,
    /// Bytes of text in one cell.
    pub text_bytes: usize,
    /// XML or HTML elements, one inside the next.
    pub depth: usize,
    /// Turns of the digest that a password is worth; offices' programs write 100 000.
    pub spins: u32,
    /// Oddities noted; further ones are not listed.
    pub notes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            inflated_bytes: 512 << 20,
            entries: 20_000,
            sheets: 1_000,
            cells: 4_000_000,
            merges: 500_000,
            text_bytes: 1 << 20,
            depth: 256,
            spins: 1_000_000,
            notes: 1_000,
        }
    }
}
