//! Tasks across trusts: queueing, handing out, reports (hub 4 to 6).

use std::sync::Arc;

use contract::edition::TaskType;
use contract::limits::BATCH_TASKS_MAX;
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use super::freezing::{MALFORMED, is_snapshot};
use super::sealing::{SealFailed, payload_text};
use super::tasks::{NewTask, ReportRefusal, Task, TaskStatus};
use super::trust::Trust;
use super::{Domain, HubTime};
use crate::habits::{Habits, TaskHabits};
use crate::store::Change;

/// One task on its way to a trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// The word in `task_type`.
    pub task_type: Arc<str>,
    /// The payload as it leaves.
    pub payload: String,
    /// When it was queued.
    pub created_at: HubTime,
}

/// A task as the control API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskView {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub trust_id: Uuid,
    /// The word in `task_type`.
    pub task_type: String,
    /// Where it is in its life.
    pub status: TaskStatus,
    /// How often it was handed out.
    pub deliveries: u32,
    /// How often it was queued again.
    pub retries: u32,
    /// The payload before sealing.
    pub plaintext: String,
    /// The `result` of the accepted report, or the text of the final failure.
    pub result: Option<String>,
    /// The `success` of the accepted report.
    pub success: Option<bool>,
    /// When it was queued.
    pub created_at: HubTime,
    /// When it was handed out last.
    pub dispatched_at: Option<HubTime>,
    /// Accepted reports.
    pub reports: u32,
}

/// Why a task is not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TaskNotQueued {
    /// There is no such trust.
    #[error("no trust has the id {0}")]
    UnknownTrust(Uuid),
    /// The id asked for is in use.
    #[error("a task has the id {0} already")]
    IdInUse(Uuid),
}

impl Domain {
    /// Queues a task for a trust; returns its id.
    pub fn queue_task(&self, trust_id: Uuid, new: NewTask) -> Result<Uuid, TaskNotQueued> {
        let trust = self.trust(trust_id).ok_or(TaskNotQueued::UnknownTrust(trust_id))?;
        let id = new.id.unwrap_or_else(|| self.dice.uuid());
        {
            let mut owners = self.task_owners.write();
            if owners.contains_key(&id) {
                return Err(TaskNotQueued::IdInUse(id));
            }
            owners.insert(id, Arc::clone(&trust));
        }
        self.change_tasks(&trust, |book| book.queue(id, new, self.clock.now()));
        Ok(id)
    }

    /// Whether a poll of this trust would find nothing; cheap.
    pub fn has_nothing_for(&self, trust: &Trust, habits: &Habits) -> bool {
        habits.tasks.own_only.kept() && trust.with_tasks(|book| book.is_idle(&habits.tasks))
    }

    /// Hands out work in one step: what is returned is marked.
    pub fn poll(&self, trust: &Trust, habits: &Habits) -> Result<Vec<Delivery>, SealFailed> {
        // Work of others is kept together with the trust's own.
        let _whole = if habits.tasks.own_only.broken() { self.whole() } else { None };
        let own = self.change_tasks(trust, |book| {
            let due = book.due(&habits.tasks);
            let tasks: Vec<&Task> = due.iter().filter_map(|&id| book.task(id)).collect();
            let sealed = self.seal_batch(trust, &tasks, habits);
            if sealed.is_ok() || habits.tasks.undo_failed_sealing.broken() {
                let now = self.clock.now();
                for id in due {
                    book.mark_dispatched(id, now);
                }
            }
            sealed
        })?;
        if habits.tasks.own_only.kept() || own.len() >= BATCH_TASKS_MAX {
            return Ok(own);
        }
        self.with_foreign_tasks(trust, own, habits)
    }

    /// The first half of a poll without row lock: what would be handed out, unmarked.
    pub fn peek(&self, trust: &Trust, habits: &Habits) -> Result<Vec<Delivery>, SealFailed> {
        trust.with_tasks(|book| {
            let due = book.due(&habits.tasks);
            let tasks: Vec<&Task> = due.iter().filter_map(|&id| book.task(id)).collect();
            self.seal_batch(trust, &tasks, habits)
        })
    }

    /// The second half: marks what was handed out.
    pub fn mark(&self, trust: &Trust, deliveries: &[Delivery]) {
        let now = self.clock.now();
        self.change_tasks(trust, |book| {
            for delivery in deliveries {
                book.mark_dispatched(delivery.id, now);
            }
        });
    }

