//! The habits that keep every clause, SHOULDs and MAYs included.

use contract::edition::DeleteImaging;

use super::{
    BatchHabits, BatchOrder, CohortError, CycleHabits, FailureReason, FlClientHabits, HealthHabits,
    IdentityHabits, LogHabits, PayloadHabits, ReportHabits, StartHabits, TaskHabits, WireHabits,
};

impl StartHabits {
    pub(crate) const IDEAL: Self = Self {
        needs_every_setting: true,
        refuses_empty_settings: true,
        checks_payload_key: true,
        waits_for_site: false,
        stops_in_mid_task: true,
        opens_second_port: false,
        contacts_third_host: false,
        looks_up_third_name: false,
    };
}

impl IdentityHabits {
    pub(crate) const IDEAL: Self = Self {
        heeds_first_heartbeat: true,
        heeds_poll: true,
        heeds_after_refusal: true,
        logged_once: true,
        ignores_letter_case: true,
        holds_tasks: true,
        heeds_later: true,
        exits_with_two: true,
    };
}

impl CycleHabits {
    pub(crate) const IDEAL: Self = Self {
        heartbeat_first: true,
        pause_share: 1.0,
        beats_during_tasks: true,
        widens_pause: true,
        honours_retry_after: true,
        one_heartbeat_a_cycle: true,
        survives_broken_reply: true,
        survives_unknown_name: true,
        survives_unanswered_connect: true,
        logs_missing_path: true,
        ignores_dates: true,
        beats_with_stale_key: true,
    };
}

impl BatchHabits {
    pub(crate) const IDEAL: Self = Self {
        order: BatchOrder::AsListed,
        keeps_first_batch: true,
        reports_whole_batch: true,
        guards_entries: true,
        runs_seen_ids: true,
    };
}

impl PayloadHabits {
    pub(crate) const IDEAL: Self = Self {
        refuses_altered: true,
        fails_foreign_key: true,
        refuses_relabelled: true,
        refuses_plain_json: true,
        reports_foreign_format: true,
        refuses_replayed: true,
    };
}

impl TaskHabits {
    /// The path parameter in every edition: TRUST-TASK-08 asks for a deletion that works.
    pub(crate) const IDEAL: Self = Self {
        fails_unknown_type: true,
        forwards_unknown_members: true,
        awaits_hub_for_counts: true,
        sends_values_as_text: true,
        returns_reply: true,
        delete_imaging: DeleteImaging::PathParameter,
        fails_with_local_call: true,
        fails_without_content: true,
        fails_with_local_redirect: true,
        passes_refused_site_key: true,
        passes_suppressed_mark: true,
        posts_cohort_error: true,
        dates_in_utc: true,
        cohort_error: CohortError::Category,
    };
}

impl ReportHabits {
    pub(crate) const IDEAL: Self = Self {
        two_members_only: true,
        repeats: true,
        heeds_final_refusal: true,
        reason: FailureReason::Always,
        states_status_code: true,
        states_freeze_code: true,
    };
}

impl HealthHabits {
    pub(crate) const IDEAL: Self = Self {
        sends_snapshot: true,
        names_fl_client: true,
        cuts_versions: true,
        repeats_bodyless: true,
        probes_beside_loop: true,
        drops_stale_snapshot: true,
        compares_fingerprint: true,
        tells_true_time: true,
        tells_trouble: true,
    };
}

impl WireHabits {
    pub(crate) const IDEAL: Self = Self {
        limits_silence: true,
        limits_total: true,
        checks_certificates: true,
        refuses_redirects: true,
        refuses_cohort_redirects: true,
        keeps_trust_key_from_site: true,
        keeps_site_key_from_hub: true,
        keeps_site_key_at_origin: true,
        tries_every_address: true,
        uses_proxy: true,
        honours_no_proxy: true,
        undoes_compression: true,
        reads_unmeasured_replies: true,
        notices_closed_connections: true,
    };
}

impl LogHabits {
    pub(crate) const IDEAL: Self = Self {
        hides_payload: true,
        hides_trust_key: true,
        masks_debug: true,
        hides_email: true,
        shows_calls: true,
        hides_queries: true,
        hides_refused_payload: true,
    };
}

impl FlClientHabits {
    pub(crate) const IDEAL: Self = Self {
        stays_away_from_hub: true,
        sends_site_key: true,
        hides_cohort_rows: true,
        checks_server: true,
        tells_reason: true,
        raises_refusals: true,
    };
}
