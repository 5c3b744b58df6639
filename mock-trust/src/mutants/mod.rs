//! The misbehaviours of a trust: one file each, one list.
//!
//! A mutant changes one habit and names the requirement that is broken by it. Where the real system
//! is known to do the same, the mutant carries the editions as its deviation, and conduct `as-built`
//! arms it there.

use std::fmt;

use contract::edition::EditionId;

use crate::habits::Habits;

mod adds_member_to_report;
mod claims_cohort_before_hub_accepts;
mod claims_success_after_failed_call;
mod claims_success_for_foreign_key;
mod claims_unknown_task_done;
mod compares_identity_by_letter_case;
mod contacts_third_host;
mod deletes_imaging_by_query_parameter;
mod dies_of_broken_reply;
mod drops_first_batch_after_start;
mod drops_suppressed_mark;
mod drops_task_in_foreign_format;
mod drops_task_seen_before;
mod drops_text_of_refused_site_key;
mod drops_unknown_cohort_members;
mod edges;
mod exits_with_one_under_wrong_identity;
mod expires_tasks_by_own_clock;
mod fails_without_reason;
mod fails_without_reason_after_authentication;
mod finishes_task_before_stopping;
mod fl_client_calls_hub;
mod fl_client_gives_no_reason;
mod fl_client_logs_rows;
mod fl_client_omits_site_key;
mod fl_client_trains_without_data;
mod fl_client_trusts_any_server;
mod follows_cohort_redirects;
mod follows_hub_redirects;
mod forgets_end_of_long_batch;
mod gives_up_after_rejected_snapshot;
mod goes_silent_with_stale_key;
mod health_always_ok;
mod hurries_next_cycle;
mod ignores_foreign_fingerprint;
mod ignores_identity_after_refusal;
mod ignores_identity_in_poll_reply;
mod ignores_later_identity;
mod ignores_retry_after;
mod keeps_pace_under_failure;
mod keeps_quiet_about_missing_path;
mod keeps_stale_snapshot;
mod leaves_fl_client_out;
mod logs_email_addresses;
mod logs_identity_every_time;
mod logs_no_calls;
mod logs_payload;
mod logs_secrets_at_debug;
mod logs_trust_key;
mod logs_whole_urls;
mod looks_up_third_name;
mod loses_batch_after_malformed_entry;
mod never_sends_snapshot;
mod omits_freeze_status_code;
mod omits_status_code;
mod opens_second_port;
mod polls_before_heartbeat;
mod posts_no_cohort_error;
mod probes_inside_loop;
mod quotes_refused_payload;
mod repeats_after_final_refusal;
mod repeats_refused_heartbeat;
mod reports_only_once;
mod runs_altered_payload;
mod runs_captured_payload_again;
mod runs_plain_json_payload;
mod runs_relabelled_payload;
mod runs_task_under_wrong_identity;
mod runs_tasks_at_once;
mod runs_tasks_before_identity;
mod runs_tasks_in_reverse;
mod sends_cohort_values_as_numbers;
mod sends_raw_cohort_error;
mod sends_uncut_version;
mod shows_site_key_to_hub;
mod shows_trust_key_to_site;
mod silent_while_task_runs;
mod site_accepts_missing_key;
mod site_accepts_write_without_proof;
mod site_accepts_wrong_key;
mod site_counts_rows_for_persons;
mod site_gives_unfrozen_rows;
mod site_ignores_project_seal;
mod site_obeys_callers_query;
mod site_refuses_delete_by_path;
mod site_reveals_small_cohort;
mod starts_with_unusable_payload_key;
mod starts_without_required_setting;
mod takes_empty_reply_for_success;
mod takes_empty_setting_for_given;
mod takes_local_redirect_for_success;
mod takes_site_key_along_redirect;
mod trusts_any_certificate;
mod waits_for_dripping_hub;
mod waits_for_silent_hub;
mod waits_for_site_before_first_heartbeat;
mod withholds_imaging_reply;

