//! What offices have sent round by round, so that after a second sending it can be said who has corrected, who has
//! not, and what is new.

use super::entry::{Archive, Entry, Item};
use super::overview::{Office, Overview, Role, State};
use crate::finding::{Lang, Severity};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The language in which it is kept why something did not count, so that it is known again in any.
const MARKED: Lang = Lang::Zh;

/// The last two rounds of an office; a round ends when it sends something else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    /// The round before, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Round>,
    /// What stands now, or stood last.
    pub now: Round,
    /// Whether what it had sent is no longer there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// What an office had sent, and what was wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// SHA-256 of the submission; empty where there was none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Its errors, by rule and place.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub errors: BTreeSet<String>,
    /// Whether its office has explained each of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explained: bool,
    /// Whether nothing of it counts, so that its errors say nothing of those before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void: bool,
    /// How many files of the office there were.
    #[serde(default)]
    pub files: usize,
    /// Whether more files came since, and the same one counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// What an office that has been asked to correct or to report has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Still nothing sent.
    StillMissing,
    /// What it had sent is no longer there, and nothing else was sent.
    Gone,
    /// There is only a copy as gouji left it, or one whose corrections the office refuses.
    Copy,
    /// Something sent, and nothing of it counts.
    Rejected,
    /// Something sent anew that does not count, as of another year, or one that cannot be read.
    Unused,
    /// Sent anew, the same as before.
    Same,
    /// Nothing sent anew, its errors stand.
    Silent,
    /// Sent anew, and errors stand.
    Remaining,
    /// Sent for the first time, with errors.
    First,
    /// Sent anew, with errors that are new.
    New,
    /// Sent for the first time, without errors.
    Late,
    /// Errors stand, and the office has explained each of them.
    Explained,
    /// All errors are gone.
    Corrected,
}

impl Answer {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::StillMissing => "仍未报送",
            Self::Gone => "报送的文件不见了",
            Self::Copy => "交来的副本不算报送",
            Self::Rejected => "报了而未采用",
            Self::Unused => "重报的未采用",
            Self::Same => "重报的没有改动",
            Self::Silent => "未重新报送",
            Self::Remaining => "重报后仍有错误",
            Self::First => "首次报送，有错误",
            Self::New => "新出现错误",
            Self::Late => "已补报",
            Self::Explained => "已作说明，待核实",
            Self::Corrected => "已改正",
        }
    }

    /// Whether the office has to be reminded.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Late | Self::Corrected)
    }
}

impl Rounds {
    /// Takes in what stands now; a file that went away has corrected nothing.
    fn advance(&mut self, now: Round) {
        self.gone = now.sha256.is_empty() && !self.now.sha256.is_empty();
        if self.gone {
            return;
        }
        let mut now = now;
        if self.now.sha256 == now.sha256 {
            now.again = self.now.again || now.files > self.now.files;
        } else {
            self.before = Some(std::mem::take(&mut self.now));
        }
        self.now = now;
    }

    /// How many errors of the round before are gone, remain, and how many are new.
    pub fn counts(&self) -> (usize, usize, usize) {
        let now = &self.now.errors;
        let Some(before) = self.before.as_ref().filter(|_| !self.gone) else { return (0, now.len(), 0) };
        if before.sha256.is_empty() {
            return (0, 0, now.len());
        }
        if self.now.void || before.void {
            let known = now.intersection(&before.errors).count();
            return (0, known, now.len() - known);
        }
        let gone = before.errors.difference(now).count();
        (gone, before.errors.len() - gone, now.difference(&before.errors).count())
    }

    /// Whether an error was there in the round before.
    pub fn is_known(&self, error: &str) -> bool {
        self.before.as_ref().is_none_or(|b| b.errors.contains(error))
    }

    /// The round before, if something was sent in it.
    fn sent_before(&self) -> Option<&Round> {
        self.before.as_ref().filter(|before| !before.sha256.is_empty())
    }

    /// What the office has done; nothing where nothing was asked of it.
    pub fn answer(&self) -> Option<Answer> {
        let (_, remaining, new) = self.counts();
        let is_first = self.sent_before().is_none();
        match &self.before {
            _ if self.gone => Some(Answer::Gone),
            _ if self.now.sha256.is_empty() => Some(Answer::StillMissing),
            _ if self.now.explained => Some(Answer::Explained),
            None if remaining > 0 => Some(Answer::Silent),
            None => None,
            Some(_) if new > 0 && is_first => Some(Answer::First),
            Some(_) if remaining > 0 => Some(Answer::Remaining),
            Some(_) if new > 0 => Some(Answer::New),
            Some(_) if is_first => Some(Answer::Late),
            Some(before) if before.errors.is_empty() => None,
            Some(_) => Some(Answer::Corrected),
        }
    }
}

