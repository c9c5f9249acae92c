//! `gouji audit` and `gouji fix`: files in the order given, each isolated, several at once.

use super::args::{Accept, FilesArgs, FixArgs, Format, Shared};
use super::{Exit, complain, interrupt, options, say, style};
use crate::audit::{self, Delivery, Done, Task, output};
use crate::finding::{FailureKind, Outcome, Severity, Status, Text};
use crate::report::text::Style;
use crate::report::{json, text};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) fn audit(args: &FilesArgs, shared: &Shared) -> Result<Exit, Text> {
    let task = Task::Annotate;
    run(&args.files, task, args.show_mapping, shared)
}

pub(super) fn fix(args: &FixArgs, shared: &Shared) -> Result<Exit, Text> {
    let accepts = |what| args.accept.contains(&what);
    let task =
        Task::Correct { clean: args.clean, blanks: accepts(Accept::Blanks), likely: accepts(Accept::Likely) };
    run(&args.files, task, false, shared)
}

/// One file audited, its marked workbook written, nothing said.
pub(super) fn one(path: &Path, shared: &Shared) -> Result<Done, Text> {
    Ok(audit::process(path, &options(shared)?, &delivery(Task::Annotate, false, shared)))
}

fn delivery(task: Task, show_mapping: bool, shared: &Shared) -> Delivery {
    Delivery {
        task,
        write: !shared.no_write,
        out_dir: shared.out_dir.clone(),
        force: shared.force,
        allow_clear: shared.allow_clear,
        since: shared.since.clone(),
        lang: shared.lang.into(),
        show_mapping,
        lasting: true,
    }
}

fn run(files: &[PathBuf], task: Task, show_mapping: bool, shared: &Shared) -> Result<Exit, Text> {
    let stop = interrupt::stop();
    if files.len() > 1 {
        interrupt::watch(shared.lang.into());
    }
    let options = options(shared)?;
    // One file is put on disk at once, several all together at the end.
    let delivery = Delivery { lasting: files.len() == 1, ..delivery(task, show_mapping, shared) };
    let jobs = super::jobs(shared);
    let mut folders = BTreeSet::new();
    let mut printer =
        Printer { shared, style: style(shared), show_mapping, printed: 0, exit: Exit::Passed, hinted: false };
    printer.begin();
    let numbers = output::namesakes(files, task.output(), delivery.out_dir.as_deref());
    let numbered: Vec<(&PathBuf, u32)> = files.iter().zip(numbers).collect();
    audit::each(
        &numbered,
        (jobs, stop),
        |(path, nth)| audit::process_nth((path.as_path(), *nth), &options, &delivery),
        |done| {
            folders.extend(done.written.iter().filter_map(|p| p.parent()).map(Path::to_owned));
            printer.file(&done);
        },
    );
    printer.end();
    if !delivery.lasting {
        output::sync(folders.iter().map(PathBuf::as_path));
    }
    if stop.is_asked() && printer.printed < files.len() {
        complain(&interrupt::files(printer.printed, files.len()), shared.lang.into());
        return Ok(Exit::Stopped);
    }
    Ok(printer.exit)
}

/// Prints outcomes one after another and remembers the worst.
struct Printer<'a> {
    shared: &'a Shared,
    style: Style,
    show_mapping: bool,
    printed: usize,
    exit: Exit,
    /// Whether forms of one's own were told of.
    hinted: bool,
}

fn is_of_no_form(outcome: &Outcome) -> bool {
    outcome.failure.as_ref().is_some_and(|f| f.kind == FailureKind::NoForm)
}

/// What to do where the files are of a form that gouji does not bring along.
fn own_form() -> Text {
    Text::new(
        "审核别的报表，用 --form 报表.toml 指明它的定义；还没有定义的，先起草：\
         gouji template learn 空白表.xlsx -o 报表.toml",
        "to audit another form name its definition: --form FORM.toml; draft one by \
         gouji template learn BLANK.xlsx -o FORM.toml",
    )
}

impl Printer<'_> {
    fn begin(&self) {
        if self.shared.format == Format::Json {
            say("[");
        }
    }

    fn file(&mut self, done: &Done) {
        let lang = self.style.lang;
        self.exit = self.exit.max(verdict(&done.outcome));
        match self.shared.format {
            Format::Text => self.text(done),
            Format::Json | Format::Jsonl => self.json(done),
        }
        if !self.hinted && is_of_no_form(&done.outcome) && self.shared.template.is_none() {
            self.hinted = true;
            complain(&own_form(), lang);
        }
        for problem in &done.problems {
            complain(problem, lang);
            self.exit = Exit::Failed;
        }
        for warning in &done.warnings {
            complain(warning, lang);
        }
        self.printed += 1;
    }

    fn text(&self, done: &Done) {
        if self.shared.quiet {
            let (file, verdict) = (&done.outcome.file, text::verdict(&done.outcome, self.style));
            let why = done.outcome.failure.as_ref().map(|f| f.message.get(self.style.lang));
            let why = why.map(|why| format!("{}{}", self.style.lang.pick("：", ": "), text::visible(why)));
            say(&format!("{}  {verdict}{}\n", text::visible(file), why.unwrap_or_default()));
            return;
        }
        let mut out = if self.printed > 0 { "\n".to_owned() } else { String::new() };
        out.push_str(&text::outcome(&done.outcome, self.style));
        if self.show_mapping {
            out.push_str(&text::mapping(&done.mapping, self.style));
        }
        if let Some(verdict) = &done.verdict {
            out.push_str(&text::line(verdict.get(self.style.lang)));
        }
        out.extend(done.kept.iter().map(|path| text::kept(path, self.style)));
        for path in &done.written {
            out.push_str(&text::written(path, self.style));
        }
        say(&out);
    }

    fn json(&mut self, done: &Done) {
        let lang = self.style.lang;
        let mapping = self.show_mapping.then_some(done.mapping.as_slice());
        match json::line_with(&done.outcome, mapping, &done.written, lang) {
            Ok(line) if self.shared.format == Format::Jsonl => say(&format!("{line}\n")),
            Ok(line) => say(&format!("{}{line}", if self.printed > 0 { ",\n" } else { "\n" })),
            Err(_) => self.exit = Exit::Failed,
        }
    }

    fn end(&self) {
        if self.shared.format == Format::Json {
            say("\n]\n");
        }
    }
}

pub(super) fn verdict(outcome: &Outcome) -> Exit {
    match outcome.status {
        Status::Unreadable | Status::Unmapped => Exit::Failed,
        _ if outcome.findings.iter().any(|f| f.severity == Severity::Error) => Exit::Errors,
        _ => Exit::Passed,
    }
}
