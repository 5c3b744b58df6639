//! What trusts send of their own accord: heartbeats and polls.

use serde_json::{Value, json};

use super::must_hold;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#""(\w+)" sends a heartbeat"# => heartbeat,
    r#""(\w+)" has sent a heartbeat"# => heartbeat_sent,
    r#""(\w+)" sends a heartbeat with (.+)"# => heartbeat_with,
    r#""(\w+)" has sent a heartbeat with (.+)"# => heartbeat_with_sent,
    r#""(\w+)" sends (\d+) heartbeats"# => heartbeats,
    r#""(\w+)" polls"# => poll,
    r#""(\w+)" has polled"# => polled,
    r#""(\w+)" sends (\d+) polls"# => polls,
    r#""(\w+)" sends (\d+) polls at once"# => polls_at_once,
];

async fn heartbeat(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.heartbeat(args.group(0))?;
    hub.ask(ask).await.map(drop)
}

async fn heartbeat_sent(world: &mut World, args: Args) -> Judged {
    heartbeat(world, args).await?;
    granted(world, "the heartbeat")
}

async fn heartbeat_with(world: &mut World, args: Args) -> Judged {
    let body = snapshot(args.group(1))?;
    let hub = world.hub_mut()?;
    let ask = hub.heartbeat(args.group(0))?.json(&body);
    hub.ask(ask).await.map(drop)
}

async fn heartbeat_with_sent(world: &mut World, args: Args) -> Judged {
    heartbeat_with(world, args).await?;
    granted(world, "the heartbeat")
}

async fn heartbeats(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.heartbeat(args.group(0))?;
    hub.ask_each(vec![ask; args.number(1)?]).await.map(drop)
}

async fn poll(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.poll(args.group(0))?;
    hub.ask(ask).await.map(drop)
}

async fn polled(world: &mut World, args: Args) -> Judged {
    poll(world, args).await?;
    granted(world, "the poll")
}

async fn polls(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.poll(args.group(0))?;
    hub.ask_each(vec![ask; args.number(1)?]).await.map(drop)
}

async fn polls_at_once(world: &mut World, args: Args) -> Judged {
    let hub = world.hub_mut()?;
    let ask = hub.poll(args.group(0))?;
    hub.ask_all(vec![ask; args.number(1)?]).await.map(drop)
}

/// The last call was answered with 200, or the scenario cannot go on.
pub(super) fn granted(world: &World, what: &str) -> Judged {
    let last = world.hub()?.last()?;
    must_hold(last.reply.status == 200, &format!("{what} was not taken"), last)
}

/// A health snapshot by what is special about it.
fn snapshot(words: &str) -> Judged<Value> {
    let service = |entry: Value| json!({"services": {"trust-api": entry}});
    let healthy = json!({"status": "healthy", "version": "0.8.0", "response_ms": 46});
    let with = |member: &str, value: Value| {
        let mut entry = healthy.clone();
        entry[member] = value;
        service(entry)
    };
    let many = |count: usize| {
        let names = (0..count).map(|n| (format!("service-{n}"), healthy.clone()));
        json!({"services": names.collect::<serde_json::Map<_, _>>()})
    };
    let named = |name: &str| {
        let mut services = serde_json::Map::new();
        services.insert(name.to_owned(), healthy.clone());
        json!({ "services": services })
    };
    Ok(match words {
        "the JSON value null" => Value::Null,
        "a health snapshot" => service(healthy),
        "16 services" => many(16),
        "a service name of 32 characters" => named(&"a".repeat(32)),
        "a version of 64 characters" => with("version", json!("v".repeat(64))),
        "a response time of 0 ms" => with("response_ms", json!(0)),
        "a response time of 1000000 ms" => with("response_ms", json!(1_000_000)),
        "neither version nor response time" => service(json!({"status": "unknown"})),
        "no member services" => json!({}),
        "no service" => json!({"services": {}}),
        "17 services" => many(17),
        "a service name in capitals" => named("XNAT"),
        "a service name of 33 characters" => named(&"a".repeat(33)),
        "a service without a state" => service(json!({"version": "0.8.0"})),
        "an unknown state" => with("status", json!("sideways")),
        "a version of 65 characters" => with("version", json!("v".repeat(65))),
        "a response time below zero" => with("response_ms", json!(-1)),
        "a response time above 1000000 ms" => with("response_ms", json!(1_000_001)),
        "a list instead of an object" => json!([1, 2]),
        "members nobody knows" => {
            let mut body = with("colour", json!("green"));
            body["weather"] = json!({"sky": "grey"});
            body
        }
        "a date of last year" => dated(service(healthy), -1),
        "a date of next year" => dated(service(healthy), 1),
        other => return Err(Stop::not_verified(format!("no snapshot is called {other:?}"))),
    })
}

fn dated(mut body: Value, years: i64) -> Value {
    let days = jiff::SignedDuration::from_hours(years * 365 * 24);
    let date = jiff::Timestamp::now() + days;
    body["collected_at"] = json!(date.to_string());
    body
}
