//! Hubs that refuse, break off, stay silent, send elsewhere or show a wrong certificate.

use contract::capture::Exchange;
use serde_json::{Value, json};

use super::fault_words::hub_fault;
use super::federation::pass;
use super::tasks::line;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::cycles::{pauses_ms, repetitions};
use crate::oracle::secrets::shown_in;
use crate::stage::Decoy;
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the hub meets every call with (.*) for three cycles" => hostile,
    r#"the hub meets "(\w+)" with (.*) for three cycles"# => hostile_on,
    r"the hub is away for three cycles" => away,
    r"a normal cycle follows within one interval" => normal_again,
    r"no cycle held more than one heartbeat and one poll" => no_repetition,
    r"the hub enforces its rate limits" => limited,
    r"the hub has refused a call with 429" => was_limited,
    r#"the hub stays silent once on "(\w+)""# => silent_once,
    r"the trust gives the silent call up after 30 s" => gives_up,
    r"the hub drips its poll replies" => drips,
    r"a dripping reply is given up within (\d+) s" => gives_drip_up,
    r#"the hub refuses "(\w+)" once with (\d+) and Retry-After (\d+)"# => retry_after,
    r"the refused call is not repeated before (\d+) s have passed" => waited_as_told,
    r"the pause between cycles has grown after (\d+) failed cycles" => pause_grew,
    r#"the hub redirects "(\w+)" to another origin with (\d+)"# => redirects,
    r#"the hub has redirected "(\w+)""# => was_redirected,
    r"the other origin was not called" => not_followed,
    r"the other origin did not get the (?:trust|site) key" => key_kept,
    r#"the site redirects "([\w.]+)" to another origin with (\d+)"# => site_redirects,
    r#"the site has redirected "([\w.]+)", which was shown the site key"# => site_has_redirected,
    r#"the trust key travels in the header "([\w-]+)""# => key_header,
    r"the hub's clock is (-?\d+) h off" => clock_off,
];

async fn hostile(world: &mut World, args: Args) -> Judged {
    three_cycles_of(world, "", args.group(0)).await
}

async fn hostile_on(world: &mut World, args: Args) -> Judged {
    three_cycles_of(world, args.group(0), args.group(1)).await
}

async fn three_cycles_of(world: &mut World, route: &str, words: &str) -> Judged {
    let mut fault = hub_fault(words)?;
    if !route.is_empty() {
        fault["route"] = json!(route);
    }
    world.staged()?.hub_control.control.arm(fault).await?;
    pass(world, 3).await
}

/// A closed port captures nothing: what shows the cycles is the trust's own log.
async fn away(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Logs)?;
    let stage = world.staged()?;
    stage.hub_control.control.listener(HUB_LISTENER, false).await?;
    let (log, from) = (stage.log.clone(), stage.log.newest());
    let waited =
        eventually(world.patience(3.0 * WIDENED_SECS), "three failed polls in the log", || async {
            let lines = log.after(from);
            let failed = lines.iter().filter(|line| line.message().contains("polling for tasks"));
            let failed = failed.count();
            Probe::found((failed >= 3).then_some(()), format!("{failed} failed polls"))
        })
        .await;
    waited.map_err(|overdue| {
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        world.broken("the trust keeps polling", overdue.to_string()).shown_by(tail).into()
    })
}

/// The hub answers as ever from now on; its own words for what follows, on top of what a busy machine
/// may need.
async fn normal_again(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    stage.hub_control.control.disarm_all().await?;
    stage.hub_control.control.listener(HUB_LISTENER, true).await?;
    let before = world.hub_seen(None).await?.last().map_or(0, |exchange| exchange.seq);
    let interval_ms = world.staged()?.poll_interval_ms(world.time_scale());
    let patience =
        world.patience(WIDENED_SECS) + std::time::Duration::from_secs_f64(interval_ms / 1000.0);
    let waited = world
        .until_hub_saw(patience, "a normal cycle", None, |seen| {
            let mut after = seen.iter().filter(|exchange| exchange.seq > before);
            let heartbeat = after.any(|call| call.route == "heartbeat" && is_accepted(call));
            let poll = after.any(|call| call.route == "pending" && call.status == 200);
            Probe::found((heartbeat && poll).then_some(()), "no accepted heartbeat and poll")
        })
        .await?;
    waited.map_err(|overdue| {
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        let expected = "an accepted heartbeat and poll within one interval of the hub's return";
        world.broken(expected, overdue.to_string()).shown_by(tail).into()
    })
}

