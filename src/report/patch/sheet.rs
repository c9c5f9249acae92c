//! A worksheet part: giving cells another format, and making those that are not there.
//!
//! Rows and cells may lack their addresses (then they count on from the one before), `sheetData` and rows may
//! close themselves, and a new cell takes the format of its row or column. `dimension` and `spans` stay true.

use std::collections::{BTreeMap, BTreeSet};

use super::error::PatchError;
use super::splice::Splices;
use super::styles::Styles;
use super::xml::{Dialect, Doc, Node, REL, insert_child, slot};
use crate::grid::a1::{MAX_COLS, MAX_ROWS};
use crate::grid::{CellRef, Range};
use crate::report::sheet::Fill;

/// Children of `worksheet` in the schema's order.
pub(super) const ORDER: [&str; 39] = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];

/// A merge larger than this is filled only where it has cells.
const LARGE_MERGE: u64 = 20_000;

/// What happened to one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restyled {
    pub(super) cell: CellRef,
    /// The format it names itself, if any.
    pub(super) old: Option<usize>,
    /// Whether it was made for the mark.
    pub(super) created: bool,
    /// Its fill before, as [`Styles::fill_of`] gives it.
    pub(super) fill: String,
}

/// A worksheet read so far as its rows.
pub(super) struct Sheet<'a> {
    pub(super) doc: Doc<'a>,
    data: Option<usize>,
    /// Rows by number, as indexes of nodes.
    rows: Vec<(u32, usize)>,
    sorted: bool,
    pub(super) merges: Vec<Range>,
    cols: Vec<Col>,
    /// Width of a column and height of a row that name none.
    usual: (f64, f64),
}

/// A run of columns with its format and width.
#[derive(Debug, Clone, Copy)]
struct Col {
    first: u32,
    last: u32,
    style: Option<usize>,
    width: Option<f64>,
    hidden: bool,
}

impl<'a> Sheet<'a> {
    pub(super) fn parse(part: &'a str, text: &'a str) -> Result<Self, PatchError> {
        let doc = Doc::parse_to(part, text, 2)?;
        let data = doc.child(0, "sheetData").map(|(i, _)| i);
        let rows = data.map_or_else(Vec::new, |at| numbered_rows(&doc, at));
        let merges = match doc.child(0, "mergeCells") {
            Some((at, _)) => {
                doc.children(at).filter_map(|(_, n)| doc.value(n, "ref")?.parse().ok()).collect()
            }
            None => Vec::new(),
        };
        let cols = match doc.child(0, "cols") {
            Some((at, _)) => doc.children(at).filter_map(|(_, n)| read_col(&doc, n)).collect(),
            None => Vec::new(),
        };
        let sorted = rows.is_sorted();
        let usual = (
            format(&doc, "defaultColWidth").unwrap_or(9.14),
            format(&doc, "defaultRowHeight").unwrap_or(15.0),
        );
        Ok(Self { doc, data, rows, sorted, merges, cols, usual })
    }

    /// The relationship of the drawing that holds the comments' boxes.
    pub(super) fn legacy_drawing(&self) -> Option<String> {
        let (_, node) = self.doc.child(0, "legacyDrawing")?;
        self.doc.rel_id(node).map(std::borrow::Cow::into_owned)
    }

    /// The merge that a cell is part of, else the cell alone.
    pub(super) fn area(&self, cell: CellRef) -> Range {
        self.merges.iter().find(|m| m.contains(cell)).copied().unwrap_or_else(|| Range::single(cell))
    }

    /// Every cell to be filled, given the marked ones: a merge is filled as a whole.
    pub(super) fn spread(&self, marks: &BTreeMap<CellRef, Fill>) -> BTreeMap<CellRef, Fill> {
        let mut out: BTreeMap<CellRef, Fill> = BTreeMap::new();
        let mut put = |cell, fill: Fill| {
            let worst = out.get(&cell).map_or(fill, |old: &Fill| fill.max(*old));
            out.insert(cell, worst);
        };
        for (cell, fill) in marks {
            let area = self.area(*cell);
            if u64::from(area.height()) * u64::from(area.width()) > LARGE_MERGE {
                put(area.first, *fill);
                continue;
            }
            for row in area.first.row..=area.last.row {
                (area.first.col..=area.last.col).for_each(|col| put(CellRef::new(row, col), *fill));
            }
        }
        out
    }

    fn column_style(&self, col: u32) -> Option<usize> {
        self.cols.iter().find(|c| (c.first..=c.last).contains(&col)).and_then(|c| c.style)
    }

    /// Width of a column on screen, in pixels.
    pub(super) fn col_px(&self, col: u32) -> u32 {
        let own = self.cols.iter().find(|c| (c.first..=c.last).contains(&col));
        if own.is_some_and(|c| c.hidden) {
            return 0;
        }
        pixels(own.and_then(|c| c.width).unwrap_or(self.usual.0).clamp(0.0, 255.0) * 7.0)
    }

