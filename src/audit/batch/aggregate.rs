//! The district's own table against the sum of its members (X901), cell by cell.
//!
//! An aggregate is what the user names, or a file whose name says 汇总; its members are the submissions that count
//! below its folder. What moves many cells, such as a member left out, is one finding (`whole`); for each cell that
//! is left, members are named whose number there would close the gap: whoever explains most cells comes first.

use super::walk::Item;
use super::whole::{self, Shift};
use crate::audit::{Content, hex};
use crate::check::{self, Names};
use crate::finding::{Finding, Severity, Text};
use crate::form::{FieldIx, Form, Level};
use crate::grid::{Workbook, amount};
use crate::mapping::identity;
use crate::report::summary::{Archive, Details, Held, Overview, Role, Sum, sums};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The rule's code.
pub(super) const CODE: &str = "X901";
/// Members named for one cell.
const NAMED: usize = 5;
/// So many cells that a member explains are no chance.
const TELLING: usize = 3;
/// So many members may together close a gap.
const TOGETHER: usize = 3;
/// Corrections of one field among which such members are sought.
const SOUGHT: usize = 60;

/// The members of one aggregate, added up.
#[derive(Debug, Default)]
pub(super) struct Members {
    year: Option<i32>,
    form: Option<String>,
    missing: usize,
    corrected: bool,
    each: Vec<Member>,
    /// Who counts elsewhere.
    outside: Vec<Member>,
    sums: Vec<Sum>,
    coarse: Vec<FieldIx>,
    /// A digest over what the members hold.
    digest: Sha256,
}

/// One member: its submission that counts, and those that do not any more.
#[derive(Debug)]
struct Member {
    name: String,
    file: String,
    /// Files that do not count any more.
    older: Vec<String>,
}

/// Why a gap would be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// A correction of the member's number closes it.
    Correction,
    /// The aggregate has the member's number before its correction.
    Uncorrected,
    /// The aggregate has the member's older number.
    Older,
    /// The aggregate has last year's numbers of all members.
    AllLastYear,
    /// The aggregate has the member's number of last year.
    LastYear,
    /// The aggregate lacks the member.
    LeftOut,
    /// The aggregate has the member twice.
    Twice,
    /// The aggregate has one that counts elsewhere.
    Foreign,
}

impl Cause {
    /// Whether it may be so by chance: any member's number may happen to be the gap.
    pub(super) fn needs_more(self) -> bool {
        matches!(self, Self::LastYear | Self::LeftOut | Self::Twice | Self::Foreign)
    }

    fn said(self, names: &str) -> Text {
        match self {
            Self::Correction => Text::new(
                format!("{names}更正这一格后，差额即消除"),
                format!("a correction of this cell by {names} would close the gap"),
            ),
            Self::Uncorrected => Text::new(
                format!("汇总表用的是{names}更正前的数"),
                format!("the aggregate has the number of {names} before its correction"),
            ),
            Self::Older => Text::new(
                format!("汇总表用的是{names}较早报送的数"),
                format!("the aggregate has an older number of {names}"),
            ),
            Self::LastYear | Self::AllLastYear => Text::new(
                format!("汇总表用的是{names}上年的数"),
                format!("the aggregate has last year's number of {names}"),
            ),
            Self::LeftOut => Text::new(
                format!("差额正好是{names}的数，疑似漏加"),
                format!("the gap is the number of {names}, which seems left out"),
            ),
            Self::Twice => Text::new(
                format!("差额正好是{names}的数，疑似重复相加"),
                format!("the gap is the number of {names}, which seems counted twice"),
            ),
            Self::Foreign => Text::new(
                format!("差额正好是{names}的数，疑似多加"),
                format!("the gap is the number of {names}, which is no member"),
            ),
        }
    }
}

