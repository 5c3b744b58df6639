//! What the node is told: the environment variables of trust 1, read once and frozen.

use std::collections::BTreeMap;

use contract::edition::EditionId;
use contract::key::Secret;
use jiff::tz::TimeZone;
use thiserror::Error;

use crate::habits::Habits;
use crate::log::Level;
use crate::time_scale::TimeScale;

mod read;
mod site;

use read::Given;
pub(crate) use site::site_options;

/// The frozen settings of one node. Keys are never printed.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose contract the node keeps.
    pub edition: EditionId,
    /// Base URL of the hub API; paths are appended as text.
    pub hub_url: String,
    /// The trust's key, sent bare.
    pub trust_api_key: Secret,
    /// Header for it.
    pub trust_api_key_header: String,
    /// Payload key as base64 text.
    pub payload_key: Secret,
    /// Further payload keys by key id (trust-keys).
    pub further_payload_keys: BTreeMap<String, Secret>,
    /// Whether text without an envelope is read as CBC, where the edition knows both.
    pub accepts_legacy_cbc: bool,
    /// data-access-api, unless a neighbour is started in its place.
    pub data_access_url: Option<String>,
    /// imaging-api, unless a neighbour is started in its place.
    pub imaging_url: Option<String>,
    /// XNAT, unless a neighbour is started in its place.
    pub xnat_url: Option<String>,
    /// Host of the OMOP database, unless a neighbour is started in its place.
    pub omop_host: Option<String>,
    /// Port of the OMOP database.
    pub omop_port: u16,
    /// Key between the site's services; may be empty.
    pub site_key: Secret,
    /// Header for it.
    pub site_key_header: String,
    /// Header for the proof on cohort-defining writes.
    pub cohort_admin_header: String,
    /// Pause after each cycle, seconds; fractions allowed.
    pub poll_interval_secs: f64,
    /// The trust this host is meant to be; `None` switches the self-check off.
    pub expected_trust_id: Option<String>,
    /// Limit of cohort and snapshot calls, seconds.
    pub cohort_timeout_secs: f64,
    /// Pause between rounds of probes, seconds.
    pub health_interval_secs: f64,
    /// Slower probes are degraded, milliseconds.
    pub degraded_ms: f64,
    /// Whether `/docs` is shown.
    pub environment: Environment,
    /// Least level that is logged.
    pub log_level: Level,
    /// Image tag shown as the node's version.
    pub release: Option<String>,
    /// Configured image tag of the FL client; its snapshots name the client only where it is set.
    pub fl_client_tag: Option<String>,
    /// Display name; part of the paths of the oldest edition.
    pub trust_name: String,
    /// Proxies for hub and site calls.
    pub proxies: Proxies,
    /// File of CA certificates that replace the built-in ones.
    pub ca_file: Option<String>,
    /// Directory of such files.
    pub ca_dir: Option<String>,
    /// The site's time zone, which only a misbehaving node lets show.
    pub zone: TimeZone,
    /// Factor on every wait.
    pub time_scale: TimeScale,
    /// A third address that only a misbehaving node contacts.
    pub canary: Option<String>,
    /// A third name that only a misbehaving node looks up.
    pub canary_name: Option<String>,
    /// Required names that were absent; empty for every node that keeps the contract.
    pub absent: Vec<&'static str>,
}

/// `ENV`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Documents are served.
    Development,
    /// Documents are hidden.
    Production,
}

/// Proxy variables, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For `http` URLs.
    pub http: Option<String>,
    /// For `https` URLs.
    pub https: Option<String>,
    /// Hosts reached directly.
    pub none_for: Vec<String>,
}

impl Proxies {
    /// These, or what a node makes of them that does not honour all of it.
    pub(crate) fn as_honoured(&self, any: bool, exemptions: bool) -> Self {
        match (any, exemptions) {
            (false, _) => Self::default(),
            (true, true) => self.clone(),
            (true, false) => Self { none_for: Vec::new(), ..self.clone() },
        }
    }
}

