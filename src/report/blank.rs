//! The official workbook of a form, blank or filled, as it would be printed.
//!
//! Everything is derived from the form's data. Totals are typed, not computed: a computed total hides the slip
//! that a typed one reveals. While a relation does not hold its cells are red, so that an office sees it while
//! filling. The same form and numbers give the same bytes.

use crate::finding::Place;
use crate::form::layout::{Layout, Slot, What, layout};
use crate::form::{FieldIx, Form, Kind, Line, Relation, Table};
use crate::grid::a1::column_name;
use crate::grid::{CellRef, Range, amount};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// What is filled in.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// The office's name.
    pub office: Option<String>,
    /// The year reported on.
    pub year: Option<i32>,
    /// The numbers.
    pub values: BTreeMap<FieldIx, Decimal>,
    /// Formulas that give such numbers, without `=`.
    pub formulas: BTreeMap<FieldIx, String>,
    /// What stands where no number can be read.
    pub texts: BTreeMap<FieldIx, String>,
}

/// The blank official workbook of a form.
pub fn blank(form: &Form) -> Result<Vec<u8>, XlsxError> {
    fill(form, &Contents::default())
}

/// The official workbook of a form with numbers in it.
///
/// A line that replaces others (of a mixed form) stands in their place where it has a number.
pub fn fill(form: &Form, contents: &Contents) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // A fixed date: the same form gives the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = DocProperties::new().set_title(&form.title.zh).set_author("勾稽");
    book.set_properties(&title.set_creation_datetime(&made));
    let sheets: Vec<Printed> =
        (0..form.tables.len()).filter_map(|t| Printed::new(form, t, contents)).collect();
    for printed in &sheets {
        let page = book.add_worksheet();
        page.set_name(&printed.table.name)?;
        printed.write(page, contents)?;
        printed.validate(page)?;
        printed.redden(page, &sheets)?;
    }
    book.save_to_buffer()
}

/// All tables of a form below one another on one sheet, numbers in them; gives the cell of each field.
pub(super) fn stack(
    page: &mut Worksheet,
    form: &Form,
    contents: &Contents,
) -> Result<BTreeMap<FieldIx, CellRef>, XlsxError> {
    let mut top = 0;
    let mut cells = BTreeMap::new();
    let mut widest: Vec<f64> = Vec::new();
    for index in 0..form.tables.len() {
        let Some(printed) = Printed::at(form, index, contents, top) else { continue };
        printed.write_heading(page, contents)?;
        printed.write_slots(page, contents)?;
        for (col, width) in printed.widths.iter().enumerate() {
            match widest.get_mut(col) {
                Some(w) => *w = w.max(*width),
                None => widest.push(*width),
            }
        }
        top += printed.layout.rows + HEADINGS + 1;
        cells.extend(printed.cells);
    }
    for (col, width) in widest.iter().enumerate() {
        page.set_column_width(col as u16, *width)?;
    }
    page.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    Ok(cells)
}

/// Where [`fill`] puts each field.
pub(super) fn places(form: &Form, contents: &Contents) -> BTreeMap<FieldIx, Place> {
    let sheets = (0..form.tables.len()).filter_map(|t| Printed::new(form, t, contents));
    let place = |name: &str, cell| Place { sheet: name.to_owned(), cell };
    let cells = |p: Printed<'_>| {
        let placed = p.cells.iter().map(|(ix, cell)| (*ix, place(&p.table.name, *cell)));
        placed.collect::<Vec<_>>()
    };
    sheets.flat_map(cells).collect()
}

/// Rows above the table: the form's heading and the table's.
const HEADINGS: u32 = 2;
const FONT: &str = "宋体";
/// Width of a portrait A4 page in characters of the standard size.
const PAGE_WIDTH: f64 = 88.0;
const NARROWEST: u32 = 7;
const WIDEST_LABEL: u32 = 34;
const LINE_HEIGHT: f64 = 15.0;
const ROW_HEIGHT: f64 = 22.0;
const A4: u8 = 9;