/// An aggregate that is not compared, since it is of another year than its members.
fn of_another_year(year: i32, members: i32) -> Finding {
    let text = Text::new(
        format!("汇总表是 {year} 年的，各单位报送的是 {members} 年的，没有与各单位之和核对"),
        format!(
            "the aggregate is of {year} and its members' reports of {members}; it was not compared with their sum"
        ),
    );
    let advice =
        Text::new("请核对汇总表的年份；拿错了文件的，请换成当年的", "check the year of the aggregate");
    Finding::new(CODE, Severity::Error, "year", text).advising(advice)
}

/// Whether a file is an aggregate: named as such, or 汇总 by its name and not a township's.
pub(super) fn is_aggregate(item: &Item) -> bool {
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let of_township = || {
        let stem = name.split(['.', '汇']).next().unwrap_or(name);
        let identity = identity::identify(&Workbook::default(), stem);
        let office = identity.office.map_or_else(|| stem.to_owned(), |o| o.value);
        check::standing(&office).level == Some(Level::Township)
    };
    item.aggregate || (name.contains("汇总") && !of_township())
}

impl Members {
    /// The members of an aggregate, by the files that count.
    pub(super) fn of(item: &Item, all: &Overview, archive: &dyn Archive, form: Option<&Form>) -> Self {
        let folder = match item.shown.rsplit_once('/') {
            Some((folder, _)) if !item.aggregate => format!("{folder}/"),
            _ => String::new(),
        };
        let missing = if folder.is_empty() { all.lacking() } else { 0 };
        let corrected = all.choice.corrected;
        let mut members =
            Self { year: all.year, form: all.form.clone(), missing, corrected, ..Self::default() };
        let Some(form) = form else { return members };
        let mut adder = sums::Adder::new(form);
        // A district adds up what it has been sent, proved or not, and may have added what it should not.
        let sent = |role: &Role| role.is_adopted() || matches!(role, Role::Unlisted | Role::Nobodys);
        for ((i, entry), role) in all.entries.iter().enumerate().zip(&all.roles).filter(|(_, r)| sent(r)) {
            let older = all.office_of(i).map(|o| o.files.as_slice()).unwrap_or_default().iter();
            let older = older.filter(|j| all.roles.get(**j) == Some(&Role::Older));
            let member = Member {
                name: all.name_of(i).to_owned(),
                file: entry.file.clone(),
                older: older.filter_map(|j| Some(all.entries.get(*j)?.file.clone())).collect(),
            };
            let details = archive.details(&entry.file);
            members.digest.update(format!("{}|{}|{role:?}|{details:?}\n", member.name, entry.file));
            if role.is_adopted() && entry.file.starts_with(&folder) {
                adder.add(&|f| details.value(f, corrected));
                members.each.push(member);
            } else {
                members.outside.push(member);
            }
        }
        (members.sums, members.coarse) = adder.sums();
        members
    }

    /// What the aggregate's result depends on, for its key.
    pub(super) fn fingerprint(&self) -> String {
        let Self { year, missing, corrected, .. } = self;
        let mut digest = self.digest.clone();
        for older in self.each.iter().flat_map(|m| &m.older) {
            digest.update(older);
        }
        digest.update(format!("{year:?}|{missing}|{corrected}"));
        hex(&digest.finalize())
    }

    /// How many members are added up.
    pub(super) fn count(&self) -> usize {
        self.each.len()
    }

