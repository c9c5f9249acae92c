//! Which of several files of one office is the newest, and why: by what the names of files and folders say, and by the
//! time of the last change, which downloading and unpacking set anew.
//!
//! Clues are weighed one after another, the first that tells two files apart decides; what a later one says against it
//! is told. The words are data (`templates/versions.toml`).

use crate::finding::Text;
use crate::grid::label::{fold_width, ordinal};
use crate::report::summary::Entry;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The words, as the file has them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    counted: Vec<[String; 2]>,
    early: Vec<String>,
    early_alone: Vec<String>,
    revised: Vec<String>,
    revised_alone: Vec<String>,
    r#final: Vec<String>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(include_str!("../../../templates/versions.toml")).unwrap_or_default())
}

/// What the names on a file's path say of how new it is, each with the words that say so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// It is a draft, or used no more.
    early: Option<String>,
    /// Which sending it is, and which revision of that.
    nth: Option<((u32, u32), String)>,
    /// A day of sending.
    day: Option<(Day, String)>,
    /// Revised counts one, final two, a final one that was revised three.
    later: (u8, Option<String>),
}

/// A day; a season of reports lasts from autumn to summer, so that without a year December is before January.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    year: Option<u32>,
    /// Month and day.
    date: (u32, u32),
}

impl Day {
    fn new(year: Option<u32>, month: u32, day: u32) -> Option<Self> {
        let fits = year.is_none_or(|y| (2000..2100).contains(&y)) && (1..=12).contains(&month);
        (fits && (1..=31).contains(&day)).then_some(Self { year, date: (month, day) })
    }

    fn of_season(self) -> (bool, (u32, u32)) {
        (self.date.0 < 10, self.date)
    }

    fn cmp(self, other: Self) -> Ordering {
        match (self.year, other.year) {
            (Some(a), Some(b)) => (a, self.date).cmp(&(b, other.date)),
            _ => self.of_season().cmp(&other.of_season()),
        }
    }
}

/// From here on a name says that it is the last one.
const LAST: u8 = 2;

/// A file with what its names say.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    entry: &'a Entry,
    names: Names,
    /// When it was last changed, or a file of the very same bytes.
    modified: i64,
}

/// Which of two files of last year is the newer one, by what their names say alone: a folder that was put away has
/// times of copying.
pub(super) fn by_names(one: &str, other: &str) -> Ordering {
    let rank = |path: &str| {
        let Names { early, nth, later, .. } = Names::of(path);
        (early.is_none(), nth.map_or((1, 0), |(n, _)| n), later.0)
    };
    rank(one).cmp(&rank(other)).then_with(|| one.cmp(other))
}

/// What may tell which of two files is newer, in the order in which it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clue {
    Edited,
    Early,
    Nth,
    Day,
    Later,
    Time,
}

const CLUES: [Clue; 6] = [Clue::Edited, Clue::Early, Clue::Nth, Clue::Day, Clue::Later, Clue::Time];

impl<'a> Sent<'a> {
    pub(super) fn new(entry: &'a Entry) -> Self {
        Self { entry, names: Names::of(&entry.file), modified: entry.modified }
    }

    /// Makes an office's files comparable: those that are the same, byte for byte, are of one time, and days count where
    /// all that may count name one, since else they would order only some of them.
    pub(super) fn level(all: &mut [(usize, Self)], may_count: impl Fn(usize) -> bool) {
        let mut latest: BTreeMap<&str, i64> = BTreeMap::new();
        for (_, sent) in &*all {
            let time = latest.entry(&sent.entry.sha256).or_insert(sent.modified);
            *time = sent.modified.max(*time);
        }
        for (_, sent) in all.iter_mut().filter(|(_, s)| !s.entry.sha256.is_empty()) {
            sent.modified = latest.get(sent.entry.sha256.as_str()).copied().unwrap_or(sent.modified);
        }
        let years = |s: &Self| s.names.day.as_ref().map(|(day, _)| day.year.is_some());
        let mut kinds = all.iter().filter(|(i, _)| may_count(*i)).map(|(_, s)| years(s));
        let first = kinds.next().flatten();
        let is_level = first.is_some() && kinds.all(|kind| kind == first);
        let apart = all.iter_mut().filter(|(i, _)| !is_level || !may_count(*i));
        apart.for_each(|(_, sent)| sent.names.day = None);
    }

