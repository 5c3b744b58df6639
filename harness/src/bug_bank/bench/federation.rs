//! A trust between its neighbours: starting it, giving it work, and seeing what becomes of both.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::edition::TaskType;
use serde_json::Value;

use super::Bench;
use crate::control::{HubControl, TaskOrder, TaskView};
use crate::finding::{Finding, Judged, Stop};
use crate::oracle::reach::{Reach, readiness};
use crate::payloads::honest;
use crate::stage::Stage;
use crate::target::TrustTarget;
use crate::watch::Attempt;

impl Bench {
    /// Starts the trust and waits for its first call to the hub, granted or not.
    pub async fn start(&self, stage: &mut Stage, target: &dyn TrustTarget) -> Judged {
        stage.start_trust(target).await.map_err(Stop::not_verified)?;
        let called = self.exchange(&stage.hub_control, "heartbeat", |_| true).await?;
        called.map(drop).ok_or_else(|| Stop::not_verified("the trust never called its hub"))
    }

    /// Queues work that an honest trust does; gives the id of the task.
    pub async fn queue(&self, stage: &Stage, kind: TaskType) -> Judged<String> {
        let payload = Some(honest(kind, stage).await?);
        let order =
            TaskOrder { task_type: kind.name().to_owned(), payload, ..TaskOrder::default() };
        let ids = stage.hub_control.queue(&stage.registration.id, &order).await?;
        ids.into_iter().next().ok_or_else(|| Stop::not_verified("nothing was queued"))
    }

    /// The task once it came to an end, if it does.
    pub async fn ended(&self, stage: &Stage, task: &str) -> Judged<Option<TaskView>> {
        self.comes("the end of a task", async || {
            let task = stage.hub_control.task(task).await?;
            let open = ["PENDING", "IN_PROGRESS"].contains(&task.status.as_str());
            Ok((!open).then_some(task))
        })
        .await
    }

    /// A line of the trust's output that holds those words, if one comes.
    pub async fn log_line(&self, stage: &Stage, words: &str) -> Judged<Option<String>> {
        self.comes(words, async || {
            let lines = stage.log.after(0);
            let found = lines.iter().find(|line| line.message().contains(words));
            Ok(found.map(|line| format!("trust: {}", line.brief())))
        })
        .await
    }

    /// The trust as its hub sees it.
    pub async fn standing(&self, hub: &HubControl, id: &str) -> Judged<Value> {
        let row = hub.trust(id).await?;
        row.ok_or_else(|| Stop::not_verified("the hub does not know the trust"))
    }

    /// An attempt to reach the FL endpoint from that address.
    pub async fn probe(&self, to: Option<SocketAddr>, from: &str) -> Judged<Reach> {
        let to = to.ok_or_else(|| Stop::not_verified("the hub has no FL endpoint"))?;
        let from: IpAddr = from.parse().map_err(Stop::not_verified)?;
        Ok(Attempt { to, from: Some(from), ca_pem: None, name: None, limit: PROBE }.make().await)
    }
}

/// What may be said of a site once somebody tried the FL endpoint from its own address.
pub fn able_to_train(clause: &str, online: bool, reach: &Reach) -> Judged {
    let said = readiness(online, Some(reach));
    if said.able {
        return Ok(());
    }
    Err(Finding::new(clause, "a site that is able to train", said.sentence).into())
}

/// A task on one line.
pub fn task_line(task: &TaskView) -> String {
    let result = task.result.as_deref().unwrap_or("null");
    let result = contract::key::mask_text(result);
    format!("hub: task {} is {}, result {result}", task.task_type, task.status)
}

/// Long enough on a busy machine for an open way to answer; a closed one costs as much.
const PROBE: Duration = Duration::from_millis(800);
