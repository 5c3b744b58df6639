//! Payload keys that change at the hub, and sites that follow (rotation 1; trust 8).

use contract::envelope::SHARED_KID;
use contract::key::{Secret, mint_payload_key};
use serde_json::json;

use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::secrets::PAYLOAD_KEY;
use crate::stage::Stage;
use crate::steps;
use crate::target::Capability;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the hub's payload key is replaced" => key_replaced,
    r"the hub's payload key is the trust's own again" => key_restored,
    r"the trust takes over the hub's payload key" => takes_payload_key,
];

/// The key that seals this trust's work: the shared one, and where each trust has one, its own.
async fn key_replaced(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    world.stage().await?;
    replace_at_hub(world, |_| true).await
}

/// Puts new keys at the hub in place of those of the chosen key ids.
pub(super) async fn replace_at_hub(
    world: &mut World,
    chosen: impl Fn(Option<&str>) -> bool,
) -> Judged {
    let context = world.context();
    let stage = world.staged_mut()?;
    for (name, kid) in payload_keys(stage).into_iter().filter(|(_, kid)| chosen(kid.as_deref())) {
        let key = mint_payload_key(&mut rand::rng());
        put_payload_key(stage, kid.as_deref(), &key).await?;
        let secret = (format!("{name}{AT_HUB}"), key);
        context.keep_secret(std::slice::from_ref(&secret));
        stage.secrets.push(secret);
    }
    Ok(())
}

async fn key_restored(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    for (name, kid) in payload_keys(stage) {
        let own = Secret::from(stage.env.get(name).cloned().unwrap_or_default());
        put_payload_key(stage, kid.as_deref(), &own).await?;
    }
    Ok(())
}

async fn takes_payload_key(world: &mut World, _: Args) -> Judged {
    let stage = world.staged_mut()?;
    let mut known = 0;
    for (name, _) in payload_keys(stage) {
        let Ok(key) = newest_at_hub(stage, name) else { continue };
        let key = key.expose().to_owned();
        stage.registration.hub_shared.insert(name.to_owned(), key.clone());
        stage.env.insert(name.to_owned(), key);
        known += 1;
    }
    if known == 0 {
        return Err(Stop::not_verified("the hub's key is not known"));
    }
    site_takes_payload_keys(stage).await
}

/// The key a step put at the hub last, under the name it has in the trust's environment.
pub(super) fn newest_at_hub(stage: &Stage, name: &str) -> Judged<Secret> {
    let planted = format!("{name}{AT_HUB}");
    let newest = stage.secrets.iter().rfind(|(known, _)| *known == planted);
    let (_, key) = newest.ok_or_else(|| Stop::not_verified("the hub's key is not known"))?;
    Ok(key.clone())
}

/// The site services are created anew with the payload keys of the trust's environment.
pub(super) async fn site_takes_payload_keys(stage: &Stage) -> Judged {
    let mut keys = serde_json::Map::new();
    for (name, kid) in payload_keys(stage) {
        let key = stage.env.get(name).cloned().unwrap_or_default();
        keys.insert(kid.unwrap_or_else(|| SHARED_KID.to_owned()), key.into());
    }
    let own = stage.env.get("TRUST_AES_KID").map_or(SHARED_KID, String::as_str);
    let settings = json!({"payload_keys": keys, "own_kid": own});
    Ok(stage.site_control.settings(settings).await?)
}

/// Names of the payload keys in the trust's environment, each with the key id the hub knows it by.
pub(super) fn payload_keys(stage: &Stage) -> Vec<(&'static str, Option<String>)> {
    let own = stage.env.get("TRUST_AES_KID").cloned();
    let shared = (PAYLOAD_KEY, None);
    std::iter::once(shared).chain(own.map(|kid| ("TRUST_AES_KEY_BASE64", Some(kid)))).collect()
}

async fn put_payload_key(stage: &Stage, kid: Option<&str>, key: &Secret) -> Judged {
    let mut body = json!({"base64": key.expose()});
    if let Some(kid) = kid {
        body["kid"] = json!(kid);
    }
    stage.hub_control.control.put("/control/keys/aes", body).await?;
    Ok(())
}

/// Behind the name of a key the hub holds and the trust does not yet.
pub(super) const AT_HUB: &str = " at the hub";
