//! A problem in whole numbers: every amount times one power of ten, every relation times another.

use super::row::Row;
use super::{Cell, Op, Overflow, Problem};
use rust_decimal::Decimal;

/// A cell in whole numbers.
#[derive(Debug, Clone)]
pub(super) struct Scaled {
    pub(super) value: i128,
    /// Unknown: free from the start.
    pub(super) unknown: bool,
    pub(super) lower: Option<i128>,
    pub(super) upper: Option<i128>,
    /// What its values are multiples of.
    pub(super) step: i128,
    pub(super) integer: bool,
    pub(super) weight: u32,
    pub(super) frozen: bool,
}

impl Scaled {
    /// Whether its own number is one that it may have.
    pub(super) fn allows(&self, value: i128) -> bool {
        self.lower.is_none_or(|l| value >= l)
            && self.upper.is_none_or(|u| value <= u)
            && value % self.step == 0
    }
}

/// A problem in whole numbers.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) cells: Vec<Scaled>,
    pub(super) equalities: Vec<Row>,
    /// Sums that must not exceed zero.
    pub(super) inequalities: Vec<Row>,
    /// Decimal places that the amounts were moved by.
    pub(super) places: u32,
}

pub(super) fn scaled(problem: &Problem) -> Result<Whole, Overflow> {
    let amounts = problem.cells.iter().flat_map(|c| [c.value, c.lower, c.upper]).flatten();
    let places = amounts.map(|d| d.normalize().scale()).max().unwrap_or(0);
    let cells = problem.cells.iter().map(|c| cell(c, places)).collect::<Result<Vec<_>, _>>()?;
    let mut whole = Whole { cells, equalities: Vec::new(), inequalities: Vec::new(), places };
    for relation in &problem.relations {
        let negative = matches!(relation.op, Op::Ge | Op::Gt);
        let sign = if negative { -Decimal::ONE } else { Decimal::ONE };
        let strict = matches!(relation.op, Op::Lt | Op::Gt);
        let numbers = relation.terms.iter().map(|t| t.1);
        let shift = numbers.map(|d| d.normalize().scale()).max().unwrap_or(0);
        let constant = relation.constant.normalize();
        let shift = shift.max(constant.scale().saturating_sub(places));
        let mut terms: Vec<(u32, i64)> = Vec::new();
        for (cell, k) in &relation.terms {
            let k = i64::try_from(integer(k * sign, shift)?).map_err(|_| Overflow)?;
            match terms.iter_mut().find(|t| t.0 as usize == *cell) {
                Some(term) => term.1 = term.1.checked_add(k).ok_or(Overflow)?,
                None => terms.push((*cell as u32, k)),
            }
        }
        terms.retain(|t| t.1 != 0);
        let mut value = integer(constant * sign, shift + places)?;
        for (cell, k) in &terms {
            let entered = whole.cells.get(*cell as usize).map_or(0, |c| c.value);
            let part = entered.checked_mul(i128::from(*k)).ok_or(Overflow)?;
            value = value.checked_add(part).ok_or(Overflow)?;
        }
        let row = Row::new(whole.cells.len(), terms, value, strict);
        if relation.op == Op::Eq { &mut whole.equalities } else { &mut whole.inequalities }.push(row);
    }
    Ok(whole)
}

fn cell(cell: &Cell, places: u32) -> Result<Scaled, Overflow> {
    let amount = |d: Option<Decimal>| d.map(|d| integer(d, places)).transpose();
    Ok(Scaled {
        value: amount(cell.value)?.unwrap_or(0),
        unknown: cell.value.is_none(),
        lower: amount(cell.lower)?,
        upper: amount(cell.upper)?,
        step: if cell.integer { 10i128.checked_pow(places).ok_or(Overflow)? } else { 1 },
        integer: cell.integer,
        weight: cell.weight.max(1),
        frozen: cell.frozen,
    })
}

/// A number times a power of ten that makes it whole.
fn integer(number: Decimal, places: u32) -> Result<i128, Overflow> {
    let number = number.normalize();
    let up = places.checked_sub(number.scale()).ok_or(Overflow)?;
    let power = 10i128.checked_pow(up).ok_or(Overflow)?;
    number.mantissa().checked_mul(power).ok_or(Overflow)
}

impl Whole {
    /// A scaled amount as it was.
    pub(super) fn amount(&self, scaled: i128) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(scaled, self.places).ok().map(|d| d.normalize())
    }
}
