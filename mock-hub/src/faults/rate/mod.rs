//! Rate limits.

mod allows_twelve_calls;
mod counts_by_path_name;
mod limits_reports_by_task;
mod never_limits;
mod never_limits_bad_keys;
mod omits_retry_after;
mod one_bucket_behind_proxy;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    never_limits::FAULT,
    one_bucket_behind_proxy::FAULT,
    counts_by_path_name::FAULT,
    allows_twelve_calls::FAULT,
    omits_retry_after::FAULT,
    limits_reports_by_task::FAULT,
    never_limits_bad_keys::FAULT,
];
