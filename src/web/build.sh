#!/usr/bin/env bash
# Builds target/page/勾稽.html: the library as WebAssembly for the features of 2017 (MVP), inside one HTML file.
#
# The standard library is built along, since the one that comes with Rust uses later features of WebAssembly.
# Its source and a compiler for wasm come from rustup where that can be had, else from Debian's packages
# (GOUJI_PAGE_DEBIAN=1 takes those in any case). Needs cargo, node and npm.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=wasm32-unknown-unknown
build=target/page
mkdir -p "$build"

# Debian's compiler for the web, unpacked and not installed.
debian() {
  local root="$build/debian"
  if [ ! -x "$root/usr/bin/rustc" ]; then
    rm -rf "$root" "$build/deb"
    mkdir -p "$root" "$build/deb"
    (cd "$build/deb" && apt-get download -qq rustc-web libstd-rust-web-1.96 libstd-rust-web-dev rust-web-src libllvm22)
    for package in "$build"/deb/*.deb; do dpkg -x "$package" "$root"; done
    rm -rf "$build/deb"
  fi
  root=$(cd "$root" && pwd)
  local everyday
  everyday=$(rustc --print sysroot)
  export RUSTC="$root/usr/bin/rustc"
  export LD_LIBRARY_PATH="$root/usr/lib:$root/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(find "$everyday" "$root/usr" -name rust-lld | head -n 1)
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER
}

by_rustup() {
  [ -z "${GOUJI_PAGE_DEBIAN:-}" ] && rustup target add "$target" && rustup component add rust-src
}
by_rustup >/dev/null 2>&1 || debian

export RUSTC_BOOTSTRAP=1 # for -Zbuild-std
export CARGO_PROFILE_RELEASE_PANIC=abort CARGO_PROFILE_RELEASE_STRIP=symbols
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-cpu=mvp"
cargo rustc --quiet --lib --crate-type cdylib --release --target "$target" -Zbuild-std=std,panic_abort

tools="$build/node_modules/.bin"
[ -x "$tools/wasm-opt" ] || npm install --silent --no-audit --no-fund --prefix "$build" binaryen
# Only the door's functions are wanted; what a dependency exports for itself goes, and all that it alone needs.
cat > "$build/door.json" <<'JSON'
[
  { "name": "memory", "root": true, "export": "memory" },
  { "name": "room", "root": true, "export": "gouji_room" },
  { "name": "call", "root": true, "export": "gouji_call" },
  { "name": "len", "root": true, "export": "gouji_len" }
]
JSON
"$tools/wasm-metadce" --mvp-features -f "$build/door.json" "target/$target/release/gouji.wasm" -o "$build/door.wasm" >/dev/null
# LLVM has optimised it: -O2 and -O3 take minutes more and make a module that runs at half the speed in V8.
"$tools/wasm-opt" --mvp-features -O1 --strip-debug --strip-producers --strip-target-features "$build/door.wasm" -o "$build/gouji.wasm"

node src/web/page.mjs "$build/gouji.wasm" "$build/勾稽.html"
