//! Sums of fields over submissions, with what is behind each of them.
//!
//! In a mixed form one line stands for several (its fields are variants): both ways of adding up are kept until
//! it is known whether an office has used the one line.

use super::entry::Held;
use crate::form::{Field, FieldIx, Form};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// The sum of one field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// The sum; `None` where no office has a number, or it is beyond any count.
    pub value: Option<Decimal>,
    /// Offices with a number.
    pub numbers: usize,
    /// Offices that left it blank.
    pub blanks: usize,
    /// Offices in whose submission it was not located.
    pub absent: usize,
    /// Offices whose entry is no number.
    pub unreadable: usize,
}

impl Sum {
    fn add(&mut self, held: Held) {
        match held {
            Held::Number(n) => {
                let so_far = if self.numbers == 0 { Some(Decimal::ZERO) } else { self.value };
                self.value = so_far.and_then(|v| v.checked_add(n));
                self.numbers += 1;
            }
            Held::Blank | Held::Mark => self.blanks += 1,
            Held::Unreadable => self.unreadable += 1,
            Held::Absent => self.absent += 1,
        }
    }

    /// Offices whose number is not in the sum.
    pub fn lacking(&self) -> usize {
        self.blanks + self.absent + self.unreadable
    }
}

/// Adds submissions up, field by field.
#[derive(Debug)]
pub struct Adder {
    sums: Vec<Sum>,
    /// Fields that do not add up: rates and means.
    rates: Vec<bool>,
    variants: Vec<Variant>,
}

/// A field of a line that stands for several.
#[derive(Debug)]
struct Variant {
    field: FieldIx,
    line: Option<String>,
    parts: Vec<FieldIx>,
    /// The sum with offices that report the parts.
    whole: Sum,
}

impl Adder {
    /// Nothing added yet.
    pub fn new(form: &Form) -> Self {
        let fields = (0..form.fields.len() as u32).map(FieldIx).filter(|f| form.is_variant(*f));
        let variant = |field| Variant {
            field,
            line: variant_line(form, field),
            parts: form.replaced(field),
            whole: Sum::default(),
        };
        Self {
            sums: vec![Sum::default(); form.fields.len()],
            rates: form.fields.iter().map(Field::is_rate).collect(),
            variants: fields.map(variant).collect(),
        }
    }

    /// Adds a submission, whose fields are looked up by number.
    pub fn add(&mut self, held: &dyn Fn(usize) -> Held) {
        for (field, (sum, is_rate)) in self.sums.iter_mut().zip(&self.rates).enumerate() {
            sum.add(held(field));
            sum.value = sum.value.filter(|_| !is_rate);
        }
        for variant in &mut self.variants {
            variant.whole.add(whole_or_parts(held, variant.field, &variant.parts));
        }
    }

    /// Adds what a submission and the one of another year hold, where both hold a number: only such are compared.
    pub fn add_both([before, now]: [&mut Self; 2], [was, is]: [&dyn Fn(usize) -> Held; 2]) {
        let add = |one: &mut Sum, other: &mut Sum, is_rate: bool, held: [Held; 2]| {
            if held.iter().all(|h| h.number().is_some()) {
                for (sum, held) in [one, other].into_iter().zip(held) {
                    sum.add(held);
                    sum.value = sum.value.filter(|_| !is_rate);
                }
            }
        };
        let rates = before.rates.iter();
        for (field, ((one, other), is_rate)) in
            before.sums.iter_mut().zip(&mut now.sums).zip(rates).enumerate()
        {
            add(one, other, *is_rate, [was(field), is(field)]);
        }
        for (one, other) in before.variants.iter_mut().zip(&mut now.variants) {
            let held = [was, is].map(|held| whole_or_parts(held, one.field, &one.parts));
            add(&mut one.whole, &mut other.whole, false, held);
        }
    }

    /// The sums by field, and the fields that were added up as one line since an office reports only that line.
    pub fn sums(self) -> (Vec<Sum>, Vec<FieldIx>) {
        let reported = |v: &&Variant| self.sums.get(v.field.0 as usize).is_some_and(|s| s.numbers > 0);
        let lines: BTreeSet<&String> =
            self.variants.iter().filter(reported).filter_map(|v| v.line.as_ref()).collect();
        let in_use = |v: &&Variant| v.line.as_ref().is_some_and(|l| lines.contains(l));
        let coarse: Vec<FieldIx> = self.variants.iter().filter(in_use).map(|v| v.field).collect();
        (self.sums_by(&coarse), coarse)
    }

    /// The sums by field, with these fields as one line.
    pub fn sums_by(&self, coarse: &[FieldIx]) -> Vec<Sum> {
        let mut sums = self.sums.clone();
        let mut put = |field: FieldIx, sum: Sum| {
            if let Some(place) = sums.get_mut(field.0 as usize) {
                *place = sum;
            }
        };
        for variant in &self.variants {
            if coarse.contains(&variant.field) {
                variant.parts.iter().for_each(|part| put(*part, Sum::default()));
                put(variant.field, variant.whole);
            } else {
                put(variant.field, Sum::default());
            }
        }
        sums
    }
}

/// The line that a variant field stands on, by block and id.
fn variant_line(form: &Form, ix: FieldIx) -> Option<String> {
    let field = form.field(ix)?;
    let block = form.block_of(field)?;
    let lines = [block.rows.get(field.row)?, block.cols.get(field.col)?];
    let line = lines.into_iter().find(|l| !l.replaces.is_empty())?;
    Some(format!("{}.{}.{}", field.table, field.block, line.id))
}

/// What an office reports under a line: its own number, else the sum of the lines that it replaces.
pub fn whole_or_parts(held: &dyn Fn(usize) -> Held, whole: FieldIx, parts: &[FieldIx]) -> Held {
    let own = held(whole.0 as usize);
    if own != Held::Absent {
        return own;
    }
    let of = |p: &FieldIx| held(p.0 as usize);
    let numbers: Vec<Decimal> = parts.iter().filter_map(|p| of(p).number()).collect();
    match (numbers.len(), parts.first()) {
        (0, Some(first)) => of(first),
        (0, None) => Held::Absent,
        _ => numbers
            .iter()
            .try_fold(Decimal::ZERO, |a, b| a.checked_add(*b))
            .map_or(Held::Unreadable, Held::Number),
    }
}
