//! The old drawing (VML) that holds the box of each comment.
//!
//! Programs take a comment's place and size from here and its text from the comments part. Shape numbers come
//! in blocks of 1,024 which a workbook gives out once (`idmap`); a new drawing takes a block that no other has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::error::PatchError;
use super::package::Package;
use super::sheet::Sheet;
use super::splice::Splices;
use super::xml::Doc;
use crate::grid::CellRef;
use crate::grid::a1::{MAX_COLS, MAX_ROWS};

const SPACES: &str = "xmlns:v=\"urn:schemas-microsoft-com:vml\" \
    xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";
const SHAPE_TYPE: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
    path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/>\
    <v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";

/// Shape numbers in a block.
const BLOCK: u32 = 1024;
/// Pixels of a half-width character and of a line, in 9 point.
const HALF: usize = 6;
const LINE: usize = 16;

/// Boxes to draw: a cell, and the text that must fit.
pub(super) type Boxes<'t> = BTreeMap<CellRef, Cow<'t, str>>;

/// A drawing with these boxes and no others.
pub(super) fn new_drawing(package: &mut Package<'_>, sheet: &Sheet<'_>, boxes: &Boxes<'_>) -> String {
    let block = free_block(package);
    let shapes = shapes(sheet, boxes, block * BLOCK + 1);
    format!(
        "<xml {SPACES}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{block}\"/></o:shapelayout>\
         {SHAPE_TYPE}{shapes}</xml>"
    )
}

/// Adds boxes to a drawing that is there.
pub(super) fn extend(
    package: &mut Package<'_>,
    part: &str,
    sheet: &Sheet<'_>,
    boxes: &Boxes<'_>,
) -> Result<(), PatchError> {
    let text = package.text(part)?;
    let doc = Doc::parse(part, &text)?;
    let root = doc.root()?;
    let mut splices = Splices::default();
    let first = first_free(package, &doc, boxes.len() as u32, &mut splices);
    let has_type =
        doc.all("shapetype").any(|(_, n)| doc.value(n, "id").is_some_and(|id| id == "_x0000_t202"));
    let mut new = if has_type { String::new() } else { SHAPE_TYPE.to_owned() };
    new.push_str(&shapes(sheet, boxes, first));
    let known = |prefix: &str, space: &str| doc.value(root, prefix).is_some_and(|v| v == space);
    if !known("xmlns:v", "urn:schemas-microsoft-com:vml")
        || !known("xmlns:o", "urn:schemas-microsoft-com:office:office")
        || !known("xmlns:x", "urn:schemas-microsoft-com:office:excel")
    {
        new = new.replace("<v:shape ", &format!("<v:shape {SPACES} "));
        new = new.replace("<v:shapetype ", &format!("<v:shapetype {SPACES} "));
    }
    let (range, child) = super::xml::insert_child(&doc, root, root.close, &new);
    splices.replace(range, child);
    package.splice(part, splices)
}

/// The first of `count` free shape numbers of a drawing; a block is added to its map where the last is full.
fn first_free(package: &mut Package<'_>, doc: &Doc<'_>, count: u32, splices: &mut Splices) -> u32 {
    let map = doc.all("idmap").next().and_then(|(_, n)| doc.attr(n, "data"));
    let blocks: Vec<u32> = map.iter().flat_map(|a| parse_blocks(&a.value())).collect();
    let used = doc
        .nodes
        .iter()
        .filter_map(|n| doc.value(n, "id")?.strip_prefix("_x0000_s").and_then(|id| id.parse::<u32>().ok()));
    let used: Vec<u32> = used.collect();
    for block in &blocks {
        let first = block.saturating_mul(BLOCK);
        let top = used.iter().filter(|id| **id / BLOCK == *block).max().map_or(first + 1, |id| id + 1);
        if top.saturating_add(count) < first.saturating_add(BLOCK) {
            return top;
        }
    }
    let block = free_block(package);
    if let Some(attr) = map {
        let text = if blocks.is_empty() { block.to_string() } else { format!("{},{block}", attr.value()) };
        splices.replace(attr.at, text);
    }
    block * BLOCK + 1
}

fn parse_blocks(data: &str) -> Vec<u32> {
    data.split(',').filter_map(|n| n.trim().parse().ok()).filter(|n| *n < 1 << 20).collect()
}

/// A block of shape numbers that no drawing of the package uses.
fn free_block(package: &mut Package<'_>) -> u32 {
    let mut top = 0;
    for part in package.parts() {
        // Keys are in lower case.
        if part.rsplit('.').next() != Some("vml") {
            continue;
        }
        let Ok(text) = package.text(&part) else { continue };
        for map in text.split("idmap").skip(1) {
            let tag = map.split('>').next().unwrap_or_default();
            let data = tag.split_once("data=").map_or("", |(_, d)| d);
            let data: String = data.chars().skip(1).take_while(|c| c.is_ascii_digit() || *c == ',').collect();
            top = parse_blocks(&data).into_iter().max().unwrap_or(0).max(top);
        }
    }
    top + 1
}