impl Overview {
    /// Takes the rounds of earlier runs one further by what stands now.
    pub fn advance(&mut self, earlier: BTreeMap<String, Rounds>, archive: &dyn Archive) {
        let mut rounds = earlier;
        for (n, office) in self.offices.iter().enumerate().filter(|(_, o)| !o.nobody) {
            let why = self.rejected(n, MARKED);
            let files = office.files.len();
            let round = self.current(n).map(|(_, e)| Round { files, ..round(e, why, archive) });
            let round = round.unwrap_or_default();
            match rounds.get_mut(&office.name) {
                Some(known) => known.advance(round),
                None => {
                    rounds.insert(office.name.clone(), Rounds { now: round, ..Rounds::default() });
                }
            }
        }
        self.rounds = rounds;
    }

    /// Whether an office has sent anything, or taken it away, since it was first looked at.
    pub fn is_second_round(&self) -> bool {
        let is_later = |r: &Rounds| r.before.is_some() || r.gone || r.now.again;
        self.offices.iter().any(|o| self.rounds.get(&o.name).is_some_and(is_later))
    }

    /// What an office that has been asked to correct or to report has done.
    pub fn answer(&self, office: usize) -> Option<Answer> {
        let known = self.offices.get(office)?;
        let answer = self.rounds.get(&known.name)?.answer();
        let is_sent = answer != Some(Answer::Gone);
        match answer {
            Some(Answer::Gone | Answer::StillMissing) if !known.unedited.is_empty() => Some(Answer::Copy),
            _ if known.state == State::Rejected && is_sent => Some(Answer::Rejected),
            Some(Answer::Silent | Answer::Remaining) if self.rounds.get(&known.name)?.now.again => {
                Some(if self.others(known).is_empty() { Answer::Same } else { Answer::Unused })
            }
            _ => answer,
        }
    }
}

/// What an office has to be reminded of.
#[derive(Debug)]
pub struct Reminder<'a> {
    /// The office.
    pub office: &'a Office,
    /// What it has done.
    pub answer: Answer,
    /// How many errors of the round before are gone, remain, and how many are new.
    pub counts: (usize, usize, usize),
    /// What stood wrong in the round before and still does.
    pub old: Vec<String>,
    /// What is new.
    pub new: Vec<String>,
}

impl Overview {
    /// Who has to be reminded, or has answered, in the roster's order.
    pub fn reminders<'a>(&'a self, archive: &'a dyn Archive) -> impl Iterator<Item = Reminder<'a>> {
        self.offices.iter().enumerate().filter_map(|(n, office)| {
            let (rounds, answer) = (self.rounds.get(&office.name)?, self.answer(n)?);
            let (old, new) = self.problems(n, rounds, archive);
            Some(Reminder { office, answer, counts: rounds.counts(), old, new })
        })
    }

    /// What an office has sent beside what counts and is no copy of it, each with why it does not count.
    fn others(&self, office: &Office) -> Vec<String> {
        let is_same = |i: usize| self.roles.get(i) == Some(&Role::Older) && self.is_copy(i);
        let others = office.files.iter().skip(1).filter(|i| !is_same(**i));
        let colon = self.lang.pick("：", ": ");
        let told =
            |i: &usize| Some(format!("{}{colon}{}", self.entries.get(*i)?.file, self.unused(*i, self.lang)?));
        others.filter_map(told).collect()
    }

