//! Cases of error localisation and correction, from the literature and other tools' tests and from this form.

use gouji::repair::solver::{self, Cell, Limits, Linear, Op, Problem, Status};
use gouji::repair::{impute, rounding, rules, slips, typo};
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

struct Case {
    id: String,
    json: Value,
    names: Vec<String>,
    labels: Vec<String>,
    problem: Problem,
}

fn decimal(v: &Value) -> Decimal {
    let text = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    gouji::grid::amount::from_text(&text).unwrap_or_else(|| panic!("{text}"))
}

/// `c-0.6*t>=0`, `V[nat]: 1*a + -1*b == 0`.
fn rule(text: &str, names: &mut Vec<String>) -> (String, Linear) {
    let (label, body) = text.split_once(": ").unwrap_or((text, text));
    let (split, op) = [("==", Op::Eq), ("<=", Op::Le), (">=", Op::Ge), ("<", Op::Lt), (">", Op::Gt)]
        .into_iter()
        .find(|(s, _)| body.contains(s))
        .unwrap();
    let (left, right) = body.split_once(split).unwrap();
    let mut relation = Linear { terms: Vec::new(), constant: Decimal::ZERO, op };
    for (side, sign) in [(left, Decimal::ONE), (right, -Decimal::ONE)] {
        let spaced = side.replace(' ', "").replace("+-", "-").replace('-', "+-");
        for term in spaced.split('+').filter(|t| !t.is_empty()) {
            let (minus, term) = term.strip_prefix('-').map_or((Decimal::ONE, term), |t| (-Decimal::ONE, t));
            let (k, name) = term.split_once('*').unwrap_or(("1", term));
            let k = sign * minus * k.parse::<Decimal>().unwrap();
            if let Ok(n) = name.parse::<Decimal>() {
                relation.constant += k * n;
                continue;
            }
            let at = names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            });
            relation.terms.push((at, k));
        }
    }
    (label.to_owned(), relation)
}

fn list(v: &Value) -> Vec<String> {
    v.as_array().map(|a| a.iter().filter_map(|x| x.as_str().map(str::to_owned)).collect()).unwrap_or_default()
}

/// A table of a city that balances and holds the numbers that the cases put wrong.
fn city() -> Vec<(&'static str, i64)> {
    vec![
        ("nat.new", 13000),
        ("nat.over", 1000),
        ("nat.granted", 10289),
        ("nat.u1", 3075),
        ("nat.proc", 13364),
        ("nat.fwd", 636),
        ("soc.new", 5),
        ("soc.granted", 4),
        ("soc.o3", 1),
        ("soc.proc", 5),
        ("com.new", 1064),
        ("com.over", 19),
        ("com.granted", 900),
        ("com.proc", 900),
        ("com.fwd", 183),
        ("tot.new", 14069),
        ("tot.over", 1019),
        ("tot.granted", 11193),
        ("tot.u1", 3075),
        ("tot.o3", 1),
        ("tot.proc", 14269),
        ("tot.fwd", 819),
    ]
}

fn cases() -> Vec<Case> {
    let all: Value = serde_json::from_str(include_str!("../repair/edit_cases.json")).unwrap();
    let all = all["cases"].as_array().unwrap().clone();
    let fixture = all.iter().find(|c| c["id"] == "gid-t3-fixture").unwrap()["rules"].clone();
    all.into_iter().map(|json| case(json, &fixture)).collect()
}

