//! Formulas that divide one cell by another, such as `ROUND(B4/B9*100,1)` or `IF(B9=0,"",B4/B9)`.

use super::CellRef;
use rust_decimal::Decimal;

/// Calls within calls.
const MAX_DEPTH: u32 = 8;

/// A share, rate or mean: part × times ÷ base, rounded; or growth: (part − base) × times ÷ base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// The cell that is divided.
    pub part: CellRef,
    /// The cell that it is divided by.
    pub base: CellRef,
    /// What the part is multiplied by, 100 for percentages.
    pub times: Decimal,
    /// Whether it is the growth of the part over the base, and not the part itself.
    pub growth: bool,
    /// Decimals that it is rounded to, if it is.
    pub places: Option<u32>,
}

impl Ratio {
    /// What it is rounded to; what is not rounded has the digits that an office program keeps.
    pub fn unit(&self) -> Decimal {
        Decimal::new(1, self.places.unwrap_or(6))
    }
}

/// Reads a formula (without `=`) as a ratio of two cells of its own sheet; `None` where it is anything else.
pub fn ratio(text: &str) -> Option<Ratio> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '$').collect();
    read(&plain.to_uppercase(), MAX_DEPTH)
}

fn read(text: &str, depth: u32) -> Option<Ratio> {
    let depth = depth.checked_sub(1)?;
    let call = |name: &str| {
        let inner = text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
        arguments(inner)
    };
    if let Some(of) = call("IFERROR") {
        return read(of.first()?, depth);
    }
    if let Some(of) = call("IF") {
        return of.iter().skip(1).find_map(|a| read(a, depth));
    }
    if let Some(of) = call("ROUND") {
        let [inner, places] = of.as_slice() else { return None };
        let places = places.parse().ok().filter(|n| *n <= 10)?;
        return Some(Ratio { places: Some(places), ..read(inner, depth)? });
    }
    growth(text).or_else(|| division(text))
}

/// `(a-b)/b*100`, `(a/b-1)*100`, `a/b-1`, `a/b*100-100`.
fn growth(text: &str) -> Option<Ratio> {
    let grown = |ratio: Ratio| Some(Ratio { growth: true, ..ratio });
    if let Some((inner, rest)) = text.strip_prefix('(').and_then(|t| t.split_once(")/")) {
        let (part, before) = inner.split_once('-')?;
        let (base, times) = product(rest)?;
        let (part, before): (CellRef, CellRef) = (part.parse().ok()?, before.parse().ok()?);
        return grown(Ratio { part, base, times, growth: true, places: None }).filter(|_| before == base);
    }
    let (inner, times) = match text.strip_prefix('(').and_then(|t| t.split_once("-1)*")) {
        Some((inner, times)) => (inner, times.parse().ok().filter(|n| *n > Decimal::ZERO)?),
        None => (text.strip_suffix("-1").or_else(|| text.strip_suffix("-100"))?, Decimal::ONE),
    };
    let whole = if text.ends_with("-100") { Decimal::ONE_HUNDRED } else { Decimal::ONE };
    let ratio = division(inner).filter(|r| r.times == whole)?;
    grown(Ratio { times: times.checked_mul(whole)?, ..ratio })
}

/// `a/b`, `a/b*100`, `100*a/b`, `(a/b)*100`.
fn division(text: &str) -> Option<Ratio> {
    let bare: String = match text.split_once(')') {
        Some((inner, rest)) => format!("{}{rest}", inner.strip_prefix('(')?),
        None => text.to_owned(),
    };
    let (above, below) = bare.split_once('/')?;
    let (part, first) = product(above)?;
    let (base, second) = product(below)?;
    Some(Ratio { part, base, times: first.checked_mul(second)?, growth: false, places: None })
}

/// A cell, alone or times a number.
fn product(text: &str) -> Option<(CellRef, Decimal)> {
    let Some((one, other)) = text.split_once('*') else { return Some((text.parse().ok()?, Decimal::ONE)) };
    let both = |cell: &str, number: &str| {
        let number: Decimal = number.parse().ok()?;
        Some((cell.parse().ok()?, number)).filter(|(_, n)| *n > Decimal::ZERO)
    };
    both(one, other).or_else(|| both(other, one))
}

/// Arguments of a call; commas within brackets part nothing.
fn arguments(text: &str) -> Option<Vec<&str>> {
    let mut out = Vec::new();
    let (mut start, mut open) = (0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            ',' | ';' if open == 0 => {
                out.push(text.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
        if open < 0 {
            return None; // `ROUND(…)+ROUND(…)` is no call of one function
        }
    }
    out.push(text.get(start..)?);
    (open == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        let r = ratio(text)?;
        let less = if r.growth { format!("({}-{})", r.part, r.base) } else { r.part.to_string() };
        Some(format!("{less}*{}/{} {:?}", r.times, r.base, r.places))
    }

    #[test]
    fn rates_are_read() {
        for (text, expected) in [
            ("ROUND(G7/G$12*100,1)", "G7*100/G12 Some(1)"),
            ("B4/B9", "B4*1/B9 None"),
            ("IF(B9=0,0,100*B4/B9)", "B4*100/B9 None"),
            ("IFERROR(ROUND(B4/$B$9,3),\"\")", "B4*1/B9 Some(3)"),
            ("(B4/B9)*100", "B4*100/B9 None"),
            ("ROUND((D5-E5)/E5*100,2)", "(D5-E5)*100/E5 Some(2)"),
            ("IF(E5=0,\"\",(D5/E5-1)*100)", "(D5-E5)*100/E5 None"),
            ("A1/B1-1", "(A1-B1)*1/B1 None"),
            ("A1/B1*100-100", "(A1-B1)*100/B1 None"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_formulas_are_no_rates() {
        for text in [
            "A1+B1",
            "A1/(B1+C1)",
            "A1/B1/C1",
            "ROUND(A1,2)+ROUND(B1/C1,2)",
            "A1/B1-2",
            "(A1-B1)/C1",
            "SUM(A1:B1)/C1",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}
