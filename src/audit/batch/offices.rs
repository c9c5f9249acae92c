//! Which of an office's submissions counts, what the others count for, and who is missing.

use super::due;
use super::tables;
use super::versions::Sent;
use super::whose::{self, Assigned};
use crate::audit::offices::reduced;
use crate::audit::{Options, Prior, Roster};
use crate::check;
use crate::finding::{Lang, Text};
use crate::form::{FieldIx, Form};
use crate::grid::amount;
use crate::report::summary::{Archive, Choice, Entry, GaveWay, Held, Office, Overview, Role};
use crate::report::unedited::Unedited;
use std::collections::BTreeMap;

/// Differences between two versions that are told one by one.
const TOLD: usize = 20;

/// All submissions together.
pub(super) fn overview(
    entries: Vec<Entry>,
    options: &Options,
    (choice, lang): (Choice, Lang),
    archive: &dyn Archive,
) -> Overview {
    let (roster, forms) = (options.roster.as_ref(), &options.forms);
    let has_roster = roster.is_some();
    let form =
        most(entries.iter().filter(|e| e.is_submission() && !e.aggregate).filter_map(|e| e.form.clone()));
    let of_form = |e: &&Entry| e.form == form;
    let years = entries.iter().filter(of_form).filter(|e| !e.aggregate).filter_map(|e| e.year);
    let last = options.prior.as_ref().and_then(Prior::year);
    let year = due::year(years, choice.year, last);
    let mut roles: Vec<Role> = entries.iter().map(|e| role(e, form.as_ref(), year)).collect();
    let Assigned { mut offices, swapped, misnamed } = whose::assign(&entries, roster, &mut roles, lang);
    let definition = form.as_deref().and_then(|id| forms.iter().find(|f| f.id == id));
    for office in &mut offices {
        settle(office, &entries, &mut roles, (definition, lang), archive);
    }
    let sums = || entries.iter().enumerate().filter(|(_, e)| e.aggregate);
    for older in tables::superseded(sums()) {
        roles.get_mut(older).into_iter().for_each(|role| *role = Role::Older);
    }
    let compared = sums().filter(|(i, e)| e.compared.is_some() && roles.get(*i) == Some(&Role::Aggregate));
    tables::put_under_bodies(&mut offices, compared);
    let mut owners = vec![usize::MAX; entries.len()];
    for (n, office) in offices.iter().enumerate() {
        for file in &office.files {
            if let Some(owner) = owners.get_mut(*file) {
                *owner = n;
            }
        }
    }
    leave_out(&entries, &offices, &mut roles, has_roster, choice);
    for office in &mut offices {
        office.settle(&roles);
    }
    let called = |f: &Form| match lang {
        Lang::Zh => f.report(),
        Lang::En => f.title.en.clone(),
    };
    let report = definition.map(called).unwrap_or_default();
    let mut overview = Overview {
        entries,
        roles,
        form,
        report,
        year,
        offices,
        swapped,
        misnamed,
        owners,
        has_roster,
        choice,
        last,
        titles: definition.map(titles).unwrap_or_default(),
        lang,
        ..Overview::default()
    };
    if let Some(form) = definition {
        overview.add_up(form, archive);
    }
    overview
}

/// What the rules of a form say, by their codes.
fn titles(form: &Form) -> BTreeMap<String, Text> {
    let relations = form.rules.iter().map(|r| (&r.code, &r.title));
    let checks = form.checks.iter().map(|c| (&c.code, &c.title));
    relations.chain(checks).map(|(code, title)| (code.clone(), title.clone())).collect()
}

/// Puts the copies as gouji left them beside the submissions, where there is no report in their place: neither the file
/// that they were made from, nor another of their office that counts; and those that their offices refuse.
pub(super) fn put_unanswered(own: &[Unedited], all: &mut Overview, roster: Option<&Roster>) {
    let whose = |office: &str| match roster.and_then(|r| r.find(office)) {
        Some(n) => (Some(n), String::new()),
        None => (None, reduced(office)),
    };
    let adopted: Vec<_> = all.adopted().filter_map(|(_, e)| e.office.as_deref()).map(whose).collect();
    let is_there = |own: &&Unedited| {
        let source = own.source.as_ref().map(|(sha256, _)| sha256);
        all.entries.iter().any(|e| Some(&e.sha256) == source)
            || own.office.as_deref().is_some_and(|office| adopted.contains(&whose(office)))
    };
    let (unedited, sent_back): (Vec<Unedited>, Vec<Unedited>) =
        own.iter().cloned().partition(|own| own.refusal.is_some() || !is_there(&own));
    for (n, copy) in unedited.iter().enumerate() {
        let Some(owner) = copy.office.as_deref().map(whose) else { continue };
        let own = all.offices.iter_mut().filter(|o| !o.nobody).find(|o| whose(&o.name) == owner);
        if let Some(office) = own {
            office.unedited.push(n);
        }
    }
    for copy in sent_back {
        let Some(owner) = copy.office.as_deref().map(whose) else { continue };
        let own = all.offices.iter_mut().filter(|o| !o.nobody).find(|o| whose(&o.name) == owner);
        if let Some(office) = own {
            office.sent_back.push(copy.told());
        }
    }
    all.unedited = unedited;
}

