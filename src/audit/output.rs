//! Where outputs go and how they are written: beside the input or into a folder, whole or not at all.

use crate::finding::Text;
use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Kinds of workbook that gouji writes for an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// The office's workbook with marks.
    Annotated,
    /// The office's workbook with corrections made.
    Corrected,
}

impl OutputKind {
    const ALL: [Self; 2] = [Self::Annotated, Self::Corrected];

    /// The word in the file's name.
    const fn word(self) -> &'static str {
        match self {
            Self::Annotated => ".审核",
            Self::Corrected => ".更正",
        }
    }
}

/// Why an output was not written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The output would replace the input.
    #[error("expected an output beside its input, but {0} is the input itself")]
    IsInput(PathBuf),
    /// A file of that name stands there, and gouji did not write it or somebody has edited it since.
    #[error("expected no file or gouji's own at {0}, but found another's")]
    Foreign(PathBuf),
    /// The system refused.
    #[error("cannot write {path}")]
    Io {
        /// The output.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl OutputError {
    /// What happened and what to do, for a clerk.
    pub fn text(&self) -> Text {
        match self {
            Self::IsInput(path) => Text::new(
                format!(
                    "输出文件就是输入文件本身：{}。请用 -o 指定另一个文件夹，或加 --force 覆盖",
                    path.display()
                ),
                format!(
                    "the output is the input itself: {}; name another folder with -o, or add --force",
                    path.display()
                ),
            ),
            Self::Foreign(path) => Text::new(
                format!(
                    "{} 已存在，不是勾稽写的或已被人改过，没有覆盖。请改名或移走，或加 --force",
                    path.display()
                ),
                format!(
                    "{} exists and is not gouji's own or was edited; move it away, or add --force",
                    path.display()
                ),
            ),
            Self::Io { path, source } => {
                let (zh, en) = reason(source);
                Text::new(
                    format!("无法写入 {}：{zh}", path.display()),
                    format!("cannot write {}: {en}", path.display()),
                )
            }
        }
    }
}

/// What a clerk can do about a refusal of the system.
fn reason(error: &std::io::Error) -> (String, String) {
    use std::io::ErrorKind as Kind;
    let (zh, en) = match error.kind() {
        _ if is_in_use(error) => (
            "文件正被另一个程序（例如 Excel 或 WPS）打开。请关闭后重试，或用 -o 指定另一个文件夹",
            "another program, such as Excel, has the file open; close it, or name another folder with -o",
        ),
        _ if is_full(error) => ("磁盘已满，请清出空间后重试", "the disk is full; make room and try again"),
        Kind::PermissionDenied => (
            "没有写入权限，或文件正在 Excel、WPS 中打开。请关闭该文件，或用 -o 指定另一个文件夹",
            "no permission, or the file is open in Excel; close it, or name another folder with -o",
        ),
        Kind::ReadOnlyFilesystem => (
            "这个磁盘是只读的（例如光盘、写保护的 U 盘）。请用 -o 指定另一个文件夹",
            "this disk is read-only; name another folder with -o",
        ),
        Kind::NotFound => ("文件夹不存在，或已被移走", "the folder does not exist, or has been moved"),
        Kind::InvalidFilename => (
            "文件名太长或含有不允许的字符。请把原文件改个短些的名字，或用 -o 指定路径较短的文件夹",
            "the name is too long or not allowed; give the file a shorter one, or name a folder with -o",
        ),
        Kind::AlreadyExists | Kind::NotADirectory => (
            "路径中有一个同名的文件，不是文件夹。请用 -o 指定另一个文件夹",
            "a file stands where a folder is needed; name another folder with -o",
        ),
        Kind::IsADirectory | Kind::DirectoryNotEmpty => (
            "那里有一个同名的文件夹。请改名或移走，或用 -o 指定另一个文件夹",
            "a folder of that name stands there; move it away, or name another folder with -o",
        ),
        _ => return (format!("系统报告“{error}”"), error.to_string()),
    };
    (zh.to_owned(), en.to_owned())
}

/// Whether another program holds a file; Windows alone refuses that, by numbers without a kind.
pub(super) fn is_in_use(error: &std::io::Error) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    error.kind() == std::io::ErrorKind::ResourceBusy
        || cfg!(windows) && matches!(error.raw_os_error(), Some(SHARING_VIOLATION | LOCK_VIOLATION))
}

fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    const HANDLE_DISK_FULL: i32 = 39;
    matches!(error.kind(), Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge)
        || cfg!(windows) && error.raw_os_error() == Some(HANDLE_DISK_FULL)
}

/// What is said where a copy cannot be made.
pub(super) fn cannot_make(error: &dyn std::fmt::Display) -> Text {
    Text::new(format!("无法写出结果文件：{error}"), format!("the copy cannot be made: {error}"))
}

/// Where the output for an input goes; `extension` is that of the output's own format.
pub fn path_for(input: &Path, kind: OutputKind, extension: &str, out_dir: Option<&Path>) -> PathBuf {
    let name = input.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = out_dir.or_else(|| input.parent()).unwrap_or(Path::new(""));
    folder.join(format!("{}{}.{extension}", stem(&name), kind.word()))
}

/// Where the copy of a Word document with comments goes: `X.docx` gives `X.审核.docx`.
pub fn document_path_for(input: &Path, out_dir: Option<&Path>) -> PathBuf {
    let name = input.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let base = name.rsplit_once('.').map_or(name.as_str(), |(base, _)| base);
    let word = OutputKind::Annotated.word();
    let folder = out_dir.or_else(|| input.parent()).unwrap_or(Path::new(""));
    folder.join(format!("{}{word}.docx", base.strip_suffix(word).unwrap_or(base)))
}

/// Which of the inputs of one run that would share an output each one is: 1 for the first, in the order given. The same
/// file named twice has one output.
pub fn namesakes(inputs: &[PathBuf], kind: OutputKind, out_dir: Option<&Path>) -> Vec<u32> {
    let mut taken: HashMap<(PathBuf, String, bool), PathBuf> = HashMap::new();
    let mut number = |input: &PathBuf| {
        let first = path_for(input, kind, "", out_dir);
        let folder = first.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        // A marked copy audited where it stands goes on under the number of its next round.
        let later = kind == OutputKind::Annotated && is_round(input) && beside(&first, input);
        let key = |n| {
            let name = nth(&first, n).file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            (folder.clone(), name, later)
        };
        let is_free =
            |n: &u32| taken.get(&key(*n)).is_none_or(|other| other == input || same_file(other, input));
        let free = (1..=u32::MAX).find(is_free).unwrap_or(1);
        taken.insert(key(free), input.clone());
        free
    };
    inputs.iter().map(&mut number).collect()
}

fn is_round(input: &Path) -> bool {
    input.file_name().is_some_and(|name| round(&name.to_string_lossy()) > 0)
}

/// The name of an output whose input is the nth of one run that would share it: `年报（2）.审核.xlsx`.
pub(super) fn nth(first: &Path, n: u32) -> PathBuf {
    let name = first.file_name().unwrap_or_default().to_string_lossy();
    let at = OutputKind::ALL.iter().find_map(|kind| name.rfind(kind.word()));
    match at.and_then(|at| name.split_at_checked(at)).filter(|_| n > 1) {
        Some((stem, rest)) => first.with_file_name(format!("{stem}（{n}）{rest}")),
        None => first.to_owned(),
    }
}

/// Whether two files stand in one folder.
pub(super) fn beside(one: &Path, other: &Path) -> bool {
    one.parent() == other.parent() || same_file(one, other)
}

/// The name before 审核 or 更正: without .xlsx or .xlsm, and with any other extension kept.
pub(super) fn stem(name: &str) -> &str {
    let is_book = |ext: &str| ext.eq_ignore_ascii_case("xlsx") || ext.eq_ignore_ascii_case("xlsm");
    let (base, ext) = name.rsplit_once('.').unwrap_or((name, ""));
    let first = if round(name) > 1 { base.rsplit_once('.').map_or(base, |(first, _)| first) } else { base };
    let own = OutputKind::ALL.iter().find_map(|k| first.strip_suffix(k.word()));
    match own {
        Some(stem) => stem,
        None if is_book(ext) => base,
        None => name,
    }
}

