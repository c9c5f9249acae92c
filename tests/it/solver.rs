//! The search for the smallest repair, held to what must always be true and to its promised speed.

use gouji::repair::solver::{self, Cell, Limits, Linear, Op, Problem, Status};
use rust_decimal::Decimal;

/// A small generator, so that every run draws the same.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

/// The shape of table 3: rows as the form has them, `cols` columns of which the last is the total.
pub(crate) fn table(draw: &mut Draw, cols: usize) -> (Vec<i64>, Problem) {
    let at = |r: usize, c: usize| r * cols + c;
    let mut v = vec![0i64; 25 * cols];
    for c in 0..cols - 1 {
        for r in 2..23 {
            v[at(r, c)] = if draw.below(3) > 0 { 0 } else { draw.below(60) as i64 };
        }
        v[at(23, c)] = (2..23).map(|r| v[at(r, c)]).sum();
        v[at(24, c)] = draw.below(9) as i64;
        v[at(1, c)] = draw.below(9).min(usize::try_from(v[at(23, c)]).unwrap()) as i64;
        v[at(0, c)] = v[at(23, c)] + v[at(24, c)] - v[at(1, c)];
    }
    for r in 0..25 {
        v[at(r, cols - 1)] = (0..cols - 1).map(|c| v[at(r, c)]).sum();
    }
    let mut relations = Vec::new();
    let mut sum = |terms: Vec<(usize, i64)>| {
        let terms = terms.into_iter().map(|(c, k)| (c, Decimal::from(k))).collect();
        relations.push(Linear { terms, constant: Decimal::ZERO, op: Op::Eq });
    };
    for r in 0..25 {
        sum((0..cols).map(|c| (at(r, c), if c == cols - 1 { -1 } else { 1 })).collect());
    }
    for c in 0..cols {
        sum((2..24).map(|r| (at(r, c), if r == 23 { -1 } else { 1 })).collect());
    }
    for c in 0..cols {
        sum(vec![(at(0, c), 1), (at(1, c), 1), (at(23, c), -1), (at(24, c), -1)]);
    }
    let cells = v.iter().map(|n| Cell::count(Decimal::from(*n))).collect();
    (v, Problem { cells, relations })
}

/// Puts wrong numbers into `errors` cells.
pub(crate) fn spoil(draw: &mut Draw, problem: &mut Problem, errors: usize) -> Vec<usize> {
    let mut wrong = Vec::new();
    while wrong.len() < errors {
        let cell = draw.below(problem.cells.len());
        if wrong.contains(&cell) {
            continue;
        }
        let old = problem.cells[cell].value.unwrap();
        let new = Decimal::from(draw.below(80) as i64);
        if new != old {
            problem.cells[cell].value = Some(new);
            wrong.push(cell);
        }
    }
    wrong
}

pub(crate) fn holds(problem: &Problem, solution: &solver::Solution) -> bool {
    let value = |c: usize| match solution.cells.iter().position(|s| *s == c) {
        Some(i) => solution.values[i],
        None => problem.cells[c].value,
    };
    problem.relations.iter().all(|r| r.sum(value).is_some_and(|s| r.op.holds(s)))
}

#[test]
fn every_solution_makes_all_relations_hold() {
    let mut draw = Draw::new(7);
    for round in 0..60 {
        let (_, mut problem) = table(&mut draw, 7);
        let errors = 1 + round % 4;
        spoil(&mut draw, &mut problem, errors);
        let found = solver::solve(&problem, Limits::default());
        assert_eq!(found.status, Status::Solved);
        assert!(found.weight <= errors as u64);
        for solution in &found.all {
            assert!(holds(&problem, solution), "{solution:?}");
        }
    }
}

#[test]
#[ignore = "a measurement: cargo test --release -- --ignored --nocapture speed_of_the_search"]
fn speed_of_the_search() {
    for cols in [7, 20] {
        for errors in 1..=8 {
            let mut draw = Draw::new(errors as u64 + 100);
            let (mut times, mut nodes, mut ties, mut gave_up) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for _ in 0..60 {
                let (_, mut problem) = table(&mut draw, cols);
                spoil(&mut draw, &mut problem, errors);
                let start = std::time::Instant::now();
                let found = solver::solve(&problem, Limits::default());
                times.push(start.elapsed().as_secs_f64() * 1000.0);
                nodes.push(found.nodes);
                ties.push(found.all.len());
                gave_up += usize::from(found.status == Status::GaveUp);
            }
            times.sort_by(f64::total_cmp);
            nodes.sort_unstable();
            ties.sort_unstable();
            println!(
                "{cols} columns, {errors} wrong: median {:.3} ms, p90 {:.3} ms, max {:.1} ms; nodes median {} max {}; \
                 solutions median {} max {}; given up {gave_up}",
                times[30], times[54], times[59], nodes[30], nodes[59], ties[30], ties[59]
            );
        }
    }
}

/// Instances with what the search finds and how long it takes, for `tests/bench/highs.py` to solve again.
#[test]
#[ignore = "writes the instances that tests/bench/highs.py compares; needs GOUJI_BENCH"]
fn instances_for_comparison() {
    let Some(path) = std::env::var_os("GOUJI_BENCH") else { return };
    let mut lines = String::new();
    for cols in [7, 20] {
        for errors in 1..=8 {
            let mut draw = Draw::new(errors as u64 * 31 + cols as u64);
            for _ in 0..20 {
                let (_, mut problem) = table(&mut draw, cols);
                spoil(&mut draw, &mut problem, errors);
                let start = std::time::Instant::now();
                let found = solver::solve(&problem, Limits::default());
                let seconds = start.elapsed().as_secs_f64();
                let values: Vec<String> =
                    problem.cells.iter().map(|c| c.value.unwrap().to_string()).collect();
                let weight =
                    if found.status == Status::Solved { found.weight.to_string() } else { "null".to_owned() };
                lines += &format!(
                    "{{\"cols\":{cols},\"errors\":{errors},\"values\":[{}],\"weight\":{weight},\"seconds\":{seconds}}}\n",
                    values.join(",")
                );
            }
        }
    }
    std::fs::write(path, lines).unwrap();
}
