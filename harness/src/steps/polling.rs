//! The loop: order and pace of cycles, order of a batch, tasks handed out again.

use std::time::Duration;

use contract::capture::Exchange;
use contract::edition::{PendingReply, TaskType};
use contract::limits::{RECOVERY_EVERY_MINUTES, STALE_MINUTES};
use serde_json::{Value, json};

use super::federation::pass;
use super::tasks::{line, queue_order, settled, task_id, task_payload, work_calls};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::forge::Honest;
use crate::oracle::cycles::{longest_silence_ms, out_of_order, shortest_pause_ms};
use crate::oracle::deliveries::{delivered, entries, reported};
use crate::steps;
use crate::wait::Probe;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"every cycle is one heartbeat followed by one poll" => in_order,
    r"every cycle starts no earlier than the interval after the one before" => paused,
    r"the tasks ran one at a time in queue order" => serial,
    r"one poll handed out all (\d+) tasks" => one_batch,
    r#"the next batch holds the tasks with (.*) between "(\w+)" and "(\w+)""# => malformed_batch,
    r#"the report of the task(?: "(\w+)")? is given up"# => given_up,
    r"the hub finds out that the task is stale" => stale,
    r#"the task(?: "(\w+)")? is handed out again"# => handed_out_again,
    r#"heartbeats went on while the task(?: "(\w+)")? ran"# => kept_beating,
];

async fn in_order(world: &mut World, _: Args) -> Judged {
    let seen = world.hub_seen(None).await?;
    match out_of_order(&seen) {
        None => Ok(()),
        Some(flaw) => {
            let lines = flaw.shown_by.iter().map(|&at| line(&seen[at]));
            let expected = "heartbeat and poll in turn";
            Err(world.broken(expected, flaw.what.clone()).shown_by(lines).into())
        }
    }
}

async fn paused(world: &mut World, _: Args) -> Judged {
    let seen = world.hub_seen(None).await?;
    let interval_ms = world.staged()?.poll_interval_ms(world.time_scale());
    let Some((pause_ms, around)) = shortest_pause_ms(&seen) else {
        return Err(Stop::not_verified("no two cycles were captured"));
    };
    if pause_ms >= interval_ms * (1.0 - JITTER_SHARE) - JITTER_MS {
        return Ok(());
    }
    let expected = format!("{interval_ms:.0} ms between the end of a cycle and the next");
    let lines = around.map(|at| line(&seen[at]));
    Err(world.broken(expected, format!("{pause_ms:.0} ms")).shown_by(lines).into())
}

/// Local calls do not overlap, and calls and reports come in the order the tasks were queued.
async fn serial(world: &mut World, _: Args) -> Judged {
    let queued = queue_order(world);
    for id in &queued {
        reported_by_hub(world, id).await?;
    }
    let mut calls = work_calls(world).await?;
    calls.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    if calls.len() != queued.len() {
        let observed = format!("{} local calls for {} tasks", calls.len(), queued.len());
        let finding = world.broken("one local call a task", observed);
        return Err(finding.shown_by(calls.iter().map(line)).into());
    }
    if let Some(pair) = calls.windows(2).find(|pair| pair[1].at_ms < pair[0].ended_ms) {
        let finding = world.broken("one task at a time", "a local call while another ran");
        return Err(finding.shown_by(pair.iter().map(line)).into());
    }
    let mut reports = world.hub_seen(Some("result")).await?;
    reports.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    let order: Vec<&str> = reports.iter().filter_map(reported).collect();
    if order == queued {
        return Ok(());
    }
    let finding = world.broken("reports in the order of the reply", format!("{order:?}"));
    Err(finding.shown_by(reports.iter().map(line)).into())
}

async fn reported_by_hub(world: &World, id: &str) -> Judged {
    let label = world.vars.iter().find(|(name, known)| name.starts_with("task ") && *known == id);
    let label = label.and_then(|(name, _)| name.strip_prefix("task ")).unwrap_or_default();
    settled(world, label).await.map(drop)
}

async fn one_batch(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let waited = world
        .until_hub_saw(
            world.patience(world.next_cycle_secs()),
            "a batch",
            Some("pending"),
            |seen| {
                let most = seen.iter().map(|poll| delivered(poll).len()).max().unwrap_or_default();
                Probe::found(
                    (most == count).then_some(()),
                    format!("at most {most} tasks in a reply"),
                )
            },
        )
        .await?;
    waited.map_err(Stop::not_verified)
}

/// Lets the hub's next poll reply hold the queued tasks with something else between two of them. The
/// hub hands the tasks out as ever; only the text of its reply is ours. The trust must not run yet.
async fn malformed_batch(world: &mut World, args: Args) -> Judged {
    let entry = malformed_entry(args.group(0))?;
    let tasks = [genuine_entry(world, args.group(1))?, genuine_entry(world, args.group(2))?];
    let [before, after] = tasks;
    deliver(world, &[before, entry, after]).await
}

fn malformed_entry(words: &str) -> Judged<Value> {
    Ok(match words {
        "a number" => json!(7),
        "a text" => json!("task"),
        "null" => Value::Null,
        "a list" => json!([]),
        "an object without id" => json!({"task_type": "invented_type", "payload": ""}),
        other => return Err(Stop::not_verified(format!("no malformed entry is called {other:?}"))),
    })
}