    /// The cells of an aggregate that differ from the sum, and how many were compared, if that could be done.
    pub(super) fn findings(&self, content: &Content, archive: &dyn Archive) -> (Vec<Finding>, Option<usize>) {
        let s = content.submission();
        let year = s.identity.year.as_ref().map(|y| y.value);
        if let (Some(year), Some(members)) = (year, self.year)
            && year != members
            && !self.each.is_empty()
        {
            return (vec![of_another_year(year, members)], None);
        }
        if self.each.is_empty() || self.form.as_ref() != Some(&s.form.id) {
            return (Vec::new(), None);
        }
        let cells: Vec<Gap> = (0..s.form.fields.len() as u32)
            .map(FieldIx)
            .filter_map(|field| {
                let (sum, own) = (self.sum(field)?, self.own(content, field)?);
                Some(Gap { field, sum, value: sum.value?, own })
            })
            .collect();
        let compared = Some(cells.len());
        let shifts = self.shifts(&cells, s.form, archive);
        let (causes, left) =
            whole::explain(&shifts, cells.iter().map(|c| c.own.saturating_sub(c.value)).collect());
        let mut findings: Vec<Finding> =
            causes.iter().map(|c| told_whole(c, &shifts, &cells, content)).collect();
        let left = cells.into_iter().zip(left).filter(|(_, left)| !left.is_zero());
        let gaps: Vec<Gap> =
            left.map(|(cell, left)| Gap { value: cell.own.saturating_sub(left), ..cell }).collect();
        let causes = self.causes(&gaps, archive);
        let many = gaps.iter().filter(|g| self.is_lacked(g)).count() >= TELLING;
        let (lacked, gaps): (Vec<Gap>, Vec<Gap>) = gaps.into_iter().partition(|g| many && self.is_lacked(g));
        findings.extend(self.lacking(&lacked, content));
        findings.extend(gaps.iter().map(|gap| {
            let name = Names { form: s.form }.field(gap.field);
            let (text, advice) = self.told(&name, gap, &causes);
            let (fields, cells) = s.spots(&[gap.field]);
            let mut finding = Finding::new(CODE, Severity::Error, s.id(gap.field), text).at(fields, cells);
            (finding.expected, finding.actual) = (Some(gap.value), Some(gap.own));
            finding.advising(advice)
        }));
        (findings, compared)
    }

    /// Whether an office of which nothing counts may be behind a gap: the table has more than its members. Of many such
    /// gaps some are another office's number by chance.
    fn is_lacked(&self, gap: &Gap) -> bool {
        self.missing > 0 && gap.own > gap.value
    }

    /// One finding for the cells that offices may be behind of which nothing counts.
    fn lacking(&self, gaps: &[Gap], content: &Content) -> Option<Finding> {
        let (n, missing, s) = (gaps.len(), self.missing, content.submission());
        let fields: Vec<FieldIx> = gaps.iter().map(|g| g.field).collect();
        let text = Text::new(
            format!(
                "有 {n} 格汇总表的数多于各单位之和，而名单上有 {missing} 家缺报或未采用，可能就是这几家的数"
            ),
            format!(
                "{n} cells hold more than the members' sum, and of {missing} offices of the roster nothing counts: \
                 their numbers may be the difference"
            ),
        );
        let advice = Text::new(
            "请先收齐这几家的报表，再核对汇总表",
            "collect the returns of these offices first, then compare again",
        );
        let (fields, cells) = s.spots(&fields);
        let finding = Finding::new(CODE, Severity::Error, "missing", text).at(fields, cells);
        (n > 0).then(|| finding.advising(advice))
    }

