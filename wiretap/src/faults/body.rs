//! Success with a body nobody expects, as of a captive portal.

use axum::http::{HeaderValue, StatusCode};
use serde::Deserialize;

use super::plan::{Plan, Replacement, guessed_type};
use super::{TransportFault, TransportFaultRow, When, http_text, read};

/// Answers 200 with this body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The body.
    pub text: String,
    /// Its type; guessed when absent.
    #[serde(default, deserialize_with = "http_text::optional_value")]
    pub content_type: Option<HeaderValue>,
    /// Whether the handler does its work first.
    #[serde(default)]
    pub when: When,
}

impl Body {
    pub(super) fn shape(&self, plan: &mut Plan) {
        let mut replacement = Replacement::new(StatusCode::OK, self.text.clone());
        let content_type = self.content_type.clone();
        replacement.content_type(content_type.unwrap_or_else(|| guessed_type(&self.text)));
        plan.replace(self.when, replacement);
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "body",
    sentence: "200 is answered with another body.",
    example: r#"{"text": "[1, 2]", "content_type": "application/json"}"#,
    read: |params| read(params, TransportFault::Body),
};
