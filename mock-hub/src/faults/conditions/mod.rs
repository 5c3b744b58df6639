//! What is broken around the hub. No clause is broken by it alone.

mod database_away;
mod status_write_fails;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[database_away::FAULT, status_write_fails::FAULT];
