//! Any text beside a submission is compared with it, or passed over; twice the same.
#![no_main]

use gouji::audit::{Content, Options, audit};
use gouji::check::narrative::{Prior, Report, narrative};
use libfuzzer_sys::fuzz_target;

const FILE: &[u8] = include_bytes!("../../../samples/石碁镇2022.xlsx");

thread_local! {
    static SUBMISSION: &'static Content<'static> = {
        let options: &'static Options = Box::leak(Box::default());
        Box::leak(Box::new(audit("石碁镇2022.xlsx", FILE, options).content.expect("a sample")))
    };
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    SUBMISSION.with(|content| {
        let report = Report::of_text(&text, content.form);
        let prior = Prior { tables: None, text: Some(&report) };
        let hear = || narrative(content.submission(), &report, prior);
        let (one, two) = (hear(), hear());
        assert_eq!((one.findings, one.agreed), (two.findings, two.agreed));
    });
});
