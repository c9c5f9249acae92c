//! A sheet as tables: which rows are titles, header and body, and the labels of each line.
//!
//! A header reaches the table's right edge; a body row has labels on the left only; a text alone over the whole
//! width is a title, or between blocks a band.

mod body;
mod describing;
mod numerals;
mod sections;
mod seen;
mod sides;

use super::words::{self, words};
use super::{Draft, DraftBlock, DraftLine, outline, stated};
use crate::grid::{Cell, CellRef, Entry, Range, Sheet, label, number};
use describing::Role;
use rust_decimal::prelude::ToPrimitive;
pub(super) use seen::seen;
use std::collections::{BTreeMap, BTreeSet};

/// Larger sheets are no forms.
pub(super) const MOST_ROWS: u32 = 2000;
const MOST_COLS: u32 = 300;

/// Bytes of dots behind a label that are more than a full stop or an abbreviation.
const LEADERS: usize = 3;
/// Of so many rows, one at least has a text in a column of labels that has a header of its own.
const LABELLED: usize = 3;

/// Texts of a sheet by every cell that they cover.
#[derive(Clone)]
struct Labels {
    texts: Vec<(Range, String)>,
    /// How far each text is indented, by its cell's style and by spaces in front.
    depths: Vec<u32>,
    at: BTreeMap<(u32, u32), usize>,
    numbers: BTreeSet<u32>,
    /// Cells of numbers, of formulas and of marks for nothing.
    figures: BTreeSet<(u32, u32)>,
    /// Those of them that are formulas.
    computed: BTreeSet<(u32, u32)>,
    /// Whole numbers by their cells, such as those of a column of line numbers.
    whole: BTreeMap<(u32, u32), u32>,
    /// How these are written where they are texts: 01.
    written: BTreeMap<(u32, u32), String>,
    /// Rows under a header that number its columns (甲 乙 1 2 3).
    counting: BTreeSet<u32>,
    /// Rows in which letters number the columns (A B C C1 D), beside labels of the corner or not.
    codes: BTreeSet<u32>,
    /// Rows that an office fills in beside the table (填报机构：… 报表日期：… 货币单位：万元).
    entries: BTreeSet<u32>,
    left: u32,
    right: u32,
    bottom: u32,
}

/// Rows of a sheet.
type Range32 = std::ops::Range<u32>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Empty,
    /// One text over the whole width, or a note of the unit.
    Title,
    Header,
    Body,
}

/// Reads the tables of a sheet as blocks of one draft.
pub(super) fn read(sheet: &Sheet) -> Draft {
    let labels = Labels::new(sheet);
    let mut draft = Draft { name: sheet.name.clone(), ..Draft::default() };
    let mut above: Vec<String> = Vec::new();
    let mut row = 0;
    while row <= labels.bottom {
        match labels.kind(row, false) {
            RowKind::Header => {
                let (mut found, next) = labels.blocks(row);
                let names = |t: &String| !is_unit(t) && !is_to_fill_in(t);
                let goes_on = |t: &String| !names(t) || words::is_continued(t) || draft.titles.contains(t);
                let carried = above.iter().all(goes_on);
                if carried && draft.go_on_in(&mut found) {
                    above.clear();
                    row = next;
                    continue;
                }
                let named = above.iter().filter(|t| names(t)).count();
                let is_first = draft.blocks.is_empty();
                if !is_first || labels.has_bands(next) && named > 1 {
                    let band = above.iter().rposition(names);
                    let band = band.map(|at| above.remove(at));
                    found
                        .iter_mut()
                        .take(1)
                        .for_each(|first| first.band = band.clone().or(first.band.take()));
                }
                if is_first {
                    draft.titles.append(&mut above);
                }
                above.clear();
                found.retain(|b| !b.cols.is_empty());
                draft.blocks.extend(found);
                row = next;
            }
            RowKind::Empty => row += 1,
            RowKind::Title | RowKind::Body => {
                let texts = labels.joined(row);
                draft.notes.extend(texts.iter().cloned());
                // the number of a form at the right edge is no title
                let names = |t: &String| !labels.is_aside(row) || is_unit(t) || words::lone_unit(t).is_some();
                above.extend(texts.into_iter().filter(names));
                row += 1;
            }
        }
    }
    draft
}

