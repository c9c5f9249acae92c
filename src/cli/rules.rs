//! `gouji rules`: every rule with its code, severity, formula and basis, or one explained.

use super::args::Shared;
use super::{Exit, say};
use crate::audit::Options;
use crate::finding::{Family, Lang, RuleInfo, Severity, Text, registry, rule};
use crate::form::{self, Form};
use crate::report::text::severity_name;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Columns of a rule's title in the list.
const TITLE: usize = 56;

pub(super) fn rules(code: Option<&str>, shared: &Shared) -> Result<Exit, Text> {
    let lang = Lang::from(shared.lang);
    let form = shared.template.as_deref().map(super::form_named).transpose()?;
    let out = match (code, &form) {
        (None, None) => all(lang),
        (None, Some(form)) => own_rules(form).iter().map(|r| r.page(lang)).collect::<Vec<_>>().join("\n"),
        (Some(code), form) => {
            let own = form.as_ref().map(own_rules).unwrap_or_default();
            match own.iter().find(|r| r.code == code) {
                Some(rule) => rule.page(lang),
                None => one(code, lang)?,
            }
        }
    };
    say(&out);
    Ok(Exit::Passed)
}

fn all(lang: Lang) -> String {
    let mut out = String::new();
    let mut family = None;
    for rule in registry() {
        let own = Family::of(&rule.code);
        if family != Some(own) {
            let _ = writeln!(out, "{}{}", if family.is_some() { "\n" } else { "" }, own.name().get(lang));
            family = Some(own);
        }
        let title = rule.title.get(lang);
        let pad = TITLE.saturating_sub(title.width());
        let formulas = formulas(&rule.code);
        let formula = formulas.first().map(|(_, f)| f.as_str()).unwrap_or_default();
        let line =
            format!("  {}  {}  {title}{:pad$}  {formula}", rule.code, severity_name(rule.severity, lang), "");
        let _ = writeln!(out, "{}", line.trim_end());
        let _ = writeln!(out, "              {}", rule.basis.get(lang));
    }
    out
}

fn one(code: &str, lang: Lang) -> Result<String, Text> {
    rule(code).map(|rule| page(rule, lang)).ok_or_else(|| unknown(code))
}

/// A rule as a form's definition states it.
struct OwnRule<'a> {
    code: &'a str,
    severity: Severity,
    title: &'a Text,
    scope: &'a str,
    formula: &'a str,
    basis: &'a str,
}

impl OwnRule<'_> {
    fn page(&self, lang: Lang) -> String {
        let mut out =
            format!("{}  {}  {}\n", self.code, severity_name(self.severity, lang), self.title.get(lang));
        for line in [self.scope, self.formula, self.basis].into_iter().filter(|l| !l.is_empty()) {
            let _ = writeln!(out, "  {line}");
        }
        out
    }
}

fn unknown(code: &str) -> Text {
    Text::new(
        format!("没有代码为“{code}”的规则。gouji rules 列出全部规则；自己的报表加 --form 定义文件"),
        format!("no rule has the code {code:?}; gouji rules lists all, with --form those of your own form"),
    )
}

/// Whether each code that an audit selects or leaves out is that of a rule, or begins some.
///
/// # Errors
/// Names the first one that is not.
pub(super) fn are_known(options: &Options) -> Result<(), Text> {
    let forms = || options.forms.iter().flat_map(|f| own_rules(f).into_iter().map(|r| r.code));
    let known = |code: &str| {
        registry().iter().any(|r| r.code.starts_with(code)) || forms().any(|own| own.starts_with(code))
    };
    match options.select.iter().chain(&options.ignore).find(|code| !known(code)) {
        Some(code) => Err(unknown(code)),
        None => Ok(()),
    }
}

/// The rules of a form in its order: relations, then other checks.
fn own_rules(form: &Form) -> Vec<OwnRule<'_>> {
    let relations = form.rules.iter().map(|r| OwnRule {
        code: &r.code,
        severity: r.severity,
        title: &r.title,
        scope: &r.scope,
        formula: &r.formula,
        basis: &r.basis,
    });
    let checks = form.checks.iter().map(|c| OwnRule {
        code: &c.code,
        severity: c.severity,
        title: &c.title,
        scope: &c.scope,
        formula: &c.formula,
        basis: &c.basis,
    });
    let mut out: Vec<OwnRule> = Vec::new();
    for rule in relations.chain(checks) {
        // a check of every row is one rule
        let is_known = |r: &OwnRule| (r.code, r.formula, r.scope) == (rule.code, rule.formula, rule.scope);
        if !out.iter().any(is_known) {
            out.push(rule);
        }
    }
    out
}

/// A rule explained.
fn page(rule: &RuleInfo, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let mut out =
        format!("{}  {}  {}\n", rule.code, severity_name(rule.severity, lang), rule.title.get(lang));
    let mut part = |zh_head: &str, en_head: &str, body: &str| {
        if !body.is_empty() {
            let _ = write!(out, "\n{}\n  {body}\n", if zh { zh_head } else { en_head });
        }
    };
    part("查什么", "what is checked", rule.what.get(lang));
    let formulas: Vec<String> = formulas(&rule.code).iter().map(|(form, f)| format!("{form}: {f}")).collect();
    part("公式", "formula", &formulas.join("\n  "));
    part("为什么", "why", rule.why.get(lang));
    part("依据", "basis", rule.basis.get(lang));
    part("错误示例", "wrong", rule.wrong.get(lang));
    part("正确示例", "right", rule.right.get(lang));
    part("怎么改", "how it is corrected", rule.fix.get(lang));
    out
}

/// The formulas of a rule in the forms known, as their definitions write them.
fn formulas(code: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for form in form::builtin() {
        let rules = form.rules.iter().filter(|r| r.code == code).map(|r| (&r.scope, &r.formula));
        let checks = form.checks.iter().filter(|c| c.code == code).map(|c| (&c.scope, &c.formula));
        for (scope, formula) in rules.chain(checks) {
            let text = if scope.is_empty() { formula.clone() } else { format!("{scope}: {formula}") };
            if !out.contains(&(form.id.clone(), text.clone())) {
                out.push((form.id.clone(), text));
            }
        }
    }
    out
}

/// The table of rules as the README's page of rules holds it; a test compares them.
#[cfg(test)]
fn table() -> String {
    let mut out = String::from("| 代码 | 等级 | 规则 · rule | 依据 · basis |\n| --- | --- | --- | --- |\n");
    for rule in registry() {
        let (zh, en) = (&rule.title.zh, &rule.title.en);
        let grade = severity_name(rule.severity, Lang::Zh);
        let _ = writeln!(out, "| {} | {grade} | {zh} · *{en}* | {} |", rule.code, rule.basis.zh);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_table_of_rules() {
        let readme = include_str!("../../README.md");
        if std::env::var_os("GOUJI_WRITE_RULES").is_some() {
            let (head, rest) = readme.split_once("<!-- rules -->\n").unwrap();
            let (_, tail) = rest.split_once("<!-- /rules -->").unwrap();
            let whole = format!("{head}<!-- rules -->\n{}<!-- /rules -->{tail}", table());
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"), whole).unwrap();
            return;
        }
        assert!(readme.contains(&table()), "write it anew: GOUJI_WRITE_RULES=1 cargo test readme_has");
    }

    #[test]
    fn a_page_in_english_has_no_chinese_sentences() {
        for rule in registry() {
            let page = page(rule, Lang::En);
            for head in ["why", "basis", "wrong", "right", "how it is corrected"] {
                assert!(page.contains(&format!("\n{head}\n")), "{} {head}", rule.code);
            }
        }
    }
}