    /// Whether it is older or newer than another; where nothing tells, a copy has the longer path.
    pub(super) fn cmp(&self, other: &Self) -> Ordering {
        let told = CLUES.iter().map(|clue| clue.cmp(self, other)).find(|o| o.is_ne());
        let path = |s: &Self| (s.entry.file.chars().count(), s.entry.file.clone());
        told.unwrap_or_else(|| path(other).cmp(&path(self)))
    }

    /// Why another gave way to this one, and what speaks against that.
    pub(super) fn over(&self, other: &Self) -> (Text, Option<Text>) {
        let speak = |wanted: Ordering| CLUES.iter().filter(move |clue| clue.cmp(self, other) == wanted);
        let Some(clue) = speak(Ordering::Greater).next() else {
            let why = Text::new(
                "看不出哪一份较新，采用了路径较短的一份",
                "nothing tells which is newer; the one with the shorter path counts",
            );
            return (why, Some(Text::new("请确认", "confirm it")));
        };
        let are_last = *clue == Clue::Time && self.names.later.0 >= LAST && other.names.later.0 >= LAST;
        let both =
            || Text::new("两份的名字都说是最后的，请确认", "both names say that it is the last: confirm it");
        let against = speak(Ordering::Less).next().map(|clue| clue.against(other));
        let against = against.or_else(|| are_last.then(both));
        (clue.why(self, other), against)
    }
}

impl Clue {
    fn cmp(self, a: &Sent, b: &Sent) -> Ordering {
        let nth = |s: &Sent| s.names.nth.as_ref().map_or((1, 0), |(n, _)| *n);
        match self {
            Self::Edited => a.entry.edited.cmp(&b.entry.edited),
            Self::Early => b.names.early.is_some().cmp(&a.names.early.is_some()),
            Self::Nth => nth(a).cmp(&nth(b)),
            Self::Day => match (&a.names.day, &b.names.day) {
                (Some((a, _)), Some((b, _))) => a.cmp(*b),
                _ => Ordering::Equal,
            },
            Self::Later => a.names.later.0.cmp(&b.names.later.0),
            Self::Time => a.modified.cmp(&b.modified),
        }
    }

    /// Why one counts and another does not.
    fn why(self, used: &Sent, other: &Sent) -> Text {
        let named = |words: &str| {
            Text::new(
                format!("采用的一份写着“{words}”"),
                format!("the name of the one that counts says “{words}”"),
            )
        };
        match self {
            Self::Edited => Text::new(
                "采用的一份是单位在标注件上改过的",
                "the one that counts is a marked copy that its office has edited",
            ),
            Self::Early => {
                let words = other.names.early.as_deref().unwrap_or_default();
                Text::new(format!("这一份写着“{words}”"), format!("its name says “{words}”"))
            }
            Self::Nth | Self::Day | Self::Later => named(self.words(used)),
            Self::Time => Text::new("采用的一份修改时间较晚", "the one that counts was changed later"),
        }
    }

    /// What speaks for one that does not count.
    fn against(self, other: &Sent) -> Text {
        match self {
            Self::Edited => Text::new(
                "但这一份是单位在标注件上改过的，请确认",
                "but this one is a marked copy that its office has edited: confirm it",
            ),
            // The one that counts is the draft.
            Self::Early => {
                Text::new("但采用的一份像是草稿，请确认", "but the other seems a draft: confirm it")
            }
            Self::Nth | Self::Day | Self::Later => {
                let words = self.words(other);
                Text::new(
                    format!("但这一份写着“{words}”，请确认"),
                    format!("but its name says “{words}”: confirm it"),
                )
            }
            Self::Time => {
                Text::new("但这一份的修改时间较晚，请确认", "but this one was changed later: confirm it")
            }
        }
    }

