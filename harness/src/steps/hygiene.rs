//! What the output must hold, and what it must not (trust 11).

use contract::capture::Exchange;

use super::output::lines;
use super::tasks::queue;
use crate::control::TaskOrder;
use crate::engine::{Args, StepRow};
use crate::finding::{Finding, Judged, Stop};
use crate::oracle::secrets::{EMAIL, in_output};
use crate::payloads::{PLANTED_EMAIL, honest, scene_kinds};
use crate::steps;
use crate::target::{Capability, LogLine};
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"each accepted poll left a line with method, path and status" => polls_logged,
    r"a planted e-mail address is watched for in the output" => watch_email,
    r"a task of each kind is queued" => one_of_each,
    r"the output shows no planted secret" => clean,
    r"the output is at least (\d+) lines long" => long_enough,
];

/// Lines arrive a moment after the exchange they tell of.
async fn polls_logged(world: &mut World, _: Args) -> Judged {
    let accepted: Vec<Exchange> = world
        .hub_seen(Some("pending"))
        .await?
        .into_iter()
        .filter(|poll| poll.status == 200)
        .collect();
    let Some(first) = accepted.first() else {
        return Err(Stop::not_verified("no poll was accepted"));
    };
    let path = first.path.clone();
    let told = |line: &LogLine| {
        let text = line.message();
        text.contains("GET") && text.contains(&path) && text.contains("200")
    };
    lines(world)?;
    let waited = eventually(world.patience(10.0), "a line for each poll", || async {
        let count = lines(world).map_or(0, |all| all.iter().filter(|line| told(line)).count());
        let enough = (count >= accepted.len()).then_some(());
        Probe::found(enough, format!("{count} lines for {} accepted polls", accepted.len()))
    })
    .await;
    waited.map_err(|overdue| {
        let expected = format!("a line with GET, {path} and 200 for each accepted poll");
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        world.broken(expected, overdue.last).shown_by(tail).into()
    })
}

async fn watch_email(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Logs)?;
    world.stage().await?.watch(EMAIL, PLANTED_EMAIL);
    Ok(())
}

async fn one_of_each(world: &mut World, _: Args) -> Judged {
    for kind in scene_kinds(world.edition().trust_task_types) {
        let payload = Some(honest(kind, world.staged()?).await?);
        let order =
            TaskOrder { task_type: kind.name().to_owned(), payload, ..TaskOrder::default() };
        queue(world, &format!("of-each-{}", kind.name()), &order).await?;
    }
    Ok(())
}

async fn clean(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Logs)?;
    let stage = world.staged()?;
    let level = stage.env.get("LOG_LEVEL").map_or("INFO", String::as_str);
    let clause = world.clause();
    let found: Option<Finding> = in_output(&stage.log.leaks(), level)
        .into_iter()
        .find(|finding| finding.requirement == clause);
    found.map_or(Ok(()), |finding| Err(finding.into()))
}

/// An output that is silent hides nothing and shows nothing: then nothing was tested.
async fn long_enough(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let seen = lines(world)?.len();
    if seen >= count {
        return Ok(());
    }
    Err(Stop::not_verified(format!("the output has {seen} lines")))
}
