//! Two whole rows (or columns) whose numbers were exchanged: the numbers of one stand beside the label of the other.
//!
//! It is one cause of many wrong cells, and is tried as such: the numbers of two lines are put in each other's place;
//! where that mends something in every column in which they differ and breaks nothing, it is what happened. Where less
//! explains as much, be it one of the two lines or a line of totals that is stale, or another pair, they are told
//! together.

use super::cause::Way;
use super::diagnose::Cause;
use super::moved::{SHORTEST, Tables};
use super::stale;
use super::typed::Typed;
use crate::check::Submission;
use crate::finding::{Certainty, Change, Text};
use crate::form::FieldIx;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Ways, at most, that are told together; more stand for nothing.
const FEW: usize = 3;
/// Lines of a block beyond which no pairs are tried.
const MOST_LINES: usize = 400;

/// The cells of a line by where they stand along it.
type Line = BTreeMap<usize, usize>;

/// Two lines with the numbers of each other, and each of them alone.
struct Pair {
    both: Way,
    alone: [Way; 2],
}

/// The causes that are lines exchanged. Their numbers are put right in the problem, where they stay.
pub(super) fn lines(s: Submission, typed: &mut Typed) -> Vec<Cause> {
    let found = candidates(s, typed);
    let mut causes = Vec::new();
    for (mended, pairs) in &found {
        let apart = found.keys().all(|other| other == mended || !other.iter().any(|r| mended.contains(r)));
        if let Some(cause) = apart.then(|| cause(s, typed, mended, pairs)).flatten() {
            causes.push(cause);
            typed.settle(pairs.first().map(|p| &p.both));
        }
    }
    causes
}

/// The pairs of lines that may be exchanged, with what puts them right, by the broken relations that these mend.
fn candidates(s: Submission, typed: &Typed) -> BTreeMap<Vec<usize>, Vec<Pair>> {
    let tables = Tables::of(&typed.problem);
    let mut found: BTreeMap<Vec<usize>, Vec<Pair>> = BTreeMap::new();
    for lines in of_blocks(s, typed) {
        let suspects = |line: &Line| line.values().filter(|c| tables.is_suspect(**c)).count();
        let suspicious: Vec<bool> = lines.iter().map(|l| suspects(l) >= SHORTEST).collect();
        let any = suspicious.contains(&true) && lines.len() <= MOST_LINES;
        for (i, first) in lines.iter().enumerate().filter(|_| any) {
            for (j, second) in lines.iter().enumerate().skip(i + 1) {
                let may_be = suspicious.get(i) == Some(&true) || suspicious.get(j) == Some(&true);
                if let Some(pair) = may_be.then(|| exchanged(&tables, first, second)).flatten() {
                    found.entry(tables.broken_of(&pair.both)).or_default().push(pair);
                }
            }
        }
    }
    found
}

/// The rows of each block, and its columns.
fn of_blocks(s: Submission, typed: &Typed) -> Vec<Vec<Line>> {
    let mut rows: BTreeMap<_, BTreeMap<usize, Line>> = BTreeMap::new();
    let mut cols = rows.clone();
    for (cell, field) in typed.fields.iter().enumerate() {
        let Some(f) = s.form.field(*field) else { continue };
        rows.entry((f.table, f.block)).or_default().entry(f.row).or_default().insert(f.col, cell);
        cols.entry((f.table, f.block)).or_default().entry(f.col).or_default().insert(f.row, cell);
    }
    rows.into_values().chain(cols.into_values()).map(|lines| lines.into_values().collect()).collect()
}

/// The numbers of two lines in each other's place, where these mend something wherever the lines differ.
fn exchanged(tables: &Tables, first: &Line, second: &Line) -> Option<Pair> {
    if !first.keys().eq(second.keys()) {
        return None;
    }
    let mut alone = [Way::new(), Way::new()];
    for (a, b) in first.values().zip(second.values()) {
        let (own, other) = (tables.entered(*a)?, tables.entered(*b)?);
        if own == other {
            continue;
        }
        if !(tables.is_suspect(*a) || tables.is_suspect(*b)) {
            return None;
        }
        let [of_first, of_second] = &mut alone;
        of_first.push((*a, other));
        of_second.push((*b, own));
    }
    let mut both = alone.concat();
    both.sort_unstable_by_key(|p| p.0);
    let fits = both.len() >= 2 * SHORTEST && tables.mended(&both).is_some_and(|n| n >= SHORTEST);
    fits.then_some(Pair { both, alone })
}

/// Two lines exchanged as a cause, or several ways of which any may be it.
fn cause(s: Submission, typed: &Typed, mended: &[usize], pairs: &[Pair]) -> Option<Cause> {
    let tables = Tables::of(&typed.problem);
    let stale = stale::line(s.form, &typed.problem, &typed.fields, &typed.relations).map(|stale| stale.way);
    let does_as_much = |way: &&Way| tables.mended(way).is_some() && tables.broken_of(way) == mended;
    let alone = pairs.iter().flat_map(|p| &p.alone).chain(&stale).filter(does_as_much);
    let ways: Vec<&Way> = pairs.iter().map(|p| &p.both).chain(alone).collect();
    let mut relations: Vec<usize> = mended.iter().filter_map(|r| typed.relations.get(*r).copied()).collect();
    relations.sort_unstable();
    relations.dedup();
    let field = |p: &(usize, Decimal)| typed.fields.get(p.0).copied();
    let changes = |way: &Way, certainty| -> Vec<Change> {
        let why = Text::new("换回来，有关的勾稽关系全部成立", "put back, all of their relations hold");
        way.iter().filter_map(|p| s.change(field(p)?, p.1, certainty, why.clone())).collect()
    };
    let cells: Vec<FieldIx> = pairs.first()?.both.iter().filter_map(field).collect();
    let what = || told(s, &cells);
    match ways.as_slice() {
        [only] => Some(Cause {
            changes: changes(only, Certainty::Likely),
            what: what(),
            ..Cause::unexplained(relations, Certainty::Likely)
        }),
        several if several.len() <= FEW => {
            let alternatives = several.iter().map(|way| changes(way, Certainty::Ambiguous)).collect();
            let Text { zh, en } = what();
            let hint = Text::new(format!("也许是{zh}"), format!("perhaps {en}"));
            Some(Cause { alternatives, hint, ..Cause::unexplained(relations, Certainty::Ambiguous) })
        }
        _ => None,
    }
}

/// What happened to the cells of two lines.
fn told(s: Submission, cells: &[FieldIx]) -> Text {
    let line = |ix: &FieldIx, of_rows: bool| s.form.field(*ix).map(|f| if of_rows { f.row } else { f.col });
    let lines = |of_rows: bool| -> BTreeMap<usize, FieldIx> {
        cells.iter().filter_map(|ix| Some((line(ix, of_rows)?, *ix))).collect()
    };
    let of_rows = lines(true).len() == 2;
    let name = |ix: &FieldIx| if of_rows { s.names().row_name(*ix) } else { s.names().col_name(*ix) };
    let named: Vec<String> = lines(of_rows).values().map(|ix| format!("“{}”", name(ix))).collect();
    let table = cells.first().map(|ix| s.names().table_of(*ix).to_owned()).unwrap_or_default();
    let (zh, en) = if of_rows { ("行", "rows") } else { ("列", "columns") };
    Text::new(
        format!("{table}{}两{zh}的数整{zh}填反", named.join("、")),
        format!("the numbers of the {en} {} of {table} were exchanged", named.join(" and ")),
    )
}
