//! Numbers that stand in the workbook and were not read, and why (S002, S008).

use super::Submission;
use super::naming::{listed, listed_lines};
use super::structure::{line_finding, reason_unread, sheet_name, table_id};
use crate::finding::{Finding, Severity, Text};
use crate::form::FieldIx;
use crate::grid::CellRef;
use crate::mapping::{Axis, Chosen, Copy, Issue, Refused, Seen, Why};
use indexmap::{IndexMap, IndexSet};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a label, and of what stands where a number belongs, that are quoted.
pub(super) const LABEL: usize = 30;
const NUMBER: usize = 20;

/// A table and one of its blocks.
type Block = (usize, usize);
/// A block and one of its rows.
type Row = (Block, usize);
/// What shows that numbers may have slid: a sheet, where one stands in no line of the form, and where one of its lines
/// has none.
type Sign = (usize, CellRef, CellRef);

/// A table that is not there, or whose labels stand somewhere and not its numbers where they belong.
pub(super) fn table_missing(
    s: Submission,
    table: usize,
    seen: Option<&Seen>,
    refused: Option<&Refused>,
) -> Finding {
    let Text { zh: name_zh, en: name_en } = s.names().table(table);
    if let Some(refused) = refused {
        return table_refused(s, table, refused);
    }
    let text = match seen {
        None => Text::new(format!("没有找到{name_zh}"), format!("{name_zh} was not found")),
        Some(seen) => {
            let (first, why) = (first_label(s, seen), why_not_read(s, (table, None), seen));
            Text::new(
                format!("{name_zh}没有读取：它的标题（{}）在，但{}", first.zh, why.zh),
                format!("{name_en} was not read: its labels are there ({}), but {}", first.en, why.en),
            )
        }
    };
    let advice = match seen {
        None => Text::new("补上该表后重新报送", "add the table and submit again"),
        Some(_) => Text::new("按规定格式填写该表后重新报送", "fill in the official table and submit again"),
    };
    let cells = seen.and_then(|seen| s.place(seen.at.0, seen.at.1)).into_iter().collect();
    Finding::new("S001", Severity::Error, table_id(s, table), text).at(Vec::new(), cells).advising(advice)
}

/// A table of which what stands in the workbook is by its words none of the report's.
fn table_refused(s: Submission, table: usize, refused: &Refused) -> Finding {
    let Text { zh: name_zh, en: name_en } = s.names().table(table);
    let (zh, en) = reason_unread(refused.why);
    let sheet = sheet_name(s, refused.sheet);
    let label = refused.at.map(|at| excerpt(s, (refused.sheet, at), LABEL));
    let place = match label {
        Some(label) => Text::new(
            format!("“{label}”（工作表“{sheet}”）所说的一份"),
            format!("the one that {label:?} on sheet {sheet:?} speaks of"),
        ),
        None => Text::new(format!("工作表“{sheet}”中的一份"), format!("the one on sheet {sheet:?}")),
    };
    let text = Text::new(
        format!("没有找到{name_zh}：{}{zh}，没有读取", place.zh),
        format!("{name_en} was not found: {} is {en} and was not read", place.en),
    );
    let cells = refused.at.and_then(|at| s.place(refused.sheet, at)).into_iter().collect();
    Finding::new("S001", Severity::Error, table_id(s, table), text).at(Vec::new(), cells).advising(Text::new(
        "补上本单位本年度的该表后重新报送",
        "add this office's table of this year and submit again",
    ))
}

