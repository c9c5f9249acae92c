//! report.html: one file that needs nothing else, for a screen and for paper.
//!
//! Everything that a submission says is escaped, and the page's policy lets no script run but its own, so that a
//! hostile office name stays a name.

mod charts;

use super::standing::COUNTED;
use super::{Archive, ByWorst, Entry, Grade, Item, Overview, Reminder, State};
use crate::finding::{Lang, Severity};
use crate::form::Form;
use crate::report::markup;
use crate::report::text::severity_name;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// A rule that one office breaks so often is set off.
const MANY: usize = 5;

/// Writes the page.
///
/// # Errors
/// When writing fails.
pub fn page(all: &Overview, archive: &dyn Archive, forms: &[Form], out: &mut dyn Write) -> Result<()> {
    let form = all.form.as_deref().and_then(|id| forms.iter().find(|f| f.id == id));
    let title = escape(&all.heading());
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    );
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        all.lang.pick("zh-CN", "en")
    )?;
    verdict(all, out)?;
    doubts(all, out)?;
    reporting(all, out)?;
    reminders(all, archive, out)?;
    heat(all, out)?;
    charts::charts(all, archive, form, out)?;
    findings(all, archive, out)?;
    write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

fn verdict(all: &Overview, out: &mut dyn Write) -> Result<()> {
    let failed = all.entries.iter().filter(|e| e.error.is_some()).count();
    let (said, grade) = all.standing();
    let class = match grade {
        Grade::Clear => "verdict",
        Grade::Look => "verdict look",
        Grade::Fail => "verdict fail",
    };
    writeln!(out, "<p class=\"{class}\">{}</p>", escape(said.get(all.lang)))?;
    let ByWorst { errors, warnings, .. } = all.by_worst();
    let mut cards = vec![
        ("文件数", all.entries.len()),
        ("计入汇总", all.used().count()),
        ("有错误的单位", errors),
        ("只有警告的单位", warnings),
        ("不能审核的文件", failed),
        ("零报告", all.used().filter(|(_, e)| e.is_nil()).count()),
    ];
    if all.has_roster {
        cards.extend(all.states(all.lang));
    }
    writeln!(out, "<ul class=\"cards\">")?;
    for (name, n) in cards {
        writeln!(out, "<li><b>{n}</b>{}</li>", all.word(name))?;
    }
    writeln!(out, "</ul>")
}

/// What is to be looked at before the sum is used.
fn doubts(all: &Overview, out: &mut dyn Write) -> Result<()> {
    let doubts = all.doubts();
    if doubts.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>{}</h2>\n<ul>", all.word("用汇总表之前请先核实"))?;
    for doubt in &doubts {
        writeln!(out, "<li>{}</li>", escape(doubt.get(all.lang)))?;
    }
    writeln!(out, "</ul>")
}

