//! What lies below a folder and may be a submission: files and members of zips, in the order of their paths.
//!
//! Only names are looked at here; whether a file holds a form is found out by auditing it. What surely is none
//! (hidden files, locks of office programs, programs' own files) is left out, everything else is tried, so that
//! an office's photograph of its form is told and not passed over.

use super::{Listed, cache, zipped};
use crate::audit::narrative::Narrative;
use crate::audit::output;
use crate::finding::{Failure, Text};
use crate::ingest::Limits;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// Something to audit.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    /// Its path below the folder, with `/` between names, zips counting as folders.
    pub(super) shown: String,
    /// The path below the output folders, unique among all items; its copies are named after it.
    pub(super) copy: String,
    /// Where its bytes are.
    pub(super) place: Place,
    /// When it was last changed, in seconds; 0 where that is not known.
    pub(super) modified: i64,
    /// Whether the user has named it as the sum of the others.
    pub(super) aggregate: bool,
    /// Whose it is, where the user has said so.
    pub(super) office: Option<String>,
    /// The report's text that lies beside it.
    pub(super) narrative: Option<Arc<Narrative>>,
}

/// Where the bytes of an item are.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// A file.
    File(PathBuf),
    /// A member of a zip.
    Member(PathBuf, zipped::Place),
    /// Nowhere, and why: a zip that cannot be opened, a folder that cannot be listed.
    Nowhere(Failure),
}

impl Default for Place {
    fn default() -> Self {
        Self::File(PathBuf::new())
    }
}

/// Names that no office gives to a submission.
const JUNK: [&str; 4] = ["thumbs.db", "desktop.ini", "__macosx", "icon\r"];
/// Kinds of file that cannot be a submission.
const OTHER_KINDS: [&str; 28] = [
    "exe", "dll", "msi", "bat", "cmd", "sh", "ps1", "lnk", "url", "ini", "db", "json", "jsonl", "toml",
    "yaml", "log", "tmp", "bak", "py", "rs", "js", "css", "md", "mp3", "mp4", "ttf", "sqlite", "parquet",
];

/// What gouji writes into the folder of a batch's results.
const OUTPUTS: [&str; 7] =
    ["汇总.xlsx", "report.html", "results.jsonl", "findings.csv", "annotated", "corrected", "问题告知单"];

/// Every item below `roots`, without the paths that `skip` names.
pub(super) fn items(roots: &[PathBuf], skip: &[PathBuf], limits: &Limits) -> Vec<Item> {
    let skip: BTreeSet<PathBuf> = skip.iter().filter_map(|p| p.canonicalize().ok()).collect();
    let mut found = Vec::new();
    for root in roots {
        let name = name_of(root);
        if root.is_dir() {
            // Of several folders each keeps its name, so that files of one name stay apart.
            let above = if roots.len() > 1 { name } else { String::new() };
            folder(root, above, &skip, limits, &mut found);
        } else {
            file(root, name, limits, &mut found);
        }
    }
    in_order(found)
}

/// The items that a list names: each file by its path as given, a zip with its members; and why others are none.
pub(super) fn listed(list: &[Listed], limits: &Limits) -> (Vec<Item>, Vec<Text>) {
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for one in list {
        match named(one, limits) {
            Ok(items) => found.extend(items),
            Err(why) => skipped.push(why),
        }
    }
    (in_order(found), skipped)
}

/// What one line of a list names; else why that is no submission.
///
/// # Errors
/// For what a walk through its folder would pass over too.
pub(super) fn named(one: &Listed, limits: &Limits) -> Result<Vec<Item>, Text> {
    let shown = one.path.to_string_lossy().replace('\\', "/");
    if let Some(why) = passed_over(&one.path) {
        return Err(why.told(&shown));
    }
    let mut found = Vec::new();
    file(&one.path, shown, limits, &mut found);
    for item in &mut found {
        item.office.clone_from(&one.office);
        // Outside of any folder, copies still stay below the output folder.
        item.copy = zipped::safe(&item.copy);
    }
    Ok(found)
}

/// Why a file is no submission, by its name and place alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passed {
    /// Hidden, a lock, a program's own.
    Junk,
    /// Of a kind that holds no report.
    Kind,
    /// Of the results of a batch.
    Output,
}

impl Passed {
    fn told(self, shown: &str) -> Text {
        let (zh, en) = match self {
            Self::Junk => ("是锁文件、隐藏文件或程序自己的文件", "a lock, hidden, or a program's own file"),
            Self::Kind => ("不是装报表的那一类文件", "of a kind that holds no return"),
            Self::Output => ("是批量审核写出的结果", "a result of a batch"),
        };
        Text::new(format!("{shown} {zh}，没有审核"), format!("{shown} is {en} and was passed over"))
    }
}

/// Why a file that a list names is no submission, as a walk through the folders above it would have it.
fn passed_over(path: &Path) -> Option<Passed> {
    let name = name_of(path);
    let above = || path.ancestors().zip(path.ancestors().skip(1));
    let is_output = || above().any(|(below, folder)| is_output(&name_of(below), || cache::is_out(folder)));
    by_name(&name).or_else(|| is_output().then_some(Passed::Output))
}

