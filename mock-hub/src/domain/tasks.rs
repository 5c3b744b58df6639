//! The tasks of one trust and their life (hub 4 to 6). No clock and no lock in here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use contract::envelope::Cipher;
use contract::key::Secret;
use contract::limits::{BATCH_TASKS_MAX, STALE_MINUTES, TASK_RETRIES_MAX};
use contract::wire::{phrase, refusal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::HubTime;
use crate::habits::{Redelivery, Retries, TaskHabits, TaskOrder};

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskStatus {
    /// Waiting for a poll.
    Pending,
    /// Handed out, no report yet.
    InProgress,
    /// Reported as a success.
    Completed,
    /// Reported as a failure, or handed out too often.
    Failed,
    /// Withdrawn before it was handed out.
    Cancelled,
}

impl TaskStatus {
    /// All states.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::InProgress, Self::Completed, Self::Failed, Self::Cancelled];

    /// The state behind a word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == word)
    }

    /// The word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a task's payload leaves the hub.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Sealing {
    /// As the edition says, with the key of the moment of dispatch.
    #[default]
    Edition,
    /// Exactly this text.
    Verbatim(String),
    /// Sealed with other parameters.
    With(SealParameters),
}

/// Parameters of sealing that differ from the edition's; absent ones are the edition's.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealParameters {
    /// The format to write.
    pub cipher: Option<Cipher>,
    /// The key, as base64.
    pub key_base64: Option<Secret>,
    /// The key id to name.
    pub kid: Option<String>,
    /// The context to bind.
    pub context: Option<String>,
}

/// What to queue.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// The id to use; absent: a new one.
    pub id: Option<Uuid>,
    /// The word in `task_type`, known or not.
    pub task_type: String,
    /// The payload before sealing.
    pub plaintext: Arc<str>,
    /// How it leaves.
    pub sealing: Sealing,
}

/// One task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// The word in `task_type`.
    pub task_type: Arc<str>,
    /// The payload before sealing.
    pub plaintext: Arc<str>,
    /// How the payload leaves.
    pub sealing: Sealing,
    /// When it was queued.
    pub created_at: HubTime,
    /// Where it is in its life.
    pub status: TaskStatus,
    /// When it was handed out last.
    pub dispatched_at: Option<HubTime>,
    /// How often it was handed out.
    pub deliveries: u32,
    /// How often it was queued again.
    pub retries: u32,
    /// The `result` of the accepted report, or the text of the final failure.
    pub result: Option<Arc<str>>,
    /// The `success` of the accepted report.
    pub success: Option<bool>,
    /// Accepted reports.
    pub reports: u32,
    pub(crate) seq: u64,
}

impl Task {
    /// A task that was never handed out, queued at the beginning of time.
    pub(crate) fn new(id: Uuid, task_type: &str, plaintext: Arc<str>) -> Self {
        Self {
            id,
            task_type: task_type.into(),
            plaintext,
            sealing: Sealing::Edition,
            created_at: HubTime::EPOCH,
            status: TaskStatus::Pending,
            dispatched_at: None,
            deliveries: 0,
            retries: 0,
            result: None,
            success: None,
            reports: 0,
            seq: 0,
        }
    }
}

/// Why a report is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportRefusal {
    /// Nobody has a task of this id.
    Unknown,
    /// It is another trust's.
    Foreign,
    /// It is not handed out now.
    NotInProgress(TaskStatus),
}

/// All tasks of one trust.
#[derive(Debug, Default)]
pub struct TaskBook {
    tasks: HashMap<Uuid, Task>,
    pending: BTreeMap<(HubTime, u64), Uuid>,
    dispatched: BTreeSet<(HubTime, u64, Uuid)>,
    /// Failed by a stale payload key, to be queued again by the next recovery.
    unopened: Vec<Uuid>,
    next_seq: u64,
    /// Tasks that changed since [`TaskBook::changed`] was asked last.
    changed: Vec<Uuid>,
}

impl TaskBook {
    /// Queues a task.
    pub fn queue(&mut self, id: Uuid, new: NewTask, now: HubTime) {
        let seq = self.next_seq;
        self.next_seq += 1;
        self.pending.insert((now, seq), id);
        let task = Task {
            sealing: new.sealing,
            created_at: now,
            seq,
            ..Task::new(id, &new.task_type, new.plaintext)
        };
        self.tasks.insert(id, task);
        self.changed.push(id);
    }

