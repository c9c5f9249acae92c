//! `gouji FILE…`: what a drop onto the program's icon does. One file is audited and its marked workbook opened;
//! several, a folder or a zip are a batch, and its summary is opened. One line says what was done.

use super::args::{BatchArgs, FilesArgs, Format, Shared};
use super::{Exit, batch, complain, console, files, say, style};
use crate::finding::{Lang, Text};
use crate::report::text::{self, visible};
use std::path::{Path, PathBuf};

/// Audits what was dropped.
pub(super) fn dropped(files: &[PathBuf], open: bool, shared: &Shared) -> Result<Exit, Text> {
    match files {
        [only] if !is_many(only) => one(only, open, shared),
        files => many(files, open, shared),
    }
}

/// Whether a path holds submissions rather than being one.
pub(super) fn is_many(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"))
}

fn one(path: &Path, open: bool, shared: &Shared) -> Result<Exit, Text> {
    if shared.format != Format::Text {
        let args = FilesArgs { files: vec![path.to_owned()], show_mapping: false };
        return files::audit(&args, shared);
    }
    let (style, lang) = (style(shared), Lang::from(shared.lang));
    let done = files::one(path, shared)?;
    let mut line = format!(
        "{}{}{}",
        visible(&done.outcome.file),
        lang.pick("：", ": "),
        text::verdict(&done.outcome, style)
    );
    if let Some(failure) = &done.outcome.failure {
        line += lang.pick("。", ". ");
        line += failure.message.get(lang);
    }
    let (result, made) = match (done.written.first(), &done.kept) {
        (None, Some(kept)) => {
            (Some(kept), lang.pick("没有变化，没有另写", "unchanged, nothing was written:"))
        }
        (written, _) => (written, lang.pick("已写出", "written")),
    };
    let failed = tell(&line, (result, made), open, lang);
    for problem in done.problems.iter().chain(&done.warnings) {
        complain(problem, lang);
    }
    if failed {
        console::hold(lang);
    }
    Ok(if done.problems.is_empty() { files::verdict(&done.outcome) } else { Exit::Failed })
}

fn many(paths: &[PathBuf], open: bool, shared: &Shared) -> Result<Exit, Text> {
    let lang = Lang::from(shared.lang);
    let report = batch::run(&BatchArgs { dirs: paths.to_vec(), ..BatchArgs::default() }, shared)?;
    let summary = report.written.iter().find(|path| path.extension().is_some_and(|e| e == "xlsx"));
    let result = (summary, lang.pick("已写出", "written"));
    let is_told = shared.format == Format::Text && report.stopped.is_none();
    if is_told && tell(&batch::headline(&report, lang), result, open, lang) {
        console::hold(lang);
    }
    Ok(batch::verdict(&report))
}

/// Says in one line what was done, and opens the result, else says how it was `made`; whether opening failed.
fn tell(line: &str, (result, made): (Option<&PathBuf>, &str), open: bool, lang: Lang) -> bool {
    let opened = result.filter(|_| open).map(open::that_detached);
    let failed = matches!(opened, Some(Err(_)));
    let done = match &opened {
        Some(Ok(())) => lang.pick("已打开", "opened"),
        Some(Err(_)) => lang.pick("没能打开，请自行打开", "please open"),
        None => made,
    };
    match result.map(|path| visible(&path.display().to_string()).clone()) {
        Some(path) => {
            let line = line.trim_end_matches(['。', '.']);
            say(&format!("{line}{}{done} {path}\n", lang.pick("。", ". ")));
        }
        None => say(&format!("{line}\n")),
    }
    failed
}
