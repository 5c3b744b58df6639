//! Single values of the kit that sites get wrong.

use std::collections::BTreeMap;

use camino::Utf8Path;
use contract::edition::OmopPassword;
use contract::kit::{Form, KEYS, LineKind, Reader, Section, Template, spec};

use super::check::{Judgement, Owner, Ruling, SiteCheck, listed, shown};
use super::{Directory, Site};

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
        id: "kit.estate",
        requirement: "KIT-SYNC-02",
        owner: Owner::HubAdmin,
        sentence: "Registries and FL port are those a site of the kit's estate can reach.",
        judge: estate,
    },
    SiteCheck {
        id: "kit.mock-data",
        requirement: "HOST-DATA-01",
        owner: Owner::TrustOperator,
        sentence: "A slot without mock data of its own names the trust whose data it takes.",
        judge: mock_data,
    },
    SiteCheck {
        id: "kit.omop-password",
        requirement: "KIT-FORM-01",
        owner: Owner::TrustOperator,
        sentence: "DATA_ACCESS_POSTGRES_PASSWORD stands in the kit as the release reads it.",
        judge: omop_password,
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

/// A kit file is named after its estate. Outside AWS nobody can pull from the estate's own mirror, and
/// the shared FL edge tells environments apart by port (newer releases 6).
fn estate(site: &Site) -> Judgement {
    let name = site.kit.path.file_name().unwrap_or_default();
    for key in ["DOCKER_REGISTRY", "DOCKER_FL_REGISTRY"] {
        let registry = site.value(key).unwrap_or_default();
        let host = registry.split('/').next().unwrap_or_default();
        if host.contains(".dkr.ecr.") && host.ends_with(".amazonaws.com") {
            return Err(Ruling::fail(
                format!("{key} is {}: a mirror inside AWS, closed to a hospital", shown(host)),
                format!("set {key}=ghcr.io/londonaicentre/ in the kit, then package it again"),
            ));
        }
    }
    let expected = match name.rsplit('.').next() {
        Some("lza-prod") => "8002",
        Some("lza-stag") => "8003",
        _ => return Ok("the registries are open to a site".to_owned()),
    };
    let port = site.needed("FL_SERVER_PORT")?;
    if port == expected {
        return Ok(format!("FL port {expected}, as the shared edge has it"));
    }
    Err(Ruling::fail(
        format!("FL_SERVER_PORT is {}: that is another environment of the edge", shown(&port)),
        format!("FL_SERVER_PORT={expected} in the hub env file, sync, and a new FL kit with it"),
    ))
}

/// Mock data comes in two partitions; a first start seeds the partition of the slot.
fn mock_data(site: &Site) -> Judgement {
    let number = site.needed("FL_KIT_SLOT_NUMBER")?;
    let slot: u32 = number.parse().map_err(|_| Ruling::not_verified("the slot has no number"))?;
    if slot <= MOCK_PARTITIONS || site.value("SOURCE_TRUST").is_some() {
        return Ok("mock data is there for this slot, should it be wanted".to_owned());
    }
    let path = site.needed("OMOP_DATA_DIR")?;
    if let Directory::Present { entries: Some(entries), .. } = site.host.directory(&path)?
        && entries.is_empty()
    {
        return Err(Ruling::warn(
            format!("no data in OMOP_DATA_DIR, and slot {slot} has no mock data of its own"),
            "set SOURCE_TRUST=1 or 2 before the first start, or put real data there",
        ));
    }
    Ok("the site has data of its own".to_owned())
}

/// Up to some release the kit held the password as it goes into a URL; since then it is encoded by the
/// service. Nothing of it is shown.
fn omop_password(site: &Site) -> Judgement {
    let Some(password) = site.value("DATA_ACCESS_POSTGRES_PASSWORD") else {
        return Err(Ruling::not_verified("DATA_ACCESS_POSTGRES_PASSWORD is not filled"));
    };
    let is_encoded = is_percent_encoded(&password);
    match site.edition.omop_password {
        OmopPassword::Raw if is_encoded => Err(Ruling::warn(
            "DATA_ACCESS_POSTGRES_PASSWORD looks percent-encoded: the service encodes it again, and \
             the database refuses it",
            "write the password itself into the kit and recreate data-access-api",
        )),
        OmopPassword::PercentEncoded
            if !is_encoded && password.contains(['@', ':', '/', '#', '?', '%']) =>
        {
            Err(Ruling::warn(
                "DATA_ACCESS_POSTGRES_PASSWORD holds a character that breaks the connection URL",
                "write it percent-encoded (@ is %40, : is %3A, / is %2F, # is %23, % is %25)",
            ))
        }
        _ => Ok("the password has the form this release reads".to_owned()),
    }
}

/// Whether a text holds a percent sign with two hex digits, and none without.
fn is_percent_encoded(text: &str) -> bool {
    let mut parts = text.split('%').skip(1).peekable();
    let hex = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|b| b.is_ascii_hexdigit());
    parts.peek().is_some() && parts.all(hex)
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

/// Partitions the mock data comes in.
const MOCK_PARTITIONS: u32 = 2;
