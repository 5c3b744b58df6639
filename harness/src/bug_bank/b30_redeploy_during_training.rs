//! Hub redeployed during a training.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::fl_line::FlLineId;
use serde_json::json;
use std::time::Duration;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B30",
    title: "hub redeployed during a training",
    group: Group::Upgrade,
    cause: "the FL server keeps its state in memory and nothing asks whether a job is running",
    symptom: "the model stays in its running status for ever and the net is busy",
    fix: "let the deployment ask for running jobs first; reset the model by hand",
    owner: Who::HubDev,
    clauses: &["UPG-DRAIN-01"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub whose FL server goes away in mid-run",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let subject = bench.hub_subject(&["leaves-model-running"]);
    let mut hub = bench.hub(&subject, EDITION).await?;
    hub.register("Alpha").await?;
    hub.control()?.control.put("/control/clock", json!({"freeze": true})).await?;
    let (id, slot) = (hub.trust("Alpha")?.id.clone(), hub.trust("Alpha")?.slot.clone());
    let model = hub.control()?.model(&[&id]).await?;
    hub.models.insert("model".to_owned(), model.clone());
    for word in ["PREPARED", FlLineId::DEFAULT.row().running_word] {
        let ask = hub.status_word(&model, word).await?;
        hub.ask(ask).await?;
        let line = hub.last()?.line();
        scene.saw(line);
    }
    let metric = json!({
        "fl_client_name": slot, "global_round": 1, "label": "TRAIN_LOSS", "result": 0.5,
    });
    let ask = hub.ingest("model", "metrics", &metric).await?;
    hub.ask(ask).await?;
    hub.control()?.control.listener("fl", false).await?;
    scene.planted("the hub is deployed anew in round 1: the FL server goes, and nobody asked it");
    let reach = bench.probe(hub.hub.fl_addr, "127.0.0.2").await?;
    scene.saw(format!("a client of the run tries the FL endpoint: {reach}"));
    hub.control()?.advance(Duration::from_secs(24 * 3600)).await?;
    let rows = hub.control()?.model_rows(&model).await?;
    let held = rows["metrics"].as_array().map_or(0, Vec::len);
    let line = format!("hub: 24 h later the model is {}, {held} metric stored", rows["status"]);
    let running = rows["status"] == FlLineId::DEFAULT.row().running_word;
    scene.symptom(running, "a model without a last word", line);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str =
    "upgrade/hub-new-beginnings/a-model-whose-fl-server-fell-silent-does-not-run-for-ever";
