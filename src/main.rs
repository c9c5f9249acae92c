//! The `gouji` program; all of it lives in the library.

fn main() -> std::process::ExitCode {
    gouji::cli::run()
}
