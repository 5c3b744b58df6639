//! A status from somewhere between: a limiter, a gateway, a proxy.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::plan::{Plan, Replacement, guessed_type};
use super::{TransportFault, TransportFaultRow, When, http_text, read};

/// Answers with a status of its own, such as 429 with or without Retry-After, 503 or 204.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// 200 to 599.
    #[serde(deserialize_with = "http_text::status")]
    pub code: StatusCode,
    /// Body; its type is guessed unless `headers` tells it.
    #[serde(default)]
    pub body: String,
    /// Headers of the answer.
    #[serde(default, deserialize_with = "http_text::headers")]
    pub headers: BTreeMap<String, (HeaderName, HeaderValue)>,
    /// Whether the handler does its work first.
    #[serde(default)]
    pub when: When,
}

impl Status {
    pub(super) fn shape(&self, plan: &mut Plan) {
        let mut replacement = Replacement::new(self.code, self.body.clone());
        if !self.body.is_empty() {
            replacement.content_type(guessed_type(&self.body));
        }
        for (name, value) in self.headers.values() {
            replacement.header(name.clone(), value.clone());
        }
        plan.replace(self.when, replacement);
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "status",
    sentence: "Another status is answered.",
    example: r#"{"code": 429, "body": "{\"detail\": \"slow down\"}", "headers": {"Retry-After": "7"}}"#,
    read: |params| read(params, TransportFault::Status),
};