/// The name that an office gave its file, without what gouji has added and without its kind.
pub(super) fn source_stem(name: &str) -> &str {
    const KINDS: [&str; 12] =
        ["xlsx", "xlsm", "xlsb", "xls", "et", "ods", "docx", "html", "htm", "xml", "csv", "txt"];
    let base = name.rsplit_once('.').map_or(name, |(base, _)| base);
    let own = stem(name);
    if own.len() >= base.len() {
        return base;
    }
    let kind = own.rsplit_once('.').filter(|(_, kind)| KINDS.iter().any(|k| kind.eq_ignore_ascii_case(k)));
    kind.map_or(own, |(source, _)| source)
}

/// Which round of marking a name belongs to: 1 for `X.审核.xlsx`, 2 for `X.审核.2.xlsx`, 0 for anything else.
pub(super) fn round(name: &str) -> u32 {
    let word = OutputKind::Annotated.word();
    let base = name.rsplit_once('.').map_or(name, |(base, _)| base);
    let later = base.rsplit_once('.').filter(|(first, _)| first.ends_with(word));
    match later.and_then(|(_, n)| n.parse().ok()) {
        Some(n) if n > 1 => n,
        _ => u32::from(base.ends_with(word)),
    }
}

/// Where a later round goes that starts from a marked copy: beside it, under the next number that is free.
pub(super) fn next_round(input: &Path, first: &Path, is_free: impl Fn(&Path) -> bool) -> PathBuf {
    let from = input.file_name().map_or(0, |n| round(&n.to_string_lossy()));
    let extension = first.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    let named = |n: u32| first.with_extension(format!("{n}.{extension}"));
    (from + 1..=from + 999).map(named).find(|path| is_free(path)).unwrap_or_else(|| first.to_owned())
}

/// Writes a file whole: beside its place under another name, then renamed.
///
/// # Errors
/// When the folder or the file cannot be written; then nothing is left behind.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// Writes a file whole, part by part; the same bytes again leave the file as it stands.
///
/// # Errors
/// As [`write_whole`], and whatever `write` gives.
pub fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), OutputError> {
    let mut pending = Pending::create(path)?;
    let mut buffered = std::io::BufWriter::new(pending.file());
    let written = write(&mut buffered).and_then(|()| buffered.flush());
    drop(buffered);
    written.map_err(|source| OutputError::Io { path: path.to_owned(), source })?;
    pending.commit()
}

/// Writes a file whole and brings it to the disk before it takes its place: else a power cut could leave an empty
/// file where a good one stood.
///
/// # Errors
/// As [`write_whole`].
pub fn write_lasting(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut pending = Pending::create(path)?;
    let written = pending.file().write_all(bytes).and_then(|()| pending.file().sync_all());
    written.map_err(|source| OutputError::Io { path: path.to_owned(), source })?;
    pending.commit()
}

/// How the names of unfinished files begin and end.
const UNFINISHED: (&str, &str) = (".gouji-", ".tmp");

/// Takes away what a run that was killed left unfinished in a folder of outputs and the folders below it.
pub(super) fn sweep_unfinished(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let name = name.to_string_lossy();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sweep_unfinished(&path);
        } else if name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// A file that is being written beside its place under another name; it is gone unless committed.
#[derive(Debug)]
pub struct Pending {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl Pending {
    /// Begins a file.
    ///
    /// # Errors
    /// When its folder cannot be made or written.
    pub fn create(path: &Path) -> Result<Self, OutputError> {
        let failed = |source| OutputError::Io { path: path.to_owned(), source };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let begin = || tempfile::Builder::new().prefix(UNFINISHED.0).suffix(UNFINISHED.1).tempfile_in(folder);
        let file = begin().or_else(|_| std::fs::create_dir_all(folder).and_then(|()| begin()));
        Ok(Self { file: file.map_err(failed)?, path: path.to_owned() })
    }

    /// Where it will stand.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where to write.
    pub fn file(&mut self) -> &mut std::fs::File {
        self.file.as_file_mut()
    }

    /// What has been written, from its beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&mut self) -> std::io::Result<impl Read + use<'_>> {
        self.file.as_file_mut().seek(SeekFrom::Start(0))?;
        Ok(std::io::BufReader::new(self.file.as_file_mut()))
    }

