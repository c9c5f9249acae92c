//! How a batch stands as a whole: what is open, in one sentence, and how bad that is. Every output that says how it
//! went says it in these words.

use super::overview::{Overview, Role, State};
use crate::finding::{Lang, Severity, Text};
use std::collections::BTreeMap;

/// How bad it is that something is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nothing is open.
    Clear,
    /// Something should be looked at.
    Look,
    /// Something is wrong or missing.
    Fail,
}

impl Overview {
    /// One sentence for who reads nothing else, and how bad it is.
    pub fn standing(&self) -> (Text, Grade) {
        let said: Vec<(Text, Grade)> = [
            self.counted(),
            self.roll_call(),
            self.outsiders(),
            self.wrong(),
            self.doubtful(),
            self.tables(),
        ]
        .into_iter()
        .flatten()
        .collect();
        let Text { zh, en } = Text::join(said.iter().map(|(t, _)| t), "，", "; ");
        let text = Text::new(format!("{zh}。"), format!("{en}."));
        (text, said.iter().map(|(_, grade)| *grade).max().unwrap_or(Grade::Clear))
    }

    /// The sentence alone.
    pub fn verdict(&self) -> Text {
        self.standing().0
    }

    /// How many offices have submissions that are their own, with errors or warnings.
    pub fn offices_with(&self, severity: Severity) -> usize {
        self.adopted().filter(|(_, e)| e.count(severity) > 0).count()
    }

    /// How many offices of the roster have no report that counts.
    pub fn lacking(&self) -> usize {
        self.count(State::Missing) + self.count(State::Rejected)
    }

    /// How many are summed, and how many are not since they do not balance.
    fn counted(&self) -> Vec<(Text, Grade)> {
        let used = self.used().count();
        let mut said = vec![match self.unknown() {
            0 => (
                Text::new(format!("采用 {used} 家单位的报表"), format!("Offices counted: {used}")),
                Grade::Clear,
            ),
            n => (
                Text::new(
                    format!("采用 {used} 份报表，其中 {n} 份认不出单位"),
                    format!("Returns counted: {used}, {n} of them of offices not recognised"),
                ),
                Grade::Look,
            ),
        }];
        let unproved = self.with_role(Role::Unproved);
        if unproved > 0 {
            said.push((
                Text::new(
                    format!("{unproved} 家勾稽不平又不能确定错在哪里，没有计入"),
                    format!("left out since their errors cannot be located: {unproved}"),
                ),
                Grade::Look,
            ));
        }
        said
    }

    /// Who of the roster has not reported, and of whom nothing counts, with the reasons.
    fn roll_call(&self) -> Vec<(Text, Grade)> {
        let (missing, rejected) = (self.count(State::Missing), self.count(State::Rejected));
        let mut said = Vec::new();
        if self.has_roster && missing + rejected == 0 {
            said.push((Text::new("名单上的单位已报齐", "all on the roster have reported"), Grade::Clear));
        }
        if missing > 0 {
            said.push((Text::new(format!("缺报 {missing} 家"), format!("missing: {missing}")), Grade::Fail));
        }
        if rejected > 0 {
            let why = |lang: Lang| {
                let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
                let roles = (0..self.offices.len())
                    .filter(|n| self.offices.get(*n).is_some_and(|o| o.state == State::Rejected))
                    .filter_map(|n| self.roles.get(self.current(n)?.0));
                roles.for_each(|role| *reasons.entry(role.reason(lang)).or_default() += 1);
                let each = reasons.iter().map(|(why, n)| format!("{why} {n}")).collect::<Vec<_>>();
                each.join(lang.pick("、", ", "))
            };
            said.push((
                Text::new(
                    format!("报了而未采用 {rejected} 家（{}）", why(Lang::Zh)),
                    format!("sent, and not counted: {rejected} ({})", why(Lang::En)),
                ),
                Grade::Fail,
            ));
        }
        said
    }

