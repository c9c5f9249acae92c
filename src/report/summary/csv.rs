//! Every finding as a line of CSV that Excel opens right: UTF-8 with its mark, no text taken for a formula.

use super::{Archive, Overview};
use crate::report::markup::shown;
use crate::report::text::severity_name;
use std::io::Write;

const HEAD: [&str; 10] =
    ["单位", "文件", "年度", "级别", "规则", "位置", "问题", "处理建议", "说明", "标注好的工作簿"];

/// Writes the findings of all submissions, one a line; failures are lines too.
///
/// # Errors
/// When writing fails.
pub fn findings_csv(overview: &Overview, archive: &dyn Archive, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    row(out, &HEAD.map(|h| overview.word(h)))?;
    for (i, entry) in overview.entries.iter().enumerate() {
        let office = overview.office_of(i).map_or(entry.name(), |o| o.name.as_str());
        let year = entry.year.map(|y| y.to_string()).unwrap_or_default();
        let copy = entry.annotated.as_deref().unwrap_or("");
        if let Some(error) = &entry.error {
            row(out, &[office, &entry.file, &year, overview.word("无法审核"), "", "", error, "", "", copy])?;
        }
        for finding in &archive.details(&entry.file).findings {
            let severity = severity_name(finding.severity, overview.lang);
            let said = finding.said().unwrap_or("");
            let cells = finding.cells.replace('，', overview.lang.pick("，", ", "));
            let (message, advice) = (finding.message.as_str(), finding.advice.as_str());
            row(
                out,
                &[office, &entry.file, &year, severity, &finding.code, &cells, message, advice, said, copy],
            )?;
        }
    }
    Ok(())
}

fn row(out: &mut dyn Write, cells: &[&str]) -> std::io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|c| cell(c)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A cell; what a spreadsheet would take for a formula begins with an apostrophe instead.
fn cell(text: &str) -> String {
    let text = shown(text);
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky { format!("'{text}") } else { text.into_owned() };
    if text.contains([',', '"', '\n', '\r', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula_or_two_cells() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("@SUM(A1)"), "\"'@SUM(A1)\"");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("说“好”"), "说“好”");
    }
}
