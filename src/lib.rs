//! 勾稽 (gouji): audits government-information-disclosure returns in the workbooks that offices fill in.
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
