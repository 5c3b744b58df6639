//! What a node does by habit. The node's code only ever reads these; conduct and mutants set them.

use contract::edition::{DeleteImaging, Edition};

use crate::http::CallLines;
use crate::mutants::{self, Mutant};
use crate::site::habits::SiteHabits;

mod conduct;
mod ideal;

pub use conduct::{Conduct, UnknownConduct};

/// Every habit that a mutant or a known deviation may change, by theme.
///
/// [`Habits::ideal`] keeps every clause of the contract, SHOULDs and MAYs included. Each flag is one
/// independent misbehaviour, so flags they stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    /// Coming up and going down.
    pub start: StartHabits,
    /// Comparing the hub's idea of this trust with its own.
    pub identity: IdentityHabits,
    /// The loop of heartbeat, poll, tasks and pause.
    pub cycle: CycleHabits,
    /// One batch of tasks.
    pub batch: BatchHabits,
    /// Opening payloads.
    pub payload: PayloadHabits,
    /// Running tasks.
    pub task: TaskHabits,
    /// Reporting results.
    pub report: ReportHabits,
    /// Probing the site and telling about it.
    pub health: HealthHabits,
    /// Calls on the network.
    pub wire: WireHabits,
    /// What reaches the log.
    pub log: LogHabits,
    /// The trust's FL client.
    pub fl_client: FlClientHabits,
    /// The site services around the node, where the node starts them.
    pub site: SiteHabits,
}

/// Coming up and going down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct StartHabits {
    /// A missing required variable stops the start.
    pub needs_every_setting: bool,
    /// A required variable that is set but empty stops the start like a missing one.
    pub refuses_empty_settings: bool,
    /// A payload key that is not base64 of 32 bytes stops the start.
    pub checks_payload_key: bool,
    /// The first heartbeat waits until the site services answer.
    pub waits_for_site: bool,
    /// A termination request ends a running task instead of waiting for it.
    pub stops_in_mid_task: bool,
    /// A second port is opened.
    pub opens_second_port: bool,
    /// A host that is neither hub nor FL endpoint is contacted.
    pub contacts_third_host: bool,
    /// The name service is asked for such a host, which is then left alone.
    pub looks_up_third_name: bool,
}

/// Comparing the hub's idea of this trust with its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct IdentityHabits {
    /// A foreign identity in the very first heartbeat reply counts.
    pub heeds_first_heartbeat: bool,
    /// An identity in a poll reply counts.
    pub heeds_poll: bool,
    /// The check is still made when the hub refused before it answered.
    pub heeds_after_refusal: bool,
    /// The accepted identity is logged once, not every time.
    pub logged_once: bool,
    /// UUIDs are compared as UUIDs, whatever the case of their letters.
    pub ignores_letter_case: bool,
    /// No task runs before an identity was compared.
    pub holds_tasks: bool,
    /// Replies after the first are compared too.
    pub heeds_later: bool,
    /// A foreign identity ends the process with code 2 (else with 1).
    pub exits_with_two: bool,
}

/// The loop of heartbeat, poll, tasks and pause.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools)]
pub struct CycleHabits {
    /// The heartbeat precedes the poll.
    pub heartbeat_first: bool,
    /// How much of the configured pause is kept.
    pub pause_share: f64,
    /// Heartbeats go on while a task runs.
    pub beats_during_tasks: bool,
    /// Repeated failure widens the pause.
    pub widens_pause: bool,
    /// `Retry-After` lengthens the pause.
    pub honours_retry_after: bool,
    /// A refused heartbeat is not repeated within its cycle.
    pub one_heartbeat_a_cycle: bool,
    /// A reply that cannot be read costs one cycle and no more.
    pub survives_broken_reply: bool,
    /// A name nobody knows costs one cycle and no more.
    pub survives_unknown_name: bool,
    /// So does a connect nobody answers.
    pub survives_unanswered_connect: bool,
    /// A poll of a missing path is logged.
    pub logs_missing_path: bool,
    /// Dates of the hub decide nothing.
    pub ignores_dates: bool,
    /// Heartbeats go on although payloads do not open.
    pub beats_with_stale_key: bool,
}

