//! Ways a network fails before a call is made: the hub's name unknown or moved, connects unanswered, the
//! first of two addresses dead.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use contract::capture::Exchange;
use url::Url;

use super::federation::start;
use super::network::hub_addresses;
use crate::control::http_client;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::stage::{ADDRESS_V6, ADDRESSES, Approach, HUB_NAME, Names, Stage};
use crate::steps;
use crate::target::{Capability, can_have_own_names};
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"the way to the hub can be interrupted" => by_address,
    r"the trust knows its hub by a name" => by_name,
    r"the hub's name is unknown" => unknown,
    r"the hub's name is known again" => known,
    r"the hub moves to another address under its name" => moved,
    r"the first address of the hub's name is dead" => first_dead,
    r"connects to the hub are unanswered" => unanswered,
    r"connects to the hub are answered again" => answered,
    r"nothing reaches the hub for (\d+) s" => nothing_for,
    r"a normal cycle follows once the hub can be reached" => normal_cycle,
    r"the trust starts all the same" => starts,
];

async fn by_address(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    world.needs(Capability::Loopback)?;
    let stage = world.stage().await?;
    let to = hub_address(stage)?;
    let way = Approach::open((ADDRESSES[0], 0).into(), to).map_err(Stop::not_verified)?;
    point(stage, &ADDRESSES[0].to_string(), way.addr().port())?;
    stage.approaches = vec![way];
    Ok(())
}

async fn by_name(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Process)?;
    can_have_own_names().await.map_err(Stop::not_applicable)?;
    by_address(world, args).await?;
    let stage = world.staged_mut()?;
    let port = way(stage)?.addr().port();
    point(stage, HUB_NAME, port)?;
    let names = Names::none().map_err(Stop::not_verified)?;
    names.say(&ADDRESSES[..1]).map_err(Stop::not_verified)?;
    stage.names = Some(names);
    stage.own_process = true;
    Ok(())
}

fn hub_address(stage: &Stage) -> Judged<SocketAddr> {
    let first = hub_addresses(stage)?.into_iter().next();
    first.ok_or_else(|| Stop::not_verified("the hub has no address"))
}

fn point(stage: &mut Stage, host: &str, port: u16) -> Judged {
    let mut url = Url::parse(&stage.hub.api_url).map_err(Stop::not_verified)?;
    url.set_host(Some(host)).map_err(Stop::not_verified)?;
    url.set_port(Some(port)).map_err(|()| Stop::not_verified("the hub's URL has no port"))?;
    let text = url.as_str().trim_end_matches('/').to_owned();
    stage.env.insert("CENTRAL_HUB_API_URL".to_owned(), text);
    Ok(())
}

fn way(stage: &mut Stage) -> Judged<&mut Approach> {
    stage.approaches.last_mut().ok_or_else(|| Stop::not_verified("no way to the hub was set up"))
}

fn names(stage: &Stage) -> Judged<&Names> {
    stage.names.as_ref().ok_or_else(|| Stop::not_verified("the hub was given no name"))
}

async fn unknown(world: &mut World, _: Args) -> Judged {
    let stage = world.staged_mut()?;
    names(stage)?.say(&[]).map_err(Stop::not_verified)?;
    // A connection that is kept needs no name.
    way(stage)?.cut().await.map_err(Stop::not_verified)?;
    outage(world, "without its name").await
}

async fn known(world: &mut World, _: Args) -> Judged {
    names(world.staged()?)?.say(&ADDRESSES[..1]).map_err(Stop::not_verified)
}

async fn moved(world: &mut World, _: Args) -> Judged {
    let stage = world.staged_mut()?;
    let to = hub_address(stage)?;
    let old = way(stage)?;
    let port = old.addr().port();
    old.close().await;
    let new = Approach::open((ADDRESSES[1], port).into(), to).map_err(Stop::not_verified)?;
    names(stage)?.say(&ADDRESSES[1..]).map_err(Stop::not_verified)?;
    stage.approaches.push(new);
    outage(world, "after it moved under its name").await
}

/// The name has two addresses; resolvers put the newer protocol's first.
async fn first_dead(world: &mut World, _: Args) -> Judged {
    let stage = world.staged_mut()?;
    let port = way(stage)?.addr().port();
    let dead = Approach::unanswered((ADDRESS_V6, port).into()).await;
    let dead = dead.map_err(|error| Stop::not_applicable(format!("no IPv6 loopback: {error}")))?;
    names(stage)?.say(&[ADDRESS_V6, ADDRESSES[0]]).map_err(Stop::not_verified)?;
    stage.approaches.insert(0, dead);
    outage(world, "at a name whose first address is dead").await
}

