//! How bad a finding is.

use serde::Serialize;

/// Grades of a finding; only errors make the exit status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// Probably wrong, or right only with a reason.
    Warning,
    /// Wrong: the form cannot be taken as it stands.
    Error,
}
