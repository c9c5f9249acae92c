//! The sheet 更正记录: every change that was made and every one that somebody must decide.

use super::annotate::Context;
use super::correct::put_back;
use super::layout::{banner, gap, table_row, text};
use super::own::OPINION;
use super::sheet::{Content, NewCell, NewSheet, StyleKind};
use super::text::{certainty_name, original};
use super::ways;
use crate::finding::{Change, Choice, Lang, Outcome, Text, plural};
use crate::grid::{CellRef, Range, Workbook, amount};
use crate::repair::all_ways;

/// Name of the sheet, in every language.
const NAME: &str = "更正记录";
const WIDTHS: [f64; 8] = [6.0, 17.0, 34.0, 9.0, 9.0, 42.0, 13.0, 15.0];
const HEADINGS: [(&str, &str); 8] = [
    ("序号", "No."),
    ("单元格", "Cell"),
    ("项目", "Field"),
    ("原值", "Was"),
    ("更正为", "Corrected to"),
    ("理由", "Why"),
    ("把握", "Certainty"),
    ("处理", "Done"),
];
/// Ways to mend one cause that are told cell by cell; where there are more, a row has a whole way.
const LISTED: usize = 12;

/// What the sheet is made from.
pub(super) struct Corrections<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) context: &'a Context<'a>,
    /// SHA-256 and name of the file that was corrected.
    pub(super) source: &'a str,
    pub(super) made: &'a [Change],
    pub(super) left: &'a [Choice],
    /// The workbook with the changes made, if it is the office's own.
    pub(super) after: Option<&'a Workbook>,
    /// How many errors and warnings remain.
    pub(super) remaining: usize,
    /// The format of a file that could not be patched.
    pub(super) typeset: Option<&'a str>,
}

/// How much was corrected, and how many findings are left.
pub(super) fn verdict(made: usize, remaining: usize) -> Text {
    match (made, remaining) {
        (0, 0) => Text::new(
            "没有可更正的：副本里的数与原文件相同",
            "nothing to correct: the copy has the file's own numbers",
        ),
        (0, _) => Text::new(
            format!("没有能直接更正的数；还有 {remaining} 处问题，请对照原始登记核实"),
            format!("nothing that is certain; {} to be decided by hand", plural(remaining, "finding")),
        ),
        (_, 0) => Text::new(format!("已更正 {made} 处"), format!("{made} corrected")),
        _ => Text::new(
            format!("已更正 {made} 处；还有 {remaining} 处问题，请对照原始登记核实"),
            format!("{made} corrected; {} to be decided by hand", plural(remaining, "finding")),
        ),
    }
}