async fn unanswered(world: &mut World, _: Args) -> Judged {
    way(world.staged_mut()?)?.fall_silent().await.map_err(Stop::not_verified)?;
    outage(world, "without an answer to connects").await
}

async fn answered(world: &mut World, _: Args) -> Judged {
    way(world.staged_mut()?)?.reopen().await.map_err(Stop::not_verified)
}

/// Notes what is the matter, and where the captures end.
async fn outage(world: &mut World, words: &str) -> Judged {
    let last = world.hub_seen(None).await?.last().map_or(0, |call| call.seq);
    world.vars.insert(OUTAGE.to_owned(), words.to_owned());
    world.vars.insert(LAST.to_owned(), last.to_string());
    Ok(())
}

/// The outage lasts so long; a call that still came through would show that there was none.
async fn nothing_for(world: &mut World, args: Args) -> Judged {
    let secs: f64 = args.number(0)?;
    let (began, lasts) = (Instant::now(), world.scaled(secs).max(OUTAGE_MIN));
    let waited = eventually(lasts + Duration::from_secs(10), "the end of the outage", || async {
        let passed = began.elapsed();
        Probe::found((passed >= lasts).then_some(()), format!("{} ms", passed.as_millis()))
    })
    .await;
    waited.map_err(Stop::not_verified)?;
    // One that was under way when it began may have come in.
    let late = last(world);
    let through: Vec<Exchange> =
        world.hub_seen(None).await?.into_iter().filter(|call| call.seq > late + 2).collect();
    if through.is_empty() {
        let newest = world.hub_seen(None).await?.last().map_or(0, |call| call.seq);
        world.vars.insert(LAST.to_owned(), newest.to_string());
        world.vars.insert(SECS.to_owned(), format!("{secs:.0} s "));
        return Ok(());
    }
    Err(Stop::not_verified(format!("{} calls reached the hub all the same", through.len())))
}

fn last(world: &World) -> u64 {
    world.vars.get(LAST).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// Within one interval, after the 30 s a connect under way may take.
async fn normal_cycle(world: &mut World, _: Args) -> Judged {
    let after = last(world);
    let interval_ms = world.staged()?.poll_interval_ms(world.time_scale());
    let patience =
        world.patience(CONNECT_SECS + WIDENED_SECS) + Duration::from_secs_f64(interval_ms / 1000.0);
    let accepted = |call: &&Exchange| call.seq > after && (200..300).contains(&call.status);
    let waited = world
        .until_hub_saw(patience, "a normal cycle", None, |seen| {
            let calls: Vec<&Exchange> = seen.iter().filter(accepted).collect();
            let of = |route: &str| calls.iter().filter(|call| call.route == route).count();
            let (heartbeats, polls) = (of("heartbeat"), of("pending"));
            let told = format!("{heartbeats} accepted heartbeats and {polls} polls");
            Probe::found((heartbeats >= 2 && polls >= 2).then_some(()), told)
        })
        .await?;
    let Err(overdue) = waited else { return Ok(()) };
    let words = |name: &str| world.vars.get(name).cloned().unwrap_or_default();
    let health = health(world).await;
    let observed = format!(
        "after {}{} the trust did not call again ({overdue}); {health}",
        words(SECS),
        words(OUTAGE)
    );
    let tail = world.staged()?.log.tail(8);
    let expected = "a normal cycle within one interval once the hub can be reached";
    Err(world.broken(expected, observed).shown_by(tail).into())
}

/// What the trust says of itself meanwhile, if it can be asked.
async fn health(world: &World) -> String {
    let url = world.staged().ok().and_then(|stage| stage.running().ok()?.health_url());
    let Some(url) = url else { return "its /health cannot be asked".to_owned() };
    let asked = async { http_client().get(url).send().await?.json::<serde_json::Value>().await };
    match tokio::time::timeout(Duration::from_secs(5), asked).await {
        Ok(Ok(body)) => format!("/health says {}", body["status"]),
        Ok(Err(_)) | Err(_) => "/health gives no answer".to_owned(),
    }
}

async fn starts(world: &mut World, _: Args) -> Judged {
    start(world).await
}

const OUTAGE: &str = "outage";
const LAST: &str = "last call before the outage";
const SECS: &str = "length of the outage";
/// A process takes that long to come up and try, whatever its time scale.
const OUTAGE_MIN: Duration = Duration::from_secs(1);
const CONNECT_SECS: f64 = 30.0;
/// A trust that widens its pause may take so long after some failed cycles, seconds.
const WIDENED_SECS: f64 = 30.0;
