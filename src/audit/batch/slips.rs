//! Slips of who typed a district's own table: numbers that stand in each other's cells, numbers rounded on the way.
//!
//! Neither is a member's fault, so that nobody is looked for behind them.

use super::aggregate::{CODE, Gap, NAMED};
use super::linked;
use crate::check::{Names, Submission};
use crate::finding::{Finding, Severity, Text, plural};
use crate::form::{Field, FieldIx, Form, Kind};
use crate::grid::amount::show;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Among more gaps than this, one pair of numbers is exchanged by chance.
const FEW: usize = 16;

/// Two lines of a table, each by its block and number, and whether they are rows.
type Lines = (usize, bool, [(usize, usize); 2]);

/// Takes the gaps of numbers that stand in each other's cells out of the others, with the totals that they take along:
/// one finding for each two lines.
pub(super) fn exchanged(gaps: &mut Vec<Gap>, compared: &[FieldIx], s: Submission) -> Vec<Finding> {
    let mut found = Vec::new();
    loop {
        let pairs = most_exchanged(gaps, s.form);
        if pairs.is_empty() || pairs.len() == 1 && gaps.len() > FEW {
            return found;
        }
        let fields: Vec<FieldIx> = pairs.iter().flatten().copied().collect();
        let groups = linked::groups(gaps, compared, s.form);
        let with_them = groups.iter().filter(|g| fields.iter().any(|f| g.has(*f)));
        let totals = with_them.flat_map(|g| &g.totals).filter(|f| !fields.contains(f));
        let totals: Vec<FieldIx> = totals.copied().collect();
        let is_of = |gap: &Gap| fields.contains(&gap.field) || totals.contains(&gap.field);
        let taken: Vec<Gap> = gaps.extract_if(.., |gap| is_of(gap)).collect();
        found.push(told_exchanged(&fields, &totals, &taken, s));
    }
}

/// The pairs of fields between those two lines between which most numbers are exchanged.
fn most_exchanged(gaps: &[Gap], form: &Form) -> Vec<[FieldIx; 2]> {
    let mut by_lines: BTreeMap<Lines, Vec<[FieldIx; 2]>> = BTreeMap::new();
    for (i, one) in gaps.iter().enumerate() {
        let others = gaps.iter().skip(i + 1).filter(|o| o.own == one.value && o.value == one.own);
        for other in others {
            let fields = form.field(one.field).zip(form.field(other.field));
            if let Some(lines) = fields.and_then(|(a, b)| between(a, b)) {
                by_lines.entry(lines).or_default().push([one.field, other.field]);
            }
        }
    }
    let most = by_lines.into_values().rev().max_by_key(Vec::len);
    most.unwrap_or_default()
}

/// The two rows that two fields of one column stand in, or the two columns of one row.
fn between(a: &Field, b: &Field) -> Option<Lines> {
    let lines = match (a.table == b.table, a.block == b.block && a.row == b.row, a.col == b.col) {
        (true, true, _) => (false, [(a.block, a.col), (b.block, b.col)]),
        (true, _, true) => (true, [(a.block, a.row), (b.block, b.row)]),
        _ => return None,
    };
    Some((a.table, lines.0, lines.1))
}

/// `fields` are pairs, one after another.
fn told_exchanged(fields: &[FieldIx], totals: &[FieldIx], taken: &[Gap], s: Submission) -> Finding {
    let gap = |f: &FieldIx| taken.iter().find(|g| g.field == *f);
    let shown = fields.iter().filter_map(|f| Some(should_be(&s.cell(*f)?.to_string(), gap(f)?)));
    let mut said: Vec<Text> = shown.take(NAMED + 1).collect();
    let more = fields.len().saturating_sub(said.len());
    said.extend((more > 0).then(|| Text::new(format!("等 {} 格", fields.len()), format!("and {more} more"))));
    said.extend((!totals.is_empty()).then(|| {
        let n = totals.len();
        Text::new(format!("由它们算出的 {n} 格随之不同"), format!("totals off with them: {n}"))
    }));
    let each = Text::join(&said, "；", "; ");
    let names = Names { form: s.form };
    let of = |n: usize| fields.get(n).map(|f| names.field(*f)).unwrap_or_default();
    let (a, b) = (of(0), of(1));
    let text = match fields.len() / 2 {
        1 => Text::new(
            format!("{}和{}的数填反了：{}", a.zh, b.zh, each.zh),
            format!("the numbers of {} and {} stand in each other's cells: {}", a.en, b.en, each.en),
        ),
        n => Text::new(
            format!("有 {n} 对数填反了，如{}和{}：{}", a.zh, b.zh, each.zh),
            format!(
                "{} stand in each other's cells, as {} and {}: {}",
                plural(n, "pair of numbers"),
                a.en,
                b.en,
                each.en
            ),
        ),
    };
    let all: Vec<FieldIx> = fields.iter().chain(totals).copied().collect();
    let (ids, cells) = s.spots(&all);
    let place = fields.first().map(|f| s.id(*f)).unwrap_or_default();
    let mut finding = Finding::new(CODE, Severity::Error, place, text).at(ids, cells);
    let first = fields.first().and_then(gap);
    (finding.expected, finding.actual) = (first.map(|g| g.value), first.map(|g| g.own));
    finding.advising(Text::new("请把填反的数对调", "put each number into the other's cell"))
}

/// What a cell should hold and what it holds: "表三!J31 应为 12，实为 15".
pub(super) fn should_be(cell: &str, Gap { value, own, .. }: &Gap) -> Text {
    let (value, own) = (show(*value), show(*own));
    Text::new(format!("{cell} 应为 {value}，实为 {own}"), format!("{cell} should be {value} and is {own}"))
}

/// Takes the gaps of amounts that are rounded sums out of the others: a hint, since nothing is wrong with them.
pub(super) fn rounded(gaps: &mut Vec<Gap>, s: Submission) -> Option<Finding> {
    let is_amount = |f: FieldIx| {
        s.form.field(f).is_some_and(|field| matches!(field.kind, Kind::Money | Kind::SignedMoney))
    };
    let taken: Vec<Gap> = gaps.extract_if(.., |g| is_amount(g.field) && is_rounded(g.own, g.value)).collect();
    let fields: Vec<FieldIx> = taken.iter().map(|g| g.field).collect();
    let names = Names { form: s.form };
    let each = taken.iter().take(NAMED).map(|g| {
        let (name, own, sum) = (names.field(g.field), show(g.own), show(g.value));
        Text::new(
            format!("{}为 {own}，各单位之和为 {sum}", name.zh),
            format!("{}: {own}, and the members' sum is {sum}", name.en),
        )
    });
    let each = Text::join(each.collect::<Vec<_>>().iter(), "；", "; ");
    let text = Text::new(
        format!("汇总表的数是四舍五入过的，不算错：{}", each.zh),
        format!("numbers of the aggregate are rounded, which is no error: {}", each.en),
    );
    let (ids, cells) = s.spots(&fields);
    let place = fields.first().map(|f| s.id(*f))?;
    Some(Finding::new(CODE, Severity::Info, place, text).at(ids, cells))
}

/// Whether a number is another with fewer decimals.
fn is_rounded(own: Decimal, of: Decimal) -> bool {
    let (own, of) = (own.normalize(), of.normalize());
    let rounded = of.round_dp_with_strategy(own.scale(), RoundingStrategy::MidpointAwayFromZero);
    !own.is_zero() && own.scale() < of.scale() && rounded == own
}
