//! One linear relation in whole numbers, sparse, with its value at the numbers entered.

use super::Overflow;

/// A set of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mask(Box<[u64]>);

impl Mask {
    pub(super) fn empty(cells: usize) -> Self {
        Self(vec![0; cells.div_ceil(64)].into())
    }

    pub(super) fn insert(&mut self, cell: usize) {
        if let Some(word) = self.0.get_mut(cell / 64) {
            *word |= 1 << (cell % 64);
        }
    }

    pub(super) fn remove(&mut self, cell: usize) {
        if let Some(word) = self.0.get_mut(cell / 64) {
            *word &= !(1 << (cell % 64));
        }
    }

    pub(super) fn has(&self, cell: usize) -> bool {
        self.0.get(cell / 64).is_some_and(|w| w >> (cell % 64) & 1 == 1)
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|w| w.count_ones()).sum()
    }

    /// Whether every cell of another set is in this one.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| b & !a == 0)
    }

    /// How many cells it has room for.
    pub(super) fn bits(&self) -> usize {
        self.0.len() * 64
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(w, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    w * 64 + bit
                })
            })
        })
    }
}

/// The cells of a broken relation that may still change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Support<'m> {
    /// How many they are.
    pub(super) size: u32,
    row: &'m Mask,
    allowed: &'m Mask,
}

impl<'m> Support<'m> {
    /// `None` where there is no such cell.
    pub(super) fn new(row: &'m Mask, allowed: &'m Mask) -> Option<Self> {
        let support = Self { size: 0, row, allowed };
        let size = support.words().map(u64::count_ones).sum();
        (size > 0).then_some(Self { size, ..support })
    }

    fn words(&self) -> impl Iterator<Item = u64> {
        self.row.0.iter().zip(&self.allowed.0).map(|(a, b)| a & b)
    }

    pub(super) fn cells(&self) -> Mask {
        Mask(self.words().collect())
    }

    /// Adds the cells to those taken, unless one of them is taken already; whether they were added.
    pub(super) fn claims(&self, taken: &mut Mask) -> bool {
        let free = self.words().zip(&taken.0).all(|(own, taken)| own & taken == 0);
        if free {
            taken.0.iter_mut().zip(self.words()).for_each(|(taken, own)| *taken |= own);
        }
        free
    }
}

/// `sum of coefficient * change + value = 0` (or `<= 0`): how cells may change, given what is entered.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Cells and coefficients, by cell.
    pub(super) terms: Vec<(u32, i64)>,
    /// The left side with every cell as entered.
    pub(super) value: i128,
    /// For an inequality: whether equality is excluded.
    pub(super) strict: bool,
    /// The cells of `terms`.
    pub(super) mask: Mask,
}

impl Row {
    pub(super) fn new(cells: usize, mut terms: Vec<(u32, i64)>, value: i128, strict: bool) -> Self {
        terms.sort_unstable_by_key(|t| t.0);
        let mut row = Self { terms, value, strict, mask: Mask::empty(cells) };
        row.reduce();
        for (cell, _) in &row.terms {
            row.mask.insert(*cell as usize);
        }
        row
    }

    pub(super) fn coefficient(&self, cell: usize) -> i64 {
        let at = self.terms.binary_search_by_key(&(cell as u32), |t| t.0).ok();
        at.and_then(|i| self.terms.get(i)).map_or(0, |t| t.1)
    }

    /// Divides by what all numbers of the row have in common.
    fn reduce(&mut self) {
        let mut common = self.value.unsigned_abs();
        for (_, k) in &self.terms {
            if common == 1 {
                return;
            }
            common = gcd(common, u128::from(k.unsigned_abs()));
        }
        if let Ok(common) = i64::try_from(common)
            && common > 1
        {
            self.value /= i128::from(common);
            self.terms.iter_mut().for_each(|t| t.1 /= common);
        }
    }

    /// This row without a cell, by means of an equality that holds it.
    pub(super) fn without(&self, cell: usize, pivot: &Self) -> Result<Self, Overflow> {
        let (own, its) = (self.coefficient(cell), pivot.coefficient(cell));
        if its == 0 {
            return Err(Overflow);
        }
        let common = gcd(u128::from(own.unsigned_abs()), u128::from(its.unsigned_abs()));
        let common = i64::try_from(common).map_err(|_| Overflow)?;
        let (own, its) = (own / common, its / common);
        let (keep, add) = if its < 0 { (-its, own) } else { (its, -own) };
        self.combined(keep, pivot, add, self.strict)
    }

    /// Two inequalities added so that a cell vanishes; the signs of its coefficients must differ.
    pub(super) fn against(&self, cell: usize, other: &Self) -> Result<Self, Overflow> {
        let (own, its) = (self.coefficient(cell), other.coefficient(cell));
        let (keep, add) = (its.checked_abs().ok_or(Overflow)?, own.checked_abs().ok_or(Overflow)?);
        self.combined(keep, other, add, self.strict || other.strict)
    }

    fn combined(&self, keep: i64, other: &Self, add: i64, strict: bool) -> Result<Self, Overflow> {
        let scaled = |k: i64, by: i64| k.checked_mul(by).ok_or(Overflow);
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut a, mut b) = (self.terms.iter().peekable(), other.terms.iter().peekable());
        let mut mask = Mask::empty(self.mask.0.len() * 64);
        loop {
            let cell = match (a.peek(), b.peek()) {
                (None, None) => break,
                (Some(t), None) | (None, Some(t)) => t.0,
                (Some(x), Some(y)) => x.0.min(y.0),
            };
            let left = a.next_if(|t| t.0 == cell).map_or(0, |t| t.1);
            let right = b.next_if(|t| t.0 == cell).map_or(0, |t| t.1);
            let k = scaled(left, keep)?.checked_add(scaled(right, add)?).ok_or(Overflow)?;
            if k != 0 {
                terms.push((cell, k));
                mask.insert(cell as usize);
            }
        }
        let part = |v: i128, by: i64| v.checked_mul(i128::from(by)).ok_or(Overflow);
        let value = part(self.value, keep)?.checked_add(part(other.value, add)?).ok_or(Overflow)?;
        let mut row = Self { terms, value, strict, mask };
        row.reduce();
        Ok(row)
    }

    /// Whether an inequality fails while none of its cells changes.
    pub(super) fn is_exceeded(&self) -> bool {
        self.value > 0 || (self.strict && self.value == 0)
    }
}

pub(super) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
