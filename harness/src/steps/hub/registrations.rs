//! What registrations handed out, who holds what, and where keys show.

use std::collections::BTreeSet;

use serde_json::Value;

use super::registry::{former_name, trust_rows};
use super::{broken, demand, fact, group_lines, judge_last};
use crate::control::Registration;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::hub::{Breach, refusal, registration};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"the registration has the name "(.*)" and the code "(.*)""# => named,
    r"the reply is a whole registration" => whole,
    r"all these registrations are distinct" => distinct,
    r#"the registration got the slot "(.+)""# => slot,
    r#"the registrations got the slots "(.+)" in this order"# => slots,
    r#"the registration got another slot than "(\w+)" had"# => other_slot,
    r"no slot is held by two trusts" => no_shared_slot,
    r"the hub has the same trusts as before" => same_as_noted,
    r#"exactly one trust has a name like "(.+)""# => one_of_name,
    r"the reply shows no key" => shows_no_key,
    r#"the key of "(\w+)" is accepted"# => key_accepted,
    r#"the key of "(\w+)" is refused"# => key_refused,
    r#"the former key of "(\w+)" is refused as if it had never been issued"# => former_key_refused,
    r#""(\w+)" has another id than before"# => other_id,
    r#""(\w+)" has other keys than before"# => other_keys,
    r#"the former kits of "(.+)" are orphaned"# => orphaned,
    r#"the FL kits of "(.+)" no longer fit their trusts, and that of "(\w+)" does"# => slots_moved,
    r"no list shows a key or the hash of one" => lists_are_clean,
    r"the hub's stored state shows no key" => state_is_clean,
];

async fn named(world: &mut World, args: Args) -> Judged {
    judge_last(world, |reply| {
        let body = reply.json();
        let holds = body["name"] == args.group(0) && body["code"] == args.group(1);
        let expected = format!("name {:?} and code {:?}", args.group(0), args.group(1));
        let observed = format!("{}: name {}, code {}", reply.status, body["name"], body["code"]);
        (!holds).then(|| Breach::new(expected, observed))
    })
}

async fn whole(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        refusal::status(reply, 201).or_else(|| registration::judge(&reply.json()))
    })
}

async fn distinct(world: &mut World, _: Args) -> Judged {
    let bodies = registrations(world)?;
    let whole = bodies.iter().find_map(registration::judge);
    demand(world, whole.or_else(|| registration::distinct(&bodies)), Vec::new())
}

/// The registrations of the last group; at least one, or nothing was tested.
fn registrations(world: &World) -> Judged<Vec<Value>> {
    let group = world.hub()?.last_group();
    let granted = group.iter().filter(|seen| seen.reply.status == 201);
    let bodies: Vec<Value> = granted.map(|seen| seen.reply.json()).collect();
    if bodies.is_empty() {
        return Err(Stop::not_verified("no registration was granted"));
    }
    Ok(bodies)
}

async fn slot(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0);
    judge_last(world, |reply| {
        let seen = reply.json()["fl_kit_slot"].clone();
        let expected = format!("slot {wanted:?}");
        (seen != wanted).then(|| Breach::new(expected, format!("{}: slot {seen}", reply.status)))
    })
}

async fn slots(world: &mut World, args: Args) -> Judged {
    let dealt: Vec<String> = registrations(world)?
        .iter()
        .map(|body| body["fl_kit_slot"].as_str().unwrap_or_default().to_owned())
        .collect();
    fact(world, dealt.join(", ") == args.group(0), args.group(0), dealt.join(", "))
}

async fn other_slot(world: &mut World, args: Args) -> Judged {
    let former = world.hub()?.trust(args.group(0))?.slot.clone();
    judge_last(world, |reply| {
        let got = reply.json()["fl_kit_slot"].clone();
        let expected =
            format!("another slot than {former:?}, which its former holder may still use");
        let same = got == former.as_str() || got.is_null();
        same.then(|| Breach::new(expected, format!("{}: slot {got}", reply.status)))
    })
}

async fn no_shared_slot(world: &mut World, _: Args) -> Judged {
    let dealt: Vec<String> = registrations(world)?
        .iter()
        .map(|body| body["fl_kit_slot"].as_str().unwrap_or_default().to_owned())
        .collect();
    let different: BTreeSet<&String> = dealt.iter().collect();
    fact(world, different.len() == dealt.len(), "one trust a slot", dealt.join(", "))
}

async fn same_as_noted(world: &mut World, _: Args) -> Judged {
    let before = world.vars.get("noted trusts").cloned();
    let before = before.ok_or_else(|| Stop::not_verified("no trusts were noted"))?;
    let now = trust_rows(world).await?;
    fact(world, now == before, &format!("the trusts [{before}]"), format!("[{now}]"))
}