    /// What each member would add to each cell, by every cause that there may be.
    fn shifts(&self, cells: &[Gap], form: &Form, archive: &dyn Archive) -> Vec<Shift<'_>> {
        let number = |held: &dyn Fn(usize) -> Held, field: FieldIx| {
            let parts = if self.coarse.contains(&field) { form.replaced(field) } else { Vec::new() };
            sums::whole_or_parts(held, field, &parts)
        };
        let sent = |details: &Details, corrected: bool, field: FieldIx| {
            number(&|f| details.value(f, corrected), field).number().unwrap_or_default()
        };
        let mut shifts = Vec::new();
        let mut add = |cause: Cause, name, by: &dyn Fn(FieldIx) -> Decimal| {
            let by: Vec<Decimal> = cells.iter().map(|c| by(c.field)).collect();
            if by.iter().any(|by| !by.is_zero()) {
                shifts.push(Shift { cause, name, by });
            }
        };
        let mut all_before = Some(vec![Decimal::ZERO; form.fields.len()]);
        for member in &self.each {
            let (name, details) = (member.name.as_str(), archive.details(&member.file));
            let now = |f| sent(&details, self.corrected, f);
            add(Cause::LeftOut, name, &|f| -now(f));
            add(Cause::Twice, name, &now);
            let other = |f| sent(&details, !self.corrected, f).saturating_sub(now(f));
            add(if self.corrected { Cause::Uncorrected } else { Cause::Correction }, name, &other);
            // What last year's form does not have was not taken from it.
            let since = |f| match number(&|f| details.before.get(f).copied().unwrap_or_default(), f) {
                Held::Absent => Decimal::ZERO,
                held => held.number().unwrap_or_default().saturating_sub(now(f)),
            };
            add(Cause::LastYear, name, &since);
            all_before = all_before.filter(|_| !details.before.is_empty()).map(|mut all| {
                all.iter_mut().zip(0..).for_each(|(by, f)| *by = by.saturating_add(since(FieldIx(f))));
                all
            });
            for older in &member.older {
                let older = archive.details(older);
                add(Cause::Older, name, &|f| sent(&older, false, f).saturating_sub(now(f)));
            }
        }
        if let Some(by) = all_before.filter(|_| self.each.len() > 1) {
            add(Cause::AllLastYear, "", &|f| by.get(f.0 as usize).copied().unwrap_or_default());
        }
        for other in &self.outside {
            let details = archive.details(&other.file);
            add(Cause::Foreign, &other.name, &|f| sent(&details, self.corrected, f));
        }
        shifts
    }

    /// The sum of a field; a line that members report in two ways is compared as one line.
    fn sum(&self, field: FieldIx) -> Option<Sum> {
        self.sums.get(field.0 as usize).copied().filter(|s| s.value.is_some())
    }

    /// The aggregate's own number of a field, a blank as 0; nothing where it has no such cell.
    fn own(&self, content: &Content, field: FieldIx) -> Option<Decimal> {
        let filled = &content.filled;
        if let Some(own) = filled.amount(field) {
            return Some(own);
        }
        let parts = if self.coarse.contains(&field) { content.form.replaced(field) } else { Vec::new() };
        let amounts: Vec<Decimal> = parts.into_iter().map(|p| filled.amount(p)).collect::<Option<_>>()?;
        let sum = amounts.iter().try_fold(Decimal::ZERO, |a, b| a.checked_add(*b));
        sum.filter(|_| !amounts.is_empty())
    }

    /// Who would explain which gap, and why; and how many gaps each of them explains.
    fn causes(&self, gaps: &[Gap], archive: &dyn Archive) -> Causes {
        let mut causes = Causes::default();
        for (m, member) in self.each.iter().enumerate() {
            let details = archive.details(&member.file);
            let older: Vec<Details> = member.older.iter().map(|f| archive.details(f)).collect();
            for gap in gaps {
                for cause in self.member_causes(gap, &details, &older) {
                    causes.by_gap.entry(gap.field).or_default().push((cause, m));
                    *causes.explained.entry((cause, m)).or_default() += 1;
                }
            }
            causes.take_corrections(gaps, &details, m);
        }
        if !self.corrected {
            causes.join(gaps);
        }
        causes
    }

    fn member_causes(&self, gap: &Gap, details: &Details, older: &[Details]) -> Vec<Cause> {
        let field = gap.field.0 as usize;
        let by = gap.own - gap.value;
        let now = details.value(field, self.corrected).number();
        let mut found = Vec::new();
        let corrections = details.corrections.iter().filter(|c| c.field == field);
        if self.corrected {
            if corrections.clone().any(|c| c.proved && -c.by == by) {
                found.push(Cause::Uncorrected);
            }
        } else if corrections.clone().any(|c| c.by == by) {
            found.push(Cause::Correction);
        }
        let was = |d: &Details| d.value(field, false).number();
        if older.iter().any(|d| was(d).unwrap_or_default() - now.unwrap_or_default() == by) {
            found.push(Cause::Older);
        }
        let before = details.before.get(field).and_then(Held::number);
        if before.is_some_and(|before| before - now.unwrap_or_default() == by) {
            found.push(Cause::LastYear);
        }
        match now {
            Some(now) if -now == by => found.push(Cause::LeftOut),
            Some(now) if now == by => found.push(Cause::Twice),
            _ => {}
        }
        found
    }

    fn told(&self, name: &Text, gap: &Gap, causes: &Causes) -> (Text, Text) {
        let (sum_shown, own_shown) = (amount::show(gap.value), amount::show(gap.own));
        let (n, by) = (gap.sum.numbers, amount::show((gap.value - gap.own).abs()));
        let mut text = Text::new(
            format!("{}：汇总表为 {own_shown}，{n} 家单位之和为 {sum_shown}，相差 {by}", name.zh),
            format!("{}: {own_shown}, but {n} members add up to {sum_shown}, off by {by}", name.en),
        );
        if gap.sum.value != Some(gap.value) {
            text.zh.push_str("（已扣除另列的原因）");
            text.en.push_str(" (less what is told apart)");
        }
        if gap.sum.lacking() > 0 {
            let _ = write!(text.zh, "（另有 {} 家这一格没有数）", gap.sum.lacking());
            let _ = write!(text.en, " ({} more have no number there)", gap.sum.lacking());
        }
        let mut advice = causes.said(gap, self).unwrap_or_else(|| {
            Text::new(
                "请核实是漏报、重报，还是有单位改数后没有重新汇总",
                "see whether a member is missing or counted twice, or has changed its numbers since",
            )
        });
        if self.missing > 0 {
            let _ = write!(advice.zh, "；名单上还有 {} 家缺报或未采用", self.missing);
            let _ = write!(advice.en, "; of {} offices of the roster nothing counts", self.missing);
        }
        (text, advice)
    }
}

