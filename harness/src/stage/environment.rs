//! The environment a trust's container gets, from what the hub issued (trust 1, kit 1.3).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use contract::edition::{Edition, TrustPaths};
use contract::wire;

use crate::control::Registration;
use crate::target::{HubHandle, SiteHandle, TrustTarget};

/// Every variable a fresh trust is started with.
pub fn trust_environment(
    edition: &Edition,
    target: &dyn TrustTarget,
    hub: &HubHandle,
    site: &SiteHandle,
    registration: &Registration,
) -> BTreeMap<String, String> {
    let shared = |key: &str| registration.hub_shared.get(key).cloned().unwrap_or_default();
    let interval = target.poll_interval_secs().to_string();
    let mut env: BTreeMap<String, String> = [
        ("CENTRAL_HUB_API_URL", hub.api_url.clone()),
        ("TRUST_API_KEY", registration.trust_api_key.expose().to_owned()),
        ("TRUST_API_KEY_HEADER", shared("TRUST_API_KEY_HEADER")),
        ("AES_KEY_BASE64", shared("AES_KEY_BASE64")),
        ("TRUST_INTERNAL_SERVICE_KEY", registration.site_key.expose().to_owned()),
        ("TRUST_INTERNAL_SERVICE_KEY_HEADER", wire::SITE_KEY_HEADER.to_owned()),
        ("COHORT_ADMIN_KEY_HEADER", wire::COHORT_ADMIN_HEADER.to_owned()),
        ("DATA_ACCESS_API_URL", site.data_access_url.clone()),
        ("IMAGING_API_URL", site.imaging_url.clone()),
        ("XNAT_URL", site.xnat_url.clone()),
        ("OMOP_DB_HOST", site.omop_addr.ip().to_string()),
        ("OMOP_DB_PORT", site.omop_addr.port().to_string()),
        ("POLL_INTERVAL_SECONDS", interval.clone()),
        ("HEALTH_COLLECT_INTERVAL_SECONDS", interval),
        ("LOG_LEVEL", "INFO".to_owned()),
        ("ENV", "development".to_owned()),
        ("FL_KIT_SLOT", registration.slot.clone()),
        ("FLIPCHECK_EDITION", edition.id.to_string()),
        ("FLIPCHECK_TIME_SCALE", target.time_scale().to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    if edition.expected_trust_id {
        env.insert("EXPECTED_TRUST_ID".to_owned(), registration.id.clone());
    }
    if edition.paths == TrustPaths::Named {
        env.insert("TRUST_NAME".to_owned(), registration.name.clone());
    }
    if let Some(addr) = hub.fl_addr {
        env.insert("FL_ENDPOINT".to_owned(), addr.to_string());
    }
    for key in ["TRUST_AES_KID", "TRUST_AES_KEY_BASE64"] {
        if let Some(value) = registration.hub_shared.get(key) {
            env.insert(key.to_owned(), value.clone());
        }
    }
    env
}

/// A kit file with the same values, for targets that are started from one.
pub fn kit_text(env: &BTreeMap<String, String>, registration: &Registration) -> String {
    let mut text = format!("TRUST_NAME={}\nTRUST_CODE=ALPHA\n", registration.name);
    for (key, value) in env.iter().filter(|(key, _)| key.as_str() != "TRUST_NAME") {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{key}={value}");
    }
    let _ = writeln!(text, "FL_KIT_SLOT_NUMBER={}", registration.slot_number);
    text
}
