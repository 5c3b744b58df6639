//! Whether it is the kit that speaks when the file is started, and the kit of this environment.

use super::{FileCheck, SiteFile};
use crate::site_check::{Judgement, Owner, Ruling, listed, shown};

pub(super) const ROWS: &[FileCheck] = &[
    FileCheck {
        id: "compose.kit-alone",
        requirement: "HOST-GUARD-01",
        owner: Owner::TrustOperator,
        sentence: "Neither the shell nor a `.env` beside the file overrules the kit.",
        judge: alone,
    },
    FileCheck {
        id: "compose.kit-environment",
        requirement: "HOST-KIT-01",
        owner: Owner::TrustOperator,
        sentence: "No value of the kit belongs to another environment than the one it is named for.",
        judge: environment,
    },
];

/// docker compose reads the shell first and the kit second; without `--env-file` it reads `.env` beside
/// the file and no kit at all.
fn alone(file: &SiteFile) -> Judgement {
    let named = |keys: &std::collections::BTreeSet<String>| {
        listed(&keys.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let exported = &file.around.exported;
    if !exported.is_empty() {
        return Err(Ruling::fail(
            format!(
                "{} of your shell wins over the kit (docker compose reads the shell first)",
                named(exported)
            ),
            format!("unset {}", exported.iter().cloned().collect::<Vec<_>>().join(" ")),
        ));
    }
    let beside = &file.around.beside;
    if !beside.is_empty() {
        return Err(Ruling::fail(
            format!(
                "`.env` beside {} sets {} too: a start that leaves --env-file out takes it for the kit, \
                 and so do some releases of docker compose that are given one",
                file.path.file_name().unwrap_or_default(),
                named(beside)
            ),
            "take these keys out of `.env`: they belong into the kit",
        ));
    }
    Ok("only the kit gives values".to_owned())
}

/// A scaffold starts from one environment's template, and `sync-trust-kit` never touches what is the
/// site's own, the bucket among it.
fn environment(file: &SiteFile) -> Judgement {
    let Some((name, values)) = &file.around.kit else {
        return Ok("no kit was given to look at (--compose-kit)".to_owned());
    };
    let Some(foreign) = ENVIRONMENTS.iter().find(|(ending, _)| name.ends_with(ending)) else {
        return Ok(format!("{} is named for no environment of others", shown(name)));
    };
    let mut wrong = Vec::new();
    for key in TELLING {
        let value = values.get(*key).map_or("", String::as_str);
        let words = value.split(|c: char| !c.is_ascii_alphanumeric());
        if words.map(str::to_ascii_lowercase).any(|word| foreign.1.contains(&word.as_str())) {
            wrong.push(format!("{key}={}", shown(value)));
        }
    }
    if wrong.is_empty() {
        return Ok(format!("{} holds no value of another environment", shown(name)));
    }
    Err(Ruling::fail(
        format!("{} in {}, which is of another environment", listed(&wrong), shown(name)),
        "ask the hub's admin for this environment's value, and write it into the kit by hand",
    ))
}

/// Keys whose value tells the environment.
const TELLING: &[&str] = &[
    "AICENTRE_BUCKET_NAME",
    "CENTRAL_HUB_API_URL",
    "NLB_SUBDOMAIN",
    "DOCKER_TAG",
    "DOCKER_FL_TAG",
];
/// Endings of a kit's name, and words of the environments it is not for.
const ENVIRONMENTS: &[(&str, &[&str])] = &[
    (".production", NOT_PRODUCTION),
    (".lza-prod", NOT_PRODUCTION),
    (".stag", NOT_STAGING),
    (".lza-stag", NOT_STAGING),
];
const NOT_PRODUCTION: &[&str] =
    &["dev", "development", "flipdev", "localhost", "stag", "staging", "flipstag"];
const NOT_STAGING: &[&str] =
    &["dev", "development", "flipdev", "localhost", "prod", "production", "flipprod"];