/// The entry of a queued task as an honest hub writes it.
pub fn genuine_entry(world: &World, label: &str) -> Judged<Value> {
    let (kind, payload) = task_payload(world, label)?;
    let sealed = genuine_payload(world, kind, &payload)?;
    entry(world, label, Some(sealed.into()))
}

fn genuine_payload(world: &World, kind: TaskType, payload: &Value) -> Judged<String> {
    let plaintext = payload.to_string();
    let stage = world.staged()?;
    Honest { stage, task_type: kind.name(), plaintext: &plaintext }.genuine()
}

/// The entry of a queued task with that payload, or none.
pub fn entry(world: &World, label: &str, payload: Option<Value>) -> Judged<Value> {
    let (kind, _) = task_payload(world, label)?;
    let mut entry = json!({
        "id": task_id(world, label)?,
        "task_type": kind.name(),
        "created_at": jiff::Timestamp::now().to_string(),
    });
    if let Some(payload) = payload {
        entry["payload"] = payload;
    }
    Ok(entry)
}

/// Puts these entries into the next poll reply in place of the hub's own.
pub async fn deliver(world: &mut World, entries: &[Value]) -> Judged {
    let stage = world.staged()?;
    if stage.trust.is_some() {
        return Err(Stop::not_verified("the trust runs already: a poll may come in between"));
    }
    let hub = stage.hub_edition;
    let mut reply = match hub.pending_reply {
        PendingReply::Object => json!({ "tasks": entries }),
        PendingReply::BareList => json!(entries),
    };
    if hub.identity {
        reply["trust_id"] = json!(stage.registration.id);
        reply["trust_name"] = json!(stage.registration.name);
    }
    let params = json!({"text": reply.to_string(), "when": "after-handler"});
    let fault = json!({"name": "body", "route": "pending", "next": 1, "params": params});
    stage.hub_control.control.arm(fault).await?;
    Ok(())
}

/// Waits until the trust made all its attempts at a report and goes on polling.
async fn given_up(world: &mut World, args: Args) -> Judged {
    let id = task_id(world, args.group(0))?;
    let attempts = world.edition().result_retry_pauses_secs.len() + 1;
    let waited = world
        .until_hub_saw(
            world.patience(world.work_end_secs()),
            "every attempt",
            Some("result"),
            |seen| {
                let made = seen.iter().filter(|report| reported(report) == Some(&*id)).count();
                Probe::found(
                    (made >= attempts).then_some(()),
                    format!("{made} of {attempts} attempts"),
                )
            },
        )
        .await?;
    waited.map_err(Stop::not_verified)?;
    pass(world, 1).await?;
    let task = world.staged()?.hub_control.task(&id).await?;
    if task.status == "IN_PROGRESS" {
        return Ok(());
    }
    Err(Stop::not_verified(format!("the hub holds the task as {}", task.status)))
}

/// Moves the hub's clock past the age at which it hands a task out again.
async fn stale(world: &mut World, _: Args) -> Judged {
    let minutes = u64::try_from(STALE_MINUTES + RECOVERY_EVERY_MINUTES + 1).unwrap_or_default();
    let hub = &world.staged()?.hub_control;
    Ok(hub.advance(Duration::from_secs(minutes * 60)).await?)
}

async fn handed_out_again(world: &mut World, args: Args) -> Judged {
    let id = task_id(world, args.group(0))?;
    let waited = world
        .until_hub_saw(
            world.patience(world.next_cycle_secs()),
            "a second delivery",
            Some("pending"),
            |seen| {
                let times = seen.iter().filter(|poll| delivered(poll).contains(&id)).count();
                Probe::found((times >= 2).then_some(()), format!("{times} deliveries"))
            },
        )
        .await?;
    waited.map_err(Stop::not_verified)
}

/// From the poll that handed the task out to its report no silence is longer than what the hub calls
/// Online; half as much again is granted to a busy machine.
async fn kept_beating(world: &mut World, args: Args) -> Judged {
    let id = task_id(world, args.group(0))?;
    settled(world, args.group(0)).await?;
    let seen = world.hub_seen(None).await?;
    let begun = seen.iter().find(|poll| hands_out(poll, &id)).map(|poll| poll.ended_ms);
    let ended = seen.iter().find(|report| reported(report) == Some(&*id)).map(|at| at.at_ms);
    let Some((from_ms, to_ms)) = begun.zip(ended) else {
        return Err(Stop::not_verified("the poll or the report of the task was not captured"));
    };
    let limit_ms = world.scaled(ONLINE_SECS).as_secs_f64() * 1000.0 * 1.5;
    if to_ms - from_ms < limit_ms {
        return Err(Stop::not_verified("the task ran too short to tell"));
    }
    let silence_ms = longest_silence_ms(&seen, from_ms, to_ms);
    if silence_ms <= limit_ms {
        return Ok(());
    }
    let expected = format!("heartbeats at most {limit_ms:.0} ms apart while the task ran");
    let around = seen.iter().filter(|call| (from_ms..=to_ms).contains(&call.at_ms)).map(line);
    Err(world.broken(expected, format!("{silence_ms:.0} ms of silence")).shown_by(around).into())
}

fn hands_out(poll: &Exchange, id: &str) -> bool {
    entries(poll).iter().any(|task| task["id"] == id)
}

/// Timers may differ by so much of the interval.
const JITTER_SHARE: f64 = 0.05;
const JITTER_MS: f64 = 2.0;
#[allow(clippy::cast_precision_loss)] // a small whole number
const ONLINE_SECS: f64 = contract::limits::ONLINE_SECS as f64;
