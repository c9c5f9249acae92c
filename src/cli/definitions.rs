//! `gouji template`: the forms that the program knows.

use super::args::{Shared, TemplateCommand};
use super::progress::Progress;
use super::{Exit, form_named, say};
use crate::audit::{self, PLANTED, Trial, output};
use crate::finding::{Lang, Text, plural};
use crate::form::{self, FieldIx, Form, Grade};
use crate::report::{blank, explain, text};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Cells of a form that an error is planted in; of more, every second or third is enough.
const MOST_PLANTED: usize = 1000;
/// Cells that are named; all of them are shown by `gouji explain`.
const MOST_NAMED: usize = 30;
/// Numbers read in all of a round trip: each error planted is an audit of the whole form.
const MOST_READ: usize = 1_000_000;
/// The same for a draft, which its owner checks again.
const MOST_READ_OF_DRAFT: usize = 100_000;

pub(super) fn template(command: &TemplateCommand, shared: &Shared) -> Result<Exit, Text> {
    let lang = Lang::from(shared.lang);
    match command {
        TemplateCommand::List => list(lang),
        TemplateCommand::Export { form } => export(&form_named(form)?, shared)?,
        TemplateCommand::Schema => schema(shared)?,
        TemplateCommand::Learn { files } => return learn(files, shared),
        TemplateCommand::Check { file } => return check(file, lang, shared.quiet),
    }
    Ok(Exit::Passed)
}

