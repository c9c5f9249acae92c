//! All submissions of a batch together, as data: whose they are, which of them count, and their sum.

use super::entry::{Archive, Details, Entry, Held};
use super::remarks::Alike;
use super::rounds::Rounds;
use super::sums::Adder;
use super::sums::Sum;
use crate::finding::{self, Lang, Severity, Text};
use crate::form::{FieldIx, Form};
use crate::report::unedited::Unedited;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// All submissions of a batch.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// Submissions in the order of their paths.
    pub entries: Vec<Entry>,
    /// What each of them counts for.
    pub roles: Vec<Role>,
    /// Id of the form that most submissions are of; the roll-up is of this form.
    pub form: Option<String>,
    /// What submissions of that form call themselves; empty where there is no form.
    pub report: String,
    /// The year that the batch is of.
    pub year: Option<i32>,
    /// The year of the reports that it is compared with, where there are such.
    pub last: Option<i32>,
    /// Offices: those of the roster in its order, then others.
    pub offices: Vec<Office>,
    /// Submissions of two offices of which each has the other's name.
    pub swapped: Vec<(usize, usize)>,
    /// Submissions whose file's name speaks of another office than they do.
    pub misnamed: Vec<Misnamed>,
    /// The number of each submission's office.
    pub owners: Vec<usize>,
    /// Whether there is a roster.
    pub has_roster: bool,
    /// The roll-up: one sum a field of the form, in its order.
    pub sums: Vec<Sum>,
    /// The same of the year before, over the offices of which both years are at hand.
    pub before: Vec<Sum>,
    /// Offices of which the year before is at hand too.
    pub both_years: usize,
    /// The sum of this year over the same offices.
    pub since: Vec<Sum>,
    /// Fields of the roll-up that were added up as one line, since some offices report only that line.
    pub coarse: Vec<FieldIx>,
    /// Submissions of several offices that hold the same numbers, more than by chance.
    pub alike: Vec<Vec<usize>>,
    /// Copies as gouji left them, of whose offices there is nothing else.
    pub unedited: Vec<Unedited>,
    /// Which numbers are summed.
    pub choice: Choice,
    /// What the rules of that form say that are its own, by their codes.
    pub titles: BTreeMap<String, Text>,
    /// The language of its sheets and pages.
    pub lang: Lang,
    /// What the offices have sent in earlier rounds, by the office's name; those without any are left out.
    pub rounds: BTreeMap<String, Rounds>,
}

/// A submission whose file's name speaks of another office than it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misnamed {
    /// Its number.
    pub file: usize,
    /// The office of its file's name.
    pub name: String,
    /// That office, by its number, where there is such.
    pub named: Option<usize>,
}

/// Which numbers are summed; by default those that were entered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice {
    /// Proved corrections are made first.
    pub corrected: bool,
    /// Submissions whose sums do not balance, and no correction of them is proved, are left out.
    pub proved_only: bool,
    /// With a roster, submissions that are of none of its offices are summed too.
    pub unlisted: bool,
    /// The year to sum, where the user has said it.
    pub year: Option<i32>,
}

/// What a submission counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Its numbers are its office's.
    Used,
    /// Its office has sent another one that counts.
    Older,
    /// It is of another year than most.
    OtherYear,
    /// It is of another form than most.
    OtherForm,
    /// Its title and its name are of different offices, and the office of its title has sent one of which both agree.
    Doubtful,
    /// Its sums do not balance, no correction is proved, and such are not to be summed.
    Unproved,
    /// Its office does not stand on the roster.
    Unlisted,
    /// Nobody knows whose it is, so that it is of no office of the roster.
    Nobodys,
    /// It is the sum of others.
    Aggregate,
    /// It holds no numbers.
    NoForm,
}

/// An office and what it has sent.
#[derive(Debug, Clone, Default)]
pub struct Office {
    /// Its name, as on the roster if it stands there.
    pub name: String,
    /// Its level, from the roster.
    pub level: String,
    /// The office above it, from the roster.
    pub parent: String,
    /// Until when it has to correct, from the roster.
    pub due: String,
    /// Whom to ask, from the roster.
    pub contact: String,
    /// Whether it stands on the roster; `true` for all where there is none.
    pub listed: bool,
    /// Whether it stands for a file of which nobody knows whose it is.
    pub nobody: bool,
    /// Its submissions by number, the one that counts first.
    pub files: Vec<usize>,
    /// How many of them are versions of one report: neither of another year than the one that counts, nor without a
    /// report.
    pub versions: usize,
    /// How those differ from one another.
    pub differences: Vec<String>,
    /// Those of them that would count if the office had sent no other.
    pub gave_way: Vec<GaveWay>,
    /// The copies as gouji left them of which there is nothing else of it, by their numbers.
    pub unedited: Vec<usize>,
    /// Copies as gouji left them that it has sent back beside its report.
    pub sent_back: Vec<Text>,
    /// How it stands against the roster.
    pub state: State,
}