    /// Height of a row on screen, in pixels.
    pub(super) fn row_px(&self, row: u32) -> u32 {
        let mut height = None;
        for attr in self.row_node(row).iter().flat_map(|n| self.doc.attrs(n)) {
            match attr.name {
                "hidden" if matches!(attr.value().as_ref(), "1" | "true") => return 0,
                "ht" => height = attr.value().parse::<f64>().ok(),
                _ => {}
            }
        }
        pixels(height.unwrap_or(self.usual.1).clamp(0.0, 409.5) * 4.0 / 3.0)
    }

    /// The first row of this number.
    fn row_node(&self, row: u32) -> Option<&Node> {
        let at = if self.sorted {
            let i = self.rows.partition_point(|(n, _)| *n < row);
            self.rows.get(i).filter(|(n, _)| *n == row)
        } else {
            self.rows.iter().find(|(n, _)| *n == row)
        };
        self.doc.nodes.get(at?.1)
    }

    /// Numbers of the rows that are there, in their order.
    pub(super) fn row_numbers(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|(n, _)| *n)
    }

    /// A row with its cells.
    pub(super) fn row(&self, row: u32) -> Result<Option<(&Node, Cells<'a>)>, PatchError> {
        let Some(node) = self.row_node(row) else { return Ok(None) };
        Ok(Some((node, Cells::parse(&self.doc, node)?)))
    }

    /// Splices that give each cell its fill.
    pub(super) fn mark(
        &self,
        fills: &BTreeMap<CellRef, Fill>,
        styles: &mut Styles,
        splices: &mut Splices,
    ) -> Result<Vec<Restyled>, PatchError> {
        let mut done = Vec::new();
        let mut missing = BTreeMap::new();
        let mut row: Option<(u32, Option<(&Node, Cells<'a>)>)> = None;
        for (cell, fill) in fills {
            if row.as_ref().is_none_or(|(n, _)| *n != cell.row) {
                row = Some((cell.row, self.row(cell.row)?));
            }
            let found = row.as_ref().and_then(|(_, r)| r.as_ref());
            if let Some((node, cells)) = found
                && let Some(c) = cells.get(cell.col)
            {
                let old = cells.style(c);
                let new = styles.marked(old.unwrap_or(0), *fill)?;
                cells.set_style(c, node.start, new, splices);
                done.push(restyled(*cell, old, false, old.unwrap_or(0), styles));
            } else {
                let base = self.inherited(*cell);
                missing.insert(*cell, (styles.marked(base, *fill)?, String::new()));
                done.push(restyled(*cell, None, true, base, styles));
            }
        }
        self.insert_cells(&missing, splices)?;
        Ok(done)
    }

    /// The format that a cell would have if it were there: its row's, else its column's.
    pub(super) fn inherited(&self, cell: CellRef) -> usize {
        let row = self.row_node(cell.row).and_then(|n| self.doc.value(n, "s")?.parse().ok());
        row.or_else(|| self.column_style(cell.col)).unwrap_or(0)
    }

    /// Splices that make cells which are not there, each with its format and what it holds (XML without
    /// prefixes).
    pub(super) fn insert_cells(
        &self,
        missing: &BTreeMap<CellRef, (usize, String)>,
        splices: &mut Splices,
    ) -> Result<(), PatchError> {
        let mut fresh: Vec<(u32, String)> = Vec::new();
        let rows: BTreeSet<u32> = missing.keys().map(|c| c.row).collect();
        for row in rows {
            let wanted = missing.range(CellRef::new(row, 0)..=CellRef::new(row, MAX_COLS));
            match self.row(row)? {
                Some((node, cells)) => self.extend_row(node, &cells, wanted, splices),
                None => {
                    let p = self.prefix();
                    let items: String = wanted.map(|(cell, item)| self.item(*cell, item)).collect();
                    fresh.push((row, format!("<{p}row r=\"{}\">{items}</{p}row>", row + 1)));
                }
            }
        }
        self.insert_rows(fresh, splices);
        self.widen_dimension(missing.keys(), splices);
        Ok(())
    }

    fn extend_row<'m>(
        &self,
        node: &Node,
        cells: &Cells<'a>,
        wanted: impl Iterator<Item = (&'m CellRef, &'m (usize, String))>,
        splices: &mut Splices,
    ) {
        let mut appended = String::new();
        let mut columns = Vec::new();
        for (cell, item) in wanted {
            columns.push(cell.col);
            match cells.after(cell.col) {
                Some(next) => splices.insert(node.start + next.start, self.item(*cell, item)),
                None => appended.push_str(&self.item(*cell, item)),
            }
        }
        if !appended.is_empty() {
            let at = cells.last_end().map_or(node.open_end, |end| node.start + end);
            let (range, text) = insert_child(&self.doc, node, at, &appended);
            splices.replace(range, text);
        }
        self.widen_spans(node, &columns, splices);
    }

    fn item(&self, cell: CellRef, (style, inner): &(usize, String)) -> String {
        let p = self.prefix();
        let style = if *style == 0 { String::new() } else { format!(" s=\"{style}\"") };
        match inner.as_str() {
            "" => format!("<{p}c r=\"{cell}\"{style}/>"),
            inner => {
                let inner = inner.replace("</", "\u{1}").replace('<', &format!("<{p}"));
                format!("<{p}c r=\"{cell}\"{style}>{}</{p}c>", inner.replace('\u{1}', &format!("</{p}")))
            }
        }
    }

    /// What names of the sheet's elements start with.
    pub(super) fn prefix(&self) -> &'a str {
        let node = self.data.and_then(|i| self.doc.nodes.get(i)).or(self.doc.nodes.first());
        node.map_or("", |n| self.doc.prefix(n))
    }

    fn insert_rows(&self, fresh: Vec<(u32, String)>, splices: &mut Splices) {
        let mut last = String::new();
        for (row, text) in fresh {
            let next = self.rows.iter().find(|(n, _)| *n > row).and_then(|(_, i)| self.doc.nodes.get(*i));
            match next {
                Some(next) => splices.insert(next.start, text),
                None => last.push_str(&text),
            }
        }
        if last.is_empty() {
            return;
        }
        match self.data.and_then(|i| self.doc.nodes.get(i)) {
            Some(data) => {
                let (range, text) = insert_child(&self.doc, data, data.close, &last);
                splices.replace(range, text);
            }
            None => {
                let p = self.doc.nodes.first().map_or("", |n| self.doc.prefix(n));
                let text = format!("<{p}sheetData>{last}</{p}sheetData>");
                splices.insert(slot(&self.doc, 0, "sheetData", &ORDER), text);
            }
        }
    }

    fn widen_spans(&self, row: &Node, columns: &[u32], splices: &mut Splices) {
        let Some(attr) = self.doc.attr(row, "spans") else { return };
        let text = attr.value();
        let parse = |span: &str| -> Option<(u32, u32)> {
            let (a, b) = span.split_once(':')?;
            Some((a.parse().ok()?, b.parse().ok()?))
        };
        let Some(mut spans) = text.split_whitespace().map(parse).collect::<Option<Vec<_>>>() else { return };
        let before = spans.clone();
        for col in columns.iter().map(|c| c + 1) {
            if spans.iter().any(|(a, b)| (*a..=*b).contains(&col)) {
                continue;
            }
            match spans.last_mut() {
                Some((a, b)) if col > *b || *a > col && before.len() == 1 => {
                    *a = (*a).min(col);
                    *b = (*b).max(col);
                }
                _ => spans.insert(0, (col, col)),
            }
        }
        if spans != before {
            let text: Vec<String> = spans.iter().map(|(a, b)| format!("{a}:{b}")).collect();
            splices.replace(attr.at, text.join(" "));
        }
    }

    fn widen_dimension<'m>(&self, cells: impl Iterator<Item = &'m CellRef>, splices: &mut Splices) {
        let Some((_, node)) = self.doc.child(0, "dimension") else { return };
        let Some(attr) = self.doc.attr(node, "ref") else { return };
        let Ok(old) = attr.value().parse::<Range>() else { return };
        let mut cells = cells.peekable();
        if cells.peek().is_none() {
            return;
        }
        let mut new = (!self.rows.is_empty()).then_some(old);
        for cell in cells {
            let one = Range::single(*cell);
            new = Some(new.map_or(one, |r| Range {
                first: CellRef::new(r.first.row.min(cell.row), r.first.col.min(cell.col)),
                last: CellRef::new(r.last.row.max(cell.row), r.last.col.max(cell.col)),
            }));
        }
        if let Some(new) = new.filter(|new| *new != old) {
            splices.replace(attr.at, new.to_string());
        }
    }

    /// Splices that name the drawing of the comments' boxes.
    pub(super) fn add_legacy_drawing(&self, id: &str, dialect: Dialect, splices: &mut Splices) {
        let p = self.doc.nodes.first().map_or("", |n| self.doc.prefix(n));
        let (r, declare) = match self.doc.prefix_of(&REL) {
            Some(prefix) => (prefix, String::new()),
            None => ("r:".to_owned(), format!(" xmlns:r=\"{}\"", dialect.rel())),
        };
        let text = format!("<{p}legacyDrawing{declare} {r}id=\"{id}\"/>");
        splices.insert(slot(&self.doc, 0, "legacyDrawing", &ORDER), text);
    }

    /// Splices after which the sheet's tab is not among the selected ones.
    pub(super) fn deselect(&self, splices: &mut Splices) {
        deselect(&self.doc, splices);
    }
}

