//! Lines of the form that the office calls otherwise: where one line is missing and one label that the form does not
//! have stands in its place, between the same neighbours, they are told together.

use super::Submission;
use super::structure::line_finding;
use super::unread::{LABEL, excerpt};
use crate::finding::{Finding, Text};
use crate::form::by_id;
use crate::grid::CellRef;
use crate::mapping::{Axis, Issue};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Rows above the labels of columns in which the label of a column may begin that reaches down.
const HEADER: u32 = 3;

/// A line of the form and the label that stands in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Renamed {
    pub(super) block: (usize, usize),
    pub(super) axis: Axis,
    pub(super) line: usize,
    /// Sheet and cell of the label.
    pub(super) label: (usize, CellRef),
}

/// The lines that are called otherwise.
pub(super) fn renamed(s: Submission) -> Vec<Renamed> {
    let mut out = Vec::new();
    for issue in &s.mapping.issues {
        let Issue::LinesMissing(t, b, axis, lines, _) = issue else { continue };
        for line in lines {
            let alone =
                !lines.contains(&(line + 1)) && line.checked_sub(1).is_none_or(|l| !lines.contains(&l));
            let label = alone.then(|| in_place(s, (*t, *b), *axis, *line)).flatten();
            out.extend(label.map(|label| Renamed { block: (*t, *b), axis: *axis, line: *line, label }));
        }
    }
    out
}

/// The only label in the place of a line: between its neighbours, or right behind the last.
fn in_place(s: Submission, block: (usize, usize), axis: Axis, line: usize) -> Option<(usize, CellRef)> {
    let place = |line: usize| {
        let is = |l: &&crate::mapping::Line| l.block == block && l.axis == axis && l.line == line;
        s.mapping.lines.iter().find(is).map(|l| l.label)
    };
    let (sheet, before) = place(line.checked_sub(1)?)?;
    let along = |at: CellRef| if axis == Axis::Row { at.row } else { at.col };
    let after = place(line + 1).filter(|(other, _)| *other == sheet).map(|(_, at)| along(at));
    let until = after.unwrap_or(along(before) + 2);
    let between = |at: CellRef| along(before) < along(at) && along(at) < until;
    let across = |at: CellRef| match axis {
        Axis::Row => at.col == before.col,
        Axis::Col => at.row <= before.row && at.row + HEADER > before.row,
    };
    let known: BTreeSet<CellRef> =
        s.mapping.lines.iter().filter(|l| l.label.0 == sheet).map(|l| l.label.1).collect();
    let cells = s.book.sheets.get(sheet)?.cells.iter();
    let is_label = |at: CellRef| {
        let text = excerpt(s, (sheet, at), LABEL);
        text.contains(char::is_alphabetic) && between(at) && across(at) && !known.contains(&at)
    };
    let mut labels = cells.map(|(at, _)| *at).filter(|at| is_label(*at));
    let only = labels.next().filter(|_| labels.next().is_none())?;
    Some((sheet, only))
}

/// What is said of lines called otherwise: once of each word that stands for another, be it of rows or of columns.
pub(super) fn told(s: Submission, renamed: &[Renamed]) -> Vec<Finding> {
    let mut alike: IndexMap<(String, String), Vec<Renamed>> = IndexMap::new();
    for one in renamed {
        let used = excerpt(s, one.label, LABEL).trim().to_owned();
        alike.entry((own_label(s, one), used)).or_default().push(*one);
    }
    alike.into_iter().filter_map(|((own, used), all)| finding(s, (&own, &used), &all)).collect()
}

/// The innermost label of a line as the form has it.
fn own_label(s: Submission, one: &Renamed) -> String {
    let block = s.form.tables.get(one.block.0).and_then(|t| t.blocks.get(one.block.1));
    let lines = block.map_or(&[][..], |b| if one.axis == Axis::Row { &b.rows } else { &b.cols });
    let label = lines.get(one.line).and_then(|l| l.path.last());
    label.map(|l| l.text.clone()).unwrap_or_default()
}

fn finding(s: Submission, (own, used): (&str, &str), all: &[Renamed]) -> Option<Finding> {
    let text = Text::new(
        format!(
            "没有找到“{own}”，它的位置上写的是“{used}”；不能确定是同一项，其中的数字没有读取，涉及的勾稽关系没有检查"
        ),
        format!(
            "{own:?} was not found; {used:?} stands in its place. It is not certain that they are the same: its numbers were not read, and relations with them were not checked"
        ),
    );
    let each = all.iter().map(|one| line_finding(s, one.block, one.axis, &[one.line], text.clone()));
    let mut finding = each.reduce(|mut first, other| {
        first
            .fields
            .extend(other.fields.into_iter().filter(|f| !first.fields.contains(f)).collect::<Vec<_>>());
        first
    })?;
    finding.cells = all.iter().filter_map(|one| s.place(one.label.0, one.label.1)).collect();
    finding.also = vec!["S003".to_owned()];
    let alias = Text::new(
        format!("；只是叫法不同的，也可以由定义的主人在定义的 [aliases] 下写上：\"{own}\" = [\"{used}\"]"),
        format!(
            "; where only the words differ, the form's owner may write below [aliases] of its definition: {own:?} = [{used:?}]"
        ),
    );
    // of the forms that come with gouji the words are prescribed
    let alias = if by_id(&s.form.id).is_some() { Text::default() } else { alias };
    Some(finding.advising(Text::new(
        format!("把标题改成规定的“{own}”{}", alias.zh),
        format!("call it {own:?} as the form does{}", alias.en),
    )))
}
