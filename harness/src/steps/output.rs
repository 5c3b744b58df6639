//! What the trust prints, and how it ends.

use std::time::Duration;

use contract::wire::phrase;

use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::steps;
use crate::target::{Capability, Exit, LogLine};
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"the log holds "(.*)""# => holds,
    r#"the log holds "(.*)" exactly (once|\d+ times)"# => holds_times,
    r"the log tells of the refused heartbeat, where the edition does" => tells_refusal,
    r#"the log never holds "(.*)""# => holds_not,
    r"the trust exits with code (\d+) within (\d+) s" => exits,
    r"the trust is still running" => still_running,
    r"the trust receives SIGTERM" => sigterm,
    r"the trust ends within (\d+) s" => ends,
    r"the hub saw no request at all" => saw_nothing,
    r"the hub saw no poll" => saw_no_poll,
];

/// Lines of this scenario.
pub fn lines(world: &World) -> Judged<Vec<LogLine>> {
    world.needs(Capability::Logs)?;
    let stage = world.staged()?;
    Ok(stage.log.after(stage.mark.log))
}

async fn holds(world: &mut World, args: Args) -> Judged {
    until_held(world, args.group(0)).await
}

/// A trust of the oldest edition takes every answer to a heartbeat for an acceptance.
async fn tells_refusal(world: &mut World, _: Args) -> Judged {
    if !world.edition().logs_rejected_heartbeat {
        return Ok(());
    }
    until_held(world, phrase::HEARTBEAT_REJECTED).await
}

async fn until_held(world: &World, wanted: &str) -> Judged {
    lines(world)?;
    let waited = eventually(
        world.patience(world.next_cycle_secs()),
        format!("the line {wanted:?}"),
        || async {
            match lines(world) {
                Ok(lines) if lines.iter().any(|line| line.message().contains(wanted)) => {
                    Probe::Done(())
                }
                Ok(lines) => Probe::Pending(format!("{} other lines", lines.len())),
                Err(stop) => Probe::Pending(stop.to_string()),
            }
        },
    )
    .await;
    waited.map_err(|overdue| {
        let tail = world.staged().map(|stage| stage.log.tail(10)).unwrap_or_default();
        world
            .broken(format!("a log line with {wanted:?}"), overdue.to_string())
            .shown_by(tail)
            .into()
    })
}

async fn holds_times(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0);
    let times = match args.group(1).split(' ').next() {
        Some("once") | None => 1,
        Some(number) => number.parse::<usize>().map_err(Stop::not_verified)?,
    };
    let found: Vec<LogLine> =
        lines(world)?.into_iter().filter(|line| line.message().contains(wanted)).collect();
    if found.len() == times {
        return Ok(());
    }
    let expected = format!("{wanted:?} {times} times in the log");
    let finding = world.broken(expected, format!("{} times", found.len()));
    Err(finding.shown_by(found.into_iter().map(|line| line.text)).into())
}

async fn holds_not(world: &mut World, args: Args) -> Judged {
    let unwanted = args.group(0);
    let found: Vec<String> = lines(world)?
        .into_iter()
        .filter(|line| line.text.contains(unwanted))
        .map(|line| line.text)
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    let finding =
        world.broken(format!("no line with {unwanted:?}"), format!("{} lines", found.len()));
    Err(finding.shown_by(found).into())
}

async fn exits(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::ExitCode)?;
    let (code, secs): (i32, f64) = (args.number(0)?, args.number(1)?);
    let expected = format!("exit code {code} within {secs} s");
    let trust = world.staged()?.running()?;
    let waited = tokio::time::timeout(world.patience(secs), trust.wait()).await;
    let observed = match waited {
        Ok(Exit::Code(seen)) if seen == code => return Ok(()),
        Ok(exit) => exit.to_string(),
        Err(_) => "still running".to_owned(),
    };
    let tail = world.staged()?.log.tail(10);
    Err(world.broken(expected, observed).shown_by(tail).into())
}

async fn still_running(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::ExitCode)?;
    match world.staged()?.running()?.exited() {
        None => Ok(()),
        Some(exit) => {
            let tail = world.staged()?.log.tail(10);
            Err(world.broken("the trust keeps running", exit.to_string()).shown_by(tail).into())
        }
    }
}

async fn sigterm(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Signals)?;
    world.staged()?.running()?.terminate().map_err(Stop::not_verified)
}

/// A limit on ending is real time: nothing in a process that was told to end is scaled.
async fn ends(world: &mut World, args: Args) -> Judged {
    let secs: u64 = args.number(0)?;
    let trust = world.staged()?.running()?;
    match tokio::time::timeout(Duration::from_secs(secs), trust.wait()).await {
        Ok(_) => Ok(()),
        Err(_) => Err(world.broken(format!("an end within {secs} s"), "still running").into()),
    }
}

async fn saw_nothing(world: &mut World, _: Args) -> Judged {
    let seen = world.hub_seen(None).await?;
    if seen.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = seen.iter().map(super::tasks::line).collect();
    Err(world
        .broken("no request to the hub", format!("{} requests", seen.len()))
        .shown_by(lines)
        .into())
}

async fn saw_no_poll(world: &mut World, _: Args) -> Judged {
    let seen = world.hub_seen(Some("pending")).await?;
    if seen.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = seen.iter().map(super::tasks::line).collect();
    Err(world.broken("no poll", format!("{} polls", seen.len())).shown_by(lines).into())
}
