//! What offices received and what became of it, as bars: drawn in SVG, so that no script is needed to see them.

use super::escape;
use crate::finding::Text;
use crate::form::Form;
use crate::grid::amount;
use crate::report::summary::indicators::flow;
use crate::report::summary::{Archive, Overview};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::io::{Result, Write};
use unicode_width::UnicodeWidthStr;

/// Offices that are seen at once; the others are folded away.
const SHOWN: usize = 30;
/// Offices that are drawn.
const DRAWN: usize = 1000;
/// Offices on one drawing, which fits a page with its heading.
const SHEET: usize = 15;
const NAME: f64 = 230.0;
const BAR: f64 = 620.0;
const ROW: f64 = 34.0;
const WIDTH: f64 = NAME + BAR + 90.0;

/// An office's numbers.
struct Bars<'a> {
    name: &'a str,
    received: Decimal,
    results: Vec<Decimal>,
}

/// Writes the charts, largest offices first.
pub(super) fn charts(
    all: &Overview,
    archive: &dyn Archive,
    form: Option<&Form>,
    out: &mut dyn Write,
) -> Result<()> {
    let Some((received, results)) = form.and_then(flow) else { return Ok(()) };
    let mut rows = Vec::new();
    for (i, entry) in all.used() {
        let details = archive.details(&entry.file);
        let held = |f: usize| details.value(f, all.choice.corrected);
        let results: Vec<Decimal> =
            results.iter().map(|r| r.value(&held).unwrap_or_default().max(Decimal::ZERO)).collect();
        let received = received.value(&held).unwrap_or_default().max(Decimal::ZERO);
        if !received.is_zero() || results.iter().any(|r| !r.is_zero()) {
            rows.push(Bars { name: all.name_of(i), received, results });
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_by(|a, b| b.received.cmp(&a.received).then_with(|| a.name.cmp(b.name)));
    let name = received.name.get(all.lang);
    let title =
        Text::new(format!("各单位{name}与办理结果"), format!("By office: {name}, and what became of them"));
    writeln!(out, "<h2>{}</h2>\n<p class=\"legend\">", escape(title.get(all.lang)))?;
    write!(out, "<span><i class=\"received\"></i>{}</span>", escape(name))?;
    for (result, n) in results.iter().zip(0..) {
        write!(out, "<span><i class=\"p{n}\"></i>{}</span>", escape(result.name.get(all.lang)))?;
    }
    writeln!(out, "</p>")?;
    let most = rows.iter().map(Bars::largest).max().unwrap_or_default();
    let (first, rest) = rows.split_at(rows.len().min(SHOWN));
    let drawing = all.word("柱形图");
    for sheet in first.chunks(SHEET) {
        draw((sheet, most), drawing, out)?;
    }
    if !rest.is_empty() {
        let n = rest.len();
        let others = Text::new(format!("其余 {n} 家单位"), format!("other offices: {n}"));
        writeln!(out, "<details><summary>{}</summary>", others.get(all.lang))?;
        for sheet in rest.get(..rest.len().min(DRAWN)).unwrap_or(rest).chunks(SHEET) {
            draw((sheet, most), drawing, out)?;
        }
        if rest.len() > DRAWN {
            let n = SHOWN + DRAWN;
            let cut = Text::new(
                format!("只画出前 {n} 家，全部见汇总.xlsx。"),
                format!("The first {n} are drawn; all are in 汇总.xlsx."),
            );
            writeln!(out, "<p class=\"soft\">{}</p>", cut.get(all.lang))?;
        }
        writeln!(out, "</details>")?;
    }
    Ok(())
}

impl Bars<'_> {
    fn largest(&self) -> Decimal {
        let results = self.results.iter().try_fold(Decimal::ZERO, |a, b| a.checked_add(*b));
        self.received.max(results.unwrap_or_default())
    }
}

fn draw((rows, most): (&[Bars], Decimal), label: &str, out: &mut dyn Write) -> Result<()> {
    let height = ROW * f64::from(rows.len() as u32);
    writeln!(
        out,
        "<svg class=\"bars\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">"
    )?;
    let scale = |n: Decimal| {
        let share = n.checked_div(most).and_then(|s| s.to_f64()).unwrap_or_default();
        (share * BAR * 10.0).round() / 10.0
    };
    for (row, n) in rows.iter().zip(0u32..) {
        let top = f64::from(n) * ROW;
        write!(
            out,
            "<text x=\"{}\" y=\"{}\" class=\"name\">{}</text>",
            NAME - 8.0,
            top + 20.0,
            escape(&short(row.name))
        )?;
        write!(
            out,
            "<rect x=\"{NAME}\" y=\"{}\" width=\"{}\" height=\"11\" class=\"received\"/>",
            top + 4.0,
            scale(row.received)
        )?;
        let mut left = NAME;
        for (part, k) in row.results.iter().zip(0..).filter(|(p, _)| !p.is_zero()) {
            let width = scale(*part);
            write!(
                out,
                "<rect x=\"{left:.1}\" y=\"{}\" width=\"{width}\" height=\"11\" class=\"p{k}\"/>",
                top + 17.0
            )?;
            left += width;
        }
        let end = (NAME + scale(row.received)).max(left) + 6.0;
        writeln!(
            out,
            "<text x=\"{end:.1}\" y=\"{}\" class=\"count\">{}</text>",
            top + 20.0,
            amount::show(row.received)
        )?;
    }
    writeln!(out, "</svg>")
}

/// A name that fits beside the bars; its end tells offices apart.
fn short(name: &str) -> String {
    const MOST: usize = 30;
    let mut end = name;
    while end.width() + usize::from(end.len() < name.len()) * 2 > MOST {
        let mut rest = end.chars();
        rest.next();
        end = rest.as_str();
    }
    if end.len() == name.len() { name.to_owned() } else { format!("…{end}") }
}
