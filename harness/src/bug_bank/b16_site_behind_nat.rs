//! Site behind NAT shown as dead.

use contract::catalogue::Who;
use contract::edition::EditionId;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::hub_stage::{Ask, ONLINE_LIST};

pub(super) const BUG: Bug = Bug {
    id: "B16",
    title: "site behind NAT shown as dead",
    group: Group::Liveness,
    cause: "liveness was probed from outside, towards a site that accepts no connection",
    symptom: "a site that polls every few seconds is shown as not replying",
    fix: "take heartbeats for liveness, and nothing that connects inwards",
    owner: Who::HubDev,
    clauses: &["HUB-HB-04"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub that asks trusts from outside whether they live",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let subject = bench.hub_subject(&["probes-trusts-from-outside"]);
    let mut hub = bench.hub(&subject, EDITION).await?;
    hub.register("Alpha").await?;
    scene.planted("the hub takes a trust for alive when it can connect to it");
    for ask in [hub.heartbeat("Alpha")?, hub.poll("Alpha")?] {
        let granted = hub.ask(ask).await?.status == 200;
        let line = hub.last()?.line();
        scene.symptom(granted, "a trust that is heard", line);
    }
    let ask = hub.as_user("admin", Ask::get(ONLINE_LIST)).await?;
    let dead = hub.ask(ask).await?.json()[0]["online"] == false;
    let line = hub.last()?.line();
    scene.symptom(dead, "a site shown as dead right after it called", line);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str = "heartbeat/hub-online/0-s-after-its-last-heartbeat-a-trust-is-online";
