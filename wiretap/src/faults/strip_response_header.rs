//! An edge that does not pass a header back.

use axum::http::HeaderName;
use serde::Deserialize;

use super::plan::{Edit, Plan};
use super::{TransportFault, TransportFaultRow, http_text, read};

/// Takes a header out of the answer. Framing headers come back: the answer could not be read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripResponseHeader {
    /// The header.
    #[serde(deserialize_with = "http_text::name")]
    pub name: HeaderName,
}

impl StripResponseHeader {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.edit(Edit::Strip(self.name.clone()));
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "strip-response-header",
    sentence: "A header of the answer does not reach the caller.",
    example: r#"{"name": "Content-Type"}"#,
    read: |params| read(params, TransportFault::StripResponseHeader),
};
