//! Members of a zip that offices sent their workbooks in: names in UTF-8 or GBK, paths that stay inside, zips in zips.

use crate::finding::{Failure, FailureKind, Text};
use crate::ingest::Limits;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use zip::ZipArchive;
use zip::read::ZipFile;

/// Members that a zip may have; more is no folder of submissions.
const MOST_MEMBERS: usize = 100_000;
/// Zips within each other that are looked into.
const DEEPEST: usize = 4;
/// All zips in one zip may together be as long as so many files.
const INNER: u64 = 4;

/// Where a member is: its number in the outer zip, then that in the zip that this member is, and so on.
pub(super) type Place = Vec<usize>;

/// A file in a zip.
#[derive(Debug)]
pub(super) struct Member {
    /// Its path inside the zip, harmless as a path; zips count as folders.
    pub(super) name: String,
    /// Where it is.
    pub(super) place: Place,
    /// When it was changed, in seconds of its own clock; 0 where that is not known.
    pub(super) modified: i64,
}

/// The files of a zip, in its own order.
pub(super) fn members(path: &Path, limits: &Limits) -> Result<Vec<Member>, Failure> {
    members_of(BufReader::new(file(path)?), limits)
}

/// The files of a zip that is read from somewhere, and those of zips in it.
pub(super) fn members_of(zip: impl Read + Seek, limits: &Limits) -> Result<Vec<Member>, Failure> {
    let mut looked = Looked { limits, room: limits.file_bytes.saturating_mul(INNER), found: Vec::new() };
    looked.look(zip, "", &[])?;
    Ok(looked.found)
}

/// What was found so far in a zip and the zips in it.
struct Looked<'l> {
    limits: &'l Limits,
    /// Bytes that zips in it may still have.
    room: u64,
    found: Vec<Member>,
}

impl Looked<'_> {
    fn look(&mut self, zip: impl Read + Seek, above: &str, outer: &[usize]) -> Result<(), Failure> {
        let mut archive = whole(zip)?;
        if archive.len() + self.found.len() > MOST_MEMBERS {
            return Err(crate::ingest::too_large(u64::MAX, self.limits));
        }
        for index in 0..archive.len() {
            let file = archive.by_index_raw(index).map_err(|e| damaged(&e))?;
            let name = safe(&decode(file.name_raw()));
            if file.is_dir() || name.is_empty() {
                continue;
            }
            let modified = modified(&file);
            drop(file);
            let place: Place = outer.iter().copied().chain([index]).collect();
            let name = format!("{above}{name}");
            if !self.is_opened(&mut archive, &name, &place) {
                self.found.push(Member { name, place, modified });
            }
        }
        Ok(())
    }

    /// Looks into a member that is a zip; one that cannot be opened is a file like any other, and told.
    fn is_opened(&mut self, archive: &mut ZipArchive<impl Read + Seek>, name: &str, place: &[usize]) -> bool {
        if !is_zip(name) || place.len() >= DEEPEST || !super::walk::is_wanted(name) {
            return false;
        }
        let Some(bytes) = place.last().and_then(|i| member(archive, *i, self.limits).ok()) else {
            return false;
        };
        let Some(room) = self.room.checked_sub(bytes.len() as u64) else { return false };
        self.room = room;
        let before = self.found.len();
        let opened = self.look(Cursor::new(bytes), &format!("{name}/"), place).is_ok();
        if !opened {
            self.found.truncate(before);
        }
        opened
    }
}

/// Whether a file is named as a zip.
pub(super) fn is_zip(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"))
}

/// The bytes of a member, unless it is longer than any file that is read.
pub(super) fn bytes(path: &Path, place: &[usize], limits: &Limits) -> Result<Vec<u8>, Failure> {
    let Some((index, outer)) = place.split_last() else { return Err(lost()) };
    let meta = std::fs::metadata(path).map_err(|e| crate::audit::io_failure(&e))?;
    let changed = meta.modified().ok();
    let key = Key { path: path.to_owned(), outer: outer.to_vec(), len: meta.len(), changed };
    LAST.with_borrow_mut(|last| {
        let open = match last.take() {
            Some(open) if open.key == key => open,
            _ => Open { archive: archive(path, outer, limits)?, key },
        };
        member(&mut last.insert(open).archive, *index, limits)
    })
}

/// The same of a zip that is read from somewhere.
pub(super) fn bytes_of(zip: impl Read + Seek, place: &[usize], limits: &Limits) -> Result<Vec<u8>, Failure> {
    let (first, inner) = place.split_first().ok_or_else(lost)?;
    let bytes = member(&mut whole(zip)?, *first, limits)?;
    if inner.is_empty() { Ok(bytes) } else { bytes_of(Cursor::new(bytes), inner, limits) }
}

thread_local! {
    /// The zip that was read last: members come one after another, and thousands may be in one zip.
    static LAST: RefCell<Option<Open>> = const { RefCell::new(None) };
}

