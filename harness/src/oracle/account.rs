//! What became of queued work: done once, failed for good, gone with its registration, or still open.

use crate::control::TaskView;

/// The account of some queued tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Tasks queued.
    pub queued: usize,
    /// Reported as a success after one delivery.
    pub done: Vec<String>,
    /// Reported as a success, but handed out more than once.
    pub done_twice: Vec<String>,
    /// Failed, and not to be handed out again.
    pub failed: Vec<String>,
    /// No longer known to the hub.
    pub gone: Vec<String>,
    /// Waiting, handed out without report, or withdrawn.
    pub open: Vec<String>,
}

impl Account {
    /// Compares what was queued with what the hub holds of it.
    pub fn of(queued: &[String], held: &[TaskView]) -> Self {
        let mut account = Self { queued: queued.len(), ..Self::default() };
        for id in queued {
            let place = match held.iter().find(|task| task.id == *id) {
                None => &mut account.gone,
                Some(task) => match (task.status.as_str(), task.deliveries) {
                    ("COMPLETED", 1) => &mut account.done,
                    ("COMPLETED", _) => &mut account.done_twice,
                    ("FAILED", _) => &mut account.failed,
                    _ => &mut account.open,
                },
            };
            place.push(id.clone());
        }
        account
    }

    /// Whether all of it was done, each task once.
    pub fn is_lossless(&self) -> bool {
        self.queued > 0 && self.done.len() == self.queued
    }

    /// Work that no later step brings back.
    pub fn lost(&self) -> usize {
        self.failed.len() + self.gone.len()
    }

    /// The same for people.
    pub fn sentence(&self) -> String {
        let counts = [
            (self.done.len(), "done"),
            (self.done_twice.len(), "done more than once"),
            (self.failed.len(), "failed for good"),
            (self.gone.len(), "gone"),
            (self.open.len(), "open"),
        ];
        let told: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        format!("of {} tasks {}", self.queued, told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(id: &str, status: &str, deliveries: u32) -> TaskView {
        TaskView {
            id: id.to_owned(),
            task_type: "update_user_profile".to_owned(),
            status: status.to_owned(),
            deliveries,
            result: None,
            reports: 1,
        }
    }

    fn account(queued: &[&str], held: &[TaskView]) -> Account {
        let queued: Vec<String> = queued.iter().map(|id| (*id).to_owned()).collect();
        Account::of(&queued, held)
    }

    #[test]
    fn only_work_that_was_done_once_is_no_loss() {
        let done = [view("a", "COMPLETED", 1), view("b", "COMPLETED", 1)];
        assert!(account(&["a", "b"], &done).is_lossless());
        assert!(!account(&[], &done).is_lossless(), "nothing was queued");
        assert!(!account(&["a"], &[view("a", "COMPLETED", 2)]).is_lossless());
        assert!(!account(&["a"], &[view("a", "IN_PROGRESS", 1)]).is_lossless());
    }

    #[test]
    fn what_failed_and_what_is_gone_is_lost_and_told_apart() {
        let held = [view("a", "FAILED", 1), view("b", "PENDING", 0), view("x", "FAILED", 1)];
        let account = account(&["a", "b", "c"], &held);
        assert_eq!(account.lost(), 2);
        assert_eq!(account.sentence(), "of 3 tasks 1 failed for good, 1 gone, 1 open");
    }
}
