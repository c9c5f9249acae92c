//! One-to-one assignment of what stands on a sheet to the lines of a form, with a margin for each pair.
//!
//! The assignment maximises the total of points (Kuhn 1955, Munkres 1957); a pair's margin is what the total
//! loses when that pair is forbidden. In experiments every wrong pair had a small margin, while its points
//! looked like those of right ones: so the margin is the confidence, not the points.

/// So many on a sheet are solved as they are.
const MANY: usize = 512;

/// One pair of the best assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// Index of what stands on the sheet.
    pub(super) found: usize,
    /// Index of the form's line.
    pub(super) line: usize,
    /// Their points.
    pub(super) points: i64,
    /// Points that the whole assignment loses without this pair.
    pub(super) margin: i64,
}

/// The best one-to-one assignment for points `[found][line]`; pairs of 0 points or less are never made.
///
/// Pairs that are the best of their row and column by far are locked first, which leaves little to solve.
pub(super) fn assign(points: &[Vec<i64>], lines: usize) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut free_found = worth_solving(points, lines);
    let wanted = |line: &usize| free_found.iter().any(|f| at(points, *f, *line) > 0);
    let mut free_lines: Vec<usize> = (0..lines).filter(wanted).collect();
    lock(points, &mut free_found, &mut free_lines, &mut pairs);
    let sub: Vec<Vec<i64>> =
        free_found.iter().map(|&f| free_lines.iter().map(|&l| at(points, f, l)).collect()).collect();
    let (best, chosen) = solve(&sub, free_lines.len());
    for (i, choice) in chosen.iter().enumerate() {
        let Some(j) = *choice else { continue };
        let mut without = sub.clone();
        if let Some(cell) = without.get_mut(i).and_then(|r| r.get_mut(j)) {
            *cell = 0;
        }
        let margin = best - solve(&without, free_lines.len()).0;
        if let (Some(&found), Some(&line)) = (free_found.get(i), free_lines.get(j)) {
            pairs.push(Pair { found, line, points: at(&sub, i, j), margin });
        }
    }
    pairs.sort_by_key(|p| p.found);
    pairs
}

/// What can take part in a best assignment. Of very many, each line needs no more than as many as there are lines
/// and one: the others can take no more away from it. This bounds the work on sheets full of the same labels.
fn worth_solving(points: &[Vec<i64>], lines: usize) -> Vec<usize> {
    if points.len() <= MANY {
        let fits = |row: &Vec<i64>| row.iter().any(|p| *p > 0);
        return points.iter().enumerate().filter(|(_, row)| fits(row)).map(|(found, _)| found).collect();
    }
    let mut worth = std::collections::BTreeSet::new();
    for line in 0..lines {
        let mut best: Vec<usize> = (0..points.len()).filter(|f| at(points, *f, line) > 0).collect();
        best.sort_by_key(|f| (std::cmp::Reverse(at(points, *f, line)), *f));
        worth.extend(best.into_iter().take(lines + 1));
    }
    worth.into_iter().collect()
}

fn at(points: &[Vec<i64>], found: usize, line: usize) -> i64 {
    points.get(found).and_then(|r| r.get(line)).copied().unwrap_or(0)
}

/// Takes out the pairs that lead both their row and their column by at least half their points.
fn lock(points: &[Vec<i64>], found: &mut Vec<usize>, lines: &mut Vec<usize>, pairs: &mut Vec<Pair>) {
    let mut locked = Vec::new();
    for &f in found.iter() {
        let Some((line, first, second)) = two_best(lines.iter().map(|&l| (l, at(points, f, l)))) else {
            continue;
        };
        let Some((rival, _, below)) = two_best(found.iter().map(|&g| (g, at(points, g, line)))) else {
            continue;
        };
        let margin = first - second.max(below);
        if rival == f && margin * 2 >= first {
            locked.push(Pair { found: f, line, points: first, margin });
        }
    }
    found.retain(|f| !locked.iter().any(|p| p.found == *f));
    lines.retain(|l| !locked.iter().any(|p| p.line == *l));
    pairs.extend(locked);
}

