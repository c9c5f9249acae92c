//! Any text is a form's definition or a list of what is wrong with it; a form that loads can be reviewed and drawn.
#![no_main]

use gouji::form::{load, review};
use gouji::report::blank::blank;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match load(text, "表.toml") {
        Ok(form) => {
            for remark in review(&form) {
                let _ = remark.text(&form);
            }
            // Drawing costs as many cells as the form has.
            if form.fields.len() <= 400 {
                let _ = (form.honest(), form.protection(), blank(&form));
            }
        }
        Err(errors) => assert!(!errors.to_string().is_empty()),
    }
});
