//! Documents as paragraphs and tables, and how they become a sheet.
//!
//! A paragraph is a row with one text; a table is rows of cells with merges where its cells span. A table in a
//! cell is laid below the row that holds it, in order: pages use such tables for layout. docx and html build
//! the same [`Builder`] and share what follows.

use super::collect::Collector;
use super::failure;
use super::limits::Limits;
use super::trace::{self, Origin, Paragraph};
use crate::finding::Failure;
use crate::grid::a1::MAX_COLS;
use crate::grid::{Cell, CellRef, Entry, Workbook, amount, label};
use std::ops::Range;

/// Tables within tables; what is deeper is read as text of the cell around it.
const MAX_NESTED: usize = 32;

/// A paragraph or a table.
#[derive(Debug)]
enum Block {
    Text(Paragraph),
    Table(Vec<Row>),
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<TableCell>,
    hidden: bool,
    dropped: bool,
}

/// A cell of a table.
#[derive(Debug)]
pub(super) struct TableCell {
    /// Columns that it takes.
    pub(super) cols: u32,
    /// Rows that it takes.
    pub(super) rows: u32,
    /// Whether it only continues the cell above (vertical merge of docx).
    pub(super) continues: bool,
    /// What the file says that it holds, beside its text.
    pub(super) typed: Typed,
    /// Where it opens in the file, if that is asked for.
    pub(super) opens: usize,
    blocks: Vec<Block>,
}

/// What a file says of a cell's type.
#[derive(Debug, Default)]
pub(super) enum Typed {
    /// Nothing.
    #[default]
    Unknown,
    /// That it is text, even if it looks like a number.
    Text,
    /// That it is this number, however it is shown.
    Number(String),
}

impl Default for TableCell {
    fn default() -> Self {
        Self { cols: 1, rows: 1, continues: false, typed: Typed::Unknown, opens: 0, blocks: Vec::new() }
    }
}

/// A document being built as its file is read; whatever is left open closes with what is around it.
#[derive(Debug)]
pub(super) struct Builder {
    /// Paragraphs and cells that may still come; below 0 the rest is not kept, and the document is refused.
    room: i64,
    page: Vec<Block>,
    open: Vec<OpenTable>,
    /// Tables beyond [`MAX_NESTED`] that are open.
    ignored: usize,
    paragraph: Paragraph,
}

#[derive(Debug, Default)]
struct OpenTable {
    rows: Vec<Row>,
    row: Option<Row>,
    cell: Option<TableCell>,
}

impl Builder {
    pub(super) fn new(limits: &Limits) -> Self {
        let room = i64::try_from(limits.blocks).unwrap_or(i64::MAX);
        Self { room, page: Vec::new(), open: Vec::new(), ignored: 0, paragraph: Paragraph::default() }
    }

    /// Whether more came than is kept.
    pub(super) fn is_full(&self) -> bool {
        self.room < 0
    }

    /// The paragraph being written.
    pub(super) fn paragraph(&mut self) -> &mut String {
        &mut self.paragraph.text
    }

    /// Notes where the last bytes of the paragraph come from.
    pub(super) fn comes_from(&mut self, len: usize, source: Range<usize>) {
        self.paragraph.comes_from(len, source);
    }