fn shapes(sheet: &Sheet<'_>, boxes: &Boxes<'_>, first: u32) -> String {
    let mut out = String::with_capacity(boxes.len() * 1024);
    let mut places = Places { sheet, rows: BTreeMap::new() };
    // Many cells of a sheet may say the same.
    let mut sizes: BTreeMap<&str, Size> = BTreeMap::new();
    for ((cell, text), id) in boxes.iter().zip(first..) {
        shape(&mut out, &mut places, *cell, sizes.entry(text).or_insert_with(|| Size::of(text)), id);
    }
    out
}

/// How large a box is: in pixels, and as its style says it.
struct Size {
    pixels: (u32, u32),
    style: String,
}

impl Size {
    fn of(text: &str) -> Self {
        let (width, height) = size(text);
        let points = |pixels: u32| f64::from(pixels) * 0.75;
        let style = format!("width:{}pt;height:{}pt", points(width), points(height));
        Self { pixels: (width, height), style }
    }
}

fn shape(out: &mut String, places: &mut Places<'_, '_>, cell: CellRef, size: &Size, id: u32) {
    let (anchor, style) = (places.anchor(cell, size.pixels), &size.style);
    let (row, col) = (cell.row, cell.col);
    put!(
        out,
        "<v:shape id=\"_x0000_s{id}\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:60pt;\
         margin-top:6pt;{style};z-index:1;visibility:hidden\" \
         fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
         <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/>\
         <v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox>\
         <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>\
         <x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>"
    );
}

/// Width and height in pixels of a box that a text fits in.
fn size(text: &str) -> (u32, u32) {
    let widths: Vec<usize> = text.lines().map(|line| line.width() * HALF).collect();
    let width = (widths.iter().max().unwrap_or(&0) + 24).clamp(150, 390);
    let lines: usize = widths.iter().map(|line| line.div_ceil(width - 18).max(1)).sum();
    (width as u32, (lines.clamp(2, 40) * LINE + 14) as u32)
}

/// Where boxes stand on a sheet.
struct Places<'s, 'a> {
    sheet: &'s Sheet<'a>,
    /// Heights of the rows that were asked for: boxes lie over the same ones.
    rows: BTreeMap<u32, u32>,
}

impl Places<'_, '_> {
    /// The box's corners as cells with pixel offsets: right of the cell, a little above its top.
    fn anchor(&mut self, cell: CellRef, (width, height): (u32, u32)) -> String {
        let sheet = self.sheet;
        let left = (cell.col + 1).min(MAX_COLS - 1);
        let top = cell.row.saturating_sub(1);
        let (right, right_px) = walk(left, 15 + width, MAX_COLS - 1, |c| sheet.col_px(c));
        let row_px = |r| *self.rows.entry(r).or_insert_with(|| sheet.row_px(r));
        let (bottom, bottom_px) = walk(top, 10 + height, MAX_ROWS - 1, row_px);
        format!("{left}, 15, {top}, 10, {right}, {right_px}, {bottom}, {bottom_px}")
    }
}

fn walk(from: u32, mut px: u32, last: u32, mut size: impl FnMut(u32) -> u32) -> (u32, u32) {
    let mut at = from;
    // Bounded, for hidden columns and rows take no space.
    while at < last && at < from + 500 {
        let here = size(at);
        if px < here {
            return (at, px);
        }
        px -= here;
        at += 1;
    }
    (at, 0)
}

/// Splices that take away the boxes of these cells; says how many boxes stay.
pub(super) fn without(doc: &Doc<'_>, cells: &[CellRef], splices: &mut Splices) -> usize {
    let mut kept = 0;
    for (_, shape) in doc.all("shape") {
        let inner = |name: &str| {
            let within = |n: &&super::xml::Node| n.start > shape.start && n.end < shape.end;
            let node = doc.nodes.iter().filter(within).find(|n| doc.local(n) == name)?;
            doc.inner_text(node).trim().parse::<u32>().ok()
        };
        match (inner("Row"), inner("Column")) {
            (Some(row), Some(col)) if cells.contains(&CellRef::new(row, col)) => {
                splices.delete(shape.start..shape.end);
            }
            _ => kept += 1,
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_grow_with_the_text() {
        assert_eq!(size("短"), (150, 46));
        let (width, height) = size(&"总计应等于各项之和，".repeat(20));
        assert_eq!(width, 390);
        assert!(height > 90, "{height}");
    }
}
