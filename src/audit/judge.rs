//! A filled form judged: findings of every rule, broken relations grouped by their cause.

use super::{Content, Narrative, Options};
use crate::check::narrative::Report;
use crate::check::{self, Broken, Submission};
use crate::finding::{Certainty, Change, Finding, Fix, Lang, Place, Repair, Severity, Text};
use crate::form::FieldIx;
use crate::grid::amount;
use crate::repair::{self, Cause};

/// What a submission was found to be.
pub(super) struct Judged {
    /// What is wrong, worst first.
    pub(super) findings: Vec<Finding>,
    /// What would mend it.
    pub(super) repair: Repair,
    /// What its text and its tables agree on.
    pub(super) agreed: Vec<Text>,
}

/// Judges a submission by every rule.
pub(super) fn judge(content: &Content, options: &Options, narrative: Option<&Narrative>) -> Judged {
    let s = content.submission();
    let mut broken = check::broken(s);
    broken.retain(|b| s.form.relations.get(b.relation).is_some_and(|r| options.selects(&r.code)));
    let diagnosis = repair::diagnose(s, &broken);
    let mut findings: Vec<Finding> =
        diagnosis.causes.iter().filter_map(|cause| arithmetic(s, &broken, cause)).collect();
    findings.extend(check::values(s));
    findings.extend(check::structure(s));
    findings.extend(check::categories(s));
    findings.extend(check::years(s));
    let last = options.prior.as_ref().and_then(|p| p.text_of(&content.identity, options.roster.as_ref()));
    let heard = check::narrative::narrative(
        s,
        &report(content, narrative),
        check::narrative::Prior { tables: s.before, text: last },
    );
    findings.extend(heard.findings);
    findings.retain(|f| options.selects(&f.code));
    let order = |f: &Finding| f.cells.iter().map(|c| position(s, c)).min();
    findings.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then_with(|| order(a).cmp(&order(b))).then_with(|| a.code.cmp(&b.code))
    });
    let repair = repair::summary(&diagnosis);
    Judged { findings, repair, agreed: heard.agreed }
}

/// The report's text: that of the file given for it, else that around the tables.
fn report(content: &Content, narrative: Option<&Narrative>) -> Report {
    match narrative {
        Some(narrative) => Report::of_file(&narrative.book, content.form),
        None => Report::of_submission(content.submission()),
    }
}

/// Where a cell stands in reading order.
fn position(s: Submission, place: &Place) -> (usize, u32, u32) {
    let sheet = s.book.sheets.iter().position(|b| b.name == place.sheet).unwrap_or(usize::MAX);
    (sheet, place.cell.row, place.cell.col)
}

/// One cause as one finding; its code and sides are those of its first relation.
fn arithmetic(s: Submission, broken: &[Broken], cause: &Cause) -> Option<Finding> {
    let of_cause = broken.iter().filter(|b| cause.relations.contains(&b.relation));
    let relations: Vec<_> = of_cause.filter_map(|b| check::written_out(s, b)).collect();
    let first = relations.first()?;
    let (mut message, advice) = told(s, cause);
    if !cause.hint.is_empty() {
        message.zh.extend(["。", &cause.hint.zh]);
        message.en.extend([". ", &cause.hint.en]);
    }
    let of_form = || cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
    let severity = of_form().filter_map(|r| check::severity(s, r)).max().unwrap_or(Severity::Error);
    let mut finding = Finding::new(&first.code, severity, first.place.clone(), message);
    finding.expected = Some(first.expected);
    finding.actual = Some(first.actual);
    let suspects = suspects(s, cause);
    let (fields, cells) = s.spots(&suspects);
    finding = finding.at(fields, cells).advising(advice);
    if let [only] = cause.changes.as_slice() {
        finding.fix = Some(Fix { field: only.field.clone(), to: only.to });
    }
    finding.relations = relations;
    Some(finding)
}

