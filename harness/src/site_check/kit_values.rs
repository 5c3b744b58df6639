//! Single values of the kit that sites get wrong.

use std::collections::BTreeMap;

use camino::Utf8Path;
use contract::kit::{Form, KEYS, LineKind, Reader, Section, Template, spec};

use super::Site;
use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "kit.fl-registry",
        requirement: "KIT-SYNC-02",
        owner: Owner::HubAdmin,
        sentence: "DOCKER_FL_REGISTRY is filled: syncing may leave it out, packaging demands it.",
        judge: fl_registry,
    },
    SiteCheck {
        id: "kit.hub-local",
        requirement: "KIT-SYNC-02",
        owner: Owner::HubAdmin,
        sentence: "The kit does not send a hospital's trust to a hub on the admin's own machine.",
        judge: hub_local,
    },
    SiteCheck {
        id: "kit.fl-kit-dir",
        requirement: "HOST-FLKIT-01",
        owner: Owner::TrustOperator,
        sentence: "FL_KIT_DIR is absolute and literal, for every reader.",
        judge: fl_kit_dir,
    },
    SiteCheck {
        id: "kit.ports",
        requirement: "HOST-PORTS-01",
        owner: Owner::TrustOperator,
        sentence: "The ports of the kit are in range and differ from each other.",
        judge: ports,
    },
    SiteCheck {
        id: "kit.passwords",
        requirement: "HOST-PASS-01",
        owner: Owner::TrustOperator,
        sentence: "No trust-local password is the template's.",
        judge: passwords,
    },
];

fn fl_registry(site: &Site) -> Judgement {
    site.kit()?;
    if site.value("DOCKER_FL_REGISTRY").is_some() {
        return Ok("DOCKER_FL_REGISTRY is filled".to_owned());
    }
    Err(Ruling::fail(
        "DOCKER_FL_REGISTRY is not filled: sync-trust-kit takes that for granted, packaging and \
         readiness refuse it",
        format!(
            "set DOCKER_FL_REGISTRY in the hub env file, then make sync-trust-kit KIT={} PROD=true",
            site.code()
        ),
    ))
}

fn hub_local(site: &Site) -> Judgement {
    let hub_url = site.needed("CENTRAL_HUB_API_URL")?;
    let name = site.kit.path.file_name().unwrap_or_default();
    if name.ends_with(".development") {
        return Err(Ruling::not_applicable("a development kit may use a hub on this machine"));
    }
    let host = super::names::host_of(&hub_url).unwrap_or_default();
    let local = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    if !local {
        return Ok("the hub is not on this machine".to_owned());
    }
    Err(Ruling::warn(
        format!("CENTRAL_HUB_API_URL points at {}: a development hub", shown(&host)),
        format!("make sync-trust-kit KIT={} PROD=true with the right hub env file", site.code()),
    ))
}

/// A path no reader may change: make turns `$HOME` into `OME`, nothing expands `~`.
fn fl_kit_dir(site: &Site) -> Judgement {
    let kit = site.kit()?;
    let key = "FL_KIT_DIR";
    let fix = "write the whole path, such as FL_KIT_DIR=/opt/flip/fl-kit";
    let Some(plain) = kit.value(Reader::Checklist, key).filter(|value| !value.is_empty()) else {
        return Err(Ruling::fail("FL_KIT_DIR is not set", fix));
    };
    let seen = Reader::ALL.map(|reader| kit.value(reader, key).unwrap_or_default());
    if plain.contains(['$', '~', '`']) {
        let [make, compose, ..] = &seen;
        let message = format!(
            "FL_KIT_DIR is {}: nothing expands it; make reads {}, containers get {}",
            shown(&plain),
            shown(make),
            shown(compose)
        );
        return Err(Ruling::fail(message, fix));
    }
    if !plain.starts_with('/') {
        return Err(Ruling::fail(format!("FL_KIT_DIR is {}: not absolute", shown(&plain)), fix));
    }
    if seen.iter().any(|value| value.trim() != plain) {
        let message = "the readers of the kit see different directories in FL_KIT_DIR";
        return Err(Ruling::fail(message, fix));
    }
    Ok(format!("FL_KIT_DIR is {}", shown(Utf8Path::new(&plain).as_str())))
}

fn ports(site: &Site) -> Judgement {
    let kit = site.kit()?;
    let mut users: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for line in kit.lines() {
        let LineKind::Assignment { name, .. } = line.kind else { continue };
        let published = spec(name)
            .is_some_and(|row| row.form == Form::Port && row.section == Section::HostLocal);
        let Some(value) = kit.value(Reader::Compose, name).filter(|_| published) else { continue };
        match value.parse() {
            Ok(port) if Form::Port.check(&value).is_ok() => {
                let keys = users.entry(port).or_default();
                if !keys.contains(&name) {
                    keys.push(name);
                }
            }
            _ if value.is_empty() => wrong.push(format!("{name} is empty")),
            _ => wrong.push(format!("{name} is no port from 1 to 65535")),
        }
    }
    let shared = users.iter().filter(|(_, keys)| keys.len() > 1);
    wrong.extend(shared.map(|(port, keys)| format!("{} share port {port}", keys.join(" and "))));
    if wrong.is_empty() {
        return Ok(format!("{} ports, all different", users.len()));
    }
    let fix = format!("give each its own port in {}", site.kit.path);
    Err(Ruling::fail(listed(&wrong), fix))
}

/// Compared with the template's values themselves, whatever the kit is named after.
fn passwords(site: &Site) -> Judgement {
    let kit = site.kit()?;
    let rows = KEYS.iter().filter(|row| row.section == Section::TrustLocal && row.secret);
    let (mut set, mut unchanged) = (0, Vec::new());
    for row in rows {
        let Some(value) = kit.value(Reader::Compose, row.name) else { continue };
        set += 1;
        let of_template = matches!(row.template, Template::Value(text) if text == value);
        if of_template || value.is_empty() {
            unchanged.push(row.name);
        }
    }
    if set == 0 {
        return Err(Ruling::not_verified("the kit sets no trust-local password"));
    }
    if unchanged.is_empty() {
        return Ok(format!("{set} passwords, none of them the template's"));
    }
    let message = format!(
        "{} of {set} passwords are the template's: {}",
        unchanged.len(),
        listed(&unchanged)
    );
    let fix = format!(
        "choose new ones in {} before the first start (`openssl rand -base64 24`)",
        site.kit.path
    );
    Err(Ruling::warn(message, fix))
}
