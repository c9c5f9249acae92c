//! One part of a submission: relations that have cells in common, apart from all others, and why they are broken.
//!
//! First what is one cause of many wrong cells: a stretch that moved. Then the smallest repairs, all of them, in
//! groups, ranked by evidence. Where too much is wrong to search, blanks and slips of the hand come first, and the
//! search has what remains; what was set right so is likely at best, and so is all that follows from it.

use super::cause::{Group, Way, groups, way_of};
use super::diagnose::Cause;
use super::evidence::{Evidence, Known, because, between, likeliest_of, one_of};
use super::moved::{self, Moved};
use super::solver::{self, Limits, Linear, Op, Problem, Status};
use super::typed::Typed;
use super::{impute, rounded, rounding, slips, stale};
use crate::check::Submission;
use crate::finding::{Certainty, Change, Text};
use crate::form::FieldIx;
use rust_decimal::Decimal;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// Distances beyond are not told apart.
const FARTHEST: u32 = 6;
/// Wrong cells, at least, that a proved repair must withstand.
const WITHSTOOD: u32 = 2;
/// Evidence of a human error that tells one of several repairs, and how far it must stand out.
const TELLING: u32 = 5;
const MARGIN: u32 = 2;

/// Relations that have cells in common, apart from all others.
pub(super) struct Part<'a> {
    s: Submission<'a>,
    problem: Problem,
    fields: Vec<FieldIx>,
    /// Relations of the form behind the problem's.
    relations: Vec<usize>,
    /// Those of them that are broken.
    pub(super) broken: Vec<usize>,
    /// Cells that were set right before by evidence alone.
    mended: Vec<usize>,
    /// The stretch that moved, once it was looked for.
    stretch: OnceCell<Option<Way>>,
}

impl<'a> Part<'a> {
    pub(super) fn of(s: Submission<'a>, typed: &Typed, cells: &[usize], open: &[usize]) -> Self {
        let problem = solver::restrict(&typed.problem, cells);
        let inside = |r: &Linear| r.terms.first().is_some_and(|t| cells.binary_search(&t.0).is_ok());
        let own = typed.problem.relations.iter().zip(&typed.relations).filter(|(r, _)| inside(r));
        let relations: Vec<usize> = own.map(|(_, i)| *i).collect();
        let fields = cells.iter().filter_map(|c| typed.fields.get(*c).copied()).collect();
        let mut broken: Vec<usize> = relations.iter().filter(|r| open.contains(r)).copied().collect();
        broken.dedup(); // a relation may be two bounds
        let mended = (0..).zip(&problem.cells).filter(|(_, c)| c.frozen).map(|p| p.0).collect();
        Self { s, problem, fields, relations, broken, mended, stretch: OnceCell::new() }
    }

    /// Why its relations are broken.
    pub(super) fn causes(&self, imputed: &[Change]) -> Vec<Cause> {
        let mut found = solver::solve_part(&self.problem, Limits::default());
        let unit = |cell: usize| self.unit(cell);
        found.all = found.all.iter().map(|s| rounded::settled(&self.problem, s, &unit)).collect();
        let whole = found.all.iter().all(|s| s.values.iter().all(Option::is_some));
        if found.status == Status::Solved && !whole && self.problem.relations.iter().any(|r| r.op != Op::Eq) {
            return vec![Cause::unexplained(self.broken.clone(), Certainty::Detected)];
        }
        let solved = found.status == Status::Solved && !found.all.is_empty() && whole;
        let size = found.all.iter().map(|s| s.cells.len()).max().unwrap_or(0) as u32;
        if !(solved && size < 2)
            && let Some(causes) = self.shifted(imputed).or_else(|| self.stale(&found, solved, imputed))
        {
            return causes;
        }
        if !solved {
            let infeasible = found.status == Status::Infeasible;
            let cause = Cause::unexplained(self.broken.clone(), Certainty::NotLocalised);
            let known = || self.all_blanks().or_else(|| self.slipped(imputed));
            return known().unwrap_or_else(|| vec![Cause { infeasible, ..cause }]);
        }
        let mut groups = groups(&self.problem, &found.all);
        if groups.is_empty() {
            return vec![self.unread(imputed)];
        }
        self.join_moved(&mut groups);
        self.assign(&mut groups, &self.broken);
        groups.into_iter().map(|g| self.cause(&g, size)).collect()
    }

