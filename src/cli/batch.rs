//! `gouji batch`: a folder of submissions, and the summaries of all of them.

use super::args::{BatchArgs, Format, Shared};
use super::progress::Progress;
use super::{Exit, complain, interrupt, options, say};
use crate::audit::batch::{self, Batch, Listed, Report, Stopped, Streamed};
use crate::audit::unavailable;
use crate::finding::{Lang, Severity, Text, plural};
use crate::report::summary::{Choice, Entry, Overview, State};
use crate::report::text::visible;
use std::fmt::Write;
use std::io::BufRead;
use std::path::{Path, PathBuf};

pub(super) fn batch(args: &BatchArgs, shared: &Shared) -> Result<Exit, Text> {
    if let Some(list) = &args.files_from
        && args.dirs.is_empty()
        && shared.no_write
        && shared.format == Format::Jsonl
    {
        return streamed(list, shared);
    }
    let report = run(args, shared)?;
    if shared.format == Format::Text && report.stopped.is_none() {
        say(&summary(&report, shared.lang.into()));
    }
    Ok(verdict(&report))
}

/// Runs a batch, showing how far it has come; what came of it is for the caller to say.
pub(super) fn run(args: &BatchArgs, shared: &Shared) -> Result<Report, Text> {
    interrupt::watch(shared.lang.into());
    for input in &args.dirs {
        if let Err(error) = std::fs::metadata(input) {
            let why = unavailable("", &error).failure.map(|f| f.message).unwrap_or_default();
            return Err(Text::new(
                format!("{}：{}", input.display(), why.zh),
                format!("{}: {}", input.display(), why.en),
            ));
        }
    }
    let named = || args.out.clone().or_else(|| shared.out_dir.clone());
    let out = (!shared.no_write).then(|| named().map_or_else(|| beside(&args.dirs), Ok)).transpose()?;
    let listed = args.files_from.as_ref().map(|list| lines(list)).transpose()?;
    let batch = Batch {
        inputs: args.dirs.clone(),
        listed: listed.map(Iterator::collect).unwrap_or_default(),
        out,
        skip: shared.prior.iter().chain(&shared.roster).chain(&shared.narrative).cloned().collect(),
        aggregate: args.aggregate.clone(),
        choice: Choice {
            corrected: args.use_corrected,
            proved_only: args.exclude_unproved,
            unlisted: args.include_unlisted,
            year: args.year,
        },
        options: options(shared)?,
        jobs: super::jobs(shared),
        stop: interrupt::stop().clone(),
        fresh: args.fresh,
        force: shared.force,
        allow_clear: shared.allow_clear,
        lang: shared.lang.into(),
    };
    let mut progress = Progress::new(batch.lang, shared.quiet);
    let mut printer = Printer { format: shared.format, printed: 0 };
    printer.begin();
    let report = batch::run(&batch, &mut |step| progress.step(step), &mut |line| printer.line(line))?;
    printer.end();
    progress.end();
    for problem in report.skipped.iter().chain(&report.problems) {
        complain(problem, batch.lang);
    }
    match report.stopped {
        Some(Stopped { done, total }) if batch.out.is_some() => {
            complain(&interrupt::kept(done, total), batch.lang);
        }
        Some(Stopped { done, total }) => complain(&interrupt::passing(done, Some(total)), batch.lang),
        None if report.overview.entries.is_empty() => complain(&nothing_there(), batch.lang),
        None => {}
    }
    Ok(report)
}

/// Each result as soon as it is done, nothing kept: an engine that drives many of these needs no more.
fn streamed(list: &Path, shared: &Shared) -> Result<Exit, Text> {
    let (lang, stop) = (shared.lang.into(), interrupt::stop());
    interrupt::watch(lang);
    let options = options(shared)?;
    let (mut exit, mut n) = (Exit::Passed, 0);
    batch::stream(lines(list)?, (&options, lang), (super::jobs(shared), stop), &mut |done| match done {
        Streamed::Result(line, outcome) => {
            say(&format!("{line}\n"));
            n += 1;
            exit = exit.max(super::files::verdict(&outcome));
        }
        Streamed::Skipped(why) => complain(&why, lang),
    });
    if stop.is_asked() {
        complain(&interrupt::passing(n, None), lang);
        return Ok(Exit::Stopped);
    }
    Ok(exit)
}