/// A table as it is laid out on its sheet.
struct Printed<'a> {
    form: &'a Form,
    table: &'a Table,
    layout: Layout,
    /// The first row, of the headings.
    top: u32,
    /// The top-left cell of each field.
    cells: BTreeMap<FieldIx, CellRef>,
    widths: Vec<f64>,
}

impl<'a> Printed<'a> {
    fn new(form: &'a Form, index: usize, contents: &Contents) -> Option<Self> {
        Self::at(form, index, contents, 0)
    }

    /// A table that begins at row `top` of its sheet.
    fn at(form: &'a Form, index: usize, contents: &Contents, top: u32) -> Option<Self> {
        let table = form.tables.get(index)?;
        let in_use = lines_in_use(form, index, contents);
        let replaced: Vec<&String> = in_use.iter().flat_map(|l| &l.replaces).collect();
        let leave_out = |line: &Line| {
            (!line.replaces.is_empty() && !in_use.iter().any(|l| l.id == line.id))
                || replaced.contains(&&line.id)
        };
        let mut layout = layout(table, &leave_out);
        for slot in &mut layout.slots {
            let down = |c: CellRef| CellRef::new(c.row + top + HEADINGS, c.col);
            slot.range = Range::new(down(slot.range.first), down(slot.range.last));
        }
        let field = |s: &Slot| match s.what {
            What::Field(ix) => Some((ix, s.range.first)),
            _ => None,
        };
        let cells = layout.slots.iter().filter_map(field).collect();
        let widths = widths(&layout);
        Some(Self { form, table, layout, top, cells, widths })
    }

    fn write(&self, page: &mut Worksheet, contents: &Contents) -> Result<(), XlsxError> {
        self.set_up(page)?;
        self.write_heading(page, contents)?;
        self.write_slots(page, contents)
    }

    fn write_heading(&self, page: &mut Worksheet, contents: &Contents) -> Result<(), XlsxError> {
        let last = self.layout.cols.max(2) as u16 - 1;
        let office = contents.office.as_deref().unwrap_or("＿＿＿＿＿＿＿＿（单位）");
        let year = contents.year.map_or("＿＿＿＿".to_owned(), |y| y.to_string());
        let heading = self.form.heading.replace("{office}", office).replace("{year}", &year);
        let big = text_format(16.0).set_bold().set_align(FormatAlign::Center);
        page.merge_range(self.top, 0, self.top, last, &heading, &big)?;
        let small = text_format(12.0).set_bold().set_align(FormatAlign::Left);
        // a form of one table may have one heading for both
        let own = if self.table.heading == heading { "" } else { &self.table.heading };
        page.merge_range(self.top + 1, 0, self.top + 1, last, own, &small)?;
        page.set_row_height(self.top, 36)?.set_row_height(self.top + 1, 26)?;
        Ok(())
    }

    fn write_slots(&self, page: &mut Worksheet, contents: &Contents) -> Result<(), XlsxError> {
        for slot in &self.layout.slots {
            self.write_slot(page, slot, contents)?;
        }
        let first = self.top + HEADINGS;
        for (row, height) in (first..).zip(heights(&self.layout, &self.widths, first)) {
            page.set_row_height(row, height)?;
        }
        Ok(())
    }

    fn set_up(&self, page: &mut Worksheet) -> Result<(), XlsxError> {
        page.set_paper_size(A4).set_print_fit_to_pages(1, 1).set_print_center_horizontally(true);
        page.set_margins(0.5, 0.5, 0.7, 0.7, 0.3, 0.3).set_footer("&C第 &P 页，共 &N 页");
        page.set_print_area(0, 0, self.layout.rows + HEADINGS - 1, self.layout.cols.max(1) as u16 - 1)?;
        for (col, width) in self.widths.iter().enumerate() {
            page.set_column_width(col as u16, *width)?;
        }
        Ok(())
    }

