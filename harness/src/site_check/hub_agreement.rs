//! Whether the kit's shared values are those the hub uses now.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::key::{Secret, fingerprint};
use contract::kit::{Kit, Reader, holds_placeholder, spec};
use serde_json::Value;

use super::Site;
use super::check::{Judgement, Owner, Ruling, SiteCheck, listed};

pub(super) const ROWS: &[SiteCheck] = &[
    SiteCheck {
        id: "hub.payload-key",
        requirement: "HOST-KEY-01",
        owner: Owner::HubAdmin,
        sentence: "The kit's payload key is the hub's.",
        judge: payload_key,
    },
    SiteCheck {
        id: "hub.shared-values",
        requirement: "KIT-SYNC-02",
        owner: Owner::HubAdmin,
        sentence: "The kit's Hub-shared values are those the hub uses.",
        judge: shared_values,
    },
    SiteCheck {
        id: "hub.release",
        requirement: "HOST-IMAGE-02",
        owner: Owner::TrustOperator,
        sentence: "The kit's tags belong to the release the hub runs.",
        judge: release,
    },
];

/// What the hub is known to use. Everything may be unknown.
#[derive(Clone, Debug, Default)]
pub struct HubFacts {
    /// Fingerprint of its payload key.
    pub fingerprint: Option<String>,
    /// What the running trust itself says of its key.
    pub key_match: Option<bool>,
    /// Its release, as `/api/health` says.
    pub version: Option<String>,
    /// The Hub-shared block as the hub's own environment has it.
    shared: Option<Kit>,
}

impl HubFacts {
    /// From the environment the hub itself runs with, or another kit that is known to be right.
    pub fn from_environment(env: Kit) -> Self {
        let key = env.value(Reader::Compose, "AES_KEY_BASE64");
        let fingerprint = key.and_then(|key| fingerprint_of(&key));
        let version = env.value(Reader::Compose, "DOCKER_TAG").filter(|tag| is_release(tag));
        Self { fingerprint, version, key_match: None, shared: Some(env) }
    }

    /// From the reply to a heartbeat, from the hub's `/api/health`, or from the running trust's own
    /// `/health`, whose `version` is the trust's.
    pub fn from_reply(reply: &Value) -> Self {
        let text = |name: &str| reply.get(name).and_then(Value::as_str).map(str::to_owned);
        let of_trust = reply.get("dead_tasks").is_some();
        let own = if of_trust { None } else { text("version") };
        Self {
            fingerprint: text("aes_key_fingerprint").or_else(|| text("hub_key_fingerprint")),
            key_match: reply.get("hub_key_match").and_then(Value::as_bool),
            version: text("hub_version").or(own),
            shared: None,
        }
    }
}

fn payload_key(site: &Site) -> Judgement {
    let own = fingerprint_of(&site.needed("AES_KEY_BASE64")?);
    let fix = format!(
        "make sync-trust-kit KIT={} PROD=true and send the kit; the site replaces its Hub-shared \
         block only and recreates its containers",
        site.code()
    );
    let differs = |how: String| {
        Ruling::fail(
            format!("{how}: every task would fail, while the trust stays Online"),
            fix.clone(),
        )
    };
    let Some(own) = own else {
        return Err(differs("AES_KEY_BASE64 is no key of 32 bytes".to_owned()));
    };
    match (&site.hub.fingerprint, site.hub.key_match) {
        (Some(hub), _) if *hub == own => Ok(format!("fingerprint {own}, as the hub's")),
        (Some(hub), _) => {
            Err(differs(format!("the kit's payload key has fingerprint {own}, the hub's {hub}")))
        }
        (None, Some(true)) => Ok("the running trust says its key is the hub's".to_owned()),
        (None, Some(false)) => {
            Err(differs("the running trust says its payload key differs from the hub's".to_owned()))
        }
        (None, None) if site.edition.heartbeat_reports_hub => Err(Ruling::warn(
            "the hub does not say which payload key it uses",
            "start the trust and run this check again: it reads the trust's own /health",
        )),
        (None, None) => Err(Ruling::not_verified(
            "hubs of this edition do not say which payload key they use; the first task shows it",
        )),
    }
}

fn shared_values(site: &Site) -> Judgement {
    let kit = site.kit()?;
    let Some(hub) = &site.hub.shared else {
        return Err(Ruling::not_applicable("the hub's own environment was not given"));
    };
    let (mut compared, mut stale) = (0, Vec::new());
    for key in site.edition.hub_shared_keys() {
        let value = |kit: &Kit| {
            let value = kit.value(Reader::Compose, key)?;
            (!value.is_empty() && !holds_placeholder(&value)).then(|| Secret::new(value))
        };
        let (Some(ours), Some(theirs)) = (value(kit), value(hub)) else { continue };
        compared += 1;
        if ours != theirs {
            stale.push(key);
        }
    }
    if compared == 0 {
        return Err(Ruling::not_verified("kit and hub have no shared value in common"));
    }
    if stale.is_empty() {
        return Ok(format!("{compared} shared values are the hub's"));
    }
    let secret = stale.iter().any(|key| spec(key).is_some_and(|row| row.secret));
    let remark = if secret { " (a key among them: every task would fail)" } else { "" };
    Err(Ruling::fail(
        format!("the kit differs from what the hub uses in {}{remark}", listed(&stale)),
        format!(
            "take the hub's own environment as the one source, then make sync-trust-kit KIT={} \
             PROD=true",
            site.code()
        ),
    ))
}

fn release(site: &Site) -> Judgement {
    let Some(hub) = &site.hub.version else {
        return Err(Ruling::not_applicable("nobody asked the hub for its release"));
    };
    if !is_release(hub) {
        return Err(Ruling::not_verified("the hub reports no pullable tag"));
    }
    let behind: Vec<&str> = ["DOCKER_TAG", "DOCKER_FL_TAG"]
        .into_iter()
        .filter(|key| site.value(key).is_some_and(|tag| tag != *hub))
        .collect();
    if behind.is_empty() {
        return Ok(format!("both tags are the hub's release {hub}"));
    }
    Err(Ruling::warn(
        format!(
            "{} differ from the hub's release {hub}: payload format, FL bodies or the FL \
             framework's version may not fit",
            listed(&behind)
        ),
        format!("set both tags to {hub} in one window with the hub"),
    ))
}

/// `None` when the text is no key of 32 bytes.
fn fingerprint_of(key: &str) -> Option<String> {
    let bytes = STANDARD.decode(key).ok().filter(|bytes| bytes.len() == 32)?;
    Some(fingerprint(&bytes))
}

/// `vX.Y.Z` or `sha-<7 hex>`: what the upgrade verb takes.
fn is_release(tag: &str) -> bool {
    !super::images::is_floating(tag)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_version_of_a_trust_is_not_taken_for_its_hubs() {
        let version = |reply: Value| HubFacts::from_reply(&reply).version;
        assert_eq!(
            version(json!({"status": "ok", "version": "v1.2.3"})).as_deref(),
            Some("v1.2.3")
        );
        let trust = json!({"version": "v1.2.3", "dead_tasks": [], "hub_version": null});
        assert_eq!(version(trust), None);
        let heartbeat = json!({"hub_version": "v1.2.4", "aes_key_fingerprint": "0123456789ab"});
        let facts = HubFacts::from_reply(&heartbeat);
        assert_eq!(facts.fingerprint.as_deref(), Some("0123456789ab"));
        assert_eq!(facts.version.as_deref(), Some("v1.2.4"));
    }
}