/// The files that a list names, read as they are asked for.
fn lines(list: &Path) -> Result<impl Iterator<Item = Listed> + Send + use<>, Text> {
    let source: Box<dyn std::io::Read + Send> = if list == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(list).map_err(|error| {
            Text::new(
                format!("读不到文件清单 {}：{error}", list.display()),
                format!("the list {} cannot be read: {error}", list.display()),
            )
        })?)
    };
    let lines = std::io::BufReader::new(source).split(b'\n').map_while(Result::ok);
    // A list may come from an editor that marks UTF-8.
    let text = |line: Vec<u8>| String::from_utf8_lossy(&line).trim_start_matches('\u{feff}').to_owned();
    Ok(lines.filter_map(move |line| Listed::line(&text(line))))
}

/// What to do where no submission was found.
fn nothing_there() -> Text {
    Text::new(
        "没有找到可以审核的文件。请确认给的是放报表的文件夹，里面有 xlsx、xls、et、ods、docx 等文件或它们的 zip",
        "no file to audit was found: give the folder that holds the returns (xlsx, xls, et, ods, docx, or zips of them)",
    )
}

/// `<DIR>-审核` beside the folder; of one zip beside the zip.
fn beside(inputs: &[PathBuf]) -> Result<PathBuf, Text> {
    if inputs.is_empty() {
        return Err(Text::new(
            "用 --files-from 时请用 --out 指定输出文件夹，或加 --no-write",
            "with --files-from name the output folder by --out, or add --no-write",
        ));
    }
    let named = match inputs {
        [zip] if zip.is_file() && super::dropped::is_many(zip) => zip.with_extension(""),
        [first, ..] if !first.is_dir() => first.parent().map_or_else(PathBuf::new, Path::to_owned),
        [first, ..] => first.clone(),
        [] => PathBuf::new(),
    };
    let named = if named.as_os_str().is_empty() { PathBuf::from(".") } else { named };
    let whole = match std::path::absolute(&named) {
        Ok(whole) if whole.file_name().is_some() => whole,
        _ => named.canonicalize().unwrap_or(named),
    };
    // The root of a disk has nothing beside it.
    let (Some(name), Some(folder)) = (whole.file_name(), whole.parent()) else {
        return Ok(whole.join("勾稽-审核"));
    };
    let mut name = name.to_owned();
    name.push("-审核");
    Ok(folder.join(name))
}

/// Results as JSON, one after another.
struct Printer {
    format: Format,
    printed: usize,
}

impl Printer {
    fn begin(&self) {
        if self.format == Format::Json {
            say("[");
        }
    }

    fn line(&mut self, line: &str) {
        match self.format {
            Format::Text => return,
            Format::Jsonl => say(&format!("{line}\n")),
            Format::Json => say(&format!("{}{line}", if self.printed > 0 { ",\n" } else { "\n" })),
        }
        self.printed += 1;
    }

    fn end(&self) {
        if self.format == Format::Json {
            say("\n]\n");
        }
    }
}

pub(super) fn verdict(report: &Report) -> Exit {
    if report.stopped.is_some() {
        return Exit::Stopped;
    }
    let entries = &report.overview.entries;
    let failed =
        entries.is_empty() || entries.iter().any(|e| e.error.is_some()) || !report.problems.is_empty();
    let errors = entries.iter().any(|e| e.count(Severity::Error) > 0);
    match (failed, errors) {
        (true, _) => Exit::Failed,
        (_, true) => Exit::Errors,
        _ => Exit::Passed,
    }
}

