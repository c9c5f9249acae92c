//! Who may be behind a cell in which a district's own table differs from the sum of its members.
//!
//! Some member's number is the gap by chance, and the more members there are, and the smaller the gap, the more often.
//! So a member is blamed only for what chance would hardly bring about: its number is the gap in several cells, or in
//! one where hardly any member's could be. Others are told as candidates.

use super::aggregate::{Cause, Gap, Members, NAMED, either};
use crate::finding::{Severity, Text};
use crate::form::{FieldIx, Form};
use crate::report::summary::{Archive, Correction, Details, Held};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What chance brings about less often than once in so many times is no chance.
const ONE_IN: u32 = 50;
/// So many members may together close a gap.
const TOGETHER: usize = 3;
/// Corrections of one field among which such members are sought.
const SOUGHT: usize = 60;

/// A cause, and the member that would be it, by its number.
pub(super) type Suspect = (Cause, usize);

/// Who would close which gap.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    members: usize,
    by_gap: BTreeMap<FieldIx, Vec<Suspect>>,
    closed: BTreeMap<Suspect, Vec<FieldIx>>,
    /// How many members' numbers would be a gap by chance.
    chances: BTreeMap<(Cause, FieldIx), Decimal>,
    /// Members with an error in the very cell, which is not corrected.
    in_error: BTreeMap<FieldIx, Vec<usize>>,
    /// Members whose corrections close a gap together, and whether that is no chance.
    together: BTreeMap<FieldIx, (Vec<usize>, bool)>,
}

impl Suspects {
    pub(super) fn of(all: &Members, gaps: &[Gap], form: &Form, archive: &dyn Archive) -> Self {
        let mut suspects = Self { members: all.each.len(), ..Self::default() };
        let mut near: BTreeMap<(Cause, FieldIx), usize> = BTreeMap::new();
        let mut corrections: BTreeMap<FieldIx, Vec<(usize, Decimal)>> = BTreeMap::new();
        for (m, member) in all.each.iter().enumerate() {
            let details = archive.details(&member.file);
            let older: Vec<Details> = member.older.iter().map(|f| archive.details(f)).collect();
            for gap in gaps {
                for (cause, shift) in shifts(gap.field, &details, &older, all.corrected) {
                    *near.entry((cause, gap.field)).or_default() += usize::from(is_near(shift, gap.by()));
                    if shift == gap.by() {
                        suspects.by_gap.entry(gap.field).or_default().push((cause, m));
                        suspects.closed.entry((cause, m)).or_default().push(gap.field);
                    }
                }
                let made = |c: &Correction| all.corrected && c.proved;
                let of_field = details.corrections.iter().filter(|c| FieldIx(c.field as u32) == gap.field);
                let moves = of_field.filter(|c| !c.by.is_zero() && !made(c)).map(|c| (m, c.by));
                corrections.entry(gap.field).or_default().extend(moves);
                if has_error(gap, &details, form, all.corrected) {
                    suspects.in_error.entry(gap.field).or_default().push(m);
                }
            }
        }
        suspects.weigh(gaps, &near);
        suspects.join(gaps, &corrections);
        suspects
    }

    /// Members with numbers of a gap's size, spread evenly over that size.
    fn weigh(&mut self, gaps: &[Gap], near: &BTreeMap<(Cause, FieldIx), usize>) {
        let all = gaps.iter().map(|gap| (gap.field, units(gap.by()) * Decimal::new(15, 1)));
        let widths: BTreeMap<FieldIx, Decimal> = all.collect();
        self.chances = near
            .iter()
            .filter_map(|((cause, field), near)| {
                Some(((*cause, *field), Decimal::from(*near).checked_div(*widths.get(field)?)?))
            })
            .collect();
    }

    /// Members whose corrections close a gap only together; the first such few.
    fn join(&mut self, gaps: &[Gap], corrections: &BTreeMap<FieldIx, Vec<(usize, Decimal)>>) {
        for gap in gaps {
            let known = self.by_gap.get(&gap.field).map(Vec::as_slice).unwrap_or_default();
            if known.iter().any(|(cause, _)| *cause == Cause::Correction) {
                continue;
            }
            let Some(all) = corrections.get(&gap.field) else { continue };
            let sought = all.get(..all.len().min(SOUGHT)).unwrap_or_default();
            if let Some(members) = adding_up(sought, gap.by(), TOGETHER) {
                let is_telling = members.len() == all.len() || few_ways(sought);
                self.together.insert(gap.field, (members, is_telling));
            }
        }
    }

