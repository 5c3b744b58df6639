//! A trust whose packets are seen: whom it calls, what it asks for, what its own egress reaches
//! (network 1, 2).

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use url::Url;

use super::federation::pass;
use super::fl_endpoint::ends_in;
use super::network::{hub_addresses, site_addresses};
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::egress::{Allowed, Surplus, doors, missing, strange_names, strangers};
use crate::oracle::reach::Reach;
use crate::packets::Ledger;
use crate::stage::Stage;
use crate::steps;
use crate::target::{Capability, Lookout, LookoutOrder, ProbeOrder};
use crate::wait::{Probe, eventually};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r"an observer shares the network of the trust" => observed,
    r"a second site has an observer of its own" => second_site,
    r"a canary stands on another network" => canary,
    r"its packets are watched while (\d+) cycles pass" => watched,
    r"its packets lead to nobody but the hub, the FL endpoint and the site" => two_destinations,
    r"its packets ask for no name but those it was given" => known_names,
    r"nothing of it is open to others but the port of /health" => one_door,
    r"nobody has tried the canary" => canary_alone,
    r"the canary cannot be reached from the trust's place" => canary_far,
    r"the FL endpoint lets in the trust's place only" => lets_in_trust,
    r"the FL endpoint lets in the second site only" => lets_in_second,
    r"the (trust's place|second site) is let in as well" => let_in,
    r"the FL endpoint shows a certificate of the kind (\S+)" => certificate,
    r#"the FL endpoint is looked for at "([\w.-]+)""# => other_name,
    r"a probe from the (trust's place|second site) ends in an? (success|timeout|refusal|failed handshake|unknown name)(?:, and (.+) acts?)?" => probe,
    r"its packets show (silence|a refusal|an answer) of the FL endpoint" => shown,
];

/// Names by which hub and FL endpoint are known to an observed trust.
pub const HUB_NAME: &str = "app.flip.test";
/// The FL endpoint's; another one, as in a real federation.
pub const FL_NAME: &str = "fl.app.flip.test";

async fn look_out(world: &World, elsewhere: bool) -> Judged<Arc<dyn Lookout>> {
    world.needs(Capability::Packets)?;
    let target = world.trust_target()?;
    let gateway = target.listen_ip();
    let hosts = if elsewhere {
        BTreeMap::new()
    } else {
        [HUB_NAME, FL_NAME].map(|name| (name.to_owned(), gateway)).into()
    };
    target.look_out(LookoutOrder { hosts, elsewhere }).await.map_err(Stop::not_verified)
}

/// The trust will be started into the observer's namespace, and knows hub and FL endpoint by name.
async fn observed(world: &mut World, _: Args) -> Judged {
    world.needs(Capability::Restart)?;
    world.stage().await?;
    let lookout = look_out(world, false).await?;
    // The control: a name nobody has is asked for from there, and seen.
    let order = ProbeOrder { target: format!("{CONTROL_NAME}:1"), ..probe_order(PROBE_FLOOR) };
    let reach = lookout.probe(order).await.map_err(Stop::not_verified)?;
    let seen = lookout.ledger().await.map_err(Stop::not_verified)?;
    let asked = seen.questions.keys().any(|(name, _)| name == CONTROL_NAME);
    let stage = world.stage().await?;
    stage.lookout = Some(lookout);
    if !asked {
        return Err(Stop::not_verified(format!("a question that was asked went unseen: {reach}")));
    }
    stage.seen_before = seen;
    rename(stage)
}

fn rename(stage: &mut Stage) -> Judged {
    let mut url = Url::parse(&stage.hub.api_url).map_err(Stop::not_verified)?;
    url.set_host(Some(HUB_NAME)).map_err(Stop::not_verified)?;
    stage
        .env
        .insert("CENTRAL_HUB_API_URL".to_owned(), url.as_str().trim_end_matches('/').to_owned());
    if let Some(fl) = stage.hub.fl_addr {
        stage.env.insert("FL_ENDPOINT".to_owned(), format!("{FL_NAME}:{}", fl.port()));
    }
    if let Some(names) = stage.env.get_mut("NO_PROXY") {
        *names = format!("{names},{HUB_NAME},{FL_NAME}");
    }
    Ok(())
}

async fn second_site(world: &mut World, _: Args) -> Judged {
    let lookout = look_out(world, false).await?;
    world.stage().await?.further_lookouts.insert(SECOND, lookout);
    Ok(())
}

/// The trust is told of it where a trust can be: only one that misbehaves makes use of that.
async fn canary(world: &mut World, _: Args) -> Judged {
    world.stage().await?;
    let lookout = look_out(world, true).await?;
    let address = SocketAddr::new(lookout.namespace().ip, CANARY_PORT);
    // The control: it takes calls, only not from everywhere.
    let called = tokio::time::timeout(CALL, tokio::net::TcpStream::connect(address)).await;
    let stage = world.stage().await?;
    stage.env.insert("FLIPCHECK_CANARY".to_owned(), address.to_string());
    let seen = lookout.ledger().await.map_err(Stop::not_verified)?;
    stage.further_lookouts.insert(CANARY, lookout);
    match called {
        Ok(Ok(_)) if !seen.knocks.is_empty() => Ok(()),
        _ => Err(Stop::not_verified("the canary does not show a call that was made")),
    }
}

