//! Payload format changed overnight.

use contract::catalogue::Who;
use contract::edition::{EditionId, TaskType};

use super::{Bench, Bug, Catcher, Group, Play, Scene, WrongTrust, status_line, task_line};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B32",
    title: "payload format changed overnight",
    group: Group::Upgrade,
    cause: "the new envelope has no reading side for the old one, so both must change in one window",
    symptom: "every task of a site that was not moved fails",
    fix: "move the hub and every site in one window",
    owner: Who::Admin,
    clauses: &["TRUST-TASK-05", "UPG-CIPHER-01"],
    caught_by: &[Catcher::Cell(CELL), Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub of the new release, mock trust of the one before",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let stayed = if bench.plants() { STAYED } else { MOVED };
    let trust = bench.trust(stayed.row(), &[])?;
    let mut stage = bench.stage(trust.as_ref(), stayed.row(), Some(MOVED.row())).await?;
    scene.planted(format!("the hub moves to {MOVED}, the trust stays at {STAYED}"));
    bench.start(&mut stage, trust.as_ref()).await?;
    let task = bench.queue(&stage, TaskType::UpdateUserProfile).await?;
    let ended = bench.ended(&stage, &task).await?;
    if bench.plants() {
        scene.saw_all(bench.log_line(&stage, "payload").await?);
    }
    let failed = ended.as_ref().is_some_and(|task| task.status == "FAILED");
    let line = ended.as_ref().map(task_line).unwrap_or_default();
    scene.symptom(failed, "a task that fails", line);
    let standing = bench.standing(&stage.hub_control, &stage.registration.id).await?;
    let online = standing["online"] == true;
    scene.symptom(online, "a site that is Online all the same", status_line(&standing));
    stage.close().await;
    scene.caught(bench.cell(CELL).await?);
    let trust = WrongTrust::mistaken(trust, move |order| order.edition = stayed);
    let subject = bench.trust_subject(trust);
    scene.caught(bench.scenario(SCENARIO, subject, MOVED).await?);
    Ok(scene)
}

const MOVED: EditionId = EditionId::V2026_09;
const STAYED: EditionId = EditionId::V2026_07;
const CELL: &str = "hub=2026.09,trust=2026.07";
const SCENARIO: &str =
    "tasks/trust-task-types/update-user-profile-returns-nothing-but-that-it-was-done";
