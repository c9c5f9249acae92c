//! The list of offices that have to report: a table with a column 单位, in any kind of file that can be read.
//!
//! It says who is missing, which names are one office's, and what level an office is of where its name does not.

use super::offices::{Names, above_of, is_elsewhere, last_place, reduced, single};
use super::{Options, io_failure};
use crate::check;
use crate::finding::Text;
use crate::form::Level;
use crate::grid::label::{fold_width, is_space};
use crate::grid::{Sheet, Workbook, shown};
use crate::report::summary::Office;
use std::collections::BTreeMap;
use std::path::Path;

/// The offices that have to report.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    offices: Vec<Listed>,
    names: Names,
}

/// One office of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Listed {
    name: String,
    level: String,
    parent: String,
    due: String,
    contact: String,
    aliases: Vec<String>,
}

/// Words that head the columns.
const OFFICE: [&str; 7] = ["单位", "单位名称", "机关", "机关名称", "报送单位", "名称", "office"];
const LEVEL: [&str; 3] = ["级别", "层级", "level"];
const PARENT: [&str; 5] = ["上级", "上级单位", "主管单位", "所属", "parent"];
const ALIASES: [&str; 5] = ["别名", "简称", "曾用名", "其他名称", "aliases"];
const DUE: [&str; 6] = ["期限", "截止日期", "更正期限", "报送期限", "截止时间", "due"];
const CONTACT: [&str; 4] = ["联系人", "经办人", "填报人", "contact"];
const PHONE: [&str; 6] = ["电话", "联系电话", "手机", "联系方式", "办公电话", "phone"];
/// Rows above the head: a title, a remark.
const ABOVE: u32 = 20;

impl Roster {
    /// Reads the list.
    ///
    /// # Errors
    /// When the file cannot be read or has no column of offices.
    pub fn read(path: &Path, options: &Options) -> Result<Self, Text> {
        let named = |t: &Text| {
            Text::new(
                format!("单位名单 {} 无法使用：{}", path.display(), t.zh),
                format!("the roster {} cannot be used: {}", path.display(), t.en),
            )
        };
        let bytes = std::fs::read(path).map_err(|e| named(&io_failure(&e).message))?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Self::of(&name, &bytes, options).map_err(|text| named(&text))
    }

    /// The list in a file's bytes.
    ///
    /// # Errors
    /// When the file cannot be read or has no column of offices.
    pub fn of(name: &str, bytes: &[u8], options: &Options) -> Result<Self, Text> {
        let read = super::read(name, bytes, options).map_err(|f| f.message)?;
        let offices = listed(&read.book).map(once_each).filter(|l| !l.is_empty()).ok_or_else(|| {
            Text::new("没有找到标题为“单位”的一列，或其中没有单位", "no column headed 单位, or nothing in it")
        })?;
        let mut names = Names::default();
        for (n, office) in offices.iter().enumerate() {
            for name in std::iter::once(&office.name).chain(&office.aliases) {
                names.insert(&reduced(name), n);
            }
        }
        Ok(Self { offices, names })
    }

    /// The offices in the list's order, as such that have sent nothing yet.
    pub(super) fn offices(&self) -> Vec<Office> {
        let office = |l: &Listed| {
            let Listed { name, level, parent, due, contact, .. } = l.clone();
            Office { name, level, parent, due, contact, listed: true, ..Office::default() }
        };
        self.offices.iter().map(office).collect()
    }

    /// The number of the office that a name is of, unless the name says that it is of another place.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.names.find(&reduced(name), &|n, above| !self.is_elsewhere(n, above))
    }

    /// Whether two names are of one office of the list.
    pub(super) fn is_same(&self, one: &str, other: &str) -> bool {
        self.find(one).is_some_and(|n| self.find(other) == Some(n))
    }

    /// Whether the list says of what place an office is.
    pub(super) fn says_place(&self, number: usize) -> bool {
        self.offices.get(number).is_some_and(|o| last_place(&format!("{} {}", o.parent, o.name)).is_some())
    }

    /// Whether what stands before the name of an office names another place than the list does.
    fn is_elsewhere(&self, number: usize, above: &str) -> bool {
        self.offices.get(number).is_some_and(|o| is_elsewhere(above, &format!("{} {}", o.parent, o.name)))
    }

    /// The number of the office that the names of a file and its folders are of, innermost first: a folder of the
    /// district holds its townships.
    pub(super) fn find_in_path(&self, path: &str) -> Option<usize> {
        let plain: String = path.chars().map(fold_width).filter(|c| !is_space(*c)).collect();
        plain.rsplit('/').find_map(|part| {
            let within =
                self.names.iter().filter(|(k, _)| k.chars().count() >= 2).filter_map(|(k, numbers)| {
                    let above = above_of(part, part.find(k.as_str())?);
                    Some((k.len(), *numbers.iter().find(|n| !self.is_elsewhere(**n, &above))?))
                });
            let numbered: Vec<(usize, usize)> = within.collect();
            single(numbered.into_iter())
        })
    }

    /// What the list calls an office.
    pub(super) fn name(&self, number: usize) -> Option<&str> {
        self.offices.get(number).map(|l| l.name.as_str())
    }

    /// A name reduced to what the list calls its office, where it stands there.
    pub(super) fn reduced(&self, name: &str) -> String {
        let listed = self.find(name).and_then(|n| self.offices.get(n));
        reduced(listed.map_or(name, |l| l.name.as_str()))
    }

    /// The level that the list gives to an office.
    pub(super) fn level(&self, name: &str) -> Option<Level> {
        let office = self.offices.get(self.find(name)?)?;
        check::level_named(&office.level)
    }

    /// What results depend on.
    pub(super) fn fingerprint(&self) -> String {
        format!("{:?}", self.offices)
    }
}

