//! What the hub says about who the trust is (trust 5).

use serde_json::{Value, json};

use crate::engine::{Args, StepRow};
use crate::finding::Judged;
use crate::steps;
use crate::target::Capability;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the hub takes the trust for another one" => another,
    r"the hub writes the trust's id in capitals" => in_capitals,
    r"the hub leaves the trust's name out" => nameless,
    r"the hub names the trust truly again" => truly,
    r"heartbeat replies carry no identity" => heartbeats_without,
];

async fn another(world: &mut World, _: Args) -> Judged {
    identity(world, json!({"trust_id": OTHER_ID, "trust_name": "Another Hospital"})).await
}

async fn in_capitals(world: &mut World, _: Args) -> Judged {
    let id = world.stage().await?.registration.id.to_uppercase();
    identity(world, json!({"trust_id": id})).await
}

/// An empty name is as good as none: both leave nothing to compare.
async fn nameless(world: &mut World, _: Args) -> Judged {
    identity(world, json!({"trust_name": ""})).await
}

async fn truly(world: &mut World, _: Args) -> Judged {
    identity(world, json!({})).await
}

async fn identity(world: &mut World, identity: Value) -> Judged {
    world.needs(Capability::Restart)?;
    let hub = &world.stage().await?.hub_control;
    Ok(hub.settings(json!({"identity": identity})).await?)
}

async fn heartbeats_without(world: &mut World, _: Args) -> Judged {
    let params = json!({"text": r#"{"message": "Heartbeat recorded"}"#, "when": "after-handler"});
    let fault = json!({"name": "body", "route": "heartbeat", "params": params});
    world.stage().await?.hub_control.control.arm(fault).await?;
    Ok(())
}

const OTHER_ID: &str = "0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b";
