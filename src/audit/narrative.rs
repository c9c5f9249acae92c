//! The report's text in a file of its own: what was read from it, and its copy with comments.

use super::files::{bytes_of, name_of};
use super::output::document_path_for;
use super::{Content, Options, hex, unlock};
use crate::finding::{Failure, Lang, Outcome, Text};
use crate::grid::Workbook;
use crate::ingest::{self, Format, Limits, Source};
use crate::report::document::{self, Shown};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The text of a report in a file of its own.
#[derive(Clone)]
pub struct Narrative {
    /// The file's path, as given or below the folder of a batch.
    pub(super) file: String,
    pub(super) book: Workbook,
    /// SHA-256 of its bytes.
    pub(super) sha256: String,
    /// The bytes of a Word document, which can carry comments.
    document: Option<Arc<[u8]>>,
}

impl std::fmt::Debug for Narrative {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Narrative")
            .field("file", &self.file)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

impl Narrative {
    /// Reads a text; gouji's own comments in it are no part of it.
    pub(crate) fn read(file: &str, bytes: &[u8], options: &Options) -> Result<Self, Failure> {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let unlocked = unlock(bytes, options)?;
        let read = ingest::read(&Source { name, bytes: &unlocked.bytes }, &options.limits)?;
        let clear = read.format == Format::Docx && !unlocked.secret;
        let document = clear.then(|| Arc::from(&*unlocked.bytes));
        Ok(Self { file: file.to_owned(), book: read.book, sha256: hex(&Sha256::digest(bytes)), document })
    }

    /// Its name without folders.
    pub(super) fn name(&self) -> &str {
        self.file.rsplit(['/', '\\']).next().unwrap_or(&self.file)
    }
}

/// The text of a report, for [`Options::narrative`].
///
/// # Errors
/// When the file cannot be read.
pub fn narrative_file(path: &Path, options: &Options) -> Result<Narrative, Text> {
    let reason = |o: Outcome| o.failure.map(|f| f.message).unwrap_or_default();
    let bytes = bytes_of(path, options).map_err(reason)?;
    let mut narrative =
        Narrative::read(&name_of(path), &bytes, options).map_err(|failure| failure.message)?;
    narrative.file = path.to_string_lossy().into_owned();
    Ok(narrative)
}

/// Where the copies that [`commented`] makes go, as the paths of their documents say.
pub(super) fn commented_names(file: &str, content: &Content, narrative: Option<&Narrative>) -> Vec<PathBuf> {
    let own = (content.read.format == Format::Docx).then_some(file);
    let beside = narrative.filter(|n| n.document.is_some()).map(|n| n.file.as_str());
    own.into_iter().chain(beside).map(|of| document_path_for(Path::new(of), None)).collect()
}

/// A Word document with comments.
pub(super) struct Commented {
    /// The document that it is a copy of, as its path was given.
    pub(super) of: String,
    pub(super) bytes: Vec<u8>,
    pub(super) warnings: Vec<Text>,
}

/// Copies of the Word documents among an audit's inputs, with comments where they are wrong.
pub(super) fn commented(
    file: &str,
    bytes: &[u8],
    content: &Content,
    narrative: Option<&Narrative>,
    outcome: &Outcome,
    limits: &Limits,
    lang: Lang,
) -> Result<Vec<Commented>, Text> {
    let failed = |error: crate::report::annotate::WriteError| {
        Text::new(
            format!("无法写出批注文档：{error}"),
            format!("the commented document cannot be made: {error}"),
        )
    };
    let make = |of: &str, bytes: &[u8], shown: Shown| {
        let made = document::annotate(bytes, outcome, shown, lang, limits).map_err(failed)?;
        Ok(Commented { of: of.to_owned(), bytes: made.bytes, warnings: made.warnings })
    };
    let mut out = Vec::new();
    if content.read.format == Format::Docx {
        out.push(make(file, bytes, Shown { words: narrative.is_none(), cells: true })?);
    }
    if let Some((narrative, bytes)) = narrative.and_then(|n| Some((n, n.document.as_ref()?))) {
        out.push(make(&narrative.file, bytes, Shown { words: true, cells: false })?);
    }
    Ok(out)
}
