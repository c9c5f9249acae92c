//! The sheet 审核结果: the verdict at the top, a row a finding, then what was checked and passed, and what the
//! result rests on.
//!
//! It is written for the clerk who has to mend the return and for whoever files it: printable on A4, with a
//! filter, and a column in which the office answers.

use std::collections::BTreeMap;

use super::conversation::fingerprint;
use super::layout::{banner, fitted, gap, room, table_row, text};
use super::marks::{self, expected_and_actual};
use super::sheet::{Content, NewCell, NewSheet, StyleKind};
use super::text::{Style, certainty_name, severity_name, state_name, verdict};
use super::ways;
use crate::check::Submission;
use crate::finding::{Change, Finding, Lang, Outcome, Status};
use crate::grid::{CellRef, Range};
use crate::repair;

/// Name of the sheet, in every language.
pub(super) const NAME: &str = "审核结果";
/// Column of a finding's number.
pub(super) const NUMBER: u32 = 0;
/// Columns of what is wrong and of what to do.
const PROBLEM: u32 = 4;
const ADVICE: u32 = 7;
/// Column in which the office answers.
pub(super) const EXPLANATION: u32 = 8;
/// Column widths: number, severity, code, place, problem, expected, actual, advice, explanation.
const WIDTHS: [f64; 9] = [5.0, 7.0, 7.0, 17.0, 42.0, 8.5, 8.5, 28.0, 20.0];
const HEADINGS: [(&str, &str); 9] = [
    ("序号", "No."),
    ("级别", "Severity"),
    ("代码", "Code"),
    ("位置", "Place"),
    ("问题", "Problem"),
    ("应为", "Expected"),
    ("实为", "Found"),
    ("建议", "To do"),
    ("说明", "Explanation"),
];

/// What the sheet is made from.
pub(super) struct Results<'a> {
    pub(super) submission: Submission<'a>,
    pub(super) outcome: &'a Outcome,
    pub(super) lang: Lang,
    /// What the office has explained, by fingerprint.
    pub(super) explanations: &'a BTreeMap<String, String>,
    /// The format of a file that could not be patched.
    pub(super) typeset: Option<&'a str>,
}