    fn write_slot(&self, page: &mut Worksheet, slot: &Slot, contents: &Contents) -> Result<(), XlsxError> {
        let format = self.slot_format(&slot.what);
        let Range { first, last } = slot.range;
        if first == last {
            page.write_string_with_format(first.row, first.col as u16, slot.what.text(), &format)?;
        } else {
            let (left, right) = (first.col as u16, last.col as u16);
            page.merge_range(first.row, left, last.row, right, slot.what.text(), &format)?;
        }
        if let What::Field(ix) = slot.what {
            let (row, col) = (first.row, first.col as u16);
            let number = contents.values.get(&ix);
            match (contents.formulas.get(&ix), number.and_then(Decimal::to_f64), contents.texts.get(&ix)) {
                (Some(formula), Some(_), _) => {
                    let result = number.map(|n| amount::show(*n)).unwrap_or_default();
                    let formula = Formula::new(formula).set_result(result);
                    page.write_formula_with_format(row, col, formula, &format)?
                }
                (_, Some(value), _) => page.write_number_with_format(row, col, value, &format)?,
                (_, None, Some(text)) => page.write_string_with_format(row, col, text, &format)?,
                (_, None, None) => page.write_blank(row, col, &format)?,
            };
        }
        Ok(())
    }

    fn slot_format(&self, what: &What) -> Format {
        let format = text_format(10.5).set_border(FormatBorder::Thin).set_text_wrap();
        match what {
            What::Band(_) | What::Head(_) | What::Corner(_) | What::Group(_) => {
                format.set_align(FormatAlign::Center)
            }
            What::Row(_) => format.set_align(FormatAlign::Left).set_indent(1),
            What::Field(ix) => {
                let kind = self.form.field(*ix).map_or(Kind::Count, |f| f.kind);
                format.set_align(FormatAlign::Center).set_num_format(number_format(kind))
            }
        }
    }

    /// Refuses what no honest number can be.
    fn validate(&self, page: &mut Worksheet) -> Result<(), XlsxError> {
        for kind in [Kind::Count, Kind::SignedCount, Kind::Money, Kind::SignedMoney] {
            let of_kind = |ix: &FieldIx| self.form.field(*ix).is_some_and(|f| f.kind == kind);
            let cells: Vec<CellRef> =
                self.cells.iter().filter(|(ix, _)| of_kind(ix)).map(|(_, at)| *at).collect();
            let ranges = rectangles(&cells);
            let Some(first) = ranges.first() else { continue };
            let all: Vec<String> = ranges.iter().map(ToString::to_string).collect();
            let rule = validation(kind)?.set_multi_range(all.join(" "));
            let (from, to) = (first.first, first.last);
            page.add_data_validation(from.row, from.col as u16, to.row, to.col as u16, &rule)?;
        }
        Ok(())
    }

    /// Turns the cells of a relation red while it does not hold.
    fn redden(&self, page: &mut Worksheet, sheets: &[Printed]) -> Result<(), XlsxError> {
        let red = Format::new().set_font_color(0x9C_0006).set_background_color(0xFF_C7CE);
        for relation in &self.form.relations {
            let own: Vec<CellRef> =
                relation.fields().iter().filter_map(|f| self.cells.get(f)).copied().collect();
            let (Some(first), Some(formula)) = (own.first(), self.violation(relation, sheets)) else {
                continue;
            };
            let all: Vec<String> = rectangles(&own).iter().map(ToString::to_string).collect();
            let rule = ConditionalFormatFormula::new()
                .set_rule(Formula::new(formula))
                .set_format(&red)
                .set_multi_range(all.join(" "));
            page.add_conditional_format(first.row, first.col as u16, first.row, first.col as u16, &rule)?;
        }
        Ok(())
    }

