//! Results kept in the output folder, so that a second run does only what is new or changed.
//!
//! A journal of one line a file: what the summaries need of it as JSON, a tab, and the result as JSON. Lines are
//! appended as files are done, so that a run that was killed loses nothing finished; a torn last line is not read.
//! Results stay on disk, memory holds only where they stand.

use super::copies::Copies;
use crate::report::json;
use crate::report::summary::{Archive, Details, Entry};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Name of the journal in the output folder; hidden, since it is of no use to people.
const NAME: &str = ".gouji-results.jsonl";

/// Stands in the place of a file's path for the summary workbook; no file has an empty path.
const SUMMARY: &str = "";

/// The journal of one output folder; its locks are held for as long as a line is read or written, so that nobody
/// who audits waits for another.
#[derive(Debug)]
pub(super) struct Cache {
    path: PathBuf,
    reader: Mutex<File>,
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    entries: BTreeMap<String, Spot>,
    writer: BufWriter<File>,
    /// Where the next line goes.
    end: u64,
    /// Whether lines stand in the journal that no longer count.
    stale: bool,
    /// Copies that were made of what has been audited anew.
    former: Vec<Copies>,
}

/// Where a result stands.
#[derive(Debug, Clone)]
struct Spot {
    key: Box<str>,
    offset: u64,
    /// Length of what the summaries need.
    head: u32,
    /// Length of the whole line without its end.
    length: u32,
}

/// What the summaries need of a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    file: String,
    key: String,
    /// Copies written for it.
    #[serde(default)]
    pub(super) copies: Copies,
    /// The submission in small.
    #[serde(default)]
    pub(super) entry: Entry,
    /// What it holds.
    #[serde(default)]
    pub(super) details: Details,
}

/// A line of the journal, ready to be put.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    head: usize,
}

impl Line {
    /// A file's line: what the summaries need, and the result as JSON.
    pub(super) fn new(
        (file, key): (&str, &str),
        copies: &Copies,
        entry: &Entry,
        details: &Details,
        result: &str,
    ) -> serde_json::Result<Self> {
        #[derive(Serialize)]
        struct Head<'a> {
            file: &'a str,
            key: &'a str,
            copies: &'a Copies,
            entry: &'a Entry,
            details: &'a Details,
        }
        let mut text = serde_json::to_string(&Head { file, key, copies, entry, details })?;
        let head = text.len();
        // JSON has no tab but those that it escapes.
        text.push('\t');
        text.push_str(result);
        text.push('\n');
        Ok(Self { text, head })
    }
}

/// Whether a folder is one that holds a batch's results.
pub(super) fn is_out(folder: &Path) -> bool {
    folder.join(NAME).is_file()
}

