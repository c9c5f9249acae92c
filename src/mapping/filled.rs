//! A filled form: every field's value as it would be read on paper, exact, with what was unusual about it.
//!
//! Whether something unusual is a fault is for `check`. A formula that adds and subtracts is recomputed, so that
//! the value is what opening the workbook would show.

use super::found::Axis;
use super::select::{Line, Mapping, Placed};
use crate::form::{Blank, Field, FieldIx, Form, Kind, NOT_ADDED, Unit};
use crate::grid::formula::{self, LinearSum};
use crate::grid::{Cell, CellRef, Entry, NoteKind, Workbook, number, shown};
use foldhash::{HashMap, HashSet};
use rust_decimal::Decimal;
use std::cell::OnceCell;

/// A form with the numbers of one submission.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// One reading a field, in the form's order.
    pub readings: Vec<Reading>,
}

/// What stands in a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its cell; `None` where the field was not located.
    pub place: Option<Placed>,
    /// The cell's text as entered, where that is more or less than the number.
    pub raw: Option<String>,
    /// The number, in the field's unit; `None` for a blank, a placeholder or what cannot be read.
    pub value: Option<Decimal>,
    /// What was unusual.
    pub quirks: Vec<Quirk>,
    /// For a formula that was recomputed: the fields that it adds up itself, with signs, and a constant.
    pub formula: Option<FieldSum>,
    /// Whether a formula stands in the cell at all.
    pub is_formula: bool,
    /// Whether it holds no number, and the form says that a blank means none.
    pub is_absent: bool,
}

/// A formula as a sum of fields, of which some may hold formulas themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldSum {
    /// The constant part, cells outside the form included.
    pub constant: Decimal,
    /// Fields and their coefficients.
    pub terms: Vec<(FieldIx, i64)>,
}

/// What was unusual about a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quirk {
    /// A number held as text, with what was behind it (件), if anything.
    TextNumber(String),
    /// An amount given in 元 where 万元 belongs.
    ConvertedFromYuan,
    /// A mark that stands for nothing.
    Placeholder,
    /// Not a number.
    NotANumber,
    /// What the file says of the cell does not hold together; office programs refuse or repair such a file.
    Damaged,
    /// A date where a count belongs.
    Date,
    /// A percentage where a count belongs.
    Percent,
    /// A formula's error value.
    ErrorValue,
    /// A formula whose cached value differs from what it computes.
    StaleFormula,
    /// A formula without a cached value.
    NoCachedValue,
}

impl Reading {
    /// Whether something stands there that cannot be read as a number.
    pub fn is_unknown(&self) -> bool {
        self.value.is_none() && (self.is_formula || self.quirks.iter().any(Quirk::hides_value))
    }

    /// Whether nothing stands there.
    pub fn is_blank(&self) -> bool {
        self.raw.is_none() && self.value.is_none() && !self.is_formula
    }
}

impl Quirk {
    fn hides_value(&self) -> bool {
        matches!(self, Self::NotANumber | Self::Damaged | Self::Date | Self::Percent | Self::ErrorValue)
    }
}

impl Filled {
    /// The reading of a field.
    pub fn reading(&self, field: FieldIx) -> Option<&Reading> {
        self.readings.get(field.0 as usize)
    }

    /// The number of a field; a blank or a placeholder counts as 0, what is absent or unreadable as unknown.
    pub fn amount(&self, field: FieldIx) -> Option<Decimal> {
        let reading = self.reading(field).filter(|r| r.place.is_some() && !r.is_unknown() && !r.is_absent)?;
        Some(reading.value.unwrap_or_default())
    }

    /// The same with other numbers in some fields.
    #[must_use]
    pub fn with(&self, numbers: impl IntoIterator<Item = (FieldIx, Decimal)>) -> Self {
        let mut filled = self.clone();
        for (field, number) in numbers {
            if let Some(reading) = filled.readings.get_mut(field.0 as usize) {
                reading.value = Some(number);
            }
        }
        filled
    }

    /// What a formula over fields gives with what stands in them.
    pub fn sum(&self, formula: &FieldSum) -> Option<Decimal> {
        let term = |(f, k): &(FieldIx, i64)| self.amount(*f)?.checked_mul(Decimal::from(*k));
        formula.terms.iter().try_fold(formula.constant, |all, t| all.checked_add(term(t)?))
    }

    /// Gives some formulas the values that they have with what now stands in their fields.
    pub fn recompute(&mut self, of: &[FieldIx]) {
        // One formula may feed the next.
        for _ in of {
            let mut settled = true;
            for ix in of {
                let sum = self.reading(*ix).and_then(|r| r.formula.as_ref()).map(|sum| self.sum(sum));
                let reading = self.readings.get_mut(ix.0 as usize);
                if let (Some(value), Some(reading)) = (sum, reading)
                    && reading.value != value
                {
                    reading.value = value;
                    settled = false;
                }
            }
            if settled {
                return;
            }
        }
    }
}