    /// A line of totals that was not summed up again, if no fewer cells explain as much, and what is wrong besides.
    fn stale(&self, found: &solver::Solutions, solved: bool, imputed: &[Change]) -> Option<Vec<Cause>> {
        let stale = stale::line(self.s.form, &self.problem, &self.fields, &self.relations)?;
        let size = stale.way.len();
        let rivals = found.all.iter().map(way_of).filter(|w| w.len() <= size && *w != stale.way);
        let rivals: Vec<Way> = rivals.collect();
        let alone = solved && rivals.is_empty();
        if rivals.iter().any(|r| r.len() < size) || !(alone || stale.is_most()) {
            return None;
        }
        let because = Text::new(
            "总计改为各项之和，有关的勾稽关系全部成立",
            "as the sums of their parts, all of their relations hold",
        );
        let mut causes = self.set_right(vec![stale.way.clone()], &because, imputed)?;
        let cause = causes.first_mut()?;
        let of_cell = |p: &(usize, Decimal)| self.fields.get(p.0).copied();
        let (what, else_wrong) =
            stale::told(self.s, &stale.way.iter().filter_map(of_cell).collect::<Vec<_>>());
        cause.what = what;
        if !solved {
            cause.hint = else_wrong;
        }
        if cause.relations.len() == self.broken.len() {
            let one_of = one_of(rivals.len() + 1);
            let others = rivals.iter().map(|w| self.changes(w, Certainty::Ambiguous, &one_of));
            cause.alternatives.extend(others);
        }
        Some(causes)
    }

    /// A stretch of a line that moved, and what is wrong besides.
    fn shifted(&self, imputed: &[Change]) -> Option<Vec<Cause>> {
        let way = self.stretch()?.clone();
        let because = Text::new(
            "把这一段移回一格，有关的勾稽关系全部成立",
            "moved back by one cell, all of their relations hold",
        );
        self.set_right(vec![way], &because, imputed)
    }

    /// Where too much is wrong to search: slips of the hand that mend what they touch, and what remains.
    fn slipped(&self, imputed: &[Change]) -> Option<Vec<Cause>> {
        if !self.mended.is_empty() {
            return None;
        }
        let typing = slips::typing_errors(&self.problem);
        let neighbours: Vec<(usize, usize)> = self
            .lines()
            .iter()
            .flat_map(|l| l.iter().copied().zip(l.iter().skip(1).copied()).collect::<Vec<_>>())
            .filter(|(a, b)| !typing.contains_key(a) && !typing.contains_key(b))
            .collect();
        let swapped = slips::swapped(&self.problem, &neighbours);
        let pairs =
            neighbours.iter().filter_map(|(a, b)| Some(vec![(*a, *swapped.get(a)?), (*b, *swapped.get(b)?)]));
        let ways: Vec<Way> = typing.iter().map(|(c, v)| vec![(*c, *v)]).chain(pairs).collect();
        let because =
            Text::new("这样改，有关的勾稽关系即成立", "with this, relations that it is in hold again");
        self.set_right(ways, &because, imputed)
    }

    /// Ways that evidence alone speaks for as causes, and the causes of what they do not mend; `None` where they
    /// mend nothing, or what remains would have their cells changed again.
    fn set_right(&self, ways: Vec<Way>, because: &Text, imputed: &[Change]) -> Option<Vec<Cause>> {
        let all: Way = ways.iter().flatten().copied().collect();
        let mut problem = self.problem.clone();
        for (cell, to) in &all {
            problem.cells.get_mut(*cell)?.value = Some(*to);
        }
        let fails = |r: &Linear| r.sum(|c| problem.cells.get(c)?.value).is_none_or(|s| !r.op.holds(s));
        let failing: Vec<usize> =
            problem.relations.iter().zip(&self.relations).filter(|(r, _)| fails(r)).map(|p| *p.1).collect();
        let (still, holding): (Vec<usize>, Vec<usize>) =
            self.broken.iter().partition(|r| failing.contains(r));
        if holding.is_empty() || failing.iter().any(|r| !self.broken.contains(r)) {
            return None;
        }
        let mut groups: Vec<Group> = ways.into_iter().map(|w| Group::new(vec![w])).collect();
        self.assign(&mut groups, &holding);
        let told = groups.iter().flat_map(|g| g.options.iter().map(move |o| (g, o)));
        let mut causes: Vec<Cause> = told
            .map(|(group, way)| Cause {
                changes: self.changes(way, Certainty::Likely, because),
                what: self.moved(way).map(Moved::text).unwrap_or_default(),
                ..Cause::unexplained(group.relations.clone(), Certainty::Likely)
            })
            .collect();
        if !still.is_empty() {
            let mended: Vec<usize> = self.mended.iter().copied().chain(all.iter().map(|p| p.0)).collect();
            let ids: Vec<String> =
                all.iter().filter_map(|p| Some(self.s.id(*self.fields.get(p.0)?))).collect();
            let (fields, relations) = (self.fields.clone(), self.relations.clone());
            let rest =
                Self { problem, fields, relations, broken: still, mended, stretch: OnceCell::new(), ..*self };
            let others = rest.causes(imputed);
            let again = |c: &Change| ids.contains(&c.field);
            if others.iter().any(|o| o.changes.iter().chain(o.alternatives.iter().flatten()).any(again)) {
                return None;
            }
            causes.extend(others);
        }
        Some(causes)
    }

