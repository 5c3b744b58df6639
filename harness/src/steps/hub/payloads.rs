//! Opening what polls deliver, with the hub's own key.

use contract::envelope::{SHARED_KID, task_context};

use super::{demand, fact, group_lines, task, task_row};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::hub::Breach;
use crate::oracle::hub::payload::{self, Delivered};
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"the payload opens to exactly what was queued" => opens,
    r"the payload is an envelope under the platform's key" => envelope,
    r#"the payload does not open for a "(\w+)" task"# => bound_to_type,
    r"no two of (\d+) payloads share an iv" => fresh_ivs,
    r"no payload has left the hub" => none_left,
];

async fn opens(world: &mut World, _: Args) -> Judged {
    let delivered = the_delivery(world)?;
    let row = task_row(world, &delivered.id).await?;
    let plaintext = row["plaintext"].as_str().map(str::to_owned);
    if plaintext.is_none() {
        return Err(Stop::not_verified("the hub does not tell what was queued"));
    }
    let (cipher, keys) = (world.edition().cipher, &world.hub()?.payload_keys);
    let breach = payload::judge(cipher, keys, &delivered, plaintext.as_deref());
    demand(world, breach, group_lines(world)?)
}

async fn envelope(world: &mut World, _: Args) -> Judged {
    let delivered = the_delivery(world)?;
    demand(world, payload::envelope_form(&delivered.payload, SHARED_KID), group_lines(world)?)
}

async fn bound_to_type(world: &mut World, args: Args) -> Judged {
    let delivered = the_delivery(world)?;
    let hub = world.hub()?;
    let open = |task_type: &str| {
        let context = task_context(task_type);
        payload::open_with(hub.edition.cipher, &hub.payload_keys, &context, &delivered.payload)
    };
    if let Err(reason) = open(&delivered.task_type) {
        let breach = Breach::new("a payload that opens for its own task type", reason);
        return demand(world, Some(breach), group_lines(world)?);
    }
    let breach = open(args.group(0)).ok().map(|_| {
        Breach::new(format!("a payload bound to {}", delivered.task_type), "it opens for both")
    });
    demand(world, breach, group_lines(world)?)
}

async fn fresh_ivs(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    let payloads: Vec<Delivered> = everything(world)?;
    if payloads.len() < count {
        let got = payloads.len();
        return Err(Stop::not_verified(format!("only {got} of {count} payloads were delivered")));
    }
    demand(world, payload::fresh_ivs(world.edition().cipher, &payloads), Vec::new())
}

async fn none_left(world: &mut World, _: Args) -> Judged {
    let count = everything(world)?.len();
    fact(world, count == 0, "no payload", format!("{count} payloads"))
}

/// Every payload of the scenario.
fn everything(world: &World) -> Judged<Vec<Delivered>> {
    let seen = &world.hub()?.seen;
    Ok(seen.iter().flat_map(|seen| payload::delivered(&seen.ask, &seen.reply)).collect())
}

/// The delivery of the task the scenario is about.
fn the_delivery(world: &World) -> Judged<Delivered> {
    let id = task(world)?;
    let found = everything(world)?.into_iter().rev().find(|delivered| delivered.id == id);
    found.ok_or_else(|| Stop::not_verified("the task was not delivered"))
}
