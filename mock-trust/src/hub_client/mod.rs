//! The four calls a trust makes to its hub (trust 4).

mod paths;

use std::sync::Arc;
use std::time::Duration;

use contract::limits;
use hyper::Method;
use rustls::ClientConfig;
use serde_json::Value;

use crate::habits::Habits;
use crate::http::{CallError, Client, ClientOptions, Limits, Redirects, Reply, Request};
use crate::log::Log;
use crate::settings::Settings;
use paths::Paths;

/// Calls the hub as one trust.
pub(crate) struct HubClient {
    /// Heartbeat, poll and report share kept connections.
    loop_calls: Client,
    /// Counts go over a connection of their own.
    cohort_calls: Client,
    paths: Paths,
    settings: Arc<Settings>,
    habits: Habits,
    log: Log,
}

impl HubClient {
    pub(crate) fn new(
        settings: &Arc<Settings>,
        habits: Habits,
        tls: &Arc<ClientConfig>,
        log: &Log,
    ) -> Self {
        let client = |keep_idle: Duration| {
            Client::new(ClientOptions {
                proxies: settings.proxies.clone(),
                tls: Arc::clone(tls),
                keep_idle,
                log: log.clone(),
                calls: habits.log.call_lines(),
                habits: habits.wire,
            })
        };
        #[allow(clippy::cast_precision_loss)] // a small whole number
        let keep_idle = settings.time_scale.secs(limits::KEEP_ALIVE_SECS as f64);
        Self {
            loop_calls: client(keep_idle),
            cohort_calls: client(Duration::ZERO),
            paths: Paths::new(settings),
            settings: Arc::clone(settings),
            habits,
            log: log.clone(),
        }
    }

    /// `POST /trust/heartbeat`, with a snapshot or bodyless.
    pub(crate) async fn heartbeat(&self, snapshot: Option<&Value>) -> Result<Reply, CallError> {
        let request = self.request(Method::POST, &self.paths.heartbeat())?;
        let request = match snapshot {
            Some(snapshot) => request.json(snapshot),
            None => request,
        };
        self.loop_calls.send(request).await
    }

    /// `GET /tasks/pending`.
    pub(crate) async fn pending(&self) -> Result<Reply, CallError> {
        self.loop_calls.send(self.request(Method::GET, &self.paths.pending())?).await
    }

    /// `POST /tasks/{id}/result`.
    pub(crate) async fn report(&self, task_id: &str, body: &Value) -> Result<Reply, CallError> {
        let request = self.request(Method::POST, &self.paths.result(task_id))?.json(body);
        self.loop_calls.send(request).await
    }

    /// `POST /cohort/results`.
    pub(crate) async fn cohort_results(&self, body: &Value) -> Result<Reply, CallError> {
        let mut request = self.request(Method::POST, &self.paths.cohort_results())?.json(body);
        request.redirects = redirects(self.habits.wire.refuses_cohort_redirects);
        self.cohort_calls.send(request).await
    }

    fn request(&self, method: Method, url: &str) -> Result<Request, CallError> {
        let Settings { trust_api_key, trust_api_key_header, site_key, site_key_header, .. } =
            &*self.settings;
        let shown = if self.habits.log.masks_debug { "***" } else { trust_api_key.expose() };
        self.log.debug(format_args!("Calling hub: {method} {url} {trust_api_key_header}={shown}"));
        let mut request = Request::new(method, url, self.limits())?
            .header(trust_api_key_header, trust_api_key.expose())
            .follow(redirects(self.habits.wire.refuses_redirects));
        if !self.habits.wire.keeps_site_key_from_hub {
            request = request.header(site_key_header, site_key.expose());
        }
        Ok(request)
    }

    fn limits(&self) -> Limits {
        #[allow(clippy::cast_precision_loss)] // a small whole number
        let limit = self.settings.time_scale.secs(limits::HUB_CALL_SECS as f64);
        let wire = self.habits.wire;
        Limits {
            connect: limit,
            read: wire.limits_silence.then_some(limit),
            total: (wire.limits_silence && wire.limits_total).then_some(limit),
        }
    }
}

fn redirects(refuses: bool) -> Redirects {
    if refuses { Redirects::Refuse } else { Redirects::Follow }
}
