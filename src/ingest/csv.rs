//! Tables in plain text: csv, tsv, and what a spreadsheet with a Chinese or European list separator writes.
//!
//! RFC 4180 as Excel reads it, with one row for every line, blank ones too, so that addresses are those that
//! an office sees (the `csv` crate drops blank lines). The delimiter is found by content.

use super::collect::Collector;
use super::limits::Limits;
use crate::finding::Failure;
use crate::grid::{CellRef, Workbook};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Delimiters, the more telling ones first.
const DELIMITERS: [char; 5] = ['\t', ',', ';', '，', '；'];
/// Records that are looked at to tell the delimiter.
const SAMPLE: usize = 200;

/// Reads a table; one column where no delimiter is found.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Workbook, Failure> {
    let delimiter = delimiter(text);
    let text = declared(text).map_or(text, |(rest, _)| rest);
    let mut book = Collector::new("Sheet1", limits);
    let mut at = CellRef::new(0, 0);
    for field in (Fields { rest: Some(text), delimiter }) {
        book.write(at, &field.text)?;
        at = if field.ends_row { CellRef::new(at.row + 1, 0) } else { CellRef::new(at.row, at.col + 1) };
    }
    Ok(book.finish())
}

/// What parts the values of a text, if it is a table.
pub(super) fn delimiter(text: &str) -> Option<char> {
    declared(text).map(|(_, delimiter)| delimiter).or_else(|| guess(text))
}

/// The delimiter with which most rows have the same number of fields; `None` where no two rows do.
fn guess(text: &str) -> Option<char> {
    let scored = DELIMITERS.into_iter().filter_map(|d| Some((agreement(text, d)?, d)));
    // The first of equals, so that the order of the delimiters settles it.
    scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, d)| d)
}

/// How many rows have the commonest number of fields above one, and that number.
fn agreement(text: &str, delimiter: char) -> Option<(usize, usize)> {
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut fields, mut seen) = (0, 0);
    for field in (Fields { rest: Some(text), delimiter: Some(delimiter) }) {
        fields += 1;
        if field.ends_row {
            *rows.entry(fields).or_default() += usize::from(fields > 1);
            seen += 1;
            fields = 0;
        }
        if seen >= SAMPLE {
            break;
        }
    }
    let best = rows.into_iter().map(|(fields, rows)| (rows, fields)).max()?;
    (best.0 > 1).then_some(best)
}

/// The first line `sep=;`, by which Excel is told the delimiter.
fn declared(text: &str) -> Option<(&str, char)> {
    let (line, rest) = text.split_once('\n')?;
    let mut chars = line.trim_end_matches('\r').trim_matches('"').strip_prefix("sep=")?.chars();
    let delimiter = chars.next()?;
    chars.next().is_none().then_some((rest, delimiter))
}

/// One field of a row.
struct Field<'a> {
    text: Cow<'a, str>,
    ends_row: bool,
}

/// The fields of a text, row after row.
struct Fields<'a> {
    rest: Option<&'a str>,
    delimiter: Option<char>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let text = self.rest.filter(|t| !t.is_empty())?;
        let (field, rest) = quoted(text).unwrap_or((Cow::Borrowed(""), text));
        let delimiter = self.delimiter;
        let end = rest.find(|c| c == '\n' || c == '\r' || Some(c) == delimiter).unwrap_or(rest.len());
        let (tail, rest) = rest.split_at_checked(end)?;
        let text = match (field.is_empty(), tail.is_empty()) {
            (_, true) => field,
            (true, false) => Cow::Borrowed(tail),
            (false, false) => Cow::Owned(field.into_owned() + tail),
        };
        let mut chars = rest.chars();
        let stop = chars.next();
        let after = chars.as_str();
        let ends_row = stop.is_none() || stop != delimiter;
        let crlf = if stop == Some('\r') { after.strip_prefix('\n') } else { None };
        // A delimiter at the very end still has an empty field after it.
        self.rest = Some(crlf.unwrap_or(after)).filter(|_| stop.is_some());
        Some(Field { text, ends_row })
    }
}

/// Takes a quoted field off the front; `None` where no quote opens or none closes it.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let body = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let quote = from + body.get(from..)?.find('"')?;
        let rest = body.get(quote + 1..)?;
        if !rest.starts_with('"') {
            let field = body.get(..quote)?;
            let field =
                if from == 0 { Cow::Borrowed(field) } else { Cow::Owned(field.replace("\"\"", "\"")) };
            return Some((field, rest));
        }
        from = quote + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    fn sheet(text: &str) -> String {
        shown(&read(text, &Limits::default()).unwrap().sheets[0])
    }

    #[test]
    fn quotes_breaks_and_blank_lines_are_read_as_excel_reads_them() {
        let text = "信息内容,数量\r\n\r\n\"规章,\r\n\"\"甲\"\"\",3\r\n合计,\"3\"\r\n";
        assert_eq!(sheet(text), "A1=信息内容\nB1=数量\nA3=规章,\r\n\"甲\"\nB3#3\nA4=合计\nB4#3");
    }

    #[test]
    fn the_delimiter_is_found_by_content() {
        for d in ["\t", ";", ",", "；"] {
            let text = ["a", "b", "c\n规章", "1", "2\n合计", "3", "4"].join(d);
            assert_eq!(sheet(&text), "A1=a\nB1=b\nC1=c\nA2=规章\nB2#1\nC2#2\nA3=合计\nB3#3\nC3#4", "{d:?}");
        }
        assert_eq!(guess("项目;金额\n甲;1,234\n乙;1,234,567\n"), Some(';'));
        assert_eq!(guess("一段话，没有表格。\n又一段。"), None);
        assert_eq!(sheet("sep=;\n一,二;3"), "A1=一,二\nB1#3");
    }

    #[test]
    fn a_quote_that_never_closes_is_a_character() {
        assert_eq!(sheet("a,b\n\"c,1\nd,2"), "A1=a\nB1=b\nA2=\"c\nB2#1\nA3=d\nB3#2");
    }
}
