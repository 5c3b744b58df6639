//! Rotation at the hub as a drill: which side moves first, and what the order costs (rotation 1).

use contract::key::{Secret, mint_key, mint_payload_key};
use serde_json::json;

use super::training::{self, own_line, slots, stored};
use super::{demand, fact, group_lines, model_row};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, HubStage};
use crate::oracle::hub::Breach;
use crate::oracle::hub::pairing::{self, Verdict};
use crate::oracle::hub::payload::{self, delivered};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"(flip-api|fl-server) alone is redeployed with the next hub-internal key" => one_redeployed,
    r"the other one is redeployed too" => other_redeployed,
    r#"a training of (\d+) rounds with "(\w+)" and "(\w+)" runs on the keys of the moment"# => trains,
    r"every post of the training was refused with (\d+), and the FL server said RESULTS_UPLOADED" => all_refused,
    r"the model is as it was before the training" => untouched,
    r"the training is called a silent loss" => called_loss,
    r#"the FL server, still with the former key, posts a metric of "(\w+)""# => posts_with_former,
    r#"the FL server, still with the former key, sets the status "(\w+)""# => sets_with_former,
    r#""(\w+)" gets its tasks and does each"# => does_each,
    r"every payload key of the hub changes" => keys_change,
    r"each payload opens with the hub's present key and with no former one" => present_key_only,
    r#"the trust "(\w+)" is registered and nobody brings the hub its half"# => without_half,
    r#"somebody brings the hub the half of "(\w+)""# => half_brought,
    r#"the payload is an envelope under the key of "(\w+)""# => under_own_key,
];

// ---- the hub-internal key ----

/// One of the two who must agree gets the next key; the other keeps what it has.
async fn one_redeployed(world: &mut World, args: Args) -> Judged {
    let next = mint_key(&mut rand::rng());
    let hub = world.hub_stage().await?;
    let former = hub.internal_key().await?;
    hub.keep_secret("the next hub-internal key", &next);
    hub.former_internal_key = Some(former.clone());
    if args.group(0) == "flip-api" {
        put_internal(hub, &next).await?;
        hub.learn_internal_key(&next);
        hub.fl_server_key = Some(former);
    } else {
        hub.fl_server_key = Some(next);
    }
    Ok(())
}

/// From here on both hold the same key.
async fn other_redeployed(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_mut()?;
    let held = hub.fl_server_key.take();
    let held = held.ok_or_else(|| Stop::not_verified("no side was redeployed before"))?;
    if Some(&held) != hub.former_internal_key.as_ref() {
        put_internal(hub, &held).await?;
        hub.learn_internal_key(&held);
    }
    Ok(())
}

async fn put_internal(hub: &HubStage, key: &Secret) -> Judged {
    let body = json!({"value": key.expose(), "force": true});
    hub.control()?.control.put("/control/keys/internal", body).await?;
    Ok(())
}

async fn trains(world: &mut World, args: Args) -> Judged {
    let rounds: usize = args.number(0)?;
    let line = own_line(world)?;
    let before = model_row(world).await?["status"].to_string();
    world.vars.insert(STATUS_BEFORE.to_owned(), before);
    world.vars.insert("rounds".to_owned(), rounds.to_string());
    let clients = slots(world, &[args.group(1), args.group(2)])?;
    let mut order = json!({"rounds": rounds, "clients": clients, "labels": ["TRAIN_LOSS"]});
    if let Some(key) = &world.hub()?.fl_server_key {
        order["key"] = json!(key.expose());
    }
    training::run(world, line, order).await
}

async fn all_refused(world: &mut World, args: Args) -> Judged {
    let status: u64 = args.number(0)?;
    let report = training::report(world)?;
    let answers = report["answers"].as_array().cloned().unwrap_or_default();
    if answers.is_empty() {
        return Err(Stop::not_verified("the FL server posted nothing"));
    }
    let odd = answers.iter().filter(|post| post["status"] != status).count();
    let observed = format!("{odd} of {} posts otherwise", answers.len());
    fact(world, odd == 0, &format!("{status} for every post"), observed)?;
    let ended = report["ended"].to_string();
    fact(world, report["ended"] == "RESULTS_UPLOADED", "refusals that are swallowed", ended)
}

async fn untouched(world: &mut World, _: Args) -> Judged {
    let before = world.vars.get(STATUS_BEFORE).cloned();
    let before = before.ok_or_else(|| Stop::not_verified("no training ran in this scenario"))?;
    let model = model_row(world).await?;
    let count = |member: &str| model[member].as_array().map_or(0, Vec::len);
    let (metrics, logs, now) = (count("metrics"), count("logs"), model["status"].to_string());
    let observed = format!("status {now}, {metrics} metrics, {logs} logs");
    let holds = now == before && metrics == 0 && logs == 0;
    fact(world, holds, &format!("status {before} and no row"), observed)
}

