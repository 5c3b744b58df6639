//! Freeze unknown to an old trust.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;

use super::{Bench, Bug, Catcher, Group, Play, Scene, task_line};
use crate::finding::{Judged, Stop};
use crate::payloads::PLANTED_SQL;

pub(super) const BUG: Bug = Bug {
    id: "B43",
    title: "freeze unknown to an old trust",
    group: Group::Upgrade,
    cause: "the hub queues a task type the trust does not know, and a failure is final",
    symptom: "the freeze is FAILED for good, and after the upgrade of the site every fetch is refused",
    fix: "upgrade the site first, or ask for the freeze again afterwards",
    owner: Who::Admin,
    clauses: &["UPG-CIPHER-01", "TRUST-TASK-01", "HUB-FREEZE-01"],
    caught_by: &[Catcher::Cell(CELL)],
    play: Play::Here {
        with: "mock hub of 2026.11, mock trust of an older release",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let stayed = if bench.plants() { STAYED } else { MOVED };
    let trust = bench.trust(stayed.row(), &[])?;
    let mut stage = bench.stage(trust.as_ref(), stayed.row(), Some(MOVED.row())).await?;
    scene.planted(format!(
        "the hub moves to {MOVED} and approves a project, the trust stays at {STAYED}"
    ));
    bench.start(&mut stage, trust.as_ref()).await?;
    let body = json!({"trust_ids": [stage.registration.id], "query": PLANTED_SQL});
    let project = stage.hub_control.control.post("/control/projects", body).await?;
    let task = project["freezes"][0].as_str();
    let task = task.ok_or_else(|| Stop::not_verified("the hub queued no freeze"))?;
    let ended = bench.ended(&stage, task).await?;
    let unknown = ended.as_ref().and_then(|task| task.result.clone()).unwrap_or_default();
    let failed = unknown.contains("Unknown task type: persist_cohort");
    let line = ended.as_ref().map(task_line).unwrap_or_default();
    scene.symptom(failed, "a freeze that fails for want of a word", line);
    stage.close().await;
    scene.caught(bench.cell(CELL).await?);
    Ok(scene)
}

const MOVED: EditionId = EditionId::V2026_11;
const STAYED: EditionId = EditionId::V2026_07;
const CELL: &str = "hub=2026.11,trust=2026.07";
