//! Relations that the notes around a table state: "审核关系：第3列=第1列+第2列；04=05+06；检查企业数合计≤应检企业数".
//!
//! A clause that says a relation and could not be read is told to the form's owner, never lost in silence.

use super::propose::{Part, Proposal, is_subtotal, is_total};
use super::samples::Numbers;
use super::stated::{COLUMN_WORDS, LINE_WORDS};
use super::words::{self, words};
use super::{Draft, DraftBlock, DraftLine, equal};
use crate::grid::label;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Said of a relation whose lines were counted.
const COUNTED: &str = "，表上没有行次、栏次，是按数字行、数字列数的 (lines counted, none has a number)";

/// A clause of a note: its words, and which lines the text before its colon speaks of.
struct Clause<'a> {
    text: &'a str,
    /// Whether along a row; `None` where it may be either.
    across: Option<bool>,
    /// Whether the note says at its head that relations follow.
    listed: bool,
}

/// The clauses of everything that is written around the tables of a sheet.
fn clauses<'a>(draft: &'a Draft, blocks: &'a [DraftBlock]) -> Vec<Clause<'a>> {
    let headers = blocks.iter().flat_map(|b| b.band.iter().chain(&b.corner));
    let mut out = Vec::new();
    for note in draft.notes.iter().chain(headers) {
        let listed = words::begins(note.trim(), &words().relations);
        let mut across = None;
        for text in note.split(['；', ';', '。', '，', '\n']).map(str::trim) {
            if let Some((head, _)) = text.rsplit_once(['：', ':']) {
                across = axis(head);
            }
            out.push(Clause { text, across, listed });
        }
    }
    out
}

/// Whether a text speaks of columns ("列间关系"), of rows, or does not say: 下列 and 执行 do not.
fn axis(text: &str) -> Option<bool> {
    let text = text.to_lowercase();
    let about = |word: &str| {
        let behind =
            ["间", "与", "次", "目", "关系"].iter().any(|next| text.contains(&format!("{word}{next}")));
        behind || text.contains(&format!("各{word}")) || word.is_ascii() && text.contains(word)
    };
    let (columns, rows) = (COLUMN_WORDS.iter().any(|w| about(w)), LINE_WORDS.iter().any(|w| about(w)));
    (columns != rows).then_some(columns)
}

/// Relations among the notes around a table, each clause by itself: numbers of lines or columns, or their labels.
/// Bare numbers that may name rows as well as columns are those of which the form does not speak by name elsewhere, else
/// those with which the samples agree; where nothing tells, it is a guess.
pub(super) fn by_statement(draft: &Draft, block: &DraftBlock, numbers: &Numbers) -> Vec<Proposal> {
    let all = clauses(draft, std::slice::from_ref(block));
    let speaks =
        |kind: &[&str]| all.iter().any(|c| says_relation(c) && kind.iter().any(|w| numbered_by(c.text, w)));
    // 01 is the number of a row
    let is_zero_led =
        |t: &str| t.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() > 1 && n.starts_with('0'));
    let any_zero_led = all.iter().any(|c| says_relation(c) && is_zero_led(c.text));
    let (rows, columns) = (speaks(&LINE_WORDS) || any_zero_led, speaks(&COLUMN_WORDS));
    let holds = |read: &Vec<Proposal>| {
        let each = read.iter().map(|p| equal::verdict(block, numbers, p));
        each.fold((0, 0), |all, v| (all.0 + v.places, all.1 + v.broken))
    };
    let of_clause = |clause: &Clause| -> Vec<Proposal> {
        let mut ways = readings(clause, block);
        if let [by_rows, by_columns] = ways.as_slice() {
            let (of_rows, of_columns) = (holds(by_rows), holds(by_columns));
            let broken = |(places, broken): (usize, usize)| places > 0 && broken == places;
            let known = rows != columns || of_rows.0 > 0;
            let takes_columns =
                if broken(of_rows) == broken(of_columns) { rows && !columns } else { broken(of_rows) };
            let taken = ways.swap_remove(usize::from(takes_columns));
            return taken.into_iter().map(|p| Proposal { unsure: p.unsure || !known, ..p }).collect();
        }
        ways.pop().unwrap_or_default()
    };
    all.iter().flat_map(of_clause).collect()
}