/// One batch of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct BatchHabits {
    /// In which order tasks of one batch run.
    pub order: BatchOrder,
    /// The first batch after a start is run like any other.
    pub keeps_first_batch: bool,
    /// Tasks late in a long batch are reported like any other.
    pub reports_whole_batch: bool,
    /// A malformed entry costs itself only.
    pub guards_entries: bool,
    /// A task handed out again runs again.
    pub runs_seen_ids: bool,
}

/// In which order tasks of one batch run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchOrder {
    /// One after another, as listed.
    AsListed,
    /// One after another, last first.
    Reversed,
    /// All at the same time.
    AtOnce,
}

/// Opening payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct PayloadHabits {
    /// What fails authentication is refused even when it reads well.
    pub refuses_altered: bool,
    /// What was sealed with another key is reported as failed.
    pub fails_foreign_key: bool,
    /// What was sealed for another task type is refused.
    pub refuses_relabelled: bool,
    /// What is not sealed at all is refused.
    pub refuses_plain_json: bool,
    /// What is in a foreign format is reported.
    pub reports_foreign_format: bool,
    /// What was opened before under another task id is refused.
    pub refuses_replayed: bool,
}

/// Running tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct TaskHabits {
    /// An unknown task type is reported as failed.
    pub fails_unknown_type: bool,
    /// Members of a cohort payload that the node does not know are forwarded.
    pub forwards_unknown_members: bool,
    /// A cohort query succeeds only after the hub took the counts.
    pub awaits_hub_for_counts: bool,
    /// Values in counts are sent as text.
    pub sends_values_as_text: bool,
    /// The reply of imaging-api is returned.
    pub returns_reply: bool,
    /// How `delete_imaging` names its project.
    pub delete_imaging: DeleteImaging,
    /// A failed local call fails the task.
    pub fails_with_local_call: bool,
    /// A local reply without content fails the task.
    pub fails_without_content: bool,
    /// A local redirect that leads nowhere fails the task, JSON or not.
    pub fails_with_local_redirect: bool,
    /// The text of a refused site key is passed on.
    pub passes_refused_site_key: bool,
    /// The mark of a suppressed cohort is passed on.
    pub passes_suppressed_mark: bool,
    /// A failed cohort query is reported to the hub as such.
    pub posts_cohort_error: bool,
    /// It is dated in UTC.
    pub dates_in_utc: bool,
    /// What such a report says, and when it is made.
    pub cohort_error: CohortError,
}

/// What the error record of a cohort query says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CohortError {
    /// `<status>: <category>`, and only when the query itself failed.
    Category,
    /// The local service's raw text; also when the hub refused good counts.
    RawText,
}

/// Reporting results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct ReportHabits {
    /// A report holds `success` and `result` only.
    pub two_members_only: bool,
    /// A report not answered with 200 is repeated.
    pub repeats: bool,
    /// 403, 404 and 409 end the attempts.
    pub heeds_final_refusal: bool,
    /// When a failure states its reason.
    pub reason: FailureReason,
    /// `get_imaging_status` states the status code of its failure, where the edition does.
    pub states_status_code: bool,
    /// So does `persist_cohort`, where the hub reads it.
    pub states_freeze_code: bool,
}

/// When a failure states its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureReason {
    /// Always.
    Always,
    /// Unless the payload failed authentication.
    NotAfterAuthentication,
    /// Never.
    Never,
}

/// Probing the site and telling about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct HealthHabits {
    /// Heartbeats carry a snapshot, where the edition has one.
    pub sends_snapshot: bool,
    /// A snapshot names the FL client whose tag is known, where the edition does.
    pub names_fl_client: bool,
    /// Versions are cut to what the hub takes.
    pub cuts_versions: bool,
    /// A refused snapshot is followed by a heartbeat without body.
    pub repeats_bodyless: bool,
    /// Probes run beside the loop, not in it.
    pub probes_beside_loop: bool,
    /// The snapshot of an abandoned round is dropped.
    pub drops_stale_snapshot: bool,
    /// The hub's key fingerprint is compared with the own one.
    pub compares_fingerprint: bool,
    /// A local time is never marked as one of UTC.
    pub tells_true_time: bool,
    /// `/health` looks at hub, loop and key.
    pub tells_trouble: bool,
}

