//! A service that takes the request and says nothing.

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, When, read};

/// Never answers. The connection is closed when the fault is removed, the peer goes or the listener
/// stops.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hang {
    /// Whether the handler does its work first.
    #[serde(default)]
    pub when: When,
}

impl Hang {
    pub(super) fn shape(&self, plan: &mut Plan, released: &CancellationToken) {
        plan.hang(self.when, released.clone());
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "hang",
    sentence: "The request is taken and never answered.",
    example: "{}",
    read: |params| read(params, TransportFault::Hang),
};
