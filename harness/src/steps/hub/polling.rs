//! Queueing work and judging what polls hand out.

use std::collections::BTreeMap;

use serde_json::json;

use super::{TASK, TASKS, demand, fact, group_lines, task, task_row};
use crate::control::TaskOrder;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::hub::Breach;
use crate::oracle::hub::payload::{Delivered, delivered};
use crate::oracle::hub::refusal;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r#"(\d+) tasks? (?:is|are) queued for "(\w+)""# => queued,
    r#"a "(\w+)" task is queued for "(\w+)""# => queued_of_type,
    r#"a task was handed to "(\w+)""# => handed,
    r"the task is cancelled" => cancelled,
    r"the poll brings no task" => brings_none,
    r"the poll brings the task" => brings_it,
    r"the poll does not bring the task" => brings_not,
    r"the poll brings tasks (\d+) to (\d+) in the order of their queueing" => brings_in_order,
    r#"the poll brings only tasks of "(\w+)""# => brings_own,
    r"every queued task was delivered exactly once" => each_once,
    r"the task is (PENDING|IN_PROGRESS|COMPLETED|FAILED|CANCELLED)" => is_in_state,
    r"every queued task is (PENDING|IN_PROGRESS|COMPLETED|FAILED|CANCELLED)" => all_in_state,
    r#"the task holds the result "(.*)""# => holds_result,
    r#""(\w+)" gets the task and never reports it, (\d+) times"# => expires,
];

async fn queued(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let payload = Some(json!({"email": "a@example.org", "enabled": true}));
    let order =
        TaskOrder { task_type: USUAL_TYPE.to_owned(), payload, count, ..Default::default() };
    queue(world, args.group(1), &order).await
}

async fn queued_of_type(world: &mut World, args: Args) -> Judged {
    let payload = Some(json!({"planted": args.group(0), "umlaut": "Ärzte", "nothing": null}));
    let task_type = args.group(0).to_owned();
    let order = TaskOrder { task_type, payload, count: 1, ..Default::default() };
    queue(world, args.group(1), &order).await
}

async fn queue(world: &mut World, trust: &str, order: &TaskOrder) -> Judged {
    let hub = world.hub()?;
    let ids = hub.control()?.queue(&hub.trust(trust)?.id, order).await?;
    let Some(first) = ids.first().cloned() else {
        return Err(Stop::not_verified("the hub queued nothing"));
    };
    world.vars.insert(TASK.to_owned(), first);
    world.vars.insert(TASKS.to_owned(), ids.join(" "));
    Ok(())
}

/// Queues one task and hands it out, or the scenario cannot go on.
async fn handed(world: &mut World, args: Args) -> Judged {
    let payload = Some(json!({"email": "a@example.org", "enabled": true}));
    let order =
        TaskOrder { task_type: USUAL_TYPE.to_owned(), payload, count: 1, ..Default::default() };
    queue(world, args.group(0), &order).await?;
    let given = poll(world, args.group(0)).await?;
    let id = task(world)?;
    if given.iter().any(|delivered| delivered.id == id) {
        return Ok(());
    }
    Err(Stop::not_verified("the hub did not hand out the queued task"))
}

async fn poll(world: &mut World, trust: &str) -> Judged<Vec<Delivered>> {
    let hub = world.hub_mut()?;
    let ask = hub.poll(trust)?;
    hub.ask(ask).await?;
    let last = hub.last()?;
    Ok(delivered(&last.ask, &last.reply))
}

async fn cancelled(world: &mut World, _: Args) -> Judged {
    let path = format!("/control/tasks/{}/cancel", task(world)?);
    world.hub()?.control()?.control.post(&path, json!({})).await?;
    Ok(())
}

/// What the last group of polls handed out, in order; a refused poll is a breach.
fn handed_out(world: &World) -> Judged<Vec<Delivered>> {
    let group = world.hub()?.last_group();
    if let Some(refused) = group.iter().find(|seen| seen.reply.status != 200) {
        let breach = refusal::status(&refused.reply, 200);
        demand(world, breach, vec![refused.line()])?;
    }
    Ok(group.iter().flat_map(|seen| delivered(&seen.ask, &seen.reply)).collect())
}

async fn brings_none(world: &mut World, _: Args) -> Judged {
    let count = handed_out(world)?.len();
    fact(world, count == 0, "no task", format!("{count} tasks"))
}

