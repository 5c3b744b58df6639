//! Ways to the FL endpoint, and what may be said of a trust because of them (network 2, 3).

use std::net::{IpAddr, ToSocketAddrs as _};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::federation::keep;
use super::fl_client::is_joined;
use super::packets;
use crate::engine::{Args, StepRow};
use crate::finding::{Judged, Stop};
use crate::oracle::reach::{Reach, Readiness, readiness};
use crate::steps;
use crate::target::Capability;
use crate::wait::{Probe, eventually};
use crate::watch::{Attempt, foreign_ca};
use crate::world::World;

/// Steps of this file.
pub const STEPS: &[StepRow] = steps![
    r#"the FL endpoint lets in nobody(?: and (rejects) everybody)?"# => lets_in_nobody,
    r#"the FL endpoint lets in "([\d.]+)" only(?: and (rejects) others)?"# => lets_in_only,
    r#"the FL endpoint keeps one address only, "([\d.]+)""# => scalar,
    r#""([\d.]+)" is let in as well"# => let_in,
    r"the FL endpoint lets in everybody" => lets_in_all,
    r"the FL server is down" => server_down,
    r"the FL server is up again" => server_up,
    r"a proxy that inspects traffic stands before the FL endpoint" => proxy,
    r"the FL kit is from another provisioning" => foreign_kit,
    r#"a probe from "([\d.]+)" ends in a (success|timeout|refusal|failed handshake)(?:, and (.+) acts?)?"# => probe,
    r"the allow-list is remembered" => remember_list,
    r"the allow-list is unchanged" => list_unchanged,
    r"flipcheck calls the trust able to train" => able,
    r#"flipcheck says "(.+)" of the trust"# => says,
    r"the kit names another host for the FL endpoint than for the hub" => named_apart,
];

async fn put_list(world: &mut World, addresses: &[&str], rejects: bool, scalar: bool) -> Judged {
    let otherwise = if rejects { "refuse" } else { "drop" };
    let mut list = json!({"mode": "listed", "addresses": addresses, "otherwise": otherwise});
    if scalar {
        list["scalar"] = json!(true);
    }
    world.stage().await?.hub_control.control.put("/control/allow-list", list).await?;
    Ok(())
}

async fn lets_in_nobody(world: &mut World, args: Args) -> Judged {
    put_list(world, &[], !args.group(0).is_empty(), false).await
}

async fn lets_in_only(world: &mut World, args: Args) -> Judged {
    put_list(world, &[args.group(0)], !args.group(1).is_empty(), false).await
}

async fn scalar(world: &mut World, args: Args) -> Judged {
    put_list(world, &[args.group(0)], false, true).await
}

async fn let_in(world: &mut World, args: Args) -> Judged {
    let body = json!({"address": args.group(0)});
    world.staged()?.hub_control.control.post("/control/allow-list/add", body).await?;
    Ok(())
}

async fn lets_in_all(world: &mut World, _: Args) -> Judged {
    let list = json!({"mode": "open"});
    world.stage().await?.hub_control.control.put("/control/allow-list", list).await?;
    Ok(())
}

async fn server_down(world: &mut World, _: Args) -> Judged {
    let control = &world.stage().await?.hub_control.control;
    control.post("/control/listeners/fl", json!({"state": "down"})).await?;
    Ok(())
}

async fn server_up(world: &mut World, _: Args) -> Judged {
    let control = &world.staged()?.hub_control.control;
    control.post("/control/listeners/fl", json!({"state": "up"})).await?;
    Ok(())
}

/// A stand-in that takes calls on another port and answers a TLS hello in plain text.
async fn proxy(world: &mut World, _: Args) -> Judged {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Stop::not_verified)?;
    let address = listener.local_addr().map_err(Stop::not_verified)?;
    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 2048];
            // A caller that goes away early has nothing to be told.
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n").await;
        }
    });
    let stage = world.stage().await?;
    stage.hub.fl_addr = Some(address);
    keep(stage, serving);
    Ok(())
}

async fn foreign_kit(world: &mut World, _: Args) -> Judged {
    let pem = foreign_ca().map_err(Stop::not_verified)?;
    world.vars.insert(KIT_CA.to_owned(), pem);
    Ok(())
}

fn attempt(world: &World, from: Option<IpAddr>) -> Judged<Attempt> {
    let stage = world.staged()?;
    let to = stage.hub.fl_addr.ok_or_else(|| Stop::not_applicable("no FL endpoint"))?;
    let limit = world.scaled(PROBE_SECS).max(PROBE_FLOOR);
    Ok(Attempt { to, from, ca_pem: world.vars.get(KIT_CA).cloned(), name: None, limit })
}

/// A way that is open may take its time; a closed one is believed at the first attempt.
async fn probe(world: &mut World, args: Args) -> Judged {
    let from: IpAddr = args.number(0)?;
    let (wanted, owner) = (args.group(1), args.group(2));
    world.stage().await?;
    let attempt = attempt(world, Some(from))?;
    let reach = if wanted == "timeout" {
        attempt.make().await
    } else {
        let attempt = Attempt { limit: world.patience(PROBE_SECS), ..attempt };
        attempt.make().await
    };
    ends_in(world, &reach, wanted, &format!("from {from}"), owner)
}