/// Why a file is no submission, by its name alone.
fn by_name(name: &str) -> Option<Passed> {
    match name {
        _ if is_junk(name) => Some(Passed::Junk),
        _ if is_other_kind(name) => Some(Passed::Kind),
        _ => None,
    }
}

/// Whether a name in a folder is that of a batch's results.
fn is_output(name: &str, is_out: impl FnOnce() -> bool) -> bool {
    OUTPUTS.contains(&name) && is_out()
}

/// Items in the order of their paths, told apart, with copies that differ by name.
pub(super) fn in_order(mut found: Vec<Item>) -> Vec<Item> {
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    let mut seen = BTreeSet::new();
    for item in &mut found {
        let (mut n, shown) = (2, item.shown.clone());
        while !seen.insert(item.shown.clone()) {
            item.shown = numbered(&shown, n);
            n += 1;
        }
    }
    found.sort_by(|a, b| a.shown.cmp(&b.shown));
    tell_copies_apart(&mut found);
    found
}

fn folder(root: &Path, above: String, skip: &BTreeSet<PathBuf>, limits: &Limits, found: &mut Vec<Item>) {
    let mut open = vec![(root.to_owned(), above)];
    while let Some((path, shown)) = open.pop() {
        let is_out = cache::is_out(&path);
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                let place = Place::Nowhere(closed(&error));
                found.push(Item { copy: shown.clone(), shown, place, modified: 0, ..Item::default() });
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = if shown.is_empty() { name.clone() } else { format!("{shown}/{name}") };
            let is_link = entry.file_type().is_ok_and(|t| t.is_symlink());
            let path = entry.path();
            if is_junk(&name) || is_output(&name, || is_out) || (!skip.is_empty() && is_skipped(&path, skip))
            {
                continue;
            }
            if path.is_dir() {
                // A link to a folder may lead back to where we are.
                if !is_link {
                    open.push((path, below));
                }
            } else if !is_other_kind(&name) {
                file(&path, below, limits, found);
            }
        }
    }
}

/// Why a folder cannot be listed.
fn closed(error: &std::io::Error) -> Failure {
    let Failure { kind, message } = crate::audit::io_failure(error);
    let message = Text::new(
        format!("文件夹打不开，其中的文件没有审核：{}", message.zh),
        format!("the folder cannot be opened, and no file in it was audited: {}", message.en),
    );
    Failure { kind, message }
}

fn is_skipped(path: &Path, skip: &BTreeSet<PathBuf>) -> bool {
    path.canonicalize().is_ok_and(|p| skip.contains(&p))
}

fn file(path: &Path, shown: String, limits: &Limits, found: &mut Vec<Item>) {
    if !zipped::is_zip(&shown) {
        let place = Place::File(path.to_owned());
        found.push(Item { copy: shown.clone(), shown, place, modified: modified(path), ..Item::default() });
        return;
    }
    match zipped::members(path, limits) {
        Ok(members) => found.extend(members.into_iter().filter(|m| is_wanted(&m.name)).map(|member| {
            let shown = format!("{shown}/{}", member.name);
            let place = Place::Member(path.to_owned(), member.place);
            Item { copy: shown.clone(), shown, place, modified: member.modified, ..Item::default() }
        })),
        Err(failure) => {
            let place = Place::Nowhere(failure);
            found.push(Item {
                copy: shown.clone(),
                shown,
                place,
                modified: modified(path),
                ..Item::default()
            });
        }
    }
}

/// Whether a member of a zip may be a submission, by all names of its path.
pub(super) fn is_wanted(path: &str) -> bool {
    !path.split('/').any(is_junk) && by_name(path).is_none()
}

fn is_junk(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with('.') || name.starts_with("~$") || JUNK.contains(&lower.as_str())
}

fn is_other_kind(name: &str) -> bool {
    OTHER_KINDS.contains(&extension(name).as_str())
}

fn extension(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.rsplit_once('.').map(|(_, ext)| ext.to_lowercase()).unwrap_or_default()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn modified(path: &Path) -> i64 {
    let time = std::fs::metadata(path).and_then(|m| m.modified()).ok();
    let since = time.and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    since.and_then(|d| i64::try_from(d.as_secs()).ok()).unwrap_or(0)
}

/// Copies are named after their input, and `X.审核.xlsx` beside `X.xlsx` would give the same name twice.
fn tell_copies_apart(items: &mut [Item]) {
    let mut taken = BTreeSet::new();
    for item in items {
        let (folder, name) = item.copy.rsplit_once('/').unwrap_or(("", &item.copy));
        let (folder, name) = (folder.to_owned(), name.to_owned());
        let key = |name: &str| {
            let stem = output::stem(name);
            format!("{folder}/{stem}").to_lowercase()
        };
        let mut unique = name.clone();
        let mut n = 2;
        while !taken.insert(key(&unique)) {
            unique = numbered(&name, n);
            n += 1;
        }
        item.copy = if folder.is_empty() { unique } else { format!("{folder}/{unique}") };
    }
}

/// `表.xlsx` as `表（2）.xlsx`.
fn numbered(name: &str, n: usize) -> String {
    let stem = output::stem(name);
    match name.rsplit_once('.') {
        Some((_, ext)) if stem != name => format!("{stem}（{n}）.{ext}"),
        Some((base, ext)) => format!("{base}（{n}）.{ext}"),
        None => format!("{name}（{n}）"),
    }
}
