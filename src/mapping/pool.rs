//! Cells named by all their labels at once, wherever these stand: for what bands and rows do not reach.
//!
//! A list with one number a row, a table of two columns, groups as rows: in all of them a cell's labels, those
//! above it and those to its left together, hold the path of one field, in one cell or in several. Each part of
//! a field's path uses up one label of its own (总计 of 总计 needs two); both leaves must be there, groups tell
//! lines apart, and a known label left over counts against. The margin over the second-best field decides.

use super::bands::LEAST_MARGIN;
use super::found::Key;
use super::lexicon::{BlockWords, LineWords, NO_TERM};
use super::regions::overlap;
use super::sight::Sight;
use super::similarity::{How, Likeness};
use super::slid;
use super::totals;
use super::view::{Item, TALLEST_LABEL, View};
use crate::grid::Sheet;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// How far a header that is not merged is carried to the right.
const CARRIED: usize = 40;
/// Rows of header that can stand above a column.
const DEEPEST: usize = 8;
/// What a group adds and a known label left over takes away.
const GROUP: i64 = 150;

/// A field's cell with the labels of its two leaves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// Row and column of the view.
    pub(super) at: (usize, usize),
    /// The weaker of the ways in which its leaves were recognised.
    pub(super) how: How,
    /// Points over the second-best field.
    pub(super) margin: i64,
    /// Where the row's leaf stands.
    pub(super) row_label: (usize, usize),
    /// Where the column's leaf stands.
    pub(super) col_label: (usize, usize),
}

/// What pooling found on a view.
#[derive(Debug, Default)]
pub(super) struct Pooled {
    /// The first cell of each field.
    pub(super) cells: BTreeMap<Key, Cell>,
    /// Further cells of fields.
    pub(super) copies: Vec<(Key, Cell)>,
    /// Per block what shows that numbers of it may have slid.
    pub(super) slid: BTreeMap<usize, slid::Sign>,
    /// Fields with numbers in several rows below the same labels.
    several: BTreeSet<Key>,
}

impl Pooled {
    /// Of several rows below the same labels takes the one that counts, if one does.
    fn take_totals(&mut self, (view, sight, sheet): (&View, &Sight, &Sheet), doubtful: &mut BTreeSet<Key>) {
        let places: Vec<(usize, usize)> =
            self.several.iter().filter_map(|key| Some(self.cells.get(key)?.at)).collect();
        let Some(first) = places.iter().map(|at| at.0).min() else { return };
        let cols: Vec<usize> = places.iter().filter(|at| at.0 == first).map(|at| at.1).collect();
        let is_filled = |row: &usize| cols.iter().all(|c| view.item(*row, *c).is_some_and(Item::is_value));
        let end = (first..view.height()).take_while(is_filled).last().unwrap_or(first) + 1;
        let Some(total) = totals::row((view, sight, sheet), first..end, &cols) else { return };
        for key in std::mem::take(&mut self.several) {
            let cell = self.cells.get_mut(&key).filter(|cell| cell.at.0 == first);
            if let Some(cell) = cell {
                cell.at.0 = total;
                doubtful.remove(&key);
            }
        }
    }
}

/// A label, or a part of one: what it may be and where it stands.
#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    terms: &'a [(usize, Likeness)],
    at: (usize, usize),
    /// The ordinal of its list mark, where it is a whole label.
    mark: Option<u32>,
}

impl Token<'_> {
    /// Whether it is of this cell: a merged label of a table beside another holds as far as it goes.
    fn is_of(&self, item: &Item) -> bool {
        self.at == (item.rows.0, item.cols.0)
    }

    /// Whether another is the same label in the next cell, as where a merge was filled out.
    fn repeats(&self, other: &Token) -> bool {
        let apart = self.at.0.abs_diff(other.at.0) + self.at.1.abs_diff(other.at.1);
        apart == 1 && self.terms.first().map(|t| t.0) == other.terms.first().map(|t| t.0)
    }
}

