//! Edges before the hub that do what HTTP allows: compress, send chunks, close connections, limit bodies.

use std::time::Duration;

use contract::capture::Exchange;
use serde_json::{Value, json};

use super::tasks::{line, queue_payload, task_id};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::payloads::honest;
use crate::steps;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"an edge before the hub (compresses|sends|answers|closes|writes|takes) (.*)" => edge,
    r#"a "(\w+)" task is run and reported through it"# => served,
    r"three whole cycles are accepted through it" => cycles,
    r"a task is queued whose report is longer than that" => long_report,
    r"a report longer than the edge takes was refused with 413" => too_long,
];

async fn edge(world: &mut World, args: Args) -> Judged {
    world.stage().await?;
    let words = format!("{} {}", args.group(0), args.group(1));
    for fault in faults(world, &words)? {
        world.staged()?.hub_control.control.arm(fault).await?;
    }
    world.vars.insert(EDGE.to_owned(), words);
    Ok(())
}

/// What an edge does to every call, by the words of a feature file.
fn faults(world: &World, words: &str) -> Judged<Vec<Value>> {
    let compress = |coding: &str| json!({"name": "compress", "params": {"coding": coding}});
    let chunks = || json!({"name": "framing", "params": {"framing": "chunks"}});
    Ok(match words {
        "compresses replies with gzip" => vec![compress("gzip")],
        "compresses replies with deflate" => vec![compress("deflate")],
        "compresses replies and sends them in chunks" => vec![compress("gzip"), chunks()],
        "sends replies in chunks" => vec![chunks()],
        "answers as HTTP/1.0 does" => {
            vec![json!({"name": "framing", "params": {"framing": "until-close"}})]
        }
        "sends an interim answer first" => {
            vec![json!({"name": "interim-answer", "params": {"code": "100"}})]
        }
        "writes forty headers of its own in capitals" => vec![json!({"name": "edge-headers"})],
        "closes each connection after one reply" => vec![json!({"name": "close-after"})],
        "closes connections that are unused for half an interval" => {
            let half = world.staged()?.poll_interval_ms(world.time_scale()) / 2.0;
            let after = Duration::from_secs_f64(half / 1000.0);
            let after_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX).max(1);
            vec![json!({"name": "close-idle", "params": {"after_ms": after_ms}})]
        }
        "takes bodies of up to 2,000 bytes" => {
            vec![json!({"name": "body-limit", "params": {"bytes": 2000}})]
        }
        other => return Err(Stop::not_verified(format!("no edge {other:?}"))),
    })
}

async fn served(world: &mut World, args: Args) -> Judged {
    let from = world.hub_seen(None).await?.last().map_or(0, |call| call.seq);
    let kind = contract::edition::TaskType::parse(args.group(0))
        .ok_or_else(|| Stop::not_verified(format!("no task type {:?}", args.group(0))))?;
    let payload = honest(kind, world.stage().await?).await?;
    queue_payload(world, args.group(0), "", payload).await?;
    let id = task_id(world, "")?;
    let control = &world.staged()?.hub_control;
    let waited = eventually(world.patience(90.0), "a report", || async {
        match control.task(&id).await {
            Ok(task) if task.status == "COMPLETED" => Probe::Done(Ok(())),
            Ok(task) if task.status == "FAILED" => Probe::Done(Err("it was reported as failed")),
            Ok(task) => Probe::Pending(format!("the task is {}", task.status)),
            Err(error) => Probe::Pending(error.to_string()),
        }
    })
    .await;
    let seen = after(world, from).await?;
    shaped(world, &seen)?;
    match waited {
        Ok(Ok(())) => Ok(()),
        Ok(Err(told)) => Err(unread(world, told, &seen).into()),
        Err(overdue) => Err(unread(world, &overdue.to_string(), &seen).into()),
    }
}

/// Three heartbeats and three polls, each of them accepted.
async fn cycles(world: &mut World, _: Args) -> Judged {
    let from = world.hub_seen(None).await?.last().map_or(0, |call| call.seq);
    let waited = world
        .until_hub_saw(world.patience(90.0), "three cycles", None, |seen| {
            let of = |route: &str| {
                let accepted = |call: &&Exchange| {
                    call.seq > from && call.route == route && (200..300).contains(&call.status)
                };
                seen.iter().filter(accepted).count()
            };
            let (heartbeats, polls) = (of("heartbeat"), of("pending"));
            let told = format!("{heartbeats} accepted heartbeats and {polls} polls");
            Probe::found((heartbeats >= 3 && polls >= 3).then_some(()), told)
        })
        .await?;
    let seen = after(world, from).await?;
    shaped(world, &seen)?;
    waited.map_err(|overdue| unread(world, &overdue.to_string(), &seen).into())
}

/// The local reply, which is the result, is made that long once.
async fn long_report(world: &mut World, _: Args) -> Judged {
    let text = json!({"filler": "0".repeat(3000)}).to_string();
    let params = json!({"text": text});
    let fault = json!({"name": "body", "route": USER_ROUTE, "next": 1, "params": params});
    let stage = world.stage().await?;
    let payload = honest(contract::edition::TaskType::CreateImaging, stage).await?;
    stage.site_control.control.arm(fault).await?;
    queue_payload(world, "create_imaging", "long", payload).await
}

/// A result beyond the edge's limit is lost, lawfully; that it was tried shows that the edge stood there.
async fn too_long(world: &mut World, _: Args) -> Judged {
    let waited = world
        .until_hub_saw(world.patience(60.0), "a 413", Some("result"), |seen| {
            let refused = seen.iter().any(|call| call.status == 413);
            Probe::found(refused.then_some(()), format!("{} reports, none refused", seen.len()))
        })
        .await?;
    waited.map_err(Stop::not_verified)
}

async fn after(world: &World, from: u64) -> Judged<Vec<Exchange>> {
    Ok(world.hub_seen(None).await?.into_iter().filter(|call| call.seq > from).collect())
}

/// The edge must have done its work: a trust that does not ask for compression gets none.
fn shaped(world: &World, seen: &[Exchange]) -> Judged {
    let words = edge_words(world);
    if !words.starts_with("compresses") {
        return Ok(());
    }
    let asked = seen.iter().filter_map(|call| call.request_header("accept-encoding"));
    let asked = asked.into_iter().any(|text| text.contains("gzip") || text.contains("deflate"));
    let packed = seen.iter().any(|call| call.response_header("content-encoding").is_some());
    match (asked, packed) {
        (_, true) => Ok(()),
        (false, false) => Err(Stop::not_applicable("this trust asks for no compressed replies")),
        (true, false) => Err(Stop::not_verified("no reply was compressed")),
    }
}

fn unread(world: &World, observed: &str, seen: &[Exchange]) -> crate::finding::Finding {
    let words = edge_words(world);
    let asked = seen.iter().find_map(|call| call.request_header("accept-encoding"));
    let expected = match (words.starts_with("compresses"), asked) {
        (true, Some(asked)) => format!("replies read as asked for (Accept-Encoding: {asked})"),
        _ => format!("replies read behind an edge that {words}"),
    };
    let mut lines: Vec<String> = seen.iter().rev().take(6).rev().map(line).collect();
    lines.extend(world.staged().map(|stage| stage.log.tail(6)).unwrap_or_default());
    world.broken(expected, format!("the edge {words}: {observed}")).shown_by(lines)
}

fn edge_words(world: &World) -> &str {
    world.vars.get(EDGE).map_or("", String::as_str)
}

/// The local call of the task in question.
const USER_ROUTE: &str = "img.create_project";
const EDGE: &str = "edge";
