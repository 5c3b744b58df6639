//! A connection that is torn down.

use serde::Deserialize;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, When, read};
use crate::listener::WireFault;

/// Resets the connection instead of answering.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// Whether the handler does its work first.
    #[serde(default)]
    pub when: When,
}

impl Reset {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.instead(self.when, WireFault::Reset);
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "reset",
    sentence: "The connection is reset and nothing is answered.",
    example: r#"{"when": "after-handler"}"#,
    read: |params| read(params, TransportFault::Reset),
};
