//! Payload key changed behind a site's back.

use contract::catalogue::Who;
use contract::edition::{EditionId, TaskType};

use super::{Bench, Bug, Catcher, Group, Play, Scene, WrongTrust, status_line, task_line};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B2",
    title: "payload key changed behind a site's back",
    group: Group::Keys,
    cause: "the hub was deployed with another payload key while the site kept its kit",
    symptom: "the site stays Online and every task comes back as failed",
    fix: "bring the env file and the hub together, sync and resend the kit, replace its shared block, recreate the containers",
    owner: Who::Admin,
    clauses: &["TRUST-TASK-03", "HOST-KEY-01", "ROT-AES-01"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock trust with a stale kit opposite a mock hub",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = bench.trust(EDITION.row(), &[])?;
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    bench.start(&mut stage, trust.as_ref()).await?;
    if bench.plants() {
        stage.hub_control.payload_key(None).await?;
    }
    scene.planted("the hub gets another payload key; the trust keeps the kit it has");
    let task = bench.queue(&stage, TaskType::UpdateUserProfile).await?;
    let ended = bench.ended(&stage, &task).await?;
    if bench.plants() {
        let line = bench.log_line(&stage, "failed authentication").await?;
        scene.saw_all(line);
    }
    let failed = ended.as_ref().is_some_and(|task| task.status == "FAILED");
    let line = ended.as_ref().map(task_line).unwrap_or_default();
    scene.symptom(failed, "a task that fails", line);
    let standing = bench.standing(&stage.hub_control, &stage.registration.id).await?;
    let online = standing["online"] == true;
    scene.symptom(online, "a site that is Online all the same", status_line(&standing));
    stage.close().await;

    let stale = if bench.plants() { Some(FORMER_KEY) } else { None };
    let trust = WrongTrust::mistaken(trust, move |order| {
        if let Some(key) = stale {
            order.env.insert("AES_KEY_BASE64".to_owned(), key.to_owned());
        }
    });
    let subject = bench.trust_subject(trust);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str =
    "tasks/trust-task-types/update-user-profile-returns-nothing-but-that-it-was-done";
/// Worthless: the payload key of a kit nobody synced.
const FORMER_KEY: &str = "ZmxpcGNoZWNrOiBhIHdvcnRobGVzcyBvdGhlciBrZXk=";
