//! Formulas that add and subtract cells, the only ones that totals of a form need.
//!
//! `SUM(B2:B9,C3)`, `+`, `-`, brackets, numbers and references to cells of any sheet are read into a
//! linear expression, exactly. Anything else (`IF`, `*`, names) is left to its cached value.

use super::{Cell, CellRef, Entry, Range, Sheet, Workbook, amount};
use rust_decimal::Decimal;

/// Cells that one formula may add up; a sum over whole columns is not a form's total.
const MAX_TERMS: usize = 4096;
/// Formulas that may feed each other, one inside the next; brackets within brackets.
const MAX_DEPTH: u32 = 64;
/// Cells looked up for one value, so that totals of totals of totals stay quick; long formulas count for more.
const MAX_LOOKUPS: usize = 20_000;
/// Bytes of a formula that is read; office programs keep 8,192 characters.
const MAX_TEXT: usize = 1 << 15;

/// A sum of cells, with signs, and a constant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinearSum {
    /// What is added to the cells.
    pub constant: Decimal,
    /// The cells, in the formula's order.
    pub terms: Vec<Term>,
}

/// One cell within a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The sheet it stands on; `None` for the formula's own.
    pub sheet: Option<String>,
    /// Its address.
    pub cell: CellRef,
    /// Whether it is added or subtracted.
    pub negative: bool,
    /// Within SUM text counts nothing; beside `+` it is read as a number.
    pub in_sum: bool,
}

/// Reads a formula (without `=`) as a sum of cells; `None` where it is anything else.
pub fn parse(text: &str) -> Option<LinearSum> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut parser = Parser { rest: text.trim(), sum: LinearSum::default(), depth: 0 };
    parser.sum(false, false)?;
    parser.rest.is_empty().then_some(parser.sum)
}

/// What a formula's cell shows once recomputed, or `None` where it cannot be told (text, errors, cycles).
pub fn evaluate(book: &Workbook, sheet: &Sheet, formula: &str) -> Option<Decimal> {
    Recompute { book, lookups: 0 }.sum(sheet, &parse(formula)?, 0)
}

/// A formula as it reads when it is copied `rows` down and `cols` to the right: references without `$` move along.
/// `None` where one would leave the sheet.
pub fn copied(text: &str, rows: i64, cols: i64) -> Option<String> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '.');
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let end = rest.get(1..)?.find('\'')? + 2;
            out += rest.get(..end)?;
            rest = rest.get(end..)?;
            continue;
        }
        let len =
            if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, tail) = rest.split_at_checked(len)?;
        let is_name = tail.starts_with(['(', '!']);
        match word.parse::<CellRef>() {
            Ok(cell) if !is_name => out += &moved(word, cell, rows, cols)?,
            _ => out += word,
        }
        rest = tail;
    }
    Some(out)
}

/// A reference moved, but for what `$` holds fast.
fn moved(word: &str, cell: CellRef, rows: i64, cols: i64) -> Option<String> {
    let (fast_col, fast_row) = (word.starts_with('$'), word.get(1..)?.contains('$'));
    let col = if fast_col { cell.col } else { u32::try_from(i64::from(cell.col) + cols).ok()? };
    let row = if fast_row { cell.row } else { u32::try_from(i64::from(cell.row) + rows).ok()? };
    let mark = |fast: bool| if fast { "$" } else { "" };
    Some(format!("{}{}{}{}", mark(fast_col), super::a1::column_name(col), mark(fast_row), u64::from(row) + 1))
}

struct Recompute<'a> {
    book: &'a Workbook,
    lookups: usize,
}

impl<'a> Recompute<'a> {
    fn sum(&mut self, sheet: &'a Sheet, sum: &LinearSum, depth: u32) -> Option<Decimal> {
        sum.terms.iter().try_fold(sum.constant, |total, term| {
            let number = self.term(sheet, term, depth)?;
            if term.negative { total.checked_sub(number) } else { total.checked_add(number) }
        })
    }

