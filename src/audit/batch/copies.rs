//! Marked and corrected copies in the output folder: which of them stand, where, and until when.
//!
//! `annotated/` and `corrected/` hold the copies of what offices have sent last. A copy of what a newer submission has
//! taken the place of goes aside, so that nobody sends it on or back by mistake; a copy of a file that is no longer
//! there goes away, unless somebody has worked in it.

use super::cache::Cache;
use crate::audit::Options;
use crate::audit::files::is_untouched;
use crate::report::summary::{Entry, Overview, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// The folder, below `annotated/` and `corrected/`, of copies of what does not count since a newer one does.
pub const ASIDE: &str = "较早报送（未采用）";

/// Copies written for an item, by their paths below the output folder as long as nothing newer was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Copies {
    /// The marked workbook.
    pub(super) annotated: Option<String>,
    /// The corrected workbook.
    pub(super) corrected: Option<String>,
    /// Word documents with comments.
    #[serde(default)]
    pub(super) documents: Vec<String>,
    /// Whether copies were withheld, since the item has a password and they would not.
    #[serde(default)]
    pub(super) withheld: bool,
    /// Whether the item is a marked workbook that its office has edited since.
    pub(super) edited: bool,
}

impl Copies {
    fn paths(&self) -> impl Iterator<Item = &String> {
        self.annotated.iter().chain(&self.corrected).chain(&self.documents)
    }

    /// Whether all of them are still where they were put, or aside.
    pub(super) fn stand(&self, out: &Path) -> bool {
        // A file without a byte is what a power cut leaves.
        let stands = |path: &str| std::fs::metadata(out.join(path)).is_ok_and(|m| m.is_file() && m.len() > 0);
        self.paths().all(|path| stands(path) || stands(&aside(path)))
    }
}

/// Where a copy goes when a newer submission has taken the place of its own.
fn aside(path: &str) -> String {
    match path.split_once('/') {
        Some((folder, below)) => format!("{folder}/{ASIDE}/{below}"),
        None => format!("{ASIDE}/{path}"),
    }
}

/// The same where nothing stands on a disk: the paths that the copies are to have.
pub(super) fn foresee(overview: &mut Overview) {
    for (entry, role) in overview.entries.iter_mut().zip(&overview.roles) {
        if *role == Role::Older {
            entry.copies_mut().for_each(|path| *path = aside(path));
        }
    }
}

/// Takes away the copies of files that are no longer there, and those that no longer hold of files sent anew; gives
/// those that stay since somebody has worked in them.
pub(super) fn sweep(out: &Path, cache: &Cache, overview: &Overview, options: &Options) -> Vec<String> {
    let there: BTreeSet<&str> = overview.entries.iter().map(|e| e.file.as_str()).collect();
    let former = cache.retain(|file| there.contains(file));
    if former.is_empty() {
        return Vec::new();
    }
    let taken: BTreeSet<&String> = overview.entries.iter().flat_map(Entry::copies).collect();
    let gone: BTreeSet<&String> =
        former.iter().flat_map(Copies::paths).filter(|path| !taken.contains(path)).collect();
    let both = gone.into_iter().flat_map(|path| [path.clone(), aside(path)]);
    both.filter(|path| out.join(path).is_file() && !take_away(out, path, options)).collect()
}

/// Puts every copy where it belongs by what its submission counts for now, and notes where it is.
pub(super) fn arrange(out: &Path, overview: &mut Overview, options: &Options) {
    let taken: BTreeSet<String> = overview.entries.iter().flat_map(Entry::copies).cloned().collect();
    let any_aside = ["annotated", "corrected"].iter().any(|folder| out.join(folder).join(ASIDE).is_dir());
    for (entry, role) in overview.entries.iter_mut().zip(&overview.roles) {
        let is_older = *role == Role::Older;
        if !is_older && !any_aside {
            continue;
        }
        let made_now = is_older && entry.made_now;
        for path in entry.copies_mut() {
            let other = aside(path);
            // A folder of the offices' own may bear the same name.
            if taken.contains(&other) {
                continue;
            }
            let (from, to) = if is_older { (&*path, &other) } else { (&other, &*path) };
            settle(out, (from, to), made_now, options);
            if is_older && out.join(&other).is_file() && !out.join(&*path).is_file() {
                *path = other;
            }
        }
    }
}

/// Moves a copy to where it belongs; where one stands there too, the one just written counts, which is never aside.
fn settle(out: &Path, (from, to): (&str, &str), made_now: bool, options: &Options) {
    let (source, target) = (out.join(from), out.join(to));
    if !source.is_file() {
        return;
    }
    let is_ours = |path: &Path| std::fs::read(path).is_ok_and(|bytes| is_untouched(&bytes, options));
    let is_back = from.contains(ASIDE);
    if target.is_file() && is_back {
        take_away(out, from, options);
    } else if (made_now || is_ours(&source)) && (!target.is_file() || is_ours(&target)) {
        let folder = target.parent().map(std::fs::create_dir_all);
        if folder.is_some_and(|made| made.is_ok()) && std::fs::rename(&source, &target).is_ok() {
            empty(out, &source);
        }
    }
}

/// Removes a copy, unless somebody has worked in it, and the folders that are empty then.
fn take_away(out: &Path, path: &str, options: &Options) -> bool {
    let path = out.join(path);
    let is_ours = std::fs::read(&path).is_ok_and(|bytes| is_untouched(&bytes, options));
    let gone = is_ours && std::fs::remove_file(&path).is_ok();
    if gone {
        empty(out, &path);
    }
    gone
}

/// Removes the folders above a file that hold nothing any more, below the output folder's own.
fn empty(out: &Path, path: &Path) {
    let above = path.ancestors().skip(1).take_while(|folder| folder.parent().is_some_and(|p| p != out));
    for folder in above.take_while(|folder| *folder != out) {
        // It fails where something is left.
        if std::fs::remove_dir(folder).is_err() {
            return;
        }
    }
}