/// Every mutant, by the area of what it breaks.
pub static ALL: &[Mutant] = &[
    starts_without_required_setting::MUTANT,
    takes_empty_setting_for_given::MUTANT,
    waits_for_site_before_first_heartbeat::MUTANT,
    starts_with_unusable_payload_key::MUTANT,
    finishes_task_before_stopping::MUTANT,
    runs_task_under_wrong_identity::MUTANT,
    ignores_identity_in_poll_reply::MUTANT,
    ignores_identity_after_refusal::MUTANT,
    logs_identity_every_time::MUTANT,
    compares_identity_by_letter_case::MUTANT,
    runs_tasks_before_identity::MUTANT,
    ignores_later_identity::MUTANT,
    exits_with_one_under_wrong_identity::MUTANT,
    polls_before_heartbeat::MUTANT,
    hurries_next_cycle::MUTANT,
    runs_tasks_at_once::MUTANT,
    runs_tasks_in_reverse::MUTANT,
    forgets_end_of_long_batch::MUTANT,
    loses_batch_after_malformed_entry::MUTANT,
    drops_task_seen_before::MUTANT,
    silent_while_task_runs::MUTANT,
    claims_unknown_task_done::MUTANT,
    runs_altered_payload::MUTANT,
    claims_success_for_foreign_key::MUTANT,
    runs_relabelled_payload::MUTANT,
    runs_plain_json_payload::MUTANT,
    runs_captured_payload_again::MUTANT,
    drops_unknown_cohort_members::MUTANT,
    claims_cohort_before_hub_accepts::MUTANT,
    sends_cohort_values_as_numbers::MUTANT,
    withholds_imaging_reply::MUTANT,
    deletes_imaging_by_query_parameter::MUTANT,
    site_refuses_delete_by_path::MUTANT,
    claims_success_after_failed_call::MUTANT,
    takes_empty_reply_for_success::MUTANT,
    takes_local_redirect_for_success::MUTANT,
    adds_member_to_report::MUTANT,
    reports_only_once::MUTANT,
    repeats_after_final_refusal::MUTANT,
    fails_without_reason::MUTANT,
    fails_without_reason_after_authentication::MUTANT,
    omits_status_code::MUTANT,
    drops_suppressed_mark::MUTANT,
    site_reveals_small_cohort::MUTANT,
    posts_no_cohort_error::MUTANT,
    sends_raw_cohort_error::MUTANT,
    never_sends_snapshot::MUTANT,
    sends_uncut_version::MUTANT,
    gives_up_after_rejected_snapshot::MUTANT,
    probes_inside_loop::MUTANT,
    keeps_stale_snapshot::MUTANT,
    ignores_foreign_fingerprint::MUTANT,
    health_always_ok::MUTANT,
    waits_for_silent_hub::MUTANT,
    waits_for_dripping_hub::MUTANT,
    dies_of_broken_reply::MUTANT,
    repeats_refused_heartbeat::MUTANT,
    ignores_retry_after::MUTANT,
    keeps_pace_under_failure::MUTANT,
    trusts_any_certificate::MUTANT,
    follows_hub_redirects::MUTANT,
    follows_cohort_redirects::MUTANT,
    expires_tasks_by_own_clock::MUTANT,
    logs_payload::MUTANT,
    quotes_refused_payload::MUTANT,
    logs_whole_urls::MUTANT,
    logs_trust_key::MUTANT,
    logs_secrets_at_debug::MUTANT,
    logs_email_addresses::MUTANT,
    logs_no_calls::MUTANT,
    site_accepts_wrong_key::MUTANT,
    site_accepts_missing_key::MUTANT,
    site_accepts_write_without_proof::MUTANT,
    shows_trust_key_to_site::MUTANT,
    shows_site_key_to_hub::MUTANT,
    takes_site_key_along_redirect::MUTANT,
    fl_client_calls_hub::MUTANT,
    fl_client_omits_site_key::MUTANT,
    fl_client_logs_rows::MUTANT,
    drops_text_of_refused_site_key::MUTANT,
    goes_silent_with_stale_key::MUTANT,
    drops_task_in_foreign_format::MUTANT,
    keeps_quiet_about_missing_path::MUTANT,
    drops_first_batch_after_start::MUTANT,
    fl_client_trusts_any_server::MUTANT,
    fl_client_trains_without_data::MUTANT,
    fl_client_gives_no_reason::MUTANT,
    contacts_third_host::MUTANT,
    looks_up_third_name::MUTANT,
    opens_second_port::MUTANT,
    leaves_fl_client_out::MUTANT,
    omits_freeze_status_code::MUTANT,
    site_gives_unfrozen_rows::MUTANT,
    site_obeys_callers_query::MUTANT,
    site_ignores_project_seal::MUTANT,
    site_counts_rows_for_persons::MUTANT,
    edges::TAKES_COMPRESSED_REPLY_AS_IT_IS,
    edges::READS_UNMEASURED_REPLY_AS_EMPTY,
    edges::KEEPS_CLOSED_CONNECTION,
    edges::SENDS_LOCAL_CALLS_THROUGH_PROXY,
    edges::PASSES_PROXY_BY,
    edges::ENDS_POLLER_ON_UNKNOWN_NAME,
    edges::ENDS_POLLER_ON_UNANSWERED_CONNECT,
    edges::TRIES_FIRST_ADDRESS_ONLY,
    edges::MARKS_LOCAL_TIME_AS_UTC,
    edges::DATES_ERRORS_BY_LOCAL_TIME,
];

