//! What is odd about the form's structure in a workbook: which sheets, lines and numbers were not read, and why.

use super::found::Axis;
use super::seen::{self, Scene};
use super::select::{Issue, Joiner, Line, Placed, Refused, Unread};
use crate::form::FieldIx;
use crate::grid::{CellRef, Entry, number};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Joiner<'a> {
    /// The visible sheets, on which labels that were not read are looked for.
    fn scenes(&self) -> Vec<Scene<'a>> {
        let shown = self.views.iter().enumerate().filter(|(s, _)| !self.is_hidden(*s));
        shown.map(|(sheet, view)| Scene { sheet, view, sight: self.sight }).collect()
    }

    /// Lines that have numbers in several places, of which none was read.
    pub(super) fn tell_several(&mut self) {
        for (block, words) in self.lexicon.blocks.iter().enumerate() {
            let is_found = |axis: Axis, line: usize| {
                let of_block = (words.table, words.block);
                self.mapping.lines.iter().any(|l| (l.block, l.axis, l.line) == (of_block, axis, line))
            };
            let mut told = Vec::new();
            for (sheet, layout) in self.sheets.iter().enumerate().filter(|(s, _)| !self.is_hidden(*s)) {
                let lost = layout
                    .doubtful
                    .iter()
                    .filter(|(b, axis, line, _)| *b == block && !is_found(*axis, *line));
                let (mut lines, mut cells): (Vec<(Axis, usize)>, Vec<CellRef>) =
                    lost.map(|(_, axis, line, at)| ((*axis, *line), *at)).unzip();
                lines.sort_unstable();
                lines.dedup();
                cells.sort_unstable();
                cells.dedup();
                if !cells.is_empty() {
                    told.push(Issue::Several(words.table, words.block, lines, sheet, cells));
                }
            }
            self.mapping.issues.extend(told);
        }
    }

    /// Tables of which nothing says which of several with the same labels they are, where one of these was not read.
    pub(super) fn tell_untold(&mut self) {
        let is_read = |block: &usize| {
            let of_block =
                |(f, place): (usize, &Option<Placed>)| place.is_some() && self.block_of(f) == Some(*block);
            self.mapping.places.iter().enumerate().any(of_block)
        };
        let mut told = Vec::new();
        for (sheet, layout) in self.sheets.iter().enumerate().filter(|(s, _)| !self.is_hidden(*s)) {
            for (at, blocks) in &layout.untold {
                let missing =
                    blocks.iter().filter(|b| !is_read(b)).filter_map(|b| self.lexicon.blocks.get(*b));
                let tables: BTreeSet<usize> = missing.map(|w| w.table).collect();
                let issue = Issue::Untold(sheet, *at, tables.into_iter().collect());
                if !told.contains(&issue) {
                    told.push(issue);
                }
            }
        }
        told.retain(|i| !matches!(i, Issue::Untold(_, _, tables) if tables.is_empty()));
        self.mapping.issues.extend(told);
    }

    /// Whether a line is told to have numbers in several places.
    fn is_several(&self, table: usize, block: usize, axis: Axis, line: usize) -> bool {
        self.mapping.issues.iter().any(|i| {
            matches!(i, Issue::Several(t, b, lines, ..)
                if (*t, *b) == (table, block) && lines.contains(&(axis, line)))
        })
    }

    pub(super) fn tell_sheets(&mut self, used: &BTreeSet<usize>, unread: &BTreeSet<(Unread, usize)>) {
        let unread = unread.iter().filter(|(_, sheet)| !used.contains(sheet));
        self.mapping.issues.extend(unread.map(|(why, sheet)| Issue::NotRead(*sheet, *why)));
        for &sheet in used {
            let earlier = self.sheets.get(sheet).map(|l| l.left_out.as_slice()).unwrap_or_default();
            self.mapping.issues.extend(earlier.iter().map(|(at, why)| Issue::PartNotRead(sheet, *at, *why)));
            if self.is_hidden(sheet) {
                self.mapping.issues.push(Issue::HiddenSheet(sheet));
            }
            self.tell_hidden_lines(sheet);
            self.tell_strangers(sheet);
            self.tell_under_merge(sheet);
        }
    }

    fn tell_strangers(&mut self, sheet: usize) {
        let strangers = self.sheets.get(sheet).map(|l| l.strangers.clone()).unwrap_or_default();
        self.mapping.issues.extend(strangers.into_iter().map(|s| Issue::Stranger(sheet, s.at, s.stray)));
    }

    fn tell_hidden_lines(&mut self, index: usize) {
        let Some(sheet) = self.book.sheets.get(index) else { return };
        let shows = |at: CellRef| sheet.cell(at).is_some_and(|c| !c.entry.is_blank());
        let hidden = |p: &Placed| {
            p.sheet == index && (sheet.row_hidden(p.at.row) || sheet.col_hidden(p.at.col)) && shows(p.at)
        };
        let places = self.mapping.places.iter().enumerate();
        let fields: Vec<FieldIx> =
            places.filter(|(_, p)| p.as_ref().is_some_and(hidden)).map(|(i, _)| FieldIx(i as u32)).collect();
        if !fields.is_empty() {
            self.mapping.issues.push(Issue::HiddenLines(index, fields));
        }
    }

    /// Values under the merges that hold fields, where only the first cell shows.
    fn tell_under_merge(&mut self, index: usize) {
        let Some(sheet) = self.book.sheets.get(index) else { return };
        let places = self.mapping.places.iter().flatten().filter(|p| p.sheet == index);
        let mut first_cells: Vec<CellRef> = places.map(|p| p.at).collect();
        first_cells.sort_unstable();
        let merges = sheet.merges.iter().filter(|m| first_cells.binary_search(&m.first).is_ok());
        let covered = merges.flat_map(|m| {
            let rows = sheet.cells.iter().filter(move |(at, _)| m.contains(*at) && *at != m.first);
            rows.filter(|(_, c)| {
                matches!(&c.entry, Entry::Number(_))
                    || matches!(&c.entry, Entry::Text(t) if number::read(t).is_some())
            })
        });
        let cells: Vec<CellRef> = covered.map(|(at, _)| *at).collect();
        if !cells.is_empty() {
            self.mapping.issues.push(Issue::UnderMerge(index, cells));
        }
    }

    /// The number in a cell; what is none counts as 0.
    pub(super) fn value(&self, sheet: usize, at: CellRef) -> Decimal {
        let entry = self.book.sheets.get(sheet).and_then(|s| s.cell(at)).map(|c| &c.entry);
        entry.and_then(Entry::raw).and_then(|t| number::read(&t)).map_or(Decimal::ZERO, |t| t.value)
    }

    pub(super) fn tell_structure(&mut self, refused: &BTreeMap<usize, Refused>) {
        for (t, table) in self.form.tables.iter().enumerate() {
            let fields = || table.blocks.iter().flat_map(|b| &b.fields);
            let located =
                fields().any(|ix| self.mapping.places.get(ix.0 as usize).is_some_and(Option::is_some));
            let doubtful = |i: &Issue| match i {
                Issue::Several(table, ..) | Issue::RowUnplaced(table, ..) => *table == t,
                Issue::Untold(_, _, tables) => tables.contains(&t),
                Issue::Undecided(_, lost) => {
                    lost.iter().any(|ix| self.form.fields.get(ix.0 as usize).is_some_and(|f| f.table == t))
                }
                _ => false,
            };
            if !located && !self.mapping.issues.iter().any(doubtful) {
                let refused = refused.get(&t).copied();
                let seen = if refused.is_some() { None } else { seen::table(&self.scenes(), t) };
                self.mapping.issues.push(Issue::TableMissing(t, seen, refused));
                continue;
            }
            let is_untold = |i: &Issue| matches!(i, Issue::Untold(_, _, tables) if tables.contains(&t));
            if !located && self.mapping.issues.iter().any(is_untold) {
                continue; // it is told why
            }
            for b in 0..table.blocks.len() {
                self.tell_missing(t, b, Axis::Row);
                self.tell_missing(t, b, Axis::Col);
                self.tell_unplaced(t, b);
                self.tell_order(t, b, Axis::Row);
                self.tell_order(t, b, Axis::Col);
            }
        }
        self.mapping.lines.sort_by_key(|l| (l.block, l.axis, l.line));
    }

    fn found_lines(&self, table: usize, block: usize, axis: Axis) -> Vec<&Line> {
        let mut lines: Vec<&Line> =
            self.mapping.lines.iter().filter(|l| l.block == (table, block) && l.axis == axis).collect();
        lines.sort_by_key(|l| l.line);
        lines
    }

    fn tell_missing(&mut self, table: usize, block: usize, axis: Axis) {
        let Some(b) = self.form.tables.get(table).and_then(|t| t.blocks.get(block)) else { return };
        let all = if axis == Axis::Row { &b.rows } else { &b.cols };
        let found: BTreeSet<usize> = self.found_lines(table, block, axis).iter().map(|l| l.line).collect();
        let all_several = |axis, n: usize| n > 0 && (0..n).all(|l| self.is_several(table, block, axis, l));
        if all_several(Axis::Col, b.cols.len()) || all_several(Axis::Row, b.rows.len()) {
            return; // it is told why
        }
        if axis == Axis::Col && self.found_lines(table, block, Axis::Row).is_empty() && found.is_empty() {
            return; // the rows say it already: the whole block is missing
        }
        let replaced =
            |id: &String| all.iter().enumerate().any(|(i, l)| found.contains(&i) && l.replaces.contains(id));
        let missing: Vec<usize> = all
            .iter()
            .enumerate()
            .filter(|(i, l)| {
                !found.contains(i)
                    && !l.path.is_empty()
                    && l.replaces.is_empty()
                    && !replaced(&l.id)
                    && !self.is_several(table, block, axis, *i)
            })
            .map(|(i, _)| i)
            .collect();
        if !missing.is_empty() {
            let taken = self.mapping.lines.iter().map(|l| l.label).collect();
            let words = self.lexicon.blocks.iter().position(|w| (w.table, w.block) == (table, block));
            let seen = words.and_then(|b| seen::lines(&self.scenes(), (b, axis), &missing, &taken));
            self.mapping.issues.push(Issue::LinesMissing(table, block, axis, missing, seen));
        }
    }

    /// Rows that were found and of which a number was not, though its column was found as well.
    fn tell_unplaced(&mut self, table: usize, block: usize) {
        let Some(b) = self.form.tables.get(table).and_then(|t| t.blocks.get(block)) else { return };
        let cols: Vec<usize> = self.found_lines(table, block, Axis::Col).iter().map(|l| l.line).collect();
        let mut rows: Vec<usize> = self.found_lines(table, block, Axis::Row).iter().map(|l| l.line).collect();
        if b.rows.iter().all(|r| r.path.is_empty()) {
            rows = (0..b.rows.len()).filter(|_| !cols.is_empty()).collect();
        }
        let is_told = |ix: &FieldIx| {
            self.mapping.issues.iter().any(|i| matches!(i, Issue::Undecided(_, lost) if lost.contains(ix)))
        };
        let located = |row: usize, col: &usize| {
            let ix = b.fields.get(row * b.cols.len() + col);
            let is_read = |ix: &FieldIx| self.mapping.places.get(ix.0 as usize).is_some_and(Option::is_some);
            ix.is_some_and(|ix| is_read(ix) || is_told(ix))
        };
        let unplaced: Vec<usize> =
            rows.into_iter().filter(|row| !cols.iter().all(|col| located(*row, col))).collect();
        for row in unplaced {
            let issue = Issue::RowUnplaced(table, block, row);
            if !self.mapping.issues.contains(&issue) {
                self.mapping.issues.push(issue);
            }
        }
    }

    fn tell_order(&mut self, table: usize, block: usize, axis: Axis) {
        let along = |l: &Line| {
            let at = l.label.1;
            if axis == Axis::Row { (l.label.0, at.row, at.col) } else { (l.label.0, at.col, at.row) }
        };
        let lines = self.found_lines(table, block, axis);
        let labels: BTreeSet<(usize, CellRef)> = lines.iter().map(|l| l.label).collect();
        if labels.len() < lines.len() {
            return; // one label names several lines: they cross, and have no order
        }
        let upright = lines.is_sorted_by_key(|l| along(l));
        let turned = lines.is_sorted_by_key(|l| (l.label.0, l.label.1.col, l.label.1.row))
            || lines.is_sorted_by_key(|l| (l.label.0, l.label.1.row, l.label.1.col));
        if !upright && !turned {
            self.mapping.issues.push(Issue::OutOfOrder(table, block, axis));
        }
    }
}
