//! Whose report it is and of which year: read from titles, sheet names and the file's name, with the evidence.

use super::period::{self, YEARS};
use super::scope::{Scope, Share, Standing};
use super::vocabulary::{has, vocabulary};
use crate::form::Level;
use crate::grid::label::{folded, with_years_in_figures};
use crate::grid::{Cell, CellRef, Entry, Sheet, Visibility, Workbook};
use rust_decimal::Decimal;

/// Office and year of a submission, each with where it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The office's name as printed.
    pub office: Option<Evidence<String>>,
    /// The year reported on.
    pub year: Option<Evidence<i32>>,
    /// Other years that titles and names speak of, where they contradict.
    pub other_years: Vec<Evidence<i32>>,
    /// The file's name.
    pub file: String,
    /// Other offices of the same kind that titles and names speak of, where they contradict.
    pub other_offices: Vec<Evidence<String>>,
    /// The level that a roster gives to the office.
    pub listed: Option<Level>,
}

/// Something read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<T> {
    /// What was read.
    pub value: T,
    /// `sheet!A1`, a sheet's name or the file's name.
    pub source: String,
}

/// What stands before an area to mean all of it.
const WHOLE: char = '全';

/// The last month in which the report of the year before is filled in.
const LAST_MONTH_OF_FILLING_IN: u32 = 3;
/// The year of which two digits are left away.
const CENTURY: i32 = 2000;
const YEAR_WORD: &str = "年";

/// Titles are short; a sentence that mentions an office is no title.
pub(super) const LONGEST_TITLE: usize = 80;

/// Reads office and year; titles in cells count before sheet names, these before the file's name.
pub fn identify(book: &Workbook, file_stem: &str) -> Identity {
    let mut offices = Vec::new();
    let mut years = Vec::new();
    let titled: Vec<Titled> = book.sheets.iter().map(Titled::of).collect();
    for Titled { sheet, titles, .. } in telling(&titled) {
        for title in titles {
            read_title(title, &format!("{}!{}", sheet.name, title.at), &mut offices, &mut years);
        }
    }
    let visible: Vec<&Titled> = titled.iter().filter(|t| t.is_visible()).collect();
    let any_final = visible.iter().any(|t| t.is_final());
    let names = visible.iter().filter(|t| !any_final || t.is_final()).map(|t| t.sheet.name.as_str());
    for name in names.chain(std::iter::once(file_stem)) {
        let plain = plain(name);
        years.extend(year_of_name(name).map(|value| Evidence { value, source: name.to_owned() }));
        offices.extend(office_before_year(&plain).map(|value| Evidence { value, source: name.to_owned() }));
    }
    if offices.is_empty() {
        offices.extend(
            office_in_name(&plain(file_stem)).map(|value| Evidence { value, source: file_stem.to_owned() }),
        );
    }
    let of_file = year_of_name(file_stem);
    let named = years.iter().find(|e| e.source != file_stem && Some(e.value) == of_file);
    let latest = named.or(years.iter().max_by_key(|e| e.value));
    let year = latest.filter(|_| holds_years(&titled)).or(years.first()).cloned();
    let other_years = match &year {
        Some(y) => years.into_iter().filter(|e| e.value != y.value).collect(),
        None => Vec::new(),
    };
    let office = offices.first().cloned();
    let contradicts = |e: &Evidence<String>| office.as_ref().is_some_and(|o| are_others(&o.value, &e.value));
    let other_offices = offices.iter().filter(|e| contradicts(e)).cloned().collect();
    Identity { office, year, other_years, file: file_stem.to_owned(), other_offices, listed: None }
}

impl Identity {
    /// Takes the year of the numbers that were read; what speaks of another one contradicts it.
    pub fn settle(&mut self, year: Option<Evidence<i32>>) {
        let said = self.year.take().into_iter().chain(std::mem::take(&mut self.other_years));
        let Some(year) = year else { return };
        let (same, others): (Vec<_>, Vec<_>) = said.partition(|e| e.value == year.value);
        self.year = same.into_iter().next().or(Some(year));
        self.other_years = others;
    }
}

/// A sheet with its titles, and what its name says of its numbers.
struct Titled<'a> {
    sheet: &'a Sheet,
    titles: Vec<Title>,
    scope: Scope,
}