impl Corrections<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.context.lang.pick(zh, en)
    }

    pub(super) fn sheet(&self) -> NewSheet {
        let mut sheet = NewSheet {
            name: NAME.to_owned(),
            widths: WIDTHS.to_vec(),
            landscape: true,
            ..NewSheet::default()
        };
        self.head(&mut sheet);
        if !self.made.is_empty() || !self.left.is_empty() {
            self.table(&mut sheet);
        }
        gap(&mut sheet);
        let (sha256, file) = self.source.split_once(' ').unwrap_or_default();
        let source = self.say("更正依据的文件", "Corrected from");
        let tool = self.say("更正工具", "Corrected by");
        for line in [
            format!("{source}：{file}"),
            format!("SHA-256：{sha256}"),
            format!("{tool}：勾稽 gouji {}", env!("CARGO_PKG_VERSION")),
        ] {
            banner(&mut sheet, StyleKind::Note, line);
        }
        sheet
    }

    fn head(&self, sheet: &mut NewSheet) {
        let o = self.outcome;
        let year =
            o.year.map(|y| if self.context.lang == Lang::Zh { format!("{y} 年度") } else { y.to_string() });
        let office = o.office.as_deref().unwrap_or(self.say("（未识别填报单位）", "(office not recognised)"));
        let title = [office, &year.unwrap_or_default(), self.say(NAME, "corrections")].join("  ");
        banner(sheet, StyleKind::Title, title);
        let verdict = verdict(self.made.len(), self.remaining);
        let style = if self.remaining == 0 { StyleKind::Pass } else { StyleKind::Doubt };
        banner(sheet, style, self.say(&verdict.zh, &verdict.en));
        if let Some(format) = self.typeset {
            banner(
                sheet,
                StyleKind::Note,
                match self.context.lang {
                    Lang::Zh => {
                        format!("原文件是 {format} 格式，这是按原表内容重新排版的副本，原文件没有改动。")
                    }
                    Lang::En => format!(
                        "The original is {format}: this is a re-typeset copy; the original is unchanged."
                    ),
                },
            );
        }
        banner(sheet, StyleKind::Note, self.say(
            "绿色格已更正，批注里有原值；其他颜色的格没有改动，批注里写明了问题。",
            "Green cells were corrected, the comment has the old value; cells of another colour were left as they are, the comment says why.",
        ));
        if !self.made.is_empty() {
            self.opinion(sheet);
        }
        gap(sheet);
    }

    /// Where its office says that it agrees: a copy as gouji wrote it is nobody's report.
    fn opinion(&self, sheet: &mut NewSheet) {
        banner(sheet, StyleKind::Note, self.say(
            "认可更正、要把这一份交上去的，请在“单位意见”里写上（如“同意”）；没有改过也没有写意见的副本，批量审核时不算报送。",
            "To send this copy as your return, say below that you agree: a batch passes over a copy in which nobody has written anything.",
        ));
        let row = sheet.rows.len() as u32;
        let cells = (0..WIDTHS.len() as u32).map(|col| match col {
            0 => text(0, StyleKind::Body, self.say(OPINION[0], OPINION[1])),
            1 => NewCell { col, content: Content::Blank, style: StyleKind::Body },
            _ => NewCell { col, content: Content::Blank, style: StyleKind::Input },
        });
        sheet.rows.push(table_row(cells.collect(), &WIDTHS));
        for (first, last) in [(0, 1), (2, WIDTHS.len() as u32 - 1)] {
            sheet.merges.push(Range::new(CellRef::new(row, first), CellRef::new(row, last)));
        }
    }

    fn table(&self, sheet: &mut NewSheet) {
        let top = sheet.rows.len() as u32;
        let titles = HEADINGS.iter().map(|(zh, en)| self.say(zh, en));
        let heads = titles.zip(0..).map(|(title, col)| text(col, StyleKind::Heading, title)).collect();
        sheet.rows.push(table_row(heads, &WIDTHS));
        for (change, number) in self.made.iter().zip(1..) {
            sheet.rows.push(table_row(self.row(change, true, number.to_string()), &WIDTHS));
        }
        for (choice, number) in self.left.iter().zip(self.made.len() + 1..) {
            self.choice(sheet, choice, number);
        }
        let last = sheet.rows.len() as u32 - 1;
        let plain = sheet.merges.iter().all(|m| m.first.row < top); // lines over all columns cannot be sorted
        sheet.autofilter = plain.then_some(Range::new(CellRef::new(top, 0), CellRef::new(last, 7)));
        sheet.freeze_rows = top + 1;
        sheet.repeat_rows = Some((top, top));
    }

    /// What would mend one cause: under a line that says how to choose, every way with a number of its own.
    fn choice(&self, sheet: &mut NewSheet, choice: &Choice, number: usize) {
        let ways: Vec<&Vec<Change>> = choice.ways().collect();
        if let [only] = ways.as_slice()
            && let [change] = only.as_slice()
        {
            sheet.rows.push(table_row(self.row(change, false, number.to_string()), &WIDTHS));
            return;
        }
        line(sheet, &self.how_to_choose(choice, number));
        if ways.len() > LISTED {
            let all = all_ways(self.context.submission, choice);
            ways::rows(sheet, &all, number, self.context.lang);
            return;
        }
        for (way, n) in ways.iter().zip(1..) {
            for change in *way {
                sheet.rows.push(table_row(self.row(change, false, format!("{number}-{n}")), &WIDTHS));
            }
        }
    }

    fn how_to_choose(&self, choice: &Choice, number: usize) -> String {
        let n = choice.ways().count();
        let likely = !choice.changes.is_empty();
        match (self.context.lang, n, likely) {
            (Lang::Zh, 1, _) => format!("第 {number} 处：以下各格一起改"),
            (Lang::Zh, _, true) => {
                format!("第 {number} 处：有 {n} 种改法，只选一种；最可能的是 {number}-1，同号的各格一起改")
            }
            (Lang::Zh, ..) => format!("第 {number} 处：有 {n} 种改法，只选一种，同号的各格一起改"),
            (Lang::En, 1, _) => format!("No. {number}: change these cells together"),
            (Lang::En, _, true) => format!(
                "No. {number}: {n} ways, choose one; the likeliest is {number}-1; cells of one number change together"
            ),
            (Lang::En, ..) => {
                format!("No. {number}: {n} ways, choose one; cells of one number change together")
            }
        }
    }

    fn row(&self, change: &Change, done: bool, number: String) -> Vec<NewCell> {
        let lang = self.context.lang;
        let names = self.context.submission.names();
        let field = self.context.submission.form.field_ix(&change.field);
        let name = field.map_or_else(|| change.field.clone(), |ix| names.field(ix).get(lang).to_owned());
        let (style, said) = if done && change.formula.is_some() {
            (StyleKind::Good, self.say("已更正公式", "formula corrected"))
        } else if done && put_back(self.after, change).is_some() {
            (StyleKind::Good, self.say("已更正，恢复公式", "corrected, formula put back"))
        } else if done {
            (StyleKind::Good, self.say("已更正", "corrected"))
        } else {
            (StyleKind::Warning, self.say("未改，请核实", "not changed: decide"))
        };
        let centre = |col, content| NewCell { col, content, style: StyleKind::Centre };
        let from = match (change.from, &change.text) {
            (Some(number), None) => Content::Number(amount::show(number)),
            _ => Content::Text(original(change, lang)),
        };
        let link = Content::Link {
            sheet: change.cell.sheet.clone(),
            cell: change.cell.cell,
            text: change.cell.to_string(),
        };
        vec![
            centre(0, Content::Text(number)),
            NewCell { col: 1, content: link, style: StyleKind::Link },
            text(2, StyleKind::Body, name),
            centre(3, from),
            centre(4, Content::Number(amount::show(change.to))),
            text(5, StyleKind::Body, change.why.get(lang)),
            text(6, StyleKind::Centre, certainty_name(change.certainty, lang)),
            text(7, style, said),
        ]
    }
}

/// A line over the whole width of the table.
fn line(sheet: &mut NewSheet, words: &str) {
    banner(sheet, StyleKind::Body, words);
}
