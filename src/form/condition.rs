//! Conditions over fields: comparisons of sums, joined by "and" and "or".
//!
//! Only the typed form; what a definition writes is parsed by `formula`, and what a submission holds is judged by
//! `check`.

use super::model::FieldIx;
use rust_decimal::Decimal;

/// What stands before an id in a text to say that last year's value is meant.
pub const LAST_YEAR: &str = "last year's ";

/// A condition.
///
/// It is met only where that is certain. A blank counts as 0 on the side that is claimed to be the larger (no
/// honest number is negative) and makes the claim uncertain on the other, and on both sides of `=` and `≠`. A
/// field that was not located or cannot be read makes every comparison with it uncertain; so does last year's
/// where no submission of last year is at hand.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Two sums compared.
    Compare(Sum, Op, Sum),
}

/// How two sums are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Smaller.
    Less,
    /// Not larger.
    AtMost,
    /// Equal.
    Equal,
    /// Not equal.
    Differs,
    /// Not smaller.
    AtLeast,
    /// Larger.
    Greater,
}

/// A weighted sum of fields and a constant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// The fields.
    pub terms: Vec<Term>,
    /// The constant.
    pub constant: Decimal,
}

/// A field times a factor, or times a factor and another field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The field.
    pub field: FieldIx,
    /// The factor.
    pub factor: Decimal,
    /// Whether last year's submission is meant.
    pub last_year: bool,
    /// Another field that it is multiplied by, as in a rate times its base.
    pub by: Option<FieldIx>,
}

impl Sum {
    /// Its fields, if it only adds them up.
    pub fn plain(&self) -> Option<Vec<FieldIx>> {
        let simple = |t: &Term| t.factor == Decimal::ONE && !t.last_year && t.by.is_none();
        let all = self.constant.is_zero() && !self.terms.is_empty() && self.terms.iter().all(simple);
        all.then(|| self.terms.iter().map(|t| t.field).collect())
    }
}

impl Op {
    /// Whether the comparison holds.
    pub fn holds(self, left: Decimal, right: Decimal) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::Differs => left != right,
            Self::AtLeast => left >= right,
            Self::Greater => left > right,
        }
    }
}

impl Condition {
    /// Every term of the condition, in order.
    pub fn terms(&self) -> Vec<Term> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Compare(left, _, right) => left.terms.iter().chain(&right.terms).copied().collect(),
        }
    }
}