    /// Ends the paragraph; one without anything to see is dropped.
    pub(super) fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        if !paragraph.text.chars().all(label::is_space) {
            self.push(Block::Text(paragraph));
        }
    }

    /// Puts a block into the innermost open cell, or onto the page.
    fn push(&mut self, block: Block) {
        self.room -= 1;
        if self.is_full() {
            return;
        }
        let cell = self.open.iter_mut().rev().find_map(|t| t.cell.as_mut());
        cell.map_or(&mut self.page, |c| &mut c.blocks).push(block);
    }

    /// A table opens.
    pub(super) fn open_table(&mut self) {
        self.end_paragraph();
        if self.open.len() >= MAX_NESTED {
            self.ignored += 1;
        } else {
            self.open.push(OpenTable::default());
        }
    }

    /// A row of the innermost table opens.
    pub(super) fn open_row(&mut self, hidden: bool) {
        if self.ignored > 0 {
            return;
        }
        self.close_row();
        self.room -= 1;
        if let Some(table) = self.open.last_mut() {
            table.row = Some(Row { hidden, ..Row::default() });
        }
    }

    /// A cell opens.
    pub(super) fn open_cell(&mut self, cell: TableCell) {
        self.close_cell();
        self.room -= 1;
        if self.ignored > 0 || self.is_full() {
            return;
        }
        if let Some(table) = self.open.last_mut() {
            table.row.get_or_insert_default();
            table.cell = Some(cell);
        }
    }

    /// The cell that is open, to say more about it.
    pub(super) fn cell(&mut self) -> Option<&mut TableCell> {
        self.open.last_mut()?.cell.as_mut()
    }

    /// The row that is open is no part of the document (a deletion not yet accepted).
    pub(super) fn drop_row(&mut self) {
        if let Some(row) = self.open.last_mut().and_then(|t| t.row.as_mut()) {
            row.dropped = true;
        }
    }

    /// Columns that are left free before the first cell of the row.
    pub(super) fn indent_row(&mut self, cols: u32) {
        if let Some(row) = self.open.last_mut().and_then(|t| t.row.as_mut()) {
            row.cells.push(TableCell { cols, ..TableCell::default() });
        }
    }

    /// The cell closes.
    pub(super) fn close_cell(&mut self) {
        self.end_paragraph();
        if self.ignored > 0 {
            return;
        }
        if let Some(table) = self.open.last_mut()
            && let (Some(cell), Some(row)) = (table.cell.take(), table.row.as_mut())
        {
            row.cells.push(cell);
        }
    }

    /// The row closes.
    pub(super) fn close_row(&mut self) {
        self.close_cell();
        if self.ignored > 0 {
            return;
        }
        if let Some(table) = self.open.last_mut() {
            table.rows.extend(table.row.take().filter(|r| !r.dropped));
        }
    }

    /// The innermost table closes.
    pub(super) fn close_table(&mut self) {
        self.close_row();
        if self.ignored > 0 {
            self.ignored -= 1;
        } else if let Some(table) = self.open.pop() {
            self.push(Block::Table(table.rows));
        }
    }

    /// Lays what was built on one sheet.
    pub(super) fn finish(self, name: &str, limits: &Limits) -> Result<Workbook, Failure> {
        Ok(self.lay(name, limits)?.book.finish())
    }

    /// Where the cells of that sheet come from.
    pub(super) fn origins(self, limits: &Limits) -> Result<Vec<Origin>, Failure> {
        Ok(self.lay("", limits)?.origins)
    }

    fn lay<'l>(mut self, name: &str, limits: &'l Limits) -> Result<Layer<'l>, Failure> {
        if self.is_full() {
            return Err(failure::too_many_cells());
        }
        self.ignored = 0;
        while !self.open.is_empty() {
            self.close_table();
        }
        self.end_paragraph();
        let mut layer = Layer { book: Collector::new(name, limits), row: 0, origins: Vec::new() };
        layer.blocks(&self.page)?;
        Ok(layer)
    }
}

/// Where a cell of a table was laid, in rows of the table.
struct Span {
    row: usize,
    col: u32,
    rows: usize,
    cols: u32,
}

/// A sheet being filled from the top.
struct Layer<'a> {
    book: Collector<'a>,
    row: u32,
    origins: Vec<Origin>,
}