    /// How many members would by chance close all the gaps that this one does.
    fn expected(&self, suspect: Suspect) -> Decimal {
        let n = Decimal::from(self.members.max(1));
        let closed = self.closed.get(&suspect).map(Vec::as_slice).unwrap_or_default();
        closed.iter().fold(n, |expected, gap| {
            let of_gap = self.by_gap.get(gap).map(Vec::as_slice).unwrap_or_default();
            let others = of_gap.iter().filter(|other| other.0 == suspect.0 && **other != suspect).count();
            let chance = self.chances.get(&(suspect.0, *gap)).copied().unwrap_or(Decimal::ONE);
            let share = (Decimal::from(others) + chance).checked_div(n).unwrap_or(Decimal::ONE);
            expected * share.min(Decimal::ONE)
        })
    }

    fn is_sure(&self, suspect: Suspect) -> bool {
        !suspect.0.needs_more() || self.expected(suspect) * Decimal::from(ONE_IN) <= Decimal::ONE
    }

    /// Whether a gap is what a member has or would have in the place of its number: that is no chance.
    pub(super) fn is_told(&self, gap: &Gap) -> bool {
        self.by_gap.get(&gap.field).into_iter().flatten().any(|(cause, _)| !cause.needs_more())
    }

    /// Whether it is known who is behind a gap.
    pub(super) fn is_known(&self, gap: &Gap) -> bool {
        let mut known = self.by_gap.get(&gap.field).into_iter().flatten();
        known.any(|suspect| self.is_sure(*suspect))
            || self.together.get(&gap.field).is_some_and(|(_, is_telling)| *is_telling)
    }

    /// Who is behind a gap, where that is known: of several the one that closes most.
    pub(super) fn sure(&self, gap: FieldIx) -> Option<Suspect> {
        if self.together.contains_key(&gap) {
            return None;
        }
        let closes = |suspect: &Suspect| self.closed.get(suspect).map_or(0, Vec::len);
        let sure = self.by_gap.get(&gap)?.iter().filter(|c| self.is_sure(**c));
        sure.min_by_key(|c| (std::cmp::Reverse(closes(c)), **c)).copied()
    }

    /// Who is behind a gap, or may be.
    pub(super) fn said(&self, gap: &Gap, all: &Members) -> Option<Text> {
        let name = |m: usize| all.each.get(m).map_or("", |m| m.name.as_str());
        if let Some((members, is_telling)) = self.together.get(&gap.field) {
            return Some(jointly(&members.iter().map(|m| name(*m)).collect::<Vec<_>>(), *is_telling));
        }
        let in_error =
            self.in_error.get(&gap.field).map(|all| all.iter().map(|m| name(*m)).collect::<Vec<_>>());
        let known = self.by_gap.get(&gap.field).map(Vec::as_slice).unwrap_or_default();
        let sure: Vec<Suspect> = known.iter().filter(|c| self.is_sure(**c)).copied().collect();
        let names = |cause: Cause, some: &[Suspect]| -> Vec<&str> {
            some.iter().filter(|(c, _)| *c == cause).map(|(_, m)| name(*m)).collect()
        };
        match self.sure(gap.field) {
            Some((cause, _)) => Some(cause.said(&either(&names(cause, &sure)))),
            // An error is there to be corrected first; a number that happens to be the gap is not.
            None if in_error.is_some() => in_error.map(|names| unsettled(&names)),
            None => {
                let cause = known.iter().map(|(c, _)| *c).min_by_key(|c| (names(*c, known).len(), *c))?;
                Some(perhaps(cause, &names(cause, known)))
            }
        }
    }
}

/// What is said of members whose corrections close a gap together.
fn jointly(names: &[&str], is_telling: bool) -> Text {
    let (perhaps_zh, perhaps_en) =
        if is_telling { ("", "") } else { ("（也可能是巧合）", ", perhaps by chance") };
    Text::new(
        format!("{}都更正这一格后，差额即消除{perhaps_zh}", names.join("、")),
        format!("corrections of this cell by {} together would close the gap{perhaps_en}", names.join(", ")),
    )
}

