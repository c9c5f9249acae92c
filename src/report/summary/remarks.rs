//! What is to be known of what offices have sent beside how often: nothing to report, which of several files counts and
//! why, files that hold no report, numbers that are another office's.

use super::entry::{Details, Held};
use super::overview::{GaveWay, Misnamed, Office, Overview, Role};
use crate::finding::Text;
use crate::report::unedited::Unedited;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Offices with the same numbers that are named.
const NAMED: usize = 5;
/// Reports whose different numbers have so many digits together are not the same by chance: offices with an
/// application or two often are.
const TELLING: usize = 6;
/// One in so many reports of another year makes the year doubtful.
const MANY: usize = 5;

/// Submissions by their numbers, to find those that are alike.
#[derive(Debug, Default)]
pub(super) struct Alike {
    by_numbers: BTreeMap<[u8; 32], Vec<usize>>,
}

impl Alike {
    /// Takes in a submission by its number.
    pub(super) fn add(&mut self, entry: usize, details: &Details) {
        let mut numbers = BTreeSet::new();
        let mut digits = 0;
        for number in details.values.iter().filter_map(Held::number).filter(|n| !n.is_zero()) {
            if digits < TELLING && numbers.insert(number) {
                digits += number.normalize().to_string().len();
            }
        }
        if digits < TELLING {
            return;
        }
        let mut digest = Sha256::new();
        for held in &details.values {
            match held {
                Held::Number(n) => digest.update(n.normalize().serialize()),
                other => digest.update(format!("{other:?},")),
            }
        }
        self.by_numbers.entry(digest.finalize().into()).or_default().push(entry);
    }

    /// Those that are alike, in the order of their first.
    pub(super) fn groups(self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = self.by_numbers.into_values().filter(|g| g.len() > 1).collect();
        groups.sort();
        groups
    }
}

impl Overview {
    /// What the state of an office, by its number, does not say.
    pub(super) fn remarks(&self, n: usize) -> Vec<String> {
        let Some(office) = self.offices.get(n) else { return Vec::new() };
        let mut said: Vec<String> = office.files.iter().flat_map(|i| self.remarks_on(office, *i)).collect();
        said.extend(self.instead(n));
        said
    }

    fn remarks_on(&self, office: &Office, i: usize) -> Vec<String> {
        let mut said = Vec::new();
        let Some(entry) = self.entries.get(i) else { return said };
        let colon = self.lang.pick("：", ": ");
        match self.unused(i, self.lang) {
            None if entry.is_nil() => said.push(self.word("零报告（全部为 0）").to_owned()),
            None if entry.is_empty() => said.push(self.word("空表：一个数也没有填，不算零报告").to_owned()),
            None if entry.edited => said.push(self.word("采用单位在标注件上改过的一份").to_owned()),
            None => {}
            Some(role) => {
                let gave_way = office.gave_way.iter().find(|g| g.file == i).map(GaveWay::said);
                let why = gave_way.map(|w| w.get(self.lang).to_owned()).or_else(|| entry.error.clone());
                let why = why.map(|w| format!("{colon}{w}")).unwrap_or_default();
                said.push(format!("{}{colon}{role}{why}", entry.file));
            }
        }
        said.extend(
            self.misnamed.iter().filter(|m| m.file == i).map(|m| self.own_title(m).get(self.lang).to_owned()),
        );
        if let Some(group) = self.alike.iter().find(|g| g.contains(&i)) {
            let others: Vec<usize> = group.iter().copied().filter(|other| *other != i).collect();
            let others = self.named(&others);
            let same = Text::new(
                format!("全部数字与{}的完全相同，请核实是不是同一份表", others.zh),
                format!("all numbers are those of {}: see whether they are one return", others.en),
            );
            said.push(same.get(self.lang).to_owned());
        }
        said
    }

    /// What is to be done about a submission of an office whose file's name speaks of another.
    fn own_title(&self, misnamed: &Misnamed) -> Text {
        let Some(entry) = self.entries.get(misnamed.file) else { return Text::default() };
        let (file, title) = (entry.file.as_str(), entry.office.as_deref().unwrap_or_default());
        let other = &misnamed.name;
        if self.roles.get(misnamed.file) == Some(&Role::Doubtful) {
            Text::new(
                format!(
                    "“{file}”的文件名写的是“{other}”，表中写的是“{title}”，而那一家另有一份：是{other}的，请它改好表中的\
                     单位名称重新报送"
                ),
                format!(
                    "{file} is named after {other}, but says that it is of {title}, which has sent another: have {other} put \
                     its own name into it and send it again"
                ),
            )
        } else {
            Text::new(
                format!(
                    "“{file}”的文件名写的是“{other}”，表中写的是“{title}”，按表中的算：请核实是哪一家的；是{other}的，请它改好\
                     表中的单位名称重新报送"
                ),
                format!(
                    "{file} is named after {other}, but says that it is of {title}, and counts as such: see whose it is; if it \
                     is of {other}, have that office put its own name into it and send it again"
                ),
            )
        }
    }

