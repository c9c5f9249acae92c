//! Which year labels speak of, and what stands under an earlier one: not this report's, so it is not looked at.
//!
//! Offices put two years beside each other (上年 | 本年, 2021年 | 2022年) or whole forms of two years on one sheet.
//! Only labels in one row, of different periods, are taken for that; a single one is part of a label or a title.

use super::lexicon::BlockWords;
use super::regions::overlap;
use super::sight::Sight;
use super::view::{Item, Kind, View};
use super::vocabulary::{has, vocabulary};
use crate::grid::label::{self, folded};
use crate::grid::{Entry, Sheet, number};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Characters of the longest title that a year is looked for in.
const LONGEST_TITLE: usize = 60;
/// Years that a report may be of, from the regulation's first.
pub(super) const YEARS: RangeInclusive<i32> = 2008..=2099;
/// Rows of header above periods that share their columns.
const HEADER_ROWS: usize = 6;

/// What a label says of time; the later one is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Period {
    /// A comparison of periods or a share (增减, 占比).
    Derived,
    /// 上年.
    Previous,
    /// A year by its number.
    Year(i32),
    /// 本年.
    Current,
}

/// A label in a row of periods, with the columns that it governs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) period: Period,
    pub(super) cols: (usize, usize),
    /// Whether it is a title and not a period alone.
    pub(super) title: bool,
}

/// Makes labels of numbers that are none to be read: of a row that holds different years and nothing else
/// (2021 | 2022), and of those with which the form itself heads its columns or names its rows.
pub(super) fn name_years(view: &mut View, sheet: &Sheet, sight: &mut Sight) {
    let numbered = sight.lexicon.numbered;
    let mut named: Vec<(usize, String)> = Vec::new();
    for row in 0..view.height() {
        let items = view.row(row);
        let are_numbers = items.len() > 1 && items.iter().all(|i| i.kind == Kind::Number);
        if are_numbers && items.iter().all(|i| may_be_year(view, sheet, i)) {
            let numbers = numbers(view, sheet, items);
            if are_years(&numbers) {
                named.extend(numbers.into_iter().map(|n| (n.at, format!("{}年", n.digits))));
                continue;
            }
        }
        if numbered.columns && items.iter().any(|i| i.kind == Kind::Number) {
            let numbers = numbers(view, sheet, items);
            let heads = head_columns(view, sight, row, &numbers);
            named.extend(numbers.into_iter().filter(|_| heads).map(|n| (n.at, n.digits)));
        }
    }
    if numbered.rows {
        named.extend(naming_rows(view, sheet, sight));
    }
    for (at, text) in named {
        let label = Kind::Label(sight.intern(&text));
        if let Some(item) = view.items.get_mut(at) {
            item.kind = label;
        }
    }
}

/// Whether a number is a year or written in another way than as a number.
fn may_be_year(view: &View, sheet: &Sheet, item: &Item) -> bool {
    let cell = view.address(item.rows.0, item.cols.0).and_then(|at| sheet.cell(at));
    let Some(Entry::Number(number)) = cell.map(|c| &c.entry) else { return true };
    (Decimal::from(*YEARS.start())..=Decimal::from(*YEARS.end())).contains(number)
}

/// A number of a view.
struct Number {
    /// Row and column of the view.
    place: (usize, usize),
    /// Its index in [`View::items`].
    at: usize,
    /// Its digits; none if it is not whole, or not typed.
    digits: String,
}

/// The numbers among some items.
fn numbers<'a>(view: &View, sheet: &Sheet, items: impl IntoIterator<Item = &'a Item>) -> Vec<Number> {
    let digits = |row: usize, col: usize| {
        let cell = sheet.cell(view.address(row, col)?).filter(|c| c.formula.is_none())?;
        let typed = number::read(&cell.entry.raw()?).filter(|n| n.unit.is_empty() && n.value.is_integer())?;
        Some(typed.value.normalize().to_string())
    };
    let number = |i: &Item| {
        let (row, col) = (i.rows.0, i.cols.0);
        let digits = digits(row, col).unwrap_or_default();
        Some(Number { place: (row, col), at: view.position(row, col)?, digits })
    };
    // a numbering is no value, and may name rows
    let counts =
        |n: &Number| view.items.get(n.at).is_some_and(|i| i.kind == Kind::Number) || !n.digits.is_empty();
    let may_count = |i: &&Item| matches!(i.kind, Kind::Number | Kind::Prose);
    items.into_iter().filter(may_count).filter_map(number).filter(counts).collect()
}

