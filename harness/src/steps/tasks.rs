//! Queueing work, waiting for its report, and the evidence about it.

use contract::capture::Exchange;
use contract::edition::TaskType;
use serde_json::{Value, json};

use crate::control::{JournalFilter, TaskOrder, TaskView};
use crate::engine::{Args, StepRow};
use crate::finding::{Finding, Judged, Stop};
use crate::payloads::{PLANTED_SQL, honest, scene_kinds};
use crate::stage::is_setup;
use crate::steps;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"an? "([^"]*)" task(?: "(\w+)")? is queued"# => queued,
    r#"an? "([^"]*)" task(?: "(\w+)")? is queued with the payload"# => queued_with,
    r#"an? "([^"]*)" task(?: "(\w+)")? is queued with further members"# => queued_with_more,
    r#"an? "(\w+)" task is queued with a query and nothing else"# => queued_bare_query,
    r#"(\d+) "(\w+)" tasks are queued"# => many_queued,
    r"these tasks are queued" => these_queued,
    r"(\d+) mixed tasks are queued" => mixed_queued,
    r#"an? "([^"]*)" task(?: "(\w+)")? is delivered as the text "(.*)""# => delivered_text,
];

async fn queued(world: &mut World, args: Args) -> Judged {
    queue_honest(world, args.group(0), args.group(1)).await
}

/// Queues a task of that type that an honest trust runs; an unknown type gets a made-up payload.
pub async fn queue_honest(world: &mut World, kind: &str, label_text: &str) -> Judged {
    let payload = match known_type(world, kind)? {
        Some(TaskType::CohortQuery) if world.vars.contains_key(NEXT_COHORT_QUERY) => {
            let text = world.vars.remove(NEXT_COHORT_QUERY).unwrap_or_default();
            serde_json::from_str(&text).map_err(Stop::not_verified)?
        }
        Some(kind) => honest(kind, world.stage().await?).await?,
        None => json!({"made": "up"}),
    };
    queue_payload(world, kind, label_text, payload).await
}

/// Queues a task with that payload.
pub async fn queue_payload(
    world: &mut World,
    kind: &str,
    label_text: &str,
    payload: Value,
) -> Judged {
    let label = label(label_text);
    world.vars.insert(format!("payload {label}"), payload.to_string());
    let order =
        TaskOrder { task_type: kind.to_owned(), payload: Some(payload), ..TaskOrder::default() };
    queue(world, &label, &order).await
}

/// The task type behind a word; a type that this edition's trust does not run is not asked of it.
fn known_type(world: &World, word: &str) -> Judged<Option<TaskType>> {
    match TaskType::parse(word) {
        Some(kind) if !world.edition().trust_task_types.contains(&kind) => {
            Err(Stop::not_applicable(format!("a trust of this edition has no task type {word}")))
        }
        found => Ok(found),
    }
}

async fn queued_with(world: &mut World, args: Args) -> Judged {
    let (kind, label) = (args.group(0).to_owned(), label(args.group(1)));
    let payload = Some(args.body()?.to_owned());
    let order = TaskOrder { task_type: kind, payload_text: payload, ..TaskOrder::default() };
    queue(world, &label, &order).await
}

/// What is missing is told by quoting what is there, if a node quotes; the query then comes first.
async fn queued_bare_query(world: &mut World, args: Args) -> Judged {
    queue_payload(world, args.group(0), "", json!({"query": PLANTED_SQL})).await
}

async fn queued_with_more(world: &mut World, args: Args) -> Judged {
    let more: Value = serde_json::from_str(args.body()?).map_err(Stop::not_verified)?;
    let kind = known_type(world, args.group(0))?
        .ok_or_else(|| Stop::not_verified(format!("no task type {:?}", args.group(0))))?;
    let mut payload = honest(kind, world.stage().await?).await?;
    for (name, value) in more.as_object().into_iter().flatten() {
        payload[name] = value.clone();
    }
    queue_payload(world, args.group(0), args.group(1), payload).await
}

async fn many_queued(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    for n in 0..count {
        queue_honest(world, args.group(1), &format!("batch{n}")).await?;
    }
    Ok(())
}

/// A table of `label` and `type`, in order.
async fn these_queued(world: &mut World, args: Args) -> Judged {
    for row in args.table.iter().skip(1) {
        let [label, kind] = row.as_slice() else {
            return Err(Stop::not_verified("the table needs the columns label and type"));
        };
        queue_honest(world, kind, label).await?;
    }
    Ok(())
}

/// Every type the edition's hub queues in turn, and between them tasks that must fail.
async fn mixed_queued(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    world.stage().await?;
    let kinds: Vec<TaskType> = scene_kinds(world.edition().hub_task_types).collect();
    for n in 0..count {
        let label = format!("mixed{n}");
        match n % (kinds.len() + 2) {
            0 => queue_honest(world, "invented_type", &label).await?,
            1 => {
                let payload = Some(json!({}));
                let sealed = Some("no envelope".to_owned());
                let task_type = "update_user_profile".to_owned();
                let order = TaskOrder { task_type, payload, sealed, ..TaskOrder::default() };
                queue(world, &label, &order).await?;
            }
            other => queue_honest(world, kinds[other - 2].name(), &label).await?,
        }
    }
    Ok(())
}

async fn delivered_text(world: &mut World, args: Args) -> Judged {
    let (kind, label) = (args.group(0).to_owned(), label(args.group(1)));
    let sealed = Some(args.group(2).to_owned());
    let payload = Some(json!({}));
    queue(world, &label, &TaskOrder { task_type: kind, payload, sealed, ..TaskOrder::default() })
        .await
}

/// Queues one task for the trust under a label.
pub async fn queue(world: &mut World, label: &str, order: &TaskOrder) -> Judged {
    let stage = world.stage().await?;
    stage.watch_in_part("planted SQL", PLANTED_SQL);
    let ids = stage.hub_control.queue(&stage.registration.id, order).await?;
    let id = ids.first().cloned().ok_or_else(|| Stop::not_verified("the hub queued nothing"))?;
    world
        .vars
        .entry(QUEUE.to_owned())
        .and_modify(|ids| *ids = format!("{ids} {id}"))
        .or_insert(id.clone());
    world.vars.insert(format!("type {label}"), order.task_type.clone());
    world.vars.insert(format!("task {label}"), id);
    Ok(())
}

/// Ids of everything queued so far, in order.
pub fn queue_order(world: &World) -> Vec<String> {
    let ids = world.vars.get(QUEUE).map_or("", String::as_str);
    ids.split_whitespace().map(str::to_owned).collect()
}

fn label(group: &str) -> String {
    if group.is_empty() { "it".to_owned() } else { group.to_owned() }
}

/// The id behind a label.
pub fn task_id(world: &World, label_text: &str) -> Judged<String> {
    let label = label(label_text);
    world
        .vars
        .get(&format!("task {label}"))
        .cloned()
        .ok_or_else(|| Stop::not_verified(format!("no task {label:?} was queued")))
}

/// Type and payload behind a label.
pub fn task_payload(world: &World, label_text: &str) -> Judged<(TaskType, Value)> {
    let label = label(label_text);
    let kind = world.vars.get(&format!("type {label}")).and_then(|word| TaskType::parse(word));
    let payload = world.vars.get(&format!("payload {label}"));
    let payload = payload.and_then(|text| serde_json::from_str(text).ok());
    kind.zip(payload)
        .ok_or_else(|| Stop::not_verified(format!("no task {label:?} with a known payload")))
}

/// Waits until the hub holds a report of the task.
pub async fn settled(world: &World, label_text: &str) -> Judged<TaskView> {
    let id = task_id(world, label_text)?;
    let control = &world.staged()?.hub_control;
    let waited = eventually(
        world.patience(world.work_end_secs()),
        format!("a report of task {id}"),
        || async {
            match control.task(&id).await {
                Ok(task) if matches!(task.status.as_str(), "COMPLETED" | "FAILED") => {
                    Probe::Done(task)
                }
                Ok(task) => {
                    Probe::Pending(format!("{} after {} deliveries", task.status, task.deliveries))
                }
                Err(error) => Probe::Pending(error.to_string()),
            }
        },
    )
    .await;
    match waited {
        Ok(task) => Ok(task),
        Err(_) if starved(world, None).await? => Err(too_busy()),
        Err(overdue) => {
            let finding = world.broken("a report of the task", overdue.to_string());
            Err(finding.shown_by(evidence(world).await?).into())
        }
    }
}

/// Calls of the trust to site services that do work: no health probes, no calls of the services to
/// each other, none of ours.
pub async fn work_calls(world: &World) -> Judged<Vec<Exchange>> {
    let calls = world.site_seen(None).await?;
    let others =
        ["da.health", "img.health", "img.ping_pacs", "xnat.build_info", "da.accession_ids"];
    let of_trust = |call: &Exchange| !others.contains(&call.route.as_str()) && !is_setup(call);
    Ok(calls.into_iter().filter(of_trust).collect())
}

/// Ends a scenario that only uses work, where a task failed for a call its site service does not know:
/// that is a fault of the call, and of no clause about keys or logs.
pub async fn unless_call_is_wrong(world: &World) -> Judged {
    // Also before the trust was last started: work of this scenario may be older than that.
    let all = JournalFilter::default();
    let calls = world.staged()?.site_control.control.journal(&all).await?;
    let is_wrong = |call: &&Exchange| is_unknown(call) && !is_setup(call);
    let Some(call) = calls.iter().find(is_wrong) else { return Ok(()) };
    let clause = if call.path.ends_with("/cohort") { "TRUST-TASK-07" } else { "TRUST-TASK-08" };
    if world.case().requirements.iter().any(|id| id == clause) {
        return Ok(());
    }
    let query = call.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
    let observed = format!("{} {}{query} -> {}", call.method, call.path, call.status);
    let finding = Finding::new(clause, "a local call the site's service knows", observed);
    Err(Stop::SceneBroken(Box::new(finding)))
}

/// Refused for what it is, not for who asks: no such path, method or body.
fn is_unknown(call: &Exchange) -> bool {
    matches!(call.status, 404 | 405 | 422) && call.fault.is_none()
}

/// Whether a trust with shortened waits gave up a call that nobody spoiled: this machine was too busy
/// for it, which says nothing about the trust. A result may name such a call as well.
pub async fn starved(world: &World, result: Option<&str>) -> Judged<bool> {
    if world.time_scale() >= 1.0 {
        return Ok(false);
    }
    let log = world.staged()?.log.after(0);
    for (route, phrase) in [("pending", POLL_ERROR), ("result", REPORT_ERROR)] {
        let seen = world.hub_seen(Some(route)).await?;
        let spoiled = seen.iter().filter(|call| call.fault.is_some()).count();
        if log.iter().filter(|line| line.text.contains(phrase)).count() > spoiled {
            return Ok(true);
        }
    }
    let unreached = result.is_some_and(|text| text.contains("Failed to connect to remote service"));
    let local = world.site_seen(None).await?.iter().any(|call| call.fault.is_some());
    Ok(unreached && !local)
}

/// What is said then.
pub fn too_busy() -> Stop {
    Stop::not_verified("this machine was too busy for the shortened waits of the target")
}

/// A finding about a task, with the reports and local calls that show it.
pub async fn about_task(world: &World, expected: &str, observed: String) -> Judged<Stop> {
    let finding: Finding = world.broken(expected, observed).shown_by(evidence(world).await?);
    Ok(finding.into())
}

async fn evidence(world: &World) -> Judged<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(world.hub_seen(Some("result")).await?.iter().map(line));
    lines.extend(work_calls(world).await?.iter().map(line));
    lines.extend(world.staged()?.log.tail(6));
    Ok(lines)
}

/// One exchange as a line of evidence.
pub fn line(exchange: &Exchange) -> String {
    format!(
        "{:.0} ms {} {} {} {} -> {} {}",
        exchange.at_ms,
        exchange.listener,
        exchange.method,
        exchange.path,
        exchange.request_body,
        exchange.status,
        exchange.response_body
    )
}

const QUEUE: &str = "queue";
/// Variable with the payload an earlier step prepared the site for.
pub const NEXT_COHORT_QUERY: &str = "next cohort_query";
/// What the log of a trust says of a call to the hub that broke (trust 4.2, 4.3).
const POLL_ERROR: &str = "Error polling for tasks";
const REPORT_ERROR: &str = "Error reporting result for task";