impl Layer<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> Result<(), Failure> {
        let mut after_table = false;
        for block in blocks {
            match block {
                Block::Text(paragraph) => {
                    let at = CellRef::new(self.row, 0);
                    self.book.write(at, &paragraph.text)?;
                    self.note(trace::joined(at, 0, std::iter::once(paragraph)));
                    self.row += 1;
                }
                Block::Table(rows) => {
                    // A blank row keeps two tables apart.
                    self.row += u32::from(after_table);
                    self.table(rows)?;
                }
            }
            after_table = matches!(block, Block::Table(_));
        }
        Ok(())
    }

    fn table(&mut self, rows: &[Row]) -> Result<(), Failure> {
        let mut slots = Slots::default();
        let mut starts = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            starts.push(self.row);
            let written = self.row_cells(row, i, &mut slots)?;
            let nested = || row.cells.iter().filter(|c| c.holds_table());
            if row.hidden {
                self.book.sheet().hidden_rows.push((self.row, self.row));
            }
            if written || nested().next().is_none() {
                self.row += 1;
            }
            for cell in nested() {
                self.blocks(&cell.blocks)?;
            }
        }
        self.merges(&slots.spans, &starts)
    }

    /// Writes a row's cells; tells whether any holds something.
    fn row_cells(&mut self, row: &Row, i: usize, slots: &mut Slots) -> Result<bool, Failure> {
        let (mut col, mut written) = (0, false);
        for cell in &row.cells {
            if cell.continues && slots.continue_above(i, col) {
                col += cell.cols;
                continue;
            }
            let (at, cols) = slots.take(i, col, cell);
            col = at + cols;
            if !cell.holds_table() {
                written |= self.cell(CellRef::new(self.row, at), cell)?;
            }
        }
        Ok(written)
    }

    fn cell(&mut self, at: CellRef, cell: &TableCell) -> Result<bool, Failure> {
        let paragraphs = || {
            cell.blocks.iter().filter_map(|b| match b {
                Block::Text(paragraph) => Some(paragraph),
                Block::Table(_) => None,
            })
        };
        let text = paragraphs().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n");
        self.note(trace::joined(at, cell.opens, paragraphs()));
        let typed = match &cell.typed {
            Typed::Unknown => None,
            Typed::Text => Some(Entry::Text(text.as_str().into())).filter(|_| !text.is_empty()),
            Typed::Number(number) => amount::from_text(number).map(Entry::Number),
        };
        match typed {
            Some(entry) => self.book.put(at, Cell { entry, formula: None, format: 0 })?,
            None => self.book.write(at, &text)?,
        }
        Ok(!text.is_empty())
    }

    fn note(&mut self, origin: Origin) {
        if origin.opens > 0 || !origin.stretches.is_empty() {
            self.origins.push(origin);
        }
    }

    /// Merges spans as far as the rows below stand next to each other on the sheet.
    fn merges(&mut self, spans: &[Span], starts: &[u32]) -> Result<(), Failure> {
        let mut run_ends: Vec<usize> = (0..starts.len()).collect();
        for (i, pair) in starts.windows(2).enumerate().rev() {
            if let (&[a, b], Some(&next)) = (pair, run_ends.get(i + 1))
                && b == a + 1
                && let Some(end) = run_ends.get_mut(i)
            {
                *end = next;
            }
        }
        for span in spans.iter().filter(|s| s.rows > 1 || s.cols > 1) {
            let (Some(&start), Some(&end)) = (starts.get(span.row), run_ends.get(span.row)) else { continue };
            let rows = span.rows.min(end - span.row + 1);
            self.book.merge(CellRef::new(start, span.col), rows as u32, span.cols)?;
        }
        Ok(())
    }
}

impl TableCell {
    fn holds_table(&self) -> bool {
        self.blocks.iter().any(|b| matches!(b, Block::Table(_)))
    }
}

/// Which columns are taken by cells of rows above, and by whom.
#[derive(Default)]
struct Slots {
    /// For each column the first row that is free again.
    free_from: Vec<usize>,
    /// For each column the span that last began in it.
    latest: Vec<Option<usize>>,
    spans: Vec<Span>,
}