fn are_different<'a>(numbers: impl IntoIterator<Item = &'a Number>) -> bool {
    let mut numbers = numbers.into_iter();
    let first = numbers.next();
    numbers.any(|n| first.is_some_and(|first| n.digits != first.digits))
}

/// Whether all that stands in a row are numbers of years, and these differ.
fn are_years(numbers: &[Number]) -> bool {
    let is_year = |n: &Number| n.digits.parse().is_ok_and(|y: i32| YEARS.contains(&y));
    numbers.iter().all(is_year) && are_different(numbers)
}

/// Whether numbers of a row are labels of the form's columns: all of them with further labels beside, or several, the
/// others being years.
fn head_columns(view: &View, sight: &Sight, row: usize, numbers: &[Number]) -> bool {
    let beside = view.row(row).iter().skip(1).filter_map(Item::label);
    let mut others = beside.filter(|l| is_own(sight, &sight.text(*l).text));
    let (own, rest): (Vec<&Number>, Vec<&Number>) = numbers.iter().partition(|n| is_own(sight, &n.digits));
    let several = are_different(own.iter().copied()) || own.len() == 1 && others.next().is_some();
    several && rest.iter().all(|n| label::year(&n.digits).is_some()) && (rest.is_empty() || own.len() > 1)
}

/// The numbers in columns that name rows of the form: several below each other in the form's order, with no number
/// right before them.
fn naming_rows(view: &View, sheet: &Sheet, sight: &Sight) -> Vec<(usize, String)> {
    let mut all = numbers(view, sheet, &view.items);
    all.sort_by_key(|n| (n.place.1, n.place.0));
    let leads = |n: &Number| {
        let before = n.place.1.checked_sub(1).and_then(|col| view.item(n.place.0, col));
        before.is_none_or(|i| !i.is_value())
    };
    let named: Vec<Vec<&str>> =
        sight.lexicon.blocks.iter().map(|b| sight.lexicon.numbers_of_rows(b)).collect();
    let runs = all.chunk_by(|a, b| a.place.1 == b.place.1 && a.place.0 + 1 == b.place.0);
    let is_own = |run: &&[Number]| {
        let in_order = |own: &[&str]| own.iter().zip(*run).all(|(own, n)| *own == n.digits);
        let stands = |own: &Vec<&str>| own.windows(run.len()).any(in_order);
        are_different(*run) && run.iter().all(leads) && named.iter().any(stands)
    };
    runs.filter(is_own).flatten().map(|n| (n.at, n.digits.clone())).collect()
}

/// Whether a text is the form's own for a column.
fn is_own(sight: &Sight, text: &str) -> bool {
    let own = sight.lexicon.own(text).unwrap_or_default();
    let in_block = |b: &BlockWords, term: usize| b.col_leaves.contains(term) || b.col_groups.contains(term);
    own.iter().any(|(term, _)| sight.lexicon.blocks.iter().any(|b| in_block(b, *term)))
}

/// Takes what stands under earlier periods out of a view; gives where these are written.
pub(super) fn drop_earlier(view: &mut View, sight: &Sight) -> Vec<(usize, usize)> {
    let mut told = Vec::new();
    let rows: Vec<(usize, Vec<Mark>)> =
        (0..view.height()).filter_map(|r| Some((r, marks(view, sight, r)?))).collect();
    for (i, (row, marks)) in rows.iter().enumerate() {
        let next = rows.get(i + 1).map_or(view.height(), |(r, _)| *r);
        let Some(latest) = marks.iter().map(|m| m.period).max() else { continue };
        let (kept, dropped): (Vec<Mark>, Vec<Mark>) = marks.iter().partition(|m| m.period == latest);
        let region = Region { row: *row, kept, dropped };
        told.extend(region.told());
        region.clear_below(view, sight, next);
        region.move_headers(view);
    }
    told.extend(drop_dated_columns(view, sight));
    told
}

