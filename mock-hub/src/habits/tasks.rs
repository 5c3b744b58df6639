//! Hand-out, recovery, reports and sealing.

use super::Duty;

/// Habits of the task queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskHabits {
    /// Which identity heartbeat, poll and result replies carry.
    pub identity: Identity,
    /// A poll hands out the caller's own tasks only.
    pub own_only: Duty,
    /// The order of a batch.
    pub order: TaskOrder,
    /// A batch holds at most 50 tasks.
    pub limit_batch: Duty,
    /// A cancelled task is never handed out.
    pub skip_cancelled: Duty,
    /// When a handed-out task is handed out again.
    pub redelivery: Redelivery,
    /// How often it may be.
    pub retries: Retries,
    /// Two polls at once share no task.
    pub lock_at_dispatch: Duty,
    /// A finished task refuses a second report.
    pub final_report: Duty,
    /// An accepted report is stored.
    pub store_report: Duty,
    /// A report for an unknown task is refused.
    pub refuse_unknown: Duty,
    /// A report for another trust's task is refused.
    pub own_reports_only: Duty,
    /// Whose task it is comes before the state it is in.
    pub owner_before_state: Duty,
    /// A report for a task that is PENDING or CANCELLED is refused.
    pub refuse_late: Duty,
    /// A result that is no text is refused.
    pub result_is_text: Duty,
    /// A result over the limit is refused.
    pub limit_result: Duty,
    /// U+0000 in a result is refused as invalid, not met as a fault of the database.
    pub refuse_nul: Duty,
    /// How payloads are sealed.
    pub seal: Seal,
    /// Tasks of a batch that could not be sealed stay PENDING.
    pub undo_failed_sealing: Duty,
    /// A task that a stale payload key failed is queued again.
    pub requeue_unopened: Duty,
    /// The freeze of a cohort is queued before the imaging project.
    pub freeze_first: Duty,
    /// The cohort of a project without imaging is frozen too.
    pub freeze_every_project: Duty,
    /// A freeze that tells of no frozen cohort is a failure.
    pub judge_snapshot: Duty,
    /// The status code of a failed freeze is told as what it means.
    pub read_status_code: Duty,
}

/// Which identity replies carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The caller's.
    Own,
    /// None.
    Omitted,
    /// Somebody else's id under the caller's name.
    Foreign,
}

/// The order of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskOrder {
    /// By creation.
    OldestFirst,
    /// By creation, backwards.
    NewestFirst,
}

/// When a handed-out task without report is handed out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redelivery {
    /// After the stale limit, at the next run of the recovery job.
    ByAge,
    /// At every poll.
    EveryPoll,
    /// After a fifth of the stale limit.
    TooEarly,
    /// Never.
    Never,
}

/// How often a task may be handed out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retries {
    /// Three times.
    Three,
    /// Twice.
    Two,
    /// For ever.
    Endless,
}

/// How payloads are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// As the edition says; a key of the wrong length fails the poll.
    Edition,
    /// Not at all.
    Nothing,
    /// As the edition says, but not at all when the key has the wrong length.
    NothingWhenKeyBad,
    /// With a key nobody holds.
    ForeignKey,
    /// With the key of before the last change.
    FormerKey,
    /// With the platform's key, also where a trust has one of its own.
    SharedKeyOnly,
    /// For another task type.
    ForeignContext,
    /// Under a key id nobody knows.
    ForeignKid,
    /// With the same iv every time.
    OneIv,
}

impl TaskHabits {
    pub(super) const IDEAL: Self = Self {
        identity: Identity::Own,
        own_only: Duty::Kept,
        order: TaskOrder::OldestFirst,
        limit_batch: Duty::Kept,
        skip_cancelled: Duty::Kept,
        redelivery: Redelivery::ByAge,
        retries: Retries::Three,
        lock_at_dispatch: Duty::Kept,
        final_report: Duty::Kept,
        store_report: Duty::Kept,
        refuse_unknown: Duty::Kept,
        own_reports_only: Duty::Kept,
        owner_before_state: Duty::Kept,
        refuse_late: Duty::Kept,
        result_is_text: Duty::Kept,
        limit_result: Duty::Kept,
        refuse_nul: Duty::Kept,
        seal: Seal::Edition,
        undo_failed_sealing: Duty::Kept,
        requeue_unopened: Duty::Kept,
        freeze_first: Duty::Kept,
        freeze_every_project: Duty::Kept,
        judge_snapshot: Duty::Kept,
        read_status_code: Duty::Kept,
    };
}