impl Draft {
    /// Adds the rows of blocks that go on with its own, if all of them do.
    fn go_on_in(&mut self, found: &mut Vec<DraftBlock>) -> bool {
        let before = |block: &DraftBlock| self.blocks.iter().position(|b| b.goes_on_in(block));
        let Some(places) = found.iter().map(before).collect::<Option<Vec<usize>>>() else { return false };
        for (block, at) in found.drain(..).zip(places) {
            self.blocks.iter_mut().skip(at).take(1).for_each(|b| b.take_rows(block.clone()));
        }
        true
    }
}

impl DraftBlock {
    /// Whether another block goes on with this one below a header that stands once more: 续表 with further rows.
    fn goes_on_in(&self, other: &Self) -> bool {
        let same = |(a, b): (&DraftLine, &DraftLine)| a.at == b.at && a.path == b.path;
        let cols = self.cols.len() == other.cols.len() && self.cols.iter().zip(&other.cols).all(same);
        let named = |line: &DraftLine| self.rows.iter().any(|own| own.path == line.path);
        cols && !other.rows.is_empty() && !other.rows.iter().any(named)
    }

    fn take_rows(&mut self, other: Self) {
        let sections = self.rows.iter().map(|l| l.section + 1).max().unwrap_or(0);
        let further = other.rows.into_iter().map(|l| DraftLine { section: l.section + sections, ..l });
        self.rows.extend(further);
        self.headings.extend(other.headings);
        self.figures += other.figures;
    }
}

impl Labels {
    fn new(sheet: &Sheet) -> Self {
        let mut out = Self {
            texts: Vec::new(),
            depths: Vec::new(),
            at: BTreeMap::new(),
            numbers: BTreeSet::new(),
            figures: BTreeSet::new(),
            computed: BTreeSet::new(),
            whole: BTreeMap::new(),
            written: BTreeMap::new(),
            counting: BTreeSet::new(),
            codes: BTreeSet::new(),
            entries: BTreeSet::new(),
            left: u32::MAX,
            right: 0,
            bottom: 0,
        };
        let indents: BTreeMap<CellRef, u8> = sheet.indents.iter().copied().collect();
        let merges: BTreeMap<CellRef, Range> = sheet.merges.iter().map(|m| (m.first, *m)).collect();
        let named = numerals::labels(sheet);
        let within = |at: &CellRef| at.row < MOST_ROWS && at.col < MOST_COLS;
        let shows = |cell: &Cell| !cell.entry.is_blank() || cell.formula.is_some();
        for (at, cell) in sheet.cells.iter().filter(|(at, cell)| within(at) && shows(cell)) {
            let number = match &cell.entry {
                Entry::Number(n) if n.is_integer() => n.to_u32(),
                Entry::Text(t) => t.trim().parse().ok(),
                _ => None,
            };
            out.whole.extend(number.map(|n| ((at.row, at.col), n)));
            if let (Some(_), Entry::Text(t)) = (number, &cell.entry) {
                out.written.insert((at.row, at.col), t.trim().to_owned());
            }
            let is_label = named.contains(&(at.row, at.col));
            let text = match &cell.entry {
                Entry::Number(n) if is_label => &n.normalize().to_string(),
                Entry::Text(t) => &**t,
                _ => {
                    out.numbers.insert(at.row);
                    out.figures.insert((at.row, at.col));
                    out.computed.extend(cell.formula.is_some().then_some((at.row, at.col)));
                    out.left = out.left.min(at.col);
                    out.bottom = out.bottom.max(at.row);
                    continue;
                }
            };
            let is_figure = number::read(text).is_some() || number::is_placeholder(text);
            if !is_label && (is_figure || words::is_mark(text)) {
                out.numbers.insert(at.row);
                out.figures.insert((at.row, at.col));
                continue;
            }
            let mut range = merges.get(at).copied().unwrap_or(Range::single(*at));
            range.last.row = range.last.row.min(MOST_ROWS);
            range.last.col = range.last.col.min(MOST_COLS);
            out.reach(range);
            out.cover(range);
            out.texts.push((range, one_line(text)));
            out.depths.push(indents.get(at).map_or(0, |i| u32::from(*i) * INDENT) + spaces_before(text));
        }
        out.set_counting_rows();
        out.leave_out_remarks();
        out.entries = (0..=out.bottom).filter(|row| out.is_entry_row(*row)).collect();
        for row in 0..=out.bottom {
            out.take_codes(row);
        }
        out
    }