/// A table of which nothing says which of several with the same rows and columns it is.
pub(super) fn untold(s: Submission, (sheet, at): (usize, CellRef), tables: &[usize]) -> Finding {
    let known = || tables.iter().filter_map(|t| s.form.tables.get(*t));
    let all: Vec<Text> = tables.iter().map(|t| s.names().table(*t)).collect();
    let listed = |of: fn(&Text) -> &str, comma: &str| all.iter().map(of).collect::<Vec<_>>().join(comma);
    let name = sheet_name(s, sheet);
    let titles: Vec<String> = known().map(|t| format!("“{}”", t.heading)).collect();
    let names: Vec<String> = known().map(|t| format!("“{}”", t.name)).collect();
    let quoted =
        |all: &[String]| all.iter().map(|t| t.replace(['“', '”'], "\"")).collect::<Vec<_>>().join(", ");
    let text = Text::new(
        format!(
            "工作表“{name}”上从 {at} 起的表，行列标题与{}都相同，表上的标题、单位和工作表名没有说明（或说法不一）是哪一张，没有读取",
            listed(|t| &t.zh, "、")
        ),
        format!(
            "the table from {at} on sheet {name:?} has the rows and columns of {}, and its title, its unit and the \
             sheet's name do not say (or do not agree on) which of them it is; it was not read",
            listed(|t| &t.en, " and of ")
        ),
    );
    let first = tables.first().map(|t| table_id(s, *t)).unwrap_or_default();
    let advice = Text::new(
        format!("表的上方写规定的标题（{}），或工作表名用{}", titles.join("、"), names.join("、")),
        format!(
            "print the official title above it ({}), or name its sheet {}",
            quoted(&titles),
            quoted(&names)
        ),
    );
    Finding::new("S001", Severity::Error, first, text)
        .at(Vec::new(), s.place(sheet, at).into_iter().collect())
        .advising(advice)
}

/// Rows or columns that are not there, or whose numbers do not stand where they belong.
pub(super) fn lines_missing(
    s: Submission,
    (t, b): (usize, usize),
    axis: Axis,
    (lines_of, seen): (&[usize], Option<&Seen>),
) -> Finding {
    let names = s.names();
    let listed =
        listed(&lines_of.iter().map(|l| format!("“{}”", names.line(t, b, axis, *l))).collect::<Vec<_>>());
    let (zh, en) = if axis == Axis::Row { ("行", "rows") } else { ("列", "columns") };
    // lines of which no label stands anywhere are missing, whatever slid
    if let Some(sign) = seen.and_then(|_| slid_by(s, (t, Some(b)))) {
        let of_lines = line_finding(s, (t, b), axis, lines_of, Text::default());
        let lines =
            listed_lines(&lines_of.iter().map(|l| names.line(t, b, axis, *l)).collect::<Vec<_>>(), axis);
        return Finding { place: of_lines.place, fields: of_lines.fields, ..lines_slid(s, t, &lines, sign) };
    }
    let Text { zh: table_zh, en: table_en } = names.table(t);
    let mut text = Text::new(
        format!("{table_zh}缺少{zh}或无法辨认：{}，涉及的勾稽关系没有检查", listed.zh),
        format!(
            "{table_en}: {en} missing or not recognised: {}; relations with them were not checked",
            listed.en
        ),
    );
    if let Some(seen) = seen {
        let (first, why) = (first_label(s, seen), why_not_read(s, (t, Some(b)), seen));
        text = Text::new(
            format!("{}。{}在表上，但{}", text.zh, first.zh, why.zh),
            format!("{}. {} stands there, but {}", text.en, first.en, why.en),
        );
    }
    let mut finding = line_finding(s, (t, b), axis, lines_of, text).advising(Text::new(
        "按规定格式补上；已填写的，把标题改成规定的文字",
        "restore the official rows and columns; where they are there, call them as the form does",
    ));
    finding.cells.extend(seen.and_then(|seen| s.place(seen.at.0, seen.at.1)));
    finding
}

/// The first label seen, where it stands, and how many more there are.
fn first_label(s: Submission, seen: &Seen) -> Text {
    let (label, at) = (excerpt(s, seen.at, LABEL), format!("{}!{}", sheet_name(s, seen.at.0), seen.at.1));
    if seen.count == 1 {
        return Text::new(format!("“{label}”（{at}）"), format!("{label:?} ({at})"));
    }
    let n = seen.count;
    Text::new(format!("{at} 的“{label}”等 {n} 处"), format!("{label:?} in {at} and others, {n} in all"))
}