/// A submission that gave way to the one that counts.
#[derive(Debug, Clone)]
pub struct GaveWay {
    /// Its number.
    pub file: usize,
    /// Why the other one counts.
    pub why: Text,
    /// What speaks against that.
    pub against: Option<Text>,
    /// Whether it holds other tables of the form than the one that counts: the office has sent it in pieces.
    pub is_piece: bool,
}

impl GaveWay {
    /// Why, and what speaks against it.
    pub fn said(&self) -> Text {
        let Some(against) = &self.against else { return self.why.clone() };
        Text::new(format!("{}，{}", self.why.zh, against.zh), format!("{}, {}", self.why.en, against.en))
    }
}

/// How an office stands against the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// One submission, and it counts.
    Reported,
    /// Nothing sent.
    #[default]
    Missing,
    /// Something sent, and nothing of it counts: it cannot be read, is of another year, another form, another office.
    Rejected,
    /// More than one, and one counts.
    Twice,
    /// Not on the roster.
    Unlisted,
    /// No office, but files of which nobody knows whose they are.
    Nobody,
}

impl Office {
    /// Settles how it stands, by what its submissions count for.
    pub fn settle(&mut self, roles: &[Role]) {
        let first = self.files.first().and_then(|i| roles.get(*i));
        self.state = match first {
            _ if self.nobody => State::Nobody,
            _ if !self.listed => State::Unlisted,
            None => State::Missing,
            // What an office above others sends is their sum.
            Some(Role::Aggregate) => State::Reported,
            Some(role) if !role.is_adopted() => State::Rejected,
            Some(_) if self.versions > 1 => State::Twice,
            Some(_) => State::Reported,
        };
    }
}

impl State {
    /// All of them, as they are counted.
    pub const ALL: [Self; 6] =
        [Self::Reported, Self::Twice, Self::Missing, Self::Rejected, Self::Unlisted, Self::Nobody];

    /// The word for it.
    pub const fn word(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Reported => ("已报", "reported"),
            Self::Missing => ("缺报", "missing"),
            Self::Rejected => ("未采用", "not counted"),
            Self::Twice => ("重复报送", "sent twice"),
            Self::Unlisted => ("名单外", "not on the roster"),
            Self::Nobody => ("认不出单位", "office not recognised"),
        };
        lang.pick(zh, en)
    }
}

impl Role {
    /// Whether nothing in it is its office's report of the year, or it is the sum of others.
    const fn is_past(self) -> bool {
        matches!(self, Self::Older | Self::OtherYear | Self::OtherForm | Self::Aggregate | Self::NoForm)
    }

    /// Whether it is its office's report of the year, summed or not.
    pub const fn is_adopted(self) -> bool {
        matches!(self, Self::Used | Self::Unproved)
    }

    /// Whether its numbers are summed, and if not why.
    pub const fn word(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Used => ("采用", "counted"),
            Self::Older => ("未采用（有较新的）", "not counted: a newer one is there"),
            Self::OtherYear => ("未采用（年度不同）", "not counted: another year"),
            Self::OtherForm => ("未采用（格式不同）", "not counted: another form"),
            Self::Unproved => {
                ("未采用（勾稽不平，不能确定错在哪里）", "not counted: its error cannot be located")
            }
            Self::Doubtful => (
                "未采用（标题与文件名的单位不同）",
                "not counted: its title and its name are of different offices",
            ),
            Self::Unlisted => ("未计入（名单外）", "not counted: not on the roster"),
            Self::Nobodys => ("未计入（认不出单位）", "not counted: office not recognised"),
            Self::Aggregate => ("汇总单位的表，与各单位之和核对", "a sum, compared with its members"),
            Self::NoForm => ("未采用（没有报表）", "not counted: no form"),
        };
        lang.pick(zh, en)
    }
}

