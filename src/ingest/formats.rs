//! Number formats: distinct codes, and the codes that files name by number only.

use std::collections::BTreeMap;

/// Cell styles that are kept; a cell that names one beyond them is shown as it is.
const MOST_STYLES: usize = 1 << 20;

/// Number formats by cell style.
#[derive(Debug)]
pub(super) struct Formats {
    /// Distinct format codes; 0 is `General`.
    pub(super) codes: Vec<String>,
    /// Index into `codes` for each cell style.
    pub(super) of_style: Vec<u16>,
    /// Cell styles that indent what they show, and how far.
    indents: BTreeMap<usize, u8>,
    known: BTreeMap<String, u16>,
}

impl Default for Formats {
    fn default() -> Self {
        let general = "General".to_owned();
        Self {
            codes: vec![general.clone()],
            of_style: Vec::new(),
            indents: BTreeMap::new(),
            known: BTreeMap::from([(general, 0)]),
        }
    }
}

impl Formats {
    /// The next cell style has this code; beyond 65,535 codes all are `General`.
    pub(super) fn style(&mut self, code: &str) {
        if self.of_style.len() >= MOST_STYLES {
            return;
        }
        let known = self.known.get(code).copied();
        let index = known.unwrap_or_else(|| match u16::try_from(self.codes.len()) {
            Ok(index) => {
                self.codes.push(code.to_owned());
                self.known.insert(code.to_owned(), index);
                index
            }
            Err(_) => 0,
        });
        self.of_style.push(index);
    }

    /// The last cell style indents what it shows.
    pub(super) fn indent(&mut self, steps: u8) {
        if let Some(style) = self.of_style.len().checked_sub(1).filter(|_| steps > 0) {
            self.indents.insert(style, steps);
        }
    }

    /// How far a cell style indents.
    pub(super) fn indent_of(&self, style: usize) -> Option<u8> {
        self.indents.get(&style).copied()
    }

    /// Index of the code that a cell style has.
    pub(super) fn of(&self, style: usize) -> u16 {
        self.of_style.get(style).copied().unwrap_or(0)
    }
}

/// Codes that files name by number only (ECMA-376 part 1, 18.8.30, with those of zh-CN).
pub fn builtin_format(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        5 | 6 => "\"¥\"#,##0;\"¥\"\\-#,##0",
        7 | 8 => "\"¥\"#,##0.00;\"¥\"\\-#,##0.00",
        9 => "0%",
        10 => "0.00%",
        11 => "0.00E+00",
        12 => "# ?/?",
        13 => "# ??/??",
        14 => "yyyy/m/d",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18 => "h:mm AM/PM",
        19 => "h:mm:ss AM/PM",
        20 => "h:mm",
        21 => "h:mm:ss",
        22 => "yyyy/m/d h:mm",
        27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
        28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
        30 => "m-d-yy",
        31 => "yyyy\"年\"m\"月\"d\"日\"",
        32 => "h\"时\"mm\"分\"",
        33 => "h\"时\"mm\"分\"ss\"秒\"",
        34 | 55 => "上午/下午h\"时\"mm\"分\"",
        35 | 56 => "上午/下午h\"时\"mm\"分\"ss\"秒\"",
        37 => "#,##0 ;(#,##0)",
        38 => "#,##0 ;[Red](#,##0)",
        39 => "#,##0.00;(#,##0.00)",
        40 => "#,##0.00;[Red](#,##0.00)",
        45 => "mm:ss",
        46 => "[h]:mm:ss",
        47 => "mm:ss.0",
        48 => "##0.0E+0",
        49 => "@",
        _ => "General",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_kept_once_and_styles_beyond_are_general() {
        let mut formats = Formats::default();
        for code in ["0%", "General", "0%"] {
            formats.style(code);
        }
        assert_eq!((formats.of(0), formats.of(1), formats.of(2), formats.of(9)), (1, 0, 1, 0));
        for i in 0..70_000 {
            formats.style(&format!("0.{i}"));
        }
        assert_eq!(formats.codes.len(), 1 << 16);
        assert_eq!(formats.of(70_002), 0);
    }
}
