//! Whose numbers are added up in a district's own table.
//!
//! The roster says under whom an office is (上级), else its name or its folder does. Where several sets of offices may
//! be meant, the table is held against the one that it fits best, so that the table of a part of the district is not
//! asked for the offices of another part.

use super::aggregate::Members;
use super::parts;
use super::tables::{Body, Table};
use super::walk::Item;
use crate::audit::offices::reduced;
use crate::audit::{Content, hex};
use crate::form::Form;
use crate::report::summary::{Archive, Office, Overview, Role, State};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// So many offices may stand above one another.
const LEVELS: usize = 8;

/// One member: its submission that counts, and those that do not any more.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) file: String,
    /// Files that do not count any more.
    pub(super) older: Vec<String>,
}

/// Whoever may be a member of a table.
#[derive(Debug)]
pub(super) struct Pool {
    year: Option<i32>,
    form: Option<String>,
    corrected: bool,
    each: Vec<Candidate>,
    /// Offices of the roster of which nothing counts.
    lacking: Vec<Office>,
    above: Above,
    /// Other tables of other bodies below the same folder.
    others: Vec<Table>,
    /// A digest over what the members hold.
    digest: Sha256,
}

#[derive(Debug)]
struct Candidate {
    member: Member,
    /// Whether its numbers are its office's report of the year, and lie below the table's folder.
    counts: bool,
    below: bool,
    /// Whose it is by the roster, innermost first.
    above: Vec<String>,
}

/// Some of the candidates, by their numbers.
type Set = BTreeSet<usize>;

/// What stands above the offices of a roster: their 上级 by reduced names.
#[derive(Debug, Default)]
struct Above(BTreeMap<String, String>);

impl Above {
    fn of(offices: &[Office]) -> Self {
        let told = offices.iter().filter(|o| o.listed && !o.parent.is_empty());
        Self(told.map(|o| (reduced(&o.name), reduced(&o.parent))).collect())
    }

    /// The offices above one, innermost first.
    fn chain(&self, office: &Office) -> Vec<String> {
        let first = Some(reduced(&office.parent)).filter(|p| !p.is_empty());
        std::iter::successors(first, |p| self.0.get(p).cloned()).take(LEVELS).collect()
    }
}

impl Pool {
    /// Whoever may be a member of a table, by the files that count; `others` are the other tables.
    pub(super) fn of(item: &Item, all: &Overview, archive: &dyn Archive, others: &[Table]) -> Self {
        let folder = match item.shown.rsplit_once('/') {
            Some((folder, _)) if !item.aggregate => format!("{folder}/"),
            _ => String::new(),
        };
        let above = Above::of(&all.offices);
        let mut digest = Sha256::new();
        // A district adds up what it has been sent, proved or not, and may have added what it should not.
        let sent = |role: &Role| role.is_adopted() || matches!(role, Role::Unlisted | Role::Nobodys);
        let mut each = Vec::new();
        for ((i, entry), role) in all.entries.iter().enumerate().zip(&all.roles).filter(|(_, r)| sent(r)) {
            let office = all.office_of(i);
            let older = office.map(|o| o.files.as_slice()).unwrap_or_default().iter();
            let older = older.filter(|j| all.roles.get(**j) == Some(&Role::Older));
            let member = Member {
                name: all.name_of(i).to_owned(),
                file: entry.file.clone(),
                older: older.filter_map(|j| Some(all.entries.get(*j)?.file.clone())).collect(),
            };
            digest.update(format!("{member:?}|{role:?}|{:?}\n", archive.details(&entry.file)));
            each.push(Candidate {
                member,
                counts: role.is_adopted(),
                below: role.is_adopted() && entry.file.starts_with(&folder),
                above: office.map(|o| above.chain(o)).unwrap_or_default(),
            });
        }
        let is_lacking = |o: &&Office| matches!(o.state, State::Missing | State::Rejected);
        let lacking: Vec<Office> = all.offices.iter().filter(is_lacking).cloned().collect();
        let others: Vec<Table> =
            others.iter().filter(|t| t.entry.file.starts_with(&folder)).cloned().collect();
        let names: Vec<&str> = lacking.iter().map(|o| o.name.as_str()).collect();
        let tables: Vec<&str> = others.iter().map(|t| t.entry.sha256.as_str()).collect();
        digest.update(format!("{:?}|{}|{names:?}|{tables:?}", all.year, all.choice.corrected));
        let (year, form, corrected) = (all.year, all.form.clone(), all.choice.corrected);
        Self { year, form, corrected, each, lacking, above, others, digest }
    }

    /// What the table's result depends on, for its key.
    pub(super) fn fingerprint(&self) -> String {
        hex(&self.digest.clone().finalize())
    }