/// Offices that need attention: missing, twice, unlisted, and files of nobody.
fn reporting(all: &Overview, out: &mut dyn Write) -> Result<()> {
    let wanted =
        |s: State| matches!(s, State::Twice | State::Nobody) || (all.has_roster && s != State::Reported);
    let offices: Vec<_> = all.offices.iter().enumerate().filter(|(_, o)| wanted(o.state)).collect();
    if offices.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>{}</h2>\n<div class=\"wide offices\"><table><thead><tr>{}</tr></thead><tbody>",
        all.word("报送情况"),
        heads(all, &["单位", "情况", "采用的文件", "说明", "各次报送的差异（旧 → 新）"])
    )?;
    for (n, office) in offices {
        let class = match office.state {
            State::Missing | State::Rejected => "error",
            State::Twice => "warning",
            _ => "info",
        };
        let used = all.counted_file(office);
        let lines = |texts: &[String]| texts.iter().map(|d| escape(d)).collect::<Vec<_>>().join("<br>");
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"{class}\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&office.name),
            office.state.word(all.lang),
            escape(used),
            lines(&all.remarks(n)),
            lines(&office.differences)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// On a second round, who has corrected, who has not, and what is new.
fn reminders(all: &Overview, archive: &dyn Archive, out: &mut dyn Write) -> Result<()> {
    if !all.is_second_round() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>{}</h2>\n<div class=\"wide offices\"><table><thead><tr>{}</tr></thead><tbody>",
        all.word("催报清单"),
        heads(all, &["单位", "情况", "联系人、期限", "仍存在的问题", "新出现的问题"])
    )?;
    for Reminder { office, answer, old, new, .. } in all.reminders(archive) {
        let class = if answer.is_open() { "error" } else { "ok" };
        let lines = |texts: &[String]| texts.iter().map(|t| escape(t)).collect::<Vec<_>>().join("<br>");
        writeln!(
            out,
            "<tr><td>{}</td><td class=\"{class}\">{}</td><td>{}<br>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&office.name),
            all.word(answer.word()),
            escape(&office.contact),
            escape(&office.due),
            lines(&old),
            lines(&new)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// How often an office breaks a rule, and how bad that is.
type Broken<'a> = BTreeMap<&'a str, (usize, Severity)>;

/// Offices by rules, worst first.
fn heat(all: &Overview, out: &mut dyn Write) -> Result<()> {
    let mut rows: Vec<(&str, &Entry, Broken)> = Vec::new();
    let codes: BTreeMap<&str, usize> = all.by_rule().into_iter().map(|r| (r.code, r.findings)).collect();
    for (i, entry) in all.adopted() {
        let mut broken = Broken::new();
        for finding in &entry.broken {
            let cell = broken.entry(&finding.code).or_insert((0, finding.severity));
            cell.0 += finding.times;
            cell.1 = cell.1.max(finding.severity);
        }
        if !broken.is_empty() {
            rows.push((all.name_of(i), entry, broken));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let worst = |e: &Entry| (e.count(Severity::Error), e.count(Severity::Warning));
    rows.sort_by(|a, b| worst(b.1).cmp(&worst(a.1)).then_with(|| a.1.file.cmp(&b.1.file)));
    writeln!(
        out,
        "<h2>{}</h2>\n<div class=\"wide heat\"><table><thead><tr>{}",
        all.word("单位与规则"),
        heads(all, &["单位"])
    )?;
    for code in codes.keys() {
        let title = all.rule_title(code);
        write!(out, "<th title=\"{}\">{}</th>", escape(title), escape(code))?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for (name, _, broken) in rows {
        let name = escape(name);
        write!(out, "<tr><th><button data-office=\"{name}\">{name}</button></th>")?;
        for code in codes.keys() {
            match broken.get(code) {
                None => write!(out, "<td></td>")?,
                Some((n, severity)) => {
                    let many = if *n >= MANY { " many" } else { "" };
                    let (class, code) = (class(*severity), escape(code));
                    write!(
                        out,
                        "<td class=\"{class}{many}\"><button data-office=\"{name}\" data-code=\"{code}\">{n}</button></td>"
                    )?;
                }
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")?;
    let meant = |(code, n): (&&str, &usize)| match all.lang {
        Lang::Zh => format!("{code} {}（{n} 处）", escape(all.rule_title(code))),
        Lang::En => format!("{code} {} ({n})", escape(all.rule_title(code))),
    };
    let meant: Vec<String> = codes.iter().map(meant).collect();
    let which = all.word(COUNTED);
    writeln!(out, "<p class=\"soft\">{which}{}</p>", meant.join(all.lang.pick("；", "; ")))
}

fn findings(all: &Overview, archive: &dyn Archive, out: &mut dyn Write) -> Result<()> {
    let codes: BTreeSet<&str> = all.entries.iter().flat_map(|e| &e.broken).map(|b| b.code.as_str()).collect();
    writeln!(
        out,
        "<h2>{}</h2>\n<div class=\"tools\"><input id=\"search\" type=\"search\" aria-label=\"{}\" \
         placeholder=\"{}\"><select id=\"grade\" aria-label=\"{}\">\
         <option value=\"\">{}</option><option value=\"failed\">{}</option>",
        all.word("全部问题"),
        all.word("搜索"),
        all.word("搜索单位、文件、位置、文字"),
        all.word("级别"),
        all.word("全部级别"),
        all.word("无法审核")
    )?;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let name = severity_name(severity, all.lang);
        write!(out, "<option value=\"{}\">{name}</option>", class(severity))?;
    }
    let (rule, rules) = (all.word("规则"), all.word("全部规则"));
    write!(out, "</select><select id=\"rule\" aria-label=\"{rule}\"><option value=\"\">{rules}</option>")?;
    for code in codes {
        let title = all.rule_title(code);
        let (code, title) = (escape(code), escape(title));
        write!(out, "<option value=\"{code}\">{code} {title}</option>")?;
    }
    writeln!(
        out,
        "</select><span id=\"shown\" class=\"soft\"></span></div>\n<div class=\"wide\"><table id=\"findings\">\
         <thead><tr>{}</tr></thead><tbody>",
        heads(all, &["单位", "级别", "规则", "位置", "问题", "标注好的工作簿"])
    )?;
    for i in all.worst_first() {
        let Some(entry) = all.entries.get(i) else { continue };
        entry_rows(all, (i, entry), &archive.details(&entry.file).findings, out)?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn entry_rows(
    all: &Overview,
    (i, entry): (usize, &Entry),
    findings: &[Item],
    out: &mut dyn Write,
) -> Result<()> {
    let (office, file) = (escape(all.name_of(i)), escape(&entry.file));
    let unused = all
        .unused(i, all.lang)
        .map(|why| format!(" <span class=\"soft\">{}</span>", escape(&why)))
        .unwrap_or_default();
    let link = match &entry.annotated {
        Some(path) => format!("<a href=\"{}\">{file}</a>{unused}", address(path)),
        None => file + &unused,
    };
    if let Some(error) = &entry.error {
        writeln!(
            out,
            "<tr data-grade=\"failed\"><td>{office}</td><td class=\"error\">{}</td><td></td><td></td>\
             <td>{}</td><td>{link}</td></tr>",
            all.word("无法审核"),
            escape(error)
        )?;
    }
    let mut items: Vec<&Item> = findings.iter().collect();
    items.sort_by_key(|f| std::cmp::Reverse(f.severity));
    for item in items {
        let grade = class(item.severity);
        let office_says = all.word("单位说明：");
        let said = item.said().map(|c| format!("<br>{office_says}{}", escape(c))).unwrap_or_default();
        let code = escape(&item.code);
        writeln!(
            out,
            "<tr data-grade=\"{grade}\" data-code=\"{code}\"><td>{office}</td><td class=\"{grade}\">{}</td>\
             <td>{code}</td><td class=\"cells\">{}</td><td>{}<br><span class=\"advice\">{}</span>{said}</td>\
             <td>{link}</td></tr>",
            severity_name(item.severity, all.lang),
            escape(&item.at(all.lang)),
            escape(&item.message),
            escape(&item.advice)
        )?;
    }
    Ok(())
}

/// The cells of a table's head.
fn heads(all: &Overview, names: &[&str]) -> String {
    names.iter().map(|name| format!("<th>{}</th>", all.word(name))).collect()
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// A text of a file as content of the page.
fn escape(text: &str) -> String {
    markup::escape(&markup::shown(text)).into_owned()
}

/// A path below the output folder as a relative address.
fn address(path: &str) -> String {
    let mut out = String::from("./");
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => out.push(byte as char),
            _ => {
                // Writing to a string cannot fail.
                let _ = std::fmt::Write::write_fmt(&mut out, format_args!("%{byte:02X}"));
            }
        }
    }
    out
}

/// A source as the page's policy names it.
fn digest(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * i)) as usize & 63).copied().unwrap_or(b'=');
            out.push(if i <= chunk.len() { letter as char } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_its_standard_says() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        assert_eq!(escape("<script>\"'&"), "&lt;script&gt;&quot;'&amp;");
        assert_eq!(address("annotated/a b#.xlsx"), "./annotated/a%20b%23.xlsx");
    }
}
