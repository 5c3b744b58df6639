//! Plain HTTP/1.1 calls with the limits, proxies and connection habits of the real node.
//!
//! The limits are those of the real client: connecting is bounded, and each wait for bytes is
//! bounded; a bound on the whole call is a habit of its own.

mod client;
mod connect;
mod decode;
mod error;
mod proxy;
mod read_limit;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use serde_json::Value;
use url::Url;

pub(crate) use client::{CallLines, Client, ClientOptions};
pub(crate) use error::CallError;
pub use tls::TrustRootsError;
pub(crate) use tls::{any_server, tls_config};

/// One request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// Name and value; the client adds those every request carries.
    pub(crate) headers: Vec<(String, String)>,
    /// A JSON body, or none.
    pub(crate) body: Option<Bytes>,
    pub(crate) limits: Limits,
    pub(crate) redirects: Redirects,
    /// Headers that are dropped when a redirect leads to another origin.
    pub(crate) private_headers: Vec<String>,
}

impl Request {
    /// A request of this URL text, without headers or body.
    pub(crate) fn new(method: Method, url: &str, limits: Limits) -> Result<Self, CallError> {
        let url = Url::parse(url).map_err(|error| CallError::Url(error.to_string()))?;
        Ok(Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
            limits,
            redirects: Redirects::Refuse,
            private_headers: Vec::new(),
        })
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = Some(Bytes::from(body.to_string()));
        self
    }

    pub(crate) fn follow(self, redirects: Redirects) -> Self {
        Self { redirects, ..self }
    }
}

/// Real time one call may take; `None` is for ever.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// TCP and TLS together.
    pub(crate) connect: Duration,
    /// Each wait for bytes.
    pub(crate) read: Option<Duration>,
    /// The whole call.
    pub(crate) total: Option<Duration>,
}

/// What to do with 301, 302, 303, 307 and 308.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// Hand them back like any other reply.
    Refuse,
    /// Follow them, a bounded number of times.
    Follow,
}

/// One reply, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn json(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// The first characters of the body.
    pub(crate) fn text_start(&self, chars: usize) -> String {
        String::from_utf8_lossy(&self.body).chars().take(chars).collect()
    }

    /// The pause a `Retry-After` in seconds asks for.
    pub(crate) fn retry_after_secs(&self) -> Option<f64> {
        let text = self.headers.get("retry-after")?.to_str().ok()?;
        text.trim().parse().ok().filter(|secs: &f64| secs.is_finite() && *secs >= 0.0)
    }
}
