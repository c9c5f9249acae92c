//! Broken relations -> causes: what to change, what else would do, how sure.

use super::cause::{Group, Way, groups};
use super::moved::{self, Moved};
use super::solver::{self, Limits, Op, Problem, Status};
use super::typed::Typed;
use super::typo::Slip;
use super::unknown;
use super::{products, rounded};
use crate::check::{Broken, Submission};
use crate::finding::{Certainty, Change, Repair, RepairStatus, Text};
use crate::form::FieldIx;
use crate::grid::amount;
use rust_decimal::Decimal;

/// Distances beyond are not told apart.
const FARTHEST: u32 = 6;
/// Wrong cells, at least, that a proved repair must withstand.
const WITHSTOOD: u32 = 2;
/// Evidence of a human error that tells one of several repairs, and how far it must stand out.
const TELLING: u32 = 5;
const MARGIN: u32 = 2;
/// The evidence of a total that nobody filled in.
const LEFT_OPEN: u32 = 7;

/// Why relations are broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Indices in the form's relations of those it breaks; each broken relation is in one cause.
    pub relations: Vec<usize>,
    /// What to change: proved or likely.
    pub changes: Vec<Change>,
    /// Every other smallest repair.
    pub alternatives: Vec<Vec<Change>>,
    /// How sure.
    pub certainty: Certainty,
    /// Whether no change of cells could mend it.
    pub infeasible: bool,
}

/// All causes of a submission, in the form's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnosis {
    /// The causes.
    pub causes: Vec<Cause>,
    /// Cells that cannot be read, with the values that the relations give them.
    pub imputed: Vec<Change>,
}

/// Finds what would mend the broken relations of a submission.
pub fn diagnose(s: Submission, broken: &[Broken]) -> Diagnosis {
    let imputed = unknown::determined(s);
    if broken.is_empty() {
        return Diagnosis { causes: Vec::new(), imputed };
    }
    let typed = Typed::of(s);
    let mut causes = Vec::new();
    let mut open: Vec<usize> = broken.iter().map(|b| b.relation).collect();
    for cells in solver::parts(&typed.problem) {
        let part = Part::of(s, &typed, &cells, &open);
        if !part.broken.is_empty() {
            open.retain(|r| !part.broken.contains(r));
            causes.extend(part.causes(&imputed));
        }
    }
    products::consult(s, &typed, &open, &mut causes);
    open.retain(|r| !causes.iter().any(|c| c.relations.contains(r)));
    let rest = open.into_iter().map(|r| unexplained(vec![r], Certainty::Detected));
    causes.extend(rest);
    causes.sort_by_key(|c| c.relations.first().copied());
    Diagnosis { causes, imputed }
}

/// The repair of a whole file: its causes put together, and cells that could not be read.
pub fn summary(_: Submission, diagnosis: &Diagnosis) -> Repair {
    let causes = &diagnosis.causes;
    let mut changes: Vec<Change> = causes.iter().flat_map(|c| c.changes.iter().cloned()).collect();
    for change in &diagnosis.imputed {
        if !changes.iter().any(|c| c.field == change.field) {
            changes.push(change.clone());
        }
    }
    let status = if causes.is_empty() && changes.is_empty() {
        RepairStatus::None
    } else if causes.iter().any(|c| c.infeasible) {
        RepairStatus::Infeasible
    } else if causes.iter().all(|c| !c.changes.is_empty() && c.alternatives.is_empty()) {
        RepairStatus::Unique
    } else {
        RepairStatus::Ambiguous
    };
    let imputed = diagnosis.imputed.iter().map(|c| c.certainty);
    Repair {
        status,
        changes,
        certainty: causes.iter().map(|c| c.certainty).chain(imputed).max(),
        alternatives: causes.iter().flat_map(|c| c.alternatives.iter().cloned()).collect(),
    }
}

pub(super) fn unexplained(relations: Vec<usize>, certainty: Certainty) -> Cause {
    let infeasible = false;
    Cause { relations, changes: Vec::new(), alternatives: Vec::new(), certainty, infeasible }
}

/// Relations that have cells in common, apart from all others.
struct Part<'a> {
    s: Submission<'a>,
    problem: Problem,
    fields: Vec<FieldIx>,
    /// Relations of the form behind the problem's.
    relations: Vec<usize>,
    /// Those of them that are broken.
    broken: Vec<usize>,
}

