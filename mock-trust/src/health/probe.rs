//! One round of probes: how each service of the site is doing (trust 7).

use std::sync::Arc;
use std::time::Duration;

use contract::limits;
use futures::join;
use hyper::Method;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustls::ClientConfig;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::Vitals;
use crate::habits::Habits;
use crate::http::{CallError, Client, ClientOptions, Limits, Redirects, Reply, Request};
use crate::log::Log;
use crate::settings::Settings;
use crate::tasks::SiteUrls;

/// Probes the site's services.
pub(crate) struct Prober {
    client: Client,
    urls: SiteUrls,
    settings: Arc<Settings>,
    habits: Habits,
    vitals: Arc<Vitals>,
}

impl Prober {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        urls: SiteUrls,
        habits: Habits,
        tls: &Arc<ClientConfig>,
        log: &Log,
        vitals: &Arc<Vitals>,
    ) -> Self {
        let client = Client::new(ClientOptions {
            proxies: settings.proxies.clone(),
            tls: Arc::clone(tls),
            keep_idle: Duration::ZERO,
            log: log.clone(),
            calls: habits.log.call_lines(),
            habits: habits.wire,
        });
        Self { client, urls, settings: Arc::clone(settings), habits, vitals: Arc::clone(vitals) }
    }

    /// All probes at once; the snapshot they give.
    pub(crate) async fn round(&self) -> Value {
        let urls = &self.urls;
        let (imaging, data_access, xnat, dicom, omop) = join!(
            self.api(&urls.imaging),
            self.api(&urls.data_access),
            self.xnat(),
            self.dicom(),
            self.omop(),
        );
        let own = self.entry("healthy", Some(self.vitals.version().to_owned()), None);
        let zone = if self.habits.health.tells_true_time {
            TimeZone::UTC
        } else {
            self.settings.zone.clone()
        };
        let now = Timestamp::now().to_zoned(zone);
        let mut services = json!({
            "trust-api": own,
            "imaging-api": imaging,
            "data-access-api": data_access,
            "xnat": xnat,
            "dicom": dicom,
            "omop": omop,
        });
        if let Some(tag) = self.fl_client_tag() {
            services["fl-client"] = self.entry("unknown", Some(tag), None);
        }
        json!({
            "services": services,
            "collected_at": now.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string(),
        })
    }

    /// The configured tag of the FL client, which is not probed: whether it runs is unknown.
    fn fl_client_tag(&self) -> Option<String> {
        let reported =
            self.settings.edition.row().fl_client_in_snapshot && self.habits.health.names_fl_client;
        self.settings.fl_client_tag.clone().filter(|_| reported)
    }

    /// Whether the two services that tasks need answer at all.
    pub(crate) async fn site_answers(&self) -> bool {
        let (imaging, data_access) = join!(
            self.get(format!("{}/health", self.urls.imaging), false),
            self.get(format!("{}/health", self.urls.data_access), false),
        );
        imaging.0.is_ok() && data_access.0.is_ok()
    }

    async fn api(&self, base: &str) -> Value {
        let (reply, ms) = self.get(format!("{base}/health"), false).await;
        match reply {
            Ok(reply) if reply.is_success() => {
                self.entry(self.by_latency(ms), version_in(&reply), Some(ms))
            }
            _ => self.entry("down", None, None),
        }
    }

    async fn xnat(&self) -> Value {
        let url = format!("{}/xapi/siteConfig/buildInfo", self.urls.xnat);
        let (reply, ms) = self.get(url, false).await;
        match reply {
            Ok(reply) if reply.is_success() => {
                self.entry(self.by_latency(ms), version_in(&reply), Some(ms))
            }
            Ok(reply) if matches!(reply.status, 401 | 403) => {
                self.entry(self.by_latency(ms), None, Some(ms))
            }
            _ => self.entry("down", None, None),
        }
    }

    async fn dicom(&self) -> Value {
        let (reply, ms) = self.get(format!("{}/imaging/ping_pacs", self.urls.imaging), true).await;
        let successful = reply
            .ok()
            .filter(Reply::is_success)
            .and_then(|reply| reply.json().ok())
            .and_then(|body| body.get("successful")?.as_bool());
        match successful {
            Some(true) => self.entry(self.by_latency(ms), None, Some(ms)),
            Some(false) => self.entry("down", None, Some(ms)),
            None => self.entry("unknown", None, None),
        }
    }

    async fn omop(&self) -> Value {
        let started = Instant::now();
        let SiteUrls { omop_host, omop_port, .. } = &self.urls;
        let dialled = TcpStream::connect((omop_host.as_str(), *omop_port));
        match timeout(self.limit(), dialled).await {
            Ok(Ok(_)) => {
                let ms = self.ms_since(started);
                self.entry(self.by_latency(ms), None, Some(ms))
            }
            _ => self.entry("down", None, None),
        }
    }

    async fn get(&self, url: String, with_key: bool) -> (Result<Reply, CallError>, u64) {
        let started = Instant::now();
        let limit = self.limit();
        let limits = Limits { connect: limit, read: Some(limit), total: None };
        let request = Request::new(Method::GET, &url, limits).map(|request| {
            let Settings { site_key, site_key_header, .. } = &*self.settings;
            let mut request = request.follow(Redirects::Follow);
            request.private_headers = vec![site_key_header.clone()];
            if with_key { request.header(site_key_header, site_key.expose()) } else { request }
        });
        let reply = match request {
            Ok(request) => self.client.send(request).await,
            Err(error) => Err(error),
        };
        (reply, self.ms_since(started))
    }

    fn limit(&self) -> Duration {
        #[allow(clippy::cast_precision_loss)] // a small whole number
        self.settings.time_scale.secs(limits::PROBE_SECS as f64)
    }

    /// Contract milliseconds, so that a scaled node judges latency like a real one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few seconds
    fn ms_since(&self, started: Instant) -> u64 {
        self.settings.time_scale.contract_ms(started.elapsed()) as u64
    }

    #[allow(clippy::cast_precision_loss)] // a few thousand
    fn by_latency(&self, ms: u64) -> &'static str {
        if ms as f64 > self.settings.degraded_ms { "degraded" } else { "healthy" }
    }

    fn entry(&self, status: &str, version: Option<String>, response_ms: Option<u64>) -> Value {
        let version = version.map(|version| {
            if self.habits.health.cuts_versions {
                version.chars().take(limits::SERVICE_VERSION_CHARS_MAX).collect()
            } else {
                version
            }
        });
        let most = limits::RESPONSE_MS_MAX.unsigned_abs();
        json!({
            "status": status,
            "version": version,
            "response_ms": response_ms.map(|ms| ms.min(most)),
        })
    }
}

fn version_in(reply: &Reply) -> Option<String> {
    Some(reply.json().ok()?.get("version")?.as_str()?.to_owned())
}
