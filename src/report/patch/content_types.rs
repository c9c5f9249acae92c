//! `[Content_Types].xml`: the type of each part, by its own name or by its extension.

use super::error::PatchError;
use super::package::{Package, key};
use super::splice::Splices;
use super::xml::{Doc, escape, insert_child};

const PART: &str = "[Content_Types].xml";

/// Content types of parts that gouji may add.
pub(super) mod types {
    pub(in super::super) const WORKSHEET: &str =
        "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";
    pub(in super::super) const STYLES: &str =
        "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml";
    pub(in super::super) const COMMENTS: &str =
        "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
    pub(in super::super) const WORD_COMMENTS: &str =
        "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";
    pub(in super::super) const VML: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
    pub(in super::super) const XML: &str = "application/xml";
}

/// Sees to it that each part, given with its type, has it: by its extension where that type stands for the
/// extension already, else by name.
pub(super) fn add(package: &mut Package<'_>, parts: &[(String, &str)]) -> Result<(), PatchError> {
    let text = package.text(PART)?;
    let doc = Doc::parse(PART, &text)?;
    let root = doc.root()?;
    let prefix = doc.prefix(root);
    let mut new = String::new();
    for (part, kind) in parts {
        let ext = part.rsplit('.').next().unwrap_or_default().to_lowercase();
        let by_ext = doc
            .all("Default")
            .find(|(_, n)| doc.value(n, "Extension").is_some_and(|e| e.to_lowercase() == ext));
        if by_ext.is_some_and(|(_, n)| doc.value(n, "ContentType").is_some_and(|t| t == *kind)) {
            continue;
        }
        let part = escape(part.trim_start_matches('/'));
        new.push_str(&format!("<{prefix}Override PartName=\"/{part}\" ContentType=\"{kind}\"/>"));
    }
    let mut splices = Splices::default();
    if !new.is_empty() {
        let (range, child) = insert_child(&doc, root, root.close, &new);
        splices.replace(range, child);
    }
    package.splice(PART, splices)
}

/// Removes the types given by name to parts for which `doomed` holds.
pub(super) fn remove(package: &mut Package<'_>, doomed: impl Fn(&str) -> bool) -> Result<(), PatchError> {
    let text = package.text(PART)?;
    let doc = Doc::parse(PART, &text)?;
    let mut splices = Splices::default();
    for (_, node) in doc.all("Override") {
        if doc.value(node, "PartName").is_some_and(|name| doomed(&key(&name))) {
            splices.delete(node.start..node.end);
        }
    }
    package.splice(PART, splices)
}