/// The fields that a cause may lie in: those to change, those of its alternatives, else the relations' totals.
fn suspects(s: Submission, cause: &Cause) -> Vec<FieldIx> {
    let ix = |c: &Change| s.form.field_ix(&c.field);
    let mut fields: Vec<FieldIx> = cause.changes.iter().filter_map(ix).collect();
    if fields.is_empty() {
        fields = cause.alternatives.iter().flatten().filter_map(ix).collect();
    }
    if fields.is_empty() {
        let relations = || cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
        fields = if cause.certainty == Certainty::Detected {
            relations().flat_map(crate::form::Relation::fields).collect()
        } else {
            relations().flat_map(|r| r.actual.terms.iter().map(|t| t.field)).collect()
        };
    }
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// The sentence of a cause, and what to do about it.
fn told(s: Submission, cause: &Cause) -> (Text, Text) {
    match cause.certainty {
        Certainty::Proved | Certainty::Likely if !cause.changes.is_empty() => located(s, cause),
        Certainty::Ambiguous => ambiguous(s, cause),
        Certainty::NotLocalised => (
            Text::new(
                "多处合计对不上，错误较多，不能确定错在哪些格",
                "several totals do not balance, and too much is wrong to tell which cells",
            ),
            Text::new("请对照原始台账逐行核对", "compare with the records row by row"),
        ),
        _ if !adds_up(s, cause) => not_located(s, cause),
        _ => (
            Text::new(
                "合计与各项之和不等，其中至少有一个数填错",
                "the total differs from the sum of its parts: at least one of these numbers is wrong",
            ),
            Text::new("请核对这几格，改正填错的数", "check these cells and mend the wrong one"),
        ),
    }
}

/// Whether what is broken says that parts add up to a total, in no words of its own.
fn adds_up(s: Submission, cause: &Cause) -> bool {
    let relations = cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
    relations.into_iter().all(|r| r.plain().is_some() && r.text.is_empty())
}

/// A relation of another kind that is broken: in the form's own words, or by what it says.
fn not_located(s: Submission, cause: &Cause) -> (Text, Text) {
    let relations = || cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
    let said = relations().find_map(|r| check::own_words(s, r)).unwrap_or_else(|| {
        let rule = relations().find_map(|r| s.form.rules.get(r.rule));
        let title = rule.map(|r| r.title.clone()).unwrap_or_default();
        Text::new(format!("不符合“{}”", title.zh), format!("does not hold: {}", title.en))
    });
    (said, Text::new("请核对这几格，改正填错的数", "check these cells and mend the wrong one"))
}

/// "表三“总计”行“自然人”列应为 12，实为 21"; one that is only likely says so, with its rivals.
fn located(s: Submission, cause: &Cause) -> (Text, Text) {
    let likely = cause.certainty == Certainty::Likely;
    let zh: Vec<String> = cause.changes.iter().map(|c| change(s, c, likely, Lang::Zh)).collect();
    let en: Vec<String> = cause.changes.iter().map(|c| change(s, c, likely, Lang::En)).collect();
    let mut message = Text::new(zh.join("；"), en.join("; "));
    let rivals = cause.alternatives.len();
    if rivals > 0 {
        let shown = cause.alternatives.get(..rivals.min(RIVALS)).unwrap_or_default();
        let (zh, en) = (ways(s, shown, &[], Lang::Zh), ways(s, shown, &[], Lang::En));
        let (more_zh, more_en) = and_more(rivals, shown.len());
        message.zh.extend([format!("。改动同样少的还有 {rivals} 种：{zh}{more_zh}").as_str()]);
        message.en.extend([format!(". {rivals} more repairs of the same size: {en}{more_en}").as_str()]);
    }
    let why = cause.changes.first().map(|c| c.why.clone()).unwrap_or_default();
    let advice = match cause.changes.as_slice() {
        _ if !likely => why,
        [only] => {
            let to = amount::show(only.to);
            Text::new(
                format!("请核对后改为 {to}（{}）", why.zh),
                format!("check, then change to {to} ({})", why.en),
            )
        }
        _ => Text::new(format!("请核对后改正（{}）", why.zh), format!("check, then change ({})", why.en)),
    };
    (message, advice)
}

/// Rivals of a likely repair that a sentence lists.
const RIVALS: usize = 3;
/// Changes that the ways of an ambiguous repair may have together to be listed.
const ROOM: usize = 12;

fn change(s: Submission, change: &Change, likely: bool, lang: Lang) -> String {
    let name = name(s, change, lang);
    let (from, to) = (entered(change.from, lang), amount::show(change.to));
    match (lang, likely) {
        (Lang::Zh, false) => format!("{name}应为 {to}，实为{from}"),
        (Lang::Zh, true) => format!("{name}很可能应为 {to}，实为{from}"),
        (Lang::En, false) => format!("{name} should be {to}, but is {from}"),
        (Lang::En, true) => format!("{name} should very likely be {to}, but is {from}"),
    }
}

fn name(s: Submission, change: &Change, lang: Lang) -> String {
    let field = s.form.field_ix(&change.field);
    field.map(|ix| s.names().field_text(ix)).unwrap_or_default().get(lang).to_owned()
}

/// Repairs in words, without the changes that have been told; one of several cells names these by their places.
fn ways(s: Submission, ways: &[Vec<Change>], told: &[&Change], lang: Lang) -> String {
    let (and, or) = if lang == Lang::Zh { ("、", "；或者") } else { (", ", "; or ") };
    let new = |c: &&Change| !told.iter().any(|t| t.field == c.field && t.to == c.to);
    let one = |way: &Vec<Change>| match way.iter().filter(new).collect::<Vec<_>>().as_slice() {
        [only] => change(s, only, false, lang),
        several => several.iter().map(|c| step(c, lang)).collect::<Vec<_>>().join(and),
    };
    let said: Vec<String> = ways.iter().map(one).filter(|w| !w.is_empty()).collect();
    let apart = lang == Lang::Zh && said.iter().any(|w| w.starts_with(|c: char| c.is_ascii()));
    said.join(if apart { "；或者 " } else { or })
}

/// "D37 由 2 改为 3".
fn step(change: &Change, lang: Lang) -> String {
    let (cell, to) = (change.cell.cell, amount::show(change.to));
    let from = entered(change.from, lang);
    match lang {
        Lang::Zh => {
            format!("{cell} 由{}改为 {to}", if change.from.is_some() { format!("{from} ") } else { from })
        }
        Lang::En => format!("{cell} from {from} to {to}"),
    }
}

fn and_more(all: usize, shown: usize) -> (String, String) {
    if all > shown { (format!("；等 {all} 种"), format!("; {all} in all")) } else { Default::default() }
}

/// All equal explanations, as many as fit; cells that all of them change are named first.
fn ambiguous(s: Submission, cause: &Cause) -> (Text, Text) {
    let n = cause.alternatives.len();
    let each = cause.alternatives.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let shown = cause.alternatives.get(..n.min((ROOM / each).max(RIVALS))).unwrap_or_default();
    let every = |is: &dyn Fn(&Change) -> bool| cause.alternatives.iter().all(|way| way.iter().any(is));
    let first = cause.alternatives.first().map(Vec::as_slice).unwrap_or_default();
    let same: Vec<&Change> =
        first.iter().filter(|c| every(&|o| o.field == c.field && o.to == c.to)).collect();
    let common = first.iter().filter(|c| every(&|o| o.field == c.field));
    let common: Vec<&Change> = common.filter(|c| !same.iter().any(|s| s.field == c.field)).collect();
    let side = |lang: Lang| -> (String, String) {
        let sure = same.iter().map(|c| change(s, c, false, lang));
        let always: Vec<String> = sure.chain(common.iter().map(|c| name(s, c, lang))).collect();
        (always.join(if lang == Lang::Zh { "、" } else { ", " }), ways(s, shown, &same, lang))
    };
    let ((always_zh, zh), (always_en, en)) = (side(Lang::Zh), side(Lang::En));
    let (more_zh, more_en) = and_more(n, shown.len());
    let head =
        |always: String, words: &str| if always.is_empty() { always } else { format!("{words}{always}") };
    let (always_zh, always_en) = (head(always_zh, "，都要改"), head(always_en, ", all of which change "));
    (
        Text::new(
            format!("合计对不上，有 {n} 种可能{always_zh}：{zh}{more_zh}"),
            format!("sums do not balance; {n} explanations{always_en}: {en}{more_en}"),
        ),
        Text::new("请对照原始台账，确定是哪一种", "compare with the records to tell which"),
    )
}

fn entered(value: Option<rust_decimal::Decimal>, lang: Lang) -> String {
    match (value, lang) {
        (Some(value), Lang::Zh) => format!(" {}", amount::show(value)),
        (Some(value), Lang::En) => amount::show(value),
        (None, Lang::Zh) => "空白".to_owned(),
        (None, Lang::En) => "blank".to_owned(),
    }
}
