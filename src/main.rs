//! The `gouji` program; all of it lives in the library.

/// Most of a file's time goes into many small texts.
#[cfg(not(target_arch = "wasm32"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    gouji::cli::run()
}
