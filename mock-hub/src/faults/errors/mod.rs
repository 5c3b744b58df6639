//! The shape of refusals, and what is open to anybody.

mod answers_500_in_plain_text;
mod echoes_refused_input;
mod health_ignores_database;
mod opens_trust_health;
mod refuses_without_detail;
mod shows_raw_status_error;
mod shows_stack_trace;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    answers_500_in_plain_text::FAULT,
    refuses_without_detail::FAULT,
    echoes_refused_input::FAULT,
    shows_raw_status_error::FAULT,
    shows_stack_trace::FAULT,
    opens_trust_health::FAULT,
    health_ignores_database::FAULT,
];