async fn watched(world: &mut World, args: Args) -> Judged {
    let count: usize = args.number(0)?;
    pass(world, count).await
}

async fn ledger(world: &World) -> Judged<Ledger> {
    let stage = world.staged()?;
    let lookout = lookout(stage, TRUST)?;
    let ledger = lookout.ledger().await.map_err(Stop::not_verified)?;
    if ledger.cut > 0 {
        return Err(Stop::not_verified(format!("{} sightings found no place", ledger.cut)));
    }
    Ok(ledger.since(&stage.seen_before))
}

fn lookout<'a>(stage: &'a Stage, whose: &str) -> Judged<&'a Arc<dyn Lookout>> {
    let found =
        if whose == TRUST { stage.lookout.as_ref() } else { stage.further_lookouts.get(whose) };
    found.ok_or_else(|| Stop::not_verified("no step has set an observer there"))
}

fn allowed(stage: &Stage) -> Judged<Allowed> {
    let mut allowed = Allowed { port: Some(HEALTH_PORT), ..Allowed::default() };
    allowed.outside.extend(hub_addresses(stage)?.into_iter().map(|hub| (hub, "the hub API")));
    allowed.outside.extend(stage.hub.fl_addr.map(|fl| (fl, "the FL endpoint")));
    allowed.site = site_addresses(stage)?;
    // Docker's resolver passes on what it does not know.
    let gateway = stage.hub.fl_addr.map(|fl| fl.ip());
    allowed.resolvers.extend(gateway.into_iter().chain([DOCKER_RESOLVER]));
    let names = [HUB_NAME, FL_NAME, "data-access-api", "imaging-api", "xnat-web", "omop-db"];
    allowed.names = names.map(str::to_owned).into();
    Ok(allowed)
}

fn judge(world: &World, expected: &str, found: Option<Surplus>) -> Judged {
    match found {
        None => Ok(()),
        Some(found) => Err(world.broken(expected, found.observed).shown_by(found.lines).into()),
    }
}

/// The two destinations are the control: packets that were not seen would not be seen of others.
async fn two_destinations(world: &mut World, _: Args) -> Judged {
    let (ledger, allowed) = (ledger(world).await?, allowed(world.staged()?)?);
    let mut absent = missing(&ledger, &allowed);
    if world.needs(Capability::FlClient).is_err() {
        // An image without an FL client has no reason to call the FL endpoint.
        absent.retain(|what| !what.starts_with("the FL endpoint"));
    }
    if !absent.is_empty() {
        return Err(Stop::not_verified(format!("no packet to {} was seen", absent.join(", "))));
    }
    let expected = "packets to the hub API, the FL endpoint and the site's services only";
    judge(world, expected, strangers(&ledger, &allowed))
}

async fn known_names(world: &mut World, _: Args) -> Judged {
    let (ledger, allowed) = (ledger(world).await?, allowed(world.staged()?)?);
    let expected = "questions for the hub, the FL endpoint and the site's services only";
    judge(world, expected, strange_names(&ledger, &allowed))
}

/// The port of `/health` is the control: tables that did not show it would not show another.
async fn one_door(world: &mut World, _: Args) -> Judged {
    let (ledger, allowed) = (ledger(world).await?, allowed(world.staged()?)?);
    if !ledger.tcp_ports.iter().any(|own| own.port() == HEALTH_PORT) {
        return Err(Stop::not_verified("the port of /health was not seen"));
    }
    judge(world, "no port but that of /health", doors(&ledger, &allowed))
}

async fn canary_alone(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let canary = lookout(stage, CANARY)?.namespace().ip;
    let tried = ledger(world).await?.attempts.into_iter().filter(|(to, _)| to.ip() == canary);
    let lines: Vec<String> =
        tried.map(|(to, seen)| crate::packets::connection(&format!("to {to}"), &seen)).collect();
    if lines.is_empty() {
        return Ok(());
    }
    Err(world.broken("nobody who calls the canary", "it was tried").shown_by(lines).into())
}

/// The attempt leaves as packets and comes nowhere; whatever the trust may want, it is held back.
async fn canary_far(world: &mut World, _: Args) -> Judged {
    let stage = world.staged()?;
    let canary = lookout(stage, CANARY)?;
    let address = SocketAddr::new(canary.namespace().ip, CANARY_PORT);
    let before = canary.ledger().await.map_err(Stop::not_verified)?;
    let order = ProbeOrder { target: address.to_string(), ..probe_order(PROBE_FLOOR * 3) };
    let reach = lookout(stage, TRUST)?.probe(order).await.map_err(Stop::not_verified)?;
    let came = canary.ledger().await.map_err(Stop::not_verified)?.since(&before);
    let left = lookout(stage, TRUST)?.ledger().await.map_err(Stop::not_verified)?;
    if !left.attempts.contains_key(&address) {
        return Err(Stop::not_verified("the attempt did not leave as packets"));
    }
    if reach == Reach::TimedOut && came.knocks.is_empty() {
        return Ok(());
    }
    // The network is ours, not the trust's.
    Err(Stop::not_verified(format!("the canary was reached, {reach}: {}", came.lines().join("; "))))
}