    /// The rows and columns of the blocks, as cells in their order.
    fn lines(&self) -> Vec<Vec<usize>> {
        let mut rows: BTreeMap<_, Vec<(usize, usize)>> = BTreeMap::new();
        let mut cols: BTreeMap<_, Vec<(usize, usize)>> = BTreeMap::new();
        for (cell, field) in self.fields.iter().enumerate() {
            let Some(f) = self.s.form.field(*field) else { continue };
            rows.entry((f.table, f.block, f.row)).or_default().push((f.col, cell));
            cols.entry((f.table, f.block, f.col)).or_default().push((f.row, cell));
        }
        let in_order = |mut line: Vec<(usize, usize)>| {
            line.sort_unstable();
            line.into_iter().map(|p| p.1).collect()
        };
        rows.into_values().chain(cols.into_values()).filter(|l| l.len() > 1).map(in_order).collect()
    }

    /// Where too much is wrong to search: blanks alone, if they explain everything and have one value each.
    fn all_blanks(&self) -> Option<Vec<Cause>> {
        let mut problem = self.problem.clone();
        let entered = |i: usize| self.entered(i);
        problem
            .cells
            .iter_mut()
            .enumerate()
            .filter(|(i, _)| entered(*i).is_none())
            .for_each(|(_, c)| c.value = None);
        let found = solver::solve_part(&problem, Limits::default());
        if found.status != Status::Solved || found.weight > 0 {
            return None;
        }
        let values = impute::determined(&problem);
        let unknown = problem.cells.iter().filter(|c| c.value.is_none()).count();
        let missing: Way = values.iter().filter(|(_, v)| !v.is_zero()).copied().collect();
        if values.len() < unknown || missing.is_empty() {
            return None;
        }
        let certainty = Certainty::Likely;
        let because = Text::new(
            "填上漏填的格后，全部勾稽关系即成立，且只有这一组数",
            "with the blanks filled every relation holds, and these are the only numbers that do it",
        );
        let changes = self.changes(&missing, certainty, &because);
        Some(vec![Cause { changes, ..Cause::unexplained(self.broken.clone(), certainty) }])
    }

    /// A part that only lacks what could not be read, such as a formula that adds up text.
    fn unread(&self, imputed: &[Change]) -> Cause {
        let own = |c: &&Change| self.fields.iter().any(|f| self.s.id(*f) == c.field);
        let changes: Vec<Change> = imputed.iter().filter(own).cloned().collect();
        let certainty = changes.iter().map(|c| c.certainty).max().unwrap_or(Certainty::Detected);
        Cause { changes, ..Cause::unexplained(self.broken.clone(), certainty) }
    }

    /// Two cells that are wrong because their numbers were exchanged are one group.
    fn join_moved(&self, groups: &mut Vec<Group>) {
        let single = |g: &Group| g.options.len() == 1;
        let mut at = 0;
        while at < groups.len() {
            let of = |g: &Group| g.options.first().cloned().unwrap_or_default();
            let Some(first) = groups.get(at).filter(|g| single(g)).map(of) else {
                at += 1;
                continue;
            };
            let others = groups.iter().enumerate().skip(at + 1).filter(|(_, g)| single(g));
            let others: Vec<(usize, Way)> = others.map(|(i, g)| (i, of(g))).collect();
            if let Some(i) = moved::partner(&first, &others, |w| self.moved(w)) {
                let other = groups.remove(i);
                if let Some(host) = groups.get_mut(at) {
                    host.absorb(other);
                }
            }
            at += 1;
        }
    }

