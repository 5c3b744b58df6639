//! What the stack opens on its host.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{FileCheck, SiteFile};
use crate::compose::file::Port;
use crate::site_check::{Judgement, Owner, Ruling, listed};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.ports",
        requirement: "NET-INBOUND-01",
        owner: Owner::TrustOperator,
        sentence: "No service publishes a port on the host.",
        judge: ports,
    },
    FileCheck {
        id: "compose.host-network",
        requirement: "NET-INBOUND-01",
        owner: Owner::TrustOperator,
        sentence: "No service stands on the host's own network.",
        judge: host_network,
    },
    FileCheck {
        id: "compose.ports-distinct",
        requirement: "HOST-PORTS-01",
        owner: Owner::TrustOperator,
        sentence: "No two services claim one port of the host.",
        judge: distinct,
    },
];

/// A port bound to loopback is closed to the hospital's network, which is what the clause is after, but
/// open to every program of the host: a warning.
fn ports(file: &SiteFile) -> Judgement {
    let (mut open, mut local) = (Vec::new(), Vec::new());
    for service in &file.resolved.services {
        for port in &service.ports {
            let told = format!("{} {}", file.place(service), words(port));
            if is_loopback(port) { local.push(told) } else { open.push(told) }
        }
    }
    if !open.is_empty() {
        return Err(Ruling::fail(
            format!("published to everybody who reaches the host: {}", listed(&open)),
            "take `ports:` out, or bind them to 127.0.0.1; services of one network need none",
        ));
    }
    if !local.is_empty() {
        return Err(Ruling::warn(
            format!("published on the host's loopback: {}", listed(&local)),
            "take `ports:` out where nobody on the host needs it",
        ));
    }
    Ok(format!("{} services publish nothing", file.resolved.services.len()))
}

fn words(port: &Port) -> String {
    format!("{} → {}", port.published.as_deref().unwrap_or("any free port"), port.target)
}

fn is_loopback(port: &Port) -> bool {
    let ip = port.host_ip.as_deref().unwrap_or_default();
    ip == "localhost" || ip.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn host_network(file: &SiteFile) -> Judgement {
    let shares = |mode: &str| mode == "host";
    let services = file.resolved.services.iter();
    let found: Vec<String> = services
        .filter(|service| service.network_mode.as_ref().is_some_and(|mode| shares(&mode.text)))
        .map(|service| file.place(service))
        .collect();
    if found.is_empty() {
        return Ok("no service shares the host's network".to_owned());
    }
    Err(Ruling::fail(
        format!("whatever these listen on is open on the host: {}", listed(&found)),
        "replace `network_mode: host` by the trust's own network",
    ))
}

fn distinct(file: &SiteFile) -> Judgement {
    let mut claims: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for service in &file.resolved.services {
        for port in &service.ports {
            if let Some(published) = port.published.as_deref().filter(|port| *port != "0") {
                claims.entry(published).or_default().push(file.place(service));
            }
        }
    }
    let twice: Vec<String> = claims
        .iter()
        .filter(|(_, services)| services.len() > 1)
        .map(|(port, services)| format!("{port} by {}", services.join(" and ")))
        .collect();
    if twice.is_empty() {
        return Ok(format!("{} ports of the host, each claimed once", claims.len()));
    }
    Err(Ruling::warn(
        format!("claimed twice: {}; the second container will not start", listed(&twice)),
        "give each its own variable of the kit, such as XNAT_WEB_PORT beside XNAT_PORT",
    ))
}
