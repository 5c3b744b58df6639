//! Kits orphaned by a new database.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;

use super::{Bench, Bug, Catcher, Group, Play, Scene, WrongTrust};
use crate::finding::Judged;

pub(super) const BUG: Bug = Bug {
    id: "B29",
    title: "kits orphaned by a new database",
    group: Group::Upgrade,
    cause: "recreating the database deleted every registration the kits belong to",
    symptom: "every site is refused with 401, and after registering again ids are new and slots may differ",
    fix: "register again, sync and package every kit, FL kits too",
    owner: Who::Admin,
    clauses: &["UPG-RECREATE-01", "UPG-RECREATE-02"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub whose state was recreated, and the old kits",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let mut hub = bench.hub(&bench.hub_subject(&[]), EDITION).await?;
    // The order in which sites joined over time.
    for trust in ["Beta", "Alpha"] {
        hub.register(trust).await?;
    }
    let old = hub.trust("Alpha")?.clone();
    let old_call = hub.heartbeat("Alpha")?;
    hub.ask(old_call.clone()).await?;
    let before = hub.last()?.line();
    scene.saw(before);
    if bench.plants() {
        hub.control()?.control.post("/control/reset", json!({})).await?;
        scene.planted("the hub's database is recreated; the sites keep their kits");
    }
    let refused = hub.ask(old_call).await?.status == 401;
    let line = hub.last()?.line();
    scene.symptom(refused, "an old kit that is refused", line);
    if bench.plants() {
        for trust in ["Alpha", "Beta"] {
            hub.register(trust).await?;
        }
        scene.planted("the sites are registered again, in the order of their codes");
    }
    let new = hub.trust("Alpha")?;
    let line = format!("hub: Alpha was {} in {}, is {} in {}", old.id, old.slot, new.id, new.slot);
    scene.symptom(old.id != new.id, "a new id", &line);
    scene.symptom(old.slot != new.slot, "another slot, which the FL kit does not fit", line);

    let trust = bench.trust(EDITION.row(), &[])?;
    let kit = bench.plants().then(|| (old.trust_api_key.expose().to_owned(), old.id.clone()));
    let trust = WrongTrust::mistaken(trust, move |order| {
        if let Some((key, id)) = &kit {
            order.env.insert("TRUST_API_KEY".to_owned(), key.clone());
            order.env.insert("EXPECTED_TRUST_ID".to_owned(), id.clone());
        }
    });
    let subject = bench.trust_subject(trust);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str = "registry/trust-registration/\
     a-newly-registered-trust-is-in-with-its-first-call-without-any-restart-of-the-hub";