/// What is said of members whose number of the cell has an error of which no correction closes the gap.
fn unsettled(names: &[&str]) -> Text {
    let names = either(names);
    Text::new(
        format!("{}这一格有没有改正的错误：请先改正，再与汇总表核对", names.zh),
        format!("{} has an error in this cell: have it corrected first, then compare again", names.en),
    )
}

/// Whether a member's number of a cell has an error, and no correction of it is summed: one that may be mended there, or
/// a broken relation of which nothing tells what would mend it.
fn has_error(gap: &Gap, details: &Details, form: &Form, corrected: bool) -> bool {
    if details.values.get(gap.field.0 as usize) == Some(&Held::Unreadable) {
        return true;
    }
    let of = |c: &Correction, f: &FieldIx| c.field == f.0 as usize;
    if details.corrections.iter().any(|c| of(c, &gap.field) && !(corrected && c.proved)) {
        return true;
    }
    let is_mended = |f: &FieldIx| details.corrections.iter().any(|c| of(c, f));
    let relations = form.relations.iter().filter(|r| r.fields().contains(&gap.field));
    let open = relations.filter(|r| !r.fields().iter().any(is_mended));
    let marks: Vec<String> = open.map(|r| format!("{} {}", r.code, r.place)).collect();
    let errors = details.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.flat_map(|f| &f.relations).any(|mark| marks.contains(mark))
}

/// What is said of members whose number is the gap, as others' might be.
fn perhaps(cause: Cause, names: &[&str]) -> Text {
    let (zh, en) = cause.deed();
    match names.len() {
        n if n > NAMED => Text::new(
            format!("有 {n} 家这一格的数都能说明差额，看不出是不是{zh}"),
            format!("the numbers of {n} members would explain the gap: nothing tells whether one was {en}"),
        ),
        _ => {
            let names = either(names);
            Text::new(
                format!("可能{zh}的有{}（只有这一格的数说明差额，也可能是巧合，请核对）", names.zh),
                format!(
                    "perhaps {en}: {}; only the number of this cell says so, perhaps by chance",
                    names.en
                ),
            )
        }
    }
}

/// What a member would add to a field, by every cause that there may be.
fn shifts(field: FieldIx, details: &Details, older: &[Details], corrected: bool) -> Vec<(Cause, Decimal)> {
    let at = field.0 as usize;
    let held = details.value(at, corrected).number();
    let now = held.unwrap_or_default();
    let corrections = details.corrections.iter().filter(|c| c.field == at);
    // Of numbers as corrected those are left that no correction is proved of.
    let of_correction = |c: &Correction| {
        if corrected && c.proved { (Cause::Uncorrected, -c.by) } else { (Cause::Correction, c.by) }
    };
    let mut found: Vec<(Cause, Decimal)> = corrections.map(of_correction).collect();
    let was = older.iter().map(|d| d.value(at, false).number().unwrap_or_default());
    found.extend(was.map(|was| (Cause::Older, was.saturating_sub(now))));
    let before = details.before.get(at).and_then(Held::number);
    found.extend(before.map(|before| (Cause::LastYear, before.saturating_sub(now))));
    found.extend(held.into_iter().flat_map(|now| [(Cause::LeftOut, -now), (Cause::Twice, now)]));
    found.retain(|(_, by)| !by.is_zero());
    found.sort_by_key(|(cause, by)| (*cause, *by));
    found.dedup();
    found
}

/// Whether two numbers are of one size: neither is more than twice the other.
fn is_near(one: Decimal, other: Decimal) -> bool {
    let (a, b) = (one.abs(), other.abs());
    let is_less = |a: Decimal, b: Decimal| a <= b.saturating_add(b);
    one.is_sign_negative() == other.is_sign_negative() && is_less(a, b) && is_less(b, a)
}

/// A number in units of its last digit that is not 0: round numbers are more often equal by chance.
fn units(number: Decimal) -> Decimal {
    let mut digits = number.abs().normalize().mantissa();
    while digits != 0 && digits % 10 == 0 {
        digits /= 10;
    }
    Decimal::from(digits)
}

/// Whether corrections add up in so few ways that one of them is hardly a gap by chance.
fn few_ways(parts: &[(usize, Decimal)]) -> bool {
    let n = Decimal::from(parts.len());
    let range: Decimal = parts.iter().map(|(_, by)| units(*by)).sum();
    n * n * n * Decimal::from(ONE_IN) <= range * Decimal::from(6)
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