fn is_accepted(call: &Exchange) -> bool {
    (200..300).contains(&call.status)
}

async fn no_repetition(world: &mut World, _: Args) -> Judged {
    let seen = world.hub_seen(None).await?;
    let apart_ms = world.staged()?.poll_interval_ms(world.time_scale()) / 2.0;
    match repetitions(&seen, apart_ms).first() {
        None => Ok(()),
        Some(flaw) => {
            let lines = flaw.shown_by.iter().map(|&at| line(&seen[at]));
            let finding = world.broken("one heartbeat and one poll a cycle", flaw.what.clone());
            Err(finding.shown_by(lines).into())
        }
    }
}

async fn limited(world: &mut World, _: Args) -> Judged {
    Ok(world.staged()?.hub_control.rate_limits(true).await?)
}

async fn was_limited(world: &mut World, _: Args) -> Judged {
    let waited = world
        .until_hub_saw(world.patience(1000.0), "a 429", None, |seen| {
            let limited = seen.iter().any(|call| call.status == 429);
            Probe::found(limited.then_some(()), format!("{} calls, none limited", seen.len()))
        })
        .await?;
    waited.map_err(Stop::not_verified)
}

async fn silent_once(world: &mut World, args: Args) -> Judged {
    let fault = json!({"name": "hang", "route": args.group(0), "next": 1});
    world.staged()?.hub_control.control.arm(fault).await?;
    Ok(())
}

/// The lower bound is the contract's, scaled; the upper one has room for a busy machine.
async fn gives_up(world: &mut World, _: Args) -> Judged {
    let waited = world
        .until_hub_saw(world.patience(GIVE_UP_SECS.1), "the end of the call", None, |seen| {
            Probe::found(seen.iter().find(|call| is_hung(call)).cloned(), "still waiting")
        })
        .await?;
    let expected = "the call given up after 30 s (±3)";
    let call = waited.map_err(|overdue| world.broken(expected, overdue.to_string()))?;
    let lasted_ms = call.ended_ms - call.at_ms;
    if lasted_ms >= world.scaled(GIVE_UP_SECS.0).as_secs_f64() * 1000.0 - LATE_MS {
        return Ok(());
    }
    Err(world.broken(expected, format!("{lasted_ms:.0} ms")).shown_by([line(&call)]).into())
}

fn is_hung(call: &Exchange) -> bool {
    call.fault.as_deref().is_some_and(|fault| fault.contains("hang"))
}

/// A long reply, one byte every 5 s: whole after hours.
async fn drips(world: &mut World, _: Args) -> Judged {
    let long = json!({"tasks": [], "padding": "x".repeat(4000)}).to_string();
    let every_ms = u64::try_from(world.scaled(5.0).as_millis()).unwrap_or(5000).max(1);
    let control = &world.staged()?.hub_control.control;
    let body = json!({"name": "body", "route": "pending", "params": {"text": long}});
    control.arm(body).await?;
    let drip = json!({"name": "drip", "route": "pending", "params": {"every_ms": every_ms}});
    control.arm(drip).await?;
    Ok(())
}

async fn gives_drip_up(world: &mut World, args: Args) -> Judged {
    let secs: f64 = args.number(0)?;
    let is_dripped =
        |call: &&Exchange| call.fault.as_deref().is_some_and(|fault| fault.contains("drip"));
    let begun = world
        .until_hub_saw(
            world.patience(world.next_cycle_secs()),
            "a dripping reply",
            Some("pending"),
            |seen| Probe::found(seen.iter().find(is_dripped).map(|call| call.seq), "none"),
        )
        .await?;
    let begun = begun.map_err(Stop::not_verified)?;
    let waited = world
        .until_hub_saw(world.scaled(secs) + DRIP_SLACK, "a further poll", Some("pending"), |seen| {
            let further = seen.iter().any(|call| call.seq > begun);
            Probe::found(further.then_some(()), "still reading the dripping reply")
        })
        .await?;
    waited.map_err(|overdue| {
        let expected = format!("a dripping reply given up within {secs} s");
        world.broken(expected, overdue.to_string()).into()
    })
}

