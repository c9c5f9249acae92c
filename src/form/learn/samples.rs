//! The numbers of filled workbooks, block by block.

use super::DraftBlock;
use super::propose::is_rate;
use rust_decimal::Decimal;

/// A filled workbook: what stands in a draft's fields, in its order.
pub type Sample = Vec<Content>;

/// What stands in a field of a filled workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Its cell was not found, or what stands there cannot be read.
    Unknown,
    /// Nothing.
    Blank,
    /// A number.
    Number(Decimal),
}

/// Samples while blocks take their numbers from them.
pub(super) struct Samples<'a> {
    all: &'a [Sample],
    next: usize,
}

/// The numbers of one block in every sample.
pub(super) struct Numbers {
    pub(super) samples: Vec<Sample>,
    width: usize,
    height: usize,
    /// Columns and rows of rates, which do not add up.
    rates: (Vec<bool>, Vec<bool>),
}

impl<'a> Samples<'a> {
    pub(super) fn new(all: &'a [Sample]) -> Self {
        Self { all, next: 0 }
    }

    /// The numbers of the next block.
    pub(super) fn next_block(&mut self, block: &DraftBlock) -> Numbers {
        let (width, height) = (block.cols.len(), block.rows.len());
        let (from, to) = (self.next, self.next + width * height);
        self.next = to;
        let of = |s: &Sample| s.get(from..to).map(<[_]>::to_vec);
        // a sample that leaves a block blank says nothing of it
        let filled = |s: &Sample| s.iter().any(|c| matches!(c, Content::Number(_)));
        let is_rate = |l: &super::DraftLine| l.path.last().is_some_and(|t| is_rate(t));
        let rates = (block.cols.iter().map(is_rate).collect(), block.rows.iter().map(is_rate).collect());
        Numbers { samples: self.all.iter().filter_map(of).filter(filled).collect(), width, height, rates }
    }
}

impl Numbers {
    /// What stands in a line of every sample, one series a line: along rows (for columns) or along columns. Places
    /// that are not known in full are left out, and for rows those of rates.
    pub(super) fn series(&self, across: bool) -> Vec<Vec<Decimal>> {
        let (lines, places) = if across { (self.width, self.height) } else { (self.height, self.width) };
        let at = |line: usize, place: usize| {
            if across { place * self.width + line } else { line * self.width + place }
        };
        let rates = if across { &self.rates.1 } else { &self.rates.0 };
        let known = |s: &Sample, p: usize| {
            let all = (0..lines).all(|l| !matches!(s.get(at(l, p)), None | Some(Content::Unknown)));
            all && !rates.get(p).copied().unwrap_or(false)
        };
        let places: Vec<(&Sample, usize)> = self
            .samples
            .iter()
            .flat_map(|s| (0..places).map(move |p| (s, p)))
            .filter(|(s, p)| known(s, *p))
            .collect();
        let number = |s: &Sample, i: usize| match s.get(i) {
            Some(Content::Number(n)) => n.normalize(),
            _ => Decimal::ZERO,
        };
        (0..lines).map(|l| places.iter().map(|(s, p)| number(s, at(l, *p))).collect()).collect()
    }

    /// Notes on a block and its lines what the samples show.
    pub(super) fn describe(&self, block: &mut DraftBlock) {
        let all = || self.samples.iter().flatten();
        block.has_blanks = all().any(|c| *c == Content::Blank);
        let fractional = |s: &[Decimal]| s.iter().any(|n| !n.is_integer());
        let numbers = |of: &dyn Fn(usize) -> bool| {
            let each = |s: &Sample| s.iter().copied().enumerate().collect::<Vec<_>>();
            let own = self.samples.iter().flat_map(each).filter(|(i, _)| of(*i));
            own.filter_map(|(_, c)| if let Content::Number(n) = c { Some(n) } else { None })
                .collect::<Vec<_>>()
        };
        let width = self.width.max(1);
        let cols: Vec<Vec<Decimal>> = (0..self.width).map(|c| numbers(&|i| i % width == c)).collect();
        let rows: Vec<Vec<Decimal>> = (0..self.height).map(|r| numbers(&|i| i / width == r)).collect();
        // decimals belong to columns where only some columns have them, else to rows
        let by_column = cols.iter().filter(|s| fractional(s)).count() < cols.len().max(1)
            && cols.iter().filter(|s| fractional(s)).count() <= rows.iter().filter(|s| fractional(s)).count();
        let lines = if by_column { (&mut block.cols, &cols) } else { (&mut block.rows, &rows) };
        for (line, series) in lines.0.iter_mut().zip(lines.1) {
            line.fractional = fractional(series);
            line.negative = series.iter().any(|n| n.is_sign_negative() && !n.is_zero());
        }
    }
}