impl Overview {
    /// The office that is above all of those that are summed, where the roster says one.
    pub(super) fn above(&self) -> Option<&str> {
        let mut parents = self.used().filter_map(|(i, _)| self.office_of(i)).map(|o| o.parent.as_str());
        let first = parents.next().filter(|p| !p.is_empty())?;
        parents.all(|p| p == first).then_some(first)
    }

    /// The year and the name of the reports, for titles.
    pub fn reports(&self) -> String {
        self.report_of(self.year)
    }

    /// The name of the report of a year.
    pub(super) fn report_of(&self, year: Option<i32>) -> String {
        let year = year.map(|y| Text::new(format!("{y}年"), format!("{y} "))).unwrap_or_default();
        let report = if self.report.is_empty() { self.word("报表") } else { &self.report };
        format!("{}{report}", year.get(self.lang))
    }

    /// What a summary of a batch is called.
    pub fn heading(&self) -> String {
        let reports = self.reports();
        match self.lang {
            Lang::Zh => format!("{reports}审核汇总"),
            Lang::En => format!("Audit summary: {reports}"),
        }
    }

    /// What a rule says: gouji's own, or the form's.
    pub fn rule_title(&self, code: &str) -> &str {
        let own = || self.titles.get(code).map_or("", |title| title.get(self.lang));
        finding::rule(code).map_or_else(own, |rule| rule.title.get(self.lang))
    }

