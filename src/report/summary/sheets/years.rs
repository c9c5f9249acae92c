//! 跨年对比: this year beside the last over the offices of which both are at hand: what the form counts, with a
//! chart; jumps by office; offices by what they received, with a chart; and every field.

use super::{cell, cut, fit, head, on_paper, plain, title};
use crate::check::{self, Jump, Names};
use crate::finding::{Lang, Text};
use crate::form::{FieldIx, Form};
use crate::grid::amount;
use crate::report::summary::indicators::{Indicator, flow, indicators};
use crate::report::summary::workbook::YEARS;
use crate::report::summary::{Archive, Details, Held, Overview, Sum};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Chart, ChartType, Color, Format, Worksheet, XlsxError};

/// Offices in the chart.
const CHARTED: usize = 20;
/// Jumps that are listed.
const LISTED: usize = 20_000;
const WIDTHS: [f64; 6] = [38.0, 24.0, 13.0, 13.0, 13.0, 24.0];
/// The column of the charts.
const CHARTS: u16 = 7;
/// Rows that a chart covers.
const CHART_ROWS: u32 = 22;

/// Writes the sheet.
pub(in crate::report::summary) fn years(
    page: &mut Worksheet,
    all: &Overview,
    archive: &dyn Archive,
    form: &Form,
) -> Result<(), XlsxError> {
    for (width, col) in WIDTHS.into_iter().zip(0u16..) {
        page.set_column_width(col, width)?;
    }
    on_paper(page, all);
    let year = all.year.unwrap_or_default();
    let mut sheet = Years { page, all, archive, form, year, row: 3, cell: cell(), number: number() };
    let last = year - 1;
    let heading = Text::new(format!("{year}年与{last}年对比"), format!("{year} beside {last}"));
    sheet.page.write_string_with_format(0, 0, heading.get(all.lang), &title())?;
    sheet.page.write_string_with_format(1, 0, sheet.said().get(all.lang), &plain())?;
    let first = sheet.totals()?;
    sheet.jumps()?;
    // The chart of offices stands below that of totals.
    sheet.offices(first + CHART_ROWS + 1)?;
    sheet.fields()
}

fn number() -> Format {
    cell().set_num_format("#,##0.######")
}

struct Years<'a> {
    page: &'a mut Worksheet,
    all: &'a Overview,
    archive: &'a dyn Archive,
    form: &'a Form,
    year: i32,
    row: u32,
    cell: Format,
    number: Format,
}

