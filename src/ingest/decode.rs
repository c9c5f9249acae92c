//! Bytes of a text -> characters, for files that do not say (or say wrongly) how they are encoded.
//!
//! A byte order mark is believed first, then the bytes themselves: what is valid UTF-8 is UTF-8. Of the rest
//! a declared encoding is believed, and without one it is GB 18030, which holds GBK and GB 2312.

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// The text of a file; `declared` is the encoding that it names itself, if it does.
///
/// Bytes that mean nothing become U+FFFD; nothing is refused here.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let body = bytes.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(body).0.into_owned();
    }
    if let Some(wide) = wide(bytes) {
        return wide.decode_without_bom_handling(bytes).0.into_owned();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let declared = declared.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    let encoding = match declared {
        // Not valid as UTF-8, and GBK writers use what only GB 18030 has.
        None => fallback(bytes),
        Some(encoding) if encoding == UTF_8 => fallback(bytes),
        Some(encoding) if encoding == GBK => GB18030,
        Some(encoding) => encoding,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// GB 18030, unless a few broken bytes in UTF-8 text explain the file.
///
/// GBK read as UTF-8 has several errors for each character that comes out by accident.
fn fallback(bytes: &[u8]) -> &'static Encoding {
    let text = UTF_8.decode_without_bom_handling(bytes).0;
    let (mut errors, mut wide) = (0, 0);
    for c in text.chars() {
        errors += usize::from(c == char::REPLACEMENT_CHARACTER);
        wide += usize::from(!c.is_ascii());
    }
    if errors * 3 <= wide { UTF_8 } else { GB18030 }
}

/// UTF-16 without a mark: in the markup, digits and separators of a table every second byte is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(512))?;
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match head.len() {
        0..4 => None,
        len if odd * 8 > len && even == 0 => Some(UTF_16LE),
        len if even * 8 > len && odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide_bytes(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn one_text_is_read_from_every_encoding() {
        let text = "项目,数量\n㛃朱镕基,12\n";
        let mut marked = vec![0xFF, 0xFE];
        marked.extend(wide_bytes(text));
        let utf8_marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), utf8_marked, marked, wide_bytes(text)] {
            assert_eq!(decode(&bytes, None), text);
        }
        let gbk = GB18030.encode(text).0;
        assert_eq!(decode(&gbk, None), text);
        assert_eq!(decode(&gbk, Some("gb2312")), text);
        assert_eq!(decode(&gbk, Some("utf-8")), text, "a page that says UTF-8 and is GBK");
        assert_eq!(decode(text.as_bytes(), Some("gbk")), text, "a page that says GBK and is UTF-8");
    }

    #[test]
    fn a_text_cut_within_a_character_stays_utf8() {
        let text = "年度报告".as_bytes();
        assert!(decode(&text[..text.len() - 1], None).starts_with("年度报"));
    }
}
