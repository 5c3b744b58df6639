//! Hand-out, recovery, reports, sealing.

mod buries_work_of_stale_key;
mod chokes_on_nul;
mod chokes_on_surrogate;
mod doubles_work_under_race;
mod freezes_after_imaging;
mod freezes_only_with_imaging;
mod gives_up_one_delivery_early;
mod hands_out_cancelled_tasks;
mod hands_out_foreign_tasks;
mod hands_out_newest_first;
mod ignores_batch_limit;
mod ignores_freeze_status_code;
mod ignores_key_of_trust;
mod looks_at_state_before_owner;
mod loses_result;
mod loses_work_when_sealing_fails;
mod names_unknown_kid;
mod never_recovers;
mod omits_identity;
mod recovers_too_early;
mod redelivers_every_poll;
mod redelivers_without_end;
mod reports_foreign_identity;
mod reuses_iv;
mod seals_for_another_type;
mod seals_with_foreign_key;
mod seals_with_former_key;
mod sends_plaintext;
mod sends_unsealed_when_key_bad;
mod stores_oversized_results;
mod stores_result_objects;
mod swallows_report_for_unknown_task;
mod takes_any_freeze_report;
mod takes_foreign_report;
mod takes_late_report;
mod takes_second_report;

use super::Fault;

/// The faults of this theme, in the order of the clauses they break.
pub(super) const ROWS: &[Fault] = &[
    omits_identity::FAULT,
    reports_foreign_identity::FAULT,
    hands_out_foreign_tasks::FAULT,
    hands_out_newest_first::FAULT,
    ignores_batch_limit::FAULT,
    hands_out_cancelled_tasks::FAULT,
    redelivers_every_poll::FAULT,
    recovers_too_early::FAULT,
    never_recovers::FAULT,
    redelivers_without_end::FAULT,
    gives_up_one_delivery_early::FAULT,
    doubles_work_under_race::FAULT,
    takes_second_report::FAULT,
    loses_result::FAULT,
    swallows_report_for_unknown_task::FAULT,
    takes_foreign_report::FAULT,
    looks_at_state_before_owner::FAULT,
    takes_late_report::FAULT,
    stores_result_objects::FAULT,
    stores_oversized_results::FAULT,
    chokes_on_nul::FAULT,
    chokes_on_surrogate::FAULT,
    sends_unsealed_when_key_bad::FAULT,
    loses_work_when_sealing_fails::FAULT,
    buries_work_of_stale_key::FAULT,
    sends_plaintext::FAULT,
    seals_with_foreign_key::FAULT,
    seals_with_former_key::FAULT,
    ignores_key_of_trust::FAULT,
    seals_for_another_type::FAULT,
    names_unknown_kid::FAULT,
    reuses_iv::FAULT,
    freezes_after_imaging::FAULT,
    freezes_only_with_imaging::FAULT,
    takes_any_freeze_report::FAULT,
    ignores_freeze_status_code::FAULT,
];
