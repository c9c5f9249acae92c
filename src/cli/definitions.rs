//! `gouji template`: the forms that the program knows.

use super::args::{Shared, TemplateCommand};
use super::{Exit, form_named, say};
use crate::audit::output;
use crate::finding::{Lang, Text};
use crate::form::{self, Form};
use crate::report::{blank, text};
use std::fmt::Write;
use std::path::Path;

pub(super) fn template(command: &TemplateCommand, shared: &Shared) -> Result<Exit, Text> {
    let lang = Lang::from(shared.lang);
    match command {
        TemplateCommand::List => list(lang),
        TemplateCommand::Export { form, output } => export(&form_named(form)?, output, shared)?,
        TemplateCommand::Check { file } => check(file, lang)?,
    }
    Ok(Exit::Passed)
}
fn list(lang: Lang) {
    let mut out = String::new();
    for form in form::builtin() {
        let years = match (form.since, form.until) {
            (Some(a), Some(b)) => format!("{a}–{b}"),
            (Some(a), None) => format!("{a}–"),
            (None, Some(b)) => format!("–{b}"),
            (None, None) => String::new(),
        };
        let _ = writeln!(out, "{:<12}{:<11}{}  {}", form.id, years, form.title.get(lang), form.authority);
    }
    say(&out);
}
fn check(file: &Path, lang: Lang) -> Result<(), Text> {
    let form = form_named(&file.to_string_lossy())?;
    let counts = match lang {
        Lang::Zh => format!(
            "{}：没有问题。表 {} 张，数字 {} 个，勾稽关系 {} 条，其他核查 {} 条\n",
            form.id,
            form.tables.len(),
            form.fields.len(),
            form.relations.len(),
            form.checks.len()
        ),
        Lang::En => format!(
            "{}: no problems; {} tables, {} fields, {} relations, {} other checks\n",
            form.id,
            form.tables.len(),
            form.fields.len(),
            form.relations.len(),
            form.checks.len()
        ),
    };
    say(&counts);
    Ok(())
}

fn export(form: &Form, path: &Path, shared: &Shared) -> Result<(), Text> {
    let failed = |e: &dyn std::fmt::Display| {
        Text::new(format!("无法生成空白表：{e}"), format!("cannot make the blank workbook: {e}"))
    };
    let bytes = blank::blank(form).map_err(|e| failed(&e))?;
    if path.exists() && !shared.force {
        return Err(output::OutputError::Foreign(path.to_owned()).text());
    }
    output::write_whole(path, &bytes).map_err(|e| e.text())?;
    say(&text::written(path, super::style(shared)));
    Ok(())
}
