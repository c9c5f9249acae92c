//! Causes in words: which cell should be what, in which ways the relations could hold, and what to do.
//!
//! A sentence tells as many ways as can be read in one; where there are more, it tells the first few, and the whole
//! list stands beside it. What is odd about a cell that is changed (a sign, a fraction, a text) is told with it, for
//! it is the same fault.

use super::{Cause, restore};
use crate::check::{self, Submission};
use crate::finding::{Certainty, Change, Choice, Lang, Text, Ways};
use crate::form::FieldIx;
use crate::grid::amount;

/// Rivals of a likely repair, and ways of one that is too long for a sentence, that a sentence tells.
const FEW: usize = 3;
/// Changes that the ways of a repair may have together to be told in a sentence.
const ROOM: usize = 12;
/// Changes of a way that are told with the names of their cells, and that the advice spells out.
pub const NAMED: usize = 2;

/// What is said of a cause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The sentence.
    pub message: Text,
    /// What to do.
    pub advice: Text,
    /// Every way to mend it, where the sentence does not tell them all.
    pub ways: Ways,
    /// Codes of the rules that what stands in its cells breaks by itself.
    pub also: Vec<String>,
}

/// Fields that every repair of a cause changes.
pub fn sure_fields(s: Submission, cause: &Cause) -> Vec<FieldIx> {
    let changes = if cause.changes.is_empty() {
        cause.alternatives.first().map(Vec::as_slice).unwrap_or_default()
    } else {
        &cause.changes
    };
    let in_all = |c: &&Change| {
        !cause.changes.is_empty()
            || cause.alternatives.iter().all(|way| way.iter().any(|o| o.field == c.field))
    };
    changes.iter().filter(in_all).filter_map(|c| s.form.field_ix(&c.field)).collect()
}

/// A cause in words; rules that `selects` leaves out are not spoken of.
pub fn words(s: Submission, cause: &Cause, selects: &dyn Fn(&str) -> bool) -> Words {
    let teller = Teller { s, selects };
    let mut words = match cause.certainty {
        Certainty::Proved | Certainty::Likely if !cause.changes.is_empty() => teller.located(cause),
        Certainty::Ambiguous => teller.ambiguous(cause),
        _ => Words {
            message: unplaced(s, cause),
            advice: look(cause),
            ways: one_of(s, cause),
            ..Words::default()
        },
    };
    let mut also: Vec<String> = sure_fields(s, cause)
        .into_iter()
        .flat_map(|ix| teller.odd(ix))
        .map(|(code, _)| code.to_owned())
        .collect();
    also.sort_unstable();
    also.dedup();
    words.also = also;
    if !cause.hint.is_empty() {
        words.message.zh.extend(["。", &cause.hint.zh]);
        words.message.en.extend([". ", &cause.hint.en]);
    }
    words
}

/// The ways to mend a relation of which any one cell may be wrong, if only one is.
fn one_of(s: Submission, cause: &Cause) -> Ways {
    if cause.certainty != Certainty::Detected || cause.alternatives.len() < 2 {
        return Ways::default();
    }
    let always = Text::new("如果只有一格填错，就是其中一种：", "one of these, if only one cell is wrong:");
    Ways { always, ..all_ways(s, &choice(cause)) }
}

/// What to do where no cell can be told.
fn look(cause: &Cause) -> Text {
    match cause.certainty {
        Certainty::NotLocalised => Text::new("请对照原始台账逐行核对", "compare with the records row by row"),
        _ => Text::new("请核对这几格，改正填错的数", "check these cells and mend the wrong one"),
    }
}

/// The sentence of a cause of which no cell can be told.
fn unplaced(s: Submission, cause: &Cause) -> Text {
    let relations = || cause.relations.iter().filter_map(|r| s.form.relations.get(*r));
    if cause.certainty == Certainty::NotLocalised {
        return Text::new(
            "多处合计对不上，错误较多，不能确定错在哪些格",
            "several totals do not balance, and too much is wrong to tell which cells",
        );
    }
    if relations().all(|r| r.plain().is_some() && r.text.is_empty()) {
        return Text::new(
            "合计与各项之和不等，其中至少有一个数填错",
            "the total differs from the sum of its parts: at least one of these numbers is wrong",
        );
    }
    // A relation of another kind: in the form's own words, or by what it says.
    relations().find_map(|r| check::own_words(s, r)).unwrap_or_else(|| {
        let rule = relations().find_map(|r| s.form.rules.get(r.rule));
        let title = rule.map(|r| r.title.clone()).unwrap_or_default();
        Text::new(format!("不符合“{}”", title.zh), format!("does not hold: {}", title.en))
    })
}