/// Whether a text names lines by a word and a number: 01行, 第3列, line 4.
fn numbered_by(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(word).any(|(at, _)| {
        let (before, after) =
            (text.get(..at).unwrap_or_default(), text.get(at + word.len()..).unwrap_or_default());
        digit(before.trim_end().chars().next_back()) || digit(after.trim_start().chars().next())
    })
}

/// The clauses that say a relation and are read in no table of the sheet.
pub(super) fn unread(draft: &Draft) -> Vec<&str> {
    let all = clauses(draft, &draft.blocks).into_iter().filter(says_relation);
    let lost = all.filter(|c| draft.blocks.iter().all(|b| readings(c, b).is_empty()));
    let mut out: Vec<&str> = Vec::new();
    for Clause { text, .. } in lost {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// Whether a clause says a relation: it compares two sides, or speaks of a sum, or stands in a list of relations.
fn says_relation(clause: &Clause) -> bool {
    let plain = signed(clause.text);
    let said = said(&plain);
    let sides: Vec<&str> = said.split(['=', '<', '>', '≠']).collect();
    let compares = sides.len() > 1 && sides.iter().any(|s| !s.is_empty());
    compares || !said.is_empty() && (clause.listed || speaks_of_sum(said))
}

/// Whether words speak of a sum or a difference without a sign.
fn speaks_of_sum(said: &str) -> bool {
    words().sums.iter().chain(&words().differences).any(|w| said.contains(w.as_str()))
}

/// A clause in plain signs: `大于等于` is `>=`.
fn signed(text: &str) -> String {
    let mut plain: String = text.chars().map(label::fold_width).collect::<String>().to_lowercase();
    for (word, sign) in &words().comparisons {
        plain = plain.replace(word.as_str(), sign);
    }
    plain
}

/// A clause without what stands before its colon and its list mark.
fn said(plain: &str) -> &str {
    let text = plain.rsplit([':', ',']).next().unwrap_or_default();
    without_list_mark(text.trim())
}

/// The relations that a clause states, of rows and of columns where it may be either; a chain such as "01≥02≥03" states one
/// between each two neighbours.
fn readings(clause: &Clause, block: &DraftBlock) -> Vec<Vec<Proposal>> {
    let plain = signed(clause.text);
    let chain = compared(said(&plain));
    let axes: &[bool] = match clause.across {
        Some(true) => &[true],
        Some(false) => &[false],
        None => &[false, true],
    };
    let along = |across: &bool| {
        let pairs = chain.windows(2).map(|w| match w {
            [(_, left), (op, right)] => statement((left, op, right), *across, clause.text, block),
            _ => None,
        });
        pairs.collect::<Option<Vec<Proposal>>>().filter(|all| !all.is_empty())
    };
    axes.iter().filter_map(along).collect()
}

/// The sides of a chain of comparisons, each with the sign before it; the first has none.
fn compared(text: &str) -> Vec<(&'static str, &str)> {
    let mut out = Vec::new();
    let (mut sign, mut rest) = ("", text);
    while let Some(at) = rest.find(['=', '<', '>']) {
        let (side, from) = rest.split_at(at);
        let Some(op) = ["<=", ">=", "=", "<", ">"].into_iter().find(|op| from.starts_with(op)) else {
            return Vec::new();
        };
        out.push((sign, side));
        (sign, rest) = (op, from.get(op.len()..).unwrap_or_default());
    }
    out.push((sign, rest));
    out
}

/// Whether the lines of a guess were counted, for want of printed numbers.
pub(super) fn is_counted(p: &Proposal) -> bool {
    p.unsure && p.source.contains(COUNTED)
}

fn statement(
    (left, op, right): (&str, &str, &str),
    across: bool,
    clause: &str,
    block: &DraftBlock,
) -> Option<Proposal> {
    let (left, right) = (terms(left, across, block)?, terms(right, across, block)?);
    let ids: BTreeSet<&str> = left.iter().chain(&right).map(|(p, _)| p.id.as_str()).collect();
    if ids.len() < left.len() + right.len() {
        return None; // a line on both sides says something else
    }
    let counted = left.iter().chain(&right).any(|(_, counted)| *counted);
    let parts = |side: Vec<(Part, bool)>| side.into_iter().map(|(p, _)| p).collect::<Vec<Part>>();
    // the side of the parts stands first; `a ≥ b` is `b <= a`
    let turned = op.starts_with('>') || op == "=" && left.len() < right.len();
    let (left, right) = if turned { (parts(right), parts(left)) } else { (parts(left), parts(right)) };
    let op = match op {
        "=" => "=",
        "<" | ">" => "<",
        _ => "<=",
    };
    let mut source = format!("由说明“{}”提出 (by the note)", clause.trim());
    if counted {
        source += COUNTED;
    }
    if op == "<" {
        source += "，两边都是 0 时也不成立 (broken where both are 0)";
    }
    let unsure = counted || op == "<";
    Some(Proposal { across, left, op, right, source, stated: true, unsure, ..Proposal::default() })
}

/// A side of a statement as lines with signs, each with whether it was found by counting lines; `None` where a term
/// is none of the lines.
fn terms(side: &str, across: bool, block: &DraftBlock) -> Option<Vec<(Part, bool)>> {
    let lines = if across { &block.cols } else { &block.rows };
    let mut rest = side.trim();
    for word in &words().duties {
        rest = rest.trim_end_matches(word.as_str());
    }
    let added = words().sums.iter().find_map(|w| rest.strip_suffix(w.as_str()));
    rest = added.unwrap_or(rest);
    let joints: &[char] =
        if added.is_some() { &['+', '-', '−', '、', '与', '和'] } else { &['+', '-', '−'] };
    let mut out = Vec::new();
    let mut sign = Decimal::ONE;
    loop {
        let end = rest.find(joints).unwrap_or(rest.len());
        let (line, counted) = named(rest.get(..end)?, across, lines)?;
        out.push((Part { factor: sign, ..Part::of(&line.id) }, counted));
        let Some(next) = rest.get(end..).and_then(|r| r.chars().next()) else { break };
        sign = if matches!(next, '-' | '−') { -Decimal::ONE } else { Decimal::ONE };
        rest = rest.get(end + next.len_utf8()..)?;
    }
    Some(out)
}

/// "1.", "(1)" or "①" before a statement.
fn without_list_mark(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix(|c| ('①'..='⑳').contains(&c)) {
        return rest.trim_start();
    }
    let open = text.strip_prefix('(').unwrap_or(text);
    let rest = open.trim_start_matches(|c: char| c.is_ascii_digit());
    let marked = rest.len() < open.len() && rest.starts_with(['.', '、', ')']);
    let behind = rest.trim_start_matches(['.', '、', ')', ' ']);
    // "(1)=(2)+(5)" begins with a line, not with a mark
    let is_side = behind.starts_with(['=', '<', '>', '+', '-', '−']);
    if marked && !is_side { behind } else { text }
}

/// The line that a term names, by its printed number, its labels or its list mark ("合计", "04", "第4行", "一"), and
/// whether it was counted for want of numbers.
fn named<'a>(term: &str, across: bool, lines: &'a [DraftLine]) -> Option<(&'a DraftLine, bool)> {
    let term = term.trim();
    let (own, other): (&[&str], &[&str]) =
        if across { (&COLUMN_WORDS, &LINE_WORDS) } else { (&LINE_WORDS, &COLUMN_WORDS) };
    let bare = without(term, own);
    if without(term, other).parse::<u32>().is_ok() && bare.parse::<u32>().is_err() {
        return None; // "第4行" is no column
    }
    let inner = bare.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    let bare = inner.filter(|t| t.parse::<u32>().is_ok()).unwrap_or(bare);
    let number: Option<u32> = bare.parse().ok();
    // where lines are numbered 01, a plain 1 is none of them
    let is_padded = lines.iter().filter_map(|l| l.code.as_ref()).any(|c| c.starts_with('0'));
    let as_printed = |l: &DraftLine| {
        let is_own = l.code.as_deref().map(|c| c == bare);
        if across {
            !bare.starts_with('0') || is_own == Some(true)
        } else {
            !is_padded || is_own != Some(false)
        }
    };
    let printed = only(lines, &|l| number.is_some() && l.number == number && as_printed(l));
    let found = printed.or_else(|| by_label(term, lines)).or_else(|| by_label(bare, lines));
    if let Some(line) = found.or_else(|| by_mark(bare, lines)) {
        return Some((line, false));
    }
    let place = usize::try_from(number?).ok()?.checked_sub(1)?;
    let counts = bare.len() < term.len() && lines.iter().all(|l| l.number.is_none());
    lines.get(place).filter(|_| counts).map(|l| (l, true))
}

/// A term without 第, 项 and the words for its kind of line.
fn without<'a>(term: &'a str, kind: &[&str]) -> &'a str {
    let mut bare = term.trim_start_matches('第');
    for word in kind.iter().chain(&["项"]) {
        bare = bare.trim_start_matches(word).trim_end_matches(word).trim();
    }
    bare
}

