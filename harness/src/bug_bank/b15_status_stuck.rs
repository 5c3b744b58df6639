//! Status stuck at green.

use contract::catalogue::Who;
use contract::edition::{EditionId, TaskType};
use serde_json::json;
use std::time::Duration;

use super::{Bench, Bug, Catcher, Group, Play, Scene, status_line, task_line};
use crate::control::JournalFilter;
use crate::finding::{Judged, Stop};

pub(super) const BUG: Bug = Bug {
    id: "B15",
    title: "status stuck at green",
    group: Group::Liveness,
    cause: "one loop does the work and the heartbeats, so a long task silences them, and the page keeps what it last saw",
    symptom: "a site is Offline although it is only busy",
    fix: "send heartbeats from a task of their own; show the age of the last one",
    owner: Who::TrustDev,
    clauses: &["TRUST-POLL-06"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock trust that works and sends heartbeats in one loop",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = bench.trust(EDITION.row(), &["silent-while-task-runs"])?;
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    let ms = Duration::from_secs(60).mul_f64(trust.time_scale()).as_millis();
    let late = json!({"name": "latency", "route": "da.cohort", "params": {"ms": u64::try_from(ms).unwrap_or(1200)}});
    stage.site_control.control.arm(late).await?;
    scene.planted("the trust does its work in the loop that sends the heartbeats");
    scene.planted("a cohort query takes the site 60 s");
    bench.start(&mut stage, trust.as_ref()).await?;
    let task = bench.queue(&stage, TaskType::CohortQuery).await?;
    let hub = &stage.hub_control;
    let begun = bench.comes("the task under way", async || {
        let task = hub.task(&task).await?;
        Ok((task.status == "IN_PROGRESS").then_some(()))
    });
    begun.await?.ok_or_else(|| Stop::not_verified("the task was not fetched"))?;
    // A heartbeat that was on its way when the task was fetched.
    let from = hub.control.newest().await?;
    hub.advance(Duration::from_secs(31)).await?;
    let standing = bench.standing(hub, &stage.registration.id).await?;
    let ended = bench.ended(&stage, &task).await?;
    let filter = JournalFilter { after: from, ..JournalFilter::default() };
    let seen = hub.control.journal(&filter).await?;
    let report = seen.iter().position(|call| call.route == "result").unwrap_or(seen.len());
    let beats = seen[..report].iter().filter(|call| call.route == "heartbeat").count();
    scene.symptom(
        beats == 0,
        "silence while the task runs",
        format!("{beats} heartbeats between the hand-out of the task and its result"),
    );
    let what = "a site that is Offline after 31 s of work";
    scene.symptom(standing["online"] == false, what, status_line(&standing));
    scene.saw_all(ended.as_ref().map(task_line));
    stage.close().await;
    let subject = bench.trust_subject(trust);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str = "polling/trust-cycles/a-trust-that-works-for-90-s-stays-online";
