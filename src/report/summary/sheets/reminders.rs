//! 催报清单: on a second round, which offices have to be reminded of what, in the roster's order.

use super::{cell, cut, fit_in, heads, number};
use crate::report::summary::{Archive, Overview, Reminder};
use rust_xlsxwriter::{Color, Format, Worksheet, XlsxError};

const COLUMNS: [(&str, f64); 10] = [
    ("单位", 24.0),
    ("级别", 6.5),
    ("联系人", 14.0),
    ("期限", 11.0),
    ("情况", 14.0),
    ("已改正", 7.0),
    ("仍存在", 7.0),
    ("新出现", 7.0),
    ("仍存在的问题", 40.0),
    ("新出现的问题", 40.0),
];

/// Writes the sheet.
pub(in crate::report::summary) fn reminders(
    page: &mut Worksheet,
    all: &Overview,
    archive: &dyn Archive,
) -> Result<(), XlsxError> {
    heads(page, 0, &COLUMNS, all)?;
    let plain = cell();
    let looks = [true, false].map(|is_open| look(&plain, is_open));
    let mut row = 1;
    for reminder in all.reminders(archive) {
        line(page, row, (all, &reminder), &plain, &looks)?;
        row += 1;
    }
    if row == 1 {
        page.write_string_with_format(1, 0, all.word("没有需要催报的单位"), &plain)?;
        row += 1;
    }
    page.autofilter(0, 0, row - 1, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn line(
    page: &mut Worksheet,
    row: u32,
    (all, reminder): (&Overview, &Reminder),
    plain: &Format,
    [open, done]: &[Format; 2],
) -> Result<(), XlsxError> {
    let Reminder { office, answer, counts: (gone, remaining, added), old, new } = reminder;
    let texts = [&office.name, &office.level, &office.contact, &office.due];
    for (text, col) in texts.into_iter().zip(0u16..) {
        page.write_string_with_format(row, col, cut(text), plain)?;
    }
    let look = if answer.is_open() { open } else { done };
    page.write_string_with_format(row, 4, all.word(answer.word()), look)?;
    for (n, col) in [gone, remaining, added].into_iter().zip(5u16..) {
        page.write_number_with_format(row, col, *n as u32, &number())?;
    }
    let lists = [old.join("\n"), new.join("\n")];
    for (text, col) in lists.iter().zip(8u16..) {
        page.write_string_with_format(row, col, cut(text), plain)?;
    }
    let [old, new] = &lists;
    let word = all.word(answer.word());
    let high =
        [(0, office.name.as_str()), (2, &office.contact), (3, &office.due), (4, word), (8, old), (9, new)];
    fit_in(page, row, &COLUMNS, &high)
}

fn look(plain: &Format, is_open: bool) -> Format {
    plain.clone().set_background_color(Color::RGB(if is_open { 0xFF_C7CE } else { 0xC6_EFCE }))
}
