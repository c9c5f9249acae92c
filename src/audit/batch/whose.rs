//! Whose submissions they are.
//!
//! Offices write their names long and short; a name is reduced to the place or body it is of, and a short one is
//! that of a long one that ends with it, if there is only one such. A submission is of an office of the roster only
//! where nothing in it says another place; where its title and its file's name say different offices, one of which
//! both agree comes first.

use super::work;
use crate::audit::Roster;
use crate::audit::offices::{Names, is_elsewhere, last_place, reduced};
use crate::audit::output;
use crate::finding::Lang;
use crate::mapping::identity::are_others;
use crate::report::summary::{Entry, Misnamed, Office, Role};
use std::collections::{BTreeMap, BTreeSet};

/// What an office is told from others by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    /// One of the roster, by its number.
    Listed(usize),
    /// One that is not, by its reduced name.
    Other(String),
    /// Nobody's, by its path: a marked copy and its original belong together, nothing else does.
    Nobody(String),
}

/// Submissions under their offices.
pub(super) struct Assigned {
    pub(super) offices: Vec<Office>,
    /// Submissions of two offices of which each has the other's name.
    pub(super) swapped: Vec<(usize, usize)>,
    /// Those whose file's name speaks of another office.
    pub(super) misnamed: Vec<Misnamed>,
}

/// Puts each submission under an office: one of the roster if it can be, else one of its own.
pub(super) fn assign(entries: &[Entry], roster: Option<&Roster>, roles: &mut [Role], lang: Lang) -> Assigned {
    let mut offices: Vec<Office> = roster.map(Roster::offices).unwrap_or_default();
    let mut others: Vec<(String, usize)> = Vec::new();
    let mut owners: Vec<Whose> = entries.iter().map(|e| owner(e, roster)).collect();
    keep_strangers_out(entries, roster, &mut owners);
    let doubts: Vec<Option<Named>> = entries.iter().map(|entry| by_name(entry, roster)).collect();
    let swapped = put_doubtful_back(&doubts, &mut owners, roles);
    let each = entries.iter().zip(owners).enumerate().filter(|(_, (e, _))| !e.aggregate);
    for (i, (_, owner)) in each {
        match owner {
            Whose::Listed(n) => offices.get_mut(n).into_iter().for_each(|o| o.files.push(i)),
            Whose::Other(key) => others.push((key, i)),
            Whose::Nobody(path) => others.push((format!("/{path}"), i)),
        }
    }
    let mut keys = Names::default();
    let distinct: std::collections::BTreeSet<&String> =
        others.iter().map(|(k, _)| k).filter(|k| !k.starts_with('/')).collect();
    for (n, key) in distinct.into_iter().enumerate() {
        keys.insert(key, n);
    }
    let mut by_key: BTreeMap<String, Office> = BTreeMap::new();
    for (key, i) in others {
        let longer = if key.starts_with('/') { None } else { keys.only_longer(&key) };
        let nobody = key.starts_with('/');
        let new = || Office { listed: roster.is_none(), nobody, ..Office::default() };
        let office = by_key.entry(longer.unwrap_or(key)).or_insert_with(new);
        office.files.push(i);
        let name = entries.get(i).map(|e| name_of(e, lang)).unwrap_or_default();
        if name.chars().count() > office.name.chars().count() {
            office.name = name;
        }
    }
    let listed = offices.len();
    let at = |whose: &Whose| match whose {
        Whose::Listed(n) => Some(*n),
        Whose::Other(key) => {
            let key = keys.only_longer(key).unwrap_or_else(|| key.clone());
            by_key.keys().position(|k| *k == key).map(|n| listed + n)
        }
        Whose::Nobody(_) => None,
    };
    let misnamed = doubts.iter().enumerate().filter_map(|(file, named)| {
        let Named { name, whose } = named.as_ref()?;
        Some(Misnamed { file, name: name.clone(), named: at(whose) })
    });
    let misnamed = misnamed.collect();
    offices.extend(by_key.into_values());
    Assigned { offices, swapped, misnamed }
}

