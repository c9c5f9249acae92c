//! Tables, rows and columns that are missing, foreign, hidden or double (S rules).

use super::Submission;
use super::naming::{listed, listed_fields};
use super::renamed::{self, Renamed};
use super::strangers;
use super::unread::{
    LABEL, excerpt, lines_missing, parts_differ, rows_unplaced, table_missing, twice, untold,
};
use crate::finding::{Finding, Place, Severity, Text};
use crate::form::FieldIx;
use crate::grid::{CellRef, Entry, NoteKind};
use crate::mapping::{Axis, How, Issue, Refused, Stray, Unread};
use indexmap::{IndexMap, IndexSet};

/// The S findings of a submission.
pub fn structure(s: Submission) -> Vec<Finding> {
    let renamed = renamed::renamed(s);
    let mut findings: Vec<Finding> = s.mapping.issues.iter().filter_map(|i| issue(s, i, &renamed)).collect();
    findings.extend(renamed::told(s, &renamed));
    findings.extend(strangers(s, &renamed));
    findings.extend(rows_unplaced(s));
    findings.extend(altered(s));
    findings.extend(damaged(s));
    findings = once(findings);
    findings.extend(version_and_year(s));
    findings.extend(contradicting_years(s));
    findings.extend(contradicting_offices(s));
    findings.sort_by(|a, b| a.code.cmp(&b.code));
    findings
}

/// What is said in the same words of several cells is said once, of them all.
fn once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut different: Vec<Finding> = Vec::new();
    for finding in findings {
        let said = |f: &&mut Finding| {
            (&f.code, &f.place, &f.message) == (&finding.code, &finding.place, &finding.message)
        };
        match different.iter_mut().find(said) {
            Some(known) => {
                known.cells.extend(finding.cells);
                known.fields.extend(finding.fields);
            }
            None => different.push(finding),
        }
    }
    different
}

fn issue(s: Submission, issue: &Issue, renamed: &[Renamed]) -> Option<Finding> {
    let names = s.names();
    match issue {
        Issue::TableMissing(t, seen, refused) => Some(table_missing(s, *t, seen.as_ref(), refused.as_ref())),
        Issue::LinesMissing(t, b, axis, lines, seen) => {
            let is_told =
                |line: &usize| renamed.iter().any(|r| (r.block, r.axis, r.line) == ((*t, *b), *axis, *line));
            let others: Vec<usize> = lines.iter().copied().filter(|line| !is_told(line)).collect();
            (!others.is_empty()).then(|| lines_missing(s, (*t, *b), *axis, (&others, seen.as_ref())))
        }
        // those alike are one finding
        Issue::RowUnplaced(..) | Issue::Slid(..) | Issue::Stranger(..) => None,
        Issue::Several(t, b, lines, sheet, cells) => Some(several(s, (*t, *b), lines, (*sheet, cells))),
        Issue::OutOfOrder(t, _, axis) => {
            let (zh, en) = if *axis == Axis::Row { ("行", "rows") } else { ("列", "columns") };
            let text = Text::new(
                format!("{}的{zh}顺序与规定格式不同，已按名称读取", names.table(*t).zh),
                format!(
                    "{}: the {en} are not in the official order; they were read by name",
                    names.table(*t).en
                ),
            );
            Some(Finding::new("S006", Severity::Info, table_id(s, *t), text))
        }
        Issue::HiddenSheet(sheet) => Some(hidden_sheet(s, *sheet)),
        Issue::NotRead(sheet, why) => Some(not_read(s, *sheet, *why)),
        Issue::PartNotRead(sheet, at, why) => part_not_read(s, (*sheet, *at), *why),
        Issue::HiddenLines(sheet, fields) => Some(hidden_lines(s, *sheet, fields)),
        Issue::Twice(copies, chosen) => Some(twice(s, copies, Some(*chosen), &[])),
        Issue::Undecided(copies, lost) => Some(twice(s, copies, None, lost)),
        Issue::PartsDiffer(fields, parts, sum) => parts_differ(s, fields, parts, *sum),
        Issue::Untold(sheet, at, tables) => Some(untold(s, (*sheet, *at), tables)),
        Issue::UnderMerge(sheet, cells) => Some(under_merge(s, *sheet, cells)),
        Issue::Variant(t, b, row) => Some(variant(s, (*t, *b), *row)),
    }
}