impl<'a> Titled<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        Self { sheet, titles: titles(sheet), scope: Scope::of(&sheet.name) }
    }

    fn is_visible(&self) -> bool {
        self.sheet.visibility == Visibility::Visible
    }

    /// Whether its name does not say that its numbers are not final: 初稿, 填报示例.
    fn is_final(&self) -> bool {
        self.scope.standing != Standing::Draft
    }

    /// Whether numbers stand above the first title that names a year.
    fn begins_undated(&self) -> bool {
        let first = self.titles.iter().find(|t| t.year().is_some());
        first.is_some_and(|t| holds_numbers(self.sheet.cells.iter().take_while(|(at, _)| at.row < t.at.row)))
    }

    fn is_whole(&self) -> bool {
        self.scope.share == Share::Whole
    }

    fn names_office(&self) -> bool {
        self.titles.iter().any(|t| office_before_year(&t.text).is_some())
    }
}

/// The visible sheets whose titles count: of several with titles, drafts and examples are none.
fn telling<'a>(titled: &'a [Titled<'a>]) -> impl Iterator<Item = &'a Titled<'a>> {
    let visible = || titled.iter().filter(|t| t.is_visible());
    let any_final = visible().any(|t| t.is_final() && !t.titles.is_empty());
    // The title of a sheet that is the sum of others says whose they all are.
    let any_sum = visible().any(|t| t.is_final() && t.is_whole() && t.names_office());
    visible().filter(move |t| (!any_final || t.is_final()) && (!any_sum || t.is_whole()))
}

/// Whether two names are those of different offices of one kind; one with and one without the names of the
/// places above it, or of its own office, is the same (石碁镇, 广州市番禺区石碁镇人民政府), and so may a short form be
/// that has some of its characters in their order (科技局, 科学技术局).
pub fn are_others(one: &str, other: &str) -> bool {
    let (one, other) = (core(one), core(other));
    let same_kind = one.chars().last() == other.chars().last();
    same_kind && !is_short_of(one, other) && !is_short_of(other, one)
}

/// Whether a name's characters stand in another in their order: 区科技局 in 云溪区科学技术局.
fn is_short_of(short: &str, name: &str) -> bool {
    let mut chars = name.chars();
    short.chars().all(|c| chars.any(|other| other == c))
}

/// An office's name without what two names of one office may differ by.
fn core(name: &str) -> &str {
    let ends = &vocabulary().own_ends;
    let mut rest = name;
    while let Some(shorter) =
        ends.iter().find_map(|e| rest.strip_suffix(e.as_str())).filter(|r| !r.is_empty())
    {
        rest = shorter;
    }
    rest
}

/// The year that a sheet's name or title speaks of.
pub fn year_of_sheet(sheet: &Sheet) -> Option<i32> {
    year_of_name(&sheet.name).or_else(|| year_of(&titles(sheet)))
}

fn year_of(titles: &[Title]) -> Option<i32> {
    titles.iter().find_map(Title::year)
}

/// The year that a yearly form was of that was filled in on the day that a sheet names, and where: in the first months
/// of a year it is that of the year before.
pub(super) fn year_by_day(sheet: &Sheet) -> Option<(i32, CellRef)> {
    let keys = &vocabulary().day_keys;
    let filled_in = |title: &Title| {
        let day = keys.iter().find_map(|key| title.text.split_once(key.as_str()))?.1;
        let (year, rest) = day.trim_start_matches(':').split_at_checked(4)?;
        let month: String = rest.chars().skip(1).take_while(char::is_ascii_digit).collect();
        let year = year.parse().ok().filter(|y| YEARS.contains(y))?;
        (1..=LAST_MONTH_OF_FILLING_IN).contains(&month.parse().ok()?).then_some((year - 1, title.at))
    };
    titles(sheet).iter().find_map(filled_in)
}

/// The office that a report's title names.
pub(super) fn office_of_title(title: &str) -> Option<String> {
    office_before_year(&plain(title))
}

/// Whether a name speaks of all of an area (全县汇总) that an office's own name does not end in.
pub(super) fn is_larger_area(name: &str, office: &str) -> bool {
    let (name, own) = (plain(name), core(office));
    let area = vocabulary()
        .wholes
        .iter()
        .filter_map(|w| w.strip_prefix(WHOLE).filter(|_| name.contains(w.as_str())));
    let ends = |area: &&str| vocabulary().office_ends.iter().any(|e| e == area);
    area.filter(ends).any(|area| !own.ends_with(area))
}

/// Whether the workbook holds several years: a visible sheet for each, or titles of different years in one row.
fn holds_years(titled: &[Titled]) -> bool {
    let dated = |t: &Titled| {
        let year = || year_of_name(&t.sheet.name).or_else(|| year_of(&t.titles));
        t.is_final().then(year)?
    };
    let mut years = titled.iter().filter_map(dated);
    let first = years.next();
    let is_undated =
        |t: &Titled| t.is_visible() && t.is_final() && dated(t).is_none() && holds_numbers(&t.sheet.cells);
    years.any(|year| Some(year) != first)
        || titled.iter().any(|t| titles_are_years(&t.titles) || t.begins_undated())
        || first.is_some() && titled.iter().any(is_undated)
}

