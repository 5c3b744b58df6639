//! A hub of one edition and two trusts of another, with site services and FL clients, on sockets.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use contract::capture::Exchange;
use contract::edition::{Edition, HeartbeatBody, TaskType};
use contract::wire::phrase;
use futures::future::try_join_all;
use tokio::time::Instant;

use super::pairing::{Pairing, Parts};
use crate::control::{HubControl, JournalFilter, TaskOrder};
use crate::finding::{Judged, Stop};
use crate::payloads::honest;
use crate::stage::{Stage, StagePlan};
use crate::steps::fl_client::is_joined;
use crate::wait::{Probe, eventually};

/// Everything around one pairing while it is judged.
pub(super) struct Federation {
    /// The trusts; the hub lives with the first.
    pub(super) sites: Vec<Stage>,
    /// One task of every type each trust knows.
    pub(super) tasks: Vec<Queued>,
}

/// A task that waits for a trust.
#[derive(Debug)]
pub(super) struct Queued {
    /// Which trust.
    pub(super) site: usize,
    /// Its type.
    pub(super) kind: TaskType,
    /// Its id.
    pub(super) id: String,
    /// The cohort query behind it, if it is one.
    pub(super) query: Option<String>,
}

impl Federation {
    /// Starts the hub, registers the trusts, queues their tasks and starts them.
    pub(super) async fn open(pairing: &Pairing, parts: &Parts, seed: u64) -> Judged<Self> {
        let target = (parts.trusts)(pairing.trust).map_err(Stop::not_verified)?;
        let target = target.as_ref();
        let plan = StagePlan {
            edition: pairing.trust,
            hub_edition: Some(pairing.hub),
            hub_conduct: parts.hub_conduct.clone(),
            seed,
            tls: false,
            hub_faults: parts.hub_faults.clone(),
            usual_ports: false,
        };
        let first = Stage::build(&parts.around, target, &plan).await?;
        let second = first.beside(&parts.around, target, &plan, SECOND).await?;
        let mut federation = Self { sites: vec![first, second], tasks: Vec::new() };
        federation.queue_one_of_each().await?;
        for site in &mut federation.sites {
            let more = [
                ("FL_LINE", pairing.fl_client.id.name()),
                ("POLL_INTERVAL_SECONDS", PAUSE_SECS),
                ("FLIPCHECK_TIME_SCALE", &target.time_scale().to_string()),
            ];
            site.env.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
            site.start_trust(target).await.map_err(Stop::not_verified)?;
        }
        Ok(federation)
    }

    /// The hub's control API.
    pub(super) fn hub(&self) -> &HubControl {
        &self.sites[0].hub_control
    }

    /// Slots of the trusts.
    pub(super) fn slots(&self) -> Vec<String> {
        self.sites.iter().map(|site| site.registration.slot.clone()).collect()
    }

    /// Trust ids by the name of their FL client at this hub.
    pub(super) fn owners(&self, hub: &Edition) -> BTreeMap<String, String> {
        let by_name = hub.clients_are_trust_names();
        let owner = |site: &Stage| {
            let trust = &site.registration;
            let client = if by_name { &trust.name } else { &trust.slot };
            (client.clone(), trust.id.clone())
        };
        self.sites.iter().map(owner).collect()
    }

    /// Ends the trusts; the hub ends when this is dropped.
    pub(super) async fn close(mut self) {
        for site in &mut self.sites {
            site.close().await;
        }
    }

    async fn queue_one_of_each(&mut self) -> Judged {
        for (at, site) in self.sites.iter().enumerate() {
            for kind in site.edition.trust_task_types {
                let payload = honest(*kind, site).await?;
                let cohort = *kind == TaskType::CohortQuery;
                let query = payload["query_id"].as_str().filter(|_| cohort).map(str::to_owned);
                let order = TaskOrder {
                    task_type: kind.name().to_owned(),
                    payload: Some(payload),
                    ..TaskOrder::default()
                };
                let ids = site.hub_control.queue(&site.registration.id, &order).await?;
                let id = ids.into_iter().next();
                let id = id.ok_or_else(|| Stop::not_verified("the hub queued nothing"))?;
                self.tasks.push(Queued { site: at, kind: *kind, id, query });
            }
        }
        Ok(())
    }