fn withheld(n: usize) -> Text {
    Text::new(
        format!("{n} 份文件有密码，没有写出不带密码的副本；确实需要请加 --allow-clear"),
        format!(
            "with a password: {}; no copies without one are written; --allow-clear allows them",
            plural(n, "file")
        ),
    )
}

/// How a batch went, in one line: the files, and what every report of it says.
pub(super) fn headline(report: &Report, lang: Lang) -> String {
    let all = &report.overview;
    let (total, kept) = (all.entries.len(), report.kept);
    let verdict = all.verdict();
    match lang {
        Lang::Zh => format!("共 {total} 份文件（{kept} 份与上次相同）：{}", verdict.zh),
        Lang::En => {
            format!("{} ({kept} unchanged): {}", crate::report::text::counted(total, "file"), verdict.en)
        }
    }
}

fn failed(report: &Report) -> impl Iterator<Item = &Entry> {
    report.overview.entries.iter().filter(|e| e.error.is_some())
}

/// Who of the roster has sent nothing, and of whom nothing counts and why.
fn roll_call(all: &Overview, lang: Lang) -> String {
    let (colon, comma) = (lang.pick("：", ": "), lang.pick("、", ", "));
    let missing = all.offices.iter().filter(|o| o.state == State::Missing).map(|o| o.name.as_str());
    let missing: Vec<&str> = missing.collect();
    let mut out = String::new();
    if !missing.is_empty() {
        let _ = writeln!(out, "  {}{colon}{}", State::Missing.word(lang), visible(&missing.join(comma)));
    }
    for (n, office) in all.offices.iter().enumerate() {
        if let Some(why) = all.rejected(n, lang) {
            let _ = writeln!(out, "  {}{colon}{why}", visible(&office.name));
        }
    }
    out
}

/// What is said at the end of a run.
fn summary(report: &Report, lang: Lang) -> String {
    let all = &report.overview;
    let colon = lang.pick("：", ": ");
    let mut out = headline(report, lang) + "\n";
    for entry in failed(report) {
        let error = entry.error.as_deref().unwrap_or_default();
        out.push_str(&visible(&format!("  {}{colon}{error}", entry.file)));
        out.push('\n');
    }
    if all.has_roster {
        let counts: Vec<String> = all.states(lang).iter().map(|(word, n)| format!("{word} {n}")).collect();
        out.push_str(&counts.join(lang.pick("，", ", ")));
        out.push('\n');
        out.push_str(&roll_call(all, lang));
    }
    for doubt in all.doubts() {
        let _ = writeln!(
            out,
            "{}{}",
            lang.pick("请核实：", "to confirm: "),
            crate::report::text::visible(doubt.get(lang))
        );
    }
    if !report.own.is_empty() {
        let names: Vec<String> = report.own.iter().map(|own| own.named().get(lang).to_owned()).collect();
        let (n, names) = (names.len(), names.join(lang.pick("、", ", ")));
        let said = match lang {
            Lang::Zh => format!("没有算作报送的有 {n} 份，是 gouji 写出后没有改过的：{names}"),
            Lang::En => format!("as gouji wrote them, and no submissions: {} ({names})", plural(n, "file")),
        };
        let _ = writeln!(out, "{}", visible(&said));
    }
    if !report.left.is_empty() {
        let names = report.left.join(lang.pick("、", ", "));
        let said = match lang {
            Lang::Zh => {
                format!(
                    "下列副本有人改过，没有删除，但已不是现在报送的（原文件已不在，或已重新报送）：{names}"
                )
            }
            Lang::En => format!("edited copies of files that are gone or were sent anew are left: {names}"),
        };
        let _ = writeln!(out, "{}", crate::report::text::visible(&said));
    }
    if report.withheld > 0 {
        let _ = writeln!(out, "{}", withheld(report.withheld).get(lang));
    }
    for path in &report.written {
        let done = if lang == Lang::Zh { "已写出" } else { "written" };
        let _ = writeln!(out, "{done} {}", path.display());
    }
    out
}