    /// The words of a file's names that speak.
    fn words<'s>(self, sent: &'s Sent) -> &'s str {
        let Names { nth, day, later, .. } = &sent.names;
        let words = match self {
            Self::Nth => nth.as_ref().map(|(_, words)| words),
            Self::Day => day.as_ref().map(|(_, words)| words),
            _ => later.1.as_ref(),
        };
        words.map(String::as_str).unwrap_or_default()
    }
}

impl Names {
    /// What the names on a path say; inner names count before outer ones.
    fn of(path: &str) -> Self {
        let mut all = Self::default();
        for (n, part) in path.rsplit('/').enumerate() {
            let stem =
                part.rsplit_once('.').filter(|(_, ext)| n == 0 || *ext == "zip").map_or(part, |(s, _)| s);
            let text: Vec<char> = stem.chars().map(|c| fold_width(c).to_ascii_lowercase()).collect();
            let said = said(&text);
            let first =
                |kind: Kind| said.iter().find(|(k, _)| *k == kind).map(|(_, word)| (*word).to_owned());
            let (revised, last) = (first(Kind::Revised), first(Kind::Final));
            all.early = all.early.or_else(|| first(Kind::Early));
            all.nth = all.nth.or_else(|| counted(&text));
            all.day = all.day.or_else(|| (0..text.len()).find_map(|at| day(&text, at)));
            if all.later.0 == 0 {
                let grade = u8::from(revised.is_some()) + 2 * u8::from(last.is_some());
                all.later = (grade, last.or(revised));
            }
        }
        all
    }
}

/// What a word says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Early,
    Revised,
    Final,
}

