//! The sheet 更正记录: every change that was made and every one that somebody must decide.

use super::annotate::Context;
use super::layout::{banner, gap, table_row, text};
use super::sheet::{Content, NewCell, NewSheet, StyleKind};
use super::text::{certainty_name, entered};
use crate::finding::{Change, Lang, Outcome};
use crate::grid::{CellRef, Range, amount};

/// Name of the sheet, in every language.
const NAME: &str = "更正记录";
const WIDTHS: [f64; 8] = [5.0, 17.0, 34.0, 9.0, 9.0, 42.0, 13.0, 15.0];
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
/// Changes not made that are listed; a file with many causes may have hundreds.
const LISTED: usize = 60;

/// What the sheet is made from.
pub(super) struct Corrections<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) context: &'a Context<'a>,
    pub(super) made: &'a [Change],
    pub(super) left: &'a [Change],
    /// How many errors and warnings remain.
    pub(super) remaining: usize,
    /// The format of a file that could not be patched.
    pub(super) typeset: Option<&'a str>,
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
        let o = self.outcome;
        let source = self.say("更正依据的文件", "Corrected from");
        let tool = self.say("更正工具", "Corrected by");
        for line in [
            format!("{source}：{}", o.file),
            format!("SHA-256：{}", o.sha256),
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
        let style = if self.remaining == 0 { StyleKind::Pass } else { StyleKind::Doubt };
        banner(sheet, style, self.verdict());
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
        gap(sheet);
    }

    fn verdict(&self) -> String {
        let (made, remaining) = (self.made.len(), self.remaining);
        match (self.context.lang, made, remaining) {
            (Lang::Zh, 0, 0) => "没有需要更正的内容".to_owned(),
            (Lang::Zh, 0, _) => format!("没有能直接更正的数；还有 {remaining} 处问题，请对照原始登记核实"),
            (Lang::Zh, _, 0) => format!("已更正 {made} 处"),
            (Lang::Zh, ..) => format!("已更正 {made} 处；还有 {remaining} 处问题，请对照原始登记核实"),
            (Lang::En, 0, 0) => "nothing to correct".to_owned(),
            (Lang::En, 0, _) => {
                format!("nothing that is certain; {remaining} findings to be decided by hand")
            }
            (Lang::En, _, 0) => format!("{made} corrected"),
            (Lang::En, ..) => format!("{made} corrected; {remaining} findings to be decided by hand"),
        }
    }

    fn table(&self, sheet: &mut NewSheet) {
        let top = sheet.rows.len() as u32;
        let titles = HEADINGS.iter().map(|(zh, en)| self.say(zh, en));
        let heads = titles.zip(0..).map(|(title, col)| text(col, StyleKind::Heading, title)).collect();
        sheet.rows.push(table_row(heads, &WIDTHS));
        let made = self.made.iter().map(|c| (c, true));
        let left = self.left.iter().take(LISTED).map(|c| (c, false));
        for ((change, done), number) in made.chain(left).zip(1..) {
            sheet.rows.push(table_row(self.row(change, done, number), &WIDTHS));
        }
        let last = sheet.rows.len() as u32 - 1;
        sheet.autofilter = Some(Range::new(CellRef::new(top, 0), CellRef::new(last, 7)));
        sheet.freeze_rows = top + 1;
        sheet.repeat_rows = Some((top, top));
    }

    fn row(&self, change: &Change, done: bool, number: usize) -> Vec<NewCell> {
        let lang = self.context.lang;
        let names = self.context.submission.names();
        let field = self.context.submission.form.field_ix(&change.field);
        let name = field.map_or_else(|| change.field.clone(), |ix| names.field(ix));
        let (style, said) = if done {
            (StyleKind::Good, self.say("已更正", "corrected"))
        } else {
            (StyleKind::Warning, self.say("未改，请核实", "not changed: decide"))
        };
        let centre = |col, content| NewCell { col, content, style: StyleKind::Centre };
        let from = match change.from {
            Some(number) => Content::Number(amount::show(number)),
            None => Content::Text(entered(None, lang)),
        };
        let link = Content::Link {
            sheet: change.cell.sheet.clone(),
            cell: change.cell.cell,
            text: change.cell.to_string(),
        };
        vec![
            centre(0, Content::Number(number.to_string())),
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
