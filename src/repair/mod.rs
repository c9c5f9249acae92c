//! Which cell is wrong, what it should be, and how sure that is.
//!
//! The balance relations of a form are an error-correcting code over the typed cells: where one cell is wrong, the
//! relations that it breaks tell which, and what it should be. `typed` states the relations of a submission over
//! its typed cells, `solver` finds the smallest repairs, `cause` groups them, and `evidence` says what people do.
//! See T. de Waal, J. Pannekoek, S. Scholtus, *Handbook of Statistical Data Editing and Imputation* (2011).
//!
//! Never touches a file (that is `report`), never judges a value on its own (that is `check`).

mod absent;
mod blanks;
mod cause;
mod diagnose;
mod evidence;
mod exchanged;
mod formulas;
pub mod impute;
mod misformed;
mod moved;
mod part;
mod products;
mod rates;
pub mod restore;
mod rounded;
pub mod rounding;
pub mod rules;
pub mod slips;
pub mod solver;
mod stale;
mod typed;
pub mod typo;
mod unknown;
mod words;

pub use blanks::blank_fills;
pub use diagnose::{Cause, Diagnosis, diagnose, summary};
pub use words::{NAMED, Words, all_ways, sure_fields, words};