/// Whether cells hold what may be a table.
fn holds_numbers<'a>(cells: impl IntoIterator<Item = &'a (CellRef, Cell)>) -> bool {
    let is_number = |(_, cell): &&(CellRef, Cell)| matches!(cell.entry, Entry::Number(_));
    cells.into_iter().filter(is_number).nth(1).is_some()
}

/// Whether titles of one sheet name different years: beside each other, or in words that are else the same.
fn titles_are_years(titles: &[Title]) -> bool {
    let years: Vec<(&Title, i32)> = titles.iter().filter_map(|t| Some((t, report_year(&t.text)?))).collect();
    let words = |(title, year): &(&Title, i32)| title.text.replacen(&year.to_string(), "", 1);
    let alike = |a: &(&Title, i32), b: &(&Title, i32)| a.0.at.row == b.0.at.row || words(a) == words(b);
    years.windows(2).any(|w| matches!(w, [a, b] if a.1 != b.1 && alike(a, b)))
}

fn read_title(
    title: &Title,
    source: &str,
    offices: &mut Vec<Evidence<String>>,
    years: &mut Vec<Evidence<i32>>,
) {
    let evidence = |value: String| Evidence { value: title.printed(&value), source: source.to_owned() };
    offices.extend(vocabulary().office_keys.iter().filter_map(|key| title.office_behind(key)).map(evidence));
    years.extend(title.year().map(|value| Evidence { value, source: source.to_owned() }));
    if has(&title.text, &vocabulary().reports) {
        offices.extend(office_before_year(&title.text).map(evidence));
    }
}

/// The key that stands before units as well as offices; behind the others any name is an office's.
const OF_UNITS_TOO: &str = "单位";

/// What stands behind a key and a colon, a note in brackets between them or not: 填报单位（盖章）：….
fn behind_key<'a>(title: &'a str, key: &str) -> Option<&'a str> {
    let rest = title.get(key.len()..).filter(|_| starts_with(title, key))?;
    let rest = rest.strip_prefix('(').and_then(|r| r.split_once(')')).map_or(rest, |(_, after)| after);
    rest.strip_prefix([':', '：'])
}

fn report_year(title: &str) -> Option<i32> {
    has(title, &vocabulary().reports).then(|| year_in(title))?
}

/// A short text of a sheet that may be a title.
struct Title {
    at: CellRef,
    /// Its words without spaces.
    text: String,
    /// The same as written.
    written: String,
    /// Whether it is a key without a colon, and its value beside it.
    is_beside: bool,
}

impl Title {
    /// The year that it says its sheet is of.
    fn year(&self) -> Option<i32> {
        let words = vocabulary();
        let of_key = || words.year_keys.iter().find_map(|key| year_in(behind_key(&self.text, key)?));
        let is_of_office = || words.office_keys.iter().any(|key| behind_key(&self.text, key).is_some());
        let beside = || {
            let end = words.day_keys.iter().filter_map(|key| self.text.find(key.as_str())).min();
            period::year_of(self.text.get(..end.unwrap_or(self.text.len()))?)
        };
        report_year(&self.text).or_else(of_key).or_else(|| is_of_office().then(beside)?)
    }

    /// The office behind a key, without what follows it on the line.
    fn office_behind(&self, key: &str) -> Option<String> {
        let all = behind_key(&self.text, key)?.trim_end_matches(['(', ')']);
        let first = self.written.split_once([':', '：']).map_or("", |(_, rest)| rest);
        let first = plain(first.split_whitespace().next().unwrap_or_default());
        let alone = first.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        let is_one = |n: &&str| is_office(n) || key != OF_UNITS_TOO && !self.is_beside && is_name(n);
        [all, alone].into_iter().find(is_one).map(str::to_owned)
    }

    /// A name of this title as it is written, where spaces part its words: Northfield Council. Chinese has none.
    fn printed(&self, name: &str) -> String {
        if !name.is_ascii() {
            return name.to_owned();
        }
        let starts = self.written.char_indices().filter(|(_, c)| c.is_alphanumeric()).map(|(at, _)| at);
        let ends = || self.written.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut all = starts.flat_map(|from| ends().filter(move |to| *to > from).map(move |to| (from, to)));
        let found = all.find_map(|(from, to)| self.written.get(from..to).filter(|t| plain(t) == name));
        let words = found.map(|t| t.split_whitespace().collect::<Vec<_>>().join(" "));
        words.unwrap_or_else(|| name.to_owned())
    }
}

