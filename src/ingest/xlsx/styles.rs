//! The styles part: which number format each cell style has.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::super::failure;
use super::super::package::Package;
use super::super::xml::{attr, number};
use crate::finding::Failure;

/// Number formats by cell style.
pub(super) struct Styles {
    /// Distinct format codes; 0 is `General`.
    pub(super) formats: Vec<String>,
    /// Index into `formats` for each cell style.
    pub(super) of_style: Vec<u16>,
}

/// Reads the cell styles; a missing part leaves everything `General`.
pub(super) fn read(package: &mut Package<'_>, part: Option<&str>) -> Result<Styles, Failure> {
    let mut styles = Styles { formats: vec!["General".to_owned()], of_style: Vec::new() };
    let Some(part) = part else { return Ok(styles) };
    let Some(stream) = package.stream(part)? else { return Ok(styles) };
    let mut reader = quick_xml::Reader::from_reader(stream);
    reader.config_mut().check_end_names = false;
    let (mut own, mut buf, mut in_cell_xfs) = (BTreeMap::new(), Vec::new(), false);
    loop {
        match reader.read_event_into(&mut buf).map_err(|e| failure::xml(part, &e))? {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(id), Some(code)) = (number(&e, "numFmtId"), attr(&e, "formatCode")) {
                        own.entry(id).or_insert_with(|| code.into_owned());
                    }
                }
                "cellXfs" => in_cell_xfs = true,
                "xf" if in_cell_xfs => {
                    let id = number(&e, "numFmtId").unwrap_or(0);
                    let code = own.get(&id).map_or_else(|| builtin_format(id), String::as_str);
                    let index = intern(&mut styles.formats, code);
                    styles.of_style.push(index);
                }
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => return Ok(styles),
            Event::Eof => return Ok(styles),
            _ => {}
        }
        buf.clear();
    }
}

/// The index of a code among those known, added where new; beyond 65,535 codes all are `General`.
fn intern(formats: &mut Vec<String>, code: &str) -> u16 {
    let at = formats.iter().position(|f| f == code).unwrap_or_else(|| {
        formats.push(code.to_owned());
        formats.len() - 1
    });
    u16::try_from(at).unwrap_or(0)
}

/// Codes that files name by number only (ECMA-376 part 1, 18.8.30, with those of zh-CN).
pub(in super::super) fn builtin_format(id: u32) -> &'static str {
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