/// Leaves out columns of the form that name an earlier year than the report's, where one of the same words stands
/// in their row without it: 2022年总计 beside 总计 in the report of 2023. Gives the first.
fn drop_dated_columns(view: &mut View, sight: &Sight) -> Option<(usize, usize)> {
    let reported = years(view, sight).iter().map(|w| w.year).max()?;
    let year = |label: usize| sight.dated(label).filter(|_| sight.certain(label));
    if !view.labels().into_iter().any(|l| year(l).is_some_and(|y| y < reported)) {
        return None;
    }
    let mut dropped = Vec::new();
    for row in 0..view.height() {
        let labels: Vec<(usize, usize)> =
            view.row(row).iter().filter_map(|i| Some((i.cols.0, i.label()?))).collect();
        let rivals = |label: usize| {
            let another =
                |other: usize| year(other).is_none_or(|y| y == reported) && sight.share_a_term(label, other);
            labels.iter().any(|&(_, other)| other != label && another(other))
        };
        let earlier = labels.iter().filter(|&&(_, l)| year(l).is_some_and(|y| y < reported) && rivals(l));
        dropped.extend(earlier.map(|&(col, _)| (row, col)));
    }
    for &(row, col) in &dropped {
        view.set(row, col, Kind::Past);
        let is_value = |r: &usize| view.item(*r, col).is_some_and(Item::is_value);
        let first = (row + 1..view.height().min(row + 1 + HEADER_ROWS)).find(is_value);
        let values: Vec<usize> =
            first.into_iter().flat_map(|r| r..view.height()).take_while(is_value).collect();
        for r in values {
            view.set(r, col, Kind::Past);
        }
    }
    dropped.first().copied()
}

/// The periods of a row, if it has different ones and no number; a column of the form itself is none.
fn marks(view: &View, sight: &Sight, row: usize) -> Option<Vec<Mark>> {
    let items = view.row(row);
    if items.iter().any(Item::is_value) {
        return None;
    }
    let mut marks: Vec<Mark> = items
        .iter()
        .filter_map(|i| {
            let label = i.label().filter(|l| !sight.certain(*l))?;
            let (period, title) = sight.period(label)?;
            Some(Mark { period, cols: i.cols, title })
        })
        .collect();
    let different: BTreeSet<Period> = marks.iter().map(|m| m.period).collect();
    if different.len() < 2 {
        return None;
    }
    let starts: Vec<usize> = items.iter().map(|i| i.cols.0).collect();
    let mut width = 1;
    for i in 0..marks.len() {
        let next = marks.get(i + 1).map(|m| m.cols.0);
        let Some(mark) = marks.get_mut(i) else { continue };
        let free = starts.iter().find(|s| **s > mark.cols.0).map_or(view.width(), |s| *s);
        width = next.map_or(width, |n| n - mark.cols.0);
        let reach = if mark.title { view.width() } else { mark.cols.0 + width };
        mark.cols.1 = mark.cols.1.max(reach.min(next.unwrap_or(free)).saturating_sub(1));
    }
    Some(marks)
}

/// What a label says of time, and whether it is a title that says more.
pub(super) fn period(raw: &str) -> Option<(Period, bool)> {
    let words = vocabulary();
    let mut chars = folded(raw).filter(|c| c.is_alphanumeric());
    if !raw.contains('年') && !chars.next().is_some_and(|c| words.may_begin_a_period(c)) {
        return None;
    }
    let text: String = folded(raw).filter(|c| c.is_alphanumeric()).collect();
    let bare = |words: &[String]| {
        let rest = words.iter().find_map(|w| text.strip_prefix(w.as_str()))?;
        ends_a_period(rest).then_some(())
    };
    if text.chars().count() > LONGEST_TITLE {
        return None;
    }
    if bare(&words.current).is_some() {
        return Some((Period::Current, false));
    }
    if bare(&words.previous).is_some() {
        return Some((Period::Previous, false));
    }
    if text.chars().count() <= 8 && words.derived.iter().any(|w| text.starts_with(w.as_str())) {
        return Some((Period::Derived, false));
    }
    let year = year_of(&text)?;
    let bare = bare_year(&text.replacen(&year.to_string(), "", 1)).is_some();
    let title = has(&text, &words.report_titles);
    (bare || title).then_some((Period::Year(year), !bare))
}

