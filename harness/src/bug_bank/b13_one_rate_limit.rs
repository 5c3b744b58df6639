//! One rate limit for all sites.

use contract::catalogue::Who;

use contract::edition::EditionId;
use reqwest::Method;
use serde_json::json;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B13",
    title: "one rate limit for all sites",
    group: Group::Liveness,
    cause: "requests are counted by the address of the proxy in front of the hub",
    symptom: "429 for everybody once enough sites poll, although none polls too often",
    fix: "count by the hash of the key, not by the peer",
    owner: Who::HubDev,
    clauses: &["HUB-RATE-01"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub that counts by address, four callers",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let subject = bench.hub_subject(&["one-bucket-behind-proxy"]);
    let mut hub = bench.hub(&subject, EDITION).await?;
    scene.planted(
        "the hub counts requests by the address they come from, as it does behind a proxy",
    );
    let clock = json!({"freeze": true});
    hub.control()?.control.call(Method::PUT, "/control/clock", Some(clock)).await?;
    let mut beats = Vec::new();
    for trust in TRUSTS {
        hub.register(trust).await?;
        beats.push(hub.heartbeat(trust)?);
    }
    scene.planted("four trusts send a heartbeat every 5 s for one minute, twelve each");
    let asks = (0..BEATS_A_MINUTE).flat_map(|_| beats.iter().cloned()).collect();
    let replies = hub.ask_each(asks).await?;
    let refused = replies.iter().filter(|reply| reply.status == 429).count();
    let granted = replies.iter().filter(|reply| reply.status == 200).count();
    let last = hub.last()?.line();
    scene.saw(format!("{} heartbeats, {granted} granted, {refused} refused", replies.len()));
    let what = "a trust that keeps its pace is answered 429";
    scene.symptom(refused > 0 && granted == LIMIT, what, last);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const TRUSTS: [&str; 4] = ["Alpha", "Beta", "Gamma", "Delta"];
const BEATS_A_MINUTE: usize = 12;
const LIMIT: usize = 30;
const SCENARIO: &str =
    "limits/hub-rates/the-thirty-first-heartbeat-in-a-minute-is-refused-and-nothing-else-is";
