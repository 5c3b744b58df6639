//! The record of what was seen on a socket: the one shape in which both mocks tell the judge.
//!
//! Secrets are already replaced by tokens ([`crate::key::token`]) when a record is made.

use serde::{Deserialize, Serialize};

/// Bodies longer than this are cut in a record; the `*_bytes` members keep the true size.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// One HTTP exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Position in the journal, from 1, without gaps.
    pub seq: u64,
    /// Which listener took it, such as `hub-api` or `data-access-api`.
    pub listener: String,
    /// Number of the TCP connection it came on.
    pub connection: u64,
    /// Address of the caller.
    pub peer: String,
    /// When the request head was complete, milliseconds of the mock's monotonic clock.
    pub at_ms: f64,
    /// When the reply was handed over, or the exchange was given up; same clock.
    pub ended_ms: f64,
    /// Request method.
    pub method: String,
    /// Request path, as sent.
    pub path: String,
    /// Query string without the question mark.
    pub query: Option<String>,
    /// Short name of the matched route, or `unknown`.
    pub route: String,
    /// Request headers in order, values of secret headers tokenised.
    pub request_headers: Vec<(String, String)>,
    /// Request body as text (lossy), cut at [`BODY_BYTES_MAX`].
    pub request_body: String,
    /// True size of the request body.
    pub request_body_bytes: u64,
    /// The trust the caller proved to be.
    pub trust_id: Option<String>,
    /// Verdict on the caller's proof: ok, missing, unknown, forbidden, not-configured or none.
    pub auth: String,
    /// Reply status; 0 when no reply was sent.
    pub status: u16,
    /// Reply headers in order.
    pub response_headers: Vec<(String, String)>,
    /// Reply body as text (lossy), cut at [`BODY_BYTES_MAX`].
    pub response_body: String,
    /// True size of the reply body.
    pub response_body_bytes: u64,
    /// Name of the fault that shaped the reply.
    pub fault: Option<String>,
}

impl Exchange {
    /// The first request header of that name, in any letter case.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        first(&self.request_headers, name)
    }

    /// The first reply header of that name, in any letter case.
    pub fn response_header(&self, name: &str) -> Option<&str> {
        first(&self.response_headers, name)
    }
}

/// One TCP connection on a listener that is no HTTP server, or that never became HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    /// Position in the journal of connections, from 1.
    pub seq: u64,
    /// Which listener took it.
    pub listener: String,
    /// Address of the caller.
    pub peer: String,
    /// When it arrived, milliseconds of the mock's monotonic clock.
    pub at_ms: f64,
    /// What became of it.
    pub outcome: ConnectionOutcome,
    /// Bytes received.
    pub bytes_in: u64,
    /// Up to 32 first bytes received, hex.
    pub first_bytes_hex: String,
    /// Whether those bytes begin a TLS handshake.
    pub tls_hello: bool,
}

/// What became of a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionOutcome {
    /// Taken and served.
    Accepted,
    /// Left without any answer.
    Dropped,
    /// Closed at once.
    Refused,
    /// Taken, but the TLS handshake failed.
    TlsFailed,
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
