//! Numbers as their cells show them: a number format may make a date or a percentage of what was typed.

use super::amount;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What a number format makes of a number where that is no number any more: `2023-03-05`, `35%`.
pub fn number(value: Decimal, format: &str) -> String {
    let date = || if is_date(format) { date(value) } else { None };
    let percent = || value.checked_mul(Decimal::ONE_HUNDRED).filter(|_| is_percent(format));
    date()
        .or_else(|| percent().map(|n| format!("{}%", amount::show(n.normalize()))))
        .unwrap_or_else(|| amount::show(value))
}

/// Whether a cell of this number format shows a plain number, and takes what is typed as one.
pub fn is_plain(format: &str) -> bool {
    !is_date(format) && !is_percent(format) && format != "@"
}

/// Whether a number format shows percentages.
pub fn is_percent(format: &str) -> bool {
    format.contains('%')
}

/// The day that a number stands for, counted from 1900 as Excel does, with a 29 February in that year.
fn date(value: Decimal) -> Option<String> {
    const LAST: i64 = 2_958_465;
    let serial = value.trunc().to_i64().filter(|n| (1..=LAST).contains(n))?;
    if serial == 60 {
        return Some("1900-02-29".to_owned());
    }
    let (year, month, day) = civil(serial + i64::from(serial < 60) - 25_569);
    Some(format!("{year}-{month:02}-{day:02}"))
}

/// The date of so many days since 1970-01-01 (Howard Hinnant, “chrono-compatible low-level date algorithms”).
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Whether a number format shows dates or times.
pub fn is_date(format: &str) -> bool {
    if format == "General" {
        return false;
    }
    let mut quoted = false;
    let mut bracket = false;
    let plain: String = format
        .chars()
        .filter(|c| {
            match c {
                '"' => quoted = !quoted,
                '[' => bracket = true,
                ']' => bracket = false,
                _ => {}
            }
            !quoted && !bracket
        })
        .collect();
    let code = plain.split(';').next().unwrap_or_default().to_lowercase();
    !code.contains("general") && code.contains(['y', 'd', 'h', 's']) && !code.contains('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_formats_are_told_from_number_formats() {
        for f in ["yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "h:mm", "[$-804]yyyy年m月"] {
            assert!(is_date(f), "{f}");
        }
        for f in [
            "General",
            "0",
            "0.00_);[Red]\\(0.00\\)",
            "#,##0\"days\"",
            "0%",
            "@",
            "_ * #,##0_ ;_ * \\-#,##0_ ;_ * \"-\"_ ;_ @_ ",
        ] {
            assert!(!is_date(f), "{f}");
        }
    }

    #[test]
    fn a_number_reads_as_its_cell_shows_it() {
        let read = |n: &str, format: &str| number(n.parse().unwrap(), format);
        assert_eq!(read("44990", "yyyy/m/d"), "2023-03-05");
        assert_eq!(read("44990.5", "yyyy\"年\"m\"月\""), "2023-03-05");
        assert_eq!(read("60", "m/d"), "1900-02-29", "the day that Excel alone knows");
        assert_eq!(read("1", "m/d"), "1900-01-01");
        assert_eq!(read("0.5", "h:mm"), "0.5");
        assert_eq!(read("-3", "yyyy/m/d"), "-3");
        assert_eq!(read("0.35", "0%"), "35%");
        assert_eq!(read("35", "0.00"), "35");
    }
}
