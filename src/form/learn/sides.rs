//! Totals of a table's sides that must be the same: 资产总计 beside 负债和净资产总计.

use super::outline::names_total;
use super::samples::Numbers;
use super::whole::Whole;
use super::{Draft, DraftBlock, DraftLine};

/// Samples may hold errors: one in ten places, at the most.
const FAULTS: usize = 10;

/// Last rows of neighbouring sides that stand in one row and are totals, where samples do not contradict it.
pub(super) fn totals(drafts: &[Draft], numbers: &[Vec<Numbers>]) -> Vec<Whole> {
    let of_table = |(table, (draft, numbers)): (usize, (&Draft, &Vec<Numbers>))| {
        let blocks: Vec<(&DraftBlock, &Numbers)> = draft.blocks.iter().zip(numbers).collect();
        let pairs =
            blocks.windows(2).filter_map(|pair| if let [a, b] = pair { Some((*a, *b)) } else { None });
        let beside = pairs.filter(|(_, (block, _))| block.beside);
        beside.filter_map(|(left, right)| total(table, left, right)).collect::<Vec<Whole>>()
    };
    drafts.iter().zip(numbers).enumerate().flat_map(of_table).collect()
}

fn total(table: usize, left: (&DraftBlock, &Numbers), right: (&DraftBlock, &Numbers)) -> Option<Whole> {
    let (own, other) = (left.0.rows.last()?, right.0.rows.last()?);
    if own.at != other.at || !names_total(own) || !names_total(other) {
        return None;
    }
    let (places, broken) = seen(left, right);
    if broken * FAULTS > places || !left.0.cols.iter().any(|c| right.0.cols.iter().any(|d| c.id == d.id)) {
        return None;
    }
    let told = match (places, broken) {
        (0, _) => String::new(),
        (n, 0) => format!("，样表 {n} 处都成立 (holds in all {n} places of the samples)"),
        (n, b) => format!("，但样表 {n} 处中有 {b} 处不成立 (but broken in {b} of {n} places)"),
    };
    let label = |line: &DraftLine| line.path.last().cloned().unwrap_or_default();
    let (mine, theirs) = (label(own), label(other));
    Some(Whole {
        scope: Ok(format!("each column of t{}", table + 1)),
        holds: format!("{} = {}", own.id, other.id),
        condition: None,
        title: format!("{mine} = {theirs}"),
        source: format!("由并排两边最后一行的标签提出 (by the labels of the last row on both sides){told}"),
    })
}

/// In how many places of the samples both totals are known, and in how many they differ.
fn seen(left: (&DraftBlock, &Numbers), right: (&DraftBlock, &Numbers)) -> (usize, usize) {
    let (mut places, mut broken) = (0, 0);
    for (c, col) in left.0.cols.iter().enumerate() {
        let Some(other) = right.0.cols.iter().position(|d| d.id == col.id) else { continue };
        for (a, b) in left.1.samples.iter().zip(&right.1.samples) {
            let own = left.1.at(a, left.0.rows.len().saturating_sub(1), c);
            let (Some(own), Some(other)) = (own, right.1.at(b, right.0.rows.len().saturating_sub(1), other))
            else {
                continue;
            };
            places += 1;
            broken += usize::from(own != other);
        }
    }
    (places, broken)
}
