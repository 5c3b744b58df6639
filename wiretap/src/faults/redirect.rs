//! The caller is sent elsewhere, as by a load balancer that insists on TLS.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use serde::Deserialize;

use super::plan::{Plan, Replacement};
use super::{TransportFault, TransportFaultRow, When, http_text, read};

/// Answers with a redirect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Status.
    #[serde(default = "temporary", deserialize_with = "http_text::status")]
    pub code: StatusCode,
    /// Where to.
    #[serde(deserialize_with = "http_text::value")]
    pub location: HeaderValue,
    /// Whether the handler does its work first.
    #[serde(default)]
    pub when: When,
}

impl Redirect {
    pub(super) fn shape(&self, plan: &mut Plan) {
        let mut replacement = Replacement::new(self.code, String::new());
        replacement.header(LOCATION, self.location.clone());
        plan.replace(self.when, replacement);
    }
}

fn temporary() -> StatusCode {
    StatusCode::TEMPORARY_REDIRECT
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "redirect",
    sentence: "The caller is sent to another place.",
    example: r#"{"code": 301, "location": "https://elsewhere.invalid/"}"#,
    read: |params| read(params, TransportFault::Redirect),
};
