//! Setting up: a registered trust, its environment, its start, and the passing of cycles.

use std::time::Duration;

use uuid::Uuid;

use super::tasks::line;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::stage::{Mark, Stage, trust_environment};
use crate::steps;
use crate::target::{Capability, TargetError};
use crate::wait::{Overdue, Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"a registered trust" => registered,
    r"a registered trust opposite a hub that speaks TLS" => registered_tls,
    r"the trust is running" => running,
    r"the trust starts" => starts,
    r"the trust starts again" => starts,
    r#"the variable (\w+) is "(.*)""# => variable_is,
    r"the variable (\w+) is missing" => variable_missing,
    r"the trust has its whole environment again" => whole_environment,
    r"the trust is told of the hub's CA" => told_of_ca,
    r"the trust expects the identity of another trust" => expects_another,
    r"the trust runs in a process of its own" => own_process,
    r"(\d+) cycles? pass(?:es)?" => cycles_pass,
    r"the trust polls again" => polls_again,
    r"the first contact with the hub is made within (\d+) s" => first_contact,
    r"the trust is Online" => online,
    r"the trust stays Online" => stays_online,
    r"the trust goes Offline" => goes_offline,
    r"every call of the trust is refused with (\d+)" => refused_with,
    r"a site service is holding a call" => holding,
];

async fn registered(world: &mut World, _: Args) -> Judged {
    world.stage().await.map(drop)
}

async fn registered_tls(world: &mut World, _: Args) -> Judged {
    let plan = crate::stage::StagePlan { tls: true, ..world.usual_plan() };
    world.open_stage(Some(plan)).await
}

/// Starts the trust unless it runs already, and waits for its first accepted poll.
async fn running(world: &mut World, _: Args) -> Judged {
    world.stage().await?;
    let fresh = match &world.staged()?.trust {
        None => true,
        Some(trust) => trust.exited().is_some(),
    };
    if fresh {
        start(world).await?;
    }
    let waited = world
        .until_hub_saw(
            world.patience(world.next_cycle_secs()),
            "a first poll",
            Some("pending"),
            |seen| Probe::found((!seen.is_empty()).then_some(()), "no poll"),
        )
        .await?;
    waited.map_err(|overdue| {
        let silent = world.staged().map(|stage| stage.log.tail(5)).unwrap_or_default();
        let silent = TargetError::Silent { waited: overdue.deadline, output: silent };
        Stop::not_verified(silent)
    })
}

async fn starts(world: &mut World, _: Args) -> Judged {
    world.stage().await?;
    start(world).await
}

/// Starts the trust with its environment as it is now.
pub async fn start(world: &mut World) -> Judged {
    let context = world.context();
    let crate::engine::Subject::Trust { target, .. } = &context.subject else {
        return Err(Stop::not_applicable("this run judges a hub"));
    };
    let stage = world.staged_mut()?;
    if stage.trust.is_some() && !target.can(Capability::Restart) {
        return Err(Stop::not_applicable("this target cannot be started again"));
    }
    stage.end_trust().await;
    stage.mark = settled_mark(stage).await?;
    stage.start_trust(target.as_ref()).await.map_err(Stop::not_verified)?;
    stage.mark.log = 0;
    Ok(())
}

/// Where the captures end once the last calls of a trust that was ended are in.
async fn settled_mark(stage: &Stage) -> Judged<Mark> {
    let last = parking_lot::Mutex::new(None);
    let settled = eventually(Duration::from_secs(5), "an end of the captures", || async {
        match stage.newest().await {
            Ok(mark) => {
                let before = last.lock().replace((mark.hub, mark.site));
                let same = before == Some((mark.hub, mark.site));
                Probe::found(same.then_some(mark), "more came in")
            }
            Err(stop) => Probe::Pending(stop.to_string()),
        }
    })
    .await;
    settled.map_err(Stop::not_verified)
}

async fn variable_is(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let value = args.group(1).to_owned();
    world.stage().await?.env.insert(args.group(0).to_owned(), value);
    Ok(())
}

async fn variable_missing(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Restart)?;
    world.stage().await?.env.remove(args.group(0));
    Ok(())
}

async fn whole_environment(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let context = world.context();
    let crate::engine::Subject::Trust { target, .. } = &context.subject else {
        return Err(Stop::not_applicable("this run judges a hub"));
    };
    let stage = world.staged_mut()?;
    stage.env = trust_environment(
        stage.edition,
        target.as_ref(),
        &stage.hub,
        &stage.site,
        &stage.registration,
    );
    Ok(())
}

/// The file lives as long as the hub it belongs to.
async fn told_of_ca(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let stage = world.stage().await?;
    let pem = stage.hub.ca_pem.clone().ok_or_else(|| Stop::not_verified("the hub has no CA"))?;
    let mut file = tempfile::NamedTempFile::new().map_err(Stop::not_verified)?;
    std::io::Write::write_all(&mut file, pem.as_bytes()).map_err(Stop::not_verified)?;
    let path = file.path().to_string_lossy().into_owned();
    stage.env.insert("SSL_CERT_FILE".to_owned(), path);
    keep(stage, file);
    Ok(())
}

/// Keeps something as long as the hub opposite.
pub fn keep(stage: &mut Stage, thing: impl std::any::Any + Send + Sync) {
    let hub = std::mem::replace(&mut stage.hub.guard, Box::new(()));
    stage.hub.guard = Box::new((hub, thing));
}

async fn expects_another(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let other = Uuid::from_u128(0x0a0a_0a0a_0a0a_4a0a_8a0a_0a0a_0a0a_0a0a).to_string();
    world.stage().await?.env.insert("EXPECTED_TRUST_ID".to_owned(), other);
    Ok(())
}

