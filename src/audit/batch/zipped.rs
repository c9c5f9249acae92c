//! Members of a zip that offices sent their workbooks in: names in UTF-8 or GBK, paths that stay inside.

use crate::finding::{Failure, FailureKind, Text};
use crate::ingest::Limits;
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use zip::ZipArchive;
use zip::read::ZipFile;

/// Members that a zip may have; more is no folder of submissions.
const MOST_MEMBERS: usize = 100_000;

/// A file in a zip.
#[derive(Debug)]
pub(super) struct Member {
    /// Its path inside the zip, harmless as a path.
    pub(super) name: String,
    /// Its number.
    pub(super) index: usize,
    /// When it was changed, in seconds of its own clock; 0 where that is not known.
    pub(super) modified: i64,
}

/// The files of a zip, in its own order.
pub(super) fn members(path: &Path, limits: &Limits) -> Result<Vec<Member>, Failure> {
    members_of(file(path)?, limits)
}

/// The files of a zip that is read from somewhere.
pub(super) fn members_of(zip: impl Read + Seek, limits: &Limits) -> Result<Vec<Member>, Failure> {
    let mut archive = ZipArchive::new(zip).map_err(|e| damaged(&e))?;
    if archive.len() > MOST_MEMBERS {
        return Err(crate::ingest::too_large(u64::MAX, limits));
    }
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(|e| damaged(&e))?;
        let name = safe(&decode(file.name_raw()));
        if !file.is_dir() && !name.is_empty() {
            found.push(Member { name, index, modified: modified(&file) });
        }
    }
    Ok(found)
}

/// The bytes of a member, unless it is longer than any file that is read.
pub(super) fn bytes(path: &Path, index: usize, limits: &Limits) -> Result<Vec<u8>, Failure> {
    bytes_of(file(path)?, index, limits)
}

/// The same of a zip that is read from somewhere.
pub(super) fn bytes_of(zip: impl Read + Seek, index: usize, limits: &Limits) -> Result<Vec<u8>, Failure> {
    let mut archive = ZipArchive::new(zip).map_err(|e| damaged(&e))?;
    let file = archive.by_index(index).map_err(|e| damaged(&e))?;
    let mut bytes = Vec::new();
    // The size that a zip states may be a lie: read one byte more than is allowed and see.
    file.take(limits.file_bytes + 1).read_to_end(&mut bytes).map_err(|e| damaged(&e))?;
    match bytes.len() as u64 {
        n if n > limits.file_bytes => Err(crate::ingest::too_large(n, limits)),
        _ => Ok(bytes),
    }
}

fn file(path: &Path) -> Result<BufReader<File>, Failure> {
    File::open(path).map(BufReader::new).map_err(|e| crate::audit::io_failure(&e))
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
