//! FL ingest.

mod chokes_on_nan;
mod drops_event_details;
mod drops_logs;
mod drops_metrics;
mod forgets_old_running_word;
mod ignores_model_membership;
mod keeps_last_metric_of_round;
mod leaves_model_running;
mod misreads_old_log;
mod opens_quiesce;
mod reads_status_in_any_case;
mod resolves_display_names;
mod revives_stopped_model;
mod says_quiet_while_training;
mod stores_crash_as_success;
mod stores_logs_as_nobodys_success;
mod stores_under_wrong_client;
mod stores_unnamed_log;
mod stores_unnamed_metric;
mod takes_event_without_round;
mod takes_log_with_event;
mod takes_status_of_unknown_model;
mod wants_round_of_waiting_event;
mod zeroes_missing_axis;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    stores_unnamed_metric::FAULT,
    drops_metrics::FAULT,
    keeps_last_metric_of_round::FAULT,
    zeroes_missing_axis::FAULT,
    resolves_display_names::FAULT,
    ignores_model_membership::FAULT,
    chokes_on_nan::FAULT,
    stores_unnamed_log::FAULT,
    takes_log_with_event::FAULT,
    takes_event_without_round::FAULT,
    misreads_old_log::FAULT,
    wants_round_of_waiting_event::FAULT,
    drops_event_details::FAULT,
    forgets_old_running_word::FAULT,
    reads_status_in_any_case::FAULT,
    takes_status_of_unknown_model::FAULT,
    revives_stopped_model::FAULT,
    leaves_model_running::FAULT,
    drops_logs::FAULT,
    stores_under_wrong_client::FAULT,
    stores_crash_as_success::FAULT,
    opens_quiesce::FAULT,
    says_quiet_while_training::FAULT,
    stores_logs_as_nobodys_success::FAULT,
];
