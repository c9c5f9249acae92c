//! The small language of rules: `natural + sum of enterprise to other_org = total`, `decisions > 0 and (…)`.
//!
//! ```text
//! condition = all ("or" all)*           all  = part ("and" part)*
//! part      = "(" condition ")" | sum op sum
//! op        = "=" | "≠" | "!=" | "<" | "<=" | ">" | ">="
//! sum       = ["-"] term (("+" | "-") term)*
//! term      = number ["*" name] | name ["*" (number | name)] | "sum of" name "to" name
//! name      = ["last year's"] id
//! ```
//!
//! What an id means is for the caller's scope.

use super::condition::{Condition, Op, Sum, Term};
use super::model::FieldIx;
use crate::finding::Text;
use rust_decimal::Decimal;

/// What the ids of a formula stand for.
pub(super) trait Scope {
    /// The field with this id.
    fn field(&self, id: &str) -> Result<FieldIx, Mistake>;
    /// The fields from one id to another.
    fn range(&self, from: &str, to: &str) -> Result<Vec<FieldIx>, Mistake>;
}

/// A mistake in a formula: message and hint.
pub(super) type Mistake = (Text, Text);

/// Parses a condition.
pub(super) fn condition(text: &str, scope: &dyn Scope) -> Result<Condition, Mistake> {
    let mut p = Parser { tokens: tokens(text)?, next: 0, scope };
    let c = p.condition()?;
    p.end()?;
    Ok(c)
}

/// Parses one comparison: `natural + sum of enterprise to other_org = total`.
pub(super) fn comparison(text: &str, scope: &dyn Scope) -> Result<(Sum, Op, Sum), Mistake> {
    match condition(text, scope)? {
        Condition::Compare(left, op, right) if op != Op::Differs => Ok((left, op, right)),
        _ => Err((
            Text::new(
                "勾稽关系应为一个等式或不等式",
                "expected one equation or inequality, but found another condition",
            ),
            Text::new("写作：各部分之和 = 合计", "write: sum of the parts = total"),
        )),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Number(Decimal),
    Sign(&'static str),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(w) => f.write_str(w),
            Self::Number(n) => write!(f, "{n}"),
            Self::Sign(s) => f.write_str(s),
        }
    }
}

const SIGNS: [&str; 12] = ["<=", ">=", "!=", "≠", "≤", "≥", "=", "<", ">", "+", "-", "*"];

fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let sign = SIGNS.iter().chain(&["(", ")"]).find(|s| rest.starts_with(**s));
        let (token, len) = if let Some(s) = sign {
            (Token::Sign(s), s.len())
        } else {
            let len = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let word = rest.get(..len).unwrap_or_default();
            match word.parse::<Decimal>() {
                _ if word.is_empty() => return Err(unexpected(&first.to_string(), "a name, number or sign")),
                Ok(n) => (Token::Number(n), len),
                Err(_) => (Token::Word(word.to_owned()), len),
            }
        };
        out.push(token);
        rest = rest.get(len..).unwrap_or_default().trim_start();
    }
    Ok(out)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\'')
}

fn unexpected(found: &str, expected: &str) -> Mistake {
    (
        Text::new(format!("公式中“{found}”处有误"), format!("expected {expected}, but found `{found}`")),
        Text::default(),
    )
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    scope: &'a dyn Scope,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = match self.peek() {
            Some(Token::Word(w)) => w == wanted,
            Some(Token::Sign(s)) => *s == wanted,
            _ => false,
        };
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: &str) -> Result<(), Mistake> {
        if self.take(wanted) { Ok(()) } else { Err(self.wrong(&format!("`{wanted}`"))) }
    }

    fn wrong(&self, expected: &str) -> Mistake {
        unexpected(&self.peek().map_or("the end".to_owned(), ToString::to_string), expected)
    }

    fn end(&self) -> Result<(), Mistake> {
        if self.peek().is_none() { Ok(()) } else { Err(self.wrong("the end")) }
    }

    fn condition(&mut self) -> Result<Condition, Mistake> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(single(parts, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, Mistake> {
        let mut parts = vec![self.part()?];
        while self.take("and") {
            parts.push(self.part()?);
        }
        Ok(single(parts, Condition::All))
    }

    fn part(&mut self) -> Result<Condition, Mistake> {
        if self.take("(") {
            let inner = self.condition()?;
            self.expect(")")?;
            return Ok(inner);
        }
        let left = self.sum()?;
        let op = self.op()?;
        Ok(Condition::Compare(left, op, self.sum()?))
    }

    fn op(&mut self) -> Result<Op, Mistake> {
        let op = match self.peek() {
            Some(Token::Sign("<")) => Op::Less,
            Some(Token::Sign("<=" | "≤")) => Op::AtMost,
            Some(Token::Sign("=")) => Op::Equal,
            Some(Token::Sign("!=" | "≠")) => Op::Differs,
            Some(Token::Sign(">=" | "≥")) => Op::AtLeast,
            Some(Token::Sign(">")) => Op::Greater,
            _ => return Err(self.wrong("a comparison such as `=` or `>`")),
        };
        self.next += 1;
        Ok(op)
    }

    fn sum(&mut self) -> Result<Sum, Mistake> {
        let mut sum = Sum::default();
        let mut sign = if self.take("-") { -Decimal::ONE } else { Decimal::ONE };
        loop {
            self.term(sign, &mut sum)?;
            sign = match () {
                () if self.take("+") => Decimal::ONE,
                () if self.take("-") => -Decimal::ONE,
                () => return Ok(sum),
            };
        }
    }

    fn term(&mut self, sign: Decimal, sum: &mut Sum) -> Result<(), Mistake> {
        if let Some(Token::Number(n)) = self.peek() {
            let n = *n * sign;
            self.next += 1;
            if !self.take("*") {
                sum.constant += n;
                return Ok(());
            }
            let (field, last_year) = self.name()?;
            sum.terms.push(Term { field: self.scope.field(&field)?, factor: n, last_year, by: None });
            return Ok(());
        }
        if self.take("sum") {
            self.expect("of")?;
            let (from, last_year) = self.name()?;
            self.expect("to")?;
            let (to, _) = self.name()?;
            let fields = self.scope.range(&from, &to)?;
            sum.terms.extend(fields.into_iter().map(|field| Term {
                field,
                factor: sign,
                last_year,
                by: None,
            }));
            return Ok(());
        }
        let (id, last_year) = self.name()?;
        let mut term = Term { field: self.scope.field(&id)?, factor: sign, last_year, by: None };
        if self.take("*") {
            match self.peek() {
                Some(Token::Number(n)) => {
                    term.factor *= *n;
                    self.next += 1;
                }
                Some(Token::Word(_)) if !last_year => {
                    let (other, other_last) = self.name()?;
                    if other_last {
                        return Err(self.wrong("a field of this year"));
                    }
                    term.by = Some(self.scope.field(&other)?);
                }
                _ => return Err(self.wrong("a number or a name")),
            }
        }
        sum.terms.push(term);
        Ok(())
    }

    fn name(&mut self) -> Result<(String, bool), Mistake> {
        let last_year = self.take("last");
        if last_year {
            self.expect("year's")?;
        }
        let Some(Token::Word(w)) = self.peek() else { return Err(self.wrong("a name")) };
        let word = w.clone();
        self.next += 1;
        Ok((word, last_year))
    }
}

fn single(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}