/// What tells of a submission's cells.
#[derive(Clone, Copy)]
struct Teller<'a> {
    s: Submission<'a>,
    selects: &'a dyn Fn(&str) -> bool,
}

impl Teller<'_> {
    /// "表三“总计”行“自然人”列应为 12，实为 21"; one that is only likely says so, with its rivals.
    fn located(&self, cause: &Cause) -> Words {
        if cause.changes.iter().any(|c| c.formula.is_some()) {
            return self.misformed(cause);
        }
        let likely = cause.certainty == Certainty::Likely;
        let said = |lang| cause.changes.iter().map(|c| self.change(c, likely, lang)).collect::<Vec<_>>();
        if cause.changes.iter().all(|c| c.from == Some(c.to)) {
            return self.uncounted(cause);
        }
        let mut message = if cause.changes.len() > NAMED {
            Text::new(several(&cause.changes, Lang::Zh), several(&cause.changes, Lang::En))
        } else {
            Text::new(said(Lang::Zh).join("；"), said(Lang::En).join("; "))
        };
        if !cause.what.is_empty() {
            message.zh = format!("{}：{}", cause.what.zh, message.zh);
            message.en = format!("{}: {}", cause.what.en, message.en);
        }
        let rivals = cause.alternatives.len();
        let mut words = Words::default();
        if rivals > 0 {
            let shown = cause.alternatives.get(..rivals.min(FEW)).unwrap_or_default();
            let (zh, en) = (self.ways(shown, &[], Lang::Zh), self.ways(shown, &[], Lang::En));
            let (such_zh, such_en) = if rivals > FEW { ("，例如 ", ", such as") } else { ("：", ":") };
            message.zh.extend([format!("。改同样多的格，还有 {rivals} 种改法{such_zh}{zh}")]);
            message.en.extend([format!(". {rivals} more repairs of the same size{such_en} {en}")]);
            if rivals > FEW {
                words.ways = all_ways(self.s, &choice(cause));
            }
        }
        Words { message, advice: self.advice(cause, likely), ..words }
    }

    /// "表三“（七）总计”行“自然人”列的公式 =SUM(D24:D43) 漏加 D44，应为 =SUM(D24:D44)"; of several that are wrong in the
    /// same way the first, and where the others stand.
    fn misformed(&self, cause: &Cause) -> Words {
        let Some((first, others)) = cause.changes.split_first() else { return Words::default() };
        let name = |lang| name(self.s, first, lang);
        let mut message = Text::new(
            format!("{}的{}", name(Lang::Zh), first.why.zh),
            format!("{}: {}", name(Lang::En), first.why.en),
        );
        let formula = first.formula.as_deref().unwrap_or_default();
        let cell = first.cell.cell;
        let mut advice = Text::new(
            format!("把 {cell} 的公式改为 ={formula}"),
            format!("change the formula in {cell} to ={formula}"),
        );
        if others.is_empty() {
            if let Some(from) = first.from.filter(|from| *from != first.to) {
                let (from, to) = (amount::show(from), amount::show(first.to));
                message.zh.extend([format!("，结果由 {from} 变为 {to}")]);
                message.en.extend([format!(", which makes {from} {to}")]);
            }
        } else {
            let cells: Vec<String> = others.iter().map(|c| c.cell.cell.to_string()).collect();
            let n = cells.len();
            message.zh.extend([format!("；{} 的公式错得一样", cells.join("、"))]);
            message.en.extend([format!("; {n} more are wrong in the same way: {}", cells.join(", "))]);
            advice.zh.extend([format!("，其余 {n} 格同样改正")]);
            advice.en.extend([format!(", and the {n} others likewise")]);
        }
        Words { message, advice, ..Words::default() }
    }

    /// "表三“（一）予以公开”行“自然人”列的 12 是文本格式，求和公式没有把它加进去".
    fn uncounted(&self, cause: &Cause) -> Words {
        let Some((first, others)) = cause.changes.split_first() else { return Words::default() };
        let mut message = Text::new(
            format!(
                "{}的{}是文本格式，求和公式没有把它加进去",
                name(self.s, first, Lang::Zh),
                entered(first, Lang::Zh)
            ),
            format!(
                "{}: {} is held as text, which the formula of the total does not count",
                name(self.s, first, Lang::En),
                entered(first, Lang::En)
            ),
        );
        if !others.is_empty() {
            let cells: Vec<String> = others.iter().map(|c| c.cell.cell.to_string()).collect();
            message.zh.extend(["；", &cells.join("、"), " 也是"]);
            message.en.extend(["; so are ", &cells.join(", ")]);
        }
        let advice = Text::new(
            "把文本改为数字（不要用文本格式），合计的公式就会加上它",
            "make a number of the text; the formula of the total then counts it",
        );
        Words { message, advice, ..Words::default() }
    }

    /// All equal explanations, or the first few; cells that all of them change are named first.
    fn ambiguous(&self, cause: &Cause) -> Words {
        let n = cause.alternatives.len();
        let each = cause.alternatives.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let whole = n * each <= ROOM || n <= FEW;
        let shown = cause.alternatives.get(..if whole { n } else { FEW }).unwrap_or_default();
        let choice = choice(cause);
        let (same, common) = in_all(&choice);
        let side = |lang: Lang| -> (String, String) {
            let sure = same.iter().map(|c| self.change(c, false, lang));
            let always: Vec<String> = sure.chain(common.iter().map(|c| self.stands(c, lang))).collect();
            (always.join(lang.pick("、", ", ")), self.ways(shown, &same, lang))
        };
        let ((always_zh, zh), (always_en, en)) = (side(Lang::Zh), side(Lang::En));
        let head = |always: &str, words: &str| {
            if always.is_empty() { String::new() } else { format!("{words}{always}") }
        };
        let (always_zh, always_en) =
            (head(&always_zh, "，都要改"), head(&always_en, ", all of which change "));
        let (such_zh, such_en) = if whole { ("：", ":") } else { ("，例如 ", ", such as") };
        Words {
            message: Text::new(
                format!("合计对不上，有 {n} 种可能{always_zh}{such_zh}{zh}"),
                format!("sums do not balance; {n} explanations{always_en}{such_en} {en}"),
            ),
            advice: Text::new("请对照原始台账，确定是哪一种", "compare with the records to tell which"),
            ways: if whole { Ways::default() } else { all_ways(self.s, &choice) },
            also: Vec::new(),
        }
    }

    /// What to do about what was located: which cell becomes which number.
    fn advice(&self, cause: &Cause, likely: bool) -> Text {
        let why = cause.changes.first().map(|c| c.why.clone()).unwrap_or_default();
        if let [only] = cause.changes.as_slice()
            && let Some(advice) = self.advice_on_formula(only, &why)
        {
            return advice;
        }
        let side = |lang: Lang| {
            let apart = on_several_sheets(cause.changes.iter());
            let n = cause.changes.len();
            let shown = if n > NAMED { 1 } else { n };
            let steps: Vec<String> = cause.changes.iter().take(shown).map(|c| step(c, apart, lang)).collect();
            let list = steps.join(lang.pick("、", ", "));
            if shown == n {
                return list;
            }
            match lang {
                Lang::Zh => format!("{list} 等 {n} 格照所列改正"),
                Lang::En => format!("{list}, and so on as listed ({n} cells)"),
            }
        };
        let (zh, en) = if likely { ("请核对后把 ", "check, then change ") } else { ("把 ", "change ") };
        let (list, list_en) = (side(Lang::Zh), side(Lang::En));
        Text::new(format!("{zh}{list}（{}）", why.zh), format!("{en}{list_en} ({})", why.en))
    }

    /// What to do about a cell in which a formula stands, or stood by what stands beside it.
    fn advice_on_formula(&self, only: &Change, why: &Text) -> Option<Text> {
        let (cell, to) = (only.cell.cell, amount::show(only.to));
        let filled = self.s.form.field_ix(&only.field).and_then(|ix| self.s.formula(ix));
        if let Some(formula) = filled {
            return Some(Text::new(
                format!("{cell} 是公式 ={formula}：请检查公式和它引用的各格，使结果为 {to}（{}）", why.zh),
                format!(
                    "a formula stands in {cell}, ={formula}: check it and the cells it refers to, so that it gives {to} ({})",
                    why.en
                ),
            ));
        }
        restore::formula(self.s, &only.field).map(|formula| {
            Text::new(
                format!("请核对后在 {cell} 恢复公式 ={formula}，结果改为 {to}（{}）", why.zh),
                format!(
                    "check, then put the formula ={formula} back in {cell}, which gives {to} ({})",
                    why.en
                ),
            )
        })
    }

    fn odd(&self, ix: FieldIx) -> Vec<check::Odd> {
        check::oddities(self.s, ix).into_iter().filter(|(code, _)| (self.selects)(code)).collect()
    }

    fn change(&self, change: &Change, likely: bool, lang: Lang) -> String {
        let name = name(self.s, change, lang);
        let (from, to) = (self.from(change, lang), amount::show(change.to));
        match (lang, likely) {
            (Lang::Zh, false) => format!("{name}应为 {to}，实为{from}"),
            (Lang::Zh, true) => format!("{name}很可能应为 {to}，实为{from}"),
            (Lang::En, false) => format!("{name} should be {to}, but is {from}"),
            (Lang::En, true) => format!("{name} should very likely be {to}, but is {from}"),
        }
    }

    /// A cell by its name, with what is odd about it.
    fn stands(&self, change: &Change, lang: Lang) -> String {
        let (name, odd) = (name(self.s, change, lang), self.remarks(change, lang));
        match (odd.is_empty(), lang) {
            (true, _) => name,
            (false, Lang::Zh) => format!("{name}（现为{}）", self.from(change, lang)),
            (false, Lang::En) => format!("{name} (now {})", self.from(change, lang)),
        }
    }

    /// What stands in a cell: " -6（负数）", "空白", "“/”（用符号代替数字）".
    fn from(&self, change: &Change, lang: Lang) -> String {
        let (entered, odd) = (entered(change, lang), self.remarks(change, lang));
        if odd.is_empty() { entered } else { entered + &bracketed(&odd, lang) }
    }

    fn remarks(&self, change: &Change, lang: Lang) -> String {
        let odd = self.s.form.field_ix(&change.field).map(|ix| self.odd(ix)).unwrap_or_default();
        let said: Vec<&str> =
            odd.iter().map(|(_, words)| words.get(lang)).filter(|w| !w.is_empty()).collect();
        said.join(lang.pick("，", ", "))
    }

    /// Repairs in a sentence, without what is the same in all; one of several cells names these by their places.
    fn ways(&self, ways: &[Vec<Change>], same: &[&Change], lang: Lang) -> String {
        let apart = on_several_sheets(ways.iter().flatten());
        let one = |way: &Vec<Change>| match rest(way, same).as_slice() {
            [only] => self.change(only, false, lang),
            several => {
                several.iter().map(|c| step(c, apart, lang)).collect::<Vec<_>>().join(lang.pick("、", ", "))
            }
        };
        let said: Vec<String> = ways.iter().map(one).filter(|w| !w.is_empty()).collect();
        let ascii = lang == Lang::Zh && said.iter().any(|w| w.starts_with(|c: char| c.is_ascii()));
        said.join(if ascii { "；或者 " } else { lang.pick("；或者", "; or ") })
    }
}