fn bare_year(rest: &str) -> Option<()> {
    ends_a_period(rest.strip_prefix('年')?).then_some(())
}

/// What may stand behind 本年 or 2022年: 度, 数, 实际 …
fn ends_a_period(rest: &str) -> bool {
    let rest = rest.strip_prefix('度').unwrap_or(rest);
    vocabulary().period_ends.iter().any(|end| end == rest)
}

/// The one year that a text names with 年 behind it, if it names no day.
pub(super) fn year_of(text: &str) -> Option<i32> {
    let chars: Vec<char> = text.chars().collect();
    let digits = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let at =
        |i: &usize| (*i..i + 4).all(digits) && chars.get(i + 4) == Some(&'年') && !(*i > 0 && digits(i - 1));
    let mut years = (0..chars.len()).filter(at);
    let (first, None) = (years.next()?, years.next()) else { return None };
    let year: i32 = chars.get(first..first + 4)?.iter().collect::<String>().parse().ok()?;
    (YEARS.contains(&year) && !text.contains(['月', '日'])).then_some(year)
}

/// Leaves out of a view on its side what stands, upright, between the title of an earlier year and the next title.
pub(super) fn leave_out_sections(side: &mut View, upright: &View, sight: &Sight) {
    let titles = upright.items.iter().filter_map(|i| match sight.period(i.label()?)? {
        (Period::Year(year), true) => Some((upright.address(i.rows.0, i.cols.0)?.row, year)),
        _ => None,
    });
    let titles: Vec<(u32, i32)> = titles.collect();
    let beside = titles.windows(2).any(|w| matches!(w, [a, b] if a.0 == b.0));
    let Some(latest) = titles.iter().map(|(_, year)| *year).max().filter(|_| !beside) else { return };
    let of_row = |row: u32| titles.iter().rev().find(|(title, _)| *title <= row).map(|(_, year)| *year);
    side.put_aside(|at| of_row(at.row).is_some_and(|year| year < latest));
}

/// A year that a label names.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) year: i32,
    /// Whether it is a title that says more.
    pub(super) title: bool,
    /// Row and column of the label.
    pub(super) at: (usize, usize),
    /// The columns that it covers.
    pub(super) cols: (usize, usize),
}

/// The nearest year of these that is written above a place.
pub(super) fn above(years: &[Written], row: usize, cols: (usize, usize)) -> Option<&Written> {
    years.iter().rev().find(|w| w.at.0 < row && overlap(w.cols, cols))
}

/// The years that labels name, row by row; in each row the first one last.
pub(super) fn years(view: &View, sight: &Sight) -> Vec<Written> {
    let written = |i: &Item| match sight.period(i.label().filter(|l| !sight.names_a_row(*l))?)? {
        (Period::Year(year), title) => Some(Written { year, title, at: (i.rows.0, i.cols.0), cols: i.cols }),
        _ => None,
    };
    let mut years: Vec<Written> = view.items.iter().filter_map(written).collect();
    years.sort_by_key(|w| (w.at.0, std::cmp::Reverse(w.at.1)));
    years
}

/// A row of periods with the columns of the latest and of the others.
pub(super) struct Region {
    pub(super) row: usize,
    pub(super) kept: Vec<Mark>,
    pub(super) dropped: Vec<Mark>,
}

impl Region {
    /// Where an earlier period is written.
    pub(super) fn told(&self) -> Option<(usize, usize)> {
        let earlier = self.dropped.iter().find(|m| m.period > Period::Derived);
        earlier.map(|m| (self.row, m.cols.0))
    }