fn only<'a>(lines: &'a [DraftLine], is: &dyn Fn(&DraftLine) -> bool) -> Option<&'a DraftLine> {
    let mut found = lines.iter().filter(|l| is(l));
    found.next().filter(|_| found.next().is_none())
}

/// The line with this label; or with this label and those of its groups, in either order: 检查企业数合计, 发现隐患.
fn by_label<'a>(text: &str, lines: &'a [DraftLine]) -> Option<&'a DraftLine> {
    let said = label::normalise(text).text;
    let leaf = |l: &DraftLine| l.path.last().is_some_and(|t| label::normalise(t).text == said);
    if said.is_empty() {
        return None;
    }
    only(lines, &leaf).or_else(|| only(lines, &|l| names(l).contains(&said)))
}

/// What a line may be called: its label with those of its groups before or behind it, all with the words in their
/// brackets or all without; a total also by its group alone.
fn names(line: &DraftLine) -> BTreeSet<String> {
    let full: Vec<String> = line.path.iter().map(|t| label::normalise(t).text).collect();
    let outside = |t: &String| t.split(['（', '(']).next().unwrap_or_default().to_owned();
    let bare: Vec<String> = line.path.iter().map(|t| label::normalise(&outside(t)).text).collect();
    let mut out = BTreeSet::new();
    for path in [full, bare] {
        let Some((leaf, groups)) = path.split_last().filter(|(leaf, _)| !leaf.is_empty()) else { continue };
        let mut joined = BTreeSet::from([String::new()]);
        for group in groups {
            let longer: Vec<String> = joined.iter().map(|j| format!("{j}{group}")).collect();
            joined.extend(longer);
        }
        out.extend(joined.iter().flat_map(|j| [format!("{j}{leaf}"), format!("{leaf}{j}")]));
        let is_total = line.path.last().is_some_and(|t| is_total(t) || is_subtotal(t));
        out.extend(groups.last().filter(|g| is_total && !g.is_empty()).cloned());
    }
    out
}

/// The line with this list mark, or the total of the group with it: "一" for "一、工矿商贸".
fn by_mark<'a>(text: &str, lines: &'a [DraftLine]) -> Option<&'a DraftLine> {
    let mark = |t: &str| {
        let digit = t.trim_start_matches(['（', '(']).chars().next().and_then(label::chinese_digit);
        digit.and(label::normalise(t).mark).map(|n| (t.starts_with(['（', '(']), n))
    };
    let inner = text.trim_start_matches('(').trim_end_matches(')');
    let alone = !inner.is_empty() && inner.chars().all(|c| label::chinese_digit(c).is_some());
    let said = mark(&if text.starts_with('(') { format!("{text}x") } else { format!("{text}、x") });
    let said = said.filter(|_| alone)?;
    let marked = |t: Option<&String>| t.is_some_and(|t| mark(t) == Some(said));
    only(lines, &|l| match l.path.as_slice() {
        [.., group, leaf] if is_total(leaf) || is_subtotal(leaf) => marked(Some(group)),
        path => marked(path.last()),
    })
}