/// Units of money, longer names first, each in units of 10,000 yuan (digits and decimal places).
const MONEY: [(&str, i64, u32); 5] =
    [("万元", 1, 0), ("亿元", 10_000, 0), ("千元", 1, 1), ("百元", 1, 2), ("元", 1, 4)];

/// Cells that one formula is followed to.
const MAX_STEPS: usize = 20_000;

/// Reads the cells that a mapping found.
pub fn fill(book: &Workbook, form: &Form, mapping: &Mapping) -> Filled {
    let malformed = book.notes.iter().filter(|n| n.kind == NoteKind::Malformed);
    let damaged = malformed.filter_map(|n| Some((n.sheet_in(book)?, n.cell))).collect();
    let reader = Reader { book, mapping, fields: OnceCell::new(), damaged };
    let readings = form.fields.iter().zip(&mapping.places).map(|(f, p)| reader.read(f, *p)).collect();
    Filled { readings }
}

struct Reader<'a> {
    book: &'a Workbook,
    mapping: &'a Mapping,
    /// The fields by their cells, for formulas over them.
    fields: OnceCell<HashMap<(usize, CellRef), FieldIx>>,
    /// Cells whose content does not hold together.
    damaged: HashSet<(usize, CellRef)>,
}

impl Reader<'_> {
    fn field_at(&self, sheet: usize, cell: CellRef) -> Option<FieldIx> {
        let fields = self.fields.get_or_init(|| {
            let places = self.mapping.places.iter().enumerate();
            places.filter_map(|(i, p)| p.map(|p| ((p.sheet, p.at), FieldIx(i as u32)))).collect()
        });
        fields.get(&(sheet, cell)).copied()
    }

    fn read(&self, field: &Field, place: Option<Placed>) -> Reading {
        let Some(spot) = place else { return Reading::default() };
        let cell = self.book.sheets.get(spot.sheet).and_then(|s| s.cell(spot.at));
        let mut reading = match cell {
            None => Reading::default(),
            Some(cell) if self.damaged.contains(&(spot.sheet, spot.at)) => {
                Reading { raw: cell.entry.raw(), quirks: vec![Quirk::Damaged], ..Reading::default() }
            }
            Some(cell) => self.cell(field, cell, spot),
        };
        reading.place = place;
        let not_added = field.is_rate() && reading.raw.as_deref() == Some(NOT_ADDED);
        reading.quirks.retain(|_| !not_added);
        let mark = || reading.raw.as_deref().and_then(|raw| field.marks.meaning(raw));
        let says_nothing = not_added || mark().unwrap_or(field.blank) == Blank::Unknown;
        reading.is_absent = says_nothing && reading.value.is_none() && !reading.is_unknown();
        reading
    }

    fn cell(&self, field: &Field, cell: &Cell, spot: Placed) -> Reading {
        let mut reading = entry(field, &cell.entry, self.book.formats.get(cell.format as usize));
        self.convert(field, cell, &mut reading);
        let Some(text) = &cell.formula else { return reading };
        reading.is_formula = true;
        reading.raw = reading.raw.or_else(|| cell.entry.raw()).filter(|_| !cell.entry.is_blank());
        reading.quirks.retain(|q| *q != Quirk::Placeholder);
        let sheet = self.book.sheets.get(spot.sheet);
        let recomputed = sheet.and_then(|s| formula::evaluate(self.book, s, text));
        match recomputed {
            Some(value) => {
                reading.quirks.retain(|q| !q.hides_value());
                match &cell.entry {
                    Entry::Blank => reading.quirks.push(Quirk::NoCachedValue),
                    entry if *entry != Entry::Number(value) => reading.quirks.push(Quirk::StaleFormula),
                    _ => {}
                }
                reading.value = Some(value);
                let mut steps = MAX_STEPS;
                reading.formula =
                    formula::parse(text).and_then(|sum| self.in_fields(&sum, spot.sheet, 0, &mut steps));
            }
            None if cell.entry.is_blank() => reading.quirks.push(Quirk::NoCachedValue),
            None => {}
        }
        reading
    }

    /// Brings an amount to the field's unit where its row's or column's label states another.
    fn convert(&self, field: &Field, cell: &Cell, reading: &mut Reading) {
        let in_cell = |q: &Quirk| {
            matches!(q, Quirk::ConvertedFromYuan | Quirk::TextNumber(_))
                && *q != Quirk::TextNumber(String::new())
        };
        if field.unit != Some(Unit::TenThousandYuan) || reading.quirks.iter().any(in_cell) {
            return;
        }
        let (Some(value), Some(factor)) = (reading.value, self.stated_unit(field)) else { return };
        if let Some(converted) = value.checked_mul(factor).filter(|_| !value.is_zero()) {
            reading.raw = cell.entry.raw();
            reading.value = Some(converted.normalize());
            reading.quirks = vec![Quirk::ConvertedFromYuan];
        }
    }

    /// What one unit of money that a field's labels state is in units of 10,000 yuan, if it is another.
    fn stated_unit(&self, field: &Field) -> Option<Decimal> {
        let of_field = |l: &&Line| {
            let line = if l.axis == Axis::Row { field.row } else { field.col };
            l.block == (field.table, field.block) && l.line == line
        };
        let label = |l: &Line| self.book.sheets.get(l.label.0)?.cell(l.label.1)?.entry.raw();
        let mut labels = self.mapping.lines.iter().filter(of_field).filter_map(label);
        labels
            .find_map(|l| {
                MONEY.iter().find(|(unit, ..)| l.contains(unit)).map(|(_, n, scale)| Decimal::new(*n, *scale))
            })
            .filter(|factor| *factor != Decimal::ONE)
    }

    /// A formula over cells as a formula over fields; formulas that feed it from cells of no field are unfolded.
    fn in_fields(
        &self,
        sum: &LinearSum,
        own_sheet: usize,
        depth: u32,
        steps: &mut usize,
    ) -> Option<FieldSum> {
        let mut out = FieldSum { constant: sum.constant, terms: Vec::new() };
        for term in &sum.terms {
            *steps = steps.checked_sub(1)?;
            let sheet = match &term.sheet {
                Some(name) => self.book.sheets.iter().position(|s| s.name.eq_ignore_ascii_case(name))?,
                None => own_sheet,
            };
            let sign = if term.negative { -1 } else { 1 };
            let cell = self.book.sheets.get(sheet).and_then(|s| s.cell(term.cell));
            let inner = cell.and_then(|c| c.formula.as_deref()).and_then(formula::parse);
            if let Some(field) = self.field_at(sheet, term.cell) {
                out.terms.push((field, sign));
            } else if let Some(inner) = inner.filter(|_| depth < 32) {
                let inner = self.in_fields(&inner, sheet, depth + 1, steps)?;
                out.constant += inner.constant * Decimal::from(sign);
                out.terms.extend(inner.terms.into_iter().map(|(f, k)| (f, k * sign)));
            } else if let Some(Entry::Number(n)) = cell.map(|c| &c.entry) {
                out.constant += *n * Decimal::from(sign);
            }
            if out.terms.len() > 4096 {
                return None;
            }
        }
        Some(out)
    }
}

