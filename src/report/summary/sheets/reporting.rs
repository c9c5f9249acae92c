//! 报送情况: every office of the roster, what it has sent, which of it counts, and how versions differ.

use super::{cell, cut, fit_in, heads, number};
use crate::finding::Severity;
use crate::report::summary::{Overview, Role, State};
use rust_xlsxwriter::{Color, Format, Worksheet, XlsxError};

const COLUMNS: [(&str, f64); 10] = [
    ("单位", 24.0),
    ("级别", 6.5),
    ("上级", 15.0),
    ("报送情况", 10.0),
    ("份数", 5.0),
    ("采用的文件", 26.0),
    ("错误", 5.0),
    ("警告", 5.0),
    ("说明", 38.0),
    ("各次报送的差异（旧 → 新）", 34.0),
];

/// Writes the sheet.
pub(in crate::report::summary) fn reporting(page: &mut Worksheet, all: &Overview) -> Result<(), XlsxError> {
    heads(page, 0, &COLUMNS, all)?;
    let (plain, number) = (cell(), number());
    for ((n, office), row) in all.offices.iter().enumerate().zip(1u32..) {
        let first = all.current(n).filter(|(i, _)| !matches!(all.roles.get(*i), Some(Role::NoForm)));
        // What is not summed has its errors nonetheless, unless it is another's or of another year.
        let entry = first.filter(|_| office.state != State::Rejected).map(|(_, entry)| entry);
        let texts = [&office.name, &office.level, &office.parent];
        let (said, differences) = (all.remarks(n).join("\n"), office.differences.join("\n"));
        let file = all.counted_file(office);
        let high = [(0, office.name.as_str()), (2, &office.parent), (5, file), (8, &said), (9, &differences)];
        fit_in(page, row, &COLUMNS, &high)?;
        for (text, col) in texts.into_iter().zip(0u16..) {
            page.write_string_with_format(row, col, cut(text), &plain)?;
        }
        page.write_string_with_format(row, 3, office.state.word(all.lang), &look(office.state, &plain))?;
        page.write_number_with_format(row, 4, office.files.len() as u32, &number)?;
        page.write_string_with_format(row, 5, cut(file), &plain)?;
        for (severity, col) in [(Severity::Error, 6u16), (Severity::Warning, 7)] {
            match entry {
                Some(e) => page.write_number_with_format(row, col, e.count(severity) as u32, &number)?,
                None => page.write_blank(row, col, &plain)?,
            };
        }
        page.write_string_with_format(row, 8, cut(&said), &plain)?;
        page.write_string_with_format(row, 9, cut(&differences), &plain)?;
    }
    let last = all.offices.len().max(1) as u32;
    page.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn look(state: State, plain: &Format) -> Format {
    let colour = match state {
        State::Reported => 0xC6_EFCE,
        State::Missing | State::Rejected => 0xFF_C7CE,
        State::Twice => 0xFF_EB9C,
        State::Unlisted | State::Nobody => 0xDD_EBF7,
    };
    plain.clone().set_background_color(Color::RGB(colour))
}
