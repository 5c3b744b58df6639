//! Old command for a new address.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;

use super::{Bench, Bug, Catcher, Caught, Group, Play, Scene, able_to_train, status_line};
use crate::finding::Judged;
use crate::oracle::reach::Reach;

pub(super) const BUG: Bug = Bug {
    id: "B42",
    title: "old command for a new address",
    group: Group::Network,
    cause: "the single-address variable it sets is not read any more",
    symptom: "the command ends well and the site is still shut out",
    fix: "edit the list of record, then run the verb",
    owner: Who::Admin,
    clauses: &["NET-NLB-04"],
    caught_by: &[ABLE],
    play: Play::Here {
        with: "mock FL endpoint with a list, and the command of old",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = bench.trust(EDITION.row(), &[])?;
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    let control = stage.hub_control.control.clone();
    control.post("/control/allow-list/add", json!({"address": FORMER})).await?;
    bench.start(&mut stage, trust.as_ref()).await?;
    let before = control.get("/control/allow-list").await?;
    scene.planted(format!("the site's address changes from {FORMER} to {PRESENT}"));
    if bench.plants() {
        // The verb applies the list of record; the variable beside it is not read.
        control.put("/control/allow-list", before.clone()).await?;
        scene
            .planted(format!("TF_VAR_local_trust_public_ip={PRESENT} is set and the list applied"));
    } else {
        control.post("/control/allow-list/add", json!({"address": PRESENT})).await?;
    }
    let after = control.get("/control/allow-list").await?;
    let line = format!("allow-list: {} before, {} after", before["addresses"], after["addresses"]);
    scene.symptom(before == after, "a list that is as before", line);
    let reach = bench.probe(stage.hub.fl_addr, PRESENT).await?;
    let what = "a site that is still shut out";
    scene.symptom(reach == Reach::TimedOut, what, format!("site, {PRESENT}: {reach}"));
    let standing = bench.standing(&stage.hub_control, &stage.registration.id).await?;
    let online = standing["online"] == true;
    scene.symptom(online, "a site that is Online all the same", status_line(&standing));
    stage.close().await;
    let judged = able_to_train("NET-NLB-04", online, &reach);
    scene.caught(Caught::by(&ABLE, judged)?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const FORMER: &str = "127.0.0.2";
const PRESENT: &str = "127.0.0.3";
const ABLE: Catcher = Catcher::Oracle("able-to-train");