/// The words that stand in a name, each as long as it can be and none inside another.
fn said(text: &[char]) -> Vec<(Kind, &'static str)> {
    let of = |kind: Kind, list: &'static [String]| list.iter().map(move |w| (kind, w.as_str()));
    let Words { early, early_alone, revised, revised_alone, r#final, .. } = words();
    let anywhere =
        || of(Kind::Early, early).chain(of(Kind::Revised, revised)).chain(of(Kind::Final, r#final));
    let alone = || of(Kind::Early, early_alone).chain(of(Kind::Revised, revised_alone));
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let whole = anywhere().filter(|(_, w)| starts(rest, w)).max_by_key(|(_, w)| w.len());
        let word = whole.or_else(|| alone().find(|(_, w)| starts(rest, w) && stands_alone(text, at, w)));
        at += word.map_or(1, |(_, w)| w.chars().count());
        found.extend(word);
    }
    found
}

fn starts(text: &[char], word: &str) -> bool {
    let mut at = text.iter();
    word.chars().all(|c| at.next() == Some(&c))
}

fn stands_alone(text: &[char], at: usize, word: &str) -> bool {
    let is_mark = |c: Option<&char>| c.is_none_or(|c| !c.is_alphanumeric());
    let before = at.checked_sub(1).and_then(|i| text.get(i));
    is_mark(before) && is_mark(text.get(at + word.chars().count()))
}

/// Which sending a name says it is.
fn counted(text: &[char]) -> Option<((u32, u32), String)> {
    (0..text.len())
        .find_map(|at| words().counted.iter().find_map(|[before, after]| nth(text, at, before, after)))
}

fn nth(text: &[char], at: usize, before: &str, after: &str) -> Option<((u32, u32), String)> {
    let rest = text.get(at..)?;
    let is_word = |c: Option<&char>| c.is_some_and(char::is_ascii_alphanumeric);
    let latin = before.starts_with(|c: char| c.is_ascii_alphabetic());
    // A number begins where no other ends, and a letter is no word's end.
    if !starts(rest, before)
        || (latin || before.is_empty()) && is_word(at.checked_sub(1).and_then(|i| text.get(i)))
    {
        return None;
    }
    let from = before.chars().count();
    let (number, used) = ordinal(rest.get(from..)?);
    let (number, mut end) = (number?, from + used);
    let mut minor = 0;
    if latin && rest.get(end) == Some(&'.') {
        let (more, used) = ordinal(rest.get(end + 1..)?);
        if let Some(more) = more {
            (minor, end) = (more, end + 1 + used);
        }
    }
    let tail = rest.get(end..)?;
    let is_other =
        after.is_empty() && tail.first().is_some_and(|c| c.is_ascii_digit() || ".-年月日".contains(*c));
    if !starts(tail, after) || is_other {
        return None;
    }
    Some(((number, minor), rest.get(..end + after.chars().count())?.iter().collect()))
}

/// A day that begins at a place of a name: 20240115, 2024-1-15, 2024年1月15日, 1月15日, 0115, 1.15.
fn day(text: &[char], at: usize) -> Option<(Day, String)> {
    let is_digit = |i: usize| text.get(i).is_some_and(char::is_ascii_digit);
    if !is_digit(at)
        || at
            .checked_sub(1)
            .is_some_and(|i| is_digit(i) || text.get(i).is_some_and(char::is_ascii_alphabetic))
    {
        return None;
    }
    let runs = runs(text.get(at..)?);
    let value = |n: &str| n.parse::<u32>().ok();
    let cut = |n: &str, from: usize, to: usize| n.get(from..to).and_then(value);
    let parted = |n: usize, marks: &str| runs.get(n).is_some_and(|(_, behind)| marks.contains(*behind));
    let numbers: Vec<&str> = runs.iter().map(|(n, _)| n.as_str()).collect();
    let (day, used) = match numbers.as_slice() {
        [n, ..] if n.len() == 8 => (Day::new(cut(n, 0, 4), cut(n, 4, 6)?, cut(n, 6, 8)?), 1),
        [n, ..] if n.len() == 6 => {
            (Day::new(cut(n, 0, 2).map(|y| y + 2000), cut(n, 2, 4)?, cut(n, 4, 6)?), 1)
        }
        [year, month, day, ..] if year.len() == 4 && parted(0, "年.-/_") && parted(1, "月.-/_") => {
            (Day::new(value(year), value(month)?, value(day)?), 3)
        }
        [n, ..] if n.len() == 4 && !parted(0, "年") => (Day::new(None, cut(n, 0, 2)?, cut(n, 2, 4)?), 1),
        [month, day, ..] if month.len() <= 2 && day.len() <= 2 && parted(0, "月.") => {
            (Day::new(None, value(month)?, value(day)?), 2)
        }
        _ => return None,
    };
    let length = runs.iter().take(used).map(|(n, _)| n.len() + 1).sum::<usize>() - 1;
    let end = at + length;
    let closing = usize::from(text.get(end).is_some_and(|c| "日号".contains(*c)));
    Some((day?, text.get(at..end + closing)?.iter().collect()))
}

/// Up to three runs of digits with one character between them, each with the character behind it.
fn runs(text: &[char]) -> Vec<(String, char)> {
    let (mut runs, mut rest) = (Vec::new(), text);
    while runs.len() < 3 {
        let digits: String = rest.iter().take_while(|c| c.is_ascii_digit()).collect();
        if digits.is_empty() {
            break;
        }
        let behind = rest.get(digits.len()).copied().unwrap_or(' ');
        rest = rest.get(digits.len() + 1..).unwrap_or_default();
        runs.push((digits, behind));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(file: &str, modified: i64) -> Entry {
        Entry { file: file.to_owned(), modified, ..Entry::default() }
    }

    /// Which of two files is the newer one, why, and what speaks against it; the second is changed later.
    fn newer(a: &str, b: &str) -> (bool, String, Option<String>) {
        let (a, b) = (sent(a, 10), sent(b, 20));
        let mut both = [(0, Sent::new(&a)), (1, Sent::new(&b))];
        Sent::level(&mut both, |_| true);
        let [(_, a), (_, b)] = &both;
        let is_first = a.cmp(b).is_gt();
        let (why, against) = if is_first { a.over(b) } else { b.over(a) };
        (is_first, why.zh, against.map(|t| t.zh))
    }

    #[test]
    fn names_say_which_is_newer() {
        for (new, old, words) in [
            ("石碁镇（第二次报送）.xlsx", "石碁镇.xlsx", "第二次"),
            ("第二次报送/石碁镇.xlsx", "第一次报送/石碁镇.xlsx", "第二次"),
            ("石碁镇v2.xlsx", "石碁镇V1.xlsx", "v2"),
            ("石碁镇 V1.10.xlsx", "石碁镇 v1.2.xlsx", "v1.10"),
            ("石碁镇三稿.xlsx", "石碁镇二稿.xlsx", "三稿"),
            ("石碁镇（修改）.xlsx", "石碁镇.xlsx", "修改"),
            ("石碁镇-最终版.xlsx", "石碁镇（修改）.xlsx", "最终"),
            ("石碁镇更正.xlsx", "石碁镇年报.xlsx", "更正"),
            ("石碁镇（改）.xlsx", "石碁镇.xlsx", "改"),
            ("石碁镇（更新）.xlsx", "石碁镇.xlsx", "更新"),
            ("石碁镇.xlsx", "石碁镇（初稿）.xlsx", "初稿"),
            ("石碁镇.xlsx", "旧/石碁镇.xlsx", "旧"),
            ("石碁镇修改后.xlsx", "石碁镇修改前.xlsx", "修改前"),
            ("石碁镇20240120.xlsx", "石碁镇20240115.xlsx", "20240120"),
            ("石碁镇2024年1月20日.xlsx", "石碁镇2024年1月9日.xlsx", "2024年1月20日"),
            ("石碁镇1月3日.xlsx", "石碁镇12月30日.xlsx", "1月3日"),
            ("0120/石碁镇.xlsx", "0115/石碁镇.xlsx", "0120"),
            ("石碁镇1.20.xlsx", "石碁镇1.9.xlsx", "1.20"),
            ("补报.zip/石碁镇.xlsx", "石碁镇.xlsx", "补报"),
        ] {
            let (is_first, why, against) = newer(new, old);
            assert!(is_first && why.contains(&format!("“{words}”")), "{new} {old}: {why}");
            assert!(against.is_some_and(|t| t.contains("修改时间较晚")), "{new}: the time speaks against it");
            let (is_first, _, against) = newer(old, new);
            assert!(!is_first && against.is_none(), "{new} {old}");
        }
    }

    #[test]
    fn names_that_say_nothing_leave_it_to_the_time() {
        for (a, b) in [
            ("石碁镇2023年年报.xlsx", "石碁镇年报2023.xlsx"),
            ("旧州镇.xlsx", "原平镇/旧州镇.xlsx"),
            ("石碁镇 (2).xlsx", "石碁镇 - 副本.xlsx"),
            ("石碁镇20240115.xlsx", "石碁镇.xlsx"),
            ("2023版/石碁镇.xlsx", "石碁镇.xlsx"),
            ("新造镇.xlsx", "最/新造镇.xlsx"),
            ("第三批/石碁镇.xlsx", "石碁镇.xlsx"),
        ] {
            let (is_first, why, against) = newer(a, b);
            assert!(!is_first && why.contains("修改时间") && against.is_none(), "{a} {b}: {why} {against:?}");
        }
    }

    #[test]
    fn what_contradicts_is_told() {
        let (is_first, why, against) = newer("石碁镇v3.xlsx", "石碁镇最终版.xlsx");
        assert!(is_first && why.contains("v3"), "{why}");
        assert!(against.unwrap().contains("最终"));
        let (_, why, against) = newer("石碁镇最终定稿.xlsx", "石碁镇定稿.xlsx");
        assert!(why.contains("修改时间") && against.unwrap().contains("两份"), "{why}");
        let (a, b) = (sent("a/石碁镇.xlsx", 5), sent("b/石碁镇.xlsx", 5));
        let (why, against) = Sent::new(&a).over(&Sent::new(&b));
        assert!(why.zh.contains("看不出") && against.is_some());
    }
}
