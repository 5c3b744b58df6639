//! One batch of tasks: run, report, and keep the hub company meanwhile (trust 3, 6).

use std::sync::atomic::Ordering;

use contract::limits::BATCH_TASKS_MAX;
use futures::future::join_all;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::poller::{End, Poller};
use crate::habits::BatchOrder;
use crate::tasks::{Outcome, Task};

impl Poller {
    /// Runs what was held back and what came, unless no identity was compared yet.
    pub(super) async fn run_batch(&self, came: Vec<Task>) -> Result<(), End> {
        if !self.allows_tasks() {
            self.hold(came);
            return Ok(());
        }
        let mut tasks: Vec<Task> = self.held.lock().drain(..).collect();
        tasks.extend(came);
        if tasks.is_empty() {
            return Ok(());
        }
        let is_first = !self.began.swap(true, Ordering::Relaxed);
        if is_first && !self.habits.batch.keeps_first_batch {
            return Ok(());
        }
        if self.habits.cycle.beats_during_tasks {
            self.beating_meanwhile(self.run_all(tasks)).await
        } else {
            self.run_all(tasks).await
        }
    }

    fn hold(&self, tasks: Vec<Task>) {
        if tasks.is_empty() {
            return;
        }
        self.log.warning(format_args!(
            "Holding {} tasks until the hub has said which trust this is",
            tasks.len()
        ));
        let mut held = self.held.lock();
        held.extend(tasks);
        while held.len() > HELD_MAX {
            held.pop_front();
        }
    }

    async fn run_all(&self, mut tasks: Vec<Task>) -> Result<(), End> {
        match self.habits.batch.order {
            BatchOrder::AsListed => {}
            BatchOrder::Reversed => tasks.reverse(),
            BatchOrder::AtOnce => {
                let running = tasks.iter().enumerate().map(|(at, task)| self.run_task(at, task));
                join_all(running).await;
                return Ok(());
            }
        }
        for (at, task) in tasks.iter().enumerate() {
            self.run_task(at, task).await;
            self.end_if_stopped()?;
        }
        Ok(())
    }

    async fn run_task(&self, at: usize, task: &Task) {
        if !self.habits.batch.runs_seen_ids && !self.seen.lock().insert(task.id.clone()) {
            return;
        }
        let outcome = self.runner.run(task).await;
        self.vitals.note_step();
        self.count_unopened(&outcome);
        if at >= LONG_BATCH && !self.habits.batch.reports_whole_batch {
            return;
        }
        if let Some(body) = outcome.report(&self.habits) {
            self.report(&task.id, &body).await;
        }
    }

    fn count_unopened(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(failure) if failure.text.starts_with("Invalid payload") => {
                self.unopened.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.unopened.store(0, Ordering::Relaxed),
        }
    }

    /// Heartbeats go on while `work` runs. A beat under way is finished; a foreign identity in its
    /// reply ends the work at once.
    async fn beating_meanwhile(
        &self,
        work: impl Future<Output = Result<(), End>>,
    ) -> Result<(), End> {
        let done = CancellationToken::new();
        let work = async {
            let worked = work.await;
            done.cancel();
            worked
        };
        let beats = async {
            let pause_secs = self.settings.poll_interval_secs.max(BEAT_SECS);
            loop {
                tokio::select! {
                    () = done.cancelled() => return Ok(()),
                    () = sleep(self.settings.time_scale.secs(pause_secs)) => {}
                }
                self.heartbeat().await?;
            }
        };
        tokio::try_join!(work, beats).map(|((), ())| ())
    }
}

/// Well within the time after which a hub calls a trust Offline.
const BEAT_SECS: f64 = 10.0;
/// Where a long batch begins, for the node that forgets its end.
const LONG_BATCH: usize = 10;
const HELD_MAX: usize = BATCH_TASKS_MAX * 10;