fn titles(sheet: &Sheet) -> Vec<Title> {
    sheet.cells.chunk_by(|(a, _), (b, _)| a.row == b.row).flat_map(titles_of_row).collect()
}

/// The titles of a row, keys with the value in the next cell.
fn titles_of_row(row: &[(CellRef, Cell)]) -> Vec<Title> {
    let words = vocabulary();
    let keys = || words.office_keys.iter().chain(&words.year_keys).chain(&words.day_keys);
    let has_key = |t: &str| t.contains(':') && keys().any(|key| starts_with(t, key));
    let has_day = |t: &str| has(t, &words.day_keys);
    let wanted = |t: &str| has(t, &words.reports) || has_key(t) || has_day(t);
    let mut titles: Vec<Title> = Vec::new();
    let mut open = false; // whether the last text is a key whose value stands in the next cell
    for (i, (at, cell)) in row.iter().enumerate() {
        let is_last = i + 1 == row.len();
        let written = match &cell.entry {
            Entry::Text(written) if written.len() <= LONGEST_TITLE * 3 => written.to_string(),
            Entry::Number(n) if open && is_year(*n) => n.normalize().to_string(),
            _ => {
                open = false;
                continue;
            }
        };
        let text = plain(&written);
        if let Some(key) =
            titles.last_mut().filter(|key| open && !text.contains(':') && (!key.is_beside || is_last))
        {
            key.text += &text;
            key.written = format!("{} {written}", key.written);
        }
        let is_key = !is_last && keys().any(|key| text.eq_ignore_ascii_case(key));
        open = is_key || wanted(&text) && text.ends_with(':');
        if (is_key || wanted(&text)) && text.chars().count() <= LONGEST_TITLE {
            let colon = if is_key { ":" } else { "" };
            let (text, written) = (text + colon, written + colon);
            titles.push(Title { at: *at, text, written, is_beside: is_key });
        }
    }
    titles
}

fn starts_with(text: &str, key: &str) -> bool {
    text.get(..key.len()).is_some_and(|head| head.eq_ignore_ascii_case(key))
}

pub(super) fn plain(text: &str) -> String {
    with_years_in_figures(folded(text).collect())
}

fn is_year(number: Decimal) -> bool {
    number.is_integer() && (Decimal::from(*YEARS.start())..=Decimal::from(*YEARS.end())).contains(&number)
}

/// The year that a name speaks of: before 年, else alone; 23年 is a year by itself only.
pub(super) fn year_of_name(name: &str) -> Option<i32> {
    let short = |name: &str| {
        let (digits, rest) = name.split_at_checked(2)?;
        let is_all = matches!(rest, "年" | "年度" | "年报") && digits.bytes().all(|b| b.is_ascii_digit());
        is_all.then(|| digits.parse::<i32>().ok())?.map(|y| y + CENTURY).filter(|y| YEARS.contains(y))
    };
    let plain = plain(name);
    year_with_word(name).or_else(|| year_in(&plain)).or_else(|| short(&plain))
}

/// The year that a name writes out as one, and not as part of a date: 2023年度.
pub(super) fn year_with_word(name: &str) -> Option<i32> {
    let name = plain(name);
    let before = |at: usize| {
        let (head, rest) = (name.get(..at)?, name.get(at + YEAR_WORD.len()..)?);
        let year = year_in(head.get(head.len().checked_sub(4)?..)?);
        year.filter(|_| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    name.match_indices(YEAR_WORD).find_map(|(at, _)| before(at))
}

/// A year such as 2022 that a report may be of, standing alone or before 年.
pub(super) fn year_in(text: &str) -> Option<i32> {
    let mut end = 0;
    text.as_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).find_map(|run| {
        let start = end;
        end += run.len();
        if run.len() != 4 || !run.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let (before, after) = (text.get(..start)?, text.get(end..)?);
        let year: i32 = text.get(start..end)?.parse().ok()?;
        let in_brackets = before.ends_with(['(', '[']) && after.chars().nth(1) == Some('号');
        (YEARS.contains(&year) && !in_brackets).then_some(year)
    })
}

/// The office named in front of a year: "石碁镇人民政府2022年政府信息公开…", "石碁镇2022".
fn office_before_year(text: &str) -> Option<String> {
    let year = year_in(text);
    let head = match year {
        Some(y) => text.split(&y.to_string()).next()?,
        None => vocabulary()
            .reports
            .iter()
            .find_map(|w| text.split_once(w.as_str()))
            .map_or(text, |(head, _)| head),
    };
    let head = head.trim_matches(|c: char| !c.is_alphanumeric());
    is_office(head).then(|| head.to_owned())
}

/// The office in a file's name with this and that around it: "03石碁镇（终稿）", "石碁镇年报表格".
fn office_in_name(stem: &str) -> Option<String> {
    let before = |word: &str| {
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
        let heads = ends.filter_map(|end| word.get(..end));
        let telling = |head: &&str| {
            *head == word || !vocabulary().vague_ends.iter().any(|v| head.ends_with(v.as_str()))
        };
        heads.filter(telling).find(|head| is_office(head)).map(str::to_owned)
    };
    stem.split(|c: char| !c.is_alphabetic()).find_map(before)
}

fn is_office(name: &str) -> bool {
    let count = name.chars().count();
    let words = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '(' | ')' | '·'));
    let ends = |e: &String| {
        name.len() >= e.len() && name.get(name.len() - e.len()..).is_some_and(|n| n.eq_ignore_ascii_case(e))
    };
    let other = has(name, &vocabulary().no_office);
    (3..=40).contains(&count) && words && !other && vocabulary().office_ends.iter().any(ends)
}

