//! Text put into XML and HTML, so that it is read as text: markup in it is shown and not obeyed.

/// A text as the content of an element or the value of an attribute in double quotes, in XML and in HTML.
///
/// Characters that XML cannot hold are shown as U+FFFD; a carriage return is part of a line break and is dropped.
pub(super) fn escape(text: &str) -> String {
    replaced(text, |c| match c {
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

/// A text with some characters replaced; what stands between them is copied as a whole.
fn replaced(text: &str, by: impl Fn(char) -> Option<&'static str>) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, c) in text.char_indices() {
        if let Some(new) = by(c) {
            out.push_str(text.get(from..at).unwrap_or_default());
            out.push_str(new);
            from = at + c.len_utf8();
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// A text of a file as people may read it: control characters and marks of direction are shown as U+FFFD, so that
/// no text can pass for another; line breaks and tabs stay.
pub(super) fn shown(text: &str) -> String {
    replaced(text, |c| (is_obeyed(c) && !matches!(c, '\n' | '\t')).then_some("\u{fffd}"))
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
}
