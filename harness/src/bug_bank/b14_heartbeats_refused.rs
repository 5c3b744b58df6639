//! Heartbeats refused, polling fine.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;
use std::time::Duration;

use super::{Bench, Bug, Catcher, Group, Play, Scene, exchange_line, status_line};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B14",
    title: "heartbeats refused, polling fine",
    group: Group::Liveness,
    cause: "the trust takes a 4xx answer to a heartbeat for a success",
    symptom: "the site is shown as Offline while it polls and works",
    fix: "log the refusal and repeat the heartbeat without body",
    owner: Who::TrustDev,
    clauses: &["TRUST-HB-02"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock trust whose health snapshots the mock hub refuses",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let trust = bench.trust(EDITION.row(), MUTANTS)?;
    let mut stage = bench.stage(trust.as_ref(), EDITION.row(), None).await?;
    let body = json!({"text": json!({"status": "ok", "version": "v".repeat(90)}).to_string()});
    let fault = json!({"name": "body", "route": "da.health", "params": body});
    stage.site_control.control.arm(fault).await?;
    scene.planted("a site service tells a version that is longer than the hub takes");
    scene.planted("the trust sends it as it is, and leaves a refused heartbeat at that");
    bench.start(&mut stage, trust.as_ref()).await?;
    if bench.plants() {
        let refused = bench.exchange(&stage.hub_control, "heartbeat", |call| call.status == 422);
        let line = refused.await?.as_ref().map(exchange_line).unwrap_or_default();
        scene.symptom(!line.is_empty(), "a heartbeat that is refused", line);
        scene.saw_all(bench.log_line(&stage, "Heartbeat rejected by hub: HTTP 422").await?);
    }
    stage.hub_control.advance(Duration::from_secs(31)).await?;
    let newest = stage.hub_control.control.newest().await?;
    let polled = bench
        .exchange(&stage.hub_control, "pending", |call| call.seq > newest + 4 && call.status == 200)
        .await?;
    let line = polled.as_ref().map(exchange_line).unwrap_or_default();
    scene.symptom(polled.is_some(), "a trust that polls on", line);
    let standing = bench.standing(&stage.hub_control, &stage.registration.id).await?;
    let offline = standing["online"] == false;
    scene.symptom(offline, "a site shown as Offline while it polls", status_line(&standing));
    stage.close().await;
    let subject = bench.trust_subject(trust);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const MUTANTS: &[&str] = &["sends-uncut-version", "gives-up-after-rejected-snapshot"];
const SCENARIO: &str =
    "heartbeat/trust-snapshot/a-refused-snapshot-is-followed-by-one-heartbeat-without-body";
