//! JSON and files in one piece of memory: four bytes with the JSON's length (little end first), the JSON, then the
//! files one after another, whose lengths the JSON names under `files`.

use super::Question;
use serde::{Deserialize, Serialize};

/// A request.
pub(super) struct Request<'a> {
    /// What is asked.
    pub(super) question: Question,
    /// The files with it.
    pub(super) files: Vec<&'a [u8]>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    files: Vec<usize>,
    #[serde(flatten)]
    question: Question,
}

/// Reads a request.
pub(super) fn open(parcel: &[u8]) -> Result<Request<'_>, String> {
    let short = || "the request is cut short".to_owned();
    let (len, rest) = parcel.split_first_chunk::<4>().ok_or_else(short)?;
    let (json, mut rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(short)?;
    let asked: Asked = serde_json::from_slice(json).map_err(|e| e.to_string())?;
    let mut files = Vec::new();
    for len in asked.files {
        let (file, after) = rest.split_at_checked(len).ok_or_else(short)?;
        files.push(file);
        rest = after;
    }
    Ok(Request { question: asked.question, files })
}

impl<'a> Request<'a> {
    /// The first file.
    pub(super) fn file(&self) -> &'a [u8] {
        self.files.first().copied().unwrap_or_default()
    }
}

/// An answer.
pub(super) struct Answer {
    json: serde_json::Value,
    files: Vec<Vec<u8>>,
}

impl Answer {
    /// An answer without files.
    pub(super) fn of(json: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { json: serde_json::to_value(json)?, files: Vec::new() })
    }

    /// The same with one more file.
    pub(super) fn with(mut self, file: Vec<u8>) -> Self {
        self.files.push(file);
        self
    }

    /// All in one piece.
    pub(super) fn bytes(mut self) -> Vec<u8> {
        let sizes: Vec<usize> = self.files.iter().map(Vec::len).collect();
        if let Some(object) = self.json.as_object_mut() {
            object.insert("files".to_owned(), sizes.into());
        }
        let json = self.json.to_string().into_bytes();
        let mut out = (json.len() as u32).to_le_bytes().to_vec();
        out.extend(json);
        out.extend(self.files.into_iter().flatten());
        out
    }
}
