//! A whole line of totals that was not summed up again: last year's row or column of 总计 beside this year's numbers.
//!
//! It is one cause of many wrong cells, and is tried as such: every total of a line that one rule gives is put to the
//! sum of its parts; what mends all that it touches is what happened.

use super::cause::Way;
use super::moved::{SHORTEST, Tables};
use super::solver::Problem;
use crate::check::Submission;
use crate::finding::Text;
use crate::form::{FieldIx, Form};
use std::collections::BTreeMap;

/// A total: its cell, and the relation of the problem that says what it should be.
struct Total {
    cell: usize,
    linear: usize,
}

/// A line of totals that is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stale {
    /// The numbers that it should have.
    pub(super) way: Way,
    /// How many totals of the line have a number, or should have one.
    of: usize,
}

impl Stale {
    /// Whether it is at least half of the line that is wrong.
    pub(super) fn is_most(&self) -> bool {
        self.way.len() * 2 >= self.of
    }
}

/// The line of totals that is stale: the one that mends most, none where two do. `fields` are those of the problem's
/// cells, `relations` the form's behind the problem's.
pub(super) fn line(form: &Form, problem: &Problem, fields: &[FieldIx], relations: &[usize]) -> Option<Stale> {
    let tables = Tables::of(problem);
    let mut found: Vec<(usize, Stale)> = Vec::new();
    for totals in lines(form, fields, relations) {
        let (mut way, mut of) = (Way::new(), 0);
        for total in &totals {
            let (entered, value) =
                (tables.entered(total.cell), tables.solved(total.linear, total.cell, &way));
            of += usize::from([value, entered].into_iter().flatten().any(|v| !v.is_zero()));
            way.extend(value.filter(|v| entered != Some(*v)).map(|v| (total.cell, v)));
        }
        way.sort_unstable_by_key(|p| p.0);
        let mended = tables.mended(&way).filter(|mended| *mended >= way.len());
        found.extend(mended.filter(|_| way.len() >= SHORTEST).map(|mended| (mended, Stale { way, of })));
    }
    let most = found.iter().map(|f| f.0).max()?;
    found.retain(|f| f.0 == most);
    found.dedup();
    match found.as_slice() {
        [(_, only)] => Some(only.clone()),
        _ => None,
    }
}

/// What happened to the totals of a line; and what is wrong if they are not.
pub(super) fn told(s: Submission, totals: &[FieldIx]) -> (Text, Text) {
    let blank = |f: &FieldIx| s.filled.reading(*f).is_some_and(|r| r.value.is_none());
    let last_year = |f: &FieldIx| s.last_year(*f).flatten().is_some_and(|v| s.filled.amount(*f) == Some(v));
    let (zh, en) = if totals.iter().all(blank) {
        ("漏填", "was left blank")
    } else if totals.iter().all(last_year) {
        ("填的是上年的数", "has last year's numbers")
    } else {
        ("没有随各项更新", "was not updated with its parts")
    };
    let (line, n) = (s.names().line_of(totals), totals.len());
    let what = Text::new(
        format!("{}{zh}，{n} 格与各项之和不符", line.zh),
        format!("{} {en}: {n} cells differ from the sums of their parts", line.en),
    );
    let else_wrong = Text::new(
        format!("如果{}没有错，这 {n} 格所加的各项里就都另有填错的数", line.zh),
        format!("if {} is right, something else is wrong in each of the {n} sums", line.en),
    );
    (what, else_wrong)
}

/// The totals that one rule gives, by the row or the column that they stand in.
fn lines(form: &Form, fields: &[FieldIx], relations: &[usize]) -> Vec<Vec<Total>> {
    let mut lines: BTreeMap<_, Vec<Total>> = BTreeMap::new();
    for (linear, index) in relations.iter().enumerate() {
        let Some((relation, (parts, total))) = form.relations.get(*index).and_then(|r| Some((r, r.plain()?)))
        else {
            continue;
        };
        let [total] = total.as_slice() else { continue };
        let (Ok(cell), Some(f)) = (fields.binary_search(total), form.field(*total)) else { continue };
        let along = |same: &dyn Fn(&crate::form::Field) -> bool| {
            parts.iter().all(|p| form.field(*p).is_some_and(same))
        };
        // parts of a row stand beside its total, those of a column above it: the line of totals runs across
        let at = if along(&|p| p.row == f.row) {
            (false, f.col)
        } else if along(&|p| p.col == f.col) {
            (true, f.row)
        } else {
            continue;
        };
        lines.entry((relation.rule, f.table, f.block, at)).or_default().push(Total { cell, linear });
    }
    lines.into_values().collect()
}