/// A length that is known not to be negative.
#[allow(clippy::cast_sign_loss, reason = "lengths are clamped to 0 and above")]
fn pixels(length: f64) -> u32 {
    length.round() as u32
}

/// Splices after which the tab of a sheet of any kind is not among the selected ones.
pub(super) fn deselect(doc: &Doc<'_>, splices: &mut Splices) {
    for (_, view) in doc.all("sheetView") {
        if let Some(attr) = doc.attr(view, "tabSelected").filter(|a| a.value() != "0") {
            splices.replace(attr.at, "0");
        }
    }
}

fn restyled(cell: CellRef, old: Option<usize>, created: bool, base: usize, styles: &mut Styles) -> Restyled {
    Restyled { cell, old, created, fill: styles.fill_of(base) }
}

fn format(doc: &Doc<'_>, name: &str) -> Option<f64> {
    let (_, node) = doc.child(0, "sheetFormatPr")?;
    doc.value(node, name)?.parse().ok().filter(|v: &f64| v.is_finite())
}

fn numbered_rows(doc: &Doc<'_>, data: usize) -> Vec<(u32, usize)> {
    let mut next = 0;
    let mut rows = Vec::new();
    for (i, node) in doc.children(data).filter(|(_, n)| doc.local(n) == "row") {
        let own = doc.value(node, "r").and_then(|v| v.parse::<u32>().ok()).and_then(|n| n.checked_sub(1));
        let row = own.unwrap_or(next).min(MAX_ROWS);
        rows.push((row, i));
        next = row + 1;
    }
    rows
}

