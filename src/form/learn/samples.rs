//! The numbers of filled workbooks, block by block.

use super::words::is_rate;
use super::{Decimals, DraftBlock};
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
    /// A mark that says that there is no number.
    Mark,
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
    /// Whether marks for no number count as 0; else nothing is known where one stands.
    pub(super) marks_are_zero: bool,
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
        // a sample that leaves a block blank, but for totals that come out as 0, says nothing of it
        let filled = |s: &Sample| s.iter().any(|c| matches!(c, Content::Number(n) if !n.is_zero()));
        let is_rate = |l: &super::DraftLine| l.path.last().is_some_and(|t| is_rate(t));
        let rates = (block.cols.iter().map(is_rate).collect(), block.rows.iter().map(is_rate).collect());
        Numbers {
            samples: self.all.iter().filter_map(of).filter(filled).collect(),
            width,
            height,
            rates,
            marks_are_zero: true,
        }
    }
}

impl Numbers {
    /// What stands in a line of every sample, one series a line: along rows (for columns) or along columns. Places
    /// that are not known in full are left out, and for rows those of rates.
    pub(super) fn series(&self, across: bool) -> Vec<Vec<Decimal>> {
        let lines = if across { self.width } else { self.height };
        let places = self.places(across);
        let number = |s: &Sample, i: usize| match s.get(i) {
            Some(Content::Number(n)) => n.normalize(),
            _ => Decimal::ZERO,
        };
        let at = |line: usize, place: usize| self.index(across, line, place);
        (0..lines).map(|l| places.iter().map(|(s, p)| number(s, at(l, *p))).collect()).collect()
    }

    /// The places of [`Self::series`]: a sample, and a row of it (for columns) or a column.
    pub(super) fn places(&self, across: bool) -> Vec<(&Sample, usize)> {
        let (lines, places) = if across { (self.width, self.height) } else { (self.height, self.width) };
        let rates = if across { &self.rates.1 } else { &self.rates.0 };
        let known = |s: &Sample, p: usize| {
            let unknown = |l: usize| match s.get(self.index(across, l, p)) {
                None | Some(Content::Unknown) => true,
                Some(Content::Mark) => !self.marks_are_zero,
                Some(_) => false,
            };
            !(0..lines).any(unknown) && !rates.get(p).copied().unwrap_or(false)
        };
        let all = self.samples.iter().flat_map(|s| (0..places).map(move |p| (s, p)));
        all.filter(|(s, p)| known(s, *p)).collect()
    }

    fn index(&self, across: bool, line: usize, place: usize) -> usize {
        if across { place * self.width + line } else { line * self.width + place }
    }

    /// Whether a mark stands in a line at a place of a sample.
    pub(super) fn is_marked(&self, across: bool, line: usize, (sample, place): (&Sample, usize)) -> bool {
        sample.get(self.index(across, line, place)) == Some(&Content::Mark)
    }

    /// How many samples there are.
    pub(super) fn books(&self) -> usize {
        self.samples.len()
    }

    /// The cells that every one of several samples leaves blank: nothing is to be filled in there.
    fn holes(&self) -> Vec<bool> {
        let blank = |i: usize| self.samples.iter().all(|s| s.get(i) == Some(&Content::Blank));
        (0..self.width * self.height).map(|i| self.samples.len() > 1 && blank(i)).collect()
    }

    /// Whether a cell of a row and a column is filled in on a sample.
    pub(super) fn is_filled(&self, row: usize, col: usize) -> bool {
        self.samples.iter().any(|s| self.at(s, row, col).is_some())
    }

    /// The number of a row and a column on a sample.
    pub(super) fn at(&self, sample: &Sample, row: usize, col: usize) -> Option<Decimal> {
        match sample.get(row * self.width + col) {
            Some(Content::Number(n)) => Some(n.normalize()),
            _ => None,
        }
    }