/// "很可能应把 D45 由 690 改为 767、E45 由 654 改为 678 等 20 格": changes of many cells, the first of them.
fn several(changes: &[Change], lang: Lang) -> String {
    let apart = on_several_sheets(changes.iter());
    let shown = changes.get(..changes.len().min(ROOM)).unwrap_or(changes);
    let steps: Vec<String> = shown.iter().map(|c| step(c, apart, lang)).collect();
    let (list, n) = (steps.join(lang.pick("、", ", ")), changes.len());
    match lang {
        Lang::Zh if n > ROOM => format!("很可能应把 {list} 等 {n} 格"),
        Lang::Zh => format!("很可能应把 {list}"),
        Lang::En if n > ROOM => format!("very likely {list} … ({n} cells)"),
        Lang::En => format!("very likely {list}"),
    }
}

fn choice(cause: &Cause) -> Choice {
    Choice { changes: cause.changes.clone(), others: cause.alternatives.clone() }
}

/// Of several ways, the changes that are the same in all of them, and those of cells that all of them change to
/// different values.
fn in_all(choice: &Choice) -> (Vec<&Change>, Vec<&Change>) {
    let first = choice.ways().next().map(Vec::as_slice).unwrap_or_default();
    let every = |is: &dyn Fn(&Change) -> bool| choice.ways().all(|way| way.iter().any(is));
    let common = first.iter().filter(|c| every(&|o| o.field == c.field));
    common.partition(|c| every(&|o| o.field == c.field && o.to == c.to))
}