impl Years<'_> {
    fn said(&self) -> Text {
        let both = self.all.both_years;
        let without: Vec<usize> = self
            .all
            .used()
            .filter(|(_, entry)| self.archive.details(&entry.file).before.is_empty())
            .map(|(i, _)| i)
            .collect();
        let Text { zh, en } = match without.len() {
            0 => Text::default(),
            n => {
                let names = self.all.named(&without);
                Text::new(
                    format!("；另 {n} 家没有找到上年报表，不在此表内（{}）", names.zh),
                    format!("; those of which last year's was not found are not here: {n} ({})", names.en),
                )
            }
        };
        Text::new(
            format!(
                "{both} 家单位两年都有报表{zh}。每一项只合计两年都填了这一格的单位；两年格式不同的，只比较含义相同的格。"
            ),
            format!(
                "Offices of which both years are compared: {both}{en}. Each line adds up the offices that filled the cell in both \
                 years; where the forms differ, only cells of the same meaning are compared."
            ),
        )
    }

    /// The head of a list: what it is of, and the years.
    fn heads(&mut self, [of, more, rest]: [&str; 3]) -> Result<(), XlsxError> {
        let (last, year) = (self.year_name(self.year - 1), self.year_name(self.year));
        let texts = [of, more, &last, &year, "增减", rest];
        for (text, col) in texts.into_iter().zip(0u16..).filter(|(t, _)| !t.is_empty()) {
            self.page.write_string_with_format(self.row, col, self.all.word(text), &head())?;
        }
        self.row += 1;
        Ok(())
    }

    fn year_name(&self, year: i32) -> String {
        format!("{year}{}", self.all.lang.pick("年", ""))
    }

    fn texts(&mut self, texts: &[&str]) -> Result<(), XlsxError> {
        for (text, col) in texts.iter().zip(0u16..) {
            self.page.write_string_with_format(self.row, col, cut(text), &self.cell)?;
        }
        fit(self.page, self.row, &texts.iter().copied().zip(WIDTHS).collect::<Vec<_>>())
    }

    /// Last year's number, this year's, the difference and the growth, from a column on.
    fn pair(&mut self, col: u16, before: Option<Decimal>, now: Option<Decimal>) -> Result<(), XlsxError> {
        let more = before.zip(now).and_then(|(a, b)| b.checked_sub(a));
        for (n, col) in [before, now, more].into_iter().zip(col..) {
            match n.and_then(|n| n.to_f64()) {
                Some(n) => self.page.write_number_with_format(self.row, col, n, &self.number)?,
                None => self.page.write_blank(self.row, col, &self.cell)?,
            };
        }
        Ok(())
    }

    /// What the form counts, over all offices; gives its first row.
    fn totals(&mut self) -> Result<u32, XlsxError> {
        let first = self.row + 1;
        let (indicators, charted) = indicators(self.form);
        if indicators.is_empty() {
            return Ok(first);
        }
        self.heads(["指标", "增减幅度", ""])?;
        for indicator in &indicators {
            let of = |sums: &[Sum]| indicator.value(&|f| sum(sums, f));
            let (before, now) = (of(&self.all.before), of(&self.all.since));
            self.texts(&[indicator.name.get(self.all.lang), &growth(before, now, self.all.lang)])?;
            self.pair(2, before, now)?;
            self.row += 1;
        }
        if charted > 0 {
            // The others count other things, by thousands where these count by tens.
            let last = first + charted as u32 - 1;
            let chart = self.chart(self.all.word("两年合计"), first, last, ChartType::Column);
            self.page.insert_chart(2, CHARTS, &chart)?;
        }
        self.row += 1;
        Ok(first)
    }

    fn chart(&self, name: &str, first: u32, last: u32, kind: ChartType) -> Chart {
        let mut chart = Chart::new(kind);
        for (col, year, colour) in [(2, self.year - 1, 0xA6_A6A6), (3, self.year, 0x44_72C4)] {
            let series = chart.add_series();
            series
                .set_name(self.year_name(year).as_str())
                .set_categories((YEARS, first, 0, last, 0))
                .set_values((YEARS, first, col, last, col));
            series.set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(Color::RGB(colour))),
            );
        }
        chart.title().set_name(name);
        chart.set_width(520).set_height(CHART_ROWS * 20);
        chart
    }

    /// Numbers that are an order of magnitude away from last year's.
    fn jumps(&mut self) -> Result<(), XlsxError> {
        self.heads(["跳变：单位", "项目", "说明"])?;
        let from = self.row;
        let names = Names { form: self.form };
        let all = self.all;
        for (i, entry) in all.used() {
            let details = self.archive.details(&entry.file);
            for (field, jump) in jumps(&details, self.form, all.choice.corrected) {
                if self.row - from >= LISTED as u32 {
                    break;
                }
                let name = names.field(field);
                self.texts(&[all.name_of(i), name.get(all.lang)])?;
                self.pair(2, Some(jump.before), Some(jump.now))?;
                self.page.write_string_with_format(self.row, 5, jump.said().get(all.lang), &self.cell)?;
                self.row += 1;
            }
        }
        if self.row == from {
            self.texts(&[all.word("没有发现与上年相差十倍以上的数")])?;
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    /// Offices by what they received, those of the largest change first.
    fn offices(&mut self, chart_at: u32) -> Result<(), XlsxError> {
        let Some((received, _)) = flow(self.form) else { return Ok(()) };
        let rows = self.received(&received);
        let (lang, of) = (self.all.lang, received.name.get(self.all.lang));
        self.heads(["单位", of, ""])?;
        let first = self.row;
        for (i, before, now) in &rows {
            let name = self.all.name_of(*i).to_owned();
            self.texts(&[&name, &growth(*before, *now, lang)])?;
            self.pair(2, *before, *now)?;
            self.row += 1;
        }
        if !rows.is_empty() {
            let shown = rows.len().min(CHARTED) as u32;
            let name = Text::new(
                format!("{of}：增减最大的 {shown} 家单位"),
                format!("{of}: offices of the largest change ({shown})"),
            );
            let chart = self.chart(name.get(lang), first, first + shown - 1, ChartType::Bar);
            self.page.insert_chart(chart_at, CHARTS, &chart)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Last year's and this year's number of an indicator by submission, largest change first.
    fn received(&self, indicator: &Indicator) -> Vec<(usize, Option<Decimal>, Option<Decimal>)> {
        let corrected = self.all.choice.corrected;
        let mut rows = Vec::new();
        for (i, entry) in self.all.used() {
            let details = self.archive.details(&entry.file);
            if details.before.is_empty() {
                continue;
            }
            let before = indicator.value(&|f| details.before.get(f).copied().unwrap_or_default());
            rows.push((i, before, indicator.value(&|f| details.value(f, corrected))));
        }
        let by = |r: &(usize, Option<Decimal>, Option<Decimal>)| {
            r.1.zip(r.2).and_then(|(a, b)| b.checked_sub(a)).unwrap_or_default().abs()
        };
        rows.sort_by(|a, b| by(b).cmp(&by(a)).then_with(|| a.0.cmp(&b.0)));
        rows
    }

    /// Every field over all offices.
    fn fields(&mut self) -> Result<(), XlsxError> {
        self.heads(["全部项目", "增减幅度", "比较的家数"])?;
        let names = Names { form: self.form };
        let all = self.all;
        for (field, (before, now)) in all.before.iter().zip(&all.since).enumerate() {
            if before.numbers == 0 && now.numbers == 0 {
                continue;
            }
            let name = names.field(FieldIx(field as u32));
            self.texts(&[name.get(all.lang), &growth(before.value, now.value, all.lang)])?;
            self.pair(2, before.value, now.value)?;
            self.page.write_string_with_format(self.row, 5, behind(before, now).get(all.lang), &self.cell)?;
            self.row += 1;
        }
        Ok(())
    }
}

fn behind(before: &Sum, now: &Sum) -> Text {
    match (before.numbers, now.numbers) {
        (a, b) if a == b => Text::new(format!("{a} 家"), format!("{a}")),
        (0, _) => Text::new("上年格式没有这一项", "not on last year's form"),
        (a, b) => Text::new(format!("上年 {a} 家，本年 {b} 家"), format!("last year {a}, this year {b}")),
    }
}

/// The jumps of one submission.
fn jumps(details: &Details, form: &Form, corrected: bool) -> Vec<(FieldIx, Jump)> {
    let fields = (0..form.fields.len()).zip(&details.before);
    let pairs = fields.filter_map(|(f, before)| {
        let field = FieldIx(f as u32);
        let jump = check::jump(before.number()?, details.value(f, corrected).number()?)?;
        Some((field, jump))
    });
    pairs.collect()
}

fn sum(sums: &[Sum], field: usize) -> Held {
    sums.get(field).and_then(|s| s.value).map_or(Held::Absent, Held::Number)
}

/// The growth in per cent, as text: "+12.5%"; nothing where it cannot be said.
fn growth(before: Option<Decimal>, now: Option<Decimal>, lang: Lang) -> String {
    let Some((before, now)) = before.zip(now) else { return String::new() };
    let level = lang.pick("持平", "level").to_owned();
    if before.is_zero() {
        return if now.is_zero() { level } else { lang.pick("上年为 0", "last year 0").to_owned() };
    }
    let share =
        now.checked_sub(before).and_then(|d| d.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(before));
    match share.map(|s| s.round_dp(1).normalize()) {
        Some(s) if s.is_zero() => level,
        Some(s) if s > Decimal::ZERO => format!("+{}%", amount::show(s)),
        Some(s) => format!("{}%", amount::show(s)),
        None => String::new(),
    }
}