fn read_col(doc: &Doc<'_>, node: &Node) -> Option<Col> {
    let number = |name: &str| doc.value(node, name)?.parse::<u32>().ok();
    Some(Col {
        first: number("min")?.checked_sub(1)?,
        last: number("max")?.checked_sub(1)?,
        style: number("style").map(|n| n as usize),
        width: doc.value(node, "width").and_then(|v| v.parse().ok()),
        hidden: doc.value(node, "hidden").is_some_and(|v| v == "1" || v == "true"),
    })
}

/// The cells of one row; offsets count from the row's start.
pub(super) struct Cells<'a> {
    pub(super) doc: Doc<'a>,
    /// Columns with indexes of nodes, as they stand.
    at: Vec<(u32, usize)>,
}

impl<'a> Cells<'a> {
    fn parse(sheet: &Doc<'a>, row: &Node) -> Result<Self, PatchError> {
        let doc = Doc::parse_to(sheet.part, sheet.source(row), 2)?;
        let mut next = 0;
        let mut at = Vec::new();
        for (i, node) in doc.children(0).filter(|(_, n)| doc.local(n) == "c") {
            let own = doc.value(node, "r").and_then(|v| v.parse::<CellRef>().ok());
            let col = own.map_or(next, |c| c.col);
            at.push((col, i));
            next = col + 1;
        }
        Ok(Self { doc, at })
    }

    /// The cell in a column.
    pub(super) fn get(&self, col: u32) -> Option<&Node> {
        self.index(col).and_then(|i| self.doc.nodes.get(i))
    }

    /// Every cell with its column.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &Node)> {
        self.at.iter().filter_map(|(col, i)| Some((*col, self.doc.nodes.get(*i)?)))
    }

    /// The number of the cell's node.
    pub(super) fn index(&self, col: u32) -> Option<usize> {
        self.at.iter().find(|(c, _)| *c == col).map(|(_, i)| *i)
    }

    fn after(&self, col: u32) -> Option<&Node> {
        self.at.iter().find(|(c, _)| *c > col).and_then(|(_, i)| self.doc.nodes.get(*i))
    }

    fn last_end(&self) -> Option<usize> {
        self.at.last().and_then(|(_, i)| self.doc.nodes.get(*i)).map(|n| n.end)
    }

    /// The format that a cell names.
    pub(super) fn style(&self, cell: &Node) -> Option<usize> {
        self.doc.value(cell, "s").and_then(|v| v.parse().ok())
    }

    /// Gives a cell another format; `row` is where the row starts.
    pub(super) fn set_style(&self, cell: &Node, row: usize, style: usize, splices: &mut Splices) {
        match self.doc.attr(cell, "s") {
            Some(attr) => splices.replace(row + attr.at.start..row + attr.at.end, style.to_string()),
            None => splices.insert(row + cell.attr_slot(), format!(" s=\"{style}\"")),
        }
    }
}
