//! An edge that takes bodies up to a size.

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, Request, StatusCode};
use serde::Deserialize;

use super::plan::{Plan, Replacement};
use super::{TransportFault, TransportFaultRow, read};

/// Answers 413 with a page of HTML to a request whose body is longer; the handler never sees it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyLimit {
    /// The longest body that passes, bytes.
    #[serde(default = "usual")]
    pub bytes: u64,
}

impl BodyLimit {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.body_limit(self.bytes);
    }
}

/// What the usual gateway takes.
fn usual() -> u64 {
    1_000_000
}

pub(super) fn is_longer(request: &Request<Body>, bytes: u64) -> bool {
    let told = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    told.and_then(|text| text.parse::<u64>().ok()).is_some_and(|length| length > bytes)
}

pub(super) fn refusal() -> Replacement {
    let page = "<html><title>413 Request Entity Too Large</title></html>".to_owned();
    let mut replacement = Replacement::new(StatusCode::PAYLOAD_TOO_LARGE, page);
    replacement.content_type(HeaderValue::from_static("text/html"));
    replacement
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "body-limit",
    sentence: "A longer request body is refused with 413 and a page of HTML.",
    example: r#"{"bytes": 1000000}"#,
    read: |params| read(params, TransportFault::BodyLimit),
};