    /// The texts that begin in a row, from left to right.
    fn beginning_in(&self, row: u32) -> Vec<(Range, usize)> {
        let own = |i: usize| self.texts.get(i).map(|(r, _)| (*r, i)).filter(|(r, _)| r.first.row == row);
        self.in_row(row).into_iter().filter_map(own).collect()
    }

    /// Whether all that stands in a row is "key：value", a value behind such a key, a date or a unit.
    fn is_entry_row(&self, row: u32) -> bool {
        let texts = self.beginning_in(row);
        let text = |i: usize| self.texts.get(i).map_or("", |(_, t)| t.as_str());
        let behind_key = |col: u32| {
            let before = texts.iter().rev().find(|(r, _)| r.last.col < col);
            before.is_some_and(|(_, i)| text(*i).ends_with(['：', ':']))
        };
        let is_entered = |i: usize| words::is_entry(text(i)) || is_to_fill_in(text(i));
        let beside_entry = texts.iter().any(|(_, i)| is_entered(*i));
        let is_lone = |i: usize| beside_entry && words::lone_unit(text(i)).is_some();
        let fits = |(r, i): &(Range, usize)| {
            let t = text(*i);
            words::is_entry(t) || is_unit(t) || is_lone(*i) || is_to_fill_in(t) || behind_key(r.first.col)
        };
        let known =
            |(_, i): &(Range, usize)| words::is_known_entry(text(*i)) || is_unit(text(*i)) || is_lone(*i);
        let figures = || self.figures.range((row, 0)..(row + 1, 0));
        texts.iter().any(known) && texts.iter().all(fits) && figures().all(|(_, col)| behind_key(*col))
    }