    /// How the numbers of some cells moved, if that is what is wrong with them.
    fn moved(&self, way: &[(usize, Decimal)]) -> Option<Moved> {
        let spots: Option<Vec<moved::Spot>> = way
            .iter()
            .map(|(cell, to)| {
                let field = *self.fields.get(*cell)?;
                let from = self.s.filled.amount(field)?;
                Some(moved::Spot { field: self.s.form.field(field)?, from, to: *to })
            })
            .collect();
        let stretch = || self.stretch().is_some_and(|s| s == way);
        if way.len() > 2 {
            return stretch().then_some(Moved::Shifted);
        }
        Moved::of(&spots?).or_else(|| self.compensating(way))
    }

    /// Two errors that a relation does not see, for they make up for each other in it.
    fn compensating(&self, way: &[(usize, Decimal)]) -> Option<Moved> {
        let [(a, to_a), (b, to_b)] = way else { return None };
        let factor = |r: &Linear, cell: usize| r.terms.iter().find(|t| t.0 == cell).map(|t| t.1);
        let off = |r: &Linear, cell: usize, to: Decimal| {
            to.checked_sub(self.entered(cell).unwrap_or_default())?.checked_mul(factor(r, cell)?)
        };
        let make_up = |r: &Linear| off(r, *a, *to_a)?.checked_add(off(r, *b, *to_b)?);
        let relations = self.problem.relations.iter().zip(&self.relations);
        let unseen = relations.filter(|(r, i)| {
            r.op == Op::Eq && !self.broken.contains(i) && make_up(r).is_some_and(|sum| sum.is_zero())
        });
        let total = |cell: usize, index: usize| {
            let plain = self.s.form.relations.get(index).and_then(crate::form::Relation::plain);
            plain.is_some_and(|(_, total)| self.fields.get(cell).is_some_and(|f| total == [*f]))
        };
        let mut seen = unseen.map(|(_, i)| total(*a, *i) || total(*b, *i)).peekable();
        seen.peek()?;
        Some(if seen.any(|is_total| is_total) { Moved::Carried } else { Moved::Misplaced })
    }

    /// The stretch of a line that moved, if one did.
    fn stretch(&self) -> Option<&Way> {
        self.stretch.get_or_init(|| moved::stretch(&self.problem, &self.lines())).as_ref()
    }

    /// Gives each broken relation to the first group that touches it; a group left without one joins the group
    /// that has what it touches.
    fn assign(&self, groups: &mut Vec<Group>, broken: &[usize]) {
        for (linear, index) in self.problem.relations.iter().zip(&self.relations) {
            if broken.contains(index) {
                let touches = |g: &&mut Group| linear.terms.iter().any(|(c, _)| g.holds(*c));
                if let Some(group) = groups.iter_mut().find(touches).filter(|g| !g.relations.contains(index))
                {
                    group.relations.push(*index);
                }
            }
        }
        while groups.len() > 1 {
            let Some(at) = groups.iter().position(|g| g.relations.is_empty()) else { break };
            let lone = groups.remove(at);
            let near = |g: &Group| {
                self.problem.relations.iter().any(|r| {
                    r.terms.iter().any(|(c, _)| g.holds(*c)) && r.terms.iter().any(|(c, _)| lone.holds(*c))
                })
            };
            let host = groups.iter().position(near).unwrap_or(0);
            if let Some(host) = groups.get_mut(host) {
                host.absorb(lone);
            }
        }
    }

    fn cause(&self, group: &Group, size: u32) -> Cause {
        let unexplained = |certainty| Cause::unexplained(group.relations.clone(), certainty);
        if let [only] = group.options.as_slice() {
            let limit = self.withstands(only.iter().map(|p| p.0), size);
            let room = self.room(only);
            let sure = size == 1 && room.is_none() && self.mended.is_empty();
            let proved = sure && limit.is_some_and(|l| l >= WITHSTOOD);
            let certainty = if proved { Certainty::Proved } else { Certainty::Likely };
            let because = room.map_or_else(|| because(limit.filter(|_| proved), size), between);
            let changes = self.changes(only, certainty, &because);
            let what = self.moved(only).map(Moved::text).unwrap_or_default();
            return Cause { changes, what, ..unexplained(certainty) };
        }
        let strengths: Vec<u32> = group.options.iter().map(|o| self.strength(o)).collect();
        let best = strengths.iter().copied().max().unwrap_or(0);
        let close = strengths.iter().filter(|s| **s + MARGIN > best).count();
        // many that are half as likely are together likelier than the one
        let weight = |s: &u32| 1_u64 << s;
        let outweighs = 2 * weight(&best) > strengths.iter().map(weight).sum();
        let stands_out = best >= TELLING && close == 1 && outweighs;
        let told = strengths.iter().position(|s| *s == best).filter(|_| stands_out);
        let alone = group.relations.len() == 1 && group.options.iter().all(|o| o.len() == 1);
        let certainty = match told {
            Some(_) => Certainty::Likely,
            None if alone => Certainty::Detected,
            None => Certainty::Ambiguous,
        };
        let n = group.options.len();
        let mut cause = unexplained(certainty);
        for (i, option) in group.options.iter().enumerate() {
            if told == Some(i) {
                cause.changes = self.changes(option, certainty, &likeliest_of(n));
                cause.what = self.moved(option).map(Moved::text).unwrap_or_default();
            } else {
                let certainty = certainty.max(Certainty::Ambiguous);
                cause.alternatives.push(self.changes(option, certainty, &one_of(n)));
            }
        }
        if told.is_none() && self.is_rounding(&group.relations) {
            cause.hint = Text::new(
                "相差不超过小数取舍的误差，像是各数分别四舍五入造成的尾差",
                "no more is off than rounding explains: each number seems to have been rounded on its own",
            );
        }
        cause
    }

