//! Where everything stands when a form is printed: header trees become merged ranges.
//!
//! Derived from the form alone, so that any form can be printed. Sizes, fonts and colours are for `report`.

use super::model::{Block, FieldIx, Form, Label, Line, Table};
use crate::grid::{CellRef, Range};
use std::collections::BTreeSet;

/// A printed table; its first row and column are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Columns of labels: on the left, and left of blocks that stand beside others.
    pub label_cols: BTreeSet<u32>,
    /// Columns in all.
    pub cols: u32,
    /// Rows in all.
    pub rows: u32,
    /// What stands where; no two overlap.
    pub slots: Vec<Slot>,
}

/// A cell or merged range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Where.
    pub range: Range,
    /// What.
    pub what: What,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The line above a block.
    Band(String),
    /// The corner of a header.
    Corner(String),
    /// A label of the header.
    Head(String),
    /// The label of a group of rows.
    Group(String),
    /// The label of a row.
    Row(String),
    /// A number.
    Field(FieldIx),
}

impl What {
    /// The words that stand there.
    pub fn text(&self) -> &str {
        match self {
            Self::Band(t) | Self::Corner(t) | Self::Head(t) | Self::Group(t) | Self::Row(t) => t,
            Self::Field(_) => "",
        }
    }
}

/// Lays out a table, without the lines for which `leave_out` holds (those of a mixed form, as a rule).
pub fn layout(table: &Table, leave_out: &dyn Fn(&Line) -> bool) -> Layout {
    let strips: Vec<&[Block]> = table.blocks.chunk_by(|_, next| next.beside).collect();
    let firsts = || strips.iter().filter_map(|strip| strip.first());
    let label_cols = firsts().map(|b| depth(&b.rows)).max().unwrap_or(0);
    let values = |b: &Block| kept(&b.cols, leave_out).len() as u32;
    let width = |strip: &&[Block]| match strip.split_first() {
        Some((first, beside)) => {
            label_cols + values(first) + beside.iter().map(|b| depth(&b.rows) + values(b)).sum::<u32>()
        }
        None => 0,
    };
    let cols = strips.iter().map(width).max().unwrap_or(label_cols);
    let mut out = Layout { label_cols: (0..label_cols).collect(), cols, rows: 0, slots: Vec::new() };
    for strip in strips {
        let top = out.rows;
        let bands = u32::from(strip.iter().any(|b| b.band.is_some()));
        let heads = strip.iter().flat_map(|b| kept(&b.cols, leave_out));
        let heads = heads.map(|(_, l)| l.path.len()).max().unwrap_or(0) as u32;
        let (mut left, mut bottom) = (0, top);
        for (i, block) in strip.iter().enumerate() {
            let labels = if i == 0 { label_cols } else { depth(&block.rows) };
            let is_last = i + 1 == strip.len();
            let end = if is_last { cols } else { left + labels + values(block) };
            let part = Part { block, top: top + bands, heads, left, first: left + labels, end };
            bottom = bottom.max(out.part(&part, leave_out));
            out.label_cols.extend(left..part.first);
            left = end;
        }
        out.rows = bottom;
    }
    out
}

/// A block and its place: the row of its header and how many rows that has, its first column, the first of its values
/// and the one behind it.
struct Part<'a> {
    block: &'a Block,
    top: u32,
    heads: u32,
    left: u32,
    first: u32,
    end: u32,
}

fn depth(lines: &[Line]) -> u32 {
    lines.iter().map(|l| l.path.len()).max().unwrap_or(0) as u32
}

/// The lines of a table that stand in place of others when the mixed form is printed, and the others if not.
pub fn without_variants(line: &Line) -> bool {
    !line.replaces.is_empty()
}

/// First and last row or column.
type Span = (u32, u32);

fn area(rows: Span, cols: Span) -> Range {
    Range::new(CellRef::new(rows.0, cols.0), CellRef::new(rows.1, cols.1))
}

fn kept<'a>(lines: &'a [Line], leave_out: &dyn Fn(&Line) -> bool) -> Vec<(usize, &'a Line)> {
    lines.iter().enumerate().filter(|(_, l)| !leave_out(l)).collect()
}

/// Shares the columns out: one each, the last takes what is left.
fn spans(parts: u32, columns: u32, first: u32) -> Vec<Span> {
    let end = |i: u32| if i + 1 == parts { first + columns - 1 } else { first + i };
    (0..parts).map(|i| (first + i, end(i))).collect()
}

