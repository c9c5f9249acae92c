//! Files with a password to open ([MS-OFFCRYPTO], [MS-XLS] 2.2.10) -> the bytes that the password protects.
//!
//! `agile` and `standard` open packages (.xlsx, .xlsm, .xlsb, .docx), `binary` opens .xls and .et. A wrong password
//! is told by the verifier that each of these files carries, never by looking at what decrypting gives; where the
//! file is signed (agile), a changed one is told too. ODF and zip encryption are recognised by their readers only.

mod agile;
mod binary;
mod primitives;
mod rc4;
mod standard;
mod xor;

use std::borrow::Cow;

use super::bytes::{array, u16_at};
use super::cfb::Compound;
use super::failure;
use super::limits::Limits;
use crate::finding::Failure;

/// With this password Excel locks what is only protected against changes, and opens it without asking.
const EXCEL_OWN: &str = "VelvetSweatshop";

/// A password; it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password as typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As the formats digest it.
    fn utf16(&self) -> Vec<u8> {
        self.0.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// A file's bytes without a lock.
#[derive(Debug, Clone)]
pub struct Unlocked<'a> {
    /// The bytes that a reader takes: the file's own where it has no password.
    pub bytes: Cow<'a, [u8]>,
    /// Whether a password that only some people know was needed, so that no clear copy may lie about.
    pub secret: bool,
}

/// Opens a file that has a password; any other is given back as it is.
///
/// # Errors
///
/// Without a password, with a wrong one, or where the lock is broken or of a kind that is not known.
pub fn unlock<'a>(
    bytes: &'a [u8],
    password: Option<&Password>,
    limits: &Limits,
) -> Result<Unlocked<'a>, Failure> {
    let Some(lock) = Lock::of(bytes, limits)? else {
        return Ok(Unlocked { bytes: Cow::Borrowed(bytes), secret: false });
    };
    let own = Password::new(EXCEL_OWN);
    for (password, secret) in password.map(|p| (p, true)).into_iter().chain([(&own, false)]) {
        if let Some(clear) = lock.open(password)? {
            return Ok(Unlocked { bytes: Cow::Owned(clear), secret });
        }
    }
    Err(if password.is_some() { failure::wrong_password() } else { failure::encrypted() })
}

/// What stands between a password and the bytes.
enum Lock {
    Agile(agile::Agile, Vec<u8>),
    Standard(standard::Standard, Vec<u8>),
    Binary(binary::Binary),
}

impl Lock {
    /// The lock of a file; none where it has none.
    fn of(bytes: &[u8], limits: &Limits) -> Result<Option<Self>, Failure> {
        if bytes.len() as u64 > limits.file_bytes || !super::sniff::is_ole(bytes) {
            return Ok(None);
        }
        // Broken containers are told by their reader.
        let Some(file) = Compound::open(bytes) else { return Ok(None) };
        if !file.has("EncryptedPackage") {
            return Ok(binary::Binary::of(&file)?.map(Self::Binary));
        }
        let stream = |name: &str| file.stream(name).ok_or_else(|| failure::damaged(name));
        if !file.has("EncryptionInfo") {
            return Err(failure::unknown_lock("权限管理", "rights management"));
        }
        let info = stream("EncryptionInfo")?;
        let version = (u16_at(&info, 0), u16_at(&info, 2));
        let lock = match version {
            (Some(4), Some(4)) => {
                Self::Agile(agile::Agile::read(&info, limits)?, stream("EncryptedPackage")?)
            }
            (Some(2..=4), Some(2)) => {
                let lock = standard::Standard::read(&info)?;
                Self::Standard(lock, stream("EncryptedPackage")?)
            }
            (Some(major), Some(minor)) => return Err(unknown(&format!("{major}.{minor}"))),
            _ => return Err(failure::damaged("EncryptionInfo")),
        };
        Ok(Some(lock))
    }

    /// The bytes; none where the password is wrong.
    fn open(&self, password: &Password) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Agile(lock, package) => lock.open(package, password),
            Self::Standard(lock, package) => lock.open(package, password),
            Self::Binary(lock) => Ok(lock.open(password)),
        }
    }
}

/// A kind of encryption that is not known here.
fn unknown(what: &str) -> Failure {
    failure::unknown_lock(what, what)
}

/// The encrypted bytes of a package and the length of what they hold.
fn contents(package: &[u8]) -> Result<(&[u8], usize), Failure> {
    let damaged = || failure::damaged("EncryptedPackage");
    let length = usize::try_from(array(package, 0).map(u64::from_le_bytes).ok_or_else(damaged)?);
    let body = package.get(8..).unwrap_or_default();
    let length = length.ok().filter(|l| *l <= body.len()).ok_or_else(damaged)?;
    Ok((body, length))
}
