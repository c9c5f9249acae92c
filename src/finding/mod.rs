//! What is wrong with a submission, as data: severities, places, findings and the registry of codes.
//!
//! Not for finding faults (that is `check`) or showing them (that is `report`).

mod severity;

pub use severity::Severity;
