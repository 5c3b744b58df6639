//! Second site cuts off the first.

use contract::catalogue::Who;
use contract::edition::EditionId;
use futures::FutureExt as _;
use serde_json::json;
use std::sync::Arc;

use super::{Bench, Bug, Catcher, Group, Play, Scene, WrongHub};
use crate::control::HubControl;
use crate::engine::Subject;
use crate::finding::Judged;
use crate::oracle::reach::Reach;
use crate::target::Surroundings;

pub(super) const BUG: Bug = Bug {
    id: "B11",
    title: "second site cuts off the first",
    group: Group::Network,
    cause: "the allow-list keeps one address, so that adding a site replaces the one before",
    symptom: "the FL client of the site that was there first runs into timeouts",
    fix: "keep addresses in a list, one rule each",
    owner: Who::Admin,
    clauses: &["NET-NLB-03"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock FL endpoint whose list holds one address",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = bench.trust(EDITION.row(), &[])?;
    let stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    let control = &stage.hub_control.control;
    one_address(bench.plants(), &stage.hub_control).await?;
    scene.planted("the allow-list of the FL endpoint keeps one address only");
    control.post("/control/allow-list/add", json!({"address": FIRST})).await?;
    let before = bench.probe(stage.hub.fl_addr, FIRST).await?;
    scene.symptom(
        before == Reach::Complete,
        "a first site that gets through",
        format!("first site, {FIRST}: {before}"),
    );
    control.post("/control/allow-list/add", json!({"address": SECOND})).await?;
    scene.planted(format!("a second site, {SECOND}, is let in"));
    let second = bench.probe(stage.hub.fl_addr, SECOND).await?;
    scene.saw(format!("second site, {SECOND}: {second}"));
    let first = bench.probe(stage.hub.fl_addr, FIRST).await?;
    let what = "a first site that is cut off";
    scene.symptom(first == Reach::TimedOut, what, format!("first site, {FIRST}: {first}"));

    let plants = bench.plants();
    let scalar = move |hub: HubControl| async move { one_address(plants, &hub).await }.boxed();
    let Surroundings { hubs, sites } = bench.around();
    let around = Surroundings { hubs: WrongHub::sabotaged(hubs, Arc::new(scalar)), sites };
    let subject = Subject::Trust { target: trust, around };
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

/// The variable of old held one address.
async fn one_address(plants: bool, hub: &HubControl) -> Judged {
    let list = json!({"mode": "open", "scalar": plants});
    hub.control.put("/control/allow-list", list).await?;
    Ok(())
}

const EDITION: EditionId = EditionId::DEFAULT;
const FIRST: &str = "127.0.0.2";
const SECOND: &str = "127.0.0.3";
const SCENARIO: &str = "network/trust-fl-endpoint/adding-a-second-site-leaves-the-first-connected";