/// The beginning of what stands in a cell, on one line.
pub(super) fn excerpt(s: Submission, (sheet, at): (usize, CellRef), most: usize) -> String {
    let raw = s.book.sheets.get(sheet).and_then(|sheet| sheet.cell(at)).and_then(|c| c.entry.raw());
    raw.unwrap_or_default().chars().filter(|c| !c.is_control()).take(most).collect()
}

/// Why the numbers of labels were not read.
fn in_the_way(s: Submission, seen: &Seen) -> Text {
    let quoted = |at: CellRef| format!("“{}”（{at}）", excerpt(s, (seen.at.0, at), LABEL));
    match seen.why {
        Why::NoLabels => {
            Text::new("下面没有认出规定的行、列标题", "none of its rows and columns was recognised below")
        }
        Why::NoNumber => Text::new("右边没有数字", "no number stands to the right"),
        Why::NoNumberBelow => Text::new("下面没有数字", "no number stands below"),
        Why::NumberLeft => Text::new(
            "数字写在标题的左边；数字应写在行标题的右边",
            "the numbers stand to the left; they belong right of their rows' labels",
        ),
        Why::NumberAbove => Text::new(
            "数字写在标题的上面；数字应写在列标题的下面",
            "the numbers stand above; they belong below their columns' labels",
        ),
        Why::Divided(at) => Text::new(
            format!("又分成{}等几项，不能确定哪个数是应报的", quoted(at)),
            format!(
                "it is divided into {} and so on; it is not certain which number is reported",
                quoted(at)
            ),
        ),
        Why::Shared(at) => Text::new(
            format!("同一行里还有标题{}，不能确定各数属于哪一项；每行应只有一个行标题", quoted(at)),
            format!("the label {} stands in the same row; each row should have one label", quoted(at)),
        ),
        Why::Heading(at) => Text::new(
            format!("数字上面是{}，不是规定的列标题，不能确定各数属于哪一列", quoted(at)),
            format!("above the numbers stands {}, which is no column of the form", quoted(at)),
        ),
        Why::NoHeading => Text::new(
            "数字上面没有列标题，不能确定各数属于哪一列",
            "no column's label stands above the numbers",
        ),
        Why::Unclear => Text::new(
            "不能确定各数属于哪一行、哪一列",
            "it is not certain to which row and column the numbers belong",
        ),
    }
}

/// Rows of which numbers are not under their columns; those of one block have one cause, and those that one sign shows.
pub(super) fn rows_unplaced(s: Submission) -> Vec<Finding> {
    let mut of_block: BTreeMap<Block, BTreeSet<usize>> = BTreeMap::new();
    for issue in &s.mapping.issues {
        if let Issue::RowUnplaced(t, b, row) = issue {
            of_block.entry((*t, *b)).or_default().insert(*row);
        }
    }
    let (mut slid, mut findings) = (IndexMap::<(usize, Sign), Vec<Row>>::new(), Vec::new());
    for (block, rows) in of_block {
        match slid_by(s, (block.0, Some(block.1))) {
            Some(sign) => {
                slid.entry((block.0, sign)).or_default().extend(rows.into_iter().map(|row| (block, row)));
            }
            None => findings.extend(unplaced(s, block, rows)),
        }
    }
    findings.extend(slid.iter().map(|((table, sign), rows)| rows_slid(s, *table, rows, *sign)));
    findings
}

/// The rows of a block that were not read at all, and those of which a part was.
fn unplaced(s: Submission, block: Block, rows: BTreeSet<usize>) -> Vec<Finding> {
    let (whole, partly): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(|r| !any_read(s, block, *r));
    let mut alike: IndexMap<Vec<String>, Vec<usize>> = IndexMap::new();
    for row in partly {
        alike.entry(columns_not_read(s, block, row)).or_default().push(row);
    }
    let mut findings: Vec<Finding> =
        alike.iter().map(|(cols, rows)| rows_partly_read(s, block, cols, rows)).collect();
    if !whole.is_empty() {
        findings.push(rows_not_read(s, block, &whole));
    }
    findings
}

