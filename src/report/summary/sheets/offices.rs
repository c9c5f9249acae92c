//! 单位对比: one row an office, one column a field, with bars, so that an odd number stands out.

use super::{cell, cut, head, on_paper};
use crate::check::Names;
use crate::form::{FieldIx, Form};
use crate::report::summary::{Archive, Held, Overview};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{ConditionalFormatDataBar, ConditionalFormatDataBarDirection, Worksheet, XlsxError};

/// Writes the sheet.
pub(in crate::report::summary) fn offices(
    page: &mut Worksheet,
    all: &Overview,
    archive: &dyn Archive,
    form: &Form,
) -> Result<(), XlsxError> {
    let names = Names { form };
    let reported = |f: &FieldIx| !form.is_variant(*f) || all.coarse.contains(f);
    let columns: Vec<FieldIx> = (0..form.fields.len() as u32).map(FieldIx).filter(reported).collect();
    let heading = head().set_font_size(9.0);
    page.write_string_with_format(0, 0, all.word("单位"), &heading)?.set_column_width(0, 28.0)?;
    for (field, col) in columns.iter().zip(1u16..) {
        page.write_string_with_format(0, col, names.field(*field).get(all.lang), &heading)?
            .set_column_width(col, 11.0)?;
    }
    page.set_row_height(0, 78.0)?.set_freeze_panes(1, 1)?;
    let (plain, mut row) = (cell(), 1);
    for (i, entry) in all.used_by_office() {
        let details = archive.details(&entry.file);
        page.write_string_with_format(row, 0, cut(all.name_of(i)), &plain)?;
        for (field, col) in columns.iter().zip(1u16..) {
            match details.value(field.0 as usize, all.choice.corrected) {
                Held::Number(n) => {
                    page.write_number_with_format(row, col, n.to_f64().unwrap_or_default(), &plain)?
                }
                Held::Blank => page.write_blank(row, col, &plain)?,
                Held::Mark => page.write_string_with_format(row, col, "—", &plain)?,
                Held::Unreadable => page.write_string_with_format(row, col, all.word("不是数字"), &plain)?,
                Held::Absent => page.write_string_with_format(row, col, all.word("没有"), &plain)?,
            };
        }
        row += 1;
    }
    if row > 1 {
        bars(page, row - 1, columns.len() as u16)?;
        page.autofilter(0, 0, row - 1, columns.len() as u16)?;
    }
    on_paper(page, all);
    // Its columns are too many for one page.
    page.set_print_fit_to_pages(0, 0).set_print_scale(75);
    page.set_repeat_rows(0, 0)?.set_repeat_columns(0, 0)?;
    Ok(())
}

fn bars(page: &mut Worksheet, last: u32, columns: u16) -> Result<(), XlsxError> {
    for col in 1..=columns {
        let bar = ConditionalFormatDataBar::new()
            .set_fill_color(0x9D_C3E6)
            .set_solid_fill(true)
            .set_direction(ConditionalFormatDataBarDirection::LeftToRight);
        page.add_conditional_format(1, col, last, col, &bar)?;
    }
    Ok(())
}
