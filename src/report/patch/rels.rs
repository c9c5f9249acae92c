//! Relationships of a part: reading, resolving and adding them.
//!
//! Targets may be absolute or relative and written with backslashes; types are known by their last word, so
//! that the transitional and the strict form read alike.

use super::error::PatchError;
use super::package::{Package, key};
use super::splice::Splices;
use super::xml::{Dialect, Doc, escape, insert_child};
pub(super) use crate::ingest::part::{rels_of, resolve};

/// Namespace of relationship parts.
const SPACE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// One relationship whose target is a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rel {
    pub(super) id: String,
    /// Last word of the type, such as `worksheet`.
    pub(super) kind: String,
    /// The part's name, resolved; empty for what lies outside the package.
    pub(super) target: String,
    start: usize,
    end: usize,
}

/// All relationships of `part`; none if it has no such part.
pub(super) fn read(package: &mut Package<'_>, part: &str) -> Result<Vec<Rel>, PatchError> {
    let name = rels_of(part);
    if !package.has(&name) {
        return Ok(Vec::new());
    }
    let text = package.text(&name)?;
    let doc = Doc::parse(&name, &text)?;
    let rels = doc.all("Relationship").filter_map(|(_, node)| {
        let external = doc.value(node, "TargetMode").is_some_and(|m| m == "External");
        let target = doc.value(node, "Target")?;
        let kind = doc.value(node, "Type")?;
        Some(Rel {
            id: doc.value(node, "Id")?.into_owned(),
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            target: if external { String::new() } else { resolve(part, &target) },
            start: node.start,
            end: node.end,
        })
    });
    Ok(rels.collect())
}

/// Adds relationships of `part` to others, each a kind (last word of the type) and a target part; gives their
/// ids. Targets are written absolute.
pub(super) fn add(
    package: &mut Package<'_>,
    part: &str,
    dialect: Dialect,
    new: &[(&str, &str)],
) -> Result<Vec<String>, PatchError> {
    let name = rels_of(part);
    let old = read(package, part)?;
    let free = (1u32..).map(|n| format!("rIdGj{n}")).filter(|id| old.iter().all(|r| r.id != *id));
    let ids: Vec<String> = free.take(new.len()).collect();
    let items = |prefix: &str| -> String {
        let item = |(id, (kind, target)): (&String, &(&str, &str))| {
            let kind = format!("{}/{kind}", dialect.rel());
            let target = escape(target.trim_start_matches('/'));
            format!("<{prefix}Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"/{target}\"/>")
        };
        ids.iter().zip(new).map(item).collect()
    };
    if package.has(&name) {
        let text = package.text(&name)?;
        let doc = Doc::parse_to(&name, &text, 1)?;
        let root = doc.root()?;
        let (range, child) = insert_child(&doc, root, root.close, &items(doc.prefix(root)));
        let mut splices = Splices::default();
        splices.replace(range, child);
        package.splice(&name, splices)?;
    } else {
        let head = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
        let text = format!("{head}\n<Relationships xmlns=\"{SPACE}\">{}</Relationships>", items(""));
        package.create(&name, text);
    }
    Ok(ids)
}

/// Removes the relationships of `part` for which `doomed` holds.
pub(super) fn remove(
    package: &mut Package<'_>,
    part: &str,
    doomed: impl Fn(&Rel) -> bool,
) -> Result<Vec<Rel>, PatchError> {
    let gone: Vec<Rel> = read(package, part)?.into_iter().filter(|r| doomed(r)).collect();
    let mut splices = Splices::default();
    for rel in &gone {
        splices.delete(rel.start..rel.end);
    }
    if !gone.is_empty() {
        package.splice(&rels_of(part), splices)?;
    }
    Ok(gone)
}

/// Whether two names mean the same part.
pub(super) fn same(a: &str, b: &str) -> bool {
    key(a) == key(b)
}