impl<'a> Part<'a> {
    fn of(s: Submission<'a>, typed: &Typed, cells: &[usize], open: &[usize]) -> Self {
        let problem = solver::restrict(&typed.problem, cells);
        let inside = |r: &solver::Linear| r.terms.first().is_some_and(|t| cells.binary_search(&t.0).is_ok());
        let own = typed.problem.relations.iter().zip(&typed.relations).filter(|(r, _)| inside(r));
        let relations: Vec<usize> = own.map(|(_, i)| *i).collect();
        let fields = cells.iter().filter_map(|c| typed.fields.get(*c).copied()).collect();
        let mut broken: Vec<usize> = relations.iter().filter(|r| open.contains(r)).copied().collect();
        broken.dedup(); // a relation may be two bounds
        Self { s, problem, fields, relations, broken }
    }

    fn causes(&self, imputed: &[Change]) -> Vec<Cause> {
        let mut found = solver::solve_part(&self.problem, Limits::default());
        let unit = |cell: usize| self.unit(cell);
        found.all = found.all.iter().map(|s| rounded::settled(&self.problem, s, &unit)).collect();
        let whole = found.all.iter().all(|s| s.values.iter().all(Option::is_some));
        if found.status == Status::Solved && !whole && self.problem.relations.iter().any(|r| r.op != Op::Eq) {
            return vec![unexplained(self.broken.clone(), Certainty::Detected)];
        }
        if found.status != Status::Solved || found.all.is_empty() || !whole {
            let infeasible = found.status == Status::Infeasible;
            let cause = unexplained(self.broken.clone(), Certainty::NotLocalised);
            return vec![self.all_blanks().unwrap_or(Cause { infeasible, ..cause })];
        }
        let size = found.all.iter().map(|s| s.cells.len()).max().unwrap_or(0) as u32;
        let mut groups = groups(&self.problem, &found.all);
        if groups.is_empty() {
            return vec![self.unread(imputed)];
        }
        self.join_moved(&mut groups);
        self.assign(&mut groups);
        groups.into_iter().map(|g| self.cause(&g, size)).collect()
    }

    /// Where too much is wrong to search: blanks alone, if they explain everything and have one value each.
    fn all_blanks(&self) -> Option<Cause> {
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
        let values = super::impute::determined(&problem);
        let unknown = problem.cells.iter().filter(|c| c.value.is_none()).count();
        let missing: Vec<(usize, Decimal)> = values.iter().filter(|(_, v)| !v.is_zero()).copied().collect();
        if values.len() < unknown || missing.is_empty() {
            return None;
        }
        let certainty = Certainty::Likely;
        let because = Text::new(
            "填上漏填的格后，全部勾稽关系即成立，且只有这一组数",
            "with the blanks filled every relation holds, and these are the only numbers that do it",
        );
        let changes = self.changes(&missing, certainty, &because);
        Some(Cause { changes, ..unexplained(self.broken.clone(), certainty) })
    }

    /// A part that only lacks what could not be read, such as a formula that adds up text.
    fn unread(&self, imputed: &[Change]) -> Cause {
        let own = |c: &&Change| self.fields.iter().any(|f| self.s.id(*f) == c.field);
        let changes: Vec<Change> = imputed.iter().filter(own).cloned().collect();
        let certainty = changes.iter().map(|c| c.certainty).max().unwrap_or(Certainty::Detected);
        Cause { changes, ..unexplained(self.broken.clone(), certainty) }
    }

