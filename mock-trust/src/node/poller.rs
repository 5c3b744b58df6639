//! The loop: heartbeat, poll, each task in turn, pause (trust 3).

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::pace::Pace;
use crate::habits::Habits;
use crate::health::{Collector, Vitals};
use crate::http::{CallError, Reply};
use crate::hub_client::HubClient;
use crate::identity::{IdentityCheck, Source, Verdict};
use crate::log::Log;
use crate::settings::Settings;
use crate::tasks::{Runner, Task};

/// The background task `task_poller`.
pub(super) struct Poller {
    pub(super) hub: Arc<HubClient>,
    pub(super) runner: Runner,
    pub(super) collector: Arc<Collector>,
    pub(super) vitals: Arc<Vitals>,
    pub(super) settings: Arc<Settings>,
    pub(super) habits: Habits,
    pub(super) log: Log,
    stop: CancellationToken,
    identity: Mutex<IdentityCheck>,
    pace: Mutex<Pace>,
    /// Whether any call of the current cycle failed.
    failed: AtomicBool,
    /// Tasks handed out before an identity was compared.
    pub(super) held: Mutex<VecDeque<Task>>,
    /// Ids handed out so far; kept by a mutant only.
    pub(super) seen: Mutex<BTreeSet<String>>,
    /// Payloads in a row that did not open.
    pub(super) unopened: AtomicU32,
    /// Whether a batch was run since the start.
    pub(super) began: AtomicBool,
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was asked to.
    Stopped,
    /// The hub means another trust.
    WrongIdentity,
    /// A fault that an honest node survives.
    Died,
}

impl Poller {
    pub(super) fn new(
        hub: Arc<HubClient>,
        runner: Runner,
        collector: Arc<Collector>,
        stop: CancellationToken,
        seed: u64,
    ) -> Self {
        let settings = Arc::clone(&runner.settings);
        let habits = runner.habits;
        let identity = IdentityCheck::new(settings.expected_trust_id.clone(), habits.identity);
        let pace = Pace::new(habits.cycle, settings.poll_interval_secs, seed);
        Self {
            hub,
            vitals: Arc::clone(&collector.vitals),
            log: runner.log.clone(),
            runner,
            collector,
            settings,
            habits,
            stop,
            identity: Mutex::new(identity),
            pace: Mutex::new(pace),
            failed: AtomicBool::new(false),
            held: Mutex::default(),
            seen: Mutex::default(),
            unopened: AtomicU32::new(0),
            began: AtomicBool::new(false),
        }
    }

    /// Runs until there is a reason to end.
    pub(super) async fn run(&self) -> End {
        if self.habits.start.waits_for_site {
            while !self.collector.prober.site_answers().await {
                sleep(self.settings.time_scale.secs(1.0)).await;
            }
        }
        loop {
            if let Err(end) = self.cycle().await {
                return end;
            }
            let went_well = !self.failed.swap(false, Ordering::Relaxed);
            let pause_secs = self.pace.lock().pause_secs(went_well);
            tokio::select! {
                () = self.stop.cancelled() => return End::Stopped,
                () = sleep(self.settings.time_scale.secs(pause_secs)) => {}
            }
        }
    }

    async fn cycle(&self) -> Result<(), End> {
        let tasks = if self.habits.cycle.heartbeat_first {
            self.heartbeat().await?;
            self.poll().await?
        } else {
            let tasks = self.poll().await?;
            self.heartbeat().await?;
            tasks
        };
        self.run_batch(tasks).await
    }

    /// Between two tasks: a node that is asked to end and does not leave in mid-task leaves here.
    pub(super) fn end_if_stopped(&self) -> Result<(), End> {
        if self.stop.is_cancelled() { Err(End::Stopped) } else { Ok(()) }
    }

    /// Looks for an identity in an accepted reply.
    pub(super) fn compare_identity(&self, source: Source, reply: &Value) -> Result<(), End> {
        if !self.settings.edition.row().expected_trust_id {
            return Ok(());
        }
        let verdict = self.identity.lock().look(source, reply);
        match verdict {
            Verdict::Nothing => Ok(()),
            Verdict::Accepted(line) => {
                self.log.info(line);
                Ok(())
            }
            Verdict::Foreign(line) => {
                self.log.error(line);
                Err(End::WrongIdentity)
            }
        }
    }

    /// Whether the identity check lets tasks run.
    pub(super) fn allows_tasks(&self) -> bool {
        !self.settings.edition.row().expected_trust_id || self.identity.lock().allows_tasks()
    }

    /// What an honest loop survives; one that does not stands still for good.
    pub(super) async fn endure(&self, error: &CallError) -> Result<(), End> {
        let survives = match error {
            CallError::UnknownName => self.habits.cycle.survives_unknown_name,
            CallError::ConnectUnanswered => self.habits.cycle.survives_unanswered_connect,
            _ => true,
        };
        if survives {
            return Ok(());
        }
        self.stop.cancelled().await;
        Err(End::Stopped)
    }

    /// A call brought no success; its reply, if there was one, may ask for a pause.
    pub(super) fn note_failure(&self, reply: Option<&Reply>) {
        self.failed.store(true, Ordering::Relaxed);
        let Some(reply) = reply else { return };
        self.identity.lock().note_refusal();
        if let Some(secs) = reply.retry_after_secs() {
            self.pace.lock().ask_for(secs);
        }
    }
}
