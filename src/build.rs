//! Gives the Windows program its manifest: file names and arguments in UTF-8, paths longer than 260 characters.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo so")]

use embed_manifest::manifest::{ActiveCodePage, Setting};
use embed_manifest::{embed_manifest, new_manifest};

fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=src/build.rs");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return Ok(());
    }
    let manifest =
        new_manifest("Gouji").active_code_page(ActiveCodePage::Utf8).long_path_aware(Setting::Enabled);
    Ok(embed_manifest(manifest)?)
}
