//! Where the trust's sockets lead (network 1).

use std::collections::BTreeSet;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::federation::{keep, pass};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::sockets::Sightings;
use crate::stage::Stage;
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::watch::SocketWatch;
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"its sockets are watched while (\d+) cycles pass" => watched,
    r"it contacted nobody outside the site but the hub and the FL endpoint" => two_destinations,
    r"it listens on no port but that of /health" => one_port,
    r"a third host waits for somebody to call" => third_host,
];

async fn watched(world: &mut World, args: Args) -> Judged {
    world.needs(Capability::Process)?;
    let count: usize = args.number(0)?;
    let pid = world.staged()?.running()?.pid();
    let pid = pid.ok_or_else(|| Stop::not_verified("the trust has no process of its own"))?;
    let watch = SocketWatch::over(pid);
    let passed = pass(world, count).await;
    // The hub's own address is the control: a watch that missed it would miss others too.
    let hub = hub_addresses(world.staged()?)?;
    let controlled = eventually(world.patience(60.0), "a look that shows the hub", || async {
        let seen = watch.so_far();
        let shows_hub = seen.contacted.keys().any(|peer| hub.contains(peer));
        let enough = shows_hub && seen.looks >= LOOKS_MIN || watch.is_over();
        Probe::found(enough.then_some(()), format!("{} looks", seen.looks))
    })
    .await;
    let seen = watch.end().await.map_err(Stop::not_verified)?;
    passed?;
    controlled.map_err(Stop::not_verified)?;
    let text = serde_json::to_string(&seen).map_err(Stop::not_verified)?;
    world.vars.insert(SIGHTINGS.to_owned(), text);
    Ok(())
}

fn sightings(world: &World) -> Judged<Sightings> {
    let text = world.vars.get(SIGHTINGS);
    text.and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| Stop::not_verified("no step watched the sockets"))
}

fn addresses(url: &str) -> Judged<BTreeSet<SocketAddr>> {
    let url = Url::parse(url).map_err(Stop::not_verified)?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or_default();
    let found = (host.as_str(), port).to_socket_addrs().map_err(Stop::not_verified)?;
    Ok(found.collect())
}

pub(super) fn hub_addresses(stage: &Stage) -> Judged<BTreeSet<SocketAddr>> {
    addresses(&stage.hub.api_url)
}

/// Everybody the trust may talk to: the two destinations outside, and the site's own services.
fn known(stage: &Stage) -> Judged<BTreeSet<SocketAddr>> {
    let mut known = hub_addresses(stage)?;
    known.extend(stage.hub.fl_addr);
    known.extend(site_addresses(stage)?);
    Ok(known)
}

/// The site's own services.
pub(super) fn site_addresses(stage: &Stage) -> Judged<BTreeSet<SocketAddr>> {
    let mut known = BTreeSet::from([stage.site.omop_addr]);
    for url in [&stage.site.data_access_url, &stage.site.imaging_url, &stage.site.xnat_url] {
        known.extend(addresses(url)?);
    }
    Ok(known)
}

async fn two_destinations(world: &mut World, _: Args) -> Judged {
    let strangers: Vec<SocketAddr> = sightings(world)?
        .strangers(&known(world.staged()?)?)
        .into_iter()
        // A name server is no destination: it is how destinations are found.
        .filter(|peer| peer.port() != NAME_SERVICE_PORT)
        .collect();
    if strangers.is_empty() {
        return Ok(());
    }
    let seen = sightings(world)?;
    let list: Vec<String> = strangers.iter().map(SocketAddr::to_string).collect();
    let observed = format!("{} as well, in {} looks", list.join(", "), seen.looks);
    let expected = "connections to the hub API and the FL endpoint only";
    Err(world.broken(expected, observed).shown_by(seen.lines()).into())
}

async fn one_port(world: &mut World, _: Args) -> Judged {
    let health = world.staged()?.running()?.health_url();
    let port = health.as_deref().map(Url::parse).and_then(Result::ok).and_then(|url| url.port());
    let seen = sightings(world)?;
    let surplus = seen.surplus_ports(port);
    if surplus.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = surplus.iter().map(SocketAddr::to_string).collect();
    let observed = format!("it listens on {} as well", list.join(", "));
    Err(world.broken("no port but that of /health", observed).shown_by(seen.lines()).into())
}

/// An address that answers no connection attempt, so that an attempt stays visible; a trust has no
/// reason to know it.
async fn third_host(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    let (listener, fillers) = silent_port().await.map_err(Stop::not_verified)?;
    let address = listener.local_addr().map_err(Stop::not_verified)?;
    let stage = world.stage().await?;
    stage.env.insert("FLIPCHECK_CANARY".to_owned(), address.to_string());
    keep(stage, (listener, fillers));
    Ok(())
}

/// A listener whose queue is full: further attempts get no answer.
async fn silent_port() -> std::io::Result<(TcpListener, Vec<TcpStream>)> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let listener = socket.listen(1)?;
    let to = listener.local_addr()?;
    let mut fillers = Vec::new();
    while let Ok(filler) = tokio::time::timeout(FILL_PATIENCE, TcpStream::connect(to)).await {
        fillers.push(filler?);
    }
    Ok((listener, fillers))
}

/// Fewer looks show too little of a trust's life. One look takes a busy machine a while.
const LOOKS_MIN: u32 = 10;
const SIGHTINGS: &str = "sightings";
const NAME_SERVICE_PORT: u16 = 53;
/// On loopback an answer takes well under a millisecond.
const FILL_PATIENCE: Duration = Duration::from_millis(50);