    /// What the unit of a cell is, where its value has room.
    fn unit(&self, cell: usize) -> Option<Decimal> {
        let field = self.s.form.field(*self.fields.get(cell)?)?;
        field.rounded.or(field.kind.is_whole().then_some(Decimal::ONE))
    }

    /// Between which values a single change may lie, where the relations leave room.
    fn room(&self, option: &[(usize, Decimal)]) -> Option<(Decimal, Decimal)> {
        let [(cell, _)] = option else { return None };
        rounded::room(&self.problem, &[], *cell)
    }

    /// How many wrong cells there may be, at most, for a unique repair of `size` cells to be the right one.
    fn withstands(&self, cells: impl Iterator<Item = usize>, size: u32) -> Option<u32> {
        let distances = cells.map(|c| solver::distance(&self.problem, c, FARTHEST));
        let nearest = distances.collect::<Option<Vec<u32>>>()?.into_iter().min()?;
        nearest.checked_sub(size + 1)
    }

    fn strength(&self, option: &[(usize, Decimal)]) -> u32 {
        let each = option
            .iter()
            .map(|(cell, to)| self.evidence(*cell, *to).map_or(0, |e| e.strength(self.entered(*cell), *to)));
        let moved = self.moved(option).map_or(0, Moved::strength);
        each.min().unwrap_or(0).max(moved)
    }

    /// What people are known to do that would explain a change.
    fn evidence(&self, cell: usize, to: Decimal) -> Option<Evidence> {
        let field = *self.fields.get(cell)?;
        let last_year = self.s.last_year(field).flatten();
        let of_cell = |(r, _): &(&Linear, &usize)| r.terms.iter().any(|t| t.0 == cell);
        let own: Vec<usize> =
            self.problem.relations.iter().zip(&self.relations).filter(of_cell).map(|p| *p.1).collect();
        let known = Known { is_total: self.is_total(field), last_year, is_rounding: self.is_rounding(&own) };
        Evidence::of(self.entered(cell), to, known)
    }

    /// Whether a field is the total of a broken relation.
    fn is_total(&self, field: FieldIx) -> bool {
        let mut relations = self.broken.iter().filter_map(|r| self.s.form.relations.get(*r));
        relations.any(|r| r.plain().is_some_and(|(_, total)| total == [field]))
    }

    /// Whether those of these relations that are broken are so by no more than rounding explains.
    fn is_rounding(&self, relations: &[usize]) -> bool {
        let of = |(_, i): &(&Linear, &usize)| relations.contains(i) && self.broken.contains(i);
        let own = self.problem.relations.iter().zip(&self.relations).filter(of).map(|p| p.0.clone());
        rounding::explains(&Problem { cells: self.problem.cells.clone(), relations: own.collect() })
    }

    /// What stands in a cell.
    fn entered(&self, cell: usize) -> Option<Decimal> {
        self.s.filled.reading(*self.fields.get(cell)?)?.value
    }

    fn changes(&self, option: &[(usize, Decimal)], certainty: Certainty, because: &Text) -> Vec<Change> {
        let moved = self.moved(option).map(Evidence::Moved);
        let change = |(cell, to): &(usize, Decimal)| {
            let field = *self.fields.get(*cell)?;
            let why = match moved.or_else(|| self.evidence(*cell, *to)).map(Evidence::text) {
                Some(said) => {
                    Text::new(format!("{}；{}", said.zh, because.zh), format!("{}; {}", said.en, because.en))
                }
                None => because.clone(),
            };
            self.s.change(field, *to, certainty, why)
        };
        option.iter().filter_map(change).collect()
    }
}
