//! The containers that run, against the kit as it is now.

use std::collections::BTreeMap;

use contract::key::Secret;
use contract::kit::Reader;

use super::Site;
use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "container.identity-guard",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "EXPECTED_TRUST_ID reaches the trust-api container.",
        judge: identity_guard,
    },
    SiteCheck {
        id: "container.restart-policy",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "APIs and FL client come back after a reboot.",
        judge: restart_policy,
    },
    SiteCheck {
        id: "container.in-force",
        requirement: "ROT-RECREATE-01",
        owner: Owner::TrustOperator,
        sentence: "The values of the kit are those the trust-api container runs with.",
        judge: in_force,
    },
];

/// A container of this trust.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name, such as `trust7-trust-api-1`.
    pub name: String,
    /// The service, such as `trust-api`.
    pub service: String,
    /// Its environment; any value may be a secret.
    pub environment: BTreeMap<String, Secret>,
    /// Docker's restart policy; empty and `no` are none.
    pub restart_policy: String,
}

impl Container {
    fn value(&self, name: &str) -> Option<&Secret> {
        self.environment.get(name).filter(|value| !value.is_empty())
    }
}

fn poller(site: &Site) -> Result<&Container, Ruling> {
    let containers = site.host.containers.as_ref().map_err(Clone::clone)?;
    containers.iter().find(|container| container.service == POLLER).ok_or_else(|| {
        Ruling::not_applicable("no trust-api container runs: there is nothing to compare yet")
    })
}

fn identity_guard(site: &Site) -> Judgement {
    let expected = Secret::new(site.needed("EXPECTED_TRUST_ID")?);
    let poller = poller(site)?;
    match poller.value("EXPECTED_TRUST_ID") {
        Some(given) if *given == expected => Ok("EXPECTED_TRUST_ID is in force".to_owned()),
        None => Err(Ruling::fail(
            format!(
                "{} runs without EXPECTED_TRUST_ID: a kit of another trust would be taken for ours",
                poller.name
            ),
            "pass EXPECTED_TRUST_ID=${EXPECTED_TRUST_ID} to trust-api in the compose file, then \
             recreate it",
        )),
        Some(_) => Err(Ruling::fail(
            format!("{} runs with another EXPECTED_TRUST_ID than the kit's", poller.name),
            recreate(site),
        )),
    }
}

fn restart_policy(site: &Site) -> Judgement {
    let containers = site.host.containers.as_ref().map_err(Clone::clone)?;
    let ours: Vec<&Container> = containers
        .iter()
        .filter(|container| RESTARTED.contains(&container.service.as_str()))
        .collect();
    if ours.is_empty() {
        return Err(Ruling::not_applicable("none of the containers in question runs"));
    }
    let lasting = ["always", "unless-stopped"];
    let dead: Vec<&str> = ours
        .iter()
        .filter(|container| !lasting.contains(&container.restart_policy.as_str()))
        .map(|container| container.name.as_str())
        .collect();
    if dead.is_empty() {
        return Ok(format!("{} containers come back after a reboot", ours.len()));
    }
    Err(Ruling::fail(
        format!("after a reboot these stay down: {}", listed(&dead)),
        format!("docker update --restart unless-stopped {}", dead.join(" ")),
    ))
}

/// A container keeps the environment it was created with; restarting changes nothing.
fn in_force(site: &Site) -> Judgement {
    let kit = site.kit()?;
    let poller = poller(site)?;
    let mut stale = Vec::new();
    let mut compared = 0;
    for (variable, value) in kit.env_for_trust(site.edition) {
        // Whether the guard's variable arrives at all is the business of a row of its own.
        let Some(given) = poller.environment.get(&variable) else { continue };
        compared += 1;
        if *given != Secret::new(value) {
            stale.push(variable);
        }
    }
    if compared == 0 {
        let seen = kit.value(Reader::Compose, "TRUST_API_KEY").is_some();
        let words =
            if seen { "the container has none of the kit's values" } else { "the kit is empty" };
        return Err(Ruling::not_verified(words));
    }
    if stale.is_empty() {
        return Ok(format!("{compared} values of the kit are in force"));
    }
    Err(Ruling::fail(
        format!(
            "the kit was edited after {} was created; not in force: {}",
            shown(&poller.name),
            listed(&stale)
        ),
        recreate(site),
    ))
}

fn recreate(site: &Site) -> String {
    let number = site.value("FL_KIT_SLOT_NUMBER").unwrap_or_else(|| "<N>".to_owned());
    format!(
        "recreate the containers, a restart keeps the old values: docker compose -p trust{number} \
         --env-file {} up -d --force-recreate",
        site.kit.path
    )
}

const POLLER: &str = "trust-api";
/// What must run again after a reboot without anybody's hand.
const RESTARTED: &[&str] = &["trust-api", "imaging-api", "data-access-api", "fl-client-net-1"];
