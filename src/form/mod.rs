//! What a form should be: tables, header trees, fields, relations and checks, loaded from templates/*.toml.
//!
//! Knows nothing of files that offices fill in (`ingest`, `mapping`).

mod load;
mod model;

pub use load::load_tmp;
pub use model::{Block, Check, Field, FieldIx, Form, Kind, Label, Line, Relation, Table, Unit};
