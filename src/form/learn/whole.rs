//! Relations among fields that do not all stand on one line: numbers computed from other tables, and rates over a
//! base that stands elsewhere.

use super::samples::Numbers;
use super::{Draft, DraftBlock, DraftLine, carried, computed, emit};
use crate::grid::{CellRef, Workbook, formula, ratio};
use rust_decimal::Decimal;

/// A relation as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whole {
    /// `each row of t1`, or the `where` of a single one.
    pub(super) scope: Result<String, String>,
    pub(super) holds: String,
    /// Where it holds, if not everywhere.
    pub(super) condition: Option<String>,
    pub(super) title: String,
    /// Where it comes from, as a comment.
    pub(super) source: String,
}

/// A place of a draft: table, block, row and column.
#[derive(Clone, Copy)]
struct Spot<'a> {
    table: usize,
    block: usize,
    row: &'a DraftLine,
    col: &'a DraftLine,
}

impl Spot<'_> {
    fn id(&self) -> String {
        format!("t{}.{}.{}", self.table + 1, self.row.id, self.col.id)
    }

    /// Where it stands on its sheet.
    fn cell(&self, drafts: &[Draft]) -> String {
        let at = CellRef::new(self.row.at, self.col.at);
        let home = |d: &Draft| {
            let (sheet, at) = carried::home(&d.carried, &d.name, at);
            format!("{sheet}!{at}")
        };
        drafts.get(self.table).map(home).unwrap_or_default()
    }
}

/// Formulas that take their numbers from other tables, or from other blocks.
pub(super) fn across_tables(drafts: &[Draft], book: &Workbook) -> Vec<Whole> {
    let mut out = Vec::new();
    for (spot, text) in formulas(drafts, book) {
        let Some(left) = sum_across(drafts, spot, text) else { continue };
        let cell = spot.cell(drafts);
        let holds = format!("{left} = {}", spot.id());
        let source = format!("由 {cell} 的公式提出 (by its formula)");
        out.push(Whole { scope: Err(cell), title: holds.clone(), holds, condition: None, source });
    }
    out
}

/// The fields that a formula adds up, of which one at least stands in another block.
fn sum_across(drafts: &[Draft], spot: Spot, text: &str) -> Option<String> {
    let sum = formula::parse(text).filter(|s| s.constant.is_zero())?;
    let own = drafts.get(spot.table).map_or("", |d| d.name.as_str());
    let found =
        |t: &formula::Term| Some((spot_at(drafts, t.sheet.as_deref().unwrap_or(own), t.cell)?, t.negative));
    let terms = sum.terms.iter().map(found).collect::<Option<Vec<_>>>()?;
    if terms.iter().all(|(t, _)| (t.table, t.block) == (spot.table, spot.block)) {
        return None;
    }
    let signed = |(t, negative): &(Spot, bool)| format!("{} {}", if *negative { '-' } else { '+' }, t.id());
    let left = terms.iter().map(signed).collect::<Vec<_>>().join(" ");
    Some(left.strip_prefix("+ ").unwrap_or(&left).to_owned())
}

/// Formulas in fields that no relation comes of, each with its cell.
pub(super) fn unused<'a>(drafts: &'a [Draft], book: &'a Workbook) -> Vec<(String, &'a str)> {
    let is_used = |spot: Spot, text: &str| {
        let block = drafts.get(spot.table).and_then(|d| d.blocks.get(spot.block));
        let draft = drafts.get(spot.table);
        let sheet = draft.and_then(|d| book.sheets.iter().find(|s| s.name == d.name));
        let at = CellRef::new(spot.row.at, spot.col.at);
        let page = draft.zip(sheet).map(|(draft, sheet)| computed::Page { draft, sheet });
        let sums = block.zip(page).is_some_and(|(b, page)| computed::sum_of_lines(b, page, at).is_some());
        sums || sum_across(drafts, spot, text).is_some()
            || ratio::ratio(text).and_then(|r| rate_at(drafts, spot, r)).is_some()
    };
    let all = formulas(drafts, book).into_iter();
    all.filter(|(spot, text)| !is_used(*spot, text)).map(|(spot, text)| (spot.cell(drafts), text)).collect()
}

/// Rates alike: one column (or row) over another, for the lines that compute it so.
#[derive(PartialEq, Eq)]
struct Rate {
    table: usize,
    block: usize,
    /// Whether it speaks of columns, for each row.
    across: bool,
    /// Ids and labels of the line of rates, of what is divided, and of the base.
    own: (String, String),
    part: (String, String),
    base: (String, String),
    times: Decimal,
    /// Whether it is what the part has grown over the base.
    growth: bool,
    unit: Decimal,
}

