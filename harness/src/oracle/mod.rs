//! Judging: plain functions over captured bytes, never over mock code.

use crate::finding::Judged;
use crate::world::World;

pub mod account;
pub mod cohort;
pub mod conservation;
pub mod cycles;
pub mod deliveries;
pub mod egress;
#[cfg(test)]
pub(crate) mod fabricated;
pub mod fl_loss;
pub mod hub;
pub mod local_calls;
pub mod reach;
pub mod results;
pub mod secrets;
pub mod site_time;
pub mod snapshot;
pub mod sockets;
pub mod stored;

/// The checks that look at every scenario, whatever it is about.
pub async fn standing(world: &mut World) -> Judged {
    if world.has_stage() {
        conservation::standing_work(world).await?;
        secrets::standing_secrets(world).await?;
    }
    hub::standing_hub(world).await
}