async fn retry_after(world: &mut World, args: Args) -> Judged {
    let code: u16 = args.number(1)?;
    let params = json!({"code": code, "headers": {"Retry-After": args.group(2)}});
    let fault = json!({"name": "status", "route": args.group(0), "next": 1, "params": params});
    world.staged()?.hub_control.control.arm(fault).await?;
    Ok(())
}

async fn waited_as_told(world: &mut World, args: Args) -> Judged {
    let secs: f64 = args.number(0)?;
    let waited = world
        .until_hub_saw(world.patience(secs + 60.0), "the next call", None, |seen| {
            let refused = seen.iter().find(|call| call.response_header("retry-after").is_some());
            let pair = refused.and_then(|refused| {
                let later =
                    |call: &&Exchange| call.route == refused.route && call.at_ms > refused.at_ms;
                Some((refused.clone(), seen.iter().find(later)?.clone()))
            });
            Probe::found(pair, "no further call")
        })
        .await?;
    let (refused, next) = waited.map_err(Stop::not_verified)?;
    let waited_ms = next.at_ms - refused.ended_ms;
    if waited_ms >= world.scaled(secs).as_secs_f64() * 1000.0 * (1.0 - JITTER_SHARE) {
        return Ok(());
    }
    let expected = format!("no further call before {secs} s have passed");
    let finding = world.broken(expected, format!("a call after {waited_ms:.0} ms"));
    Err(finding.shown_by([line(&refused), line(&next)]).into())
}

/// The middle one of the last five pauses is clearly longer than the interval.
async fn pause_grew(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let before = world.hub_seen(None).await?.last().map_or(0.0, |call| call.at_ms);
    let waited = world
        .until_hub_saw(world.patience(1000.0), "failed cycles", None, |seen| {
            let after: Vec<Exchange> =
                seen.iter().filter(|call| call.at_ms > before).cloned().collect();
            let pauses = pauses_ms(&after);
            let told = format!("{} of {count} pauses", pauses.len());
            Probe::found((pauses.len() >= count).then_some(pauses), told)
        })
        .await?;
    let mut pauses = waited.map_err(Stop::not_verified)?;
    let mut last = pauses.split_off(pauses.len().saturating_sub(5));
    last.sort_by(f64::total_cmp);
    let (middle_ms, interval_ms) =
        (last[last.len() / 2], world.staged()?.poll_interval_ms(world.time_scale()));
    if middle_ms >= interval_ms * 1.4 {
        return Ok(());
    }
    let expected = format!("pauses well beyond {interval_ms:.0} ms");
    Err(world.broken(expected, format!("{middle_ms:.0} ms after {count} failed cycles")).into())
}

async fn redirects(world: &mut World, args: Args) -> Judged {
    let fault = redirect_elsewhere(world, &args).await?;
    world.stage().await?.hub_control.control.arm(fault).await?;
    Ok(())
}

async fn site_redirects(world: &mut World, args: Args) -> Judged {
    let fault = redirect_elsewhere(world, &args).await?;
    world.stage().await?.site_control.control.arm(fault).await?;
    Ok(())
}

/// A redirect of that route to a listener nobody should call.
async fn redirect_elsewhere(world: &mut World, args: &Args) -> Judged<Value> {
    let code: u16 = args.number(1)?;
    let listen = world.trust_target()?.listen_ip();
    let decoy = Decoy::start(listen).await.map_err(Stop::not_verified)?;
    let params = json!({"code": code, "location": decoy.url()});
    world.stage().await?.decoy = Some(decoy);
    Ok(json!({"name": "redirect", "route": args.group(0), "params": params}))
}

