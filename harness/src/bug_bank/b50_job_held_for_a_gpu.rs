//! Job held for a GPU nobody has.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B50",
    title: "job held for a GPU nobody has",
    group: Group::Images,
    cause: "a job asks for one GPU a site unless told otherwise, and the event that says so needs no round but is refused for want of one",
    symptom: "the training never begins at a site without GPU, with the reason in the log of the FL server only",
    fix: "take the waiting event as it comes; ask for no GPU where the site has none",
    owner: Who::HubDev,
    clauses: &["FL-LOG-04"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub that wants a round of the waiting event",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let subject = bench.hub_subject(&["wants-round-of-waiting-event"]);
    let mut hub = bench.hub(&subject, EDITION).await?;
    hub.register("Alpha").await?;
    let (id, slot) = (hub.trust("Alpha")?.id.clone(), hub.trust("Alpha")?.slot.clone());
    let model = hub.control()?.model(&[&id]).await?;
    hub.models.insert("model".to_owned(), model.clone());
    scene.planted("a job asks for one GPU of a site that has none");
    let event = json!({
        "fl_client_name": slot, "event_type": "JOB_WAITING_FOR_RESOURCES", "global_round": null,
        "details": {"attempt": 1, "max_attempts": 10, "final": false, "requested": 1}, "success": true,
    });
    let ask = hub.ingest("model", "logs", &event).await?;
    hub.ask(ask).await?;
    let line = hub.last()?.line();
    scene.saw(line);
    let rows = hub.control()?.model_rows(&model).await?;
    let told = rows["logs"].as_array().is_some_and(|rows| {
        rows.iter().any(|row| row["event_type"] == "JOB_WAITING_FOR_RESOURCES")
    });
    let line = format!(
        "hub: the model is {}, {} rows of its log",
        rows["status"],
        rows["logs"].as_array().map_or(0, Vec::len)
    );
    scene.symptom(!told, "a model that waits and does not say for what", line);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::V2026_11;
const SCENARIO: &str =
    "image-versions/hub-logs/the-waiting-event-is-one-row-with-its-details-and-without-a-round";
