//! Every rule by its code: severity, title, and the page that explains it.
//!
//! The pages are data (templates/rules/*.toml). Which relations a form has, with their formulas, is in the
//! form's definition; codes of a learnt form (R001 …) have no page.

use super::{Severity, Text};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Name and text of each family's pages.
const PAGES: [(&str, &str); 6] = [
    ("balance.toml", include_str!("../../templates/rules/balance.toml")),
    ("categories.toml", include_str!("../../templates/rules/categories.toml")),
    ("narrative.toml", include_str!("../../templates/rules/narrative.toml")),
    ("structure.toml", include_str!("../../templates/rules/structure.toml")),
    ("values.toml", include_str!("../../templates/rules/values.toml")),
    ("years.toml", include_str!("../../templates/rules/years.toml")),
];

/// A kind of fault, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// `A301`.
    pub code: String,
    /// How bad it is, as a rule.
    pub severity: Severity,
    /// The fault in a few words.
    pub title: Text,
    /// What the rule says.
    pub what: Text,
    /// Why it matters.
    pub why: Text,
    /// Where it is laid down.
    pub basis: Text,
    /// An example with the fault.
    pub wrong: Text,
    /// The same without it.
    pub right: Text,
    /// How it is corrected.
    pub fix: Text,
}

/// Families of rules, by the first letter of their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// A: balance relations.
    Balance,
    /// C: categories and sense.
    Category,
    /// N: the report's text.
    Narrative,
    /// S: the tables as such.
    Structure,
    /// V: single values.
    Value,
    /// X: other years and offices.
    Across,
    /// Any other letter: rules that a form numbers itself.
    Own,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    severity: Severity,
    title: Text,
    what: Text,
    why: Text,
    basis: Text,
    wrong: Text,
    right: Text,
    fix: Text,
}

/// All rules, sorted by code.
pub fn registry() -> &'static [RuleInfo] {
    static RULES: OnceLock<Vec<RuleInfo>> = OnceLock::new();
    RULES.get_or_init(|| {
        // A test holds that every page loads.
        let pages = PAGES.iter().filter_map(|(_, text)| toml::from_str(text).ok());
        let mut rules: Vec<RuleInfo> = pages.flat_map(family).collect();
        rules.sort_by(|a, b| a.code.cmp(&b.code));
        rules
    })
}

/// The rule with this code, in either case of letters.
pub fn rule(code: &str) -> Option<&'static RuleInfo> {
    let code = code.to_ascii_uppercase();
    registry().iter().find(|r| r.code == code)
}

fn family(pages: BTreeMap<String, Page>) -> impl Iterator<Item = RuleInfo> {
    pages.into_iter().map(|(code, p)| RuleInfo {
        code,
        severity: p.severity,
        title: p.title,
        what: p.what,
        why: p.why,
        basis: p.basis,
        wrong: p.wrong,
        right: p.right,
        fix: p.fix,
    })
}

impl Family {
    /// The family of a code.
    pub fn of(code: &str) -> Self {
        match code.chars().next() {
            Some('A') => Self::Balance,
            Some('C') => Self::Category,
            Some('N') => Self::Narrative,
            Some('S') => Self::Structure,
            Some('V') => Self::Value,
            Some('X') => Self::Across,
            _ => Self::Own,
        }
    }

    /// Its name.
    pub fn name(self) -> Text {
        match self {
            Self::Balance => Text::new("勾稽关系", "balance relations"),
            Self::Category => Text::new("情况核查", "categories and sense"),
            Self::Narrative => Text::new("文字说明", "the report's text"),
            Self::Structure => Text::new("表格结构", "structure of the tables"),
            Self::Value => Text::new("数值填写", "single values"),
            Self::Across => Text::new("跨年与汇总", "other years and offices"),
            Self::Own => Text::new("本表规则", "the form's own rules"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes and severities of the contract.
    const CONTRACT: &str = "A301e A302e A303e A401e C201e C202w C301w C302i C401w C901w \
        N301e N302e N303w N401w N402w N501w N601w S001e S002e S003w S004i S005w S006i S007w S008e S009w S010w \
        V001w V002w V003e V004e V005e V006e V007w V008w V009w X101w X201w X301e X901e";

    #[test]
    fn every_page_loads() {
        for (name, text) in PAGES {
            if let Err(e) = toml::from_str::<BTreeMap<String, Page>>(text) {
                panic!("{name}: {e}");
            }
        }
    }

    #[test]
    fn every_code_of_the_contract_has_its_severity() {
        for entry in CONTRACT.split_whitespace() {
            let (code, letter) = entry.split_at(4);
            let rule = rule(code).unwrap_or_else(|| panic!("{code} has no page"));
            let severity = match letter {
                "e" => Severity::Error,
                "w" => Severity::Warning,
                _ => Severity::Info,
            };
            assert_eq!(rule.severity, severity, "{code}");
        }
    }

    #[test]
    fn codes_are_unique_sorted_and_of_a_family() {
        let codes: Vec<&str> = registry().iter().map(|r| r.code.as_str()).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for code in &codes {
            assert_ne!(Family::of(code), Family::Own, "{code}");
            assert_eq!(rule(&code.to_lowercase()).map(|r| r.code.as_str()), Some(*code));
        }
    }

    #[test]
    fn every_page_is_filled_and_no_title_stands_twice() {
        let rules = registry();
        for (i, r) in rules.iter().enumerate() {
            let texts = [&r.title, &r.what, &r.why, &r.basis, &r.wrong, &r.right, &r.fix];
            let parts = texts.iter().flat_map(|t| [&t.zh, &t.en]);
            assert!(parts.into_iter().all(|p| !p.trim().is_empty()), "{}", r.code);
            let chinese =
                |t: &&Text| t.en.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count() > 20;
            assert!(!texts.iter().any(chinese), "{}: English in Chinese", r.code);
            assert!(rules[..i].iter().all(|o| o.title != r.title), "{}", r.code);
        }
    }
}
