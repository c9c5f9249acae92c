//! A label of a sheet with what remains when additions are left away.
//!
//! Offices add units and notes in brackets ("自然人（件）") and second languages ("总计 Total"). What remains is
//! compared only where the whole label says nothing.

use super::identity;
use super::period::{Period, period, year_of};
use super::scope::Scope;
use super::totals;
use super::vocabulary::{has, vocabulary};
use crate::grid::label::{Normal, fold_width, folded, normalise};
use std::sync::OnceLock;

/// A label reduced, whole and bare.
#[derive(Debug, Clone, Default)]
pub(super) struct Reduced {
    /// As it stands in its cell.
    pub(super) raw: String,
    /// The whole label, without spaces, marks and punctuation.
    pub(super) text: String,
    /// The ordinal of its list mark.
    pub(super) mark: Option<u32>,
    /// Its seat among the labels that many submissions show.
    pub(super) seat: Option<usize>,
    /// See [`Reduced::bare`]; asked for few labels.
    bare: OnceLock<Vec<String>>,
    period: OnceLock<Option<(Period, bool)>>,
    year: OnceLock<Option<i32>>,
    scope: OnceLock<Scope>,
    says_total: OnceLock<bool>,
    is_aside: OnceLock<bool>,
    reporter: OnceLock<Option<Reporter>>,
}

/// Whose report a label names; `None` where it does not say.
pub(super) type Reporter = Option<String>;

impl Reduced {
    /// A label that says nothing.
    pub(super) const fn none() -> Self {
        Self {
            raw: String::new(),
            text: String::new(),
            mark: None,
            seat: None,
            bare: OnceLock::new(),
            period: OnceLock::new(),
            year: OnceLock::new(),
            scope: OnceLock::new(),
            says_total: OnceLock::new(),
            is_aside: OnceLock::new(),
            reporter: OnceLock::new(),
        }
    }

    /// Its words without bracketed notes and without Latin letters; those that differ from the whole.
    pub(super) fn bare(&self) -> &[String] {
        self.bare.get_or_init(|| bare(&self.raw, &self.text))
    }

    /// What it says of time, and whether it is a title that says more.
    pub(super) fn period(&self) -> Option<(Period, bool)> {
        *self.period.get_or_init(|| period(&self.raw))
    }

    /// What it says of numbers that it heads.
    pub(super) fn scope(&self) -> &Scope {
        self.scope.get_or_init(|| Scope::of(&self.raw))
    }

    /// Whether it is a word for a total.
    pub(super) fn says_total(&self) -> bool {
        *self.says_total.get_or_init(|| totals::is_total(self))
    }

    /// Whether it is a share, a comparison or a part of the number beside it.
    pub(super) fn is_aside(&self) -> bool {
        *self.is_aside.get_or_init(|| totals::is_aside(self))
    }

    /// Whose report it names, if it names one.
    pub(super) fn reporter(&self) -> Option<&Reporter> {
        let named = || has(&self.raw, &vocabulary().reports).then(|| identity::office_of_title(&self.raw));
        self.reporter.get_or_init(named).as_ref()
    }

    /// The year that it names.
    pub(super) fn year(&self) -> Option<i32> {
        let year =
            || if self.raw.contains('年') { year_of(&folded(&self.raw).collect::<String>()) } else { None };
        *self.year.get_or_init(year)
    }
}

/// Reduces a label of a sheet.
pub(super) fn reduce(raw: &str) -> Reduced {
    let Normal { text, mark } = normalise(raw);
    Reduced { raw: raw.to_owned(), text, mark, ..Reduced::none() }
}

fn bare(raw: &str, text: &str) -> Vec<String> {
    let mut bare: Vec<String> = Vec::new();
    let bracketed = raw.chars().map(fold_width).any(|c| matches!(c, '(' | '['));
    if !bracketed && !text.contains(|c: char| c.is_ascii_alphabetic()) {
        return bare;
    }
    let without_brackets = without_brackets(raw);
    let without = normalise(&without_brackets).text;
    // What remains may begin with a list mark: Repeated 2.重复申请.
    let latin = |s: &str| {
        let rest: String = s.chars().map(fold_width).filter(|c| !c.is_ascii_alphabetic()).collect();
        normalise(rest.trim_start_matches(|c: char| c != '(' && !c.is_alphanumeric())).text
    };
    let candidates = [latin(raw), latin(&without_brackets)];
    for candidate in std::iter::once(without).chain(candidates) {
        if candidate != text && !candidate.is_empty() && !bare.contains(&candidate) {
            bare.push(candidate);
        }
    }
    bare
}

/// A label without what stands in brackets behind its first words; a list mark in front stays.
fn without_brackets(raw: &str) -> String {
    let mut out = String::new();
    let mut depth = 0u32;
    let mut words = 0;
    for c in raw.chars().map(fold_width) {
        match c {
            '(' | '[' if words > 0 => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            _ => {
                words += usize::from(c.is_alphanumeric());
                out.push(c);
            }
        }
        if c == ')' && depth == 0 && words <= 2 {
            words = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_are_left_away() {
        for (raw, bare) in [
            ("自然人（件）", "自然人"),
            ("总计 Total", "总计"),
            ("（一）予以公开（单位：件）", "予以公开"),
            ("商业企业\nCompanies (件)", "商业企业"),
            ("Repeated / 2.重复申请", "重复申请"),
            ("Granted （一）予以公开", "予以公开"),
        ] {
            assert!(reduce(raw).bare().iter().any(|b| b == bare), "{raw} {:?}", reduce(raw));
        }
        assert!(reduce("自然人").bare().is_empty());
    }
}