    /// What stands wrong with the submission of an office: known from the round before, and new.
    fn problems(&self, n: usize, rounds: &Rounds, archive: &dyn Archive) -> (Vec<String>, Vec<String>) {
        let Some((_, entry)) = self.current(n) else { return (self.instead(n), Vec::new()) };
        let failed = entry.error.clone().map(|error| (error, entry.status.clone()));
        let colon = self.lang.pick("：", ": ");
        let told = |why| format!("{}{colon}{why}", entry.file);
        let rejected = self.rejected(n, self.lang).map(told).zip(self.rejected(n, MARKED));
        if let Some((told, mark)) = failed.or(rejected) {
            let told = vec![told];
            return if rounds.is_known(&mark) { (told, Vec::new()) } else { (Vec::new(), told) };
        }
        if entry.count(Severity::Error) == 0 {
            return (Vec::new(), Vec::new());
        }
        let (old, new): (Vec<Item>, Vec<Item>) =
            open_errors(entry, archive).partition(|f| rounds.is_known(&f.mark()));
        let one = |f: &Item| {
            let said = f.said().map(|said| match self.lang {
                Lang::Zh => format!("（单位说明：{said}）"),
                Lang::En => format!(" (the office says: {said})"),
            });
            format!("{}{colon}{}{}", f.at(self.lang), f.message, said.unwrap_or_default())
        };
        let told = |items: Vec<Item>| items.iter().map(one).collect::<Vec<String>>();
        let office = self.offices.get(n);
        let sent = office.filter(|_| rounds.now.again).map(|o| self.others(o)).unwrap_or_default();
        let back = office.into_iter().flat_map(|o| &o.sent_back).map(|text| text.get(self.lang).to_owned());
        (sent.into_iter().chain(back).chain(told(old)).collect(), told(new))
    }
}

/// A round of an office, and `why` nothing of it counts.
fn round(entry: &Entry, why: Option<String>, archive: &dyn Archive) -> Round {
    let (mut errors, mut explained) = (BTreeSet::new(), false);
    let void = entry.error.is_some() || why.is_some();
    if entry.error.is_some() {
        errors.insert(entry.status.clone());
    } else if let Some(why) = why {
        errors.insert(why);
    } else if entry.count(Severity::Error) > 0 {
        let open: Vec<Item> = open_errors(entry, archive).collect();
        explained = open.iter().all(|f| f.explained.is_some());
        errors.extend(open.iter().map(Item::mark));
    }
    // A file without a digest could not be read at all; it was sent nonetheless.
    let sha256 = if entry.sha256.is_empty() { format!("?{}", entry.file) } else { entry.sha256.clone() };
    Round { sha256, errors, explained, void, ..Round::default() }
}

fn open_errors(entry: &Entry, archive: &dyn Archive) -> impl Iterator<Item = Item> {
    let findings = archive.details(&entry.file).findings.into_iter();
    findings.filter(|f| f.severity == Severity::Error && f.confirmed.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(sha: &str, errors: &[&str]) -> Round {
        Round {
            sha256: sha.to_owned(),
            errors: errors.iter().map(|e| (*e).to_owned()).collect(),
            ..Round::default()
        }
    }

    #[test]
    fn answers_follow_from_the_last_two_rounds() {
        let cases: [(&[Round], Option<Answer>); 12] = [
            (&[sent("a", &[])], None),
            (&[sent("", &[])], Some(Answer::StillMissing)),
            (&[sent("a", &["A303 natural"])], Some(Answer::Silent)),
            (&[sent("a", &["A303 natural"]), sent("b", &[])], Some(Answer::Corrected)),
            (&[sent("a", &["A303 natural"]), sent("b", &["A303 natural"])], Some(Answer::Remaining)),
            (&[sent("a", &["A303 natural"]), sent("b", &["A401 review"])], Some(Answer::New)),
            (&[sent("", &[]), sent("b", &[])], Some(Answer::Late)),
            (&[sent("", &[]), sent("b", &["A303 natural"])], Some(Answer::First)),
            (&[sent("a", &[]), sent("b", &[])], None),
            (&[sent("a", &["A303 natural"]), sent("", &[])], Some(Answer::Gone)),
            (&[sent("a", &["A303 natural"]), sent("", &[]), sent("b", &[])], Some(Answer::Corrected)),
            (
                &[sent("a", &["A303 natural"]), sent("", &[]), sent("a", &["A303 natural"])],
                Some(Answer::Silent),
            ),
        ];
        for (rounds, answer) in cases {
            let mut all = Rounds { now: rounds[0].clone(), ..Rounds::default() };
            for round in &rounds[1..] {
                all.advance(round.clone());
            }
            assert_eq!(all.answer(), answer, "{rounds:?}");
            let same = all.clone();
            all.advance(rounds[rounds.len() - 1].clone());
            assert_eq!(all, same, "looking again changes nothing");
        }
    }
}