/// Places labels of neighbouring lines: equal ones are one, and the innermost takes what is left of the depth.
fn tree(lines: &[(Span, &[Label])], level: u32, depth: u32, put: &mut dyn FnMut(Span, Span, &str, bool)) {
    let at = |path: &[Label]| path.get(level as usize).map(|l| l.text.clone());
    let mut rest = lines;
    while let Some(((span, path), _)) = rest.split_first() {
        let label = at(path);
        let is_leaf = path.len() as u32 <= level + 1;
        let same = |l: &&(Span, &[Label])| !is_leaf && at(l.1) == label && l.1.len() as u32 > level + 1;
        let count = rest.iter().take_while(same).count().max(1);
        let (group, after) = rest.split_at(count.min(rest.len()));
        let last = group.last().map_or(span.1, |(s, _)| s.1);
        if let Some(label) = &label {
            let end = if is_leaf { depth.max(level + 1) - 1 } else { level };
            put((span.0, last), (level, end), label, is_leaf);
        }
        if !is_leaf {
            tree(group, level + 1, depth, put);
        }
        rest = after;
    }
}

impl Layout {
    /// Places a block; gives the row below it.
    fn part(&mut self, part: &Part, leave_out: &dyn Fn(&Line) -> bool) -> u32 {
        let Part { block, top, heads, left, first, end } = *part;
        if let Some(label) = &block.band {
            let range = area((top - 1, top - 1), (left, end.max(left + 1) - 1));
            self.slots.push(Slot { range, what: What::Band(label.text.clone()) });
        }
        if first > left && heads > 0 {
            let range = area((top, top + heads - 1), (left, first - 1));
            let text = block.corner.as_ref().map(|l| l.text.clone()).unwrap_or_default();
            self.slots.push(Slot { range, what: What::Corner(text) });
        }
        let (rows, cols) = (kept(&block.rows, leave_out), kept(&block.cols, leave_out));
        let spans = spans(cols.len() as u32, end - first, first);
        let named: Vec<(Span, &[Label])> =
            spans.iter().zip(&cols).map(|(s, (_, l))| (*s, l.path.as_slice())).collect();
        tree(&named, 0, heads, &mut |span, (from, to), label, _| {
            let range = area((top + from, top + to), span);
            self.slots.push(Slot { range, what: What::Head(label.to_owned()) });
        });
        let body = top + heads;
        let lines: Vec<(Span, &[Label])> =
            (body..).zip(&rows).map(|(r, (_, l))| ((r, r), l.path.as_slice())).collect();
        tree(&lines, 0, first - left, &mut |rows, (from, to), label, is_leaf| {
            let what = if is_leaf { What::Row(label.to_owned()) } else { What::Group(label.to_owned()) };
            self.slots.push(Slot { range: area(rows, (left + from, left + to)), what });
        });
        for (r, (row, _)) in (body..).zip(&rows) {
            for (span, (col, _)) in spans.iter().zip(&cols) {
                if let Some(field) = block.fields.get(row * block.cols.len() + col) {
                    self.slots.push(Slot { range: area((r, r), *span), what: What::Field(*field) });
                }
            }
        }
        body + rows.len() as u32
    }
}

impl Form {
    /// The printed tables, without the lines of the mixed form.
    pub fn layouts(&self) -> Vec<Layout> {
        self.tables.iter().map(|t| layout(t, &without_variants)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::by_id;

    fn slots(table: usize) -> Vec<String> {
        let layout = by_id("xxgk-2021").unwrap().layouts().swap_remove(table);
        let text = |s: &Slot| format!("{} {}", s.range, s.what.text());
        layout.slots.iter().filter(|s| !matches!(s.what, What::Field(_))).map(text).collect()
    }

    #[test]
    fn header_trees_become_the_merges_of_the_official_form() {
        let t3 = slots(1);
        for merged in [
            "A1:C3 （本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）",
            "D1:J1 申请人情况",
            "D2:D3 自然人",
            "E2:I2 法人或其他组织",
            "E3 商业企业",
            "J2:J3 总计",
            "A4:C4 一、本年新收政府信息公开申请数量",
            "A6:A27 三、本年度办理结果",
            "B6:C6 （一）予以公开",
            "B8:B15 （三）不予公开",
            "C8 1.属于国家秘密",
            "B24:B26 （六）其他处理",
            "B27:C27 （七）总计",
            "A28:C28 四、结转下年度继续办理",
        ] {
            assert!(t3.iter().any(|s| s == merged), "{merged} is not in {t3:#?}");
        }
    }

    #[test]
    fn a_table_without_row_labels_and_one_with_bands() {
        let t4 = slots(2);
        assert!(t4.contains(&"A1:E1 行政复议".to_owned()) && t4.contains(&"A2:A3 结果维持".to_owned()));
        assert!(t4.contains(&"F1:O1 行政诉讼".to_owned()) && t4.contains(&"K2:O2 复议后起诉".to_owned()));
        let t2 = slots(0);
        assert!(t2.contains(&"A1:D1 第二十条第（一）项".to_owned()));
        assert!(t2.contains(&"B6:D6 本年处理决定数量".to_owned()), "{t2:#?}");
    }
}