impl Rate {
    /// `part * 100 = rate * base`, where there is a base.
    fn whole(&self, drafts: &[Draft], lines: &[String], source: String) -> Option<Whole> {
        let block = drafts.get(self.table)?.blocks.get(self.block)?;
        let all = if self.across { &block.rows } else { &block.cols };
        let ids: Vec<&str> = all.iter().map(|l| l.id.as_str()).collect();
        let table = format!("t{}", self.table + 1);
        let scope = emit::scope(self.across, &table, &ids, &|id| lines.iter().any(|l| l == id));
        let (times, words) = if self.times == Decimal::ONE {
            (String::new(), String::new())
        } else {
            (format!(" * {}", self.times.normalize()), format!(" × {}", self.times.normalize()))
        };
        let (less, minus) = if self.growth {
            (format!(" - {}{times}", self.base.0), format!("（{} − {}）", self.part.1, self.base.1))
        } else {
            (String::new(), self.part.1.clone())
        };
        Some(Whole {
            scope: Ok(scope),
            holds: format!("{}{times}{less} = {} * {}", self.part.0, self.own.0, self.base.0),
            condition: Some(format!("{} > 0", self.base.0)),
            title: format!("{} = {minus}{words} ÷ {}", self.own.1, self.base.1),
            source,
        })
    }
}

/// Formulas that divide one field by another; what they are rounded to is noted on their line.
pub(super) fn ratios(drafts: &mut [Draft], book: &Workbook) -> Vec<Whole> {
    let mut rates: Vec<(Rate, Vec<String>)> = Vec::new();
    for (spot, text) in formulas(drafts, book) {
        let Some((rate, line)) = ratio::ratio(text).and_then(|r| rate_at(drafts, spot, r)) else { continue };
        match rates.iter_mut().find(|(known, _)| *known == rate) {
            Some((_, lines)) => lines.push(line),
            None => rates.push((rate, vec![line])),
        }
    }
    let source = |lines: &[String]| format!("由表内 {0} 处公式提出 (by {0} formulas)", lines.len());
    let out = rates.iter().filter_map(|(rate, lines)| rate.whole(drafts, lines, source(lines))).collect();
    for (rate, _) in &rates {
        note_rounded(drafts, rate);
    }
    out
}

/// A formula of a rate, and the row (or column) that it stands in.
fn rate_at(drafts: &[Draft], spot: Spot, ratio: ratio::Ratio) -> Option<(Rate, String)> {
    let sheet = drafts.get(spot.table)?.name.as_str();
    let (part, base) = (spot_at(drafts, sheet, ratio.part)?, spot_at(drafts, sheet, ratio.base)?);
    let across = part.row.id == spot.row.id;
    if !across && part.col.id != spot.col.id || (part.table, part.block) != (spot.table, spot.block) {
        return None;
    }
    let name = |s: Spot| {
        let line = if across { s.col } else { s.row };
        (line.id.clone(), line.path.join("/"))
    };
    let on_line = if across { base.row.id == spot.row.id } else { base.col.id == spot.col.id };
    let elsewhere = || (base.id(), format!("{}/{}", base.row.path.join("/"), base.col.path.join("/")));
    let base = if on_line { name(base) } else { elsewhere() };
    let (table, block) = (spot.table, spot.block);
    let (times, growth, unit) = (ratio.times, ratio.growth, ratio.unit());
    let rate = Rate { table, block, across, own: name(spot), part: name(part), base, times, growth, unit };
    Some((rate, if across { spot.row.id.clone() } else { spot.col.id.clone() }))
}

