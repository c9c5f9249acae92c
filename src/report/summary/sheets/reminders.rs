//! 催报清单: on a second round, which offices have to be reminded of what, in the roster's order.

use super::{cell, cut, fit, heads};
use crate::finding::{Lang, Severity};
use crate::report::summary::{Answer, Archive, Item, Office, Overview, Rounds};
use rust_xlsxwriter::{Color, Format, Worksheet, XlsxError};

const COLUMNS: [(&str, f64); 10] = [
    ("单位", 24.0),
    ("级别", 8.0),
    ("联系人", 18.0),
    ("期限", 12.0),
    ("情况", 14.0),
    ("已改正", 8.0),
    ("仍存在", 8.0),
    ("新出现", 8.0),
    ("仍存在的问题", 50.0),
    ("新出现的问题", 50.0),
];

/// Writes the sheet.
pub(in crate::report::summary) fn reminders(
    page: &mut Worksheet,
    all: &Overview,
    archive: &dyn Archive,
) -> Result<(), XlsxError> {
    heads(page, 0, &COLUMNS)?;
    let plain = cell();
    let looks = [true, false].map(|is_open| look(&plain, is_open));
    let mut row = 1;
    for (n, office) in all.offices.iter().enumerate() {
        let Some(rounds) = all.rounds.get(&office.name) else { continue };
        let Some(answer) = all.answer(n) else { continue };
        let (old, new) = problems(all, n, rounds, archive);
        line(page, row, office, (rounds, answer), (&old, &new), &plain, &looks)?;
        row += 1;
    }
    if row == 1 {
        page.write_string_with_format(1, 0, "没有需要催报的单位", &plain)?;
        row += 1;
    }
    page.autofilter(0, 0, row - 1, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn line(
    page: &mut Worksheet,
    row: u32,
    office: &Office,
    (rounds, answer): (&Rounds, Answer),
    (old, new): (&[String], &[String]),
    plain: &Format,
    [open, done]: &[Format; 2],
) -> Result<(), XlsxError> {
    let texts = [&office.name, &office.level, &office.contact, &office.due];
    for (text, col) in texts.into_iter().zip(0u16..) {
        page.write_string_with_format(row, col, cut(text), plain)?;
    }
    let look = if answer.is_open() { open } else { done };
    page.write_string_with_format(row, 4, answer.word(), look)?;
    let (gone, remaining, added) = rounds.counts();
    for (n, col) in [gone, remaining, added].into_iter().zip(5u16..) {
        page.write_number_with_format(row, col, n as u32, plain)?;
    }
    let lists = [old.join("\n"), new.join("\n")];
    for (text, col) in lists.iter().zip(8u16..) {
        page.write_string_with_format(row, col, cut(text), plain)?;
    }
    let [old, new] = &lists;
    fit(
        page,
        row,
        &[(&office.name, 24.0), (&office.contact, 18.0), (&office.due, 12.0), (old, 50.0), (new, 50.0)],
    )?;
    Ok(())
}

/// What stands wrong with the submission of an office: known from the round before, and new.
fn problems(all: &Overview, n: usize, rounds: &Rounds, archive: &dyn Archive) -> (Vec<String>, Vec<String>) {
    let Some((_, entry)) = all.current(n) else { return (Vec::new(), Vec::new()) };
    let rejected = all.rejected(n, Lang::Zh);
    let failed = entry.error.clone().map(|error| (error, entry.status.clone()));
    if let Some((told, mark)) = failed.or_else(|| rejected.map(|why| (format!("{}：{why}", entry.file), why)))
    {
        let told = vec![told];
        return if rounds.is_known(&mark) { (told, Vec::new()) } else { (Vec::new(), told) };
    }
    if entry.count(Severity::Error) == 0 {
        return (Vec::new(), Vec::new());
    }
    let findings = archive.details(&entry.file).findings.into_iter();
    let errors = findings.filter(|f| f.severity == Severity::Error && f.confirmed.is_none());
    let (old, new): (Vec<Item>, Vec<Item>) = errors.partition(|f| rounds.is_known(&f.mark()));
    let told = |items: Vec<Item>| items.iter().map(|f| format!("{}：{}", f.at(), f.message)).collect();
    (told(old), told(new))
}

fn look(plain: &Format, is_open: bool) -> Format {
    plain.clone().set_background_color(Color::RGB(if is_open { 0xFF_C7CE } else { 0xC6_EFCE }))
}