    /// Waits until every trust has done its tasks, was refused, or has ended, and has shown all that
    /// its heartbeats can bring.
    pub(super) async fn settle(&self) -> Judged {
        let end = Instant::now() + PATIENCE;
        let mut open: BTreeSet<(usize, &str)> =
            self.tasks.iter().map(|task| (task.site, task.id.as_str())).collect();
        let mut after = 0;
        while !open.is_empty() {
            let seen = self.seen_after(after, "result").await?;
            after = seen.last().map_or(after, |report| report.seq);
            open.retain(|(_, id)| !seen.iter().any(|report| report.path.contains(id)));
            open.retain(|(site, _)| !self.is_turned_away(*site));
            self.in_time(end, || format!("{} tasks without report", open.len()))?;
        }
        let mut quiet: BTreeSet<usize> = (0..self.sites.len())
            .filter(|at| self.sites[*at].edition.heartbeat_body != HeartbeatBody::None)
            .filter(|at| !self.is_turned_away(*at))
            .collect();
        let mut after = 0;
        while !quiet.is_empty() {
            let seen = self.seen_after(after, "heartbeat").await?;
            after = seen.last().map_or(after, |beat| beat.seq);
            quiet.retain(|at| {
                let id = self.sites[*at].registration.id.as_str();
                let of_site = |beat: &&Exchange| beat.trust_id.as_deref() == Some(id);
                !seen.iter().filter(of_site).any(|beat| beat.request_body_bytes > 0)
            });
            self.in_time(end, || "heartbeats without snapshot".to_owned())?;
        }
        Ok(())
    }

    /// Waits until every FL client has joined.
    pub(super) async fn joined(&self) -> Judged {
        let slots = self.slots();
        let control = &self.hub().control;
        let waited = eventually(PATIENCE, "the FL clients at the endpoint", || async {
            match control.get("/control/fl-clients").await {
                Ok(list) => {
                    let all = slots.iter().all(|slot| is_joined(&list, slot));
                    Probe::found(all.then_some(()), list)
                }
                Err(error) => Probe::Pending(error.to_string()),
            }
        });
        waited.await.map_err(Stop::not_verified)
    }

    /// Everything the hub captured.
    pub(super) async fn captured(&self) -> Judged<Vec<Exchange>> {
        Ok(self.hub().control.journal(&JournalFilter::default()).await?)
    }

    /// The tasks as the hub holds them, in order.
    pub(super) async fn held_tasks(&self) -> Judged<Vec<crate::control::TaskView>> {
        let held = self.tasks.iter().map(|task| self.hub().task(&task.id));
        Ok(try_join_all(held).await?)
    }

    /// Whether a trust has ended, or says that the hub refuses its polls.
    pub(super) fn is_turned_away(&self, at: usize) -> bool {
        let site = &self.sites[at];
        site.trust.as_ref().is_some_and(|trust| trust.exited().is_some()) || self.says_refused(at)
    }

    /// Whether its log tells of refused polls (trust 4.2).
    fn says_refused(&self, at: usize) -> bool {
        let lines = self.sites[at].log.after(0);
        lines.iter().any(|line| line.text.contains(phrase::POLL_STATUS))
    }

    /// Whether a trust gave up a call to the hub that nothing spoiled: its waits are shortened, and this
    /// machine was too busy for them.
    pub(super) fn is_starved(&self) -> bool {
        let lines = self.sites.iter().flat_map(|site| site.log.after(0));
        let gave_up = [
            "Error polling for tasks",
            "Error reporting result for task",
            "Error sending heartbeat",
        ];
        lines.into_iter().any(|line| gave_up.iter().any(|phrase| line.text.contains(phrase)))
    }

    async fn seen_after(&self, after: u64, route: &str) -> Judged<Vec<Exchange>> {
        let route = Some(route.to_owned());
        let filter = JournalFilter { after, route, wait_ms: WAIT_MS, ..JournalFilter::default() };
        Ok(self.hub().control.journal(&filter).await?)
    }

    fn in_time(&self, end: Instant, what: impl Fn() -> String) -> Judged {
        if Instant::now() < end {
            return Ok(());
        }
        let lines: Vec<String> = self.sites.iter().flat_map(|site| site.log.tail(2)).collect();
        let waited = PATIENCE.as_secs();
        Err(Stop::not_verified(format!("{} after {waited} s: {}", what(), lines.join(" | "))))
    }
}

const SECOND: (&str, &str) = ("Beta Hospital", "BETA");
/// The pause after a cycle: long enough that an idle trust does not keep the machine busy.
const PAUSE_SECS: &str = "5";
const WAIT_MS: u64 = 100;
const PATIENCE: Duration = Duration::from_secs(60);
