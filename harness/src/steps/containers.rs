//! What happens to containers: pauses, kills, restarts, a network that is cut, a disk that is full.

use std::time::Duration;

use futures::future::BoxFuture;

use super::tasks::{line, work_calls};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::deliveries::delivered;
use crate::steps;
use crate::target::{Capability, Grip, TargetError};
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"its container is paused" => paused,
    r"its container goes on" => goes_on,
    r"its container is killed" => killed,
    r"its container is restarted" => restarted,
    r"the container is up again" => up_again,
    r"its network is cut" => cut,
    r"its network is healed" => healed,
    r"the disk of the trust is full" => disk_full,
    r"the silent trust is listed as Offline" => listed_offline,
    r"nothing ran oftener than it was handed out" => ran_as_handed_out,
];

async fn paused(world: &mut World, _: Args) -> Judged {
    act(world, |grip| grip.pause()).await
}

async fn goes_on(world: &mut World, _: Args) -> Judged {
    act(world, |grip| grip.go_on()).await
}

async fn killed(world: &mut World, _: Args) -> Judged {
    act(world, |grip| grip.kill()).await
}

async fn restarted(world: &mut World, _: Args) -> Judged {
    act(world, |grip| grip.restart()).await
}

async fn cut(world: &mut World, _: Args) -> Judged {
    act(world, |grip| grip.cut_off()).await
}

async fn healed(world: &mut World, _: Args) -> Judged {
    act(world, |grip| grip.heal()).await
}

/// Starts it again unless it came up by itself.
async fn up_again(world: &mut World, _: Args) -> Judged {
    if world.staged()?.running()?.exited().is_none() {
        return Ok(());
    }
    act(world, |grip| grip.start_again()).await
}

async fn act(
    world: &World,
    action: impl for<'a> FnOnce(&'a dyn Grip) -> BoxFuture<'a, Result<(), TargetError>>,
) -> Judged {
    world.needs(Capability::Container)?;
    let trust = world.staged()?.running()?;
    let grip = trust.grip().ok_or_else(|| Stop::not_verified("the trust is no container"))?;
    action(grip).await.map_err(Stop::not_verified)
}

async fn disk_full(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Container)?;
    world.stage().await?.disk_full = true;
    Ok(())
}

/// A trust that cannot speak is not heard within the window, which is moved past on the hub's clock.
async fn listed_offline(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let window = Duration::from_secs(contract::limits::ONLINE_SECS.unsigned_abs() + 1);
    let listed = eventually(world.patience(60.0), "Offline", || async {
        // A call that was under way when the trust fell silent may still have counted.
        if let Err(error) = stage.hub_control.advance(window).await {
            return Probe::Pending(error.to_string());
        }
        match stage.hub_control.trust(&stage.registration.id).await {
            Ok(Some(trust)) if trust["online"] == false => Probe::Done(()),
            Ok(trust) => {
                Probe::Pending(format!("{:?}", trust.map(|trust| trust["online"].clone())))
            }
            Err(error) => Probe::Pending(error.to_string()),
        }
    })
    .await;
    listed.map_err(Stop::not_verified)
}

/// A task has its local call once for each time it was handed out, at most: the hub knows of every run.
async fn ran_as_handed_out(world: &mut World, _: Args) -> Judged {
    let handed_out: usize =
        world.hub_seen(Some("pending")).await?.iter().map(|poll| delivered(poll).len()).sum();
    let calls = work_calls(world).await?;
    if calls.len() <= handed_out {
        return Ok(());
    }
    let expected = format!("at most {handed_out} local calls, one for each task handed out");
    let lines: Vec<String> = calls.iter().map(line).collect();
    Err(world.broken(expected, format!("{} local calls", calls.len())).shown_by(lines).into())
}