    /// Puts it in its place, unless the same bytes stand there already.
    ///
    /// # Errors
    /// When the system refuses; then nothing is left behind.
    pub fn commit(mut self) -> Result<(), OutputError> {
        if self.stands().unwrap_or(false) {
            return Ok(());
        }
        let failed = |path: &Path, source| OutputError::Io { path: path.to_owned(), source };
        shared_mode(&self.file).map_err(|e| failed(&self.path, e))?;
        let path = self.path;
        self.file.persist(&path).map(|_| ()).map_err(|e| failed(&path, e.error))
    }

    /// Whether the same bytes stand in its place.
    fn stands(&mut self) -> std::io::Result<bool> {
        let Ok(standing) = std::fs::File::open(&self.path) else { return Ok(false) };
        let is_file = standing.metadata()?.is_file();
        if !is_file || standing.metadata()?.len() != self.file.as_file().metadata()?.len() {
            return Ok(false);
        }
        let (mut a, mut b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut standing = std::io::BufReader::new(standing);
        let mut made = self.read()?;
        loop {
            let n = made.read(&mut a)?;
            if n == 0 {
                return Ok(true);
            }
            let (new, old) = (a.get(..n).unwrap_or_default(), b.get_mut(..n).unwrap_or_default());
            standing.read_exact(old)?;
            if new != old {
                return Ok(false);
            }
        }
    }
}

/// Asks the system to put on disk what has been written in these folders: once a run, not once a file. Renaming makes
/// each file whole; this makes it last.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn sync<'p>(folders: impl IntoIterator<Item = &'p Path>) {
    use std::os::unix::fs::MetadataExt;
    let mut done = std::collections::BTreeSet::new();
    for folder in folders {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(folder) = std::fs::File::open(folder) else { continue };
        if folder.metadata().is_ok_and(|m| done.insert(m.dev())) {
            // A file system that cannot has nothing to put anywhere.
            let _ = rustix::fs::syncfs(&folder);
        }
    }
}

/// Elsewhere the system does it by itself in its time.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn sync<'p>(_: impl IntoIterator<Item = &'p Path>) {}

/// A temporary file is its owner's alone; an output is as readable as any file.
#[cfg(unix)]
fn shared_mode(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same door on every system")]
fn shared_mode(_: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}

/// Whether two paths are the same file; where the second does not stand, as most outputs do not yet, that is soon seen.
pub fn same_file(a: &Path, b: &Path) -> bool {
    b.exists() && matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_named_after_their_input() {
        let cases = [
            ("石碁镇.xlsx", "xlsx", "石碁镇.审核.xlsx"),
            ("石碁镇.XLSM", "xlsm", "石碁镇.审核.xlsm"),
            ("表.xls", "xlsx", "表.xls.审核.xlsx"),
            ("报告.v2.docx", "xlsx", "报告.v2.docx.审核.xlsx"),
            ("石碁镇.审核.xlsx", "xlsx", "石碁镇.审核.xlsx"),
            ("石碁镇.更正.xlsx", "xlsx", "石碁镇.审核.xlsx"),
            ("表.xls.审核.xlsx", "xlsx", "表.xls.审核.xlsx"),
            ("石碁镇.审核.2.xlsx", "xlsx", "石碁镇.审核.xlsx"),
            ("石碁镇.2.xlsx", "xlsx", "石碁镇.2.审核.xlsx"),
        ];
        for (input, extension, expected) in cases {
            let path =
                path_for(Path::new("某夹").join(input).as_path(), OutputKind::Annotated, extension, None);
            assert_eq!(path, Path::new("某夹").join(expected), "{input}");
        }
        let path = path_for(Path::new("a/b.xlsx"), OutputKind::Corrected, "xlsx", Some(Path::new("out")));
        assert_eq!(path, Path::new("out/b.更正.xlsx"));
    }

    #[test]
    fn a_refused_output_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("结果.xlsx");
        std::fs::create_dir(&target).unwrap();
        assert!(write_whole(&target, b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_run_left_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("annotated");
        std::fs::create_dir(&inner).unwrap();
        let left = Pending::create(&inner.join("甲.xlsx")).unwrap();
        let (_, unfinished) = left.file.keep().unwrap();
        for name in [".gouji-results.jsonl", "甲.xlsx", "x.tmp"] {
            std::fs::write(inner.join(name), "x").unwrap();
        }
        sweep_unfinished(folder.path());
        assert!(!unfinished.exists());
        assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 3);
    }
}
