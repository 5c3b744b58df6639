//! Registering, deleting and listing trusts, as an admin does.

use serde_json::Value;

use super::must_hold;
use crate::control::Registration;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{
    Ask, ONLINE_LIST, REGISTRATION, Reply, TRUST_LIST, display_name, registration_body,
};
use crate::oracle::hub::registration;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"an admin registers "(\w+)""# => registers,
    r#"an admin has registered "(\w+)""# => has_registered,
    r#"an admin registers "(\w+)" again"# => registers,
    r"an admin sends the registration (\{.*\})" => sends,
    r"an admin registers (\d+) different trusts" => registers_many,
    r"an admin registers the former trusts again in the order of their codes" => registers_in_order,
    r#"(\d+) admins register "(.+)" at once"# => race_for_name,
    r"(\d+) admins register different trusts at once" => race_for_slots,
    r#""(\w+)" is deleted"# => deleted,
    r"the hub's trusts are noted" => noted,
    r"every list of trusts is asked for" => every_list,
];

async fn registers(world: &mut World, args: Args) -> Judged {
    let name = args.group(0).to_owned();
    let body = registration_body(&display_name(&name), &name.to_uppercase());
    let reply = post(world, &body).await?;
    if reply.status == 201 {
        keep(world, &name, &reply)?;
    }
    Ok(())
}

async fn has_registered(world: &mut World, args: Args) -> Judged {
    registers(world, args).await?;
    let last = world.hub()?.last()?;
    must_hold(last.reply.status == 201, "the admin could not register", last)
}

/// What `register-trusts` does after a recreation: one registration a kit, by CODE.
async fn registers_in_order(world: &mut World, _: Args) -> Judged {
    let mut trusts: Vec<(String, String)> =
        world.hub()?.trusts.keys().map(|name| (name.to_uppercase(), name.clone())).collect();
    trusts.sort();
    let begin = world.hub()?.seen.len();
    for (code, name) in trusts {
        let reply = post(world, &registration_body(&display_name(&name), &code)).await?;
        if reply.status == 201 {
            keep(world, &name, &reply)?;
        }
    }
    world.hub_mut()?.group = begin;
    Ok(())
}

async fn sends(world: &mut World, args: Args) -> Judged {
    let body: Value = serde_json::from_str(args.group(0)).map_err(Stop::not_verified)?;
    post(world, &body).await.map(drop)
}

async fn registers_many(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    world.hub_stage().await?;
    let begin = world.hub()?.seen.len();
    for number in 1..=count {
        let reply = post(world, &registration_body(&format!("Site {number}"), "SITE")).await?;
        if reply.status != 201 {
            break;
        }
    }
    world.hub_mut()?.group = begin;
    Ok(())
}

async fn race_for_name(world: &mut World, args: Args) -> Judged {
    let bodies = vec![registration_body(args.group(1), "RACE"); args.number(0)?];
    race(world, &bodies).await
}

async fn race_for_slots(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let body = |number| registration_body(&format!("Site {number}"), "SITE");
    race(world, &(1..=count).map(body).collect::<Vec<_>>()).await
}

async fn race(world: &mut World, bodies: &[Value]) -> Judged {
    let hub = world.hub_stage().await?;
    let mut asks = Vec::new();
    for body in bodies {
        asks.push(hub.as_user("admin", Ask::post(REGISTRATION).json(body)).await?);
    }
    hub.ask_all(asks).await?;
    let begin = hub.group;
    for at in begin..hub.seen.len() {
        watch(world, at)?;
    }
    Ok(())
}

/// Posts a registration as an admin and watches for the keys it hands out from then on.
async fn post(world: &mut World, body: &Value) -> Judged<Reply> {
    let hub = world.hub_stage().await?;
    let ask = hub.as_user("admin", Ask::post(REGISTRATION).json(body)).await?;
    let reply = hub.ask(ask).await?;
    let at = hub.seen.len() - 1;
    watch(world, at)?;
    Ok(reply)
}

fn watch(world: &mut World, at: usize) -> Judged {
    let hub = world.hub_mut()?;
    if hub.seen[at].reply.status != 201 {
        return Ok(());
    }
    hub.seen[at].mints = true;
    let body = hub.seen[at].reply.json();
    for (name, key) in registration::keys(&body) {
        hub.keep_secret(&format!("{name} of {}", body["name"]), &key);
    }
    Ok(())
}

/// Takes a registration over under the scenario's name; what was known under it becomes `former`.
fn keep(world: &mut World, name: &str, reply: &Reply) -> Judged {
    let body = reply.json();
    let text = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
    let fresh = Registration {
        id: text("id"),
        name: text("name"),
        slot: text("fl_kit_slot"),
        slot_number: body["fl_kit_slot_number"].as_i64().unwrap_or_default(),
        trust_api_key: text("trust_api_key").into(),
        site_key: text("trust_internal_service_key").into(),
        hub_shared: std::collections::BTreeMap::new(),
    };
    let hub = world.hub_mut()?;
    if let Some(former) = hub.trusts.remove(name) {
        hub.trusts.insert(former_name(name), former);
    }
    hub.adopt(name, fresh);
    Ok(())
}

/// What a trust is called after another registration took its name.
pub(super) fn former_name(name: &str) -> String {
    format!("former {name}")
}

async fn deleted(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let id = hub.trust(args.group(0))?.id.clone();
    hub.control()?.delete_trust(&id).await?;
    hub.rows_removed = true;
    Ok(())
}

async fn noted(world: &mut World, _: Args) -> Judged {
    world.hub_stage().await?;
    let names = trust_rows(world).await?;
    world.vars.insert("noted trusts".to_owned(), names);
    Ok(())
}

/// Id, name and slot of every trust, as text to compare.
pub(super) async fn trust_rows(world: &World) -> Judged<String> {
    let list = world.hub()?.control()?.control.get("/control/trusts").await?;
    let rows = list.as_array().cloned().unwrap_or_default();
    let row = |trust: &Value| format!("{} {} {}", trust["id"], trust["name"], trust["slot"]);
    Ok(rows.iter().map(row).collect::<Vec<_>>().join(", "))
}

async fn every_list(world: &mut World, _: Args) -> Judged {
    let served = world.edition().admin_list_served;
    let hub = world.hub_mut()?;
    let mut asks = Vec::new();
    for path in [TRUST_LIST, ONLINE_LIST].into_iter().chain(served.then_some(REGISTRATION)) {
        asks.push(hub.as_user("admin", Ask::get(path)).await?);
    }
    let replies = hub.ask_each(asks).await?;
    let open = replies.iter().all(|reply| reply.status == 200);
    must_hold(open, "not every list is shown to an admin", world.hub()?.last()?)
}