    /// `=ROUND(SUM(parts)-SUM(total),6)<>0`, if it only adds up and all its cells are printed.
    fn violation(&self, relation: &Relation, sheets: &[Printed]) -> Option<String> {
        let (parts, total) = relation.plain().filter(|_| !self.is_rounded(relation))?;
        let sum = |fields: &[FieldIx]| {
            let mut refs = Vec::new();
            for sheet in sheets {
                let cells: Vec<CellRef> = fields.iter().filter_map(|f| sheet.cells.get(f)).copied().collect();
                let name = sheet.table.name.replace('\'', "''");
                let prefix =
                    if sheet.table.id == self.table.id { String::new() } else { format!("'{name}'!") };
                refs.extend(rectangles(&cells).iter().map(|r| format!("{prefix}{}", absolute(r))));
            }
            format!("SUM({})", refs.join(","))
        };
        let printed = |f: &FieldIx| sheets.iter().any(|s| s.cells.contains_key(f));
        let all = parts.iter().chain(&total).all(printed);
        all.then(|| format!("=ROUND({}-{},6)<>0", sum(&parts), sum(&total)))
    }

    fn is_rounded(&self, relation: &Relation) -> bool {
        relation.fields().iter().any(|f| self.form.field(*f).is_some_and(|f| f.rounded.is_some()))
    }
}

/// The lines of a table that replace others and have a number.
fn lines_in_use<'a>(form: &'a Form, table: usize, contents: &Contents) -> Vec<&'a Line> {
    let line = |ix: &FieldIx| {
        let field = form.field(*ix).filter(|f| f.table == table)?;
        let block = form.block_of(field)?;
        [block.rows.get(field.row)?, block.cols.get(field.col)?].into_iter().find(|l| !l.replaces.is_empty())
    };
    contents.values.keys().filter_map(line).collect()
}

fn text_format(size: f64) -> Format {
    Format::new().set_font_name(FONT).set_font_size(size).set_align(FormatAlign::VerticalCenter)
}

fn number_format(kind: Kind) -> &'static str {
    match kind {
        Kind::Count => "0",
        Kind::SignedCount => "+0;-0;0",
        Kind::Money | Kind::SignedMoney => "0.00####",
    }
}

fn validation(kind: Kind) -> Result<DataValidation, XlsxError> {
    const LARGEST: i32 = 999_999_999;
    let rule = DataValidation::new();
    let (rule, message) = match kind {
        Kind::Count => (
            rule.allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)),
            "请填 0 或正整数，只填数字，不带单位、符号和小数；没有的填 0。",
        ),
        Kind::SignedCount => (
            rule.allow_whole_number(DataValidationRule::Between(-LARGEST, LARGEST)),
            "请填整数：增加填正数，减少填负数，没有变化的填 0。",
        ),
        Kind::Money => (
            rule.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
            "请填 0 或正数，可带小数，单位以表头为准；没有的填 0。",
        ),
        Kind::SignedMoney => (
            rule.allow_decimal_number(DataValidationRule::Between(-f64::from(LARGEST), f64::from(LARGEST))),
            "请填数字：增加填正数，减少填负数，没有变化的填 0；单位以表头为准。",
        ),
    };
    rule.set_error_title("数据不符合要求")?.set_error_message(message)
}

/// Widths of the columns in characters, stretched to the page where they are narrower.
fn widths(layout: &Layout) -> Vec<f64> {
    let mut widths = vec![NARROWEST; layout.cols as usize];
    for slot in layout.slots.iter().filter(|s| s.range.width() == 1) {
        let text = slot.what.text().width() as u32;
        let wanted = match slot.what {
            What::Row(_) => (text + 3).min(WIDEST_LABEL),
            What::Group(_) => (text / 2 + 2).clamp(8, 14),
            What::Head(_) => (text.div_ceil(2) + 1).clamp(NARROWEST, 20),
            _ => NARROWEST,
        };
        if let Some(w) = widths.get_mut(slot.range.first.col as usize) {
            *w = (*w).max(wanted);
        }
    }
    let values = || (0..layout.cols).filter(|col| !layout.label_cols.contains(col)).map(|col| col as usize);
    let widest = values().filter_map(|col| widths.get(col)).copied().max().unwrap_or(NARROWEST);
    values().for_each(|col| widths.iter_mut().skip(col).take(1).for_each(|w| *w = widest));
    let total: u32 = widths.iter().sum();
    let stretch = (PAGE_WIDTH / f64::from(total.max(1))).max(1.0);
    widths.iter().map(|w| f64::from(*w) * stretch).collect()
}

