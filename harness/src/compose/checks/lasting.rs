//! What comes back after a reboot, and on which network.

use super::{FileCheck, SiteFile, is_fl_client, is_site_service};
use crate::compose::file::{Network, Service};
use crate::site_check::{Judgement, Owner, Ruling, listed, shown};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.restart",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "APIs and FL client come back after a reboot.",
        judge: restart,
    },
    FileCheck {
        id: "compose.health",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "The poller's health check is on: a poller that hangs does not end.",
        judge: health,
    },
    FileCheck {
        id: "compose.slot-network",
        requirement: "HOST-SWARM-01",
        owner: Owner::SiteIt,
        sentence: "The stack stands on the network of its slot, whatever the slot's number.",
        judge: slot_network,
    },
];

/// `on-failure` is not enough: a container that was stopped with the host ended without failure.
fn restart(file: &SiteFile) -> Judgement {
    let poller = file.needed_poller()?;
    let wanted: Vec<&Service> = file
        .resolved
        .services
        .iter()
        .filter(|s| s.name == poller.name || is_site_service(s) || is_fl_client(s))
        .collect();
    let lasting = |service: &&Service| {
        service.restart.as_ref().is_some_and(|text| LASTING.contains(&text.text.as_str()))
    };
    let dead: Vec<String> = wanted.iter().filter(|s| !lasting(s)).map(|s| file.place(s)).collect();
    if dead.is_empty() {
        return Ok(format!("{} services come back after a reboot", wanted.len()));
    }
    Err(Ruling::fail(
        format!("after a reboot these stay down: {}", listed(&dead)),
        "add `restart: unless-stopped` to each, then recreate",
    ))
}

/// A restart policy acts on a process that ended. One that hangs is seen by its health check alone.
fn health(file: &SiteFile) -> Judgement {
    let poller = file.needed_poller()?;
    if !poller.health_check_off {
        return Ok(format!("{} keeps the health check of its image", shown(&poller.name)));
    }
    Err(Ruling::fail(
        format!(
            "{} switches its health check off: nothing restarts a poller that hangs, and nobody sees it",
            file.place(poller)
        ),
        "take `healthcheck:` out, and let something act on `unhealthy` (an autoheal service, or site \
         monitoring)",
    ))
}

/// XNAT is a swarm stack of its own and joins the same network, so the project may not own it (kit 7).
fn slot_network(file: &SiteFile) -> Judgement {
    let poller = file.needed_poller()?;
    let expected = format!("{SLOT_NETWORK}{}", file.value("FL_KIT_SLOT_NUMBER"));
    let joined: Vec<(&String, &Network)> = poller
        .networks
        .iter()
        .filter_map(|name| Some((name, file.resolved.networks.get(name)?)))
        .collect();
    let called = |name: &String, network: &Network| network.name.clone().unwrap_or(name.clone());
    if joined.iter().any(|(name, network)| network.external && called(name, network) == expected) {
        return Ok(format!("{} stands on the network of its slot", shown(&poller.name)));
    }
    let slot = joined.iter().map(|(name, network)| (called(name, network), network));
    if let Some((wrong, network)) = slot.clone().find(|(name, _)| name.starts_with(SLOT_NETWORK))
        && network.external
    {
        return Err(Ruling::fail(
            format!(
                "line {}: the network is {} for every slot: a kit of another slot finds no network, \
                 or a neighbour's",
                network.line,
                shown(&wrong)
            ),
            format!("name it `{SLOT_NETWORK}${{FL_KIT_SLOT_NUMBER}}`"),
        ));
    }
    Err(Ruling::warn(
        format!(
            "{} does not stand on {SLOT_NETWORK}<N>: XNAT, a swarm stack of its own, cannot reach it",
            file.place(poller)
        ),
        format!("declare it `external: true` with `name: {SLOT_NETWORK}${{FL_KIT_SLOT_NUMBER}}`"),
    ))
}

const LASTING: &[&str] = &["always", "unless-stopped"];
const SLOT_NETWORK: &str = "deploy_trust-network-";
