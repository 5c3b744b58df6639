//! Reading the variables, one after another, each with its default and its form.

use std::collections::BTreeMap;
use std::str::FromStr;

use contract::edition::{EditionId, TrustPaths};
use contract::key::Secret;
use contract::{limits, wire};
use jiff::tz::TimeZone;
use url::Url;

use super::{ConfigError, Environment, Proxies, Settings};
use crate::habits::StartHabits;
use crate::log::Level;
use crate::time_scale::TimeScale;

/// The variables, and which required ones were not among them.
pub(super) struct Given {
    variables: BTreeMap<String, String>,
    start: StartHabits,
    absent: Vec<&'static str>,
}

impl Given {
    /// What is done about a required value that is absent or empty is a habit.
    pub(super) fn new(variables: BTreeMap<String, String>, start: StartHabits) -> Self {
        Self { variables, start, absent: Vec::new() }
    }

    pub(super) fn settings(&mut self, edition: EditionId) -> Result<Settings, ConfigError> {
        let named = edition.row().paths == TrustPaths::Named;
        let settings = Settings {
            edition,
            hub_url: self.url("CENTRAL_HUB_API_URL", "http://127.0.0.1:9/api")?,
            trust_api_key: self.required("TRUST_API_KEY", "")?.into(),
            trust_api_key_header: self
                .header_name("TRUST_API_KEY_HEADER", HeaderDefault::Required)?,
            payload_key: self.required("AES_KEY_BASE64", "")?.into(),
            further_payload_keys: self.further_payload_keys(edition)?,
            accepts_legacy_cbc: !matches!(
                self.text("AES_ACCEPT_LEGACY_CBC").unwrap_or_default().to_lowercase().as_str(),
                "false" | "0" | "no"
            ),
            data_access_url: self.text("DATA_ACCESS_API_URL"),
            imaging_url: self.text("IMAGING_API_URL"),
            xnat_url: self.text("XNAT_URL"),
            omop_host: self.text("OMOP_DB_HOST"),
            omop_port: self.number("OMOP_DB_PORT", "a port", OMOP_PORT)?,
            site_key: self.text("TRUST_INTERNAL_SERVICE_KEY").unwrap_or_default().into(),
            site_key_header: self.header_name(
                "TRUST_INTERNAL_SERVICE_KEY_HEADER",
                HeaderDefault::Name(wire::SITE_KEY_HEADER),
            )?,
            cohort_admin_header: self.header_name(
                "COHORT_ADMIN_KEY_HEADER",
                HeaderDefault::Name(wire::COHORT_ADMIN_HEADER),
            )?,
            poll_interval_secs: self.secs("POLL_INTERVAL_SECONDS", limits::POLL_INTERVAL_SECS)?,
            expected_trust_id: self.text("EXPECTED_TRUST_ID"),
            cohort_timeout_secs: self
                .secs("COHORT_QUERY_TIMEOUT_SECONDS", limits::COHORT_CALL_SECS)?,
            health_interval_secs: self
                .secs("HEALTH_COLLECT_INTERVAL_SECONDS", limits::PROBE_PAUSE_SECS)?,
            degraded_ms: self.secs("HEALTH_PROBE_DEGRADED_MS", limits::PROBE_DEGRADED_MS)?,
            environment: self.environment()?,
            log_level: self.log_level()?,
            release: self.text("FLIP_RELEASE"),
            fl_client_tag: self.text("FL_CLIENT_IMAGE_TAG"),
            trust_name: if named {
                self.required("TRUST_NAME", "")?
            } else {
                self.text("TRUST_NAME").unwrap_or_default()
            },
            proxies: self.proxies(),
            ca_file: self.text("SSL_CERT_FILE"),
            ca_dir: self.text("SSL_CERT_DIR"),
            zone: self.zone(),
            time_scale: self.time_scale()?,
            canary: self.text("FLIPCHECK_CANARY"),
            canary_name: self.text("FLIPCHECK_CANARY_NAME"),
            absent: Vec::new(),
        };
        Ok(Settings { absent: std::mem::take(&mut self.absent), ..settings })
    }