async fn called_loss(world: &mut World, _: Args) -> Judged {
    let (line, extent) = training::pair(world)?;
    let ended = training::report(world)?["ended"].as_str().unwrap_or_default().to_owned();
    let called = pairing::verdict(pairing::sent(line, extent), stored(world).await?, &ended);
    fact(world, called == Verdict::SilentLoss, "a silent loss", format!("{called:?}"))
}

async fn posts_with_former(world: &mut World, args: Args) -> Judged {
    let edition = world.edition();
    let hub = world.hub_mut()?;
    let body = super::ingest::metric(edition, &hub.client(args.group(0))?);
    let ask = Ask::post(format!("/model/{}/metrics", hub.model("model")?)).json(&body);
    ask_with_former(hub, ask).await
}

async fn sets_with_former(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = Ask::put(format!("/model/{}/status/{}", hub.model("model")?, args.group(0)));
    ask_with_former(hub, ask).await
}

async fn ask_with_former(hub: &mut HubStage, ask: Ask) -> Judged {
    let former = hub.former_internal_key.clone();
    let former = former.ok_or_else(|| Stop::not_verified("the key was not rotated"))?;
    let header = hub.ingest_header();
    hub.ask(ask.header(header, former.expose())).await.map(drop)
}

// ---- payload keys ----

/// An honest trust that holds the right key: gets what waits and reports each as done.
async fn does_each(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let poll = hub.poll(args.group(0))?;
    let reply = hub.ask(poll.clone()).await?;
    let tasks = delivered(&poll, &reply);
    if tasks.is_empty() {
        let breach = Breach::new("work that was queued for this trust", reply.status.to_string());
        let lines = group_lines(world)?;
        return demand(world, Some(breach), lines);
    }
    let mut asks = Vec::new();
    for task in &tasks {
        let body = json!({"success": true, "result": null});
        asks.push(hub.report(args.group(0), &task.id, &body)?);
    }
    let begin = hub.group;
    hub.ask_each(asks).await?;
    hub.group = begin;
    Ok(())
}

async fn keys_change(world: &mut World, _: Args) -> Judged {
    let hub = world.hub_stage().await?;
    let mut kids = vec![contract::envelope::SHARED_KID.to_owned()];
    if hub.edition.trust_payload_keys {
        kids.extend(hub.trusts.values().map(|trust| format!("trust-{}", trust.id)));
    }
    for kid in kids {
        let key = mint_payload_key(&mut rand::rng());
        let body = json!({"kid": kid, "base64": key.expose()});
        hub.control()?.control.put("/control/keys/aes", body).await?;
        hub.keep_payload_key(&kid, &key);
    }
    Ok(())
}

async fn present_key_only(world: &mut World, _: Args) -> Judged {
    let hub = world.hub()?;
    let keys = &hub.payload_keys;
    let (present, former): (Vec<_>, Vec<_>) = keys
        .iter()
        .cloned()
        .enumerate()
        .partition(|(at, (kid, _))| !keys.iter().skip(at + 1).any(|(later, _)| later == kid));
    let [present, former] =
        [present, former].map(|half| half.into_iter().map(|(_, key)| key).collect::<Vec<_>>());
    if former.is_empty() {
        return Err(Stop::not_verified("no payload key was changed"));
    }
    let group = hub.last_group();
    let tasks: Vec<_> = group.iter().flat_map(|seen| delivered(&seen.ask, &seen.reply)).collect();
    if tasks.is_empty() {
        return Err(Stop::not_verified("no payload was delivered"));
    }
    let cipher = hub.edition.cipher;
    let opens = |keys: &[(String, Secret)], task: &payload::Delivered| {
        let context = contract::envelope::task_context(&task.task_type);
        payload::open_with(cipher, keys, &context, &task.payload).is_ok()
    };
    let odd = tasks.iter().filter(|task| !opens(&present, task) || opens(&former, task)).count();
    let observed = format!("{odd} of {} payloads otherwise", tasks.len());
    fact(world, odd == 0, "payloads under the key of the moment they are handed out", observed)
}

async fn without_half(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_stage().await?;
    hub.control()?.settings(json!({"adopt_trust_keys": false})).await?;
    hub.register(args.group(0)).await
}

async fn half_brought(world: &mut World, args: Args) -> Judged {
    let hub = world.hub()?;
    let shared = &hub.trust(args.group(0))?.hub_shared;
    let text = |key: &str| shared.get(key).cloned().unwrap_or_default();
    let body = json!({"kid": text("TRUST_AES_KID"), "base64": text("TRUST_AES_KEY_BASE64")});
    hub.control()?.control.put("/control/keys/aes", body).await?;
    Ok(())
}

async fn under_own_key(world: &mut World, args: Args) -> Judged {
    let kid = format!("trust-{}", world.hub()?.trust(args.group(0))?.id);
    let group = world.hub()?.last_group();
    let task = group.iter().flat_map(|seen| delivered(&seen.ask, &seen.reply)).next();
    let task = task.ok_or_else(|| Stop::not_verified("no payload was delivered"))?;
    demand(world, payload::envelope_form(&task.payload, &kid), group_lines(world)?)
}

const STATUS_BEFORE: &str = "status before the training";
