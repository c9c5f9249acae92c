//! How a batch stands as a whole: what is open, in one sentence, and how bad that is. Every output that says how it
//! went says it in these words.

use super::overview::{Overview, Role, State};
use crate::finding::{Compared, Lang, Severity, Text, plural};
use std::collections::{BTreeMap, BTreeSet};

/// How bad it is that something is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nothing is open.
    #[default]
    Clear,
    /// Something should be looked at.
    Look,
    /// Something is wrong or missing.
    Fail,
}

/// What is counted where it is said how often rules are broken.
pub(super) const COUNTED: &str = "只计采用的报表，单位已说明的警告不计：";

/// The reports of the year, each in one of these numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByWorst {
    /// Those with errors.
    pub errors: usize,
    /// Those with warnings and no errors.
    pub warnings: usize,
    /// Those with neither.
    pub clear: usize,
}

/// How often a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfRule<'a> {
    /// The rule's code.
    pub code: &'a str,
    /// How many findings there are.
    pub findings: usize,
    /// In the reports of how many offices.
    pub offices: usize,
}

impl Overview {
    /// One sentence for who reads nothing else, and how bad it is.
    pub fn standing(&self) -> (Text, Grade) {
        let said: Vec<(Text, Grade)> = [
            self.counted(),
            self.roll_call(),
            self.outsiders(),
            self.failed(),
            self.doubtful(),
            self.tables(),
        ]
        .into_iter()
        .flatten()
        .collect();
        let Text { zh, en } = Text::join(said.iter().map(|(t, _)| t), "；", "; ");
        let text = Text::new(format!("{zh}。"), format!("{en}."));
        (text, said.iter().map(|(_, grade)| *grade).max().unwrap_or(Grade::Clear))
    }

    /// The sentence alone.
    pub fn verdict(&self) -> Text {
        self.standing().0
    }

    /// The reports of the year, by the worst that is found in them.
    pub fn by_worst(&self) -> ByWorst {
        let mut counted = ByWorst::default();
        for (_, entry) in self.adopted() {
            let worst = [Severity::Error, Severity::Warning].into_iter().find(|s| entry.count(*s) > 0);
            match worst {
                Some(Severity::Error) => counted.errors += 1,
                Some(_) => counted.warnings += 1,
                None => counted.clear += 1,
            }
        }
        counted
    }

