//! FL credentials of one provisioning, of two, and of a provisioning that grew by one client
//! (rotation 1; kit 4).

use std::path::PathBuf;

use contract::key::Secret;
use serde_json::{Value, json};

use super::federation::keep;
use super::fl_client::{attempts, is_joined};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the FL client holds a kit of a provisioning the FL server asks for" => provisioned,
    r#"a client "(\w+)" is added to the provisioning"# => added,
    r"every FL client is provisioned anew" => renewed,
    r"the whole FL kit of the new provisioning is put in place" => whole_kit,
    r"of the FL kit of the new provisioning only (.+) (?:is|are) put in place" => partial_kit,
    r"the FL client is still joined" => still_joined,
    r"the FL client is cut off" => cut_off,
    r"the FL client is kept out" => kept_out,
];

async fn provisioned(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::FlClient)?;
    world.needs(Capability::Restart)?;
    let stage = world.stage().await?;
    let on = json!({"mutual": true});
    stage.hub_control.control.put("/control/fl-provisioning", on).await?;
    let folder = tempfile::tempdir().map_err(Stop::not_verified)?;
    let path = folder.path().to_string_lossy().into_owned();
    stage.env.insert(STARTUP_DIR.to_owned(), path);
    keep(stage, folder);
    put(world, &FILES.map(|(file, _)| file)).await
}

async fn added(world: &mut World, args: Args) -> Judged {
    let lost = attempts(world)?;
    world.vars.insert(LOST_BEFORE.to_owned(), lost.to_string());
    issue(world, args.group(0)).await.map(drop)
}

async fn renewed(world: &mut World, _: Args) -> Judged {
    let control = &world.staged()?.hub_control.control;
    control.put("/control/fl-provisioning", json!({"renew": true})).await?;
    Ok(())
}

async fn whole_kit(world: &mut World, _: Args) -> Judged {
    put(world, &FILES.map(|(file, _)| file)).await
}

/// What copying by size and time leaves behind.
async fn partial_kit(world: &mut World, args: Args) -> Judged {
    let files: Vec<&str> = args.group(0).split(" and ").collect();
    put(world, &files).await
}

/// Writes these files of the kit the provisioning issues now.
async fn put(world: &World, files: &[&str]) -> Judged {
    let stage = world.staged()?;
    let kit = issue(world, &stage.registration.slot).await?;
    let folder = stage.env.get(STARTUP_DIR).map(PathBuf::from);
    let folder = folder.ok_or_else(|| Stop::not_verified("no step has put an FL kit in place"))?;
    for file in files {
        let known = FILES.iter().find(|(name, _)| name == file);
        let (name, member) =
            known.ok_or_else(|| Stop::not_verified(format!("an FL kit holds no {file}")))?;
        let text = kit[*member].as_str().unwrap_or_default();
        std::fs::write(folder.join(name), text).map_err(Stop::not_verified)?;
    }
    Ok(())
}

async fn issue(world: &World, slot: &str) -> Judged<Value> {
    let control = &world.staged()?.hub_control.control;
    let kit = control.post("/control/fl-kits", json!({"slot": slot})).await?;
    let key = kit["client_key_pem"].as_str().unwrap_or_default();
    world.run().keep_secret(&[(format!("FL_CLIENT_KEY of {slot}"), Secret::new(key))]);
    Ok(kit)
}

async fn clients(world: &World) -> Judged<Value> {
    Ok(world.staged()?.hub_control.control.get("/control/fl-clients").await?)
}

/// Joined now, and without having been away: a client that lost its server says so in the log.
async fn still_joined(world: &mut World, _: Args) -> Judged {
    let list = clients(world).await?;
    let before = world.vars.get(LOST_BEFORE).and_then(|text| text.parse::<usize>().ok());
    let before = before.ok_or_else(|| Stop::not_verified("no client was added"))?;
    let lost = attempts(world)?.saturating_sub(before);
    let slot = &world.staged()?.registration.slot;
    if is_joined(&list, slot) && lost == 0 {
        return Ok(());
    }
    let observed = format!("{list}, {lost} lost connections");
    Err(world.broken(format!("{slot} joined all the time"), observed).into())
}

async fn cut_off(world: &mut World, _: Args) -> Judged {
    let slot = world.staged()?.registration.slot.clone();
    let waited = eventually(world.patience(30.0), "the client gone", || async {
        match clients(world).await {
            Ok(list) => Probe::found((!is_joined(&list, &slot)).then_some(()), list),
            Err(stop) => Probe::Pending(stop.to_string()),
        }
    })
    .await;
    waited.map_err(Stop::not_verified)
}

/// Several attempts, and none of them succeeds.
async fn kept_out(world: &mut World, _: Args) -> Judged {
    let tried = attempts(world)?;
    let slot = world.staged()?.registration.slot.clone();
    let joined = |list: &Value| is_joined(list, &slot);
    let waited = eventually(world.patience(60.0), "three failed attempts to join", || async {
        let list = match clients(world).await {
            Ok(list) => list,
            Err(stop) => return Probe::Pending(stop.to_string()),
        };
        let now = attempts(world).unwrap_or_default();
        Probe::found((joined(&list) || now >= tried + 3).then_some(()), format!("{now} lines"))
    })
    .await;
    waited.map_err(Stop::not_verified)?;
    let list = clients(world).await?;
    if joined(&list) {
        let expected = "no FL client with credentials of two provisionings";
        return Err(world.broken(expected, format!("it has joined: {list}")).into());
    }
    Ok(())
}

/// Lines about a lost server before the provisioning changed.
const LOST_BEFORE: &str = "lost connections before";
/// Variable with the `startup` folder of the FL kit.
const STARTUP_DIR: &str = "FLIPCHECK_FL_STARTUP_DIR";
/// Files of that folder, and the member of the provisioning's answer with their text.
const FILES: [(&str, &str); 3] = [
    ("rootCA.pem", "root_ca_pem"),
    ("client.crt", "client_crt_pem"),
    ("client.key", "client_key_pem"),
];