async fn brings_it(world: &mut World, _: Args) -> Judged {
    let tasks = handed_out(world)?;
    let holds = tasks.iter().any(|delivered| task(world).is_ok_and(|id| delivered.id == id));
    fact(world, holds, "the task", format!("{} tasks without it", tasks.len()))
}

async fn brings_not(world: &mut World, _: Args) -> Judged {
    let tasks = handed_out(world)?;
    let found = tasks.iter().any(|delivered| task(world).is_ok_and(|id| delivered.id == id));
    fact(world, !found, "a poll without the task", "the task")
}

async fn brings_in_order(world: &mut World, args: Args) -> Judged {
    let (first, last): (usize, usize) = (args.number(0)?, args.number(1)?);
    let all = queued_ids(world)?;
    let wanted = all.get(first - 1..last).unwrap_or_default();
    if wanted.is_empty() {
        return Err(Stop::not_verified("so many tasks were not queued"));
    }
    let got: Vec<String> = handed_out(world)?.into_iter().map(|delivered| delivered.id).collect();
    let expected = format!("tasks {first} to {last}, oldest first");
    let at = |id: &String| all.iter().position(|known| known == id).map(|at| at + 1);
    let places: Vec<String> =
        got.iter().map(|id| at(id).map_or("?".to_owned(), |at| at.to_string())).collect();
    fact(world, got == wanted, &expected, format!("{} tasks: {}", got.len(), places.join(" ")))
}

async fn brings_own(world: &mut World, args: Args) -> Judged {
    let hub = world.hub()?;
    let own: Vec<String> = hub
        .control()?
        .tasks(&hub.trust(args.group(0))?.id)
        .await?
        .into_iter()
        .map(|task| task.id)
        .collect();
    let tasks = handed_out(world)?;
    if tasks.is_empty() {
        return Err(Stop::not_verified("the poll brought nothing"));
    }
    let foreign = tasks.iter().filter(|delivered| !own.contains(&delivered.id)).count();
    fact(world, foreign == 0, "own tasks only", format!("{foreign} tasks of others"))
}

/// Whether the last group of polls delivered each queued task once.
async fn each_once(world: &mut World, _: Args) -> Judged {
    let mut counts: BTreeMap<String, usize> =
        queued_ids(world)?.into_iter().map(|id| (id, 0)).collect();
    for delivered in handed_out(world)? {
        *counts.entry(delivered.id).or_default() += 1;
    }
    let wrong = counts.values().filter(|count| **count != 1).count();
    let most = counts.values().max().copied().unwrap_or_default();
    let observed = format!("{wrong} of {} otherwise, up to {most} times", counts.len());
    fact(world, wrong == 0, "each task once", observed)
}

async fn is_in_state(world: &mut World, args: Args) -> Judged {
    let row = task_row(world, task(world)?).await?;
    let expected = format!("the task {}", args.group(0));
    fact(world, row["status"] == args.group(0), &expected, row["status"].to_string())
}

async fn all_in_state(world: &mut World, args: Args) -> Judged {
    for id in queued_ids(world)? {
        let row = task_row(world, &id).await?;
        let expected = format!("task {id} {}", args.group(0));
        fact(world, row["status"] == args.group(0), &expected, row["status"].to_string())?;
    }
    Ok(())
}

async fn holds_result(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0);
    let row = task_row(world, task(world)?).await?;
    let holds = row["result"] == wanted;
    fact(world, holds, &format!("the result {wanted:?}"), row["result"].to_string())
}

/// Lets deliveries expire one after another: each poll must bring the task, then time passes.
async fn expires(world: &mut World, args: Args) -> Judged {
    let times: usize = args.number(1)?;
    for delivery in 1..=times {
        let brought = poll(world, args.group(0)).await?;
        let id = task(world)?.to_owned();
        let holds = brought.iter().any(|delivered| delivered.id == id);
        let observed = format!("{} tasks at poll {delivery}", brought.len());
        let breach = (!holds).then(|| Breach::new(format!("delivery {delivery}"), observed));
        demand(world, breach, group_lines(world)?)?;
        let stale = std::time::Duration::from_secs(EXPIRY_MINUTES * 60);
        world.hub()?.control()?.advance(stale).await?;
    }
    Ok(())
}

fn queued_ids(world: &World) -> Judged<Vec<String>> {
    let ids = world.vars.get(TASKS).ok_or_else(|| Stop::not_verified("no task was queued"))?;
    Ok(ids.split(' ').map(str::to_owned).collect())
}

const USUAL_TYPE: &str = "update_user_profile";
/// Stale after 30 minutes, looked for every 10.
const EXPIRY_MINUTES: u64 = 41;
