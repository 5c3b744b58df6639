//! The hub's clock, which only a hub of ours lets us move.

use std::time::Duration;

use serde_json::json;

use crate::engine::{Args, StepRow};
use crate::finding::Judged;
use crate::steps;
use crate::world::World;

/// Steps of this file.
pub(super) const STEPS: &[StepRow] = steps![
    r"the hub's clock stands still" => stands_still,
    r"(\d+) (seconds?|minutes?|hours?) pass at the hub" => pass,
    r"the hub's recovery job runs" => recover,
];

async fn stands_still(world: &mut World, _: Args) -> Judged {
    let control = world.hub_stage().await?.control()?;
    control.control.put("/control/clock", json!({"freeze": true})).await?;
    Ok(())
}

async fn pass(world: &mut World, args: Args) -> Judged {
    let count: u64 = args.number(0)?;
    let unit_secs = match args.group(1).trim_end_matches('s') {
        "hour" => 3600,
        "minute" => 60,
        _ => 1,
    };
    Ok(world.hub()?.control()?.advance(Duration::from_secs(count * unit_secs)).await?)
}

async fn recover(world: &mut World, _: Args) -> Judged {
    world.hub()?.control()?.control.post("/control/recover", json!({})).await?;
    Ok(())
}