/// The environment does not make a node; the process exits with 1 and sends nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// Required and absent, or empty.
    #[error("{0} is required")]
    Missing(&'static str),
    /// Present but unreadable. The value is not repeated: it may be a secret.
    #[error("{name} must be {wanted}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it should have been.
        wanted: &'static str,
    },
}

impl Settings {
    /// Reads the variables a conforming node reads; unknown names are ignored. A kit file gives its
    /// own by [`contract::kit::Kit::env_for_trust`].
    pub fn from_env<I>(variables: I, edition: EditionId) -> Result<Self, ConfigError>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        Self::read(variables, edition, &Habits::ideal(edition.row()))
    }

    /// The same by a node of these habits: a mutant may start without a required variable.
    pub fn read<I>(variables: I, edition: EditionId, habits: &Habits) -> Result<Self, ConfigError>
    where
        I: IntoIterator<Item = (String, String)>,
    {
        let variables = variables.into_iter().collect();
        Given::new(variables, habits.start).settings(edition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> BTreeMap<String, String> {
        [
            ("CENTRAL_HUB_API_URL", "https://hub.example/api"),
            ("TRUST_API_KEY", "key"),
            ("TRUST_API_KEY_HEADER", "Authorization"),
            ("AES_KEY_BASE64", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn four_values_suffice_and_the_rest_has_defaults() {
        let settings = Settings::from_env(complete(), EditionId::DEFAULT).expect("complete");
        assert!((settings.poll_interval_secs - 5.0).abs() < f64::EPSILON);
        assert!((settings.cohort_timeout_secs - 300.0).abs() < f64::EPSILON);
        assert_eq!(settings.site_key_header, "X-Trust-Internal-Service-Key");
        assert_eq!(settings.cohort_admin_header, "X-Cohort-Admin-Key");
        assert_eq!(settings.expected_trust_id, None);
        assert_eq!(settings.environment, Environment::Development);
        assert!(settings.site_key.is_empty());
    }

    #[test]
    fn each_required_value_is_missed_when_absent_or_empty() {
        for name in
            ["CENTRAL_HUB_API_URL", "TRUST_API_KEY", "TRUST_API_KEY_HEADER", "AES_KEY_BASE64"]
        {
            let mut variables = complete();
            variables.remove(name);
            let error = Settings::from_env(variables.clone(), EditionId::DEFAULT);
            assert_eq!(error.err(), Some(ConfigError::Missing(name)));
            variables.insert(name.to_owned(), String::new());
            let error = Settings::from_env(variables, EditionId::DEFAULT);
            assert_eq!(error.err(), Some(ConfigError::Missing(name)));
        }
    }

    #[test]
    fn the_oldest_edition_needs_its_name_as_well() {
        let error = Settings::from_env(complete(), EditionId::V2026_03);
        assert_eq!(error.err(), Some(ConfigError::Missing("TRUST_NAME")));
    }

    #[test]
    fn unreadable_values_are_refused_without_being_repeated() {
        for (name, value) in [
            ("CENTRAL_HUB_API_URL", "hub"),
            ("TRUST_API_KEY_HEADER", "two words"),
            ("POLL_INTERVAL_SECONDS", "soon"),
            ("POLL_INTERVAL_SECONDS", "-1"),
            ("ENV", "staging"),
            ("LOG_LEVEL", "loud"),
            ("FLIPCHECK_TIME_SCALE", "0"),
        ] {
            let mut variables = complete();
            variables.insert(name.to_owned(), value.to_owned());
            let error = Settings::from_env(variables, EditionId::DEFAULT).expect_err(name);
            assert!(error.to_string().starts_with(name), "{error}");
            assert!(!error.to_string().contains(value) || value == "-1", "{error}");
        }
    }

    #[test]
    fn printing_settings_shows_no_key() {
        let mut variables = complete();
        variables.insert("TRUST_API_KEY".into(), "open-sesame".into());
        let settings = Settings::from_env(variables, EditionId::DEFAULT).expect("complete");
        assert!(!format!("{settings:?}").contains("sesame"));
    }
}
