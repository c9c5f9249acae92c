//! Whose submissions they are, which of several counts, and who is missing.
//!
//! Offices write their names long and short; a name is reduced to the place or body it is of, and a short one is
//! that of a long one that ends with it, if there is only one such.

use super::super::offices::{named, reduced, single};
use super::super::output;
use super::roster::Listed;
use crate::check;
use crate::form::{FieldIx, Form};
use crate::grid::amount;
use crate::grid::label::{fold_width, is_space};
use crate::report::summary::{Entry, Held, Office, Overview, Role};
use std::collections::BTreeMap;

/// Differences between two versions that are told one by one.
const TOLD: usize = 20;

/// All submissions together.
pub(super) fn overview(entries: Vec<Entry>, roster: Option<&[Listed]>, forms: &[Form]) -> Overview {
    let has_roster = roster.is_some();
    let form =
        most(entries.iter().filter(|e| e.is_submission() && !e.aggregate).filter_map(|e| e.form.clone()));
    let of_form = |e: &&Entry| e.form == form;
    let year = most(entries.iter().filter(of_form).filter_map(|e| e.year));
    let mut offices = assign(&entries, roster.unwrap_or_default(), has_roster);
    let mut roles: Vec<Role> = entries.iter().map(|e| role(e, form.as_ref(), year)).collect();
    let definition = form.as_deref().and_then(|id| forms.iter().find(|f| f.id == id));
    for office in &mut offices {
        settle(office, &entries, &mut roles, definition);
    }
    let mut owners = vec![usize::MAX; entries.len()];
    for (n, office) in offices.iter().enumerate() {
        for file in &office.files {
            if let Some(owner) = owners.get_mut(*file) {
                *owner = n;
            }
        }
    }
    let mut overview =
        Overview { entries, roles, form, year, offices, owners, has_roster, ..Overview::default() };
    if let Some(form) = definition {
        overview.add_up(form);
    }
    overview
}

/// What a submission would count for if its office had sent no other.
fn role(entry: &Entry, form: Option<&String>, year: Option<i32>) -> Role {
    if entry.aggregate {
        return Role::Aggregate;
    }
    if !entry.is_submission() {
        return Role::NoForm;
    }
    match (entry.form.as_ref() == form, entry.year.is_none() || entry.year == year) {
        (_, false) => Role::OtherYear,
        (false, _) => Role::OtherForm,
        _ => Role::Used,
    }
}

/// The value that occurs most often; the larger of equals.
fn most<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0))).map(|(value, _)| value)
}

/// Which of an office's submissions counts: of those that may, the newest.
fn settle(office: &mut Office, entries: &[Entry], roles: &mut [Role], form: Option<&Form>) {
    let rank = |i: &usize| {
        let entry = entries.get(*i);
        let may = roles.get(*i) == Some(&Role::Used);
        (may, entry.map(|e| (e.year, e.edited, e.modified, e.file.clone())))
    };
    let mut ranked = office.files.clone();
    ranked.sort_by_key(|i| std::cmp::Reverse(rank(i)));
    office.files = ranked;
    let mut files = office.files.iter();
    let Some(&first) = files.next() else { return };
    for &other in files {
        if let Some(role) = roles.get_mut(other).filter(|r| **r == Role::Used) {
            *role = Role::Older;
        }
        let (Some(new), Some(old)) = (entries.get(first), entries.get(other)) else { continue };
        office.differences.extend(differences(new, old, form));
    }
}

/// How an older version differs from the one that counts.
fn differences(new: &Entry, old: &Entry, form: Option<&Form>) -> Vec<String> {
    if new.sha256 == old.sha256 && !new.sha256.is_empty() {
        return vec![format!("{}：内容与采用的相同", old.file)];
    }
    let Some(form) = form.filter(|_| new.form == old.form && new.is_submission()) else {
        return vec![format!("{}：不是同一格式，没有逐项比较", old.file)];
    };
    let names = check::Names { form };
    let pairs = new.values.iter().zip(&old.values).enumerate().filter(|(_, (a, b))| a != b);
    let mut said: Vec<String> = pairs
        .map(|(i, (a, b))| format!("{} {} → {}", names.field(FieldIx(i as u32)), shown(*b), shown(*a)))
        .collect();
    let n = said.len();
    if n == 0 {
        return vec![format!("{}：数字与采用的相同", old.file)];
    }
    if n > TOLD {
        said.truncate(TOLD);
        said.push(format!("等 {n} 处"));
    }
    vec![format!("{}：{}", old.file, said.join("；"))]
}