/// Heights of the rows from `first`, so that every label is wholly seen.
fn heights(layout: &Layout, widths: &[f64], first: u32) -> Vec<f64> {
    let mut heights = vec![ROW_HEIGHT; layout.rows as usize];
    let mut slots: Vec<&Slot> = layout.slots.iter().collect();
    slots.sort_by_key(|s| s.range.height());
    for slot in slots {
        let cols = slot.range.first.col as usize..=slot.range.last.col as usize;
        let width: f64 = widths.get(cols).unwrap_or_default().iter().sum();
        let lines = (f64::from(slot.what.text().width() as u32) / (width - 2.0).max(1.0)).ceil();
        let needed = lines * LINE_HEIGHT + 4.0;
        let top = slot.range.first.row.saturating_sub(first) as usize;
        let Some(rows) = heights.get_mut(top..top + slot.range.height() as usize) else { continue };
        let lacking = (needed - rows.iter().sum::<f64>()).max(0.0) / f64::from(slot.range.height());
        for height in rows {
            *height += lacking;
        }
    }
    heights
}

/// Cells gathered into runs along columns, and equal runs side by side into rectangles.
fn rectangles(cells: &[CellRef]) -> Vec<Range> {
    let mut sorted = cells.to_vec();
    sorted.sort_by_key(|c| (c.col, c.row));
    let mut runs: Vec<Range> = Vec::new();
    for cell in sorted {
        match runs.last_mut() {
            Some(r) if r.last.col == cell.col && r.last.row + 1 == cell.row => r.last = cell,
            _ => runs.push(Range::single(cell)),
        }
    }
    let mut out: Vec<Range> = Vec::new();
    for run in runs {
        let beside = |r: &&mut Range| {
            (r.first.row, r.last.row) == (run.first.row, run.last.row) && r.last.col + 1 == run.first.col
        };
        match out.iter_mut().find(beside) {
            Some(r) => r.last = run.last,
            None => out.push(run),
        }
    }
    out
}

fn absolute(range: &Range) -> String {
    let cell = |c: CellRef| format!("${}${}", column_name(c.col), c.row + 1);
    if range.first == range.last {
        cell(range.first)
    } else {
        format!("{}:{}", cell(range.first), cell(range.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::builtin;

    #[test]
    fn the_committed_workbooks_are_what_export_writes() {
        for form in builtin() {
            let path = format!("{}/templates/{}.xlsx", env!("CARGO_MANIFEST_DIR"), form.id);
            let now = blank(form).unwrap();
            if std::env::var_os("UPDATE_TEMPLATES").is_some() {
                std::fs::write(&path, &now).unwrap();
            }
            let committed = std::fs::read(&path).unwrap();
            assert!(
                committed == now,
                "{path} is stale: run the tests with UPDATE_TEMPLATES=1 and look at it"
            );
        }
    }

    #[test]
    fn cells_are_gathered_into_rectangles() {
        let cells: Vec<CellRef> =
            [(3, 3), (4, 3), (3, 4), (4, 4), (9, 0)].map(|(r, c)| CellRef::new(r, c)).to_vec();
        let text: Vec<String> = rectangles(&cells).iter().map(absolute).collect();
        assert_eq!(text, ["$A$10", "$D$4:$E$5"]);
    }
}
