//! What is reported of a task: success, failure and its reason, how often, in which form.

use contract::capture::Exchange;
use contract::edition::FailureResult;

use super::federation::pass;
use super::tasks::{about_task, line, queue_order, settled, starved, task_id, too_busy};
use crate::control::TaskView;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::deliveries::reported;
use crate::oracle::results::{malformed, reason};
use crate::steps;
use crate::wait::Probe;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"the report of (?:the task|"(\w+)") is attempted (once|\d+ times)"# => attempted,
    r#"the report of "(\w+)" is attempted 3 times, 2 s and 4 s apart"# => attempted_apart,
    r#"the task(?: "(\w+)")? is reported as a success"# => succeeds,
    r#"the task(?: "(\w+)")? is reported as failed"# => fails,
    r#"the task(?: "(\w+)")? is reported as failed with "(.*)""# => fails_with,
    r#"the task(?: "(\w+)")? is reported as failed with a reason"# => fails_with_reason,
    r#"the task(?: "(\w+)")? is reported as failed with a reason and its status code (\d+)"# => fails_with_code,
    r#"the task(?: "(\w+)")? is never reported as a success"# => not_success,
    r#"the task(?: "(\w+)")? is reported exactly once"# => reported_once,
    r"all queued tasks are reported" => all_reported,
    r"all queued tasks are reported exactly once" => all_reported_once,
    r"every report holds success and result and nothing else" => reports_in_form,
    r#"the result of the task(?: "(\w+)")? is null"# => result_is_null,
    r"no task result is reported" => no_result,
];

async fn succeeds(world: &mut World, args: Args) -> Judged {
    let task = settled(world, args.group(0)).await?;
    if task.status == "COMPLETED" {
        return Ok(());
    }
    if starved(world, task.result.as_deref()).await? {
        return Err(too_busy());
    }
    Err(about_task(world, "the task reported as a success", shown(&task)).await?)
}

async fn fails(world: &mut World, args: Args) -> Judged {
    failure(world, args.group(0)).await.map(drop)
}

async fn fails_with(world: &mut World, args: Args) -> Judged {
    let (task, error) = failure(world, args.group(0)).await?;
    let wanted = args.group(1);
    if error.contains(wanted) {
        return Ok(());
    }
    let observed = format!("{error:?} in {}", shown(&task));
    Err(about_task(world, &format!("an error with {wanted:?}"), observed).await?)
}

async fn fails_with_reason(world: &mut World, args: Args) -> Judged {
    let (task, error) = failure(world, args.group(0)).await?;
    if !error.is_empty() {
        return Ok(());
    }
    Err(about_task(world, "a non-empty `error` in the result", shown(&task)).await?)
}

/// The code is judged where the edition has one; a task without reply from the service has none to
/// tell and names the one that stands for it.
async fn fails_with_code(world: &mut World, args: Args) -> Judged {
    let (task, error) = failure(world, args.group(0)).await?;
    let code: u64 = args.number(1)?;
    let told = reason(task.result.as_deref()).status_code;
    let has_code = world.edition().failure_result == FailureResult::ErrorWithStatus;
    if !error.is_empty() && (!has_code || told == Some(code)) {
        return Ok(());
    }
    let expected = if has_code {
        format!("a non-empty `error` and `status_code` {code} in the result")
    } else {
        "a non-empty `error` in the result".to_owned()
    };
    Err(about_task(world, &expected, shown(&task)).await?)
}

/// A task's state and result, for messages.
pub fn shown(task: &TaskView) -> String {
    format!("{} with {}", task.status, task.result.as_deref().unwrap_or("null"))
}

/// The failed task and its error text.
pub async fn failure(world: &World, label: &str) -> Judged<(TaskView, String)> {
    let task = settled(world, label).await?;
    if task.status != "FAILED" {
        return Err(about_task(world, "the task reported as failed", shown(&task)).await?);
    }
    let error = reason(task.result.as_deref()).error.unwrap_or_default();
    Ok((task, error))
}

async fn not_success(world: &mut World, args: Args) -> Judged {
    let id = task_id(world, args.group(0))?;
    let task = world.staged()?.hub_control.task(&id).await?;
    if task.status == "COMPLETED" {
        return Err(about_task(world, "no report of success", task.status).await?);
    }
    Ok(())
}

async fn reported_once(world: &mut World, args: Args) -> Judged {
    let id = task_id(world, args.group(0))?;
    settled(world, args.group(0)).await?;
    pass(world, 2).await?;
    once(world, &[id]).await
}