impl Slots {
    /// Gives a cell the first free columns from `from` on (HTML 4.9.12.1, forming a table).
    fn take(&mut self, row: usize, from: u32, cell: &TableCell) -> (u32, u32) {
        let free = |c: u32| self.free_from.get(c as usize).is_none_or(|&r| r <= row);
        let col = (from..MAX_COLS).find(|c| free(*c)).unwrap_or(MAX_COLS);
        let wanted = col.saturating_add(cell.cols).min(MAX_COLS);
        let end = (col..wanted).find(|c| !free(*c)).unwrap_or(wanted);
        if self.free_from.len() < end as usize {
            self.free_from.resize(end as usize, 0);
            self.latest.resize(end as usize, None);
        }
        for slot in self.free_from.iter_mut().take(end as usize).skip(col as usize) {
            *slot = row + cell.rows as usize;
        }
        if let Some(latest) = self.latest.get_mut(col as usize) {
            *latest = Some(self.spans.len());
        }
        let cols = end.saturating_sub(col).max(1);
        if !cell.holds_table() {
            self.spans.push(Span { row, col, rows: cell.rows as usize, cols });
        }
        (col, cols)
    }

    /// Extends the span that ends just above a column; `false` where none begins there.
    fn continue_above(&mut self, row: usize, col: u32) -> bool {
        let latest = self.latest.get(col as usize).copied().flatten();
        match latest.and_then(|i| self.spans.get_mut(i)) {
            Some(span) if span.col == col && span.row + span.rows == row => {
                span.rows += 1;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::collect::tests::shown;
    use super::*;

    /// Builds from marks: `<` table, `/` row, `|` cell (`|2x3` columns by rows, `|^` continues), `>` end.
    fn sheet(marks: &str) -> String {
        let mut b = Builder::new(&Limits::default());
        for mark in marks.split_inclusive(['<', '/', '|', '>', '¶']).collect::<Vec<_>>() {
            let (text, end) = mark.split_at(mark.len() - mark.chars().last().map_or(0, char::len_utf8));
            let (span, text) = text.split_once(' ').unwrap_or(("", text));
            if let (Some((c, r)), Some(cell)) = (span.split_once('x'), b.cell()) {
                (cell.cols, cell.rows) = (c.parse().unwrap(), r.parse().unwrap());
            } else if let ("^", Some(cell)) = (span, b.cell()) {
                cell.continues = true;
            }
            b.paragraph().push_str(text);
            match end {
                "<" => b.open_table(),
                "/" => b.open_row(false),
                "|" => b.open_cell(TableCell::default()),
                ">" => b.close_table(),
                _ => b.end_paragraph(),
            }
        }
        shown(&b.finish("正文", &Limits::default()).unwrap().sheets[0])
    }

    #[test]
    fn spans_push_later_cells_aside() {
        assert_eq!(
            sheet("标题¶</|1x2 项目|2x1 数量/|甲|乙/|规章|1|2>"),
            "A1=标题\nA2=项目\nB2=数量\nB3=甲\nC3=乙\nA4=规章\nB4#1\nC4#2\nA2:A3\nB2:C2"
        );
    }

    #[test]
    fn a_cell_that_continues_the_one_above_is_merged_with_it() {
        assert_eq!(sheet("</|a|b/|^ |c/|^ |d/|e|f>"), "A1=a\nB1=b\nB2=c\nB3=d\nA4=e\nB4=f\nA1:A3");
    }

    #[test]
    fn a_span_ends_with_its_table_and_tables_stay_apart() {
        assert_eq!(sheet("</|1x9 a|b></|c>"), "A1=a\nB1=b\nA3=c");
    }

    #[test]
    fn tables_in_cells_are_laid_in_order() {
        assert_eq!(sheet("</|上¶</|a|b/|c|d>下>尾"), "A1=上\nA2=a\nB2=b\nA3=c\nB3=d\nA4=下");
        assert_eq!(sheet("</|x|</|a>/|y>尾¶"), "A1=x\nA2=a\nA3=y\nA4=尾");
    }
}