/// Where a number of a table, or of one of its blocks, stands in no line of the form and where one of its lines has none.
fn slid_by(s: Submission, (table, block): (usize, Option<usize>)) -> Option<Sign> {
    s.mapping.issues.iter().find_map(|i| match i {
        Issue::Slid(t, b, sheet, loose, blank) if *t == table && block.is_none_or(|own| own == *b) => {
            Some((*sheet, *loose, *blank))
        }
        _ => None,
    })
}

/// Why the numbers of labels were not read.
fn why_not_read(s: Submission, block: (usize, Option<usize>), seen: &Seen) -> Text {
    slid_by(s, block).map_or_else(|| in_the_way(s, seen), |sign| told_slid(s, sign))
}

/// What shows that numbers may have slid.
fn told_slid(s: Submission, (sheet, loose, blank): Sign) -> Text {
    let number = excerpt(s, (sheet, loose), NUMBER);
    let (zh, en) = if excerpt(s, (sheet, blank), LABEL).trim().is_empty() {
        (format!("，而 {blank} 空着"), format!(", and {blank} is blank"))
    } else {
        (String::new(), String::new())
    };
    Text::new(
        format!("数字可能错了位：{loose} 的“{number}”不在规定的行、列里{zh}"),
        format!("numbers may have slid: {number:?} in {loose} stands in no row and column of the form{en}"),
    )
}

/// Rows of which the numbers may have slid; where these are of some columns alone, the columns are named.
fn rows_slid(s: Submission, table: usize, rows: &[Row], sign: Sign) -> Finding {
    let not_read = |(block, row): &Row| fields_of(s, *block, *row).into_iter().filter(|f| !is_read(s, *f));
    let fields: Vec<FieldIx> = rows.iter().flat_map(not_read).collect();
    let cols: IndexSet<String> = fields.iter().map(|f| s.names().col_name(*f)).collect();
    let lines = if rows.iter().all(|(block, row)| any_read(s, *block, *row)) {
        listed_lines(&cols.into_iter().collect::<Vec<_>>(), Axis::Col)
    } else {
        lines_named(s, rows.iter().copied())
    };
    let finding = lines_slid(s, table, &lines, sign);
    let first = rows.first().map(|(block, row)| line_finding(s, *block, Axis::Row, &[*row], Text::default()));
    let place = first.map(|f| f.place).unwrap_or_default();
    Finding { place, fields: fields.into_iter().map(|f| s.id(f)).collect(), ..finding }
}

/// Lines of which the numbers may have slid.
fn lines_slid(s: Submission, table: usize, lines: &Text, sign: Sign) -> Finding {
    let Text { zh: table_zh, en: table_en } = s.names().table(table);
    let why = told_slid(s, sign);
    let text = Text::new(
        format!("{table_zh}{}的{}；不能确定各数属于哪一格，涉及的数没有读取", lines.zh, why.zh),
        format!(
            "{table_en} {}: {}; it is not certain whose they are, and they were not read",
            lines.en, why.en
        ),
    );
    let cells = [sign.1, sign.2].into_iter().filter_map(|at| s.place(sign.0, at)).collect();
    Finding::new("S002", Severity::Error, "", text).at(Vec::new(), cells).advising(Text::new(
        "把数字移回各自的行、列后重新报送",
        "move the numbers back into their rows and columns and submit again",
    ))
}

/// Rows by their names; of a block without row names nothing.
fn lines_named(s: Submission, rows: impl Iterator<Item = Row>) -> Text {
    let names = rows.map(|((t, b), row)| s.names().line(t, b, Axis::Row, row));
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() { Text::default() } else { listed_lines(&names, Axis::Row) }
}

fn is_read(s: Submission, field: FieldIx) -> bool {
    s.filled.reading(field).is_some_and(|r| r.place.is_some())
}