fn rest<'c>(way: &'c [Change], same: &[&Change]) -> Vec<&'c Change> {
    way.iter().filter(|c| !same.iter().any(|s| s.field == c.field && s.to == c.to)).collect()
}

/// Every way to mend a cause, a line each: "D12 由 3 改为 5（表三…）、E12 由 2 改为 0（表三…）". What is the same in all
/// of them is told before.
pub fn all_ways(s: Submission, choice: &Choice) -> Ways {
    let (same, common) = in_all(choice);
    let likely = !choice.changes.is_empty();
    let apart = on_several_sheets(choice.ways().flatten());
    let line = |(i, way): (usize, &Vec<Change>)| {
        let rest = rest(way, &same);
        let side = |lang| steps(s, &rest, apart, lang);
        let (mark_zh, mark_en) =
            if likely && i == 0 { ("（最可能）", " (likeliest)") } else { ("", "") };
        Text::new(side(Lang::Zh) + mark_zh, side(Lang::En) + mark_en)
    };
    let lines = choice.ways().enumerate().map(line).collect();
    Ways { always: always(s, (&same, &common), apart), lines }
}

/// What all ways have in common: changes that are the same in all, cells that all change; empty if nothing.
fn always(s: Submission, (same, common): (&[&Change], &[&Change]), apart: bool) -> Text {
    let side = |lang: Lang| {
        let cells = common.iter().map(|c| format!("{}{}", at(c, apart), bracketed(&name(s, c, lang), lang)));
        let cells = cells.collect::<Vec<_>>().join(lang.pick("、", ", "));
        let mut said = Vec::new();
        if !same.is_empty() {
            said.push(format!("{}{}", lang.pick("每种都要把 ", "all change "), steps(s, same, apart, lang)));
        }
        if !cells.is_empty() {
            said.push(match lang {
                Lang::Zh => format!("每种都要改 {cells}"),
                Lang::En => format!("all change {cells}, to different numbers"),
            });
        }
        said.join(lang.pick("；", "; "))
    };
    Text::new(side(Lang::Zh), side(Lang::En))
}

