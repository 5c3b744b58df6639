//! Cohort results.

mod adds_counts_up;
mod aggregates_last_trust_only;
mod chokes_on_unknown_query;
mod shows_raw_cohort_error;
mod takes_counts_for_others;
mod takes_negative_counts;
mod takes_unaddressed_counts;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    adds_counts_up::FAULT,
    aggregates_last_trust_only::FAULT,
    takes_counts_for_others::FAULT,
    chokes_on_unknown_query::FAULT,
    takes_unaddressed_counts::FAULT,
    takes_negative_counts::FAULT,
    shows_raw_cohort_error::FAULT,
];