    fn is_dropped(&self, col: usize) -> bool {
        let over = |marks: &[Mark]| marks.iter().any(|m| (m.cols.0..=m.cols.1).contains(&col));
        over(&self.dropped) && !over(&self.kept)
    }

    /// Numbers under earlier periods, and header labels between, down to where another table begins.
    pub(super) fn clear_below(&self, view: &mut View, sight: &Sight, next: usize) {
        let titles = self.dropped.iter().chain(&self.kept).all(|m| m.title);
        let first_value =
            (self.row + 1..next).find(|r| view.row(*r).iter().any(Item::is_value)).unwrap_or(next);
        let headed = (self.row + 1..first_value).any(|r| has_label(view, r, |i| self.is_dropped(i.cols.0)));
        let ends = |row: usize| {
            let straddles =
                |i: &Item| (i.cols.0..=i.cols.1).any(|c| self.is_dropped(c)) && self.keeps(i.cols);
            let within = |i: &Item| self.is_dropped(i.cols.0) || self.keeps((i.cols.0, i.cols.0));
            let no_value = !view.row(row).iter().any(Item::is_value);
            let of_table = view.row(row).iter().filter_map(Item::label).filter(|l| sight.title(*l).is_some());
            // A title that does not stand in each of two forms beside each other begins a table that is one.
            if !titles && no_value && of_table.count() == 1 {
                return true;
            }
            !titles && no_value && has_label(view, row, |i| if headed { straddles(i) } else { within(i) })
        };
        let end = (first_value..next).find(|r| ends(*r)).unwrap_or(next);
        for row in self.row + 1..end {
            for item in view.row_mut(row) {
                let header = matches!(item.kind, Kind::Label(_)) && (headed || titles);
                if self.is_dropped(item.cols.0) && (item.is_value() || header) {
                    item.kind = Kind::Past;
                }
            }
        }
    }

    fn keeps(&self, cols: (usize, usize)) -> bool {
        self.kept.iter().any(|m| m.cols.0 <= cols.1 && cols.0 <= m.cols.1)
    }

    /// Headers above that begin over an earlier period's column begin over the latest one's instead.
    pub(super) fn move_headers(&self, view: &mut View) {
        let columns = || self.kept.iter().chain(&self.dropped).flat_map(|m| [m.cols.0, m.cols.1]);
        let span = columns().min().unwrap_or(0)..columns().max().map_or(0, |last| last + 1);
        for row in (self.row.saturating_sub(HEADER_ROWS)..self.row).rev() {
            if view.within(row, span.clone()).iter().any(Item::is_value) {
                return;
            }
            let starts: Vec<usize> = view.row(row).iter().map(|i| i.cols.0).collect();
            let width = view.width();
            for (i, item) in view.row_mut(row).iter_mut().enumerate() {
                if item.label().is_none() || !self.is_dropped(item.cols.0) {
                    continue;
                }
                let end = starts.get(i + 1).copied().unwrap_or(width);
                match (item.cols.0..end).find(|c| self.keeps((*c, *c))) {
                    Some(col) => item.cols = (col, item.cols.1.max(col)),
                    None => item.kind = Kind::Past,
                }
            }
        }
    }
}

fn has_label(view: &View, row: usize, is: impl Fn(&Item) -> bool) -> bool {
    view.row(row).iter().any(|i| i.label().is_some() && is(i))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_told_from_labels_that_mention_one() {
        for (text, expected) in [
            ("2021年", Some((Period::Year(2021), false))),
            ("（2022 年度）", Some((Period::Year(2022), false))),
            ("本年数", Some((Period::Current, false))),
            ("上年同期", Some((Period::Previous, false))),
            ("同比增减（%）", Some((Period::Derived, false))),
            ("石碁镇2022年政府信息公开工作年度报告", Some((Period::Year(2022), true))),
            ("本年制发件数", None),
            ("本年新收政府信息公开申请数量", None),
            ("2022年处理决定数量", None),
            ("2022年1月16日", None),
            ("2021年至2022年", None),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }
}
