//! Snapshots in heartbeats, the hub's key fingerprint, and the trust's own `/health` (trust 4.1, 7, 9).

use std::sync::atomic::{AtomicBool, Ordering};

use contract::capture::Exchange;
use serde_json::{Value, json};

use super::federation::pass;
use super::tasks::line;
use crate::control::http_client;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::snapshot::{flaws, services, settled_refusals, unrepeated};
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"(\d+) heartbeats in a row carry a snapshot of the six services" => in_a_row,
    r#"the snapshot shows "([\w-]+)" as "(\w+)""# => shows,
    r#"the snapshot shows "([\w-]+)" with a version of (\d+) characters"# => shows_version,
    r#"the snapshot shows "([\w-]+)" with the version "(.+)""# => shows_this_version,
    r#"no snapshot names "([\w-]+)""# => names_not,
    r"every snapshot keeps within the hub's limits" => within_limits,
    r"(\d+) snapshots? (?:was|were) refused" => were_refused,
    r"each refused snapshot is followed at once by one heartbeat without body" => repeated,
    r#"the (hub|site)'s "([\w.]+)" drips one byte every (\d+) s"# => drips,
    r"(\d+) cycles are not all held up for (\d+) s" => keep_pace,
    r#"later than (\d+) s no heartbeat carries a snapshot in which "([\w-]+)" is alive"# => not_stale,
    r"the trust's /health shows (\w+) as (.+)" => health_shows,
    r"the trust's /health is ok" => health_ok,
    r"the trust's /health is not ok" => health_not_ok,
    r"after (\d+) cycles the trust's /health is not ok" => health_not_ok_after,
];

async fn beats(world: &World) -> Judged<Vec<Exchange>> {
    world.hub_seen(Some("heartbeat")).await
}

/// A round of probes that was given up costs the heartbeats after it their snapshot, by contract; so
/// the demand is for a row, not for all.
async fn in_a_row(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let waited = world
        .until_hub_saw(
            world.patience(world.next_snapshot_secs()),
            "snapshots",
            Some("heartbeat"),
            |seen| {
                let row = |all: &[Exchange]| all.iter().all(|beat| flaws(beat).is_empty());
                let last = seen.last().map(|beat| flaws(beat).join(", ")).unwrap_or_default();
                let found = seen.windows(count).any(row).then_some(());
                Probe::found(found, format!("{} heartbeats, the last one: {last}", seen.len()))
            },
        )
        .await?;
    let Err(overdue) = waited else { return Ok(()) };
    let seen = beats(world).await?;
    let lines = seen.iter().rev().take(5).map(line);
    let expected = format!("{count} heartbeats in a row with a snapshot of six services");
    Err(world.broken(expected, overdue.to_string()).shown_by(lines).into())
}

async fn shows(world: &mut World, args: Args) -> Judged {
    let (name, status) = (args.group(0).to_owned(), args.group(1).to_owned());
    let wanted = status.clone();
    // How quick a service answers depends on the machine: where only its life matters, say alive.
    let is = move |entry: &Value| match wanted.as_str() {
        "alive" => is_alive(entry),
        word => entry["status"] == word,
    };
    until_shown(world, &name, &format!("as {status}"), is).await
}

async fn shows_version(world: &mut World, args: Args) -> Judged {
    let (name, chars) = (args.group(0).to_owned(), args.number::<usize>(1)?);
    let is = move |entry: &Value| {
        entry["version"].as_str().is_some_and(|version| version.chars().count() == chars)
    };
    until_shown(world, &name, &format!("with a version of {chars} characters"), is).await
}

async fn shows_this_version(world: &mut World, args: Args) -> Judged {
    let (name, version) = (args.group(0).to_owned(), args.group(1).to_owned());
    let how = format!("with the version {version}");
    until_shown(world, &name, &how, move |entry: &Value| entry["version"] == version).await
}

