//! `gouji explain`: how well a form's relations protect each of its cells.

use super::args::{Format, Shared};
use super::{Exit, form_named, say};
use crate::finding::{Lang, Text};
use crate::report::explain;

pub(super) fn explain(form: &str, shared: &Shared) -> Result<Exit, Text> {
    let form = form_named(form)?;
    match shared.format {
        Format::Text => say(&explain::text(&form, Lang::from(shared.lang))),
        Format::Json | Format::Jsonl => {
            let lines = shared.format == Format::Jsonl;
            let json = explain::json(&form, lines).map_err(|e| Text::new(e.to_string(), e.to_string()))?;
            say(&(json + "\n"));
        }
    }
    Ok(Exit::Passed)
}