async fn own_process(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Process)?;
    world.stage().await?.own_process = true;
    Ok(())
}

/// Waits until the trust has polled `count` times more; polls are what ends a cycle's talking.
async fn cycles_pass(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    pass(world, count).await
}

async fn polls_again(world: &mut World, _: Args) -> Judged {
    pass(world, 1).await
}

/// Waits for that many further polls, whatever they are answered.
pub async fn pass(world: &World, count: usize) -> Judged {
    let before = world.hub_seen(Some("pending")).await?.len();
    let cycles = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let secs = cycles * CYCLE_SECS + world.next_cycle_secs();
    let ended = || world.staged().ok()?.running().ok()?.exited();
    let waited = world
        .until_hub_saw(world.patience(secs), "further polls", Some("pending"), |seen| {
            let polls = seen.len() - before.min(seen.len());
            let settled = (polls >= count).then_some(None).or_else(|| ended().map(Some));
            Probe::found(settled, format!("{polls} of {count} polls"))
        })
        .await?;
    let observed = match waited {
        Ok(None) => return Ok(()),
        Ok(Some(exit)) => format!("it ended with {exit}"),
        Err(overdue) => overdue.to_string(),
    };
    let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
    Err(world.broken("the trust keeps polling", observed).shown_by(tail).into())
}

async fn first_contact(world: &mut World, args: Args) -> Judged {
    let secs: f64 = args.number(0)?;
    let waited = world
        .until_hub_saw(world.patience(secs), "a first heartbeat", Some("heartbeat"), |seen| {
            Probe::found((!seen.is_empty()).then_some(()), "no heartbeat")
        })
        .await?;
    waited.map_err(|overdue| {
        let expected = format!("a heartbeat within {secs} s of start");
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        world.broken(expected, overdue.to_string()).shown_by(tail).into()
    })
}

async fn online(world: &mut World, _: Args) -> Judged {
    match listed(world).await? {
        Some(true) => Ok(()),
        seen => {
            let observed = in_words(seen);
            Err(world.broken("the hub lists the trust as Online", observed).into())
        }
    }
}

/// Lets the Online window pass on the hub's clock: only a further heartbeat makes it Online again.
async fn stays_online(world: &mut World, _: Args) -> Judged {
    let window = Duration::from_secs(contract::limits::ONLINE_SECS.unsigned_abs() + 1);
    world.staged()?.hub_control.advance(window).await?;
    let waited = until_listed(world, true).await?;
    waited.map_err(|overdue| {
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        world.broken("the trust stays Online", overdue.to_string()).shown_by(tail).into()
    })
}

/// The same the other way round: no accepted heartbeat follows.
async fn goes_offline(world: &mut World, _: Args) -> Judged {
    pass(world, 2).await?;
    let window = Duration::from_secs(contract::limits::ONLINE_SECS.unsigned_abs() + 1);
    world.staged()?.hub_control.advance(window).await?;
    pass(world, 2).await?;
    match listed(world).await? {
        Some(true) => Err(Stop::not_verified("the hub still lists the trust as Online")),
        _ => Ok(()),
    }
}

async fn until_listed(world: &World, wanted: bool) -> Judged<Result<(), Overdue>> {
    let what = if wanted { "Online" } else { "Offline" };
    let stage = world.staged()?;
    Ok(eventually(world.patience(world.next_cycle_secs()), what, || async {
        match stage.hub_control.trust(&stage.registration.id).await {
            Ok(Some(trust)) if trust["online"].as_bool() == Some(wanted) => Probe::Done(()),
            Ok(trust) => Probe::Pending(in_words(trust.and_then(|t| t["online"].as_bool()))),
            Err(error) => Probe::Pending(error.to_string()),
        }
    })
    .await)
}

async fn listed(world: &World) -> Judged<Option<bool>> {
    let stage = world.staged()?;
    let trust = stage.hub_control.trust(&stage.registration.id).await?;
    Ok(trust.map(|trust| trust["online"].as_bool().unwrap_or(false)))
}

fn in_words(online: Option<bool>) -> String {
    match online {
        Some(true) => "it is listed as Online".to_owned(),
        Some(false) => "it is listed as Offline".to_owned(),
        None => "it is not listed".to_owned(),
    }
}

/// Brings about that the hub refuses the trust, and sees that the trust goes on trying.
async fn refused_with(world: &mut World, args: Args) -> Judged {
    let status: u16 = args.number(0)?;
    let before = world.hub_seen(None).await?.last().map_or(0, |call| call.seq);
    pass(world, 2).await?;
    let later = world.hub_seen(None).await?.into_iter().filter(|call| call.seq > before);
    // The first call may have been under way when the state changed.
    let odd = later.skip(1).find(|call| call.status != status && call.status != 0);
    match odd {
        None => Ok(()),
        Some(call) => Err(Stop::not_verified(format!("the hub answered: {}", line(&call)))),
    }
}

/// A held call is captured only when it ends; the fault that holds it counts it at once.
async fn holding(world: &mut World, _: Args) -> Judged {
    let control = &world.staged()?.site_control.control;
    let waited = eventually(world.patience(world.next_cycle_secs()), "a held call", || async {
        match control.get("/control/faults").await {
            Ok(faults) => {
                let hits = |fault: &serde_json::Value| fault["hits"].as_u64().unwrap_or_default();
                let held = faults.as_array().is_some_and(|all| all.iter().any(|f| hits(f) > 0));
                Probe::found(held.then_some(()), faults)
            }
            Err(error) => Probe::Pending(error.to_string()),
        }
    })
    .await;
    waited.map_err(Stop::not_verified)
}

/// A cycle whose calls are answered, and half as much again and more for a busy hub.
const CYCLE_SECS: f64 = 10.0;