async fn put_list(world: &World, whose: &str) -> Judged {
    let stage = world.staged()?;
    let address = lookout(stage, whose)?.namespace().ip;
    let list = json!({"mode": "listed", "addresses": [address], "otherwise": "drop"});
    stage.hub_control.control.put("/control/allow-list", list).await?;
    Ok(())
}

async fn lets_in_trust(world: &mut World, _: Args) -> Judged {
    put_list(world, TRUST).await
}

async fn lets_in_second(world: &mut World, _: Args) -> Judged {
    put_list(world, SECOND).await
}

async fn let_in(world: &mut World, args: Args) -> Judged {
    let stage = world.staged()?;
    let address = lookout(stage, args.group(0))?.namespace().ip;
    let body = json!({"address": address});
    stage.hub_control.control.post("/control/allow-list/add", body).await?;
    Ok(())
}

async fn certificate(world: &mut World, args: Args) -> Judged {
    let body = json!({"tls": args.group(0)});
    world.stage().await?.hub_control.control.post("/control/listeners/fl", body).await?;
    Ok(())
}

async fn other_name(world: &mut World, args: Args) -> Judged {
    world.vars.insert(FL_HOST.to_owned(), args.group(0).to_owned());
    Ok(())
}

/// One attempt to reach the FL endpoint from there.
pub async fn reach_from(world: &World, whose: &str, limit: Duration) -> Judged<Reach> {
    let stage = world.staged()?;
    let fl = stage.hub.fl_addr.ok_or_else(|| Stop::not_applicable("no FL endpoint"))?;
    let host = world.vars.get(FL_HOST).map_or(FL_NAME, String::as_str);
    let order = ProbeOrder {
        target: format!("{host}:{}", fl.port()),
        // Behind a hub that speaks TLS the FL endpoint's certificate is of the same CA.
        ca_pem: stage.hub.ca_pem.clone(),
        ..probe_order(limit)
    };
    lookout(stage, whose)?.probe(order).await.map_err(Stop::not_verified)
}

async fn probe(world: &mut World, args: Args) -> Judged {
    let (whose, wanted, owner) = (args.group(0), args.group(1), args.group(2));
    let silent = world.scaled(PROBE_SECS).max(PROBE_FLOOR);
    let limit = if wanted == "timeout" { silent } else { world.patience(PROBE_SECS) };
    mark(world).await?;
    let reach = reach_from(world, whose, limit).await?;
    ends_in(world, &reach, wanted, &format!("from the {whose}"), owner)
}

/// Packets from here on are what the next look is about.
async fn mark(world: &mut World) -> Judged {
    let stage = world.staged_mut()?;
    let lookout = Arc::clone(lookout(stage, TRUST)?);
    stage.seen_before = lookout.ledger().await.map_err(Stop::not_verified)?;
    Ok(())
}

/// What the FL endpoint's machine answered since the last probe began, by packets.
async fn shown(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0);
    let fl = world.staged()?.hub.fl_addr.ok_or_else(|| Stop::not_applicable("no FL endpoint"))?;
    let waited = eventually(CALL, format!("{wanted} of the FL endpoint"), || async {
        let Ok(ledger) = ledger(world).await else { return Probe::Pending("no look".to_owned()) };
        let Some(seen) = ledger.attempts.get(&fl) else {
            return Probe::Pending("no attempt".to_owned());
        };
        let is_so = match wanted {
            "silence" => seen.taken + seen.refused == 0,
            "a refusal" => seen.refused > 0 && seen.taken == 0,
            _ => seen.taken > 0,
        };
        Probe::found(is_so.then_some(()), ledger.lines().join("; "))
    })
    .await;
    waited.map_err(|overdue| {
        world.broken(format!("{wanted} of the FL endpoint"), overdue.last).into()
    })
}

fn probe_order(limit: Duration) -> ProbeOrder {
    ProbeOrder { target: String::new(), name: None, ca_pem: None, limit }
}

/// Whose observer: the words of the steps.
const TRUST: &str = "trust's place";
const SECOND: &str = "second site";
const CANARY: &str = "canary";
const FL_HOST: &str = "FL host";
const CONTROL_NAME: &str = "control.flip.invalid";
const CANARY_PORT: u16 = 443;
/// Port of `/health` in the container (trust 1).
const HEALTH_PORT: u16 = 8000;
const DOCKER_RESOLVER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 11));
const PROBE_SECS: f64 = 10.0;
/// A kernel repeats an unanswered attempt after a second.
const PROBE_FLOOR: Duration = Duration::from_millis(1500);
const CALL: Duration = Duration::from_secs(5);