    /// A fixed word of the sheets and pages in their language (templates/summary.toml); a Chinese one without a
    /// translation itself.
    pub fn word<'t>(&self, zh: &'t str) -> &'t str {
        static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
        let words = WORDS.get_or_init(|| {
            toml::from_str(include_str!("../../../templates/summary.toml")).unwrap_or_default()
        });
        match self.lang {
            Lang::Zh => zh,
            Lang::En => words.get(zh).map_or(zh, String::as_str),
        }
    }

    /// The submissions that count, with their numbers.
    pub fn used(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let with_role = self.entries.iter().zip(&self.roles).enumerate();
        with_role.filter(|(_, (_, role))| **role == Role::Used).map(|(i, (entry, _))| (i, entry))
    }

    /// The submissions that count, in the order of the offices: that of the roster.
    pub fn used_by_office(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let used = |i: &usize| self.roles.get(*i) == Some(&Role::Used);
        let files = self.offices.iter().flat_map(|o| &o.files).copied().filter(used);
        files.filter_map(|i| Some((i, self.entries.get(i)?)))
    }

    /// The submissions that are their offices' reports of the year, summed or not.
    pub fn adopted(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let with_role = self.entries.iter().zip(&self.roles).enumerate();
        with_role.filter(|(_, (_, role))| role.is_adopted()).map(|(i, (entry, _))| (i, entry))
    }

    /// Why a submission does not count; nothing of one that does, or is the sum of others.
    pub fn unused(&self, entry: usize, lang: Lang) -> Option<String> {
        let (sent, role) = (self.entries.get(entry)?, self.roles.get(entry)?);
        match (role, sent.year, self.year) {
            (Role::Used | Role::Aggregate, ..) => None,
            (Role::OtherYear, Some(is), Some(due)) => Some(match lang {
                Lang::Zh => format!("未采用（是 {is} 年的，不是 {due} 年的）"),
                Lang::En => format!("not counted: of {is} and not of {due}"),
            }),
            (Role::NoForm, ..) if sent.status == "unreadable" => {
                Some(lang.pick("未采用（无法读取）", "not counted: it cannot be read").to_owned())
            }
            (Role::Older, ..) if self.is_copy(entry) => Some(
                lang.pick("未采用（与采用的一份相同）", "not counted: the same as the one that is")
                    .to_owned(),
            ),
            _ => Some(role.word(lang).to_owned()),
        }
    }

    /// Whether a submission that gave way holds what the one that counts holds.
    pub(super) fn is_copy(&self, entry: usize) -> bool {
        self.office_of(entry).is_some_and(|o| o.gave_way.iter().all(|g| g.file != entry))
    }

    /// The submission of an office that its errors are told of: the one that counts, else the newest.
    pub fn current(&self, office: usize) -> Option<(usize, &Entry)> {
        let first = *self.offices.get(office)?.files.first()?;
        Some((first, self.entries.get(first)?))
    }

    /// The file of an office that is summed; empty where none is.
    pub(super) fn counted_file(&self, office: &Office) -> &str {
        let used = office.files.iter().find(|i| self.roles.get(**i) == Some(&Role::Used));
        used.and_then(|i| self.entries.get(*i)).map_or("", |e| e.file.as_str())
    }

    /// Why nothing of what an office of the roster has sent counts; nothing where something does.
    pub fn rejected(&self, office: usize, lang: Lang) -> Option<String> {
        let is_rejected = self.offices.get(office)?.state == State::Rejected;
        self.current(office).filter(|_| is_rejected).and_then(|(i, _)| self.unused(i, lang))
    }

    /// Submissions by what is wrong with them, worst first; those that do not count come last.
    pub fn worst_first(&self) -> Vec<usize> {
        let key = |i: &usize| {
            let worst = self
                .entries
                .get(*i)
                .map(|e| (e.error.is_some(), e.count(Severity::Error), e.count(Severity::Warning)));
            (!self.is_first(*i), std::cmp::Reverse(worst), *i)
        };
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_cached_key(key);
        order
    }

    /// The office that a submission is of.
    pub fn office_of(&self, entry: usize) -> Option<&Office> {
        self.offices.get(*self.owners.get(entry)?)
    }

    /// The name of a submission's office.
    pub fn name_of(&self, entry: usize) -> &str {
        let own = || self.entries.get(entry).map_or("", Entry::name);
        self.office_of(entry).map_or_else(own, |o| o.name.as_str())
    }

    /// Whether a submission is what there is of its office: one that counts, or one without a form.
    fn is_first(&self, entry: usize) -> bool {
        let role = self.roles.get(entry);
        role.is_some_and(|r| r.is_adopted() || matches!(r, Role::NoForm | Role::Aggregate))
    }

    /// How many of the submissions that count are of nobody knows whom.
    pub fn unknown(&self) -> usize {
        self.used().filter(|(i, _)| self.office_of(*i).is_some_and(|o| o.nobody)).count()
    }

    /// How many offices stand how against the roster; what there is none of is told only of what there should be.
    pub fn states(&self, lang: Lang) -> Vec<(&'static str, usize)> {
        let counted = State::ALL.map(|s| (s, self.count(s)));
        counted
            .into_iter()
            .filter(|(s, n)| !matches!(s, State::Nobody | State::Rejected) || *n > 0)
            .map(|(s, n)| (s.word(lang), n))
            .collect()
    }

    /// How many offices stand so against the roster.
    pub fn count(&self, state: State) -> usize {
        self.offices.iter().filter(|o| o.state == state).count()
    }

    /// Adds up the submissions that count, this year's and last year's.
    ///
    /// Where some offices report one line in place of several, the sum has that line: several cannot be had from
    /// one.
    pub fn add_up(&mut self, form: &Form, archive: &dyn Archive) {
        let (mut now, mut since, mut before) = (Adder::new(form), Adder::new(form), Adder::new(form));
        let (mut both_years, mut alike) = (0, Alike::default());
        for (i, (entry, role)) in self.entries.iter().zip(&self.roles).enumerate() {
            if role.is_past() {
                continue;
            }
            let details = archive.details(&entry.file);
            alike.add(i, &details);
            if *role != Role::Used {
                continue;
            }
            let held = |f: usize| details.value(f, self.choice.corrected);
            now.add(&held);
            if !details.before.is_empty() {
                both_years += 1;
                let was = |f: usize| details.before.get(f).copied().unwrap_or_default();
                Adder::add_both([&mut before, &mut since], [&was, &held]);
            }
        }
        (self.sums, self.coarse) = now.sums();
        self.since = since.sums_by(&self.coarse);
        self.before = before.sums_by(&self.coarse);
        self.both_years = both_years;
        self.alike = alike.groups();
    }

    /// The sum of a field.
    pub fn sum(&self, field: FieldIx) -> Option<&Sum> {
        self.sums.get(field.0 as usize)
    }

    /// What a submission that counts contributes to a field of the sum.
    pub fn contribution(&self, form: &Form, details: &Details, field: FieldIx) -> Held {
        let held = |f: usize| details.value(f, self.choice.corrected);
        if self.coarse.contains(&field) {
            super::sums::whole_or_parts(&held, field, &form.replaced(field))
        } else {
            held(field.0 as usize)
        }
    }
}