pub(super) fn table_id(s: Submission, table: usize) -> String {
    s.form.tables.get(table).map(|t| t.id.clone()).unwrap_or_default()
}

pub(super) fn sheet_name(s: Submission, sheet: usize) -> String {
    s.book.sheets.get(sheet).map(|s| s.name.clone()).unwrap_or_default()
}

/// An S002 that names the fields of the lines.
pub(super) fn line_finding(
    s: Submission,
    (t, b): (usize, usize),
    axis: Axis,
    lines: &[usize],
    text: Text,
) -> Finding {
    let block = s.form.tables.get(t).and_then(|t| t.blocks.get(b));
    let width = block.map_or(1, |b| b.cols.len().max(1));
    let fields = block.map(|b| b.fields.as_slice()).unwrap_or_default().iter().enumerate();
    let on_line = |i: &usize| lines.contains(&if axis == Axis::Row { i / width } else { i % width });
    let ids = fields.filter(|(i, _)| on_line(i)).map(|(_, f)| s.id(*f)).collect();
    let place = block.and_then(|b| {
        if axis == Axis::Row { b.rows.get(*lines.first()?) } else { b.cols.get(*lines.first()?) }
    });
    Finding::new("S002", Severity::Error, place.map(|l| l.id.clone()).unwrap_or_default(), text)
        .at(ids, Vec::new())
}

/// Lines with numbers that are on no form; those of one label are one finding, and those that sums count.
fn strangers(s: Submission, renamed: &[Renamed]) -> Vec<Finding> {
    let counted = strangers::counted(s);
    let mut alike: IndexMap<(usize, String, Stray), Vec<Place>> = IndexMap::new();
    for issue in &s.mapping.issues {
        let Issue::Stranger(sheet, at, stray) = issue else { continue };
        let is_counted = counted.iter().any(|c| c.rows.contains(&(*sheet, *at)));
        let is_told = is_counted || renamed.iter().any(|r| r.label == (*sheet, *at));
        let Some(place) = s.place(*sheet, *at).filter(|_| !is_told) else { continue };
        alike.entry((*sheet, excerpt(s, (*sheet, *at), LABEL), *stray)).or_default().push(place);
    }
    let told = |((_, label, stray), places): ((usize, String, Stray), Vec<Place>)| match stray {
        Stray::Heading => heading_with_numbers(label, places),
        Stray::Row => stranger(label, places, ("行", "row")),
        Stray::Column => stranger(label, places, ("列", "column")),
    };
    let of_sums = counted.iter().filter_map(|c| strangers::told(s, c));
    of_sums.chain(alike.into_iter().map(told)).collect()
}

/// Numbers beside the heading of a group, which on the form has none.
fn heading_with_numbers(label: String, places: Vec<Place>) -> Finding {
    let shown = label.trim();
    let text = Text::new(
        format!("“{shown}”是一组的标题，规定格式中数字填在它下面的各行里；它这一行的数字没有读取"),
        format!(
            "{shown:?} is the heading of a group; the form asks for numbers in its rows, and those beside it were not read"
        ),
    );
    Finding::new("S003", Severity::Warning, label, text).at(Vec::new(), places)
}

fn stranger(label: String, places: Vec<Place>, (zh, en): (&str, &str)) -> Finding {
    let (shown, n) = (label.trim(), places.len());
    let text = if n == 1 {
        Text::new(
            format!("“{shown}”不是规定格式中的{zh}，其中的数字没有读取"),
            format!("{shown:?} is no {en} of the form; its numbers were not read"),
        )
    } else {
        Text::new(
            format!("“{shown}”共 {n} {zh}，不是规定格式中的{zh}，其中的数字没有读取"),
            format!("{n} {en}s {shown:?} are none of the form; their numbers were not read"),
        )
    };
    Finding::new("S003", Severity::Warning, label, text).at(Vec::new(), places).advising(Text::new(
        format!("如就是规定的某一{zh}，请改用规定的名称"),
        format!("if it is a {en} of the form, call it as the form does"),
    ))
}

