//! The district's own table against the sum of its members (X901), cell by cell.
//!
//! An aggregate is what the user names, or a file whose name says 汇总 (`tables`), and `members` tells whose numbers
//! are added up in it. What moves many cells, such as a member left out, is one finding (`whole`); for each cell that
//! is left, members are told whose number there would close the gap (`suspects`).

use super::linked::{self, Group};
use super::members::Member;
use super::off::{Off, Side};
use super::slips;
use super::suspects::Suspects;
use super::whole::{self, Shift};
use crate::audit::Content;
use crate::check::Names;
use crate::finding::{Finding, Severity, Text, plural};
use crate::form::{FieldIx, Form};
use crate::grid::amount;
use crate::mapping::Filled;
use crate::report::summary::{Archive, Details, Held, Sum, sums};
use rust_decimal::Decimal;
use std::fmt::Write;

/// The rule's code.
pub(super) const CODE: &str = "X901";
/// Members named for one finding.
pub(super) const NAMED: usize = 5;
/// So many cells that a member explains are no chance.
const TELLING: usize = 3;
/// So many cells that are off in one direction have hardly as many causes.
const MANY: usize = 8;

/// The members of one aggregate, added up.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) year: Option<i32>,
    pub(super) form: Option<String>,
    /// Who is to be one by the roster, and of whom nothing counts.
    pub(super) missing: Vec<String>,
    pub(super) corrected: bool,
    pub(super) each: Vec<Member>,
    /// Who counts elsewhere.
    pub(super) outside: Vec<Member>,
    /// Whether it is the table of some of them, and nothing tells of which.
    pub(super) unclear: bool,
    pub(super) sums: Vec<Sum>,
    pub(super) coarse: Vec<FieldIx>,
}