    /// Takes in a task as it was kept, the oldest first.
    pub(super) fn restore(&mut self, mut task: Task) {
        task.seq = self.next_seq;
        self.next_seq += 1;
        match (task.status, task.dispatched_at) {
            (TaskStatus::Pending, _) => {
                self.pending.insert((task.created_at, task.seq), task.id);
            }
            (TaskStatus::InProgress, at) => {
                self.dispatched.insert((at.unwrap_or(task.created_at), task.seq, task.id));
            }
            (TaskStatus::Failed, _) if task.result.as_deref().is_some_and(is_stale_key_failure) => {
                self.unopened.push(task.id);
            }
            _ => {}
        }
        self.tasks.insert(task.id, task);
    }

    /// The tasks that changed since this was asked last, as they are now.
    pub(super) fn changed(&mut self) -> impl Iterator<Item = Task> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().filter_map(|id| self.tasks.get(&id).cloned())
    }

    /// Nobody keeps what changed.
    pub(super) fn forget_changed(&mut self) {
        self.changed.clear();
    }

    /// Whether a poll by these habits would find nothing.
    pub fn is_idle(&self, habits: &TaskHabits) -> bool {
        self.pending.is_empty() && self.takes_pending_only(habits)
    }

    /// The ids a poll by these habits hands out, in their order.
    pub fn due(&self, habits: &TaskHabits) -> Vec<Uuid> {
        let limit = if habits.limit_batch.kept() { BATCH_TASKS_MAX } else { usize::MAX };
        if self.takes_pending_only(habits) {
            let pending = self.pending.values().copied();
            return match habits.order {
                TaskOrder::OldestFirst => pending.take(limit).collect(),
                TaskOrder::NewestFirst => pending.rev().take(limit).collect(),
            };
        }
        let mut due: Vec<&Task> = self
            .tasks
            .values()
            .filter(|task| match task.status {
                TaskStatus::Pending => true,
                TaskStatus::InProgress => habits.redelivery == Redelivery::EveryPoll,
                TaskStatus::Cancelled => habits.skip_cancelled.broken(),
                TaskStatus::Completed | TaskStatus::Failed => false,
            })
            .collect();
        due.sort_unstable_by_key(|task| (task.created_at, task.seq));
        due.into_iter().map(|task| task.id).take(limit).collect()
    }

    /// Records that a task was handed out. A task that left PENDING meanwhile keeps its state.
    pub fn mark_dispatched(&mut self, id: Uuid, now: HubTime) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        self.changed.push(id);
        task.deliveries += 1;
        match task.status {
            TaskStatus::Pending => {
                self.pending.remove(&(task.created_at, task.seq));
                task.status = TaskStatus::InProgress;
            }
            TaskStatus::InProgress => {
                let before = task.dispatched_at.unwrap_or(task.created_at);
                self.dispatched.remove(&(before, task.seq, id));
            }
            _ => return,
        }
        task.dispatched_at = Some(now);
        self.dispatched.insert((now, task.seq, id));
    }

    /// Takes a report. `Ok` means accepted, not necessarily stored: that is a habit.
    pub fn report(
        &mut self,
        id: Uuid,
        success: bool,
        result: Option<Arc<str>>,
        habits: &TaskHabits,
    ) -> Result<(), ReportRefusal> {
        let task = self.tasks.get_mut(&id).ok_or(ReportRefusal::Unknown)?;
        let accepted = match task.status {
            TaskStatus::InProgress => true,
            TaskStatus::Completed | TaskStatus::Failed => habits.final_report.broken(),
            TaskStatus::Pending | TaskStatus::Cancelled => habits.refuse_late.broken(),
        };
        if !accepted {
            return Err(ReportRefusal::NotInProgress(task.status));
        }
        if habits.store_report.broken() {
            return Ok(());
        }
        self.pending.remove(&(task.created_at, task.seq));
        if let Some(at) = task.dispatched_at {
            self.dispatched.remove(&(at, task.seq, id));
        }
        if !success && result.as_deref().is_some_and(is_stale_key_failure) {
            self.unopened.push(id);
        }
        task.status = if success { TaskStatus::Completed } else { TaskStatus::Failed };
        task.success = Some(success);
        task.result = result;
        task.reports += 1;
        self.changed.push(id);
        Ok(())
    }

    /// Makes a failure of an accepted report that does not say what it must.
    pub(super) fn fail(&mut self, id: Uuid, result: &str) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        task.status = TaskStatus::Failed;
        task.result = Some(result.into());
        self.changed.push(id);
    }

    /// Withdraws a task that was not handed out; else tells its state.
    pub fn cancel(&mut self, id: Uuid) -> Result<(), ReportRefusal> {
        let task = self.tasks.get_mut(&id).ok_or(ReportRefusal::Unknown)?;
        if task.status != TaskStatus::Pending {
            return Err(ReportRefusal::NotInProgress(task.status));
        }
        self.pending.remove(&(task.created_at, task.seq));
        task.status = TaskStatus::Cancelled;
        self.changed.push(id);
        Ok(())
    }

    /// One run of the recovery job at `now`: tasks without report go back to the queue, or fail.
    pub fn recover(&mut self, now: HubTime, habits: &TaskHabits) {
        let stale_minutes = match habits.redelivery {
            Redelivery::ByAge | Redelivery::EveryPoll => STALE_MINUTES,
            Redelivery::TooEarly => STALE_MINUTES / 5,
            Redelivery::Never => return,
        };
        let cutoff = now.plus_minutes(-stale_minutes);
        let stale: Vec<_> =
            self.dispatched.iter().take_while(|(at, ..)| *at < cutoff).copied().collect();
        for entry in stale {
            self.dispatched.remove(&entry);
            self.requeue_or_fail(entry.2, habits.retries);
        }
        if habits.requeue_unopened.kept() {
            for id in std::mem::take(&mut self.unopened) {
                self.requeue_unopened(id, habits.retries);
            }
        }
    }

    /// Tasks a recovery run may have to touch.
    pub fn in_flight(&self) -> usize {
        self.dispatched.len() + self.unopened.len()
    }

    /// The task of this id.
    pub fn task(&self, id: Uuid) -> Option<&Task> {
        self.tasks.get(&id)
    }

    /// Every task, oldest first.
    pub fn all(&self) -> Vec<&Task> {
        let mut all: Vec<&Task> = self.tasks.values().collect();
        all.sort_unstable_by_key(|task| (task.created_at, task.seq));
        all
    }

    fn takes_pending_only(&self, habits: &TaskHabits) -> bool {
        self.tasks.is_empty()
            || habits.skip_cancelled.kept() && habits.redelivery != Redelivery::EveryPoll
    }

    fn requeue_or_fail(&mut self, id: Uuid, retries: Retries) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        self.changed.push(id);
        if may_retry(task.retries, retries) {
            task.retries += 1;
            task.status = TaskStatus::Pending;
            self.pending.insert((task.created_at, task.seq), id);
        } else {
            task.status = TaskStatus::Failed;
            task.result = Some(refusal::RETRIES_SPENT.into());
        }
    }

    fn requeue_unopened(&mut self, id: Uuid, retries: Retries) {
        let Some(task) = self.tasks.get_mut(&id) else { return };
        if task.status == TaskStatus::Failed && may_retry(task.retries, retries) {
            task.retries += 1;
            task.status = TaskStatus::Pending;
            task.result = None;
            task.success = None;
            self.pending.insert((task.created_at, task.seq), id);
            self.changed.push(id);
        }
    }
}

fn may_retry(retries: u32, allowed: Retries) -> bool {
    match allowed {
        Retries::Three => retries < TASK_RETRIES_MAX,
        Retries::Two => retries + 1 < TASK_RETRIES_MAX,
        Retries::Endless => true,
    }
}

/// Whether the text of a failed task says that its payload did not open under the trust's key.
fn is_stale_key_failure(result: &str) -> bool {
    result.contains("Invalid payload: ") && result.contains(phrase::PAYLOAD_AUTH)
}

#[cfg(test)]
#[path = "tasks_tests.rs"]
mod tests;