    /// Takes a trust's report.
    pub fn report(
        &self,
        caller: &Trust,
        id: Uuid,
        success: bool,
        result: Option<Arc<str>>,
        habits: &Habits,
    ) -> Result<(), ReportRefusal> {
        let owner = self.task_owners.read().get(&id).cloned();
        let Some(owner) = owner else {
            let swallowed = habits.tasks.refuse_unknown.broken();
            return if swallowed { Ok(()) } else { Err(ReportRefusal::Unknown) };
        };
        let foreign = owner.id != caller.id && habits.tasks.own_reports_only.kept();
        self.change_tasks(&owner, |book| {
            let status = book.task(id).map(|task| task.status);
            match status {
                Some(status)
                    if foreign
                        && habits.tasks.owner_before_state.broken()
                        && status != TaskStatus::InProgress =>
                {
                    Err(ReportRefusal::NotInProgress(status))
                }
                _ if foreign => Err(ReportRefusal::Foreign),
                _ => {
                    let told = success && !is_snapshot(result.as_deref());
                    book.report(id, success, result, &habits.tasks)?;
                    if told && self.judges(book.task(id), &habits.tasks) {
                        book.fail(id, MALFORMED);
                    }
                    Ok(())
                }
            }
        })
    }

    /// Whether what a success of this task tells is looked at.
    fn judges(&self, task: Option<&Task>, habits: &TaskHabits) -> bool {
        let freezes = self.edition.freezes_cohorts() && habits.judge_snapshot.kept();
        let kind = task.map(|task| &*task.task_type);
        freezes && kind == Some(TaskType::PersistCohort.name())
    }

    /// Withdraws a task that was not handed out.
    pub fn cancel_task(&self, id: Uuid) -> Result<(), ReportRefusal> {
        let owner = self.task_owners.read().get(&id).cloned().ok_or(ReportRefusal::Unknown)?;
        self.change_tasks(&owner, |book| book.cancel(id))
    }

    /// A task as the control API shows it.
    pub fn task(&self, id: Uuid) -> Option<TaskView> {
        let owner = self.task_owners.read().get(&id).cloned()?;
        owner.with_tasks(|book| book.task(id).map(|task| view(owner.id, task)))
    }

    /// Tasks, by trust in the order of registration, then oldest first.
    pub fn tasks(&self, trust_id: Option<Uuid>, status: Option<TaskStatus>) -> Vec<TaskView> {
        let trusts = match trust_id {
            Some(id) => self.trust(id).into_iter().collect(),
            None => self.trusts(),
        };
        let mut views = Vec::new();
        for trust in trusts {
            trust.with_tasks(|book| {
                let tasks = book.all().into_iter();
                let wanted = tasks.filter(|task| status.is_none_or(|status| task.status == status));
                views.extend(wanted.map(|task| view(trust.id, task)));
            });
        }
        views
    }

    pub(super) fn forget_tasks(&self, trust: &Trust) -> usize {
        let mut owners = self.task_owners.write();
        let before = owners.len();
        owners.retain(|_, owner| owner.id != trust.id);
        self.keep(|| [Change::TasksRemoved { trust: trust.id }]);
        before - owners.len()
    }

    fn seal_batch(
        &self,
        trust: &Trust,
        tasks: &[&Task],
        habits: &Habits,
    ) -> Result<Vec<Delivery>, SealFailed> {
        if tasks.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.payload_keys();
        let seal = |task: &&Task| {
            let habit = habits.tasks.seal;
            let payload = payload_text(task, trust, self.edition, &keys, &self.dice, habit)?;
            Ok(Delivery {
                id: task.id,
                task_type: Arc::clone(&task.task_type),
                payload,
                created_at: task.created_at,
            })
        };
        tasks.iter().map(seal).collect()
    }

    /// Adds somebody else's waiting work, and marks it with them.
    fn with_foreign_tasks(
        &self,
        trust: &Trust,
        mut own: Vec<Delivery>,
        habits: &Habits,
    ) -> Result<Vec<Delivery>, SealFailed> {
        for other in self.trusts().into_iter().filter(|other| other.id != trust.id) {
            let foreign = self.peek(&other, habits)?;
            self.mark(&other, &foreign);
            own.extend(foreign);
        }
        Ok(own)
    }
}

fn view(trust_id: Uuid, task: &Task) -> TaskView {
    TaskView {
        id: task.id,
        trust_id,
        task_type: task.task_type.to_string(),
        status: task.status,
        deliveries: task.deliveries,
        retries: task.retries,
        plaintext: task.plaintext.to_string(),
        result: task.result.as_deref().map(str::to_owned),
        success: task.success,
        created_at: task.created_at,
        dispatched_at: task.dispatched_at,
        reports: task.reports,
    }
}