    /// The members of a table.
    pub(super) fn members(&self, file: &str, content: &Content, archive: &dyn Archive) -> Members {
        let title = content.submission().identity.office.as_ref().map(|o| o.value.as_str());
        let body = Body::of(title, file);
        // What the name of the file says may be no office's.
        let is_known = self.each.iter().any(|c| c.above.iter().any(|a| body.is(a)));
        let above = if is_known { body.clone() } else { body.titled() };
        let of = |set: &Set| self.added(set, &above, content.form, archive);
        let Sets { named, loose } = self.sets(&above, &body);
        let mut best: Option<(usize, Members)> = None;
        for set in &named {
            let members = of(set);
            let off = members.differing(content);
            if best.as_ref().is_none_or(|(least, _)| off < *least) {
                best = Some((off, members));
            }
        }
        let (off, members) = best.unwrap_or_default();
        if off == 0 || is_known || self.others.is_empty() {
            return members;
        }
        // Of a part of the offices that nothing names, what fits exactly is no chance.
        let fits = |set: &Set| Some(of(set)).filter(|m| m.differing(content) == 0);
        if let Some(part) = loose.iter().find_map(fits) {
            return part;
        }
        let (offices, below) = (self.numbers(archive), self.all(&|c| c.below));
        let taken = parts::taken(&offices, &self.others);
        let rest: Set = below.difference(&taken).copied().collect();
        let rest = Some(rest).filter(|r| !r.is_empty() && r.len() < below.len()).map(|r| of(&r));
        match rest {
            Some(rest) if rest.differing(content) < off => rest,
            _ => {
                Members { unclear: parts::cover(&offices, &members.cells(content), &self.others), ..members }
            }
        }
    }

    /// The numbers of those who lie below the table's folder.
    fn numbers(&self, archive: &dyn Archive) -> Vec<parts::Numbers> {
        let number = |(n, c): (usize, &Candidate)| {
            let details = archive.details(&c.member.file);
            let of = |f: usize| details.value(f, self.corrected).number().unwrap_or_default();
            (n, (0..details.values.len()).map(of).collect())
        };
        self.each.iter().enumerate().filter(|(_, c)| c.below).map(number).collect()
    }

    fn all(&self, is: &dyn Fn(&Candidate) -> bool) -> Set {
        self.each.iter().enumerate().filter(|(_, c)| is(c)).map(|(n, _)| n).collect()
    }

    /// The sets of candidates that may be a table's members.
    fn sets(&self, above: &Body, body: &Body) -> Sets {
        let below = self.all(&|c| c.below);
        let told = self.all(&|c| c.counts && c.above.iter().any(|a| above.is(a)));
        let mut named = Vec::new();
        if told.is_empty() {
            named.push(below.clone());
        } else {
            named.push(self.all(&|c| c.below && c.above.is_empty()).union(&told).copied().collect());
            named.push(told);
            named.push(below.clone());
        }
        if !self.others.is_empty() {
            named.push(self.all(&|c| c.below && body.names(&c.member.name, &c.member.file)));
        }
        let mut groups: BTreeMap<&str, Set> = BTreeMap::new();
        for (n, c) in self.each.iter().enumerate().filter(|(_, c)| c.below) {
            let folder = c.member.file.rsplit_once('/').map_or("", |(folder, _)| folder);
            for group in c.above.iter().map(String::as_str).chain([folder]) {
                groups.entry(group).or_default().insert(n);
            }
        }
        named.retain(|set| !set.is_empty());
        Sets { named, loose: groups.into_values().collect() }
    }

    /// Some candidates added up; all others count elsewhere.
    fn added(&self, set: &Set, body: &Body, form: &Form, archive: &dyn Archive) -> Members {
        let (each, outside): (Vec<_>, Vec<_>) =
            self.each.iter().enumerate().partition(|(n, _)| set.contains(n));
        let all = |some: Vec<(usize, &Candidate)>| some.into_iter().map(|(_, c)| c.member.clone()).collect();
        // Who has sent nothing may be under another body, or be that of a table.
        let is_of = |office: &&Office| {
            let chain = self.above.chain(office);
            let told =
                set.iter().filter_map(|n| self.each.get(*n)).any(|c| c.above.iter().any(|a| body.is(a)));
            let is_under = chain.is_empty() || !told || chain.iter().any(|a| body.is(a));
            let has_table = |b: &Body| b.is(&reduced(&office.name));
            is_under && !has_table(body) && !self.others.iter().any(|t| has_table(&t.body()))
        };
        let missing = self.lacking.iter().filter(is_of).map(|o| o.name.clone()).collect();
        let members = Members {
            year: self.year,
            form: self.form.clone(),
            missing,
            corrected: self.corrected,
            each: all(each),
            outside: all(outside),
            ..Members::default()
        };
        members.added_up(form, archive)
    }
}

/// Sets of candidates: those that names speak of, in the order of trust, and others that belong together.
struct Sets {
    named: Vec<Set>,
    loose: Vec<Set>,
}
