//! 勾稽 (gouji): audits government-information-disclosure returns in the workbooks that offices fill in.
//!
//! # As a library
//!
//! Load a form, audit a workbook's bytes, see what is wrong, and take the marked or corrected workbook:
//!
//! ```
//! use gouji::{Lang, Options, Status, annotate, audit, load_form, repair};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Forms that come with gouji are recognised by what stands in the file.
//! let bytes = std::fs::read("samples/石碁镇2022.xlsx")?;
//! let known = Options::default();
//! let audited = audit("石碁镇2022.xlsx", &bytes, &known);
//! assert_eq!(audited.outcome.form.as_deref(), Some("xxgk-2021"));
//! for finding in &audited.outcome.findings {
//!     println!("{} {:?} {}", finding.code, finding.severity, finding.message.get(Lang::En));
//! }
//!
//! // Any other form is a definition of its owner's.
//! let form = load_form(&std::fs::read_to_string("templates/rkpc-5-1.toml")?, "rkpc-5-1.toml")?;
//! let options = Options { forms: vec![form].into(), ..Options::default() };
//! assert_eq!(audit("石碁镇2022.xlsx", &bytes, &options).outcome.status, Status::Unmapped);
//!
//! // The office's own workbook with its cells marked, and the same with every proved correction made.
//! let marked = annotate(&audited, &bytes, Lang::Zh)?.ok_or("no form found")?;
//! let corrected = repair(&audited, &bytes, Lang::Zh)?.ok_or("no form found")?;
//! assert!(marked.starts_with(b"PK") && corrected.starts_with(b"PK"));
//! # Ok(()) }
//! ```
//!
//! Other programs read JSON Lines: `gouji audit --format jsonl FILE…` prints one object a file.
//!
//! # Inside
//!
//! Data flows one way, and a layer imports only layers that stand before it:
//!
//! ```text
//! grid     plain values: addresses, cells, exact amounts, labels
//! finding  what is wrong, as data: severities, places, findings, outcomes, the registry of codes
//! form     what a form should be, loaded from templates/*.toml
//! ingest   bytes of any file kind -> grid
//! mapping  grid + form -> filled form
//! check    filled form -> findings
//! repair   broken relations -> which cells, what values, how sure
//! report   results -> bytes: marked workbooks, JSON, text
//! audit    the only place where the stages are joined
//! web      the browser page and its door
//! cli      the command line
//! ```

pub mod audit;
pub mod check;
// A page has no command line.
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod finding;
pub mod form;
pub mod grid;
pub mod ingest;
pub mod mapping;
pub mod repair;
pub mod report;
pub mod web;

pub use audit::embed::{annotate, repair};
pub use audit::{Audit, Options, audit};
pub use finding::{Finding, Lang, Outcome, Severity, Status, Text};
pub use form::{Form, load as load_form};
pub use ingest::{Limits, Source, read as read_workbook};