/// The fields of a row, column by column.
fn fields_of(s: Submission, (t, b): (usize, usize), row: usize) -> Vec<FieldIx> {
    let block = s.form.tables.get(t).and_then(|t| t.blocks.get(b));
    let of_row = |width: usize| block.and_then(|b| b.fields.get(row * width..(row + 1) * width));
    block.and_then(|b| of_row(b.cols.len())).unwrap_or_default().to_vec()
}

fn any_read(s: Submission, block: (usize, usize), row: usize) -> bool {
    fields_of(s, block, row).into_iter().any(|f| is_read(s, f))
}

fn rows_not_read(s: Submission, (t, b): (usize, usize), rows: &[usize]) -> Finding {
    let Text { zh: table_zh, en: table_en } = s.names().table(t);
    let lines = lines_named(s, rows.iter().map(|row| ((t, b), *row)));
    let text = Text::new(
        format!("{table_zh}{}的数字与标题没有对齐，无法确定各属哪一行、哪一列，没有读取", lines.zh),
        format!("{table_en} {}: the numbers are not aligned with their labels and were not read", lines.en),
    );
    line_finding(s, (t, b), Axis::Row, rows, text)
}

/// The names of the columns of which a row's numbers were not read.
fn columns_not_read(s: Submission, block: (usize, usize), row: usize) -> Vec<String> {
    let not_read = fields_of(s, block, row).into_iter().filter(|f| !is_read(s, *f));
    not_read.map(|f| format!("“{}”", s.names().col_name(f))).collect()
}

/// Rows of which the same columns were not read.
fn rows_partly_read(s: Submission, (t, b): (usize, usize), cols: &[String], rows: &[usize]) -> Finding {
    let Text { zh: table_zh, en: table_en } = s.names().table(t);
    let (lines, cols) = (lines_named(s, rows.iter().map(|row| ((t, b), *row))), listed(cols));
    let text = Text::new(
        format!("{table_zh}{}没有读全：{}不能确定是哪一格；其余各列已读取", lines.zh, cols.zh),
        format!(
            "{table_en} {} was read but for {}: it is not certain which cells they are",
            lines.en, cols.en
        ),
    );
    let not_read = |r: &usize| fields_of(s, (t, b), *r).into_iter().filter(|f| !is_read(s, *f));
    let ids = rows.iter().flat_map(not_read).map(|f| s.id(f)).collect();
    let mut finding = line_finding(s, (t, b), Axis::Row, rows, text);
    finding.fields = ids;
    finding
}

/// A table that stands twice: where, an example of what differs, and which was read; `lost` fields were not.
pub(super) fn twice(s: Submission, copies: &[Copy], chosen: Option<Chosen>, lost: &[FieldIx]) -> Finding {
    let fields: Vec<FieldIx> = copies.iter().map(|c| c.field).chain(lost.iter().copied()).collect();
    let ids: IndexSet<String> = fields.iter().map(|f| s.id(*f)).collect();
    let places = copies.iter().flat_map(|c| [c.read, c.again]);
    let cells: IndexSet<_> = places.filter_map(|(sheet, at)| s.place(sheet, at)).collect();
    let table = fields.first().and_then(|f| s.form.fields.get(f.0 as usize)).map_or(0, |f| f.table);
    Finding::new("S008", Severity::Error, table_id(s, table), twice_text(s, copies, chosen))
        .at(ids.into_iter().collect(), cells.into_iter().collect())
        .advising(Text::new("只保留应报的一份", "keep the one that is reported"))
}