fn shown(held: Held) -> String {
    match held {
        Held::Number(n) => amount::show(n),
        Held::Blank => "空白".to_owned(),
        Held::Unreadable => "不是数字".to_owned(),
        Held::Absent => "没有这一格".to_owned(),
    }
}

/// Puts each submission under an office: one of the roster if it can be, else one of its own.
fn assign(entries: &[Entry], roster: &[Listed], has_roster: bool) -> Vec<Office> {
    let names = Names::new(roster);
    let mut offices: Vec<Office> = roster.iter().map(Listed::office).collect();
    let mut others: Vec<(String, usize)> = Vec::new();
    for (i, entry) in entries.iter().enumerate().filter(|(_, e)| !e.aggregate) {
        match names.find(entry).and_then(|n| offices.get_mut(n)) {
            Some(office) => office.files.push(i),
            None => others.push((key_of(entry), i)),
        }
    }
    let mut keys: Vec<String> = others.iter().map(|(k, _)| k.clone()).collect();
    keys.sort();
    keys.dedup();
    let mut by_key: BTreeMap<String, Office> = BTreeMap::new();
    for (key, i) in others {
        let key = longer(&key, &keys).unwrap_or(key);
        let office = by_key.entry(key).or_insert_with(|| Office { listed: !has_roster, ..Office::default() });
        office.files.push(i);
        let name = entries.get(i).map_or("", Entry::name);
        if name.chars().count() > office.name.chars().count() {
            name.clone_into(&mut office.name);
        }
    }
    offices.extend(by_key.into_values());
    offices
}

/// What an office without a roster is told from others by.
fn key_of(entry: &Entry) -> String {
    match &entry.office {
        Some(name) => reduced(name),
        // Nobody's: a marked copy and its original belong together, nothing else does.
        None => format!("/{}", output::stem(&entry.file)),
    }
}

/// The only longer name that ends with a short one.
fn longer(key: &str, keys: &[String]) -> Option<String> {
    if key.starts_with('/') || key.chars().count() < 3 {
        return None;
    }
    let mut longer = keys.iter().filter(|k| k.len() > key.len() && !k.starts_with('/') && k.ends_with(key));
    let first = longer.next()?;
    longer.next().is_none().then(|| first.clone())
}

/// The names of a roster, reduced, each with its office's number.
struct Names {
    all: Vec<(String, usize)>,
}

impl Names {
    fn new(roster: &[Listed]) -> Self {
        let of = |(n, listed): (usize, &Listed)| -> Vec<(String, usize)> {
            listed.names().map(|name| (reduced(name), n)).filter(|(k, _)| !k.is_empty()).collect()
        };
        Self { all: roster.iter().enumerate().flat_map(of).collect() }
    }

    /// The office of a submission: by its name, else by the names of its file and folders.
    fn find(&self, entry: &Entry) -> Option<usize> {
        let by_name = entry
            .office
            .as_deref()
            .and_then(|name| named(self.all.iter().map(|(k, n)| (k.as_str(), *n)), &reduced(name)));
        by_name.or_else(|| if entry.office.is_none() { self.in_path(&entry.file) } else { None })
    }

    fn in_path(&self, path: &str) -> Option<usize> {
        let plain: String = path.chars().map(fold_width).filter(|c| !is_space(*c)).collect();
        // The innermost name that says something counts: a folder of the district holds its townships.
        plain.rsplit('/').find_map(|part| {
            let within = self.all.iter().filter(|(k, _)| k.chars().count() >= 2 && part.contains(k.as_str()));
            single(within.map(|(k, n)| (k.len(), *n)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_that_of_the_only_longer_one() {
        let keys = ["石碁镇".to_owned(), "广州市番禺区石碁镇".to_owned()];
        assert_eq!(longer("石碁镇", &keys).as_deref(), Some("广州市番禺区石碁镇"));
        let two = ["东区财政局".to_owned(), "西区财政局".to_owned()];
        assert_eq!(longer("财政局", &two), None);
    }
}