/// Prints the JSON Schema of definitions, or writes it to the file of `-o`.
fn schema(shared: &Shared) -> Result<(), Text> {
    let Some(path) = &shared.out_dir else {
        say(&form::schema());
        return Ok(());
    };
    output::write_whole(path, form::schema().as_bytes()).map_err(|e| e.text())?;
    say(&text::written(path, super::style(shared)));
    Ok(())
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

fn sampled(step: usize) -> Text {
    Text::new(
        format!("数字较多，每 {step} 格检查 1 格："),
        format!("many cells: an error is planted in one of {step}"),
    )
}

/// Of how many cells of a form one has an error planted in it.
fn step_of(fields: usize, most_read: usize) -> usize {
    fields.div_ceil(MOST_PLANTED).max(fields * fields / most_read).max(1)
}

/// Says what a definition holds, what its own rules say of each other, and how its round trip went.
fn check(file: &Path, lang: Lang, quiet: bool) -> Result<Exit, Text> {
    let form = form_named(&file.to_string_lossy())?;
    let (told, clean) = checked(&form, lang, quiet, MOST_READ)?;
    let head = lang.pick("定义没有错误。", "no mistakes. ");
    say(&format!("{}{head}{}\n{told}", form.id.clone() + lang.pick("：", ": "), counts(&form).get(lang)));
    Ok(if clean { Exit::Passed } else { Exit::Errors })
}

/// What a form's own rules say of each other and how its round trip went; whether that was clean.
fn checked(form: &Form, lang: Lang, quiet: bool, most_read: usize) -> Result<(String, bool), Text> {
    let mut out = String::new();
    if form.relations.is_empty() && form.checks.is_empty() {
        let _ = writeln!(out, "{}", nothing_to_check().get(lang));
    }
    out += &explain::remarks(form, lang).concat();
    let step = step_of(form.fields.len(), most_read);
    let mut progress = Progress::new(lang, quiet);
    let told = &mut |done, total| progress.planted(done, total);
    let trial = audit::trial_told(form, step, told).map_err(|e| cannot_write(&e))?;
    progress.end();
    if step > 1 {
        let _ = writeln!(out, "{}", sampled(step).get(lang));
    }
    let _ = writeln!(out, "{}", round_trip(&trial).get(lang));
    for (grade, zh, en) in [
        (Grade::Detected, "只能发现、不能定位", "detected, not located"),
        (Grade::Unseen, "未发现", "missed"),
    ] {
        let of_grade =
            |(f, g): &(FieldIx, Grade)| (*g == grade).then(|| form.field(*f).map(|f| f.id.as_str()))?;
        let ids: Vec<&str> = trial.planted.iter().filter_map(of_grade).collect();
        if !ids.is_empty() {
            let few: Vec<&str> = ids.iter().take(MOST_NAMED).copied().collect();
            let more = if ids.len() > few.len() { " …" } else { "" };
            let few = few.join(lang.pick("、", ", "));
            let n = ids.len();
            let (zh, en) = (format!("{zh}（{n}）："), format!("{en} ({n}): "));
            let _ = writeln!(out, "  {}{few}{more}", lang.pick(&zh, &en));
        }
    }
    for finding in &trial.complaints {
        let _ = writeln!(out, "! {} {}", finding.code, finding.message.get(lang));
    }
    Ok((out, trial.complaints.is_empty()))
}

fn counts(form: &Form) -> Text {
    // Fields and relations of a mixed form are not counted: they stand in place of others.
    let (tables, fields) = (form.tables.len(), form.protection().len());
    let relations = form.relations.iter().filter(|r| !r.variant).count();
    let checks = form.checks.len();
    Text::new(
        format!("表 {tables} 张，数字 {fields} 个，勾稽关系 {relations} 条，其他核查 {checks} 条"),
        format!(
            "{}, {}, {}, {}",
            plural(tables, "table"),
            plural(fields, "field"),
            plural(relations, "relation"),
            plural(checks, "other check")
        ),
    )
}

fn nothing_to_check() -> Text {
    Text::new(
        "! 还没有勾稽关系：审核只能发现空白、文本、负数等单个数的问题。请按表的说明写上 [[relation]]，\
         或者用几份填好的表一起起草：gouji template learn 甲.xlsx 乙.xlsx 丙.xlsx -o 报表.toml",
        "! no relations yet: an audit sees no more than blanks, texts and negative numbers. Write [[relation]] \
         as the form's notes say, or draft from several filled workbooks together",
    )
}

fn round_trip(trial: &Trial) -> Text {
    let of = |grade: Grade| trial.planted.iter().filter(|(_, g)| *g == grade).count();
    let (located, detected, unseen) = (of(Grade::Located), of(Grade::Detected), of(Grade::Unseen));
    let n = trial.planted.len();
    let honest = if trial.complaints.is_empty() {
        Text::new(
            "导出、填入平衡的数、审核：没有问题",
            "exported, filled with honest numbers, audited: clean",
        )
    } else {
        Text::new(
            "导出、填入平衡的数、审核：仍有问题",
            "exported, filled with honest numbers, audited: not clean",
        )
    };
    Text::new(
        format!(
            "{}；逐格植入错误（每次把一格的数加 {PLANTED}）{n} 次：定位 {located}，发现 {detected}，未发现 {unseen}\n  \
             这是实测这一种错的结果；错成任意数时按关系能保证的，见 gouji explain",
            honest.zh
        ),
        format!(
            "{}; {} planted ({PLANTED} added to one cell at a time): {located} located, {detected} detected, \
             {unseen} missed\n  measured for this error alone; what the relations warrant for any, gouji explain says",
            honest.en,
            plural(n, "error")
        ),
    )
}

fn cannot_write(e: &dyn std::fmt::Display) -> Text {
    Text::new(format!("无法生成空白表：{e}"), format!("cannot make the blank workbook: {e}"))
}

/// Drafts a definition from workbooks, writes it to the file of `-o` (else prints it), and says what is in it.
fn learn(files: &[PathBuf], shared: &Shared) -> Result<Exit, Text> {
    let unread = |file: &Path, e: &std::io::Error| {
        Text::new(format!("读不到 {}：{e}", file.display()), format!("cannot read {}: {e}", file.display()))
    };
    let mut read: Vec<(String, Vec<u8>)> = Vec::new();
    for file in files {
        let bytes = std::fs::read(file).map_err(|e| unread(file, &e))?;
        read.push((file.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes));
    }
    let sources: Vec<audit::Source> =
        read.iter().map(|(name, bytes)| audit::Source { name, bytes }).collect();
    let named = shared.out_dir.as_ref().or_else(|| files.first());
    let stem = named.and_then(|p| p.file_stem()).unwrap_or_default().to_string_lossy().into_owned();
    let lang = Lang::from(shared.lang);
    let drafted =
        audit::draft(&sources, &stem, &super::options(shared)?).map_err(|failure| failure.message)?;
    let Some(path) = &shared.out_dir else {
        say(&drafted.text);
        if !drafted.doubts.is_empty() {
            super::complain(&to_look_at(&drafted.doubts), lang);
        }
        return Ok(Exit::Passed);
    };
    if path.exists() && !shared.force {
        return Err(output::OutputError::Foreign(path.clone()).text());
    }
    output::write_lasting(path, drafted.text.as_bytes()).map_err(|e| e.text())?;
    say(&text::written(path, super::style(shared)));
    let form = form::load(&drafted.text, &path.to_string_lossy())
        .map_err(|errors| Text::new(errors.render(Lang::Zh), errors.render(Lang::En)))?;
    let (told, _) = checked(&form, lang, shared.quiet, MOST_READ_OF_DRAFT)?;
    let mut out = format!("{}\n{told}", counts(&form).get(lang));
    let _ = writeln!(out, "{}", audit::own_samples(&sources, form).get(lang));
    if !drafted.doubts.is_empty() {
        let _ = writeln!(out, "{}", to_look_at(&drafted.doubts).get(lang));
    }
    say(&format!("{out}{}\n", what_next(path, read.len()).get(lang)));
    Ok(Exit::Passed)
}

/// What is doubtful about a draft, a line each.
fn to_look_at(doubts: &[Text]) -> Text {
    let lines = |lang: Lang| doubts.iter().map(|d| format!("\n? {}", d.get(lang))).collect::<String>();
    Text::new(format!("请看一看：{}", lines(Lang::Zh)), format!("please look at this:{}", lines(Lang::En)))
}

/// What the owner does with a draft, and what no draft can know.
fn what_next(path: &Path, samples: usize) -> Text {
    let file = path.display();
    let (zh, en) = if samples > 1 {
        ("", "")
    } else {
        (
            "有几份填好的表时一起给它，还能从数字里找出关系。",
            " Given several filled workbooks it also finds what holds on all of them.",
        )
    };
    Text::new(
        format!(
            "接着：打开 {file} 逐条核对（每条上面写着由什么提出），再 gouji template check {file}。{zh}\
             没有去找的：跨表的关系（公式写明的除外）、乘积、三项以上带权的和、“如果……那么……”、与上年的关系；有就自己写上。"
        ),
        format!(
            "next: read {file} line by line (each proposal says where it comes from), then gouji template check \
             {file}.{en} Not looked for: relations across tables (but for formulas), products, weighted sums, \
             conditions, last year's numbers; write those yourself."
        ),
    )
}

/// Writes the blank workbook to the file of `-o`; `ID.xlsx` where that is a folder or not given.
fn export(form: &Form, shared: &Shared) -> Result<(), Text> {
    let own_name = format!("{}.xlsx", form.id);
    let path = match &shared.out_dir {
        Some(path) if path.is_dir() => path.join(own_name),
        Some(path) => path.clone(),
        None => own_name.into(),
    };
    let path = path.as_path();
    let bytes = blank::blank(form).map_err(|e| cannot_write(&e))?;
    if path.exists() && !shared.force {
        return Err(output::OutputError::Foreign(path.to_owned()).text());
    }
    output::write_lasting(path, &bytes).map_err(|e| e.text())?;
    say(&text::written(path, super::style(shared)));
    Ok(())
}