    /// The value, unless it is absent or empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).filter(|value| !value.is_empty()).cloned()
    }

    pub(super) fn required(
        &mut self,
        name: &'static str,
        else_use: &str,
    ) -> Result<String, ConfigError> {
        match self.text(name) {
            Some(value) => Ok(value),
            None if self.must_be_given(name) => Err(ConfigError::Missing(name)),
            None => {
                self.absent.push(name);
                Ok(else_use.to_owned())
            }
        }
    }

    fn must_be_given(&self, name: &str) -> bool {
        let is_empty = self.variables.contains_key(name);
        if is_empty { self.start.refuses_empty_settings } else { self.start.needs_every_setting }
    }

    fn url(&mut self, name: &'static str, else_use: &str) -> Result<String, ConfigError> {
        let text = self.required(name, else_use)?;
        let readable = Url::parse(&text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if readable { Ok(text) } else { Err(invalid(name, "an http or https URL")) }
    }

    pub(super) fn header_name(
        &mut self,
        name: &'static str,
        otherwise: HeaderDefault,
    ) -> Result<String, ConfigError> {
        let text = match otherwise {
            HeaderDefault::Required => self.required(name, wire::TRUST_KEY_HEADER)?,
            HeaderDefault::Name(default) => self.text(name).unwrap_or_else(|| default.to_owned()),
        };
        match hyper::header::HeaderName::from_str(&text) {
            Ok(_) => Ok(text),
            Err(_) => Err(invalid(name, "the name of a header")),
        }
    }

    pub(super) fn number<T: FromStr>(
        &self,
        name: &'static str,
        wanted: &'static str,
        default: T,
    ) -> Result<T, ConfigError> {
        match self.text(name) {
            None => Ok(default),
            Some(text) => text.trim().parse().map_err(|_| invalid(name, wanted)),
        }
    }

    fn secs(&self, name: &'static str, default: u64) -> Result<f64, ConfigError> {
        #[allow(clippy::cast_precision_loss)] // defaults are small whole numbers
        let value = self.number(name, NUMBER, default as f64)?;
        if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(invalid(name, NUMBER)) }
    }

    fn environment(&self) -> Result<Environment, ConfigError> {
        match self.text("ENV").as_deref() {
            None | Some("development") => Ok(Environment::Development),
            Some("production") => Ok(Environment::Production),
            Some(_) => Err(invalid("ENV", "development or production")),
        }
    }

    fn log_level(&self) -> Result<Level, ConfigError> {
        match self.text("LOG_LEVEL") {
            None => Ok(Level::Info),
            Some(text) => {
                text.parse().map_err(|_| invalid("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR"))
            }
        }
    }

    fn time_scale(&self) -> Result<TimeScale, ConfigError> {
        let name = "FLIPCHECK_TIME_SCALE";
        let factor = self.number(name, "a positive number", 1.0)?;
        TimeScale::new(factor).ok_or_else(|| invalid(name, "a positive number"))
    }

    /// What a C library makes of `TZ`: an unreadable zone is UTC.
    fn zone(&self) -> TimeZone {
        let Some(text) = self.text("TZ") else { return TimeZone::UTC };
        TimeZone::posix(&text).or_else(|_| TimeZone::get(&text)).unwrap_or(TimeZone::UTC)
    }

    fn proxies(&self) -> Proxies {
        let either = |name: &str| self.text(name).or_else(|| self.text(&name.to_lowercase()));
        Proxies {
            http: either("HTTP_PROXY"),
            https: either("HTTPS_PROXY"),
            none_for: either("NO_PROXY")
                .unwrap_or_default()
                .split(',')
                .map(|host| host.trim().to_lowercase())
                .filter(|host| !host.is_empty())
                .collect(),
        }
    }

    pub(super) fn further_payload_keys(
        &self,
        edition: EditionId,
    ) -> Result<BTreeMap<String, Secret>, ConfigError> {
        let mut keys = BTreeMap::new();
        if !edition.row().trust_payload_keys {
            return Ok(keys);
        }
        if let Some(text) = self.text("AES_TRUST_KEYS") {
            let listed: BTreeMap<String, String> = serde_json::from_str(&text)
                .map_err(|_| invalid("AES_TRUST_KEYS", "a JSON object of key id to base64"))?;
            keys.extend(listed.into_iter().map(|(kid, key)| (kid, Secret::from(key))));
        }
        if let (Some(kid), Some(key)) =
            (self.text("TRUST_AES_KID"), self.text("TRUST_AES_KEY_BASE64"))
        {
            keys.insert(kid, key.into());
        }
        Ok(keys)
    }
}

/// What stands in for the name of a header.
#[derive(Clone, Copy)]
pub(super) enum HeaderDefault {
    Required,
    Name(&'static str),
}

fn invalid(name: &'static str, wanted: &'static str) -> ConfigError {
    ConfigError::Invalid { name, wanted }
}

const NUMBER: &str = "a number of at least 0";
const OMOP_PORT: u16 = 5432;
