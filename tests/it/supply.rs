//! What gouji is built of: no network, known licences and sources, locked versions, a reason for each dependency.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Crates that talk to a network, or to a service that is told what a program does.
const NETWORK: [&str; 40] = [
    "async-std",
    "attohttpc",
    "awc",
    "aws-config",
    "curl",
    "curl-sys",
    "ftp",
    "h2",
    "h3",
    "hickory-resolver",
    "http-body",
    "hyper",
    "hyper-util",
    "isahc",
    "lettre",
    "mio",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "opentelemetry",
    "posthog-rs",
    "quinn",
    "reqwest",
    "rouille",
    "rustls",
    "schannel",
    "security-framework",
    "sentry",
    "smol",
    "socket2",
    "ssh2",
    "surf",
    "tiny_http",
    "tokio",
    "tonic",
    "tungstenite",
    "ureq",
    "warp",
    "websocket",
];
/// Licences under which a part of gouji may come.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];
/// Crates that are not wanted: unmaintained, or C code that reads or writes files behind a Rust name.
const BANNED: [&str; 8] =
    ["failure", "libxlsxwriter-sys", "libz-sys", "net2", "serde_yaml", "time-01", "xlsxwriter", "yaml-rust"];
/// Crates whose `links` only keeps two versions of them apart, or that bring what they link to: no library of the system
/// is linked.
const LINKS: [&str; 3] = ["libmimalloc-sys", "rayon-core", "wasm-bindgen-shared"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What cargo knows of the packages for this machine, without asking anybody.
fn metadata() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc says its version");
    let told = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = told.lines().find_map(|l| l.strip_prefix("host: ")).expect("a host").to_owned();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &host])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Packages by id, and the ids that go into the program.
fn shipped(metadata: &Value) -> BTreeMap<String, &Value> {
    let by_id: BTreeMap<&str, &Value> =
        metadata["packages"].as_array().unwrap().iter().map(|p| (p["id"].as_str().unwrap(), p)).collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["id"].as_str().unwrap(), n))
        .collect();
    let mut open = vec![metadata["resolve"]["root"].as_str().expect("gouji itself")];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|k| k["kind"].is_null()) {
                open.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    seen.into_iter().map(|id| (by_id[id]["name"].as_str().unwrap().to_owned(), by_id[id])).collect()
}

#[test]
fn nothing_in_the_program_can_reach_a_network() {
    let metadata = metadata();
    let shipped = shipped(&metadata);
    assert!(shipped.len() > 20, "the tree was walked");
    let found: Vec<&str> = NETWORK.into_iter().filter(|name| shipped.contains_key(*name)).collect();
    assert!(found.is_empty(), "{found:?}");
    for (path, text) in sources(&root().join("src")) {
        for word in ["std::net", "TcpStream", "UdpSocket", "TcpListener", "UnixStream"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            found.push((path, text));
        }
    }
    found
}

/// Whether one alternative of a licence expression is made of allowed licences only.
fn is_allowed(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" OR ").any(|alternative| {
        alternative.split(" AND ").all(|one| {
            let name = one.split(" WITH ").next().unwrap_or_default().trim();
            LICENCES.contains(&name)
        })
    })
}

#[test]
fn every_licence_is_known_and_every_crate_wanted() {
    assert!(is_allowed("MIT OR GPL-3.0") && is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!is_allowed("GPL-3.0") && !is_allowed("MIT AND GPL-3.0"));
    let metadata = metadata();
    for (name, package) in shipped(&metadata) {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_allowed(licence), "{name} is under {licence}");
        assert!(!BANNED.contains(&name.as_str()), "{name} is not wanted");
        assert!(
            package["links"].is_null() || LINKS.contains(&name.as_str()),
            "{name} links to {}",
            package["links"]
        );
    }
}

#[test]
fn every_version_is_locked_and_comes_from_the_registry() {
    let lock: toml::Value =
        toml::from_str(&std::fs::read_to_string(root().join("Cargo.lock")).expect("a lock file"))
            .expect("TOML");
    let mut sources = std::collections::BTreeSet::new();
    for package in lock["package"].as_array().expect("packages") {
        let name = package["name"].as_str().unwrap();
        if name == "gouji" {
            assert!(package.get("source").is_none());
            continue;
        }
        let source = package.get("source").and_then(|s| s.as_str()).unwrap_or_default();
        assert!(source.starts_with("registry+"), "{name} comes from {source}");
        sources.insert(source.to_owned());
        assert!(package.get("checksum").and_then(|c| c.as_str()).is_some_and(|c| c.len() == 64), "{name}");
    }
    assert_eq!(sources.len(), 1, "one registry: {sources:?}");
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let mut section = "";
    let mut seen = 0;
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name;
        } else if section.contains("dependencies]") && line.contains('=') {
            let reason = line.split_once('#').map_or("", |(_, reason)| reason.trim());
            assert!(reason.len() > 10, "no reason for {line}");
            seen += 1;
        }
    }
    assert!(seen > 10);
}