/// Offices that stand in the list more than once, taken together.
fn once_each(listed: Vec<Listed>) -> Vec<Listed> {
    let mut once: Vec<Listed> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mut office in listed {
        let key = (reduced(&office.name), office.parent.clone());
        match places.get(&key).and_then(|n| once.get_mut(*n)) {
            None => {
                places.insert(key, once.len());
                once.push(office);
            }
            Some(known) => {
                known.aliases.append(&mut office.aliases);
                let Listed { level, due, contact, .. } = office;
                for (known, again) in
                    [(&mut known.level, level), (&mut known.due, due), (&mut known.contact, contact)]
                {
                    if known.is_empty() {
                        *known = again;
                    }
                }
            }
        }
    }
    once
}

fn listed(book: &Workbook) -> Option<Vec<Listed>> {
    book.sheets.iter().find_map(|sheet| {
        let (row, office) = (0..ABOVE).find_map(|row| Some((row, column(sheet, row, &OFFICE)?)))?;
        let (level, parent) = (column(sheet, row, &LEVEL), column(sheet, row, &PARENT));
        let aliases = column(sheet, row, &ALIASES);
        let (due, contact, phone) =
            (column(sheet, row, &DUE), column(sheet, row, &CONTACT), column(sheet, row, &PHONE));
        let last = sheet.cells.last().map_or(0, |(at, _)| at.row);
        let offices = (row + 1..=last).filter_map(|r| {
            let text = |col: Option<u32>| col.and_then(|c| text(sheet, r, c)).unwrap_or_default();
            let name = text(Some(office));
            let others = text(aliases);
            let others = others.split(['、', '，', ',', ';', '；', '|', '/']).map(str::trim);
            let aliases = others.filter(|a| !a.is_empty()).map(str::to_owned).collect();
            let whom = [text(contact), text(phone)];
            let contact = whom.iter().filter(|t| !t.is_empty()).cloned().collect::<Vec<_>>().join(" ");
            let (level, parent, due) = (text(level), text(parent), date(&text(due)));
            let listed = Listed { name, level, parent, due, contact, aliases };
            (!listed.name.is_empty()).then_some(listed)
        });
        Some(offices.collect())
    })
}

fn column(sheet: &Sheet, row: u32, words: &[&str]) -> Option<u32> {
    let heads = sheet.row(row).iter().filter_map(|(at, cell)| Some((at.col, cell.entry.raw()?)));
    let plain = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let heads: Vec<(u32, String)> = heads.map(|(col, text)| (col, plain(&text))).collect();
    words.iter().find_map(|w| heads.iter().find(|(_, t)| t == w).map(|(col, _)| *col))
}

fn text(sheet: &Sheet, row: u32, col: u32) -> Option<String> {
    let cell = sheet.cell(crate::grid::CellRef::new(row, col))?;
    cell.entry.raw().map(|t| t.trim().to_owned())
}

/// A date as people write it; spreadsheets hold days counted from 1899-12-30.
fn date(text: &str) -> String {
    let days = text.parse::<i64>().ok().filter(|d| (40_000..60_000).contains(d));
    days.map_or_else(
        || text.to_owned(),
        |days| {
            let (year, month, day) = shown::civil(days - 25_569);
            format!("{year}年{month}月{day}日")
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(text: &str) -> Roster {
        Roster::of("名单.csv", text.as_bytes(), &Options::default()).unwrap()
    }

    #[test]
    fn a_roster_says_more_than_names() {
        let roster = roster(
            "各镇街名单\n单位,级别,上级,别名,期限,联系人,电话\n石碁镇,乡镇,番禺区,石基镇,45337,黄小明,020-1\n\
             昆山市,县级市,苏州市,,2月20日,,\n",
        );
        let offices = roster.offices();
        assert_eq!((offices[0].due.as_str(), offices[0].contact.as_str()), ("2024年2月15日", "黄小明 020-1"));
        assert_eq!(offices[1].due, "2月20日");
        assert_eq!(roster.find("广州市番禺区石基镇人民政府"), Some(0), "an alias");
        assert_eq!(roster.reduced("石基镇政府"), "石碁镇");
        assert_eq!(roster.level("昆山市人民政府"), Some(Level::County));
        assert_eq!(roster.find_in_path("番禺区/石 碁 镇（终稿）.xlsx"), Some(0));
        assert_eq!(roster.find("沙湾镇"), None);
        assert_eq!(roster.find("南沙区石碁镇"), None, "another district's");
        assert_eq!(roster.find_in_path("南沙区石碁镇.xlsx"), None);
    }

    #[test]
    fn an_office_that_stands_twice_is_one() {
        let roster =
            roster("单位,上级,联系人\n石碁镇,番禺区,\n石碁镇人民政府,番禺区,黄小明\n石碁镇,南沙区,\n");
        let offices: Vec<_> = roster.offices().into_iter().map(|o| (o.name, o.parent, o.contact)).collect();
        let of = |parent: &str, contact: &str| ("石碁镇".to_owned(), parent.to_owned(), contact.to_owned());
        assert_eq!(offices, [of("番禺区", "黄小明"), of("南沙区", "")]);
        assert_eq!(roster.find("番禺区石碁镇"), Some(0));
        assert_eq!(roster.find("南沙区石碁镇"), Some(1));
    }
}
