//! Layers import layers before them only, so that data flows one way; no file outgrows a reader.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The layers, each of which may import those before it.
const LAYERS: [&str; 11] =
    ["grid", "finding", "form", "ingest", "mapping", "check", "repair", "report", "audit", "web", "cli"];
/// Imports that the order would allow and the design does not.
const FORBIDDEN: [(&str, &str); 3] = [("mapping", "ingest"), ("ingest", "form"), ("cli", "web")];
/// Lines that a source file may have.
const LONGEST: usize = 700;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn layer_of(path: &Path) -> Option<String> {
    let first =
        path.strip_prefix(root()).ok()?.components().next()?.as_os_str().to_string_lossy().into_owned();
    LAYERS.contains(&first.as_str()).then_some(first)
}

/// Layers that a source names after `crate::`.
fn imports(text: &str) -> BTreeSet<&'static str> {
    let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    let code: String = code.collect::<Vec<_>>().join("\n");
    let after = code.split("crate::").skip(1);
    after
        .flat_map(|rest| {
            let grouped = rest.strip_prefix('{').and_then(|r| r.split_once("};")).map(|(names, _)| names);
            let names = grouped.unwrap_or_else(|| {
                rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")
            });
            LAYERS
                .into_iter()
                .filter(move |l| names.split(|c: char| !c.is_alphanumeric() && c != '_').any(|n| n == *l))
        })
        .collect()
}

#[test]
fn layers_import_only_what_stands_before_them() {
    let mut broken = Vec::new();
    for path in sources(&root()) {
        let Some(own) = layer_of(&path) else { continue };
        let rank = |l: &str| LAYERS.iter().position(|x| *x == l);
        let text = std::fs::read_to_string(&path).expect("a readable source");
        for other in imports(&text) {
            let upward = rank(other) <= rank(&own);
            if !upward || FORBIDDEN.contains(&(own.as_str(), other)) {
                broken.push(format!("{} imports {other}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn sources_fit_a_reader() {
    let long: Vec<String> = sources(&root())
        .into_iter()
        .filter_map(|p| {
            let lines = std::fs::read_to_string(&p).expect("a readable source").lines().count();
            (lines > LONGEST).then(|| format!("{} has {lines} lines", p.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// What the forms of `templates/` call things: ids of fields, forms and rules, and the labels that they print.
fn words_of_forms() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for entry in std::fs::read_dir(folder).expect("definitions") {
        let path = entry.expect("an entry").path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(form) = gouji::form::load(&text, "definition.toml") else { continue };
        words.extend(form.fields.iter().map(|f| f.id.clone()));
        words.insert(form.id.clone());
        let codes = form.rules.iter().map(|r| &r.code).chain(form.checks.iter().map(|c| &c.code));
        words.extend(codes.filter(|c| !c.starts_with('R')).cloned());
        words.extend(
            form.tables.iter().flat_map(|t| [t.title.clone(), t.name.clone(), format!("\"{}\"", t.id)]),
        );
        let blocks = form.tables.iter().flat_map(|t| &t.blocks);
        for block in blocks {
            let lines = block.rows.iter().chain(&block.cols).flat_map(|l| &l.path);
            let labels = lines.chain(&block.band).chain(&block.corner);
            words.extend(labels.flat_map(|l| l.words.iter().map(|w| w.text.clone())));
        }
    }
    words
}

/// Whether a word belongs to a form and to nothing else: shorter ones (合计, 其他, A-) are plain language.
fn tells_a_form(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    let is_code = letters == 1 && word.len() == 4 && word.chars().skip(1).all(|c| c.is_ascii_digit());
    if word.is_ascii() {
        is_code || word.contains('"') || word.contains(['.', '-']) && word.len() > 6
    } else {
        word.chars().count() >= 3
    }
}

/// The form is data: nothing that its definition says stands in code outside tests, be it an id or a label.
#[test]
fn nothing_of_a_form_is_named_in_code() {
    let words: Vec<String> = words_of_forms().into_iter().filter(|w| tells_a_form(w)).collect();
    assert!(words.len() > 600, "only {} words of forms", words.len());
    let mut named = Vec::new();
    for path in sources(&root()) {
        let text = std::fs::read_to_string(&path).expect("a readable source");
        let is_test = path.file_name().is_some_and(|n| n == "tests.rs");
        let code = text.split("#[cfg(test)]").next().filter(|_| !is_test).unwrap_or_default();
        for (i, line) in code.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")) {
            // a definition is included by its file's name; what follows `//` is for readers of the code
            let line = line.split(" // ").next().unwrap_or(line);
            let in_quotes = line.contains('"') && !line.contains("templates/");
            if let Some(word) = words.iter().find(|w| in_quotes && line.contains(w.as_str())) {
                named.push(format!("{}:{} {word}: {}", path.display(), i + 1, line.trim()));
            }
        }
    }
    assert!(named.is_empty(), "{named:#?}");
}