fn case(json: Value, fixture: &Value) -> Case {
    let rules = if json["rules"].is_array() { list(&json["rules"]) } else { list(fixture) };
    let mut names: Vec<String> = Vec::new();
    let (labels, relations): (Vec<String>, Vec<Linear>) = rules.iter().map(|r| rule(r, &mut names)).unzip();
    let mut record: BTreeMap<String, Option<Decimal>> = BTreeMap::new();
    if json["base"].is_string() {
        record.extend(names.iter().map(|n| (n.clone(), Some(Decimal::ZERO))));
        record.extend(city().into_iter().map(|(n, v)| (n.to_owned(), Some(Decimal::from(v)))));
        for (name, fault) in json["fault"].as_object().unwrap() {
            assert_eq!(record.insert(name.clone(), Some(decimal(&fault[1]))), Some(Some(decimal(&fault[0]))));
        }
    }
    let blank_is_zero = json["blank_as_zero"] == true;
    for (name, v) in json["record"].as_object().into_iter().flatten() {
        let zero = blank_is_zero.then_some(Decimal::ZERO);
        record.insert(
            name.clone(),
            if v.is_null() {
                zero
            } else if v.is_string() {
                None
            } else {
                Some(decimal(v))
            },
        );
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let (frozen, flagged) = (list(&json["frozen"]), list(&json["flagged"]));
    let cells = names.iter().map(|name| Cell {
        value: record.get(name).copied().flatten().filter(|_| !flagged.contains(name)),
        integer: json["integer"] == true,
        lower: (json["nonneg"] == true).then_some(Decimal::ZERO),
        upper: None,
        // weights of the cases have at most one decimal
        weight: json["weights"][name].as_f64().map_or(10, |w| (w * 10.0) as u32),
        frozen: frozen.contains(name),
    });
    let problem = Problem { cells: cells.collect(), relations };
    Case { id: json["id"].as_str().unwrap().to_owned(), json, names, labels, problem }
}

impl Case {
    fn expected(&self, key: &str) -> &Value {
        &self.json["expected"][key]
    }

    fn ix(&self, name: &str) -> usize {
        self.names.iter().position(|n| n == name).unwrap()
    }

    fn violated(&self, changes: &slips::Values) -> Vec<String> {
        let value = |c: usize| changes.get(&c).copied().or(self.problem.cells[c].value);
        let fails = |r: &Linear| r.sum(value).is_some_and(|s| !r.op.holds(s));
        self.labels
            .iter()
            .zip(&self.problem.relations)
            .filter(|(_, r)| fails(r))
            .map(|(l, _)| l.clone())
            .collect()
    }

    /// `{cell: [old, new]}` as new values.
    fn changes(&self, key: &str) -> slips::Values {
        let all = self.expected(key).as_object().unwrap_or_else(|| panic!("{}: {key}", self.id));
        all.iter().map(|(n, v)| (self.ix(n), decimal(&v[1]))).collect()
    }

    fn ids(&self, cells: &[usize]) -> BTreeSet<String> {
        cells.iter().map(|c| self.names[*c].clone()).collect()
    }
}

fn of_kind(kind: &str) -> Vec<Case> {
    let found: Vec<Case> = cases().into_iter().filter(|c| c.json["kind"] == kind).collect();
    assert!(!found.is_empty(), "{kind}");
    found
}

#[test]
fn there_is_a_test_for_every_kind_of_case() {
    let kinds = [
        "valid",
        "typo",
        "typo-partial",
        "string-distance",
        "sign",
        "swap",
        "rounding",
        "localize",
        "impute",
        "prorate",
        "ruleset",
        "excess-digits",
        "localize-table",
    ];
    let all = cases();
    assert_eq!(all.len(), 67);
    assert!(all.iter().all(|c| kinds.contains(&c.json["kind"].as_str().unwrap())));
}

#[test]
fn broken_relations_are_named() {
    for case in cases().iter().filter(|c| c.expected("violated").is_array()) {
        let expected: BTreeSet<String> = list(case.expected("violated")).into_iter().collect();
        assert_eq!(
            case.violated(&slips::Values::new()).into_iter().collect::<BTreeSet<_>>(),
            expected,
            "{}",
            case.id
        );
    }
}

#[test]
fn smallest_repairs() {
    for case in of_kind("localize").iter().chain(&of_kind("localize-table")) {
        let found = solver::solve(&case.problem, Limits::default());
        let id = &case.id;
        assert_eq!(found.status, Status::Solved, "{id}");
        if let Some(weight) = case.expected("min_weight").as_f64() {
            assert_eq!(found.weight, (weight * 10.0) as u64, "{id}");
        }
        let sets: Vec<BTreeSet<String>> = found.all.iter().map(|s| case.ids(&s.cells)).collect();
        if case.expected("solution").is_array() {
            let solution: BTreeSet<String> = list(case.expected("solution")).into_iter().collect();
            assert!(sets.contains(&solution), "{id}: {sets:?}");
            assert!(sets.len() == 1 || case.expected("unique") != true, "{id}: {sets:?}");
        }
        if let Some(acceptable) = case.expected("acceptable").as_array() {
            let acceptable: Vec<BTreeSet<String>> =
                acceptable.iter().map(|a| list(a).into_iter().collect()).collect();
            assert!(sets.iter().all(|s| acceptable.contains(s)), "{id}: {sets:?}");
        }
        if let Some(n) = case.expected("n_optimal").as_u64() {
            assert_eq!(found.all.len() as u64, n, "{id}");
        }
        let value = |name: &str, in_set: &BTreeSet<String>| {
            let at = sets.iter().position(|s| s == in_set)?;
            let cell = found.all[at].cells.iter().position(|c| case.names[*c] == name)?;
            found.all[at].values[cell]
        };
        for (name, v) in case.expected("value").as_object().into_iter().flatten() {
            assert_eq!(value(name, &sets[0]), Some(decimal(v)), "{id}");
        }
        for example in case.expected("example_optimal").as_array().into_iter().flatten() {
            let set: BTreeSet<String> = list(&example["cells"]).into_iter().collect();
            for (name, v) in example["values"].as_object().unwrap() {
                assert_eq!(value(name, &set), Some(decimal(v)), "{id}");
            }
        }
        if let Some(explain) = case.expected("explain").as_str() {
            let (name, fault) = case.json["fault"].as_object().unwrap().iter().next().unwrap();
            let slip = typo::Slip::between(Some(decimal(&fault[1])), decimal(&fault[0]));
            let expected = match explain {
                "transposition" => typo::Slip::Swapped,
                "dropped digit" => typo::Slip::Dropped,
                _ => typo::Slip::Sign,
            };
            assert_eq!(slip, Some(expected), "{id} {name}");
        }
    }
}

#[test]
fn typing_errors() {
    for case in of_kind("typo").iter().chain(&of_kind("typo-partial")) {
        let found = slips::typing_errors(&case.problem);
        let key = if case.expected("changes").is_object() { "changes" } else { "typo_changes" };
        assert_eq!(found, case.changes(key), "{}", case.id);
        if case.expected("remaining_violated").is_array() {
            assert_eq!(case.violated(&found), list(case.expected("remaining_violated")), "{}", case.id);
        }
        if case.expected("status") == "invalid" {
            assert!(!case.violated(&found).is_empty(), "{}", case.id);
        }
        if let Some(rest) = case.expected("after_typo_localize").as_object() {
            let mut mended = case.problem.clone();
            for (c, v) in &found {
                mended.cells[*c].value = Some(*v);
            }
            let then = solver::solve(&mended, Limits::default());
            let [only] = then.all.as_slice() else { panic!("{}: {then:?}", case.id) };
            let expected: Vec<_> = rest.iter().map(|(n, v)| (case.ix(n), Some(decimal(v)))).collect();
            assert_eq!(only.cells.iter().copied().zip(only.values.clone()).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn steps_between_texts() {
    for case in of_kind("string-distance") {
        let text = |n: &str| case.json["record"][n].to_string();
        let steps = typo::damerau_levenshtein(&text("a"), &text("b")) as u64;
        assert_eq!(Some(steps), case.expected("damerau_levenshtein").as_u64(), "{}", case.id);
    }
}

#[test]
fn signs_and_swapped_cells() {
    for case in of_kind("sign").iter().chain(&of_kind("swap")) {
        let flip = &case.json["flip"];
        let may_turn: Vec<usize> = match flip.as_array() {
            Some(_) => list(flip).iter().map(|n| case.ix(n)).collect(),
            None => (0..case.names.len()).collect(),
        };
        let mut found = turned(case, &may_turn);
        let pairs: Vec<(usize, usize)> = case.json["swap"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|p| (case.ix(p[0].as_str().unwrap()), case.ix(p[1].as_str().unwrap())))
            .collect();
        if found.is_empty() {
            found = slips::swapped(&case.problem, &pairs);
        }
        assert_eq!(found, case.changes("changes"), "{}", case.id);
    }
}

/// The only smallest repair that does nothing but turn signs, of the cells that may be turned.
fn turned(case: &Case, may_turn: &[usize]) -> slips::Values {
    let found = solver::solve(&case.problem, Limits::default());
    let signs = |s: &&solver::Solution| {
        s.cells.iter().zip(&s.values).all(|(cell, to)| {
            let slip = to.and_then(|to| typo::Slip::between(case.problem.cells[*cell].value, to));
            may_turn.contains(cell) && slip == Some(typo::Slip::Sign)
        })
    };
    match found.all.iter().filter(signs).collect::<Vec<_>>().as_slice() {
        [only] => only.cells.iter().copied().zip(only.values.iter().flatten().copied()).collect(),
        _ => slips::Values::new(),
    }
}

#[test]
fn rounding_errors() {
    for case in of_kind("rounding") {
        let most = case.expected("max_abs_change").as_i64().unwrap_or(1);
        let found = rounding::smallest(&case.problem, most.into()).unwrap();
        let values: slips::Values =
            found.cells.iter().copied().zip(found.values.iter().flatten().copied()).collect();
        assert!(case.violated(&values).is_empty(), "{}", case.id);
        for (cell, to) in &values {
            assert!(
                (*to - case.problem.cells[*cell].value.unwrap()).abs() <= Decimal::from(most),
                "{}",
                case.id
            );
        }
        if case.expected("changes").is_object() {
            assert_eq!(values, case.changes("changes"), "{}", case.id);
        }
        if let Some(units) = case.expected("min_unit_changes").as_u64() {
            let by_units = rounding::smallest(&case.problem, Decimal::ONE).unwrap();
            assert_eq!(by_units.cells.len() as u64, units, "{}", case.id);
        }
    }
}

#[test]
fn deductive_imputation() {
    for case in of_kind("impute") {
        let found: slips::Values = impute::determined(&case.problem).into_iter().collect();
        let expected = case.expected("imputed").as_object().unwrap();
        let expected: slips::Values = expected.iter().map(|(n, v)| (case.ix(n), decimal(v))).collect();
        assert_eq!(found, expected, "{}", case.id);
        for name in list(case.expected("still_missing")) {
            assert!(!found.contains_key(&case.ix(&name)), "{}", case.id);
        }
    }
}

#[test]
fn prorating() {
    for case in of_kind("prorate") {
        let expected = case.expected("result").as_object().unwrap();
        let parts: Vec<(Decimal, u32)> = expected
            .keys()
            .map(|n| (decimal(&case.json["record"][n]), case.json["weights"][n].as_u64().unwrap() as u32))
            .collect();
        let found = rounding::prorated(&parts, decimal(&case.json["record"]["YEAR"]), 1).unwrap();
        assert_eq!(found, expected.values().map(decimal).collect::<Vec<_>>(), "{}", case.id);
    }
}

#[test]
fn rules_by_themselves() {
    for case in of_kind("ruleset") {
        if let Some(infeasible) = case.expected("infeasible").as_bool() {
            assert_eq!(solver::is_feasible(&case.problem), Some(!infeasible), "{}", case.id);
        }
        if let Some(fixed) = case.expected("fixed").as_object() {
            let expected: Vec<_> = fixed.iter().map(|(n, v)| (case.ix(n), decimal(v))).collect();
            assert_eq!(rules::fixed(&case.problem), expected, "{}", case.id);
        }
        if let Some(redundant) = case.expected("redundant").as_array() {
            let expected: Vec<bool> = redundant.iter().map(|r| r == true).collect();
            assert_eq!(rules::redundant(&case.problem), expected, "{}", case.id);
        }
    }
}

#[test]
fn digits_beyond_the_places_asked_for() {
    for case in of_kind("excess-digits") {
        let record = &case.json["record"];
        let places: u32 = record["decimals"].as_str().unwrap().parse().unwrap();
        let found = rounding::excess_digits(decimal(&record["value"]), places);
        let expected = case.expected("kept_and_excess").as_array().map(|e| (decimal(&e[0]), decimal(&e[1])));
        assert_eq!(found, expected, "{}", case.id);
    }
}
