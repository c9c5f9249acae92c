//! BIFF records ([MS-XLS] 2.1.4), and strings that run on from one record into the next.

use encoding_rs::Encoding;

use super::super::bytes::{u8_at, u16_at, u32_at, utf16};

pub(super) const CONTINUE: u16 = 0x003C;

/// A record: its type and its data.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

/// Records from an offset of the stream on; ends where the stream does or a length points beyond it.
pub(super) struct Records<'a> {
    stream: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Records<'a> {
    pub(super) const fn from(stream: &'a [u8], at: usize) -> Self {
        Self { stream, at }
    }

    /// The data of the continuing records that come next.
    pub(super) fn continued(&mut self) -> Vec<&'a [u8]> {
        let mut found = Vec::new();
        while u16_at(self.stream, self.at) == Some(CONTINUE) {
            match self.next() {
                Some(record) => found.push(record.data),
                None => break,
            }
        }
        found
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let kind = u16_at(self.stream, self.at)?;
        let len = usize::from(u16_at(self.stream, self.at + 2)?);
        let data = self.stream.get(self.at + 4..self.at + 4 + len)?;
        self.at += 4 + len;
        Some(Record { kind, data })
    }
}

/// How texts are written: 16-bit with flags in BIFF8, bytes of a code page before.
#[derive(Clone, Copy)]
pub(super) struct Texts {
    pub(super) biff8: bool,
    pub(super) encoding: &'static Encoding,
}

impl Texts {
    /// A text whose length stands before it, in one byte or two.
    pub(super) fn read(self, data: &[u8], at: usize, wide_length: bool) -> Option<String> {
        let (len, at) = if wide_length {
            (usize::from(u16_at(data, at)?), at + 2)
        } else {
            (usize::from(u8_at(data, at)?), at + 1)
        };
        if !self.biff8 {
            let bytes = data.get(at..(at + len).min(data.len()))?;
            return Some(self.encoding.decode_without_bom_handling(bytes).0.into_owned());
        }
        let mut pieces = Pieces::new(vec![data.get(at..)?]);
        pieces.text(len)
    }
}

/// Data that is cut into the pieces of continuing records.
pub(super) struct Pieces<'a> {
    pieces: std::vec::IntoIter<&'a [u8]>,
    now: &'a [u8],
}

impl<'a> Pieces<'a> {
    pub(super) fn new(pieces: Vec<&'a [u8]>) -> Self {
        let mut pieces = pieces.into_iter();
        let now = pieces.next().unwrap_or_default();
        Self { pieces, now }
    }

    /// The next bytes, across pieces.
    fn skip(&mut self, mut n: usize) -> Option<()> {
        loop {
            let here = n.min(self.now.len());
            self.now = self.now.get(here..)?;
            n -= here;
            if n == 0 {
                return Some(());
            }
            self.now = self.pieces.next()?;
        }
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        if self.now.is_empty() {
            self.now = self.pieces.next()?;
        }
        let found = super::super::bytes::array(self.now, 0)?;
        self.now = self.now.get(N..)?;
        Some(found)
    }

    /// A text of the shared table: its length, its flags, its characters, what else it carries.
    pub(super) fn shared_text(&mut self) -> Option<String> {
        let len = usize::from(u16::from_le_bytes(self.bytes()?));
        self.text(len)
    }

    /// Flags and characters; where a piece ends within them, the next begins with flags of its own.
    fn text(&mut self, len: usize) -> Option<String> {
        let [flags] = self.bytes()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(u16::from_le_bytes(self.bytes()?)) * 4 };
        let extra = if flags & 4 == 0 { 0 } else { u32::from_le_bytes(self.bytes()?) as usize };
        let (mut text, mut left, mut wide) = (String::new(), len, flags & 1 == 1);
        while left > 0 {
            let unit = if wide { 2 } else { 1 };
            let here = left.min(self.now.len() / unit);
            let (chars, rest) = self.now.split_at_checked(here * unit)?;
            if wide {
                text.push_str(&utf16(chars));
            } else {
                text.extend(chars.iter().map(|b| char::from(*b)));
            }
            (self.now, left) = (rest, left - here);
            if left > 0 {
                self.now = self.pieces.next()?;
                wide = self.bytes::<1>()?[0] & 1 == 1;
            }
        }
        // What follows the characters is formatting; it may be cut short.
        let _ = self.skip(runs.saturating_add(extra));
        Some(text)
    }
}

/// The shared texts ([MS-XLS] 2.4.265), as many as are there, whatever count is declared; none where that is more
/// than `most`.
pub(super) fn shared_texts(first: &[u8], continued: Vec<&[u8]>, most: usize) -> Option<Vec<String>> {
    let declared = u32_at(first, 4).unwrap_or(0) as usize;
    let mut pieces = vec![first.get(8..).unwrap_or_default()];
    pieces.extend(continued);
    let mut pieces = Pieces::new(pieces);
    let mut texts = Vec::new();
    while texts.len() < declared {
        match pieces.shared_text() {
            Some(_) if texts.len() >= most => return None,
            Some(text) => texts.push(text),
            None => break,
        }
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cut_by_a_continuing_record_changes_its_width() {
        let first = [0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, b'a'];
        let second = [1, 0x3B, 0x60, 0xA1, 0x8B, 1, 0, 0, b'x'];
        assert_eq!(shared_texts(&first, vec![&second], 2).unwrap(), ["a总计", "x"]);
        assert_eq!(shared_texts(&first, vec![&second], 1), None);
    }

    #[test]
    fn a_declared_count_is_not_believed() {
        assert_eq!(shared_texts(&[0, 0, 0, 0, 255, 255, 255, 255, 9], vec![], 9), Some(Vec::new()));
        assert_eq!(Records::from(&[0x0A, 0, 9, 0, 1], 0).count(), 0);
    }
}