    /// Cells that are wrong because their numbers moved are one group.
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
            let partners: Vec<(usize, Way)> = others.map(|(i, g)| (i, of(g))).collect();
            for i in moved::partners(&first, &partners, |w| self.moved(w)).into_iter().rev() {
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
                Some(moved::Spot {
                    field: self.s.form.field(field)?,
                    from: self.s.filled.amount(field)?,
                    to: *to,
                })
            })
            .collect();
        Moved::of(&spots?)
    }

    /// Gives each broken relation to the first group that touches it; a group left without one joins the group
    /// that has what it touches.
    fn assign(&self, groups: &mut Vec<Group>) {
        for (linear, index) in self.problem.relations.iter().zip(&self.relations) {
            if self.broken.contains(index) {
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
        let relations = group.relations.clone();
        let infeasible = false;
        if let [only] = group.options.as_slice() {
            let limit = self.withstands(only.iter().map(|p| p.0), size);
            let room = self.room(only);
            let proved = limit.is_some_and(|l| l >= WITHSTOOD) && size == 1 && room.is_none();
            let certainty = if proved { Certainty::Proved } else { Certainty::Likely };
            let because = room.map_or_else(|| because(limit.filter(|_| proved), size), between);
            let changes = self.changes(only, certainty, &because);
            return Cause { relations, changes, alternatives: Vec::new(), certainty, infeasible };
        }
        let strengths: Vec<u32> = group.options.iter().map(|o| self.strength(o)).collect();
        let best = strengths.iter().copied().max().unwrap_or(0);
        let close = strengths.iter().filter(|s| **s + MARGIN > best).count();
        let told = strengths.iter().position(|s| *s == best).filter(|_| best >= TELLING && close == 1);
        let alone = relations.len() == 1 && group.options.iter().all(|o| o.len() == 1);
        let certainty = match told {
            Some(_) => Certainty::Likely,
            None if alone => Certainty::Detected,
            None => Certainty::Ambiguous,
        };
        let n = group.options.len();
        let mut changes = Vec::new();
        let mut alternatives = Vec::new();
        for (i, option) in group.options.iter().enumerate() {
            if told == Some(i) {
                changes = self.changes(option, certainty, &one_of(n));
            } else {
                let certainty = certainty.max(Certainty::Ambiguous);
                alternatives.push(self.changes(option, certainty, &one_of(n)));
            }
        }
        Cause { relations, changes, alternatives, certainty, infeasible }
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
        let each = option.iter().map(|(cell, to)| {
            let from = self.entered(*cell);
            let slip = Slip::between(from, *to);
            if matches!(slip, Some(Slip::Blank | Slip::LeftZero)) && self.is_total(*cell) {
                return LEFT_OPEN;
            }
            slip.map_or(0, |slip| slip.strength(from, *to))
        });
        let moved = self.moved(option).map_or(0, Moved::strength);
        each.min().unwrap_or(0).max(moved)
    }

    /// Whether a cell is the total of a broken relation.
    fn is_total(&self, cell: usize) -> bool {
        let relations = self.broken.iter().filter_map(|r| self.s.form.relations.get(*r));
        self.fields
            .get(cell)
            .is_some_and(|f| relations.into_iter().any(|r| r.plain().is_some_and(|(_, total)| total == [*f])))
    }

    /// What stands in a cell.
    fn entered(&self, cell: usize) -> Option<Decimal> {
        self.s.filled.reading(*self.fields.get(cell)?)?.value
    }

    fn changes(&self, option: &[(usize, Decimal)], certainty: Certainty, because: &Text) -> Vec<Change> {
        let moved = self.moved(option);
        let change = |(cell, to): &(usize, Decimal)| {
            let field = *self.fields.get(*cell)?;
            let from = self.entered(*cell);
            let said = match moved {
                Some(moved) => Some(moved.text()),
                None => Slip::between(from, *to).map(Slip::text),
            };
            let why = match said {
                Some(said) => {
                    Text::new(format!("{}；{}", said.zh, because.zh), format!("{}; {}", said.en, because.en))
                }
                None => because.clone(),
            };
            Some(Change { field: self.s.id(field), cell: self.s.cell(field)?, from, to: *to, certainty, why })
        };
        option.iter().filter_map(change).collect()
    }
}

/// What excludes other explanations.
fn because(limit: Option<u32>, size: u32) -> Text {
    match limit {
        Some(limit) => Text::new(
            format!("只改这一格，全部勾稽关系即成立；只要填错的不超过 {limit} 格，必是此格"),
            format!(
                "changing this cell alone makes every relation hold; proved unless more than {limit} cells are wrong"
            ),
        ),
        None if size == 1 => {
            Text::new("只改这一格，全部勾稽关系即成立", "changing this cell alone makes every relation hold")
        }
        None => Text::new(
            format!("改动格数最少（{size} 格）且仅此一种改法，全部勾稽关系即成立"),
            format!("the only way to make every relation hold by changing as few as {size} cells"),
        ),
    }
}

/// Why a value is not known exactly.
fn between((least, greatest): (Decimal, Decimal)) -> Text {
    let (least, greatest) = (amount::show(least), amount::show(greatest));
    Text::new(
        format!("只改这一格，全部勾稽关系即成立；因数字经过舍入，只知道应在 {least} 与 {greatest} 之间"),
        format!(
            "changing this cell alone makes every relation hold; as numbers are rounded, it lies between {least} and {greatest}"
        ),
    )
}

fn one_of(n: usize) -> Text {
    Text::new(format!("{n} 种同样小的改法之一"), format!("one of {n} repairs of the same size"))
}
