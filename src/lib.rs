//! 勾稽 (gouji): audits government-information-disclosure returns in the workbooks that offices fill in.

pub mod check;
pub mod finding;
pub mod form;
pub mod grid;
pub mod mapping;
pub mod report;