/// A step before it saw a snapshot.
async fn names_not(world: &mut World, args: Args) -> Judged {
    let name = args.group(0);
    let seen = beats(world).await?;
    let naming =
        seen.iter().filter(|beat| services(beat).is_some_and(|all| all.contains_key(name)));
    let lines: Vec<String> = naming.map(line).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let observed = format!("{} snapshots with it", lines.len());
    Err(world.broken(format!("snapshots without {name}"), observed).shown_by(lines).into())
}

async fn until_shown(world: &World, name: &str, how: &str, is: impl Fn(&Value) -> bool) -> Judged {
    let what = format!("a snapshot that shows {name} {how}");
    let waited = world
        .until_hub_saw(
            world.patience(world.next_snapshot_secs()),
            &what,
            Some("heartbeat"),
            |seen| {
                let newest = seen.iter().rev().find_map(services);
                let entry = newest.and_then(|all| all.get(name).cloned()).unwrap_or_default();
                Probe::found(is(&entry).then_some(()), entry)
            },
        )
        .await?;
    waited.map_err(|overdue| world.broken(what, overdue.to_string()).into())
}

async fn within_limits(world: &mut World, _: Args) -> Judged {
    let seen = beats(world).await?;
    let with_body: Vec<&Exchange> =
        seen.iter().filter(|beat| beat.request_body_bytes > 0).collect();
    if with_body.is_empty() {
        return Err(Stop::not_verified("no heartbeat carried a snapshot"));
    }
    let bad: Vec<(String, String)> = with_body
        .into_iter()
        .filter_map(|beat| Some((flaws(beat).first()?.clone(), line(beat))))
        .collect();
    let Some((flaw, _)) = bad.first() else { return Ok(()) };
    let finding = world.broken("snapshots within the hub's limits", flaw.clone());
    Err(finding.shown_by(bad.into_iter().map(|(_, line)| line)).into())
}

/// Heartbeats and polls of this scenario, oldest first.
async fn loop_calls(world: &World) -> Judged<Vec<Exchange>> {
    let seen = world.hub_seen(None).await?;
    let of_loop = |call: &Exchange| matches!(call.route.as_str(), "heartbeat" | "pending");
    Ok(seen.into_iter().filter(of_loop).collect())
}

async fn were_refused(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let waited = world
        .until_hub_saw(
            world.patience(world.next_snapshot_secs()),
            "refused snapshots",
            None,
            |seen| {
                let of_loop: Vec<Exchange> = seen
                    .iter()
                    .filter(|call| matches!(call.route.as_str(), "heartbeat" | "pending"))
                    .cloned()
                    .collect();
                let refused = settled_refusals(&of_loop);
                Probe::found((refused >= count).then_some(()), format!("{refused} so far"))
            },
        )
        .await?;
    waited.map_err(Stop::not_verified)
}

async fn repeated(world: &mut World, _: Args) -> Judged {
    let calls = loop_calls(world).await?;
    if settled_refusals(&calls) == 0 {
        return Err(Stop::not_verified("no snapshot was refused"));
    }
    // A second repeat only counts as one when it comes well before the next cycle would.
    let at_once_ms = AT_ONCE_MS + world.scaled(1.0).as_secs_f64() * 1000.0;
    let bad = unrepeated(&calls, at_once_ms);
    let Some((at, instead)) = bad.first() else { return Ok(()) };
    let expected = "one heartbeat without body at once after a refused snapshot";
    let lines = calls.iter().skip(*at).take(4).map(line);
    Err(world.broken(expected, instead.clone()).shown_by(lines).into())
}

/// Slower than any limit as a whole, never so between two bytes.
async fn drips(world: &mut World, args: Args) -> Judged {
    let every = world.scaled(args.number(2)?);
    let every_ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).max(1);
    let fault = json!({
        "name": "drip",
        "route": args.group(1),
        "params": {"every_ms": every_ms, "bytes": 1},
    });
    let stage = world.stage().await?;
    let by_hub = args.group(0) == "hub";
    let control = if by_hub { &stage.hub_control.control } else { &stage.site_control.control };
    control.arm(fault).await?;
    Ok(())
}

