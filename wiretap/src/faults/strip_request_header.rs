//! An edge that does not pass a header on.

use axum::http::HeaderName;
use serde::Deserialize;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, http_text, read};

/// Takes a header out of the request before the handler sees it. The record keeps it: it was sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripRequestHeader {
    /// The header.
    #[serde(deserialize_with = "http_text::name")]
    pub name: HeaderName,
}

impl StripRequestHeader {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.strip_request(self.name.clone());
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "strip-request-header",
    sentence: "A header of the request does not reach the service.",
    example: r#"{"name": "Authorization"}"#,
    read: |params| read(params, TransportFault::StripRequestHeader),
};
