//! Changing keys, and beginning again with an empty database.

use contract::key::Secret;
use serde_json::json;

use super::{UNKNOWN_ID, demand, fact, group_lines};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::Ask;
use crate::oracle::hub::Breach;
use crate::oracle::hub::payload::delivered;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"the hub-internal key is rotated" => rotated,
    r"the hub-internal key is made again without force" => made_again,
    r"the hub-internal key is still the same" => still_same,
    r"the (former|present) hub-internal key is (refused|accepted) on every ingest route" => on_every_route,
    r"the hub's payload key changes" => payload_key_changes,
    r#""(\w+)" gets its tasks and fails each because its own payload key is stale"# => fails_for_stale_key,
    r#"the kit of "(\w+)" is put right"# => kit_put_right,
    r"the hub's database is recreated" => recreated,
    r#"no task, metric or log of the former "(\w+)" is left"# => nothing_left,
];

async fn rotated(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let former = hub.internal_key().await?;
    let body = json!({"force": true});
    let reply = hub.control()?.control.put("/control/keys/internal", body).await?;
    let fresh = Secret::new(reply["value"].as_str().unwrap_or_default());
    if fresh.is_empty() || fresh == former {
        return Err(Stop::not_verified("the hub-internal key did not change"));
    }
    hub.learn_internal_key(&fresh);
    hub.former_internal_key = Some(former);
    Ok(())
}

async fn made_again(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    hub.internal_key().await?;
    let reply = hub.control()?.control.put("/control/keys/internal", json!({})).await?;
    let text = reply["value"].as_str().unwrap_or_default().to_owned();
    world.vars.insert("key made again".to_owned(), Secret::new(text).token());
    Ok(())
}

async fn still_same(world: &mut World, _: Args) -> Judged {
    let now = world.vars.get("key made again").cloned();
    let now = now.ok_or_else(|| Stop::not_verified("no key was made again"))?;
    let before = world.hub_mut()?.internal_key().await?.token();
    fact(world, now == before, "the key as it was", "another key")
}

async fn on_every_route(world: &mut World, args: Args) -> Judged {
    let edition = world.edition();
    let hub = world.hub_stage().await?;
    let key = if args.group(0) == "former" {
        let former = hub.former_internal_key.clone();
        former.ok_or_else(|| Stop::not_verified("the hub-internal key was not rotated"))?
    } else {
        hub.internal_key().await?
    };
    let header = hub.ingest_header();
    let base = format!("/model/{UNKNOWN_ID}");
    let asks = vec![
        Ask::post(format!("{base}/metrics")).json(&super::ingest::metric(edition, "Trust_1")),
        Ask::post(format!("{base}/logs")).json(&super::ingest::log(edition, "Trust_1")),
        Ask::put(format!("{base}/status/PREPARED")),
    ];
    let asks = asks.into_iter().map(|ask| ask.header(header, key.expose())).collect();
    let replies = hub.ask_each(asks).await?;
    let refused = replies.iter().filter(|reply| reply.status == 401).count();
    let wanted = if args.group(1) == "refused" { replies.len() } else { 0 };
    let expected = format!("{wanted} of {} routes to refuse the key", replies.len());
    let breach = (refused != wanted).then(|| Breach::new(expected, format!("{refused} do")));
    demand(world, breach, group_lines(world)?)
}

async fn payload_key_changes(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let reply = hub.control()?.payload_key(None).await?;
    let key = Secret::new(reply["base64"].as_str().unwrap_or_default());
    if key.is_empty() {
        return Err(Stop::not_verified("the hub has no new payload key"));
    }
    hub.keep_payload_key("shared", &key);
    Ok(())
}

/// Plays a trust whose kit was not updated: it cannot open anything and says so.
async fn fails_for_stale_key(world: &mut World, args: Args) -> Judged {
    let failure = json!({"error": STALE_KEY_TEXT}).to_string();
    let hub = world.hub_mut()?;
    let poll = hub.poll(args.group(0))?;
    let reply = hub.ask(poll.clone()).await?;
    let tasks = delivered(&poll, &reply);
    let mut asks = Vec::new();
    for task in &tasks {
        let body = json!({"success": false, "result": failure});
        asks.push(hub.report(args.group(0), &task.id, &body)?);
    }
    hub.ask_each(asks).await.map(drop)
}

/// From here on the trust could open its work; what the hub still holds for it comes with polls.
async fn kit_put_right(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let heartbeat = hub.heartbeat(args.group(0))?;
    hub.ask(heartbeat).await?;
    let wait = std::time::Duration::from_secs(RECOVERY_MINUTES * 60);
    hub.control()?.advance(wait).await?;
    Ok(())
}

async fn recreated(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    hub.control()?.control.post("/control/reset", json!({})).await?;
    hub.rows_removed = true;
    Ok(())
}

async fn nothing_left(world: &mut World, args: Args) -> Judged {
    let hub = world.hub()?;
    let former = hub.trust(&format!("former {}", args.group(0)))?;
    let (id, slot) = (former.id.clone(), former.slot.clone());
    let tasks = hub.control()?.control.get("/control/tasks").await?;
    let count = |list: &serde_json::Value| {
        let rows = list.as_array().cloned().unwrap_or_default();
        let own = |row: &&serde_json::Value| {
            row["trust_id"] == id.as_str() || row["fl_client_name"] == slot.as_str()
        };
        rows.iter().filter(own).count()
    };
    let model = super::model_row(world).await?;
    let left = [count(&tasks), count(&model["metrics"]), count(&model["logs"])];
    let observed = format!("{} tasks, {} metrics, {} logs", left[0], left[1], left[2]);
    fact(world, left == [0, 0, 0], "nothing of the former registration", observed)
}

/// What a trust reports when its payload key is not the hub's.
const STALE_KEY_TEXT: &str =
    "Invalid payload: Payload failed authentication (wrong key, context, or tampered ciphertext)";
const RECOVERY_MINUTES: u64 = 41;