/// One finding for what moves many cells; members that hold the very same numbers are all named.
fn told_whole(cause: &Shift, all: &[Shift], cells: &[Gap], content: &Content) -> Finding {
    let alike = all.iter().filter(|s| s.cause == cause.cause && s.by == cause.by);
    let names: Vec<&str> = alike.map(|s| s.name).take(NAMED).collect();
    let moved = cells.iter().zip(&cause.by).filter(|(_, by)| !by.is_zero()).map(|(c, _)| c.field);
    let moved: Vec<FieldIx> = moved.collect();
    let s = content.submission();
    let (fields, places) = s.spots(&moved);
    let names = Text::new(names.join("或"), names.join(" or "));
    let (text, advice) = whole::said(cause.cause, &names, moved.len());
    Finding::new(CODE, Severity::Error, names.zh, text).at(fields, places).advising(advice)
}

/// A cell that differs from its sum.
#[derive(Debug)]
struct Gap {
    field: FieldIx,
    sum: Sum,
    value: Decimal,
    own: Decimal,
}

/// Who would explain which gap.
#[derive(Debug, Default)]
struct Causes {
    /// By field: why, and which member.
    by_gap: BTreeMap<FieldIx, Vec<(Cause, usize)>>,
    /// How many gaps a member explains in one way.
    explained: BTreeMap<(Cause, usize), usize>,
    /// By field: members with their corrections.
    corrections: BTreeMap<FieldIx, Vec<(usize, Decimal)>>,
    /// By field: members whose corrections close the gap together.
    together: BTreeMap<FieldIx, Vec<usize>>,
}

impl Causes {
    fn take_corrections(&mut self, gaps: &[Gap], details: &Details, member: usize) {
        for correction in details.corrections.iter().filter(|c| !c.by.is_zero()) {
            let field = FieldIx(correction.field as u32);
            if gaps.iter().any(|g| g.field == field) {
                self.corrections.entry(field).or_default().push((member, correction.by));
            }
        }
    }