    /// What the numbers of a column with decimals are rounded to.
    pub(super) fn unit(&self, col: usize) -> Option<Decimal> {
        let cells = self.samples.iter().flat_map(|s| (0..self.height).map(move |r| (s, r)));
        let places = cells.filter_map(|(s, r)| self.at(s, r, col)).map(|n| n.scale()).max();
        places.filter(|p| (1..=6).contains(p)).map(|p| Decimal::new(1, p))
    }

    /// In how many places a column is, rounded, `times` another column over that column's number in one row; `None`
    /// where it is not.
    pub(super) fn is_share(
        &self,
        rate: usize,
        part: usize,
        base: usize,
        times: Decimal,
        unit: Decimal,
    ) -> Option<usize> {
        let mut told = 0;
        for sample in &self.samples {
            let Some(whole) = self.at(sample, base, part).filter(|n| *n > Decimal::ZERO) else { continue };
            for row in 0..self.height {
                let (own, of) = (self.at(sample, row, rate), self.at(sample, row, part));
                let (Some(own), Some(of)) = (own, of) else { continue };
                let off = (own.checked_mul(whole)? - of.checked_mul(times)?).abs();
                if off > whole * unit / Decimal::TWO {
                    return None;
                }
                told += usize::from(!own.is_zero() && row != base);
            }
        }
        Some(told)
    }

    /// Notes on a block and its lines what the samples show.
    pub(super) fn describe(&self, block: &mut DraftBlock) {
        let holes = self.holes();
        let blank = |s: &Sample| {
            s.iter().enumerate().any(|(i, c)| *c == Content::Blank && !holes.get(i).copied().unwrap_or(false))
        };
        block.has_blanks = self.samples.iter().any(blank);
        for (line, cells) in block.rows.iter_mut().zip(holes.chunks(self.width.max(1))) {
            line.holed = !cells.contains(&false);
        }
        for (c, line) in block.cols.iter_mut().enumerate() {
            line.holed = holes.iter().skip(c).step_by(self.width.max(1)).all(|hole| *hole);
        }
        let width = self.width.max(1);
        let in_filled_lines = |i: &usize| {
            let (row, col) = (block.rows.get(i / width), block.cols.get(i % width));
            row.zip(col).is_some_and(|(r, c)| !r.holed && !c.holed)
        };
        let holes = holes.iter().enumerate().filter(|(_, hole)| **hole).map(|(i, _)| i);
        block.unfilled = holes.filter(in_filled_lines).map(|i| (i / width, i % width)).collect();
        let fractional = |s: &[Decimal]| s.iter().any(|n| !n.is_integer());
        let numbers = |of: &dyn Fn(usize) -> bool| {
            let each = |s: &Sample| s.iter().copied().enumerate().collect::<Vec<_>>();
            let own = self.samples.iter().flat_map(each).filter(|(i, _)| of(*i));
            own.filter_map(|(_, c)| if let Content::Number(n) = c { Some(n) } else { None })
                .collect::<Vec<_>>()
        };
        let cols: Vec<Vec<Decimal>> = (0..self.width).map(|c| numbers(&|i| i % width == c)).collect();
        let rows: Vec<Vec<Decimal>> = (0..self.height).map(|r| numbers(&|i| i / width == r)).collect();
        let most = |lines: &[Vec<Decimal>]| lines.iter().filter(|s| fractional(s)).count() * 2 > lines.len();
        let throughout = most(&cols) && most(&rows);
        block.decimals = if throughout { Decimals::Throughout } else { Decimals::InLines };
        // decimals belong to columns where only some columns have them, else to rows
        let by_column = cols.iter().filter(|s| fractional(s)).count() < cols.len().max(1)
            && cols.iter().filter(|s| fractional(s)).count() <= rows.iter().filter(|s| fractional(s)).count();
        let lines = if by_column { (&mut block.cols, &cols) } else { (&mut block.rows, &rows) };
        for (line, series) in lines.0.iter_mut().zip(lines.1) {
            line.fractional = !throughout && fractional(series);
            line.negative = series.iter().any(|n| n.is_sign_negative() && !n.is_zero());
        }
    }
}