/// Changes one after another; where they are few, with the names of their cells.
fn steps(s: Submission, changes: &[&Change], apart: bool, lang: Lang) -> String {
    let named = changes.len() <= NAMED;
    let one = |c: &&Change| {
        let name = if named { bracketed(&name(s, c, lang), lang) } else { String::new() };
        step(c, apart, lang) + &name
    };
    changes.iter().map(one).collect::<Vec<_>>().join(lang.pick("、", ", "))
}

fn bracketed(words: &str, lang: Lang) -> String {
    if lang == Lang::Zh { format!("（{words}）") } else { format!(" ({words})") }
}

/// Whether changes are of more than one sheet, so that an address alone does not tell a cell.
fn on_several_sheets<'c>(mut changes: impl Iterator<Item = &'c Change>) -> bool {
    changes.next().is_some_and(|first| changes.any(|c| c.cell.sheet != first.cell.sheet))
}

fn at(change: &Change, apart: bool) -> String {
    if apart { change.cell.to_string() } else { change.cell.cell.to_string() }
}

/// "D37 由 2 改为 3".
fn step(change: &Change, apart: bool, lang: Lang) -> String {
    let (cell, to, from) = (at(change, apart), amount::show(change.to), entered(change, lang));
    match lang {
        Lang::Zh => {
            format!("{cell} 由{}改为 {to}", if change.from.is_some() { format!("{from} ") } else { from })
        }
        Lang::En => format!("{cell} from {from} to {to}"),
    }
}

fn name(s: Submission, change: &Change, lang: Lang) -> String {
    let field = s.form.field_ix(&change.field);
    field.map(|ix| s.names().field(ix)).unwrap_or_default().get(lang).to_owned()
}

/// What stands in a cell: a number, else the text, else that it is blank.
fn entered(change: &Change, lang: Lang) -> String {
    match (change.from, &change.text, lang) {
        (Some(value), _, Lang::Zh) => format!(" {}", amount::show(value)),
        (Some(value), _, Lang::En) => amount::show(value),
        (None, Some(text), Lang::Zh) => format!("“{text}”"),
        (None, Some(text), Lang::En) => format!("{text:?}"),
        (None, None, Lang::Zh) => "空白".to_owned(),
        (None, None, Lang::En) => "blank".to_owned(),
    }
}
