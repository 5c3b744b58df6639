//! FL ingest, FL credentials and cohort results.

use super::Duty;

/// Habits of FL ingest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlHabits {
    /// A metric must name its client.
    pub metric_names_client: Duty,
    /// What becomes of an accepted metric.
    pub metric_rows: MetricRows,
    /// Under whose name an accepted row is stored.
    pub row_owner: RowOwner,
    /// A failure is stored as a failure.
    pub keep_failure: Duty,
    /// A missing x value is the round.
    pub default_axis: Duty,
    /// A client is resolved by its slot only.
    pub resolve_by_slot: Duty,
    /// The client's trust must be on the model.
    pub check_membership: Duty,
    /// A log must name its client (where the edition demands it).
    pub log_names_client: Duty,
    /// An accepted log is stored.
    pub store_logs: Duty,
    /// A stored log tells whose it is and whether it is a failure.
    pub keep_log_owner: Duty,
    /// A log holds exactly one of text and event.
    pub exactly_one: Duty,
    /// An event needs a round.
    pub event_needs_round: Duty,
    /// The waiting event needs no round (where the edition says so).
    pub excuse_waiting_event: Duty,
    /// The details of an event are stored.
    pub keep_details: Duty,
    /// A log in the old shape is kept for its client and is no success.
    pub read_old_log: Duty,
    /// The old spelling of RUNNING is understood.
    pub status_alias: Duty,
    /// Status words are compared exactly.
    pub status_case: Duty,
    /// A status for an unknown model is refused.
    pub status_needs_model: Duty,
    /// A stopped model stays stopped.
    pub keep_stopped: Duty,
    /// A model whose FL server fell silent is ended.
    pub end_silent_models: Duty,
    /// Whether trainings run is told to users only.
    pub guard_quiesce: Duty,
    /// A net with a training is told as busy.
    pub tell_busy: Duty,
}

/// What becomes of an accepted metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricRows {
    /// One row each.
    Each,
    /// No row.
    None,
    /// One row a client, label and round; later ones replace it.
    LastOfRound,
}

/// Habits of whoever makes FL credentials, and of the FL server that asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CredentialHabits {
    /// A client is added without touching the others.
    pub add_alone: Duty,
    /// Credentials of a former provisioning open nothing.
    pub refuse_former: Duty,
}

/// Under whose name an accepted row is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOwner {
    /// The client that was named.
    Sender,
    /// Another client of the same model, where there is one.
    Neighbour,
}

/// Habits of cohort results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CohortHabits {
    /// A trust's counts replace its former ones.
    pub replace: Duty,
    /// The aggregate covers every trust.
    pub sum_all: Duty,
    /// Counts for somebody else are refused.
    pub own_only: Duty,
    /// Counts for an unknown query are the caller's fault, not the hub's.
    pub refuse_unknown: Duty,
    /// Counts for a query that was not addressed to the trust are refused.
    pub refuse_unaddressed: Duty,
    /// Counts below zero are refused.
    pub refuse_negative: Duty,
    /// A failed trust shows as one of three words.
    pub reduce_error: Duty,
}

impl FlHabits {
    pub(super) const IDEAL: Self = Self {
        metric_names_client: Duty::Kept,
        metric_rows: MetricRows::Each,
        row_owner: RowOwner::Sender,
        keep_failure: Duty::Kept,
        default_axis: Duty::Kept,
        resolve_by_slot: Duty::Kept,
        check_membership: Duty::Kept,
        log_names_client: Duty::Kept,
        store_logs: Duty::Kept,
        keep_log_owner: Duty::Kept,
        exactly_one: Duty::Kept,
        event_needs_round: Duty::Kept,
        excuse_waiting_event: Duty::Kept,
        keep_details: Duty::Kept,
        read_old_log: Duty::Kept,
        status_alias: Duty::Kept,
        status_case: Duty::Kept,
        status_needs_model: Duty::Kept,
        keep_stopped: Duty::Kept,
        end_silent_models: Duty::Kept,
        guard_quiesce: Duty::Kept,
        tell_busy: Duty::Kept,
    };
}

impl CredentialHabits {
    pub(super) const IDEAL: Self = Self { add_alone: Duty::Kept, refuse_former: Duty::Kept };
}

impl CohortHabits {
    pub(super) const IDEAL: Self = Self {
        replace: Duty::Kept,
        sum_all: Duty::Kept,
        own_only: Duty::Kept,
        refuse_unknown: Duty::Kept,
        refuse_unaddressed: Duty::Kept,
        refuse_negative: Duty::Kept,
        reduce_error: Duty::Kept,
    };
}
