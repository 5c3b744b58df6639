//! Rate limits.

use serde_json::json;

use super::{demand, fact, group_lines};
use crate::control::TaskOrder;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::hub_stage::Seen;
use crate::oracle::hub::payload::delivered;
use crate::oracle::hub::{Breach, refusal};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"the first (\d+) of these replies are (\d{3}) and the rest (\d{3})" => split_at,
    r"at least one of these replies is (\d{3})" => at_least_one,
    r"each refusal says when to come back" => retry_after,
    r#""(\w+)" reports (\d+) tasks in one minute"# => reports_many,
];

async fn split_at(world: &mut World, args: Args) -> Judged {
    let (count, first, rest): (usize, u16, u16) =
        (args.number(0)?, args.number(1)?, args.number(2)?);
    let group = world.hub()?.last_group();
    let wrong = group
        .iter()
        .enumerate()
        .map(|(at, seen)| (at, if at < count { first } else { rest }, seen))
        .find(|(_, wanted, seen)| seen.reply.status != *wanted);
    let breach = wrong.map(|(at, wanted, seen)| {
        Breach::new(format!("reply {} to be {wanted}", at + 1), refusal::summary(&seen.reply))
    });
    demand(world, breach, Vec::new())
}

async fn at_least_one(world: &mut World, args: Args) -> Judged {
    let wanted: u16 = args.number(0)?;
    let group = world.hub()?.last_group();
    let count = group.iter().filter(|seen| seen.reply.status == wanted).count();
    let observed = format!("none among {}", group.len());
    fact(world, count > 0, &format!("a {wanted} among the replies"), observed)
}

async fn retry_after(world: &mut World, _: Args) -> Judged {
    let group = world.hub()?.last_group();
    let refused: Vec<&Seen> = group.iter().filter(|seen| seen.reply.status == 429).collect();
    if refused.is_empty() {
        return Err(Stop::not_verified("nothing was refused with 429"));
    }
    let bare = refused.iter().find(|seen| seen.reply.header("retry-after").is_none());
    let breach = bare.map(|_| Breach::new("Retry-After on each 429", "a 429 without it"));
    demand(world, breach, group_lines(world)?)
}

/// Gets so many tasks and reports each: one report a task, all within a minute.
async fn reports_many(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(1)?;
    let hub = world.hub_mut()?;
    let payload = Some(json!({"email": "a@example.org", "enabled": true}));
    let order = TaskOrder {
        task_type: "update_user_profile".to_owned(),
        payload,
        count,
        ..Default::default()
    };
    hub.control()?.queue(&hub.trust(args.group(0))?.id, &order).await?;
    let poll = hub.poll(args.group(0))?;
    hub.ask_each(vec![poll; count.div_ceil(contract::limits::BATCH_TASKS_MAX)]).await?;
    let given: Vec<String> = hub
        .last_group()
        .iter()
        .flat_map(|seen| delivered(&seen.ask, &seen.reply))
        .map(|task| task.id)
        .collect();
    if given.len() < count {
        return Err(Stop::not_verified(format!("only {} of {count} tasks came", given.len())));
    }
    let asks = given
        .iter()
        .map(|id| hub.report(args.group(0), id, &json!({"success": true, "result": "{}"})))
        .collect::<Judged<Vec<_>>>()?;
    hub.ask_each(asks).await.map(drop)
}