    /// How often the reports of the year break which rule: the most broken first. What an office has explained, or sent
    /// anew, is not counted.
    pub fn by_rule(&self) -> Vec<OfRule<'_>> {
        let mut rules: BTreeMap<&str, OfRule> = BTreeMap::new();
        for (_, entry) in self.adopted() {
            let mut seen = BTreeSet::new();
            for broken in &entry.broken {
                let code = broken.code.as_str();
                let rule = rules.entry(code).or_insert(OfRule { code, findings: 0, offices: 0 });
                rule.findings += broken.times;
                rule.offices += usize::from(seen.insert(code));
            }
        }
        let mut rules: Vec<OfRule> = rules.into_values().collect();
        rules.sort_by_key(|r| (std::cmp::Reverse((r.offices, r.findings)), r.code));
        rules
    }

    /// How many offices of the roster have no report that counts.
    pub fn lacking(&self) -> usize {
        self.count(State::Missing) + self.count(State::Rejected)
    }

    /// How many are summed, how they were judged, and how many are not summed since they do not balance.
    fn counted(&self) -> Vec<(Text, Grade)> {
        let year = self.year.map(|y| Text::new(format!(" {y} 年"), format!(" ({y})"))).unwrap_or_default();
        let (zh, en) = (&year.zh, &year.en);
        let (used, unknown, unproved) = (self.used().count(), self.unknown(), self.with_role(Role::Unproved));
        let (judged, grade) = self.judged().unwrap_or_default();
        if unknown + unproved == 0 {
            let text = Text::new(
                format!("采用 {used} 家单位{zh}的报表{}", joined("，", &judged.zh)),
                format!("Offices counted: {used}{en}{}", joined(", ", &judged.en)),
            );
            return vec![(text, grade)];
        }
        let mut said = vec![match unknown {
            0 => Text::new(format!("采用 {used} 家单位{zh}的报表"), format!("Offices counted: {used}{en}")),
            n => Text::new(
                format!("采用 {used} 份{zh}报表，其中 {n} 份认不出单位"),
                format!("Returns counted: {used}{en}, {n} of them of offices not recognised"),
            ),
        }];
        if unproved > 0 {
            said.push(Text::new(
                format!("{unproved} 家勾稽不平又不能确定错在哪里，没有计入"),
                format!("left out since their errors cannot be located: {unproved}"),
            ));
        }
        let mut said: Vec<(Text, Grade)> = said.into_iter().map(|text| (text, Grade::Look)).collect();
        let all = used + unproved;
        said.extend((!judged.zh.is_empty()).then(|| {
            (
                Text::new(
                    format!("这 {all} 份报表，{}", judged.zh),
                    format!("of these {all}: {}", judged.en),
                ),
                grade,
            )
        }));
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

    /// Files that could not be audited beside what an office has sent otherwise.
    fn failed(&self) -> Vec<(Text, Grade)> {
        let of_rejected = |i: &usize| self.office_of(*i).is_some_and(|o| o.state == State::Rejected);
        let failed =
            self.entries.iter().enumerate().filter(|(i, e)| e.error.is_some() && !of_rejected(i)).count();
        let text = Text::new(
            format!("另有 {failed} 份文件不能审核"),
            format!("other files that could not be audited: {failed}"),
        );
        (failed > 0).then_some((text, Grade::Fail)).into_iter().collect()
    }

    /// How many of the reports of the year have errors, how many only warnings, and how many neither: each stands in
    /// one of these numbers. Nothing where there are none.
    fn judged(&self) -> Option<(Text, Grade)> {
        let ByWorst { errors, warnings, clear } = self.by_worst();
        let parts = [
            (errors, Text::new("有错误需退回更正", "with errors to be corrected"), Grade::Fail),
            (warnings, Text::new("只有警告需核实", "with warnings alone"), Grade::Look),
            (clear, Text::new("没有错误和警告", "without errors and warnings"), Grade::Clear),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|(n, ..)| *n > 0).collect();
        let grade = parts.iter().map(|(.., grade)| *grade).max()?;
        if let [(_, text, _)] = parts.as_slice() {
            return Some((Text::new(format!("都{}", text.zh), format!("all {}", text.en)), grade));
        }
        let said = |(n, text, _): &(usize, Text, Grade)| {
            Text::new(format!("{n} 家{}", text.zh), format!("{n} {}", text.en))
        };
        let Text { zh, en } = Text::join(parts.iter().map(said).collect::<Vec<_>>().iter(), "、", ", ");
        Some((Text::new(format!("其中 {zh}"), en), grade))
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
                let errors = entry.count(Severity::Error);
                let (more_zh, more_en) = match errors {
                    0 => (String::new(), String::new()),
                    n => (format!("，但有 {n} 处错误"), format!(", but has {}", plural(n, "error"))),
                };
                let (text, is_right) = match entry.compared {
                    Some(Compared { cells, differ: 0 }) => (
                        Text::new(
                            format!("汇总表“{name}”与各单位之和相符（{cells} 格）{more_zh}"),
                            format!(
                                "the aggregate {name:?} agrees with the sum ({}){more_en}",
                                plural(cells, "cell")
                            ),
                        ),
                        errors == 0,
                    ),
                    None if errors == 0 => (
                        Text::new(
                            format!("汇总表“{name}”没有与各单位之和核对"),
                            format!("the aggregate {name:?} was not compared with the sum"),
                        ),
                        false,
                    ),
                    _ => (
                        Text::new(
                            format!("汇总表“{name}”有 {errors} 处错误"),
                            format!("the aggregate {name:?} has {}", plural(errors, "error")),
                        ),
                        false,
                    ),
                };
                (text, if is_right { Grade::Clear } else { Grade::Fail })
            })
            .collect()
    }

    fn with_role(&self, role: Role) -> usize {
        self.roles.iter().filter(|r| **r == role).count()
    }
}

/// A clause behind a mark; nothing where there is none.
fn joined(mark: &str, clause: &str) -> String {
    if clause.is_empty() { String::new() } else { format!("{mark}{clause}") }
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