/// Leaves out of the sum what is not to be summed.
fn leave_out(entries: &[Entry], offices: &[Office], roles: &mut [Role], has_roster: bool, choice: Choice) {
    for office in offices.iter().filter(|o| has_roster && !choice.unlisted && (o.nobody || !o.listed)) {
        let outside = if office.nobody { Role::Nobodys } else { Role::Unlisted };
        for file in &office.files {
            if let Some(role) = roles.get_mut(*file).filter(|r| **r == Role::Used) {
                *role = outside;
            }
        }
    }
    let counts = roles.iter_mut().zip(entries).filter(|(r, e)| **r == Role::Used && e.unproved);
    if choice.proved_only {
        counts.for_each(|(role, _)| *role = Role::Unproved);
    }
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
fn settle(
    office: &mut Office,
    entries: &[Entry],
    roles: &mut [Role],
    (form, lang): (Option<&Form>, Lang),
    archive: &dyn Archive,
) {
    let mut sent: Vec<(usize, Sent)> =
        office.files.iter().filter_map(|i| Some((*i, Sent::new(entries.get(*i)?)))).collect();
    let rank = |i: usize| {
        let may = roles.get(i) == Some(&Role::Used);
        // Of those that may count, one that does not say its year is of the year that counts.
        (may, entries.get(i).and_then(|e| e.year).filter(|_| !may))
    };
    Sent::level(&mut sent, |i| rank(i).0);
    sent.sort_by(|(i, a), (j, b)| rank(*j).cmp(&rank(*i)).then_with(|| b.cmp(a)));
    office.files = sent.iter().map(|(i, _)| *i).collect();
    let versions = versions(&office.files, roles);
    office.versions = versions.len();
    let of = |i: usize| sent.iter().find(|(j, _)| *j == i).map(|(_, sent)| sent);
    let mut versions = versions.into_iter();
    let Some((first, newest)) = versions.next().and_then(|i| Some((i, of(i)?))) else { return };
    for other in versions {
        let role = roles.get_mut(other).filter(|r| **r == Role::Used);
        let gave_way = role.map(|role| *role = Role::Older).is_some();
        let (Some(new), Some(old)) = (entries.get(first), entries.get(other)) else { continue };
        let (differ, told) = differences(new, old, (form, lang), archive);
        office.differences.push(told);
        if let Some(older) = of(other).filter(|_| gave_way && differ) {
            let is_piece = new.form == old.form && are_pieces(new, old, archive);
            let (why, against) = if is_piece { pieces() } else { newest.over(older) };
            office.gave_way.push(GaveWay { file: other, why, against, is_piece });
        }
    }
}

/// Whether two submissions hold different tables of one form, so that each is only a piece of the report.
fn are_pieces(one: &Entry, other: &Entry, archive: &dyn Archive) -> bool {
    let (one, other) = (archive.details(&one.file), archive.details(&other.file));
    let is_there = |held: &Held| *held != Held::Absent;
    let both = |(a, b): (&Held, &Held)| is_there(a) && is_there(b);
    [&one, &other].iter().all(|d| d.values.iter().any(is_there))
        && !one.values.iter().zip(&other.values).any(both)
}

fn pieces() -> (Text, Option<Text>) {
    (
        Text::new(
            "两份是同一张报表的不同部分，只采用了一份",
            "they are pieces of one return, and only one of them counts",
        ),
        Some(Text::new(
            "请单位把几张表放在一份文件里重新报送",
            "have the office put its tables into one file and send it again",
        )),
    )
}

/// Which of an office's files are versions of one report: a report of another year is none of this year's, and what
/// holds no report is none, such as a scan beside the workbook; unless there is nothing else.
fn versions(files: &[usize], roles: &[Role]) -> Vec<usize> {
    let kinds: [fn(Role) -> bool; 2] =
        [|r| !matches!(r, Role::OtherYear | Role::NoForm), |r| r == Role::OtherYear];
    let of = |is: fn(Role) -> bool| -> Vec<usize> {
        files.iter().copied().filter(|i| roles.get(*i).is_some_and(|r| is(*r))).collect()
    };
    let found = kinds.into_iter().map(of).find(|v| !v.is_empty());
    found.unwrap_or_else(|| files.first().copied().into_iter().collect())
}

/// Whether an older version differs from the one that counts, and how.
fn differences(
    new: &Entry,
    old: &Entry,
    (form, lang): (Option<&Form>, Lang),
    archive: &dyn Archive,
) -> (bool, String) {
    let told = |zh: &str, en: &str| format!("{}{}{}", old.file, lang.pick("：", ": "), lang.pick(zh, en));
    if new.sha256 == old.sha256 && !new.sha256.is_empty() {
        return (false, told("内容与采用的相同", "the same file as the one that counts"));
    }
    let Some(form) = form.filter(|_| new.form == old.form && new.is_submission()) else {
        return (true, told("不是同一格式，没有逐项比较", "another form, not compared"));
    };
    let names = check::Names { form };
    let (newer, older) = (archive.details(&new.file), archive.details(&old.file));
    let pairs = newer.values.iter().zip(&older.values).enumerate().filter(|(_, (a, b))| a != b);
    let mut said: Vec<String> = pairs
        .map(|(i, (a, b))| {
            let name = names.field(FieldIx(i as u32));
            format!("{} {} → {}", name.get(lang), shown(*b, lang), shown(*a, lang))
        })
        .collect();
    let n = said.len();
    if n == 0 {
        return (false, told("数字与采用的相同", "the same numbers as the one that counts"));
    }
    if n > TOLD {
        said.truncate(TOLD);
        said.push(lang.pick(&format!("等 {n} 处"), &format!("{n} in all")).to_owned());
    }
    let said = said.join(lang.pick("；", "; "));
    (true, told(&said, &said))
}

fn shown(held: Held, lang: Lang) -> String {
    let (zh, en) = match held {
        Held::Number(n) => return amount::show(n),
        Held::Blank => ("空白", "blank"),
        Held::Mark => ("“无”", "a mark for nothing"),
        Held::Unreadable => ("不是数字", "no number"),
        Held::Absent => ("没有这一格", "without this cell"),
    };
    lang.pick(zh, en).to_owned()
}