/// Lines whose numbers stand in several places.
fn several(
    s: Submission,
    (t, b): (usize, usize),
    lines: &[(Axis, usize)],
    (sheet, cells): (usize, &[CellRef]),
) -> Finding {
    let names = s.names();
    let name = |(axis, line): &(Axis, usize)| names.line(t, b, *axis, *line);
    let quoted = lines.iter().map(name).filter(|n| !n.is_empty()).map(|n| format!("“{n}”"));
    let listed = listed(&quoted.collect::<Vec<_>>());
    let text = Text::new(
        format!("{}{}有不止一组数字，不能确定哪一组是本年应报的数，都没有读取", names.table(t).zh, listed.zh),
        format!("{} {} has more than one set of numbers; none was read", names.table(t).en, listed.en),
    );
    let of_axis =
        |axis: Axis| lines.iter().filter(move |(a, _)| *a == axis).map(|(_, l)| *l).collect::<Vec<_>>();
    let mut finding = line_finding(s, (t, b), Axis::Col, &of_axis(Axis::Col), text.clone());
    let rows = line_finding(s, (t, b), Axis::Row, &of_axis(Axis::Row), text);
    finding.place = if finding.place.is_empty() { rows.place } else { finding.place };
    finding.fields.extend(rows.fields);
    let cells: IndexSet<Place> = cells.iter().filter_map(|at| s.place(sheet, *at)).collect();
    finding.cells = cells.into_iter().collect();
    finding
        .advising(Text::new("每项只保留应报的一组数字后重新报送", "keep one set of numbers and submit again"))
}

/// A copy of a table beside the one that was read.
fn part_not_read(s: Submission, (sheet, at): (usize, CellRef), why: Unread) -> Option<Finding> {
    let (place, label) = (s.place(sheet, at)?, excerpt(s, (sheet, at), LABEL));
    let (zh, en) = reason_unread(why);
    let text = if why == Unread::HiddenLines {
        Text::new(
            "隐藏的行或列中另有一组数字，没有读取；读取的是看得见的数",
            "hidden rows or columns hold another set of numbers; what can be seen was read",
        )
    } else {
        Text::new(
            format!("“{label}”所说的一份{zh}，没有读取"),
            format!("the numbers of {label:?} are {en} and were not read"),
        )
    };
    Some(Finding::new("S007", Severity::Warning, sheet_name(s, sheet), text).at(Vec::new(), vec![place]))
}

/// Why a table, or a sheet, is none of the report's.
pub(super) fn reason_unread(why: Unread) -> (&'static str, &'static str) {
    match why {
        Unread::Hidden => ("在隐藏的工作表中", "on a hidden sheet"),
        Unread::HiddenLines => ("在隐藏的行或列中", "in hidden rows or columns"),
        Unread::EarlierYear => ("是别的年份的数", "of another year"),
        Unread::PartOfYear => ("只是全年或全部的一部分", "a part only"),
        Unread::Draft => ("从名称看是示例、草稿或备份，不是定稿", "by name an example, a draft or a backup"),
        Unread::Component => ("只是合计中的一部分", "a part of the sum"),
        Unread::Older => ("是较早的稿次", "an older version"),
        Unread::Undated => ("看不出是不是本报告年度的数", "perhaps of another year than the report's"),
        Unread::Office => ("是别的单位或更大范围的数", "another office's or a larger area's"),
    }
}

fn hidden_sheet(s: Submission, sheet: usize) -> Finding {
    let name = sheet_name(s, sheet);
    let text = Text::new(
        format!("表格在隐藏的工作表“{name}”中，已读取；请取消隐藏后再报送"),
        format!("the form stands on the hidden sheet {name:?}; it was read"),
    );
    Finding::new("S007", Severity::Warning, name, text)
}

/// A sheet that holds the form and was not read beside another.
fn not_read(s: Submission, sheet: usize, why: Unread) -> Finding {
    let name = sheet_name(s, sheet);
    let text = if why == Unread::Hidden {
        Text::new(
            format!("隐藏的工作表“{name}”中另有一份表格，没有读取"),
            format!("the hidden sheet {name:?} holds another copy of the form, which was not read"),
        )
    } else {
        let (zh, en) = reason_unread(why);
        Text::new(format!("工作表“{name}”{zh}，没有读取"), format!("sheet {name:?} is {en} and was not read"))
    };
    Finding::new("S007", Severity::Warning, name, text)
}