fn entry(field: &Field, entry: &Entry, format: Option<&String>) -> Reading {
    let unreadable = |quirk| Reading { raw: entry.raw(), quirks: vec![quirk], ..Reading::default() };
    let format = format.map_or("General", String::as_str);
    let shown = |n: &Decimal, quirk| Reading { raw: Some(shown::number(*n, format)), ..unreadable(quirk) };
    match entry {
        _ if entry.is_blank() => Reading::default(),
        Entry::Number(n) if shown::is_date(format) => shown(n, Quirk::Date),
        Entry::Number(n) if shown::is_percent(format) && !field.is_rate() => shown(n, Quirk::Percent),
        Entry::Number(n) => Reading { value: Some(*n), ..Reading::default() },
        Entry::Text(text) => text_entry(field, text, Some(text.to_string())),
        Entry::Error(_) => unreadable(Quirk::ErrorValue),
        Entry::Bool(_) | Entry::Blank => unreadable(Quirk::NotANumber),
    }
}

fn text_entry(field: &Field, text: &str, raw: Option<String>) -> Reading {
    if let Some(means) = field.marks.meaning(text) {
        let value = (means == Blank::Zero).then_some(Decimal::ZERO);
        return Reading { raw, value, ..Reading::default() };
    }
    if number::is_placeholder(text) {
        return Reading { raw, quirks: vec![Quirk::Placeholder], ..Reading::default() };
    }
    let typed = number::read(text).and_then(|t| in_unit(field, &t));
    match typed {
        Some((value, quirk)) => {
            Reading { raw, value: Some(value), quirks: vec![quirk], ..Reading::default() }
        }
        None => Reading { raw, quirks: vec![Quirk::NotANumber], ..Reading::default() },
    }
}

/// A typed number in the field's unit; `None` where the unit behind it measures something else.
fn in_unit(field: &Field, typed: &number::Typed) -> Option<(Decimal, Quirk)> {
    let money = matches!(typed.unit.as_str(), "元" | "万元" | "圆" | "亿元" | "万" | "亿");
    let quirk = Quirk::TextNumber(typed.unit.clone());
    match (field.kind, &field.unit) {
        (Kind::Money | Kind::SignedMoney, Some(Unit::TenThousandYuan)) => match typed.unit.as_str() {
            "元" | "圆" => Some((typed.value / Decimal::from(10_000), Quirk::ConvertedFromYuan)),
            "万元" | "万" | "" => Some((typed.value, quirk)),
            _ => None,
        },
        (Kind::Money | Kind::SignedMoney, _) => {
            (money || typed.unit.is_empty()).then_some((typed.value, quirk))
        }
        _ => (!money && typed.unit != "%").then_some((typed.value, quirk)),
    }
}
