//! Payload keys a site holds in part: what it sends back sealed, and whether the hub can read it
//! (rotation 1, rule 7; trust 8).

use std::collections::BTreeMap;

use contract::edition::TaskType;
use contract::envelope::{KeyRing, ReadOptions, SETUP_PATH_CONTEXT, SHARED_KID, key_bytes, open};
use contract::key::Secret;
use serde_json::{Value, json};

use super::rotation::adopt;
use super::rotation_keys::{newest_at_hub, payload_keys, replace_at_hub};
use super::tasks::{about_task, queue_payload, settled};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::payloads::honest;
use crate::stage::Stage;
use crate::steps;
use crate::target::Capability;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"trust-api alone takes over the hub's payload key" => trust_api_alone,
    r"the hub's half of the trust's own payload key is replaced" => half_replaced,
    r"the trust is registered anew and nobody brings the hub the trust's half" => half_missing,
    r"somebody brings the hub the trust's half" => half_brought,
    r#"a task that sends back a sealed value is queued(?: as "(\w+)")?"# => queued,
    r#"the value in the result of the task(?: "(\w+)")? can be read by the hub"# => readable,
    r#"the value in the result of the task(?: "(\w+)")? can be read by nobody at the hub"# => unreadable,
];

/// The kit was edited and one container recreated; imaging-api and data-access-api keep what they had.
async fn trust_api_alone(world: &mut World, _: Args) -> Judged {
    let stage = world.staged_mut()?;
    for (name, _) in payload_keys(stage) {
        let key = newest_at_hub(stage, name)?;
        stage.env.insert(name.to_owned(), key.expose().to_owned());
    }
    Ok(())
}

async fn half_replaced(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    world.stage().await?;
    replace_at_hub(world, |kid| kid.is_some()).await
}

async fn half_missing(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let stage = world.stage().await?;
    stage.hub_control.settings(json!({"adopt_trust_keys": false})).await?;
    let registration = stage.hub_control.rotate(&stage.registration.id).await?;
    adopt(world, registration)?;
    world.vars.insert(LACKS_HALF.to_owned(), String::new());
    Ok(())
}

async fn half_brought(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let shared = |key: &str| stage.registration.hub_shared.get(key).cloned().unwrap_or_default();
    let body = json!({"kid": shared("TRUST_AES_KID"), "base64": shared("TRUST_AES_KEY_BASE64")});
    stage.hub_control.control.put("/control/keys/aes", body).await?;
    world.vars.remove(LACKS_HALF);
    Ok(())
}

/// A project with a user the archive does not know yet: its reply holds that user's sealed secret.
async fn queued(world: &mut World, args: Args) -> Judged {
    let mut payload = honest(TaskType::CreateImaging, world.stage().await?).await?;
    let number = world.vars.keys().filter(|name| name.starts_with("payload ")).count();
    let email = format!("new.person{number}@flipcheck.example");
    payload["users"] = json!([{"id": uuid::Uuid::new_v4(), "email": email, "is_disabled": false}]);
    queue_payload(world, TaskType::CreateImaging.name(), args.group(0), payload).await
}

async fn readable(world: &mut World, args: Args) -> Judged {
    match opened(world, args.group(0)).await? {
        Ok(_) => Ok(()),
        Err(reason) => {
            let expected = "a value that opens with a key the hub holds";
            Err(about_task(world, expected, reason).await?)
        }
    }
}

/// The loss nobody is told of: the task is a success.
async fn unreadable(world: &mut World, args: Args) -> Judged {
    if opened(world, args.group(0)).await?.is_err() {
        return Ok(());
    }
    let expected = "a value sealed with a key the hub does not hold";
    Err(about_task(world, expected, "the hub can read it".to_owned()).await?)
}

/// What the hub's keys make of the value, for a task that was reported as a success.
async fn opened(world: &World, label: &str) -> Judged<Result<String, String>> {
    let task = settled(world, label).await?;
    if task.status != "COMPLETED" {
        let observed = task.result.unwrap_or_default();
        return Err(about_task(world, "the task reported as a success", observed).await?);
    }
    let stage = world.staged()?;
    let reply: Value =
        serde_json::from_str(task.result.as_deref().unwrap_or("null")).unwrap_or_default();
    let value = &reply["created_users"][0][stage.edition.new_user_member];
    let Some(value) = value.as_str() else {
        let observed = task.result.unwrap_or_else(|| "null".to_owned());
        return Err(about_task(world, "the sealed secret of the new user", observed).await?);
    };
    let mut ring = KeyRing::new();
    for (kid, key) in held_by_hub(stage, world.vars.contains_key(LACKS_HALF)) {
        let bytes = key_bytes(key.expose()).map_err(Stop::not_verified)?;
        ring.insert(kid, bytes.to_vec());
    }
    let options = ReadOptions { accept_legacy_cbc: false, force_key: None };
    let opened = open(stage.edition.cipher, &ring, SETUP_PATH_CONTEXT, value, options);
    Ok(opened.map_err(|error| error.to_string()))
}

/// The hub's keys of the moment, as this scenario brought them there.
fn held_by_hub(stage: &Stage, lacks_half: bool) -> BTreeMap<String, Secret> {
    let mut held = BTreeMap::new();
    for (name, kid) in payload_keys(stage) {
        if kid.is_some() && lacks_half {
            continue;
        }
        let issued = stage.registration.hub_shared.get(name).cloned().unwrap_or_default();
        let key = newest_at_hub(stage, name).unwrap_or_else(|_| Secret::from(issued));
        held.insert(kid.unwrap_or_else(|| SHARED_KID.to_owned()), key);
    }
    held
}

const LACKS_HALF: &str = "the hub lacks the trust's half";
