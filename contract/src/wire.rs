//! Names and fixed texts on the wire: headers, reply texts, log phrases.

/// Default name of the header for a trust's key in real kits.
pub const TRUST_KEY_HEADER: &str = "Authorization";
/// Header for the hub-internal key.
pub const INTERNAL_KEY_HEADER: &str = "X-Internal-Service-Key";
/// Header the oldest FL lines use for the hub-internal key.
pub const OLD_INTERNAL_KEY_HEADER: &str = "X-API-Key";
/// Header for the key between a site's own services.
pub const SITE_KEY_HEADER: &str = "X-Trust-Internal-Service-Key";
/// Header for the proof on cohort-defining writes.
pub const COHORT_ADMIN_HEADER: &str = "X-Cohort-Admin-Key";

/// Headers whose values are secrets wherever they appear, lower case.
pub const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "x-api-key",
    "x-trust-api-key",
    "x-internal-service-key",
    "x-trust-internal-service-key",
    "x-cohort-admin-key",
    "cookie",
    "set-cookie",
];

/// Headers the hub sets on every reply (hub 1).
pub const SECURITY_HEADERS: &[(&str, &str)] = &[
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
];

/// Refusals of the hub (hub 2, 10).
pub mod refusal {
    /// Trust key header absent or empty.
    pub const KEY_MISSING: &str = "Not authenticated: API key is missing.";
    /// Trust key known to nobody.
    pub const KEY_UNKNOWN: &str = "Invalid API Key.";
    /// Hub-internal key header absent or empty.
    pub const INTERNAL_MISSING: &str = "Not authenticated: internal service key is missing.";
    /// Hub-internal key wrong.
    pub const INTERNAL_UNKNOWN: &str = "Invalid internal service key.";
    /// Hub without a hub-internal key.
    pub const INTERNAL_UNCONFIGURED: &str = "Internal service auth not configured.";
    /// Too many requests.
    pub const RATE: &str = "Rate limit exceeded. Try again later.";
    /// Redelivered too often.
    pub const RETRIES_SPENT: &str = r#"{"error": "Exceeded maximum retries (3)"}"#;
}

/// Phrases of the trust's log that operators and checks look for (trust 4, 5, 11).
pub mod phrase {
    /// Identity seen and accepted; once.
    pub const AUTHENTICATED: &str = "Authenticated to hub as trust";
    /// Identity foreign; exit 2 follows.
    pub const WRONG_KIT: &str = "Wrong kit deployed to this host? Exiting.";
    /// Hub answered a heartbeat with a refusal.
    pub const HEARTBEAT_REJECTED: &str = "Heartbeat rejected by hub: HTTP";
    /// Hub refused a snapshot.
    pub const SNAPSHOT_REJECTED: &str = "Hub rejected health snapshot (HTTP 422):";
    /// Hub answered a poll with something else than 200.
    pub const POLL_STATUS: &str = "Unexpected status";
    /// A report was given up.
    pub const REPORT_FAILED: &str = "Failed to report result for task";
    /// Own payload key is not the hub's.
    pub const KEY_DIFFERS: &str = "This trust's AES key differs from the hub's";
    /// Own payload key is unusable.
    pub const KEY_UNUSABLE: &str = "Cannot fingerprint this trust's AES key";
    /// Task type the trust does not know.
    pub const UNKNOWN_TASK: &str = "Unknown task type";
    /// Payload that did not authenticate.
    pub const PAYLOAD_AUTH: &str = "failed authentication";
}