async fn one_of_name(world: &mut World, args: Args) -> Judged {
    let list = world.hub()?.control()?.control.get("/control/trusts").await?;
    let rows = list.as_array().cloned().unwrap_or_default();
    let wanted = args.group(0).to_lowercase();
    let alike = rows
        .iter()
        .filter(|trust| trust["name"].as_str().is_some_and(|name| name.to_lowercase() == wanted));
    let count = alike.count();
    fact(world, count == 1, "one trust of that name", format!("{count} trusts"))
}

async fn shows_no_key(world: &mut World, _: Args) -> Judged {
    judge_last(world, |reply| {
        let shown = registration::keys(&reply.json());
        let name = shown.first().map(|(name, _)| *name)?;
        Some(Breach::new("no key in the reply", format!("{}: a {name}", reply.status)))
    })
}

async fn key_accepted(world: &mut World, args: Args) -> Judged {
    heartbeat(world, args.group(0)).await?;
    judge_last(world, |reply| refusal::status(reply, 200))
}

async fn key_refused(world: &mut World, args: Args) -> Judged {
    heartbeat(world, args.group(0)).await?;
    judge_last(world, |reply| refusal::status(reply, 401))
}

async fn former_key_refused(world: &mut World, args: Args) -> Judged {
    heartbeat(world, &former_name(args.group(0))).await?;
    let (evidence, words) = (world.edition().evidence, contract::wire::refusal::KEY_UNKNOWN);
    judge_last(world, |reply| refusal::text(reply, evidence, 401, words))
}

async fn heartbeat(world: &mut World, name: &str) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.heartbeat(name)?;
    hub.ask(ask).await.map(drop)
}

async fn other_id(world: &mut World, args: Args) -> Judged {
    let [now, former] = pair(world, args.group(0))?;
    fact(world, now.id != former.id, "a new id", "the id of the former registration")
}

async fn other_keys(world: &mut World, args: Args) -> Judged {
    let [now, former] = pair(world, args.group(0))?;
    let fresh = now.trust_api_key != former.trust_api_key && now.site_key != former.site_key;
    fact(world, fresh, "two new keys", "a key of the former registration")
}

fn pair<'w>(world: &'w World, name: &str) -> Judged<[&'w Registration; 2]> {
    let hub = world.hub()?;
    Ok([hub.trust(name)?, hub.trust(&former_name(name))?])
}

/// A kit is orphaned when its key opens nothing and its trust id is nobody's any more.
async fn orphaned(world: &mut World, args: Args) -> Judged {
    for name in args.group(0).split(", ") {
        heartbeat(world, &former_name(name)).await?;
        judge_last(world, |reply| refusal::status(reply, 401))?;
        heartbeat(world, name).await?;
        judge_last(world, |reply| refusal::status(reply, 200))?;
        let [now, former] = pair(world, name)?;
        let fresh = now.id != former.id
            && now.trust_api_key != former.trust_api_key
            && now.site_key != former.site_key;
        fact(world, fresh, "a new id and two new keys", format!("{name} has one of the former"))?;
    }
    Ok(())
}

/// Which trusts have another slot than the one their FL kit was made for.
async fn slots_moved(world: &mut World, args: Args) -> Judged {
    let mut moved = Vec::new();
    let names = args.group(0).split(", ").chain([args.group(1)]);
    for name in names.filter(|name| !name.is_empty()) {
        let [now, former] = pair(world, name)?;
        if now.slot != former.slot {
            moved.push(name);
        }
    }
    let expected = format!("other slots for {} alone", args.group(0));
    fact(world, moved.join(", ") == args.group(0), &expected, format!("for {}", moved.join(", ")))
}

async fn lists_are_clean(world: &mut World, _: Args) -> Judged {
    let hub = world.hub()?;
    let mut texts: Vec<String> =
        hub.last_group().iter().map(|seen| seen.reply.text.clone()).collect();
    texts.dedup();
    let found = texts.iter().find_map(|text| shown_secret(world, text, true));
    demand(world, found, group_lines(world)?)
}

async fn state_is_clean(world: &mut World, _: Args) -> Judged {
    let state = world.hub()?.control()?.control.get("/control/snapshot").await?.to_string();
    if state.len() < 3 || !world.hub()?.trusts.values().any(|trust| state.contains(&trust.id)) {
        return Err(Stop::not_verified("the hub's state does not show the registered trust"));
    }
    match shown_secret(world, &state, false) {
        Some(breach) => Err(broken(world, breach, Vec::new())),
        None => Ok(()),
    }
}

/// A key of a trust in a text, or its hash when that counts too.
fn shown_secret(world: &World, text: &str, hashes: bool) -> Option<Breach> {
    let hub = world.hub().ok()?;
    for (name, trust) in &hub.trusts {
        for (what, key) in [("key", &trust.trust_api_key), ("site key", &trust.site_key)] {
            let hash = contract::key::sha256_hex(key.expose().as_bytes());
            if text.contains(key.expose()) {
                return Some(Breach::new("no key", format!("the {what} of {name}")));
            }
            if hashes && text.to_lowercase().contains(&hash) {
                return Some(Breach::new("no hash", format!("the hash of the {what} of {name}")));
            }
        }
    }
    None
}