    fn term(&mut self, sheet: &'a Sheet, term: &Term, depth: u32) -> Option<Decimal> {
        self.lookups += 1;
        if self.lookups > MAX_LOOKUPS || depth > MAX_DEPTH {
            return None;
        }
        let sheet = match &term.sheet {
            Some(name) => self.book.sheets.iter().find(|s| s.name.eq_ignore_ascii_case(name))?,
            None => sheet,
        };
        let Some(cell) = sheet.cell(term.cell) else { return Some(Decimal::ZERO) };
        self.lookups += cell.formula.as_ref().map_or(0, |f| f.len() / 32);
        match cell.formula.as_deref().and_then(parse) {
            Some(inner) => self.sum(sheet, &inner, depth + 1),
            None => typed_value(cell, term.in_sum),
        }
    }
}

/// What a cell counts for: nothing where it is text within SUM, its number elsewhere.
fn typed_value(cell: &Cell, in_sum: bool) -> Option<Decimal> {
    match &cell.entry {
        Entry::Number(n) => Some(*n),
        Entry::Blank if cell.formula.is_none() => Some(Decimal::ZERO),
        Entry::Text(_) | Entry::Bool(_) if in_sum => Some(Decimal::ZERO),
        Entry::Text(text) => amount::from_text(text),
        Entry::Bool(b) => Some(Decimal::from(u8::from(*b))),
        Entry::Blank | Entry::Error(_) => None,
    }
}

/// A sheet's name whose quote is never closed.
struct Unclosed;

struct Parser<'a> {
    rest: &'a str,
    sum: LinearSum,
    depth: u32,
}