fn hidden_lines(s: Submission, sheet: usize, fields: &[FieldIx]) -> Finding {
    let names = s.names();
    let listed = listed_fields(names, fields);
    let text = Text::new(
        format!("有数字在隐藏的行或列中：{}", listed.zh),
        format!("numbers stand in hidden rows or columns: {}", listed.en),
    );
    let (ids, cells) = s.spots(fields);
    Finding::new("S007", Severity::Warning, sheet_name(s, sheet), text)
        .at(ids, cells)
        .advising(Text::new("取消隐藏", "unhide them"))
}

fn under_merge(s: Submission, sheet: usize, cells: &[crate::grid::CellRef]) -> Finding {
    let places: Vec<Place> = cells.iter().filter_map(|c| s.place(sheet, *c)).collect();
    let at: Vec<String> = places.iter().map(|p| p.cell.to_string()).collect();
    let listed = listed(&at);
    let text = Text::new(
        format!("合并单元格下面藏着看不见的数字：{}", listed.zh),
        format!("numbers lie unseen under merged cells: {}", listed.en),
    );
    Finding::new("S009", Severity::Warning, sheet_name(s, sheet), text)
        .at(Vec::new(), places)
        .advising(Text::new("取消合并查看，保留正确的数", "unmerge, and keep the right number"))
}

fn variant(s: Submission, (t, b): (usize, usize), row: usize) -> Finding {
    let names = s.names();
    let line = names.line(t, b, Axis::Row, row);
    let text = Text::new(
        format!("{}混用了新旧两种格式：“{line}”只有一行", names.table(t).zh),
        format!("{} mixes two versions of the form: {line:?} is a single row", names.table(t).en),
    );
    let mut finding = line_finding(s, (t, b), Axis::Row, &[row], text);
    "S005".clone_into(&mut finding.code);
    finding.severity = Severity::Warning;
    finding.cells = s
        .mapping
        .lines
        .iter()
        .filter(|l| l.block == (t, b) && l.axis == Axis::Row && l.line == row)
        .filter_map(|l| s.place(l.label.0, l.label.1))
        .collect();
    finding.advising(Text::new("改用规定的格式", "use the prescribed form"))
}