/// Finds fields by all labels of each cell.
pub(super) fn find(view: &View, sight: &Sight, sheet: &Sheet) -> Pooled {
    let mut scan =
        Scan { view, sight, sheet, headers: BTreeMap::new(), carried: Vec::new(), headings: Vec::new() };
    let mut pooled = Pooled::default();
    let mut doubtful = BTreeSet::new();
    for row in 0..view.height() {
        scan.row(row, &mut pooled, &mut doubtful);
    }
    pooled.take_totals((view, sight, sheet), &mut doubtful);
    let (slid, signs) = slid::of_cells((view, sight), &pooled.cells);
    doubtful.extend(slid);
    pooled.slid = signs;
    pooled.cells.retain(|key, _| !doubtful.contains(key));
    pooled.copies.retain(|(key, _)| !doubtful.contains(key));
    pooled
}

struct Header<'a> {
    tokens: Vec<Token<'a>>,
    last_row: usize,
    closed: bool,
    /// Whether a label of it says that what stands below is a part or a share of what stands beside it.
    is_aside: bool,
}

impl Header<'_> {
    fn new(row: usize) -> Self {
        Self { tokens: Vec::new(), last_row: row, closed: false, is_aside: false }
    }

    /// Whether a label in a row is none of this header's.
    fn is_over(&self, row: usize) -> bool {
        self.closed || row > self.last_row + 2
    }
}

struct Scan<'a, 's> {
    view: &'a View,
    sight: &'a Sight<'s>,
    sheet: &'a Sheet,
    headers: BTreeMap<usize, Header<'a>>,
    /// Labels of rows above that still hold, by column.
    carried: Vec<(usize, Token<'a>)>,
    /// Groups that stand in a row of their own, by depth.
    headings: Vec<(usize, Token<'a>)>,
}

impl<'a> Scan<'a, '_> {
    fn tokens(&self, item: &Item) -> Vec<Token<'a>> {
        let Some(label) = item.label() else { return Vec::new() };
        let parts = self.sight.parts(label);
        let at = (item.rows.0, item.cols.0);
        let mark = self.sight.text(label).mark.filter(|_| parts.len() == 1);
        parts.iter().map(|terms| Token { terms, at, mark }).collect()
    }

