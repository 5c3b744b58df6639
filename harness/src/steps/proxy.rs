//! A forward proxy on the site's way out: what goes through it, what must not, and what it refuses.

use std::net::SocketAddr;

use contract::key::Secret;
use url::Url;

use super::federation::pass;
use super::network::{hub_addresses, site_addresses};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::stage::{Answer, ForwardProxy, Passage, Stage};
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"a proxy that records stands on the site's way out" => proxy,
    r"only the proxy knows the hub's name" => hub_by_name,
    r"NO_PROXY names the site's own services" => no_proxy,
    r"the proxy has carried the hub's calls" => carried,
    r"no call to a site service has reached the proxy" => none_local,
    r"the proxy (asks for a login|refuses every call|answers every call with a page) for three cycles" => refuses,
    r"the proxy carries calls again" => carries,
];

/// The variables are set as an operator sets them; NO_PROXY is a step of its own.
async fn proxy(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    world.needs(Capability::Loopback)?;
    let listen = world.trust_target()?.listen_ip();
    let stage = world.stage().await?;
    let known = hub_address(stage)?;
    let started = ForwardProxy::start(listen, Some((HUB_NAME.to_owned(), known))).await;
    let started = started.map_err(Stop::not_verified)?;
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        stage.env.insert(name.to_owned(), started.url());
    }
    stage.proxy = Some(started);
    Ok(())
}

fn hub_address(stage: &Stage) -> Judged<SocketAddr> {
    let first = hub_addresses(stage)?.into_iter().next();
    first.ok_or_else(|| Stop::not_verified("the hub has no address"))
}

/// A trust that passes the proxy by cannot even resolve it.
async fn hub_by_name(world: &mut World, _: Args) -> Judged {
    let stage = world.stage().await?;
    let mut url = Url::parse(&stage.hub.api_url).map_err(Stop::not_verified)?;
    url.set_host(Some(HUB_NAME)).map_err(Stop::not_verified)?;
    let text = url.as_str().trim_end_matches('/').to_owned();
    stage.env.insert("CENTRAL_HUB_API_URL".to_owned(), text);
    Ok(())
}

async fn no_proxy(world: &mut World, _: Args) -> Judged {
    let stage = world.stage().await?;
    let hosts: std::collections::BTreeSet<String> =
        site_addresses(stage)?.iter().map(|address| address.ip().to_string()).collect();
    let hosts = hosts.into_iter().collect::<Vec<_>>().join(",");
    for name in ["NO_PROXY", "no_proxy"] {
        stage.env.insert(name.to_owned(), hosts.clone());
    }
    Ok(())
}

async fn carried(world: &mut World, _: Args) -> Judged {
    let hub = hub_address(world.staged()?)?;
    let waited = eventually(world.patience(40.0), "the hub's calls at the proxy", || async {
        let passages = world.staged().ok().and_then(|stage| stage.proxy.as_ref());
        let passages = passages.map(ForwardProxy::passages).unwrap_or_default();
        let to_hub = passages.iter().filter(|passage| is_for(passage, hub)).count();
        let told = format!("{to_hub} of {} calls were for the hub", passages.len());
        Probe::found((to_hub > 0).then_some(()), told)
    })
    .await;
    waited.map_err(|overdue| {
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        let expected = "calls to the hub by the proxy of the environment";
        world.broken(expected, overdue.to_string()).shown_by(tail).into()
    })
}

fn is_for(passage: &Passage, hub: SocketAddr) -> bool {
    passage.host == HUB_NAME || (passage.host == hub.ip().to_string() && passage.port == hub.port())
}

/// Says how often the site's key went along: that is what makes it dangerous.
async fn none_local(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let site = site_addresses(stage)?;
    let proxy = stage.proxy.as_ref().ok_or_else(|| Stop::not_verified("no proxy was set up"))?;
    let local: Vec<Passage> = proxy
        .passages()
        .into_iter()
        .filter(|passage| {
            site.iter().any(|address| {
                passage.host == address.ip().to_string() && passage.port == address.port()
            })
        })
        .collect();
    if local.is_empty() {
        return Ok(());
    }
    let key = &stage.registration.site_key;
    let shown = local.iter().filter(|call| call.shows("TRUST_INTERNAL_SERVICE_KEY", key)).count();
    let observed = format!(
        "{} calls to site services went through the proxy; the site key reached it {shown} times",
        local.len()
    );
    let known: Vec<&Secret> = stage.secrets.iter().map(|(_, secret)| secret).collect();
    let lines = local.iter().take(6).map(|call| call.line(&known));
    let expected = "calls to hosts that NO_PROXY names made directly";
    Err(world.broken(expected, observed).shown_by(lines).into())
}

/// Nothing of these cycles reaches the hub, so the proxy's own record counts them.
async fn refuses(world: &mut World, args: Args) -> Judged {
    let answer = match args.group(0) {
        "asks for a login" => Answer::Login,
        "refuses every call" => Answer::Refuse,
        _ => Answer::Page,
    };
    let proxy = proxy_of(world)?;
    proxy.answer_with(answer);
    let before = proxy.passages().len();
    let waited = eventually(world.patience(120.0), "calls of three cycles", || async {
        let count = proxy_of(world).map_or(0, |proxy| proxy.passages().len() - before);
        // A heartbeat and a poll each.
        Probe::found((count >= 6).then_some(()), format!("{count} of 6 calls"))
    })
    .await;
    waited.map_err(|overdue| {
        let tail = world.staged().map(|stage| stage.log.tail(8)).unwrap_or_default();
        world.broken("the trust keeps calling", overdue.to_string()).shown_by(tail).into()
    })
}

async fn carries(world: &mut World, _: Args) -> Judged {
    proxy_of(world)?.answer_with(Answer::Carry);
    pass(world, 2).await
}

fn proxy_of(world: &World) -> Judged<&ForwardProxy> {
    world.staged()?.proxy.as_ref().ok_or_else(|| Stop::not_verified("no proxy was set up"))
}

/// A name nobody owns and no name service knows.
const HUB_NAME: &str = "hub.flip.test";
