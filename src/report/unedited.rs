//! A copy of gouji's that nobody has worked on since: no submission, and what to do with it.

use super::own::Own;
use crate::finding::Text;
use serde::{Deserialize, Serialize};

/// What kind of copy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A workbook with its faults marked.
    Marked,
    /// A workbook with corrections made.
    Corrected,
    /// A Word document with comments.
    Document,
}

/// A copy of gouji's that is as gouji left it, or whose office refuses the corrections made in it, whatever it is called
/// and wherever it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unedited {
    /// Its path.
    pub file: String,
    /// Whose it is, as far as it says so.
    pub office: Option<String>,
    /// SHA-256 and name of the file that it was made from, as far as it says so.
    pub source: Option<(String, String)>,
    /// What it is.
    pub kind: Kind,
    /// The words by which its office refuses the corrections.
    #[serde(default)]
    pub refusal: Option<Box<str>>,
}

impl Unedited {
    /// The same of a workbook, by what gouji left in it; nothing where somebody has worked on it since.
    pub fn of(file: &str, office: Option<&String>, own: &Own) -> Option<Self> {
        let kind = if own.corrected { Kind::Corrected } else { Kind::Marked };
        let known = own.source.as_ref().and_then(|source| source.split_once(' '));
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let source = known.map(|(sha256, path)| (sha256.to_owned(), name(path)));
        let refusal = own.refusal().map(Box::from);
        let is_none = !own.is_returned() || refusal.is_some();
        is_none.then(|| Self { file: file.to_owned(), office: office.cloned(), source, kind, refusal })
    }

    /// What it is, and what its office has to send.
    pub fn told(&self) -> Text {
        let whose = |open: &str, close: &str| {
            let office = self.office.as_ref().map(|office| format!("{open}{office}{close}"));
            format!("{}{}", self.file, office.unwrap_or_default())
        };
        let (file, file_en) = (whose("（", "）"), whose(" (", ")"));
        let (zh, en) = match &self.source {
            Some((_, name)) => (format!("原件“{name}”"), format!("the original {name:?}")),
            None => ("原件".to_owned(), "the original".to_owned()),
        };
        if let Some(words) = &self.refusal {
            return Text::new(
                format!(
                    "{file} 是更正表，单位在“单位意见”里写的是“{words}”，更正没有采用：请单位交改好的报表，或者交{zh}"
                ),
                format!(
                    "{file_en} is a corrected copy of which its office says {words:?}: the corrections do not count; have it send a correct \
                     return, or {en}"
                ),
            );
        }
        match self.kind {
            Kind::Marked => Text::new(
                format!(
                    "{file} 是 gouji 写出后没有人改过的审核表，不算报送：请单位改好或写了说明再交，或者交{zh}"
                ),
                format!(
                    "{file_en} is a marked copy as gouji wrote it and no submission: have its office correct it or explain, \
                     or send {en}"
                ),
            ),
            Kind::Corrected => Text::new(
                format!(
                    "{file} 是 gouji 写出后没有人改过的更正表，不算报送：单位认可更正的，请在“更正记录”的“单位意见”里写上\
                     （如“同意”）再交；不认可的，交{zh}"
                ),
                format!(
                    "{file_en} is a corrected copy as gouji wrote it and no submission: an office that agrees says so (Agreed) on the \
                     sheet 更正记录 and sends it; else it sends {en}"
                ),
            ),
            Kind::Document => Text::new(
                format!("{file} 是 gouji 写出后没有人改过的批注本，不算报送：请交{zh}"),
                format!("{file_en} is a copy with comments as gouji wrote it and no submission: send {en}"),
            ),
        }
    }

    /// Its path, and that of the file it was made from.
    pub fn named(&self) -> Text {
        match &self.source {
            Some((_, name)) => {
                Text::new(format!("{}（由 {name} 写出）", self.file), format!("{} (of {name})", self.file))
            }
            None => Text::new(self.file.clone(), self.file.clone()),
        }
    }
}
