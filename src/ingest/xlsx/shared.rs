//! Shared formulas: the first cell's text, moved to another cell (ECMA-376 part 1, 18.3.1.40).

use crate::grid::a1::{MAX_COLS, MAX_ROWS, column_name};
use std::fmt::Write;

/// A formula's text moved by rows and columns; what would leave the sheet becomes `#REF!`.
pub(super) fn moved(formula: &str, rows: i64, cols: i64) -> String {
    let mut out = String::with_capacity(formula.len() + 8);
    let mut rest = formula;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '"' | '\'' => quoted(rest, c),
            c if is_word(c) => word(rest),
            c => c.len_utf8(),
        };
        let (token, tail) = rest.split_at_checked(len).unwrap_or((rest, ""));
        match (is_word(c) && !tail.starts_with(['(', '!'])).then(|| moved_reference(token, rows, cols)) {
            Some(Some(reference)) => out.push_str(&reference),
            _ => out.push_str(token),
        }
        rest = tail;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '$' | '_' | '.' | '\\')
}

fn word(text: &str) -> usize {
    text.char_indices().find(|(_, c)| !is_word(*c)).map_or(text.len(), |(i, _)| i)
}

/// Length of a quoted run; a doubled quote within simply starts the next one.
fn quoted(text: &str, quote: char) -> usize {
    text.char_indices().skip(1).find(|(_, c)| *c == quote).map_or(text.len(), |(i, c)| i + c.len_utf8())
}

fn moved_reference(token: &str, rows: i64, cols: i64) -> Option<String> {
    let (col_fixed, rest) = token.strip_prefix('$').map_or((false, token), |r| (true, r));
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, rest) = rest.split_at_checked(letters)?;
    let (row_fixed, digits) = rest.strip_prefix('$').map_or((false, rest), |r| (true, r));
    let plain = |s: &str, most| !s.is_empty() && s.len() <= most;
    if !plain(letters, 3) || !plain(digits, 7) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let col = letters.bytes().fold(0i64, |n, b| n * 26 + i64::from(b.to_ascii_uppercase() - b'A') + 1) - 1;
    let row = digits.parse::<i64>().ok()? - 1;
    let col = if col_fixed { col } else { col + cols };
    let row = if row_fixed { row } else { row + rows };
    if !(0..i64::from(MAX_COLS)).contains(&col) || !(0..i64::from(MAX_ROWS)).contains(&row) {
        return Some("#REF!".to_owned());
    }
    let mark = |fixed| if fixed { "$" } else { "" };
    let mut out = String::new();
    let name = column_name(u32::try_from(col).ok()?);
    write!(out, "{}{name}{}{}", mark(col_fixed), mark(row_fixed), row + 1).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_references_move() {
        assert_eq!(moved("SUM(B2:D2)+$A$1-B$2", 1, 1), "SUM(C3:E3)+$A$1-C$2");
        assert_eq!(moved("IF(A1=\"A1\",'A1 表'!A1,LOG10(A1))", 2, 0), "IF(A3=\"A1\",'A1 表'!A3,LOG10(A3))");
        assert_eq!(moved("表三!A1&TRUE&1.5E3", 0, 1), "表三!B1&TRUE&1.5E3");
        assert_eq!(moved("A1", -1, 0), "#REF!");
    }
}