    /// Takes letters that number the columns out of the labels: A B C C1 D above or below the columns' own labels.
    fn take_codes(&mut self, row: u32) {
        let texts = self.beginning_in(row);
        let is_code = |i: usize| self.texts.get(i).is_some_and(|(_, t)| is_code(t));
        let (codes, others): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(_, i)| is_code(*i));
        let Some(first) = codes.first().map(|(r, _)| r.first.col).filter(|_| codes.len() > 1) else { return };
        let beside = others.iter().all(|(r, _)| r.last.col < first);
        let coded = |col: u32| codes.iter().any(|(r, _)| (r.first.col..=r.last.col).contains(&col));
        let labels =
            |other: u32| (first..=self.right).filter_map(|c| Some((c, self.label(other, c)?))).collect();
        let names_columns = |other: u32| {
            let labels: Vec<(u32, usize)> = labels(other);
            let known = labels.iter().filter(|(_, i)| !is_code(*i)).count();
            known == labels.len() && labels.iter().all(|(c, _)| coded(*c)) && known >= codes.len()
        };
        let distinct = |other: u32| {
            let labels: Vec<(u32, usize)> = labels(other);
            let mut own: Vec<usize> = labels.iter().map(|(_, i)| *i).collect();
            own.dedup();
            own.len() == codes.len()
        };
        let above = || row.checked_sub(1).is_some_and(|r| names_columns(r) && distinct(r));
        if beside && !self.numbers.contains(&row) && (names_columns(row + 1) || above()) {
            let taken: BTreeSet<usize> = codes.iter().map(|(_, i)| *i).collect();
            self.at.retain(|_, i| !taken.contains(i));
            self.codes.insert(row);
        }
    }

    /// Rows that number the columns hold no labels: a word such as 甲 or 栏次, then 1, 2, 3 …
    fn set_counting_rows(&mut self) {
        let counts = |row: &u32| {
            let labels = self.in_row(*row);
            let own = labels.iter().all(|i| {
                let stands_here = self.texts.get(*i).is_some_and(|(r, _)| r.first.row == *row);
                stands_here && words::is(&self.text(*i), &words().column_numbers)
            });
            let numbers = self.whole.range((*row, 0)..(*row + 1, 0)).map(|(_, n)| *n);
            own && !labels.is_empty() && numbers.zip(1..).all(|(n, expected)| n == expected)
        };
        let mut rows: BTreeSet<u32> = (0..=self.bottom).filter(counts).collect();
        for row in 0..=self.bottom {
            if let Some(numbered) = self.numbered_in(row) {
                for (range, number, text) in numbered {
                    self.whole.insert((row, range.first.col), number);
                    self.written.insert((row, range.first.col), text);
                }
                rows.insert(row);
            }
        }
        let hangs = |row: u32, i: usize| self.texts.get(i).is_some_and(|(r, _)| r.first.row < row);
        let kept: BTreeSet<(u32, u32)> =
            self.at.iter().filter(|((row, _), i)| hangs(*row, **i)).map(|(at, _)| *at).collect();
        self.at.retain(|at, _| !rows.contains(&at.0) || kept.contains(at));
        self.counting = rows;
    }

    /// The texts of a row that number the columns and say how some are computed: (1), (2), (3 = 1 + 2).
    fn numbered_in(&self, row: u32) -> Option<Vec<(Range, u32, String)>> {
        let own = |(range, i): (Range, usize)| {
            let text = self.text(i);
            Some((range, stated::number_of_column(&text)?, text))
        };
        let found = self.beginning_in(row).into_iter().map(own).collect::<Option<Vec<_>>>()?;
        let is_counted = found.iter().zip(1..).all(|((_, n, _), expected)| *n == expected);
        (found.len() > 1 && is_counted && !self.numbers.contains(&row)).then_some(found)
    }

    /// A last column of remarks is no column of the form.
    fn leave_out_remarks(&mut self) {
        let is_last = |(r, t): &&(Range, String)| {
            r.last.col == self.right && r.first.col > self.left && words::is(t, &words().remarks)
        };
        let Some(header) = self.texts.iter().find(is_last).map(|(r, _)| *r) else { return };
        self.at.retain(|(row, col), _| *row < header.first.row || *col < header.first.col);
        self.right = header.first.col.saturating_sub(1);
    }

    fn reach(&mut self, range: Range) {
        self.left = self.left.min(range.first.col);
        self.right = self.right.max(range.last.col);
        self.bottom = self.bottom.max(range.last.row);
    }

    /// Notes the next text in every cell of its range; of texts that overlap the first stays.
    fn cover(&mut self, range: Range) {
        for r in range.first.row..=range.last.row {
            for c in range.first.col..=range.last.col {
                if self.at.contains_key(&(r, c)) {
                    break;
                }
                self.at.insert((r, c), self.texts.len());
            }
        }
    }

    fn text(&self, index: usize) -> String {
        self.texts.get(index).map(|(_, t)| t.clone()).unwrap_or_default()
    }

    fn label(&self, row: u32, col: u32) -> Option<usize> {
        self.at.get(&(row, col)).copied()
    }

    /// The different texts that cover a row, from left to right.
    fn in_row(&self, row: u32) -> Vec<usize> {
        let mut out: Vec<usize> = (self.left..=self.right).filter_map(|c| self.label(row, c)).collect();
        out.dedup();
        out
    }

    /// The texts of a row; of what an office fills in, a key with its value.
    fn joined(&self, row: u32) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for text in self.in_row(row).iter().map(|i| self.text(*i)) {
            match out.last_mut().filter(|last| self.entries.contains(&row) && last.ends_with(['：', ':'])) {
                Some(key) if !words::is_entry(&text) && words::lone_unit(&text).is_none() => *key += &text,
                _ => out.push(text),
            }
        }
        out
    }

    /// What a row is; under a header, a row with texts beside its left edge goes on with it.
    fn kind(&self, row: u32, under_header: bool) -> RowKind {
        if self.counting.contains(&row) {
            return if under_header { RowKind::Header } else { RowKind::Empty };
        }
        if self.codes.contains(&row) {
            return if under_header || !self.in_row(row).is_empty() {
                RowKind::Header
            } else {
                RowKind::Empty
            };
        }
        if self.entries.contains(&row) || !under_header && self.is_aside(row) {
            return RowKind::Title;
        }
        let labels = self.in_row(row);
        let [first, rest @ ..] = labels.as_slice() else {
            return if self.numbers.contains(&row) { RowKind::Body } else { RowKind::Empty };
        };
        let range = self.texts.get(*first).map(|(r, _)| *r);
        let whole = range.is_some_and(|r| r.first.col == self.left && r.last.col >= self.right);
        let years = labels.len() > 1 && labels.iter().all(|i| label::year(&self.text(*i)).is_some());
        let left_open = |i: &usize| is_unit(&self.text(*i)) || is_to_fill_in(&self.text(*i));
        let to_fill_in = labels.iter().all(left_open) && !years && !self.has_figures(row);
        let is_note = words::begins(&self.text(*first), &words().notes);
        let heads = !whole
            && self.label(row, self.left).is_some()
            && (rest.is_empty() && self.has_figures(row + 1) || self.heads_rows(row, &labels));
        if to_fill_in && !heads || rest.is_empty() && (whole || is_note) {
            return RowKind::Title;
        }
        let starts_here = |i: &&usize| {
            self.texts.get(**i).is_some_and(|(r, _)| r.first.row == row && r.first.col > self.left)
        };
        let beside = labels.iter().filter(starts_here).count();
        let new_on_left = self
            .label(row, self.left)
            .is_some_and(|i| self.texts.get(i).is_some_and(|(r, _)| r.first.row == row));
        let reaches = self.label(row, self.right).is_some();
        let goes_on = under_header && beside > 1 && !new_on_left && !self.numbers.contains(&row);
        let repeats = !under_header && new_on_left && rest.len() > 1 && self.are_alike(rest);
        let is_header = reaches && !self.numbers.contains(&row) && !repeats;
        if is_header || goes_on { RowKind::Header } else { RowKind::Body }
    }

    /// Whether a row of a body names what follows, each text with a colon that nobody fills in: "流动资产：".
    fn heads_rows(&self, row: u32, labels: &[usize]) -> bool {
        let is_heading = |i: &usize| {
            let text = self.text(*i);
            text.ends_with(['：', ':']) && !words::is_known_entry(&text)
        };
        let names_row = |i: usize| {
            let text = self.text(i);
            !text.ends_with(['：', ':'])
                && !is_unit(&text)
                && !is_to_fill_in(&text)
                && !words::begins(&text, &words().notes)
        };
        let stands_in_body = || {
            let before = row.checked_sub(1).map(|above| self.kind(above, false));
            matches!(before, Some(RowKind::Header | RowKind::Body))
        };
        labels.iter().all(is_heading)
            && self.label(row + 1, self.left).is_some_and(names_row)
            && stands_in_body()
    }

    /// Whether texts say the same: a remark copied along a row, and no labels.
    fn are_alike(&self, texts: &[usize]) -> bool {
        let text = |i: &usize| self.texts.get(*i).map(|(_, t)| t);
        texts.windows(2).all(|w| matches!(w, [a, b] if text(a) == text(b)))
    }

    /// Whether a title stands between blocks further down, so that one stands above the first as well.
    fn has_bands(&self, from: u32) -> bool {
        (from..self.bottom)
            .any(|r| self.kind(r, false) == RowKind::Title && self.kind(r + 1, false) == RowKind::Header)
    }

    /// The blocks whose header begins here, one for each side of the table, and the row after them.
    fn blocks(&self, top: u32) -> (Vec<DraftBlock>, u32) {
        let mut head = top + 1;
        while head <= self.bottom && self.kind(head, true) == RowKind::Header {
            head += 1;
        }
        let end = self.end_of_body(head);
        let narrow = self.with_narrow(&(head..end));
        let (this, wide) = (&narrow, self.wide(&(head..end)));
        let starts = this.sides(&(top..head), &(head..end));
        if starts.len() < 2 {
            let block = this.block(top, head, end, &wide);
            let is_empty = block.first_value == block.left && end == head;
            return (vec![block], end.max(head + u32::from(is_empty)));
        }
        let ends = starts.iter().skip(1).copied().chain([self.right + 1]);
        let side = |(from, to): (&u32, u32)| {
            let side = this.side(&(*from..to));
            let over = side.label(top, *from).filter(|i| (*from..to).all(|c| side.label(top, c) == Some(*i)));
            let own = if over.is_some() { top + 1 } else { top };
            let band = over.map(|i| self.text(i));
            let until = Some(to).filter(|to| *to <= self.right);
            DraftBlock { band, beside: *from > self.left, until, ..side.block(own, head, end, &wide) }
        };
        (starts.iter().zip(ends).map(side).collect(), end)
    }

    /// The block under a header, up to a row; in `wide` rows headings stood over the full width.
    fn block(&self, top: u32, head: u32, end: u32, wide: &BTreeSet<u32>) -> DraftBlock {
        let rows = head..end;
        let describing = self.describing(top..head, &rows);
        let label_end = self.label_end(top..head, &rows, &describing);
        let top_left = self.label(top, self.left).filter(|_| label_end.is_some());
        let corner_end = top_left.and_then(|i| self.texts.get(i)).map(|(r, _)| r.last.col + 1);
        let mut first_col = label_end.max(corner_end).unwrap_or(self.left).max(self.left);
        while label_end.is_some() && describing.contains_key(&first_col) {
            first_col += 1;
        }
        let mut telling = (self.left..first_col).filter(|c| !describing.contains_key(c));
        let corner = telling.find_map(|c| self.label(top, c)).filter(|_| label_end.is_some());
        let mut block = DraftBlock {
            corner: corner.map(|i| self.text(i)),
            rows: match label_end {
                Some(_) => self.rows(rows, first_col, &describing),
                None => vec![line(Vec::new(), head)],
            },
            cols: self.columns(top, head, first_col, &describing),
            left: self.left,
            first_value: first_col,
            describing: describing.keys().copied().collect(),
            ..DraftBlock::default()
        };
        let figures = |row: u32| self.figures.range((row, first_col)..(row + 1, 0));
        let own = |(_, col): &&(u32, u32)| block.cols.iter().any(|l| l.at == *col);
        let filled: BTreeSet<u32> = (head..end).filter(|r| figures(*r).any(|at| own(&at))).collect();
        block.figures = (head..end)
            .map(|r| figures(r).filter(own).filter(|at| !self.computed.contains(at)).count())
            .sum();
        // In a blank form the rows to fill in have their line numbers, and headings have none.
        let serial = || describing.iter().filter(|(_, role)| **role == Role::Serial).map(|(col, _)| *col);
        let is_numbered = |row: &u32| {
            serial().any(|c| self.label(*row, c).is_some() || self.whole.contains_key(&(*row, c)))
        };
        let mut told = filled;
        if told.is_empty() {
            told = (head..end).filter(is_numbered).collect();
        }
        if told.is_empty() {
            let rows = head..end;
            let is_row = |r: &u32| !wide.contains(r) && !self.heads_by_words(*r, &rows);
            told = rows.clone().filter(is_row).collect();
            if told.len() == rows.len() {
                told.clear();
            }
        }
        outline::set_sections(&mut block, wide, &|row| told.contains(&row));
        block
    }

    /// Whether a figure stands in a row, right of the first column.
    fn has_figures(&self, row: u32) -> bool {
        self.figures.range((row, self.left + 1)..(row + 1, 0)).next().is_some()
    }

    /// The column after the rows' labels. Under a header of its own, texts in a few rows are no labels: somebody
    /// wrote them where numbers belong.
    fn label_end(&self, head: Range32, rows: &Range32, describing: &BTreeMap<u32, Role>) -> Option<u32> {
        let corner = self.label(head.start, self.left);
        let header =
            |col: u32| head.clone().rev().find_map(|r| self.label(r, col)).filter(|i| Some(*i) != corner);
        let labelled = |col: u32| {
            rows.clone()
                .filter(move |r| self.before_figures(*r, col, describing) && self.label(*r, col).is_some())
        };
        let filled = rows.clone().filter(|r| !self.in_row(*r).is_empty()).count();
        let holds_labels = |col: &u32| {
            let n = labelled(*col).count();
            n > 0 && (header(*col).is_none() || n * LABELLED >= filled)
        };
        let last =
            (self.left..=self.right).rev().filter(|c| !describing.contains_key(c)).find(holds_labels)?;
        let reach =
            |row: u32| self.label(row, last).and_then(|i| self.texts.get(i)).map(|(r, _)| r.last.col + 1);
        labelled(last).filter_map(reach).max()
    }

    /// Whether a cell stands before the first number of its row, as a label does.
    fn before_figures(&self, row: u32, col: u32, describing: &BTreeMap<u32, Role>) -> bool {
        let own = self.figures.range((row, 0)..(row + 1, 0)).map(|(_, col)| *col);
        own.filter(|c| !describing.contains_key(c)).min().is_none_or(|first| col < first)
    }

    fn columns(&self, top: u32, head: u32, first: u32, describing: &BTreeMap<u32, Role>) -> Vec<DraftLine> {
        let numbers = (top..head).find(|r| self.counting.contains(r));
        let mut out = Vec::new();
        let mut last: Option<usize> = None;
        for col in first..=self.right {
            let leaf = (top..head).rev().find_map(|r| self.label(r, col));
            if leaf.is_none() || leaf == last {
                continue;
            }
            last = leaf;
            if describing.contains_key(&col) {
                continue;
            }
            let mut path: Vec<usize> =
                (top..head).filter_map(|r| self.header_label(r, col, first, head)).collect();
            path.dedup();
            let number = numbers.and_then(|r| self.whole.get(&(r, col)).copied());
            let path = path.iter().map(|i| self.text(*i)).collect();
            let stated = numbers.and_then(|r| self.written.get(&(r, col)).cloned());
            out.push(DraftLine { number, stated, ..line(path, col) });
        }
        out
    }

    /// The label of a header's cell; a blank one above a label takes that to its left.
    fn header_label(&self, row: u32, col: u32, first: u32, head: u32) -> Option<usize> {
        let own = self.label(row, col);
        let below = || (row + 1..head).any(|r| self.label(r, col).is_some());
        if own.is_some() || !below() {
            return own;
        }
        // 其中 beside a column is a part of that, however far down its label reaches
        let leaf = (row + 1..head).rev().find_map(|r| self.label(r, col));
        let is_part = leaf.is_some_and(|i| words::is_of_which(&self.text(i)));
        let stands_here = |r: &Range| r.first.row == row && (r.last.row == row || is_part);
        let before = (first..col).rev().find_map(|c| self.label(row, c));
        before.filter(|i| self.texts.get(*i).is_some_and(|(r, _)| stands_here(r)))
    }

    fn rows(&self, rows: Range32, first_value: u32, describing: &BTreeMap<u32, Role>) -> Vec<DraftLine> {
        let telling: Vec<u32> = (self.left..first_value).filter(|c| !describing.contains_key(c)).collect();
        let with = |role: Role| describing.iter().find(|(_, r)| **r == role).map(|(c, _)| *c);
        let (serial, unit) = (with(Role::Serial), with(Role::Unit));
        let mut carried: BTreeMap<u32, usize> = BTreeMap::new();
        let mut out = Vec::new();
        for row in rows {
            let mut path = Vec::new();
            for col in telling.iter().copied() {
                let own = self.label(row, col);
                let further = || telling.iter().any(|c| *c > col && self.label(row, *c).is_some());
                let label = own.or_else(|| carried.get(&col).copied().filter(|_| further()));
                if let Some(i) = own {
                    carried.split_off(&col);
                    carried.insert(col, i);
                }
                path.extend(label);
            }
            path.dedup();
            if !path.is_empty() {
                let depth = path.last().and_then(|i| self.depths.get(*i)).copied().unwrap_or(0);
                let path = path.iter().map(|i| self.text(*i)).collect();
                let number = serial.and_then(|c| self.whole.get(&(row, c)).copied());
                let unit = unit.and_then(|c| self.label(row, c)).map(|i| self.text(i));
                let label = |c: u32| self.label(row, c).map(|i| self.text(i));
                let code = serial.and_then(|c| self.written.get(&(row, c)).cloned().or_else(|| label(c)));
                out.push(DraftLine { depth, number, code, unit, ..line(path, row) });
            }
        }
        out
    }
}