/// The control of [`key_kept`]: the redirected call itself carried the key.
async fn site_has_redirected(world: &mut World, args: Args) -> Judged {
    let route = args.group(0).to_owned();
    let limit = world.patience(world.work_end_secs());
    let waited = eventually(limit, "a redirected local call", || async {
        match world.site_seen(Some(&route)).await {
            Ok(calls) => {
                let sent_away = calls.into_iter().find(|call| (300..400).contains(&call.status));
                Probe::found(sent_away, "none")
            }
            Err(stop) => Probe::Pending(stop.to_string()),
        }
    })
    .await;
    let call = waited.map_err(Stop::not_verified)?;
    let stage = world.staged()?;
    let header = stage.env.get("TRUST_INTERNAL_SERVICE_KEY_HEADER").map_or("", String::as_str);
    match shown_in(&[call], header, &stage.registration.site_key) {
        0 => Err(Stop::not_verified("the redirected call did not carry the site key")),
        _ => Ok(()),
    }
}

async fn was_redirected(world: &mut World, args: Args) -> Judged {
    let route = args.group(0).to_owned();
    let waited = world
        .until_hub_saw(
            world.patience(world.work_end_secs()),
            "a redirected call",
            Some(&route),
            |seen| {
                let sent_away = seen.iter().any(|call| (300..400).contains(&call.status));
                Probe::found(sent_away.then_some(()), "none")
            },
        )
        .await?;
    waited.map_err(Stop::not_verified)
}

async fn not_followed(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let known: Vec<&contract::key::Secret> = stage.secrets.iter().map(|(_, key)| key).collect();
    let requests = decoy(stage)?.requests(&known);
    if requests.is_empty() {
        return Ok(());
    }
    let observed = format!("{} requests elsewhere", requests.len());
    Err(world.broken("no request to where the hub points", observed).shown_by(requests).into())
}

async fn key_kept(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let planted: Vec<_> = stage.secrets.iter().map(|(name, key)| (name.as_str(), key)).collect();
    let leaked = decoy(stage)?.leaked(&planted);
    if leaked.is_empty() {
        return Ok(());
    }
    let known: Vec<&contract::key::Secret> = planted.iter().map(|(_, key)| *key).collect();
    let requests = decoy(stage)?.requests(&known);
    let finding =
        world.broken("no key at another origin", format!("{} went along", leaked.join(", ")));
    Err(finding.shown_by(requests).into())
}

fn decoy(stage: &crate::stage::Stage) -> Judged<&Decoy> {
    stage.decoy.as_ref().ok_or_else(|| Stop::not_verified("no other origin was set up"))
}

async fn key_header(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let stage = world.stage().await?;
    stage.env.insert("TRUST_API_KEY_HEADER".to_owned(), args.group(0).to_owned());
    let settings = json!({"trust_api_key_header": args.group(0)});
    Ok(stage.hub_control.settings(settings).await?)
}

/// Both dates a hub tells: `Date` of its replies and `created_at` of its tasks.
async fn clock_off(world: &mut World, args: Args) -> Judged {
    let hours: i64 = args.number(0)?;
    let control = &world.staged()?.hub_control.control;
    control.put("/control/clock", json!({"skew_ms": hours * 3_600_000})).await?;
    let fault = json!({"name": "skew-date", "params": {"secs": hours * 3600}});
    control.arm(fault).await?;
    Ok(())
}

const HUB_LISTENER: &str = "hub-api";
/// A trust that widens its pause may take so long after some failed cycles, seconds.
pub const WIDENED_SECS: f64 = 30.0;
/// A busy hub may note the beginning of a call so much later than the trust sent it.
const LATE_MS: f64 = 100.0;
/// When a silent hub is given up, seconds: 30 ± 3.
const GIVE_UP_SECS: (f64, f64) = (27.0, 33.0);
/// What a busy machine may need on top, well below the length of a dripping reply.
const DRIP_SLACK: std::time::Duration = std::time::Duration::from_secs(4);
const JITTER_SHARE: f64 = 0.05;
