//! Who is Online, who was seen when, and what the hub says of itself.

use contract::edition::TrustList;
use contract::envelope::key_bytes;
use contract::key::fingerprint;
use serde_json::Value;

use super::{demand, fact, group_lines, judge_last, must_hold};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::{Ask, ONLINE_LIST, TRUST_LIST};
use crate::oracle::hub::Breach;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the hub lists "(\w+)" as (Online|Offline)"# => listed,
    r#"the hub has never seen "(\w+)""# => never_seen,
    r#"the hub has seen "(\w+)" at its own present time"# => seen_now,
    r"the reply reports the fingerprint of the hub's payload key" => reports_fingerprint,
    r"the reply reports no fingerprint" => no_fingerprint,
    r#"the reply reports the release "(.+)""# => reports_release,
    r#"the hub's health reply reports the release "(.+)""# => health_release,
];

async fn listed(world: &mut World, args: Args) -> Judged {
    let row = online_row(world, args.group(0)).await?;
    let online = row["online"].as_bool();
    let expected = format!("{} {}", args.group(0), args.group(1));
    let holds = online == Some(args.group(1) == "Online");
    fact(world, holds, &expected, format!("online {}", row["online"]))
}

async fn online_row(world: &mut World, name: &str) -> Judged<Value> {
    row(world, ONLINE_LIST, "trustId", name).await
}

/// The row of a trust in a list the hub shows to a user.
async fn row(world: &mut World, path: &str, member: &str, name: &str) -> Judged<Value> {
    let hub = world.hub_mut()?;
    let id = hub.trust(name)?.id.clone();
    let ask = hub.as_user("admin", Ask::get(path)).await?;
    let reply = hub.ask(ask).await?;
    let list = reply.json();
    let rows = list.as_array().cloned().unwrap_or_default();
    let found = rows.into_iter().find(|row| row[member] == id.as_str());
    must_hold(found.is_some(), "the list does not hold the trust", world.hub()?.last()?)?;
    Ok(found.unwrap_or_default())
}

/// When the hub last heard of a trust, as its list says, or our control API where the edition's list
/// does not. A list that should say so and does not has tested nothing.
async fn last_heartbeat(world: &mut World, name: &str) -> Judged<Value> {
    if world.edition().trust_list == TrustList::Names {
        let hub = world.hub()?;
        let id = hub.trust(name)?.id.as_str();
        let list = hub.control()?.control.get("/control/trusts").await?;
        let row = list.as_array().and_then(|rows| rows.iter().find(|row| row["id"] == id));
        let seen = row.and_then(|row| row.get("last_heartbeat")).cloned();
        return seen.ok_or_else(|| Stop::not_verified("the control API does not list the trust"));
    }
    let row = row(world, TRUST_LIST, "id", name).await?;
    let last = world.hub()?.last()?;
    let seen = row.get("last_heartbeat").cloned();
    must_hold(seen.is_some(), "the list does not say when a trust was heard last", last)?;
    Ok(seen.unwrap_or_default())
}

async fn never_seen(world: &mut World, args: Args) -> Judged {
    let seen = last_heartbeat(world, args.group(0)).await?;
    // A hub that is not ours may have heard of the trust before this scenario.
    let before = world.hub()?.heard_before.get(args.group(0)).cloned().unwrap_or_default();
    let expected = match &before {
        Value::Null => "no heartbeat on record".to_owned(),
        before => format!("no heartbeat later than {before}"),
    };
    fact(world, seen == before, &expected, format!("last_heartbeat {seen}"))
}

async fn seen_now(world: &mut World, args: Args) -> Judged {
    let heard = last_heartbeat(world, args.group(0)).await?;
    let status = world.hub()?.control()?.control.get("/control/status").await?;
    let now = status["now"].as_str().unwrap_or_default();
    let now: jiff::Timestamp = now.parse().map_err(Stop::not_verified)?;
    let seen = heard.as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let apart = seen.map(|seen| seen.duration_since(now).abs().as_secs());
    let holds = apart.is_some_and(|secs| secs < CLOSE_SECS);
    let observed = format!("last_heartbeat {heard}");
    fact(world, holds, &format!("a heartbeat at {now}"), observed)
}

async fn reports_fingerprint(world: &mut World, _: Args) -> Judged {
    let keys = &world.hub()?.payload_keys;
    let shared = keys.iter().rev().find(|(kid, _)| kid == "shared");
    let (_, key) = shared.ok_or_else(|| Stop::not_verified("the hub's payload key is unknown"))?;
    let wanted = fingerprint(&key_bytes(key.expose()).map_err(Stop::not_verified)?);
    judge_last(world, |reply| {
        let seen = reply.json()["aes_key_fingerprint"].clone();
        let expected = format!("aes_key_fingerprint {wanted:?}");
        (seen != wanted.as_str()).then(|| Breach::new(expected, seen.to_string()))
    })
}

async fn no_fingerprint(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        let body = reply.json();
        let null = body.get("aes_key_fingerprint").is_some_and(Value::is_null);
        let observed = format!("{} with {}", reply.status, body["aes_key_fingerprint"]);
        let holds = reply.status == 200 && null;
        (!holds).then(|| Breach::new("a 200 with aes_key_fingerprint null", observed))
    })
}

async fn reports_release(world: &mut World, args: Args) -> Judged {
    judge_last(world, |reply| {
        let seen = reply.json()["hub_version"].clone();
        let expected = format!("hub_version {:?}", args.group(0));
        (seen != args.group(0)).then(|| Breach::new(expected, seen.to_string()))
    })
}

async fn health_release(world: &mut World, args: Args) -> Judged {
    let reply = world.hub_mut()?.ask(Ask::get("/health")).await?;
    let seen = reply.json()["version"].clone();
    let expected = format!("version {:?}", args.group(0));
    let breach =
        (seen != args.group(0)).then(|| Breach::new(expected, format!("{}: {seen}", reply.status)));
    demand(world, breach, group_lines(world)?)
}

/// What a busy machine may need between a heartbeat and a look at the clock.
const CLOSE_SECS: i64 = 20;