    /// What there is of an office, by its number, that is no submission of it: copies as gouji left them, and files named
    /// after it that say another office.
    pub(super) fn instead(&self, n: usize) -> Vec<String> {
        let Some(office) = self.offices.get(n) else { return Vec::new() };
        let copies = office.unedited.iter().filter_map(|i| self.unedited.get(*i)).map(Unedited::told);
        let elsewhere = |m: &&Misnamed| m.named == Some(n) && !office.files.contains(&m.file);
        let named = self.misnamed.iter().filter(elsewhere).filter_map(|m| {
            let entry = self.entries.get(m.file)?;
            let (file, title) = (&entry.file, entry.office.as_deref().unwrap_or_default());
            Some(Text::new(
                format!(
                    "“{file}”的文件名写的是本单位，表中写的是“{title}”，没有算作本单位的：请核实；是本单位的，请改好表中的单位名称\
                     重新报送"
                ),
                format!(
                    "{file} is named after it, but says that it is of {title}, and does not count as its own: see whose it is, \
                     and if it is its own have the name in it corrected and sent again"
                ),
            ))
        });
        let is_gone = office.files.is_empty()
            && office.unedited.is_empty()
            && self.rounds.get(&office.name).is_some_and(|r| r.gone);
        let gone = is_gone.then(|| {
            Text::new(
                "上次报送的文件已不在文件夹里：请找回放好，或请单位重新报送",
                "the file that it had sent is no longer in the folder: put it back, or have it sent again",
            )
        });
        copies.chain(named).chain(gone).map(|text| text.get(self.lang).to_owned()).collect()
    }

    /// What somebody has to look at before the sum is used, that no finding of one file says.
    pub fn doubts(&self) -> Vec<Text> {
        let file = |i: usize| self.entries.get(i).map_or("", |e| e.file.as_str());
        let mut doubts = self.years();
        for (one, other) in &self.swapped {
            let (one, other, names) = (file(*one), file(*other), self.named(&[*one, *other]));
            doubts.push(Text::new(
                format!(
                    "{}的文件名与表中的单位两家互换：{one}、{other}，已按表中的单位计入，请核实",
                    names.zh
                ),
                format!(
                    "{}: the names of {one} and {other} are each other's; what stands in them was followed",
                    names.en
                ),
            ));
        }
        for group in &self.alike {
            let names = self.named(group);
            let all_summed = group.iter().all(|i| self.roles.get(*i) == Some(&Role::Used));
            let (zh, en) =
                if all_summed { ("都计入了汇总，", "all are in the sum and ") } else { ("", "they ") };
            doubts.push(Text::new(
                format!("{}的全部数字完全相同，{zh}可能是同一份表", names.zh),
                format!("all numbers of {} are the same: {en}may be one return", names.en),
            ));
        }
        for office in &self.offices {
            for gave_way in office.gave_way.iter().filter(|g| g.against.is_some()) {
                let (used, other) = (office.files.first().map_or("", |i| file(*i)), file(gave_way.file));
                let (name, why) = (&office.name, gave_way.said());
                if gave_way.is_piece {
                    doubts.push(Text::new(
                        format!("{name}：采用 {used}，没有采用 {other}：{}", why.zh),
                        format!("{name}: {used} counts and {other} does not: {}", why.en),
                    ));
                    continue;
                }
                doubts.push(Text::new(
                    format!(
                        "{name}：采用 {used}，没有采用 {other}：{}（要采用后一份的，在它的文件名里写上“最终版”，再运行一次）",
                        why.zh
                    ),
                    format!(
                        "{name}: {used} counts and {other} does not: {} (write 最终版 into the other's name, and run again, \
                         to have that one)",
                        why.en
                    ),
                ));
            }
        }
        doubts.extend(self.unedited.iter().map(Unedited::told));
        let is_swapped = |m: &Misnamed| self.swapped.iter().any(|(a, b)| [*a, *b].contains(&m.file));
        doubts.extend(self.misnamed.iter().filter(|m| !is_swapped(m)).map(|m| self.own_title(m)));
        doubts
    }

    /// Whether the year is the right one: where many reports are of another, or last year's is no year before.
    fn years(&self) -> Vec<Text> {
        let Some(due) = self.year else { return Vec::new() };
        let mut others: BTreeMap<i32, usize> = BTreeMap::new();
        for (entry, _) in self.entries.iter().zip(&self.roles).filter(|(_, r)| **r == Role::OtherYear) {
            entry.year.into_iter().for_each(|year| *others.entry(year).or_default() += 1);
        }
        let all = others.values().sum::<usize>() + self.adopted().count();
        let mut said = Vec::new();
        let is_sure = self.choice.year.is_some() || self.both_years > 0;
        for (year, n) in others.into_iter().filter(|(_, n)| !is_sure && n * MANY >= all) {
            said.push(Text::new(
                format!(
                    "汇总的是 {due} 年，另有 {n} 份是 {year} 年的，没有采用：请核实年度（要汇总 {year} 年的，请加 --year {year}，\
                     或者只放那一年的文件）"
                ),
                format!(
                    "the year summed is {due}, and of {year} there are {n} more that do not count: see which year it is (add \
                     --year {year}, or leave only files of that year, to sum those)"
                ),
            ));
        }
        let Some(last) = self.last.filter(|last| self.both_years == 0 && *last + 1 != due) else {
            return said;
        };
        said.push(Text::new(
            format!("给的上年报表是 {last} 年的，汇总的是 {due} 年：没有与上年对照，请给 {} 年的报表", due - 1),
            format!(
                "last year's reports are of {last}, and those summed of {due}: nothing is compared with the year before; give \
                 those of {}",
                due - 1
            ),
        ));
        said
    }

    /// The offices of some submissions; of many only the first.
    pub(super) fn named(&self, entries: &[usize]) -> Text {
        let names: Vec<&str> = entries.iter().take(NAMED).map(|i| self.name_of(*i)).collect();
        let (zh, en) = (names.join("、"), names.join(", "));
        match entries.len() {
            n if n > NAMED => Text::new(format!("{zh}等 {n} 家"), format!("{en} and {} more", n - NAMED)),
            _ => Text::new(zh, en),
        }
    }
}