impl Parser<'_> {
    /// `item {(+|-) item}`; `negative` is the sign that stands before it all.
    fn sum(&mut self, negative: bool, in_sum: bool) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut sign = negative;
        loop {
            self.item(sign, in_sum)?;
            sign = match self.peek() {
                Some('+') => negative,
                Some('-') => !negative,
                _ => break,
            };
            self.skip(1);
        }
        self.depth -= 1;
        Some(())
    }

    fn item(&mut self, negative: bool, in_sum: bool) -> Option<()> {
        let mut negative = negative;
        while let Some(sign @ ('+' | '-')) = self.peek() {
            negative ^= sign == '-';
            self.skip(1);
        }
        match self.peek()? {
            '(' => {
                self.skip(1);
                self.sum(negative, in_sum)?;
                self.take(')')
            }
            '0'..='9' | '.' => self.number(negative),
            _ if self.function("SUM") => self.arguments(negative),
            _ => self.reference(negative, in_sum),
        }
    }

    /// The arguments of SUM, up to its closing bracket.
    fn arguments(&mut self, negative: bool) -> Option<()> {
        loop {
            self.sum(negative, true)?;
            match self.peek()? {
                ',' | ';' => self.skip(1),
                _ => return self.take(')'),
            }
        }
    }

    fn number(&mut self, negative: bool) -> Option<()> {
        let len = self.rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let (digits, rest) = self.rest.split_at_checked(len)?;
        let n = amount::from_text(digits)?;
        self.rest = rest;
        self.sum.constant = self.sum.constant.checked_add(if negative { -n } else { n })?;
        Some(())
    }

    /// A cell or, inside SUM, a range, with or without a sheet's name before it.
    fn reference(&mut self, negative: bool, in_sum: bool) -> Option<()> {
        let sheet = self.sheet_name().ok()?;
        let first = self.cell()?;
        let range = if self.peek() == Some(':') {
            self.skip(1);
            Range::new(first, self.cell()?)
        } else {
            Range::single(first)
        };
        let count = u64::from(range.height()) * u64::from(range.width());
        if (count > 1 && !in_sum) || count > MAX_TERMS as u64 || self.sum.terms.len() > MAX_TERMS {
            return None;
        }
        for row in range.first.row..=range.last.row {
            for col in range.first.col..=range.last.col {
                let cell = CellRef::new(row, col);
                self.sum.terms.push(Term { sheet: sheet.clone(), cell, negative, in_sum });
            }
        }
        Some(())
    }

    /// Takes `Sheet!` or `'a sheet'!` if one stands here; `Err` where a quote is never closed.
    fn sheet_name(&mut self) -> Result<Option<String>, Unclosed> {
        if let Some(quoted) = self.rest.strip_prefix('\'') {
            let end = quoted.replace("''", "\u{0}\u{0}").find('\'').ok_or(Unclosed)?;
            let (name, rest) = quoted.split_at_checked(end).ok_or(Unclosed)?;
            self.rest = rest.strip_prefix("'!").ok_or(Unclosed)?;
            return Ok(Some(name.replace("''", "'")));
        }
        let stop = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(stop).ok_or(Unclosed)?;
        if let Some(rest) = rest.strip_prefix('!') {
            self.rest = rest;
            return Ok(Some(name.to_owned()));
        }
        Ok(None)
    }

    fn cell(&mut self) -> Option<CellRef> {
        self.peek();
        let len = self.rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'$').count();
        let (text, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        text.parse().ok()
    }

    fn function(&mut self, name: &str) -> bool {
        let matched = self.rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
        let rest = self.rest.get(name.len()..).unwrap_or_default().trim_start().strip_prefix('(');
        match rest {
            Some(rest) if matched => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn take(&mut self, c: char) -> Option<()> {
        (self.peek()? == c).then(|| self.skip(c.len_utf8()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_copied_takes_its_references_along() {
        assert_eq!(copied("SUM(D5:I5)", 3, 0).as_deref(), Some("SUM(D8:I8)"));
        assert_eq!(copied("D5+$E5 - F$5+$G$5", 1, 2).as_deref(), Some("F6+$E6 - H$5+$G$5"));
        assert_eq!(copied("SUM('表 A1'!B2,Sheet1!C3)", 0, 1).as_deref(), Some("SUM('表 A1'!C2,Sheet1!D3)"));
        assert_eq!(copied("A1", -1, 0), None);
    }

    fn shown(formula: &str) -> Option<String> {
        let sum = parse(formula)?;
        let terms = sum.terms.iter().map(|t| {
            let sheet = t.sheet.as_ref().map(|s| format!("{s}!")).unwrap_or_default();
            format!("{}{sheet}{}", if t.negative { "-" } else { "+" }, t.cell)
        });
        Some(format!("{}{}", sum.constant, terms.collect::<String>()))
    }

    #[test]
    fn sums_and_differences_are_read() {
        assert_eq!(shown("D4+E4-F4").as_deref(), Some("0+D4+E4-F4"));
        assert_eq!(shown("SUM(D4:F4, H4)-1").as_deref(), Some("-1+D4+E4+F4+H4"));
        assert_eq!(shown(" -(A1-(B1+2)) ").as_deref(), Some("2-A1+B1"));
        assert_eq!(
            shown("sum('表 三''s'!$D$4:D5)+Sheet1!A1").as_deref(),
            Some("0+表 三's!D4+表 三's!D5+Sheet1!A1")
        );
    }

    #[test]
    fn other_formulas_are_left_alone() {
        for f in [
            "A1*2",
            "IF(A1>0,1,0)",
            "SUM(A:A)",
            "A1:A3",
            "SUM(A1:XFD1048576)",
            "name",
            "SUM(A1",
            "'x!A1",
            "A1 B1",
            "1e5+A1",
        ] {
            assert_eq!(shown(f), None, "{f}");
        }
    }

    #[test]
    fn a_total_of_totals_is_recomputed_from_what_was_typed() {
        let put = |at: &str, entry, formula: Option<&str>| {
            (at.parse().unwrap(), Cell { entry, formula: formula.map(Into::into), format: 0 })
        };
        let cells = vec![
            put("A1", Entry::Number(3.into()), None),
            put("B1", Entry::Text("4".into()), None),
            put("C1", Entry::Number(99.into()), Some("A1+B1")),
            put("D1", Entry::Blank, Some("SUM(A1:C1)")),
            put("E1", Entry::Blank, Some("E1+A1")),
        ];
        let book = Workbook { sheets: vec![Sheet { cells, ..Sheet::default() }], ..Workbook::default() };
        let sheet = &book.sheets[0];
        assert_eq!(evaluate(&book, sheet, "C1"), Some(7.into()));
        assert_eq!(evaluate(&book, sheet, "SUM(A1:C1)"), Some(10.into()));
        assert_eq!(evaluate(&book, sheet, "E1+1"), None);
    }
}