/// Spaces that a step of a cell's indentation is worth.
const INDENT: u32 = 2;

/// The columns of blank space in front of a text; a wide space takes two.
fn spaces_before(text: &str) -> u32 {
    let blank = text.chars().take_while(|c| c.is_whitespace());
    blank.map(|c| if c == '\u{3000}' { 2 } else { 1 }).sum()
}

/// A label on one line: spaces stay between Latin words only.
fn one_line(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        let latin = |c: Option<char>| c.is_some_and(|c| c < '\u{2e80}');
        if latin(out.chars().next_back()) && latin(word.chars().next()) {
            out.push(' ');
        }
        out += word;
    }
    // dots lead from a label to its numbers: "March . . . . ."
    let bare = out.trim_end_matches(['.', '…', '·', ' ']);
    if out.len() - bare.len() > LEADERS { bare.to_owned() } else { out }
}

fn line(path: Vec<String>, at: u32) -> DraftLine {
    DraftLine { path, at, ..DraftLine::default() }
}

/// A letter that numbers a column: A, B, C1.
fn is_code(text: &str) -> bool {
    let text = text.trim();
    let digits = text.get(1..).unwrap_or_default();
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && digits.len() <= 2
        && digits.chars().all(|c| c.is_ascii_digit())
}

/// "单位：万元", "计量单位：个" above a table.
pub(super) fn is_unit(text: &str) -> bool {
    unit_after(text).is_some()
}

/// What stands behind "单位：" or "unit:", which may be more than one unit.
pub(super) fn unit_after(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['（', '(']);
    let (key, unit) = text.split_once(['：', ':'])?;
    words::is(key, &words().units).then(|| unit.trim_end_matches(['）', ')']).trim())
}

/// What an office fills in beside a table: "填表人：", "报出日期：20  年  月  日", "20  年".
pub(super) fn is_to_fill_in(text: &str) -> bool {
    let (key, open) = text.rsplit_once(['：', ':']).unwrap_or(("", text));
    let is_date = |c: char| c.is_ascii_digit() || c.is_whitespace() || "年月日季度＿_/-".contains(c);
    // "Doctorate recipients, by subfield: 2017" is a title
    let is_entry = key.is_empty() || open.trim().is_empty() || words::is_entry(text);
    is_entry && open.chars().all(is_date)
}
