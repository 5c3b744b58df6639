//! `flipcheck doctor`: whether containers can be judged on this machine, and what to do where not.
//!
//! [`Facts::gather`] looks, [`diagnose`] judges what was seen and does nothing else.

mod facts;
mod lines;

pub use facts::{Facts, Remnant, clear};
pub use lines::{Diagnosis, Line, Standing, Targets, diagnose};