/// One misbehaviour.
#[derive(Clone, Copy)]
pub struct Mutant {
    /// Says the misbehaviour, in kebab-case.
    pub name: &'static str,
    /// Ids of the requirements it breaks.
    pub breaks: &'static [&'static str],
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Where the real system does the same.
    pub deviation: Deviation,
    /// Changes the habit.
    pub apply: fn(&mut Habits),
}

impl fmt::Debug for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutant").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The editions in which the real system is known to misbehave in a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation(&'static [EditionId]);

impl Deviation {
    /// No known deviation: a misbehaviour for proving checks only.
    pub const NONE: Self = Self(&[]);
    /// In every edition.
    pub const EVERYWHERE: Self = Self(&EditionId::ALL);

    /// In these editions.
    pub const fn of(editions: &'static [EditionId]) -> Self {
        Self(editions)
    }

    /// Whether the real system of this edition does so, or continues one that does.
    pub fn holds_in(self, edition: EditionId) -> bool {
        edition.shares_with(self.0)
    }

    /// The editions, oldest first.
    pub fn editions(self) -> &'static [EditionId] {
        self.0
    }
}

/// No mutant of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownMutant {
    /// What was asked for.
    pub name: String,
    /// The nearest name there is.
    pub suggestion: Option<&'static str>,
}

impl fmt::Display for UnknownMutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown mutant {:?}", self.name)?;
        match self.suggestion {
            Some(near) => write!(f, "; did you mean {near:?}?"),
            None => Ok(()),
        }
    }
}

/// The mutant of this name.
pub fn find(name: &str) -> Result<&'static Mutant, UnknownMutant> {
    ALL.iter()
        .find(|mutant| mutant.name == name)
        .ok_or_else(|| UnknownMutant { name: name.to_owned(), suggestion: nearest(name) })
}

fn nearest(name: &str) -> Option<&'static str> {
    ALL.iter()
        .map(|mutant| (strsim::jaro_winkler(mutant.name, name), mutant.name))
        .filter(|(likeness, _)| *likeness > SUGGESTION_LIKENESS_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, near)| near)
}

const SUGGESTION_LIKENESS_MIN: f64 = 0.75;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let names: BTreeSet<_> = ALL.iter().map(|mutant| mutant.name).collect();
        assert_eq!(names.len(), ALL.len());
        for name in names {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
        }
    }

    #[test]
    fn every_mutant_changes_a_habit_and_breaks_something() {
        for mutant in ALL {
            assert!(!mutant.breaks.is_empty(), "{}", mutant.name);
            let ideal = Habits::ideal(EditionId::DEFAULT.row());
            assert_ne!(ideal.with(mutant), ideal, "{}", mutant.name);
        }
    }

    #[test]
    fn a_misspelt_name_brings_the_nearest() {
        let error = find("runs-altered-payloads").expect_err("misspelt");
        assert_eq!(error.suggestion, Some("runs-altered-payload"));
        assert_eq!(find("zzz").expect_err("nonsense").suggestion, None);
    }
}
