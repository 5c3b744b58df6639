//! Which values of the kit reach which container.

use super::{FileCheck, HUB_URL, SiteFile, is_fl_client, is_site_service};
use crate::compose::file::Service;
use crate::site_check::{Judgement, Owner, Ruling, listed};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.identity-guard",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "EXPECTED_TRUST_ID reaches trust-api.",
        judge: identity_guard,
    },
    FileCheck {
        id: "compose.kit-values",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "The kit's hub values and keys reach trust-api, the site key the services beside it.",
        judge: kit_values,
    },
    FileCheck {
        id: "compose.fl-client-keys",
        requirement: "FL-CLIENT-02",
        owner: Owner::TrustOperator,
        sentence: "The FL client gets the site key, and neither the hub's address nor a key of the hub.",
        judge: fl_client_keys,
    },
];

/// Docker compose hands a container what its service names, and nothing else of the kit.
fn identity_guard(file: &SiteFile) -> Judgement {
    let poller = file.needed_poller()?;
    let given = file.environment(poller)?;
    match given.get(GUARD).map(String::as_str).filter(|value| !value.is_empty()) {
        Some(value) if value == file.value(GUARD) => Ok(format!("{GUARD} comes from the kit")),
        None => Err(Ruling::fail(
            format!(
                "{} is not given {GUARD}: a kit of another trust would be taken for ours",
                file.place(poller)
            ),
            format!("add `{GUARD}: ${{{GUARD}}}` to its environment, then recreate it"),
        )),
        Some(_) => Err(Ruling::fail(
            format!("{} is given another {GUARD} than the kit's", file.place(poller)),
            format!("write `{GUARD}: ${{{GUARD}}}`: the id changes with every registration"),
        )),
    }
}

fn kit_values(file: &SiteFile) -> Judgement {
    let poller = file.needed_poller()?;
    let mut stale = not_from_kit(file, poller, OF_POLLER)?;
    for service in file.resolved.services.iter().filter(|service| is_site_service(service)) {
        stale.extend(not_from_kit(file, service, &[SITE_KEY])?);
    }
    if stale.is_empty() {
        return Ok(format!("{} values of the kit arrive", OF_POLLER.len()));
    }
    Err(Ruling::fail(
        format!("values of the kit that do not arrive: {}", listed(&stale)),
        "write each as `NAME: ${NAME}` and start with --env-file <kit>",
    ))
}

fn not_from_kit(file: &SiteFile, service: &Service, keys: &[&str]) -> Result<Vec<String>, Ruling> {
    let given = file.environment(service)?;
    let wrong = |key: &&&str| given.get(**key).is_none_or(|value| value != file.value(key));
    let named = |key: &&str| format!("{key} at {}", file.place(service));
    Ok(keys.iter().filter(wrong).map(named).collect())
}

/// Foreign code runs in it, so it must not even hold what it never needs (kit 4).
fn fl_client_keys(file: &SiteFile) -> Judgement {
    let clients: Vec<&Service> =
        file.resolved.services.iter().filter(|s| is_fl_client(s)).collect();
    if clients.is_empty() {
        return Err(Ruling::not_applicable("the file has no fl-client"));
    }
    let (mut surplus, mut lacking) = (Vec::new(), Vec::new());
    for client in clients {
        let given = file.environment(client)?;
        for (name, value) in &given {
            let holds = |key: &&&str| {
                let held = file.value(key);
                name == **key || !held.is_empty() && value.contains(held)
            };
            if !value.is_empty() && NOT_FOR_FL.iter().any(|key| holds(&key)) {
                surplus.push(format!("{name} at {}", file.place(client)));
            }
        }
        lacking.extend(not_from_kit(file, client, &[SITE_KEY])?);
    }
    if !surplus.is_empty() {
        return Err(Ruling::fail(
            format!("given to the FL client, which must not have it: {}", listed(&surplus)),
            "take these out of its environment; it talks to the FL endpoint and the site only",
        ));
    }
    if !lacking.is_empty() {
        return Err(Ruling::fail(
            format!("missing, so the site's services answer it with 401: {}", listed(&lacking)),
            format!("write `{SITE_KEY}: ${{{SITE_KEY}}}` there"),
        ));
    }
    Ok("it gets the site key and nothing of the hub's".to_owned())
}

const GUARD: &str = "EXPECTED_TRUST_ID";
const SITE_KEY: &str = "TRUST_INTERNAL_SERVICE_KEY";
const OF_POLLER: &[&str] =
    &[HUB_URL, "TRUST_API_KEY", "TRUST_API_KEY_HEADER", "AES_KEY_BASE64", SITE_KEY];
const NOT_FOR_FL: &[&str] = &[HUB_URL, "TRUST_API_KEY", "AES_KEY_BASE64"];