/// What the office of a submission is called; a file's name is none of an office that reports.
fn name_of(entry: &Entry, lang: Lang) -> String {
    match (&entry.office, lang) {
        (None, Lang::Zh) if entry.is_submission() => format!("认不出单位（{}）", entry.name()),
        (None, Lang::En) if entry.is_submission() => format!("office not recognised ({})", entry.name()),
        _ => entry.name().to_owned(),
    }
}

/// Whose a submission says that it is: by its name, else by the names of its file and folders.
fn owner(entry: &Entry, roster: Option<&Roster>) -> Whose {
    let listed = roster.and_then(|roster| match &entry.office {
        Some(name) => roster.find(name),
        None => roster.find_in_path(&entry.file),
    });
    match (listed, &entry.office) {
        (Some(n), _) => Whose::Listed(n),
        (None, Some(name)) => Whose::Other(reduced(name)),
        (None, None) => Whose::Nobody(output::stem(&entry.file).to_owned()),
    }
}

/// Takes those out of the roster's offices that say another place than most of them do, where the roster says none.
fn keep_strangers_out(entries: &[Entry], roster: Option<&Roster>, owners: &mut [Whose]) {
    let Some(roster) = roster else { return };
    let named = |entry: &Entry| entry.office.as_deref().and_then(last_place).map(str::to_owned);
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let listed = entries.iter().zip(&*owners).filter(|(_, w)| matches!(w, Whose::Listed(_)));
    for place in listed.filter_map(|(entry, _)| named(entry)) {
        *places.entry(place).or_default() += 1;
    }
    let all: usize = places.values().sum();
    let Some((home, most)) = places.into_iter().max_by_key(|(_, n)| *n) else { return };
    if most * 2 <= all || most < 2 {
        return;
    }
    for (entry, owner) in entries.iter().zip(owners) {
        let (Whose::Listed(n), Some(office)) = (&*owner, &entry.office) else { continue };
        if !roster.says_place(*n) && is_elsewhere(office, &home) {
            *owner = Whose::Other(reduced(office));
        }
    }
}

/// A submission whose title and file's name are of different offices is none of its title's where that has sent one
/// of which both agree: it is put back to the office of its name, and does not count. Gives those that are named as
/// one another.
fn put_doubtful_back(
    doubts: &[Option<Named>],
    owners: &mut [Whose],
    roles: &mut [Role],
) -> Vec<(usize, usize)> {
    let sure = owners.iter().zip(doubts).zip(&*roles).filter(|((_, d), r)| d.is_none() && **r == Role::Used);
    let sure: BTreeSet<Whose> = sure.map(|((owner, _), _)| owner.clone()).collect();
    let named: Vec<(usize, &Whose, &Whose)> = owners
        .iter()
        .zip(doubts)
        .enumerate()
        .filter_map(|(i, (owner, other))| Some((i, owner, &other.as_ref()?.whose)))
        .collect();
    let mut swapped = Vec::new();
    for (i, owner, other) in &named {
        let back = named.iter().find(|(j, own, named)| j > i && own == other && named == owner);
        swapped.extend(back.map(|(j, ..)| (*i, *j)));
    }
    for ((owner, doubt), role) in owners.iter_mut().zip(doubts).zip(roles) {
        if let Some(other) = doubt.as_ref().filter(|_| *role == Role::Used && sure.contains(owner)) {
            (*owner, *role) = (other.whose.clone(), Role::Doubtful);
        }
    }
    swapped
}

/// The office that a file's name speaks of, where its title says another.
struct Named {
    name: String,
    whose: Whose,
}

/// Whose a submission is by its file's name, where its title says another office.
fn by_name(entry: &Entry, roster: Option<&Roster>) -> Option<Named> {
    let office = entry.office.as_ref().filter(|_| entry.is_submission() && !entry.aggregate)?;
    let name = entry.file.rsplit('/').next().unwrap_or(&entry.file);
    let name = work::named(output::source_stem(name))?;
    let is_same = roster.is_some_and(|roster| roster.is_same(office, &name));
    let listed = roster.and_then(|roster| roster.find(&name)).map(Whose::Listed);
    (!is_same && are_others(office, &name)).then(|| {
        let whose = listed.unwrap_or_else(|| Whose::Other(reduced(&name)));
        Named { name, whose }
    })
}