/// Whether a text may be a name at all.
fn is_name(name: &str) -> bool {
    let letters =
        name.chars().all(|c| c.is_alphabetic() || matches!(c, '(' | ')' | '·' | '&' | '\'' | '-' | '.'));
    (2..=40).contains(&name.chars().count()) && letters && !has(name, &vocabulary().no_office)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office(title: &str) -> Option<String> {
        office_before_year(&plain(title))
    }

    #[test]
    fn titles_name_office_and_year() {
        let title = "广州市番禺区石碁镇人民政府 2022年政府信息公开工作年度报告";
        assert_eq!(office(title).as_deref(), Some("广州市番禺区石碁镇人民政府"));
        assert_eq!(year_in(&plain(title)), Some(2022));
        assert_eq!(office("石碁镇2022").as_deref(), Some("石碁镇"));
        assert_eq!(office("三、收到和处理政府信息公开申请情况"), None);
        assert_eq!(office("0001-plain"), None);
    }

    #[test]
    fn other_offices_of_the_same_kind_contradict() {
        for (one, other, expected) in [
            ("石碁镇人民政府", "南村镇", true),
            ("广州市番禺区石碁镇人民政府", "石碁镇", false),
            ("石碁镇人民政府办公室", "石碁镇人民政府", false),
            ("番禺区民政局", "番禺区财政局", true),
            ("广东省", "石碁镇", false),
            ("云溪区科学技术局", "区科技局", false),
            ("云溪区人力资源和社会保障局", "人社局", false),
            ("云溪区商务局", "区人社局", true),
        ] {
            assert_eq!(are_others(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn file_names_name_offices_among_other_things() {
        let office = |stem: &str| identify(&Workbook::default(), stem).office.map(|o| o.value);
        for (stem, name) in [
            ("石碁镇（终稿）", Some("石碁镇")),
            ("03_石碁镇-修改2", Some("石碁镇")),
            ("番禺区石碁镇人民政府年报表格", Some("番禺区石碁镇人民政府")),
            ("民政局政府信息公开统计表", Some("民政局")),
            ("0001-plain", None),
            ("各职能部门汇总", None),
            ("政府信息公开年报", None),
        ] {
            assert_eq!(office(stem).as_deref(), name, "{stem}");
        }
    }

    #[test]
    fn what_is_filled_in_above_a_table_names_office_and_period() {
        let text = |s: &str| Cell { entry: Entry::Text(s.into()), formula: None, format: 0 };
        let cells = ["填报机构：", "昆山所", "报表日期：2020年3月", "填报日期：2021年1月"];
        let cells = (0..).zip(cells).map(|(c, s)| (CellRef::new(1, c), text(s))).collect();
        let book = Workbook { sheets: vec![Sheet { cells, ..Sheet::default() }], ..Workbook::default() };
        let identity = identify(&book, "附件1");
        assert_eq!(identity.office.map(|o| o.value).as_deref(), Some("昆山所"));
        assert_eq!(identity.year.map(|y| y.value), Some(2020));
        assert!(identity.other_years.is_empty());
    }

    #[test]
    fn numbers_of_notices_are_no_years() {
        assert_eq!(year_in("国办公开办函(2021)30号"), Some(2021));
        assert_eq!(year_in("电话020-34567890"), None);
        assert_eq!(year_in("120221"), None);
    }
}
