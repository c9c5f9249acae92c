//! What a form should be: tables, header trees, fields, relations and checks, loaded from templates/*.toml.
//!
//! Knows nothing of files that offices fill in (`ingest`, `mapping`).

mod builtin;
mod condition;
mod formula;
mod honest;
mod language;
pub mod layout;
mod learn;
mod linear;
mod load;
mod model;
pub mod narrative;
pub mod phrase;
mod problem;
mod proposals;
mod protection;
mod review;
mod rules;
mod schema;
mod scope;
mod source;

pub use builtin::{builtin, by_id};
pub use condition::{Condition, LAST_YEAR, Op, Sum, Term};
pub use learn::{Content, Drafted, Sample, learn, no_table};
pub use load::load;
pub use model::{
    Blank, Block, Check, Comparable, Exempt, Field, FieldIx, Form, Kind, Label, Level, Life, Line, Marks,
    NOT_ADDED, Relation, Rule, Status, Table, Unit,
};
pub use problem::{FormErrors, Problem};
pub use proposals::{Addition, Proposal};
pub use protection::{Grade, Protection};
pub use review::{Remark, review};
pub use schema::schema;

/// A form of three numbers with rules of its own, for the tests of rules.
#[cfg(test)]
#[allow(clippy::panic, reason = "a test's own form must load")]
pub(crate) fn small(rules: &str) -> Form {
    let text = format!(
        r#"
id = "small"
title = {{ zh = "小表", en = "a small form" }}
authority = "none"
[[table]]
id = "t1"
name = "表一"
title = "收支"
[[table.block]]
fields = "{{col}}"
rows = [{{ id = "only", path = [] }}]
cols = [{{ id = "a", path = ["甲"] }}, {{ id = "b", path = ["乙"] }}, {{ id = "c", path = ["丙"] }}]
{rules}"#
    );
    load(&text, "small.toml").unwrap_or_else(|e| panic!("{e}"))
}
