//! Exact amounts: what a workbook's number text means as a decimal.
//!
//! Spreadsheets hold 15 significant digits; files print up to 17 of the binary number behind them.
//! Reading to 15 digits gives back what was typed (8.4000000000000004 in the file is 8.4).

use rust_decimal::{Decimal, RoundingStrategy};

/// Significant decimal digits that a spreadsheet keeps of a typed number.
const DIGITS: u32 = 15;

/// Reads the text of a number as files hold it (`12`, `-0.5`, `8.4000000000000004`, `1.2E-3`), to 15 digits.
///
/// Gives `None` where it is no finite number or lies beyond what any form counts (about 7.9e28).
pub fn from_text(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.is_empty() || text.len() > 400 {
        return None;
    }
    if text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse::<i64>().ok().map(Decimal::from);
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if (whole.is_empty() && fraction.is_empty()) || !all().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let value = significant(all().map(|b| b - b'0'), scale)?;
    Some(if negative { -value } else { value }.normalize())
}

/// Reads a binary number as a spreadsheet shows it: to 15 significant digits.
pub fn from_f64(number: f64) -> Option<Decimal> {
    number.is_finite().then(|| from_text(&format!("{number:e}")))?
}

/// The first digits of a number, rounded half up at the fifteenth; `scale` counts decimal places.
fn significant(digits: impl Iterator<Item = u8>, scale: i32) -> Option<Decimal> {
    let (mut kept, mut count, mut dropped, mut round_up) = (0i128, 0u32, 0i32, false);
    for digit in digits {
        if count == 0 && digit == 0 {
            continue;
        }
        if count < DIGITS {
            kept = kept * 10 + i128::from(digit);
            count += 1;
        } else {
            round_up |= dropped == 0 && digit >= 5;
            dropped += 1;
        }
    }
    with_scale(kept + i128::from(round_up), scale - dropped)
}

fn with_scale(kept: i128, scale: i32) -> Option<Decimal> {
    if kept == 0 {
        return Some(Decimal::ZERO);
    }
    match u32::try_from(scale) {
        Ok(scale @ 0..=28) => Decimal::try_from_i128_with_scale(kept, scale).ok(),
        Ok(_) => Some(Decimal::ZERO),
        Err(_) => {
            let power = 10i128.checked_pow(scale.unsigned_abs())?;
            Decimal::try_from_i128_with_scale(kept.checked_mul(power)?, 0).ok()
        }
    }
}

/// How an amount is written: no trailing zeros, no exponent.
pub fn show(value: Decimal) -> String {
    match i64::try_from(value.mantissa()) {
        Ok(whole) if value.scale() == 0 => whole.to_string(),
        _ => value.normalize().to_string(),
    }
}

/// Rounds to `places` decimals, halves away from zero (GB/T 8170 allows it for single rounding).
pub fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Rounds to a multiple of `unit`, halves away from zero; `None` where that is beyond all numbers.
pub fn round_to(value: Decimal, unit: Decimal) -> Option<Decimal> {
    round(value.checked_div(unit)?, 0).checked_mul(unit).map(|x| x.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        from_text(text).map(show)
    }

    #[test]
    fn binary_noise_is_not_read() {
        assert_eq!(read("8.4000000000000004").as_deref(), Some("8.4"));
        assert_eq!(read("59237.244899999998").as_deref(), Some("59237.2449"));
        assert_eq!(read("0.1").as_deref(), Some("0.1"));
        assert_eq!(from_f64(0.1 + 0.2).map(show).as_deref(), Some("0.3"));
    }

    #[test]
    fn exponents_and_signs_are_exact() {
        assert_eq!(read("1.2E-3").as_deref(), Some("0.0012"));
        assert_eq!(read("-1E3").as_deref(), Some("-1000"));
        assert_eq!(read("-0").as_deref(), Some("0"));
        assert_eq!(read("1e-400").as_deref(), Some("0"));
    }

    #[test]
    fn what_is_no_amount_is_not_read() {
        for text in ["", "1e309", "NaN", "inf", "1,000", "１", "1.2.3", "--1", ".", "e5"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
