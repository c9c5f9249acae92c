//! The district's own table against the sum of its members (X901), cell by cell.
//!
//! An aggregate is what the user names, or a file whose name says 汇总; its members are the submissions that count
//! below its folder. Where one member has a located error that would close the gap, that member is named.

use super::walk::Item;
use crate::audit::Content;
use crate::check::{self, Names};
use crate::finding::{Finding, Severity, Text};
use crate::form::{FieldIx, Level};
use crate::grid::{Workbook, amount};
use crate::mapping::identity;
use crate::report::summary::{Entry, Overview, State};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The rule's code.
pub(super) const CODE: &str = "X901";
/// Members named for one cell.
const NAMED: usize = 5;

/// The members of one aggregate, added up.
#[derive(Debug, Default)]
pub(super) struct Members {
    year: Option<i32>,
    offices: usize,
    missing: usize,
    sums: BTreeMap<String, Decimal>,
    /// Located errors: field, by how much its correction changes the sum, and whose they are.
    corrections: Vec<(String, Decimal, String)>,
}

/// Whether a file is an aggregate: named as such, or 汇总 by its name and not a township's.
pub(super) fn is_aggregate(item: &Item) -> bool {
    let name = item.shown.rsplit('/').next().unwrap_or(&item.shown);
    let of_township = || {
        let stem = name.split(['.', '汇']).next().unwrap_or(name);
        let identity = identity::identify(&Workbook::default(), stem);
        let office = identity.office.map_or_else(|| stem.to_owned(), |o| o.value);
        check::standing(&office).level == Some(Level::Township)
    };
    item.aggregate || (name.contains("汇总") && !of_township())
}

impl Members {
    /// The members of an aggregate.
    pub(super) fn of(item: &Item, all: &Overview, ids: &[String]) -> Self {
        let folder = match item.shown.rsplit_once('/') {
            Some((folder, _)) if !item.aggregate => format!("{folder}/"),
            _ => String::new(),
        };
        let missing = if folder.is_empty() { all.count(State::Missing) } else { 0 };
        let mut members = Self { year: all.year, missing, ..Self::default() };
        for (i, entry) in all.used().filter(|(_, e)| e.file.starts_with(&folder)) {
            members.add(entry, all.name_of(i), ids);
        }
        members
    }

    fn add(&mut self, entry: &Entry, office: &str, ids: &[String]) {
        self.offices += 1;
        for (id, held) in ids.iter().zip(&entry.values) {
            if let Some(n) = held.number() {
                let sum = self.sums.entry(id.clone()).or_default();
                *sum = sum.checked_add(n).unwrap_or(*sum);
            }
        }
        for (field, by) in &entry.corrections {
            self.corrections.push((field.clone(), *by, office.to_owned()));
        }
    }

    /// What the aggregate's result depends on, for its key.
    pub(super) fn fingerprint(&self) -> String {
        format!("{self:?}")
    }

    /// The cells of an aggregate that differ from the sum.
    pub(super) fn findings(&self, content: &Content) -> Vec<Finding> {
        let s = content.submission();
        let year = s.identity.year.as_ref().map(|y| y.value);
        if self.offices == 0 || (year.is_some() && self.year.is_some() && year != self.year) {
            return Vec::new();
        }
        let fields = (0..s.form.fields.len() as u32).map(FieldIx);
        let differs = |ix: FieldIx| {
            let id = &s.form.field(ix)?.id;
            let (sum, own) = (*self.sums.get(id)?, s.filled.amount(ix)?);
            (sum != own).then(|| {
                let name = Names { form: s.form }.field(ix);
                let (text, advice) = self.told(id, &name, sum, own);
                let (fields, cells) = s.spots(&[ix]);
                let mut finding = Finding::new(CODE, Severity::Error, id.clone(), text).at(fields, cells);
                (finding.expected, finding.actual) = (Some(sum), Some(own));
                finding.advising(advice)
            })
        };
        fields.filter_map(differs).collect()
    }

    fn told(&self, id: &str, name: &str, sum: Decimal, own: Decimal) -> (Text, Text) {
        let (sum_shown, own_shown, n) = (amount::show(sum), amount::show(own), self.offices);
        let by = amount::show((sum - own).abs());
        let text = Text::new(
            format!("{name}：汇总表为 {own_shown}，{n} 家单位之和为 {sum_shown}，相差 {by}"),
            format!("{name}: {own_shown}, but {n} members add up to {sum_shown}, off by {by}"),
        );
        let closes = |(field, by, _): &&(String, Decimal, String)| field == id && sum + by == own;
        let named: Vec<&str> =
            self.corrections.iter().filter(closes).map(|(_, _, o)| o.as_str()).take(NAMED).collect();
        let mut advice = Text::new(
            "请核实是漏报、重报，还是有单位改数后没有重新汇总",
            "see whether a member is missing or counted twice, or has changed its numbers since",
        );
        if !named.is_empty() {
            let names = named.join("、");
            advice = Text::new(
                format!("{names}更正这一格后，差额即消除"),
                format!("a correction of this cell by {names} would close the gap"),
            );
        }
        if self.missing > 0 {
            let _ = write!(advice.zh, "；名单上还有 {} 家缺报", self.missing);
            let _ = write!(advice.en, "; {} offices of the roster are missing", self.missing);
        }
        (text, advice)
    }
}