    /// Members whose corrections close a gap only together; the first such few.
    fn join(&mut self, gaps: &[Gap]) {
        for gap in gaps {
            if self
                .by_gap
                .get(&gap.field)
                .is_some_and(|c| c.iter().any(|(cause, _)| *cause == Cause::Correction))
            {
                continue;
            }
            let Some(known) = self.corrections.get(&gap.field) else { continue };
            let sought = known.get(..known.len().min(SOUGHT)).unwrap_or_default();
            if let Some(members) = adding_up(sought, gap.own - gap.value, TOGETHER) {
                self.together.insert(gap.field, members);
            }
        }
    }

    /// Who explains a gap best.
    fn said(&self, gap: &Gap, all: &Members) -> Option<Text> {
        let name = |m: &usize| all.each.get(*m).map(|m| m.name.as_str());
        if let Some(members) = self.together.get(&gap.field) {
            let names: Vec<&str> = members.iter().filter_map(name).collect();
            return Some(Text::new(
                format!("{}都更正这一格后，差额即消除", names.join("、")),
                format!("corrections of this cell by {} together would close the gap", names.join(", ")),
            ));
        }
        let known = self.by_gap.get(&gap.field).map(Vec::as_slice).unwrap_or_default();
        let explained = |c: &(Cause, usize)| self.explained.get(c).copied().unwrap_or_default();
        // A small number is that of many by chance: several are told only of what else they explain.
        let by_chance = |c: &(Cause, usize)| {
            let is_alone = known.iter().filter(|(cause, _)| *cause == c.0).count() == 1;
            c.0.needs_more() && !is_alone && explained(c) < TELLING
        };
        let mut mine: Vec<(Cause, usize)> = known.iter().filter(|c| !by_chance(c)).copied().collect();
        let rank = |c: &(Cause, usize)| (std::cmp::Reverse(explained(c)), c.0, c.1);
        mine.sort_by_key(rank);
        let (best, _) = *mine.first()?;
        let names: Vec<&str> =
            mine.iter().filter(|(c, _)| *c == best).filter_map(|(_, m)| name(m)).take(NAMED).collect();
        Some(best.said(&names.join("、")))
    }
}

/// The fewest of these whose sum is `wanted`, two at least.
fn adding_up(parts: &[(usize, Decimal)], wanted: Decimal, most: usize) -> Option<Vec<usize>> {
    fn search(parts: &[(usize, Decimal)], wanted: Decimal, left: usize, so_far: &mut Vec<usize>) -> bool {
        if left == 0 {
            return wanted.is_zero();
        }
        let mut rest = parts;
        while let Some(((member, by), after)) = rest.split_first() {
            if !so_far.contains(member) {
                so_far.push(*member);
                if wanted.checked_sub(*by).is_some_and(|w| search(after, w, left - 1, so_far)) {
                    return true;
                }
                so_far.pop();
            }
            rest = after;
        }
        false
    }
    (2..=most).find_map(|n| {
        let mut members = Vec::new();
        search(parts, wanted, n, &mut members).then_some(members)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrections_that_close_a_gap_together_are_found() {
        let parts: Vec<(usize, Decimal)> =
            [(1, 5), (2, -3), (3, 9), (4, 4)].into_iter().map(|(m, n)| (m, Decimal::from(n))).collect();
        assert_eq!(adding_up(&parts, Decimal::from(6), 3), Some(vec![2, 3]));
        assert_eq!(adding_up(&parts, Decimal::from(10), 3), Some(vec![2, 3, 4]));
        assert_eq!(adding_up(&parts, Decimal::from(5), 3), None, "one alone is another case");
        assert_eq!(adding_up(&parts, Decimal::from(100), 3), None);
    }
}