/// A loop that waits for a hanging probe loses so much in every cycle. A machine that is busy slows
/// cycles down as well, but hardly all of them: so the quickest of some row of cycles decides.
async fn keep_pace(world: &mut World, args: Args) -> Judged {
    let (count, secs): (usize, f64) = (args.number(0)?, args.number(1)?);
    let interval_ms = world.staged()?.poll_interval_ms(world.time_scale());
    let allowed_ms = interval_ms + world.scaled(secs).as_secs_f64() * 1000.0;
    for (what, route) in [("heartbeats", "heartbeat"), ("polls", "pending")] {
        let begin = world.hub_seen(Some(route)).await?.len().saturating_sub(count + 1);
        let what = format!("{what} less than {allowed_ms:.0} ms apart");
        let waited = world
            .until_hub_saw(world.patience(world.next_cycle_secs()), &what, Some(route), |seen| {
                let times: Vec<f64> = seen[begin..].iter().map(|call| call.at_ms).collect();
                let gaps = times.windows(2).map(|two| two[1] - two[0]);
                let quickest = gaps.min_by(f64::total_cmp).filter(|_| times.len() > count);
                let told =
                    quickest.map_or("too few".to_owned(), |gap| format!("{gap:.0} ms apart"));
                Probe::found(quickest.filter(|gap| *gap < allowed_ms).map(drop), told)
            })
            .await?;
        if let Err(overdue) = waited {
            let seen = world.hub_seen(Some(route)).await?;
            let last = seen.iter().rev().take(count).rev().map(line);
            return Err(world.broken(what, overdue.last).shown_by(last).into());
        }
    }
    Ok(())
}

/// The round that was under way when the service fell ill may still end well; its snapshot, and every
/// older one, is gone after that long. Then the newest heartbeat decides, whatever came before.
async fn not_stale(world: &mut World, args: Args) -> Judged {
    let (secs, name): (f64, String) = (args.number(0)?, args.group(1).to_owned());
    let long_ms = world.scaled(secs).as_secs_f64() * 1000.0 + STALE_SLACK_MS;
    let begin_ms = beats(world).await?.last().map_or(0.0, |beat| beat.at_ms);
    let waited = world
        .until_hub_saw(world.patience(secs * 3.0), "later heartbeats", Some("heartbeat"), |seen| {
            let newest = seen.last().map_or(0.0, |beat| beat.at_ms);
            let later = newest > begin_ms + long_ms + STALE_SLACK_MS;
            Probe::found(later.then_some(()), format!("{:.0} ms of them", newest - begin_ms))
        })
        .await?;
    waited.map_err(Stop::not_verified)?;
    let seen = beats(world).await?;
    let late = seen.iter().filter(|beat| beat.at_ms > begin_ms + long_ms);
    let stale: Vec<String> = late
        .filter(|beat| shows_alive(beat, &name) || rides_for_ms(beat, &seen) > long_ms)
        .map(line)
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    let expected = format!("no stale snapshot later than {secs} s");
    let observed = format!("{} heartbeats with one", stale.len());
    Err(world.broken(expected, observed).shown_by(stale).into())
}

fn shows_alive(beat: &Exchange, name: &str) -> bool {
    is_alive(&services(beat).and_then(|all| all.get(name).cloned()).unwrap_or_default())
}

fn is_alive(entry: &Value) -> bool {
    matches!(entry["status"].as_str(), Some("healthy" | "degraded"))
}

/// How long the snapshot of a heartbeat has been sent by then.
fn rides_for_ms(beat: &Exchange, seen: &[Exchange]) -> f64 {
    let collected = |beat: &Exchange| -> Option<String> {
        let body: Value = serde_json::from_str(&beat.request_body).ok()?;
        body["collected_at"].as_str().map(str::to_owned)
    };
    let Some(own) = collected(beat) else { return 0.0 };
    let first = seen.iter().find(|other| collected(other).as_deref() == Some(&own));
    first.map_or(0.0, |first| beat.at_ms - first.at_ms)
}