    /// Submissions of offices that are not on the roster, or that nobody knows.
    fn outsiders(&self) -> Vec<(Text, Grade)> {
        let (unlisted, unknown) = (self.with_role(Role::Unlisted), self.with_role(Role::Nobodys));
        let mut zh = Vec::new();
        let mut en = Vec::new();
        if unlisted > 0 {
            zh.push(format!("名单外 {unlisted} 份"));
            en.push(format!("{unlisted} of offices not on the roster"));
        }
        if unknown > 0 {
            zh.push(format!("认不出单位 {unknown} 份"));
            en.push(format!("{unknown} of offices not recognised"));
        }
        if zh.is_empty() {
            return Vec::new();
        }
        let text =
            Text::new(format!("{}没有计入汇总", zh.join("、")), format!("not summed: {}", en.join(" and ")));
        vec![(text, Grade::Look)]
    }

    /// Errors, warnings, and files that could not be audited beside what an office has sent otherwise.
    fn wrong(&self) -> Vec<(Text, Grade)> {
        let (errors, warnings) = (self.offices_with(Severity::Error), self.offices_with(Severity::Warning));
        let of_rejected = |i: &usize| self.office_of(*i).is_some_and(|o| o.state == State::Rejected);
        let failed =
            self.entries.iter().enumerate().filter(|(i, e)| e.error.is_some() && !of_rejected(i)).count();
        let mut said = Vec::new();
        if failed > 0 {
            said.push((
                Text::new(
                    format!("另有 {failed} 份文件不能审核"),
                    format!("other files that could not be audited: {failed}"),
                ),
                Grade::Fail,
            ));
        }
        said.push(match errors {
            0 => (Text::new("采用的报表没有错误", "those that count have no errors"), Grade::Clear),
            _ => (
                Text::new(
                    format!("{errors} 家有错误，需退回更正"),
                    format!("with errors to be corrected: {errors}"),
                ),
                Grade::Fail,
            ),
        });
        if warnings > 0 {
            said.push((
                Text::new(
                    format!("{warnings} 家有警告需核实"),
                    format!("with warnings to be looked at: {warnings}"),
                ),
                Grade::Look,
            ));
        }
        said
    }

    /// What no finding of one file says and somebody has to confirm.
    fn doubtful(&self) -> Vec<(Text, Grade)> {
        let alike: usize = self.alike.iter().map(Vec::len).sum();
        let others = self.doubts().len() - self.alike.len();
        let mut said = Vec::new();
        if alike > 0 {
            said.push(Text::new(
                format!("{alike} 家的数字与别家完全相同，需核实"),
                format!("with the very numbers of another, to be confirmed: {alike}"),
            ));
        }
        if others > 0 {
            said.push(Text::new(
                format!("另有 {others} 处需核实"),
                format!("more to be confirmed: {others}"),
            ));
        }
        said.into_iter().map(|text| (text, Grade::Look)).collect()
    }

    /// The tables that are sums of others, against those.
    fn tables(&self) -> Vec<(Text, Grade)> {
        let tables =
            self.entries.iter().zip(&self.roles).filter(|(e, r)| **r == Role::Aggregate && e.error.is_none());
        tables
            .map(|(entry, _)| {
                let name = entry.file.rsplit('/').next().unwrap_or(&entry.file);
                match (entry.count(Severity::Error), entry.compared) {
                    (0, Some(n)) => (
                        Text::new(
                            format!("汇总表“{name}”与各单位之和相符（{n} 格）"),
                            format!("the aggregate {name:?} agrees with the sum ({n} cells)"),
                        ),
                        Grade::Clear,
                    ),
                    (0, None) => (
                        Text::new(
                            format!("汇总表“{name}”没有与各单位之和核对"),
                            format!("the aggregate {name:?} was not compared with the sum"),
                        ),
                        Grade::Fail,
                    ),
                    (n, _) => (
                        Text::new(
                            format!("汇总表“{name}”有 {n} 处错误"),
                            format!("the aggregate {name:?} has {n} errors"),
                        ),
                        Grade::Fail,
                    ),
                }
            })
            .collect()
    }

    fn with_role(&self, role: Role) -> usize {
        self.roles.iter().filter(|r| **r == role).count()
    }
}

impl Role {
    /// Why nothing of an office counts, in short.
    fn reason(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::OtherYear => ("年度不同", "another year"),
            Self::OtherForm => ("格式不同", "another form"),
            Self::Doubtful => ("标题与文件名的单位不同", "title and name of different offices"),
            _ => ("不能审核", "not audited"),
        };
        lang.pick(zh, en)
    }
}