/// A zip that is open.
struct Open {
    key: Key,
    archive: ZipArchive<Box<dyn ReadSeek>>,
}

/// Which zip it is, as it stands now.
#[derive(PartialEq, Eq)]
struct Key {
    path: PathBuf,
    outer: Place,
    len: u64,
    changed: Option<SystemTime>,
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// The zip on disk, or the one in it that `outer` leads to.
fn archive(path: &Path, outer: &[usize], limits: &Limits) -> Result<ZipArchive<Box<dyn ReadSeek>>, Failure> {
    let file = BufReader::new(file(path)?);
    let zip: Box<dyn ReadSeek> =
        if outer.is_empty() { Box::new(file) } else { Box::new(Cursor::new(bytes_of(file, outer, limits)?)) };
    whole(zip)
}

/// Opens a zip. Where its end is lost, that of a zip in it may be taken for its own: it would begin further on.
fn whole<R: Read + Seek>(mut zip: R) -> Result<ZipArchive<R>, Failure> {
    let mut first = [0; 4];
    let begins = zip.read_exact(&mut first).is_ok() && first == *b"PK\x03\x04";
    let archive = ZipArchive::new(zip).map_err(|e| damaged(&e))?;
    if begins && archive.offset() > 0 {
        let message = Text::new(
            "压缩包损坏：后面的部分没有传完，其中的文件没有审核。请让报送单位重新发送",
            "the zip is damaged: its end is missing, and no file in it was audited; have it sent again",
        );
        return Err(Failure { kind: FailureKind::Damaged, message });
    }
    Ok(archive)
}

fn member(
    archive: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    limits: &Limits,
) -> Result<Vec<u8>, Failure> {
    let file = archive.by_index(index).map_err(|e| damaged(&e))?;
    let mut bytes = Vec::new();
    // The size that a zip states may be a lie: read one byte more than is allowed and see.
    file.take(limits.file_bytes + 1).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
    match bytes.len() as u64 {
        n if n > limits.file_bytes => Err(crate::ingest::too_large(n, limits)),
        _ => Ok(bytes),
    }
}

fn file(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|e| crate::audit::io_failure(&e))
}

/// A place that leads nowhere.
fn lost() -> Failure {
    damaged(&"no such member")
}

fn damaged(error: &dyn std::fmt::Display) -> Failure {
    let text = error.to_string();
    if text.to_lowercase().contains("password") {
        let message = Text::new("压缩包有密码，请解压后再审核", "the zip is encrypted; unpack it first");
        return Failure { kind: FailureKind::Encrypted, message };
    }
    let message = Text::new(
        format!("压缩包损坏，无法读取（{text}）。请让报送单位重新发送"),
        format!("the zip is damaged: {text}"),
    );
    Failure { kind: FailureKind::Damaged, message }
}

/// A name as its bytes say: UTF-8 where they are valid, else GBK, as Chinese Windows writes it.
fn decode(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GBK.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// A path that cannot leave the folder it is put in, whatever the zip says.
pub(super) fn safe(name: &str) -> String {
    let harmless = |c: char| if c.is_control() || "<>:\"|?*".contains(c) { '_' } else { c };
    let parts = name.split(['/', '\\']).map(|part| part.trim().chars().map(harmless).collect::<String>());
    let kept: Vec<String> = parts.filter(|p| !p.is_empty() && p.chars().any(|c| c != '.')).collect();
    kept.join("/")
}

fn modified<R: Read>(file: &ZipFile<'_, R>) -> i64 {
    let Some(t) = file.last_modified() else { return 0 };
    let days = days_from_civil(i64::from(t.year()), i64::from(t.month()), i64::from(t.day()));
    ((days * 24 + i64::from(t.hour())) * 60 + i64::from(t.minute())) * 60 + i64::from(t.second())
}

/// Days since 1970-01-01 (Howard Hinnant, “chrono-compatible low-level date algorithms”).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_whatever_a_zip_says() {
        for (name, kept) in [
            ("../../etc/石碁镇.xlsx", "etc/石碁镇.xlsx"),
            ("C:\\报送\\石碁镇.xlsx", "C_/报送/石碁镇.xlsx"),
            ("/石碁镇.xlsx", "石碁镇.xlsx"),
            ("./a/./..", "a"),
        ] {
            assert_eq!(safe(name), kept);
        }
    }

    #[test]
    fn names_of_chinese_windows_are_read() {
        let (raw, _, _) = encoding_rs::GBK.encode("石碁镇.xlsx");
        assert_eq!(decode(&raw), "石碁镇.xlsx");
        assert_eq!(decode("石碁镇.xlsx".as_bytes()), "石碁镇.xlsx");
    }

    #[test]
    fn dates_count_in_days() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2024, 2, 29), 19_782);
    }
}
