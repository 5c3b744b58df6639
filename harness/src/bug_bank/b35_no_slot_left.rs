//! No slot left.

use contract::catalogue::Who;
use contract::edition::EditionId;
use serde_json::json;

use super::{Bench, Bug, Catcher, Group, Play, Scene};
use crate::finding::Judged;
use crate::hub_stage::{Ask, HubPlan, HubStage, REGISTRATION, display_name, registration_body};

pub(super) const BUG: Bug = Bug {
    id: "B35",
    title: "no slot left",
    group: Group::Registry,
    cause: "the list of slots is fixed and every slot is taken",
    symptom: "registering is refused with 409, and the script prints an empty list",
    fix: "read the list again when it is used up, and add FL kits to it",
    owner: Who::Admin,
    clauses: &["HUB-REG-08"],
    caught_by: &[Catcher::Scenario(SCENARIO)],
    play: Play::Here {
        with: "mock hub that reads its list of slots at start only",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let subject = bench.hub_subject(&["never-rereads-slot-pool"]);
    let plan = HubPlan { slots: Some(vec!["Trust_1".to_owned()]), ..HubPlan::default() };
    let mut hub = bench.hub_with(&subject, EDITION, plan).await?;
    scene.planted("the hub's list of slots holds one, and is read at start only");
    let first = register(&mut hub, "Alpha").await?;
    let line = hub.last()?.line();
    scene.symptom(first == 201, "a first registration", line);
    let second = register(&mut hub, "Beta").await?;
    let line = hub.last()?.line();
    scene.symptom(second == 409, "409 for want of a slot", line);
    let more = json!({"slots": ["Trust_1", "Trust_2"]});
    hub.control()?.settings(more).await?;
    scene.planted("the admin adds Trust_2 to the list");
    let third = register(&mut hub, "Beta").await?;
    let line = hub.last()?.line();
    scene.symptom(third == 409, "409 although a slot was added", line);
    scene.caught(bench.scenario(SCENARIO, subject, EDITION).await?);
    Ok(scene)
}

async fn register(hub: &mut HubStage, trust: &str) -> Judged<u16> {
    let body = registration_body(&display_name(trust), &trust.to_uppercase());
    let ask = hub.as_user("admin", Ask::post(REGISTRATION).json(&body)).await?;
    Ok(hub.ask(ask).await?.status)
}

const EDITION: EditionId = EditionId::DEFAULT;
const SCENARIO: &str =
    "registry/hub-slots/slots-added-to-the-configuration-are-dealt-without-a-restart";
