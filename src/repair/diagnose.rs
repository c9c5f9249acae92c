//! Broken relations -> causes: what to change, what else would do, how sure.

use super::absent;
use super::exchanged;
use super::misformed::Misformed;
use super::part::Part;
use super::products;
use super::rates;
use super::solver;
use super::typed::Typed;
use super::unknown;
use crate::check::{self, Broken, Submission};
use crate::finding::{Certainty, Change, Choice, Repair, RepairStatus, Text};

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
    /// What happened to all cells that change, in a few words; else empty.
    pub what: Text,
    /// What may have happened, where that does not tell which cell; else empty.
    pub hint: Text,
}

impl Cause {
    /// A cause of which nothing more is known.
    pub(super) fn unexplained(relations: Vec<usize>, certainty: Certainty) -> Self {
        let (changes, alternatives) = (Vec::new(), Vec::new());
        Self {
            relations,
            changes,
            alternatives,
            certainty,
            infeasible: false,
            what: Text::default(),
            hint: Text::default(),
        }
    }
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
    let mut causes = from(s, broken, &[Misformed::uncounted, Misformed::of], &imputed);
    causes.sort_by_key(|c| c.relations.first().copied());
    Diagnosis { causes, imputed }
}

/// A way to find formulas that do not give what they should.
type Finds = fn(Submission, &[Broken]) -> Option<Misformed>;

/// The causes that lie in formulas, each set right before what remains is looked into, then those in typed cells.
fn from(s: Submission, broken: &[Broken], finds: &[Finds], imputed: &[Change]) -> Vec<Cause> {
    let Some((find, others)) = finds.split_first() else { return of_typed(s, broken, imputed) };
    let Some(misformed) = find(s, broken) else { return from(s, broken, others, imputed) };
    let right = Submission { filled: &misformed.filled, ..s };
    let (still, new): (Vec<Broken>, Vec<Broken>) =
        check::broken(right).into_iter().partition(|b| broken.iter().any(|o| o.relation == b.relation));
    let mut rest = from(right, &still, others, imputed);
    let mut own = misformed.causes(s, broken, &still, !new.is_empty());
    for cause in &mut own {
        // what is to have another number besides is told there
        let again = |o: &Cause, c: &Change| o.changes.iter().any(|other| other.field == c.field);
        let host = rest.iter_mut().find(|o| cause.changes.iter().all(|c| again(o, c)));
        if let Some(host) = host {
            host.relations.append(&mut cause.relations);
            host.relations.sort_unstable();
        }
        cause.changes.retain(|c| !rest.iter().any(|o| again(o, c)));
    }
    own.retain(|c| !c.relations.is_empty());
    own.extend(rest);
    own
}

/// The causes that lie in typed cells.
fn of_typed(s: Submission, broken: &[Broken], imputed: &[Change]) -> Vec<Cause> {
    let mut typed = Typed::of(s);
    let mut open: Vec<usize> = broken.iter().map(|b| b.relation).collect();
    let mut causes = absent::rows(s, &mut typed, &open);
    causes.extend(exchanged::lines(s, &mut typed));
    open.retain(|r| !causes.iter().any(|c| c.relations.contains(r)));
    causes.extend(rates::wrong(s, &mut typed, &open));
    open.retain(|r| !causes.iter().any(|c| c.relations.contains(r)));
    for cells in solver::parts(&typed.problem) {
        let part = Part::of(s, &typed, &cells, &open);
        if !part.broken.is_empty() {
            open.retain(|r| !part.broken.contains(r));
            causes.extend(part.causes(imputed));
        }
    }
    products::consult(s, &open, &mut causes);
    open.retain(|r| !causes.iter().any(|c| c.relations.contains(r)));
    let rest = open.into_iter().map(|r| Cause::unexplained(vec![r], Certainty::Detected));
    causes.extend(rest);
    causes
}

/// The repair of a whole file: its causes put together, and cells that could not be read.
pub fn summary(diagnosis: &Diagnosis) -> Repair {
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
    let choice = |c: &Cause| Choice { changes: c.changes.clone(), others: c.alternatives.clone() };
    let choices = causes.iter().map(choice).filter(|c| c.ways().next().is_some()).collect();
    Repair { status, changes, certainty: causes.iter().map(|c| c.certainty).chain(imputed).max(), choices }
}