    fn row(&mut self, row: usize, pooled: &mut Pooled, doubtful: &mut BTreeSet<Key>) {
        let items: Vec<Item> = self.view.row(row).to_vec();
        if items.iter().filter_map(Item::label).any(|l| self.sight.title(l).is_some()) {
            self.headers.clear();
            self.carried.clear();
            self.headings.clear();
        }
        let has_values = items.iter().any(Item::is_value);
        if !has_values && self.is_line_of_a_list(row) {
            return; // its labels head nothing below
        }
        let known: Vec<(usize, Token<'a>)> =
            items.iter().flat_map(|i| self.tokens(i).into_iter().map(|t| (i.cols.0, t))).collect();
        for (i, item) in items.iter().enumerate() {
            let next = items.get(i + 1).map_or(usize::MAX, |n| n.cols.0);
            self.head(row, item, next);
            if !has_values {
                self.head_unknown(row, item);
            }
        }
        // Where numbers stand, any label ends those of the rows above that it stands under; elsewhere the form's words.
        let unknown = items.iter().filter(|i| i.label().is_some() && has_values).map(|i| i.cols.0);
        if let Some(first) = unknown.chain(known.iter().map(|(col, _)| *col)).min() {
            let view = self.view;
            self.carried.retain(|(c, t)| *c < first || view.covering(row, *c).is_some_and(|i| t.is_of(i)));
        }
        self.carried.retain(|(_, t)| t.at.0 + TALLEST_LABEL >= row);
        self.carried.extend(known.iter().copied());
        if !has_values {
            self.heading(&known);
            return;
        }
        let mut of_row: BTreeMap<Key, Vec<Cell>> = BTreeMap::new();
        let mut slid: BTreeSet<Key> = BTreeSet::new();
        for item in items.iter().filter(|i| i.is_value()) {
            let Some((key, cell)) = self.field_of(item) else { continue };
            of_row.entry(key).or_default().push(cell);
            if self.slid(&items, item, &cell) {
                slid.insert(key);
            }
        }
        for (key, cells) in of_row {
            let several = cells.len() > 1;
            let Some(cell) = self.only(&cells).filter(|_| !slid.contains(&key)) else {
                if several {
                    doubtful.insert(key);
                }
                continue;
            };
            match pooled.cells.get(&key) {
                None => {
                    pooled.cells.insert(key, cell);
                }
                // One label cannot name the same field in two rows.
                Some(known) if known.row_label == cell.row_label && known.at.0 != cell.at.0 => {
                    doubtful.insert(key);
                    pooled.several.insert(key);
                }
                Some(_) => pooled.copies.push((key, cell)),
            }
        }
        self.close_headers(&items);
    }

    /// Whether labels stand in the columns in which they do in the rows above and below, which have numbers: a line of a list
    /// that has none.
    fn is_line_of_a_list(&self, row: usize) -> bool {
        let labels = |row: usize| {
            let labels = self.view.row(row).iter().filter(|i| i.label().is_some());
            labels.map(|i| i.cols.0).collect::<Vec<usize>>()
        };
        let (own, near) = (labels(row), [row.checked_sub(1), Some(row + 1)]);
        let is_alike = |near: usize| self.view.row(near).iter().any(Item::is_value) && labels(near) == own;
        own.len() > 1 && near.into_iter().all(|near| near.is_some_and(is_alike))
    }

    /// Of the cells of one row that are the same field by their labels, the one that is it: the total of the others, by the
    /// captions that stand over them in one row.
    fn only(&self, cells: &[Cell]) -> Option<Cell> {
        let [first, .., last] = cells else { return cells.first().copied() };
        let is_caption = |row: &usize| {
            cells.iter().all(|c| self.view.item(*row, c.at.1).is_some_and(|i| i.label().is_some()))
        };
        let captions = (0..first.at.0).rev().find(is_caption)?;
        let total = totals::column(
            (self.view, self.sight, self.sheet),
            captions,
            first.at.1..=last.at.1,
            &[first.at.0],
        )?;
        cells.iter().find(|c| c.at.1 == total).copied()
    }

    /// What a row's numbers stand under is a whole header, and what names the row is none of the next.
    fn close_headers(&mut self, items: &[Item]) {
        let last_value = items.iter().filter(|i| i.is_value()).map(|i| i.cols.0).max();
        for item in items {
            let names = |value| item.cols.0 < value && self.view.run_start(value) <= item.cols.0;
            if item.is_value() || item.label().is_some() && last_value.is_some_and(names) {
                for col in item.cols.0..=item.cols.1 {
                    if let Some(header) = self.headers.get_mut(&col) {
                        header.closed = true;
                    }
                }
            }
        }
    }

    /// Whether a value between a row's label and a cell stands under no header: then the row may have slid.
    fn slid(&self, items: &[Item], item: &Item, cell: &Cell) -> bool {
        let between = |i: &&Item| i.cols.0 > cell.row_label.1 && i.cols.0 < item.cols.0 && i.is_value();
        let beside =
            |i: &Item| self.view.item(cell.col_label.0, i.cols.0).is_some_and(|l| l.label().is_some());
        let headed =
            |i: &Item| beside(i) || self.headers.get(&i.cols.0).is_some_and(|h| !h.tokens.is_empty());
        cell.col_label.0 < cell.at.0 && items.iter().filter(between).any(|i| !headed(i))
    }

    /// Puts a label above the columns that it covers, or over those to its right as far as nothing else stands.
    fn head(&mut self, row: usize, item: &Item, next: usize) {
        let tokens = self.tokens(item);
        let is_aside = item.label().is_some_and(|l| self.sight.text(l).is_aside())
            && !self.view.row(row).iter().any(Item::is_value);
        if tokens.is_empty() && !is_aside {
            return;
        }
        let mut last = item.cols.1;
        // A label of several parts is a path of its own or a sentence, and no group.
        let spreads = tokens.len() <= 1;
        while spreads
            && last + 1 < next
            && last < item.cols.0 + CARRIED
            && self.may_cover(row, item.cols.0, last + 1)
        {
            last += 1;
        }
        for col in item.cols.0..=last {
            let header = self.headers.entry(col).or_insert_with(|| Header::new(row));
            if header.is_over(row) {
                *header = Header::new(row);
            }
            header.is_aside |= is_aside;
            header.tokens.extend(tokens.iter().copied());
            let extra = header.tokens.len().saturating_sub(DEEPEST);
            header.tokens.drain(..extra);
            header.last_row = item.rows.1.max(row);
        }
    }

    /// A label that is no word of the form ends a header above that is not its own.
    fn head_unknown(&mut self, row: usize, item: &Item) {
        if item.label().is_none() || !self.tokens(item).is_empty() {
            return;
        }
        for col in item.cols.0..=item.cols.1 {
            if self.headers.get(&col).is_some_and(|h| h.is_over(row)) {
                self.headers.remove(&col);
            }
        }
    }

    /// Whether a header that is not merged may go on over a column: nothing stands there, and no label above
    /// begins between.
    fn may_cover(&self, row: usize, from: usize, col: usize) -> bool {
        let begins = |h: &Header| !h.closed && h.tokens.iter().any(|t| t.at.1 > from && t.at.0 < row);
        col < self.view.width()
            && !self.view.gap_before(col)
            && !self.view.is_closed(row, col)
            && self.view.covering(row, col).is_none()
            && !self.headers.get(&col).is_some_and(begins)
    }

    /// A group in a row of its own names the rows below it.
    fn heading(&mut self, known: &[(usize, Token<'a>)]) {
        let [(_, token)] = known else { return };
        let depth = |t: &Token| t.terms.iter().filter_map(|(t, _)| self.sight.lexicon.depth(*t)).min();
        if let Some(d) = depth(token) {
            self.headings.retain(|(o, _)| *o < d);
            self.headings.push((d, *token));
        }
    }

    /// The last of a row's values that has labels of its own, for the values behind the next label: labels before it
    /// are not theirs.
    fn taken(&self, row: usize, cols: Range<usize>) -> Option<usize> {
        let items = self.view.within(row, cols);
        let label = items.iter().rposition(|i| i.label().is_some())?;
        items.get(..label)?.iter().rev().find(|i| i.is_value()).map(|i| i.cols.0)
    }

    /// Whether a label of rows above stands over a number of a row: it names that one, and none beside it.
    fn heads_a_number(&self, token: &Token, row: usize) -> bool {
        self.view.covering(row, token.at.1).is_some_and(Item::is_value)
    }

    /// The field whose path a cell's labels hold, if one leads clearly.
    fn field_of(&self, item: &Item) -> Option<(Key, Cell)> {
        let col = item.cols.0;
        if self.headers.get(&col).is_some_and(|h| h.is_aside) {
            return None;
        }
        let above = self.headers.get(&col).map_or(0, |h| h.tokens.len());
        let mut tokens: Vec<&Token> =
            self.headers.get(&col).map(|h| h.tokens.iter().collect()).unwrap_or_default();
        // Beside labels of its own a table does not go on with those before a blank column.
        let run = self.view.run_start(col);
        let own = self.carried.iter().any(|(c, t)| (run..col).contains(c) && t.at.0 == item.rows.0);
        let from = if own || self.is_apart(item, run) { run } else { 0 };
        let taken = self.taken(item.rows.0, from..col);
        let of_cell = |(c, t): &&(usize, Token)| {
            let of_row = t.at.0 == item.rows.0;
            let may = if of_row {
                taken.is_none_or(|taken| taken < *c)
            } else {
                !self.heads_a_number(t, item.rows.0)
            };
            (from..col).contains(c) && may
        };
        tokens.extend(self.carried.iter().filter(of_cell).map(|(_, t)| t));
        for (_, heading) in &self.headings {
            if !tokens.iter().any(|t| t.at == heading.at) {
                tokens.push(heading);
            }
        }
        if tokens.is_empty() {
            return None;
        }
        let (mut best, mut second): (Option<(i64, Key, Cell)>, i64) = (None, 0);
        for (key, score, cell) in self.fields(&tokens, above, item) {
            match &best {
                Some((b, ..)) if *b >= score => second = second.max(score),
                _ => {
                    second = second.max(best.as_ref().map_or(0, |b| b.0));
                    best = Some((score, key, cell));
                }
            }
        }
        let (score, key, mut cell) = best?;
        cell.margin = score - second;
        (cell.margin >= LEAST_MARGIN).then_some((key, cell))
    }

    /// Whether the last number before a blank column stands under headers wholly above or below those of a cell: then it
    /// is another table's, and so are the labels of its row.
    fn is_apart(&self, item: &Item, run: usize) -> bool {
        let before = self.view.within(item.rows.0, 0..run).iter().rev().find(|i| i.is_value());
        let rows = |col: usize| {
            let header = self.headers.get(&col)?;
            Some((header.tokens.first()?.at.0, header.last_row))
        };
        let (Some(own), Some(other)) = (rows(item.cols.0), before.and_then(|i| rows(i.cols.0))) else {
            return false;
        };
        !overlap(own, other)
    }

    fn fields(&self, tokens: &[&Token], above: usize, item: &Item) -> Vec<(Key, i64, Cell)> {
        let mut found = Vec::new();
        // Of the many lines of a form the labels of one cell name a few.
        let mut named: Vec<usize> = tokens.iter().flat_map(|t| t.terms).map(|(term, _)| *term).collect();
        named.sort_unstable();
        let is_named = |line: &LineWords| named.binary_search(&line.leaf).is_ok();
        for (block, words) in self.sight.lexicon.blocks.iter().enumerate() {
            let cols: Vec<_> = words.cols.iter().enumerate().filter(|(_, col)| is_named(col)).collect();
            if cols.is_empty() {
                continue;
            }
            for (r, row) in words.rows.iter().enumerate() {
                if row.leaf != NO_TERM && !is_named(row) {
                    continue;
                }
                let Some(row_use) = claim(tokens, row.leaf, &[]) else { continue };
                if row_use.is_none() && self.is_entry(item) || self.is_of_another_group(tokens, row, words) {
                    continue;
                }
                for &(c, col) in &cols {
                    let scored = Self::score(tokens, (row, col), row_use, (item, above));
                    let Some((score, cell, last, is_whole)) = scored else { continue };
                    if tokens.get(last).is_some_and(|t| self.names_a_row_of(t, row.leaf, words)) {
                        continue;
                    }
                    // A row of the form and a column of it both stand above a cell only where nothing else does.
                    if is_whole || row_use.is_none_or(|u| u.0.max(last) >= above) {
                        found.push(((block, r, c), score, cell));
                    }
                }
            }
        }
        found
    }

    /// Whether a row that is called as a column of the form is would stand in a group of other rows.
    fn is_of_another_group(&self, tokens: &[&Token], row: &LineWords, words: &BlockWords) -> bool {
        let is_own = |t: &Token| t.terms.iter().any(|(term, _)| row.groups.contains(term));
        let is_group = |t: &Token| t.terms.iter().any(|(term, _)| words.row_groups.contains(*term));
        let is_heading = |t: &Token| self.headings.iter().any(|(_, heading)| heading.at == t.at);
        words.col_leaves.contains(row.leaf)
            && tokens.iter().any(|t| is_group(t) && !is_own(t) && !is_heading(t))
    }

    /// Whether a word of something else stands right before a number, under the table's own header (电话 2000).
    fn is_entry(&self, item: &Item) -> bool {
        let before = self.view.within(item.rows.0, self.view.run_start(item.cols.0)..item.cols.0).last();
        let headed = |i: &Item| self.headers.get(&i.cols.0).is_some_and(|h| !h.tokens.is_empty());
        before.is_some_and(|i| i.label().is_some() && self.tokens(i).is_empty() && headed(i))
    }

    /// Whether a label is by its words and its list mark a row in a group (3.其他 of （六）其他处理), and so no column
    /// of the row that is called as the group.
    fn names_a_row_of(&self, token: &Token, group: usize, words: &BlockWords) -> bool {
        let mut rows = words.rows.iter().filter(|r| r.groups.contains(&group));
        let is = |leaf: usize| token.terms.iter().any(|(t, _)| *t == leaf);
        token.mark.is_some() && rows.any(|r| is(r.leaf) && self.sight.mark(r.leaf) == token.mark)
    }

    fn score(
        tokens: &[&Token],
        (row, col): (&LineWords, &LineWords),
        row_use: Option<(usize, Likeness)>,
        (item, above): (&Item, usize),
    ) -> Option<(i64, Cell, usize, bool)> {
        // A label above that was filled out over several cells is one: it does not name both the row and the column.
        let own = row_use.and_then(|(at, _)| Some((at, *tokens.get(at)?)));
        let is_own = |i: usize, t: &Token| {
            own.is_some_and(|(at, own)| i == at || t.at.0 != item.rows.0 && t.repeats(own))
        };
        let mut used: Vec<usize> =
            tokens.iter().enumerate().filter(|(i, t)| is_own(*i, t)).map(|(i, _)| i).collect();
        let (col_at, col_like) = claim(tokens, col.leaf, &used)??;
        used.push(col_at);
        let mut score = i64::from(col_like.points) + row_use.map_or(1000, |u| i64::from(u.1.points));
        let mut groups: Vec<usize> = Vec::new();
        for group in row.groups.iter().chain(&col.groups).copied() {
            if let Some(Some((at, _))) = claim(tokens, group, &used) {
                used.push(at);
                groups.push(group);
                score += GROUP;
            }
        }
        let left = (0..tokens.len()).filter(|i| !used.contains(i));
        let known = |t: &Token| t.terms.iter().any(|(t, _)| !groups.contains(t));
        let filled = |t: &Token| used.iter().filter_map(|u| tokens.get(*u)).any(|u| u.repeats(t));
        let over: Vec<usize> =
            left.filter(|i| tokens.get(*i).is_some_and(|t| known(t) && !filled(t))).collect();
        let is_whole = over.iter().all(|i| *i >= above);
        score -= GROUP * over.len() as i64;
        let label = |i: usize| tokens.get(i).map(|t| t.at);
        let how = col_like.how.max(row_use.map_or(How::Exact, |u| u.1.how));
        let col_label = label(col_at)?;
        let row_label = row_use.and_then(|u| label(u.0)).unwrap_or(col_label);
        let at = (item.rows.0, item.cols.0);
        Some((score, Cell { at, how, margin: 0, row_label, col_label }, col_at, is_whole))
    }
}

/// The token that is most like a term, of those not used; the inner `None` where there is no term to claim.
#[allow(clippy::option_option)] // a line without a label asks for nothing, which is not the same as not found
fn claim(tokens: &[&Token], term: usize, used: &[usize]) -> Option<Option<(usize, Likeness)>> {
    if term == NO_TERM {
        return Some(None);
    }
    let free = tokens.iter().enumerate().filter(|(i, _)| !used.contains(i));
    let like = free.filter_map(|(i, t)| t.terms.iter().find(|(o, _)| *o == term).map(|(_, l)| (i, *l)));
    like.max_by_key(|(i, l)| (l.points, std::cmp::Reverse(*i))).map(Some)
}
