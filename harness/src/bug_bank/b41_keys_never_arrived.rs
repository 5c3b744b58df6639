//! Registered, but the keys never arrived.

use contract::catalogue::Who;
use contract::edition::EditionId;
use contract::kit::{Kit, KitEnv, scaffold};
use serde_json::json;

use super::{Bench, Bug, Catcher, Caught, Group, Play, Scene};
use crate::finding::{Finding, Judged, Stop};
use crate::hub_stage::{Ask, HubStage, REGISTRATION, Reply, display_name, registration_body};

pub(super) const BUG: Bug = Bug {
    id: "B41",
    title: "registered, but the keys never arrived",
    group: Group::Registry,
    cause: "the registration is committed before the keys are handed over, and running it again changes nothing",
    symptom: "the second run ends well and the kit still holds placeholders",
    fix: "delete the trust and register it again",
    owner: Who::Admin,
    clauses: &["KIT-REGISTER-03"],
    caught_by: &[KIT_SECRETS],
    play: Play::Here {
        with: "mock hub whose answer to a registration is lost",
        play: |bench| Box::pin(play(bench)),
    },
};

async fn play(bench: &Bench) -> Judged<Scene> {
    let mut scene = Scene::default();
    let mut hub = bench.hub(&bench.hub_subject(&[]), EDITION).await?;
    if bench.plants() {
        let reset = json!({
            "name": "reset", "route": "admin_create_trust", "next": 1,
            "params": {"when": "after-handler"},
        });
        hub.control()?.control.arm(reset).await?;
        scene.planted("the connection breaks after the hub has registered the trust");
    }
    let first = register(&mut hub).await;
    let mut kit = scaffold("ALPHA", &display_name("Alpha"), KitEnv::Production)
        .map_err(Stop::not_verified)?;
    match &first {
        Ok(reply) => {
            hub.last_mints();
            fill(&mut kit, reply)?;
            scene.saw(format!("POST {REGISTRATION} -> {}", reply.status));
        }
        Err(stop) => scene.saw(format!("POST {REGISTRATION} -> no answer ({stop})")),
    }
    let known = hub.control()?.control.get("/control/trusts").await?;
    let registered = known.as_array().is_some_and(|all| all.len() == 1);
    scene.symptom(
        registered,
        "a trust that is registered",
        format!("hub: {} trust registered", known.as_array().map_or(0, Vec::len)),
    );
    let second = register(&mut hub).await?;
    scene.saw(format!("POST {REGISTRATION} -> {} {}", second.status, second.detail()));
    fill(&mut kit, &second)?;
    let open = missing(&kit);
    let what = "a kit that lacks both secrets after registering twice";
    scene.symptom(
        open.len() == 2,
        what,
        format!("kit: {} of 2 secrets missing {open:?}", open.len()),
    );
    scene.caught(Caught::by(&KIT_SECRETS, holds_secrets(&kit))?);
    Ok(scene)
}

async fn register(hub: &mut HubStage) -> Judged<Reply> {
    let body = registration_body(&display_name("Alpha"), "ALPHA");
    let ask = hub.as_user("admin", Ask::post(REGISTRATION).json(&body)).await?;
    hub.ask(ask).await
}

/// Writes into the kit what an answer hands over.
fn fill(kit: &mut Kit, reply: &Reply) -> Judged {
    let reply = reply.json();
    let entries: Vec<(&str, &str)> = [
        ("TRUST_API_KEY", "trust_api_key"),
        ("TRUST_INTERNAL_SERVICE_KEY", "trust_internal_service_key"),
    ]
    .into_iter()
    .filter_map(|(key, member)| Some((key, reply[member].as_str()?)))
    .collect();
    kit.write(&entries).map_err(Stop::not_verified)
}

/// The secrets whose values still wait for a registration.
fn missing(kit: &Kit) -> Vec<String> {
    let open = kit.unfilled().into_iter().map(|unfilled| unfilled.key);
    open.filter(|key| SECRETS.contains(&key.as_str())).collect()
}

fn holds_secrets(kit: &Kit) -> Judged {
    let missing = missing(kit);
    if missing.is_empty() {
        return Ok(());
    }
    let expected = "a kit that holds both secrets after registering";
    let observed = format!("placeholders in {}", missing.join(" and "));
    Err(Finding::new("KIT-REGISTER-03", expected, observed).into())
}

const EDITION: EditionId = EditionId::DEFAULT;
const SECRETS: [&str; 2] = ["TRUST_API_KEY", "TRUST_INTERNAL_SERVICE_KEY"];
const KIT_SECRETS: Catcher = Catcher::Oracle("kit-secrets");