/// Calls on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct WireHabits {
    /// A silent hub is given up.
    pub limits_silence: bool,
    /// A call is bounded as a whole, not only between two chunks.
    pub limits_total: bool,
    /// Certificates are checked.
    pub checks_certificates: bool,
    /// Redirects on heartbeat, poll and result are not followed.
    pub refuses_redirects: bool,
    /// Redirects of counts are not followed.
    pub refuses_cohort_redirects: bool,
    /// The trust key stays away from site services.
    pub keeps_trust_key_from_site: bool,
    /// The site key stays away from the hub.
    pub keeps_site_key_from_hub: bool,
    /// The site key stays away from where a site service sends a call on.
    pub keeps_site_key_at_origin: bool,
    /// Of several addresses of a name each is tried.
    pub tries_every_address: bool,
    /// A proxy of the environment carries the calls.
    pub uses_proxy: bool,
    /// Hosts that are exempt from it are called directly.
    pub honours_no_proxy: bool,
    /// Replies that come compressed, as every request asks, are read.
    pub undoes_compression: bool,
    /// A reply that does not tell its length has a body all the same.
    pub reads_unmeasured_replies: bool,
    /// A kept connection the other end has closed is not used again.
    pub notices_closed_connections: bool,
}

/// What reaches the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct LogHabits {
    /// Payload texts are kept out of the log.
    pub hides_payload: bool,
    /// The trust key is kept out of the log.
    pub hides_trust_key: bool,
    /// Keys and queries are masked at DEBUG too.
    pub masks_debug: bool,
    /// E-mail addresses are kept out of the log.
    pub hides_email: bool,
    /// Each call leaves a line.
    pub shows_calls: bool,
    /// The values of a call's query are left out of its line.
    pub hides_queries: bool,
    /// A payload that has not the form of its type is refused without being quoted.
    pub hides_refused_payload: bool,
}

/// The trust's FL client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct FlClientHabits {
    /// It calls the FL endpoint and the site services only.
    pub stays_away_from_hub: bool,
    /// It shows the site key to the site services.
    pub sends_site_key: bool,
    /// It logs sizes instead of cohort rows.
    pub hides_cohort_rows: bool,
    /// It joins a server of its own provisioning only.
    pub checks_server: bool,
    /// It says why it could not join.
    pub tells_reason: bool,
    /// A refusal of a site service ends the training.
    pub raises_refusals: bool,
}

impl LogHabits {
    /// What the HTTP client writes.
    pub(crate) fn call_lines(self) -> CallLines {
        CallLines { shown: self.shows_calls, without_query: self.hides_queries }
    }
}

impl Habits {
    /// Keeps every clause that is in force in the edition.
    pub fn ideal(edition: &Edition) -> Self {
        Self {
            start: StartHabits::IDEAL,
            identity: IdentityHabits::IDEAL,
            cycle: CycleHabits::IDEAL,
            batch: BatchHabits::IDEAL,
            payload: PayloadHabits::IDEAL,
            task: TaskHabits::IDEAL,
            report: ReportHabits::IDEAL,
            health: HealthHabits::IDEAL,
            wire: WireHabits::IDEAL,
            log: LogHabits::IDEAL,
            fl_client: FlClientHabits::IDEAL,
            site: SiteHabits::ideal(edition.id),
        }
    }

    /// The same plus every deviation seen in the edition.
    pub fn as_built(edition: &Edition) -> Self {
        mutants::ALL
            .iter()
            .filter(|mutant| mutant.deviation.holds_in(edition.id))
            .fold(Self::ideal(edition), Self::with)
    }

    /// These habits with one more misbehaviour.
    pub fn with(mut self, mutant: &Mutant) -> Self {
        (mutant.apply)(&mut self);
        self
    }
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;

    #[test]
    fn as_built_differs_from_ideal_in_every_edition() {
        for id in EditionId::ALL {
            assert_ne!(Conduct::Ideal.habits(id), Conduct::AsBuilt.habits(id), "{id}");
        }
    }
}
