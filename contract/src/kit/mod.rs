//! The kit file of a trust: one file of `KEY=value` lines that four different readers read.
//!
//! [`Kit`] keeps every byte. [`Kit::value`] answers as one of the four [`Reader`]s would, [`Kit::write`]
//! changes values in place, [`Kit::lint`] names what breaks `KIT-FORM-01` and `KIT-FORM-02`,
//! [`scaffold`] makes a new kit, [`KEYS`] is the table of what a kit holds. Nothing in here puts a
//! value into a message.

mod checks;
mod compose_reader;
mod file;
mod form;
mod hidden;
mod keys;
mod line;
mod lint;
mod make_reader;
mod placeholder;
mod read;
mod scaffold;
mod section;
mod trust_env;
mod write;

pub use file::{Kit, KitError};
pub use form::{Form, Misfit};
pub use hidden::{Hidden, is_invisible};
pub use keys::{CREDENTIALS, HUB_SHARED, KEYS, KeySpec, Presence, Template, spec};
pub use line::{Line, LineKind};
pub use lint::LintFinding;
pub use placeholder::{PLACEHOLDER, Unfilled, holds_placeholder};
pub use read::Reader;
pub use scaffold::{CodeError, KitEnv, ScaffoldError, UnknownKitEnv, path_for, scaffold};
pub use section::Section;
pub use write::WriteError;
