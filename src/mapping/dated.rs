//! Year and office of a submission whose titles do not name them as a report's: the period that is printed above its table,
//! such as 2024年第2季度, or in the table's own title. Only where all of them name one year.

use super::identity::{Evidence, LONGEST_TITLE, office_of_title, plain, year_in};
use super::vocabulary::vocabulary;
use crate::grid::label::fold_width;
use crate::grid::{CellRef, Entry, Sheet, Visibility, Workbook};
use std::collections::BTreeSet;

/// Numbers of a row that is a table's own, and no longer above it.
const OF_A_TABLE: usize = 2;
/// The days that a date of filling in names.
const DAY: char = '日';

/// The one year that is said above the tables of a workbook.
pub fn year_above(book: &Workbook) -> Option<Evidence<i32>> {
    only(book, &|text, next| year_said(text, next))
}

/// The one office that the titles above the tables name before their year: 石岭镇人民政府2024年收支表.
pub fn office_above(book: &Workbook) -> Option<Evidence<String>> {
    only(book, &|text, next| year_said(text, next).and_then(|_| office_of_title(text)))
}

/// What the texts above the tables of a workbook say, where all of them say one thing.
fn only<T: Ord + Clone>(
    book: &Workbook,
    says: &dyn Fn(&str, Option<&str>) -> Option<T>,
) -> Option<Evidence<T>> {
    let visible = book.sheets.iter().filter(|s| s.visibility == Visibility::Visible);
    let said: Vec<Evidence<T>> = visible.flat_map(|sheet| of_sheet(sheet, says)).collect();
    let different: BTreeSet<&T> = said.iter().map(|e| &e.value).collect();
    if different.len() == 1 { said.into_iter().next() } else { None }
}

fn of_sheet<T>(sheet: &Sheet, says: &dyn Fn(&str, Option<&str>) -> Option<T>) -> Vec<Evidence<T>> {
    let mut said = Vec::new();
    for row in sheet.cells.chunk_by(|(a, _), (b, _)| a.row == b.row) {
        if row.iter().filter(|(_, cell)| matches!(cell.entry, Entry::Number(_))).count() >= OF_A_TABLE {
            break;
        }
        for (i, (at, cell)) in row.iter().enumerate() {
            let Entry::Text(text) = &cell.entry else { continue };
            let next = row.get(i + 1).and_then(|(_, cell)| cell.entry.raw());
            let value = says(text, next.as_deref());
            said.extend(value.map(|value| Evidence { value, source: source(sheet, *at) }));
        }
    }
    said
}

fn source(sheet: &Sheet, at: CellRef) -> String {
    format!("{}!{at}", sheet.name)
}

/// The year of a text that is a title or says a period, with what stands beside it.
fn year_said(text: &str, next: Option<&str>) -> Option<i32> {
    let has_digit = |text: &str| text.chars().any(|c| fold_width(c).is_ascii_digit());
    if !has_digit(text) && !next.is_some_and(has_digit) {
        return None;
    }
    let words = vocabulary();
    let text = plain(text).to_lowercase();
    if text.chars().count() > LONGEST_TITLE || text.contains(DAY) {
        return None;
    }
    let is_key = words.year_keys.iter().any(|key| text.starts_with(key.as_str()));
    if is_key && !text.contains(':') {
        return year_in(&text).or_else(|| year_in(next?).filter(|_| next.is_some_and(|n| n.len() == 4)));
    }
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = bare.rsplit_once('(').filter(|(head, _)| !head.is_empty()).map_or(bare, |(head, _)| head);
    let is_title = words.title_ends.iter().any(|end| bare.ends_with(end.as_str()));
    let is_period = |c: char| c.is_ascii_digit() || !c.is_alphabetic() || words.of_periods.contains(c);
    let names_it = text.chars().all(is_period) || is_title;
    year_in(&text).filter(|year| names_it && text.contains(&format!("{year}年")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_and_titles_say_the_year_and_dates_do_not() {
        for (text, next, year) in [
            ("2024年第2季度", None, Some(2024)),
            ("2024 年 1—6 月", None, Some(2024)),
            ("（2024年上半年）", None, Some(2024)),
            ("2024年第1季度城镇新增就业情况统计表（单位：人）", None, Some(2024)),
            ("2024年群众安全感满意度调查结果汇总表", None, Some(2024)),
            ("Year ending 31 March", Some("2024"), Some(2024)),
            ("Year ending 31 March 2024", None, Some(2024)),
            ("报出日期：2025年1月5日", None, None),
            ("根据2019年机构改革方案填报", None, None),
            ("2019号文", None, None),
            ("表2024", None, None),
        ] {
            assert_eq!(year_said(text, next), year, "{text}");
        }
    }
}
