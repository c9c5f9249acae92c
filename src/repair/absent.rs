//! A row that was not filled in, while the totals count it: its cells are blank wherever the sums that it is a part of
//! are off.
//!
//! It is one cause of many wrong cells, and is tried as such: what each sum lacks is put into the row; where all
//! relations that it touches then hold, it is what happened. Where several rows would do, they are told together.

use super::cause::Way;
use super::diagnose::Cause;
use super::moved::{SHORTEST, Tables};
use super::stale;
use super::typed::Typed;
use crate::check::Submission;
use crate::finding::{Certainty, Change, Text};
use crate::form::{Blank, FieldIx};
use std::collections::BTreeMap;

/// Rows left blank, at most, of which any one may be what a sum lacks; where more are blank, blanks stand for nothing.
const FEW: usize = 3;

/// A sum down a column that is off.
struct Sum {
    /// Where it stands among the problem's relations.
    linear: usize,
    parts: Vec<FieldIx>,
    total: FieldIx,
}

/// The causes that are rows not filled in. Their numbers are put into the problem, where they stay.
pub(super) fn rows(s: Submission, typed: &mut Typed, open: &[usize]) -> Vec<Cause> {
    let found = candidates(s, typed, open);
    let mut causes = Vec::new();
    for (mended, ways) in &found {
        let apart = found.keys().all(|other| other == mended || !other.iter().any(|r| mended.contains(r)));
        if let Some(cause) = apart.then(|| cause(s, typed, mended, ways)).flatten() {
            causes.push(cause);
            typed.settle(ways.first());
        }
    }
    causes
}

/// The rows that may be what is missing, with their numbers, by the broken relations of the problem that these mend.
fn candidates(s: Submission, typed: &Typed, open: &[usize]) -> BTreeMap<Vec<usize>, Vec<Way>> {
    let tables = Tables::of(&typed.problem);
    let mut of_row: BTreeMap<_, Vec<(&Sum, FieldIx)>> = BTreeMap::new();
    let sums = sums(s, typed, open);
    for sum in &sums {
        for part in &sum.parts {
            let Some(f) = s.form.field(*part) else { continue };
            of_row.entry((f.table, f.block, f.row)).or_default().push((sum, *part));
        }
    }
    let mut found: BTreeMap<Vec<usize>, Vec<Way>> = BTreeMap::new();
    for cells in of_row.values() {
        let lacks = |(sum, part): &(&Sum, FieldIx)| {
            let blank = s.filled.reading(*part).is_some_and(|r| r.place.is_some() && r.is_blank());
            let cell = typed.cell_of(*part).filter(|_| blank)?;
            Some((cell, tables.solved(sum.linear, cell, &Way::new())?))
        };
        let Some(mut way) = cells.iter().map(lacks).collect::<Option<Way>>() else { continue };
        way.sort_unstable();
        way.dedup();
        let totals = cells.iter().map(|(_, part)| *part).any(|part| sums.iter().any(|s| s.total == part));
        let copied = cells.iter().all(|(sum, _)| is_last_years(s, sum.total));
        let mended = tables.mended(&way).is_some_and(|n| n >= way.len() && way.len() >= SHORTEST);
        if mended && !totals && !copied {
            found.entry(tables.broken_of(&way)).or_default().push(way);
        }
    }
    found
}

/// The open sums down the columns of a block.
fn sums(s: Submission, typed: &Typed, open: &[usize]) -> Vec<Sum> {
    let sum = |(linear, index): (usize, &usize)| {
        let (parts, total) = s.form.relations.get(*index)?.plain()?;
        let [total] = total.as_slice() else { return None };
        let f = s.form.field(*total)?;
        let along = |p: &FieldIx| {
            s.form.field(*p).is_some_and(|p| (p.table, p.block, p.col) == (f.table, f.block, f.col))
        };
        (open.contains(index) && parts.iter().all(along)).then_some(Sum { linear, parts, total: *total })
    };
    typed.relations.iter().enumerate().filter_map(sum).collect()
}

/// Whether a total is last year's: then it is the total that was not brought up to date.
fn is_last_years(s: Submission, total: FieldIx) -> bool {
    s.last_year(total).flatten().is_some_and(|v| s.filled.amount(total) == Some(v))
}

/// One row as a cause, or several of which any may be it.
fn cause(s: Submission, typed: &Typed, mended: &[usize], rows: &[Way]) -> Option<Cause> {
    let field = |p: &(usize, _)| typed.fields.get(p.0).copied();
    let means_zero = |way: &Way| {
        way.iter().filter_map(field).all(|f| s.form.field(f).is_some_and(|f| f.blank == Blank::Zero))
    };
    let mut ways: Vec<Way> = rows.to_vec();
    if rows.len() > 1 || rows.iter().any(means_zero) {
        let stale = stale::line(s.form, &typed.problem, &typed.fields, &typed.relations);
        let alike = |way: &Way| Tables::of(&typed.problem).broken_of(way) == mended;
        ways.extend(stale.map(|stale| stale.way).filter(alike));
    }
    let mut relations: Vec<usize> = mended.iter().filter_map(|r| typed.relations.get(*r).copied()).collect();
    relations.sort_unstable();
    relations.dedup();
    let change = |certainty| {
        let why =
            Text::new("填上后，有关的勾稽关系全部成立", "with these filled in, all of their relations hold");
        move |p: &(usize, rust_decimal::Decimal)| s.change(field(p)?, p.1, certainty, why.clone())
    };
    match ways.as_slice() {
        [only] => Some(Cause {
            changes: only.iter().filter_map(change(Certainty::Likely)).collect(),
            what: told(s, &only.iter().filter_map(field).collect::<Vec<_>>()),
            ..Cause::unexplained(relations, Certainty::Likely)
        }),
        several if several.len() <= FEW => {
            let each =
                |way: &Way| -> Vec<Change> { way.iter().filter_map(change(Certainty::Ambiguous)).collect() };
            let alternatives = several.iter().map(each).collect();
            Some(Cause { alternatives, ..Cause::unexplained(relations, Certainty::Ambiguous) })
        }
        _ => None,
    }
}

/// What happened to a row.
fn told(s: Submission, cells: &[FieldIx]) -> Text {
    let line = s.names().line_of(cells);
    Text::new(format!("{}漏填", line.zh), format!("{} was not filled in", line.en))
}