impl Cache {
    /// Opens the journal of a folder, or begins one; without a folder nothing is kept from run to run.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(super) fn open(folder: Option<&Path>, fresh: bool) -> std::io::Result<Self> {
        let Some(folder) = folder else { return Self::passing() };
        std::fs::create_dir_all(folder)?;
        let path = folder.join(NAME);
        let writer = OpenOptions::new().append(true).create(true).truncate(false).open(&path)?;
        let Index { mut entries, mut former, mut end } = index(&path)?;
        let summary = entries.get(SUMMARY).filter(|_| fresh).map(|spot| spot.key.clone());
        if fresh {
            former.extend(std::mem::take(&mut entries).into_values());
            end = 0;
        }
        let former = copies_of(&path, &former);
        // A torn last line would swallow the next one; a whole journal is not touched.
        if writer.metadata()?.len() != end {
            writer.set_len(end)?;
        }
        let reader = Mutex::new(File::open(&path)?);
        let state = RwLock::new(State { entries, writer: BufWriter::new(writer), end, stale: false, former });
        let cache = Self { path, reader, state };
        if let Some(key) = summary {
            cache.put_summary(&key)?;
        }
        Ok(cache)
    }

    /// A journal in a temporary file that is gone with the process.
    fn passing() -> std::io::Result<Self> {
        let file = tempfile::tempfile()?;
        let reader = Mutex::new(file.try_clone()?);
        let writer = BufWriter::new(file);
        let state =
            RwLock::new(State { entries: BTreeMap::new(), writer, end: 0, stale: false, former: Vec::new() });
        Ok(Self { path: PathBuf::new(), reader, state })
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn reader(&self) -> MutexGuard<'_, File> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the result of a file with this key is kept.
    pub(super) fn has(&self, file: &str, key: &str) -> bool {
        self.state().entries.get(file).is_some_and(|spot| *spot.key == *key)
    }

    /// What the summaries need of a file.
    pub(super) fn read(&self, file: &str) -> Option<Kept> {
        let (offset, head, _) = self.spot(file)?;
        serde_json::from_slice(&self.bytes(offset, head)?).ok()
    }

    /// The result of a file as JSON, with the copies that stand of it.
    pub(super) fn result(&self, entry: &Entry) -> Option<String> {
        let (offset, head, length) = self.spot(&entry.file)?;
        let after = head + 1;
        let line = self.bytes(offset + u64::from(after), length.checked_sub(after)?)?;
        let line = String::from_utf8(line).ok()?;
        json::with_written(line, &entry.copies().collect::<Vec<_>>()).ok()
    }

    /// Where a file's line begins, the length of its head, and of the whole.
    fn spot(&self, file: &str) -> Option<(u64, u32, u32)> {
        self.state().entries.get(file).map(|spot| (spot.offset, spot.head, spot.length))
    }

    fn bytes(&self, offset: u64, length: u32) -> Option<Vec<u8>> {
        let mut text = vec![0; length as usize];
        let mut reader = self.reader();
        reader.seek(SeekFrom::Start(offset)).ok()?;
        reader.read_exact(&mut text).ok()?;
        Some(text)
    }

    /// Keeps a result.
    pub(super) fn put(&self, file: &str, key: &str, line: &Line) -> std::io::Result<()> {
        let former = self.read(file).map(|kept| kept.copies);
        let state = &mut *self.change();
        state.former.extend(former);
        // A temporary journal is read through the same handle, which moves its place.
        let _reader = if self.path.as_os_str().is_empty() {
            let reader = self.reader();
            state.writer.seek(SeekFrom::Start(state.end))?;
            Some(reader)
        } else {
            None
        };
        state.writer.write_all(line.text.as_bytes())?;
        state.writer.flush()?;
        let (head, length) = (line.head as u32, line.text.len() as u32 - 1);
        let spot = Spot { key: key.into(), offset: state.end, head, length };
        state.stale |= state.entries.insert(file.to_owned(), spot).is_some();
        state.end += line.text.len() as u64;
        Ok(())
    }

    fn put_summary(&self, key: &str) -> std::io::Result<()> {
        let line = Line::new((SUMMARY, key), &Copies::default(), &Entry::default(), &Details::default(), "")?;
        self.put(SUMMARY, key, &line)
    }

    /// The digests of the summary that was last written here, and of the one before: a run that is killed between
    /// noting and writing leaves the earlier one.
    pub(super) fn summaries(&self) -> Vec<String> {
        let state = self.state();
        let summary = state.entries.get(SUMMARY);
        summary.map(|spot| spot.key.split(' ').map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Notes the digest of the summary about to be written.
    pub(super) fn note_summary(&self, digest: &str) -> std::io::Result<()> {
        let key = match self.summaries().first() {
            Some(known) if known == digest => return Ok(()),
            Some(known) => format!("{digest} {known}"),
            None => digest.to_owned(),
        };
        self.put_summary(&key)
    }

    /// Forgets results of files that are no longer there, and gives the copies that were made for them, and those that
    /// were made of what files held before.
    pub(super) fn retain(&self, is_there: impl Fn(&str) -> bool) -> Vec<Copies> {
        let is_gone = |f: &&String| *f != SUMMARY && !is_there(f);
        let gone: Vec<String> = self.state().entries.keys().filter(is_gone).cloned().collect();
        let mut copies: Vec<Copies> = gone.iter().filter_map(|f| self.read(f)).map(|k| k.copies).collect();
        let mut state = self.change();
        copies.append(&mut state.former);
        for file in gone {
            state.entries.remove(&file);
            state.stale = true;
        }
        copies
    }

    /// Rewrites the journal where it holds lines that no longer count.
    pub(super) fn finish(self) -> std::io::Result<()> {
        let state = self.state();
        if !state.stale || self.path.as_os_str().is_empty() {
            return Ok(());
        }
        crate::audit::output::write_whole_with(&self.path, |out| {
            for spot in state.entries.values() {
                if let Some(line) = self.bytes(spot.offset, spot.length) {
                    out.write_all(&line)?;
                    out.write_all(b"\n")?;
                }
            }
            Ok(())
        })
        .map_err(std::io::Error::other)
    }
}

impl Archive for Cache {
    fn details(&self, file: &str) -> Details {
        self.read(file).map(|kept| kept.details).unwrap_or_default()
    }
}

/// The copies that the lines of a journal name.
fn copies_of(path: &Path, lines: &[Spot]) -> Vec<Copies> {
    if lines.is_empty() {
        return Vec::new();
    }
    let Ok(text) = std::fs::read(path) else { return Vec::new() };
    let head = |spot: &Spot| {
        let from = usize::try_from(spot.offset).ok()?;
        text.get(from..from.checked_add(spot.head as usize)?)
    };
    let kept = lines.iter().filter_map(|spot| serde_json::from_slice::<Kept>(head(spot)?).ok());
    kept.map(|kept| kept.copies).collect()
}

/// The lines of a journal.
struct Index {
    /// By file, the last one counting.
    entries: BTreeMap<String, Spot>,
    /// Those that no longer count: what a run that was killed has left.
    former: Vec<Spot>,
    /// Where the last whole line ends.
    end: u64,
}

fn index(path: &Path) -> std::io::Result<Index> {
    #[derive(Deserialize)]
    struct Head {
        file: String,
        key: String,
    }
    let mut reader = BufReader::new(File::open(path)?);
    let (mut entries, mut former) = (BTreeMap::new(), Vec::new());
    let (mut offset, mut line) = (0u64, Vec::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            break;
        }
        let end = line.iter().position(|b| *b == b'\t').unwrap_or_default();
        if let Ok(known) = serde_json::from_slice::<Head>(line.get(..end).unwrap_or_default()) {
            let (head, length) = (end as u32, read as u32 - 1);
            former.extend(entries.insert(known.file, Spot { key: known.key.into(), offset, head, length }));
        }
        offset += read as u64;
    }
    Ok(Index { entries, former, end: offset })
}
