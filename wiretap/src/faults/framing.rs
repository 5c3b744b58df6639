//! Answers whose length is not told beforehand.

use serde::Deserialize;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, read};
use crate::listener::Framing;

/// Sends the body without `Content-Length`: in chunks, or as HTTP/1.0 does, up to the end of the
/// connection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Which of the two.
    #[serde(default)]
    pub framing: Framing,
}

impl Frame {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.frame(self.framing);
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "framing",
    sentence: "The answer does not tell its length: it comes in chunks, or as HTTP/1.0 until the end.",
    example: r#"{"framing": "chunks"}"#,
    read: |params| read(params, TransportFault::Frame),
};