/// Why a gap would be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// A correction of the member's number closes it.
    Correction,
    /// The aggregate has the member's number before its correction.
    Uncorrected,
    /// The aggregate has the numbers of all members as they would be corrected.
    AllCorrected,
    /// The aggregate has the numbers of all members before their correction.
    AllUncorrected,
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

    pub(super) fn said(self, names: &Text) -> Text {
        let (zh, en) = (&names.zh, &names.en);
        match self {
            Self::Correction | Self::AllCorrected => Text::new(
                format!("{zh}更正这一格后，差额即消除"),
                format!("a correction of this cell by {en} would close the gap"),
            ),
            Self::Uncorrected | Self::AllUncorrected => Text::new(
                format!("汇总表用的是{zh}更正前的数"),
                format!("the aggregate has the number of {en} before its correction"),
            ),
            Self::Older => Text::new(
                format!("汇总表用的是{zh}较早报送的数"),
                format!("the aggregate has an older number of {en}"),
            ),
            Self::LastYear | Self::AllLastYear => Text::new(
                format!("汇总表用的是{zh}上年的数"),
                format!("the aggregate has last year's number of {en}"),
            ),
            Self::LeftOut => Text::new(
                format!("差额正好是{zh}的数，疑似漏加"),
                format!("the gap is the number of {en}, which seems left out"),
            ),
            Self::Twice => Text::new(
                format!("差额正好是{zh}的数，疑似重复相加"),
                format!("the gap is the number of {en}, which seems counted twice"),
            ),
            Self::Foreign => Text::new(
                format!("差额正好是{zh}的数，疑似多加"),
                format!("the gap is the number of {en}, which is no member"),
            ),
        }
    }

    /// What the aggregate may have done with a member of whom this is not sure.
    pub(super) const fn deed(self) -> (&'static str, &'static str) {
        match self {
            Self::LeftOut => ("漏加", "left out"),
            Self::Twice => ("重复相加", "counted twice"),
            Self::Foreign => ("多加", "added, though no member"),
            _ => ("用了别的数", "added by another number"),
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

impl Members {
    /// The same with their sums.
    pub(super) fn added_up(self, form: &Form, archive: &dyn Archive) -> Self {
        let mut adder = sums::Adder::new(form);
        for member in &self.each {
            let details = archive.details(&member.file);
            adder.add(&|f| details.value(f, self.corrected));
        }
        let (sums, coarse) = adder.sums();
        Self { sums, coarse, ..self }
    }

    /// The cells of an aggregate that can be compared, with its own numbers.
    pub(super) fn cells(&self, content: &Content) -> Vec<(FieldIx, Decimal)> {
        let fields = (0..content.form.fields.len() as u32).map(FieldIx);
        fields.filter_map(|f| self.sum(f).and_then(|_| Some((f, self.own(content, f)?)))).collect()
    }

    /// In how many cells an aggregate differs from the sum.
    pub(super) fn differing(&self, content: &Content) -> usize {
        let value = |f: FieldIx| self.sum(f).and_then(|sum| sum.value);
        self.cells(content).iter().filter(|(f, own)| value(*f) != Some(*own)).count()
    }

    /// How many members are added up.
    pub(super) fn count(&self) -> usize {
        self.each.len()
    }

    /// An aggregate as filled in with the sum of its members, and the fields that could be compared.
    pub(super) fn in_place_of(&self, content: &Content) -> (Filled, Vec<FieldIx>) {
        let sum = |field: FieldIx| {
            let is_placed = content.filled.reading(field).is_some_and(|r| r.place.is_some());
            let sum = self.sum(field).filter(|_| is_placed && self.own(content, field).is_some())?;
            Some((field, sum.value?))
        };
        let sums: Vec<(FieldIx, Decimal)> =
            (0..content.form.fields.len() as u32).filter_map(|f| sum(FieldIx(f))).collect();
        (content.filled.with(sums.iter().copied()), sums.iter().map(|(field, _)| *field).collect())
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
        if self.each.is_empty() || self.unclear || self.form.as_ref() != Some(&s.form.id) {
            return (Vec::new(), None);
        }
        let gap = |(field, own)| {
            let sum = self.sum(field)?;
            Some(Gap { field, sum, value: sum.value?, own })
        };
        let cells: Vec<Gap> = self.cells(content).into_iter().filter_map(gap).collect();
        let compared: Vec<FieldIx> = cells.iter().map(|c| c.field).collect();
        let shifts = self.shifts(&cells, s.form, archive);
        let (causes, left) =
            whole::explain(&shifts, cells.iter().map(|c| c.own.saturating_sub(c.value)).collect());
        let mut findings: Vec<Finding> =
            causes.iter().map(|c| told_whole(c, &shifts, &cells, content)).collect();
        let left = cells.into_iter().zip(left).filter(|(_, left)| !left.is_zero());
        let mut gaps: Vec<Gap> =
            left.map(|(cell, left)| Gap { value: cell.own.saturating_sub(left), ..cell }).collect();
        let rounded = slips::rounded(&mut gaps, s);
        findings.extend(slips::exchanged(&mut gaps, &compared, s));
        let suspects = Suspects::of(self, &gaps, s.form, archive);
        findings.extend(self.in_one(&mut gaps, &compared, &suspects, content));
        let groups = linked::by_office(linked::groups(&gaps, &compared, s.form), &suspects);
        findings
            .extend(groups.iter().filter_map(|group| self.told_together(group, &gaps, &suspects, content)));
        findings.extend(rounded);
        (findings, Some(compared.len()))
    }

    /// One finding for cells that are off together: the first of them in full, and what goes with it.
    fn told_together(
        &self,
        group: &Group,
        gaps: &[Gap],
        suspects: &Suspects,
        content: &Content,
    ) -> Option<Finding> {
        let s = content.submission();
        let names = Names { form: s.form };
        let all: Vec<FieldIx> = group.own.iter().chain(&group.totals).copied().collect();
        let (first, others) = all.split_first()?;
        let gap = gaps.iter().find(|gap| gap.field == *first)?;
        let (mut text, advice) = self.told(&names.field(*first), gap, suspects);
        if !others.is_empty() {
            let off = |f: &FieldIx| gaps.iter().find(|gap| gap.field == *f);
            let cell = |f: &FieldIx| s.cell(*f).map(|place| place.cell.to_string());
            let with = if group.breaks && !group.of_one {
                let each = others.iter().filter_map(|f| Some(slips::should_be(&cell(f)?, off(f)?)));
                off_besides(others.len(), &each.take(NAMED).collect::<Vec<_>>())
            } else {
                let cells: Vec<String> = others.iter().filter_map(cell).take(NAMED).collect();
                off_with_it(others.len(), &cells, group.of_one)
            };
            text.zh += &with.zh;
            text.en += &with.en;
        }
        let (fields, cells) = s.spots(&all);
        let mut finding = Finding::new(CODE, Severity::Error, s.id(*first), text).at(fields, cells);
        (finding.expected, finding.actual) = (Some(gap.value), Some(gap.own));
        Some(finding.advising(advice))
    }

    /// Takes out of the gaps those that are rather one cause than many, though nobody knows whose: what offices have of
    /// which nothing counts, or the table being more than the sum in many cells, or less, or both.
    fn in_one(
        &self,
        gaps: &mut Vec<Gap>,
        compared: &[FieldIx],
        suspects: &Suspects,
        content: &Content,
    ) -> Option<Finding> {
        let groups = linked::groups(gaps, compared, content.form);
        let totals: Vec<FieldIx> = groups.into_iter().flat_map(|g| g.totals).collect();
        let is_own = |g: &Gap| !totals.contains(&g.field);
        let count = |side: Side, is_other: &dyn Fn(&Gap) -> bool| {
            gaps.iter().filter(|g| side.of(g) && is_own(g) && !is_other(g)).count()
        };
        let of = |side: Side| count(side, &|g| suspects.is_told(g));
        let is_unknown = |side: Side| count(side, &|g| suspects.is_known(g)) >= MANY;
        let off = Off { more: of(Side::More), less: of(Side::Less), missing: &self.missing };
        let side = match (off.more, off.less) {
            _ if is_unknown(Side::More) && is_unknown(Side::Less) => Side::Both,
            (MANY.., _) => Side::More,
            (more, MANY..) if more == 0 || self.missing.is_empty() => Side::Less,
            _ if !self.missing.is_empty() => Side::More,
            _ => return None,
        };
        // Of many such gaps some are another office's number by chance.
        let many = side != Side::Both && off.more.max(off.less) >= TELLING;
        let taken = |g: &Gap| side.of(g) && if many { !suspects.is_told(g) } else { !suspects.is_known(g) };
        let several = gaps.iter().filter(|g| taken(g) && is_own(g)).count() > 1;
        let fields: Vec<FieldIx> = gaps.extract_if(.., |g| several && taken(g)).map(|g| g.field).collect();
        let (text, advice) = off.said(side, fields.len());
        let (fields, cells) = content.submission().spots(&fields);
        let finding = Finding::new(CODE, Severity::Error, "missing", text).at(fields, cells);
        several.then(|| finding.advising(advice))
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
        let none = vec![Decimal::ZERO; form.fields.len()];
        let (mut all_before, mut all_other) = (Some(none.clone()), none);
        let total = |all: &mut Vec<Decimal>, of: &dyn Fn(FieldIx) -> Decimal| {
            all.iter_mut().zip(0..).for_each(|(by, f)| *by = by.saturating_add(of(FieldIx(f))));
        };
        for member in &self.each {
            let (name, details) = (member.name.as_str(), archive.details(&member.file));
            let now = |f| sent(&details, self.corrected, f);
            add(Cause::LeftOut, name, &|f| -now(f));
            add(Cause::Twice, name, &now);
            let other = |f| sent(&details, !self.corrected, f).saturating_sub(now(f));
            add(if self.corrected { Cause::Uncorrected } else { Cause::Correction }, name, &other);
            total(&mut all_other, &other);
            // What last year's form does not have was not taken from it.
            let since = |f| match number(&|f| details.before.get(f).copied().unwrap_or_default(), f) {
                Held::Absent => Decimal::ZERO,
                held => held.number().unwrap_or_default().saturating_sub(now(f)),
            };
            add(Cause::LastYear, name, &since);
            all_before = all_before.filter(|_| !details.before.is_empty());
            if let Some(all) = &mut all_before {
                total(all, &since);
            }
            for older in &member.older {
                let older = archive.details(older);
                add(Cause::Older, name, &|f| sent(&older, false, f).saturating_sub(now(f)));
            }
        }
        let other = if self.corrected { Cause::AllUncorrected } else { Cause::AllCorrected };
        let of_all = all_before.map(|by| (Cause::AllLastYear, by)).into_iter().chain([(other, all_other)]);
        for (cause, by) in of_all.filter(|_| self.each.len() > 1) {
            add(cause, "", &|f| by.get(f.0 as usize).copied().unwrap_or_default());
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

    fn told(&self, name: &Text, gap: &Gap, suspects: &Suspects) -> (Text, Text) {
        let (sum_shown, own_shown) = (amount::show(gap.value), amount::show(gap.own));
        let (n, by) = (gap.sum.numbers, amount::show((gap.value - gap.own).abs()));
        let mut text = Text::new(
            format!("{}：汇总表为 {own_shown}，{n} 家单位之和为 {sum_shown}，相差 {by}", name.zh),
            format!(
                "{}: {own_shown}, but the sum of {} is {sum_shown}, off by {by}",
                name.en,
                plural(n, "member")
            ),
        );
        if gap.sum.value != Some(gap.value) {
            text.zh.push_str("（已扣除另列的原因）");
            text.en.push_str(" (less what is told apart)");
        }
        if gap.sum.lacking() > 0 {
            let _ = write!(text.zh, "（另有 {} 家这一格没有数）", gap.sum.lacking());
            let _ = write!(text.en, " ({} more have no number there)", gap.sum.lacking());
        }
        let mut advice = suspects.said(gap, self).unwrap_or_else(|| {
            Text::new(
                "请核实是漏报、重报，还是有单位改数后没有重新汇总",
                "see whether a member is missing or counted twice, or has changed its numbers since",
            )
        });
        if !self.missing.is_empty() {
            let (n, names) = (self.missing.len(), few(&self.missing));
            let _ = write!(advice.zh, "；名单上还有 {n} 家缺报或未采用（{}）", names.zh);
            let _ = write!(advice.en, "; of {n} offices of the roster nothing counts ({})", names.en);
        }
        (text, advice)
    }
}

/// What is said of `n` cells that are off with another, the first of them named.
fn off_with_it(n: usize, cells: &[String], of_one: bool) -> Text {
    let (zh, en) = (cells.join("、"), cells.join(", "));
    let (etc_zh, etc_en) = if n > cells.len() { ("等 ", " and others") } else { (" 这 ", "") };
    let (why_zh, why_en) = if of_one {
        ("也差在这一家", "off by the same office")
    } else {
        ("随之不同，勾稽关系仍然成立，是同一处", "off with it by the relations, and one fault")
    };
    Text::new(
        format!("；{zh}{etc_zh}{n} 格{why_zh}"),
        format!("; {why_en}: {} ({en}{etc_en})", plural(n, "cell")),
    )
}

/// What is said of `n` cells that make up for another in some of the relations and not in all; the first of them told.
fn off_besides(n: usize, each: &[Text]) -> Text {
    let Text { zh, en } = Text::join(each, "；", "; ");
    let (etc_zh, etc_en) = if n > each.len() { ("等", " and others") } else { ("", "") };
    Text::new(
        format!("；另有 {n} 格与它的差额相抵，可能是同一处：{zh}{etc_zh}"),
        format!("; made up for by {}, perhaps one fault: {en}{etc_en}", plural(n, "cell")),
    )
}

/// One finding for what moves many cells; members that hold the very same numbers are all named.
fn told_whole(cause: &Shift, all: &[Shift], cells: &[Gap], content: &Content) -> Finding {
    let alike = all.iter().filter(|s| s.cause == cause.cause && s.by == cause.by);
    let names = either(&alike.map(|s| s.name).collect::<Vec<_>>());
    let moved = cells.iter().zip(&cause.by).filter(|(_, by)| !by.is_zero()).map(|(c, _)| c.field);
    let moved: Vec<FieldIx> = moved.collect();
    let s = content.submission();
    let (fields, places) = s.spots(&moved);
    let (text, advice) = whole::said(cause.cause, &names, moved.len());
    Finding::new(CODE, Severity::Error, names.zh, text).at(fields, places).advising(advice)
}

/// A cell that differs from its sum.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) field: FieldIx,
    sum: Sum,
    pub(super) value: Decimal,
    pub(super) own: Decimal,
}

impl Gap {
    /// By how much the table is more than the sum.
    pub(super) fn by(&self) -> Decimal {
        self.own.saturating_sub(self.value)
    }
}

/// Some of the roster; of many the first.
pub(super) fn few(names: &[String]) -> Text {
    let first = names.get(..names.len().min(NAMED)).unwrap_or_default();
    let (zh, en) = (first.join("、"), first.join(", "));
    match names.len().checked_sub(NAMED).filter(|more| *more > 0) {
        Some(more) => Text::new(format!("{zh}等"), format!("{en} and {more} more")),
        None => Text::new(zh, en),
    }
}

/// One of several members; of many the first.
pub(super) fn either(names: &[&str]) -> Text {
    let first = names.get(..names.len().min(NAMED)).unwrap_or_default();
    let (zh, en) = (first.join("或"), first.join(" or "));
    match names.len() {
        n if n > NAMED => {
            Text::new(format!("{zh}等 {n} 家之一"), format!("{en} or one of {} others", n - NAMED))
        }
        _ => Text::new(zh, en),
    }
}
