//! The command line: arguments become checked options, results are printed, the exit status remembers.
//!
//! The work is in `audit` and `report`; nothing here decides what is wrong with a submission.

mod args;
mod batch;
mod console;
mod definitions;
mod dropped;
mod explain;
mod files;
mod interrupt;
mod progress;
mod rules;

use args::{Cli, Command, Shared};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

use crate::audit::{Options, Password};
use crate::finding::{Lang, Text};
use crate::form;
use crate::report::explain::in_short;
use crate::report::text::Style;

/// What the exit status says of a run; the worst of all files counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// No finding of severity error.
    Passed,
    /// At least one.
    Errors,
    /// Wrong usage, or a file that could not be audited or written.
    Failed,
    /// Stopped before it was through.
    Stopped,
}

impl Exit {
    const fn status(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Errors => 1,
            Self::Failed => 2,
            Self::Stopped => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            if error.use_stderr() {
                console::hold(Lang::Zh);
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let lang = Lang::from(cli.shared.lang);
    let exit = dispatch(&cli).unwrap_or_else(|error| {
        complain(&error, lang);
        Exit::Failed
    });
    if exit == Exit::Failed {
        console::hold(lang);
    }
    exit.into()
}

fn dispatch(cli: &Cli) -> Result<Exit, Text> {
    let shared = &cli.shared;
    match &cli.command {
        Some(Command::Audit(args)) => files::audit(args, shared),
        Some(Command::Fix(args)) => files::fix(args, shared),
        Some(Command::Batch(args)) => batch::batch(args, shared),
        Some(Command::Template(command)) => definitions::template(command, shared),
        Some(Command::Explain { form }) => explain::explain(form, shared),
        Some(Command::Rules { code }) => rules::rules(code.as_deref(), shared),
        None if cli.files.is_empty() => Err(Text::new(
            "没有指定文件。请把报表文件或文件夹拖到程序的图标上，或者用 gouji audit 文件…（gouji --help 查看全部用法）",
            "no file given; drop files onto the program's icon, or use gouji audit FILE… (see gouji --help)",
        )),
        None => dropped::dropped(&cli.files, !cli.no_open, shared),
    }
}

/// Options of an audit from the command line's.
fn options(shared: &Shared) -> Result<Options, Text> {
    let mut options = Options {
        password: shared.password.as_deref().filter(|p| !p.is_empty()).map(Password::new),
        select: shared.select.clone(),
        ignore: shared.ignore.clone(),
        ..Options::default()
    };
    for limit in &shared.limits {
        options.raise(limit)?;
    }
    if let Some(name) = &shared.template {
        options.forms = vec![form_in_use(name, shared)?].into();
    }
    rules::are_known(&options)?;
    if let Some(path) = &shared.narrative {
        let unread = |why: Text| {
            Text::new(
                format!("读不到正文文件 {}：{}", path.display(), why.zh),
                format!("the text {} cannot be read: {}", path.display(), why.en),
            )
        };
        options.narrative = Some(crate::audit::narrative_file(path, &options).map_err(unread)?);
    }
    if let Some(path) = &shared.roster {
        options.roster = Some(crate::audit::Roster::read(path, &options)?);
    }
    if let Some(path) = &shared.prior {
        options.prior =
            Some(crate::audit::batch::last_year(path, &options, (jobs(shared), interrupt::stop()))?);
    }
    Ok(options)
}

/// Files audited at once.
fn jobs(shared: &Shared) -> usize {
    shared.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// The form to audit with; of a definition of one's own, what its self-check says is told once.
fn form_in_use(name: &str, shared: &Shared) -> Result<form::Form, Text> {
    let form = form_named(name)?;
    let own = form::by_id(name).is_none() && !shared.quiet;
    if let Some(remarks) = own.then(|| in_short(&form)).flatten() {
        complain(&remarks, Lang::from(shared.lang));
    }
    Ok(form)
}

/// A form by its id or by the path of its definition.
fn form_named(name: &str) -> Result<form::Form, Text> {
    if let Some(form) = form::by_id(name) {
        return Ok(form.clone());
    }
    let known: Vec<&str> = form::builtin().iter().map(|f| f.id.as_str()).collect();
    let text = std::fs::read_to_string(name).map_err(|error| {
        Text::new(
            format!(
                "没有名为“{name}”的报表格式，也读不到这个定义文件（{error}）。已有：{}",
                known.join("、")
            ),
            format!(
                "no form and no readable definition named {name:?} ({error}); known: {}",
                known.join(", ")
            ),
        )
    })?;
    form::load(&text, name).map_err(|errors| Text::new(errors.render(Lang::Zh), errors.render(Lang::En)))
}

fn style(shared: &Shared) -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    Style { lang: shared.lang.into(), colour: !plain && console::obeys(&std::io::stdout()) }
}

/// Prints to standard output at once, whole lines or not; a reader that has gone away is no error of ours.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a failure to standard error.
fn complain(text: &Text, lang: Lang) {
    let head = if lang == Lang::Zh { "勾稽" } else { "gouji" };
    let _ = writeln!(std::io::stderr().lock(), "{head}{}{}", lang.pick("：", ": "), text.get(lang));
}
