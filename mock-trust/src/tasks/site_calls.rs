//! Calls to the site services, and what their failures are called (trust 6).

use std::sync::Arc;
use std::time::Duration;

use contract::key::cohort_admin_proof;
use contract::limits;
use hyper::Method;
use rustls::ClientConfig;
use serde_json::Value;

use super::Failure;
use crate::habits::Habits;
use crate::http::{CallError, Client, ClientOptions, Limits, Redirects, Reply, Request};
use crate::log::Log;
use crate::settings::Settings;

/// Where the neighbours are, without trailing path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SiteUrls {
    pub(crate) data_access: String,
    pub(crate) imaging: String,
    pub(crate) xnat: String,
    pub(crate) omop_host: String,
    pub(crate) omop_port: u16,
}

/// Calls site services with the site key.
pub(crate) struct SiteCalls {
    client: Client,
    pub(super) urls: SiteUrls,
    settings: Arc<Settings>,
    habits: Habits,
    log: Log,
}

/// What a call failed with: a status, the service's own or one that stands for it, and a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SiteError {
    pub(super) status: u16,
    pub(super) text: String,
    pub(super) timed_out: bool,
}

/// One call.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) body: Option<&'a Value>,
    /// Contract seconds.
    pub(super) limit_secs: f64,
    /// Whether the proof for cohort-defining writes goes along, where the edition has one.
    pub(super) proves_admin: bool,
}

impl<'a> Call<'a> {
    #[allow(clippy::cast_precision_loss)] // a small whole number
    pub(super) fn new(method: Method, url: String, body: Option<&'a Value>) -> Self {
        Self { method, url, body, limit_secs: limits::SITE_CALL_SECS as f64, proves_admin: false }
    }
}

impl SiteCalls {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        urls: SiteUrls,
        habits: Habits,
        tls: &Arc<ClientConfig>,
        log: &Log,
    ) -> Self {
        let client = Client::new(ClientOptions {
            proxies: settings.proxies.clone(),
            tls: Arc::clone(tls),
            keep_idle: Duration::ZERO,
            log: log.clone(),
            calls: habits.log.call_lines(),
            habits: habits.wire,
        });
        Self { client, urls, settings: Arc::clone(settings), habits, log: log.clone() }
    }

    /// One call with the site key; its reply as JSON.
    pub(super) async fn call(&self, call: Call<'_>) -> Result<Value, SiteError> {
        let reply = match self.request(&call) {
            Ok(request) => self.client.send(request).await,
            Err(error) => Err(error),
        };
        let reply = reply.map_err(|error| SiteError {
            status: 502,
            text: format!("Failed to connect to remote service: {error}"),
            timed_out: matches!(error, CallError::TimedOut | CallError::ConnectUnanswered),
        })?;
        let redirect = (300..400).contains(&reply.status);
        if !(reply.is_success() || redirect && !self.habits.task.fails_with_local_redirect) {
            return Err(refusal(&reply));
        }
        match reply.json() {
            Ok(value) => Ok(value),
            Err(_) if reply.body.is_empty() && !self.habits.task.fails_without_content => {
                Ok(Value::Null)
            }
            Err(_) => Err(SiteError {
                status: 502,
                text: "External API returned non-JSON response".into(),
                timed_out: false,
            }),
        }
    }

    fn request(&self, call: &Call<'_>) -> Result<Request, CallError> {
        let Settings { site_key, site_key_header, cohort_admin_header, .. } = &*self.settings;
        let wire = self.habits.wire;
        let limit = self.settings.time_scale.secs(call.limit_secs);
        let total = wire.limits_total.then_some(limit);
        let limits = Limits { connect: limit, read: Some(limit), total };
        let mut request = Request::new(call.method.clone(), &call.url, limits)?
            .header(site_key_header, site_key.expose())
            .follow(Redirects::Follow);
        if wire.keeps_site_key_at_origin {
            request.private_headers = vec![site_key_header.clone(), cohort_admin_header.clone()];
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let proof = (call.proves_admin && self.settings.edition.row().cohort_admin_proof)
            .then(|| cohort_admin_proof(self.settings.payload_key.expose()));
        if let Some(proof) = &proof {
            request = request.header(cohort_admin_header, proof);
        }
        if !wire.keeps_trust_key_from_site {
            let Settings { trust_api_key, trust_api_key_header, .. } = &*self.settings;
            request = request.header(trust_api_key_header, trust_api_key.expose());
        }
        self.show(call, proof.as_deref());
        Ok(request)
    }

    fn show(&self, call: &Call<'_>, proof: Option<&str>) {
        let Settings { site_key, site_key_header, cohort_admin_header, .. } = &*self.settings;
        if self.habits.log.masks_debug {
            self.log.debug(format_args!("Calling site: {} {site_key_header}=***", call.method));
        } else {
            self.log.debug(format_args!(
                "Calling site: {} {} {site_key_header}={} {cohort_admin_header}={} body={}",
                call.method,
                call.url,
                site_key.expose(),
                proof.unwrap_or("-"),
                call.body.map(ToString::to_string).unwrap_or_default(),
            ));
        }
    }
}

fn refusal(reply: &Reply) -> SiteError {
    let text = reply.text_start(limits::SITE_ERROR_CHARS_MAX);
    let text = if text.is_empty() { "External API error".into() } else { text };
    SiteError { status: reply.status, text, timed_out: false }
}

impl SiteError {
    /// `<status>: <text>`, as task results have it.
    pub(super) fn describe(&self) -> String {
        format!("{}: {}", self.status, self.text)
    }

    /// The failure of a task, as far as this node passes it on.
    pub(super) fn failure(&self, habits: &Habits) -> Failure {
        if self.status == 401 && !habits.task.passes_refused_site_key {
            return Failure::new("Local service failed");
        }
        Failure::new(self.describe())
    }

    /// One of the three words the hub shows: its own, a time-out, a refused query, or the rest.
    pub(super) fn category(&self) -> String {
        let detail = serde_json::from_str::<Value>(&self.text)
            .ok()
            .and_then(|body| Some(body.get("detail")?.as_str()?.to_owned()));
        match detail {
            Some(word) if CATEGORIES.contains(&word.as_str()) => {
                format!("{}: {word}", self.status)
            }
            _ if self.timed_out => "504: query_timeout".into(),
            _ if self.status == 400 => "400: query_failed".into(),
            _ => format!("{}: internal_error", self.status),
        }
    }
}

const CATEGORIES: [&str; 3] = ["query_failed", "query_timeout", "internal_error"];

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, text: &str) -> SiteError {
        SiteError { status, text: text.into(), timed_out: false }
    }

    #[test]
    fn categories_are_those_the_hub_shows() {
        for (status, text, category) in [
            (500, r#"{"detail": "query_failed"}"#, "500: query_failed"),
            (500, r#"{"detail": "internal_error"}"#, "500: internal_error"),
            (400, r#"{"detail": "unknown table patients"}"#, "400: query_failed"),
            (401, "x", "401: internal_error"),
        ] {
            assert_eq!(error(status, text).category(), category);
        }
        let late = SiteError { timed_out: true, ..error(502, "") };
        assert_eq!(late.category(), "504: query_timeout");
    }
}
