//! Any grid is mapped, checked and repaired within bounds, and told in words and JSON; twice the same.
#![no_main]

use gouji::audit::{Options, audit};
use gouji::finding::Lang;
use gouji::report::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let options = Options { limits: gouji_fuzz::limits(), ..Options::default() };
    let bytes = gouji_fuzz::file(data);
    let told = || json::line(&audit("2022年某镇.html", &bytes, &options).outcome, Lang::Zh).expect("JSON");
    assert_eq!(told(), told());
});
