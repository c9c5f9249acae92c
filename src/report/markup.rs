//! Text put into XML and HTML, so that it is read as text: markup in it is shown and not obeyed.

/// A text as the content of an element or the value of an attribute in double quotes, in XML and in HTML.
///
/// Characters that XML cannot hold are shown as U+FFFD; a carriage return is part of a line break and is dropped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            '\r' => {}
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A text of a file as people may read it: control characters and marks of direction are shown as U+FFFD, so that
/// no text can pass for another; line breaks and tabs stay.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_obeyed(c) && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
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