/// Labels that were recognised though their words are altered; one finding for all.
fn altered(s: Submission) -> Option<Finding> {
    // a cell that names several lines, as a whole path does, is one label
    let mut lines: IndexMap<(usize, CellRef), Vec<String>> = IndexMap::new();
    for l in s.mapping.lines.iter().filter(|l| l.how >= How::Near) {
        let name = s.names().line(l.block.0, l.block.1, l.axis, l.line);
        if !name.is_empty() {
            lines.entry(l.label).or_default().push(format!("“{name}”"));
        }
    }
    let shown: Vec<String> = lines
        .iter()
        .map(|((sheet, at), names)| {
            let own = s.book.sheets.get(*sheet).and_then(|b| b.cell(*at)).map(|c| &c.entry);
            let own: String = own.and_then(Entry::raw).unwrap_or_default().split_whitespace().collect();
            format!("“{own}”（应为{}）", names.join("、"))
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    let listed = listed(&shown);
    let text = Text::new(
        format!("有标题的文字与规定格式不同，仍能辨认：{}", listed.zh),
        format!("labels differ from the official form but were recognised: {}", listed.en),
    );
    let cells = lines.keys().filter_map(|(sheet, at)| s.place(*sheet, *at)).collect();
    Some(Finding::new("S004", Severity::Info, "labels", text).at(Vec::new(), cells))
}

/// Cells that the file holds twice, or in a form that no program reads; fields that cannot be read have V003.
fn damaged(s: Submission) -> Option<Finding> {
    let field = |sheet, cell| {
        let place = |r: &crate::mapping::Reading| r.place.is_some_and(|p| (p.sheet, p.at) == (sheet, cell));
        s.filled.readings.iter().position(place)
    };
    let (mut ids, mut places) = (Vec::new(), Vec::new());
    for note in &s.book.notes {
        let Some(sheet) = note.sheet_in(s.book) else { continue };
        let ix = field(sheet, note.cell).map(|i| FieldIx(i as u32));
        if note.kind == NoteKind::Malformed && ix.is_some() {
            continue;
        }
        ids.extend(ix.map(|ix| s.id(ix)));
        places.extend(s.place(sheet, note.cell));
    }
    if places.is_empty() {
        return None;
    }
    let listed = listed(&places.iter().map(|p| p.cell.to_string()).collect::<Vec<_>>());
    let text = Text::new(
        format!("文件中有单元格重复出现或内容已损坏，不同程序显示的可能不同：{}", listed.zh),
        format!(
            "cells stand twice in the file or are damaged; programs may show them differently: {}",
            listed.en
        ),
    );
    let advice = Text::new(
        "用 Excel 或 WPS 打开修复，核对这些数后另存为 .xlsx",
        "open it in Excel or WPS, check these numbers and save it as .xlsx",
    );
    Some(Finding::new("S011", Severity::Error, "file", text).at(ids, places).advising(advice))
}

/// The form of other years than the report's.
fn version_and_year(s: Submission) -> Option<Finding> {
    let year = s.identity.year.as_ref()?;
    let early = s.form.since.is_some_and(|since| year.value < since);
    let late = s.form.until.is_some_and(|until| year.value > until);
    // of a form of which little was read it is not known whether it is the one used
    if !early && !late || s.mapping.located() * 2 < s.form.printed().count() {
        return None;
    }
    let text = Text::new(
        format!("{}年的报告用的是《{}》的格式，与年份不符", year.value, s.form.title.zh),
        format!("the report of {} uses the form {}, which is for other years", year.value, s.form.title.en),
    );
    Some(
        Finding::new("S005", Severity::Warning, s.form.id.clone(), text)
            .advising(Text::new("改用当年规定的格式", "use the form prescribed for the year")),
    )
}

/// Titles, sheet names and the file's name that speak of different years.
fn contradicting_years(s: Submission) -> Option<Finding> {
    let year = s.identity.year.as_ref()?;
    // A workbook with a sheet a year speaks of several years rightly.
    if s.mapping.issues.iter().any(|i| {
        matches!(
            i,
            Issue::NotRead(_, Unread::EarlierYear | Unread::Hidden)
                | Issue::PartNotRead(_, _, Unread::EarlierYear)
                | Issue::TableMissing(_, _, Some(Refused { why: Unread::EarlierYear, .. }))
                | Issue::HiddenSheet(..)
        )
    }) {
        return None;
    }
    let other = s.identity.other_years.first()?;
    let text = Text::new(
        format!(
            "年份前后不一致：“{}”写的是 {}，“{}”写的是 {}",
            year.source, year.value, other.source, other.value
        ),
        format!("the year is {} in {:?} but {} in {:?}", year.value, year.source, other.value, other.source),
    );
    let advice = Text::new(
        "请确认是哪一年的报表，并统一年份",
        "tell which year the report is of, and say the same year everywhere",
    );
    let cells = [&year.source, &other.source].iter().filter_map(|source| cell_named(s, source)).collect();
    Some(Finding::new("S010", Severity::Warning, "year", text).at(Vec::new(), cells).advising(advice))
}

/// Titles, sheet names and the file's name that speak of different offices.
fn contradicting_offices(s: Submission) -> Option<Finding> {
    let (office, other) = (s.identity.office.as_ref()?, s.identity.other_offices.first()?);
    let text = Text::new(
        format!(
            "单位前后不一致：“{}”写的是{}，“{}”写的是{}",
            office.source, office.value, other.source, other.value
        ),
        format!(
            "the office is {} in {:?} but {} in {:?}",
            office.value, office.source, other.value, other.source
        ),
    );
    let advice = Text::new(
        "请确认是哪个单位的报表，并统一名称",
        "tell which office's report it is, and say the same name everywhere",
    );
    let cells = [&office.source, &other.source].iter().filter_map(|e| cell_named(s, e)).collect();
    Some(Finding::new("S010", Severity::Warning, "office", text).at(Vec::new(), cells).advising(advice))
}

/// The cell that evidence was read from; `None` where it was a sheet's or the file's name.
fn cell_named(s: Submission, source: &str) -> Option<Place> {
    let (sheet, cell) = source.rsplit_once('!')?;
    let known = s.book.sheets.iter().any(|b| b.name == sheet);
    Some(Place { sheet: sheet.to_owned(), cell: cell.parse().ok().filter(|_| known)? })
}