/// A sheet of sums that its parts do not add up to everywhere.
pub(super) fn parts_differ(
    s: Submission,
    fields: &[FieldIx],
    parts: &[usize],
    sum: Decimal,
) -> Option<Finding> {
    let first = *fields.first()?;
    let (sheet, at) = s.filled.reading(first).and_then(|r| r.place).map(|p| (p.sheet, p.at))?;
    let quoted: Vec<String> = parts.iter().map(|i| format!("“{}”", sheet_name(s, *i))).collect();
    let (name, parts) = (sheet_name(s, sheet), listed(&quoted));
    let (field, is, n) = (s.names().field(first), shown(s, (sheet, at)), fields.len());
    let sum = sum.normalize();
    let text = Text::new(
        format!(
            "工作表“{name}”应是{}之和，{n} 处不等，如{}：{at} 是 {}，各部分之和是 {sum}",
            parts.zh, field.zh, is.zh
        ),
        format!(
            "sheet {name:?} should be the sum of {}; {n} numbers are not, such as {}: {at} is {}, the parts add up to {sum}",
            parts.en, field.en, is.en
        ),
    );
    let (ids, cells) = s.spots(fields);
    let table = s.form.fields.get(first.0 as usize).map_or(0, |f| f.table);
    Some(
        Finding::new("S008", Severity::Warning, table_id(s, table), text)
            .at(ids, cells)
            .advising(Text::new("核对各部分和合计", "check the parts and their sum")),
    )
}

fn twice_text(s: Submission, copies: &[Copy], chosen: Option<Chosen>) -> Text {
    let sheets: BTreeSet<usize> = copies.iter().flat_map(|c| [c.read.0, c.again.0]).collect();
    let quoted: Vec<String> = sheets.iter().map(|i| format!("“{}”", sheet_name(s, *i))).collect();
    let n = copies.iter().map(|c| c.field).collect::<BTreeSet<FieldIx>>().len();
    let Some((first, own)) = copies.first().map(|c| (c, c.read)) else {
        return Text::new(String::new(), String::new());
    };
    let one_sheet = sheets.len() == 1;
    let cell = |(sheet, at): (usize, CellRef)| {
        if one_sheet { at.to_string() } else { format!("{}!{at}", sheet_name(s, sheet)) }
    };
    let field = s.names().field(first.field);
    let (own_cell, again) = (cell(own), cell(first.again));
    let (is, other) = (shown(s, own), shown(s, first.again));
    let why = reason(s, own.0, chosen);
    let (stands_zh, stands_en) = if one_sheet {
        ("中不止一份", "more than once on sheet")
    } else {
        ("中各有一份", "on each of the sheets")
    };
    Text::new(
        format!(
            "同一张表在工作表{}{stands_zh}，{n} 处数字不同，如{}：{own_cell} 是 {}，{again} 是 {}；{}",
            quoted.join("、"),
            field.zh,
            is.zh,
            other.zh,
            why.zh
        ),
        format!(
            "a table stands {stands_en} {} with {n} different numbers, such as {}: {own_cell} is {}, {again} is \
             {}; {}",
            quoted.join(", "),
            field.en,
            is.en,
            other.en,
            why.en
        ),
    )
}

/// A cell as it stands.
fn shown(s: Submission, at: (usize, CellRef)) -> Text {
    let text = excerpt(s, at, NUMBER);
    if text.trim().is_empty() { Text::new("空白", "blank") } else { Text::new(text.clone(), text) }
}

/// Which copy was read, and why.
fn reason(s: Submission, sheet: usize, chosen: Option<Chosen>) -> Text {
    let name = sheet_name(s, sheet);
    let (zh, en) = match chosen {
        None => {
            return Text::new(
                "没有写明哪一份是应报的，数字不同的都没有读取",
                "nothing says which is reported; where they differ none was read",
            );
        }
        Some(Chosen::Dated) => ("只有它写明了年份", "it alone names its year"),
        Some(Chosen::Sum) => ("名称说明它是各部分的合计", "its name says that it is the sum of the others"),
        Some(Chosen::Final) => ("名称说明它是定稿", "its name says that it is final"),
        Some(Chosen::Fuller) => ("它填得较全", "it holds more of the form"),
    };
    Text::new(format!("只读取了“{name}”，因为{zh}"), format!("only {name:?} was read, for {en}"))
}