async fn attempted(world: &mut World, args: Args) -> Judged {
    let wanted = match args.group(1).split(' ').next() {
        Some("once") | None => 1,
        Some(number) => number.parse().map_err(Stop::not_verified)?,
    };
    pass(world, 1).await?;
    let attempts = attempts(world, args.group(0)).await?;
    if attempts.len() == wanted {
        return Ok(());
    }
    let observed = format!("{} attempts", attempts.len());
    let finding = world.broken(format!("{wanted} attempts"), observed);
    Err(finding.shown_by(attempts.iter().map(line)).into())
}

/// Lower bounds are strict; the upper ones leave room for a busy machine.
async fn attempted_apart(world: &mut World, args: Args) -> Judged {
    let id = task_id(world, args.group(0))?;
    let waited = world
        .until_hub_saw(
            world.patience(world.work_end_secs()),
            "three attempts",
            Some("result"),
            |seen| {
                let made = seen.iter().filter(|report| reported(report) == Some(&*id)).count();
                Probe::found((made >= 3).then_some(()), format!("{made} attempts"))
            },
        )
        .await?;
    let expected = "three attempts, 2 s and 4 s apart";
    if let Err(overdue) = waited {
        return Err(about_task(world, expected, overdue.to_string()).await?);
    }
    pass(world, 1).await?;
    let attempts = attempts(world, args.group(0)).await?;
    let pauses: Vec<f64> =
        attempts.windows(2).map(|pair| pair[1].at_ms - pair[0].ended_ms).collect();
    let fits = |pause_ms: f64, secs: f64| {
        let least_ms = world.scaled(secs).as_secs_f64() * 1000.0 * (1.0 - JITTER_SHARE);
        pause_ms >= least_ms && pause_ms <= world.patience(secs).as_secs_f64() * 1000.0
    };
    if let [first, second] = pauses.as_slice()
        && fits(*first, 2.0)
        && fits(*second, 4.0)
    {
        return Ok(());
    }
    let observed = format!("{} attempts, pauses of {pauses:.0?} ms", attempts.len());
    Err(world.broken(expected, observed).shown_by(attempts.iter().map(line)).into())
}

async fn attempts(world: &World, label: &str) -> Judged<Vec<Exchange>> {
    let id = task_id(world, label)?;
    let mut reports = world.hub_seen(Some("result")).await?;
    reports.retain(|report| reported(report) == Some(&*id));
    reports.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
    Ok(reports)
}

async fn all_reported(world: &mut World, _: Args) -> Judged {
    all_settled(world).await.map(drop)
}

async fn all_reported_once(world: &mut World, _: Args) -> Judged {
    let ids = all_settled(world).await?;
    pass(world, 2).await?;
    once(world, &ids).await
}

async fn all_settled(world: &World) -> Judged<Vec<String>> {
    let labels = world.vars.keys().filter_map(|name| name.strip_prefix("task "));
    let labels: Vec<String> = labels.map(str::to_owned).collect();
    for label in &labels {
        settled(world, label).await?;
    }
    Ok(queue_order(world))
}

async fn reports_in_form(world: &mut World, _: Args) -> Judged {
    let reports = world.hub_seen(Some("result")).await?;
    if reports.is_empty() {
        return Err(Stop::not_verified("no report was captured"));
    }
    for report in &reports {
        if let Some(flaw) = malformed(report) {
            let expected = "`success` as a bool, `result` as JSON text or null, nothing else";
            return Err(world.broken(expected, flaw).shown_by([line(report)]).into());
        }
    }
    Ok(())
}

/// Each of these tasks has exactly one report in the hub's journal.
async fn once(world: &World, ids: &[String]) -> Judged {
    let reports = world.hub_seen(Some("result")).await?;
    for id in ids {
        let of_task: Vec<&Exchange> = reports.iter().filter(|r| r.path.contains(id)).collect();
        if of_task.len() != 1 {
            if starved(world, None).await? {
                return Err(too_busy());
            }
            let observed = format!("{} reports of task {id}", of_task.len());
            let lines = of_task.iter().map(|exchange| line(exchange));
            return Err(world.broken("exactly one report a task", observed).shown_by(lines).into());
        }
    }
    Ok(())
}

async fn result_is_null(world: &mut World, args: Args) -> Judged {
    let task = settled(world, args.group(0)).await?;
    if task.result.is_none() {
        return Ok(());
    }
    Err(about_task(world, "null in `result`", shown(&task)).await?)
}

async fn no_result(world: &mut World, _: Args) -> Judged {
    let reports = world.hub_seen(Some("result")).await?;
    if reports.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = reports.iter().map(line).collect();
    Err(world.broken("no task result", format!("{} results", reports.len())).shown_by(lines).into())
}

/// Timers may differ by so much.
const JITTER_SHARE: f64 = 0.05;
