//! Steps of scenarios that judge a hub: we play trusts, FL server, admin and nobody in front of it.

#![allow(clippy::unused_async, reason = "the step table holds asynchronous functions only")]

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::engine::StepRow;
use crate::finding::{Finding, Judged, Stop};
use crate::hub_stage::{Reply, Seen};
use crate::oracle::hub::Breach;
use crate::world::World;

mod access;
mod calls;
mod certificate;
mod clock;
mod cohort;
mod credentials;
mod drills;
mod freezing;
mod heartbeat;
mod hygiene;
mod ingest;
mod limits;
mod payloads;
mod polling;
mod registrations;
mod registry;
mod replies;
mod reports;
mod rotation;
mod schema;
mod setting;
mod training;
mod verb;
mod wear;

/// Every step of these files.
pub const ALL: [&[StepRow]; 24] = [
    setting::STEPS,
    clock::STEPS,
    calls::STEPS,
    certificate::STEPS,
    access::STEPS,
    replies::STEPS,
    registry::STEPS,
    registrations::STEPS,
    heartbeat::STEPS,
    polling::STEPS,
    reports::STEPS,
    payloads::STEPS,
    cohort::STEPS,
    ingest::STEPS,
    training::STEPS,
    limits::STEPS,
    hygiene::STEPS,
    rotation::STEPS,
    credentials::STEPS,
    drills::STEPS,
    verb::STEPS,
    schema::STEPS,
    freezing::STEPS,
    wear::STEPS,
];

/// Ends the step when an oracle is not content, with the exchanges that show it.
fn demand(world: &World, breach: Option<Breach>, lines: Vec<String>) -> Judged {
    match breach {
        None => Ok(()),
        Some(breach) => Err(broken(world, breach, lines)),
    }
}

/// The finding of a breach against the clause judged right now.
fn broken(world: &World, breach: Breach, lines: Vec<String>) -> Stop {
    let finding: Finding = world.broken(breach.expected, breach.observed);
    finding.shown_by(lines).into()
}

/// Judges the last reply.
fn judge_last(world: &World, oracle: impl FnOnce(&Reply) -> Option<Breach>) -> Judged {
    let last = world.hub()?.last()?;
    demand(world, oracle(&last.reply), vec![last.line()])
}

/// Demands that something holds, as a step of setting up: otherwise nothing was tested.
fn must_hold(holds: bool, what: &str, last: &Seen) -> Judged {
    if holds { Ok(()) } else { Err(Stop::not_verified(format!("{what}: {}", last.line()))) }
}

/// Judges a fact read from the hub's own state.
fn fact(world: &World, holds: bool, expected: &str, observed: impl Into<String>) -> Judged {
    let breach = (!holds).then(|| Breach::new(expected, observed));
    demand(world, breach, group_lines(world)?)
}

/// The exchanges of the last group, as evidence.
fn group_lines(world: &World) -> Judged<Vec<String>> {
    Ok(world.hub()?.last_group().iter().map(Seen::line).collect())
}

/// Fills the placeholders of a step's text: `{Alpha.id}`, `{Alpha.name}`, `{Alpha.slot}`, `{model}`,
/// `{query}`, `{task}`.
fn fill(world: &World, text: &str) -> Judged<String> {
    static PLACE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\{(?:(\w+)\.(id|name|slot)|(model|query|task))\}")
            .expect("a pattern written in this file")
    });
    let hub = world.hub()?;
    let mut filled = String::with_capacity(text.len());
    let mut copied_to = 0;
    for found in PLACE.captures_iter(text) {
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        filled.push_str(&text[copied_to..whole.start]);
        copied_to = whole.end;
        let group = |at: usize| found.get(at).map_or("", |group| group.as_str());
        match (group(2), group(3)) {
            ("id", _) => filled.push_str(&hub.trust(group(1))?.id),
            ("name", _) => filled.push_str(&hub.trust(group(1))?.name),
            ("slot", _) => filled.push_str(&hub.trust(group(1))?.slot),
            (_, "model") => filled.push_str(&hub.model("model")?),
            (_, "query") => filled.push_str(&hub.query("query")?),
            _ => filled.push_str(task(world)?),
        }
    }
    filled.push_str(&text[copied_to..]);
    Ok(filled)
}

/// The id of the task the scenario is about.
fn task(world: &World) -> Judged<&str> {
    let found = world.vars.get(TASK).map(String::as_str);
    found.ok_or_else(|| Stop::not_verified("no task was queued in this scenario"))
}

/// One task as the hub holds it.
async fn task_row(world: &World, id: &str) -> Judged<Value> {
    Ok(world.hub()?.control()?.control.get(&format!("/control/tasks/{id}")).await?)
}

/// A model as the hub holds it.
async fn model_row(world: &World) -> Judged<Value> {
    let hub = world.hub()?;
    Ok(hub.control()?.model_rows(&hub.model("model")?).await?)
}

/// Variable with the id of the task the scenario is about.
const TASK: &str = "hub task";
/// Variable with the ids of a batch of tasks, divided by blanks, in the order of queueing.
const TASKS: &str = "hub tasks";
/// An id that nothing has.
const UNKNOWN_ID: &str = "00000000-0000-4000-8000-000000000000";
