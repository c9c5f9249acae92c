//! Formulas written in R1C1, as SpreadsheetML 2003 holds them, in the A1 notation of all other formats.
//!
//! `=SUM(R[-3]C:R[-1]C)` in C9 is `SUM(C6:C8)`. Texts and names of sheets in quotes stay as they are.

use crate::grid::CellRef;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};

/// The formula of a cell in A1, without `=`; what is no reference is left as it is.
pub(super) fn in_a1(formula: &str, at: CellRef) -> String {
    let formula = formula.trim().trim_start_matches('=');
    let mut out = String::with_capacity(formula.len());
    let (mut rest, mut quote, mut before) = (formula, None, ' ');
    while let Some(c) = rest.chars().next() {
        let begins = quote.is_none() && !(before.is_alphanumeric() || matches!(before, '_' | '.'));
        if let Some((cell, after)) = begins.then(|| reference(rest, at)).flatten() {
            out.push_str(&cell.to_string());
            (rest, before) = (after, ')');
            continue;
        }
        match quote {
            Some(q) if q == c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        out.push(c);
        before = c;
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// The cell that a reference in front of a text means, and what comes behind it.
fn reference(text: &str, at: CellRef) -> Option<(CellRef, &str)> {
    let (row, rest) = step(text.strip_prefix(['R', 'r'])?, at.row, MAX_ROWS)?;
    let (col, rest) = step(rest.strip_prefix(['C', 'c'])?, at.col, MAX_COLS)?;
    let ends =
        rest.chars().next().is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | '[')));
    ends.then(|| (CellRef::new(row, col), rest))
}

/// A row or column: that of the cell itself, so many off it (`[-3]`), or the one named (`3`).
fn step(text: &str, own: u32, bound: u32) -> Option<(u32, &str)> {
    let (index, rest) = if let Some(inner) = text.strip_prefix('[') {
        let (by, rest) = inner.split_once(']')?;
        (i64::from(own).checked_add(by.parse().ok()?)?, rest)
    } else {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = text.split_at_checked(digits)?;
        let named =
            if number.is_empty() { i64::from(own) } else { number.parse::<i64>().ok()?.checked_sub(1)? };
        (named, rest)
    };
    u32::try_from(index).ok().filter(|i| *i < bound).map(|i| (i, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_those_of_the_cell_they_stand_in() {
        let at: CellRef = "C9".parse().unwrap();
        for (own, a1) in [
            ("=SUM(R[-3]C:R[-1]C)", "SUM(C6:C8)"),
            ("=RC[-2]+RC[-1]", "A9+B9"),
            ("=R1C1-R[1]C[1]", "A1-D10"),
            ("='表 RC'!RC+\"RC\"", "'表 RC'!C9+\"RC\""),
            ("=ROUND(RC[1],2)", "ROUND(D9,2)"),
            ("=R[-99]C", "R[-99]C"),
            ("=SRC+RCX", "SRC+RCX"),
        ] {
            assert_eq!(in_a1(own, at), a1, "{own}");
        }
    }
}