impl Results<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.lang.pick(zh, en)
    }

    pub(super) fn sheet(&self) -> NewSheet {
        let mut sheet = NewSheet {
            name: NAME.to_owned(),
            widths: WIDTHS.to_vec(),
            landscape: true,
            ..NewSheet::default()
        };
        self.head(&mut sheet);
        if !self.outcome.findings.is_empty() {
            self.table(&mut sheet);
            ways::of_findings(&mut sheet, &self.outcome.findings, self.lang);
        }
        self.fixed(&mut sheet);
        self.passed(&mut sheet);
        self.evidence(&mut sheet);
        sheet
    }

    fn head(&self, sheet: &mut NewSheet) {
        let o = self.outcome;
        let unknown = self.say("（未识别填报单位）", "(office not recognised)");
        let office = o.office.as_deref().unwrap_or(unknown);
        let year = o.year.map(|y| match self.lang {
            Lang::Zh => format!("{y} 年度"),
            Lang::En => format!("{y}"),
        });
        let parts = [office.to_owned(), year.unwrap_or_default(), self.say(NAME, "audit result").to_owned()];
        let title: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        banner(sheet, StyleKind::Title, title.join("  "));
        banner(sheet, verdict_style(o), self.verdict());
        if let Some(format) = self.typeset {
            let said = match self.lang {
                Lang::Zh => format!(
                    "原文件是 {format} 格式，不能在上面直接标注。这是按原表内容重新排版的副本，原文件没有改动。"
                ),
                Lang::En => {
                    format!(
                        "The original is {format}, which cannot carry marks: this is a re-typeset copy; the original is unchanged."
                    )
                }
            };
            banner(sheet, StyleKind::Note, said);
        }
        if !o.findings.is_empty() {
            banner(sheet, StyleKind::Note, self.say(
                "点“位置”可跳到该格。警告经核实无误的，请在“说明”栏写明原因，下次审核不再要求改正；错误须改正。",
                "Follow the link under Place to the cell. Explain a warning that is right as it stands under Explanation; errors must be corrected.",
            ));
        }
        gap(sheet);
    }

    fn verdict(&self) -> String {
        let tally = self.outcome.tally();
        let zh = self.lang == Lang::Zh;
        let counts = [
            (tally.errors, "错误", "处", "errors"),
            (tally.warnings, "警告", "处", "warnings"),
            (tally.infos, "提示", "条", "notes"),
        ];
        let counted = counts
            .iter()
            .filter(|(n, ..)| *n > 0)
            .map(|(n, name, unit, en)| if zh { format!("{name} {n} {unit}") } else { format!("{n} {en}") });
        let counted = counted.collect::<Vec<_>>().join(if zh { "，" } else { ", " });
        match (tally.errors, tally.warnings) {
            (0, 0) => verdict(self.outcome, Style { lang: self.lang, colour: false }),
            (0, _) if zh => format!("待核实：{counted}。请逐条核实"),
            (_, _) if zh => format!("不通过：{counted}。请改正后重新报送"),
            (0, _) => format!("To be confirmed: {counted}"),
            (_, _) => format!("Not passed: {counted}. Correct and submit again"),
        }
    }

    fn table(&self, sheet: &mut NewSheet) {
        let top = sheet.rows.len() as u32;
        let titles = HEADINGS.iter().map(|(zh, en)| self.say(zh, en));
        let heads = titles.zip(0..).map(|(title, col)| text(col, StyleKind::Heading, title)).collect();
        sheet.rows.push(table_row(heads, &WIDTHS));
        for (finding, number) in self.outcome.findings.iter().zip(1..) {
            sheet.rows.push(table_row(self.row(finding, number), &WIDTHS));
        }
        let last = sheet.rows.len() as u32 - 1;
        sheet.autofilter = Some(Range::new(CellRef::new(top, 0), CellRef::new(last, EXPLANATION)));
        sheet.freeze_rows = top + 1;
        sheet.repeat_rows = Some((top, top));
    }

    fn row(&self, finding: &Finding, number: usize) -> Vec<NewCell> {
        let sides = expected_and_actual(finding, self.outcome, self.lang);
        let (expected, actual) = sides.unwrap_or_default();
        let number = Content::Number(number.to_string());
        let severity = severity_name(finding.severity, self.lang);
        let (grade, style) = match (&finding.confirmed, finding.state) {
            (Some(_), _) => (format!("{severity}\n{}", self.say("已说明", "explained")), StyleKind::Info),
            (None, Some(state)) => {
                let state = state_name(state, self.lang);
                (format!("{severity}\n{state}"), marks::severity_style(finding.severity))
            }
            (None, None) => (severity.to_owned(), marks::severity_style(finding.severity)),
        };
        let explained = !self.explanations.is_empty();
        let said = explained.then(|| self.explanations.get(&fingerprint(finding, self.outcome))).flatten();
        let said = said.or(finding.confirmed.as_ref());
        vec![
            NewCell { col: NUMBER, content: number, style: StyleKind::Centre },
            text(1, style, grade),
            text(2, StyleKind::Centre, finding.codes().collect::<Vec<_>>().join("\n")),
            self.place(finding),
            text(PROBLEM, StyleKind::Body, self.problem(finding)),
            side(5, expected),
            side(6, actual),
            text(ADVICE, StyleKind::Body, self.advice(finding)),
            text(EXPLANATION, StyleKind::Input, said.map_or("", String::as_str)),
        ]
    }

    /// A link to the first cell, and how many there are.
    fn place(&self, finding: &Finding) -> NewCell {
        let Some(first) = finding.cells.first() else { return text(3, StyleKind::Centre, "—") };
        let n = finding.cells.len();
        let words = match (n, self.lang) {
            (1, _) => first.to_string(),
            (_, Lang::Zh) => format!("{first} 等 {n} 格"),
            (_, Lang::En) => format!("{first} and {} more", n - 1),
        };
        let content = Content::Link { sheet: first.sheet.clone(), cell: first.cell, text: words };
        NewCell { col: 3, content, style: StyleKind::Link }
    }

    fn problem(&self, finding: &Finding) -> String {
        let message = finding.message.get(self.lang);
        let sums = finding.relations.iter().map(|r| r.sums.get(self.lang)).filter(|s| !message.contains(s));
        let sums: Vec<String> = sums.map(|s| format!("· {s}")).collect();
        fitted(message, &sums, "", room(&WIDTHS, PROBLEM), |n| match self.lang {
            Lang::Zh => format!("· 另有 {n} 条勾稽关系不成立，原因相同"),
            Lang::En => format!("· {n} more relations do not hold for the same reason"),
        })
    }

    fn advice(&self, finding: &Finding) -> String {
        let changes = self.outcome.repair.changes.iter();
        let here = changes.filter(|c| !finding.relations.is_empty() && finding.cells.contains(&c.cell));
        let here: Vec<&Change> = here.collect();
        let sure = |change: &Change| certainty_name(change.certainty, self.lang);
        if let (Some(first), ..=repair::NAMED) = (here.first(), here.len()) {
            let colon = self.lang.pick("：", ": ");
            return format!("{}{colon}{}", sure(first), finding.advice.get(self.lang));
        }
        let steps = here.iter().map(|change| match self.lang {
            Lang::Zh => format!("{}（{}）", marks::step(change, self.lang), sure(change)),
            Lang::En => format!("{} ({})", marks::step(change, self.lang), sure(change)),
        });
        let steps: Vec<String> = steps.collect();
        fitted("", &steps, finding.advice.get(self.lang), room(&WIDTHS, ADVICE), |n| match self.lang {
            Lang::Zh => format!("另有 {n} 格，见各格批注"),
            Lang::En => format!("{n} more cells: see their comments"),
        })
    }

    fn fixed(&self, sheet: &mut NewSheet) {
        if self.outcome.fixed.is_empty() {
            return;
        }
        gap(sheet);
        banner(
            sheet,
            StyleKind::Note,
            self.say("与上次审核相比，已改正：", "Corrected since the earlier audit:"),
        );
        for finding in &self.outcome.fixed {
            let line = format!("　✓ {}（{}）", finding.message.get(self.lang), finding.code);
            banner(sheet, StyleKind::Note, line);
        }
    }

    /// Relations that hold, by table and rule.
    fn passed(&self, sheet: &mut NewSheet) {
        let form = self.submission.form;
        if !self.outcome.findings.is_empty() {
            gap(sheet);
        }
        banner(sheet, StyleKind::Note, self.say("已检查的内容：", "What was checked:"));
        let found = self.outcome.fields.len();
        let printed = |id: &str| form.field_ix(id).is_some_and(|ix| !form.is_variant(ix));
        let all = form.fields.iter().filter(|f| printed(&f.id)).count();
        let blank = self.outcome.fields.values().filter(|f| f.raw.is_none()).count();
        let blank_zh = if blank > 0 { format!("，其中 {blank} 个空白") } else { String::new() };
        let blank_en = if blank > 0 { format!(", {blank} of them blank") } else { String::new() };
        let read = match self.lang {
            Lang::Zh => format!("　表格共 {all} 个数据格，找到 {found} 个{blank_zh}"),
            Lang::En => format!("　{found} of the form's {all} fields were found{blank_en}"),
        };
        banner(sheet, StyleKind::Note, read);
        for (rule, count) in counts(self.submission) {
            banner(sheet, StyleKind::Note, self.counted(rule, count));
        }
        for agreed in &self.outcome.agreed {
            banner(sheet, StyleKind::Note, format!("　✓ {}", agreed.get(self.lang)));
        }
    }

    fn counted(&self, rule: usize, count: Counts) -> String {
        let form = self.submission.form;
        let Counts { all, evaluated, holding } = count;
        let title = form.rules.get(rule).map_or("", |r| r.title.get(self.lang));
        let code = form.rules.get(rule).map_or("", |r| r.code.as_str());
        let broken = evaluated - holding;
        match self.lang {
            Lang::Zh => {
                let rest = [(broken, "不成立"), (all - evaluated, "因缺数据没有检查")];
                let rest = rest.iter().filter(|(n, _)| *n > 0).map(|(n, said)| format!("，{n} 条{said}"));
                let rest = rest.collect::<Vec<_>>().concat();
                format!("　{title}（{code}）：共 {all} 条，{holding} 条成立{rest}")
            }
            Lang::En => {
                format!(
                    "　{title} ({code}): of {all}, {holding} hold, {broken} do not, {} not checked",
                    all - evaluated
                )
            }
        }
    }

    fn evidence(&self, sheet: &mut NewSheet) {
        let form = self.submission.form;
        let o = self.outcome;
        gap(sheet);
        banner(sheet, StyleKind::Note, self.say("审核依据：", "Evidence:"));
        let title = form.title.get(self.lang);
        let lines = [
            (self.say("文件", "File"), o.file.clone()),
            ("SHA-256", o.sha256.clone()),
            (self.say("报表", "Form"), format!("{title}（{}，{}）", form.id, form.authority)),
            (self.say("审核工具", "Audited by"), format!("勾稽 gouji {}", env!("CARGO_PKG_VERSION"))),
        ];
        let prior =
            o.prior.iter().map(|p| (self.say("上年报表", "Last year's return"), p.get(self.lang).to_owned()));
        let narrative = o.narrative.iter().map(|n| (self.say("正文", "Text"), n.clone()));
        for (name, value) in lines.into_iter().chain(prior).chain(narrative) {
            banner(sheet, StyleKind::Note, format!("　{name}：{value}"));
        }
    }
}

