//! Text put into XML and HTML, so that it is read as text: markup in it is shown and not obeyed.

use std::borrow::Cow;

/// A text as the content of an element or the value of an attribute in double quotes, in XML and in HTML.
///
/// Characters that XML cannot hold are shown as U+FFFD; a carriage return is part of a line break and is dropped.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    // U+FFFE and U+FFFF begin with EF.
    let may = |b: u8| b < b' ' && b != b'\t' || matches!(b, b'&' | b'<' | b'>' | b'"' | 0xef);
    replaced(text, may, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\n' => Some("&#10;"),
        '\r' => Some(""),
        '\u{fffe}' | '\u{ffff}' => Some("\u{fffd}"),
        c if c < ' ' && c != '\t' => Some("\u{fffd}"),
        _ => None,
    })
}

/// A text with some characters replaced; what stands between them is copied as a whole. `may` tells the first bytes
/// that such a character can have.
fn replaced(text: &str, may: impl Fn(u8) -> bool, by: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    let (mut out, mut from, mut at) = (String::new(), 0, 0);
    while let Some(next) = text.as_bytes().get(at..).and_then(|rest| rest.iter().position(|b| may(*b))) {
        at += next;
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            at += 1;
            continue;
        };
        if let Some(new) = by(c) {
            out.push_str(text.get(from..at).unwrap_or_default());
            out.push_str(new);
            from = at + c.len_utf8();
        }
        at += c.len_utf8();
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// A text of a file as people may read it: control characters and marks of direction are shown as U+FFFD, so that
/// no text can pass for another; line breaks and tabs stay.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    // What is obeyed beyond ASCII lies in blocks that begin with these.
    let may =
        |b: u8| b < b' ' && !matches!(b, b'\n' | b'\t') || matches!(b, 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
    replaced(text, may, |c| (is_obeyed(c) && !matches!(c, '\n' | '\t')).then_some("\u{fffd}"))
}

/// Whether a character is not seen but acts: on a terminal, or on the order of what stands beside it.
pub(super) fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_and_marks_of_direction_too() {
        assert_eq!(escape("<a b='c'>&\"\u{1}\r\n"), "&lt;a b='c'&gt;&amp;&quot;\u{fffd}&#10;");
        assert_eq!(shown("a\u{202e}b\tc\n\u{1b}"), "a\u{fffd}b\tc\n\u{fffd}");
    }

    #[test]
    fn every_character_is_looked_at_that_may_be_replaced() {
        for c in '\0'..=char::MAX {
            let text = format!("表{c}a");
            let all = |by: &dyn Fn(char) -> bool| text.chars().any(by);
            assert_eq!(shown(&text) != text, all(&|c| is_obeyed(c) && c != '\n' && c != '\t'), "{c:?}");
            let held = |c: char| matches!(c, '\t' | ' '..='\u{fffd}' | '\u{10000}'..) && !"&<>\"".contains(c);
            assert_eq!(escape(&text) != text, all(&|c| !held(c)), "{c:?}");
        }
    }
}