/// The best candidate with its points, and the points of the second best (0 if none).
fn two_best(candidates: impl Iterator<Item = (usize, i64)>) -> Option<(usize, i64, i64)> {
    let mut best: Option<(usize, i64, i64)> = None;
    for (id, points) in candidates.filter(|(_, p)| *p > 0) {
        best = Some(match best {
            None => (id, points, 0),
            Some((_, first, _)) if points > first => (id, points, first),
            Some((b, first, second)) => (b, first, second.max(points)),
        });
    }
    best
}

/// The Hungarian method: each of the fewer (of what was found or of the lines) is given one of the others, or a
/// place to stay unassigned.
fn solve(points: &[Vec<i64>], lines: usize) -> (i64, Vec<Option<usize>>) {
    let found = points.len();
    let turned = lines < found;
    let (few, many) = if turned { (lines, found) } else { (found, lines) };
    let pair = |i: usize, j: usize| if turned { (j, i) } else { (i, j) };
    let value = |i: usize, j: usize| {
        let (f, l) = pair(i, j);
        at(points, f, l).max(0)
    };
    let cost = |i: usize, j: usize| if j < many { -value(i, j) } else { 0 };
    let width = many + few;
    let mut potential_row = vec![0i64; few + 1];
    let mut potential_col = vec![0i64; width + 1];
    let mut owner = vec![0usize; width + 1];
    for i in 1..=few {
        augment(i, width, &cost, &mut potential_row, &mut potential_col, &mut owner);
    }
    let mut chosen = vec![None; found];
    let mut total = 0;
    for (j, &i) in owner.iter().enumerate().skip(1).take(many).filter(|(_, i)| **i > 0) {
        let (f, line) = pair(i - 1, j - 1);
        let value = value(i - 1, j - 1);
        if value > 0 {
            total += value;
            if let Some(slot) = chosen.get_mut(f) {
                *slot = Some(line);
            }
        }
    }
    (total, chosen)
}

/// Finds a shortest augmenting path for row `i` and applies it (e-maxx form of the Hungarian method).
#[allow(clippy::indexing_slicing)] // all indices run below the lengths that `solve` allocates
fn augment(
    i: usize,
    width: usize,
    cost: &impl Fn(usize, usize) -> i64,
    rows: &mut [i64],
    cols: &mut [i64],
    owner: &mut [usize],
) {
    let mut least = vec![i64::MAX; width + 1];
    let mut from = vec![0usize; width + 1];
    let mut used = vec![false; width + 1];
    owner[0] = i;
    let mut j0 = 0;
    while owner[j0] != 0 {
        used[j0] = true;
        let (i0, mut delta, mut next) = (owner[j0], i64::MAX, 0);
        for j in 1..=width {
            if used[j] {
                continue;
            }
            let reduced = cost(i0 - 1, j - 1) - rows[i0] - cols[j];
            if reduced < least[j] {
                (least[j], from[j]) = (reduced, j0);
            }
            if least[j] < delta {
                (delta, next) = (least[j], j);
            }
        }
        for j in 0..=width {
            if used[j] {
                rows[owner[j]] += delta;
                cols[j] -= delta;
            } else {
                least[j] = least[j].saturating_sub(delta);
            }
        }
        j0 = next;
    }
    while j0 != 0 {
        owner[j0] = owner[from[j0]];
        j0 = from[j0];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_maximised_not_each_pair() {
        let pairs = assign(&[vec![900, 850], vec![890, 0]], 2);
        let shown: Vec<_> = pairs.iter().map(|p| (p.found, p.line, p.margin)).collect();
        assert_eq!(shown, [(0, 1, 840), (1, 0, 840)]);
    }

    #[test]
    fn two_rows_alike_have_no_margin() {
        let pairs = assign(&[vec![800], vec![800]], 1);
        assert_eq!(pairs.len(), 1);
        assert_eq!(pairs[0].margin, 0);
    }

    #[test]
    fn of_very_many_the_best_are_assigned_as_of_few() {
        let few: Vec<Vec<i64>> =
            (0..40).map(|i| (0..5).map(|j| 100 + (i * 7 + j * 3) % 50).collect()).collect();
        let mut many = few.clone();
        many.extend(std::iter::repeat_n(vec![90; 5], 20_000));
        assert_eq!(assign(&many, 5), assign(&few, 5));
    }

    #[test]
    fn nothing_is_assigned_for_no_points() {
        assert_eq!(assign(&[vec![0, 0], vec![0, 0]], 2), []);
        assert_eq!(assign(&[], 3), []);
    }
}