/// Whether a probe ended as it should, and names everybody who has to act.
pub fn ends_in(world: &World, reach: &Reach, wanted: &str, from: &str, owners: &str) -> Judged {
    if reach.word() != wanted {
        let expected = format!("a {wanted} {from} to the FL endpoint");
        return Err(world.broken(expected, reach.to_string()).into());
    }
    let remedy = reach.remedy().unwrap_or_default();
    for word in owners.split(" or ").filter(|word| !word.is_empty()) {
        if !remedy.contains(&format!("{word}:")) {
            return Err(world.broken(format!("{word} named to act"), remedy).into());
        }
    }
    Ok(())
}

async fn allow_list(world: &World) -> Judged<Value> {
    Ok(world.staged()?.hub_control.control.get("/control/allow-list").await?)
}

async fn remember_list(world: &mut World, _: Args) -> Judged {
    let list = allow_list(world).await?.to_string();
    world.vars.insert("allow-list".to_owned(), list);
    Ok(())
}

async fn list_unchanged(world: &mut World, _: Args) -> Judged {
    let (before, now) =
        (world.vars.get("allow-list").cloned(), allow_list(world).await?.to_string());
    match before {
        None => Err(Stop::not_verified("no step remembered the allow-list")),
        Some(before) if before == now => Ok(()),
        Some(before) => Err(world.broken(format!("still {before}"), now).into()),
    }
}

/// What the trust's own egress saw: its FL client is in, or a probe from its address tells why not.
async fn own_reach(world: &World) -> Judged<Reach> {
    let stage = world.staged()?;
    let list = stage.hub_control.control.get("/control/fl-clients").await?;
    let from = stage.env.get("FL_BIND_ADDRESS").and_then(|address| address.parse().ok());
    let attempt = attempt(world, from)?;
    let reach = match &stage.lookout {
        Some(_) => {
            packets::reach_from(world, "trust's place", attempt.limit.max(OWN_FLOOR)).await?
        }
        None => attempt.make().await,
    };
    if reach == Reach::Complete && !is_joined(&list, &stage.registration.slot) {
        return Ok(Reach::HandshakeFailed("the FL server does not know the client".to_owned()));
    }
    Ok(reach)
}

async fn said(world: &World) -> Judged<Readiness> {
    world.needs(Capability::FlClient)?;
    let stage = world.staged()?;
    let trust = stage.hub_control.trust(&stage.registration.id).await?;
    let online = trust.is_some_and(|trust| trust["online"] == true);
    Ok(readiness(online, Some(&own_reach(world).await?)))
}

async fn able(world: &mut World, _: Args) -> Judged {
    let waited = eventually(world.patience(60.0), "able to train", || async {
        match said(world).await {
            Ok(said) => Probe::found(said.able.then_some(()), said.sentence),
            Err(stop) => Probe::Pending(stop.to_string()),
        }
    })
    .await;
    waited.map_err(|overdue| world.broken("a trust able to train", overdue.last).into())
}

async fn says(world: &mut World, args: Args) -> Judged {
    let wanted = args.group(0);
    let said = said(world).await?;
    if !said.able && said.sentence.contains(wanted) {
        return Ok(());
    }
    Err(world.broken(format!("{wanted:?} said of the trust"), said.sentence).into())
}

/// Without a name there is nothing to compare: numbers tell hosts apart no better than ports do.
async fn named_apart(world: &mut World, _: Args) -> Judged {
    let shared = &world.stage().await?.registration.hub_shared;
    let value = |key: &str| shared.get(key).cloned().unwrap_or_default();
    let hub = Url::parse(&value("CENTRAL_HUB_API_URL")).map_err(Stop::not_verified)?;
    let (hub, fl) = (hub.host_str().unwrap_or_default().to_owned(), value("NLB_SUBDOMAIN"));
    if hub.parse::<IpAddr>().is_ok() || fl.parse::<IpAddr>().is_ok() {
        return Err(Stop::not_applicable("this hub and its FL endpoint have numbers, no names"));
    }
    let resolves = (fl.as_str(), 0).to_socket_addrs().is_ok_and(|mut found| found.next().is_some());
    if hub == fl || !resolves {
        let observed = format!("hub {hub}, FL endpoint {fl}, resolves: {resolves}");
        return Err(world.broken("two names that resolve", observed).into());
    }
    Ok(())
}

const KIT_CA: &str = "CA of the FL kit";
/// A program in a container is started first.
const OWN_FLOOR: Duration = Duration::from_millis(1500);
const PROBE_SECS: f64 = 10.0;
/// A scaled limit stays long enough for a busy machine to answer.
const PROBE_FLOOR: Duration = Duration::from_millis(400);