fn side(col: u32, value: String) -> NewCell {
    let is_number = value.len() <= 15 && value.parse::<rust_decimal::Decimal>().is_ok();
    let content = if is_number { Content::Number(value) } else { Content::Text(value) };
    NewCell { col, content, style: StyleKind::Centre }
}

fn verdict_style(outcome: &Outcome) -> StyleKind {
    let tally = outcome.tally();
    match outcome.status {
        Status::Clean => StyleKind::Pass,
        _ if tally.errors > 0 => StyleKind::Fail,
        _ => StyleKind::Doubt,
    }
}

/// How many relations there are, could be evaluated, and hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    all: usize,
    evaluated: usize,
    holding: usize,
}

/// Relations counted by rule. A mixed form states some of them in another way: that counts as one.
fn counts(s: Submission<'_>) -> BTreeMap<usize, Counts> {
    let mut by_place: BTreeMap<(usize, &str), Option<bool>> = BTreeMap::new();
    for relation in &s.form.relations {
        // Where nothing is filled in, nothing was checked.
        let is_filled = relation.fields().into_iter().any(|f| s.this_year(f).flatten().is_some());
        let sides = crate::check::sides(s, relation).filter(|_| is_filled);
        let holds = sides.map(|sides| sides.hold(relation.op));
        if relation.variant && holds.is_none() {
            continue;
        }
        let known = by_place.entry((relation.rule, &relation.place)).or_default();
        *known = holds.or(*known);
    }
    let mut out: BTreeMap<usize, Counts> = BTreeMap::new();
    for ((rule, _), holds) in by_place {
        let count = out.entry(rule).or_default();
        count.all += 1;
        count.evaluated += usize::from(holds.is_some());
        count.holding += usize::from(holds == Some(true));
    }
    out
}