async fn health_shows(world: &mut World, args: Args) -> Judged {
    let (member, wanted) = (args.group(0).to_owned(), args.group(1));
    let wanted: Value = serde_json::from_str(wanted)
        .map_err(|error| Stop::not_verified(format!("{wanted}: {error}")))?;
    until_health(
        world,
        &format!("{member} {wanted}"),
        |seen| matches!(seen, Health::Told(body) if body.get(&member) == Some(&wanted)),
    )
    .await
}

async fn health_ok(world: &mut World, _: Args) -> Judged {
    let what = "an ok /health before anything is wrong";
    let is_ok = |seen: &Health| matches!(seen, Health::Told(body) if body["status"] == "ok");
    match until_health(world, what, is_ok).await {
        Err(Stop::Broken(finding)) => Err(Stop::not_verified(finding.observed)),
        other => other,
    }
}

/// The scenario has seen it ok before; silence is no answer.
async fn health_not_ok(world: &mut World, _: Args) -> Judged {
    until_health(world, "anything but ok", |seen| match seen {
        Health::Told(body) => body["status"] != "ok",
        Health::Status(_) => true,
        Health::Silent(_) => false,
    })
    .await
}

/// Asked before the port is open, nobody answers, which tells nothing. A trust that ends instead of
/// running shows no ok either.
async fn health_not_ok_after(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Health)?;
    let count: usize = args.number(0)?;
    let passed = pass(world, count).await;
    if world.staged()?.running()?.exited().is_some() {
        return Ok(());
    }
    if let Err(Stop::Broken(finding)) = passed {
        return Err(Stop::not_verified(format!("no {count} cycles: {}", finding.observed)));
    }
    passed?;
    health_not_ok(world, Args::default()).await
}

async fn until_health(world: &World, what: &str, is: impl Fn(&Health) -> bool) -> Judged {
    world.needs(Capability::Health)?;
    let url = world.staged()?.running()?.health_url();
    let what = format!("/health with {what}");
    let answered = AtomicBool::new(false);
    let limit = world.patience(world.next_snapshot_secs());
    let waited = eventually(limit, &what, || async {
        let seen = health(url.as_deref()).await;
        answered.fetch_or(!matches!(seen, Health::Silent(_)), Ordering::Relaxed);
        Probe::found(is(&seen).then_some(()), seen)
    })
    .await;
    match waited {
        Err(overdue) if !answered.load(Ordering::Relaxed) => {
            Err(Stop::not_verified(format!("/health never answered: {}", overdue.last)))
        }
        Err(overdue) => Err(world.broken(what, overdue.last).into()),
        Ok(()) => Ok(()),
    }
}

/// What `/health` was seen to say.
enum Health {
    /// A 2xx with a JSON body.
    Told(Value),
    /// Another status, or a body that is no JSON.
    Status(String),
    /// No answer: refused, reset, too late.
    Silent(String),
}

impl std::fmt::Display for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Told(body) => body.fmt(f),
            Self::Status(text) | Self::Silent(text) => f.write_str(text),
        }
    }
}

async fn health(url: Option<&str>) -> Health {
    let Some(url) = url else { return Health::Silent("nothing listens".to_owned()) };
    let reply = match http_client().get(url).timeout(HEALTH_LIMIT).send().await {
        Ok(reply) => reply,
        Err(error) => return Health::Silent(error.without_url().to_string()),
    };
    let status = reply.status();
    if !status.is_success() {
        return Health::Status(format!("status {status}"));
    }
    match reply.json().await {
        Ok(body) => Health::Told(body),
        Err(error) => Health::Status(error.without_url().to_string()),
    }
}

/// What a busy machine may put between two calls that follow each other at once.
const AT_ONCE_MS: f64 = 1000.0;
/// What a busy machine may add to the life of a snapshot.
const STALE_SLACK_MS: f64 = 500.0;
const HEALTH_LIMIT: std::time::Duration = std::time::Duration::from_secs(5);