/// Columns that, rounded, are 1, 100 or 1000 times another column over its number in one row, on all samples.
pub(super) fn shares(drafts: &mut [Draft], numbers: &[Vec<Numbers>], known: &[Whole]) -> Vec<Whole> {
    let mut found = Vec::new();
    for (table, (draft, numbers)) in drafts.iter().zip(numbers).enumerate() {
        for (block, (lines, numbers)) in draft.blocks.iter().zip(numbers).enumerate() {
            for share in shares_of_block(lines, numbers) {
                let (Some(own), Some(part), Some(base)) =
                    (lines.cols.get(share.own), lines.cols.get(share.part), lines.rows.get(share.base))
                else {
                    continue;
                };
                let name = |l: &DraftLine| (l.id.clone(), l.path.join("/"));
                let base_id = Spot { table, block, row: base, col: part }.id();
                let base_name = format!("{}/{}", base.path.join("/"), part.path.join("/"));
                let (times, unit) = (share.times, share.unit);
                let (own, part, base) = (name(own), name(part), (base_id, base_name));
                let rate = Rate { table, block, across: true, own, part, base, times, growth: false, unit };
                let filled = (0..lines.rows.len()).zip(&lines.rows);
                let filled = filled.filter(|(r, _)| numbers.is_filled(*r, share.own));
                let rows: Vec<String> = filled.map(|(_, r)| r.id.clone()).collect();
                let source = format!(
                    "在 {0} 份样表的 {1} 处全部成立 (holds in all {1} places of {0} filled workbooks)",
                    numbers.books(),
                    share.support
                );
                let whole = rate.whole(drafts, &rows, source);
                found.extend(whole.filter(|w| known.iter().all(|k| k.holds != w.holds)).map(|w| (rate, w)));
            }
        }
    }
    for (rate, _) in &found {
        note_rounded(drafts, rate);
    }
    found.into_iter().map(|(_, whole)| whole).collect()
}

fn note_rounded(drafts: &mut [Draft], rate: &Rate) {
    let Some(block) = drafts.get_mut(rate.table).and_then(|d| d.blocks.get_mut(rate.block)) else { return };
    let lines = if rate.across { &mut block.cols } else { &mut block.rows };
    for line in lines.iter_mut().filter(|l| l.id == rate.own.0) {
        line.rounded = Some(rate.unit);
        line.fractional = true;
        line.negative |= rate.growth;
    }
}

/// A share as samples show it: in which column, of which, over which row, times what, rounded to what.
struct Share {
    own: usize,
    part: usize,
    base: usize,
    times: Decimal,
    unit: Decimal,
    support: usize,
}

/// Cells beyond which shares are not looked for.
const MOST_CELLS: usize = 2000;
/// Places, at least, where a share must say something.
const SUPPORT: usize = 6;

fn shares_of_block(block: &DraftBlock, numbers: &Numbers) -> Vec<Share> {
    let (height, width) = (block.rows.len(), block.cols.len());
    if height * width > MOST_CELLS || numbers.books() == 0 {
        return Vec::new();
    }
    let found = |rate: usize| {
        let unit = numbers.unit(rate)?;
        let others = (0..width).filter(|c| *c != rate);
        let choices = others.flat_map(|part| (0..height).rev().map(move |base| (part, base)));
        let times = [100, 1, 1000].map(Decimal::from);
        let all = choices.flat_map(|c| times.map(|t| (c, t)));
        let fits = |((part, base), times): ((usize, usize), Decimal)| {
            let support = numbers.is_share(rate, part, base, times, unit)?;
            (support >= SUPPORT).then_some(Share { own: rate, part, base, times, unit, support })
        };
        all.into_iter().find_map(fits)
    };
    (0..width).filter_map(found).collect()
}

fn formulas<'a>(drafts: &'a [Draft], book: &'a Workbook) -> Vec<(Spot<'a>, &'a str)> {
    let mut out = Vec::new();
    for (table, draft) in drafts.iter().enumerate() {
        let Some(sheet) = book.sheets.iter().find(|s| s.name == draft.name) else { continue };
        for spot in spots(table, draft) {
            let cell = sheet.cell(CellRef::new(spot.row.at, spot.col.at));
            out.extend(cell.and_then(|c| c.formula.as_deref()).map(|text| (spot, text)));
        }
    }
    out
}

fn spots(table: usize, draft: &Draft) -> Vec<Spot<'_>> {
    let mut out = Vec::new();
    for (block, lines) in draft.blocks.iter().enumerate() {
        for row in &lines.rows {
            out.extend(lines.cols.iter().map(|col| Spot { table, block, row, col }));
        }
    }
    out
}

fn spot_at<'a>(drafts: &'a [Draft], sheet: &str, cell: CellRef) -> Option<Spot<'a>> {
    let carried = drafts.first().map_or(&[][..], |d| &d.carried);
    let (sheet, cell) = carried::now(carried, sheet, cell);
    let (table, draft) = drafts.iter().enumerate().find(|(_, d)| d.name.eq_ignore_ascii_case(sheet))?;
    draft.blocks.iter().enumerate().find_map(|(block, lines)| {
        let row = lines.rows.iter().find(|l| l.at == cell.row)?;
        let col = lines.cols.iter().find(|l| l.at == cell.col)?;
        Some(Spot { table, block, row, col })
    })
}
